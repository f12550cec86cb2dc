//! BLS OEWS workbooks: thresholds, sentinels, aggregates, codes, and where the year comes from.

use crate::support::V::{B, E, Empty, N, S};
use crate::support::{Cells, Done, read, run, save, xlsx};
use haggle_evidence::Importer;
use haggle_import::{Options, builtin_recipes, open};

const HEADER: [&str; 17] = [
    "AREA",
    "AREA_TITLE",
    "NAICS",
    "OCC_CODE",
    "OCC_TITLE",
    "O_GROUP",
    "TOT_EMP",
    "H_MEAN",
    "A_MEAN",
    "MEAN_PRSE",
    "H_PCT90",
    "A_PCT10",
    "A_MEDIAN",
    "A_PCT90",
    "ANNUAL",
    "HOURLY",
    "OWN_CODE",
];

/// References of a row that begins in column C.
fn references(row: usize) -> Vec<String> {
    (b'C'..).take(HEADER.len()).map(|c| format!("{}{row}", char::from(c))).collect()
}

fn developers() -> Vec<crate::support::V<'static>> {
    vec![
        S("99"),
        S("U.S."),
        S("000000"),
        S("15-1252"),
        S("Software Developers"),
        S("detailed"),
        N("1534790"),
        N("63.91"),
        N("132930"),
        N("0.6"),
        S("#"),
        N("71280"),
        N("127260"),
        S("#"),
        S(""),
        S(""),
        N("1235"),
    ]
}

/// A workbook whose table begins at C4, below a title in row 2.
fn book(sheet: &str, notes: &[&str], rows: &[Vec<crate::support::V<'_>>]) -> Vec<u8> {
    let header = HEADER.map(S).to_vec();
    let places: Vec<Vec<String>> = (4..).take(rows.len() + 1).map(references).collect();
    let mut cells: Cells<'_> = vec![("C2", S("Occupational employment"))];
    for (places, values) in places.iter().zip(std::iter::once(&header).chain(rows)) {
        cells.extend(places.iter().map(String::as_str).zip(values.iter().copied()));
    }
    let places: Vec<String> = (1..=notes.len()).map(|i| format!("A{i}")).collect();
    let notes = places.iter().map(String::as_str).zip(notes.iter().map(|n| S(n))).collect();
    xlsx(&[(sheet, cells), ("Field Descriptions", notes)])
}

const NOTES: [&str; 2] = [
    "May 2020 OEWS Estimates",
    "#  = indicates a wage equal to or greater than $100.00 per hour or $208,000 per year ",
];

#[test]
fn a_row_cell_by_cell() {
    let done = read("x.bin", book("Sheet1", &NOTES, &[developers()])).unwrap();
    let line = |c: &str, rest: &str| format!("Sheet1!{c}5 15-1252|Software Developers|US|- {rest}");
    assert_eq!(
        done.lines,
        [
            line("J", "mean 63.91 exact USD HUR"),
            line("K", "mean 132930 exact USD ANN"),
            line("M", "p90 100 at least USD HUR"),
            line("N", "p10 71280 exact USD ANN"),
            line("O", "p50 127260 exact USD ANN"),
            line("P", "p90 208000 at least USD ANN"),
        ]
    );
    assert_eq!(done.errors, [Some(0.006), Some(0.006), None, None, None, None]);
    assert_eq!(
        done.attributes[0].as_deref(),
        Some(r#"{"area":"99","employment":1534790,"naics":"000000","own_code":"1235"}"#)
    );
    assert_eq!(
        done.reasons(),
        [
            "skipped I0202 Sheet1!1:1= Sheet1!3:3=",
            "skipped I0202 Sheet1!4:4=AREA",
            "skipped I0202 Sheet1!2:2=Occupational employment",
        ]
    );
    let facts = &done.import.facts;
    assert_eq!(facts.name, "BLS OEWS May 2020");
    // 2020-05-12 is day 18394.
    assert_eq!((facts.date, done.dates[0]), (Some(18_394), None));
}

fn with(changes: &[(&str, crate::support::V<'static>)]) -> Vec<crate::support::V<'static>> {
    let mut row = developers();
    for (header, value) in changes {
        row[HEADER.iter().position(|h| h == header).unwrap()] = *value;
    }
    row
}

#[test]
fn aggregates_are_skipped_and_unknown_groups_rejected() {
    let group = |g| with(&[("O_GROUP", S(g))]);
    let rows = ["total", "major", "minor", "Broad", "detailed", "", "sub-major"].map(group);
    let done = read("x.bin", book("s", &NOTES, &rows)).unwrap();
    assert_eq!(done.import.account.imported, 2);
    let reasons = done.reasons();
    assert!(
        reasons
            .contains(&"skipped I0201 s!5:5=total s!6:6=major s!7:7=minor s!8:8=Broad".to_owned())
    );
    assert!(reasons.contains(&"rejected I0106 s!H11=sub-major".to_owned()), "{reasons:?}");
}

#[test]
fn signs_are_no_numbers() {
    let row = with(&[
        ("TOT_EMP", S("**")),
        ("MEAN_PRSE", S("*")),
        ("H_MEAN", S("*")),
        ("H_PCT90", Empty),
        ("A_PCT10", S("~")),
        ("ANNUAL", B(true)),
    ]);
    let done = read("x.bin", book("s", &NOTES, &[row])).unwrap();
    assert_eq!(
        done.attributes[0].as_deref(),
        Some(r#"{"annual_only":"TRUE","area":"99","naics":"000000","own_code":"1235"}"#)
    );
    assert_eq!(done.errors, [None; 3]);
    let reasons = done.reasons();
    for reason in ["absent I0301 s!M5=", "absent I0302 s!J5=*", "absent I0302 s!N5=~"] {
        assert!(reasons.contains(&reason.to_owned()), "{reason}: {reasons:?}");
    }
}

#[test]
fn bad_cells_reject_the_row_at_their_place() {
    let cases = [
        ("A_PCT10", E("#REF!"), "rejected I0107 s!N5=#REF!"),
        (
            "A_PCT10",
            crate::support::V::F("H_PCT10*2080"),
            "rejected I0107 s!N5=formula without a stored value",
        ),
        ("A_PCT10", B(true), "rejected I0101 s!N5=TRUE"),
        ("A_PCT10", crate::support::V::D("45000"), "rejected I0101 s!N5=2023-03-15"),
        ("A_PCT10", S("12,34"), "rejected I0101 s!N5=12,34"),
        ("A_PCT10", N("-1"), "rejected I0105 s!N5=-1"),
        ("OCC_CODE", crate::support::V::D("45000"), "rejected I0102 s!F5=2023-03-15"),
        ("OCC_CODE", S(" "), "rejected I0104 s!F5="),
        ("TOT_EMP", S("many"), "rejected I0102 s!I5=many"),
        ("ANNUAL", S("perhaps"), "rejected I0106 s!Q5=perhaps"),
        ("O_GROUP", E("#N/A"), "rejected I0107 s!H5=#N/A"),
    ];
    for (header, value, reason) in cases {
        let rows = [with(&[(header, value)]), developers()];
        let done = read("x.bin", book("s", &NOTES, &rows)).unwrap();
        assert!(done.reasons().contains(&reason.to_owned()), "{reason}: {:?}", done.reasons());
        assert_eq!((done.lines.len(), done.import.account.rejected), (6, 1), "{reason}");
    }
}

#[test]
fn numbers_as_text_follow_the_notation() {
    let done = read("x.bin", book("s", &NOTES, &[with(&[("A_PCT10", S("71,280"))])])).unwrap();
    assert_eq!(done.lines[3], "s!N5 15-1252|Software Developers|US|- p10 71280 exact USD ANN");
}

fn open_book(name: &str, sheet: &str, notes: &[&str], vintage: Option<&str>) -> (Done, String) {
    let saved = save(name, book(sheet, notes, &[developers()]));
    let options = Options { vintage: vintage.map(str::to_owned), ..Options::default() };
    let mut importer = open(&saved.path, &options).unwrap();
    let hash = importer.identity().recipe_hash.clone();
    (run(&mut importer).unwrap(), hash)
}

/// File, sheet, notes, option; year, threshold per year, diagnostics.
type Case = (
    &'static str,
    &'static str,
    &'static [&'static str],
    Option<&'static str>,
    &'static str,
    Option<&'static str>,
    &'static [&'static str],
);

/// Notes, then sheet, then option, then file; never one constant for all years.
#[test]
fn the_threshold_follows_the_vintage() {
    let cases: [Case; 9] = [
        ("x.xlsx", "s", &NOTES, Some("2020"), "2020", Some("208000"), &[]),
        ("x.xlsx", "s", &["May 2022 OEWS Estimates"], None, "2022", Some("239200"), &[]),
        ("x.xlsx", "national_M2021_dl", &[], Some("2021"), "2021", Some("208000"), &[]),
        ("x.xlsx", "national_M2021_dl", &[], Some("2023"), "2021", Some("208000"), &["W0103"]),
        ("x.xlsx", "s", &[], Some("2024"), "2024", Some("239200"), &[]),
        ("oesm20nat.xlsx", "s", &[], None, "2020", Some("208000"), &[]),
        ("state_M2023_dl.xlsx", "s", &[], None, "2023", Some("239200"), &[]),
        ("x.xlsx", "s", &[], Some("1999"), "1999", None, &[]),
        ("x.xlsx", "s", &[], None, "(year unknown)", None, &["W0103"]),
    ];
    for (file, sheet, notes, vintage, year, threshold, codes) in cases {
        let (done, _) = open_book(file, sheet, notes, vintage);
        let case = format!("{file} {sheet} {vintage:?}");
        assert_eq!(done.import.facts.name, format!("BLS OEWS May {year}"), "{case}");
        assert_eq!(done.import.facts.date.is_some(), year.len() == 4, "{case}");
        // The small tables of these cases lack columns, which is told as well.
        let told: Vec<&str> = done.codes().into_iter().filter(|c| *c != "W0105").collect();
        assert_eq!(told, codes, "{case}");
        let bounds: Vec<&String> = done.lines.iter().filter(|l| l.contains("at least")).collect();
        let unknown = done.reasons().iter().filter(|r| r.starts_with("absent I0303")).count();
        match threshold {
            Some(amount) => {
                assert!(bounds[1].contains(&format!(" p90 {amount} at least ")), "{case}");
                assert_eq!((bounds.len(), unknown), (2, 0), "{case}");
            }
            None => assert_eq!((bounds.len(), unknown), (0, 2), "{case}"),
        }
    }
}

#[test]
fn the_identity_knows_what_decided() {
    let plain = open_book("x.xlsx", "s", &NOTES, None).1;
    let recipe = builtin_recipes().iter().find(|r| r.name() == "bls-oews").unwrap();
    assert_eq!(plain, recipe.hash());
    let (one, other) = (
        open_book("x.xlsx", "s", &NOTES, Some("2020")).1,
        open_book("x.xlsx", "s", &NOTES, Some("2021")).1,
    );
    let file = open_book("x_M2020.xlsx", "s", &[], None).1;
    assert_ne!(plain, one);
    assert_ne!(one, other);
    assert_eq!(file, one, "the same year from the name of the file");
    assert_ne!(file, open_book("x_M2021.xlsx", "s", &[], None).1);
}

/// Older layouts: lower case, other names, no area, no flags.
#[test]
fn older_layouts_are_known() {
    let text = "occ_code,occ_title,group,tot_emp,h_mean,a_mean,mean_prse,a_pct10,a_median,a_pct90\n\
        11-0000,Management,major,1,2,3,1,4,5,6\n11-1011,Chief Executives,,10,20,41600,1.5,1,2,3\n";
    let done = read("national_M2012_dl.csv", text).unwrap();
    assert_eq!(done.lines.len(), 5);
    assert_eq!(done.lines[1], "3:6 11-1011|Chief Executives|US|- mean 41600 exact USD ANN");
    assert_eq!(done.errors[1], Some(0.015));
    assert_eq!(done.import.facts.name, "BLS OEWS May 2012");
    assert!(done.import.facts.assumptions.iter().any(|a| a.contains("no area column")));
    let without = text.replace("group", "other");
    assert_eq!(read("a_M2012.csv", without).unwrap().codes(), ["W0104", "W0105"]);
}
