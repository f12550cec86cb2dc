//! `doctor`: looks at the surroundings and says what is amiss.

use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::progress::bytes;
use haggle_plugin_host::Level;
use haggle_plugin_host::surroundings::{Surroundings, usual_limits};
use std::fmt::Write;

pub(crate) fn run(context: &Context) -> Result<u8, Failure> {
    let mut text = String::new();
    let mut sound = true;
    let mut line = |name: &str, value: String| {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "{name:<12} {value}");
    };
    line(
        "haggle",
        format!(
            "{}, observation schema {}, importer {}",
            env!("CARGO_PKG_VERSION"),
            haggle_evidence::SCHEMA_VERSION,
            haggle_import::IMPORTER_VERSION
        ),
    );
    let recipes: Vec<String> = haggle_import::builtin_recipes()
        .iter()
        .map(|r| format!("{} {}", r.name(), r.version()))
        .collect();
    line("recipes", recipes.join(", "));
    let root = context.store.root();
    line(
        "store",
        format!(
            "{}, {}",
            root.display(),
            if root.exists() { "exists" } else { "not there yet; the first import makes it" }
        ),
    );
    let cache = context.network.cache();
    let kept = cache.status().map_err(|e| Failure::fetch(&e))?;
    let size = bytes(kept.size);
    line("cache", format!("{}, {} URLs, {size}", cache.root().display(), kept.kept.len()));
    for error in &kept.broken {
        sound = false;
        line("broken", format!("{error}; empty the cache with `haggle cache clean`"));
    }
    let trusted = match context.network.authorities()? {
        0 => "none, so no https server is trusted; install `ca-certificates`, or name a file with `--cacert`".to_owned(),
        n => format!("{n} authorities trusted"),
    };
    line("certificates", trusted);
    line("confinement", confinement());
    match crate::plugin::consents() {
        Ok(told) => line("plugins", told),
        Err(failure) => {
            sound = false;
            line("broken", failure.messages.join("; "));
        }
    }
    let (parts, broken) = context.store.parts()?;
    let observations: u64 = parts.iter().map(|p| p.meta.cells.observations).sum();
    line("parts", format!("{}, {observations} observations", parts.len()));
    for error in &broken {
        sound = false;
        line("broken", format!("{error}; remove the file, or import the source again"));
    }
    if let Some(problem) = writable(root) {
        sound = false;
        line("problem", problem);
    }
    context.data(&text)?;
    Ok(if sound { exit::FINE } else { exit::FAILED })
}

/// How well plugins can be confined here.
fn confinement() -> String {
    let here = Surroundings::here();
    if !haggle_plugin_host::RUNS {
        return "none: plugins run on Linux alone".to_owned();
    }
    let way_out = match here.level() {
        Level::Full => String::new(),
        level => format!("; plugins run only with `haggle plugin add --allow-level {level}`"),
    };
    format!("{}: {here}; {}{way_out}", here.level(), usual_limits())
}

/// Why the store cannot be written, if it cannot.
fn writable(root: &std::path::Path) -> Option<String> {
    let there = root.ancestors().find(|p| p.exists())?;
    let problem = tempfile::tempfile_in(there).err()?;
    Some(format!("{} cannot be written: {problem}", there.display()))
}
