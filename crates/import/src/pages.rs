//! The tables of a web page, or of a workbook in the XML of Excel 2003, as sheets.

use crate::cell::Cell;
use crate::html::{self, Fault};
use crate::source::{Row, Visit};
use crate::text::TextFile;
use crate::xml2003;
use haggle_evidence::{Diagnostic, ImportError, Locator};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

/// Most bytes of a page, which is held in memory whole.
const LIMIT: u64 = 64 << 20;

/// Sheets that are held in memory whole.
pub(crate) struct Pages {
    sheets: Vec<Sheet>,
    /// What they are of, for people.
    pub(crate) format: &'static str,
    /// What is doubtful about the encoding.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// A sheet: its name and its rows from the first on.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    /// Its name.
    pub(crate) name: String,
    /// Whether a user sees it.
    pub(crate) hidden: bool,
    /// Rows that a user does not see, from 1.
    pub(crate) hidden_rows: BTreeSet<u64>,
    /// First and last of the columns that a user does not see, from 0.
    pub(crate) hidden_columns: Vec<(u32, u32)>,
    /// Every row from 1 on.
    pub(crate) rows: Vec<Vec<Cell<'static>>>,
}

/// An error about the page as a whole.
pub(crate) fn fail(code: &'static str, message: impl Into<String>) -> ImportError {
    ImportError::source(code, Locator::default(), message)
}

impl Pages {
    /// Reads the tables of a web page, called `table 1` and so on; a page without one is refused.
    pub(crate) fn open(path: &Path) -> Result<Self, ImportError> {
        let (page, diagnostics) = content(path)?;
        let tables = html::tables(&page).map_err(|fault| match fault {
            Fault::Nested => {
                fail("E0003", "found a web page with a table in a table, expected a plain table")
            }
            Fault::Unclosed => fail("E0005", "the page ends inside a table"),
            Fault::TooLarge => fail("E0009", "the tables of the page have too many cells"),
        })?;
        if tables.is_empty() {
            return Err(fail("E0003", "found a web page without a table, expected a table"));
        }
        let sheets = (1..).zip(tables).map(|(i, table)| sheet(i, table)).collect();
        Ok(Self { sheets, format: "tables of a web page", diagnostics })
    }

    /// Reads a workbook that Excel 2003 saved as XML.
    pub(crate) fn open_xml(path: &Path) -> Result<Self, ImportError> {
        let (page, diagnostics) = content(path)?;
        Ok(Self { sheets: xml2003::sheets(&page)?, format: "Excel 2003 XML workbook", diagnostics })
    }

    /// Names of the tables, and whether each is hidden.
    pub(crate) fn sheets(&self) -> Vec<(Option<String>, bool)> {
        self.sheets.iter().map(|s| (Some(s.name.clone()), s.hidden)).collect()
    }

    /// First and last of the columns that a table hides, from 0.
    pub(crate) fn hidden_columns(&self, sheet: &str) -> Vec<(u32, u32)> {
        let sheet = self.sheets.iter().find(|s| s.name == sheet);
        sheet.map_or_else(Vec::new, |s| s.hidden_columns.clone())
    }

    /// Shows every row of a table to a visitor.
    pub(crate) fn rows(&self, sheet: &str, visit: Visit<'_>) -> Result<(), ImportError> {
        let sheet = self.sheets.iter().find(|s| s.name == sheet);
        for (number, cells) in (1..).zip(sheet.into_iter().flat_map(|s| &s.rows)) {
            let hidden = sheet.is_some_and(|s| s.hidden_rows.contains(&number));
            let (fields, stray, fault) = (None, false, None);
            if visit(&Row { number, cells, fields, hidden, stray, fault, branch: None })?.is_break()
            {
                break;
            }
        }
        Ok(())
    }
}

fn sheet(number: usize, table: html::Table) -> Sheet {
    let row = |texts: Vec<String>| texts.into_iter().map(|t| Cell::text(Cow::Owned(t))).collect();
    let rows = table.into_iter().map(row).collect();
    Sheet { name: format!("table {number}"), rows, ..Sheet::default() }
}

/// The text of a page, in the encoding that it states if it is not UTF-8.
fn content(path: &Path) -> Result<(String, Vec<Diagnostic>), ImportError> {
    let mut text = TextFile::open(path)?;
    let mut page = text.whole(LIMIT + 1)?;
    if let Some(label) = charset(&page)
        && text.declare(label)
    {
        page = text.whole(LIMIT + 1)?;
    }
    if page.len() as u64 > LIMIT {
        return Err(fail("E0009", format!("the page has more than {LIMIT} bytes")));
    }
    Ok((page, text.diagnostics()))
}

/// The encoding that a page says it is in: `<meta charset=...>`, `<?xml encoding="...">` or what
/// came before these.
fn charset(page: &str) -> Option<&str> {
    const HEAD: usize = 2048;
    let end = (0..=HEAD.min(page.len())).rev().find(|i| page.is_char_boundary(*i))?;
    let head = &page[..end];
    let (_, label) = head.split_once("charset=").or_else(|| head.split_once("encoding="))?;
    let label = label.trim_start_matches(['"', '\'']);
    Some(&label[..label.find(['"', '\'', '>', ';', ' ', '/'])?])
}
