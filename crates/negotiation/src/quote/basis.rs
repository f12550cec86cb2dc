//! To what every quote is brought: what the tender states, or what all quotes state alike.

use super::gather::Bid;
use super::{Basis, Incoterm};
use crate::deal::{Deal, Tender};
use crate::parameter::Settings;
use std::collections::BTreeSet;

/// What the tender and all quotes together say, before one of them is converted.
pub(super) struct Ground<'a> {
    pub(super) deal: &'a Deal,
    pub(super) tender: &'a Tender,
    pub(super) incoterm: Common<Incoterm>,
    pub(super) payment_days: Common<u32>,
    pub(super) tax: TaxGround,
    /// The rule under which a seller does most.
    pub(super) fullest: Incoterm,
    /// Whether somebody states a lead time.
    pub(super) leads: bool,
}

/// What quotes have in common.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Common<T> {
    /// This: the tender states it, or all who say something say the same.
    Is(T),
    /// Nobody says anything.
    Nobody,
    /// They say different things, and the tender nothing.
    Differ(Vec<T>),
}

impl<T: Copy + Ord> Common<T> {
    fn new(stated: Option<T>, quotes: impl Iterator<Item = Option<T>>) -> Self {
        let said: BTreeSet<T> = quotes.flatten().collect();
        let mut said = said.into_iter();
        match (stated, said.next(), said.next()) {
            (Some(stated), ..) => Self::Is(stated),
            (None, None, _) => Self::Nobody,
            (None, Some(one), None) => Self::Is(one),
            (None, Some(one), Some(two)) => {
                Self::Differ([one, two].into_iter().chain(said).collect())
            }
        }
    }

    fn get(&self) -> Option<T> {
        if let Self::Is(value) = self { Some(*value) } else { None }
    }
}

/// The bids without estimates of our own, which are nobody's word.
fn real(bids: &[Bid]) -> impl Iterator<Item = &Bid> {
    bids.iter().filter(|bid| bid.terms.reference != Some(true))
}

/// What quotes say of tax.
pub(super) struct TaxGround {
    /// Whether somebody says whether prices hold tax.
    pub(super) said: bool,
    /// Whether all who say so say the same, and nobody a rate.
    pub(super) alike: bool,
    /// Whether everybody who states a rate recovers it, so that all costs are without tax.
    pub(super) net: bool,
}

impl TaxGround {
    fn new(bids: &[Bid]) -> Self {
        let words: BTreeSet<bool> = real(bids).filter_map(|bid| bid.terms.tax_included).collect();
        let mut rated = real(bids).filter(|bid| bid.terms.tax.is_some()).peekable();
        let none = rated.peek().is_none();
        Self {
            said: !words.is_empty(),
            alike: words.len() == 1 && none,
            net: !none && rated.all(|bid| bid.terms.tax_recoverable == Some(true)),
        }
    }
}

impl<'a> Ground<'a> {
    pub(super) fn new(deal: &'a Deal, tender: &'a Tender, bids: &[Bid]) -> Self {
        let terms = || real(bids).map(|bid| &bid.terms);
        Self {
            deal,
            tender,
            incoterm: Common::new(tender.incoterm, terms().map(|t| t.incoterm)),
            payment_days: Common::new(tender.payment_days, terms().map(|t| t.payment_days)),
            tax: TaxGround::new(bids),
            fullest: terms()
                .filter_map(|t| t.incoterm)
                .min_by_key(|rule| rule.lacking().len())
                .unwrap_or(Incoterm::Ddp),
            leads: real(bids).any(|bid| bid.line_leads || bid.terms.lead_time_days.is_some()),
        }
    }

    pub(super) fn basis(&self, settings: &Settings) -> Basis {
        let tender = self.tender;
        Basis {
            incoterm: self.incoterm.get(),
            place: tender.place.clone(),
            payment_days: self.payment_days.get(),
            discount_rate: self.deal.us.discount_rate,
            horizon_months: tender.horizon_months,
            holding_rate: tender.holding_rate,
            max_suppliers: tender.max_suppliers,
            fill_gaps: tender.fill_gaps,
            include_expired: tender.include_expired,
            plug_max: settings.number("plug_max"),
            low_bid: settings.number("alt_low_bid"),
        }
    }
}
