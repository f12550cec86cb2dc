//! Workbooks: XLSX as a stream of cells; XLS, XLSB and ODS whole.

mod ods;
mod rows;
mod sheet;
mod strings;
mod styles;
mod tags;
mod xls;
mod xlsb;
mod xlsx;

pub(crate) use sheet::{Shape, shape};
pub(crate) use styles::{Show, Words, of_code};
pub(crate) use tags::Tags;

use crate::cell::{Cell, Format as Shown};
use crate::guard;
use crate::sniff::Format;
use crate::source::Visit;
use calamine::{
    Data, Ods, OdsError, Range, Reader, Sheet, SheetType, SheetVisible, Xls, XlsError, Xlsb,
    XlsbError,
};
use haggle_evidence::{ImportError, Locator};
use rows::Rows;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use xlsx::Xlsx;
use zip::ZipArchive;

/// Most bytes of an XLS, XLSB or ODS file, which is held in memory whole.
pub const WHOLE_FILE_LIMIT: u64 = 64 << 20;

type Input = BufReader<File>;

/// A block of cells; rows and columns from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    /// Row and column of the upper left cell.
    pub(crate) first: (u32, u32),
    /// Row and column of the lower right cell.
    pub(crate) last: (u32, u32),
}

/// A sheet that holds cells.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SheetName {
    name: String,
    hidden: bool,
}

/// What a workbook that is held whole says of a sheet beyond its values.
#[derive(Debug, Clone, Default)]
struct Extra {
    shape: Shape,
    /// Rows that are not seen, from 0.
    hidden: Vec<u32>,
    /// Cells whose number is not shown as it is, in order.
    shown: BTreeMap<(u32, u32), Shown>,
}

/// A workbook of any format.
pub(crate) struct Workbook {
    book: Book,
    /// Of a workbook that is held whole, by sheet.
    extras: BTreeMap<String, Extra>,
}

enum Book {
    Xlsx(Box<Xlsx>),
    Xls(Box<Xls<Input>>),
    Xlsb(Box<(Xlsb<Input>, xlsb::Beside)>),
    Ods(Box<Ods<Input>>),
}

fn fail(code: &'static str, message: String) -> ImportError {
    ImportError::source(code, Locator::default(), message)
}

fn damaged(error: &impl Display) -> ImportError {
    fail("E0005", format!("the workbook cannot be read: {error}"))
}

fn encrypted() -> ImportError {
    fail("E0004", "the workbook is protected by a password".to_owned())
}

fn open(path: &Path) -> Result<Input, ImportError> {
    Ok(BufReader::new(File::open(path).map_err(|e| fail("E0001", e.to_string()))?))
}

/// Runs a reader that may panic on a damaged file, which then is an error like any other.
fn guarded<T>(read: impl FnOnce() -> Result<T, ImportError>) -> Result<T, ImportError> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(damaged(&"its structure is broken")))
}

impl Workbook {
    /// Opens a workbook of a known format.
    pub(crate) fn open(path: &Path, format: Format) -> Result<Self, ImportError> {
        let size = path.metadata().map_err(|e| fail("E0001", e.to_string()))?.len();
        if format != Format::Xlsx && size > WHOLE_FILE_LIMIT {
            let message = format!("the file has {size} bytes, expected at most {WHOLE_FILE_LIMIT}");
            return Err(fail("E0009", message));
        }
        guarded(|| {
            if format == Format::Xlsb {
                let mut beside = xlsb::Beside::open(proven(open(path)?)?)?;
                let (extras, book) = (beside.extras()?, Book::binary(open(path)?)?);
                return Ok(Self { book: Book::Xlsb(Box::new((book, beside))), extras });
            }
            let extras = match format {
                Format::Xls => xls::extras(path)?,
                Format::Ods => ods::extras(&mut proven(open(path)?)?)?,
                _ => BTreeMap::new(),
            };
            Ok(Self { book: Book::load(open(path)?, format)?, extras })
        })
    }

    /// What it is, for people.
    pub(crate) fn format(&self) -> &'static str {
        match &self.book {
            Book::Xlsx(_) => "XLSX workbook",
            Book::Xls(_) => "XLS workbook",
            Book::Xlsb(_) => "XLSB workbook",
            Book::Ods(_) => "ODS workbook",
        }
    }

    /// Names of the sheets that hold cells, and whether each is hidden.
    pub(crate) fn sheets(&self) -> Vec<(Option<String>, bool)> {
        let sheets: Vec<SheetName> = match &self.book {
            Book::Xlsx(book) => book.sheets().collect(),
            Book::Xls(book) => tables(book.sheets_metadata()),
            Book::Xlsb(both) => tables(both.0.sheets_metadata()),
            Book::Ods(book) => tables(book.sheets_metadata()),
        };
        sheets.into_iter().map(|s| (Some(s.name), s.hidden)).collect()
    }

    /// The areas of a sheet in which one cell stands for all.
    pub(crate) fn merged(&mut self, sheet: &str) -> Result<Vec<Area>, ImportError> {
        Ok(self.shape(sheet)?.merged)
    }

    /// First and last of the columns that a sheet hides, from 0.
    pub(crate) fn hidden_columns(&mut self, sheet: &str) -> Result<Vec<(u32, u32)>, ImportError> {
        Ok(self.shape(sheet)?.hidden)
    }

    fn shape(&mut self, sheet: &str) -> Result<Shape, ImportError> {
        match &mut self.book {
            Book::Xlsx(book) => book.shape(sheet),
            _ => Ok(self.extras.get(sheet).map(|e| e.shape.clone()).unwrap_or_default()),
        }
    }

    /// Shows every row of a sheet to a visitor, from row 1 to the last that has a cell.
    pub(crate) fn rows(&mut self, sheet: &str, visit: Visit<'_>) -> Result<(), ImportError> {
        let range = match &mut self.book {
            Book::Xlsx(book) => return book.rows(sheet, visit),
            Book::Xls(book) => guarded(|| book.worksheet_range(sheet).map_err(|e| damaged(&e))),
            Book::Xlsb(both) => {
                let (book, beside) = both.as_mut();
                return beside.rows(book, sheet, visit);
            }
            Book::Ods(book) => guarded(|| book.worksheet_range(sheet).map_err(|e| damaged(&e))),
        };
        whole(&range?, self.extras.get(sheet).unwrap_or(&Extra::default()), visit)
    }
}

impl Book {
    fn binary(input: Input) -> Result<Xlsb<Input>, ImportError> {
        Xlsb::new(input).map_err(|e| match e {
            XlsbError::Password => encrypted(),
            e => damaged(&e),
        })
    }

    fn load(input: Input, format: Format) -> Result<Self, ImportError> {
        match format {
            Format::Xls => match Xls::new(input) {
                Ok(book) => Ok(Self::Xls(Box::new(book))),
                Err(XlsError::Password) => Err(encrypted()),
                Err(e) => Err(damaged(&e)),
            },
            Format::Ods => match Ods::new(input) {
                Ok(book) => Ok(Self::Ods(Box::new(book))),
                Err(OdsError::Password) => Err(encrypted()),
                Err(e) => Err(damaged(&e)),
            },
            _ => Ok(Self::Xlsx(Box::new(Xlsx::open(input)?))),
        }
    }
}

/// A container of which every part is whole.
fn proven(input: Input) -> Result<ZipArchive<Input>, ImportError> {
    let mut zip = ZipArchive::new(input).map_err(|e| damaged(&e))?;
    guard::prove(&mut zip)?;
    Ok(zip)
}

fn tables(sheets: &[Sheet]) -> Vec<SheetName> {
    let tables = sheets.iter().filter(|s| s.typ == SheetType::WorkSheet);
    let name =
        |s: &Sheet| SheetName { name: s.name.clone(), hidden: s.visible != SheetVisible::Visible };
    tables.map(name).collect()
}

fn whole(range: &Range<Data>, extra: &Extra, visit: Visit<'_>) -> Result<(), ImportError> {
    let Some((top, left)) = range.start() else { return Ok(()) };
    let mut rows = Rows::new(visit);
    for (row, cells) in (top..).zip(range.rows()) {
        let hidden = extra.hidden.binary_search(&row).is_ok();
        for (column, data) in (left..).zip(cells) {
            let cell = match (Cell::from(data), extra.shown.get(&(row, column))) {
                (Cell::Number(n, _), Some(shown)) => Cell::Number(n, *shown),
                (cell, _) => cell,
            };
            rows.add(u64::from(row) + 1, column, hidden, cell)?;
        }
        if rows.enough() {
            return Ok(());
        }
    }
    rows.close()
}
