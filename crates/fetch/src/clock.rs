//! Instants in whole seconds since 1970, as servers write them and as people read them.

use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// Seconds since 1970-01-01, UTC.
pub(crate) type Seconds = i64;

/// The clock; it feeds no number of a report.
pub(crate) fn now() -> Seconds {
    Timestamp::now().as_second()
}

/// `2026-11-28T13:05:00Z`; nothing outside the years that have four digits.
pub(crate) fn text(at: Seconds) -> Option<String> {
    Timestamp::from_second(at).ok().map(|t| t.to_string())
}

/// A date as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
pub(crate) fn http_date(text: &str) -> Option<Seconds> {
    let parser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    parser.parse_timestamp(text.trim()).ok().map(|t| t.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 9110; the seconds are of `date -u -d '1994-11-06 08:49:37' +%s`.
    #[test]
    fn dates_of_servers() {
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(text(784_111_777).unwrap(), "1994-11-06T08:49:37Z");
        assert_eq!(http_date("0"), None);
        assert_eq!(http_date("soon"), None);
    }
}
