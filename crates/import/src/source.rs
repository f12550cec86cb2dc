//! A source as rows of cells, whatever its format.

use crate::cell::Cell;
use crate::header::Header;
use crate::sniff::{Format, sniff};
use crate::text::TextFile;
use crate::workbook::Workbook;
use haggle_evidence::ImportError;
use std::ops::ControlFlow;
use std::path::Path;

/// Rows of a table among which the header is looked for: up to twenty title lines and some blank.
pub(crate) const HEADER_WITHIN: usize = 30;
/// Rows of a table that may hold notes.
const NOTES_WITHIN: usize = 100;

/// One row of a table.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    /// Line of a text file or row of a sheet, from 1.
    pub(crate) number: u64,
    /// The cells from the first column on; trailing blank ones may be missing.
    pub(crate) cells: &'a [Cell<'a>],
    /// In a text file the number of fields, which must be that of the header.
    pub(crate) fields: Option<usize>,
    /// Whether the sheet hides the row.
    pub(crate) hidden: bool,
    /// A quoted field goes on after its closing quote, so that its borders are doubtful.
    pub(crate) stray: bool,
}

impl<'a> Row<'a> {
    /// The cell of a column, from 0.
    pub(crate) fn cell(&self, column: usize) -> &'a Cell<'a> {
        self.cells.get(column).unwrap_or(&Cell::Blank)
    }
}

/// Takes rows one after the other, and may have enough.
pub(crate) type Visit<'v> = &'v mut dyn FnMut(&Row<'_>) -> Result<ControlFlow<()>, ImportError>;

/// A file that was opened.
pub(crate) enum Source {
    /// Separated fields.
    Text(TextFile),
    /// Sheets.
    Workbook(Workbook),
}

/// The beginning of a table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Preview {
    /// Its sheet.
    pub(crate) sheet: Option<String>,
    /// Whether a user sees the sheet.
    pub(crate) hidden: bool,
    /// The first rows that are not blank: number and texts.
    pub(crate) rows: Vec<(u64, Header)>,
    /// Areas of merged cells.
    pub(crate) merged: Vec<Area>,
}

/// An area of merged cells, rows from 1 and columns from 0, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) rows: (u64, u64),
    pub(crate) columns: (usize, usize),
}

impl Source {
    /// Opens a file by its content.
    pub(crate) fn open(path: &Path) -> Result<Self, ImportError> {
        Ok(match sniff(path)? {
            Format::Text => Self::Text(TextFile::open(path)?),
            format => Self::Workbook(Workbook::open(path, format)?),
        })
    }

    /// What the file is, for people.
    pub(crate) fn format(&self) -> &'static str {
        match self {
            Self::Text(_) => "separated text",
            Self::Workbook(Workbook::Xlsx(_)) => "XLSX workbook",
            Self::Workbook(Workbook::Xls(_)) => "XLS workbook",
            Self::Workbook(Workbook::Ods(_)) => "ODS workbook",
        }
    }

    /// The encoding of a text file.
    pub(crate) fn encoding(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.encoding_name()),
            Self::Workbook(_) => None,
        }
    }

    /// The separators by which a text file may be read, the most likely first.
    pub(crate) fn separators(&self) -> Result<Vec<u8>, ImportError> {
        match self {
            Self::Text(text) => text.delimiters(),
            Self::Workbook(_) => Ok(vec![0]),
        }
    }

    /// Takes a separator; a workbook has none.
    pub(crate) fn separate_by(&mut self, separator: u8) {
        if let Self::Text(text) = self {
            text.delimiter = separator;
        }
    }

    /// Shows every row of a table to a visitor.
    pub(crate) fn rows(
        &mut self,
        sheet: Option<&str>,
        visit: Visit<'_>,
    ) -> Result<(), ImportError> {
        match self {
            Self::Text(text) => text.rows(visit),
            Self::Workbook(book) => book.rows(sheet.unwrap_or(""), visit),
        }
    }

    /// The beginnings of all tables.
    pub(crate) fn previews(&mut self) -> Result<Vec<Preview>, ImportError> {
        let sheets = match self {
            Self::Text(_) => vec![(None, false)],
            Self::Workbook(book) => book.sheets(),
        };
        sheets.into_iter().map(|(sheet, hidden)| self.preview(sheet, hidden)).collect()
    }

    fn preview(&mut self, sheet: Option<String>, hidden: bool) -> Result<Preview, ImportError> {
        let mut rows: Vec<(u64, Header)> = Vec::new();
        self.rows(sheet.as_deref(), &mut |row| {
            if row.cells.iter().any(|c| !c.is_blank()) {
                rows.push((row.number, Header::new(row.cells)));
            }
            let enough = rows.len() >= NOTES_WITHIN;
            Ok(if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        Ok(Preview { sheet, hidden, rows, merged: Vec::new() })
    }
}
