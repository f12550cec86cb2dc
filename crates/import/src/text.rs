//! CSV and its kin: encoding, separator, rows with their true lines.

use crate::cell::Cell;
use crate::lines::{Extent, Lines, Quotes};
use crate::source::{Row, Visit};
use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use haggle_evidence::{ImportError, Locator};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Separators that are tried.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Bytes of decoded text that the separator is judged by.
const HEAD: u64 = 1 << 18;
/// Records that the separator is judged by.
const HEAD_RECORDS: usize = 100;

/// A text file of separated fields.
#[derive(Debug, Clone)]
pub(crate) struct TextFile {
    path: PathBuf,
    encoding: &'static Encoding,
    pub(crate) delimiter: u8,
}

impl TextFile {
    /// Reads the file once to find its encoding. The separator is still a comma.
    pub(crate) fn open(path: &Path) -> Result<Self, ImportError> {
        let encoding = detect(path)?;
        Ok(Self { path: path.to_owned(), encoding, delimiter: b',' })
    }

    /// Whether the bytes were not what they should be, so that an old encoding was assumed.
    pub(crate) fn is_fallback(&self) -> bool {
        self.encoding == WINDOWS_1252
    }

    /// Name of the encoding that the text is read in.
    pub(crate) fn encoding_name(&self) -> String {
        self.encoding.name().to_owned()
    }

    /// The separators, the most likely first.
    pub(crate) fn delimiters(&self) -> Result<Vec<u8>, ImportError> {
        let mut head = Vec::new();
        self.decoded()?.take(HEAD).read_to_end(&mut head).map_err(unreadable)?;
        let mut scored: Vec<_> = DELIMITERS.iter().map(|&d| (score(&head, d), d)).collect();
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        Ok(scored.into_iter().map(|(_, d)| d).collect())
    }

    fn decoded(&self) -> Result<Decoded<File>, ImportError> {
        let file = File::open(&self.path).map_err(unreadable)?;
        Ok(Decoded::new(file, self.encoding))
    }

    /// Shows every line to a visitor: records as rows, and blank lines, which the reader swallows,
    /// as rows without cells.
    pub(crate) fn rows(&self, visit: Visit<'_>) -> Result<(), ImportError> {
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(self.delimiter);
        let mut reader = builder.from_reader(Lines::new(self.decoded()?));
        let mut record = ByteRecord::new();
        let mut line = 0;
        while reader.read_byte_record(&mut record).map_err(|e| damaged(&e, line + 1))? {
            let from = record.position().map_or(0, csv::Position::byte);
            let to = reader.position().byte();
            let extent = reader.get_mut().record(from, to, self.delimiter);
            if blank(line + 1..extent.first, visit)?.is_break() {
                return Ok(());
            }
            line = extent.last;
            if show(&record, extent, visit)?.is_break() {
                return Ok(());
            }
        }
        let total = reader.get_mut().total();
        blank(line + 1..total + 1, visit).map(|_| ())
    }
}

fn unreadable(error: io::Error) -> ImportError {
    ImportError::source("E0001", Locator::default(), error.to_string())
}

fn damaged(error: &csv::Error, line: u64) -> ImportError {
    ImportError::source("E0005", Locator::one_based(line, 0), error.to_string())
}

fn blank(lines: std::ops::Range<u64>, visit: Visit<'_>) -> Result<ControlFlow<()>, ImportError> {
    for number in lines {
        let row = Row { number, cells: &[], fields: None, stray: false, hidden: false };
        if visit(&row)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn show(
    record: &ByteRecord,
    extent: Extent,
    visit: Visit<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    if extent.quotes == Quotes::Open {
        let message = format!("a quote in the record of line {} is never closed", extent.first);
        return Err(ImportError::source("E0005", Locator::one_based(extent.first, 0), message));
    }
    let cells: Vec<Cell<'_>> = record.iter().map(cell).collect();
    let stray = extent.quotes == Quotes::Stray;
    visit(&Row {
        number: extent.first,
        cells: &cells,
        fields: Some(cells.len()),
        stray,
        hidden: false,
    })
}

fn cell(field: &[u8]) -> Cell<'_> {
    Cell::text(
        std::str::from_utf8(field).map_or_else(|_| String::from_utf8_lossy(field), Cow::Borrowed),
    )
}

/// How well a separator fits: rows that agree on their number of fields, then that number.
fn score(head: &[u8], delimiter: u8) -> (usize, usize) {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter);
    let mut reader = builder.from_reader(head);
    let widths: Vec<usize> =
        reader.byte_records().flatten().take(HEAD_RECORDS).map(|r| r.len()).collect();
    let agreeing = |width: usize| widths.iter().filter(|w| **w == width).count();
    let wide = widths.iter().filter(|w| **w > 1);
    wide.map(|w| (agreeing(*w), *w)).max().unwrap_or_default()
}

/// The encoding by byte order mark, else UTF-8 if the whole file is, else Windows-1252.
fn detect(path: &Path) -> Result<&'static Encoding, ImportError> {
    let mut file = File::open(path).map_err(unreadable)?;
    let mut head = Vec::new();
    (&mut file).take(3).read_to_end(&mut head).map_err(unreadable)?;
    let marked = Encoding::for_bom(&head).map(|(encoding, _)| encoding);
    let encoding = marked.unwrap_or(UTF_8);
    let bytes = io::Cursor::new(head).chain(file);
    match first_malformed(bytes, encoding).map_err(unreadable)? {
        None => Ok(encoding),
        Some(_) if marked.is_none() => Ok(WINDOWS_1252),
        Some(line) => {
            let message =
                format!("bytes that are not {}, which its first bytes promise", encoding.name());
            Err(ImportError::source("E0011", Locator::one_based(line, 0), message))
        }
    }
}

/// The line of the first bytes that are not of this encoding.
fn first_malformed(mut bytes: impl Read, encoding: &'static Encoding) -> io::Result<Option<u64>> {
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut input = vec![0; 1 << 16];
    let mut output = vec![0; 1 << 18];
    let mut line = 1;
    loop {
        let count = bytes.read(&mut input)?;
        let last = count == 0;
        let mut rest = &input[..count];
        loop {
            let (result, read, written) =
                decoder.decode_to_utf8_without_replacement(rest, &mut output, last);
            line += output[..written].iter().filter(|b| **b == b'\n').count() as u64;
            rest = &rest[read..];
            match result {
                DecoderResult::Malformed(..) => return Ok(Some(line)),
                DecoderResult::InputEmpty if last => return Ok(None),
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
            }
        }
    }
}

/// Bytes of another encoding as UTF-8, without a byte order mark.
struct Decoded<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    input: Vec<u8>,
    output: Vec<u8>,
    /// The part of `output` that was not passed on yet.
    ready: std::ops::Range<usize>,
    done: bool,
}

impl<R: Read> Decoded<R> {
    fn new(inner: R, encoding: &'static Encoding) -> Self {
        let decoder = match encoding {
            e if e == UTF_16LE || e == UTF_16BE || e == UTF_8 => e.new_decoder_with_bom_removal(),
            e => e.new_decoder_without_bom_handling(),
        };
        let (input, output) = (vec![0; 1 << 15], vec![0; 1 << 17]);
        Self { inner, decoder, input, output, ready: 0..0, done: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        let count = self.inner.read(&mut self.input)?;
        self.done = count == 0;
        let input = &self.input[..count];
        // Three bytes of output for each of input hold whatever a decoder can make of it.
        let (_, _, written, _) = self.decoder.decode_to_utf8(input, &mut self.output, self.done);
        self.ready = 0..written;
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.ready.is_empty() && !self.done {
            self.fill()?;
        }
        let count = buffer.len().min(self.ready.len());
        let from = self.ready.start;
        buffer[..count].copy_from_slice(&self.output[from..from + count]);
        self.ready.start += count;
        Ok(count)
    }
}
