//! Files inside files: gzip, zstd and zip unpacked, and streams written down, to temporary files.

use crate::hash::Hashed;
use crate::source::warning;
use flate2::bufread::GzDecoder;
use haggle_evidence::{Diagnostic, ImportError, Locator, Severity};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempPath};
use zip::ZipArchive;
use zip::result::ZipError;

/// Most bytes that a file is unpacked to.
const LIMIT: u64 = 16 << 30;
/// Below this size nothing is a bomb.
const HARMLESS: u64 = 16 << 20;
/// A larger file that shrank by more than this is one. Tables shrink by 3 to 50.
const RATIO: u64 = 400;
/// Names that a message lists.
const LISTED: usize = 20;

/// A file that was unpacked; it goes when this goes.
#[derive(Debug)]
pub(crate) struct Unpacked {
    /// Where it lies.
    pub(crate) path: TempPath,
    /// What it is called inside, and in what.
    pub(crate) name: String,
    /// What lay beside it.
    pub(crate) note: Option<Diagnostic>,
}

/// A stream that was written down.
#[derive(Debug)]
pub struct Spooled {
    /// The file; it goes when this goes.
    pub path: TempPath,
    /// SHA-256 of what was read, in lower-case hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

/// Writes a stream, such as standard input, to a temporary file.
///
/// # Errors
/// `E0001` if it cannot be read or written, `E0009` if it is too large.
pub fn spool(stream: impl Read) -> Result<Spooled, ImportError> {
    let mut stream = Hashed::new(stream);
    let (path, size) = save(&mut stream, LIMIT).map_err(|e| fail("E0001", e.to_string()))?;
    if size > LIMIT {
        return Err(fail("E0009", format!("the stream has more than {LIMIT} bytes")));
    }
    Ok(Spooled { path, sha256: stream.digest(), size })
}

fn fail(code: &'static str, message: impl Into<String>) -> ImportError {
    ImportError::source(code, Locator::default(), message)
}

/// Copies at most one byte more than a limit to a new file.
fn save(from: &mut impl Read, limit: u64) -> io::Result<(TempPath, u64)> {
    let mut file = NamedTempFile::with_prefix("haggle-")?;
    let size = io::copy(&mut from.take(limit.saturating_add(1)), file.as_file_mut())?;
    file.flush()?;
    Ok((file.into_temp_path(), size))
}

/// The file of a path, and the name inside it where the path goes on: `archive.zip/list.csv`.
pub(crate) fn locate(path: &Path) -> (PathBuf, Option<String>) {
    let outer = path.ancestors().skip(1).find(|p| p.is_file());
    match outer.filter(|_| !path.exists()) {
        Some(outer) => {
            let inner = path.strip_prefix(outer).unwrap_or(Path::new(""));
            let parts: Vec<String> =
                inner.iter().map(|p| p.to_string_lossy().into_owned()).collect();
            (outer.to_owned(), Some(parts.join("/")))
        }
        None => (path.to_owned(), None),
    }
}

/// The file inside a gzip, zstd or zip file of some name, which may be inside another; nothing if it is
/// neither.
pub(crate) fn unpack(
    path: &Path,
    name: &str,
    member: Option<&str>,
) -> Result<Option<Unpacked>, ImportError> {
    let Some(outer) = once(path, name, member)? else {
        return match member {
            Some(name) => Err(fail("E0001", format!("no archive, so `{name}` is not in it"))),
            None => Ok(None),
        };
    };
    let Some(inner) = once(&outer.path, &outer.name, None)? else { return Ok(Some(outer)) };
    match kind(&inner.path)? {
        Kind::None => Ok(Some(Unpacked { note: inner.note.or(outer.note), ..inner })),
        _ => Err(fail("E0003", "found an archive in an archive in an archive, expected a table")),
    }
}

/// The last part of a path.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

enum Kind {
    Gzip,
    Zstd,
    Zip(ZipArchive<BufReader<File>>),
    None,
}

/// What container a file is. A workbook is a zip file too, but not one to take files out of; and
/// one that cannot be read is for the reader of workbooks to complain of.
fn kind(path: &Path) -> Result<Kind, ImportError> {
    let unreadable = |e: io::Error| fail("E0001", e.to_string());
    let mut file = File::open(path).map_err(unreadable)?;
    let mut head = Vec::new();
    (&mut file).take(4).read_to_end(&mut head).map_err(unreadable)?;
    if head.starts_with(b"\x1f\x8b") {
        return Ok(Kind::Gzip);
    }
    if head.starts_with(ZSTD) || matches!(head.as_slice(), [0x50..0x60, 0x2a, 0x4d, 0x18]) {
        return Ok(Kind::Zstd);
    }
    if !is_zip(&head) {
        return Ok(Kind::None);
    }
    file.rewind().map_err(unreadable)?;
    let Ok(zip) = ZipArchive::new(BufReader::new(file)) else { return Ok(Kind::None) };
    let office = |n: &[u8]| {
        let parts: [&[u8]; 4] = [b"[Content_Types].xml", b"mimetype", b"word/", b"ppt/"];
        let book =
            [b"xl/workbook.xml", b"xl/workbook.bin"].iter().any(|b| n.eq_ignore_ascii_case(*b));
        book || parts.iter().any(|p| n.starts_with(p))
    };
    let is_office = zip.file_names_raw().any(office);
    Ok(if is_office { Kind::None } else { Kind::Zip(zip) })
}

/// Whether a file begins as a zip file does.
pub(crate) fn is_zip(head: &[u8]) -> bool {
    [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|m| head.starts_with(*m))
}

fn once(path: &Path, name: &str, member: Option<&str>) -> Result<Option<Unpacked>, ImportError> {
    match kind(path)? {
        Kind::None => Ok(None),
        Kind::Gzip => gunzip(path, name, member).map(Some),
        Kind::Zstd => unzstd(path, name, member).map(Some),
        Kind::Zip(mut zip) => unzip(&mut zip, name, member).map(Some),
    }
}

/// Every member of a gzip file, one after the other.
fn gunzip(path: &Path, outer: &str, member: Option<&str>) -> Result<Unpacked, ImportError> {
    let damaged = |e: io::Error| match e.kind() {
        io::ErrorKind::UnexpectedEof => fail("E0005", "the gzip data ends early"),
        _ => fail("E0005", format!("the gzip data is damaged: {e}")),
    };
    let (file, packed) = opened(path)?;
    let mut members = Members { input: Some(GzDecoder::new(file)) };
    let header = members.input.as_ref().and_then(|d| d.header()).and_then(|h| h.filename());
    let stated = header.map(|n| String::from_utf8_lossy(n).into_owned());
    let name = stated.filter(|n| !n.is_empty());
    alone(&mut members, packed, (name, outer, member), damaged)
}

/// A file to unpack, and its size.
fn opened(path: &Path) -> Result<(BufReader<File>, u64), ImportError> {
    let file = File::open(path).map_err(|e| fail("E0001", e.to_string()))?;
    let packed = file.metadata().map_err(|e| fail("E0001", e.to_string()))?.len();
    Ok((BufReader::new(file), packed))
}

/// The one file of a stream; it is called as it says, or as what it is in without the ending.
fn alone(
    stream: &mut impl Read,
    packed: u64,
    (name, outer, member): (Option<String>, &str, Option<&str>),
    damaged: impl Fn(io::Error) -> ImportError,
) -> Result<Unpacked, ImportError> {
    let stem = outer.rsplit_once('.').map_or(outer, |(stem, _)| stem);
    let name = name.unwrap_or_else(|| stem.to_owned());
    if member.is_some_and(|wanted| wanted != name) {
        return Err(fail("E0001", format!("`{outer}` holds `{name}` alone")));
    }
    let limit = limit(packed);
    let (path, size) = save(stream, limit).map_err(damaged)?;
    if size > limit {
        return Err(bomb(&name, limit));
    }
    let name = if name == outer { name } else { format!("{name} in {outer}") };
    Ok(Unpacked { path, name, note: None })
}

/// How a frame of a zstd file begins; one to be passed over begins otherwise.
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";

/// Every frame of a zstd file, one after the other.
fn unzstd(path: &Path, outer: &str, member: Option<&str>) -> Result<Unpacked, ImportError> {
    let damaged = |e: io::Error| fail("E0005", format!("the zstd data is damaged: {e}"));
    let (file, packed) = opened(path)?;
    let mut frames = Frames { input: Some(file), frame: None };
    alone(&mut frames, packed, (None, outer, member), damaged)
}

type Frame = StreamingDecoder<BufReader<File>, FrameDecoder>;

/// The frames of a zstd file as one stream.
struct Frames {
    /// What follows the frame before; none while one is read.
    input: Option<BufReader<File>>,
    frame: Option<Frame>,
}

impl Frames {
    /// Goes to the next frame, if there is one; a frame to be passed over holds no data.
    fn advance(&mut self) -> io::Result<bool> {
        let Some(mut input) = self.input.take() else { return Ok(false) };
        while let [0x50..0x60, 0x2a, 0x4d, 0x18, a, b, c, d, ..] = *input.fill_buf()? {
            input.seek_relative(8 + i64::from(u32::from_le_bytes([a, b, c, d])))?;
        }
        if input.fill_buf()?.is_empty() {
            return Ok(false);
        }
        self.frame = Some(StreamingDecoder::new(input).map_err(io::Error::other)?);
        Ok(true)
    }

    /// Ends a frame, whose data must be what its checksum says.
    fn end(&mut self) -> io::Result<()> {
        let Some(frame) = self.frame.take() else { return Ok(()) };
        let (input, decoder) = frame.into_parts();
        let (stated, found) = (decoder.get_checksum_from_data(), decoder.get_calculated_checksum());
        if stated.is_some() && stated != found {
            return Err(io::Error::other("the checksum differs"));
        }
        self.input = Some(input);
        Ok(())
    }
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                let count = frame.read(buffer)?;
                if count > 0 || buffer.is_empty() {
                    return Ok(count);
                }
                self.end()?;
            }
            if !self.advance()? {
                return Ok(0);
            }
        }
    }
}

fn limit(packed: u64) -> u64 {
    LIMIT.min(HARMLESS.max(packed.saturating_mul(RATIO)))
}

fn bomb(name: &str, size: u64) -> ImportError {
    fail("E0013", format!("`{name}` unpacks to more than {size} bytes, far more than it is packed"))
}

/// The members of a gzip file as one stream.
struct Members {
    input: Option<GzDecoder<BufReader<File>>>,
}

impl Read for Members {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.input {
            let count = decoder.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            self.input = self.input.take().map(GzDecoder::into_inner).map_or(Ok(None), next)?;
        }
        Ok(0)
    }
}

/// The next member, if there is one. Zeros fill up a block; anything else is damage.
fn next(mut rest: BufReader<File>) -> io::Result<Option<GzDecoder<BufReader<File>>>> {
    loop {
        let bytes = rest.fill_buf()?;
        match bytes {
            [] => return Ok(None),
            [0x1f, ..] => return Ok(Some(GzDecoder::new(rest))),
            zeros if zeros.iter().all(|b| *b == 0) => {
                let count = zeros.len();
                rest.consume(count);
            }
            _ => return Err(io::Error::other("other bytes stand behind the compressed data")),
        }
    }
}

type Zip = ZipArchive<BufReader<File>>;

/// The only table of a zip file, or the one that is named.
fn unzip(zip: &mut Zip, outer: &str, member: Option<&str>) -> Result<Unpacked, ImportError> {
    let names: Vec<(usize, String)> = names(zip);
    let (index, name) = pick(&names, outer, member)?;
    let others: Vec<&str> = names.iter().map(|(_, n)| n.as_str()).filter(|n| n != name).collect();
    let note = (member.is_none() && !others.is_empty()).then(|| beside(name, &others));
    let damaged = |e: String| fail("E0005", format!("`{name}` in the archive is damaged: {e}"));
    let mut part = zip.by_index(*index).map_err(|e| match e {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            fail("E0004", format!("`{name}` in the archive is protected by a password"))
        }
        ZipError::UnsupportedArchive(why) => {
            fail("E0003", format!("`{name}` is packed in a way that is not known here: {why}"))
        }
        e => damaged(e.to_string()),
    })?;
    let limit = limit(part.compressed_size());
    if part.size() > limit {
        return Err(bomb(name, limit));
    }
    let (path, size) = save(&mut part, limit).map_err(|e| damaged(e.to_string()))?;
    if size > limit {
        return Err(bomb(name, limit));
    }
    Ok(Unpacked { path, name: format!("{name} in {outer}"), note })
}

/// Files of an archive, without folders and what programs leave behind.
fn names(zip: &Zip) -> Vec<(usize, String)> {
    let name = |i: usize| {
        // A name that is no text is called by its number.
        let name = zip.name_for_index(i)?;
        let name = name.map_or_else(|_| format!("file {}", i + 1), |n| n.into_owned());
        let last = name.rsplit('/').next().unwrap_or("");
        let junk = last.is_empty() || last.starts_with('.') || name.starts_with("__MACOSX/");
        (!junk && !last.eq_ignore_ascii_case("thumbs.db")).then_some((i, name.clone()))
    };
    (0..zip.len()).filter_map(name).collect()
}

fn pick<'n>(
    names: &'n [(usize, String)],
    outer: &str,
    member: Option<&str>,
) -> Result<&'n (usize, String), ImportError> {
    let list = |names: &[&(usize, String)]| {
        let shown = names.iter().take(LISTED).map(|(_, n)| format!("`{n}`"));
        let more = names.len().saturating_sub(LISTED);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        shown.collect::<Vec<_>>().join(", ") + &rest
    };
    let all: Vec<&(usize, String)> = names.iter().collect();
    if let Some(wanted) = member {
        let missing = || fail("E0001", format!("no `{wanted}` in the archive, but {}", list(&all)));
        return names.iter().find(|(_, n)| n == wanted).ok_or_else(missing);
    }
    let tables: Vec<&(usize, String)> = names.iter().filter(|(_, n)| is_table(n)).collect();
    match (tables.as_slice(), all.as_slice()) {
        ([only], _) | ([], [only]) => Ok(only),
        (_, []) => Err(fail("E0003", "found an archive without a file in it, expected a table")),
        (tables, all) => {
            let found = if tables.is_empty() { all } else { tables };
            let (list, first) = (list(found), &found[0].1);
            let message = format!(
                "found {list} in the archive, expected one; name it as in `{outer}/{first}`"
            );
            Err(fail("E0021", message))
        }
    }
}

/// Whether a name promises a table, and not the notes to one.
fn is_table(name: &str) -> bool {
    const TABLES: [&str; 21] = [
        "csv", "tsv", "tab", "psv", "txt", "dat", "xlsx", "xlsm", "xls", "ods", "htm", "html",
        "xml", "gz", "zip", "json", "jsonl", "ndjson", "geojson", "zst", "zstd",
    ];
    const NOTES: [&str; 6] = ["readme", "license", "licence", "copying", "changelog", "metadata_"];
    let name = name.rsplit('/').next().unwrap_or(name).to_lowercase();
    let table = name.rsplit_once('.').is_some_and(|(_, e)| TABLES.contains(&e));
    table && !NOTES.iter().any(|n| name.starts_with(n))
}

fn beside(name: &str, others: &[&str]) -> Diagnostic {
    let list: Vec<String> = others.iter().take(LISTED).map(|n| format!("`{n}`")).collect();
    let message = format!("of the archive `{name}` is read; beside it lie {}", list.join(", "));
    Diagnostic { severity: Severity::Info, ..warning("W0133", message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_told_from_notes() {
        for (name, table) in [
            ("a/b.CSV", true),
            ("b.csv.gz", true),
            ("list.jsonl", true),
            ("README.txt", false),
            ("x/Metadata_Country.csv", false),
            ("licence.html", false),
            ("a.pdf", false),
            ("csv", false),
        ] {
            assert_eq!(is_table(name), table, "{name}");
        }
    }

    #[test]
    fn a_stream_is_hashed_as_it_is_written_down() {
        let spooled = spool(b"abc".as_slice()).unwrap();
        assert_eq!(std::fs::read(&spooled.path).unwrap(), b"abc");
        assert_eq!((spooled.size, &spooled.sha256[..8]), (3, "ba7816bf"));
        let path = spooled.path.to_path_buf();
        drop(spooled);
        assert!(!path.exists());
    }

    #[test]
    fn limits_are_kept() {
        assert_eq!(save(&mut b"abcdef".as_slice(), 3).unwrap().1, 4);
        assert_eq!(limit(10), HARMLESS);
        assert_eq!(limit(1 << 20), 400 << 20);
        assert_eq!(limit(u64::MAX), LIMIT);
    }
}
