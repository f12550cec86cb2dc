//! What would change the result: points at which another supplier is cheapest, and why the cheapest
//! lines are not the cheapest award.

use super::Quotes;
use super::words::{counted, listed};
use crate::number;
use crate::section::{Block, Item, heading, list, paragraph};
use haggle_negotiation::quote::award::{CheapestLines, LeftOut};
use haggle_negotiation::quote::{BreakEven, Moved};
use haggle_quantity::Amount;

/// Break-even points of rate, freight and volume.
pub(super) fn moves(quotes: &Quotes<'_>) -> Vec<Block> {
    let points = quotes.comparison.break_evens(quotes.scenario);
    let items = points.iter().map(|point| plain(said(quotes, point))).collect();
    let searched = quotes.comparison.searches_volumes(quotes.scenario);
    let open = (!searched)
        .then(|| paragraph("Other volumes are too many lines to search: state a `[[scenario]]`."));
    let blocks: Vec<Block> = [list(items), open].into_iter().flatten().collect();
    if blocks.is_empty() {
        return Vec::new();
    }
    std::iter::once(heading(2, "moves", "What would change the first place"))
        .chain(blocks)
        .collect()
}

fn plain(text: String) -> Item {
    Item { head: text.into(), more: Vec::new() }
}

fn said(quotes: &Quotes<'_>, it: &BreakEven) -> String {
    let from = &quotes.supplier(it.from).name;
    let what = match (it.moved, it.rate) {
        (Moved::Rate(currency), Some(rate)) => {
            format!("{currency} at {} {}", rate.round_dp(6).normalize(), quotes.comparison.currency)
        }
        (Moved::Rate(currency), None) => format!("{currency} at {}", times(it)),
        (Moved::Freight, _) => format!("freight at {}", times(it)),
        (Moved::Volume, _) => format!("quantities at {}", times(it)),
    };
    let about = if it.exact { "" } else { "about " };
    match it.to {
        Some(to) => {
            let to = &quotes.supplier(to).name;
            format!("{to} becomes cheaper than {from} with {about}{what}.")
        }
        None => {
            let side = if it.factor > Amount::ONE { "above" } else { "below" };
            let times = times(it);
            format!(
                "{from} has no price for quantities {side} {about}{times}: nothing is told beyond."
            )
        }
    }
}

/// What the factor is of today's value: `1.08 times today's`.
fn times(it: &BreakEven) -> String {
    format!("{} times today's", number::quantity(it.factor.round_dp(3)))
}

/// Why the cheapest lines together are not the award, where they are not.
pub(super) fn cheapest(quotes: &Quotes<'_>) -> Option<Block> {
    let lines = quotes.comparison.cheapest_lines(quotes.scenario)?;
    let mixed = quotes.outcome().mixed.as_ref()?;
    if lines.by_item == mixed.by_item || (lines.is_allowed() && lines.total() == mixed.total) {
        return None;
    }
    let head = format!(
        "Taking the cheapest line everywhere would cost {}: {} of lines and {} of orders.",
        quotes.money(lines.total()),
        quotes.money(lines.lines),
        quotes.money(lines.orders)
    );
    let more = reasons(quotes, &lines).into_iter().map(Into::into).collect();
    list(vec![Item { head: head.into(), more }])
}

fn reasons(quotes: &Quotes<'_>, lines: &CheapestLines) -> Vec<String> {
    let limit = (lines.over_limit > 0).then(|| {
        format!("It needs {} more than the limit.", counted(lines.over_limit, "supplier"))
    });
    let short = lines.short.iter().map(|(supplier, goods, least)| {
        format!(
            "{} would get {} of goods, less than its minimum order of {}.",
            quotes.supplier(*supplier).name,
            quotes.quoted_money(*supplier, *goods),
            quotes.quoted_money(*supplier, *least)
        )
    });
    let mut dearest: Vec<&LeftOut> = lines.left_out.iter().collect();
    dearest.sort_by_key(|it| std::cmp::Reverse(it.dearer));
    let (told, rest) = dearest.split_at(dearest.len().min(LEFT_OUT));
    let left = told.iter().map(|it| left_out(quotes, it));
    let rest = (!rest.is_empty()).then(|| {
        let names = rest.iter().map(|it| quotes.supplier(it.supplier).name.clone());
        format!("Left out likewise, for less each: {}.", listed(names))
    });
    limit.into_iter().chain(short).chain(left).chain(rest).collect()
}

/// Most suppliers left out of an award that have a sentence of their own.
const LEFT_OUT: usize = 5;

fn left_out(quotes: &Quotes<'_>, it: &LeftOut) -> String {
    format!(
        "{} is left out: its cheapest lines, {}, cost {} more elsewhere, and its order costs, {}, are saved.",
        quotes.supplier(it.supplier).name,
        number::count(it.lines as u64),
        quotes.money(it.dearer),
        quotes.money(it.order)
    )
}
