//! Workbooks: XLSX as a stream of cells, XLS and ODS whole.

use crate::cell::Cell;
use crate::ods;
use crate::sniff::Format;
use crate::source::{Row, Visit};
use calamine::{
    Data, DataRef, Ods, OdsError, Range, Reader, Sheet, SheetType, SheetVisible, Xls, XlsError,
    Xlsx, XlsxCellFormulaMetadataRecord, XlsxError,
};
use haggle_evidence::{ImportError, Locator};
use std::fmt::Display;
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Most bytes of an XLS or ODS file, which is held in memory whole.
pub const WHOLE_FILE_LIMIT: u64 = 64 << 20;
/// Columns of the widest sheet there is.
const MAX_COLUMNS: u32 = 16_384;

type Input = BufReader<File>;

/// A workbook of any format.
pub(crate) enum Workbook {
    Xlsx(Box<Xlsx<Input>>),
    Xls(Box<Xls<Input>>),
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

/// Runs a reader that may panic on a damaged file, which then is an error like any other.
fn guarded<T>(read: impl FnOnce() -> Result<T, ImportError>) -> Result<T, ImportError> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(damaged(&"its structure is broken")))
}

impl Workbook {
    /// Opens a workbook of a known format.
    pub(crate) fn open(path: &Path, format: Format) -> Result<Self, ImportError> {
        let file = File::open(path).map_err(|e| fail("E0001", e.to_string()))?;
        let size = file.metadata().map_err(|e| fail("E0001", e.to_string()))?.len();
        if format != Format::Xlsx && size > WHOLE_FILE_LIMIT {
            let message = format!("the file has {size} bytes, expected at most {WHOLE_FILE_LIMIT}");
            return Err(fail("E0009", message));
        }
        if format == Format::Ods {
            ods::check_area(path)?;
        }
        guarded(|| Self::load(BufReader::new(file), format))
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
            _ => match Xlsx::new(input) {
                Ok(book) => Ok(Self::Xlsx(Box::new(book))),
                Err(XlsxError::Password) => Err(encrypted()),
                Err(e) => Err(damaged(&e)),
            },
        }
    }

    /// What it is, for people.
    pub(crate) fn format(&self) -> &'static str {
        match self {
            Self::Xlsx(_) => "XLSX workbook",
            Self::Xls(_) => "XLS workbook",
            Self::Ods(_) => "ODS workbook",
        }
    }

    fn metadata(&self) -> &[Sheet] {
        match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets_metadata(),
            Self::Ods(book) => book.sheets_metadata(),
        }
    }

    /// Names of the sheets that hold cells, and whether each is hidden.
    pub(crate) fn sheets(&self) -> Vec<(Option<String>, bool)> {
        let tables = self.metadata().iter().filter(|s| s.typ == SheetType::WorkSheet);
        tables.map(|s| (Some(s.name.clone()), s.visible != SheetVisible::Visible)).collect()
    }

    /// Shows every row of a sheet to a visitor, from row 1 to the last that has a cell.
    pub(crate) fn rows(&mut self, sheet: &str, visit: Visit<'_>) -> Result<(), ImportError> {
        match self {
            Self::Xlsx(book) => stream(book, sheet, visit),
            Self::Xls(book) => {
                let range = book.worksheet_range(sheet).map_err(|e| damaged(&e))?;
                whole(&range, visit)
            }
            Self::Ods(book) => {
                let range = book.worksheet_range(sheet).map_err(|e| damaged(&e))?;
                whole(&range, visit)
            }
        }
    }
}

/// Puts cells together to rows, and shows rows without cells as blank ones.
struct Rows<'a, 'v> {
    visit: Visit<'v>,
    cells: Vec<Cell<'a>>,
    /// The row of the cells, from 1; 0 before the first.
    current: u64,
    /// The last row that was shown.
    shown: u64,
    enough: bool,
}

impl<'a, 'v> Rows<'a, 'v> {
    fn new(visit: Visit<'v>) -> Self {
        Self { visit, cells: Vec::new(), current: 0, shown: 0, enough: false }
    }

    fn add(&mut self, row: u64, column: u32, cell: Cell<'a>) -> Result<(), ImportError> {
        if row < self.current || column >= MAX_COLUMNS {
            let found = format!("row {row} after row {}, column {}", self.current, column + 1);
            return Err(damaged(&format!("its cells are out of order: {found}")));
        }
        if row > self.current {
            self.close()?;
            self.current = row;
        }
        let column = column as usize;
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cell::Blank);
        }
        self.cells[column] = cell;
        Ok(())
    }

    /// Shows the row that is complete, and the blank ones before it.
    fn close(&mut self) -> Result<(), ImportError> {
        while !self.enough && self.shown + 1 < self.current {
            self.shown += 1;
            self.show(self.shown, 0)?;
        }
        if !self.enough && self.current > self.shown {
            self.shown = self.current;
            self.show(self.current, self.cells.len())?;
        }
        self.cells.clear();
        Ok(())
    }

    fn show(&mut self, number: u64, cells: usize) -> Result<(), ImportError> {
        let row = Row {
            number,
            cells: &self.cells[..cells],
            fields: None,
            stray: false,
            hidden: false,
            fault: None,
        };
        self.enough = (self.visit)(&row)? == ControlFlow::Break(());
        Ok(())
    }
}

fn stream(book: &mut Xlsx<Input>, sheet: &str, visit: Visit<'_>) -> Result<(), ImportError> {
    let mut reader = match book.worksheet_cells_reader(sheet) {
        Ok(reader) => reader,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(()),
        Err(e) => return Err(damaged(&e)),
    };
    let mut rows = Rows::new(visit);
    while !rows.enough {
        let next = guarded(|| {
            reader.next_cell_with_formula_metadata().map_err(|e| after(sheet, rows.current, &e))
        })?;
        let Some(cell) = next else { break };
        let (row, column) = cell.pos;
        rows.add(u64::from(row) + 1, column, computed(cell))?;
    }
    rows.close()
}

/// The cell, unless its formula was never computed: then it is not blank, but unknown.
fn computed(cell: XlsxCellFormulaMetadataRecord<'_>) -> Cell<'_> {
    match (cell.value, cell.formula) {
        (DataRef::Empty, Some(_)) => Cell::Error("formula without a stored value".to_owned()),
        (value, _) => Cell::from(value),
    }
}

fn after(sheet: &str, row: u64, error: &XlsxError) -> ImportError {
    let place = Locator::cell(sheet, row, 0);
    ImportError::source("E0005", place, format!("the sheet cannot be read after this row: {error}"))
}

fn whole(range: &Range<Data>, visit: Visit<'_>) -> Result<(), ImportError> {
    let Some((top, left)) = range.start() else { return Ok(()) };
    let mut rows = Rows::new(visit);
    for (i, cells) in range.rows().enumerate() {
        let number = u64::from(top) + i as u64 + 1;
        for (column, data) in (left..).zip(cells) {
            rows.add(number, column, Cell::from(data))?;
        }
        if rows.enough {
            return Ok(());
        }
    }
    rows.close()
}
