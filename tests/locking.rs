//! `haggle.lock`, `--locked`, `--offline`: what is pinned stays what it was.

use crate::support::Bench;
use std::fs;

const DEAL: &str = "report data/deals/salary-us.toml";

#[test]
fn the_bundled_lock_file_holds_the_bundled_evidence() {
    let bench = Bench::with_data();
    for deal in ["salary-us", "salary-thin", "salary-equity", "model-tokens"] {
        let run = bench.run(&format!("report data/deals/{deal}.toml --locked"));
        assert_eq!(run.code, 0, "{deal}: {}", run.err);
    }
}

#[test]
fn a_changed_source_is_refused_when_locked_with_both_hashes() {
    let bench = Bench::with_data();
    assert_eq!(bench.run(DEAL).code, 0);
    let before = bench.read("data/deals/haggle.lock");
    let survey = bench.read("data/evidence/pay-survey-2023.csv");
    bench.write("data/evidence/pay-survey-2023.csv", survey.replacen("138000", "138100", 1));
    let run = bench.run(&format!("{DEAL} --locked"));
    assert_eq!(run.code, 4, "{}", run.err);
    let pin = &before[before.find("pay-survey-2023.csv").unwrap()..];
    let old = pin.lines().find(|l| l.starts_with("sha256")).unwrap();
    assert!(run.err.contains(&old[10..22]), "{}", run.err);
    assert!(run.err.contains("help:"), "{}", run.err);
    assert_eq!(run.out, "", "nothing is reported");
    assert_eq!(bench.read("data/deals/haggle.lock"), before, "nothing is written");
    // Without --locked the lock file follows, and says so.
    let run = bench.run(DEAL);
    assert_eq!(run.code, 0);
    assert!(run.err.contains("content changed from"), "{}", run.err);
    let told = "comparables of `survey`: 1 of another amount, 0 new, 0 gone\n  Software Engineer, US, SE, value: 138,000 -> 138,100 USD/year (+0.1 %)\n";
    assert!(run.err.contains(told), "{}", run.err);
    assert_ne!(bench.read("data/deals/haggle.lock"), before);
    assert_eq!(bench.run(&format!("{DEAL} --locked")).code, 0);
}

/// A file whose size, time and inode are known is not hashed again; only `--locked` looks at the
/// bytes in any case.
#[test]
fn locked_sees_a_change_that_time_and_size_hide() {
    let bench = Bench::with_data();
    let path = bench.path("data/evidence/pay-survey-2023.csv");
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    let set = |p: &std::path::Path| {
        fs::File::options().append(true).open(p).unwrap().set_modified(long_ago).unwrap()
    };
    set(&path);
    assert_eq!(bench.run(DEAL).code, 0);
    let survey = fs::read_to_string(&path).unwrap();
    fs::write(&path, survey.replacen("178300", "178301", 1)).unwrap();
    set(&path);
    assert_eq!(bench.run(&format!("{DEAL} --locked")).code, 4);
}

#[test]
fn an_unpinned_source_is_refused_when_locked() {
    let bench = Bench::with_data();
    fs::remove_file(bench.path("data/deals/haggle.lock")).unwrap();
    let run = bench.run(&format!("{DEAL} --locked"));
    assert_eq!(run.code, 4);
    assert!(run.err.contains("not in haggle.lock"), "{}", run.err);
}

#[test]
fn offline_uses_what_is_stored_and_nothing_else() {
    let bench = Bench::with_data();
    let report = bench.run(DEAL).out;
    fs::remove_dir_all(bench.path("data/evidence")).unwrap();
    assert_eq!(bench.run(DEAL).code, 1, "the files are gone");
    let offline = bench.run(&format!("{DEAL} --offline"));
    assert_eq!(offline.code, 0, "{}", offline.err);
    assert_eq!(offline.out, report);
    fs::remove_dir_all(bench.path("store")).unwrap();
    let run = bench.run(&format!("{DEAL} --offline"));
    assert_eq!(run.code, 4);
    assert!(run.err.contains("not stored"), "{}", run.err);
}

#[test]
fn a_broken_lock_file_is_an_error_with_a_way_out() {
    let bench = Bench::with_data();
    bench.write("data/deals/haggle.lock", "schema = \"haggle.lock/9\"\n");
    let run = bench.run(DEAL);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("haggle.lock/9") && run.err.contains("help:"), "{}", run.err);
}
