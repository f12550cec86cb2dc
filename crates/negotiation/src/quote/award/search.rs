//! Branch and bound over who is used, then over single lines where minimum values demand it.

use super::NoAward;
use super::bound::{Ascent, Proof, State, ascend, prove};
use super::complete::{self, Walk};
use super::local::{Try, assign, improve};
use super::problem::{NONE, Problem, View};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Cells looked at after which a proven gap of a thousandth is good enough.
const ENOUGH: usize = 20_000_000;
/// Cells looked at after which the search ends in any case; where there are minimum values, which it
/// cannot go through set by set, a quarter of them.
const LAST: usize = 1_200_000_000;
/// The gap that is good enough, as a divisor of the total.
const GAP: i128 = 1000;
/// Sets of suppliers that are looked at one by one rather than split further: at first, and after
/// much work.
const FEW: u64 = 5_000;
const MANY: u64 = 1_000_000_000;
/// Looks for prices at the root, and below it.
const LOOKS: (usize, usize) = (80, 20);

/// The best award found and what is proven of it.
#[derive(Debug)]
pub(super) struct Found {
    pub by_item: Vec<usize>,
    pub total: i128,
    pub bound: i128,
}

/// Part of the awards: suppliers in and out, lines ruled out.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub bound: i128,
    pub state: Vec<State>,
    ruled_out: Vec<(usize, usize)>,
    row: Vec<f64>,
}

pub(super) struct Search<'a> {
    pub problem: &'a Problem,
    best: Option<Try>,
    open: BinaryHeap<(Reverse<i128>, Reverse<usize>)>,
    nodes: Vec<Option<Node>>,
    pub work: usize,
    /// The lowest bound of what was dropped though it may be cheaper, by no more than is good enough.
    dropped: i128,
    /// The award of a problem that asks for less, so that no award of this is below its bound.
    known: Option<&'a Found>,
}

/// The cheapest award of a problem, where one that asks for less may be `known`.
pub(super) fn run(problem: &Problem, known: Option<&Found>) -> Result<Found, NoAward> {
    let mut search = Search {
        problem,
        best: None,
        open: BinaryHeap::new(),
        nodes: Vec::new(),
        work: 0,
        dropped: NONE,
        known,
    };
    let root = problem.view(&[]);
    search.consider(assign(problem, &root, &vec![true; problem.suppliers()]));
    for by in 0..problem.suppliers() {
        let alone: Vec<bool> = (0..problem.suppliers()).map(|it| it == by).collect();
        search.consider(assign(problem, &root, &alone));
    }
    let state = vec![State::Free; problem.suppliers()];
    let row = (0..problem.rows()).map(|row| second(&root, row)).collect();
    search.push(Node { bound: -NONE, state, ruled_out: Vec::new(), row });
    let mut proven = None;
    while let Some(node) = search.next() {
        if search.is_over(node.bound) {
            proven = Some(node.bound);
            break;
        }
        search.explore(node);
    }
    let least = search.least();
    match search.best {
        Some(best) => {
            let bound = proven.unwrap_or(best.total).min(search.dropped).max(least);
            Ok(Found { by_item: best.by_row, total: best.total, bound: bound.min(best.total) })
        }
        None if proven.is_some() || search.dropped < NONE => Err(NoAward::NotFound),
        None => Err(NoAward::Impossible),
    }
}

/// Where the price of a row starts: the second lowest cost, or the lowest if there is one only.
fn second(view: &View<'_>, row: usize) -> f64 {
    let (mut least, mut next) = (f64::INFINITY, f64::INFINITY);
    for cost in view.iter().map(|column| column.near[row]) {
        (least, next) = if cost < least { (cost, least) } else { (least, next.min(cost)) };
    }
    if next.is_finite() { next } else { least }
}

impl Search<'_> {
    pub(super) fn total(&self) -> i128 {
        self.best.as_ref().map_or(NONE, |best| best.total)
    }

    /// What no award is below, as was proven elsewhere.
    fn least(&self) -> i128 {
        self.known.map_or(-NONE, |known| known.bound)
    }

    pub(super) fn consider(&mut self, found: Try) {
        if found.faults == 0 && found.total < self.total() {
            self.best = Some(found);
        }
    }

    pub(super) fn push(&mut self, node: Node) {
        if node.bound < self.total() {
            self.open.push((Reverse(node.bound), Reverse(self.nodes.len())));
            self.nodes.push(Some(node));
        }
    }

    /// The open node of the lowest bound, unless nothing in it can be cheaper than the best.
    fn next(&mut self) -> Option<Node> {
        let (_, Reverse(place)) = self.open.pop()?;
        self.nodes[place].take().filter(|node| node.bound < self.total())
    }

    /// Whether nothing of this bound is looked at any more: it cannot be cheaper, or where that is
    /// enough not by more than a thousandth, or there is no time left for it.
    pub(super) fn drops(&mut self, bound: i128, is_enough: bool) -> bool {
        let (total, bound) = (self.total(), bound.max(self.least()));
        let near = is_enough && total - bound <= total.abs() / GAP;
        let drops = bound >= total || near || self.is_late();
        if drops && bound < total {
            self.dropped = self.dropped.min(bound);
        }
        drops
    }

    /// Whether a proven gap of a thousandth is good enough by now.
    pub(super) fn is_enough(&self) -> bool {
        self.work > ENOUGH
    }

    fn is_late(&self) -> bool {
        self.work > if self.has_minimum() { LAST / 4 } else { LAST }
    }

    fn has_minimum(&self) -> bool {
        self.problem.floor.iter().any(|floor| *floor > 0)
    }

    /// Whether the sets that a node leaves open are gone through: when they are few, or when the
    /// search by bounds alone has been at it for long.
    fn goes_through(&self, state: &[State]) -> bool {
        let most = if self.is_enough() && !self.has_minimum() { MANY } else { FEW };
        state.contains(&State::Free) && complete::sets(state, self.problem.limit, most) <= most
    }

    fn is_over(&self, bound: i128) -> bool {
        let (total, bound) = (self.total(), bound.max(self.least()));
        let near = total - bound <= total.abs() / GAP;
        bound >= total || self.is_late() || (self.is_enough() && near)
    }

    /// Bounds a node and splits it in two, unless it holds nothing better than the best award.
    fn explore(&mut self, mut node: Node) {
        let problem = self.problem;
        let view = problem.view(&node.ruled_out);
        if !settle(problem, &view, &mut node.state) {
            return;
        }
        let proof = self.bound(&view, &mut node);
        node.bound = node.bound.max(proof.0.bound);
        if node.bound >= self.total() {
            return;
        }
        let narrowed = self.narrow(&mut node, &proof.0);
        if narrowed && !settle(problem, &view, &mut node.state) {
            return;
        }
        if self.goes_through(&node.state) {
            return Walk::run(self, &view, &node, &proof.0);
        }
        match undecided(&node.state, &proof.1.share) {
            Some(by) => self.split_supplier(node, by),
            None => self.split_line(&view, node),
        }
    }

    /// Better prices for a node and what they prove. At the root a good award is looked for on the
    /// way, since the prices are led by its total.
    fn bound(&mut self, view: &View<'_>, node: &mut Node) -> (Proof, Ascent) {
        let is_root = node.bound == -NONE;
        let mut ascent = self.ascend(view, node, if is_root { LOOKS.0 } else { LOOKS.1 });
        if is_root {
            self.consider(improve(self.problem, view, &ascent.last));
            if let Some(known) = self.known {
                let used = (0..node.state.len()).map(|by| known.by_item.contains(&by));
                self.consider(improve(self.problem, view, &used.collect::<Vec<_>>()));
            }
            node.row.clone_from(&ascent.prices.row);
            ascent = self.ascend(view, node, LOOKS.0);
        }
        self.consider(assign(self.problem, view, &ascent.last));
        node.row.clone_from(&ascent.prices.row);
        (prove(self.problem, view, &node.state, &ascent.prices), ascent)
    }

    fn ascend(&mut self, view: &View<'_>, node: &Node, looks: usize) -> Ascent {
        let at = (self.problem, view, node.state.as_slice());
        let ascent = ascend(at, &node.row, self.goal(view), looks);
        self.work += ascent.work;
        ascent
    }

    /// What prices are to reach: the best total, or where there is none yet, more than any award.
    fn goal(&self, view: &View<'_>) -> f64 {
        if let Some(best) = &self.best {
            return best.total as f64;
        }
        let dearest = |row: usize| {
            let costs = view.iter().map(|column| column.near[row]).filter(|cost| cost.is_finite());
            costs.fold(0.0, f64::max)
        };
        let fixed: f64 = self.problem.fixed.iter().map(|it| (*it).max(0) as f64).sum();
        (0..self.problem.rows()).map(dearest).sum::<f64>() + fixed
    }

    /// Decides suppliers whose other state the bound rules out.
    fn narrow(&self, node: &mut Node, proof: &Proof) -> bool {
        let total = self.total();
        let spare = node.state.iter().zip(&proof.picked).zip(&proof.add);
        let spare = spare.filter(|((state, picked), _)| **state == State::Free && !**picked);
        let next = spare.map(|(_, add)| *add).min().unwrap_or(0).min(0);
        let mut narrowed = false;
        for by in 0..node.state.len() {
            if node.state[by] != State::Free {
                continue;
            }
            let add = proof.add[by];
            let decided = match proof.picked[by] {
                true if proof.bound - add + next >= total => State::In,
                false if proof.bound + add >= total => State::Out,
                _ => continue,
            };
            node.state[by] = decided;
            narrowed = true;
        }
        narrowed
    }

    fn split_supplier(&mut self, node: Node, by: usize) {
        for state in [State::In, State::Out] {
            let mut part = node.clone();
            part.state[by] = state;
            self.push(part);
        }
    }

    /// Every supplier is decided: the cheapest lines of those used, unless minimum values demand
    /// others. Then one line is taken from its cheapest supplier in one part, and kept there in the
    /// other.
    fn split_line(&mut self, view: &View<'_>, node: Node) {
        let open: Vec<bool> = node.state.iter().map(|it| *it == State::In).collect();
        let found = assign(self.problem, view, &open);
        let is_bound = found.faults == 0 && found.total <= node.bound;
        self.consider(found);
        if is_bound || node.bound >= self.total() {
            return;
        }
        let Some((row, holder)) = loosest(view, &open) else { return };
        let offers = (0..open.len()).filter(|&by| open[by] && view[by].cost[row] < NONE);
        let others: Vec<_> = offers.filter(|&by| by != holder).map(|by| (row, by)).collect();
        for ruled_out in [others, vec![(row, holder)]] {
            let mut part = node.clone();
            part.ruled_out.extend(ruled_out);
            self.push(part);
        }
    }
}

/// Decides what follows: a limit that is reached closes the rest, a minimum value beyond reach
/// closes its supplier, a row with one supplier left opens him. False: nothing is left in it.
fn settle(problem: &Problem, view: &View<'_>, state: &mut [State]) -> bool {
    for (by, it) in state.iter_mut().enumerate() {
        let lacks = problem.floor[by] > 0 && reach(problem, view, by) < problem.floor[by];
        match *it {
            State::In if lacks => return false,
            _ if lacks => *it = State::Out,
            _ => {}
        }
    }
    loop {
        let Some(forced) = forced(view, state) else { return false };
        forced.iter().for_each(|&by| state[by] = State::In);
        let used = state.iter().filter(|it| **it == State::In).count();
        let full = used == problem.limit && state.contains(&State::Free);
        if used > problem.limit {
            return false;
        }
        if full {
            let free = state.iter_mut().filter(|it| **it == State::Free);
            free.for_each(|it| *it = State::Out);
        } else if forced.is_empty() {
            return true;
        }
    }
}

/// All the goods that could be ordered.
fn reach(problem: &Problem, view: &View<'_>, by: usize) -> i128 {
    let cells = view[by].cost.iter().zip(&problem.goods[by]).filter(|(cost, _)| **cost < NONE);
    cells.map(|(_, goods)| *goods).sum()
}

/// Free suppliers who alone offer a row; `None` if nobody offers one.
fn forced(view: &View<'_>, state: &[State]) -> Option<Vec<usize>> {
    let rows = view.first().map_or(0, |column| column.cost.len());
    let mut offers = vec![(0_u32, 0); rows];
    for by in (0..state.len()).filter(|&by| state[by] != State::Out) {
        for (cost, (count, last)) in view[by].cost.iter().zip(&mut offers) {
            if *cost < NONE {
                (*count, *last) = (*count + 1, by);
            }
        }
    }
    if offers.iter().any(|(count, _)| *count == 0) {
        return None;
    }
    let alone = offers.iter().filter(|(count, by)| *count == 1 && state[*by] == State::Free);
    Some(alone.map(|(_, by)| *by).collect())
}

/// The free supplier of whom the bound is least sure.
fn undecided(state: &[State], share: &[f64]) -> Option<usize> {
    let free = (0..state.len()).filter(|&by| state[by] == State::Free);
    free.min_by(|&a, &b| (share[a] - 0.5).abs().total_cmp(&(share[b] - 0.5).abs()))
}

/// The row that leaves its cheapest supplier for the least, and that supplier; `None` if every row
/// has one supplier left.
fn loosest(view: &View<'_>, open: &[bool]) -> Option<(usize, usize)> {
    let rows = view.first().map_or(0, |column| column.cost.len());
    let regret = |row: usize| {
        let offers = (0..open.len()).filter(|&by| open[by] && view[by].cost[row] < NONE);
        let mut costs: Vec<(i128, usize)> = offers.map(|by| (view[by].cost[row], by)).collect();
        costs.sort_unstable();
        let (&(least, holder), &(next, _)) = (costs.first()?, costs.get(1)?);
        Some((next - least, row, holder))
    };
    (0..rows).filter_map(regret).min().map(|(_, row, holder)| (row, holder))
}
