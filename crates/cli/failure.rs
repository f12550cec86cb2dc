//! Every error of the libraries becomes one thing here: a message, a way out and an exit code.

use haggle_evidence::{Diagnostic, ImportError};
use haggle_fetch::FetchError;
use haggle_negotiation::brief::PrepareError;
use haggle_store::{StoreError, StoreImportError};
use std::fmt;
use std::path::Path;

/// Exit codes; a contract.
pub(crate) mod exit {
    pub(crate) const FINE: u8 = 0;
    pub(crate) const FAILED: u8 = 1;
    pub(crate) const USAGE: u8 = 2;
    pub(crate) const WEAK: u8 = 3;
    pub(crate) const NOT_AS_LOCKED: u8 = 4;
    pub(crate) const MISBEHAVED: u8 = 6;
    pub(crate) const INTERRUPTED: u8 = 130;
}

/// What went wrong, for people.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Messages, each with its place.
    pub(crate) messages: Vec<String>,
    /// A way out.
    pub(crate) help: Option<String>,
    /// The exit code.
    pub(crate) exit: u8,
    /// Standard output was closed by its reader: not a failure of ours.
    pub(crate) silent: bool,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { messages: vec![message.into()], help: None, exit: exit::FAILED, silent: false }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { exit: exit::USAGE, ..Self::new(message) }
    }

    pub(crate) fn not_as_locked(message: impl Into<String>) -> Self {
        Self { exit: exit::NOT_AS_LOCKED, ..Self::new(message) }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// An error of the operating system about a path.
    pub(crate) fn io(path: &Path, action: &str, error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            let quiet = Self::new("");
            return Self { silent: true, exit: exit::FINE, ..quiet };
        }
        Self::new(format!("{}: {action}: {error}", path.display()))
    }

    /// A source that cannot be read, with its file in front.
    pub(crate) fn source(file: &str, error: &ImportError) -> Self {
        match error {
            ImportError::Source(diagnostic) => {
                let failure = Self::new(said(file, diagnostic));
                match &diagnostic.help {
                    Some(help) => failure.help(help),
                    None => failure,
                }
            }
            ImportError::Sink(error) => Self::new(format!("{file}: {error}")),
        }
    }

    /// A source that could not be fetched.
    pub(crate) fn fetch(error: &FetchError) -> Self {
        let failure = Self::new(error.to_string()).help(&error.help);
        let exit = match error {
            e if e.is_offline() => exit::NOT_AS_LOCKED,
            e if e.is_interruption() => exit::INTERRUPTED,
            _ => exit::FAILED,
        };
        Self { exit, ..failure }
    }

    /// An import that did not happen.
    pub(crate) fn import(file: &str, error: &StoreImportError) -> Self {
        match error {
            StoreImportError::Import(error) => Self::source(file, error),
            StoreImportError::Store(error) => Self::new(error.to_string()),
        }
    }
}

/// A diagnostic on one line: place, severity, code, message.
fn said(file: &str, d: &Diagnostic) -> String {
    format!("{}: {} [{}]", d.place.within(file), d.message, d.code)
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(error.to_string()).help(
            "`haggle doctor` looks at the store; a broken part is written again by `haggle import`",
        )
    }
}

impl From<PrepareError> for Failure {
    fn from(error: PrepareError) -> Self {
        let help = match error {
            PrepareError::Twice { .. } => {
                "name the file once, or give each `[[source]]` a `where` that the other's rows do not meet"
            }
            _ => "correct the value in the deal file",
        };
        Self::new(error.to_string()).help(help)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for message in &self.messages {
            writeln!(f, "error: {message}")?;
        }
        match &self.help {
            Some(help) => writeln!(f, "  help: {help}"),
            None => Ok(()),
        }
    }
}
