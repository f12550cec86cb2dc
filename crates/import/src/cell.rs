//! One cell, from whatever format: a text, a number, a sign of trouble, or nothing.

use crate::money::Multiple;
use crate::workbook::{Show, Words};
use calamine::{Data, DataRef, ExcelDateTime, ExcelDateTimeType};
use std::borrow::Cow;

/// What stands in place of the result of a formula that was never computed.
pub(crate) const UNSTORED: &str = "formula without a stored value";

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    /// Nothing, or white space only.
    Blank,
    /// A text, trimmed.
    Text(Cow<'a, str>),
    /// A number that the workbook stores as a double, and how the sheet shows it.
    Number(f64, Format),
    /// A logical value.
    Bool(bool),
    /// A date or time, written in ISO 8601.
    Date(String),
    /// An error such as `#REF!`.
    Error(String),
    /// A number by the digits that JSON writes, whatever the notation of texts.
    Written(Cow<'a, str>),
    /// `null`: it is said that there is nothing.
    Null,
    /// No cell at all: an object without this member.
    Missing,
    /// A list or an object where a plain value should stand, and which of them.
    Tree(&'static str),
}

/// How a sheet shows a number, as far as it changes what a reader takes the number for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// As it is.
    #[default]
    Plain,
    /// Times a hundred, with a percent sign: 0.075 is shown as 7.5 %.
    Percent,
    /// With zeros in front, up to so many digits: the code 00123.
    Digits(u8),
    /// With the mark of a currency.
    Money(&'static str),
    /// With a word such as `k` behind it, which makes another number of it; and with the mark of a
    /// currency, or an empty one.
    Times(Multiple, &'static str),
    /// With words of its own that say more of the number: `20` is shown as `20 per hour`; and with
    /// the mark of a currency, or an empty one.
    Worded(Words, &'static str),
    /// Divided by a thousand or more: 120000 is shown as `120`; and with the mark of a currency, or
    /// an empty one.
    Shortened(&'static str),
}

/// The day from which a workbook counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Epoch {
    /// 1900-01-01 is day 1, and 1900 a leap year.
    #[default]
    Since1900,
    /// 1904-01-01 is day 0.
    Since1904,
}

impl<'a> Cell<'a> {
    /// The cell of a number that a workbook shows in its own way.
    pub(crate) fn shown_as(number: f64, show: Show, epoch: Epoch) -> Self {
        let kind = match show {
            Show::Number(format) => return Self::Number(number, format),
            Show::Date => ExcelDateTimeType::DateTime,
            Show::Duration => ExcelDateTimeType::TimeDelta,
        };
        Self::day(&ExcelDateTime::new(number, kind, epoch == Epoch::Since1904))
    }

    /// The cell of a date or time that a workbook counts in days.
    fn day(date: &ExcelDateTime) -> Self {
        let days = date.as_f64();
        match days {
            _ if date.is_duration() && days.abs() < DAYS => Self::Date(duration(days)),
            _ if (0.0..DAYS).contains(&days) => Self::Date(iso(date)),
            _ => Self::Error(format!("{days} days, which is no date")),
        }
    }

    /// The cell of a date or time in ISO 8601; midnight is not told.
    pub(crate) fn iso(text: &str) -> Self {
        let text = text.trim().trim_end_matches('Z');
        let day = text.split_once('T').filter(|(day, time)| {
            !day.is_empty() && time.chars().all(|c| matches!(c, '0' | ':' | '.'))
        });
        Self::Date(day.map_or(text, |(day, _)| day).to_owned())
    }

    /// The cell of a text that is trimmed already.
    pub(crate) fn trimmed(text: &'a str) -> Self {
        if text.is_empty() { Self::Blank } else { Self::Text(Cow::Borrowed(text)) }
    }

    /// The cell of a text field.
    pub(crate) fn text(text: Cow<'a, str>) -> Self {
        let trimmed = match text {
            Cow::Borrowed(t) => Cow::Borrowed(trim(t)),
            Cow::Owned(t) if trim(&t).len() == t.len() => Cow::Owned(t),
            Cow::Owned(t) => Cow::Owned(trim(&t).to_owned()),
        };
        if trimmed.is_empty() { Self::Blank } else { Self::Text(trimmed) }
    }

    /// Whether nothing stands here.
    pub(crate) fn is_blank(&self) -> bool {
        matches!(self, Self::Blank | Self::Null | Self::Missing)
    }

    /// What a reader of the sheet would see, more or less: whole numbers without a point, no
    /// grouping.
    pub(crate) fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Blank | Self::Null | Self::Missing => Cow::Borrowed(""),
            Self::Text(t) | Self::Written(t) => Cow::Borrowed(t),
            Self::Tree(what) => Cow::Borrowed(what),
            Self::Number(n, format) => Cow::Owned(shown(*n, *format)),
            Self::Bool(b) => Cow::Borrowed(if *b { "TRUE" } else { "FALSE" }),
            Self::Date(t) | Self::Error(t) => Cow::Borrowed(t),
        }
    }
}

fn shown(number: f64, format: Format) -> String {
    match format {
        Format::Digits(width) if number >= 0.0 && number.fract() == 0.0 => {
            format!("{number:0>width$}", width = usize::from(width))
        }
        Format::Percent => {
            let exact = crate::number::double(number).and_then(crate::number::percent);
            exact.map_or_else(|_| number.to_string(), |n| format!("{}%", n.normalize()))
        }
        Format::Times(word, _) => format!("{number}{}", word.word()),
        _ => number.to_string(),
    }
}

/// Without white space and byte order marks at the ends.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// Days up to the year 10000, the end of every workbook's calendar.
const DAYS: f64 = 2_958_466.0;

/// Day, time, or both; day 0 is none, but stands behind a time.
fn iso(date: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    match (hour, minute, second) {
        _ if date.as_f64() < 1.0 => format!("{hour:02}:{minute:02}:{second:02}"),
        (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"),
    }
}

/// A length of time in ISO 8601, whose hours may be more than a day's.
fn duration(days: f64) -> String {
    let seconds = (days.abs() * 86_400.0).round() as u64;
    let sign = if days < 0.0 { "-" } else { "" };
    format!("{sign}PT{}H{:02}M{:02}S", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// A whole number; one that a double cannot hold stays as it is written.
fn whole(number: i64) -> Cell<'static> {
    const EXACT: u64 = 1 << 53;
    match number.unsigned_abs() <= EXACT {
        true => Cell::Number(number as f64, Format::Plain),
        false => Cell::Text(Cow::Owned(number.to_string())),
    }
}

/// A number; a workbook can hold what is none.
fn finite(number: f64) -> Cell<'static> {
    match number.is_finite() {
        true => Cell::Number(number, Format::Plain),
        false => Cell::Error(number.to_string()),
    }
}

impl<'a> From<DataRef<'a>> for Cell<'a> {
    fn from(data: DataRef<'a>) -> Self {
        match data {
            DataRef::Empty => Self::Blank,
            DataRef::Int(n) => whole(n),
            DataRef::Float(n) => finite(n),
            DataRef::String(t) => Self::text(Cow::Owned(t)),
            DataRef::SharedString(t) => Self::text(Cow::Borrowed(t)),
            DataRef::Bool(b) => Self::Bool(b),
            DataRef::DateTime(d) => Self::day(&d),
            DataRef::DateTimeIso(t) => Self::iso(&t),
            DataRef::DurationIso(t) => Self::Date(t),
            DataRef::Error(e) => Self::Error(e.to_string()),
        }
    }
}

impl<'a> From<&'a Data> for Cell<'a> {
    fn from(data: &'a Data) -> Self {
        match data {
            Data::Empty => Self::Blank,
            Data::Int(n) => whole(*n),
            Data::Float(n) => finite(*n),
            Data::String(t) => Self::text(Cow::Borrowed(t)),
            Data::Bool(b) => Self::Bool(*b),
            Data::DateTime(d) => Self::day(d),
            Data::DateTimeIso(t) => Self::iso(t),
            Data::DurationIso(t) => Self::Date(t.clone()),
            Data::Error(e) => Self::Error(e.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reading is mostly moving cells.
    #[test]
    fn cells_are_small() {
        assert!(size_of::<Cell<'_>>() <= 32);
    }

    #[test]
    fn cells_show_what_a_reader_sees() {
        for (cell, shown) in [
            (Cell::Number(99.0, Format::Plain), "99"),
            (Cell::Number(0.1, Format::Plain), "0.1"),
            (Cell::Number(139_099_570.0, Format::Plain), "139099570"),
            (Cell::Number(270.0, Format::Digits(4)), "0270"),
            (Cell::Number(12345.0, Format::Digits(4)), "12345"),
            (Cell::Number(0.075, Format::Percent), "7.5%"),
            (Cell::Number(0.035, Format::Percent), "3.5%"),
            (Cell::Number(45.0, Format::Times(Multiple::MILLIONS_OR_METRES, "")), "45m"),
            (Cell::text("\u{a0} 000000 ".into()), "000000"),
            (Cell::Bool(true), "TRUE"),
            (Cell::text(" \t".into()), ""),
        ] {
            assert_eq!(cell.shown(), shown);
        }
        assert!(Cell::text(" ".to_owned().into()).is_blank());
    }

    /// 1900-03-01 is day 61, because 1900 counts as a leap year there.
    #[test]
    fn days_are_dates_times_or_both() {
        let (old, new) = (Epoch::Since1900, Epoch::Since1904);
        for (number, show, epoch, shown) in [
            (45000.0, Show::Date, old, "2023-03-15"),
            (43538.0, Show::Date, new, "2023-03-15"),
            (61.0, Show::Date, old, "1900-03-01"),
            (1.0, Show::Date, old, "1900-01-01"),
            (1.0, Show::Date, new, "1904-01-02"),
            (45000.5, Show::Date, old, "2023-03-15T12:00:00"),
            (45000.0 + 45_296.0 / 86_400.0, Show::Date, old, "2023-03-15T12:34:56"),
            (0.75, Show::Date, old, "18:00:00"),
            (1.5625, Show::Duration, old, "PT37H30M00S"),
            (-0.5, Show::Duration, old, "-PT12H00M00S"),
            (2_958_465.0, Show::Date, old, "9999-12-31"),
        ] {
            assert_eq!(Cell::shown_as(number, show, epoch), Cell::Date(shown.to_owned()));
        }
        for number in [-1.0, 2_958_466.0] {
            assert!(matches!(Cell::shown_as(number, Show::Date, old), Cell::Error(_)));
        }
        for (text, shown) in [
            ("2023-03-15", "2023-03-15"),
            ("2023-03-15T00:00:00.000Z", "2023-03-15"),
            ("2023-03-15T10:00:00", "2023-03-15T10:00:00"),
        ] {
            assert_eq!(Cell::iso(text), Cell::Date(shown.to_owned()));
        }
    }
}
