//! The comparison as a workbook: inputs as values on one sheet, everything else formulas on them, so
//! that a changed price, rate or quantity is followed to every total. No macros.

mod award;
mod book;
mod factors;
mod inputs;
mod matrix;
mod plan;
mod steps;
mod why;

use super::Quotes;
use book::moment;
use plan::Plan;
use rust_xlsxwriter::{DocProperties, Workbook, XlsxError};

impl Quotes<'_> {
    /// The scenario shown as an XLSX workbook; created on the day that the comparison speaks for,
    /// so that the same comparison gives the same bytes.
    ///
    /// # Errors
    /// In words, if there is more than a sheet can hold.
    pub fn workbook(&self) -> Result<Vec<u8>, String> {
        self.written().map_err(|e| format!("the workbook cannot be written: {e}"))
    }

    fn written(&self) -> Result<Vec<u8>, XlsxError> {
        let plan = Plan::new(self);
        let digits = self.comparison.currency.minor_digits();
        let mut book = Workbook::new();
        let made = DocProperties::new()
            .set_title(&self.comparison.title)
            .set_comment("Formulas follow the sheet of inputs.")
            .set_creation_datetime(&moment(self.comparison.as_of)?);
        book.set_properties(&made);
        let sheets = [
            matrix::sheet,
            matrix::units,
            award::sheet,
            why::sheet,
            matrix::gaps,
            steps::sheet,
            factors::sheet,
            inputs::sheet,
        ];
        for sheet in sheets {
            book.push_worksheet(sheet(&plan, digits)?.sheet);
        }
        book.save_to_buffer()
    }
}
