//! Our proposal for the vendor's eyes, in the terms of its own quote: prices per its own unit in its
//! own currency. Nothing like for like has a place in it: what our side adds is ours.

use super::NegotiateError;
use super::asks::Ask;
use super::ground::Ground;
use super::references::percentile;
use crate::brief::Brief;
use crate::deal::Scheme;
use crate::quote::decimal::{over, sum, times};
use crate::quote::{Cost, Quoted};
use haggle_quantity::{Amount, Currency, Date, Per};
use std::collections::BTreeMap;

/// What we propose to a vendor.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// What the deal is called.
    pub title: String,
    /// The day that it speaks for.
    pub as_of: Date,
    /// The vendor.
    pub vendor: String,
    /// Currency of its quote.
    pub currency: Currency,
    /// Share by which its prices become cheaper, to a tenth of a per cent.
    pub discount: Amount,
    /// The discount that its quote grants already, on its prices as before.
    pub granted: Option<Amount>,
    /// The lines.
    pub lines: Vec<ProposedLine>,
    /// Goods of these lines as quoted, after the discount granted, before freight, charges and tax.
    pub goods: Amount,
    /// The same at the prices proposed.
    pub goods_then: Amount,
}

/// One line in the vendor's own unit.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedLine {
    /// Name of the item.
    pub item: String,
    /// How many of its units are ordered.
    pub quantity: Amount,
    /// Its unit.
    pub per: Per,
    /// Item units in one of its units, where that is not one.
    pub pack: Option<(Amount, Per)>,
    /// Its price at that quantity; of an incremental scheme the mean price.
    pub price: Amount,
    /// The price proposed, to as many digits as its own.
    pub then: Amount,
    /// The middle of the market per item unit, where its evidence is public and below the price.
    pub market: Option<MarketPrice>,
}

/// The middle of a public market.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketPrice {
    /// Per item unit, in the currency of the market's table.
    pub amount: Amount,
    /// That currency.
    pub currency: Currency,
    /// The item unit.
    pub per: Per,
    /// Its publisher or name.
    pub source: String,
}

/// Digits of a discount: a tenth of a per cent.
pub(super) const SHARE_DIGITS: u32 = 3;
/// Digits of a mean price.
const MEAN_DIGITS: u32 = 4;

/// The opening as a proposal.
///
/// # Errors
/// In words, why there is nothing to propose.
pub(super) fn proposal(
    ground: &Ground<'_>,
    brief: &Brief,
    asks: &[Ask],
    markets: &BTreeMap<usize, Brief>,
) -> Result<Proposal, String> {
    let discount = discount(brief, asks)?;
    let (comparison, own) = (ground.comparison, ground.own());
    let mut found = Vec::new();
    for item in ground.lines.iter().copied() {
        let line = proposed(ground, item, discount, markets);
        found.push(line.ok_or_else(|| {
            format!("{}: its quote alone gives no price of it", comparison.items[item].name)
        })?);
    }
    let goods = sum(found.iter().map(|(_, cost)| cost.goods));
    let goods_then = found.iter().map(after).collect::<Option<Vec<_>>>().and_then(sum);
    let (goods, goods_then) =
        goods.zip(goods_then).ok_or_else(|| NegotiateError::TooLarge.to_string())?;
    Ok(Proposal {
        title: comparison.title.clone(),
        as_of: comparison.as_of,
        vendor: own.name.clone(),
        currency: ground.currency(),
        discount,
        granted: own.terms.discount,
        lines: found.into_iter().map(|(line, _)| line).collect(),
        goods,
        goods_then,
    })
}

/// The discount of the opening.
fn discount(brief: &Brief, asks: &[Ask]) -> Result<Amount, &'static str> {
    let opening = asks.iter().find(|ask| ask.name == "opening");
    let opening = opening.ok_or_else(|| match brief.figures.get("anchor") {
        None => "no opening follows from this deal",
        Some(_) => "no price of its goods reaches the opening",
    })?;
    let discount = opening.discount.round_dp(SHARE_DIGITS);
    if discount <= Amount::ZERO {
        return Err("the opening asks for no less than is quoted");
    }
    Ok(discount)
}

/// A line as proposed, and what it costs by the quote alone: what it costs us, and how many units
/// would be no good, is none of their business.
fn proposed(
    ground: &Ground<'_>,
    item: usize,
    discount: Amount,
    markets: &BTreeMap<usize, Brief>,
) -> Option<(ProposedLine, Cost)> {
    let quoted = ground.comparison.quoted(item, ground.supplier)?;
    let cost = ground.comparison.as_quoted(item, ground.supplier)?;
    let unit = ground.own().factors.as_ref()?.common(cost.unit)?;
    // A market that argues for them is not said.
    let market = markets.get(&item).and_then(|brief| market(ground, item, brief));
    let market = market.filter(|market| market.amount < unit);
    Some((line(ground, item, &cost, quoted, discount, market)?, cost))
}

/// What is kept of a list price after the discount granted, which stays.
fn after((line, cost): &(ProposedLine, Cost)) -> Option<Amount> {
    let kept = over(cost.goods, times(cost.price, cost.ordered)?)?;
    times(line.then.checked_mul(line.quantity)?, kept)
}

fn line(
    ground: &Ground<'_>,
    item: usize,
    cost: &Cost,
    quoted: &Quoted,
    discount: Amount,
    market: Option<MarketPrice>,
) -> Option<ProposedLine> {
    let row = &ground.comparison.items[item];
    let price = match quoted.scheme {
        Scheme::AllUnits => cost.price,
        Scheme::Incremental => cost.price.round_dp(MEAN_DIGITS),
    };
    let digits = price.scale().max(2);
    let pack = quoted.pack.filter(|pack| *pack != Amount::ONE);
    Some(ProposedLine {
        item: row.name.clone(),
        quantity: cost.ordered,
        per: quoted.per.clone(),
        pack: pack.map(|pack| (pack, row.per.clone())),
        price,
        then: times(price, Amount::ONE - discount)?.round_dp(digits),
        market,
    })
}

/// The median of an item's market, as far as anybody may see it.
fn market(ground: &Ground<'_>, item: usize, brief: &Brief) -> Option<MarketPrice> {
    let public = brief.shareable();
    let amount = percentile(&public, "p50")?;
    let named = public.sources.values().map(|it| it.publisher.as_ref().unwrap_or(&it.name).clone());
    Some(MarketPrice {
        amount: Amount::from_str_exact(&Brief::amount(amount).replace(',', "")).ok()?,
        currency: ground.comparison.currency,
        per: ground.comparison.items[item].per.clone(),
        source: named.collect::<Vec<_>>().join(", "),
    })
}
