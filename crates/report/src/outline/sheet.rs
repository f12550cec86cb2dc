//! One page for the room: what to open with and how to say it, the arguments, the questions, the
//! steps down. The walk-away is not on it (D5).

use super::{action, find, named, opening, rungs};
use crate::inline::Inline;
use crate::number;
use crate::section::{Block, Item, Table, heading, list, paragraph};
use haggle_negotiation::brief::{Brief, EvidenceSet, Finding};
use haggle_negotiation::figure::Figure;

/// What stands where there is no opening.
const UNTOLD: &str = "No opening can be given: the report says why.";

/// Most arguments, and most questions.
const MOST: [usize; 2] = [3, 5];

/// The talking sheet.
pub(super) fn sheet(brief: &Brief) -> Vec<Block> {
    let mut blocks = vec![heading(1, "top", &brief.deal.title), opening::subtitle(brief)];
    blocks.extend(opening::what_if(brief));
    blocks.extend(open_with(brief));
    let title = match brief.own_terms {
        None => "Arguments from the market",
        Some(_) => "What to say, in this order",
    };
    blocks.extend(section("arguments", title, arguments(brief)));
    blocks.extend(section("questions", "Ask, then listen", questions(brief)));
    blocks.extend(trade(brief));
    blocks.extend(section("wording", "In these words, on this footing", wording(brief)));
    blocks.push(paragraph(Inline::default().muted(
        "Yours alone: do not hand it over. Your walk-away is not on it; know it by heart.",
    )));
    blocks
}

fn section(id: &'static str, title: &str, items: Vec<Item>) -> Vec<Block> {
    let title = heading(2, id, title);
    list(items).into_iter().flat_map(|list| [title.clone(), list]).collect()
}

fn item(head: Inline) -> Item {
    Item { head, more: Vec::new() }
}

fn open_with(brief: &Brief) -> Vec<Block> {
    let asked = opening::asked(brief);
    let title = heading(2, "open", if asked { "You have asked for" } else { "Open with" });
    if let Some(own) = &brief.own_terms {
        let words = own.proposal.as_deref();
        return vec![title, words.map_or_else(|| paragraph(UNTOLD), said)];
    }
    let Some((id, figure)) = find(brief, brief.headline.anchor.as_ref()) else {
        return vec![title, paragraph(UNTOLD)];
    };
    let spoken = number::spoken(id, figure);
    if asked {
        return vec![title, paragraph(Inline::default().strong(&spoken).text("."))];
    }
    let line = Inline::default().strong(&spoken).text(". Say: \"I would like ").text(&spoken);
    let argued = opening::unsettled(brief).is_none() && opening::market_sentence(brief).is_some();
    let reason = if argued { ". Let me show you what that rests on.\"" } else { ".\"" };
    vec![title, paragraph(line.text(reason))]
}

/// A proposal in their terms, as it is spoken.
fn said(words: &str) -> Block {
    paragraph(
        Inline::default().strong(words).text(". Say: \"I would like ").text(words).text(".\""),
    )
}

/// The market in a sentence, where their offer stands in it, and single cells to point at.
fn arguments(brief: &Brief) -> Vec<Item> {
    if let Some(own) = &brief.own_terms {
        let said = own.arguments.iter().map(|it| Inline::from(it.as_str()));
        return said.take(MOST[0]).map(item).collect();
    }
    if let Some(open) = opening::unsettled(brief) {
        let text = format!("Quote nothing of the market before {} is settled.", open.rule);
        return vec![item(Inline::default().strong(&text))];
    }
    let passed = brief.market.as_ref().is_some_and(|market| opening::outdone(market, "p50"));
    let offer = named(brief, "offer.percentile").filter(|_| !passed).map(|(id, figure)| {
        let share = number::spoken(id, figure);
        Inline::from("Your offer: ").strong(&share).text(" of the market is at or below it.")
    });
    let market = opening::market_sentence(brief);
    let all = market.into_iter().chain(offer).chain(if passed { Vec::new() } else { cells(brief) });
    all.take(MOST[0]).map(item).collect()
}

/// The median of each source with the cell it stands in, or the number of rows behind it.
fn cells(brief: &Brief) -> Vec<Inline> {
    let sources = brief.market.iter().flat_map(|market| &market.sources);
    sources.filter_map(|id| cell(brief, id)).collect()
}

fn cell(brief: &Brief, source: &str) -> Option<Inline> {
    let median = format!("{source}.p50");
    let (id, figure) = named(brief, &median)?;
    let head = brief.sources.get(source)?;
    let date = head.dated().map_or(String::new(), |date| format!(" ({date})"));
    let line = Inline::from(format!("{}{date}: median ", head.name));
    let line = line.strong(&number::spoken(id, figure));
    Some(match evidence(brief, figure) {
        Some(set) => line.text(", ").with(found(set)).text("."),
        None => line.text("."),
    })
}

/// The evidence of a source's percentile: its own, or that of the cell it is made from.
fn evidence<'a>(brief: &'a Brief, figure: &Figure) -> Option<&'a EvidenceSet> {
    let cell = figure.inputs.iter().find(|(name, _)| name == "cell");
    let cell = cell.and_then(|(_, id)| brief.figures.get(id)?.evidence.as_ref());
    brief.evidence.get(figure.evidence.as_ref().or(cell)?)
}

/// One cell by its place and what stands there; several by their number and file.
fn found(set: &EvidenceSet) -> Inline {
    match set.first.as_slice() {
        [one] if set.n == 1 => {
            let stated =
                format!("from {} {}/{} in ", number::grouped(&one.amount), one.currency, one.per);
            Inline::from(stated).code(&format!("{}:{}", set.file, one.place))
        }
        _ => Inline::from(format!("{} rows of ", number::count(set.n))).code(&set.file),
    }
}

/// What to ask them, each with the open question behind it.
fn questions(brief: &Brief) -> Vec<Item> {
    let asked = brief.questions.iter().filter(|question| question.about_them).take(MOST[1]);
    let both = asked.map(|question| {
        let more = vec![Inline::from(format!("then: {}", question.follow_up))];
        Item { head: question.text.as_str().into(), more }
    });
    both.collect()
}

/// The steps down, each with room for what it is traded against.
fn trade(brief: &Brief) -> Vec<Block> {
    let mut table = Table::new("Steps", &["step", "#say", "in return for"]);
    for (i, (label, words)) in steps(brief).into_iter().enumerate() {
        let say = Inline::default().strong(&words);
        let here = if opening::asked(brief) { "you are here" } else { "you open here" };
        let back = if i == 0 { here } else { "____________________" };
        table.row(vec![label.into(), say, back.into()]);
    }
    let Some(table) = table.block() else { return Vec::new() };
    let words = "Never a step without one from them (C7). Before you go in, write down what each \
                 step is traded against.";
    vec![heading(2, "trade", "Trade, step by step"), paragraph(words), table]
}

/// The asks in their order, each with its words.
fn steps(brief: &Brief) -> Vec<(String, String)> {
    if let Some(own) = &brief.own_terms {
        let first = own.proposal.iter().map(|it| ("opening".to_owned(), it.clone()));
        return first.chain(own.steps.iter().cloned()).collect();
    }
    let rungs = rungs(brief).into_iter();
    rungs.map(|(id, figure)| (figure.label.clone(), number::spoken(id, figure))).collect()
}

/// What the rules of step 4 advise, without what tells the limit or is to be done to the deal file.
fn wording(brief: &Brief) -> Vec<Item> {
    const AT_HOME: &str = "S4.3";
    let told = brief.findings.iter().filter(|f| f.step == 4 && f.rule != AT_HOME);
    let spoken = told.filter(|f| f.action.is_some() && !opening::tells_limit(brief, f));
    let line = |f: &Finding| Item { head: f.text.as_str().into(), more: action(f) };
    spoken.take(MOST[1]).map(line).collect()
}
