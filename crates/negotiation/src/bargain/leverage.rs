//! Who needs the deal more: needs, the leverage index, the quality of alternatives (section 6).

use super::ground::Ground;
use super::mark::{Mark, Marked};
use super::reservation::percentile;
use super::triangle::Triangle;

/// The leverage index and its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeverageIndex {
    /// `L = N_ot / (N_me + N_ot)`, from 0 to 1.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// Where a walk-away stands in the market: quality of the alternatives, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// The percentile, 1 the best for its party.
    pub value: f64,
    /// The same of the worse end of what the walk-away could be.
    pub low: f64,
    /// The same of the better end.
    pub high: f64,
    /// It lies beyond the table: the edge percentile, not more.
    pub at_edge: bool,
}

/// Needs, index and quality of alternatives (D2, D3). Differences, not prices.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Leverage {
    /// `M - R` in my value: what I lose by walking; negative if the market is worse than R.
    pub need_me: Option<Marked>,
    /// `mean(w) - M` in my value: what they lose.
    pub need_ot: Option<Marked>,
    /// `N_me`, the mean of the positive part over what R could be.
    pub need_me_positive: Option<f64>,
    /// `N_ot`, the mean of the positive part over the belief.
    pub need_ot_positive: Option<f64>,
    /// `N_me` at the better and at the worse end of R's interval, widened to hold it.
    pub need_me_range: Option<[f64; 2]>,
    /// `N_ot` at both ends of the belief, `interval_tail` outside each, widened to hold it.
    pub need_ot_range: Option<[f64; 2]>,
    /// Sum of needs below which there is no index: `leverage_min_stake * |M|`.
    pub least_stake: Option<f64>,
    /// The index; absent without a zone or if the needs are negligible.
    pub index: Option<LeverageIndex>,
    /// Both needs are known and negligible (S2.12).
    pub negligible: bool,
    /// Quality of my alternatives: the percentile of R.
    pub standing_me: Option<Standing>,
    /// Quality of theirs: the same of their expected limit.
    pub standing_ot: Option<Standing>,
    /// Whether positive needs and index rest on bounded market points.
    pub mark: Mark,
}

/// Section 6.
pub(crate) fn leverage(ground: &Ground) -> Leverage {
    let median = ground.market.as_ref().map(|it| it.median);
    let (Some(median), belief) = (median, ground.believed()) else {
        return Leverage::default();
    };
    let walk_away = ground.walk_away();
    let believed_mark = ground.belief.map_or(Mark::Exact, |it| it.mark);
    let mean = belief.map(|it| Marked { value: it.mean(), mark: believed_mark });
    let ends = ground.reservation.map(|r| [r.worse, r.better]);
    let believed = belief.map(|it| believed_ends(it, ground));
    let mut leverage = Leverage {
        need_me: walk_away.map(|r| median.minus(Marked::exact(r))),
        need_ot: mean.map(|it| it.minus(median)),
        need_me_positive: walk_away.map(|_| mean_need(median.value, &ground.draws)),
        need_ot_positive: belief.map(|it| it.excess(median.value)),
        least_stake: Some(ground.params.leverage_min_stake * median.value.abs()),
        standing_me: walk_away.zip(ends).and_then(|(r, ends)| standing(ground, r, ends)),
        standing_ot: belief
            .zip(believed)
            .and_then(|(it, ends)| standing(ground, it.mean(), ends).map(Standing::reversed)),
        mark: median.mark.join(believed_mark).unclear(),
        ..Leverage::default()
    };
    leverage.need_me_range = leverage
        .need_me_positive
        .zip(ends)
        .map(|(need, [worse, better])| range(need, median.value - better, median.value - worse));
    leverage.need_ot_range = leverage
        .need_ot_positive
        .zip(believed)
        .map(|(need, [low, high])| range(need, low - median.value, high - median.value));
    leverage.add_index(ground, median.value);
    leverage
}

/// Their limit with `interval_tail` outside each end.
fn believed_ends(belief: Triangle, ground: &Ground) -> [f64; 2] {
    let tail = ground.params.interval_tail;
    [belief.survival_inverse(1.0 - tail), belief.survival_inverse(tail)]
}

/// Positive parts of both ends of a need, widened to hold it.
fn range(need: f64, least: f64, most: f64) -> [f64; 2] {
    [f64::max(least, 0.0).min(need), f64::max(most, 0.0).max(need)]
}

fn mean_need(median: f64, draws: &[f64]) -> f64 {
    draws.iter().map(|r| f64::max(median - r, 0.0)).sum::<f64>() / draws.len() as f64
}

impl Leverage {
    fn add_index(&mut self, ground: &Ground, median: f64) {
        let needs = self.need_me_positive.zip(self.need_ot_positive);
        let (Some((mine, theirs)), Some(belief)) = (needs, ground.open()) else { return };
        let sum = mine + theirs;
        self.negligible = sum == 0.0 || self.least_stake.is_some_and(|least| sum < least);
        if !self.negligible {
            self.index = Some(index(theirs / sum, belief, median, ground));
        }
    }
}

/// The interval pairs R at lattice point k with their limit at the k-th stratum.
fn index(value: f64, belief: Triangle, median: f64, ground: &Ground) -> LeverageIndex {
    let n = ground.draws.len() as f64;
    let at = |(k, r): (usize, &f64)| {
        let limit = belief.survival_inverse(1.0 - (k as f64 + 0.5) / n);
        let (mine, theirs) = (f64::max(median - r, 0.0), f64::max(limit - median, 0.0));
        if mine + theirs > 0.0 { theirs / (mine + theirs) } else { 0.5 }
    };
    let mut sorted: Vec<f64> = ground.draws.iter().enumerate().map(at).collect();
    sorted.sort_by(f64::total_cmp);
    let tail = ground.params.interval_tail;
    let (low, high) = (percentile(&sorted, tail), percentile(&sorted, 1.0 - tail));
    LeverageIndex { value, low: low.min(value), high: high.max(value) }
}

/// Percentile of `own` and of the ends of what it could be, in the market as I see it; absent in a
/// thin market.
fn standing(ground: &Ground, own: f64, [worse, better]: [f64; 2]) -> Option<Standing> {
    let curve = ground.curve.as_ref().filter(|curve| !curve.thin)?;
    let place = |own: f64| {
        let Marked { value, mark } = curve.percentile_of(ground.sign * own);
        (if ground.sign > 0.0 { value } else { 1.0 - value }, mark != Mark::Exact)
    };
    let (value, at_edge) = place(own);
    let (low, high) = (place(worse).0.min(value), place(better).0.max(value));
    Some(Standing { value, low, high, at_edge })
}

impl Standing {
    fn reversed(self) -> Standing {
        let (low, high) = (1.0 - self.high, 1.0 - self.low);
        Standing { value: 1.0 - self.value, low, high, ..self }
    }
}
