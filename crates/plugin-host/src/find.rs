//! Finds plugin files: which folders, in which order, and what is refused there. Finding one gives
//! it no right to run.

use crate::file;
use crate::inspect::{MOST_FILE_BYTES, hash};
use crate::manifest::is_name;
use crate::plugin::Kind;
use crate::script::is_script;
use std::fmt;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The end of the name of a script's file, whatever language it is in.
const SCRIPT: &str = ".script";

/// Whose folder it is; the order is that of the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// Named on the command line or by a variable.
    Named,
    /// Beside the deal file: only what its lock file pins.
    Project,
    /// The user's.
    User,
    /// The system's.
    System,
}

/// A folder to search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The folder.
    pub folder: PathBuf,
    /// Whose it is.
    pub whose: Whose,
}

/// A file by the name of a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The name, from the file's.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// Whose folder it lies in.
    pub whose: Whose,
}

/// The bytes of a file, read once, and their hash.
#[derive(Debug, Clone)]
pub struct Content {
    /// The file.
    pub path: PathBuf,
    /// SHA-256 of the bytes.
    pub sha256: String,
    /// The bytes; what is inspected, hashed and loaded are these and no others.
    pub bytes: Vec<u8>,
}

impl Content {
    /// How it would be run, by how it begins.
    pub fn kind(&self) -> Kind {
        if is_script(&self.bytes) { Kind::Script } else { Kind::Library }
    }
}

/// A file or folder that is not looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub why: String,
    /// A way out.
    pub help: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.why)
    }
}

impl std::error::Error for Refused {}

/// The name of the plugin that a file of this name is, on whatever system.
pub fn plugin_name(file: &Path) -> Option<&str> {
    let file = file.file_name()?.to_str()?;
    let inner = |start: &str, end: &str| file.strip_prefix(start)?.strip_suffix(end);
    let name = inner("libhaggle_", ".so")
        .or_else(|| inner("haggle_", SCRIPT))
        .or_else(|| inner("libhaggle_", ".dylib"))
        .or_else(|| inner("haggle_", ".dll"))?;
    Some(name).filter(|name| is_name(name))
}

/// The name of a plugin's file: a library's on this system, a script's on every one.
pub fn name_of(kind: Kind, name: &str) -> String {
    match kind {
        Kind::Library => file_name(name),
        Kind::Script => script_name(name),
    }
}

/// The name of a library's file on this system.
fn file_name(name: &str) -> String {
    let (start, end) = if cfg!(windows) {
        ("haggle_", "dll")
    } else if cfg!(target_os = "macos") {
        ("libhaggle_", "dylib")
    } else {
        ("libhaggle_", "so")
    };
    format!("{start}{name}.{end}")
}

/// The name of a script's file, on every system.
fn script_name(name: &str) -> String {
    format!("haggle_{name}{SCRIPT}")
}

/// Everything in the folders, in the order of the search, then by name; folders and files that are
/// refused stand in their place. A folder that is not there holds nothing.
pub fn list(places: &[Place]) -> Vec<Result<Found, Refused>> {
    let mut all = Vec::new();
    for place in places {
        match in_folder(place) {
            Ok(found) => all.extend(found.chunk_by(|a, b| a.name == b.name).filter_map(only)),
            Err(refused) => all.push(Err(refused)),
        }
    }
    all
}

/// The file of a plugin: the one with the pinned hash if there is one, else the first in the order
/// of the search. Of a project only the pinned one counts.
///
/// # Errors
/// [`Refused`] if a file of that name, or a folder that may hold one, is not looked into.
pub fn find(
    places: &[Place],
    name: &str,
    pinned: Option<&str>,
) -> Result<Option<Content>, Refused> {
    let mut first = None;
    for place in places {
        let mut all = in_folder(place)?.into_iter().filter(|found| found.name == name);
        let Some(found) = all.next() else { continue };
        if let Some(other) = all.next() {
            return Err(two(&found.path, &other.path));
        }
        let content = read(&found.path)?;
        if Some(content.sha256.as_str()) == pinned {
            return Ok(Some(content));
        }
        if place.whose != Whose::Project && first.is_none() {
            first = Some(content);
        }
    }
    Ok(first)
}

/// The one file of a name in a folder.
fn only(found: &[Found]) -> Option<Result<Found, Refused>> {
    let first = found.first()?;
    Some(match found.get(1) {
        Some(other) => Err(two(&first.path, &other.path)),
        None => refuse_writable(&first.path).map(|()| first.clone()),
    })
}

/// A library and a script of one name: which of them is meant nobody says.
fn two(first: &Path, other: &Path) -> Refused {
    let why = format!("of the same name as {}, expected one of them", other.display());
    refused(first, why, &format!("remove one, as `rm {}`", other.display()))
}

/// Reads a file that only its owner can change, once.
///
/// # Errors
/// [`Refused`] if others may change it, or it cannot be read.
pub fn read(path: &Path) -> Result<Content, Refused> {
    let io = |e: std::io::Error| refused(path, format!("cannot read: {e}"), "check the path");
    let (mut file, meta) = file::regular(path).map_err(|e| match e.kind() {
        ErrorKind::InvalidInput => {
            refused(path, e.to_string(), "name a shared library or a script")
        }
        _ => io(e),
    })?;
    refuse_mode(path, &meta)?;
    let mut bytes = Vec::new();
    file.by_ref().take(MOST_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MOST_FILE_BYTES {
        let why = format!("larger than {MOST_FILE_BYTES} bytes");
        return Err(refused(path, why, "name a shared library"));
    }
    Ok(Content { path: path.to_owned(), sha256: hash(&bytes), bytes })
}

/// The plugin files of one folder for this system, by name.
fn in_folder(place: &Place) -> Result<Vec<Found>, Refused> {
    let folder = &place.folder;
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => {
            return Err(refused(folder, format!("cannot list: {e}"), "check its permissions"));
        }
    };
    refuse_writable(folder)?;
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| {
            refused(folder, format!("cannot list: {e}"), "check the disk that it is on")
        })?;
        found.extend(of_here(entry.path(), place.whose));
    }
    found.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
    Ok(found)
}

/// A file that has the name of a plugin for this system.
fn of_here(path: PathBuf, whose: Whose) -> Option<Found> {
    let here = |name: &&str| path.ends_with(file_name(name)) || path.ends_with(script_name(name));
    let name = plugin_name(&path).filter(here)?.to_owned();
    Some(Found { name, path, whose })
}

fn refuse_writable(path: &Path) -> Result<(), Refused> {
    let io = |e: std::io::Error| refused(path, format!("cannot read: {e}"), "check the path");
    refuse_mode(path, &fs::metadata(path).map_err(io)?)
}

/// What others may change is theirs, whatever it held when somebody looked.
#[cfg(unix)]
fn refuse_mode(path: &Path, meta: &fs::Metadata) -> Result<(), Refused> {
    use std::os::unix::fs::PermissionsExt;
    let mode = meta.permissions().mode() & 0o7777;
    if mode & 0o022 == 0 {
        return Ok(());
    }
    let what = if meta.is_dir() { "folder" } else { "file" };
    let why = format!(
        "others may write this {what}: found mode {mode:o}, expected none for group and others"
    );
    Err(refused(path, why, &format!("`chmod go-w {}`", path.display())))
}

#[cfg(not(unix))]
fn refuse_mode(_: &Path, _: &fs::Metadata) -> Result<(), Refused> {
    Ok(())
}

fn refused(path: &Path, why: String, help: &str) -> Refused {
    Refused { path: path.to_owned(), why, help: help.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        for (file, name) in [
            ("libhaggle_ecb-rates.so", Some("ecb-rates")),
            ("a/b/libhaggle_x.dylib", Some("x")),
            ("haggle_x.dll", Some("x")),
            ("haggle_x.script", Some("x")),
            ("libhaggle_x.script", None),
            ("x.script", None),
            ("libhaggle_X.so", None),
            ("libhaggle_.so", None),
            ("libhaggle_x.so.1", None),
            ("haggle_x.so", None),
            ("libx.so", None),
        ] {
            assert_eq!(plugin_name(Path::new(file)), name, "{file}");
        }
        assert_eq!(plugin_name(Path::new(&file_name("a-b"))), Some("a-b"));
    }

    #[cfg(unix)]
    mod unix {
        use super::super::*;
        use std::os::unix::fs::PermissionsExt;

        fn mode(path: &Path, mode: u32) {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }

        fn places(root: &Path) -> Vec<Place> {
            let kinds = [("a", Whose::Named), ("b", Whose::Project), ("c", Whose::User)];
            let place = |(folder, whose)| Place { folder: root.join(folder), whose };
            kinds.map(place).into()
        }

        fn put(root: &Path, folder: &str, text: &str) -> PathBuf {
            let folder = root.join(folder);
            fs::create_dir_all(&folder).unwrap();
            mode(&folder, 0o755);
            let path = folder.join(file_name("x"));
            fs::write(&path, text).unwrap();
            mode(&path, 0o644);
            path
        }

        #[test]
        fn the_first_counts_unless_another_is_pinned() {
            let root = tempfile::tempdir().unwrap();
            let find = |pinned: Option<&str>| {
                let found = find(&places(root.path()), "x", pinned).unwrap()?;
                Some(String::from_utf8(found.bytes).unwrap())
            };
            assert_eq!(find(None), None);
            put(root.path(), "b", "project");
            assert_eq!(find(None), None, "a project brings nothing that is not pinned");
            assert_eq!(find(Some(&hash(b"project"))).as_deref(), Some("project"));
            put(root.path(), "c", "user");
            assert_eq!(find(None).as_deref(), Some("user"));
            put(root.path(), "a", "named");
            assert_eq!(find(None).as_deref(), Some("named"));
            assert_eq!(find(Some(&hash(b"user"))).as_deref(), Some("user"));
            assert_eq!(find(Some(&hash(b"other"))).as_deref(), Some("named"));
        }

        #[test]
        fn of_one_name_there_is_one_file_in_a_folder() {
            let root = tempfile::tempdir().unwrap();
            let library = put(root.path(), "c", "library");
            let script = library.with_file_name(script_name("x"));
            fs::rename(&library, &script).unwrap();
            assert_eq!(find(&places(root.path()), "x", None).unwrap().unwrap().path, script);
            put(root.path(), "c", "library");
            let refused = find(&places(root.path()), "x", None).unwrap_err();
            assert!(refused.why.contains("of the same name"), "{refused}");
            assert_eq!(list(&places(root.path())), [Err(refused)]);
        }

        #[test]
        fn what_others_may_write_is_refused() {
            let root = tempfile::tempdir().unwrap();
            let file = put(root.path(), "c", "user");
            for (path, bad, good) in
                [(file.parent().unwrap(), 0o777, 0o755), (file.as_path(), 0o664, 0o644)]
            {
                mode(path, bad);
                let refused = find(&places(root.path()), "x", None).unwrap_err();
                assert_eq!(refused.path, path);
                assert!(refused.why.contains(&format!("{bad:o}")), "{refused}");
                assert!(list(&places(root.path())).iter().any(Result::is_err));
                mode(path, good);
            }
            assert_eq!(list(&places(root.path())).len(), 1);
        }
    }
}
