//! The weighted mean of the percentiles of several sources, with its interval (section 6).

use super::beta;
use super::combine::{Disagreement, MarketEstimate, STANDARD, SourceAt};
use super::curve::Curve;
use super::estimate::{Basis, Estimate, Refusal, is_percent};
use super::normal;
use super::params::{Combine, StatParams};
use super::value::{Envelope, Value};

/// Rounding allowed where the order of percentiles and half of the shares are checked.
const ROUNDING: f64 = 1e-12;

/// A source that takes part.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) index: usize,
    pub(crate) share: f64,
    pub(crate) curve: &'a Curve,
}

/// The composite of sources with shares that sum to 1.
pub(crate) struct Composite<'a> {
    parts: &'a [Part<'a>],
    params: &'a StatParams,
}

/// What the sources say about one percentile.
struct Gathered<'a> {
    stated: Vec<(Part<'a>, Value)>,
    left_out: Vec<usize>,
}

impl Gathered<'_> {
    fn share(&self) -> f64 {
        self.stated.iter().map(|(part, _)| part.share).sum()
    }

    /// The weighted sum of the low ends and of the high ends.
    fn sum(&self) -> (f64, f64) {
        self.stated.iter().fold((0.0, 0.0), |(low, high), (part, value)| {
            let ends = value.ends();
            (low + part.share * ends.0, high + part.share * ends.1)
        })
    }
}

/// A composite percentile and how it was put together.
struct Reading<'a> {
    value: Value,
    gathered: Gathered<'a>,
}

impl<'a> Composite<'a> {
    pub(crate) fn new(parts: &'a [Part<'a>], params: &'a StatParams) -> Self {
        Self { parts, params }
    }

    fn read(&self, percent: f64) -> Result<Reading<'a>, Refusal> {
        let gathered = self.gather(percent)?;
        let scale = self.scale(percent, &gathered)?;
        let (low, high) = gathered.sum();
        let ends = Value::from_ends(low * scale, high * scale);
        let value = ends.ok_or(Refusal::OppositeBounds)?;
        self.check_order(percent, value)?;
        Ok(Reading { value, gathered })
    }

    fn gather(&self, percent: f64) -> Result<Gathered<'a>, Refusal> {
        let mut gathered = Gathered { stated: Vec::new(), left_out: Vec::new() };
        for part in self.parts {
            match part.curve.stated(percent, self.params) {
                Some(value) => gathered.stated.push((*part, value)),
                None => gathered.left_out.push(part.index),
            }
        }
        if gathered.stated.is_empty() { self.implied(percent) } else { Ok(gathered) }
    }

    /// Where every source is silent, their last entries still bound the composite.
    fn implied(&self, percent: f64) -> Result<Gathered<'a>, Refusal> {
        let implied = |part: &Part<'a>| Some((*part, part.curve.implied(percent)?));
        let stated: Option<Vec<_>> = self.parts.iter().map(implied).collect();
        let stated = stated.ok_or(Refusal::SharesTooSmall { share: 0.0 })?;
        Ok(Gathered { stated, left_out: Vec::new() })
    }

    /// The factor that carries the sources which state a percentile to the level of all sources,
    /// by their medians (section 6, "not stated").
    fn scale(&self, percent: f64, gathered: &Gathered<'a>) -> Result<f64, Refusal> {
        if gathered.left_out.is_empty() {
            return Ok(1.0);
        }
        let share = gathered.share();
        if share < 0.5 - ROUNDING {
            return Err(Refusal::SharesTooSmall { share });
        }
        if percent == 50.0 {
            return Ok(1.0 / share);
        }
        let median = self.read(50.0)?.value.exact().ok_or(Refusal::MedianUnknown)?;
        let own = |(part, _): &(Part<'a>, Value)| {
            let value = part.curve.stated(50.0, self.params)?;
            Some(part.share * value.exact()?)
        };
        let own: Option<Vec<f64>> = gathered.stated.iter().map(own).collect();
        let sum: f64 = own.ok_or(Refusal::MedianUnknown)?.iter().sum();
        Ok(median / sum)
    }

    /// Refuses a percentile that is on the wrong side of one nearer to the median (section 6).
    fn check_order(&self, percent: f64, value: Value) -> Result<(), Refusal> {
        let Some(x) = value.exact() else { return Ok(()) };
        let between = |nearer: f64| {
            (50.0 <= nearer && nearer < percent) || (percent < nearer && nearer <= 50.0)
        };
        for nearer in STANDARD.into_iter().filter(|&nearer| between(nearer)) {
            let Some(y) = self.read(nearer).ok().and_then(|reading| reading.value.exact()) else {
                continue;
            };
            let (below, above) = if nearer < percent { (y, x) } else { (x, y) };
            if below > above * (1.0 + ROUNDING) {
                return Err(Refusal::OrderViolated);
            }
        }
        Ok(())
    }

    /// The percentile with interval and disagreement.
    pub(crate) fn estimate(&self, percent: f64) -> MarketEstimate {
        let sources: Vec<SourceAt> =
            self.parts.iter().map(|part| self.source(part, percent)).collect();
        let mut market = MarketEstimate {
            how: Combine::Composite,
            estimate: Estimate::of(percent),
            sources,
            left_out: Vec::new(),
            disagreement: None,
        };
        if !is_percent(percent) {
            market.estimate.refused = Some(Refusal::NotAPercentile);
            return market;
        }
        match self.read(percent) {
            Ok(reading) => self.complete(&mut market, &reading),
            Err(reason) => market.estimate.refused = Some(reason),
        }
        market
    }

    fn source(&self, part: &Part<'_>, percent: f64) -> SourceAt {
        let estimate = part.curve.estimate(percent, self.params);
        SourceAt { index: part.index, share: part.share, estimate }
    }

    fn complete(&self, market: &mut MarketEstimate, reading: &Reading<'a>) {
        market.left_out.clone_from(&reading.gathered.left_out);
        market.estimate.value = Some(reading.value);
        let Some(composite) = reading.value.exact() else {
            market.estimate.interval_refused = Some(Refusal::ValueIsBound);
            return;
        };
        let members = Members::of(market, reading);
        let scale = composite / members.mean();
        market.disagreement = members.disagreement(scale, self.params);
        members.add_interval(&mut market.estimate, composite, scale, self.params);
    }

    /// Share of the composite market at or below `x`: the inverse of the composite by bisection,
    /// an envelope where it is a bound or absent (sections 5 and 6).
    pub(crate) fn share(&self, x: f64) -> Envelope {
        let (mut low, mut high) = (0.0_f64, 100.0_f64);
        for percent in self.landmarks() {
            match self.side(percent, x) {
                Some(Side::AtOrBelow) => low = low.max(percent),
                Some(Side::Above) => high = high.min(percent),
                None => {}
            }
        }
        self.refine(x, low, high)
    }

    fn refine(&self, x: f64, mut low: f64, mut high: f64) -> Envelope {
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            match self.side(middle, x) {
                Some(Side::AtOrBelow) => low = middle,
                Some(Side::Above) => high = middle,
                None => return Envelope { low: low / 100.0, high: high / 100.0 },
            }
        }
        Envelope::point(0.5 * (low + high) / 100.0)
    }

    /// Where the composite percentile lies from `x`, if that is known.
    fn side(&self, percent: f64, x: f64) -> Option<Side> {
        let (low, high) = self.read(percent).ok()?.value.ends();
        if high <= x {
            Some(Side::AtOrBelow)
        } else if low > x {
            Some(Side::Above)
        } else {
            None
        }
    }

    fn landmarks(&self) -> Vec<f64> {
        let mut percents = vec![0.0, 100.0];
        percents.extend(STANDARD);
        percents.extend(self.parts.iter().flat_map(|part| part.curve.landmarks()));
        percents.sort_by(f64::total_cmp);
        percents.dedup();
        percents
    }
}

enum Side {
    AtOrBelow,
    Above,
}

/// The sources that are exact at one percentile, their shares summing to 1.
struct Members {
    members: Vec<Member>,
}

#[derive(Clone, Copy)]
struct Member {
    index: usize,
    share: f64,
    value: f64,
    estimate: Estimate,
}

impl Members {
    fn of(market: &MarketEstimate, reading: &Reading<'_>) -> Self {
        let whole = reading.gathered.share();
        let member = |(part, value): &(Part<'_>, Value)| {
            let source = market.sources.iter().find(|source| source.index == part.index)?;
            let (share, value) = (part.share / whole, value.exact()?);
            Some(Member { index: part.index, share, value, estimate: source.estimate })
        };
        Self { members: reading.gathered.stated.iter().filter_map(member).collect() }
    }

    fn mean(&self) -> f64 {
        self.members.iter().map(|member| member.share * member.value).sum()
    }

    fn pairs(&self) -> Vec<(f64, f64)> {
        self.members.iter().map(|member| (member.value, member.share)).collect()
    }

    /// The interval of section 6 by the number of sources.
    fn add_interval(
        &self,
        estimate: &mut Estimate,
        composite: f64,
        scale: f64,
        params: &StatParams,
    ) {
        match self.members.as_slice() {
            [only] => {
                let own = only.estimate;
                let value = estimate.value;
                *estimate = Estimate { value, ..own };
                estimate.low = own.low.map(|low| low * scale);
                estimate.high = own.high.map(|high| high * scale);
            }
            members if members.len() < params.total_min_sources => {
                let low = |m: &Member| m.estimate.low.unwrap_or(m.value);
                let high = |m: &Member| m.estimate.high.unwrap_or(m.value);
                estimate.low = members.iter().map(low).reduce(f64::min).map(|x| x * scale);
                estimate.high = members.iter().map(high).reduce(f64::max).map(|x| x * scale);
                estimate.basis = Some(Basis::Range);
            }
            _ => {
                let between = between_half_width(&self.pairs(), params.confidence);
                let half = between.unwrap_or(0.0).max(self.sampling(params));
                let factor = libm::exp(half);
                estimate.low = Some(composite / factor);
                estimate.high = Some(composite * factor);
                estimate.basis = Some(Basis::BetweenSources);
            }
        }
    }

    fn sampling(&self, params: &StatParams) -> f64 {
        let error = |m: &Member| log_error(&m.estimate, m.value, params).unwrap_or(0.0);
        let members: Vec<_> = self.members.iter().map(|m| (m.value, m.share, error(m))).collect();
        sampling_half_width(&members, params.confidence)
    }

    fn disagreement(&self, scale: f64, params: &StatParams) -> Option<Disagreement> {
        if self.members.len() < 2 {
            return None;
        }
        let values = || self.members.iter().map(|member| member.value);
        let spread = values().reduce(f64::max)? / values().reduce(f64::min)? - 1.0;
        let silent = |m: &&Member| log_error(&m.estimate, m.value, params).is_none();
        Some(Disagreement {
            spread,
            wide: spread > params.source_spread_warn,
            intervals_apart: self.intervals_apart(),
            h_between: between_half_width(&self.pairs(), params.confidence)?,
            h_sampling: self.sampling(params),
            without_error: self.members.iter().filter(silent).map(|m| m.index).collect(),
            leave_one_out: self.leave_one_out(scale)?,
        })
    }

    fn intervals_apart(&self) -> bool {
        let intervals = || self.members.iter().filter_map(|member| member.estimate.interval());
        let lowest_high = intervals().map(|interval| interval.1).reduce(f64::min);
        let highest_low = intervals().map(|interval| interval.0).reduce(f64::max);
        highest_low.zip(lowest_high).is_some_and(|(low, high)| low > high)
    }

    /// Smallest and largest composite without one of the sources.
    fn leave_one_out(&self, scale: f64) -> Option<(f64, f64)> {
        let without = |out: &Member| {
            let rest = || self.members.iter().filter(|member| member.index != out.index);
            let share: f64 = rest().map(|member| member.share).sum();
            let sum: f64 = rest().map(|member| member.share * member.value).sum();
            scale * sum / share
        };
        let composites = || self.members.iter().map(without);
        composites().reduce(f64::min).zip(composites().reduce(f64::max))
    }
}

/// Standard error of ln Q from the limits of a source (section 6, `s_k`), which count here even
/// where the source alone would not show them (W10, P10 of the second table); `None` without.
fn log_error(estimate: &Estimate, value: f64, params: &StatParams) -> Option<f64> {
    let z = params.z();
    match estimate.ungated {
        (Some(low), Some(high)) => Some(libm::log(high / low) / (2.0 * z)),
        (Some(limit), None) | (None, Some(limit)) => Some(libm::log(value / limit).abs() / z),
        (None, None) => None,
    }
}

/// Half width on the log scale of the t interval between sources, from their values and shares,
/// which sum to 1 (section 6, `h_between`); `None` with fewer than two.
pub fn between_half_width(members: &[(f64, f64)], confidence: f64) -> Option<f64> {
    if members.len() < 2 {
        return None;
    }
    let sum = |f: &dyn Fn(f64, f64) -> f64| members.iter().map(|&(q, a)| f(libm::log(q), a)).sum();
    let mean: f64 = sum(&|y, a| a * y);
    let variance: f64 = sum(&|y, a| a * (y - mean) * (y - mean));
    let squares: f64 = sum(&|_, a| a * a);
    let rest: f64 = sum(&|_, a| a * (1.0 - a));
    let t = beta::student_t((1.0 + confidence) / 2.0, (members.len() - 1) as f64);
    Some(t * libm::sqrt(squares / rest * variance))
}

/// Half width on the log scale of the joint sampling error of sources, from their values, shares
/// and standard errors of ln Q (section 6, `h_sampling`).
pub fn sampling_half_width(members: &[(f64, f64, f64)], confidence: f64) -> f64 {
    let composite: f64 = members.iter().map(|(q, a, _)| a * q).sum();
    let part = |(q, a, s): &(f64, f64, f64)| {
        let error = a * q / composite * s;
        error * error
    };
    let variance: f64 = members.iter().map(part).sum();
    normal::quantile((1.0 + confidence) / 2.0) * libm::sqrt(variance)
}
