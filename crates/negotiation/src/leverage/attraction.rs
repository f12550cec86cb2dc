//! Step 3: make yourself look attractive: evidence, its weaknesses, track record.

use super::{Facts, Rule, Said, when};
use crate::bargain::FindingCode as Code;
use crate::brief::{Brief, Gravity};
use crate::figure::{By, Sense};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "S3.1",
        step: 3,
        statement: "Thin evidence is said to be thin, and gives no percentile.",
        test: "effective n or employers below the minima of the benchmark",
        cites: &["F12", "F5"],
        judge: thin,
    },
    Rule {
        id: "S3.2",
        step: 3,
        statement: "Old evidence is said to be old; it stays, and its weight has fallen.",
        test: "age > age_warn: warning; > age_error: error",
        cites: &["F8", "F10"],
        judge: age,
    },
    Rule {
        id: "S3.3",
        step: 3,
        statement: "The market is argued as a range with its sources, not as a point.",
        test: "market.p50 with its interval; market.width > ci_width_warn: warning",
        cites: &["F1", "F2", "F5", "F10"],
        judge: market,
    },
    Rule {
        id: "S3.4",
        step: 3,
        statement: "An offer has a place in the market.",
        test: "offer.percentile, from offer.percentile.low to offer.percentile.high, and offer.market_ratio",
        cites: &["F14", "F15"],
        judge: offer,
    },
    Rule {
        id: "S3.10",
        step: 3,
        statement: "A claim counts when it has a number and can be checked, and together they argue your place in the market; the rest is dropped or quantified.",
        test: "claim.text with a digit, and claim.date or claim.reference; record.percentile by q_base, q_step and q_max",
        cites: &["A19", "B12"],
        judge: claims,
    },
    Rule {
        id: "S3.11",
        step: 3,
        statement: "A top-coded figure is a bound, and what follows from it is one as well.",
        test: "a market point that enters the plan is a bound",
        cites: &["F18"],
        judge: bounded,
    },
    Rule {
        id: "S3.12",
        step: 3,
        statement: "The opening stops at the edge of the evidence.",
        test: "anchor = anchor.cap.evidence",
        cites: &["B1", "B9", "B12"],
        judge: edge,
    },
    Rule {
        id: "S3.13",
        step: 3,
        statement: "Without a market nothing can be justified by comparison, and it is said first.",
        test: "no comparable observation",
        cites: &["A19", "B16"],
        judge: no_market,
    },
    Rule {
        id: "S3.14",
        step: 3,
        statement: "Sources that disagree are shown to disagree.",
        test: "max/min - 1 of the sources' medians > source_spread_warn (an error: > source_spread_error), or intervals that do not meet",
        cites: &["F7", "F10"],
        judge: disagreement,
    },
    Rule {
        id: "S3.15",
        step: 3,
        statement: "Outliers are listed and counted; only a written rule leaves them out.",
        test: "|modified z| of ln amount > outlier_mod_z",
        cites: &["F7"],
        judge: outliers,
    },
    Rule {
        id: "S3.16",
        step: 3,
        statement: "A source that does not reach a percentile is left out there, by name.",
        test: "a source states neither a value nor a bound at the percentile",
        cites: &["F10"],
        judge: left_out,
    },
    Rule {
        id: "S3.17",
        step: 3,
        statement: "A source that cannot be read as one market is left out, with the reason.",
        test: "ambiguous table, order of percentiles, match below job_match_min, weights",
        cites: &["F10", "F12"],
        judge: refused,
    },
    Rule {
        id: "S3.18",
        step: 3,
        statement: "Observations that nothing converts are passed over and counted.",
        test: "currency without a rate, unit without arithmetic",
        cites: &["F17", "F19"],
        judge: unconverted,
    },
    Rule {
        id: "S3.19",
        step: 3,
        statement: "An exclusion that takes nothing is a slip until it is explained.",
        test: "no observation of its sources meets all its conditions",
        cites: &["F7"],
        judge: idle,
    },
    Rule {
        id: "S3.20",
        step: 3,
        statement: "A rate converts money of its own time.",
        test: "a rate in use is dated after the as-of date, or more than 90 days before",
        cites: &["F19"],
        judge: rates,
    },
    Rule {
        id: "S3.23",
        step: 3,
        statement: "A source of the deal that says nothing here is named.",
        test: "no observation of a source is comparable, while there is a market",
        cites: &["F10", "F12"],
        judge: silent,
    },
    Rule {
        id: "S3.24",
        step: 3,
        statement: "List prices, ceilings, advertised and paid amounts are different things; a market that mixes them says so.",
        test: "the comparables of the market rest on more than one basis",
        cites: &["F11", "F20"],
        judge: mixed,
    },
];

fn said_by(facts: &Facts<'_>, rule: &str) -> Vec<String> {
    facts.notes.said.iter().filter(|(r, _)| *r == rule).map(|(_, text)| text.clone()).collect()
}

fn thin(facts: &Facts<'_>) -> Vec<Said> {
    let mut all: Vec<Said> = said_by(facts, "S3.1").into_iter().map(Said::warning).collect();
    let Some(market) = &facts.brief.market else { return all };
    if !facts.raised(Code::S3_1) && market.refusals.is_empty() {
        return all;
    }
    let n = market.n;
    let rows = if n == 1 { "1 comparable".to_owned() } else { format!("{n} comparables") };
    let why = market.refusals.join("; ");
    // Without quartiles nothing that follows can be justified to anyone: that is said first.
    let said = if market.percentiles.len() < 3 {
        Said::error(format!("Too thin to quote a percentile: {rows} ({why})."))
            .so("Show the comparables one by one, look for a second source, and treat every figure that rests on them as a guess.")
    } else if why.is_empty() {
        Said::warning("The comparables come from few parties: the plan rests on their middle and their edges alone.")
            .so("Look for a source with more parties.")
    } else {
        Said::warning(format!("Some percentiles are not given: {rows} ({why})."))
            .so("Quote the middle only.")
    };
    all.push(said.resting_on(&["market.median"]));
    all
}

fn age(facts: &Facts<'_>) -> Vec<Said> {
    let (warn, error) = (facts.settings.number("age_warn"), facts.settings.number("age_error"));
    let aged = if facts.deal.ageing.is_some() {
        "it was aged to the as-of date"
    } else {
        "it was not aged, for the deal states no rate"
    };
    let old = facts.notes.ages.iter().filter(|(_, months)| *months > warn);
    let say = |(id, months): &(String, f64)| {
        let text = format!("The evidence of `{id}` is {months:.0} months old; {aged}.");
        let said = if *months > error { Said::error(text) } else { Said::warning(text) };
        let weight = format!("{id}.weight.age");
        said.resting_on(&[&weight]).so("Look for a newer edition; say its age before they do.")
    };
    old.map(say).collect()
}

/// Whether something about the evidence is graver than any figure of it.
fn said_first(facts: &Facts<'_>) -> bool {
    let too_old = facts.settings.number("age_error");
    let few = facts.brief.market.as_ref().is_some_and(|market| market.percentiles.len() < 3);
    few || facts.notes.ages.iter().any(|(_, months)| *months > too_old)
}

fn market(facts: &Facts<'_>) -> Vec<Said> {
    let Some(median) = facts.brief.figures.get("market.p50") else { return Vec::new() };
    let sources = facts.brief.market.as_ref().map_or(0, |m| m.sources.len());
    let by = match median.interval {
        Some(i) if i.low.is_some() && i.high.is_some() => {
            let (low, high) = (i.low.unwrap_or(0.0), i.high.unwrap_or(0.0));
            let level = i.level.map_or(String::new(), |l| format!(" at {:.0} %", 100.0 * l));
            let claim = if i.by == By::Range {
                ", the range of the sources, no coverage claimed"
            } else {
                ""
            };
            format!(" ({} to {}{level}{claim})", Brief::amount(low), Brief::amount(high))
        }
        _ => " (no interval can be given)".to_owned(),
    };
    let plural = if sources == 1 { "1 source".to_owned() } else { format!("{sources} sources") };
    let limit = facts.settings.number("ci_width_warn");
    let wide = facts.value("market.width").is_some_and(|width| width > limit);
    let gravity = if wide { Gravity::Warning } else { Gravity::Info };
    let width = match wide {
        true => format!(
            " The interval is {:.0} % of it wide: no single figure can be argued.",
            100.0 * facts.value("market.width").unwrap_or(f64::NAN)
        ),
        false => String::new(),
    };
    let argue = match (median.interval.is_some(), said_first(facts)) {
        (_, true) => "Quote none of it before that is settled.",
        (true, false) => "Argue the range and name the sources.",
        (false, false) => "Name the sources with it.",
    };
    vec![
        Said::new(gravity, format!("The market's middle is {}{by}, from {plural}.{width} {argue}", facts.say("market.p50")))
            .resting_on(&["market.p25", "market.p50", "market.p75", "market.width"])
            .so("Name source, date and number of people with the figure: that is what makes it hard to rebut."),
    ]
}

fn offer(facts: &Facts<'_>) -> Vec<Said> {
    let Some(place) = facts.brief.figures.get("offer.percentile") else { return Vec::new() };
    let text = match (place.sense, place.interval) {
        (Sense::Between, Some(i)) => {
            let (low, high) = (100.0 * i.low.unwrap_or(0.0), 100.0 * i.high.unwrap_or(1.0));
            format!("between P{low:.0} and P{high:.0}")
        }
        _ => format!("at P{:.0}", 100.0 * place.value),
    };
    let passed =
        facts.brief.market.as_ref().is_some_and(|market| market.outdone.iter().any(|p| p == "p50"));
    vec![
        Said::info(format!(
            "Their offer of {} sits {text} of the market{}, {:.2} times the median.",
            facts.say("offer"),
            between_limits(facts),
            facts.value("offer.market_ratio").unwrap_or(f64::NAN)
        ))
        .resting_on(&[
            "offer",
            "offer.percentile",
            "offer.percentile.low",
            "offer.percentile.high",
            "offer.market_ratio",
        ])
        .so_if(passed, "Quote no figure of the market that it has passed; argue from your record and from what the price leaves out."),
    ]
}

/// The place by the limits of the percentiles, if they have limits (F14).
fn between_limits(facts: &Facts<'_>) -> String {
    let place = |tail: &str| {
        let figure = facts.brief.figures.get(&format!("offer.percentile.{tail}"))?;
        let words = figure.sense.words();
        let words = if words.is_empty() { String::new() } else { format!("{words} ") };
        Some(format!("{words}P{:.0}", 100.0 * figure.value))
    };
    match (place("low"), place("high")) {
        (Some(low), Some(high)) => format!(" ({low} to {high} by the limits of its percentiles)"),
        _ => String::new(),
    }
}

fn claims(facts: &Facts<'_>) -> Vec<Said> {
    if facts.plan.is_none() {
        return Vec::new();
    }
    let weak = facts.deal.claims.iter().filter(|c| !c.counts_on(facts.deal.as_of));
    let mut all: Vec<Said> = weak
        .map(|c| {
            Said::warning(format!(
                "The claim \"{}\" does not count: it has no number, or nothing to check it by.",
                c.text
            ))
            .so("Quantify it and add a date or reference, or leave it out.")
        })
        .collect();
    let supported: Vec<&str> = facts
        .deal
        .claims
        .iter()
        .filter(|c| c.counts_on(facts.deal.as_of))
        .map(|c| c.text.as_str())
        .collect();
    if !facts.has("record.amount") {
        return all;
    }
    if facts.deal.us.percentile.is_some() {
        all.push(stated_place(facts, supported.len()));
    } else if !supported.is_empty() {
        all.push(argued_place(facts, &supported));
    } else if facts.deal.claims.is_empty() {
        all.push(
            Said::info(
                "No track record is stated, so nothing places you above the middle of the market.",
            )
            .so("Add a `[[claim]]` with a number and a reference."),
        );
    }
    all
}

/// The place that the claims argue for, and how (numbers 4).
fn argued_place(facts: &Facts<'_>, supported: &[&str]) -> Said {
    if facts.raised(Code::S3_1) {
        return Said::info("The market is too thin to place anybody in it: the claims that can be checked stand by themselves.")
            .resting_on(&["record.claims"])
            .so("Lead with the claim that is hardest to rebut.");
    }
    let quoted: Vec<String> = supported.iter().map(|text| format!("\"{text}\"")).collect();
    let percent = |name| 100.0 * facts.settings.number(name);
    let (base, step, most) = (percent("q_base"), percent("q_step"), percent("q_max"));
    let capped = base + step * supported.len() as f64 > most;
    let cap = if capped { format!(", and never more than P{most:.0}") } else { String::new() };
    let said = Said::info(format!(
        "The record places you at P{:.0} of the market, {}: P{base:.0} without one, and {step:.0} points for each claim that can be checked{cap}: {}.",
        100.0 * facts.value("record.percentile").unwrap_or(f64::NAN),
        facts.say("record.amount"),
        quoted.join("; ")
    ));
    said.resting_on(&["record.claims", "record.percentile", "record.amount"])
        .so("Lead with the claim that is hardest to rebut.")
}

/// A place that the deal file states is an assumption until claims carry it.
fn stated_place(facts: &Facts<'_>, supported: usize) -> Said {
    let settings = facts.settings;
    let carried = settings.number("q_base") + settings.number("q_step") * supported as f64;
    let carried = carried.min(settings.number("q_max"));
    let amount = facts.say("record.amount");
    let stated = facts.value("record.percentile").unwrap_or(f64::NAN);
    let place = 100.0 * stated;
    let text = format!(
        "The deal states your place as P{place:.0} of the market, {amount}; the claims that can be checked carry P{:.0}.",
        100.0 * carried
    );
    let said = if stated > carried { Said::warning(text) } else { Said::info(text) };
    said.resting_on(&["record.percentile", "record.amount"])
        .so("Argue no place that no claim supports.")
}

fn bounded(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S3_11), || {
        Said::warning("A top-coded figure of the market is only a bound; every figure marked `at least`, `at most` or `between bounds` rests on it.")
            .resting_on(&["market.p75", "market.p90", "target", "anchor"])
            .so("Say \"at least\" when you quote it.")
    })
}

fn edge(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S3_12), || {
        Said::info("The opening stops where the evidence ends; beyond it nothing could justify the figure.")
            .resting_on(&["anchor", "anchor.raw", "anchor.cap.evidence"])
    })
}

fn no_market(facts: &Facts<'_>) -> Vec<Said> {
    let none = facts.brief.market.is_none() && facts.plan.is_none_or(|p| p.market.is_none());
    when(none, || {
        let text = match (facts.notes.named, facts.plan.is_some()) {
            (0, true) => "The deal names no evidence, so there is no market.".to_owned(),
            (0, false) => "No stored observation meets the conditions.".to_owned(),
            _ => format!(
                "No observation of the named sources is comparable, so there is no market{}.",
                causes(facts)
            ),
        };
        let said = Said::error(format!("{text} Nothing here can be justified by comparison."));
        said.so("Loosen `where`, look at the near misses with `haggle benchmark --list`, or add a source.")
    })
}

/// Why observations that were found do not count, if some were found.
fn causes(facts: &Facts<'_>) -> String {
    let passed =
        facts.brief.excluded.iter().map(|e| format!("{} of `{}` {}", e.count, e.source, e.reason));
    let refused = said_by(facts, "S3.17").into_iter();
    let unmatched = facts.notes.unmatched.iter().map(|id| format!("`{id}` matches too little"));
    let all: Vec<String> = passed.chain(refused).chain(unmatched).collect();
    if all.is_empty() { String::new() } else { format!(": {}", all.join("; ")) }
}

fn idle(facts: &Facts<'_>) -> Vec<Said> {
    let said = said_by(facts, "S3.19").into_iter();
    said.map(|text| Said::warning(text).so("Check its conditions against the rows, or remove it."))
        .collect()
}

/// Days around the as-of date within which an exchange rate is of its time.
const RATE_DAYS: i32 = 90;

fn rates(facts: &Facts<'_>) -> Vec<Said> {
    let as_of = haggle_quantity::day_number(facts.brief.as_of);
    let used = |from: &str| facts.has(&format!("rate.{}", from.to_lowercase()));
    let odd = facts.deal.rates.iter().filter(|r| {
        let days = as_of - haggle_quantity::day_number(r.date);
        let used = used(r.from.as_str()) || used(r.to.as_str());
        used && !(0..=RATE_DAYS).contains(&days)
    });
    let say = |r: &haggle_quantity::Rate| {
        let text = format!(
            "The rate from {} to {} is of {}, and the report speaks for {}.",
            r.from, r.to, r.date, facts.brief.as_of
        );
        Said::warning(text).so("State the rate of the as-of date.")
    };
    odd.map(say).collect()
}

fn disagreement(facts: &Facts<'_>) -> Vec<Said> {
    let Some((spread, wide, apart)) = facts.notes.spread else { return Vec::new() };
    when(wide || apart, || {
        let meet = if apart { "; their intervals do not meet" } else { "" };
        let gravity = match spread > facts.settings.number("source_spread_error") {
            true => Gravity::Error,
            false => Gravity::Warning,
        };
        let far = match spread > 1.0 {
            true => format!("a factor of {:.1}", 1.0 + spread),
            false => format!("{:.0} %", 100.0 * spread),
        };
        Said::new(gravity, format!("The sources disagree: their medians lie {far} apart{meet}."))
            .resting_on(&["market.p50"])
            .so("Find out why before quoting either; never quote the composite as if it were one survey.")
    })
}

fn outliers(facts: &Facts<'_>) -> Vec<Said> {
    let n = facts.notes.flagged;
    when(n > 0, || {
        let rows = if n == 1 {
            "One comparable row does".to_owned()
        } else {
            format!("{n} comparable rows do")
        };
        Said::warning(format!("{rows} not sit with the others; listed below, and still counted."))
            .so("Look at them; leave one out only by a written `[[exclude]]`.")
    })
}

fn left_out(facts: &Facts<'_>) -> Vec<Said> {
    said_by(facts, "S3.16").into_iter().map(Said::info).collect()
}

fn refused(facts: &Facts<'_>) -> Vec<Said> {
    let mut all: Vec<Said> = said_by(facts, "S3.17").into_iter().map(Said::error).collect();
    for id in &facts.notes.unmatched {
        all.push(Said::warning(format!(
            "`{id}` is left out: too little of the job agrees (`match` below job_match_min)."
        )));
    }
    all
}

fn unconverted(facts: &Facts<'_>) -> Vec<Said> {
    let n = facts.notes.unconverted;
    when(n > 0, || {
        let rows = if n == 1 {
            "One observation was".to_owned()
        } else {
            format!("{n} observations were")
        };
        Said::warning(format!(
            "{rows} passed over: another currency or unit, and nothing in the deal converts it."
        ))
        .so("Add a dated `[[rate]]`, or narrow `where`.")
    })
}

fn silent(facts: &Facts<'_>) -> Vec<Said> {
    let said = said_by(facts, "S3.23").into_iter().filter(|_| facts.brief.market.is_some());
    let say = |text: String| {
        Said::warning(format!("{text}; the market rests on the others alone."))
            .so("Compare its `where` with what the file holds (`haggle inspect`), or remove the source.")
    };
    said.map(say).collect()
}

fn mixed(facts: &Facts<'_>) -> Vec<Said> {
    let entered = facts.brief.market.iter().flat_map(|market| &market.sources);
    let heads = entered.filter_map(|id| Some((id, facts.brief.sources.get(id)?)));
    let of = |(id, head): (&String, &crate::brief::SourceHead)| {
        (!head.bases.is_empty())
            .then(|| (format!("`{id}` {}", head.bases.join(" and ")), head.bases.clone()))
    };
    let (told, bases): (Vec<String>, Vec<Vec<String>>) = heads.filter_map(of).unzip();
    let different: std::collections::BTreeSet<String> = bases.into_iter().flatten().collect();
    when(different.len() > 1, || {
        Said::info(format!("The market mixes amounts of several bases: {}.", told.join(", ")))
            .so("Say with a figure what it is of (list, offered, paid ...); narrow `where` with `basis` to keep to one.")
    })
}
