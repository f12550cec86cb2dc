//! One source as a curve with its figures: cells or rows, adjustments, weight.

use super::adjust::Factors;
use super::cited::Cited;
use super::comparable::Comparables;
use crate::brief::{Adjustment, EvidenceSet, Excluded, Outlier, Place, SourceHead};
use crate::deal::{Deal, Source};
use crate::figure::{By, Figure, Figures, Interval, Sense, Unit};
use crate::stats::estimate::{Basis, Estimate};
use crate::stats::outlier::{self, Correction};
use crate::stats::table::Published;
use crate::stats::weight::{AutoWeight, Coverage, Grade};
use crate::stats::{Bound, Curve, RowCurve, STANDARD, StatParams, Table, TablePoint, Value};
use haggle_quantity::{Per, day_number, from_day_number};
use std::collections::{BTreeMap, BTreeSet};

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
            (0, 0, _) => {}
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

    /// Adds a figure and an entry for every factor in use; returns for each combination of factors
    /// the inputs that it gives a figure. Points of a table that another unit states as well are
    /// not used, and neither are their factors.
    fn adjustments(
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
    fn applied(
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
    fn steps(&self, f: &Factors) -> Vec<(&'static str, String, f64, String)> {
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
    fn ground_of(&self, kind: &str) -> String {
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

    fn rows_curve(
        &self,
        found: &Comparables,
        factors: &[Vec<(String, String)>],
        ledger: &mut Ledger,
        result: &mut SourceResult,
    ) {
        let curve = found.rows.clone().finish();
        let n = curve.ranked().n();
        let first = found.listed.iter().take(FIRST_ROWS).cloned().collect();
        let set = self.evidence_set("rows", first, n, found.digest.clone(), ledger);
        let count = Figure::new("comparable rows", n as f64, Unit::Count, "count_rows")
            .with_evidence(set.clone());
        ledger.figures.add(self.id("n"), count);
        let kish = Figure::new("effective n", curve.ranked().effective_n(), Unit::Count, "kish")
            .with_evidence(set.clone());
        ledger.figures.add(self.id("effective_n"), kish);
        let mut inputs = vec![
            ("n".to_owned(), self.id("n")),
            ("effective_n".to_owned(), self.id("effective_n")),
        ];
        let mut seen = BTreeSet::new();
        for (kind, id) in factors.iter().flatten() {
            if seen.insert(id) {
                let times = seen.len();
                inputs.push((format!("{kind}_{times}"), id.clone()));
            }
        }
        for percent in STANDARD {
            let estimate = curve.estimate(percent, self.params);
            let figure = estimate_figure(
                &self.label(percent),
                &estimate,
                &self.money,
                "weighted_type7",
                self.params,
            );
            if let Some(figure) = figure {
                let figure = figure.with_inputs(inputs.clone()).with_evidence(set.clone());
                ledger.figures.add(self.id(&format!("p{percent}")), figure);
            }
        }
        result.n = n;
        self.flag_outliers(&curve, found, &set, ledger, result);
        if curve.clustering().is_some_and(|c| c.largest.share > self.params.max_employer_share) {
            let share = curve.clustering().map_or(0.0, |c| c.largest.share) * 100.0;
            result.notes.push(("S3.1", format!("one employer holds {share:.0} % of the weight")));
        }
        result.curve = (n > 0).then(|| Curve::from(curve));
    }

    fn label(&self, percent: f64) -> String {
        format!("P{percent} of {}", self.source.id)
    }

    fn flag_outliers(
        &self,
        curve: &RowCurve,
        found: &Comparables,
        set: &str,
        ledger: &mut Ledger,
        result: &mut SourceResult,
    ) {
        let Some(tested) = outlier::outliers(curve.ranked(), self.params) else { return };
        if tested.flagged.is_empty() {
            return;
        }
        for flag in &tested.flagged {
            let rows = found.listed.iter().filter(|c| c.adjusted == Some(flag.amount));
            for cited in rows {
                result.flagged += 1;
                let chance =
                    if tested.may_be_chance { "; may be chance, with so few rows" } else { "" };
                let hint = flag
                    .correction
                    .as_ref()
                    .map(|(c, _)| format!("{}{chance}", correction_text(c)));
                ledger.outliers.push(Outlier {
                    source: self.source.id.clone(),
                    place: self.place(cited),
                    z: flag.z,
                    hint: hint.or_else(|| {
                        tested.may_be_chance.then(|| "may be chance, with so few rows".to_owned())
                    }),
                });
            }
        }
        let rest = curve.ranked().without(&tested.amounts());
        for percent in STANDARD {
            let Some(Value::Exact(value)) = rest.quantile(percent) else { continue };
            if rest.effective_n() < self.params.min_n(percent) {
                continue;
            }
            let label = format!("{} without the flagged rows", self.label(percent));
            let figure = Figure::new(label, value, self.money.clone(), "weighted_type7")
                .with_evidence(set.to_owned());
            ledger.figures.add(self.id(&format!("p{percent}.without_outliers")), figure);
        }
    }

    fn table_curve(
        &self,
        found: &Comparables,
        points: &[&Cited],
        factors: &[Vec<(String, String)>],
        ledger: &mut Ledger,
        result: &mut SourceResult,
    ) {
        let means =
            || found.points.iter().filter(|p| p.statistic == "mean" && p.relative_error.is_some());
        let mean = means().find(|p| self.is_own(p)).or_else(|| means().next());
        let published = Published {
            mean_rse: mean.and_then(|m| m.relative_error),
            sample_size: points.iter().find_map(|p| p.sample_size).map(|n| n as f64),
        };
        let table = Table::new(points.iter().map(|p| table_point(p)).collect(), published);
        let table = match table {
            Ok(table) => table,
            Err(error) => return result.notes.push(("S3.17", format!("left out: {error}"))),
        };
        let error = self.error_figure(mean, ledger);
        for cited in points {
            self.cell_figures(cited, factors, ledger);
        }
        for percent in STANDARD {
            self.curve_figure(percent, &table, points, error.as_deref(), ledger);
        }
        result.n = points.len() as u64;
        result.curve = Some(Curve::from(table));
    }

    /// The percentile points of one table in one unit, percentiles rising.
    fn one_table<'f>(&self, found: &'f Comparables) -> Result<Vec<&'f Cited>, String> {
        let percentiles = || found.points.iter().filter(|p| p.percentile.is_some());
        let mut points: Vec<&Cited> = percentiles().filter(|p| self.is_own(p)).collect();
        if points.is_empty() {
            points = percentiles().collect();
        }
        points.sort_by_key(|p| p.percentile);
        let twice = points.windows(2).find(|w| w[0].percentile == w[1].percentile);
        match twice {
            None => Ok(points),
            Some([a, b]) => Err(format!(
                "left out: {} is stated more than once ({} and {}: {}); narrow `where` until one table is left",
                a.statistic.to_uppercase(),
                a.place,
                b.place,
                difference(a, b)
            )),
            Some(_) => Ok(Vec::new()),
        }
    }

    /// Stated in the deal's own currency and unit.
    fn is_own(&self, cited: &Cited) -> bool {
        Per::new(&cited.per) == self.deal.per && cited.currency == self.deal.currency.as_str()
    }

    fn error_figure(&self, mean: Option<&Cited>, ledger: &mut Ledger) -> Option<String> {
        let mean = mean?;
        let set = self.evidence_set("mean", vec![mean.clone()], 1, None, ledger);
        let value = mean.relative_error?;
        let figure =
            Figure::new("relative standard error of the mean", value, Unit::Relative, "cell")
                .with_evidence(set);
        ledger.figures.add(self.id("mean.relative_error"), figure)
    }

    fn cell_figures(&self, cited: &Cited, factors: &[Vec<(String, String)>], ledger: &mut Ledger) {
        let tail = cited.statistic.clone();
        let digest = crate::market::digest_of(std::slice::from_ref(cited));
        let set = self.evidence_set(&tail, vec![cited.clone()], 1, Some(digest), ledger);
        let (Some(adjusted), Ok(stated)) = (cited.adjusted, cited.amount.parse::<f64>()) else {
            return;
        };
        let unit = Unit::Money(format!("{}/{}", cited.currency, cited.per));
        let label = format!("{} of {}, as published", tail.to_uppercase(), self.source.id);
        let cell =
            Figure::new(label, stated, unit, "cell").with_evidence(set).with_sense(sense_of(cited));
        let cell_id = self.id(&format!("{tail}.cell"));
        ledger.figures.add(cell_id.clone(), cell);
        let mut inputs = vec![("cell".to_owned(), cell_id)];
        inputs.extend(cited.factors.and_then(|i| factors.get(i)).cloned().unwrap_or_default());
        let label = format!("{} of {}", tail.to_uppercase(), self.source.id);
        let figure =
            Figure::new(label, adjusted, self.money.clone(), "adjusted_cell").with_inputs(inputs);
        ledger.figures.add(self.id(&tail), figure.with_sense(sense_of(cited)));
    }

    /// A standard percentile of a table: its interval on the stated point, or a read point.
    fn curve_figure(
        &self,
        percent: f64,
        table: &Table,
        points: &[&Cited],
        error: Option<&str>,
        ledger: &mut Ledger,
    ) {
        let estimate = table.estimate(percent, self.params);
        let id = self.id(&format!("p{percent}"));
        let stated = ledger.figures.get(&id).cloned();
        let figure = match stated {
            Some(figure) => Some(figure),
            None => {
                let made = estimate_figure(
                    &self.label(percent),
                    &estimate,
                    &self.money,
                    "curve",
                    self.params,
                );
                let ids = points.iter().map(|p| (p.statistic.clone(), self.id(&p.statistic)));
                made.map(|f| f.with_inputs(ids))
            }
        };
        let Some(mut figure) = figure else { return };
        figure.interval = interval_of(&estimate, self.params);
        if let (Some(error), Some(_)) = (error, &figure.interval) {
            figure.inputs.push(("relative_error".to_owned(), error.to_owned()));
        }
        ledger.figures.add(id, figure);
    }

    fn weigh(&self, found: &Comparables, ledger: &mut Ledger, result: &mut SourceResult) {
        let as_of = i64::from(day_number(self.deal.as_of));
        let months = found.mean_date.map(|d| crate::stats::ageing::months(d, as_of));
        result.age_months = months;
        let curve = result.curve.as_ref();
        let coverage = self.coverage(found, curve);
        let grade = self.evidence.grade.unwrap_or(Grade::SelfReport);
        let age = months.unwrap_or(self.params.age_error);
        let Some(auto) = AutoWeight::new(self.source.job_match, coverage, age, grade, self.params)
        else {
            return;
        };
        result.unmatched = auto.excluded();
        result.weight = auto.product * self.source.weight;
        self.weight_figures(&auto, months, ledger, result.weight);
        if let Some(share) = self.source.share {
            result.weight = share;
        }
    }

    fn coverage(&self, found: &Comparables, curve: Option<&Curve>) -> Coverage {
        let published = found.points.iter().find_map(|p| p.employers).map(|n| n as f64);
        let named = match curve {
            Some(Curve::Rows(rows)) => rows.clustering().map(|c| c.employers as f64),
            _ => None,
        };
        match named.or(self.source.employers).or(published) {
            Some(count) => Coverage::Employers(count as u64),
            None => {
                Coverage::Unknown { effective_n: curve.and_then(|c| c.effective_n(self.params)) }
            }
        }
    }

    fn weight_figures(
        &self,
        auto: &AutoWeight,
        months: Option<f64>,
        ledger: &mut Ledger,
        weight: f64,
    ) {
        let figures = &mut ledger.figures;
        let id = |tail: &str| self.id(&format!("weight.{tail}"));
        let given =
            |label: &str, value: f64, why: &str| Figure::assumed(label, value, Unit::Factor, why);
        figures.add(
            id("match"),
            given(
                "match of the job",
                auto.matching,
                "match of the deal file; 0 below job_match_min",
            ),
        );
        let employers = "employers behind the source, or its effective n where they are unknown";
        figures.add(
            id("employers"),
            Figure::new("factor of employers", auto.employers, Unit::Factor, "employers_factor")
                .with_assumption(employers),
        );
        let undated = "undated: counted as if it were age_error months old";
        let age = Figure::new("factor of age", auto.age, Unit::Factor, "age_factor");
        let age = match months.and_then(|m| figures.add(id("age_months"), self.age_figure(m))) {
            Some(months) => age.with_inputs([("age_months", months)]),
            None => age.with_assumption(undated),
        };
        figures.add(id("age"), age);
        let grade = match &self.evidence.head.grade {
            Some(grade) => format!("grade {grade}, of the recipe"),
            None => "grade not stated: counted as self-report".to_owned(),
        };
        figures.add(id("grade"), given("factor of grade", auto.grade, &grade));
        figures.add(
            id("stated"),
            given("weight stated in the deal", self.source.weight, "weight of the deal file"),
        );
        let product = Figure::new(
            format!("weight of {}", self.source.id),
            weight,
            Unit::Number,
            "auto_weight",
        )
        .with_inputs(
            ["match", "employers", "age", "grade", "stated"].map(|t| (t.to_owned(), id(t))),
        );
        figures.add(self.id("weight"), product);
    }

    fn age_figure(&self, months: f64) -> Figure {
        let date = self
            .evidence
            .comparables
            .mean_date
            .and_then(|d| i32::try_from(d).ok())
            .and_then(from_day_number);
        let why = format!(
            "dated {}, as of {}",
            date.map_or("unknown".to_owned(), |d| d.to_string()),
            self.deal.as_of
        );
        Figure::new(format!("age of {}", self.source.id), months, Unit::Months, "age_months")
            .with_assumption(why)
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

/// How many rows an evidence set shows.
const FIRST_ROWS: usize = 5;

fn formula_of(kind: &str, deal: &Deal) -> &'static str {
    match kind {
        "hours" => "hours_conversion",
        "currency" => "rate_conversion",
        "place" => "place_index",
        _ if deal.ageing.as_ref().is_some_and(|a| a.rate.is_none()) => "index_ageing",
        _ => "compound_ageing",
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

fn table_point(cited: &Cited) -> TablePoint {
    let bound = match cited.bound {
        "at least" => Bound::AtLeast,
        "at most" => Bound::AtMost,
        _ => Bound::Exact,
    };
    let percent = f64::from(cited.percentile.unwrap_or(0));
    let mut point = TablePoint::new(percent, cited.adjusted.unwrap_or(f64::NAN), bound);
    point.cv = cited.relative_error;
    point
}

fn sense_of(cited: &Cited) -> Sense {
    match cited.bound {
        "at least" => Sense::AtLeast,
        "at most" => Sense::AtMost,
        _ => Sense::Exact,
    }
}

/// In which fields two cells differ, for whoever must tell them apart.
fn difference(a: &Cited, b: &Cited) -> String {
    let fields = [
        ("subject", &a.subject, &b.subject),
        ("title", &a.title, &b.title),
        ("place", &a.location, &b.location),
        ("party", &a.party, &b.party),
        ("level", &a.level, &b.level),
        ("attributes", &a.attributes, &b.attributes),
    ];
    let text = |v: &Option<String>| v.clone().unwrap_or_else(|| "nothing".to_owned());
    let mut differ: Vec<String> = fields
        .iter()
        .filter(|(_, x, y)| x != y)
        .map(|(name, x, y)| format!("{name} {} against {}", text(x), text(y)))
        .collect();
    if a.per != b.per {
        differ.push(format!("per {} against {}", a.per, b.per));
    }
    if differ.is_empty() { "alike in every field".to_owned() } else { differ.join(", ") }
}

fn correction_text(correction: &Correction) -> String {
    let meaning = match correction {
        Correction::Times(1000) => ": typed in thousands?",
        Correction::Times(12) => ": a month's pay?",
        Correction::Times(52) => ": a week's pay?",
        Correction::Times(2080) => ": an hour's pay?",
        Correction::DividedBy(100) => ": in hundredths?",
        _ => ": a slip of the keys?",
    };
    format!("{correction} would fit{meaning}")
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
