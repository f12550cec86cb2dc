//! A recipe bound to one table: its columns by number, its words and signs with their meaning.

mod amount;
mod bind;
mod word;

pub(crate) use bind::{Table, in_doubt};
pub(crate) use word::{Case, Known, Meaning, Patterns, Words, like};

use crate::cell::Cell;
use crate::columns::Columns;
use crate::date::DateFormat;
use crate::formula::Formula;
use crate::header::{Header, key};
use crate::json::Name;
use crate::number::Notation;
use crate::quality::Quality;
use crate::recipe::{FromNumber, Hidden, RowRule, TextField};
use crate::saying::Saying;
use crate::source::Row;
use crate::spellings::Spellings;
use crate::terms::Term;
use haggle_evidence::{Basis, Bound, Kind, Statistic, Tax};
use haggle_quantity::{Amount, Currency, Per};
use std::collections::BTreeMap;

/// A column of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its number, from 0.
    pub(crate) index: usize,
    /// The text of its header, as it stands there.
    pub(crate) name: String,
}

/// What a sign in an amount column means.
#[derive(Debug, Clone)]
pub(crate) enum Sign {
    /// No value, for this reason.
    Absent(String),
    /// A bound, by unit; no unit is listed whose threshold is unknown.
    Bound(Bound, BTreeMap<Per, Amount>),
}

/// The signs of an amount column: texts as they stand there, and numbers by value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signs {
    pub(crate) texts: BTreeMap<String, Sign>,
    pub(crate) numbers: Vec<(Amount, Sign)>,
}

impl Signs {
    /// Whether a text is one of the signs.
    pub(crate) fn know(&self, cell: &Cell<'_>) -> bool {
        matches!(cell, Cell::Text(text) if self.texts.contains_key(&key(text)))
    }
}

/// What the cell of an amount column is read as.
#[derive(Debug, Clone)]
pub(crate) enum Reading {
    /// One amount.
    One,
    /// The lower end of a range; the column of the upper one, which is an amount column too.
    Lower { upper: usize },
    /// The upper end of a range, read with the lower one.
    Upper,
    /// A text that may be a band.
    Band,
    /// The result of arithmetic over named numbers.
    Formula(Formula),
}

/// A column of amounts.
#[derive(Debug, Clone)]
pub(crate) struct AmountColumn {
    pub(crate) column: Column,
    pub(crate) reading: Reading,
    /// Absent: the row says it.
    pub(crate) statistic: Option<Statistic>,
    pub(crate) per: Known<Per>,
    pub(crate) currency: Known<Currency>,
    pub(crate) kind: Kind,
    /// Absent: the row says it.
    pub(crate) basis: Option<Basis>,
    pub(crate) tax: Option<Tax>,
    pub(crate) component: Option<String>,
    /// Texts that the header says of every row; an empty one: the amount has none.
    pub(crate) texts: [Option<String>; TextField::COUNT],
    /// The date that the header says of every row.
    pub(crate) date: Option<i32>,
    /// Quantities that the recipe says of every row, times 10^12: from and to.
    pub(crate) quantities: [Option<i128>; 2],
    /// Columns of amounts that hold in its stead from a quantity on, where a row has them.
    pub(crate) steps: Vec<(i128, usize)>,
    pub(crate) scale: Option<Amount>,
    /// ` * ` and the scale, as a reader is told it.
    pub(crate) times: String,
    /// The least that an amount can be, and what a smaller one is.
    pub(crate) least: Option<(Amount, String)>,
    pub(crate) signs: Signs,
    /// Columns that name what the amount belongs to, where several rows repeat it.
    pub(crate) once: Vec<usize>,
    /// What rows below say of all amounts of the column: members of their attributes in JSON.
    pub(crate) terms: String,
}

/// Where a text field comes from.
#[derive(Debug, Clone)]
pub(crate) enum TextFrom {
    Column(Column),
    /// Texts and columns in turn.
    Template(Vec<TemplatePiece>),
}

/// A piece of a template.
#[derive(Debug, Clone)]
pub(crate) enum TemplatePiece {
    Text(String),
    Column(Column),
}

/// A text field as a recipe reads it.
#[derive(Debug, Clone)]
pub(crate) struct TextColumn {
    pub(crate) field: TextField,
    pub(crate) from: TextFrom,
    pub(crate) filled: bool,
    pub(crate) fill_down: bool,
    pub(crate) digits: usize,
    pub(crate) absent: Vec<String>,
    pub(crate) before: Option<String>,
    pub(crate) map: BTreeMap<String, String>,
    /// The words of `map` that have `*` in them.
    pub(crate) patterns: Patterns,
    pub(crate) words: Option<Spellings>,
    pub(crate) blank: Option<String>,
}

/// An attribute of a row, in order of name.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub(crate) name: Name,
    pub(crate) from: AttributeFrom,
}

/// Where an attribute comes from.
#[derive(Debug, Clone)]
pub(crate) enum AttributeFrom {
    /// The same for every row.
    Fixed(String),
    Text {
        column: Column,
        absent: Vec<String>,
        words: Option<Spellings>,
    },
    Number {
        column: Column,
        absent: Vec<String>,
    },
    /// By patterns, formats and shares.
    Said {
        column: Column,
        saying: Saying,
    },
    /// Set where the cell is one of these words.
    Flag {
        column: Column,
        values: WordList,
    },
}

/// A column with the part of the recipe that reads it.
pub(crate) type Mapped<T> = (Column, T);

/// Words that are compared as header texts are.
#[derive(Debug, Clone)]
pub(crate) struct WordList {
    words: Vec<String>,
    keys: Vec<String>,
}

impl WordList {
    pub(crate) fn new(words: &[String]) -> Self {
        Self { words: words.to_vec(), keys: words.iter().map(|word| key(word)).collect() }
    }

    /// The words as they are written.
    pub(crate) fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether a word is one of them.
    pub(crate) fn has(&self, word: &str) -> bool {
        // Nothing of a plain word is squeezed, and it is looked for in many rows.
        let alike = || match word.bytes().all(|b| b.is_ascii_graphic()) {
            true => self.keys.iter().any(|key| key.eq_ignore_ascii_case(word)),
            false => self.keys.contains(&key(word)),
        };
        !self.words.is_empty() && (self.words.iter().any(|w| w == word) || alike())
    }
}

/// A rule that chooses rows by one cell.
#[derive(Debug, Clone)]
pub(crate) struct BoundRule {
    pub(crate) column: Column,
    pub(crate) rule: RowRule,
    /// The words of which the cell is one.
    pub(crate) values: WordList,
    /// The words that may stand there otherwise, if all are known.
    pub(crate) known: Option<WordList>,
    /// The words that the cell is made of alone.
    pub(crate) only: Option<Spellings>,
}

/// A named number of a row.
#[derive(Debug, Clone)]
pub(crate) struct NamedNumber {
    pub(crate) name: String,
    pub(crate) column: Column,
    pub(crate) scale: Option<Amount>,
    pub(crate) absent: Vec<String>,
    pub(crate) blank: Option<Amount>,
}

/// A column of dates.
#[derive(Debug, Clone)]
pub(crate) struct DateColumn {
    pub(crate) column: Column,
    /// Formats that are tried in order.
    pub(crate) formats: Vec<DateFormat>,
    /// Signs for no date.
    pub(crate) absent: Vec<String>,
}

/// Words that are said of a whole row.
#[derive(Debug, Clone, Default)]
pub(crate) struct RowWords {
    pub(crate) currency: Option<Words>,
    pub(crate) per: Option<Words>,
    pub(crate) basis: Option<Words>,
    pub(crate) component: Option<Words>,
    pub(crate) tax: Option<Words>,
    pub(crate) statistic: Option<Words>,
}

/// The numbers beside the amounts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beside {
    pub(crate) weight: Option<Mapped<FromNumber>>,
    pub(crate) count: Option<Mapped<FromNumber>>,
    pub(crate) employers: Option<Mapped<FromNumber>>,
    pub(crate) sample_size: Option<Mapped<FromNumber>>,
    pub(crate) relative_error: Option<Mapped<FromNumber>>,
    pub(crate) quantity_from: Option<Mapped<FromNumber>>,
    pub(crate) quantity_to: Option<Mapped<FromNumber>>,
}

/// The columns that amounts are read from, whose row need not have them all.
#[derive(Debug, Clone)]
pub(crate) struct AmountsAt {
    pub(crate) columns: Columns,
    /// Of each column the amounts that are read where it has a cell.
    of: Vec<Vec<usize>>,
    count: usize,
}

impl AmountsAt {
    fn new(amounts: &[AmountColumn]) -> Self {
        let mut of =
            vec![Vec::new(); 1 + amounts.iter().map(|a| a.column.index).max().unwrap_or(0)];
        for (number, amount) in amounts.iter().enumerate() {
            match amount.reading {
                Reading::Upper => {}
                Reading::Lower { upper } => {
                    of[amount.column.index].push(number);
                    of[amounts[upper].column.index].push(number);
                }
                _ => of[amount.column.index].push(number),
            }
        }
        let columns = (0..of.len()).filter(|column| !of[*column].is_empty()).collect();
        Self { columns, of, count: amounts.len() }
    }

    /// Numbers of the amounts that a row may state, in order, in place of what was in `out`.
    pub(crate) fn of(&self, row: &Row<'_>, out: &mut Vec<usize>) {
        out.clear();
        let Some(branch) = row.branch else { return out.extend(0..self.count) };
        for column in self.columns.common(branch.set) {
            out.extend_from_slice(&self.of[column]);
        }
        out.sort_unstable();
        out.dedup();
    }
}

/// What the recipe says of every observation.
#[derive(Debug, Clone)]
pub(crate) struct Constants {
    pub(crate) basis: Basis,
    pub(crate) tax: Tax,
    pub(crate) component: Option<String>,
    pub(crate) statistic: Option<Statistic>,
    pub(crate) scheme: Option<String>,
    pub(crate) texts: [Option<String>; TextField::COUNT],
    pub(crate) currency: Option<Currency>,
    pub(crate) per: Option<Per>,
    /// What amounts are multiplied by whose header does not say otherwise.
    pub(crate) scale: Option<Amount>,
    pub(crate) date: Option<i32>,
}

/// A table as a recipe reads it.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) sheet: Option<String>,
    /// First row of the header, from 1.
    pub(crate) header_from: u64,
    /// Last row of the header; 0 if there is none.
    pub(crate) header: u64,
    /// Columns of the header.
    pub(crate) width: usize,
    /// The header itself.
    pub(crate) names: Header,
    /// Relative errors from a sibling file.
    pub(crate) quality: Option<Quality>,
    /// The stated notation; absent: by column, as `notations` says.
    pub(crate) notation: Option<Notation>,
    /// Notation of each column of numbers, where none is stated; absent for a column that is not
    /// read because two readings are left.
    pub(crate) notations: BTreeMap<usize, Option<Notation>>,
    pub(crate) constants: Constants,
    pub(crate) texts: Vec<TextColumn>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) terms: Vec<Term>,
    pub(crate) skips: Vec<BoundRule>,
    pub(crate) keeps: Vec<BoundRule>,
    pub(crate) ends: Vec<BoundRule>,
    /// Columns that name a row, and the reason; no columns: the whole row.
    pub(crate) duplicates: Option<(Vec<usize>, String)>,
    pub(crate) hidden: Hidden,
    /// Whether a note about thousands stops the import.
    pub(crate) wary: bool,
    pub(crate) words: RowWords,
    pub(crate) date: Option<DateColumn>,
    pub(crate) beside: Beside,
    pub(crate) values: Vec<NamedNumber>,
    pub(crate) amounts: Vec<AmountColumn>,
    pub(crate) amounts_at: AmountsAt,
    /// What is taken as given because the file does not say it.
    pub(crate) assumptions: Vec<String>,
    /// What a reader should know because a column is not there: code and words.
    pub(crate) warnings: Vec<(&'static str, String)>,
}

impl Layout {
    /// The notation of a column; absent if the column is not read.
    pub(crate) fn notation(&self, column: usize) -> Option<Notation> {
        match self.notation {
            Some(stated) => Some(stated),
            None => self.notations.get(&column).copied().unwrap_or(Some(Notation::PLAIN)),
        }
    }

    /// Every column of numbers, with its header.
    pub(crate) fn number_columns(&self) -> BTreeMap<usize, &str> {
        let b = &self.beside;
        let beside = [
            &b.weight,
            &b.count,
            &b.employers,
            &b.sample_size,
            &b.relative_error,
            &b.quantity_from,
            &b.quantity_to,
        ];
        let beside = beside.into_iter().flatten().map(|(c, _)| c);
        let attributes = self.attributes.iter().filter_map(|a| match &a.from {
            AttributeFrom::Number { column, .. } => Some(column),
            AttributeFrom::Said { column, saying } if saying.number => Some(column),
            _ => None,
        });
        let amounts = self.amounts.iter().map(|a| &a.column);
        let values = self.values.iter().map(|v| &v.column);
        let all = amounts.chain(values).chain(beside).chain(attributes);
        all.map(|c| (c.index, c.name.as_str())).collect()
    }
}
