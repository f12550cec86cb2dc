//! The sheet of justification: awards, findings and memo in words.

use super::super::{Extent, outline};
use super::book::{LINE, Look, Sheet};
use super::plan::{JUSTIFICATION, Plan};
use crate::inline::Inline;
use crate::section::{Block, Table};
use rust_xlsxwriter::XlsxError;

/// Letters that a cell holds.
const MOST: usize = 32_767;

pub(super) fn sheet(plan: &Plan<'_>, digits: u32) -> Result<Sheet, XlsxError> {
    let mut sheet = Sheet::new(JUSTIFICATION, digits)?;
    sheet.widths(&[34, 24, 20, 20, 20, 20, 20, 20, 36])?;
    let mut row = 0;
    for block in outline::justification(plan.quotes, Extent::WHOLE) {
        row = write(&mut sheet, row, &block)?;
    }
    sheet.sheet.set_freeze_panes(1, 0)?;
    Ok(sheet)
}

/// A sheet of one supplier's own quote.
pub(super) fn of_blocks(blocks: &[Block]) -> Result<Sheet, XlsxError> {
    let mut sheet = Sheet::new("Quote", 2)?;
    sheet.widths(&[40, 18, 18, 14, 14, 14, 40, 10])?;
    blocks.iter().try_fold(0, |row, block| write(&mut sheet, row, block))?;
    Ok(sheet)
}

/// Writes a block and tells the row after it.
fn write(sheet: &mut Sheet, row: u32, block: &Block) -> Result<u32, XlsxError> {
    match block {
        Block::Heading { level, text, .. } => {
            let look = if *level == 1 { Look::Title } else { Look::Head };
            let row = if *level == 1 { row } else { row + 1 };
            sheet.put((row, 0), text.as_str(), look)?;
            Ok(row + 1)
        }
        Block::Paragraph(text) => wide(sheet, row, text),
        Block::Cards(cards) => {
            let line = |card: &crate::section::Card| {
                Inline::default()
                    .text(&format!("{}: ", card.name))
                    .with(card.value.clone())
                    .text(&format!("; {}", card.note))
            };
            cards.iter().try_fold(row, |row, card| wide(sheet, row, &line(card)))
        }
        Block::List(items) => items.iter().try_fold(row, |row, item| {
            let lines = std::iter::once(&item.head).chain(&item.more);
            lines.into_iter().try_fold(row, |row, line| wide(sheet, row, line))
        }),
        Block::Table(table) => rows(sheet, row, table),
        Block::Matrix(_) | Block::Chart(_) => Ok(row),
    }
}

/// A text over the width of the sheet, with as many lines as it may need.
fn wide(sheet: &mut Sheet, row: u32, text: &Inline) -> Result<u32, XlsxError> {
    const LETTERS: usize = 150;
    let text = fitting(text.plain().replace('\u{a0}', " "));
    let lines = text.chars().count().div_ceil(LETTERS).max(1);
    let format =
        rust_xlsxwriter::Format::new().set_text_wrap().set_align(rust_xlsxwriter::FormatAlign::Top);
    sheet.sheet.merge_range(row, 0, row, 7, &text, &format)?;
    sheet.sheet.set_row_height(row, LINE * lines as f64)?;
    Ok(row + 1)
}

/// A text that a cell can hold, with a note where it is cut.
fn fitting(text: String) -> String {
    const CUT: &str = " ... (cut: `--format json` has all of it)";
    let units = |text: &str| text.encode_utf16().count();
    if units(&text) <= MOST {
        return text;
    }
    let mut kept = String::new();
    let mut left = MOST - CUT.len();
    for letter in text.chars() {
        let Some(rest) = left.checked_sub(letter.len_utf16()) else { break };
        left = rest;
        kept.push(letter);
    }
    kept + CUT
}

fn rows(sheet: &mut Sheet, row: u32, table: &Table) -> Result<u32, XlsxError> {
    for (column, head) in (0..).zip(&table.columns) {
        let look = if head.number { Look::NumberHead } else { Look::Head };
        sheet.put((row, column), head.title.as_str(), look)?;
    }
    for (row, cells) in (row + 1..).zip(&table.rows) {
        for (column, cell) in (0..).zip(cells) {
            let text = fitting(cell.plain().replace('\u{a0}', " "));
            sheet.put((row, column), text, Look::Wrapped)?;
        }
    }
    Ok(row + 1 + table.rows.len() as u32)
}
