//! What the other side may read: the proposal and its justification, nothing else. Made from a
//! shareable brief, so that there is nothing private to leave out.

use super::account::{adjustment_lines, left_out_lines};
use super::market::{basis, bound_note, few, percentiles, refusal, sources};
use super::{find, opening, places};
use crate::inline::Inline;
use crate::number;
use crate::section::{Block, Chart, heading, list, paragraph};
use haggle_negotiation::brief::Brief;

/// The letter: one page.
pub(super) fn letter(brief: &Brief) -> Vec<Block> {
    let mut blocks = proposal(brief);
    blocks.extend(places::places(brief));
    blocks.extend(comparable(brief));
    blocks.push(paragraph(
        "We would like to hear how you see it, and what your own figure rests on.",
    ));
    blocks
}

/// The proposal and the market beside it: how the letter and the shareable report begin.
pub(super) fn proposal(brief: &Brief) -> Vec<Block> {
    let unit = format!("{} {}", brief.deal.currency, number::per_words(&brief.deal.per));
    let mut blocks = vec![
        heading(1, "top", &brief.deal.title),
        paragraph(format!("As of {}. All amounts in {unit}.", brief.as_of)),
        heading(2, "proposal", "Our proposal"),
    ];
    blocks.extend(asked(brief));
    blocks.extend(opening::market_sentence(brief).map(paragraph));
    blocks.extend(market(brief));
    blocks
}

/// The opening with its place among the percentiles.
fn asked(brief: &Brief) -> Option<Block> {
    let (id, figure) = find(brief, brief.headline.anchor.as_ref())?;
    let line = Inline::default().strong(&number::spoken(id, figure)).text(".");
    Some(paragraph(match place(brief, figure.value) {
        Some(place) => line.text(&format!(" That is {place}.")),
        None => line,
    }))
}

/// Between which percentiles a value lies; nothing where there are none or they are bounds.
fn place(brief: &Brief, value: f64) -> Option<String> {
    let market = brief.market.as_ref()?;
    let point = |(name, id): &(String, String)| {
        let figure = brief.figures.get(id)?;
        let exact = figure.sense == haggle_negotiation::figure::Sense::Exact;
        exact.then(|| (name.to_uppercase(), figure.value))
    };
    let points: Vec<(String, f64)> = market.percentiles.iter().filter_map(point).collect();
    let below = points.iter().rev().find(|(_, amount)| *amount <= value);
    let above = points.iter().find(|(_, amount)| *amount >= value);
    match (below, above) {
        (Some((low, _)), Some((high, _))) if low == high => Some(format!("the market's {low}")),
        (Some((low, _)), Some((high, _))) => Some(format!("between the market's {low} and {high}")),
        (Some((low, _)), None) => Some(format!("above the market's {low}")),
        (None, Some((high, _))) => Some(format!("below the market's {high}")),
        (None, None) => None,
    }
}

fn market(brief: &Brief) -> Vec<Block> {
    let mut blocks = vec![heading(2, "market", "The market")];
    let Some(market) = &brief.market else {
        blocks.push(paragraph("No market figures are given."));
        return blocks;
    };
    blocks.push(Block::Chart(Chart::Market));
    blocks.extend(percentiles(brief, market).block());
    blocks.extend(bound_note(brief, market));
    blocks.extend(list(market.refusals.iter().map(|r| refusal(r)).collect()));
    blocks.push(basis(market));
    blocks.extend(sources(brief, market).block());
    blocks.extend(few(brief, market));
    blocks
}

/// What was done to make amounts comparable, and what was left out.
fn comparable(brief: &Brief) -> Vec<Block> {
    let items: Vec<_> = adjustment_lines(brief).into_iter().chain(left_out_lines(brief)).collect();
    let title = heading(3, "made", "How the amounts were made comparable");
    list(items).into_iter().flat_map(|list| [title.clone(), list]).collect()
}
