//! Zip containers: which workbook they hold, whether they are whole, and whether they are bombs.
//!
//! Every part that is read is unpacked once here, into nothing, before anything trusts its size.
//! This costs a second unpacking and buys that no number is delivered from a damaged file.

use haggle_evidence::{ImportError, Locator};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use zip::ZipArchive;
use zip::result::ZipError;

/// What a zip container holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Archive {
    /// An Office Open XML workbook.
    Xlsx,
    /// An OpenDocument spreadsheet.
    Ods,
    /// Something else.
    Other,
}

/// Most bytes of a part that is held in memory whole.
const WHOLE_LIMIT: u64 = 512 << 20;
/// Most bytes of a part that streams.
const STREAM_LIMIT: u64 = 64 << 30;
/// Below this size no part is a bomb.
const HARMLESS: u64 = 16 << 20;
/// A larger part that shrank by more than this is one. Sheets shrink by 5 to 50.
const RATIO: u64 = 400;

/// Finds what the container holds and unpacks every part that will be read.
pub(crate) fn check(path: &Path) -> Result<Archive, ImportError> {
    let file = File::open(path).map_err(|e| fail("E0001", e.to_string()))?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|e| broken(&e))?;
    let archive = kind(&mut zip);
    if archive != Archive::Other {
        (0..zip.len()).try_for_each(|i| part(&mut zip, i))?;
    }
    Ok(archive)
}

fn fail(code: &'static str, message: impl Into<String>) -> ImportError {
    ImportError::source(code, Locator::default(), message)
}

fn broken(error: &ZipError) -> ImportError {
    fail("E0005", format!("the workbook's container cannot be read: {error}"))
}

fn kind(zip: &mut ZipArchive<BufReader<File>>) -> Archive {
    const ODS: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
    let is_book = |name: &[u8]| name.eq_ignore_ascii_case(b"xl/workbook.xml");
    if zip.file_names_raw().any(is_book) {
        return Archive::Xlsx;
    }
    let mut mimetype = Vec::new();
    if let Ok(part) = zip.by_name("mimetype") {
        // A part that cannot be read is no promise of a spreadsheet.
        let _ = part.take(128).read_to_end(&mut mimetype);
    }
    if mimetype.starts_with(ODS) { Archive::Ods } else { Archive::Other }
}

/// Whether the reader of workbooks looks at this part.
fn is_read(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with(".xml") || name.ends_with(".rels")
}

fn part(zip: &mut ZipArchive<BufReader<File>>, index: usize) -> Result<(), ImportError> {
    let mut part = zip.by_index(index).map_err(|e| match e {
        ZipError::UnsupportedArchive(why) if why.contains("assword") => {
            fail("E0004", "a part of the workbook is protected by a password")
        }
        e => broken(&e),
    })?;
    let name = part.name().map_or_else(|_| String::new(), |n| n.into_owned());
    if !is_read(&name) {
        return Ok(());
    }
    let limit = limit(&name, part.compressed_size());
    if part.size() > limit {
        return Err(bomb(&name, part.size()));
    }
    let head = head(&mut part).map_err(|e| damaged(&name, &e))?;
    let rest = io::copy(&mut (&mut part).take(limit), &mut io::sink());
    let size = head.len() as u64 + rest.map_err(|e| damaged(&name, &e))?;
    if size > limit {
        return Err(bomb(&name, size));
    }
    count_fits(&name, &head, size)
}

fn limit(name: &str, compressed: u64) -> u64 {
    let absolute = if name.contains("/worksheets/") { STREAM_LIMIT } else { WHOLE_LIMIT };
    absolute.min(HARMLESS.max(compressed.saturating_mul(RATIO)))
}

fn bomb(name: &str, size: u64) -> ImportError {
    fail("E0013", format!("`{name}` unpacks to {size} bytes or more, far more than it is packed"))
}

fn damaged(name: &str, error: &io::Error) -> ImportError {
    fail("E0005", format!("`{name}` inside the workbook is damaged: {error}"))
}

fn head(part: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    part.take(2048).read_to_end(&mut head)?;
    Ok(head)
}

/// The reader makes room for as many texts as this part says it has, before it sees them.
fn count_fits(name: &str, head: &[u8], size: u64) -> Result<(), ImportError> {
    if !name.to_lowercase().ends_with("sharedstrings.xml") {
        return Ok(());
    }
    let text = String::from_utf8_lossy(head);
    let Some((_, after)) = text.split_once("uniqueCount=") else { return Ok(()) };
    let digits: String = after.chars().skip(1).take_while(char::is_ascii_digit).collect();
    match digits.parse::<u64>() {
        Ok(count) if count > size => {
            let message = format!("`{name}` says that it holds {count} texts in {size} bytes");
            Err(fail("E0005", message))
        }
        _ => Ok(()),
    }
}
