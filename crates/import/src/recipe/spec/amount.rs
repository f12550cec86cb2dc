//! Keys of a column of amounts, or of many columns of one kind.

use super::Any;
use super::parse::{some_amount, some_word};
use haggle_evidence::{Basis, Kind, Tax};
use haggle_quantity::Amount;
use serde::Deserialize;
use toml::Spanned;

/// A column of amounts: one by its header (`any`), or every column whose header is like a pattern
/// (`like`), the pieces that the pattern captures standing in the other keys in braces.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AmountSpec {
    #[serde(default)]
    pub(crate) any: Any,
    /// Patterns of headers: `{vendor} unit price`. `{p:digits}` captures digits only.
    #[serde(default)]
    pub(crate) like: Vec<Spanned<String>>,
    /// One pattern for each header row, from the top.
    #[serde(default)]
    pub(crate) rows: Vec<Spanned<String>>,
    /// Headers that are left out.
    #[serde(default)]
    pub(crate) except: Vec<String>,
    /// Columns of which what is captured is made of the words of these lists alone are left out.
    #[serde(default)]
    pub(crate) unless: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) required: bool,
    /// `value`, `p10`, `p{p}` ...; absent where a `[statistic]` column says it.
    pub(crate) statistic: Option<Spanned<String>>,
    /// The unit, where it is not in a column.
    pub(crate) per: Option<String>,
    /// The column of this amount's unit, read by the words of `[per]`.
    #[serde(default)]
    pub(crate) per_any: Any,
    /// The currency, where it is neither in a column nor the constant one.
    pub(crate) currency: Option<String>,
    /// The column of this amount's currency, read by the words of `[currency]`.
    #[serde(default)]
    pub(crate) currency_any: Any,
    #[serde(default, deserialize_with = "some_word")]
    pub(crate) kind: Option<Kind>,
    #[serde(default, deserialize_with = "some_word")]
    pub(crate) basis: Option<Basis>,
    #[serde(default, deserialize_with = "some_word")]
    pub(crate) tax: Option<Tax>,
    /// The component, where it is not the constant one.
    pub(crate) component: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) place: Option<String>,
    pub(crate) party: Option<String>,
    pub(crate) level: Option<String>,
    /// The date, read by the formats of `[date]`.
    pub(crate) date: Option<String>,
    /// The quantities that the amount is for, where the row does not say: above, and up to.
    #[serde(default, deserialize_with = "some_amount")]
    pub(crate) quantity_from: Option<Amount>,
    #[serde(default, deserialize_with = "some_amount")]
    pub(crate) quantity_to: Option<Amount>,
    /// The column of the upper end of a range whose lower end this is.
    #[serde(default)]
    pub(crate) to: Any,
    /// Columns that name what the amount belongs to: rows that agree in all of them repeat it, and
    /// it is stated once.
    #[serde(default)]
    pub(crate) once: Vec<Any>,
    /// Texts such as `$30,000 - $40,000` or `less than $10,000` are bounds.
    #[serde(default)]
    pub(crate) band: bool,
    /// What the amount is multiplied by: `1000` where a header says "in thousands".
    #[serde(default, deserialize_with = "some_amount")]
    pub(crate) scale: Option<Amount>,
    /// The least that an amount can be: what is smaller is a code, or in thousands, and rejected.
    #[serde(default, deserialize_with = "some_amount")]
    pub(crate) least: Option<Amount>,
    /// Why.
    pub(crate) least_reason: Option<String>,
    /// Arithmetic of `[[value]]` names instead of the cell itself: `salary / fraction`.
    pub(crate) formula: Option<Spanned<String>>,
    /// The table of signs of this column.
    pub(crate) sentinels: Option<Spanned<String>>,
}

impl AmountSpec {
    /// Whether it is many columns of one kind.
    pub(crate) fn is_wide(&self) -> bool {
        !self.like.is_empty() || !self.rows.is_empty()
    }

    /// Whether it says its currency itself.
    pub(crate) fn has_currency(&self) -> bool {
        self.currency.is_some() || !self.currency_any.is_empty()
    }

    /// Whether it says its unit itself.
    pub(crate) fn has_unit(&self) -> bool {
        self.per.is_some() || !self.per_any.is_empty()
    }

    /// What a message calls it.
    pub(crate) fn label(&self) -> &str {
        let like = || self.like.iter().chain(&self.rows).map(|l| l.get_ref());
        self.any.first().or_else(|| like().next()).map_or("", String::as_str)
    }
}
