//! Rules for a deal with one vendor of a tender: what other quotes, should-cost and index say.

use super::{Facts, Rule, Said, when};
use crate::quote::vendor::{ReferenceKind, Rivals};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "S1.13",
        step: 1,
        statement: "What a vendor's price holds is asked before figures are compared further.",
        test: "quote.open > 0",
        cites: &["G1", "G8", "E7"],
        judge: open,
    },
    Rule {
        id: "S2.18",
        step: 2,
        statement: "What one vendor alone can deliver is that vendor's leverage: it is negotiated apart, and a second source is looked for.",
        test: "quote.alone > 0, or a vendor's deal without another quote",
        cites: &["D2", "G15"],
        judge: alone,
    },
    Rule {
        id: "S2.19",
        step: 2,
        statement: "An alternative to the whole is no backup for a part of it.",
        test: "quote.set_aside > 0",
        cites: &["A1"],
        judge: set_aside,
    },
    Rule {
        id: "S3.25",
        step: 3,
        statement: "A price that has risen more than its index clause says is argued with the series by name.",
        test: "offer against quote.reference.index",
        cites: &["G14", "A19"],
        judge: index,
    },
    Rule {
        id: "S3.26",
        step: 3,
        statement: "A price above should-cost is asked about part by part.",
        test: "offer > quote.reference.should_cost",
        cites: &["G7", "A19"],
        judge: should_cost,
    },
    Rule {
        id: "S3.27",
        step: 3,
        statement: "Where other quotes are both the market and the alternatives, the same facts count twice.",
        test: "quote.reference.quotes without quote.reference.market",
        cites: &["A4"],
        judge: twice,
    },
];

/// The rivals of a deal with one vendor that is planned.
fn rivals<'a>(facts: &'a Facts<'_>) -> Option<&'a Rivals> {
    facts.plan?;
    facts.deal.rivals.as_ref()
}

fn open(facts: &Facts<'_>) -> Vec<Said> {
    let open = rivals(facts).map_or(&[][..], |it| &it.open);
    let Some(first) = open.first() else { return Vec::new() };
    let text = match open.len() {
        1 => format!("One question comes before the figures: {first}"),
        n => format!("{n} questions come before the figures, the first: {first}"),
    };
    vec![
        Said::warning(text)
            .resting_on(&["quote.open"])
            .so("Ask them in writing, and compare anew."),
    ]
}

fn alone(facts: &Facts<'_>) -> Vec<Said> {
    let Some(rivals) = rivals(facts) else { return Vec::new() };
    if rivals.quotes < 2 && facts.deal.alternatives.is_empty() {
        let text =
            format!("Nobody else can deliver these lines: the leverage is {}'s.", rivals.vendor);
        return vec![Said::warning(text).so(
            "Look for a second source, or change what is asked so that others can deliver it.",
        )];
    }
    when(!rivals.alone.is_empty(), || {
        let text = format!(
            "{} alone can deliver {}: there the leverage is theirs, and these lines are in no figure here.",
            rivals.vendor,
            rivals.alone.join(", ")
        );
        Said::warning(text)
            .resting_on(&["quote.alone"])
            .so("Settle the other lines first, and look for a second source of these.")
    })
}

fn set_aside(facts: &Facts<'_>) -> Vec<Said> {
    let names = rivals(facts).map_or(&[][..], |it| &it.set_aside);
    when(!names.is_empty(), || {
        let text = format!(
            "Not every item is negotiated here, so what is stated as an alternative to all of them is in no figure: {}.",
            names.join(", ")
        );
        Said::warning(text)
            .resting_on(&["quote.set_aside"])
            .so("State what it would cost for these lines alone as a `[[quote]]`, or weigh it against the whole award.")
    })
}

/// The figure of a reference, its basis, and how far the offer is beyond it.
fn beyond<'a>(facts: &'a Facts<'_>, kind: ReferenceKind) -> Option<(String, &'a str, f64)> {
    let reference = rivals(facts)?.references.iter().find(|it| it.kind == kind)?;
    let id = format!("quote.reference.{}", kind.as_str());
    let (offer, held) = (facts.value("offer")?, facts.value(&id)?);
    (held > 0.0).then(|| (id, reference.basis.as_str(), offer / held - 1.0))
}

fn index(facts: &Facts<'_>) -> Vec<Said> {
    let Some((id, basis, gap)) = beyond(facts, ReferenceKind::Index) else { return Vec::new() };
    let moved = facts.say(&id);
    let percent = format!("{:.1} %", 100.0 * libm::fabs(gap));
    let said = if gap > 0.0 {
        Said::info(format!("The last contract moved by its index comes to {moved} ({basis}); the quote is {percent} above that."))
            .so("Ask what else has risen; name series and months.")
    } else {
        Said::info(format!("The last contract moved by its index comes to {moved} ({basis}); the quote is {percent} below that, so the index argues for them."))
            .so("Leave the index out of the talks.")
    };
    vec![said.resting_on(&["offer", &id])]
}

fn should_cost(facts: &Facts<'_>) -> Vec<Said> {
    let found = beyond(facts, ReferenceKind::ShouldCost).filter(|(_, _, gap)| *gap > 0.0);
    let say = |(id, basis, gap): (String, &str, f64)| {
        let (cost, percent) = (facts.say(&id), 100.0 * gap);
        Said::info(format!("The quote is {percent:.1} % above should-cost of {cost} ({basis})."))
            .resting_on(&["offer", &id])
            .so("Ask for their breakdown and question the part that differs most.")
    };
    found.map(say).into_iter().collect()
}

fn twice(facts: &Facts<'_>) -> Vec<Said> {
    let both = facts.has("quote.reference.quotes") && !facts.has("quote.reference.market");
    when(rivals(facts).is_some() && both && facts.brief.market.is_some(), || {
        Said::info("Other vendors' quotes are both the market and the alternatives here: the same facts count twice, and say nothing of prices outside this tender.")
            .resting_on(&["quote.reference.quotes"])
            .so("Name market evidence for the items (`market` in `[[item]]`) where there is some.")
    })
}
