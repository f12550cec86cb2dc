//! What a deal, or an alternative to it, brings beside its price: bonus, equity, services (F16).

use super::read::{named_once, positive_money};
use super::reader::Reader;
use haggle_quantity::Amount;
use std::collections::BTreeSet;

/// One `[[part]]` of this deal, or `[[alternative.part]]` of an alternative.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it is.
    pub name: String,
    /// Its worth to us if it is paid in full: money per unit of the price, or money once.
    pub amount: Amount,
    /// Share of it that can be expected: payout times the chance of being eligible, 0 to 1.
    pub probability: f64,
    /// Whether it comes once and is spread over the term.
    pub once: bool,
    /// Days until it is paid or vests.
    pub days: f64,
    /// Whether it cannot be sold, so that less of it counts (`illiquidity`).
    pub illiquid: bool,
    /// Where its figures come from; absent: our own reading.
    pub source: Option<String>,
}

pub(super) fn read_parts(r: &Reader<'_, '_>) -> Vec<Part> {
    let mut names = BTreeSet::new();
    let mut parts = Vec::new();
    for table in r.tables("part") {
        let part = read_part(&table);
        parts.extend(part.filter(|part| named_once(&table, "parts", &part.name, &mut names)));
    }
    parts
}

fn read_part(r: &Reader<'_, '_>) -> Option<Part> {
    let name = r.required("name", "\"bonus\"", r.text("name"));
    let amount = positive_money(r, "amount");
    if amount.is_none() {
        r.required("amount", "\"16500\"", r.money("amount"));
    }
    let part = Part {
        name: name.map_or(String::new(), |f| f.value),
        amount: amount.unwrap_or_default(),
        probability: r.number("probability", 0.0..1.0).map_or(1.0, |f| f.value),
        once: r.flag("once").is_some_and(|f| f.value),
        days: r.number("delay_days", 0.0..36_525.0).map_or(0.0, |f| f.value),
        illiquid: r.flag("illiquid").is_some_and(|f| f.value),
        source: r.text("source").map(|f| f.value),
    };
    r.finish();
    (amount.is_some() && !part.name.is_empty()).then_some(part)
}
