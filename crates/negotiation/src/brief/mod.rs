//! The brief: everything that a report says, as plain values. Every renderer works from this one
//! and computes nothing.

mod binding;
mod part;
mod plan_figures;
mod prepare;
mod say;
mod sensitivity;
mod share;

pub use prepare::{PrepareError, benchmark, prepare};

use crate::deal::{Interest, Side};
use crate::figure::Figures;
use crate::market::Cited;
use haggle_quantity::Date;
use std::collections::BTreeMap;

/// The result of preparing a deal.
#[derive(Debug, Clone, PartialEq)]
pub struct Brief {
    /// Who may read it.
    pub audience: Audience,
    /// What is negotiated.
    pub deal: DealHead,
    /// The day that it speaks for.
    pub as_of: Date,
    /// The market, if there is one.
    pub market: Option<MarketHead>,
    /// Ids of the figures that a reader wants first; absent where there is none.
    pub headline: Headline,
    /// Every figure, by id.
    pub figures: Figures,
    /// What the rules say, gravest first, then by step and rule.
    pub findings: Vec<Finding>,
    /// Needs, wants and fears of theirs, in deal order.
    pub interests: Vec<Interest>,
    /// What to find out, dearest first.
    pub questions: Vec<Question>,
    /// Questions about them whose answer changes no plan: for rapport, or not at all.
    pub rapport: Vec<String>,
    /// When to leave, as sentences to be signed before the meeting.
    pub triggers: Vec<Trigger>,
    /// The playbook that the deal names, relative to its file.
    pub playbook: Option<String>,
    /// How target, anchor and walk-away move with one input, widest first within each.
    pub sensitivity: Vec<Swing>,
    /// Every parameter that was used.
    pub parameters: Vec<ParameterUse>,
    /// What was done to amounts before they were compared.
    pub adjustments: Vec<Adjustment>,
    /// What met the conditions and does not count, by reason.
    pub excluded: Vec<Excluded>,
    /// Rows flagged as outliers; they still count unless the deal excludes them.
    pub outliers: Vec<Outlier>,
    /// Evidence sets by id.
    pub evidence: BTreeMap<String, EvidenceSet>,
    /// Sources by id, in id order.
    pub sources: BTreeMap<String, SourceHead>,
    /// What is said to the other side where its price is not what is compared; absent where it is.
    pub own_terms: Option<OwnTerms>,
}

/// What is said to whoever made a quote, in its own terms: what is compared like for like holds costs
/// of ours, and is nothing to say or to show.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OwnTerms {
    /// The opening in words; absent where none can be told.
    pub proposal: Option<String>,
    /// Steps from the opening on: what each is, and its words.
    pub steps: Vec<(String, String)>,
    /// What to say for it, in this order.
    pub arguments: Vec<String>,
}

/// Who may read a brief.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Audience {
    /// Only whoever prepares the deal.
    #[default]
    Private,
    /// Anybody, the other side included.
    Shareable,
}

/// What is negotiated.
#[derive(Debug, Clone, PartialEq)]
pub struct DealHead {
    /// Title of the deal.
    pub title: String,
    /// Our side.
    pub side: Side,
    /// Currency code.
    pub currency: String,
    /// What the price is per.
    pub per: String,
    /// Settings that replace what the deal file says: this is a what-if. Nobody else's business.
    pub what_if: Vec<String>,
}

/// The market in figures: ids, absent where a percentile cannot be given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MarketHead {
    /// `("p10", "market.p10")` ... for the percentiles that exist, rising.
    pub percentiles: Vec<(String, String)>,
    /// Comparable rows (like people counted) and published points.
    pub n: u64,
    /// Published points among them.
    pub points: u64,
    /// Effective n of raw rows; absent for a market of published tables alone.
    pub effective_n: Option<f64>,
    /// Ids of the sources that entered, in deal order.
    pub sources: Vec<String>,
    /// `percentiles`, `composite of percentiles`, `mixture of parts`, `pooled rows`: a composite is
    /// never called a percentile.
    pub kind: &'static str,
    /// Why percentiles are missing, one sentence each.
    pub refusals: Vec<String>,
    /// Names of the percentiles that are no better for us than their offer: whoever quotes one
    /// argues against himself.
    pub outdone: Vec<String>,
}

/// Ids of the figures that lead a report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Headline {
    /// `walk_away`.
    pub walk_away: Option<String>,
    /// `target`.
    pub target: Option<String>,
    /// `anchor`.
    pub anchor: Option<String>,
    /// `concession.1` ..., from the anchor down to the last ask.
    pub concessions: Vec<String>,
    /// `offer`.
    pub offer: Option<String>,
    /// `leverage`.
    pub leverage: Option<String>,
    /// `leverage.need`: what they lose without a deal over what both lose, from needs alone.
    pub need: Option<String>,
    /// `leverage.alternative`: the quality of our alternatives against theirs.
    pub alternative: Option<String>,
    /// `p_zopa`.
    pub p_zopa: Option<String>,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// Do not go on before this is settled.
    Error,
    /// Know this before you speak.
    Warning,
    /// Worth knowing.
    Info,
}

impl Gravity {
    /// The word in the report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// What a rule says about this deal.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule: `S2.1`.
    pub rule: &'static str,
    /// Step of leverage, 1 to 5.
    pub step: u8,
    /// How grave.
    pub gravity: Gravity,
    /// What it says.
    pub text: String,
    /// The figures that it rests on.
    pub figures: Vec<String>,
    /// The facts that it cites: `A1`.
    pub cites: &'static [&'static str],
    /// What to do.
    pub action: Option<String>,
}

/// Something worth finding out.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The question.
    pub text: String,
    /// Id of the figure that says what the answer is worth to the plan.
    pub worth: String,
    /// The open question behind it (E7).
    pub follow_up: String,
    /// Whether it is put to the other side; else it is about our own alternatives.
    pub about_them: bool,
}

/// A reason to leave, with the figure that decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// The sentence.
    pub text: String,
    /// Figures in it.
    pub figures: Vec<String>,
}

/// How an outcome moves with one input, every other input held (H5).
#[derive(Debug, Clone, PartialEq)]
pub struct Swing {
    /// `target`, `anchor` or `walk_away`.
    pub outcome: &'static str,
    /// The input, in words.
    pub input: String,
    /// With the input at its low end.
    pub low: SwingEnd,
    /// With the input at its high end.
    pub high: SwingEnd,
}

/// One end of an input.
#[derive(Debug, Clone, PartialEq)]
pub struct SwingEnd {
    /// Id of the input's figure at this end.
    pub input: String,
    /// Id of the outcome's figure then; absent where there is no such outcome at this end.
    pub outcome: Option<String>,
}

/// A parameter and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterUse {
    /// Its name.
    pub name: &'static str,
    /// Its value as text.
    pub value: String,
    /// Whether the deal or its playbook states it; else it is the register's default.
    pub stated: bool,
    /// Where a stated value comes from: `deal`, or `playbook ../team.toml`.
    pub from: Option<String>,
    /// Where it is in play: rules that spoke and name it, figures that stand at it, by id.
    pub in_play: Vec<String>,
}

/// One kind of adjustment of one source.
#[derive(Debug, Clone, PartialEq)]
pub struct Adjustment {
    /// Id of the source.
    pub source: String,
    /// `hours`, `ageing`, `currency`, `place`.
    pub kind: &'static str,
    /// What was done, in words, with dates and where the factor comes from.
    pub text: String,
    /// Id of the factor's figure.
    pub figure: String,
    /// Observations that it was applied to.
    pub count: u64,
}

/// Observations that met the conditions and do not count.
#[derive(Debug, Clone, PartialEq)]
pub struct Excluded {
    /// Id of the source.
    pub source: String,
    /// Stable code of the reason.
    pub code: String,
    /// The reason.
    pub reason: String,
    /// How many.
    pub count: u64,
    /// The first few places with their amounts.
    pub first: Vec<Place>,
}

/// A place in a source and what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The place with its file: `oews.xlsx:national_M2022_dl!Z318`.
    pub locator: String,
    /// The amount as stored, with currency and unit: `133080 USD/year`.
    pub amount: String,
}

/// A row that does not sit with the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlier {
    /// Id of the source.
    pub source: String,
    /// Where and what.
    pub place: Place,
    /// Modified z on the log scale.
    pub z: f64,
    /// What would make it fit: `times 1000 would fit: typed in thousands?`
    pub hint: Option<String>,
}

/// The rows that a figure rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceSet {
    /// Id of the source.
    pub source: String,
    /// The conditions, as text: field and value.
    pub query: Vec<(String, String)>,
    /// Rows or cells in it.
    pub n: u64,
    /// SHA-256 of their places and amounts; absent above the listing limit.
    pub digest: Option<String>,
    /// The first few.
    pub first: Vec<Cited>,
    /// The file's name as the places print it.
    pub file: String,
}

/// The plugin that brought a source, and everything that it was given to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginHead {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the file that ran.
    pub sha256: String,
    /// The interface that it was made for.
    pub abi: String,
    /// How it was confined: `full`, `reduced`, `process` or `script`.
    pub level: String,
    /// What it was given to read, in order.
    pub inputs: Vec<InputHead>,
}

/// One input of a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputHead {
    /// Its address, without secrets.
    pub uri: String,
    /// How many bytes the plugin saw of it.
    pub size: u64,
    /// SHA-256 of those bytes.
    pub sha256: String,
    /// Whether it was read to its end; if not, the hash is of its beginning.
    pub complete: bool,
    /// The bytes that were asked for, if not all: `0-1023`, `1024-`.
    pub range: Option<String>,
    /// Headers that were sent, with the names of secrets in place of secrets.
    pub headers: Vec<String>,
}

/// A source as the report shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceHead {
    /// What it is called.
    pub name: String,
    /// Where it is, relative to the deal file.
    pub location: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// When they came from a server; a local file has no such time.
    pub retrieved: Option<String>,
    /// Name of the recipe.
    pub recipe: String,
    /// The plugin that brought it, if one did.
    pub plugin: Option<PluginHead>,
    /// Who publishes it.
    pub publisher: Option<String>,
    /// Under which terms.
    pub licence: Option<String>,
    /// How far it is trusted, in a word.
    pub grade: Option<String>,
    /// Reference or mean date of its comparables.
    pub date: Option<Date>,
    /// First and last date of its comparables, where they have more than one.
    pub span: Option<(Date, Date)>,
    /// On which bases its comparables rest, in alphabetical order: `list`, `paid`, `advertised` ...
    pub bases: Vec<String>,
    /// Rows: read, imported, rejected, skipped.
    pub rows: [u64; 4],
    /// Cells: mapped, observations, absent.
    pub cells: [u64; 3],
    /// Reasons of rejection, skipping and absence, with counts and rows.
    pub tallies: Vec<TallyHead>,
    /// Messages of the import.
    pub diagnostics: Vec<DiagnosticHead>,
    /// Things taken as given.
    pub assumptions: Vec<String>,
}

impl SourceHead {
    /// Its date in words: one day, or the first and the last of several. A mean date is a number
    /// for the arithmetic, and no day on which anything was observed.
    pub fn dated(&self) -> Option<String> {
        match self.span {
            Some((first, last)) => Some(format!("{first} to {last}")),
            None => self.date.map(|date| date.to_string()),
        }
    }
}

/// One reason in a source's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TallyHead {
    /// `rejected`, `skipped`, `absent`.
    pub what: String,
    /// Stable code.
    pub code: String,
    /// Column that decided, if one did.
    pub field: Option<String>,
    /// The reason.
    pub reason: String,
    /// How many.
    pub count: u64,
    /// Every row, as runs: `2-17,20`.
    pub rows: String,
    /// The first few places with what stood there.
    pub samples: Vec<(String, String)>,
}

/// One message of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiagnosticHead {
    /// Stable code.
    pub code: String,
    /// `error`, `warning`, `info`.
    pub severity: String,
    /// Place with its file.
    pub place: String,
    /// What was found and expected.
    pub message: String,
    /// A way out.
    pub help: Option<String>,
}

/// The comparables of a benchmark one by one, and what missed by one condition.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listing {
    /// Source id and comparable, in source order.
    pub comparables: Vec<(String, Cited)>,
    /// Source id, the condition that was missed, and the observation.
    pub near: Vec<(String, String, Cited)>,
    /// How many missed exactly one condition; the list may be shorter.
    pub near_count: u64,
}
