//! One cell, from whatever format: a text, a number, a sign of trouble, or nothing.

use calamine::{Data, DataRef, ExcelDateTime};
use std::borrow::Cow;

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
}

impl<'a> Cell<'a> {
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
        *self == Self::Blank
    }

    /// What a reader of the sheet would see, more or less: whole numbers without a point, no
    /// grouping.
    pub(crate) fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Blank => Cow::Borrowed(""),
            Self::Text(t) => Cow::Borrowed(t),
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
        Format::Percent => format!("{}%", number * 100.0),
        _ => number.to_string(),
    }
}

/// Without white space and byte order marks at the ends.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

fn iso(date: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    match (hour, minute, second) {
        (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"),
    }
}

impl<'a> From<DataRef<'a>> for Cell<'a> {
    fn from(data: DataRef<'a>) -> Self {
        match data {
            DataRef::Empty => Self::Blank,
            DataRef::Int(n) => Self::text(Cow::Owned(n.to_string())),
            DataRef::Float(n) => Self::Number(n, Format::Plain),
            DataRef::String(t) => Self::text(Cow::Owned(t)),
            DataRef::SharedString(t) => Self::text(Cow::Borrowed(t)),
            DataRef::Bool(b) => Self::Bool(b),
            DataRef::DateTime(d) => Self::Date(iso(&d)),
            DataRef::DateTimeIso(t) | DataRef::DurationIso(t) => Self::Date(t),
            DataRef::Error(e) => Self::Error(e.to_string()),
        }
    }
}

impl<'a> From<&'a Data> for Cell<'a> {
    fn from(data: &'a Data) -> Self {
        match data {
            Data::Empty => Self::Blank,
            Data::Int(n) => Self::text(Cow::Owned(n.to_string())),
            Data::Float(n) => Self::Number(*n, Format::Plain),
            Data::String(t) => Self::text(Cow::Borrowed(t)),
            Data::Bool(b) => Self::Bool(*b),
            Data::DateTime(d) => Self::Date(iso(d)),
            Data::DateTimeIso(t) | Data::DurationIso(t) => Self::Date(t.clone()),
            Data::Error(e) => Self::Error(e.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_show_what_a_reader_sees() {
        for (cell, shown) in [
            (Cell::Number(99.0, Format::Plain), "99"),
            (Cell::Number(0.1, Format::Plain), "0.1"),
            (Cell::Number(139_099_570.0, Format::Plain), "139099570"),
            (Cell::Number(270.0, Format::Digits(4)), "0270"),
            (Cell::Number(12345.0, Format::Digits(4)), "12345"),
            (Cell::Number(0.075, Format::Percent), "7.5%"),
            (Cell::text("\u{a0} 000000 ".into()), "000000"),
            (Cell::Bool(true), "TRUE"),
            (Cell::text(" \t".into()), ""),
        ] {
            assert_eq!(cell.shown(), shown);
        }
        assert!(Cell::text(" ".to_owned().into()).is_blank());
    }
}
