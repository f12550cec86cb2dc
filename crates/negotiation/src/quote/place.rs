//! Where a price stands, put into words when somebody asks: few of many places are ever read.

use std::fmt;
use std::sync::Arc;

/// A file and a place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In words: `bids.xlsx:Prices!D14`.
    Words(Arc<str>),
    /// A field of a line of a text file, both from 1: `bids.csv:118:7`.
    Field {
        /// Name of the file.
        file: Arc<str>,
        /// Line.
        row: u64,
        /// Field.
        column: u32,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(words) => f.write_str(words),
            Self::Field { file, row, column } => write!(f, "{file}:{row}:{column}"),
        }
    }
}

impl<T: Into<Arc<str>>> From<T> for Place {
    fn from(words: T) -> Self {
        Self::Words(words.into())
    }
}
