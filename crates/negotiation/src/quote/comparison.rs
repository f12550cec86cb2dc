//! The result of a comparison: everything that a renderer shows, so that it computes no number.

use super::as_named;
use super::award::{Award, NoAward};
use super::{Grid, Incoterm, Leg, Place};
use crate::brief::Finding;
use crate::deal::{Adder, Break, Charge, Scheme, Scope, Terms};
use haggle_quantity::{Amount, Currency, Date, Per};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Vendor quotes like for like.
///
/// Items and suppliers are numbered as they stand in `items` and `suppliers`; a matrix over both is
/// a [`Grid`]. Money is of the comparison's currency unless said otherwise, exact to twelve digits
/// after the point; rounding is for printing.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What the deal is called.
    pub title: String,
    /// The day that the comparison speaks for.
    pub as_of: Date,
    /// Currency of every total.
    pub currency: Currency,
    /// What a total is per: `lot`.
    pub per: Per,
    /// To what every quote was brought.
    pub basis: Basis,
    /// What is bought.
    pub items: Vec<ItemRow>,
    /// Who quotes, in the order of the deal file, then by name.
    pub suppliers: Vec<Supplier>,
    /// Prices as quoted, by supplier, then item.
    pub quoted: Grid<Option<Quoted>>,
    /// "as asked", then the scenarios of the deal file.
    pub outcomes: Vec<Outcome>,
    /// Rows that took no part, each with its reason.
    pub passed_over: Vec<PassedOver>,
    /// What the rules say, gravest first.
    pub findings: Vec<Finding>,
}

/// To what every quote was brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Basis {
    /// Rule of delivery, where one counts.
    pub incoterm: Option<Incoterm>,
    /// Place of delivery.
    pub place: Option<String>,
    /// Payment term in days, where one counts.
    pub payment_days: Option<u32>,
    /// Yearly rate of present values.
    pub discount_rate: Option<f64>,
    /// Months over which recurring charges count.
    pub horizon_months: Option<u32>,
    /// Yearly cost of holding goods, of their price.
    pub holding_rate: Option<Amount>,
    /// Most suppliers of an award.
    pub max_suppliers: Option<usize>,
    /// Whether gaps are filled for the ranking.
    pub fill_gaps: bool,
    /// Whether expired quotes may be awarded.
    pub include_expired: bool,
    /// Share of filled gaps in a total above which it is not comparable (`plug_max`).
    pub plug_max: f64,
    /// Share below the mean of the others from which a total is abnormally low (`alt_low_bid`).
    pub low_bid: f64,
}

/// One item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemRow {
    /// Its id in the deal file.
    pub id: String,
    /// Its id as part of figure ids.
    pub slug: String,
    /// Its name; its id where none is stated.
    pub name: String,
    /// The unit.
    pub per: Per,
    /// Quantity as asked.
    pub quantity: Amount,
    /// Its should-cost per unit, if stated.
    pub should_cost: Option<Amount>,
    /// Price of the last contract per unit, if stated.
    pub last_price: Option<Amount>,
    /// The last price moved by its index clause (G14), if stated.
    pub indexed_price: Option<Amount>,
}

/// One supplier with its terms and what they do to its prices.
#[derive(Debug, Clone, PartialEq)]
pub struct Supplier {
    /// Its name as first written.
    pub name: String,
    /// Its name as part of figure ids.
    pub slug: String,
    /// Its terms, of the deal file and of its rows.
    pub terms: Terms,
    /// Where each term stands that a row states: key of the deal file to place.
    pub places: BTreeMap<&'static str, Arc<str>>,
    /// Charges beside the goods, as quoted.
    pub charges: Vec<Charge>,
    /// Whether it can be awarded.
    pub state: State,
    /// Why not, or what has to be cleared: one sentence each, with the way out.
    pub reasons: Vec<String>,
    /// What turns its prices into costs; `None` where a conversion is not possible.
    pub factors: Option<Factors>,
    /// What an order costs whatever it holds.
    pub order: Vec<OrderCost>,
    /// The sum of `order`; `None` where a part is not known.
    pub order_total: Option<Amount>,
    /// Least value of its goods, in the currency of the comparison, to be shown: whether it is
    /// reached is decided in the supplier's own currency.
    pub minimum_value: Option<Amount>,
}

/// Whether a supplier, or one of its lines, takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It can be awarded.
    Counts,
    /// No price.
    Gap,
    /// No price; filled for the ranking.
    Filled,
    /// It leaves out what is asked.
    Excluded,
    /// Something has to be asked first; the cost shown may not be the whole.
    Unclear,
    /// It does not hold any more.
    Expired,
    /// An estimate, and no bid.
    Reference,
    /// A conversion is not possible: no cost.
    Stopped,
}

impl State {
    /// The word that people read; empty for what counts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counts => "",
            Self::Gap => "gap",
            Self::Filled => "filled",
            Self::Excluded => "excluded",
            Self::Unclear => "unclear",
            Self::Expired => "expired",
            Self::Reference => "reference",
            Self::Stopped => "stopped",
        }
    }
}

/// Factors that are the same for every line of a supplier, in the order in which they apply.
#[derive(Debug, Clone, PartialEq)]
pub struct Factors {
    /// `1 - discount`.
    pub discount: Amount,
    /// On what the supplier invoices: tax taken out or put in; 1 if neither.
    pub tax: Amount,
    /// The rate from quote currency to that of the comparison; `None` for the same currency.
    pub rate: Option<RateUsed>,
    /// Payment.
    pub payment: Payment,
    /// Legs that the price leaves to us.
    pub legs: Vec<LegCost>,
    /// Sum of the shares of `legs`, of goods as they stand in `common`: the shares are of goods
    /// without our tax, as the customs value is.
    pub leg_share: Amount,
    /// Share of goods for their time on the way: days / 365 * holding rate (G4); `None` if one of
    /// both is not stated.
    pub pipeline: Option<Amount>,
    /// Share of units that are good: `1 - rejects` (G1).
    pub good: Amount,
}

/// An exchange rate as it was used.
#[derive(Debug, Clone, PartialEq)]
pub struct RateUsed {
    /// Currency of the quote.
    pub from: Currency,
    /// Currency of the comparison.
    pub to: Currency,
    /// Units of `to` for one of `from`, exact as stated, or its inverse.
    pub rate: Amount,
    /// Whether the deal states the other direction; then amounts are divided by `stated`.
    pub inverse: bool,
    /// The rate as the deal states it.
    pub stated: Amount,
    /// Its day.
    pub date: Date,
    /// Who published it.
    pub source: Option<String>,
}

/// How a payment term was brought to the reference term (G3).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Payment {
    /// Days on which we pay: of the early discount, or net; `None` where no term counts.
    pub days: Option<u32>,
    /// Whether the early discount is taken.
    pub early: bool,
    /// Factor on what is invoiced, to twelve digits.
    pub factor: Amount,
}

/// A leg that a price leaves to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LegCost {
    /// The leg.
    pub leg: Leg,
    /// What it costs.
    pub adder: Adder,
    /// Whether the quote states it; else `[tender]` does.
    pub own: bool,
}

/// What a part of an order's cost is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrderKind {
    /// Freight that the supplier invoices.
    Freight,
    /// A charge that the supplier invoices.
    Charge,
    /// A leg of the way that its price leaves to us.
    Leg(Leg),
    /// Inspection and the like, on our side.
    Quality,
    /// Changing to this supplier, on our side.
    Switching,
}

impl OrderKind {
    /// Whether the supplier invoices it; else it is ours.
    pub fn is_invoiced(self) -> bool {
        matches!(self, Self::Freight | Self::Charge)
    }
}

/// A part of what an order costs whatever it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderCost {
    /// What it is for.
    pub kind: OrderKind,
    /// What it is called: `freight`, the name of a charge, a leg, `quality`, `switching`.
    pub name: String,
    /// As quoted.
    pub stated: Amount,
    /// Currency of `stated`.
    pub currency: Currency,
    /// Number of instalments; 1 for what is paid once.
    pub instalments: u32,
    /// Like for like.
    pub amount: Amount,
}

/// A price as quoted, with how it meets the item.
#[derive(Debug, Clone, PartialEq)]
pub struct Quoted {
    /// The first price.
    pub price: Amount,
    /// Its currency.
    pub currency: Currency,
    /// What it is per.
    pub per: Per,
    /// Item units in one `per`; `None` where nothing says it.
    pub pack: Option<Amount>,
    /// Least quantity of an order, in `per`.
    pub minimum: Option<Amount>,
    /// Order multiple, in `per`.
    pub multiple: Option<Amount>,
    /// Greatest quantity for which there is a price, in `per`.
    pub maximum: Option<Amount>,
    /// Further prices, in rising order of quantity.
    pub breaks: Vec<Break>,
    /// The quantities of each price, that of the first price first; empty where none of them ends.
    pub ranges: Vec<Range>,
    /// How they count.
    pub scheme: Scheme,
    /// Whether the price holds what is asked.
    pub scope: Scope,
    /// Discount of this line alone, a share; else that of the terms.
    pub discount: Option<Amount>,
    /// Last day on which this line holds, where it is not that of the terms.
    pub valid_until: Option<Date>,
    /// Days to delivery of this line, where they are not those of the terms.
    pub lead_time_days: Option<u32>,
    /// Places that it was read from, that of the first price first, then those of `breaks`; empty
    /// for a line of the deal file.
    pub places: Vec<Place>,
    /// Why it gives no cost whatever the quantity, with the way out.
    pub fault: Option<Arc<str>>,
}

/// The quantities for which a price holds, in the unit of the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The least.
    pub from: Amount,
    /// The greatest; `None` where it has no end. Equal to `from` for a price of one quantity alone.
    pub to: Option<Amount>,
}

/// One scenario: cells, totals, ranking, awards.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Its name: `as asked`, or that of the deal file.
    pub name: String,
    /// Quantity of each item; `None` where it is too large to be computed exactly.
    pub quantities: Vec<Option<Amount>>,
    /// Every line, by item, then supplier.
    pub cells: Grid<Cell>,
    /// Whether somebody who can be awarded quotes the item; else it is outside every total.
    pub in_scope: Vec<bool>,
    /// The supplier with the least line cost, among those that count; of equal ones the first by name.
    pub best: Vec<Option<usize>>,
    /// One for each supplier.
    pub totals: Vec<Total>,
    /// Suppliers that cover every item in scope, cheapest first.
    pub ranking: Vec<Ranking>,
    /// The best award to one supplier.
    pub single: Option<Award>,
    /// The best award to several.
    pub mixed: Option<Award>,
    /// Why there is no award to several, where there is none.
    pub no_award: Option<NoAward>,
}

/// One supplier's line for one item at one quantity.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Whether it takes part.
    pub state: State,
    /// Why not, or what is special, with the way out.
    pub reason: Option<Arc<str>>,
    /// What it costs, where that can be computed.
    pub cost: Option<Cost>,
    /// What fills the gap for the ranking.
    pub plug: Option<Amount>,
    /// How far the unit price lies below the mean of the others, a share, where that is abnormal
    /// (G13; at least three prices).
    pub low: Option<Amount>,
}

/// The steps from a price to what a line costs, as values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// Quantity needed, rejects included, in the unit of the price.
    pub needed: Amount,
    /// Quantity with minimum and multiple.
    pub least: Amount,
    /// Quantity ordered: `least`, or more where a break makes that cheaper.
    pub ordered: Amount,
    /// Number of the price used, from 0: the first price, then the breaks.
    pub tier: usize,
    /// Price used per unit of the price; the mean over tiers where they are incremental.
    pub price: Amount,
    /// Goods in quote currency, as invoiced: price times quantity, less discount.
    pub goods: Amount,
    /// Goods with tax out or in, in the currency of the comparison.
    pub common: Amount,
    /// The same at the reference payment term.
    pub paid: Amount,
    /// Legs that are a share of the goods without tax.
    pub legs: Amount,
    /// Goods on their way (G4).
    pub pipeline: Amount,
    /// Holding what is bought beyond need (G2).
    pub holding: Amount,
    /// What the line costs: `paid + legs + pipeline + holding`.
    pub line: Amount,
    /// `line` per good unit of the item: the unit price like for like.
    pub unit: Amount,
}

/// What a supplier costs in a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// Lines in scope that it quotes, summed.
    pub lines: Amount,
    /// Filled gaps, summed.
    pub plugs: Amount,
    /// Order costs; `None` where not known.
    pub order: Option<Amount>,
    /// `lines + plugs + order`, where every item in scope is quoted or filled.
    pub total: Option<Amount>,
    /// Value of its goods in the currency of the comparison.
    pub goods: Amount,
    /// Items in scope that it quotes.
    pub quoted: usize,
    /// Items in scope that it does not.
    pub missing: Vec<usize>,
    /// Share of filled gaps in the total, where there are any.
    pub plug_share: Option<Amount>,
    /// How far the total lies below the mean of the others, a share, where that is abnormal (G13).
    pub low: Option<Amount>,
    /// Place in the ranking, from 1; totals that are equal to the cent share it.
    pub rank: Option<usize>,
    /// Why it has no place: one sentence.
    pub unranked: Option<String>,
}

/// A place in the ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranking {
    /// Who.
    pub supplier: usize,
    /// Its total.
    pub total: Amount,
    /// What it costs more than the first.
    pub over_best: Amount,
}

/// A row that took no part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// Its place.
    pub place: Arc<str>,
    /// Its supplier.
    pub supplier: Arc<str>,
    /// Its item as written.
    pub item: String,
    /// Why.
    pub reason: String,
}

/// One conversion in words and numbers: what `explain` prints.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What it is: `price`, `rate`, `payment`.
    pub name: &'static str,
    /// Its value.
    pub value: Amount,
    /// Unit of the value: `EUR`, `sheet`, or empty for a factor.
    pub unit: String,
    /// How it came about: `105.00 USD -> 0.9 EUR/USD of 2026-11-20 -> 94.50 EUR`.
    pub text: String,
}

impl Comparison {
    /// The cell of a scenario; `None` where there is no such item, supplier or scenario.
    pub fn cell(&self, scenario: usize, item: usize, supplier: usize) -> Option<&Cell> {
        self.outcomes.get(scenario)?.cells.get(item, supplier)
    }

    /// The price as quoted, if there is one.
    pub fn quoted(&self, item: usize, supplier: usize) -> Option<&Quoted> {
        self.quoted.get(supplier, item)?.as_ref()
    }

    /// The number of the supplier of a name or slug, whatever its case.
    pub fn supplier(&self, name: &str) -> Option<usize> {
        let named = as_named(name);
        let of_name = self.suppliers.iter().position(|s| as_named(&s.name) == named);
        of_name.or_else(|| self.suppliers.iter().position(|s| s.slug == crate::deal::slug(name)))
    }

    /// The number of the item of an id or slug.
    pub fn item(&self, id: &str) -> Option<usize> {
        self.items.iter().position(|i| i.slug == crate::deal::slug(id))
    }
}
