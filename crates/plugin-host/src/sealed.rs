//! Bytes as a file that nobody can change and that no folder holds.
#![allow(unsafe_code)]

use std::fs::File;
use std::io::{self, Seek, Write};
use std::os::fd::{AsRawFd, FromRawFd};

/// A sealed file in memory of these bytes, at its beginning. `keep`: it stays open when another program takes this
/// process over.
pub(crate) fn sealed(bytes: &[u8], keep: bool) -> io::Result<File> {
    let flags = libc::MFD_ALLOW_SEALING | if keep { 0 } else { libc::MFD_CLOEXEC };
    // Newer kernels want to be told that it is to be executed; older ones do not know the flag.
    let mut file = create(flags | libc::MFD_EXEC).or_else(|_| create(flags))?;
    file.write_all(bytes)?;
    file.rewind()?;
    let seals = libc::F_SEAL_SEAL | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_WRITE;
    // SAFETY: the descriptor is open, and the call takes numbers alone.
    match unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) } {
        0 => Ok(file),
        _ => Err(io::Error::last_os_error()),
    }
}

fn create(flags: u32) -> io::Result<File> {
    // SAFETY: the name ends with NUL; a descriptor that comes back is ours alone.
    unsafe {
        match libc::memfd_create(c"plugin".as_ptr(), flags) {
            -1 => Err(io::Error::last_os_error()),
            descriptor => Ok(File::from_raw_fd(descriptor)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::SeekFrom;

    #[test]
    fn what_was_sealed_does_not_change() {
        let mut file = sealed(b"bytes", false).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        assert!(file.write_all(b"other").is_err());
        assert!(file.set_len(0).is_err());
        assert_eq!(io::read_to_string(&mut file).unwrap(), "bytes");
    }
}
