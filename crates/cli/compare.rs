//! `compare`: vendor quotes like for like, from a deal file to a table, a memo or a workbook.

use crate::args::{AudienceArg, Compare, CompareFormat, ComparePage, Pinned};
use crate::context::Context;
use crate::exposure;
use crate::failure::{Failure, exit};
use crate::gather::{self, Pinning};
use crate::quotes::{self, Quotes as Gathered};
use crate::reading::Reading;
use crate::report::spare_inputs;
use haggle_negotiation::brief::{Brief, Gravity, SourceHead, prepare};
use haggle_negotiation::deal::Deal;
use haggle_negotiation::market::SourceEvidence;
use haggle_negotiation::quote::vendor::{NegotiateError, Negotiation, market_deal, negotiate};
use haggle_negotiation::quote::{CompareError, Comparison, SharedQuote, compare};
use haggle_report::{QuotePage, Quotes, QuotesRecord, Shared};
use std::collections::BTreeMap;
use std::path::Path;
use std::thread;

pub(crate) fn run(args: &Compare, context: &Context) -> Result<u8, Failure> {
    fits(args)?;
    exposure::warn(&args.deal, context);
    let made = Compared::of(&args.deal, &args.pinned, args.fill, context)?;
    spare_inputs(args.out.as_deref(), &args.deal, &made.deal)?;
    let number = scenario(&made.comparison, args.scenario.as_deref())?;
    let made = made.shown(number);
    if args.audience == Some(AudienceArg::Shareable) {
        return share(args, &made, context);
    }
    let (negotiations, unplanned) = made.negotiations(args);
    let quotes = Quotes {
        comparison: &made.comparison,
        scenario: 0,
        negotiations: &negotiations,
        unplanned: &unplanned,
    };
    let bytes = rendered(args, &made, &quotes, context)?;
    context.deliver_bytes(args.out.as_deref(), &bytes)?;
    if let Some(out) = args.out.as_deref() {
        exposure::warn(out, context);
    }
    let code = strictness(args.strict, &quotes, context);
    // The program ends next; freeing 60,000 cells one by one costs up to 20 ms without optimisation.
    std::mem::forget(made);
    Ok(code)
}

/// Writes one supplier's own quote for its eyes.
fn share(args: &Compare, made: &Compared, context: &Context) -> Result<u8, Failure> {
    let named = args.supplier.as_deref().unwrap_or_default();
    let quote = made.shared(named)?;
    let shared = Shared(&quote);
    let bytes = match args.format {
        CompareFormat::Text => shared.text(&context.style(args.out.is_some())).into_bytes(),
        CompareFormat::Md => shared.markdown().into_bytes(),
        CompareFormat::Html => shared.html().into_bytes(),
        CompareFormat::Json => shared.json().into_bytes(),
        CompareFormat::Csv => shared.csv().into_bytes(),
        CompareFormat::Xlsx => shared.workbook().map_err(Failure::new)?,
    };
    context.deliver_bytes(args.out.as_deref(), &bytes)?;
    Ok(exit::FINE)
}

/// The number of a supplier by its name.
pub(crate) fn supplier(comparison: &Comparison, wanted: &str) -> Result<usize, Failure> {
    let names = comparison.suppliers.iter().map(|it| it.name.as_str());
    let help = "`haggle compare DEAL` lists the suppliers";
    comparison.supplier(wanted).ok_or_else(|| named("--supplier", wanted, names).help(help))
}

/// Refuses the name that a flag gives, and says which there are.
fn named<'a>(flag: &str, found: &str, names: impl Iterator<Item = &'a str>) -> Failure {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    Failure::usage(format!("{flag}: found `{found}`, expected {}", names.join(" or ")))
}

/// Refuses a format that a page cannot have, and a workbook on a screen.
fn fits(args: &Compare) -> Result<(), Failure> {
    let data =
        matches!(args.format, CompareFormat::Json | CompareFormat::Csv | CompareFormat::Xlsx);
    let private = args.page == ComparePage::Memo || args.scenario.is_some() || args.fill;
    match args.audience {
        Some(AudienceArg::Shareable) if private => {
            return Err(Failure::usage(
                "a supplier reads its own quote: no memo, scenario or filled gap",
            )
            .help("leave out `--page`, `--scenario` and `--fill`"));
        }
        Some(AudienceArg::Private) => {
            return Err(Failure::usage("--supplier is for a version to share").help(
                "`haggle report DEAL --supplier NAME` is the brief of one supplier, for you",
            ));
        }
        _ => {}
    }
    if args.page == ComparePage::Memo && data {
        return Err(Failure::usage("--page memo is text, Markdown or HTML")
            .help("the workbook has the memo on a sheet of its own: leave out `--page`"));
    }
    if args.format == CompareFormat::Xlsx && args.out.is_none() {
        return Err(Failure::usage("--format xlsx is no text for a screen")
            .help("name a file with `--out FILE`, or `--out -` for standard output"));
    }
    Ok(())
}

/// A comparison with everything that it was made from.
pub(crate) struct Compared {
    pub(crate) reading: Reading,
    pub(crate) deal: Deal,
    /// Where everything comes from, by id of the source.
    sources: BTreeMap<String, SourceHead>,
    /// Id of each source and the hash of its recipe.
    recipes: Vec<(String, String)>,
    /// Whether the command line asked for gaps to be filled.
    fill: bool,
    pub(crate) comparison: Comparison,
    /// A benchmark of each item that names a market.
    pub(crate) markets: BTreeMap<usize, Brief>,
}

impl Compared {
    /// Compares the quotes of a deal file, gaps filled if that is asked for here or there.
    pub(crate) fn of(
        file: &Path,
        pinned: &Pinned,
        fill: bool,
        context: &Context,
    ) -> Result<Self, Failure> {
        Self::made(Reading::open(file, pinned)?, file, fill, pinned.into(), context)
    }

    /// Compares the quotes of a reading; `file` is its deal file, to which locations are relative.
    pub(crate) fn made(
        reading: Reading,
        file: &Path,
        fill: bool,
        pinning: Pinning,
        context: &Context,
    ) -> Result<Self, Failure> {
        let mut deal = reading.deal(file, context)?;
        // Before anything is fetched, and any plugin run, for it.
        let Some(tender) = deal.tender.as_mut() else {
            return Err(refused(&CompareError::NoTender, file));
        };
        tender.fill_gaps |= fill;
        let mut gathered = quotes::gathered(&deal, file, pinning, context)?;
        let markets = markets(&deal, &gathered.markets)?;
        let sources = std::mem::take(&mut gathered.heads);
        let recipes = gather::recipes(&deal, &gathered.parts);
        let comparison = compared(&deal, gathered, file)?;
        Ok(Self { reading, deal, sources, recipes, fill, comparison, markets })
    }

    /// The comparison for programs, with what it was made from; `named` is the scenario that the
    /// command line names.
    pub(crate) fn json(&self, named: Option<&str>) -> Result<String, Failure> {
        let number = scenario(&self.comparison, named)?;
        let other = (number > 0).then(|| self.comparison.clone().shown(number));
        let comparison = other.as_ref().unwrap_or(&self.comparison);
        let quotes = Quotes { comparison, scenario: 0, negotiations: &[], unplanned: &[] };
        let record = self.reading.record(&self.recipes, &[]);
        let (sources, fill) = (&self.sources, self.fill);
        Ok(quotes.recorded(&QuotesRecord { record, sources, fill, scenario: named }))
    }

    /// The negotiation with a supplier.
    pub(crate) fn negotiation(&self, supplier: usize) -> Result<Negotiation, NegotiateError> {
        negotiate(&self.deal, &self.comparison, supplier, &self.markets)
    }

    /// The quote of a supplier for its own eyes.
    fn shared(&self, named: &str) -> Result<SharedQuote, Failure> {
        let number = supplier(&self.comparison, named)?;
        let shared = self.deal.tender.as_ref().and_then(|it| self.comparison.shared(it, number));
        shared.ok_or_else(|| {
            Failure::usage(format!(
                "--supplier: `{named}` is an estimate of our own, and no supplier"
            ))
        })
    }

    /// The same with a scenario as if its quantities were asked for.
    fn shown(self, scenario: usize) -> Self {
        Self { comparison: self.comparison.shown(scenario), ..self }
    }

    /// The negotiations with those who would get an award, where a memo is written, and with whom
    /// there is no plan, for what reason.
    fn negotiations(&self, args: &Compare) -> (Vec<Negotiation>, Vec<(usize, String)>) {
        let (mut planned, mut unplanned) = (Vec::new(), Vec::new());
        if args.page != ComparePage::Memo && args.format != CompareFormat::Xlsx {
            return (planned, unplanned);
        }
        let outcome = self.comparison.outcomes.first();
        let award = outcome.and_then(|it| it.mixed.as_ref().or(it.single.as_ref()));
        for supplier in award.iter().flat_map(|award| &award.suppliers).copied() {
            match self.negotiation(supplier) {
                Ok(found) => planned.push(found),
                Err(why) => unplanned.push((supplier, why.to_string())),
            }
        }
        (planned, unplanned)
    }
}

/// A benchmark of each item that names market evidence.
fn markets(
    deal: &Deal,
    evidence: &BTreeMap<usize, SourceEvidence>,
) -> Result<BTreeMap<usize, Brief>, Failure> {
    let of = |(item, evidence): (&usize, &SourceEvidence)| {
        let market = market_deal(deal, *item)?;
        Some(prepare(&market, std::slice::from_ref(evidence)).map(|brief| (*item, brief)))
    };
    Ok(evidence.iter().filter_map(of).collect::<Result<_, _>>()?)
}

/// Compares, and keeps what the sources hold beside quotes among the rows passed over.
fn compared(deal: &Deal, gathered: Gathered, file: &Path) -> Result<Comparison, Failure> {
    let compared = compare(deal, gathered.rows.iter().flatten());
    // What many rows take is given back beside what follows.
    let _ = thread::Builder::new().spawn(|| drop(gathered.rows));
    let mut comparison = compared.map_err(|e| refused(&e, file))?;
    comparison.passed_over.extend(gathered.passed_over);
    Ok(comparison)
}

fn refused(error: &CompareError, file: &Path) -> Failure {
    let help = match error {
        CompareError::NoTender => "`haggle init quotes` writes a deal file to begin with",
        CompareError::NoItems => "add an `[[item]]` with `id`, `quantity` and `per`",
        CompareError::NoQuotes => {
            "add a `[[quote]]` with its lines, or name a `[[source]]` of quotes"
        }
    };
    Failure::new(format!("{}: {error}", file.display())).help(help)
}

/// The number of a scenario by its name.
fn scenario(comparison: &Comparison, wanted: Option<&str>) -> Result<usize, Failure> {
    let Some(wanted) = wanted else { return Ok(0) };
    let names = || comparison.outcomes.iter().map(|outcome| outcome.name.as_str());
    let help = "a `[[scenario]]` of the deal file has a `name`";
    let found = names().position(|name| name.eq_ignore_ascii_case(wanted));
    found.ok_or_else(|| named("--scenario", wanted, names()).help(help))
}

fn rendered(
    args: &Compare,
    made: &Compared,
    quotes: &Quotes<'_>,
    context: &Context,
) -> Result<Vec<u8>, Failure> {
    let page = match args.page {
        ComparePage::Table => QuotePage::Table,
        ComparePage::Memo => QuotePage::Memo,
    };
    let text = match args.format {
        CompareFormat::Text => quotes.text(page, &context.style(args.out.is_some())),
        CompareFormat::Md => quotes.markdown(page),
        CompareFormat::Html => quotes.html(page),
        CompareFormat::Json => made.json(args.scenario.as_deref())?,
        CompareFormat::Csv => quotes.csv(),
        CompareFormat::Xlsx => return quotes.workbook().map_err(Failure::new),
    };
    Ok(text.into_bytes())
}

/// 3 under `--strict` where nothing can be awarded or a rule says that quotes do not compare.
fn strictness(strict: bool, quotes: &Quotes<'_>, context: &Context) -> u8 {
    let comparison = quotes.comparison;
    let none = comparison.outcomes[quotes.scenario].ranking.is_empty();
    let grave = comparison.findings.iter().any(|finding| finding.gravity == Gravity::Error);
    if !strict || !(none || grave) {
        return exit::FINE;
    }
    context.talk("error: the quotes are not comparable yet (--strict): see the findings\n");
    exit::WEAK
}
