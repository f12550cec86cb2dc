//! From a deal file to the brief: the worked examples of the chain, run through the whole program
//! that stands between a deal file with its comparables and the figures of a report.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use haggle_negotiation::brief::{Brief, SourceHead, prepare};
use haggle_negotiation::deal::{Deal, parse};
use haggle_negotiation::market::{Cited, Comparables, Factors, SourceEvidence};
use haggle_negotiation::stats::Bound;
use serde_json::Value;
use std::fmt::Write;

const EXAMPLES: &str = include_str!("data/numbers-examples.json");

fn number(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => format!("\"{other}\""),
    }
}

/// An amount of the examples as a deal file states it.
fn amount(value: &Value) -> String {
    match value {
        Value::Array(list) => {
            format!("[{}]", list.iter().map(number).collect::<Vec<_>>().join(", "))
        }
        other => number(other),
    }
}

/// The deal file of an example.
fn deal_text(example: &Value) -> String {
    let deal = &example["deal"];
    let mut text = format!(
        "schema = \"haggle.deal/1\"\ntitle = \"{}\"\nside = {}\ncurrency = \"USD\"\nper = {}\nas_of = 2026-11-23\n",
        example["title"].as_str().unwrap(),
        deal["side"],
        deal["per"]
    );
    if deal.get("market").is_some() {
        text.push_str("[[source]]\nname = \"m\"\npath = \"m.csv\"\n");
    }
    for i in 0..deal["claims"].as_u64().unwrap_or(0) {
        let _ = writeln!(text, "[[claim]]\ntext = \"claim {i}\"\nreference = \"r\"");
    }
    if let Some(offer) = deal.get("their_offer") {
        let _ = writeln!(text, "[offer]\namount = {}", number(offer));
    }
    party(&mut text, "us", &deal["me"]);
    alternatives(&mut text, "alternative", &deal["me"]);
    if let Some(limit) = deal["me"].get("limit") {
        let _ = writeln!(text, "[stated]\nwalk_away = {}", number(limit));
    }
    them(&mut text, &deal["them"]);
    if let Some(params) = deal.get("params").and_then(Value::as_object) {
        text.push_str("[parameters]\n");
        for (name, value) in params {
            let _ = writeln!(text, "{name} = {value}");
        }
    }
    text
}

const PARTY: [&str; 4] = ["risk_tolerance", "delay_cost_per_day", "deal_cost", "idle_value"];

fn party(text: &mut String, table: &str, stated: &Value) {
    let _ = writeln!(text, "[{table}]");
    for key in PARTY {
        if let Some(value) = stated.get(key) {
            let _ = writeln!(text, "{key} = {}", number(value));
        }
    }
}

fn alternatives(text: &mut String, table: &str, stated: &Value) {
    for (i, alternative) in stated["alternatives"].as_array().into_iter().flatten().enumerate() {
        let _ = writeln!(text, "[[{table}]]\nname = \"a{i}\"");
        for (key, value) in alternative.as_object().unwrap() {
            let _ = match key.as_str() {
                "name" => Ok(()),
                "value" => writeln!(text, "amount = {}", amount(value)),
                "probability" | "delay_days" => writeln!(text, "{key} = {value}"),
                _ => writeln!(text, "{key} = {}", number(value)),
            };
        }
    }
}

fn them(text: &mut String, stated: &Value) {
    party(text, "counterpart", stated);
    if let Some(first) = stated.get("first_offer") {
        let _ = writeln!(text, "first_offer = {}", number(first));
    }
    if let Some(limit) = stated.get("limit") {
        let (low, mode, high) = match limit.as_array() {
            Some(list) => (&list[0], &list[1], &list[2]),
            None => (limit, limit, limit),
        };
        let _ = writeln!(
            text,
            "[counterpart.limit]\nlow = {}\nmode = {}\nhigh = {}",
            number(low),
            number(mode),
            number(high)
        );
    }
    alternatives(text, "counterpart.alternative", stated);
}

fn cited(row: u64, value: f64, statistic: &str, bound: &'static str, per: &str) -> Cited {
    Cited {
        at: (String::new(), row, 1),
        place: format!("{row}:1"),
        amount: value.to_string(),
        bound,
        currency: "USD".into(),
        per: per.into(),
        statistic: statistic.into(),
        percentile: statistic.strip_prefix('p').and_then(|p| p.parse().ok()),
        adjusted: Some(value),
        subject: None,
        title: None,
        location: None,
        party: None,
        level: None,
        date: None,
        weight: None,
        count: None,
        employers: None,
        sample_size: None,
        relative_error: None,
        attributes: None,
        factors: Some(0),
    }
}

/// The comparables of an example's market.
fn comparables(market: &Value, per: &str) -> Comparables {
    let mut found = Comparables::default();
    let same = Factors {
        hours: 1.0,
        ageing: 1.0,
        currency: 1.0,
        place: 1.0,
        low: 1.0,
        high: 1.0,
        date: None,
        rate: None,
        from_per: None,
    };
    found.factors.push((same, 1));
    for (row, point) in (1..).zip(market["points"].as_array().into_iter().flatten()) {
        let percent = point[0].as_f64().unwrap() * 100.0;
        let bound = if point.get(2).is_some() { "at least" } else { "exact" };
        let value = point[1].as_f64().unwrap();
        found.points.push(cited(row, value, &format!("p{percent:.0}"), bound, per));
    }
    for (row, stated) in (1..).zip(market["rows"].as_array().into_iter().flatten()) {
        let (value, weight) = match stated.as_array() {
            Some(pair) => (pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap()),
            None => (stated.as_f64().unwrap(), 1.0),
        };
        found.rows.push(value, Bound::Exact, weight, 1, None).unwrap();
        found
            .listed
            .push(Cited { weight: Some(weight), ..cited(row, value, "value", "exact", per) });
    }
    found
}

fn head() -> SourceHead {
    SourceHead {
        name: "m".into(),
        location: "m.csv".into(),
        sha256: "0".repeat(64),
        retrieved: None,
        plugin: None,
        recipe: "r".into(),
        publisher: None,
        licence: None,
        grade: None,
        date: None,
        span: None,
        bases: Vec::new(),
        rows: [0; 4],
        cells: [0; 3],
        tallies: Vec::new(),
        diagnostics: Vec::new(),
        assumptions: Vec::new(),
    }
}

fn read(text: &str) -> Deal {
    let parsed = parse(text, None);
    parsed.deal.unwrap_or_else(|| panic!("{text}\n{:?}", parsed.problems))
}

fn brief_of(example: &Value) -> Brief {
    let deal = read(&deal_text(example));
    let evidence = example["deal"].get("market").map(|market| SourceEvidence {
        head: head(),
        file: "m.csv".into(),
        grade: None,
        comparables: comparables(market, deal.per.as_str()),
    });
    prepare(&deal, evidence.as_slice()).unwrap()
}

/// Name in the examples, figure id in a report.
const NAMES: [(&str, &str); 24] = [
    ("R", "walk_away"),
    ("R_neutral", "walk_away.neutral"),
    ("R_better", "walk_away.better"),
    ("M", "market.median"),
    ("Mq", "record.amount"),
    ("q", "record.percentile"),
    ("h", "market.half_spread"),
    ("T", "target"),
    ("T_cap_belief", "target.cap.belief"),
    ("T_cap_evidence", "target.cap.evidence"),
    ("O", "anchor"),
    ("O_raw", "anchor.raw"),
    ("counter_even", "anchor.break_even"),
    ("floor", "last_ask"),
    ("p_zopa", "p_zopa"),
    ("Zc", "expected_zone"),
    ("power", "power"),
    ("L", "leverage"),
    ("need_me_pos", "leverage.need"),
    ("A21", "final_offer"),
    ("split_difference", "settlement.split_difference"),
    ("counter_gain", "counter_gain"),
    ("withdrawal_breakeven", "withdrawal_break_even"),
    ("plan_worth", "plan.worth"),
];

#[test]
fn worked_examples_through_deal_file_and_market() {
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap();
    let mut compared = 0;
    for example in examples.as_array().unwrap() {
        let brief = brief_of(example);
        let id = example["id"].as_str().unwrap();
        assert_eq!(brief.figures.faults(), Vec::<String>::new(), "{id}");
        for (name, figure) in NAMES {
            let Some(expected) = example["figures"].get(name).and_then(Value::as_f64) else {
                continue;
            };
            let other = figure.replace("market.half", "belief.half");
            let found = brief.figures.get(figure).or_else(|| brief.figures.get(&other));
            let found = found.unwrap_or_else(|| panic!("{id}: no {figure}")).value;
            let scale = expected.abs().max(1e-3);
            assert!((found - expected).abs() <= 1e-9 * scale, "{id} {figure}: {found} {expected}");
            compared += 1;
        }
        let printed = &example["figures"]["printed"];
        for (name, figure) in
            [("R", "walk_away"), ("T", "target"), ("O", "anchor"), ("floor", "last_ask")]
        {
            let Some(expected) = printed.get(name).and_then(Value::as_f64) else { continue };
            let said = brief.figures.get(figure).and_then(|f| f.printed.clone()).unwrap();
            assert_eq!(said.parse::<f64>().unwrap(), expected, "{id} {figure}");
        }
        let raised: Vec<&str> = example["figures"]["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f.as_str().unwrap())
            .collect();
        for code in raised {
            let rule = if code == "B10" { "S5.16" } else { code };
            assert!(brief.findings.iter().any(|f| f.rule == rule), "{id}: {code} is not told");
        }
    }
    assert!(compared > 300, "{compared}");
}

/// A market whose comparables are fewer than a percentile needs has none, and says so first.
#[test]
fn thin_markets_are_said_first() {
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap();
    let thin = examples.as_array().unwrap().iter().find(|e| e["id"] == "W6").unwrap();
    let brief = brief_of(thin);
    assert_eq!(brief.findings[0].rule, "S3.1");
    assert!(brief.is_weak());
    assert!(brief.figures.get("market.p25").is_none());
}

#[test]
fn evidence_must_fit_the_deal() {
    let deal = read(
        "schema = \"haggle.deal/1\"\ntitle = \"t\"\nside = \"buyer\"\ncurrency = \"EUR\"\nper = \"each\"\nas_of = 2026-11-23\n[[source]]\npath = \"a.csv\"\n",
    );
    assert!(prepare(&deal, &[]).is_err());
}

const HEAD: &str = "schema = \"haggle.deal/1\"\ntitle = \"t\"\ncurrency = \"USD\"\nper = \"year\"\nas_of = 2026-11-23\n";

fn without_market(rest: &str) -> Brief {
    prepare(&read(&format!("{HEAD}{rest}")), &[]).unwrap()
}

fn assert_figures(brief: &Brief, expected: &[(&str, f64)]) {
    for (id, expected) in expected {
        let found = brief.figures.get(id).unwrap_or_else(|| panic!("no {id}")).value;
        assert!((found - expected).abs() < 1e-6, "{id}: {found}, expected {expected}");
    }
    assert!(brief.figures.faults().is_empty());
}

/// The worked example of F16: 110,000 with a bonus of 15 % at 80 % payout and equity of
/// 40,000 x 0.5 x 0.7 is 137,200; and what that does to the walk-away.
#[test]
fn everything_that_an_offer_brings_counts() {
    let brief = without_market(
        "side = \"seller\"\n[parameters]\nilliquidity = 0.3\n[offer]\namount = 110000\n\
         [[part]]\nname = \"bonus\"\namount = 16500\nprobability = 0.8\n\
         [[part]]\nname = \"equity\"\namount = 40000\nprobability = 0.5\nilliquid = true\n\
         [[alternative]]\nname = \"stay\"\namount = 112000\n\
         [[alternative.part]]\nname = \"bonus\"\namount = 5000\n\
         [[alternative]]\nname = \"other\"\namount = 100000\nprobability = 0.5\n",
    );
    assert_figures(
        &brief,
        &[
            ("part.bonus.worth", 13_200.0),
            ("part.equity.worth", 14_000.0),
            ("offer.total", 137_200.0),
            ("alternative.stay.total", 117_000.0),
            ("alternative.other.total", 100_000.0),
            // 112,000 + 5,000 - 13,200 - 14,000: at this price the deal is as good as staying.
            ("walk_away", 89_800.0),
            // Half as liquid: equity counts 20,000 x 0.5 instead of 0.7, so the price is 4,000 more.
            ("sensitivity.illiquidity.high.walk_away", 93_800.0),
        ],
    );
    let equity = brief.figures.get("part.equity.worth").unwrap().interval.unwrap();
    assert_eq!((equity.low, equity.high), (Some(10_000.0), Some(16_000.0)));
    let said = brief.findings.iter().find(|f| f.rule == "S3.22").unwrap();
    assert_eq!(
        said.text,
        "With all that they bring: their offer USD 137,200/year; \"stay\" USD 117,000/year; \"other\" USD 100,000/year. What cannot be sold counts less, and has a low and a high end. Beside the price of \"other\" nothing is stated: it counts as 0."
    );
}

/// 6,000 once over three years is 2,000 a year; 10,500 in a year at 5 % is 10,000 now.
#[test]
fn parts_are_brought_to_the_unit_and_the_day_of_the_price() {
    let brief = without_market(
        "side = \"seller\"\nterm = 3\n[offer]\namount = 100000\n\
         [[part]]\nname = \"sign-on\"\namount = 6000\nonce = true\n\
         [[part]]\nname = \"retention\"\namount = 10500\ndelay_days = 365\n\
         [[alternative]]\nname = \"stay\"\namount = 90000\n",
    );
    assert_figures(
        &brief,
        &[
            ("part.sign-on.worth", 2_000.0),
            ("part.retention.worth", 10_000.0),
            ("offer.total", 112_000.0),
            ("walk_away", 78_000.0),
        ],
    );
}

/// What an alternative brings lets a buyer pay so much less here; a seller must get it here.
#[test]
fn parts_of_an_alternative_help_either_side_alike() {
    for (side, expected) in [("seller", 52_000.0), ("buyer", 48_000.0)] {
        let brief = without_market(&format!(
            "side = \"{side}\"\n[[alternative]]\nname = \"a\"\namount = 50000\n[[alternative.part]]\nname = \"training\"\namount = 2000\n"
        ));
        assert_figures(&brief, &[("walk_away", expected)]);
    }
}

/// Half of a year is lost before it starts, of the salary and of the bonus that runs with it, and
/// none of what comes once: 45,000 + 10,000 + 4,000.
#[test]
fn parts_of_a_late_alternative_start_late() {
    let brief = without_market(
        "side = \"seller\"\n[[alternative]]\nname = \"late\"\namount = 90000\ndelay_days = 182.5\n\
         [[alternative.part]]\nname = \"units\"\namount = 20000\n\
         [[alternative.part]]\nname = \"sign-on\"\namount = 4000\nonce = true\n",
    );
    let lost = "alternative.late.parts_lost";
    assert_figures(&brief, &[("walk_away", 59_000.0), (lost, 10_000.0)]);
}

/// Eleven rows are thin where twelve parties are asked for: the record is worth the median, and the
/// edges are the least and the greatest row.
#[test]
fn a_gate_that_is_set_holds() {
    let rows: Vec<f64> = (0..11).map(|i| 4000.0 + 140.0 * f64::from(i)).collect();
    let market = serde_json::json!({ "rows": rows });
    let of = |parameters: &str| {
        let deal = read(&format!(
            "{HEAD}side = \"seller\"\n[[source]]\nname = \"m\"\npath = \"m.csv\"\n[[alternative]]\nname = \"a\"\namount = 4100\n[[claim]]\ntext = \"1\"\nreference = \"r\"\n[parameters]\n{parameters}"
        ));
        let evidence = SourceEvidence {
            head: head(),
            file: "m.csv".into(),
            grade: None,
            comparables: comparables(&market, "year"),
        };
        prepare(&deal, &[evidence]).unwrap()
    };
    let value = |brief: &Brief, id: &str| brief.figures.get(id).unwrap().value;
    let free = of("");
    assert!(value(&free, "record.amount") > 4700.0 && value(&free, "market.edge.better") < 5400.0);
    let thin = of("min_parties = 12\nmin_parties_tail = 12\n");
    assert_figures(
        &thin,
        &[("record.amount", 4700.0), ("market.edge.better", 5400.0), ("market.edge.worse", 4000.0)],
    );
}

/// 105 in a year at 5 % is 100 now: a buyer's late alternative looks cheaper, and it is said; not
/// where the wait has its price, nor where nothing is late, nor for a seller.
#[test]
fn a_late_alternative_of_a_buyer_is_told() {
    let said = |side: &str, rest: &str| {
        let deal = read(&format!(
            "{}side = \"{side}\"\n[[alternative]]\nname = \"late\"\namount = 105\n{rest}",
            HEAD.replace("\"year\"", "\"each\"")
        ));
        let brief = prepare(&deal, &[]).unwrap();
        brief.findings.into_iter().find(|f| f.rule == "S2.17").map(|f| f.text)
    };
    let told = said("buyer", "delay_days = 365\n").unwrap();
    assert!(told.starts_with("\"late\" comes 365 days later, and is paid for later: by that alone it looks cheaper, USD 100.00/each."), "{told}");
    assert_eq!(said("buyer", "delay_days = 365\ninterim_per_day = \"-1\"\n"), None);
    assert_eq!(said("buyer", ""), None);
    assert_eq!(said("seller", "delay_days = 365\n"), None);
}
