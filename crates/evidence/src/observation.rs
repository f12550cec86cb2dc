//! One observation, borrowed: what a source states at one place.

use crate::words::{Basis, Bound, Kind, Statistic, Tax};

/// This source, at this place in it, states this amount for this subject.
///
/// Borrows its texts, so that an importer can fill a batch without allocating per row. An amount
/// that is unknown makes no observation: there is no such thing as an observation without one.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation<'a> {
    /// Sheet, if the source is a workbook.
    pub sheet: Option<&'a str>,
    /// Line or row of the **amount's** cell, from 1.
    pub row: u64,
    /// Column of the amount's cell, from 1.
    pub column: u32,
    /// Path of the amount in a tree.
    pub path: Option<&'a str>,
    /// Wage, price, quote, index or rate.
    pub kind: Kind,
    /// Paid, offered, listed ...
    pub basis: Basis,
    /// `base`, `total`, `bonus`, `unit-price`, `fee` ...
    pub component: Option<&'a str>,
    /// Tax in or out.
    pub tax: Tax,
    /// Code of the job or item.
    pub subject: Option<&'a str>,
    /// The scheme of that code (`SOC`, `ISCO`, `UNSPSC`, `SKU` ...).
    pub scheme: Option<&'a str>,
    /// Title of the job or item.
    pub title: Option<&'a str>,
    /// Place, as the source names it.
    pub place: Option<&'a str>,
    /// Employer or vendor.
    pub party: Option<&'a str>,
    /// Level or grade.
    pub level: Option<&'a str>,
    /// Which statistic the amount is.
    pub statistic: Statistic,
    /// The amount times 10^12, exactly.
    pub amount: i128,
    /// Whether the amount is the value or bounds it.
    pub bound: Bound,
    /// ISO 4217 code.
    pub currency: &'a str,
    /// Unit of the price, as UN/CEFACT code or word.
    pub per: &'a str,
    /// Least quantity that the price holds for, times 10^12.
    pub quantity_from: Option<i128>,
    /// Greatest quantity that the price holds for, times 10^12.
    pub quantity_to: Option<i128>,
    /// Importance per person; scale-free.
    pub weight: Option<f64>,
    /// That many like people stand behind a value.
    pub count: Option<i64>,
    /// Number of employers behind a statistic, where published.
    pub employers: Option<i64>,
    /// Number of respondents behind a statistic, where published.
    pub sample_size: Option<i64>,
    /// Relative standard error of this statistic, where published, as a fraction.
    pub relative_error: Option<f64>,
    /// Effective date, in days since 1970-01-01.
    pub date: Option<i32>,
    /// Other attributes, a JSON object with sorted keys.
    pub attributes: Option<&'a str>,
}

impl Observation<'_> {
    /// An observation with nothing but an amount, its currency and its unit; the rest absent.
    pub fn new<'a>(amount: i128, currency: &'a str, per: &'a str) -> Observation<'a> {
        Observation {
            sheet: None,
            row: 0,
            column: 0,
            path: None,
            kind: Kind::Wage,
            basis: Basis::Unknown,
            component: None,
            tax: Tax::Unknown,
            subject: None,
            scheme: None,
            title: None,
            place: None,
            party: None,
            level: None,
            statistic: Statistic::Value,
            amount,
            bound: Bound::Exact,
            currency,
            per,
            quantity_from: None,
            quantity_to: None,
            weight: None,
            count: None,
            employers: None,
            sample_size: None,
            relative_error: None,
            date: None,
            attributes: None,
        }
    }
}
