//! Lists of spellings: many ways to write a word, and the word.

use crate::header::key;
use std::collections::BTreeMap;

/// Built-in lists by name: word, then its spellings.
const BUILT_IN: [(&str, &str); 5] = [
    ("countries", include_str!("../recipes/words/countries.toml")),
    ("currencies", include_str!("../recipes/words/currencies.toml")),
    ("estimates", include_str!("../recipes/words/estimates.toml")),
    ("statistics", include_str!("../recipes/words/statistics.toml")),
    ("summaries", include_str!("../recipes/words/summaries.toml")),
];

/// The word of spellings that say nothing by themselves.
const FILLER: &str = "filler";

/// Words by spelling, whatever the case, spaces and points.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Spellings(BTreeMap<String, String>);

/// A spelling as it is compared: points and other marks do not count.
pub(crate) fn plain(text: &str) -> String {
    let kept =
        |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '$' | '€' | '£' | '¥' | '+' | '#');
    let marks: String = key(text).chars().filter(kept).collect();
    marks.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Spellings {
    /// The list of a recipe, or a built-in one.
    pub(crate) fn named(
        name: &str,
        own: &BTreeMap<String, BTreeMap<String, Vec<String>>>,
    ) -> Option<Self> {
        let built_in =
            || toml::from_str::<BTreeMap<String, Vec<String>>>(Self::built_in_text(name)?).ok();
        own.get(name).cloned().or_else(built_in).map(|list| Self::new(&list))
    }

    fn new(list: &BTreeMap<String, Vec<String>>) -> Self {
        let all = list.iter().flat_map(|(word, spellings)| {
            let own = std::iter::once(word);
            own.chain(spellings).map(move |s| (plain(s), word.clone()))
        });
        Self(all.collect())
    }

    /// Several lists as one.
    pub(crate) fn together(lists: impl Iterator<Item = Self>) -> Option<Self> {
        lists.reduce(|a, b| Self(a.0.into_iter().chain(b.0).collect()))
    }

    /// The word of a spelling.
    pub(crate) fn word(&self, text: &str) -> Option<&str> {
        self.0.get(&plain(text)).map(String::as_str)
    }

    /// Whether a text is made of these words alone, one of them at least no `filler`.
    pub(crate) fn make_up(&self, text: &str) -> bool {
        let apart = |c: char| if c.is_alphanumeric() { c } else { ' ' };
        let apart: String = text.chars().map(apart).collect();
        let words: Vec<_> = apart.split_whitespace().map(|w| self.word(w)).collect();
        words.iter().all(Option::is_some) && words.iter().flatten().any(|w| *w != FILLER)
    }

    /// Every spelling with its word.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &String)> {
        self.0.iter()
    }

    /// The text of a built-in list.
    pub(crate) fn built_in_text(name: &str) -> Option<&'static str> {
        BUILT_IN.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
    }

    /// Names of the built-in lists.
    pub(crate) fn built_in() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_lists_are_read_and_no_spelling_has_two_words() {
        for (name, text) in BUILT_IN {
            let list: BTreeMap<String, Vec<String>> =
                toml::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"));
            let mut seen = BTreeMap::new();
            for (word, spelling) in list.iter().flat_map(|(w, s)| s.iter().map(move |s| (w, s))) {
                let twice = seen.insert(plain(spelling), word);
                assert!(
                    twice.is_none_or(|w| w == word),
                    "{name}: `{spelling}` of {twice:?} and {word}"
                );
            }
        }
    }

    #[test]
    fn summaries_are_made_of_their_words_alone() {
        let list = |names: &[&str]| {
            Spellings::together(names.iter().filter_map(|n| Spellings::named(n, &BTreeMap::new())))
                .unwrap()
        };
        let rows = list(&["summaries"]);
        let parties = list(&["summaries", "statistics", "estimates"]);
        for text in ["Total", "Sub-total", "Grand total", "Average of bidders", "Avg Bid", "TOTAL:"]
        {
            assert!(rows.make_up(text) && parties.make_up(text), "{text}");
        }
        for text in ["All jobs", "Change (USD)", "Summe", "Total général", "Bid Avg.", "Median"] {
            assert!(rows.make_up(text) && parties.make_up(text), "{text}");
        }
        for text in ["Std Dev", "2nd Low", "Engineer's Opinion of Probable Cost", "EOPC", "Budget"]
        {
            assert!(parties.make_up(text) && !rows.make_up(text), "{text}");
        }
        for text in ["Engineer", "Owner", "Standard", "Range", "Low", "Target"] {
            assert!(!rows.make_up(text), "{text} may be a job or an item");
        }
        for text in ["High Plains Paving", "Total station survey", "Total rewards manager", "Jobs"]
        {
            assert!(!parties.make_up(text), "{text}");
        }
        for text in ["Acme", "", "-", "Owner's Choice Ltd", "Meanwood", "Summer intern", "Unit"] {
            assert!(!parties.make_up(text), "{text}");
        }
    }

    #[test]
    fn spellings_meet() {
        let countries = Spellings::named("countries", &BTreeMap::new()).unwrap();
        for text in ["USA", "U.S.A.", "us", "United States of America", " united  states ", "U.S."]
        {
            assert_eq!(countries.word(text), Some("US"), "{text}");
        }
        assert_eq!(countries.word("Atlantis"), None);
        let own = BTreeMap::from([(
            "sizes".to_owned(),
            BTreeMap::from([("small".to_owned(), vec!["S".to_owned()])]),
        )]);
        assert_eq!(Spellings::named("sizes", &own).unwrap().word("s"), Some("small"));
        assert!(Spellings::named("nothing", &own).is_none());
    }
}
