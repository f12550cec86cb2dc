//! Suppliers down: place, total and distance in the scenario shown, totals in the others.

use super::matrix::order;
use super::words::counted;
use super::{Extent, Quotes};
use crate::inline::Inline;
use crate::number;
use crate::section::{Block, Table};
use haggle_negotiation::quote::{Outcome, State};

/// The ranking of the scenario shown.
pub(super) fn ranking(quotes: &Quotes<'_>) -> Option<Block> {
    let titles = ["supplier", "#place", "#total", "#over the first", "#lines", "remarks"];
    let mut table = Table::new("Suppliers by total", &titles);
    for supplier in order(quotes) {
        table.row(row(quotes, supplier));
    }
    table.block()
}

fn row(quotes: &Quotes<'_>, supplier: usize) -> Vec<Inline> {
    let total = &quotes.outcome().totals[supplier];
    let place = total.rank.map_or(Inline::default(), |rank| rank.to_string().into());
    let ranked = quotes.outcome().ranking.iter().find(|r| r.supplier == supplier);
    let over = ranked.map_or(Inline::default(), |r| quotes.bare(r.over_best).into());
    vec![
        Inline::default().strong(&quotes.supplier(supplier).name),
        place,
        total.total.map_or(Inline::default(), |total| quotes.bare(total).into()),
        over,
        total.quoted.to_string().into(),
        remarks(quotes, supplier).into(),
    ]
}

/// Why a supplier has no place, or what is special with its total.
fn remarks(quotes: &Quotes<'_>, supplier: usize) -> String {
    let it = quotes.supplier(supplier);
    let total = &quotes.outcome().totals[supplier];
    let mut words = Vec::new();
    if it.state != State::Counts {
        words.push(it.state.as_str().to_owned());
    }
    if !total.missing.is_empty() {
        words.push(counted(total.missing.len(), "gap"));
    }
    let unranked =
        total.unranked.iter().filter(|_| it.state == State::Counts && total.total.is_some());
    words.extend(unranked.cloned());
    if let Some(share) = total.plug_share.filter(|_| total.unranked.is_none()) {
        words.push(format!("{} of it filled", number::share(share)));
    }
    if let Some(low) = total.low {
        words.push(format!("abnormally low, {} below the others: ask why", number::share(low)));
    }
    words.join(", ")
}

/// Totals of every scenario, where there are several.
pub(super) fn scenarios(quotes: &Quotes<'_>, extent: Extent) -> Option<Block> {
    let outcomes = &quotes.comparison.outcomes;
    if outcomes.len() < 2 {
        return None;
    }
    let names = outcomes.iter().map(|outcome| format!("#{}", outcome.name));
    let titles: Vec<String> = std::iter::once("supplier".to_owned()).chain(names).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let mut table = Table::new("Totals by scenario", &titles);
    for supplier in order(quotes).into_iter().take(extent.suppliers) {
        let name: Inline = quotes.supplier(supplier).name.as_str().into();
        table.row(across(name, outcomes, |o| total(quotes, o, supplier)));
    }
    let award = |total| Inline::default().strong(&quotes.bare(total));
    let none = || Inline::default().muted("none");
    let single = |o: &Outcome| o.single.as_ref().map_or_else(none, |a| award(a.total));
    let mixed = |o: &Outcome| o.mixed.as_ref().map_or_else(none, |a| award(a.total));
    table.row(across(Inline::default().strong("best single award"), outcomes, single));
    table.row(across(Inline::default().strong("best mixed award"), outcomes, mixed));
    table.block()
}

fn across(name: Inline, outcomes: &[Outcome], show: impl Fn(&Outcome) -> Inline) -> Vec<Inline> {
    std::iter::once(name).chain(outcomes.iter().map(show)).collect()
}

fn total(quotes: &Quotes<'_>, outcome: &Outcome, supplier: usize) -> Inline {
    let it = &outcome.totals[supplier];
    match (it.total, it.rank) {
        (Some(total), Some(_)) => quotes.bare(total).into(),
        (Some(total), None) => Inline::default().muted(&format!("({})", quotes.bare(total))),
        (None, _) => Inline::default().muted("incomplete"),
    }
}
