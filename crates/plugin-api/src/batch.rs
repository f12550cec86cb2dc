//! Rows on their way into columns.

use crate::row::Row;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Rows of a batch at most.
pub const BATCH_ROWS: usize = 65_536;

/// Texts of a column are forgotten beyond this many, since every batch carries all of them.
const TEXTS_KEPT: usize = 32_768;
/// The same in bytes: seventeen columns of them are less than the 64 MB that a host takes.
const BYTES_KEPT: usize = 3 << 20;
/// How many texts of a column are known without a look into its map; a power of two.
const RECENT: usize = 256;

/// The values of a column.
pub(crate) enum Values {
    I32(Vec<i32>),
    U32(Vec<u32>),
    U64(Vec<u64>),
    I64(Vec<i64>),
    F64(Vec<f64>),
    I128(Vec<i128>),
}

/// A finished column.
pub(crate) struct Column {
    pub(crate) nulls: usize,
    pub(crate) validity: Option<Vec<u8>>,
    pub(crate) values: Values,
    pub(crate) texts: Option<Arc<Texts>>,
}

/// Texts of a column, one behind the other.
#[derive(Clone)]
pub(crate) struct Texts {
    pub(crate) ends: Vec<i32>,
    pub(crate) bytes: Vec<u8>,
}

impl Texts {
    pub(crate) fn len(&self) -> usize {
        self.ends.len() - 1
    }

    fn get(&self, number: usize) -> &[u8] {
        &self.bytes[self.ends[number] as usize..self.ends[number + 1] as usize]
    }
}

/// Which rows of a column state something.
#[derive(Default)]
struct Validity {
    bits: Vec<u8>,
    len: usize,
    nulls: usize,
}

impl Validity {
    fn push(&mut self, valid: bool) {
        if self.len.is_multiple_of(8) {
            self.bits.push(0);
        }
        self.bits[self.len / 8] |= u8::from(valid) << (self.len % 8);
        self.len += 1;
        self.nulls += usize::from(!valid);
    }

    /// Number of nulls, and the bits if there is one.
    fn finish(&mut self) -> (usize, Option<Vec<u8>>) {
        let done = std::mem::take(self);
        (done.nulls, (done.nulls > 0).then_some(done.bits))
    }
}

struct Numbers<T> {
    values: Vec<T>,
    validity: Validity,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self { values: Vec::new(), validity: Validity::default() }
    }
}

impl<T: Default> Numbers<T> {
    fn push(&mut self, value: Option<T>) {
        self.validity.push(value.is_some());
        self.values.push(value.unwrap_or_default());
    }

    fn finish(&mut self, values: impl Fn(Vec<T>) -> Values) -> Column {
        let next = Vec::with_capacity(self.values.len());
        let (nulls, validity) = self.validity.finish();
        let values = values(std::mem::replace(&mut self.values, next));
        Column { nulls, validity, values, texts: None }
    }
}

struct Words {
    keys: Numbers<i32>,
    texts: Texts,
    numbers: HashMap<Box<str>, i32>,
    recent: Vec<Option<i32>>,
    shared: Option<Arc<Texts>>,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            keys: Numbers::default(),
            texts: Texts { ends: vec![0], bytes: Vec::new() },
            numbers: HashMap::new(),
            recent: vec![None; RECENT],
            shared: None,
        }
    }
}

/// Where a text is remembered: by its length and its last eight bytes, or both ends of a shorter
/// one. Whole words are loaded, since a processor waits for bytes that it just wrote one by one.
fn place(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ends = match (bytes, bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (&[.., a, b, c, d, e, f, g, h], ..) => u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        (_, Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
        }
        (&[first, .., last], ..) => u64::from(first) << 8 | u64::from(last),
        (&[only], ..) => u64::from(only),
        _ => 0,
    };
    let mixed = (ends ^ bytes.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 56) as usize % RECENT
}

impl Words {
    fn push(&mut self, text: Option<&str>) {
        let number = text.map(|text| self.number(text));
        self.keys.push(number);
    }

    fn number(&mut self, text: &str) -> i32 {
        let place = place(text);
        if let Some(number) = self.recent[place]
            && self.texts.get(number as usize) == text.as_bytes()
        {
            return number;
        }
        let number = self.look_up(text);
        self.recent[place] = Some(number);
        number
    }

    fn look_up(&mut self, text: &str) -> i32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.texts.len() as i32;
        self.texts.bytes.extend_from_slice(text.as_bytes());
        self.texts.ends.push(self.texts.bytes.len() as i32);
        self.numbers.insert(text.into(), number);
        number
    }

    fn finish(&mut self) -> Column {
        let texts = self.shared();
        let column = Column { texts: Some(texts), ..self.keys.finish(Values::I32) };
        if self.texts.len() > TEXTS_KEPT || self.texts.bytes.len() > BYTES_KEPT {
            *self = Self::default();
        }
        column
    }

    fn shared(&mut self) -> Arc<Texts> {
        match &self.shared {
            Some(shared) if shared.len() == self.texts.len() => shared.clone(),
            _ => self.shared.insert(Arc::new(self.texts.clone())).clone(),
        }
    }

    fn is_heavy(&self) -> bool {
        self.texts.bytes.len() > BYTES_KEPT
    }
}

/// Takes rows and makes batches of them.
#[derive(Default)]
pub struct Rows {
    words: [Words; 17],
    row: Numbers<u64>,
    column: Numbers<u32>,
    decimals: [Numbers<i128>; 3],
    floats: [Numbers<f64>; 2],
    integers: [Numbers<i64>; 3],
    date: Numbers<i32>,
    len: usize,
    finished: VecDeque<(usize, Vec<Column>)>,
}

impl Rows {
    /// Adds a row.
    pub fn push(&mut self, row: &Row<'_>) {
        self.push_words(row);
        self.row.push(Some(row.row));
        self.column.push(Some(row.column));
        self.decimals[0].push(Some(row.amount));
        self.decimals[1].push(row.quantity_from);
        self.decimals[2].push(row.quantity_to);
        self.floats[0].push(row.weight);
        self.floats[1].push(row.relative_error);
        self.integers[0].push(row.count);
        self.integers[1].push(row.employers);
        self.integers[2].push(row.sample_size);
        self.date.push(row.date);
        self.len += 1;
        if self.len == BATCH_ROWS || self.words.iter().any(Words::is_heavy) {
            self.finish();
        }
    }

    fn push_words(&mut self, row: &Row<'_>) {
        let texts = [
            row.sheet,
            row.path,
            Some(row.kind),
            Some(row.basis),
            row.component,
            Some(row.tax),
            row.subject,
            row.scheme,
            row.title,
            row.place,
            row.party,
            row.level,
            Some(row.statistic),
            Some(row.bound),
            Some(row.currency),
            Some(row.per),
            row.attributes,
        ];
        for (words, text) in self.words.iter_mut().zip(texts) {
            words.push(text);
        }
    }

    /// Whether a batch is complete: a good moment to return from [`Source::read`](crate::Source::read).
    pub fn is_full(&self) -> bool {
        !self.finished.is_empty()
    }

    fn finish(&mut self) {
        let len = std::mem::take(&mut self.len);
        let mut words = self.words.iter_mut();
        let [amount, from, to] = &mut self.decimals;
        let [weight, error] = &mut self.floats;
        let [count, employers, sample] = &mut self.integers;
        let columns = crate::FIELDS.iter().filter_map(|field| {
            Some(match field.name {
                "row" => self.row.finish(Values::U64),
                "column" => self.column.finish(Values::U32),
                "amount" => amount.finish(Values::I128),
                "quantity_from" => from.finish(Values::I128),
                "quantity_to" => to.finish(Values::I128),
                "weight" => weight.finish(Values::F64),
                "relative_error" => error.finish(Values::F64),
                "count" => count.finish(Values::I64),
                "employers" => employers.finish(Values::I64),
                "sample_size" => sample.finish(Values::I64),
                "date" => self.date.finish(Values::I32),
                _ => words.next()?.finish(),
            })
        });
        self.finished.push_back((len, columns.collect()));
    }

    /// The next finished batch; at the end also one that is not full.
    pub(crate) fn next(&mut self, ended: bool) -> Option<(usize, Vec<Column>)> {
        if self.finished.is_empty() && ended && self.len > 0 {
            self.finish();
        }
        self.finished.pop_front()
    }
}
