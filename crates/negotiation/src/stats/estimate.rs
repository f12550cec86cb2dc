//! A percentile with its interval, the way it came about, and every intermediate number.

use core::fmt;

use super::value::Value;

/// How an interval came about; the names are those of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Fractional order statistics of raw rows (section 3).
    OrderStatistic,
    /// The publisher's sampling error or sample size (section 5).
    PublishedError,
    /// The t interval between sources, or their joint sampling error if wider (section 6).
    BetweenSources,
    /// Lowest to highest limit of two sources; no coverage is claimed (section 6).
    Range,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OrderStatistic => "order-statistic",
            Self::PublishedError => "published-error",
            Self::BetweenSources => "between-sources",
            Self::Range => "range",
        })
    }
}

/// Why a percentile, an interval or one of its limits is not given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refusal {
    /// The percentile asked for is not a number from 0 to 100.
    NotAPercentile,
    /// No rows, or no sources.
    NoEvidence,
    /// The effective n is under the minimum of section 2; list the rows instead.
    TooFewRows {
        /// Effective n found.
        effective_n: f64,
        /// Effective n needed.
        needed: f64,
    },
    /// Fewer employers than the gate of section 3.
    TooFewEmployers {
        /// Employers found.
        employers: u64,
        /// Employers needed.
        needed: usize,
    },
    /// One employer holds too much of the weight (section 3).
    DominantEmployer {
        /// Its share of the weight.
        share: f64,
        /// The largest share allowed.
        limit: f64,
    },
    /// No order statistic reaches so far at this n: one limit or both are absent (section 3).
    BeyondRows,
    /// Rows that are bounds leave the value or the limit open (section 4).
    OpenBounds,
    /// The publisher gives neither a sampling error nor a sample size (section 5 d).
    SamplingErrorNotPublished,
    /// An error of the mean says nothing without P10 and P90 or P25 and P75 (section 5 b).
    SpreadUnknown,
    /// The effective n of a table is under the minimum of section 5.
    TableTooSmall {
        /// Effective n of the table.
        effective_n: f64,
        /// Effective n needed.
        needed: f64,
    },
    /// The table does not reach this percentile, or not with both limits.
    OutsideTable,
    /// The value is a bound, and a bound gets no interval (sections 5 and 6).
    ValueIsBound,
    /// Some sources give `at least` and some `at most` (section 6).
    OppositeBounds,
    /// The sources that state this percentile hold under half the shares (section 6).
    SharesTooSmall {
        /// Share of the sources that state it.
        share: f64,
    },
    /// Completing the composite by shape would put percentiles out of order (section 6).
    OrderViolated,
    /// The shape of the composite needs an exact median that is not there (section 6).
    MedianUnknown,
    /// The definition has no interval for a mixture of several sources (section 6).
    MixtureHasNone,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewRows { effective_n, needed } => {
                write!(f, "effective n is {effective_n:.2}, {needed} needed; see the rows instead")
            }
            Self::TooFewEmployers { employers, needed } => {
                write!(f, "{employers} employers, {needed} needed")
            }
            Self::DominantEmployer { share, limit } => write!(
                f,
                "one party holds {:.0} % of the weight, at most {:.0} % allowed",
                100.0 * share,
                100.0 * limit
            ),
            Self::TableTooSmall { effective_n, needed } => {
                write!(f, "effective n of the table is {effective_n:.0}, {needed} needed")
            }
            Self::SharesTooSmall { share } => write!(
                f,
                "sources with {:.0} % of the shares state this percentile, half needed",
                100.0 * share
            ),
            other => f.write_str(other.text()),
        }
    }
}

impl Refusal {
    /// The text of the reasons that carry no number.
    fn text(&self) -> &'static str {
        match self {
            Self::NotAPercentile => "not a percentile from 0 to 100",
            Self::NoEvidence => "no rows and no table",
            Self::BeyondRows => "too few rows for a limit on this side",
            Self::OpenBounds => "rows that are bounds leave it open",
            Self::SamplingErrorNotPublished => "sampling error not published",
            Self::SpreadUnknown => "an error of the mean needs exact P10 and P90, or P25 and P75",
            Self::OutsideTable => "outside the published percentiles",
            Self::ValueIsBound => "the value is a bound",
            Self::OppositeBounds => "some sources give `at least` and some `at most`",
            Self::OrderViolated => "completing it would put percentiles out of order",
            Self::MedianUnknown => "no exact median to complete the percentile from",
            Self::MixtureHasNone => "no interval is defined for a mixture",
            _ => "too little evidence",
        }
    }
}

/// The intermediate numbers of sections 2, 3 and 5, for a report that shows the way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Chain {
    /// Rows, counts included.
    pub n: Option<u64>,
    /// Effective n by weights, `W^2 / S2`.
    pub n_star: Option<f64>,
    /// Effective n near the percentile, where weights differ (section 3, step 1).
    pub n_w: Option<f64>,
    /// Number of employers, where known; a row without one counts as one.
    pub employers: Option<u64>,
    /// Share of weight of the largest employer, where employers are known.
    pub largest_employer: Option<f64>,
    /// Intraclass correlation of log amounts.
    pub icc: Option<f64>,
    /// Intraclass correlation of the indicator at this percentile.
    pub rho: Option<f64>,
    /// Design effect of employers.
    pub deff: Option<f64>,
    /// Correction for the number of employers.
    pub kappa: Option<f64>,
    /// Log-normal sigma read from a table (section 5 b).
    pub sigma: Option<f64>,
    /// Effective n that the levels are computed with.
    pub n_e: Option<f64>,
    /// Level of the lower limit.
    pub u_low: Option<f64>,
    /// Level of the upper limit.
    pub u_high: Option<f64>,
    /// Position of the lower limit among the rows.
    pub pos_low: Option<f64>,
    /// Position of the upper limit among the rows.
    pub pos_high: Option<f64>,
}

/// One percentile with its interval (sections 3 to 6).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// The percentile asked for, 0 to 100.
    pub percent: f64,
    /// Its value; absent for the reason in `refused`.
    pub value: Option<Value>,
    /// Why there is no value.
    pub refused: Option<Refusal>,
    /// Lower limit; alone it reads "at least".
    pub low: Option<f64>,
    /// Upper limit; alone it reads "at most".
    pub high: Option<f64>,
    /// The limits as computed, before the gates on the number of employers and on the effective n
    /// of a table: not for show, but better than nothing as the sampling error of one source among
    /// several (section 6, `s_k`).
    pub ungated: (Option<f64>, Option<f64>),
    /// How the limits came about, if there is one.
    pub basis: Option<Basis>,
    /// Why one limit or both are absent though there is a value.
    pub interval_refused: Option<Refusal>,
    /// Whether a limit outside the table was reflected on the log scale (section 5).
    pub reflected: bool,
    /// Whether the value was read in a wide gap: "3 %, sometimes 9 %" (section 5).
    pub wide_gap: bool,
    /// Whether rows were taken as independent because employers are unknown (section 3).
    pub independent: bool,
    /// Whether the largest employer's share asks for a finding (section 3).
    pub dominant: bool,
    /// Say "middle of k values" and not "percentile": fewer than five rows or employers
    /// (section 2). Holds the number of rows.
    pub middle_of: Option<u64>,
    /// The intermediate numbers.
    pub chain: Chain,
}

impl Estimate {
    /// An empty estimate of this percentile.
    pub(crate) fn of(percent: f64) -> Self {
        Self { percent, ..Self::default() }
    }

    /// An estimate without a value.
    pub(crate) fn refuse(percent: f64, reason: Refusal) -> Self {
        Self { percent, refused: Some(reason), ..Self::default() }
    }

    /// The value if it is known exactly.
    pub fn exact(&self) -> Option<f64> {
        self.value.and_then(Value::exact)
    }

    /// Both limits, if both are there.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.low.zip(self.high)
    }
}

/// Whether this is a percentile at all.
pub(crate) fn is_percent(percent: f64) -> bool {
    (0.0..=100.0).contains(&percent)
}
