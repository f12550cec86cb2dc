//! Every way in which a source as a whole cannot be read, with its code.

use crate::support::V::S;
use crate::support::{
    compound, failure, ods_of, read, read_by, save, xlsx, xlsx_parts, zip, zip_owned,
};
use haggle_import::{Options, WHOLE_FILE_LIMIT, open};

fn code(name: &str, bytes: impl AsRef<[u8]>) -> String {
    failure(read(name, bytes)).0
}

#[test]
fn foreign_content_is_named_whatever_the_name_says() {
    for (bytes, what) in [
        (b"%PDF-1.7 ...".as_slice(), "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"\r\n <!DOCTYPE html><html><form>Log in</form>", "a web page without a table"),
        (b"\xef\xbb\xbf<html><body>Not found</body></html>", "a web page without a table"),
        (b"\x01\x02\x00\x03", "binary data"),
    ] {
        let (code, message) = failure(read("prices.xls", bytes));
        assert_eq!(code, "E0003", "{what}");
        assert!(message.contains(what), "{message}");
    }
    for (bytes, found) in [
        (b"<?xml version=\"1.0\"?><Workbook></Workbook>".as_slice(), "no list of objects"),
        (b" [\n {\"a\": 1}]", "the lists of objects `/*` (1)"),
    ] {
        let (code, message) = failure(read("prices.xls", bytes));
        assert_eq!(code, "E0006");
        assert!(message.contains(found), "{message}");
    }
    assert_eq!(code("a.xlsx", zip(&[("word/document.xml", b"<x/>")])), "E0003");
    assert_eq!(code("a.xls", compound("WordDocument", b"x")), "E0003");
}

#[test]
fn empty_files_are_empty() {
    for bytes in [b"".as_slice(), b"\n \r\n", b"\xef\xbb\xbf\n"] {
        assert_eq!(code("a.csv", bytes), "E0002");
    }
    assert_eq!(code("a.xlsx", xlsx(&[("s", vec![])])), "E0002");
}

#[test]
fn a_header_alone_is_no_error() {
    let header = "work_year,job_title,salary,salary_currency\n";
    let done = read("a.csv", header).unwrap();
    assert_eq!((done.lines.len(), done.import.account.read), (0, 1));
    assert_eq!(done.codes(), ["W0102"]);
    let rejected = read("a.csv", format!("{header}2024,Cook,x,EUR\n")).unwrap();
    assert_eq!(rejected.codes(), ["W0102"]);
    assert!(rejected.import.diagnostics[0].message.contains("rejected (1)"));
}

#[test]
fn a_missing_file_and_an_encrypted_one() {
    let saved = save("a.csv", "x");
    let nowhere = saved.path.with_extension("none");
    let error = open(&nowhere, &Options::default()).err().unwrap();
    assert!(error.to_string().starts_with("E0001"), "{error}");
    assert_eq!(code("a.xlsx", compound("EncryptedPackage", b"x")), "E0004");
    let encrypted = zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", b"<m><manifest:encryption-data/></m>"),
        ("content.xml", b"\xd1\x07<\x00"),
    ]);
    assert_eq!(code("a.ods", encrypted), "E0004");
}

#[test]
fn truncated_workbooks() {
    let cells = vec![("A1", S("work_year")), ("B1", S("job_title"))];
    let whole = xlsx(&[("s", cells.clone())]);
    for length in [whole.len() / 3, whole.len() - 30] {
        assert_eq!(code("a.xlsx", &whole[..length]), "E0005", "{length} bytes");
    }
    // The container is whole, but a sheet inside it ends early.
    let mut parts = xlsx_parts(&[("s", cells)]);
    let sheet = parts.last_mut().unwrap();
    let half = sheet.1.len() / 2;
    sheet.1.truncate(half);
    assert_eq!(code("a.xlsx", zip_owned(&parts)), "E0005");
    // A byte inside a packed part is wrong.
    let mut spoilt = whole.clone();
    let at = whole.windows(13).position(|w| w == b"xl/styles.xml").unwrap();
    spoilt[at + 20] ^= 0x55;
    assert_eq!(code("a.xlsx", spoilt), "E0005");
    let xls = crate::support::xls("s", (0, 0), &[&["work_year", "job_title"]]);
    assert_eq!(code("a.xls", &xls[..1600]), "E0005");
}

#[test]
fn bombs_are_not_unpacked() {
    let zeros = vec![b' '; 40 << 20];
    for part in ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"] {
        let mut parts = xlsx_parts(&[("s", vec![("A1", S("x"))])]);
        parts.retain(|(name, _)| name != part);
        parts.push((part.to_owned(), zeros.clone()));
        let (code, message) = failure(read("a.xlsx", zip_owned(&parts)));
        assert_eq!(code, "E0013");
        assert!(message.contains(part), "{message}");
    }
    let mut parts = xlsx_parts(&[("s", vec![("A1", S("x"))])]);
    let greedy = b"<sst uniqueCount=\"99999999999\"></sst>".to_vec();
    parts.push(("xl/sharedStrings.xml".to_owned(), greedy));
    // What it says it has is not believed, and so does no harm.
    assert_eq!(code("a.xlsx", zip_owned(&parts)), "E0006");
}

#[test]
fn old_workbooks_have_a_limit() {
    let mut bytes = compound("Workbook", b"x");
    bytes.resize(WHOLE_FILE_LIMIT as usize + 1, 0);
    assert_eq!(code("a.xls", bytes), "E0009");
}

/// Few bytes can say "a million rows of a thousand cells"; blank ones at the end are usual.
#[test]
fn a_small_file_of_many_cells_is_too_large() {
    let cell = |n: u32| {
        format!("<table:table-cell table:number-columns-repeated=\"{n}\" office:value=\"1\"/>")
    };
    let rows = |n: u32, cells: &str| {
        format!("<table:table-row table:number-rows-repeated=\"{n}\">{cells}</table:table-row>")
    };
    let blank = "<table:table-cell table:number-columns-repeated=\"1024\"/>";
    let padded = rows(2, &(cell(3) + blank)) + &rows(1_048_000, blank);
    assert_eq!(code("a.ods", ods_of("s", &padded)), "E0006");
    assert_eq!(code("a.ods", ods_of("s", &rows(1_000_000, &cell(1_000)))), "E0009");
    let far =
        rows(1, &cell(1)) + &rows(1_000_000, blank) + &rows(1, &(blank.to_owned() + &cell(1)));
    assert_eq!(code("a.ods", ods_of("s", &far)), "E0009");
}

#[test]
fn no_recipe_fits() {
    let (code, message) =
        failure(read("a.csv", "A list\nwork_year,job_title,salary\n2024,Cook,1\n"));
    assert_eq!(code, "E0006");
    assert!(message.starts_with("2 "), "{message}");
    assert!(message.contains("`work_year`, `job_title`, `salary`"), "{message}");
    assert!(message.contains("`community-salaries`, which lacks `salary_currency`"), "{message}");
}

const RECIPE: &str = r#"
name = "quotes"
version = 1
signature = [["item"], ["unit price"]]
source = { name = "quotes" }
number = { decimal = "." }
constant = { kind = "quote", basis = "quoted", tax = "excluded", currency = "EUR" }
field.title = { any = ["item"], required = true }
amount = [{ any = ["unit price"], required = true, statistic = "value", per = "each" }]
"#;

#[test]
fn a_named_recipe_needs_its_columns() {
    let (code, message) = failure(read_by(RECIPE, "Item,Unit  Prise\nnut,1\n"));
    assert_eq!(code, "E0008");
    assert!(message.contains("`unit price`; the nearest header is `Unit  Prise`"), "{message}");
    assert_eq!(read_by(RECIPE, "Item, UNIT  price \nnut,1\n").unwrap().lines.len(), 1);
}

#[test]
fn a_mapped_header_stands_there_once() {
    let (code, message) = failure(read_by(RECIPE, "item,unit price,Unit Price\nnut,1,2\n"));
    assert_eq!((code.as_str(), message.starts_with("1:3 ")), ("E0010", true), "{message}");
}

#[test]
fn a_sink_that_refuses_stops_the_reading() {
    use haggle_evidence::{ImportError, Importer, SinkError};
    let saved = save("a.csv", "work_year,job_title,salary,salary_currency\n2024,Cook,1,EUR\n");
    let mut importer = open(&saved.path, &Options::default()).unwrap();
    let refused = importer.run(&mut |_| Err(SinkError("disk full".to_owned())));
    assert_eq!(refused.err(), Some(ImportError::Sink(SinkError("disk full".to_owned()))));
}
