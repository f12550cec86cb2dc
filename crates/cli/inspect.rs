//! `inspect`: what a file holds and what an import would make of it; changes nothing.

use crate::args::{Inspect, ListFormat};
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::gather::{STDIN, STDIN_NAME, find_recipe, refuse_special};
use crate::remote::{self, Remote};
use crate::spare;
use haggle_evidence::{Diagnostic, Disposition, column_letters};
use haggle_import::inspect::{Column, Fit, Fits, Inspection, JUDGED, Seen, Table, inspect};
use haggle_import::{Issue, Options, Spooled, spool};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What formulas are that no program computed.
const UNCOMPUTED: &str =
    "formulas without stored results (open and save it in a spreadsheet program)";
/// Columns that are listed for people.
const LISTED: usize = 60;

pub(crate) fn run(args: &Inspect, context: &Context) -> Result<u8, Failure> {
    let source = Held::of(&args.source, args.offline, context)?;
    let (file, path) = (source.shown(), source.path());
    let recipe = args.recipe.as_deref().map(|r| find_recipe(r, Path::new("."))).transpose()?;
    let vintage = args.vintage.map(|year| year.to_string());
    let options = Options { recipe, vintage, sheet: args.sheet.clone(), name: source.name() };
    let found = inspect(path, &options).map_err(|e| Failure::source(&file, &e))?;
    if let Some(out) = &args.propose {
        let recipe = args.recipe.iter().map(PathBuf::from);
        spare::refuse("--propose", out, recipe.chain([args.source.clone()]))?;
        return propose(out, &found, &file, context);
    }
    let printed = match args.format {
        ListFormat::Text => text(&file, &found),
        ListFormat::Json => format!("{:#}\n", json_of(&file, &found)),
    };
    context.data(&printed)?;
    Ok(exit::FINE)
}

/// A source that lies in a file: itself, or written down.
enum Held<'a> {
    File(&'a Path),
    Stream(Spooled),
    Remote(Box<Remote>),
}

impl<'a> Held<'a> {
    fn of(source: &'a Path, offline: bool, context: &Context) -> Result<Self, Failure> {
        if source == Path::new(STDIN) {
            let spooled = spool(std::io::stdin().lock());
            return Ok(Self::Stream(spooled.map_err(|e| Failure::source(STDIN_NAME, &e))?));
        }
        if let Some(address) = remote::address(source) {
            let mode = context.network.mode(offline)?;
            // A look at the first page is enough, whatever follows.
            return Ok(Self::Remote(Box::new(remote::fetch_first(address?, mode, context)?)));
        }
        refuse_special(source, &source.display().to_string())?;
        Ok(Self::File(source))
    }

    /// What messages call it.
    fn shown(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Stream(_) => STDIN_NAME.to_owned(),
            Self::Remote(remote) => remote.name.clone(),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Stream(spooled) => &spooled.path,
            Self::Remote(remote) => remote.paths.first().map_or(Path::new(""), PathBuf::as_path),
        }
    }

    /// What the file is called, where its path does not say.
    fn name(&self) -> Option<String> {
        match self {
            Self::File(_) => None,
            Self::Stream(_) => Some(STDIN_NAME.to_owned()),
            Self::Remote(remote) => Some(remote.file_name.clone()),
        }
    }
}

/// A proposal replaces an earlier recipe and nothing else.
fn refuse_other(out: &Path) -> Result<(), Failure> {
    let Ok(text) = std::fs::read(out) else { return Ok(()) };
    let is_recipe = String::from_utf8(text).is_ok_and(|text| {
        let table = text.parse::<toml::Table>();
        table.is_ok_and(|table| table.contains_key("signature") || table.contains_key("source"))
            && !text.contains("haggle.deal/")
    });
    match is_recipe {
        true => Ok(()),
        false => Err(Failure::usage(format!(
            "--propose {}: that file exists and is no recipe",
            out.display()
        ))
        .help("name another file")),
    }
}

fn propose(out: &Path, found: &Inspection, file: &str, context: &Context) -> Result<u8, Failure> {
    let Some(recipe) = &found.proposal else {
        return Err(Failure::new(format!("{file}: no table with a header and numbers to propose a recipe for"))
            .help("look at the sheets with `haggle inspect`, or write one by hand: crates/import/recipes/README.md"));
    };
    refuse_other(out)?;
    context.deliver(Some(out), recipe)?;
    Ok(exit::FINE)
}

fn text(file: &str, found: &Inspection) -> String {
    let mut out = String::new();
    let encoding = found.encoding.as_ref().map_or(String::new(), |e| format!(", {e}"));
    let separator =
        found.separator.map_or(String::new(), |s| format!(", separator `{}`", shown(s)));
    push(&mut out, &format!("{file}: {}{encoding}{separator}, {} bytes", found.format, found.size));
    found.tables.iter().for_each(|t| table(&mut out, t));
    match &found.fit {
        Fit::Fits(fits) => fitting(&mut out, file, fits),
        Fit::None { error, nearest } => fitting_none(&mut out, file, error, nearest.as_ref()),
    }
    out
}

fn shown(separator: char) -> String {
    if separator == '\t' { "tab".to_owned() } else { separator.to_string() }
}

fn push(out: &mut String, line: &str) {
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{}", line.trim_end());
}

fn table(out: &mut String, t: &Table) {
    let sort = if t.tree.is_some() { "list" } else { "sheet" };
    let name = t.sheet.as_ref().map_or("table".to_owned(), |s| format!("{sort} `{s}`"));
    let hidden = if t.hidden { ", hidden" } else { "" };
    let more = if t.more { "the first " } else { "" };
    let header = match t.header {
        None if t.tree.is_some() => "the plain values below each".to_owned(),
        None => "no header found".to_owned(),
        Some((first, last)) if first == last => format!("header in row {last}"),
        Some((first, last)) => format!("header in rows {first} to {last}"),
    };
    let judged =
        if t.rows > JUDGED { format!(", columns by the first {JUDGED}") } else { String::new() };
    push(out, &format!("\n{name}{hidden}: {more}{} rows, {header}{judged}", t.rows));
    for (count, what) in [(t.hidden_rows, "hidden rows"), (t.merged as u64, "merged areas")] {
        if count > 0 {
            push(out, &format!("  {count} {what}"));
        }
    }
    for title in t.titles.iter().take(5) {
        push(out, &format!("  above: {}", cut(title, 100)));
    }
    if t.header.is_some() || t.columns.iter().any(|c| c.filled > 0) {
        columns(out, &t.columns, t.tree.is_some());
    }
    t.problems.iter().for_each(|p| push(out, &format!("  problem: {p}")));
}

fn columns(out: &mut String, columns: &[Column], tree: bool) {
    let shown: Vec<&Column> =
        columns.iter().filter(|c| c.filled > 0 || !c.header.is_empty()).collect();
    for c in shown.iter().take(LISTED) {
        let letters = if tree { String::new() } else { column_letters(c.number) };
        let head = format!(
            "  {letters:<3} {:<34} {:<10} {:>6}",
            cut(&c.header, 34),
            c.content.as_str(),
            c.filled
        );
        push(out, &format!("{head}  {}", details(c)));
    }
    let more = shown.len().saturating_sub(LISTED);
    if more > 0 {
        push(out, &format!("  and {more} more columns; all with --format json"));
    }
}

fn details(c: &Column) -> String {
    let mut parts = Vec::new();
    match &c.notation {
        Err([a, b]) => parts.push(format!("two readings: {a} or {b}")),
        Ok(Some(example)) if c.content.is_numeric() => parts.push(format!("as {example}")),
        Ok(_) => {}
    }
    if !c.marks.is_empty() {
        parts.push(format!("in {}", c.marks.join(" ")));
    }
    if c.content.as_str() == "date" && !c.dates.is_empty() {
        parts.push(format!("as {}", c.dates.join(" or ")));
    }
    if let Some((count, row)) = c.errors {
        parts.push(match c.unstored {
            unstored if unstored == count => format!("{count} {UNCOMPUTED} from row {row}"),
            0 => format!("{count} error cells from row {row}"),
            unstored => {
                format!("{count} error cells from row {row}, {unstored} of them {UNCOMPUTED}")
            }
        });
    }
    if let Some((count, row, found)) = &c.strays {
        parts.push(format!("{count} of another sort, first `{}` in row {row}", cut(found, 24)));
    }
    let examples: Vec<String> = c.examples.iter().map(|e| cut(e, 20)).collect();
    parts.push(examples.join(" | "));
    parts.retain(|p| !p.is_empty());
    parts.join("; ")
}

fn cut(text: &str, longest: usize) -> String {
    let plain: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match plain.char_indices().nth(longest) {
        None => plain,
        Some((end, _)) => {
            format!("{}…", plain[..end].chars().take(longest - 1).collect::<String>())
        }
    }
}

fn fitting(out: &mut String, file: &str, f: &Fits) {
    let because: Vec<String> = f.because.iter().map(|h| format!("`{h}`")).collect();
    push(
        out,
        &format!(
            "\nrecipe {} (version {}) fits: it has {}",
            f.recipe,
            f.version,
            because.join(", ")
        ),
    );
    push(out, &format!("  source: {}", f.name));
    if let Some(from) = &f.untested {
        push(out, &format!("  untested: no file of this layout was at hand; {from}"));
    }
    f.assumptions.iter().for_each(|a| push(out, &format!("  taken as given: {a}")));
    push(out, "\nfirst observations");
    f.observations.iter().for_each(|o| push(out, &format!("  {}", observation(file, o))));
    if !f.units.is_empty() {
        let units: Vec<String> = f.units.iter().map(|u| format!("`{u}`")).collect();
        push(out, &format!("  units that no arithmetic converts: {}", units.join(", ")));
    }
    let a = &f.account;
    push(
        out,
        &format!(
            "\nrows   read {} = imported {} + rejected {} + skipped {}",
            a.read, a.imported, a.rejected, a.skipped
        ),
    );
    push(
        out,
        &format!(
            "cells  mapped {} = observations {} + absent {}",
            a.mapped, a.observations, a.absent
        ),
    );
    problems(out, file, f);
}

fn observation(file: &str, o: &Seen) -> String {
    let bound = if o.bound == "exact" { String::new() } else { format!("{} ", o.bound) };
    let what: Vec<String> = o.what.iter().map(|w| cut(w, 32)).collect();
    format!(
        "{}  {bound}{} {}/{}  {}  {}",
        o.place.within(file),
        o.amount,
        o.currency,
        o.per,
        o.statistic,
        what.join(", ")
    )
}

fn problems(out: &mut String, file: &str, f: &Fits) {
    let rejected: Vec<_> =
        f.account.tallies().into_iter().filter(|t| t.what == Disposition::Rejected).collect();
    if rejected.is_empty() && f.diagnostics.is_empty() {
        push(out, "\nno problems in the rows that were looked at");
        return;
    }
    push(out, "\nproblems");
    for d in &f.diagnostics {
        push(out, &format!("  {}", diagnostic(file, d)));
        d.help.iter().for_each(|h| push(out, &format!("    help: {h}")));
    }
    for t in rejected {
        let field = t.field.as_ref().map_or(String::new(), |f| format!(" `{f}`"));
        let first = t.samples.first();
        let first =
            first.map_or(String::new(), |s| format!(", first `{}` at {}", s.found, s.place));
        push(out, &format!("  rejected {} rows{field}: {}{first} [{}]", t.count, t.reason, t.code));
    }
}

fn diagnostic(file: &str, d: &Diagnostic) -> String {
    format!("{}: {}: {} [{}]", d.place.within(file), d.severity, d.message, d.code)
}

fn fitting_none(
    out: &mut String,
    file: &str,
    error: &Diagnostic,
    nearest: Option<&(String, Vec<String>)>,
) {
    push(out, "\nno recipe reads it");
    push(out, &format!("  {}", diagnostic(file, error)));
    // That no recipe fits is told with its way out below.
    let help = error.help.iter().filter(|_| error.code != "E0006");
    help.for_each(|h| push(out, &format!("    help: {h}")));
    if let Some((name, lacks)) = nearest.filter(|(_, lacks)| !lacks.is_empty()) {
        let lacks: Vec<String> = lacks.iter().map(|l| format!("`{l}`")).collect();
        push(out, &format!("  the nearest recipe is {name}, which lacks {}", lacks.join(", ")));
    }
    push(
        out,
        &format!(
            "  `haggle inspect {} --propose recipe.toml` writes a recipe to begin with",
            if file == STDIN_NAME { STDIN } else { file }
        ),
    );
}

fn json_of(file: &str, found: &Inspection) -> Value {
    json!({
        "file": file,
        "format": found.format,
        "size": found.size,
        "encoding": found.encoding,
        "separator": found.separator.map(String::from),
        "tables": found.tables.iter().map(table_json).collect::<Vec<_>>(),
        "recipe": fit_json(&found.fit),
    })
}

fn table_json(t: &Table) -> Value {
    json!({
        "sheet": t.sheet,
        "hidden": t.hidden,
        "rows": t.rows,
        "more": t.more,
        "hidden_rows": t.hidden_rows,
        "merged_areas": t.merged,
        "titles": t.titles,
        "header": t.header.map(|(first, last)| [first, last]),
        "problems": t.problems,
        "columns": t.columns.iter().map(column_json).collect::<Vec<_>>(),
    })
}

fn column_json(c: &Column) -> Value {
    json!({
        "column": column_letters(c.number),
        "header": c.header,
        "content": c.content.as_str(),
        "filled": c.filled,
        "examples": c.examples,
        "notation": c.notation.as_ref().ok().and_then(Option::as_ref),
        "two_readings": c.notation.as_ref().err(),
        "currency_marks": c.marks,
        "dates": c.dates,
        "formulas_without_results": c.unstored,
        "shown_with": c.worded.map(|(words, row)| json!({"words": words, "first_row": row})),
        "errors": c.errors.map(|(count, row)| json!({"count": count, "first_row": row})),
        "strays": c.strays.as_ref().map(|(count, row, found)| json!({"count": count, "first_row": row, "first": found})),
    })
}

fn fit_json(fit: &Fit) -> Value {
    match fit {
        Fit::None { error, nearest } => json!({
            "fits": false,
            "error": diagnostic_json(error),
            "nearest": nearest.as_ref().map(|(name, lacks)| json!({"name": name, "lacks": lacks})),
        }),
        Fit::Fits(f) => json!({
            "fits": true,
            "name": f.recipe,
            "version": f.version,
            "because": f.because,
            "untested": f.untested,
            "source": f.name,
            "headers": f.headers.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "assumptions": f.assumptions,
            "unknown_units": f.units,
            "observations": f.observations.iter().map(seen_json).collect::<Vec<_>>(),
            "rows": {"read": f.account.read, "imported": f.account.imported, "rejected": f.account.rejected, "skipped": f.account.skipped},
            "cells": {"mapped": f.account.mapped, "observations": f.account.observations, "absent": f.account.absent},
            "reasons": f.account.tallies(),
            "diagnostics": f.diagnostics.iter().map(diagnostic_json).collect::<Vec<_>>(),
            "issues": f.issues.iter().map(issue_json).collect::<Vec<_>>(),
        }),
    }
}

fn seen_json(o: &Seen) -> Value {
    json!({
        "place": o.place.to_string(),
        "what": o.what,
        "statistic": o.statistic,
        "amount": o.amount,
        "bound": o.bound,
        "currency": o.currency,
        "per": o.per,
    })
}

fn diagnostic_json(d: &Diagnostic) -> Value {
    json!({
        "code": d.code,
        "severity": d.severity.to_string(),
        "place": d.place.to_string(),
        "message": d.message,
        "help": d.help,
    })
}

fn issue_json(i: &Issue) -> Value {
    json!({
        "place": i.place.to_string(),
        "field": i.field,
        "found": i.found,
        "expected": i.expected,
        "code": i.code,
    })
}
