//! Sorts observations of any number in bounded memory: runs that fit, then one merge.
//!
//! Order: subject, title, place, then place in the source. A query for one subject and place
//! then touches one stretch of the file, which the statistics of row groups and pages find.

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, DictionaryArray, RecordBatch, StringArray, UInt32Array, UInt64Array};
use arrow_schema::ArrowError;
use std::collections::BTreeMap;

/// The columns that decide the order, before row and column.
const WORDS: [&str; 4] = ["subject", "title", "place", "sheet"];

/// One batch with its key columns at hand.
struct Keyed {
    batch: RecordBatch,
    words: [DictionaryArray<Int32Type>; WORDS.len()],
    row: UInt64Array,
    column: UInt32Array,
}

/// The key of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a>([Option<&'a str>; WORDS.len()], u64, u32);

impl Keyed {
    fn new(batch: RecordBatch) -> Result<Self, ArrowError> {
        let column = |name: &str| {
            let missing = || ArrowError::SchemaError(format!("no column `{name}`"));
            batch.column_by_name(name).ok_or_else(missing)
        };
        let word = |name: &str| Ok::<_, ArrowError>(column(name)?.as_dictionary().clone());
        let [a, b, c, d] = WORDS;
        Ok(Self {
            words: [word(a)?, word(b)?, word(c)?, word(d)?],
            row: column("row")?.as_primitive().clone(),
            column: column("column")?.as_primitive().clone(),
            batch,
        })
    }

    fn key(&self, row: usize) -> Key<'_> {
        let words = std::array::from_fn(|i| text(&self.words[i], row));
        Key(words, self.row.value(row), self.column.value(row))
    }
}

fn text(words: &DictionaryArray<Int32Type>, row: usize) -> Option<&str> {
    let values: &StringArray = words.values().as_string();
    words.is_valid(row).then(|| values.value(words.keys().value(row) as usize))
}

/// Sorts batches that fit into memory together and hands them on in batches of up to `size` rows.
pub(crate) fn sorted(
    batches: &[RecordBatch],
    size: usize,
    mut emit: impl FnMut(RecordBatch) -> Result<(), ArrowError>,
) -> Result<(), ArrowError> {
    let whole = arrow_select::concat::concat_batches(&haggle_evidence::schema(), batches)?;
    let keyed = Keyed::new(whole)?;
    for rows in order(&keyed).chunks(size) {
        let rows = UInt32Array::from(rows.to_vec());
        emit(arrow_select::take::take_record_batch(&keyed.batch, &rows)?)?;
    }
    Ok(())
}

/// The rows in order; equal keys stay as they came. Words are compared once, then by rank.
fn order(keyed: &Keyed) -> Vec<u32> {
    let ranks: Vec<Vec<u32>> = keyed.words.iter().map(ranks).collect();
    let key = |&row: &u32| {
        let at = row as usize;
        let words: [u32; WORDS.len()] = std::array::from_fn(|i| ranks[i][at]);
        (words, keyed.row.value(at), keyed.column.value(at))
    };
    let mut rows: Vec<u32> = (0..keyed.batch.num_rows() as u32).collect();
    rows.sort_by_cached_key(key);
    rows
}

/// The rank of each row's word among all words; absent comes first.
fn ranks(words: &DictionaryArray<Int32Type>) -> Vec<u32> {
    let values: &StringArray = words.values().as_string();
    let mut ranks: BTreeMap<&str, u32> = values.iter().flatten().map(|v| (v, 0)).collect();
    ranks.values_mut().zip(1..).for_each(|(rank, n)| *rank = n);
    let by_code: Vec<u32> = values.iter().map(|v| v.map_or(0, |v| ranks[v])).collect();
    words.keys().iter().map(|code| code.map_or(0, |c| by_code[c as usize])).collect()
}

/// One sorted run being read back.
struct Cursor<I> {
    rest: I,
    run: usize,
    keyed: Keyed,
    row: usize,
    /// Which of the merge's batches the current one is.
    slot: usize,
}

impl<I: Iterator<Item = Result<RecordBatch, ArrowError>>> Cursor<I> {
    /// The next batch that has rows; `None` at the end of the run.
    fn next(mut rest: I, run: usize) -> Result<Option<Self>, ArrowError> {
        for batch in rest.by_ref() {
            let keyed = Keyed::new(batch?)?;
            if keyed.batch.num_rows() > 0 {
                return Ok(Some(Self { rest, run, keyed, row: 0, slot: 0 }));
            }
        }
        Ok(None)
    }

    /// What comes first; of equal keys the earlier run.
    fn rank(&self) -> (Key<'_>, usize) {
        (self.keyed.key(self.row), self.run)
    }

    fn is_at_end(&self) -> bool {
        self.row == self.keyed.batch.num_rows()
    }
}

/// A merge under way: cursors from the last to the first, and rows picked from batches.
struct Merge<I> {
    cursors: Vec<Cursor<I>>,
    batches: Vec<RecordBatch>,
    picked: Vec<(usize, usize)>,
}

/// Merges sorted runs into batches of up to `size` rows; of equal keys the earlier run's is first.
pub(crate) fn merge<I: Iterator<Item = Result<RecordBatch, ArrowError>>>(
    runs: Vec<I>,
    size: usize,
    mut emit: impl FnMut(RecordBatch) -> Result<(), ArrowError>,
) -> Result<(), ArrowError> {
    let mut merge = Merge { cursors: Vec::new(), batches: Vec::new(), picked: Vec::new() };
    for (run, rest) in runs.into_iter().enumerate() {
        merge.enter(Cursor::next(rest, run)?);
    }
    while let Some(cursor) = merge.cursors.pop() {
        let cursor = merge.pick(cursor, size);
        if cursor.is_at_end() {
            merge.enter(Cursor::next(cursor.rest, cursor.run)?);
        } else {
            merge.put_back(cursor);
        }
        if merge.picked.len() == size {
            emit(merge.gather()?)?;
        }
    }
    if merge.picked.is_empty() { Ok(()) } else { emit(merge.gather()?) }
}

impl<I: Iterator<Item = Result<RecordBatch, ArrowError>>> Merge<I> {
    /// Takes a cursor that stands at the start of a batch.
    fn enter(&mut self, cursor: Option<Cursor<I>>) {
        let Some(mut cursor) = cursor else { return };
        cursor.slot = self.batches.len();
        self.batches.push(cursor.keyed.batch.clone());
        self.put_back(cursor);
    }

    fn put_back(&mut self, cursor: Cursor<I>) {
        let at = self.cursors.partition_point(|c| c.rank() > cursor.rank());
        self.cursors.insert(at, cursor);
    }

    /// Picks the rows of the first cursor that come before every other cursor's.
    fn pick(&mut self, mut cursor: Cursor<I>, size: usize) -> Cursor<I> {
        let next = self.cursors.last().map(Cursor::rank);
        while !cursor.is_at_end()
            && self.picked.len() < size
            && next.is_none_or(|next| cursor.rank() < next)
        {
            self.picked.push((cursor.slot, cursor.row));
            cursor.row += 1;
        }
        cursor
    }

    /// The picked rows as one batch; batches that no cursor stands in are forgotten.
    fn gather(&mut self) -> Result<RecordBatch, ArrowError> {
        let batches: Vec<&RecordBatch> = self.batches.iter().collect();
        let gathered = arrow_select::interleave::interleave_record_batch(&batches, &self.picked)?;
        self.picked.clear();
        self.batches.clear();
        for cursor in &mut self.cursors {
            cursor.slot = self.batches.len();
            self.batches.push(cursor.keyed.batch.clone());
        }
        Ok(gathered)
    }
}
