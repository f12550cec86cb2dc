//! What can go wrong with a plugin: always a message that says what happened, and a way out.

use crate::manifest::turns;
use crate::{Level, Status};
use std::fmt;

/// What sort of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// This machine confines worse than the grant asks for; the plugin was not loaded.
    Confinement {
        /// The level that is possible here.
        found: Level,
        /// The lowest level that the grant allows.
        required: Level,
    },
    /// The library could not be loaded, or has not the two exports.
    Load,
    /// The plugin reported a failure of its own.
    Reported(Status),
    /// It was ended by a signal that nobody here sent.
    Signal(i32),
    /// It ended with this exit code and without saying why.
    Exit(i32),
    /// It took longer than it may.
    Wall,
    /// It did nothing for longer than it may.
    Idle,
    /// It had more threads than it may.
    Threads,
    /// It stated more rows than it may.
    Rows,
    /// It sent more bytes than it may.
    Output,
    /// What it sent is not a stream of observations.
    Data,
    /// It ended before its data did, or counted them otherwise than we did.
    Unfinished,
    /// The run was cancelled by the caller.
    Cancelled,
    /// The sink refused a batch.
    Sink,
    /// This machine refused something that a run needs.
    Host,
}

/// A run that came to nothing. What the sink was given before it is not to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What sort.
    pub kind: FaultKind,
    /// What happened.
    pub message: String,
    /// A way out.
    pub help: String,
    /// What the plugin wrote and logged, up to the limit of the grant.
    pub log: String,
}

/// Letters of a message at most: plugins may have written parts of it.
const MESSAGE: usize = 4_000;

/// A text of somebody else's on one line, without what a terminal would obey.
pub(crate) fn shown(text: impl Iterator<Item = char>) -> String {
    text.map(|c| if c.is_control() || turns(c) { '\u{fffd}' } else { c }).collect()
}

impl Fault {
    pub(crate) fn new(
        kind: FaultKind,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let message = shown(message.into().chars().take(MESSAGE));
        Self { kind, message, help: help.into(), log: String::new() }
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn host(action: &str, error: &dyn fmt::Display) -> Self {
        let help = "`haggle doctor` shows what this machine offers";
        Self::new(FaultKind::Host, format!("{action}: {error}"), help)
    }

    /// Whether the plugin is to blame (exit code 6), and not its configuration, its source, the
    /// caller, the sink or this machine.
    pub fn is_misbehaviour(&self) -> bool {
        use FaultKind::{Cancelled, Confinement, Host, Reported, Sink};
        match self.kind {
            Reported(status) => {
                matches!(status, Status::Abi | Status::Internal | Status::Panic)
            }
            kind => !matches!(kind, Cancelled | Confinement { .. } | Host | Sink),
        }
    }

    /// Whether the caller cancelled the run.
    pub fn is_cancelled(&self) -> bool {
        self.kind == FaultKind::Cancelled
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}
