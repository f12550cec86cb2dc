//! What a deal file says of the talks themselves: arguments, channel, rounds, deadline, stated plans.

use super::read::{as_f64, positive_money};
use super::reader::{Field, Reader, nearest};
use super::{Deal, Offer, Side, Source, slug};
use haggle_quantity::{Amount, Date};

/// How the talks are meant to go, and how they went so far. All of it optional.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Talks {
    /// What we mean to say, in file order.
    pub arguments: Vec<Argument>,
    /// What we expect them to say.
    pub their_arguments: Vec<String>,
    /// How the talks are held.
    pub channel: Channel,
    /// Whether we will meet again.
    pub relationship: Option<Relationship>,
    /// Whether they know prices like this one better than most.
    pub expert: Option<bool>,
    /// Figures exchanged so far, oldest first.
    pub rounds: Vec<Round>,
    /// When it has to be settled.
    pub deadline: Option<Deadline>,
    /// What we mean to answer to the offer.
    pub answer: Option<Answer>,
    /// A target that the user states.
    pub target: Option<Amount>,
    /// Limits that were stated before, oldest first.
    pub history: Vec<StatedLimit>,
    /// The new fact behind the limit that is stated now.
    pub fact: Option<String>,
}

/// One planned argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// The words.
    pub text: String,
    /// Id of the `[[source]]` that it rests on.
    pub source: Option<String>,
    /// Of when the fact is.
    pub date: Option<Date>,
    /// Where it can be checked.
    pub reference: Option<String>,
}

/// How the talks are held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Channel {
    /// By which medium, if stated.
    pub medium: Option<Medium>,
    /// Whether there was personal contact before, if stated.
    pub prior_contact: Option<bool>,
    /// Whether something in the deal can hurt, if stated.
    pub sensitive: Option<bool>,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),+];

            /// The word in a deal file.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

words! {
    /// A medium.
    Medium {
        /// Letters over hours or days.
        Email = "e-mail",
        /// Short messages.
        Chat = "chat",
        /// Voices alone.
        Phone = "phone",
        /// Voices and faces at a distance.
        Video = "video",
        /// At one table.
        InPerson = "in person",
    }
}

impl Medium {
    /// Whether it is in writing.
    pub fn is_written(self) -> bool {
        matches!(self, Self::Email | Self::Chat)
    }
}

words! {
    /// Whether we will meet again.
    Relationship {
        /// We will.
        Lasting = "lasting",
        /// Hardly.
        OneOff = "one-off",
    }
}

words! {
    /// Whom a deadline binds.
    Binds {
        /// Both: after it there is no deal for anyone.
        Both = "both",
        /// Us alone: our time costs, theirs does not.
        Us = "us",
    }
}

words! {
    /// What we mean to answer to an offer.
    Answer {
        /// Take it.
        Accept = "accept",
        /// Name another figure.
        Counter = "counter",
        /// Leave.
        Walk = "walk",
    }
}

/// A day by which it has to be settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// The day.
    pub date: Date,
    /// Whom it binds.
    pub binds: Binds,
}

/// One exchange of figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Round {
    /// Our figure, if we named one.
    pub ours: Option<Amount>,
    /// Their figure, if they named one.
    pub theirs: Option<Amount>,
    /// The day, if stated.
    pub date: Option<Date>,
}

/// A limit as it was stated on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct StatedLimit {
    /// The walk-away of that day.
    pub walk_away: Amount,
    /// The day.
    pub date: Date,
    /// The new fact that moved it from the one before.
    pub fact: Option<String>,
}

/// Reads what stands at the top of the file. `[counterpart]` and `[stated]` add their own parts.
pub(super) fn read_talks(r: &Reader<'_, '_>, sources: &[Source]) -> Talks {
    let arguments = r.tables("argument");
    Talks {
        arguments: arguments.iter().filter_map(|t| read_argument(t, sources)).collect(),
        channel: r.table("channel").map_or_else(Channel::default, |t| read_channel(&t)),
        rounds: r.tables("round").iter().filter_map(read_round).collect(),
        deadline: r.table("deadline").and_then(|t| read_deadline(&t)),
        ..Talks::default()
    }
}

fn read_argument(r: &Reader<'_, '_>, sources: &[Source]) -> Option<Argument> {
    let text = r.required("text", "\"...\"", r.text("text"));
    let argument = Argument {
        text: text.map_or(String::new(), |f| f.value),
        source: r.text("source").and_then(|named| known_source(r, &named, sources)),
        date: r.date("date").map(|f| f.value),
        reference: r.text("reference").map(|f| f.value),
    };
    r.finish();
    (!argument.text.is_empty()).then_some(argument)
}

/// An argument rests on evidence that the deal names, or it says so by naming none.
pub(super) fn known_source(
    r: &Reader<'_, '_>,
    named: &Field<String>,
    sources: &[Source],
) -> Option<String> {
    let id = slug(&named.value);
    if sources.iter().any(|s| s.id == id) {
        return Some(id);
    }
    let message = format!("no `[[source]]` is called `{}`", named.value);
    let near = nearest(&id, sources.iter().map(|s| s.id.as_str()));
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name a source of this deal, or use `reference` for anything else".to_owned(),
    };
    r.log().error(named.span.clone(), "D0103", message, Some(help));
    None
}

fn read_channel(r: &Reader<'_, '_>) -> Channel {
    let channel = Channel {
        medium: word(r, "medium", Medium::WORDS),
        prior_contact: r.flag("prior_contact").map(|f| f.value),
        sensitive: r.flag("sensitive").map(|f| f.value),
    };
    r.finish();
    channel
}

fn read_round(r: &Reader<'_, '_>) -> Option<Round> {
    let round = Round {
        ours: positive_money(r, "ours"),
        theirs: positive_money(r, "theirs"),
        date: r.date("date").map(|f| f.value),
    };
    r.finish();
    if round.ours.is_none() && round.theirs.is_none() {
        let message = "a `[[round]]` needs `ours`, `theirs` or both".to_owned();
        r.log().error(r.span(), "D0102", message, Some("add `theirs = \"112000\"`".into()));
        return None;
    }
    Some(round)
}

fn read_deadline(r: &Reader<'_, '_>) -> Option<Deadline> {
    let date = r.required("date", "2026-12-15", r.date("date"));
    let binds = word(r, "binds", Binds::WORDS);
    if binds.is_none() {
        r.required("binds", "\"both\"", r.text("binds"));
    }
    r.finish();
    Some(Deadline { date: date?.value, binds: binds? })
}

/// One of several words.
pub(super) fn word<T: Copy>(
    r: &Reader<'_, '_>,
    key: &'static str,
    words: &[(&str, T)],
) -> Option<T> {
    let field = r.text(key)?;
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == field.value) {
        return Some(*value);
    }
    let known: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
    let message = format!("`{key}` is `{}`, expected one of {}", field.value, known.join(", "));
    let near = nearest(&field.value, words.iter().map(|(word, _)| *word));
    r.log().error(field.span, "D0103", message, near.map(|n| format!("did you mean `{n}`?")));
    None
}

/// The parts that stand under `[counterpart]`.
pub(super) fn read_them(r: &Reader<'_, '_>, talks: &mut Talks) {
    let text = |t: &Reader<'_, '_>| {
        let text = t.required("text", "\"...\"", t.text("text"));
        t.finish();
        text.map(|f| f.value)
    };
    talks.their_arguments = r.tables("argument").iter().filter_map(text).collect();
    talks.relationship = word(r, "relationship", Relationship::WORDS);
    talks.expert = r.flag("expert").map(|f| f.value);
}

/// The parts that stand under `[stated]`.
pub(super) fn read_plans(r: &Reader<'_, '_>, talks: &mut Talks) {
    talks.answer = word(r, "answer", Answer::WORDS);
    talks.fact = r.text("fact").map(|f| f.value);
    talks.history = r.tables("history").iter().filter_map(read_limit).collect();
    if !talks.history.is_sorted_by(|a, b| a.date < b.date) {
        let message = "`stated.history` is not in rising order of dates".to_owned();
        let help = "put the oldest limit first, each day once".to_owned();
        r.log().error(r.span(), "D0104", message, Some(help));
    }
}

fn read_limit(r: &Reader<'_, '_>) -> Option<StatedLimit> {
    let walk_away = r.required("walk_away", "\"105000\"", r.money("walk_away"));
    let date = r.required("date", "2026-11-01", r.date("date"));
    let fact = r.text("fact").map(|f| f.value);
    r.finish();
    Some(StatedLimit { walk_away: walk_away?.value, date: date?.value, fact })
}

/// Their last figure in the rounds is the offer on the table, if there is one.
pub(super) fn check_rounds(r: &Reader<'_, '_>, deal: &Deal) {
    let last = deal.talks.rounds.iter().rev().find_map(|round| round.theirs);
    let (Some(offer), Some(last)) = (&deal.offer, last) else { return };
    if offer.amount != last {
        let message = format!(
            "the offer is `{}`, and their last figure in the rounds is `{last}`",
            offer.amount
        );
        let help = "`[offer]` is what stands on the table now: make both the same".to_owned();
        r.log().error(0..0, "D0104", message, Some(help));
    }
}

impl Talks {
    /// What stands on the table by the rounds alone: their last figure.
    pub(super) fn their_last(&self) -> Option<Offer> {
        let last = (1..).zip(&self.rounds).filter(|(_, round)| round.theirs.is_some()).last()?;
        let (number, round) = last;
        Some(Offer {
            amount: round.theirs?,
            from: Some(format!("round {number}")),
            date: round.date,
        })
    }

    /// Our figures in the rounds, oldest first.
    pub fn ours(&self) -> Vec<f64> {
        self.rounds.iter().filter_map(|round| round.ours.map(as_f64)).collect()
    }

    /// Their figures in the rounds, oldest first.
    pub fn theirs(&self) -> Vec<f64> {
        self.rounds.iter().filter_map(|round| round.theirs.map(as_f64)).collect()
    }
}

impl Side {
    /// `1` for a seller, `-1` for a buyer: a price times this is its value to us.
    pub fn sign(self) -> f64 {
        if self == Self::Seller { 1.0 } else { -1.0 }
    }
}
