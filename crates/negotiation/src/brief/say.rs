//! Figures in the sentences of findings and triggers.

use super::Brief;
use crate::figure::{Figure, Unit};
use haggle_quantity::Amount;

impl Brief {
    /// A figure as it is spoken in a sentence: `USD 121,000/year`; `None` if there is none.
    pub fn spoken(&self, id: &str) -> Option<String> {
        self.figures.get(id).map(words)
    }

    /// The walk-away beside their offer: as printed, and exactly where the offer lies between the
    /// exact figure and the printed one, which is rounded away from them.
    pub(crate) fn spoken_limit(&self) -> Option<String> {
        let limit = self.figures.get("walk_away")?;
        let printed = words(limit);
        let exact = words(&Figure { printed: None, ..limit.clone() });
        match self.rounding_decides(limit) {
            true => Some(format!("{exact} (rounded: {printed})")),
            false => Some(printed),
        }
    }

    /// Whether their offer is at or beyond the exact walk-away and worse than the printed one.
    fn rounding_decides(&self, limit: &Figure) -> bool {
        let printed = limit.printed.as_ref().and_then(|it| it.parse::<f64>().ok());
        let (Some(printed), Some(offer)) = (printed, self.figures.get("offer")) else {
            return false;
        };
        let beyond = |limit: f64| self.deal.side.sign() * (offer.value - limit);
        beyond(limit.value) >= 0.0 && beyond(printed) < 0.0
    }

    /// Money in a sentence, without its unit: whole units from a thousand on, else cents.
    pub fn money(amount: Amount) -> String {
        let digits = if amount.abs() >= Amount::ONE_THOUSAND { 0 } else { 2 };
        // To the cent first, so that what is shown follows from what is written elsewhere.
        let shown = amount.round_dp(2).round_dp(digits);
        group(&format!("{shown:.*}", digits as usize))
    }

    /// An amount in a sentence, without its unit: `121,000`.
    pub fn amount(value: f64) -> String {
        group(&money_text(value))
    }
}

/// A figure with sense and unit.
fn words(figure: &Figure) -> String {
    let text = match (&figure.printed, &figure.unit) {
        (Some(printed), _) => group(&pad(printed)),
        (None, Unit::Share) => return percent(figure.value),
        (None, unit) if unit.is_money() => group(&money_text(figure.value)),
        (None, _) => format!("{:.2}", figure.value),
    };
    let sense = figure.sense.words();
    let sense = if sense.is_empty() { String::new() } else { format!("{sense} ") };
    match &figure.unit {
        Unit::Money(unit) => {
            let (currency, per) = unit.split_once('/').unwrap_or((unit, ""));
            let per = if per.is_empty() { String::new() } else { format!("/{per}") };
            format!("{sense}{currency} {text}{per}")
        }
        _ => format!("{sense}{text}"),
    }
}

/// A share as a percentage; never a certainty that it is not.
fn percent(share: f64) -> String {
    match share {
        s if s > 0.99 => "over 99 %".to_owned(),
        s if s < 0.01 => "under 1 %".to_owned(),
        s => format!("{:.0} %", 100.0 * s),
    }
}

/// Whole units from a thousand on, cents below, four significant digits below one.
fn money_text(value: f64) -> String {
    let size = libm::fabs(value);
    if size >= 1000.0 {
        format!("{value:.0}")
    } else if size >= 1.0 || size == 0.0 {
        format!("{value:.2}")
    } else {
        let places = (4.0 - libm::floor(libm::log10(size))) as usize;
        let text = format!("{value:.places$}");
        // Two digits at least, as money is written.
        let kept = text.trim_end_matches('0').len().max(text.find('.').map_or(0, |dot| dot + 3));
        text[..kept.min(text.len())].to_owned()
    }
}

/// Nobody writes money with one digit after the point.
fn pad(printed: &str) -> String {
    let digits = printed.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if digits == 1 { format!("{printed}0") } else { printed.to_owned() }
}

/// Thousands marks into the digits before the point.
fn group(text: &str) -> String {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match fraction {
        Some(fraction) => format!("{sign}{grouped}.{fraction}"),
        None => format!("{sign}{grouped}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_shown_as_any_amount_is() {
        for (amount, shown) in [
            ("0", "0.00"),
            ("0.05", "0.05"),
            ("0.5", "0.50"),
            ("12.345", "12.34"),
            ("999.99", "999.99"),
            ("-1170.6", "-1,171"),
            ("1234567.891", "1,234,568"),
            ("12345678901234567.5", "12,345,678,901,234,568"),
        ] {
            let money: Amount = amount.parse().unwrap();
            assert_eq!(Brief::money(money), shown);
            if let Some(double) = amount.parse::<f64>().ok().filter(|it| *it < 1e15) {
                let cents = (double * 100.0).round_ties_even() / 100.0;
                assert_eq!(Brief::amount(cents), shown);
            }
        }
    }
}
