//! Evidence of one source as the market takes it: comparable rows and points, and what was passed
//! over.

use super::adjust::Factors;
use super::cited::Cited;
use crate::stats::Rows;

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
    /// Every combination of factors that was applied, in the order of its units.
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
