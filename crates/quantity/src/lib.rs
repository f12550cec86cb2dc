//! Money, currency, unit of price, dated rate, conversion.
