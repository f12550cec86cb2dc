//! Lower bounds of an award. A price on every row and on every minimum value splits the choice into
//! its suppliers (Lagrange): whatever the prices, no award is below the sum. Doubles look for good
//! prices; what they prove is added up in whole numbers.

use super::problem::{Column, NONE, Problem, View};

/// Whether a supplier is used, in a node of the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Free,
    In,
    Out,
}

/// Binary digits after the point in prices of minimum values.
const SHIFT: u32 = 20;
/// Greatest price of a minimum value: 2^10 for one of goods.
const DEAREST: f64 = (1_u64 << 30) as f64;

/// Prices: of each row, and of each supplier's minimum value (in units of 2^-20).
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Prices {
    pub row: Vec<f64>,
    pub floor: Vec<i128>,
}

/// What prices prove.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Proof {
    /// No award of the node is below it.
    pub bound: i128,
    /// By supplier: what using him adds to the bound, rounded down.
    pub add: Vec<i128>,
    /// Suppliers that the bound uses.
    pub picked: Vec<bool>,
}

/// The bound that prices prove for a node, in whole numbers.
pub(super) fn prove(problem: &Problem, view: &View<'_>, state: &[State], at: &Prices) -> Proof {
    let row: Vec<i128> = at.row.iter().map(|price| *price as i128).collect();
    let adds = |by: usize| match state[by] {
        State::Out => NONE,
        _ => added(problem, &view[by], by, &row, at.floor[by]),
    };
    let add: Vec<i128> = (0..problem.suppliers()).map(adds).collect();
    let picked = pick(&add, state, problem.limit);
    let used = add.iter().zip(&picked).filter(|(_, picked)| **picked);
    let bound = row.iter().sum::<i128>() + used.map(|(add, _)| *add).sum::<i128>();
    Proof { bound, add, picked }
}

/// Rounded down, so that a sum of it is still a bound.
fn added(problem: &Problem, column: &Column, by: usize, row: &[i128], floor: i128) -> i128 {
    let cells = column.cost.iter().zip(row);
    if floor == 0 {
        return problem.fixed[by] + cells.map(|(cost, price)| (cost - price).min(0)).sum::<i128>();
    }
    let cells = cells.zip(&problem.goods[by]).filter(|((cost, _), _)| **cost < NONE);
    let gain =
        cells.map(|((cost, price), goods)| (((cost - price) << SHIFT) - floor * goods).min(0));
    let whole = gain.sum::<i128>() + floor * problem.floor[by];
    problem.fixed[by] + (whole >> SHIFT)
}

/// All that must be used, and of the free ones those that lower the bound, as many as may be.
fn pick<T: PartialOrd + Copy + Default>(add: &[T], state: &[State], limit: usize) -> Vec<bool> {
    let mut picked: Vec<bool> = state.iter().map(|it| *it == State::In).collect();
    let room = limit.saturating_sub(picked.iter().filter(|it| **it).count());
    let lowers = |&by: &usize| state[by] == State::Free && add[by] < T::default();
    let mut free: Vec<usize> = (0..add.len()).filter(lowers).collect();
    free.sort_by(|&a, &b| add[a].partial_cmp(&add[b]).unwrap_or(std::cmp::Ordering::Equal));
    free.into_iter().take(room).for_each(|by| picked[by] = true);
    picked
}

/// One look at prices, in doubles.
struct Look {
    value: f64,
    picked: Vec<bool>,
    /// By row: how many of the picked suppliers would take it.
    taken: Vec<u32>,
    floor: Vec<i128>,
    /// Cells looked at; sorting a column counts as fifty looks at it.
    work: usize,
}

fn look(problem: &Problem, view: &View<'_>, state: &[State], row: &[f64]) -> Look {
    let mut floor = vec![0; problem.suppliers()];
    let mut add = vec![f64::INFINITY; problem.suppliers()];
    let mut work = 100;
    for by in (0..problem.suppliers()).filter(|&by| state[by] != State::Out) {
        add[by] = problem.fixed[by] as f64 + lanes(&view[by].near, row);
        work += row.len();
        if problem.floor[by] > 0 && (add[by] < 0.0 || state[by] == State::In) {
            let (price, more) = price_of_floor(problem, &view[by], by, row);
            work += 50 * row.len();
            floor[by] = price;
            add[by] += more;
        }
    }
    let picked = pick(&add, state, problem.limit);
    let mut taken = vec![0; row.len()];
    for by in (0..add.len()).filter(|&by| picked[by]) {
        let price = floor[by] as f64 / f64::from(1_u32 << SHIFT);
        let cells = view[by].near.iter().zip(row).zip(&problem.goods[by]).zip(&mut taken);
        for (((cost, at), goods), taken) in cells {
            let dear = if price > 0.0 { price * *goods as f64 } else { 0.0 };
            *taken += u32::from(cost - dear < *at);
        }
    }
    let used = add.iter().zip(&picked).filter(|(_, picked)| **picked);
    let value = row.iter().sum::<f64>() + used.map(|(add, _)| add).sum::<f64>();
    Look { value, picked, taken, floor, work }
}

/// Sum of what lies below the prices, in four lanes: the order of the additions is ours.
fn lanes(cost: &[f64], price: &[f64]) -> f64 {
    let mut sums = [0.0_f64; 4];
    let (costs, prices) = (cost.chunks_exact(4), price.chunks_exact(4));
    let rest = costs.remainder().iter().zip(prices.remainder());
    let tail: f64 = rest.map(|(cost, price)| (cost - price).min(0.0)).sum();
    for (cost, price) in costs.zip(prices) {
        for lane in 0..4 {
            sums[lane] += (cost[lane] - price[lane]).min(0.0);
        }
    }
    sums.iter().sum::<f64>() + tail
}

/// The price of a minimum value at which the lines worth taking just reach it, and what that adds:
/// the dearest line so taken for what it counts.
fn price_of_floor(problem: &Problem, column: &Column, by: usize, row: &[f64]) -> (i128, f64) {
    let goods = &problem.goods[by];
    let mut short = problem.floor[by] as f64;
    let mut others: Vec<(f64, f64)> = Vec::new();
    for ((cost, price), goods) in column.near.iter().zip(row).zip(goods) {
        let (loss, counts) = (cost - price, *goods as f64);
        if loss < 0.0 {
            short -= counts;
        } else if loss.is_finite() && counts > 0.0 {
            others.push((loss / counts, counts));
        }
    }
    others.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut price, mut more) = (0.0, 0.0);
    for (rate, counts) in others {
        if short <= 0.0 {
            break;
        }
        let taken = counts.min(short);
        (price, more, short) = (rate, more + rate * taken, short - taken);
    }
    ((price * f64::from(1_u32 << SHIFT)).min(DEAREST) as i128, more)
}

/// Where a search for prices ended.
#[derive(Debug, Clone)]
pub(super) struct Ascent {
    pub prices: Prices,
    /// Suppliers picked in the best look.
    pub last: Vec<bool>,
    /// Cells looked at.
    pub work: usize,
    /// By supplier: share of the looks in which he was picked, later ones counting more.
    pub share: Vec<f64>,
}

/// Better prices for a node: steps along the rows that nobody or several would take (Polyak's step
/// towards `goal`), shorter after some looks without gain.
pub(super) fn ascend(
    (problem, view, state): (&Problem, &View<'_>, &[State]),
    start: &[f64],
    goal: f64,
    looks: usize,
) -> Ascent {
    let mut row = start.to_vec();
    let mut best = (f64::NEG_INFINITY, Prices::default());
    let mut last = vec![false; problem.suppliers()];
    let mut share = vec![0.5; problem.suppliers()];
    let (mut pace, mut stale, mut work) = (1.0, 0, 0);
    for _ in 0..looks {
        let look = look(problem, view, state, &row);
        work += look.work;
        for (share, picked) in share.iter_mut().zip(&look.picked) {
            *share += 0.1 * (f64::from(u8::from(*picked)) - *share);
        }
        stale += 1;
        if look.value > best.0 {
            best = (look.value, Prices { row: row.clone(), floor: look.floor });
            last.clone_from(&look.picked);
            stale = 0;
        }
        let misses = look.taken.iter().map(|&it| 1.0 - f64::from(it));
        let off = misses.map(|it| it * it).sum::<f64>();
        if off == 0.0 || pace < 1e-4 || look.value >= goal {
            break;
        }
        if stale >= PATIENCE {
            (pace, stale) = (pace * 0.5, 0);
            row.clone_from(&best.1.row);
            continue;
        }
        let length = pace * (goal - look.value).max(goal.abs() * 1e-9) / off;
        for (price, &taken) in row.iter_mut().zip(&look.taken) {
            *price += length * (1.0 - f64::from(taken));
        }
    }
    Ascent { prices: best.1, last, work, share }
}

/// Looks without gain after which steps are halved.
const PATIENCE: usize = 4;
