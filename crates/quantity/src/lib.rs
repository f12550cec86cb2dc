//! Money, currency, unit of price, dated rate, conversion: the arithmetic every other crate shares.
//!
//! An amount without currency or unit does not exist outside a parser; money is decimal at the
//! edges and `f64` only inside statistics. No I/O.

mod amount;
mod currency;
mod date;
mod per;
mod rate;

pub use amount::{
    AMOUNT_SCALE, Amount, AmountError, from_scaled, parse_amount, scaled_text, short_amount,
    to_f64, to_scaled,
};
pub use currency::{Currency, UnknownCurrency};
pub use date::{
    DAYS_PER_YEAR, Date, DateError, day_number, from_day_number, parse_date, years_between,
};
pub use per::{HOURS_PER_YEAR, Per};
pub use rate::{Rate, RateTable};
