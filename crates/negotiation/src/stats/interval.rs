//! Percentiles of raw rows with their intervals (sections 2 to 4).

use super::beta;
use super::employers::Clustering;
use super::estimate::{Basis, Chain, Estimate, Refusal, is_percent};
use super::ladder::Ladder;
use super::normal;
use super::params::StatParams;
use super::rows::RowCurve;
use super::value::{Envelope, Value};

impl RowCurve {
    /// The percentile `percent` (0 to 100) with its interval, minima and gates (sections 2 to 4).
    pub fn estimate(&self, percent: f64, params: &StatParams) -> Estimate {
        let mut estimate = self.describe(percent, params);
        match self.value(percent, params) {
            Ok(value) => estimate.value = Some(value),
            Err(reason) => {
                estimate.refused = Some(reason);
                return estimate;
            }
        }
        if percent > 0.0 && percent < 100.0 {
            self.add_interval(&mut estimate, params);
        } else {
            estimate.interval_refused = Some(Refusal::BeyondRows);
        }
        estimate
    }

    /// The value alone, or why there is none: the minima of section 2, the largest employer of
    /// section 3, the bounds of section 4.
    pub fn value(&self, percent: f64, params: &StatParams) -> Result<Value, Refusal> {
        if !is_percent(percent) {
            return Err(Refusal::NotAPercentile);
        }
        let ranked = self.ranked();
        let (effective_n, needed) = (ranked.effective_n(), params.min_n(percent));
        if ranked.n() == 0 {
            return Err(Refusal::NoEvidence);
        }
        if effective_n < needed {
            return Err(Refusal::TooFewRows { effective_n, needed });
        }
        let share = self.clustering().map_or(0.0, |c| c.largest.share);
        if share > params.employer_refuse {
            return Err(Refusal::DominantEmployer { share, limit: params.employer_refuse });
        }
        ranked.quantile(percent).ok_or(Refusal::OpenBounds)
    }

    /// Share of weight at or below `x`, to place an offer (section 6).
    ///
    /// # Errors
    /// Rows too few to place an amount among them: under the minimum of a quartile print its rank
    /// (F14).
    pub fn placed(&self, x: f64, params: &StatParams) -> Result<Envelope, Refusal> {
        match self.value(25.0, params) {
            Ok(_) | Err(Refusal::OpenBounds) => self.ranked().share(x).ok_or(Refusal::NoEvidence),
            Err(reason) => Err(reason),
        }
    }

    /// What is known before any value is read.
    fn describe(&self, percent: f64, params: &StatParams) -> Estimate {
        let n = self.ranked().n();
        let employers = self.clustering().map(|c| c.employers);
        let share = self.clustering().map(|c| c.largest.share);
        let few = (n as f64) < params.min_n_quartile
            || employers.is_some_and(|g| g < params.min_employers as u64);
        Estimate {
            independent: employers.is_none(),
            dominant: share.is_some_and(|share| share > params.max_employer_share),
            middle_of: few.then_some(n),
            chain: Chain {
                n: Some(n),
                n_star: Some(self.ranked().effective_n()),
                employers,
                largest_employer: share,
                ..Chain::default()
            },
            ..Estimate::of(percent)
        }
    }

    fn add_interval(&self, estimate: &mut Estimate, params: &StatParams) {
        let percent = estimate.percent;
        self.fill_chain(percent, params, &mut estimate.chain);
        let (Some(below), Some(above)) = (estimate.chain.pos_low, estimate.chain.pos_high) else {
            estimate.interval_refused = self.gate(percent, params);
            return;
        };
        let low = limit(self.ranked().low(), percent, below, |limit, point| limit <= point);
        let high = limit(self.ranked().high(), percent, above, |limit, point| limit >= point);
        estimate.ungated = (low, high);
        if let Some(reason) = self.gate(percent, params) {
            estimate.interval_refused = Some(reason);
            return;
        }
        (estimate.low, estimate.high) = (low, high);
        estimate.basis = low.or(high).map(|_| Basis::OrderStatistic);
        if estimate.interval().is_none() {
            estimate.interval_refused = Some(self.reason(below, above));
        }
    }

    /// Steps 1 to 4 of section 3, up to the positions of the limits.
    fn fill_chain(&self, percent: f64, params: &StatParams, chain: &mut Chain) {
        let p = percent / 100.0;
        let n_w = self.local_effective_n(percent, params);
        chain.n_w = Some(n_w);
        // One employer leaves no degree of freedom; its rows are no sample of anything else.
        if self.clustering().is_some_and(|c| c.employers < 2) {
            return;
        }
        let mut n_e = n_w;
        if let Some((cluster, icc)) = self.clustering().and_then(|c| c.icc.map(|icc| (c, icc))) {
            let squares = self.ranked().totals().squares as f64;
            let effect = Effect::of(cluster, icc, squares, p, params);
            n_e = (n_w / effect.deff * effect.kappa).max(1.0);
            chain.icc = Some(icc);
            chain.rho = Some(effect.rho);
            chain.deff = Some(effect.deff);
            chain.kappa = Some(effect.kappa);
        }
        let (u_low, u_high) = beta::levels(n_e, p, params.confidence);
        let positions = self.ranked().effective_n() + 1.0;
        chain.n_e = Some(n_e);
        (chain.u_low, chain.u_high) = (Some(u_low), Some(u_high));
        chain.pos_low = Some(u_low * positions);
        chain.pos_high = Some(u_high * positions);
    }

    /// Step 1 of section 3. Where rows are bounds, the smaller result of both ends.
    fn local_effective_n(&self, percent: f64, params: &StatParams) -> f64 {
        let n_star = self.ranked().effective_n();
        if self.ranked().low().equal_weights() || n_star < params.weight_local_min {
            return n_star;
        }
        let at = |ladder: &Ladder| match ladder.quantile(percent) {
            Some(q) if q.is_finite() => ladder.local_effective_n(percent / 100.0, q),
            _ => n_star,
        };
        at(self.ranked().low()).min(at(self.ranked().high()))
    }

    /// The gate on the number of employers (section 3, table).
    fn gate(&self, percent: f64, params: &StatParams) -> Option<Refusal> {
        let employers = self.clustering()?.employers;
        let needed = params.min_employers_at(percent).max(2);
        (employers < needed as u64).then_some(Refusal::TooFewEmployers { employers, needed })
    }

    fn reason(&self, pos_low: f64, pos_high: f64) -> Refusal {
        if pos_low >= 1.0 && pos_high <= self.ranked().effective_n() {
            Refusal::OpenBounds
        } else {
            Refusal::BeyondRows
        }
    }
}

/// Step 4 of section 3: the value at this position if it is one, lies on its side of the point
/// (which only percentiles beyond P10 and P90 of few rows can violate) and is finite.
fn limit(
    ladder: &Ladder,
    percent: f64,
    position: f64,
    beside: impl Fn(f64, f64) -> bool,
) -> Option<f64> {
    let inside = position >= 1.0 && position <= ladder.effective_n();
    if !inside || !beside(position, ladder.position(percent)) {
        return None;
    }
    ladder.read(position).filter(|x| x.is_finite())
}

/// The design effect of employers at one percentile (section 3, step 2).
struct Effect {
    rho: f64,
    deff: f64,
    kappa: f64,
}

impl Effect {
    fn of(cluster: &Clustering, icc: f64, squares: f64, p: f64, params: &StatParams) -> Self {
        let rho = indicator_icc(icc, p);
        let t = beta::student_t(params.one_sided(), (cluster.employers - 1) as f64);
        let ratio = params.z() / t;
        Self {
            rho,
            deff: 1.0 + rho * (cluster.weight_squares / squares - 1.0),
            kappa: ratio * ratio,
        }
    }
}

/// The correlation of the indicator "at or below the percentile" for normal amounts with this
/// intraclass correlation: three terms of the tetrachoric series (section 3, step 2).
fn indicator_icc(icc: f64, p: f64) -> f64 {
    let v = normal::quantile(p);
    let density = normal::pdf(v);
    let c = density * density / (p * (1.0 - p));
    let v2 = v * v;
    let curve = (v2 - 1.0) * (v2 - 1.0);
    let series = icc + icc * icc * v2 / 2.0 + icc * icc * icc * curve / 6.0;
    (c * series).min(1.0)
}
