//! Evidence of one source as the market takes it: comparable rows and points, and what was passed
//! over.

use super::adjust::Factors;
use crate::stats::Rows;

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
    /// Index into [`Comparables::factors`].
    pub factors: Option<usize>,
}

/// Observations that meet the conditions and still do not count, by reason.
#[derive(Debug, Clone, PartialEq)]
pub struct PassedOver {
    /// Stable code.
    pub code: String,
    /// Why, in words.
    pub reason: String,
    /// How many.
    pub count: u64,
    /// The first few.
    pub first: Vec<Cited>,
}

/// What a source has to say on a query.
#[derive(Debug, Clone, Default)]
pub struct Comparables {
    /// Raw rows, reduced to what the statistics need.
    pub rows: Rows,
    /// Why the source as a whole cannot be used, if it cannot.
    pub refused: Option<String>,
    /// Points and means of published tables, in source order.
    pub points: Vec<Cited>,
    /// The raw rows in source order: all of them up to [`LISTED`], else the first few.
    pub listed: Vec<Cited>,
    /// Every combination of factors that was applied, in order of first use in the source.
    pub factors: Vec<(Factors, u64)>,
    /// What met the conditions and does not count.
    pub passed_over: Vec<PassedOver>,
    /// What missed exactly one condition, if asked for, with that condition.
    pub near: Vec<(String, Cited)>,
    /// How many missed exactly one condition.
    pub near_count: u64,
    /// Mean date of the comparables in days since 1970-01-01, rounded down.
    pub mean_date: Option<i64>,
    /// SHA-256 of the comparables' places and amounts in source order, while they are listed.
    pub digest: Option<String>,
}

/// How many raw rows are listed one by one.
pub const LISTED: usize = 50_000;
