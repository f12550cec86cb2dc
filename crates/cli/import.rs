//! `import`: files into the store, with the account of each.

use crate::args::{Import, ListFormat};
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::gather::{
    STDIN, find_recipe, import_observed, import_remote_observed, import_stdin, warn_of_twins,
};
use crate::issues::Issues;
use crate::plugin;
use crate::remote::{self, Remote, Wanted};
use crate::spare;
use haggle_import::Options;
use haggle_negotiation::deal::Origin;
use haggle_store::{Outcome, Part, PartMeta};
use std::fmt::Write;
use std::path::{Path, PathBuf};

pub(crate) fn run(args: &Import, context: &Context) -> Result<u8, Failure> {
    if let Some(name) = &args.plugin {
        return run_plugin(name, args, context);
    }
    if let Some(out) = &args.issues {
        let recipe = args.recipe.iter().map(PathBuf::from);
        spare::refuse("--issues", out, args.sources.iter().cloned().chain(recipe))?;
    }
    let recipe = args.recipe.as_deref().map(|r| find_recipe(r, Path::new("."))).transpose()?;
    let options = Options {
        recipe,
        vintage: args.vintage.map(|year| year.to_string()),
        sheet: args.sheet.clone(),
        name: None,
    };
    let mut code = exit::FINE;
    let mut accounts = Vec::new();
    let issues = Issues::new().map_err(|e| Failure::new(e.to_string()))?;
    let fetched = fetch_all(&args.sources, &options, args.offline, context)?;
    for (path, remote) in args.sources.iter().zip(fetched) {
        // One file that cannot be read does not keep the others out.
        let shown = shown(path);
        let observer = args.issues.as_ref().map(|_| issues.of(&shown));
        let outcome = match remote {
            Some(Ok(remote)) => import_remote_observed(&remote, &options, observer, context),
            Some(Err(failure)) => Err(failure),
            None if path == Path::new(STDIN) => import_stdin(&options, observer, context),
            None => import_observed(path, &options, args.locked, observer, context),
        };
        match outcome {
            Ok(outcome) => {
                replace_earlier(outcome.part(), context)?;
                warn_of_twins(outcome.part(), context)?;
                if is_all_rejected(&outcome.part().meta) {
                    code = exit::FAILED;
                }
                accounts.push((shown, outcome));
            }
            Err(failure) => {
                context.complain(&failure);
                code = failure.exit;
            }
        }
    }
    print(&accounts, args.format, context)?;
    if let Some(out) = &args.issues {
        issues.write(out)?;
    }
    Ok(code)
}

/// What a plugin brings, into the store.
fn run_plugin(name: &str, args: &Import, context: &Context) -> Result<u8, Failure> {
    let config = told(args)?;
    let location = Origin::Plugin { name: name.to_owned(), config: config.clone() }.location();
    let mode = context.network.mode(args.offline)?;
    let trusted = plugin::trusted(name, None, context)?;
    let said = if args.config.is_some() { "--config" } else { "--set" };
    plugin::refuse_config(&trusted.inspection.manifest, &config, said)
        .map_err(|failure| Failure { exit: exit::USAGE, ..failure })?;
    let brought = plugin::bring(&trusted, &config, &location, mode, context)?;
    let outcome = context.store.publish(brought.aside, &brought.key)?;
    replace_earlier(outcome.part(), context)?;
    warn_of_twins(outcome.part(), context)?;
    print(&[(location, outcome)], args.format, context)?;
    Ok(exit::FINE)
}

/// What the command line tells a plugin, as a JSON object with sorted keys.
fn told(args: &Import) -> Result<String, Failure> {
    let wrong = |why: String| Failure::usage(why).help("as in `--set currency=USD --set days=30`");
    let mut map = match args.config.as_deref().map(serde_json::from_str) {
        None => serde_json::Map::new(),
        Some(Ok(serde_json::Value::Object(map))) => map,
        Some(Ok(other)) => return Err(wrong(format!("--config: `{other}`, expected an object"))),
        Some(Err(e)) => return Err(wrong(format!("--config: no JSON: {e}"))),
    };
    for setting in &args.set {
        let (key, value) = setting
            .split_once('=')
            .ok_or_else(|| wrong(format!("--set: found `{setting}`, expected `KEY=VALUE`")))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
        if map.insert(key.to_owned(), value).is_some() {
            return Err(wrong(format!("--set: `{key}` is said twice")));
        }
    }
    Ok(serde_json::Value::Object(map).to_string())
}

fn print(
    accounts: &[(String, Outcome)],
    format: ListFormat,
    context: &Context,
) -> Result<(), Failure> {
    let text = match format {
        ListFormat::Text => accounts.iter().map(|(path, o)| account(path, o)).collect(),
        ListFormat::Json => json(accounts),
    };
    context.data(&text)
}

/// What the sources behind a URL give, all at a time, in the place of each.
fn fetch_all(
    sources: &[PathBuf],
    options: &Options,
    offline: bool,
    context: &Context,
) -> Result<Vec<Option<Result<Remote, Failure>>>, Failure> {
    let (mut all, mut wanted) = (Vec::new(), Vec::new());
    for source in sources {
        let address = remote::address(source).transpose()?;
        all.push(address.is_some());
        wanted.extend(address.map(|address| Wanted { address, options: options.clone() }));
    }
    if wanted.is_empty() {
        return Ok(all.into_iter().map(|_| None).collect());
    }
    let mode = context.network.mode(offline)?;
    let mut fetched = remote::fetch(&wanted, mode, context)?.into_iter();
    Ok(all.into_iter().map(|behind| if behind { fetched.next() } else { None }).collect())
}

/// What a source is called: a URL without its secrets.
fn shown(source: &Path) -> String {
    match remote::address(source) {
        Some(Ok(address)) => address.to_string(),
        _ => source.display().to_string(),
    }
}

/// Removes what was stored of a file whose content has changed since: a benchmark would count its
/// rows twice.
fn replace_earlier(part: &Part, context: &Context) -> Result<(), Failure> {
    let (parts, _) = context.store.parts()?;
    let same =
        |p: &&Part| p.meta.location == part.meta.location && p.meta.recipe == part.meta.recipe;
    for earlier in parts.iter().filter(same).filter(|p| p.meta.sha256 != part.meta.sha256) {
        context.store.remove(earlier)?;
        context.talk(&format!(
            "note: this content of {} replaces {}, which was imported before\n",
            part.meta.location,
            &earlier.meta.sha256[..12]
        ));
    }
    Ok(())
}

/// Whether rows of data are there and none could be read.
fn is_all_rejected(meta: &PartMeta) -> bool {
    meta.rows.imported == 0 && meta.rows.rejected > 0
}

fn state(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Unchanged(_) => "unchanged",
        Outcome::Written(_) => "imported",
    }
}

/// The account of an import, for people.
fn account(path: &str, outcome: &Outcome) -> String {
    let meta = &outcome.part().meta;
    let mut text = format!("{path}: {} by recipe {}, {}\n", state(outcome), meta.recipe, meta.name);
    if let Some(plugin) = &meta.plugin {
        push(&mut text, format!("  plugin {}", plugin::ran(plugin)));
    }
    let (r, c) = (meta.rows, meta.cells);
    push(
        &mut text,
        format!(
            "  rows   read {} = imported {} + rejected {} + skipped {}",
            r.read, r.imported, r.rejected, r.skipped
        ),
    );
    push(
        &mut text,
        format!(
            "  cells  mapped {} = observations {} + absent {}",
            c.mapped, c.observations, c.absent
        ),
    );
    for t in &meta.tallies {
        let field = t.field.as_ref().map_or(String::new(), |f| format!(" `{f}`"));
        let what = format!("{:?}", t.what).to_lowercase();
        let rows = shorten(&t.rows);
        push(
            &mut text,
            format!(
                "  {what:<8} {:>7}  {}{field}: {} (rows {rows}) [{}]",
                t.count,
                first_found(t),
                t.reason,
                t.code
            ),
        );
    }
    for n in &meta.notes {
        let help = n.help.as_ref().map_or(String::new(), |h| format!("\n    help: {h}"));
        push(&mut text, format!("  {}: {} [{}]{help}", n.severity, n.message, n.code));
    }
    text
}

fn push(text: &mut String, line: String) {
    // Writing into a string cannot fail.
    let _ = writeln!(text, "{line}");
}

fn first_found(tally: &haggle_evidence::Tally) -> String {
    tally.samples.first().map_or(String::new(), |s| format!("`{}` at {}", s.found, s.place))
}

/// A long list of rows is in `--format json`.
fn shorten(rows: &str) -> String {
    if rows.len() <= 60 {
        return rows.to_owned();
    }
    let end = rows.floor_char_boundary(60);
    let cut = rows[..end].rfind(',').unwrap_or(end);
    format!("{} ...; all with --format json", &rows[..cut])
}

fn json(accounts: &[(String, Outcome)]) -> String {
    let one = |(path, outcome): &(String, Outcome)| {
        serde_json::json!({
            "path": path,
            "state": state(outcome),
            "part": outcome.part().path.file_name().map(|n| n.to_string_lossy()),
            "account": meta_json(&outcome.part().meta),
        })
    };
    let list: Vec<serde_json::Value> = accounts.iter().map(one).collect();
    format!("{:#}\n", serde_json::Value::Array(list))
}

pub(crate) fn meta_json(meta: &PartMeta) -> serde_json::Value {
    serde_json::to_value(meta).unwrap_or(serde_json::Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_of_rows_are_cut_at_a_comma_and_never_inside_a_character() {
        assert_eq!(shorten("2-9, 11"), "2-9, 11");
        for name in ["Löhne und Gehälter der Angestellten!", "1 Цены на строительные работы"]
        {
            for width in 0..4 {
                let rows = format!("{}{name}!2, {name}!4, {name}!6", "x".repeat(width));
                let short = shorten(&rows);
                assert!(short.ends_with("; all with --format json") && short.len() < 90, "{short}");
            }
        }
    }
}
