//! Words bound to a table: a currency, a unit, a basis, from wherever the recipe says.

use super::Column;
use crate::header::key;
use crate::pattern::{Pattern, squeeze};
use crate::recipe::{Spec, WordSpec};
use crate::spellings::{Spellings, plain};
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

/// Patterns of words with what they mean.
pub(crate) type Patterns = Vec<(Pattern, String)>;

/// The words of a map that have `*` in them, the longer first.
pub(crate) fn patterns(map: &BTreeMap<String, String>) -> Patterns {
    let mut starred: Vec<_> = map.iter().filter(|(word, _)| word.contains('*')).collect();
    starred.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    starred.into_iter().map(|(word, to)| (Pattern::header(word), to.clone())).collect()
}

/// What the first pattern that a word is like means.
pub(crate) fn like<'p>(patterns: &'p Patterns, word: &str) -> Option<&'p str> {
    patterns.iter().find(|(pattern, _)| pattern.fits(word)).map(|(_, to)| to.as_str())
}

/// What words mean.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meanings {
    exact: BTreeMap<String, String>,
    by_key: BTreeMap<String, String>,
    /// Words of a list of spellings, without points and other marks.
    by_spelling: BTreeMap<String, String>,
    open: bool,
    /// Words with `*` in them, the longer first: what the words mean that are like them.
    patterns: Patterns,
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
        let spelt = spec.words.iter().flat_map(|_| &spec.map);
        let by_spelling = spelt.map(|(k, v)| (plain(k), v.clone())).collect();
        Self {
            exact: spec.map.clone(),
            by_key,
            by_spelling,
            open: spec.open || spec.map.is_empty(),
            patterns: patterns(&spec.map),
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
        let spelt = || self.by_spelling.get(&plain(word));
        match self.by_key.get(&key).or_else(spelt) {
            Some(meaning) => Meaning::Word(meaning),
            None => match like(&self.patterns, word) {
                Some(meaning) => Meaning::Word(meaning),
                None if self.open => Meaning::Word(word),
                None => Meaning::Unknown,
            },
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
        spec.map.insert("*".to_owned(), "week".to_owned());
        spec.map.insert("*month*".to_owned(), "month".to_owned());
        let meanings = Meanings::new(&spec);
        assert_eq!(meanings.of("fortnight"), Meaning::Word("week"));
        assert_eq!(meanings.of("Every Month"), Meaning::Word("month"));
        assert_eq!(
            (meanings.of("year"), meanings.of("other")),
            (Meaning::Word("year"), Meaning::Ignored)
        );
    }
}
