//! Records of separated fields with their true lines, cut where RFC 4180 and its users cut them.
//!
//! A line ends with LF, CRLF or CR. A field is quoted if a quote is its first byte; a quote in the
//! midst of a field is a character like any other, and so is all that follows a closing quote.

use super::pieces::fill;
use std::borrow::Cow;
use std::io::{self, Read};

/// Bytes of the buffer at first.
const BUFFER: usize = 1 << 18;
/// A record of more bytes than this is most likely a quote that was never closed: it must not
/// swallow the rest of a large file, nor the memory. Some that are up to twice as long are read.
pub(super) const RECORD_LIMIT: usize = 1 << 20;

/// Reads records from UTF-8.
pub(super) struct Records<R> {
    inner: R,
    delimiter: u8,
    buffer: Vec<u8>,
    /// The first byte that no record has claimed.
    from: usize,
    end: usize,
    /// Whether `inner` has no more.
    at_end: bool,
    /// Where separators, quotes and line ends stand in the buffer, and the first one not used.
    marks: Vec<u32>,
    mark: usize,
    /// Line ends before `from`.
    ends: u64,
    after_cr: bool,
    fields: Vec<Field>,
}

/// Where a field stands in its record.
#[derive(Debug, Clone, Copy)]
struct Field {
    from: u32,
    to: u32,
    /// End of what follows the closing quote; `to` if it is not quoted.
    tail: u32,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Quoted,
    /// Quoted, with doubled quotes inside or text behind.
    Rebuilt,
}

/// One record; a blank line is one without fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    /// Line of its first byte, from 1.
    pub(super) line: u64,
    text: &'a str,
    fields: &'a [Field],
    /// A field goes on after its closing quote, so that its borders are doubtful.
    pub(super) stray: bool,
}

/// Why no further record can be read.
#[derive(Debug)]
pub(super) enum Fault {
    Io(io::Error),
    /// A quote of this line, in this field from 1, is never closed.
    Open(u64, usize),
    /// A quote of this line, in this field from 1, is open where the record is too long.
    OpenLong(u64, usize),
    /// A record that begins in this line is too long.
    Long(u64),
    /// The record of this line is not UTF-8, though the whole text was.
    Changed(u64),
}

/// A record as it was found in the buffer.
struct Found {
    to: usize,
    next: usize,
    mark: usize,
    inner_ends: u64,
    after_cr: bool,
    ended: bool,
    stray: bool,
}

enum Scan {
    Found(Found),
    /// The buffer ends first; with the line and field of a quote that is open there.
    More(Option<(u64, usize)>),
}

impl<R: Read> Records<R> {
    pub(super) fn new(inner: R, delimiter: u8) -> Self {
        Self {
            inner,
            delimiter,
            buffer: vec![0; BUFFER],
            from: 0,
            end: 0,
            at_end: false,
            marks: Vec::new(),
            mark: 0,
            ends: 0,
            after_cr: false,
            fields: Vec::new(),
        }
    }

    /// The next record.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, Fault> {
        let found = loop {
            if self.from == self.end {
                if self.at_end {
                    return Ok(None);
                }
                self.fill(None)?;
                self.skip_lf();
                continue;
            }
            match self.scan() {
                Scan::Found(found) => break found,
                Scan::More(Some((line, field))) if self.at_end => {
                    return Err(Fault::Open(line, field));
                }
                Scan::More(open) => self.fill(open)?,
            }
        };
        let (from, line) = (self.from, self.ends + 1);
        self.from = found.next;
        self.mark = found.mark;
        self.ends += found.inner_ends + u64::from(found.ended);
        self.after_cr = found.after_cr;
        self.skip_lf();
        let text = simdutf8::basic::from_utf8(&self.buffer[from..found.to]);
        let text = text.map_err(|_| Fault::Changed(line))?;
        let blank = text.is_empty();
        let fields = if blank { &[] } else { self.fields.as_slice() };
        Ok(Some(Record { line, text, fields, stray: found.stray }))
    }

    /// Passes over the LF of a CRLF.
    fn skip_lf(&mut self) {
        if self.after_cr && self.from < self.end {
            if self.buffer[self.from] == b'\n' {
                self.from += 1;
                self.mark += 1;
            }
            self.after_cr = false;
        }
    }

    fn fill(&mut self, open: Option<(u64, usize)>) -> Result<(), Fault> {
        self.buffer.copy_within(self.from..self.end, 0);
        (self.from, self.end) = (0, self.end - self.from);
        if self.end > RECORD_LIMIT {
            let long = Fault::Long(self.ends + 1);
            return Err(open.map_or(long, |(line, field)| Fault::OpenLong(line, field)));
        }
        if self.end * 2 > self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let room = &mut self.buffer[self.end..];
        let wanted = room.len();
        let count = fill(&mut self.inner, room).map_err(Fault::Io)?;
        self.at_end = count < wanted;
        self.end += count;
        self.mark = 0;
        find_marks(&self.buffer[..self.end], self.delimiter, &mut self.marks);
        Ok(())
    }

    /// Finds the fields of the record that begins at `from`.
    fn scan(&mut self) -> Scan {
        self.fields.clear();
        let mut walk =
            Walk { bytes: &self.buffer[..self.end], marks: &self.marks, mark: self.mark };
        let (mut at, mut inner_ends, mut stray) = (self.from, 0, false);
        loop {
            let quoted = walk.bytes.get(at) == Some(&b'"');
            let mut close = None;
            if quoted {
                let opened = (self.ends + inner_ends + 1, self.fields.len() + 1);
                close = walk.closing(self.at_end, &mut inner_ends);
                if close.is_none() {
                    return Scan::More(Some(opened));
                }
            }
            let stop = match walk.border() {
                Some(stop) => stop,
                None if self.at_end => self.end,
                None => return Scan::More(None),
            };
            let field = match close {
                None => field(self.from, at, stop, stop, Kind::Plain),
                Some((close, doubled)) => {
                    let goes_on = !is_blank(&walk.bytes[close + 1..stop]);
                    stray |= goes_on;
                    let kind = if doubled || goes_on { Kind::Rebuilt } else { Kind::Quoted };
                    field(self.from, at + 1, close, stop, kind)
                }
            };
            self.fields.push(field);
            let byte = walk.bytes.get(stop).copied();
            if byte == Some(self.delimiter) {
                at = stop + 1;
                continue;
            }
            return Scan::Found(Found {
                to: stop,
                next: (stop + 1).min(self.end),
                mark: walk.mark,
                inner_ends,
                after_cr: byte == Some(b'\r'),
                ended: byte.is_some(),
                stray,
            });
        }
    }
}

/// Offsets within the record, which is never longer than a few MiB.
fn field(base: usize, from: usize, to: usize, tail: usize, kind: Kind) -> Field {
    let offset = |at: usize| (at - base) as u32;
    Field { from: offset(from), to: offset(to), tail: offset(tail), kind }
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| matches!(b, b' ' | b'\t'))
}

/// Goes from mark to mark.
struct Walk<'a> {
    bytes: &'a [u8],
    marks: &'a [u32],
    mark: usize,
}

impl Walk<'_> {
    /// The next separator or line end.
    fn border(&mut self) -> Option<usize> {
        loop {
            let at = *self.marks.get(self.mark)? as usize;
            self.mark += 1;
            if self.bytes[at] != b'"' {
                return Some(at);
            }
        }
    }

    /// From an opening quote to the closing one; whether there are doubled ones between.
    fn closing(&mut self, at_end: bool, ends: &mut u64) -> Option<(usize, bool)> {
        self.mark += 1;
        let mut doubled = false;
        loop {
            let at = *self.marks.get(self.mark)? as usize;
            self.mark += 1;
            match self.bytes[at] {
                b'"' => match self.bytes.get(at + 1) {
                    Some(b'"') => {
                        self.mark += 1;
                        doubled = true;
                    }
                    None if !at_end => return None,
                    _ => return Some((at, doubled)),
                },
                b'\n' => *ends += u64::from(self.bytes[at - 1] != b'\r'),
                b'\r' => *ends += 1,
                _ => {}
            }
        }
    }
}

/// Lists every separator, quote and line end. Works on blocks, so that the compiler can compare
/// many bytes at once.
fn find_marks(bytes: &[u8], delimiter: u8, marks: &mut Vec<u32>) {
    marks.clear();
    let (blocks, rest) = bytes.as_chunks::<64>();
    let mut base = 0;
    for block in blocks {
        let mut bits = bits(block, delimiter);
        while bits != 0 {
            marks.push(base + bits.trailing_zeros());
            bits &= bits - 1;
        }
        base += 64;
    }
    let last = (base..).zip(rest).filter(|(_, b)| is_mark(**b, delimiter));
    marks.extend(last.map(|(i, _)| i));
}

/// One bit for each byte of a block.
fn bits(block: &[u8; 64], delimiter: u8) -> u64 {
    let mut hits = [0_u8; 64];
    for (hit, byte) in hits.iter_mut().zip(block) {
        *hit = u8::from(is_mark(*byte, delimiter));
    }
    // The product moves the lowest bit of each byte into the highest byte, in order.
    let eight =
        |word: &[u8; 8]| u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    let words = hits.as_chunks::<8>().0.iter().rev();
    words.fold(0, |bits, word| bits << 8 | eight(word))
}

fn is_mark(byte: u8, delimiter: u8) -> bool {
    (byte == delimiter) | (byte == b'"') | (byte == b'\n') | (byte == b'\r')
}

impl<'a> Record<'a> {
    /// How many fields there are.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether the line is blank.
    pub(super) fn is_blank_line(&self) -> bool {
        self.fields.is_empty()
    }

    /// Whether a field stands in quotes.
    pub(super) fn is_quoted(&self, index: usize) -> bool {
        self.fields.get(index).is_some_and(|f| f.kind != Kind::Plain)
    }

    /// Every field as it stands in the record; nothing for one that must be rebuilt.
    #[inline]
    pub(super) fn plain(&self) -> impl Iterator<Item = Option<&'a str>> {
        let text = self.text;
        self.fields.iter().map(move |f| match f.kind {
            Kind::Rebuilt => None,
            _ => Some(slice(text, f.from, f.to)),
        })
    }

    /// A field, from 0.
    pub(super) fn text(&self, index: usize) -> Cow<'a, str> {
        self.fields.get(index).map_or(Cow::Borrowed(""), |f| f.text(self.text))
    }

    /// Every field.
    pub(super) fn texts(&self) -> impl Iterator<Item = Cow<'a, str>> {
        let text = self.text;
        self.fields.iter().map(move |f| f.text(text))
    }

    /// The record as it was written.
    pub(super) fn whole(&self) -> &'a str {
        self.text
    }

    /// Fields side by side as they were written, with the separators between them.
    pub(super) fn raw(&self, fields: std::ops::Range<usize>) -> &'a str {
        let edge = |i: usize| self.fields.get(i);
        match (edge(fields.start), edge(fields.end.wrapping_sub(1))) {
            (Some(first), Some(last)) => slice(self.text, first.from, last.tail),
            _ => "",
        }
    }
}

impl Field {
    fn text<'a>(&self, record: &'a str) -> Cow<'a, str> {
        let inner = slice(record, self.from, self.to);
        if self.kind != Kind::Rebuilt {
            return Cow::Borrowed(inner);
        }
        let tail = record.get(self.to as usize + 1..self.tail as usize).unwrap_or("");
        Cow::Owned(inner.replace("\"\"", "\"") + tail)
    }
}

/// A part of a record. Its borders are separators, which are no part of another character.
fn slice(text: &str, from: u32, to: u32) -> &str {
    text.get(from as usize..to as usize).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Line, fields and doubt of every record, blank lines included.
    fn read(text: &[u8], delimiter: u8) -> Result<Vec<(u64, Vec<String>, bool)>, Fault> {
        let mut records = Records::new(text, delimiter);
        let mut all = Vec::new();
        while let Some(record) = records.next()? {
            let fields = record.texts().map(Cow::into_owned).collect();
            all.push((record.line, fields, record.stray));
        }
        Ok(all)
    }

    #[test]
    fn lines_are_true_for_every_line_end() {
        let cases: [(&str, &[u64], u64); 9] = [
            ("h,h\na,1\nb,2\nc,3\n", &[1, 2, 3, 4], 4),
            ("h,h\r\na,1\r\nb,2\r\nc,3\r\n", &[1, 2, 3, 4], 4),
            ("h,h\ra,1\rb,2\rc,3\r", &[1, 2, 3, 4], 4),
            ("h,h\n\n\na,1\n\nb,2\n", &[1, 4, 6], 6),
            ("h,h\na,\"1\n2\"\nb,2\nc,3", &[1, 2, 4, 5], 5),
            ("h,h\r\na,\"1\r\n2\"\r\nb,2", &[1, 2, 4], 4),
            ("\r\n\r\nh,h\r\n\r\na,1\r\n\r\n", &[3, 5], 6),
            ("h,h\r\ra,\"1\r2\"\rb,2\r\r", &[1, 3, 5], 6),
            ("\n", &[], 1),
        ];
        for (text, lines, total) in cases {
            let all = read(text.as_bytes(), b',').unwrap();
            let filled: Vec<u64> =
                all.iter().filter(|(_, f, _)| !f.is_empty()).map(|(l, ..)| *l).collect();
            assert_eq!(filled, lines, "{text:?}");
            let inside = |f: &str| {
                f.matches('\n').count() + f.matches('\r').count() - f.matches("\r\n").count()
            };
            let (last, fields, _) = all.last().unwrap();
            let more: usize = fields.iter().map(|f| inside(f)).sum();
            assert_eq!(last + more as u64, total, "{text:?}");
        }
    }

    #[test]
    fn quotes_are_followed() {
        for (text, fields, stray) in [
            ("a,\"b\n\"\"c\"", vec!["a", "b\n\"c"], false),
            ("a,5\" pipe", vec!["a", "5\" pipe"], false),
            ("a,\"b\nc\"d,e\n", vec!["a", "b\ncd", "e"], true),
            ("a,\"b\"  ,e", vec!["a", "b", "e"], false),
            ("a, \"b\",e", vec!["a", " \"b\"", "e"], false),
            ("\"\",\"\"\"\",", vec!["", "\"", ""], false),
            ("\"a\"b\"c,d", vec!["ab\"c", "d"], true),
        ] {
            let all = read(text.as_bytes(), b',').unwrap();
            assert_eq!(
                (&all[0].1, all[0].2),
                (&fields.iter().map(|f| (*f).to_owned()).collect(), stray),
                "{text:?}"
            );
        }
    }

    #[test]
    fn an_open_quote_is_found_where_it_opens() {
        for (text, line, field) in [
            ("a,\"b\nc\nd\n", 1, 2),
            ("a\nb,\"x\r\ny\",\"z\n", 3, 3),
            ("a\n\"", 2, 1),
            ("a\n\"\"\"", 2, 1),
        ] {
            match read(text.as_bytes(), b',') {
                Err(Fault::Open(l, f)) => assert_eq!((l, f), (line, field), "{text:?}"),
                other => panic!("{text:?}: {other:?}"),
            }
        }
        let long = format!("a\nb,\"{}", "x\n".repeat(RECORD_LIMIT));
        assert!(matches!(read(long.as_bytes(), b','), Err(Fault::OpenLong(2, 2))));
        let long = format!("a\nb,{}", "x".repeat(3 * RECORD_LIMIT));
        assert!(matches!(read(long.as_bytes(), b','), Err(Fault::Long(2))));
    }

    /// The `csv` crate as the oracle, which shares no code with this.
    fn oracle(text: &[u8], delimiter: u8) -> Vec<Vec<String>> {
        let mut builder = csv::ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(delimiter);
        let records = builder.from_reader(text).into_byte_records();
        let text = |f: &[u8]| String::from_utf8_lossy(f).into_owned();
        records.map(|r| r.unwrap().iter().map(text).collect()).collect()
    }

    fn agrees(text: &str, delimiter: u8) -> Result<(), TestCaseError> {
        let Ok(all) = read(text.as_bytes(), delimiter) else { return Ok(()) };
        let ours: Vec<Vec<String>> =
            all.into_iter().map(|(_, f, _)| f).filter(|f| !f.is_empty()).collect();
        let theirs = oracle(text.as_bytes(), delimiter);
        let trim = |rows: Vec<Vec<String>>| -> Vec<Vec<String>> {
            rows.into_iter().map(|r| r.iter().map(|f| f.trim().to_owned()).collect()).collect()
        };
        prop_assert_eq!(trim(ours), trim(theirs));
        Ok(())
    }

    #[test]
    fn a_large_text_is_the_same_in_every_piece() {
        let row = "a,\"b \"\"c\"\" \r\n d\",ü, 5\" ,\"\"\r\n\n";
        let text = row.repeat(BUFFER / row.len() * 5);
        for cut in (0..40).step_by(9) {
            text.get(..text.len() - cut).into_iter().for_each(|t| agrees(t, b',').unwrap());
        }
    }

    proptest! {
        #[test]
        fn records_are_those_of_another_reader(
            text in r#"[a,;"\n\r ]{0,60}"#,
            delimiter in prop::sample::select(vec![b',', b';', b'\t']),
        ) {
            agrees(&text, delimiter)?;
        }
    }
}
