//! Workbooks that Excel 2003 and its imitators saved as plain XML.

use crate::cell::{Cell, Epoch};
use crate::html::unescaped;
use crate::pages::{Sheet, fail};
use crate::workbook::{Show, of_code};
use haggle_evidence::ImportError;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Most cells of all sheets, blank ones between included.
const CELL_LIMIT: usize = 1 << 22;
/// Columns of the widest sheet there is.
const WIDEST: usize = 16_384;
/// Most styles from which one inherits.
const LINEAGE: usize = 16;
/// The style of all that have no other.
const DEFAULT: &str = "Default";

/// Every sheet.
pub(crate) fn sheets(page: &str) -> Result<Vec<Sheet>, ImportError> {
    sheets_within(page, CELL_LIMIT)
}

/// Every sheet, if all together have no more than so many cells.
fn sheets_within(page: &str, limit: usize) -> Result<Vec<Sheet>, ImportError> {
    let damaged =
        |e: &dyn std::fmt::Display| fail("E0005", format!("the workbook cannot be read: {e}"));
    let mut xml = Reader::from_str(page);
    let mut book = Book { limit, ..Book::default() };
    loop {
        match xml.read_event().map_err(|e| damaged(&e))? {
            Event::Start(e) => book.open(&e)?,
            Event::Empty(e) => {
                book.open(&e)?;
                book.close(e.name().as_ref())?;
            }
            Event::End(e) => book.close(e.name().as_ref())?,
            Event::Text(e) => book.text(&e),
            Event::CData(e) => book.text(&e),
            Event::GeneralRef(e) => book.text(&unescaped(&format!("&{};", &*e))),
            Event::Eof if book.is_open => return Err(damaged(&"it ends inside a sheet")),
            Event::Eof => return Ok(book.sheets),
            _ => {}
        }
    }
}

/// What a style says of numbers.
#[derive(Default)]
struct Style {
    parent: Option<String>,
    /// Absent: as the parent has it.
    show: Option<Show>,
}

/// Puts sheets together.
#[derive(Default)]
struct Book {
    sheets: Vec<Sheet>,
    is_open: bool,
    /// The kind of the value that is read, and its text.
    data: Option<(String, String)>,
    /// Whether the text of a comment is passed over.
    in_comment: bool,
    /// Columns that the cell covers beside its own.
    across: usize,
    cells: usize,
    /// Most cells.
    limit: usize,
    epoch: Epoch,
    styles: BTreeMap<String, Style>,
    /// The style that is read.
    style: String,
    /// Styles of the table, of its columns (by the first; with the last), of the row, of the cell.
    table_style: Option<String>,
    column_styles: BTreeMap<usize, (usize, String)>,
    row_style: Option<String>,
    cell_style: Option<String>,
    /// The column that follows, from 1.
    column: usize,
    /// Rows after the last one that are like it, and whether they are hidden.
    like_last: (usize, bool),
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    // The library compares each attribute with each other unless told not to.
    let mut all = element.attributes();
    let found = all.with_checks(false).flatten().find(|a| local(a.key.as_ref()) == name);
    found.map(|a| unescaped(&a.value))
}

/// Whether a row or column says that it is hidden, or has no extent.
fn is_hidden(element: &BytesStart<'_>, extent: &str) -> bool {
    let number = |name| attribute(element, name).and_then(|n| n.trim().parse::<f64>().ok());
    number("Hidden") == Some(1.0) || number(extent) == Some(0.0)
}

impl Book {
    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), ImportError> {
        let number = |name| attribute(element, name).and_then(|n| n.parse::<usize>().ok());
        match local(element.name().as_ref()) {
            "Style" => self.begin_style(element),
            "NumberFormat" => {
                let show = attribute(element, "Format").map_or(Show::default(), |f| of_format(&f));
                self.styles.entry(self.style.clone()).or_default().show = Some(show);
            }
            "Date1904" => self.epoch = Epoch::Since1904,
            "Worksheet" => self.begin_sheet(attribute(element, "Name").unwrap_or_default()),
            "Table" => self.table_style = attribute(element, "StyleID"),
            "Column" => self.column(element, number("Index"), number("Span").unwrap_or(0)),
            "Visible" => self.data = Some(("Visible".to_owned(), String::new())),
            "Row" => {
                let hidden = is_hidden(element, "Height");
                self.row(number("Index"), number("Span").unwrap_or(0), hidden)?;
                self.row_style = attribute(element, "StyleID");
            }
            "Cell" => {
                self.across = number("MergeAcross").unwrap_or(0).min(WIDEST);
                self.cell_style = attribute(element, "StyleID");
                self.skip_to(number("Index"))?;
                self.push(Cell::Blank)?;
            }
            "Comment" => self.in_comment = true,
            "Data" if !self.in_comment => {
                self.data = Some((attribute(element, "Type").unwrap_or_default(), String::new()));
            }
            _ => {}
        }
        Ok(())
    }

    fn begin_style(&mut self, element: &BytesStart<'_>) {
        self.style = attribute(element, "ID").unwrap_or_default();
        let parent = attribute(element, "Parent");
        self.styles.insert(self.style.clone(), Style { parent, show: None });
    }

    fn begin_sheet(&mut self, name: String) {
        self.sheets.push(Sheet { name, ..Sheet::default() });
        self.is_open = true;
        self.table_style = None;
        self.column_styles.clear();
        self.column = 1;
        self.like_last = (0, false);
    }

    fn column(&mut self, element: &BytesStart<'_>, index: Option<usize>, span: usize) {
        let first = index.unwrap_or(self.column).max(self.column).clamp(1, WIDEST);
        let last = first.saturating_add(span).min(WIDEST);
        self.column = last + 1;
        if let Some(style) = attribute(element, "StyleID") {
            self.column_styles.insert(first, (last, style));
        }
        if is_hidden(element, "Width") {
            let hidden = (first as u32 - 1, last as u32 - 1);
            self.sheets.last_mut().into_iter().for_each(|s| s.hidden_columns.push(hidden));
        }
    }

    /// Begins a row, which stands below those that are like the one before it.
    fn row(&mut self, index: Option<usize>, span: usize, hidden: bool) -> Result<(), ImportError> {
        let Some(sheet) = self.sheets.last_mut() else { return Ok(()) };
        let (before, (alike, alike_hidden)) = (sheet.rows.len(), self.like_last);
        let last_alike = before.saturating_add(alike);
        let number = index.unwrap_or(0).max(last_alike.saturating_add(1));
        self.cells = self.cells.saturating_add(number - before);
        if self.cells > self.limit {
            return Err(too_many(self.limit));
        }
        if alike_hidden {
            sheet.hidden_rows.extend((before + 1..=last_alike).map(|n| n as u64));
        }
        if hidden {
            sheet.hidden_rows.insert(number as u64);
        }
        sheet.rows.resize_with(number, Vec::new);
        self.like_last = (span, hidden);
        Ok(())
    }

    fn last_row(&mut self) -> Option<&mut Vec<Cell<'static>>> {
        self.sheets.last_mut()?.rows.last_mut()
    }

    fn push(&mut self, cell: Cell<'static>) -> Result<(), ImportError> {
        self.cells += 1;
        if self.cells > self.limit {
            return Err(too_many(self.limit));
        }
        self.last_row().into_iter().for_each(|row| row.push(cell.clone()));
        Ok(())
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

    fn close(&mut self, name: &str) -> Result<(), ImportError> {
        match local(name) {
            "Worksheet" => self.is_open = false,
            "Comment" => self.in_comment = false,
            "Data" if !self.in_comment => {
                let Some((kind, text)) = self.data.take() else { return Ok(()) };
                let (show, epoch) = (self.show(), self.epoch);
                if let Some(last) = self.last_row().and_then(|r| r.last_mut()) {
                    *last = value(&kind, text, show, epoch);
                }
            }
            "Visible" => {
                let hidden = self.data.take().is_some_and(|(_, text)| text.contains("Hidden"));
                self.sheets.last_mut().into_iter().for_each(|s| s.hidden |= hidden);
            }
            "Cell" => {
                let across = std::mem::take(&mut self.across);
                (0..across).try_for_each(|_| self.push(Cell::Blank))?;
            }
            _ => {}
        }
        Ok(())
    }

    /// How the cell that is read shows a number: by its own style, else by that of its row, its
    /// column, its table, else by the default one.
    fn show(&mut self) -> Show {
        let column = self.last_row().map_or(0, |r| r.len());
        let of_column = self.column_styles.range(..=column).next_back();
        let of_column = of_column.filter(|(_, (last, _))| column <= *last).map(|(_, (_, id))| id);
        let own = self.cell_style.as_ref().or(self.row_style.as_ref());
        let mut id = own.or(of_column).or(self.table_style.as_ref()).map(String::as_str);
        for _ in 0..LINEAGE {
            let Some(style) = id.and_then(|id| self.styles.get(id)) else { break };
            if let Some(show) = style.show {
                return show;
            }
            id = style.parent.as_deref();
        }
        self.styles.get(DEFAULT).and_then(|s| s.show).unwrap_or_default()
    }
}

fn too_many(limit: usize) -> ImportError {
    fail("E0009", format!("the sheets have more than {limit} cells"))
}

/// What a format of these workbooks makes of a number; some have names instead of codes, of which
/// `Currency` is that of whoever looks at it.
fn of_format(format: &str) -> Show {
    match format {
        "General Number" | "Fixed" | "Standard" | "Scientific" | "Currency" | "Yes/No"
        | "True/False" | "On/Off" => Show::default(),
        "Percent" => of_code("0%"),
        "Euro Currency" => of_code("€0"),
        code => of_code(code),
    }
}

fn value(kind: &str, text: String, show: Show, epoch: Epoch) -> Cell<'static> {
    let date = || text.strip_suffix("T00:00:00.000").unwrap_or(&text).to_owned();
    match (kind, text.trim().parse::<f64>()) {
        ("Number", Ok(number)) => Cell::shown_as(number, show, epoch),
        ("Boolean", _) => Cell::Bool(text.trim() == "1"),
        ("DateTime", _) => Cell::Date(date()),
        ("Error", _) => Cell::Error(text),
        _ => Cell::text(Cow::Owned(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::Format;

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
        let far = book("<Row><Cell ss:Index=\"99999999\"/></Row>");
        assert!(sheets_within(&far, 1000).is_err());
        assert_eq!(code(&book(&format!("<Row ss:Span=\"{0}\"/><Row/>", usize::MAX))), "E0009");
    }

    #[test]
    fn every_cell_counts() {
        for (table, cells) in [
            ("<Row/><Row><Cell/></Row>", 3),
            ("<Row><Cell ss:MergeAcross=\"9\"/><Cell ss:MergeAcross=\"9\"/></Row>", 21),
            ("<Row><Cell ss:MergeAcross=\"99999999999\"/></Row>", 16_386),
            ("<Row ss:Index=\"5\"><Cell ss:Index=\"7\"/></Row>", 12),
            ("<Row ss:Span=\"9\"/><Row/>", 11),
        ] {
            assert!(sheets_within(&book(table), cells).is_ok(), "{table}");
            assert!(sheets_within(&book(table), cells - 1).is_err(), "{table}");
        }
    }

    #[test]
    fn a_comment_is_no_value() {
        let value = "<Data ss:Type=\"Number\">42000</Data>";
        let comment =
            "<Comment ss:Author=\"A\"><ss:Data xmlns=\"h\"><B>A:</B> was 36000</ss:Data></Comment>";
        for cell in [format!("{value}{comment}"), format!("{comment}{value}")] {
            assert_eq!(shown(&format!("<Row><Cell>{cell}</Cell></Row>")), ["42000"]);
        }
        assert_eq!(shown(&format!("<Row><Cell>{comment}</Cell></Row>")), [""]);
    }

    #[test]
    fn what_is_hidden() {
        let table = "<Column ss:Index=\"2\" ss:Span=\"1\" ss:Hidden=\"1\"/><Column/><Column ss:Width=\"0\"/>\
                     <Row/><Row ss:Hidden=\"1\" ss:Span=\"2\"/><Row/><Row ss:Index=\"8\" ss:Height=\"0\"/><Row/>\
                     <Row ss:Hidden=\"0\" ss:Height=\"12.75\"/>";
        let sheets = sheets(&book(table)).unwrap();
        assert_eq!(sheets[0].hidden_rows, [2, 3, 4, 8].into());
        assert_eq!(sheets[0].hidden_columns, [(1, 2), (4, 4)]);
        assert_eq!(sheets[0].rows.len(), 10);
    }

    #[test]
    fn formats_are_those_of_the_cell_the_row_the_column_or_the_table() {
        let styles = "<Styles><Style ss:ID=\"Default\" ss:Name=\"Normal\"><NumberFormat/></Style>\
             <Style ss:ID=\"p\"><NumberFormat ss:Format=\"0.0%\"/></Style>\
             <Style ss:ID=\"child\" ss:Parent=\"p\"><Font/></Style>\
             <Style ss:ID=\"loop\" ss:Parent=\"loop\"/>\
             <Style ss:ID=\"e\"><NumberFormat ss:Format=\"#,##0\\ &quot;€&quot;\"/></Style>\
             <Style ss:ID=\"d\"><NumberFormat ss:Format=\"Short Date\"/></Style>\
             <Style ss:ID=\"c\"><NumberFormat ss:Format=\"00000\"/></Style></Styles>";
        let cell = |style: &str, number: &str| {
            format!("<Cell{style}><Data ss:Type=\"Number\">{number}</Data></Cell>")
        };
        let of = |id: &str| format!(" ss:StyleID=\"{id}\"");
        let table = format!(
            "<Table><Column ss:Index=\"2\" ss:Span=\"1\" ss:StyleID=\"p\"/><Row>{}{}{}{}</Row><Row ss:StyleID=\"e\">{}{}</Row><Row>{}{}{}{}</Row>",
            cell("", "1"),
            cell("", "0.075"),
            cell(&of("Default"), "3"),
            cell("", "4"),
            cell("", "5"),
            cell(&of("child"), "0.5"),
            cell(&of("d"), "45000"),
            cell(&of("loop"), "2"),
            cell(&of("nowhere"), "7"),
            cell(&of("c"), "42"),
        );
        let page = book("").replace("<Worksheet", &format!("{styles}<Worksheet"));
        let sheets = sheets(&page.replace("<Table>", &table)).unwrap();
        let (plain, percent) = (Format::Plain, Format::Percent);
        let n = Cell::Number;
        assert_eq!(
            sheets[0].rows,
            [
                vec![n(1.0, plain), n(0.075, percent), n(3.0, plain), n(4.0, plain)],
                vec![n(5.0, Format::Money("€")), n(0.5, percent)],
                vec![
                    Cell::Date("2023-03-15".to_owned()),
                    n(2.0, plain),
                    n(7.0, plain),
                    n(42.0, Format::Digits(5)),
                ],
            ]
        );
        let of_table = page.replace(
            "<Table>",
            "<Table ss:StyleID=\"p\"><Row><Cell><Data ss:Type=\"Number\">1</Data></Cell></Row>",
        );
        assert_eq!(super::sheets(&of_table).unwrap()[0].rows, [[n(1.0, percent)]]);
    }

    #[test]
    fn formats_that_have_names() {
        let (plain, percent) = (Show::default(), Show::Number(Format::Percent));
        for (name, show) in [
            ("General", plain),
            ("General Number", plain),
            ("Standard", plain),
            ("Fixed", plain),
            ("Scientific", plain),
            ("Currency", plain),
            ("Euro Currency", Show::Number(Format::Money("€"))),
            ("Percent", percent),
            ("General Date", Show::Date),
            ("Medium Time", Show::Date),
            ("0.00%", percent),
        ] {
            assert_eq!(of_format(name), show, "{name}");
        }
    }

    /// Were each attribute compared with each other, this would be 5 * 10^9 comparisons.
    #[test]
    fn a_tag_of_many_attributes() {
        let many: String = (0..100_000).map(|i| format!(" a{i}=\"\"")).collect();
        assert_eq!(shown(&format!("<Row{many}><Cell/></Row>")), [""]);
    }

    proptest::proptest! {
        #[test]
        fn any_book_is_read_or_refused(parts in proptest::collection::vec(proptest::sample::select(vec![
            "<Workbook>", "<Styles>", "<Style ss:ID=\"a\" ss:Parent=\"a\">", "<NumberFormat ss:Format=\"0%\"/>",
            "</Style>", "<Worksheet ss:Name=\"s\">", "</Worksheet>", "<Table ss:StyleID=\"a\">", "<Row>",
            "<Row ss:Index=\"3\" ss:Span=\"2\" ss:Hidden=\"1\"/>", "</Row>", "<Cell ss:Index=\"2\">", "</Cell>",
            "<Cell ss:MergeAcross=\"3\" ss:StyleID=\"a\">", "<Data ss:Type=\"Number\">", "1", "</Data>", "<Comment>",
            "</Comment>", "<Column ss:Index=\"0\" ss:Span=\"99999\" ss:Hidden=\"1\" ss:StyleID=\"a\"/>", "<Visible>", "&amp;", "<",
        ]), 0..40)) {
            let _ = sheets_within(&parts.concat(), 1000);
        }
    }
}
