//! The vocabulary of facts: what an observation says, where it stands, what went wrong on the way
//! in, and the contract of an importer.
//!
//! An **observation** says: this source, at this place in it, states this amount for this
//! subject. Its schema ([`schema`]) only grows and carries a version; readers accept the current
//! one and the one before.

mod account;
mod batch;
mod diagnostic;
mod example;
mod import;
mod locator;
mod observation;
mod texts;
mod words;

/// A batch of observations, by the schema above; part of the contract between importer and sink.
pub use arrow_array::RecordBatch;

pub use account::{Account, Disposition, RowSet, Sample, Tally};
pub use batch::{Batch, BatchBuilder, BatchError, FIELDS, SCHEMA_VERSION, schema};
pub use diagnostic::{CODES, Code, Diagnostic, Severity, code};
pub use example::example;
pub use import::{
    Import, ImportError, Importer, ImporterIdentity, InputFacts, PluginFacts, Sink, SinkError,
    SourceFacts,
};
pub use locator::{Locator, column_letters};
pub use observation::Observation;
pub use texts::Texts;
pub use words::{Basis, Bound, Grade, Kind, Statistic, Tax, UnknownWord};
