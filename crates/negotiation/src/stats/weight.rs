//! The weight of a source, with every factor shown (section 6, auto-weight).

use super::params::StatParams;

/// What kind of source it is (section 6; F20).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Survey answered by employers.
    EmployerReported,
    /// Government statistics.
    Government,
    /// Ranges in job advertisements.
    PostedRanges,
    /// Visa and other legal filings.
    Filings,
    /// People reporting about themselves.
    SelfReport,
    /// Hearsay.
    Anecdotes,
}

impl Grade {
    /// The factor of this grade (section 6).
    pub fn factor(self) -> f64 {
        match self {
            Self::EmployerReported => 1.0,
            Self::Government => 0.9,
            Self::PostedRanges => 0.7,
            Self::Filings => 0.6,
            Self::SelfReport => 0.5,
            Self::Anecdotes => 0.25,
        }
    }
}

/// How many employers stand behind a source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Coverage {
    /// This many.
    Employers(u64),
    /// Not known; the effective n stands in, where it is known
    /// ([`super::curve::Curve::effective_n`]).
    Unknown {
        /// Effective n.
        effective_n: Option<f64>,
    },
}

/// The weight of a source and its factors (section 6).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AutoWeight {
    /// Share of duties that match; 0 if the source is excluded.
    pub matching: f64,
    /// Factor of the number of employers.
    pub employers: f64,
    /// Factor of the age.
    pub age: f64,
    /// Factor of the grade.
    pub grade: f64,
    /// Product of the factors.
    pub product: f64,
}

impl AutoWeight {
    /// The weight of a source: `matching` is 1 for the same code and else the share of duties,
    /// `age_months` the age before ageing (section 6). An age under zero counts as zero.
    ///
    /// Returns `None` if `matching` is no fraction or the age is not finite.
    pub fn new(
        matching: f64,
        coverage: Coverage,
        age_months: f64,
        grade: Grade,
        params: &StatParams,
    ) -> Option<Self> {
        if !(0.0..=1.0).contains(&matching) || !age_months.is_finite() {
            return None;
        }
        let matching = if matching < params.match_min { 0.0 } else { matching };
        let employers = coverage.factor(params);
        let age = libm::pow(0.5, age_months.max(0.0) / params.weight_half_life);
        let grade = grade.factor();
        let product = matching * employers * age * grade;
        Some(Self { matching, employers, age, grade, product })
    }

    /// Whether the source is excluded because too few duties match.
    pub fn excluded(&self) -> bool {
        self.matching == 0.0
    }
}

impl Coverage {
    fn factor(self, params: &StatParams) -> f64 {
        match self {
            Self::Employers(count) => (count as f64 / params.employers_full).min(1.0),
            Self::Unknown { effective_n: Some(n) } if n >= params.employers_unknown_n => 1.0,
            Self::Unknown { .. } => params.employers_unknown_factor,
        }
    }
}
