//! A published table of percentiles as a curve (section 5).

use core::fmt;

use super::beta;
use super::estimate::{Basis, Estimate, Refusal, is_percent};
use super::normal;
use super::params::StatParams;
use super::value::{Bound, Envelope, Value};

/// One entry of a published table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TablePoint {
    /// The percentile, between 0 and 100.
    pub percent: f64,
    /// The amount stated for it.
    pub amount: f64,
    /// Whether the amount is exact or a bound.
    pub bound: Bound,
    /// Published coefficient of variation of this entry (section 5 a); of a band its upper end.
    pub cv: Option<f64>,
}

impl TablePoint {
    /// An entry without an error of its own.
    pub fn new(percent: f64, amount: f64, bound: Bound) -> Self {
        Self { percent, amount, bound, cv: None }
    }
}

/// What the publisher says about sampling (section 5 b to d). Employment is a population and not a
/// sample: it does not belong here.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Published {
    /// Relative standard error of the mean, as a fraction.
    pub mean_rse: Option<f64>,
    /// Number of people in the sample.
    pub sample_size: Option<f64>,
}

/// Why a table is refused; `index` counts the entries from 0 (section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableError {
    /// No entries.
    Empty,
    /// A percentile is not between 0 and 100.
    Percent {
        /// The entry.
        index: usize,
    },
    /// An amount is not a finite number above zero.
    Amount {
        /// The entry.
        index: usize,
    },
    /// A percentile is not above the one before.
    PercentNotRising {
        /// The later entry.
        index: usize,
    },
    /// An exact amount is under an earlier exact amount.
    AmountFalls {
        /// The later entry.
        index: usize,
    },
    /// A bound contradicts another entry, or stands between exact ones.
    Bound {
        /// The bound.
        index: usize,
    },
    /// A published error or sample size is not a finite number above zero.
    Published,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "a table without percentiles"),
            Self::Percent { index } => {
                write!(f, "entry {}: expected a percentile between 0 and 100", index + 1)
            }
            Self::Amount { index } => {
                write!(f, "entry {}: expected a finite amount above zero", index + 1)
            }
            Self::PercentNotRising { index } => {
                write!(f, "entry {}: the percentile is not above the one before", index + 1)
            }
            Self::AmountFalls { index } => {
                write!(f, "entry {}: the amount is under an earlier one", index + 1)
            }
            Self::Bound { index } => {
                write!(f, "entry {}: the bound contradicts another entry", index + 1)
            }
            Self::Published => {
                write!(f, "expected a sampling error or sample size that is finite and above zero")
            }
        }
    }
}

impl std::error::Error for TableError {}

/// An exact entry with its logarithm and its normal score.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Knot {
    percent: f64,
    amount: f64,
    log: f64,
    score: f64,
    cv: Option<f64>,
}

impl Knot {
    fn of(point: &TablePoint) -> Self {
        Self {
            percent: point.percent,
            amount: point.amount,
            log: libm::log(point.amount),
            score: normal::quantile(point.percent / 100.0),
            cv: point.cv,
        }
    }
}

/// A percentile table, checked (section 5).
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    points: Vec<TablePoint>,
    knots: Vec<Knot>,
    published: Published,
}

impl Table {
    /// Checks a table; its entries rise by percentile (section 5).
    ///
    /// # Errors
    /// The first entry that is out of order or contradicts another.
    pub fn new(points: Vec<TablePoint>, published: Published) -> Result<Self, TableError> {
        if points.is_empty() {
            return Err(TableError::Empty);
        }
        check_numbers(&points, published)?;
        check_order(&points)?;
        check_bounds(&points)?;
        let exact = points.iter().filter(|point| point.bound == Bound::Exact);
        let knots = exact.map(Knot::of).collect();
        Ok(Self { points, knots, published })
    }

    /// The entries.
    pub fn points(&self) -> &[TablePoint] {
        &self.points
    }

    /// The value at a percentile: interpolated inside, a bound outside (section 5); `None` where
    /// not even a bound is stated.
    pub fn value(&self, percent: f64) -> Option<Value> {
        let (Some(first), Some(last)) = (self.knots.first(), self.knots.last()) else {
            let low = self.stated_low(percent).unwrap_or(f64::NEG_INFINITY);
            let high = self.stated_high(percent).unwrap_or(f64::INFINITY);
            return Value::from_ends(low, high);
        };
        if percent > last.percent {
            let stated = self.stated_low(percent).unwrap_or(last.amount);
            Some(Value::AtLeast(stated.max(last.amount)))
        } else if percent < first.percent {
            let stated = self.stated_high(percent).unwrap_or(first.amount);
            Some(Value::AtMost(stated.min(first.amount)))
        } else if percent.is_nan() {
            None
        } else {
            Some(Value::Exact(self.inside(percent)))
        }
    }

    /// The value at a percentile if the table reaches it or states a bound on that side; `None`
    /// where it is silent, so that other sources may give the shape (section 6).
    pub fn stated(&self, percent: f64) -> Option<Value> {
        let (Some(first), Some(last)) = (self.knots.first(), self.knots.last()) else {
            return self.value(percent);
        };
        let has = |bound, side: &dyn Fn(f64) -> bool| {
            self.points.iter().any(|point| point.bound == bound && side(point.percent))
        };
        let silent = (percent > last.percent && !has(Bound::AtLeast, &|p| p > last.percent))
            || (percent < first.percent && !has(Bound::AtMost, &|p| p < first.percent));
        if silent { None } else { self.value(percent) }
    }

    /// Largest `at least` stated at or below a percentile.
    fn stated_low(&self, percent: f64) -> Option<f64> {
        let stated =
            |point: &&TablePoint| point.bound == Bound::AtLeast && point.percent <= percent;
        self.points.iter().filter(stated).map(|point| point.amount).reduce(f64::max)
    }

    /// Smallest `at most` stated at or above a percentile.
    fn stated_high(&self, percent: f64) -> Option<f64> {
        let stated = |point: &&TablePoint| point.bound == Bound::AtMost && point.percent >= percent;
        self.points.iter().filter(stated).map(|point| point.amount).reduce(f64::min)
    }

    /// The curve between exact entries: ln x linear in the normal score (section 5).
    fn inside(&self, percent: f64) -> f64 {
        let next = self.knots.partition_point(|knot| knot.percent <= percent);
        let below = self.knots[next - 1];
        let Some(above) = self.knots.get(next) else { return below.amount };
        if percent == below.percent || below.amount == above.amount {
            return below.amount;
        }
        let score = normal::quantile(percent / 100.0);
        let t = (score - below.score) / (above.score - below.score);
        let x = libm::exp(below.log + t * (above.log - below.log));
        x.clamp(below.amount, above.amount)
    }

    /// Share of the market at or below `x`, the inverse of the curve; an envelope where the table
    /// only bounds it (section 5).
    pub fn share(&self, x: f64) -> Envelope {
        let next = self.knots.partition_point(|knot| knot.amount <= x);
        let below = next.checked_sub(1).map(|index| self.knots[index]);
        match (below, self.knots.get(next)) {
            (Some(knot), _) if knot.amount == x => Envelope::point(knot.percent / 100.0),
            (Some(below), Some(above)) => Envelope::point(share_between(&below, above, x)),
            (below, above) => self.envelope(x, below.as_ref(), above),
        }
    }

    fn envelope(&self, x: f64, below: Option<&Knot>, above: Option<&Knot>) -> Envelope {
        let at_most = |p: &&TablePoint| p.bound == Bound::AtMost && p.amount <= x;
        let at_least = |p: &&TablePoint| p.bound == Bound::AtLeast && p.amount > x;
        let low = self.points.iter().filter(at_most).map(|p| p.percent);
        let high = self.points.iter().filter(at_least).map(|p| p.percent);
        Envelope {
            low: low.fold(below.map_or(0.0, |knot| knot.percent), f64::max) / 100.0,
            high: high.fold(above.map_or(100.0, |knot| knot.percent), f64::min) / 100.0,
        }
    }

    /// Whether this percentile is read between entries further apart than `wide_gap` (section 5).
    fn in_wide_gap(&self, percent: f64, wide_gap: f64) -> bool {
        let next = self.knots.partition_point(|knot| knot.percent < percent);
        let (Some(above), Some(below)) = (self.knots.get(next), next.checked_sub(1)) else {
            return false;
        };
        let gap = above.percent - self.knots[below].percent;
        above.percent != percent && gap > 100.0 * wide_gap + 1e-9
    }

    /// The percentile `percent` (0 to 100) with its interval (section 5).
    pub fn estimate(&self, percent: f64, params: &StatParams) -> Estimate {
        if !is_percent(percent) {
            return Estimate::refuse(percent, Refusal::NotAPercentile);
        }
        let Some(value) = self.value(percent) else {
            return Estimate::refuse(percent, Refusal::OutsideTable);
        };
        let mut estimate = Estimate { value: Some(value), ..Estimate::of(percent) };
        estimate.wide_gap = self.in_wide_gap(percent, params.wide_gap);
        let limits = match value.exact() {
            Some(x) => self.limits(x, params, &mut estimate),
            None => Err(Refusal::ValueIsBound),
        };
        match limits.and_then(|()| self.gate(&estimate, params)) {
            Ok(()) => {
                (estimate.low, estimate.high) = estimate.ungated;
                estimate.basis = Some(Basis::PublishedError);
            }
            Err(reason) => estimate.interval_refused = Some(reason),
        }
        estimate
    }

    /// The limits of section 5, by the first of (a) to (d) that applies.
    fn limits(&self, x: f64, params: &StatParams, estimate: &mut Estimate) -> Result<(), Refusal> {
        let percent = estimate.percent;
        let stated = self.knots.iter().find(|knot| knot.percent == percent);
        if let Some(cv) = stated.and_then(|knot| knot.cv) {
            let factor = libm::exp(params.z() * cv);
            estimate.ungated = (Some(x / factor), Some(x * factor));
            return Ok(());
        }
        let size = self.size(params)?;
        estimate.chain.sigma = size.sigma;
        estimate.chain.n_e = Some(size.n_e);
        let (u_low, u_high) = beta::levels(size.n_e, percent / 100.0, params.confidence);
        (estimate.chain.u_low, estimate.chain.u_high) = (Some(u_low), Some(u_high));
        let read = |u: f64| self.value(100.0 * u).and_then(Value::exact);
        let (low, high) = (read(u_low), read(u_high));
        estimate.reflected = low.is_none() || high.is_none();
        let low_or = low.or(high.map(|high| x * x / high)).ok_or(Refusal::OutsideTable)?;
        let high_or = high.or(low.map(|low| x * x / low)).ok_or(Refusal::OutsideTable)?;
        estimate.ungated = (Some(low_or), Some(high_or));
        Ok(())
    }

    /// The least effective n of an interval from (b) or (c) that may be shown (section 5).
    fn gate(&self, estimate: &Estimate, params: &StatParams) -> Result<(), Refusal> {
        let needed = params.table_min_n_at(estimate.percent);
        match estimate.chain.n_e {
            Some(effective_n) if effective_n < needed => {
                Err(Refusal::TableTooSmall { effective_n, needed })
            }
            _ => Ok(()),
        }
    }

    /// Effective n of the whole table (section 5 b and c); the reason if it is not published.
    pub fn effective_n(&self, params: &StatParams) -> Result<f64, Refusal> {
        self.size(params).map(|size| size.n_e)
    }

    fn size(&self, params: &StatParams) -> Result<Size, Refusal> {
        let Published { mean_rse, sample_size } = self.published;
        let by_n = sample_size.map(|n| Size { n_e: n / params.table_deff, sigma: None });
        let Some(rse) = mean_rse else {
            return by_n.ok_or(Refusal::SamplingErrorNotPublished);
        };
        let sigma = self.spread(10.0, 90.0).or_else(|| self.spread(25.0, 75.0));
        match sigma {
            Some(sigma) => {
                let n_e = libm::expm1(sigma * sigma) / (rse * rse);
                Ok(Size { n_e, sigma: Some(sigma) })
            }
            None => by_n.ok_or(Refusal::SpreadUnknown),
        }
    }

    /// Log-normal sigma from two symmetric percentiles.
    fn spread(&self, low: f64, high: f64) -> Option<f64> {
        let low = self.value(low)?.exact()?;
        let upper = self.value(high)?.exact()?;
        Some(libm::log(upper / low) / (2.0 * normal::quantile(high / 100.0)))
    }
}

struct Size {
    n_e: f64,
    sigma: Option<f64>,
}

fn share_between(below: &Knot, above: &Knot, x: f64) -> f64 {
    let t = (libm::log(x) - below.log) / (above.log - below.log);
    let p = normal::cdf(below.score + t * (above.score - below.score));
    p.clamp(below.percent / 100.0, above.percent / 100.0)
}

fn positive(x: f64) -> bool {
    x.is_finite() && x > 0.0
}

fn check_numbers(points: &[TablePoint], published: Published) -> Result<(), TableError> {
    for (index, point) in points.iter().enumerate() {
        if !(point.percent > 0.0 && point.percent < 100.0) {
            return Err(TableError::Percent { index });
        }
        if !positive(point.amount) {
            return Err(TableError::Amount { index });
        }
    }
    let stated = points.iter().filter_map(|point| point.cv);
    let stated = stated.chain(published.mean_rse).chain(published.sample_size);
    if stated.into_iter().all(positive) { Ok(()) } else { Err(TableError::Published) }
}

fn check_order(points: &[TablePoint]) -> Result<(), TableError> {
    let mut largest = 0.0;
    for (index, point) in points.iter().enumerate() {
        if index > 0 && point.percent <= points[index - 1].percent {
            return Err(TableError::PercentNotRising { index });
        }
        if point.bound == Bound::Exact {
            if point.amount < largest {
                return Err(TableError::AmountFalls { index });
            }
            largest = point.amount;
        }
    }
    Ok(())
}

/// A bound between exact entries would be ignored by the curve, so it may not stand there; nor may
/// an `at least` be followed by less, or an `at most` be preceded by more.
fn check_bounds(points: &[TablePoint]) -> Result<(), TableError> {
    let exact = |point: &TablePoint| point.bound == Bound::Exact;
    for (index, point) in points.iter().enumerate().filter(|(_, point)| !exact(point)) {
        let (before, after) = (&points[..index], &points[index + 1..]);
        let between = before.iter().any(exact) && after.iter().any(exact);
        let at_least = point.bound == Bound::AtLeast;
        let less = |p: &TablePoint| p.bound != Bound::AtLeast && p.amount < point.amount;
        let more = |p: &TablePoint| p.bound != Bound::AtMost && p.amount > point.amount;
        if between || (at_least && after.iter().any(less)) || (!at_least && before.iter().any(more))
        {
            return Err(TableError::Bound { index });
        }
    }
    Ok(())
}
