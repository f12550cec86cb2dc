//! Words bound to a table: a currency, a unit, a basis, from wherever the recipe says.

use super::Column;
use crate::header::key;
use crate::pattern::squeeze;
use crate::recipe::{Spec, WordSpec};
use crate::spellings::Spellings;
use std::collections::{BTreeMap, BTreeSet};

/// Where the word of an amount comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Known<T> {
    /// The same for every row.
    Fixed(T),
    /// The word of the row.
    Row,
    /// The word of a column of this amount's own.
    Own(Column),
    /// The mark that the amount carries.
    Mark,
}

/// A column of words.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    /// The column; absent where each amount has one of its own.
    pub(crate) column: Option<Column>,
    pub(crate) meanings: Meanings,
    pub(crate) cases: Vec<Case>,
    pub(crate) first_word: bool,
    pub(crate) blank: Option<String>,
}

/// A word that another column settles.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) value: String,
    pub(crate) column: Column,
    pub(crate) words: Option<Spellings>,
    pub(crate) map: BTreeMap<String, String>,
}

/// What words mean.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meanings {
    exact: BTreeMap<String, String>,
    by_key: BTreeMap<String, String>,
    open: bool,
    ignore: BTreeSet<String>,
    pub(crate) ignore_reason: String,
}

/// What a word turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning<'m> {
    Word(&'m str),
    Ignored,
    Unknown,
}

impl Meanings {
    pub(crate) fn new(spec: &WordSpec) -> Self {
        let by_key = spec.map.iter().map(|(k, v)| (key(k), v.clone())).collect();
        Self {
            exact: spec.map.clone(),
            by_key,
            open: spec.open || spec.map.is_empty(),
            ignore: spec.ignore.iter().map(|w| key(w)).collect(),
            ignore_reason: spec.ignore_reason.clone().unwrap_or_default(),
        }
    }

    /// The meaning of a word.
    pub(crate) fn of<'m>(&'m self, word: &'m str) -> Meaning<'m> {
        if let Some(exact) = self.exact.get(word) {
            return Meaning::Word(exact);
        }
        if self.open && self.by_key.is_empty() && self.ignore.is_empty() {
            return Meaning::Word(word);
        }
        let key = key(word);
        if self.ignore.contains(&key) {
            return Meaning::Ignored;
        }
        match self.by_key.get(&key) {
            Some(meaning) => Meaning::Word(meaning),
            None if self.open => Meaning::Word(word),
            None => Meaning::Unknown,
        }
    }

    /// The words that are known, for a message.
    pub(crate) fn known(&self) -> String {
        self.exact.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// The one word of a map that is in a text.
///
/// # Errors
/// The different meanings, if there are several.
pub(crate) fn contained(spec: &WordSpec, text: &str) -> Result<Option<String>, Vec<String>> {
    let text = squeeze(text).to_lowercase();
    let found: Vec<(&String, String)> = spec
        .map
        .iter()
        .map(|(word, meaning)| (meaning, squeeze(word).to_lowercase()))
        .filter(|(_, word)| stands_in(&text, word))
        .collect();
    // A longer word that holds a shorter one is meant alone: `US$` is no `$`.
    let inside = |word: &str| found.iter().any(|(_, w)| w.len() > word.len() && w.contains(word));
    let meanings: BTreeSet<&String> =
        found.iter().filter(|(_, w)| !inside(w)).map(|(meaning, _)| *meaning).collect();
    match meanings.len() {
        0 => Ok(None),
        1 => Ok(meanings.first().map(|m| (*m).clone())),
        _ => Err(meanings.into_iter().cloned().collect()),
    }
}

/// Whether a word stands in a text by itself, not as a piece of a longer word.
fn stands_in(text: &str, word: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, found)| {
        let before = letter(text[..at].chars().next_back()) && letter(word.chars().next());
        let after =
            letter(text[at + found.len()..].chars().next()) && letter(word.chars().next_back());
        !word.is_empty() && !before && !after
    })
}

/// The words of a specification, with those of the recipe's lists.
pub(crate) fn with_spellings(spec: &WordSpec, recipe: &Spec) -> WordSpec {
    let mut spec = spec.clone();
    let list = spec.words.as_ref().and_then(|n| Spellings::named(n.get_ref(), &recipe.words));
    for (spelling, word) in list.iter().flat_map(Spellings::iter) {
        spec.map.entry(spelling.clone()).or_insert_with(|| word.clone());
    }
    spec
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(words: &[(&str, &str)]) -> WordSpec {
        let map = words.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        WordSpec { map, ..WordSpec::default() }
    }

    #[test]
    fn words_in_headers_stand_alone() {
        let spec =
            spec(&[("EUR", "EUR"), ("€", "EUR"), ("US$", "USD"), ("$", "XXX"), ("hour", "hour")]);
        for (text, found) in [
            ("Salary (EUR)", Ok(Some("EUR"))),
            ("Salary in €/year", Ok(Some("EUR"))),
            ("Europe", Ok(None)),
            ("Price US$", Ok(Some("USD"))),
            ("per hour, in EUR", Err(2)),
            ("", Ok(None)),
        ] {
            let result = contained(&spec, text).map_err(|m| m.len());
            assert_eq!(result, found.map(|f| f.map(str::to_owned)), "{text}");
        }
    }

    #[test]
    fn meanings_are_exact_first_and_never_guessed() {
        let mut spec = spec(&[("Year", "year")]);
        spec.ignore = vec!["Other".to_owned()];
        let meanings = Meanings::new(&spec);
        assert_eq!(meanings.of("YEAR"), Meaning::Word("year"));
        assert_eq!(meanings.of("other"), Meaning::Ignored);
        assert_eq!(meanings.of("fortnight"), Meaning::Unknown);
        assert_eq!(Meanings::new(&WordSpec::default()).of("x"), Meaning::Word("x"));
    }
}
