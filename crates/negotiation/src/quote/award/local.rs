//! Good awards quickly: lines to the cheapest of some suppliers, minimum values repaired, suppliers
//! added, dropped and swapped while that helps.

use super::problem::{NONE, Problem, View};

/// An award by row, and how far it is from being allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Try {
    /// Rows without a supplier, minimum values missed, suppliers too many: 0 is allowed.
    pub faults: usize,
    /// Lines and orders.
    pub total: i128,
    /// By row; meaningless where there are rows without a supplier.
    pub by_row: Vec<usize>,
}

impl Try {
    fn better_than(&self, other: &Self) -> bool {
        (self.faults, self.total) < (other.faults, other.total)
    }
}

/// Every row to the cheapest of the open suppliers, then lines moved to whoever misses his minimum.
pub(super) fn assign(problem: &Problem, view: &View<'_>, open: &[bool]) -> Try {
    assign_below(problem, view, open, NONE)
}

/// The same; nothing is repaired where the lines alone reach `cutoff`.
fn assign_below(problem: &Problem, view: &View<'_>, open: &[bool], cutoff: i128) -> Try {
    let mut cost = vec![NONE; problem.rows()];
    let mut by_row = vec![usize::MAX; problem.rows()];
    for by in (0..problem.suppliers()).filter(|&by| open[by]) {
        let cells = view[by].cost.iter().zip(&mut cost).zip(&mut by_row);
        for ((&offer, best), holder) in cells {
            if offer < *best {
                (*best, *holder) = (offer, by);
            }
        }
    }
    let missing = by_row.iter().filter(|&&by| by == usize::MAX).count();
    if missing > 0 {
        return Try { faults: missing, total: NONE, by_row };
    }
    let tried = judged(problem, view, by_row);
    if tried.total >= cutoff || problem.floor.iter().all(|&floor| floor <= 0) {
        return tried;
    }
    let mut by_row = tried.by_row;
    repair(problem, view, open, &mut by_row);
    judged(problem, view, by_row)
}

/// What an award comes to, and what keeps it from being allowed.
pub(super) fn judged(problem: &Problem, view: &View<'_>, by_row: Vec<usize>) -> Try {
    let mut goods = vec![None::<i128>; problem.suppliers()];
    let mut total = 0;
    for (row, &by) in by_row.iter().enumerate() {
        total += view[by].cost[row];
        *goods[by].get_or_insert(0) += problem.goods[by][row];
    }
    let mut used = 0;
    let mut faults = 0;
    for (by, goods) in goods.iter().enumerate() {
        let Some(goods) = *goods else { continue };
        used += 1;
        faults += usize::from(goods < problem.floor[by]);
        total += problem.fixed[by];
    }
    faults += usize::saturating_sub(used, problem.limit);
    Try { faults, total, by_row }
}

/// Moves lines to each supplier who misses his minimum, the least dear for what they count first,
/// as long as nobody else falls below his own.
fn repair(problem: &Problem, view: &View<'_>, open: &[bool], by_row: &mut [usize]) {
    let mut goods = vec![0; problem.suppliers()];
    for (row, &by) in by_row.iter().enumerate() {
        goods[by] += problem.goods[by][row];
    }
    for by in (0..problem.suppliers()).filter(|&by| open[by]) {
        if goods[by] >= problem.floor[by] || !worth_filling(problem, by, goods[by]) {
            continue;
        }
        for row in cheapest_moves(problem, view, by, by_row) {
            let from = by_row[row];
            let left = goods[from] - problem.goods[from][row];
            let holds = goods[from] < problem.floor[from] || left >= problem.floor[from];
            if goods[by] < problem.floor[by] && (holds || left == 0) {
                by_row[row] = by;
                goods[from] = left;
                goods[by] += problem.goods[by][row];
            }
        }
    }
}

/// A supplier in use, or one whose order brings a credit.
fn worth_filling(problem: &Problem, by: usize, goods: i128) -> bool {
    goods > 0 || problem.fixed[by] < 0
}

fn cheapest_moves(problem: &Problem, view: &View<'_>, to: usize, by_row: &[usize]) -> Vec<usize> {
    let mut moves: Vec<(f64, usize)> = Vec::new();
    for (row, &from) in by_row.iter().enumerate() {
        let counts = problem.goods[to][row];
        if from != to && view[to].cost[row] < NONE && counts > 0 {
            let more = view[to].cost[row] - view[from].cost[row];
            moves.push((more as f64 / counts as f64, row));
        }
    }
    moves.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    moves.into_iter().map(|(_, row)| row).collect()
}

/// The best that adding, dropping and swapping suppliers leads to from here.
pub(super) fn improve(problem: &Problem, view: &View<'_>, start: &[bool]) -> Try {
    let mut open = start.to_vec();
    let mut best = assign(problem, view, &open);
    while let Some((next, found)) = step(problem, view, &open, &best) {
        (open, best) = (next, found);
    }
    best
}

/// What doubles may be off by, of a total, with room to spare: nothing is passed over within it.
const SLACK: f64 = 1e-9;

/// A total as a double that is surely not below it.
fn above(total: i128) -> f64 {
    total as f64 + total.abs() as f64 * SLACK
}

/// Suppliers taken out and put in.
type Move = (Option<usize>, Option<usize>);

/// The best single step: add or drop first, a swap only if neither helps.
fn step(problem: &Problem, view: &View<'_>, open: &[bool], best: &Try) -> Option<(Vec<bool>, Try)> {
    let all = 0..problem.suppliers();
    let flips = all.clone().map(|by| if open[by] { (Some(by), None) } else { (None, Some(by)) });
    let into = || all.clone().filter(|&into| !open[into]);
    let outs = all.clone().filter(|&out| open[out]);
    let pairs = outs.flat_map(|out| into().map(move |into| (Some(out), Some(into))));
    best_of(problem, view, open, best, flips).or_else(|| best_of(problem, view, open, best, pairs))
}

fn best_of(
    problem: &Problem,
    view: &View<'_>,
    open: &[bool],
    best: &Try,
    moves: impl Iterator<Item = Move>,
) -> Option<(Vec<bool>, Try)> {
    let mut found: Option<(Vec<bool>, Try)> = None;
    let nearest = Nearest::of(problem, view, open);
    for (out, into) in moves {
        let least = found.as_ref().map_or(best, |it| &it.1);
        let cutoff = if least.faults == 0 { least.total } else { NONE };
        if cutoff < NONE && nearest.after(view, (out, into)) > above(cutoff) {
            continue;
        }
        let mut next = open.to_vec();
        out.into_iter().chain(into).for_each(|by| next[by] = !next[by]);
        let tried = assign_below(problem, view, &next, cutoff);
        if tried.better_than(least) {
            found = Some((next, tried));
        }
    }
    found
}

/// The two lowest costs of each row among open suppliers.
struct Nearest {
    holder: Vec<usize>,
    least: Vec<f64>,
    next: Vec<f64>,
    /// Credits of orders: no award has more.
    credit: f64,
}

impl Nearest {
    fn of(problem: &Problem, view: &View<'_>, open: &[bool]) -> Self {
        let rows = problem.rows();
        let (mut least, mut next) = (vec![f64::INFINITY; rows], vec![f64::INFINITY; rows]);
        let mut holder = vec![usize::MAX; rows];
        for by in (0..open.len()).filter(|&by| open[by]) {
            for (row, &cost) in view[by].near.iter().enumerate() {
                if cost < least[row] {
                    (next[row], least[row], holder[row]) = (least[row], cost, by);
                } else if cost < next[row] {
                    next[row] = cost;
                }
            }
        }
        let credit = problem.fixed.iter().map(|it| (*it).min(0) as f64).sum();
        Self { holder, least, next, credit }
    }

    /// What lines cost at least after a move; infinite where a row has nobody.
    fn after(&self, view: &View<'_>, (out, into): Move) -> f64 {
        let out = out.unwrap_or(usize::MAX - 1);
        let rows = self.holder.iter().zip(&self.least).zip(&self.next);
        let left = rows.map(|((holder, least), next)| if *holder == out { *next } else { *least });
        self.credit
            + match into {
                Some(into) => {
                    left.zip(&view[into].near).map(|(own, new)| own.min(*new)).sum::<f64>()
                }
                None => left.sum::<f64>(),
            }
    }
}
