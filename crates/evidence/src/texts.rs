//! Distinct texts, each with a number: what a column of words is built on.

use ahash::RandomState;
use arrow_array::StringArray;
use arrow_buffer::OffsetBuffer;
use hashbrown::HashTable;

/// Distinct texts, numbered from 0 in order of their first appearance. Numbers do not depend on
/// how texts are hashed.
#[derive(Debug, Clone)]
pub struct Texts {
    bytes: String,
    /// Where each text begins in `bytes`, and where the last one ends.
    ends: Vec<usize>,
    /// Hash and number of each text; the hash spares a look at the text when the table grows.
    numbers: HashTable<(u32, u32)>,
    hasher: RandomState,
}

impl Default for Texts {
    fn default() -> Self {
        let (bytes, numbers) = (String::new(), HashTable::new());
        Self { bytes, ends: vec![0], numbers, hasher: RandomState::new() }
    }
}

impl Texts {
    /// The number of a text, which is added if it is new.
    pub fn number(&mut self, text: &str) -> u32 {
        let hash = self.hasher.hash_one(text);
        let short = (hash ^ hash >> 32) as u32;
        let is_it = |&(hash, number): &(u32, u32)| hash == short && self.is(number, text);
        if let Some(&(_, number)) = self.numbers.find(spread(short), is_it) {
            return number;
        }
        let number = self.add(text);
        self.numbers.insert_unique(spread(short), (short, number), |&(hash, _)| spread(hash));
        number
    }

    /// The number of a text that is added whether it is new or not: for texts that hardly come
    /// again. From then on [`number`](Self::number) finds earlier texts only if it added them.
    pub fn add(&mut self, text: &str) -> u32 {
        let number = self.len() as u32;
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
        number
    }

    /// Gives back the memory by which texts are found again; all are added from now on.
    pub fn forget(&mut self) {
        self.numbers = HashTable::new();
    }

    /// The text of a number that was handed out before.
    pub fn get(&self, number: u32) -> &str {
        &self.bytes[self.ends[number as usize]..self.ends[number as usize + 1]]
    }

    /// The bytes of that text, which are in the order of the texts.
    pub fn bytes(&self, number: u32) -> &[u8] {
        &self.bytes.as_bytes()[self.ends[number as usize]..self.ends[number as usize + 1]]
    }

    /// Whether a number is that of a text.
    pub fn is(&self, number: u32, text: &str) -> bool {
        self.bytes(number) == text.as_bytes()
    }

    /// The length of a text in bytes.
    pub fn len_of(&self, number: u32) -> usize {
        self.ends[number as usize + 1] - self.ends[number as usize]
    }

    /// Every text, in order of its number.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len() as u32).map(|n| self.get(n))
    }

    /// All of them as an array of Arrow, in order of their numbers.
    ///
    /// # Panics
    /// If they take more than 2 GiB.
    pub fn array(&self) -> StringArray {
        StringArray::new(self.offsets(), self.bytes.as_bytes().into(), None)
    }

    fn offsets(&self) -> OffsetBuffer<i32> {
        let ends = self.ends.iter().map(|end| i32::try_from(*end).expect("texts below 2 GiB"));
        OffsetBuffer::new(ends.collect())
    }

    /// The same, which leaves none behind but room for about as many.
    ///
    /// # Panics
    /// If they take more than 2 GiB.
    pub fn take_array(&mut self) -> StringArray {
        let ends = self.offsets();
        let room = String::with_capacity(self.bytes.len() + self.bytes.len() / 4);
        let bytes = std::mem::replace(&mut self.bytes, room);
        self.clear();
        StringArray::new(ends, bytes.into_bytes().into(), None)
    }

    /// Forgets all texts, but keeps their room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.truncate(1);
        self.numbers.clear();
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.ends.len() - 1
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// About how much memory they take, in bytes.
    pub fn memory(&self) -> usize {
        const EACH: usize = size_of::<usize>() + 2 * size_of::<(u32, u32)>();
        self.bytes.len() + self.len() * EACH
    }
}

/// A hash as wide as the table wants it.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

/// What can be told of a text by a few looks: its length, start, middle and end. Of texts of up to
/// [`WHOLE`](Glance::WHOLE) bytes, which most words are, that is everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Glance {
    len: usize,
    start: u64,
    middle: u64,
    end: u64,
}

impl Glance {
    /// Texts of up to so many bytes are the same if a glance at them is.
    pub(crate) const WHOLE: usize = 24;

    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let len = bytes.len();
        let (start, middle, end) = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(start), Some(end)) => {
                // From 16 bytes on, eight in the middle touch start or end or lie apart.
                let middle = bytes[(len - 8) / 2..].first_chunk().unwrap_or(start);
                (u64::from_le_bytes(*start), u64::from_le_bytes(*middle), u64::from_le_bytes(*end))
            }
            _ => match (bytes.first_chunk(), bytes.last_chunk()) {
                (Some(start), Some(end)) => {
                    (u32::from_le_bytes(*start).into(), 0, u32::from_le_bytes(*end).into())
                }
                _ => (bytes.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)), 0, 0),
            },
        };
        Self { len, start, middle, end }
    }

    /// One of `count` places, a power of two, evenly enough.
    pub(crate) fn place(&self, count: usize) -> usize {
        const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
        let mixed = self.start ^ self.middle.rotate_left(21) ^ self.end.rotate_left(42);
        ((mixed ^ self.len as u64).wrapping_mul(ODD) >> 32) as usize & (count - 1)
    }

    /// Whether texts that give this glance are the same.
    pub(crate) fn is_whole(&self) -> bool {
        self.len <= Self::WHOLE
    }
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
    fn a_glance_tells_short_texts_apart() {
        let text: String = ('a'..='z').collect();
        for length in 0..=Glance::WHOLE {
            let glance = Glance::new(&text[..length]);
            let copy: String = text.chars().take(length).collect();
            assert_eq!(glance, Glance::new(&copy));
            assert_ne!(glance, Glance::new(&text[..length + 1]));
            for changed in 0..length {
                let other = format!("{}_{}", &text[..changed], &text[changed + 1..length]);
                assert_ne!(glance, Glance::new(&other), "{length} {changed}");
            }
        }
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
