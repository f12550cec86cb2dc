//! One stored part: the observations of one source read by one recipe, and what its footer says.

use crate::StoreError;
use haggle_evidence::{Account, Diagnostic, Grade, Import, ImporterIdentity, PluginFacts, Tally};
use parquet::file::metadata::{KeyValue, ParquetMetaData, ParquetMetaDataReader};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Key of the footer entry that holds a [`PartMeta`] as JSON.
pub const META_KEY: &str = "haggle.part";

/// A part in the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Its Parquet file.
    pub path: PathBuf,
    /// What its footer says.
    pub meta: PartMeta,
}

/// Counts of rows, by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCounts {
    /// Rows read.
    pub read: u64,
    /// Rows imported.
    pub imported: u64,
    /// Rows rejected as malformed.
    pub rejected: u64,
    /// Rows skipped on purpose.
    pub skipped: u64,
}

/// Counts of amount cells of imported rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellCounts {
    /// Cells that the recipe maps.
    pub mapped: u64,
    /// Observations made of them.
    pub observations: u64,
    /// Cells without an amount.
    pub absent: u64,
}

/// A message of the import, kept with the part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Stable code.
    pub code: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// Where, inside the source.
    pub place: String,
    /// What was found and expected.
    pub message: String,
    /// A way out.
    pub help: Option<String>,
}

impl From<&Diagnostic> for Note {
    fn from(d: &Diagnostic) -> Self {
        Self {
            code: d.code.to_owned(),
            severity: d.severity.to_string(),
            place: d.place.to_string(),
            message: d.message.clone(),
            help: d.help.clone(),
        }
    }
}

/// Everything about a part that is no observation. Stands in the footer as JSON, so that the
/// Parquet file is complete by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartMeta {
    /// Version of the observation schema.
    pub schema: u32,
    /// SHA-256 of the source's bytes.
    pub sha256: String,
    /// Size of the source in bytes.
    pub size: u64,
    /// Where the source was when it was imported.
    pub location: String,
    /// When its bytes came from a server, as `2026-11-28T13:05:00Z`; a local file has no such time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrieved: Option<String>,
    /// Name of the recipe.
    pub recipe: String,
    /// Hash of the recipe.
    pub recipe_hash: String,
    /// Version of the importing code.
    pub importer: u32,
    /// The plugin that brought it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<PluginFacts>,
    /// What the source is called.
    pub name: String,
    /// Who publishes it.
    pub publisher: Option<String>,
    /// Under which terms.
    pub licence: Option<String>,
    /// How far it is trusted.
    pub grade: Option<String>,
    /// Reference date in days since 1970-01-01.
    pub date: Option<i32>,
    /// Things taken as given.
    pub assumptions: Vec<String>,
    /// What became of the rows.
    pub rows: RowCounts,
    /// What became of the mapped cells.
    pub cells: CellCounts,
    /// Every reason, with its count and places.
    pub tallies: Vec<Tally>,
    /// Messages about the source as a whole.
    pub notes: Vec<Note>,
}

/// Which bytes a part is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceKey {
    /// SHA-256 of the content, lower-case hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
    /// Where it was found.
    pub location: String,
    /// When it came from a server.
    pub retrieved: Option<String>,
}

impl PartMeta {
    pub(crate) fn new(key: &SourceKey, identity: &ImporterIdentity, import: &Import) -> Self {
        let facts = import.facts.clone();
        let (rows, cells) = counts(&import.account);
        Self {
            schema: haggle_evidence::SCHEMA_VERSION,
            sha256: key.sha256.clone(),
            size: key.size,
            location: key.location.clone(),
            retrieved: key.retrieved.clone(),
            recipe: identity.recipe.clone(),
            recipe_hash: identity.recipe_hash.clone(),
            importer: identity.importer,
            plugin: facts.plugin,
            name: facts.name,
            publisher: facts.publisher,
            licence: facts.licence,
            grade: facts.grade.map(|g| g.as_str().to_owned()),
            date: facts.date,
            assumptions: facts.assumptions,
            rows,
            cells,
            tallies: import.account.tallies(),
            notes: import.diagnostics.iter().map(Note::from).collect(),
        }
    }

    /// How far the source is trusted, if its recipe says.
    pub fn grade(&self) -> Option<Grade> {
        self.grade.as_ref().and_then(|g| g.parse().ok())
    }

    /// Whether this importer would write the same part again.
    pub fn is_by(&self, identity: &ImporterIdentity) -> bool {
        self.schema == haggle_evidence::SCHEMA_VERSION
            && self.recipe_hash == identity.recipe_hash
            && self.importer == identity.importer
    }
}

fn counts(a: &Account) -> (RowCounts, CellCounts) {
    let rows =
        RowCounts { read: a.read, imported: a.imported, rejected: a.rejected, skipped: a.skipped };
    (rows, CellCounts { mapped: a.mapped, observations: a.observations, absent: a.absent })
}

pub(crate) fn to_key_value(meta: &PartMeta) -> Result<KeyValue, serde_json::Error> {
    Ok(KeyValue::new(META_KEY.to_owned(), serde_json::to_string(meta)?))
}

/// Reads a part's footer.
///
/// # Errors
/// [`StoreError`] if the file is no part, is damaged, or is of a schema this version cannot read.
pub fn read_part(path: &Path) -> Result<Part, StoreError> {
    let file = File::open(path).map_err(StoreError::at(path, "cannot open"))?;
    let footer = ParquetMetaDataReader::new()
        .parse_and_finish(&file)
        .map_err(StoreError::at(path, "cannot read the footer"))?;
    let meta = part_meta(&footer).map_err(StoreError::at(path, "is not a part of this store"))?;
    Ok(Part { path: path.to_owned(), meta })
}

pub(crate) fn part_meta(footer: &ParquetMetaData) -> Result<PartMeta, String> {
    let entries = footer.file_metadata().key_value_metadata();
    let entry = entries.and_then(|kv| kv.iter().find(|kv| kv.key == META_KEY));
    let text = entry.and_then(|kv| kv.value.as_deref()).ok_or("its footer has no description")?;
    let meta: PartMeta = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let newest = haggle_evidence::SCHEMA_VERSION;
    if meta.schema > newest || meta.schema + 1 < newest {
        return Err(format!("schema {} is not one this version reads", meta.schema));
    }
    Ok(meta)
}
