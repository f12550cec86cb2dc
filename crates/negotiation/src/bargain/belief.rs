//! The belief about their limit: their alternatives, a statement, or the market (section 5).

use super::ground::Ground;
use super::input::Inputs;
use super::mark::{Mark, Marked};
use super::market::{Curve, MarketFigures};
use super::params::Params;
use super::reservation::{AlternativeFigures, Walk, percentile, prospects, walk};
use super::triangle::{Shape, Triangle};

/// Where the belief comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeliefSource {
    /// Their own alternatives.
    Alternatives,
    /// A stated limit.
    Stated,
    /// The market, moved to my record (S1.10).
    Market,
}

/// What is believed about their limit, in price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Belief {
    /// Where it comes from.
    pub source: BeliefSource,
    /// Low, mode and high that were turned into a triangle.
    pub stated: [f64; 3],
    /// The triangle before their offer moved it.
    pub before_offer: Triangle,
    /// The triangle that is used (w).
    pub triangle: Triangle,
    /// Its mean.
    pub mean: f64,
    /// Their offer lies beyond the belief, which slid to it (S1.9).
    pub slid: bool,
    /// `Unclear` if it rests on bounded market points, else `Exact`.
    pub mark: Mark,
}

impl Belief {
    pub(crate) fn priced(self, sign: f64) -> Belief {
        if sign > 0.0 {
            return self;
        }
        let [low, mode, high] = self.stated;
        Belief {
            stated: [-high, -mode, -low],
            before_offer: self.before_offer.mirrored(),
            triangle: positive_zeros(self.triangle.mirrored()),
            mean: -self.mean + 0.0,
            mark: self.mark.flip(),
            ..self
        }
    }
}

fn positive_zeros(it: Triangle) -> Triangle {
    it.moved(1.0, 0.0)
}

/// What the sources of a belief are made from.
pub(crate) struct Sources<'a> {
    pub(crate) inputs: &'a Inputs,
    pub(crate) params: &'a Params,
    pub(crate) theirs: &'a [AlternativeFigures],
    pub(crate) market: Option<(&'a Curve, &'a MarketFigures)>,
}

impl Sources<'_> {
    /// The belief in my value, and whether their alternatives were incomplete (S1.12).
    pub(crate) fn belief(&self) -> (Option<Belief>, bool) {
        let walk = self.their_walk();
        let incomplete = walk.is_none() && !self.theirs.is_empty();
        let first = walk.map(|walk| self.by_alternatives(&walk));
        let belief = first.or_else(|| self.by_statement()).or_else(|| self.by_market());
        (belief.map(|it| self.after_offer(it)), incomplete)
    }

    fn their_walk(&self) -> Option<Walk> {
        let theirs = prospects(self.theirs, self.inputs.side.other());
        walk(&theirs, self.inputs.counterpart.party.risk_tolerance, self.params)
    }

    /// Their lattice draws, negated into my value.
    fn by_alternatives(&self, walk: &Walk) -> Belief {
        let mut draws: Vec<f64> = walk.draws.iter().map(|value| -value).collect();
        draws.sort_by(f64::total_cmp);
        let (tail, mode) = (self.params.interval_tail, percentile(&draws, 0.5));
        let room = self.params.derived_halfwidth * mode.abs();
        let low = percentile(&draws, tail).min(mode - room);
        let high = percentile(&draws, 1.0 - tail).max(mode + room);
        self.shaped(BeliefSource::Alternatives, [low, mode, high], 0.0, Mark::Exact)
    }

    fn by_statement(&self) -> Option<Belief> {
        let [low, mode, high] = self.inputs.counterpart.limit?.bounds();
        let own = match self.inputs.side.sign() {
            sign if sign > 0.0 => [low, mode, high],
            _ => [-high, -mode, -low],
        };
        let least = self.params.belief_min_halfwidth * mode.abs();
        Some(self.shaped(BeliefSource::Stated, own, least, Mark::Exact))
    }

    /// The middle of the market, moved to my record.
    fn by_market(&self) -> Option<Belief> {
        let (curve, market) = self.market?;
        let (median, record) = (market.median, market.record);
        let range = self.params.belief_market;
        let (low, high) = if curve.thin {
            (market.worse_edge, market.better_edge)
        } else {
            let reach = |v: f64| record.plus(curve.read(v).minus(median));
            (reach(0.5 - range), reach(0.5 + range))
        };
        // A belief that grows wider may lower a target (section 12, law 6): no direction is promised.
        let mark = low.mark.join(record.mark).join(high.mark).unclear();
        let least = self.params.derived_halfwidth * median.value.abs();
        let own = [low, record, high].map(|it: Marked| it.value);
        Some(self.shaped(BeliefSource::Market, own, least, mark))
    }

    fn shaped(&self, source: BeliefSource, stated: [f64; 3], least: f64, mark: Mark) -> Belief {
        let (tail, widen) = (self.params.belief_tail, self.params.belief_widen);
        let shape = Shape { tail, widen, least_half_width: least };
        let triangle = Triangle::from_tenths(stated, shape);
        let mean = triangle.mean();
        Belief { source, stated, before_offer: triangle, triangle, mean, slid: false, mark }
    }

    /// Their offer is within their limit; prices end at 0 unless the deal allows less.
    fn after_offer(&self, belief: Belief) -> Belief {
        let old = belief.before_offer;
        let offer = self.inputs.offer.map(|price| self.inputs.side.sign() * price);
        let moved = offer.map_or(old, |x| moved_by(old, x, self.params.offer_room));
        let triangle = if self.inputs.negative_prices { moved } else { self.ended_at_zero(moved) };
        let slid = offer.is_some_and(|x| x > old.upper);
        Belief { triangle, mean: triangle.mean(), slid, ..belief }
    }

    fn ended_at_zero(&self, it: Triangle) -> Triangle {
        match self.inputs.side.sign() {
            sign if sign > 0.0 && it.mode >= 0.0 => Triangle { lower: it.lower.max(0.0), ..it },
            sign if sign < 0.0 && it.mode <= 0.0 => Triangle { upper: it.upper.min(0.0), ..it },
            _ => it,
        }
    }
}

fn moved_by(old: Triangle, offer: f64, room: f64) -> Triangle {
    Triangle {
        lower: old.lower.max(offer),
        mode: old.mode.max(offer),
        upper: old.upper.max(offer + room * old.width()),
    }
}

impl Ground<'_> {
    /// The belief's triangle in my value, if any.
    pub(crate) fn believed(&self) -> Option<Triangle> {
        self.belief.map(|belief| belief.triangle)
    }
}
