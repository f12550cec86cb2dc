//! Numbers beside the amounts: weights, counts, errors, quantities.

use super::amount::unambiguous;
use super::{Faults, Read, RowReading, reject};
use crate::cell::Cell;
use crate::layout::{Column, Layout, Mapped};
use crate::number::{fit, is_percentage, number, to_double};
use crate::recipe::FromNumber;
use crate::source::Row;
use haggle_quantity::{Amount, to_scaled};

/// What a number is multiplied by. A percentage is a fraction, unless the recipe scales the number
/// that is shown.
pub(super) fn factor(scale: Option<Amount>, cell: &Cell<'_>) -> Amount {
    let fraction = || Amount::new(1, 2);
    scale.or_else(|| is_percentage(cell).then(fraction)).unwrap_or(Amount::ONE)
}

type Spec = Option<Mapped<FromNumber>>;

impl Layout {
    pub(super) fn read_numbers(
        &self,
        row: &Row<'_>,
        reading: &mut RowReading<'_>,
        faults: &mut Faults,
    ) {
        let beside = &self.beside;
        reading.weight = faults.keep(self.double(&beside.weight, row)).flatten();
        reading.relative_error = faults.keep(self.double(&beside.relative_error, row)).flatten();
        reading.count = faults.keep(self.integer(&beside.count, row)).flatten();
        reading.employers = faults.keep(self.integer(&beside.employers, row)).flatten();
        reading.sample_size = faults.keep(self.integer(&beside.sample_size, row)).flatten();
        reading.quantity_from = faults.keep(self.quantity(&beside.quantity_from, row)).flatten();
        reading.quantity_to = faults.keep(self.quantity(&beside.quantity_to, row)).flatten();
    }

    /// A number that is not negative, times its scale.
    fn scaled(&self, spec: &Spec, row: &Row<'_>) -> Read<Option<Amount>> {
        let Some((column, spec)) = spec else { return Ok(None) };
        let Some(amount) = self.plain_number(column, &spec.absent, row)? else { return Ok(None) };
        let scaled = amount.checked_mul(factor(spec.scale, row.cell(column.index)));
        let fits = scaled.filter(|a| !a.is_sign_negative() || a.is_zero());
        let reason = || "expected a number that is not negative".to_owned();
        let shown = row.cell(column.index).shown();
        fits.map(Some).ok_or_else(|| reject("I0102", column, reason(), &shown))
    }

    /// The number of a cell; nothing where it is blank, a sign for no value, or not read.
    pub(super) fn plain_number(
        &self,
        column: &Column,
        absent: &[String],
        row: &Row<'_>,
    ) -> Read<Option<Amount>> {
        let cell = row.cell(column.index);
        let Some(notation) = self.notation(column.index) else { return Ok(None) };
        if cell.is_blank() {
            return Ok(None);
        }
        if !absent.is_empty() && absent.iter().any(|sign| *sign == cell.shown()) {
            return Ok(None);
        }
        if let Cell::Text(text) = cell {
            unambiguous(column, text, notation)?;
        }
        let malformed = |reason| reject("I0102", column, reason, &cell.shown());
        number(cell, notation).map(Some).map_err(malformed)
    }

    fn double(&self, spec: &Spec, row: &Row<'_>) -> Read<Option<f64>> {
        let reason = "expected a number of at most 12 digits after the point";
        self.converted(spec, row, |a| fit(a).and_then(to_double), reason)
    }

    fn integer(&self, spec: &Spec, row: &Row<'_>) -> Read<Option<i64>> {
        let whole = |a: Amount| a.normalize().to_string().parse().ok();
        self.converted(spec, row, whole, "expected a whole number")
    }

    fn quantity(&self, spec: &Spec, row: &Row<'_>) -> Read<Option<i128>> {
        let scaled = |a: Amount| to_scaled(a).ok();
        self.converted(spec, row, scaled, "expected a number of at most 12 digits after the point")
    }

    fn converted<T>(
        &self,
        spec: &Spec,
        row: &Row<'_>,
        convert: impl Fn(Amount) -> Option<T>,
        reason: &str,
    ) -> Read<Option<T>> {
        let Some(amount) = self.scaled(spec, row)? else { return Ok(None) };
        let Some((column, _)) = spec else { return Ok(None) };
        let shown = row.cell(column.index).shown();
        convert(amount).map(Some).ok_or_else(|| reject("I0102", column, reason.to_owned(), &shown))
    }
}
