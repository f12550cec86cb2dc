//! `init`: a deal file to begin with, on which the next command works as it is written.

use crate::support::Bench;

#[test]
fn the_next_command_works_on_it_as_written() {
    let bench = Bench::with_data();
    for kind in ["salary", "purchase"] {
        let run = bench.run(&format!("init {kind} --out {kind}.toml --as-of 2026-11-23"));
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(
            run.out.is_empty() && run.err.contains(&format!("next: haggle report {kind}.toml"))
        );
        assert_eq!(bench.run(&format!("check {kind}.toml")).code, 0);
        assert_eq!(bench.run(&format!("report {kind}.toml")).code, 0);
        let printed = bench.run(&format!("init {kind} --as-of 2026-11-23"));
        assert_eq!(printed.out, bench.read(&format!("{kind}.toml")));
    }
    insta::assert_snapshot!("init_salary", bench.read("salary.toml"));
    assert_eq!(bench.read("deal.schema.json"), bench.run("schema deal").out);
    assert!(bench.read("salary.toml").starts_with("#:schema ./deal.schema.json\n"));
}

#[test]
fn flags_make_a_first_brief_with_every_main_figure() {
    let bench = Bench::with_data();
    let run = bench.run_all(&[
        "init",
        "salary",
        "--title",
        "Engineer \"II\"",
        "--evidence",
        "data/evidence/pay-survey-2023.csv",
        "--words",
        "software engineer",
        "--offer",
        "128000",
        "--alternative",
        "118000",
        "--as-of",
        "2023-11-20",
        "--out",
        "data/deals/mine.toml",
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        bench.read("data/deals/mine.toml").contains("path  = \"../evidence/pay-survey-2023.csv\"")
    );
    let report = bench.json("report data/deals/mine.toml --format json");
    for id in ["walk_away", "target", "anchor", "market.p50", "leverage", "offer"] {
        assert!(report["figures"][id]["value"].is_string(), "{id}");
    }
    assert_eq!(report["deal"]["title"], "Engineer \"II\"");
}

#[test]
fn every_comment_that_holds_a_key_can_be_taken_at_its_word() {
    let bench = Bench::new();
    for kind in ["salary", "purchase"] {
        let text = bench.run(&format!("init {kind} --as-of 2026-11-23")).out;
        let is_key = |l: &str| {
            l.starts_with('[') || l.split_once(" = ").is_some_and(|(k, _)| !k.trim().contains(' '))
        };
        let open = |line: &str| match line.strip_prefix("# ") {
            Some(rest) if is_key(rest) && !rest.starts_with("term") => rest.to_owned(),
            _ => line.to_owned(),
        };
        let opened: Vec<String> = text.lines().map(open).collect();
        assert!(opened.iter().filter(|l| l.starts_with('[')).count() >= 5, "{opened:?}");
        bench.write("open.toml", opened.join("\n"));
        let run = bench.run("check open.toml");
        assert_eq!(run.code, 0, "{}{}", run.out, opened.join("\n"));
    }
}

#[test]
fn nothing_is_overwritten_and_nonsense_is_refused() {
    let bench = Bench::with_data();
    bench.write("mine.toml", "precious");
    let run = bench.run("init --out mine.toml");
    assert!(run.code == 2 && run.err.contains("the file exists"), "{}", run.err);
    assert_eq!(bench.read("mine.toml"), "precious");
    for (flags, part) in [
        ("--offer 128,000", "`128,000`"),
        ("--alternative=-5", "expected more than 0"),
        ("--currency Dollar", "`Dollar`"),
        ("--as-of today", "`today`"),
        ("--evidence no.csv", "no.csv"),
        ("quotas", "quotas"),
    ] {
        let run = bench.run(&format!("init {flags} --out new.toml"));
        assert!(run.code == 2 && run.err.contains(part), "{flags}: {}", run.err);
        assert!(!bench.path("new.toml").exists(), "{flags}");
    }
}

/// A table that no built-in recipe reads: the refusal says how to get one, and with it the first
/// deal file works.
#[test]
fn a_file_of_ones_own_begins_with_a_proposed_recipe() {
    let bench = Bench::new();
    bench.write("own.csv", "Role,Pay (USD per year)\nDev,100000\nDev,110000\nDev,120000\n");
    let init = "init salary --evidence own.csv --as-of 2026-11-23 --out deal.toml";
    let refused = bench.run(init);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("`haggle inspect own.csv --propose own.toml`"), "{}", refused.err);
    assert_eq!(bench.run("inspect own.csv --propose own.toml").code, 0);
    let run = bench.run(&format!("{init} --recipe own.toml"));
    assert_eq!(run.code, 0, "{}", run.err);
    let report = bench.json("report deal.toml --format json");
    assert_eq!(report["figures"]["market.p50"]["value"], "110000.00");
}
