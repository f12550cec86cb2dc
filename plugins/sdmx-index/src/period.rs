//! Periods: years, halves, quarters and months, each with its number.

use haggle_plugin_api::date;

/// How often a series states a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Frequency {
    Year,
    Half,
    Quarter,
    Month,
}

impl Frequency {
    /// How many of them are in a year.
    fn in_year(self) -> i32 {
        match self {
            Self::Year => 1,
            Self::Half => 2,
            Self::Quarter => 4,
            Self::Month => 12,
        }
    }

    /// Its code in SDMX.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Year => "A",
            Self::Half => "S",
            Self::Quarter => "Q",
            Self::Month => "M",
        }
    }

    /// Whether a code of a dimension `FREQ` means it; some write `A: Annual`.
    pub(crate) fn is(self, code: &str) -> bool {
        let code = code.split(':').next().unwrap_or(code).trim();
        code == self.code() || (self == Self::Half && code == "H")
    }
}

/// A period; those of one frequency are numbered without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Period {
    pub(crate) frequency: Frequency,
    pub(crate) number: i32,
}

impl Period {
    /// Reads `2024`, `2024-S1`, `2024-Q3`, `2024-03`, `2024-M03`, and the same without the dash.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (year, rest) = (text.get(..4)?, text.get(4..)?);
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let year: i32 =
            year.parse().ok().filter(|year| digits(text.get(..4).unwrap_or("x")) && *year > 0)?;
        let part = rest.strip_prefix('-').unwrap_or(rest);
        let (frequency, number) = match part.as_bytes() {
            [] if rest.is_empty() => (Frequency::Year, "1"),
            [b'A', ..] => (Frequency::Year, &part[1..]),
            [b'S' | b'H', ..] => (Frequency::Half, &part[1..]),
            [b'Q', ..] => (Frequency::Quarter, &part[1..]),
            [b'M', ..] => (Frequency::Month, &part[1..]),
            [_, _] if rest.starts_with('-') => (Frequency::Month, part),
            _ => return None,
        };
        let number: i32 = number.parse().ok().filter(|_| digits(number))?;
        let in_year = frequency.in_year();
        let number = (1..=in_year).contains(&number).then_some(year * in_year + number - 1)?;
        Some(Self { frequency, number })
    }

    /// Its first day, in days since 1970-01-01.
    pub(crate) fn first_day(self) -> Option<i32> {
        let in_year = self.frequency.in_year();
        let (year, part) = (self.number / in_year, self.number % in_year);
        date(&format!("{year:04}-{:02}-01", part * (12 / in_year) + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_or_refused() {
        for (text, expected) in [
            ("2024", Some(("A", 2024, "2024-01-01"))),
            ("2024-A1", Some(("A", 2024, "2024-01-01"))),
            ("2024-S2", Some(("S", 4049, "2024-07-01"))),
            ("2024-Q1", Some(("Q", 8096, "2024-01-01"))),
            ("2024Q4", Some(("Q", 8099, "2024-10-01"))),
            ("2024-12", Some(("M", 24_299, "2024-12-01"))),
            ("2024M01", Some(("M", 24_288, "2024-01-01"))),
            ("2024-M01", Some(("M", 24_288, "2024-01-01"))),
            ("2024-13", None),
            ("2024-00", None),
            ("2024-Q5", None),
            ("2024-Q", None),
            ("2024-", None),
            ("202401", None),
            ("2024-01-01", None),
            ("2024-W05", None),
            ("24-01", None),
            ("+024", None),
            ("", None),
        ] {
            let found = Period::parse(text);
            let found = found.map(|p| (p.frequency.code(), p.number, p.first_day()));
            assert_eq!(
                found,
                expected.map(|(code, number, day)| (code, number, date(day))),
                "{text}"
            );
        }
    }
}
