//! The end of a branch: where the sets of suppliers that are left can be gone through, each is
//! looked at or ruled out.

use super::bound::{Proof, State};
use super::coarse::Coarse;
use super::local::assign;
use super::problem::{NONE, Problem, View};
use super::search::{Node, Search};

/// The sets of suppliers that a node leaves open, counted up to `most`.
pub(super) fn sets(state: &[State], limit: usize, most: u64) -> u64 {
    let free = state.iter().filter(|it| **it == State::Free).count() as u64;
    let used = state.iter().filter(|it| **it == State::In).count();
    let room = limit.saturating_sub(used) as u64;
    let (mut sets, mut choose) = (1_u64, 1_u64);
    for k in 1..=room.min(free) {
        choose = choose * (free - k + 1) / k;
        sets += choose;
        if sets > most {
            break;
        }
    }
    sets
}

/// The walk over the sets of a node: free suppliers are put in one after the other. What one more
/// saves grows smaller the more there are (the least of a row is taken once), so what each of some
/// suppliers saves alone bounds what they save together.
pub(super) struct Walk<'a, 'b, 'c> {
    search: &'a mut Search<'b>,
    view: &'a View<'c>,
    node: &'a Node,
    /// By supplier: what putting him in adds to the bound that prices prove.
    add: &'a [i128],
    coarse: Coarse,
    /// By number of those put in: the least of each row.
    least: Vec<Vec<i16>>,
    open: Vec<bool>,
    /// Whether a proven gap was good enough when the walk began.
    is_enough: bool,
}

/// A set of suppliers.
#[derive(Clone, Copy)]
struct Set {
    /// Suppliers put in.
    depth: usize,
    /// What prices prove of it and of all sets with more.
    bound: i128,
    /// What their orders cost.
    fixed: i128,
    /// Cheapest lines and orders, at least.
    value: i128,
}

impl<'a, 'b, 'c> Walk<'a, 'b, 'c> {
    /// Looks at every set of the node that its bound does not rule out.
    pub(super) fn run(
        search: &'a mut Search<'b>,
        view: &'a View<'c>,
        node: &'a Node,
        proof: &'a Proof,
    ) {
        let (problem, state) = (search.problem, &node.state);
        let free: Vec<usize> = (0..state.len()).filter(|&by| state[by] == State::Free).collect();
        let open: Vec<bool> = state.iter().map(|it| *it == State::In).collect();
        let usable: Vec<bool> = state.iter().map(|it| *it != State::Out).collect();
        let coarse = Coarse::new(problem, view, &usable);
        let used = || (0..open.len()).filter(|&by| open[by]);
        let room = problem.limit.saturating_sub(used().count()).min(free.len());
        let mut least = vec![coarse.nobody(); room + 1];
        for by in used() {
            let before = least[0].clone();
            coarse.put_in(&before, by, &mut least[0]);
        }
        let picked = free.iter().filter(|&&by| proof.picked[by]).map(|&by| proof.add[by]);
        let bound = proof.bound - picked.sum::<i128>();
        let fixed = used().map(|by| problem.fixed[by]).sum::<i128>();
        let value = fixed + coarse.lines(coarse.sum(&least[0]));
        let is_set = used().next().is_some();
        let is_enough = search.is_enough();
        let add = &proof.add;
        let mut walk = Self { search, view, node, add, coarse, least, open, is_enough };
        if is_set {
            walk.look_at(value);
        }
        walk.go(Set { depth: 0, bound, fixed, value }, &free);
    }

    /// Sets that put in some of the suppliers beside those of a set.
    fn go(&mut self, set: Set, free: &[usize]) {
        let room = self.least.len() - 1 - set.depth;
        if room == 0 {
            return;
        }
        let mut next: Vec<(i128, usize)> =
            free.iter().map(|&by| (self.with(&set, by), by)).collect();
        next.sort_unstable();
        let order: Vec<usize> = next.iter().map(|it| it.1).collect();
        for (at, &(value, by)) in next.iter().enumerate() {
            let later = next[at + 1..].iter().take(room - 1);
            let saved: i128 = later.map(|(other, _)| (set.value - other).max(0)).sum();
            let bound = set.bound + self.add[by];
            let least = bound + self.lowered(&order[at + 1..], room - 1);
            let least = least.max(value - saved).max(self.node.bound);
            if self.search.drops(least, self.is_enough) {
                continue;
            }
            let fixed = set.fixed + self.search.problem.fixed[by];
            self.open[by] = true;
            self.look_at(value);
            if room > 1 {
                let (before, after) = self.least.split_at_mut(set.depth + 1);
                self.coarse.put_in(&before[set.depth], by, &mut after[0]);
                self.go(Set { depth: set.depth + 1, bound, fixed, value }, &order[at + 1..]);
            }
            self.open[by] = false;
        }
    }

    /// What a set with one supplier more costs at least.
    fn with(&mut self, set: &Set, by: usize) -> i128 {
        let least = &self.least[set.depth];
        self.search.work += least.len() / Coarse::AT_ONCE;
        let lines = self.coarse.lines(self.coarse.with(least, by));
        set.fixed + self.search.problem.fixed[by] + lines
    }

    /// By how much some of these suppliers, so many at most, lower the bound that prices prove.
    fn lowered(&self, suppliers: &[usize], most: usize) -> i128 {
        if most == 0 {
            return 0;
        }
        let adds = suppliers.iter().map(|&by| self.add[by]);
        let mut adds: Vec<i128> = adds.filter(|add| *add < 0).collect();
        adds.sort_unstable();
        adds.iter().take(most).sum()
    }

    /// A set whose lines alone are cheaper than the best award: assigned, and where a minimum value
    /// stands against it, searched further.
    fn look_at(&mut self, value: i128) {
        if self.search.drops(value, self.is_enough) {
            return;
        }
        self.search.work += self.open.len() * self.search.problem.rows();
        let found = assign(self.search.problem, self.view, &self.open);
        if found.total == NONE {
            // A row that none of them offers.
            return;
        }
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
