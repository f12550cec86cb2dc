//! `sources`: what the store holds, and removing from it.

use crate::args::{ListFormat, Sources, SourcesAction};
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::import::meta_json;
use haggle_quantity::from_day_number;
use haggle_store::Part;
use std::path::Path;

pub(crate) fn run(args: &Sources, context: &Context) -> Result<u8, Failure> {
    match &args.action {
        None | Some(SourcesAction::List) => list(args.format, context),
        Some(SourcesAction::Remove { which }) => remove(which, context),
    }
}

fn list(format: ListFormat, context: &Context) -> Result<u8, Failure> {
    let (parts, broken) = context.store.parts()?;
    for error in &broken {
        context.talk(&format!(
            "warning: {error}\n  help: remove the file, or import the source again\n"
        ));
    }
    if format == ListFormat::Json {
        let all: Vec<serde_json::Value> = parts.iter().map(|p| meta_json(&p.meta)).collect();
        context.data(&format!("{:#}\n", serde_json::Value::Array(all)))?;
        return Ok(exit::FINE);
    }
    if parts.is_empty() {
        context.talk(&format!(
            "the store at {} holds nothing yet; `haggle import FILE` fills it\n",
            context.store.root().display()
        ));
    }
    context.data(&parts.iter().map(line).collect::<String>())?;
    Ok(exit::FINE)
}

fn line(part: &Part) -> String {
    let m = &part.meta;
    let date = m.date.and_then(from_day_number).map_or("date by row".to_owned(), |d| d.to_string());
    let licence = m.licence.as_deref().unwrap_or("licence not stated");
    let plugin = m
        .plugin
        .as_ref()
        .map_or(String::new(), |p| format!("              plugin {}\n", crate::plugin::ran(p)));
    format!(
        "{}  {:>9} observations  {date:<11}  {}\n              {} ({}), {licence}\n{plugin}",
        &m.sha256[..m.sha256.len().min(12)],
        m.cells.observations,
        m.name,
        m.location,
        m.recipe
    )
}

fn remove(which: &[String], context: &Context) -> Result<u8, Failure> {
    let (parts, _) = context.store.parts()?;
    for wanted in which {
        let matching: Vec<&Part> = parts.iter().filter(|p| is_meant(p, wanted)).collect();
        let contents: std::collections::BTreeSet<&str> =
            matching.iter().map(|p| p.meta.sha256.as_str()).collect();
        match contents.len() {
            0 => {
                return Err(Failure::new(format!("no source matches `{wanted}`"))
                    .help("`haggle sources` lists what is there"));
            }
            1 => {}
            n => {
                return Err(Failure::new(format!("{n} sources match `{wanted}`"))
                    .help("name one by more digits of its hash"));
            }
        }
        for part in matching {
            context.store.remove(part)?;
            context.talk(&format!("removed {} ({})\n", part.meta.name, part.meta.recipe));
        }
    }
    Ok(exit::FINE)
}

/// The start of a hash, with `-recipe` behind it if need be; a file name; a whole path.
fn is_meant(part: &Part, wanted: &str) -> bool {
    let (hash, recipe) = wanted.split_once('-').map_or((wanted, None), |(h, r)| (h, Some(r)));
    let digits = hash.len() >= 6 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    let by_hash = digits
        && part.meta.sha256.starts_with(&hash.to_lowercase())
        && recipe.is_none_or(|r| r == part.meta.recipe);
    let name = Path::new(&part.meta.location).file_name().is_some_and(|n| n == wanted);
    by_hash || name || part.meta.location == wanted
}
