//! Vendor quotes like for like: one unit, currency, quantity, Incoterm, payment term and horizon
//! (`science.md` G1 to G14), with every conversion kept as a value.

mod comparison;
mod incoterm;
mod row;

pub use comparison::{
    Award, Basis, Cell, Comparison, Cost, Factors, ItemRow, LegCost, OrderCost, Outcome,
    PassedOver, Payment, Quoted, Ranking, RateUsed, State, Step, Supplier, Total,
};
pub use incoterm::{Incoterm, Leg};
pub use row::{QuoteRow, TaxWord};

use crate::deal::Deal;
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
pub fn compare(deal: &Deal, _rows: &[QuoteRow]) -> Result<Comparison, CompareError> {
    let tender = deal.tender.as_ref().ok_or(CompareError::NoTender)?;
    if tender.items.is_empty() {
        return Err(CompareError::NoItems);
    }
    Err(CompareError::NoQuotes)
}
