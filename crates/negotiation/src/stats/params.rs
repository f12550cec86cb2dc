//! The parameters of the benchmark (section 10), with the register's defaults.

use super::normal;

/// How several sources become one market (section 6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Combine {
    /// Weighted mean of percentiles: several looks at the same market.
    #[default]
    Composite,
    /// Mixture of distributions: disjoint parts of one market, shares being shares of people.
    Mixture,
    /// The raw rows of all sources in one sample, each source with the weight of its share.
    Pool,
}

/// Parameters of section 10; `Default` holds the register's values. Shares and rates are
/// fractions, durations are months.
#[derive(Clone, Debug, PartialEq)]
pub struct StatParams {
    /// Nominal two-sided confidence of every interval.
    pub confidence: f64,
    /// Smallest effective n for a median (section 2).
    pub min_n_median: f64,
    /// Smallest effective n for a quartile, and for any percentile from P25 to P75 but the median.
    pub min_n_quartile: f64,
    /// Smallest effective n for a percentile outside P25 to P75.
    pub min_n_tail: f64,
    /// Smallest number of employers for an interval of the median or a quartile (section 3).
    pub min_employers: usize,
    /// Smallest number of employers for an interval outside P25 to P75.
    pub min_employers_tail: usize,
    /// Share of weight of the largest employer above which a finding is due.
    pub max_employer_share: f64,
    /// Share of weight of the largest employer above which percentiles are refused.
    pub employer_refuse: f64,
    /// Effective n from which the local effective n is used (section 3, step 1).
    pub weight_local_min: f64,
    /// Modified z above which an amount is flagged (section 7).
    pub outlier_mod_z: f64,
    /// Least scale on the log axis for the modified z (section 7).
    pub outlier_floor: f64,
    /// Uncertainty of an annual rate of ageing, either way (section 8).
    pub trend_sensitivity: f64,
    /// Uncertainty of a place index, either way (section 8).
    pub place_sensitivity: f64,
    /// Design effect assumed for a table that publishes only its sample size (section 5).
    pub table_deff: f64,
    /// Smallest effective n for a table's interval of the median or a quartile.
    pub table_min_n: f64,
    /// Smallest effective n for a table's interval outside P25 to P75.
    pub table_min_n_tail: f64,
    /// Distance between stated percentiles, as a fraction, above which a reading is flagged.
    pub wide_gap: f64,
    /// How several sources are combined.
    pub combine: Combine,
    /// Number of sources from which a between-source interval is given (section 6).
    pub total_min_sources: usize,
    /// Relative distance of medians above which sources disagree (section 6).
    pub source_spread_warn: f64,
    /// Age of evidence in months above which a finding is due.
    pub age_warn: f64,
    /// Age of evidence in months above which the finding is printed first.
    pub age_error: f64,
    /// Months after which the weight of a source has halved (section 6).
    pub weight_half_life: f64,
    /// Share of duties under which a source is excluded (section 6, `match`).
    pub match_min: f64,
    /// Number of employers from which a source has its full weight (section 6).
    pub employers_full: f64,
    /// Effective n from which a source with unknown employers has its full weight (section 6).
    pub employers_unknown_n: f64,
    /// Factor for a source with unknown employers and a smaller effective n (section 6).
    pub employers_unknown_factor: f64,
}

impl Default for StatParams {
    fn default() -> Self {
        Self {
            confidence: 0.90,
            min_n_median: 3.0,
            min_n_quartile: 5.0,
            min_n_tail: 10.0,
            min_employers: 5,
            min_employers_tail: 10,
            max_employer_share: 0.25,
            employer_refuse: 0.50,
            weight_local_min: 20.0,
            outlier_mod_z: 3.5,
            outlier_floor: 0.10,
            trend_sensitivity: 0.03,
            place_sensitivity: 0.05,
            table_deff: 2.0,
            table_min_n: 30.0,
            table_min_n_tail: 400.0,
            wide_gap: 0.30,
            combine: Combine::Composite,
            total_min_sources: 3,
            source_spread_warn: 0.15,
            age_warn: 12.0,
            age_error: 24.0,
            weight_half_life: 24.0,
            match_min: 0.70,
            employers_full: 10.0,
            employers_unknown_n: 100.0,
            employers_unknown_factor: 0.5,
        }
    }
}

impl StatParams {
    /// Probability of each one-sided limit: .95 for a confidence of .90 (section 1).
    pub fn one_sided(&self) -> f64 {
        (1.0 + self.confidence) / 2.0
    }

    /// The normal quantile of [`Self::one_sided`] (section 1: 1.6448536269514722).
    pub fn z(&self) -> f64 {
        normal::quantile(self.one_sided())
    }

    /// Smallest effective n for this percentile (section 2).
    pub fn min_n(&self, percent: f64) -> f64 {
        pick(percent, self.min_n_median, self.min_n_quartile, self.min_n_tail)
    }

    /// Smallest number of employers for an interval of this percentile (section 3).
    pub fn min_employers_at(&self, percent: f64) -> usize {
        pick(percent, self.min_employers, self.min_employers, self.min_employers_tail)
    }

    /// Smallest effective n for a table's interval at this percentile (section 5).
    pub fn table_min_n_at(&self, percent: f64) -> f64 {
        pick(percent, self.table_min_n, self.table_min_n, self.table_min_n_tail)
    }
}

/// Sections 2, 3 and 5 name five percentiles; the ones between take the stricter neighbour's rule.
fn pick<T>(percent: f64, median: T, quartile: T, tail: T) -> T {
    if percent == 50.0 {
        median
    } else if (25.0..=75.0).contains(&percent) {
        quartile
    } else {
        tail
    }
}
