//! Which figures reach a source, through inputs and evidence, and whether only they have changed.

use std::collections::BTreeSet;

use super::report::{Disagreements, Report};

/// All figures that do not reach the file must be the same in both reports.
pub(super) fn compare(before: &Report, after: &Report, file: &str, found: &mut Disagreements) {
    let reaching = with_ranked(before, reaching(before, file));
    let figures = |report: &Report| report.json["figures"].as_object().unwrap().clone();
    let (old, new) = (figures(before), figures(after));
    for (id, figure) in &old {
        let same = new.get(id).is_some_and(|other| other == figure);
        found.holds(
            &format!("{id} changed and does not reach {file}"),
            same || reaching.contains(id),
        );
    }
    for id in new.keys() {
        found.holds(&format!("{id} is new"), old.contains_key(id) || reaching.contains(id));
    }
}

/// Ids of the figures that rest on cells of the file, directly or through inputs.
fn reaching(report: &Report, file: &str) -> BTreeSet<String> {
    let figures = report.json["figures"].as_object().unwrap();
    let mut reached = BTreeSet::new();
    loop {
        let before = reached.len();
        for (id, figure) in figures {
            let evidence = figure["evidence"].as_str();
            let direct = evidence.is_some_and(|id| report.json["evidence"][id]["file"] == file);
            let mut inputs = figure["inputs"].as_object().unwrap().values();
            if direct || inputs.any(|input| reached.contains(input.as_str().unwrap())) {
                reached.insert(id.clone());
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

/// Questions are numbered by their worth, so that all of them go with the first.
fn with_ranked(report: &Report, mut reached: BTreeSet<String>) -> BTreeSet<String> {
    if reached.iter().any(|id| id.starts_with("question.")) {
        let all = report.json["figures"].as_object().unwrap().keys();
        reached.extend(all.filter(|id| id.starts_with("question.")).cloned());
    }
    reached
}
