//! What would move the numbers: each figure of the tornado equals the report of a deal file in
//! which that one input is written at its end.

use crate::support::{Bench, figure};

/// Runs the bundled deal with one text replaced.
fn changed(bench: &Bench, from: &str, to: &str) -> serde_json::Value {
    let deal = bench.read("data/deals/salary-us.toml");
    assert!(deal.contains(from), "{from}");
    bench.write("data/deals/changed.toml", deal.replace(from, to));
    bench.json("report data/deals/changed.toml --format json")
}

#[test]
fn each_end_equals_the_report_with_that_input() {
    let bench = Bench::with_data();
    let report = bench.json("report data/deals/salary-us.toml --format json");
    let limit = "low    = \"130000\"\nmode   = \"142000\"\nhigh   = \"158000\"";
    let flat = |x: &str| format!("low    = \"{x}\"\nmode   = \"{x}\"\nhigh   = \"{x}\"");
    let amount = "[\"126000\", \"134000\", \"142000\"]";
    let cases = [
        ("their_limit.low", limit.to_owned(), flat("130000")),
        ("their_limit.high", limit.to_owned(), flat("158000")),
        ("alternative.second-offer.amount.low", amount.to_owned(), "\"126000\"".to_owned()),
        ("alternative.second-offer.amount.high", amount.to_owned(), "\"142000\"".to_owned()),
        ("alternative.second-offer.probability.low", "= 0.5".to_owned(), "= 0.4".to_owned()),
        ("alternative.second-offer.probability.high", "= 0.5".to_owned(), "= 0.6".to_owned()),
    ];
    let mut compared = 0;
    for (end, from, to) in cases {
        let other = changed(&bench, &from, &to);
        for outcome in ["target", "anchor", "walk_away"] {
            let id = format!("sensitivity.{end}.{outcome}");
            let expected = figure(&other, outcome);
            if report["figures"][&id].is_null() {
                let base = figure(&report, outcome);
                assert!((base - expected).abs() < 1e-6, "{id}: it moves to {expected}");
                continue;
            }
            compared += 1;
            let found = figure(&report, &id);
            assert!((found - expected).abs() < 1e-6, "{id}: {found}, expected {expected}");
        }
    }
    assert!(compared >= 8, "{compared}");
}

#[test]
fn the_widest_comes_first() {
    let bench = Bench::with_data();
    let report = bench.json("report data/deals/salary-us.toml --format json");
    let swings = report["sensitivity"].as_array().unwrap();
    let wide = |swing: &serde_json::Value| {
        let at = |end: &str| figure(&report, swing[end]["outcome"].as_str().unwrap());
        (at("low") - at("high")).abs()
    };
    for outcome in ["target", "anchor", "walk_away"] {
        let widths: Vec<f64> =
            swings.iter().filter(|it| it["outcome"] == outcome).map(wide).collect();
        assert!(!widths.is_empty() && widths.is_sorted_by(|a, b| a >= b), "{outcome}: {widths:?}");
    }
}

/// Where an input's end leaves no target, the input is still there, and says so in every format.
#[test]
fn an_end_without_a_target_is_told() {
    let bench = Bench::with_data();
    // At P90 the second offer is certain and better than all that they are believed able to give.
    let deal = bench.read("data/deals/salary-us.toml");
    let wide = deal.replace("\"142000\"]", "\"260000\"]").replace("= 0.5", "= 1.0");
    bench.write("data/deals/wide.toml", wide);
    let report = bench.json("report data/deals/wide.toml --format json");
    let swings = report["sensitivity"].as_array().unwrap();
    let of = |outcome: &str| {
        let own = |it: &&serde_json::Value| {
            it["outcome"] == outcome && it["input"] == "amount of \"second offer\""
        };
        swings.iter().find(own).unwrap()
    };
    for outcome in ["target", "anchor"] {
        assert!(of(outcome)["high"]["outcome"].is_null(), "{}", of(outcome));
        assert!(of(outcome)["low"]["outcome"].is_string(), "{}", of(outcome));
    }
    assert!(of("walk_away")["high"]["outcome"].is_string());
    for format in ["text", "md", "html"] {
        let shown = |deal: &str| bench.run(&format!("report {deal} --format {format}")).out;
        assert!(!shown("data/deals/salary-us.toml").contains("no target"), "{format}");
        let out = shown("data/deals/wide.toml");
        assert!(out.contains("no target"), "{format}: {out}");
    }
}
