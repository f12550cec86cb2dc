//! The committed reference page is the one that the rules make.

use haggle_negotiation::leverage::{FACTS, rules};
use haggle_negotiation::parameter::register;
use haggle_report::rules_page;

const COMMITTED: &str = include_str!("../../negotiation/RULES.md");

#[test]
fn the_reference_page_is_that_of_the_rules() {
    let hint = "haggle explain rules --format md > crates/negotiation/RULES.md";
    assert!(rules_page() == COMMITTED, "make it again: {hint}");
}

#[test]
fn the_page_names_every_rule_parameter_and_fact_once() {
    let starts: Vec<String> = rules()
        .map(|r| format!("| {} |", r.id))
        .chain(register().map(|p| format!("| `{}`", p.name)))
        .chain(FACTS.iter().map(|f| format!("| {} |", f.id)))
        .collect();
    let page = rules_page();
    for start in starts {
        let rows = page.lines().filter(|line| line.starts_with(&start)).count();
        assert_eq!(rows, 1, "{start}");
    }
    let bars = |line: &str| line.replace("\\|", "").matches('|').count();
    let tables = page.lines().filter(|line| line.starts_with('|'));
    assert!(tables.clone().all(|line| [4, 6].contains(&bars(line))));
}
