//! A source that publishes a percentile table: its cells, its curve, its error.

use super::{Ledger, SourceContext, SourceResult, estimate_figure, interval_of};
use crate::figure::{Figure, Sense, Unit};
use crate::market::{Cited, Comparables};
use crate::stats::table::Published;
use crate::stats::{Bound, Curve, STANDARD, Table, TablePoint};
use haggle_quantity::Per;

impl SourceContext<'_> {
    pub(super) fn table_curve(
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
        result.points = result.n;
        result.curve = Some(Curve::from(table));
    }

    /// The percentile points of one table in one unit, percentiles rising.
    pub(super) fn one_table<'f>(&self, found: &'f Comparables) -> Result<Vec<&'f Cited>, String> {
        let percentiles = || found.points.iter().filter(|p| p.percentile.is_some());
        let mut points: Vec<&Cited> = percentiles().filter(|p| self.is_own(p)).collect();
        if points.is_empty() {
            points = in_one_unit(percentiles().collect());
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
    pub(super) fn is_own(&self, cited: &Cited) -> bool {
        Per::new(&cited.per) == self.deal.per && cited.currency == self.deal.currency.as_str()
    }

    pub(super) fn error_figure(&self, mean: Option<&Cited>, ledger: &mut Ledger) -> Option<String> {
        let mean = mean?;
        let set = self.evidence_set("mean", vec![mean.clone()], 1, None, ledger);
        let value = mean.relative_error?;
        let figure =
            Figure::new("relative standard error of the mean", value, Unit::Relative, "cell")
                .with_evidence(set);
        ledger.figures.add(self.id("mean.relative_error"), figure)
    }

    pub(super) fn cell_figures(
        &self,
        cited: &Cited,
        factors: &[Vec<(String, String)>],
        ledger: &mut Ledger,
    ) {
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
    pub(super) fn curve_figure(
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

/// A table stated both per year and per hour is one table: the yearly one is converted.
fn in_one_unit(points: Vec<&Cited>) -> Vec<&Cited> {
    let yearly: Vec<&Cited> = points.iter().filter(|p| p.per == "year").copied().collect();
    if yearly.is_empty() { points } else { yearly }
}
