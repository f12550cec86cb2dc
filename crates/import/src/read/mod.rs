//! One row of a table: passed over, rejected whole, or read into what its observations say.

mod amount;
mod attribute;
mod number;
mod rows;
mod text;
mod word;

pub(crate) use rows::fingerprint;

use crate::cell::Cell;
use crate::layout::{AmountColumn, Column, DateColumn, Layout};
use crate::recipe::TextField;
use crate::saying::Heard;
use crate::source::Row;
use haggle_evidence::{Basis, Bound, Statistic, Tax};
use haggle_quantity::{Currency, Per, day_number};
use std::borrow::Cow;
use std::collections::HashSet;

/// What became of a row.
pub(crate) enum Outcome {
    /// Passed over on purpose.
    Skip(Skip),
    /// Malformed.
    Reject(Box<Reject>),
    /// Read; the amounts are in the state.
    Import,
}

/// Why a row is passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Skip {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
    pub(crate) found: String,
}

/// Why a row is rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reject {
    pub(crate) code: &'static str,
    /// The column, from 0; none if the whole row is at fault.
    pub(crate) column: Option<usize>,
    pub(crate) field: String,
    pub(crate) reason: String,
    pub(crate) found: String,
}

/// What a row says beside its amounts.
#[derive(Debug, Default)]
pub(crate) struct RowReading<'r> {
    pub(crate) texts: [Option<Cow<'r, str>>; TextField::COUNT],
    pub(crate) currency: Option<Currency>,
    pub(crate) per: Option<Per>,
    pub(crate) basis: Option<Basis>,
    pub(crate) tax: Option<Tax>,
    pub(crate) statistic: Option<Statistic>,
    pub(crate) component: Option<Cow<'r, str>>,
    pub(crate) date: Option<i32>,
    pub(crate) weight: Option<f64>,
    pub(crate) count: Option<i64>,
    pub(crate) employers: Option<i64>,
    pub(crate) sample_size: Option<i64>,
    pub(crate) relative_error: Option<f64>,
    /// Times 10^12.
    pub(crate) quantity_from: Option<i128>,
    pub(crate) quantity_to: Option<i128>,
}

/// What a cell of an amount column says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What<'l> {
    /// An amount.
    Stated(Stated<'l>),
    /// None.
    Absent { code: &'static str, reason: &'l str, found: String },
}

/// An amount that is stated.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stated<'l> {
    pub(crate) statistic: Statistic,
    /// The amount times 10^12.
    pub(crate) scaled: i128,
    pub(crate) bound: Bound,
    pub(crate) per: Cow<'l, Per>,
    pub(crate) currency: Currency,
    pub(crate) origin: Origin,
}

/// What an amount was made of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Origin {
    /// Its cell says it.
    Cell,
    /// Its cell and the scale of the column.
    Scaled,
    /// Arithmetic over these numbers.
    Formula(String),
}

/// What reading rows remembers, and room that is used again.
#[derive(Default)]
pub(crate) struct State<'l> {
    /// The amounts of the row that was read last, each with its column.
    pub(crate) cells: Vec<(&'l AmountColumn, What<'l>)>,
    /// Numbers of the amounts that it may state.
    numbers: Vec<usize>,
    /// The attributes of that row as JSON; empty: none.
    pub(crate) attributes: String,
    /// What the last cell said of each attribute.
    heard: Vec<Heard>,
    /// The last filled text of each field.
    above: [Option<String>; TextField::COUNT],
    seen: HashSet<u128>,
    /// Why everything from here on is passed over, and by which code.
    ended: Option<(&'static str, String)>,
    /// Whether the row before was blank.
    after_blank: bool,
    /// Whether the last filled row was a single text.
    titled: bool,
    /// The row in which the header stands again below such a text.
    pub(crate) again: Option<u64>,
    /// The row in which another table begins.
    pub(crate) another: Option<u64>,
    /// Amounts that are stated once, with what they belong to.
    stated: HashSet<u128>,
}

impl State<'_> {
    /// What is remembered on the next page of a list: what rows were told already.
    pub(crate) fn on_next_page(self) -> Self {
        Self { seen: self.seen, stated: self.stated, ..Self::default() }
    }
}

/// Code of a number that can be read in two ways.
pub(crate) const AMBIGUOUS: &str = "I0108";

type Read<T> = Result<T, Box<Reject>>;

/// A row that is not imported: passed over or malformed.
enum Not {
    Skip(Box<Skip>),
    Reject(Box<Reject>),
}

impl Layout {
    /// Reads one row below the header.
    pub(crate) fn read<'l: 'r, 'r>(
        &'l self,
        row: &Row<'r>,
        state: &mut State<'l>,
        reading: &mut RowReading<'r>,
    ) -> Outcome {
        if let Some(label) = self.term_label(row) {
            state.after_blank = false;
            return Outcome::Skip(skip("I0203", "terms of the columns", label));
        }
        if let Some(skip) = self.not_data(row, state) {
            return Outcome::Skip(skip);
        }
        state.after_blank = false;
        if let Some(reject) = self.wrong_shape(row) {
            return Outcome::Reject(reject);
        }
        match self.passed_over(row, state) {
            Err(reject) => Outcome::Reject(reject),
            Ok(Some(skip)) => Outcome::Skip(skip),
            Ok(None) if self.says_nothing(row) => {
                Outcome::Skip(skip("I0203", "no amount", &row.shown()))
            }
            Ok(None) => self.data(row, state, reading),
        }
    }

    fn data<'l: 'r, 'r>(
        &'l self,
        row: &Row<'r>,
        state: &mut State<'l>,
        reading: &mut RowReading<'r>,
    ) -> Outcome {
        let mut faults = Faults::default();
        self.read_texts(row, reading, state, &mut faults);
        self.read_attributes(row, state, &mut faults);
        self.read_numbers(row, reading, &mut faults);
        reading.date = faults.keep(self.read_date(row)).flatten();
        self.read_words(row, reading, &mut faults);
        // A word that passes the row over says that nothing else of it matters.
        if let Some(skip) = faults.skip {
            return Outcome::Skip(*skip);
        }
        self.read_amounts(row, reading, state, &mut faults);
        // An amount's own unit or currency may pass the row over too.
        if let Some(skip) = faults.skip {
            return Outcome::Skip(*skip);
        }
        if let Some(reject) = faults.fault {
            return Outcome::Reject(reject);
        }
        if let Some(skip) = self.duplicate(row, state) {
            return Outcome::Skip(skip);
        }
        self.state_once(row, state);
        Outcome::Import
    }

    fn read_date(&self, row: &Row<'_>) -> Read<Option<i32>> {
        let Some(DateColumn { column, formats, absent }) = &self.date else {
            return Ok(self.constants.date);
        };
        let cell = row.cell(column.index);
        if matches!(cell, Cell::Bool(_) | Cell::Error(_) | Cell::Tree(_)) {
            return Err(error_cell(column, cell));
        }
        if cell.is_blank() || absent.iter().any(|sign| *sign == cell.shown()) {
            return Ok(None);
        }
        let date = formats.iter().find_map(|f| f.read(cell));
        date.map(|d| Some(day_number(d))).ok_or_else(|| {
            let examples: Vec<&str> =
                formats.iter().map(crate::date::DateFormat::example).collect();
            let reason = format!("expected {}", examples.join(" or "));
            reject("I0102", column, reason, &cell.shown())
        })
    }
}

/// The leftmost fault of a row, and the first reason to pass over it.
#[derive(Default)]
struct Faults {
    fault: Option<Box<Reject>>,
    skip: Option<Box<Skip>>,
}

impl Faults {
    fn keep<T>(&mut self, read: Read<T>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(fault) => {
                if self.fault.as_ref().is_none_or(|known| fault.column < known.column) {
                    self.fault = Some(fault);
                }
                None
            }
        }
    }

    fn keep_or_skip<T>(&mut self, read: Result<T, Not>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(Not::Reject(fault)) => self.keep(Err(fault)),
            Err(Not::Skip(skip)) => {
                self.skip.get_or_insert(skip);
                None
            }
        }
    }
}

fn skip(code: &'static str, reason: &str, found: &str) -> Skip {
    Skip { code, reason: reason.to_owned(), found: found.to_owned() }
}

fn reject(code: &'static str, column: &Column, reason: String, found: &str) -> Box<Reject> {
    let field = column.name.clone();
    Box::new(Reject { code, column: Some(column.index), field, reason, found: found.to_owned() })
}

fn error_cell(column: &Column, cell: &Cell<'_>) -> Box<Reject> {
    let reason = match cell {
        Cell::Error(_) => "expected a value, not the error of a formula",
        Cell::Tree(_) => "expected a plain value",
        _ => "expected a value, not a truth value",
    };
    let code = if matches!(cell, Cell::Error(_)) { "I0107" } else { "I0102" };
    reject(code, column, reason.to_owned(), &cell.shown())
}
