//! Opening, target and walk-away in the vendor's own terms: a discount on its goods.

use super::ground::Ground;
use crate::brief::Brief;
use crate::quote::decimal::{over, sum, times, written};
use crate::quote::percent;
use haggle_quantity::Amount;

/// A figure of the plan as the vendor would hear it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// `opening`, `target`, `walk-away`.
    pub name: &'static str,
    /// Id of its figure in the brief.
    pub figure: &'static str,
    /// The figure as it is spoken, like for like.
    pub total: Amount,
    /// Share by which the vendor's goods have to become cheaper; below 0 they may become dearer.
    pub discount: Amount,
    /// Its goods of these lines as quoted, before freight, in its currency.
    pub goods: Amount,
    /// The same with the discount.
    pub goods_then: Amount,
    /// The sentence.
    pub text: String,
}

pub(super) fn all(ground: &Ground<'_>, brief: &Brief) -> Vec<Ask> {
    [("opening", "anchor"), ("target", "target"), ("walk-away", "walk_away")]
        .into_iter()
        .filter_map(|(name, figure)| ask(ground, brief, name, figure))
        .collect()
}

/// All of a line's cost grows with its goods, and nothing of the order does: the discount is what
/// the total has to fall by, of the lines.
fn ask(
    ground: &Ground<'_>,
    brief: &Brief,
    name: &'static str,
    figure: &'static str,
) -> Option<Ask> {
    let found = brief.figures.get(figure)?;
    let spoken = found.printed.as_ref().and_then(|it| Amount::from_str_exact(it).ok());
    let total = spoken.or_else(|| written(found.value))?;
    // Where the order alone costs more, no price of goods reaches the total.
    let discount = over(ground.offer - total, ground.goods).filter(|it| *it < Amount::ONE)?;
    let goods = sum(ground.costs().map(|(_, cost)| cost.goods))?;
    let goods_then = times(goods, Amount::ONE - discount)?;
    let currency = ground.costs().find_map(|(item, _)| {
        Some(ground.comparison.quoted(item, ground.supplier)?.currency.to_string())
    })?;
    let word = if discount < Amount::ZERO { "an increase" } else { "a discount" };
    let text = format!(
        "{name} of {}: {word} of {} on goods, {currency} {} instead of {}, before freight and charges",
        ground.money(total),
        percent(discount.abs()),
        Brief::money(goods_then),
        Brief::money(goods),
    );
    Some(Ask { name, figure, total, discount, goods, goods_then, text })
}
