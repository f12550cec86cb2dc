//! What a comparison of two reports prints: causes, then figures with their parts.

use super::Moved;
use super::states::States;
use crate::failure::Failure;
use crate::gather::short;
use crate::stated::Stated;
use crate::verify::changed_keys;
use haggle_negotiation::change::{Component, Part, Rows, rows};
use haggle_quantity::Amount;
use serde_json::{Value, json};
use std::fmt::Write;

/// What changed of one input.
pub(super) struct Cause {
    of: Component,
    /// In words, one each.
    what: Vec<String>,
    /// Rows that came and went, by source; `None` where they are too many to be listed.
    rows: Vec<(String, Option<Rows>)>,
}

/// What changed, in the order in which a change is split.
pub(super) fn causes(old: &Stated, new: &Stated, states: &States) -> Result<Vec<Cause>, Failure> {
    let keys = changed_keys(&old.reading, &new.reading)?;
    let changed = Component::ORDER.into_iter().zip(states.changed).filter(|(_, changed)| *changed);
    let cause = |(of, _): (Component, bool)| {
        let said = keys.iter().filter(|key| component_of(key) == of).cloned();
        let what = beside_the_deal(of, old, new).into_iter().chain(said).collect();
        let rows = if of == Component::Evidence { rows_of(old, new) } else { Vec::new() };
        Cause { of, what, rows }
    };
    Ok(changed.map(cause).collect())
}

/// The input that a key of the deal file belongs to.
fn component_of(key: &str) -> Component {
    let path = key.split(':').next().unwrap_or(key);
    match path.split('.').next().unwrap_or(path) {
        "source" if path.ends_with(".hours_per_year") || path.ends_with(".place_index") => {
            Component::Adjustments
        }
        "source" | "exclude" => Component::Evidence,
        "currency" | "rate" => Component::Currency,
        "ageing" | "as_of" => Component::Adjustments,
        "parameters" => Component::Parameters,
        _ => Component::Deal,
    }
}

/// What changed of an input and stands in no deal file.
fn beside_the_deal(of: Component, old: &Stated, new: &Stated) -> Vec<String> {
    match of {
        Component::Program if old.version() == new.version() => {
            vec!["the older report does not come out of its own inputs".to_owned()]
        }
        Component::Program => vec![format!("{} became {}", old.version(), new.version())],
        Component::Evidence => contents(old, new),
        Component::Adjustments if old.reading.as_of != new.reading.as_of => {
            let day = |s: &Stated| s.json["as_of"].as_str().unwrap_or_default().to_owned();
            vec![format!("--as-of: {} became {}", day(old), day(new))]
        }
        _ => Vec::new(),
    }
}

fn contents(old: &Stated, new: &Stated) -> Vec<String> {
    let both = new.source_ids().into_iter().filter_map(|id| {
        let (was, is) = (old.of_source(&id, "sha256")?, new.of_source(&id, "sha256")?);
        let location = new.of_source(&id, "location").unwrap_or_default();
        (was != is).then(|| format!("{location}: {} became {}", short(was), short(is)))
    });
    both.collect()
}

fn rows_of(old: &Stated, new: &Stated) -> Vec<(String, Option<Rows>)> {
    let mut ids = old.source_ids();
    ids.extend(new.source_ids());
    let each = |id: String| {
        let listed = |s: &Stated| if s.has_source(&id) { s.rows(&id) } else { Some(Vec::new()) };
        let found = listed(old).zip(listed(new)).map(|(was, is)| rows(&was, &is));
        (id, found)
    };
    let all = ids.into_iter().map(each);
    all.filter(|(_, rows)| rows.as_ref() != Some(&Rows::default())).collect()
}

/// Most rows that the text lists for each source and direction.
const LISTED: usize = 20;

/// The comparison for people.
pub(super) fn text(
    old: &Stated,
    new: &Stated,
    causes: &[Cause],
    moved: &[Moved],
    notes: &[String],
) -> String {
    let mut text = format!("{} -> {}\n", old.path.display(), new.path.display());
    if causes.is_empty() && moved.is_empty() {
        return text + "\nnothing moved\n";
    }
    text.push_str("\nwhat changed, in the order in which a change is split:\n");
    causes.iter().for_each(|cause| text.push_str(&cause_text(cause)));
    let (main, others): (Vec<&Moved>, Vec<&Moved>) = moved.iter().partition(|m| is_main(&m.id));
    text.push_str("\nwhat moved:\n");
    main.iter().for_each(|it| text.push_str(&moved_text(it)));
    let _ = match (main.len(), others.len()) {
        (0, 0) => writeln!(text, "  no figure"),
        (_, 0) => Ok(()),
        (_, n) => writeln!(text, "  and {n} other figures, listed by --format json"),
    };
    for note in notes {
        let _ = writeln!(text, "\nnote: {note}");
    }
    text
}

/// Figures that a text shows; JSON has all.
fn is_main(id: &str) -> bool {
    let percentile = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    ["walk_away", "target", "anchor", "last_ask", "leverage", "p_zopa"].contains(&id)
        || id.strip_prefix("market.p").is_some_and(percentile)
}

fn cause_text(cause: &Cause) -> String {
    let mut text = format!("  {}\n", cause.of.as_str());
    for what in &cause.what {
        let _ = writeln!(text, "    {what}");
    }
    for (id, rows) in &cause.rows {
        text.push_str(&rows_text(id, rows.as_ref()));
    }
    text
}

fn rows_text(id: &str, rows: Option<&Rows>) -> String {
    let Some(rows) = rows else { return format!("    {id}: rows too many to be listed\n") };
    let mut text = String::new();
    for (word, list) in [("went", &rows.went), ("came", &rows.came)] {
        for row in list.iter().take(LISTED) {
            let _ = writeln!(text, "    {id}: {word} {}", row.replace('\t', "  "));
        }
        if let more @ 1.. = list.len().saturating_sub(LISTED) {
            let _ = writeln!(text, "    {id}: {word} {more} more");
        }
    }
    if rows.moved > 0 {
        let _ = writeln!(text, "    {id}: {} rows stand elsewhere in the file", rows.moved);
    }
    text
}

fn moved_text(it: &Moved) -> String {
    let digits = digits(it.stated.iter().flatten());
    let shown = |value: Option<Amount>| value.map_or("absent".to_owned(), |v| fixed(v, digits));
    let [old, new] = it.stated;
    let mut text =
        format!("  {} ({}, {}): {} -> {}", it.id, it.label, it.unit, shown(old), shown(new));
    let Some(parts) = &it.parts else { return text + "\n" };
    let by = |from: Amount, to: Amount| signed(to.round_dp(digits) - from.round_dp(digits), digits);
    if let (Some(old), Some(new)) = (old, new) {
        let _ = write!(text, " = {}", by(old, new));
    }
    text.push('\n');
    for part in parts {
        let _ = writeln!(text, "    {:>14}  {}", by(part.from, part.to), name(part));
    }
    text
}

/// One input, or those that no known state keeps apart; none where a report does not hold.
fn name(part: &Part) -> String {
    let names: Vec<&str> = part.of.iter().map(|c| c.as_str()).collect();
    match names.len() {
        0 => "nothing that changed: the older report does not come out of its inputs".to_owned(),
        1 => names.concat(),
        _ => format!("not separable: {}", names.join(" + ")),
    }
}

/// Digits after the point: two from 1 up, below that as many as show four that count.
fn digits<'a>(values: impl Iterator<Item = &'a Amount>) -> u32 {
    let largest = values.map(Amount::abs).max().unwrap_or_default();
    if largest >= Amount::ONE || largest.is_zero() {
        return 2;
    }
    let enough = |dp: &u32| (largest * Amount::from(10_u64.pow(*dp))) >= Amount::from(1_000);
    (3..=12).find(enough).unwrap_or(12)
}

/// An amount with so many digits after the point.
pub(super) fn fixed(value: Amount, digits: u32) -> String {
    format!("{:.1$}", value.round_dp(digits), digits as usize)
}

/// The same with its sign.
pub(super) fn signed(value: Amount, digits: u32) -> String {
    let sign = if value > Amount::ZERO { "+" } else { "" };
    format!("{sign}{}", fixed(value, digits))
}

/// The comparison for programs; amounts as exact decimals.
pub(super) fn json(causes: &[Cause], moved: &[Moved], notes: &[String]) -> String {
    let rows = |(id, rows): &(String, Option<Rows>)| match rows {
        Some(it) => json!({"source": id, "went": it.went, "came": it.came, "moved": it.moved}),
        None => json!({"source": id}),
    };
    let cause = |c: &Cause| {
        let rows: Vec<Value> = c.rows.iter().map(rows).collect();
        json!({"of": c.of.as_str(), "what": c.what, "rows": rows})
    };
    let order: Vec<&str> = Component::ORDER.iter().map(|c| c.as_str()).collect();
    let value = json!({
        "schema": "haggle.diff/1",
        "order": order,
        "changed": causes.iter().map(cause).collect::<Vec<_>>(),
        "moved": moved.iter().map(moved_json).collect::<Vec<_>>(),
        "notes": notes,
    });
    format!("{value:#}\n")
}

fn moved_json(it: &Moved) -> Value {
    let part = |part: &Part| {
        let of: Vec<&str> = part.of.iter().map(|c| c.as_str()).collect();
        let (from, to) = (part.from, part.to);
        let by = to.checked_sub(from).map(|by| by.to_string());
        json!({"of": of, "from": from.to_string(), "to": to.to_string(), "by": by})
    };
    let [old, new] = it.stated.map(|value| value.map(|v| v.to_string()));
    json!({
        "id": it.id,
        "unit": it.unit,
        "old": old,
        "new": new,
        "parts": it.parts.as_ref().map(|parts| parts.iter().map(part).collect::<Vec<_>>()),
    })
}
