//! A plugin as bytes in memory: what is hashed is what is loaded, whatever happens to the file.

use crate::inspect::{Inspection, KIN};
use serde::{Deserialize, Serialize};
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

/// A plugin, read whole.
#[derive(Debug, Clone)]
pub struct Plugin {
    name: String,
    version: String,
    kind: Kind,
    libraries: Vec<String>,
    bytes: Vec<u8>,
}

impl Plugin {
    /// A plugin of the bytes that were looked at.
    pub fn of(inspection: &Inspection, bytes: Vec<u8>) -> Self {
        let Inspection { manifest, kind, libraries, .. } = inspection;
        let (name, version) = (manifest.name.clone(), manifest.version.clone());
        Self { name, version, kind: *kind, libraries: libraries.clone(), bytes }
    }

    /// A plugin of bytes that nobody looked at, under a name and version: it finds all libraries of
    /// the system that a plugin may need.
    pub fn new(
        name: impl Into<String>,
        version: impl Into<String>,
        kind: Kind,
        bytes: Vec<u8>,
    ) -> Self {
        let libraries = KIN.map(str::to_owned).into();
        Self { name: name.into(), version: version.into(), kind, libraries, bytes }
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

    /// The libraries that it names.
    pub fn libraries(&self) -> &[String] {
        &self.libraries
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
