//! One price as a source states it, with its place: what an importer hands to the comparison.

use super::Place;
use haggle_quantity::{Amount, Currency, Date, Per};
use std::cmp::Ordering;
use std::sync::Arc;

/// Names and values of what a row says beside its fields. Rows that say the same may share them.
pub type Attributes = Arc<[(Arc<str>, Arc<str>)]>;

/// One price of one supplier for one item at one quantity, as a source prints it.
///
/// Nothing is converted and nothing is filled in: what the source does not say is absent. Texts are
/// shared, because a sheet says the same name thousands of times.
#[derive(Debug, Clone, PartialEq)]
pub struct QuoteRow {
    /// Id of the `[[source]]`.
    pub source: Arc<str>,
    /// File and locator as printed: `bids.xlsx:Prices!D14`.
    pub place: Place,
    /// Who quotes.
    pub supplier: Arc<str>,
    /// Code of the item, if the source has one.
    pub code: Option<Arc<str>>,
    /// Words for the item, if the source has them.
    pub title: Option<Arc<str>>,
    /// The price, per one `per`.
    pub amount: Amount,
    /// Its currency, if stated.
    pub currency: Option<Currency>,
    /// What the price is per, if stated.
    pub per: Option<Per>,
    /// Quantity from which the price holds, in `per`.
    pub quantity_from: Option<Amount>,
    /// Quantity up to which it holds, in `per`.
    pub quantity_to: Option<Amount>,
    /// Date of the quote.
    pub date: Option<Date>,
    /// Whether tax is in the price.
    pub tax: TaxWord,
    /// Whether it is an estimate and no bid.
    pub estimate: bool,
    /// What else the row says, by the names of the keys of `[[quote]]` and `[[quote.line]]`: `pack`,
    /// `minimum`, `incoterm`, `payment_days`, `valid_until` ... Other names are kept and not read.
    pub attributes: Attributes,
}

impl QuoteRow {
    /// Order of the rows of one supplier for one item: by quantity, whatever their order in the source.
    pub(super) fn in_order(&self, other: &Self) -> Ordering {
        let key = |row: &Self| (row.quantity_from, row.amount);
        let places = || self.place.to_string().cmp(&other.place.to_string());
        key(self).cmp(&key(other)).then_with(places)
    }
}

/// What a price says of tax.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaxWord {
    /// Nothing.
    #[default]
    Unknown,
    /// It comes on top.
    Excluded,
    /// It is in the price.
    Included,
}

/// A name as quotes and items are matched by it: lower case, single spaces.
pub(crate) fn as_named(name: &str) -> String {
    let mut named = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !named.is_empty() {
            named.push(' ');
        }
        named.extend(word.chars().flat_map(char::to_lowercase));
    }
    named
}
