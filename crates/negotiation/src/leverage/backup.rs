//! Step 2: have a strong backup plan.

use super::{Facts, Rule, Said, when};
use crate::bargain::FindingCode as Code;
use crate::brief::Brief;
use crate::deal::Side;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "S2.1",
        step: 2,
        statement: "The walk-away follows from the alternatives: the certainty equivalent of the best one that comes through.",
        test: "walk_away by reservation_value",
        cites: &["A1", "A2", "A3", "A4"],
        judge: walk_away,
    },
    Rule {
        id: "S2.2",
        step: 2,
        statement: "A stated limit that does not follow from the alternatives is challenged; the computed one rules.",
        test: "|stated.walk_away - walk_away| > limit_gap * |walk_away|",
        cites: &["A1", "C3"],
        judge: stated_limit,
    },
    Rule {
        id: "S2.3",
        step: 2,
        statement: "One alternative is a thin backup.",
        test: "exactly one alternative with probability above 0",
        cites: &["A5", "D1"],
        judge: single,
    },
    Rule {
        id: "S2.4",
        step: 2,
        statement: "An unsigned offer is no alternative at its face value.",
        test: "worth of the best uncertain alternative if it came through - walk_away > phantom_gap * scale",
        cites: &["A2", "D6"],
        judge: phantom,
    },
    Rule {
        id: "S2.5",
        step: 2,
        statement: "A weak alternative pulls an opening down; keep it off the page when the opening is set.",
        test: "(target - walk_away) / target > weak_batna_gap",
        cites: &["D5", "C1"],
        judge: weak,
    },
    Rule {
        id: "S2.8",
        step: 2,
        statement: "Leverage compares what each side loses without a deal; both needs and its interval belong beside it.",
        test: "leverage = need.theirs / (need.ours + need.theirs)",
        cites: &["D2", "D3"],
        judge: leverage,
    },
    Rule {
        id: "S2.10",
        step: 2,
        statement: "Without an alternative there is no walk-away that anyone could check.",
        test: "no alternative",
        cites: &["A1", "C3"],
        judge: none,
    },
    Rule {
        id: "S2.11",
        step: 2,
        statement: "Alternatives that may all fail need a fallback.",
        test: "no alternative with probability 1",
        cites: &["A4"],
        judge: all_uncertain,
    },
    Rule {
        id: "S2.12",
        step: 2,
        statement: "Where neither side loses by walking, there is no leverage to speak of.",
        test: "need_me + need_ot < leverage_min_stake * median",
        cites: &["D3"],
        judge: no_stake,
    },
    Rule {
        id: "S2.13",
        step: 2,
        statement: "Where the market is worse than the alternative, the deal itself is in question.",
        test: "need.ours < -need_negligible * median",
        cites: &["D3"],
        judge: market_worse,
    },
    Rule {
        id: "S2.14",
        step: 2,
        statement: "Where the market price is beyond their expected reach, this counterpart is the wrong one for it.",
        test: "need.theirs < 0",
        cites: &["D3"],
        judge: out_of_reach,
    },
];

fn walk_away(facts: &Facts<'_>) -> Vec<Said> {
    let computed =
        facts.has("walk_away") && !facts.raised(Code::S2_10) && !facts.raised(Code::S2_11);
    when(computed, || {
        let interval = facts.brief.figures.get("walk_away").and_then(|f| f.interval);
        let range =
            interval.and_then(|i| i.low.zip(i.high)).map_or(String::new(), |(low, high)| {
                format!(
                    ", and could be {} to {} once the uncertain inputs are known",
                    Brief::amount(low),
                    Brief::amount(high)
                )
            });
        Said::info(format!("The walk-away is {}{range}. It follows from the alternatives, not from hope or present figures.", facts.say("walk_away")))
            .resting_on(&["walk_away", "walk_away.neutral", "walk_away.together"])
    })
}

fn stated_limit(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S2_2), || {
        let (stated, computed) = (facts.say("stated.walk_away"), facts.say("walk_away"));
        Said::warning(format!("The stated limit of {stated} does not follow from the alternatives, which give {computed}. The computed one rules."))
            .resting_on(&["stated.walk_away", "walk_away"])
            .so("Correct the alternatives or drop the stated limit.")
    })
}

fn single(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S2_3), || {
        Said::info("The walk-away rests on a single alternative.")
            .resting_on(&["walk_away"])
            .so("Develop a second one; a better alternative raises both the result and the share of it.")
    })
}

fn phantom(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S2_4), || {
        Said::warning("The best alternative is not signed; at its face value it would be worth much more than the walk-away that follows from its chance.")
            .resting_on(&["walk_away", "walk_away.neutral"])
            .so("Get it signed, or do not count on it.")
    })
}

fn weak(facts: &Facts<'_>) -> Vec<Said> {
    let (Some(target), Some(limit)) = (facts.value("target"), facts.value("walk_away")) else {
        return Vec::new();
    };
    let gap = match facts.deal.side {
        Side::Seller => target - limit,
        Side::Buyer => limit - target,
    };
    when(gap > facts.settings.number("weak_batna_gap") * libm::fabs(target), || {
        Said::warning("The alternative is weak against the target. Set the opening from the market and keep the walk-away off the page.")
            .resting_on(&["target", "walk_away"])
            .so("Do not volunteer the alternative.")
    })
}

fn leverage(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.has("leverage"), || {
        let interval = facts.brief.figures.get("leverage").and_then(|f| f.interval);
        let range = interval
            .and_then(|i| i.low.zip(i.high))
            .map_or(String::new(), |(l, h)| format!(" ({l:.2} to {h:.2})"));
        let index = facts.value("leverage").map_or(String::new(), |l| format!("{l:.2}"));
        let standing = facts.value("leverage.alternative").map_or(String::new(), |share| {
            format!(" Your alternatives stand at P{:.0} of the market.", 100.0 * share)
        });
        Said::info(format!(
            "Without a deal they lose {}, you lose {}: leverage {index}{range}, where 0.5 is balance.{standing}",
            facts.say("leverage.need.theirs"),
            facts.say("leverage.need"),
        ))
        .resting_on(&["leverage", "leverage.need", "leverage.need.theirs", "leverage.alternative", "leverage.alternative.theirs"])
    })
}

fn none(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S2_10), || {
        let text = if facts.has("walk_away") {
            "There is no alternative: the walk-away is the stated limit, an assumption that nobody can check."
        } else {
            "There is no alternative and no stated limit: there is no walk-away, and so nothing says when to leave."
        };
        Said::warning(text)
            .resting_on(&["walk_away"])
            .so("Add what you do if this fails, as an `[[alternative]]`.")
    })
}

fn all_uncertain(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S2_11), || {
        Said::warning("Every alternative can fail, and nothing says what happens if all of them do: no walk-away follows.")
            .so("Add what you do if all fail, with `probability = 1.0`.")
    })
}

fn no_stake(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S2_12), || {
        Said::info("Neither side loses much by walking, so there is no leverage index.")
            .resting_on(&["leverage.need", "leverage.need.theirs"])
    })
}

fn market_worse(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S2_13), || {
        Said::info("The middle of the market is worse for you than your own alternative: this deal must beat the market to be worth making.")
            .resting_on(&["need.ours", "walk_away", "market.median"])
            .so("Ask for what the alternative lacks, or take the alternative.")
    })
}

fn out_of_reach(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S2_14), || {
        Said::warning(
            "The middle of the market is beyond what this counterpart is expected to reach.",
        )
        .resting_on(&["need.theirs", "belief.mean", "market.median"])
        .so("Find out what limits them, or look for another counterpart.")
    })
}
