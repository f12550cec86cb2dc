//! The cells of an XLSX sheet, as a stream.

use super::rows::Rows;
use super::strings::{Strings, escapes, runs, utf8};
use super::styles::Show;
use super::tags::{Tag, Tags, Token, bad, unexpected};
use super::{Area, damaged};
use crate::cell::{Cell, Epoch, UNSTORED};
use haggle_evidence::ImportError;
use std::borrow::Cow;
use std::io::{self, Read};

/// What the cells of a workbook refer to.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) strings: Strings,
    pub(super) styles: Vec<Show>,
    pub(super) epoch: Epoch,
}

/// Why a sheet is not read on.
pub(super) enum Stop {
    /// The sheet is damaged.
    Damaged(io::Error),
    /// The visitor, or whoever puts rows together, said why.
    Said(ImportError),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Damaged(error)
    }
}

impl From<ImportError> for Stop {
    fn from(error: ImportError) -> Self {
        Self::Said(error)
    }
}

/// What is merged and hidden in a sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Areas of which one cell stands for all.
    pub(crate) merged: Vec<Area>,
    /// First and last of the columns that are not seen, from 0.
    pub(crate) hidden: Vec<(u32, u32)>,
}

/// Most merged areas of a sheet.
const MOST_AREAS: usize = 1 << 20;

/// Reads a sheet to its end for its shape; its cells are skipped.
pub(crate) fn shape(tags: &mut Tags<impl Read>) -> io::Result<Shape> {
    let mut shape = Shape::default();
    while let Some(tag) = tags.open()? {
        match tag.name {
            b"col" if is_hidden(&tag, b"width")? => {
                let number = |name| Ok::<_, io::Error>(tag.get(name)?.and_then(digits));
                if let (Some(min), Some(max)) = (number(b"min")?, number(b"max")?) {
                    shape.hidden.push((min.saturating_sub(1) as u32, max.saturating_sub(1) as u32));
                }
            }
            b"sheetData" if !tag.empty => skip_cells(tags)?,
            b"mergeCell" => {
                let area = tag.get(b"ref")?.and_then(area);
                shape
                    .merged
                    .push(area.ok_or_else(|| bad("found a merged area without its place"))?);
                if shape.merged.len() > MOST_AREAS {
                    return Err(bad(format!("found more than {MOST_AREAS} merged areas")));
                }
            }
            _ => {}
        }
    }
    Ok(shape)
}

fn skip_cells(tags: &mut Tags<impl Read>) -> io::Result<()> {
    let closed = tags.skip_to_close(b"sheetData")?;
    if closed { Ok(()) } else { Err(bad("it ends before its cells do")) }
}

/// Whether a row or column says that it is hidden, or has no extent.
fn is_hidden(tag: &Tag<'_>, extent: &[u8]) -> io::Result<bool> {
    let mut hidden = false;
    tag.each(|name, value| {
        hidden |= name == b"hidden" && matches!(value, b"1" | b"true");
        hidden |= name == extent && matches!(value, b"0" | b"0.0");
    })?;
    Ok(hidden)
}

fn area(text: &[u8]) -> Option<Area> {
    let mut corners = text.split(|b| *b == b':').map(position);
    let first = corners.next()??;
    let last = corners.next().unwrap_or(Some(first))?;
    Some(Area { first, last })
}

/// Row and column, from 0, of `B12`.
fn position(text: &[u8]) -> Option<(u32, u32)> {
    let letters = text.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let column = text[..letters].iter().try_fold(0_u32, |column, b| {
        column.checked_mul(26)?.checked_add(u32::from(b.to_ascii_uppercase() - b'A') + 1)
    })?;
    let row = u32::try_from(digits(&text[letters..])?).ok()?;
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

/// A whole number of at most 15 digits.
fn digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 15 {
        return None;
    }
    text.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + u64::from(b - b'0')))
}

fn number(text: &[u8]) -> Option<f64> {
    if let Some(whole) = digits(text) {
        return Some(whole as f64);
    }
    let numeric = |b: &u8| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E');
    let text = text.trim_ascii();
    let text = text.iter().all(numeric).then(|| std::str::from_utf8(text).ok())??;
    text.parse().ok().filter(|n: &f64| n.is_finite())
}

/// Shows every row of a sheet.
pub(super) fn read<'b>(
    tags: &mut Tags<impl Read>,
    shared: &'b Shared,
    rows: &mut Rows<'b, '_>,
) -> Result<(), Stop> {
    while let Some(tag) = tags.open()? {
        match tag.name {
            b"sheetData" if !tag.empty => break,
            b"sheetData" => return Ok(()),
            _ => {}
        }
    }
    let mut reader = Reader { shared, row: 0, hidden: false, column: 0, raw: Vec::new() };
    while !rows.enough() {
        match tags.next()? {
            Token::Open(tag) if tag.name == b"c" => reader.cell(head_of(&tag)?, tags, rows)?,
            Token::Open(tag) if tag.name == b"row" => reader.begin(&tag)?,
            Token::Open(tag) if !tag.empty => tags.skip()?,
            Token::Close(b"sheetData") => break,
            Token::End => return Err(bad("it ends before its cells do").into()),
            _ => {}
        }
    }
    Ok(rows.close()?)
}

/// How a value is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Shared,
    Text,
    Inline,
    Bool,
    Error,
    Date,
}

/// What the tag of a cell says.
struct Head {
    place: Option<(u32, u32)>,
    style: usize,
    kind: Kind,
    empty: bool,
}

fn head_of(tag: &Tag<'_>) -> io::Result<Head> {
    let mut head = Head { place: None, style: 0, kind: Kind::Number, empty: tag.empty };
    let mut fault = None;
    tag.each(|name, value| match name {
        b"r" => match position(value) {
            Some(place) => head.place = Some(place),
            None => fault = Some(("place", value)),
        },
        b"s" => head.style = digits(value).map_or(usize::MAX, |n| n as usize),
        b"t" => match kind(value) {
            Some(kind) => head.kind = kind,
            None => fault = Some(("type", value)),
        },
        _ => {}
    })?;
    match fault {
        None => Ok(head),
        Some((what, value)) => {
            let value = String::from_utf8_lossy(value);
            Err(bad(format!("found a cell of the {what} `{value}`, which there is not")))
        }
    }
}

fn kind(text: &[u8]) -> Option<Kind> {
    Some(match text {
        b"n" => Kind::Number,
        b"s" => Kind::Shared,
        b"str" => Kind::Text,
        b"inlineStr" => Kind::Inline,
        b"b" => Kind::Bool,
        b"e" => Kind::Error,
        b"d" => Kind::Date,
        _ => return None,
    })
}

/// Where the reading of a sheet has come to.
struct Reader<'b> {
    shared: &'b Shared,
    /// The row, from 1.
    row: u64,
    hidden: bool,
    /// The column that follows, from 0.
    column: u32,
    raw: Vec<u8>,
}

impl<'b> Reader<'b> {
    fn begin(&mut self, tag: &Tag<'_>) -> io::Result<()> {
        let row = match tag.get(b"r")? {
            None => Some(self.row + 1),
            Some(text) => digits(text).filter(|row| *row > self.row),
        };
        self.row = row.ok_or_else(|| bad("found rows that are not in order"))?;
        self.hidden = is_hidden(tag, b"ht")?;
        self.column = 0;
        Ok(())
    }

    fn cell(
        &mut self,
        head: Head,
        tags: &mut Tags<impl Read>,
        rows: &mut Rows<'b, '_>,
    ) -> Result<(), Stop> {
        let (row, column) = match head.place {
            Some((row, column)) => (u64::from(row) + 1, column),
            None => (self.row, self.column),
        };
        if row != self.row {
            return Err(damaged(&format!("a cell of row {row} stands in row {}", self.row)).into());
        }
        self.column = column + 1;
        let cell = if head.empty { Cell::Blank } else { self.content(&head, tags)? };
        Ok(rows.add(row, column, self.hidden, cell)?)
    }

    fn content(&mut self, head: &Head, tags: &mut Tags<impl Read>) -> io::Result<Cell<'b>> {
        let (mut valued, mut formula) = (false, false);
        self.raw.clear();
        loop {
            match tags.next()? {
                Token::Open(tag) => match (tag.name, tag.empty) {
                    (b"v", false) if head.kind != Kind::Inline => {
                        tags.text(b"v", &mut self.raw)?;
                        valued = true;
                    }
                    (b"v", true) => valued = true,
                    (b"is", false) => {
                        runs(tags, b"is", &mut self.raw)?;
                        return self.finish(tags);
                    }
                    (name, empty) => {
                        formula |= name == b"f";
                        if !empty {
                            tags.skip()?;
                        }
                    }
                },
                Token::Close(b"c") => break,
                Token::Close(other) => return Err(unexpected(other)),
                Token::End => return Err(bad("it ends inside a cell")),
                Token::Text(_) | Token::Raw(_) => {}
            }
        }
        if self.raw.is_empty() && formula && !(valued && head.kind == Kind::Text) {
            // It is not blank, but unknown.
            return Ok(Cell::Error(UNSTORED.to_owned()));
        }
        if self.raw.is_empty() { Ok(Cell::Blank) } else { self.value(head) }
    }

    /// The cell of an inline text, whose other elements do not matter.
    fn finish(&mut self, tags: &mut Tags<impl Read>) -> io::Result<Cell<'b>> {
        tags.skip()?;
        Ok(Cell::text(Cow::Owned(utf8(&self.raw)?.to_owned())))
    }

    fn value(&self, head: &Head) -> io::Result<Cell<'b>> {
        match head.kind {
            Kind::Number => {
                let show = self.shared.styles.get(head.style).copied().unwrap_or_default();
                match number(&self.raw) {
                    Some(n) => Ok(Cell::shown_as(n, show, self.shared.epoch)),
                    None => Ok(Cell::Error(utf8(&self.raw)?.to_owned())),
                }
            }
            Kind::Shared => {
                let text = digits(&self.raw).and_then(|i| self.shared.strings.get(i as usize));
                let text = text.ok_or_else(|| {
                    let number = String::from_utf8_lossy(&self.raw);
                    bad(format!("found the shared text number `{number}`, which there is not"))
                })?;
                Ok(Cell::trimmed(text))
            }
            Kind::Text => {
                let text = escapes(&self.raw);
                Ok(Cell::text(Cow::Owned(utf8(&text)?.to_owned())))
            }
            Kind::Bool => match self.raw.trim_ascii() {
                b"1" | b"true" => Ok(Cell::Bool(true)),
                b"0" | b"false" => Ok(Cell::Bool(false)),
                other => Ok(Cell::Error(utf8(other)?.to_owned())),
            },
            Kind::Error => Ok(Cell::Error(utf8(&self.raw)?.to_owned())),
            Kind::Date => Ok(Cell::iso(utf8(&self.raw)?)),
            Kind::Inline => Ok(Cell::Blank),
        }
    }
}
