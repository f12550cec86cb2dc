//! Staging: a part grows in a file of its own and appears under its name in one rename.
//!
//! A staging file is locked by the process that fills it. A file that can be locked belongs to
//! nobody who lives, so it is rubbish of a process that was killed, and is swept away.

use crate::StoreError;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// A staging file, locked; removed when dropped unpublished.
pub(crate) struct Stage {
    file: Option<tempfile::NamedTempFile>,
    folder: PathBuf,
}

impl Stage {
    /// Opens a staging file in `folder`, on the file system of the parts.
    pub(crate) fn create(folder: &Path) -> Result<Self, StoreError> {
        let failed = StoreError::at::<std::io::Error>(folder, "cannot create a staging file in");
        fs::create_dir_all(folder).map_err(&failed)?;
        loop {
            let file =
                tempfile::Builder::new().prefix("stage-").tempfile_in(folder).map_err(&failed)?;
            file.as_file().lock().map_err(&failed)?;
            // A sweep may have come between creation and lock; then the name is gone.
            if file.path().exists() {
                return Ok(Self { file: Some(file), folder: folder.to_owned() });
            }
        }
    }

    /// Another staging file beside this one.
    pub(crate) fn another(&self) -> Result<Self, StoreError> {
        Self::create(&self.folder)
    }

    /// A file without a name on the same file system, gone with the process that holds it.
    pub(crate) fn scratch(&self) -> std::io::Result<File> {
        tempfile::tempfile_in(&self.folder)
    }

    /// The open file.
    pub(crate) fn file(&self) -> &File {
        self.file.as_ref().expect("present until published").as_file()
    }

    /// Makes the content durable and gives it its name: all of it, or none.
    pub(crate) fn publish(mut self, to: &Path) -> Result<(), StoreError> {
        let failed = StoreError::at::<std::io::Error>(to, "cannot publish");
        let file = self.file.take().expect("published once");
        file.as_file().sync_all().map_err(&failed)?;
        file.persist(to).map_err(|e| failed(e.error))?;
        let parent = to.parent().unwrap_or(&self.folder);
        File::open(parent).and_then(|folder| folder.sync_all()).map_err(&failed)
    }
}

/// Removes staging files that no living process holds.
pub(crate) fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let Ok(file) = File::open(&path) else { continue };
        // The lock is held over the removal: whoever created the file and is about to lock it
        // waits, and then finds the name gone.
        if file.try_lock().is_ok() {
            // Losing a race for rubbish is no failure: somebody else swept it.
            let _ = fs::remove_file(&path);
        }
    }
}
