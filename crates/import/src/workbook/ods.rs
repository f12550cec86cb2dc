//! What ODS says of a sheet beyond its values, and how many cells it unfolds to.
//!
//! OpenDocument writes equal rows and cells once, with a count; so few bytes can mean a thousand
//! million cells. Blank ones at the end do not count: most programs write them.

use super::tags::{Tag, Tags};
use super::{Area, Extra, Input, damaged, encrypted, fail};
use crate::cell::Format;
use haggle_evidence::ImportError;
use std::collections::BTreeMap;
use std::io::{self, Read};
use zip::ZipArchive;

/// Most cells of all sheets, which are held in memory whole.
const CELL_LIMIT: u64 = 1 << 24;
/// Most rows of all sheets that may be hidden.
const HIDDEN_LIMIT: usize = 1 << 22;

/// The sheet that is being read, up to its last row and column that hold anything.
#[derive(Default)]
struct Table {
    name: String,
    extra: Extra,
    row: u64,
    repeat: u64,
    column: u64,
    /// Columns that were declared.
    declared: u64,
    rows: u64,
    columns: u64,
}

/// The attributes of an element that matter here.
#[derive(Default)]
struct Marks {
    name: String,
    rows: u64,
    columns: u64,
    spans: (u64, u64),
    hidden: bool,
    percent: bool,
    holds: bool,
}

fn marks(tag: &Tag<'_>) -> io::Result<Marks> {
    let mut marks = Marks { rows: 1, columns: 1, spans: (1, 1), ..Marks::default() };
    let number = |value: &[u8]| std::str::from_utf8(value).ok().and_then(|v| v.parse().ok());
    let count = |value: &[u8]| number(value).map_or(1, |n: u32| n.max(1).into());
    tag.each(|name, value| match name {
        b"table:name" => marks.name = super::tags::plain(value).unwrap_or_default(),
        b"table:number-rows-repeated" => marks.rows = count(value),
        b"table:number-columns-repeated" => marks.columns = count(value),
        b"table:number-rows-spanned" => marks.spans.0 = count(value),
        b"table:number-columns-spanned" => marks.spans.1 = count(value),
        b"table:visibility" => marks.hidden = matches!(value, b"collapse" | b"filter"),
        b"table:formula" => marks.holds = true,
        name if name.starts_with(b"office:") => {
            marks.percent |= name == b"office:value-type" && value == b"percentage";
            marks.holds |= name.windows(5).any(|w| w == b"value");
        }
        _ => {}
    })?;
    Ok(marks)
}

impl Table {
    fn row(&mut self, marks: &Marks) {
        self.row = self.row.saturating_add(self.repeat);
        (self.repeat, self.column) = (marks.rows, 0);
        if marks.hidden {
            let rows = self.row..(self.row + self.repeat).min(1 << 20);
            self.extra.hidden.extend(rows.map(|row| row as u32));
        }
    }

    fn declare(&mut self, marks: &Marks) {
        let first = self.declared;
        self.declared += marks.columns;
        if marks.hidden {
            self.extra.shape.hidden.push((first as u32, (self.declared - 1) as u32));
        }
    }

    fn cell(&mut self, marks: &Marks) {
        let first = (self.row as u32, self.column as u32);
        self.column += marks.columns;
        if marks.spans != (1, 1) {
            let last = (self.row + marks.spans.0 - 1, self.column + marks.spans.1 - 2);
            let last = (last.0 as u32, last.1 as u32);
            self.extra.shape.merged.push(Area { first, last });
        }
        if marks.holds {
            self.rows = self.row + self.repeat;
            self.columns = self.columns.max(self.column);
        }
    }

    /// Notes that cells show percentages; called once they are known not to be too many.
    fn percent(&mut self, marks: &Marks) {
        for row in self.row..self.row + self.repeat {
            for column in self.column - marks.columns..self.column {
                self.extra.shown.insert((row as u32, column as u32), Format::Percent);
            }
        }
    }

    /// Cells up to the last row and column that hold anything.
    fn cells(&self) -> u64 {
        self.rows.saturating_mul(self.columns)
    }
}

/// What every sheet says beyond its values, by its name; refuses one that unfolds to more cells
/// than memory should hold.
pub(super) fn extras(zip: &mut ZipArchive<Input>) -> Result<BTreeMap<String, Extra>, ImportError> {
    if is_encrypted(zip) {
        return Err(encrypted());
    }
    let part = zip.by_name("content.xml").map_err(|e| damaged(&e))?;
    Tags::new(part).check_nesting().map_err(|e| damaged(&format!("`content.xml`: {e}")))?;
    let part = zip.by_name("content.xml").map_err(|e| damaged(&e))?;
    sheets(&mut Tags::new(part))
}

/// What the sheets of a part say beyond their values.
fn sheets(tags: &mut Tags<impl Read>) -> Result<BTreeMap<String, Extra>, ImportError> {
    let (mut book, mut table) = (Book::default(), Table::default());
    while let Some(tag) = tags.open().map_err(|e| damaged(&e))? {
        let name = tag.name;
        if !matches!(
            name,
            b"table" | b"table-row" | b"table-column" | b"table-cell" | b"covered-table-cell"
        ) {
            continue;
        }
        let marks = marks(&tag).map_err(|e| damaged(&e))?;
        match name {
            b"table" => {
                let next = Table { name: marks.name, ..Table::default() };
                book.add(std::mem::replace(&mut table, next));
            }
            b"table-row" => {
                table.row(&marks);
                book.check_hidden(&table)?;
            }
            b"table-column" => table.declare(&marks),
            _ => {
                table.cell(&marks);
                book.check_cells(&table)?;
                if marks.percent {
                    table.percent(&marks);
                }
            }
        }
    }
    book.add(table);
    Ok(book.extras)
}

/// The sheets that were read, all of which are held in memory.
#[derive(Default)]
struct Book {
    extras: BTreeMap<String, Extra>,
    cells: u64,
    hidden: usize,
}

impl Book {
    fn add(&mut self, done: Table) {
        self.cells = self.cells.saturating_add(done.cells());
        self.hidden += done.extra.hidden.len();
        self.extras.insert(done.name, done.extra);
    }

    fn check_cells(&self, table: &Table) -> Result<(), ImportError> {
        match self.cells.saturating_add(table.cells()) {
            found if found > CELL_LIMIT => {
                let message =
                    format!("the sheets have {found} cells, expected at most {CELL_LIMIT}");
                Err(fail("E0009", message))
            }
            _ => Ok(()),
        }
    }

    fn check_hidden(&self, table: &Table) -> Result<(), ImportError> {
        match self.hidden + table.extra.hidden.len() {
            found if found > HIDDEN_LIMIT => {
                let message = format!("{found} rows are hidden, expected at most {HIDDEN_LIMIT}");
                Err(fail("E0009", message))
            }
            _ => Ok(()),
        }
    }
}

/// Whether the list of parts says how one of them is encrypted.
fn is_encrypted(zip: &mut ZipArchive<Input>) -> bool {
    let mut manifest = Vec::new();
    if let Ok(part) = zip.by_name("META-INF/manifest.xml") {
        // A list that cannot be read is the business of whoever needs it.
        let _ = part.take(1 << 20).read_to_end(&mut manifest);
    }
    String::from_utf8_lossy(&manifest).contains("manifest:encryption-data")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(content: &str) -> Option<&'static str> {
        match sheets(&mut Tags::new(content.as_bytes())) {
            Ok(_) => None,
            Err(ImportError::Source(d)) => Some(d.code),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn sheets_are_limited_together() {
        let table = |rows: &str| format!("<table:table table:name=\"a\">{rows}</table:table>");
        let row = |attributes: &str| {
            format!(
                "<table:table-row {attributes}><table:table-cell office:value=\"1\" table:number-columns-repeated=\"1024\"/></table:table-row>"
            )
        };
        let large = table(&row("table:number-rows-repeated=\"8192\""));
        let hidden = "table:number-rows-repeated=\"1048576\" table:visibility=\"collapse\"";
        let hidden = table(&format!("<table:table-row {hidden}/>").repeat(3));
        for (tables, expected) in [
            (large.repeat(2), None),
            (large.repeat(2) + &table(&row("")), Some("E0009")),
            (table(&row("")).repeat(2000), None),
            (hidden.repeat(4), None),
            (hidden.repeat(5), Some("E0009")),
        ] {
            assert_eq!(code(&tables), expected);
        }
    }
}
