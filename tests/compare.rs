//! Vendor quotes from outside: every format says the same, what is shared holds nothing else, and
//! every figure can be followed.

use crate::support::{Bench, Ran};
use std::collections::BTreeSet;

/// A tender with a canary in everything that a supplier must not read: numbers hold 7373, texts
/// `zq`. Acme's own quote and what is asked of all hold none.
const TENDER: &str = include_str!("data/tender-canaries.toml");

fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("deal.toml", TENDER);
    bench
}

fn fine(run: Ran) -> String {
    assert_eq!(run.code, 0, "{}", run.err);
    run.out
}

/// Everything that stands in a workbook, as text.
fn workbook(bench: &Bench, name: &str) -> String {
    let file = std::fs::File::open(bench.path(name)).unwrap();
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let mut all = String::new();
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).unwrap();
        all += &part.name().unwrap();
        std::io::Read::read_to_string(&mut part, &mut all).unwrap();
    }
    all
}

/// Every cost and total of the comparison, exact and to the cent.
fn amounts(private: &serde_json::Value) -> BTreeSet<String> {
    let scenario = &private["scenarios"][0];
    let lines = scenario["lines"].as_array().unwrap().iter().map(|line| &line["cost"]);
    let lines = lines.flat_map(|cost| [&cost["line"], &cost["unit"], &cost["common"]]);
    let totals = scenario["totals"].as_object().unwrap().values();
    let totals = totals.flat_map(|total| [&total["total"], &total["lines"]]);
    let all = lines.chain(totals).filter_map(|amount| amount.as_str());
    let both =
        all.flat_map(|text| [text.to_owned(), format!("{:.2}", text.parse::<f64>().unwrap())]);
    both.filter(|text| text.len() > 4).collect()
}

#[test]
fn a_supplier_reads_nothing_of_the_others_or_of_us() {
    let bench = bench();
    let private = fine(bench.run("compare deal.toml --format json"));
    let amounts = amounts(&serde_json::from_str(&private).unwrap());
    assert!(amounts.len() > 20, "{amounts:?}");
    for canary in ["7373", "zq"] {
        assert!(private.contains(canary), "the private version has no {canary}: nothing is tested");
    }
    for format in ["text", "md", "html", "json", "csv", "xlsx"] {
        let out = format!("shared.{format}");
        let run = bench.run(&format!(
            "compare deal.toml --audience shareable --supplier Acme --format {format} --out {out}"
        ));
        fine(run);
        let text = match format {
            "xlsx" => workbook(&bench, &out),
            _ => bench.read(&out),
        };
        assert!(text.contains("Copier paper"), "{format} is empty");
        assert!(text.contains("16.2"), "{format} lacks the supplier's own price");
        let words: &[&str] = match format {
            // The style sheet of a page has a colour for the walk-away, whatever is on the page.
            "html" | "xlsx" => &[],
            _ => &["walk", "rank", "alternative"],
        };
        for canary in ["7373", "zq", "Zq"].iter().chain(words) {
            assert!(!text.contains(canary), "{format} holds `{canary}`:\n{text}");
        }
        let shown = text.replace(',', "");
        for amount in &amounts {
            assert!(!shown.contains(amount.as_str()), "{format} holds the cost {amount}");
        }
    }
}

#[test]
fn a_supplier_s_letter_holds_no_other_quote() {
    let bench = bench();
    let private = bench.json("report deal.toml --supplier Acme --format json");
    let whole = |id: &str| format!("{:.0}", crate::support::figure(&private, id));
    let anchor = whole("anchor");
    let secret: Vec<String> = ["walk_away", "target", "offer"].map(whole).to_vec();
    assert!(secret.iter().all(|it| it.len() > 2 && *it != anchor), "{secret:?} {anchor}");
    let formats = ["text", "md", "html", "json"].map(|format| ("--audience shareable", format));
    let letters = ["text", "md", "html"].map(|format| ("--page letter", format));
    for (arguments, format) in formats.into_iter().chain(letters) {
        let command = format!("report deal.toml --supplier Acme {arguments} --format {format}");
        let text = fine(bench.run(&command));
        for canary in ["7373", "zq", "Zq"] {
            assert!(!text.contains(canary), "{arguments} {format} holds `{canary}`:\n{text}");
        }
        let shown = text.replace(',', "");
        for amount in &secret {
            assert!(!shown.contains(amount), "{arguments} {format} holds {amount}:\n{text}");
        }
    }
}

#[test]
fn every_format_says_the_same_totals() {
    let bench = bench();
    let json: serde_json::Value =
        serde_json::from_str(&fine(bench.run("compare deal.toml --format json"))).unwrap();
    assert_eq!(json["schema"], "haggle.comparison/1");
    let totals = json["scenarios"][0]["totals"].as_object().unwrap();
    let known: Vec<f64> =
        totals.values().filter_map(|t| t["total"].as_str()?.parse().ok()).collect();
    assert!(known.len() > 1, "{totals:?}");
    for format in ["text", "md", "html"] {
        let text = fine(bench.run(&format!("compare deal.toml --format {format}")));
        let text = text.replace(',', "");
        for total in &known {
            assert!(text.contains(&format!("{total:.2}")), "{format} lacks {total:.2}");
        }
    }
    let csv = fine(bench.run("compare deal.toml --format csv"));
    for total in totals.values().filter_map(|t| t["total"].as_str()) {
        assert!(csv.contains(total), "the CSV lacks {total}");
    }
}

#[test]
fn every_figure_rests_on_others_or_says_why() {
    let bench = bench();
    let json: serde_json::Value =
        serde_json::from_str(&fine(bench.run("compare deal.toml --format json"))).unwrap();
    let figures = json["figures"].as_object().unwrap();
    let ids: BTreeSet<&String> = figures.keys().collect();
    assert!(ids.iter().any(|id| id.ends_with(".total")), "{ids:?}");
    for (id, figure) in figures {
        let inputs = figure["inputs"].as_object().unwrap();
        for input in inputs.values().map(|input| input.as_str().unwrap().to_owned()) {
            assert!(ids.contains(&input), "{id}: input {input} is not there");
        }
        let grounded = !inputs.is_empty() || figure["evidence"].is_string();
        assert!(grounded || figure["assumption"].is_string(), "{id} rests on nothing");
    }
}

#[test]
fn a_line_and_a_total_are_explained() {
    let bench = bench();
    let line = fine(bench.run("explain deal.toml quote.acme.a4"));
    assert!(line.contains("3.20 EUR per ream, price 2 of 2"), "{line}");
    let total = fine(bench.run("explain deal.toml quote.acme.total"));
    assert!(total.contains("quote.acme.order"), "{total}");
    let run = bench.run("explain deal.toml quote.acme.totl");
    assert_eq!(run.code, 1);
    assert!(run.err.contains("quote.acme.total"), "{}", run.err);
}

#[test]
fn gaps_are_filled_only_if_asked() {
    let bench = bench();
    let plain = fine(bench.run("compare deal.toml"));
    assert!(plain.contains("gap"), "{plain}");
    assert!(!plain.contains('~'), "{plain}");
    let filled = fine(bench.run("compare deal.toml --fill"));
    assert!(filled.contains('~') && filled.contains("for the ranking only"), "{filled}");
}

#[test]
fn what_cannot_be_is_refused_with_a_way_out() {
    let bench = bench();
    bench.write("plain.toml", "schema = \"haggle.deal/1\"\ntitle = \"t\"\nside = \"buyer\"\ncurrency = \"EUR\"\nper = \"lot\"\nas_of = 2026-11-20\n");
    for (arguments, code, said) in [
        ("compare plain.toml", 1, "haggle init quotes"),
        ("compare deal.toml --scenario triple", 2, "`as asked`"),
        ("compare deal.toml --format xlsx", 2, "--out FILE"),
        ("compare deal.toml --page memo --format csv", 2, "text, Markdown or HTML"),
        ("compare deal.toml --audience shareable", 2, "--supplier"),
        ("compare deal.toml --audience shareable --supplier Nobody", 2, "`Acme`"),
        ("compare deal.toml --audience shareable --supplier Acme --fill", 2, "its own quote"),
        ("compare deal.toml --out deal.toml", 2, "input"),
        ("report deal.toml --supplier Nobody", 2, "`Acme`"),
    ] {
        let run = bench.run(arguments);
        assert_eq!(run.code, code, "{arguments}: {}", run.err);
        assert!(run.err.contains(said), "{arguments}: {}", run.err);
    }
    assert_eq!(bench.read("deal.toml"), TENDER);
}

#[test]
fn a_quote_that_stops_fails_a_strict_run() {
    let bench = bench();
    assert_eq!(bench.run("compare deal.toml --strict").code, 3);
    assert_eq!(bench.run("compare deal.toml").code, 0);
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let bench = bench();
    for format in ["text", "html", "json", "csv", "xlsx"] {
        let read = |name: &str| {
            fine(bench.run(&format!("compare deal.toml --format {format} --out {name}")));
            std::fs::read(bench.path(name)).unwrap()
        };
        assert!(read("one") == read("two"), "{format}");
    }
}

#[test]
fn the_memo_names_what_is_missing() {
    let bench = bench();
    let memo = fine(bench.run("compare deal.toml --page memo"));
    assert!(memo.contains("FAR 15.406-3"), "{memo}");
    assert!(memo.contains("missing:"), "{memo}");
}

#[test]
fn a_supplier_s_brief_has_its_plan() {
    let bench = bench();
    let brief = fine(bench.run("report deal.toml --supplier Acme"));
    for said in ["In the terms of Acme", "What to say, in this order", "What to trade"] {
        assert!(brief.contains(said), "{brief}");
    }
}

/// Whether a comment of a new deal file is an example.
fn is_example(line: &str) -> bool {
    let key = line.split('=').next().unwrap().trim();
    let word = key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    line.starts_with('[') || (line.contains('=') && word)
}

#[test]
fn a_new_deal_file_says_what_it_lacks_and_its_example_compares() {
    let bench = Bench::new();
    fine(bench.run("init quotes --currency EUR --as-of 2026-11-20 --out deal.toml"));
    fine(bench.run("check deal.toml"));
    let run = bench.run("compare deal.toml");
    assert_eq!(run.code, 1);
    assert!(run.err.contains("[[item]]"), "{}", run.err);
    let told = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if is_example(rest) && !rest.starts_with("sources") => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    let whole: String = bench.read("deal.toml").lines().map(told).collect();
    bench.write("example.toml", whole);
    let table = fine(bench.run("compare example.toml"));
    assert!(table.contains("first supplier"), "{table}");
}
