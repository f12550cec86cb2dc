//! The blocks of a comparison's pages.

use super::{Extent, Quotes, award, matrix, moves, ranking, stated, vendor};
use crate::inline::Inline;
use crate::outline::{action, gravity};
use crate::section::{Block, Item, heading, list, paragraph};
use haggle_negotiation::brief::Finding;

/// Awards first, then who ranks where, then the lines, then what they rest on.
pub(super) fn table(quotes: &Quotes<'_>, extent: Extent) -> Vec<Block> {
    let mut blocks = head(quotes, "");
    blocks.extend(award::awards(quotes));
    blocks.extend(moves::cheapest(quotes));
    blocks.push(heading(2, "ranking", "Suppliers"));
    blocks.extend(ranking::ranking(quotes));
    blocks.push(heading(2, "lines", "Items by supplier"));
    blocks.push(paragraph(lines_words(quotes)));
    blocks.extend(matrix::matrix(quotes, extent));
    if let Some(scenarios) = ranking::scenarios(quotes, extent) {
        blocks.push(heading(2, "scenarios", "Other quantities"));
        blocks.push(scenarios);
    }
    blocks.extend(moves::moves(quotes));
    blocks.extend(findings(quotes));
    blocks.extend(stated::terms(quotes));
    blocks.extend(stated::passed_over(quotes, extent));
    blocks
}

/// What a workbook says in words.
pub(super) fn justification(quotes: &Quotes<'_>, extent: Extent) -> Vec<Block> {
    let mut blocks = memo(quotes);
    blocks.extend(stated::terms(quotes));
    blocks.extend(stated::passed_over(quotes, extent));
    blocks
}

/// The memo for the file.
pub(super) fn memo(quotes: &Quotes<'_>) -> Vec<Block> {
    let mut blocks = head(quotes, "Memo for the file: ");
    blocks.extend(award::awards(quotes));
    blocks.extend(moves::cheapest(quotes));
    blocks.extend(ranking::ranking(quotes));
    blocks.extend(moves::moves(quotes));
    blocks.extend(findings(quotes));
    blocks.extend(quotes.negotiations.iter().flat_map(vendor::memo));
    for (supplier, why) in quotes.unplanned {
        let name = &quotes.supplier(*supplier).name;
        blocks.push(heading(2, "memo", &format!("Memo for the file: {name}")));
        blocks.push(paragraph(format!("There is no plan: {why}.")));
    }
    blocks
}

fn head(quotes: &Quotes<'_>, before: &str) -> Vec<Block> {
    let it = quotes.comparison;
    let scenario = match it.outcomes.len() {
        1 => String::new(),
        _ => format!(" Quantities: {}.", quotes.outcome().name),
    };
    vec![
        heading(1, "top", &format!("{before}{}", it.title)),
        paragraph(Inline::default().muted(&format!(
            "As of {}. {}{scenario}",
            it.as_of,
            stated::basis(quotes)
        ))),
    ]
}

fn lines_words(quotes: &Quotes<'_>) -> String {
    let currency = quotes.comparison.currency;
    format!("What each line costs in {currency}, delivered and paid like for like.")
}

fn findings(quotes: &Quotes<'_>) -> Vec<Block> {
    let items = list(quotes.comparison.findings.iter().map(finding).collect());
    items.map(|items| vec![heading(2, "findings", "Findings"), items]).unwrap_or_default()
}

fn finding(it: &Finding) -> Item {
    let cites = match it.cites {
        [] => String::new(),
        cites => format!(" [{}]", cites.join(", ")),
    };
    let mut more = action(it);
    more.push(Inline::default().muted(&format!("{}{cites}", it.rule)));
    Item { head: gravity(it).text(&it.text), more }
}
