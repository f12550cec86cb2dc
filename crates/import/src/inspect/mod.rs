//! A look at a file before it is imported: what is in it, which recipe fits, what is wrong.

mod column;
mod propose;
mod shape;
mod vocabulary;

pub use column::{Column, Content};

use crate::builtin::{builtin_recipes, builtin_text};
use crate::choose;
use crate::header::Header;
use crate::importer::{Issue, opened_within};
use crate::recipe::Spec;
use crate::source::{Preview, Source};
use crate::tree::{Found, TreeFile};
use crate::{FileImporter, Options, Recipe};
use column::Columns;
use haggle_evidence::{
    Account, Batch, Diagnostic, ImportError, Locator, RecordBatch, code, column_letters,
};
use haggle_quantity::{Per, from_scaled};
use shape::Shape;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;

/// Rows of each table that are read as an import would.
pub const LOOK: u64 = 20_000;
/// Rows of each table by which its columns are judged.
pub const JUDGED: u64 = 5_000;
/// Observations that are shown.
const SHOWN: usize = 10;
/// Lists of a tree that are shown.
const LISTS: usize = 40;
/// Units that are shown.
const UNITS: usize = 8;
/// Issues that are shown.
const ISSUES: usize = 50;

/// What a file holds.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// Size in bytes.
    pub size: u64,
    /// What it is: `CSV`, `XLSX workbook` ...
    pub format: String,
    /// Encoding of a text file.
    pub encoding: Option<String>,
    /// Separator of a text file.
    pub separator: Option<char>,
    /// Sheets, or the one table of a text file.
    pub tables: Vec<Table>,
    /// Which recipe fits.
    pub fit: Fit,
    /// A recipe to begin with: the one that fits, or a proposal with its doubts as comments.
    pub proposal: Option<String>,
}

/// One sheet, or the table of a text file.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Name of the sheet.
    pub sheet: Option<String>,
    /// Whether the workbook hides the sheet.
    pub hidden: bool,
    /// Rows that were looked at, blank ones included.
    pub rows: u64,
    /// Whether there are more.
    pub more: bool,
    /// How many of them the workbook hides.
    pub hidden_rows: u64,
    /// Areas of merged cells.
    pub merged: usize,
    /// Texts above the header.
    pub titles: Vec<String>,
    /// Rows of the header, from 1; absent if no row looks like one.
    pub header: Option<(u64, u64)>,
    /// Columns under the header.
    pub columns: Vec<Column>,
    /// What an import by header texts would stumble over, or read otherwise than a person does.
    pub problems: Vec<String>,
    /// Rows of a single text below the header.
    pub(crate) notes: Vec<String>,
    /// Whether a blank cell of an upper header row stands under the text on its left.
    pub(crate) spread: bool,
    /// Columns of the first table, where another stands beside it.
    pub(crate) width: Option<usize>,
    /// Of a list or map of objects in a tree: the path of its objects. It is called by `sheet`, and
    /// its columns are members.
    pub tree: Option<String>,
}

/// How the file and the recipes meet.
#[derive(Debug, Clone)]
pub enum Fit {
    /// A recipe reads it.
    Fits(Box<Fits>),
    /// None does: why, and the nearest recipe with the headers that it lacks.
    None {
        /// The error that an import would end with.
        error: Box<Diagnostic>,
        /// Name of the nearest recipe, and what is missing.
        nearest: Option<(String, Vec<String>)>,
    },
}

/// What a recipe makes of the file.
#[derive(Debug, Clone)]
pub struct Fits {
    /// Name of the recipe.
    pub recipe: String,
    /// Its version.
    pub version: u32,
    /// The headers by which it was found.
    pub because: Vec<String>,
    /// If no file of this layout was at hand: where its columns come from.
    pub untested: Option<String>,
    /// What the source is called.
    pub name: String,
    /// Header rows of each table that is read.
    pub headers: Vec<Locator>,
    /// What is taken as given.
    pub assumptions: Vec<String>,
    /// The first observations, each on a line: place, what, amount.
    pub observations: Vec<Seen>,
    /// Units of observations that no arithmetic converts, a few of them.
    pub units: Vec<String>,
    /// What became of the rows that were looked at.
    pub account: Account,
    /// Warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// The first rows that would be rejected.
    pub issues: Vec<Issue>,
}

/// An observation, for reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Cell of the amount.
    pub place: Locator,
    /// Code, title, place, party and level, as far as stated.
    pub what: Vec<String>,
    /// `p50`, `value` ...
    pub statistic: String,
    /// The amount in decimal digits.
    pub amount: String,
    /// `exact`, `at least`, `at most`.
    pub bound: String,
    /// Currency code.
    pub currency: String,
    /// Unit code.
    pub per: String,
}

/// Looks at a file, changing nothing.
///
/// # Errors
/// [`ImportError`] if it cannot be opened as a table at all.
pub fn inspect(path: &Path, options: &Options) -> Result<Inspection, ImportError> {
    let mut source = Source::open_as(path, options.name.as_deref())?;
    let size = source.size(path);
    let opened = opened_within(source.again(path)?, path, options, Some(LOOK));
    let separator = match &opened {
        Ok(importer) => importer.separator(),
        Err(_) => source.separators()?.first().copied(),
    };
    separator.into_iter().for_each(|s| source.set_separator(s));
    let previews = source.previews()?;
    let mut tables = lists(&mut source)?;
    let tabular = previews.iter().enumerate().filter(|_| source.tree().is_none());
    let tabular: Vec<(usize, &Preview)> = tabular.collect();
    for (i, preview) in tabular {
        let known = opened
            .as_ref()
            .ok()
            .and_then(|importer| importer.header_rows(preview.sheet.as_deref()));
        tables.push(table(&mut source, &previews, i, known)?);
    }
    let fit = match opened {
        Ok(importer) => fits(importer)?,
        Err(error) => none(error, &previews)?,
    };
    let file = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let proposal = proposal(&fit, &file, &tables);
    let (format, encoding) = (source.format(), source.encoding());
    let separator = separator.filter(|s| *s != 0).map(char::from);
    Ok(Inspection { size, format, encoding, separator, tables, fit, proposal })
}

fn proposal(fit: &Fit, file: &str, tables: &[Table]) -> Option<String> {
    match fit {
        Fit::Fits(fits) => builtin_text(&fits.recipe).map(str::to_owned),
        Fit::None { .. } => propose::recipe(file, tables),
    }
}

/// The lists and maps of objects of a tree.
fn lists(source: &mut Source) -> Result<Vec<Table>, ImportError> {
    let Some(tree) = source.tree() else { return Ok(Vec::new()) };
    let (found, whole) = tree.lists();
    let shown = found.iter().take(LISTS);
    shown.map(|list| Ok(Table { more: !whole, ..of_list(tree, list)? })).collect()
}

fn of_list(tree: &TreeFile, list: &Found) -> Result<Table, ImportError> {
    let header = Header::of(list.columns()).literal();
    let mut columns = Columns::new(&header);
    let mut judged = 0;
    tree.look(list, &mut |row| {
        judged += 1;
        columns.add(row);
        Ok(if judged == JUDGED { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(Table {
        sheet: Some(list.path.clone()),
        rows: list.count,
        columns: columns.finish(),
        tree: Some(list.rows_path()),
        ..Table::default()
    })
}

/// The columns of one table, under the header that is known or looks like one.
fn table(
    source: &mut Source,
    previews: &[Preview],
    number: usize,
    known: Option<(u64, u64)>,
) -> Result<Table, ImportError> {
    let preview = &previews[number];
    let shape = known.map_or_else(|| Shape::likely(preview), |r| Shape::known(preview, r));
    let rows = shape.rows;
    let mut columns = Columns::new(&shape.header);
    let (mut seen, mut more, mut hidden_rows) = (0, false, 0);
    source.rows(preview.sheet.as_deref(), &mut |row| {
        if seen == LOOK {
            more = true;
            return Ok(ControlFlow::Break(()));
        }
        seen += 1;
        hidden_rows += u64::from(row.hidden);
        if seen <= JUDGED && rows.is_some_and(|(_, last)| row.number > last) {
            columns.add(row);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let above = preview.rows.iter().take_while(|(n, _)| rows.is_some_and(|(first, _)| *n < first));
    let columns = columns.finish();
    let mut problems = if known.is_none() { shape.problems() } else { Vec::new() };
    problems.extend(columns.iter().filter_map(of_column));
    Ok(Table {
        sheet: preview.sheet.clone(),
        hidden: preview.hidden,
        rows: seen,
        more,
        hidden_rows,
        merged: preview.merged.len(),
        titles: above.flat_map(|(_, h)| h.texts().map(str::to_owned)).collect(),
        header: rows.filter(|(first, _)| *first > 0),
        columns,
        problems,
        notes: notes(preview, rows),
        spread: shape.spread,
        width: shape.width,
        tree: None,
    })
}

/// Rows below the header, among the first, that are a single text.
fn notes(preview: &Preview, header: Option<(u64, u64)>) -> Vec<String> {
    let below = preview.rows.iter().filter(|(n, _)| header.is_some_and(|(_, last)| *n > last));
    let alone = below.filter_map(|(_, row)| {
        let mut texts = row.texts();
        texts.next().filter(|t| texts.next().is_none() && t.contains(char::is_alphabetic))
    });
    alone.map(str::to_owned).collect()
}

/// What a person sees in a column that its numbers do not hold.
fn of_column(column: &Column) -> Option<String> {
    let (letters, header) = (column_letters(column.number), &column.header);
    if column.shortened {
        return Some(format!(
            "column {letters} `{header}`: the sheet shows some of its numbers divided by a thousand or more; they are read as the cells hold them"
        ));
    }
    let (words, row) = column.worded?;
    Some(format!(
        "column {letters} `{header}`: the sheet shows its numbers with `{words}` from row {row} on, which the numbers do not hold"
    ))
}

fn fits(mut importer: FileImporter) -> Result<Fit, ImportError> {
    let issues = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&issues);
    importer.observe(Box::new(move |issue| {
        let mut issues = noted.borrow_mut();
        if issues.len() < ISSUES {
            issues.push(issue);
        }
    }));
    let mut observations = Vec::new();
    let mut units = BTreeSet::new();
    let import = importer.look(LOOK, &mut |batch: RecordBatch| {
        let view = Batch::new(&batch).map_err(|e| haggle_evidence::SinkError(e.to_string()))?;
        for i in 0..batch.num_rows() {
            let o = view.get(i).map_err(|e| haggle_evidence::SinkError(e.to_string()))?;
            if observations.len() < SHOWN {
                observations.push(seen(&o));
            }
            if units.len() < UNITS && !Per::new(o.per).is_known() {
                units.insert(o.per.to_owned());
            }
        }
        Ok(())
    });
    let recipe = importer.recipe().clone();
    let import = match import {
        Ok(import) => import,
        Err(ImportError::Source(error)) => {
            return Ok(Fit::None { error, nearest: Some((recipe.name().to_owned(), Vec::new())) });
        }
        Err(error) => return Err(error),
    };
    Ok(Fit::Fits(Box::new(Fits {
        because: because(&recipe),
        recipe: recipe.name().to_owned(),
        version: recipe.version(),
        untested: recipe.untested().map(str::to_owned),
        name: import.facts.name.clone(),
        headers: importer.headers(),
        assumptions: import.facts.assumptions.clone(),
        observations,
        units: units.into_iter().collect(),
        account: import.account,
        diagnostics: import.diagnostics,
        issues: issues.take(),
    })))
}

fn because(recipe: &Recipe) -> Vec<String> {
    recipe.signature().iter().filter_map(|any| any.first()).cloned().collect()
}

fn seen(o: &haggle_evidence::Observation<'_>) -> Seen {
    let texts = [o.subject, o.title, o.place, o.party, o.level];
    Seen {
        place: Locator {
            sheet: o.sheet.map(str::to_owned),
            row: o.row,
            column: o.column,
            path: o.path.map(str::to_owned),
        },
        what: texts.into_iter().flatten().map(str::to_owned).collect(),
        statistic: o.statistic.to_string(),
        amount: from_scaled(o.amount).map_or_else(|e| e.to_string(), |a| a.to_string()),
        bound: o.bound.to_string(),
        currency: o.currency.to_owned(),
        per: o.per.to_owned(),
    }
}

/// Why no recipe fits, and which is nearest.
fn none(error: ImportError, previews: &[Preview]) -> Result<Fit, ImportError> {
    let ImportError::Source(error) = error else { return Err(error) };
    let specs: Vec<&Spec> = builtin_recipes().iter().map(Recipe::spec).collect();
    let header = choose::likeliest(previews).map(|(_, _, header)| header);
    let nearest = header.and_then(|h: &Header| choose::nearest_recipe(&specs, h));
    let nearest = nearest.map(|(spec, lacks)| {
        (spec.name.get_ref().clone(), lacks.into_iter().map(str::to_owned).collect())
    });
    debug_assert!(code(error.code).is_some(), "every code is listed");
    Ok(Fit::None { error, nearest })
}
