//! The walk-away from alternatives: deal price equivalents, best of several, interval (section 3).

use super::input::{Alternative, Inputs, Party, Per, Role, Side};
use super::params::Params;
use super::triangle::{Shape, Triangle};

/// One alternative turned into a deal price, step by step (section 3.1). Prices unless said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlternativeFigures {
    /// Chance that it comes through, as stated.
    pub probability: f64,
    /// Exit or income, if stated.
    pub role: Option<Role>,
    /// Its amount as a triangle, lower end to upper end in price.
    pub amount: Triangle,
    /// Share of the horizon spent waiting for a flow (`f`); 0 for what is not a flow.
    pub waiting_share: f64,
    /// Days of waiting inside the horizon (`dd`).
    pub waiting_days: f64,
    /// Factor on the amount: `1 - f` for a flow, the discount factor otherwise (A3).
    pub amount_factor: f64,
    /// What idle time adds to the price equivalent of a flow: `idle_value * f`.
    pub idle_part: f64,
    /// One-off cost per price unit.
    pub cost_per_unit: f64,
    /// My cost of this deal per price unit, which the alternative saves.
    pub deal_cost_per_unit: f64,
    /// Money received while waiting, per price unit.
    pub interim_per_unit: f64,
    /// This deal's advantage over the alternative, in price units.
    pub advantage: f64,
    /// The deal price that is as good as the alternative when it comes through.
    pub deal_price: Triangle,
    /// Mean of that deal price.
    pub mean: f64,
    /// Certainty equivalent of that deal price under the risk tolerance (A2); the mean without.
    pub certainty_equivalent: f64,
}

/// Where the walk-away comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReservationSource {
    /// From the alternatives (A1 to A4).
    Alternatives,
    /// Stated, because no alternative is certain: an assumption.
    Stated,
}

/// The walk-away, in price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reservation {
    /// The walk-away R.
    pub value: f64,
    /// The end of its interval that is worse for me.
    pub worse: f64,
    /// The end of its interval that is better for me.
    pub better: f64,
    /// R without risk tolerance.
    pub neutral: f64,
    /// R if all alternatives succeed or fail together; absent for a stated R.
    pub together: Option<f64>,
    /// Computed or stated.
    pub source: ReservationSource,
    /// The stated walk-away, used or not.
    pub stated: Option<f64>,
}

impl Reservation {
    pub(crate) fn priced(mut self, sign: f64) -> Reservation {
        for value in [&mut self.value, &mut self.worse, &mut self.better, &mut self.neutral] {
            *value = sign * *value + 0.0;
        }
        self.together = self.together.map(|x| sign * x + 0.0);
        self
    }
}

/// An alternative in a party's own value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prospect {
    pub(crate) probability: f64,
    pub(crate) value: Triangle,
}

/// A computed walk-away in the party's own value, with its lattice draws in lattice order.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    pub(crate) value: f64,
    pub(crate) neutral: f64,
    pub(crate) together: f64,
    pub(crate) worse: f64,
    pub(crate) better: f64,
    pub(crate) draws: Vec<f64>,
}

/// Turns each alternative of `party` into a deal price (section 3.1).
pub(crate) fn alternatives(
    party: &Party,
    side: Side,
    inputs: &Inputs,
    params: &Params,
) -> Vec<AlternativeFigures> {
    let turn = |it: &Alternative| deal_price(it, party, side, inputs, params);
    party.alternatives.iter().map(turn).collect()
}

fn deal_price(
    it: &Alternative,
    party: &Party,
    side: Side,
    inputs: &Inputs,
    params: &Params,
) -> AlternativeFigures {
    let (sign, units) = (side.sign(), inputs.units());
    let amount = own_triangle(it, sign, params);
    let wait = waiting(it, party, side, inputs, params);
    let [cost, deal_cost] = [it.cost / units, party.deal_cost / units];
    let interim = it.interim_per_day * wait.days / units;
    let shift = sign * wait.idle_part + interim - cost + deal_cost - it.advantage;
    let value = amount.moved(wait.amount_factor, shift);
    let outcomes = equal_outcomes(&value.atoms(params.atoms));
    let certain = party.risk_tolerance.map_or(value.mean(), |rho| tolerant(&outcomes, rho));
    AlternativeFigures {
        probability: it.probability,
        role: it.role,
        amount: in_price(amount, sign),
        waiting_share: wait.share,
        waiting_days: wait.days,
        amount_factor: wait.amount_factor,
        idle_part: wait.idle_part,
        cost_per_unit: cost,
        deal_cost_per_unit: deal_cost,
        interim_per_unit: interim,
        advantage: it.advantage,
        deal_price: in_price(value, sign),
        mean: sign * value.mean() + 0.0,
        certainty_equivalent: sign * certain + 0.0,
    }
}

/// The amount in the party's own value: low, mode, high are taken in price and mirrored for a
/// buyer.
fn own_triangle(it: &Alternative, sign: f64, params: &Params) -> Triangle {
    let [low, mode, high] = it.amount.bounds();
    let own = if sign > 0.0 { [low, mode, high] } else { [-high, -mode, -low] };
    let shape = Shape { tail: params.belief_tail, widen: 1.0, least_half_width: 0.0 };
    Triangle::from_tenths(own, shape)
}

fn in_price(value: Triangle, sign: f64) -> Triangle {
    if sign > 0.0 { value } else { value.mirrored() }
}

struct Waiting {
    share: f64,
    days: f64,
    amount_factor: f64,
    idle_part: f64,
}

fn waiting(
    it: &Alternative,
    party: &Party,
    side: Side,
    inputs: &Inputs,
    params: &Params,
) -> Waiting {
    let Per::Time { per_year } = inputs.per else {
        let rate = party.discount_rate.unwrap_or(params.discount_rate);
        let amount_factor = 1.0 / libm::pow(1.0 + rate, it.delay_days / 365.0);
        return Waiting { share: 0.0, days: it.delay_days, amount_factor, idle_part: 0.0 };
    };
    let units = inputs.units();
    let share = inputs.waiting_share(it.delay_days);
    let days = share * units * 365.0 / per_year;
    // A buyer must not profit from an alternative that starts late: idle time costs the amount.
    let (amount_factor, idle) = match (party.idle_value, side) {
        (Some(idle), _) => (1.0 - share, idle),
        (None, Side::Seller) => (1.0 - share, 0.0),
        (None, Side::Buyer) => (1.0, 0.0),
    };
    Waiting { share, days, amount_factor, idle_part: idle * share }
}

/// Prospects of a party, in its own value.
pub(crate) fn prospects(figures: &[AlternativeFigures], side: Side) -> Vec<Prospect> {
    let own = |it: &AlternativeFigures| Prospect {
        probability: it.probability,
        value: in_price(it.deal_price, side.sign()),
    };
    figures.iter().map(own).collect()
}

/// The walk-away of prospects (sections 3.2 to 3.4); `None` without a certain one.
pub(crate) fn walk(prospects: &[Prospect], rho: Option<f64>, params: &Params) -> Option<Walk> {
    if !prospects.iter().any(|it| it.probability >= 1.0) {
        return None;
    }
    let outcomes = best_of(entries(prospects, params), prospects.len());
    let (value, neutral) = (certain(&outcomes, rho), mean(&outcomes));
    let together = certain(&all_together(prospects), rho);
    let draws = draws(prospects, rho, value, params);
    let mut sorted = draws.clone();
    sorted.sort_by(f64::total_cmp);
    let tail = params.interval_tail;
    let worse = percentile(&sorted, tail).min(together).min(value);
    let better = percentile(&sorted, 1.0 - tail).max(value);
    Some(Walk { value, neutral, together, worse, better, draws })
}

/// Element number `ceil(v N)` of sorted draws (section 3.4).
pub(crate) fn percentile(sorted: &[f64], v: f64) -> f64 {
    // The small step keeps a product such as 0.3 * 10 from rising to the next element.
    let number = libm::ceil(v * sorted.len() as f64 - 1e-9) as usize;
    sorted[number.clamp(1, sorted.len()) - 1]
}

/// One possible value of an alternative, with the probability that it is this one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    value: f64,
    share: f64,
    alternative: usize,
}

/// A value and its probability.
type Outcome = (f64, f64);

fn entries(prospects: &[Prospect], params: &Params) -> Vec<Entry> {
    let mut all = Vec::new();
    for (alternative, it) in prospects.iter().enumerate() {
        let atoms = it.value.atoms(params.atoms);
        let share = it.probability / atoms.len() as f64;
        all.extend(atoms.into_iter().map(|value| Entry { value, share, alternative }));
    }
    sort_best_first(&mut all);
    all
}

fn sort_best_first(entries: &mut [Entry]) {
    entries.sort_by(|one, two| two.value.total_cmp(&one.value));
}

/// The best alternative that comes through, chosen after the outcomes are known (A4).
fn best_of(sorted: Vec<Entry>, count: usize) -> Vec<Outcome> {
    let mut left = vec![1.0; count];
    let weigh = |entry: &Entry| {
        let others = left.iter().enumerate().filter(|(i, _)| *i != entry.alternative);
        let weight = entry.share * others.map(|(_, left)| left).product::<f64>();
        let own = &mut left[entry.alternative];
        *own = f64::max(0.0, *own - entry.share);
        (entry.value, weight)
    };
    sorted.iter().map(weigh).collect()
}

/// All succeed or fail together: means, best first (A4's lower bound).
fn all_together(prospects: &[Prospect]) -> Vec<Outcome> {
    let mut means: Vec<Outcome> =
        prospects.iter().map(|it| (it.value.mean(), it.probability)).collect();
    means.sort_by(|one, two| two.0.total_cmp(&one.0));
    let mut reached = 0.0;
    for (_, share) in &mut means {
        let before = reached;
        reached = f64::max(reached, *share);
        *share = f64::max(0.0, *share - before);
    }
    means
}

fn equal_outcomes(atoms: &[f64]) -> Vec<Outcome> {
    atoms.iter().map(|value| (*value, 1.0 / atoms.len() as f64)).collect()
}

fn mean(outcomes: &[Outcome]) -> f64 {
    outcomes.iter().map(|(value, weight)| value * weight).sum()
}

fn certain(outcomes: &[Outcome], rho: Option<f64>) -> f64 {
    rho.map_or_else(|| mean(outcomes), |rho| tolerant(outcomes, rho))
}

/// Certainty equivalent under exponential utility (A2), measured from the worst outcome.
fn tolerant(outcomes: &[Outcome], rho: f64) -> f64 {
    let possible = outcomes.iter().filter(|(_, weight)| *weight > 0.0);
    let worst = possible.map(|(value, _)| *value).fold(f64::INFINITY, f64::min);
    let term = |(value, weight): &Outcome| weight * libm::exp(-(value - worst) / rho);
    let counted = outcomes.iter().filter(|(_, weight)| *weight > 0.0);
    worst - rho * libm::log(counted.map(term).sum())
}

/// What R could become if the uncertain inputs were learned: one value per lattice point.
fn draws(prospects: &[Prospect], rho: Option<f64>, value: f64, params: &Params) -> Vec<f64> {
    let wobble = |p: f64| params.probability_halfwidth.min(p).min(1.0 - p);
    let fixed = |it: &Prospect| it.value.is_point() && wobble(it.probability) == 0.0;
    if prospects.iter().all(fixed) {
        return vec![value; params.lattice_n as usize];
    }
    let strides = strides(prospects.len(), params);
    let coordinate = |k: u64, j: usize| lattice_coordinate(k, strides[j], params);
    let entry = |k: u64, alternative: usize, it: &Prospect| Entry {
        value: it.value.survival_inverse(1.0 - coordinate(k, 2 * alternative)),
        share: it.probability
            + wobble(it.probability) * (2.0 * coordinate(k, 2 * alternative + 1) - 1.0),
        alternative,
    };
    let draw = |k: u64| {
        let numbered = prospects.iter().enumerate();
        let mut all: Vec<Entry> = numbered.map(|(i, it)| entry(k, i, it)).collect();
        sort_best_first(&mut all);
        certain(&best_of(all, prospects.len()), rho)
    };
    (0..u64::from(params.lattice_n)).map(draw).collect()
}

/// `1435^j mod 4093` for the dimensions 1, 2, ... (section 3.4).
fn strides(alternatives: usize, params: &Params) -> Vec<u64> {
    let (n, a) = (u64::from(params.lattice_n), u64::from(params.lattice_a));
    let next = |stride: &mut u64| {
        *stride = *stride * (a % n) % n;
        Some(*stride)
    };
    (0..2 * alternatives).scan(1 % n, |stride, _| next(stride)).collect()
}

fn lattice_coordinate(k: u64, stride: u64, params: &Params) -> f64 {
    let n = u64::from(params.lattice_n);
    ((k * stride % n) as f64 + 0.5) / n as f64
}

/// The walk-away of prospects of which one is certain (section 3.3).
pub(crate) fn certain_equivalent(prospects: &[Prospect], rho: Option<f64>, params: &Params) -> f64 {
    certain(&best_of(entries(prospects, params), prospects.len()), rho)
}

/// Risk-neutral walk-away of the prospects (section 8, value of information).
pub(crate) fn neutral(prospects: &[Prospect], params: &Params) -> f64 {
    mean(&best_of(entries(prospects, params), prospects.len()))
}

/// Risk-neutral walk-away for each atom of prospect `learned` in turn, the others as they are.
pub(crate) fn neutral_by_amount(
    prospects: &[Prospect],
    learned: usize,
    params: &Params,
) -> Vec<f64> {
    let mut others = entries(prospects, params);
    others.retain(|entry| entry.alternative != learned);
    let share = prospects[learned].probability;
    let with = |value: f64| {
        let place = others.partition_point(|entry| entry.value >= value);
        let mut all = others.clone();
        all.insert(place, Entry { value, share, alternative: learned });
        mean(&best_of(all, prospects.len()))
    };
    prospects[learned].value.atoms(params.atoms).into_iter().map(with).collect()
}
