//! Bringing amounts to one date, and the scenarios of adjustments (section 8).

use core::fmt;

use super::params::StatParams;

/// Days in a mean Gregorian year (section 8).
pub const DAYS_PER_YEAR: f64 = 365.2425;

/// Days over which the constant rate after an index's last value is taken: a year from one
/// mid-month to the same mid-month, never longer than 12 months.
const LAST_YEAR: i64 = 365;

/// Years from one day number to another, negative backwards (section 8, `t`).
pub fn years(from: i64, to: i64) -> f64 {
    (to as f64 - from as f64) / DAYS_PER_YEAR
}

/// Months from one day number to another, for the age of evidence (section 8).
pub fn months(from: i64, to: i64) -> f64 {
    12.0 * years(from, to)
}

/// How old evidence is, in terms of findings (section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Staleness {
    /// Nothing to say.
    Fresh,
    /// More than `age_warn` months: a finding.
    Old,
    /// More than `age_error` months: the finding is printed first.
    Stale,
}

/// The finding due for evidence of this age (section 8).
pub fn staleness(months: f64, params: &StatParams) -> Staleness {
    if months > params.age_error {
        Staleness::Stale
    } else if months > params.age_warn {
        Staleness::Old
    } else {
        Staleness::Fresh
    }
}

/// A multiplier with its scenarios: the lowest, the one used, the highest (section 8, "apart").
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor {
    /// Lowest.
    pub low: f64,
    /// The one used.
    pub used: f64,
    /// Highest.
    pub high: f64,
}

impl Factor {
    /// A multiplier without scenarios.
    pub fn certain(used: f64) -> Self {
        Self { low: used, used, high: used }
    }

    /// Three multipliers put in order; `None` unless all are finite and above zero.
    pub fn of(a: f64, used: f64, b: f64) -> Option<Self> {
        let usable = [a, used, b].iter().all(|x| x.is_finite() && *x > 0.0);
        let (low, high) = (a.min(used).min(b), a.max(used).max(b));
        usable.then_some(Self { low, used, high })
    }
}

/// `(1 + g)^t` (section 8); `None` unless `g` is above -1 and the result is finite.
pub fn compound(rate: f64, years: f64) -> Option<f64> {
    let factor = libm::pow(1.0 + rate, years);
    (rate > -1.0 && factor.is_finite() && factor > 0.0).then_some(factor)
}

/// Compound ageing from one day number to another, with the scenarios of `trend_sensitivity`
/// (section 8); `None` unless every rate is above -1.
pub fn trend(rate: f64, from: i64, to: i64, params: &StatParams) -> Option<Factor> {
    let t = years(from, to);
    let at = |rate| compound(rate, t);
    Factor::of(
        at(rate - params.trend_sensitivity)?,
        at(rate)?,
        at(rate + params.trend_sensitivity)?,
    )
}

/// A place index with the scenarios of `place_sensitivity` (section 8); `None` unless finite and
/// above zero.
pub fn place(index: f64, params: &StatParams) -> Option<Factor> {
    let s = params.place_sensitivity;
    Factor::of(index * (1.0 - s), index, index * (1.0 + s))
}

/// The second pair of limits, from the extremes of every adjustment: scenarios, not probabilities
/// (section 8).
pub fn adjusted(limits: (f64, f64), factors: &[Factor]) -> (f64, f64) {
    factors.iter().fold(limits, |(low, high), factor| {
        (low * (factor.low / factor.used), high * (factor.high / factor.used))
    })
}

/// Why an index cannot age an amount (section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexError {
    /// The series has no values.
    Empty,
    /// A value is not a finite number above zero; the index counts from 0.
    Value {
        /// The value.
        index: usize,
    },
    /// A day is not after the one before; the index counts from 0.
    Order {
        /// The later value.
        index: usize,
    },
    /// The day lies before the first value.
    BeforeFirst {
        /// Day number of the first value.
        first: i64,
    },
    /// The day lies after the last value, and the series is shorter than the 12 months that the
    /// rate is taken from.
    TooShort {
        /// Day number of the last value.
        last: i64,
    },
}

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "an index without values"),
            Self::Value { index } => {
                write!(f, "value {}: expected a finite number above zero", index + 1)
            }
            Self::Order { index } => {
                write!(f, "value {}: its date is not after the one before", index + 1)
            }
            Self::BeforeFirst { .. } => write!(f, "the date lies before the index's first value"),
            Self::TooShort { .. } => write!(
                f,
                "the date lies after the index's last value, and 12 months of it are not there"
            ),
        }
    }
}

impl std::error::Error for IndexError {}

/// An index series; each value is dated at the middle of its period (section 8).
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    days: Vec<i64>,
    logs: Vec<f64>,
}

/// What an index says about two dates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IndexFactor {
    /// The index at the amount's date.
    pub from: f64,
    /// The index at the date aged to.
    pub to: f64,
    /// The multiplier, `to / from`.
    pub factor: f64,
    /// Days by which the later date lies after the last value: a constant rate was assumed.
    pub days_after_last: i64,
}

impl Index {
    /// A series of day numbers and values, ascending by day.
    ///
    /// # Errors
    /// The first value that is out of order or no positive number.
    pub fn new(values: &[(i64, f64)]) -> Result<Self, IndexError> {
        for (index, (day, value)) in values.iter().enumerate() {
            if !(value.is_finite() && *value > 0.0) {
                return Err(IndexError::Value { index });
            }
            if index > 0 && *day <= values[index - 1].0 {
                return Err(IndexError::Order { index });
            }
        }
        if values.is_empty() {
            return Err(IndexError::Empty);
        }
        let (days, logs) = values.iter().map(|&(day, value)| (day, libm::log(value))).unzip();
        Ok(Self { days, logs })
    }

    /// The multiplier from one day number to another (section 8).
    ///
    /// # Errors
    /// A date before the first value, or after the last of a series shorter than a year.
    pub fn factor(&self, from: i64, to: i64) -> Result<IndexFactor, IndexError> {
        let (start, end) = (self.log_at(from)?, self.log_at(to)?);
        Ok(IndexFactor {
            from: libm::exp(start),
            to: libm::exp(end),
            factor: libm::exp(end - start),
            days_after_last: from.max(to).saturating_sub(self.last().0).max(0),
        })
    }

    /// Day and logarithm of the last value.
    fn last(&self) -> (i64, f64) {
        let last = self.days.len() - 1;
        (self.days[last], self.logs[last])
    }

    /// ln I, linear in days between values, at a constant rate after the last.
    fn log_at(&self, day: i64) -> Result<f64, IndexError> {
        let next = self.days.partition_point(|&d| d <= day);
        let Some(below) = next.checked_sub(1) else {
            return Err(IndexError::BeforeFirst { first: self.days[0] });
        };
        if day == self.days[below] {
            return Ok(self.logs[below]);
        }
        if next == self.days.len() {
            return self.log_after_last(day);
        }
        let span = self.days[next] as f64 - self.days[below] as f64;
        let t = (day as f64 - self.days[below] as f64) / span;
        Ok(self.logs[below] + t * (self.logs[next] - self.logs[below]))
    }

    fn log_after_last(&self, day: i64) -> Result<f64, IndexError> {
        let (last, log) = self.last();
        let year_ago = last.saturating_sub(LAST_YEAR);
        let before = self.log_at(year_ago).map_err(|_| IndexError::TooShort { last })?;
        let per_day = (log - before) / LAST_YEAR as f64;
        Ok(log + per_day * (day as f64 - last as f64))
    }
}
