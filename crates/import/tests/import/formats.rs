//! The same table in every format gives the same observations, each at its own place.

use crate::support::V::{N, S};
use crate::support::{Cells, failure, ods, read, read_by, save, xls, xlsx};
use haggle_import::content_hash;

const ROWS: [&[&str]; 4] = [
    &["work_year", "job_title", "salary", "salary_currency", "company_location"],
    &["2024", "Cook", "80000.5", "EUR", "ES"],
    &["2024", "Chef", "", "", "FR"],
    &["2024", "Waiter", "x", "EUR", ""],
];

fn expected(amount: &str, bad: &str, blank: &str, sheet: &str) -> (Vec<String>, [String; 2]) {
    let line = format!("{sheet}{amount} -|Cook|ES|- value 80000.5 exact EUR ANN");
    (
        vec![line],
        [format!("rejected I0101 {sheet}{bad}=x"), format!("absent I0301 {sheet}{blank}=")],
    )
}

fn check(bytes: Vec<u8>, (lines, reasons): (Vec<String>, [String; 2]), read_rows: u64) {
    let done = read("no-extension", bytes).unwrap();
    assert_eq!(done.lines, lines);
    for reason in reasons {
        assert!(done.reasons().contains(&reason), "{reason}: {:?}", done.reasons());
    }
    assert_eq!(done.import.account.read, read_rows);
}

#[test]
fn csv_ods_and_xls() {
    let csv = ROWS.map(|r| r.join(",")).join("\n");
    check(csv.into_bytes(), expected("2:3", "4:3", "3:3", ""), 4);
    check(ods("Prices", &ROWS), expected("C2", "C4", "C3", "Prices!"), 4);
    check(xls("Prices", (0, 0), &ROWS), expected("C2", "C4", "C3", "Prices!"), 4);
    // The used range begins at D6: five blank rows stand above it.
    check(xls("Prices", (5, 3), &ROWS), expected("F7", "F9", "F8", "Prices!"), 9);
}

#[test]
fn xlsx_with_gaps() {
    let cells: Cells<'_> = vec![
        ("B3", S("work_year")),
        ("C3", S("job_title")),
        ("D3", S("salary")),
        ("E3", S("salary_currency")),
        ("F3", S("company_location")),
        ("B5", N("2024")),
        ("C5", S("Cook")),
        ("D5", N("80000.5")),
        ("E5", S("EUR")),
        ("F5", S("ES")),
        ("B6", N("2024")),
        ("C6", S("Chef")),
        ("F6", S("FR")),
        ("B9", N("2024")),
        ("C9", S("Waiter")),
        ("D9", S("x")),
        ("E9", S("EUR")),
    ];
    check(xlsx(&[("P", cells)]), expected("D5", "D9", "D6", "P!"), 9);
}

#[test]
fn a_numeric_code_is_an_integer_and_a_date_a_date() {
    let recipe = r#"
name = "list"
version = 1
signature = [["code"], ["price"]]
source = { name = "list" }
number = { decimal = "." }
constant = { kind = "price", basis = "list", tax = "unknown", currency = "EUR" }
date = { any = ["from"], format = "YYYY-MM-DD" }
field.subject = { any = ["code"] }
amount = [{ any = ["price"], statistic = "value", per = "each" }]
"#;
    let cells: Cells<'_> = vec![
        ("A1", S("code")),
        ("B1", S("price")),
        ("C1", S("from")),
        ("A2", N("99")),
        ("B2", N("1E-2")),
        ("C2", crate::support::V::D("45000")),
        ("A3", S("0099")),
        ("B3", S("1.25")),
        ("C3", S("2023-03-15")),
    ];
    let done = read_by(recipe, xlsx(&[("s", cells)])).unwrap();
    assert_eq!(
        done.lines,
        ["s!B2 99|-|-|- value 0.01 exact EUR EA", "s!B3 0099|-|-|- value 1.25 exact EUR EA",]
    );
    // 2023-03-15 is day 19431, and 45000 in a workbook.
    assert_eq!(done.dates, [Some(19_431), Some(19_431)]);
}

#[test]
fn a_sheet_is_named_where_several_have_the_header() {
    let cells = |n| -> Cells<'static> {
        vec![("A1", S("sku")), ("B1", S("price")), ("A2", S("a")), ("B2", N(n))]
    };
    let book = xlsx(&[("Old", cells("1")), ("New", cells("2"))]);
    let recipe = |sheet: &str| {
        format!(
            "name = \"l\"\nversion = 1\nsignature = [[\"sku\"]]\n{sheet}source = {{ name = \"l\" }}\n\
             number = {{ decimal = \".\" }}\n\
             constant = {{ kind = \"price\", basis = \"list\", tax = \"unknown\", currency = \"EUR\" }}\n\
             amount = [{{ any = [\"price\"], statistic = \"value\", per = \"each\" }}]\n"
        )
    };
    let (code, message) = failure(read_by(&recipe(""), &book));
    assert_eq!(code, "E0010");
    assert!(message.contains("`Old`, `New`"), "{message}");
    let done = read_by(&recipe("sheet = \"new\"\n"), &book).unwrap();
    assert_eq!(done.lines, ["New!B2 -|-|-|- value 2 exact EUR EA"]);
}

/// FIPS 180-2, appendix B.3: the digest of a million `a`.
#[test]
fn content_is_hashed_in_pieces() {
    let saved = save("a.txt", "a".repeat(1_000_000));
    let digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
    assert_eq!(content_hash(&saved.path).unwrap(), digest);
    assert!(content_hash(&saved.path.with_extension("none")).is_err());
}
