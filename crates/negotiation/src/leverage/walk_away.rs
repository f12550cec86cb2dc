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
        test: "target = target.cap.evidence; stated.target worse than walk_away or better than anchor: error, or beyond market.edge.better: warning",
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
        test: "offer at or beyond walk_away; a counter pays while the chance of losing the offer is below withdrawal_break_even, and always if the offer is not better than walk_away.neutral; if it is worse than walk_away.better, S5.2 comes first; no counter is advised while withdrawal_break_even < counter_break_even",
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
        Said::warning(format!("Their offer of {} is worse than the walk-away of {}: refuse it unless new facts change the alternatives. Agreement for its own sake is a known trap.", facts.say("offer"), facts.limit()))
            .resting_on(&["offer", "walk_away", "offer.beyond_walk_away"])
            .so(if facts.has("anchor") {
                "Answer with the anchor and its evidence; decide with a second person before you accept it."
            } else {
                "Say what would have to change for a deal; no anchor follows from these figures. Decide with a second person before you accept it."
            })
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

/// Whether their offer is at or beyond R, and R may yet pass it once its inputs are known.
fn is_close(facts: &Facts<'_>) -> bool {
    let all = ["offer", "walk_away", "walk_away.better"].map(|id| facts.value(id));
    let [Some(offer), Some(limit), Some(better)] = all else { return false };
    let sign = facts.deal.side.sign();
    sign * (offer - limit) >= 0.0 && sign * (better - offer) > 0.0
}

fn too_close(facts: &Facts<'_>) -> Option<Said> {
    is_close(facts).then(|| {
        Said::warning(format!("Their offer of {} is too close to call: the walk-away is {} now, and could be {} once the uncertain inputs are known.", facts.say("offer"), facts.limit(), facts.say("walk_away.better")))
            .resting_on(&["offer", "walk_away", "walk_away.better"])
            .so("Find out first what your alternatives are worth; until then neither accept nor leave.")
    })
}

/// The middle of the last two figures; before any were exchanged, of the anchor and theirs.
fn split(facts: &Facts<'_>) -> Vec<Said> {
    let id = if facts.has("round.midpoint") { "round.midpoint" } else { "split_midpoint" };
    let Some(mid) = facts.shown(id) else { return Vec::new() };
    let sign = facts.deal.side.sign();
    let beyond = |other: &str| facts.shown(other).map(|it| sign * (mid - it));
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
    let (place, action) = match distance {
        d if libm::fabs(d) <= near => ("at the target", WAIT),
        d if d > 0.0 => ("better than the target", TAKE),
        _ => ("short of the target", WAIT),
    };
    vec![
        Said::info(format!(
            "Expect a split of the difference at {}, {place} of {}.",
            facts.say(id),
            facts.say("target")
        ))
        .resting_on(&[id, "target", "anchor", "offer"])
        .so(action),
    ]
}

/// What to do about a split that does not pass the target.
const WAIT: &str = "Leave it to them to propose the split; a step with a reason comes first.";

/// What to do about one that does.
const TAKE: &str = "Take the split if they propose it; a step below it would give away more.";

fn evidence_cap(facts: &Facts<'_>) -> Vec<Said> {
    let mut all = when(facts.raised(Code::S5_8), || {
        Said::info("The target was lowered to what the evidence carries.")
            .resting_on(&["target", "target.cap.evidence"])
    });
    all.extend(stated_target(facts));
    all
}

/// The target that the user states; the computed one rules.
fn stated_target(facts: &Facts<'_>) -> Vec<Said> {
    let Some(stated) = facts.value("stated.target") else { return Vec::new() };
    let sign = facts.deal.side.sign();
    let beyond = |id: &str| facts.shown(id).map(|it| sign * (stated - it));
    let said = facts.say("stated.target");
    if beyond("walk_away").is_some_and(|d| d < 0.0) {
        let text = format!(
            "The stated target of {said} is worse than the walk-away of {}: no deal would be better than reaching it.",
            facts.say("walk_away")
        );
        let action = "Correct the target, or the alternatives that the walk-away follows from.";
        return vec![Said::error(text).resting_on(&["stated.target", "walk_away"]).so(action)];
    }
    let rules = match facts.has("target") {
        true => format!(" The computed target of {} rules.", facts.say("target")),
        false => String::new(),
    };
    let mut all = when(beyond("anchor").is_some_and(|d| d > 0.0), || {
        Said::error(format!("The stated target of {said} lies beyond the anchor of {}, and nobody gives more than is asked for.{rules}", facts.say("anchor")))
            .resting_on(&["stated.target", "anchor", "target"])
            .so("Lower it to what the opening can reach, or find what carries a bolder opening.")
    });
    all.extend(when(beyond("market.edge.better").is_some_and(|d| d > 0.0), || {
        Said::warning(format!("The stated target of {said} is not supported by the evidence, which ends at {}.{rules}", facts.say("market.edge.better")))
            .resting_on(&["stated.target", "market.edge.better", "target"])
            .so("Find evidence that reaches it, or lower it.")
    }));
    all
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
            .so("Name the market and put your own figure beside it at once, without debating theirs.")
    })
}

fn opening_cap(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S5_14), || {
        let chance = match facts.has("anchor.chance_inside") {
            true => format!(
                " (chance {} given a zone, if the belief is right)",
                facts.say("anchor.chance_inside")
            ),
            false => String::new(),
        };
        Said::info(format!("The opening is held back to where they may still accept it{chance}: a bolder one costs deals and goodwill."))
            .resting_on(&["anchor", "anchor.raw", "anchor.cap.belief", "anchor.chance_inside"])
    })
}

/// Whether a counter gains something, and not only while they hardly ever withdraw.
pub(crate) fn pays(facts: &Facts<'_>) -> bool {
    let gains = facts.value("counter_gain").is_some_and(|gain| gain > 0.0);
    let least = facts.settings.number("counter_break_even");
    gains && facts.value("withdrawal_break_even").is_none_or(|chance| chance >= least)
}

fn acceptable(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S5_15), || {
        let (offer, limit) = (facts.say("offer"), facts.limit());
        let close = is_close(facts);
        let then = match close {
            true => {
                "leaving is no answer, and whether to accept it waits until the walk-away is known better (S5.2)"
            }
            false => "the fallback is to accept it, never to leave",
        };
        let said = Said::info(format!("Their offer of {offer} is at or beyond the walk-away of {limit}: {then}.{}", counter(facts)))
            .resting_on(&["offer", "walk_away", "walk_away.neutral", "counter_gain", "withdrawal_break_even"])
            .so(match (pays(facts), close) {
                (true, false) if !facts.has("market.p50") => "Counter once, with a reason; thank them for the offer first.",
                (true, false) => "Counter once, with evidence; thank them for the offer first.",
                (true, true) => "Thank them, ask for time, and find out what the alternatives are worth; if they press, counter once, with a reason.",
                (false, false) => "Thank them for the offer, and accept it, or ask for what is not in the price.",
                (false, true) => "Thank them, ask for time, and find out what the alternatives are worth.",
            });
        // B15 is about candidates, who sell.
        match facts.deal.side {
            Side::Seller => said,
            Side::Buyer => said.citing(&["C12", "C13"]),
        }
    })
}

/// What a counter gains, and up to which danger of losing the offer it pays. An offer that is no
/// better than the alternatives on average can be lost at no cost.
fn counter(facts: &Facts<'_>) -> String {
    let Some(gain) = facts.value("counter_gain") else { return String::new() };
    if gain <= 0.0 {
        return " No target is better than it, so a counter gains nothing.".to_owned();
    }
    let gains =
        format!(" A counter gains {} on average if the belief is right", facts.say("counter_gain"));
    let sign = facts.deal.side.sign();
    let lost = facts.value("offer").zip(facts.value("walk_away.neutral"));
    match lost.map(|(offer, neutral)| sign * (offer - neutral)) {
        Some(loss) if loss > 0.0 => format!(
            "{gains} and pays while the chance that they withdraw stays below {}.",
            facts.say("withdrawal_break_even")
        ),
        _ => format!(
            "{gains} and always pays: on average the alternatives are worth as much as the offer."
        ),
    }
}

fn let_them_open(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::B10), || {
        Said::info("Their expected first figure is better than the target: let them open.")
            .resting_on(&["counterpart.first_offer", "target"])
    })
}
