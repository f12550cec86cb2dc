//! What moves the numbers: one input at a time from its low to its high end (H5).

use crate::inline::{Inline, Tone};
use crate::number;
use crate::section::{Block, Chart, Table, heading, paragraph};
use haggle_negotiation::brief::{Brief, Swing, SwingEnd};

/// Most inputs that a page for people shows.
pub(crate) const MOST: usize = 8;

/// Target and anchor under each input's ends.
pub(super) fn asks(brief: &Brief) -> Vec<Block> {
    let titles = ["if this moves", "from - to", "target", "anchor"];
    let Some(table) = table(brief, "target", &titles, &["target", "anchor"]) else {
        return Vec::new();
    };
    vec![
        heading(2, "sensitivity", "What would move the target"),
        paragraph("One input at a time, from its low to its high end, the others as they are."),
        Block::Chart(Chart::Tornado("target")),
        table,
    ]
}

/// The walk-away under each input's ends.
pub(super) fn walk_away(brief: &Brief) -> Vec<Block> {
    let titles = ["if this moves", "from - to", "walk-away"];
    let Some(table) = table(brief, "walk_away", &titles, &["walk_away"]) else { return Vec::new() };
    let title = heading(3, "sensitivity-walk-away", "What would move the walk-away");
    vec![title, Block::Chart(Chart::Tornado("walk_away")), table]
}

/// What moves an outcome, widest first.
pub(crate) fn swings<'a>(
    brief: &'a Brief,
    outcome: &'a str,
) -> impl Iterator<Item = &'a Swing> + 'a {
    brief.sensitivity.iter().filter(move |swing| swing.outcome == outcome).take(MOST)
}

fn table(brief: &Brief, leading: &str, titles: &[&str], outcomes: &[&str]) -> Option<Block> {
    let mut table = Table::new(titles[0], titles);
    for swing in swings(brief, leading) {
        let inputs = [&swing.low, &swing.high].map(|end| column(brief, &end.input));
        let same = |outcome: &&str| {
            let of = |it: &&Swing| it.outcome == *outcome && it.low.input == swing.low.input;
            brief.sensitivity.iter().find(of)
        };
        let moved = outcomes.iter().map(|outcome| match same(outcome) {
            Some(it) => between([&it.low, &it.high].map(|end| at(brief, end, outcome))),
            None => Inline::default().muted("does not move"),
        });
        let ends = between(inputs);
        table.row([Inline::from(swing.input.as_str()), ends].into_iter().chain(moved).collect());
    }
    table.block()
}

/// Two figures with the way between them.
fn between([low, high]: [Inline; 2]) -> Inline {
    low.text(" to ").with(high)
}

fn column(brief: &Brief, id: &str) -> Inline {
    let figure = brief.figures.get(id);
    let shown = |it| Inline::default().figure(id, &number::column(id, it), Tone::Plain);
    figure.map(shown).unwrap_or_default()
}

/// The outcome at an end, or that there is none.
fn at(brief: &Brief, end: &SwingEnd, outcome: &str) -> Inline {
    match &end.outcome {
        Some(id) => column(brief, id),
        None => Inline::default().muted(&none(outcome)),
    }
}

/// Words for an outcome that an end does away with.
pub(crate) fn none(outcome: &str) -> String {
    format!("no {}", outcome.replace('_', "-"))
}
