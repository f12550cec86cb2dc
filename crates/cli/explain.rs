//! `explain`: the arithmetic of a figure, a rule for a deal, or what a code means.

use crate::args::{Explain, ExplainFormat, Pinned};
use crate::compare::Compared;
use crate::context::Context;
use crate::failure::{Failure, exit};
use haggle_negotiation::brief::{Brief, Finding};
use haggle_negotiation::leverage::{Fact, Input, Rule, STEPS, fact, rule, rules};
use haggle_negotiation::parameter::{Parameter, find, register};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

pub(crate) fn run(args: &Explain, context: &Context) -> Result<u8, Failure> {
    let text = match (args.what.as_slice(), args.format) {
        ([code], ExplainFormat::Md) if code == "rules" => haggle_report::rules_page(),
        (_, ExplainFormat::Md) => {
            return Err(Failure::usage("`--format md` is for `haggle explain rules`"));
        }
        ([code], _) => meaning(code)?,
        ([deal, what], _) => of_deal(Path::new(deal), what, &args.pinned, context)?,
        _ => return Err(Failure::usage("`haggle explain` takes DEAL FIGURE, or a code")),
    };
    context.data(&text)?;
    Ok(exit::FINE)
}

/// Most ids that are offered in place of an unknown one.
const MOST_NEAR: usize = 8;

/// A figure or a line of a comparison.
fn of_quotes(
    path: &Path,
    what: &str,
    pinned: &Pinned,
    context: &Context,
) -> Result<String, Failure> {
    let made = Compared::of(path, pinned, false, context)?;
    let text = haggle_report::explain_quote(&made.comparison, what, &context.style(false));
    text.ok_or_else(|| {
        let mut near = haggle_report::quote_figures(&made.comparison, what);
        near.sort_by_key(|id| strsim::damerau_levenshtein(what, id));
        near.truncate(MOST_NEAR);
        Failure::new(format!("this comparison has no figure `{what}`"))
            .help(format!("there are: {}", near.join(", ")))
    })
}

fn of_deal(path: &Path, what: &str, pinned: &Pinned, context: &Context) -> Result<String, Failure> {
    if what.starts_with("quote.") {
        return of_quotes(path, what, pinned, context);
    }
    let made = crate::report::made(path, pinned, context)?;
    let (brief, stated) = (made.brief, made.stated);
    if let Some(rule) = rule(what) {
        return Ok(rule_of(rule, &brief, &stated));
    }
    if what == "parameters" {
        return Ok(parameters_of(&brief));
    }
    haggle_report::explain(&brief, what, &context.style(false)).ok_or_else(|| {
        let near = haggle_report::nearest_figures(&brief, what);
        let failure = Failure::new(format!("this deal has no figure `{what}`"));
        match near.is_empty() {
            true => failure.help(nearest(&brief, what)),
            false => failure.help(format!("there are: {}", near.join(", "))),
        }
    })
}

/// The figure that was meant, if one is near enough.
fn nearest(brief: &Brief, what: &str) -> String {
    let scored = brief.figures.iter().map(|(id, _)| (strsim::damerau_levenshtein(what, id), id));
    match scored.min() {
        Some((distance, id)) if distance <= 2 => format!("did you mean `{id}`?"),
        _ => "`haggle report --format json` lists all figures".to_owned(),
    }
}

/// What a rule says of a deal, and why.
fn rule_of(rule: &Rule, brief: &Brief, stated: &BTreeMap<String, String>) -> String {
    let mut text = rule_text(rule);
    let inputs = rule.inputs(brief, stated);
    let said: Vec<_> = brief.findings.iter().filter(|f| f.rule == rule.id).collect();
    if said.is_empty() {
        let _ = writeln!(text, "\nOf this deal it says nothing: {}.", silence(&inputs));
    }
    said.into_iter().for_each(|finding| text.push_str(&finding_text(finding, brief)));
    if !inputs.is_empty() {
        text.push_str("\nIts inputs here\n");
    }
    for input in &inputs {
        let value = input.value.as_deref().unwrap_or("none in this deal");
        let origin = if input.is_parameter { origin(&input.name, brief) } else { String::new() };
        let _ = writeln!(text, "  {} = {value}{origin}", input.name);
    }
    text
}

/// Why a rule is silent: an input is not there, or its test does not hold.
fn silence(inputs: &[Input]) -> String {
    let missing = inputs.iter().filter(|it| it.value.is_none());
    let missing: Vec<String> = missing.map(|it| format!("`{}`", it.name)).collect();
    match missing.is_empty() {
        true => "its test does not hold for the inputs below".to_owned(),
        false => format!("its test does not hold; the deal has no {}", missing.join(", no ")),
    }
}

fn origin(name: &str, brief: &Brief) -> String {
    let parameter = brief.parameters.iter().find(|p| p.name == name);
    let from = parameter.and_then(|p| p.from.as_deref()).unwrap_or("default");
    format!(" ({from})")
}

fn finding_text(finding: &Finding, brief: &Brief) -> String {
    let mut text = format!("\nOf this deal ({}): {}\n", finding.gravity.as_str(), finding.text);
    if let Some(action) = &finding.action {
        let _ = writeln!(text, "  do: {action}");
    }
    for id in &finding.figures {
        let _ = writeln!(text, "  {id} = {}", brief.spoken(id).unwrap_or_default());
    }
    text
}

fn rule_text(rule: &Rule) -> String {
    let facts = rule.cites.iter().filter_map(|id| fact(id));
    let facts: String = facts.map(|f| format!("  {}", fact_line(f))).collect();
    let parameters = rule.parameters().into_iter().filter_map(find);
    let parameters: String = parameters.map(|p| format!("  {}", parameter_line(p))).collect();
    format!(
        "{}  step {}: {}\n{}\n  test:  {}\n{facts}{parameters}",
        rule.id,
        rule.step,
        STEPS[usize::from(rule.step) - 1],
        rule.statement,
        rule.test,
    )
}

fn fact_line(fact: &Fact) -> String {
    format!("{}: {} ({})\n", fact.id, fact.text, fact.source)
}

/// A code, or `parameters`, or `rules`.
fn meaning(code: &str) -> Result<String, Failure> {
    match code {
        "parameters" => return Ok(register().map(parameter_line).collect()),
        "rules" => return Ok(rules().map(rule_text).collect::<Vec<_>>().join("\n")),
        _ => {}
    }
    let known = rule(code).map(rule_text).or_else(|| fact(code).map(fact_line));
    let known = known.or_else(|| find(code).map(parameter_line)).or_else(|| diagnostic(code));
    known.ok_or_else(|| {
        Failure::new(format!("`{code}` is no rule, fact, diagnostic or parameter")).help(
            "try `haggle explain rules`, `haggle explain parameters`, or `haggle explain DEAL FIGURE`",
        )
    })
}

/// What a code of an import or of a deal file means.
fn diagnostic(code: &str) -> Option<String> {
    if let Some(c) = haggle_evidence::code(code) {
        let example = haggle_evidence::example(c.code).unwrap_or("none");
        return Some(format!(
            "{}  {}\n{}\n  for example: {example}\n  help: {}\n",
            c.code, c.title, c.meaning, c.help
        ));
    }
    let mut fetch = haggle_fetch::CODES.iter();
    if let Some([c, title, meaning, help, example]) =
        fetch.find(|[c, ..]| c.eq_ignore_ascii_case(code))
    {
        return Some(format!(
            "{c}  {title}\n{meaning}\n  for example: {example}\n  help: {help}\n"
        ));
    }
    let mut deal = haggle_negotiation::deal::CODES.iter();
    let [c, title, meaning, help] = deal.find(|[c, ..]| c.eq_ignore_ascii_case(code))?;
    Some(format!("{c}  {title}\n{meaning}\n  help: {help}\n"))
}

fn parameter_line(p: &Parameter) -> String {
    let alias = p.alias.map_or(String::new(), |a| format!(" (also {a})"));
    format!(
        "{:<22} {:<10} {} [{}]{alias} ({})\n",
        p.name,
        p.default,
        p.meaning,
        p.domain(),
        p.source
    )
}

/// Every parameter with its value here, where it comes from, and where it is in play.
fn parameters_of(brief: &Brief) -> String {
    let line = |p: &haggle_negotiation::brief::ParameterUse| {
        let from = p.from.as_deref().unwrap_or("default");
        let in_play = match p.in_play.is_empty() {
            true => String::new(),
            false => format!("; in play at {}", p.in_play.join(", ")),
        };
        format!("{:<22} {:<10} {from}{in_play}\n", p.name, p.value)
    };
    brief.parameters.iter().map(line).collect()
}
