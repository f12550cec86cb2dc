//! Vendor quotes like for like, in every format: what a renderer shows stands in the comparison.

mod award;
mod csv;
mod explain;
mod html;
mod json;
mod matrix;
mod moves;
mod outline;
mod proposal;
mod ranking;
mod shared;
mod stated;
mod vendor;
mod words;
mod workbook;

pub use explain::{explain_quote, quote_figures};
pub use json::QuotesRecord;
pub use proposal::VendorProposal;
pub use shared::Shared;
pub use vendor::VendorBrief;

use crate::section::Block;
use crate::text::Style;
use crate::{markdown, text};
use haggle_negotiation::quote::vendor::Negotiation;
use haggle_negotiation::quote::{Comparison, Outcome};

/// A comparison with the scenario that is shown.
#[derive(Debug, Clone, Copy)]
pub struct Quotes<'a> {
    /// The comparison.
    pub comparison: &'a Comparison,
    /// Number of the scenario, from 0: as asked.
    pub scenario: usize,
    /// The negotiations whose memo is written: with those who would get an award.
    pub negotiations: &'a [Negotiation],
    /// Those who would get an award and with whom there is no plan, each with the reason.
    pub unplanned: &'a [(usize, String)],
}

/// What of a comparison is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum QuotePage {
    /// Awards, ranking, items by suppliers, terms, findings.
    #[default]
    Table,
    /// The memo for the file.
    Memo,
}

/// How much of a wide and long table is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    /// Most suppliers.
    suppliers: usize,
    /// Most items.
    items: usize,
}

impl Extent {
    /// Everything.
    const WHOLE: Self = Self { suppliers: usize::MAX, items: usize::MAX };
    /// What one can read on a terminal.
    const TERMINAL: Self = Self { suppliers: 12, items: 60 };
}

impl Quotes<'_> {
    /// The comparison as text. Of many suppliers and items the first are shown, the rest named.
    pub fn text(&self, page: QuotePage, style: &Style) -> String {
        text::render(&self.blocks(page, Extent::TERMINAL), style)
    }

    /// The comparison as Markdown, whole; many suppliers stand in tables one below the other.
    pub fn markdown(&self, page: QuotePage) -> String {
        markdown::render(&self.blocks(page, Extent::WHOLE))
    }

    fn blocks(&self, page: QuotePage, extent: Extent) -> Vec<Block> {
        match page {
            QuotePage::Table => outline::table(self, extent),
            QuotePage::Memo => outline::memo(self),
        }
    }

    /// The scenario that is shown.
    fn outcome(&self) -> &Outcome {
        &self.comparison.outcomes[self.scenario]
    }
}
