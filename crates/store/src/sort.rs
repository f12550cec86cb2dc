//! Sorts observations of any number in bounded memory: runs that fit, then one merge.
//!
//! Order: subject, title, place, then place in the source. A query for one subject and place
//! then touches one stretch of the file, which the statistics of row groups and pages find.

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, DictionaryArray, RecordBatch, StringArray, UInt32Array, UInt64Array};
use arrow_schema::ArrowError;
use std::cmp::Ordering;

/// The columns that decide the order, before row and column.
const KEYS: [&str; 3] = ["subject", "title", "place"];

/// One batch with its key columns at hand.
pub(crate) struct Keyed {
    pub(crate) batch: RecordBatch,
    words: [DictionaryArray<Int32Type>; 3],
    sheet: DictionaryArray<Int32Type>,
    row: UInt64Array,
    column: UInt32Array,
}

/// The key of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key<'a>([Option<&'a str>; 3], Option<&'a str>, u64, u32);

impl Keyed {
    pub(crate) fn new(batch: RecordBatch) -> Result<Self, ArrowError> {
        let column = |name: &str| {
            let missing = || ArrowError::SchemaError(format!("no column `{name}`"));
            batch.column_by_name(name).ok_or_else(missing)
        };
        let word = |name: &str| Ok::<_, ArrowError>(column(name)?.as_dictionary().clone());
        let [a, b, c] = KEYS;
        Ok(Self {
            words: [word(a)?, word(b)?, word(c)?],
            sheet: word("sheet")?,
            row: column("row")?.as_primitive().clone(),
            column: column("column")?.as_primitive().clone(),
            batch,
        })
    }

    pub(crate) fn key(&self, row: usize) -> Key<'_> {
        Key(
            [text(&self.words[0], row), text(&self.words[1], row), text(&self.words[2], row)],
            text(&self.sheet, row),
            self.row.value(row),
            self.column.value(row),
        )
    }
}

fn text(words: &DictionaryArray<Int32Type>, row: usize) -> Option<&str> {
    if words.is_null(row) {
        return None;
    }
    let values: &StringArray = words.values().as_string();
    Some(values.value(words.keys().value(row) as usize))
}

/// The rows of a run in order, as (batch, row) pairs.
pub(crate) fn order(run: &[Keyed]) -> Vec<(usize, usize)> {
    let mut rows: Vec<(Key<'_>, (usize, usize))> = Vec::new();
    for (b, keyed) in run.iter().enumerate() {
        rows.extend((0..keyed.batch.num_rows()).map(|row| (keyed.key(row), (b, row))));
    }
    rows.sort_unstable();
    rows.into_iter().map(|(_, at)| at).collect()
}

/// The rows of several batches in the given order, as one batch.
pub(crate) fn gather(run: &[Keyed], rows: &[(usize, usize)]) -> Result<RecordBatch, ArrowError> {
    let batches: Vec<&RecordBatch> = run.iter().map(|k| &k.batch).collect();
    arrow_select::interleave::interleave_record_batch(&batches, rows)
}

/// One sorted run being read back.
pub(crate) struct Cursor<I> {
    rest: I,
    current: Option<Keyed>,
    row: usize,
}

impl<I: Iterator<Item = Result<RecordBatch, ArrowError>>> Cursor<I> {
    pub(crate) fn new(rest: I) -> Result<Self, ArrowError> {
        let mut cursor = Self { rest, current: None, row: 0 };
        cursor.refill()?;
        Ok(cursor)
    }

    fn refill(&mut self) -> Result<(), ArrowError> {
        self.row = 0;
        loop {
            self.current = self.rest.next().transpose()?.map(Keyed::new).transpose()?;
            if self.current.as_ref().is_none_or(|k| k.batch.num_rows() > 0) {
                return Ok(());
            }
        }
    }

    fn key(&self) -> Option<Key<'_>> {
        self.current.as_ref().map(|k| k.key(self.row))
    }
}

/// Merges sorted runs into batches of up to `size` rows.
pub(crate) fn merge<I: Iterator<Item = Result<RecordBatch, ArrowError>>>(
    mut cursors: Vec<Cursor<I>>,
    size: usize,
    mut emit: impl FnMut(RecordBatch) -> Result<(), ArrowError>,
) -> Result<(), ArrowError> {
    let mut slices: Vec<RecordBatch> = Vec::new();
    let mut pending = 0;
    while let Some(least) = least(&cursors) {
        let run = stretch(&cursors, least).min(size - pending);
        let cursor = &mut cursors[least];
        let keyed = cursor.current.as_ref().expect("the least cursor has a row");
        slices.push(keyed.batch.slice(cursor.row, run));
        pending += run;
        cursor.row += run;
        if cursor.row == keyed.batch.num_rows() {
            cursor.refill()?;
        }
        if pending == size {
            emit(concat(&slices)?)?;
            slices.clear();
            pending = 0;
        }
    }
    if slices.is_empty() { Ok(()) } else { emit(concat(&slices)?) }
}

fn least<I: Iterator<Item = Result<RecordBatch, ArrowError>>>(
    cursors: &[Cursor<I>],
) -> Option<usize> {
    let keys = cursors.iter().enumerate().filter_map(|(i, c)| c.key().map(|k| (k, i)));
    keys.min().map(|(_, i)| i)
}

/// How many rows of the least cursor's batch come before every other cursor's next row.
fn stretch<I: Iterator<Item = Result<RecordBatch, ArrowError>>>(
    cursors: &[Cursor<I>],
    least: usize,
) -> usize {
    let others = cursors.iter().enumerate().filter(|(i, _)| *i != least);
    let next = others.filter_map(|(_, c)| c.key()).min();
    let cursor = &cursors[least];
    let keyed = cursor.current.as_ref().expect("the least cursor has a row");
    let rows = keyed.batch.num_rows() - cursor.row;
    let Some(next) = next else { return rows };
    // Keys rise inside a run, so the first row that is not before `next` is found by halving.
    let (mut low, mut high) = (1, rows);
    while low < high {
        let middle = (low + high) / 2;
        match keyed.key(cursor.row + middle).cmp(&next) {
            Ordering::Less => low = middle + 1,
            _ => high = middle,
        }
    }
    low
}

fn concat(slices: &[RecordBatch]) -> Result<RecordBatch, ArrowError> {
    arrow_select::concat::concat_batches(&haggle_evidence::schema(), slices)
}
