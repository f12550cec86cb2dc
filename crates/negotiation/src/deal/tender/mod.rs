//! What a deal file says of a tender: items, scenarios, and each supplier's quote.

mod read;

pub(super) use read::read_tender;

use super::Condition;
use crate::quote::{Incoterm, Leg};
use haggle_quantity::{Amount, Currency, Date, Per, parse_amount};
use std::collections::BTreeMap;

/// `[tender]` with its items, scenarios and quotes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tender {
    /// Ids of the sources that hold quotes; they are no market evidence.
    pub sources: Vec<String>,
    /// Rule that says which costs count; absent: what all quotes state alike, or none.
    pub incoterm: Option<Incoterm>,
    /// Place of delivery.
    pub place: Option<String>,
    /// Payment term to which every quote is brought, in days.
    pub payment_days: Option<u32>,
    /// Months over which recurring charges count.
    pub horizon_months: Option<u32>,
    /// Most suppliers of an award.
    pub max_suppliers: Option<usize>,
    /// Whether gaps are filled for the ranking.
    pub fill_gaps: bool,
    /// Whether expired quotes may be awarded.
    pub include_expired: bool,
    /// Yearly cost of holding goods, of their price (G2, G4).
    pub holding_rate: Option<Amount>,
    /// What legs cost that a quote leaves to us.
    pub adders: BTreeMap<Leg, Adder>,
    /// Who negotiates: name, position and organisation of each.
    pub negotiators: Vec<String>,
    /// Months that we shall need what is bought, beyond one contract.
    pub need_months: Option<u32>,
    /// Share by which prices rise where a contract is renewed.
    pub renewal_increase: Option<Amount>,
    /// Number of the request, for the file memo.
    pub number: Option<String>,
    /// Whether certified cost or pricing data were required.
    pub cost_data_required: Option<bool>,
    /// The exception by which they were not required and its ground, or how far they were relied on.
    pub cost_data: Option<String>,
    /// Directions from above that move the outcome, and by how much; `none` where there are none.
    pub direction: Option<String>,
    /// What is bought, in file order.
    pub items: Vec<Item>,
    /// Scenarios of quantity besides "as asked", in file order.
    pub scenarios: Vec<Scenario>,
    /// Quotes and terms, one for each supplier, in file order.
    pub quotes: Vec<Quote>,
}

/// What a leg costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adder {
    /// Money of the deal per order.
    Money(Amount),
    /// A share of the supplier's goods without tax, as customs values them: 0.03 for `3 %`.
    Share(Amount),
}

impl Adder {
    /// Reads `80` or `3 %`; `None` for anything else, and for less than 0.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let adder = match text.strip_suffix('%') {
            Some(percent) => Self::Share(parse_amount(percent.trim()).ok()? / Amount::ONE_HUNDRED),
            None => Self::Money(parse_amount(text).ok()?),
        };
        let (Self::Money(amount) | Self::Share(amount)) = adder;
        (amount >= Amount::ZERO).then_some(adder)
    }
}

/// One `[[item]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its id; matched to code or title of quotes.
    pub id: String,
    /// What it is.
    pub name: Option<String>,
    /// How many units are needed.
    pub quantity: Amount,
    /// The unit.
    pub per: Per,
    /// Other units in which it is quoted, and how many item units are in one of each.
    pub units: Vec<(Per, Amount)>,
    /// Further names of it in quotes.
    pub names: Vec<String>,
    /// What it should cost, per unit (G7).
    pub should_cost: Option<ShouldCost>,
    /// Price of the last contract, per unit, deal currency.
    pub last_price: Option<Amount>,
    /// How the last price moved since (G14).
    pub index: Option<Index>,
    /// Market evidence, per unit of the item.
    pub market: Option<ItemMarket>,
}

impl Item {
    /// Everything that it is called in quotes.
    pub fn all_names(&self) -> impl Iterator<Item = &str> {
        let names = self.names.iter().map(String::as_str);
        std::iter::once(self.id.as_str()).chain(self.name.as_deref()).chain(names)
    }
}

/// A should-cost per unit in parts: `material`, `labour`, `machine`, `overhead`, `margin`; one part
/// called `total` where only the sum is stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShouldCost(pub Vec<(&'static str, Amount)>);

impl ShouldCost {
    /// The sum of the parts.
    pub fn total(&self) -> Amount {
        self.0.iter().map(|(_, amount)| *amount).sum()
    }
}

/// An index clause: `fixed` plus weighted series (G14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Share that does not move.
    pub fixed: Amount,
    /// The series.
    pub parts: Vec<IndexPart>,
}

impl Index {
    /// What a price of then is now: `price * (fixed + sum of weight * now / then)` (G14).
    pub fn moved(&self, price: Amount) -> Option<Amount> {
        let part = |sum: Amount, part: &IndexPart| {
            let now = part.weight.checked_mul(part.now)?.checked_div(part.then)?;
            sum.checked_add(now)
        };
        let factor = self.parts.iter().try_fold(self.fixed, part)?;
        price.checked_mul(factor)
    }
}

/// One series of an index clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexPart {
    /// Its exact name.
    pub series: String,
    /// Its share.
    pub weight: Amount,
    /// Its value at the last contract.
    pub then: Amount,
    /// Its value now.
    pub now: Amount,
}

/// Which evidence is the market of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemMarket {
    /// Id of a `[[source]]`.
    pub source: String,
    /// Which of its rows.
    pub conditions: Vec<Condition>,
}

/// One `[[scenario]]` of quantity.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Factor on every quantity that is not named.
    pub factor: Amount,
    /// Quantities by item id.
    pub quantity: BTreeMap<String, Amount>,
}

/// One `[[quote]]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Quote {
    /// Who quotes.
    pub supplier: String,
    /// The terms.
    pub terms: Terms,
    /// Charges beside the goods, in file order.
    pub charges: Vec<Charge>,
    /// Prices, in file order.
    pub lines: Vec<Line>,
}

/// Terms of one supplier. What nobody says is absent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Terms {
    /// Currency of every amount of the quote.
    pub currency: Option<Currency>,
    /// Date of the quote.
    pub date: Option<Date>,
    /// Last day on which it holds.
    pub valid_until: Option<Date>,
    /// Rule of delivery.
    pub incoterm: Option<Incoterm>,
    /// Days until payment is due.
    pub payment_days: Option<u32>,
    /// Discount for early payment, a share.
    pub early_discount: Option<Amount>,
    /// Days within which it is given.
    pub early_days: Option<u32>,
    /// Days from order to delivery.
    pub lead_time_days: Option<u32>,
    /// Least value of the goods of an order, quote currency.
    pub minimum_value: Option<Amount>,
    /// Discount on goods, a share.
    pub discount: Option<Amount>,
    /// Tax rate, a share.
    pub tax: Option<Amount>,
    /// Whether prices hold the tax.
    pub tax_included: Option<bool>,
    /// Whether we recover the tax.
    pub tax_recoverable: Option<bool>,
    /// Freight per order, quote currency.
    pub freight: Option<Amount>,
    /// Share of units that are not good (G1).
    pub rejects: Option<Amount>,
    /// Inspection and the like per order, deal currency.
    pub quality_cost: Option<Amount>,
    /// What changing to this supplier costs, deal currency.
    pub switching_cost: Option<Amount>,
    /// Whether it supplies us now.
    pub incumbent: Option<bool>,
    /// Length of the contract.
    pub term_months: Option<u32>,
    /// What the price does not hold.
    pub exclusions: Vec<String>,
    /// Whether it is an engineer's estimate: a reference and no bid.
    pub reference: Option<bool>,
    /// What legs cost for this supplier.
    pub adders: BTreeMap<Leg, Adder>,
    /// Where the terms stand.
    pub source: Option<String>,
    /// Its systems (purchasing, estimating, accounting) that were considered; `none` where none was.
    pub systems: Option<String>,
    /// What was agreed in the end.
    pub agreed: Option<Agreed>,
}

/// `[quote.agreed]`: how talks with a supplier ended, for the file memo.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agreed {
    /// The total agreed, like for like, in the currency of the deal.
    pub amount: Option<Amount>,
    /// Why it differs from our objective.
    pub because: Option<String>,
    /// The profit or fee agreed.
    pub profit: Option<String>,
}

/// One `[[quote.charge]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// What for.
    pub name: String,
    /// How much, quote currency.
    pub amount: Amount,
    /// Months between instalments; absent: once.
    pub every_months: Option<u32>,
}

/// One `[[quote.line]]`: a price as quoted.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Id of the item.
    pub item: String,
    /// Price per `per`, below every break.
    pub price: Amount,
    /// What the price is per; absent: the unit of the item.
    pub per: Option<Per>,
    /// Item units in one `per`.
    pub pack: Option<Amount>,
    /// Least quantity of an order, in `per`.
    pub minimum: Option<Amount>,
    /// Quantities come in multiples of this, in `per`.
    pub multiple: Option<Amount>,
    /// Prices from a quantity on, in rising order.
    pub breaks: Vec<Break>,
    /// How breaks count.
    pub scheme: Scheme,
    /// Whether the price holds what is asked.
    pub scope: Scope,
}

/// A price from a quantity on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Break {
    /// From this quantity, in the unit of the price.
    pub from: Amount,
    /// The price.
    pub price: Amount,
}

/// How quantity breaks count (G2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scheme {
    /// The price of the tier holds for all units.
    #[default]
    AllUnits,
    /// The price of a tier holds for the units within it.
    Incremental,
}

impl Scheme {
    /// The words of a deal file.
    pub const WORDS: [(&'static str, Self); 2] =
        [("all-units", Self::AllUnits), ("incremental", Self::Incremental)];
}

/// Whether a price holds what is asked (G8).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// It does.
    #[default]
    Included,
    /// It does not.
    Excluded,
    /// It is not clear.
    Unclear,
}

impl Scope {
    /// The words of a deal file.
    pub const WORDS: [(&'static str, Self); 3] =
        [("included", Self::Included), ("excluded", Self::Excluded), ("unclear", Self::Unclear)];
}
