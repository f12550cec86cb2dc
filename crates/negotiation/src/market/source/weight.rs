//! The weight of a source, every factor a figure.

use super::{Ledger, SourceContext, SourceResult};
use crate::figure::{Figure, Unit};
use crate::market::Comparables;
use crate::stats::Curve;
use crate::stats::weight::{AutoWeight, Coverage, Grade};
use haggle_quantity::{day_number, from_day_number};

impl SourceContext<'_> {
    pub(super) fn weigh(
        &self,
        found: &Comparables,
        ledger: &mut Ledger,
        result: &mut SourceResult,
    ) {
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

    pub(super) fn coverage(&self, found: &Comparables, curve: Option<&Curve>) -> Coverage {
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

    pub(super) fn weight_figures(
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

    pub(super) fn age_figure(&self, months: f64) -> Figure {
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
