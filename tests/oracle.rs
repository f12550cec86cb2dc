//! An independent program with the JSON report and the source files recomputes the figures.

mod cells;
mod chain;
mod curve;
mod deals;
mod given;
mod interpreter;
mod market;
mod prices;
mod printing;
mod reach;
mod report;
mod reserve;
mod triangle;

use crate::support::Bench;
use given::Given;
use report::{Disagreements, Report};

/// The bundled deals, then those of the test.
const DEALS: [(&str, Option<&str>); 12] = [
    ("salary-us", None),
    ("salary-thin", None),
    ("salary-equity", None),
    ("buyer-quotes", Some(deals::BUYER_QUOTES)),
    ("their-alternatives", Some(deals::THEIR_ALTERNATIVES)),
    ("top-coded", Some(deals::TOP_CODED)),
    ("limit-only", Some(deals::LIMIT_ONLY)),
    ("hourly", Some(deals::HOURLY)),
    ("no-zone", Some(deals::NO_ZONE)),
    ("no-fallback", Some(deals::NO_FALLBACK)),
    ("each", Some(deals::EACH)),
    ("waiting-buyer", Some(deals::WAITING_BUYER)),
];

/// A place with every deal and its evidence.
fn bench() -> Bench {
    let bench = Bench::with_data();
    bench.write("data/evidence/quotes.csv", deals::QUOTES);
    for (name, text) in DEALS {
        if let Some(text) = text {
            bench.write(&format!("data/deals/{name}.toml"), text);
        }
    }
    bench
}

fn report(bench: &Bench, name: &str) -> Report {
    let json = bench.json(&format!("report data/deals/{name}.toml --format json"));
    let deal = bench.read(&format!("data/deals/{name}.toml")).parse().unwrap();
    Report { json, deal }
}

/// Fails with every disagreement at once.
fn agreed(all: Vec<(&str, Disagreements)>, least: usize) {
    let mut text = String::new();
    for (name, found) in &all {
        for one in &found.found {
            text.push_str(&format!("\n{name}: {one}"));
        }
        assert!(found.compared >= least, "{name}: only {} comparisons", found.compared);
    }
    assert!(text.is_empty(), "{text}");
}

#[test]
fn every_figure_follows_from_givens_and_source_cells() {
    let bench = bench();
    let check = |(name, _): &(&'static str, _)| {
        let report = report(&bench, name);
        let mut found = Disagreements::default();
        let market = market::market(&report, &bench.path("data/deals"), &mut found);
        given::check_givens(&report, &mut found);
        if let Some(market) = &market {
            market::compare(market, &report, &mut found);
        }
        let outcome =
            chain::compute(&Given::read(&report), market.as_ref().and_then(|m| m.curve.as_ref()));
        outcome.compare(&report, &mut found);
        (*name, found)
    };
    agreed(DEALS.iter().map(check).collect(), 50);
}

/// The formulas that must be met in these deals.
const FORMULAS: [&str; 21] = [
    "adjusted_cell",
    "composite",
    "share",
    "auto_weight",
    "age_factor",
    "compound_ageing",
    "target",
    "anchor",
    "rung",
    "last_ask",
    "leverage_index",
    "belief_mean",
    "target_power",
    "break_even_counter",
    "contingent_gain",
    "weitzman_index",
    "next_quote",
    "part_worth",
    "part_sum",
    "parts_difference",
    "total_worth",
];

#[test]
fn figures_follow_from_the_values_of_their_inputs() {
    let bench = bench();
    let mut met = std::collections::BTreeSet::new();
    let mut check = |(name, _): &(&'static str, _)| {
        let mut found = Disagreements::default();
        met.extend(interpreter::recompute(&report(&bench, name), &mut found));
        (*name, found)
    };
    agreed(DEALS.iter().map(&mut check).collect(), 100);
    for formula in FORMULAS {
        assert!(met.contains(formula), "no figure is a {formula}");
    }
}

/// One salary of the survey is another one: what does not reach the survey keeps its value.
#[test]
fn a_changed_cell_changes_only_what_rests_on_it() {
    let bench = bench();
    let survey = "data/evidence/pay-survey-2023.csv";
    let before: Vec<Report> = DEALS.iter().map(|(name, _)| report(&bench, name)).collect();
    let cell = "2023,SE,FT,Software Engineer,138000,USD";
    let text = bench.read(survey);
    assert_eq!(text.matches(cell).count(), 1);
    bench.write(survey, text.replace(cell, "2023,SE,FT,Software Engineer,134567,USD"));
    let mut all = Vec::new();
    for ((name, _), before) in DEALS.iter().zip(&before) {
        let after = report(&bench, name);
        let mut found = Disagreements::default();
        reach::compare(before, &after, "pay-survey-2023.csv", &mut found);
        all.push((*name, found));
    }
    agreed(all, 20);
    let median = |report: &Report| report.value("survey.p50").unwrap();
    assert_ne!(median(&before[0]), median(&report(&bench, "salary-us")), "the survey's middle");
}

/// The bundled price list: amounts, walk-away, target and anchor from the JSON itself.
#[test]
fn a_price_list_is_recomputed_from_its_file() {
    let bench = bench();
    let report = report(&bench, "model-tokens");
    let path = bench.path("data/evidence/model-prices.json");
    let (prices, providers) = prices::output_prices(&path, (4.0, 30.0));
    let curve = prices::curve(&prices, providers);
    let mut found = Disagreements::default();
    found.compare("n", Some(prices.len() as f64), report.value("list.n"), 0.0);
    for (p, value) in &curve.points {
        let id = format!("market.p{:.0}", 100.0 * p);
        found.compare(&id, Some(*value), report.value(&id), 0.0);
    }
    given::check_givens(&report, &mut found);
    chain::compute(&Given::read(&report), Some(&curve)).compare(&report, &mut found);
    agreed(vec![("model-tokens", found)], 30);
    let by_hand = 12.0 + 900.0 / 400.0;
    assert!((report.value("walk_away").unwrap() - by_hand).abs() < 1e-9);
}
