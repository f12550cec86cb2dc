//! Step 5: be prepared to walk away: the talks so far, the deadline, and what was decided before.

use super::{Facts, Rule, Said, when};
use crate::bargain::FindingCode as Code;
use crate::deal::{Answer, Binds, Side, as_f64};
use haggle_quantity::Date;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "S5.3",
        step: 5,
        statement: "Leaving over an acceptable offer costs what it is worth beyond the walk-away; many feasible deals die this way.",
        test: "stated.answer = walk and offer.beyond_walk_away at least 0",
        cites: &["C12", "C13"],
        judge: leaving,
    },
    Rule {
        id: "S5.5",
        step: 5,
        statement: "Steps shrink and are returned; growing or unreturned ones invite waiting.",
        test: "a step between the entries of round.ours larger than the one before, or conceded.ours > concession_imbalance * conceded.theirs",
        cites: &["C6", "C7"],
        judge: concessions,
    },
    Rule {
        id: "S5.6",
        step: 5,
        statement: "A deadline that binds both is told; one that only costs us is not.",
        test: "deadline.date, deadline.binds",
        cites: &["C9"],
        judge: deadline,
    },
    Rule {
        id: "S5.7",
        step: 5,
        statement: "A limit that moves after an offer and without a new fact is looked at by a second person.",
        test: "stated.history.walk_away differs from the one before or from stated.walk_away, without stated.history.fact or stated.fact, after an offer or round.theirs",
        cites: &["J2", "C3"],
        judge: moved,
    },
    Rule {
        id: "S5.17",
        step: 5,
        statement: "An opening that almost surely lies beyond their limit may end the talks.",
        test: "anchor.chance_inside < opening_insult_note",
        cites: &["B1", "B9"],
        judge: insult,
    },
    Rule {
        id: "S5.18",
        step: 5,
        statement: "What we have asked for stands: the plan goes on from there, and asking for less than walk-away or offer ends it.",
        test: "the last round.ours is where the ladder begins, and bounds target and last_ask; worse than base: error",
        cites: &["C6", "C7"],
        judge: asked,
    },
];

fn leaving(facts: &Facts<'_>) -> Vec<Said> {
    let gain = facts.value("offer.beyond_walk_away");
    let walk = facts.deal.talks.answer == Some(Answer::Walk);
    when(walk && gain.is_some_and(|d| d >= 0.0), || {
        Said::warning(format!("Leaving now would cost {}: their offer of {} is at or beyond the walk-away of {}. Many deals that suit both sides die this way.", facts.say("offer.beyond_walk_away"), facts.say("offer"), facts.limit()))
            .resting_on(&["offer.beyond_walk_away", "offer", "walk_away"])
            .so("Counter or accept; leave only for a reason that no figure here holds, and write it down.")
    })
}

fn concessions(facts: &Facts<'_>) -> Vec<Said> {
    let mut all = growing(facts);
    let Some(ours) = facts.value("conceded.ours") else { return all };
    // One figure of theirs to which they have kept is a concession of nothing.
    let kept = facts.deal.talks.theirs().len() == 1;
    let Some(theirs) = facts.value("conceded.theirs").or(kept.then_some(0.0)) else { return all };
    let limit = facts.settings.number("concession_imbalance");
    if ours > 0.0 && ours > limit * theirs {
        all.push(
            Said::warning(format!(
                "Your concessions are not returned: you have given {}, they have given {}.",
                facts.say("conceded.ours"),
                if kept { "nothing".to_owned() } else { facts.say("conceded.theirs") }
            ))
            .resting_on(&["conceded.ours", "conceded.theirs"])
            .so("Give nothing more without a return: name the next step and what you want for it."),
        );
    }
    all
}

/// The last step that is larger than the one before it.
fn growing(facts: &Facts<'_>) -> Vec<Said> {
    let sign = facts.deal.side.sign();
    let ours = facts.deal.talks.ours();
    let steps: Vec<f64> = ours.windows(2).map(|w| sign * (w[0] - w[1])).collect();
    let grown = steps.windows(2).rev().find(|w| w[0] > 0.0 && w[1] > w[0]);
    let Some(&[before, after]) = grown else { return Vec::new() };
    let amount = |step: f64| crate::brief::Brief::amount(step);
    vec![
        Said::warning(format!(
            "Your steps are growing: {} after {}. That says that waiting pays.",
            amount(after),
            amount(before)
        ))
        .resting_on(&["conceded.ours"])
        .so("Make the next step smaller than the last, and tie it to a return."),
    ]
}

fn deadline(facts: &Facts<'_>) -> Vec<Said> {
    let (Some(deadline), Some(days)) = (facts.deal.talks.deadline, facts.value("deadline.days"))
    else {
        return Vec::new();
    };
    let date = deadline.date;
    let said = match (days < 0.0, deadline.binds) {
        (true, _) => Said::warning(format!("The deadline of {date} has passed."))
            .so("Settle with them whether there is a new one before any figure is named."),
        (_, Binds::Both) => Said::info(format!("The deadline of {date} binds both: tell them early. A deadline that both know speeds their concessions as well as yours."))
            .so("Say it as a fact with its reason, not as a threat."),
        (_, Binds::Us) => Said::info(format!("The deadline of {date} is yours alone: it costs only you, so keep it to yourself."))
            .so("Move it, or make waiting cheaper, before the talks; never name one that does not exist."),
    };
    vec![said.resting_on(&["deadline.days"])]
}

/// One change of the limit without a fact.
struct Move {
    from: String,
    to: String,
    date: Date,
}

fn moved(facts: &Facts<'_>) -> Vec<Said> {
    let Some(first_offer) = first_offer(facts) else { return Vec::new() };
    let after = moves(facts).into_iter().filter(|m| first_offer.is_none_or(|day| m.date >= day));
    let say = |m: Move| {
        let unknown = if first_offer.is_none() {
            " The deal file does not say when their offer came; if it was before that day, look again."
        } else {
            ""
        };
        Said::warning(format!("The limit moved from {} to {} by {} while an offer was on the table, and no new fact is named.{unknown}", m.from, m.to, m.date))
            .resting_on(&["stated.walk_away", "walk_away"])
            .so("Name the fact (`fact = \"...\"`), or go back to the earlier limit; decide it with a second person.")
    };
    after.map(say).collect()
}

/// Whether there is an offer, and the day of the first one if any is dated.
fn first_offer(facts: &Facts<'_>) -> Option<Option<Date>> {
    let (offer, rounds) = (&facts.deal.offer, &facts.deal.talks.rounds);
    let theirs = rounds.iter().filter(|round| round.theirs.is_some());
    let exists = offer.is_some() || theirs.clone().next().is_some();
    let dates = theirs.filter_map(|round| round.date);
    exists.then(|| dates.chain(offer.as_ref().and_then(|o| o.date)).min())
}

/// Changes from one stated limit to the next, the present one included, that name no fact.
fn moves(facts: &Facts<'_>) -> Vec<Move> {
    let (deal, talks) = (facts.deal, &facts.deal.talks);
    let now = deal.stated_walk_away.map(|limit| (limit, deal.as_of, talks.fact.as_ref()));
    let stated = talks.history.iter().map(|it| (it.walk_away, it.date, it.fact.as_ref()));
    let all: Vec<_> = stated.chain(now).collect();
    let silent = all.windows(2).filter(|w| w[0].0 != w[1].0 && w[1].2.is_none());
    let amount = |a| crate::brief::Brief::amount(as_f64(a));
    silent.map(|w| Move { from: amount(w[0].0), to: amount(w[1].0), date: w[1].1 }).collect()
}

fn insult(facts: &Facts<'_>) -> Vec<Said> {
    let limit = facts.settings.number("opening_insult_note");
    when(facts.value("anchor.chance_inside").is_some_and(|chance| chance < limit), || {
        let word = if facts.deal.side == Side::Seller { "lower" } else { "higher" };
        Said::warning(format!("The opening of {} lies almost surely beyond their limit (chance that it does not: {} given a zone, if the belief is right): those with little power walk away from such openings.", facts.say("anchor"), facts.say("anchor.chance_inside")))
            .resting_on(&["anchor", "anchor.chance_inside"])
            .so(format!("Open {word}, or say with the figure that you are open to theirs."))
    })
}

fn asked(facts: &Facts<'_>) -> Vec<Said> {
    let Some(asked) = facts.deal.talks.ours().last().copied() else { return Vec::new() };
    let amount = crate::brief::Brief::amount(asked);
    if !facts.raised(Code::S5_18) {
        return when(facts.has("anchor"), || {
            Said::info(format!("You have asked for {amount}: this is no opening any more. The steps go down from there, and nothing better is asked again."))
                .resting_on(&["anchor", "target", "last_ask"])
        });
    }
    let worse =
        |id: &str| facts.value(id).is_some_and(|it| facts.deal.side.sign() * (asked - it) < 0.0);
    let (than, so) = match (worse("walk_away"), worse("offer")) {
        (true, _) => (
            "your walk-away",
            "Take the figure back before they accept it, with the reason; the walk-away moves only with a new fact.",
        ),
        _ => ("their offer", "Their offer is better than what you asked for: accept it."),
    };
    vec![
        Said::error(format!(
            "You have asked for {amount}, which is worse than {than}: nothing is left to aim for."
        ))
        .resting_on(&["walk_away", "offer"])
        .so(so),
    ]
}
