//! One observation of an evidence set with its place, as a reader would check it.

/// One comparable observation with its place, as a reader would check it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cited {
    /// Sheet, row and column, for the order of the source.
    pub at: (String, u64, u32),
    /// The place, without the file: `national_M2022_dl!Z318`, `118:5`.
    pub place: String,
    /// The amount as stored.
    pub amount: String,
    /// `exact`, `at least`, `at most`.
    pub bound: &'static str,
    /// Currency code.
    pub currency: String,
    /// Unit word.
    pub per: String,
    /// `value`, `p10` ... `mean`.
    pub statistic: String,
    /// Percentile from 1 to 99, if the statistic is one.
    pub percentile: Option<u8>,
    /// The amount in the deal's currency and unit at the as-of date; `None` if it cannot be had.
    pub adjusted: Option<f64>,
    /// Code of the job or item.
    pub subject: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Place of the job or item.
    pub location: Option<String>,
    /// Employer or vendor.
    pub party: Option<String>,
    /// Level.
    pub level: Option<String>,
    /// Date in days since 1970-01-01.
    pub date: Option<i32>,
    /// Importance.
    pub weight: Option<f64>,
    /// Like people.
    pub count: Option<i64>,
    /// Published employers behind a statistic.
    pub employers: Option<i64>,
    /// Published respondents behind a statistic.
    pub sample_size: Option<i64>,
    /// Published relative standard error.
    pub relative_error: Option<f64>,
    /// Other attributes, JSON.
    pub attributes: Option<String>,
    /// Index into the factors of its comparables.
    pub factors: Option<usize>,
}
