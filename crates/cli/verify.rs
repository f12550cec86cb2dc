//! `verify`: makes a report or a comparison again from its deal file and its sources, and says what
//! no longer holds.

use crate::args::{ListFormat, Verify};
use crate::compare::Compared;
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::gather::{Pinning, file_name};
use crate::reading::Reading;
use crate::report::Made;
use crate::stated::{Asked, Stated, figures};
use haggle_negotiation::deal::{Override, keys};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// Members of a figure that are compared, the ones that people look at first.
const MEMBERS: [&str; 12] = [
    "value",
    "low",
    "high",
    "printed",
    "bound",
    "level",
    "by",
    "unit",
    "label",
    "formula",
    "evidence",
    "assumption",
];

pub(crate) fn run(args: &Verify, context: &Context) -> Result<u8, Failure> {
    let stated = Stated::open(&args.report)?;
    let deal_file = stated.deal_file(args.deal.as_deref())?;
    let checked = check(&stated, &deal_file, context)?;
    let text = match args.format {
        ListFormat::Text => checked.text(&stated),
        ListFormat::Json => format!("{:#}\n", checked.json(&stated)),
    };
    context.data(&text)?;
    Ok(if checked.holds() { exit::FINE } else { exit::FAILED })
}

/// What was found out about a report.
struct Checked {
    /// Figures that were compared.
    count: usize,
    /// What is no longer as it was when the report was made.
    changes: Vec<Change>,
    /// Figures that no longer hold.
    broken: Vec<Broken>,
    /// Other places of the report that would read otherwise.
    elsewhere: Vec<String>,
}

/// Something that a report was made from and that is no longer the same.
struct Change {
    /// What: `source survey`.
    what: String,
    /// What it was and is.
    how: String,
}

/// A figure that no longer holds.
struct Broken {
    id: String,
    /// The member that differs: `value`, `low` ...
    member: String,
    stated: Value,
    recomputed: Value,
    causes: Vec<String>,
}

/// Recomputes in a store of its own: nothing that an earlier run left behind is believed.
fn check(stated: &Stated, deal_file: &Path, context: &Context) -> Result<Checked, Failure> {
    let folder =
        tempfile::tempdir().map_err(|e| Failure::io(&std::env::temp_dir(), "cannot write", &e))?;
    let apart = context.apart(folder.path());
    let asked = stated.compared.as_ref();
    let again = recompute(&stated.reading, asked, deal_file, &apart)?;
    let now = stated.reading.again(deal_file)?;
    let same = |r: &Reading| r.text == now.text && r.playbook == now.playbook;
    let today = match same(&stated.reading) {
        true => again.clone(),
        false => recompute(&now, asked, deal_file, &apart)?,
    };
    let mut changes = source_changes(stated, &again);
    changes.extend(program_change(stated));
    changes.extend(parameter_changes(stated, &again));
    changes.extend(deal_change(&stated.reading, &now)?);
    if stated.reading.playbook != now.playbook {
        changes.push(Change { what: "playbook".to_owned(), how: "another text".to_owned() });
    }
    let broken = broken(&stated.json, &again, &today, &changes);
    let elsewhere = elsewhere(&stated.json, &again);
    Ok(Checked { count: stated.figures().count(), changes, broken, elsewhere })
}

fn recompute(
    reading: &Reading,
    compared: Option<&Asked>,
    file: &Path,
    context: &Context,
) -> Result<Value, Failure> {
    let pinning = Pinning { aside: true, ..Pinning::default() };
    let text = match compared {
        None => Made::of(reading.clone(), file, pinning, context)?.json(),
        Some(asked) => Compared::made(reading.clone(), file, asked.fill, pinning, context)?
            .json(asked.scenario.as_deref())?,
    };
    serde_json::from_str(&text)
        .map_err(|e| Failure::new(format!("the recomputed report is not JSON: {e}")))
}

fn source_changes(stated: &Stated, again: &Value) -> Vec<Change> {
    let ids = again["sources"].as_object().into_iter().flatten().map(|(id, _)| id);
    let mut changes = Vec::new();
    for id in ids {
        let (old, new) = (&stated.json["sources"][id], &again["sources"][id]);
        let differ = |key: &str| (old[key] != new[key]).then(|| was(&old[key], &new[key]));
        let location = new["location"].as_str().unwrap_or_default();
        let content = differ("sha256").map(|how| format!("{location} {how}"));
        let recipes = (&stated.json["private"]["recipes"][id], &again["private"]["recipes"][id]);
        let recipe =
            (recipes.0 != recipes.1).then(|| format!("recipe {}", was(recipes.0, recipes.1)));
        let how = content.or_else(|| differ("recipe")).or(recipe);
        changes.extend(how.map(|how| Change { what: format!("source {id}"), how }));
    }
    changes
}

/// Two values for people; hashes by their first digits.
fn was(old: &Value, new: &Value) -> String {
    format!("was {}, is {}", brief(old), brief(new))
}

fn brief(value: &Value) -> String {
    let text = plain(value);
    let hash = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if hash { text[..12].to_owned() } else { text }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "absent".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn program_change(stated: &Stated) -> Option<Change> {
    let (old, new) = (stated.version(), env!("CARGO_PKG_VERSION"));
    let how = format!("was {old}, is {new}");
    (old != new).then(|| Change { what: "program".to_owned(), how })
}

/// Parameters whose value is another, though the deal file is the report's own.
fn parameter_changes(stated: &Stated, again: &Value) -> Vec<Change> {
    let named = |json: &Value| -> BTreeMap<String, Value> {
        json["parameters"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect()
    };
    let (old, new) = (named(&stated.json), named(again));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let of = |map: &BTreeMap<String, Value>, name| map.get(name).cloned().unwrap_or(Value::Null);
    let differing =
        names.into_iter().map(|n| (n, of(&old, n), of(&new, n))).filter(|(_, a, b)| a != b);
    differing
        .map(|(name, a, b)| Change { what: format!("parameter {name}"), how: was(&a, &b) })
        .collect()
}

/// The keys of the deal file that say something else than they did.
fn deal_change(old: &Reading, new: &Reading) -> Result<Option<Change>, Failure> {
    if old.text == new.text {
        return Ok(None);
    }
    let keys = changed_keys(old, new)?;
    let how = if keys.is_empty() { "comments alone".to_owned() } else { keys.join("; ") };
    Ok(Some(Change { what: "deal file".to_owned(), how }))
}

/// Keys of two readings that differ, each with what it said and says.
pub(crate) fn changed_keys(old: &Reading, new: &Reading) -> Result<Vec<String>, Failure> {
    let (old, new) = (keys_of(old)?, keys_of(new)?);
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let said = |keys: &BTreeMap<String, String>, name: &String| {
        keys.get(name).map_or_else(|| "nothing".to_owned(), |v| format!("`{v}`"))
    };
    let differing = names.into_iter().filter(|n| old.get(*n) != new.get(*n));
    Ok(differing.map(|n| format!("{n}: {} became {}", said(&old, n), said(&new, n))).collect())
}

fn keys_of(reading: &Reading) -> Result<BTreeMap<String, String>, Failure> {
    let settings: Result<Vec<Override>, String> =
        reading.set.iter().map(|s| Override::parse(s)).collect();
    let settings = settings.map_err(|e| Failure::usage(format!("--set: {e}")))?;
    let told = |problems: Vec<haggle_negotiation::deal::Problem>| {
        let messages = problems.into_iter().map(|p| p.message).collect::<Vec<_>>();
        Failure::new(format!("{}: {}", reading.name, messages.join("; ")))
    };
    keys(&reading.text, &settings).map_err(told)
}

/// Every figure that differs between what is stated and what comes out today.
fn broken(stated: &Value, again: &Value, today: &Value, changes: &[Change]) -> Vec<Broken> {
    let ids: BTreeSet<&String> =
        figures(stated).chain(figures(again)).chain(figures(today)).map(|(id, _)| id).collect();
    let each = |id: &String| {
        let of = |json: &Value| json["figures"].get(id).cloned().unwrap_or(Value::Null);
        let (was, is) = (of(stated), of(today));
        let (member, stated_value, recomputed) = difference(&was, &is)?;
        let mut causes = Vec::new();
        if difference(&was, &of(again)).is_some() {
            causes.extend(causes_of(id, [stated, again], changes));
        }
        if difference(&of(again), &is).is_some() {
            causes.push("deal file".to_owned());
        }
        Some(Broken { id: id.clone(), member, stated: stated_value, recomputed, causes })
    };
    ids.into_iter().filter_map(each).collect()
}

/// The first member in which two figures differ, with both values.
fn difference(one: &Value, two: &Value) -> Option<(String, Value, Value)> {
    if one == two {
        return None;
    }
    let of = |figure: &Value, member: &str| figure.get(member).cloned().unwrap_or(Value::Null);
    let differs = |member: &&&str| of(one, member) != of(two, member);
    let member = MEMBERS.iter().find(differs).map_or("inputs", |m| *m);
    Some((member.to_owned(), of(one, member), of(two, member)))
}

/// Why a figure comes out otherwise from the same deal file: a source that it rests on, else the
/// program and its parameters, else the report itself.
fn causes_of(id: &str, reports: [&Value; 2], changes: &[Change]) -> Vec<String> {
    let rests: BTreeSet<String> = reports.iter().flat_map(|r| sources_under(r, id)).collect();
    let is_mine = |c: &&Change| c.what.strip_prefix("source ").is_some_and(|s| rests.contains(s));
    let rules = |c: &&Change| c.what == "program" || c.what.starts_with("parameter ");
    let name = |c: &Change| c.what.clone();
    let mine: Vec<String> = changes.iter().filter(is_mine).map(name).collect();
    if !mine.is_empty() {
        return mine;
    }
    let rules: Vec<String> = changes.iter().filter(rules).map(name).collect();
    if rules.is_empty() {
        return vec!["the report itself: nothing that it rests on has changed".to_owned()];
    }
    rules
}

/// The sources that a figure rests on, by its inputs.
fn sources_under(report: &Value, id: &str) -> BTreeSet<String> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![id.to_owned()]);
    let mut sources = BTreeSet::new();
    while let Some(id) = open.pop() {
        let figure = &report["figures"][&id];
        let set = figure["evidence"].as_str().unwrap_or_default();
        sources.extend(report["evidence"][set]["source"].as_str().map(str::to_owned));
        sources.extend(sources_at(report, set));
        if is_plug(&id) {
            sources.extend(
                report["sources"].as_object().into_iter().flatten().map(|(s, _)| s.clone()),
            );
        }
        let inputs = figure["inputs"].as_object().into_iter().flatten();
        let inputs = inputs.filter_map(|(_, v)| v.as_str().map(str::to_owned));
        open.extend(inputs.filter(|input| seen.insert(input.clone())));
    }
    sources
}

/// The sources whose file has a place, as a comparison cites it: `sheet.csv:3:2`.
fn sources_at<'a>(report: &'a Value, place: &'a str) -> impl Iterator<Item = String> + 'a {
    let all = report["sources"].as_object().into_iter().flatten();
    let holds = move |head: &Value| {
        let file = file_name(head["location"].as_str().unwrap_or_default());
        place.strip_prefix(&*file).is_some_and(|rest| rest.starts_with(':'))
    };
    all.filter(move |(_, head)| holds(head)).map(|(id, _)| id.clone())
}

/// What fills gaps follows from the lines of all others.
fn is_plug(id: &str) -> bool {
    id.starts_with("quote.") && id.ends_with(".plugs")
}

/// Places outside the figures where two reports differ.
fn elsewhere(stated: &Value, again: &Value) -> Vec<String> {
    let mut places = Vec::new();
    places_of(stated, again, "", &mut places);
    places.retain(|place| !place.starts_with("figures/") && !is_time_of_retrieval(place));
    places
}

/// When bytes came is known to whoever fetched them; it cannot be made again, and no number rests
/// on it.
fn is_time_of_retrieval(place: &str) -> bool {
    place.starts_with("sources/") && place.ends_with("/retrieved")
}

fn places_of(one: &Value, two: &Value, place: &str, places: &mut Vec<String>) {
    let inside =
        |key: &str| if place.is_empty() { key.to_owned() } else { format!("{place}/{key}") };
    match (one, two) {
        _ if one == two => {}
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                places_of(&one[key.as_str()], &two[key.as_str()], &inside(key), places);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (i, (x, y)) in a.iter().zip(b).enumerate() {
                places_of(x, y, &inside(&i.to_string()), places);
            }
        }
        _ => places.push(place.to_owned()),
    }
}

/// Most places outside the figures that are listed one by one.
const PLACES: usize = 10;

impl Checked {
    fn holds(&self) -> bool {
        self.broken.is_empty() && self.elsewhere.is_empty()
    }

    fn text(&self, stated: &Stated) -> String {
        let mut text = format!("{}: {}\n", stated.path.display(), self.verdict());
        if !self.changes.is_empty() {
            text.push_str("\nchanged since it was made:\n");
        }
        for change in &self.changes {
            let _ = writeln!(text, "  {}: {}", change.what, change.how);
        }
        for (causes, list) in self.by_causes() {
            let _ = writeln!(text, "\nno longer hold because of {causes}:");
            list.iter().for_each(|it| text.push_str(&it.line()));
        }
        let more = self.elsewhere.len().saturating_sub(PLACES);
        if !self.elsewhere.is_empty() {
            text.push_str("\nother places that would read otherwise:\n");
        }
        for place in self.elsewhere.iter().take(PLACES) {
            let _ = writeln!(text, "  {place}");
        }
        if more > 0 {
            let _ = writeln!(text, "  and {more} more");
        }
        text
    }

    /// Figures that share their causes stand together.
    fn by_causes(&self) -> BTreeMap<String, Vec<&Broken>> {
        let mut groups: BTreeMap<String, Vec<&Broken>> = BTreeMap::new();
        for it in &self.broken {
            groups.entry(it.causes.join(" and ")).or_default().push(it);
        }
        groups
    }

    fn verdict(&self) -> String {
        match (self.broken.len(), self.elsewhere.len()) {
            (0, 0) => format!("all {} figures hold", self.count),
            (0, _) => format!("all {} figures hold, other places do not", self.count),
            (n, _) => format!("{n} of {} figures no longer hold", self.count),
        }
    }

    fn json(&self, stated: &Stated) -> Value {
        let change = |c: &Change| json!({"what": c.what, "how": c.how});
        let broken = |b: &Broken| {
            json!({
                "id": b.id,
                "member": b.member,
                "stated": b.stated,
                "recomputed": b.recomputed,
                "causes": b.causes,
            })
        };
        json!({
            "schema": "haggle.verify/1",
            "report": stated.path.file_name().map(|n| n.to_string_lossy()),
            "holds": self.holds(),
            "figures": self.count,
            "changed": self.changes.iter().map(change).collect::<Vec<_>>(),
            "broken": self.broken.iter().map(broken).collect::<Vec<_>>(),
            "elsewhere": self.elsewhere,
        })
    }
}

impl Broken {
    fn line(&self) -> String {
        let member = if self.member == "value" { "" } else { &format!(" ({})", self.member) };
        let (stated, recomputed) = (plain(&self.stated), plain(&self.recomputed));
        format!("  {}{member}: stated {stated}, comes out as {recomputed}\n", self.id)
    }
}
