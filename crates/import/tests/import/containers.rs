//! Files inside files and tables inside pages, whatever their names say.

use crate::support::V::{N, S};
use crate::support::{Done, failure, read, run, save, xlsx, zip};
use flate2::Compression;
use flate2::write::GzEncoder;
use haggle_evidence::{ImportError, Severity};
use haggle_import::inspect::inspect;
use haggle_import::{Options, Recipe, content_hash, open};
use std::io::Write;
use std::path::Path;

const TABLE: &str =
    "work_year,job_title,salary,salary_currency\n2024,Cook,80,EUR\n2024,Chef,90,EUR\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn read_at(path: &Path) -> Result<Done, ImportError> {
    run(&mut open(path, &Options::default())?)
}

fn check(name: &str, bytes: impl AsRef<[u8]>) {
    let done = read(name, bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert_eq!(
        done.lines,
        ["2:3 -|Cook|-|- value 80 exact EUR ANN", "3:3 -|Chef|-|- value 90 exact EUR ANN"],
        "{name}"
    );
}

#[test]
fn a_table_is_read_whatever_it_is_packed_in() {
    let table = TABLE.as_bytes();
    check("a.xls", table);
    check("a.xlsx", TABLE.replace(',', "\t"));
    check("a.csv.gz", gzip(table));
    check("a.csv", zip(&[("list.csv", table)]));
    check("a.zip", zip(&[("x/list.csv", table), ("__MACOSX/x/._list.csv", b"x"), ("x/", b"")]));
    check("a.zip", zip(&[("list.csv.gz", &gzip(table))]));
    check("a.zip", zip(&[("only.unknown", table)]));
    check("a.gz", gzip(&zip(&[("list.csv", table)])));
    // Two members, and zeros that fill up a block.
    let (first, second) = table.split_at(50);
    check("a.gz", [gzip(first), gzip(second), vec![0; 700]].concat());
    let old: Vec<u8> =
        std::iter::once(0xfeff).chain(TABLE.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    check("a.gz", gzip(&old));
}

#[test]
fn a_workbook_in_an_archive() {
    let cells = vec![
        ("A1", S("work_year")),
        ("B1", S("job_title")),
        ("C1", S("salary")),
        ("D1", S("salary_currency")),
        ("A2", N("2024")),
        ("B2", S("Cook")),
        ("C2", N("80")),
        ("D2", S("EUR")),
    ];
    let done = read("a.zip", zip(&[("a.xlsx", &xlsx(&[("P", cells)]))])).unwrap();
    assert_eq!(done.lines, ["P!C2 -|Cook|-|- value 80 exact EUR ANN"]);
}

#[test]
fn one_table_of_an_archive_is_read_and_several_are_named() {
    let table = TABLE.as_bytes();
    let archive = zip(&[("list.csv", table), ("README.txt", b"notes"), ("licence.pdf", b"x")]);
    let done = read("a.zip", archive).unwrap();
    let note = &done.import.diagnostics[0];
    assert_eq!((note.code, note.severity, done.lines.len()), ("W0133", Severity::Info, 2));
    assert!(note.message.contains("`list.csv` is read"), "{}", note.message);
    assert!(note.message.contains("`README.txt`, `licence.pdf`"), "{}", note.message);

    let archive = zip(&[("2023/a.csv", table), ("2024/b.csv", b"work_year,x\n")]);
    let saved = save("a.zip", archive);
    let (code, message) = failure(read_at(&saved.path));
    assert_eq!(code, "E0021");
    assert!(message.contains("`2023/a.csv`, `2024/b.csv`"), "{message}");
    assert!(message.contains("as in `a.zip/2023/a.csv`"), "{message}");
    let inner = saved.path.join("2023/a.csv");
    assert_eq!(read_at(&inner).unwrap().lines.len(), 2);
    let hashes =
        [&saved.path, &inner, &saved.path.join("2024/b.csv")].map(|p| content_hash(p).unwrap());
    assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2], "{hashes:?}");
    let (code, message) = failure(read_at(&saved.path.join("c.csv")));
    assert_eq!((code.as_str(), message.contains("no `c.csv`")), ("E0001", true), "{message}");
    let plain = save("a.csv", TABLE);
    assert_eq!(failure(read_at(&plain.path.join("c.csv"))).0, "E0001");
}

#[test]
fn what_cannot_be_unpacked() {
    let table = TABLE.as_bytes();
    let packed = gzip(&TABLE.repeat(100).into_bytes());
    let mut spoilt = packed.clone();
    let checksum = spoilt.len() - 6;
    spoilt[checksum] ^= 1;
    let mut locked = zip(&[("list.csv", table)]);
    // Bit 0 of the flags, in the local header and in the list of files: encrypted.
    let list = locked.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    locked[6] |= 1;
    locked[list + 8] |= 1;
    let mut broken = zip(&[("list.csv", TABLE.repeat(50).as_bytes())]);
    let middle = broken.len() / 2 - 20;
    broken[middle] ^= 0x55;
    let deep = gzip(&gzip(&gzip(table)));
    for (what, bytes, expected) in [
        ("truncated", packed[..packed.len() / 2].to_vec(), "E0005"),
        ("without its end", packed[..packed.len() - 4].to_vec(), "E0005"),
        ("checksum", spoilt, "E0005"),
        ("garbage behind", [packed.clone(), b"garbage".to_vec()].concat(), "E0005"),
        ("half a member behind", [packed.clone(), packed[..20].to_vec()].concat(), "E0005"),
        ("password", locked, "E0004"),
        ("damaged", broken, "E0005"),
        ("half a zip", zip(&[("list.csv", table)])[..60].to_vec(), "E0005"),
        ("deep", deep, "E0003"),
        ("nothing inside", zip(&[]), "E0003"),
        ("an empty file inside", gzip(b""), "E0002"),
        ("an image inside", zip(&[("a.csv", b"\x89PNG\r\n")]), "E0003"),
        ("bomb", gzip(&vec![b' '; 17 << 20]), "E0013"),
        ("bomb in a zip", zip(&[("a.csv", &vec![b' '; 17 << 20])]), "E0013"),
    ] {
        let (code, message) = failure(read("a.csv", bytes));
        assert_eq!(code, expected, "{what}: {message}");
    }
}

/// A text may begin as a zip file is said to.
#[test]
fn pk_alone_is_no_archive() {
    let done = read("a.csv", format!("PK list\n{TABLE}")).unwrap();
    assert_eq!(done.lines.len(), 2);
}

#[test]
fn the_name_inside_tells_the_vintage_and_so_does_the_archives() {
    let recipe = r#"
name = "list"
version = 1
signature = [["item"], ["price"]]
source = { name = "list of {year}", reference_date = "{year}-05-01" }
vintage = { files = ["M{year}"] }
number = { decimal = "." }
constant = { kind = "price", basis = "list", tax = "unknown", currency = "EUR" }
field.title = { any = ["item"] }
amount = [{ any = ["price"], statistic = "value", per = "each" }]
"#;
    let recipe = haggle_import::Recipe::parse(recipe, "l.toml").unwrap_or_else(|e| panic!("{e}"));
    let options = Options { recipe: Some(recipe), ..Options::default() };
    for (outer, inner) in
        [("a.zip", "prices_M2022.csv"), ("prices_M2022.zip", "a.csv"), ("M2019.zip", "M2022.csv")]
    {
        let saved = save(outer, zip(&[(inner, b"item,price\nnut,1\n")]));
        let done = run(&mut open(&saved.path, &options).unwrap()).unwrap();
        assert_eq!(done.import.facts.name, "list of 2022", "{outer} {inner}");
    }
}

fn page(rows: &str) -> String {
    format!("<html><meta charset=utf-8><body><table border=1>{rows}</table></body></html>")
}

#[test]
fn a_web_page_named_as_a_workbook() {
    let head = "<tr><th>work_year</th><th>job_title<th>salary<th>salary_currency</tr>";
    let rows = "<tr><td>2024<td>K&ouml;ch &amp; Chef<td>80<td>EUR<tr><td>2024<td>Chef<br>de rang<td>x<td>EUR";
    let done = read("a.xls", page(&format!("<tr><td colspan=4>A title{head}{rows}"))).unwrap();
    assert_eq!(done.lines, ["table 1!C3 -|Köch & Chef|-|- value 80 exact EUR ANN"]);
    assert!(
        done.reasons().contains(&"rejected I0101 table 1!C4=x".to_owned()),
        "{:?}",
        done.reasons()
    );
    assert_eq!(done.import.account.read, 4);
    // The second table is the one, and the page is not in the encoding that it says, or in an old
    // one that it names: C9 is `É` in Windows-1252, and the Cyrillic `Й` in Windows-1251.
    let two =
        format!("{}<table>{head}<tr><td>2024<td>Écuyer<td>8<td>EUR</table>", page("<tr><td>x"));
    for (charset, title, codes) in
        [("utf-8", "Écuyer", vec!["W0101"]), ("\"windows-1251\"", "Йcuyer", vec![])]
    {
        let old: Vec<u8> = two.replace("utf-8", charset).chars().map(|c| c as u8).collect();
        let done = read("a.xls", old).unwrap();
        assert_eq!(done.lines, [format!("table 2!C2 -|{title}|-|- value 8 exact EUR ANN")]);
        assert_eq!(done.codes(), codes);
    }
}

#[test]
fn pages_that_are_refused() {
    for (page, code, what) in [
        (page("<tr><td><table><tr><td>1</table>"), "E0003", "a table in a table"),
        (page("<tr><td>1").replace("</table>", ""), "E0005", "ends inside a table"),
        ("<html><form>Log in</form></html>".to_owned(), "E0003", "without a table"),
        (page("<tr><td>1"), "E0006", "`1`"),
    ] {
        let (found, message) = failure(read("a.xls", &page));
        assert_eq!(found, code, "{page}: {message}");
        assert!(message.contains(what), "{message}");
    }
}

#[test]
fn a_workbook_that_excel_2003_saved_as_xml() {
    let cell =
        |kind: &str, text: &str| format!("<Cell><Data ss:Type=\"{kind}\">{text}</Data></Cell>");
    let head = ["work_year", "job_title", "salary", "salary_currency"].map(|t| cell("String", t));
    let row = [
        cell("Number", "2024"),
        cell("String", "K\u{f6}ch"),
        cell("Number", "80.5"),
        cell("String", "EUR"),
    ];
    let book = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n\
         <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\
         <Worksheet ss:Name=\"Pay\"><Table><Row ss:Index=\"2\">{}</Row><Row>{}</Row></Table></Worksheet></Workbook>",
        head.concat(),
        row.concat()
    );
    let done = read("a.xls", book).unwrap();
    assert_eq!(done.lines, ["Pay!C3 -|K\u{f6}ch|-|- value 80.5 exact EUR ANN"]);
}

/// Standard input lies in a file of a random name, which must show nowhere.
#[test]
fn a_file_is_called_what_the_caller_says() {
    const RECIPE: &str = r#"
name = "list"
version = 1
signature = [["work_year"], ["salary"]]
source = { name = "list", reference_date = "{year}-01-01" }
vintage = { files = ["pay{year}"] }
number = { decimal = "." }
constant = { kind = "wage", basis = "paid", tax = "gross", currency = "EUR", per = "year" }
field.place = { template = "{@file}" }
amount = [{ any = ["salary"], statistic = "value" }]
"#;
    let recipe = Recipe::parse(RECIPE, "list.toml").unwrap();
    let packed = gzip(&zip(&[("list.csv", TABLE.as_bytes())]));
    for (bytes, called) in
        [(TABLE.as_bytes(), "standard input"), (packed.as_slice(), "list.csv in standard input")]
    {
        let of = |saved: &str, name: Option<&str>| {
            let saved = save(saved, bytes);
            let (recipe, name) = (Some(recipe.clone()), name.map(str::to_owned));
            let options = Options { recipe, name, ..Options::default() };
            let format = inspect(&saved.path, &options).unwrap().format;
            (run(&mut open(&saved.path, &options).unwrap()).unwrap(), format)
        };
        let (done, format) = of("pay2022", Some("standard input"));
        let (other, other_format) = of("pay2023", Some("standard input"));
        assert_eq!((&done.lines, &format), (&other.lines, &other_format));
        assert_eq!(done.lines[0], format!("2:3 -|-|{called}|- value 80 exact EUR ANN"));
        assert_eq!(done.import.facts.date, None);
        assert_eq!(done.import.diagnostics, other.import.diagnostics);
        assert!(of("pay2022", None).0.import.facts.date.is_some());
    }
}
