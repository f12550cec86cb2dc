//! `haggle benchmark`: percentiles with intervals or a refusal, comparables and near misses.

use crate::support::Bench;

const SURVEY: &str = "data/evidence/pay-survey-2023.csv";
const TABLE: &str = "data/evidence/oews-national-may-2022.xlsx";

fn stored() -> Bench {
    let bench = Bench::with_data();
    assert_eq!(bench.run(&format!("import {SURVEY} {TABLE}")).code, 0);
    bench
}

/// A number of a percentile of a JSON benchmark.
fn percentile(report: &serde_json::Value, id: &str, key: &str) -> f64 {
    let text = report["market"]["percentiles"][id][key].as_str();
    text.unwrap_or_else(|| panic!("no {key} of {id}: {report}")).parse().unwrap()
}

/// Example W8 of the benchmark's definition: the published table with its published error.
#[test]
fn a_published_table_gives_its_points_and_the_interval_of_its_error() {
    let bench = stored();
    let report = bench.json("benchmark --where subject=15-1252 --where place=US --format json");
    for (id, value) in [
        ("p10", 71_280.0),
        ("p25", 96_790.0),
        ("p50", 127_260.0),
        ("p75", 161_480.0),
        ("p90", 198_100.0),
    ] {
        assert_eq!(percentile(&report, id, "value"), value);
    }
    let limit = |key: &str| percentile(&report, "p50", key);
    assert!((limit("low") - 125_731.016_390_135_9).abs() < 1e-6);
    assert!((limit("high") - 128_605.560_034_934_31).abs() < 1e-6);
    assert_eq!(report["market"]["percentiles"]["p50"]["by"], "published-error");
}

/// Hand computation: type 7 over the survey's five data engineers with an amount in dollars.
#[test]
fn raw_rows_give_type_7_percentiles() {
    let bench = stored();
    let ask = |more: &[&str]| {
        let query = ["benchmark", "--where", "title=Data Engineer", "--where", "currency=USD"];
        bench.run_all(&[&query, more].concat())
    };
    let listed = ask(&["--list", "--format", "csv"]);
    assert_eq!(listed.code, 0, "{}", listed.err);
    let mut rows: Vec<f64> = Vec::new();
    for line in bench.read(SURVEY).lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        if cells[3] == "Data Engineer" && cells[5] == "USD" {
            rows.push(cells[4].parse().unwrap());
        }
    }
    rows.sort_by(f64::total_cmp);
    let at = |p: f64| {
        let h = p * (rows.len() - 1) as f64;
        let i = h.floor() as usize;
        rows[i] + (h - h.floor()) * (rows[(i + 1).min(rows.len() - 1)] - rows[i])
    };
    let report: serde_json::Value = serde_json::from_str(&ask(&["--format", "json"]).out).unwrap();
    for (id, p) in [("p25", 0.25), ("p50", 0.5), ("p75", 0.75)] {
        assert!((percentile(&report, id, "value") - at(p)).abs() < 1e-9, "{id}");
    }
    assert!(report["market"]["percentiles"].get("p90").is_none(), "too few for a tail");
    let csv = ask(&["--format", "csv"]).out;
    assert!(
        csv.starts_with("percentile,value,low,high,level,by,bound,n,effective_n,currency,per\n"),
        "{csv}"
    );
}

#[test]
fn near_misses_are_listed_with_what_they_miss() {
    let bench = stored();
    let query =
        ["benchmark", "--where", "title=Actuarial Data Engineer", "--where", "place=US", "--list"];
    let text = bench.run_all(&query).out;
    let near = &text[text.find("Near misses").unwrap()..];
    let (british, american) =
        (near.find("place=US").unwrap(), near.find("title=Actuarial").unwrap());
    assert!(british < american, "what few rows miss comes first: {near}");
    let json: Vec<&str> = query.into_iter().chain(["--format", "json"]).collect();
    let report: serde_json::Value = serde_json::from_str(&bench.run_all(&json).out).unwrap();
    let near = report["near"].as_array().unwrap();
    let british = near.iter().find(|row| row["missed"] == "place=US").unwrap();
    assert_eq!(british["locator"], "2:5");
    assert_eq!(report["comparables"].as_array().unwrap().len(), 2);
}

#[test]
fn conditions_are_checked() {
    let bench = stored();
    for (condition, part) in [
        ("subjct=15-1252", "did you mean `subject`?"),
        ("subject", "expected FIELD=VALUE"),
        ("date=soon", "not a date"),
    ] {
        let run = bench.run_all(&["benchmark", "--where", condition]);
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains(part), "{}", run.err);
    }
}

#[test]
fn too_little_is_refused_and_strict_says_so() {
    let bench = stored();
    let thin = ["benchmark", "--where", "title=Actuarial Data Engineer", "--where", "currency=USD"];
    let run = bench.run_all(&thin);
    assert_eq!(run.code, 0);
    assert!(run.out.contains("effective n is 2"), "{}", run.out);
    let strict: Vec<&str> = thin.into_iter().chain(["--strict"]).collect();
    assert_eq!(bench.run_all(&strict).code, 3);
}

#[test]
fn units_are_chosen_aloud_and_can_be_asked_for() {
    let bench = stored();
    let report = bench.json("benchmark --where subject=15-1252 --per hour --format json");
    assert_eq!(percentile(&report, "p50", "value"), 61.18);
    let run = bench.run_all(&["benchmark", "--where", "subject=15-1252"]);
    assert!(run.err.contains("also stated: USD/hour"), "{}", run.err);
}
