//! Step 2: walk-away, alternatives, leverage and the zone, in a place of their own.

use super::{figure_table, find, named, sensitivity, spoken};
use crate::inline::{Inline, Tone};
use crate::number;
use crate::section::{Block, Chart, Table, heading, paragraph};
use haggle_negotiation::brief::Brief;
use haggle_negotiation::deal::Side;
use haggle_negotiation::figure::Figure;

/// Most figures of alternatives that the report lists; the rest is in the JSON.
const MOST: usize = 16;

/// Walk-away, alternatives, leverage, zone.
pub(super) fn backup(brief: &Brief) -> Vec<Block> {
    let mut blocks = walk_away(brief);
    blocks.extend(sensitivity::walk_away(brief));
    blocks.extend(alternatives(brief));
    blocks.extend(leverage(brief));
    blocks.extend(zone(brief));
    blocks
}

fn walk_away(brief: &Brief) -> Vec<Block> {
    let title = heading(3, "walk-away", "Walk-away");
    let Some((id, figure)) = find(brief, brief.headline.walk_away.as_ref()) else {
        return vec![title, paragraph("No walk-away can be given; the findings say why.")];
    };
    let beyond = if brief.deal.side == Side::Seller { "Below" } else { "Above" };
    let line = Inline::from(beyond)
        .text(" ")
        .with(spoken(id, figure, Tone::Strong))
        .text(", walking away is better. Keep this number to yourself.");
    let mut blocks = vec![title, paragraph(line)];
    if figure.interval.is_some() {
        blocks.push(paragraph(format!("It could be {}.", number::uncertainty(id, figure))));
    }
    blocks.extend(otherwise(brief, figure));
    blocks.push(Block::Chart(Chart::Zone));
    blocks
}

/// The walk-away under other views of risk, where they differ from it (A2, A4).
fn otherwise(brief: &Brief, walk_away: &Figure) -> Option<Block> {
    let ids = ["walk_away.neutral", "walk_away.together"];
    let others = ids.into_iter().filter_map(|id| named(brief, id));
    let bare = |figure: &Figure| number::bare("walk_away", figure.value, &figure.unit);
    let differ = others.filter(|(_, figure)| bare(figure) != bare(walk_away));
    figure_table("The walk-away under other views of risk", differ).block()
}

/// What the alternatives come to; what the deal file states of them is in it and in the JSON.
fn alternatives(brief: &Brief) -> Vec<Block> {
    let told = ["certainty_equivalent", "deal_price", "probability", "parts_difference"];
    // Three names: those of a part of an alternative have more.
    let own = |(id, _): &(&str, &Figure)| {
        let names: Vec<&str> = id.split('.').collect();
        matches!(names.as_slice(), ["alternative", _, tail] if told.contains(tail))
    };
    let mut figures: Vec<_> = brief.figures.iter().filter(own).collect();
    figures.sort_by_key(|(id, figure)| (figure.inputs.is_empty(), id.to_owned()));
    let more = figures.len() > MOST;
    figures.truncate(MOST);
    let Some(table) = figure_table("Alternatives", figures).block() else { return Vec::new() };
    let mut blocks = vec![heading(3, "alternatives", "Alternatives"), table];
    if more {
        let note = "The JSON report lists every figure of the alternatives.";
        blocks.push(paragraph(Inline::default().muted(note)));
    }
    blocks
}

fn leverage(brief: &Brief) -> Vec<Block> {
    let ids = [
        "leverage.need",
        "leverage.need.theirs",
        "leverage.alternative",
        "leverage.alternative.theirs",
        "leverage",
        "power",
    ];
    let figures = ids.into_iter().filter_map(|id| named(brief, id));
    let table: Table = figure_table("Leverage and its two factors", figures);
    let Some(table) = table.block() else { return Vec::new() };
    let words = "Leverage has two factors: how much each side needs the deal compared with the \
                 other, and how good each side's best alternative is compared with the other's.";
    vec![heading(3, "leverage", "Leverage"), paragraph(words), Block::Chart(Chart::Leverage), table]
}

/// The chance of a zone and the belief that it rests on.
fn zone(brief: &Brief) -> Vec<Block> {
    let ids = ["belief.low", "belief.mode", "belief.high"];
    let belief = ids.into_iter().filter_map(|id| named(brief, id));
    let table = figure_table("What we believe of their limit", belief).block();
    let chance = find(brief, brief.headline.p_zopa.as_ref()).map(|(id, figure)| {
        let line = Inline::from("Chance that there is a price that suits both: ");
        paragraph(line.with(spoken(id, figure, Tone::Strong)).text(", if the belief is right."))
    });
    let blocks: Vec<Block> = chance.into_iter().chain(table).chain(stated(brief)).collect();
    let title = heading(3, "zone", "Zone of possible agreement");
    if blocks.is_empty() { blocks } else { std::iter::once(title).chain(blocks).collect() }
}

/// What was stated of their limit, where the belief above is drawn from it.
fn stated(brief: &Brief) -> Option<Block> {
    let ids = ["low", "mode", "high"].map(|tail| format!("counterpart.limit.{tail}"));
    let figure = |id: &str| brief.figures.get(id);
    let rests = figure("belief.mode")?.inputs.iter().any(|(_, id)| *id == ids[1]);
    let said: Option<Vec<String>> =
        ids.iter().map(|id| Some(number::spoken(id, figure(id)?))).collect();
    let said = said.filter(|_| rests)?.join(", ");
    let offer = figure("offer").map(|offer| offer.value);
    let is_edge = |id: &str| figure(id).map(|it| it.value) == offer;
    let edge = if is_edge("belief.low") || is_edge("belief.high") {
        "; what they have offered is within it"
    } else {
        ""
    };
    let text = format!(
        "Stated: {said}, read as P10, most likely and P90. Lowest and highest are the ends of the triangle through them{edge}."
    );
    Some(paragraph(Inline::default().muted(&text)))
}
