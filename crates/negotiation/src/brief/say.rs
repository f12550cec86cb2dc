//! Figures in the sentences of findings and triggers.

use super::Brief;
use crate::figure::Unit;

impl Brief {
    /// A figure as it is spoken in a sentence: `USD 121,000/year`; `None` if there is none.
    pub fn spoken(&self, id: &str) -> Option<String> {
        let figure = self.figures.get(id)?;
        let text = match (&figure.printed, &figure.unit) {
            (Some(printed), _) => group(&pad(printed)),
            (None, Unit::Share) => return Some(percent(figure.value)),
            (None, unit) if unit.is_money() => group(&money_text(figure.value)),
            (None, _) => format!("{:.2}", figure.value),
        };
        let sense = figure.sense.words();
        let sense = if sense.is_empty() { String::new() } else { format!("{sense} ") };
        match &figure.unit {
            Unit::Money(unit) => {
                let (currency, per) = unit.split_once('/').unwrap_or((unit, ""));
                let per = if per.is_empty() { String::new() } else { format!("/{per}") };
                Some(format!("{sense}{currency} {text}{per}"))
            }
            _ => Some(format!("{sense}{text}")),
        }
    }

    /// An amount in a sentence, without its unit: `121,000`.
    pub fn amount(value: f64) -> String {
        group(&money_text(value))
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
        format!("{value:.places$}")
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
