//! The opening: the midpoint rule against their first figure, held by the caps (section 7.2).

use super::ground::Ground;
use super::mark::{Mark, Marked, below};
use super::target::Target;

/// Where the counter figure `c` comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CounterFrom {
    /// Their offer on the table.
    Offer,
    /// The first figure expected of them.
    FirstOffer,
    /// The target, because the expected figure is better than it (B10).
    Target,
}

/// The figure of theirs that the opening is set against, in price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counter {
    /// The figure used.
    pub value: Marked,
    /// Where it comes from.
    pub from: CounterFrom,
    /// The figure as stated.
    pub stated: f64,
}

/// What an opening is bound by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpeningFrom {
    /// `2T - c`, or `T + h` without a counter (B4).
    Midpoint,
    /// The least room beyond the target.
    Room,
    /// The evidence cap (S3.12).
    CapEvidence,
    /// The belief cap (S5.14).
    CapBelief,
    /// What we have asked for last stands: the plan goes on from there (S5.18).
    Asked,
}

/// The opening (anchor), in price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opening {
    /// The opening O.
    pub value: Marked,
    /// What binds.
    pub from: OpeningFrom,
    /// Before the caps.
    pub raw: Marked,
    /// Their figure that it is set against, if any.
    pub counter: Option<Counter>,
    /// Least distance from the target, `room_min * |T|`, a difference.
    pub room: f64,
    /// The evidence cap as it stands; absent without a market.
    pub evidence_cap: Option<Marked>,
    /// The belief cap as it stands.
    pub belief_cap: Marked,
    /// The evidence cap raised to leave room beyond the target.
    pub evidence_cap_raised: Option<Marked>,
    /// The belief cap raised to leave room beyond the target.
    pub belief_cap_raised: Marked,
    /// Break-even counter `2T - O`: they must open at least there for a split to give T.
    pub break_even_counter: Marked,
    /// Chance that the opening is inside their limit, given a zone.
    pub inside: Option<f64>,
    /// Their stated figure is beyond the worse edge of the market (S5.13).
    pub counter_beyond_market: bool,
}

impl Opening {
    pub(crate) fn priced(mut self, sign: f64) -> Opening {
        let prices = [
            Some(&mut self.value),
            Some(&mut self.raw),
            self.counter.as_mut().map(|it| &mut it.value),
            self.evidence_cap.as_mut(),
            Some(&mut self.belief_cap),
            self.evidence_cap_raised.as_mut(),
            Some(&mut self.belief_cap_raised),
            Some(&mut self.break_even_counter),
        ];
        prices.into_iter().flatten().for_each(|price| *price = price.priced(sign));
        if let Some(counter) = self.counter.as_mut() {
            counter.stated = sign * counter.stated + 0.0;
        }
        self
    }
}

/// Section 7.2, in my value.
pub(crate) fn opening(ground: &Ground, target: &Target) -> Option<Opening> {
    let belief = ground.open()?;
    let room = ground.params.room_min * target.value.value.abs();
    let least = target.value.plus(Marked::exact(room));
    let counter = counter(ground, target);
    let midpoint = midpoint(ground, target, counter)?;
    let (belief_cap, evidence_cap) = (belief_cap(ground)?, evidence_cap(ground));
    let mut opening = Opening {
        value: midpoint.max(least),
        from: if midpoint.value >= least.value { OpeningFrom::Midpoint } else { OpeningFrom::Room },
        raw: midpoint.max(least),
        counter,
        room,
        evidence_cap,
        belief_cap,
        evidence_cap_raised: evidence_cap.map(|cap| cap.max(least)),
        belief_cap_raised: belief_cap.max(least),
        break_even_counter: target.value,
        inside: None,
        counter_beyond_market: counter.is_some_and(|it| beyond_market(ground, it.stated)),
    };
    opening.cap();
    if let Some(asked) = ground.asked {
        (opening.value, opening.from) = (Marked::exact(asked), OpeningFrom::Asked);
    }
    opening.break_even_counter = target.value.times(2.0).minus(opening.value);
    let (inside, zone) = (belief.survival(opening.value.value), ground.base_acceptance());
    opening.inside = (zone > 0.0).then(|| inside / zone);
    Some(opening)
}

impl Opening {
    fn cap(&mut self) {
        let belief = (self.belief_cap_raised, OpeningFrom::CapBelief);
        let evidence = self.evidence_cap_raised.map(|cap| (cap, OpeningFrom::CapEvidence));
        let (cap, from) = match evidence {
            Some(evidence) if !below(belief.0.value, evidence.0.value) => evidence,
            _ => belief,
        };
        if below(cap.value, self.raw.value) {
            self.from = from;
        }
        let all = self.raw.min(self.belief_cap_raised);
        self.value = self.evidence_cap_raised.map_or(all, |cap| all.min(cap));
    }
}

/// Their figure; the target from the target on (finding B10).
fn counter(ground: &Ground, target: &Target) -> Option<Counter> {
    let expected = ground.inputs.counterpart.first_offer.map(|price| ground.sign * price);
    let (stated, from) = match (ground.offer, expected) {
        (Some(offer), _) => (offer, CounterFrom::Offer),
        (None, expected) => (expected?, CounterFrom::FirstOffer),
    };
    let from = if stated > target.value.value { CounterFrom::Target } else { from };
    Some(Counter { value: Marked::exact(stated).min(target.value), from, stated })
}

/// `2T - c` rises with the target, whether or not the target is the counter.
fn midpoint(ground: &Ground, target: &Target, counter: Option<Counter>) -> Option<Marked> {
    let target = target.value;
    match counter {
        Some(it) => Some(Marked { value: 2.0 * target.value - it.value.value, mark: target.mark }),
        None => Some(target.plus(ground.half_spread?)),
    }
}

fn evidence_cap(ground: &Ground) -> Option<Marked> {
    let market = ground.market.as_ref()?;
    let room = market.half_spread.times(ground.params.base_room_opening);
    let beyond = ground.base.map(|base| Marked::exact(base).plus(room));
    Some(beyond.map_or(market.better_edge, |beyond| market.better_edge.max(beyond)))
}

fn belief_cap(ground: &Ground) -> Option<Marked> {
    let acceptance = (1.0 - ground.params.opening_belief) * ground.base_acceptance();
    let value = ground.open()?.survival_inverse(acceptance);
    Some(Marked { value, mark: ground.belief.map_or(Mark::Exact, |it| it.mark) })
}

fn beyond_market(ground: &Ground, counter: f64) -> bool {
    ground.market.as_ref().is_some_and(|market| counter < market.worse_edge.value)
}
