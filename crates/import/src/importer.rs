//! Opening a file and reading it to its end: batches to the sink, every row and cell in the account.

use crate::choose::{self, Choice};
use crate::hash::text_hash;
use crate::layout::{Layout, Mapped, Table};
use crate::recipe::{ConstantSpec, FromNumber, Recipe, Spec, TextField};
use crate::row::{Outcome, Reading, Reject, What};
use crate::source::{Preview, Row, Source, warning};
use crate::vintage::{self, From, Hints, Vintage};
use crate::{builtin_recipes, row};
use haggle_evidence::{
    Account, BatchBuilder, Diagnostic, Import, ImportError, Importer, ImporterIdentity, Locator,
    Observation, Sink, SourceFacts, Statistic,
};
use haggle_quantity::{day_number, parse_date};
use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::Path;

/// Version of the importing code; raised whenever the same file would give other observations.
pub const IMPORTER_VERSION: u32 = 1;

/// Observations of a full batch.
pub const BATCH_SIZE: usize = 8192;

/// How to open a file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The recipe to read it by; absent: the built-in one whose signature is in the file.
    pub recipe: Option<Recipe>,
    /// The year that the source speaks for, where the file itself does not say: `2022`.
    pub vintage: Option<String>,
}

/// A file that was opened: its recipe is chosen and its columns are found.
pub struct FileImporter {
    source: Source,
    constant: ConstantSpec,
    layout: Layout,
    identity: ImporterIdentity,
    facts: SourceFacts,
    diagnostics: Vec<Diagnostic>,
    recipe: Recipe,
}

/// Opens a file by its content, whatever its name says, and finds its recipe and header.
///
/// # Errors
/// [`ImportError`] with a code from `E0001` to `E0013`: the file cannot be opened, is empty, not a
/// table, encrypted, damaged, too large or a bomb; no recipe fits, several do, or a column that the
/// recipe needs is missing or stands there twice.
pub fn open(path: &Path, options: &Options) -> Result<FileImporter, ImportError> {
    let recipes = options.recipe.clone().map_or_else(builtin_recipes, |r| vec![r]);
    let mut source = Source::open(path)?;
    let (tables, choice) = choose(&mut source, &recipes, options.recipe.is_some())?;
    let recipe = recipes[choice.recipe].clone();
    let spec = recipe.spec();
    let table = &tables[choice.table];
    let (row, header) = &table.rows[choice.row];
    let notes = notes(&tables, choice);
    let file = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let file = source.name().map_or(file, str::to_owned);
    let option = options.vintage.as_deref();
    let hints = Hints { notes: &notes, sheet: table.sheet.as_deref(), option, file: &file };
    let vintage = vintage::find(&spec.vintage, &hints);
    let sheet = table.sheet.as_deref();
    let bound = Table { sheet, row: *row, header, notes: &notes, vintage: vintage.as_ref() };
    let layout = Layout::bind(spec, &bound)?;
    source.fit(*row, header.width(), header.named())?;
    let mut diagnostics = Vec::new();
    diagnostics.extend(vintage_warning(spec, vintage.as_ref(), &hints));
    diagnostics.extend(layout.warnings.iter().map(|(code, text)| warning(code, text.clone())));
    Ok(FileImporter {
        source,
        constant: spec.constant.clone(),
        identity: identity(&recipe, option, vintage.as_ref()),
        facts: facts(spec, &layout, vintage.as_ref()),
        layout,
        diagnostics,
        recipe,
    })
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

    /// The header row: its sheet and its number.
    pub fn header(&self) -> Locator {
        Locator { sheet: self.layout.sheet.clone(), row: self.layout.header, ..Locator::default() }
    }
}

impl Importer for FileImporter {
    fn identity(&self) -> &ImporterIdentity {
        &self.identity
    }

    fn run(&mut self, sink: &mut dyn Sink) -> Result<Import, ImportError> {
        let mut run = Run {
            layout: &self.layout,
            constant: &self.constant,
            account: Account::default(),
            builder: BatchBuilder::default(),
            sink,
        };
        let visit = &mut |row: &Row<'_>| run.row(row).map(|()| ControlFlow::Continue(()));
        self.source.rows(self.layout.sheet.as_deref(), visit)?;
        run.flush()?;
        let account = run.account;
        let mut diagnostics = self.source.diagnostics();
        diagnostics.extend(self.diagnostics.iter().cloned());
        diagnostics.extend(nothing_warning(&account, self.header()));
        Ok(Import { facts: self.facts.clone(), account, diagnostics })
    }
}

/// The recipe and table; for a text file with the separator by which one fits.
fn choose(
    source: &mut Source,
    recipes: &[Recipe],
    named: bool,
) -> Result<(Vec<Preview>, Choice), ImportError> {
    let mut first_error = None;
    for separator in source.separators()? {
        source.set_separator(separator);
        let tables = source.previews()?;
        match fit(recipes, &tables, named) {
            Ok(choice) => return Ok((tables, choice)),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    Err(first_error.expect("at least one separator was tried"))
}

fn fit(recipes: &[Recipe], tables: &[Preview], named: bool) -> Result<Choice, ImportError> {
    if named {
        return choose::by_name(recipes[0].spec(), tables);
    }
    let specs: Vec<&Spec> = recipes.iter().map(Recipe::spec).collect();
    choose::by_signature(&specs, tables)
}

/// Every text outside the table that is read: other sheets, and the rows above the header.
fn notes(tables: &[Preview], choice: Choice) -> Vec<String> {
    let rows = tables.iter().enumerate().flat_map(|(i, table)| {
        let count = if i == choice.table { choice.row } else { table.rows.len() };
        table.rows.iter().take(count)
    });
    rows.flat_map(|(_, header)| header.texts().map(str::to_owned)).collect()
}

fn identity(recipe: &Recipe, option: Option<&str>, vintage: Option<&Vintage>) -> ImporterIdentity {
    let of_file = vintage.filter(|v| v.from == From::File).map(|v| v.year.as_str());
    let recipe_hash = match option.or(of_file) {
        None => recipe.hash().to_owned(),
        Some(stated) => text_hash(&[recipe.hash(), "vintage", stated]),
    };
    ImporterIdentity { recipe: recipe.name().to_owned(), recipe_hash, importer: IMPORTER_VERSION }
}

fn facts(spec: &Spec, layout: &Layout, vintage: Option<&Vintage>) -> SourceFacts {
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
    assumptions.extend(layout.assumptions.iter().cloned());
    SourceFacts {
        name: source.name.replace("{year}", year.unwrap_or("(year unknown)")),
        publisher: source.publisher.clone(),
        licence: source.licence.clone(),
        grade: source.grade,
        date: date.map(day_number),
        assumptions,
    }
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
    constant: &'a ConstantSpec,
    account: Account,
    builder: BatchBuilder,
    sink: &'a mut dyn Sink,
}

impl Run<'_> {
    fn row(&mut self, row: &Row<'_>) -> Result<(), ImportError> {
        if row.number <= self.layout.header {
            self.above(row);
            return Ok(());
        }
        match self.layout.read(row) {
            Outcome::Skip(skip) => self.skip(row.number, &skip),
            Outcome::Reject(reject) => self.reject(row.number, &reject),
            Outcome::Import(reading) => return self.import(row.number, &reading),
        }
        Ok(())
    }

    fn above(&mut self, row: &Row<'_>) {
        let first = row.cells.iter().find(|c| !c.is_blank());
        let reason = match first {
            _ if row.number == self.layout.header => "header",
            None => "blank row",
            Some(_) => "title",
        };
        let found = first.map_or_else(String::new, |c| c.shown().into_owned());
        self.skip(row.number, &row::Skip { code: "I0202", reason: reason.to_owned(), found });
    }

    fn place(&self, row: u64, column: Option<usize>) -> Locator {
        let column = column.map_or(0, |c| c as u32 + 1);
        Locator { sheet: self.layout.sheet.clone(), row, column, path: None }
    }

    fn skip(&mut self, row: u64, skip: &row::Skip) {
        let place = self.place(row, None);
        self.account.skip(skip.code, &skip.reason, &place, &short(&skip.found));
    }

    fn reject(&mut self, row: u64, r: &Reject) {
        let place = self.place(row, r.column);
        self.account.reject(r.code, &r.field, &r.reason, &place, &short(&r.found));
    }

    fn import(&mut self, row: u64, reading: &Reading<'_>) -> Result<(), ImportError> {
        let mut observations = 0;
        for (amount, what) in &reading.cells {
            match what {
                What::Stated { .. } => {
                    observations += 1;
                    self.push(row, reading, amount, what)?;
                }
                What::Absent { code, reason, found } => {
                    let place = self.place(row, Some(amount.column.index));
                    self.account.absent(code, &amount.column.name, reason, &place, &short(found));
                }
            }
        }
        self.account.import(reading.cells.len() as u64, observations);
        Ok(())
    }

    fn push(
        &mut self,
        row: u64,
        reading: &Reading<'_>,
        amount: &crate::layout::AmountColumn,
        what: &What,
    ) -> Result<(), ImportError> {
        let What::Stated { scaled, bound, per } = what else { return Ok(()) };
        let currency = reading.currency.or(self.constant.currency);
        let currency = currency.as_ref().map_or("", |c| c.as_str());
        let text = |field: TextField| reading.texts[field as usize].as_deref();
        let layout = self.layout;
        self.builder.push(&Observation {
            sheet: layout.sheet.as_deref(),
            row,
            column: amount.column.index as u32 + 1,
            kind: self.constant.kind,
            basis: self.constant.basis,
            component: amount.component.as_deref(),
            tax: self.constant.tax,
            subject: text(TextField::Subject),
            scheme: self.constant.scheme.as_deref(),
            title: text(TextField::Title),
            place: text(TextField::Place),
            party: text(TextField::Party),
            level: text(TextField::Level),
            statistic: amount.statistic,
            bound: *bound,
            weight: of(&layout.weight, amount.statistic, reading.weight),
            count: of(&layout.count, amount.statistic, reading.count),
            employers: of(&layout.employers, amount.statistic, reading.employers),
            sample_size: of(&layout.sample_size, amount.statistic, reading.sample_size),
            relative_error: of(&layout.relative_error, amount.statistic, reading.relative_error),
            date: reading.date,
            attributes: reading.attributes.as_deref(),
            ..Observation::new(*scaled, currency, per.code())
        });
        if self.builder.len() >= BATCH_SIZE { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ImportError> {
        if self.builder.is_empty() {
            return Ok(());
        }
        Ok(self.sink.accept(self.builder.finish())?)
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
