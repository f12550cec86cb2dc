//! What to say, in which order, and what to ask first.

use super::ground::Ground;
use super::references::{Reference, ReferenceKind};
use crate::quote::decimal::{kept, sum};
use crate::quote::{OrderKind, State, Supplier, percent};
use haggle_quantity::Amount;

/// One thing to say.
#[derive(Debug, Clone, PartialEq)]
pub struct Saying {
    /// The reference behind it; `None` for our constraint.
    pub kind: Option<ReferenceKind>,
    /// The words.
    pub text: String,
    /// What it rests on, where it can be checked.
    pub basis: String,
}

/// A true constraint first (B11), then standards that neither side controls: index, should-cost,
/// market; other quotes last, without a name or a number. What does not hold against the offer is
/// not said.
pub(super) fn arguments(ground: &Ground<'_>, references: &[Reference]) -> Vec<Saying> {
    let order = [
        ReferenceKind::Index,
        ReferenceKind::ShouldCost,
        ReferenceKind::Market,
        ReferenceKind::Quotes,
    ];
    let found = |kind: ReferenceKind| references.iter().find(|it| it.kind == kind);
    let standards = order.into_iter().filter_map(found);
    constraint(ground).into_iter().chain(standards.filter_map(|it| standard(ground, it))).collect()
}

fn constraint(ground: &Ground<'_>) -> Option<Saying> {
    let backup = ground.backup.as_ref().ok().filter(|it| it.award.total < ground.offer)?;
    let basis = format!("next best award of these lines, to {}", backup.suppliers.join(" and "));
    let text = "We can place these lines elsewhere for less in all; beyond what that costs us we cannot go.";
    Some(Saying { kind: None, text: text.to_owned(), basis })
}

/// Lines against lines, as the vendor quotes them: our own costs are none of its business.
fn standard(ground: &Ground<'_>, reference: &Reference) -> Option<Saying> {
    if reference.kind == ReferenceKind::Quotes {
        return ground.is_beaten().then(|| Saying {
            kind: Some(reference.kind),
            text: "You are not the cheapest for these lines on the same terms.".to_owned(),
            basis: reference.basis.clone(),
        });
    }
    let lines = reference.lines?;
    let gap = ground.said()?.checked_sub(lines)?.checked_div(lines)?;
    let (above, amount) = (percent(kept(gap)), ground.money(lines));
    if gap <= Amount::ZERO {
        return None;
    }
    let text = match reference.kind {
        ReferenceKind::Index => format!(
            "Since the last contract the index moves the price to {amount} ({}); you are {above} above that.",
            reference.basis
        ),
        ReferenceKind::ShouldCost => {
            format!(
                "By our should-cost these lines come to {amount}; you are {above} above that. Which part differs?"
            )
        }
        ReferenceKind::Market | ReferenceKind::Quotes => {
            format!(
                "The middle of the market for these lines is {amount}; you are {above} above that."
            )
        }
    };
    Some(Saying { kind: Some(reference.kind), text, basis: reference.basis.clone() })
}

impl Ground<'_> {
    /// Whether somebody else is cheaper for every line without what changing to a vendor or
    /// inspecting its goods costs us: delivered and paid alike.
    fn is_beaten(&self) -> bool {
        let ours = [OrderKind::Quality, OrderKind::Switching];
        let own_costs = |it: &Supplier| {
            sum(it.order.iter().filter(|it| ours.contains(&it.kind)).map(|it| it.amount))
        };
        let without = |by: usize, total: Amount| {
            total.checked_sub(own_costs(&self.comparison.suppliers[by])?)
        };
        let own = if self.order.is_zero() {
            Some(self.offer)
        } else {
            without(self.supplier, self.offer)
        };
        let others = self.others.iter().filter_map(|(by, total)| without(*by, *total));
        own.zip(others.min()).is_some_and(|(own, other)| other < own)
    }
}

/// What has to be known before figures are compared further.
pub(super) fn questions(ground: &Ground<'_>) -> Vec<String> {
    let own = ground.own();
    let mut asked: Vec<String> = own.reasons.iter().map(|it| sentence(it)).collect();
    let excluded = own.terms.exclusions.iter();
    asked.extend(excluded.map(|it| format!("What does {it} cost, which the price leaves out?")));
    for item in ground.lines.iter().chain(&ground.alone) {
        let Some(cell) = ground.comparison.cell(0, *item, ground.supplier) else { continue };
        let name = &ground.comparison.items[*item].name;
        if let (Some(reason), true) = (&cell.reason, cell.state != State::Counts) {
            asked.push(format!("{name}: {reason}."));
        } else if cell.low.is_some() {
            asked.push(format!("{name}: does the low price hold all that is asked?"));
        }
    }
    let open = open_items(ground);
    if !open.is_empty() {
        asked.push(format!("Not in the quote: {}. At what price?", open.join(", ")));
    }
    let terms = &own.terms;
    let silent = [
        (terms.valid_until.is_none(), "Until when does the quote hold?"),
        (terms.payment_days.is_none(), "When is payment due?"),
        (terms.lead_time_days.is_none(), "How long from order to delivery?"),
        (
            terms.incoterm.is_none() && ground.comparison.basis.incoterm.is_some(),
            "Under which rule of Incoterms 2020 is the price?",
        ),
    ];
    asked.extend(silent.into_iter().filter(|(open, _)| *open).map(|(_, text)| text.to_owned()));
    asked.dedup();
    asked
}

/// Items in scope that the vendor has no price for.
fn open_items(ground: &Ground<'_>) -> Vec<String> {
    let missing = ground.comparison.outcomes.first().and_then(|it| it.totals.get(ground.supplier));
    let gap = |item: &&usize| {
        let cell = ground.comparison.cell(0, **item, ground.supplier);
        cell.is_some_and(|it| matches!(it.state, State::Gap | State::Filled))
    };
    let open = missing.into_iter().flat_map(|it| &it.missing).filter(gap).copied();
    ground.names(&open.collect::<Vec<_>>())
}

fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let first = letters.next().map(|it| it.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
