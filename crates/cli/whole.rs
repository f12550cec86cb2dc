//! Writes a file whole or not at all.

use std::io::{self, Write};
use std::path::Path;

/// Writes beside the file and renames, so that a reader never sees half of it. A link is followed;
/// what is no regular file (a device, a pipe) is written to as it is.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let resolved = std::fs::canonicalize(path);
    let path = resolved.as_deref().unwrap_or(path);
    if path.exists() && !path.is_file() {
        return std::fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut staged = tempfile::NamedTempFile::new_in(folder)?;
    staged.write_all(bytes)?;
    staged.as_file().sync_all()?;
    share(&staged)?;
    staged.persist(path).map_err(|e| e.error)?;
    Ok(())
}

/// A staging file is born private; a report is an ordinary file.
#[cfg(unix)]
fn share(staged: &tempfile::NamedTempFile) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    staged.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn share(_: &tempfile::NamedTempFile) -> io::Result<()> {
    Ok(())
}
