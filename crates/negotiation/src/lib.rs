//! The core of haggle: deal file, market statistics, bargaining, the five steps of leverage, and
//! the brief that every report renders.
//!
//! No I/O, no clock, no random numbers, no hash order: the same inputs give the same bytes.

pub mod bargain;
pub mod brief;
pub mod change;
pub mod deal;
pub mod figure;
pub mod leverage;
pub mod market;
pub mod parameter;
pub mod quote;
pub mod stats;
