//! CSV and its kin: rows of cells with their true lines, whatever the encoding and separator.

mod decode;
mod encoding;
mod letters;
mod pieces;
mod records;
mod separator;
mod shape;
mod thousands;

pub(crate) use encoding::wide;

use crate::cell::Cell;
use crate::source::{Fault, Row, Visit, warning};
use encoding::{Charset, named, unreadable};
use encoding_rs::{Encoding, UTF_8};
use haggle_evidence::{Diagnostic, ImportError, Locator};
use records::{RECORD_LIMIT, Record, Records};
use shape::{SAMPLE, Shape, is_cut};
use std::borrow::Cow;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use thousands::{Piece, Repair};

/// Bytes of decoded text that the separator is judged by.
const HEAD: u64 = 1 << 18;

/// Bytes of the rows that the shape is judged by; the last of them may go beyond.
const SAMPLE_BYTES: usize = 64 << 20;

/// A text file of separated fields.
#[derive(Debug, Clone)]
pub(crate) struct TextFile {
    path: PathBuf,
    charset: Charset,
    /// The separator.
    pub(crate) delimiter: u8,
    /// The separator that the first line declares.
    declared: Option<u8>,
    shape: Option<Shape>,
    note: Option<Diagnostic>,
    repaired: Repaired,
}

/// Numbers that were put together.
#[derive(Debug, Clone, Default)]
struct Repaired {
    numbers: usize,
    lines: Vec<u64>,
    first: Option<(Locator, String)>,
}

impl TextFile {
    /// Reads the file once to find its encoding. The separator is still a comma.
    pub(crate) fn open(path: &Path) -> Result<Self, ImportError> {
        let (charset, note) = encoding::detect(path)?;
        let text = Self {
            path: path.to_owned(),
            charset,
            delimiter: b',',
            declared: None,
            shape: None,
            note,
            repaired: Repaired::default(),
        };
        let declared = separator::declared(&text.head(64)?);
        Ok(Self { declared, ..text })
    }

    /// Opens a text that is UTF-8 or UTF-16; any other is refused with its place.
    pub(crate) fn strict(path: &Path) -> Result<Self, ImportError> {
        let text = Self::promised(path)?;
        text.check()?;
        Ok(text)
    }

    /// Refuses, with its place, what is not of the encoding that the first bytes promise.
    pub(crate) fn check(&self) -> Result<(), ImportError> {
        encoding::check(&self.path, self.charset)
    }

    /// Opens a text that is UTF-8 or UTF-16, as its first bytes promise. That UTF-8 is UTF-8 to its
    /// end is for the reader to see to.
    pub(crate) fn promised(path: &Path) -> Result<Self, ImportError> {
        let charset = encoding::promised(path)?;
        if charset.encoding != UTF_8 {
            encoding::check(path, charset)?;
        }
        let (shape, note, repaired) = (None, None, Repaired::default());
        Ok(Self {
            path: path.to_owned(),
            charset,
            delimiter: b',',
            declared: None,
            shape,
            note,
            repaired,
        })
    }

    /// Name of the encoding that the text is read in.
    pub(crate) fn encoding_name(&self) -> String {
        let name = self.charset.encoding.name();
        if self.charset.mixed { format!("UTF-8 and {name}") } else { name.to_owned() }
    }

    /// The separators, the most likely first; only one if the text declares it.
    pub(crate) fn delimiters(&self) -> Result<Vec<u8>, ImportError> {
        match self.declared {
            Some(declared) => Ok(vec![declared]),
            None => Ok(separator::ranked(&self.head(HEAD)?)),
        }
    }

    /// What is doubtful about the encoding, and what was put together when rows were shown last.
    pub(crate) fn diagnostics(&self) -> Vec<Diagnostic> {
        self.note.clone().into_iter().chain(self.repaired.diagnostic()).collect()
    }

    /// Takes a text that is not UTF-8 for what it says it is, if that is an encoding at all.
    pub(crate) fn declare(&mut self, label: &str) -> bool {
        let declared = Encoding::for_label(label.as_bytes());
        match declared.filter(|e| self.note.is_some() && e.is_ascii_compatible() && *e != UTF_8) {
            Some(encoding) => {
                self.charset = Charset { encoding, mixed: false, mark: self.charset.mark };
                self.note = None;
                true
            }
            None => false,
        }
    }

    /// The whole text, if it is not larger than a limit.
    pub(crate) fn whole(&self, limit: u64) -> Result<String, ImportError> {
        decode::whole(&self.path, self.charset, limit)
    }

    fn head(&self, size: u64) -> Result<Vec<u8>, ImportError> {
        let mut head = Vec::new();
        self.decoded()?.take(size).read_to_end(&mut head).map_err(unreadable)?;
        Ok(head)
    }

    /// The text as UTF-8, without a byte order mark.
    pub(crate) fn decoded(&self) -> Result<Box<dyn Read>, ImportError> {
        decode::decoded(&self.path, self.charset)
    }

    /// Learns the shape of the rows below a header, to tell rows that are whole from ragged ones
    /// and to put numbers together. `width` columns, of which those from `named` on have no name.
    pub(crate) fn fit(
        &mut self,
        header: u64,
        width: usize,
        named: usize,
    ) -> Result<(), ImportError> {
        let records = Records::new(self.decoded()?, self.delimiter);
        let sample = sample(records, header, SAMPLE_BYTES);
        self.shape = Some(Shape::new(header, width, named, &sample));
        Ok(())
    }

    /// Shows every line to a visitor: records as rows, and blank lines as rows without cells.
    pub(crate) fn rows(&mut self, visit: Visit<'_>) -> Result<(), ImportError> {
        self.repaired = Repaired::default();
        let mut records = Records::new(self.decoded()?, self.delimiter);
        let mut spare = Vec::new();
        while let Some(record) = records.next().map_err(damaged)? {
            let mut cells = recycled(spare);
            let flow = self.show(&record, &mut cells, visit)?;
            spare = recycled(cells);
            if flow.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn show<'r>(
        &mut self,
        record: &Record<'r>,
        cells: &mut Vec<Cell<'r>>,
        visit: Visit<'_>,
    ) -> Result<ControlFlow<()>, ImportError> {
        let (mut fields, mut fault) = ((!record.is_blank_line()).then_some(record.len()), None);
        if self.declared.is_some() && record.line == 1 {
            cells.push(Cell::text(Cow::Borrowed(record.whole())));
        } else {
            fill(cells, record);
            match self.judge(record, cells) {
                Judged::Whole(width) => fields = Some(width),
                Judged::Faulty(found) => fault = Some(found),
                Judged::AsItIs => {}
            }
        }
        let (number, stray) = (record.line, record.stray);
        visit(&Row {
            number,
            cells,
            fields,
            hidden: false,
            stray,
            fault: fault.as_ref(),
            branch: None,
        })
    }

    /// Whether a row is whole; one of too many fields is put together where that is proved.
    fn judge<'r>(&mut self, record: &Record<'r>, cells: &mut Vec<Cell<'r>>) -> Judged {
        let shape = self.shape.as_ref().filter(|s| record.line > s.header);
        let Some(shape) = shape.filter(|_| !record.is_blank_line() && !record.stray) else {
            return Judged::AsItIs;
        };
        if record.len() == shape.expected {
            if self.delimiter == b','
                && let Some(split) = split_number(record, cells, shape)
            {
                return Judged::Faulty(split);
            }
            return match cells.iter().skip(shape.blank_from).find(|c| !c.is_blank()) {
                None => Judged::Whole(shape.width),
                Some(cell) => Judged::Faulty(beyond(cell)),
            };
        }
        let too_many = record.len() > shape.expected && self.delimiter == b',';
        match if too_many { repair(record, shape) } else { Repair::Impossible } {
            Repair::Joined(joins) => {
                let width = shape.width;
                self.repaired.add(record, &joins);
                join(record, cells, joins);
                Judged::Whole(width)
            }
            Repair::Refused(reason) => Judged::Faulty(refused(record, shape, &reason)),
            Repair::Impossible if shape.expected == shape.width => Judged::AsItIs,
            Repair::Impossible => Judged::Faulty(ragged(record, shape)),
        }
    }
}

/// The first rows below a header, until they fill the room that they have.
fn sample(mut records: Records<impl Read>, header: u64, mut room: usize) -> Vec<Vec<String>> {
    let mut sample: Vec<Vec<String>> = Vec::new();
    while sample.len() < SAMPLE && room > 0 {
        match records.next() {
            Ok(Some(record)) if record.line <= header || record.stray => {}
            Ok(Some(record)) => {
                let size = record.whole().len() + record.len() * size_of::<String>();
                room = room.saturating_sub(size);
                sample.push(record.texts().map(Cow::into_owned).collect());
            }
            // A fault further on is told when the rows are read.
            Ok(None) | Err(_) => break,
        }
    }
    sample
}

/// A number that may be cut in two in a row of the right number of fields, which then lacks
/// another one: `$1` in a column of amounts, `973.00` in the next.
fn split_number(record: &Record<'_>, cells: &[Cell<'_>], shape: &Shape) -> Option<Fault> {
    for &at in &shape.may_go_on {
        let (Some(Cell::Text(first)), Some(Cell::Text(next))) = (cells.get(at), cells.get(at + 1))
        else {
            continue;
        };
        let quoted = [record.is_quoted(at), record.is_quoted(at + 1)];
        if is_cut([first, next], shape.columns[at + 1] == thousands::Column::Text, quoted) {
            let reason = "expected fields as the header has them; this may be one number with a thousands mark and without quotes";
            return Some(fault("I0121", format!("{first},{next}"), reason.to_owned()));
        }
    }
    None
}

/// What is found about the number of a row's fields.
enum Judged {
    /// It is right; the number to be told is that of the header.
    Whole(usize),
    Faulty(Fault),
    /// Nothing is known.
    AsItIs,
}

fn repair(record: &Record<'_>, shape: &Shape) -> Repair {
    let texts: Vec<Cow<'_, str>> = record.texts().collect();
    let piece = |(i, text)| Piece { text, quoted: record.is_quoted(i) };
    let pieces: Vec<Piece<'_>> = texts.iter().map(AsRef::as_ref).enumerate().map(piece).collect();
    thousands::repair(&pieces, &shape.columns)
}

fn join<'r>(record: &Record<'r>, cells: &mut Vec<Cell<'r>>, joins: Vec<std::ops::Range<usize>>) {
    for run in joins.into_iter().rev() {
        let whole = Cell::text(Cow::Borrowed(record.raw(run.clone())));
        cells.splice(run, [whole]);
    }
}

fn fault(code: &'static str, found: String, reason: String) -> Fault {
    Fault { code, found, reason }
}

fn beyond(cell: &Cell<'_>) -> Fault {
    let reason = "expected nothing behind the last column that has a name, as in other rows";
    fault("I0103", cell.shown().into_owned(), reason.to_owned())
}

fn ragged(record: &Record<'_>, shape: &Shape) -> Fault {
    let reason = format!("expected {} fields, as other rows have", shape.expected);
    fault("I0103", format!("{} fields", record.len()), reason)
}

fn refused(record: &Record<'_>, shape: &Shape, reason: &str) -> Fault {
    let reason = format!("expected {} fields; {reason}", shape.expected);
    fault("I0121", record.whole().to_owned(), reason)
}

impl Repaired {
    fn add(&mut self, record: &Record<'_>, joins: &[std::ops::Range<usize>]) {
        self.numbers += joins.len();
        self.lines.push(record.line);
        if let (None, Some(run)) = (&self.first, joins.first()) {
            let place = Locator::one_based(record.line, run.start as u32 + 1);
            self.first = Some((place, record.raw(run.clone()).trim().to_owned()));
        }
    }

    fn diagnostic(&self) -> Option<Diagnostic> {
        let (place, example) = self.first.clone()?;
        let numbers = if self.numbers == 1 { "number was" } else { "numbers were" };
        let lines = named(&self.lines, self.lines.len());
        let message = format!(
            "{} {numbers} cut in two by an unquoted thousands mark and put together again, such as `{example}`: {lines}",
            self.numbers
        );
        Some(Diagnostic { place, ..warning("W0132", message) })
    }
}

/// Why the file cannot be read to its end.
fn damaged(fault: records::Fault) -> ImportError {
    let (code, line, message) = match fault {
        records::Fault::Io(error) => ("E0005", 0, error.to_string()),
        records::Fault::Open(line, field) => {
            ("E0005", line, format!("a quote opens in field {field} and is never closed"))
        }
        records::Fault::OpenLong(line, field) => {
            let expected = format!("expected it to be closed within {RECORD_LIMIT} bytes");
            ("E0005", line, format!("a quote opens in field {field} of a long record, {expected}"))
        }
        records::Fault::Long(line) => {
            let expected = format!("expected lines of a table of at most {RECORD_LIMIT} bytes");
            ("E0005", line, format!("a record that does not end, {expected}"))
        }
        records::Fault::Changed(line) => {
            ("E0011", line, "bytes that are not UTF-8, which they were a moment ago".to_owned())
        }
    };
    ImportError::source(code, Locator::one_based(line, 0), message)
}

/// The cells of a record. Most have nothing to trim, and are written where they stay, which is
/// half of the time that a cell takes.
fn fill<'r>(cells: &mut Vec<Cell<'r>>, record: &Record<'r>) {
    let neat = |b: Option<&u8>| b.is_some_and(u8::is_ascii_graphic);
    cells.resize_with(record.len(), || Cell::Blank);
    for (i, (slot, field)) in cells.iter_mut().zip(record.plain()).enumerate() {
        match field {
            Some("") => {}
            Some(t) if neat(t.as_bytes().first()) && neat(t.as_bytes().last()) => {
                *slot = Cell::Text(Cow::Borrowed(t));
            }
            _ => *slot = Cell::text(record.text(i)),
        }
    }
}

/// The memory of a vector for cells of another lifetime.
fn recycled<'a>(mut cells: Vec<Cell<'_>>) -> Vec<Cell<'a>> {
    cells.clear();
    cells.into_iter().map(|_| Cell::Blank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_fills_its_room() {
        let text = format!("h\n{}", "a,b\n".repeat(2000));
        let one = 3 + 2 * size_of::<String>();
        for (room, rows) in [(0, 0), (1, 1), (one, 1), (one + 1, 2), (usize::MAX, SAMPLE)] {
            let records = Records::new(text.as_bytes(), b',');
            assert_eq!(sample(records, 1, room).len(), rows);
        }
    }
}
