//! The market: percentiles with intervals or the reason why there are none, n, sources, and where
//! the offer stands.

use super::named;
use crate::inline::{Inline, Tone};
use crate::number;
use crate::section::{Block, Chart, Item, Table, heading, list, paragraph};
use haggle_negotiation::brief::{Brief, EvidenceSet, MarketHead};
use haggle_negotiation::figure::Sense;
use haggle_negotiation::market::Cited;

/// The section about the market.
pub(crate) fn market(brief: &Brief) -> Vec<Block> {
    let mut blocks = vec![heading(2, "market", "The market")];
    let Some(market) = &brief.market else {
        blocks.push(paragraph("No market: no observation is comparable."));
        return blocks;
    };
    blocks.push(Block::Chart(Chart::Market));
    blocks.extend(percentiles(brief, market).block());
    blocks.extend(bound_note(brief, market));
    blocks.extend(list(market.refusals.iter().map(|r| refusal(r)).collect()));
    blocks.push(basis(market));
    blocks.extend(offer(brief));
    blocks.extend(sources(brief, market).block());
    blocks.extend(few(brief, market));
    blocks
}

/// Whether the rows of a set stand beside the market one by one: it lacks percentiles, and the
/// report has them all.
pub(super) fn is_listed(brief: &Brief, set: &EvidenceSet) -> bool {
    let lacking = brief.market.as_ref().is_some_and(|market| !market.refusals.is_empty());
    let rows = brief.evidence.get(&format!("{}.rows", set.source)).is_some_and(|it| it == set);
    lacking && rows && set.first.len() as u64 == set.n
}

/// The rows themselves, where there are too few of them for percentiles.
pub(super) fn few(brief: &Brief, market: &MarketHead) -> Vec<Block> {
    let sets = market.sources.iter().filter_map(|id| brief.evidence.get(&format!("{id}.rows")));
    let mut rows = Table::new("Comparables", &["place", "#amount", "#counts as", "what"]);
    for set in sets.filter(|set| is_listed(brief, set)) {
        for it in &set.first {
            rows.row(comparable(&set.file, it));
        }
    }
    let table = rows.block().into_iter();
    table.flat_map(|table| [heading(3, "few", "The comparables, one by one"), table]).collect()
}

/// One comparable: place with its file, amount as stated, as it counts, what it is about.
pub(crate) fn comparable(file: &str, it: &Cited) -> Vec<Inline> {
    let bound = if it.bound == "exact" { String::new() } else { format!("{} ", it.bound) };
    let stated = format!("{bound}{} {}/{}", number::grouped(&it.amount), it.currency, it.per);
    let finite = it.adjusted.filter(|value| value.is_finite());
    let adjusted = finite.map_or(String::new(), |v| number::amount(v, &it.currency));
    let about = [&it.title, &it.subject, &it.party, &it.location, &it.level];
    let about: Vec<&str> = about.into_iter().flatten().map(String::as_str).collect();
    vec![
        Inline::default().code(&format!("{file}:{}", it.place)),
        Inline::default().toned(&stated, Tone::Strong),
        adjusted.into(),
        format!("{} {}", it.statistic, about.join(", ")).into(),
    ]
}

/// Why a percentile is missing.
pub(super) fn refusal(reason: &str) -> Item {
    let head = Inline::default().toned("not given", Tone::Warning).text(": ").text(reason);
    Item { head, more: Vec::new() }
}

pub(super) fn percentiles(brief: &Brief, market: &MarketHead) -> Table {
    let unit = format!("#{} {}", brief.deal.currency, number::per_words(&brief.deal.per));
    let titles = ["percentile", unit.as_str(), "interval", "how sure"];
    let mut table = Table::new("Percentiles of the market", &titles);
    for (name, id) in &market.percentiles {
        let Some(figure) = brief.figures.get(id) else { continue };
        let sure = figure.interval.as_ref().map_or("no interval".to_owned(), number::basis);
        table.row(vec![
            name.as_str().into(),
            Inline::default().figure(id, &number::column(id, figure), Tone::Strong),
            number::span(id, figure).into(),
            Inline::default().muted(&sure),
        ]);
    }
    table
}

/// What `at least` means, if it stands in the table.
pub(super) fn bound_note(brief: &Brief, market: &MarketHead) -> Option<Block> {
    let ids = market.percentiles.iter().map(|(_, id)| id);
    let any = ids.filter_map(|id| brief.figures.get(id)).any(|figure| figure.sense != Sense::Exact);
    let note = "A percentile that is a bound stays one in everything that follows from it.";
    any.then(|| paragraph(Inline::default().muted(note)))
}

/// How many, and how they became one market.
pub(super) fn basis(market: &MarketHead) -> Block {
    let what = match (market.n - market.points, market.points) {
        (rows, 0) => format!("n {}", number::count(rows)),
        (0, points) => format!("n {}, published points", number::count(points)),
        (rows, points) => format!(
            "n {}: {} rows and {} published points",
            number::count(market.n),
            number::count(rows),
            number::count(points)
        ),
    };
    let line = Inline::from(what);
    let line = match market.effective_n.filter(|n| n.is_finite()) {
        Some(n) => line.text(&format!(", effective n {}", number::grouped(&number::fixed(n, 1)))),
        None => line,
    };
    paragraph(match market.kind {
        "" => line,
        _ if market.percentiles.is_empty() => line,
        kind => line.text(&format!(", {kind}")),
    })
}

/// Where the offer stands.
fn offer(brief: &Brief) -> Option<Block> {
    let (id, figure) = named(brief, "offer.percentile")?;
    let mut line = Inline::from("The offer: ")
        .figure(id, &number::spoken(id, figure), Tone::Strong)
        .text(" of the market is at or below it");
    if figure.interval.is_some() {
        line = line.text(", ").text(&number::uncertainty(id, figure));
    }
    Some(paragraph(line.text(".")))
}

pub(super) fn sources(brief: &Brief, market: &MarketHead) -> Table {
    let titles = ["source", "name", "date", "grade", "#share"];
    let mut table = Table::new("Sources of the market", &titles);
    for id in &market.sources {
        let Some(source) = brief.sources.get(id) else { continue };
        let share = named(brief, &format!("share.{id}")).map_or(Inline::default(), |(id, f)| {
            Inline::default().figure(id, &number::spoken(id, f), Tone::Plain)
        });
        table.row(vec![
            Inline::default().code(id),
            source.name.as_str().into(),
            source.dated().unwrap_or_default().into(),
            source.grade.clone().unwrap_or_default().into(),
            share,
        ]);
    }
    table
}
