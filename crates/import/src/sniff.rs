//! Which format a file has, by its content: names lie.

use crate::container::is_zip;
use crate::guard::{self, Archive};
use crate::text::wide;
use haggle_evidence::{ImportError, Locator};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Separated fields.
    Text,
    /// Office Open XML workbook.
    Xlsx,
    /// Office Open XML workbook in binary parts.
    Xlsb,
    /// OpenDocument spreadsheet.
    Ods,
    /// Excel 97 to 2003.
    Xls,
    /// A web page, whose tables are read if it has any.
    Page,
    /// A workbook that Excel 2003 saved as XML.
    Xml2003,
    /// JSON, or one JSON value on each line.
    Json,
    /// Any other XML.
    Xml,
}

/// Bytes that are looked at.
const HEAD: u64 = 4096;
/// What stands in the first bytes of such files, in lower case.
const PAGE_MARKS: [&str; 4] = ["<!doctype html", "<html", "<table", "<body"];
const XML_MARKS: [&str; 2] =
    ["progid=\"excel.sheet\"", "=\"urn:schemas-microsoft-com:office:spreadsheet\""];
const XML_BOOK: &str = "a workbook as XML";
const JSON: &str = "JSON";
const XML: &str = "an XML document";
const PAGE: &str = "a web page";
const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// First bytes of formats that are no tables.
const FOREIGN: [(&[u8], &str); 11] = [
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"{\\rtf", "a rich text document"),
    (b"PAR1", "a Parquet file"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
];

/// Finds the format, or says what the file is instead.
pub(crate) fn sniff(path: &Path) -> Result<Format, ImportError> {
    let mut head = Vec::new();
    let mut file = File::open(path).map_err(unreadable)?;
    (&mut file).take(HEAD).read_to_end(&mut head).map_err(unreadable)?;
    if is_blank(&head, &mut file).map_err(unreadable)? {
        return Err(fail("E0002", "the file is empty"));
    }
    match head.as_slice() {
        h if h.starts_with(OLE) => ole(path),
        h if is_zip(h) => zip(path),
        h => text(h),
    }
}

fn unreadable(error: io::Error) -> ImportError {
    ImportError::source("E0001", Locator::default(), error.to_string())
}

fn fail(code: &'static str, message: &str) -> ImportError {
    ImportError::source(code, Locator::default(), message)
}

/// No byte but white space and a byte order mark.
fn is_blank(head: &[u8], rest: &mut File) -> io::Result<bool> {
    let marks = [b"\xef\xbb\xbf".as_slice(), b"\xff\xfe", b"\xfe\xff"];
    let text = marks.iter().find_map(|m| head.strip_prefix(*m)).unwrap_or(head);
    let blank = |bytes: &[u8]| bytes.iter().all(|b| b.is_ascii_whitespace() || *b == 0);
    let mut buffer = vec![0; 1 << 16];
    let mut chunk = text.len();
    if !blank(text) || head.is_empty() {
        return Ok(head.is_empty());
    }
    while chunk > 0 {
        chunk = rest.read(&mut buffer)?;
        if !blank(&buffer[..chunk]) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn text(head: &[u8]) -> Result<Format, ImportError> {
    if let Some((_, what)) = FOREIGN.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(fail("E0003", &format!("found {what}, expected a table")));
    }
    if let Some(what) = markup(head) {
        match what {
            PAGE => return Ok(Format::Page),
            XML_BOOK => return Ok(Format::Xml2003),
            JSON => return Ok(Format::Json),
            _ => return Ok(Format::Xml),
        }
    }
    let marked = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let zeros = head.iter().filter(|b| **b == 0).count();
    // A few zeros are damage to a text, which its reader tells with the line.
    if !marked && wide(head).is_none() && zeros * 100 > head.len() {
        return Err(fail("E0003", "found binary data, expected a table"));
    }
    Ok(Format::Text)
}

/// Web pages, XML and JSON, which come under any name and are told by how they begin.
fn markup(head: &[u8]) -> Option<&'static str> {
    let printable = head.iter().filter(|b| **b != 0).map(u8::to_ascii_lowercase);
    let text: Vec<u8> =
        printable.skip_while(|b| !b.is_ascii() || b.is_ascii_whitespace()).collect();
    let has = |word: &str| text.windows(word.len()).any(|w| w == word.as_bytes());
    let any = |words: &[&str]| words.iter().any(|w| has(w));
    let inner = text.iter().skip(1).find(|b| !b.is_ascii_whitespace());
    match text.first() {
        Some(b'{') if matches!(inner, Some(b'"' | b'}')) => Some(JSON),
        Some(b'[') if matches!(inner, Some(b'"' | b'{' | b'[' | b']')) => Some(JSON),
        Some(b'<') if any(&XML_MARKS) && !has("<html") => Some(XML_BOOK),
        Some(b'<') if any(&PAGE_MARKS) => Some(PAGE),
        Some(b'<') if text.starts_with(b"<?xml") || has("</") => Some(XML),
        _ => None,
    }
}

fn zip(path: &Path) -> Result<Format, ImportError> {
    match guard::check(path)? {
        Archive::Xlsx => Ok(Format::Xlsx),
        Archive::Xlsb => Ok(Format::Xlsb),
        Archive::Ods => Ok(Format::Ods),
        Archive::Other => {
            Err(fail("E0003", "found an archive without a workbook in it, expected a table"))
        }
    }
}

fn ole(path: &Path) -> Result<Format, ImportError> {
    let has = |name: &str| contains(path, &utf16(name)).map_err(unreadable);
    if has("EncryptedPackage")? {
        return Err(fail("E0004", "the workbook is protected by a password"));
    }
    if !has("Workbook")? && !has("Book")? {
        return Err(fail("E0003", "found an Office document without a workbook, expected a table"));
    }
    Ok(Format::Xls)
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Whether some bytes occur anywhere in a file.
fn contains(path: &Path, wanted: &[u8]) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let mut window = Vec::new();
    loop {
        let keep = window.len().saturating_sub(wanted.len());
        window.drain(..keep);
        if (&mut file).take(1 << 16).read_to_end(&mut window)? == 0 {
            return Ok(false);
        }
        if window.windows(wanted.len()).any(|w| w == wanted) {
            return Ok(true);
        }
    }
}
