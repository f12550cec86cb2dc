//! The five steps of leverage, in their words, each with what the rules found.

use super::{backup, finding, ladder, named, spoken};
use crate::inline::{Inline, Tone};
use crate::section::{Block, Item, heading, list, paragraph};
use haggle_negotiation::brief::{Brief, Question};
use haggle_negotiation::deal::{Interest, InterestKind};

/// Number, anchor and words of a step.
const STEPS: [(u8, &str, &str); 5] = [
    (1, "step-1", "1. Find out what the other side wants"),
    (2, "step-2", "2. Have a strong backup plan"),
    (3, "step-3", "3. Make yourself look attractive"),
    (4, "step-4", "4. Build rapport"),
    (5, "step-5", "5. Be prepared to walk away"),
];

/// All five.
pub(super) fn steps(brief: &Brief) -> Vec<Block> {
    STEPS.into_iter().flat_map(|(step, id, words)| section(brief, step, id, words)).collect()
}

fn section(brief: &Brief, step: u8, id: &'static str, words: &str) -> Vec<Block> {
    let mut blocks = vec![heading(2, id, words)];
    blocks.extend(findings(brief, step));
    match step {
        1 => {
            blocks.extend(interests(brief));
            blocks.extend(questions(brief));
        }
        2 => blocks.extend(backup::backup(brief)),
        5 => blocks.extend(ladder::leaving(brief)),
        _ => {}
    }
    if blocks.len() == 1 {
        blocks.push(paragraph("No rule has anything to say here."));
    }
    blocks
}

fn findings(brief: &Brief, step: u8) -> Option<Block> {
    list(brief.findings.iter().filter(|f| f.step == step).map(|f| finding(brief, f)).collect())
}

/// What they want, kind by kind, each with who said so.
fn interests(brief: &Brief) -> Vec<Block> {
    let of = |kind: InterestKind| brief.interests.iter().filter(move |it| it.kind == kind);
    let items = InterestKind::ALL.into_iter().flat_map(of).map(wanted).collect();
    match list(items) {
        Some(list) => vec![heading(3, "interests", "Their needs, wants and fears"), list],
        None => Vec::new(),
    }
}

fn wanted(it: &Interest) -> Item {
    let head = Inline::default().strong(it.kind.as_str()).text(": ").text(&it.text);
    let source = it.source.as_deref().unwrap_or("no source");
    Item { head, more: vec![Inline::default().muted(source)] }
}

fn questions(brief: &Brief) -> Vec<Block> {
    let items = brief.questions.iter().map(|question| ask(brief, question)).collect();
    match list(items) {
        Some(list) => vec![heading(3, "questions", "Questions, dearest first"), list],
        None => Vec::new(),
    }
}

/// A question with what its answer is worth.
fn ask(brief: &Brief, question: &Question) -> Item {
    let head = Inline::from(question.text.as_str());
    let worth = named(brief, &question.worth).map(|(id, figure)| {
        let value = spoken(id, figure, Tone::Strong);
        Inline::from("the answer is worth up to ").with(value).text(" to the plan")
    });
    let then = Inline::default().muted("then: ").text(&question.follow_up);
    let then = Some(then).filter(|_| !question.follow_up.is_empty());
    Item { head, more: worth.into_iter().chain(then).collect() }
}
