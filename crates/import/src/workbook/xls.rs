//! What XLS says of a sheet beyond its values: hidden rows and columns, merged areas, percentages.
//!
//! A small reader of its own over the container (MS-CFB) and the records (MS-XLS), because the
//! reader of the values keeps none of it.

use super::styles::{Show, show};
use super::{Area, Extra, damaged, fail};
use crate::cell::Format;
use haggle_evidence::ImportError;
use std::collections::BTreeMap;
use std::path::Path;

/// What every sheet says beyond its values, by its name.
pub(super) fn extras(path: &Path) -> Result<BTreeMap<String, Extra>, ImportError> {
    let file = std::fs::read(path).map_err(|e| fail("E0001", e.to_string()))?;
    let stream = Container::new(&file).and_then(|c| c.stream(&["Workbook", "Book"]));
    let stream = stream.ok_or_else(|| damaged(&"its container is broken or cut short"))?;
    book(&stream)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).filter_map(|c| u32_at(c, 0))
}

/// A compound file (MS-CFB).
struct Container<'a> {
    file: &'a [u8],
    sector: usize,
    table: Vec<u32>,
}

impl<'a> Container<'a> {
    fn new(file: &'a [u8]) -> Option<Self> {
        let sector = 1_usize << u16_at(file, 30).filter(|s| matches!(s, 9 | 12))?;
        let mut sectors: Vec<u32> = words(file.get(76..512)?).collect();
        let mut container = Self { file, sector, table: Vec::new() };
        let mut next = u32_at(file, 68)?;
        // Lists of further sectors, of which the last word is the next list.
        for _ in 0..file.len() / sector {
            let Some(list) = container.at(next) else { break };
            sectors.extend(words(&list[..sector - 4]));
            next = u32_at(list, sector - 4)?;
        }
        sectors.truncate((u32_at(file, 44)? as usize).min(file.len() / sector));
        container.table = sectors.iter().filter_map(|s| container.at(*s)).flat_map(words).collect();
        Some(container)
    }

    fn at(&self, sector: u32) -> Option<&'a [u8]> {
        let start = (sector as usize).checked_add(1)?.checked_mul(self.sector)?;
        self.file.get(start..start + self.sector)
    }

    /// The bytes of a chain of sectors.
    fn chain(&self, start: u32) -> Vec<u8> {
        let (mut bytes, mut next) = (Vec::new(), start);
        while let Some(sector) = self.at(next).filter(|_| bytes.len() <= self.file.len()) {
            bytes.extend_from_slice(sector);
            next = self.table.get(next as usize).copied().unwrap_or(u32::MAX);
        }
        bytes
    }

    /// The stream of the first of these names that there is.
    fn stream(&self, names: &[&str]) -> Option<Vec<u8>> {
        let directory = self.chain(u32_at(self.file, 48)?);
        let entries: Vec<&[u8]> = directory.chunks_exact(128).collect();
        let named = |entry: &[u8], name: &str| {
            let mut wanted: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            wanted.extend([0, 0]);
            entry.starts_with(&wanted)
        };
        let entry = names.iter().find_map(|n| entries.iter().find(|e| named(e, n)))?;
        let (start, size) = (u32_at(entry, 116)?, u32_at(entry, 120)? as usize);
        let mut bytes = match size < u32_at(self.file, 56)? as usize {
            false => self.chain(start),
            true => self.small(&self.chain(u32_at(entries.first()?, 116)?), start, size)?,
        };
        bytes.truncate(size);
        Some(bytes)
    }

    /// A small stream, which lies in pieces of 64 bytes inside the stream of the root.
    fn small(&self, root: &[u8], start: u32, size: usize) -> Option<Vec<u8>> {
        let table: Vec<u32> = words(&self.chain(u32_at(self.file, 60)?)).collect();
        let (mut bytes, mut next) = (Vec::new(), start as usize);
        while bytes.len() < size.min(root.len()) {
            bytes.extend_from_slice(root.get(next * 64..next * 64 + 64)?);
            next = *table.get(next)? as usize;
        }
        Some(bytes)
    }
}

/// Kind and content of every record, until one is cut short.
fn records(stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = stream;
    std::iter::from_fn(move || {
        let (kind, length) = (u16_at(rest, 0)?, usize::from(u16_at(rest, 2)?));
        let data = rest.get(4..4 + length)?;
        rest = &rest[4 + length..];
        Some((kind, data))
    })
}

/// The records of MS-XLS that matter here.
mod kind {
    pub(super) const END: u16 = 0x000a;
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const COLUMNS: u16 = 0x007d;
    pub(super) const SHEET: u16 = 0x0085;
    pub(super) const NUMBERS: u16 = 0x00bd;
    pub(super) const STYLE: u16 = 0x00e0;
    pub(super) const MERGED: u16 = 0x00e5;
    pub(super) const EXTENT: u16 = 0x0200;
    pub(super) const NUMBER: u16 = 0x0203;
    pub(super) const ROW: u16 = 0x0208;
    pub(super) const SHORT_NUMBER: u16 = 0x027e;
    pub(super) const FORMAT: u16 = 0x041e;
    pub(super) const BEGIN: u16 = 0x0809;
    /// Texts, truth values and errors.
    pub(super) const OTHER_CELLS: [u16; 4] = [0x00d6, 0x00fd, 0x0204, 0x0205];
}

fn book(stream: &[u8]) -> Result<BTreeMap<String, Extra>, ImportError> {
    let (mut codes, mut styles, mut sheets) = (BTreeMap::new(), Vec::new(), Vec::new());
    for (kind, data) in records(stream) {
        match kind {
            kind::END => break,
            kind::FORMAT => codes.extend(u16_at(data, 0).zip(data.get(2..).and_then(long_text))),
            kind::STYLE => styles.push(u16_at(data, 2).unwrap_or(0)),
            kind::SHEET => sheets.extend(u32_at(data, 0).zip(data.get(6..).and_then(short_text))),
            _ => {}
        }
    }
    let shown = |id: &u16| show(u32::from(*id), codes.get(id).map(String::as_str));
    let styles: Vec<Show> = styles.iter().map(shown).collect();
    let mut room = Room { bytes: stream.len().saturating_mul(OVERLAP), cells: CELL_LIMIT };
    let mut extra = |start: u32| {
        let stream = stream.get(start as usize..).unwrap_or(&[]);
        let stream = &stream[..stream.len().min(room.bytes)];
        let (extra, length, cells) = sheet(stream, &styles)
            .ok_or_else(|| damaged(&"a sheet claims more columns or rows than there can be"))?;
        room.take(length, cells)?;
        Ok::<_, ImportError>(extra)
    };
    sheets.into_iter().map(|(start, name)| Ok((name, extra(start)?))).collect()
}

/// Most cells of all sheets, blank ones between included, which are held in memory whole.
const CELL_LIMIT: u64 = 1 << 24;
/// How many times over the stream may be read, of which each sheet has a part of its own.
const OVERLAP: usize = 4;

/// What the sheets to come may take.
struct Room {
    bytes: usize,
    cells: u64,
}

impl Room {
    fn take(&mut self, bytes: usize, cells: u64) -> Result<(), ImportError> {
        self.bytes -= bytes;
        let message = || format!("the sheets have more than {CELL_LIMIT} cells");
        self.cells = self.cells.checked_sub(cells).ok_or_else(|| fail("E0009", message()))?;
        match self.bytes {
            0 => Err(damaged(&"its sheets lie over each other")),
            _ => Ok(()),
        }
    }
}

/// The area that the cells of a sheet span.
#[derive(Default)]
struct Span(Option<[u32; 4]>);

impl Span {
    fn add(&mut self, kind: u16, data: &[u8]) {
        let last = match kind {
            kind::NUMBERS => (data.len() / 6).saturating_sub(2) as u32,
            kind::FORMULA | kind::NUMBER | kind::SHORT_NUMBER => 0,
            kind if kind::OTHER_CELLS.contains(&kind) => 0,
            _ => return,
        };
        let at = |at: usize| u32::from(u16_at(data, at).unwrap_or(0));
        let (row, column) = (at(0), at(2));
        let [top, left, bottom, right] = self.0.unwrap_or([row, column, row, column]);
        self.0 = Some([top.min(row), left.min(column), bottom.max(row), right.max(column + last)]);
    }

    fn cells(&self) -> u64 {
        self.0.map_or(0, |[top, left, bottom, right]| {
            u64::from(bottom - top + 1) * u64::from(right - left + 1)
        })
    }
}

/// A text whose length is in two bytes.
fn long_text(data: &[u8]) -> Option<String> {
    text(data.get(2..)?, usize::from(u16_at(data, 0)?))
}

/// A text whose length is in one byte.
fn short_text(data: &[u8]) -> Option<String> {
    text(data.get(1..)?, usize::from(*data.first()?))
}

fn text(data: &[u8], length: usize) -> Option<String> {
    let (flags, data) = data.split_first()?;
    let units: Vec<u16> = match flags & 1 {
        0 => data.get(..length)?.iter().map(|b| u16::from(*b)).collect(),
        _ => (0..length).map(|i| u16_at(data, i * 2)).collect::<Option<_>>()?,
    };
    Some(String::from_utf16_lossy(&units).replace('\0', ""))
}

/// Whether the reader of values can make room for what a record says.
fn fits(kind: u16, data: &[u8]) -> bool {
    let at = |at: usize| u16_at(data, at).unwrap_or(0);
    match kind {
        kind::EXTENT => {
            let row = |at: usize| u32_at(data, at).unwrap_or(0);
            let (rows, columns) = ((row(0), row(4)), (at(8), at(10)));
            rows.0 <= rows.1 && rows.1 <= 65_536 && columns.0 <= columns.1 && columns.1 <= 256
        }
        kind::NUMBERS => at(2) < 256 && data.len() <= 256 * 6 + 6,
        kind::FORMULA | kind::NUMBER | kind::SHORT_NUMBER => at(2) < 256,
        kind if kind::OTHER_CELLS.contains(&kind) => at(2) < 256,
        _ => true,
    }
}

/// What a sheet says beyond its values, of how many bytes it is and how many cells it spans; absent
/// if that is more than there can be.
fn sheet(stream: &[u8], styles: &[Show]) -> Option<(Extra, usize, u64)> {
    let (mut extra, mut depth) = (Extra::default(), 0);
    let (mut length, mut span) = (0, Span::default());
    for (kind, data) in records(stream) {
        length += 4 + data.len();
        if depth <= 1 && !fits(kind, data) {
            return None;
        }
        match (kind, depth) {
            (kind::BEGIN, _) => depth += 1,
            (kind::END, ..=1) => break,
            (kind::END, _) => depth -= 1,
            // A chart inside the sheet has records of its own.
            (_, 2..) => {}
            _ => {
                span.add(kind, data);
                extra.record(kind, data, styles);
            }
        }
    }
    extra.hidden.sort_unstable();
    Some((extra, length, span.cells()))
}

impl Extra {
    fn record(&mut self, kind: u16, data: &[u8], styles: &[Show]) -> Option<()> {
        let at = |at: usize| u16_at(data, at).map(u32::from);
        match kind {
            kind::ROW if at(12)? & 0x20 != 0 || at(6)? == 0 => self.hidden.push(at(0)?),
            kind::COLUMNS if at(8)? & 1 != 0 || at(4)? == 0 => {
                self.shape.hidden.push((at(0)?, at(2)?));
            }
            kind::MERGED => {
                for i in 0..at(0)? as usize {
                    let corner = |k: usize| at(2 + i * 8 + k * 2);
                    let (first, last) = ((corner(0)?, corner(2)?), (corner(1)?, corner(3)?));
                    self.shape.merged.push(Area { first, last });
                }
            }
            kind::NUMBER | kind::SHORT_NUMBER | kind::FORMULA => {
                self.style((at(0)?, at(2)?), styles.get(at(4)? as usize));
            }
            kind::NUMBERS => {
                for (i, cell) in data.get(4..)?.chunks_exact(6).enumerate() {
                    let style = styles.get(usize::from(u16_at(cell, 0)?));
                    self.style((at(0)?, at(2)? + i as u32), style);
                }
            }
            _ => {}
        }
        Some(())
    }

    fn style(&mut self, place: (u32, u32), style: Option<&Show>) {
        match style {
            Some(Show::Number(Format::Plain)) | None => {}
            Some(Show::Number(format)) => drop(self.shown.insert(place, *format)),
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, words: &[u16]) -> Vec<u8> {
        let head = [kind, words.len() as u16 * 2];
        head.iter().chain(words).flat_map(|w| w.to_le_bytes()).collect()
    }

    /// A stream of sheets, each of these records, of which several names may be of one.
    fn stream(sheets: &[Vec<u8>], starts: impl Fn(usize, &[u32]) -> Vec<u32>) -> Vec<u8> {
        let names = starts(0, &vec![0; sheets.len()]).len();
        let mut places = Vec::new();
        let mut end = (names * 14 + 4) as u32;
        for sheet in sheets {
            places.push(end);
            end += sheet.len() as u32;
        }
        let name = |start: &u32| {
            let halves = [*start as u16, (*start >> 16) as u16];
            record(kind::SHEET, &[halves[0], halves[1], 0, 1, u16::from(b'a')])
        };
        let named: Vec<u8> = starts(0, &places).iter().flat_map(name).collect();
        [named, record(kind::END, &[]), sheets.concat()].concat()
    }

    fn code(stream: &[u8]) -> Option<&'static str> {
        match book(stream) {
            Ok(_) => None,
            Err(ImportError::Source(d)) => Some(d.code),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn sheets_are_limited_together() {
        let cell = |row, column| record(kind::NUMBER, &[row, column, 0, 0, 0, 0, 0]);
        let sheet = |cells: &[(u16, u16)]| {
            let cells: Vec<u8> = cells.iter().flat_map(|(r, c)| cell(*r, *c)).collect();
            [record(kind::BEGIN, &[0; 8]), cells, record(kind::END, &[])].concat()
        };
        let each = |_: usize, places: &[u32]| places.to_vec();
        let (whole, one) = (sheet(&[(0, 0), (65_535, 255)]), sheet(&[(7, 7)]));
        for (sheets, expected) in [
            (vec![whole.clone()], None),
            (vec![whole.clone(), one.clone()], Some("E0009")),
            (vec![one.clone(); 100], None),
            (vec![sheet(&[(0, 0), (0, 255)]); 100], None),
        ] {
            assert_eq!(code(&stream(&sheets, each)), expected);
        }
        // Each name is of the same long sheet, which would be read once for each.
        let long = sheet(&vec![(1, 1); 1000]);
        let same = |_: usize, places: &[u32]| vec![places[0]; 500];
        assert_eq!(code(&stream(&[long], same)), Some("E0005"));
    }

    #[test]
    fn several_numbers_span_their_columns() {
        let numbers = record(kind::NUMBERS, &[3, 10, 0, 1, 1, 0, 1, 1, 0, 1, 1, 12]);
        let mut span = Span::default();
        span.add(kind::NUMBERS, &numbers[4..]);
        assert_eq!(span.cells(), 3);
        span.add(kind::NUMBER, &[5, 0, 9, 0]);
        assert_eq!(span.cells(), 12);
        span.add(kind::COLUMNS, &[0; 12]);
        assert_eq!(span.cells(), 12);
    }
}
