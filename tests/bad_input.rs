//! Bad input: a message with file, place, what was found, what was expected, what to do; the
//! documented exit code; nothing half imported.

use crate::support::{Bench, Ran};
use std::fs;

const HEAD: &str = "schema = \"haggle.deal/1\"\ntitle = \"t\"\nside = \"seller\"\ncurrency = \"USD\"\nper = \"year\"\nas_of = 2026-11-23\n";
const STAY: &str = "[[alternative]]\nname = \"stay\"\namount = 100000\n";

/// A deal with one source of that name.
fn deal_on(bench: &Bench, file: &str, more: &str) -> Ran {
    bench.write("deal.toml", format!("{HEAD}[[source]]\npath = \"{file}\"\n{more}\n{STAY}"));
    bench.run("report deal.toml --format json")
}

fn assert_nothing_stored(bench: &Bench) {
    let parts = fs::read_dir(bench.path("store/parts")).map_or(0, Iterator::count);
    assert_eq!(parts, 0, "something was stored");
}

/// Exit code 1, the file and place in front, the code behind, and a way out.
fn assert_refused(run: &Ran, place: &str, code: &str) {
    assert_eq!(run.code, 1, "{}", run.err);
    assert_eq!(run.out, "");
    assert!(run.err.contains(place), "{}", run.err);
    assert!(run.err.contains(&format!("[{code}]")), "{}", run.err);
    assert!(run.err.contains("help:"), "{}", run.err);
}

#[test]
fn mistakes_in_a_deal_file_are_all_told_with_place_and_nearest_key() {
    let bench = Bench::new();
    let deal = format!("{HEAD}[[alternative]]\namout = 5\nprobability = -0.2\n")
        .replace("currency = \"USD\"\n", "");
    bench.write("deal.toml", deal);
    for verb in ["report", "check"] {
        let run = bench.run(&format!("{verb} deal.toml"));
        let said = format!("{}{}", run.out, run.err);
        assert_eq!(run.code, 1, "{said}");
        for part in [
            "deal.toml:1:1: `currency` is missing [D0102]",
            "deal.toml:7:1: unknown key `alternative.amout` [D0101]",
            "did you mean `amount`?",
            "deal.toml:8:15: `alternative.probability` is -0.2, expected a number from 0 to 1 [D0103]",
        ] {
            assert!(said.contains(part), "{verb}: {part}: {said}");
        }
    }
}

#[test]
fn evidence_is_called_source_in_a_deal_file() {
    let bench = Bench::new();
    bench.write("deal.toml", format!("{HEAD}[[evidence]]\nurl = \"https://a.example/x.csv\"\n"));
    let run = bench.run("check deal.toml");
    assert_eq!(run.code, 1);
    for part in ["unknown key `evidence` [D0101]", "did you mean `source`?"] {
        assert!(run.out.contains(part), "{}", run.out);
    }
}

#[test]
fn a_walk_away_beyond_the_target_is_an_error() {
    let bench = Bench::new();
    bench.write("deal.toml", format!("{HEAD}[stated]\nwalk_away = 120000\ntarget = 110000\n"));
    let run = bench.run("check deal.toml");
    assert_eq!(run.code, 1);
    assert!(
        run.out.contains(
            "deal.toml:8:13: the walk-away `120000` lies beyond the target `110000` [D0104]"
        ),
        "{}",
        run.out
    );
}

#[test]
fn files_that_are_no_evidence() {
    let cases: &[(&str, &[u8], &str)] = &[
        ("empty.csv", b"", "E0002"),
        (
            "page.xls",
            b"<!DOCTYPE html><html><body><form>Please log in</form></body></html>",
            "E0003",
        ),
        ("cut.xlsx", b"PK\x03\x04\x14\x00\x06\x00", "E0005"),
        ("strange.csv", b"colour,shape\nred,round\n", "E0006"),
    ];
    for (name, content, code) in cases {
        let bench = Bench::new();
        bench.write(name, content);
        assert_refused(&deal_on(&bench, name, ""), name, code);
        assert_nothing_stored(&bench);
    }
    let bench = Bench::new();
    assert_refused(&deal_on(&bench, "missing.csv", ""), "missing.csv", "E0001");
}

#[test]
fn a_truncated_workbook_is_refused_and_nothing_is_stored() {
    let bench = Bench::with_data();
    let whole = fs::read(bench.path("data/evidence/oews-national-may-2022.xlsx")).unwrap();
    for share in [2, 3, 10] {
        bench.write("cut.xlsx", &whole[..whole.len() - whole.len() / share]);
        let run = bench.run("import cut.xlsx");
        assert_refused(&run, "cut.xlsx", "E0005");
        assert_nothing_stored(&bench);
    }
}

#[test]
fn a_missing_column_is_named() {
    let bench = Bench::with_data();
    let survey =
        bench.read("data/evidence/pay-survey-2023.csv").replace("salary_currency", "currncy");
    bench.write("survey.csv", survey);
    let run = deal_on(&bench, "survey.csv", "recipe = \"community-salaries\"");
    assert_refused(&run, "survey.csv", "E0008");
    assert!(run.err.contains("salary_currency"), "{}", run.err);
    assert_nothing_stored(&bench);
}

/// `100.000` is a hundred or a hundred thousand: nobody but a recipe can say.
#[test]
fn an_ambiguous_amount_stops_the_import_with_the_line_that_settles_it() {
    let bench = Bench::with_data();
    let survey =
        bench.read("data/evidence/pay-survey-2023.csv").replacen("178300,USD", "178.300,USD", 1);
    bench.write("survey.csv", survey);
    let run = bench.run("import survey.csv");
    assert_refused(&run, "survey.csv:3:5", "E0014");
    assert!(run.err.contains("`178.300`") && run.err.contains("`thousands` under `[number]`"));
    assert_nothing_stored(&bench);
}

/// No matching observation: a brief without a market, said first.
#[test]
fn no_comparable_gives_a_brief_without_a_market() {
    let bench = Bench::with_data();
    bench.write("deal.toml", format!("{HEAD}[[source]]\npath = \"data/evidence/pay-survey-2023.csv\"\nwhere = {{ title = \"Astronaut\" }}\n{STAY}"));
    let report = bench.json("report deal.toml --format json");
    assert!(report["market"].is_null());
    assert_eq!(report["findings"][0]["rule"], "S3.13");
    assert_eq!(report["findings"][0]["severity"], "error");
    assert_eq!(report["walk_away"], "walk_away", "the rest of the brief stands");
    assert!(report["target"].is_null() && report["anchor"].is_null());
    assert_eq!(bench.run("report deal.toml --strict").code, 3);
    let text = bench.run("report deal.toml").out;
    let first = text.find("is comparable, so there").unwrap_or(usize::MAX);
    assert!(first < 600, "said first: {text}");
}

/// Exactly one: a brief without percentiles, exit 0, or 3 under `--strict`.
#[test]
fn one_comparable_gives_a_brief_without_percentiles() {
    let bench = Bench::with_data();
    bench.write("deal.toml", format!("{HEAD}[[source]]\npath = \"data/evidence/pay-survey-2023.csv\"\nwhere = {{ title = \"Actuarial Data Engineer\", row = \"14\" }}\n{STAY}"));
    let report = bench.json("report deal.toml --format json");
    assert_eq!(report["market"]["n"], 1);
    assert!(report["market"].get("p50").is_none_or(serde_json::Value::is_null));
    assert!(report["figures"].get("market.p50").is_none());
    let run = bench.run("report deal.toml --strict");
    assert_eq!(run.code, 3);
    assert!(!run.out.is_empty(), "the report is printed all the same");
}

#[test]
fn a_plugin_that_is_not_there_is_named() {
    let bench = Bench::new();
    bench.write("deal.toml", format!("{HEAD}[[source]]\nplugin = \"acme\"\n{STAY}"));
    let run = bench.run("report deal.toml");
    assert_eq!(run.code, 1);
    assert!(
        run.err.contains("plugin `acme`: no file of that name") && run.err.contains("help:"),
        "{}",
        run.err
    );
}

/// What a URL would give is asked of nobody before the URL is one.
#[test]
fn a_url_that_is_none_is_refused_by_check_and_report() {
    let bench = Bench::new();
    for (url, code) in [
        ("prices.example/list.csv", "E0301"),
        ("ftp://prices.example/list.csv", "E0301"),
        ("https://prices.example/list.csv?key=abc", "E0302"),
    ] {
        bench.write("deal.toml", format!("{HEAD}[[source]]\nurl = \"{url}\"\n{STAY}"));
        for verb in ["check", "report"] {
            let run = bench.run(&format!("{verb} deal.toml"));
            assert!(run.code == 1 && run.err.contains(code), "{verb} {url}: {}", run.err);
            assert!(run.err.contains("help:"), "{}", run.err);
        }
    }
}

#[test]
fn an_ambiguous_table_is_left_out_and_the_difference_named() {
    let bench = Bench::with_data();
    bench.write("deal.toml", format!("{HEAD}[[source]]\nname = \"oews\"\npath = \"data/evidence/oews-national-may-2022.xlsx\"\nwhere = {{ subject = [\"15-1252\", \"15-1251\"] }}\n{STAY}"));
    let report = bench.json("report deal.toml --format json");
    assert!(report["market"].is_null());
    let texts = report["findings"].to_string();
    assert!(
        texts.contains("stated more than once") && texts.contains("15-1251 against 15-1252"),
        "{texts}"
    );
}
