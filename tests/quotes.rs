//! Quotes come in from sheets, lists, JSON and the deal file, and say the same in each.

use crate::support::{Bench, workbook};
use serde_json::Value;

/// A tender of two items; `sources` and `quotes` say where its quotes are.
fn deal(source: &str, quotes: &str) -> String {
    let sources = if source.is_empty() { "[]" } else { "[\"bids\"]" };
    format!(
        r#"schema = "haggle.deal/1"
title = "Paper"
side = "buyer"
currency = "EUR"
per = "lot"
as_of = 2026-11-20
[tender]
sources = {sources}
incoterm = "DAP"
payment_days = 30
[us]
discount_rate = 0.05
[[rate]]
from = "USD"
to = "EUR"
rate = "0.9"
date = 2026-11-19
{source}
[[item]]
id = "A4"
name = "Copier paper"
quantity = "15000"
per = "sheet"
units = {{ pack = "1500" }}
[[item]]
id = "CL"
name = "Paper clips"
quantity = "20"
per = "box"
{quotes}
"#
    )
}

const HEADER: &[&str] = &["Item", "Description", "Qty", "Unit", "Acme (EUR)", "Brio (USD)"];
const WIDE: &[&[&str]] = &[
    HEADER,
    &["A4", "Copier paper", "10", "pack", "15.00", "17.50"],
    &["CL", "Paper clips", "20", "box", "1.10", "1.20"],
    &["Freight", "", "", "", "12.50", "included"],
    &["Payment terms", "", "", "", "2/10 net 60", "14 days"],
    &["Incoterm", "", "", "", "DAP Ghent", "DAP Ghent"],
    &["Valid until", "", "", "", "2026-12-31", "31.10.2026"],
    &["Discount", "", "", "", "5 %", ""],
];

const LONG: &[&[&str]] = &[
    &[
        "Supplier",
        "Item",
        "Description",
        "Quoted Price",
        "Currency",
        "Unit",
        "Freight",
        "Payment Terms",
        "Incoterm",
        "Valid Until",
        "Discount",
    ],
    &[
        "Acme",
        "A4",
        "Copier paper",
        "15.00",
        "EUR",
        "pack",
        "12.50",
        "2/10 net 60",
        "DAP Ghent",
        "2026-12-31",
        "5 %",
    ],
    &[
        "Acme",
        "CL",
        "Paper clips",
        "1.10",
        "EUR",
        "box",
        "12.50",
        "2/10 net 60",
        "DAP Ghent",
        "2026-12-31",
        "5 %",
    ],
    &[
        "Brio",
        "A4",
        "Copier paper",
        "17.50",
        "USD",
        "pack",
        "incl.",
        "14 days",
        "DAP Ghent",
        "31.10.2026",
        "",
    ],
    &[
        "Brio",
        "CL",
        "Paper clips",
        "1.20",
        "USD",
        "box",
        "incl.",
        "14 days",
        "DAP Ghent",
        "31.10.2026",
        "",
    ],
];

const JSON: &str = r#"{"quotes": [
  {"supplier": "Acme", "currency": "EUR", "incoterm": "DAP", "payment_days": 60, "early_discount": 0.02,
   "early_days": 10, "valid_until": "2026-12-31", "freight": 12.50, "discount": 0.05,
   "lines": [{"item": "A4", "price": 15.00, "per": "pack"}, {"item": "CL", "price": "1.10", "per": "box"}]},
  {"supplier": "Brio", "currency": "USD", "incoterm": "DAP", "payment_days": 14, "freight": 0,
   "valid_until": "2026-10-31",
   "lines": [{"item": "A4", "price": 17.5, "per": "pack", "pack": 1500}, {"item": "CL", "price": 1.2, "per": "box"}]}]}"#;

const WRITTEN: &str = r#"
[[quote]]
supplier = "Acme"
incoterm = "DAP"
payment_days = 60
early_discount = 0.02
early_days = 10
valid_until = 2026-12-31
freight = "12.50"
discount = 0.05
[[quote.line]]
item = "A4"
price = "15.00"
per = "pack"
[[quote.line]]
item = "CL"
price = "1.10"
[[quote]]
supplier = "Brio"
currency = "USD"
incoterm = "DAP"
payment_days = 14
valid_until = 2026-10-31
freight = "0"
[[quote.line]]
item = "A4"
price = "17.50"
per = "pack"
[[quote.line]]
item = "CL"
price = "1.20"
"#;

fn csv(rows: &[&[&str]]) -> String {
    rows.iter().map(|row| format!("{}\n", row.join(","))).collect()
}

fn compared(file: &str, content: &[u8], more: &str) -> Value {
    let bench = Bench::new();
    bench.write(file, content);
    let source = format!("[[source]]\nname = \"bids\"\npath = \"{file}\"\n{more}");
    bench.write("deal.toml", deal(&source, ""));
    bench.json("compare deal.toml --format json")
}

/// What a comparison says that does not follow from where its quotes stood.
fn said(comparison: &Value) -> [Value; 3] {
    let suppliers = comparison["suppliers"].as_array().unwrap();
    let of = |s: &Value| {
        (s["name"].clone(), s["state"].clone(), s["factors"].clone(), s["order"].clone())
    };
    let suppliers: Vec<_> = suppliers.iter().map(of).collect();
    let scenario = &comparison["scenarios"][0];
    [
        serde_json::to_value(suppliers).unwrap(),
        scenario["totals"].clone(),
        scenario["single"].clone(),
    ]
}

#[test]
fn a_quote_says_the_same_wherever_it_stands() {
    let bench = Bench::new();
    bench.write("deal.toml", deal("", WRITTEN));
    let written = said(&bench.json("compare deal.toml --format json"));
    // Acme, by hand: 10 packs at 15 and 20 boxes at 1.10 less 5 % are 163.40; with freight 175.90;
    // 2 % less for 10 days instead of 30 of credit: x 0.98 x 1.05^(20/365).
    let total: f64 = written[1]["acme"]["total"].as_str().unwrap().parse().unwrap();
    assert!((total - 175.90 * 0.98 * libm::pow(1.05, 20.0 / 365.0)).abs() < 1e-8, "{total}");
    assert_eq!(written[0][1][1], "expired");
    let wide = "recipe = \"quotes-wide\"";
    for (file, content, more) in [
        ("wide.csv", csv(WIDE).into_bytes(), wide),
        ("wide.xlsx", workbook(&[("Quotes", WIDE)]), wide),
        ("long.csv", csv(LONG).into_bytes(), ""),
        ("long.xlsx", workbook(&[("Quotes", LONG)]), ""),
        ("quotes.json", JSON.as_bytes().to_vec(), ""),
    ] {
        assert_eq!(said(&compared(file, &content, more)), written, "{file}");
    }
}

#[test]
fn a_source_of_quotes_has_conditions_and_exclusions_that_are_told() {
    let only = compared("long.csv", csv(LONG).as_bytes(), "where = { party = \"Acme\" }");
    assert_eq!(only["suppliers"].as_array().unwrap().len(), 1);
    let exclude = "[[exclude]]\nsource = \"bids\"\nwhere = { party = \"Brio\" }\nreason = \"withdrawn by letter\"";
    let without = compared("long.csv", csv(LONG).as_bytes(), exclude);
    assert_eq!(without["suppliers"].as_array().unwrap().len(), 1);
    let told: Vec<&str> = without["passed_over"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["reason"].as_str().unwrap())
        .collect();
    assert!(told.len() == 2 && told.iter().all(|t| t.contains("withdrawn by letter")), "{told:?}");
}

#[test]
fn what_is_not_read_stops_the_quote_and_rows_that_are_rejected_are_told() {
    let text = csv(LONG).replace("14 days", "as agreed").replace("17.50", "ask");
    let comparison = compared("long.csv", text.as_bytes(), "");
    let brio = &comparison["suppliers"][1];
    assert_eq!(brio["state"], "stopped");
    let reason = brio["reasons"][0].as_str().unwrap();
    assert!(reason.contains("`payment_days` is `as agreed` (long.csv:5:4)"), "{reason}");
    let told = &comparison["passed_over"][0];
    assert_eq!(
        (told["place"].as_str(), told["item"].as_str()),
        (Some("long.csv:4:4"), Some("ask"))
    );
    assert!(told["reason"].as_str().unwrap().contains("[I0101]"), "{told}");
}

#[test]
fn quotes_are_no_market_evidence() {
    let bench = Bench::with_data();
    for deal in ["lab-consumables", "it-rate-card"] {
        let out = format!("data/deals/{deal}.json");
        let run = bench.run(&format!("report data/deals/{deal}.toml --format json --out {out}"));
        assert_eq!(run.code, 0, "{deal}: {}", run.err);
        let report: Value = serde_json::from_str(&bench.read(&out)).unwrap();
        assert_eq!(report["sources"], serde_json::json!({}), "{deal}");
        let rules = report["findings"].as_array().unwrap().iter();
        let rules: Vec<&str> = rules.map(|f| f["rule"].as_str().unwrap()).collect();
        // A source that matches nothing, and bases that mix, are said of market evidence.
        assert!(!rules.iter().any(|r| ["S3.23", "S3.24"].contains(r)), "{deal}: {rules:?}");
        let verified = bench.run(&format!("verify {out}"));
        assert_eq!(verified.code, 0, "{deal}: {}{}", verified.out, verified.err);
    }
}

#[test]
fn the_bundled_tenders_are_locked_and_tell_why_the_cheapest_lines_are_not_the_award() {
    let bench = Bench::with_data();
    for deal in ["lab-consumables", "it-rate-card"] {
        let run = bench.run(&format!("compare data/deals/{deal}.toml --locked"));
        assert_eq!(run.code, 0, "{deal}: {}", run.err);
    }
    // The files may go: what is pinned is stored.
    std::fs::remove_dir_all(bench.path("data/evidence")).unwrap();
    let comparison =
        bench.json("compare data/deals/lab-consumables.toml --locked --offline --format json");
    let scenarios = &comparison["scenarios"];
    let award = |i: usize| scenarios[i]["mixed"]["suppliers"].clone();
    assert_eq!(award(0), serde_json::json!(["labora", "pipetus"]));
    assert_eq!(award(1), serde_json::json!(["labora", "meridian-scientific", "pipetus"]));
    assert_eq!(scenarios[0]["best"]["GLV-M"], "meridian-scientific");
    assert_eq!(scenarios[0]["totals"]["quimera"]["rank"], Value::Null);
    assert_eq!(comparison["passed_over"].as_array().unwrap().len(), 1);
}

#[test]
fn a_changed_quote_sheet_is_refused_when_locked() {
    let bench = Bench::with_data();
    let sheet = bench.read("data/evidence/lab-quotes-2026.csv");
    bench.write("data/evidence/lab-quotes-2026.csv", sheet.replacen("6.90", "6.80", 1));
    let run = bench.run("compare data/deals/lab-consumables.toml --locked");
    assert_eq!((run.code, run.out.as_str()), (4, ""), "{}", run.err);
    assert!(run.err.contains("lab-quotes-2026.csv: content is"), "{}", run.err);
}
