//! A source as rows of cells, whatever its format.

use crate::cell::Cell;
use crate::container::{self, Unpacked};
use crate::header::Header;
use crate::pages::Pages;
use crate::sniff::{Format, sniff};
use crate::text::TextFile;
use crate::workbook::{Area, Workbook};
use haggle_evidence::{Diagnostic, ImportError, Locator, Severity, code};
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
    /// What the reader of the file knows to be wrong with the row.
    pub(crate) fault: Option<&'a Fault>,
}

/// What is wrong with a row as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Its code.
    pub(crate) code: &'static str,
    /// What stands there.
    pub(crate) found: String,
    /// What was expected.
    pub(crate) reason: String,
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
pub(crate) struct Source {
    content: Content,
    /// The file that it was unpacked to, which must not go while it is read.
    unpacked: Option<Unpacked>,
}

enum Content {
    /// Separated fields.
    Text(Box<TextFile>),
    /// Sheets.
    Workbook(Workbook),
    /// Tables of a web page.
    Pages(Pages),
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

impl Source {
    /// Opens a file by its content, unpacked if it must be. `archive.zip/list.csv` is a file in an
    /// archive.
    pub(crate) fn open(path: &Path) -> Result<Self, ImportError> {
        let (file, member) = container::locate(path);
        let unpacked = container::unpack(&file, member.as_deref())?;
        let inner: &Path = unpacked.as_ref().map_or(&file, |u| &u.path);
        let content = match sniff(inner)? {
            Format::Text => Content::Text(Box::new(TextFile::open(inner)?)),
            Format::Page => Content::Pages(Pages::open(inner)?),
            Format::Xml2003 => Content::Pages(Pages::open_xml(inner)?),
            format => Content::Workbook(Workbook::open(inner, format)?),
        };
        Ok(Self { content, unpacked })
    }

    /// The same file once more; what was found out about a text is not found out again.
    pub(crate) fn again(&self, path: &Path) -> Result<Self, ImportError> {
        match (&self.content, &self.unpacked) {
            (Content::Text(text), None) => {
                Ok(Self { content: Content::Text(text.clone()), unpacked: None })
            }
            _ => Self::open(path),
        }
    }

    /// What the file is called inside its archive, and the archive.
    pub(crate) fn name(&self) -> Option<&str> {
        self.unpacked.as_ref().map(|u| u.name.as_str())
    }

    /// Bytes of the file; of one named in an archive, those that it unpacks to.
    pub(crate) fn size(&self, path: &Path) -> u64 {
        let unpacked = self.unpacked.as_ref().filter(|_| !path.is_file()).map(|u| &*u.path);
        std::fs::metadata(unpacked.unwrap_or(path)).map_or(0, |m| m.len())
    }

    /// The separators to try, the most likely first; one that means nothing where there is none.
    pub(crate) fn separators(&self) -> Result<Vec<u8>, ImportError> {
        match &self.content {
            Content::Text(text) => text.delimiters(),
            _ => Ok(vec![0]),
        }
    }

    /// The separator of a text file.
    pub(crate) fn separator(&self) -> Option<u8> {
        match &self.content {
            Content::Text(text) => Some(text.delimiter),
            _ => None,
        }
    }

    /// The workbook, if it is one.
    pub(crate) fn workbook(&mut self) -> Option<&mut Workbook> {
        match &mut self.content {
            Content::Workbook(book) => Some(book),
            _ => None,
        }
    }

    /// What the file is, for people.
    pub(crate) fn format(&self) -> String {
        let format = match &self.content {
            Content::Text(_) => "separated text",
            Content::Workbook(book) => book.format(),
            Content::Pages(_) => "tables of a web page",
        };
        match &self.unpacked {
            None => format.to_owned(),
            Some(unpacked) => format!("{format}, packed as {}", unpacked.name),
        }
    }

    /// The encoding of a text file.
    pub(crate) fn encoding(&self) -> Option<String> {
        match &self.content {
            Content::Text(text) => Some(text.encoding_name()),
            _ => None,
        }
    }

    /// Reads a text by a separator from now on.
    pub(crate) fn set_separator(&mut self, separator: u8) {
        if let Content::Text(text) = &mut self.content {
            text.delimiter = separator;
        }
    }

    /// Learns how whole rows of a text look below a header of so many columns, of which those from
    /// `named` on have no name. Without it a ragged row is known by its number of fields alone.
    pub(crate) fn fit(
        &mut self,
        header: u64,
        width: usize,
        named: usize,
    ) -> Result<(), ImportError> {
        match &mut self.content {
            Content::Text(text) => text.fit(header, width, named),
            _ => Ok(()),
        }
    }

    /// What is doubtful about the file, and what was repaired when its rows were shown last.
    pub(crate) fn diagnostics(&self) -> Vec<Diagnostic> {
        let beside = self.unpacked.as_ref().and_then(|u| u.note.clone());
        let of_text = match &self.content {
            Content::Text(text) => text.diagnostics(),
            Content::Pages(pages) => pages.diagnostics.clone(),
            Content::Workbook(_) => Vec::new(),
        };
        beside.into_iter().chain(of_text).collect()
    }

    /// Shows every row of a table to a visitor.
    pub(crate) fn rows(
        &mut self,
        sheet: Option<&str>,
        visit: Visit<'_>,
    ) -> Result<(), ImportError> {
        match &mut self.content {
            Content::Text(text) => text.rows(visit),
            Content::Workbook(book) => book.rows(sheet.unwrap_or(""), visit),
            Content::Pages(pages) => pages.rows(sheet.unwrap_or(""), visit),
        }
    }

    /// The beginnings of all tables.
    pub(crate) fn previews(&mut self) -> Result<Vec<Preview>, ImportError> {
        let sheets = match &self.content {
            Content::Text(_) => vec![(None, false)],
            Content::Workbook(book) => book.sheets(),
            Content::Pages(pages) => pages.sheets(),
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
        let merged = match (&mut self.content, &sheet) {
            (Content::Workbook(book), Some(sheet)) => book.merged(sheet)?,
            _ => Vec::new(),
        };
        Ok(Preview { sheet, hidden, rows, merged })
    }
}

/// A warning about the file as a whole, with the way out of its code.
pub(crate) fn warning(id: &'static str, message: String) -> Diagnostic {
    let help = code(id).map(|c| c.help.to_owned());
    let place = Locator::default();
    Diagnostic { code: id, severity: Severity::Warning, place, message, help }
}
