//! `haggle.lock`: which bytes each source of the deals in a folder had.

use crate::failure::Failure;
use haggle_import::reading_name;
use haggle_plugin_host::script::ANY_PLATFORM;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const SCHEMA: &str = "haggle.lock/1";
const HEAD: &str =
    "# Written by haggle: which bytes each source had. `--locked` refuses anything else.\n\n";

/// The pins of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pin {
    /// Location as the deal file writes it.
    pub(crate) location: String,
    /// SHA-256 of the content.
    pub(crate) sha256: String,
    /// Size in bytes.
    pub(crate) size: u64,
    /// Name of the recipe that read it.
    pub(crate) recipe: String,
    /// Hash of that recipe.
    pub(crate) recipe_hash: String,
    /// When a server gave it; a local file has no such time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retrieved: Option<String>,
    /// The server's name for the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) etag: Option<String>,
    /// SHA-256 of each page, if there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) pages: Vec<String>,
}

/// The pin of one plugin. It says which file is meant, and gives nobody the right to run it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PluginPin {
    /// Its name.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// The interface that it was made for.
    pub(crate) abi: String,
    /// SHA-256 of its file, by platform; a script has one, of `any`.
    pub(crate) sha256: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    schema: String,
    #[serde(default)]
    source: Vec<Pin>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    plugin: Vec<PluginPin>,
}

/// A lock file beside a deal file. Deals of one folder share it, so pins are kept by location and
/// recipe, and those of other deals are left alone.
pub(crate) struct Lock {
    path: PathBuf,
    pins: BTreeMap<(String, String), Pin>,
    plugins: BTreeMap<String, PluginPin>,
    stored: Option<String>,
}

impl Lock {
    /// The lock file beside a deal.
    pub(crate) fn beside(deal: &Path) -> Result<Self, Failure> {
        let path = deal.with_file_name("haggle.lock");
        let stored = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
            Err(e) => return Err(Failure::io(&path, "cannot read", &e)),
        };
        let content = stored.as_deref().map(|text| parse(&path, text)).transpose()?;
        let (pins, plugins) = content.map_or((Vec::new(), Vec::new()), |c| (c.source, c.plugin));
        let pins = pins.into_iter().map(|p| ((p.location.clone(), p.recipe.clone()), p)).collect();
        let plugins = plugins.into_iter().map(|p| (p.name.clone(), p)).collect();
        Ok(Self { path, pins, plugins, stored })
    }

    /// No pins, whatever lies beside a deal.
    pub(crate) fn empty(deal: &Path) -> Self {
        let path = deal.with_file_name("haggle.lock");
        Self { path, pins: BTreeMap::new(), plugins: BTreeMap::new(), stored: None }
    }

    /// The pin of a source and the sheet that its caller names, if any; of any recipe if none is
    /// named.
    pub(crate) fn pin(
        &self,
        location: &str,
        recipe: Option<&str>,
        sheet: Option<&str>,
    ) -> Option<&Pin> {
        let base = |p: &Pin| p.recipe.split('@').next().unwrap_or("").to_owned();
        let named = |p: &&Pin| {
            let base = base(p);
            p.recipe == reading_name(&base, sheet) && recipe.is_none_or(|r| r == base)
        };
        self.pins.values().filter(|p| p.location == location).find(named)
    }

    /// Pins a source; a pin of the same location and recipe gives way.
    pub(crate) fn set(&mut self, pin: Pin) -> Option<Pin> {
        self.pins.insert((pin.location.clone(), pin.recipe.clone()), pin)
    }

    /// The pin of a plugin.
    pub(crate) fn plugin(&self, name: &str) -> Option<&PluginPin> {
        self.plugins.get(name)
    }

    /// Pins a plugin. The files of other platforms stay pinned while they are of the same version.
    pub(crate) fn set_plugin(&mut self, mut pin: PluginPin) {
        if let Some(old) = self.plugins.get(&pin.name)
            && (&old.version, &old.abi) == (&pin.version, &pin.abi)
            && ![&old.sha256, &pin.sha256].iter().any(|files| files.contains_key(ANY_PLATFORM))
        {
            let others = old.sha256.iter().map(|(k, v)| (k.clone(), v.clone()));
            let mine = std::mem::take(&mut pin.sha256);
            pin.sha256 = others.chain(mine).collect();
        }
        self.plugins.insert(pin.name.clone(), pin);
    }

    /// Writes the file if it would say anything new.
    pub(crate) fn save(&self) -> std::io::Result<bool> {
        let content = Content {
            schema: SCHEMA.to_owned(),
            source: self.pins.values().cloned().collect(),
            plugin: self.plugins.values().cloned().collect(),
        };
        let text = toml::to_string(&content).map_err(std::io::Error::other)?;
        let text = format!("{HEAD}{text}");
        if self.stored.as_deref() == Some(text.as_str()) {
            return Ok(false);
        }
        crate::whole::write(&self.path, text.as_bytes()).map(|()| true)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn parse(path: &Path, text: &str) -> Result<Content, Failure> {
    let broken = |why: String| {
        Failure::new(format!("{}: {why}", path.display()))
            .help("restore the lock file, or delete it and run without `--locked` to write it anew")
    };
    let content: Content = toml::from_str(text).map_err(|e| broken(e.message().to_owned()))?;
    if content.schema != SCHEMA {
        return Err(broken(format!("schema is `{}`, expected `{SCHEMA}`", content.schema)));
    }
    Ok(content)
}
