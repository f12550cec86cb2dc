//! Observations in Parquet, and benchmark queries straight on the files.
//!
//! # Layout
//!
//! ```text
//! <store>/parts/<sha256>-<recipe>.parquet   one immutable part per content and recipe
//! <store>/stage/                            files being written; rubbish after a kill, swept later
//! <store>/known/                            remembered hashes of files, by size, time and inode
//! ```
//!
//! There is no manifest: the folder `parts` is the state, a part appears by one rename, and what
//! is known of it stands in its footer (key [`META_KEY`], JSON of [`PartMeta`]). DuckDB, Polars or
//! Spark read the folder as it stands; the columns are those of `haggle_evidence::schema`, sorted
//! by subject, title, place and place in the source: each row group, and of a large source all of
//! them together.
//!
//! # Invariants
//!
//! - A part is never changed, only replaced by a rename.
//! - Killed at any instant, the store holds the old state or the new one.
//! - No Parquet type stands in a public signature.

mod beside;
mod chunk;
mod codes;
mod collect;
mod error;
mod hybrid;
mod known;
mod layout;
mod lean;
mod listing;
mod matcher;
mod numbers;
mod opened;
mod outline;
mod part;
mod prune;
mod runs;
mod scan;
mod sort;
mod stage;
mod table;
#[cfg(test)]
mod tests;
mod words;
mod write;

pub use error::StoreError;
pub use listing::{Attributes, Listed};
pub use outline::Outline;
pub use part::{CellCounts, META_KEY, Note, Part, PartMeta, RowCounts, SourceKey, read_part};
pub use scan::Query;

use arrow_array::RecordBatch;
use beside::{NotTaken, beside};
use haggle_evidence::{Import, ImportError, Importer, ImporterIdentity, SinkError};
use haggle_negotiation::market::{Adjuster, Comparables};
use layout::Layout;
use parquet::errors::ParquetError;
use sha2::{Digest, Sha256};
use stage::Stage;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use table::Table;
use write::{PartWriter, Tables};

/// A store of evidence in a folder.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
    layout: Layout,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The part was there already, by the same content, recipe and importer.
    Unchanged(Part),
    /// The part was written.
    Written(Part),
}

impl Outcome {
    /// The part, written or not.
    pub fn part(&self) -> &Part {
        match self {
            Self::Unchanged(part) | Self::Written(part) => part,
        }
    }
}

/// Why an import did not happen. The store is as it was before.
#[derive(Debug)]
pub enum StoreImportError {
    /// The source cannot be read.
    Import(ImportError),
    /// The store cannot be written.
    Store(StoreError),
}

impl From<StoreError> for StoreImportError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl std::fmt::Display for StoreImportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Import(e) => e.fmt(f),
            Self::Store(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for StoreImportError {}

/// A source that was read to its end and is not a part yet.
pub struct SetAside {
    writer: PartWriter,
    identity: ImporterIdentity,
    import: Import,
}

impl Store {
    /// The store in a folder; the folder comes into being with the first import.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), layout: Layout::STANDARD }
    }

    #[cfg(test)]
    pub(crate) fn with_layout(root: impl Into<PathBuf>, layout: Layout) -> Self {
        Self { root: root.into(), layout }
    }

    /// The store's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn parts_folder(&self) -> PathBuf {
        self.root.join("parts")
    }

    fn part_path(&self, sha256: &str, recipe: &str) -> PathBuf {
        self.parts_folder().join(format!("{sha256}-{recipe}.parquet"))
    }

    /// Hash and size of a file, remembered while its size, times and inode stay; `fresh` reads
    /// the file in any case.
    ///
    /// # Errors
    /// The operating system's, or a file that changed while it was read.
    pub fn hash_of(
        &self,
        path: &Path,
        fresh: bool,
        hash: impl Fn(&Path) -> io::Result<String>,
    ) -> io::Result<(String, u64)> {
        known::hash_of(&self.root.join("known"), path, fresh, hash)
    }

    /// Whether the hash of a file is remembered, and the file is as it was.
    pub fn knows_hash_of(&self, path: &Path) -> bool {
        known::remembered(&self.root.join("known"), path).is_some()
    }

    /// The part of a content and a recipe, if it is here.
    ///
    /// # Errors
    /// [`StoreError`] if it is here and cannot be read.
    pub fn find(&self, sha256: &str, recipe: &str) -> Result<Option<Part>, StoreError> {
        let path = self.part_path(sha256, recipe);
        if path.exists() { read_part(&path).map(Some) } else { Ok(None) }
    }

    /// Imports a source unless the same importer has stored the same content before.
    ///
    /// # Errors
    /// [`StoreImportError`]; nothing of the source is stored then.
    pub fn import(
        &self,
        key: &SourceKey,
        importer: &mut dyn Importer,
    ) -> Result<Outcome, StoreImportError> {
        let identity = importer.identity().clone();
        let path = self.part_path(&key.sha256, &identity.recipe);
        // A part that cannot be read is replaced, not mourned.
        if let Ok(part) = read_part(&path)
            && part.meta.is_by(&identity)
        {
            return Ok(Outcome::Unchanged(part));
        }
        Ok(self.publish(self.set_aside(importer)?, key)?)
    }

    /// Reads a source whose hash only its end tells, and sets aside what it says. Dropped
    /// unpublished it leaves nothing behind.
    ///
    /// # Errors
    /// [`StoreImportError`]; nothing of the source is kept then.
    pub fn set_aside(&self, importer: &mut dyn Importer) -> Result<SetAside, StoreImportError> {
        let identity = importer.identity().clone();
        let stages = self.root.join("stage");
        stage::sweep(&stages);
        let writer = PartWriter::new(Stage::create(&stages)?, self.layout);
        let mut writer = writer.map_err(StoreError::at(&stages, "cannot write in"))?;
        let import =
            written(&mut writer, importer, self.layout).map_err(StoreImportError::Import)?;
        Ok(SetAside { writer, identity, import })
    }

    /// Makes a part of what was set aside, unless the same is stored already.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be written; nothing of it is stored then.
    pub fn publish(&self, aside: SetAside, key: &SourceKey) -> Result<Outcome, StoreError> {
        let SetAside { writer, identity, import } = aside;
        let path = self.part_path(&key.sha256, &identity.recipe);
        let meta = PartMeta::new(key, &identity, &import);
        if let Ok(part) = read_part(&path)
            && part.meta.is_by(&identity)
            && part.meta.plugin == meta.plugin
        {
            return Ok(Outcome::Unchanged(part));
        }
        let staged = writer.finish(&meta).map_err(StoreError::at(&path, "cannot write"))?;
        let parts = self.parts_folder();
        fs::create_dir_all(&parts).map_err(StoreError::at(&parts, "cannot create"))?;
        staged.publish(&path)?;
        Ok(Outcome::Written(Part { path, meta }))
    }

    /// Every part, in order of name and location, and the files that are none.
    ///
    /// # Errors
    /// [`StoreError`] if the folder cannot be listed.
    pub fn parts(&self) -> Result<(Vec<Part>, Vec<StoreError>), StoreError> {
        let folder = self.parts_folder();
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), Vec::new())),
            Err(e) => return Err(StoreError::new(&folder, "cannot list", e)),
        };
        let (mut parts, mut broken) = (Vec::new(), Vec::new());
        for path in entries.flatten().map(|e| e.path()) {
            if path.extension().is_some_and(|e| e == "parquet") {
                match read_part(&path) {
                    Ok(part) => parts.push(part),
                    Err(error) => broken.push(error),
                }
            }
        }
        parts.sort_by(|a, b| {
            let key = |p: &Part| (p.meta.name.clone(), p.meta.location.clone(), p.path.clone());
            key(a).cmp(&key(b))
        });
        broken.sort_by(|a, b| a.path.cmp(&b.path));
        Ok((parts, broken))
    }

    /// Answers a query on one part.
    ///
    /// # Errors
    /// [`StoreError`] if the part cannot be read.
    pub fn comparables(
        &self,
        part: &Part,
        query: &Query,
        adjuster: &Adjuster,
    ) -> Result<Comparables, StoreError> {
        scan::comparables(part, query, adjuster, &self.layout)
    }

    /// Hands out what meets the conditions of a query on one part, one by one, in the order of the
    /// source: by sheet, row, column and path. What an exclusion takes is listed and says so. The
    /// first taker is given the first stretch of them, the second the next one, and so on, each on
    /// a thread of its own.
    ///
    /// # Errors
    /// [`StoreError`] if the part cannot be read; rows may have been handed out before.
    pub fn listing(
        &self,
        part: &Part,
        query: &Query,
        takers: &mut [impl FnMut(Listed) + Send],
    ) -> Result<(), StoreError> {
        listing::listing(part, query, &self.layout, takers)
    }

    /// Units and newest date of what meets a query on one part.
    ///
    /// # Errors
    /// [`StoreError`] if the part cannot be read.
    pub fn outline(&self, part: &Part, query: &Query) -> Result<Outline, StoreError> {
        outline::outline(part, query, &self.layout)
    }

    /// The words of a column in what meets the conditions of a query on one part, such as its
    /// bases, with how many observations have each.
    ///
    /// # Errors
    /// [`StoreError`] if the part cannot be read.
    pub fn words(
        &self,
        part: &Part,
        query: &Query,
        column: &str,
    ) -> Result<BTreeMap<String, u64>, StoreError> {
        outline::words(part, query, column, &self.layout)
    }

    /// What was remembered under a key; forgetting is harmless.
    pub fn remembered(&self, key: &str) -> Option<String> {
        fs::read_to_string(self.root.join("known").join(hex_hash(key.as_bytes()))).ok()
    }

    /// Remembers a text under a key, for speed alone: a failure to do so is none.
    pub fn remember(&self, key: &str, value: &str) {
        let folder = self.root.join("known");
        known::write_note(&folder, &folder.join(hex_hash(key.as_bytes())), value.as_bytes());
    }

    /// Removes a part.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be removed.
    pub fn remove(&self, part: &Part) -> Result<(), StoreError> {
        fs::remove_file(&part.path).map_err(StoreError::at(&part.path, "cannot remove"))
    }
}

/// Runs an importer here, gathers its batches into tables on a second thread, and writes those on a
/// third one.
fn written(
    writer: &mut PartWriter,
    importer: &mut dyn Importer,
    layout: Layout,
) -> Result<Import, ImportError> {
    let failed = |e: ParquetError| SinkError(e.to_string());
    let not_taken = |_| SinkError("not taken".to_owned());
    let (emptied, spare) = channel();
    let gather = |give: Give<'_>| {
        let mut tables = Tables::new(layout, spare);
        let import = beside(
            AHEAD,
            |take| importer.run(&mut |batch| take(batch).map_err(not_taken)),
            |batch: RecordBatch| {
                tables.push(&batch, |table| {
                    give(table).map_err(|_| ParquetError::General("not taken".to_owned()))
                })
            },
        )
        .map_err(failed)??;
        tables.last().map_or(Ok(()), give).map_err(not_taken)?;
        Ok(import)
    };
    beside(0, gather, |mut table: Table| {
        writer.take(&table).map_err(failed)?;
        table.clear();
        // Nobody waits for it behind the last batch.
        let _ = emptied.send(table);
        Ok::<_, SinkError>(())
    })?
}

/// Whatever takes full tables.
type Give<'g> = &'g mut (dyn FnMut(Table) -> Result<(), NotTaken> + Send);

/// Batches that wait for the writer at most.
const AHEAD: usize = 2;

pub(crate) fn hex_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
