//! The keys of a recipe file, as they are written.

use haggle_evidence::{Basis, Grade, Kind, Statistic, Tax};
use haggle_quantity::{Amount, Currency, parse_amount};
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;
use toml::Spanned;

/// Header texts of which the first that is there names the column.
pub(crate) type Any = Vec<String>;

/// A recipe file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spec {
    pub(crate) name: String,
    pub(crate) version: u32,
    /// Header texts that its layout always has.
    pub(crate) signature: Vec<Any>,
    /// The only sheet to read, where several have the header.
    pub(crate) sheet: Option<String>,
    pub(crate) source: SourceSpec,
    #[serde(default)]
    pub(crate) vintage: VintageSpec,
    pub(crate) number: NumberSpec,
    pub(crate) constant: ConstantSpec,
    #[serde(default)]
    pub(crate) field: FieldsSpec,
    #[serde(default)]
    pub(crate) attribute: Vec<AttributeSpec>,
    #[serde(default)]
    pub(crate) flag: Vec<FlagSpec>,
    #[serde(default)]
    pub(crate) skip: Vec<SkipSpec>,
    #[serde(default)]
    pub(crate) keep: Vec<KeepSpec>,
    pub(crate) currency: Option<WordSpec>,
    pub(crate) per: Option<WordSpec>,
    pub(crate) date: Option<DateSpec>,
    pub(crate) weight: Option<FromNumber>,
    pub(crate) count: Option<FromNumber>,
    pub(crate) employers: Option<FromNumber>,
    pub(crate) sample_size: Option<FromNumber>,
    pub(crate) relative_error: Option<FromNumber>,
    #[serde(default)]
    pub(crate) sentinels: BTreeMap<String, BTreeMap<String, Sentinel>>,
    #[serde(default)]
    pub(crate) threshold: BTreeMap<String, Threshold>,
    pub(crate) amount: Spanned<Vec<AmountSpec>>,
}

/// Facts about every source of this layout. `{year}` stands for the vintage.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceSpec {
    pub(crate) name: String,
    pub(crate) publisher: Option<String>,
    pub(crate) licence: Option<String>,
    #[serde(default, deserialize_with = "some_word")]
    pub(crate) grade: Option<Grade>,
    /// `{year}-05-12`.
    pub(crate) reference_date: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) assumptions: Vec<String>,
}

/// Texts around the year that a source speaks for; `{year}` four digits, `{yy}` two.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct VintageSpec {
    pub(crate) notes: Vec<String>,
    pub(crate) sheets: Vec<String>,
    pub(crate) files: Vec<String>,
}

/// The notation of numbers in texts. There is no default: a notation is stated.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NumberSpec {
    pub(crate) decimal: Spanned<char>,
    pub(crate) thousands: Option<Spanned<char>>,
}

/// Fields that are the same for every row.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConstantSpec {
    #[serde(deserialize_with = "word")]
    pub(crate) kind: Kind,
    #[serde(deserialize_with = "word")]
    pub(crate) basis: Basis,
    pub(crate) component: Option<String>,
    #[serde(deserialize_with = "word")]
    pub(crate) tax: Tax,
    pub(crate) scheme: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) place: Option<String>,
    pub(crate) party: Option<String>,
    pub(crate) level: Option<String>,
    #[serde(default, deserialize_with = "some_word")]
    pub(crate) currency: Option<Currency>,
}

/// Text fields of an observation that come from columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TextField {
    Subject,
    Title,
    Place,
    Party,
    Level,
}

impl TextField {
    /// How many there are.
    pub(crate) const COUNT: usize = 5;
}

/// The columns of the text fields.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FieldsSpec {
    pub(crate) subject: Option<FieldSpec>,
    pub(crate) title: Option<FieldSpec>,
    pub(crate) place: Option<FieldSpec>,
    pub(crate) party: Option<FieldSpec>,
    pub(crate) level: Option<FieldSpec>,
}

impl FieldsSpec {
    /// The fields that the recipe maps.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (TextField, &FieldSpec)> {
        let all = [
            (TextField::Subject, &self.subject),
            (TextField::Title, &self.title),
            (TextField::Place, &self.place),
            (TextField::Party, &self.party),
            (TextField::Level, &self.level),
        ];
        all.into_iter().filter_map(|(name, spec)| Some((name, spec.as_ref()?)))
    }
}

/// A text field from a column.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldSpec {
    pub(crate) any: Any,
    /// The column must be there.
    #[serde(default)]
    pub(crate) required: bool,
    /// Its cells must not be blank.
    #[serde(default)]
    pub(crate) filled: bool,
    /// Other words for some values; what is not listed stays as it is.
    #[serde(default)]
    pub(crate) map: BTreeMap<String, String>,
    /// The value where the file has no such column; an assumption, so it needs a reason.
    pub(crate) otherwise: Option<Spanned<String>>,
    pub(crate) otherwise_reason: Option<String>,
}

/// A further column, kept in the attributes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttributeSpec {
    pub(crate) name: String,
    pub(crate) any: Any,
    #[serde(default)]
    pub(crate) required: bool,
    /// Kept as a number, in the recipe's notation.
    #[serde(default)]
    pub(crate) number: bool,
    /// Signs for no value.
    #[serde(default)]
    pub(crate) absent: Vec<String>,
}

/// A column that marks some rows; the attribute is `TRUE` there and absent elsewhere.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlagSpec {
    pub(crate) name: String,
    pub(crate) any: Any,
    /// Words that mean that the mark is set; blank, `FALSE` and `0` mean that it is not.
    pub(crate) values: Vec<String>,
}

/// Rows that sum up others.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SkipSpec {
    pub(crate) any: Any,
    #[serde(default)]
    pub(crate) required: bool,
    pub(crate) values: Vec<String>,
    /// The other words of this column; if stated, a row with any further word is rejected.
    pub(crate) known: Option<Vec<String>>,
    pub(crate) reason: String,
    /// The warning where the file has no such column.
    pub(crate) missing: Option<String>,
}

/// The only rows to read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeepSpec {
    pub(crate) any: Any,
    pub(crate) values: Vec<String>,
    pub(crate) reason: String,
}

/// The column of a currency or a unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WordSpec {
    pub(crate) any: Any,
    /// The words of the column. Where any are listed, every other word is malformed.
    #[serde(default)]
    pub(crate) map: BTreeMap<String, String>,
}

/// The column of the effective date.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DateSpec {
    pub(crate) any: Any,
    #[serde(default)]
    pub(crate) required: bool,
    pub(crate) format: DateFormat,
}

/// How a column writes dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum DateFormat {
    /// A year; its middle, 1 July, stands for it.
    #[serde(rename = "year")]
    Year,
    /// `2026-11-23`.
    #[serde(rename = "YYYY-MM-DD")]
    Day,
}

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

/// A column of amounts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AmountSpec {
    pub(crate) any: Any,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(deserialize_with = "word")]
    pub(crate) statistic: Statistic,
    /// The unit, where it is not in a column.
    pub(crate) per: Option<String>,
    /// The component, where it is not the constant one.
    pub(crate) component: Option<String>,
    /// The table of signs of this column.
    pub(crate) sentinels: Option<Spanned<String>>,
}

fn parse<'de, D: Deserializer<'de>, T: FromStr>(text: &str) -> Result<T, D::Error>
where
    T::Err: Display,
{
    text.parse().map_err(D::Error::custom)
}

fn word<'de, D: Deserializer<'de>, T: FromStr>(deserializer: D) -> Result<T, D::Error>
where
    T::Err: Display,
{
    parse::<D, T>(&String::deserialize(deserializer)?)
}

fn some_word<'de, D: Deserializer<'de>, T: FromStr>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T::Err: Display,
{
    word(deserializer).map(Some)
}

fn words<'de, D: Deserializer<'de>, T: FromStr>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T::Err: Display,
{
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| parse::<D, T>(text)).collect()
}

fn some_amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Amount>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_amount(&text).map(Some).map_err(|e| D::Error::custom(format!("`{text}` is {e}")))
}
