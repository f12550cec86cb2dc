//! Workbooks cell by cell: what stands in them, what is hidden and merged, and what stops the reader.

use crate::support::V::{D, N, S};
use crate::support::{
    Record, Seen, failure, halves, ods_of, read, save, seen, xls_of, xlsx, xlsx_of, xlsx_parts,
    zip, zip_owned,
};
use ::zip::ZipWriter;
use proptest::prelude::*;
use std::io::Cursor;

fn cells(bytes: impl AsRef<[u8]>) -> Vec<String> {
    seen(bytes).unwrap().cells
}

fn sheet_data(rows: &str) -> String {
    format!("<sheetData>{rows}</sheetData>")
}

/// One row of cells without places, which therefore stand in A1, B1, C1 ...
fn row(cells: &str) -> String {
    sheet_data(&format!("<row>{cells}</row>"))
}

const STYLES: &str = "<styleSheet><numFmts>\
    <numFmt numFmtId=\"164\" formatCode=\"0.0%\"/><numFmt numFmtId=\"165\" formatCode=\"00000\"/>\
    <numFmt numFmtId=\"166\" formatCode=\"[h]:mm:ss\"/><numFmt numFmtId=\"167\" formatCode=\"#,##0.00&quot; %&quot;\"/>\
    <numFmt numFmtId=\"168\" formatCode='yyyy\\-mm\\-dd\\ hh:mm'/></numFmts>\
    <cellStyleXfs><xf numFmtId=\"9\"/></cellStyleXfs>\
    <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"166\"/>\
    <xf numFmtId=\"167\"/><xf numFmtId=\"168\"/><xf numFmtId=\"10\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";

#[test]
fn number_formats_of_xlsx() {
    let cell = |style: u32, value: &str| format!("<c s=\"{style}\"><v>{value}</v></c>");
    let all = [
        cell(0, "0.075"),
        cell(1, "0.075"),
        cell(2, "123"),
        cell(3, "1.5625"),
        cell(4, "7.5"),
        cell(5, "45000.5"),
        cell(6, "1.5"),
        cell(7, "45000"),
        cell(99, "2"),
    ];
    let expected = [
        "s!A1 n0.075",
        "s!B1 n0.075%",
        "s!C1 n123/5",
        "s!D1 dPT37H30M00S",
        "s!E1 n7.5",
        "s!F1 d2023-03-15T12:00:00",
        "s!G1 n1.5%",
        "s!H1 d2023-03-15",
        "s!I1 n2",
    ];
    assert_eq!(cells(xlsx_of(&row(&all.concat()), &[("xl/styles.xml", STYLES)])), expected);
}

fn number(row: u16, column: u16, style: u16, number: f64) -> Record {
    let mut data = halves(&[row, column, style]);
    data.extend(number.to_le_bytes());
    (0x0203, data)
}

fn format(id: u16, code: &str) -> Record {
    let mut data = halves(&[id, code.len() as u16]);
    data.push(0);
    data.extend(code.as_bytes());
    (0x041e, data)
}

fn style(format: u16) -> Record {
    (0x00e0, halves(&[0, format, 0, 0, 0, 0, 0, 0, 0, 0]))
}

#[test]
fn xls_beyond_its_values() {
    let globals =
        [format(164, "0.0%"), format(165, "00000"), style(0), style(164), style(165), style(14)];
    // Two short whole numbers, 5 and 7, in one record: the second is shown with zeros in front.
    let pair = halves(&[1, 0, 0, 0x16, 0, 2, 0x1e, 0, 1]);
    let records = [
        (0x0208, halves(&[1, 0, 4, 255, 0, 0, 0x20, 0])),
        (0x007d, halves(&[2, 3, 100, 0, 1, 0])),
        number(0, 0, 1, 0.075),
        number(0, 1, 2, 123.0),
        number(0, 2, 3, 45000.0),
        (0x00bd, pair),
        number(2, 3, 0, 1.5),
        (0x00e5, halves(&[2, 0, 0, 0, 3, 1, 2, 1, 1])),
    ];
    let found = seen(xls_of("s", &globals, &records)).unwrap();
    let expected =
        ["s!A1 n0.075%", "s!B1 n123/5", "s!C1 d2023-03-15", "s!A2 n5", "s!B2 n7/5", "s!D3 n1.5"];
    assert_eq!(found.cells, expected);
    assert_eq!(found.hidden_rows, [2]);
    assert_eq!(found.sheets[0].hidden_columns, [(2, 3)]);
    assert_eq!(found.sheets[0].merged, [[0, 0, 0, 3], [1, 1, 2, 1]]);
    // The same day in the calendar that begins in 1904.
    let new = [vec![(0x0022, halves(&[1]))], globals.to_vec()].concat();
    assert_eq!(cells(xls_of("s", &new, &[number(0, 0, 3, 43538.0)])), ["s!A1 d2023-03-15"]);
}

#[test]
fn xls_that_claims_too_much() {
    for record in [
        (0x0200, halves(&[0, 0, 0xffff, 0xffff, 0, 0xffff, 0])),
        (0x0200, halves(&[5, 0, 1, 0, 0, 1, 0])),
        number(0xffff, 0xffff, 0, 1.0),
    ] {
        let (code, message) = failure(seen(xls_of("s", &[], &[record])));
        assert_eq!(code, "E0005");
        assert!(message.contains("more columns or rows"), "{message}");
    }
}

const SHAPED: &str = "<x:cols><x:col min=\"2\" max=\"3\" hidden=\"1\"/><x:col min=\"5\" max=\"5\" width=\"0\"/>\
    <x:col min=\"6\" max=\"6\" width=\"9\"/></x:cols><x:sheetData>\
    <x:row r=\"1\"><x:c r=\"A1\"><x:v>1</x:v></x:c></x:row>\
    <x:row r=\"2\" hidden=\"1\"><x:c r=\"A2\"><x:v>2</x:v></x:c></x:row>\
    <x:row r=\"4\" ht=\"0\" customHeight=\"1\"><x:c r=\"A4\"><x:v>4</x:v></x:c></x:row>\
    <x:row r=\"5\" hidden=\"0\"><x:c r=\"A5\" t=\"inlineStr\"><x:is><x:t>sheetData></x:t></x:is></x:c></x:row>\
    </x:sheetData><x:mergeCells count=\"2\"><x:mergeCell ref=\"A1:C1\"/><x:mergeCell ref=\"AA10:AB12\"/></x:mergeCells>";

fn check_shape(found: &Seen) {
    assert_eq!(found.cells, ["s!A1 n1", "s!A2 n2", "s!A4 n4", "s!A5 tsheetData>"]);
    assert_eq!((found.rows, found.hidden_rows.as_slice()), (5, [2, 4].as_slice()));
    assert_eq!(found.sheets[0].hidden_columns, [(1, 2), (4, 4)]);
    assert_eq!(found.sheets[0].merged, [[0, 0, 0, 2], [9, 26, 11, 27]]);
}

#[test]
fn hidden_and_merged_in_xlsx_with_and_without_prefix() {
    let prefixed = format!(
        "<x:worksheet xmlns:x=\"http://purl.oclc.org/ooxml/spreadsheetml/main\">{SHAPED}</x:worksheet>"
    );
    let part = "xl/worksheets/sheet1.xml";
    check_shape(&seen(xlsx_of("", &[(part, &prefixed)])).unwrap());
    let plain = SHAPED.replace("x:", "");
    check_shape(&seen(xlsx_of(&plain, &[])).unwrap());
    // The part of a sheet may have any name.
    let mut parts = xlsx_parts(&[("s", vec![])]);
    for (name, bytes) in &mut parts {
        let text = String::from_utf8(std::mem::take(bytes)).unwrap();
        *bytes = text.replace("worksheets/sheet1.xml", "/data/one.xml").into_bytes();
        if name.ends_with("sheet1.xml") {
            (*name, *bytes) =
                ("data/one.xml".to_owned(), format!("<worksheet>{plain}</worksheet>").into_bytes());
        }
    }
    check_shape(&seen(zip_owned(&parts)).unwrap());
}

#[test]
fn ods_beyond_its_values() {
    let cell = |attributes: &str| format!("<table:table-cell {attributes}/>");
    let number = |n: u32| cell(&format!("office:value-type=\"float\" office:value=\"{n}\""));
    let percent = "table:number-columns-repeated=\"2\" office:value-type=\"percentage\" office:value=\"0.075\"";
    let row = |attributes: &str, inner: String| {
        format!("<table:table-row {attributes}>{inner}</table:table-row>")
    };
    let currency = |code: &str| {
        cell(&format!(
            "office:value-type=\"currency\" office:currency=\"{code}\" office:value=\"7\""
        ))
    };
    let spans = "table:number-columns-spanned=\"3\" table:number-rows-spanned=\"2\" office:value-type=\"float\" office:value=\"9\"";
    let rows = [
        "<table:table-column table:number-columns-repeated=\"2\"/><table:table-column table:visibility=\"collapse\"/>"
            .to_owned(),
        row("", cell(spans)),
        row("table:visibility=\"collapse\" table:number-rows-repeated=\"2\"", number(1)),
        row("", number(2) + &cell(percent)),
        row("table:visibility=\"filter\"", cell("office:value-type=\"date\" office:date-value=\"2023-03-15\"")),
        row("", currency("EUR") + &currency("???")),
    ];
    let found = seen(ods_of("s", &rows.concat())).unwrap();
    let expected = [
        "s!A1 n9",
        "s!A2 n1",
        "s!A3 n1",
        "s!A4 n2",
        "s!B4 n0.075%",
        "s!C4 n0.075%",
        "s!A5 d2023-03-15",
        "s!A6 n7EUR",
        "s!B6 n7",
    ];
    assert_eq!(found.cells, expected);
    assert_eq!(found.hidden_rows, [2, 3, 5]);
    assert_eq!(found.sheets[0].hidden_columns, [(2, 2)]);
    assert_eq!(found.sheets[0].merged, [[0, 0, 1, 2]]);
}

/// Day 45000 since 1900 is day 43538 since 1904.
#[test]
fn both_epochs() {
    let book = |date1904: &str| {
        format!(
            "<workbook xmlns:r=\"r\"><workbookPr {date1904}/><sheets>\
             <sheet name=\"s\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
        )
    };
    for (pr, day, shown) in [
        ("", "45000", "s!A1 d2023-03-15"),
        ("date1904=\"0\"", "61", "s!A1 d1900-03-01"),
        ("date1904=\"1\"", "43538", "s!A1 d2023-03-15"),
        ("date1904='true'", "43538.75", "s!A1 d2023-03-15T18:00:00"),
        ("", "0.75", "s!A1 d18:00:00"),
        ("", "-1", "s!A1 e-1 days, which is no date"),
    ] {
        let sheet = row(&format!("<c s=\"1\"><v>{day}</v></c>"));
        assert_eq!(cells(xlsx_of(&sheet, &[("xl/workbook.xml", &book(pr))])), [shown]);
    }
}

#[test]
fn kinds_of_cells() {
    let strings = "<sst count=\"9\" uniqueCount=\"1\"><si><t>plain</t></si>\
        <si><r><t xml:space=\"preserve\">rich </t></r><r><rPr><b/></rPr><t>text</t></r></si>\
        <si><t>&#26481;</t><rPh sb=\"0\" eb=\"1\"><t>higashi</t></rPh><phoneticPr fontId=\"1\"/></si>\
        <si><t>a_x000D_&#10;b</t></si><si><t>00123</t></si><si><t> </t></si></sst>";
    let filled = [
        ("t=\"s\"><v>0</v>", "tplain"),
        ("t=\"s\"><v>1</v>", "trich text"),
        ("t=\"s\"><v>2</v>", "t\u{6771}"),
        ("t=\"s\"><v>3</v>", "ta\r\nb"),
        ("t=\"s\"><v>4</v>", "t00123"),
        ("t=\"inlineStr\"><is><r><t>in</t></r><r><t>line</t></r></is>", "tinline"),
        ("t=\"str\"><f>A1&amp;\"x\"</f><v>a &lt; b</v>", "ta < b"),
        ("t=\"b\"><v>1</v>", "btrue"),
        ("t=\"b\"><v>0</v>", "bfalse"),
        ("t=\"e\"><v>#REF!</v>", "e#REF!"),
        ("t=\"e\"><f>VLOOKUP(1,A:A,1)</f><v>#N/A</v>", "e#N/A"),
        ("t=\"d\"><v>2023-03-15T00:00:00</v>", "d2023-03-15"),
        ("t=\"n\"><v>1e-2</v>", "n0.01"),
        ("><f>1+1</f><v>2</v>", "n2"),
        ("><f>1+1</f>", "eformula without a stored value"),
        ("><f t=\"shared\" si=\"0\"/><v/>", "eformula without a stored value"),
        ("><v>-1234567.5</v><extLst><ext><v>9</v></ext></extLst>", "n-1234567.5"),
        ("><v>123456789012345678</v>", "n123456789012345680"),
        ("><v><![CDATA[12]]></v>", "n12"),
        ("><v>1<!-- a --> </v>", "n1"),
        ("><v>twelve</v>", "etwelve"),
        ("><v>inf</v>", "einf"),
    ];
    for (content, expected) in filled {
        let book =
            xlsx_of(&row(&format!("<c {content}</c>")), &[("xl/sharedStrings.xml", strings)]);
        assert_eq!(cells(book), [format!("s!A1 {expected}")], "{content}");
    }
    for blank in
        ["t=\"s\"><v>5</v>", "t=\"str\"><f>\"\"</f><v></v>", "s=\"1\">", "t=\"inlineStr\"><is/>"]
    {
        let book = xlsx_of(&row(&format!("<c {blank}</c>")), &[("xl/sharedStrings.xml", strings)]);
        assert_eq!((cells(book), blank), (vec![], blank));
    }
}

/// Rows without cells at the end are no rows of the table; blank cells are.
#[test]
fn empty_rows_up_to_a_million() {
    let head = "<dimension ref=\"A1:XFD1048576\"/>";
    let rows = |inner: &str| -> String {
        (2..50_001).map(|i| format!("<row r=\"{i}\" ht=\"15\">{inner}</row>")).collect()
    };
    let first = "<row r=\"1\"><c><v>1</v></c></row>";
    for (inner, count) in [("", 1), ("<c s=\"1\"/>", 50_000)] {
        let sheet = format!("{head}{}", sheet_data(&(first.to_owned() + &rows(inner))));
        let found = seen(xlsx_of(&sheet, &[])).unwrap();
        assert_eq!((found.cells, found.rows), (vec!["s!A1 n1".to_owned()], count));
    }
    let far =
        sheet_data(&format!("{first}<row r=\"1048576\"><c r=\"XFD1048576\"><v>2</v></c></row>"));
    let found = seen(xlsx_of(&far, &[])).unwrap();
    assert_eq!((found.cells[1].as_str(), found.rows), ("s!XFD1048576 n2", 1_048_576));
}

/// The account holds every blank row between the table and the last formatted cell.
#[test]
fn blank_rows_are_accounted_for() {
    let text = |t: &str| format!("<c t=\"inlineStr\"><is><t>{t}</t></is></c>");
    let header = ["work_year", "job_title", "salary", "salary_currency"].map(text).concat();
    let data = ["2024", "Cook", "1", "EUR"].map(text).concat();
    let blank: String = (3..=5_000).map(|i| format!("<row r=\"{i}\"><c s=\"1\"/></row>")).collect();
    let rows = format!("<row>{header}</row><row>{data}</row>{blank}<row r=\"6000\"/>");
    let done = read("a.xlsx", xlsx_of(&sheet_data(&rows), &[])).unwrap();
    let account = &done.import.account;
    assert_eq!((account.read, account.imported, account.skipped), (5_000, 1, 4_999));
}

#[test]
fn hidden_sheets_and_sheets_that_are_no_tables() {
    let one = |n| vec![("A1", N(n))];
    let mut parts =
        xlsx_parts(&[("a", one("1")), ("b", one("2")), ("c", one("3")), ("d", one("4"))]);
    for (name, bytes) in &mut parts {
        let text = String::from_utf8(std::mem::take(bytes)).unwrap();
        let text = match name.as_str() {
            "xl/workbook.xml" => text
                .replace("name=\"b\"", "name=\"b\" state=\"hidden\"")
                .replace("name=\"c\"", "name=\"c\" state=\"veryHidden\""),
            "xl/_rels/workbook.xml.rels" => text.replacen(
                "relationships/worksheet\" Target=\"worksheets/sheet4",
                "relationships/chartsheet\" Target=\"worksheets/sheet4",
                1,
            ),
            _ => text,
        };
        *bytes = text.into_bytes();
    }
    let found = seen(zip_owned(&parts)).unwrap();
    let sheets: Vec<(&str, bool)> =
        found.sheets.iter().map(|s| (s.name.as_str(), s.hidden)).collect();
    assert_eq!(sheets, [("a", false), ("b", true), ("c", true)]);
}

fn replaced(from: &str, to: &str) -> Vec<u8> {
    let mut parts = xlsx_parts(&[("s", vec![("A1", S("x")), ("B1", D("45000"))])]);
    for (_, bytes) in &mut parts {
        *bytes = String::from_utf8(std::mem::take(bytes)).unwrap().replace(from, to).into_bytes();
    }
    zip_owned(&parts)
}

#[test]
fn packages_of_other_writers() {
    let expected = ["s!A1 tx", "s!B1 d2023-03-15"];
    for (from, to) in [
        ("", ""),
        (
            "http://schemas.openxmlformats.org/officeDocument/2006/",
            "http://purl.oclc.org/ooxml/officeDocument/",
        ),
        (
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
        ("Target=\"worksheets/", "Target=\"/xl/worksheets/"),
        ("Target=\"worksheets/", "Target=\"../XL/Worksheets/"),
        ("Target=\"xl/workbook.xml\"", "Target=\"/xl/workbook.xml\""),
        ("<worksheet", "\u{feff}<?xml version=\"1.0\"?><!-- <sheetData> --><worksheet"),
    ] {
        assert_eq!(cells(replaced(from, to)), expected, "{to}");
    }
    let with_backslashes: Vec<(String, Vec<u8>)> = xlsx_parts(&[("s", vec![("A1", S("x"))])])
        .into_iter()
        .map(|(name, bytes)| (name.replace("worksheets/", "worksheets\\"), bytes))
        .collect();
    assert_eq!(cells(zip_owned(&with_backslashes)), ["s!A1 tx"]);
    let saved = save("prices.csv", replaced("", ""));
    assert!(
        haggle_import::probe::count(&saved.path).is_ok_and(|(rows, cells)| (rows, cells) == (1, 2))
    );
}

#[test]
fn what_is_missing_or_out_of_place_is_named() {
    let without = |part: &str| {
        let mut parts = xlsx_parts(&[("s", vec![("A1", S("x"))])]);
        parts.retain(|(name, _)| name != part);
        zip_owned(&parts)
    };
    let sheet = |rows: &str| xlsx_of(&sheet_data(rows), &[]);
    for (bytes, what) in [
        (without("_rels/.rels"), "`_rels/.rels`"),
        (without("xl/_rels/workbook.xml.rels"), "`xl/_rels/workbook.xml.rels`"),
        (
            without("xl/worksheets/sheet1.xml"),
            "the sheet `s` is missing: there is no part `xl/worksheets/sheet1.xml`",
        ),
        (replaced("r:id=\"r1\"", "r:id=\"r9\""), "no part is named for the sheet `s`"),
        (sheet("<row r=\"3\"><c t=\"s\"><v>7</v></c></row>"), "shared text number `7`"),
        (sheet("<row r=\"3\"><c r=\"A4\"><v>7</v></c></row>"), "row 4 stands in row 3"),
        (sheet("<row><c r=\"B1\"/><c r=\"A1\"/></row>"), "row 1, column 1 after row 1, column 2"),
        (sheet("<row><c r=\"A1\"/><c r=\"A1\"/></row>"), "column 1 after row 1, column 1"),
        (sheet("<row r=\"2\"><c/></row><row r=\"2\"><c/></row>"), "rows that are not in order"),
        (sheet("<row r=\"2000000\"><c/></row>"), "at most 1048576 rows"),
        (sheet("<row><c r=\"XFE1\"/></row>"), "16384 columns"),
        (sheet("<row><c r=\"1A\"/></row>"), "place `1A`"),
        (sheet("<row><c t=\"x\"><v>1</v></c></row>"), "type `x`"),
        (sheet("<row><c><v>1</c></row>"), "element `c`"),
        (sheet("<row><c t=\"str\"><v>&nbsp;</v></c></row>"), "`&nbsp;`"),
        (xlsx_of("<sheetData><row><c><v>1</v></c></row>", &[]), "ends before its cells do"),
        (
            xlsx_of(&row(""), &[("xl/worksheets/sheet1.xml", "<!DOCTYPE x><worksheet/>")]),
            "document type",
        ),
        (
            zip(&[("xl/workbook.xml", b"<a/>"), ("XL\\Workbook.xml", b"<a/>")]),
            "two parts `xl/workbook.xml`",
        ),
    ] {
        let (code, message) = failure(seen(bytes));
        assert_eq!(code, "E0005", "{message}");
        assert!(message.contains(what), "expected {what}, found {message}");
    }
    let wide: Vec<u8> = "<worksheet/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut parts = xlsx_parts(&[("s", vec![])]);
    parts.last_mut().unwrap().1 = wide;
    assert!(failure(seen(zip_owned(&parts))).1.contains("UTF-16"));
}

/// A record of XLSB: kind and length in seven bits a byte.
fn binary(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut record = match kind < 128 {
        true => vec![kind as u8],
        false => vec![(kind & 0x7f) as u8 | 0x80, (kind >> 7) as u8],
    };
    record.push(data.len() as u8);
    record.extend(data);
    record
}

fn words(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

fn wide(text: &str) -> Vec<u8> {
    let mut bytes = words(&[text.encode_utf16().count() as u32]);
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}

#[test]
fn binary_workbooks() {
    let bundle = [words(&[0, 1]), wide("rId1"), wide("s")].concat();
    let book = [binary(0x9c, &bundle), binary(0x90, &[]), binary(0x9d, &[0; 4])].concat();
    let real =
        |column: u32, n: f64| binary(5, &[words(&[column, 0]), n.to_le_bytes().to_vec()].concat());
    let sheet = [
        binary(0x94, &words(&[0, 0, 0, 0])),
        binary(0x91, &[]),
        binary(0, &words(&[1, 0, 0, 0])),
        real(0, 1.5),
        binary(6, &[words(&[2, 0]), wide("cook")].concat()),
        binary(0x92, &[]),
    ];
    let relations = b"<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.bin\"/></Relationships>";
    let parts = |sheet: &[u8]| {
        zip(&[
            ("xl/workbook.bin", &book),
            ("xl/_rels/workbook.bin.rels", relations),
            ("xl/worksheets/sheet1.bin", sheet),
        ])
    };
    assert_eq!(cells(parts(&sheet.concat())), ["s!A2 n1.5", "s!C2 tcook"]);
    assert_eq!(failure(seen(parts(&sheet[..4].concat()))).0, "E0005");
    let far = [sheet[..3].concat(), real(u32::MAX, 1.0)].concat();
    assert_eq!(failure(seen(parts(&far))).0, "E0005");
}

/// What the library keeps nothing of: formats, what is hidden or merged, errors of formulas.
#[test]
fn what_stands_beside_the_values_of_binary_workbooks() {
    let bundle = [words(&[0, 1]), wide("rId7"), wide("s")].concat();
    let book = [binary(0x9c, &bundle), binary(0x90, &[]), binary(0x9d, &[0; 4])].concat();
    let format =
        |id: u16, code: &str| binary(44, &[id.to_le_bytes().to_vec(), wide(code)].concat());
    let style =
        |id: u16| binary(47, &[[0, 0].to_vec(), id.to_le_bytes().to_vec(), vec![0; 12]].concat());
    let styles = [
        binary(615, &words(&[2])),
        format(164, "#,##0\\ \"€\""),
        format(165, "0\"k\""),
        binary(616, &[]),
        binary(626, &words(&[1])),
        style(9),
        binary(627, &[]),
        binary(617, &words(&[4])),
        [0, 9, 164, 165].map(style).concat(),
        binary(618, &[]),
    ];
    let row = |number: u32, flags: u8| {
        binary(0, &[words(&[number, 0]), vec![0x2c, 1, 0, flags, 0], words(&[0])].concat())
    };
    let real = |column: u32, style: u32, n: f64| {
        binary(5, &[words(&[column, style]), n.to_le_bytes().to_vec()].concat())
    };
    let columns = |first: u32, last: u32, width: u32, flags: u16| {
        binary(60, &[words(&[first, last, width, 0]), flags.to_le_bytes().to_vec()].concat())
    };
    let sheet = [
        binary(0x94, &words(&[0, 9, 0, 9])),
        binary(390, &[]),
        columns(0, 0, 2304, 0),
        columns(1, 2, 2304, 1),
        columns(5, 5, 0, 0),
        binary(391, &[]),
        binary(0x91, &[]),
        row(0, 0),
        real(0, 0, 0.075),
        real(1, 1, 0.075),
        binary(1, &words(&[2, 1])),
        real(3, 2 | 0x0100_0000, 12.0),
        row(2, 0x13),
        binary(11, &[words(&[0, 0]), vec![7; 12]].concat()),
        real(4, 3, 45.0),
        row(3, 0x0f),
        real(0, 99, 1.0),
        binary(0x92, &[]),
        binary(176, &words(&[1, 2, 3, 4])),
    ];
    let relations = b"<Relationships><Relationship Id=\"rId7\" Target=\"worksheets/sheet1.bin\"/></Relationships>";
    let seen = seen(zip(&[
        ("xl/workbook.bin", &book),
        ("xl/_rels/workbook.bin.rels", relations),
        ("xl/styles.bin", &styles.concat()),
        ("xl/worksheets/sheet1.bin", &sheet.concat()),
    ]))
    .unwrap();
    assert_eq!(
        seen.cells,
        [
            "s!A1 n0.075",
            "s!B1 n0.075%",
            "s!D1 n12€",
            "s!A3 eerror of a formula",
            "s!E3 n45*k",
            "s!A4 n1"
        ]
    );
    assert_eq!(seen.hidden_rows, [3]);
    assert_eq!(seen.sheets[0].hidden_columns, [(1, 2), (5, 5)]);
    assert_eq!(seen.sheets[0].merged, [[1, 3, 2, 4]]);
}

/// A random cell: what stands in the part, and what must come back.
fn any_cell() -> impl Strategy<Value = (String, String)> {
    let escape = |t: &str| t.replace('&', "&amp;").replace('<', "&lt;");
    prop_oneof![
        Just((String::new(), String::new())),
        any::<i32>().prop_map(|n| (format!("<c@><v>{n}</v></c>"), format!("n{n}"))),
        (-1e9..1e9_f64).prop_map(|n| (format!("<c@><v>{n:e}</v></c>"), format!("n{n}"))),
        any::<bool>()
            .prop_map(|b| (format!("<c@ t='b'><v>{}</v></c>", u8::from(b)), format!("b{b}"))),
        "[ -~\u{e0}-\u{ff}\u{4e00}]{0,8}".prop_map(move |t| {
            let trimmed = t.trim();
            let shown = if trimmed.is_empty() { String::new() } else { format!("t{trimmed}") };
            (
                format!(
                    "<c@ t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                    escape(&t)
                ),
                shown,
            )
        }),
    ]
}

fn letters(column: usize) -> String {
    let letter = |n: usize| char::from(b'A' + n as u8);
    match column < 26 {
        true => letter(column).to_string(),
        false => format!("{}{}", letter(column / 26 - 1), letter(column % 26)),
    }
}

/// A sheet of these cells, each placed or not, and what must come back.
fn sheet_of(table: &[Vec<(String, String)>], placed: bool) -> (String, Vec<String>) {
    let (mut rows, mut expected) = (String::new(), Vec::new());
    for (row, cells) in (1..).zip(table) {
        rows += &format!("<row r=\"{row}\">");
        for (column, (xml, shown)) in cells.iter().enumerate() {
            let place = format!("{}{row}", letters(column));
            let xml = if xml.is_empty() && !placed { "<c@/>" } else { xml };
            let at = if placed { format!(" r=\"{place}\"") } else { String::new() };
            rows += &xml.replacen("@", &at, 1);
            if !shown.is_empty() {
                expected.push(format!("s!{place} {shown}"));
            }
        }
        rows += "</row>";
    }
    (sheet_data(&rows), expected)
}

/// The same values as another reader has them, by their places.
fn calamine(bytes: &[u8]) -> Vec<String> {
    use calamine::{Data, Reader, Xlsx};
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range("s").unwrap();
    let (top, left) = range.start().unwrap_or_default();
    let shown = |data: &Data| match data {
        Data::Empty => String::new(),
        Data::Float(n) => format!("n{n}"),
        Data::Bool(b) => format!("b{b}"),
        Data::String(t) if t.trim().is_empty() => String::new(),
        Data::String(t) => format!("t{}", t.trim()),
        other => panic!("{other:?}"),
    };
    let places = range.used_cells().map(|(r, c, data)| (r + top as usize, c + left as usize, data));
    let lines = places.map(|(r, c, data)| (format!("s!{}{}", letters(c), r + 1), shown(data)));
    lines.filter(|(_, s)| !s.is_empty()).map(|(place, s)| format!("{place} {s}")).collect()
}

fn any_table() -> impl Strategy<Value = Vec<Vec<(String, String)>>> {
    prop::collection::vec(prop::collection::vec(any_cell(), 0..30), 0..6)
}

/// Bytes with some of them replaced, cut out or doubled.
fn spoil(bytes: &mut Vec<u8>, hits: &[(usize, u8, u8)]) {
    for (at, what, byte) in hits {
        if bytes.is_empty() {
            return;
        }
        let at = at % bytes.len();
        match what % 4 {
            0 => bytes[at] = *byte,
            1 => drop(bytes.drain(at..(at + usize::from(*byte)).min(bytes.len()))),
            2 => bytes.insert(at, *byte),
            _ => {
                let piece = bytes[at..(at + usize::from(*byte)).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
}

fn any_hits() -> impl Strategy<Value = Vec<(usize, u8, u8)>> {
    let byte = prop_oneof![any::<u8>(), prop::sample::select(b"<>\"'/&;=! 09\0".to_vec())];
    prop::collection::vec((any::<usize>(), any::<u8>(), byte), 1..6)
}

fn rich_parts() -> Vec<(String, Vec<u8>)> {
    let cells = vec![("A1", S("work_year")), ("B1", N("1.5")), ("C1", D("45000")), ("A3", S("x"))];
    let mut parts = xlsx_parts(&[("s", cells), ("t", vec![("A1", N("1"))])]);
    let shaped = format!("<worksheet>{}</worksheet>", SHAPED.replace("x:", ""));
    parts.last_mut().unwrap().1 = shaped.into_bytes();
    let strings =
        b"<sst><si><t>a</t></si><si><r><t>b</t></r><rPh><t>c</t></rPh></si></sst>".to_vec();
    parts.push(("xl/sharedStrings.xml".to_owned(), strings));
    parts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_cell_comes_back(table in any_table(), placed in any::<bool>()) {
        let (sheet, expected) = sheet_of(&table, placed);
        let book = xlsx_of(&sheet, &[]);
        prop_assert_eq!(cells(&book), expected.clone());
        prop_assert_eq!(calamine(&book), expected);
    }

    #[test]
    fn a_damaged_container_is_survived(hits in any_hits()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for mut book in [
            zip_owned(&rich_parts()),
            ods_of("s", "<table:table-row><table:table-cell office:value=\"1\"/></table:table-row>"),
            crate::support::xls("s", (1, 1), &[&["a", "1"]]),
        ] {
            spoil(&mut book, &hits);
            haggle_import::probe::fuzz(&path, &book);
        }
    }

    #[test]
    fn a_damaged_part_is_survived(which in 0..8_usize, hits in any_hits()) {
        let mut parts = rich_parts();
        let count = parts.len();
        spoil(&mut parts[which % count].1, &hits);
        let folder = tempfile::tempdir().unwrap();
        haggle_import::probe::fuzz(&folder.path().join("a"), &zip_owned(&parts));
        let mut rows = "<table:table-row table:number-rows-repeated=\"2\" table:visibility=\"collapse\">\
            <table:table-cell table:number-columns-spanned=\"2\" office:value-type=\"percentage\" office:value=\"1\"/>\
            </table:table-row>".to_owned().into_bytes();
        spoil(&mut rows, &hits);
        let rows = String::from_utf8_lossy(&rows).into_owned();
        haggle_import::probe::fuzz(&folder.path().join("a"), &ods_of("s", &rows));
    }
}

/// The reader of ODS values waits without end for what is never closed.
#[test]
fn unclosed_elements_of_ods() {
    for rows in [
        "<table:table-row>",
        "<table:table>",
        "</table:table>",
        "<table:table-row></text:table-row>",
    ] {
        assert_eq!(failure(seen(ods_of("s", rows))).0, "E0005", "{rows}");
    }
}

/// A sheet that ends early inside a container that is whole is damaged, wherever it ends.
#[test]
fn every_cut_of_a_sheet_is_found() {
    let mut parts = xlsx_parts(&[("s", vec![("A1", S("a")), ("B1", N("1")), ("A2", D("45000"))])]);
    let whole = parts.last().unwrap().1.clone();
    let data_end = String::from_utf8_lossy(&whole).find("</sheetData>").unwrap();
    for length in (0..data_end + 11).filter(|l| l % 3 == 0) {
        parts.last_mut().unwrap().1 = whole[..length].to_vec();
        assert_eq!(failure(seen(zip_owned(&parts))).0, "E0005", "{length}");
    }
    assert_eq!(cells(xlsx(&[("s", vec![("A1", S("a"))])])), ["s!A1 ta"]);
}

/// A part under many names is unpacked once for each, however small the file.
#[test]
fn parts_that_share_their_bytes() {
    let whole = xlsx(&[("P", vec![("A1", S("work_year")), ("B1", S("salary"))])]);
    let mut zip = ZipWriter::new_append(Cursor::new(whole)).unwrap();
    zip.shallow_copy_file("xl/worksheets/sheet1.xml", "xl/worksheets/sheet9.xml").unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    let (code, message) = failure(read("a.xlsx", bytes));
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("E0013", "0 the parts of the workbook lie over each other")
    );
}
