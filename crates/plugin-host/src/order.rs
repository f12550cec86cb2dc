//! What is run, on what terms, and what comes of it.

use crate::broker::{Broker, InputRecord};
use crate::fault::Fault;
use crate::run::see;
use crate::{Grant, Level, Plugin};
use haggle_evidence::Sink;
use serde::{Deserialize, Serialize};
use std::sync::atomic::AtomicBool;

/// What to run, with what, within what.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The plugin.
    pub plugin: &'a Plugin,
    /// What it may.
    pub grant: &'a Grant,
    /// The request: `{"config": {...}}`, a JSON object, given to a library as it stands, to a script
    /// in the variable `HAGGLE_REQUEST`.
    pub request: &'a str,
    /// For a script: the granted URI that it reads on standard input.
    pub input: Option<&'a str>,
    /// Set from anywhere to end the run.
    pub cancel: &'a AtomicBool,
}

/// A run that ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How it was confined.
    pub level: Level,
    /// Rows that the sink was given.
    pub rows: u64,
    /// What the plugin saw of its inputs, in the order in which it opened them.
    pub inputs: Vec<InputRecord>,
    /// What it wrote and logged, up to the limit of the grant.
    pub log: String,
}

/// Runs a plugin in a confined child and gives its observations to `sink`, batch by batch. Keep
/// what the sink was given only if this returns `Ok`: then the stream had its end marker, the
/// plugin counted as many rows as came, and it exited with 0.
///
/// # Errors
/// [`Fault`], with a message and a way out.
pub fn run(run: &Run<'_>, broker: &mut dyn Broker, sink: &mut dyn Sink) -> Result<Outcome, Fault> {
    see(run, None, broker, sink).result
}

/// A run, and what else was seen of it.
pub(crate) struct Seen {
    pub(crate) result: Result<Outcome, Fault>,
    /// What a probe found.
    pub(crate) probed: Option<Probed>,
    /// Whether it was told to end and did not.
    pub(crate) deaf: bool,
}

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Probe {
    /// Begins with a host of another major interface.
    Major,
    /// Begins with a host of a later minor interface, whose table is longer.
    Minor,
    /// Asks on behind the end of a stream, or behind its error.
    Ends,
    /// Releases a stream before its end, and uses what came of it.
    Early,
    /// Reads the whole so often.
    Again(u32),
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Probed {
    /// What is not as it should be.
    pub(crate) faults: Vec<String>,
    /// What was seen of it.
    pub(crate) seen: String,
}
