//! Which encoding a text has: by its mark, by its bytes, and said with the reason.

use super::letters::Letters;
use super::pieces::{Pieces, fill};
use crate::source::warning;
use encoding_rs::{DecoderResult, Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE};
use haggle_evidence::{Diagnostic, ImportError, Locator};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes that are read at once.
const BLOCK: usize = 1 << 18;
/// Lines that a message names.
const NAMED: usize = 20;

/// How the bytes of a text are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Charset {
    /// The encoding.
    pub(super) encoding: &'static Encoding,
    /// Whether lines that are valid UTF-8 are UTF-8 all the same.
    pub(super) mixed: bool,
    /// Bytes of the mark in front.
    pub(super) mark: u64,
}

/// Finds the encoding and says what is doubtful about it.
pub(super) fn detect(path: &Path) -> Result<(Charset, Option<Diagnostic>), ImportError> {
    let mut head = Vec::new();
    open(path, 0)?.take(4096).read_to_end(&mut head).map_err(unreadable)?;
    if let Some((encoding, mark)) = Encoding::for_bom(&head) {
        let charset = Charset { encoding, mixed: false, mark: mark as u64 };
        return check(path, charset).map(|()| (charset, None));
    }
    if let Some(encoding) = wide(&head) {
        let charset = Charset { encoding, mixed: false, mark: 0 };
        let message = format!(
            "the text has no byte order mark and is read as {}, because every other byte is zero",
            encoding.name()
        );
        return check(path, charset).map(|()| (charset, Some(warning("W0101", message))));
    }
    match first_invalid(open(path, 0)?).map_err(unreadable)? {
        None => Ok((Charset { encoding: UTF_8, mixed: false, mark: 0 }, None)),
        Some(Invalid::Zero(line)) => Err(zero(line)),
        Some(Invalid::Bytes(_)) => old(path),
    }
}

/// The encoding of a text that must be UTF-8, or UTF-16 that says so, by its first bytes; whether
/// the others are of it too, [`check`] tells.
pub(super) fn promised(path: &Path) -> Result<Charset, ImportError> {
    let mut head = Vec::new();
    open(path, 0)?.take(4096).read_to_end(&mut head).map_err(unreadable)?;
    let marked = Encoding::for_bom(&head);
    let (encoding, mark) = marked.or(wide(&head).map(|e| (e, 0))).unwrap_or((UTF_8, 0));
    Ok(Charset { encoding, mixed: false, mark: mark as u64 })
}

/// The order of bytes, if every other one is zero, as in UTF-16 of a western language.
pub(crate) fn wide(head: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = head.as_chunks::<2>();
    let zeros = |i: usize| pairs.iter().filter(|p| p[i] == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let clear = |more: usize, less: usize| more * 2 > pairs.len() && less * 20 <= more;
    match () {
        () if clear(odd, even) => Some(UTF_16LE),
        () if clear(even, odd) => Some(UTF_16BE),
        () => None,
    }
}

pub(super) fn open(path: &Path, from: u64) -> Result<File, ImportError> {
    let mut file = File::open(path).map_err(unreadable)?;
    file.seek(SeekFrom::Start(from)).map_err(unreadable)?;
    Ok(file)
}

pub(super) fn unreadable(error: io::Error) -> ImportError {
    ImportError::source("E0001", Locator::default(), error.to_string())
}

fn zero(line: u64) -> ImportError {
    let message = "found a zero byte, which no text has: the file is damaged, or two files in one";
    ImportError::source("E0011", Locator::one_based(line, 0), message)
}

/// What is not as it should be, and its line.
enum Invalid {
    Zero(u64),
    Bytes(u64),
}

/// Refuses a text that is not what its first bytes promise.
pub(super) fn check(path: &Path, charset: Charset) -> Result<(), ImportError> {
    let file = open(path, charset.mark)?;
    let utf8 = charset.encoding == UTF_8;
    let found = if utf8 { first_invalid(file) } else { first_malformed(file, charset.encoding) };
    match found.map_err(unreadable)? {
        None => Ok(()),
        Some(Invalid::Zero(line)) => Err(zero(line)),
        Some(Invalid::Bytes(line)) => {
            let name = charset.encoding.name();
            let message = match charset.mark {
                0 => format!("found bytes that are not {name}, expected {name}"),
                _ => format!("bytes that are not {name}, which its first bytes promise"),
            };
            Err(ImportError::source("E0011", Locator::one_based(line, 0), message))
        }
    }
}

/// The first place that is not UTF-8 or is a zero.
fn first_invalid(mut file: File) -> io::Result<Option<Invalid>> {
    let begin = file.stream_position()?;
    let mut block = vec![0; BLOCK];
    let (mut kept, mut passed) = (0, 0);
    loop {
        let count = fill(&mut file, &mut block[kept..])?;
        let text = &block[..kept + count];
        let (valid, wrong) = match simdutf8::compat::from_utf8(text) {
            Ok(_) => (text.len(), false),
            Err(e) => (e.valid_up_to(), e.error_len().is_some() || count == 0),
        };
        let zero = memchr::memchr(0, &text[..valid]);
        if zero.is_some() || wrong {
            let line = line_at(file, begin, passed + zero.unwrap_or(valid) as u64)?;
            return Ok(Some(zero.map_or(Invalid::Bytes(line), |_| Invalid::Zero(line))));
        }
        if count == 0 {
            return Ok(None);
        }
        passed += valid as u64;
        kept = text.len() - valid;
        block.copy_within(valid..valid + kept, 0);
    }
}

/// The line of a byte, counted only when it is asked for.
fn line_at(mut file: File, begin: u64, offset: u64) -> io::Result<u64> {
    file.seek(SeekFrom::Start(begin))?;
    let (mut before, mut line) = (file.take(offset), Line::default());
    let mut block = vec![0; BLOCK];
    loop {
        match fill(&mut before, &mut block)? {
            0 => return Ok(line.ends + 1),
            count => line.pass(&block[..count]),
        }
    }
}

/// Counts line ends: LF, CRLF or CR.
#[derive(Clone, Copy, Default)]
struct Line {
    ends: u64,
    after_cr: bool,
}

impl Line {
    fn pass(&mut self, text: &[u8]) {
        for i in memchr::memchr2_iter(b'\n', b'\r', text) {
            let before = i.checked_sub(1).map_or(self.after_cr, |b| text[b] == b'\r');
            self.ends += u64::from(text[i] == b'\r' || !before);
        }
        self.after_cr = text.last().map_or(self.after_cr, |b| *b == b'\r');
    }
}

/// The first place that is malformed in an encoding, or a zero.
fn first_malformed(mut file: File, encoding: &'static Encoding) -> io::Result<Option<Invalid>> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut input, mut output) = (vec![0; BLOCK], vec![0; 4 * BLOCK]);
    let mut line = Line::default();
    loop {
        let count = fill(&mut file, &mut input)?;
        // Three bytes of output for each of input hold whatever a decoder can make of it.
        let (result, _, written) =
            decoder.decode_to_utf8_without_replacement(&input[..count], &mut output, count == 0);
        if let Some(zero) = memchr::memchr(0, &output[..written]) {
            line.pass(&output[..zero]);
            return Ok(Some(Invalid::Zero(line.ends + 1)));
        }
        line.pass(&output[..written]);
        match result {
            DecoderResult::Malformed(..) => return Ok(Some(Invalid::Bytes(line.ends + 1))),
            _ if count == 0 => return Ok(None),
            _ => {}
        }
    }
}

/// A text without a mark that is not UTF-8 throughout.
fn old(path: &Path) -> Result<(Charset, Option<Diagnostic>), ImportError> {
    let mut pieces = Pieces::new(open(path, 0)?);
    let mut letters = Letters::new();
    let (mut utf8, mut others) = (Lines::default(), Lines::default());
    while let Some((line, piece)) = pieces.next().map_err(unreadable)? {
        if piece.contains(&0) {
            return Err(zero(line));
        }
        match is_utf8(piece) {
            Some(true) => utf8.add(line),
            Some(false) => {
                others.add(line);
                letters.see(line, piece);
            }
            None => {}
        }
    }
    let encoding = letters.likelier();
    // Of Mac Roman any two letters side by side may be UTF-8 by chance.
    let mixed = utf8.count > 0 && encoding != MACINTOSH;
    let charset = Charset { encoding, mixed, mark: 0 };
    let note = if mixed {
        let message = format!(
            "two encodings in one text: UTF-8 in {}, and in {}, which are {}",
            utf8.named(),
            others.named(),
            letters.reason()
        );
        warning("W0131", message)
    } else {
        warning("W0101", format!("the text is not UTF-8 and is {}", letters.reason()))
    };
    Ok((charset, Some(note)))
}

/// Whether a line with bytes above 127 is UTF-8; `None` where it has none.
pub(super) fn is_utf8(piece: &[u8]) -> Option<bool> {
    (!piece.is_ascii()).then(|| std::str::from_utf8(piece).is_ok())
}

/// Lines, of which the first ones are named.
#[derive(Default)]
struct Lines {
    count: usize,
    first: Vec<u64>,
}

impl Lines {
    fn add(&mut self, line: u64) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(line);
        }
    }

    fn named(&self) -> String {
        named(&self.first, self.count)
    }
}

/// Lines as a message names them.
pub(super) fn named(first: &[u64], count: usize) -> String {
    let list: Vec<String> = first.iter().take(NAMED).map(u64::to_string).collect();
    let word = if count == 1 { "line" } else { "lines" };
    let more = count.saturating_sub(list.len());
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{word} {}{rest}", list.join(", "))
}
