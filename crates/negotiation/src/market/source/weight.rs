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
        self.weight_figures(&auto, &coverage, months, ledger, result.weight);
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
        coverage: &Coverage,
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
        let factor =
            Figure::new("factor of employers", auto.employers, Unit::Factor, "employers_factor");
        let factor = match coverage {
            Coverage::Employers(count) => {
                let why = "employers that the rows name, the publisher states, or the deal file";
                let count = Figure::assumed("employers", *count as f64, Unit::Count, why);
                figures.add(self.id("employers"), count);
                factor.with_inputs([("employers", self.id("employers"))])
            }
            Coverage::Unknown { effective_n: Some(n) } => {
                let why = "employers are unknown: what so many independent people would be worth";
                let n = Figure::assumed("effective n of the median", *n, Unit::Count, why);
                figures.add(id("effective_n"), n);
                factor.with_inputs([("effective_n", id("effective_n"))])
            }
            Coverage::Unknown { .. } => {
                factor.with_assumption("employers and sampling error are unknown")
            }
        };
        figures.add(id("employers"), factor);
        let half_life = self.params.weight_half_life;
        let meaning = "months in which a source's weight halves";
        let half_life =
            Figure::assumed(meaning, half_life, Unit::Number, "parameter of the register");
        figures.add("parameter.weight_half_life", half_life);
        let undated = "undated: counted as if it were age_error months old";
        let age = Figure::new("factor of age", auto.age, Unit::Factor, "age_factor");
        let age = match months.and_then(|m| figures.add(id("age_months"), self.age_figure(m))) {
            Some(months) => age.with_inputs([
                ("age_months", months),
                ("weight_half_life", "parameter.weight_half_life".to_owned()),
            ]),
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
            "{} {}, as of {}",
            if self.evidence.head.span.is_some() { "mean date" } else { "dated" },
            date.map_or("unknown".to_owned(), |d| d.to_string()),
            self.deal.as_of
        );
        Figure::new(format!("age of {}", self.source.id), months, Unit::Months, "age_months")
            .with_assumption(why)
    }
}
