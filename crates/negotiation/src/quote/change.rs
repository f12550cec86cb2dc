//! What changed between two comparisons in one scenario, each change split into parts that add up.

use haggle_quantity::Amount;
use std::collections::{BTreeMap, BTreeSet};

/// One comparison in one scenario, as somebody stated it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing {
    /// Suppliers by id.
    pub bidders: BTreeMap<String, Bidder>,
    /// The best single award.
    pub single: Option<Placed>,
    /// The best mixed award.
    pub mixed: Option<Placed>,
}

/// One supplier of a standing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bidder {
    /// Its name.
    pub name: String,
    /// Its state in a word: `counts`, `expired` ...
    pub state: String,
    /// Its place, if it has one.
    pub rank: Option<u64>,
    /// Its total, if it is complete.
    pub total: Option<Amount>,
    /// Its lines that have a cost, by item.
    pub lines: BTreeMap<String, LineCost>,
    /// Parts of its order cost by name.
    pub order: BTreeMap<String, Amount>,
    /// What fills its gaps.
    pub plugs: Amount,
}

impl Bidder {
    /// A line that is in its total.
    fn counted(&self, item: &str) -> Option<&LineCost> {
        self.lines.get(item).filter(|line| line.counted)
    }
}

/// What a line costs, in the steps that a change is split by.
#[derive(Debug, Clone, PartialEq)]
pub struct LineCost {
    /// Item units that are asked for.
    pub quantity: Amount,
    /// Its goods in the currency of the quote, after discount.
    pub goods: Amount,
    /// That currency.
    pub currency: String,
    /// The rate from it to the currency of the comparison; 1 where it is the same.
    pub rate: Amount,
    /// Its cost like for like.
    pub line: Amount,
    /// Whether it is in the total of its supplier.
    pub counted: bool,
    /// Whether it counts, in a word.
    pub state: String,
}

/// An award as stated.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Placed {
    /// Its total.
    pub total: Amount,
    /// Supplier by item.
    pub by_item: BTreeMap<String, String>,
}

/// Why a line costs something else, in the order in which a change is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Another quantity at the old cost of a unit.
    Quantity,
    /// Another price: of the quote, of a tier, after discount, or of another pack.
    Price,
    /// Another exchange rate.
    Rate,
    /// Everything else that is the same for a quote: tax, payment, legs, time on the way.
    Terms,
    /// The quote is in another currency: its price and the rate cannot be kept apart.
    Currency,
}

impl Cause {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Quantity => "quantity",
            Self::Price => "price",
            Self::Rate => "rate",
            Self::Terms => "terms",
            Self::Currency => "currency of the quote",
        }
    }
}

/// What one part of a total does to it.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// A line that was not there, with its cost.
    Came(String),
    /// A line that is there no more.
    Went(String),
    /// A line that costs something else, and why; the causes add up.
    Line(String, Vec<(Cause, Amount)>),
    /// A line that another supplier is given: item, before, after.
    Given(String, String, String),
    /// A part of an order cost: supplier, where it is not of one alone, and name.
    Order(Option<String>, String),
    /// What fills gaps.
    Plugs,
    /// What does not follow from the lines and orders that are stated.
    Unexplained,
}

/// A total that moved, or a supplier that came, went or is placed otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    /// Id of the supplier; `single` or `mixed` for an award.
    pub id: String,
    /// What it was and is.
    pub total: [Option<Amount>; 2],
    /// Parts of the change, which add up to it where both totals are known.
    pub parts: Vec<(Piece, Amount)>,
}

/// What changed for every supplier, in the order of their ids; nothing for those that stand as they
/// stood.
pub fn suppliers(old: &Standing, new: &Standing) -> Vec<Shift> {
    let ids: BTreeSet<&String> = old.bidders.keys().chain(new.bidders.keys()).collect();
    let none = Bidder::default();
    let shift = |id: &String| {
        let (was, is) = (old.bidders.get(id), new.bidders.get(id));
        if was == is {
            return None;
        }
        let [was, is] = [was, is].map(|it| it.unwrap_or(&none));
        Some(Shift { id: id.clone(), total: [was.total, is.total], parts: parts(was, is) })
    };
    ids.into_iter().filter_map(shift).collect()
}

/// Parts of the change of a supplier's total. Lines outside its total have none.
fn parts(was: &Bidder, is: &Bidder) -> Vec<(Piece, Amount)> {
    let items: BTreeSet<&String> = was.lines.keys().chain(is.lines.keys()).collect();
    let line = |item: &String| line_piece(item, was.counted(item), is.counted(item));
    let mut parts: Vec<(Piece, Amount)> = items.into_iter().filter_map(line).collect();
    parts.extend(order_pieces(None, &was.order, &is.order));
    if was.plugs != is.plugs {
        parts.push((Piece::Plugs, is.plugs - was.plugs));
    }
    if let (Some(was), Some(is)) = (was.total, is.total) {
        parts.extend(rest(is - was, &parts));
    }
    parts
}

/// What of a change its parts do not explain.
fn rest(change: Amount, parts: &[(Piece, Amount)]) -> Option<(Piece, Amount)> {
    let rest = change - parts.iter().map(|(_, by)| *by).sum::<Amount>();
    (!rest.is_zero()).then_some((Piece::Unexplained, rest))
}

fn line_piece(
    item: &str,
    was: Option<&LineCost>,
    is: Option<&LineCost>,
) -> Option<(Piece, Amount)> {
    let item = item.to_owned();
    match (was, is) {
        (Some(was), Some(is)) if was.line == is.line => None,
        (Some(was), Some(is)) => Some((Piece::Line(item, causes(was, is)), is.line - was.line)),
        (Some(was), None) => Some((Piece::Went(item), -was.line)),
        (None, is) => Some((Piece::Came(item), is?.line)),
    }
}

fn order_pieces(
    of: Option<&str>,
    was: &BTreeMap<String, Amount>,
    is: &BTreeMap<String, Amount>,
) -> Vec<(Piece, Amount)> {
    let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let amount = |map: &BTreeMap<String, Amount>, name| map.get(name).copied().unwrap_or_default();
    let each = names.into_iter().map(|name| {
        let piece = Piece::Order(of.map(str::to_owned), name.clone());
        (piece, amount(is, name) - amount(was, name))
    });
    each.filter(|(_, by)| !by.is_zero()).collect()
}

/// Why a line costs something else: quantity at the old cost of a unit, then price, then rate, and
/// the terms are what is left, so that the causes add up exactly.
fn causes(was: &LineCost, is: &LineCost) -> Vec<(Cause, Amount)> {
    let change = is.line - was.line;
    let alike = was.currency == is.currency;
    let mut found = vec![(Cause::Quantity, quantity(was, is))];
    if alike {
        found.push((Cause::Price, price(was, is)));
        found.push((Cause::Rate, rate(was, is)));
    }
    let known: Vec<(Cause, Amount)> = found
        .into_iter()
        .filter_map(|(cause, by)| Some((cause, by?.round_dp(haggle_quantity::AMOUNT_SCALE))))
        .collect();
    let left = change - known.iter().map(|(_, by)| *by).sum::<Amount>();
    let last = if alike { Cause::Terms } else { Cause::Currency };
    let all = known.into_iter().chain([(last, left)]);
    all.filter(|(_, by)| !by.is_zero()).collect()
}

fn quantity(was: &LineCost, is: &LineCost) -> Option<Amount> {
    (is.quantity - was.quantity).checked_mul(was.line.checked_div(was.quantity)?)
}

/// The new goods against the same quantity at the old price, at the old cost of a unit of goods.
fn price(was: &LineCost, is: &LineCost) -> Option<Amount> {
    let before = was.goods.checked_mul(is.quantity)?.checked_div(was.quantity)?;
    (is.goods - before).checked_mul(was.line.checked_div(was.goods)?)
}

fn rate(was: &LineCost, is: &LineCost) -> Option<Amount> {
    let cost = is.goods.checked_mul(was.line.checked_div(was.goods)?)?;
    cost.checked_mul((is.rate - was.rate).checked_div(was.rate)?)
}

/// What changed of the awards, `single` before `mixed`; nothing where an award is as it was.
pub fn awards(old: &Standing, new: &Standing) -> Vec<Shift> {
    let of = |id: &str, was: &Option<Placed>, is: &Option<Placed>| {
        let parts = match (was, is) {
            (Some(was), Some(is)) => award_parts((old, was), (new, is)),
            _ => Vec::new(),
        };
        let total = [was, is].map(|it| it.as_ref().map(|it| it.total));
        (was != is).then(|| Shift { id: id.to_owned(), total, parts })
    };
    let single = of("single", &old.single, &new.single);
    single.into_iter().chain(of("mixed", &old.mixed, &new.mixed)).collect()
}

fn award_parts(
    (old, was): (&Standing, &Placed),
    (new, is): (&Standing, &Placed),
) -> Vec<(Piece, Amount)> {
    let items: BTreeSet<&String> = was.by_item.keys().chain(is.by_item.keys()).collect();
    let line = |item: &String| {
        let (from, to) = (was.by_item.get(item), is.by_item.get(item));
        let [before, after] = [(old, from), (new, to)]
            .map(|(standing, by)| standing.bidders.get(by?)?.lines.get(item));
        match (from, to) {
            (Some(from), Some(to)) if from != to => {
                let piece = Piece::Given(item.clone(), from.clone(), to.clone());
                Some((piece, after?.line - before?.line))
            }
            _ => line_piece(item, before, after),
        }
    };
    let mut parts: Vec<(Piece, Amount)> = items.into_iter().filter_map(line).collect();
    parts.extend(award_orders((old, was), (new, is)));
    let left = rest(is.total - was.total, &parts);
    parts.extend(left);
    parts
}

/// Order costs of the suppliers of an award that came, went or cost something else.
fn award_orders(
    (old, was): (&Standing, &Placed),
    (new, is): (&Standing, &Placed),
) -> Vec<(Piece, Amount)> {
    let none = BTreeMap::new();
    let used: BTreeSet<&String> = was.by_item.values().chain(is.by_item.values()).collect();
    let pieces = |by: &String| {
        let [before, after] = [(old, was), (new, is)].map(|(standing, placed)| {
            let used = placed.by_item.values().any(|it| it == by);
            let bidder = standing.bidders.get(by).filter(|_| used);
            bidder.map_or(&none, |it| &it.order)
        });
        order_pieces(Some(by), before, after)
    };
    used.into_iter().flat_map(pieces).collect()
}
