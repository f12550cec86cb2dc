//! Opening a file and reading it to its end: batches to the sink, every row and cell in the account.

use crate::builtin::builtin_recipes;
use crate::cell::Cell;
use crate::choose::{self, Choice, Place};
use crate::detect::{Evidence, Verdict};
use crate::hash::text_hash;
use crate::layout::{AmountColumn, Layout, Mapped, Table};
use crate::notes::Surroundings;
use crate::quality;
use crate::read::{self, Outcome, Reject, RowReading, State, Stated, What};
use crate::recipe::{FromNumber, Recipe, Spec, TextField};
use crate::source::{Preview, Row, Source, warning};
use crate::suspicion::Sizes;
use crate::vintage::{self, From, Hints, Vintage};
use haggle_evidence::{
    Account, BatchBuilder, Diagnostic, Import, ImportError, Importer, ImporterIdentity, Kind,
    Locator, Observation, RowSet, Severity, Sink, SourceFacts, Statistic,
};
use haggle_quantity::{day_number, parse_date};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

/// Version of the importing code; raised whenever the same file would give other observations.
pub const IMPORTER_VERSION: u32 = 2;

/// Observations of a full batch.
pub const BATCH_SIZE: usize = 8192;

/// How to open a file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The recipe to read it by; absent: the built-in one whose signature is in the file.
    pub recipe: Option<Recipe>,
    /// The year that the source speaks for, where the file itself does not say: `2022`.
    pub vintage: Option<String>,
    /// The sheet to read, where the recipe would read another; `*` stands for any text.
    pub sheet: Option<String>,
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
    opened_within(Source::open(path)?, path, options, None)
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
    diagnostics.extend(vintage_warning(spec, vintage.as_ref(), &hints));
    diagnostics.extend(others_note(recipes, &choice));
    for layout in &mut layouts {
        diagnostics.extend(layout.warnings.iter().map(|(code, text)| warning(code, text.clone())));
        source.fit(layout.header, layout.width, layout.names.named())?;
        diagnostics.extend(settle_notations(&mut source, layout, rows)?);
        let (quality, told) = quality::read(spec, path, layout)?;
        layout.quality = quality;
        diagnostics.extend(told);
    }
    Ok(FileImporter {
        source,
        kind: spec.constant.kind,
        identity: identity(&recipe, options, vintage.as_ref(), &siblings_hash(spec, path)?),
        facts: facts(spec, &layouts, vintage.as_ref()),
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

    /// What is known of the source before its rows are read.
    pub fn facts(&self) -> &SourceFacts {
        &self.facts
    }

    /// The last header row of the first table: its sheet and its number.
    pub fn header(&self) -> Locator {
        header(&self.layouts[0])
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
            notes: Vec::new(),
            sink,
            observer: self.observer.as_mut(),
        };
        let mut diagnostics = self.diagnostics.clone();
        for layout in &self.layouts {
            run.layout = layout;
            let mut state = State::default();
            let mut left = limit.map(|l| l + layout.header);
            let visit = &mut |row: &Row<'_>| {
                run.row(row, &mut state)?;
                left = left.map(|l| l.saturating_sub(1));
                Ok(if left == Some(0) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            };
            self.source.rows(layout.sheet.as_deref(), visit)?;
            diagnostics.extend(run.warnings());
        }
        run.flush()?;
        let account = run.account;
        diagnostics.extend(self.source.diagnostics());
        diagnostics.extend(nothing_warning(&account, header(&self.layouts[0])));
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

/// Where the recipe states no notation: that of each column, by all of its texts.
fn settle_notations(
    source: &mut Source,
    layout: &mut Layout,
    rows: Option<u64>,
) -> Result<Vec<Diagnostic>, ImportError> {
    if layout.notation.is_some() {
        return Ok(Vec::new());
    }
    let mut evidence: BTreeMap<usize, Evidence> =
        layout.number_columns().keys().map(|i| (*i, Evidence::default())).collect();
    source.rows(layout.sheet.as_deref(), &mut |row| {
        for (column, evidence) in evidence.iter_mut().filter(|_| row.number > layout.header) {
            if let Cell::Text(text) = row.cell(*column) {
                evidence.add(text, row.number);
            }
        }
        let enough = rows.is_some_and(|rows| row.number >= rows);
        Ok(if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    let mut told = Vec::new();
    for (column, evidence) in &evidence {
        let notation = match evidence.verdict() {
            Verdict::Settled(notation) => Some(notation),
            verdict => {
                told.extend(two_readings(layout, *column, verdict));
                None
            }
        };
        layout.notations.insert(*column, notation);
    }
    let open = |a: &AmountColumn| layout.notations.get(&a.column.index) != Some(&None);
    match told.first() {
        Some(first) if !layout.amounts.iter().any(open) => {
            Err(ImportError::source("E0014", first.place.clone(), first.message.clone()))
        }
        _ => Ok(told),
    }
}

/// That a column is not read because its numbers have two readings.
fn two_readings(layout: &Layout, column: usize, verdict: Verdict) -> Option<Diagnostic> {
    let name = layout.number_columns().get(&column).map_or(String::new(), |n| (*n).to_owned());
    let (row, why) = match verdict {
        Verdict::Settled(_) => return None,
        Verdict::Ambiguous { text, row, readings: [a, b] } => {
            (row, format!("`{text}` may be {a} or {b}"))
        }
        Verdict::Clash([(first, at), (second, row)]) => {
            (row, format!("`{first}` (row {at}) and `{second}` are of two notations"))
        }
    };
    let place = Locator { sheet: layout.sheet.clone(), row, column: column as u32 + 1, path: None };
    let message = format!("column `{name}` is not read: {why}");
    Some(Diagnostic { place, ..warning("W0121", message) })
}

/// Hashes of the sibling files that are read too.
fn siblings_hash(spec: &Spec, path: &Path) -> Result<Vec<String>, ImportError> {
    let found = quality::beside(spec, path);
    let hash = |p: &std::path::PathBuf| {
        let unreadable =
            |e: std::io::Error| ImportError::source("E0001", Locator::default(), e.to_string());
        crate::hash::content_hash(p).map_err(unreadable)
    };
    found.iter().map(hash).collect()
}

fn identity(
    recipe: &Recipe,
    options: &Options,
    vintage: Option<&Vintage>,
    siblings: &[String],
) -> ImporterIdentity {
    let of_file = vintage.filter(|v| v.from == From::File).map(|v| v.year.as_str());
    let mut parts = vec![recipe.hash()];
    if let Some(stated) = options.vintage.as_deref().or(of_file) {
        parts.extend(["vintage", stated]);
    }
    if let Some(sheet) = &options.sheet {
        parts.extend(["sheet", sheet]);
    }
    for sibling in siblings {
        parts.extend(["quality", sibling]);
    }
    let recipe_hash = if parts.len() == 1 { parts[0].to_owned() } else { text_hash(&parts) };
    let name = reading_name(recipe.name(), options.sheet.as_deref());
    ImporterIdentity { recipe: name, recipe_hash, importer: IMPORTER_VERSION }
}

/// What a reading is called: the recipe, and the sheet where the caller names one, so that two
/// sheets of one file are two readings.
pub fn reading_name(recipe: &str, sheet: Option<&str>) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    match sheet {
        None => recipe.to_owned(),
        Some(sheet) => format!("{recipe}@{}", sheet.chars().map(plain).collect::<String>()),
    }
}

fn facts(spec: &Spec, layouts: &[Layout], vintage: Option<&Vintage>) -> SourceFacts {
    let source = &spec.source;
    let year = vintage.map(|v| v.year.as_str());
    let date = source.reference_date.as_ref().and_then(|template| {
        let template = template.get_ref();
        let stated = if template.contains("{year}") {
            template.replace("{year}", year?)
        } else {
            template.clone()
        };
        parse_date(&stated).ok()
    });
    let mut assumptions = source.assumptions.clone();
    for assumption in layouts.iter().flat_map(|l| &l.assumptions) {
        if !assumptions.contains(assumption) {
            assumptions.push(assumption.clone());
        }
    }
    SourceFacts {
        name: source.name.replace("{year}", year.unwrap_or("(year unknown)")),
        publisher: source.publisher.clone(),
        licence: source.licence.clone(),
        grade: source.grade,
        date: date.map(day_number),
        assumptions,
    }
}

/// That other recipes would read the file too.
fn others_note(recipes: &[Recipe], choice: &Choice) -> Option<Diagnostic> {
    let names: Vec<String> =
        choice.others.iter().map(|i| format!("`{}`", recipes[*i].name())).collect();
    let message = format!(
        "`{}` fits most closely; {} fit as well",
        recipes[choice.recipe].name(),
        names.join(", ")
    );
    let note = Diagnostic { severity: Severity::Info, ..warning("W0123", message) };
    (!names.is_empty()).then_some(note)
}

/// A vintage that is wanted and not there, or stated in two ways.
fn vintage_warning(
    spec: &Spec,
    vintage: Option<&Vintage>,
    hints: &Hints<'_>,
) -> Option<Diagnostic> {
    let wanted = !spec.vintage.notes.is_empty() || spec.source.name.contains("{year}");
    match (vintage, hints.option) {
        (None, _) if wanted => {
            let message =
                "the year that the source speaks for stands neither in its notes nor in its names";
            Some(warning("W0103", message.to_owned()))
        }
        (Some(found), None) if found.from == From::Notes || found.from == From::Sheet => {
            let named = vintage::of_file_name(&spec.vintage, hints.file)?;
            let year = &found.year;
            let message =
                format!("the file's notes say {year}, its name says {named}; {year} is used");
            (named != *year).then(|| warning("W0103", message))
        }
        (Some(found), Some(option)) if found.year != option.trim() => {
            let year = &found.year;
            let message =
                format!("the file is of {year}, not of {}; {year} is used", option.trim());
            Some(warning("W0103", message))
        }
        _ => None,
    }
}

fn nothing_warning(account: &Account, header: Locator) -> Option<Diagnostic> {
    if account.imported > 0 {
        return None;
    }
    let message = match account.rejected {
        0 => "no row of data below the header".to_owned(),
        n => format!("every row of data was rejected ({n})"),
    };
    Some(Diagnostic { place: header, ..warning("W0102", message) })
}

/// One reading of a source.
struct Run<'a> {
    layout: &'a Layout,
    kind: Kind,
    account: Account,
    builder: BatchBuilder,
    sizes: Sizes,
    hidden: RowSet,
    hidden_rows: u64,
    notes: Vec<Diagnostic>,
    sink: &'a mut dyn Sink,
    observer: Option<&'a mut Observer>,
}

impl<'a> Run<'a> {
    fn row(&mut self, row: &Row<'_>, state: &mut State<'a>) -> Result<(), ImportError> {
        if row.number <= self.layout.header {
            self.above(row);
            return Ok(());
        }
        let mut reading = RowReading::default();
        let outcome = self.layout.read(row, state, &mut reading);
        if let Some(row) = state.another.take() {
            let message = "another table begins in this row; it and all below it is not read";
            let place = self.place(row, None);
            self.notes.push(Diagnostic { place, ..warning("W0125", message.to_owned()) });
        }
        match outcome {
            Outcome::Skip(skip) => self.skip(row.number, &skip),
            Outcome::Reject(reject) => return self.reject(row.number, reject),
            Outcome::Import => {
                if row.hidden {
                    self.hidden.push(self.layout.sheet.as_deref().unwrap_or(""), row.number);
                    self.hidden_rows += 1;
                }
                return self.import(row, &reading, state);
            }
        }
        Ok(())
    }

    fn above(&mut self, row: &Row<'_>) {
        let first = row.cells.iter().find(|c| !c.is_blank());
        let reason = match first {
            _ if row.number >= self.layout.header_from => "header",
            None => "blank row",
            Some(_) => "title",
        };
        let found = first.map_or_else(String::new, |c| c.shown().into_owned());
        self.skip(row.number, &read::Skip { code: "I0202", reason: reason.to_owned(), found });
    }

    fn place(&self, row: u64, column: Option<usize>) -> Locator {
        let column = column.map_or(0, |c| c as u32 + 1);
        Locator { sheet: self.layout.sheet.clone(), row, column, path: None }
    }

    fn skip(&mut self, row: u64, skip: &read::Skip) {
        let place = self.place(row, None);
        self.account.skip(skip.code, &skip.reason, &place, &short(&skip.found));
    }

    /// A malformed row; one whose amount can be read in two ways ends the import.
    fn reject(&mut self, row: u64, r: Reject) -> Result<(), ImportError> {
        let place = self.place(row, r.column);
        if r.code == read::AMBIGUOUS {
            let message = format!("column `{}`: found `{}`, {}", r.field, r.found, r.reason);
            return Err(ImportError::source("E0014", place, message));
        }
        self.account.reject(r.code, &r.field, &r.reason, &place, &short(&r.found));
        if let Some(observer) = &mut self.observer {
            let Reject { code, field, reason: expected, found, .. } = r;
            observer(Issue { place, field, found, expected, code });
        }
        Ok(())
    }

    fn import(
        &mut self,
        row: &Row<'_>,
        reading: &RowReading<'_>,
        state: &State<'a>,
    ) -> Result<(), ImportError> {
        let mut observations = 0;
        let errors = self.layout.quality.as_ref().and_then(|q| q.of(row));
        let row = row.number;
        for (amount, what) in &state.cells {
            match what {
                What::Stated(stated) => {
                    observations += 1;
                    let error = errors.and_then(|e| self.error_of(amount, e));
                    self.push(row, reading, (&state.attributes, error), amount, stated)?;
                }
                What::Absent { code, reason, found } => {
                    let place = self.place(row, Some(amount.column.index));
                    self.account.absent(code, &amount.column.name, reason, &place, &short(found));
                }
            }
        }
        self.account.import(state.cells.len() as u64, observations);
        Ok(())
    }

    /// The relative error that a sibling file states of an amount.
    fn error_of(&self, amount: &AmountColumn, errors: &[Option<f64>]) -> Option<f64> {
        let at = self.layout.amounts.iter().position(|a| a.column == amount.column)?;
        errors.get(at).copied().flatten()
    }

    fn push(
        &mut self,
        row: u64,
        reading: &RowReading<'_>,
        (attributes, error): (&str, Option<f64>),
        amount: &AmountColumn,
        stated: &Stated,
    ) -> Result<(), ImportError> {
        let layout = self.layout;
        let constants = &layout.constants;
        let text = |field: TextField| {
            let row = reading.texts[field as usize].as_deref();
            amount.texts[field as usize].as_deref().or(row).filter(|t| !t.is_empty())
        };
        let Some(statistic) = amount.statistic.or(reading.statistic).or(constants.statistic) else {
            return Ok(());
        };
        let component = amount.component.as_deref().or(reading.component.as_deref());
        let with_origin =
            stated.stated.as_ref().map(|s| crate::json::with(attributes, "stated", s));
        let attributes = with_origin.as_deref().or(Some(attributes)).filter(|a| !a.is_empty());
        let beside = &layout.beside;
        self.builder.push(&Observation {
            sheet: layout.sheet.as_deref(),
            row,
            column: amount.column.index as u32 + 1,
            kind: amount.kind,
            basis: amount.basis.or(reading.basis).unwrap_or(constants.basis),
            component: component.or(constants.component.as_deref()),
            tax: amount.tax.or(reading.tax).unwrap_or(constants.tax),
            subject: text(TextField::Subject),
            scheme: constants.scheme.as_deref(),
            title: text(TextField::Title),
            place: text(TextField::Place),
            party: text(TextField::Party),
            level: text(TextField::Level),
            statistic,
            bound: stated.bound,
            weight: of(&beside.weight, statistic, reading.weight),
            count: of(&beside.count, statistic, reading.count),
            employers: of(&beside.employers, statistic, reading.employers),
            sample_size: of(&beside.sample_size, statistic, reading.sample_size),
            relative_error: error.or(of(&beside.relative_error, statistic, reading.relative_error)),
            quantity_from: reading.quantity_from,
            quantity_to: reading.quantity_to,
            date: amount.date.or(reading.date),
            attributes,
            ..Observation::new(stated.scaled, stated.currency.as_str(), stated.per.code())
        });
        if self.kind == Kind::Wage && statistic == Statistic::Value {
            let (column, per) = (amount.column.index, stated.per.as_str());
            self.sizes.add(column, stated.currency.as_str(), per, stated.scaled, row);
        }
        if self.builder.len() >= BATCH_SIZE { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ImportError> {
        if self.builder.is_empty() {
            return Ok(());
        }
        Ok(self.sink.accept(self.builder.finish())?)
    }

    /// What is doubtful about the table that was just read.
    fn warnings(&mut self) -> Vec<Diagnostic> {
        let layout = self.layout;
        let names = layout.number_columns();
        let name = |column: usize| names.get(&column).map_or(String::new(), |n| (*n).to_owned());
        let mut all = std::mem::take(&mut self.sizes).warnings(layout.sheet.as_deref(), name);
        all.append(&mut self.notes);
        let hidden = std::mem::take(&mut self.hidden_rows);
        if hidden > 0 {
            let rows = std::mem::take(&mut self.hidden).to_text();
            all.push(warning("W0120", format!("{hidden} hidden rows are read (rows {rows})")));
        }
        all
    }
}

/// Enough of a cell to know it again.
fn short(found: &str) -> Cow<'_, str> {
    const LONGEST: usize = 120;
    match found.char_indices().nth(LONGEST) {
        None => Cow::Borrowed(found),
        Some((end, _)) => Cow::Owned(format!("{}...", &found[..end])),
    }
}

/// A number of the row, if it belongs to this statistic.
fn of<T>(spec: &Option<Mapped<FromNumber>>, statistic: Statistic, value: Option<T>) -> Option<T> {
    let statistics = &spec.as_ref()?.1.statistics;
    value.filter(|_| statistics.is_empty() || statistics.contains(&statistic))
}
