//! An import happens once, wholly or not at all, whoever else imports.

#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{Numbers, content, content_at, import, key, names, numbers};
use haggle_store::{Outcome, Store};
use std::fs::{self, File};
use std::path::Path;

#[cfg(unix)]
fn inode(path: &Path) -> u64 {
    std::os::unix::fs::MetadataExt::ino(&fs::metadata(path).unwrap())
}

#[test]
fn the_same_import_leaves_the_file_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let first = import(&store, "a", numbers(2_000, 1));
    let path = first.part().path.clone();
    assert!(matches!(first, Outcome::Written(_)));
    let before = (fs::read(&path).unwrap(), inode(&path));
    let again = import(&store, "a", numbers(2_000, 1));
    assert_eq!(again, Outcome::Unchanged(first.part().clone()));
    assert_eq!((fs::read(&path).unwrap(), inode(&path)), before);
    assert_eq!(names(&folder.path().join("stage")), Vec::<String>::new());
}

#[test]
fn another_importer_or_recipe_replaces_the_part() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let path = import(&store, "a", numbers(2_000, 1)).part().path.clone();
    let held_open = File::open(&path).unwrap();
    assert!(matches!(import(&store, "a", numbers(2_000, 2)), Outcome::Written(_)));
    assert_eq!(content_at(&path), Ok((2_000, 2)));
    let mut other = numbers(2_000, 2);
    (other.identity.recipe_hash, other.factor) = ("other".into(), 3);
    assert!(matches!(import(&store, "a", other), Outcome::Written(_)));
    assert_eq!(content_at(&path), Ok((2_000, 3)));
    assert_eq!(names(path.parent().unwrap()).len(), 1);
    // Who had it open before still reads what it was.
    assert_eq!(content(held_open), Ok((2_000, 1)));
    let mut named = numbers(2_000, 2);
    named.identity.recipe = "another-name".into();
    import(&store, "a", named);
    assert_eq!(names(path.parent().unwrap()).len(), 2);
}

#[test]
fn an_importer_that_breaks_off_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    for (rows, fails_after) in [(2_000, 0), (2_000, 1_999), (600_000, 599_000)] {
        let mut broken = Numbers { fails_after: Some(fails_after), ..numbers(rows, 1) };
        assert!(store.import(&key("a"), &mut broken).is_err());
        assert_eq!(names(&folder.path().join("parts")), Vec::<String>::new());
        assert_eq!(names(&folder.path().join("stage")), Vec::<String>::new());
    }
    let path = import(&store, "a", numbers(2_000, 1)).part().path.clone();
    let mut broken = Numbers { fails_after: Some(700), ..numbers(2_000, 2) };
    assert!(store.import(&key("a"), &mut broken).is_err());
    assert_eq!(content_at(&path), Ok((2_000, 1)), "the old part stays");
}

#[test]
fn a_corrupt_part_is_reported_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let path = import(&store, "a", numbers(2_000, 1)).part().path.clone();
    import(&store, "b", numbers(10, 1));
    let whole = fs::read(&path).unwrap();
    let mut foreign = Vec::new();
    foreign.extend_from_slice(b"PAR1 and then something else PAR1");
    for bad in [&whole[..whole.len() / 2], &whole[..4], &[], &foreign] {
        fs::write(&path, bad).unwrap();
        let (parts, broken) = store.parts().unwrap();
        assert_eq!((parts.len(), broken.len()), (1, 1));
        assert_eq!(broken[0].path, path);
        assert!(store.find("a", "r").is_err());
        assert!(matches!(import(&store, "a", numbers(2_000, 1)), Outcome::Written(_)));
        assert_eq!(content_at(&path), Ok((2_000, 1)));
    }
    assert_eq!(store.parts().unwrap().0.len(), 2);
}

#[test]
fn an_empty_store_has_no_parts() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("not yet"));
    let (parts, broken) = store.parts().unwrap();
    assert!(parts.is_empty() && broken.is_empty());
    assert_eq!(store.find("a", "r").unwrap(), None);
}

#[test]
fn threads_do_not_disturb_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let work = &|thread: u32| {
        let store = Store::new(folder.path());
        for round in 0..30 {
            import(&store, "shared", numbers(1_500, round % 3 + 1));
            let own = format!("own-{thread}");
            import(&store, &own, numbers(700, round % 2 + 1));
            let path = folder.path().join("parts/shared-r.parquet");
            let (rows, factor) = content_at(&path).unwrap();
            assert!(rows == 1_500 && (1..=3).contains(&factor));
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|t| scope.spawn(move || work(t))).collect();
        threads.into_iter().for_each(|t| t.join().unwrap());
    });
    let (parts, broken) = Store::new(folder.path()).parts().unwrap();
    assert_eq!((parts.len(), broken.len()), (5, 0));
    assert_eq!(names(&folder.path().join("stage")), Vec::<String>::new());
}
