//! Zip containers: which workbook they hold, whether they are whole, and whether they are bombs.
//!
//! Every part that is read is unpacked once here before anything trusts its size, and no number is
//! delivered from a damaged file. What a sheet says beside its cells is noted in passing.

use crate::workbook::{Shape, Tags, shape};
use haggle_evidence::{ImportError, Locator};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;
use zip::ZipArchive;
use zip::result::ZipError;

/// What a zip container holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Archive {
    /// An Office Open XML workbook.
    Xlsx,
    /// An Office Open XML workbook in binary parts.
    Xlsb,
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

/// Finds what the container holds.
pub(crate) fn check(path: &Path) -> Result<Archive, ImportError> {
    let file = File::open(path).map_err(|e| fail("E0001", e.to_string()))?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|e| broken(&e))?;
    Ok(kind(&mut zip))
}

/// Unpacks every part that will be read, and gives the shapes of the sheets by the names of parts.
pub(crate) fn prove<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
) -> Result<BTreeMap<String, Shape>, ImportError> {
    // Parts that share their bytes would be unpacked once for each name.
    if zip.has_overlapping_files().map_err(|e| broken(&e))? {
        return Err(fail("E0013", "the parts of the workbook lie over each other"));
    }
    let mut shapes = BTreeMap::new();
    for index in 0..zip.len() {
        if let Some((name, shape)) = part(zip, index)? {
            shapes.insert(name, shape);
        }
    }
    Ok(shapes)
}

/// The name of a part as it is compared: writers differ in case and slashes.
pub(crate) fn key(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

/// The number of every part, by its name as it is compared.
pub(crate) fn names<R: Read + Seek>(
    zip: &ZipArchive<R>,
) -> Result<BTreeMap<String, usize>, ImportError> {
    let mut names = BTreeMap::new();
    for (index, name) in zip.file_names_raw().enumerate() {
        let name = key(&String::from_utf8_lossy(name));
        if let Some(_twice) = names.insert(name.clone(), index).filter(|_| is_read(&name)) {
            return Err(fail("E0005", format!("the workbook has two parts `{name}`")));
        }
    }
    Ok(names)
}

fn fail(code: &'static str, message: impl Into<String>) -> ImportError {
    ImportError::source(code, Locator::default(), message)
}

fn broken(error: &ZipError) -> ImportError {
    fail("E0005", format!("the workbook's container cannot be read: {error}"))
}

fn kind(zip: &mut ZipArchive<BufReader<File>>) -> Archive {
    const ODS: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
    let holds = |part: &str| zip.file_names_raw().any(|n| key(&String::from_utf8_lossy(n)) == part);
    if holds("xl/workbook.xml") {
        return Archive::Xlsx;
    }
    if holds("xl/workbook.bin") {
        return Archive::Xlsb;
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
    [".xml", ".rels", ".bin"].iter().any(|end| name.ends_with(end))
}

fn part<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    index: usize,
) -> Result<Option<(String, Shape)>, ImportError> {
    let part = zip.by_index(index).map_err(|e| match e {
        ZipError::UnsupportedArchive(why) if why.contains("assword") => {
            fail("E0004", "a part of the workbook is protected by a password")
        }
        e => broken(&e),
    })?;
    let name = part.name().map_or_else(|_| String::new(), |n| n.into_owned());
    if !is_read(&name) {
        return Ok(None);
    }
    let (size, limit) = (part.size(), limit(&name, part.compressed_size()));
    if size > limit {
        return Err(bomb(&name, size));
    }
    let mut counted = Counted { part, count: 0, limit };
    let shape = unpack(&mut counted, &name);
    if counted.count > limit {
        return Err(bomb(&name, counted.count));
    }
    Ok(shape.map_err(|e| damaged(&name, &e))?.map(|shape| (key(&name), shape)))
}

/// Reads a part to its end, where its check sum stands; a sheet for its shape.
fn unpack(part: &mut impl Read, name: &str) -> io::Result<Option<Shape>> {
    let mut shaped = None;
    if name.to_lowercase().contains("sheet") && name.ends_with(".xml") {
        let mut tags = Tags::new(&mut *part);
        // A part that is no sheet may be anything.
        if tags.open()?.is_some_and(|root| root.name == b"worksheet") {
            shaped = Some(shape(&mut tags)?);
        }
    }
    io::copy(part, &mut io::sink())?;
    Ok(shaped)
}

/// Counts what is read and ends soon after the limit.
struct Counted<R> {
    part: R,
    count: u64,
    limit: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.count > self.limit {
            return Err(io::Error::other("it is too large"));
        }
        let read = self.part.read(buffer)?;
        self.count += read as u64;
        Ok(read)
    }
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
