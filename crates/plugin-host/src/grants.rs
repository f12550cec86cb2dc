//! The user's own consents, in a file of the user's state folder: which bytes may run, what they
//! may read, how far they may go. Never read from a project.

use crate::Level;
use crate::inspect::Inspection;
use crate::manifest::{SecretOf, Wishes, check_input, secret_of};
use crate::plugin::Kind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const SCHEMA: &str = "haggle.grants/1";
const HEAD: &str =
    "# Written by `haggle plugin add`: which plugins may run here, and what they may read.\n\n";

/// The name of the file in the user's state folder.
pub const FILE: &str = "grants.toml";

/// What the user allows one file, by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// SHA-256 of the bytes that may run.
    pub sha256: String,
    /// What they call themselves.
    pub name: String,
    /// Their version.
    pub version: String,
    /// The interface that they were made for.
    pub abi: String,
    /// The least confinement under which they may run: `full`, `reduced` or `process`; `script` for
    /// a script and for nothing else.
    pub level: String,
    /// Beginnings of URLs that they may read; `file` and `stdin`.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// Files that they may read, absolute; those of `file` alone.
    #[serde(default)]
    pub files: Vec<String>,
    /// Secrets that may be sent for them, `NAME@host`.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Limits; absent is the usual one.
    #[serde(default)]
    pub limits: Wishes,
}

impl Consent {
    /// Everything that a plugin asks for, confined as well as one of its kind can be.
    pub fn asked(inspection: &Inspection) -> Self {
        let Inspection { manifest, sha256, .. } = inspection;
        let level = match inspection.kind {
            Kind::Library => Level::Full,
            Kind::Script => Level::Script,
        };
        let secret = |s: SecretOf| format!("{}@{}", s.name, s.host);
        Self {
            sha256: sha256.clone(),
            name: manifest.name.clone(),
            version: manifest.version.clone(),
            abi: manifest.abi().to_string(),
            level: level.to_string(),
            inputs: manifest.permissions.inputs.clone(),
            files: Vec::new(),
            secrets: manifest.secrets().into_iter().map(secret).collect(),
            limits: manifest.limits,
        }
    }

    /// Its secrets, each with its host.
    pub fn secrets(&self) -> Vec<SecretOf> {
        self.secrets.iter().filter_map(|s| secret_of(s, &self.inputs)).collect()
    }

    fn check(&self) -> Result<(), String> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if self.sha256.len() != 64 || !self.sha256.bytes().all(hex) {
            return Err(format!("`{}` is no SHA-256", self.sha256));
        }
        self.inputs.iter().try_for_each(|input| check_input(input))?;
        match self.secrets.iter().find(|s| secret_of(s, &self.inputs).is_none()) {
            Some(secret) => Err(format!("the secret `{secret}` has no host among the inputs")),
            None => Ok(()),
        }
    }
}

/// All consents of one user.
#[derive(Debug, Clone)]
pub struct Grants {
    path: PathBuf,
    all: BTreeMap<String, Consent>,
}

/// The consents cannot be read or written; nothing may run then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantsError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub why: String,
}

impl fmt::Display for GrantsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.why)
    }
}

impl std::error::Error for GrantsError {}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    schema: String,
    #[serde(default)]
    grant: Vec<Consent>,
}

impl Grants {
    /// Reads the file; without one nobody may run.
    ///
    /// # Errors
    /// [`GrantsError`] if others may read or write it, or it is not written as it should be.
    pub fn read(path: &Path) -> Result<Self, GrantsError> {
        let wrong = |why: String| GrantsError { path: path.to_owned(), why };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { path: path.to_owned(), all: BTreeMap::new() });
            }
            Err(e) => return Err(wrong(format!("cannot read: {e}"))),
        };
        open_to_others(path).map_err(&wrong)?;
        let content: Content = toml::from_str(&text).map_err(|e| wrong(e.message().to_owned()))?;
        if content.schema != SCHEMA {
            return Err(wrong(format!("schema is `{}`, expected `{SCHEMA}`", content.schema)));
        }
        content.grant.iter().try_for_each(Consent::check).map_err(&wrong)?;
        let all = content.grant.into_iter().map(|c| (c.sha256.clone(), c)).collect();
        Ok(Self { path: path.to_owned(), all })
    }

    /// What is allowed to these bytes.
    pub fn of(&self, sha256: &str) -> Option<&Consent> {
        self.all.get(sha256)
    }

    /// Consents to files of one name, in order of their hash.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Consent> {
        self.all.values().filter(move |consent| consent.name == name)
    }

    /// All of them, in order of their hash.
    pub fn iter(&self) -> impl Iterator<Item = &Consent> {
        self.all.values()
    }

    /// Allows what a consent says. Of one name one file is allowed: an earlier one no longer is.
    pub fn allow(&mut self, consent: Consent) {
        self.all.retain(|_, earlier| earlier.name != consent.name);
        self.all.insert(consent.sha256.clone(), consent);
    }

    /// Takes back a consent; whether there was one.
    pub fn take_back(&mut self, sha256: &str) -> bool {
        self.all.remove(sha256).is_some()
    }

    /// Changes the file while nobody else does: reads it, lets `change` have it, writes it whole.
    ///
    /// # Errors
    /// [`GrantsError`] if it cannot be read or written; it is as it was then.
    pub fn change(path: &Path, change: impl FnOnce(&mut Self)) -> Result<(), GrantsError> {
        let wrong =
            |e: io::Error| GrantsError { path: path.to_owned(), why: format!("cannot write: {e}") };
        let folder = path.parent().unwrap_or(Path::new("."));
        private_folder(folder).map_err(wrong)?;
        let lock = folder.join("grants.lock");
        let lock = fs::File::options().create(true).truncate(false).write(true).open(lock);
        let held = lock.map_err(wrong)?;
        held.lock().map_err(wrong)?;
        let mut grants = Self::read(path)?;
        change(&mut grants);
        grants.write(folder).map_err(wrong)
    }

    /// A file that is born here is its owner's alone.
    fn write(&self, folder: &Path) -> io::Result<()> {
        let grant = self.all.values().cloned().collect();
        let content = Content { schema: SCHEMA.to_owned(), grant };
        let text = toml::to_string(&content).map_err(io::Error::other)?;
        let mut staged = tempfile::NamedTempFile::new_in(folder)?;
        staged.write_all(format!("{HEAD}{text}").as_bytes())?;
        staged.as_file().sync_all()?;
        staged.persist(&self.path).map_err(|e| e.error)?;
        Ok(())
    }
}

#[cfg(unix)]
fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Whoever else could have written it may have allowed what he likes.
#[cfg(unix)]
fn open_to_others(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let meta = |path: &Path| fs::metadata(path).map_err(|e| e.to_string());
    let (file, us) = (meta(path)?, user());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = meta(folder.unwrap_or(Path::new(".")))?;
    for (what, owner) in [("it", file.uid()), ("its folder", folder.uid())] {
        if owner != us {
            return Err(format!("{what} is another's: found user {owner}, expected you, {us}"));
        }
    }
    let mode = file.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(format!("others can read or write it: found mode {mode:o}, expected 600"));
    }
    match folder.permissions().mode() & 0o777 {
        mode if mode & 0o022 != 0 => {
            Err(format!("others can write its folder: found mode {mode:o}, expected 700"))
        }
        _ => Ok(()),
    }
}

#[cfg(unix)]
#[allow(unsafe_code)]
fn user() -> u32 {
    // SAFETY: always succeeds, and takes nothing.
    unsafe { libc::geteuid() }
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consent(name: &str, digit: &str) -> Consent {
        Consent {
            sha256: digit.repeat(64),
            name: name.to_owned(),
            version: "1.0".to_owned(),
            abi: "1.0".to_owned(),
            level: "full".to_owned(),
            inputs: vec!["https://a.example/x/".to_owned(), "file".to_owned()],
            files: vec!["/data/x.csv".to_owned()],
            secrets: vec!["KEY@a.example".to_owned()],
            limits: Wishes { memory_mb: Some(64), ..Wishes::default() },
        }
    }

    #[test]
    fn what_is_allowed_is_read_again_and_of_one_name_only_the_last() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("haggle").join(FILE);
        assert_eq!(Grants::read(&path).unwrap().iter().count(), 0);
        for (name, digit) in [("x", "a"), ("y", "b"), ("x", "c")] {
            Grants::change(&path, |grants| grants.allow(consent(name, digit))).unwrap();
        }
        let grants = Grants::read(&path).unwrap();
        let found: Vec<_> = grants.iter().map(|c| (c.name.as_str(), &c.sha256[..1])).collect();
        assert_eq!(found, [("y", "b"), ("x", "c")]);
        assert_eq!(grants.of(&"c".repeat(64)), Some(&consent("x", "c")));
        assert_eq!(grants.of(&"a".repeat(64)), None, "the earlier file is no longer allowed");
        assert_eq!(grants.named("x").count(), 1);
        Grants::change(&path, |g| assert!(g.take_back(&"c".repeat(64)))).unwrap();
        assert_eq!(Grants::read(&path).unwrap().named("x").count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("haggle").join(FILE);
        Grants::change(&path, |grants| grants.allow(consent("x", "a"))).unwrap();
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        for open in [0o644, 0o620, 0o602] {
            fs::set_permissions(&path, fs::Permissions::from_mode(open)).unwrap();
            let error = Grants::read(&path).unwrap_err().to_string();
            assert!(error.contains(&format!("{open:o}, expected 600")), "{error}");
            assert!(Grants::change(&path, |_| {}).is_err());
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let folder = path.parent().unwrap();
        fs::set_permissions(folder, fs::Permissions::from_mode(0o770)).unwrap();
        let error = Grants::read(&path).unwrap_err().to_string();
        assert!(error.contains("found mode 770, expected 700"), "{error}");
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
        // Only the system's administrator can give files away, and so try what is another's.
        if user() == 0 {
            for what in [&*path, folder] {
                std::os::unix::fs::chown(what, Some(1), None).unwrap();
                let error = Grants::read(&path).unwrap_err().to_string();
                assert!(error.contains("found user 1, expected you, 0"), "{error}");
                std::os::unix::fs::chown(what, Some(0), None).unwrap();
            }
        }
        assert!(Grants::read(&path).is_ok());
    }

    #[test]
    fn what_is_not_written_as_it_should_be_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        Grants::change(&path, |grants| grants.allow(consent("x", "a"))).unwrap();
        let good = fs::read_to_string(&path).unwrap();
        for (from, to, part) in [
            ("haggle.grants/1", "haggle.grants/9", "`haggle.grants/9`"),
            ("name = ", "nam = ", "unknown field `nam`"),
            ("https://a.example/x/", "https://a.example", "a `/` behind the host"),
            ("KEY@a.example", "KEY@b.example", "no host among the inputs"),
            ("aaaa", "AAAA", "no SHA-256"),
        ] {
            assert!(good.contains(from), "{from}");
            // Written in place, so that the mode stays.
            fs::write(&path, good.replacen(from, to, 1)).unwrap();
            let error = Grants::read(&path).unwrap_err().to_string();
            assert!(error.contains(part), "{from}: {error}");
        }
    }
}
