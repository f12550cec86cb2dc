//! `prepare`: from a deal and its evidence to the brief, purely.

use super::binding::binding;
use super::part;
use super::plan_figures::PlanFigures;
use super::sensitivity;
use super::{Audience, Brief, DealHead, Gravity, Headline, ParameterUse, Trigger};
use crate::bargain::{self, BargainError, Counterpart, Inputs, Plan, Record};
use crate::deal::{self, Binds, Deadline, Deal, Side, Source, as_f64};
use crate::figure::Unit;
use crate::leverage::{Facts, judge};
use crate::market::{self, Ledger, MarketBuild, SourceEvidence};
use crate::parameter::{Origin, Settings, register};
use haggle_quantity::HOURS_PER_YEAR;
use std::collections::BTreeMap;
use std::fmt;

/// Why no brief can be made.
#[derive(Debug, Clone, PartialEq)]
pub enum PrepareError {
    /// An input or a parameter lies outside what the arithmetic can take.
    Bargain(BargainError),
    /// The evidence handed over is not that of the deal's sources, one each, in their order.
    Evidence {
        /// Sources of the deal.
        expected: usize,
        /// Sources handed over.
        found: usize,
    },
    /// Two sources hold the same observations, which would count twice.
    Twice {
        /// Ids of the sources.
        sources: [String; 2],
        /// A cell that both hold.
        place: String,
    },
}

impl fmt::Display for PrepareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bargain(error) => error.fmt(f),
            Self::Evidence { expected, found } => {
                write!(f, "evidence of {found} sources, expected {expected}")
            }
            Self::Twice { sources: [one, other], place } => write!(
                f,
                "sources `{one}` and `{other}` hold the same observations, among them {place}, and would count them twice"
            ),
        }
    }
}

impl std::error::Error for PrepareError {}

/// Prepares a negotiation: the market from the evidence, the chain from there to the anchor, what
/// the rules say. `evidence` holds one entry for each source of the deal, in its order.
///
/// # Errors
/// [`PrepareError`] if the evidence does not fit the deal or a number is outside its domain.
pub fn prepare(deal: &Deal, evidence: &[SourceEvidence]) -> Result<Brief, PrepareError> {
    let (mut ledger, built, settings, money) = build_market(deal, evidence)?;
    let mut inputs = inputs_of(deal, built.bargain.clone());
    part::add(deal, &settings, &mut inputs);
    let plan = bargain::plan(&inputs, &settings.plan_params()).map_err(PrepareError::Bargain)?;
    let figures = &mut ledger.figures;
    let (headline, asked) =
        PlanFigures { deal, plan: &plan, inputs: &inputs, settings: &settings, money, figures }
            .add();
    let swings = sensitivity::add(deal, &inputs, &settings, figures);
    let mut brief = assemble(deal, evidence, ledger, built.head.clone(), headline, &settings);
    mark_outdone(&mut brief);
    brief.interests = deal.counterpart.interests.clone();
    brief.questions = asked.questions;
    brief.rapport = asked.rapport;
    brief.sensitivity = swings;
    brief.triggers = triggers(deal, &plan, &brief);
    brief.findings = judge(&Facts {
        deal,
        plan: Some(&plan),
        notes: &built.notes,
        settings: &settings,
        brief: &brief,
    });
    tell_binding(&mut brief, deal, Some(&plan), &settings);
    Ok(brief)
}

/// The market alone: a brief without a plan, for whoever asks for percentiles only.
///
/// # Errors
/// As [`prepare`].
pub fn benchmark(deal: &Deal, evidence: &[SourceEvidence]) -> Result<Brief, PrepareError> {
    let (ledger, built, settings, _) = build_market(deal, evidence)?;
    let mut brief =
        assemble(deal, evidence, ledger, built.head.clone(), Headline::default(), &settings);
    brief.findings =
        judge(&Facts { deal, plan: None, notes: &built.notes, settings: &settings, brief: &brief });
    tell_binding(&mut brief, deal, None, &settings);
    Ok(brief)
}

fn tell_binding(brief: &mut Brief, deal: &Deal, plan: Option<&Plan>, settings: &Settings) {
    let mut binding = binding(deal, plan, settings, &brief.findings);
    for it in &mut brief.parameters {
        it.in_play = binding.remove(it.name).unwrap_or_default().into_iter().collect();
    }
}

/// Marks the percentiles that their offer has reached.
fn mark_outdone(brief: &mut Brief) {
    let Some(offer) = brief.figures.get("offer").map(|it| it.value) else { return };
    let sign = brief.deal.side.sign();
    let figures = &brief.figures;
    let reached = |id: &str| figures.get(id).is_some_and(|it| sign * (offer - it.value) >= 0.0);
    if let Some(market) = brief.market.as_mut() {
        let all = market.percentiles.iter().filter(|(_, id)| reached(id));
        market.outdone = all.map(|(name, _)| name.clone()).collect();
    }
}

/// Where a stated value comes from, in words.
fn origin(settings: &Settings, name: &str) -> Option<String> {
    match settings.origin(name) {
        Origin::Register => None,
        Origin::Deal => Some("deal".to_owned()),
        Origin::Playbook(file) => Some(format!("playbook {file}")),
    }
}

/// The first two sources that are one content and share a cell.
fn twice(deal: &Deal, evidence: &[SourceEvidence]) -> Option<PrepareError> {
    let cells = |it: &SourceEvidence| {
        let all = it.comparables.listed.iter().chain(&it.comparables.points);
        all.map(|cell| (cell.at.clone(), cell.place.clone())).collect::<BTreeMap<_, _>>()
    };
    let named: Vec<_> = deal.sources.iter().zip(evidence).collect();
    for (i, (one, first)) in named.iter().enumerate() {
        let alike = |it: &&(&Source, &SourceEvidence)| it.1.head.sha256 == first.head.sha256;
        for (other, second) in named[i + 1..].iter().filter(alike) {
            let theirs = cells(second);
            let shared = cells(first).into_iter().find(|(at, _)| theirs.contains_key(at));
            if let Some((_, place)) = shared {
                let sources = [one.id.clone(), other.id.clone()];
                return Some(PrepareError::Twice {
                    sources,
                    place: format!("{}:{place}", first.file),
                });
            }
        }
    }
    None
}

type Built = (Ledger, MarketBuild, Settings, Unit);

fn build_market(deal: &Deal, evidence: &[SourceEvidence]) -> Result<Built, PrepareError> {
    if deal.sources.len() != evidence.len() {
        let (expected, found) = (deal.sources.len(), evidence.len());
        return Err(PrepareError::Evidence { expected, found });
    }
    if let Some(twice) = twice(deal, evidence) {
        return Err(twice);
    }
    let settings = Settings::new(deal);
    let money = Unit::Money(format!("{}/{}", deal.currency, deal.per));
    let mut ledger = Ledger::default();
    let built = market::build(deal, evidence, &settings, &money, &mut ledger);
    Ok((ledger, built, settings, money))
}

fn assemble(
    deal: &Deal,
    evidence: &[SourceEvidence],
    ledger: Ledger,
    market: Option<super::MarketHead>,
    headline: Headline,
    settings: &Settings,
) -> Brief {
    let used = |p: &'static crate::parameter::Parameter| ParameterUse {
        name: p.name,
        value: settings.text(p),
        stated: settings.is_stated(p.name),
        from: origin(settings, p.name),
        in_play: Vec::new(),
    };
    Brief {
        audience: Audience::Private,
        deal: DealHead {
            title: deal.title.clone(),
            side: deal.side,
            currency: deal.currency.to_string(),
            per: deal.per.to_string(),
            what_if: deal.set.clone(),
        },
        as_of: deal.as_of,
        market,
        headline,
        figures: ledger.figures,
        findings: Vec::new(),
        interests: Vec::new(),
        questions: Vec::new(),
        rapport: Vec::new(),
        triggers: Vec::new(),
        playbook: deal.playbook.clone(),
        sensitivity: Vec::new(),
        parameters: register().map(used).collect(),
        adjustments: ledger.adjustments,
        excluded: ledger.excluded,
        outliers: ledger.outliers,
        evidence: ledger.evidence,
        sources: deal
            .sources
            .iter()
            .zip(evidence)
            .map(|(s, e)| (s.id.clone(), e.head.clone()))
            .collect(),
        own_terms: None,
    }
}

/// The deal in the words of the arithmetic.
fn inputs_of(deal: &Deal, market: Option<bargain::Market>) -> Inputs {
    let side = match deal.side {
        Side::Seller => bargain::Side::Seller,
        Side::Buyer => bargain::Side::Buyer,
    };
    let per = match deal.per.units_per_year(HOURS_PER_YEAR) {
        Some(per_year) => bargain::Per::Time { per_year },
        None => bargain::Per::Each,
    };
    let claims = deal.claims.iter().filter(|c| c.counts_on(deal.as_of)).count() as u32;
    Inputs {
        side,
        per,
        term: deal.term,
        market,
        offer: deal.offer.as_ref().map(|o| as_f64(o.amount)),
        record: deal.us.percentile.map_or(Record::Claims(claims), Record::Percentile),
        us: party(&deal.us, &deal.alternatives),
        counterpart: Counterpart {
            party: party(&deal.counterpart.party, &deal.counterpart.alternatives),
            limit: deal.counterpart.limit.as_ref().map(|l| bargain::Amount::Range {
                low: as_f64(l.low),
                mode: as_f64(l.mode),
                high: as_f64(l.high),
            }),
            first_offer: deal.counterpart.first_offer.map(as_f64),
        },
        walk_away: deal.stated_walk_away.map(as_f64),
        asked: deal.talks.ours().last().copied(),
        tick: deal.tick.map(as_f64),
        negative_prices: false,
    }
}

fn party(stated: &deal::Party, alternatives: &[deal::Alternative]) -> bargain::Party {
    bargain::Party {
        alternatives: alternatives.iter().map(alternative).collect(),
        risk_tolerance: stated.risk_tolerance.map(as_f64),
        delay_cost_per_day: stated.delay_cost_per_day.map(as_f64),
        deal_cost: stated.deal_cost.map_or(0.0, as_f64),
        idle_value: stated.idle_value.map(as_f64),
        while_no_deal: stated.while_no_deal.map(as_f64),
        discount_rate: stated.discount_rate,
    }
}

fn alternative(stated: &deal::Alternative) -> bargain::Alternative {
    let amount = match stated.amount.as_slice() {
        [low, mode, high] => {
            bargain::Amount::Range { low: as_f64(*low), mode: as_f64(*mode), high: as_f64(*high) }
        }
        other => bargain::Amount::Exact(other.first().copied().map_or(0.0, as_f64)),
    };
    bargain::Alternative {
        amount,
        probability: stated.probability,
        cost: stated.cost.map_or(0.0, as_f64),
        advantage: stated.advantage.map_or(0.0, as_f64),
        delay_days: stated.delay_days,
        interim_per_day: stated.interim_per_day.map_or(0.0, as_f64),
        role: stated.role.map(|role| match role {
            deal::Role::Exit => bargain::Role::Exit,
            deal::Role::Income => bargain::Role::Income,
        }),
        develop_cost: stated.develop_cost.map(as_f64),
    }
}

/// When to leave: sentences to be agreed before the meeting (step 5).
fn triggers(deal: &Deal, plan: &Plan, brief: &Brief) -> Vec<Trigger> {
    let mut triggers = Vec::new();
    let mut say = |text: String, figures: &[&str]| {
        let figures = figures.iter().filter(|id| brief.figures.has(id)).map(|id| (*id).to_owned());
        triggers.push(Trigger { text, figures: figures.collect() });
    };
    let spoken = |id: &str| brief.spoken(id);
    let (beyond, worse) = match deal.side {
        Side::Seller => ("at or above", "below"),
        Side::Buyer => ("at or below", "above"),
    };
    if let Some(limit) = brief.spoken_limit() {
        say(
            format!(
                "Their last figure is {worse} {limit}: leave, unless a new fact has changed our alternatives."
            ),
            &["walk_away"],
        );
        say(
            format!(
                "Their last figure is {beyond} {limit}: do not leave; leaving would cost more than accepting."
            ),
            &["walk_away"],
        );
        say("The walk-away moves only with a new fact about our alternatives, written down before the next meeting.".to_owned(), &["walk_away"]);
    }
    if let (Some(offer), Some(last)) = (plan.offer.filter(|o| o.acceptable), spoken("last_ask")) {
        let figure = brief.spoken("offer").unwrap_or_else(|| offer.value.to_string());
        say(
            format!(
                "After the last ask of {last} the fallback is to accept {figure}, never to leave."
            ),
            &["last_ask", "offer"],
        );
    }
    let ahead = |it: &Deadline| it.binds == Binds::Both && it.date >= deal.as_of;
    let acceptable = plan.offer.is_some_and(|it| it.acceptable);
    let leave = match (acceptable, plan.reservation.is_some()) {
        (true, _) => spoken("offer").map(|offer| format!("accept {offer}")),
        (false, true) => Some("leave with the alternative".to_owned()),
        (false, false) => None,
    };
    if let Some((deadline, leave)) = deal.talks.deadline.filter(ahead).zip(leave) {
        let text = format!(
            "Nothing is agreed by {}: {leave}, or agree a new day in writing.",
            deadline.date
        );
        say(text, &["deadline.days", "walk_away", "offer"]);
    }
    triggers
}

impl Brief {
    /// Whether the evidence is too weak for `--strict`: no market, no percentile of it, or an
    /// error that comes from the evidence.
    pub fn is_weak(&self) -> bool {
        let percentiles = self.market.as_ref().map_or(0, |m| m.percentiles.len());
        let errors = self.findings.iter().any(|f| f.step == 3 && f.gravity == Gravity::Error);
        percentiles < 3 || errors
    }
}
