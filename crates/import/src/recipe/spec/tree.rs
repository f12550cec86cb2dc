//! Keys of sources that are trees: where the rows stand, what they are joined with, how a service
//! cuts them into pages.

use super::Any;
use serde::Deserialize;
use toml::Spanned;

/// Where the rows of a tree stand.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TreeSpec {
    /// Paths of the objects that are rows: `/models/{model}`.
    pub(crate) rows: Vec<Spanned<String>>,
    /// Paths of the plain values that are rows of the one column `@value`.
    pub(crate) values: Vec<Spanned<String>>,
    /// Members of rows that are told if no column reads them; `*` stands for any text.
    pub(crate) watch: Vec<String>,
    /// Other rows of the same file that say more of them.
    pub(crate) join: Vec<JoinSpec>,
}

/// Rows of the same file that say more of the ones that are read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JoinSpec {
    /// What stands with a colon before their columns: `product:attributes/location`.
    pub(crate) name: String,
    pub(crate) rows: Spanned<String>,
    /// Their column that is the same.
    pub(crate) key: String,
    /// As this one of the rows that are read.
    pub(crate) by: Any,
}

/// How a service cuts a list into pages, and how the next one is found.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "way", rename_all = "lowercase", deny_unknown_fields)]
pub enum Paging {
    /// By the address of the relation `next` in the `Link` header of the response.
    Link,
    /// By the address that stands in the page.
    Body {
        /// Where.
        pointer: String,
    },
    /// By a mark that stands in the page and is put into the query of the next request.
    Cursor {
        /// Where it stands.
        pointer: String,
        /// The name of the query's parameter.
        parameter: String,
    },
    /// By the page's number in the query; a page without items is behind the last one.
    Number {
        /// The name of the query's parameter.
        parameter: String,
        /// The number of the first page.
        first: u64,
    },
    /// By the number of items to pass over; a page without items is behind the last one.
    Offset {
        /// The name of the query's parameter.
        parameter: String,
        /// Items of a page.
        step: u64,
    },
}

/// Where the pages of a list say something of it by which it is checked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct StatedSpec {
    /// How many items the page has.
    pub(crate) count: Option<String>,
    /// How many items all pages have together.
    pub(crate) total: Option<String>,
    /// What is the same on all pages as long as the list is: a version, a date.
    pub(crate) same: Option<String>,
}

impl StatedSpec {
    /// The pointers that there are.
    pub(crate) fn pointers(&self) -> impl Iterator<Item = &String> {
        self.count.iter().chain(&self.total).chain(&self.same)
    }
}
