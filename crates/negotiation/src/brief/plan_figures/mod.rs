//! The figures of a plan: each number of the chain with its formula and the figures that go in.

mod aim;
mod develop;
mod event;
mod given;
mod leverage;
mod part;
mod position;
mod question;
mod reference;
mod rivals;
mod talks;
mod walk_away;

pub(crate) use question::Asked;

use super::Headline;
use crate::bargain::{Inputs, Mark, Marked, Plan, Printed};
use crate::deal::{Alternative, Deal, as_f64, slug};
use crate::figure::{By, Figure, Figures, Interval, Sense, Unit};
use crate::parameter::{Origin, Settings};

/// Adds the figures of a plan to a graph and names those that lead a report.
pub(crate) struct PlanFigures<'a> {
    pub(crate) deal: &'a Deal,
    pub(crate) plan: &'a Plan,
    pub(crate) inputs: &'a Inputs,
    pub(crate) settings: &'a Settings,
    /// Money per unit of the deal.
    pub(crate) money: Unit,
    pub(crate) figures: &'a mut Figures,
}

type Pair = (&'static str, String);
/// A value if there is one, its formula, its inputs.
type Candidate = (Option<Marked>, &'static str, Vec<Pair>);

fn sense(mark: Mark) -> Sense {
    match mark {
        Mark::Exact => Sense::Exact,
        Mark::AtLeast => Sense::AtLeast,
        Mark::AtMost => Sense::AtMost,
        Mark::Unclear => Sense::Between,
    }
}

/// Puts a pair of limits in rising order.
fn ordered(a: f64, b: f64) -> (f64, f64) {
    if a <= b { (a, b) } else { (b, a) }
}

impl PlanFigures<'_> {
    /// Adds everything; returns the headline and what to ask.
    pub(crate) fn add(mut self) -> (Headline, Asked) {
        self.given();
        self.parts();
        self.alternatives(
            "alternative",
            &self.deal.alternatives.clone(),
            &self.plan.alternatives.clone(),
        );
        let theirs = self.deal.counterpart.alternatives.clone();
        self.alternatives(
            "counterpart.alternative",
            &theirs,
            &self.plan.counterpart_alternatives.clone(),
        );
        self.totals();
        self.reservation();
        self.develop();
        self.market();
        self.belief();
        self.leverage();
        self.rounds();
        self.target();
        self.anchor();
        self.ladder();
        self.references();
        self.events();
        self.rivals();
        self.next_quote();
        self.talks();
        let questions = self.questions();
        (self.headline(), questions)
    }

    fn lump(&self) -> Unit {
        Unit::Money(self.deal.currency.to_string())
    }

    fn per_day(&self) -> Unit {
        Unit::Money(format!("{}/day", self.deal.currency))
    }

    fn money(&self, label: &str, value: f64, formula: &'static str) -> Figure {
        Figure::new(label, value, self.money.clone(), formula)
    }

    fn marked(&self, label: &str, value: Marked, formula: &'static str) -> Figure {
        self.money(label, value.value, formula).with_sense(sense(value.mark))
    }

    /// Adds a figure with those of its inputs that exist.
    fn put<N: AsRef<str>>(&mut self, id: &str, figure: Figure, inputs: &[(N, String)]) {
        let present = self.figures.present(inputs);
        self.figures.add(id, figure.with_inputs(present));
    }

    /// Adds a figure that may be absent.
    fn candidate(&mut self, id: &str, label: &str, (value, formula, inputs): Candidate) {
        if let Some(value) = value {
            let figure = self.marked(label, value, formula);
            self.put(id, figure, &inputs);
        }
    }

    /// A parameter as a figure, so that a formula can name it.
    fn parameter(&mut self, name: &'static str) -> Pair {
        let id = format!("parameter.{name}");
        if !self.figures.has(&id) {
            let why = match self.settings.origin(name) {
                Origin::Deal => "stated in the deal".to_owned(),
                Origin::Playbook(file) => format!("of the playbook {file}"),
                Origin::Register => "default of the register".to_owned(),
            };
            let label = crate::parameter::find(name).map_or(name, |p| p.meaning);
            let figure = Figure::assumed(label, self.settings.number(name), Unit::Number, why);
            self.figures.add(id.clone(), figure);
        }
        (name, id)
    }

    fn given_money(
        &mut self,
        id: &str,
        label: &str,
        amount: Option<haggle_quantity::Amount>,
        unit: Unit,
        why: &str,
    ) {
        if let Some(amount) = amount {
            self.figures.add(id, Figure::assumed(label, as_f64(amount), unit, why));
        }
    }

    /// The interval of the lattice; none where nothing is uncertain, but for the sum's rounding.
    fn lattice(&self, low: f64, high: f64) -> Option<Interval> {
        if high - low <= 1e-12 * libm::fabs(high).max(libm::fabs(low)) {
            return None;
        }
        let level = 1.0 - 2.0 * self.settings.number("interval_tail");
        Some(Interval { low: Some(low), high: Some(high), level: Some(level), by: By::Lattice })
    }

    fn triangle(&self) -> Vec<Pair> {
        vec![
            ("low", "belief.low".into()),
            ("mode", "belief.mode".into()),
            ("high", "belief.high".into()),
        ]
    }

    fn half_spread(&self) -> String {
        let market = self.figures.has("market.half_spread");
        if market { "market.half_spread" } else { "belief.half_spread" }.to_owned()
    }

    fn headline(&self) -> Headline {
        let id = |id: &str| self.figures.has(id).then(|| id.to_owned());
        let rungs = (1..).map(|i| format!("concession.{i}")).take_while(|id| self.figures.has(id));
        Headline {
            walk_away: id("walk_away"),
            target: id("target"),
            anchor: id("anchor"),
            concessions: rungs.collect(),
            offer: id("offer"),
            leverage: id("leverage"),
            need: id("leverage.need"),
            alternative: id("leverage.alternative"),
            p_zopa: id("p_zopa"),
        }
    }
}

fn printed(value: Option<Printed>) -> Option<String> {
    value.map(|p| p.to_string())
}

/// Figures of several alternatives as inputs: `name`, or `name_<alternative>` if there are more
/// than one.
fn named_inputs(
    prefix: &str,
    alternatives: &[Alternative],
    tails: &[(&str, &str)],
) -> Vec<(String, String)> {
    let mut inputs = Vec::new();
    for alternative in alternatives {
        let own = slug(&alternative.name);
        for (name, tail) in tails {
            let name = match alternatives.len() {
                1 => (*name).to_owned(),
                _ => format!("{name}_{own}"),
            };
            inputs.push((name, format!("{prefix}.{own}.{tail}")));
        }
    }
    inputs
}

/// Chance and deal price of every other alternative, under names with its own behind them.
fn other_inputs(prefix: &str, all: &[Alternative], but: &str) -> Vec<(String, String)> {
    let others = all.iter().filter(|it| it.name != but).map(|it| slug(&it.name));
    let both = |own: String| {
        ["probability", "deal_price"]
            .map(|tail| (format!("{tail}_{own}"), format!("{prefix}.{own}.{tail}")))
    };
    others.flat_map(both).collect()
}
