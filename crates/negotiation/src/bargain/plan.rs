//! Puts the plan together in my value and hands it out in prices (sections 1 to 10).

use super::belief::Belief;
use super::concession::{Floor, floor, ladder};
use super::develop::{Search, Swing, search, swings};
use super::error::BargainError;
use super::finding::{FindingCode, findings};
use super::ground::Ground;
use super::input::{Inputs, Side};
use super::leverage::{Leverage, leverage};
use super::mark::{Marked, below};
use super::market::MarketFigures;
use super::opening::{Opening, opening};
use super::params::Params;
use super::reference::{
    Information, Offer, OneOffer, Settlement, information, offer, one_offer, settlement, split_mid,
};
use super::reservation::{AlternativeFigures, Reservation};
use super::rounding::{Exact, PrintedPlan, printed};
use super::target::{Target, target};

/// Every figure of a plan, unrounded, in price unless a field says otherwise. A figure that lacks
/// an input is absent, never 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// My side.
    pub side: Side,
    /// Price units over which one-off money is spread (section 1).
    pub units: f64,
    /// My alternatives as deal prices (section 3.1), in file order.
    pub alternatives: Vec<AlternativeFigures>,
    /// Theirs, from their side.
    pub counterpart_alternatives: Vec<AlternativeFigures>,
    /// Walk-away R and its interval (section 3).
    pub reservation: Option<Reservation>,
    /// What moves the walk-away, in file order (H5); empty for a stated R.
    pub swings: Vec<Swing>,
    /// Which alternative to develop (A5); absent without a computed R.
    pub search: Option<Search>,
    /// The market (section 4).
    pub market: Option<MarketFigures>,
    /// Half spread `h` of the market, or of the belief without one: a difference.
    pub half_spread: Option<Marked>,
    /// What is believed about their limit (section 5).
    pub belief: Option<Belief>,
    /// The better of R and their offer.
    pub base: Option<f64>,
    /// Whether a zone exists on these beliefs; absent without a belief.
    pub zone: Option<bool>,
    /// `P(ZOPA)`, the chance that their limit is at or beyond R (A7); absent without R or belief.
    pub zone_probability: Option<f64>,
    /// My bargaining power `a_me`, from 0 to 1 (A9).
    pub power: f64,
    /// Needs, leverage index, quality of alternatives (section 6).
    pub leverage: Leverage,
    /// Target T (section 7.1).
    pub target: Option<Target>,
    /// Opening O, the anchor (section 7.2).
    pub opening: Option<Opening>,
    /// Floor F (section 7.3); absent without a base.
    pub floor: Option<Floor>,
    /// Concession ladder from O to F (section 7.4).
    pub ladder: Vec<Marked>,
    /// Settlement band (section 8); absent without R or a zone.
    pub settlement: Option<Settlement>,
    /// Best single, final offer from R (A21).
    pub one_offer: Option<OneOffer>,
    /// Midpoint of O and their figure (C11, S5.4).
    pub split_mid: Option<Marked>,
    /// Their offer on the table, and what a counter gains (S5.15).
    pub offer: Option<Offer>,
    /// Worth of the plan and of the questions (section 8).
    pub information: Option<Information>,
    /// The figures as people see them (section 9).
    pub printed: PrintedPlan,
    /// Findings, sorted, each once (section 10).
    pub findings: Vec<FindingCode>,
}

/// From inputs to every figure of sections 1 to 10.
///
/// # Errors
/// An input or parameter outside its domain, or a figure that overflowed.
pub fn plan(inputs: &Inputs, params: &Params) -> Result<Plan, BargainError> {
    params.check()?;
    inputs.check()?;
    let plan = build(&Ground::new(inputs, params));
    plan.check_finite()?;
    Ok(plan)
}

/// The three figures that a plan is judged by, in price; absent as in a [`Plan`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Marks {
    /// Walk-away R.
    pub walk_away: Option<f64>,
    /// Target T.
    pub target: Option<f64>,
    /// Opening O.
    pub anchor: Option<f64>,
}

/// Walk-away, target and anchor alone, equal to those of [`plan()`].
///
/// # Errors
/// As [`plan()`].
pub fn marks(inputs: &Inputs, params: &Params) -> Result<Marks, BargainError> {
    params.check()?;
    inputs.check()?;
    let ground = Ground::new(inputs, params);
    let target = target(&ground);
    let anchor = target.as_ref().and_then(|target| opening(&ground, target));
    let price = |value: f64| Some(ground.sign * value + 0.0).filter(|price| price.is_finite());
    Ok(Marks {
        walk_away: ground.walk_away().and_then(price),
        target: target.and_then(|it| price(it.value.value)),
        anchor: anchor.and_then(|it| price(it.value.value)),
    })
}

/// In my value up to the findings, then in prices.
fn build(ground: &Ground) -> Plan {
    let target = target(ground);
    let opening = target.as_ref().and_then(|target| opening(ground, target));
    let floor = target.as_ref().and_then(|target| floor(ground, target));
    let (steps, ratio) = (ground.params.steps, ground.params.ratio);
    // Whoever has asked for the floor has nothing left to concede.
    let rungs = opening.as_ref().zip(floor.as_ref());
    let rungs = rungs.filter(|(top, bottom)| below(bottom.value.value, top.value.value));
    let ladder = rungs.map(|(top, bottom)| ladder(top, bottom, steps, ratio)).unwrap_or_default();
    let (target_ref, opening_ref, floor_ref) = (target.as_ref(), opening.as_ref(), floor.as_ref());
    let exact =
        Exact { target: target_ref, opening: opening_ref, floor: floor_ref, ladder: &ladder };
    let zone_probability =
        ground.believed().zip(ground.walk_away()).map(|(belief, r)| belief.survival(r));
    let mut plan = Plan {
        side: ground.inputs.side,
        units: ground.inputs.units(),
        alternatives: ground.mine.clone(),
        counterpart_alternatives: ground.theirs.clone(),
        reservation: ground.reservation,
        swings: swings(ground),
        search: search(ground),
        market: ground.market.clone(),
        half_spread: ground.half_spread,
        belief: ground.belief,
        base: ground.base,
        zone: ground.zone(),
        zone_probability,
        power: ground.power,
        leverage: leverage(ground),
        settlement: settlement(ground),
        one_offer: one_offer(ground),
        split_mid: split_mid(opening_ref),
        offer: offer(ground, target_ref),
        information: information(ground),
        printed: printed(ground, &exact),
        findings: Vec::new(),
        target,
        opening,
        floor,
        ladder,
    };
    plan.findings = findings(&plan, ground);
    plan.priced(ground.sign)
}

impl Plan {
    fn priced(mut self, sign: f64) -> Plan {
        self.reservation = self.reservation.map(|it| it.priced(sign));
        self.swings.iter_mut().for_each(|swing| *swing = swing.priced(sign));
        self.search = self.search.map(|it| it.priced(sign));
        self.market = self.market.map(|it| it.priced(sign));
        self.belief = self.belief.map(|it| it.priced(sign));
        self.base = self.base.map(|it| sign * it + 0.0);
        self.target = self.target.map(|it| it.priced(sign));
        self.opening = self.opening.map(|it| it.priced(sign));
        self.floor = self.floor.map(|it| it.priced(sign));
        self.ladder.iter_mut().for_each(|rung| *rung = rung.priced(sign));
        self.settlement = self.settlement.map(|it| it.priced(sign));
        self.split_mid = self.split_mid.map(|it| it.priced(sign));
        if let Some(it) = self.one_offer.as_mut() {
            it.value = sign * it.value + 0.0;
        }
        if let Some(it) = self.offer.as_mut() {
            it.value = sign * it.value + 0.0;
        }
        self
    }
}
