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
