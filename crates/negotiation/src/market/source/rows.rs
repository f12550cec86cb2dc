//! A source of raw rows: curve, percentiles, outliers.

use super::{Ledger, SourceContext, SourceResult, estimate_figure};
use crate::brief::Outlier;
use crate::figure::{Figure, Unit};
use crate::market::Comparables;
use crate::stats::outlier::{self, Correction};
use crate::stats::{Curve, RowCurve, STANDARD, Value};
use std::collections::BTreeSet;

impl SourceContext<'_> {
    pub(super) fn rows_curve(
        &self,
        found: &Comparables,
        factors: &[Vec<(String, String)>],
        ledger: &mut Ledger,
        result: &mut SourceResult,
    ) {
        let curve = found.rows.clone().finish();
        let n = curve.ranked().n();
        let shown = if found.listed.len() <= FEW { FEW } else { FIRST_ROWS };
        let first = found.listed.iter().take(shown).cloned().collect();
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
            result.notes.push(("S3.1", format!("one party holds {share:.0} % of the weight")));
        }
        result.curve = (n > 0).then(|| Curve::from(curve));
    }

    pub(super) fn flag_outliers(
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
}

/// So few rows are all shown: with less than ten of them some percentile is refused, and the rows
/// stand in for it (`benchmark.md` section 2).
const FEW: usize = 12;
/// How many rows an evidence set shows otherwise.
const FIRST_ROWS: usize = 5;

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
