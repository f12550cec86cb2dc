//! The five steps of leverage as rules: each looks at the facts of a deal and says what it has to
//! say, with the figures it rests on and the facts it cites.
//!
//! One rule is one entry of [`rules`]: what it states, what it cites, and a function that judges.
//! `haggle explain S2.1` and the findings of a brief come from the same entry.

mod argument;
mod attraction;
mod backup;
mod compensation;
mod fact;
mod inputs;
mod quotes;
mod rapport;
mod talks;
mod vendor;
mod walk_away;
mod wants;

pub use fact::{FACTS, Fact, fact};
pub use inputs::Input;
pub(crate) use quotes::judge_quotes;

use crate::bargain::{FindingCode, Plan, ReservationSource};
use crate::brief::{Brief, Finding, Gravity};
use crate::deal::Deal;
use crate::market::MarketNotes;
use crate::parameter::Settings;

/// The steps, in the product's words.
pub const STEPS: [&str; 5] = [
    "Find out what the other side wants",
    "Have a strong backup plan",
    "Make yourself look attractive",
    "Build rapport",
    "Be prepared to walk away",
];

/// What a rule may look at.
pub struct Facts<'a> {
    pub(crate) deal: &'a Deal,
    pub(crate) plan: Option<&'a Plan>,
    pub(crate) notes: &'a MarketNotes,
    pub(crate) settings: &'a Settings,
    pub(crate) brief: &'a Brief,
}

impl Facts<'_> {
    /// Whether the arithmetic raised a finding of this code.
    pub(crate) fn raised(&self, code: FindingCode) -> bool {
        self.plan.is_some_and(|p| p.findings.contains(&code))
    }

    /// A figure in a sentence.
    pub(crate) fn say(&self, id: &str) -> String {
        self.brief.spoken(id).unwrap_or_else(|| "unknown".to_owned())
    }

    /// Where the belief about them is only the market again (S1.10), nothing that follows from it is
    /// a fact about them.
    pub(crate) fn on_belief(&self) -> &'static str {
        if self.raised(FindingCode::S1_10) { ", if they are like the market" } else { "" }
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.brief.figures.has(id)
    }

    pub(crate) fn value(&self, id: &str) -> Option<f64> {
        self.brief.figures.get(id).map(|f| f.value)
    }

    /// A figure as a sentence shows it: what it prints, else its value.
    pub(crate) fn shown(&self, id: &str) -> Option<f64> {
        let figure = self.brief.figures.get(id)?;
        let printed = figure.printed.as_ref().and_then(|it| it.parse().ok());
        Some(printed.unwrap_or(figure.value))
    }

    /// The walk-away beside their offer, in a sentence.
    pub(crate) fn limit(&self) -> String {
        self.brief.spoken_limit().unwrap_or_else(|| "unknown".to_owned())
    }

    /// Whether the walk-away is a stated limit, so that no alternative stands behind it.
    pub(crate) fn limit_is_stated(&self) -> bool {
        let reservation = self.plan.and_then(|plan| plan.reservation);
        reservation.is_some_and(|r| r.source == ReservationSource::Stated)
    }
}

/// What a rule found.
pub(crate) struct Said {
    gravity: Gravity,
    text: String,
    figures: Vec<String>,
    /// Those facts of the rule that bear on this; all of them if `None`.
    cites: Option<&'static [&'static str]>,
    action: Option<String>,
}

impl Said {
    pub(crate) fn new(gravity: Gravity, text: impl Into<String>) -> Self {
        Self { gravity, text: text.into(), figures: Vec::new(), cites: None, action: None }
    }

    pub(crate) fn info(text: impl Into<String>) -> Self {
        Self::new(Gravity::Info, text)
    }

    pub(crate) fn warning(text: impl Into<String>) -> Self {
        Self::new(Gravity::Warning, text)
    }

    pub(crate) fn error(text: impl Into<String>) -> Self {
        Self::new(Gravity::Error, text)
    }

    pub(crate) fn resting_on(mut self, figures: &[&str]) -> Self {
        self.figures.extend(figures.iter().map(|id| (*id).to_owned()));
        self
    }

    pub(crate) fn citing(mut self, facts: &'static [&'static str]) -> Self {
        self.cites = Some(facts);
        self
    }

    pub(crate) fn so_if(self, holds: bool, action: &str) -> Self {
        if holds { self.so(action) } else { self }
    }

    pub(crate) fn so(mut self, action: impl Into<String>) -> Self {
        self.action = Some(action.into());
        self
    }
}

/// One rule.
pub struct Rule {
    /// Its id: `S2.1`.
    pub id: &'static str,
    /// The step of leverage, 1 to 5.
    pub step: u8,
    /// What it states, in a sentence.
    pub statement: &'static str,
    /// Its test, in the names of figures and parameters.
    pub test: &'static str,
    /// The facts that it cites (`science.md`).
    pub cites: &'static [&'static str],
    judge: fn(&Facts<'_>) -> Vec<Said>,
}

/// Every rule, by step.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [
        wants::RULES,
        backup::RULES,
        attraction::RULES,
        compensation::RULES,
        argument::RULES,
        rapport::RULES,
        walk_away::RULES,
        talks::RULES,
        quotes::RULES,
        vendor::RULES,
    ]
    .into_iter()
    .flatten()
}

/// The rule of an id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|r| r.id.eq_ignore_ascii_case(id))
}

/// What all rules say, gravest first, then by step and rule.
pub(crate) fn judge(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = rules()
        .flat_map(|rule| {
            (rule.judge)(facts).into_iter().map(move |said| finding(rule, said, facts))
        })
        .collect();
    findings.sort_by_key(|f| (f.gravity, f.step));
    findings
}

fn finding(rule: &Rule, said: Said, facts: &Facts<'_>) -> Finding {
    Finding {
        rule: rule.id,
        step: rule.step,
        gravity: said.gravity,
        text: said.text,
        figures: said.figures.into_iter().filter(|id| facts.has(id)).collect(),
        cites: said.cites.unwrap_or(rule.cites),
        action: said.action,
    }
}

/// A rule that says one thing if a condition holds.
pub(crate) fn when(holds: bool, said: impl FnOnce() -> Said) -> Vec<Said> {
    if holds { vec![said()] } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_complete_and_every_step_has_one() {
        let mut ids = std::collections::BTreeSet::new();
        for rule in rules() {
            assert!(ids.insert(rule.id), "{} twice", rule.id);
            let step = rule.id.as_bytes()[1] - b'0';
            assert!(step == rule.step && (1..=5).contains(&step), "{}", rule.id);
            assert!(!rule.statement.is_empty() && !rule.test.is_empty());
            assert!(!rule.cites.is_empty(), "{}", rule.id);
        }
        for step in 1..=5 {
            assert!(rules().any(|r| r.step == step));
        }
    }
}
