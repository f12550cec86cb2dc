//! From alternatives, beliefs and a market to walk-away, target, anchor and ladder.
//!
//! Implements sections 1 to 11 of the numbers specification. [`plan()`] is the one entry point.

mod belief;
mod concession;
mod develop;
mod error;
mod figures;
mod finding;
mod ground;
mod input;
mod leverage;
mod mark;
mod market;
mod opening;
mod params;
mod plan;
mod reference;
mod reservation;
mod rounding;
mod target;
mod triangle;

pub use belief::{Belief, BeliefSource};
pub use concession::{Floor, FloorFrom};
pub use develop::{Development, Search, Swing};
pub use error::BargainError;
pub use figures::Kind;
pub use finding::FindingCode;
pub use input::{Alternative, Amount, Counterpart, Inputs, Party, Per, Record, Role, Side};
pub use leverage::{Leverage, LeverageIndex, Standing};
pub use mark::{Mark, Marked};
pub(crate) use market::percentile_among;
pub use market::{Market, MarketFigures, MarketPoint, MarketRow, MarketRows, MarketTable};
pub use opening::{Counter, CounterFrom, Opening, OpeningFrom};
pub use params::Params;
pub use plan::{Marks, Plan, marks, plan};
pub use reference::{Action, Information, Offer, OneOffer, Question, Settlement, Unknown};
pub use reservation::{AlternativeFigures, Reservation, ReservationSource};
pub use rounding::{Printed, PrintedPlan, Unit125};
pub use target::{Candidates, Target, TargetFrom};
pub use triangle::{Shape, Triangle};
