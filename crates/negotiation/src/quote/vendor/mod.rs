//! The negotiation with one vendor: quotes like for like turned into an ordinary deal, planned by
//! the same chain and judged by the same rules, and told in the vendor's own terms.

mod asks;
mod deal;
mod ground;
mod memo;
mod own;
mod proposal;
mod references;
mod say;
mod trades;

pub use asks::Ask;
pub use deal::market_deal;
pub use ground::Backup;
pub use memo::{Element, Fact};
pub use proposal::{MarketPrice, Proposal, ProposedLine};
pub use references::{Reference, ReferenceKind};
pub use say::Saying;
pub use trades::{Trade, TradeKind};

use super::Comparison;
use crate::brief::{Brief, PrepareError, prepare};
use crate::deal::Deal;
use ground::Ground;
use haggle_quantity::Amount;
use std::collections::BTreeMap;
use std::fmt;

/// What other quotes make of a deal with one vendor: what the rules look at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rivals {
    /// The vendor.
    pub vendor: String,
    /// Comparable quotes for the lines of the deal, the vendor's among them.
    pub quotes: usize,
    /// Sample deviation of their totals; `None` below two.
    pub spread: Option<f64>,
    /// Items that the vendor alone can deliver.
    pub alone: Vec<String>,
    /// What has to be asked before figures are compared further.
    pub open: Vec<String>,
    /// What the price is held against.
    pub references: Vec<Reference>,
    /// Alternatives that the deal states for everything, where not everything is negotiated here.
    pub set_aside: Vec<String>,
}

/// The negotiation with one vendor over the lines that it quotes and somebody else can deliver.
#[derive(Debug, Clone, PartialEq)]
pub struct Negotiation {
    /// The vendor's number in the comparison.
    pub supplier: usize,
    /// The vendor's name.
    pub vendor: String,
    /// Items that are negotiated.
    pub lines: Vec<usize>,
    /// Items that the vendor alone can deliver; outside every figure, for there the leverage is
    /// the vendor's.
    pub alone: Vec<usize>,
    /// What the vendor asks for the lines, like for like.
    pub offer: Amount,
    /// What its order costs beside the lines, as far as it is in `offer`: where it has lines alone,
    /// the order is paid for these.
    pub order: Amount,
    /// The next best award of these lines.
    pub backup: Option<Backup>,
    /// Why there is none.
    pub no_backup: Option<String>,
    /// What the price is held against.
    pub references: Vec<Reference>,
    /// The deal that was planned.
    pub deal: Deal,
    /// The plan, with the findings of every rule.
    pub brief: Brief,
    /// Opening, target and walk-away in the vendor's own terms.
    pub asks: Vec<Ask>,
    /// The opening for the vendor's eyes, or in words why there is nothing to propose.
    pub proposal: Result<Proposal, String>,
    /// What to say, in this order.
    pub arguments: Vec<Saying>,
    /// What to trade, and what it is worth to us.
    pub trades: Vec<Trade>,
    /// Whether one more quote pays.
    pub one_more: OneMore,
    /// What to ask before comparing further.
    pub questions: Vec<String>,
    /// The file memo after FAR 15.406-3.
    pub memo: Vec<Element>,
}

/// Whether one more quote pays (G9 to G11).
#[derive(Debug, Clone, PartialEq)]
pub struct OneMore {
    /// Comparable quotes for these lines.
    pub quotes: usize,
    /// What one more should save; `None` where the quotes do not say.
    pub saving: Option<f64>,
    /// What it costs.
    pub cost: Option<Amount>,
    /// Whether it pays; `None` where a number is missing.
    pub pays: Option<bool>,
    /// The sentence.
    pub text: String,
}

/// Why there is nothing to plan with a vendor.
#[derive(Debug, Clone, PartialEq)]
pub enum NegotiateError {
    /// The comparison has no such supplier.
    Unknown,
    /// Its quote cannot be compared or awarded: the reasons.
    NotComparable(String),
    /// It quotes nothing that has a cost.
    NoLines,
    /// Amounts do not fit.
    TooLarge,
    /// The plan cannot be made.
    Prepare(PrepareError),
}

impl fmt::Display for NegotiateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("no supplier of that name quotes"),
            Self::NotComparable(why) => write!(f, "its quote cannot be negotiated yet: {why}"),
            Self::NoLines => f.write_str("it quotes no line that has a cost"),
            Self::TooLarge => f.write_str("its amounts are too large to be computed exactly"),
            Self::Prepare(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NegotiateError {}

/// Plans the negotiation with one supplier of a comparison. `markets` holds a benchmark for each
/// item that names market evidence, by item number: [`market_deal`] is what it is made from.
///
/// # Errors
/// [`NegotiateError`] if the supplier's quote gives no figure to negotiate.
pub fn negotiate(
    deal: &Deal,
    comparison: &Comparison,
    supplier: usize,
    markets: &BTreeMap<usize, Brief>,
) -> Result<Negotiation, NegotiateError> {
    let ground = Ground::new(comparison, supplier)?;
    let references = references::all(deal, &ground, markets);
    let questions = say::questions(&ground);
    let arguments = say::arguments(&ground, &references);
    let rivals = rivals(deal, &ground, &questions, &references);
    let (planned, evidence) = deal::planned(deal, &ground, markets, rivals, &arguments);
    let mut brief = prepare(&planned, &evidence).map_err(NegotiateError::Prepare)?;
    let asks = asks::all(&ground, &brief);
    let proposal = proposal::proposal(&ground, &brief, &asks, markets);
    brief.own_terms = Some(own::terms(&ground, &brief, proposal.as_ref().ok(), &arguments));
    let trades = trades::all(deal, &ground, &references);
    let one_more = one_more(&brief, &ground, deal);
    let memo = memo::all(&memo::Case {
        deal,
        ground: &ground,
        references: &references,
        brief: &brief,
        asks: &asks,
    });
    let (backup, no_backup) = match ground.backup {
        Ok(backup) => (Some(backup), None),
        Err(why) => (None, Some(why)),
    };
    Ok(Negotiation {
        supplier,
        vendor: comparison.suppliers[supplier].name.clone(),
        lines: ground.lines,
        alone: ground.alone,
        offer: ground.offer,
        order: ground.order,
        backup,
        no_backup,
        references,
        deal: planned,
        brief,
        asks,
        proposal,
        arguments,
        trades,
        one_more,
        questions,
        memo,
    })
}

fn rivals(
    deal: &Deal,
    ground: &Ground<'_>,
    questions: &[String],
    references: &[Reference],
) -> Rivals {
    let part = deal.alternatives.iter().filter(|_| !ground.is_whole());
    Rivals {
        vendor: ground.own().name.clone(),
        quotes: ground.others.len() + 1,
        spread: ground.spread(),
        alone: ground.names(&ground.alone),
        open: questions.to_vec(),
        references: references.to_vec(),
        set_aside: part.map(|it| it.name.clone()).collect(),
    }
}

fn one_more(brief: &Brief, ground: &Ground<'_>, deal: &Deal) -> OneMore {
    let quotes = ground.others.len() + 1;
    let saving = brief.figures.get("quote.saving").map(|figure| figure.value);
    let cost = deal.us.quote_cost;
    let pays = saving.zip(cost).map(|(saving, cost)| saving > crate::deal::as_f64(cost));
    let said = brief.spoken("quote.saving").unwrap_or_default();
    let text = match (saving, cost, pays) {
        (None, ..) if quotes < 2 => {
            "One quote alone does not say how quotes scatter: get a second one.".to_owned()
        }
        (None, ..) => format!("{quotes} quotes are enough: prices fall until about six to eight."),
        (_, None, _) => format!(
            "One more quote should save about {said}; what it costs is not stated: `quote_cost` in `[us]`."
        ),
        (_, Some(cost), Some(true)) => {
            format!(
                "One more quote should save about {said} and costs {}: get it.",
                ground.money(cost)
            )
        }
        (_, Some(cost), _) => {
            format!(
                "One more quote should save about {said} and costs {}: it does not pay.",
                ground.money(cost)
            )
        }
    };
    OneMore { quotes, saving, cost, pays, text }
}
