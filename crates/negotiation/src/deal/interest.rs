//! What the other side wants, and what both sides expect to happen: interests and events.

use super::read::named_once;
use super::reader::{Field, Reader};
use haggle_quantity::Amount;
use std::collections::BTreeSet;

/// What an interest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum InterestKind {
    /// They cannot do without it.
    Need,
    /// They would like it.
    Want,
    /// They would avoid it.
    Fear,
}

impl InterestKind {
    /// All kinds, in the order in which a brief lists them.
    pub const ALL: [Self; 3] = [Self::Need, Self::Want, Self::Fear];

    /// The word: `need`, `want`, `fear`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Need => "need",
            Self::Want => "want",
            Self::Fear => "fear",
        }
    }
}

/// One `[[counterpart.interest]]`: a need, want or fear of theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interest {
    /// What it is.
    pub kind: InterestKind,
    /// In words.
    pub text: String,
    /// Who said so and when; absent: printed as unsourced.
    pub source: Option<String>,
}

/// One `[[event]]`: something that can be checked later and that both sides forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What happens.
    pub name: String,
    /// Our chance that it does, 0 to 1, if stated.
    pub ours: Option<f64>,
    /// Theirs as we know it, 0 to 1, if stated.
    pub theirs: Option<f64>,
    /// Money that would depend on it, if stated.
    pub stake: Option<Amount>,
    /// What drafting the term costs.
    pub cost: Option<Amount>,
}

pub(super) fn read_interests(r: &Reader<'_, '_>) -> Vec<Interest> {
    r.tables("interest").iter().filter_map(read_interest).collect()
}

fn read_interest(r: &Reader<'_, '_>) -> Option<Interest> {
    let kind = r.required("kind", "\"need\"", r.text("kind"));
    let text = r.required("text", "\"the seat filled by March\"", r.text("text"));
    let source = r.text("source").map(|f| f.value);
    r.finish();
    let kind = kind.and_then(|field| read_kind(r, &field));
    let text = text.filter(|field| says_something(r, field, "text"));
    if source.is_none() {
        let message = "an interest of theirs has no source".to_owned();
        r.log().warn(r.span(), "D0201", message, "add `source = \"...\"`");
    }
    Some(Interest { kind: kind?, text: text?.value, source })
}

fn read_kind(r: &Reader<'_, '_>, field: &Field<String>) -> Option<InterestKind> {
    let known = InterestKind::ALL.into_iter().find(|kind| kind.as_str() == field.value);
    if known.is_none() {
        let message = format!(
            "`kind` is `{}`, expected `need` (they cannot do without), `want` (they would like) or `fear` (they would avoid)",
            field.value
        );
        r.log().error(field.span.clone(), "D0103", message, None);
    }
    known
}

fn says_something(r: &Reader<'_, '_>, field: &Field<String>, key: &str) -> bool {
    let said = !field.value.trim().is_empty();
    if !said {
        let message = format!("`{key}` is empty, expected words");
        r.log().error(field.span.clone(), "D0103", message, None);
    }
    said
}

pub(super) fn read_events(r: &Reader<'_, '_>) -> Vec<Event> {
    let mut names = BTreeSet::new();
    let mut events = Vec::new();
    for table in r.tables("event") {
        let Some(event) = read_event(&table) else { continue };
        named_once(&table, "events", &event.name, &mut names);
        events.push(event);
    }
    events
}

fn read_event(r: &Reader<'_, '_>) -> Option<Event> {
    let name = r.required("name", "\"the product ships by June\"", r.text("name"));
    let event = Event {
        name: String::new(),
        ours: r.number("ours", 0.0..1.0).map(|f| f.value),
        theirs: r.number("theirs", 0.0..1.0).map(|f| f.value),
        stake: super::read::positive_money(r, "stake"),
        cost: super::read::money_at_least_zero(r, "cost"),
    };
    r.finish();
    let name = name.filter(|field| says_something(r, field, "name"))?;
    Some(Event { name: name.value, ..event })
}
