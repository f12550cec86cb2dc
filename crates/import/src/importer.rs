//! Opening a file and reading it to its end: batches to the sink, every row and cell in the account.

use crate::builtin::builtin_recipes;
use crate::choose::{self, Choice, Place};
use crate::layout::{Layout, Table};
use crate::notes::Surroundings;
use crate::read::State;
use crate::recipe::{Recipe, Spec};
use crate::repeats::Repeats;
use crate::run::{Room, Run};
use crate::source::{Preview, Row, Source, warning};
use crate::suspicion::Sizes;
use crate::vintage::{self, Hints, Vintage};
use crate::{facts, notation, quality, terms, tree};
use haggle_evidence::{
    Account, BatchBuilder, Diagnostic, Import, ImportError, Importer, ImporterIdentity, Kind,
    Locator, RowSet, Sink, SourceFacts,
};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Version of the importing code; raised whenever the same file would give other observations.
pub const IMPORTER_VERSION: u32 = 4;

/// Observations of a full batch.
pub(crate) const BATCH_SIZE: usize = 8192;

/// How to open a file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The recipe to read it by; absent: the built-in one whose signature is in the file.
    pub recipe: Option<Recipe>,
    /// The year that the source speaks for, where the file itself does not say: `2022`.
    pub vintage: Option<String>,
    /// The sheet to read, where the recipe would read another; `*` stands for any text.
    pub sheet: Option<String>,
    /// What the file is called, where its path does not say: standard input lies in a file of any
    /// name.
    pub name: Option<String>,
}

/// A row that could not be imported, or a cell that makes a number doubtful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Where.
    pub place: Locator,
    /// The column's header; empty if the whole row is at fault.
    pub field: String,
    /// What stands there.
    pub found: String,
    /// What was expected.
    pub expected: String,
    /// Stable code.
    pub code: &'static str,
}

/// Takes issues as they are met.
pub type Observer = Box<dyn FnMut(Issue)>;

/// A file that was opened: its recipe is chosen and its columns are found.
pub struct FileImporter {
    source: Source,
    kind: Kind,
    layouts: Vec<Layout>,
    identity: ImporterIdentity,
    facts: SourceFacts,
    diagnostics: Vec<Diagnostic>,
    recipe: Recipe,
    observer: Option<Observer>,
}

/// Opens a file by its content, whatever its name says, and finds its recipe and header.
///
/// # Errors
/// [`ImportError`] with a code from `E0001` to `E0016`: the file cannot be opened, is empty, not a
/// table, encrypted, damaged, too large or a bomb; no recipe fits, several do, a column that the
/// recipe needs is missing or stands there twice, a unit or currency is not said, or every column
/// of amounts can be read in two ways.
pub fn open(path: &Path, options: &Options) -> Result<FileImporter, ImportError> {
    opened_within(Source::open_as(path, options.name.as_deref())?, path, options, None)
}

/// Opens the pages of one list, in their order, as one source; each is a sheet, `page 1` and so on.
///
/// # Errors
/// [`ImportError`] as of [`open`]; a page that cannot be read, or is of another shape than the
/// recipe reads, is named. Several pages are read of JSON and XML only.
pub fn open_pages(paths: &[PathBuf], options: &Options) -> Result<FileImporter, ImportError> {
    match paths {
        [only] => open(only, options),
        [first, ..] => {
            let source = Source::open_pages(paths, options.name.as_deref())?;
            opened_within(source, first, options, None)
        }
        [] => Err(ImportError::source("E0002", Locator::default(), "found no page")),
    }
}

/// Opens a source, looking at so many rows of each table where it must look at numbers first.
pub(crate) fn opened_within(
    mut source: Source,
    path: &Path,
    options: &Options,
    rows: Option<u64>,
) -> Result<FileImporter, ImportError> {
    let file = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let file = source.name().map_or(file, str::to_owned);
    let file = file.as_str();
    let own = options.recipe.as_ref().map(std::slice::from_ref);
    let recipes = own.unwrap_or_else(|| builtin_recipes());
    let sheet = options.sheet.as_deref();
    let (tables, choice) = choose(&mut source, recipes, own.is_some(), sheet)?;
    let recipe = recipes[choice.recipe].clone();
    let spec = recipe.spec();
    let option = options.vintage.as_deref();
    let first = &choice.places[0];
    let first_notes = notes(&tables, first);
    let first_sheet = tables[first.table].sheet.as_deref();
    let hints = Hints { notes: &first_notes, sheet: first_sheet, option, file };
    let vintage = vintage::find(&spec.vintage, &hints);
    let mut layouts = Vec::new();
    let read: Vec<usize> = choice.places.iter().map(|p| p.table).collect();
    for place in &choice.places {
        layouts.push(bind(spec, &tables, (place, &read), file, vintage.as_ref())?);
    }
    let mut diagnostics = Vec::new();
    diagnostics.extend(facts::vintage_warning(spec, vintage.as_ref(), &hints));
    diagnostics.extend(facts::others_note(recipes, &choice));
    for (layout, place) in layouts.iter_mut().zip(&choice.places) {
        diagnostics.extend(facts::hidden_columns_warning(&tables[place.table], layout));
        diagnostics.extend(layout.warnings.iter().map(|(code, text)| warning(code, text.clone())));
        source.fit(layout.header, layout.width, layout.names.named())?;
        diagnostics.extend(notation::settle(&mut source, layout, rows)?);
        terms::read(&mut source, layout)?;
        let (quality, told) = quality::read(spec, path, layout)?;
        layout.quality = quality;
        diagnostics.extend(told);
    }
    Ok(FileImporter {
        source,
        kind: spec.constant.kind,
        identity: facts::identity(
            &recipe,
            options,
            (vintage.as_ref(), file),
            &facts::siblings_hash(spec, path)?,
        ),
        facts: facts::facts(spec, &layouts, vintage.as_ref()),
        layouts,
        diagnostics,
        recipe,
        observer: None,
    })
}

fn bind(
    spec: &Spec,
    tables: &[Preview],
    (place, read): (&Place, &[usize]),
    file: &str,
    vintage: Option<&Vintage>,
) -> Result<Layout, ImportError> {
    let notes = notes(tables, place);
    let table = Table {
        sheet: tables[place.table].sheet.as_deref(),
        file,
        rows: place.rows,
        header: &place.header,
        around: Surroundings {
            tables,
            table: place.table,
            above: place.above,
            header: &place.header,
            read,
        },
        notes: &notes,
        vintage,
    };
    Layout::bind(spec, &table)
}

/// Every text outside the table that is read.
fn notes(tables: &[Preview], place: &Place) -> Vec<String> {
    let (above, header) = (place.above, &place.header);
    let around = Surroundings { tables, table: place.table, above, header, read: &[] };
    around.texts().map(str::to_owned).collect()
}

impl FileImporter {
    /// The recipe that reads the file.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// Has every row that is rejected reported as it is met.
    pub fn observe(&mut self, observer: Observer) {
        self.observer = Some(observer);
    }

    /// Reads up to so many rows of each table, for a look at them.
    pub(crate) fn look(&mut self, rows: u64, sink: &mut dyn Sink) -> Result<Import, ImportError> {
        self.read(Some(rows), sink)
    }

    /// The last header row of each table that is read.
    pub(crate) fn headers(&self) -> Vec<Locator> {
        self.layouts.iter().map(header).collect()
    }

    /// First and last header row of a sheet, if it is read.
    pub(crate) fn header_rows(&self, sheet: Option<&str>) -> Option<(u64, u64)> {
        let layout = self.layouts.iter().find(|l| l.sheet.as_deref() == sheet)?;
        Some((layout.header_from, layout.header))
    }

    /// The separator of a text file.
    pub(crate) fn separator(&self) -> Option<u8> {
        self.source.separator()
    }

    fn read(&mut self, limit: Option<u64>, sink: &mut dyn Sink) -> Result<Import, ImportError> {
        let mut run = Run {
            layout: &self.layouts[0],
            kind: self.kind,
            account: Account::default(),
            builder: BatchBuilder::default(),
            sizes: Sizes::default(),
            hidden: RowSet::default(),
            hidden_rows: 0,
            worded: BTreeMap::new(),
            notes: Vec::new(),
            sink,
            observer: self.observer.as_mut(),
            room: Room::default(),
        };
        let mut diagnostics = self.diagnostics.clone();
        let of_pages = self.layouts.len() > 1 && self.source.tree().is_some();
        let mut repeats = of_pages.then(Repeats::default);
        let mut state = State::default();
        for layout in &self.layouts {
            run.layout = layout;
            state = if of_pages { state.on_next_page() } else { State::default() };
            let mut left = limit.map(|l| l + layout.header);
            let visit = &mut |row: &Row<'_>| {
                let before = run.account.imported;
                run.row(row, &mut state)?;
                let repeats = repeats.iter_mut().filter(|_| run.account.imported > before);
                repeats.for_each(|r| r.row(row, || run.at(row, None)));
                left = left.map(|l| l.saturating_sub(1));
                Ok(if left == Some(0) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            };
            self.source.rows(layout.sheet.as_deref(), visit)?;
            diagnostics.extend(run.warnings());
            repeats.iter_mut().for_each(Repeats::page);
        }
        diagnostics.extend(repeats.and_then(Repeats::warning));
        run.flush()?;
        let account = run.account;
        diagnostics.extend(self.source.diagnostics());
        diagnostics.extend(facts::nothing_warning(&account, header(&self.layouts[0])));
        Ok(Import { facts: self.facts.clone(), account, diagnostics })
    }
}

fn header(layout: &Layout) -> Locator {
    Locator { sheet: layout.sheet.clone(), row: layout.header, ..Locator::default() }
}

impl Importer for FileImporter {
    fn identity(&self) -> &ImporterIdentity {
        &self.identity
    }

    fn run(&mut self, sink: &mut dyn Sink) -> Result<Import, ImportError> {
        self.read(None, sink)
    }
}

/// The recipe and tables; for a text file with the separator by which one fits.
fn choose(
    source: &mut Source,
    recipes: &[Recipe],
    named: bool,
    sheet: Option<&str>,
) -> Result<(Vec<Preview>, Choice), ImportError> {
    if let Some(sheet) = sheet.filter(|_| !source.has_sheets()) {
        let message = format!("no sheet `{sheet}`: found {}, which has no sheets", source.format());
        return Err(ImportError::source("E0016", Locator::default(), message));
    }
    if let Some(tree) = source.tree() {
        return tree::choose(tree, recipes, named);
    }
    let mut first_error = None;
    for separator in source.separators()? {
        source.set_separator(separator);
        // A quote that is open under a wrong separator is that separator's failure.
        let tables = match source.previews() {
            Ok(tables) => tables,
            Err(error) => {
                first_error = first_error.or(Some(error));
                continue;
            }
        };
        match fit(recipes, &tables, named, sheet) {
            Ok(choice) => return Ok((tables, choice)),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    Err(first_error.expect("at least one separator was tried"))
}

fn fit(
    recipes: &[Recipe],
    tables: &[Preview],
    named: bool,
    sheet: Option<&str>,
) -> Result<Choice, ImportError> {
    if named {
        return choose::by_name(recipes[0].spec(), tables, sheet);
    }
    let specs: Vec<&Spec> = recipes.iter().map(Recipe::spec).collect();
    choose::by_signature(&specs, tables, sheet)
}
