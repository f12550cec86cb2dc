//! A body on its way: written as it comes, kept when it breaks off, continued when the server can
//! prove that the rest is of the same content.

use super::{hex, replace};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// What is known of a body that broke off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Begun {
    /// The URL without its secrets.
    pub(crate) url: String,
    /// What proves that the rest is of the same content.
    pub(crate) validator: String,
}

/// A file that takes a body; locked, so that two processes do not write one file.
#[derive(Debug)]
pub(crate) struct Partial {
    file: File,
    path: PathBuf,
    note: PathBuf,
    url: String,
    hasher: Sha256,
    size: u64,
    /// Whether a later run may go on from what is there.
    kept: bool,
}

impl Partial {
    /// Opens what broke off, or an empty file; an own one if another process is at it.
    pub(crate) fn open(folder: &Path, key: &str, url: &str) -> io::Result<Self> {
        let own = (1..).map(|n: u64| format!("{key}-{}-{n}", std::process::id()));
        let mut names = std::iter::once(key.to_owned()).chain(own);
        let (file, path, note) = loop {
            let name = names.next().ok_or(io::ErrorKind::ResourceBusy)?;
            let path = folder.join(format!("{name}.part"));
            if let Some(file) = locked(&path)? {
                break (file, path, folder.join(format!("{name}.note")));
            }
        };
        let url = url.to_owned();
        let mut partial =
            Self { file, path, note, url, hasher: Sha256::new(), size: 0, kept: false };
        partial.take_up()?;
        Ok(partial)
    }

    fn take_up(&mut self) -> io::Result<()> {
        if self.begun().is_none() {
            return self.start(None);
        }
        self.size = self.file.metadata()?.len();
        self.kept = true;
        Ok(())
    }

    /// What a request for the rest would name, if there is anything to go on from.
    pub(crate) fn begun(&self) -> Option<(u64, String)> {
        let text = fs::read_to_string(&self.note).ok()?;
        let begun: Begun = serde_json::from_str(&text).ok()?;
        let size = self.file.metadata().ok()?.len();
        (begun.url == self.url && size > 0).then_some((size, begun.validator))
    }

    /// Begins a body from its first byte; with a validator it can be gone on with.
    pub(crate) fn start(&mut self, validator: Option<&str>) -> io::Result<()> {
        self.forget()?;
        // A file that was cut is written to the disk as it is closed, even if it was empty.
        if self.file.metadata()?.len() > 0 {
            self.file.set_len(0)?;
        }
        self.file.rewind()?;
        self.hasher = Sha256::new();
        self.size = 0;
        if let Some(validator) = validator {
            let begun = Begun { url: self.url.clone(), validator: validator.to_owned() };
            let folder = self.note.parent().unwrap_or(Path::new(""));
            replace(folder, &self.note, &serde_json::json!(begun).to_string())?;
            self.kept = true;
        }
        Ok(())
    }

    /// Goes on behind what is there.
    pub(crate) fn resume(&mut self) -> io::Result<()> {
        self.hasher = Sha256::new();
        self.file.rewind()?;
        self.size = io::copy(&mut self.file, &mut HashOnly(&mut self.hasher))?;
        self.file.seek(SeekFrom::End(0)).map(drop)
    }

    /// Takes the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// Bytes so far.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The digest of what was taken.
    pub(crate) fn sha256(&self) -> String {
        hex(&self.hasher.clone().finalize())
    }

    /// Gives the content its name. The system writes it out when it likes: what a crash of the
    /// machine damages has another hash than its name and is fetched again.
    pub(crate) fn publish(mut self, to: &Path) -> io::Result<()> {
        self.forget()?;
        fs::rename(&self.path, to)?;
        // The old name may be somebody else's by now.
        self.kept = true;
        Ok(())
    }

    /// The content in a file that goes when the result goes, for what must not be kept.
    pub(crate) fn loosen(mut self) -> io::Result<tempfile::TempPath> {
        self.forget()?;
        let folder = self.path.parent().unwrap_or(Path::new("")).to_owned();
        let loose = tempfile::Builder::new().prefix("loose-").tempfile_in(folder)?.into_temp_path();
        fs::rename(&self.path, &loose)?;
        self.kept = true;
        Ok(loose)
    }

    fn forget(&mut self) -> io::Result<()> {
        self.kept = false;
        match fs::remove_file(&self.note) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }
}

/// Opens and locks a file; nothing if somebody else has it.
fn locked(path: &Path) -> io::Result<Option<File>> {
    loop {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(e)) => return Err(e),
            // Its holder may have removed or renamed it between the opening and the lock.
            Ok(()) if path.exists() => return Ok(Some(file)),
            Ok(()) => {}
        }
    }
}

impl Drop for Partial {
    /// What cannot be gone on with is rubbish.
    fn drop(&mut self) {
        if !self.kept {
            // A finished body has left this name, and rubbish is swept by `clean` as well.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A writer that hashes and keeps nothing.
struct HashOnly<'a>(&'a mut Sha256);

impl Write for HashOnly<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_goes_on_where_it_broke_off() {
        let folder = tempfile::tempdir().unwrap();
        let open = |url: &str| Partial::open(folder.path(), "k", url).unwrap();
        let mut first = open("u");
        assert_eq!(first.begun(), None);
        first.start(Some("\"v1\"")).unwrap();
        first.push(b"hello ").unwrap();
        drop(first);
        let mut second = open("u");
        assert_eq!(second.begun(), Some((6, "\"v1\"".to_owned())));
        second.resume().unwrap();
        second.push(b"world").unwrap();
        assert_eq!(second.size(), 11);
        let path = folder.path().join(second.sha256());
        second.publish(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"hello world");
        let whole = crate::cache::digest(File::open(&path).unwrap()).unwrap();
        assert!(path.ends_with(whole));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left over");
    }

    #[test]
    fn without_a_validator_or_of_another_url_it_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let open = |url: &str| Partial::open(folder.path(), "k", url).unwrap();
        let mut first = open("u");
        first.start(None).unwrap();
        first.push(b"hello").unwrap();
        drop(first);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let mut first = open("u");
        first.start(Some("v")).unwrap();
        first.push(b"hello").unwrap();
        let other = open("u");
        assert_ne!(other.path, first.path, "two at a time have two files");
        assert_eq!(other.begun(), None);
        drop((first, other));
        assert_eq!(open("w").begun(), None);
    }
}
