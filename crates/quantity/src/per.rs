//! What a price is per: a unit of time, a piece, a weight, a service unit.

use crate::Amount;
use std::borrow::Cow;
use std::fmt;

/// Hours in a working year, 40 times 52 (BLS practice, `science.md` F17).
pub const HOURS_PER_YEAR: f64 = 2080.0;

/// The unit that a price is stated per. Known words have a UN/CEFACT Recommendation 20 code, in
/// which they are stored; any other word stands for itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Per {
    word: Cow<'static, str>,
    /// What a known word is stored as.
    code: Option<&'static str>,
}

/// Word, code (the word itself where there is none), and other spellings that mean the same.
const WORDS: &[(&str, &str, &[&str])] = &[
    ("year", "ANN", &["annual", "annually", "yearly", "yr", "per year", "per annum", "p.a."]),
    ("quarter", "QAN", &["quarterly", "per quarter"]),
    ("month", "MON", &["monthly", "mo", "per month"]),
    ("half-month", "half-month", &["semi-monthly", "semimonthly", "twice a month"]),
    (
        "2 weeks",
        "2 weeks",
        &[
            "two weeks",
            "fortnight",
            "fortnightly",
            "per fortnight",
            "biweekly",
            "bi-weekly",
            "every two weeks",
        ],
    ),
    ("week", "WEE", &["weekly", "wk", "per week"]),
    ("day", "DAY", &["daily", "per day"]),
    ("hour", "HUR", &["hourly", "hr", "h", "hrs", "per hour"]),
    ("each", "EA", &["ea", "piece", "unit"]),
    ("lump", "LS", &["lump sum"]),
    ("kg", "KGM", &["kilogram"]),
    ("t", "TNE", &["tonne", "metric ton", "mt"]),
    ("lb", "LBR", &["pound"]),
    ("l", "LTR", &["litre", "liter"]),
    ("m", "MTR", &["metre", "meter"]),
    ("m2", "MTK", &["square metre"]),
    ("m3", "MTQ", &["cubic metre"]),
    ("kWh", "KWH", &["kwh"]),
    ("barrel", "BLL", &["bbl"]),
    ("token", "token", &["tokens", "per token"]),
    ("1K-tokens", "1K-tokens", &["1k tokens", "thousand tokens", "ktok", "per 1k tokens"]),
    ("1M-tokens", "1M-tokens", &["1m tokens", "million tokens", "mtok", "per 1m tokens"]),
    ("1K-units", "1K-units", &[]),
    ("10K-units", "10K-units", &[]),
    ("1M-units", "1M-units", &[]),
];

/// Counted units: the word, what is counted, and how many.
const COUNTS: &[(&str, &str, f64)] = &[
    ("token", "token", 1.0),
    ("1K-tokens", "token", 1e3),
    ("1M-tokens", "token", 1e6),
    ("each", "unit", 1.0),
    ("1K-units", "unit", 1e3),
    ("10K-units", "unit", 1e4),
    ("1M-units", "unit", 1e6),
];

/// Units of one kind: the word, the kind, and how many of the smallest are in one, as digits and
/// their number after the point. Working time is not among them: how many hours a day has is a
/// matter of contract.
const EXACT: &[(&str, &str, i64, u32)] = &[
    ("each", "unit", 1, 0),
    ("1K-units", "unit", 1_000, 0),
    ("10K-units", "unit", 10_000, 0),
    ("1M-units", "unit", 1_000_000, 0),
    ("token", "token", 1, 0),
    ("1K-tokens", "token", 1_000, 0),
    ("1M-tokens", "token", 1_000_000, 0),
    ("kg", "mass", 1, 0),
    ("t", "mass", 1_000, 0),
    ("lb", "mass", 45_359_237, 8),
    ("l", "volume", 1, 0),
    ("m3", "volume", 1_000, 0),
    ("month", "month", 1, 0),
    ("quarter", "month", 3, 0),
    ("year", "month", 12, 0),
    ("week", "week", 1, 0),
    ("2 weeks", "week", 2, 0),
];

impl Per {
    /// Reads a word, another spelling of it, or its code. Case does not matter for known words.
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        let lower = text.to_lowercase();
        let is = |word: &str| word.chars().flat_map(char::to_lowercase).eq(lower.chars());
        let known = WORDS.iter().find(|(word, code, others)| {
            is(word) || *code == text || others.contains(&lower.as_str())
        });
        match known {
            Some((word, code, _)) => Self { word: Cow::Borrowed(word), code: Some(code) },
            None => Self { word: Cow::Owned(text.to_owned()), code: None },
        }
    }

    /// The word that people read: `year`.
    pub fn as_str(&self) -> &str {
        &self.word
    }

    /// The stored code: `ANN`, or the word itself where Recommendation 20 has none.
    pub fn code(&self) -> &str {
        self.code.unwrap_or(&self.word)
    }

    /// The known words: `year`, `hour`, `each` ...
    pub fn words() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(word, _, _)| *word)
    }

    /// Whether it is one of the known words: another one stands for itself alone, and nothing
    /// converts it.
    pub fn is_known(&self) -> bool {
        self.code.is_some()
    }

    /// How many of this unit make a year, for units of time (`numbers.md` section 1, `upy`):
    /// year 1, quarter 4, month 12, half-month 24, two weeks 365/14, week 365/7, day 365, hour `hours`. `None`
    /// for everything else.
    pub fn units_per_year(&self, hours: f64) -> Option<f64> {
        match self.as_str() {
            "year" => Some(1.0),
            "quarter" => Some(4.0),
            "month" => Some(12.0),
            "half-month" => Some(24.0),
            "2 weeks" => Some(365.0 / 14.0),
            "week" => Some(365.0 / 7.0),
            "day" => Some(365.0),
            "hour" => Some(hours),
            _ => None,
        }
    }

    /// The factor that turns an amount per `self` into an amount per `target`; 1 for the same
    /// unit, `None` where no rule of arithmetic connects them.
    pub fn factor_to(&self, target: &Self, hours: f64) -> Option<f64> {
        if self == target {
            return Some(1.0);
        }
        if let (Some((what, own)), Some((other, wanted))) = (self.count(), target.count()) {
            return (what == other).then_some(wanted / own);
        }
        Some(self.units_per_year(hours)? / target.units_per_year(hours)?)
    }

    /// How many of `unit` are in one of this, where that holds by definition: 1000 kg in a t, 12
    /// months in a year; `None` where it does not (hours of a working day, sheets of a pack).
    pub fn in_units_of(&self, unit: &Self) -> Option<Amount> {
        if self == unit {
            return Some(Amount::ONE);
        }
        let of = |per: &Self| EXACT.iter().find(|(word, ..)| *word == per.word);
        let ((_, kind, many, scale), (_, other, least, point)) = (of(self)?, of(unit)?);
        let both = (Amount::new(*many, *scale), Amount::new(*least, *point));
        if kind == other { both.0.checked_div(both.1) } else { None }
    }

    /// What is counted, and how many of it the unit is.
    fn count(&self) -> Option<(&'static str, f64)> {
        COUNTS.iter().find(|(word, _, _)| *word == self.word).map(|(_, what, many)| (*what, *many))
    }
}

impl fmt::Display for Per {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_spellings_and_codes_meet() {
        for (text, word, code) in [
            ("year", "year", "ANN"),
            ("Annual", "year", "ANN"),
            ("HUR", "hour", "HUR"),
            ("1M-tokens", "1M-tokens", "1M-tokens"),
            ("Fortnight", "2 weeks", "2 weeks"),
            ("half-month", "half-month", "half-month"),
            ("h", "hour", "HUR"),
            ("Bi-Weekly", "2 weeks", "2 weeks"),
            ("biweekly", "2 weeks", "2 weeks"),
            ("p.a.", "year", "ANN"),
            ("quarterly", "quarter", "QAN"),
        ] {
            let per = Per::new(text);
            assert_eq!((per.as_str(), per.code()), (word, code));
            assert_eq!(Per::new(per.code()), per);
        }
    }

    /// Pay periods of two weeks are twice a week, and not half a month.
    #[test]
    fn pay_periods() {
        let factor = |from: &str, to: &str| Per::new(from).factor_to(&Per::new(to), HOURS_PER_YEAR);
        assert_eq!(factor("half-month", "month"), Some(2.0));
        assert_eq!(factor("half-month", "year"), Some(24.0));
        assert_eq!(factor("week", "2 weeks"), Some(2.0));
        assert_eq!(factor("2 weeks", "year"), Some(365.0 / 14.0));
        assert_eq!(factor("quarter", "year"), Some(4.0));
        assert_eq!(factor("quarter", "month"), Some(1.0 / 3.0));
        assert!(Per::new("fortnight").is_known() && Per::new("EA").is_known());
        assert!(!Per::new("sack").is_known() && !Per::new("bimonthly").is_known());
    }

    /// 3 for a million tokens is 0.003 for a thousand; a token is no piece.
    #[test]
    fn counts() {
        let factor = |from: &str, to: &str| Per::new(from).factor_to(&Per::new(to), HOURS_PER_YEAR);
        for (from, to, expected) in [
            ("token", "1M-tokens", Some(1e6)),
            ("1M tokens", "1k tokens", Some(1e-3)),
            ("mtok", "token", Some(1e-6)),
            ("1K-units", "1M-units", Some(1e3)),
            ("10K-units", "each", Some(1e-4)),
            ("token", "each", None),
            ("token", "hour", None),
        ] {
            assert_eq!(factor(from, to), expected, "{from} {to}");
        }
        assert!(Per::new("million tokens").is_known());
    }

    /// Only what holds by definition: 0.45359237 kg in a lb, no hours in a day.
    #[test]
    fn exact_units() {
        for (from, to, expected) in [
            ("t", "kg", Some("1000")),
            ("lb", "kg", Some("0.45359237")),
            ("year", "month", Some("12")),
            ("quarter", "year", Some("0.25")),
            ("1K-units", "each", Some("1000")),
            ("each", "1K-units", Some("0.001")),
            ("m3", "l", Some("1000")),
            ("sheet", "sheet", Some("1")),
            ("day", "hour", None),
            ("year", "week", None),
            ("token", "each", None),
            ("pack", "sheet", None),
        ] {
            let found = Per::new(from).in_units_of(&Per::new(to));
            assert_eq!(
                found.map(|a| a.normalize().to_string()).as_deref(),
                expected,
                "{from} {to}"
            );
        }
    }

    /// `science.md` F17: 45.00 an hour is 93,600 a year; 95,000 a year is 45.67 an hour.
    #[test]
    fn hours_and_years() {
        let (hour, year) = (Per::new("hour"), Per::new("year"));
        assert_eq!(45.0 * hour.factor_to(&year, HOURS_PER_YEAR).unwrap(), 93_600.0);
        let hourly = 95_000.0 * year.factor_to(&hour, HOURS_PER_YEAR).unwrap();
        assert!((hourly - 45.67).abs() < 0.005);
        assert_eq!(hour.factor_to(&Per::new("each"), HOURS_PER_YEAR), None);
    }
}
