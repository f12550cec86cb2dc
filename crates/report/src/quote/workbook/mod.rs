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
use crate::section::Block;
use book::moment;
use haggle_negotiation::quote::SharedQuote;
use haggle_quantity::Date;
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
        book.set_properties(&made(&self.comparison.title, self.comparison.as_of)?);
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
            book.push_worksheet(sheet(&plan, digits)?.finished()?);
        }
        book.save_to_buffer()
    }
}

/// One supplier's own quote as a workbook.
pub(super) fn shared(quote: &SharedQuote, blocks: &[Block]) -> Result<Vec<u8>, String> {
    let written = || -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        book.set_properties(&made(&quote.title, quote.as_of)?);
        book.push_worksheet(why::of_blocks(blocks)?.finished()?);
        book.save_to_buffer()
    };
    written().map_err(|e| format!("the workbook cannot be written: {e}"))
}

/// Properties that name the title and the day, and nobody.
fn made(title: &str, day: Date) -> Result<DocProperties, XlsxError> {
    Ok(DocProperties::new().set_title(title).set_creation_datetime(&moment(day)?))
}
