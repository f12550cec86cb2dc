//! What a plugin, or the host on its behalf, says when something cannot be done.

use std::fmt;

/// A status of the C interface (`HAGGLE_E_...`), but for success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The request or configuration cannot be used.
    Config,
    /// There is no such thing.
    NotFound,
    /// A secret is missing or was refused.
    Auth,
    /// Not granted.
    Denied,
    /// Reading failed.
    Io,
    /// Asked too often.
    RateLimited,
    /// What was read is not what was expected.
    Data,
    /// The run was cancelled.
    Cancelled,
    /// The plugin was built against another interface.
    Abi,
    /// A fault inside the plugin.
    Internal,
    /// The plugin panicked.
    Panic,
}

impl Status {
    const ALL: [Self; 11] = [
        Self::Config,
        Self::NotFound,
        Self::Auth,
        Self::Denied,
        Self::Io,
        Self::RateLimited,
        Self::Data,
        Self::Cancelled,
        Self::Abi,
        Self::Internal,
        Self::Panic,
    ];

    /// Its number in the C interface, from 1.
    pub fn code(self) -> i32 {
        self as i32 + 1
    }

    /// The status of a number of the C interface; one without a name is
    /// [`Internal`](Self::Internal).
    pub fn from_code(code: i32) -> Self {
        Self::ALL.into_iter().find(|status| status.code() == code).unwrap_or(Self::Internal)
    }

    /// What it says, in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "its configuration cannot be used",
            Self::NotFound => "not found",
            Self::Auth => "not authorised",
            Self::Denied => "not granted",
            Self::Io => "reading failed",
            Self::RateLimited => "asked too often",
            Self::Data => "unexpected data",
            Self::Cancelled => "cancelled",
            Self::Abi => "built against another interface",
            Self::Internal => "a fault inside the plugin",
            Self::Panic => "the plugin panicked",
        }
    }
}

/// Something could not be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What sort of failure.
    pub status: Status,
    /// What happened; at most 1,023 bytes of it arrive.
    pub message: String,
    /// When to try again, in milliseconds, if that is known.
    pub retry_after_ms: Option<u32>,
}

impl Failure {
    /// A failure of a status.
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), retry_after_ms: None }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status.as_str(), self.message)
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for std::io::Error {
    fn from(failure: Failure) -> Self {
        Self::other(failure)
    }
}

/// A failed read of an input keeps its status; any other is [`Status::Io`].
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            Some(failure) => failure.clone(),
            None => Self::new(Status::Io, error.to_string()),
        }
    }
}
