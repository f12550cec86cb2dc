//! The end of a branch: where few sets of suppliers are left, each is looked at.

use super::bound::{Proof, State};
use super::local::assign;
use super::problem::{Problem, View};
use super::search::{Node, Search};

/// Sets that are looked at one by one rather than split further.
const SETS: u64 = 5_000;
/// What doubles may be off by, of the total, with room to spare: nothing is dropped within it.
const SLACK: f64 = 1e-9;

/// Whether the sets of suppliers that a node leaves open are few.
pub(super) fn are_few(state: &[State], limit: usize) -> bool {
    let free = state.iter().filter(|it| **it == State::Free).count() as u64;
    let used = state.iter().filter(|it| **it == State::In).count();
    let room = limit.saturating_sub(used) as u64;
    let (mut sets, mut choose) = (1_u64, 1_u64);
    for k in 1..=room.min(free) {
        choose = choose * (free - k + 1) / k;
        sets += choose;
        if sets > SETS {
            return false;
        }
    }
    true
}

/// The walk over the sets of a node: free suppliers are put in or left out one after the other.
pub(super) struct Walk<'a, 'b, 'c> {
    search: &'a mut Search<'b>,
    view: &'a View<'c>,
    node: &'a Node,
    /// Free suppliers, those that lower the bound most first.
    order: Vec<usize>,
    /// Sums of what the first of them lower it by.
    lowered: Vec<f64>,
    /// By depth: the least cost of each row among those put in.
    least: Vec<Vec<f64>>,
    open: Vec<bool>,
}

impl<'a, 'b, 'c> Walk<'a, 'b, 'c> {
    /// Looks at every set of the node that its bound does not rule out.
    pub(super) fn run(
        search: &'a mut Search<'b>,
        view: &'a View<'c>,
        node: &'a Node,
        proof: &Proof,
    ) {
        let problem = search.problem;
        let state = &node.state;
        let mut order: Vec<usize> =
            (0..state.len()).filter(|&by| state[by] == State::Free).collect();
        order.sort_by_key(|&by| (proof.add[by], by));
        let mut lowered = vec![0.0];
        for &by in &order {
            lowered.push(lowered[lowered.len() - 1] + (proof.add[by] as f64).min(0.0));
        }
        let open: Vec<bool> = state.iter().map(|it| *it == State::In).collect();
        let used = open.iter().filter(|it| **it).count();
        let room = problem.limit.saturating_sub(used).min(order.len());
        let picked = (0..room).map(|k| lowered[k + 1] - lowered[k]).sum::<f64>();
        let mut least = vec![vec![f64::INFINITY; problem.rows()]; room + 1];
        let mut fixed = 0.0;
        for by in (0..open.len()).filter(|&by| open[by]) {
            fixed += problem.fixed[by] as f64;
            for (least, cost) in least[0].iter_mut().zip(&view[by].near) {
                *least = least.min(*cost);
            }
        }
        let mut walk = Self { search, view, node, order, lowered, least, open };
        let value = fixed + walk.least[0].iter().sum::<f64>();
        walk.look_at(value);
        walk.go(0, 0, proof.bound as f64 - picked, fixed, &proof.add);
    }

    /// Sets that put in some of the suppliers from `next` on, beside `depth` of those before it.
    /// `bound` is that of the set so far.
    fn go(&mut self, next: usize, depth: usize, bound: f64, fixed: f64, add: &[i128]) {
        let room = self.least.len() - 1 - depth;
        if room == 0 {
            return;
        }
        for at in next..self.order.len() {
            let reach = (at + room).min(self.order.len());
            let lowered = self.lowered[reach] - self.lowered[at];
            let by = self.order[at];
            let with = bound + add[by] as f64;
            let rest = self.lowered[(at + room).min(self.order.len())] - self.lowered[at + 1];
            if self.is_beyond(bound + lowered) {
                return;
            }
            if self.is_beyond(with + rest.min(0.0)) {
                continue;
            }
            let fixed = fixed + self.search.problem.fixed[by] as f64;
            let value = fixed + self.put_in(by, depth);
            self.open[by] = true;
            self.look_at(value);
            self.go(at + 1, depth + 1, with, fixed, add);
            self.open[by] = false;
        }
    }

    /// Rows by the least cost with one supplier more, and their sum.
    fn put_in(&mut self, by: usize, depth: usize) -> f64 {
        let (before, after) = self.least.split_at_mut(depth + 1);
        let cells = before[depth].iter().zip(&self.view[by].near);
        let mut sums = [0.0_f64; 4];
        for (place, ((least, cost), into)) in cells.zip(&mut after[0]).enumerate() {
            *into = least.min(*cost);
            sums[place % 4] += *into;
        }
        self.search.work += before[depth].len();
        sums.iter().sum()
    }

    fn is_beyond(&self, bound: f64) -> bool {
        let total = self.search.total() as f64;
        bound > total + total.abs() * SLACK
    }

    /// A set whose lines alone are cheaper than the best award: assigned, and where a minimum value
    /// stands against it, searched further.
    fn look_at(&mut self, value: f64) {
        if !value.is_finite() || self.is_beyond(value) {
            return;
        }
        let found = assign(self.search.problem, self.view, &self.open);
        let bound = least_of(self.search.problem, self.view, &self.open);
        let is_closed = found.faults == 0 && found.total <= bound;
        self.search.consider(found);
        if !is_closed {
            let decided = |open: &bool| if *open { State::In } else { State::Out };
            let mut node = self.node.clone();
            (node.bound, node.state) = (bound, self.open.iter().map(decided).collect());
            self.search.push(node);
        }
    }
}

/// Every row from the cheapest of these suppliers, with the orders of all of them: no award of
/// exactly these is below it.
fn least_of(problem: &Problem, view: &View<'_>, open: &[bool]) -> i128 {
    let used = || (0..open.len()).filter(|&by| open[by]);
    let least = |row: usize| used().map(|by| view[by].cost[row]).min().unwrap_or(0);
    let lines: i128 = (0..problem.rows()).map(least).sum();
    lines + used().map(|by| problem.fixed[by]).sum::<i128>()
}
