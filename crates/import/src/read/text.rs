//! Text fields: from a column or a template, in the recipe's words.

use super::{Faults, Read, RowReading, State, error_cell, reject};
use crate::cell::Cell;
use crate::layout::{Column, Layout, TemplatePiece, TextColumn, TextFrom, like};
use crate::source::Row;
use std::borrow::Cow;

impl Layout {
    pub(super) fn read_texts<'l: 'r, 'r>(
        &'l self,
        row: &Row<'r>,
        reading: &mut RowReading<'r>,
        state: &mut State<'l>,
        faults: &mut Faults,
    ) {
        for (slot, constant) in reading.texts.iter_mut().zip(&self.constants.texts) {
            *slot = constant.as_deref().map(Cow::Borrowed);
        }
        for column in &self.texts {
            let text = faults.keep(text(column, row)).flatten();
            let field = column.field as usize;
            let text =
                if column.fill_down { filled_down(text, &mut state.above[field]) } else { text };
            let missing = text.is_none() && column.filled;
            if let (true, TextFrom::Column(at)) = (missing && faults.fault.is_none(), &column.from)
            {
                faults.keep::<()>(Err(reject("I0104", at, "expected a value".to_owned(), "")));
            }
            let text = text.or_else(|| column.blank.as_deref().map(Cow::Borrowed));
            reading.texts[field] = text.or_else(|| reading.texts[field].take());
        }
    }
}

/// A blank cell stands under the one above it.
fn filled_down<'r>(text: Option<Cow<'r, str>>, above: &mut Option<String>) -> Option<Cow<'r, str>> {
    match text {
        Some(text) => {
            *above = Some(text.as_ref().to_owned());
            Some(text)
        }
        None => above.clone().map(Cow::Owned),
    }
}

fn text<'l: 'r, 'r>(column: &'l TextColumn, row: &Row<'r>) -> Read<Option<Cow<'r, str>>> {
    let found = match &column.from {
        TextFrom::Column(from) => plain(from, row)?,
        TextFrom::Template(pieces) => template(pieces, row)?,
    };
    let Some(found) = found.filter(|f| !column.absent.iter().any(|sign| sign == f)) else {
        return Ok(None);
    };
    let found = match &column.before {
        Some(mark) => cut(found, mark),
        None => found,
    };
    let found = if column.digits > found.len() && found.bytes().all(|b| b.is_ascii_digit()) {
        Cow::Owned(format!("{found:0>width$}", width = column.digits))
    } else {
        found
    };
    let listed = column.map.get(found.as_ref()).map(String::as_str);
    let spelt = || column.words.as_ref().and_then(|w| w.word(&found));
    let alike = || like(&column.patterns, &found);
    Ok(Some(listed.or_else(spelt).or_else(alike).map_or(found, Cow::Borrowed)))
}

/// The part of a text before a mark.
fn cut<'r>(text: Cow<'r, str>, mark: &str) -> Cow<'r, str> {
    match text {
        Cow::Borrowed(t) => {
            Cow::Borrowed(t.split_once(mark).map_or(t, |(before, _)| before.trim()))
        }
        Cow::Owned(t) => Cow::Owned(
            t.split_once(mark).map_or(t.as_str(), |(before, _)| before.trim()).to_owned(),
        ),
    }
}

/// The pieces put together; nothing if a column of them is blank.
fn template<'r>(pieces: &[TemplatePiece], row: &Row<'r>) -> Read<Option<Cow<'r, str>>> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            TemplatePiece::Text(literal) => text += literal,
            TemplatePiece::Column(column) => match plain(column, row)? {
                Some(found) => text += &found,
                None => return Ok(None),
            },
        }
    }
    Ok((!text.is_empty()).then_some(Cow::Owned(text)))
}

/// A text or code; a date here is a code that a spreadsheet program took for one.
pub(super) fn plain<'r>(column: &Column, row: &Row<'r>) -> Read<Option<Cow<'r, str>>> {
    match row.cell(column.index) {
        cell if cell.is_blank() => Ok(None),
        cell @ (Cell::Bool(_) | Cell::Error(_) | Cell::Tree(_)) => Err(error_cell(column, cell)),
        cell @ Cell::Date(_) => Err(reject(
            "I0102",
            column,
            "expected a text or a code, not a date".into(),
            &cell.shown(),
        )),
        cell => Ok(Some(cell.shown())),
    }
}
