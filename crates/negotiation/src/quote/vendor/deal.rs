//! A negotiation with one vendor as an ordinary deal, with its evidence.

use super::Rivals;
use super::ground::{Backup, Ground};
use super::references::{ReferenceKind, percentile};
use super::say::Saying;
use crate::brief::{Brief, SourceHead};
use crate::deal::{
    Alternative, Argument, Counterpart, Deal, Limit, Offer, Origin, Source, Talks, as_f64,
};
use crate::market::{Cited, Comparables, Factors, SourceEvidence, digest_of};
use crate::quote::OrderKind;
use crate::quote::decimal::kept;
use crate::stats::Bound;
use haggle_quantity::Amount;
use std::collections::BTreeMap;

/// Id of the source that other vendors' totals make.
const QUOTES: &str = "quotes";
/// Id of the source that the benchmarks of the items make.
const MARKET: &str = "lines";

/// Other vendors who stand beside the next best award as alternatives of their own.
const SHOWN: usize = 3;

/// The deal to plan, and the evidence of its one source; none where nothing is to be compared.
pub(super) fn planned(
    deal: &Deal,
    ground: &Ground<'_>,
    markets: &BTreeMap<usize, Brief>,
    rivals: Rivals,
    arguments: &[Saying],
) -> (Deal, Vec<SourceEvidence>) {
    let evidence = market(ground, markets).or_else(|| quotes(ground, &rivals));
    let limit = limit(&rivals);
    let planned = Deal {
        title: format!("{}: {}", deal.title, rivals.vendor),
        sources: evidence.iter().map(|(id, _)| source(id)).collect(),
        excludes: Vec::new(),
        offer: Some(Offer {
            amount: kept(ground.offer),
            from: ground.own().terms.source.clone(),
            date: ground.own().terms.date.filter(|date| *date <= deal.as_of),
        }),
        alternatives: alternatives(deal, ground),
        claims: Vec::new(),
        counterpart: Counterpart {
            limit,
            interests: deal.counterpart.interests.clone(),
            ..Counterpart::default()
        },
        parts: Vec::new(),
        stated_walk_away: None,
        talks: talks(deal, ground, arguments),
        tender: None,
        rivals: Some(rivals),
        ..deal.clone()
    };
    (planned, evidence.into_iter().map(|(_, it)| it).collect())
}

/// How the talks are held is as the deal file says; what was exchanged was of the whole, not of this
/// vendor.
fn talks(deal: &Deal, ground: &Ground<'_>, arguments: &[Saying]) -> Talks {
    let argument = |it: &Saying| Argument {
        text: it.text.clone(),
        source: None,
        date: Some(ground.comparison.as_of),
        reference: Some(it.basis.clone()),
    };
    let arguments = arguments.iter().map(argument);
    Talks {
        arguments: arguments.chain(deal.talks.arguments.iter().cloned()).collect(),
        their_arguments: deal.talks.their_arguments.clone(),
        channel: deal.talks.channel,
        relationship: deal.talks.relationship,
        expert: deal.talks.expert,
        deadline: deal.talks.deadline,
        ..Talks::default()
    }
}

/// The next best award, the best others who deliver everything alone, and what the deal file states
/// where all of it is negotiated.
fn alternatives(deal: &Deal, ground: &Ground<'_>) -> Vec<Alternative> {
    let Ok(backup) = &ground.backup else {
        return if ground.is_whole() { deal.alternatives.clone() } else { Vec::new() };
    };
    let alone = |by: &usize| backup.award.suppliers == [*by];
    let others = ground.others.iter().filter(|(by, _)| !alone(by)).take(SHOWN);
    let others = others.map(|(by, total)| {
        let supplier = &ground.comparison.suppliers[*by];
        let switching = supplier.order.iter().filter(|it| it.kind == OrderKind::Switching);
        certain(&format!("{} alone", supplier.name), *total, switching.map(|it| it.amount).sum())
    });
    let stated = deal.alternatives.iter().filter(|_| ground.is_whole()).cloned();
    [next_best(backup)].into_iter().chain(others).chain(stated).collect()
}

fn next_best(backup: &Backup) -> Alternative {
    let name = format!("award to {}", backup.suppliers.join(" and "));
    certain(&name, backup.award.total, backup.switching)
}

/// An alternative that is to be had, with its cost of switching apart (G16).
fn certain(name: &str, total: Amount, switching: Amount) -> Alternative {
    Alternative {
        name: name.to_owned(),
        amount: vec![kept(total - switching)],
        probability: 1.0,
        delay_days: 0.0,
        cost: (!switching.is_zero()).then(|| kept(switching)),
        interim_per_day: None,
        advantage: None,
        role: None,
        develop_cost: None,
        parts: Vec::new(),
        source: Some("quotes like for like".to_owned()),
    }
}

/// A belief about their limit where should-cost or the moved last price says what the lines should
/// cost: what a vendor needs is near it.
fn limit(rivals: &Rivals) -> Option<Limit> {
    let of = |kind: ReferenceKind| {
        let found = rivals.references.iter().find(|it| it.kind == kind)?;
        Some((kept(found.amount?), kind.words()))
    };
    let known: Vec<(Amount, &str)> =
        [ReferenceKind::ShouldCost, ReferenceKind::Index].into_iter().filter_map(of).collect();
    let amounts = || known.iter().map(|(amount, _)| *amount);
    let names: Vec<&str> = known.iter().map(|(_, name)| *name).collect();
    Some(Limit {
        low: amounts().min()?,
        mode: known.first()?.0,
        high: amounts().max()?,
        source: Some(names.join(" and ")),
    })
}

fn source(id: &str) -> Source {
    Source {
        id: id.to_owned(),
        origin: Origin::Path("quotes like for like".to_owned()),
        recipe: None,
        vintage: None,
        sheet: None,
        conditions: Vec::new(),
        job_match: 1.0,
        weight: 1.0,
        share: None,
        employers: None,
        hours_per_year: None,
        place_index: None,
    }
}

/// Other vendors' totals over the lines as comparables, and what was paid last, moved by its index.
/// Should-cost is an estimate, neither paid nor offered: it enters the belief about them alone.
fn quotes(ground: &Ground<'_>, rivals: &Rivals) -> Option<(String, SourceEvidence)> {
    let offered = ground.others.iter().map(|(by, total)| {
        let name = &ground.comparison.suppliers[*by].name;
        (format!("quote of {name}"), name.clone(), *total)
    });
    let moved = rivals.references.iter().filter(|it| it.kind == ReferenceKind::Index);
    let paid = moved.filter_map(|it| {
        let words = it.kind.words().to_owned();
        Some((words.clone(), words, it.amount?))
    });
    let mut found = Comparables::default();
    let mut bases = vec!["offered"];
    for (number, (place, party, total)) in (0_u32..).zip(offered.chain(paid)) {
        if number as usize == ground.others.len() {
            bases.push("paid");
        }
        let amount = as_f64(kept(total));
        let row = cited(ground, number, "value", amount);
        found.listed.push(Cited { place, party: Some(party), ..row });
        found.rows.push(amount, Bound::Exact, 1.0, 1, None).ok()?;
    }
    let words = "quotes of other vendors, like for like";
    (!found.listed.is_empty()).then(|| (QUOTES.to_owned(), evidence(ground, found, words, &bases)))
}

/// The market of the lines where every one has its own: percentiles times quantities, summed, as if
/// all lines stood at the same percentile, with what the order costs beside.
fn market(
    ground: &Ground<'_>,
    markets: &BTreeMap<usize, Brief>,
) -> Option<(String, SourceEvidence)> {
    let mut found = Comparables::default();
    let words = match ground.order.is_zero() {
        true => "percentiles of the items' markets, times the quantities",
        false => "percentiles of the items' markets, times the quantities, with the order's costs",
    };
    let order = as_f64(ground.order);
    for (number, name) in (0_u32..).zip(["p10", "p25", "p50", "p75", "p90"]) {
        let line = |item: &usize| {
            let unit = percentile(markets.get(item)?, name)?;
            Some(unit * as_f64(ground.quantity(*item)))
        };
        if let Some(lines) = ground.lines.iter().map(line).collect::<Option<Vec<f64>>>() {
            found.points.push(cited(ground, number, name, lines.iter().sum::<f64>() + order));
        }
    }
    let median = found.points.iter().any(|point| point.percentile == Some(50));
    median.then(|| (MARKET.to_owned(), evidence(ground, found, words, &[])))
}

fn cited(ground: &Ground<'_>, number: u32, statistic: &str, amount: f64) -> Cited {
    Cited {
        at: (String::new(), u64::from(number), 0),
        place: statistic.to_owned(),
        amount: amount.to_string(),
        bound: "exact",
        currency: ground.comparison.currency.to_string(),
        per: ground.comparison.per.to_string(),
        statistic: statistic.to_owned(),
        percentile: statistic.strip_prefix('p').and_then(|it| it.parse().ok()),
        adjusted: Some(amount),
        subject: None,
        title: None,
        location: None,
        party: None,
        level: None,
        date: None,
        weight: None,
        count: None,
        employers: None,
        sample_size: None,
        relative_error: None,
        attributes: None,
        factors: Some(0),
    }
}

fn evidence(
    ground: &Ground<'_>,
    mut found: Comparables,
    words: &str,
    bases: &[&str],
) -> SourceEvidence {
    let n = found.listed.len() + found.points.len();
    let all: Vec<Cited> = found.listed.iter().chain(&found.points).cloned().collect();
    let digest = digest_of(&all);
    found.digest = Some(digest.clone());
    found.factors.push((unmoved(), n as u64));
    let as_of = ground.comparison.as_of;
    found.mean_date = Some(i64::from(haggle_quantity::day_number(as_of)));
    let head = SourceHead {
        plugin: None,
        name: words.to_owned(),
        location: "the comparison of quotes".to_owned(),
        sha256: digest,
        retrieved: None,
        recipe: "compare".to_owned(),
        publisher: None,
        licence: None,
        grade: None,
        date: Some(as_of),
        span: None,
        bases: bases.iter().map(|it| (*it).to_owned()).collect(),
        rows: [n as u64, n as u64, 0, 0],
        cells: [n as u64, n as u64, 0],
        tallies: Vec::new(),
        diagnostics: Vec::new(),
        assumptions: Vec::new(),
    };
    SourceEvidence { head, file: "comparison".to_owned(), grade: None, comparables: found }
}

/// Everything is converted already.
fn unmoved() -> Factors {
    Factors {
        hours: 1.0,
        ageing: 1.0,
        currency: 1.0,
        place: 1.0,
        low: 1.0,
        high: 1.0,
        date: None,
        rate: None,
        from_per: None,
    }
}

/// The deal of an item's market: its source with its conditions, per unit of the item. Its benchmark
/// is what [`super::negotiate`] takes. `None` where the item names no market.
pub fn market_deal(deal: &Deal, item: usize) -> Option<Deal> {
    let item = deal.tender.as_ref()?.items.get(item)?;
    let market = item.market.as_ref()?;
    let found = deal.sources.iter().find(|source| source.id == market.source)?;
    let mut source = found.clone();
    source.conditions.extend(market.conditions.iter().cloned());
    Some(Deal {
        title: item.name.clone().unwrap_or_else(|| item.id.clone()),
        per: item.per.clone(),
        sources: vec![source],
        term: None,
        offer: None,
        alternatives: Vec::new(),
        counterpart: Counterpart::default(),
        parts: Vec::new(),
        talks: Talks::default(),
        tender: None,
        ..deal.clone()
    })
}
