//! A source as rows of cells, whatever its format.

use crate::cell::Cell;
use crate::container::{self, Unpacked};
use crate::header::Header;
use crate::pages::Pages;
use crate::sniff::{Format, sniff};
use crate::text::TextFile;
use crate::tree::{Branch, TreeFile};
use crate::workbook::{Area, Workbook};
use haggle_evidence::{Diagnostic, ImportError, Locator, Severity, code};
use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Rows of a table among which the header is looked for: up to twenty title lines and some blank.
pub(crate) const HEADER_WITHIN: usize = 30;
/// Rows of a table that may hold notes.
const NOTES_WITHIN: usize = 100;

/// Most tables of a file, each of which is looked at.
const TABLES: usize = 1 << 12;
/// Most bytes that the beginnings of all tables may take, which are held in memory.
const PREVIEWS: usize = 512 << 20;

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
    /// Where it stands in a tree.
    pub(crate) branch: Option<&'a Branch<'a>>,
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

    /// What a person knows the row by: its place in a tree, else its first filled cell.
    pub(crate) fn shown(&self) -> Cow<'a, str> {
        if let Some(branch) = self.branch {
            return Cow::Owned(branch.pointer(None));
        }
        self.cells.iter().find(|c| !c.is_blank()).map(Cell::shown).unwrap_or_default()
    }
}

/// Takes rows one after the other, and may have enough.
pub(crate) type Visit<'v> = &'v mut dyn FnMut(&Row<'_>) -> Result<ControlFlow<()>, ImportError>;

/// A file that was opened.
pub(crate) struct Source {
    content: Content,
    /// The file that it was unpacked to, which must not go while it is read.
    unpacked: Option<Unpacked>,
    /// What it is called, if its path does not say.
    named: Option<String>,
}

enum Content {
    /// Separated fields.
    Text(Box<TextFile>),
    /// Sheets.
    Workbook(Workbook),
    /// Tables of a web page.
    Pages(Pages),
    /// JSON and its kin.
    Tree(Box<TreeFile>),
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
    /// Those that go across columns of the first rows, in order, none over another.
    pub(crate) across: Vec<Area>,
    /// First and last of the columns that are not seen, from 0.
    pub(crate) hidden_columns: Vec<(u32, u32)>,
}

impl Source {
    /// Opens a file by its content, unpacked if it must be. `archive.zip/list.csv` is a file in an
    /// archive. Of whatever it may be read only in part, all is of one encoding.
    pub(crate) fn open(path: &Path) -> Result<Self, ImportError> {
        let source = Self::open_as(path, None)?;
        match &source.content {
            Content::Tree(tree) => tree.check().map(|()| source),
            _ => Ok(source),
        }
    }

    /// Opens a file that is called otherwise than its path says.
    pub(crate) fn open_as(path: &Path, name: Option<&str>) -> Result<Self, ImportError> {
        let (file, member) = container::locate(path);
        let named = name.map(str::to_owned);
        let called = named.clone().unwrap_or_else(|| container::file_name(&file));
        let unpacked = container::unpack(&file, &called, member.as_deref())?;
        let inner: &Path = unpacked.as_ref().map_or(&file, |u| &u.path);
        let content = match sniff(inner)? {
            Format::Text => Content::Text(Box::new(TextFile::open(inner)?)),
            Format::Json => Content::Tree(Box::new(TreeFile::open(inner, &called)?)),
            Format::Xml => Content::Tree(Box::new(TreeFile::open_xml(inner)?)),
            Format::Page => Content::Pages(Pages::open(inner)?),
            Format::Xml2003 => Content::Pages(Pages::open_xml(inner)?),
            format => Content::Workbook(Workbook::open(inner, format)?),
        };
        Ok(Self { content, unpacked, named })
    }

    /// Opens the pages of one list.
    pub(crate) fn open_pages(paths: &[PathBuf], name: Option<&str>) -> Result<Self, ImportError> {
        let content = Content::Tree(Box::new(TreeFile::open_pages(paths)?));
        Ok(Self { content, unpacked: None, named: name.map(str::to_owned) })
    }

    /// The same file once more; what was found out about a text is not found out again.
    pub(crate) fn again(&self, path: &Path) -> Result<Self, ImportError> {
        match (&self.content, &self.unpacked) {
            (Content::Text(text), None) => {
                let (content, named) = (Content::Text(text.clone()), self.named.clone());
                Ok(Self { content, unpacked: None, named })
            }
            _ => Self::open_as(path, self.named.as_deref()),
        }
    }

    /// What the file is called inside its archive, and the archive; or what it is called otherwise
    /// than its path says.
    pub(crate) fn name(&self) -> Option<&str> {
        self.unpacked.as_ref().map(|u| u.name.as_str()).or(self.named.as_deref())
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

    /// Whether it has sheets, of which one can be named.
    pub(crate) fn has_sheets(&self) -> bool {
        matches!(self.content, Content::Workbook(_) | Content::Pages(_))
    }

    /// The tree, if it is one.
    pub(crate) fn tree(&mut self) -> Option<&mut TreeFile> {
        match &mut self.content {
            Content::Tree(tree) => Some(tree),
            _ => None,
        }
    }

    /// What the file is, for people.
    pub(crate) fn format(&self) -> String {
        let format = match &self.content {
            Content::Text(_) => "separated text",
            Content::Workbook(book) => book.format(),
            Content::Pages(pages) => pages.format,
            Content::Tree(tree) => tree.format(),
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
            Content::Tree(tree) => tree.encoding_name(),
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
            Content::Tree(tree) => tree.diagnostics(),
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
            Content::Tree(tree) => tree.rows(sheet, visit),
        }
    }

    /// The beginnings of all tables.
    pub(crate) fn previews(&mut self) -> Result<Vec<Preview>, ImportError> {
        let sheets = match &self.content {
            Content::Text(_) => vec![(None, false)],
            Content::Tree(tree) => return Ok(tree.previews()),
            Content::Workbook(book) => book.sheets(),
            Content::Pages(pages) => pages.sheets(),
        };
        if sheets.len() > TABLES {
            let found = sheets.len();
            return Err(too_large(format!("found {found} tables, expected at most {TABLES}")));
        }
        let mut room = PREVIEWS;
        sheets.into_iter().map(|(sheet, hidden)| self.preview(sheet, hidden, &mut room)).collect()
    }

    /// The beginning of a table, if there is room for it.
    fn preview(
        &mut self,
        sheet: Option<String>,
        hidden: bool,
        room: &mut usize,
    ) -> Result<Preview, ImportError> {
        let mut rows: Vec<(u64, Header)> = Vec::new();
        self.rows(sheet.as_deref(), &mut |row| {
            if row.cells.iter().any(|c| !c.is_blank()) {
                *room = room.checked_sub(size(row.cells)).ok_or_else(|| {
                    too_large(format!(
                        "the first rows of the tables take more than {PREVIEWS} bytes"
                    ))
                })?;
                rows.push((row.number, Header::new(row.cells)));
            }
            let enough = rows.len() >= NOTES_WITHIN;
            Ok(if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        let name = sheet.as_deref().unwrap_or("");
        let (merged, hidden_columns) = match &mut self.content {
            Content::Workbook(book) => (book.merged(name)?, book.hidden_columns(name)?),
            Content::Pages(pages) => (Vec::new(), pages.hidden_columns(name)),
            Content::Text(_) | Content::Tree(_) => (Vec::new(), Vec::new()),
        };
        let across = across(&merged, rows.last().map_or(0, |(number, _)| *number));
        Ok(Preview { sheet, hidden, rows, merged, across, hidden_columns })
    }
}

fn too_large(message: String) -> ImportError {
    ImportError::source("E0009", Locator::default(), message)
}

/// What a row takes as a header, which holds each text in three ways.
fn size(cells: &[Cell<'_>]) -> usize {
    let text = |cell: &Cell<'_>| match cell {
        Cell::Text(text) => text.len(),
        Cell::Date(text) | Cell::Error(text) => text.len(),
        _ => 0,
    };
    cells.iter().map(|cell| 3 * (size_of::<String>() + text(cell))).sum()
}

/// The areas that go across columns of the rows up to one, in order. A sheet has no areas that
/// overlap; of a file that does, the left one counts.
fn across(merged: &[Area], last: u64) -> Vec<Area> {
    let wide = |a: &&Area| a.last.1 > a.first.1 && u64::from(a.first.0) < last;
    let mut areas: Vec<Area> = merged.iter().filter(wide).copied().collect();
    areas.sort_unstable_by_key(|a| a.first);
    areas.dedup_by(|next, kept| next.first.0 == kept.first.0 && next.first.1 <= kept.last.1);
    areas
}

/// A warning about the file as a whole, with the way out of its code.
pub(crate) fn warning(id: &'static str, message: String) -> Diagnostic {
    let help = code(id).map(|c| c.help.to_owned());
    let place = Locator::default();
    Diagnostic { code: id, severity: Severity::Warning, place, message, help }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn areas_of_the_first_rows_do_not_overlap() {
        let area = |row, first, last| Area { first: (row, first), last: (row + 1, last) };
        let merged = [
            area(1, 4, 5),
            area(0, 3, 4),
            area(0, 1, 9),
            area(1, 2, 3),
            area(0, 9, 10),
            area(0, 10, 12),
            area(2, 0, 0),
            area(7, 0, 3),
        ];
        let expected = [area(0, 1, 9), area(0, 10, 12), area(1, 2, 3), area(1, 4, 5)];
        assert_eq!(across(&merged, 3), expected);
        assert_eq!(across(&merged, 0), []);
    }

    #[test]
    fn the_beginnings_of_tables_have_their_room() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"ab,c\n,\n\nabc,de\n").unwrap();
        let mut source = Source::open(file.path()).unwrap();
        let string = size_of::<String>();
        let needed = 3 * (2 * string + 3) + 3 * (2 * string + 5);
        for (mut room, left) in [(needed + 7, Some(7)), (needed, Some(0)), (needed - 1, None)] {
            let read = source.preview(None, false, &mut room);
            assert_eq!(read.ok().map(|preview| (preview.rows.len(), room)), left.map(|l| (2, l)));
        }
    }

    #[test]
    fn more_tables_than_a_file_has_are_refused() {
        for (count, refused) in [(TABLES, false), (TABLES + 1, true)] {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            let page = format!("<html>{}</html>", "<table></table>".repeat(count));
            file.write_all(page.as_bytes()).unwrap();
            assert_eq!(Source::open(file.path()).unwrap().previews().is_err(), refused);
        }
    }
}
