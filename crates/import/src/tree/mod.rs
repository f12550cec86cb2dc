//! Sources that are trees (JSON, JSON Lines, XML), as rows of cells under the paths of a recipe.

mod choose;
mod flat;
mod held;
mod known;
mod pages;
mod plan;
mod pointer;
mod reader;
mod recipe;
mod shape;
mod skip;
mod walk;
mod xml;

pub(crate) use choose::choose;
pub use pages::{PageLook, PageLooker};
pub(crate) use reader::special;
pub(crate) use recipe::Paths;
pub(crate) use shape::Found;

use crate::choose::required;
use crate::columns::Columns;
use crate::container::{self, Unpacked};
use crate::pattern::Pattern;
use crate::recipe::Spec;
use crate::sniff::{Format, sniff};
use crate::source::{Fault, Preview, Row, Visit, warning};
use crate::text::TextFile;
use haggle_evidence::{Diagnostic, ImportError, Locator};
use held::{Cells, Held, Origin, Waiting};
use known::Known;
use plan::Plan;
use reader::Reader;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use walk::{Seen, Stop, Take, Walk};

/// Most bytes of the first line by which one value on each line is known.
const LINE: u64 = 16 << 20;
/// Bytes that are looked at together.
const LOOK: usize = 1 << 16;
/// Names that a message lists.
const LISTED: usize = 20;

/// One file, or the pages of a list.
pub(crate) struct TreeFile {
    pages: Vec<Page>,
    paths: Option<Paths>,
    /// Columns that the recipe requires.
    required: Vec<String>,
    unread: BTreeMap<String, (u64, String)>,
    /// Columns that were met in some row, and how many rows there were.
    met: BTreeSet<u16>,
    rows: u64,
}

/// One file.
struct Page {
    /// What it is called beside others.
    name: Option<String>,
    text: TextFile,
    /// Whether it is one value on each line.
    lines: bool,
    /// What it is, for people.
    format: &'static str,
    /// The files that it was unpacked or rewritten to, which must not go while it is read.
    _kept: Vec<tempfile::TempPath>,
}

/// Where a row stands in its tree.
pub(crate) struct Branch<'a> {
    held: &'a Held,
    plan: &'a Plan,
    row: &'a Waiting,
    origins: &'a [Origin],
    /// The columns of which it has a cell.
    pub(crate) set: &'a Columns,
}

impl std::fmt::Debug for Branch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.pointer(None))
    }
}

impl Branch<'_> {
    /// The pointer of the row, or of its cell in a column.
    pub(crate) fn pointer(&self, column: Option<usize>) -> String {
        let mut pointer = String::new();
        self.point(column, &mut pointer);
        pointer
    }

    /// Puts that pointer in place of what is in `out`.
    pub(crate) fn point(&self, column: Option<usize>, out: &mut String) {
        out.clear();
        let origin = column.and_then(|c| self.origins.get(c)).filter(|o| **o != Origin::NONE);
        match origin {
            Some(origin) => self.held.point(self.plan, *origin, out),
            None => out.push_str(self.held.path(self.row)),
        }
    }

    /// What stands there, if it is no row.
    pub(crate) fn aside(&self) -> Option<&'static str> {
        self.row.aside
    }
}

impl Page {
    fn open(path: &Path, called: &str) -> Result<Self, ImportError> {
        let text = TextFile::promised(path)?;
        let by_name = ["jsonl", "ndjson"].iter().any(|e| called.to_lowercase().ends_with(e));
        let lines = is_lines(&text, by_name)?;
        let format = if lines { "JSON Lines" } else { "JSON" };
        Ok(Self { name: None, text, lines, format, _kept: Vec::new() })
    }

    fn open_xml(path: &Path) -> Result<Self, ImportError> {
        let json = xml::rewritten(path)?;
        let page = Self::open(&json, "")?;
        Ok(Self { format: "XML", _kept: vec![json], ..page })
    }

    /// Whether it has more bytes than that.
    fn longer(&self, bytes: u64) -> bool {
        let Ok(text) = self.text.decoded() else { return false };
        let looked = std::io::copy(&mut text.take(bytes.saturating_add(1)), &mut std::io::sink());
        looked.is_ok_and(|length| length > bytes)
    }

    /// Walks through the file; what was seen on the way.
    fn walk(
        &self,
        plan: &Plan,
        watch: bool,
        enough: Option<usize>,
        take: Take<'_>,
    ) -> Result<Seen, ImportError> {
        let walk = Walk::new(self.text.decoded()?, plan, watch, take).until(enough);
        let (seen, done) = walk.run(self.lines);
        match done {
            Ok(()) | Err(Stop::Enough) => Ok(seen),
            Err(stop) => Err(self.error(stop)),
        }
    }

    /// A reason to stop as an error with its line and column.
    fn error(&self, stop: Stop) -> ImportError {
        let (place, message, code) = match stop {
            Stop::Error(error) => return error,
            Stop::Enough | Stop::Known => (Locator::default(), "stopped".to_owned(), "E0005"),
            Stop::Large(message) => (Locator::default(), message, "E0009"),
            Stop::Fault(fault, path) => {
                // Another encoding explains whatever else is wrong.
                if let Err(error) = self.text.check() {
                    return error;
                }
                let (line, column) = self.line(fault.at);
                let place = Locator { sheet: None, row: line, column, path: None };
                let (code, what) = said(&fault.what);
                let within = if path.is_empty() { String::new() } else { format!(", in `{path}`") };
                (place, format!("{what} at byte {}{within}", fault.at), code)
            }
        };
        let message =
            self.name.as_ref().map_or(message.clone(), |name| format!("{name}: {message}"));
        ImportError::source(code, place, message)
    }

    /// The line and column of a byte, counted when they are asked for.
    fn line(&self, at: u64) -> (u64, u32) {
        let (mut line, mut column) = (1, 1);
        let Ok(text) = self.text.decoded() else { return (0, 0) };
        for byte in BufReader::new(text.take(at)).bytes().map_while(Result::ok) {
            match byte {
                b'\n' => (line, column) = (line + 1, 1),
                0x80..0xc0 => {}
                _ => column += 1,
            }
        }
        (line, column)
    }
}

fn said(what: &reader::Wrong) -> (&'static str, String) {
    use reader::{DEEPEST, Wrong};
    match what {
        Wrong::Io(error) => ("E0005", error.to_string()),
        Wrong::Ends => ("E0005", "the JSON ends too early".to_owned()),
        Wrong::Expected(expected) => ("E0005", format!("malformed JSON, expected {expected}")),
        Wrong::Long => ("E0009", "a text or number that is too long".to_owned()),
        Wrong::Deep => ("E0009", format!("lists and objects nested deeper than {DEEPEST}")),
    }
}

/// Whether a text is one value on each line: its first line is a whole value, and more follows.
fn is_lines(text: &TextFile, by_name: bool) -> Result<bool, ImportError> {
    // Whether more follows is known sooner than whether the line is a whole value.
    if !by_name && !has_lines(text.decoded()?) {
        return Ok(false);
    }
    let mut text = BufReader::new(text.decoded()?);
    let mut line = Vec::new();
    while line.iter().all(u8::is_ascii_whitespace) {
        line.clear();
        if !matches!((&mut text).take(LINE).read_until(b'\n', &mut line), Ok(1..)) {
            return Ok(false);
        }
    }
    let mut reader = Reader::new(line.as_slice());
    Ok(reader.pass().is_ok() && matches!(reader.peek_or_end(), Ok(None)))
}

/// Whether something stands below the first line that is not blank.
fn has_lines(text: impl Read) -> bool {
    let mut text = BufReader::with_capacity(LOOK, text);
    reaches_more(&mut text) && text.skip_until(b'\n').is_ok() && reaches_more(&mut text)
}

/// Passes over blanks; whether something stands behind them.
fn reaches_more(text: &mut impl BufRead) -> bool {
    while let Ok(block @ [_, ..]) = text.fill_buf() {
        let blank = block.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let more = blank < block.len();
        text.consume(blank);
        if more {
            return true;
        }
    }
    false
}

impl TreeFile {
    /// Opens a file of JSON.
    pub(crate) fn open(path: &Path, called: &str) -> Result<Self, ImportError> {
        Ok(Self::of(vec![Page::open(path, called)?]))
    }

    /// Opens a file of XML, which is read as a tree too.
    pub(crate) fn open_xml(path: &Path) -> Result<Self, ImportError> {
        Ok(Self::of(vec![Page::open_xml(path)?]))
    }

    /// Opens the pages of one list.
    pub(crate) fn open_pages(paths: &[PathBuf]) -> Result<Self, ImportError> {
        let pages = (1..).zip(paths).map(|(number, path)| {
            let mut page = open_page(path).map_err(|e| of_page(e, number))?;
            page.name = Some(format!("page {number}"));
            Ok(page)
        });
        Ok(Self::of(pages.collect::<Result<_, ImportError>>()?))
    }

    fn of(pages: Vec<Page>) -> Self {
        Self {
            pages,
            paths: None,
            required: Vec::new(),
            unread: BTreeMap::new(),
            met: BTreeSet::new(),
            rows: 0,
        }
    }

    /// Refuses, with its place, what is not of the encoding that its first bytes promise.
    pub(crate) fn check(&self) -> Result<(), ImportError> {
        self.pages.iter().try_for_each(|page| page.text.check())
    }

    pub(crate) fn format(&self) -> &'static str {
        self.pages.first().map_or("JSON", |page| page.format)
    }

    pub(crate) fn encoding_name(&self) -> Option<String> {
        self.pages.first().map(|page| page.text.encoding_name())
    }

    /// What is doubtful about the rows that were shown.
    pub(crate) fn diagnostics(&self) -> Vec<Diagnostic> {
        self.unmet().into_iter().chain(self.unread()).collect()
    }

    /// That no row has what the recipe requires.
    fn unmet(&self) -> Option<Diagnostic> {
        let columns = (0_u16..).zip(self.columns());
        let unmet = columns.filter(|(i, _)| self.rows > 0 && !self.met.contains(i));
        let unmet = unmet.filter(|(_, path)| self.required.contains(path));
        let unmet: Vec<String> = unmet.map(|(_, path)| format!("`{path}`")).collect();
        let message = format!("no row has {}: nothing is read for it", unmet.join(", "));
        (!unmet.is_empty()).then(|| warning("W0105", message))
    }

    /// Members of rows that look like amounts and are not read.
    fn unread(&self) -> Option<Diagnostic> {
        let watch = self.paths.iter().flat_map(|p| &p.watch).map(|w| Pattern::header(w));
        let watch: Vec<Pattern> = watch.collect();
        let like = |name: &&String| watch.iter().any(|w| w.fits(name));
        let names: Vec<&String> = self.unread.keys().filter(like).collect();
        let first = *names.first()?;
        let shown = names.iter().take(LISTED).map(|n| format!("`{n}` ({})", self.unread[*n].0));
        let more = names.len().saturating_sub(LISTED);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        let shown = shown.collect::<Vec<_>>().join(", ");
        let message = format!("members that look like amounts are not read: {shown}{rest}");
        let place = Locator { path: Some(self.unread[first].1.clone()), ..Locator::default() };
        Some(Diagnostic { place, ..warning("W0127", message) })
    }

    /// Its pages, of which nothing is known before a recipe is chosen.
    pub(crate) fn previews(&self) -> Vec<Preview> {
        let preview = |page: &Page| Preview { sheet: page.name.clone(), ..Preview::default() };
        self.pages.iter().map(preview).collect()
    }

    /// Reads by this recipe from now on.
    pub(crate) fn bind(&mut self, spec: &Spec) -> Result<(), ImportError> {
        self.paths = paths(spec)?;
        self.required = required(spec).iter().filter_map(|any| any.first().cloned()).collect();
        Ok(())
    }

    /// The lists of paths of the recipe, each of which is a column.
    pub(crate) fn columns(&self) -> Vec<String> {
        let columns = self.paths.iter().flat_map(|p| &p.columns);
        columns.filter_map(|any| any.first().cloned()).collect()
    }

    /// Shows every row of a page to a visitor.
    pub(crate) fn rows(
        &mut self,
        sheet: Option<&str>,
        visit: Visit<'_>,
    ) -> Result<(), ImportError> {
        let page = self.pages.iter().find(|p| p.name.as_deref() == sheet);
        let (Some(page), Some(paths)) = (page, &self.paths) else { return Ok(()) };
        let (seen, rows) = page.rows(paths, visit)?;
        self.rows += rows;
        self.met.extend(paths.met(&seen));
        for (name, (count, path)) in seen.unread.into_iter().collect::<BTreeMap<_, _>>() {
            self.unread.entry(name).or_insert((0, path)).0 += count;
        }
        Ok(())
    }
}

/// What is wrong with a path from the top, if anything is.
pub(crate) fn fault_of_path(path: &str) -> Option<String> {
    pointer::parse(path).err()
}

/// The paths of a recipe, which was checked when it was read.
fn paths(spec: &Spec) -> Result<Option<Paths>, ImportError> {
    let paths = spec.tree.as_ref().map(|tree| Paths::new(spec, tree)).transpose();
    paths.map_err(|e| ImportError::source("E0012", Locator::default(), e))
}

/// An error with the page that it is of.
fn of_page(error: ImportError, number: usize) -> ImportError {
    match error {
        ImportError::Source(mut d) => {
            d.message = format!("page {number}: {}", d.message);
            ImportError::Source(d)
        }
        other => other,
    }
}

fn open_page(path: &Path) -> Result<Page, ImportError> {
    let called = container::file_name(path);
    let unpacked = container::unpack(path, &called, None)?;
    let inner: &Path = unpacked.as_ref().map_or(path, |u| &u.path);
    let called = unpacked.as_ref().map_or(&*called, |u| &u.name);
    let mut page = match sniff(inner)? {
        Format::Json => Page::open(inner, called)?,
        Format::Xml => Page::open_xml(inner)?,
        _ => {
            return Err(ImportError::source(
                "E0003",
                Locator::default(),
                "found a table, expected JSON",
            ));
        }
    };
    page._kept.extend(unpacked.map(|Unpacked { path, .. }| path));
    Ok(page)
}

/// Rows on their way from the walk to who reads them, and what was seen up to the last of them.
type Block = (Held, Seen);

/// Blocks that may wait.
const WAITING: usize = 2;

impl Page {
    /// Shows the rows to a visitor while the walk goes on; what was seen up to where that ended, and
    /// how many rows there were.
    fn rows(&self, paths: &Paths, visit: Visit<'_>) -> Result<(Seen, u64), ImportError> {
        let known = self.known(paths)?;
        let spare = Cells::default().cleared(paths.rows.width);
        let mut rows = Rows { paths, known: &known, number: 0, spare };
        thread::scope(|scope| {
            let (sender, blocks) = sync_channel::<Block>(WAITING);
            let walk = scope.spawn(move || self.send(paths, &sender));
            for (held, seen) in &blocks {
                if rows.show(&held, visit)?.is_break() {
                    return Ok((seen, rows.number));
                }
            }
            let seen = walk.join().unwrap_or_else(|panic| resume_unwind(panic))?;
            Ok((seen, rows.number))
        })
    }

    /// Walks through the page and sends its rows, as long as somebody takes them.
    fn send(&self, paths: &Paths, blocks: &SyncSender<Block>) -> Result<Seen, ImportError> {
        self.walk(&paths.rows, !paths.watch.is_empty(), None, &mut |held, seen| {
            Ok(match blocks.send((held, seen.clone())) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            })
        })
    }

    /// What must be known before the rows are read.
    fn known(&self, paths: &Paths) -> Result<Known, ImportError> {
        let Some(before) = &paths.before else { return Ok(Known::default()) };
        let mut known = Known::new(before);
        let enough = before.joins.is_empty().then_some(before.document.len());
        self.walk(&before.plan, false, enough, &mut |held, _| {
            held.whole().iter().try_for_each(|row| known.take(before, &held, row))?;
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(known)
    }
}

/// Makes rows of what a walk holds.
struct Rows<'r> {
    paths: &'r Paths,
    known: &'r Known,
    /// The number of the last row.
    number: u64,
    /// Cells with nothing in them, whose room is used again.
    spare: Cells<'static>,
}

impl Rows<'_> {
    fn show(&mut self, held: &Held, visit: Visit<'_>) -> Result<ControlFlow<()>, ImportError> {
        let plan = &self.paths.rows;
        let joins = self.paths.before.as_ref().map_or(&[][..], |b| &b.joins);
        let mut cells: Cells<'_> = std::mem::take(&mut self.spare);
        for row in held.whole() {
            self.number += 1;
            held.fill(plan, row, &mut cells);
            let unjoined = self.known.fill(joins, &mut cells);
            let fault = held.doubled(row).map(twice).or(unjoined);
            let branch = Branch { held, plan, row, origins: &cells.origins, set: &cells.set };
            let (fault, branch) = (fault.as_ref(), Some(&branch));
            let (number, fields, hidden, stray) = (self.number, None, false, false);
            let flow =
                visit(&Row { number, cells: &cells.cells, fields, hidden, stray, fault, branch })?;
            cells.clear();
            if flow.is_break() {
                return Ok(flow);
            }
        }
        self.spare = cells.cleared(plan.width);
        Ok(ControlFlow::Continue(()))
    }
}

fn twice(name: &str) -> Fault {
    let reason = "expected every member once in its object; which is meant is not known";
    Fault { code: "I0122", found: name.to_owned(), reason: reason.to_owned() }
}
