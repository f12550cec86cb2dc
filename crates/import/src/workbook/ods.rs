//! What ODS says of a sheet beyond its values, and how many cells it unfolds to.
//!
//! OpenDocument writes equal rows and cells once, with a count; so few bytes can mean a thousand
//! million cells. Blank ones at the end do not count: most programs write them.

use super::tags::{Tag, Tags, Token, plain};
use super::{Area, Extra, Input, damaged, encrypted, fail};
use crate::cell::Format;
use crate::money;
use haggle_evidence::ImportError;
use std::collections::BTreeMap;
use std::io::{self, Read};
use zip::ZipArchive;

/// Most cells of all sheets, which are held in memory whole.
const CELL_LIMIT: u64 = 1 << 24;
/// Most rows of all sheets that may be hidden.
const HIDDEN_LIMIT: usize = 1 << 22;
/// Most bytes that texts may take beyond those that are written: where a cell is repeated, and for
/// spaces that are written as a number.
const COPIED_LIMIT: u64 = 1 << 28;
/// Rows and columns of the largest sheet there is.
const LARGEST: (u64, u64) = (1 << 20, 1 << 14);

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
    /// Cells that the reader of the values makes before it knows which are blank: all but those at
    /// the end of a row.
    made: u64,
    /// Blank cells that may be at the end of the row.
    pending: u64,
    /// How many times the text of the cell is there beyond once.
    copies: u64,
}

/// The attributes of an element that matter here.
#[derive(Default)]
struct Marks {
    name: String,
    rows: u64,
    columns: u64,
    spans: (u64, u64),
    hidden: bool,
    /// How the number is shown, if not as it is.
    shown: Option<Format>,
    holds: bool,
    /// Bytes of attributes that are kept as texts.
    texts: u64,
    /// Whether the value is what stands inside.
    inside: bool,
}

fn marks(tag: &Tag<'_>) -> io::Result<Marks> {
    let mut marks = Marks { rows: 1, columns: 1, spans: (1, 1), ..Marks::default() };
    tag.each(|name, value| match name {
        b"table:name" => marks.name = plain(value).unwrap_or_default(),
        // Of an attribute that stands there twice the larger counts.
        b"table:number-rows-repeated" => marks.rows = marks.rows.max(count(value, LARGEST.0)),
        b"table:number-columns-repeated" => {
            marks.columns = marks.columns.max(count(value, LARGEST.1))
        }
        b"table:number-rows-spanned" => marks.spans.0 = count(value, LARGEST.0),
        b"table:number-columns-spanned" => marks.spans.1 = count(value, LARGEST.1),
        b"table:visibility" => marks.hidden = matches!(value, b"collapse" | b"filter"),
        b"table:formula" => {
            marks.holds = true;
            marks.texts += value.len() as u64;
        }
        b"calcext:value-type" => marks.inside |= value == b"error",
        name if name.starts_with(b"office:") => {
            match name {
                b"office:value-type" if value == b"percentage" => {
                    marks.shown = Some(Format::Percent);
                }
                b"office:currency" => {
                    let code = plain(value).unwrap_or_default();
                    marks.shown = money::mark(&code).map(Format::Money);
                }
                _ => {}
            }
            marks.inside |= name == b"office:value-type" && value == b"string";
            marks.holds |= name.windows(5).any(|w| w == b"value");
            let kept =
                [b"office:string-value".as_slice(), b"office:date-value", b"office:time-value"];
            marks.texts += if kept.contains(&name) { value.len() as u64 } else { 0 };
        }
        _ => {}
    })?;
    Ok(marks)
}

/// A count, of which no more than the largest sheet has matters.
fn count(value: &[u8], most: u64) -> u64 {
    let value = plain(value).unwrap_or_default();
    // What is no number is refused by the reader of the values, save one that is too large.
    let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    value.parse().unwrap_or(if digits { most } else { 1 }).clamp(1, most)
}

impl Table {
    fn row(&mut self, marks: &Marks) {
        self.row = self.row.saturating_add(self.repeat);
        (self.repeat, self.column, self.pending) = (marks.rows, 0, 0);
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
        self.made += std::mem::replace(&mut self.pending, marks.columns);
        let times = marks.columns.saturating_mul(self.repeat.max(1));
        self.copies = if marks.holds && marks.inside { times - 1 } else { 0 };
        if marks.holds {
            self.made += std::mem::take(&mut self.pending);
            self.rows = self.row + self.repeat;
            self.columns = self.columns.max(self.column);
        }
    }

    /// Notes how cells show their numbers; called once they are known not to be too many.
    fn show(&mut self, marks: &Marks, shown: Format) {
        for row in self.row..self.row + self.repeat {
            for column in self.column - marks.columns..self.column {
                self.extra.shown.insert((row as u32, column as u32), shown);
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
    loop {
        let tag = match tags.next().map_err(|e| damaged(&e))? {
            Token::Open(tag) => tag,
            Token::Text(text) | Token::Raw(text) => {
                book.copy(text.len() as u64, table.copies)?;
                continue;
            }
            Token::Close(_) => continue,
            Token::End => break,
        };
        let name = tag.name;
        if !matches!(
            name,
            b"table"
                | b"table-row"
                | b"table-column"
                | b"table-cell"
                | b"covered-table-cell"
                | b"s"
        ) {
            continue;
        }
        if name == b"s" {
            let spaces = tag.get(b"text:c").map_err(|e| damaged(&e))?;
            book.copy(spaces.map_or(1, |n| count(n, COPIED_LIMIT + 1)), table.copies + 1)?;
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
                book.copy(marks.texts, marks.columns.saturating_mul(table.repeat.max(1)) - 1)?;
                if let Some(shown) = marks.shown.filter(|_| marks.holds) {
                    table.show(&marks, shown);
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
    /// Bytes of texts beyond those that are written.
    copied: u64,
}

impl Book {
    fn add(&mut self, done: Table) {
        self.cells = self.cells.saturating_add(done.cells());
        self.hidden += done.extra.hidden.len();
        self.extras.insert(done.name, done.extra);
    }

    fn check_cells(&self, table: &Table) -> Result<(), ImportError> {
        match self.cells.saturating_add(table.cells().max(table.made)) {
            found if found > CELL_LIMIT => {
                let message =
                    format!("the sheets have {found} cells, expected at most {CELL_LIMIT}");
                Err(fail("E0009", message))
            }
            _ => Ok(()),
        }
    }

    fn copy(&mut self, bytes: u64, times: u64) -> Result<(), ImportError> {
        self.copied = self.copied.saturating_add(bytes.saturating_mul(times));
        match self.copied > COPIED_LIMIT {
            true => {
                let message = format!("repeated texts take more than {COPIED_LIMIT} bytes");
                Err(fail("E0009", message))
            }
            false => Ok(()),
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
            // A count that is larger than the other reader's numbers, that has entities in it, or
            // that stands there twice.
            (table(&row("table:number-rows-repeated=\"99999999999999999999\"")), Some("E0009")),
            (table(&row("table:number-rows-repeated=\"1&#48;48576\"")), Some("E0009")),
            (
                table(&row(
                    "table:number-rows-repeated=\"1048576\" table:number-rows-repeated=\"1\"",
                )),
                Some("E0009"),
            ),
            (hidden.repeat(4), None),
            (hidden.repeat(5), Some("E0009")),
        ] {
            assert_eq!(code(&tables), expected, "{:.200}", tables);
        }
    }

    /// Blank cells before another one are made, though nothing holds anything.
    #[test]
    fn blank_cells_count_unless_they_are_the_last() {
        let row = |cells: &str| format!("<table:table-row>{cells}</table:table-row>");
        let wide = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
        let table = |rows: String| format!("<table:table table:name=\"a\">{rows}</table:table>");
        for (rows, expected) in [
            (row(wide).repeat(2000), None),
            (row(&format!("<table:table-cell/>{wide}")).repeat(2000), None),
            (row(&format!("{wide}<table:table-cell/>")).repeat(1024), None),
            (row(&format!("{wide}<table:table-cell/>")).repeat(1025), Some("E0009")),
        ] {
            assert_eq!(code(&table(rows)), expected);
        }
    }

    #[test]
    fn texts_that_are_repeated_have_their_limit() {
        let table = |rows: String| format!("<table:table table:name=\"a\">{rows}</table:table>");
        let row = |times: u64, cell: String| {
            table(format!(
                "<table:table-row table:number-rows-repeated=\"{times}\">{cell}</table:table-row>"
            ))
        };
        let long = "a".repeat(1 << 16);
        let inside = format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{long}</text:p></table:table-cell>"
        );
        let attribute = format!(
            "<table:table-cell office:value-type=\"string\" office:string-value=\"{long}\"/>"
        );
        let formula = format!("<table:table-cell table:formula=\"{long}\"/>");
        let number = format!(
            "<table:table-cell office:value-type=\"float\" office:value=\"1\"><text:p>{long}</text:p></table:table-cell>"
        );
        let spaces = |count: u64| {
            format!(
                "<table:table-cell office:value-type=\"string\"><text:p><text:s text:c=\"{count}\"/></text:p></table:table-cell>"
            )
        };
        for (rows, expected) in [
            (row(1, inside.clone()), None),
            (row(4096, inside.clone()), None),
            (row(4099, inside), Some("E0009")),
            (row(4099, attribute), Some("E0009")),
            (row(4099, formula), Some("E0009")),
            (row(4099, number), None),
            (row(1, spaces(1000)), None),
            (row(1, spaces(99_999_999_999_999)), Some("E0009")),
            (row(1 << 19, spaces(1000)), Some("E0009")),
        ] {
            assert_eq!(code(&rows), expected, "{:.300}", rows);
        }
    }
}
