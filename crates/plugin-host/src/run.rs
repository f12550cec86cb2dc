//! One run of a plugin, seen from this side.

use crate::{Broker, Fault, Grant, InputRecord, Level, Plugin};
use haggle_evidence::Sink;
use std::sync::atomic::AtomicBool;

/// What to run, with what, within what.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The plugin.
    pub plugin: &'a Plugin,
    /// What it may.
    pub grant: &'a Grant,
    /// The request: `{"config": {...}}`, a JSON object, given to the plugin as it stands.
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
    let _ = (run, broker, sink);
    Err(Fault::host("run a plugin", &"not connected yet"))
}
