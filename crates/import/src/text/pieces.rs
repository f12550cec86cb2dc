//! Bytes cut after each line end, and the number of the line that each piece is of.

use std::io::{self, Read};

/// Bytes of the buffer; a line that is longer comes in several pieces.
const BUFFER: usize = 1 << 18;

/// Cuts a stream of bytes after each CR and LF.
pub(super) struct Pieces<R> {
    inner: R,
    buffer: Vec<u8>,
    from: usize,
    end: usize,
    line: u64,
    last: u8,
}

impl<R: Read> Pieces<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, buffer: vec![0; BUFFER], from: 0, end: 0, line: 1, last: b' ' }
    }

    /// The next piece with its line, from 1. The LF of a CRLF is a piece of its own.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, &[u8])>> {
        let ends = memchr::memchr2(b'\n', b'\r', &self.buffer[self.from..self.end]);
        let length = match ends {
            Some(at) => at + 1,
            None => {
                self.fill()?;
                let rest = &self.buffer[self.from..self.end];
                memchr::memchr2(b'\n', b'\r', rest).map_or(rest.len(), |at| at + 1)
            }
        };
        let piece = &self.buffer[self.from..self.from + length];
        let Some(&last) = piece.last() else { return Ok(None) };
        self.from += length;
        let of_line = if piece == b"\n" && self.last == b'\r' { self.line - 1 } else { self.line };
        self.line = of_line + u64::from(matches!(last, b'\r' | b'\n'));
        self.last = last;
        Ok(Some((of_line, piece)))
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.from..self.end, 0);
        (self.from, self.end) = (0, self.end - self.from);
        self.end += fill(&mut self.inner, &mut self.buffer[self.end..])?;
        Ok(())
    }
}

/// Reads until a buffer is full or there is no more.
pub(super) fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match from.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_once_each() {
        let mut pieces = Pieces::new(b"a\r\nb\nc\r\rd".as_slice());
        let mut found = Vec::new();
        while let Some((line, piece)) = pieces.next().unwrap() {
            found.push((line, String::from_utf8(piece.to_vec()).unwrap()));
        }
        let expected = [(1, "a\r"), (1, "\n"), (2, "b\n"), (3, "c\r"), (4, "\r"), (5, "d")];
        assert_eq!(found, expected.map(|(l, t)| (l, t.to_owned())));
    }

    #[test]
    fn a_line_longer_than_the_buffer_comes_in_pieces() {
        let text = [vec![b'x'; BUFFER * 2 + 5], b"\ny".to_vec()].concat();
        let mut pieces = Pieces::new(text.as_slice());
        let mut found = Vec::new();
        while let Some((line, piece)) = pieces.next().unwrap() {
            found.push((line, piece.len()));
        }
        assert_eq!(found, [(1, BUFFER), (1, BUFFER), (1, 6), (2, 1)]);
    }
}
