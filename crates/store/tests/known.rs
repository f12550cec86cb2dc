//! The hash of a file is computed once while the file stays as it is.

#![allow(missing_docs, clippy::unwrap_used)]
#![cfg(unix)]

use haggle_store::Store;
use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Longer than a file has to rest before it is remembered.
const REST: Duration = Duration::from_millis(3_100);

struct Counted {
    store: Store,
    calls: Cell<u32>,
}

impl Counted {
    /// Hash of a file, and how often it was computed for that.
    fn hash(&self, path: &Path, fresh: bool) -> (String, u32) {
        self.calls.set(0);
        let (hash, size) = self
            .store
            .hash_of(path, fresh, |p| {
                self.calls.set(self.calls.get() + 1);
                fs::read_to_string(p)
            })
            .unwrap();
        assert_eq!(size, fs::metadata(path).unwrap().len());
        (hash, self.calls.get())
    }
}

#[test]
fn a_hash_is_computed_once_until_the_file_changes() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("store"));
    let counted = Counted { store, calls: Cell::new(0) };
    let (path, other) = (folder.path().join("a.csv"), folder.path().join("b.csv"));
    fs::write(&path, "one").unwrap();
    fs::write(&other, "two").unwrap();
    assert_eq!(counted.hash(&path, false), ("one".into(), 1));
    assert_eq!(counted.hash(&path, false), ("one".into(), 1), "modified a moment ago");
    std::thread::sleep(REST);
    assert_eq!(counted.hash(&path, false), ("one".into(), 1));
    assert_eq!(counted.hash(&path, false), ("one".into(), 0));
    assert_eq!(counted.hash(&folder.path().join("./a.csv"), false), ("one".into(), 0));
    assert_eq!(counted.hash(&path, true), ("one".into(), 1), "fresh");
    assert_eq!(counted.hash(&path, false), ("one".into(), 0));
    // The other file has rested, so that only its place differs.
    fs::rename(&other, &path).unwrap();
    assert_eq!(counted.hash(&path, false), ("two".into(), 1), "another inode of the same size");
    fs::write(&path, "six").unwrap();
    assert_eq!(counted.hash(&path, false), ("six".into(), 1), "same inode and size");
    std::thread::sleep(REST);
    counted.hash(&path, false);
    assert_eq!(counted.hash(&path, false), ("six".into(), 0));
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, "ten").unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    assert_eq!(counted.hash(&path, false), ("ten".into(), 1), "the time was set back");
}

#[test]
fn a_file_that_changes_under_the_hash_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, "one").unwrap();
    let store = Store::new(folder.path().join("store"));
    let meddle = |p: &Path| fs::write(p, "longer").map(|()| "hash".to_owned());
    assert!(store.hash_of(&path, false, meddle).is_err());
}

#[test]
fn rubbish_notes_are_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    assert_eq!(store.remembered("key"), None);
    store.remember("key", "value");
    assert_eq!(store.remembered("key").as_deref(), Some("value"));
}
