//! The market of a deal: its sources weighed and combined, every number a figure.

use super::source::{Ledger, SourceContext, SourceEvidence, SourceResult, estimate_figure};
use crate::bargain;
use crate::brief::MarketHead;
use crate::deal::Deal;
use crate::figure::{By, Figure, Interval, Sense, Unit};
use crate::parameter::Settings;
use crate::stats::combine::{MarketEstimate, market};
use crate::stats::{Combine, Curve, STANDARD, SourceCurve, StatParams, Value};

/// What the sources of a deal came to.
pub(crate) struct MarketBuild {
    pub(crate) head: Option<MarketHead>,
    /// The market as bargaining takes it.
    pub(crate) bargain: Option<bargain::Market>,
    pub(crate) notes: MarketNotes,
}

/// Facts about the evidence that rules speak of.
#[derive(Debug, Default, Clone)]
pub(crate) struct MarketNotes {
    /// Rule and sentence, from single sources and from their combination.
    pub(crate) said: Vec<(&'static str, String)>,
    /// Source and age in months.
    pub(crate) ages: Vec<(String, f64)>,
    /// Spread of the sources' medians and whether it asks for a word.
    pub(crate) spread: Option<(f64, bool, bool)>,
    /// Sources left out for a match that is too small.
    pub(crate) unmatched: Vec<String>,
    /// Rows flagged as outliers.
    pub(crate) flagged: usize,
    /// Observations that no rate or arithmetic converts.
    pub(crate) unconverted: u64,
    /// Comparable rows and points that entered.
    pub(crate) n: u64,
    /// Sources named by the deal.
    pub(crate) named: usize,
    /// Whether percentiles were refused.
    pub(crate) thin: bool,
}

pub(crate) fn build(
    deal: &Deal,
    evidence: &[SourceEvidence],
    settings: &Settings,
    money: &Unit,
    ledger: &mut Ledger,
) -> MarketBuild {
    let params = settings.stat_params();
    let results: Vec<SourceResult> = deal
        .sources
        .iter()
        .zip(evidence)
        .map(|(source, evidence)| {
            let money = money.clone();
            SourceContext { deal, source, evidence, params: &params, money }.build(ledger)
        })
        .collect();
    let mut notes = gather_notes(&results);
    notes.said.extend(idle_exclusions(deal, ledger));
    let (entered, curves) = entering(results);
    let built = combine(deal, &entered, &curves, settings, money, ledger, &mut notes);
    let (head, bargain) = built.map_or((None, None), |(head, market)| (Some(head), market));
    MarketBuild { head, bargain, notes }
}

fn gather_notes(results: &[SourceResult]) -> MarketNotes {
    let said = |r: &SourceResult| -> Vec<(&'static str, String)> {
        r.notes.iter().map(|(rule, text)| (*rule, format!("{}: {text}", r.id))).collect()
    };
    MarketNotes {
        said: results.iter().flat_map(said).collect(),
        ages: results
            .iter()
            .filter(|r| r.curve.is_some())
            .filter_map(|r| Some((r.id.clone(), r.age_months?)))
            .collect(),
        unmatched: results.iter().filter(|r| r.unmatched).map(|r| r.id.clone()).collect(),
        flagged: results.iter().map(|r| r.flagged).sum(),
        unconverted: results.iter().map(|r| r.unconverted).sum(),
        named: results.len(),
        ..MarketNotes::default()
    }
}

/// Exclusions that take no observation: a slip in their conditions would otherwise go unseen.
fn idle_exclusions(deal: &Deal, ledger: &Ledger) -> Vec<(&'static str, String)> {
    let taken = |reason: &str| {
        let words = crate::market::excluded_by(reason);
        ledger.excluded.iter().any(|e| e.reason == words)
    };
    let idle = deal.excludes.iter().filter(|e| !taken(&e.reason));
    idle.map(|e| ("S3.19", format!("The exclusion \"{}\" takes nothing.", e.reason))).collect()
}

/// The sources that take part, and their curves in the same order.
fn entering(results: Vec<SourceResult>) -> (Vec<SourceResult>, Vec<SourceCurve>) {
    let (mut entered, mut curves) = (Vec::new(), Vec::new());
    for mut result in results {
        if result.weight > 0.0
            && let Some(curve) = result.curve.take()
        {
            curves.push(SourceCurve { curve, weight: result.weight });
            entered.push(result);
        }
    }
    (entered, curves)
}

type Built = (MarketHead, Option<bargain::Market>);

fn combine(
    deal: &Deal,
    entered: &[SourceResult],
    curves: &[SourceCurve],
    settings: &Settings,
    money: &Unit,
    ledger: &mut Ledger,
    notes: &mut MarketNotes,
) -> Option<Built> {
    let params = &settings.stat_params();
    let combined = match market(curves, params) {
        Ok(combined) => combined,
        Err(error) => {
            if !curves.is_empty() {
                notes.said.push(("S3.17", error.to_string()));
            }
            return None;
        }
    };
    let shares: Vec<f64> = combined.shares().map(|(_, share)| share).collect();
    share_figures(entered, &shares, ledger);
    let estimates = combined.standard();
    let mut head = MarketHead {
        n: entered.iter().map(|r| r.n).sum(),
        points: entered.iter().map(|r| r.points).sum(),
        effective_n: effective_n(curves, &shares),
        sources: entered.iter().map(|r| r.id.clone()).collect(),
        kind: kind_of(curves.len(), params.combine),
        ..MarketHead::default()
    };
    for made in &estimates {
        percentile_figure(made, entered, money, params, ledger, &mut head);
    }
    scenario_figures(&head, entered, &shares, ledger);
    head.refusals = refusals(&estimates);
    note_disagreement(&estimates, entered, notes);
    place_offer(deal, &combined, ledger);
    notes.n = head.n;
    let bargain = for_bargaining(
        &estimates,
        entered,
        curves,
        &shares,
        params,
        settings.number("min_parties_tail"),
    );
    notes.thin = !head.refusals.is_empty();
    Some((head, bargain))
}

fn kind_of(sources: usize, combine: Combine) -> &'static str {
    match (sources, combine) {
        (0 | 1, _) => "percentiles",
        (_, Combine::Composite) => "composite of percentiles",
        (_, Combine::Mixture) => "mixture of parts",
        (_, Combine::Pool) => "pooled rows",
    }
}

fn share_figures(entered: &[SourceResult], shares: &[f64], ledger: &mut Ledger) {
    let weights: Vec<(String, String)> = entered
        .iter()
        .map(|r| (r.id.clone(), format!("{}.weight", r.id)))
        .filter(|(_, id)| ledger.figures.has(id))
        .collect();
    for (result, share) in entered.iter().zip(shares) {
        let mut inputs = vec![("weight".to_owned(), format!("{}.weight", result.id))];
        inputs.extend(weights.iter().filter(|(id, _)| *id != result.id).cloned());
        let figure = Figure::new(format!("share of {}", result.id), *share, Unit::Share, "share")
            .with_inputs(inputs);
        ledger.figures.add(format!("share.{}", result.id), figure);
    }
}

/// Kish's size over sources: what so many independent rows would be worth. A published table has
/// no rows, so a market with one has no such number.
fn effective_n(curves: &[SourceCurve], shares: &[f64]) -> Option<f64> {
    let mut sum = 0.0;
    for (source, share) in curves.iter().zip(shares) {
        let Curve::Rows(rows) = &source.curve else { return None };
        sum += share * share / rows.ranked().effective_n();
    }
    (sum > 0.0).then(|| 1.0 / sum)
}

fn percentile_figure(
    made: &MarketEstimate,
    entered: &[SourceResult],
    money: &Unit,
    params: &StatParams,
    ledger: &mut Ledger,
    head: &mut MarketHead,
) {
    let percent = made.estimate.percent;
    let tail = format!("p{percent}");
    let id = format!("market.{tail}");
    let formula = match (entered.len(), made.how) {
        (1, _) => "single_source",
        (_, Combine::Composite) => "composite",
        (_, Combine::Mixture) => "mixture",
        (_, Combine::Pool) => "pooled_type7",
    };
    let label = format!("market P{percent}");
    let Some(mut figure) = estimate_figure(&label, &made.estimate, money, formula, params) else {
        return;
    };
    for result in entered {
        for (name, input) in source_inputs(result, &tail, made.how, !made.left_out.is_empty()) {
            if ledger.figures.has(&input) {
                figure.inputs.push((name, input));
            }
        }
    }
    ledger.figures.add(id.clone(), figure);
    head.percentiles.push((tail, id));
}

/// Why percentiles are missing: one sentence for all that lack the same thing.
fn refusals(estimates: &[MarketEstimate]) -> Vec<String> {
    let mut said: Vec<(String, String)> = Vec::new();
    for made in estimates.iter().filter(|e| e.estimate.value.is_none()) {
        let why = made.estimate.refused.map_or("no evidence".to_owned(), |r| r.to_string());
        let percent = format!("P{}", made.estimate.percent);
        match said.iter_mut().find(|(_, known)| *known == why) {
            Some((percents, _)) => *percents = format!("{percents}, {percent}"),
            None => said.push((percent, why)),
        }
    }
    said.into_iter().map(|(percents, why)| format!("{percents}: {why}")).collect()
}

fn source_inputs(
    result: &SourceResult,
    tail: &str,
    how: Combine,
    reshaped: bool,
) -> Vec<(String, String)> {
    let share = (format!("share_{}", result.id), format!("share.{}", result.id));
    let value = (result.id.clone(), format!("{}.{tail}", result.id));
    let rows = (format!("rows_{}", result.id), format!("{}.n", result.id));
    let median = (format!("median_{}", result.id), format!("{}.p50", result.id));
    match how {
        Combine::Pool => vec![share, rows],
        // Where a source does not reach, the others' medians bring their values to its level.
        _ if reshaped => vec![value, share, median],
        _ => vec![value, share],
    }
}

/// The second pair of limits, from the extremes of the adjustments: scenarios, kept apart
/// (`benchmark.md` section 8).
fn scenario_figures(
    head: &MarketHead,
    entered: &[SourceResult],
    shares: &[f64],
    ledger: &mut Ledger,
) {
    let mean = |end: fn(&(f64, f64)) -> f64| -> f64 {
        entered.iter().zip(shares).map(|(r, share)| share * end(&r.scenario)).sum()
    };
    let ratios = [("low", "lowest", mean(|s| s.0)), ("high", "highest", mean(|s| s.1))];
    if ratios.iter().all(|(_, _, ratio)| *ratio == 1.0) {
        return;
    }
    for (end, word, ratio) in ratios {
        let why = format!(
            "{word} growth, rate and place that the sensitivities of the register allow: a scenario, no probability"
        );
        let factor = Figure::assumed(
            format!("{word} adjustment over the one used"),
            ratio,
            Unit::Factor,
            why,
        );
        let ratio_id = format!("market.adjustment.{end}");
        ledger.figures.add(ratio_id.clone(), factor);
        for (_, id) in &head.percentiles {
            let Some(base) = ledger.figures.get(id).cloned() else { continue };
            let limit = base.interval.and_then(|i| if end == "low" { i.low } else { i.high });
            let Some(limit) = limit else { continue };
            let label = format!("{}, {word} adjustment", base.label);
            let figure = Figure::new(label, limit * ratio, base.unit.clone(), "scenario_limit")
                .with_inputs([("limit", id.clone()), ("ratio", ratio_id.clone())])
                .with_sense(base.sense);
            ledger.figures.add(format!("{id}.{end}_adjusted"), figure);
        }
    }
}

fn note_disagreement(
    estimates: &[MarketEstimate],
    entered: &[SourceResult],
    notes: &mut MarketNotes,
) {
    for made in estimates {
        if made.estimate.percent == 50.0
            && let Some(d) = &made.disagreement
        {
            notes.spread = Some((d.spread, d.wide, d.intervals_apart));
        }
        let left: Vec<&str> =
            made.left_out.iter().filter_map(|i| entered.get(*i)).map(|r| r.id.as_str()).collect();
        if !left.is_empty() && made.estimate.value.is_some() {
            let text = format!(
                "P{}: {} does not reach it and is left out there; the others give the shape",
                made.estimate.percent,
                left.join(", ")
            );
            notes.said.push(("S3.16", text));
        }
    }
}

fn place_offer(deal: &Deal, combined: &crate::stats::Market<'_>, ledger: &mut Ledger) {
    let Some(offer) = &deal.offer else { return };
    let Ok(share) = combined.share(crate::deal::as_f64(offer.amount)) else { return };
    let middle = (share.low + share.high) / 2.0;
    let known = share.low == share.high;
    let mut figure = Figure::new("their offer in the market", middle, Unit::Share, "percentile_of")
        .with_sense(if known { Sense::Exact } else { Sense::Between });
    if !known {
        figure.interval = Some(Interval {
            low: Some(share.low),
            high: Some(share.high),
            level: None,
            by: By::Range,
        });
    }
    let mut inputs = vec![("amount".to_owned(), "offer".to_owned())];
    let points = STANDARD.map(|p| format!("p{p}"));
    inputs.extend(
        points
            .iter()
            .map(|p| (p.clone(), format!("market.{p}")))
            .filter(|(_, id)| ledger.figures.has(id)),
    );
    figure.inputs = inputs;
    ledger.figures.add("offer.percentile", figure);
}

/// The market that bargaining takes: the points of the benchmark where it gives a median, else the
/// rows themselves. One source of raw rows is handed over as rows where it lacks a tail, or has
/// fewer than `least_parties`, so that its edges are its own.
fn for_bargaining(
    estimates: &[MarketEstimate],
    entered: &[SourceResult],
    curves: &[SourceCurve],
    shares: &[f64],
    params: &StatParams,
    least_parties: f64,
) -> Option<bargain::Market> {
    let raw = curves.iter().all(|c| matches!(c.curve, Curve::Rows(_)));
    let given = |i: usize| estimates[i].estimate.value.is_some();
    let listed =
        entered.iter().all(|r| r.rows.len() as u64 >= r.n.min(crate::market::LISTED as u64));
    let parties = curves.iter().map(|c| effective_parties(&c.curve, params)).sum::<Option<f64>>();
    let few = parties.is_some_and(|n| n < least_parties);
    let single = entered.len() == 1 && (few || !(given(0) && given(4)));
    if raw && listed && (single || !given(2)) {
        let rows = rows_of(entered, shares);
        let rows = bargain::MarketRows { rows, parties };
        return (!rows.rows.is_empty()).then_some(bargain::Market::Rows(rows));
    }
    if !given(2) {
        return None;
    }
    // A bound that only follows from where a table ends is no point of it.
    let stated = |e: &&MarketEstimate| {
        curves.iter().any(|c| c.curve.stated(e.estimate.percent, params).is_some())
    };
    let points: Vec<bargain::MarketPoint> =
        estimates.iter().filter(stated).filter_map(market_point).collect();
    let thin = !(given(1) && given(3));
    let edges = if thin { edges(entered, curves) } else { None };
    Some(bargain::Market::Table(bargain::MarketTable { points, thin, edges, n: parties }))
}

/// Least and greatest amount that any source states: all that a market without quartiles has for
/// edges.
fn edges(entered: &[SourceResult], curves: &[SourceCurve]) -> Option<[f64; 2]> {
    let rows = entered.iter().flat_map(|r| &r.rows).filter_map(|c| c.adjusted);
    let points = curves.iter().flat_map(|c| match &c.curve {
        Curve::Table(table) => table.points().iter().map(|p| p.amount).collect(),
        Curve::Rows(_) => Vec::new(),
    });
    let all: Vec<f64> = rows.chain(points).collect();
    Some([all.iter().copied().reduce(f64::min)?, all.iter().copied().reduce(f64::max)?])
}

/// Effective rows, or the number of employers if that is smaller.
fn effective_parties(curve: &Curve, params: &StatParams) -> Option<f64> {
    let n = curve.effective_n(params)?;
    match curve {
        Curve::Rows(rows) => Some(rows.clustering().map_or(n, |c| n.min(c.employers as f64))),
        Curve::Table(_) => Some(n),
    }
}

fn rows_of(entered: &[SourceResult], shares: &[f64]) -> Vec<bargain::MarketRow> {
    let mut rows = Vec::new();
    for (result, share) in entered.iter().zip(shares) {
        let weight = |c: &super::Cited| c.weight.unwrap_or(1.0);
        let count = |c: &super::Cited| c.count.unwrap_or(1).max(1);
        let total: f64 = result.rows.iter().map(|c| weight(c) * count(c) as f64).sum();
        for cited in &result.rows {
            let Some(amount) = cited.adjusted else { continue };
            let own =
                if entered.len() == 1 { weight(cited) } else { weight(cited) * share / total };
            rows.extend((0..count(cited)).map(|_| bargain::MarketRow { amount, weight: own }));
        }
    }
    rows
}

fn market_point(made: &MarketEstimate) -> Option<bargain::MarketPoint> {
    let (amount, bound) = match made.estimate.value? {
        Value::Exact(x) => (x, bargain::Mark::Exact),
        Value::AtLeast(x) => (x, bargain::Mark::AtLeast),
        Value::AtMost(x) => (x, bargain::Mark::AtMost),
        Value::Range { low, high } => ((low + high) / 2.0, bargain::Mark::Unclear),
    };
    Some(bargain::MarketPoint { percentile: made.estimate.percent / 100.0, amount, bound })
}
