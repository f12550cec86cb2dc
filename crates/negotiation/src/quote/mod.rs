//! Vendor quotes like for like: one unit, currency, quantity, Incoterm, payment term and horizon
//! (`science.md` G1 to G14), with every conversion kept as a value.

pub mod award;
mod basis;
pub mod change;
mod choose;
mod comparison;
mod decimal;
mod figures;
mod gather;
mod grid;
mod incoterm;
mod line;
mod moves;
mod outcome;
mod parts;
mod place;
mod row;
mod share;
mod steps;
mod terms;
pub mod vendor;
mod words;

pub use award::Award;
pub use comparison::{
    Basis, Cell, Comparison, Cost, Factors, ItemRow, LegCost, OrderCost, OrderKind, Outcome,
    PassedOver, Payment, Quoted, Range, Ranking, RateUsed, State, Step, Supplier, Total,
};
pub use decimal::percent;
pub use grid::Grid;
pub use incoterm::{Incoterm, Leg};
pub use moves::{BreakEven, Moved};
pub use place::Place;
pub(crate) use row::as_named;
pub use row::{Attributes, QuoteRow, TaxWord};
pub use share::{Asked, SharedLine, SharedPrice, SharedQuote, SharedTerms};

use crate::deal::{Deal, Item, Scenario, Tender, slug};
use crate::leverage;
use crate::parameter::Settings;
use basis::Ground;
use gather::{Gathered, gather};
use haggle_quantity::Amount;
use outcome::Table;
use std::fmt;

/// Why quotes cannot be compared at all. What is wrong with one quote or line is no error: it stands
/// in the comparison with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompareError {
    /// The deal file has no `[tender]`.
    NoTender,
    /// No item is asked for.
    NoItems,
    /// Nobody quotes.
    NoQuotes,
}

impl fmt::Display for CompareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoTender => "the deal file has no `[tender]`, expected one to compare quotes",
            Self::NoItems => {
                "the deal file has no `[[item]]`, expected what is bought, with its quantity"
            }
            Self::NoQuotes => {
                "nobody quotes: neither `[[quote]]` nor a source of `tender.sources` has a price"
            }
        })
    }
}

impl std::error::Error for CompareError {}

/// Compares quotes like for like: of the deal file, and of the rows of its quote sources.
///
/// # Errors
/// [`CompareError`] where nothing can be compared.
pub fn compare<'r>(
    deal: &Deal,
    rows: impl IntoIterator<Item = &'r QuoteRow, IntoIter: Clone>,
) -> Result<Comparison, CompareError> {
    let tender = deal.tender.as_ref().ok_or(CompareError::NoTender)?;
    if tender.items.is_empty() {
        return Err(CompareError::NoItems);
    }
    let Gathered { bids, quoted, passed_over } = gather(deal, tender, rows.into_iter());
    if quoted.iter().all(Option::is_none) {
        return Err(CompareError::NoQuotes);
    }
    let ground = Ground::new(deal, tender, &bids);
    let basis = ground.basis(&Settings::new(deal));
    let suppliers: Vec<Supplier> =
        bids.into_iter().map(|bid| terms::supplier(&ground, bid)).collect();
    let (as_of, leads) = (deal.as_of, ground.leads);
    let table = Table { basis: &basis, suppliers: &suppliers, quoted: &quoted, as_of, leads };
    let outcomes = outcomes(&table, tender);
    let comparison = Comparison {
        title: deal.title.clone(),
        as_of,
        currency: deal.currency,
        per: deal.per.clone(),
        basis,
        items: tender.items.iter().map(item_row).collect(),
        suppliers,
        quoted,
        outcomes,
        passed_over,
        findings: Vec::new(),
    };
    Ok(comparison.with_awards(leverage::judge_quotes))
}

impl Comparison {
    /// The same comparison with another scenario first, as if its quantities were asked for: awards,
    /// findings, figures and negotiations are all of the first. Unchanged where there is no such one.
    pub fn shown(mut self, scenario: usize) -> Self {
        if scenario == 0 || scenario >= self.outcomes.len() {
            return self;
        }
        self.outcomes[..=scenario].rotate_right(1);
        let quantities = self.outcomes.iter().take(1).flat_map(|it| it.quantities.iter().copied());
        for (item, quantity) in self.items.iter_mut().zip(quantities) {
            item.quantity = quantity.unwrap_or(item.quantity);
        }
        self.findings = leverage::judge_quotes(&self);
        self
    }
}

fn outcomes(table: &Table<'_>, tender: &Tender) -> Vec<Outcome> {
    let asked = tender.items.iter().map(|item| Some(item.quantity)).collect();
    let first = table.outcome("as asked", asked);
    let others = tender.scenarios.iter().map(|scenario| {
        table.outcome(&scenario.name, tender.items.iter().map(|it| scaled(it, scenario)).collect())
    });
    std::iter::once(first).chain(others).collect()
}

/// The quantity of an item in a scenario; `None` where it is too large.
fn scaled(item: &Item, scenario: &Scenario) -> Option<Amount> {
    let stated = scenario.quantity.get(&item.id).copied();
    stated.or_else(|| item.quantity.checked_mul(scenario.factor))
}

fn item_row(item: &Item) -> ItemRow {
    let moved = item.last_price.zip(item.index.as_ref());
    ItemRow {
        id: item.id.clone(),
        slug: slug(&item.id),
        name: item.name.clone().unwrap_or_else(|| item.id.clone()),
        per: item.per.clone(),
        quantity: item.quantity,
        should_cost: item.should_cost.as_ref().map(crate::deal::ShouldCost::total),
        last_price: item.last_price,
        indexed_price: moved.and_then(|(price, index)| index.moved(price)),
    }
}
