//! The givens of a deal: figures of the report that rest on an assumption, in the deal's order.

use std::collections::BTreeMap;

use super::report::{Disagreements, Report, stated};
use super::reserve::{Alternative, Numerics, Reserve};
use super::triangle::{Reading, Triangle};

/// Everything that does not come from evidence; amounts in my value.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) side: f64,
    pub(super) parameters: BTreeMap<String, f64>,
    pub(super) alternatives: Vec<Alternative>,
    pub(super) their_alternatives: Vec<Alternative>,
    pub(super) ours: Numerics,
    pub(super) theirs: Numerics,
    pub(super) offer: Option<f64>,
    pub(super) first_offer: Option<f64>,
    /// Low, mode and high of their stated limit.
    pub(super) limit: Option<(f64, f64, f64)>,
    pub(super) stated: Option<f64>,
    pub(super) claims: f64,
    pub(super) percentile: Option<f64>,
    pub(super) delay_costs: (Option<f64>, Option<f64>),
    pub(super) while_no_deal: (Option<f64>, Option<f64>),
    pub(super) tick: Option<f64>,
}

impl Given {
    /// Reads the givens of a report.
    pub(super) fn read(report: &Report) -> Self {
        let side = report.side();
        let mine = |id: &str| report.value(id).map(|price| side * price);
        let parameters = report.json["parameters"].as_object().unwrap();
        let parameters = parameters.keys().filter(|name| *name != "combine");
        Self {
            side,
            parameters: parameters.map(|n| (n.clone(), report.parameter(n))).collect(),
            alternatives: alternatives(report, "us", side),
            their_alternatives: alternatives(report, "counterpart", -side),
            ours: numerics(report, "us"),
            theirs: numerics(report, "counterpart"),
            offer: mine("offer"),
            first_offer: mine("counterpart.first_offer"),
            limit: limit(report, side),
            stated: mine("stated.walk_away"),
            claims: report.value("record.claims").unwrap_or(0.0),
            percentile: report.deal.get("us").and_then(|us| us.get("percentile")).map(stated),
            delay_costs: (
                report.value("us.delay_cost_per_day"),
                report.value("counterpart.delay_cost_per_day"),
            ),
            while_no_deal: (mine("us.while_no_deal"), mine("counterpart.while_no_deal")),
            tick: report.deal.get("tick").map(stated),
        }
    }

    pub(super) fn parameter(&self, name: &str) -> f64 {
        self.parameters[name]
    }

    /// A stated limit as walk-away, where nothing follows from alternatives.
    pub(super) fn stated_reserve(&self) -> Option<Reserve> {
        let value = self.stated?;
        let draws = vec![value; self.ours.points as usize];
        Some(Reserve { value, neutral: value, together: None, worse: value, better: value, draws })
    }
}

fn numerics(report: &Report, party: &str) -> Numerics {
    Numerics {
        risk_tolerance: report.value(&format!("{party}.risk_tolerance")),
        atoms: report.parameter("atoms") as usize,
        points: report.parameter("lattice_n") as u64,
        multiplier: report.parameter("lattice_a") as u64,
        tail: report.parameter("interval_tail"),
        probability_half: report.parameter("probability_halfwidth"),
    }
}

fn limit(report: &Report, side: f64) -> Option<(f64, f64, f64)> {
    let part = |name: &str| report.value(&format!("counterpart.limit.{name}"));
    let mode = part("mode")?;
    let (low, high) = (part("low").unwrap_or(mode), part("high").unwrap_or(mode));
    Some(if side > 0.0 { (low, mode, high) } else { (-high, -mode, -low) })
}

/// Units of a year, for a price that runs with time.
fn units_per_year(per: &str) -> Option<f64> {
    match per {
        "year" => Some(1.0),
        "hour" => Some(2080.0),
        "month" => Some(12.0),
        "week" => Some(365.0 / 7.0),
        "day" => Some(365.0),
        _ => None,
    }
}

fn alternatives(report: &Report, party: &str, side: f64) -> Vec<Alternative> {
    let prefix = if party == "us" { "alternative" } else { "counterpart.alternative" };
    let tables = match party {
        "us" => report.tables("alternative"),
        _ => report.deal.get(party).map_or(Vec::new(), |table| {
            super::report::tables(table.as_table().unwrap(), "alternative")
        }),
    };
    tables.into_iter().map(|table| alternative(report, party, prefix, &slug(table), side)).collect()
}

fn alternative(report: &Report, party: &str, prefix: &str, name: &str, side: f64) -> Alternative {
    let part = |key: &str| report.value(&format!("{prefix}.{name}.{key}"));
    let of_party = |key: &str| report.value(&format!("{party}.{key}"));
    let per = report.json["deal"]["per"].as_str().unwrap();
    let year = units_per_year(per);
    let term = report.deal.get("term").map(stated);
    let units = term.or(year).unwrap_or(1.0);
    let delay = part("delay_days").unwrap_or(0.0);
    let (slope, idle, waiting) = match year {
        Some(year) => {
            let f = (delay / 365.0 * year / units).min(1.0);
            let waiting = f * units * 365.0 / year;
            match of_party("idle_value") {
                None if side < 0.0 => (1.0, 0.0, waiting),
                idle => (1.0 - f, side * idle.unwrap_or(0.0) * f, waiting),
            }
        }
        None => {
            let rate = of_party("discount_rate").unwrap_or(report.parameter("discount_rate"));
            (libm::pow(1.0 + rate, -delay / 365.0), 0.0, delay)
        }
    };
    let lost = year.map_or(0.0, |year| (delay / 365.0 * year / units).min(1.0));
    let beside = if party == "us" { parts_beyond(report, name, units, lost) } else { 0.0 };
    let once = part("interim_per_day").unwrap_or(0.0) * waiting - part("cost").unwrap_or(0.0)
        + of_party("deal_cost").unwrap_or(0.0);
    Alternative {
        name: name.to_owned(),
        probability: part("probability").unwrap(),
        amount: amount(&part, side, report.parameter("belief_tail")),
        slope,
        shift: idle + once / units - part("advantage").unwrap_or(0.0) - beside,
    }
}

/// What this deal brings beside its price more than an alternative, from the deal file (F16).
fn parts_beyond(report: &Report, name: &str, units: f64, lost: f64) -> f64 {
    let of = |table: &toml::Table, kept: f64| -> f64 {
        let runs = |it: &toml::Table| !it.get("once").is_some_and(|it| it.as_bool().unwrap());
        let worth =
            |it: &toml::Table| part_worth(report, it, units) * if runs(it) { kept } else { 1.0 };
        super::report::tables(table, "part").into_iter().map(worth).sum()
    };
    let is_it = |table: &&toml::Table| slug(table) == name;
    let theirs = report.tables("alternative").into_iter().find(is_it);
    of(&report.deal, 1.0) - theirs.map_or(0.0, |it| of(it, 1.0 - lost))
}

fn part_worth(report: &Report, part: &toml::Table, units: f64) -> f64 {
    let number = |key: &str| part.get(key).map(stated);
    let says = |key: &str| part.get(key).is_some_and(|it| it.as_bool().unwrap());
    let rate =
        report.value("us.discount_rate").unwrap_or_else(|| report.parameter("discount_rate"));
    let years = number("delay_days").unwrap_or(0.0) / 365.0;
    let lost = if says("illiquid") { report.parameter("illiquidity") } else { 0.0 };
    let paid = number("amount").unwrap() * number("probability").unwrap_or(1.0) * (1.0 - lost);
    paid * libm::pow(1.0 + rate, -years) / if says("once") { units } else { 1.0 }
}

fn slug(table: &toml::Table) -> String {
    table["name"].as_str().unwrap().to_lowercase().replace(' ', "-")
}

fn amount(part: &dyn Fn(&str) -> Option<f64>, side: f64, tail: f64) -> Triangle {
    let mode = part("amount").unwrap();
    let low = part("amount.low").unwrap_or(mode);
    let high = part("amount.high").unwrap_or(mode);
    let how = Reading { tail, widen: 1.0, least_half: 0.0, reference: 0.0 };
    if side > 0.0 {
        Triangle::read(low, mode, high, how)
    } else {
        Triangle::read(-high, -mode, -low, how)
    }
}

/// The givens say what the deal file says.
pub(super) fn check_givens(report: &Report, found: &mut Disagreements) {
    let numbers = |table: &toml::Table, prefix: &str, found: &mut Disagreements| {
        for (key, value) in table {
            let id = format!("{prefix}{key}");
            match value {
                toml::Value::Array(parts) if key == "amount" => {
                    for (part, id) in parts.iter().zip([".low", "", ".high"]) {
                        let id = format!("{prefix}amount{id}");
                        found.compare(&id, Some(stated(part)), report.value(&id), 0.0);
                    }
                }
                _ if key == "percentile" => {}
                toml::Value::Array(_) | toml::Value::Table(_) => {}
                toml::Value::String(text) if text.parse::<f64>().is_err() => {}
                _ => {
                    found.compare(&id, Some(stated(value)), report.value(&id), 0.0);
                    let assumed = report.json["figures"][&id]["assumption"].is_string();
                    found.holds(&format!("{id} rests on an assumption"), assumed);
                }
            }
        }
    };
    for (key, prefix) in [("us", "us."), ("counterpart", "counterpart."), ("stated", "stated.")] {
        if let Some(table) = report.deal.get(key) {
            numbers(table.as_table().unwrap(), prefix, found);
        }
    }
    if let Some(limit) = report.deal.get("counterpart").and_then(|them| them.get("limit")) {
        numbers(limit.as_table().unwrap(), "counterpart.limit.", found);
    }
    for table in report.tables("alternative") {
        numbers(table, &format!("alternative.{}.", slug(table)), found);
    }
}
