//! A column of words in memory: each distinct word once, a code for each row.

use crate::chunk::{self, Chunk, Column, Content, Dictionary, Form, PageBounds, Stated};
use crate::codes::Codes;
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, Int32Array, StringArray};
use haggle_evidence::Texts;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::statistics::{Statistics, ValueStatistics};
use std::ops::Range;
use std::sync::Arc;

/// The code of a row without a word; the word numbered `n` has code `n + 1`.
const ABSENT: u32 = 0;

/// A word whose code is not known yet.
const UNKNOWN: u32 = u32::MAX;

/// Statistics of longer words are cut.
const LONGEST_BOUND: usize = 64;

/// Words of many rows.
#[derive(Debug, Default)]
pub(crate) struct Words {
    texts: Texts,
    codes: Codes,
    /// For each source of batches, its last dictionary.
    known: Vec<Known>,
    /// Whether words are added without a look for them, since nearly each is another.
    adding: bool,
    /// Words that were asked for in batches.
    asked: usize,
    /// Whether the order of rows depends on them.
    ranked: bool,
}

/// From so many words on, a column of which nine in ten were new is only added to.
const ADDING: usize = 1 << 16;

/// The codes of the words of a batch's dictionary, as far as rows have stated them.
#[derive(Debug, Clone, Default)]
struct Known {
    values: Option<ArrayRef>,
    codes: Vec<u32>,
}

impl Known {
    /// Batches of one source mostly share a dictionary or add to it.
    fn prepare(&mut self, values: &ArrayRef) {
        let goes_on = self.values.as_ref().is_some_and(|old| {
            Arc::ptr_eq(old, values) || is_start(old.as_string(), values.as_string())
        });
        if !goes_on {
            self.codes.clear();
        }
        self.codes.resize(values.len(), UNKNOWN);
        self.values = Some(values.clone());
    }
}

/// Whether a dictionary begins with all words of an older one.
fn is_start(old: &StringArray, new: &StringArray) -> bool {
    let (ends, longer) = (old.value_offsets(), new.value_offsets());
    longer.starts_with(ends)
        && ends.first().zip(ends.last()).is_some_and(|(&start, &end)| {
            let stretch = start as usize..end as usize;
            old.value_data()[stretch.clone()] == new.value_data()[stretch]
        })
}

impl Words {
    /// No words yet; `ranked`: the order of rows depends on them.
    pub(crate) fn new(ranked: bool) -> Self {
        Self { ranked, ..Self::default() }
    }

    /// Forgets all rows, but keeps their room.
    pub(crate) fn clear(&mut self) {
        self.texts.clear();
        self.known.clear();
        (self.codes, self.adding, self.asked) = (Codes::default(), false, 0);
    }

    /// Takes some rows of a batch. `source` tells apart where batches come from.
    pub(crate) fn extend(&mut self, array: &dyn Array, rows: Range<usize>, source: usize) {
        let words: &DictionaryArray<Int32Type> = array.as_dictionary();
        if words.null_count() == words.len() {
            return self.codes.push_many(ABSENT, rows.len());
        }
        if self.known.len() <= source {
            self.known.resize(source + 1, Known::default());
        }
        self.whether_adding();
        let Self { texts, codes, known, adding, asked, .. } = self;
        let known = &mut known[source];
        known.prepare(words.values());
        let values: &StringArray = words.values().as_string();
        let mut code = |key: i32| match known.codes[key as usize] {
            UNKNOWN => {
                let word = values.value(key as usize);
                *asked += 1;
                let code = if *adding { texts.add(word) } else { texts.number(word) } + 1;
                known.codes[key as usize] = code;
                code
            }
            code => code,
        };
        let keys = words.keys();
        let new: Vec<u32> = match keys.nulls() {
            None if values.len() == 1 => return codes.push_many(code(0), rows.len()),
            None => keys.values()[rows].iter().map(|&key| code(key)).collect(),
            Some(valid) => {
                let code = |row| if valid.is_valid(row) { code(keys.value(row)) } else { ABSENT };
                rows.map(code).collect()
            }
        };
        codes.extend(&new);
    }

    /// Stops to look for words where most are new. The same word may have two codes then, which
    /// no column may that decides the order.
    fn whether_adding(&mut self) {
        if !self.ranked && !self.adding && self.asked > ADDING {
            self.adding = self.texts.len() > self.asked / 10 * 9;
            if self.adding {
                self.texts.forget();
            }
        }
    }

    /// The column of some rows, with a dictionary of its own. `places` is room that is used again:
    /// the place of each code there, [`UNKNOWN`] before and after.
    pub(crate) fn array(&self, rows: &[u32], places: &mut Vec<u32>) -> ArrayRef {
        let codes = match self.codes.same() {
            Some(ABSENT) => Vec::new(),
            _ => self.codes.gather(rows),
        };
        let mut words = Vec::new();
        places.resize(places.len().max(self.texts.len() + 1), UNKNOWN);
        let mut place = |code: u32| {
            let place = &mut places[code as usize];
            if *place == UNKNOWN {
                *place = words.len() as u32;
                words.push(code);
            }
            *place as i32
        };
        let keys: Int32Array = match self.codes.same() {
            Some(ABSENT) => Int32Array::new_null(rows.len()),
            _ if codes.contains(&ABSENT) => {
                codes.iter().map(|&code| (code != ABSENT).then(|| place(code))).collect()
            }
            _ => Int32Array::from_iter_values(codes.iter().map(|&code| place(code))),
        };
        words.iter().for_each(|&code| places[code as usize] = UNKNOWN);
        let values = StringArray::from_iter_values(words.iter().map(|&code| self.word(code)));
        Arc::new(DictionaryArray::new(keys, Arc::new(values)))
    }

    /// The rank of the word of each code among all words; absent comes first.
    pub(crate) fn ranks(&self) -> Vec<u32> {
        let mut sorted: Vec<u32> = (0..self.texts.len() as u32).collect();
        sorted.sort_unstable_by_key(|&number| self.texts.bytes(number));
        let mut ranks = vec![0; sorted.len() + 1];
        for (number, rank) in sorted.into_iter().zip(1..) {
            ranks[number as usize + 1] = rank;
        }
        ranks
    }

    pub(crate) fn codes(&self) -> &Codes {
        &self.codes
    }

    /// About how much memory it takes, in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.texts.memory() + self.codes.memory()
    }

    /// The column of some rows, encoded.
    pub(crate) fn encode(&self, rows: &[u32], form: &Form) -> Result<Chunk, ParquetError> {
        if let Some(code) = self.codes.same() {
            return self.encode_same(code, rows.len(), form);
        }
        let codes = self.codes.gather(rows);
        let stated = Stated::Some(&codes).simplified();
        let put = |rows: Range<usize>, out: &mut Vec<u8>| {
            let stated = codes[rows].iter().filter(|code| **code != ABSENT);
            stated.for_each(|&code| put_plain(self.bytes(code), out));
        };
        let (bounds, content) = match self.dictionary(&codes, form) {
            Some((words, dictionary)) => (self.bounds(&words), Content::Dictionary(dictionary)),
            None => (self.bounds(&codes), Content::Plain(&put)),
        };
        let nulls = (rows.len() - stated.count(rows.len())) as u64;
        let pages = || codes.chunks(form.page_rows).map(|page| self.page_bounds(page)).collect();
        let column = Column {
            rows: rows.len(),
            stated,
            content,
            statistics: statistics(bounds, nulls),
            page_bounds: form.page_bounds.then(pages),
        };
        chunk::encode(form, column)
    }

    /// The column of rows that all state the same word, or none.
    fn encode_same(&self, code: u32, rows: usize, form: &Form) -> Result<Chunk, ParquetError> {
        let word = (code != ABSENT).then(|| self.word(code));
        let mut dictionary = Dictionary { plain: Vec::new(), len: 0, indices: Vec::new() };
        if let Some(word) = word {
            put_plain(word.as_bytes(), &mut dictionary.plain);
            dictionary.len = 1;
        }
        let (stated, nulls) = match word {
            Some(_) => (Stated::All, 0),
            None => (Stated::None, rows as u64),
        };
        let pages = || vec![self.page_bounds(&[code]); rows.div_ceil(form.page_rows)];
        let column = Column {
            rows,
            stated,
            content: Content::Dictionary(dictionary),
            statistics: statistics(word.zip(word), nulls),
            page_bounds: form.page_bounds.then(pages),
        };
        chunk::encode(form, column)
    }

    fn word(&self, code: u32) -> &str {
        self.texts.get(code - 1)
    }

    fn bytes(&self, code: u32) -> &[u8] {
        self.texts.bytes(code - 1)
    }

    /// The words that some rows state, in order of their first row; `None` if it would not pay to
    /// write each only once.
    fn dictionary(&self, codes: &[u32], form: &Form) -> Option<(Vec<u32>, Dictionary)> {
        let most = self.dictionary_bytes(codes, form);
        let mut index_of = vec![UNKNOWN; self.texts.len() + 1];
        let (mut words, mut indices) = (Vec::new(), Vec::with_capacity(codes.len()));
        let mut plain = Vec::new();
        for &code in codes.iter().filter(|code| **code != ABSENT) {
            let index = &mut index_of[code as usize];
            if *index == UNKNOWN {
                *index = words.len() as u32;
                words.push(code);
                put_plain(self.bytes(code), &mut plain);
                if plain.len() > most {
                    return None;
                }
            }
            indices.push(*index);
        }
        let len = words.len();
        Some((words, Dictionary { plain, len, indices }))
    }

    /// How large a dictionary may be.
    fn dictionary_bytes(&self, codes: &[u32], form: &Form) -> usize {
        if self.texts.memory() <= form.dictionary_bytes(0) {
            return form.dictionary_bytes(0);
        }
        let stated = codes.iter().filter(|code| **code != ABSENT);
        let plain: usize = stated.map(|&code| self.texts.len_of(code - 1) + size_of::<u32>()).sum();
        form.dictionary_bytes(plain)
    }

    fn bounds(&self, codes: &[u32]) -> Option<(&str, &str)> {
        let stated = codes.iter().copied().filter(|code| *code != ABSENT);
        let mut words = stated.map(|code| (self.bytes(code), code));
        let first = words.next()?;
        let (mut min, mut max) = (first, first);
        for word in words {
            if word.0 < min.0 {
                min = word;
            } else if word.0 > max.0 {
                max = word;
            }
        }
        Some((self.word(min.1), self.word(max.1)))
    }

    /// Neighbours mostly state the same word, which is looked at once.
    fn page_bounds(&self, codes: &[u32]) -> PageBounds {
        let mut words = codes.to_vec();
        words.dedup();
        let (min, max) = self.bounds(&words)?;
        Some((lower(min).0, upper(max).0))
    }
}

/// A length, then the bytes.
fn put_plain(word: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(word.len() as u32).to_le_bytes());
    out.extend_from_slice(word);
}

fn statistics(bounds: Option<(&str, &str)>, nulls: u64) -> Statistics {
    let Some((min, max)) = bounds else {
        return Statistics::new::<ByteArray>(None, None, None, Some(nulls), false);
    };
    let ((min, min_exact), (max, max_exact)) = (lower(min), upper(max));
    ValueStatistics::<ByteArray>::new(Some(min.into()), Some(max.into()), None, Some(nulls), false)
        .with_min_is_exact(min_exact)
        .with_max_is_exact(max_exact)
        .into()
}

/// The start of a long word, which comes before it, and whether it is the whole word.
fn lower(word: &str) -> (Vec<u8>, bool) {
    let start = start(word);
    (start.as_bytes().to_vec(), start.len() == word.len())
}

/// A short word that comes after all that begin like this long one, if there is one.
fn upper(word: &str) -> (Vec<u8>, bool) {
    let start = start(word);
    if start.len() == word.len() {
        return (word.as_bytes().to_vec(), true);
    }
    match raised(start) {
        Some(raised) => (raised.into_bytes(), false),
        None => (word.as_bytes().to_vec(), true),
    }
}

fn start(word: &str) -> &str {
    &word[..word.floor_char_boundary(LONGEST_BOUND)]
}

/// The text with its last letter that can be raised replaced by the next one, and cut there.
fn raised(text: &str) -> Option<String> {
    let next = |letter: char| match letter {
        '\u{D7FF}' => Some('\u{E000}'),
        _ => char::from_u32(letter as u32 + 1),
    };
    let at = |(at, letter)| Some((at, next(letter)?));
    let (at, letter) = text.char_indices().rev().find_map(at)?;
    Some(format!("{}{letter}", &text[..at]))
}
