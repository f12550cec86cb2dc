//! What a user allows a plugin: inputs, secrets, limits, and how well it must be confined.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How well a plugin is confined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Landlock (ABI 3 or later, fully enforced), seccomp and resource limits, before any of it runs.
    Full,
    /// Seccomp and resource limits, before any of it runs: one wall where there should be two.
    Reduced,
    /// A process of its own with resource limits, and nothing that keeps it from this machine.
    Process,
    /// A script: Landlock, a seccomp filter of its own and resource limits; the system's libraries
    /// stay readable while it runs.
    Script,
}

impl Level {
    /// The word, as stored and printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Reduced => "reduced",
            Self::Process => "process",
            Self::Script => "script",
        }
    }

    /// Whether a grant of this level allows a run at level `found`.
    pub fn allows(self, found: Level) -> bool {
        let rank = |level| match level {
            Self::Full => 3,
            Self::Script => 2,
            Self::Reduced => 1,
            Self::Process => 0,
        };
        rank(found) >= rank(self)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let levels = [Self::Full, Self::Reduced, Self::Process, Self::Script];
        levels.into_iter().find(|level| level.as_str() == text).ok_or_else(|| {
            format!("found level `{text}`, expected `full`, `reduced`, `process` or `script`")
        })
    }
}

/// Bounds of one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Memory that it may write to, in megabytes of 2^20 bytes.
    pub memory_mb: u64,
    /// Seconds from start to end.
    pub wall_seconds: u64,
    /// Seconds without a batch, a message or a read.
    pub idle_seconds: u64,
    /// Rows in all.
    pub rows: u64,
    /// Encoded observations in all, in megabytes; half of it may be new texts.
    pub output_mb: u64,
    /// What it reads of its inputs in all, in megabytes; as much again may be fetched for it.
    pub input_mb: u64,
    /// What is kept of its standard output and standard error, in kilobytes.
    pub log_kb: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_mb: 512,
            wall_seconds: 600,
            idle_seconds: 60,
            rows: 50_000_000,
            output_mb: 1_024,
            input_mb: 4_096,
            log_kb: 64,
        }
    }
}

/// What the user allowed a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Beginnings of URIs that it may open. One that does not end in `/` covers itself and what
    /// follows it behind `/`, `?` or `#`.
    pub inputs: Vec<String>,
    /// Names of secrets that it may have put into headers.
    pub secrets: Vec<String>,
    /// Bounds of a run.
    pub limits: Limits,
    /// The lowest level at which it may run; for a library [`Level::Full`] unless the user said
    /// otherwise. Nothing runs below it.
    pub level: Level,
}

impl Default for Grant {
    /// Nothing: no input, no secret, ordinary limits, full confinement.
    fn default() -> Self {
        let (inputs, secrets) = Default::default();
        Self { inputs, secrets, limits: Limits::default(), level: Level::Full }
    }
}

impl Grant {
    /// Whether an input was granted. An address that says the same in another way, by `..` or by
    /// letters that a reader may pass over, was not.
    pub fn covers(&self, uri: &str) -> bool {
        let odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
        let path = uri.split(['?', '#']).next().unwrap_or(uri);
        let path = decoded_once_more(path);
        let upwards = path.split('/').any(|part| part.replace("%2e", ".") == "..");
        let hidden = path.contains("%2f") || path.contains("%5c");
        let within = |granted: &String| {
            let rest = uri.strip_prefix(granted.as_str()).filter(|_| !granted.is_empty());
            rest.is_some_and(|rest| {
                rest.is_empty() || granted.ends_with('/') || rest.starts_with(['/', '?', '#'])
            })
        };
        !uri.contains(odd) && !upwards && !hidden && self.inputs.iter().any(within)
    }
}

/// A path in small letters, in which no `%` stands for one: some servers read twice.
fn decoded_once_more(path: &str) -> String {
    let mut path = path.to_lowercase();
    while path.contains("%25") {
        path = path.replace("%25", "%");
    }
    path
}
