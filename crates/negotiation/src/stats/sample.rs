//! The mergeable state of a weighted sample (section 9) and its ranked form.

use core::fmt;
use core::hash::{Hash, Hasher};

use super::hash::FastMap;
use super::ladder::{Ladder, Totals};
use super::value::{Bound, Value};

/// Weights are counted in units of 1e-9 (section 2).
const UNITS: f64 = 1e9;

/// A positive weight of fewer units is too coarsely rounded (section 11).
const FEWEST_UNITS: u64 = 1_000;

/// Why a row was not taken (sections 2 and 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushError {
    /// The amount is not a finite number above zero; the row is rejected.
    Amount,
    /// The weight is negative, infinite or not a number; the row is rejected.
    Weight,
    /// The count is zero; the row is rejected.
    Count,
    /// A positive weight is under 1e-6; the source is refused.
    WeightTooSmall,
    /// A weight or a sum of weights is too large for exact sums; the source is refused.
    WeightTooLarge,
}

impl PushError {
    /// Whether the whole source is refused and not this row alone.
    pub fn refuses_source(self) -> bool {
        matches!(self, Self::WeightTooSmall | Self::WeightTooLarge)
    }
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Amount => "expected a finite amount above zero",
            Self::Weight => "expected a finite weight of zero or more",
            Self::Count => "expected a count of one or more",
            Self::WeightTooSmall => "a positive weight is under 1e-6; help: rescale the weights",
            Self::WeightTooLarge => "the weights are too large to add; help: rescale the weights",
        })
    }
}

impl std::error::Error for PushError {}

/// A weight as an integer number of 1e-9 (section 2, `round_half_even(w * 1e9)`).
pub(crate) fn weight_units(weight: f64) -> Result<u64, PushError> {
    if !(weight.is_finite() && weight >= 0.0) {
        return Err(PushError::Weight);
    }
    let units = (weight * UNITS).round_ties_even();
    if units >= u64::MAX as f64 {
        return Err(PushError::WeightTooLarge);
    }
    let units = units as u64;
    if weight > 0.0 && units < FEWEST_UNITS {
        return Err(PushError::WeightTooSmall);
    }
    Ok(units)
}

/// Everything known about the rows of one amount, as exact sums (section 9).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// The adjusted amount.
    pub amount: f64,
    /// What the rows say about it.
    pub bound: Bound,
    /// Rows pushed, each counted once.
    pub rows: u64,
    /// Rows with their counts, sum of weights, sum of squares.
    pub sums: Totals,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    bits: u64,
    bound: Bound,
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Amounts are positive, so the two top bits are nearly constant and free for the bound.
        state.write_u64(self.bits ^ ((self.bound as u64) << 62));
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sums {
    rows: u64,
    totals: Totals,
}

impl Sums {
    fn checked_add(self, other: Self) -> Option<Self> {
        Some(Self {
            rows: self.rows.checked_add(other.rows)?,
            totals: Totals {
                n: self.totals.n.checked_add(other.totals.n)?,
                weight: self.totals.weight.checked_add(other.totals.weight)?,
                squares: self.totals.squares.checked_add(other.totals.squares)?,
            },
        })
    }

    /// Adds to a part of a sum that is known not to overflow.
    fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.totals.n += other.totals.n;
        self.totals.weight += other.totals.weight;
        self.totals.squares += other.totals.squares;
    }

    fn of_row(units: u64, count: u64) -> Option<Self> {
        let (w, f) = (u128::from(units), u128::from(count));
        let weight = w.checked_mul(f)?;
        let squares = weight.checked_mul(w)?;
        Some(Self { rows: 1, totals: Totals { n: count, weight, squares } })
    }
}

/// A weighted sample under construction: exact sums per distinct amount and bound (section 9).
///
/// Merging is addition of integers, so neither the order of rows nor their partition can change a
/// bit of what follows.
#[derive(Clone, Default, PartialEq)]
pub struct Sample {
    cells: FastMap<Key, Sums>,
    total: Sums,
    skipped: u64,
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sample")
            .field("total", &self.total)
            .field("skipped", &self.skipped)
            .field("distinct", &self.cells.len())
            .finish()
    }
}

impl Sample {
    /// An empty sample.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `count` like rows (section 2). A weight of 0 is counted as skipped.
    ///
    /// # Errors
    /// The reason why the row, or the source ([`PushError::refuses_source`]), is not taken; the
    /// sample is unchanged then.
    #[inline]
    pub fn push(
        &mut self,
        amount: f64,
        bound: Bound,
        weight: f64,
        count: u64,
    ) -> Result<(), PushError> {
        if !(amount.is_finite() && amount > 0.0) {
            return Err(PushError::Amount);
        }
        if count == 0 {
            return Err(PushError::Count);
        }
        self.push_units(amount, bound, weight_units(weight)?, count)
    }

    #[inline]
    fn push_units(
        &mut self,
        amount: f64,
        bound: Bound,
        units: u64,
        count: u64,
    ) -> Result<(), PushError> {
        if units == 0 {
            self.skipped = self.skipped.checked_add(count).ok_or(PushError::WeightTooLarge)?;
            return Ok(());
        }
        let row = Sums::of_row(units, count).ok_or(PushError::WeightTooLarge)?;
        self.total = self.total.checked_add(row).ok_or(PushError::WeightTooLarge)?;
        self.cells.entry(Key { bits: amount.to_bits(), bound }).or_default().add(&row);
        Ok(())
    }

    /// Adds all rows of another sample (section 9).
    ///
    /// # Errors
    /// [`PushError::WeightTooLarge`] if the sums overflow; the sample is unchanged then.
    pub fn merge(&mut self, other: &Self) -> Result<(), PushError> {
        let skipped = self.skipped.checked_add(other.skipped);
        let total = self.total.checked_add(other.total);
        (self.skipped, self.total) = skipped.zip(total).ok_or(PushError::WeightTooLarge)?;
        // Addition of integers: the order of iteration cannot matter.
        other.cells.iter().for_each(|(key, sums)| self.cells.entry(*key).or_default().add(sums));
        Ok(())
    }

    /// Rows in the sample, counts included (section 2, `n`).
    pub fn n(&self) -> u64 {
        self.total.totals.n
    }

    /// Rows left out because their weight is 0, counts included (section 11).
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Number of distinct amounts and bounds, which the memory used is proportional to.
    pub fn distinct(&self) -> usize {
        self.cells.len()
    }

    /// The sample in ascending order, ready to be read.
    pub fn ranked(&self) -> Ranked {
        let cells = self.cells.iter().map(|(key, sums)| Cell {
            amount: f64::from_bits(key.bits),
            bound: key.bound,
            rows: sums.rows,
            sums: sums.totals,
        });
        Ranked::new(cells.collect(), self.skipped)
    }
}

/// A sample in ascending order: quantiles and positions (sections 2 and 4).
///
/// Rows that are bounds stand at their lowest possible amount on the low ladder and at their
/// highest on the high one; without such rows both are the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    cells: Vec<Cell>,
    totals: Totals,
    skipped: u64,
    low: Ladder,
    high: Option<Ladder>,
}

impl Ranked {
    /// Ranks cells; sums that overflow must have been refused before.
    pub(crate) fn new(mut cells: Vec<Cell>, skipped: u64) -> Self {
        cells.sort_unstable_by(|a, b| {
            a.amount.total_cmp(&b.amount).then_with(|| a.bound.cmp(&b.bound))
        });
        let mut sums = Sums::default();
        cells.iter().for_each(|c| sums.add(&Sums { rows: c.rows, totals: c.sums }));
        let totals = sums.totals;
        let bounded = cells.iter().any(|cell| cell.bound != Bound::Exact);
        let low = ladder(&cells, totals, Bound::AtMost);
        let high = bounded.then(|| ladder(&cells, totals, Bound::AtLeast));
        Self { cells, totals, skipped, low, high }
    }

    /// The distinct amounts with their sums, ascending by amount, then by bound.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Rows, counts included (section 2, `n`).
    pub fn n(&self) -> u64 {
        self.totals.n
    }

    /// `n`, `W` and `S2` of section 2, the weights in units of 1e-9.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// Rows left out because their weight is 0, counts included (section 11).
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Effective n, `W^2 / S2`; 0 without rows (section 2).
    pub fn effective_n(&self) -> f64 {
        self.low.effective_n()
    }

    /// Width of the window in units of weight, `S2 / W`; NaN without rows (section 2).
    pub fn delta(&self) -> f64 {
        self.low.delta() / UNITS
    }

    /// The rows with every bound at its low end (section 4).
    pub fn low(&self) -> &Ladder {
        &self.low
    }

    /// The rows with every bound at its high end (section 4).
    pub fn high(&self) -> &Ladder {
        self.high.as_ref().unwrap_or(&self.low)
    }

    /// The percentile `percent` (0 to 100) without any minimum (sections 2 and 4); `None` without
    /// rows and where bounds leave both ends open.
    pub fn quantile(&self, percent: f64) -> Option<Value> {
        let low = self.low.quantile(percent)?;
        Value::from_ends(low, self.high().quantile(percent)?)
    }

    /// Share of weight at or below `x`, from `high` and `low` ends of bounds; `None` without rows.
    pub fn share(&self, x: f64) -> Option<super::value::Envelope> {
        let high = self.low.share(x)?;
        let low = self.high.as_ref().map_or(Some(high), |ladder| ladder.share(x))?;
        Some(super::value::Envelope { low, high })
    }

    /// The sample without these amounts, for percentiles "with and without" (section 7).
    pub fn without(&self, amounts: &[f64]) -> Self {
        let keep = |cell: &&Cell| !amounts.contains(&cell.amount);
        Self::new(self.cells.iter().filter(keep).copied().collect(), self.skipped)
    }
}

/// The ladder on which rows of the kind `open` stand at infinity (section 4).
fn ladder(cells: &[Cell], totals: Totals, open: Bound) -> Ladder {
    let at = |amount: f64, cell: &Cell| (amount, cell.sums.weight, cell.sums.squares);
    let opened = cells.iter().filter(move |cell| cell.bound == open);
    let closed = cells.iter().filter(move |cell| cell.bound != open);
    let closed = closed.map(move |cell| at(cell.amount, cell));
    if open == Bound::AtMost {
        Ladder::new(totals, opened.map(|cell| at(f64::NEG_INFINITY, cell)).chain(closed))
    } else {
        Ladder::new(totals, closed.chain(opened.map(|cell| at(f64::INFINITY, cell))))
    }
}
