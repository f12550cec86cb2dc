//! Remembers the hash of a file by its size, times and inode, so that an unchanged file is not
//! read again to learn that it is unchanged.

use serde::{Deserialize, Serialize};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// A file as the operating system knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    path: PathBuf,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
    inode: u64,
    device: u64,
}

/// What is remembered of a file.
#[derive(Debug, Serialize, Deserialize)]
struct Known {
    stamp: Stamp,
    sha256: String,
}

#[cfg(unix)]
fn stamp(path: &Path, meta: &Metadata) -> Stamp {
    use std::os::unix::fs::MetadataExt;
    Stamp {
        path: path.to_owned(),
        size: meta.size(),
        modified: (meta.mtime(), meta.mtime_nsec()),
        changed: (meta.ctime(), meta.ctime_nsec()),
        inode: meta.ino(),
        device: meta.dev(),
    }
}

#[cfg(not(unix))]
fn stamp(path: &Path, meta: &Metadata) -> Stamp {
    let since = |time: io::Result<std::time::SystemTime>| {
        let span = time.ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
        span.map_or((0, 0), |d| (d.as_secs() as i64, i64::from(d.subsec_nanos())))
    };
    let (modified, changed) = (since(meta.modified()), since(meta.created()));
    Stamp { path: path.to_owned(), size: meta.len(), modified, changed, inode: 0, device: 0 }
}

/// The hash and size of a file: remembered if the file is as it was, else computed by `hash` and
/// remembered. `fresh` computes in any case.
pub(crate) fn hash_of(
    folder: &Path,
    path: &Path,
    fresh: bool,
    hash: impl Fn(&Path) -> io::Result<String>,
) -> io::Result<(String, u64)> {
    let path = fs::canonicalize(path)?;
    let before = stamp(&path, &fs::metadata(&path)?);
    let note = note_of(folder, &before);
    if !fresh && let Some(known) = read(&note).filter(|k| k.stamp == before) {
        return Ok((known.sha256, before.size));
    }
    let sha256 = hash(&path)?;
    let after = stamp(&path, &fs::metadata(&path)?);
    if after != before {
        return Err(io::Error::other("the file changed while it was read; try again"));
    }
    if is_settled(&after) {
        remember(folder, &note, &Known { stamp: after, sha256: sha256.clone() });
    }
    Ok((sha256, before.size))
}

fn note_of(folder: &Path, stamp: &Stamp) -> PathBuf {
    folder.join(format!("{}.json", crate::hex_hash(stamp.path.as_os_str().as_encoded_bytes())))
}

/// The hash of a file that is as it was, if it is remembered.
pub(crate) fn remembered(folder: &Path, path: &Path) -> Option<String> {
    let path = fs::canonicalize(path).ok()?;
    let stamp = stamp(&path, &fs::metadata(&path).ok()?);
    read(&note_of(folder, &stamp)).filter(|known| known.stamp == stamp).map(|known| known.sha256)
}

/// A file written a moment ago may be written again within the same tick of its time stamp, and
/// would then look unchanged; it is remembered only once it has rested.
#[expect(clippy::disallowed_methods, reason = "decides only whether to remember, never a number")]
fn is_settled(stamp: &Stamp) -> bool {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.map_or(0, |d| d.as_secs() as i64);
    now - stamp.modified.0.max(stamp.changed.0) >= 2
}

fn read(note: &Path) -> Option<Known> {
    serde_json::from_slice(&fs::read(note).ok()?).ok()
}

fn remember(folder: &Path, note: &Path, known: &Known) {
    if let Ok(text) = serde_json::to_vec(known) {
        write_note(folder, note, &text);
    }
}

/// Writes a note in one rename. Forgetting is harmless, so a failure to remember is none.
pub(crate) fn write_note(folder: &Path, note: &Path, text: &[u8]) {
    let write = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        io::Write::write_all(&mut file, text)?;
        file.persist(note)?;
        Ok(())
    };
    let _ = write();
}
