//! What a plugin may ask of the caller: inputs, opened on its behalf, checked against the grant
//! and recorded.

use haggle_plugin_api::Status;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;

/// An input could not be opened or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerError {
    /// What sort of failure, as the plugin is told.
    pub status: Status,
    /// What happened, without any secret: the plugin and the log see it.
    pub message: String,
    /// When to try again, in milliseconds, if the source said so.
    pub retry_after_ms: Option<u32>,
}

impl BrokerError {
    /// An error of a status.
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), retry_after_ms: None }
    }
}

impl fmt::Display for BrokerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for BrokerError {}

/// How an input is to be opened, as the plugin asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InputOptions {
    /// `GET` if it states none.
    pub method: Option<String>,
    /// Headers. A value may hold `{secret:NAME}`, which the broker fills in; the plugin never sees
    /// the secret. Only names that were granted come this far.
    pub headers: BTreeMap<String, String>,
    /// First and last byte wanted, from 0; without a last one to the end.
    pub range: Option<(u64, Option<u64>)>,
}

/// What is known of an opened input.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InputStat {
    /// Status code, where there is one (HTTP).
    pub status: Option<u16>,
    /// Its media type.
    pub content_type: Option<String>,
    /// When it was last changed, as its source writes it.
    pub last_modified: Option<String>,
    /// Its length in bytes, where that is known before reading.
    pub length: Option<u64>,
}

/// An opened input.
pub struct Answer {
    /// The bytes. Reading may wait, but not forever: its time limits are the broker's.
    pub body: Box<dyn Read + Send>,
    /// What is known of it.
    pub stat: InputStat,
}

/// Opens inputs on behalf of a plugin.
pub trait Broker {
    /// Opens `uri`, which the grant covers. No secret may stand in what it answers.
    ///
    /// # Errors
    /// [`BrokerError`] if it cannot be opened; the plugin is told and may go on.
    fn open(&mut self, uri: &str, options: &InputOptions) -> Result<Answer, BrokerError>;
}

/// What a plugin saw of one input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputRecord {
    /// The URI as the plugin asked for it.
    pub uri: String,
    /// Bytes that it was given.
    pub bytes: u64,
    /// SHA-256 of those bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// Whether it read to the end.
    pub complete: bool,
    /// How it asked for it, without any secret.
    pub options: InputOptions,
}
