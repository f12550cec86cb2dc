//! `verify`: a report is made again from its sources, and what no longer holds is named, with why.

use crate::support::Bench;
use serde_json::Value;
use std::collections::BTreeSet;

const REPORT: &str = "data/deals/report.json";
const SURVEY: &str = "data/evidence/pay-survey-2023.csv";

/// A place with the report of a bundled deal.
fn reported(deal: &str, more: &str) -> Bench {
    let bench = Bench::with_data();
    let run =
        bench.run(&format!("report data/deals/{deal}.toml --format json --out {REPORT} {more}"));
    assert_eq!(run.code, 0, "{}", run.err);
    bench
}

fn verified(bench: &Bench, code: i32) -> Value {
    let run = bench.run(&format!("verify {REPORT} --format json"));
    assert_eq!(run.code, code, "{}{}", run.out, run.err);
    serde_json::from_str(&run.out).unwrap()
}

/// Ids of the figures that do not hold, each with its causes as one text.
fn broken(verdict: &Value) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let causes = |it: &Value| {
        it["causes"].as_array().unwrap().iter().map(text).collect::<Vec<_>>().join(" + ")
    };
    verdict["broken"].as_array().unwrap().iter().map(|it| (text(&it["id"]), causes(it))).collect()
}

fn edit(bench: &Bench, file: &str, from: &str, to: &str) {
    let text = bench.read(file);
    assert_eq!(text.matches(from).count(), 1, "{file}: {from}");
    bench.write(file, text.replace(from, to));
}

/// Ids of the figures in which two reports differ.
fn differing(before: &Value, after: &Value) -> BTreeSet<String> {
    let ids = |report: &Value| report["figures"].as_object().unwrap().keys().cloned().collect();
    let (one, two): (BTreeSet<String>, BTreeSet<String>) = (ids(before), ids(after));
    one.union(&two).filter(|id| before["figures"][*id] != after["figures"][*id]).cloned().collect()
}

#[test]
fn a_fresh_report_holds_whatever_the_store_says() {
    for deal in ["salary-us", "salary-thin", "salary-equity", "model-tokens"] {
        let bench = reported(deal, "");
        let run = bench.run(&format!("verify {REPORT}"));
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        assert!(run.out.contains("figures hold"), "{}", run.out);
        let lock = bench.read("data/deals/haggle.lock");
        // A store that was tampered with is not asked.
        let parts: Vec<_> = std::fs::read_dir(bench.path("store/parts"))
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        for part in &parts {
            std::fs::write(part, "not what was imported").unwrap();
        }
        verified(&bench, 0);
        assert_eq!(bench.read("data/deals/haggle.lock"), lock);
    }
}

#[test]
fn one_figure_edited_by_hand_is_found_and_no_other() {
    let bench = reported("salary-us", "");
    let mut report: Value = serde_json::from_str(&bench.read(REPORT)).unwrap();
    let ids: Vec<String> = report["figures"].as_object().unwrap().keys().cloned().collect();
    for (id, member) in [("walk_away", "value"), ("market.p50", "low"), ("target", "printed")] {
        assert!(ids.iter().any(|known| known == id), "{id}");
        let kept = report["figures"][id][member].take();
        report["figures"][id][member] = "1.00".into();
        bench.write(REPORT, report.to_string());
        let verdict = verified(&bench, 1);
        let found = broken(&verdict);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].0.as_str(), &verdict["broken"][0]["member"]), (id, &member.into()));
        assert_eq!(verdict["broken"][0]["recomputed"], kept);
        assert!(found[0].1.contains("the report itself"), "{found:?}");
        report["figures"][id][member] = kept;
    }
    report["findings"][0]["text"] = "All is well.".into();
    bench.write(REPORT, report.to_string());
    assert_eq!(verified(&bench, 1)["elsewhere"], serde_json::json!(["findings/0/text"]));
}

/// The figures that `verify` names are those that a report of the changed file states otherwise;
/// each has the changed source as its cause, and none that does not reach it is among them.
#[test]
fn one_source_cell_names_exactly_what_depends_on_it() {
    let bench = reported("salary-us", "");
    let before: Value = serde_json::from_str(&bench.read(REPORT)).unwrap();
    edit(&bench, SURVEY, "FT,Software Engineer,138000,USD", "FT,Software Engineer,134567,USD");
    let found = broken(&verified(&bench, 1));
    let after = bench.json("report data/deals/salary-us.toml --format json");
    let named: BTreeSet<String> = found.iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(named, differing(&before, &after));
    assert!(named.contains("survey.p50") && named.contains("target"), "{named:?}");
    assert!(!named.contains("walk_away") && !named.contains("oews.p50"), "{named:?}");
    assert!(found.iter().all(|(_, causes)| causes == "source survey"), "{found:?}");
}

#[test]
fn a_changed_deal_file_and_a_changed_source_are_kept_apart() {
    let bench = reported("salary-us", "");
    edit(
        &bench,
        "data/deals/salary-us.toml",
        "amount      = \"118000\"",
        "amount      = \"118500\"",
    );
    let found = broken(&verified(&bench, 1));
    assert!(found.iter().all(|(_, causes)| causes == "deal file"), "{found:?}");
    edit(&bench, SURVEY, "FT,Software Engineer,138000,USD", "FT,Software Engineer,134567,USD");
    let causes = |id: &str| {
        let found = broken(&verified(&bench, 1));
        found.into_iter().find(|(known, _)| known == id).map(|(_, causes)| causes)
    };
    assert_eq!(causes("walk_away").as_deref(), Some("deal file"));
    assert_eq!(causes("target").as_deref(), Some("source survey"));
    assert_eq!(causes("leverage").as_deref(), Some("source survey + deal file"));
}

#[test]
fn what_people_see() {
    let bench = reported("salary-thin", "");
    edit(&bench, "data/deals/salary-thin.toml", "amount = \"115000\"", "amount = \"116000\"");
    insta::assert_snapshot!("verify", bench.run(&format!("verify {REPORT}")).out);
}

#[test]
fn a_comment_in_the_deal_file_changes_no_figure() {
    let bench = reported("salary-us", "");
    let deal = bench.read("data/deals/salary-us.toml");
    bench.write("data/deals/salary-us.toml", format!("{deal}# a remark\n"));
    let verdict = verified(&bench, 0);
    assert_eq!(verdict["changed"][0]["how"], "comments alone");
}

#[test]
fn parameters_and_versions_are_causes() {
    let bench = reported("salary-us", "");
    edit(&bench, REPORT, "\"q_step\": \"0.05\"", "\"q_step\": \"0.06\"");
    let verdict = verified(&bench, 1);
    assert_eq!(verdict["changed"][0]["what"], "parameter q_step");
    let version = format!("\"haggle\": \"{}\"", env!("CARGO_PKG_VERSION"));
    edit(&bench, REPORT, &version, "\"haggle\": \"0.0.1\"");
    let mut report: Value = serde_json::from_str(&bench.read(REPORT)).unwrap();
    report["figures"]["target"]["value"] = "1.00".into();
    bench.write(REPORT, report.to_string());
    assert_eq!(
        broken(&verified(&bench, 1)),
        [("target".into(), "program + parameter q_step".into())]
    );
}

#[test]
fn settings_and_day_of_the_command_line_are_made_again() {
    let more =
        "--set alternative.stay.amount=120000 --set source.survey.match=0.7 --as-of 2024-02-01";
    let bench = reported("salary-us", more);
    let report: Value = serde_json::from_str(&bench.read(REPORT)).unwrap();
    assert_eq!(report["as_of"], "2024-02-01");
    verified(&bench, 0);
}

#[test]
fn what_cannot_be_checked_is_said_with_a_way_out() {
    let bench = reported("salary-us", "");
    let moved = bench.read(REPORT);
    bench.write("elsewhere.json", &moved);
    let run = bench.run("verify elsewhere.json");
    assert!(run.code == 1 && run.err.contains("--deal FILE"), "{}", run.err);
    assert_eq!(bench.run("verify elsewhere.json --deal data/deals/salary-us.toml").code, 0);
    let mut report: Value = serde_json::from_str(&moved).unwrap();
    report.as_object_mut().unwrap().remove("private");
    bench.write(REPORT, report.to_string());
    for (content, part) in [
        (report.to_string(), "does not say what it was made from"),
        ("{}".to_owned(), "no `schema`"),
        ("[1,".to_owned(), "not JSON"),
        ("{\"schema\": \"haggle.report/9\"}".to_owned(), "haggle.report/9"),
    ] {
        bench.write(REPORT, content);
        let run = bench.run(&format!("verify {REPORT}"));
        assert!(
            run.code == 1 && run.err.contains(part) && run.err.contains("help:"),
            "{}",
            run.err
        );
    }
    bench.write(REPORT, &moved);
    std::fs::remove_file(bench.path(SURVEY)).unwrap();
    let run = bench.run(&format!("verify {REPORT}"));
    assert!(run.code == 1 && run.err.contains("pay-survey-2023.csv"), "{}", run.err);
}
