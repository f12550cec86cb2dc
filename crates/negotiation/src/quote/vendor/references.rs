//! What a price is held against: other quotes, the market, should-cost, the last contract moved by
//! its index.

use super::ground::Ground;
use crate::brief::Brief;
use crate::deal::{Deal, Item};
use crate::quote::decimal::{sum, times, written};
use haggle_quantity::Amount;
use std::collections::BTreeMap;

/// Which reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReferenceKind {
    /// The cheapest other quote that holds every line.
    Quotes,
    /// The middle of the market.
    Market,
    /// Should-cost (G7).
    ShouldCost,
    /// The last contract, moved by its index clause (G14).
    Index,
}

impl ReferenceKind {
    /// The word in ids: `quotes`, `market`, `should_cost`, `index`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Quotes => "quotes",
            Self::Market => "market",
            Self::ShouldCost => "should_cost",
            Self::Index => "index",
        }
    }

    /// In a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Quotes => "the cheapest other quote for every line",
            Self::Market => "the middle of the market",
            Self::ShouldCost => "should-cost",
            Self::Index => "the last contract moved by its index",
        }
    }
}

/// A reference over the lines of a negotiation.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// Which.
    pub kind: ReferenceKind,
    /// How much, like for like, with the vendor's order costs, so that it compares with the offer;
    /// `None` where something is missing.
    pub amount: Option<Amount>,
    /// The lines of it alone, which nothing of ours is in: what can be said to the vendor. `None`
    /// for other quotes, of which nothing is.
    pub lines: Option<Amount>,
    /// Where it comes from: sources, parts, series with their values.
    pub basis: String,
    /// What is missing.
    pub missing: Option<String>,
}

impl Reference {
    /// How far the offer is above it, as a share of it.
    pub fn gap(&self, offer: Amount) -> Option<Amount> {
        let amount = self.amount?;
        (offer - amount).checked_div(amount)
    }
}

/// The four of them.
pub(super) fn all(
    deal: &Deal,
    ground: &Ground<'_>,
    markets: &BTreeMap<usize, Brief>,
) -> Vec<Reference> {
    vec![quotes(ground), market(ground, markets), should_cost(deal, ground), index(deal, ground)]
}

fn quotes(ground: &Ground<'_>) -> Reference {
    let first = ground.others.first();
    Reference {
        kind: ReferenceKind::Quotes,
        amount: first.map(|(_, total)| *total),
        lines: None,
        basis: format!("{} other quotes for every line, like for like", ground.others.len()),
        missing: first.is_none().then(|| "another quote for every line".to_owned()),
    }
}

/// A reference whose unit prices some items state.
fn per_unit(
    ground: &Ground<'_>,
    kind: ReferenceKind,
    basis: String,
    unit: impl Fn(usize) -> Option<Amount>,
) -> Reference {
    let line = |item: &usize| times(unit(*item)?, ground.quantity(*item));
    let open: Vec<usize> =
        ground.lines.iter().copied().filter(|item| line(item).is_none()).collect();
    let lines = ground.lines.iter().map(line).collect::<Option<Vec<_>>>().and_then(sum);
    let missing = match open.as_slice() {
        [] => None,
        open => Some(format!("{} of {}", wanted(kind), ground.names(open).join(", "))),
    };
    let amount = lines.and_then(|it| it.checked_add(ground.order));
    Reference { kind, amount, lines, basis, missing }
}

fn wanted(kind: ReferenceKind) -> &'static str {
    match kind {
        ReferenceKind::Quotes => "another quote",
        ReferenceKind::Market => "`market` evidence",
        ReferenceKind::ShouldCost => "`should_cost`",
        ReferenceKind::Index => "`last_price` and `index`",
    }
}

fn market(ground: &Ground<'_>, markets: &BTreeMap<usize, Brief>) -> Reference {
    let of_lines = ground.lines.iter().filter_map(|item| markets.get(item));
    let mut sources: Vec<&String> =
        of_lines.flat_map(|it| it.market.iter().flat_map(|m| &m.sources)).collect();
    sources.sort();
    sources.dedup();
    let names: Vec<&str> = sources.iter().map(|it| it.as_str()).collect();
    let basis = match names.as_slice() {
        [] => "no market evidence".to_owned(),
        names => format!("medians of {}, times the quantities", names.join(", ")),
    };
    per_unit(ground, ReferenceKind::Market, basis, |item| {
        written(percentile(markets.get(&item)?, "p50")?)
    })
}

/// A percentile of a benchmark.
pub(super) fn percentile(brief: &Brief, name: &str) -> Option<f64> {
    let (_, id) = brief.market.as_ref()?.percentiles.iter().find(|(it, _)| it == name)?;
    brief.figures.get(id).map(|figure| figure.value)
}

/// The item of the deal file.
fn stated(deal: &Deal, item: usize) -> Option<&Item> {
    deal.tender.as_ref()?.items.get(item)
}

fn should_cost(deal: &Deal, ground: &Ground<'_>) -> Reference {
    let parts = ground.lines.iter().filter_map(|item| {
        let parts = &stated(deal, *item)?.should_cost.as_ref()?.0;
        let parts: Vec<String> = parts.iter().map(|(name, it)| format!("{name} {it}")).collect();
        Some(format!("{}: {}", ground.comparison.items[*item].name, parts.join(" + ")))
    });
    let parts: Vec<String> = parts.collect();
    let basis =
        if parts.is_empty() { "no should-cost stated".to_owned() } else { parts.join("; ") };
    per_unit(ground, ReferenceKind::ShouldCost, basis, |item| {
        ground.comparison.items[item].should_cost
    })
}

fn index(deal: &Deal, ground: &Ground<'_>) -> Reference {
    let told = ground.lines.iter().filter_map(|item| {
        let item = stated(deal, *item)?;
        let (last, index) = item.last_price.zip(item.index.as_ref())?;
        let parts = index.parts.iter().map(|part| {
            format!("{} of {} from {} to {}", part.weight, part.series, part.then, part.now)
        });
        let parts: Vec<String> =
            [format!("{} fixed", index.fixed)].into_iter().chain(parts).collect();
        Some(format!("{}: {last} x ({})", item.id, parts.join(", ")))
    });
    let told: Vec<String> = told.collect();
    let basis = match told.is_empty() {
        true => "no last price with an index stated".to_owned(),
        false => told.join("; "),
    };
    per_unit(ground, ReferenceKind::Index, basis, |item| {
        ground.comparison.items[item].indexed_price
    })
}

/// What the lines cost at the prices of the last contract.
pub(super) fn last_contract(ground: &Ground<'_>) -> Option<Amount> {
    let line =
        |item: &usize| times(ground.comparison.items[*item].last_price?, ground.quantity(*item));
    sum(ground.lines.iter().map(line).collect::<Option<Vec<_>>>()?)
}
