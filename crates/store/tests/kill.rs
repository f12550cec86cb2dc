//! Killed at any instant, the store holds the old state or the new one.

#![allow(missing_docs, clippy::unwrap_used)]
#![cfg(unix)]

mod common;

use common::{content_at, import, names, numbers};
use haggle_store::Store;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Set, it makes this test binary a process that imports until it is killed.
const CHILD: &str = "HAGGLE_STORE_TEST_CHILD";
/// Enough for an import to last, so that most kills meet one.
const LARGE: u64 = 1_000;

#[test]
fn child_that_imports_until_it_is_killed() {
    let Some(root) = std::env::var_os(CHILD) else { return };
    let (store, start) = (Store::new(root), Instant::now());
    // Should the parent itself be killed, its children end soon after.
    for version in (1..=2).cycle().take_while(|_| start.elapsed() < Duration::from_secs(60)) {
        import(&store, "large", numbers(LARGE, version));
        import(&store, "small", numbers(20, version));
    }
}

/// A process that imports; killed at the latest when it is dropped, also by a failing test.
struct Importing(Child);

impl Importing {
    fn start(root: &Path) -> Self {
        let name = "child_that_imports_until_it_is_killed";
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([name, "--exact", "--test-threads=1"]).env(CHILD, root);
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    fn lives(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Importing {
    fn drop(&mut self) {
        // A child that has ended by itself cannot be killed, and need not be.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Everything under a part's name is whole, and is the old content or the new.
fn check(root: &Path) -> usize {
    let parts = root.join("parts");
    for name in names(&parts) {
        let rows = if name.starts_with("large") { LARGE } else { 20 };
        let (found, factor) = content_at(&parts.join(&name)).unwrap();
        assert_eq!(found, rows);
        assert!((1..=2).contains(&factor));
    }
    let (read, broken) = Store::new(root).parts().unwrap();
    assert!(broken.is_empty());
    read.len()
}

/// What a footer says of a part is what stands in it, once nobody writes.
fn check_footers(root: &Path) {
    for part in Store::new(root).parts().unwrap().0 {
        assert_eq!(i128::from(part.meta.importer), content_at(&part.path).unwrap().1);
    }
}

/// How long a child needs for one round, its start included.
fn round_trip() -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let start = Instant::now();
    let mut child = Importing::start(folder.path());
    while check(folder.path()) < 2 {
        assert!(start.elapsed() < Duration::from_secs(60) && child.lives());
        std::thread::sleep(Duration::from_millis(1));
    }
    start.elapsed()
}

#[test]
fn a_killed_import_leaves_the_old_or_the_new() {
    let folder = tempfile::tempdir().unwrap();
    let (mut orphans, span) = (0, round_trip().mul_f64(1.5));
    for round in 0..30 {
        let child = Importing::start(folder.path());
        // Instants spread evenly over more than a round, in no order.
        std::thread::sleep(span.mul_f64(f64::from(round * 17 % 30 + 1) / 30.0));
        drop(child);
        check(folder.path());
        check_footers(folder.path());
        orphans += names(&folder.path().join("stage")).len();
    }
    assert_eq!(check(folder.path()), 2, "no child got far enough");
    assert!(orphans > 0, "no child was killed in the middle");
    // Rubbish of the dead goes with the next import that writes, whatever it writes.
    import(&Store::new(folder.path()), "other", numbers(1, 1));
    assert_eq!(names(&folder.path().join("stage")), Vec::<String>::new());
}

#[test]
fn processes_do_not_disturb_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut children: Vec<Importing> = (0..3).map(|_| Importing::start(folder.path())).collect();
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(2) {
        check(folder.path());
        for child in &mut children {
            assert!(child.lives(), "a child failed");
        }
    }
    drop(children);
    check(folder.path());
    check_footers(folder.path());
}
