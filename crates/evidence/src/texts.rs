//! Distinct texts, each with a number: what a column of words is built on.

use ahash::RandomState;
use hashbrown::HashTable;

/// Distinct texts, numbered from 0 in order of their first appearance. Numbers do not depend on
/// how texts are hashed.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    bytes: String,
    /// Where each text ends in `bytes`.
    ends: Vec<usize>,
    numbers: HashTable<u32>,
    hasher: RandomState,
}

impl Texts {
    /// The number of a text, which is added if it is new.
    pub fn number(&mut self, text: &str) -> u32 {
        let Self { bytes, ends, numbers, hasher } = self;
        let hash = hasher.hash_one(text);
        let found = numbers.find(hash, |&n| at(bytes, ends, n) == text);
        if let Some(&number) = found {
            return number;
        }
        let number = ends.len() as u32;
        bytes.push_str(text);
        ends.push(bytes.len());
        numbers.insert_unique(hash, number, |&n| hasher.hash_one(at(bytes, ends, n)));
        number
    }

    /// The text of a number that was handed out before.
    pub fn get(&self, number: u32) -> &str {
        at(&self.bytes, &self.ends, number)
    }

    /// Every text, in order of its number.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.ends.len() as u32).map(|n| self.get(n))
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// About how much memory they take, in bytes.
    pub fn memory(&self) -> usize {
        const EACH: usize = size_of::<usize>() + 2 * size_of::<u32>();
        self.bytes.len() + self.ends.len() * EACH
    }
}

fn at<'a>(bytes: &'a str, ends: &[usize], number: u32) -> &'a str {
    let number = number as usize;
    let start = number.checked_sub(1).map_or(0, |before| ends[before]);
    &bytes[start..ends[number]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_first_appearance() {
        let mut texts = Texts::default();
        let sent = ["b", "", "a", "b", "ž", "", "a"];
        let numbers: Vec<u32> = sent.iter().map(|t| texts.number(t)).collect();
        assert_eq!(numbers, [0, 1, 2, 0, 3, 1, 2]);
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["b", "", "a", "ž"]);
    }

    #[test]
    fn many_texts_keep_their_numbers() {
        let mut texts = Texts::default();
        for round in 0..2 {
            for n in 0..10_000 {
                assert_eq!(texts.number(&n.to_string()), n, "round {round}");
            }
        }
        assert_eq!(texts.len(), 10_000);
        assert_eq!(texts.get(9_999), "9999");
    }
}
