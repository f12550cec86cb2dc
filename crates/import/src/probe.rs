//! What tests, measures and fuzzers see of a file: its sheets, cell by cell.

use crate::cell::{Cell, Format};
use crate::source::Source;
use haggle_evidence::ImportError;
use std::ops::ControlFlow;
use std::path::Path;

/// A sheet as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name; empty for a text file.
    pub name: String,
    /// Whether a user sees it.
    pub hidden: bool,
    /// Merged areas: first row and column, last row and column, from 0.
    pub merged: Vec<[u32; 4]>,
    /// First and last of the columns that are not seen, from 0.
    pub hidden_columns: Vec<(u32, u32)>,
}

/// Shows every row of every sheet: sheet, number, whether it is hidden, cells.
///
/// A cell is a number such as `n0.075%`, a text such as `tcook`, or `b`, `d`, `e` and what stands
/// there; a blank one is empty.
///
/// # Errors
/// [`ImportError`] if the file cannot be read.
pub fn rows(
    path: &Path,
    mut visit: impl FnMut(&Sheet, u64, bool, Vec<String>),
) -> Result<(), ImportError> {
    let mut source = Source::open(path)?;
    for sheet in sheets(&mut source)? {
        source.rows(Some(&sheet.name), &mut |row| {
            visit(&sheet, row.number, row.hidden, row.cells.iter().map(shown).collect());
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(())
}

/// Rows and filled cells of all sheets, which costs no more than reading them.
///
/// # Errors
/// [`ImportError`] if the file cannot be read.
pub fn count(path: &Path) -> Result<(u64, u64), ImportError> {
    let mut source = Source::open(path)?;
    let (mut rows, mut cells) = (0, 0);
    for sheet in sheets(&mut source)? {
        source.rows(Some(&sheet.name), &mut |row| {
            rows += 1;
            cells += row.cells.iter().filter(|c| !c.is_blank()).count() as u64;
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok((rows, cells))
}

/// Body of a fuzzer: reads whatever these bytes are, and must come back.
pub fn fuzz(path: &Path, bytes: &[u8]) {
    if std::fs::write(path, bytes).is_ok() {
        // That most inputs are refused is the point.
        let _ = rows(path, |_, _, _, _| {});
    }
}

fn sheets(source: &mut Source) -> Result<Vec<Sheet>, ImportError> {
    let Some(book) = source.workbook() else { return Ok(vec![Sheet::default()]) };
    let mut sheets = Vec::new();
    for (name, hidden) in book.sheets() {
        let name = name.unwrap_or_default();
        let areas = book.merged(&name)?;
        let merged = areas.iter().map(|a| [a.first.0, a.first.1, a.last.0, a.last.1]).collect();
        let hidden_columns = book.hidden_columns(&name)?;
        sheets.push(Sheet { name, hidden, merged, hidden_columns });
    }
    Ok(sheets)
}

fn shown(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Text(t) => format!("t{t}"),
        Cell::Number(n, Format::Plain | Format::Worded(..) | Format::Shortened(_)) => {
            format!("n{n}")
        }
        Cell::Number(n, Format::Percent) => format!("n{n}%"),
        Cell::Number(n, Format::Times(word, _)) => format!("n{n}*{}", word.word()),
        Cell::Number(n, Format::Money(mark)) => format!("n{n}{mark}"),
        Cell::Number(n, Format::Digits(width)) => format!("n{n}/{width}"),
        Cell::Bool(b) => format!("b{b}"),
        Cell::Date(t) => format!("d{t}"),
        Cell::Error(t) => format!("e{t}"),
        Cell::Written(digits) => format!("w{digits}"),
        Cell::Null => "0".to_owned(),
        Cell::Missing => "-".to_owned(),
        Cell::Tree(what) => format!("o{what}"),
    }
}
