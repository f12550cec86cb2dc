//! `report` and `check`: from a deal file to the brief, or only to what is wrong with the file.

use crate::args::{AudienceArg, Check, PageArg, Pinned, Report, ReportFormat};
use crate::compare::{self, Compared};
use crate::context::Context;
use crate::exposure;
use crate::failure::{Failure, exit};
use crate::gather::{self, Pinning};
use crate::playbook;
use crate::reading::{Reading, date_option, read_text, said};
use crate::spare;
use haggle_negotiation::brief::{Brief, Gravity, prepare};
use haggle_negotiation::change;
use haggle_negotiation::deal::{self, Deal, Origin};
use haggle_negotiation::market::SourceEvidence;
use haggle_report::{Page, Style, VendorBrief, VendorProposal};
use haggle_store::Part;
use std::collections::BTreeMap;
use std::path::Path;

pub(crate) fn run(args: &Report, context: &Context) -> Result<u8, Failure> {
    fits(args)?;
    exposure::warn(&args.deal, context);
    if let Some(supplier) = &args.supplier {
        return of_supplier(args, supplier, context);
    }
    let made = made(&args.deal, &args.pinned, context)?;
    let brief = &made.brief;
    if made.deal.tender.is_some() {
        context.talk("note: this deal compares quotes: `haggle compare DEAL` does, and `--supplier NAME` is the negotiation with one\n");
    }
    spare_inputs(args.out.as_deref(), &args.deal, &made.deal)?;
    if args.page == PageArg::Letter && brief.headline.anchor.is_none() {
        return Err(nothing_to_propose("no opening follows from this deal"));
    }
    context.deliver(args.out.as_deref(), &rendered(args, &made, context))?;
    match (shared(args), args.out.as_deref()) {
        (true, _) => caution(&made, context),
        (false, Some(out)) => exposure::warn(out, context),
        (false, None) => {}
    }
    Ok(strictness(args.strict, brief, context))
}

/// The negotiation with one supplier, or its page for that supplier's eyes.
fn of_supplier(args: &Report, named: &str, context: &Context) -> Result<u8, Failure> {
    let made = Compared::of(&args.deal, &args.pinned, false, context)?;
    spare_inputs(args.out.as_deref(), &args.deal, &made.deal)?;
    let number = compare::supplier(&made.comparison, named)?;
    let found = made.negotiation(number).map_err(|e| {
        Failure::new(format!("{}: {e}", made.comparison.suppliers[number].name))
            .help("`haggle compare DEAL` says what stands in the way of each supplier")
    })?;
    let style = context.style(args.out.is_some());
    let text = match (args.page, shared(args)) {
        (PageArg::Report, false) => vendor_brief(args.format, VendorBrief(&found), &style),
        (_, true) => {
            let proposal = found.proposal.as_ref().map_err(|why| nothing_to_propose(why))?;
            vendor_proposal(args.format, VendorProposal(proposal), &style)
        }
        (page, false) => brief_page(args.format, page, &found.brief, &style),
    };
    context.deliver(args.out.as_deref(), &text)?;
    if let (false, Some(out)) = (shared(args), args.out.as_deref()) {
        exposure::warn(out, context);
    }
    Ok(strictness(args.strict, &found.brief, context))
}

fn nothing_to_propose(why: &str) -> Failure {
    Failure::new(format!("there is nothing to propose: {why}"))
        .help("read the private report: its findings say why")
}

fn vendor_proposal(format: ReportFormat, it: VendorProposal<'_>, style: &Style) -> String {
    match format {
        ReportFormat::Text => it.text(style),
        ReportFormat::Md => it.markdown(),
        ReportFormat::Html => it.html(),
        ReportFormat::Json => it.json(),
    }
}

fn vendor_brief(format: ReportFormat, it: VendorBrief<'_>, style: &Style) -> String {
    match format {
        ReportFormat::Text => it.text(style),
        ReportFormat::Md => it.markdown(),
        ReportFormat::Html => it.html(),
        ReportFormat::Json => it.json(),
    }
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
fn rendered(args: &Report, made: &Made, context: &Context) -> String {
    let shareable = shared(args).then(|| made.brief.shareable());
    match (args.format, &shareable) {
        (ReportFormat::Json, None) => made.json(),
        (format, shareable) => {
            let brief = shareable.as_ref().unwrap_or(&made.brief);
            brief_page(format, args.page, brief, &context.style(args.out.is_some()))
        }
    }
}

fn brief_page(format: ReportFormat, page: PageArg, brief: &Brief, style: &Style) -> String {
    let page = match page {
        PageArg::Report => Page::Report,
        PageArg::Sheet => Page::Sheet,
        PageArg::Letter => Page::Letter,
    };
    match format {
        ReportFormat::Text => haggle_report::text_page(brief, page, style),
        ReportFormat::Md => haggle_report::markdown_page(brief, page),
        ReportFormat::Html => haggle_report::html_page(brief, page),
        ReportFormat::Json => haggle_report::json(brief),
    }
}

/// Grave findings about the evidence stand in the private report only: whoever sends the other one
/// must know of them.
fn caution(made: &Made, context: &Context) {
    if !made.deal.set.is_empty() {
        context.talk(&format!(
            "warning: this is not what the deal file says: {}\n  help: put it into the deal file before you send this\n",
            made.deal.set.join(", ")
        ));
    }
    for found in made.brief.findings.iter().filter(|f| f.gravity == Gravity::Error && f.step == 3) {
        let rule = found.rule;
        context.talk(&format!(
            "warning: {rule} is not settled: {}\n  help: read the private report before you send this one\n",
            found.text
        ));
    }
}

/// Refuses to write the report over anything that it is made from.
pub(crate) fn spare_inputs(out: Option<&Path>, file: &Path, deal: &Deal) -> Result<(), Failure> {
    let Some(out) = out else { return Ok(()) };
    let folder = file.parent().unwrap_or(Path::new(""));
    let files = deal.sources.iter().filter_map(|source| match &source.origin {
        Origin::Path(file) => Some(folder.join(file)),
        Origin::Url(_) | Origin::Plugin { .. } => None,
    });
    let recipes = deal.sources.iter().filter_map(|s| Some(folder.join(s.recipe.as_ref()?)));
    let playbook = deal.playbook.iter().map(|file| folder.join(file));
    let own = [file.to_owned(), file.with_file_name("haggle.lock")];
    spare::refuse("--out", out, own.into_iter().chain(files).chain(recipes).chain(playbook))
}

/// 3 under `--strict` if the evidence is too weak, else 0.
pub(crate) fn strictness(strict: bool, brief: &Brief, context: &Context) -> u8 {
    if !strict || !brief.is_weak() {
        return exit::FINE;
    }
    context.talk("error: the evidence is too weak (--strict): see the findings of step 3\n");
    exit::WEAK
}

/// A brief with everything that it was made from.
pub(crate) struct Made {
    pub(crate) reading: Reading,
    pub(crate) deal: Deal,
    /// What is stated of the deal, by key.
    pub(crate) stated: BTreeMap<String, String>,
    pub(crate) parts: Vec<Part>,
    pub(crate) evidence: Vec<SourceEvidence>,
    pub(crate) brief: Brief,
}

impl Made {
    /// Makes the brief of a reading; `path` is its deal file, to which locations are relative.
    pub(crate) fn of(
        reading: Reading,
        path: &Path,
        pinning: Pinning,
        context: &Context,
    ) -> Result<Self, Failure> {
        let (deal, stated) = reading.stated(path, context)?;
        let parts = gather::parts(&deal, path, pinning, context)?;
        let (market, kept) = gather::market(&deal, &parts);
        let evidence = gather::evidence(&market, &kept, context)?;
        let brief = prepare(&market, &evidence)?;
        Ok(Self { reading, deal, stated, parts, evidence, brief })
    }

    /// The report for programs, with what it was made from.
    pub(crate) fn json(&self) -> String {
        let recipes = gather::recipes(&self.deal, &self.parts);
        let rows = self.evidence.iter().map(|e| change::listed(&e.comparables));
        let market = self.deal.sources.iter().filter(|s| !gather::is_of_tender(&self.deal, s));
        let rows: Vec<(String, Option<Vec<String>>)> =
            market.map(|s| s.id.clone()).zip(rows).collect();
        haggle_report::recorded(&self.brief, &self.reading.record(&recipes, &rows))
    }
}

/// Makes the brief of a deal file.
pub(crate) fn made(path: &Path, pinned: &Pinned, context: &Context) -> Result<Made, Failure> {
    Made::of(Reading::open(path, pinned)?, path, pinned.into(), context)
}

pub(crate) fn check(args: &Check, context: &Context) -> Result<u8, Failure> {
    let date = date_option(args.as_of.as_deref())?;
    let parsed = deal::parse(&read_text(&args.deal)?, date);
    let lines: String = parsed.problems.iter().map(|p| said(&args.deal, p)).collect();
    context.data(&lines)?;
    let errors = parsed.problems.iter().filter(|p| !p.warning).count();
    parsed.deal.iter().try_for_each(gather::check_urls)?;
    let warnings = parsed.problems.len() - errors;
    let count = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    context.talk(&format!(
        "{}: {}, {}\n",
        args.deal.display(),
        count(errors, "error"),
        count(warnings, "warning")
    ));
    if let Some(mut deal) = parsed.deal
        && let Some(named) = deal.playbook.clone()
    {
        let path = playbook::path(&named, &args.deal);
        playbook::add(&mut deal, &playbook::text(&path)?, &path)?;
    }
    Ok(if errors == 0 { exit::FINE } else { exit::FAILED })
}
