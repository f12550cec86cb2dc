//! The year that a source speaks for, and the thresholds of its signs, read from its own notes.

use crate::number::{Notation, text_number};
use crate::recipe::{Threshold, VintageSpec};
use haggle_quantity::{Amount, Per, parse_amount};
use std::collections::BTreeMap;

/// Where a vintage was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    /// The file's own notes.
    Notes,
    /// The name of the sheet.
    Sheet,
    /// The caller's option.
    Option,
    /// The name of the file.
    File,
}

/// A vintage and where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Vintage {
    pub(crate) year: String,
    pub(crate) from: From,
}

/// What may name the vintage, besides the recipe's patterns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hints<'a> {
    pub(crate) notes: &'a [String],
    pub(crate) sheet: Option<&'a str>,
    pub(crate) option: Option<&'a str>,
    pub(crate) file: &'a str,
}

/// The vintage: of the notes, else of the sheet's name, else as the caller says, else of the
/// file's name.
pub(crate) fn find(spec: &VintageSpec, hints: &Hints<'_>) -> Option<Vintage> {
    let notes = hints.notes.iter().find_map(|n| match_any(&spec.notes, n));
    let sheet = || match_any(&spec.sheets, hints.sheet?);
    let option = || hints.option.map(|o| o.trim().to_owned());
    let file = || match_any(&spec.files, hints.file);
    let found = |year, from| Vintage { year, from };
    notes
        .map(|y| found(y, From::Notes))
        .or_else(|| sheet().map(|y| found(y, From::Sheet)))
        .or_else(|| option().map(|y| found(y, From::Option)))
        .or_else(|| file().map(|y| found(y, From::File)))
}

/// The vintage that the file's name states.
pub(crate) fn of_file_name(spec: &VintageSpec, file: &str) -> Option<String> {
    match_any(&spec.files, file)
}

fn match_any(patterns: &[String], text: &str) -> Option<String> {
    patterns.iter().find_map(|p| year_in(p, text))
}

/// The year where a pattern such as `M{year}` or `oesm{yy}` occurs in a text.
fn year_in(pattern: &str, text: &str) -> Option<String> {
    let (before, after, digits) = match pattern.split_once("{year}") {
        Some((before, after)) => (before, after, 4),
        None => pattern.split_once("{yy}").map(|(before, after)| (before, after, 2))?,
    };
    let (text, before, after) = (folded(text), folded(before), folded(after));
    let whole_word = |i: usize| !text[..i].ends_with(char::is_alphabetic);
    let starts = text.match_indices(&before).filter(|(i, _)| whole_word(*i));
    let starts = starts.map(|(i, m)| i + m.len());
    let mut years = starts.filter_map(|start| {
        let year = text.get(start..start + digits)?;
        let rest = &text[start + digits..];
        let ends = !rest.starts_with(|c: char| c.is_ascii_digit()) && rest.starts_with(&after);
        (ends && year.bytes().all(|b| b.is_ascii_digit())).then(|| year.to_owned())
    });
    years.next().map(|y| if digits == 2 { format!("20{y}") } else { y })
}

/// Lower case, white space collapsed but kept at the ends, where a pattern may have it.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }) {
        if c != ' ' || !out.ends_with(' ') {
            out.extend(c.to_lowercase());
        }
    }
    out
}

/// The threshold of a sign by unit: of the file's own notes, else of the vintage.
pub(crate) fn threshold(
    spec: &Threshold,
    notes: &[String],
    vintage: Option<&Vintage>,
) -> BTreeMap<Per, Amount> {
    let noted = spec.notes.iter().find_map(|p| notes.iter().find_map(|n| amounts_in(p, n)));
    let by_vintage = || {
        let units = spec.vintages.get(&vintage?.year)?;
        let amount = |(unit, text): (&String, &toml::Spanned<String>)| {
            Some((Per::new(unit), parse_amount(text.get_ref()).ok()?))
        };
        Some(units.iter().filter_map(amount).collect())
    };
    noted.or_else(by_vintage).unwrap_or_default()
}

/// How notes write their thresholds.
const ENGLISH: Notation = Notation { decimal: '.', thousands: Some(','), settled: true };

/// The amounts where a sentence with units in braces occurs in a note; none if one of them is not
/// written as it should be.
fn amounts_in(pattern: &str, note: &str) -> Option<BTreeMap<Per, Amount>> {
    let (pattern, note) = (folded(pattern), folded(note));
    let mut pieces = pattern.split('{');
    let first = pieces.next()?;
    let mut rest = &note[note.find(first)? + first.len()..];
    let mut amounts = BTreeMap::new();
    for piece in pieces {
        let (unit, literal) = piece.split_once('}')?;
        let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')));
        let (number, after) = rest.split_at(end.unwrap_or(rest.len()));
        let number = number.trim_end_matches(['.', ',']);
        amounts.insert(Per::new(unit), text_number(number, ENGLISH).ok()?);
        rest = after.strip_prefix(literal)?;
    }
    Some(amounts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_in_names() {
        for (pattern, text, year) in [
            ("M{year}", "national_M2022_dl", Some("2022")),
            ("M{year}", "all_data_m_2022", None),
            ("M{year}", "M20221", None),
            ("M{year}", "farm2022", None),
            ("oesm{yy}", "oesm22nat.xlsx", Some("2022")),
            ("oesm{yy}", "oesm2022", None),
            ("May {year} OEWS Estimates", "  may  2024 OEWS estimates", Some("2024")),
            ("May {year} OEWS Estimates", "May 2024 OES", None),
        ] {
            assert_eq!(year_in(pattern, text).as_deref(), year, "{pattern} in {text}");
        }
    }

    #[test]
    fn thresholds_in_a_note() {
        let pattern = "equal to or greater than ${hour} per hour or ${year} per year";
        let note =
            "#  = indicates a wage equal to or greater than $115.00 per hour or $239,200 per year ";
        let amounts = amounts_in(pattern, note).unwrap();
        assert_eq!(amounts[&Per::new("hour")].to_string(), "115.00");
        assert_eq!(amounts[&Per::new("year")].to_string(), "239200");
        assert_eq!(amounts_in(pattern, "equal to or greater than $x per hour"), None);
        assert_eq!(amounts_in(pattern, "# is top-coded"), None);
    }

    #[test]
    fn marks_between_groups_are_followed() {
        for (number, amount) in [
            ("115.00", Some("115.00")),
            ("239,200", Some("239200")),
            ("1,239,200.50", Some("1239200.50")),
            ("115,50", None),
            ("1,15", None),
            ("2392,00", None),
            (",500", None),
            ("1.239.200", None),
        ] {
            let read = amounts_in("of ${hour} per hour", &format!("a wage of ${number} per hour"));
            let read = read.map(|a| a[&Per::new("hour")].to_string());
            assert_eq!(read.as_deref(), amount, "{number}");
        }
    }
}
