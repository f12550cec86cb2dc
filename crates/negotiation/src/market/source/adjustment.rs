//! The factors of a source as figures and entries of the report.

use super::{Ledger, SourceContext};
use crate::brief::Adjustment;
use crate::deal::Ageing;
use crate::figure::{Figure, Unit};
use crate::market::{Cited, Comparables, Factors};
use haggle_quantity::{Date, HOURS_PER_YEAR, Per, Rate, day_number, from_day_number};
use std::collections::{BTreeMap, BTreeSet};

impl SourceContext<'_> {
    /// Adds a figure and an entry for every factor in use; returns for each combination of factors
    /// the inputs that it gives a figure. Points of a table that another unit states as well are
    /// not used, and neither are their factors.
    pub(super) fn adjustments(
        &self,
        found: &Comparables,
        chosen: &Result<Vec<&Cited>, String>,
        ledger: &mut Ledger,
    ) -> Vec<Vec<(String, String)>> {
        let unused = unused_factors(found, chosen);
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let mut named: BTreeMap<String, Step> = BTreeMap::new();
        let inputs = found.factors.iter().enumerate().map(|(i, (factors, count))| {
            let steps = if unused.contains(&i) { Vec::new() } else { self.steps(factors) };
            let mut inputs = Vec::new();
            for step in steps {
                *counts.entry(step.id.clone()).or_default() +=
                    self.applied(found, i, *count, chosen);
                inputs.push((step.kind.to_owned(), step.id.clone()));
                named.insert(step.id.clone(), step);
            }
            inputs
        });
        let inputs: Vec<_> = inputs.collect();
        for (id, step) in named {
            let count = counts.get(&id).copied().unwrap_or(0);
            self.add_step(step, count, ledger);
        }
        inputs
    }

    fn add_step(&self, step: Step, count: u64, ledger: &mut Ledger) {
        let mut figure = Figure::new(step.text.clone(), step.factor, Unit::Factor, step.formula);
        for (name, id, given) in step.given {
            ledger.figures.add(id.clone(), given);
            figure.inputs.push((name, id));
        }
        ledger.figures.add(step.id.clone(), figure);
        let (source, kind) = (self.source.id.clone(), step.kind);
        ledger.adjustments.push(Adjustment {
            source,
            kind,
            text: step.text,
            figure: step.id,
            count,
        });
    }

    /// How many observations that enter have a combination of factors.
    pub(super) fn applied(
        &self,
        found: &Comparables,
        i: usize,
        count: u64,
        chosen: &Result<Vec<&Cited>, String>,
    ) -> u64 {
        if found.rows.sample().n() > 0 {
            return count;
        }
        chosen.iter().flatten().filter(|c| c.factors == Some(i)).count() as u64
    }

    /// The steps that change an amount, in their order.
    fn steps(&self, f: &Factors) -> Vec<Step> {
        let hours = f.from_per.as_ref().map(|per| self.hours_step(per, f.hours));
        let day = f.date.and_then(from_day_number);
        let ageing = day.zip(self.deal.ageing.as_ref());
        let ageing = ageing.map(|(day, ageing)| self.ageing_step(day, ageing, f.ageing));
        let currency = f.rate.as_ref().map(|rate| self.currency_step(rate, f.currency));
        let place = self.source.place_index.map(|_| self.place_step(f.place));
        [hours, ageing, currency, place].into_iter().flatten().collect()
    }

    fn hours_step(&self, per: &Per, factor: f64) -> Step {
        let hours = self.source.hours_per_year.unwrap_or(HOURS_PER_YEAR);
        let why = match self.source.hours_per_year {
            Some(_) => "stated in the deal file",
            None => "40 hours in 52 weeks (F17)",
        };
        let given = Figure::assumed("hours in a year", hours, Unit::Number, why);
        Step {
            kind: "hours",
            id: self.id(&format!("hours.{}", crate::deal::slug(per.as_str()))),
            factor,
            text: format!("per {per} to per {}", self.deal.per),
            formula: "hours_conversion",
            given: vec![("hours".to_owned(), self.id("hours_per_year"), given)],
        }
    }

    fn ageing_step(&self, day: Date, ageing: &Ageing, factor: f64) -> Step {
        let as_of = self.deal.as_of;
        let id = self.id(&format!("ageing.{day}"));
        let source = ageing.source.clone();
        let why =
            source.unwrap_or_else(|| "stated in the deal file; it names no source".to_owned());
        let days = f64::from(day_number(as_of) - day_number(day));
        let days =
            Figure::assumed("days of ageing", days, Unit::Days, format!("from {day} to {as_of}"));
        let mut given = vec![("days".to_owned(), format!("{id}.days"), days)];
        let formula = match ageing.rate {
            Some(rate) => {
                let rate = Figure::assumed("yearly growth", rate, Unit::Relative, why);
                given.push(("rate".to_owned(), "ageing.rate".to_owned(), rate));
                "compound_ageing"
            }
            None => {
                given.extend(ageing.index.iter().map(|(date, value)| {
                    let label = format!("ageing index of {date}");
                    let value = Figure::assumed(label, *value, Unit::Number, why.clone());
                    (format!("index_{date}"), format!("ageing.index.{date}"), value)
                }));
                "index_ageing"
            }
        };
        let beyond = ageing.index.last().filter(|(last, _)| *last < as_of).map(|(last, _)| {
            format!("; the index ends on {last}, from there at the rate of its last 12 months")
        });
        let text = format!("aged from {day} to {as_of}{}", beyond.unwrap_or_default());
        Step { kind: "ageing", id, factor, text, formula, given }
    }

    fn currency_step(&self, rate: &Rate, factor: f64) -> Step {
        let from = rate.from.as_str().to_lowercase();
        let source = rate.source.clone();
        let why =
            source.unwrap_or_else(|| "stated in the deal file; it names no source".to_owned());
        let label = format!("{} for one {} on {}", rate.to, rate.from, rate.date);
        let given = Figure::assumed(label, rate.rate, Unit::Factor, why);
        Step {
            kind: "currency",
            id: self.id(&format!("currency.{from}")),
            factor,
            text: format!("{} to {} at {} of {}", rate.from, rate.to, rate.rate, rate.date),
            formula: "rate_conversion",
            given: vec![("rate".to_owned(), format!("rate.{from}"), given)],
        }
    }

    fn place_step(&self, factor: f64) -> Step {
        let given = Figure::assumed("place index", factor, Unit::Factor, "stated in the deal file");
        Step {
            kind: "place",
            id: self.id("place"),
            factor,
            text: "from the source's place to the deal's".to_owned(),
            formula: "place_index",
            given: vec![("index".to_owned(), self.id("place_index"), given)],
        }
    }
}

/// One factor of a source: its figure, and the figures that it follows from.
struct Step {
    kind: &'static str,
    id: String,
    factor: f64,
    text: String,
    formula: &'static str,
    given: Vec<(String, String, Figure)>,
}

/// Combinations of factors that only points outside the chosen table have.
fn unused_factors(found: &Comparables, chosen: &Result<Vec<&Cited>, String>) -> BTreeSet<usize> {
    if found.rows.sample().n() > 0 {
        return BTreeSet::new();
    }
    let used: BTreeSet<usize> = chosen.iter().flatten().filter_map(|cited| cited.factors).collect();
    (0..found.factors.len()).filter(|i| !used.contains(i)).collect()
}
