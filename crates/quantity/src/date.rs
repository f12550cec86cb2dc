//! Civil dates as day numbers, and the spans that ageing and lateness are measured in.

use jiff::civil;
use std::fmt;

/// A civil date, without time or zone.
pub type Date = civil::Date;

/// Days in a year of ageing (`benchmark.md` section 8: `t = days / 365.2425`).
pub const DAYS_PER_YEAR: f64 = 365.2425;

/// The text is no date of the form `2026-11-23`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateError;

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a date of the form `2026-11-23`")
    }
}

impl std::error::Error for DateError {}

/// Reads `YYYY-MM-DD` and nothing else.
///
/// # Errors
/// [`DateError`] for any other form and for a day that does not exist.
pub fn parse_date(text: &str) -> Result<Date, DateError> {
    let shape: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = shape.iter().map(|s| s.len()).collect();
    if lengths != [4, 2, 2] {
        return Err(DateError);
    }
    let number = |s: &str| {
        if s.bytes().all(|b| b.is_ascii_digit()) {
            s.parse().map_err(|_| DateError)
        } else {
            Err(DateError)
        }
    };
    let (year, month, day): (i16, i16, i16) =
        (number(shape[0])?, number(shape[1])?, number(shape[2])?);
    Date::new(year, month as i8, day as i8).map_err(|_| DateError)
}

/// Days since 1970-01-01, as Arrow's `Date32` counts them.
pub fn day_number(date: Date) -> i32 {
    let epoch = civil::date(1970, 1, 1);
    date.since((jiff::Unit::Day, epoch)).map_or(0, |span| span.get_days())
}

/// The date of a day number; `None` outside the calendar (years -9999 to 9999).
pub fn from_day_number(days: i32) -> Option<Date> {
    let span = jiff::Span::new().try_days(days).ok()?;
    civil::date(1970, 1, 1).checked_add(span).ok()
}

/// Years from one date to a later one; negative if it is earlier.
pub fn years_between(from: Date, to: Date) -> f64 {
    f64::from(day_number(to) - day_number(from)) / DAYS_PER_YEAR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_numbers_go_there_and_back() {
        for (text, days) in [("1970-01-01", 0), ("2026-11-23", 20_780), ("1969-12-31", -1)] {
            let date = parse_date(text).unwrap();
            assert_eq!(day_number(date), days, "{text}");
            assert_eq!(from_day_number(days), Some(date));
        }
        let (from, to) = (parse_date("2026-02-22").unwrap(), parse_date("2026-11-23").unwrap());
        assert_eq!(day_number(to) - day_number(from), 274);
    }

    #[test]
    fn only_one_form() {
        for bad in
            ["2026-2-22", "22-02-2026", "2026-02-30", "2026/02/22", "", "2026-02-2x", "+026-02-02"]
        {
            assert_eq!(parse_date(bad), Err(DateError), "{bad}");
        }
    }
}
