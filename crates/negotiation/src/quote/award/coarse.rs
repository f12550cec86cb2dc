//! Costs in few digits, rounded down: what a set of suppliers costs at least, quickly.

use super::problem::{NONE, Problem, View};

/// Units that an average line has: what rounding loses is a part of this of the total.
const FINE: i128 = 50_000;
/// Rows may be so many times more than those of the problem.
const WIDER: i128 = 4;
/// Most units of a row; what costs more above the cheapest is spread over several rows.
const MOST: i128 = i16::MAX as i128;

/// What lines cost above the cheapest of their row, in whole units, rounded down. The least of a set
/// of suppliers in every row, summed, is never more than it truly is.
pub(super) struct Coarse {
    /// One unit, in the units of the problem.
    unit: i128,
    /// Every row from its cheapest supplier.
    base: i128,
    /// By supplier, by row.
    columns: Vec<Vec<i16>>,
}

impl Coarse {
    /// Cells that are looked at while one is elsewhere.
    pub(super) const AT_ONCE: usize = 4;

    /// Of the suppliers that may be used.
    pub(super) fn new(problem: &Problem, view: &View<'_>, usable: &[bool]) -> Self {
        let used = || (0..usable.len()).filter(|&by| usable[by]);
        let costs = |row: usize| used().map(move |by| view[by].cost[row]).filter(|it| *it < NONE);
        let rows = 0..problem.rows();
        let least: Vec<i128> = rows.clone().map(|row| costs(row).min().unwrap_or(0)).collect();
        let base: i128 = least.iter().sum();
        let above = |row: usize| costs(row).max().map_or(0, |most| most - least[row]);
        let span = rows.clone().map(above).sum::<i128>() / MOST;
        let unit = (base.abs() / FINE).max(span / WIDER) / problem.rows() as i128 + 1;
        let mut columns = vec![Vec::with_capacity(problem.rows()); usable.len()];
        for row in rows {
            let dearest = above(row) / unit;
            for by in used() {
                let cost = view[by].cost[row];
                let above = if cost < NONE { (cost - least[row]) / unit } else { dearest + 1 };
                spread(&mut columns[by], above, dearest);
            }
        }
        Self { unit, base, columns }
    }

    /// The units of nobody: more than anybody's.
    pub(super) fn nobody(&self) -> Vec<i16> {
        vec![i16::MAX; self.columns.iter().map(Vec::len).max().unwrap_or(0)]
    }

    /// What rows cost at least, in units of the problem, if units add up to this.
    pub(super) fn lines(&self, units: i64) -> i128 {
        self.base + i128::from(units) * self.unit
    }

    /// The sum of the rows.
    pub(super) fn sum(&self, least: &[i16]) -> i64 {
        least.iter().map(|it| i64::from(*it)).sum()
    }

    /// The sum of the rows with one supplier more.
    pub(super) fn with(&self, least: &[i16], by: usize) -> i64 {
        let cells = least.chunks(LANES).zip(self.columns[by].chunks(LANES));
        let sum = |(least, own): (&[i16], &[i16])| -> i32 {
            least.iter().zip(own).map(|(least, own)| i32::from(*least.min(own))).sum()
        };
        cells.map(|cells| i64::from(sum(cells))).sum()
    }

    /// The rows with one supplier more.
    pub(super) fn put_in(&self, least: &[i16], by: usize, into: &mut [i16]) {
        for ((into, least), own) in into.iter_mut().zip(least).zip(&self.columns[by]) {
            *into = *least.min(own);
        }
    }
}

/// Rows that are summed in one word of 32 bits.
const LANES: usize = 4_096;

/// One row, or several where it takes more units than one holds: their least is that of the whole.
fn spread(column: &mut Vec<i16>, above: i128, dearest: i128) {
    let rows = (dearest + MOST) / MOST;
    for row in 0..rows {
        column.push((above - row * MOST).clamp(0, MOST) as i16);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote::award::Choice;
    use haggle_quantity::Amount;

    /// Lines of very different size, one of them missing: never above what a set costs, and by no
    /// more below than a unit for each row.
    #[test]
    fn never_above_and_hardly_below() {
        let cost = [[100, 130, 90], [7, 9, 8], [50_000_000, 49_000_000, 0], [1, 900_000, 3]];
        let cell = |cents: &i64| (*cents > 0).then(|| Amount::new(*cents, 2));
        let choice = Choice {
            cost: cost.iter().map(|row| row.iter().map(cell).collect()).collect(),
            goods: vec![vec![Amount::ONE; 3]; cost.len()],
            fixed: vec![Amount::ZERO; 3],
            minimum: vec![None; 3],
            max_suppliers: None,
        };
        let problem = Problem::new(&choice).unwrap();
        let view = problem.view(&[]);
        let coarse = Coarse::new(&problem, &view, &[true; 3]);
        for set in [vec![0], vec![1], vec![0, 1], vec![0, 2], vec![1, 2], vec![0, 1, 2]] {
            let mut least = coarse.nobody();
            for &by in &set {
                let (before, with) = (least.clone(), coarse.with(&least, by));
                coarse.put_in(&before, by, &mut least);
                assert_eq!(with, coarse.sum(&least));
            }
            let cheapest = |row: usize| set.iter().map(|&by| view[by].cost[row]).min().unwrap();
            let truly: i128 = (0..problem.rows()).map(cheapest).sum();
            let below = truly - coarse.lines(coarse.sum(&least));
            assert!((0..=coarse.unit * cost.len() as i128).contains(&below), "{set:?}: {below}");
        }
    }
}
