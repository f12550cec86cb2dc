//! The closed vocabularies of an observation: each value is one word, stored and printed as it is.

use std::fmt;
use std::str::FromStr;

/// The text is not one of the words of a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    /// The text that was found.
    pub found: String,
    /// The words that would have been right.
    pub expected: &'static [&'static str],
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not one of {}", self.found, self.expected.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every word, in order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word, as stored and printed.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;
            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord { found: text.to_owned(), expected: Self::WORDS }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
    };
}

vocabulary! {
    /// What sort of number an observation states.
    Kind { /// Pay for work.
        Wage = "wage", /// A price of goods or services.
        Price = "price", /// A vendor's quote.
        Quote = "quote", /// An index.
        Index = "index", /// An exchange or interest rate.
        Rate = "rate" }
}

vocabulary! {
    /// How the number came to be. Different bases are never mixed without a word.
    Basis { /// Money that was paid.
        Paid = "paid", /// An offer made.
        Offered = "offered", /// A legal or contractual least.
        Floor = "floor", /// A legal or contractual most.
        Ceiling = "ceiling", /// A published list.
        List = "list", /// An advertisement.
        Advertised = "advertised", /// A quote to this buyer.
        Quoted = "quoted", /// What people say of themselves.
        SelfReported = "self-reported", /// An estimate.
        Estimate = "estimate", /// Not stated.
        Unknown = "unknown" }
}

vocabulary! {
    /// Tax in or out of the number.
    Tax { /// Before income tax.
        Gross = "gross", /// After income tax.
        Net = "net", /// Sales tax not in it.
        Excluded = "excluded", /// Sales tax in it.
        Included = "included", /// Not stated.
        Unknown = "unknown" }
}

vocabulary! {
    /// Whether an amount is the value itself or only bounds it.
    Bound { /// The value.
        Exact = "exact", /// The value is this or more.
        AtLeast = "at least", /// The value is this or less.
        AtMost = "at most" }
}

vocabulary! {
    /// How far evidence of this kind is trusted (`benchmark.md` section 6, `science.md` F20).
    Grade { /// Employer-reported survey, 1.
        Employer = "employer", /// Government statistics, 0.9.
        Government = "government", /// Posted ranges, 0.7.
        Posted = "posted", /// Filings, 0.6.
        Filing = "filing", /// Self-report, 0.5.
        SelfReport = "self-report", /// Anecdotes, 0.25.
        Anecdote = "anecdote" }
}

impl Grade {
    /// The factor that the grade puts on a source's weight.
    pub fn factor(self) -> f64 {
        match self {
            Self::Employer => 1.0,
            Self::Government => 0.9,
            Self::Posted => 0.7,
            Self::Filing => 0.6,
            Self::SelfReport => 0.5,
            Self::Anecdote => 0.25,
        }
    }
}

/// Which statistic of a population an amount is: one value, a percentile, a mean, an extreme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statistic {
    /// One value of one person, sale or quote.
    Value,
    /// A percentile from 1 to 99.
    Percentile(u8),
    /// The mean.
    Mean,
    /// The smallest value.
    Min,
    /// The largest value.
    Max,
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value => f.write_str("value"),
            Self::Percentile(p) => write!(f, "p{p}"),
            Self::Mean => f.write_str("mean"),
            Self::Min => f.write_str("min"),
            Self::Max => f.write_str("max"),
        }
    }
}

impl FromStr for Statistic {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let unknown = || UnknownWord {
            found: text.to_owned(),
            expected: &["value", "p1 to p99", "mean", "min", "max"],
        };
        match text {
            "value" => Ok(Self::Value),
            "mean" => Ok(Self::Mean),
            "min" => Ok(Self::Min),
            "max" => Ok(Self::Max),
            _ => {
                let number = text.strip_prefix('p').and_then(|n| n.parse().ok());
                number.filter(|p| (1..=99).contains(p)).map(Self::Percentile).ok_or_else(unknown)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_there_and_back() {
        for word in Basis::WORDS {
            assert_eq!(word.parse::<Basis>().unwrap().as_str(), *word);
        }
        for word in ["value", "p10", "p99", "mean", "min", "max"] {
            assert_eq!(word.parse::<Statistic>().unwrap().to_string(), word);
        }
        for bad in ["p0", "p100", "median", "p", "P50"] {
            assert!(bad.parse::<Statistic>().is_err(), "{bad}");
        }
    }
}
