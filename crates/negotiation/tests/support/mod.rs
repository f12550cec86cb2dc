//! Rows of a source of quotes, as tests of comparisons write them.

use haggle_negotiation::quote::{QuoteRow, TaxWord};
use haggle_quantity::Per;
use std::sync::Arc;

/// A price in euros for each, without a word of anything else.
pub(crate) fn row(supplier: &str, item: &str, amount: &str, place: &str) -> QuoteRow {
    QuoteRow {
        source: Arc::from("bids"),
        place: place.into(),
        supplier: Arc::from(supplier),
        code: Some(Arc::from(item)),
        title: None,
        amount: amount.parse().unwrap(),
        currency: Some("EUR".parse().unwrap()),
        per: Some(Per::new("each")),
        quantity_from: None,
        quantity_to: None,
        date: None,
        tax: TaxWord::Unknown,
        estimate: false,
        attributes: Arc::from([]),
    }
}

/// The same with attributes.
pub(crate) fn with(row: QuoteRow, words: &[(&str, &str)]) -> QuoteRow {
    let attributes = words.iter().map(|(key, text)| (Arc::from(*key), Arc::from(*text))).collect();
    QuoteRow { attributes, ..row }
}
