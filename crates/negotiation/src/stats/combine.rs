//! The market: one or several sources as one curve, with intervals and disagreement (section 6).

use core::fmt;

use super::composite::{Composite, Part};
use super::curve::{Curve, SourceCurve};
use super::estimate::{Estimate, Refusal, is_percent};
use super::mixture::Mixture;
use super::params::{Combine, StatParams};
use super::pool::pool;
use super::rows::RowCurve;
use super::sample::PushError;
use super::value::{Envelope, Value};

/// The five percentiles of every benchmark.
pub const STANDARD: [f64; 5] = [10.0, 25.0, 50.0, 75.0, 90.0];

/// Why sources cannot be combined; `index` counts the sources from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarketError {
    /// No source has a weight above zero.
    NoSources,
    /// A weight is negative, infinite or not a number.
    Weight {
        /// The source.
        index: usize,
    },
    /// Only raw rows can be pooled, and this source is a table.
    PoolOfTable {
        /// The source.
        index: usize,
    },
    /// The pooled sums overflow.
    Pool(PushError),
}

impl fmt::Display for MarketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSources => write!(f, "no source with a weight above zero"),
            Self::Weight { index } => {
                write!(f, "source {}: expected a weight of zero or more", index + 1)
            }
            Self::PoolOfTable { index } => write!(
                f,
                "source {}: a percentile table cannot be pooled; help: use `composite`",
                index + 1
            ),
            Self::Pool(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for MarketError {}

/// One source at one percentile.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceAt {
    /// Its place in the list of sources.
    pub index: usize,
    /// Its share.
    pub share: f64,
    /// Its own percentile with its own interval.
    pub estimate: Estimate,
}

/// How far the sources that are exact at a percentile lie apart (section 6, "disagreement").
#[derive(Clone, Debug, PartialEq)]
pub struct Disagreement {
    /// Largest over smallest value, less one.
    pub spread: f64,
    /// Whether `spread` is above `source_spread_warn`; at the median that asks for a finding.
    pub wide: bool,
    /// Whether the intervals of the sources have no amount in common.
    pub intervals_apart: bool,
    /// Half width of the interval between sources, on the log scale.
    pub h_between: f64,
    /// Half width of the joint sampling error, on the log scale.
    pub h_sampling: f64,
    /// Sources that count with no sampling error because they have no limit.
    pub without_error: Vec<usize>,
    /// Smallest and largest composite without one of the sources.
    pub leave_one_out: (f64, f64),
}

/// One percentile of the market.
#[derive(Clone, Debug, PartialEq)]
pub struct MarketEstimate {
    /// How it was combined. A composite of several sources is called so, never a percentile.
    pub how: Combine,
    /// The value and its interval.
    pub estimate: Estimate,
    /// The sources with a share, each with its own percentile.
    pub sources: Vec<SourceAt>,
    /// Sources left out because they are silent here; the others give the shape. A finding names
    /// them.
    pub left_out: Vec<usize>,
    /// How far the sources lie apart; absent for a bound, a mixture, a pool and a single source.
    pub disagreement: Option<Disagreement>,
}

/// One or several sources as one curve (section 6).
pub struct Market<'a> {
    parts: Vec<Part<'a>>,
    pooled: Option<RowCurve>,
    params: &'a StatParams,
}

/// Combines sources as `params.combine` says; shares are weights divided by their sum, and a
/// source of weight 0 takes no part (section 6).
///
/// # Errors
/// No source, a weight that is none, or a pool with a table.
pub fn market<'a>(
    sources: &'a [SourceCurve],
    params: &'a StatParams,
) -> Result<Market<'a>, MarketError> {
    let bad = |source: &SourceCurve| !(source.weight.is_finite() && source.weight >= 0.0);
    if let Some(index) = sources.iter().position(bad) {
        return Err(MarketError::Weight { index });
    }
    let total: f64 = sources.iter().map(|source| source.weight).sum();
    if total <= 0.0 || !total.is_finite() {
        return Err(MarketError::NoSources);
    }
    let part = |(index, source): (usize, &'a SourceCurve)| {
        let share = source.weight / total;
        (share > 0.0).then_some(Part { index, share, curve: &source.curve })
    };
    let parts: Vec<Part<'a>> = sources.iter().enumerate().filter_map(part).collect();
    let pooled = match params.combine {
        Combine::Pool => Some(pooled(&parts)?),
        Combine::Composite | Combine::Mixture => None,
    };
    Ok(Market { parts, pooled, params })
}

fn pooled(parts: &[Part<'_>]) -> Result<RowCurve, MarketError> {
    let rows = |part: &Part<'_>| match part.curve {
        Curve::Rows(_) => Ok(()),
        Curve::Table(_) => Err(MarketError::PoolOfTable { index: part.index }),
    };
    parts.iter().try_for_each(rows)?;
    let samples = parts.iter().filter_map(|part| match part.curve {
        Curve::Rows(rows) => Some((part.share, &**rows)),
        Curve::Table(_) => None,
    });
    pool(&samples.collect::<Vec<_>>()).map_err(MarketError::Pool)
}

impl<'a> Market<'a> {
    /// The sources that take part, by their place in the list, with their shares.
    pub fn shares(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.parts.iter().map(|part| (part.index, part.share))
    }

    /// The pooled rows, if sources are pooled.
    pub fn pooled(&self) -> Option<&RowCurve> {
        self.pooled.as_ref()
    }

    /// P10, P25, P50, P75 and P90.
    pub fn standard(&self) -> [MarketEstimate; 5] {
        STANDARD.map(|percent| self.at(percent))
    }

    /// The percentile `percent` (0 to 100) of the market with its interval (section 6).
    ///
    /// With a single source it is the source's own, whatever the way of combining.
    pub fn at(&self, percent: f64) -> MarketEstimate {
        if let Some(pooled) = &self.pooled {
            return self.wrap(Combine::Pool, percent, pooled.estimate(percent, self.params));
        }
        if let [only] = self.parts.as_slice() {
            let own = only.curve.estimate(percent, self.params);
            return self.wrap(self.params.combine, percent, own);
        }
        if self.params.combine == Combine::Mixture {
            return self.wrap(Combine::Mixture, percent, self.mixed(percent));
        }
        Composite::new(&self.parts, self.params).estimate(percent)
    }

    fn wrap(&self, how: Combine, percent: f64, estimate: Estimate) -> MarketEstimate {
        let source = |part: &Part<'a>| SourceAt {
            index: part.index,
            share: part.share,
            estimate: part.curve.estimate(percent, self.params),
        };
        let sources = self.parts.iter().map(source).collect();
        MarketEstimate { how, estimate, sources, left_out: Vec::new(), disagreement: None }
    }

    fn mixture(&self) -> Mixture<'a> {
        Mixture::new(self.parts.iter().map(|part| (part.share, part.curve)).collect())
    }

    /// A percentile of the mixture. A part under the minima of section 2 refuses it: parts are
    /// disjoint, so none can stand in for another.
    fn mixed(&self, percent: f64) -> Estimate {
        if !is_percent(percent) {
            return Estimate::refuse(percent, Refusal::NotAPercentile);
        }
        if let Some(reason) = self.parts.iter().find_map(|part| self.too_thin(part, percent)) {
            return Estimate::refuse(percent, reason);
        }
        let value =
            self.mixture().ends(percent).and_then(|(low, high)| Value::from_ends(low, high));
        match value {
            Some(value) => Estimate {
                value: Some(value),
                interval_refused: Some(Refusal::MixtureHasNone),
                ..Estimate::of(percent)
            },
            None => Estimate::refuse(percent, Refusal::OutsideTable),
        }
    }

    fn too_thin(&self, part: &Part<'a>, percent: f64) -> Option<Refusal> {
        let Curve::Rows(rows) = part.curve else { return None };
        rows.value(percent, self.params).err().filter(|reason| *reason != Refusal::OpenBounds)
    }

    /// Share of the market at or below `x`, to place an offer: a point or an envelope (sections 5
    /// and 6).
    ///
    /// # Errors
    /// Rows too few to place an amount among them (F14): print its rank instead.
    pub fn share(&self, x: f64) -> Result<Envelope, Refusal> {
        if let Some(pooled) = &self.pooled {
            return pooled.placed(x, self.params);
        }
        if let [only] = self.parts.as_slice() {
            return only.curve.placed(x, self.params);
        }
        if self.params.combine == Combine::Composite {
            return Ok(Composite::new(&self.parts, self.params).share(x));
        }
        self.parts.iter().try_for_each(|part| part.curve.placed(x, self.params).map(|_| ()))?;
        Ok(self.mixture().share(x))
    }
}
