//! Attributes of a row as one JSON object with sorted keys.

use super::rows::marker;
use super::{Faults, Read, State, error_cell, reject};
use crate::cell::Cell;
use crate::json::{self, Name};
use crate::layout::{AttributeFrom, Column, Layout, WordList};
use crate::number::number;
use crate::saying::{Heard, Said, Saying};
use crate::source::Row;
use crate::spellings::Spellings;

impl Layout {
    pub(super) fn read_attributes<'l>(
        &'l self,
        row: &Row<'_>,
        state: &mut State<'l>,
        faults: &mut Faults,
    ) {
        state.attributes.clear();
        state.heard.resize_with(self.attributes.len(), Heard::default);
        for (attribute, heard) in self.attributes.iter().zip(&mut state.heard) {
            let out = &mut state.attributes;
            let name = &attribute.name;
            let read = match &attribute.from {
                AttributeFrom::Fixed(text) => {
                    json::text(out, name, text);
                    Ok(())
                }
                AttributeFrom::Text { column, absent, words } => {
                    text(out, name, (column, absent, words.as_ref()), row)
                }
                AttributeFrom::Number { column, absent } => {
                    self.number_attribute(out, name, (column, absent), row)
                }
                AttributeFrom::Said { column, saying } => {
                    self.said_attribute(out, name, (column, saying, heard), row)
                }
                AttributeFrom::Flag { column, values } => flag(column, values, row).map(|set| {
                    if set {
                        json::text(out, name, "TRUE");
                    }
                }),
            };
            faults.keep(read);
        }
        json::close(&mut state.attributes);
    }

    fn said_attribute(
        &self,
        out: &mut String,
        name: &Name,
        (column, saying, heard): (&Column, &Saying, &mut Heard),
        row: &Row<'_>,
    ) -> Read<()> {
        let cell = row.cell(column.index);
        if matches!(cell, Cell::Error(_) | Cell::Tree(_)) {
            return Err(error_cell(column, cell));
        }
        match saying.hear(cell, self.notation(column.index), heard) {
            Some(Said::Text(text)) => json::text(out, name, text),
            Some(Said::Number(number)) => json::number(out, name, &number.to_string()),
            None => {}
        }
        Ok(())
    }

    fn number_attribute(
        &self,
        out: &mut String,
        name: &Name,
        (column, absent): (&Column, &[String]),
        row: &Row<'_>,
    ) -> Read<()> {
        let cell = row.cell(column.index);
        if matches!(cell, Cell::Error(_) | Cell::Tree(_)) {
            return Err(error_cell(column, cell));
        }
        let shown = cell.shown();
        let Some(notation) = self.notation(column.index) else { return Ok(()) };
        if cell.is_blank() || absent.iter().any(|sign| *sign == shown) {
            return Ok(());
        }
        let number = number(cell, notation);
        let number = number.map_err(|reason| reject("I0102", column, reason, &shown))?;
        json::number(out, name, &number.normalize().to_string());
        Ok(())
    }
}

fn text(
    out: &mut String,
    name: &Name,
    (column, absent, words): (&Column, &[String], Option<&Spellings>),
    row: &Row<'_>,
) -> Read<()> {
    let cell = row.cell(column.index);
    match cell {
        Cell::Error(_) | Cell::Tree(_) => return Err(error_cell(column, cell)),
        cell if cell.is_blank() => return Ok(()),
        _ => {}
    }
    let shown = cell.shown();
    if !absent.iter().any(|sign| *sign == shown) {
        let word = words.and_then(|w| w.word(&shown));
        json::text(out, name, word.unwrap_or(&shown));
    }
    Ok(())
}

/// Whether a mark is set.
fn flag(column: &Column, values: &WordList, row: &Row<'_>) -> Read<bool> {
    let word = marker(column, row)?;
    match word.to_lowercase().as_str() {
        _ if values.has(&word) => Ok(true),
        "" | "false" | "0" => Ok(false),
        _ => {
            let reason = format!("expected {} or a blank cell", values.words().join(", "));
            Err(reject("I0106", column, reason, &word))
        }
    }
}
