//! The keys of a recipe file, as they are written.

mod amount;
mod field;
mod number;
mod parse;
mod rows;
mod tree;
mod word;

pub(crate) use amount::AmountSpec;
pub(crate) use field::{
    AttributeSpec, FieldSpec, FieldsSpec, FlagSpec, SayingSpec, TermSpec, TextField,
};
pub(crate) use number::{FromNumber, Sentinel, Threshold, ValueSpec};
pub(crate) use rows::{DuplicatesSpec, Hidden, RowRule};
pub use tree::Paging;
pub(crate) use tree::StatedSpec;
pub(crate) use tree::TreeSpec;
pub(crate) use word::{DateSpec, NoteSpec, Value, WordSpec};

use crate::pattern::braces;
use haggle_evidence::{Basis, Grade, Kind, Tax};
use haggle_quantity::Currency;
use parse::{some_word, word as one_word};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// Header texts of which the first that is there names the column; `*` stands for any text.
pub(crate) type Any = Vec<String>;

/// A recipe file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spec {
    pub(crate) name: Spanned<String>,
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
    /// Whether words around the table by which amounts may not be what stands there (`in thousands`)
    /// stop the import: for layouts of anybody's making.
    #[serde(default)]
    pub(crate) wary: bool,
    /// What becomes of rows that the workbook hides.
    #[serde(default)]
    pub(crate) hidden: Hidden,
    /// Where the rows stand, if the source is a tree: JSON, JSON Lines, XML.
    pub(crate) tree: Option<TreeSpec>,
    /// How a service cuts the list into pages.
    pub(crate) paging: Option<Paging>,
    /// What its pages say of the list.
    #[serde(default)]
    pub(crate) stated: StatedSpec,
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
    /// Rows that say more of every amount of a column.
    #[serde(default)]
    pub(crate) term: Vec<TermSpec>,
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
    /// What amounts are multiplied by, where their header or the notes say it in words.
    pub(crate) scale: Option<WordSpec>,
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

    /// Words that are said of a row or of the whole table.
    pub(crate) fn row_words(&self) -> impl Iterator<Item = &WordSpec> {
        let all =
            [&self.currency, &self.per, &self.basis, &self.component, &self.tax, &self.statistic];
        all.into_iter().flatten()
    }

    /// Names of the lists of spellings that are used.
    pub(crate) fn lists(&self) -> impl Iterator<Item = &str> {
        let fields = self.field.iter().filter_map(|(_, f)| f.words.as_ref());
        let attributes = self.attribute.iter().filter_map(|a| a.words.as_ref());
        let words = self.row_words().filter_map(|w| w.words.as_ref());
        let cases = self.row_words().flat_map(|w| &w.case).filter_map(|c| c.words.as_ref());
        let rules = self.rules().flat_map(|r| &r.only);
        let amounts = self.amount.get_ref().iter().flat_map(|a| &a.unless);
        let all = fields.chain(attributes).chain(words).chain(cases).chain(rules).chain(amounts);
        all.map(|name| name.get_ref().as_str())
    }

    /// Rules that say which rows are read.
    pub(crate) fn rules(&self) -> impl Iterator<Item = &RowRule> {
        self.skip.iter().chain(&self.keep).chain(&self.end)
    }

    /// Numbers beside the amounts.
    fn numbers(&self) -> impl Iterator<Item = &FromNumber> {
        let all = [
            &self.weight,
            &self.count,
            &self.employers,
            &self.sample_size,
            &self.relative_error,
            &self.quantity_from,
            &self.quantity_to,
        ];
        all.into_iter().flatten()
    }

    /// Templates of fields and attributes, which name columns in braces.
    pub(crate) fn templates(&self) -> impl Iterator<Item = &str> {
        let fields = self.field.iter().filter_map(|(_, f)| f.template.as_ref());
        let attributes = self.attribute.iter().filter_map(|a| a.template.as_ref());
        fields.chain(attributes).map(|t| t.get_ref().as_str())
    }

    /// Every list of paths that a recipe of a tree names: each is a column.
    pub(crate) fn columns(&self) -> Vec<Any> {
        let amounts = || self.amount.get_ref().iter();
        let templates = self.templates().flat_map(braces);
        let templates = templates.filter(|t| !matches!(*t, "@sheet" | "@file"));
        let mut all: Vec<Any> = self.other_columns().cloned().collect();
        all.extend(amounts().map(|a| a.any.clone()));
        all.extend(templates.map(|t| vec![t.to_owned()]));
        all.extend(self.duplicates.iter().flat_map(|d| d.by.clone()));
        all.extend(amounts().flat_map(|a| a.once.clone()));
        all.extend(self.tree.iter().flat_map(|t| &t.join).map(|j| j.by.clone()));
        let mut seen = BTreeSet::new();
        all.retain(|any| !any.is_empty() && seen.insert(any.clone()));
        all
    }

    /// Header texts of every column that is read as something other than an amount.
    pub(crate) fn other_columns(&self) -> impl Iterator<Item = &Any> {
        let amounts = || self.amount.get_ref().iter();
        let fields = self.field.iter().map(|(_, f)| &f.any);
        let attributes = self.attribute.iter().map(|a| &a.any);
        let flags = self.flag.iter().map(|f| &f.any);
        let rules = self.rules().map(|r| &r.any);
        let words = self.row_words().map(|w| &w.any);
        let cases = self.row_words().flat_map(|w| &w.case).map(|c| &c.any);
        let own = amounts().flat_map(|a| [&a.per_any, &a.currency_any]);
        let ends = amounts().map(|a| &a.to);
        let date = self.date.iter().map(|d| &d.any);
        let values = self.value.iter().map(|v| &v.any);
        let numbers = self.numbers().map(|n| &n.any);
        let texts = fields.chain(attributes).chain(flags).chain(rules).chain(words).chain(cases);
        texts.chain(own).chain(ends).chain(date).chain(values).chain(numbers)
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
