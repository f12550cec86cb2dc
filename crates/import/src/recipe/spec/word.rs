//! Keys of words that come from a column, a header, a note or the amount itself.

use super::Any;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// A currency, a unit, a basis ...: where its word stands, and what the words mean.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WordSpec {
    /// The column.
    pub(crate) any: Any,
    /// A labelled value beside the table.
    pub(crate) note: Option<NoteSpec>,
    /// The word stands in the header of the amount: the one word of `map` that is in it.
    pub(crate) header: bool,
    /// The word stands in the notes above the header: the one word of `map` that is in them.
    pub(crate) notes: bool,
    /// The currency mark that the amount carries: `$`, `PHP`.
    pub(crate) mark: bool,
    /// Only the first word of the cell counts.
    pub(crate) first_word: bool,
    /// The words. Where any are listed, every other word is malformed.
    pub(crate) map: BTreeMap<String, String>,
    /// The words to look for in the notes, where those of `map` would say too little there: a
    /// title's "annual survey" is no unit, its "per year" is.
    pub(crate) above: BTreeMap<String, String>,
    /// A list of spellings by name: of the recipe, or built in (`currencies`).
    pub(crate) words: Option<Spanned<String>>,
    /// Words not listed stand for themselves.
    pub(crate) open: bool,
    /// Words of rows that are passed over, since they say nothing that can be used.
    pub(crate) ignore: Vec<String>,
    pub(crate) ignore_reason: Option<String>,
    /// Words that another column settles.
    pub(crate) case: Vec<CaseSpec>,
    /// The word where the file has no such column; an assumption, so it needs a reason.
    pub(crate) otherwise: Option<Spanned<String>>,
    pub(crate) otherwise_reason: Option<String>,
    /// The word where the cell is blank; an assumption, so it needs a reason.
    pub(crate) blank: Option<Spanned<String>>,
    pub(crate) blank_reason: Option<String>,
}

/// A word that means one thing or another, as a second column says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseSpec {
    pub(crate) value: String,
    pub(crate) any: Any,
    /// A list of spellings that the second column is read by first.
    pub(crate) words: Option<Spanned<String>>,
    pub(crate) map: BTreeMap<String, String>,
}

/// A value beside the table: a label, and where the value stands from it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoteSpec {
    /// Texts of the label; `*` stands for any text.
    pub(crate) label: Vec<String>,
    #[serde(default)]
    pub(crate) value: Value,
}

/// Where a value stands from its label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum Value {
    /// In the next filled cell of the row.
    #[default]
    #[serde(rename = "right")]
    Right,
    /// In the cell below.
    #[serde(rename = "below")]
    Below,
    /// In the same cell, behind the label.
    #[serde(rename = "after")]
    After,
}

/// The effective date: from a column or a note.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DateSpec {
    #[serde(default)]
    pub(crate) any: Any,
    pub(crate) note: Option<NoteSpec>,
    #[serde(default)]
    pub(crate) required: bool,
    /// `year`, or a pattern of `YYYY`, `YY`, `MM`, `DD`, `Mon`, `Month`, `hh`, `mm`, `ss`;
    /// several are tried in order.
    pub(crate) format: Spanned<Formats>,
    /// Signs for no date.
    #[serde(default)]
    pub(crate) absent: Vec<String>,
}

/// One format or several.
#[derive(Debug, Clone)]
pub(crate) struct Formats(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Formats {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Formats;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a format or a list of formats")
            }
            fn visit_str<E>(self, text: &str) -> Result<Formats, E> {
                Ok(Formats(vec![text.to_owned()]))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut seq: A,
            ) -> Result<Formats, A::Error> {
                let mut all = Vec::new();
                while let Some(format) = seq.next_element()? {
                    all.push(format);
                }
                Ok(Formats(all))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
