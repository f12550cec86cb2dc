//! Opens files that are files: nothing that waits for somebody, and where it is asked for, nothing
//! that leads elsewhere.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;

/// Folders of what the kernel makes up, among it what processes hold.
const MADE_UP: [&str; 3] = ["/proc", "/sys", "/dev"];

/// Opens a regular file. Opening a pipe would wait for whoever writes to it.
///
/// # Errors
/// Those of the system, or that it is no regular file.
pub(crate) fn regular(path: &Path) -> io::Result<(File, Metadata)> {
    let file = unwaiting(&mut OpenOptions::new()).read(true).open(path)?;
    let meta = file.metadata()?;
    if meta.is_file() { Ok((file, meta)) } else { Err(wrong("no regular file")) }
}

/// Opens the regular file of this very path, of which no part is a link: the one that somebody
/// meant who said so.
///
/// # Errors
/// Those of the system, or what stands there in its place.
pub fn exactly(path: &Path) -> io::Result<(File, Metadata)> {
    if MADE_UP.iter().any(|folder| path.starts_with(folder)) {
        return Err(wrong("the system makes it up, expected a file that somebody wrote"));
    }
    let (file, meta) = regular(path)?;
    match real_path(&file, path)? == path {
        true => Ok((file, meta)),
        false => Err(wrong("it leads elsewhere than when it was allowed, through a link")),
    }
}

fn wrong(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, why)
}

#[cfg(unix)]
fn unwaiting(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
}

#[cfg(not(unix))]
fn unwaiting(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// What the kernel calls an open file, whatever its path says by now.
#[cfg(target_os = "linux")]
fn real_path(file: &File, _: &Path) -> io::Result<std::path::PathBuf> {
    use std::os::fd::AsRawFd;
    std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// No plugin runs there; what is looked at may change before it is read.
#[cfg(not(target_os = "linux"))]
fn real_path(_: &File, path: &Path) -> io::Result<std::path::PathBuf> {
    path.canonicalize()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use std::process::Command;

    #[test]
    fn only_the_file_that_was_meant_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        let at = |name: &str| folder.join(name);
        std::fs::create_dir(at("a")).unwrap();
        std::fs::write(at("a/list"), "list").unwrap();
        std::fs::write(at("secret"), "secret").unwrap();
        symlink(at("secret"), at("a/link")).unwrap();
        symlink("/proc/self/environ", at("a/environ")).unwrap();
        symlink(at("a"), at("b")).unwrap();
        assert!(Command::new("mkfifo").arg(at("a/pipe")).status().unwrap().success());
        for (name, link, straight) in [
            ("a/list", true, true),
            ("a/link", true, false),
            ("a/environ", true, false),
            ("b/list", true, false),
            ("a/pipe", false, false),
            ("a", false, false),
            ("a/none", false, false),
        ] {
            assert_eq!(regular(&at(name)).is_ok(), link, "{name}");
            assert_eq!(exactly(&at(name)).is_ok(), straight, "{name}");
        }
        for path in ["/proc/self/environ", "/proc/self/root/etc/passwd", "/dev/null"] {
            assert!(exactly(Path::new(path)).is_err(), "{path}");
        }
    }
}
