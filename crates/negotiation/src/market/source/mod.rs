//! One source as a curve with its figures: cells or rows, adjustments, weight.

mod adjustment;
mod rows;
mod table;
mod weight;

use super::adjust::Factors;
use super::cited::Cited;
use super::comparable::Comparables;
use crate::brief::{Adjustment, EvidenceSet, Excluded, Outlier, Place, SourceHead};
use crate::deal::{Deal, Source};
use crate::figure::{By, Figure, Figures, Interval, Sense, Unit};
use crate::stats::estimate::{Basis, Estimate};
use crate::stats::weight::Grade;
use crate::stats::{Curve, StatParams, Value};
use std::collections::BTreeMap;

/// What the store and the importer know of one source of the deal.
#[derive(Debug, Clone)]
pub struct SourceEvidence {
    /// Name, place, account: what the report shows of it.
    pub head: SourceHead,
    /// The file's name, as places print it.
    pub file: String,
    /// How far it is trusted; `None` if its recipe does not say.
    pub grade: Option<Grade>,
    /// Its comparables.
    pub comparables: Comparables,
}

/// One source ready to be combined.
pub(crate) struct SourceResult {
    pub(crate) id: String,
    pub(crate) curve: Option<Curve>,
    pub(crate) weight: f64,
    /// Comparable rows and points.
    pub(crate) n: u64,
    /// Published points among them.
    pub(crate) points: u64,
    pub(crate) age_months: Option<f64>,
    /// Mean of the scenario ends of its factors.
    pub(crate) scenario: (f64, f64),
    /// Raw rows, for a market without percentiles.
    pub(crate) rows: Vec<Cited>,
    /// Sentences about what does not add up, each with its rule.
    pub(crate) notes: Vec<(&'static str, String)>,
    /// The source is left out as a whole for too small a match.
    pub(crate) unmatched: bool,
    /// Raw rows flagged as outliers.
    pub(crate) flagged: usize,
    /// Observations in a currency or unit that nothing converts.
    pub(crate) unconverted: u64,
}

/// The lists of a brief that sources fill.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) figures: Figures,
    pub(crate) evidence: BTreeMap<String, EvidenceSet>,
    pub(crate) adjustments: Vec<Adjustment>,
    pub(crate) excluded: Vec<Excluded>,
    pub(crate) outliers: Vec<Outlier>,
}

pub(crate) struct SourceContext<'a> {
    pub(crate) deal: &'a Deal,
    pub(crate) source: &'a Source,
    pub(crate) evidence: &'a SourceEvidence,
    pub(crate) params: &'a StatParams,
    pub(crate) money: Unit,
}

impl SourceContext<'_> {
    fn id(&self, tail: &str) -> String {
        format!("{}.{tail}", self.source.id)
    }

    /// Turns the comparables of the source into a curve, figures and entries of the ledger.
    pub(crate) fn build(&self, ledger: &mut Ledger) -> SourceResult {
        let found = &self.evidence.comparables;
        let mut result = SourceResult {
            id: self.source.id.clone(),
            curve: None,
            weight: 0.0,
            n: 0,
            points: 0,
            age_months: None,
            scenario: scenario(found),
            rows: found.listed.clone(),
            notes: Vec::new(),
            unmatched: false,
            flagged: 0,
            unconverted: unconverted(found),
        };
        self.list_excluded(found, ledger);
        let chosen = self.one_table(found);
        let factors = self.adjustments(found, &chosen, ledger);
        let raw = found.rows.sample().n();
        let percentiles = found.points.iter().filter(|p| p.percentile.is_some()).count();
        match (raw, percentiles, &found.refused) {
            (_, _, Some(reason)) => result.notes.push(("S3.17", format!("left out: {reason}"))),
            (0, 0, _) => result.notes.push(("S3.23", self.silence(found))),
            (_, 0, _) => self.rows_curve(found, &factors, ledger, &mut result),
            (0, _, _) => match chosen {
                Ok(points) => self.table_curve(found, &points, &factors, ledger, &mut result),
                Err(reason) => result.notes.push(("S3.17", reason)),
            },
            _ => result.notes.push(("S3.17", "left out: the comparables mix raw rows and published percentiles; narrow `where` with `statistic`".to_owned())),
        }
        if result.curve.is_some() {
            self.weigh(found, ledger, &mut result);
        }
        result
    }

    /// Why a source has nothing to say.
    fn silence(&self, found: &Comparables) -> String {
        match found.passed_over.iter().map(|it| it.count).sum::<u64>() {
            0 => "no observation of it meets `where`".to_owned(),
            n => format!("none of its {n} observations that meet `where` counts"),
        }
    }

    fn list_excluded(&self, found: &Comparables, ledger: &mut Ledger) {
        for passed in &found.passed_over {
            ledger.excluded.push(Excluded {
                source: self.source.id.clone(),
                code: passed.code.clone(),
                reason: passed.reason.clone(),
                count: passed.count,
                first: passed.first.iter().map(|c| self.place(c)).collect(),
            });
        }
    }

    fn place(&self, cited: &Cited) -> Place {
        let bound =
            if cited.bound == "exact" { String::new() } else { format!("{} ", cited.bound) };
        Place {
            locator: format!("{}:{}", self.evidence.file, cited.place),
            amount: format!("{bound}{} {}/{}", cited.amount, cited.currency, cited.per),
        }
    }

    fn evidence_set(
        &self,
        tail: &str,
        cells: Vec<Cited>,
        n: u64,
        digest: Option<String>,
        ledger: &mut Ledger,
    ) -> String {
        let id = self.id(tail);
        let query = self.source.conditions.iter().map(|c| {
            let text = c.to_string();
            let at = text.find(['=', '~']).unwrap_or(text.len());
            let value = if text[at..].starts_with('~') {
                &text[at..]
            } else {
                text.get(at + 1..).unwrap_or("")
            };
            (c.field.clone(), value.to_owned())
        });
        let set = EvidenceSet {
            source: self.source.id.clone(),
            query: query.collect(),
            n,
            digest,
            first: cells,
            file: self.evidence.file.clone(),
        };
        ledger.evidence.insert(id.clone(), set);
        id
    }

    fn label(&self, percent: f64) -> String {
        format!("P{percent} of {}", self.source.id)
    }
}

fn unconverted(found: &Comparables) -> u64 {
    let lost = found.passed_over.iter().filter(|p| matches!(p.code.as_str(), "W0401" | "W0402"));
    lost.map(|p| p.count).sum()
}

/// Mean over the observations of the lowest and highest product of factors over the factor.
fn scenario(found: &Comparables) -> (f64, f64) {
    let total: u64 = found.factors.iter().map(|(_, count)| count).sum();
    let mean = |end: fn(&Factors) -> f64| {
        let sum: f64 = found.factors.iter().map(|(f, count)| end(f) * *count as f64).sum();
        if total > 0 { sum / total as f64 } else { 1.0 }
    };
    (mean(|f| f.low), mean(|f| f.high))
}

/// A figure of an estimate, if it has a value.
pub(crate) fn estimate_figure(
    label: &str,
    estimate: &Estimate,
    unit: &Unit,
    formula: &'static str,
    params: &StatParams,
) -> Option<Figure> {
    let (value, sense) = match estimate.value? {
        Value::Exact(x) => (x, Sense::Exact),
        Value::AtLeast(x) => (x, Sense::AtLeast),
        Value::AtMost(x) => (x, Sense::AtMost),
        Value::Range { low, high } => ((low + high) / 2.0, Sense::Between),
    };
    let label = match estimate.middle_of {
        Some(k) if estimate.percent == 50.0 => format!("middle of {k} values"),
        _ => label.to_owned(),
    };
    let mut figure = Figure::new(label, value, unit.clone(), formula).with_sense(sense);
    figure.interval = match estimate.value? {
        Value::Range { low, high } => {
            Some(Interval { low: Some(low), high: Some(high), level: None, by: By::Range })
        }
        _ => interval_of(estimate, params),
    };
    Some(figure)
}

/// The interval of an estimate, if it has a limit.
pub(crate) fn interval_of(estimate: &Estimate, params: &StatParams) -> Option<Interval> {
    let by = match estimate.basis? {
        Basis::OrderStatistic => By::OrderStatistic,
        Basis::PublishedError => By::PublishedError,
        Basis::BetweenSources => By::BetweenSources,
        Basis::Range => By::Range,
    };
    // One limit alone is a one-sided limit of the outer level.
    let level = match (estimate.low, estimate.high, by) {
        (_, _, By::Range) => None,
        (Some(_), Some(_), _) => Some(params.confidence),
        _ => Some(params.one_sided()),
    };
    let interval = Interval { low: estimate.low, high: estimate.high, level, by };
    (interval.low.is_some() || interval.high.is_some()).then_some(interval)
}
