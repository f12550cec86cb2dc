//! `diff`: what moved between two reports, split into parts that add up exactly.

use crate::support::Bench;
use serde_json::Value;
use std::collections::BTreeMap;

const DEAL: &str = "data/deals/salary-us.toml";
const SURVEY: &str = "data/evidence/pay-survey-2023.csv";

fn make(bench: &Bench, name: &str, more: &str) {
    let run =
        bench.run(&format!("report {DEAL} --format json --out data/deals/{name}.json {more}"));
    assert_eq!(run.code, 0, "{}", run.err);
}

fn compared(bench: &Bench) -> Value {
    bench.json("diff data/deals/old.json data/deals/new.json --format json")
}

fn edit(bench: &Bench, file: &str, from: &str, to: &str) {
    let text = bench.read(file);
    assert_eq!(text.matches(from).count(), 1, "{file}: {from}");
    bench.write(file, text.replace(from, to));
}

fn edit_survey(bench: &Bench) {
    edit(bench, SURVEY, "FT,Software Engineer,138000,USD", "FT,Software Engineer,90000,USD");
}

/// A decimal text as an integer of 10^-20, by hand: the sums below are those of nobody's library.
fn exact(text: &str) -> i128 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    assert!(fraction.len() <= 20, "{text}");
    format!("{whole}{fraction:0<20}").parse::<i128>().unwrap() * sign
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// Parts by name, after a check that they follow one another and add up for every figure.
fn parts(diff: &Value) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for it in diff["moved"].as_array().unwrap() {
        let Some(parts) = it["parts"].as_array() else { continue };
        let (old, new) = (exact(text(&it["old"])), exact(text(&it["new"])));
        let sum: i128 = parts.iter().map(|p| exact(text(&p["by"]))).sum();
        assert_eq!(old + sum, new, "{it}");
        let name = |p: &Value| {
            p["of"].as_array().unwrap().iter().map(text).collect::<Vec<_>>().join(" + ")
        };
        all.insert(text(&it["id"]).to_owned(), parts.iter().map(name).collect());
    }
    all
}

#[test]
fn nothing_moved_between_a_report_and_itself() {
    let bench = Bench::with_data();
    make(&bench, "old", "");
    make(&bench, "new", "");
    let run = bench.run("diff data/deals/old.json data/deals/new.json");
    assert!(run.code == 0 && run.out.contains("nothing moved"), "{}{}", run.out, run.err);
}

#[test]
fn every_input_has_its_part_and_the_parts_add_up() {
    let bench = Bench::with_data();
    let rate = "[[rate]]\nfrom = \"GBP\"\nto = \"USD\"\nrate = \"1.25\"\ndate = 2023-11-17\n";
    let deal = bench.read(DEAL);
    // Rows in pounds join the comparables of the survey, so that a rate reaches the market.
    let wide =
        deal.replace("place = \"US\" }\nmatch = 0.8", "place = [\"US\", \"GB\"] }\nmatch = 0.8");
    assert_ne!(wide, deal);
    bench.write(DEAL, format!("{wide}{rate}"));
    make(&bench, "old", "");
    edit_survey(&bench);
    edit(&bench, DEAL, "rate = \"1.25\"", "rate = \"1.80\"");
    edit(&bench, DEAL, "rate   = 0.035", "rate   = 0.03");
    edit(&bench, DEAL, "amount      = \"118000\"", "amount      = \"121000\"");
    make(&bench, "new", "--set parameters.q_step=0.04");
    let diff = compared(&bench);
    let parts = parts(&diff);
    let all = ["evidence", "currency", "adjustments", "deal", "rules: parameters"];
    assert_eq!(parts["walk_away"], ["deal"]);
    assert_eq!(parts["oews.p50"], ["adjustments"]);
    assert_eq!(parts["market.p50"], ["evidence", "currency", "adjustments"]);
    assert_eq!(parts["target"], ["evidence", "currency", "adjustments", "rules: parameters"]);
    let changed: Vec<&str> =
        diff["changed"].as_array().unwrap().iter().map(|c| text(&c["of"])).collect();
    assert_eq!(changed, all);
    assert_eq!(diff["notes"], serde_json::json!([]));
    let rows = &diff["changed"][0]["rows"][0];
    assert_eq!(rows["went"], serde_json::json!(["5:5\t138000 USD/year\tvalue"]));
    assert_eq!(rows["came"], serde_json::json!(["5:5\t90000 USD/year\tvalue"]));
    insta::assert_snapshot!("diff", bench.run("diff data/deals/old.json data/deals/new.json").out);
}

/// A state in between is the report that the deal file of that state gives: the oracle is `report`.
#[test]
fn a_part_is_what_a_report_between_would_show() {
    let bench = Bench::with_data();
    make(&bench, "old", "");
    edit_survey(&bench);
    let between = bench.json(&format!("report {DEAL} --format json"));
    edit(&bench, DEAL, "amount      = \"118000\"", "amount      = \"121000\"");
    make(&bench, "new", "");
    let diff = compared(&bench);
    let leverage =
        diff["moved"].as_array().unwrap().iter().find(|m| m["id"] == "leverage").unwrap();
    assert_eq!(leverage["parts"][0]["of"], serde_json::json!(["evidence"]));
    assert_eq!(leverage["parts"][0]["to"], between["figures"]["leverage"]["value"]);
    assert_eq!(leverage["parts"][1]["of"], serde_json::json!(["deal"]));
}

#[test]
fn what_if_is_answered_without_editing_the_file() {
    let bench = Bench::with_data();
    make(&bench, "old", "");
    let file = bench.read(DEAL);
    make(&bench, "new", "--set alternative.stay.amount=124000");
    assert_eq!(bench.read(DEAL), file);
    let diff = compared(&bench);
    assert_eq!(parts(&diff)["walk_away"], ["deal"]);
    let said = "alternative.stay.amount: `118000` became `124000`";
    assert_eq!(diff["changed"][0]["what"], serde_json::json!([said]));
    // The same deal with the amount in the file gives the same figures.
    edit(&bench, DEAL, "amount      = \"118000\"", "amount      = \"124000\"");
    let edited = bench.json(&format!("report {DEAL} --format json"));
    let set: Value = serde_json::from_str(&bench.read("data/deals/new.json")).unwrap();
    assert_eq!(edited["figures"], set["figures"]);
    assert_eq!(set["deal"]["what_if"].as_array().map(Vec::len), Some(1), "{}", set["deal"]);
}

/// Amounts of two currencies have no difference.
#[test]
fn another_currency_is_told_and_not_subtracted() {
    let bench = Bench::with_data();
    make(&bench, "old", "");
    make(&bench, "new", "--set currency=EUR");
    let diff = compared(&bench);
    let walk_away =
        diff["moved"].as_array().unwrap().iter().find(|m| m["id"] == "walk_away").unwrap();
    assert_eq!(walk_away["unit"], "USD/year became EUR/year");
    assert_eq!(walk_away["parts"], Value::Null);
}

#[test]
fn what_cannot_be_reached_is_not_split() {
    let bench = Bench::with_data();
    make(&bench, "old", "");
    edit_survey(&bench);
    edit(&bench, DEAL, "amount      = \"118000\"", "amount      = \"121000\"");
    make(&bench, "new", "");
    // Neither the store nor the file holds what the newer report counted: only the ends are known.
    std::fs::remove_dir_all(bench.path("store")).unwrap();
    let survey = bench.read(SURVEY);
    bench.write(SURVEY, survey.replacen("178300", "178301", 1));
    let diff = compared(&bench);
    let parts_of = parts(&diff);
    assert_eq!(parts_of["leverage"], ["evidence + deal"]);
    assert!(text(&diff["notes"][0]).contains("source survey"), "{}", diff["notes"]);
    let run = bench.run("diff data/deals/old.json data/deals/new.json");
    assert!(run.out.contains("not separable: evidence + deal"), "{}", run.out);
    // One input alone needs no state in between.
    bench.write(SURVEY, survey);
    make(&bench, "old", "");
    make(&bench, "new", "--set offer.amount=130000");
    std::fs::remove_dir_all(bench.path("data/evidence")).unwrap();
    std::fs::remove_dir_all(bench.path("store")).unwrap();
    assert_eq!(parts(&compared(&bench))["offer"], ["deal"]);
}

#[test]
fn old_sources_may_be_gone_as_long_as_the_new_ones_are_there() {
    let bench = Bench::with_data();
    make(&bench, "old", "");
    edit_survey(&bench);
    edit(&bench, DEAL, "amount      = \"118000\"", "amount      = \"121000\"");
    make(&bench, "new", "");
    std::fs::remove_dir_all(bench.path("store")).unwrap();
    let diff = compared(&bench);
    assert_eq!(parts(&diff)["leverage"], ["evidence", "deal"]);
    assert!(text(&diff["notes"][0]).contains("old.json is taken as stated"), "{}", diff["notes"]);
}

#[test]
fn a_report_that_does_not_hold_is_no_end_of_a_comparison() {
    let bench = Bench::with_data();
    make(&bench, "old", "");
    make(&bench, "new", "--set offer.amount=130000");
    let mut new: Value = serde_json::from_str(&bench.read("data/deals/new.json")).unwrap();
    new["figures"]["target"]["value"] = "150000.00".into();
    bench.write("data/deals/new.json", new.to_string());
    let run = bench.run("diff data/deals/old.json data/deals/new.json");
    assert!(
        run.code == 1 && run.err.contains("`target`") && run.err.contains("verify"),
        "{}",
        run.err
    );
    // An older report that does not hold shows as a part of its own.
    make(&bench, "new", "--set offer.amount=130000");
    let mut old: Value = serde_json::from_str(&bench.read("data/deals/old.json")).unwrap();
    old["figures"]["walk_away"]["value"] = "100000.00".into();
    bench.write("data/deals/old.json", old.to_string());
    assert_eq!(parts(&compared(&bench))["walk_away"], ["rules: program"]);
}
