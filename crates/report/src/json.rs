//! The report as `haggle.report/1`: every figure with its ground, amounts as decimal strings.

use crate::number;
use haggle_negotiation::brief::{
    Adjustment, Audience, Brief, EvidenceSet, Excluded, Finding, InputHead, MarketHead, Outlier,
    ParameterUse, Place, PluginHead, Question, SourceHead, Swing, SwingEnd, TallyHead, Trigger,
};
use haggle_negotiation::deal::Interest;
use haggle_negotiation::figure::{Figure, Figures, Interval, Sense, Unit};
use haggle_negotiation::market::Cited;
use haggle_quantity::from_day_number;
use serde_json::{Map, Number, Value, json};

/// The members of a shareable report; whatever else there is, is private.
const SHAREABLE: [&str; 14] = [
    "schema",
    "haggle",
    "audience",
    "as_of",
    "deal",
    "market",
    "anchor",
    "parameters",
    "adjustments",
    "excluded",
    "outliers",
    "figures",
    "evidence",
    "sources",
];

/// The report as JSON with a line feed at its end. The same brief gives the same bytes.
pub fn json(brief: &Brief) -> String {
    pretty(&report(brief))
}

/// The same with what it was made from, under the one key `private`, so that `verify` and `diff`
/// can make it again. Not for others' eyes: the deal file stands in it.
pub fn recorded(brief: &Brief, record: &Record<'_>) -> String {
    let mut report = map_of(report(brief));
    report.insert("private".to_owned(), private(record));
    pretty(&Value::Object(report))
}

/// What a report was made from, besides its sources.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// Name of the deal file, without its folder.
    pub name: &'a str,
    /// SHA-256 of the deal file.
    pub sha256: String,
    /// Its text.
    pub text: &'a str,
    /// The text of its playbook, if it names one.
    pub playbook: Option<&'a str>,
    /// The day that the command line named, if it did.
    pub as_of: Option<&'a str>,
    /// Settings of the command line that replace what the file says, as `PATH=VALUE`.
    pub set: &'a [String],
    /// The recipes that stand in files of the user: id of the source, SHA-256 of the file.
    pub recipes: &'a [(String, String)],
    /// Id of each source and its comparables, one a line; absent if they are too many.
    pub rows: &'a [(String, Option<Vec<String>>)],
}

pub(crate) fn private(record: &Record<'_>) -> Value {
    json!({
        "deal_file": {"name": record.name, "sha256": record.sha256, "text": record.text},
        "playbook": record.playbook,
        "as_of": record.as_of,
        "set": record.set,
        "recipes": object(record.recipes.iter().map(|(id, hash)| (id, json!(hash)))),
        "rows": object(record.rows.iter().map(|(id, rows)| (id, json!(rows)))),
    })
}

/// Indented, with a line feed at the end.
pub(crate) fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// The report as a value.
pub(crate) fn report(brief: &Brief) -> Value {
    let mut report = map_of(head(brief));
    report.extend(ground(brief));
    if brief.audience == Audience::Shareable {
        report.retain(|key, _| SHAREABLE.contains(&key.as_str()));
    }
    Value::Object(report)
}

fn head(brief: &Brief) -> Value {
    let head = &brief.headline;
    json!({
        "schema": "haggle.report/1",
        "haggle": env!("CARGO_PKG_VERSION"),
        "audience": match brief.audience {
            Audience::Private => "private",
            Audience::Shareable => "shareable",
        },
        "as_of": brief.as_of.to_string(),
        "deal": deal(brief),
        "market": brief.market.as_ref().map(market),
        "leverage": leverage(brief),
        "walk_away": head.walk_away,
        "target": head.target,
        "anchor": head.anchor,
        "concessions": head.concessions,
        "interests": list(&brief.interests, interest),
        "questions": list(&brief.questions, question),
        "rapport": brief.rapport,
        "triggers": list(&brief.triggers, trigger),
        "sensitivity": list(&brief.sensitivity, swing),
        "parameters": object(brief.parameters.iter().map(|p| (p.name, json!(p.value)))),
        "stated_parameters": stated(brief),
        "playbook": brief.playbook,
        "parameter_origins": object(brief.parameters.iter().filter_map(|p| Some((p.name, json!(p.from.clone()?))))),
        "parameters_in_play": object(in_play(brief).map(|p| (p.name, json!(p.in_play)))),
    })
}

/// The parts that a benchmark shares with a report: what was done to the evidence, what did not
/// count, what the rules say, and the graph of figures with its ground.
pub(crate) fn ground(brief: &Brief) -> Map<String, Value> {
    map_of(json!({
        "findings": list(&brief.findings, finding),
        "adjustments": list(&brief.adjustments, adjustment),
        "excluded": list(&brief.excluded, excluded),
        "outliers": list(&brief.outliers, outlier),
        "diagnostics": diagnostics(brief),
        "figures": figures(&brief.figures),
        "evidence": object(brief.evidence.iter().map(|(id, set)| (id, evidence(set)))),
        "sources": object(brief.sources.iter().map(|(id, it)| (id, source(it)))),
    }))
}

/// An object in the order of its pairs.
pub(crate) fn object<K: Into<String>>(pairs: impl IntoIterator<Item = (K, Value)>) -> Value {
    Value::Object(pairs.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

pub(crate) fn list<T>(items: &[T], each: impl Fn(&T) -> Value) -> Value {
    Value::Array(items.iter().map(each).collect())
}

/// Adds a member if there is something to say.
fn put(map: &mut Map<String, Value>, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        map.insert(key.to_owned(), value.into());
    }
}

/// The object inside a value built as one.
pub(crate) fn map_of(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

pub(crate) fn deal(brief: &Brief) -> Value {
    let deal = &brief.deal;
    let mut head = json!({
        "title": deal.title,
        "side": deal.side.as_str(),
        "currency": deal.currency,
        "per": deal.per,
    });
    if !deal.what_if.is_empty() {
        head["what_if"] = json!(deal.what_if);
    }
    head
}

/// The index and its two factors, each side apart, and the band of settlements.
fn leverage(brief: &Brief) -> Value {
    let head = &brief.headline;
    let id = |id: &str| brief.figures.has(id).then(|| id.to_owned());
    json!({
        "index": head.leverage,
        "need": head.need,
        "alternative": head.alternative,
        "need_theirs": id("leverage.need.theirs"),
        "alternative_theirs": id("leverage.alternative.theirs"),
        "power": id("power"),
        "settlement": {
            "exit": id("settlement.deal_me_out"),
            "income": id("settlement.split_difference"),
        },
    })
}

fn market(market: &MarketHead) -> Value {
    let mut map = Map::new();
    for (name, id) in &market.percentiles {
        map.insert(name.clone(), json!(id));
    }
    map.insert("n".to_owned(), json!(market.n));
    map.insert("effective_n".to_owned(), json!(market.effective_n.and_then(Number::from_f64)));
    map.insert("sources".to_owned(), json!(market.sources));
    map.insert("kind".to_owned(), json!(market.kind));
    map.insert("refusals".to_owned(), json!(market.refusals));
    Value::Object(map)
}

pub(crate) fn finding(it: &Finding) -> Value {
    json!({
        "rule": it.rule,
        "step": it.step,
        "severity": it.gravity.as_str(),
        "text": it.text,
        "figures": it.figures,
        "cites": it.cites,
        "action": it.action,
    })
}

fn question(it: &Question) -> Value {
    json!({"text": it.text, "worth": it.worth, "follow_up": it.follow_up})
}

fn interest(it: &Interest) -> Value {
    json!({"kind": it.kind.as_str(), "text": it.text, "source": it.source})
}

fn trigger(it: &Trigger) -> Value {
    json!({"text": it.text, "figures": it.figures})
}

/// Figure ids: the input's ends and the outcome at them, null where there is none.
fn swing(it: &Swing) -> Value {
    let end = |it: &SwingEnd| json!({"input": it.input, "outcome": it.outcome});
    json!({
        "outcome": it.outcome,
        "input": it.input,
        "low": end(&it.low),
        "high": end(&it.high),
    })
}

/// Names of the parameters that the deal states; the others are defaults of the register.
fn stated(brief: &Brief) -> Vec<&'static str> {
    brief.parameters.iter().filter(|p| p.stated).map(|p| p.name).collect()
}

/// The parameters in play.
fn in_play(brief: &Brief) -> impl Iterator<Item = &ParameterUse> {
    brief.parameters.iter().filter(|p| !p.in_play.is_empty())
}

fn adjustment(it: &Adjustment) -> Value {
    json!({
        "source": it.source,
        "kind": it.kind,
        "text": it.text,
        "figure": it.figure,
        "count": it.count,
    })
}

fn excluded(it: &Excluded) -> Value {
    json!({
        "source": it.source,
        "code": it.code,
        "reason": it.reason,
        "count": it.count,
        "first": list(&it.first, place),
    })
}

fn place(it: &Place) -> Value {
    json!({"locator": it.locator, "amount": it.amount})
}

fn outlier(it: &Outlier) -> Value {
    json!({
        "source": it.source,
        "locator": it.place.locator,
        "amount": it.place.amount,
        "z": number::decimal(it.z),
        "hint": it.hint,
    })
}

fn diagnostics(brief: &Brief) -> Value {
    let all = brief.sources.iter().flat_map(|(id, source)| {
        source.diagnostics.iter().map(move |it| {
            json!({
                "source": id,
                "code": it.code,
                "severity": it.severity,
                "place": it.place,
                "message": it.message,
                "help": it.help,
            })
        })
    });
    Value::Array(all.collect())
}

pub(crate) fn figures(figures: &Figures) -> Value {
    object(figures.iter().map(|(id, it)| (id, figure(it))))
}

fn figure(it: &Figure) -> Value {
    let mut map = map_of(json!({
        "label": it.label,
        "value": number::exact(it.value, &it.unit),
        "unit": it.unit.to_string(),
    }));
    if let Some(interval) = &it.interval {
        add_interval(&mut map, interval, &it.unit);
    }
    put(&mut map, "bound", bound(it.sense));
    put(&mut map, "printed", it.printed.clone());
    map.insert("formula".to_owned(), json!(it.formula));
    let inputs = it.inputs.iter().map(|(name, id)| (name.clone(), json!(id)));
    map.insert("inputs".to_owned(), object(inputs));
    map.insert("evidence".to_owned(), json!(it.evidence));
    map.insert("assumption".to_owned(), json!(it.assumption));
    Value::Object(map)
}

/// The words of a value that is no exact one.
pub(crate) fn bound(sense: Sense) -> Option<&'static str> {
    (sense != Sense::Exact).then(|| sense.words())
}

/// Low and high with how sure and how made, as far as there is any.
pub(crate) fn add_interval(map: &mut Map<String, Value>, it: &Interval, unit: &Unit) {
    let exact = |value: Option<f64>| Some(number::exact(value.filter(|v| v.is_finite())?, unit));
    put(map, "low", exact(it.low));
    put(map, "high", exact(it.high));
    put(map, "level", it.level.and_then(Number::from_f64).map(Value::Number));
    put(map, "by", Some(it.by.as_str()));
}

fn evidence(it: &EvidenceSet) -> Value {
    json!({
        "source": it.source,
        "query": query(&it.query),
        "n": it.n,
        "digest": it.digest,
        "file": it.file,
        "first": list(&it.first, cited),
    })
}

/// Conditions by field; a field with several has a list.
fn query(conditions: &[(String, String)]) -> Value {
    let mut map: Map<String, Value> = Map::new();
    for (field, value) in conditions {
        match map.get_mut(field) {
            None => {
                map.insert(field.clone(), json!(value));
            }
            Some(Value::Array(all)) => all.push(json!(value)),
            Some(one) => *one = json!([one.take(), value]),
        }
    }
    Value::Object(map)
}

/// One observation, with what its source states and nothing that it does not.
pub(crate) fn cited(it: &Cited) -> Value {
    let mut map = map_of(json!({
        "locator": it.place,
        "amount": it.amount,
        "statistic": it.statistic,
        "bound": it.bound,
        "currency": it.currency,
        "per": it.per,
    }));
    put(&mut map, "percentile", it.percentile);
    put(&mut map, "adjusted", it.adjusted.filter(|v| v.is_finite()).map(number::money));
    let words = [
        ("subject", &it.subject),
        ("title", &it.title),
        ("location", &it.location),
        ("party", &it.party),
        ("level", &it.level),
    ];
    words.into_iter().for_each(|(key, value)| put(&mut map, key, value.clone()));
    put(&mut map, "date", it.date.and_then(from_day_number).map(|date| date.to_string()));
    put(&mut map, "weight", it.weight.filter(|v| v.is_finite()).map(number::decimal));
    put(&mut map, "count", it.count);
    put(&mut map, "employers", it.employers);
    put(&mut map, "sample_size", it.sample_size);
    let error = it.relative_error.filter(|v| v.is_finite());
    put(&mut map, "relative_error", error.map(number::decimal));
    put(&mut map, "attributes", it.attributes.clone());
    Value::Object(map)
}

/// A source with its account.
pub(crate) fn source(it: &SourceHead) -> Value {
    let [read, imported, rejected, skipped] = it.rows;
    let [mapped, observations, absent] = it.cells;
    let mut map = json!({
        "name": it.name,
        "location": it.location,
        "sha256": it.sha256,
        "recipe": it.recipe,
        "publisher": it.publisher,
        "licence": it.licence,
        "grade": it.grade,
        "date": it.date.map(|date| date.to_string()),
        "bases": it.bases,
        "dates": it.span.map(|(first, last)| [first.to_string(), last.to_string()]),
        "rows": {"read": read, "imported": imported, "rejected": rejected, "skipped": skipped},
        "cells": {"mapped": mapped, "observations": observations, "absent": absent},
        "tallies": list(&it.tallies, tally),
        "assumptions": it.assumptions,
    });
    // A local file has no such key.
    if let Some(retrieved) = &it.retrieved {
        map["retrieved"] = json!(retrieved);
    }
    if let Some(it) = &it.plugin {
        map["plugin"] = plugin(it);
    }
    map
}

/// The plugin that brought a source, with everything it was given to read.
fn plugin(it: &PluginHead) -> Value {
    let input = |i: &InputHead| {
        json!({
            "uri": i.uri,
            "size": i.size,
            "sha256": i.sha256,
            "complete": i.complete,
            "range": i.range,
            "headers": i.headers,
        })
    };
    json!({
        "name": it.name,
        "version": it.version,
        "sha256": it.sha256,
        "abi": it.abi,
        "level": it.level,
        "inputs": list(&it.inputs, input),
    })
}

fn tally(it: &TallyHead) -> Value {
    let sample = |(place, found): &(String, String)| json!({"place": place, "found": found});
    json!({
        "what": it.what,
        "code": it.code,
        "field": it.field,
        "reason": it.reason,
        "count": it.count,
        "rows": it.rows,
        "samples": list(&it.samples, sample),
    })
}
