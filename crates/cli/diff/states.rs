//! The states between two reports: one input after the other swapped from old to new, and the
//! brief made again for each.

use crate::context::Context;
use crate::failure::Failure;
use crate::gather::{self, Pinning};
use crate::stated::{Stated, figures};
use haggle_negotiation::brief::prepare;
use haggle_negotiation::change::{Component, between, differs};
use haggle_negotiation::deal::Deal;
use haggle_store::Part;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A report before the first swap and after each; what cannot be made again is absent.
pub(super) struct States {
    pub(super) of: [Option<Value>; 7],
    /// Which inputs differ, in the order of [`Component::ORDER`].
    pub(super) changed: [bool; 6],
    /// What could not be done, in words.
    pub(super) notes: Vec<String>,
}

/// One of the two reports with what it is made from.
struct End<'a> {
    stated: &'a Stated,
    deal: Deal,
    /// Its sources as they were, or why they cannot be had.
    parts: Result<Vec<Part>, String>,
}

impl States {
    /// Makes every state between two reports that can be made.
    pub(super) fn between(
        old: &Stated,
        new: &Stated,
        named: Option<&Path>,
        context: &Context,
    ) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()
            .map_err(|e| Failure::io(&std::env::temp_dir(), "cannot write", &e))?;
        let stores = [context, &context.apart(folder.path())];
        let file = |of: &[&Stated]| of.iter().find_map(|s| s.deal_file(named).ok());
        let (olds, news) = (file(&[old, new]), file(&[new, old]));
        let old = End::of(old, olds.as_deref(), stores)?;
        let new = End::of(new, news.as_deref(), stores)?;
        let mut notes = Vec::new();
        let again = old.again(context)?;
        new.must_hold(context)?;
        let changed = Component::ORDER.map(|c| has_changed(c, &old, &new, again.as_ref()));
        let of = walk(&old, &new, again, &changed, context, &mut notes)?;
        notes.extend(old.gone().into_iter().chain(new.gone()));
        Ok(Self { of, changed, notes })
    }

    /// Both reports as they are stated.
    pub(super) fn ends(&self) -> (&Value, &Value) {
        (self.of[0].as_ref().unwrap_or(&Value::Null), self.of[6].as_ref().unwrap_or(&Value::Null))
    }
}

fn has_changed(component: Component, old: &End<'_>, new: &End<'_>, again: Option<&Value>) -> bool {
    match component {
        Component::Program => {
            old.stated.version() != new.stated.version()
                || again.is_some_and(|again| first_unlike(&old.stated.json, again).is_some())
        }
        Component::Evidence if old.pins() != new.pins() => true,
        other => differs(&old.deal, &new.deal, other),
    }
}

/// The states in order. One in which nothing more is to be swapped is the newer report itself.
fn walk(
    old: &End<'_>,
    new: &End<'_>,
    again: Option<Value>,
    changed: &[bool; 6],
    context: &Context,
    notes: &mut Vec<String>,
) -> Result<[Option<Value>; 7], Failure> {
    let mut states: [Option<Value>; 7] = Default::default();
    states[0] = Some(old.stated.json.clone());
    for (i, component) in Component::ORDER.into_iter().enumerate() {
        states[i + 1] = if changed[i + 1..].iter().all(|c| !c) {
            Some(new.stated.json.clone())
        } else if !changed[i] {
            states[i].clone()
        } else if component == Component::Program {
            again.clone().filter(|_| new.is_of_this_program())
        } else {
            state(old, new, component, context, notes)?
        };
    }
    Ok(states)
}

/// The brief with everything new up to a component and old after it.
fn state(
    old: &End<'_>,
    new: &End<'_>,
    last: Component,
    context: &Context,
    notes: &mut Vec<String>,
) -> Result<Option<Value>, Failure> {
    let (true, Ok(parts)) = (new.is_of_this_program(), &new.parts) else { return Ok(None) };
    let deal = between(&old.deal, &new.deal, last);
    let evidence = gather::evidence(&deal, parts, context)?;
    match prepare(&deal, &evidence) {
        Ok(brief) => Ok(Some(parsed(&haggle_report::json(&brief))?)),
        Err(error) => {
            notes.push(format!("no state after {}: {error}", last.as_str()));
            Ok(None)
        }
    }
}

fn parsed(json: &str) -> Result<Value, Failure> {
    serde_json::from_str(json)
        .map_err(|e| Failure::new(format!("the recomputed report is not JSON: {e}")))
}

/// The first figure whose value differs, with both values.
fn first_unlike(stated: &Value, again: &Value) -> Option<(String, String, String)> {
    let values = |id: &String| [stated, again].map(|r| r["figures"][id]["value"].clone());
    let ids = figures(stated).chain(figures(again)).map(|(id, _)| id);
    let unlike = |id: &String| {
        let [was, is] = values(id);
        (was != is).then(|| (id.clone(), was.to_string(), is.to_string()))
    };
    ids.into_iter().find_map(unlike)
}

impl<'a> End<'a> {
    fn of(stated: &'a Stated, file: Option<&Path>, stores: [&Context; 2]) -> Result<Self, Failure> {
        let shown = stated.path.with_file_name(&stated.reading.name);
        // A brief says nothing of quotes, and neither does what moved in it.
        let mut deal = gather::without_tender(&stated.reading.deal(&shown, stores[1])?);
        // A title says nothing to any number.
        deal.title.clear();
        let parts = reach(stated, &deal, file, stores)?;
        Ok(Self { stated, deal, parts })
    }

    /// What decides how each source reads: its content and its recipe.
    fn pins(&self) -> Vec<[Option<&str>; 3]> {
        let of = |id: &str| {
            let stated = self.stated;
            [stated.of_source(id, "sha256"), stated.of_source(id, "recipe"), stated.recipe_hash(id)]
        };
        self.deal.sources.iter().map(|s| of(&s.id)).collect()
    }

    fn is_of_this_program(&self) -> bool {
        self.stated.version() == env!("CARGO_PKG_VERSION")
    }

    /// The report as this program makes it, if its sources can be had.
    fn again(&self, context: &Context) -> Result<Option<Value>, Failure> {
        let Ok(parts) = &self.parts else { return Ok(None) };
        let evidence = gather::evidence(&self.deal, parts, context)?;
        parsed(&haggle_report::json(&prepare(&self.deal, &evidence)?)).map(Some)
    }

    /// A newer report that does not hold would put its error into one of the parts.
    fn must_hold(&self, context: &Context) -> Result<(), Failure> {
        let again = if self.is_of_this_program() { self.again(context)? } else { None };
        let unlike = again.and_then(|again| first_unlike(&self.stated.json, &again));
        let Some((id, was, is)) = unlike else { return Ok(()) };
        let path = self.stated.path.display();
        Err(Failure::new(format!("{path}: `{id}` is stated as {was} and comes out as {is}"))
            .help(format!("`haggle verify {path}` says what does not hold and why")))
    }

    fn gone(&self) -> Option<String> {
        let why = self.parts.as_ref().err()?;
        Some(format!("{} is taken as stated: {why}", self.stated.path.display()))
    }
}

/// The sources of a report with the content that it states: from the store, else from the files.
fn reach(
    stated: &Stated,
    deal: &Deal,
    file: Option<&Path>,
    stores: [&Context; 2],
) -> Result<Result<Vec<Part>, String>, Failure> {
    let mut parts = Vec::new();
    for source in &deal.sources {
        let alone = Deal { sources: vec![source.clone()], ..deal.clone() };
        match stored(stated, &source.id, stores[0])? {
            Some(part) => parts.push(part),
            None => match from_file(stated, &alone, file, stores[1]) {
                Ok(part) => parts.push(part),
                Err(why) => return Ok(Err(format!("source {}: {why}", source.id))),
            },
        }
    }
    Ok(Ok(parts))
}

fn stored(stated: &Stated, id: &str, context: &Context) -> Result<Option<Part>, Failure> {
    let of = |key| stated.of_source(id, key);
    let (Some(sha256), Some(recipe)) = (of("sha256"), of("recipe")) else { return Ok(None) };
    let part = context.store.find(sha256, recipe)?;
    let same = |p: &Part| Some(p.meta.recipe_hash.as_str()) == stated.recipe_hash(id);
    Ok(part.filter(|p| same(p) && p.meta.importer == haggle_import::IMPORTER_VERSION))
}

/// The source of a deal of one source, if its file still has the content that a report states.
fn from_file(
    stated: &Stated,
    deal: &Deal,
    file: Option<&Path>,
    context: &Context,
) -> Result<Part, String> {
    let file: PathBuf = file.ok_or("its content is not stored, and no deal file says where it is; name it with `--deal FILE`")?.to_owned();
    let pinning = Pinning { aside: true, ..Pinning::default() };
    let mut parts = gather::parts(deal, &file, pinning, context)
        .map_err(|failure| failure.messages.join("; "))?;
    let part = parts.pop().ok_or("the deal names no source")?;
    let id = deal.sources.first().map_or("", |s| s.id.as_str());
    let is_stated = Some(part.meta.sha256.as_str()) == stated.of_source(id, "sha256")
        && Some(part.meta.recipe_hash.as_str()) == stated.recipe_hash(id);
    if is_stated {
        return Ok(part);
    }
    Err("its file has another content now, and the one that counted is not stored".to_owned())
}
