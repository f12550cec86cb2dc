//! Step 1: find out what the other side wants.

use super::{Facts, Rule, Said, when};
use crate::bargain::{BeliefSource, FindingCode as Code};
use crate::deal::{Deal, Event, InterestKind, Side, slug};

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
        id: "S1.2",
        step: 1,
        statement: "Needs, wants and fears of theirs are written down; an empty list is named with what it hides.",
        test: "no counterpart.interest of a kind: need, want, fear",
        cites: &["D2", "E6"],
        judge: interests,
    },
    Rule {
        id: "S1.4",
        step: 1,
        statement: "A belief about the other side that has no source is guesswork and is said to be.",
        test: "counterpart.limit, counterpart.alternative or counterpart.interest without source; a warning if their share > unsourced_max or the limit in use is one",
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
        id: "S1.7",
        step: 1,
        statement: "Where both sides forecast an event differently, a term that depends on it is worth something to both.",
        test: "event.NAME.gain = |ours - theirs| * stake > event.NAME.cost",
        cites: &["A16"],
        judge: forecasts,
    },
    Rule {
        id: "S1.8",
        step: 1,
        statement: "Each question has an open follow-up behind it: it builds liking and depth.",
        test: "a question is asked",
        cites: &["E7"],
        judge: follow_up,
    },
    Rule {
        id: "S1.9",
        step: 1,
        statement: "An offer beyond what they were believed able to give shows the belief wrong; it slides.",
        test: "offer above belief.before_offer (a buyer: below it), the end of the belief before the offer moved it",
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
    let first = facts.brief.questions.first().map(|first| {
        let worth = facts.say(&first.worth);
        let said = Said::info(format!(
            "Ask first: {} Knowing it is worth up to {worth} to the plan.",
            first.text
        ));
        said.resting_on(&[&first.worth]).so("Put the questions below in this order.")
    });
    first.into_iter().chain(idle(facts)).collect()
}

/// What is not worth asking for the plan.
fn idle(facts: &Facts<'_>) -> Option<Said> {
    let idle = &facts.brief.rapport;
    let text = format!("No answer to this changes the plan: {}", idle.join(" "));
    let said = || Said::info(text).resting_on(&["plan.worth"]);
    (!idle.is_empty()).then(|| said().so("Keep it for rapport, or do not ask it."))
}

fn follow_up(facts: &Facts<'_>) -> Vec<Said> {
    when(!facts.brief.questions.is_empty(), || {
        Said::info(
            "Put the open follow-up behind each question before you go to the next one: people who are asked further say more, and like it.",
        )
    })
}

fn interests(facts: &Facts<'_>) -> Vec<Said> {
    let listed = &facts.deal.counterpart.interests;
    let empty = |kind: &InterestKind| listed.iter().all(|it| it.kind != *kind);
    let missing: Vec<InterestKind> = InterestKind::ALL.into_iter().filter(empty).collect();
    when(facts.plan.is_some() && !missing.is_empty(), || {
        let text = if listed.is_empty() {
            "No need, want or fear of theirs is written down: nothing says what a deal is worth to them, or what no deal costs them.".to_owned()
        } else {
            let each = missing.iter().map(|kind| format!("no {}", kind.as_str()));
            let each: Vec<String> = each.collect();
            let hides: Vec<&str> = missing.iter().map(|kind| hidden(*kind)).collect();
            format!("You list {} of theirs: {}.", each.join(" and "), hides.join("; "))
        };
        Said::info(text)
            .so("Ask, and write it down as `[[counterpart.interest]]` with who said it and when.")
    })
}

/// What cannot be known while no interest of a kind is listed.
fn hidden(kind: InterestKind) -> &'static str {
    match kind {
        InterestKind::Need => "you cannot tell what they must have",
        InterestKind::Want => "you have nothing to offer them that costs you little",
        InterestKind::Fear => "you cannot estimate what no deal costs them",
    }
}

fn unsourced(facts: &Facts<'_>) -> Vec<Said> {
    let beliefs = beliefs(facts.deal);
    let bare: Vec<&str> =
        beliefs.iter().filter(|it| !it.sourced).map(|it| it.words.as_str()).collect();
    let share = bare.len() as f64 / beliefs.len().max(1) as f64;
    let stated =
        facts.plan.and_then(|p| p.belief).is_some_and(|b| b.source == BeliefSource::Stated);
    let limit = facts.deal.counterpart.limit.as_ref();
    let guessed = stated && limit.is_some_and(|it| it.source.is_none());
    when(!bare.is_empty(), || {
        let text = told_unsourced(&bare, beliefs.len(), guessed);
        let grave = guessed || share > facts.settings.number("unsourced_max");
        let said = if grave { Said::warning(text) } else { Said::info(text) };
        let said =
            if guessed { said.resting_on(&["belief.mode", "target", "anchor"]) } else { said };
        said.so("Write down who said so and when, or ask, before you trade on it.")
    })
}

/// A belief about them.
struct Believed {
    words: String,
    sourced: bool,
}

fn beliefs(deal: &Deal) -> Vec<Believed> {
    let them = &deal.counterpart;
    let limit = them.limit.iter().map(|it| Believed {
        words: "what they can give".to_owned(),
        sourced: it.source.is_some(),
    });
    let alternatives = them.alternatives.iter().map(|it| Believed {
        words: format!("their alternative \"{}\"", it.name),
        sourced: it.source.is_some(),
    });
    let interests = them.interests.iter().map(|it| Believed {
        words: format!("their {} \"{}\"", it.kind.as_str(), it.text),
        sourced: it.source.is_some(),
    });
    limit.chain(alternatives).chain(interests).collect()
}

/// Most beliefs that a sentence names.
const NAMED: usize = 3;

fn told_unsourced(bare: &[&str], of: usize, guessed: bool) -> String {
    if of == 1 && guessed {
        return "What they are believed able to give has no source: everything that rests on it is guesswork.".to_owned();
    }
    let named = bare.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = match bare.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let verb = if bare.len() == 1 { "has" } else { "have" };
    let rest =
        if guessed { " Everything that rests on what they can give is guesswork." } else { "" };
    format!("{} of {of} beliefs about them {verb} no source: {named}{more}.{rest}", bare.len())
}

fn forecasts(facts: &Facts<'_>) -> Vec<Said> {
    facts.deal.events.iter().filter_map(|event| forecast(facts, event)).collect()
}

fn forecast(facts: &Facts<'_>, event: &Event) -> Option<Said> {
    let id = |tail: &str| format!("event.{}.{tail}", slug(&event.name));
    let gain = facts.value(&id("gain"))?;
    let (ours, theirs) = (event.ours?, event.theirs?);
    if gain <= facts.value(&id("cost")).unwrap_or(0.0) {
        return None;
    }
    let (likelier, when) =
        if ours > theirs { ("likelier", "happens") } else { ("less likely", "does not happen") };
    let text = format!(
        "You think it {likelier} than they do ({} against {}) that {}: a term that favours you if it {when} gains up to {}, both sides together.",
        facts.say(&id("ours")),
        facts.say(&id("theirs")),
        event.name,
        facts.say(&id("gain"))
    );
    let said =
        Said::info(text).resting_on(&[&id("gain"), &id("ours"), &id("theirs"), &id("stake")]);
    Some(said.so("Propose it only for what both can check later and neither controls; write down how it is measured."))
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
        let (offer, reach) = (facts.say("offer"), facts.say("belief.before_offer"));
        let beyond = match facts.deal.side {
            Side::Seller => {
                format!("is more than they were believed able to give, {reach} at most")
            }
            Side::Buyer => {
                format!("is less than they were believed able to take, {reach} at least")
            }
        };
        Said::warning(format!(
            "Their offer of {offer} {beyond}: the belief was wrong and has moved to the offer."
        ))
        .resting_on(&["offer", "belief.before_offer", "belief.low", "belief.high"])
        .so("Find out what the belief missed before answering.")
    })
}

fn nothing_known(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S1_10), || {
        let stands = match facts.raised(Code::S3_1) {
            true => "the middle and the edges of the few comparables stand in for it",
            false => "the middle of the market, moved to your record, stands in for it",
        };
        Said::warning(format!("Nothing is known of their walk-away: {stands}."))
            .resting_on(&["belief.low", "belief.mode", "belief.high"])
            .so("Ask what limits them, and add `[counterpart.limit]` with a source.")
    })
}

fn no_zone(facts: &Facts<'_>) -> Vec<Said> {
    when(facts.raised(Code::S1_11), || {
        let far = match facts.deal.side {
            Side::Seller => "belief.high",
            Side::Buyer => "belief.low",
        };
        let (limit, reach) = (facts.say("walk_away"), facts.say(far));
        Said::error(format!("On these beliefs there is no zone of agreement: the walk-away is {limit}, they are believed able to go to {reach} at most."))
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
