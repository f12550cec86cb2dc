//! SHA-256 of files and texts, in lower-case hexadecimal.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// SHA-256 of a file's content, in lower-case hexadecimal. Reads in pieces, whatever the size.
///
/// # Errors
/// Whatever the operating system says against reading the file.
pub fn content_hash(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hasher.finalize())),
            n => hasher.update(&buffer[..n]),
        }
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
        assert_eq!(text_hash(&["abc"]), abc);
        assert_ne!(text_hash(&["ab", "c"]), text_hash(&["a", "bc"]));
    }
}
