//! The market of a deal: comparables adjusted, each source a curve, several sources one market.

mod adjust;
mod cited;

pub use adjust::{Adjuster, CellUnit, Factors, Refusal};
pub use cited::Cited;
