//! XLSB: values by the library, and beside them what it keeps nothing of: number formats, hidden rows
//! and columns, merged areas, errors of formulas.
//!
//! Records and their fields are those of MS-XLSB, section 2.4.

use super::rows::Rows;
use super::sheet::Shape;
use super::styles::{Show, show};
use super::tags::{Tags, bad};
use super::xlsx::resolve;
use super::{Area, Extra, Input, damaged, guarded};
use crate::cell::Cell;
use crate::guard;
use crate::source::Visit;
use calamine::Xlsb;
use haggle_evidence::ImportError;
use std::collections::BTreeMap;
use std::io::{self, BufReader, Read};
use zip::ZipArchive;

/// Most bytes of a record; a cell has at most 32,767 characters.
const LONGEST: u64 = 16 << 20;

/// The records that matter here.
mod kind {
    pub(super) const ROW: u16 = 0;
    /// Cells with a value, which the library tells, ...
    pub(super) const FIRST_VALUE: u16 = 2;
    pub(super) const LAST_VALUE: u16 = 10;
    /// ... and the error of a formula, which it does not.
    pub(super) const FORMULA_ERROR: u16 = 11;
    pub(super) const FORMAT: u16 = 44;
    pub(super) const STYLE: u16 = 47;
    pub(super) const COLUMNS: u16 = 60;
    pub(super) const BEGIN_CELLS: u16 = 145;
    pub(super) const END_CELLS: u16 = 146;
    pub(super) const SHEET: u16 = 156;
    pub(super) const MERGED: u16 = 176;
    pub(super) const BEGIN_STYLES: u16 = 617;
    pub(super) const END_STYLES: u16 = 618;
}

/// What stands beside the values of a workbook.
pub(super) struct Beside {
    zip: ZipArchive<Input>,
    /// The number of the part of each sheet.
    parts: BTreeMap<String, usize>,
    styles: Vec<Show>,
}

impl Beside {
    /// Opens the container of a workbook whose parts are known to be whole.
    pub(super) fn open(mut zip: ZipArchive<Input>) -> Result<Self, ImportError> {
        let names = guard::names(&zip)?;
        let (mut parts, mut styles) = (BTreeMap::new(), Vec::new());
        let mut relations = BTreeMap::new();
        if let Some(index) = names.get("xl/_rels/workbook.bin.rels") {
            let part = zip.by_index(*index).map_err(|e| damaged(&e))?;
            relations = targets(&mut Tags::new(part)).map_err(|e| damaged(&e))?;
        }
        if let Some(index) = names.get("xl/workbook.bin") {
            let sheets = read(&mut zip, *index, sheets)?;
            let part = |id: &String| names.get(relations.get(id)?).copied();
            parts.extend(sheets.into_iter().filter_map(|(id, name)| Some((name, part(&id)?))));
        }
        if let Some(index) = names.get(&guard::key(&resolve("xl", "styles.bin"))) {
            styles = read(&mut zip, *index, read_styles)?;
        }
        Ok(Self { zip, parts, styles })
    }

    /// What is merged and hidden in every sheet.
    pub(super) fn extras(&mut self) -> Result<BTreeMap<String, Extra>, ImportError> {
        let (zip, mut extras) = (&mut self.zip, BTreeMap::new());
        for (name, index) in &self.parts {
            let shape = read(zip, *index, shape)?;
            extras.insert(name.clone(), Extra { shape, ..Extra::default() });
        }
        Ok(extras)
    }

    /// Shows every row of a sheet to a visitor.
    pub(super) fn rows(
        &mut self,
        book: &mut Xlsb<Input>,
        sheet: &str,
        visit: Visit<'_>,
    ) -> Result<(), ImportError> {
        let index = *self.parts.get(sheet).ok_or_else(|| damaged(&"a sheet has no part"))?;
        let part = self.zip.by_index(index).map_err(|e| damaged(&e))?;
        let mut records = Records::new(part);
        let mut values = guarded(|| book.worksheet_cells_reader(sheet).map_err(|e| damaged(&e)))?;
        let mut rows = Rows::new(visit);
        let (mut row, mut hidden, mut begun) = (0, false, false);
        while !rows.enough() {
            let record = records.next().map_err(|e| damaged(&e))?;
            let (kind, data) = record.ok_or_else(|| damaged(&"it ends before its cells do"))?;
            let column = u32_at(data, 0).unwrap_or(u32::MAX);
            let cell = match kind {
                kind::BEGIN_CELLS => {
                    begun = true;
                    continue;
                }
                kind::ROW if begun => {
                    row = column;
                    // The twelfth byte says it in its fifth bit.
                    hidden = data.get(11).is_some_and(|b| b & 0x10 != 0);
                    continue;
                }
                kind::FIRST_VALUE..=kind::LAST_VALUE if begun => {
                    let value = guarded(|| values.next_cell().map_err(|e| damaged(&e)))?;
                    let value = value.filter(|v| v.get_position() == (row, column));
                    let value = value.ok_or_else(|| damaged(&"a cell is not where it stands"))?;
                    shown(Cell::from(value.get_value().clone()), style(&self.styles, data))
                }
                kind::FORMULA_ERROR if begun => Cell::Error("error of a formula".to_owned()),
                kind::END_CELLS => break,
                _ => continue,
            };
            rows.add(u64::from(row) + 1, column, hidden, cell)?;
        }
        rows.close()
    }
}

fn style(styles: &[Show], data: &[u8]) -> Show {
    let number = u32_at(data, 4).map(|n| (n & 0x00ff_ffff) as usize);
    number.and_then(|n| styles.get(n)).copied().unwrap_or_default()
}

/// A number as its format shows it; of days and times the library has made dates.
fn shown<'a>(cell: Cell<'a>, show: Show) -> Cell<'a> {
    match (cell, show) {
        (Cell::Number(n, _), Show::Number(format)) => Cell::Number(n, format),
        (cell, _) => cell,
    }
}

fn read<T>(
    zip: &mut ZipArchive<Input>,
    index: usize,
    reader: impl FnOnce(&mut Part<'_>) -> io::Result<T>,
) -> Result<T, ImportError> {
    let part = zip.by_index(index).map_err(|e| damaged(&e))?;
    reader(&mut Records::new(Box::new(part) as Box<dyn Read + '_>)).map_err(|e| damaged(&e))
}

type Part<'a> = Records<Box<dyn Read + 'a>>;

/// The name of the part that each relation leads to.
fn targets(tags: &mut Tags<impl Read>) -> io::Result<BTreeMap<String, String>> {
    let mut targets = BTreeMap::new();
    while let Some(tag) = tags.open()? {
        if let (Some(id), Some(target)) = (tag.value(b"Id")?, tag.value(b"Target")?) {
            targets.insert(id, guard::key(&resolve("xl", &target)));
        }
    }
    Ok(targets)
}

/// Relation and name of every sheet.
fn sheets(records: &mut Part<'_>) -> io::Result<Vec<(String, String)>> {
    let mut sheets = Vec::new();
    while let Some((kind, data)) = records.next()? {
        if kind == kind::SHEET {
            let named = data.get(8..).and_then(wide);
            let named = named.and_then(|(id, rest)| Some((id, wide(rest)?.0)));
            sheets.push(named.ok_or_else(|| bad("found a sheet without a name"))?);
        }
    }
    Ok(sheets)
}

/// What every cell style makes of a number, by its number.
fn read_styles(records: &mut Part<'_>) -> io::Result<Vec<Show>> {
    let mut codes: BTreeMap<u16, String> = BTreeMap::new();
    let (mut shows, mut in_cells) = (Vec::new(), false);
    while let Some((kind, data)) = records.next()? {
        match kind {
            kind::FORMAT => {
                let code = data.get(2..).and_then(wide).map(|(code, _)| code);
                codes.extend(u16_at(data, 0).zip(code));
            }
            kind::BEGIN_STYLES => in_cells = true,
            kind::END_STYLES => in_cells = false,
            kind::STYLE if in_cells => {
                let id = u16_at(data, 2).unwrap_or(0);
                shows.push(show(u32::from(id), codes.get(&id).map(String::as_str)));
            }
            _ => {}
        }
    }
    Ok(shows)
}

fn shape(records: &mut Part<'_>) -> io::Result<Shape> {
    let mut shape = Shape::default();
    while let Some((kind, data)) = records.next()? {
        let at = |word: usize| u32_at(data, word * 4);
        match kind {
            // Hidden, or of no width.
            kind::COLUMNS if u16_at(data, 16).is_some_and(|f| f & 1 != 0) || at(2) == Some(0) => {
                shape.hidden.extend(at(0).zip(at(1)));
            }
            kind::MERGED => {
                let area =
                    |top, bottom, left, right| Area { first: (top, left), last: (bottom, right) };
                if let (Some(a), Some(b), Some(c), Some(d)) = (at(0), at(1), at(2), at(3)) {
                    shape.merged.push(area(a, b, c, d));
                }
            }
            _ => {}
        }
    }
    Ok(shape)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// A text with its length in front, and what follows it.
fn wide(bytes: &[u8]) -> Option<(String, &[u8])> {
    let length = (u32_at(bytes, 0)? as usize).checked_mul(2)?;
    let (text, rest) = bytes.get(4..)?.split_at_checked(length)?;
    let units: Vec<u16> = text.chunks_exact(2).filter_map(|c| u16_at(c, 0)).collect();
    Some((String::from_utf16_lossy(&units), rest))
}

/// The records of a part one after the other.
struct Records<R> {
    input: BufReader<R>,
    data: Vec<u8>,
}

impl<R: Read> Records<R> {
    fn new(input: R) -> Self {
        Self { input: BufReader::new(input), data: Vec::new() }
    }

    /// Kind and content of the next record; absent at the end.
    fn next(&mut self) -> io::Result<Option<(u16, &[u8])>> {
        let Some(kind) = self.number(2)? else { return Ok(None) };
        let length = self.number(4)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        if u64::from(length) > LONGEST {
            return Err(bad(format!("a record has {length} bytes, expected at most {LONGEST}")));
        }
        self.data.clear();
        let read = (&mut self.input).take(length.into()).read_to_end(&mut self.data)?;
        match read as u64 == u64::from(length) {
            true => Ok(Some((kind as u16, &self.data))),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// A number in seven bits a byte, the last of which has no eighth bit; absent at the end.
    fn number(&mut self, most: u32) -> io::Result<Option<u32>> {
        let mut number = 0;
        for i in 0..most {
            let mut byte = [0];
            if self.input.read(&mut byte)? == 0 {
                return if i == 0 { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
            number |= u32::from(byte[0] & 0x7f) << (7 * i);
            if byte[0] & 0x80 == 0 {
                break;
            }
        }
        Ok(Some(number))
    }
}
