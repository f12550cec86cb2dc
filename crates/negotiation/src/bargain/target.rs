//! The target: the best of four candidates, held by belief and evidence (section 7.1).

use super::ground::Ground;
use super::mark::{Mark, Marked, below};

/// What a target comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetFrom {
    /// The best single offer to the belief (A21).
    OneOffer,
    /// My share of the expected zone (A8, A9).
    Power,
    /// The market at my track record.
    Record,
    /// The walk-away or their offer.
    Base,
    /// The mode of the belief, for want of a base and a market.
    Mode,
    /// Lowered to what the belief makes likely enough (S5.12).
    CapBelief,
    /// Lowered to what the evidence carries (S5.8).
    CapEvidence,
    /// Lowered to what we have asked for last (S5.18).
    Asked,
}

impl TargetFrom {
    /// The name that a report and the worked examples use.
    pub fn name(self) -> &'static str {
        match self {
            TargetFrom::OneOffer => "one_offer",
            TargetFrom::Power => "power",
            TargetFrom::Record => "record",
            TargetFrom::Base => "base",
            TargetFrom::Mode => "mode",
            TargetFrom::CapBelief => "cap_belief",
            TargetFrom::CapEvidence => "cap_evidence",
            TargetFrom::Asked => "what we asked last",
        }
    }
}

/// The candidates for a target, in price.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Candidates {
    /// Best single offer from base (A21).
    pub one_offer: Option<Marked>,
    /// `base + power * residual`.
    pub power: Option<Marked>,
    /// `M_q`.
    pub record: Option<Marked>,
    /// Base itself.
    pub base: Option<Marked>,
    /// Mode of the belief; only without base and market.
    pub mode: Option<Marked>,
}

/// The target, in price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// The target T.
    pub value: Marked,
    /// The candidate or the cap that binds.
    pub from: TargetFrom,
    /// What it was chosen from.
    pub candidates: Candidates,
    /// The candidate that won, before any cap.
    pub chosen: TargetFrom,
    /// Expected size of the zone beyond base, `mrl(base)`, a difference; absent without a base.
    pub residual: Option<f64>,
    /// Chance that they accept base; 1 without a base.
    pub base_acceptance: f64,
    /// The belief cap.
    pub belief_cap: Marked,
    /// The belief cap lowered the target (S5.12).
    pub belief_cap_binds: bool,
    /// The evidence cap; absent without a market.
    pub evidence_cap: Option<Marked>,
    /// The evidence cap lowered the result further (S5.8).
    pub evidence_cap_binds: bool,
}

impl Target {
    pub(crate) fn priced(mut self, sign: f64) -> Target {
        let candidates = &mut self.candidates;
        let prices = [
            Some(&mut self.value),
            candidates.one_offer.as_mut(),
            candidates.power.as_mut(),
            candidates.record.as_mut(),
            candidates.base.as_mut(),
            candidates.mode.as_mut(),
            Some(&mut self.belief_cap),
            self.evidence_cap.as_mut(),
        ];
        prices.into_iter().flatten().for_each(|price| *price = price.priced(sign));
        self
    }
}

/// Section 7.1, in my value; `None` without a belief or a zone, or once we have asked for less than
/// walk-away or offer. What we have asked for bounds the target, whatever its caps.
pub(crate) fn target(ground: &Ground) -> Option<Target> {
    if ground.is_overtaken() {
        return None;
    }
    let candidates = candidates(ground)?;
    let (best, chosen) = candidates.best()?;
    let belief_cap = belief_cap(ground)?;
    let evidence_cap = evidence_cap(ground);
    let mut target = Target {
        value: best,
        from: chosen,
        candidates,
        chosen,
        residual: ground.open().zip(ground.base).map(|(belief, base)| belief.residual(base)),
        base_acceptance: ground.base_acceptance(),
        belief_cap,
        belief_cap_binds: below(belief_cap.value, best.value),
        evidence_cap,
        evidence_cap_binds: false,
    };
    target.cap();
    if let Some(asked) = ground.asked.filter(|asked| *asked < target.value.value) {
        (target.value, target.from) = (Marked::exact(asked), TargetFrom::Asked);
    }
    Some(target)
}

impl Target {
    fn cap(&mut self) {
        if self.belief_cap_binds {
            self.from = TargetFrom::CapBelief;
        }
        self.value = self.value.min(self.belief_cap);
        let Some(cap) = self.evidence_cap else { return };
        if below(cap.value, self.value.value) {
            (self.from, self.evidence_cap_binds) = (TargetFrom::CapEvidence, true);
        }
        self.value = self.value.min(cap);
    }
}

impl Candidates {
    /// The largest in my value; ties name the first in this order.
    fn best(&self) -> Option<(Marked, TargetFrom)> {
        let named = [
            (self.one_offer, TargetFrom::OneOffer),
            (self.power, TargetFrom::Power),
            (self.record, TargetFrom::Record),
            (self.base, TargetFrom::Base),
            (self.mode, TargetFrom::Mode),
        ];
        let present = named.into_iter().filter_map(|(value, name)| Some((value?, name)));
        present.reduce(|(best, from), (value, name)| {
            let from = if value.value > best.value { name } else { from };
            (best.max(value), from)
        })
    }
}

fn candidates(ground: &Ground) -> Option<Candidates> {
    let belief = ground.open()?;
    let mark = ground.belief.map_or(Mark::Exact, |it| it.mark);
    let marked = |value: f64| Marked { value, mark };
    let (base, record) = (ground.base, ground.market.as_ref().map(|it| it.record));
    let lonely = base.is_none() && record.is_none();
    Some(Candidates {
        one_offer: base.map(|r| marked(belief.best_offer(r))),
        power: base.map(|r| marked(r + ground.power * belief.residual(r))),
        record,
        base: base.map(Marked::exact),
        mode: lonely.then(|| marked(belief.mode)),
    })
}

fn belief_cap(ground: &Ground) -> Option<Marked> {
    let acceptance = ground.params.target_feasible_min * ground.base_acceptance();
    let value = ground.open()?.survival_inverse(acceptance);
    Some(Marked { value, mark: ground.belief.map_or(Mark::Exact, |it| it.mark) })
}

fn evidence_cap(ground: &Ground) -> Option<Marked> {
    let market = ground.market.as_ref()?;
    let room = market.half_spread.times(ground.params.base_room_target);
    let beyond = ground.base.map(|base| Marked::exact(base).plus(room));
    Some(beyond.map_or(market.evidence, |beyond| market.evidence.max(beyond)))
}
