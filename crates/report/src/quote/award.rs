//! The best awards in words: who gets what, what it costs, how sure that is.

use super::Quotes;
use super::words::counted;
use crate::inline::Inline;
use crate::section::{Block, Card, paragraph};
use haggle_negotiation::quote::Award;

/// The best award to one and to several suppliers, and why the two differ from the cheapest lines.
pub(super) fn awards(quotes: &Quotes<'_>) -> Vec<Block> {
    let outcome = quotes.outcome();
    let single = outcome.single.as_ref().map(|award| card(quotes, "single", award));
    let several = |award: &&Award| outcome.single.as_ref() != Some(*award);
    let mixed = outcome.mixed.as_ref().filter(several).map(|award| card(quotes, "mixed", award));
    let cards: Vec<Card> = [single, mixed].into_iter().flatten().collect();
    let mut blocks = match cards.is_empty() {
        true => Vec::new(),
        false => vec![Block::Cards(cards)],
    };
    blocks.extend(outcome.no_award.map(|why| none(&why.to_string(), outcome.single.is_some())));
    blocks.extend(outside(quotes));
    blocks
}

/// Why there is no award to several, and where there is none to one either.
fn none(why: &str, single: bool) -> Block {
    paragraph(match single {
        true => format!("No award to several suppliers: {why}."),
        false => {
            format!("No award is possible: {why}. The reasons stand with each supplier below.")
        }
    })
}

fn card(quotes: &Quotes<'_>, name: &'static str, award: &Award) -> Card {
    Card {
        name,
        value: Inline::default().strong(&quotes.money(award.total)),
        note: format!("{}; {}", parties(quotes, award), proof(quotes, award)),
    }
}

/// Each supplier with how many lines it gets.
fn parties(quotes: &Quotes<'_>, award: &Award) -> String {
    let [only] = award.suppliers.as_slice() else {
        let lines = |s: &usize| award.by_item.iter().filter(|by| **by == Some(*s)).count();
        let part =
            |s: &usize| format!("{} {}", quotes.supplier(*s).name, counted(lines(s), "line"));
        return award.suppliers.iter().map(part).collect::<Vec<_>>().join(", ");
    };
    format!("{}, all lines", quotes.supplier(*only).name)
}

fn proof(quotes: &Quotes<'_>, award: &Award) -> String {
    match award.bound.round_dp(2) >= award.total.round_dp(2) {
        true => "proven least".to_owned(),
        false => format!("no award costs less than {}", quotes.money(award.bound)),
    }
}

/// Items that nobody can be awarded.
fn outside(quotes: &Quotes<'_>) -> Option<Block> {
    let scope = &quotes.outcome().in_scope;
    let missing: Vec<usize> = (0..scope.len()).filter(|item| !scope[*item]).collect();
    let text =
        format!("Outside every total, because nobody can be awarded: {}.", quotes.items(&missing));
    (!missing.is_empty()).then(|| paragraph(text))
}
