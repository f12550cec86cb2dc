//! The file memo of a negotiation, after FAR 15.406-3: each element with its figures, or with the
//! missing piece by name.

use super::asks::Ask;
use super::ground::Ground;
use super::references::{Reference, ReferenceKind};
use crate::brief::{Brief, Gravity};
use crate::deal::{Agreed, Deal, Tender};
use crate::quote::{State, percent};
use haggle_quantity::Amount;

/// One element of the memo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its id: `purpose`, `acquisition`, `negotiators` ...
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Where it is asked for.
    pub cite: &'static str,
    /// What the file says, in order.
    pub facts: Vec<Fact>,
    /// Why it does not apply, where it does not.
    pub beside: Option<String>,
    /// What is missing, with the way to state it; empty for a complete element.
    pub missing: Vec<String>,
}

impl Element {
    /// Whether nothing is missing.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}

/// One fact of the memo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// In words.
    pub text: String,
    /// As money of the comparison, where it is that.
    pub amount: Option<Amount>,
}

/// What a memo is written from.
pub(super) struct Case<'a> {
    pub(super) deal: &'a Deal,
    pub(super) ground: &'a Ground<'a>,
    pub(super) references: &'a [Reference],
    pub(super) brief: &'a Brief,
    pub(super) asks: &'a [Ask],
}

/// The eleven elements of FAR 15.406-3(a) in their order, then what this file holds beside them.
pub(super) fn all(case: &Case<'_>) -> Vec<Element> {
    vec![
        case.purpose(),
        case.acquisition(),
        case.negotiators(),
        case.systems(),
        case.cost_data(),
        case.cost_data_used(),
        case.proposal(),
        case.considerations(),
        case.direction(),
        case.objective(),
        case.fair_price(),
        case.index(),
        case.excluded(),
    ]
}

const REQUIRED: &str =
    "whether certified cost or pricing data were required: `cost_data_required` in `[tender]`";

fn fact(label: impl Into<String>, text: impl Into<String>) -> Fact {
    Fact { label: label.into(), text: text.into(), amount: None }
}

impl Case<'_> {
    fn money(&self, label: impl Into<String>, amount: Amount) -> Fact {
        let text = self.ground.money(amount);
        Fact { label: label.into(), text, amount: Some(amount) }
    }

    fn tender(&self) -> Option<&Tender> {
        self.deal.tender.as_ref()
    }

    fn purpose(&self) -> Element {
        let own = self.ground.own();
        let text = format!(
            "Agree price and terms with {} for {} of {} items; {}.",
            own.name,
            self.ground.lines.len(),
            self.ground.comparison.items.len(),
            match own.terms.incumbent {
                Some(true) => "it supplies them now",
                Some(false) => "it does not supply them now",
                None => "whether it supplies them now is not stated",
            }
        );
        Element {
            id: "purpose",
            title: "Purpose of the negotiation",
            cite: "FAR 15.406-3(a)(1)",
            beside: None,
            facts: vec![fact("purpose", text)],
            missing: Vec::new(),
        }
    }

    fn acquisition(&self) -> Element {
        let comparison = self.ground.comparison;
        let mut facts = vec![fact("title", comparison.title.clone())];
        for (item, row) in comparison.items.iter().enumerate() {
            let note = match (self.ground.lines.contains(&item), self.ground.alone.contains(&item))
            {
                (true, _) => "",
                (_, true) => " (this supplier alone)",
                _ => " (not of this negotiation)",
            };
            let text = format!("{} {}{note}", row.quantity.normalize(), row.per);
            let label = match row.id == row.name {
                true => row.id.clone(),
                false => format!("{} ({})", row.name, row.id),
            };
            facts.push(fact(label, text));
        }
        facts.extend(comparison.basis.place.iter().map(|it| fact("place of delivery", it.clone())));
        let number = self.tender().and_then(|it| it.number.clone());
        facts.extend(number.iter().map(|it| fact("number", it.clone())));
        let open = [
            (number.is_none(), "the number of the request: `number` in `[tender]`"),
            (comparison.basis.place.is_none(), "the place of delivery: `place` in `[tender]`"),
        ];
        let open = open.into_iter().filter(|(open, _)| *open);
        let missing = open.map(|(_, what)| what.to_owned()).collect();
        Element {
            id: "acquisition",
            title: "Description of the acquisition",
            cite: "FAR 15.406-3(a)(2)",
            beside: None,
            facts,
            missing,
        }
    }

    fn negotiators(&self) -> Element {
        let names = self.tender().map_or(&[][..], |it| &it.negotiators);
        let missing = "who negotiates, with position and organisation, for both sides: `negotiators` in `[tender]`";
        Element {
            id: "negotiators",
            title: "Who negotiated",
            cite: "FAR 15.406-3(a)(3)",
            beside: None,
            facts: names.iter().map(|name| fact("negotiator", name.clone())).collect(),
            missing: if names.is_empty() { vec![missing.to_owned()] } else { Vec::new() },
        }
    }

    /// A statement of the deal file, in which `none` says that the element does not apply.
    fn stated(&self, head: [&'static str; 3], text: Option<&String>, words: [&str; 2]) -> Element {
        let [id, title, cite] = head;
        let [beside, missing] = words;
        let none = |it: &&String| it.trim().eq_ignore_ascii_case("none");
        Element {
            id,
            title,
            cite,
            facts: text
                .filter(|it| !none(it))
                .map(|it| fact("stated", it.clone()))
                .into_iter()
                .collect(),
            beside: text.filter(none).map(|_| beside.to_owned()),
            missing: if text.is_none() { vec![missing.to_owned()] } else { Vec::new() },
        }
    }

    fn systems(&self) -> Element {
        let head =
            ["systems", "Systems of the supplier that were considered", "FAR 15.406-3(a)(4)"];
        let words = [
            "no purchasing, estimating or accounting system of theirs affected the talks",
            "the status of their purchasing, estimating and accounting systems as far as they were considered, or \"none\": `systems` in `[[quote]]`",
        ];
        self.stated(head, self.ground.own().terms.systems.as_ref(), words)
    }

    fn direction(&self) -> Element {
        let head = ["direction", "Direction from above", "FAR 15.406-3(a)(9)"];
        let words = [
            "no direction of others had an effect on the outcome",
            "what higher officials or other bodies directed and what it costs, or \"none\": `direction` in `[tender]`",
        ];
        self.stated(head, self.tender().and_then(|it| it.direction.as_ref()), words)
    }

    /// Whether certified data were required, and what is said of them.
    fn certified(&self) -> (Option<bool>, Option<String>) {
        let tender = self.tender();
        let required = tender.and_then(|it| it.cost_data_required);
        (required, tender.and_then(|it| it.cost_data.clone()))
    }

    fn cost_data(&self) -> Element {
        let (required, stated) = self.certified();
        let quotes = self.ground.others.len() + 1;
        let competition = match quotes {
            0 | 1 => "One comparable quote: price competition is not shown by the file.".to_owned(),
            n => format!("{n} comparable quotes for the same lines compete on price."),
        };
        let mut facts = vec![fact("competition", competition)];
        facts.extend(
            stated
                .iter()
                .filter(|_| required != Some(true))
                .map(|it| fact("exception", it.clone())),
        );
        let missing = match (required, stated) {
            (None, _) => Some(REQUIRED),
            (Some(false), None) => Some(
                "the exception by which no certified data were required, and its ground: `cost_data` in `[tender]`",
            ),
            _ => None,
        };
        Element {
            id: "cost_data",
            title: "Certified cost or pricing data not required: the exception",
            cite: "FAR 15.406-3(a)(5)",
            facts,
            beside: (required == Some(true))
                .then(|| "certified cost or pricing data were required: see (a)(6)".to_owned()),
            missing: missing.map(str::to_owned).into_iter().collect(),
        }
    }

    fn cost_data_used(&self) -> Element {
        let (required, stated) = self.certified();
        let missing = match (required, &stated) {
            (None, _) => Some(REQUIRED),
            (Some(true), None) => Some(
                "how far the certified data were relied on, and what of them was wrong or late: `cost_data` in `[tender]`",
            ),
            _ => None,
        };
        let used = stated.filter(|_| required == Some(true));
        Element {
            id: "cost_data_used",
            title: "Certified cost or pricing data required: how far they were relied on",
            cite: "FAR 15.406-3(a)(6)",
            facts: used.map(|it| fact("reliance", it)).into_iter().collect(),
            beside: (required == Some(false))
                .then(|| "no certified cost or pricing data were required: see (a)(5)".to_owned()),
            missing: missing.map(str::to_owned).into_iter().collect(),
        }
    }

    fn agreed(&self) -> Option<&Agreed> {
        self.ground.own().terms.agreed.as_ref()
    }

    fn proposal(&self) -> Element {
        let mut facts = vec![
            self.money("their proposal, like for like", self.ground.offer),
            self.money("of that lines", self.ground.goods),
            self.money("of that the order", self.ground.order),
        ];
        let own = self.ground.own();
        facts
            .extend(own.terms.source.iter().map(|it| fact("their proposal stands in", it.clone())));
        facts.extend(own.terms.date.map(|it| fact("dated", it.to_string())));
        let objectives = self.asks.iter().filter(|it| it.name != "walk-away");
        facts.extend(objectives.map(|ask| Fact {
            label: format!("our {}", ask.name),
            text: ask.text.clone(),
            amount: Some(ask.total),
        }));
        let mut missing = Vec::new();
        if !self.brief.figures.has("target") {
            missing.push("our objective: the plan gives no target, see its findings".to_owned());
        }
        match self.agreed().and_then(|it| it.amount) {
            Some(amount) => facts.push(self.money("agreed", amount)),
            None => {
                missing.push("what was agreed, once it is: `amount` in `[quote.agreed]`".to_owned())
            }
        }
        Element {
            id: "proposal",
            title: "Their proposal and our objective",
            cite: "FAR 15.406-3(a)(7)",
            beside: None,
            facts,
            missing,
        }
    }

    fn considerations(&self) -> Element {
        let mut facts = Vec::new();
        if let Ok(backup) = &self.ground.backup {
            let to = backup.suppliers.join(" and ");
            facts.push(self.money(format!("next best award, to {to}"), backup.award.total));
            facts.push(self.money("of that switching", backup.switching));
        }
        let alone = self.ground.names(&self.ground.alone);
        if !alone.is_empty() {
            facts.push(fact("to be had there alone", alone.join(", ")));
        }
        let grave = self.brief.findings.iter().filter(|it| it.gravity != Gravity::Info);
        facts.extend(grave.map(|it| fact(it.rule, it.text.clone())));
        let backup = self.ground.backup.as_ref().err();
        let backup = backup.map(|why| format!("a next best award: {why}"));
        let because = self.agreed().and_then(|it| it.because.as_ref());
        facts.extend(
            because.map(|it| fact("why the agreement differs from the objective", it.clone())),
        );
        let agreed = because.is_none().then(|| {
            "why the agreement differs from the objective, once there is one: `because` in `[quote.agreed]`".to_owned()
        });
        Element {
            id: "considerations",
            title: "Most significant facts and considerations",
            cite: "FAR 15.406-3(a)(8)",
            beside: None,
            facts,
            missing: backup.into_iter().chain(agreed).collect(),
        }
    }

    fn reference(&self, kind: ReferenceKind) -> Option<&Reference> {
        self.references.iter().find(|it| it.kind == kind)
    }

    /// What a reference says, or what of it is missing.
    fn told(&self, kind: ReferenceKind) -> (Option<Fact>, Option<String>) {
        let Some(found) = self.reference(kind) else { return (None, None) };
        let Some(amount) = found.amount else { return (None, found.missing.clone()) };
        let gap =
            found.gap(self.ground.offer).map_or(String::new(), |gap| match gap < Amount::ZERO {
                true => format!("; the quote is {} below it", percent(-gap)),
                false => format!("; the quote is {} above it", percent(gap)),
            });
        let text = format!("{}{gap} ({})", self.ground.money(amount), found.basis);
        (Some(Fact { label: kind.words().to_owned(), text, amount: Some(amount) }), None)
    }

    fn objective(&self) -> Element {
        let mut facts = Vec::new();
        let target = self.brief.figures.get("target");
        if let (Some(figure), Some(spoken)) = (target, self.brief.spoken("target")) {
            facts.push(fact("target", format!("{spoken}: {}", figure.label)));
        }
        facts.extend(self.told(ReferenceKind::ShouldCost).0);
        let margins: Vec<Fact> =
            self.ground.lines.iter().filter_map(|item| self.margin(*item)).collect();
        let profit = self.agreed().and_then(|it| it.profit.as_ref());
        facts.extend(profit.map(|it| fact("profit or fee agreed", it.clone())));
        // Profit is an objective of its own only where cost is analysed (FAR 15.404-4).
        let analysed = !margins.is_empty();
        let open = analysed && profit.is_none();
        facts.extend(margins);
        Element {
            id: "objective",
            title: "Basis of the profit objective, and the profit agreed",
            cite: "FAR 15.406-3(a)(10)",
            facts,
            beside: (!analysed && profit.is_none()).then(|| {
                "the objective rests on an analysis of price: no cost is broken down, so no profit is (`should_cost` with `margin` in `[[item]]` would)".to_owned()
            }),
            missing: open
                .then(|| "the profit or fee agreed, once it is: `profit` in `[quote.agreed]`".to_owned())
                .into_iter()
                .collect(),
        }
    }

    /// The margin that a should-cost grants.
    fn margin(&self, item: usize) -> Option<Fact> {
        let parts = &self.tender()?.items.get(item)?.should_cost.as_ref()?.0;
        let (_, margin) = parts.iter().find(|(name, _)| *name == "margin")?;
        let row = &self.ground.comparison.items[item];
        let label = format!("margin in should-cost of {}, per {}", row.name, row.per);
        Some(self.money(label, *margin))
    }

    fn fair_price(&self) -> Element {
        let kinds = [
            ReferenceKind::Quotes,
            ReferenceKind::Market,
            ReferenceKind::ShouldCost,
            ReferenceKind::Index,
        ];
        let told = kinds.map(|kind| self.told(kind).0);
        let facts: Vec<Fact> = told.into_iter().flatten().collect();
        let missing = "anything that the price can be held against: another quote, `market`, `should_cost`, or `last_price` with `index`";
        Element {
            id: "fair_price",
            title: "Fair and reasonable price",
            cite: "FAR 15.406-3(a)(11)",
            beside: None,
            missing: if facts.is_empty() { vec![missing.to_owned()] } else { Vec::new() },
            facts,
        }
    }

    fn index(&self) -> Element {
        let (facts, missing) = self.told(ReferenceKind::Index);
        Element {
            id: "index",
            title: "Movement since the last contract",
            cite: "G14",
            beside: None,
            facts: facts.into_iter().collect(),
            missing: missing.into_iter().collect(),
        }
    }

    fn excluded(&self) -> Element {
        let others = self.ground.comparison.suppliers.iter();
        let out = others.filter(|it| it.state != State::Counts).map(|it| {
            let why = match it.reasons.as_slice() {
                [] => it.state.as_str().to_owned(),
                reasons => reasons.join("; "),
            };
            fact(it.name.clone(), why)
        });
        let mut facts: Vec<Fact> = out.collect();
        if facts.is_empty() {
            facts.push(fact("quotes left out", "none"));
        }
        let rows = self.ground.comparison.passed_over.len();
        if rows > 0 {
            facts.push(fact("rows that took no part", rows.to_string()));
        }
        Element {
            id: "excluded",
            title: "Quotes left out, with reasons",
            cite: "FAR 15.406-3(a)(8)",
            beside: None,
            facts,
            missing: Vec::new(),
        }
    }
}
