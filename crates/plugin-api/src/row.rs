//! One observation in plain terms, and the columns that it fills.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text.
    Text,
    /// Unsigned, 64 bits.
    UInt64,
    /// Unsigned, 32 bits.
    UInt32,
    /// Signed, 64 bits.
    Int64,
    /// Double.
    Float64,
    /// A number times 10^12, 128 bits, of at most 16 digits before its point.
    Decimal,
    /// Days since 1970-01-01, 32 bits.
    Date,
}

/// A column of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: Type,
    /// Whether a row may leave it out.
    pub absent: bool,
}

const fn field(name: &'static str, holds: Type, absent: bool) -> Field {
    Field { name, holds, absent }
}

/// The columns of a batch, in order; the observation schema, version 1.
pub const FIELDS: [Field; 28] = [
    field("sheet", Type::Text, true),
    field("row", Type::UInt64, false),
    field("column", Type::UInt32, false),
    field("path", Type::Text, true),
    field("kind", Type::Text, false),
    field("basis", Type::Text, false),
    field("component", Type::Text, true),
    field("tax", Type::Text, false),
    field("subject", Type::Text, true),
    field("scheme", Type::Text, true),
    field("title", Type::Text, true),
    field("place", Type::Text, true),
    field("party", Type::Text, true),
    field("level", Type::Text, true),
    field("statistic", Type::Text, false),
    field("amount", Type::Decimal, false),
    field("bound", Type::Text, false),
    field("currency", Type::Text, false),
    field("per", Type::Text, false),
    field("quantity_from", Type::Decimal, true),
    field("quantity_to", Type::Decimal, true),
    field("weight", Type::Float64, true),
    field("count", Type::Int64, true),
    field("employers", Type::Int64, true),
    field("sample_size", Type::Int64, true),
    field("relative_error", Type::Float64, true),
    field("date", Type::Date, true),
    field("attributes", Type::Text, true),
];

/// This source, at this place in it, states this amount for this subject. The words that a field
/// may hold stand in `haggle_plugin.h`; what is unknown is `None`, never zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<'a> {
    /// Sheet, if the source is a workbook.
    pub sheet: Option<&'a str>,
    /// Line or row of the amount, from 1.
    pub row: u64,
    /// Column of the amount, from 1.
    pub column: u32,
    /// Path of the amount in a tree.
    pub path: Option<&'a str>,
    /// `wage`, `price`, `quote`, `index`, `rate`.
    pub kind: &'a str,
    /// `paid`, `offered`, `list` ...
    pub basis: &'a str,
    /// `base`, `total`, `bonus` ...
    pub component: Option<&'a str>,
    /// `gross`, `net`, `excluded`, `included`, `unknown`.
    pub tax: &'a str,
    /// Code of the job or item.
    pub subject: Option<&'a str>,
    /// The scheme of that code.
    pub scheme: Option<&'a str>,
    /// Title of the job or item.
    pub title: Option<&'a str>,
    /// Place, as the source names it.
    pub place: Option<&'a str>,
    /// Employer or vendor.
    pub party: Option<&'a str>,
    /// Level or grade.
    pub level: Option<&'a str>,
    /// `value`, `p1` to `p99`, `mean`, `min`, `max`.
    pub statistic: &'a str,
    /// The amount times 10^12; [`decimal`] makes it from a text.
    pub amount: i128,
    /// `exact`, `at least`, `at most`.
    pub bound: &'a str,
    /// ISO 4217 code.
    pub currency: &'a str,
    /// Unit of the price: UN/CEFACT code or word.
    pub per: &'a str,
    /// Least quantity that the price holds for, times 10^12.
    pub quantity_from: Option<i128>,
    /// Greatest quantity that the price holds for, times 10^12.
    pub quantity_to: Option<i128>,
    /// Importance; scale-free.
    pub weight: Option<f64>,
    /// That many like people stand behind a value.
    pub count: Option<i64>,
    /// Number of employers behind a statistic.
    pub employers: Option<i64>,
    /// Number of respondents behind a statistic.
    pub sample_size: Option<i64>,
    /// Relative standard error, as a fraction.
    pub relative_error: Option<f64>,
    /// Days since 1970-01-01.
    pub date: Option<i32>,
    /// Other attributes, a JSON object with sorted keys.
    pub attributes: Option<&'a str>,
}

impl<'a> Row<'a> {
    /// A row with nothing but an amount, its currency and its unit: an exact list price at row and
    /// column 1.
    pub fn new(amount: i128, currency: &'a str, per: &'a str) -> Self {
        Self {
            sheet: None,
            row: 1,
            column: 1,
            path: None,
            kind: "price",
            basis: "list",
            component: None,
            tax: "unknown",
            subject: None,
            scheme: None,
            title: None,
            place: None,
            party: None,
            level: None,
            statistic: "value",
            amount,
            bound: "exact",
            currency,
            per,
            quantity_from: None,
            quantity_to: None,
            weight: None,
            count: None,
            employers: None,
            sample_size: None,
            relative_error: None,
            date: None,
            attributes: None,
        }
    }
}

/// Decimal places that an amount has.
const PLACES: usize = 12;
/// The first scaled amount that has too many digits: 16 before the point, 12 behind it.
const TOO_MUCH: i128 = 10_i128.pow(28);

/// A number such as `-1234.5`, times 10^12, exactly; `None` if it is not one, has more than twelve
/// decimal places, or more than sixteen digits before the point.
pub fn decimal(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    if whole.is_empty() || part.is_empty() || part.len() > PLACES {
        return None;
    }
    let zeros = std::iter::repeat_n(b'0', PLACES - part.len());
    let amount = whole.bytes().chain(part.bytes()).chain(zeros).try_fold(0_i128, |sum, byte| {
        let digit = byte.is_ascii_digit().then(|| i128::from(byte - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit).filter(|sum| *sum < TOO_MUCH)
    })?;
    Some(if negative { -amount } else { amount })
}

/// A day such as `2026-11-30`, as days since 1970-01-01; `None` if there is no such day in the
/// years 1 to 9999 of the Gregorian calendar.
pub fn date(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |from: usize, to: usize| {
        bytes[from..to].iter().try_fold(0_i32, |sum, byte| {
            byte.is_ascii_digit().then(|| sum * 10 + i32::from(byte - b'0'))
        })
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + i32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if year == 0 || !(1..=longest).contains(&day) {
        return None;
    }
    // Years that begin in March end with the day that only some of them have.
    let (years, months) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * years + years / 4 - years / 100 + years / 400;
    Some(days + (153 * months + 2) / 5 + day - 1 - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days_or_nothing() {
        for (text, expected) in [
            ("1970-01-01", Some(0)),
            ("1969-12-31", Some(-1)),
            ("2000-02-29", Some(11_016)),
            ("2000-03-01", Some(11_017)),
            ("2026-11-23", Some(20_780)),
            ("1900-02-29", None),
            ("2025-02-29", None),
            ("2026-04-31", None),
            ("2026-13-01", None),
            ("2026-00-01", None),
            ("2026-01-00", None),
            ("0000-01-01", None),
            ("2026-1-01", None),
            ("2026-01-1x", None),
            ("2026/01/01", None),
            ("2026-01-01T", None),
        ] {
            assert_eq!(date(text), expected, "{text}");
        }
        // Day by day for 60 years: each next day is one more.
        let all = (1970..2030)
            .flat_map(|year| (1..13).flat_map(move |m| (1..32).map(move |d| (year, m, d))));
        let days: Vec<i32> =
            all.filter_map(|(y, m, d)| date(&format!("{y:04}-{m:02}-{d:02}"))).collect();
        assert_eq!(days, (0..21_915).collect::<Vec<i32>>());
    }

    #[test]
    fn decimals_are_exact_or_nothing() {
        let one = 1_000_000_000_000_i128;
        for (text, expected) in [
            ("19.90", Some(199 * one / 10)),
            ("-0.000000000001", Some(-1)),
            ("0", Some(0)),
            ("007", Some(7 * one)),
            ("9999999999999999", Some(9_999_999_999_999_999 * one)),
            ("10000000000000000", None),
            ("-10000000000000000", None),
            ("0.0000000000001", None),
            ("", None),
            ("-", None),
            (".5", None),
            ("5.", None),
            ("1,5", None),
            ("1e3", None),
            ("+1", None),
        ] {
            assert_eq!(decimal(text), expected, "{text}");
        }
    }
}
