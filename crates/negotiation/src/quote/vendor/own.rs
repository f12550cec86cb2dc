//! What is said to a vendor, in its own terms: made from its quote and the proposal, never from what
//! others quote or what it costs us.

use super::ground::Ground;
use super::proposal::{Proposal, SHARE_DIGITS};
use super::references::ReferenceKind;
use super::say::Saying;
use crate::brief::{Brief, Gravity, OwnTerms};
use crate::quote::decimal::{over, percent, sum, times, written};
use haggle_quantity::{Amount, Currency};

pub(super) fn terms(
    ground: &Ground<'_>,
    brief: &Brief,
    proposal: Option<&Proposal>,
    arguments: &[Saying],
) -> OwnTerms {
    let opening = |it: &Proposal| {
        format!(
            "{} for {}, before freight, charges and tax",
            words(it.discount, it.currency, [it.goods, it.goods_then]),
            ground.lines_words()
        )
    };
    let unsettled = brief.findings.iter().any(|it| it.gravity == Gravity::Error && it.step == 3);
    let holds = |it: &&Saying| !(unsettled && it.kind == Some(ReferenceKind::Market));
    let steps = brief.headline.concessions.iter().filter_map(|id| step(ground, brief, id));
    OwnTerms {
        proposal: proposal.map(opening),
        steps: steps.collect(),
        arguments: arguments.iter().filter(holds).map(|it| it.text.clone()).collect(),
    }
}

/// A discount with what it makes of the goods.
fn words(discount: Amount, currency: Currency, [goods, then]: [Amount; 2]) -> String {
    format!(
        "a discount of {} on your prices: {currency} {} instead of {}",
        percent(discount),
        Brief::money(then),
        Brief::money(goods)
    )
}

/// A step of the plan: what it is, and how the vendor hears it.
fn step(ground: &Ground<'_>, brief: &Brief, id: &str) -> Option<(String, String)> {
    let figure = brief.figures.get(id)?;
    let printed = figure.printed.as_ref().and_then(|it| Amount::from_str_exact(it).ok());
    let total = printed.or_else(|| written(figure.value))?;
    let discount = over(ground.offer.checked_sub(total)?, ground.goods)?.round_dp(SHARE_DIGITS);
    if discount <= Amount::ZERO {
        return Some((figure.label.clone(), "your prices as you quote them".to_owned()));
    }
    let goods = ground.invoiced()?;
    let then = times(goods, Amount::ONE - discount).filter(|then| *then > Amount::ZERO)?;
    Some((figure.label.clone(), words(discount, ground.currency(), [goods, then])))
}

impl Ground<'_> {
    /// The lines in a sentence to the vendor.
    fn lines_words(&self) -> String {
        match self.alone.is_empty() {
            true => "the goods".to_owned(),
            false => format!("the goods of {}", self.names(&self.lines).join(", ")),
        }
    }

    /// What the vendor would invoice for the goods asked for, by its quote alone.
    fn invoiced(&self) -> Option<Amount> {
        let of = |item: &usize| Some(self.comparison.as_quoted(*item, self.supplier)?.goods);
        sum(self.lines.iter().map(of).collect::<Option<Vec<_>>>()?)
    }

    /// The same in the currency of the comparison, tax out or in as it counts here.
    pub(super) fn said(&self) -> Option<Amount> {
        self.own().factors.as_ref()?.common(self.invoiced()?)
    }
}
