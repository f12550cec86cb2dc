//! The factors of a source as figures and entries of the report.

use super::{Ledger, SourceContext};
use crate::brief::Adjustment;
use crate::deal::Deal;
use crate::figure::{Figure, Unit};
use crate::market::{Cited, Comparables, Factors};
use haggle_quantity::from_day_number;
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
        let mut named: BTreeMap<String, (&'static str, String, f64, String)> = BTreeMap::new();
        let inputs = found.factors.iter().enumerate().map(|(i, (factors, count))| {
            let mut inputs = Vec::new();
            if unused.contains(&i) {
                return inputs;
            }
            for (kind, tail, value, text) in self.steps(factors) {
                let id = self.id(&format!("{kind}{tail}"));
                *counts.entry(id.clone()).or_default() += self.applied(found, i, *count, chosen);
                inputs.push((kind.to_owned(), id.clone()));
                named.insert(id, (kind, tail, value, text));
            }
            inputs
        });
        let inputs: Vec<_> = inputs.collect();
        for (id, (kind, _, value, text)) in named {
            let count = counts.get(&id).copied().unwrap_or(0);
            let figure =
                Figure::new(text.clone(), value, Unit::Factor, formula_of(kind, self.deal))
                    .with_assumption(self.ground_of(kind));
            ledger.figures.add(id.clone(), figure);
            let source = self.source.id.clone();
            ledger.adjustments.push(Adjustment { source, kind, text, figure: id, count });
        }
        inputs
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

    /// The steps that change an amount: kind, tail of the id, factor, words.
    pub(super) fn steps(&self, f: &Factors) -> Vec<(&'static str, String, f64, String)> {
        let mut steps = Vec::new();
        if let Some(per) = &f.from_per {
            let text = format!("per {per} to per {}", self.deal.per);
            steps.push(("hours", format!(".{}", crate::deal::slug(per.as_str())), f.hours, text));
        }
        let day = f.date.and_then(from_day_number);
        if let (Some(day), Some(_)) = (day, &self.deal.ageing) {
            let text = format!("aged from {day} to {}", self.deal.as_of);
            steps.push(("ageing", format!(".{day}"), f.ageing, text));
        }
        if let Some(rate) = &f.rate {
            let text = format!("{} to {} at {} of {}", rate.from, rate.to, rate.rate, rate.date);
            steps.push((
                "currency",
                format!(".{}", rate.from.as_str().to_lowercase()),
                f.currency,
                text,
            ));
        }
        if self.source.place_index.is_some() {
            steps.push((
                "place",
                String::new(),
                f.place,
                "from the source's place to the deal's".to_owned(),
            ));
        }
        steps
    }

    /// Where a factor comes from.
    pub(super) fn ground_of(&self, kind: &str) -> String {
        let ageing = self.deal.ageing.as_ref();
        match kind {
            "hours" => match self.source.hours_per_year {
                Some(hours) => format!("{hours} hours in a year, as the deal states"),
                None => "2,080 hours in a year (F17)".to_owned(),
            },
            "ageing" => {
                let rate = ageing
                    .and_then(|a| a.rate)
                    .map_or("by the stated index".to_owned(), |r| format!("{r} a year, compound"));
                let source = ageing.and_then(|a| a.source.clone());
                format!(
                    "{rate}; {}",
                    source.unwrap_or_else(|| "the deal names no source".to_owned())
                )
            }
            "currency" => {
                let named = self.deal.rates.iter().find_map(|r| r.source.clone());
                named.unwrap_or_else(|| "the deal names no source".to_owned())
            }
            _ => "place index of the deal".to_owned(),
        }
    }
}

/// Combinations of factors that only points outside the chosen table have.
fn unused_factors(found: &Comparables, chosen: &Result<Vec<&Cited>, String>) -> BTreeSet<usize> {
    if found.rows.sample().n() > 0 {
        return BTreeSet::new();
    }
    let used: BTreeSet<usize> = chosen.iter().flatten().filter_map(|cited| cited.factors).collect();
    (0..found.factors.len()).filter(|i| !used.contains(i)).collect()
}

fn formula_of(kind: &str, deal: &Deal) -> &'static str {
    match kind {
        "hours" => "hours_conversion",
        "currency" => "rate_conversion",
        "place" => "place_index",
        _ if deal.ageing.as_ref().is_some_and(|a| a.rate.is_none()) => "index_ageing",
        _ => "compound_ageing",
    }
}
