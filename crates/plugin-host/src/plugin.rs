//! A plugin as bytes in memory: what is hashed is what is loaded, whatever happens to the file.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// How a plugin's bytes are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A shared library with the two exports of `haggle_plugin.h`.
    Library,
    /// An executable that writes observations to its standard output.
    Script,
}

/// A plugin, read whole. It has the hash of its bytes because nothing else makes one.
#[derive(Debug, Clone)]
pub struct Plugin {
    name: String,
    version: String,
    kind: Kind,
    sha256: String,
    bytes: Vec<u8>,
}

impl Plugin {
    /// A plugin of these bytes, under the name and version that its manifest states.
    pub fn new(
        name: impl Into<String>,
        version: impl Into<String>,
        kind: Kind,
        bytes: Vec<u8>,
    ) -> Self {
        let sha256 = hex(&Sha256::digest(&bytes));
        Self { name: name.into(), version: version.into(), kind, sha256, bytes }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its version, as it states it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How it is run.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// SHA-256 of [`bytes`](Self::bytes), in lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The bytes that will be loaded.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
