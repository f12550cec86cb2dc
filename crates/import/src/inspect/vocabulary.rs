//! The words by which headers and cells are recognised, in several languages.

use serde::{Deserialize, Deserializer};
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
#[derive(Debug)]
pub(super) struct List(Vec<Entry>);

#[derive(Debug)]
enum Entry {
    /// Whole words, a space at each end.
    Words(String),
    /// A word that begins so.
    Begin(String),
    /// A word that ends so.
    End(String),
}

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        Ok(Self(texts.iter().map(|t| Entry::new(t)).collect()))
    }
}

impl Entry {
    fn new(text: &str) -> Self {
        let bare = || folded(text).trim().to_owned();
        match (text.starts_with('*'), text.ends_with('*')) {
            (true, _) => Self::End(bare() + " "),
            (_, true) => Self::Begin(format!(" {}", bare())),
            _ => Self::Words(folded(text)),
        }
    }

    /// Where it stands in a folded text.
    fn find(&self, text: &str) -> Option<(usize, usize)> {
        let (Self::Words(wanted) | Self::Begin(wanted) | Self::End(wanted)) = self;
        let at = text.find(wanted.as_str())?;
        let from = text[..at + 1].rfind(' ').unwrap_or(0);
        let to = text[at + wanted.len() - 1..].find(' ').map(|n| n + at + wanted.len() - 1);
        Some((from, to.unwrap_or(text.len())))
    }
}

impl List {
    /// Whether one of the words stands in a text.
    pub(super) fn says(&self, text: &str) -> bool {
        self.in_folded(&folded(text))
    }

    /// Whether one of the words stands in a folded text.
    pub(super) fn in_folded(&self, text: &str) -> bool {
        self.0.iter().any(|e| e.find(text).is_some())
    }

    /// Whether a text is one of the words and nothing else.
    pub(super) fn is(&self, text: &str) -> bool {
        let text = folded(text);
        self.0.iter().any(|e| e.find(&text) == Some((0, text.len() - 1)))
    }

    /// The longest of the words that a text begins with, and the rest, both folded.
    pub(super) fn leads(&self, text: &str) -> Option<String> {
        let text = folded(text);
        let ends = self.0.iter().filter_map(|e| e.find(&text)).filter(|(from, _)| *from == 0);
        let end = ends.map(|(_, to)| to).max()?;
        Some(text[end..].to_owned())
    }

    /// A text without these words, folded; absent if none stands in it.
    pub(super) fn removed(&self, text: &str) -> Option<String> {
        let text = folded(text);
        let found = self.0.iter().filter_map(|e| e.find(&text));
        let (from, to) = found.max_by_key(|(from, to)| to - from)?;
        Some(format!("{}{}", &text[..from], &text[to..]))
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
            assert!(list.iter().all(|w| folded(w).trim() != ""), "{name}");
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
