//! The cache in a folder: what servers said (entries), the bytes (bodies, by their hash), and what
//! is not finished.
//!
//! ```text
//! <cache>/entries/<key>.json    one request with all its pages; appears by one rename
//! <cache>/bodies/<sha256>       bytes as they were sent
//! <cache>/unfinished/<key>.*    a list that broke off, a body that broke off
//! ```
//!
//! Killed at any instant, it holds the old entry or the new one.

mod entry;
mod partial;
mod tidy;

pub(crate) use entry::{Entry, Record};
pub(crate) use partial::Partial;
pub use tidy::{Cleaned, Kept, Status, Which};

use crate::error::{CACHE, FetchError};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// A cache in a folder, which comes into being with the first body.
#[derive(Debug, Clone)]
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    /// The cache in a folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What was kept of a request.
    pub(crate) fn entry(&self, key: &str) -> Result<Option<Entry>, FetchError> {
        read(&self.entries().join(file(key)))
    }

    /// Keeps a request with its pages, in one step.
    pub(crate) fn save(&self, key: &str, entry: &Entry) -> Result<(), FetchError> {
        self.write(&self.entries().join(file(key)), entry)?;
        remove(&self.unfinished().join(file(key)))
    }

    /// Forgets a request that must not be kept.
    pub(crate) fn forget(&self, key: &str) -> Result<(), FetchError> {
        remove(&self.entries().join(file(key)))?;
        remove(&self.unfinished().join(file(key)))
    }

    /// The pages of a request that broke off.
    pub(crate) fn begun(&self, key: &str) -> Result<Option<Entry>, FetchError> {
        read(&self.unfinished().join(file(key)))
    }

    /// Keeps the pages of a request that broke off.
    pub(crate) fn save_begun(&self, key: &str, entry: &Entry) -> Result<(), FetchError> {
        self.write(&self.unfinished().join(file(key)), entry)
    }

    /// The body of a hash, if it is there and is what its name says.
    pub(crate) fn body(&self, sha256: &str) -> Result<Option<PathBuf>, FetchError> {
        let path = self.bodies().join(sha256);
        let found = match File::open(&path) {
            Ok(body) => digest(body).map_err(failed(&path))?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(failed(&path)(e)),
        };
        if found == sha256 {
            return Ok(Some(path));
        }
        // What was damaged is fetched again.
        remove(&path)?;
        Ok(None)
    }

    /// Where a body that is on its way is written; `whose` tells who else asks for the same URL.
    pub(crate) fn partial(&self, url: &str, whose: &str) -> Result<Partial, FetchError> {
        let folder = self.unfinished();
        self.make(&folder)?;
        let key = if whose.is_empty() { key(&[url]) } else { key(&[url, whose]) };
        Partial::open(&folder, &key, url).map_err(failed(&folder))
    }

    /// Gives a finished body its name.
    pub(crate) fn publish(&self, partial: Partial, sha256: &str) -> Result<PathBuf, FetchError> {
        let folder = self.bodies();
        self.make(&folder)?;
        let path = folder.join(sha256);
        partial.publish(&path).map_err(failed(&path))?;
        Ok(path)
    }

    fn write(&self, path: &Path, entry: &Entry) -> Result<(), FetchError> {
        let folder = path.parent().unwrap_or(&self.root);
        self.make(folder)?;
        replace(folder, path, &entry.text()).map_err(failed(path))
    }

    fn entries(&self) -> PathBuf {
        self.root.join("entries")
    }

    fn bodies(&self) -> PathBuf {
        self.root.join("bodies")
    }

    fn unfinished(&self) -> PathBuf {
        self.root.join("unfinished")
    }

    /// Makes a folder of the cache; nobody else can enter the cache.
    fn make(&self, folder: &Path) -> Result<(), FetchError> {
        let new = !self.root.exists();
        fs::create_dir_all(folder).map_err(failed(folder))?;
        if new { own(&self.root).map_err(failed(&self.root)) } else { Ok(()) }
    }
}

#[cfg(unix)]
fn own(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn own(_: &Path) -> io::Result<()> {
    Ok(())
}

/// An error of the operating system about a file of the cache.
pub(crate) fn failed(path: &Path) -> impl Fn(io::Error) -> FetchError {
    let place = path.display().to_string();
    move |e| FetchError::new(CACHE, &place, e.to_string())
}

fn file(key: &str) -> String {
    format!("{key}.json")
}

fn read(path: &Path) -> Result<Option<Entry>, FetchError> {
    match fs::read_to_string(path) {
        Ok(text) => Entry::parse(&text)
            .map_err(|why| FetchError::new(CACHE, &path.display().to_string(), why)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(failed(path)(e)),
    }
}

fn remove(path: &Path) -> Result<(), FetchError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(failed(path)(e)),
        _ => Ok(()),
    }
}

/// Writes a small file whole or not at all.
fn replace(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    let mut staged = tempfile::NamedTempFile::new_in(folder)?;
    staged.write_all(text.as_bytes())?;
    staged.as_file().sync_all()?;
    staged.persist(path).map_err(|e| e.error)?;
    Ok(())
}

/// SHA-256 of texts, in lower-case hexadecimal, a line end between each two.
pub(crate) fn key(texts: &[&str]) -> String {
    hex(&Sha256::digest(texts.join("\n").as_bytes()))
}

/// SHA-256 of a stream, in lower-case hexadecimal.
fn digest(mut stream: impl Read) -> io::Result<String> {
    let (mut hasher, mut block) = (Sha256::new(), vec![0; 1 << 17]);
    loop {
        match stream.read(&mut block)? {
            0 => return Ok(hex(&hasher.finalize())),
            count => hasher.update(&block[..count]),
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
