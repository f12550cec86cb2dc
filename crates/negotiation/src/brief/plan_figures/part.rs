//! What the offer and the alternatives are worth with everything that they bring (F16).

use super::{Pair, PlanFigures, ordered};
use crate::brief::part::Terms;
use crate::deal::{Alternative, Part, slug};
use crate::figure::{By, Figure, Interval, Unit};

impl PlanFigures<'_> {
    pub(super) fn parts(&mut self) {
        let deal = self.deal;
        self.parts_of("", "this deal", &deal.parts);
        for alternative in &deal.alternatives {
            let base = format!("alternative.{}", slug(&alternative.name));
            self.parts_of(&format!("{base}."), &alternative.name, &alternative.parts);
            self.parts_lost(&base, alternative);
            let inputs = [
                ("ours", "parts".to_owned()),
                ("theirs", format!("{base}.parts")),
                ("lost", format!("{base}.parts_lost")),
            ];
            if self.figures.present(&inputs).is_empty() {
                continue;
            }
            let of = |at: usize| self.figures.get(&inputs[at].1).map_or(0.0, |it| it.value);
            let label = format!("{}: parts of this deal beyond its own", alternative.name);
            let figure = self.money(&label, of(0) - of(1) + of(2), "parts_difference");
            self.put(&format!("{base}.parts_difference"), figure, &inputs);
        }
    }

    /// What does not come because the alternative starts late.
    fn parts_lost(&mut self, base: &str, alternative: &Alternative) {
        let terms = Terms::new(self.deal, self.settings, self.plan.units);
        let lost = terms.lost(alternative, self.inputs);
        if lost <= 0.0 {
            return;
        }
        let running = alternative.parts.iter().filter(|part| !part.once);
        let mut inputs: Vec<(String, String)> = running
            .map(|part| slug(&part.name))
            .map(|name| (format!("part_{name}"), format!("{base}.part.{name}.worth")))
            .collect();
        inputs.push(("delay_days".to_owned(), format!("{base}.delay_days")));
        inputs.push(("units".to_owned(), "units".to_owned()));
        let label = format!("{}: parts that do not come before it starts", alternative.name);
        let figure = self.money(&label, lost, "parts_lost");
        self.put(&format!("{base}.parts_lost"), figure, &inputs);
    }

    /// Each part with its worth, and their sum as `<prefix>parts`.
    fn parts_of(&mut self, prefix: &str, whose: &str, parts: &[Part]) {
        let terms = Terms::new(self.deal, self.settings, self.plan.units);
        let mut inputs: Vec<(String, String)> = Vec::new();
        for part in parts {
            let base = format!("{prefix}part.{}", slug(&part.name));
            let from = self.part_given(&base, whose, part);
            let label = format!("{whose}: {}, as it counts", part.name);
            let mut figure = self.money(&label, terms.worth(part), "part_worth");
            figure.interval = self.scenario(&terms, std::slice::from_ref(part));
            self.put(&format!("{base}.worth"), figure, &from);
            inputs.push((slug(&part.name), format!("{base}.worth")));
        }
        if parts.is_empty() {
            return;
        }
        let label = format!("{whose}: worth of its parts beside the price");
        let mut figure = self.money(&label, terms.sum(parts), "part_sum");
        figure.interval = self.scenario(&terms, parts);
        self.put(&format!("{prefix}parts"), figure, &inputs);
    }

    /// Low and high where something cannot be sold: what it loses by that is a scenario.
    fn scenario(&self, terms: &Terms, parts: &[Part]) -> Option<Interval> {
        if !parts.iter().any(|part| part.illiquid) {
            return None;
        }
        let at = |illiquidity: f64| Terms { illiquidity, ..*terms }.sum(parts);
        let ends = ["illiquidity_low", "illiquidity_high"].map(|name| self.settings.number(name));
        let (low, high) = ordered(at(ends[0]), at(ends[1]));
        let here = terms.sum(parts);
        let (low, high) = (low.min(here), high.max(here));
        Some(Interval { low: Some(low), high: Some(high), level: None, by: By::Scenario })
    }

    fn part_given(&mut self, base: &str, whose: &str, part: &Part) -> Vec<Pair> {
        let why = part.source.as_deref().unwrap_or("stated in the deal file");
        let label = |what: &str| format!("{whose}: {}, {what}", part.name);
        let id = |tail: &str| format!("{base}.{tail}");
        let unit = if part.once { self.lump() } else { self.money.clone() };
        self.given_money(&id("amount"), &label("in full"), Some(part.amount), unit, why);
        let share =
            Figure::assumed(label("share to be expected"), part.probability, Unit::Share, why);
        self.figures.add(id("probability"), share);
        let days = Figure::assumed(label("days until it is paid"), part.days, Unit::Days, why);
        self.figures.add(id("days"), days);
        let mut inputs = ["amount", "probability", "days"].map(|tail| (tail, id(tail))).to_vec();
        if part.days > 0.0 {
            let own = ("discount_rate", "us.discount_rate".to_owned());
            inputs.push(if self.figures.has(&own.1) {
                own
            } else {
                self.parameter("discount_rate")
            });
        }
        if part.illiquid {
            inputs.extend(
                ["illiquidity", "illiquidity_low", "illiquidity_high"].map(|p| self.parameter(p)),
            );
        }
        if part.once {
            inputs.push(("units", "units".to_owned()));
        }
        inputs
    }

    /// What the offer and each alternative come to with all that they bring, where something is
    /// stated: `offer.total`, `alternative.<name>.total`.
    pub(super) fn totals(&mut self) {
        let any = |parts: &[Part]| !parts.is_empty();
        let deal = self.deal;
        if !any(&deal.parts) && !deal.alternatives.iter().any(|it| any(&it.parts)) {
            return;
        }
        self.total("offer", "offer", "parts", "their offer");
        for it in &deal.alternatives {
            let base = format!("alternative.{}", slug(&it.name));
            self.total(&base, &format!("{base}.amount"), &format!("{base}.parts"), &it.name);
        }
    }

    fn total(&mut self, base: &str, price: &str, parts: &str, whose: &str) {
        let Some(amount) = self.figures.get(price).map(|figure| figure.value) else { return };
        let sign = self.deal.side.sign();
        let beside = self.figures.get(parts);
        let value = amount + sign * beside.map_or(0.0, |it| it.value);
        let interval = beside.and_then(|it| it.interval).and_then(|it| {
            let (low, high) = ordered(amount + sign * it.low?, amount + sign * it.high?);
            Some(Interval { low: Some(low), high: Some(high), ..it })
        });
        let mut figure = self.money(&format!("{whose}: with all its parts"), value, "total_worth");
        figure.interval = interval;
        let inputs = [("price", price.to_owned()), ("parts", parts.to_owned())];
        self.put(&format!("{base}.total"), figure, &inputs);
    }
}
