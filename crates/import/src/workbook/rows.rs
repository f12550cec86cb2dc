//! Cells put together to rows; rows without cells are shown as blank ones.

use super::damaged;
use crate::cell::Cell;
use crate::source::{Row, Visit};
use haggle_evidence::ImportError;
use std::ops::ControlFlow;

/// Rows of the longest sheet there is.
const MAX_ROWS: u64 = 1 << 20;
/// Columns of the widest sheet there is.
const MAX_COLUMNS: u32 = 1 << 14;

/// The rows of a sheet on their way to a visitor.
pub(super) struct Rows<'a, 'v> {
    visit: Visit<'v>,
    cells: Vec<Cell<'a>>,
    /// The row of the cells, from 1; 0 before the first.
    current: u64,
    /// Whether the sheet hides that row.
    hidden: bool,
    /// The last row that was shown.
    shown: u64,
    enough: bool,
}

impl<'a, 'v> Rows<'a, 'v> {
    pub(super) fn new(visit: Visit<'v>) -> Self {
        Self { visit, cells: Vec::new(), current: 0, hidden: false, shown: 0, enough: false }
    }

    /// The row that is being put together, from 1; 0 before the first.
    pub(super) fn current(&self) -> u64 {
        self.current
    }

    /// Whether the visitor has enough.
    pub(super) fn enough(&self) -> bool {
        self.enough
    }

    /// Adds a cell, which stands to the right of those before it.
    pub(super) fn add(
        &mut self,
        row: u64,
        column: u32,
        hidden: bool,
        cell: Cell<'a>,
    ) -> Result<(), ImportError> {
        if row != self.current {
            self.begin(row, hidden)?;
        }
        let column = column as usize;
        if column < self.cells.len() || column >= MAX_COLUMNS as usize {
            return Err(self.misplaced(row, column));
        }
        self.cells.resize(column, Cell::Blank);
        self.cells.push(cell);
        Ok(())
    }

    fn begin(&mut self, row: u64, hidden: bool) -> Result<(), ImportError> {
        if row < self.current || row > MAX_ROWS {
            return Err(self.misplaced(row, 0));
        }
        self.close()?;
        (self.current, self.hidden) = (row, hidden);
        Ok(())
    }

    fn misplaced(&self, row: u64, column: usize) -> ImportError {
        let (after, count) = (self.current, self.cells.len());
        let found = format!("row {row}, column {} after row {after}, column {count}", column + 1);
        let most = format!("at most {MAX_ROWS} rows and {MAX_COLUMNS} columns");
        damaged(&format!("found a cell in {found}, expected cells in order and {most}"))
    }

    /// Shows the row that is complete, and the blank ones before it.
    pub(super) fn close(&mut self) -> Result<(), ImportError> {
        while !self.enough && self.shown + 1 < self.current {
            self.shown += 1;
            self.show(self.shown, 0, false)?;
        }
        if !self.enough && self.current > self.shown {
            self.shown = self.current;
            self.show(self.current, self.cells.len(), self.hidden)?;
        }
        self.cells.clear();
        Ok(())
    }

    fn show(&mut self, number: u64, cells: usize, hidden: bool) -> Result<(), ImportError> {
        let row = Row {
            number,
            cells: &self.cells[..cells],
            fields: None,
            stray: false,
            fault: None,
            hidden,
            branch: None,
        };
        self.enough = (self.visit)(&row)? == ControlFlow::Break(());
        Ok(())
    }
}
