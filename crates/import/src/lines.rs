//! True line numbers beside the `csv` reader, whose own are wrong for CRLF and CR.
//!
//! BE ADVISED: `Position::byte` stands before the line end of the record before, or between its CR
//! and LF. So the line of a record is that of the first byte from there that is neither.

use std::io::{self, Read};

/// A record of more bytes than this is a quote that was never closed: it must not swallow the rest
/// of a large file, nor the memory.
const RECORD_LIMIT: usize = 1 << 20;

/// Passes bytes on and remembers those that no record has claimed yet.
pub(crate) struct Lines<R> {
    inner: R,
    /// Bytes read; those before `head` are done with.
    bytes: Vec<u8>,
    head: usize,
    /// Offset of the byte at `head` in the whole.
    base: u64,
    counter: Counter,
}

/// Counts line ends: LF, CRLF or CR.
#[derive(Debug, Clone, Copy, Default)]
struct Counter {
    ends: u64,
    after_cr: bool,
}

impl Counter {
    fn pass(&mut self, byte: u8) {
        match byte {
            b'\r' => self.ends += 1,
            b'\n' if !self.after_cr => self.ends += 1,
            _ => {}
        }
        self.after_cr = byte == b'\r';
    }
}

/// Where a record stands, and whether its quotes are in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Line of its first byte, from 1.
    pub(crate) first: u64,
    /// Line of its last byte.
    pub(crate) last: u64,
    /// What its quotes are like.
    pub(crate) quotes: Quotes,
}

/// What the quotes of a record are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quotes {
    /// None, or each closed at the end of its field.
    Fine,
    /// One is closed in the middle of its field.
    Stray,
    /// One is never closed.
    Open,
}

impl<R> Lines<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, bytes: Vec::new(), head: 0, base: 0, counter: Counter::default() }
    }

    fn pending(&self) -> &[u8] {
        &self.bytes[self.head..]
    }

    /// The extent of the record between two positions of the reader, the first from its record,
    /// the second from the reader after it.
    pub(crate) fn record(&mut self, from: u64, to: u64, delimiter: u8) -> Extent {
        self.drop_until(from);
        let blank = self.pending().iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        self.drop_until(self.base + blank as u64);
        let first = self.counter.ends + 1;
        let end = to.saturating_sub(self.base) as usize;
        let mut raw = &self.pending()[..end.min(self.pending().len())];
        let quotes = quotes(raw, delimiter);
        while quotes != Quotes::Open && matches!(raw.last(), Some(b'\r' | b'\n')) {
            raw = &raw[..raw.len() - 1];
        }
        let mut counter = self.counter;
        raw.iter().for_each(|b| counter.pass(*b));
        Extent { first, last: counter.ends + 1, quotes }
    }

    /// How many lines there are, once everything was read.
    pub(crate) fn total(&mut self) -> u64 {
        let open = self.pending().last().is_some_and(|b| !matches!(b, b'\r' | b'\n'));
        self.drop_until(self.base + self.pending().len() as u64);
        self.counter.ends + u64::from(open)
    }

    fn drop_until(&mut self, byte: u64) {
        let count = (byte.saturating_sub(self.base) as usize).min(self.pending().len());
        for i in self.head..self.head + count {
            self.counter.pass(self.bytes[i]);
        }
        self.head += count;
        self.base += count as u64;
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.pending().len() > RECORD_LIMIT {
            return Err(io::Error::other(
                "a record of more than 1 MiB, as a quote makes that is never closed",
            ));
        }
        self.bytes.drain(..self.head);
        self.head = 0;
        let count = self.inner.read(buffer)?;
        self.bytes.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}

/// Follows the quotes of one record as the reader does.
fn quotes(raw: &[u8], delimiter: u8) -> Quotes {
    let (mut start, mut inside, mut closed, mut stray) = (true, false, false, false);
    for &byte in raw {
        match byte {
            b'"' if inside => (inside, closed) = (false, true),
            _ if inside => {}
            b'"' if start => (inside, start) = (true, false),
            b'"' if closed => (inside, closed) = (true, false),
            b if b == delimiter || matches!(b, b'\r' | b'\n') => (start, closed) = (true, false),
            _ => {
                stray |= closed;
                (start, closed) = (false, false);
            }
        }
    }
    match (inside, stray) {
        (true, _) => Quotes::Open,
        (_, true) => Quotes::Stray,
        _ => Quotes::Fine,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extents(text: &str) -> (Vec<Extent>, u64) {
        let mut builder = csv::ReaderBuilder::new();
        builder.has_headers(false).flexible(true);
        let mut reader = builder.from_reader(Lines::new(text.as_bytes()));
        let mut record = csv::ByteRecord::new();
        let mut extents = Vec::new();
        while reader.read_byte_record(&mut record).unwrap() {
            let from = record.position().unwrap().byte();
            let to = reader.position().byte();
            extents.push(reader.get_mut().record(from, to, b','));
        }
        (extents, reader.get_mut().total())
    }

    /// The table of `models.md` section 5, header included: `Position::line` is wrong for most.
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
            let (extents, lines_read) = extents(text);
            assert_eq!(extents.iter().map(|e| e.first).collect::<Vec<_>>(), lines, "{text:?}");
            assert_eq!(lines_read, total, "{text:?}");
        }
    }

    #[test]
    fn quotes_are_followed() {
        for (text, quotes, last) in [
            ("a,\"b\n\"\"c\"", Quotes::Fine, 2),
            ("a,5\" pipe", Quotes::Fine, 1),
            ("a,\"b\nc\nd\n", Quotes::Open, 4),
            ("a,\"b\nc\"d,e\n", Quotes::Stray, 2),
        ] {
            let extent = extents(text).0[0];
            assert_eq!((extent.quotes, extent.last), (quotes, last), "{text:?}");
        }
    }
}
