//! What to do about the alternatives: which one to develop next, and what moves the walk-away most.

use super::ground::Ground;
use super::reference::Unknown;
use super::reservation::{Prospect, ReservationSource, certain_equivalent};
use super::triangle::Triangle;

/// An alternative that may or may not come through, and how good it must be looked into for (A5).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Development {
    /// Number of the alternative.
    pub alternative: usize,
    /// Cost of finding out, per price unit; as stated, else `develop_cost` of |R|.
    pub cost: f64,
    /// The index z with `cost = p E[(V - z)+]`, in price: worth looking into while the best in
    /// hand is worse than z.
    pub index: f64,
}

/// The alternatives to develop against the best that is certain.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// Mean deal price of the best certain alternative.
    pub in_hand: f64,
    /// Every alternative that may or may not come through, in file order.
    pub open: Vec<Development>,
}

/// Where the walk-away would be at both ends of one uncertain input, the others as they are (H5).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swing {
    /// The input: an amount from P10 to P90, or a chance by its imprecision.
    pub unknown: Unknown,
    /// The walk-away at the end that is worse for me, in price.
    pub worse: f64,
    /// The walk-away at the other end, in price.
    pub better: f64,
}

impl Search {
    pub(crate) fn priced(mut self, sign: f64) -> Search {
        self.in_hand = sign * self.in_hand + 0.0;
        self.open.iter_mut().for_each(|it| it.index = sign * it.index + 0.0);
        self
    }
}

impl Swing {
    pub(crate) fn priced(self, sign: f64) -> Swing {
        Swing { worse: sign * self.worse + 0.0, better: sign * self.better + 0.0, ..self }
    }
}

fn is_open(it: &Prospect) -> bool {
    it.probability > 0.0 && it.probability < 1.0
}

/// Section A5 of the facts, in my value; absent without a certain alternative.
pub(crate) fn search(ground: &Ground) -> Option<Search> {
    let r = ground.reservation.filter(|r| r.source == ReservationSource::Alternatives)?;
    let certain = ground.prospects.iter().filter(|it| it.probability >= 1.0);
    let in_hand = certain.map(|it| it.value.mean()).max_by(f64::total_cmp)?;
    let default = ground.params.develop_cost * libm::fabs(r.value);
    let units = ground.inputs.units();
    let develop = |(alternative, it): (usize, &Prospect)| {
        let stated = ground.inputs.us.alternatives.get(alternative)?.develop_cost;
        let cost = stated.map_or(default, |cost| cost / units);
        Some(Development { alternative, cost, index: index(it, cost) })
    };
    let open = ground.prospects.iter().enumerate().filter(|(_, it)| is_open(it));
    Some(Search { in_hand, open: open.filter_map(develop).collect() })
}

/// The z with `cost = p E[(V - z)+]`, by bisection to the last bit (Weitzman 1979).
fn index(it: &Prospect, cost: f64) -> f64 {
    let (p, value) = (it.probability, it.value);
    // The excess is at least mean - z, so that z is not below this.
    let (mut low, mut high) = (value.mean() - cost / p, value.upper);
    loop {
        let middle = low + (high - low) / 2.0;
        // Ends that overflowed leave no number between them, and are found later.
        let between = middle > low && middle < high;
        if !between {
            return middle;
        }
        if p * value.excess(middle) > cost {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// The swings of a computed walk-away, in my value and in file order.
pub(crate) fn swings(ground: &Ground) -> Vec<Swing> {
    let computed = ground.reservation.is_some_and(|r| r.source == ReservationSource::Alternatives);
    let all = ground.prospects.iter().enumerate().filter(|_| computed);
    all.flat_map(|(i, it)| [chance_swing(ground, i, it), amount_swing(ground, i, it)])
        .flatten()
        .collect()
}

fn chance_swing(ground: &Ground, i: usize, it: &Prospect) -> Option<Swing> {
    let p = it.probability;
    let half = ground.params.probability_halfwidth.min(p).min(1.0 - p);
    let at = |probability| with(ground, i, Prospect { probability, ..*it });
    (half > 0.0).then(|| Swing {
        unknown: Unknown::ComesThrough(i),
        worse: at(p - half),
        better: at(p + half),
    })
}

fn amount_swing(ground: &Ground, i: usize, it: &Prospect) -> Option<Swing> {
    let tail = ground.params.belief_tail;
    let point = |share| Triangle::point(it.value.survival_inverse(share));
    let at = |share| with(ground, i, Prospect { value: point(share), ..*it });
    let open = !it.value.is_point() && it.probability > 0.0;
    open.then(|| Swing { unknown: Unknown::Amount(i), worse: at(1.0 - tail), better: at(tail) })
}

/// The walk-away with one alternative changed.
fn with(ground: &Ground, i: usize, changed: Prospect) -> f64 {
    let mut known = ground.prospects.clone();
    known[i] = changed;
    certain_equivalent(&known, ground.inputs.us.risk_tolerance, ground.params)
}
