//! `plugin inspect`: what a file says of itself, found without running any of it.

use super::places::places;
use super::trust::refused;
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::progress::bytes;
use haggle_plugin_host::find::{self, Content};
use haggle_plugin_host::grants::Consent;
use haggle_plugin_host::inspect::{Inspection, inspect};
use haggle_plugin_host::manifest::{Manifest, Wishes, is_name};
use haggle_plugin_host::{Kind, Level};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;

pub(super) fn run(what: &str, json: bool, context: &Context) -> Result<u8, Failure> {
    let content = content(what, context)?;
    let inspection = inspect(&content.bytes)
        .map_err(|e| Failure::new(format!("{}: {e}", content.path.display())))?;
    let text = match json {
        true => format!("{:#}\n", as_json(&content.path, &inspection)),
        false => {
            let asked = Consent::asked(&inspection);
            described(&content.path, &inspection, &asked)
        }
    };
    context.data(&text)?;
    Ok(exit::FINE)
}

/// The bytes of a plugin by its name, or of a file.
pub(super) fn content(what: &str, context: &Context) -> Result<Content, Failure> {
    if !is_name(what) {
        return find::read(Path::new(what)).map_err(|e| refused(&e));
    }
    let found = find::find(&places(None, context), what, None).map_err(|e| refused(&e))?;
    found.ok_or_else(|| {
        Failure::new(format!("plugin `{what}`: no file of that name in the plugin folders")).help(
            format!("name a file, as in `./{what}`; `haggle plugin list` lists what is there"),
        )
    })
}

/// A plugin for people: who it says it is, what it links to, what it may do. What stands there was
/// written by its author, and its manifest holds no sign that a terminal would obey.
pub(super) fn described(path: &Path, it: &Inspection, allowed: &Consent) -> String {
    let manifest = &it.manifest;
    let mut text = format!("plugin {} {}\n", manifest.name, manifest.version);
    let mut line = |name: &str, value: &str| {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "  {name:<10} {value}");
    };
    line("says", &says(manifest));
    line("file", &format!("{}, {}", path.display(), bytes(it.size)));
    line("sha256", &it.sha256);
    let glibc = it.glibc.as_ref().map_or(String::new(), |v| format!(", glibc {v} or newer"));
    let abi = manifest.abi();
    match &it.interpreter {
        Some(interpreter) => {
            line("script", &format!("run by {interpreter}, which is not part of the hash"));
            line("made for", &format!("rows of interface {abi}"));
        }
        None => {
            line("made for", &format!("{}, interface {abi}{glibc}", it.platform));
            line("links to", &or_nothing(&it.libraries));
        }
    }
    line("may read", &or_nothing(&allowed.inputs));
    if !allowed.files.is_empty() {
        line("files", &allowed.files.join(", "));
    }
    line("secrets", &or_nothing(&allowed.secrets));
    line("limits", &limits(&allowed.limits));
    let own = match it.kind {
        Kind::Library if allowed.level == Level::Process.as_str() => {
            ": all your files, secrets and connections are open to it"
        }
        Kind::Library => "",
        Kind::Script => {
            ": it reads the programs and libraries of the system, and writes nothing, asks no network, starts no process"
        }
    };
    line("confined", &format!("`{}`, or it does not run{own}", allowed.level));
    it.problems_here().iter().for_each(|problem| line("problem", problem));
    text
}

fn says(manifest: &Manifest) -> String {
    let optional = [&manifest.license, &manifest.homepage];
    let optional = optional.into_iter().flatten().map(String::as_str);
    [manifest.summary.as_str()].into_iter().chain(optional).collect::<Vec<_>>().join("; ")
}

fn or_nothing(list: &[String]) -> String {
    if list.is_empty() { "nothing".to_owned() } else { list.join(", ") }
}

/// Limits that differ from the usual ones.
fn limits(limits: &Wishes) -> String {
    let stated = [
        ("MiB of memory", limits.memory_mb),
        ("seconds", limits.wall_s),
        ("seconds without a sign", limits.idle_s),
        ("rows", limits.rows),
        ("MiB of rows", limits.output_mb),
    ];
    let stated = stated.into_iter().filter_map(|(unit, value)| Some(format!("{} {unit}", value?)));
    let stated: Vec<String> = stated.collect();
    if stated.is_empty() { "the usual ones".to_owned() } else { stated.join(", ") }
}

fn as_json(path: &Path, it: &Inspection) -> serde_json::Value {
    json!({
        "path": path.display().to_string(),
        "kind": it.kind,
        "interpreter": it.interpreter,
        "sha256": it.sha256,
        "size": it.size,
        "platform": it.platform,
        "glibc": it.glibc,
        "libraries": it.libraries,
        "exports": it.exports,
        "manifest": it.manifest,
        "problems": it.problems_here(),
    })
}
