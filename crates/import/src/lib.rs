//! Importer for files: CSV, TSV, XLSX, XLSB, XLS and ODS through recipes, every row and cell accounted for.
//!
//! [`open`] looks at a file's content, chooses a [`Recipe`] by the columns it finds and gives a
//! [`FileImporter`]; its `run` sends batches of observations to a sink and returns the account.
//!
//! One way through the code: `sniff` (which format) → `source` (rows of cells, from `text` or
//! `workbook`) → `choose` (which recipe, which header) → `layout` (columns by number) → `row`
//! (cells to observations) → `importer` (batches and the account).

mod builtin;
mod cell;
mod choose;
mod guard;
mod hash;
mod header;
mod importer;
mod json;
mod layout;
mod lines;
mod number;
#[doc(hidden)]
pub mod probe;
mod recipe;
mod row;
mod sniff;
mod source;
mod text;
mod vintage;
mod workbook;

pub use builtin::builtin_recipes;
pub use hash::content_hash;
pub use importer::{BATCH_SIZE, FileImporter, IMPORTER_VERSION, Options, open};
pub use recipe::{Recipe, RecipeError};
pub use workbook::WHOLE_FILE_LIMIT;
