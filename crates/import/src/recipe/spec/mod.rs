//! The keys of a recipe file, as they are written.

mod amount;
mod field;
mod number;
mod parse;
mod rows;
mod word;

pub(crate) use amount::AmountSpec;
pub(crate) use field::{AttributeSpec, FieldSpec, FieldsSpec, FlagSpec, TextField};
pub(crate) use number::{FromNumber, Sentinel, Threshold, ValueSpec};
pub(crate) use rows::{DuplicatesSpec, Hidden, RowRule};
pub(crate) use word::{DateSpec, NoteSpec, Value, WordSpec};

use haggle_evidence::{Basis, Grade, Kind, Tax};
use haggle_quantity::Currency;
use parse::{some_word, word as one_word};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// Header texts of which the first that is there names the column; `*` stands for any text.
pub(crate) type Any = Vec<String>;

/// A recipe file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spec {
    pub(crate) name: String,
    pub(crate) version: u32,
    /// Where the list of columns comes from, if no file of this layout was at hand.
    pub(crate) untested: Option<String>,
    /// Header texts that its layout always has.
    #[serde(default)]
    pub(crate) signature: Vec<Any>,
    /// Header texts that its layout never has: they mark a fuller one, which another recipe reads.
    #[serde(default)]
    pub(crate) never: Vec<Any>,
    /// Texts of which one must stand above the header.
    #[serde(default)]
    pub(crate) notes: Vec<String>,
    /// Texts of which none may stand above the header: they mark a layout that only looks alike.
    #[serde(default)]
    pub(crate) without: Vec<String>,
    /// Sheets to read, where several have the header; `*` stands for any text.
    #[serde(default)]
    pub(crate) sheets: Vec<String>,
    /// The only sheet to read: the same as one entry of `sheets`.
    pub(crate) sheet: Option<String>,
    #[serde(default)]
    pub(crate) header: HeaderSpec,
    /// What becomes of rows that the workbook hides.
    #[serde(default)]
    pub(crate) hidden: Hidden,
    pub(crate) source: SourceSpec,
    #[serde(default)]
    pub(crate) vintage: VintageSpec,
    #[serde(default)]
    pub(crate) number: NumberSpec,
    pub(crate) constant: ConstantSpec,
    #[serde(default)]
    pub(crate) field: FieldsSpec,
    #[serde(default)]
    pub(crate) attribute: Vec<AttributeSpec>,
    #[serde(default)]
    pub(crate) flag: Vec<FlagSpec>,
    #[serde(default)]
    pub(crate) skip: Vec<RowRule>,
    #[serde(default)]
    pub(crate) keep: Vec<RowRule>,
    #[serde(default)]
    pub(crate) end: Vec<RowRule>,
    pub(crate) duplicates: Option<DuplicatesSpec>,
    pub(crate) currency: Option<WordSpec>,
    pub(crate) per: Option<WordSpec>,
    pub(crate) basis: Option<WordSpec>,
    pub(crate) component: Option<WordSpec>,
    pub(crate) tax: Option<WordSpec>,
    pub(crate) statistic: Option<WordSpec>,
    pub(crate) date: Option<DateSpec>,
    pub(crate) weight: Option<FromNumber>,
    pub(crate) count: Option<FromNumber>,
    pub(crate) employers: Option<FromNumber>,
    pub(crate) sample_size: Option<FromNumber>,
    pub(crate) relative_error: Option<FromNumber>,
    pub(crate) quantity_from: Option<FromNumber>,
    pub(crate) quantity_to: Option<FromNumber>,
    /// Numbers by name, for formulas.
    #[serde(default)]
    pub(crate) value: Vec<ValueSpec>,
    /// Lists of spellings by name: word, then its spellings.
    #[serde(default)]
    pub(crate) words: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    pub(crate) sentinels: BTreeMap<String, BTreeMap<String, Sentinel>>,
    #[serde(default)]
    pub(crate) threshold: BTreeMap<String, Threshold>,
    /// The sibling file of the same layout that holds the coefficients of variation.
    pub(crate) quality: Option<QualitySpec>,
    pub(crate) amount: Spanned<Vec<AmountSpec>>,
}

impl Spec {
    /// Patterns of the sheets to read; none if any will do.
    pub(crate) fn sheets(&self) -> Vec<&str> {
        self.sheet.iter().chain(&self.sheets).map(String::as_str).collect()
    }
}

/// The rows above the data that name its columns.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HeaderSpec {
    /// How many there are. 0: the file has none, and `columns` names them.
    pub(crate) rows: u64,
    pub(crate) columns: Vec<String>,
    /// Whether a blank cell of an upper row stands under the text on its left. Merged cells do in
    /// any case.
    pub(crate) spread: bool,
    /// How many columns the table has, where another stands beside it, which is not read.
    pub(crate) width: Option<usize>,
}

impl Default for HeaderSpec {
    fn default() -> Self {
        Self { rows: 1, columns: Vec::new(), spread: false, width: None }
    }
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

/// The notation of numbers in texts. Where it is not stated, each column's own numbers must leave
/// one reading only.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NumberSpec {
    pub(crate) decimal: Option<Spanned<char>>,
    /// The mark between groups; empty: there is none.
    pub(crate) thousands: Option<Spanned<String>>,
}

/// Fields that are the same for every row.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConstantSpec {
    #[serde(deserialize_with = "one_word")]
    pub(crate) kind: Kind,
    #[serde(deserialize_with = "one_word")]
    pub(crate) basis: Basis,
    pub(crate) component: Option<String>,
    #[serde(deserialize_with = "one_word")]
    pub(crate) tax: Tax,
    pub(crate) scheme: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) place: Option<String>,
    pub(crate) party: Option<String>,
    pub(crate) level: Option<String>,
    #[serde(default, deserialize_with = "some_word")]
    pub(crate) currency: Option<Currency>,
    /// The unit of every amount that states none of its own.
    pub(crate) per: Option<String>,
}

/// How the sibling's name follows from the file's own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QualitySpec {
    /// A piece of the file's name, and what stands there in the sibling's.
    pub(crate) name: [String; 2],
    /// Columns that together name a row.
    pub(crate) by: Vec<Any>,
    /// Signs for no value.
    #[serde(default)]
    pub(crate) absent: Vec<String>,
}
