//! Amounts with their unit and currency, which must be there if an amount is.

use super::number::factor;
use super::rows::fingerprint;
use super::word::{currency, per};
use super::{
    Faults, Not, Origin, Read, Reject, RowReading, State, Stated, What, error_cell, reject,
};
use crate::cell::{Cell, Format};
use crate::formula::{CELL, Formula};
use crate::header::key;
use crate::layout::{AmountColumn, Column, Known, Layout, NamedNumber, Reading, Sign, Signs};
use crate::money;
use crate::number::{self, Notation};
use crate::source::Row;
use haggle_evidence::{Bound, Statistic};
use haggle_quantity::{Amount, Currency, Per, to_scaled};
use std::borrow::Cow;

/// What a cell of an amount column holds, before its unit and currency.
enum Held<'l, 'r> {
    Amount {
        amount: Amount,
        bound: Bound,
        mark: Option<&'r str>,
    },
    Band(money::Band<'r>),
    /// A sign that bounds the amount by a threshold of the amount's unit.
    Threshold(&'l Sign),
    Absent {
        code: &'static str,
        reason: &'l str,
        found: String,
    },
}

/// What arithmetic made of a cell.
enum Computed<'l> {
    /// The amount, and what it was made of.
    Amount(Amount, Origin),
    /// A number that it needs is not stated.
    Absent(What<'l>),
}

impl Layout {
    pub(super) fn read_amounts<'l>(
        &'l self,
        row: &Row<'_>,
        reading: &RowReading<'_>,
        state: &mut State<'l>,
        faults: &mut Faults,
    ) {
        state.cells.clear();
        let mut numbers = std::mem::take(&mut state.numbers);
        self.amounts_at.of(row, &mut numbers);
        for &number in &numbers {
            let amount = &self.amounts[number];
            match amount.reading {
                Reading::Upper => {}
                Reading::Lower { upper } => self.range(number, upper, row, reading, state, faults),
                _ => self.single(amount, row, reading, state, faults),
            }
        }
        state.numbers = numbers;
    }

    fn single<'l>(
        &'l self,
        amount: &'l AmountColumn,
        row: &Row<'_>,
        reading: &RowReading<'_>,
        state: &mut State<'l>,
        faults: &mut Faults,
    ) {
        let Some(held) = faults.keep(self.held(amount, row)) else { return };
        match held {
            Held::Band(band) => {
                for end in ends(&band) {
                    self.keep(amount, end, row, reading, state, faults);
                }
            }
            held => self.keep(amount, held, row, reading, state, faults),
        }
    }

    fn keep<'l>(
        &'l self,
        amount: &'l AmountColumn,
        held: Held<'l, '_>,
        row: &Row<'_>,
        reading: &RowReading<'_>,
        state: &mut State<'l>,
        faults: &mut Faults,
    ) {
        let what = self.what(amount, held, row, reading);
        if let Some(what) = faults.keep_or_skip(what) {
            state.cells.push((amount, what));
        }
    }

    /// Two columns that hold the ends of a range; equal or single ends are an exact amount.
    fn range<'l>(
        &'l self,
        lower: usize,
        upper: usize,
        row: &Row<'_>,
        reading: &RowReading<'_>,
        state: &mut State<'l>,
        faults: &mut Faults,
    ) {
        let (from, to) = (&self.amounts[lower], &self.amounts[upper]);
        let missing = |end: &AmountColumn| matches!(row.cell(end.column.index), Cell::Missing);
        if missing(from) && missing(to) {
            return;
        }
        let held = [faults.keep(self.held(from, row)), faults.keep(self.held(to, row))];
        let [Some(low), Some(high)] = held else { return };
        let (low, high) = match as_range(low, high) {
            Ok(range) => range,
            Err(reason) => {
                let found = row.cell(to.column.index).shown();
                faults.keep::<()>(Err(reject("I0109", &to.column, reason, &found)));
                return;
            }
        };
        self.keep(from, low, row, reading, state, faults);
        self.keep(to, high, row, reading, state, faults);
    }

    fn held<'l, 'r>(&'l self, amount: &'l AmountColumn, row: &Row<'r>) -> Read<Held<'l, 'r>> {
        let cell = row.cell(amount.column.index);
        match cell {
            Cell::Error(_) => return Err(error_cell(&amount.column, cell)),
            Cell::Tree(what) => {
                let reason = "expected an amount, or the path of one further down".to_owned();
                return Err(reject("I0101", &amount.column, reason, what));
            }
            Cell::Bool(_) => {
                let reason = "expected an amount, not a truth value".to_owned();
                return Err(reject("I0101", &amount.column, reason, &cell.shown()));
            }
            _ => {}
        }
        if cell.is_blank() {
            let reason = if matches!(cell, Cell::Null) { "null" } else { "blank" };
            return Ok(Held::Absent { code: "I0301", reason, found: String::new() });
        }
        if let Some(sign) = text_sign(&amount.signs, cell) {
            return Ok(signed(sign, cell));
        }
        let Some(notation) = self.notation(amount.column.index) else {
            let reason = "the column's notation can be read in two ways";
            let found = cell.shown().into_owned();
            return Ok(Held::Absent { code: "I0304", reason, found });
        };
        let held = match &amount.reading {
            Reading::Band => band(amount, cell, notation)?,
            Reading::Formula(_) | Reading::One | Reading::Lower { .. } | Reading::Upper => {
                exact(plain(amount, cell, notation)?)
            }
        };
        match &held {
            Held::Amount { amount: number, .. } => match number_sign(&amount.signs, *number) {
                Some(sign) => Ok(signed(sign, cell)),
                None => Ok(held),
            },
            _ => Ok(held),
        }
    }

    fn what<'l>(
        &'l self,
        column: &'l AmountColumn,
        held: Held<'l, '_>,
        row: &Row<'_>,
        reading: &RowReading<'_>,
    ) -> Result<What<'l>, Not> {
        let (number, bound, mark) = match held {
            Held::Absent { code, reason, found } => {
                return Ok(What::Absent { code, reason, found });
            }
            Held::Amount { amount, bound, mark } => (Some(amount), bound, mark),
            Held::Threshold(_) => (None, Bound::Exact, None),
            Held::Band(_) => return Err(Not::Reject(self.no_unit(column))),
        };
        let statistic = self.statistic_of(column, reading).map_err(Not::Reject)?;
        let per = self.unit(column, row, reading)?;
        of_format(column, row.cell(column.column.index), &per).map_err(Not::Reject)?;
        let (number, bound) = match (&held, number) {
            (Held::Threshold(Sign::Bound(bound, amounts)), _) => match amounts.get(per.as_ref()) {
                Some(threshold) => (*threshold, *bound),
                None => {
                    let found = row.cell(column.column.index).shown().into_owned();
                    return Ok(What::Absent { code: "I0303", reason: "threshold unknown", found });
                }
            },
            (_, Some(number)) => (number, bound),
            _ => return Err(Not::Reject(self.no_unit(column))),
        };
        let currency = self.money_of(column, mark, row, reading)?;
        let computed = match held {
            // A threshold is an amount already.
            Held::Threshold(_) => Computed::Amount(number, Origin::Cell),
            _ => self.computed(column, number, currency, row).map_err(Not::Reject)?,
        };
        let (number, origin) = match computed {
            Computed::Amount(number, origin) => (number, origin),
            Computed::Absent(what) => return Ok(what),
        };
        self.positive(column, number, row).map_err(Not::Reject)?;
        let shown = || row.cell(column.column.index).shown().into_owned();
        let too_long = |_| {
            Not::Reject(reject("I0101", &column.column, "expected fewer digits".into(), &shown()))
        };
        let scaled = to_scaled(number).map_err(too_long)?;
        Ok(What::Stated(Stated { statistic, scaled, bound, per, currency, origin }))
    }

    /// The amount after its scale or formula, and what it was made of.
    fn computed<'l>(
        &'l self,
        column: &'l AmountColumn,
        number: Amount,
        currency: Currency,
        row: &Row<'_>,
    ) -> Read<Computed<'l>> {
        if let Reading::Formula(formula) = &column.reading {
            return self.formula(column, formula, (number, currency), row);
        }
        let Some(scale) = column.scale else {
            return Ok(Computed::Amount(number, Origin::Cell));
        };
        match number.checked_mul(scale).and_then(number::fit) {
            Some(scaled) => Ok(Computed::Amount(scaled, Origin::Scaled)),
            None => {
                let shown = row.cell(column.column.index).shown();
                Err(reject("I0101", &column.column, "expected fewer digits".into(), &shown))
            }
        }
    }

    fn formula<'l>(
        &'l self,
        column: &'l AmountColumn,
        formula: &Formula,
        (cell, currency): (Amount, Currency),
        row: &Row<'_>,
    ) -> Read<Computed<'l>> {
        let mut numbers = vec![None; self.values.len()];
        numbers.push(Some(cell));
        let mut parts = Vec::new();
        let needs = formula.needs();
        let own = needs.contains(&self.values.len());
        for i in needs.into_iter().filter(|i| *i < self.values.len()) {
            let value = &self.values[i];
            let number = self.value(value, currency, row)?;
            let number = number.or(value.blank);
            let Some(number) = number else {
                let found = row.cell(value.column.index).shown().into_owned();
                let reason = "a number of the formula is not stated";
                return Ok(Computed::Absent(What::Absent { code: "I0305", reason, found }));
            };
            parts.push(format!("{}={}", value.name, number.normalize()));
            numbers[i] = Some(number);
        }
        let shown = row.cell(column.column.index).shown();
        let failed = |reason| reject("I0101", &column.column, reason, &shown);
        let result = formula.compute(&numbers).map_err(failed)?;
        if own {
            parts.insert(0, format!("{CELL}={shown}"));
        }
        let same = own && result == cell;
        let origin = if same { Origin::Cell } else { Origin::Formula(parts.join(" ")) };
        Ok(Computed::Amount(result, origin))
    }

    /// A number that a formula needs; a currency mark beside it must be that of the amount.
    fn value(
        &self,
        value: &NamedNumber,
        currency: Currency,
        row: &Row<'_>,
    ) -> Read<Option<Amount>> {
        let (column, cell) = (&value.column, row.cell(value.column.index));
        let (number, mark) = match (cell, self.notation(column.index)) {
            (Cell::Text(text), Some(notation)) if money::has_mark(text) => {
                let money = money::money(text, notation)
                    .map_err(|reason| reject("I0102", column, reason, text))?;
                twice_thousands(column, value.scale, money.thousands, text)?;
                unambiguous(column, text, notation)?;
                (Some(money.amount), money.mark)
            }
            (Cell::Number(_, Format::Money(mark)), _) => {
                (self.plain_number(column, &value.absent, row)?, Some(*mark))
            }
            _ => (self.plain_number(column, &value.absent, row)?, None),
        };
        if mark.is_some_and(|m| !money::allows(m, currency.as_str())) {
            let reason = format!("expected an amount in {currency}, as the amount's own");
            return Err(reject("I0110", column, reason, &cell.shown()));
        }
        let Some(number) = number else { return Ok(None) };
        let scaled = number.checked_mul(factor(value.scale, cell));
        let too_long = || reject("I0102", column, "expected fewer digits".into(), &cell.shown());
        scaled.map(Some).ok_or_else(too_long)
    }

    fn statistic_of(&self, column: &AmountColumn, reading: &RowReading<'_>) -> Read<Statistic> {
        let statistic = column.statistic.or(reading.statistic).or(self.constants.statistic);
        statistic.ok_or_else(|| {
            let own = self.words.statistic.as_ref().and_then(|w| w.column.as_ref());
            let reason = "expected a statistic, since the row has an amount".to_owned();
            reject("I0104", own.unwrap_or(&column.column), reason, "")
        })
    }

    fn unit<'l>(
        &self,
        column: &'l AmountColumn,
        row: &Row<'_>,
        reading: &RowReading<'_>,
    ) -> Result<Cow<'l, Per>, Not> {
        let per = match &column.per {
            Known::Fixed(per) => return Ok(Cow::Borrowed(per)),
            Known::Own(own) => per(self.words.per.as_ref(), Some(own), row)?,
            Known::Row | Known::Mark => reading.per.clone(),
        };
        per.map(Cow::Owned).ok_or_else(|| Not::Reject(self.no_unit(column)))
    }

    fn no_unit(&self, amount: &AmountColumn) -> Box<Reject> {
        let own = match &amount.per {
            Known::Own(own) => Some(own),
            _ => self.words.per.as_ref().and_then(|w| w.column.as_ref()),
        };
        let column = own.unwrap_or(&amount.column);
        reject("I0104", column, "expected a unit, since the row has an amount".to_owned(), "")
    }

    /// The currency of an amount; a mark beside the amount must not contradict it.
    fn money_of(
        &self,
        column: &AmountColumn,
        mark: Option<&str>,
        row: &Row<'_>,
        reading: &RowReading<'_>,
    ) -> Result<Currency, Not> {
        let known = match &column.currency {
            Known::Fixed(currency) => Some(*currency),
            Known::Own(own) => currency(self.words.currency.as_ref(), Some(own), row)?,
            Known::Row => reading.currency,
            Known::Mark => return self.marked(column, mark, row).map_err(Not::Reject),
        };
        let Some(currency) = known else {
            let column = self
                .words
                .currency
                .as_ref()
                .and_then(|w| w.column.as_ref())
                .unwrap_or(&column.column);
            let reason = "expected a currency, since the row has an amount".to_owned();
            return Err(Not::Reject(reject("I0104", column, reason, "")));
        };
        match mark.filter(|m| !money::allows(m, currency.as_str())) {
            None => Ok(currency),
            Some(mark) => {
                let shown = row.cell(column.column.index).shown();
                let says = match &column.currency {
                    Known::Fixed(_) => "the recipe or the file",
                    _ => "the row",
                };
                let reason = format!(
                    "expected an amount in {currency}, as {says} says, not one in `{mark}`"
                );
                Err(Not::Reject(reject("I0110", &column.column, reason, &shown)))
            }
        }
    }

    /// The currency that a mark stands for, by the recipe's words, else by itself.
    fn marked(&self, column: &AmountColumn, mark: Option<&str>, row: &Row<'_>) -> Read<Currency> {
        let words = self.words.currency.as_ref();
        let code = mark.and_then(|m| match words.map(|w| w.meanings.of(m)) {
            Some(crate::layout::Meaning::Word(word)) if word != m => Some(word),
            _ => money::code_of(m),
        });
        let currency = code.or(words.and_then(|w| w.blank.as_deref())).and_then(|c| c.parse().ok());
        currency.ok_or_else(|| {
            let shown = row.cell(column.column.index).shown();
            let reason = match mark {
                None => "expected a currency mark beside the amount".to_owned(),
                Some(mark) => format!("expected a mark of one currency, not `{mark}`; `map` under `[currency]` settles it"),
            };
            reject("I0104", &column.column, reason, &shown)
        })
    }

    fn positive(&self, column: &AmountColumn, number: Amount, row: &Row<'_>) -> Read<()> {
        let shown = || row.cell(column.column.index).shown();
        if number.is_zero() || number.is_sign_negative() {
            let reason = "expected an amount above zero".to_owned();
            return Err(reject("I0105", &column.column, reason, &shown()));
        }
        match &column.least {
            Some((least, why)) if number < *least => {
                let reason = format!("expected an amount of {least} or more: {why}");
                Err(reject("I0111", &column.column, reason, &shown()))
            }
            _ => Ok(()),
        }
    }
}

impl Layout {
    /// Takes away the amounts that an earlier row has stated of the same thing.
    pub(super) fn state_once(&self, row: &Row<'_>, state: &mut State<'_>) {
        let seen = &mut state.stated;
        for (amount, what) in state.cells.iter_mut().filter(|(a, _)| !a.once.is_empty()) {
            let What::Stated(stated) = what else { continue };
            let own = [amount.column.index.to_string(), stated.scaled.to_string()];
            let named = amount.once.iter().map(|c| row.cell(*c).shown());
            if !seen.insert(fingerprint(named.chain(own.map(Cow::Owned)))) {
                let found = row.cell(amount.column.index).shown().into_owned();
                *what = What::Absent { code: "I0307", reason: "stated by an earlier row", found };
            }
        }
    }
}

/// Both ends of a band, or the one amount that it is.
fn ends<'l, 'r>(band: &money::Band<'r>) -> impl Iterator<Item = Held<'l, 'r>> {
    let end = |amount: Option<Amount>, bound| {
        amount.map(|amount| Held::Amount { amount, bound, mark: band.mark })
    };
    let (first, second) = match (band.low, band.high) {
        (Some(low), Some(high)) if low == high => (end(Some(low), Bound::Exact), None),
        (low, high) => {
            let low = low.filter(|l| !l.is_zero() || band.high.is_none());
            (end(low, Bound::AtLeast), end(high, Bound::AtMost))
        }
    };
    first.into_iter().chain(second)
}

/// The ends of a range of two columns, as bounds where both are there and differ.
fn as_range<'l, 'r>(
    low: Held<'l, 'r>,
    high: Held<'l, 'r>,
) -> Result<(Held<'l, 'r>, Held<'l, 'r>), String> {
    let end = |amount: Amount, bound, mark| Held::Amount { amount, bound, mark };
    let (a, b, m, n) = match (&low, &high) {
        (Held::Amount { amount: a, mark: m, .. }, Held::Amount { amount: b, mark: n, .. }) => {
            (a, b, m, n)
        }
        // An upper end alone bounds the amount; a lower end alone is the amount.
        (Held::Absent { .. } | Held::Threshold(_), Held::Amount { amount, mark, .. }) => {
            let high = end(*amount, Bound::AtMost, *mark);
            return Ok((bounding(low, Bound::AtLeast), high));
        }
        (Held::Amount { amount, mark, .. }, Held::Threshold(_)) => {
            let low = end(*amount, Bound::AtLeast, *mark);
            return Ok((low, bounding(high, Bound::AtMost)));
        }
        (Held::Absent { .. } | Held::Threshold(_), _) => {
            return Ok((low, bounding(high, Bound::AtMost)));
        }
        _ => return Ok((low, high)),
    };
    if a == b {
        let reason = "the same as the lower end";
        return Ok((low, Held::Absent { code: "I0306", reason, found: b.normalize().to_string() }));
    }
    if a > b {
        return Err("expected an upper end of the range that is not below the lower one".to_owned());
    }
    Ok((end(*a, Bound::AtLeast, *m), end(*b, Bound::AtMost, *n)))
}

/// A sign at an end of a range, if it bounds what lies between the ends: a top-coded upper end
/// does not.
fn bounding<'l, 'r>(held: Held<'l, 'r>, wanted: Bound) -> Held<'l, 'r> {
    match held {
        Held::Threshold(Sign::Bound(bound, _)) if *bound != wanted => {
            let reason = "this end of the range is open";
            Held::Absent { code: "I0302", reason, found: String::new() }
        }
        held => held,
    }
}

fn text_sign<'l>(signs: &'l Signs, cell: &Cell<'_>) -> Option<&'l Sign> {
    match cell {
        Cell::Text(text) if !signs.texts.is_empty() => signs.texts.get(&key(text)),
        _ => None,
    }
}

fn number_sign(signs: &Signs, number: Amount) -> Option<&Sign> {
    // Most signs are zero and most amounts are not, which shows sooner.
    let is = |sign: Amount| sign.is_zero() == number.is_zero() && sign == number;
    signs.numbers.iter().find(|(sign, _)| is(*sign)).map(|(_, sign)| sign)
}

fn signed<'l, 'r>(sign: &'l Sign, cell: &Cell<'_>) -> Held<'l, 'r> {
    match sign {
        Sign::Absent(reason) => {
            Held::Absent { code: "I0302", reason, found: cell.shown().into_owned() }
        }
        Sign::Bound(..) => Held::Threshold(sign),
    }
}

fn band<'l, 'r>(
    column: &AmountColumn,
    cell: &'r Cell<'r>,
    notation: Notation,
) -> Read<Held<'l, 'r>> {
    let Cell::Text(text) = cell else { return plain(column, cell, notation).map(exact) };
    unambiguous(&column.column, text, notation)?;
    match money::band(text, notation) {
        Ok(band) => {
            twice_thousands(&column.column, column.scale, band.thousands, text)?;
            Ok(match (band.low, band.high) {
                // One amount may be a sign, such as zero.
                (Some(low), Some(high)) if low == high => exact((low, band.mark)),
                _ => Held::Band(band),
            })
        }
        Err(money::NoBand::Other(reason)) => Err(reject("I0101", &column.column, reason, text)),
        Err(money::NoBand::UpsideDown) => {
            let reason = "expected a range whose lower end comes first";
            Err(reject("I0109", &column.column, reason.to_owned(), text))
        }
    }
}

/// `50k` in a column of thousands says it twice, or means something else.
fn twice_thousands(
    column: &Column,
    scale: Option<Amount>,
    thousands: bool,
    text: &str,
) -> Read<()> {
    if !thousands || scale.is_none() {
        return Ok(());
    }
    let reason = "expected a number without `k`, since the recipe scales this column";
    Err(reject("I0101", column, reason.to_owned(), text))
}

/// An amount with the mark of a currency beside it.
type Marked<'r> = (Amount, Option<&'r str>);

fn exact<'l, 'r>((amount, mark): Marked<'r>) -> Held<'l, 'r> {
    Held::Amount { amount, bound: Bound::Exact, mark }
}

fn plain<'r>(column: &AmountColumn, cell: &'r Cell<'r>, notation: Notation) -> Read<Marked<'r>> {
    let failed = |reason| reject("I0101", &column.column, reason, &cell.shown());
    let read = |cell: &Cell<'_>, mark: &'r str| {
        let mark = Some(mark).filter(|m| !m.is_empty());
        Ok((number::number(cell, notation).map_err(failed)?, mark))
    };
    match cell {
        Cell::Text(text) if number::small_whole(text).is_some() => {
            Ok((number::text_number(text, notation).map_err(failed)?, None))
        }
        Cell::Text(text) => {
            unambiguous(&column.column, text, notation)?;
            let money = money::money(text, notation).map_err(failed)?;
            twice_thousands(&column.column, column.scale, money.thousands, text)?;
            Ok((money.amount, money.mark))
        }
        // Digits beyond those that are stored may count once they are scaled.
        Cell::Written(digits) if column.scale.is_some() => match number::all_digits(digits) {
            Some(number) => Ok((number, None)),
            None => read(cell, ""),
        },
        Cell::Number(_, Format::Percent) => {
            Err(failed("expected an amount, not a percentage".to_owned()))
        }
        Cell::Number(stored, Format::Times(_, mark)) if column.scale.is_some() => {
            read(&Cell::Number(*stored, Format::Plain), mark)
        }
        Cell::Number(_, Format::Times(..)) => {
            let reason = "expected a number whose format puts no word such as `k` behind it; `scale` in the recipe says what is stored";
            Err(failed(reason.to_owned()))
        }
        Cell::Number(_, Format::Shortened(_)) if column.scale.is_some() => {
            let reason = "expected a number as the sheet shows it, since it is to be scaled; the cell holds it whole";
            Err(failed(reason.to_owned()))
        }
        Cell::Number(
            _,
            Format::Money(mark) | Format::Shortened(mark) | Format::Worded(_, mark),
        ) => read(cell, mark),
        cell => read(cell, ""),
    }
}

/// A number format that says another unit contradicts the row.
fn of_format(column: &AmountColumn, cell: &Cell<'_>, per: &Per) -> Read<()> {
    let Cell::Number(_, Format::Worded(words, _)) = cell else { return Ok(()) };
    match words.unit().filter(|unit| Per::new(unit) != *per) {
        None => Ok(()),
        Some(_) => {
            let reason = format!(
                "expected an amount per {}, not one shown with `{}`",
                per.as_str(),
                words.text()
            );
            Err(reject("I0101", &column.column, reason, &cell.shown()))
        }
    }
}

/// A number that can be read in two ways: the import stops at it.
pub(super) fn unambiguous(column: &Column, text: &str, notation: Notation) -> Read<()> {
    if !money::is_ambiguous(text, notation) {
        return Ok(());
    }
    let reason = "expected a number that can be read in one way only";
    Err(reject(super::AMBIGUOUS, column, reason.to_owned(), text))
}
