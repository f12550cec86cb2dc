//! Which parameters are in play in a brief: a rule that spoke names them, or a figure stands at
//! them.

use super::Finding;
use crate::bargain::{FloorFrom, Marked, OpeningFrom, Plan, TargetFrom};
use crate::deal::{Deal, as_f64};
use crate::leverage::rule;
use crate::parameter::Settings;
use std::collections::{BTreeMap, BTreeSet};

/// By parameter: the rules that spoke and name it, the figures that stand at it.
pub(super) type Binding = BTreeMap<&'static str, BTreeSet<String>>;

/// Where each parameter is in play.
pub(super) fn binding(
    deal: &Deal,
    plan: Option<&Plan>,
    settings: &Settings,
    findings: &[Finding],
) -> Binding {
    let mut all = Binding::new();
    let figures = plan.map_or(Vec::new(), |plan| at_figures(deal, plan, settings));
    for (name, what) in figures {
        all.entry(name).or_default().insert(what.to_owned());
    }
    for finding in findings {
        for name in rule(finding.rule).map_or(Vec::new(), |rule| rule.parameters()) {
            all.entry(name).or_default().insert(finding.rule.to_owned());
        }
    }
    all
}

/// Parameters at which a figure of the plan stands.
fn at_figures(deal: &Deal, plan: &Plan, settings: &Settings) -> Vec<(&'static str, &'static str)> {
    let mut all = Vec::new();
    match plan.target.map(|t| t.from) {
        Some(TargetFrom::CapBelief) => all.push(("target_feasible_min", "target")),
        Some(TargetFrom::CapEvidence) if beyond_evidence(plan) => {
            all.push(("base_room_target", "target"));
        }
        Some(TargetFrom::Power) => all.extend(power(deal, plan, settings)),
        _ => {}
    }
    match plan.opening.map(|o| o.from) {
        Some(OpeningFrom::CapBelief) => all.push(("opening_belief", "anchor")),
        Some(OpeningFrom::CapEvidence) if beyond_edge(plan) => {
            all.push(("base_room_opening", "anchor"));
        }
        Some(OpeningFrom::Room) => all.push(("room_min", "anchor")),
        _ => {}
    }
    match plan.floor.map(|f| f.from) {
        Some(FloorFrom::Share) => all.push(("floor_share", "last_ask")),
        Some(FloorFrom::Confidence) => all.push(("floor_confidence", "last_ask")),
        _ => {}
    }
    if !plan.ladder.is_empty() {
        all.extend([("steps", "concession.1"), ("ratio", "concession.1")]);
    }
    all
}

/// Whether the base, and not the evidence alone, carries the cap of the target.
fn beyond_evidence(plan: &Plan) -> bool {
    let evidence = plan.market.as_ref().map(|m| m.evidence);
    differs(plan.target.and_then(|t| t.evidence_cap), evidence)
}

/// Whether the base, and not the evidence alone, carries the cap of the opening.
fn beyond_edge(plan: &Plan) -> bool {
    let edge = plan.market.as_ref().map(|m| m.better_edge);
    differs(plan.opening.and_then(|o| o.evidence_cap), edge)
}

fn differs(one: Option<Marked>, other: Option<Marked>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one.value != other.value)
}

/// Power stands at its default for want of delay costs, or at its clamp. Equal costs give a half
/// of their own.
fn power(deal: &Deal, plan: &Plan, settings: &Settings) -> Option<(&'static str, &'static str)> {
    let clamp = settings.number("power_clamp");
    let costs = [&deal.us, &deal.counterpart.party].map(|it| it.delay_cost_per_day.map(as_f64));
    let known = matches!(costs, [Some(ours), Some(theirs)] if ours + theirs > 0.0);
    match plan.power {
        _ if !known => Some(("power_default", "power")),
        p if p == clamp || p == 1.0 - clamp => Some(("power_clamp", "power")),
        _ => None,
    }
}
