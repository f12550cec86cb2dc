//! Unit codes of UN/CEFACT Recommendation 20, and those of packages, as haggle writes them.

use crate::tree::Element;

/// Codes that haggle knows under another word.
const WORDS: &[(&str, &str)] = &[
    // One, piece, article: all count single things.
    ("C62", "EA"),
    ("H87", "EA"),
    ("NAR", "EA"),
    ("MIL", "1K-units"),
    ("PK", "pack"),
    ("XPK", "pack"),
    ("NMP", "pack"),
    ("BX", "box"),
    ("XBX", "box"),
];

/// The unit of a quantity, if it states one.
///
/// # Errors
/// What was found, with its place.
pub(crate) fn unit(quantity: &Element) -> Result<Option<&str>, String> {
    let Some(code) = quantity.attributes.get("unitCode") else { return Ok(None) };
    let of_code = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    if !(1..=3).contains(&code.len()) || !code.bytes().all(of_code) {
        return Err(quantity.wrong(format!(
            "found the unit code `{code}`, expected one of Recommendation 20 such as `KGM`"
        )));
    }
    let word = WORDS.iter().find(|(known, _)| known == code);
    Ok(Some(word.map_or(code.as_str(), |(_, word)| word)))
}

/// A time in whole days; a week has seven of them, and a month no certain number.
///
/// # Errors
/// What was found, with its place.
pub(crate) fn days(measure: &Element) -> Result<u32, String> {
    let code = measure.attributes.get("unitCode").map_or("", String::as_str);
    let days = match code {
        "DAY" => 1,
        "WEE" => 7,
        _ => {
            let found = format!("found the unit code `{code}`, expected `DAY` or `WEE`");
            return Err(measure.wrong(found));
        }
    };
    let whole = measure.text.parse::<u32>().ok().and_then(|number| number.checked_mul(days));
    whole.ok_or_else(|| measure.wrong(format!("found `{}`, expected a whole number", measure.text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(code: Option<&str>, text: &str) -> Element {
        let attributes = code.map(|code| ("unitCode".to_owned(), code.to_owned()));
        let attributes = attributes.into_iter().collect();
        Element { attributes, text: text.to_owned(), ..Element::default() }
    }

    #[test]
    fn codes_are_read_or_refused() {
        for (code, expected) in [
            (None, Ok(None)),
            (Some("KGM"), Ok(Some("KGM"))),
            (Some("C62"), Ok(Some("EA"))),
            (Some("XPK"), Ok(Some("pack"))),
            (Some("MIL"), Ok(Some("1K-units"))),
            (Some(""), Err(())),
            (Some("kgm"), Err(())),
            (Some("PIECE"), Err(())),
        ] {
            assert_eq!(unit(&quantity(code, "1")).map_err(drop), expected, "{code:?}");
        }
    }

    #[test]
    fn times_are_days_or_refused() {
        for (code, text, expected) in [
            (Some("DAY"), "30", Some(30)),
            (Some("WEE"), "3", Some(21)),
            (Some("MON"), "1", None),
            (Some("DAY"), "7.5", None),
            (Some("DAY"), "-1", None),
            (Some("WEE"), "4294967295", None),
            (None, "30", None),
        ] {
            assert_eq!(days(&quantity(code, text)).ok(), expected, "{code:?} {text}");
        }
    }
}
