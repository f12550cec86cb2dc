//! Keys of numbers beside the amounts, and of signs that stand for numbers.

use super::Any;
use super::parse::{some_amount, words};
use haggle_evidence::Statistic;
use haggle_quantity::Amount;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// The column of a number beside the amounts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FromNumber {
    pub(crate) any: Any,
    #[serde(default)]
    pub(crate) required: bool,
    /// What the number is multiplied by: `0.01` for a percentage.
    #[serde(default, deserialize_with = "some_amount")]
    pub(crate) scale: Option<Amount>,
    /// The statistics that the number belongs to; all if none is listed.
    #[serde(default, deserialize_with = "words")]
    pub(crate) statistics: Vec<Statistic>,
    /// Signs for no value.
    #[serde(default)]
    pub(crate) absent: Vec<String>,
}

/// A number by name, for formulas.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValueSpec {
    pub(crate) name: String,
    pub(crate) any: Any,
    /// What the number is multiplied by.
    #[serde(default, deserialize_with = "some_amount")]
    pub(crate) scale: Option<Amount>,
    /// Signs for no value.
    #[serde(default)]
    pub(crate) absent: Vec<String>,
    /// The number where the cell is blank or such a sign; an assumption, so it needs a reason.
    pub(crate) blank: Option<Spanned<String>>,
    pub(crate) blank_reason: Option<String>,
}

/// What a publisher's sign in an amount column means: `absent` with a reason, or a `bound` with
/// the name of its threshold.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sentinel {
    pub(crate) absent: Option<String>,
    pub(crate) bound: Option<Spanned<String>>,
    pub(crate) threshold: Option<Spanned<String>>,
}

/// How much `this much or more` is, by unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Threshold {
    /// The sentence of the file's own notes, units in braces where their amounts stand.
    #[serde(default)]
    pub(crate) notes: Vec<String>,
    /// Vintage, unit, amount.
    #[serde(default)]
    pub(crate) vintages: BTreeMap<String, BTreeMap<String, Spanned<String>>>,
}
