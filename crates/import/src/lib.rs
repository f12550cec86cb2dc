//! Importer for files: CSV, TSV, XLSX, XLSB, XLS, ODS, JSON and XML through recipes, every row and cell accounted for.
//!
//! [`open`] looks at a file's content, chooses a [`Recipe`] by the columns it finds and gives a
//! [`FileImporter`]; its `run` sends batches of observations to a sink and returns the account.
//!
//! One way through the code: `container` (what is packed) → `sniff` (which format) → `source` (rows
//! of cells, from `text`, `workbook`, `pages` or `tree`) → `choose` (which recipe, which header) → `layout`
//! (columns by number) → `read` (cells to observations) → `importer` (batches and the account).

mod builtin;
mod cell;
mod choose;
mod columns;
mod container;
mod date;
mod detect;
mod doubt;
mod facts;
mod formula;
#[cfg(any(test, feature = "fuzz"))]
#[doc(hidden)]
pub mod fuzz;
mod guard;
mod hash;
mod header;
mod html;
mod importer;
pub mod inspect;
mod issues;
mod json;
mod layout;
mod money;
mod notation;
mod notes;
mod number;
mod pages;
mod pattern;
#[doc(hidden)]
pub mod probe;
mod quality;
mod read;
mod recipe;
mod repeats;
mod run;
mod saying;
mod sniff;
mod source;
mod spellings;
mod suspicion;
mod terms;
mod text;
mod tree;
mod vintage;
mod workbook;
mod xml2003;

pub use builtin::{builtin_hash, builtin_recipes, nearest_recipes};
pub use container::{Spooled, spool};
pub use facts::reading_name;
pub use hash::content_hash;
pub use importer::{FileImporter, IMPORTER_VERSION, Issue, Observer, Options, open, open_pages};
pub use issues::IssueWriter;
pub use quality::siblings;
pub use recipe::{Paging, Recipe, RecipeError};
pub use tree::{PageLook, PageLooker};
pub use workbook::WHOLE_FILE_LIMIT;
