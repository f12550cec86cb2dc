//! Market statistics: quantiles, intervals, percentile tables, several sources, outliers, ageing.
//!
//! "Section" in these files means a section of the benchmark definition. The way through:
//! [`rows::Rows`] is built row by row and merged, [`rows::Rows::finish`] makes a curve of it; a
//! published table becomes a [`table::Table`]; [`combine::market`] combines curves of both kinds.

pub mod ageing;
pub mod beta;
pub mod combine;
pub mod composite;
pub mod curve;
pub mod employers;
pub mod estimate;
mod hash;
pub mod interval;
pub mod ladder;
pub mod mixture;
pub mod normal;
pub mod outlier;
pub mod params;
pub mod pool;
pub mod rows;
pub mod sample;
pub mod table;
pub mod value;
pub mod weight;

pub use combine::{Market, MarketError, MarketEstimate, STANDARD, market};
pub use curve::{Curve, SourceCurve};
pub use estimate::{Basis, Chain, Estimate, Refusal};
pub use params::{Combine, StatParams};
pub use rows::{RowCurve, Rows};
pub use table::{Table, TablePoint};
pub use value::{Bound, Envelope, Value};
