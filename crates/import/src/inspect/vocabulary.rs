//! The words by which headers and cells are recognised, in several languages.

use serde::{Deserialize, Deserializer};
use std::collections::BTreeSet;
use std::sync::LazyLock;

const TEXT: &str = include_str!("../../recipes/words/headers.toml");

/// Lists of words by what they say; the file says more of each.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vocabulary {
    pub(super) currency: List,
    pub(super) unit: List,
    pub(super) period: List,
    pub(super) date: List,
    pub(super) no_date: List,
    pub(super) expiry: List,
    pub(super) subject: List,
    pub(super) row_number: List,
    pub(super) job: List,
    pub(super) thing: List,
    pub(super) name: List,
    pub(super) person: List,
    pub(super) place: List,
    pub(super) party: List,
    pub(super) level: List,
    pub(super) quantity: List,
    pub(super) ordered: List,
    pub(super) least_quantity: List,
    pub(super) people: List,
    pub(super) part_time: List,
    pub(super) never_amount: List,
    pub(super) no_amount: List,
    pub(super) about: List,
    pub(super) pay: List,
    pub(super) price: List,
    pub(super) row_total: List,
    pub(super) quote: List,
    pub(super) median: List,
    pub(super) mean: List,
    pub(super) lowest: List,
    pub(super) highest: List,
    pub(super) middle: List,
    pub(super) year: List,
    pub(super) quarter: List,
    pub(super) month: List,
    pub(super) two_weeks: List,
    pub(super) week: List,
    pub(super) day: List,
    pub(super) hour: List,
    pub(super) each: List,
    pub(super) without_tax: List,
    pub(super) with_tax: List,
    pub(super) before_tax: List,
    pub(super) after_tax: List,
    pub(super) hundredths: List,
    pub(super) hundreds: List,
    pub(super) thousands: List,
    pub(super) hundred_thousands: List,
    pub(super) millions: List,
    pub(super) ten_millions: List,
    pub(super) sum_up: List,
    pub(super) may_sum_up: List,
    pub(super) sum_words: List,
    pub(super) job_word: List,
}

static VOCABULARY: LazyLock<Vocabulary> =
    LazyLock::new(|| toml::from_str(TEXT).expect("the words are parsed by a test"));

/// The words.
pub(super) fn vocabulary() -> &'static Vocabulary {
    &VOCABULARY
}

/// Words of one meaning.
#[derive(Debug, Default)]
pub(super) struct List {
    /// Whole words, one or several, folded.
    phrases: BTreeSet<String>,
    /// Beginnings of words.
    begins: Vec<String>,
    /// Ends of words.
    ends: Vec<String>,
}

/// Most words of a phrase.
const PHRASE: usize = 4;

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut list = Self::default();
        for text in Vec::<String>::deserialize(deserializer)? {
            let word = folded(&text).trim().to_owned();
            match (text.starts_with('*'), text.ends_with('*')) {
                (true, _) => list.ends.push(word),
                (_, true) => list.begins.push(word),
                _ => drop(list.phrases.insert(word)),
            }
        }
        Ok(list)
    }
}

impl List {
    /// Whether one of the words stands in a text.
    pub(super) fn says(&self, text: &str) -> bool {
        self.in_folded(&folded(text))
    }

    /// Whether one of the words stands in a folded text.
    pub(super) fn in_folded(&self, text: &str) -> bool {
        self.found(text).next().is_some()
    }

    /// Whether a text is one of the words and nothing else.
    pub(super) fn is(&self, text: &str) -> bool {
        self.is_folded(&folded(text))
    }

    /// Whether a folded text is one of the words and nothing else.
    pub(super) fn is_folded(&self, text: &str) -> bool {
        self.found(text).any(|found| found == text.trim())
    }

    /// What follows the longest of the words that a text begins with, folded.
    pub(super) fn leads(&self, text: &str) -> Option<String> {
        let text = folded(text);
        let first = self.found(&text).filter(|found| text[1..].starts_with(found));
        let longest = first.max_by_key(|found| found.len())?;
        Some(text[1 + longest.len()..].to_owned())
    }

    /// A text without the longest of these words, folded; absent if none stands in it.
    pub(super) fn removed(&self, text: &str) -> Option<String> {
        let text = folded(text);
        let longest = self.found(&text).max_by_key(|found| found.len())?;
        Some(text.replacen(&format!(" {longest} "), " ", 1))
    }

    /// The words of the list in a folded text, from the left.
    fn found<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> {
        let starts = text.match_indices(' ').map(|(at, _)| at + 1).filter(|at| *at < text.len());
        starts.flat_map(move |from| {
            let ends = text[from..].match_indices(' ').take(PHRASE).enumerate();
            ends.filter_map(move |(further, (length, _))| {
                let phrase = &text[from..from + length];
                let piece = || {
                    self.begins.iter().any(|b| phrase.starts_with(b.as_str()))
                        || self.ends.iter().any(|e| phrase.ends_with(e.as_str()))
                };
                (self.phrases.contains(phrase) || (further == 0 && piece())).then_some(phrase)
            })
        })
    }
}

/// A text as words are looked for in it: lower case, without accents and marks, a space around
/// every word.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::from(" ");
    let mut small = false;
    for c in text.chars() {
        // `JobTitle` is two words.
        if small && c.is_uppercase() && !out.ends_with(' ') {
            out.push(' ');
        }
        small = c.is_lowercase();
        match plain(c) {
            Some(letters) => out.push_str(letters),
            None if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            None if out.ends_with(' ') => {}
            None => out.push(' '),
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

/// A letter without its accent.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' => "a",
        'è' | 'é' | 'ê' | 'ë' | 'È' | 'É' | 'Ê' | 'Ë' => "e",
        'ì' | 'í' | 'î' | 'ï' | 'Ì' | 'Í' | 'Î' | 'Ï' => "i",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' | 'Ø' => "o",
        'ù' | 'ú' | 'û' | 'ü' | 'Ù' | 'Ú' | 'Û' | 'Ü' => "u",
        'ç' | 'Ç' => "c",
        'ñ' | 'Ñ' => "n",
        'ß' => "ss",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_read_and_none_is_empty() {
        let words: std::collections::BTreeMap<String, Vec<String>> = toml::from_str(TEXT).unwrap();
        for (name, list) in words {
            let length = |w: &String| folded(w).split_whitespace().count();
            assert!(list.iter().all(|w| (1..=PHRASE).contains(&length(w))), "{name}");
        }
        assert!(vocabulary().pay.says("Salary"));
    }

    #[test]
    fn words_stand_alone_whatever_their_accents() {
        let v = vocabulary();
        for (list, text, says) in [
            (&v.party, "Fournisseur", true),
            (&v.thing, "DÉSIGNATION (fr)", true),
            (&v.pay, "Bruttojahresgehalt", true),
            (&v.year, "Bruttojahresgehalt", true),
            (&v.hour, "Stundenlohn (€)", true),
            (&v.job, "JobTitle", true),
            (&v.pay, "Payroll", false),
            (&v.quantity, "Qté", true),
            (&v.people, "Number", false),
        ] {
            assert_eq!(list.says(text), says, "{text}");
        }
        assert!(v.may_sum_up.is("Total:") && !v.may_sum_up.is("Total pay"));
        assert_eq!(v.may_sum_up.leads("Total général").as_deref(), Some(" general "));
        assert_eq!(v.lowest.removed("Salary Min").as_deref(), Some(" salary "));
    }
}
