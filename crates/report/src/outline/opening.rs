//! The first screen: what is grave, what to ask for, what to say with it, what to do first.

use super::{action, find, finding, gravity, spoken};
use crate::inline::{Inline, Tone};
use crate::number;
use crate::section::{Block, Card, Item, heading, list, paragraph};
use haggle_negotiation::brief::{Brief, Finding, Gravity, MarketHead};
use haggle_negotiation::deal::Side;
use std::collections::BTreeSet;

/// Most actions that the first screen lists.
const FIRST_ACTIONS: usize = 4;

/// Side and day, errors, target and anchor, what to say and do.
pub(super) fn opening(brief: &Brief) -> Vec<Block> {
    let mut blocks = vec![subtitle(brief)];
    blocks.extend(what_if(brief));
    blocks.extend(errors(brief));
    blocks.push(heading(2, "ask", "Target and anchor"));
    blocks.extend(unasked(brief));
    blocks.extend(cards(brief));
    blocks.extend(say(brief));
    blocks.extend(first_actions(brief));
    blocks
}

pub(super) fn subtitle(brief: &Brief) -> Block {
    let deal = &brief.deal;
    let side = match deal.side {
        Side::Seller => "seller (wants more)",
        Side::Buyer => "buyer (wants less)",
    };
    let unit = format!("{} {}", deal.currency, number::per_words(&deal.per));
    paragraph(format!("{side}, {unit}, as of {}", brief.as_of))
}

/// The settings that the deal file does not hold.
pub(super) fn what_if(brief: &Brief) -> Option<Block> {
    let set = &brief.deal.what_if;
    let line = Inline::default().strong("What if: ");
    (!set.is_empty())
        .then(|| paragraph(line.text(&set.join(", ")).text(". The deal file says otherwise.")))
}

/// The gravest findings, with whatever tells the limit held back for its own place (D5).
fn errors(brief: &Brief) -> Vec<Block> {
    let grave = brief.findings.iter().filter(|f| f.gravity == Gravity::Error);
    let items: Vec<Item> = grave.map(|f| error(brief, f)).collect();
    let Some(list) = list(items) else { return Vec::new() };
    vec![heading(2, "first", "Settle this first"), list]
}

fn error(brief: &Brief, found: &Finding) -> Item {
    if tells_limit(brief, found) {
        let text = format!(
            "something about your own limit is not in order; step {} says what",
            found.step
        );
        let head = gravity(found).text(&text);
        return Item { head, more: vec![Inline::default().muted(found.rule)] };
    }
    finding(brief, found)
}

/// Whether a finding would put walk-away, leverage or the zone on the first screen.
pub(super) fn tells_limit(brief: &Brief, found: &Finding) -> bool {
    let private = ["walk_away", "leverage", "p_zopa", "alternative.", "reservation", "need_"];
    let starts = |id: &String| private.iter().any(|p| id.starts_with(p));
    found.step == 2 || found.figures.iter().any(starts) || says_walk_away(brief, found)
}

/// Whether the walk-away stands in the words of a finding.
fn says_walk_away(brief: &Brief, found: &Finding) -> bool {
    let Some((id, figure)) = find(brief, brief.headline.walk_away.as_ref()) else { return false };
    let bare = number::bare(id, figure.value, &figure.unit);
    let printed = figure.printed.clone().unwrap_or_else(|| bare.clone());
    let forms = [number::grouped(&printed), printed, bare];
    let words = [Some(&found.text), found.action.as_ref()];
    words.into_iter().flatten().any(|text| forms.iter().any(|form| text.contains(form.as_str())))
}

/// That nothing can be asked for, if so.
fn unasked(brief: &Brief) -> Option<Block> {
    let head = &brief.headline;
    let none = "No target and no anchor: the findings say why.";
    (head.anchor.is_none() && head.target.is_none())
        .then(|| paragraph(Inline::default().strong(none)))
}

fn cards(brief: &Brief) -> Option<Block> {
    let head = &brief.headline;
    let all = [
        (
            "anchor",
            &head.anchor,
            match (asked(brief), &brief.own_terms) {
                (true, _) => "what you asked last",
                (false, None) => "open with this",
                (false, Some(_)) => "open with this, like for like: not what you say",
            },
        ),
        ("target", &head.target, "aim for this"),
        ("offer", &head.offer, verdict(brief)),
    ];
    let card = |(name, id, note): (&'static str, &Option<String>, &str)| {
        let (id, figure) = find(brief, id.as_ref())?;
        Some(Card { name, value: spoken(id, figure, Tone::Strong), note: note.to_owned() })
    };
    let cards: Vec<Card> = all.into_iter().filter_map(card).collect();
    (!cards.is_empty()).then_some(Block::Cards(cards))
}

/// Whether we have named a figure already, so that there is no opening any more.
pub(super) fn asked(brief: &Brief) -> bool {
    let anchor = find(brief, brief.headline.anchor.as_ref());
    anchor.is_some_and(|(_, figure)| figure.inputs.iter().any(|(name, _)| name == "asked"))
}

/// What to make of their offer, without the number that decides it (D5).
fn verdict(brief: &Brief) -> &'static str {
    let told = |rule: &str| brief.findings.iter().find(|f| f.rule == rule);
    let counter = |found: &Finding| found.action.iter().any(|it| it.starts_with("Counter"));
    match (told("S5.15"), told("S5.1"), brief.deal.side) {
        (Some(found), ..) if counter(found) => {
            "what they offer: counter, and do not leave over it; see step 5"
        }
        (Some(_), ..) => "what they offer: do not leave over it; see step 5",
        (_, Some(_), Side::Seller) => "what they offer: not enough; see step 5",
        (_, Some(_), Side::Buyer) => "what they ask: too much; see step 5",
        (.., Side::Seller) => "what they offer",
        (.., Side::Buyer) => "what they ask",
    }
}

/// A sentence from the market that goes with the opening; nothing without a median, and nothing
/// that a grave finding forbids to quote.
fn say(brief: &Brief) -> Option<Block> {
    brief.headline.anchor.as_ref()?;
    if let Some(own) = &brief.own_terms {
        let words = own.proposal.as_ref()?;
        let line = Inline::default().strong("Say: ").text("\"I would like ").text(words);
        return Some(paragraph(line.text(".\" What to say for it stands below.")));
    }
    if let Some(open) = unsettled(brief) {
        let text = format!("nothing of the market before {} is settled.", open.rule);
        return Some(paragraph(Inline::default().strong("Say: ").text(&text)));
    }
    if let Some(sentence) = market_sentence(brief) {
        return Some(paragraph(Inline::default().strong("Say: ").with(sentence)));
    }
    let text = "nothing of the market: their offer has passed what it would argue for.";
    let passed = brief.market.as_ref().is_some_and(|market| outdone(market, "p50"));
    passed.then(|| paragraph(Inline::default().strong("Say: ").text(text)))
}

/// Whether their offer has reached a percentile, so that it is not to be quoted.
pub(super) fn outdone(market: &MarketHead, name: &str) -> bool {
    market.outdone.iter().any(|it| it == name)
}

/// Sources, what was done to them, median, and the quartile on our side. Where the other side has
/// terms of its own, costs of ours are in the market, and it is nothing to say.
pub(super) fn market_sentence(brief: &Brief) -> Option<Inline> {
    let market = brief.market.as_ref().filter(|_| brief.own_terms.is_none())?;
    let quartile = if brief.deal.side == Side::Seller { "p75" } else { "p25" };
    let point = |name: &str, words: &str| {
        let id = &market.percentiles.iter().find(|(p, _)| p == name)?.1;
        let figure = brief.figures.get(id)?;
        Some(spoken(id, figure, Tone::Plain).text(&format!(" {words}")))
    };
    let points = [
        ("p50", "in the middle".to_owned()),
        (quartile, format!("at {}", ordinal(quartile, market))),
    ];
    let points = points.iter().filter(|(name, _)| !outdone(market, name));
    let points: Vec<Inline> = points.filter_map(|(name, words)| point(name, words)).collect();
    if points.is_empty() {
        return None;
    }
    let named = format!("{}{}: ", named_sources(brief), made_of(brief, market));
    Some(Inline::from(named).with(crate::inline::join(points, ", ")).text("."))
}

/// What was done between the sources and the figure: whoever quotes it must be able to say so.
fn made_of(brief: &Brief, market: &MarketHead) -> String {
    let combined = if market.sources.len() > 1 { ", weighted together" } else { "" };
    let kinds: BTreeSet<&str> = brief.adjustments.iter().map(|a| a.kind).collect();
    let done = kinds.into_iter().map(|kind| match kind {
        "ageing" => format!(", aged to {}", brief.as_of),
        "currency" => format!(", converted to {}", brief.deal.currency),
        "hours" => format!(", converted to {}", number::per_words(&brief.deal.per)),
        _ => ", adjusted to the place".to_owned(),
    });
    done.fold(combined.to_owned(), |text, step| text + &step)
}

/// A grave finding about the evidence: a number under it is not to be quoted.
pub(super) fn unsettled(brief: &Brief) -> Option<&Finding> {
    brief.findings.iter().find(|f| f.gravity == Gravity::Error && f.step == 3)
}

/// A composite is never called a percentile.
fn ordinal(percentile: &str, market: &MarketHead) -> String {
    let name = percentile.to_uppercase();
    if market.sources.len() > 1 { format!("their {name}, combined") } else { name }
}

/// The sources by name and date, as they would be cited across a table.
fn named_sources(brief: &Brief) -> String {
    let ids = brief.market.iter().flat_map(|market| &market.sources);
    let cite = |id: &String| {
        let source = brief.sources.get(id)?;
        let date = source.dated().map_or(String::new(), |date| format!(" ({date})"));
        Some(format!("{}{date}", source.name))
    };
    let all: Vec<String> = ids.filter_map(cite).collect();
    if all.is_empty() { "the market".to_owned() } else { all.join(" and ") }
}

/// What the findings about the ask advise, gravest first.
fn first_actions(brief: &Brief) -> Option<Block> {
    let about_ask = |f: &&Finding| {
        let ask = [&brief.headline.target, &brief.headline.anchor, &brief.headline.offer];
        let told = f.gravity == Gravity::Error || tells_limit(brief, f);
        !told && f.figures.iter().any(|id| ask.iter().any(|a| a.as_ref() == Some(id)))
    };
    let line = |f: &Finding| {
        let head = action(f).into_iter().next()?;
        Some(Item { head: head.muted(&format!(" ({})", f.rule)), more: Vec::new() })
    };
    list(brief.findings.iter().filter(about_ask).filter_map(line).take(FIRST_ACTIONS).collect())
}
