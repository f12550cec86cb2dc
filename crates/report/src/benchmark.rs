//! The market part alone, for `haggle benchmark`: text, JSON and CSV, with the comparables one by
//! one if they are wanted.

use crate::csv::{row, words};
use crate::json::{add_interval, bound, cited, deal, ground, list, pretty};
use crate::number;
use crate::outline::{adjusted, comparable, market, passed_over};
use crate::section::{Block, Table, heading, paragraph};
use crate::text::{Style, render};
use haggle_negotiation::brief::{Brief, Gravity, Listing, MarketHead};
use haggle_negotiation::figure::Figure;
use haggle_negotiation::market::Cited;
use haggle_quantity::from_day_number;
use serde_json::{Map, Number, Value, json};
use std::collections::BTreeMap;

/// Percentiles with intervals or the refusal, n, sources; with a listing, comparables and near
/// misses as tables.
pub fn benchmark_text(brief: &Brief, listing: Option<&Listing>, style: &Style) -> String {
    let mut blocks = market(brief);
    if brief.market.is_some() {
        blocks.push(paragraph(format!("As of {}.", brief.as_of)));
    }
    blocks.extend(findings(brief));
    blocks.extend(adjusted(brief));
    blocks.extend(passed_over(brief));
    blocks.extend(listing.into_iter().flat_map(listed));
    render(&blocks, style)
}

fn listed(listing: &Listing) -> Vec<Block> {
    let mut blocks = vec![heading(2, "comparables", "Comparables")];
    let mut rows = Table::new("Comparables", &["place", "#amount", "#counts as", "what"]);
    for (source, it) in &listing.comparables {
        rows.row(comparable(source, it));
    }
    blocks.push(rows.block().unwrap_or_else(|| paragraph("None.")));
    if listing.near_count > 0 {
        blocks.extend(near(listing));
    }
    blocks
}

/// What is wrong or doubtful with the evidence; what is merely worth knowing stands in the JSON.
fn findings(brief: &Brief) -> Vec<Block> {
    let grave = brief.findings.iter().filter(|f| f.gravity != Gravity::Info);
    let said = grave.map(|f| paragraph(format!("{}: {} [{}]", f.gravity.as_str(), f.text, f.rule)));
    said.collect()
}

/// Near misses shown for each condition that was missed; all of them are in JSON and CSV.
const NEAR_SHOWN: usize = 10;

/// The conditions that few rows miss come first: those rows are the nearest.
fn near(listing: &Listing) -> Vec<Block> {
    let mut by_condition: BTreeMap<&str, Vec<(&str, &Cited)>> = BTreeMap::new();
    for (source, missed, it) in &listing.near {
        by_condition.entry(missed).or_default().push((source, it));
    }
    let mut groups: Vec<_> = by_condition.into_iter().collect();
    groups.sort_by_key(|(_, rows)| rows.len());
    let mut rows = Table::new("Near misses", &["place", "#amount", "missed", "what"]);
    for (missed, (source, it)) in groups
        .iter()
        .flat_map(|(missed, rows)| rows.iter().take(NEAR_SHOWN).map(move |row| (*missed, *row)))
    {
        let [place, amount, _, what] = comparable(source, it).try_into().expect("four cells");
        rows.row(vec![place, amount, missed.into(), what]);
    }
    let hidden = groups.iter().any(|(_, rows)| rows.len() > NEAR_SHOWN);
    let line = format!(
        "{} missed exactly one condition, or meets all and does not count.",
        number::count(listing.near_count)
    );
    let more =
        format!(" The first {NEAR_SHOWN} of each condition are shown; --format json has more.");
    let line = if hidden { line + &more } else { line };
    let head = vec![heading(2, "near", "Near misses"), paragraph(line)];
    head.into_iter().chain(rows.block()).collect()
}

/// The market and its sources as JSON (`haggle.benchmark/1`), amounts as decimal strings.
pub fn benchmark_json(brief: &Brief, listing: Option<&Listing>) -> String {
    let mut report = json!({
        "schema": "haggle.benchmark/1",
        "haggle": env!("CARGO_PKG_VERSION"),
        "as_of": brief.as_of.to_string(),
        "deal": deal(brief),
        "market": brief.market.as_ref().map(|market| market_json(brief, market)),
    });
    if let Value::Object(map) = &mut report {
        map.extend(ground(brief));
    }
    if let Some(listing) = listing {
        report["comparables"] = list(&listing.comparables, |(source, it)| row_of(source, None, it));
        let missed = |(s, missed, it): &(String, String, Cited)| row_of(s, Some(missed), it);
        report["near"] = list(&listing.near, missed);
        report["near_count"] = json!(listing.near_count);
    }
    pretty(&report)
}

fn row_of(source: &str, missed: Option<&str>, it: &Cited) -> Value {
    let mut value = json!({"source": source});
    if let Some(missed) = missed {
        value["missed"] = json!(missed);
    }
    if let (Value::Object(map), Value::Object(rest)) = (&mut value, cited(it)) {
        map.extend(rest);
    }
    value
}

fn market_json(brief: &Brief, market: &MarketHead) -> Value {
    let points: Map<String, Value> =
        percentiles(brief, market).map(|(name, it)| (name.to_owned(), point(it))).collect();
    json!({
        "percentiles": points,
        "n": market.n,
        "effective_n": market.effective_n.and_then(Number::from_f64),
        "kind": market.kind,
        "sources": market.sources,
        "refusals": market.refusals,
    })
}

/// The percentiles that exist, with their figures.
fn percentiles<'a>(
    brief: &'a Brief,
    market: &'a MarketHead,
) -> impl Iterator<Item = (&'a str, &'a Figure)> {
    let points = market.percentiles.iter();
    points.filter_map(|(name, id)| Some((name.as_str(), brief.figures.get(id)?)))
}

fn point(it: &Figure) -> Value {
    let mut map = Map::new();
    map.insert("value".to_owned(), json!(number::exact(it.value, &it.unit)));
    if let Some(interval) = &it.interval {
        add_interval(&mut map, interval, &it.unit);
    }
    if let Some(words) = bound(it.sense) {
        map.insert("bound".to_owned(), json!(words));
    }
    Value::Object(map)
}

/// The percentiles as CSV; only the header if there is none.
pub fn benchmark_csv(brief: &Brief) -> String {
    let header = "percentile,value,low,high,level,by,bound,n,effective_n,currency,per\n";
    let rows = brief.market.iter().flat_map(|market| {
        percentiles(brief, market).map(move |(name, it)| csv_row(brief, market, name, it))
    });
    std::iter::once(header.to_owned()).chain(rows).collect()
}

fn csv_row(brief: &Brief, market: &MarketHead, name: &str, it: &Figure) -> String {
    let mut interval = Map::new();
    if let Some(known) = &it.interval {
        add_interval(&mut interval, known, &it.unit);
    }
    let part = |key: &str| match interval.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    row(&[
        name.to_owned(),
        number::exact(it.value, &it.unit),
        part("low"),
        part("high"),
        part("level"),
        part("by"),
        bound(it.sense).unwrap_or_default().to_owned(),
        market.n.to_string(),
        market.effective_n.filter(|n| n.is_finite()).map_or(String::new(), number::decimal),
        brief.deal.currency.clone(),
        brief.deal.per.clone(),
    ])
}

/// Comparables and near misses as CSV, one row each; `missed` is empty for a comparable.
pub fn listing_csv(listing: &Listing) -> String {
    let header = "source,missed,place,amount,bound,currency,per,statistic,adjusted,subject,title,\
                  location,party,level,date,weight,count\n";
    let comparables = listing.comparables.iter().map(|(source, it)| listing_row(source, "", it));
    let near = listing.near.iter().map(|(source, missed, it)| listing_row(source, missed, it));
    std::iter::once(header.to_owned()).chain(comparables).chain(near).collect()
}

fn listing_row(source: &str, missed: &str, it: &Cited) -> String {
    let number = |value: Option<f64>| value.filter(|v| v.is_finite()).map(number::decimal);
    let date = it.date.and_then(from_day_number).map(|date| date.to_string());
    row(&[
        words(Some(source)),
        words(Some(missed)),
        words(Some(&it.place)),
        it.amount.clone(),
        it.bound.to_owned(),
        it.currency.clone(),
        words(Some(&it.per)),
        it.statistic.clone(),
        number(it.adjusted).unwrap_or_default(),
        words(it.subject.as_deref()),
        words(it.title.as_deref()),
        words(it.location.as_deref()),
        words(it.party.as_deref()),
        words(it.level.as_deref()),
        date.unwrap_or_default(),
        number(it.weight).unwrap_or_default(),
        it.count.map_or(String::new(), |count| count.to_string()),
    ])
}
