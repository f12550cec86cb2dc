//! Floor and concession ladder (sections 7.3 and 7.4).

use super::ground::Ground;
use super::mark::{Marked, below};
use super::opening::Opening;
use super::target::Target;

/// What a floor is bound by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloorFrom {
    /// The share of the way from base to target.
    Share,
    /// The uncertainty of the walk-away (S5.2).
    Confidence,
    /// The target.
    Target,
}

/// The floor of the plan, in price. With an offer at or beyond R it is a last ask, not a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floor {
    /// The floor F.
    pub value: Marked,
    /// What binds.
    pub from: FloorFrom,
    /// `base + floor_share * (T - base)`.
    pub share_term: Marked,
    /// `R + floor_confidence * (R_better - R)`; absent without a walk-away.
    pub confidence_term: Option<f64>,
    /// The confidence term is the larger one (S5.2), even where the target binds.
    pub confidence_binds: bool,
    /// Chance that they accept the floor, not conditional on a zone.
    pub acceptance: f64,
}

impl Floor {
    pub(crate) fn priced(mut self, sign: f64) -> Floor {
        self.value = self.value.priced(sign);
        self.share_term = self.share_term.priced(sign);
        self.confidence_term = self.confidence_term.map(|x| sign * x + 0.0);
        self
    }
}

/// Section 7.3, in my value; `None` without a base.
pub(crate) fn floor(ground: &Ground, target: &Target) -> Option<Floor> {
    let (base, params) = (Marked::exact(ground.base?), ground.params);
    let share_term = base.plus(target.value.minus(base).times(params.floor_share));
    let r = ground.reservation;
    let confidence_term = r.map(|r| r.value + params.floor_confidence * (r.better - r.value));
    let confidence_binds = confidence_term.is_some_and(|term| below(share_term.value, term));
    let wanted = confidence_term.map_or(share_term, |term| share_term.max(Marked::exact(term)));
    let from = match (wanted.value > target.value.value, confidence_binds) {
        (true, _) => FloorFrom::Target,
        (false, true) => FloorFrom::Confidence,
        (false, false) => FloorFrom::Share,
    };
    let value = target.value.min(wanted);
    let acceptance = ground.open()?.survival(value.value);
    Some(Floor { value, from, share_term, confidence_term, confidence_binds, acceptance })
}

/// From opening to floor in steps that shrink by `ratio` (C6); the last rung is the floor exactly.
pub(crate) fn ladder(opening: &Opening, floor: &Floor, steps: u32, ratio: f64) -> Vec<Marked> {
    let (top, bottom) = (opening.value, floor.value);
    let mark = top.mark.join(bottom.mark);
    let shrunk: f64 = (0..steps).map(|_| ratio).product();
    let mut step = (top.value - bottom.value) * (1.0 - ratio) / (1.0 - shrunk);
    let (mut rungs, mut at) = (vec![top], top.value);
    for _ in 1..steps {
        at -= step;
        step *= ratio;
        rungs.push(Marked { value: at, mark });
    }
    rungs.push(bottom);
    rungs
}
