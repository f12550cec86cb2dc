//! Sorts observations of any number in bounded memory: runs that fit, then one merge.
//!
//! Order: subject, title, place, then place in the source. A query for one subject and place
//! then touches one stretch of the file, which the statistics of row groups and pages find.

use crate::hybrid;
use crate::table::{Column, Table};
use crate::words::Words;
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, DictionaryArray, RecordBatch, StringArray, UInt32Array, UInt64Array};
use arrow_schema::ArrowError;
use std::ops::Range;

/// The columns whose words decide the order, before the place in the source.
const RANKED: [&str; 3] = ["subject", "title", "place"];

/// The columns that decide the order, before row and column.
pub(crate) const WORDS: [&str; 4] = ["subject", "title", "place", "sheet"];

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

/// The rows of a table in order; equal keys stay as they came.
///
/// Everything that decides is packed into one number for each row: the ranks of its words, then
/// its place in the source.
pub(crate) fn order(table: &Table) -> Vec<u32> {
    let rows = places(table);
    let ranks: Vec<Ranks<'_>> = RANKED.iter().filter_map(|name| Ranks::new(table, name)).collect();
    let bits = ranks.iter().map(|r| r.bits).sum::<u32>() + hybrid::width(rows.len());
    if bits <= u64::BITS {
        by_keys(&rows, &ranks, |key: u64, bits, n| key << bits | u64::from(n), |key| key as u32)
    } else {
        by_keys(&rows, &ranks, |key: u128, bits, n| key << bits | u128::from(n), |key| key as u32)
    }
}

/// `pack` adds a number of some bits at the low end of a key; `low` takes out what was added last.
fn by_keys<K: Copy + Ord + Default>(
    rows: &[u32],
    ranks: &[Ranks<'_>],
    pack: impl Fn(K, u32, u32) -> K,
    low: impl Fn(K) -> u32,
) -> Vec<u32> {
    let mut keys = vec![K::default(); rows.len()];
    for Ranks { words, of_code, bits } in ranks {
        let codes = words.codes().gather(rows);
        keys.iter_mut().zip(codes).for_each(|(k, c)| *k = pack(*k, *bits, of_code[c as usize]));
    }
    let bits = hybrid::width(rows.len());
    keys.iter_mut().zip(0..).for_each(|(key, position)| *key = pack(*key, bits, position));
    keys.sort_unstable();
    let mask = ((1_u64 << bits) - 1) as u32;
    keys.into_iter().map(|key| rows[(low(key) & mask) as usize]).collect()
}

/// A column of words that decides the order, and the rank of each of its codes.
struct Ranks<'a> {
    words: &'a Words,
    of_code: Vec<u32>,
    bits: u32,
}

impl<'a> Ranks<'a> {
    /// `None` if all rows have the same word.
    fn new(table: &'a Table, name: &str) -> Option<Self> {
        let words = table.words(name).filter(|words| words.codes().same().is_none())?;
        let of_code = words.ranks();
        Some(Self { words, bits: hybrid::width(of_code.len()), of_code })
    }
}

/// The rows by sheet, row and column, in which order most sources give them anyway.
fn places(table: &Table) -> Vec<u32> {
    let mut rows: Vec<u32> = (0..table.rows() as u32).collect();
    let (Some(Column::Lines(lines)), Some(Column::Positions(columns))) =
        (table.column("row"), table.column("column"))
    else {
        return rows;
    };
    let place = |row: u32| (lines.get(row as usize), columns.get(row as usize));
    match Ranks::new(table, "sheet") {
        None if rows.is_sorted_by_key(|&row| place(row)) => {}
        None => rows.sort_by_key(|&row| place(row)),
        Some(Ranks { words, of_code, .. }) => {
            let codes = words.codes().gather(&rows);
            rows.sort_by_key(|&row| (of_code[codes[row as usize] as usize], place(row)));
        }
    }
    rows
}

/// One sorted run being read back.
struct Cursor<I> {
    rest: I,
    run: usize,
    keyed: Keyed,
    row: usize,
}

impl<I: Iterator<Item = Result<RecordBatch, ArrowError>>> Cursor<I> {
    /// The next batch that has rows; `None` at the end of the run.
    fn next(mut rest: I, run: usize) -> Result<Option<Self>, ArrowError> {
        for batch in rest.by_ref() {
            let keyed = Keyed::new(batch?)?;
            if keyed.batch.num_rows() > 0 {
                return Ok(Some(Self { rest, run, keyed, row: 0 }));
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

/// Merges sorted runs; of equal keys the earlier run's is first. `take` is given stretches of rows
/// with the number of their run, and says how many of them it took, at least one.
pub(crate) fn merge<I, E>(
    runs: Vec<I>,
    mut take: impl FnMut(&RecordBatch, Range<usize>, usize) -> Result<usize, E>,
) -> Result<(), E>
where
    I: Iterator<Item = Result<RecordBatch, ArrowError>>,
    E: From<ArrowError>,
{
    let mut merge = Merge { cursors: Vec::new() };
    for (run, rest) in runs.into_iter().enumerate() {
        merge.enter(Cursor::next(rest, run)?);
    }
    while let Some(mut cursor) = merge.cursors.pop() {
        let end = merge.end(&cursor);
        while cursor.row < end {
            cursor.row += take(&cursor.keyed.batch, cursor.row..end, cursor.run)?;
        }
        if cursor.is_at_end() {
            merge.enter(Cursor::next(cursor.rest, cursor.run)?);
        } else {
            merge.enter(Some(cursor));
        }
    }
    Ok(())
}

/// A merge under way: cursors from the last to the first.
struct Merge<I> {
    cursors: Vec<Cursor<I>>,
}

impl<I: Iterator<Item = Result<RecordBatch, ArrowError>>> Merge<I> {
    fn enter(&mut self, cursor: Option<Cursor<I>>) {
        let Some(cursor) = cursor else { return };
        let at = self.cursors.partition_point(|c| c.rank() > cursor.rank());
        self.cursors.insert(at, cursor);
    }

    /// How far the rows of the first cursor come before every other cursor's. Looks ahead in
    /// growing steps: stretches are long where runs follow each other in the source.
    fn end(&self, cursor: &Cursor<I>) -> usize {
        let rows = cursor.keyed.batch.num_rows();
        let Some(next) = self.cursors.last().map(Cursor::rank) else { return rows };
        let is_before = |row: usize| (cursor.keyed.key(row), cursor.run) < next;
        let (mut before, mut step) = (cursor.row, 1);
        while before + step < rows && is_before(before + step) {
            before += step;
            step *= 2;
        }
        let (mut from, mut to) = (before + 1, rows.min(before + step));
        while from < to {
            let middle = from.midpoint(to);
            if is_before(middle) { from = middle + 1 } else { to = middle }
        }
        from
    }
}
