//! Recomputes a figure from the values of its inputs alone, by the name of its formula.

use serde_json::Value;

use super::report::{Disagreements, Report};
use super::triangle::Triangle;

/// A figure of a report with its inputs.
struct Figure<'a> {
    report: &'a Report,
    id: &'a str,
    json: &'a Value,
    side: f64,
}

/// Recomputes every figure whose formula is known here, and returns how many there were.
pub(super) fn recompute(report: &Report, found: &mut Disagreements) -> Vec<String> {
    let scale = report.value("market.median").or(report.value("walk_away")).unwrap_or(0.0);
    let mut known = Vec::new();
    for (id, json) in report.json["figures"].as_object().unwrap() {
        let figure = Figure { report, id, json, side: report.side() };
        figure.check_links(found);
        let formula = json["formula"].as_str().unwrap();
        if let Some(mine) = figure.market(formula).or_else(|| figure.plan(formula)) {
            found.compare(&format!("{id} = {formula}"), Some(mine), report.value(id), scale.abs());
            known.push(formula.to_owned());
        }
    }
    known
}

impl Figure<'_> {
    /// Inputs and evidence that a figure names must be there, and a figure rests on something.
    fn check_links(&self, found: &mut Disagreements) {
        let inputs = self.json["inputs"].as_object().unwrap();
        for (name, id) in inputs {
            let there = self.report.value(id.as_str().unwrap()).is_some();
            found.holds(&format!("{} has its input {name}", self.id), there);
        }
        let evidence = &self.json["evidence"];
        if let Some(id) = evidence.as_str() {
            let there = self.report.json["evidence"][id].is_object();
            found.holds(&format!("{} has its evidence {id}", self.id), there);
        }
        let rests =
            !inputs.is_empty() || !evidence.is_null() || self.json["assumption"].is_string();
        found.holds(&format!("{} rests on something", self.id), rests);
    }

    fn input(&self, name: &str) -> Option<f64> {
        self.report.value(self.json["inputs"][name].as_str()?)
    }

    /// An input that the formula cannot do without.
    fn get(&self, name: &str) -> f64 {
        self.input(name).unwrap_or_else(|| panic!("{} has no input {name}", self.id))
    }

    /// An input that is a price, in my value.
    fn mine(&self, name: &str) -> f64 {
        self.side * self.get(name)
    }

    fn maybe_mine(&self, name: &str) -> Option<f64> {
        self.input(name).map(|price| self.side * price)
    }

    fn inputs(&self) -> impl Iterator<Item = (&String, f64)> {
        let inputs = self.json["inputs"].as_object().unwrap();
        inputs.iter().map(|(name, id)| (name, self.report.value(id.as_str().unwrap()).unwrap()))
    }

    /// The product of the inputs that are not named.
    fn product_without(&self, names: &[&str]) -> f64 {
        self.inputs().filter(|(name, _)| !names.contains(&name.as_str())).map(|one| one.1).product()
    }

    /// Formulas of evidence and market.
    fn market(&self, formula: &str) -> Option<f64> {
        Some(match formula {
            "adjusted_cell" => self.product_without(&["relative_error"]),
            "compound_ageing" => self.compound(),
            "age_factor" => libm::pow(0.5, self.get("age_months") / self.get("weight_half_life")),
            "auto_weight" => self.product_without(&[]),
            "share" => self.get("weight") / self.inputs().map(|one| one.1).sum::<f64>(),
            "single_source" | "composite" => self.composite()?,
            "scenario_limit" => self.scenario_limit()?,
            "record_percentile" => {
                self.get("q_max").min(self.get("q_base") + self.get("q_step") * self.get("claims"))
            }
            "ratio" => self.get("amount") / self.get("median"),
            _ => return None,
        })
    }

    fn compound(&self) -> f64 {
        libm::pow(1.0 + self.get("rate"), self.get("days") / 365.2425)
    }

    /// None where a source does not reach the percentile: the middles that fill the gap are no
    /// inputs of the figure.
    fn composite(&self) -> Option<f64> {
        let names: Vec<&String> = self.inputs().map(|one| one.0).collect();
        let shares = names.iter().filter_map(|name| name.strip_prefix("share_"));
        shares.map(|name| Some(self.get(&format!("share_{name}")) * self.input(name)?)).sum()
    }

    /// A limit of the percentile, moved by the scenario; none where the percentile lacks it.
    fn scenario_limit(&self) -> Option<f64> {
        let field = if self.id.ends_with("low_adjusted") { "low" } else { "high" };
        let limit = self.json["inputs"]["limit"].as_str().unwrap();
        Some(self.report.field(limit, field)? * self.get("ratio"))
    }

    /// Formulas of belief and plan.
    fn plan(&self, formula: &str) -> Option<f64> {
        let price = |value: f64| self.side * value;
        Some(match formula {
            "belief_mean" => (self.get("low") + self.get("mode") + self.get("high")) / 3.0,
            "part_worth" => self.part_worth(),
            "part_sum" => self.inputs().map(|one| one.1).sum(),
            "parts_difference" => {
                let of = |name: &str| self.input(name).unwrap_or(0.0);
                of("ours") - of("theirs") + of("lost")
            }
            "total_worth" => self.get("price") + self.side * self.input("parts").unwrap_or(0.0),
            "base" => price(self.best(&["walk_away", "offer"])),
            "distance" => self.mine("offer") - self.mine("walk_away"),
            "need_me" => self.mine("median") - self.mine("walk_away"),
            "need_ot" => self.mine("mean") - self.mine("median"),
            "need_ot_positive" => self.belief().excess(self.mine("median")),
            "leverage_index" => self.get("need_ot") / (self.get("need_me") + self.get("need_ot")),
            "p_zopa" => self.belief().survival(self.mine("walk_away")),
            "expected_zone" => self.belief().mean_beyond(self.mine("base")),
            "target_power" => {
                price(self.mine("base") + self.get("power") * self.get("expected_zone"))
            }
            "target_one_offer" => price(self.belief().best_price(self.mine("base"))),
            "best_final_offer" => price(self.belief().best_price(self.mine("walk_away"))),
            "contingent_gain" => (self.get("ours") - self.get("theirs")).abs() * self.get("stake"),
            "weitzman_index" => return self.index(),
            "next_quote" => return self.next_quote(),
            "acceptance" => self.belief().survival(self.mine("price")),
            "cap_belief" => price(self.reached(self.get("target_feasible_min"))),
            "cap_evidence" => price(self.least_room("quartile", "base_room_target")),
            "target" => price(self.target()),
            "opening_raw" => price(self.opening_raw()?),
            "opening_cap_evidence" => {
                price(self.least_opening().max(self.least_room("edge", "base_room_opening")))
            }
            "opening_cap_belief" => {
                let cap = self.reached(1.0 - self.get("opening_belief"));
                price(self.least_opening().max(cap))
            }
            "anchor" => price(self.worst(&["raw", "cap_evidence", "cap_belief"])),
            "break_even_counter" => 2.0 * self.get("target") - self.get("anchor"),
            "chance_inside" => self.belief().survival(self.mine("anchor")) / self.zone_chance(),
            "last_ask" => price(self.last_ask()),
            "rung" => price(self.rung()),
            "counter_gain" => {
                let target = self.mine("target");
                (target - self.mine("offer")) * self.belief().survival(target)
            }
            "withdrawal_break_even" => {
                let gain = self.get("counter_gain");
                let lost = self.mine("offer") - self.mine("walk_away_neutral");
                if lost > 0.0 { gain / (gain + lost) } else { 1.0 }
            }
            "split_midpoint" => {
                let theirs = self.mine("their_figure");
                let counter = self.maybe_mine("target").map_or(theirs, |it| theirs.min(it));
                price((self.mine("anchor") + counter) / 2.0)
            }
            _ => return None,
        })
    }

    fn part_worth(&self) -> f64 {
        let kept = 1.0 - self.input("illiquidity").unwrap_or(0.0);
        let later = 1.0 + self.input("discount_rate").unwrap_or(0.0);
        let spread = self.input("units").unwrap_or(1.0);
        let expected = self.get("amount") * self.get("probability");
        expected * kept / libm::pow(later, self.get("days") / 365.0) / spread
    }

    /// Where the cost meets what a certain deal price gains beyond it; None for an uncertain one,
    /// whose triangle is more than its mean.
    fn index(&self) -> Option<f64> {
        let id = self.json["inputs"]["deal_price"].as_str().unwrap();
        if self.report.field(id, "low").is_some() {
            return None;
        }
        let cost = match self.input("units") {
            Some(units) => self.get("develop_cost") / units,
            None => self.get("develop_cost") * self.get("walk_away").abs(),
        };
        Some(self.side * (self.mine("deal_price") - cost / self.get("probability")))
    }

    /// None where a quartile is only a bound: the table of expected minima is that of G10.
    fn next_quote(&self) -> Option<f64> {
        const GAINS: [f64; 7] = [0.564, 0.282, 0.183, 0.134, 0.104, 0.085, 0.072];
        let gain = *GAINS.get(self.get("quotes") as usize - 1)?;
        Some(gain * (self.get("p75") - self.get("p25")) / 1.348_98 * self.get("units"))
    }

    /// The triangle of the belief, turned to my value.
    fn belief(&self) -> Triangle {
        let (low, mode, high) = (self.mine("low"), self.mine("mode"), self.mine("high"));
        Triangle { low: low.min(high), mode, high: low.max(high) }
    }

    fn best(&self, names: &[&str]) -> f64 {
        names.iter().filter_map(|name| self.maybe_mine(name)).fold(f64::NEG_INFINITY, f64::max)
    }

    fn worst(&self, names: &[&str]) -> f64 {
        names.iter().filter_map(|name| self.maybe_mine(name)).fold(f64::INFINITY, f64::min)
    }

    /// The chance that they accept the base; 1 without one.
    fn zone_chance(&self) -> f64 {
        self.maybe_mine("base").map_or(1.0, |base| self.belief().survival(base))
    }

    fn reached(&self, share: f64) -> f64 {
        self.belief().reached(share * self.zone_chance())
    }

    /// The evidence, or a part of the half spread beyond the base.
    fn least_room(&self, evidence: &str, part: &str) -> f64 {
        let beyond = |base| base + self.get(part) * self.get("half_spread");
        self.mine(evidence).max(self.maybe_mine("base").map_or(f64::NEG_INFINITY, beyond))
    }

    fn target(&self) -> f64 {
        let best = self.best(&["one_offer", "power", "record", "base"]);
        let best = if best.is_finite() { best } else { self.mine("mode") };
        best.min(self.worst(&["cap_belief", "cap_evidence"]))
    }

    fn least_opening(&self) -> f64 {
        self.mine("target") + self.get("room_min") * self.get("target").abs()
    }

    /// None without their figure and without a market: the half spread is then of the belief, which
    /// is no input of the figure.
    fn opening_raw(&self) -> Option<f64> {
        let target = self.mine("target");
        let raw = match self.maybe_mine("their_figure") {
            Some(figure) => 2.0 * target - figure.min(target),
            None => target + self.input("half_spread")?,
        };
        Some(raw.max(self.least_opening()))
    }

    fn last_ask(&self) -> f64 {
        let (target, base) = (self.mine("target"), self.mine("base"));
        let share = base + self.get("floor_share") * (target - base);
        let confident = self.maybe_mine("walk_away").map_or(share, |r| {
            r + self.get("floor_confidence") * (self.mine("walk_away_better") - r)
        });
        target.min(share.max(confident))
    }

    /// The opening less the steps so far, each the ratio times the one before.
    fn rung(&self) -> f64 {
        let number: u32 = self.id.rsplit('.').next().unwrap().parse().unwrap();
        let (from, to) = (self.mine("anchor"), self.mine("last_ask"));
        let ratio = self.get("ratio");
        let gone = |steps: f64| {
            if ratio == 1.0 { steps } else { (1.0 - libm::pow(ratio, steps)) / (1.0 - ratio) }
        };
        from - (from - to) * gone(f64::from(number)) / gone(self.get("steps"))
    }
}
