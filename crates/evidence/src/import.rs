//! The contract between whoever reads a source and whoever keeps what it says.

use crate::{Account, Diagnostic, Grade, Severity};
use arrow_array::RecordBatch;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who reads: what decides whether a stored import is still up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImporterIdentity {
    /// Name of the recipe.
    pub recipe: String,
    /// SHA-256 of the recipe's text, in hexadecimal, and of what else changes its reading.
    pub recipe_hash: String,
    /// Version of the importing code; raised whenever the same file would give other observations.
    pub importer: u32,
}

/// What is known of a source as a whole, from its recipe and its own notes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceFacts {
    /// What it is called: `BLS OEWS May 2022`.
    pub name: String,
    /// Who publishes it.
    pub publisher: Option<String>,
    /// Under which terms.
    pub licence: Option<String>,
    /// How far evidence of this kind is trusted.
    pub grade: Option<Grade>,
    /// Reference date of rows without a date of their own, in days since 1970-01-01.
    pub date: Option<i32>,
    /// Things taken as given, in words: each is an assumption of the report.
    pub assumptions: Vec<String>,
    /// The plugin that brought it, if one did.
    pub plugin: Option<PluginFacts>,
}

/// The plugin that brought a source: what ran, how it was confined, and everything it was given to
/// read. Who has the inputs can run it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginFacts {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the bytes that ran.
    pub sha256: String,
    /// The interface that it was made for.
    pub abi: String,
    /// How it was confined: `full`, `reduced`, `process` or `script`.
    pub level: String,
    /// What it was told, as JSON with sorted keys.
    pub config: String,
    /// What it was given to read, in order.
    pub inputs: Vec<InputFacts>,
}

/// One input of a plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFacts {
    /// Its address, without secrets.
    pub uri: String,
    /// How many bytes the plugin saw of it.
    pub size: u64,
    /// SHA-256 of those bytes.
    pub sha256: String,
    /// Whether it saw all that there was, to the end of what it asked for.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub complete: bool,
    /// The bytes that it asked for, as `0-99` or `100-`; none if it asked for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// Headers that were sent for it, `Name: value`, with the names of secrets in their place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<String>,
}

fn yes() -> bool {
    true
}

/// The result of reading a source to its end.
#[derive(Debug, Clone, Default)]
pub struct Import {
    /// What is known of the source as a whole.
    pub facts: SourceFacts,
    /// What became of every row and cell.
    pub account: Account,
    /// Warnings and notes about the source as a whole.
    pub diagnostics: Vec<Diagnostic>,
}

/// Takes batches of the observation schema, in source order.
pub trait Sink {
    /// Takes one batch.
    ///
    /// # Errors
    /// [`SinkError`] if it cannot be kept; the importer stops and passes it on.
    fn accept(&mut self, batch: RecordBatch) -> Result<(), SinkError>;
}

impl<F: FnMut(RecordBatch) -> Result<(), SinkError>> Sink for F {
    fn accept(&mut self, batch: RecordBatch) -> Result<(), SinkError> {
        self(batch)
    }
}

/// A batch could not be kept, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkError(pub String);

impl fmt::Display for SinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SinkError {}

/// Reads one source whole.
pub trait Importer {
    /// Who reads.
    fn identity(&self) -> &ImporterIdentity;

    /// Reads the source to its end. A malformed row is in the account, never an error.
    ///
    /// # Errors
    /// [`ImportError`] if the source as a whole cannot be read; nothing of it counts then.
    fn run(&mut self, sink: &mut dyn Sink) -> Result<Import, ImportError>;
}

/// A source cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportError {
    /// The source is at fault.
    Source(Box<Diagnostic>),
    /// The sink refused a batch.
    Sink(SinkError),
}

impl ImportError {
    /// An error of the source, by code.
    pub fn source(code: &'static str, place: crate::Locator, message: impl Into<String>) -> Self {
        let help = crate::code(code).map(|c| c.help.to_owned());
        let severity = Severity::Error;
        Self::Source(Box::new(Diagnostic { code, severity, place, message: message.into(), help }))
    }
}

impl From<SinkError> for ImportError {
    fn from(error: SinkError) -> Self {
        Self::Sink(error)
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(d) => write!(f, "{}: {}", d.code, d.message),
            Self::Sink(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for ImportError {}
