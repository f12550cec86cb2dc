//! Numbers as people read them, and as programs do. Formatting only: nothing is computed.

use haggle_negotiation::figure::{By, Figure, Interval, Sense, Unit};
use haggle_quantity::{Amount, Currency};

/// Keeps a number and its unit on one line; the text renderer turns it into a space.
const GLUE: char = '\u{a0}';

/// The shortest decimal that reads back as the same number: no exponent, no minus zero.
pub(crate) fn decimal(value: f64) -> String {
    if value == 0.0 { "0".to_owned() } else { value.to_string() }
}

/// The same with at least two decimals, as money is written.
pub(crate) fn money(value: f64) -> String {
    let text = decimal(value);
    match text.find('.').map(|dot| text.len() - dot - 1) {
        None => text + ".00",
        Some(1) => text + "0",
        Some(_) => text,
    }
}

/// The exact value of a unit, for programs and for whoever checks.
pub(crate) fn exact(value: f64, unit: &Unit) -> String {
    if unit.is_money() { money(value) } else { decimal(value) }
}

/// A value with so many digits after the point, never minus zero.
pub(crate) fn fixed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    match text.strip_prefix('-') {
        Some(rest) if !rest.contains(|c: char| c.is_ascii_digit() && c != '0') => rest.to_owned(),
        _ => text,
    }
}

/// Six significant digits at most, without trailing zeros.
fn short(value: f64) -> String {
    let text = fixed(value, decimals_for(value, 6));
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Digits after the point that show so many significant digits.
fn decimals_for(value: f64, significant: i32) -> usize {
    let scientific = format!("{value:e}");
    let exponent = scientific.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    usize::try_from(significant - 1 - exponent).unwrap_or(0).min(12)
}

/// Thousands separators in a plain decimal; any other text is left alone.
pub(crate) fn grouped(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, rest) = digits.find('.').map_or((digits, ""), |dot| digits.split_at(dot));
    let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(rest.trim_start_matches('.')) {
        return text.to_owned();
    }
    format!("{sign}{}{rest}", groups_of_three(whole))
}

fn groups_of_three(digits: &str) -> String {
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with thousands separators.
pub(crate) fn count(n: u64) -> String {
    grouped(&n.to_string())
}

/// Money rounded for reading: whole from 1,000 up, the currency's digits from 1 up, below that as
/// many as show three significant ones.
pub(crate) fn amount(value: f64, currency: &str) -> String {
    let minor = currency.parse::<Currency>().map_or(2, |c| c.minor_digits() as usize);
    let digits = match value.abs() {
        size if size >= 1000.0 => 0,
        size if size >= 1.0 || size == 0.0 => minor,
        _ => decimals_for(value, 3).max(minor),
    };
    grouped(&fixed(value, digits))
}

/// Exact money to the currency's smallest unit, half to even, without its currency: `1,234.50`.
pub(crate) fn cents(value: Amount, currency: Currency) -> String {
    rounded(value, currency.minor_digits())
}

/// Exact money per unit: as many digits as show four significant ones, the smallest unit at least.
pub(crate) fn unit_price(value: Amount, currency: Currency) -> String {
    let small = value.abs() < Amount::from(100) && !value.is_zero();
    let digits = if small { decimals_for(f64_of(value), 4) } else { 0 };
    let digits = u32::try_from(digits).unwrap_or(12);
    rounded(value, digits.max(currency.minor_digits()))
}

fn rounded(value: Amount, digits: u32) -> String {
    let text = format!("{:.*}", digits as usize, value.round_dp(digits));
    grouped(if text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        &text
    } else {
        text.trim_start_matches('-')
    })
}

/// An exact number without zeros at its end, grouped: a quantity.
pub(crate) fn quantity(value: Amount) -> String {
    grouped(&value.normalize().to_string())
}

/// A share as a percentage, in one word.
pub(crate) fn share(value: Amount) -> String {
    haggle_negotiation::quote::percent(value).replace(' ', &GLUE.to_string())
}

/// The nearest double: for spreadsheets, which know no other number.
pub(crate) fn f64_of(value: Amount) -> f64 {
    value.to_string().parse().unwrap_or(f64::NAN)
}

/// Currency and what the price is per: `USD/year` is `("USD", Some("year"))`.
fn money_parts(unit: &str) -> (&str, Option<&str>) {
    unit.split_once('/').map_or((unit, None), |(currency, per)| (currency, Some(per)))
}

/// The words after an amount: `a year`, `an hour`, `each`, `per kg`.
pub(crate) fn per_words(per: &str) -> String {
    match per {
        "year" | "month" | "week" | "day" => format!("a {per}"),
        "hour" => "an hour".to_owned(),
        "each" => "each".to_owned(),
        "lump" => "in all".to_owned(),
        other => format!("per {other}"),
    }
}

/// An amount as text with currency and unit: `USD 121,000 a year`.
fn priced(amount: &str, unit: &str) -> String {
    let (currency, per) = money_parts(unit);
    let per = per.map_or(String::new(), |per| format!(" {}", per_words(per)));
    format!("{currency}{GLUE}{amount}{per}")
}

/// Whether a figure is a chance, which is never said to be certain.
fn is_chance(id: &str) -> bool {
    id == "p_zopa" || id.contains("acceptance") || id.contains("chance")
}

/// A fraction as a percentage; what is not quite nothing or everything is not said to be.
fn percent(value: f64, chance: bool) -> String {
    let certain = |exactly: bool| exactly && !chance;
    match fixed(value * 100.0, 0).as_str() {
        "100" if !certain(value == 1.0) => format!(">{GLUE}99{GLUE}%"),
        "0" if !certain(value == 0.0) => format!("<{GLUE}1{GLUE}%"),
        text => format!("{}{GLUE}%", grouped(text)),
    }
}

/// A confidence level or a growth: one decimal at most, `97.5 %`.
pub(crate) fn level(value: f64) -> String {
    let text = fixed(value * 100.0, 1);
    format!("{}{GLUE}%", text.strip_suffix(".0").unwrap_or(&text))
}

/// A value without the words of its unit: what stands in a table column.
pub(crate) fn bare(id: &str, value: f64, unit: &Unit) -> String {
    match unit {
        Unit::Money(unit) => amount(value, money_parts(unit).0),
        Unit::Share => percent(value, is_chance(id)),
        Unit::Relative => level(value),
        Unit::Count | Unit::Days => grouped(&fixed(value, usize::from(value.fract() != 0.0))),
        Unit::Months => fixed(value, 1),
        Unit::Number if id == "leverage" => fixed(value, 2),
        Unit::Factor | Unit::Number => grouped(&short(value)),
    }
}

/// A value with its unit: `USD 103,519 a year`, `274 days`.
pub(crate) fn with_unit(id: &str, value: f64, unit: &Unit) -> String {
    let text = bare(id, value, unit);
    match unit {
        Unit::Money(unit) => priced(&text, unit),
        Unit::Days => format!("{text}{GLUE}days"),
        Unit::Months => format!("{text}{GLUE}months"),
        Unit::Factor => format!("times{GLUE}{text}"),
        Unit::Share | Unit::Relative | Unit::Count | Unit::Number => text,
    }
}

/// What stands before or after a value that is no exact one.
pub(crate) fn sensed(text: String, sense: Sense) -> String {
    match sense {
        Sense::Exact => text,
        Sense::AtLeast | Sense::AtMost => format!("{} {text}", sense.words()),
        Sense::Between => format!("{text} (between bounds)"),
    }
}

/// A figure as it is spoken: its printed form if there is one, else the value rounded for reading.
pub(crate) fn spoken(id: &str, figure: &Figure) -> String {
    let text = match (&figure.printed, &figure.unit) {
        (Some(printed), Unit::Money(unit)) => printed_money(printed, unit),
        (Some(printed), _) => printed.clone(),
        (None, unit) => with_unit(id, figure.value, unit),
    };
    sensed(text, figure.sense)
}

/// A printed amount; one that is more than a plain decimal already carries its unit.
fn printed_money(printed: &str, unit: &str) -> String {
    let plain = printed.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-' || b == b',');
    if plain { priced(&grouped(&padded(printed)), unit) } else { printed.to_owned() }
}

/// Nobody writes money with one digit after the point.
fn padded(printed: &str) -> String {
    let digits = printed.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if digits == 1 { format!("{printed}0") } else { printed.to_owned() }
}

/// The spoken number alone, for a label beside an axis.
pub(crate) fn mark(id: &str, figure: &Figure) -> String {
    let text = match &figure.printed {
        Some(printed) => grouped(&padded(printed)),
        None => bare(id, figure.value, &figure.unit),
    };
    match figure.sense {
        Sense::AtLeast => format!("\u{2265}{GLUE}{text}"),
        Sense::AtMost => format!("\u{2264}{GLUE}{text}"),
        Sense::Exact | Sense::Between => text,
    }
}

/// The value for reading with its sense, without unit words.
pub(crate) fn column(id: &str, figure: &Figure) -> String {
    sensed(bare(id, figure.value, &figure.unit), figure.sense)
}

/// Low to high in the unit of the figure: `101,821 to 105,277`, `97,000 or more`.
pub(crate) fn span(id: &str, figure: &Figure) -> String {
    let Some(interval) = figure.interval else { return String::new() };
    let show = |value: f64| bare(id, value, &figure.unit);
    let finite = |value: Option<f64>| value.filter(|v| v.is_finite());
    match (finite(interval.low).map(show), finite(interval.high).map(show)) {
        (Some(low), Some(high)) => format!("{low} to {high}"),
        (Some(low), None) => format!("{low} or more"),
        (None, Some(high)) => format!("{high} or less"),
        (None, None) => String::new(),
    }
}

/// How sure and how made: `90 %, order statistics`.
pub(crate) fn basis(interval: &Interval) -> String {
    let words = match interval.by {
        By::OrderStatistic => "order statistics",
        By::PublishedError => "published error",
        By::BetweenSources => "between sources",
        By::Range => "lowest to highest",
        By::Lattice => "lattice over the uncertain inputs",
        By::Scenario => "stated scenario",
    };
    match interval.level {
        Some(value) => format!("{}, {words}", level(value)),
        None => format!("{words}, no coverage claimed"),
    }
}

/// Low to high with how sure and how made, for a sentence; empty without an interval.
pub(crate) fn uncertainty(id: &str, figure: &Figure) -> String {
    match &figure.interval {
        Some(interval) => format!("{} ({})", span(id, figure), basis(interval)),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_get_every_digit() {
        for (value, text) in [
            (100_939.0, "100939.00"),
            (103_519.229_480_364_74, "103519.22948036474"),
            (0.5, "0.50"),
            (-0.0, "0.00"),
            (1e21, "1000000000000000000000.00"),
            (2.5e-7, "0.00000025"),
        ] {
            assert_eq!(money(value), text);
        }
        assert_eq!(decimal(0.8), "0.8");
    }

    #[test]
    fn people_get_what_they_can_read() {
        for (value, currency, text) in [
            (103_519.229, "USD", "103,519"),
            (40.2599, "USD", "40.26"),
            (999.5, "JPY", "1000"),
            (0.000_002_5, "USD", "0.00000250"),
            (-0.0001, "USD", "-0.000100"),
            (-1234.4, "EUR", "-1,234"),
            (0.0, "BHD", "0.000"),
        ] {
            assert_eq!(amount(value, currency).replace("1,000", "1000"), text);
        }
        assert_eq!(fixed(-0.004, 2), "0.00");
        assert_eq!(short(1.023_456_78), "1.02346");
        assert_eq!(short(100.0), "100");
    }

    #[test]
    fn exact_money_is_rounded_half_to_even() {
        let eur: Currency = "EUR".parse().unwrap();
        let jpy: Currency = "JPY".parse().unwrap();
        for (value, currency, text) in [
            ("1234.565", eur, "1,234.56"),
            ("1234.575", eur, "1,234.58"),
            ("-0.004", eur, "0.00"),
            ("0.5", jpy, "0"),
            ("1.5", jpy, "2"),
        ] {
            assert_eq!(cents(value.parse().unwrap(), currency), text, "{value}");
        }
        for (value, text) in [("0.010233", "0.01023"), ("16.2", "16.20"), ("1234.5678", "1,234.57")]
        {
            assert_eq!(unit_price(value.parse().unwrap(), eur), text, "{value}");
        }
        assert_eq!(share("0.2853".parse().unwrap()).replace(GLUE, " "), "28.53 %");
        assert_eq!(quantity("1500.00".parse().unwrap()), "1,500");
    }

    #[test]
    fn a_chance_is_never_certain() {
        for (value, chance, text) in [
            (0.823, true, "82 %"),
            (1.0, true, "> 99 %"),
            (0.999, true, "> 99 %"),
            (1.0, false, "100 %"),
            (0.999, false, "> 99 %"),
            (0.0, true, "< 1 %"),
            (0.0, false, "0 %"),
            (0.001, false, "< 1 %"),
        ] {
            assert_eq!(percent(value, chance).replace(GLUE, " "), text);
        }
        assert_eq!(level(0.975).replace(GLUE, " "), "97.5 %");
    }

    #[test]
    fn separators_only_in_plain_decimals() {
        for (text, out) in [
            ("1234567.891", "1,234,567.891"),
            ("-123", "-123"),
            ("12a4", "12a4"),
            ("", ""),
            ("1000", "1,000"),
        ] {
            assert_eq!(grouped(text), out);
        }
    }
}
