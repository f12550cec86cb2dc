//! How many cells an ODS workbook unfolds to, before anything makes room for them.
//!
//! OpenDocument writes equal rows and cells once, with a count; so few bytes can mean a thousand
//! million cells. Blank ones at the end do not count: most programs write them.

use haggle_evidence::{ImportError, Locator};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use zip::ZipArchive;

/// Most cells of a sheet that is held in memory whole.
const CELL_LIMIT: u64 = 1 << 24;

/// The area of a sheet up to its last row and column that hold anything.
#[derive(Default)]
struct Area {
    row: u64,
    repeat: u64,
    column: u64,
    rows: u64,
    columns: u64,
}

impl Area {
    fn row(&mut self, element: &BytesStart<'_>) {
        self.row += self.repeat;
        self.repeat = count(element, "table:number-rows-repeated");
        self.column = 0;
    }

    fn cell(&mut self, element: &BytesStart<'_>) {
        self.column += count(element, "table:number-columns-repeated");
        let holds = |key: &str| {
            key == "table:formula" || (key.starts_with("office:") && key.contains("value"))
        };
        if element.attributes().flatten().any(|a| holds(a.key.as_ref())) {
            self.rows = self.row + self.repeat;
            self.columns = self.columns.max(self.column);
        }
    }

    fn cells(&self) -> u64 {
        self.rows.saturating_mul(self.columns)
    }
}

fn count(element: &BytesStart<'_>, name: &str) -> u64 {
    let attribute = element.attributes().flatten().find(|a| a.key.as_ref() == name);
    attribute.and_then(|a| a.value.parse().ok()).map_or(1, |n: u32| n.into())
}

fn fail(code: &'static str, message: String) -> ImportError {
    ImportError::source(code, Locator::default(), message)
}

/// Refuses a workbook of which a sheet unfolds to more cells than memory should hold.
pub(crate) fn check_area(path: &Path) -> Result<(), ImportError> {
    let damaged = |e: String| fail("E0005", format!("the workbook cannot be read: {e}"));
    let file = File::open(path).map_err(|e| fail("E0001", e.to_string()))?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|e| damaged(e.to_string()))?;
    if is_encrypted(&mut zip) {
        return Err(fail("E0004", "the workbook is protected by a password".to_owned()));
    }
    let part = zip.by_name("content.xml").map_err(|e| damaged(e.to_string()))?;
    let mut xml = Reader::from_reader(BufReader::new(part));
    let (mut area, mut buffer) = (Area::default(), Vec::new());
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|e| damaged(e.to_string()))? {
            Event::Start(e) | Event::Empty(e) => match e.name().as_ref() {
                "table:table" => area = Area::default(),
                "table:table-row" => area.row(&e),
                "table:table-cell" | "table:covered-table-cell" => area.cell(&e),
                _ => {}
            },
            Event::Eof => return Ok(()),
            _ => {}
        }
        if area.cells() > CELL_LIMIT {
            let found = area.cells();
            let message = format!("a sheet has {found} cells, expected at most {CELL_LIMIT}");
            return Err(fail("E0009", message));
        }
    }
}

/// Whether the list of parts says how one of them is encrypted.
fn is_encrypted(zip: &mut ZipArchive<BufReader<File>>) -> bool {
    let mut manifest = Vec::new();
    if let Ok(part) = zip.by_name("META-INF/manifest.xml") {
        // A list that cannot be read is the business of whoever needs it.
        let _ = part.take(1 << 20).read_to_end(&mut manifest);
    }
    String::from_utf8_lossy(&manifest).contains("manifest:encryption-data")
}
