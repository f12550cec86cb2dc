//! The evidence account: both conservation laws per source, what was adjusted, left out or flagged,
//! what was set and what is taken as given.

use super::places;
use crate::inline::{Inline, Tone};
use crate::number;
use crate::section::{Block, Item, Table, heading, list, paragraph};
use haggle_negotiation::brief::{
    Adjustment, Audience, Brief, Excluded, InputHead, Place, SourceHead,
};
use std::collections::BTreeMap;

/// Longest list of rows that a report for people shows.
const LONGEST_ROWS: usize = 40;

/// Most messages of one import that a report for people shows.
const MOST_MESSAGES: usize = 5;

/// The whole account.
pub(super) fn account(brief: &Brief) -> Vec<Block> {
    let mut blocks = vec![heading(2, "evidence", "Where the numbers come from")];
    if brief.sources.is_empty() {
        blocks.push(paragraph("The deal names no source."));
    }
    blocks.extend(places::places(brief));
    blocks.extend(brief.sources.iter().flat_map(|(id, source)| source_account(id, source)));
    blocks.extend(section("adjustments", "Adjustments", adjustments(brief).block()));
    blocks.extend(passed_over(brief));
    blocks.extend(details(brief));
    let private = brief.audience == Audience::Private;
    blocks.extend((private && !brief.figures.is_empty()).then(closing));
    blocks
}

/// Every row that is no observation, every message, every assumption; not on paper.
fn details(brief: &Brief) -> Vec<Block> {
    let sources = brief.sources.iter();
    let mut blocks: Vec<Block> = sources.flat_map(|(id, it)| source_details(id, it)).collect();
    blocks.extend(section("parameters", "Parameters in play", parameters(brief)));
    blocks.extend(section("assumptions", "Taken as given", assumptions(brief)));
    if !blocks.is_empty() {
        blocks.insert(0, heading(2, "account", "The account of the evidence"));
    }
    blocks
}

/// What met the conditions and does not count, and what counts and does not sit with the others.
pub(crate) fn passed_over(brief: &Brief) -> Vec<Block> {
    let mut blocks = section("excluded", "Comparable, but not counted", excluded(brief).block());
    let title = "Outliers, counted unless the deal excludes them";
    blocks.extend(section("outliers", title, outliers(brief).block()));
    blocks
}

/// A block under its heading, or nothing.
fn section(id: &'static str, title: &str, block: Option<Block>) -> Vec<Block> {
    block.map_or(Vec::new(), |block| vec![heading(3, id, title), block])
}

fn source_account(id: &str, source: &SourceHead) -> Vec<Block> {
    let title = heading(3, "", &format!("{id}: {}", source.name));
    vec![title, provenance(source), paragraph(laws(source))]
}

/// What is no observation, and the messages; no title above nothing.
fn source_details(id: &str, source: &SourceHead) -> Vec<Block> {
    let details: Vec<Block> = reasons(source).block().into_iter().chain(messages(source)).collect();
    let title = heading(3, "", &format!("{id}: what is no observation, and what to know"));
    details.first().map(|_| title).into_iter().chain(details.clone()).collect()
}

/// Where it is, what read it, under which terms.
fn provenance(source: &SourceHead) -> Block {
    let mut line = Inline::default().code(&source.location);
    let said = |words: &str, value: &Option<String>| match value {
        Some(value) => format!(", {words}{value}"),
        None => String::new(),
    };
    line = line.text(&brought_by(source));
    line = line.text(&said("retrieved ", &source.retrieved));
    line = line.text(&said("published by ", &source.publisher));
    line = line.text(&said("licence: ", &source.licence));
    line = line.text(&said("grade ", &source.grade));
    line = line.text(&source.dated().map_or(String::new(), |date| format!(", dated {date}")));
    paragraph(line.muted(&format!(", sha256 {}", head(&source.sha256))))
}

/// What a plugin was given to read, and how it asked for it.
fn input(it: &InputHead) -> String {
    let range = it.range.as_ref().map_or(String::new(), |range| format!(", bytes {range}"));
    let headers: String = it.headers.iter().map(|h| format!(", with `{h}`")).collect();
    let cut = if it.complete { "" } else { ", not to its end" };
    let hash = head(&it.sha256);
    format!("{} ({} bytes, sha256 {hash}{range}{headers}{cut})", it.uri, it.size)
}

/// The recipe that read it, or the plugin that brought it and what that was given to read.
fn brought_by(source: &SourceHead) -> String {
    let Some(plugin) = &source.plugin else { return format!(", recipe {}", source.recipe) };
    let inputs: Vec<String> = plugin.inputs.iter().map(input).collect();
    let read = if inputs.is_empty() { "nothing".to_owned() } else { inputs.join("; ") };
    format!(
        ", brought by plugin {} {} (sha256 {}, interface {}, confinement {}), which read {read}",
        plugin.name,
        plugin.version,
        head(&plugin.sha256),
        plugin.abi,
        plugin.level
    )
}

/// The first digits of a hash.
fn head(hash: &str) -> String {
    match hash.char_indices().nth(12) {
        Some((end, _)) => format!("{}...", &hash[..end]),
        None => hash.to_owned(),
    }
}

/// Both laws in one line each.
fn laws(source: &SourceHead) -> String {
    let [read, imported, rejected, skipped] = source.rows.map(number::count);
    let [mapped, observations, absent] = source.cells.map(number::count);
    format!(
        "Rows: {read} read = {imported} imported + {rejected} rejected + {skipped} skipped. \
         Cells: {mapped} mapped = {observations} observations + {absent} absent."
    )
}

fn reasons(source: &SourceHead) -> Table {
    let titles = ["what", "code", "#count", "reason", "rows"];
    let mut table = Table::new("Rows and cells that are no observation", &titles);
    for tally in &source.tallies {
        let field = tally.field.as_ref().map_or(String::new(), |field| format!("{field}: "));
        table.row(vec![
            tally.what.as_str().into(),
            Inline::default().code(&tally.code),
            number::count(tally.count).into(),
            format!("{field}{}", tally.reason).into(),
            shortened(&tally.rows).into(),
        ]);
    }
    table
}

/// A long list of rows cut at a comma.
fn shortened(rows: &str) -> String {
    if rows.chars().count() <= LONGEST_ROWS {
        return spaced(rows);
    }
    let start: String = rows.chars().take(LONGEST_ROWS).collect();
    let end = start.rfind(',').unwrap_or(start.len());
    format!("{}, ... (the JSON report has all)", spaced(&start[..end]))
}

/// Spaces where a line may break, so that no number of a row is broken.
fn spaced(rows: &str) -> String {
    rows.replace(',', ", ")
}

fn messages(source: &SourceHead) -> Option<Block> {
    let item = |message: &haggle_negotiation::brief::DiagnosticHead| {
        let tone = match message.severity.as_str() {
            "error" => Tone::Error,
            "warning" => Tone::Warning,
            _ => Tone::Muted,
        };
        let head = Inline::default().toned(&message.severity, tone).text(" ").code(&message.place);
        let help = message.help.iter().map(|help| Inline::from(format!("help: {help}")));
        Item { head: head.text(": ").text(&message.message), more: help.collect() }
    };
    let mut items: Vec<Item> = source.diagnostics.iter().take(MOST_MESSAGES).map(item).collect();
    if source.diagnostics.len() > MOST_MESSAGES {
        let head = Inline::default().muted("more messages: the JSON report has all");
        items.push(Item { head, more: Vec::new() });
    }
    list(items)
}

/// What was done to amounts to make them comparable, if anything was.
pub(crate) fn adjusted(brief: &Brief) -> Option<Block> {
    adjustments(brief).block()
}

fn adjustments(brief: &Brief) -> Table {
    let mut table = Table::new("Adjustments", &["source", "kind", "what", "#factor", "#count"]);
    for adjustment in &brief.adjustments {
        table.row(adjustment_row(brief, adjustment));
    }
    table
}

fn adjustment_row(brief: &Brief, it: &Adjustment) -> Vec<Inline> {
    let factor = brief.figures.get(&it.figure).map_or(Inline::default(), |figure| {
        Inline::default().figure(&it.figure, &number::spoken(&it.figure, figure), Tone::Plain)
    });
    vec![
        Inline::default().code(&it.source),
        it.kind.into(),
        it.text.as_str().into(),
        factor,
        number::count(it.count).into(),
    ]
}

/// What was done to amounts, one line for each kind.
pub(super) fn adjustment_lines(brief: &Brief) -> Vec<Item> {
    let line = |it: &Adjustment| {
        let factor = brief.figures.get(&it.figure);
        let factor =
            factor.map_or(String::new(), |f| format!(", {}", number::spoken(&it.figure, f)));
        let head = Inline::default().code(&it.source).text(": ");
        Item { head: head.text(&format!("{}, {}{factor}", it.kind, it.text)), more: Vec::new() }
    };
    brief.adjustments.iter().map(line).collect()
}

/// What met the conditions and does not count, one line for each reason.
pub(super) fn left_out_lines(brief: &Brief) -> Vec<Item> {
    let line = |it: &Excluded| {
        let head = Inline::default().code(&it.source).text(": ");
        let count = number::count(it.count);
        Item { head: head.text(&format!("{count} left out, {}", it.reason)), more: Vec::new() }
    };
    brief.excluded.iter().map(line).collect()
}

/// The adjustments of a source, for whoever follows a figure to its cells.
pub(crate) fn adjustments_of<'a>(
    brief: &'a Brief,
    source: &'a str,
) -> impl Iterator<Item = &'a Adjustment> {
    brief.adjustments.iter().filter(move |adjustment| adjustment.source == source)
}

fn excluded(brief: &Brief) -> Table {
    let titles = ["source", "code", "#count", "reason", "first places"];
    let mut table = Table::new("Comparable, but not counted", &titles);
    for it in &brief.excluded {
        let places: Vec<String> = it.first.iter().map(place).collect();
        table.row(vec![
            Inline::default().code(&it.source),
            Inline::default().code(&it.code),
            number::count(it.count).into(),
            it.reason.as_str().into(),
            places.join("; ").into(),
        ]);
    }
    table
}

fn place(place: &Place) -> String {
    format!("{} ({})", place.locator, place.amount)
}

fn outliers(brief: &Brief) -> Table {
    let mut table = Table::new("Outliers", &["source", "place", "amount", "#modified z", "hint"]);
    for it in &brief.outliers {
        table.row(vec![
            Inline::default().code(&it.source),
            Inline::default().code(&it.place.locator),
            it.place.amount.as_str().into(),
            number::fixed(it.z, 1).into(),
            it.hint.clone().unwrap_or_default().into(),
        ]);
    }
    table
}

fn parameters(brief: &Brief) -> Option<Block> {
    let titles = ["parameter", "#value", "from", "in play at"];
    let mut table = Table::new("Parameters", &titles);
    for it in brief.parameters.iter().filter(|it| it.stated || !it.in_play.is_empty()) {
        table.row(vec![
            Inline::default().code(it.name),
            it.value.as_str().into(),
            it.from.as_deref().unwrap_or("default").into(),
            it.in_play.join(", ").into(),
        ]);
    }
    table.block()
}

/// Everything taken as given, by why, with what it gives.
fn assumptions(brief: &Brief) -> Option<Block> {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, figure) in brief.figures.iter() {
        if let Some(why) = &figure.assumption {
            groups.entry(why).or_default().push(id);
        }
    }
    let figures = groups
        .into_iter()
        .map(|(why, ids)| Item { head: why.into(), more: vec![given(brief, &ids)] });
    let sources = brief.sources.iter().flat_map(|(id, source)| {
        source.assumptions.iter().map(move |text| Item {
            head: Inline::default().code(id).text(": ").text(text),
            more: Vec::new(),
        })
    });
    list(figures.chain(sources).collect())
}

/// Figures with what they are.
fn given(brief: &Brief, ids: &[&str]) -> Inline {
    let each = ids.iter().filter_map(|id| {
        let figure = brief.figures.get(id)?;
        let value = Inline::default().figure(id, &number::spoken(id, figure), Tone::Plain);
        Some(Inline::from(format!("{} = ", figure.label)).with(value))
    });
    crate::inline::join(each, "; ")
}

fn closing() -> Block {
    let line = Inline::from("To follow one number down to its cells: ")
        .code("haggle explain DEAL FIGURE")
        .text(", with an id such as ")
        .code("target")
        .text(".");
    paragraph(line)
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn long_lists_of_rows_end_at_a_comma() {
        assert_eq!(shortened("2-17,20"), "2-17, 20");
        let long = (1..40).map(|n| (n * 2).to_string()).collect::<Vec<_>>().join(",");
        let short = shortened(&long);
        assert!(short.starts_with("2, 4, 6") && short.ends_with(", ... (the JSON report has all)"));
        assert!(!short.contains(", ,"), "{short}");
    }
}
