//! Words around a table by which its amounts may not be what stands there: thousands, cents, an index.
//!
//! It would rather doubt too much: whoever asks refuses a table of anybody's making and says why.

use crate::money;

/// Beginnings of words that say it by themselves.
const STEMS: [&str; 26] = [
    "thousand", "thous", "thsd", "tausend", "tsd", "millier", "migliai", "tuhans", "tuhat", "tys",
    "тыс", "million", "mio", "mln", "mrd", "billion", "crore", "lakh", "hundred", "teur", "tusd",
    "tgbp", "tchf", "keur", "kusd", "meur",
];
/// Whole words.
const WORDS: [&str; 25] = [
    "k",
    "ths",
    "thou",
    "mille",
    "miles",
    "grand",
    "mn",
    "mm",
    "musd",
    "lac",
    "lacs",
    "lpa",
    "cent",
    "cents",
    "ct",
    "cts",
    "pence",
    "centimes",
    "rappen",
    "index",
    "percent",
    "percentage",
    "growth",
    "1000s",
    "kgbp",
];

/// What in a text makes it doubtful that an amount is what stands there.
pub(crate) fn doubtful(text: &str) -> Option<String> {
    // A plan of that name is no scale.
    let lower = text.to_lowercase().replace("401(k)", "");
    let ideogram = lower.chars().find(|c| matches!(c, '千' | '万' | '億' | '¢'));
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let said = || words.iter().find(|w| says(w)).map(|w| (*w).to_owned());
    let zeros = || zeros(&lower).then(|| "000".to_owned());
    ideogram
        .map(String::from)
        .or_else(said)
        .or_else(zeros)
        .or_else(|| thousandfold(&lower))
        .or_else(|| lettered(text))
}

fn says(word: &str) -> bool {
    let shown = word
        .strip_suffix('k')
        .is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()));
    WORDS.contains(&word) || STEMS.iter().any(|s| word.starts_with(s)) || (shown && word != "401k")
}

/// `'000`, `(000s)`: zeros that belong to no number.
fn zeros(lower: &str) -> bool {
    lower.match_indices("000").any(|(at, _)| {
        let before = &lower[..at];
        let apart = before.trim_end_matches([',', '.', '\'', '\u{2019}', ' ', '\u{a0}']);
        let grouped =
            before.len() == apart.len() + 1 && apart.ends_with(|c: char| c.is_ascii_digit());
        !grouped && !before.ends_with(|c: char| c.is_ascii_digit())
    })
}

/// `x 1,000`, `in 1000`, `/1000`: a thousand that is no count of anything.
fn thousandfold(lower: &str) -> Option<String> {
    ["1000", "1,000", "1.000", "1 000"].into_iter().find_map(|digits| {
        let (at, _) = lower.match_indices(digits).find(|(at, digits)| {
            let before = lower[..*at].trim_end();
            let after = lower[at + digits.len()..].trim_start();
            let alone = !before.ends_with(|c: char| c.is_ascii_digit() || c == ',' || c == '.');
            let times = before.ends_with(['x', '×', '*', '/', '(', '\''])
                || ["in", "by", "per"].iter().any(|w| before.ends_with(w));
            alone && (times || money::leading_mark(&after.to_uppercase()).is_some())
        })?;
        Some(lower[at..at + digits.len()].to_owned())
    })
}

/// `T€`, `(m)`, `$M`: a letter beside a currency or alone in brackets.
fn lettered(text: &str) -> Option<String> {
    let bracketed = ["(m)", "(M)", "(T)", "(t)"].into_iter().find(|b| text.contains(b));
    let beside = || {
        let words = text.split(|c: char| c.is_whitespace() || "()[],;:".contains(c));
        let mut words = words.filter(|w| !w.is_empty()).peekable();
        while let Some(word) = words.next() {
            let (bare, mark) = money::without_mark(word);
            let next_to = mark.is_some() || words.peek().is_some_and(|n| money::mark(n).is_some());
            if next_to && matches!(bare, "T" | "t" | "M" | "m") {
                return Some(word);
            }
        }
        None
    };
    bracketed.or_else(beside).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_scale() {
        for text in [
            "USD per year (figures in k)",
            "USD per year, in K",
            "(K)",
            "(x1000)",
            "(x 1,000)",
            "(000)",
            "(000s)",
            "in 1000s",
            "in 1000",
            "(1 000 USD)",
            "amounts divided by 1000",
            "- grand",
            "(ths.)",
            "(thou)",
            "(thous.)",
            "(in ´000)",
            "in milliers",
            "in Tausend",
            "(T USD)",
            "(mille)",
            "(miles)",
            "(tys.)",
            "(тыс.)",
            "(千)",
            "in k$",
            "in $k",
            "(MUSD)",
            "(mn)",
            "(m)",
            "in Mio",
            "(hundreds)",
            "(in cents)",
            "80 = 80k",
            "Percent of USD per year",
            "USD per year index 2010=100",
            "in USD '000",
            "T€",
            "$M",
            "in USD thousands",
            "TEUR",
            "Amounts in 000s.",
            "USD/1000",
            "prices per 1000 units",
        ] {
            assert!(doubtful(text).is_some(), "{text}");
        }
        for text in [
            "Salary survey, amounts in USD per year",
            "Bid tab (USD)",
            "Companies of 1,000 to 5,000 employees",
            "Survey of 1,000 companies",
            "USD per year, aged 3.5% to 2026",
            "Data as of 2025-03-01",
            "Texas Department of Transportation",
            "Center City, 401(k) and 401k plans",
            "Effective date: 1 March 2024",
            "Source: M. Miller, T. Young",
            "",
            "Percentiles of base pay",
        ] {
            assert_eq!(doubtful(text), None, "{text}");
        }
    }
}
