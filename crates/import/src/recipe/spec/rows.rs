//! Keys that choose rows.

use super::Any;
use serde::Deserialize;
use toml::Spanned;

/// Rows told by one of their cells: to pass over, to read alone, or to stop at.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RowRule {
    pub(crate) any: Any,
    /// The column must be there.
    pub(crate) required: bool,
    /// The cell is one of these words.
    pub(crate) values: Vec<String>,
    /// The cell begins with one of these texts.
    pub(crate) starts: Vec<String>,
    /// One of these texts is in the cell.
    pub(crate) contains: Vec<String>,
    /// The cell is made of the words of these lists alone: `summaries`.
    pub(crate) only: Vec<Spanned<String>>,
    /// The cell is blank.
    pub(crate) blank: bool,
    /// The cell has fewer characters than this.
    pub(crate) shorter: Option<usize>,
    /// The other words of this column; if stated, a row with any further word is rejected.
    pub(crate) known: Option<Vec<String>>,
    pub(crate) reason: String,
    /// The rows sum up others.
    pub(crate) aggregate: bool,
    /// The warning where the file has no such column.
    pub(crate) missing: Option<String>,
}

/// Rows that say again what an earlier one said.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DuplicatesSpec {
    /// Columns that together name a row; none: the whole row.
    #[serde(default)]
    pub(crate) by: Vec<Any>,
    pub(crate) reason: String,
}

/// What becomes of rows that a workbook hides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum Hidden {
    /// They are read, and a warning says so.
    #[default]
    #[serde(rename = "read")]
    Read,
    /// They are passed over.
    #[serde(rename = "skip")]
    Skip,
}
