//! Step 1: find out what the other side wants.

use super::{Facts, Rule, Said, when};
use crate::bargain::FindingCode as Code;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "S1.1",
        step: 1,
        statement: "Ask first what is worth most to the plan; a question whose answer changes nothing is left out.",
        test: "question.N.worth > 0, sorted",
        cites: &["H1", "H2", "H3"],
        judge: ask_first,
    },
    Rule {
        id: "S1.4",
        step: 1,
        statement: "A belief about the other side that has no source is guesswork and is said to be.",
        test: "counterpart.limit without source",
        cites: &["E8", "D11"],
        judge: unsourced,
    },
    Rule {
        id: "S1.6",
        step: 1,
        statement: "Where a deal is unlikely on present beliefs, check them before investing more.",
        test: "p_zopa < zopa_warn",
        cites: &["A7"],
        judge: unlikely,
    },
    Rule {
        id: "S1.9",
        step: 1,
        statement: "An offer beyond what they were believed able to give shows the belief wrong; it slides.",
        test: "offer beyond belief.high",
        cites: &["A7", "D11"],
        judge: slid,
    },
    Rule {
        id: "S1.10",
        step: 1,
        statement: "Where nothing is known of them, the middle of the market stands in for their walk-away.",
        test: "neither counterpart.limit nor complete counterpart.alternative",
        cites: &["E8", "H6"],
        judge: nothing_known,
    },
    Rule {
        id: "S1.11",
        step: 1,
        statement: "Where the walk-away lies beyond everything they are believed able to give, there is no zone.",
        test: "walk_away at or beyond belief.high (a buyer: belief.low)",
        cites: &["A7", "A20"],
        judge: no_zone,
    },
    Rule {
        id: "S1.12",
        step: 1,
        statement: "Alternatives of theirs that may all fail say nothing about their walk-away and are ignored.",
        test: "no counterpart.alternative with probability 1",
        cites: &["A4"],
        judge: incomplete,
    },
];

fn ask_first(facts: &Facts<'_>) -> Vec<Said> {
    let Some(first) = facts.brief.questions.first() else { return Vec::new() };
    let worth = facts.say(&first.worth);
    vec![
        Said::info(format!(
            "Ask first: {} Knowing it is worth up to {worth} to the plan.",
            first.text
        ))
        .resting_on(&[&first.worth])
        .so("Put the questions in this order, and one open follow-up behind each."),
    ]
}

fn unsourced(facts: &Facts<'_>) -> Vec<Said> {
    let limit = facts.deal.counterpart.limit.as_ref();
    when(limit.is_some_and(|l| l.source.is_none()), || {
        Said::warning("What they are believed able to give has no source: everything that rests on it is guesswork.")
            .resting_on(&["belief.mode", "target", "anchor"])
            .so("Write down who said so and when, or ask.")
    })
}

fn unlikely(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S1_6), || {
        let chance = facts.say("p_zopa");
        Said::warning(format!("A deal is unlikely on present beliefs: the chance of a zone is {chance} if the belief is right."))
            .resting_on(&["p_zopa", "walk_away", "belief.mode"])
            .so("Check what they can give before investing more time.")
    })
}

fn slid(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S1_9), || {
        let offer = facts.say("offer");
        Said::warning(format!("Their offer of {offer} lies beyond what they were believed able to give, so the belief was wrong and has moved to it."))
            .resting_on(&["offer", "belief.low", "belief.high"])
            .so("Find out what the belief missed before answering.")
    })
}

fn nothing_known(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S1_10), || {
        Said::warning("Nothing is known of their walk-away: the middle of the market, moved to your record, stands in for it.")
            .resting_on(&["belief.low", "belief.mode", "belief.high"])
            .so("Ask what limits them, and add `[counterpart.limit]` with a source.")
    })
}

fn no_zone(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S1_11), || {
        let (limit, reach) = (facts.say("walk_away"), facts.say("belief.mode"));
        Said::error(format!("On these beliefs there is no zone of agreement: the walk-away is {limit}, they are believed able to go to about {reach}."))
            .resting_on(&["walk_away", "belief.low", "belief.mode", "belief.high"])
            .so("Leave, change the scope of the deal, or find out that the belief is wrong; no target follows from these figures.")
    })
}

fn incomplete(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S1_12), || {
        Said::warning("Their alternatives may all fail, so they say nothing about their walk-away and are ignored.")
            .so("Add what they do if all of them fail, with `probability = 1.0`.")
    })
}
