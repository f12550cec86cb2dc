//! What a recipe must agree on with itself, beyond its keys.

use super::spec::{AmountSpec, Sentinel, Spec};
use haggle_quantity::{parse_amount, parse_date};
use std::ops::Range;
use toml::Spanned;

/// A contradiction, with its place in the text where it has one.
pub(super) struct Problem {
    pub(super) message: String,
    pub(super) span: Option<Range<usize>>,
}

type Checked = Result<(), Problem>;

fn problem<T>(at: &Spanned<T>, message: String) -> Checked {
    Err(Problem { message, span: Some(at.span()) })
}

fn whole(message: &str) -> Checked {
    Err(Problem { message: message.to_owned(), span: None })
}

/// Finds the first contradiction.
pub(super) fn check(spec: &Spec) -> Checked {
    signature(spec)?;
    notation(spec)?;
    money(spec)?;
    attributes(spec)?;
    amounts(spec)?;
    otherwise(spec)?;
    reference_date(spec)?;
    spec.sentinels.values().flatten().try_for_each(|(sign, s)| sentinel(spec, sign, s))?;
    thresholds(spec)
}

fn signature(spec: &Spec) -> Checked {
    if spec.signature.is_empty() || spec.signature.iter().any(Vec::is_empty) {
        return whole("found no header text in `signature`, expected at least one in each list");
    }
    Ok(())
}

fn notation(spec: &Spec) -> Checked {
    let number = &spec.number;
    let decimal = number.decimal.get_ref();
    if !matches!(decimal, '.' | ',') {
        return problem(&number.decimal, format!("found `{decimal}`, expected `.` or `,`"));
    }
    let Some(mark) = &number.thousands else { return Ok(()) };
    if mark.get_ref() == decimal
        || mark.get_ref().is_alphanumeric()
        || "+-".contains(*mark.get_ref())
    {
        let message = "expected a grouping mark that is no digit and not the decimal mark";
        return problem(mark, format!("found `{}`, {message}", mark.get_ref()));
    }
    Ok(())
}

fn money(spec: &Spec) -> Checked {
    match (&spec.constant.currency, &spec.currency) {
        (None, None) => whole(
            "found no currency, expected `currency` under `[constant]` or a `[currency]` column",
        ),
        (Some(_), Some(_)) => {
            whole("found a currency twice, expected either the constant or the column")
        }
        _ => Ok(()),
    }
}

fn attributes(spec: &Spec) -> Checked {
    let mut names: Vec<&str> = spec.attribute.iter().map(|a| a.name.as_str()).collect();
    names.extend(spec.flag.iter().map(|f| f.name.as_str()));
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => whole(&format!("found attribute `{}` twice, expected it once", pair[0])),
        None => Ok(()),
    }
}

fn amounts(spec: &Spec) -> Checked {
    let amounts = spec.amount.get_ref();
    if amounts.is_empty() {
        return problem(&spec.amount, "found no amount, expected at least one".to_owned());
    }
    amounts.iter().try_for_each(|a| amount(spec, a))
}

fn amount(spec: &Spec, amount: &AmountSpec) -> Checked {
    let column = amount.any.first().map_or("", String::as_str);
    let at = |message| problem(&spec.amount, message);
    match (&amount.per, &spec.per) {
        (None, None) => {
            return at(format!(
                "found no `per` for amount column `{column}`, expected one here or a `[per]` column"
            ));
        }
        (Some(_), Some(_)) => {
            return at(format!(
                "found the unit of amount column `{column}` twice, expected either `per` or the `[per]` column"
            ));
        }
        _ => {}
    }
    match &amount.sentinels {
        Some(name) if !spec.sentinels.contains_key(name.get_ref()) => {
            problem(name, unknown(name.get_ref(), spec.sentinels.keys()))
        }
        _ => Ok(()),
    }
}

fn unknown<'a>(found: &str, expected: impl Iterator<Item = &'a String>) -> String {
    let words: Vec<String> = expected.map(|w| format!("`{w}`")).collect();
    format!("found `{found}`, expected {}", words.join(", "))
}

fn otherwise(spec: &Spec) -> Checked {
    let unreasoned = |(_, f): (_, &super::FieldSpec)| match (&f.otherwise, &f.otherwise_reason) {
        (Some(value), None) => problem(
            value,
            "found `otherwise` without `otherwise_reason`, expected the assumption in words".into(),
        ),
        _ => Ok(()),
    };
    spec.field.iter().try_for_each(unreasoned)
}

fn reference_date(spec: &Spec) -> Checked {
    let Some(date) = &spec.source.reference_date else { return Ok(()) };
    match parse_date(&date.get_ref().replace("{year}", "2024")) {
        Ok(_) => Ok(()),
        Err(e) => {
            problem(date, format!("found `{}`, expected `{{year}}-05-12`: {e}", date.get_ref()))
        }
    }
}

fn sentinel(spec: &Spec, sign: &str, s: &Sentinel) -> Checked {
    match (&s.absent, &s.bound, &s.threshold) {
        (Some(_), None, None) => Ok(()),
        (None, Some(bound), Some(threshold)) => {
            if !matches!(bound.get_ref().as_str(), "at least" | "at most") {
                let words = ["at least".to_owned(), "at most".to_owned()];
                return problem(bound, unknown(bound.get_ref(), words.iter()));
            }
            if !spec.threshold.contains_key(threshold.get_ref()) {
                return problem(threshold, unknown(threshold.get_ref(), spec.threshold.keys()));
            }
            Ok(())
        }
        _ => whole(&format!(
            "found sentinel `{sign}` with neither one meaning nor the other, expected `absent` alone or `bound` with `threshold`"
        )),
    }
}

fn thresholds(spec: &Spec) -> Checked {
    let amounts =
        spec.threshold.values().flat_map(|t| t.vintages.values().flat_map(|v| v.values()));
    for text in amounts {
        if let Err(e) = parse_amount(text.get_ref()) {
            return problem(text, format!("found `{}`, {e}", text.get_ref()));
        }
    }
    Ok(())
}
