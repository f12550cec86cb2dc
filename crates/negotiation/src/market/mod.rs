//! The market of a deal: comparables adjusted, each source a curve, several sources one market.

mod adjust;
mod build;
mod cited;
mod comparable;
mod source;

pub use adjust::{Adjuster, CellUnit, Factors, Refusal};
pub use cited::Cited;
pub use comparable::{Comparables, LISTED, PassedOver};
pub use source::SourceEvidence;

pub(crate) use build::{MarketBuild, MarketNotes, build};
pub(crate) use source::Ledger;

/// The reason under which a row is passed over that a written rule of the deal excludes.
pub fn excluded_by(reason: &str) -> String {
    format!("excluded by the deal: {reason}")
}

/// What is passed over without being asked, and why: a figure that somebody estimated was neither
/// paid nor offered. A source whose conditions speak about the basis decides for itself.
pub fn standing_exclude(source: &Source) -> Option<(Vec<Condition>, String)> {
    let test = Test::OneOf(vec!["estimate".to_owned()]);
    let condition = Condition { field: "basis".to_owned(), test };
    let reason = "an estimate, neither paid nor offered; `basis=estimate` asks for it".to_owned();
    source.conditions.iter().all(|c| c.field != "basis").then(|| (vec![condition], reason))
}

use crate::deal::{Condition, Source, Test};
use sha2::{Digest, Sha256};

/// Digest of a set of observations: SHA-256, in lower-case hexadecimal, over the line
/// `place TAB amount TAB statistic LF` of each, in the order of the source.
pub fn digest_of(cells: &[Cited]) -> String {
    let mut ordered: Vec<&Cited> = cells.iter().collect();
    ordered.sort_by(|a, b| a.at.cmp(&b.at));
    let mut hash = Sha256::new();
    for cell in ordered {
        hash.update(format!("{}\t{}\t{}\n", cell.place, cell.amount, cell.statistic).as_bytes());
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}
