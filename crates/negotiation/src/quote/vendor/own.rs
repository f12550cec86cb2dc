//! What is said to a vendor or written for it, in its own terms: made from its quote and the
//! proposal, never from what others quote or what it costs us.

use super::asks::Ask;
use super::deal::public;
use super::ground::Ground;
use super::say::Saying;
use crate::brief::{Brief, OwnTerms, PrepareError, prepare};
use crate::deal::{Deal, as_f64};
use crate::figure::{Figure, Unit};
use crate::quote::decimal::{over, percent, sum, times, written};
use haggle_quantity::Amount;
use std::collections::BTreeMap;

/// Digits of a proposal: more would give away what it is computed from.
const DIGITS: i32 = 3;

/// Where the figure of a proposal comes from, for the vendor's eyes.
const STATED: &str = "our proposal, as stated";

/// The proposal for the goods of a quote.
struct Proposal {
    /// Goods as quoted for what is asked, where the quote alone says it.
    goods: Option<Amount>,
    /// What we propose for them.
    then: Option<Amount>,
    /// Share less.
    less: Amount,
}

impl Proposal {
    /// A total like for like, as the vendor hears it; `None` where no price of goods reaches it.
    fn of(ground: &Ground<'_>, total: Amount) -> Option<Self> {
        let less = over(ground.offer.checked_sub(total)?, ground.goods)?;
        let less = less.max(Amount::ZERO);
        if less >= Amount::ONE {
            return None;
        }
        let goods = ground.invoiced().filter(|goods| *goods > Amount::ZERO);
        let Some(goods) = goods else {
            return Some(Self { goods: None, then: None, less: less.round_dp(DIGITS as u32) });
        };
        let then = rounded(times(goods, Amount::ONE - less)?)?.min(goods);
        let less = over(goods - then, goods)?.round_dp(DIGITS as u32);
        Some(Self { goods: Some(goods), then: Some(then), less })
    }

    fn words(&self, ground: &Ground<'_>) -> String {
        let Some((goods, then)) = self.goods.zip(self.then) else {
            return format!("{} off the prices of your quote", percent(self.less));
        };
        let amount = |it: Amount| Brief::amount(as_f64(it.round_dp(2)));
        let currency = ground.currency();
        if then == goods {
            return format!("{currency} {} for the goods, as you quote them", amount(goods));
        }
        format!(
            "{currency} {} for the goods, {} less than the {} of your quote",
            amount(then),
            percent(self.less),
            amount(goods)
        )
    }
}

/// An amount with so many digits that people say it.
fn rounded(amount: Amount) -> Option<Amount> {
    if amount <= Amount::ZERO {
        return Some(Amount::ZERO);
    }
    let size = libm::floor(libm::log10(as_f64(amount))) as i32 + 1;
    match u32::try_from(DIGITS - size) {
        Ok(digits) => Some(amount.round_dp(digits)),
        Err(_) => {
            let step = written(libm::pow(10.0, f64::from(size - DIGITS)))?;
            over(amount, step)?.round().checked_mul(step)
        }
    }
}

/// Everything for the vendor, beside the plan.
pub(super) fn terms(
    deal: &Deal,
    ground: &Ground<'_>,
    markets: &BTreeMap<usize, Brief>,
    (brief, asks, arguments): (&Brief, &[Ask], &[Saying]),
) -> Result<OwnTerms, PrepareError> {
    let opening = asks.iter().find(|it| it.figure == "anchor").map(|it| it.total);
    let opening = opening.and_then(|total| Proposal::of(ground, total));
    let proposal = opening.as_ref().map(|it| format!("{}{}", it.words(ground), beside(ground)));
    let steps = brief.headline.concessions.iter().filter_map(|id| step(ground, brief, id));
    Ok(OwnTerms {
        steps: steps.collect(),
        arguments: arguments.iter().map(|it| it.text.clone()).collect(),
        shared: Some(Box::new(shared(deal, ground, markets, opening.as_ref(), &proposal)?)),
        proposal,
    })
}

/// What the proposal does not speak of: lines that are not negotiated, freight and charges.
fn beside(ground: &Ground<'_>) -> String {
    let lines = match ground.alone.is_empty() {
        true => String::new(),
        false => format!(", for {}", ground.names(&ground.lines).join(", ")),
    };
    format!("{lines}, before freight and charges")
}

fn step(ground: &Ground<'_>, brief: &Brief, id: &str) -> Option<(String, String)> {
    let figure = brief.figures.get(id)?;
    let printed = figure.printed.as_ref().and_then(|it| Amount::from_str_exact(it).ok());
    let total = printed.or_else(|| written(figure.value))?;
    Some((figure.label.clone(), Proposal::of(ground, total)?.words(ground)))
}

/// The brief for the vendor's eyes: planned from public evidence alone, with the proposal as it is
/// spoken.
fn shared(
    deal: &Deal,
    ground: &Ground<'_>,
    markets: &BTreeMap<usize, Brief>,
    opening: Option<&Proposal>,
    words: &Option<String>,
) -> Result<Brief, PrepareError> {
    let (deal, evidence) = public(deal, ground, markets);
    let mut brief = prepare(&deal, &evidence)?;
    brief.headline.anchor = None;
    let mut brief = brief.shareable();
    if let Some(then) = opening.and_then(|it| it.then) {
        let unit = Unit::Money(format!("{}/{}", ground.currency(), ground.comparison.per));
        let label = "our proposal for the goods, in the terms of your quote";
        let figure = Figure::assumed(label, as_f64(then), unit, STATED);
        brief.figures.add("proposal", figure.with_printed(then.normalize().to_string()));
    }
    brief.own_terms = Some(OwnTerms { proposal: words.clone(), ..OwnTerms::default() });
    Ok(brief)
}

impl Ground<'_> {
    /// What the vendor would invoice for the goods asked for, by its quote alone: no rejects, no
    /// cost of holding, nothing of ours. `None` where it does not say.
    pub(super) fn invoiced(&self) -> Option<Amount> {
        sum(self.lines.iter().map(|item| self.comparison.invoiced(*item, self.supplier)).collect::<Option<Vec<_>>>()?)
    }

    /// The same in the currency of the comparison, tax out or in as it counts here.
    pub(super) fn said(&self) -> Option<Amount> {
        self.own().factors.as_ref()?.common(self.invoiced()?)
    }
}
