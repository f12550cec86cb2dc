//! The ground of a plan, in my value: walk-away, market, belief, base and power (sections 3 to 6).

use super::belief::{Belief, Sources};
use super::input::{Inputs, Record};
use super::mark::Marked;
use super::market::{Curve, MarketFigures};
use super::params::Params;
use super::reservation::{
    AlternativeFigures, Prospect, Reservation, ReservationSource, Walk, alternatives, prospects,
    walk,
};

/// Everything that target and opening stand on. Prices are in my value, `sign * price`.
pub(crate) struct Ground<'a> {
    pub(crate) inputs: &'a Inputs,
    pub(crate) params: &'a Params,
    pub(crate) sign: f64,
    pub(crate) mine: Vec<AlternativeFigures>,
    pub(crate) theirs: Vec<AlternativeFigures>,
    pub(crate) prospects: Vec<Prospect>,
    pub(crate) reservation: Option<Reservation>,
    /// R at each lattice point, in lattice order.
    pub(crate) draws: Vec<f64>,
    pub(crate) curve: Option<Curve>,
    pub(crate) market: Option<MarketFigures>,
    pub(crate) belief: Option<Belief>,
    pub(crate) theirs_incomplete: bool,
    pub(crate) offer: Option<f64>,
    /// Our last figure on the table.
    pub(crate) asked: Option<f64>,
    pub(crate) base: Option<f64>,
    pub(crate) half_spread: Option<Marked>,
    pub(crate) power: f64,
}

impl<'a> Ground<'a> {
    pub(crate) fn new(inputs: &'a Inputs, params: &'a Params) -> Ground<'a> {
        let (side, sign) = (inputs.side, inputs.side.sign());
        let mine = alternatives(&inputs.us, side, inputs, params);
        let theirs = alternatives(&inputs.counterpart.party, side.other(), inputs, params);
        let prospects = prospects(&mine, side);
        let walk = walk(&prospects, inputs.us.risk_tolerance, params);
        let reservation = reservation(walk.as_ref(), inputs);
        let draws = draws(walk, reservation, params);
        let curve = inputs.market.as_ref().map(|market| Curve::new(market, sign, params));
        let market = curve.as_ref().map(|it| it.figures(record_percentile(inputs, params), params));
        let both = curve.as_ref().zip(market.as_ref());
        let sources = Sources { inputs, params, theirs: &theirs, market: both };
        let (belief, theirs_incomplete) = sources.belief();
        let offer = inputs.offer.map(|price| sign * price);
        let half_spread = half_spread(market.as_ref(), belief.as_ref(), params);
        Ground {
            inputs,
            params,
            sign,
            theirs_incomplete,
            offer,
            asked: inputs.asked.map(|price| sign * price),
            base: better(reservation.map(|it| it.value), offer),
            half_spread,
            power: power(inputs, params),
            mine,
            theirs,
            prospects,
            reservation,
            draws,
            curve,
            market,
            belief,
        }
    }

    /// Whether a zone exists on these beliefs (section 5); absent without a belief.
    pub(crate) fn zone(&self) -> Option<bool> {
        let belief = self.believed()?;
        Some(
            self.base.is_none_or(|base| {
                base < belief.upper || (belief.is_point() && base == belief.upper)
            }),
        )
    }

    /// The belief, if a zone exists: what target, opening and band are made from.
    pub(crate) fn open(&self) -> Option<super::triangle::Triangle> {
        self.believed().filter(|_| self.zone() == Some(true))
    }

    /// `S(base)`, 1 without a base.
    pub(crate) fn base_acceptance(&self) -> f64 {
        self.believed().zip(self.base).map_or(1.0, |(belief, base)| belief.survival(base))
    }

    /// Whether we have asked for less than walk-away or offer: nothing is left to aim for.
    pub(crate) fn is_overtaken(&self) -> bool {
        self.asked.zip(self.base).is_some_and(|(asked, base)| asked < base)
    }

    /// R in my value.
    pub(crate) fn walk_away(&self) -> Option<f64> {
        self.reservation.map(|it| it.value)
    }

    /// The size against which rounding and gaps are measured (section 9).
    pub(crate) fn scale(&self) -> Option<f64> {
        let median = self.market.as_ref().map(|it| it.median.value);
        let mode = self.believed().map(|it| it.mode);
        let sizes = [median, self.walk_away(), self.offer, mode];
        sizes.into_iter().flatten().map(f64::abs).find(|size| *size > 0.0)
    }
}

fn better(one: Option<f64>, two: Option<f64>) -> Option<f64> {
    match (one, two) {
        (Some(one), Some(two)) => Some(one.max(two)),
        _ => one.or(two),
    }
}

/// The computed walk-away, else the stated one (section 3.5), in my value.
fn reservation(walk: Option<&Walk>, inputs: &Inputs) -> Option<Reservation> {
    let stated = inputs.walk_away.map(|price| inputs.side.sign() * price);
    let computed = walk.map(|walk| Reservation {
        value: walk.value,
        worse: walk.worse,
        better: walk.better,
        neutral: walk.neutral,
        together: Some(walk.together),
        source: ReservationSource::Alternatives,
        stated: inputs.walk_away,
    });
    computed.or_else(|| {
        stated.map(|limit| Reservation {
            value: limit,
            worse: limit,
            better: limit,
            neutral: limit,
            together: None,
            source: ReservationSource::Stated,
            stated: inputs.walk_away,
        })
    })
}

fn draws(walk: Option<Walk>, reservation: Option<Reservation>, params: &Params) -> Vec<f64> {
    let constant = reservation.map(|it| vec![it.value; params.lattice_n as usize]);
    walk.map(|it| it.draws).or(constant).unwrap_or_default()
}

/// The stated percentile, or what the supported claims give (section 4, S3.10).
fn record_percentile(inputs: &Inputs, params: &Params) -> f64 {
    match inputs.record {
        Record::Percentile(p) => p,
        Record::Claims(count) => {
            (params.q_base + params.q_step * f64::from(count)).min(params.q_max)
        }
    }
}

/// Half of the market's spread; without a market, of the belief's (section 4).
fn half_spread(
    market: Option<&MarketFigures>,
    belief: Option<&Belief>,
    params: &Params,
) -> Option<Marked> {
    let of_belief = |it: &Belief| {
        let spread = it.triangle.survival_inverse(0.25) - it.triangle.survival_inverse(0.75);
        Marked::exact(f64::max(spread / 2.0, params.room_min * it.triangle.mode.abs()))
    };
    market.map(|it| it.half_spread).or_else(|| belief.map(of_belief))
}

/// My bargaining power from both sides' cost of delay (A9).
fn power(inputs: &Inputs, params: &Params) -> f64 {
    let costs = (inputs.us.delay_cost_per_day, inputs.counterpart.party.delay_cost_per_day);
    match costs {
        (Some(mine), Some(theirs)) if mine + theirs > 0.0 => {
            (theirs / (mine + theirs)).clamp(params.power_clamp, 1.0 - params.power_clamp)
        }
        _ => params.power_default,
    }
}
