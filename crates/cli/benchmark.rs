//! `benchmark`: percentiles of what the store holds, without a deal.

use crate::args::{Benchmark, BenchmarkFormat};
use crate::context::Context;
use crate::failure::Failure;
use crate::gather::{are_twins, comparables, file_name, part_id, source_evidence};
use crate::reading::date_option;
use crate::report::strictness;
use haggle_negotiation::brief::{Brief, Listing, benchmark};
use haggle_negotiation::deal::{
    Ageing, Condition, Counterpart, Deal, Origin, Party, Side, Source, Talks,
};
use haggle_negotiation::market::SourceEvidence;
use haggle_quantity::{Currency, Date, Per, from_day_number};
use haggle_store::{Outline, Part, Query};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub(crate) fn run(args: &Benchmark, context: &Context) -> Result<u8, Failure> {
    let parse =
        |text: &String| Condition::parse(text).map_err(|m| Failure::usage(format!("--where: {m}")));
    let conditions = args.conditions.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let (parts, broken) = context.store.parts()?;
    for error in &broken {
        context.talk(&format!("warning: {error}\n"));
    }
    let outlines = outlines(&parts, &conditions, context)?;
    refuse_twins(&parts, &outlines, context)?;
    let deal = deal_of(args, &conditions, &parts, &outlines, context)?;
    let evidence = gather(&deal, &parts, &outlines, args.list, context)?;
    let listing = args.list.then(|| listing(&deal, &evidence));
    let brief = benchmark(&deal, &evidence)?;
    context.deliver(args.out.as_deref(), &render(args, &brief, listing.as_ref(), context))?;
    Ok(strictness(args.strict, &brief, context))
}

/// Two readings of one content, or two contents of one file, would count people twice. Two sheets
/// of one workbook may hold other people: they are only said.
fn refuse_twins(parts: &[Part], outlines: &[Outline], context: &Context) -> Result<(), Failure> {
    let answering =
        || parts.iter().zip(outlines).filter(|(_, o)| !o.units.is_empty()).map(|(p, _)| p);
    for (i, part) in answering().enumerate() {
        for twin in answering().skip(i + 1).filter(|twin| are_twins(part, twin)) {
            let (id, other) = (part_id(part), part_id(twin));
            let (a, b, file) = (&part.meta.recipe, &twin.meta.recipe, &part.meta.location);
            let message = format!("{id} and {other} come from one file ({file})");
            if part.meta.sha256 == twin.meta.sha256 && a.split('@').next() == b.split('@').next() {
                context.talk(&format!("warning: {message}: rows of both sheets count\n"));
                continue;
            }
            return Err(Failure::new(format!("{message}; its rows would count twice"))
                .help(format!("haggle sources remove {id}, or {other}")));
        }
    }
    Ok(())
}

fn render(args: &Benchmark, brief: &Brief, listing: Option<&Listing>, context: &Context) -> String {
    match args.format {
        BenchmarkFormat::Text => {
            haggle_report::benchmark_text(brief, listing, &context.style(args.out.is_some()))
        }
        BenchmarkFormat::Json => haggle_report::benchmark_json(brief, listing),
        BenchmarkFormat::Csv => match listing {
            Some(listing) => haggle_report::listing_csv(listing),
            None => haggle_report::benchmark_csv(brief),
        },
    }
}

fn outlines(
    parts: &[Part],
    conditions: &[Condition],
    context: &Context,
) -> Result<Vec<Outline>, Failure> {
    let query = Query { conditions: conditions.to_vec(), ..Query::default() };
    parts.iter().map(|p| Ok(context.store.outline(p, &query)?)).collect()
}

/// A deal that asks for nothing but the market: one source for each part that has an answer.
fn deal_of(
    args: &Benchmark,
    conditions: &[Condition],
    parts: &[Part],
    outlines: &[Outline],
    context: &Context,
) -> Result<Deal, Failure> {
    let (currency, per) = units(args, outlines, context)?;
    let as_of = match date_option(args.as_of.as_deref())? {
        Some(date) => date,
        None => newest(outlines)?,
    };
    let mut names = BTreeSet::new();
    let answering = parts.iter().zip(outlines).filter(|(_, o)| args.list || !o.units.is_empty());
    let sources = answering.map(|(part, _)| source(part, conditions, &mut names)).collect();
    Ok(Deal {
        title: conditions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        side: Side::Seller,
        currency,
        per,
        as_of,
        term: None,
        tick: None,
        sources,
        excludes: Vec::new(),
        rates: Vec::new(),
        ageing: args.ageing.map(|rate| Ageing {
            rate: Some(rate),
            index: Vec::new(),
            source: Some("--ageing".to_owned()),
        }),
        offer: None,
        us: Party::default(),
        alternatives: Vec::new(),
        claims: Vec::new(),
        counterpart: Counterpart::default(),
        events: Vec::new(),
        parts: Vec::new(),
        set: Vec::new(),
        stated_walk_away: None,
        parameters: BTreeMap::new(),
        talks: Talks::default(),
        playbook: None,
        playbook_parameters: BTreeMap::new(),
        tender: None,
        rivals: None,
    })
}

/// The newest date of what answers. Where nothing answers no figure rests on the date.
fn newest(outlines: &[Outline]) -> Result<Date, Failure> {
    let mut answering = outlines.iter().filter(|o| !o.units.is_empty()).peekable();
    if answering.peek().is_none() {
        return Ok(Date::constant(1970, 1, 1));
    }
    let newest = answering.filter_map(|o| o.newest).max().and_then(from_day_number);
    newest.ok_or_else(|| {
        Failure::usage("no comparable states a date, so there is no as-of date to compare at")
            .help("pass one with `--as-of YYYY-MM-DD`")
    })
}

/// The currency and unit to compare in: as asked, else what most comparables state.
fn units(
    args: &Benchmark,
    outlines: &[Outline],
    context: &Context,
) -> Result<(Currency, Per), Failure> {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for ((currency, per), count) in outlines.iter().flat_map(|o| &o.units) {
        *counts.entry((currency, per)).or_default() += count;
    }
    let fits = |(currency, per): (&str, &str)| {
        args.currency.as_deref().is_none_or(|c| c == currency)
            && args.per.as_deref().is_none_or(|p| Per::new(p).as_str() == per)
    };
    // Of equally many a year comes first: it is what most people compare pay by.
    let best =
        counts.iter().filter(|(unit, _)| fits(**unit)).max_by_key(|((currency, per), count)| {
            (**count, *per == "year", std::cmp::Reverse((*currency, *per)))
        });
    let (currency, per) = best.map_or(("USD", "year"), |(unit, _)| *unit);
    let others: Vec<String> =
        counts.keys().filter(|u| **u != (currency, per)).map(|(c, p)| format!("{c}/{p}")).collect();
    if !others.is_empty() && (args.currency.is_none() || args.per.is_none()) {
        context.talk(&format!(
            "note: compared in {currency}/{per}; also stated: {} (--currency, --per)\n",
            others.join(", ")
        ));
    }
    let currency = args.currency.as_deref().unwrap_or(currency);
    let currency =
        currency.parse().map_err(|e| Failure::usage(format!("--currency `{currency}`: {e}")))?;
    Ok((currency, Per::new(args.per.as_deref().unwrap_or(per))))
}

fn source(part: &Part, conditions: &[Condition], names: &mut BTreeSet<String>) -> Source {
    let stem = Path::new(&part.meta.location)
        .file_stem()
        .map_or(String::new(), |s| s.to_string_lossy().into_owned());
    let base = haggle_negotiation::deal::slug(&stem);
    let id = (1..)
        .map(|n| if n == 1 { base.clone() } else { format!("{base}-{n}") })
        .find(|id| names.insert(id.clone()));
    Source {
        id: id.unwrap_or(base),
        origin: Origin::Path(part.meta.location.clone()),
        recipe: Some(part.meta.recipe.clone()),
        vintage: None,
        sheet: None,
        conditions: conditions.to_vec(),
        job_match: 1.0,
        weight: 1.0,
        share: None,
        employers: None,
        hours_per_year: None,
        place_index: None,
    }
}

fn gather(
    deal: &Deal,
    parts: &[Part],
    outlines: &[Outline],
    near: bool,
    context: &Context,
) -> Result<Vec<SourceEvidence>, Failure> {
    let answering = parts.iter().zip(outlines).filter(|(_, o)| near || !o.units.is_empty());
    let mut all = Vec::new();
    for ((part, _), source) in answering.zip(&deal.sources) {
        let found = comparables(deal, source, part, near, context)?;
        all.push(source_evidence(part, &file_name(&part.meta.location), found));
    }
    Ok(all)
}

fn listing(deal: &Deal, evidence: &[SourceEvidence]) -> Listing {
    let mut listing = Listing::default();
    for (source, evidence) in deal.sources.iter().zip(evidence) {
        let found = &evidence.comparables;
        let mut comparables: Vec<_> = found.points.iter().chain(&found.listed).cloned().collect();
        comparables.sort_by(|a, b| a.at.cmp(&b.at));
        listing.comparables.extend(comparables.into_iter().map(|c| (source.id.clone(), c)));
        // What meets the conditions and nothing converts is the nearest miss of all.
        for passed in &found.passed_over {
            let missed = format!("{} [{}]", passed.reason, passed.code);
            listing.near_count += passed.count;
            let rows = passed.first.iter().map(|c| (source.id.clone(), missed.clone(), c.clone()));
            listing.near.extend(rows);
        }
        listing.near.extend(
            found.near.iter().map(|(missed, c)| (source.id.clone(), missed.clone(), c.clone())),
        );
        listing.near_count += found.near_count;
    }
    listing
}
