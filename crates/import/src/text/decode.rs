//! Bytes of any encoding as UTF-8, without a byte order mark.

use super::encoding::{Charset, is_utf8, open, unreadable};
use super::pieces::Pieces;
use encoding_rs::{Decoder, Encoding, UTF_8};
use haggle_evidence::ImportError;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes that are decoded at once.
const INPUT: usize = 1 << 15;

/// Opens a text that was looked through, to read it as UTF-8.
pub(super) fn decoded(path: &Path, charset: Charset) -> Result<Box<dyn Read>, ImportError> {
    let file = open(path, charset.mark)?;
    Ok(match charset.encoding {
        e if charset.mixed => Box::new(Ready::new(Mixed { pieces: Pieces::new(file), other: e })),
        e if e == UTF_8 => Box::new(file),
        e => Box::new(Ready::new(Whole::new(file, e))),
    })
}

/// Something that makes UTF-8 in portions.
trait Source {
    /// Appends a portion; nothing at the end.
    fn portion(&mut self, output: &mut Vec<u8>) -> io::Result<()>;
}

/// The portions of a source as one stream.
struct Ready<S> {
    source: S,
    output: Vec<u8>,
    from: usize,
}

impl<S: Source> Ready<S> {
    fn new(source: S) -> Self {
        Self { source, output: Vec::new(), from: 0 }
    }
}

impl<S: Source> Read for Ready<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.from == self.output.len() {
            self.output.clear();
            self.from = 0;
            self.source.portion(&mut self.output)?;
        }
        let count = buffer.len().min(self.output.len() - self.from);
        buffer[..count].copy_from_slice(&self.output[self.from..self.from + count]);
        self.from += count;
        Ok(count)
    }
}

/// One encoding from beginning to end.
struct Whole {
    file: File,
    decoder: Decoder,
    input: Vec<u8>,
}

impl Whole {
    fn new(file: File, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_without_bom_handling();
        Self { file, decoder, input: vec![0; INPUT] }
    }
}

impl Source for Whole {
    fn portion(&mut self, output: &mut Vec<u8>) -> io::Result<()> {
        // Three bytes of output for each of input hold whatever a decoder can make of it.
        output.resize(4 * INPUT, 0);
        loop {
            let count = self.file.read(&mut self.input)?;
            let input = &self.input[..count];
            let (_, _, written, _) = self.decoder.decode_to_utf8(input, output, count == 0);
            if written > 0 || count == 0 {
                output.truncate(written);
                return Ok(());
            }
        }
    }
}

/// UTF-8 where a line is that, another encoding elsewhere.
struct Mixed {
    pieces: Pieces<File>,
    other: &'static Encoding,
}

impl Source for Mixed {
    fn portion(&mut self, output: &mut Vec<u8>) -> io::Result<()> {
        while output.len() < INPUT {
            match self.pieces.next()? {
                None => break,
                Some((_, piece)) if is_utf8(piece) == Some(false) => {
                    let (text, _) = self.other.decode_without_bom_handling(piece);
                    output.extend_from_slice(text.as_bytes());
                }
                Some((_, piece)) => output.extend_from_slice(piece),
            }
        }
        Ok(())
    }
}

/// The text of a whole file, if it is not larger than a limit.
pub(super) fn whole(path: &Path, charset: Charset, limit: u64) -> Result<String, ImportError> {
    let mut bytes = Vec::new();
    decoded(path, charset)?.take(limit).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(String::from_utf8(bytes)
        .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()))
}
