//! Step 4: build rapport: contact before numbers, wording that is true and keeps goodwill.

use super::{Facts, Rule, Said, when};
use crate::deal::Side;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "S4.1",
        step: 4,
        statement: "Talk before numbers: a short personal contact makes an impasse less likely, above all in writing.",
        test: "an opening figure exists",
        cites: &["E1", "E2", "E3"],
        judge: contact,
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
        statement: "Explain why the request makes sense for both; offered to everyone.",
        test: "always",
        cites: &["B17", "E6"],
        judge: account,
    },
];

fn contact(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.has("anchor"), || {
        Said::info("Have a short personal call before figures are exchanged in writing. It makes failure less likely; it does not raise the price by itself.")
            .so("Ask about their work first; name the figure afterwards.")
    })
}

fn low(facts: &Facts<'_>) -> Vec<Said> {
    let low = facts.settings.number("leverage_low");
    when(facts.value("leverage").is_some_and(|l| l < low), || {
        Said::info("They need the deal less than you do: state your constraint openly, with a reason, and do not bluff.")
            .resting_on(&["leverage"])
            .so("Say what is true: what you need, and why it is fair by the evidence.")
    })
}

fn high(facts: &Facts<'_>) -> Vec<Said> {
    let low = facts.settings.number("leverage_low");
    when(facts.value("leverage").is_some_and(|l| l > 1.0 - low), || {
        Said::info("You need the deal less than they do: no plea for sympathy, no silence as pressure; both would look like manipulation.")
            .resting_on(&["leverage"])
    })
}

fn account(facts: &Facts<'_>) -> Vec<Said> {
    if facts.plan.is_none() {
        return Vec::new();
    }
    let text = match facts.deal.side {
        Side::Seller => {
            "Say why the figure is right for them as well: what the market pays for this work, and what your record has brought."
        }
        Side::Buyer => {
            "Name your true constraint before you criticise their offer: a budget that ends somewhere is believed, disparagement is resented."
        }
    };
    vec![Said::info(text).so("Write down their best case first; taking their perspective finds deals that sympathy does not.")]
}
