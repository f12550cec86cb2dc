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

/// An edited file that is imported again replaces its old content. A report leaves the old content
/// in the store, where a lock file may need it; a benchmark then counts nobody twice, but refuses.
#[test]
fn an_edited_file_is_not_counted_twice() {
    let bench = Bench::with_data();
    let edit = |to: &str| {
        let survey = bench.read(SURVEY);
        bench.write(SURVEY, survey.replacen("178300", to, 1).replacen("178400", to, 1));
    };
    let count = || {
        bench.json("benchmark --where currency=USD --as-of 2024-01-01 --format json")["market"]["n"]
            .clone()
    };
    bench.run(&format!("import {SURVEY}"));
    let before = count();
    edit("178400");
    let run = bench.run(&format!("import {SURVEY}"));
    assert!(run.err.contains("replaces") && run.code == 0, "{}", run.err);
    assert_eq!(count(), before);
    edit("178500");
    assert_eq!(bench.run("report data/deals/salary-thin.toml").code, 0);
    let run = bench.run("benchmark --where currency=USD");
    assert!(run.code == 1 && run.err.contains("would count twice"), "{}", run.err);
    let remove = run.err.split("haggle sources remove ").last().unwrap();
    let id = remove.split([',', '\n']).next().unwrap();
    assert_eq!(bench.run(&format!("sources remove {id}")).code, 0);
    assert_eq!(count(), before);
}

/// A file of which no row can be read is a failure, not an empty success.
#[test]
fn a_file_whose_rows_are_all_rejected_fails() {
    let bench = Bench::with_data();
    bench.write("jobs.csv", "Job,Median\nClerk,ask HR\nNurse,unknown\n");
    let recipe = r#"name = "jobs"
version = 1
signature = [["Job"], ["Median"]]
source = { name = "jobs" }
number = { decimal = "." }
constant = { kind = "wage", basis = "paid", tax = "gross", currency = "USD", per = "year" }
amount = [{ any = ["Median"], statistic = "p50" }]
"#;
    bench.write("jobs.toml", recipe);
    let run = bench.run("import --recipe jobs.toml jobs.csv");
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("rejected 2") && run.out.contains("W0102"), "{}", run.out);
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

/// A file so large that it is hashed while it is read.
#[test]
fn a_large_file_is_stored_by_the_hash_of_its_content() {
    let bench = Bench::with_data();
    let mut text = String::from("Job,Median,Notes\n");
    let note = "x".repeat(60_000);
    for pay in 0..300 {
        text += &format!("Clerk {pay},{},{note}\n", 50_000 + pay);
    }
    assert!(text.len() > 16 << 20);
    bench.write("large.csv", &text);
    let recipe = r#"name = "large"
version = 1
signature = [["Job"], ["Median"]]
source = { name = "large" }
field = { title = { any = ["Job"] } }
number = { decimal = "." }
constant = { kind = "wage", basis = "paid", tax = "gross", currency = "USD", per = "year" }
amount = [{ any = ["Median"], statistic = "p50" }]
"#;
    bench.write("large.toml", recipe);
    let import = || bench.run("import --recipe large.toml large.csv");
    let first = import();
    assert_eq!(first.code, 0, "{}", first.err);
    assert!(
        first.out.contains("read 301 = imported 300 + rejected 0 + skipped 1"),
        "{}",
        first.out
    );
    let hash = haggle_import::content_hash(&bench.path("large.csv")).unwrap();
    let part = |hash: &str| bench.path(&format!("store/parts/{hash}-large.parquet"));
    assert!(part(&hash).exists());
    let again = import();
    assert!(again.out.contains("unchanged by recipe large"), "{}", again.out);
    // Of the same size, and of another content.
    bench.write("large.csv", text.replace("50007", "50008"));
    let other = import();
    assert_eq!(other.code, 0, "{}", other.err);
    let changed = haggle_import::content_hash(&bench.path("large.csv")).unwrap();
    assert_ne!(changed, hash);
    assert!(part(&changed).exists() && !part(&hash).exists());
}
