//! Import from outside: accounts, idempotence, the store, removing.

use crate::support::Bench;
use std::fs;

const SURVEY: &str = "data/evidence/pay-survey-2023.csv";
const TABLE: &str = "data/evidence/oews-national-may-2022.xlsx";

#[test]
fn both_conservation_laws_are_printed_and_hold() {
    let bench = Bench::with_data();
    let run = bench.run(&format!("import {SURVEY} {TABLE} --format json"));
    assert_eq!(run.code, 0, "{}", run.err);
    let accounts: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    for account in accounts.as_array().unwrap() {
        let (rows, cells) = (&account["account"]["rows"], &account["account"]["cells"]);
        let n = |v: &serde_json::Value| v.as_u64().unwrap();
        assert_eq!(
            n(&rows["read"]),
            n(&rows["imported"]) + n(&rows["rejected"]) + n(&rows["skipped"])
        );
        assert_eq!(n(&cells["mapped"]), n(&cells["observations"]) + n(&cells["absent"]));
        let tallies = account["account"]["tallies"].as_array().unwrap();
        let of = |what: &str| -> u64 {
            tallies.iter().filter(|t| t["what"] == what).map(|t| n(&t["count"])).sum()
        };
        assert_eq!(of("rejected"), n(&rows["rejected"]));
        assert_eq!(of("skipped"), n(&rows["skipped"]));
        assert_eq!(of("absent"), n(&cells["absent"]));
    }
    // By hand: 53 lines; `about 120k` in line 32 and a blank currency in line 43 are rejected,
    // the pay of line 9 is blank.
    let survey = &accounts[0]["account"];
    assert_eq!(survey["rows"].to_string(), r#"{"read":53,"imported":50,"rejected":2,"skipped":1}"#);
    assert_eq!(survey["cells"].to_string(), r#"{"mapped":50,"observations":49,"absent":1}"#);
    let text = bench.run(&format!("import {SURVEY}")).out;
    for part in [
        "read 53 = imported 50 + rejected 2 + skipped 1",
        "`about 120k` at 32:5",
        "[I0101]",
        "[I0104]",
        "43:6",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn importing_again_changes_nothing_and_other_content_is_another_part() {
    let bench = Bench::with_data();
    assert!(
        bench
            .run(&format!("import {SURVEY}"))
            .out
            .contains("imported by recipe community-salaries")
    );
    let parts = || -> Vec<_> {
        fs::read_dir(bench.path("store/parts")).unwrap().map(|e| e.unwrap().path()).collect()
    };
    let before = fs::metadata(&parts()[0]).unwrap().modified().unwrap();
    assert!(bench.run(&format!("import {SURVEY}")).out.contains("unchanged by recipe"));
    // The same bytes under another name are the same source.
    fs::copy(bench.path(SURVEY), bench.path("copy.csv")).unwrap();
    assert!(bench.run("import copy.csv").out.contains("unchanged by recipe"));
    assert_eq!(parts().len(), 1);
    assert_eq!(fs::metadata(&parts()[0]).unwrap().modified().unwrap(), before);
    let name = parts()[0].file_name().unwrap().to_string_lossy().into_owned();
    assert!(name.ends_with("-community-salaries.parquet") && name.len() == 64 + 27, "{name}");
}

#[test]
fn one_bad_file_keeps_no_good_one_out() {
    let bench = Bench::with_data();
    bench.write("bad.csv", "");
    let run = bench.run(&format!("import bad.csv {SURVEY}"));
    assert_eq!(run.code, 1);
    assert!(run.err.contains("bad.csv") && run.err.contains("E0002"), "{}", run.err);
    assert!(run.out.contains("imported 50"), "{}", run.out);
}

#[test]
fn sources_are_listed_and_removed() {
    let bench = Bench::with_data();
    assert!(bench.run("sources").err.contains("holds nothing yet"));
    bench.run(&format!("import {SURVEY} {TABLE}"));
    let list = bench.run("sources list").out;
    assert!(list.contains("BLS OEWS May 2022") && list.contains("public domain"), "{list}");
    let json: serde_json::Value =
        serde_json::from_str(&bench.run("sources --format json").out).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 2);
    let run = bench.run("sources remove nothing-like-it");
    assert!(run.code == 1 && run.err.contains("help:"), "{}", run.err);
    assert_eq!(bench.run("sources remove pay-survey-2023.csv").code, 0);
    let hash = json[0]["sha256"].as_str().unwrap();
    assert_eq!(bench.run(&format!("sources remove {}", &hash[..8])).code, 0);
    assert!(bench.run("sources").out.is_empty());
}

/// A survey row in another currency counts once the deal gives a dated rate, and is passed over
/// by name until then.
#[test]
fn other_currencies_need_a_dated_rate() {
    let bench = Bench::with_data();
    let deal = bench.read("data/deals/salary-thin.toml");
    let before = bench.json("report data/deals/salary-thin.toml --format json");
    assert_eq!(before["market"]["n"], 2);
    assert_eq!(before["excluded"][0]["code"], "W0401");
    assert_eq!(before["excluded"][0]["count"], 1);
    bench.write("data/deals/rate.toml", format!("{deal}\n[[rate]]\nfrom = \"GBP\"\nto = \"USD\"\nrate = \"1.25\"\ndate = 2023-11-17\nsource = \"central bank\"\n"));
    let after = bench.json("report data/deals/rate.toml --format json");
    assert_eq!(after["market"]["n"], 3);
    assert_eq!(after["excluded"].as_array().unwrap().len(), 0);
    // By hand: 96,100, 152,000 and 90,000 GBP at 1.25.
    assert_eq!(crate::support::figure(&after, "market.p50"), 112_500.0);
    let adjustment = &after["adjustments"][0];
    assert_eq!(adjustment["kind"], "currency");
    assert!(adjustment["text"].as_str().unwrap().contains("2023-11-17"));
}

/// An edited file leaves its old content in the store, where a lock file may need it; that its
/// rows would count twice is said at the import and at every benchmark.
#[test]
fn an_edited_file_is_not_counted_twice_in_silence() {
    let bench = Bench::with_data();
    bench.run(&format!("import {SURVEY}"));
    let survey = bench.read(SURVEY);
    bench.write(SURVEY, survey.replacen("178300", "178400", 1));
    let run = bench.run(&format!("import {SURVEY}"));
    assert!(
        run.err.contains("count its rows twice") && run.err.contains("sources remove"),
        "{}",
        run.err
    );
    let run = bench.run("benchmark --where currency=USD");
    assert!(run.err.contains("its rows count twice"), "{}", run.err);
}

/// `import -` reads what is piped in, and knows it again; a file in an archive is a path.
#[test]
fn standard_input_and_a_file_in_an_archive() {
    let bench = Bench::with_data();
    let piped = || {
        let file = fs::File::open(bench.path(SURVEY)).unwrap();
        let mut command = bench.command();
        crate::support::ran(command.args(["import", "-"]).stdin(file).output().unwrap())
    };
    let first = piped();
    assert_eq!(first.code, 0, "{}", first.err);
    assert!(first.out.starts_with("-: imported by recipe community-salaries"), "{}", first.out);
    assert!(piped().out.starts_with("-: unchanged"));
    // The same bytes as a file are the same source.
    assert!(bench.run(&format!("import {SURVEY}")).out.contains("unchanged by recipe"));
    let missing = bench.run(&format!("import {SURVEY}/list.csv"));
    assert!(missing.err.contains("`list.csv`") && missing.code != 0, "{}", missing.err);
}
