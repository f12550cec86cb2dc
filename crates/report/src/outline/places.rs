//! The cells that the market's figures stand in.

use super::market::comparable;
use crate::inline::Inline;
use crate::section::{Block, Table, heading, paragraph};
use haggle_negotiation::brief::{Brief, EvidenceSet};
use haggle_negotiation::market::Cited;
use std::collections::BTreeSet;

/// Most cells of one evidence set, and of all, that a page for people lists.
const MOST: [usize; 2] = [3, 15];

/// File and place of the cells that the market rests on, as stated and as they count.
pub(super) fn places(brief: &Brief) -> Vec<Block> {
    let sets = market_sets(brief);
    let mut table =
        Table::new("Cells behind the market", &["place", "#stated", "#counts as", "what"]);
    let cells = sets.iter().flat_map(|set| used(set).take(MOST[0]).map(|it| (*set, it)));
    for (set, it) in cells.take(MOST[1]) {
        table.row(comparable(&set.file, it));
    }
    let shown = table.rows.len() as u64;
    let all: u64 = sets.iter().map(|set| set.n).sum();
    let Some(table) = table.block() else { return Vec::new() };
    let mut blocks = vec![heading(3, "places", "The cells behind the market"), table];
    if all > shown {
        let note = "The first cells of each source; the others are in the files named.";
        blocks.push(paragraph(Inline::default().muted(note)));
    }
    blocks
}

/// The cells of a set that a percentile can rest on: no mean, wherever it stands among them.
fn used(set: &EvidenceSet) -> impl Iterator<Item = &Cited> {
    set.first.iter().filter(|it| it.statistic != "mean")
}

/// Evidence of the figures that the market's percentiles rest on, each once, by id.
fn market_sets(brief: &Brief) -> Vec<&EvidenceSet> {
    let percentiles = brief.market.iter().flat_map(|market| market.percentiles.iter());
    let reached = brief.figures.reached(percentiles.map(|(_, id)| id.clone()));
    let ids: BTreeSet<&str> =
        reached.iter().filter_map(|(_, figure)| figure.evidence.as_deref()).collect();
    // The rows of a market that lacks percentiles are listed with it already.
    let listed = |set: &&EvidenceSet| super::market::is_listed(brief, set);
    let sets = ids.into_iter().filter_map(|id| brief.evidence.get(id));
    sets.filter(|set| !listed(set)).collect()
}
