//! The reference of all rules, parameters and facts as one Markdown page, made from the rules.

use haggle_negotiation::leverage::{FACTS, Fact, Rule, STEPS, rules};
use haggle_negotiation::parameter::{Parameter, register};

const HEAD: &str = "\
# Rules, parameters, facts

Made by `haggle explain rules --format md`; a test keeps it equal to the rules.

A rule looks at one deal and speaks where its test holds; it is silent where an input is missing. \
Its test is written in the names of figures, keys of the deal file, and parameters. \
`haggle explain DEAL RULE` says what it says of a deal, and why.
";

/// The page.
pub fn rules_page() -> String {
    let steps = (1..).zip(STEPS).map(|(step, words)| section(step, words));
    let steps: String = steps.collect();
    format!("{HEAD}{steps}{}{}", parameters(), facts())
}

fn section(step: u8, words: &str) -> String {
    let mut rules: Vec<&Rule> = rules().filter(|rule| rule.step == step).collect();
    rules.sort_by_key(|rule| number(rule.id));
    let rows: String = rules.into_iter().map(row).collect();
    format!(
        "\n## Step {step}: {words}\n\n| rule | says | test | parameters | facts |\n|---|---|---|---|---|\n{rows}"
    )
}

/// `S3.12` comes after `S3.2`.
fn number(id: &str) -> u32 {
    id.rsplit('.').next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

fn row(rule: &Rule) -> String {
    let parameters: Vec<String> =
        rule.parameters().iter().map(|name| format!("`{name}`")).collect();
    format!(
        "| {} | {} | {} | {} | {} |\n",
        rule.id,
        cell(rule.statement),
        cell(rule.test),
        parameters.join(", "),
        rule.cites.join(", ")
    )
}

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn parameters() -> String {
    let rows: String = register().map(parameter).collect();
    format!(
        "\n## Parameters\n\nSet them under `[parameters]` of a deal file, or of a playbook that several deals name.\n\n| name | default | range | meaning | defined in |\n|---|---|---|---|---|\n{rows}"
    )
}

fn parameter(it: &Parameter) -> String {
    let name = it.alias.map_or(format!("`{}`", it.name), |a| format!("`{}` (`{a}`)", it.name));
    format!("| {name} | {} | {} | {} | {} |\n", it.default, it.domain(), it.meaning, it.source)
}

fn facts() -> String {
    let row = |it: &Fact| format!("| {} | {} | {} |\n", it.id, cell(it.text), cell(it.source));
    let rows: String = FACTS.iter().map(row).collect();
    format!(
        "\n## Facts\n\nLaboratory results are averages of mostly one-off tasks: they give directions, never this deal's result.\n\n| fact | what it says | source |\n|---|---|---|\n{rows}"
    )
}
