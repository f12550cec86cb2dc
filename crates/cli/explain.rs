//! `explain`: the arithmetic of a figure, a rule for a deal, or what a code means.

use crate::args::{Explain, Pinned};
use crate::context::Context;
use crate::failure::{Failure, exit};
use haggle_negotiation::brief::Brief;
use haggle_negotiation::leverage::{Rule, STEPS, rule, rules};
use haggle_negotiation::parameter::register;
use std::fmt::Write;
use std::path::Path;

pub(crate) fn run(args: &Explain, context: &Context) -> Result<u8, Failure> {
    let text = match args.what.as_slice() {
        [code] => meaning(code)?,
        [deal, what] => of_deal(Path::new(deal), what, &args.pinned, context)?,
        _ => return Err(Failure::usage("`haggle explain` takes DEAL FIGURE, or a code")),
    };
    context.data(&text)?;
    Ok(exit::FINE)
}

fn of_deal(deal: &Path, what: &str, pinned: &Pinned, context: &Context) -> Result<String, Failure> {
    let brief = crate::report::brief(deal, pinned, context)?;
    if let Some(rule) = rule(what) {
        return Ok(rule_of(rule, &brief));
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

/// What a rule says of a deal.
fn rule_of(rule: &Rule, brief: &Brief) -> String {
    let mut text = rule_text(rule);
    let said: Vec<_> = brief.findings.iter().filter(|f| f.rule == rule.id).collect();
    if said.is_empty() {
        text.push_str("\nOf this deal it says nothing: its test does not hold.\n");
    }
    for finding in said {
        let _ = writeln!(text, "\nOf this deal ({}): {}", finding.gravity.as_str(), finding.text);
        if let Some(action) = &finding.action {
            let _ = writeln!(text, "  do: {action}");
        }
        for id in &finding.figures {
            let _ = writeln!(text, "  {id} = {}", brief.spoken(id).unwrap_or_default());
        }
    }
    text
}

fn rule_text(rule: &Rule) -> String {
    format!(
        "{}  step {}: {}\n{}\n  test:  {}\n  cites: {}\n",
        rule.id,
        rule.step,
        STEPS[usize::from(rule.step) - 1],
        rule.statement,
        rule.test,
        rule.cites.join(", ")
    )
}

/// A code, or `parameters`, or `rules`.
fn meaning(code: &str) -> Result<String, Failure> {
    match code {
        "parameters" => return Ok(parameters()),
        "rules" => return Ok(rules().map(rule_text).collect::<Vec<_>>().join("\n")),
        _ => {}
    }
    if let Some(rule) = rule(code) {
        return Ok(rule_text(rule));
    }
    if let Some(c) = haggle_evidence::code(code) {
        let example = haggle_evidence::example(c.code).unwrap_or("none");
        return Ok(format!(
            "{}  {}\n{}\n  for example: {example}\n  help: {}\n",
            c.code, c.title, c.meaning, c.help
        ));
    }
    let deal = haggle_negotiation::deal::CODES.iter().find(|[c, ..]| c.eq_ignore_ascii_case(code));
    if let Some([c, title, meaning, help]) = deal {
        return Ok(format!("{c}  {title}\n{meaning}\n  help: {help}\n"));
    }
    if let Some(p) = haggle_negotiation::parameter::find(code) {
        return Ok(parameter_line(p));
    }
    Err(Failure::new(format!("`{code}` is no rule, diagnostic or parameter")).help(
        "try `haggle explain rules`, `haggle explain parameters`, or `haggle explain DEAL FIGURE`",
    ))
}

fn parameters() -> String {
    register().map(parameter_line).collect()
}

fn parameter_line(p: &haggle_negotiation::parameter::Parameter) -> String {
    let alias = p.alias.map_or(String::new(), |a| format!(" (also {a})"));
    let choice =
        if p.words.is_empty() { String::new() } else { format!(" [{}]", p.words.join(", ")) };
    format!("{:<22} {:<10} {}{choice}{alias} ({})\n", p.name, p.default, p.meaning, p.source)
}
