//! SHA-256 of files, streams and texts, in lower-case hexadecimal.

use crate::container::locate;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes that are read at once.
const BLOCK: usize = 1 << 16;

/// SHA-256 of a file's content, in lower-case hexadecimal. Reads in pieces, whatever the size. Of
/// a file in an archive (`archive.zip/list.csv`) it is made of the archive's and of the name.
///
/// # Errors
/// Whatever the operating system says against reading the file.
pub fn content_hash(path: &Path) -> io::Result<String> {
    let (file, member) = locate(path);
    let mut file = Hashed::new(File::open(file)?);
    let mut buffer = vec![0; BLOCK];
    while file.read(&mut buffer)? > 0 {}
    let digest = file.digest();
    Ok(member.map_or(digest.clone(), |name| text_hash(&[&digest, "file", &name])))
}

/// A stream that is hashed as it is read.
pub(crate) struct Hashed<R> {
    inner: R,
    hasher: Sha256,
}

impl<R: Read> Hashed<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, hasher: Sha256::new() }
    }

    /// The digest of what was read.
    pub(crate) fn digest(self) -> String {
        hex(&self.hasher.finalize())
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        Ok(count)
    }
}

/// SHA-256 of several texts, a zero byte between each two.
pub(crate) fn text_hash(texts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for (i, text) in texts.iter().enumerate() {
        if i > 0 {
            hasher.update([0]);
        }
        hasher.update(text.as_bytes());
    }
    hex(&hasher.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-2, appendix B.1: the digest of `abc`.
    #[test]
    fn published_digest() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "abc").unwrap();
        assert_eq!(content_hash(file.path()).unwrap(), abc);
        assert_eq!(content_hash(&file.path().join("x")).unwrap(), text_hash(&[abc, "file", "x"]));
        assert_eq!(text_hash(&["abc"]), abc);
        assert_ne!(text_hash(&["ab", "c"]), text_hash(&["a", "bc"]));
    }
}
