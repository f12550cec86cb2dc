//! `report` and `check`: from a deal file to the brief, or only to what is wrong with the file.

use crate::args::{AudienceArg, Check, PageArg, Pinned, Report, ReportFormat};
use crate::context::Context;
use crate::exposure;
use crate::failure::{Failure, exit};
use crate::gather::{self, Pinning};
use haggle_negotiation::brief::{Brief, Gravity, prepare};
use haggle_negotiation::deal::{self, Deal, Problem};
use haggle_quantity::{Date, parse_date};
use haggle_report::Page;
use std::fs;
use std::path::Path;

pub(crate) fn run(args: &Report, context: &Context) -> Result<u8, Failure> {
    fits(args)?;
    exposure::warn(&args.deal, context);
    let brief = brief(&args.deal, &args.pinned, context)?;
    spare_inputs(args, &brief)?;
    context.deliver(args.out.as_deref(), &rendered(args, &brief, context))?;
    match (shared(args), args.out.as_deref()) {
        (true, _) => caution(&brief, context),
        (false, Some(out)) => exposure::warn(out, context),
        (false, None) => {}
    }
    Ok(strictness(args.strict, &brief, context))
}

/// Whether what is written may be read by anybody.
fn shared(args: &Report) -> bool {
    args.page == PageArg::Letter || args.audience == Some(AudienceArg::Shareable)
}

/// Refuses an audience or a format that a page cannot have.
fn fits(args: &Report) -> Result<(), Failure> {
    let refused = match (args.page, args.audience, args.format) {
        (PageArg::Sheet, Some(AudienceArg::Shareable), _) => {
            "--page sheet is for you alone; `--page letter` is for the other side"
        }
        (PageArg::Letter, Some(AudienceArg::Private), _) => {
            "--page letter is for the other side; `--page sheet` is for you alone"
        }
        (PageArg::Sheet | PageArg::Letter, _, ReportFormat::Json) => {
            "one page has no JSON; the report has: leave out `--page`"
        }
        _ => return Ok(()),
    };
    Err(Failure::usage(refused))
}

/// The page in its format, made from what its audience may know.
fn rendered(args: &Report, brief: &Brief, context: &Context) -> String {
    let brief = &if shared(args) { brief.shareable() } else { brief.clone() };
    let page = match args.page {
        PageArg::Report => Page::Report,
        PageArg::Sheet => Page::Sheet,
        PageArg::Letter => Page::Letter,
    };
    match args.format {
        ReportFormat::Text => {
            haggle_report::text_page(brief, page, &context.style(args.out.is_some()))
        }
        ReportFormat::Md => haggle_report::markdown_page(brief, page),
        ReportFormat::Html => haggle_report::html_page(brief, page),
        ReportFormat::Json => haggle_report::json(brief),
    }
}

/// Grave findings about the evidence stand in the private report only: whoever sends the other one
/// must know of them.
fn caution(brief: &Brief, context: &Context) {
    for found in brief.findings.iter().filter(|f| f.gravity == Gravity::Error && f.step == 3) {
        let rule = found.rule;
        context.talk(&format!(
            "warning: {rule} is not settled: {}\n  help: read the private report before you send this one\n",
            found.text
        ));
    }
}

/// Refuses to write the report over the deal file, its lock file or one of its sources.
fn spare_inputs(args: &Report, brief: &Brief) -> Result<(), Failure> {
    let Some(out) = args.out.as_deref().and_then(|p| fs::canonicalize(p).ok()) else {
        return Ok(());
    };
    let folder = args.deal.parent().unwrap_or(Path::new(""));
    let sources = brief.sources.values().map(|s| folder.join(&s.location));
    let inputs =
        [args.deal.clone(), args.deal.with_file_name("haggle.lock")].into_iter().chain(sources);
    for input in inputs {
        if fs::canonicalize(&input).is_ok_and(|p| p == out) {
            return Err(Failure::usage(format!(
                "--out {}: that is an input of this report",
                out.display()
            ))
            .help("name another file"));
        }
    }
    Ok(())
}

/// 3 under `--strict` if the evidence is too weak, else 0.
pub(crate) fn strictness(strict: bool, brief: &Brief, context: &Context) -> u8 {
    if !strict || !brief.is_weak() {
        return exit::FINE;
    }
    context.talk("error: the evidence is too weak (--strict): see the findings of step 3\n");
    exit::WEAK
}

/// The brief of a deal file.
pub(crate) fn brief(path: &Path, pinned: &Pinned, context: &Context) -> Result<Brief, Failure> {
    let deal = read_deal(path, pinned.as_of.as_deref(), context)?;
    let pinning = Pinning { locked: pinned.locked, offline: pinned.offline };
    let evidence = gather::evidence(&deal, path, pinning, context)?;
    Ok(prepare(&deal, &evidence)?)
}

/// A date given on the command line.
pub(crate) fn date_option(text: Option<&str>) -> Result<Option<Date>, Failure> {
    let parse = |t: &str| parse_date(t).map_err(|e| Failure::usage(format!("--as-of `{t}`: {e}")));
    text.map(parse).transpose()
}

fn read_deal(path: &Path, as_of: Option<&str>, context: &Context) -> Result<Deal, Failure> {
    let date = date_option(as_of)?;
    let parsed = deal::parse(&read_text(path)?, date);
    for problem in parsed.problems.iter().filter(|p| p.warning) {
        context.talk(&said(path, problem));
    }
    parsed.deal.ok_or_else(|| refused(path, &parsed.problems))
}

fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes = fs::read(path).map_err(|e| {
        Failure::io(path, "cannot open", &e).help("name a deal file: `haggle report DEAL`")
    })?;
    String::from_utf8(bytes).map_err(|_| {
        Failure::new(format!("{}: not UTF-8 text", path.display()))
            .help("save the deal file as UTF-8")
    })
}

fn refused(path: &Path, problems: &[Problem]) -> Failure {
    let errors: Vec<&Problem> = problems.iter().filter(|p| !p.warning).collect();
    let mut failure = Failure::new("");
    failure.messages = errors.iter().map(|p| with_help(path, p)).collect();
    failure
}

fn with_help(path: &Path, problem: &Problem) -> String {
    let help = problem.help.as_ref().map_or(String::new(), |h| format!("\n  help: {h}"));
    format!("{}:{problem}{help}", path.display())
}

fn said(path: &Path, problem: &Problem) -> String {
    let severity = if problem.warning { "warning" } else { "error" };
    format!("{severity}: {}\n", with_help(path, problem))
}

pub(crate) fn check(args: &Check, context: &Context) -> Result<u8, Failure> {
    let date = date_option(args.as_of.as_deref())?;
    let parsed = deal::parse(&read_text(&args.deal)?, date);
    let lines: String = parsed.problems.iter().map(|p| said(&args.deal, p)).collect();
    context.data(&lines)?;
    let errors = parsed.problems.iter().filter(|p| !p.warning).count();
    let warnings = parsed.problems.len() - errors;
    let count = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    context.talk(&format!(
        "{}: {}, {}\n",
        args.deal.display(),
        count(errors, "error"),
        count(warnings, "warning")
    ));
    Ok(if errors == 0 { exit::FINE } else { exit::FAILED })
}
