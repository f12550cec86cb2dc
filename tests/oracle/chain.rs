//! The chain from givens and market to the printed figures (numbers.md, sections 3 to 9).

use std::collections::BTreeMap;

use super::curve::Curve;
use super::given::Given;
use super::printing::{Exact, print};
use super::report::{Disagreements, Report};
use super::reserve::{Alternative, Prospect, Reserve, neutral, nth, reserve};
use super::triangle::{Reading, Triangle};

/// Every figure the oracle knows of, in price; what is absent here must be absent in the report.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) figures: BTreeMap<String, Option<f64>>,
    pub(super) intervals: BTreeMap<String, Option<(f64, f64)>>,
    pub(super) printed: BTreeMap<String, Option<String>>,
    /// Worth by what is asked: `limit`, `comes through <name>`, `worth of <name>`, `theirs ...`.
    pub(super) worths: BTreeMap<String, f64>,
}

/// What is known once the walk-away and the belief stand.
struct Standing<'a> {
    given: &'a Given,
    market: Option<&'a Curve>,
    reserve: Option<Reserve>,
    belief: Option<Triangle>,
    record: Option<f64>,
    half_spread: Option<f64>,
    base: Option<f64>,
}

/// The figures of the plan in my value, where there is a zone.
#[derive(Default)]
struct Plan {
    target: Option<f64>,
    opening: Option<f64>,
    floor: Option<f64>,
    rungs: Vec<f64>,
}

/// Computes everything from the givens and the market.
pub(super) fn compute(given: &Given, market: Option<&Curve>) -> Outcome {
    let standing = stand(given, market);
    let mut out = Outcome::default();
    standing.walk_away(&mut out);
    standing.market_and_needs(&mut out);
    let plan = standing.plan(&mut out);
    standing.leverage(&mut out);
    standing.references(&plan, &mut out);
    standing.information(&mut out);
    standing.their_information(&mut out);
    standing.printed(&plan, &mut out);
    out
}

fn stand<'a>(given: &'a Given, market: Option<&'a Curve>) -> Standing<'a> {
    let reserve = reserve(&given.alternatives, &given.ours).or_else(|| given.stated_reserve());
    let record = market.map(|curve| record(given, curve));
    let belief = belief(given, market, record).map(|belief| after_offer(given, belief));
    let offer = given.offer;
    let base = match (reserve.as_ref().map(|r| r.value), offer) {
        (Some(r), Some(x)) => Some(r.max(x)),
        (r, x) => r.or(x),
    };
    let half_spread = half_spread(given, market, belief.as_ref());
    Standing { given, market, reserve, belief, record, half_spread, base }
}

fn record(given: &Given, curve: &Curve) -> f64 {
    if curve.thin() {
        return given.side * curve.median;
    }
    let share = given.parameter("q_base") + given.parameter("q_step") * given.claims;
    let share = given.percentile.unwrap_or(share.min(given.parameter("q_max")));
    curve.value(given.side, share)
}

fn half_spread(given: &Given, market: Option<&Curve>, belief: Option<&Triangle>) -> Option<f64> {
    let room = given.parameter("room_min");
    if let Some(curve) = market {
        let (lo, hi) = curve.edges_for(given.side);
        let iqr = if curve.thin() {
            (hi - lo) / 2.0
        } else {
            curve.value(given.side, 0.75) - curve.value(given.side, 0.25)
        };
        return Some((iqr / 2.0).max(room * curve.median.abs()));
    }
    let belief = belief?;
    let middle = (belief.reached(0.25) - belief.reached(0.75)) / 2.0;
    Some(middle.max(room * belief.mode.abs()))
}

/// What we believe of their limit, before an offer: their alternatives, else what is stated, else
/// the market.
fn belief(given: &Given, market: Option<&Curve>, record: Option<f64>) -> Option<Triangle> {
    let reading = |least_half, reference| Reading {
        tail: given.parameter("belief_tail"),
        widen: given.parameter("belief_widen"),
        least_half,
        reference,
    };
    if let Some(theirs) = reserve(&given.their_alternatives, &given.theirs) {
        let draws: Vec<f64> = theirs.draws.iter().map(|draw| -draw).collect();
        let mode = nth(&draws, 0.5);
        let half = given.parameter("derived_halfwidth") * mode.abs();
        let low = nth(&draws, given.theirs.tail).min(mode - half);
        let high = nth(&draws, 1.0 - given.theirs.tail).max(mode + half);
        return Some(Triangle::read(low, mode, high, reading(0.0, mode)));
    }
    if let Some((low, mode, high)) = given.limit {
        let how = reading(given.parameter("belief_min_halfwidth"), mode);
        return Some(Triangle::read(low, mode, high, how));
    }
    let (curve, record) = (market?, record?);
    let median = given.side * curve.median;
    let how = reading(given.parameter("derived_halfwidth"), median);
    if curve.thin() {
        let (lo, hi) = curve.edges_for(given.side);
        return Some(Triangle::read(lo, median, hi, how));
    }
    let b = given.parameter("belief_market");
    let low = record - (median - curve.value(given.side, 0.5 - b));
    let high = record + (curve.value(given.side, 0.5 + b) - median);
    Some(Triangle::read(low, record, high, how))
}

fn after_offer(given: &Given, old: Triangle) -> Triangle {
    let mut new = old;
    if let Some(x) = given.offer {
        let room = given.parameter("offer_room") * (old.high - old.low);
        new.low = old.low.max(x);
        new.mode = old.mode.max(x);
        new.high = old.high.max(x + room);
    }
    if given.side > 0.0 && new.low < 0.0 && new.mode >= 0.0 {
        new.low = 0.0;
    }
    if given.side < 0.0 && new.high > 0.0 && new.mode <= 0.0 {
        new.high = 0.0;
    }
    new
}

impl Standing<'_> {
    fn price(&self, value: f64) -> f64 {
        self.given.side * value
    }

    fn put(&self, out: &mut Outcome, id: &str, value: Option<f64>) {
        out.figures.insert(id.to_owned(), value.map(|value| self.price(value)));
    }

    fn plain(out: &mut Outcome, id: &str, value: Option<f64>) {
        out.figures.insert(id.to_owned(), value);
    }

    fn parameter(&self, name: &str) -> f64 {
        self.given.parameter(name)
    }

    /// The market's median in my value.
    fn median(&self) -> Option<f64> {
        self.market.map(|curve| self.given.side * curve.median)
    }

    fn zone(&self) -> bool {
        match (self.base, &self.belief) {
            (Some(base), Some(belief)) => base < belief.high,
            _ => true,
        }
    }

    fn r(&self) -> Option<f64> {
        self.reserve.as_ref().map(|reserve| reserve.value)
    }

    fn walk_away(&self, out: &mut Outcome) {
        let reserve = self.reserve.as_ref();
        self.put(out, "walk_away", self.r());
        self.put(out, "walk_away.neutral", reserve.map(|r| r.neutral));
        self.put(out, "walk_away.better", reserve.map(|r| r.better));
        self.put(out, "walk_away.together", reserve.and_then(|r| r.together));
        let wide = |r: &&Reserve| r.better - r.worse > 1e-12 * r.value.abs();
        let range = reserve.filter(wide).map(|r| (r.worse, r.better));
        let ordered = range.map(|(worse, better)| {
            let (a, b) = (self.price(worse), self.price(better));
            (a.min(b), a.max(b))
        });
        out.intervals.insert("walk_away".to_owned(), ordered);
        for (prefix, side, all, how) in [
            ("alternative", 1.0, &self.given.alternatives, &self.given.ours),
            ("counterpart.alternative", -1.0, &self.given.their_alternatives, &self.given.theirs),
        ] {
            for one in all {
                let alone = Alternative { probability: 1.0, ..one.clone() };
                let alone = reserve_of_one(&alone, how);
                let price = one.price(one.amount.mean());
                let id = |part: &str| format!("{prefix}.{}.{part}", one.name);
                self.put(out, &id("certainty_equivalent"), Some(side * alone));
                self.put(out, &id("deal_price"), Some(side * price));
            }
        }
    }

    fn market_and_needs(&self, out: &mut Outcome) {
        let (side, median) = (self.given.side, self.median());
        self.put(out, "market.median", median);
        let edges = self.market.map(|curve| curve.edges_for(side));
        self.put(out, "market.edge.worse", edges.map(|edges| edges.0));
        self.put(out, "market.edge.better", edges.map(|edges| edges.1));
        Self::plain(out, "market.half_spread", self.market.and(self.half_spread));
        self.put(out, "record.amount", self.record);
        let belief = self.belief;
        let ends = belief.map(|b| if side > 0.0 { (b.low, b.high) } else { (b.high, b.low) });
        self.put(out, "belief.low", ends.map(|ends| ends.0));
        self.put(out, "belief.high", ends.map(|ends| ends.1));
        self.put(out, "belief.mode", belief.map(|b| b.mode));
        self.put(out, "belief.mean", belief.map(|b| b.mean()));
        let planned = self.zone() && (self.market.is_some() || belief.is_some());
        self.put(out, "base", self.base.filter(|_| planned));
        let of = |f: &dyn Fn(f64, f64) -> f64, a: Option<f64>, b: Option<f64>| Some(f(a?, b?));
        let mean = belief.map(|b| b.mean());
        Self::plain(out, "need.ours", of(&|m, r| m - r, median, self.r()));
        Self::plain(out, "need.theirs", of(&|m, w| w - m, median, mean));
        let chance = of(&|r, _| belief.map_or(0.0, |b| b.survival(r)), self.r(), mean);
        Self::plain(out, "p_zopa", chance);
        let table = self.market.filter(|curve| !curve.thin());
        let mine = table.and_then(|curve| Some(curve.standing(side, self.r()?)));
        let theirs = table.and_then(|curve| Some(1.0 - curve.standing(side, mean?)));
        Self::plain(out, "leverage.alternative", mine);
        Self::plain(out, "leverage.alternative.theirs", theirs);
        self.offer(out);
    }

    fn offer(&self, out: &mut Outcome) {
        let offer = self.given.offer;
        let beyond = offer.and_then(|x| Some(x - self.r()?));
        Self::plain(out, "offer.beyond_walk_away", beyond);
        let ratio = offer.and_then(|x| Some(x / self.median()?));
        Self::plain(out, "offer.market_ratio", ratio);
    }

    fn power(&self) -> f64 {
        let clamp = self.parameter("power_clamp");
        match self.given.delay_costs {
            (Some(ours), Some(theirs)) if ours + theirs > 0.0 => {
                (theirs / (ours + theirs)).clamp(clamp, 1.0 - clamp)
            }
            _ => self.parameter("power_default"),
        }
    }

    fn leverage(&self, out: &mut Outcome) {
        let parts = self.median().zip(self.belief).zip(self.reserve.as_ref());
        let needs = parts.map(|((m, belief), r)| {
            let sum: f64 = r.draws.iter().map(|draw| (m - draw).max(0.0)).sum();
            (sum / r.draws.len() as f64, belief.excess(m))
        });
        Self::plain(out, "leverage.need", needs.map(|needs| needs.0));
        let theirs = self.median().zip(self.belief).map(|(m, belief)| belief.excess(m));
        Self::plain(out, "leverage.need.theirs", theirs);
        let least = self.median().map(|m| self.parameter("leverage_min_stake") * m.abs());
        let stake = |&(me, ot): &(f64, f64)| self.zone() && me + ot >= least.unwrap_or(0.0);
        let index = needs.filter(stake).map(|(me, ot)| ot / (me + ot));
        Self::plain(out, "leverage", index);
        let interval = index.zip(parts).map(|(index, ((m, belief), r))| {
            let draws = leverage_draws(m, &belief, r);
            let tail = self.given.ours.tail;
            (nth(&draws, tail).min(index), nth(&draws, 1.0 - tail).max(index))
        });
        out.intervals.insert("leverage".to_owned(), interval);
    }

    /// Target, opening, floor and ladder.
    fn plan(&self, out: &mut Outcome) -> Plan {
        let target = self.target(out);
        let opening = self.opening(target, out);
        let floor = target.and_then(|target| self.floor(target));
        let rungs = match (opening, floor) {
            (Some(opening), Some(floor)) => self.rungs(opening, floor),
            _ => Vec::new(),
        };
        self.put(out, "last_ask", floor);
        for (number, rung) in rungs.iter().enumerate() {
            self.put(out, &format!("concession.{}", number + 1), Some(*rung));
        }
        let zone = self.base.zip(self.belief).filter(|_| self.zone());
        let expected = zone.map(|(base, belief)| belief.mean_beyond(base));
        Self::plain(out, "expected_zone", expected);
        Self::plain(out, "power", Some(self.power()));
        self.counter(target, out);
        Plan { target, opening, floor, rungs }
    }

    fn target(&self, out: &mut Outcome) -> Option<f64> {
        let belief = self.belief.filter(|_| self.zone());
        let with_base = self.base.zip(belief);
        let power = with_base.map(|(base, b)| base + self.power() * b.mean_beyond(base));
        let one_offer = with_base.map(|(base, b)| b.best_price(base));
        self.put(out, "target.power", power);
        self.put(out, "target.one_offer", one_offer);
        let candidates = [one_offer, power, self.record, self.base];
        let best = candidates.into_iter().flatten().reduce(f64::max);
        let known = self.market.is_some() || self.belief.is_some();
        let best = best.or(belief.map(|b| b.mode)).filter(|_| known && self.zone());
        let least = self.parameter("target_feasible_min");
        let cap_belief =
            belief.map(|b| b.reached(least * self.base.map_or(1.0, |x| b.survival(x))));
        let cap_evidence = self.evidence_cap_of_target().filter(|_| self.zone());
        self.put(out, "target.cap.belief", cap_belief);
        self.put(out, "target.cap.evidence", cap_evidence);
        let capped = best.map(|t| t.min(cap_belief.unwrap_or(t)));
        let target = capped.map(|t| t.min(cap_evidence.unwrap_or(t)));
        self.put(out, "target", target);
        target
    }

    fn evidence_cap_of_target(&self) -> Option<f64> {
        let curve = self.market?;
        let quartile = if curve.thin() {
            curve.edges_for(self.given.side).1
        } else {
            curve.value(self.given.side, 0.75)
        };
        let room = self.parameter("base_room_target") * self.half_spread?;
        Some(self.base.map_or(quartile, |base| quartile.max(base + room)))
    }

    /// Their figure as the opening uses it: the offer, else what we expect, never beyond T.
    fn their_figure(&self, target: f64) -> Option<f64> {
        self.given.offer.or(self.given.first_offer).map(|c| c.min(target))
    }

    fn opening(&self, target: Option<f64>, out: &mut Outcome) -> Option<f64> {
        let least = target.map(|t| t + self.parameter("room_min") * t.abs());
        let raw = target.zip(least).map(|(t, least)| match self.their_figure(t) {
            Some(c) => (2.0 * t - c).max(least),
            None => least.max(t + self.half_spread.unwrap_or(0.0)),
        });
        let evidence = self.market.zip(least).map(|(curve, least)| {
            let edge = curve.edges_for(self.given.side).1;
            let room = self.parameter("base_room_opening") * self.half_spread.unwrap_or(0.0);
            self.base.map_or(edge, |base| edge.max(base + room)).max(least)
        });
        let believed = self.belief.zip(least).map(|(belief, least)| {
            let given_zone = self.base.map_or(1.0, |base| belief.survival(base));
            belief.reached((1.0 - self.parameter("opening_belief")) * given_zone).max(least)
        });
        let opening = [raw, evidence, believed].into_iter().flatten().reduce(f64::min);
        self.put(out, "anchor.raw", raw);
        self.put(out, "anchor.cap.evidence", evidence);
        self.put(out, "anchor.cap.belief", believed);
        self.put(out, "anchor", opening);
        self.put(out, "anchor.break_even", target.zip(opening).map(|(t, o)| 2.0 * t - o));
        let inside = self.belief.zip(opening).map(|(belief, opening)| {
            belief.survival(opening) / self.base.map_or(1.0, |base| belief.survival(base))
        });
        Self::plain(out, "anchor.chance_inside", inside);
        opening
    }

    fn floor(&self, target: f64) -> Option<f64> {
        let base = self.base?;
        let share = base + self.parameter("floor_share") * (target - base);
        let confident = self
            .reserve
            .as_ref()
            .map_or(share, |r| r.value + self.parameter("floor_confidence") * (r.better - r.value));
        Some(target.min(share.max(confident)))
    }

    fn rungs(&self, opening: f64, floor: f64) -> Vec<f64> {
        let (steps, ratio) = (self.parameter("steps") as usize, self.parameter("ratio"));
        let sum: f64 = (0..steps).map(|j| libm::pow(ratio, j as f64)).sum();
        let mut at = opening;
        let mut step = (opening - floor) / sum;
        let mut rungs = Vec::new();
        for _ in 0..steps {
            at -= step;
            step *= ratio;
            rungs.push(at);
        }
        *rungs.last_mut().unwrap() = floor;
        rungs
    }

    fn counter(&self, target: Option<f64>, out: &mut Outcome) {
        let beyond = self.given.offer.zip(self.reserve.as_ref()).filter(|(x, r)| *x >= r.value);
        let parts = beyond.zip(target).zip(self.belief);
        let gain = parts.map(|(((x, _), t), belief)| (t - x) * belief.survival(t));
        Self::plain(out, "counter_gain", gain);
        let even = gain.zip(beyond).map(|(gain, (x, r))| gain / (gain + x - r.neutral));
        Self::plain(out, "withdrawal_break_even", even);
    }

    /// The settlement band, the midpoint and the best last price.
    fn references(&self, plan: &Plan, out: &mut Outcome) {
        let parts = self.r().zip(self.belief).filter(|_| self.zone());
        let best = parts.filter(|(r, b)| *r < b.high).map(|(r, b)| b.best_price(r));
        self.put(out, "final_offer", best);
        let accepted = |price: Option<f64>| Some(self.belief?.survival(price?));
        Self::plain(out, "final_offer.acceptance", accepted(best));
        Self::plain(out, "last_ask.acceptance", accepted(plan.floor));
        let never_worse = |x: f64| self.given.offer.map_or(x, |offer| x.max(offer));
        let split = parts.map(|(r, b)| never_worse(r + self.power() * b.mean_beyond(r)));
        self.put(out, "settlement.split_difference", split);
        let outside = parts
            .zip(self.while_no_deal())
            .map(|((r, b), outside)| never_worse(outside.clamp(r, r + b.mean_beyond(r))));
        self.put(out, "settlement.deal_me_out", outside);
        let middle = plan.target.zip(plan.opening);
        let middle = middle.and_then(|(t, o)| Some((o + self.their_figure(t)?) / 2.0));
        if self.r().is_some() {
            self.put(out, "split_midpoint", middle);
        }
    }

    fn while_no_deal(&self) -> Option<f64> {
        match self.given.while_no_deal {
            (Some(ours), Some(theirs)) => Some(ours + self.power() * (theirs - ours)),
            _ => self.median(),
        }
    }

    /// The worth of the best of walking, accepting and one price.
    fn plan_worth(&self, belief: &Triangle, r: f64) -> f64 {
        let accept = self.given.offer.map_or(0.0, |x| x - r);
        let ask = if r < belief.high {
            let price = belief.best_price(r);
            (price - r) * belief.survival(price)
        } else {
            0.0
        };
        accept.max(ask).max(0.0)
    }

    fn information(&self, out: &mut Outcome) {
        let parts = self.belief.zip(self.reserve.as_ref());
        let worth = parts.map(|(belief, r)| self.plan_worth(&belief, r.neutral));
        Self::plain(out, "plan.worth", worth);
        let (Some((belief, r)), Some(worth)) = (parts, worth) else { return };
        out.worths.insert("limit".to_owned(), (belief.excess(r.neutral) - worth).max(0.0));
        let atoms = self.given.ours.atoms;
        let all = &self.given.alternatives;
        if r.together.is_none() {
            return;
        }
        let prospects: Vec<Prospect> = all.iter().map(|one| one.prospect(atoms)).collect();
        let replaced = |i: usize, new: Prospect| {
            let mut changed = prospects.clone();
            changed[i] = new;
            self.plan_worth(&belief, neutral(&changed))
        };
        for (i, one) in all.iter().enumerate() {
            let (p, values) = prospects[i].clone();
            if one.uncertain_chance() {
                let known = p * replaced(i, (1.0, values.clone()))
                    + (1.0 - p) * replaced(i, (0.0, values.clone()));
                let id = format!("comes through {}", one.name);
                out.worths.insert(id, (known - worth).max(0.0));
            }
            if one.uncertain_amount() {
                let sum: f64 = values.iter().map(|&value| replaced(i, (p, vec![value]))).sum();
                let known = sum / values.len() as f64;
                out.worths.insert(format!("worth of {}", one.name), (known - worth).max(0.0));
            }
        }
    }

    /// What they could tell of their alternatives: for each answer the belief made again, the best
    /// plan against the present one kept.
    fn their_information(&self, out: &mut Outcome) {
        let (Some(now), Some(r)) = (self.belief, self.reserve.as_ref().map(|r| r.neutral)) else {
            return;
        };
        if reserve(&self.given.their_alternatives, &self.given.theirs).is_none() {
            return;
        }
        let told = |i: usize, one: Alternative| {
            let mut theirs = self.given.their_alternatives.clone();
            theirs[i] = one;
            let known = Given { their_alternatives: theirs, ..self.given.clone() };
            let belief = after_offer(&known, belief(&known, self.market, self.record).unwrap());
            self.plan_worth(&belief, r) - self.kept(&now, &belief, r)
        };
        for (i, one) in self.given.their_alternatives.iter().enumerate() {
            let p = one.probability;
            if one.uncertain_chance() {
                let answer = |probability| told(i, Alternative { probability, ..one.clone() });
                let gain = p * answer(1.0) + (1.0 - p) * answer(0.0);
                out.worths.insert(format!("theirs comes through {}", one.name), gain);
            }
            if one.uncertain_amount() && p > 0.0 {
                let amounts = one.amount.strata(self.parameter("question_strata") as usize);
                let count = amounts.len() as f64;
                let point = |x| Triangle { low: x, mode: x, high: x };
                let answer = |x| told(i, Alternative { amount: point(x), ..one.clone() });
                let gain = amounts.into_iter().map(answer).sum::<f64>() / count;
                out.worths.insert(format!("theirs worth of {}", one.name), gain);
            }
        }
    }

    /// What the best plan under the old belief is worth under the new one.
    fn kept(&self, old: &Triangle, new: &Triangle, r: f64) -> f64 {
        let accept = self.given.offer.map_or(0.0, |x| x - r);
        let price = if r < old.high { old.best_price(r) } else { r };
        let ask = (price - r) * old.survival(price);
        if accept.max(ask) <= 0.0 {
            0.0
        } else if accept >= ask {
            accept
        } else {
            (price - r) * new.survival(price)
        }
    }

    fn printed(&self, plan: &Plan, out: &mut Outcome) {
        let candidates = [self.median(), self.r(), self.given.offer, self.belief.map(|b| b.mode)];
        let exact = Exact {
            scale: candidates.into_iter().flatten().next().unwrap_or(1.0).abs(),
            precision: self.parameter("precision"),
            tick: self.given.tick,
            reserve: self.r(),
            target: plan.target,
            opening: plan.opening,
            floor: plan.floor,
            rungs: plan.rungs.clone(),
        };
        let forms = print(&exact);
        let mut put = |id: &str, form: Option<super::printing::Spoken>| {
            out.printed.insert(id.to_owned(), form.map(|form| form.text(self.given.side)));
        };
        put("walk_away", forms.reserve);
        put("target", forms.target);
        put("anchor", forms.opening);
        put("last_ask", forms.floor);
        for (number, rung) in forms.rungs.iter().enumerate() {
            put(&format!("concession.{}", number + 1), Some(*rung));
        }
    }
}

fn reserve_of_one(one: &Alternative, how: &super::reserve::Numerics) -> f64 {
    super::reserve::certain(&one.prospect(how.atoms), how)
}

/// The index at every lattice point; their limit runs against the first coordinate.
fn leverage_draws(median: f64, belief: &Triangle, r: &Reserve) -> Vec<f64> {
    let n = r.draws.len() as f64;
    let one = |(k, draw): (usize, &f64)| {
        let theirs = (belief.reached(1.0 - (k as f64 + 0.5) / n) - median).max(0.0);
        let ours = (median - draw).max(0.0);
        if ours + theirs == 0.0 { 0.5 } else { theirs / (ours + theirs) }
    };
    r.draws.iter().enumerate().map(one).collect()
}

impl Outcome {
    /// Compares every figure, interval, printed form and worth with a report.
    pub(super) fn compare(&self, report: &Report, found: &mut Disagreements) {
        let scale =
            self.figures["market.median"].or(self.figures["walk_away"]).unwrap_or(0.0).abs();
        for (id, mine) in &self.figures {
            found.compare(id, *mine, report.value(id), scale);
        }
        for (id, mine) in &self.intervals {
            let field = |name| report.field(id, name);
            found.compare(&format!("{id} low"), mine.map(|mine| mine.0), field("low"), scale);
            found.compare(&format!("{id} high"), mine.map(|mine| mine.1), field("high"), scale);
        }
        for (id, mine) in &self.printed {
            let printed = report.json["figures"][id]["printed"].as_str();
            found.text(&format!("{id} printed"), mine.clone(), printed);
        }
        self.compare_worths(report, scale, found);
    }

    /// Every question has the worth of what it asks, and nothing of worth goes unasked.
    fn compare_worths(&self, report: &Report, scale: f64, found: &mut Disagreements) {
        let mut asked = Vec::new();
        for question in report.json["questions"].as_array().unwrap() {
            let subject = subject(question["text"].as_str().unwrap());
            let worth = report.value(question["worth"].as_str().unwrap());
            found.compare(&subject, self.worths.get(&subject).copied(), worth, scale);
            asked.push(subject);
        }
        let full = asked.len() as f64 >= report.parameter("questions_max");
        let least = asked.last().and_then(|subject| self.worths.get(subject).copied());
        for (subject, worth) in &self.worths {
            let beaten = full && least.is_some_and(|least| *worth <= least + 1e-9 * scale);
            let heard = *worth <= 1e-9 * scale || beaten || asked.contains(subject);
            found.holds(&format!("{subject} is worth {worth} and asked"), heard);
        }
    }
}

/// What a question is about, from its words.
fn subject(text: &str) -> String {
    let name = || text.split('"').nth(1).unwrap().to_lowercase().replace(' ', "-");
    match text.split_whitespace().take(2).collect::<Vec<_>>()[..] {
        ["Will", _] => format!("comes through {}", name()),
        ["What", _] => format!("worth of {}", name()),
        ["Do", _] => format!("theirs comes through {}", name()),
        ["How", "much"] => format!("theirs worth of {}", name()),
        _ => "limit".to_owned(),
    }
}
