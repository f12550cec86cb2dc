//! The tables of a web page as sheets.

use crate::cell::Cell;
use crate::html::{self, Fault};
use crate::source::{Row, Visit};
use crate::text::TextFile;
use haggle_evidence::{Diagnostic, ImportError, Locator};
use std::borrow::Cow;
use std::path::Path;

/// Most bytes of a page, which is held in memory whole.
const LIMIT: u64 = 64 << 20;

/// Every table of a page, called `table 1` and so on.
pub(crate) struct Pages {
    tables: Vec<html::Table>,
    /// What is doubtful about the encoding.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

fn fail(code: &'static str, message: impl Into<String>) -> ImportError {
    ImportError::source(code, Locator::default(), message)
}

impl Pages {
    /// Reads a page; one without a table is none.
    pub(crate) fn open(path: &Path) -> Result<Self, ImportError> {
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
        Ok(Self { tables, diagnostics: text.diagnostics() })
    }

    /// Names of the tables.
    pub(crate) fn sheets(&self) -> Vec<(Option<String>, bool)> {
        (1..=self.tables.len()).map(|i| (Some(format!("table {i}")), false)).collect()
    }

    /// Shows every row of a table to a visitor.
    pub(crate) fn rows(&self, sheet: &str, visit: Visit<'_>) -> Result<(), ImportError> {
        let number = sheet.strip_prefix("table ").and_then(|n| n.parse::<usize>().ok());
        let table = number.and_then(|n| self.tables.get(n.checked_sub(1)?));
        for (number, texts) in (1..).zip(table.into_iter().flatten()) {
            let cell = |t: &'_ String| Cell::text(Cow::Owned(t.clone()));
            let cells: Vec<Cell<'_>> = texts.iter().map(cell).collect();
            if visit(&Row {
                number,
                cells: &cells,
                fields: None,
                hidden: false,
                stray: false,
                fault: None,
            })?
            .is_break()
            {
                break;
            }
        }
        Ok(())
    }
}

/// The encoding that a page says it is in, by `<meta charset=...>` or what came before that.
fn charset(page: &str) -> Option<&str> {
    const HEAD: usize = 2048;
    let end = (0..=HEAD.min(page.len())).rev().find(|i| page.is_char_boundary(*i))?;
    let (_, label) = page[..end].split_once("charset=")?;
    let label = label.trim_start_matches(['"', '\'']);
    Some(&label[..label.find(['"', '\'', '>', ';', ' ', '/'])?])
}
