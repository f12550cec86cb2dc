//! What one supplier may read of a comparison: its own quote as it was understood, and what has to
//! be cleared. Nothing of other suppliers, of costs like for like, of ranking, or of our own numbers
//! has a place in it.

use super::decimal::over;
use super::line::unpriced;
use super::{Comparison, Incoterm, Quoted, State, Supplier};
use crate::deal::{Break, Charge, Scheme, Scope, Tender};
use haggle_quantity::{Amount, Currency, Date, Per};

/// A quote as we understood it, for whoever made it.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedQuote {
    /// What the deal is called.
    pub title: String,
    /// The day that it speaks for.
    pub as_of: Date,
    /// Who quotes.
    pub supplier: String,
    /// Currency of the quote.
    pub currency: Currency,
    /// What is asked of everybody.
    pub asked: Asked,
    /// Terms as quoted.
    pub terms: SharedTerms,
    /// Every item asked for, with the price as quoted.
    pub lines: Vec<SharedLine>,
    /// What has to be cleared.
    pub questions: Vec<String>,
}

/// Terms that are asked of everybody.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Rule of delivery.
    pub incoterm: Option<Incoterm>,
    /// Place of delivery.
    pub place: Option<String>,
    /// Payment term in days.
    pub payment_days: Option<u32>,
}

/// Terms of a quote that its supplier stated.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedTerms {
    /// Date of the quote.
    pub date: Option<Date>,
    /// Last day on which it holds.
    pub valid_until: Option<Date>,
    /// Rule of delivery.
    pub incoterm: Option<Incoterm>,
    /// Days until payment is due.
    pub payment_days: Option<u32>,
    /// Discount for early payment, a share, with the days within which it is given.
    pub early: Option<(Amount, u32)>,
    /// Days from order to delivery.
    pub lead_time_days: Option<u32>,
    /// Least value of the goods of an order.
    pub minimum_value: Option<Amount>,
    /// Discount on goods, a share.
    pub discount: Option<Amount>,
    /// Tax rate, a share, and whether prices hold it.
    pub tax: Option<(Amount, Option<bool>)>,
    /// Freight per order.
    pub freight: Option<Amount>,
    /// Charges beside the goods.
    pub charges: Vec<Charge>,
    /// What the price does not hold.
    pub exclusions: Vec<String>,
}

/// An item asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedLine {
    /// Its name.
    pub item: String,
    /// How many units are asked for.
    pub quantity: Amount,
    /// The unit.
    pub unit: Per,
    /// The price as quoted, if there is one.
    pub price: Option<SharedPrice>,
}

/// A price as quoted.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedPrice {
    /// The first price.
    pub price: Amount,
    /// What it is per.
    pub per: Per,
    /// Item units in one `per`.
    pub pack: Option<Amount>,
    /// Least quantity of an order, in `per`.
    pub minimum: Option<Amount>,
    /// Order multiple, in `per`.
    pub multiple: Option<Amount>,
    /// Further prices.
    pub breaks: Vec<Break>,
    /// How they count.
    pub scheme: Scheme,
    /// Discount of this line, a share, where it has its own.
    pub discount: Option<Amount>,
    /// Days to delivery of this line, where they are its own.
    pub lead_time_days: Option<u32>,
    /// Last day on which this line holds, where it is its own.
    pub valid_until: Option<Date>,
}

impl Comparison {
    /// The quote of one supplier for its own eyes; `None` where there is no such supplier or it is
    /// an estimate of our own. What is asked of all is what the tender states: what the others'
    /// quotes have in common is theirs.
    pub fn shared(&self, tender: &Tender, supplier: usize) -> Option<SharedQuote> {
        let it = self.suppliers.get(supplier).filter(|it| it.state != State::Reference)?;
        let lines: Vec<SharedLine> =
            (0..self.items.len()).map(|item| self.shared_line(item, supplier)).collect();
        let asked = Asked {
            incoterm: tender.incoterm,
            place: tender.place.clone(),
            payment_days: tender.payment_days,
        };
        let of_lines = (0..self.items.len()).filter_map(|item| self.line_question(item, supplier));
        let questions = self.term_questions(tender, supplier).into_iter().chain(of_lines).collect();
        let terms = shared_terms(it);
        let prices = (0..self.items.len()).filter_map(|item| self.quoted(item, supplier));
        let currency = it.terms.currency.or(prices.map(|quoted| quoted.currency).next());
        Some(SharedQuote {
            title: self.title.clone(),
            as_of: self.as_of,
            supplier: it.name.clone(),
            currency: currency.unwrap_or(self.currency),
            asked,
            terms,
            lines,
            questions,
        })
    }

    fn shared_line(&self, item: usize, supplier: usize) -> SharedLine {
        let it = &self.items[item];
        SharedLine {
            item: it.name.clone(),
            quantity: it.quantity,
            unit: it.per.clone(),
            // A price that cannot be read is no price yet; one without a unit is asked for that.
            price: self
                .quoted(item, supplier)
                .filter(|line| line.fault.is_none() || lacks_unit(line, &it.per))
                .map(shared_price),
        }
    }

    /// What a supplier leaves open in its terms.
    fn term_questions(&self, tender: &Tender, supplier: usize) -> Vec<String> {
        let terms = &self.suppliers[supplier].terms;
        let lines = (0..self.items.len()).filter_map(|item| self.quoted(item, supplier));
        let mut lines = lines.filter(|line| line.scope != Scope::Excluded).peekable();
        let delivered = lines.peek().is_some() && lines.all(|it| it.lead_time_days.is_some());
        let early = match (terms.early_discount, terms.early_days) {
            (Some(_), None) => {
                Some("Within how many days do you grant the discount for early payment?")
            }
            (None, Some(_)) => Some("What discount do you grant for early payment?"),
            _ => None,
        };
        let expired = terms.valid_until.filter(|day| *day < self.as_of);
        let asks = [
            expired.map(|day| {
                format!("Your quote was valid until {day}. Does it still hold, and until when?")
            }),
            (terms.incoterm.is_none() && tender.incoterm.is_some()).then(|| {
                "Under which Incoterm do your prices hold, and at which place?".to_owned()
            }),
            terms.payment_days.is_none().then(|| "When is payment due?".to_owned()),
            early.map(str::to_owned),
            (terms.lead_time_days.is_none() && !delivered)
                .then(|| "How many days pass from order to delivery?".to_owned()),
            terms
                .tax_included
                .is_none()
                .then(|| "Do your prices hold tax, and at which rate?".to_owned()),
        ];
        asks.into_iter().flatten().collect()
    }

    /// What a supplier leaves open in a line.
    fn line_question(&self, item: usize, supplier: usize) -> Option<String> {
        let it = &self.items[item];
        let Some(quoted) = self.quoted(item, supplier) else {
            return Some(format!("Please quote {}, or say that you do not offer it.", it.name));
        };
        let needed = quoted.pack.and_then(|pack| over(it.quantity, pack));
        let beyond = needed.is_some_and(|needed| unpriced(quoted, needed, needed).is_some());
        let late = quoted.valid_until.filter(|day| *day < self.as_of).map(|day| {
            format!(
                "{}: your price was valid until {day}. Does it still hold, and until when?",
                it.name
            )
        });
        match (quoted.scope, quoted.pack) {
            (Scope::Excluded, _) => {
                Some(format!("Your price leaves out {}. What would it cost?", it.name))
            }
            (Scope::Unclear, _) => Some(format!("Does your price hold all of {}?", it.name)),
            (_, None) if lacks_unit(quoted, &it.per) => {
                Some(format!("{}: how many {} are in one {}?", it.name, it.per, quoted.per))
            }
            _ if quoted.fault.is_some() => Some(format!(
                "{}: we could not read your price for certain. What is it for {} {}, and what is it per?",
                it.name,
                it.quantity.normalize(),
                it.per
            )),
            _ if late.is_some() => late,
            _ if beyond => Some(format!(
                "{}: what is your price for {} {}?",
                it.name,
                it.quantity.normalize(),
                it.per
            )),
            _ => None,
        }
    }
}

/// Whether nothing says how many item units a price is for.
fn lacks_unit(quoted: &Quoted, per: &Per) -> bool {
    quoted.pack.is_none() && quoted.per != *per
}

fn shared_price(it: &Quoted) -> SharedPrice {
    SharedPrice {
        price: it.price,
        per: it.per.clone(),
        pack: it.pack,
        minimum: it.minimum,
        multiple: it.multiple,
        breaks: it.breaks.clone(),
        scheme: it.scheme,
        discount: it.discount,
        lead_time_days: it.lead_time_days,
        valid_until: it.valid_until,
    }
}

/// Only what the supplier itself said: what we recover, expect of quality, pay for changing or for
/// the way is ours.
fn shared_terms(it: &Supplier) -> SharedTerms {
    let terms = &it.terms;
    SharedTerms {
        date: terms.date,
        valid_until: terms.valid_until,
        incoterm: terms.incoterm,
        payment_days: terms.payment_days,
        early: terms.early_discount.zip(terms.early_days),
        lead_time_days: terms.lead_time_days,
        minimum_value: terms.minimum_value,
        discount: terms.discount,
        tax: terms.tax.map(|rate| (rate, terms.tax_included)),
        freight: terms.freight,
        charges: it.charges.clone(),
        exclusions: terms.exclusions.clone(),
    }
}
