//! Step 4: build rapport: contact before numbers, wording that is true and keeps goodwill.

use super::{Facts, Rule, Said, when};
use crate::deal::{Relationship, Side};
use haggle_quantity::HOURS_PER_YEAR;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "S4.1",
        step: 4,
        statement: "Talk before numbers: in writing and without any contact before, an impasse is likelier.",
        test: "channel.medium in writing and channel.prior_contact = false",
        cites: &["E1", "E2", "E3"],
        judge: contact,
    },
    Rule {
        id: "S4.2",
        step: 4,
        statement: "What can hurt, or may fail, is talked over face to face.",
        test: "channel.medium in writing, and channel.sensitive = true, p_zopa < zopa_warn or offer worse than walk_away",
        cites: &["E4", "B19"],
        judge: faces,
    },
    Rule {
        id: "S4.3",
        step: 4,
        statement: "Their best case is written down first: their arguments, and what they do without a deal.",
        test: "entries of counterpart.argument >= perspective_arguments, and one of counterpart.alternative",
        cites: &["E6", "D11"],
        judge: perspective,
    },
    Rule {
        id: "S4.4",
        step: 4,
        statement: "Where the relationship lasts, an ambitious opening is softened in its words, not only in its number.",
        test: "counterpart.relationship = lasting, and anchor beyond market.p90 (a buyer: market.p10)",
        cites: &["B1", "B9"],
        judge: ambitious,
    },
    Rule {
        id: "S4.5",
        step: 4,
        statement: "With little leverage, an honest appeal and a reason do better than a bluff.",
        test: "leverage < leverage_low",
        cites: &["D8", "D10"],
        judge: low,
    },
    Rule {
        id: "S4.6",
        step: 4,
        statement: "With much leverage, pleas for sympathy and silence as pressure backfire.",
        test: "leverage > 1 - leverage_low",
        cites: &["D8", "C10"],
        judge: high,
    },
    Rule {
        id: "S4.7",
        step: 4,
        statement: "Whoever asks for pay, or for a fee that runs, explains why the request makes sense for the team; offered to everyone.",
        test: "side = seller and per a time",
        cites: &["B17"],
        judge: account,
    },
    Rule {
        id: "S4.8",
        step: 4,
        statement: "What is not said: the limit, what is not true, and a range that gives way.",
        test: "anchor",
        cites: &["B8", "D5", "D10"],
        judge: unsaid,
    },
];

fn written(facts: &Facts<'_>) -> Option<&'static str> {
    let medium = facts.deal.talks.channel.medium.filter(|medium| medium.is_written())?;
    Some(medium.as_str())
}

fn contact(facts: &Facts<'_>) -> Vec<Said> {
    let (Some(medium), Some(false)) = (written(facts), facts.deal.talks.channel.prior_contact)
    else {
        return Vec::new();
    };
    vec![
        Said::warning(format!("You negotiate by {medium} with people you have not talked to: have a short personal call before figures are exchanged. It makes failure less likely; it does not raise the price by itself."))
            .so("Ask about their work first; name the figure afterwards."),
    ]
}

fn faces(facts: &Facts<'_>) -> Vec<Said> {
    let Some(medium) = written(facts) else { return Vec::new() };
    let unlikely = facts.value("p_zopa").is_some_and(|p| p < facts.settings.number("zopa_warn"));
    let short = facts.value("offer.beyond_walk_away").is_some_and(|d| d < 0.0);
    let why = match (facts.deal.talks.channel.sensitive, unlikely, short) {
        (Some(true), ..) => "Part of this can hurt",
        (_, true, _) => "On present beliefs a deal is unlikely",
        (.., true) => "Their offer does not reach the walk-away",
        _ => return Vec::new(),
    };
    vec![
        Said::info(format!("{why}: settle that part face to face or by video, not by {medium}."))
            .resting_on(&["p_zopa", "offer.beyond_walk_away"])
            .so("Propose a meeting for it, and leave the rest in writing."),
    ]
}

fn perspective(facts: &Facts<'_>) -> Vec<Said> {
    if facts.plan.is_none() {
        return Vec::new();
    }
    let known = &facts.deal.talks.their_arguments;
    let wanted = facts.settings.number("perspective_arguments");
    let mut missing = Vec::new();
    if (known.len() as f64) < wanted {
        missing.push(format!("their best arguments ({} of {wanted:.0})", known.len()));
    }
    let exits: Vec<&str> =
        facts.deal.counterpart.alternatives.iter().map(|it| it.name.as_str()).collect();
    if exits.is_empty() {
        missing.push("what they do without a deal".to_owned());
    }
    let mut all = Vec::new();
    if !missing.is_empty() {
        all.push(
            Said::info(format!("Their best case is not written down yet; missing: {}. Taking their perspective finds deals that sympathy does not.", missing.join(", and ")))
                .so("Add `[[counterpart.argument]]` and `[[counterpart.alternative]]`, each in the words that they would use."),
        );
    }
    if !known.is_empty() {
        let texts: Vec<String> = known.iter().map(|text| format!("\"{text}\"")).collect();
        let exit = if exits.is_empty() {
            String::new()
        } else {
            format!(" Without a deal they have: {}.", exits.join(", "))
        };
        all.push(
            Said::info(format!("Their best case: {}.{exit}", texts.join("; ")))
                .so("Have an answer to each before the meeting, and say theirs before they do."),
        );
    }
    all
}

fn ambitious(facts: &Facts<'_>) -> Vec<Said> {
    let (edge, name) = match facts.deal.side {
        Side::Seller => ("market.p90", "P90"),
        Side::Buyer => ("market.p10", "P10"),
    };
    let sign = facts.deal.side.sign();
    let beyond =
        facts.value("anchor").zip(facts.value(edge)).is_some_and(|(o, p)| sign * (o - p) > 0.0);
    let lasting = facts.deal.talks.relationship == Some(Relationship::Lasting);
    when(beyond && lasting, || {
        Said::warning(format!("The opening of {} lies beyond the market's {name} of {}, and you will meet again: ambitious openings cost goodwill.", facts.say("anchor"), facts.say(edge)))
            .resting_on(&["anchor", edge])
            .so("Soften the words as well: say how you came to the figure, and that you are open to theirs.")
    })
}

fn low(facts: &Facts<'_>) -> Vec<Said> {
    let low = facts.settings.number("leverage_low");
    when(facts.value("leverage").is_some_and(|l| l < low), || {
        let surely = if undecided(facts) { "They probably need" } else { "They need" };
        Said::info(format!("{surely} the deal less than you do{}: state your constraint openly, with a reason, and do not bluff.", facts.on_belief()))
            .resting_on(&["leverage"])
            .so("Say what is true: what you need, and why it is fair by the evidence.")
    })
}

/// Whether the leverage may as well lie on the other side of balance.
fn undecided(facts: &Facts<'_>) -> bool {
    let interval = facts.brief.figures.get("leverage").and_then(|it| it.interval);
    let ends = interval.and_then(|it| it.low.zip(it.high));
    ends.is_some_and(|(low, high)| low < 0.5 && high > 0.5)
}

fn high(facts: &Facts<'_>) -> Vec<Said> {
    let low = facts.settings.number("leverage_low");
    when(facts.value("leverage").is_some_and(|l| l > 1.0 - low), || {
        let surely = if undecided(facts) { "You probably need" } else { "You need" };
        Said::info(format!("{surely} the deal less than they do{}: no plea for sympathy, no silence as pressure; both would look like manipulation.", facts.on_belief()))
            .resting_on(&["leverage"])
    })
}

fn account(facts: &Facts<'_>) -> Vec<Said> {
    let pay =
        facts.deal.side == Side::Seller && facts.deal.per.units_per_year(HOURS_PER_YEAR).is_some();
    when(facts.plan.is_some() && pay, || {
        Said::info("Say why the figure is right for them as well. For pay: what the market pays for this work, what your record has brought the team, and that you want to go on bringing it; for a service: what it has done for them, and what it will go on doing.")
            .so("One sentence of that kind before the figure, in your own words, and true.")
    })
}

fn unsaid(facts: &Facts<'_>) -> Vec<Said> {
    let range = match facts.deal.side {
        Side::Seller => "a range whose lower end is below the figure you want",
        Side::Buyer => "a range whose upper end is above the figure you want",
    };
    when(facts.has("anchor"), || {
        Said::info(format!("Do not say: your walk-away or a weak alternative; an offer, budget or deadline that does not exist; {range}."))
            .so("Where you will not answer, say so: \"I would rather not say\" is true and enough.")
    })
}
