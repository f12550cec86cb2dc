//! From alternatives, beliefs and a market to walk-away, target, anchor and ladder.
