//! Workbooks that Excel 2003 and its imitators saved as plain XML.

use crate::cell::{Cell, Format};
use crate::html::unescaped;
use crate::pages::{Sheet, fail};
use haggle_evidence::ImportError;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;

/// Most cells of all sheets, blank ones between included.
const CELL_LIMIT: usize = 1 << 22;

/// Every sheet.
pub(crate) fn sheets(page: &str) -> Result<Vec<Sheet>, ImportError> {
    let damaged =
        |e: &dyn std::fmt::Display| fail("E0005", format!("the workbook cannot be read: {e}"));
    let mut xml = Reader::from_str(page);
    let mut book = Book::default();
    loop {
        match xml.read_event().map_err(|e| damaged(&e))? {
            Event::Start(e) => book.open(&e)?,
            Event::Empty(e) => {
                book.open(&e)?;
                book.close(e.name().as_ref());
            }
            Event::End(e) => book.close(e.name().as_ref()),
            Event::Text(e) => book.text(&e),
            Event::CData(e) => book.text(&e),
            Event::GeneralRef(e) => book.text(&unescaped(&format!("&{};", &*e))),
            Event::Eof if book.is_open => return Err(damaged(&"it ends inside a sheet")),
            Event::Eof => return Ok(book.sheets),
            _ => {}
        }
    }
}

/// Puts sheets together.
#[derive(Default)]
struct Book {
    sheets: Vec<Sheet>,
    is_open: bool,
    /// The kind of the value that is read, and its text.
    data: Option<(String, String)>,
    /// Columns that the cell covers beside its own.
    across: usize,
    cells: usize,
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|a| local(a.key.as_ref()) == name);
    found.map(|a| unescaped(&a.value))
}

impl Book {
    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), ImportError> {
        let number = |name| attribute(element, name).and_then(|n| n.parse::<usize>().ok());
        match local(element.name().as_ref()) {
            "Worksheet" => {
                let name = attribute(element, "Name").unwrap_or_default();
                self.sheets.push(Sheet { name, ..Sheet::default() });
                self.is_open = true;
            }
            "Visible" => self.data = Some(("Visible".to_owned(), String::new())),
            "Row" => self.row(number("Index"))?,
            "Cell" => {
                self.across = number("MergeAcross").unwrap_or(0);
                self.skip_to(number("Index"))?;
                self.push(Cell::Blank)?;
            }
            "Data" => {
                self.data = Some((attribute(element, "Type").unwrap_or_default(), String::new()))
            }
            _ => {}
        }
        Ok(())
    }

    fn row(&mut self, index: Option<usize>) -> Result<(), ImportError> {
        let Some(sheet) = self.sheets.last_mut() else { return Ok(()) };
        let gap = index.unwrap_or(0).saturating_sub(sheet.rows.len() + 1);
        self.cells += gap + 1;
        if self.cells > CELL_LIMIT {
            return Err(fail("E0009", "the sheets have too many cells"));
        }
        sheet.rows.resize_with(sheet.rows.len() + gap + 1, Vec::new);
        Ok(())
    }

    fn last_row(&mut self) -> Option<&mut Vec<Cell<'static>>> {
        self.sheets.last_mut()?.rows.last_mut()
    }

    fn push(&mut self, cell: Cell<'static>) -> Result<(), ImportError> {
        self.cells += 1;
        if let Some(row) = self.last_row() {
            row.push(cell);
        }
        if self.cells > CELL_LIMIT {
            Err(fail("E0009", "the sheets have too many cells"))
        } else {
            Ok(())
        }
    }

    fn skip_to(&mut self, index: Option<usize>) -> Result<(), ImportError> {
        let width = self.last_row().map_or(0, |r| r.len());
        (width + 1..index.unwrap_or(0)).try_for_each(|_| self.push(Cell::Blank))
    }

    fn text(&mut self, text: &str) {
        if let Some((_, data)) = &mut self.data {
            data.push_str(text);
        }
    }

    fn close(&mut self, name: &str) {
        match local(name) {
            "Worksheet" => self.is_open = false,
            "Data" => {
                let Some((kind, text)) = self.data.take() else { return };
                if let Some(last) = self.last_row().and_then(|r| r.last_mut()) {
                    *last = value(&kind, text);
                }
            }
            "Visible" => {
                let hidden = self.data.take().is_some_and(|(_, text)| text.contains("Hidden"));
                self.sheets.last_mut().into_iter().for_each(|s| s.hidden |= hidden);
            }
            "Cell" => {
                for _ in 0..std::mem::take(&mut self.across).min(16_384) {
                    self.last_row().into_iter().for_each(|r| r.push(Cell::Blank));
                }
            }
            _ => {}
        }
    }
}

fn value(kind: &str, text: String) -> Cell<'static> {
    let date = || text.strip_suffix("T00:00:00.000").unwrap_or(&text).to_owned();
    match (kind, text.trim().parse::<f64>()) {
        ("Number", Ok(number)) => Cell::Number(number, Format::Plain),
        ("Boolean", _) => Cell::Bool(text.trim() == "1"),
        ("DateTime", _) => Cell::Date(date()),
        ("Error", _) => Cell::Error(text),
        _ => Cell::text(Cow::Owned(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(table: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><Workbook xmlns:ss=\"x\"><Worksheet ss:Name=\"A &amp; B\"><Table>{table}</Table></Worksheet></Workbook>"
        )
    }

    fn shown(table: &str) -> Vec<String> {
        let sheets = sheets(&book(table)).unwrap();
        assert_eq!(sheets[0].name, "A & B");
        let row = |r: &Vec<Cell<'_>>| {
            r.iter().map(|c| c.shown().into_owned()).collect::<Vec<_>>().join("|")
        };
        sheets[0].rows.iter().map(row).collect()
    }

    fn cell(kind: &str, text: &str) -> String {
        format!("<Cell><Data ss:Type=\"{kind}\">{text}</Data></Cell>")
    }

    #[test]
    fn values_and_gaps() {
        let values = [
            cell("String", "a &lt; <B>b</B>&#233;"),
            cell("Number", "1.5E3"),
            cell("DateTime", "2023-03-15T00:00:00.000"),
            cell("Boolean", "1"),
            cell("Error", "#REF!"),
            "<Cell/>".to_owned(),
        ];
        assert_eq!(
            shown(&format!("<Row>{}</Row>", values.concat())),
            ["a < bé|1500|2023-03-15|TRUE|#REF!|"]
        );
        let gaps = "<Row ss:Index=\"3\"><Cell ss:Index=\"2\" ss:MergeAcross=\"1\"><Data ss:Type=\"String\">x</Data></Cell><Cell><Data ss:Type=\"Number\">4</Data></Cell></Row><Row/>";
        assert_eq!(shown(gaps), ["", "", "|x||4", ""]);
    }

    #[test]
    fn what_is_refused() {
        let code = |page: &str| match sheets(page) {
            Err(ImportError::Source(d)) => d.code,
            other => panic!("{other:?}"),
        };
        let whole = book("<Row><Cell><Data ss:Type=\"Number\">4</Data></Cell></Row>");
        assert_eq!(code(&whole[..whole.len() - 30]), "E0005");
        assert_eq!(code(&book("<Row ss:Index=\"99999999\"/>")), "E0009");
        assert_eq!(code(&book("<Row><Cell ss:Index=\"99999999\"/></Row>")), "E0009");
    }
}
