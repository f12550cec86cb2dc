//! Step 3, what comes beside the price: offers are compared by everything that they bring (F16).

use super::{Facts, Rule, Said, when};
use crate::brief::Gravity;
use crate::deal::slug;

pub(super) const RULES: &[Rule] = &[Rule {
    id: "S3.22",
    step: 3,
    statement: "What comes beside the price counts: offers are compared by everything that they bring, over the same time.",
    test: "part or alternative.part is stated: offer.total against each alternative.NAME.total; illiquidity, from illiquidity_low to illiquidity_high",
    cites: &["F16"],
    judge: parts,
}];

/// One of those that are compared.
struct Whole {
    name: String,
    /// Its figure.
    id: String,
    /// Whether nothing is stated beside its price.
    is_bare: bool,
}

fn wholes(facts: &Facts<'_>) -> Vec<Whole> {
    let deal = facts.deal;
    let offer = Whole {
        name: "their offer".to_owned(),
        id: "offer.total".to_owned(),
        is_bare: deal.parts.is_empty(),
    };
    let alternatives = deal.alternatives.iter().map(|it| Whole {
        name: format!("\"{}\"", it.name),
        id: format!("alternative.{}.total", slug(&it.name)),
        is_bare: it.parts.is_empty(),
    });
    std::iter::once(offer).chain(alternatives).filter(|it| facts.has(&it.id)).collect()
}

fn parts(facts: &Facts<'_>) -> Vec<Said> {
    let wholes = wholes(facts);
    let told = |it: &Whole| Some(format!("{} {}", it.name, facts.brief.spoken(&it.id)?));
    let totals: Vec<String> = wholes.iter().filter_map(told).collect();
    let bare: Vec<&str> =
        wholes.iter().filter(|it| it.is_bare).map(|it| it.name.as_str()).collect();
    let gravity = if bare.is_empty() { Gravity::Info } else { Gravity::Warning };
    let missing = match bare.as_slice() {
        [] => String::new(),
        some => {
            format!(" Beside the price of {} nothing is stated: it counts as 0.", some.join(", "))
        }
    };
    let range = match facts.has("parameter.illiquidity") {
        true => " What cannot be sold counts less, and has a low and a high end.",
        false => "",
    };
    let ids: Vec<&str> = wholes.iter().map(|it| it.id.as_str()).collect();
    when(!totals.is_empty(), || {
        let text = format!("With all that they bring: {}.{range}{missing}", totals.join("; "));
        Said::new(gravity, text)
            .resting_on(&ids)
            .so("Have each part in writing: what was paid out in the last years, when it vests, and what lapses on leaving.")
    })
}
