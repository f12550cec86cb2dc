//! Step 3: make yourself look attractive: what is said with the evidence, and how well it holds.

use super::{Facts, Rule, Said, when};
use crate::brief::Brief;
use crate::deal::{Argument, Side};
use crate::stats::ageing::months;
use haggle_quantity::{Date, day_number};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "S3.5",
        step: 3,
        statement: "An argument that is easy to rebut weakens an opening and is kept for the reply; old evidence, or an adjustment that the argument needs to hold, makes it one grade easier to rebut.",
        test: "argument.text with neither argument.source nor argument.reference, without argument.date, older than age_warn, or from a source that does not count: easy; from a source older than age_warn, or one of whose percentiles passes offer only once adjusted: to be answered",
        cites: &["B12", "A19", "F20"],
        judge: arguments,
    },
    Rule {
        id: "S3.6",
        step: 3,
        statement: "A figure is as precise as its derivation: experts discount the rest, laypeople are held by it.",
        test: "counterpart.expert, anchor to precision, anchor.fine to precision_fine",
        cites: &["B5", "B6"],
        judge: precision,
    },
    Rule {
        id: "S3.7",
        step: 3,
        statement: "A buyer's true constraint does better than disparagement.",
        test: "side = buyer and argument.text with a disparaging word",
        cites: &["B11", "D10"],
        judge: disparaging,
    },
    Rule {
        id: "S3.21",
        step: 3,
        statement: "Each source has a grade; the best one leads.",
        test: "weight.grade of the sources that enter the market",
        cites: &["F20"],
        judge: grades,
    },
];

/// Words that find fault with the other side's product instead of naming a limit (B11).
const DISPARAGING: &[&str] = &[
    "not worth",
    "overpriced",
    "too expensive",
    "rip-off",
    "ripoff",
    "inferior",
    "mediocre",
    "poor quality",
    "low quality",
    "second-rate",
    "outdated",
    "obsolete",
    "worse than",
    "ridiculous",
    "outrageous",
];

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn arguments(facts: &Facts<'_>) -> Vec<Said> {
    let graded: Vec<(&Argument, Option<Said>)> =
        facts.deal.talks.arguments.iter().map(|it| (it, weak(it, facts))).collect();
    let hard = graded.iter().filter(|(_, weak)| weak.is_none());
    let hard: Vec<String> = hard.map(|(it, _)| quoted(&it.text)).collect();
    let mut all: Vec<Said> = graded.into_iter().filter_map(|(_, weak)| weak).collect();
    if !hard.is_empty() {
        let text = format!("Hard to rebut, and so fit for the opening: {}.", hard.join("; "));
        all.push(Said::info(text).so("Name source and date in the same sentence."));
    }
    all
}

/// What is said of an argument that is easy to rebut, or that can be answered.
fn weak(it: &Argument, facts: &Facts<'_>) -> Option<Said> {
    let (text, easy, qualms) = (quoted(&it.text), weaknesses(it, facts), qualms(it, facts));
    let why: Vec<String> = easy.iter().cloned().chain(qualms.iter().map(|q| q.0.clone())).collect();
    let why = why.join("; ");
    let figures = qualms.iter().flat_map(|q| q.1.iter().map(String::as_str));
    let said = match (easy.is_empty(), qualms.is_empty()) {
        (true, true) => return None,
        (true, false) => Said::warning(format!(
            "{text} can be answered, which makes it one grade easier to rebut: {why}."
        ))
        .so("Say with an argument how old its source is and what was adjusted, or keep it for the reply."),
        _ => {
            Said::warning(format!("Leave {text} out of the opening: it is easy to rebut ({why})."))
                .so("Keep it for the reply, or give it a source, a date and a reference.")
        }
    };
    Some(said.resting_on(&figures.collect::<Vec<_>>()))
}

/// A qualm in words, and the figures that it rests on.
type Qualm = (String, Vec<String>);

/// What makes an argument from a source that counts one grade easier to rebut.
fn qualms(it: &Argument, facts: &Facts<'_>) -> Vec<Qualm> {
    let Some(id) = &it.source else { return Vec::new() };
    let dated = facts.brief.sources.get(id).and_then(|source| source.date);
    let old = dated.map(|date| age(date, facts.brief.as_of));
    let old = old.filter(|months| *months > facts.settings.number("age_warn"));
    let old = old.map(|months| {
        (format!("`{id}` is {months:.0} months old"), vec![format!("{id}.weight.age_months")])
    });
    old.into_iter().chain(turned(id, facts)).collect()
}

/// A percentile of the source that lies on the other side of the offer only once it is adjusted.
fn turned(id: &str, facts: &Facts<'_>) -> Option<Qualm> {
    let offer = facts.value("offer")?;
    let kinds = facts.brief.adjustments.iter().filter(|it| it.source == id).map(|it| it.kind);
    let kinds = kinds.collect::<Vec<_>>().join(", ");
    ["p10", "p25", "p50", "p75", "p90"].into_iter().find_map(|name| {
        let ids = [format!("{id}.{name}.cell"), format!("{id}.{name}")];
        let [cell, adjusted] = [&ids[0], &ids[1]].map(|id| facts.brief.figures.get(id));
        let (cell, adjusted) = cell.zip(adjusted).filter(|(a, b)| a.unit == b.unit)?;
        let side = match adjusted.value > offer {
            true if cell.value <= offer => "above",
            false if cell.value >= offer && adjusted.value < offer => "below",
            _ => return None,
        };
        let text = format!(
            "its {} is {side} the offer only once adjusted ({kinds}): {} as published, {} then",
            name.to_uppercase(),
            Brief::amount(cell.value),
            Brief::amount(adjusted.value)
        );
        Some((text, ids.into_iter().chain(["offer".to_owned()]).collect()))
    })
}

/// Why an argument is easy to rebut; empty if it is not.
fn weaknesses(it: &Argument, facts: &Facts<'_>) -> Vec<String> {
    let mut weak = Vec::new();
    if it.source.is_none() && it.reference.is_none() {
        weak.push("nothing to check it by".to_owned());
    }
    let published = it.source.as_ref().and_then(|id| facts.brief.sources.get(id)?.date);
    if it.date.or(published).is_none() {
        weak.push("undated".to_owned());
    }
    if let Some(age) = it.date.map(|date| age(date, facts.brief.as_of))
        && age > facts.settings.number("age_warn")
    {
        weak.push(format!("{age:.0} months old"));
    }
    let entered = facts.brief.market.as_ref().map_or(&[][..], |m| &m.sources);
    if let Some(id) = it.source.as_ref().filter(|id| !entered.contains(id)) {
        weak.push(format!("`{id}` does not count in this market"));
    }
    weak
}

fn age(date: Date, as_of: Date) -> f64 {
    months(i64::from(day_number(date)), i64::from(day_number(as_of)))
}

fn precision(facts: &Facts<'_>) -> Vec<Said> {
    let Some(expert) = facts.deal.talks.expert.filter(|_| facts.has("anchor.fine")) else {
        return Vec::new();
    };
    let (round, fine) = (facts.say("anchor"), facts.say("anchor.fine"));
    let said = if round == fine {
        Said::info(format!("{round} is as fine as the evidence goes; say it as it is."))
    } else if expert {
        Said::info(format!("They know such prices: a figure finer than {round} looks unskilled unless its derivation is on the table; with it, {fine}."))
            .so("Show how the figure follows from the sources, or keep it round.")
    } else {
        Said::info(format!("They hardly know such prices, and a precise figure holds better than a round one: {fine} in place of {round}, with how it follows."))
            .so("Claim no more precision than this.")
    };
    vec![said.resting_on(&["anchor", "anchor.fine"])]
}

fn disparaging(facts: &Facts<'_>) -> Vec<Said> {
    if facts.deal.side != Side::Buyer {
        return Vec::new();
    }
    let found = facts.deal.talks.arguments.iter().filter_map(|it| {
        let words = it.text.to_lowercase();
        DISPARAGING.iter().find(|word| holds(&words, word)).map(|word| (it, word))
    });
    let say = |(it, word): (&Argument, &&str)| {
        Said::warning(format!("{} finds fault with what they sell (`{word}`): that does worse than a true constraint, in trust and in what they answer.", quoted(&it.text)))
            .so("Name your true constraint instead, such as where your budget ends or what the best other quote is; only if it is true.")
    };
    found.map(say).collect()
}

/// Whether a text has these words as words of their own.
fn holds(text: &str, words: &str) -> bool {
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(words).any(|(at, _)| {
        apart(text[..at].chars().next_back()) && apart(text[at + words.len()..].chars().next())
    })
}

fn grades(facts: &Facts<'_>) -> Vec<Said> {
    let Some(market) = &facts.brief.market else { return Vec::new() };
    let graded = market.sources.iter().filter_map(|id| {
        let name = facts.brief.sources.get(id)?.grade.clone()?;
        let figure = format!("{id}.weight.grade");
        Some((facts.value(&figure)?, format!("`{id}` ({name})"), figure))
    });
    let mut graded: Vec<_> = graded.collect();
    graded.sort_by(|a, b| b.0.total_cmp(&a.0));
    let names: Vec<&str> = graded.iter().map(|(_, name, _)| name.as_str()).collect();
    let figures: Vec<&str> = graded.iter().map(|(.., figure)| figure.as_str()).collect();
    when(graded.first().is_some_and(|best| graded.iter().any(|it| it.0 < best.0)), || {
        Said::info(format!("The evidence by how hard it is to doubt: {}.", names.join(", ")))
            .resting_on(&figures)
            .so("Lead with the first, and let the others support it.")
    })
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn words_are_found_as_words_of_their_own() {
        assert!(holds("your offer is overpriced.", "overpriced"));
        assert!(holds("it is not worth that", "not worth"));
        assert!(!holds("this is not worthless", "not worth"));
        assert!(!holds("preoutdated", "outdated"));
    }
}
