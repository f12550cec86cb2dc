//! What one line costs at one quantity: the order quantity, the tier, and every step to a unit price
//! like for like (`science.md` G1, G2).

use super::decimal::{in_multiples, kept, over, sum, times};
use super::terms::pipeline_share;
use super::{Comparison, Cost, Factors, Payment, Quoted};
use crate::deal::{Break, Scheme};
use haggle_quantity::Amount;

/// Why there is no cost where a quantity cannot be held exactly.
pub(super) const TOO_MANY: &str = "its quantities are too large to be computed exactly";

/// What a line needs beside its price.
#[derive(Clone, Copy)]
pub(super) struct Need<'a> {
    /// Good units of the item.
    pub(super) quantity: Amount,
    pub(super) factors: &'a Factors,
    /// Yearly cost of holding goods, if stated.
    pub(super) holding: Option<Amount>,
}

/// The least cost of a line: as much as is needed, or up to a later break where that is cheaper.
///
/// # Errors
/// Why there is no cost, with the way out.
pub(super) fn cost(quoted: &Quoted, need: Need<'_>) -> Result<Cost, String> {
    let pack = quoted.pack.ok_or("nothing says how many units its price is for")?;
    let fits = |cost: Option<Cost>| {
        cost.ok_or_else(|| "its amounts are too large to be computed exactly".to_owned())
    };
    let needed = over(need.quantity, need.factors.good * pack);
    let order = needed.and_then(|needed| Order::new(quoted, needed));
    let order = order.ok_or(TOO_MANY)?;
    let asked = over(need.quantity, pack).ok_or(TOO_MANY)?;
    let within = |quantity: Amount| unpriced(quoted, quantity, asked).is_none();
    if let Some(quotes) = unpriced(quoted, order.least, asked) {
        return Err(format!(
            "{} {} are needed, and it quotes {quotes}: ask for a price of this quantity",
            order.least.normalize(),
            quoted.per
        ));
    }
    let mut best = fits(at(quoted, &order, order.least, need))?;
    for quantity in order.later_breaks(quoted).filter(|quantity| within(*quantity)) {
        if is_dearer(quoted, quantity, &best, need) {
            continue;
        }
        let more = fits(at(quoted, &order, quantity, need))?;
        if more.line < best.line {
            best = more;
        }
    }
    Ok(best)
}

/// Whether more of a line is no cheaper, which shows before all else is computed: its price alone is
/// not below that of less, and what is reckoned on it raises both alike, rounded the same way.
fn is_dearer(quoted: &Quoted, more: Amount, than: &Cost, need: Need<'_>) -> bool {
    let (Some((.., gross)), Some((.., less))) =
        (priced(quoted, more), priced(quoted, than.ordered))
    else {
        return false;
    };
    let factors = need.factors;
    let shares = [
        quoted.discount.map_or(factors.discount, |share| Amount::ONE - share),
        factors.tax,
        factors.payment.factor,
        factors.leg_share,
        factors.pipeline.unwrap_or_default(),
        need.holding.unwrap_or_default(),
    ];
    gross >= less && shares.iter().all(|share| *share >= Amount::ZERO)
}

impl Comparison {
    /// A line as asked, in the currency of the quote and by the quote alone: every unit is good, and
    /// nothing of ours counts. It is what its supplier would reckon.
    pub(super) fn as_quoted(&self, item: usize, supplier: usize) -> Option<Cost> {
        let own = self.suppliers.get(supplier)?.factors.as_ref()?;
        let plain = Factors {
            discount: own.discount,
            tax: Amount::ONE,
            rate: None,
            payment: Payment { days: None, early: false, factor: Amount::ONE },
            legs: Vec::new(),
            leg_share: Amount::ZERO,
            pipeline: None,
            good: Amount::ONE,
        };
        let need =
            Need { quantity: self.items.get(item)?.quantity, factors: &plain, holding: None };
        cost(self.quoted(item, supplier)?, need).ok()
    }
}

/// What is quoted instead, in words, where there is no price for a quantity. A price of one quantity
/// alone holds for this quantity, and for what is asked where that is it: rejects come on top.
/// Between whole numbers nothing is left open: after 9 comes 10.
pub(super) fn unpriced(quoted: &Quoted, ordered: Amount, asked: Amount) -> Option<String> {
    let tier = quoted.breaks.iter().take_while(|it| it.from <= ordered).count();
    let range = quoted.ranges.get(tier)?;
    let to = range.to?;
    if to == range.from {
        let other = to != ordered && to != asked;
        return other.then(|| format!("a price for {} alone", to.normalize()));
    }
    let next = quoted.ranges.get(tier + 1).filter(|_| ordered > to);
    match next {
        None => (ordered > to).then(|| format!("up to {}", to.normalize())),
        Some(next) => (next.from.checked_sub(to)? > Amount::ONE)
            .then(|| format!("up to {} and again from {}", to.normalize(), next.from.normalize())),
    }
}

/// Quantities in the unit of the price.
struct Order {
    needed: Amount,
    least: Amount,
}

impl Order {
    fn new(quoted: &Quoted, needed: Amount) -> Option<Self> {
        let least = needed.max(quoted.minimum.unwrap_or_default());
        Some(Self { needed, least: raised(quoted, least)? })
    }

    /// Where buying up may pay. In an incremental scheme more never costs less.
    fn later_breaks<'q>(&self, quoted: &'q Quoted) -> impl Iterator<Item = Amount> + 'q {
        let least = self.least;
        let all_units = quoted.scheme == Scheme::AllUnits;
        let later = quoted.breaks.iter().filter(move |it| all_units && it.from > least);
        later.filter_map(|it| raised(quoted, it.from))
    }
}

fn raised(quoted: &Quoted, quantity: Amount) -> Option<Amount> {
    match quoted.multiple {
        Some(multiple) => in_multiples(quantity, multiple),
        None => Some(quantity),
    }
}

/// Every step of a line at one order quantity.
fn at(quoted: &Quoted, order: &Order, ordered: Amount, need: Need<'_>) -> Option<Cost> {
    let factors = need.factors;
    let (tier, price, gross) = priced(quoted, ordered)?;
    let discount = quoted.discount.map_or(factors.discount, |share| Amount::ONE - share);
    let goods = times(gross, discount)?;
    let common = factors.common(goods)?;
    let paid = times(common, factors.payment.factor)?;
    let legs = times(common, factors.leg_share)?;
    let own_lead = quoted.lead_time_days.zip(need.holding);
    let on_the_way = match own_lead {
        Some((days, holding)) => pipeline_share(holding, days),
        None => factors.pipeline,
    };
    let pipeline = times(common, on_the_way.unwrap_or_default())?;
    let holding = holding(common, ordered, order.needed, need.holding.unwrap_or_default())?;
    let line = sum([paid, legs, pipeline, holding])?;
    let unit = over(line, need.quantity)?;
    let (needed, least) = (order.needed, order.least);
    Some(Cost {
        needed,
        least,
        ordered,
        tier,
        price,
        goods,
        common,
        paid,
        legs,
        pipeline,
        holding,
        line,
        unit,
    })
}

/// Half the yearly holding cost of what is bought beyond need: it is used up evenly over a year (G2).
fn holding(common: Amount, ordered: Amount, needed: Amount, rate: Amount) -> Option<Amount> {
    if rate.is_zero() || ordered <= needed {
        return Some(Amount::ZERO);
    }
    let excess = (ordered - needed).checked_div(ordered)?;
    times(common.checked_mul(excess)?, rate.checked_div(Amount::TWO)?)
}

/// The tier of a quantity, its price, and the sum before discount.
fn priced(quoted: &Quoted, ordered: Amount) -> Option<(usize, Amount, Amount)> {
    let tier = quoted.breaks.iter().take_while(|it| it.from <= ordered).count();
    let price = match tier.checked_sub(1) {
        Some(at) => quoted.breaks.get(at)?.price,
        None => quoted.price,
    };
    match quoted.scheme {
        Scheme::AllUnits => Some((tier, price, times(price, ordered)?)),
        Scheme::Incremental => {
            let gross = stepped(quoted.price, quoted.breaks.get(..tier)?, ordered)?;
            Some((tier, over(gross, ordered)?, gross))
        }
    }
}

/// Each tier's price for the units within it.
fn stepped(first: Amount, breaks: &[Break], ordered: Amount) -> Option<Amount> {
    let (mut gross, mut price, mut from) = (Amount::ZERO, first, Amount::ZERO);
    for next in breaks {
        gross = gross.checked_add(price.checked_mul(next.from - from)?)?;
        (price, from) = (next.price, next.from);
    }
    Some(kept(gross.checked_add(price.checked_mul(ordered - from)?)?))
}
