//! What a plugin brings, as a source: read to its end, hashed, and not stored before it ended well.

use super::broker::CommandBroker;
use super::trust::Trusted;
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::progress::Watched;
use haggle_evidence::{
    Account, Import, ImportError, Importer, ImporterIdentity, Locator, PluginFacts, RecordBatch,
    Sink, SinkError, SourceFacts,
};
use haggle_fetch::Mode;
use haggle_plugin_host::Fault;
use haggle_plugin_host::digest::Digest;
use haggle_store::{SetAside, SourceKey};

/// Rows that a plugin brought, which are no part yet.
pub(crate) struct Brought {
    pub(crate) aside: SetAside,
    pub(crate) key: SourceKey,
}

/// The name under which a plugin reads, in the place of a recipe's.
pub(crate) fn recipe(name: &str) -> String {
    format!("plugin-{name}")
}
