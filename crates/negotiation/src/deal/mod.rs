//! The deal file (`haggle.deal/1`): what it may say, read strictly, with every mistake at its place.

mod condition;
mod config;
mod interest;
mod part;
mod playbook;
mod problem;
mod read;
pub(crate) mod reader;
mod setting;
mod talks;
mod tender;

pub use condition::{Condition, FIELDS, Test};
pub use interest::{Event, Interest, InterestKind};
pub use part::Part;
pub use playbook::{Playbook, parse_playbook};
pub use problem::{CODES, Problem};
pub(crate) use read::as_f64;
pub use read::slug;
pub use read::{Parsed, RESERVED, parse};
pub use setting::{Override, keys, parse_set};
pub use talks::{
    Answer, Argument, Binds, Channel, Deadline, Medium, Relationship, Round, StatedLimit, Talks,
};
pub use tender::{
    Adder, Agreed, Break, Charge, Index, IndexPart, Item, ItemMarket, Line, Quote, Scenario,
    Scheme, Scope, ShouldCost, Tender, Terms,
};

use haggle_quantity::{Amount, Currency, Date, Per, Rate};
use std::collections::BTreeMap;

/// The JSON Schema of the deal file, for editor completion.
pub const SCHEMA: &str = include_str!("deal.schema.json");

/// Which side of the deal we are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Wants more: a candidate, a vendor.
    Seller,
    /// Wants less: an employer, a purchaser.
    Buyer,
}

impl Side {
    /// The word: `seller`, `buyer`.
    pub fn as_str(self) -> &'static str {
        if self == Self::Seller { "seller" } else { "buyer" }
    }
}

/// A deal as its file states it. Nothing is filled in that the file does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct Deal {
    /// What the deal is called.
    pub title: String,
    /// Our side.
    pub side: Side,
    /// Currency of every amount in the file.
    pub currency: Currency,
    /// What the price is per.
    pub per: Per,
    /// The day that the report speaks for.
    pub as_of: Date,
    /// Price units over which one-off money is spread, if stated.
    pub term: Option<f64>,
    /// Smallest step in which figures are spoken, if stated.
    pub tick: Option<Amount>,
    /// The evidence that may enter the brief.
    pub sources: Vec<Source>,
    /// Rows left out by a written rule.
    pub excludes: Vec<Exclude>,
    /// Dated exchange rates.
    pub rates: Vec<Rate>,
    /// How amounts are aged to the as-of date.
    pub ageing: Option<Ageing>,
    /// Their offer on the table.
    pub offer: Option<Offer>,
    /// What is particular to us.
    pub us: Party,
    /// Our alternatives, in file order.
    pub alternatives: Vec<Alternative>,
    /// Our track record.
    pub claims: Vec<Claim>,
    /// What we believe of them.
    pub counterpart: Counterpart,
    /// What both sides forecast, in file order.
    pub events: Vec<Event>,
    /// What this deal brings beside its price, in file order.
    pub parts: Vec<Part>,
    /// A walk-away that the user states; checked, not believed.
    pub stated_walk_away: Option<Amount>,
    /// Parameters set by name: canonical name to value.
    pub parameters: BTreeMap<&'static str, Setting>,
    /// How the talks are meant to go, and how they went so far.
    pub talks: Talks,
    /// Settings of the command line that replace what the file says, as they were written.
    pub set: Vec<String>,
    /// The file of the playbook, relative to the deal file.
    pub playbook: Option<String>,
    /// The playbook's parameters, once somebody has read its file; the deal's own come first.
    pub playbook_parameters: BTreeMap<&'static str, Setting>,
    /// Items and quotes that are compared, if the file states a tender.
    pub tender: Option<Tender>,
    /// What other quotes make of it, where it is a deal with one vendor of a tender.
    pub rivals: Option<crate::quote::vendor::Rivals>,
}

/// A parameter's value: a number, or a word for the few that choose a method.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// A number.
    Number(f64),
    /// A word, such as `composite`.
    Word(String),
}

/// Where a source's bytes come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file, relative to the deal file.
    Path(String),
    /// A price list behind a URL.
    Url(String),
    /// A data-source plugin.
    Plugin {
        /// Its name.
        name: String,
        /// What it is told, a JSON object with sorted keys; `{}` if nothing is stated.
        config: String,
    },
}

impl Origin {
    /// Where the source is, in one word: a path or URL as it is written; of a plugin
    /// `plugin://NAME`, with what it is told behind `?`.
    pub fn location(&self) -> String {
        match self {
            Self::Path(text) | Self::Url(text) => text.clone(),
            Self::Plugin { name, config } if config == NO_CONFIG => format!("plugin://{name}"),
            Self::Plugin { name, config } => format!("plugin://{name}?{config}"),
        }
    }
}

/// What a plugin is told that is told nothing.
pub const NO_CONFIG: &str = "{}";

/// One `[[source]]`: evidence and which of it is comparable.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Short name in figure ids; from the file name unless stated.
    pub id: String,
    /// Where its bytes come from.
    pub origin: Origin,
    /// Recipe by name or path; found by signature if absent.
    pub recipe: Option<String>,
    /// Vintage that the file itself does not state.
    pub vintage: Option<String>,
    /// Sheet to read, where the recipe would read another.
    pub sheet: Option<String>,
    /// Conditions that make an observation comparable.
    pub conditions: Vec<Condition>,
    /// Share of the job or item that agrees (`science.md` F10), 0 to 1.
    pub job_match: f64,
    /// Multiplies the automatic weight.
    pub weight: f64,
    /// Share of the people, where sources are parts of one market.
    pub share: Option<f64>,
    /// Employers behind the source, where its rows do not name them.
    pub employers: Option<f64>,
    /// Hours in a year for rows that the publisher gives per hour or per year only.
    pub hours_per_year: Option<f64>,
    /// Pay at the deal's place over pay at the source's place.
    pub place_index: Option<f64>,
}

/// One `[[exclude]]`: rows left out by a written rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Exclude {
    /// Id of the source; all sources if absent.
    pub source: Option<String>,
    /// Which rows.
    pub conditions: Vec<Condition>,
    /// Why; printed with every row it takes.
    pub reason: String,
}

/// How amounts are brought to the as-of date (`benchmark.md` section 8).
#[derive(Debug, Clone, PartialEq)]
pub struct Ageing {
    /// Yearly growth, compound, as a fraction; `None` where an index is given.
    pub rate: Option<f64>,
    /// Index values at the middle of their periods.
    pub index: Vec<(Date, f64)>,
    /// Where the growth comes from.
    pub source: Option<String>,
}

/// Their offer.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// The amount.
    pub amount: Amount,
    /// Where it stands: `letter of 2026-11-20`.
    pub from: Option<String>,
    /// When it was made, if stated.
    pub date: Option<Date>,
}

/// What is particular to one side.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Party {
    /// Risk tolerance in money; absent: risk-neutral.
    pub risk_tolerance: Option<Amount>,
    /// What a day without a deal costs.
    pub delay_cost_per_day: Option<Amount>,
    /// One-off cost of concluding this deal.
    pub deal_cost: Option<Amount>,
    /// Price-equivalent of the time before an alternative starts.
    pub idle_value: Option<Amount>,
    /// Price-equivalent of what runs while no deal stands.
    pub while_no_deal: Option<Amount>,
    /// Yearly discount rate.
    pub discount_rate: Option<f64>,
    /// Market percentile that the record supports, if stated, 0 to 1.
    pub percentile: Option<f64>,
    /// What we are paid or pay at present, if stated; it enters no figure (S2.6).
    pub present: Option<Amount>,
    /// What one more quote costs a buyer, if stated (S2.7).
    pub quote_cost: Option<Amount>,
}

/// When an alternative is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// By leaving the talks.
    Exit,
    /// It runs while no deal stands.
    Income,
}

/// What a party does without this deal.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// Its name.
    pub name: String,
    /// One amount, or low, mode, high (read as P10, mode, P90).
    pub amount: Vec<Amount>,
    /// Chance that it comes through.
    pub probability: f64,
    /// Days until it starts.
    pub delay_days: f64,
    /// One-off cost of taking it.
    pub cost: Option<Amount>,
    /// Money received per day of waiting.
    pub interim_per_day: Option<Amount>,
    /// Money value of what this deal has and the alternative lacks, per price unit.
    pub advantage: Option<Amount>,
    /// Exit or income, if stated.
    pub role: Option<Role>,
    /// One-off cost of finding out whether it comes through, if stated (A5).
    pub develop_cost: Option<Amount>,
    /// What it brings beside its price, in file order; of ours alone.
    pub parts: Vec<Part>,
    /// Where its figures come from; absent: our own estimate.
    pub source: Option<String>,
}

/// One entry of the track record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What was achieved.
    pub text: String,
    /// When.
    pub date: Option<Date>,
    /// Where it can be checked.
    pub reference: Option<String>,
}

impl Claim {
    /// Whether it counts on a day: it has a number, and a date or a reference (`science.md` S3.10),
    /// and is not of a later day.
    pub fn counts_on(&self, day: Date) -> bool {
        let number = self.text.bytes().any(|b| b.is_ascii_digit());
        let checked = self.date.is_some() || self.reference.is_some();
        number && checked && self.date.is_none_or(|date| date <= day)
    }
}

/// What we believe of the other side.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counterpart {
    /// A belief about their walk-away.
    pub limit: Option<Limit>,
    /// What they do without us.
    pub alternatives: Vec<Alternative>,
    /// What is particular to them.
    pub party: Party,
    /// The first figure we expect of them.
    pub first_offer: Option<Amount>,
    /// Their needs, wants and fears, in file order.
    pub interests: Vec<Interest>,
}

/// A belief about a walk-away.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// P10.
    pub low: Amount,
    /// Most likely.
    pub mode: Amount,
    /// P90.
    pub high: Amount,
    /// Where the belief comes from; absent: printed as unsourced.
    pub source: Option<String>,
}
