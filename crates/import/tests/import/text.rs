//! CSV and its kin: rows, places, encodings, separators, what is rejected and what passed over.

use crate::support::{failure, read, read_by, save};
use haggle_import::{Options, open};

const HEADER: &str = "work_year,experience_level,employment_type,job_title,salary,salary_currency,\
    salary_in_usd,employee_residence,remote_ratio,company_location,company_size";

fn survey(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

#[test]
fn a_survey_cell_by_cell() {
    let done = read(
        "a.csv",
        survey(&[
            "2023,SE,FT,Data Scientist,80000,EUR,85847,ES,100,ES,L",
            "2024,EN,CT,\"Analyst, junior\",30400000.50,CLP,35735,CL,0,CL,S",
            "2024,MI,FT,Data Analyst,,,,US,100,US,M",
        ]),
    )
    .unwrap();
    assert_eq!(
        done.lines,
        [
            "2:5 -|Data Scientist|ES|SE value 80000 exact EUR ANN",
            "3:5 -|Analyst, junior|CL|EN value 30400000.5 exact CLP ANN",
        ]
    );
    // 1 July: 19539 is 2023-07-01 (date -u -d 2023-07-01 +%s, by 86400), 19905 is 2024-07-01.
    assert_eq!(done.dates, [Some(19539), Some(19905)]);
    assert_eq!(
        done.attributes[0].as_deref(),
        Some(
            r#"{"company_size":"L","employee_residence":"ES","employment_type":"FT","remote_ratio":"100"}"#
        )
    );
    assert_eq!(done.reasons(), ["skipped I0202 1=work_year", "absent I0301 4:5="]);
    let facts = &done.import.facts;
    assert_eq!(facts.assumptions.len(), 3);
    assert!(done.codes().is_empty());
}

#[test]
fn every_defect_is_rejected_at_its_place() {
    let good = "2023,SE,FT,Cook,100,EUR,1,ES,0,ES,L";
    for (row, place) in [
        ("2023,SE,FT,Cook,n/a,EUR,1,ES,0,ES,L", "rejected I0101 3:5=n/a"),
        ("2023,SE,FT,Cook,\"1,234\",EUR,1,ES,0,ES,L", "rejected I0101 3:5=1,234"),
        ("2023,SE,FT,Cook,-5,EUR,1,ES,0,ES,L", "rejected I0105 3:5=-5"),
        ("2023,SE,FT,Cook,0,EUR,1,ES,0,ES,L", "rejected I0105 3:5=0"),
        ("2023,SE,FT,Cook,100,,1,ES,0,ES,L", "rejected I0104 3:6="),
        ("2023,SE,FT,Cook,100,eur,1,ES,0,ES,L", "rejected I0106 3:6=eur"),
        ("23,SE,FT,Cook,100,EUR,1,ES,0,ES,L", "rejected I0102 3:1=23"),
        ("23,SE,FT,Cook,x,eur,1,ES,0,ES,L", "rejected I0102 3:1=23"),
        ("2023,SE,FT", "rejected I0103 3=3 fields"),
        ("2023,SE,FT,Cook,100,EUR,1,ES,0,ES,L,x", "rejected I0103 3=12 fields"),
        (
            "2023,SE,FT,Cook,100,EUR,1,\"E\nS\"x,0,ES,L",
            "rejected I0103 3=text after the closing quote of a field",
        ),
        (",,,,,,,,,,", "skipped I0202 3="),
        ("", "skipped I0202 3="),
        ("Source: a survey of 2023", "skipped I0202 3=Source: a survey of 2023"),
        ("Note,,,,,,,,,,", "skipped I0202 3=Note"),
        (HEADER, "skipped I0202 3=work_year"),
    ] {
        let done = read("a.csv", survey(&[good, row, good])).unwrap();
        assert!(done.reasons().contains(&place.to_owned()), "{row}: {:?}", done.reasons());
        let last = if row.contains('\n') { 5 } else { 4 };
        let line = |n| format!("{n}:5 -|Cook|ES|SE value 100 exact EUR ANN");
        assert_eq!(done.lines, [line(2), line(last)], "{row}");
        assert_eq!(done.import.account.read, 4, "{row}");
    }
}

/// The table of `models.md` section 5, through the importer.
#[test]
fn line_numbers_are_true() {
    for (text, rows) in [
        ("h\na\nb\nc\n", vec![2, 3, 4]),
        ("h\r\na\r\nb\r\nc\r\n", vec![2, 3, 4]),
        ("h\ra\rb\rc\r", vec![2, 3, 4]),
        ("h\n\n\na\n\nb\n", vec![4, 6]),
        ("h\nq\nb\nc", vec![2, 4, 5]),
        ("h\r\nq\r\nb", vec![2, 4]),
        ("t\r\n\r\nh\r\na\r\n", vec![4]),
    ] {
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let full: String = text
            .chars()
            .map(|c| match c {
                'h' => HEADER.to_owned(),
                't' => "A survey, in two fields".to_owned(),
                'q' => format!("2023,SE,FT,Cook,1,EUR,1,ES,0,ES,\"L{newline}x\""),
                'a' | 'b' | 'c' => "2023,SE,FT,Cook,1,EUR,1,ES,0,ES,L".to_owned(),
                other => other.to_string(),
            })
            .collect();
        let done = read("a.csv", full).unwrap();
        let found: Vec<u64> =
            done.lines.iter().map(|l| l.split(':').next().unwrap().parse().unwrap()).collect();
        assert_eq!(found, rows, "{text:?}");
        let physical = text.replace("\r\n", "\n").replace('\r', "\n");
        let lines = physical.trim_end_matches('\n').matches('\n').count() + 1;
        assert_eq!(done.import.account.read, lines as u64, "{text:?}");
    }
}

#[test]
fn separators_are_found() {
    for separator in [",", ";", "\t", "|"] {
        let header = HEADER.replace(',', separator);
        let row =
            "2023,SE,FT,T,80,EUR,1,ES,0,ES,L".replace(',', separator).replace('T', "Cook - chef");
        let row = row.replace("FCook - chef", "FT");
        let done = read("a.dat", format!("Some title, with a comma\n{header}\n{row}\n")).unwrap();
        assert_eq!(done.lines, ["3:5 -|Cook - chef|ES|SE value 80 exact EUR ANN"], "{separator:?}");
    }
}

#[test]
fn encodings_are_found() {
    let text = survey(&["2023,SE,FT,Koch – Küche,80,EUR,1,ES,0,ES,L"]);
    let expected = ["2:5 -|Koch – Küche|ES|SE value 80 exact EUR ANN"];
    let utf16 = |bytes: fn(u16) -> [u8; 2]| {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect::<Vec<u8>>()
    };
    let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
    for bytes in
        [text.clone().into_bytes(), marked, utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)]
    {
        let done = read("a.csv", bytes).unwrap();
        assert_eq!(done.lines, expected);
        assert!(done.codes().is_empty());
    }
    let mut old: Vec<u8> = Vec::new();
    for c in text.chars() {
        old.push(match c {
            '–' => 0x96,
            'ü' => 0xfc,
            c => c as u8,
        });
    }
    let done = read("a.csv", old).unwrap();
    assert_eq!(done.lines, expected);
    assert_eq!(done.codes(), ["W0101"]);
}

#[test]
fn a_broken_encoding_is_an_error() {
    let mut bytes: Vec<u8> = std::iter::once(0xfeff)
        .chain(survey(&["2023"]).encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    bytes.extend([0x00, 0xd8, 0x41, 0x00]);
    let (code, message) = failure(read("a.csv", bytes));
    assert_eq!((code.as_str(), &message[..2]), ("E0011", "3 "));
}

#[test]
fn an_open_quote_swallows_nothing_in_silence() {
    let row = "2023,SE,FT,Cook,80,EUR,1,ES,0,ES,\"L";
    let (code, message) = failure(read("a.csv", survey(&[row, "2023,SE", "x"])));
    assert_eq!((code.as_str(), message.starts_with("2 ")), ("E0005", true), "{message}");
    let many = "2023,SE,FT,Cook,80,EUR,1,ES,0,ES,L\n".repeat(60_000);
    let (code, _) = failure(read("a.csv", survey(&[row, &many])));
    assert_eq!(code, "E0005");
}

#[test]
fn a_large_file_comes_in_batches() {
    let rows = "2023,SE,FT,Cook,80,EUR,1,ES,0,ES,L\n".repeat(30_000);
    let done = read("a.csv", format!("{HEADER}\n{rows}")).unwrap();
    assert_eq!(done.batches, [8192, 8192, 8192, 30_000 - 3 * 8192]);
    assert_eq!(done.lines[29_999], "30001:5 -|Cook|ES|SE value 80 exact EUR ANN");
}

#[test]
fn a_file_can_be_read_twice() {
    let saved = save("a.csv", survey(&["2023,SE,FT,Cook,80,EUR,1,ES,0,ES,L"]));
    let mut importer = open(&saved.path, &Options::default()).unwrap();
    let first = crate::support::run(&mut importer).unwrap();
    assert_eq!(crate::support::run(&mut importer).unwrap().lines, first.lines);
}

const PRICES: &str = r#"
name = "prices"
version = 3
signature = [["sku"], ["preis"]]
source = { name = "price list" }
number = { decimal = ",", thousands = "." }
constant = { kind = "price", basis = "list", tax = "excluded", component = "unit-price", currency = "EUR" }
per = { any = ["einheit"], map = { "Stk" = "each", "kg" = "kg" } }
date = { any = ["ab"], format = "YYYY-MM-DD" }
field.subject = { any = ["sku"], required = true, filled = true }
keep = [{ any = ["land"], values = ["DE", "AT"], reason = "other country" }]
weight = { any = ["gewicht"], scale = "0.01" }
count = { any = ["n"], absent = ["k.A."] }
employers = { any = ["firmen"], statistics = ["max"] }
sample_size = { any = ["stichprobe"] }
amount = [
    { any = ["preis"], required = true, statistic = "value", sentinels = "s" },
    { any = ["hoechst"], statistic = "max", component = "fee" },
]

[sentinels.s]
"auf Anfrage" = { absent = "on request" }
"#;

#[test]
fn units_dates_and_numbers_come_from_columns() {
    let done = read_by(
        PRICES,
        "\
SKU;Preis;Hoechst;Einheit;Land;ab;Gewicht;n;Firmen;Stichprobe
007;1.234,50;2.000;Stk;DE;2026-01-31;12,5;3;4;5
008;auf Anfrage;;kg;AT;;;k.A.;;
009;1,5;;kg;CH;;;;;
010;1,5;;Sack;DE;;;;;
011;1,5;;;DE;;;;;
012;1,5;;kg;DE;31.01.2026;;;;
013;1,5;;kg;DE;;-1;;;
014;1,5;;kg;DE;;;1,5;;
;1,5;;kg;DE;;;;;
016;1.5;;kg;DE;;;;;
",
    )
    .unwrap();
    assert_eq!(
        done.lines,
        ["2:2 007|-|-|- value 1234.5 exact EUR EA", "2:3 007|-|-|- max 2000 exact EUR EA",]
    );
    let numbers = |employers| (Some(0.125), Some(3), employers, Some(5));
    assert_eq!(done.numbers, [numbers(None), numbers(Some(4))]);
    // 2026-01-31 is day 20484 (date -u -d 2026-01-31 +%s, by 86400).
    assert_eq!(done.dates, [Some(20_484), Some(20_484)]);
    let mut reasons = done.reasons();
    reasons.sort();
    assert_eq!(
        reasons,
        [
            "absent I0301 3:3=",
            "absent I0302 3:2=auf Anfrage",
            "rejected I0101 11:2=1.5",
            "rejected I0102 7:6=31.01.2026",
            "rejected I0102 8:7=-1",
            "rejected I0102 9:8=1,5",
            "rejected I0104 10:1=",
            "rejected I0104 6:4=",
            "rejected I0106 5:4=Sack",
            "skipped I0202 1=SKU",
            "skipped I0203 4=CH",
        ]
    );
}

/// The year is in column 2 and read before the amount in column 1, yet the amount is named.
#[test]
fn of_several_faults_the_leftmost_is_named() {
    let done =
        read("a.csv", "salary,work_year,job_title,salary_currency\nx,soon,Cook,Euro\n").unwrap();
    let rejected: Vec<String> =
        done.reasons().into_iter().filter(|r| r.starts_with("rejected")).collect();
    assert_eq!(rejected, ["rejected I0101 2:1=x"]);
}

/// In a table of two columns a lone text is a row whose amount is blank, not a note.
#[test]
fn a_narrow_table_has_no_notes() {
    let recipe = "name = \"l\"\nversion = 1\nsignature = [[\"item\"]]\nsource = { name = \"l\" }\n\
        number = { decimal = \".\" }\nfield.title = { any = [\"item\"] }\n\
        constant = { kind = \"price\", basis = \"list\", tax = \"unknown\", currency = \"EUR\" }\n\
        amount = [{ any = [\"price\"], statistic = \"value\", per = \"each\" }]\n";
    let done = read_by(recipe, "item,price\nbolt,\nnut,1\n").unwrap();
    assert_eq!(done.reasons(), ["skipped I0202 1=item", "absent I0301 2:2="]);
    assert_eq!(done.import.account.imported, 2);
}

/// A price list by its own recipe, which states how thousands are marked.
const LIST: &str = r#"
name = "list"
version = 1
signature = [["item"], ["price"]]
source = { name = "list" }
number = { decimal = ".", thousands = "," }
constant = { kind = "price", basis = "list", tax = "unknown", currency = "USD" }
field.title = { any = ["item"] }
amount = [{ any = ["price"], statistic = "value", per = "each" }]
"#;

/// Titles and amounts as `bolt 5`, and what was rejected.
fn list(bytes: impl AsRef<[u8]>) -> (Vec<String>, Vec<String>, Vec<String>) {
    let done = read_by(LIST, bytes).unwrap_or_else(|e| panic!("{e}"));
    let short = |l: &String| {
        let (place, rest) = l.split_once(" -|").unwrap();
        let (title, rest) = rest.split_once("|-|- value ").unwrap();
        format!("{place} {title} {}", rest.split(' ').next().unwrap())
    };
    let rejected = done.reasons().into_iter().filter(|r| r.starts_with("rejected"));
    let notes = done.import.diagnostics.iter().map(|d| format!("{} {}", d.code, d.message));
    (done.lines.iter().map(short).collect(), rejected.collect(), notes.collect())
}

#[test]
fn utf16_without_a_mark_is_known_by_its_zeros() {
    let text = "item,price\nKüche – groß,5\n";
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
        let (lines, _, notes) = list(bytes);
        assert_eq!(lines, ["2:2 Küche – groß 5"]);
        assert!(
            notes[0].starts_with("W0101 the text has no byte order mark and is read as UTF-16"),
            "{notes:?}"
        );
    }
}

#[test]
fn mac_roman_is_told_from_windows() {
    for (bytes, title, named) in [
        (b"caf\x8e cr\x8fme".as_slice(), "café crème", "read as Mac Roman"),
        (b"caf\xe9 cr\xe8me", "café crème", "read as Windows-1252"),
        (b"Bachelor\x92s", "Bachelor’s", "read as Windows-1252"),
        (b"Bachelor\xd5s", "Bachelor’s", "read as Mac Roman"),
    ] {
        let (lines, _, notes) = list([b"item,price\n", bytes, b",5\n"].concat());
        assert_eq!(lines, [format!("2:2 {title} 5")]);
        assert!(notes[0].starts_with("W0101") && notes[0].contains(named), "{notes:?}");
        assert!(notes[0].contains("line 2 says"), "{notes:?}");
    }
}

#[test]
fn two_encodings_are_read_line_by_line() {
    let bytes = b"item,price\nProt\xc3\xa9g\xc3\xa9,1\r\nProt\xe9g\xe9,2\r\nplain,3\nb\xfccher,4\n";
    let (lines, rejected, notes) = list(bytes);
    assert_eq!(lines, ["2:2 Protégé 1", "3:2 Protégé 2", "4:2 plain 3", "5:2 bücher 4"]);
    assert!(rejected.is_empty());
    assert!(
        notes[0].starts_with("W0131 two encodings in one text: UTF-8 in line 2, and in lines 3, 5, which are read as Windows-1252"),
        "{notes:?}"
    );
}

#[test]
fn a_zero_byte_is_named_with_its_line() {
    let far = "x,1\r\n".repeat(60_000);
    for (text, line) in [
        ("item,price\na\0b,1\n".to_owned(), "2 "),
        (format!("item,price\r\n{far}nut\0,1\n"), "60002 "),
        (format!("item,price\n{far}\u{fc}\0,1\n"), "60002 "),
    ] {
        for bytes in [text.clone().into_bytes(), text.chars().map(|c| c as u8).collect()] {
            let padded = [bytes, b"y,2\n".repeat(100)].concat();
            let (code, message) = failure(read_by(LIST, padded));
            assert_eq!((code.as_str(), message.starts_with(line)), ("E0011", true), "{message}");
            assert!(message.contains("zero byte"), "{message}");
        }
    }
    let broken = [b"\xef\xbb\xbfitem,price\nnut,1\n".as_slice(), b"b\xfcch,1\n"].concat();
    let (code, message) = failure(read_by(LIST, broken));
    assert_eq!((code.as_str(), &message[..2]), ("E0011", "3 "), "{message}");
}

#[test]
fn the_first_line_may_declare_the_separator() {
    for text in [
        "sep=;\r\nItem;Price\r\na, b, c;5\r\n",
        "\"sep=|\"\nA title, of two fields; or three\nItem|Price\na, b, c|5\n",
    ] {
        let row = if text.contains("title") { 4 } else { 3 };
        assert_eq!(list(text).0, [format!("{row}:2 a, b, c 5")]);
    }
    // Other widths above the header, line ends of two kinds.
    let (lines, ..) =
        list("sep=,\r\n\"Version\",\"1\"\nDisclaimer,\"a\nb\",,,\r\nItem,Price\nnut,5\r\n");
    assert_eq!(lines, ["6:2 nut 5"]);
    let done = read_by(LIST, "sep=,\nItem,Price\nnut,5\n").unwrap();
    let mut reasons = done.reasons();
    reasons.sort();
    assert_eq!(reasons, ["skipped I0202 1=sep=,", "skipped I0202 2=Item"]);
}

#[test]
fn blank_fields_at_the_end_are_no_ragged_rows() {
    for text in [
        "Item,Price,\na,84.24,\nb,5,\n",
        "Item,Price\na,84.24,\nb,5,\n",
        "Item,Price,,\na,84.24\nb,5\n",
        "Item, Price \n a , 84.24\n b , 5 \n",
    ] {
        let (lines, rejected, _) = list(text);
        assert_eq!(
            (lines, rejected),
            (vec!["2:2 a 84.24".to_owned(), "3:2 b 5".to_owned()], vec![]),
            "{text}"
        );
    }
    for (text, wrong) in [
        // Cut off, or the rest of another row.
        ("Item,Price,\na,84.24,\nb,5\nc,6,\n", "rejected I0103 3=2 fields"),
        ("Item,Price,Note\na,84.24,x\nb,5\nc,6,\n", "rejected I0103 3=2 fields"),
        ("Item,Price\na,84.24\nb,5,\nc,6\n", "rejected I0103 3=3 fields"),
        ("Item,Price\na,84.24,\nb,5\nc,6,\n", "rejected I0103 3=2 fields"),
        ("Item,Price,\na,84.24\nb,1,973.00\nc,6\n", "rejected I0121 3=b,1,973.00"),
        ("Item,Price,\na,84.24,\nb,1,973.00\nc,6,\n", "rejected I0121 3=1,973.00"),
    ] {
        let (lines, rejected, _) = list(text);
        assert_eq!(
            (lines.as_slice(), rejected.as_slice()),
            (
                ["2:2 a 84.24".to_owned(), "4:2 c 6".to_owned()].as_slice(),
                [wrong.to_owned()].as_slice()
            ),
            "{text}"
        );
    }
}

#[test]
fn unquoted_thousands_are_put_together_where_that_is_proved() {
    let text = "Item,Qty,Price\nnut,1,5.00\nbolt,2,7.00\n";
    let with = |row: &str| format!("{text}{row}\nend,1,9.00\n");
    for (row, amount) in [
        ("\"x\",3,1,973.00", "1973"),
        ("\"x\",3,1,234,567.50", "1234567.5"),
        ("\"x\",1,200,1973.00", "1973"),
        ("\"x\",1,200,1,973.00", "1973"),
    ] {
        let (lines, rejected, notes) = list(with(row));
        assert_eq!(lines[2..], [format!("4:3 x {amount}"), "5:3 end 9".to_owned()], "{row}");
        assert!(rejected.is_empty());
        assert!(notes[0].starts_with("W0132") && notes[0].ends_with(": line 4"), "{notes:?}");
    }
    // A currency sign shows where the number begins, so that no quotes are needed.
    let signed = with("x,3,$1,973.00").replace(",5.00", ",$5.00");
    let (lines, rejected, _) = list(signed);
    assert_eq!((lines[2].as_str(), rejected.len()), ("4:3 x 1973", 0));
    for row in ["x,3,1,973.00", "x,1,200,973", "x,$1,973.00,n/a", "\"x\",1,200,300,400"] {
        let (lines, rejected, notes) = list(with(row));
        assert_eq!(rejected, [format!("rejected I0121 4={}", row)], "{row}");
        assert_eq!((lines.len(), notes.len()), (3, 0), "{row}");
    }
    let (_, rejected, _) = list(with("Smith, John,3,5.00"));
    assert_eq!(rejected, ["rejected I0103 4=4 fields"]);
}

#[test]
fn quotes_in_odd_places() {
    for (row, expected) in [
        ("5\" pipe,1", "2:2 5\" pipe 1"),
        ("\"5\"\" pipe\",\"1\"", "2:2 5\" pipe 1"),
        ("\"a, b\" ,1", "2:2 a, b 1"),
        ("\"a\r\nb\nc\",1", "2:2 a\r\nb\nc 1"),
        ("say \"a\",1", "2:2 say \"a\" 1"),
    ] {
        let (lines, rejected, _) = list(format!("Item,Price\r\n{row}\r\nz,2\r\n"));
        assert_eq!((lines[0].as_str(), lines.len(), rejected.len()), (expected, 2, 0), "{row}");
    }
    let (code, message) = failure(read_by(LIST, "Item,Price\n\"a\nb\",1\nc,\"2\nd,3\n"));
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("E0005", "4 a quote opens in field 2 and is never closed")
    );
    // This one is closed, but too far behind.
    let long = format!("Item,Price\na,1\nb,\"{}\"\nc,3\n", "x".repeat(5 << 20));
    let (code, message) = failure(read_by(LIST, &long));
    let expected = "3 a quote opens in field 2 of a long record, expected it to be closed within 1048576 bytes";
    assert_eq!((code.as_str(), message.as_str()), ("E0005", expected));
}

mod properties {
    use super::{LIST, list};
    use crate::support::save;
    use haggle_import::{Options, Recipe, open};
    use proptest::prelude::*;

    fn cell(text: &str, separator: &str) -> String {
        match text.contains([',', ';', '|', '\t', '"', '\n']) || text.starts_with(separator) {
            true => format!("\"{}\"", text.replace('"', "\"\"")),
            false => text.to_owned(),
        }
    }

    fn encode(text: &str, encoding: &str) -> Vec<u8> {
        let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect();
        match encoding {
            "utf-8" => text.as_bytes().to_vec(),
            "utf-8 with mark" => format!("\u{feff}{text}").into_bytes(),
            "utf-16le" => wide(u16::to_le_bytes),
            "utf-16be" => wide(u16::to_be_bytes),
            "utf-16 with mark" => encode(&format!("\u{feff}{text}"), "utf-16be"),
            _ => text.chars().map(|c| c as u8).collect(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Titles are of Latin-1, where all encodings meet, and hold a word that is beyond doubt.
        #[test]
        fn a_table_is_the_same_in_every_encoding_and_separator(
            rows in prop::collection::vec(("[a-zé,;\"|\n ]{0,8}", 1..100_000_u32), 1..6),
            separator in prop::sample::select(vec![",", ";", "\t", "|"]),
            newline in prop::sample::select(vec!["\n", "\r\n", "\r"]),
            encoding in prop::sample::select(vec!["utf-8", "utf-8 with mark", "utf-16le", "utf-16be", "utf-16 with mark", "latin-1"]),
        ) {
            let mut text = format!("item{separator}price{newline}");
            let mut expected = Vec::new();
            let mut line = 2;
            for (title, price) in &rows {
                let title = format!("café {title} è");
                text += &format!("{}{separator}{price}{newline}", cell(&title, separator));
                expected.push(format!("{line}:2 {title} {price}"));
                line += 1 + title.matches('\n').count();
            }
            let (lines, rejected, _) = list(encode(&text, encoding));
            prop_assert!(rejected.is_empty(), "{rejected:?}");
            prop_assert_eq!(lines, expected);
        }

        #[test]
        fn any_bytes_are_read_or_refused(
            parts in prop::collection::vec(prop_oneof![
                prop::sample::select(vec![
                    b"item,price\n".as_slice(), b"item;price\r\n", b"\"", b",", b";", b"\n", b"\r", b"\r\n", b"1", b"1,973.00",
                    b"$1,973.00", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xe9", b"\xc3\xa9", b"\0", b"sep=;\n", b"<table>",
                    b"<td>", b"</table>", b"PK\x03\x04", b"\x1f\x8b\x08", b"nut,5\n", b"{", b" ",
                ]).prop_map(<[u8]>::to_vec),
                prop::collection::vec(any::<u8>(), 0..6),
            ], 0..24),
        ) {
            any_bytes(&parts.concat());
        }
    }

    /// The body of a fuzzer: whatever the bytes, no panic, and both laws hold.
    fn any_bytes(bytes: &[u8]) {
        let recipe = Recipe::parse(LIST, "list.toml").unwrap_or_else(|e| panic!("{e}"));
        let saved = save("any.csv", bytes);
        let Ok(mut importer) =
            open(&saved.path, &Options { recipe: Some(recipe), ..Options::default() })
        else {
            return;
        };
        // `run` asserts the laws; a fault that is told is no fault of the reader.
        let _ = crate::support::run(&mut importer);
    }
}
