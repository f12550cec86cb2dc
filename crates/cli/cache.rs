//! `cache`: what was fetched from servers, and removing from it.

use crate::args::{CacheAction, CacheArgs, ListFormat};
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::progress::bytes;
use haggle_fetch::{Address, Cleaned, Kept, Status, Which};
use serde_json::json;

pub(crate) fn run(args: &CacheArgs, context: &Context) -> Result<u8, Failure> {
    match &args.action {
        None | Some(CacheAction::Status) => status(args.format, context),
        Some(CacheAction::Clean { urls, older }) => clean(&which(urls, *older)?, context),
    }
}

fn status(format: ListFormat, context: &Context) -> Result<u8, Failure> {
    let cache = context.network.cache();
    let status = cache.status().map_err(|e| Failure::fetch(&e))?;
    for broken in &status.broken {
        context
            .talk(&format!("warning: {broken}\n  help: `haggle cache clean` empties the cache\n"));
    }
    let folder = cache.root().display().to_string();
    context.data(&match format {
        ListFormat::Text => text(&status, &folder),
        ListFormat::Json => format!("{:#}\n", json_of(&status, &folder)),
    })?;
    Ok(exit::FINE)
}

fn text(status: &Status, folder: &str) -> String {
    let lines: String = status.kept.iter().map(line).collect();
    let (count, size) = status.unfinished;
    let unfinished = match count {
        0 => String::new(),
        n => format!(", {n} unfinished downloads ({})", bytes(size)),
    };
    format!("{lines}{folder}: {} in {} bodies{unfinished}\n", bytes(status.size), status.bodies)
}

fn line(kept: &Kept) -> String {
    let unknown = || "unknown".to_owned();
    let pages = if kept.pages == 1 { String::new() } else { format!(", {} pages", kept.pages) };
    format!(
        "{}\n  {}{pages}, retrieved {}, asked {}, sha256 {}\n",
        kept.url,
        bytes(kept.size),
        kept.retrieved.clone().unwrap_or_else(unknown),
        kept.checked.clone().unwrap_or_else(unknown),
        kept.sha256.first().map_or("none", |hash| &hash[..hash.len().min(12)]),
    )
}

fn json_of(status: &Status, folder: &str) -> serde_json::Value {
    let kept = |k: &Kept| {
        json!({
            "url": k.url,
            "pages": k.pages,
            "size": k.size,
            "retrieved": k.retrieved,
            "checked": k.checked,
            "sha256": k.sha256,
        })
    };
    json!({
        "folder": folder,
        "kept": status.kept.iter().map(kept).collect::<Vec<_>>(),
        "bodies": status.bodies,
        "size": status.size,
        "unfinished": {"count": status.unfinished.0, "size": status.unfinished.1},
        "broken": status.broken,
    })
}

/// What is meant; a URL that was typed with its secret is found by its name.
fn which(urls: &[String], older: Option<u32>) -> Result<Which, Failure> {
    if let Some(days) = older {
        return Ok(Which::Older(days));
    }
    if urls.is_empty() {
        return Ok(Which::All);
    }
    let name = |url: &String| Address::parse(url).map(|a| a.to_string());
    let names: Result<_, _> = urls.iter().map(name).collect();
    names.map(Which::Urls).map_err(|e| Failure::fetch(&e))
}

fn clean(which: &Which, context: &Context) -> Result<u8, Failure> {
    let cleaned = context.network.cache().clean(which).map_err(|e| Failure::fetch(&e))?;
    if matches!(which, Which::Urls(_)) && cleaned == Cleaned::default() {
        return Err(Failure::new("no URL of the cache matches").help("`haggle cache` lists them"));
    }
    let plural = if cleaned.entries == 1 { "" } else { "s" };
    context.talk(&format!("removed {} URL{plural}, {}\n", cleaned.entries, bytes(cleaned.size)));
    Ok(exit::FINE)
}
