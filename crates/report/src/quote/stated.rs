//! What each supplier's quote says, as it says it, and what was passed over.

use super::words::listed;
use super::{Extent, Quotes};
use crate::inline::Inline;
use crate::number;
use crate::section::{Block, Item, Table, heading, list, paragraph};
use haggle_negotiation::deal::Charge;
use haggle_negotiation::quote::{RateUsed, State, Supplier};

/// Terms of every quote in a table, with what stops or troubles it below.
pub(super) fn terms(quotes: &Quotes<'_>) -> Vec<Block> {
    let titles = [
        "supplier",
        "currency",
        "delivery",
        "#pays in days",
        "#days to deliver",
        "holds until",
        "#minimum order",
        "#discount",
        "beside the goods",
        "says",
    ];
    let mut table = Table::new("Terms as quoted", &titles);
    for supplier in super::matrix::order(quotes) {
        table.row(row(quotes, supplier));
    }
    let rates = list(quotes.rates().into_iter().map(plain_item).collect());
    let reasons = list(reasons(quotes));
    let mut blocks = vec![heading(2, "terms", "Terms as quoted")];
    blocks.extend([table.block(), rates, reasons].into_iter().flatten());
    blocks
}

fn plain_item(text: String) -> Item {
    Item { head: text.into(), more: Vec::new() }
}

fn row(quotes: &Quotes<'_>, number: usize) -> Vec<Inline> {
    let it = quotes.supplier(number);
    let terms = &it.terms;
    let text = |value: Option<String>| value.map_or_else(Inline::default, Inline::from);
    let currency = quotes.quote_currency(number);
    let money = |value| format!("{currency}\u{a0}{}", number::cents(value, currency));
    vec![
        Inline::default().strong(&it.name),
        currency.to_string().into(),
        text(terms.incoterm.map(|rule| rule.to_string())),
        text(payment(it)),
        text(terms.lead_time_days.map(|days| days.to_string())),
        text(terms.valid_until.map(|date| validity(it, &date.to_string()))),
        text(terms.minimum_value.map(money)),
        text(terms.discount.map(number::share)),
        beside(it).into(),
        text(terms.source.clone()),
    ]
}

fn validity(it: &Supplier, date: &str) -> String {
    if it.state == State::Expired { format!("{date}, expired") } else { date.to_owned() }
}

/// The payment term: `60`, with an early discount `60, or 2 % in 10`.
fn payment(it: &Supplier) -> Option<String> {
    let net = it.terms.payment_days?.to_string();
    match (it.terms.early_discount, it.terms.early_days) {
        (Some(share), Some(days)) => Some(format!("{net}, or {} in {days}", number::share(share))),
        _ => Some(net),
    }
}

/// Freight, charges and exclusions in words.
fn beside(it: &Supplier) -> String {
    let freight = it.terms.freight.iter().map(|f| format!("freight {}", number::quantity(*f)));
    let charges = it.charges.iter().map(charge);
    let exclusions = it.terms.exclusions.iter().map(|what| format!("without {what}"));
    freight.chain(charges).chain(exclusions).collect::<Vec<_>>().join(", ")
}

/// A charge in words: `service 2.5 a month`.
pub(super) fn charge(it: &Charge) -> String {
    let every = match it.every_months {
        None => String::new(),
        Some(1) => " a month".to_owned(),
        Some(12) => " a year".to_owned(),
        Some(months) => format!(" every {months} months"),
    };
    format!("{} {}{every}", it.name, number::quantity(it.amount))
}

/// Each supplier that needs words, with its reasons.
fn reasons(quotes: &Quotes<'_>) -> Vec<Item> {
    let order = super::matrix::order(quotes);
    let told = order.into_iter().map(|s| quotes.supplier(s)).filter(|s| !s.reasons.is_empty());
    told.map(|it| Item {
        head: Inline::default().strong(&it.name).text(&match it.state {
            State::Counts => String::new(),
            state => format!(", {}", state.as_str()),
        }),
        more: it.reasons.iter().map(|reason| reason.as_str().into()).collect(),
    })
    .collect()
}

impl Quotes<'_> {
    /// Every exchange rate used, once, with its day and publisher.
    pub(super) fn rates(&self) -> Vec<String> {
        let used =
            self.comparison.suppliers.iter().filter_map(|s| s.factors.as_ref()?.rate.as_ref());
        let mut texts: Vec<String> = used.map(rate).collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    }
}

fn rate(it: &RateUsed) -> String {
    let (one, many) = if it.inverse { (it.to, it.from) } else { (it.from, it.to) };
    let source = it.source.as_ref().map_or(String::new(), |source| format!(", {source}"));
    format!("1 {one} = {} {many} of {}{source}", it.stated.normalize(), it.date)
}

/// Rows that took no part, each with its reason; on a terminal the first.
pub(super) fn passed_over(quotes: &Quotes<'_>, extent: Extent) -> Vec<Block> {
    let all = &quotes.comparison.passed_over;
    let mut table = Table::new("Rows that took no part", &["place", "supplier", "item", "why"]);
    for row in all.iter().take(extent.items) {
        table.row(vec![
            Inline::default().code(&row.place),
            row.supplier.to_string().into(),
            row.item.as_str().into(),
            row.reason.as_str().into(),
        ]);
    }
    let left = all.len().saturating_sub(extent.items);
    let more = (left > 0).then(|| {
        paragraph(format!("{} more: `--format html` or `json`.", number::count(left as u64)))
    });
    match table.block() {
        Some(table) => {
            let head = heading(2, "passed-over", "Rows that took no part");
            [Some(head), Some(table), more].into_iter().flatten().collect()
        }
        None => Vec::new(),
    }
}

/// To what every quote was brought, in one sentence.
pub(super) fn basis(quotes: &Quotes<'_>) -> String {
    let basis = &quotes.comparison.basis;
    let place = basis.place.as_ref().map_or(String::new(), |place| format!(" {place}"));
    let parts = [
        Some(format!("in {} per {}", quotes.comparison.currency, quotes.comparison.per)),
        basis.incoterm.map(|rule| format!("{rule}{place}")),
        basis.payment_days.map(|days| format!("paid in {days} days")),
        basis.discount_rate.map(|r| format!("present values at {} a year", number::level(r))),
        basis.horizon_months.map(|months| format!("over {months} months")),
        basis.max_suppliers.map(|most| format!("at most {} suppliers", most)),
        basis.include_expired.then(|| "expired quotes included".to_owned()),
        basis.fill_gaps.then(|| "gaps filled for the ranking".to_owned()),
    ];
    format!("Like for like: {}.", listed(parts.into_iter().flatten()))
}
