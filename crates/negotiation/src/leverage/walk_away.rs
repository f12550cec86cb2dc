//! Step 5: be prepared to walk away, and prepared not to.

use super::{Facts, Rule, Said, when};
use crate::bargain::FindingCode as Code;
use crate::deal::Side;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "S5.1",
        step: 5,
        statement: "An offer worse than the walk-away is refused unless there are new facts.",
        test: "offer worse than walk_away",
        cites: &["J1", "J2"],
        judge: below,
    },
    Rule {
        id: "S5.2",
        step: 5,
        statement: "Where the walk-away itself is uncertain, the last ask keeps a distance from it, and an offer within that uncertainty is too close to call.",
        test: "last_ask bound by floor_confidence, or offer from walk_away to walk_away.better",
        cites: &["A2", "H1"],
        judge: uncertain,
    },
    Rule {
        id: "S5.4",
        step: 5,
        statement: "People split the difference: know where that ends; below the walk-away it is refused in advance.",
        test: "round.midpoint, else split_midpoint, against target and walk_away",
        cites: &["C11", "B4"],
        judge: split,
    },
    Rule {
        id: "S5.8",
        step: 5,
        statement: "Walk-away, target and opening stand in this order, and a target beyond the evidence is lowered to it.",
        test: "target = target.cap.evidence; stated.target worse than walk_away: error, or beyond market.edge.better: warning",
        cites: &["C1", "C2"],
        judge: evidence_cap,
    },
    Rule {
        id: "S5.9",
        step: 5,
        statement: "There is a best single, final figure; it is for the end, not for the opening.",
        test: "final_offer by best_final_offer, not beyond the target",
        cites: &["A21"],
        judge: final_offer,
    },
    Rule {
        id: "S5.11",
        step: 5,
        statement: "Without a market and without a belief there is no target.",
        test: "neither market nor belief",
        cites: &["C2", "A19"],
        judge: no_target,
    },
    Rule {
        id: "S5.12",
        step: 5,
        statement: "A target that they can hardly accept is lowered.",
        test: "target = target.cap.belief",
        cites: &["C2", "A7"],
        judge: belief_cap,
    },
    Rule {
        id: "S5.13",
        step: 5,
        statement: "A first figure beyond the market is used as it is, and answered with the market.",
        test: "their figure beyond market.edge.worse",
        cites: &["B14"],
        judge: beyond_market,
    },
    Rule {
        id: "S5.14",
        step: 5,
        statement: "An opening that they can hardly accept costs deals and goodwill, and is held back.",
        test: "anchor = anchor.cap.belief",
        cites: &["B1", "B9"],
        judge: opening_cap,
    },
    Rule {
        id: "S5.15",
        step: 5,
        statement: "An offer at or beyond the walk-away is the fallback: countering is worth a risk, leaving is not.",
        test: "offer at or beyond walk_away",
        cites: &["C12", "C13", "B15"],
        judge: acceptable,
    },
    Rule {
        id: "S5.16",
        step: 5,
        statement: "If their expected first figure is better than the target, let them open.",
        test: "counterpart.first_offer better than target",
        cites: &["B10"],
        judge: let_them_open,
    },
];

fn below(facts: &Facts<'_>) -> Vec<Said> {
    let distance = facts.value("offer.beyond_walk_away");
    when(distance.is_some_and(|d| d < 0.0), || {
        Said::warning(format!("Their offer of {} is worse than the walk-away of {}: refuse it unless new facts change the alternatives. Agreement for its own sake is a known trap.", facts.say("offer"), facts.say("walk_away")))
            .resting_on(&["offer", "walk_away", "offer.beyond_walk_away"])
            .so("Answer with the anchor and its evidence; decide with a second person before accepting less.")
    })
}

fn uncertain(facts: &Facts<'_>) -> Vec<Said> {
    let mut all = when(facts.raised(Code::S5_2), || {
        Said::info("The walk-away is uncertain, so the last ask keeps a distance from it.")
            .resting_on(&["last_ask", "walk_away", "walk_away.better"])
            .so("Learn more about the alternatives before the last round.")
    });
    all.extend(too_close(facts));
    all
}

/// An offer at or beyond R that R may yet pass once its inputs are known.
fn too_close(facts: &Facts<'_>) -> Option<Said> {
    let [offer, limit, better] =
        ["offer", "walk_away", "walk_away.better"].map(|id| facts.value(id));
    let sign = facts.deal.side.sign();
    let within = sign * (offer? - limit?) >= 0.0 && sign * (better? - offer?) > 0.0;
    within.then(|| {
        Said::warning(format!("Their offer of {} is too close to call: the walk-away is {} now, and could be {} once the uncertain inputs are known.", facts.say("offer"), facts.say("walk_away"), facts.say("walk_away.better")))
            .resting_on(&["offer", "walk_away", "walk_away.better"])
            .so("Find out first what your alternatives are worth; until then neither accept nor leave.")
    })
}

/// The middle of the last two figures; before any were exchanged, of the anchor and theirs.
fn split(facts: &Facts<'_>) -> Vec<Said> {
    let id = if facts.has("round.midpoint") { "round.midpoint" } else { "split_midpoint" };
    let Some(mid) = facts.value(id) else { return Vec::new() };
    let sign = facts.deal.side.sign();
    let beyond = |other: &str| facts.value(other).map(|it| sign * (mid - it));
    if beyond("walk_away").is_some_and(|d| d < 0.0) {
        let text = format!(
            "Splitting the difference would end at {}, worse than the walk-away.",
            facts.say(id)
        );
        return vec![
            Said::warning(text)
                .resting_on(&[id, "walk_away"])
                .so("Say early that a split is not on the table, and argue from the market."),
        ];
    }
    let Some(distance) = beyond("target") else { return Vec::new() };
    let near = 0.5 * facts.settings.number("precision") * libm::fabs(mid);
    let place = match distance {
        d if libm::fabs(d) <= near => "at the target",
        d if d > 0.0 => "better than the target",
        _ => "short of the target",
    };
    vec![
        Said::info(format!(
            "Expect a split of the difference at {}, {place} of {}.",
            facts.say(id),
            facts.say("target")
        ))
        .resting_on(&[id, "target", "anchor", "offer"])
        .so("Do not propose the split yourself; a step with a reason comes first."),
    ]
}

fn evidence_cap(facts: &Facts<'_>) -> Vec<Said> {
    let mut all = when(facts.raised(Code::S5_8), || {
        Said::info("The target was lowered to what the evidence carries.")
            .resting_on(&["target", "target.cap.evidence"])
    });
    all.extend(stated_target(facts));
    all
}

/// The target that the user states; the computed one rules.
fn stated_target(facts: &Facts<'_>) -> Option<Said> {
    let stated = facts.value("stated.target")?;
    let sign = facts.deal.side.sign();
    let beyond = |id: &str| facts.value(id).map(|it| sign * (stated - it));
    let said = facts.say("stated.target");
    if beyond("walk_away").is_some_and(|d| d < 0.0) {
        let text = format!(
            "The stated target of {said} is worse than the walk-away of {}: no deal would be better than reaching it.",
            facts.say("walk_away")
        );
        let action = "Correct the target, or the alternatives that the walk-away follows from.";
        return Some(Said::error(text).resting_on(&["stated.target", "walk_away"]).so(action));
    }
    beyond("market.edge.better").is_some_and(|d| d > 0.0).then(|| {
        Said::warning(format!("The stated target of {said} is not supported by the evidence, which ends at {}. The computed target of {} rules.", facts.say("market.edge.better"), facts.say("target")))
            .resting_on(&["stated.target", "market.edge.better", "target"])
            .so("Find evidence that reaches it, or lower it.")
    })
}

/// Only while it does not ask for more than the target: where a cap lowered the target, a last
/// figure beyond it could not be justified either.
fn final_offer(facts: &Facts<'_>) -> Vec<Said> {
    let (Some(last), Some(target)) = (facts.value("final_offer"), facts.value("target")) else {
        return Vec::new();
    };
    let within = match facts.deal.side {
        Side::Seller => last <= target,
        Side::Buyer => last >= target,
    };
    when(within, || {
        Said::info(format!(
            "If it comes to one single, final figure instead of steps: {}, accepted with a chance of {} if the belief is right.",
            facts.say("final_offer"),
            facts.say("final_offer.acceptance")
        ))
        .resting_on(&["final_offer", "final_offer.acceptance"])
    })
}

fn no_target(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S5_11), || {
        Said::error("There is neither a market nor a belief about them, so there is no target and no anchor.")
            .so("Add evidence, or what you believe they can give.")
    })
}

fn belief_cap(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S5_12), || {
        Said::info(
            "The target was lowered to what they can accept often enough, if the belief is right.",
        )
        .resting_on(&["target", "target.cap.belief"])
    })
}

fn beyond_market(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S5_13), || {
        Said::info("Their first figure lies beyond the market.")
            .resting_on(&["counterpart.first_offer", "offer", "market.edge.worse"])
            .so("Do not debate it: name the market and put your own figure beside it at once.")
    })
}

fn opening_cap(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S5_14), || {
        Said::info(format!("The opening is held back to where they may still accept it (chance {} given a zone): a bolder one costs deals and goodwill.", facts.say("anchor.chance_inside")))
            .resting_on(&["anchor", "anchor.raw", "anchor.cap.belief", "anchor.chance_inside"])
    })
}

fn acceptable(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S5_15), || {
        let pays = match facts.value("withdrawal_break_even") {
            Some(_) => format!(
                " A counter gains {} on average and pays while the chance that they withdraw stays below {}.",
                facts.say("counter_gain"),
                facts.say("withdrawal_break_even")
            ),
            None => String::new(),
        };
        Said::info(format!("Their offer of {} is at or beyond the walk-away: the fallback is to accept it, never to leave.{pays}", facts.say("offer")))
            .resting_on(&["offer", "walk_away", "counter_gain", "withdrawal_break_even"])
            .so("Counter once, with evidence; thank them for the offer first.")
    })
}

fn let_them_open(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::B10), || {
        Said::info("Their expected first figure is better than the target: let them open.")
            .resting_on(&["counterpart.first_offer", "target"])
    })
}
