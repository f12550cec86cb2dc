//! Every worked example of the numbers specification, every figure of it.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

use std::collections::BTreeMap;

use haggle_negotiation::bargain::{
    Alternative, Amount, BeliefSource, Inputs, Mark, Marked, Market, MarketPoint, MarketRow,
    MarketRows, MarketTable, Params, Party, Per, Plan, Printed, Record, Side, Unknown, plan,
};
use serde_json::Value;

const EXAMPLES: &str = include_str!("data/numbers-examples.json");

#[test]
fn every_figure_of_every_example() {
    let examples: Vec<Value> = serde_json::from_str(EXAMPLES).unwrap();
    let (mut compared, mut worst) = (0, 0.0_f64);
    let mut wrong = Vec::new();
    for example in &examples {
        let id = example["id"].as_str().unwrap();
        let plan = plan(&inputs(&example["deal"]), &params(&example["deal"])).unwrap();
        let found = figures(&plan);
        for (name, expected) in numbers(&example["figures"]) {
            compared += 1;
            let Some(value) = found.get(&name) else {
                wrong.push(format!("{id} {name}: absent, expected {expected}"));
                continue;
            };
            let error = (value - expected).abs() / expected.abs().max(1e-3);
            worst = worst.max(error);
            if error > 1e-9 {
                wrong.push(format!("{id} {name}: found {value}, expected {expected}"));
            }
        }
        wrong.extend(other_differences(id, &plan, &example["figures"]));
        wrong.extend(superfluous(id, &found, &example["figures"]));
    }
    println!("{compared} figures, worst relative error {worst:e}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(worst < 1e-11);
    assert!(compared > 700, "{compared}");
}

/// Names, findings and printed figures: exactly.
fn other_differences(id: &str, plan: &Plan, figures: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut compare = |name: &str, found: String, expected: String| {
        if found != expected {
            wrong.push(format!("{id} {name}: found {found}, expected {expected}"));
        }
    };
    let from = plan.target.as_ref().map(|it| it.from.name());
    compare("T_from", format!("{from:?}"), format!("{:?}", figures["T_from"].as_str()));
    let source = plan.belief.map(|it| match it.source {
        BeliefSource::Alternatives => "alternatives",
        BeliefSource::Stated => "stated",
        BeliefSource::Market => "market",
    });
    compare(
        "belief_source",
        format!("{source:?}"),
        format!("{:?}", figures["belief_source"].as_str()),
    );
    let mut expected: Vec<&str> =
        figures["findings"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    expected.sort_unstable();
    let mut codes: Vec<&str> = plan.findings.iter().map(|it| it.code()).collect();
    codes.sort_unstable();
    compare("findings", format!("{codes:?}"), format!("{expected:?}"));
    let printed = &plan.printed;
    let single = [
        ("R", printed.reservation),
        ("T", printed.target),
        ("O", printed.opening),
        ("floor", printed.floor),
    ];
    let shown = &figures["printed"];
    for (name, found) in single {
        let found = found.map(Printed::to_f64);
        compare(
            &format!("printed {name}"),
            format!("{found:?}"),
            format!("{:?}", shown[name].as_f64()),
        );
    }
    let unit = printed.unit.map(|it| it.value());
    compare("printed unit", format!("{unit:?}"), format!("{:?}", shown["unit"].as_f64()));
    let ladder: Vec<f64> = printed.ladder.iter().map(|it| it.to_f64()).collect();
    compare("printed ladder", format!("{ladder:?}"), format!("{:?}", list(&shown["ladder"])));
    wrong
}

/// Figures of ours that the example does not list although it could: what must stay absent.
fn superfluous(id: &str, found: &BTreeMap<String, f64>, figures: &Value) -> Vec<String> {
    let listed: BTreeMap<String, f64> = numbers(figures).into_iter().collect();
    let extra = found.keys().filter(|name| !listed.contains_key(*name));
    // Without R the prototype lists no needs, and a stated R is its own neutral one.
    let known = ["need_ot", "need_ot_pos", "R_neutral", "T_candidates.mode"];
    extra
        .filter(|name| !known.contains(&name.as_str()))
        .map(|name| format!("{id} {name}: found {}, expected none", found[name]))
        .collect()
}

fn list(value: &Value) -> Vec<f64> {
    value.as_array().map(|all| all.iter().filter_map(Value::as_f64).collect()).unwrap_or_default()
}

/// All numbers of an example, nested names joined by dots; the printed ones apart.
fn numbers(figures: &Value) -> Vec<(String, f64)> {
    let mut all = Vec::new();
    for (name, value) in figures.as_object().unwrap() {
        match value {
            Value::Number(number) => all.push((name.clone(), number.as_f64().unwrap())),
            Value::Object(inner) if name != "printed" => {
                all.extend(
                    inner.iter().map(|(key, it)| (format!("{name}.{key}"), it.as_f64().unwrap())),
                );
            }
            Value::Array(items) if name != "findings" => all.extend(
                items
                    .iter()
                    .enumerate()
                    .map(|(i, it)| (format!("{name}.{i}"), it.as_f64().unwrap())),
            ),
            _ => {}
        }
    }
    all
}

fn figures(plan: &Plan) -> BTreeMap<String, f64> {
    let mut all = BTreeMap::new();
    let mut put = |name: &str, value: Option<f64>| {
        if let Some(value) = value {
            all.insert(name.to_owned(), value);
        }
    };
    let marked = |it: Option<Marked>| it.map(|it| it.value);
    if let Some(r) = &plan.reservation {
        put("R", Some(r.value));
        put("R_worse", Some(r.worse));
        put("R_better", Some(r.better));
        put("R_neutral", Some(r.neutral));
        put("R_together", r.together);
    }
    if let Some(market) = &plan.market {
        put("M", Some(market.median.value));
        put("Mq", Some(market.record.value));
        put("q", Some(market.record_percentile));
        put("iqr", Some(market.iqr.value));
    }
    put("h", marked(plan.half_spread));
    if plan.market.is_none() && plan.belief.is_none() {
        put("q", None);
    }
    if let Some(belief) = &plan.belief {
        let ends = [belief.triangle.lower, belief.triangle.mode, belief.triangle.upper];
        for (i, end) in ends.into_iter().enumerate() {
            put(&format!("belief.{i}"), Some(end));
        }
    }
    put("p_zopa", plan.zone_probability);
    put("power", Some(plan.power));
    let leverage = &plan.leverage;
    put("need_me", marked(leverage.need_me));
    put("need_ot", marked(leverage.need_ot));
    put("need_me_pos", leverage.need_me_positive);
    put("need_ot_pos", leverage.need_ot_positive);
    put("L", leverage.index.map(|it| it.value));
    put("L_low", leverage.index.map(|it| it.low));
    put("L_high", leverage.index.map(|it| it.high));
    put("alt_me", leverage.standing_me.map(|it| it.value));
    put("alt_ot", leverage.standing_ot.map(|it| it.value));
    if let Some(target) = &plan.target {
        put("T", Some(target.value.value));
        put("Zc", target.residual);
        put("T_cap_belief", Some(target.belief_cap.value));
        put("T_cap_evidence", marked(target.evidence_cap));
        put("T_candidates.power", marked(target.candidates.power));
        put("T_candidates.one_offer", marked(target.candidates.one_offer));
        put("T_candidates.record", marked(target.candidates.record));
        put("T_candidates.base", marked(target.candidates.base));
        put("T_candidates.mode", marked(target.candidates.mode));
    }
    if let Some(opening) = &plan.opening {
        put("O", Some(opening.value.value));
        put("O_raw", Some(opening.raw.value));
        put("O_cap_evidence", marked(opening.evidence_cap));
        put("O_cap_belief", Some(opening.belief_cap.value));
        put("counter", opening.counter.map(|it| it.value.value));
        put("counter_even", Some(opening.break_even_counter.value));
        put("p_open_inside", opening.inside);
    }
    put("floor", plan.floor.map(|it| it.value.value));
    put("accept_final", plan.floor.map(|it| it.acceptance));
    for (i, rung) in plan.ladder.iter().enumerate() {
        put(&format!("ladder.{i}"), Some(rung.value));
    }
    put("split_difference", plan.settlement.map(|it| it.split_difference.value));
    put("deal_me_out", plan.settlement.and_then(|it| marked(it.deal_me_out)));
    put("split_mid", marked(plan.split_mid));
    put("A21", plan.one_offer.map(|it| it.value));
    put("A21_accept", plan.one_offer.map(|it| it.acceptance));
    put("counter_gain", plan.offer.and_then(|it| it.counter_gain));
    put("withdrawal_breakeven", plan.offer.and_then(|it| it.withdrawal_break_even));
    if let Some(information) = &plan.information {
        put("plan_worth", Some(information.plan_worth));
        for it in &information.questions {
            let name = match it.unknown {
                Unknown::TheirLimit => "voi.their_limit".to_owned(),
                Unknown::ComesThrough(i) => format!("voi.comes_through:{i}"),
                Unknown::Amount(i) => format!("voi.value:{i}"),
                // The examples leave out what they could tell of their own alternatives.
                Unknown::TheirChance(_) | Unknown::TheirAmount(_) => continue,
            };
            put(&name, Some(it.worth));
        }
    }
    all
}

fn params(deal: &Value) -> Params {
    let mut params = Params::default();
    for (name, value) in deal["params"].as_object().into_iter().flatten() {
        match name.as_str() {
            "belief_min_halfwidth" => params.belief_min_halfwidth = value.as_f64().unwrap(),
            other => panic!("parameter {other}"),
        }
    }
    params
}

fn inputs(deal: &Value) -> Inputs {
    let side = if deal["side"] == "seller" { Side::Seller } else { Side::Buyer };
    let per = match deal["per"].as_str().unwrap() {
        "year" => Per::YEAR,
        "month" => Per::MONTH,
        "hour" => Per::HOUR,
        _ => Per::Each,
    };
    let mut inputs = Inputs::new(side, per);
    inputs.market = market(&deal["market"]);
    inputs.offer = deal["their_offer"].as_f64();
    inputs.record = Record::Claims(u32::try_from(deal["claims"].as_u64().unwrap_or(0)).unwrap());
    inputs.us = party(&deal["me"]);
    inputs.walk_away = deal["me"]["limit"].as_f64();
    inputs.counterpart.party = party(&deal["them"]);
    inputs.counterpart.limit = amount(&deal["them"]["limit"]);
    inputs.counterpart.first_offer = deal["them"]["first_offer"].as_f64();
    inputs
}

fn market(value: &Value) -> Option<Market> {
    if let Some(points) = value["points"].as_array() {
        let points = points.iter().map(point).collect();
        return Some(Market::Table(MarketTable { points, ..MarketTable::default() }));
    }
    let rows = value["rows"].as_array()?.iter().map(|row| match row {
        Value::Array(pair) => {
            MarketRow { amount: pair[0].as_f64().unwrap(), weight: pair[1].as_f64().unwrap() }
        }
        amount => MarketRow { amount: amount.as_f64().unwrap(), weight: 1.0 },
    });
    Some(Market::Rows(MarketRows { rows: rows.collect(), parties: None }))
}

fn point(value: &Value) -> MarketPoint {
    let bound = if value[2] == "at_least" { Mark::AtLeast } else { Mark::Exact };
    let (percentile, amount) = (value[0].as_f64().unwrap(), value[1].as_f64().unwrap());
    MarketPoint { percentile, amount, bound }
}

fn party(value: &Value) -> Party {
    let alternatives = value["alternatives"].as_array().into_iter().flatten().map(alternative);
    Party {
        alternatives: alternatives.collect(),
        risk_tolerance: value["risk_tolerance"].as_f64(),
        delay_cost_per_day: value["delay_cost_per_day"].as_f64(),
        deal_cost: value["deal_cost"].as_f64().unwrap_or(0.0),
        ..Party::default()
    }
}

fn alternative(value: &Value) -> Alternative {
    let number = |key: &str, default: f64| value[key].as_f64().unwrap_or(default);
    Alternative {
        probability: number("probability", 1.0),
        cost: number("cost", 0.0),
        advantage: number("advantage", 0.0),
        delay_days: number("delay_days", 0.0),
        interim_per_day: number("interim_per_day", 0.0),
        ..Alternative::certain(amount(&value["value"]).unwrap())
    }
}

fn amount(value: &Value) -> Option<Amount> {
    match value {
        Value::Array(all) => Some(Amount::Range {
            low: all[0].as_f64()?,
            mode: all[1].as_f64()?,
            high: all[2].as_f64()?,
        }),
        other => other.as_f64().map(Amount::Exact),
    }
}
