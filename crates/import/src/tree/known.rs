//! What is known of a file before its rows are read: members of the document, and joined rows.

use super::held::{Cells, Held, Origin, Waiting};
use super::recipe::{Before, Join};
use crate::cell::Cell;
use crate::source::Fault;
use haggle_evidence::{ImportError, Locator};
use std::borrow::Cow;
use std::collections::HashMap;

/// Most bytes that joined rows may take.
const ROOM: usize = 200 << 20;

/// Values by column of the rows.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Column, rank, value.
    document: Vec<(u16, u16, Cell<'static>)>,
    joins: Vec<Joined>,
}

/// Joined rows by their key.
#[derive(Debug, Default)]
struct Joined {
    /// The row's number; none where two rows have the key.
    rows: HashMap<Box<str>, Option<u32>>,
    /// The values of all rows, one row after the other.
    values: Vec<u32>,
    /// Each different value once.
    distinct: Vec<Cell<'static>>,
    numbers: HashMap<(u8, Box<str>), u32>,
    bytes: usize,
}

impl Known {
    pub(crate) fn new(before: &Before) -> Self {
        let joins = before.joins.iter().map(|_| Joined::default()).collect();
        Self { document: Vec::new(), joins }
    }

    /// Takes a row of the plan that comes before: the document, or a joined row.
    pub(crate) fn take(
        &mut self,
        before: &Before,
        held: &Held,
        row: &Waiting,
    ) -> Result<(), ImportError> {
        let mut cells = Cells::default().cleared(before.plan.width);
        held.fill(&before.plan, row, &mut cells);
        let Some(join) = usize::from(row.kind).checked_sub(1) else {
            if let Some(name) = held.doubled(row) {
                let message =
                    format!("the member `{name}` stands twice in the document, expected it once");
                return Err(ImportError::source("E0005", Locator::default(), message));
            }
            let cell = |own: u16| owned(&cells.cells[usize::from(own)]);
            self.document = before
                .document
                .iter()
                .map(|(own, column, rank)| (*column, *rank, cell(*own)))
                .collect();
            return Ok(());
        };
        if row.aside.is_some() {
            return Ok(());
        }
        let spec = &before.joins[join];
        let joined = &mut self.joins[join];
        joined.add(spec, &cells.cells, held.doubled(row).is_some());
        if joined.bytes > ROOM {
            let message = format!(
                "the rows of `{}` take more than {ROOM} bytes, expected fewer to join with",
                spec.name
            );
            return Err(ImportError::source("E0009", Locator::default(), message));
        }
        Ok(())
    }

    /// Sets the cells of a row that are known; what is wrong with it if a join does not find its
    /// one row.
    pub(crate) fn fill<'k>(&'k self, joins: &[Join], cells: &mut Cells<'k>) -> Option<Fault> {
        for (column, rank, cell) in &self.document {
            cells.set(*column, *rank, borrowed(cell), Origin::NONE);
        }
        let mut fault = None;
        for (join, joined) in joins.iter().zip(&self.joins) {
            let key = cells.cells[usize::from(join.by)].shown().into_owned();
            match joined.rows.get(key.as_str()) {
                Some(Some(row)) => joined.fill(join, *row, cells),
                found => fault = fault.or(Some(unjoined(join, key, found.is_some()))),
            }
        }
        fault
    }
}

fn unjoined(join: &Join, key: String, several: bool) -> Fault {
    let (name, what) = (&join.name, if several { "not several" } else { "found none" });
    Fault {
        code: "I0104",
        found: key,
        reason: format!("expected one `{name}` with the same key, {what}"),
    }
}

impl Joined {
    fn add(&mut self, spec: &Join, cells: &[Cell<'_>], doubled: bool) {
        let key = cells[usize::from(spec.key)].shown();
        self.bytes += key.len() + 64 + 4 * spec.columns.len();
        let number = self.rows.len() as u32;
        if let Some(known) = self.rows.get_mut(&*key) {
            *known = None;
            return;
        }
        self.rows.insert(key.as_ref().into(), (!doubled).then_some(number));
        for (own, _, _) in &spec.columns {
            let value = self.number(&cells[usize::from(*own)]);
            self.values.push(value);
        }
    }

    fn number(&mut self, cell: &Cell<'_>) -> u32 {
        let text = cell.shown();
        let key = (sort(cell), Box::from(&*text));
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = self.distinct.len() as u32;
        self.bytes += 2 * text.len() + 96;
        self.distinct.push(owned(cell));
        self.numbers.insert(key, number);
        number
    }

    fn fill<'k>(&'k self, join: &Join, row: u32, cells: &mut Cells<'k>) {
        let from = row as usize * join.columns.len();
        for ((_, column, rank), value) in join.columns.iter().zip(&self.values[from..]) {
            cells.set(*column, *rank, borrowed(&self.distinct[*value as usize]), Origin::NONE);
        }
    }
}

/// A number for each sort of cell, so that the text `1` and the number 1 are two values.
fn sort(cell: &Cell<'_>) -> u8 {
    match cell {
        Cell::Missing => 0,
        Cell::Null => 1,
        Cell::Blank => 2,
        Cell::Written(_) => 3,
        Cell::Bool(_) => 4,
        Cell::Tree(_) => 5,
        _ => 6,
    }
}

fn owned(cell: &Cell<'_>) -> Cell<'static> {
    match cell {
        Cell::Text(text) => Cell::Text(Cow::Owned(text.as_ref().to_owned())),
        Cell::Written(digits) => Cell::Written(Cow::Owned(digits.as_ref().to_owned())),
        other => plain(other),
    }
}

fn borrowed<'c>(cell: &'c Cell<'static>) -> Cell<'c> {
    match cell {
        Cell::Text(text) => Cell::Text(Cow::Borrowed(text)),
        Cell::Written(digits) => Cell::Written(Cow::Borrowed(digits)),
        other => plain(other),
    }
}

/// A cell of a tree that holds no text.
fn plain<'c>(cell: &Cell<'_>) -> Cell<'c> {
    match cell {
        Cell::Bool(b) => Cell::Bool(*b),
        Cell::Tree(what) => Cell::Tree(what),
        Cell::Null => Cell::Null,
        Cell::Missing => Cell::Missing,
        _ => Cell::Blank,
    }
}
