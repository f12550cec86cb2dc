//! Numbers and names of a comparison in words.

use super::Quotes;
use crate::number;
use haggle_negotiation::quote::Supplier;
use haggle_quantity::{Amount, Currency};

/// Items that a sentence names before it counts the rest.
const NAMED: usize = 20;

impl Quotes<'_> {
    /// Money with its currency: `EUR 1,234.50`.
    pub(super) fn money(&self, value: Amount) -> String {
        let currency = self.comparison.currency;
        format!("{currency}\u{a0}{}", number::cents(value, currency))
    }

    /// Money without its currency, for a column.
    pub(super) fn bare(&self, value: Amount) -> String {
        number::cents(value, self.comparison.currency)
    }

    /// Money per unit, for a column.
    pub(super) fn unit(&self, value: Amount) -> String {
        number::unit_price(value, self.comparison.currency)
    }

    /// The supplier of a number.
    pub(super) fn supplier(&self, number: usize) -> &Supplier {
        &self.comparison.suppliers[number]
    }

    /// The currency in which a supplier quotes.
    pub(super) fn quote_currency(&self, number: usize) -> Currency {
        let it = self.supplier(number);
        let rate = it.factors.as_ref().and_then(|factors| factors.rate.as_ref());
        let stated = rate.map(|rate| rate.from).or(it.terms.currency);
        stated.unwrap_or(self.comparison.currency)
    }

    /// Money in the currency in which a supplier quotes.
    pub(super) fn quoted_money(&self, supplier: usize, value: Amount) -> String {
        let currency = self.quote_currency(supplier);
        format!("{currency}\u{a0}{}", number::cents(value, currency))
    }

    /// Names of suppliers with commas, the last with "and".
    pub(super) fn names(&self, numbers: &[usize]) -> String {
        listed(numbers.iter().map(|n| self.supplier(*n).name.clone()))
    }

    /// Names of items with commas, the first of many.
    pub(super) fn items(&self, numbers: &[usize]) -> String {
        let shown = numbers.iter().take(NAMED).map(|n| self.comparison.items[*n].name.clone());
        match numbers.len().saturating_sub(NAMED) {
            0 => listed(shown),
            more => listed(shown.chain([format!("{} more", number::count(more as u64))])),
        }
    }
}

/// Texts as one: `a, b and c`.
pub(super) fn listed(texts: impl IntoIterator<Item = String>) -> String {
    let mut texts: Vec<String> = texts.into_iter().collect();
    let last = texts.pop().unwrap_or_default();
    if texts.is_empty() { last } else { format!("{} and {last}", texts.join(", ")) }
}

/// A count with its noun: `1 line`, `2 lines`.
pub(super) fn counted(n: usize, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", number::count(n as u64))
}
