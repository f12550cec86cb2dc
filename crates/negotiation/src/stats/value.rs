//! What a number may be: exact, a bound, or a range (section 4).

/// What a row or a table's entry says about its amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bound {
    /// The amount itself.
    #[default]
    Exact,
    /// The amount or more, as in a top-coded entry.
    AtLeast,
    /// The amount or less.
    AtMost,
}

/// A percentile's value (section 4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// Known exactly.
    Exact(f64),
    /// Known to be this or more.
    AtLeast(f64),
    /// Known to be this or less.
    AtMost(f64),
    /// Known to lie between two amounts.
    Range {
        /// Smallest possible value.
        low: f64,
        /// Largest possible value.
        high: f64,
    },
}

impl Value {
    /// The value with these ends, infinite where open; `None` where both are open (section 4).
    pub fn from_ends(low: f64, high: f64) -> Option<Self> {
        match (low.is_finite(), high.is_finite()) {
            (true, true) if low == high => Some(Self::Exact(low)),
            (true, true) => Some(Self::Range { low, high }),
            (true, false) => Some(Self::AtLeast(low)),
            (false, true) => Some(Self::AtMost(high)),
            (false, false) => None,
        }
    }

    /// Smallest and largest possible value, infinite where open (section 4).
    pub fn ends(self) -> (f64, f64) {
        match self {
            Self::Exact(x) => (x, x),
            Self::AtLeast(x) => (x, f64::INFINITY),
            Self::AtMost(x) => (f64::NEG_INFINITY, x),
            Self::Range { low, high } => (low, high),
        }
    }

    /// The amount if it is known exactly.
    pub fn exact(self) -> Option<f64> {
        match self {
            Self::Exact(x) => Some(x),
            _ => None,
        }
    }
}

/// A share of the market at or below an amount, as an envelope: 0 to 1 (section 5).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Envelope {
    /// Smallest possible share.
    pub low: f64,
    /// Largest possible share.
    pub high: f64,
}

impl Envelope {
    /// An envelope without width.
    pub fn point(p: f64) -> Self {
        Self { low: p, high: p }
    }
}
