//! What the other side may read holds nothing private: unique values stand in every private field
//! of a deal file and in none of the shareable outputs.

use crate::support::{Bench, Ran};
use std::collections::BTreeSet;

/// A deal file with a canary in every private field: numbers start with 7, texts with `zq`.
/// Public are: title, side, currency, per, as_of, sources with their conditions, exclusions,
/// ageing, rates, and the parameters of the market.
const DEAL: &str = r#"
schema = "haggle.deal/1"
title = "Public title"
side = "seller"
currency = "USD"
per = "year"
as_of = 2023-11-20
term = 1.7319
tick = "73"

[[source]]
name = "oews"
path = "../evidence/oews-national-may-2022.xlsx"
recipe = "bls-oews"
where = { subject = "15-1252", place = "US" }
match = 0.9

[[source]]
name = "survey"
path = "../evidence/pay-survey-2023.csv"
where = { title = "~ software engineer", place = "US" }
match = 0.8

[ageing]
rate = 0.035
source = "public growth"

[offer]
amount = "127431.17"
from = "zqoffer"

[us]
risk_tolerance = "71234.56"
delay_cost_per_day = "171.93"
deal_cost = "1713.31"
while_no_deal = "71993.21"
discount_rate = 0.0717

[[alternative]]
name = "zqstay"
amount = "117317.43"
cost = "717.23"
interim_per_day = "7.171"
advantage = "1179.31"
role = "income"

[[alternative]]
name = "zqother"
amount = ["124711.13", "131773.19", "141777.31"]
probability = 0.5717
delay_days = 37
cost = "1571.73"
role = "exit"

[[alternative.part]]
name = "zqbonus"
amount = "7133.19"
probability = 0.7931

[[part]]
name = "zqequity"
amount = "17317.91"
probability = 0.7391
illiquid = true
delay_days = 371
source = "zqgrant"

[[claim]]
text = "zqclaim 41 %"
date = 2023-03-31
reference = "zqreference"

[counterpart]
risk_tolerance = "77123.45"
delay_cost_per_day = "417.71"
first_offer = "126177.13"

[counterpart.limit]
low = "131717.37"
mode = "143171.73"
high = "157717.71"
source = "zqrecruiter"

[[counterpart.alternative]]
name = "zqcandidate"
amount = "139717.91"
probability = 0.7173
cost = "6171.37"

[stated]
walk_away = "119717.53"

[parameters]
q_base = 0.5173
interval_level = 0.9
floor_share = 0.4717
"#;

const PAGES: [&str; 7] = [
    "--audience shareable --format text",
    "--audience shareable --format md",
    "--audience shareable --format html",
    "--audience shareable --format json",
    "--page letter --format text",
    "--page letter --format md",
    "--page letter --format html",
];

/// Rules as the JSON report names the members that a shareable one has not.
const PRIVATE_KEYS: [&str; 11] = [
    "walk_away",
    "target",
    "leverage",
    "concessions",
    "questions",
    "triggers",
    "findings",
    "sensitivity",
    "stated_parameters",
    "diagnostics",
    "offer",
];

fn bench() -> Bench {
    let bench = Bench::with_data();
    bench.write("data/deals/canary.toml", DEAL);
    bench
}

fn page(bench: &Bench, options: &str) -> Ran {
    let run = bench.run(&format!("report data/deals/canary.toml {options}"));
    assert_eq!(run.code, 0, "{}", run.err);
    run
}

/// A number in every spelling that a report might give it.
fn spellings(number: f64) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for digits in 0..=4 {
        let text = format!("{number:.digits$}");
        let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
        let mut grouped = String::new();
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let grouped = if rest.is_empty() { grouped } else { format!("{grouped}.{rest}") };
        all.extend([text, grouped]);
    }
    all.insert(number.to_string());
    // What is short stands anywhere by chance.
    all.retain(|text| text.chars().filter(char::is_ascii_digit).count() >= 4);
    all
}

/// Whether a number stands in a text as a whole: no digit before or behind.
fn stands_in(text: &str, number: &str) -> bool {
    text.match_indices(number).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + number.len()..].chars().next();
        !before.is_some_and(|c| c.is_ascii_digit()) && !behind.is_some_and(|c| c.is_ascii_digit())
    })
}

/// The values of the private fields, as numbers; a claim's date is one of many days of its year.
fn canaries() -> Vec<f64> {
    let after = DEAL.split_once("[offer]").map_or("", |(_, rest)| rest);
    let lines = after
        .lines()
        .filter(|line| !line.starts_with("interval_level") && !line.starts_with("date"));
    let words = lines.flat_map(|line| line.split(|c: char| !(c.is_ascii_digit() || c == '.')));
    let mut all: Vec<f64> = words.filter(|w| w.len() >= 4).filter_map(|w| w.parse().ok()).collect();
    all.push(1.7319);
    all
}

#[test]
fn no_private_field_shows_where_others_may_read() {
    let bench = bench();
    let canaries = canaries();
    assert!(canaries.len() > 25, "{canaries:?}");
    for options in PAGES {
        let out = page(&bench, options).out;
        assert!(out.contains("Public title"), "{options}");
        assert!(!out.to_lowercase().contains("zq"), "{options}: a private text");
        for number in &canaries {
            for text in spellings(*number) {
                assert!(!stands_in(&out, &text), "{options}: {text} shows");
            }
        }
    }
}

/// The scan itself is worth something: the private report shows what the other does not.
#[test]
fn the_private_report_shows_them() {
    let bench = bench();
    let out = page(&bench, "--format json").out;
    let shows = |number: &f64| spellings(*number).iter().any(|text| stands_in(&out, text));
    let hidden: Vec<f64> = canaries().into_iter().filter(|number| !shows(number)).collect();
    assert_eq!(hidden, Vec::<f64>::new());
    assert!(out.contains("zqoffer") && out.contains("zqrecruiter") && out.contains("zqstay"));
}

/// What the tool made of the private fields is private too: every figure of the private report that
/// the shareable one has not, in every spelling, unless a public figure has the same digits.
#[test]
fn no_private_figure_shows_either() {
    let bench = bench();
    let private = bench.json("report data/deals/canary.toml --format json");
    let public = bench.json("report data/deals/canary.toml --format json --audience shareable");
    let known = public["figures"].as_object().unwrap();
    let told: BTreeSet<String> = known
        .values()
        .flat_map(|figure| ["value", "low", "high"].map(|key| figure[key].as_str()))
        .flatten()
        .map(|text| text.parse::<f64>().unwrap())
        .flat_map(spellings)
        .collect();
    let mut checked = 0;
    for options in PAGES {
        let out = page(&bench, options).out;
        for (id, figure) in private["figures"].as_object().unwrap() {
            let money = figure["unit"].as_str().is_some_and(|unit| unit.starts_with("USD"));
            let value: f64 = figure["value"].as_str().unwrap().parse().unwrap();
            if known.contains_key(id) || !money || value.abs() < 1000.0 {
                continue;
            }
            checked += 1;
            for text in spellings(value).difference(&told) {
                assert!(!stands_in(&out, text), "{options}: {id} = {text} shows");
            }
        }
    }
    assert!(checked > 100, "{checked}");
}

#[test]
fn the_shareable_json_has_the_justification_and_no_other_member() {
    let bench = bench();
    let report = bench.json("report data/deals/canary.toml --format json --audience shareable");
    let object = report.as_object().unwrap();
    for key in PRIVATE_KEYS {
        assert!(!object.contains_key(key), "{key}");
    }
    assert_eq!(report["audience"], "shareable");
    assert_eq!(report["anchor"], "anchor");
    let figures = report["figures"].as_object().unwrap();
    for id in figures.keys() {
        let starts = ["anchor", "market.p", "oews.", "survey.", "share.", "parameter.", "ageing"];
        assert!(starts.iter().any(|start| id.starts_with(start)), "{id}");
    }
    let anchor = &figures["anchor"];
    assert_eq!(anchor["inputs"], serde_json::json!({}));
    assert!(anchor["low"].is_null() && anchor["assumption"].is_string());
    let exact: f64 = anchor["value"].as_str().unwrap().parse().unwrap();
    let printed: f64 = anchor["printed"].as_str().unwrap().parse().unwrap();
    assert_eq!(exact.to_bits(), printed.to_bits(), "no digit beyond what is said");
    for source in report["sources"].as_object().unwrap().values() {
        assert!(!source["location"].as_str().unwrap().contains('/'), "{source}");
    }
    for figure in figures.values() {
        for input in figure["inputs"].as_object().unwrap().values() {
            assert!(figures.contains_key(input.as_str().unwrap()), "{input} is no figure");
        }
    }
}

/// The market and its places are the same for both audiences.
#[test]
fn the_market_is_the_same_for_both() {
    let bench = bench();
    let private = bench.json("report data/deals/canary.toml --format json");
    let public = bench.json("report data/deals/canary.toml --format json --audience shareable");
    assert_eq!(private["market"], public["market"]);
    for (id, figure) in public["figures"].as_object().unwrap() {
        if id != "anchor" {
            assert_eq!(*figure, private["figures"][id], "{id}");
        }
    }
    for (id, set) in public["evidence"].as_object().unwrap() {
        assert_eq!(*set, private["evidence"][id], "{id}");
    }
}

#[test]
fn a_page_has_the_audience_that_it_is_for() {
    let bench = bench();
    for (options, part) in [
        ("--page sheet --audience shareable", "for you alone"),
        ("--page letter --audience private", "for the other side"),
        ("--page letter --format json", "no JSON"),
        ("--page sheet --format json", "no JSON"),
    ] {
        let run = bench.run(&format!("report data/deals/canary.toml {options}"));
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{options}");
        assert!(run.err.contains(part), "{options}: {}", run.err);
    }
}

/// The talking sheet holds opening, steps and questions, and not the walk-away (D5).
#[test]
fn the_sheet_holds_no_walk_away() {
    let bench = Bench::with_data();
    let report = bench.json("report data/deals/salary-us.toml --format json");
    let printed = |id: &str| report["figures"][id]["printed"].as_str().unwrap().to_owned();
    for format in ["text", "md", "html"] {
        let run =
            bench.run(&format!("report data/deals/salary-us.toml --page sheet --format {format}"));
        let plain = run.out.replace(',', "");
        assert!(plain.contains(&printed("anchor")) && plain.contains(&printed("concession.1")));
        assert!(!stands_in(&plain, &printed("walk_away")), "{format}");
        assert!(!stands_in(&plain, &printed("target")), "{format}");
    }
}

#[cfg(unix)]
#[test]
fn a_deal_file_in_a_public_place_is_warned_about() {
    use std::os::unix::fs::PermissionsExt;
    let bench = bench();
    let mode = |path: &str, mode: u32| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(bench.path(path), permissions).unwrap();
    };
    let warned = |file: &str| bench.run(&format!("report {file} --format json")).err;
    assert!(!warned("data/deals/canary.toml").contains("must not know"));
    bench.write("data/Public/canary.toml", DEAL);
    assert!(warned("data/Public/canary.toml").contains("folder named `public`"));
    mode("data/deals", 0o777);
    let said = warned("data/deals/canary.toml");
    assert!(said.contains("everybody on this machine can read it"), "{said}");
    mode("data/deals/canary.toml", 0o600);
    assert!(!warned("data/deals/canary.toml").contains("must not know"));
    let out = bench.run("report data/deals/canary.toml --format md --out data/Public/r.md");
    assert!(out.err.contains("r.md: it lies in a folder named `public`"), "{}", out.err);
    let letter = "report data/deals/canary.toml --page letter --out data/Public/letter.txt";
    assert!(!bench.run(letter).err.contains("letter.txt: it lies"));
}
