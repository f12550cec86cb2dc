//! Step 2: have a strong backup plan.

use super::{Facts, Rule, Said, when};
use crate::bargain::FindingCode as Code;
use crate::brief::Brief;
use crate::deal::{Alternative, Role, Side, as_f64, slug};
use haggle_quantity::HOURS_PER_YEAR;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "S2.1",
        step: 2,
        statement: "The walk-away follows from the alternatives: the certainty equivalent of the best one that comes through.",
        test: "walk_away by reservation_value; the greatest alternative.NAME.probability.swing or .amount.swing is named",
        cites: &["A1", "A2", "A3", "A4", "H5"],
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
        statement: "One alternative is a thin backup; of several, the one with the best index is developed next, while what is certain, their offer among it, is worse than it.",
        test: "exactly one alternative with probability above 0; else the best alternative.NAME.index against the better of the best certain deal price and offer",
        cites: &["A5", "D1"],
        judge: single,
    },
    Rule {
        id: "S2.4",
        step: 2,
        statement: "An unsigned offer is no alternative at its face value.",
        test: "the best alternative, if it came through, has alternative.NAME.probability below 1, and its worth then - walk_away > phantom_gap * scale",
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
        id: "S2.6",
        step: 2,
        statement: "An alternative that is guessed from present pay or price hardly moves with the market; it needs a source.",
        test: "|alternative.NAME.amount - us.present| <= current_pay_copy * us.present, without source, and no income that runs anyway",
        cites: &["D9"],
        judge: copied,
    },
    Rule {
        id: "S2.7",
        step: 2,
        statement: "One more quote is worth its cost while quotes are few and differ.",
        test: "quote.saving > us.quote_cost, fewer than quote_cap quotes; a buyer's deal",
        cites: &["G9", "G10", "G11"],
        judge: next_quote,
    },
    Rule {
        id: "S2.8",
        step: 2,
        statement: "Leverage compares what each side loses without a deal; both needs and its interval belong beside it.",
        test: "leverage = leverage.need.theirs / (leverage.need + leverage.need.theirs)",
        cites: &["D2", "D3"],
        judge: leverage,
    },
    Rule {
        id: "S2.9",
        step: 2,
        statement: "A buyer's ceiling holds what leaving costs: the alternative's price and the cost of switching to it.",
        test: "an alternative of a buyer has a cost; the best of those is named with what its deal price is made of",
        cites: &["G16", "A1"],
        judge: switching,
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
        test: "leverage.need + leverage.need.theirs < leverage_min_stake * median",
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
    Rule {
        id: "S2.15",
        step: 2,
        statement: "How far an alternative moves the settlement depends on whether it is taken by leaving or runs while the talks do: a band of models, not one answer.",
        test: "settlement.deal_me_out (exits) and settlement.split_difference (income)",
        cites: &["A8", "A9", "A10"],
        judge: band,
    },
    Rule {
        id: "S2.16",
        step: 2,
        statement: "What is earned before an alternative starts belongs to its worth; unstated, it counts as nothing.",
        test: "side = seller and alternative.NAME.delay_days > 0, with neither us.idle_value nor alternative.NAME.interim_per_day stated, beside another alternative whose role is income",
        cites: &["A3"],
        judge: idle,
    },
    Rule {
        id: "S2.17",
        step: 2,
        statement: "A buyer's alternative that comes late looks cheaper by discounting alone; what the wait costs belongs to it.",
        test: "side = buyer, per no time, and alternative.NAME.delay_days > 0 without alternative.NAME.interim_per_day",
        cites: &["A3"],
        judge: late,
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
        let driver = driver(facts);
        let moves = driver.as_ref().map_or(String::new(), |(words, id)| {
            format!(" Most depends on {words}: {} between its ends.", facts.say(id))
        });
        let mut rests = vec!["walk_away", "walk_away.neutral", "walk_away.together"];
        rests.extend(driver.as_ref().map(|(_, id)| id.as_str()));
        Said::info(format!("The walk-away is {}{range}. It follows from the alternatives, not from hope or present figures.{moves}", facts.say("walk_away")))
            .resting_on(&rests)
    })
}

/// The input that moves the walk-away most, in words, and its figure.
fn driver(facts: &Facts<'_>) -> Option<(String, String)> {
    let swing = |it: &Alternative, what: &str, words: String| {
        let id = format!("alternative.{}.{what}.swing", slug(&it.name));
        facts.value(&id).map(|value| (value, words, id))
    };
    let each = facts.deal.alternatives.iter().flat_map(|it| {
        let chance = format!("whether \"{}\" comes through", it.name);
        let amount = format!("what \"{}\" is worth", it.name);
        [swing(it, "probability", chance), swing(it, "amount", amount)]
    });
    let moving = each.flatten().filter(|(value, _, _)| *value > 0.0);
    // The first of equals, so that the file's order decides nothing else.
    let most = moving.reduce(|most, it| if it.0 > most.0 { it } else { most })?;
    Some((most.1, most.2))
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
    if facts.raised(Code::S2_3) {
        return vec![
            Said::info("The walk-away rests on a single alternative.")
                .resting_on(&["walk_away"])
                .so("Develop a second one; a better alternative raises both the result and the share of it."),
        ];
    }
    develop(facts).into_iter().collect()
}

/// Which uncertain alternative to look into next, by its index (A5).
fn develop(facts: &Facts<'_>) -> Option<Said> {
    let search = facts.plan?.search.as_ref()?;
    let sign = facts.plan?.side.sign();
    let better = |one: f64, two: f64| sign * one > sign * two;
    let next = search
        .open
        .iter()
        .reduce(|best, it| if better(it.index, best.index) { it } else { best })?;
    let name = &facts.deal.alternatives.get(next.alternative)?.name;
    let id = format!("alternative.{}.index", slug(name));
    let offer = facts.value("offer").filter(|offer| better(*offer, search.in_hand));
    let in_hand = offer.unwrap_or(search.in_hand);
    let held = match offer {
        Some(offer) => format!("their offer of {}", Brief::amount(offer)),
        None => Brief::amount(in_hand),
    };
    let said = if better(next.index, in_hand) {
        Said::info(format!("Develop \"{name}\" next: looking into it pays while what is certain is worse than {}, and that is {held}.", facts.say(&id)))
            .so("Find out before the last round.")
    } else {
        Said::info(format!(
            "Nothing uncertain is worth developing at its cost: even \"{name}\" pays only while what is certain is worse than {}, and that is {held}.",
            facts.say(&id)
        ))
    };
    let said = said.resting_on(&[&id]);
    Some(if offer.is_some() { said.resting_on(&["offer"]) } else { said })
}

fn phantom(facts: &Facts<'_>) -> Vec<Said> {
    let best = best_alternative(facts).filter(|_| facts.raised(Code::S2_4));
    let say = |it: &Alternative| {
        let id = format!("alternative.{}.probability", slug(&it.name));
        Said::warning(format!("The best alternative, \"{}\", is not signed (chance {}); at its face value it would be worth much more than the walk-away that follows from its chance.", it.name, facts.say(&id)))
            .resting_on(&["walk_away", "walk_away.neutral", &id])
            .so("Get it signed, or do not count on it.")
    };
    best.map(say).into_iter().collect()
}

/// The alternative with the best deal price if it came through.
fn best_alternative<'a>(facts: &'a Facts<'_>) -> Option<&'a Alternative> {
    best_of(facts, |_| true)
}

/// The same among some; the last of equals, as the arithmetic has it.
fn best_of<'a>(
    facts: &'a Facts<'_>,
    among: impl Fn(&Alternative) -> bool,
) -> Option<&'a Alternative> {
    let sign = facts.plan?.side.sign();
    let price =
        |it: &Alternative| facts.value(&format!("alternative.{}.deal_price", slug(&it.name)));
    let some = facts.deal.alternatives.iter().filter(|it| among(it));
    let valued = some.filter_map(|it| Some((sign * price(it)?, it)));
    valued.reduce(|best, it| if it.0 >= best.0 { it } else { best }).map(|(_, it)| it)
}

fn copied(facts: &Facts<'_>) -> Vec<Said> {
    let Some(present) = facts.value("us.present") else { return Vec::new() };
    let near = facts.settings.number("current_pay_copy") * libm::fabs(present);
    let guess = |it: &&Alternative| {
        // An income that runs anyway is what is paid at present, and needs no other source.
        let own = it.source.is_none() && it.role != Some(Role::Income);
        let mode = it.amount.get(it.amount.len() / 2).copied().map(as_f64);
        own && mode.is_some_and(|amount| libm::fabs(amount - present) <= near)
    };
    let say = |it: &Alternative| {
        let id = format!("alternative.{}.amount", slug(&it.name));
        Said::warning(format!("\"{}\" at {} looks copied from the present {}: it has no source. Such guesses hardly move with the true market.", it.name, facts.say(&id), facts.say("us.present")))
            .resting_on(&[&id, "us.present"])
            .so("Find out what others would pay or charge, and give the alternative a `source`; if it is what runs anyway, its `role` is `income`.")
    };
    facts.deal.alternatives.iter().filter(guess).map(say).collect()
}

/// A seller's default: nothing comes in until an alternative starts (`numbers.md` section 3.1).
fn idle(facts: &Facts<'_>) -> Vec<Said> {
    let (us, all) = (&facts.deal.us, &facts.deal.alternatives);
    let flow = facts.deal.per.units_per_year(HOURS_PER_YEAR).is_some();
    if facts.plan.is_none() || facts.deal.side != Side::Seller || us.idle_value.is_some() || !flow {
        return Vec::new();
    }
    let waits = |it: &&Alternative| it.delay_days > 0.0 && it.interim_per_day.is_none();
    let say = |it: &Alternative| {
        let runs = |other: &&Alternative| other.role == Some(Role::Income) && other.name != it.name;
        let income = all.iter().find(runs)?;
        let id = |tail: &str| format!("alternative.{}.{tail}", slug(&it.name));
        let said = Said::warning(format!("\"{}\" starts after {} days and brings nothing before it starts: 0, none stated. If \"{}\" runs until then, that is too little, and so may the walk-away be.", it.name, it.delay_days, income.name))
            .resting_on(&[&id("delay_days"), &id("interim_per_day"), "us.idle_value", &id("deal_price")])
            .so("State `idle_value` under `[us]`, in the unit of the price, or `interim_per_day` of the alternative; 0 if nothing comes in.");
        Some(said)
    };
    all.iter().filter(waits).filter_map(say).collect()
}

fn late(facts: &Facts<'_>) -> Vec<Said> {
    let flow = facts.deal.per.units_per_year(HOURS_PER_YEAR).is_some();
    if facts.plan.is_none() || facts.deal.side != Side::Buyer || flow {
        return Vec::new();
    }
    let waits = |it: &&Alternative| it.delay_days > 0.0 && it.interim_per_day.is_none();
    let say = |it: &Alternative| {
        let id = |tail: &str| format!("alternative.{}.{tail}", slug(&it.name));
        Said::warning(format!("\"{}\" comes {} days later, and is paid for later: by that alone it looks cheaper, {}. What the wait costs is not stated and counts as 0.", it.name, it.delay_days, facts.say(&id("deal_price"))))
            .resting_on(&[&id("delay_days"), &id("deal_price")])
            .so("State `interim_per_day` of the alternative, below 0 for what a day of waiting costs.")
    };
    facts.deal.alternatives.iter().filter(waits).map(say).collect()
}

fn next_quote(facts: &Facts<'_>) -> Vec<Said> {
    let Some((saving, cost)) = facts.value("quote.saving").zip(facts.value("us.quote_cost")) else {
        return Vec::new();
    };
    when(saving > cost, || {
        Said::info(format!("Another quote should save about {} in all and costs {}: get it. It does so if quotes scatter as {}.", facts.say("quote.saving"), facts.say("us.quote_cost"), if facts.deal.rivals.is_some() { "these do" } else { "the market does" }))
            .resting_on(&["quote.saving", "us.quote_cost", "quote.count"])
            .so("Ask one more vendor before you concede anything.")
    })
}

fn switching(facts: &Facts<'_>) -> Vec<Said> {
    let dear =
        |it: &Alternative| it.probability > 0.0 && it.cost.is_some_and(|cost| as_f64(cost) > 0.0);
    let best = best_of(facts, dear).filter(|_| facts.deal.side == Side::Buyer);
    let Some(it) = best else { return Vec::new() };
    let id = |tail: &str| format!("alternative.{}.{tail}", slug(&it.name));
    let follows = match best_of(facts, |it| it.probability > 0.0) {
        Some(best) if best.name != it.name => {
            format!("The ceiling follows first from \"{}\".", best.name)
        }
        _ if it.probability < 1.0 => {
            "The ceiling follows from the latter and from what happens if it fails.".to_owned()
        }
        _ => "The ceiling follows from the latter.".to_owned(),
    };
    vec![
        Said::info(format!(
            "Leaving for \"{}\" is not {} but {} to you: {}. {follows}",
            it.name,
            facts.say(&id("amount")),
            facts.say(&id("deal_price")),
            parts(facts, it)
        ))
        .resting_on(&[
            &id("deal_price"),
            &id("amount"),
            &id("cost"),
            &id("advantage"),
            &id("delay_days"),
            "us.deal_cost",
            "units",
            "walk_away",
        ]),
    ]
}

/// What lies between an alternative's amount and its deal price.
fn parts(facts: &Facts<'_>, it: &Alternative) -> String {
    let id = |tail: &str| format!("alternative.{}.{tail}", slug(&it.name));
    let counts = |id: &str| facts.value(id).is_some_and(|value| value != 0.0);
    let named = [
        (id("cost"), "switching costs"),
        (id("advantage"), "what this deal has and it lacks is worth"),
        ("us.deal_cost".to_owned(), "this deal itself costs"),
        (id("interim_per_day"), "a day of waiting brings"),
        (id("parts_difference"), "what this deal brings beside its price is worth more by"),
    ];
    let said = named.into_iter().filter(|(id, _)| counts(id));
    let mut all: Vec<String> =
        said.map(|(id, what)| format!("{what} {}", facts.say(&id))).collect();
    if it.delay_days > 0.0 {
        all.push(format!("it starts after {} days", it.delay_days));
    }
    all.join(", ")
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
        let (text, action) = match facts.limit_is_stated() {
            true => (
                "The stated limit is far from the target. Set the opening from the market and keep the limit off the page.",
                "Keep the limit to yourself, and look for an alternative.",
            ),
            false => (
                "The alternative is weak against the target. Set the opening from the market and keep the walk-away off the page.",
                "Keep the alternative to yourself.",
            ),
        };
        Said::warning(text).resting_on(&["target", "walk_away"]).so(action)
    })
}

fn leverage(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.has("leverage"), || {
        let interval = facts.brief.figures.get("leverage").and_then(|f| f.interval);
        let range = interval
            .and_then(|i| i.low.zip(i.high))
            .map_or(String::new(), |(l, h)| format!(" ({l:.2} to {h:.2})"));
        let index = facts.value("leverage").map_or(String::new(), |l| format!("{l:.2}"));
        let quality = |id: &str| facts.has(id).then(|| facts.say(id));
        let both = quality("leverage.alternative").zip(quality("leverage.alternative.theirs"));
        let standing = both.map_or(String::new(), |(ours, theirs)| {
            format!(" Quality of the alternatives by the market: yours {ours}, theirs {theirs}.")
        });
        Said::info(format!(
            "Without a deal they lose {}{}, you lose {}: leverage {index}{range}, where 0.5 is balance.{standing}",
            facts.say("leverage.need.theirs"),
            facts.on_belief(),
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
        let (own, action) = match facts.limit_is_stated() {
            true => (
                "the limit that you state",
                "Find the alternative that carries the limit, or correct it.",
            ),
            false => (
                "your own alternative",
                "Ask for what the alternative lacks, or take the alternative.",
            ),
        };
        Said::info(format!("The middle of the market is worse for you than {own}: this deal must beat the market to be worth making."))
            .resting_on(&["need.ours", "walk_away", "market.median"])
            .so(action)
    })
}

fn out_of_reach(facts: &Facts<'_>) -> Vec<Said> {
    // A belief that is the market again cannot tell that they are unlike it.
    when(facts.raised(Code::S2_14) && !facts.raised(Code::S1_10), || {
        Said::warning(
            "The middle of the market is beyond what this counterpart is expected to reach.",
        )
        .resting_on(&["need.theirs", "belief.mean", "market.median"])
        .so("Find out what limits them, or look for another counterpart.")
    })
}

fn band(facts: &Facts<'_>) -> Vec<Said> {
    let Some(settlement) = facts.plan.and_then(|p| p.settlement) else { return Vec::new() };
    when(facts.has("settlement.deal_me_out"), || {
        let (exits, income) =
            (facts.say("settlement.deal_me_out"), facts.say("settlement.split_difference"));
        let roles: Vec<Option<Role>> = facts.deal.alternatives.iter().map(|it| it.role).collect();
        let both = roles.iter().all(Option::is_some) && !roles.is_empty();
        let read = match (settlement.role, both) {
            (Some(crate::bargain::Role::Exit), _) => " Yours are exits: read the first.",
            (Some(crate::bargain::Role::Income), _) => " Yours are income: read the second.",
            (None, true) => " Yours are of both kinds: read the band.",
            (None, false) => "",
        };
        let said = Said::info(format!("Models of bargaining settle at {exits} if alternatives are exits, at {income} if they are income while you talk.{read} References, not forecasts."))
            .resting_on(&["settlement.deal_me_out", "settlement.split_difference", "power", "walk_away"]);
        match unstated(facts, both) {
            Some(action) => said.so(action),
            None => said,
        }
    })
}

/// What would narrow the band.
fn unstated(facts: &Facts<'_>, roles: bool) -> Option<&'static str> {
    let costs = ["us.delay_cost_per_day", "counterpart.delay_cost_per_day"];
    if !roles && !facts.deal.alternatives.is_empty() {
        return Some("Say of each alternative whether its `role` is `exit` or `income`.");
    }
    let waiting = costs.iter().all(|id| facts.has(id));
    (!waiting).then_some(
        "State what a day of delay costs either side: it decides who gets more of the zone.",
    )
}
