//! A source as a curve, whatever it was made from (section 6).

use super::estimate::{Estimate, Refusal};
use super::params::StatParams;
use super::rows::RowCurve;
use super::table::Table;
use super::value::{Envelope, Value};

/// The curve of one source: raw rows or a published table.
#[derive(Clone, Debug, PartialEq)]
pub enum Curve {
    /// Raw rows (sections 2 to 4).
    Rows(Box<RowCurve>),
    /// A percentile table (section 5).
    Table(Table),
}

impl From<RowCurve> for Curve {
    fn from(rows: RowCurve) -> Self {
        Self::Rows(Box::new(rows))
    }
}

impl From<Table> for Curve {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

impl Curve {
    /// The percentile `percent` (0 to 100) with its interval (sections 3 to 5).
    pub fn estimate(&self, percent: f64, params: &StatParams) -> Estimate {
        match self {
            Self::Rows(rows) => rows.estimate(percent, params),
            Self::Table(table) => table.estimate(percent, params),
        }
    }

    /// The value if the source states one or a bound; `None` if it is silent there: rows under the
    /// minima, a table that ends without a bound (section 6, "not stated").
    pub fn stated(&self, percent: f64, params: &StatParams) -> Option<Value> {
        match self {
            Self::Rows(rows) => rows.value(percent, params).ok(),
            Self::Table(table) => table.stated(percent),
        }
    }

    /// Effective n for the weight of a source with unknown employers (section 6); `None` where
    /// nothing is published.
    pub fn effective_n(&self, params: &StatParams) -> Option<f64> {
        match self {
            Self::Rows(rows) => Some(rows.ranked().effective_n()),
            Self::Table(table) => table.effective_n(params).ok(),
        }
    }

    /// The bound that follows from a table's last entry where it is silent (section 5).
    pub(crate) fn implied(&self, percent: f64) -> Option<Value> {
        match self {
            Self::Rows(_) => None,
            Self::Table(table) => table.value(percent),
        }
    }

    /// Share at or below `x` without any minimum (sections 5 and 6); the unit envelope without
    /// rows.
    pub(crate) fn share(&self, x: f64) -> Envelope {
        match self {
            Self::Rows(rows) => rows.ranked().share(x).unwrap_or(Envelope { low: 0.0, high: 1.0 }),
            Self::Table(table) => table.share(x),
        }
    }

    /// Share at or below `x`, refused where rows are too few ([`RowCurve::placed`]).
    pub(crate) fn placed(&self, x: f64, params: &StatParams) -> Result<Envelope, Refusal> {
        match self {
            Self::Rows(rows) => rows.placed(x, params),
            Self::Table(table) => Ok(table.share(x)),
        }
    }

    /// Exact percentiles of a table, where the set of sources that speak may change.
    pub(crate) fn landmarks(&self) -> impl Iterator<Item = f64> + '_ {
        let points = match self {
            Self::Rows(_) => &[],
            Self::Table(table) => table.points(),
        };
        points.iter().map(|point| point.percent)
    }

    /// Smallest and largest stated amount; `None` without rows.
    pub(crate) fn reach(&self) -> Option<(f64, f64)> {
        match self {
            Self::Rows(rows) => {
                let cells = rows.ranked().cells();
                Some((cells.first()?.amount, cells.last()?.amount))
            }
            Self::Table(table) => {
                let amounts = || table.points().iter().map(|point| point.amount);
                Some((amounts().reduce(f64::min)?, amounts().reduce(f64::max)?))
            }
        }
    }

    /// The stated amounts next to `x` on either side.
    pub(crate) fn neighbours(&self, x: f64) -> [Option<f64>; 2] {
        match self {
            Self::Rows(rows) => {
                let cells = rows.ranked().cells();
                let next = cells.partition_point(|cell| cell.amount <= x);
                let at = |index: usize| cells.get(index).map(|cell| cell.amount);
                [next.checked_sub(1).and_then(at), at(next)]
            }
            Self::Table(table) => {
                let amounts = || table.points().iter().map(|point| point.amount);
                let below = amounts().filter(|&a| a <= x).reduce(f64::max);
                [below, amounts().filter(|&a| a > x).reduce(f64::min)]
            }
        }
    }
}

/// One source of a market: its curve and its weight relative to the others (section 6).
#[derive(Clone, Debug, PartialEq)]
pub struct SourceCurve {
    /// Relative weight, zero or more; shares are these divided by their sum.
    pub weight: f64,
    /// The curve, after all adjustments.
    pub curve: Curve,
}

impl SourceCurve {
    /// A source with this weight.
    pub fn new(weight: f64, curve: impl Into<Curve>) -> Self {
        Self { weight, curve: curve.into() }
    }
}
