//! Dates in a stated order: patterns such as `DD.MM.YYYY`, and the years and months of series.

use crate::cell::Cell;
use haggle_quantity::{Date, parse_date};
use jiff::fmt::strtime::BrokenDownTime;

/// How a column writes dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DateFormat {
    /// A year; its middle, 1 July, stands for it.
    Year,
    /// A year and a month; the first day stands for it.
    Month(String),
    /// A day, in the notation of the date library.
    Day(String),
    /// `2026-11-23`, and nothing else.
    Iso,
}

/// Pieces of a pattern and what the date library calls them, the longer first.
const PIECES: [(&str, &str); 11] = [
    ("YYYY", "%Y"),
    ("Month", "%B"),
    ("Mon", "%b"),
    ("YY", "%y"),
    ("MM", "%m"),
    ("DD", "%d"),
    ("hh", "%H"),
    ("HH", "%I"),
    ("mm", "%M"),
    ("ss", "%S"),
    ("AM", "%p"),
];

impl DateFormat {
    /// Reads a format.
    ///
    /// # Errors
    /// In words, what was expected.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "year" => return Ok(Self::Year),
            "YYYY-MM-DD" => return Ok(Self::Iso),
            _ => {}
        }
        let library = library_format(text);
        let has = |piece: &str| library.contains(piece);
        let year = has("%Y") || has("%y");
        let month = has("%m") || has("%B") || has("%b");
        match (year, month, has("%d")) {
            (true, true, true) => Ok(Self::Day(library)),
            (true, true, false) => Ok(Self::Month(library)),
            _ => Err(format!(
                "found `{text}`, expected `year` or a pattern of YYYY, MM and DD such as `DD.MM.YYYY`"
            )),
        }
    }

    /// The date that a cell states, if it is one of this format. What follows the pattern, such
    /// as a time of day, is left aside only where the pattern ends in `*`.
    pub(crate) fn read(&self, cell: &Cell<'_>) -> Option<Date> {
        if let Cell::Date(iso) = cell {
            return parse_date(iso.get(..10)?).ok();
        }
        self.read_text(&cell.shown())
    }

    /// What a date of this format looks like, for a message.
    pub(crate) fn example(&self) -> &str {
        match self {
            Self::Year => "a year such as `2024`",
            Self::Iso => "a date such as `2026-11-23`",
            Self::Month(_) => "a month in the order that the recipe states",
            Self::Day(_) => "a date in the order that the recipe states",
        }
    }

    /// The date that a text states.
    pub(crate) fn read_text(&self, text: &str) -> Option<Date> {
        match self {
            Self::Year => middle_of(text),
            Self::Iso => parse_date(text).ok(),
            Self::Day(format) => broken_down(format, text)?.to_date().ok(),
            Self::Month(format) => {
                let broken = broken_down(format, text)?;
                Date::new(broken.year()?, broken.month()?, 1).ok()
            }
        }
    }
}

fn library_format(pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        // Brackets hold letters that mean themselves: `YYYY[M]MM`.
        if let Some((literal, after)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
            out += &literal.replace('%', "%%");
            rest = after;
            continue;
        }
        match PIECES.iter().find(|(piece, _)| rest.starts_with(piece)) {
            Some((piece, library)) => {
                out += library;
                rest = &rest[piece.len()..];
            }
            None => {
                out.push(first);
                if first == '%' {
                    out.push('%');
                }
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

fn broken_down(format: &str, text: &str) -> Option<BrokenDownTime> {
    match format.strip_suffix('*') {
        None => BrokenDownTime::parse(format, text).ok(),
        Some(format) => BrokenDownTime::parse_prefix(format, text).ok().map(|(time, _)| time),
    }
}

/// 1 July of a year from 1900 to 2199; anything else is a code or a slip.
fn middle_of(year: &str) -> Option<Date> {
    let year = year.strip_suffix(".0").unwrap_or(year);
    let plausible = year.len() == 4 && matches!(year.get(..2), Some("19" | "20" | "21"));
    let year: i16 = year.parse().ok().filter(|_| plausible)?;
    Date::new(year, 7, 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_stated_order() {
        for (format, text, date) in [
            ("YYYY-MM-DD", "2026-11-23", Some("2026-11-23")),
            ("DD.MM.YYYY", "14.12.2018", Some("2018-12-14")),
            ("DD.MM.YYYY", "1.2.2018", Some("2018-02-01")),
            ("MM/DD/YYYY", "1/2/2018", Some("2018-01-02")),
            ("MM/DD/YYYY", "14/12/2018", None),
            ("DD/MM/YYYY hh:mm:ss", "24/11/2020 11:14:15", Some("2020-11-24")),
            ("DD/MM/YYYY*", "24/11/2020 11:14:15", Some("2020-11-24")),
            ("DD/MM/YYYY", "24/11/2020 11:14:15", None),
            ("MM/DD/YY", "6/24/15", Some("2015-06-24")),
            ("DD Month YYYY", "13 April 2026", Some("2026-04-13")),
            ("Mon DD, YYYY", "Apr 3, 2026", Some("2026-04-03")),
            ("YYYYMMM", "1960M01", None),
            ("YYYY[M]MM", "1960M01", Some("1960-01-01")),
            ("YYYY/MM", "2020/07", Some("2020-07-01")),
            ("YYYY-MM-DDThh:mm:ss*", "2010-05-10T09:30:00Z", Some("2010-05-10")),
            ("year", "2024", Some("2024-07-01")),
            ("year", "2024.0", Some("2024-07-01")),
            ("year", "15-1252", None),
            ("DD.MM.YYYY", "31.02.2018", None),
        ] {
            let read = DateFormat::parse(format).ok().and_then(|f| f.read_text(text));
            assert_eq!(read.map(|d| d.to_string()).as_deref(), date, "{format}: {text}");
        }
        assert!(DateFormat::parse("DD").is_err() && DateFormat::parse("").is_err());
    }

    #[test]
    fn a_cell_of_a_workbook_is_a_date_in_any_format() {
        let cell = Cell::Date("2021-03-04T05:06:07".into());
        let read = |f: &str| DateFormat::parse(f).unwrap().read(&cell).map(|d| d.to_string());
        assert_eq!(read("DD.MM.YYYY").as_deref(), Some("2021-03-04"));
        assert_eq!(read("year").as_deref(), Some("2021-03-04"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_date_or_none(format in "[YMDhms./: -]{0,16}", text in "\\PC{0,20}") {
            if let Ok(format) = DateFormat::parse(&format) {
                let _ = format.read_text(&text);
            }
        }
    }
}
