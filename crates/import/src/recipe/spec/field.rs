//! Keys of text fields, attributes and marks.

use super::word::Formats;
use super::{Any, NoteSpec};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// Text fields of an observation.
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

/// A text field: from a column, from several by a template, or from a note beside the table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FieldSpec {
    pub(crate) any: Any,
    /// Texts with columns in braces: `{First} {Last}`; `{@sheet}` and `{@file}` are names.
    pub(crate) template: Option<Spanned<String>>,
    pub(crate) note: Option<NoteSpec>,
    /// The column must be there.
    pub(crate) required: bool,
    /// Its cells must not be blank.
    pub(crate) filled: bool,
    /// A blank cell stands under the one above it, as merged cells do.
    pub(crate) fill_down: bool,
    /// A number is written with zeros in front, up to so many digits.
    pub(crate) digits: Option<usize>,
    /// Signs for no value.
    pub(crate) absent: Vec<String>,
    /// The part of the text before this mark.
    pub(crate) before: Option<String>,
    /// Other words for some values; what is not listed stays as it is.
    pub(crate) map: BTreeMap<String, String>,
    /// A list of spellings by name: of the recipe, or built in (`countries`).
    pub(crate) words: Option<Spanned<String>>,
    /// The value where the file has no such column; an assumption, so it needs a reason.
    pub(crate) otherwise: Option<Spanned<String>>,
    pub(crate) otherwise_reason: Option<String>,
    /// The value where the cell is blank; an assumption, so it needs a reason.
    pub(crate) blank: Option<Spanned<String>>,
    pub(crate) blank_reason: Option<String>,
}

/// A further column, kept in the attributes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttributeSpec {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) any: Any,
    pub(crate) note: Option<NoteSpec>,
    /// `{@sheet}` and `{@file}` are names.
    pub(crate) template: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) required: bool,
    /// Kept as a number, in the recipe's notation.
    #[serde(default)]
    pub(crate) number: bool,
    /// Signs for no value.
    #[serde(default)]
    pub(crate) absent: Vec<String>,
    /// A list of spellings by name.
    pub(crate) words: Option<Spanned<String>>,
    /// Patterns of texts with what they mean: `"net {n:digits}" = "{n}"`.
    #[serde(default)]
    pub(crate) like: BTreeMap<String, String>,
    /// What a text means that is like no pattern; empty: nothing. Without it the text stays.
    pub(crate) otherwise: Option<String>,
    /// The formats of a date, which is kept as `YYYY-MM-DD`.
    pub(crate) format: Option<Formats>,
    /// A percentage is kept as a fraction: 0.05 for `5 %`.
    #[serde(default)]
    pub(crate) fraction: bool,
}

impl AttributeSpec {
    /// Whether more than a text or a number as it stands is asked for.
    pub(crate) fn is_said(&self) -> bool {
        self.fraction || self.format.is_some() || !self.like.is_empty()
    }

    /// How its cells are read.
    pub(crate) fn saying(&self) -> SayingSpec<'_> {
        SayingSpec {
            absent: &self.absent,
            format: self.format.as_ref().map_or(&[], |f| &f.0),
            like: &self.like,
            otherwise: self.otherwise.as_deref(),
            number: self.number,
            fraction: self.fraction,
        }
    }
}

/// A row that says more of every amount of a column, by the label in its first filled cell.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TermSpec {
    /// The attribute that it becomes; `currency` is that of the amounts.
    pub(crate) name: String,
    /// Texts of the label; `*` stands for any text.
    pub(crate) labels: Vec<String>,
    #[serde(default)]
    pub(crate) absent: Vec<String>,
    #[serde(default)]
    pub(crate) like: BTreeMap<String, String>,
    pub(crate) otherwise: Option<String>,
    pub(crate) format: Option<Formats>,
    #[serde(default)]
    pub(crate) number: bool,
    #[serde(default)]
    pub(crate) fraction: bool,
}

impl TermSpec {
    /// How its cells are read.
    pub(crate) fn saying(&self) -> SayingSpec<'_> {
        SayingSpec {
            absent: &self.absent,
            format: self.format.as_ref().map_or(&[], |f| &f.0),
            like: &self.like,
            otherwise: self.otherwise.as_deref(),
            number: self.number,
            fraction: self.fraction,
        }
    }
}

/// How a cell is read that people write in many ways.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SayingSpec<'a> {
    pub(crate) absent: &'a [String],
    pub(crate) format: &'a [String],
    pub(crate) like: &'a BTreeMap<String, String>,
    pub(crate) otherwise: Option<&'a str>,
    pub(crate) number: bool,
    pub(crate) fraction: bool,
}

impl Default for SayingSpec<'_> {
    fn default() -> Self {
        static NONE: BTreeMap<String, String> = BTreeMap::new();
        Self {
            absent: &[],
            format: &[],
            like: &NONE,
            otherwise: None,
            number: false,
            fraction: false,
        }
    }
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
