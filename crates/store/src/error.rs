//! What can go wrong with the store itself, always with the path it went wrong at.

use std::fmt;
use std::path::{Path, PathBuf};

/// The store could not do something; nothing that was reported as done is lost.
#[derive(Debug)]
pub struct StoreError {
    /// The file or folder.
    pub path: PathBuf,
    /// What was attempted: `cannot write`.
    pub action: &'static str,
    /// Why it failed.
    pub cause: String,
}

impl StoreError {
    pub(crate) fn new(path: &Path, action: &'static str, cause: impl fmt::Display) -> Self {
        Self { path: path.to_owned(), action, cause: cause.to_string() }
    }

    /// For `map_err`: attaches path and action to whatever the library said.
    pub(crate) fn at<E: fmt::Display>(path: &Path, action: &'static str) -> impl Fn(E) -> Self {
        move |cause| Self::new(path, action, cause)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.path.display(), self.action, self.cause)
    }
}

impl std::error::Error for StoreError {}
