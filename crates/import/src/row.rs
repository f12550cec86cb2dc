//! One row of a table: passed over, rejected whole, or read into what its observations say.

use crate::cell::Cell;
use crate::header::key;
use crate::json::{self, Value};
use crate::layout::{AmountColumn, Column, Layout, Mapped, Sign};
use crate::number;
use crate::recipe::{DateFormat, FieldSpec, FromNumber, TextField, WordSpec};
use crate::source::Row;
use haggle_evidence::Bound;
use haggle_quantity::{Amount, Currency, Date, Per, day_number, parse_date, to_scaled};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What became of a row.
pub(crate) enum Outcome<'r> {
    /// Passed over on purpose.
    Skip(Skip),
    /// Malformed.
    Reject(Reject),
    /// Read.
    Import(Box<Reading<'r>>),
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

/// What a row says.
#[derive(Debug, Default)]
pub(crate) struct Reading<'r> {
    pub(crate) texts: [Option<Cow<'r, str>>; TextField::COUNT],
    pub(crate) currency: Option<Currency>,
    pub(crate) attributes: Option<String>,
    pub(crate) date: Option<i32>,
    pub(crate) weight: Option<f64>,
    pub(crate) count: Option<i64>,
    pub(crate) employers: Option<i64>,
    pub(crate) sample_size: Option<i64>,
    pub(crate) relative_error: Option<f64>,
    /// One for each column of amounts, in the recipe's order.
    pub(crate) cells: Vec<(&'r AmountColumn, What)>,
}

/// What a cell of an amount column says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    /// An amount times 10^12.
    Stated { scaled: i128, bound: Bound, per: Per },
    /// None.
    Absent { code: &'static str, reason: String, found: String },
}

type Read<T> = Result<T, Reject>;

impl Layout {
    /// Reads one row below the header.
    pub(crate) fn read<'r>(&'r self, row: &Row<'r>) -> Outcome<'r> {
        if let Some(skip) = self.not_data(row) {
            return Outcome::Skip(skip);
        }
        if let Some(reject) = self.wrong_shape(row) {
            return Outcome::Reject(reject);
        }
        match self.passed_over(row) {
            Err(reject) => Outcome::Reject(reject),
            Ok(Some(skip)) => Outcome::Skip(skip),
            Ok(None) => self.data(row),
        }
    }

    /// Blank rows, notes, and the header where it is repeated.
    fn not_data(&self, row: &Row<'_>) -> Option<Skip> {
        let mut filled = row.cells.iter().filter(|c| !c.is_blank());
        let Some(first) = filled.next() else { return Some(skip("I0202", "blank row", "")) };
        if filled.next().is_none() && self.is_note(row, first) {
            return Some(skip("I0202", "note", &first.shown()));
        }
        let repeated =
            |a: &AmountColumn| key(&row.cell(a.column.index).shown()) == key(&a.column.name);
        self.amounts.iter().all(repeated).then(|| skip("I0202", "header repeated", &first.shown()))
    }

    /// A row whose only cell is a text beside the amounts. A text file's row of too few fields
    /// could be a row that was cut off, so its text must be of several words as well.
    fn is_note(&self, row: &Row<'_>, only: &Cell<'_>) -> bool {
        let Cell::Text(text) = only else { return false };
        let whole = row.fields.is_none_or(|n| n == self.width);
        let beside = self.amounts.iter().all(|a| row.cell(a.column.index).is_blank());
        let words = text.contains(char::is_alphabetic) && (whole || text.contains(' '));
        self.width > 2 && beside && words
    }

    fn wrong_shape(&self, row: &Row<'_>) -> Option<Reject> {
        if let Some(fault) = row.fault {
            let (found, reason) = (fault.found.clone(), fault.reason.clone());
            return Some(Reject {
                code: fault.code,
                column: None,
                field: String::new(),
                reason,
                found,
            });
        }
        let found = row.fields.filter(|n| *n != self.width);
        let problem = match found {
            Some(fields) => format!("{fields} fields"),
            None if row.stray => "text after the closing quote of a field".to_owned(),
            None => return None,
        };
        let reason = format!("expected {} fields, as the header has", self.width);
        Some(Reject { code: "I0103", column: None, field: String::new(), reason, found: problem })
    }

    /// Rows that the recipe does not read, by what one of their cells says.
    fn passed_over(&self, row: &Row<'_>) -> Read<Option<Skip>> {
        for (column, rule) in &self.skips {
            let word = marker(column, row)?;
            if listed(&rule.values, &word) {
                return Ok(Some(skip("I0201", &rule.reason, &word)));
            }
            if rule.known.as_ref().is_some_and(|known| !listed(known, &word)) {
                let mut words = rule.values.clone();
                words.extend(rule.known.iter().flatten().filter(|w| !w.is_empty()).cloned());
                let reason = format!("expected one of {}", words.join(", "));
                return Err(reject("I0106", column, reason, &word));
            }
        }
        for (column, rule) in &self.keeps {
            let word = marker(column, row)?;
            if !listed(&rule.values, &word) {
                return Ok(Some(skip("I0203", &rule.reason, &word)));
            }
        }
        Ok(None)
    }

    fn data<'r>(&'r self, row: &Row<'r>) -> Outcome<'r> {
        let mut reading = Reading::default();
        let mut faults = Faults::default();
        self.texts(row, &mut reading, &mut faults);
        reading.attributes = self.attributes(row, &mut faults);
        self.numbers(row, &mut reading, &mut faults);
        let date = self.date.as_ref().map(|(c, format)| date(c, *format, row));
        reading.date = date.and_then(|d| faults.keep(d)).flatten();
        self.money(row, &mut reading, &mut faults);
        match faults.0 {
            Some(reject) => Outcome::Reject(reject),
            None => Outcome::Import(Box::new(reading)),
        }
    }

    fn texts<'r>(&'r self, row: &Row<'r>, reading: &mut Reading<'r>, faults: &mut Faults) {
        for (slot, constant) in reading.texts.iter_mut().zip(&self.constants) {
            *slot = constant.as_deref().map(Cow::Borrowed);
        }
        for (field, column, spec) in &self.fields {
            let text = faults.keep(text(column, spec, row)).flatten();
            reading.texts[*field as usize] = text.or(reading.texts[*field as usize].take());
        }
    }

    fn attributes(&self, row: &Row<'_>, faults: &mut Faults) -> Option<String> {
        let mut values = BTreeMap::new();
        for (column, spec) in &self.attributes {
            let value = self.attribute(column, spec.number, &spec.absent, row);
            if let Some(value) = faults.keep(value).flatten() {
                values.insert(spec.name.as_str(), value);
            }
        }
        for (column, spec) in &self.flags {
            if faults.keep(flag(column, &spec.values, row)) == Some(true) {
                values.insert(&spec.name, Value::Text("TRUE".to_owned()));
            }
        }
        json::object(&values)
    }

    fn attribute(
        &self,
        column: &Column,
        number: bool,
        absent: &[String],
        row: &Row<'_>,
    ) -> Read<Option<Value>> {
        let cell = row.cell(column.index);
        let shown = cell.shown();
        match cell {
            Cell::Error(_) => Err(error_cell(column, cell)),
            Cell::Blank => Ok(None),
            _ if absent.iter().any(|sign| *sign == shown) => Ok(None),
            _ if number => {
                let amount = number::amount(cell, self.notation);
                let amount = amount.map_err(|reason| reject("I0102", column, reason, &shown))?;
                Ok(Some(Value::Number(amount.normalize().to_string())))
            }
            _ => Ok(Some(Value::Text(shown.into_owned()))),
        }
    }

    fn numbers(&self, row: &Row<'_>, reading: &mut Reading<'_>, faults: &mut Faults) {
        let mut double = |spec: &Option<Mapped<FromNumber>>| {
            let read = spec.as_ref().map(|s| self.double(s, row));
            read.and_then(|r| faults.keep(r)).flatten()
        };
        reading.weight = double(&self.weight);
        reading.relative_error = double(&self.relative_error);
        let mut integer = |spec: &Option<Mapped<FromNumber>>| {
            let read = spec.as_ref().map(|s| self.integer(s, row));
            read.and_then(|r| faults.keep(r)).flatten()
        };
        reading.count = integer(&self.count);
        reading.employers = integer(&self.employers);
        reading.sample_size = integer(&self.sample_size);
    }

    /// A number beside the amounts, in its scale; never negative.
    fn scaled(&self, (column, spec): &Mapped<FromNumber>, row: &Row<'_>) -> Read<Option<Amount>> {
        let cell = row.cell(column.index);
        let shown = cell.shown();
        if cell.is_blank() || spec.absent.iter().any(|sign| *sign == shown) {
            return Ok(None);
        }
        if matches!(cell, Cell::Bool(_) | Cell::Error(_)) {
            return Err(error_cell(column, cell));
        }
        let malformed = |reason| reject("I0102", column, reason, &shown);
        let amount = number::amount(cell, self.notation).map_err(malformed)?;
        let scaled = amount.checked_mul(spec.scale.unwrap_or(Amount::ONE));
        let fits = scaled.filter(|a| !a.is_sign_negative() || a.is_zero());
        fits.map(Some).ok_or_else(|| malformed("expected a number that is not negative".to_owned()))
    }

    fn double(&self, spec: &Mapped<FromNumber>, row: &Row<'_>) -> Read<Option<f64>> {
        let Some(amount) = self.scaled(spec, row)? else { return Ok(None) };
        let shown = row.cell(spec.0.index).shown();
        let reason = || "expected a number of at most 12 digits after the point".to_owned();
        let double = number::to_double(amount);
        double.map(Some).ok_or_else(|| reject("I0102", &spec.0, reason(), &shown))
    }

    fn integer(&self, spec: &Mapped<FromNumber>, row: &Row<'_>) -> Read<Option<i64>> {
        let Some(amount) = self.scaled(spec, row)? else { return Ok(None) };
        let shown = row.cell(spec.0.index).shown();
        let integer = amount.normalize().to_string().parse().ok();
        let reason = || "expected a whole number".to_owned();
        integer.map(Some).ok_or_else(|| reject("I0102", &spec.0, reason(), &shown))
    }

    /// Amounts with their unit and currency, which must be there if an amount is.
    fn money<'r>(&'r self, row: &Row<'r>, reading: &mut Reading<'r>, faults: &mut Faults) {
        let currency = self.currency.as_ref().map(|(c, spec)| currency(c, spec, row));
        reading.currency = currency.and_then(|c| faults.keep(c)).flatten();
        let per = self.per.as_ref().map(|(c, spec)| per(c, spec, row));
        let per = per.and_then(|p| faults.keep(p)).flatten();
        for amount in &self.amounts {
            let unit = amount.per.as_ref().or(per.as_ref());
            if let Some(what) = faults.keep(self.amount(amount, unit, row)) {
                reading.cells.push((amount, what));
            }
        }
        let stated = reading.cells.iter().any(|(_, w)| matches!(w, What::Stated { .. }));
        if let Some((column, _)) = self.currency.as_ref().filter(|_| stated) {
            faults.note(filled(column, row, "expected a currency, since the row has an amount"));
        }
    }

    fn amount(&self, amount: &AmountColumn, per: Option<&Per>, row: &Row<'_>) -> Read<What> {
        let cell = row.cell(amount.column.index);
        let shown = cell.shown();
        if matches!(cell, Cell::Bool(_) | Cell::Error(_)) {
            return Err(error_cell(&amount.column, cell));
        }
        if cell.is_blank() {
            return Ok(absent("I0301", "blank", &shown));
        }
        let (number, bound) = match amount.signs.get(shown.as_ref()) {
            Some(Sign::Absent(reason)) => return Ok(absent("I0302", reason, &shown)),
            Some(Sign::Bound(bound, amounts)) => match per.map(|p| amounts.get(p)) {
                Some(None) => return Ok(absent("I0303", "threshold unknown", &shown)),
                Some(Some(threshold)) => (*threshold, *bound),
                None => (Amount::ONE, *bound),
            },
            None => (self.positive(&amount.column, cell)?, Bound::Exact),
        };
        let unit = per.cloned().ok_or_else(|| self.no_unit(amount))?;
        let too_long = |_| reject("I0101", &amount.column, "expected fewer digits".into(), &shown);
        let scaled = to_scaled(number).map_err(too_long)?;
        Ok(What::Stated { scaled, bound, per: unit })
    }

    fn no_unit(&self, amount: &AmountColumn) -> Reject {
        let column = self.per.as_ref().map_or(&amount.column, |(column, _)| column);
        reject("I0104", column, "expected a unit, since the row has an amount".to_owned(), "")
    }

    fn positive(&self, column: &Column, cell: &Cell<'_>) -> Read<Amount> {
        let shown = cell.shown();
        if let Cell::Text(text) = cell
            && number::is_ambiguous(text, self.notation)
        {
            let reason = "expected an amount that can be read in one way only; `thousands` under `[number]` of the recipe settles it";
            return Err(reject("I0108", column, reason.to_owned(), &shown));
        }
        let amount = number::amount(cell, self.notation)
            .map_err(|reason| reject("I0101", column, reason, &shown))?;
        if amount > Amount::ZERO {
            return Ok(amount);
        }
        Err(reject("I0105", column, "expected an amount above zero".to_owned(), &shown))
    }
}

/// The leftmost fault of a row.
#[derive(Default)]
struct Faults(Option<Reject>);

impl Faults {
    fn keep<T>(&mut self, read: Read<T>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(fault) => {
                if self.0.as_ref().is_none_or(|known| fault.column < known.column) {
                    self.0 = Some(fault);
                }
                None
            }
        }
    }

    fn note(&mut self, read: Read<()>) {
        self.keep(read);
    }
}

fn skip(code: &'static str, reason: &str, found: &str) -> Skip {
    Skip { code, reason: reason.to_owned(), found: found.to_owned() }
}

fn reject(code: &'static str, column: &Column, reason: String, found: &str) -> Reject {
    let field = column.name.clone();
    Reject { code, column: Some(column.index), field, reason, found: found.to_owned() }
}

fn absent(code: &'static str, reason: &str, found: &str) -> What {
    What::Absent { code, reason: reason.to_owned(), found: found.to_owned() }
}

fn error_cell(column: &Column, cell: &Cell<'_>) -> Reject {
    let reason = match cell {
        Cell::Error(_) => "expected a value, not the error of a formula",
        _ => "expected a value, not a truth value",
    };
    reject("I0107", column, reason.to_owned(), &cell.shown())
}

fn listed(words: &[String], word: &str) -> bool {
    words.iter().any(|w| key(w) == key(word))
}

/// The word that decides whether a row is read.
fn marker<'r>(column: &Column, row: &Row<'r>) -> Read<Cow<'r, str>> {
    match row.cell(column.index) {
        cell @ Cell::Error(_) => Err(error_cell(column, cell)),
        cell => Ok(cell.shown()),
    }
}

fn filled(column: &Column, row: &Row<'_>, reason: &str) -> Read<()> {
    match row.cell(column.index) {
        Cell::Blank => Err(reject("I0104", column, reason.to_owned(), "")),
        _ => Ok(()),
    }
}

/// A text or code; a date here is a code that a spreadsheet program took for one.
fn plain<'r>(column: &Column, row: &Row<'r>) -> Read<Option<Cow<'r, str>>> {
    match row.cell(column.index) {
        Cell::Blank => Ok(None),
        cell @ (Cell::Bool(_) | Cell::Error(_)) => Err(error_cell(column, cell)),
        cell @ Cell::Date(_) => Err(reject(
            "I0102",
            column,
            "expected a text or a code, not a date".into(),
            &cell.shown(),
        )),
        cell => Ok(Some(cell.shown())),
    }
}

fn text<'r>(column: &Column, spec: &'r FieldSpec, row: &Row<'r>) -> Read<Option<Cow<'r, str>>> {
    if spec.filled {
        filled(column, row, "expected a value")?;
    }
    let text = plain(column, row)?;
    let mapped = text.as_deref().and_then(|t| spec.map.get(t)).map(|t| Cow::Borrowed(t.as_str()));
    Ok(mapped.or(text))
}

/// Whether a mark is set.
fn flag(column: &Column, values: &[String], row: &Row<'_>) -> Read<bool> {
    let word = marker(column, row)?;
    match word.to_lowercase().as_str() {
        _ if listed(values, &word) => Ok(true),
        "" | "false" | "0" => Ok(false),
        _ => {
            let reason = format!("expected {} or a blank cell", values.join(", "));
            Err(reject("I0106", column, reason, &word))
        }
    }
}

/// The word of a column, in the recipe's words if it lists any.
fn word<'r>(column: &Column, spec: &'r WordSpec, row: &Row<'r>) -> Read<Option<Cow<'r, str>>> {
    let Some(found) = plain(column, row)? else { return Ok(None) };
    match spec.map.get(found.as_ref()) {
        Some(word) => Ok(Some(Cow::Borrowed(word))),
        None if spec.map.is_empty() => Ok(Some(found)),
        None => {
            let words: Vec<&str> = spec.map.keys().map(String::as_str).collect();
            Err(reject("I0106", column, format!("expected one of {}", words.join(", ")), &found))
        }
    }
}

fn currency(column: &Column, spec: &WordSpec, row: &Row<'_>) -> Read<Option<Currency>> {
    let Some(word) = word(column, spec, row)? else { return Ok(None) };
    let unknown = |e| reject("I0106", column, format!("expected a currency: {e}"), &word);
    word.parse().map(Some).map_err(unknown)
}

fn per(column: &Column, spec: &WordSpec, row: &Row<'_>) -> Read<Option<Per>> {
    Ok(word(column, spec, row)?.map(|w| Per::new(&w)))
}

fn date(column: &Column, format: DateFormat, row: &Row<'_>) -> Read<Option<i32>> {
    let cell = row.cell(column.index);
    if matches!(cell, Cell::Bool(_) | Cell::Error(_)) {
        return Err(error_cell(column, cell));
    }
    let shown = cell.shown();
    let (date, expected) = match (format, cell) {
        (_, Cell::Blank) => return Ok(None),
        (DateFormat::Year, _) => (middle_of(&shown), "expected a year such as `2024`"),
        (DateFormat::Day, Cell::Date(t)) => (day(t.get(..10)), "expected a date"),
        (DateFormat::Day, _) => (day(Some(&shown)), "expected a date such as `2026-11-23`"),
    };
    let malformed = || reject("I0102", column, expected.to_owned(), &shown);
    date.map(|d| Some(day_number(d))).ok_or_else(malformed)
}

fn day(text: Option<&str>) -> Option<Date> {
    parse_date(text?).ok()
}

/// 1 July of a year from 1900 to 2199; anything else is a code or a slip.
fn middle_of(year: &str) -> Option<Date> {
    let plausible = year.len() == 4 && matches!(year.get(..2), Some("19" | "20" | "21"));
    if plausible { day(Some(&format!("{year}-07-01"))) } else { None }
}
