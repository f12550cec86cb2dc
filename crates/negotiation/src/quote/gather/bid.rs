//! One supplier: its terms of the deal file, and what its rows say of the whole quote.

use super::{Own, QuoteRow};
use crate::deal::{Charge, Quote, Terms, slug};
use crate::quote::words::{self, TERMS};
use crate::quote::{Attributes, TaxWord};
use haggle_quantity::{Currency, Date};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One supplier before anything is converted.
pub(in crate::quote) struct Bid {
    pub(in crate::quote) name: String,
    pub(in crate::quote) slug: String,
    pub(in crate::quote) terms: Terms,
    pub(in crate::quote) places: BTreeMap<&'static str, Arc<str>>,
    pub(in crate::quote) charges: Vec<Charge>,
    /// Currency of its amounts.
    pub(in crate::quote) currency: Currency,
    /// Whether a line of it states a lead time of its own.
    pub(in crate::quote) line_leads: bool,
    /// What stops it, each with the way out.
    pub(in crate::quote) faults: Vec<String>,
    /// What is worth knowing and stands in the way of nothing.
    pub(in crate::quote) notes: Vec<String>,
}

/// What the rows of one supplier say of the whole quote.
#[derive(Clone, Default)]
pub(super) struct Said<'a> {
    currencies: BTreeSet<Option<Currency>>,
    tax: BTreeSet<TaxWord>,
    date: Option<Date>,
    bids: usize,
    estimates: usize,
    /// The first row.
    first: Option<&'a QuoteRow>,
    terms: [Option<Stated<'a>>; TERMS.len()],
    /// The attributes heard last: rows of one supplier often share them.
    last: Option<&'a Attributes>,
}

/// A term with its place, and another row that says otherwise.
#[derive(Clone)]
struct Stated<'a> {
    text: &'a str,
    row: &'a QuoteRow,
    other: Option<(&'a str, &'a QuoteRow)>,
}

impl Stated<'_> {
    /// Writes the term, unless rows say different things.
    fn read_into(&self, terms: &mut Terms, key: &str, currency: Currency) -> Result<(), String> {
        let (text, place) = (self.text, words::place_of(self.row, key));
        if let Some((other, there)) = self.other {
            let there = words::place_of(there, key);
            return Err(format!(
                "`{key}` is `{text}` ({place}) and `{other}` ({there}): state it in `[[quote]]`"
            ));
        }
        words::state(terms, key, text, currency).map_err(|expected| {
            format!("`{key}` is `{text}` ({place}), expected {expected}: state it in `[[quote]]`")
        })
    }
}

impl<'a> Said<'a> {
    /// Takes in what a row says.
    pub(super) fn hear(&mut self, row: &'a QuoteRow) {
        self.first.get_or_insert(row);
        self.currencies.insert(row.currency);
        self.tax.insert(row.tax);
        self.date = self.date.max(row.date);
        self.bids += usize::from(!row.estimate);
        self.estimates += usize::from(row.estimate);
        let attributes = &row.attributes;
        if self.last.replace(attributes).is_some_and(|last| Arc::ptr_eq(last, attributes)) {
            return;
        }
        for (key, text) in attributes.iter() {
            let Some(at) = TERMS.iter().position(|term| *term == &**key) else { continue };
            match &mut self.terms[at] {
                Some(stated) if stated.text == &**text => {}
                Some(stated) => drop(stated.other.get_or_insert((text, row))),
                empty => *empty = Some(Stated { text, row, other: None }),
            }
        }
    }

    pub(super) fn is_estimate_among_bids(&self, row: &QuoteRow) -> bool {
        row.estimate && self.bids > 0
    }
}

impl Bid {
    pub(super) fn new(name: &str, quote: Option<&Quote>, said: &Said<'_>, deal: Currency) -> Self {
        let terms = quote.map_or_else(Terms::default, |quote| quote.terms.clone());
        let lines = quote.is_some_and(|quote| !quote.lines.is_empty());
        let (currency, fault) = currency(terms.currency, lines, said, deal);
        Self {
            name: name.to_owned(),
            slug: slug(name),
            terms: Terms { currency: Some(currency), ..terms },
            places: BTreeMap::new(),
            charges: quote.map_or_else(Vec::new, |quote| quote.charges.clone()),
            currency,
            line_leads: false,
            faults: fault.into_iter().collect(),
            notes: Vec::new(),
        }
    }

    /// Adds what rows say; what the deal file states stands.
    pub(super) fn read_terms(&mut self, said: &Said<'_>) {
        let mut rows = Terms::default();
        for (key, stated) in TERMS.into_iter().zip(&said.terms) {
            let Some(stated) = stated else { continue };
            if is_stated(&self.terms, key) {
                let mut other = Terms::default();
                let read = stated.read_into(&mut other, key, self.currency);
                if read.is_err() || !is_same(&self.terms, &other, key) {
                    let place = words::place_of(stated.row, key);
                    self.notes.push(overruled(key, stated.text, &place));
                }
                continue;
            }
            self.places.insert(key, words::place_of(stated.row, key));
            self.faults.extend(stated.read_into(&mut rows, key, self.currency).err());
        }
        rows.date = said.date;
        rows.reference = rows.reference.or((said.estimates > 0 && said.bids == 0).then_some(true));
        self.read_tax(said, &mut rows);
        self.terms = merged(std::mem::take(&mut self.terms), rows);
    }

    /// Takes in what all its lines say alike.
    pub(super) fn lift(&mut self, own: Own) {
        let terms = &mut self.terms;
        terms.discount = terms.discount.or(own.discount);
        terms.valid_until = terms.valid_until.or(own.valid_until);
        terms.lead_time_days = terms.lead_time_days.or(own.lead_time_days);
    }

    /// Notes what a line says otherwise than the whole quote, which stands; once for each term.
    pub(super) fn overrule(&mut self, own: &Own) {
        let (terms, place) = (&self.terms, own.place.as_ref());
        let days = differing(own.lead_time_days, terms.lead_time_days).map(|it| it.to_string());
        let day = differing(own.valid_until, terms.valid_until).map(|it| it.to_string());
        let share = differing(own.discount, terms.discount).map(|it| it.normalize().to_string());
        let all = [("discount", share), ("valid_until", day), ("lead_time_days", days)];
        for (key, line) in all {
            let (Some(line), Some(place)) = (line, place) else { continue };
            let known = self.notes.iter().any(|note| note.starts_with(&format!("`{key}` is")));
            if !known {
                self.notes.push(overruled(key, &line, &place.to_string()));
            }
        }
    }

    /// Where the terms stand that all rows say alike.
    pub(super) fn cite_lifted(
        &mut self,
        said: &Said<'_>,
        keys: impl Iterator<Item = &'static str>,
    ) {
        for key in keys.filter(|key| is_stated(&self.terms, key)) {
            let row = said.first.filter(|row| row.attributes.iter().any(|(it, _)| &**it == key));
            self.places.extend(row.map(|row| (key, words::place_of(row, key))));
        }
    }

    fn read_tax(&mut self, said: &Said<'_>, rows: &mut Terms) {
        let words: Vec<TaxWord> = said.tax.iter().copied().collect();
        match words.as_slice() {
            [TaxWord::Included] => rows.tax_included = rows.tax_included.or(Some(true)),
            [TaxWord::Excluded] => rows.tax_included = rows.tax_included.or(Some(false)),
            [] | [TaxWord::Unknown] => {}
            _ if self.terms.tax_included.is_some() => {}
            _ => self.faults.push(
                "some prices say otherwise of tax than others: state `tax_included` in `[[quote]]`"
                    .to_owned(),
            ),
        }
        if self.terms.tax.is_some() {
            rows.tax_included = rows.tax_included.or(Some(false));
        }
    }
}

/// What a line says, where the whole quote says otherwise.
fn differing<T: PartialEq>(line: Option<T>, whole: Option<T>) -> Option<T> {
    let whole = whole?;
    line.filter(|line| *line != whole)
}

fn overruled(key: &str, text: &str, place: &str) -> String {
    format!("`{key}` is `{text}` ({place}), and its `[[quote]]` says otherwise, which stands")
}

/// The currency of a supplier's amounts, and why it may not be that.
fn currency(
    stated: Option<Currency>,
    lines: bool,
    said: &Said<'_>,
    deal: Currency,
) -> (Currency, Option<String>) {
    let rows: Vec<Option<Currency>> = said.currencies.iter().copied().collect();
    let fault = |text: String| Some(format!("{text}: state `currency` in `[[quote]]`"));
    match (stated, rows.as_slice()) {
        (Some(stated), rows) => {
            let other = rows.iter().flatten().find(|row| **row != stated);
            let text = other.map(|other| {
                format!(
                    "its `[[quote]]` is in {stated}, and rows of it in {other}: correct one of both"
                )
            });
            (stated, text)
        }
        (None, []) => (deal, None),
        (None, [Some(one)]) if !lines || *one == deal => (*one, None),
        (None, [Some(one)]) => {
            (*one, fault(format!("its rows are in {one}, and lines of the deal file in none")))
        }
        (None, [None]) => (deal, fault("its prices name no currency".to_owned())),
        (None, [None, ..]) => (deal, fault("some of its prices name no currency".to_owned())),
        (None, [Some(one), ..]) => {
            let text = "its prices are in several currencies: give those of each currency a supplier of their own, such as `Acme (USD)`";
            (*one, Some(text.to_owned()))
        }
    }
}

macro_rules! optional {
    ($($field:ident),+) => {
        /// What the first states, else the second.
        fn merged(first: Terms, second: Terms) -> Terms {
            let exclusions =
                if first.exclusions.is_empty() { second.exclusions } else { first.exclusions };
            let adders = if first.adders.is_empty() { second.adders } else { first.adders };
            Terms { $($field: first.$field.or(second.$field),)+ exclusions, adders }
        }

        /// Whether both state the same of a term, by its key.
        fn is_same(one: &Terms, other: &Terms, key: &str) -> bool {
            match key {
                $(stringify!($field) => one.$field == other.$field,)+
                _ => one.exclusions == other.exclusions,
            }
        }

        /// Whether a term is stated, by its key.
        fn is_stated(terms: &Terms, key: &str) -> bool {
            match key {
                $(stringify!($field) => terms.$field.is_some(),)+
                "exclusions" => !terms.exclusions.is_empty(),
                _ => false,
            }
        }
    };
}

optional!(
    currency,
    date,
    valid_until,
    incoterm,
    payment_days,
    early_discount,
    early_days,
    lead_time_days,
    minimum_value,
    discount,
    tax,
    tax_included,
    tax_recoverable,
    freight,
    rejects,
    quality_cost,
    switching_cost,
    incumbent,
    term_months,
    reference,
    source,
    systems,
    agreed
);
