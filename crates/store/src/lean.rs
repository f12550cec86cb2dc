//! The route for millions of rows: reads only the columns that vary, in parallel over row groups,
//! and reduces every row at once.

use crate::collect::{Memo, bound, is_single_unit, party_id};
use crate::matcher;
use crate::prune::{Group, Pruned};
use crate::scan::{Query, excluded, external, mask_valid, open};
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, RecordBatch, StringArray};
use haggle_negotiation::market::{Adjuster, CellUnit, Factors, Refusal};
use haggle_negotiation::stats::{Bound, Rows};
use haggle_quantity::to_f64;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What remains of many rows.
#[derive(Default)]
pub(crate) struct Reduced {
    pub(crate) rows: Rows,
    pub(crate) refused: Option<String>,
    pub(crate) factors: BTreeMap<CellUnit, (Factors, u64)>,
    pub(crate) passed: BTreeMap<(String, String), u64>,
    /// Whether there were statistics other than values; they are read apart.
    pub(crate) has_points: bool,
}

/// Columns that decide a row, beside its amount.
const WORDS: [&str; 6] = ["statistic", "bound", "currency", "per", "party", "attributes"];
const OTHERS: [&str; 3] = ["weight", "count", "date"];

pub(crate) fn reduce(
    file: &File,
    pruned: &Pruned,
    query: &Query,
    adjuster: &Adjuster,
    source_date: Option<i32>,
) -> Result<Reduced, ParquetError> {
    let next = AtomicUsize::new(0);
    let total = Mutex::new(Ok(Reduced::default()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut mine = Worker { memo: Memo::new(adjuster, source_date), out: Reduced::default() };
        let run = || -> Result<Reduced, ParquetError> {
            while let Some(group) = pruned.groups.get(next.fetch_add(1, Ordering::Relaxed)) {
                mine.group(file, pruned, group, query)?;
            }
            Ok(mine.out)
        };
        let done = run();
        if let Ok(mut total) = total.lock() {
            merge(&mut total, done);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads.min(pruned.groups.len()) {
            scope.spawn(work);
        }
    });
    total.into_inner().unwrap_or_else(|_| Err(ParquetError::General("a reader stopped".into())))
}

fn merge(total: &mut Result<Reduced, ParquetError>, part: Result<Reduced, ParquetError>) {
    match (total.as_mut(), part) {
        (Err(_), _) => {}
        (Ok(_), Err(error)) => *total = Err(error),
        (Ok(total), Ok(part)) => total.add(part),
    }
}

impl Reduced {
    fn add(&mut self, other: Self) {
        if let Err(error) = self.rows.merge(&other.rows) {
            self.refused = Some(error.to_string());
        }
        self.refused = self.refused.take().or(other.refused);
        self.has_points |= other.has_points;
        for (unit, (factors, count)) in other.factors {
            self.factors.entry(unit).or_insert((factors, 0)).1 += count;
        }
        for (reason, count) in other.passed {
            *self.passed.entry(reason).or_default() += count;
        }
    }

    fn pass(&mut self, code: &str, reason: String) {
        *self.passed.entry((code.to_owned(), reason)).or_default() += 1;
    }
}

/// A text column of a batch, or the one word that the statistics prove for a row group.
enum Word<'a> {
    Constant(Option<&'a str>),
    Column { keys: &'a arrow_array::Int32Array, values: &'a StringArray },
}

impl<'a> Word<'a> {
    fn get(&self, row: usize) -> Option<&'a str> {
        match self {
            Self::Constant(word) => *word,
            Self::Column { keys, values } => {
                keys.is_valid(row).then(|| values.value(keys.value(row) as usize))
            }
        }
    }

    /// A small number that is equal for equal words of this batch.
    fn code(&self, row: usize) -> i32 {
        match self {
            Self::Constant(_) => 0,
            Self::Column { keys, .. } => {
                if keys.is_valid(row) {
                    keys.value(row)
                } else {
                    -1
                }
            }
        }
    }
}

/// `Some(word)` if every row of the group has the same word, or none.
pub(crate) fn constant(group: &RowGroupMetaData, name: &str) -> Option<Option<String>> {
    let column = group.columns().iter().find(|c| c.column_descr().name() == name)?;
    let statistics = column.statistics()?;
    let nulls = statistics.null_count_opt()?;
    if nulls == group.num_rows() as u64 {
        return Some(None);
    }
    let exact = statistics.min_is_exact() && statistics.max_is_exact();
    let (min, max) = (statistics.min_bytes_opt()?, statistics.max_bytes_opt()?);
    let same = nulls == 0 && exact && min == max;
    same.then(|| std::str::from_utf8(min).ok().map(str::to_owned))
}

fn is_absent(group: &RowGroupMetaData, name: &str) -> bool {
    let column = group.columns().iter().find(|c| c.column_descr().name() == name);
    let nulls = column.and_then(|c| c.statistics()).and_then(|s| s.null_count_opt());
    nulls == Some(group.num_rows() as u64)
}

/// Codes of the words of a row, and its date.
type LaneKey = ([i32; 5], Option<i32>);

/// The words that decide what becomes of a row, apart from its numbers.
struct Lane {
    factors: Result<(CellUnit, Factors), Refusal>,
    bound: Bound,
    point: bool,
    count: u64,
}

struct Worker<'a> {
    memo: Memo<'a>,
    out: Reduced,
}

impl Worker<'_> {
    fn group(
        &mut self,
        file: &File,
        pruned: &Pruned,
        group: &Group,
        query: &Query,
    ) -> Result<(), ParquetError> {
        let meta = pruned.metadata.row_group(group.index);
        let constants: Vec<Option<Option<String>>> =
            WORDS.iter().map(|n| constant(meta, n)).collect();
        let varying = WORDS.iter().zip(&constants).filter(|(_, c)| c.is_none()).map(|(n, _)| *n);
        let mut columns: Vec<&str> = vec!["amount"];
        columns.extend(varying);
        columns.extend(OTHERS.into_iter().filter(|n| !is_absent(meta, n)));
        let excluding = query.excludes.iter().flat_map(|(c, _)| c).map(matcher::column);
        columns.extend(excluding);
        let groups = std::slice::from_ref(group);
        for batch in open(file, pruned, groups, &query.conditions, Some(&columns))? {
            self.batch(&batch?, &constants, query)?;
        }
        Ok(())
    }

    fn batch(
        &mut self,
        batch: &RecordBatch,
        constants: &[Option<Option<String>>],
        query: &Query,
    ) -> Result<(), ParquetError> {
        let excluded = excluded(query, batch)?;
        let words: Vec<Word<'_>> =
            WORDS.iter().zip(constants).map(|(name, c)| word(batch, name, c.as_ref())).collect();
        let amounts =
            batch.column_by_name("amount").ok_or_else(missing)?.as_primitive::<Decimal128Type>();
        let weights = batch.column_by_name("weight").map(|a| a.as_primitive::<Float64Type>());
        let counts = batch.column_by_name("count").map(|a| a.as_primitive::<Int64Type>());
        let dates = batch.column_by_name("date").map(|a| a.as_primitive::<Date32Type>());
        let mut parties: BTreeMap<i32, u64> = BTreeMap::new();
        let mut last: Option<(LaneKey, usize)> = None;
        let mut flat: Vec<Lane> = Vec::new();
        let mut index: BTreeMap<LaneKey, usize> = BTreeMap::new();
        for row in 0..batch.num_rows() {
            if let Some((_, reason)) =
                excluded.iter().find(|(m, _)| mask_valid(m, row) && m.value(row))
            {
                self.out.pass("W0406", format!("excluded by the deal: {reason}"));
                continue;
            }
            let date = dates.filter(|d| d.is_valid(row)).map(|d| d.value(row));
            let code = [0, 1, 2, 3, 5].map(|i| words[i].code(row));
            let key = (code, date);
            let at = match last {
                Some((known, at)) if known == key => at,
                _ => match index.get(&key) {
                    Some(at) => *at,
                    None => {
                        flat.push(self.lane(&words, row, date)?);
                        index.insert(key, flat.len() - 1);
                        flat.len() - 1
                    }
                },
            };
            last = Some((key, at));
            let lane = &mut flat[at];
            if lane.point {
                continue;
            }
            let Ok((_, factors)) = &lane.factors else {
                lane.count += 1;
                continue;
            };
            let amount = factors.apply(to_f64(amounts.value(row)));
            let weight = weights.filter(|w| w.is_valid(row)).map_or(1.0, |w| w.value(row));
            let count = counts.filter(|c| c.is_valid(row)).map_or(1, |c| c.value(row));
            let party = words[4]
                .get(row)
                .map(|name| *parties.entry(words[4].code(row)).or_insert_with(|| party_id(name)));
            let count = u64::try_from(count).unwrap_or(0);
            match self.out.rows.push(amount, lane.bound, weight, count, party) {
                Ok(()) => lane.count += 1,
                Err(error) => {
                    if error.refuses_source() {
                        self.out.refused = Some(error.to_string());
                    }
                    self.out.pass("W0405", error.to_string());
                }
            }
        }
        self.settle(flat);
        Ok(())
    }

    fn lane(
        &mut self,
        words: &[Word<'_>],
        row: usize,
        date: Option<i32>,
    ) -> Result<Lane, ParquetError> {
        let text = |i: usize| words[i].get(row).unwrap_or("");
        let stored = text(1).parse().map_err(external)?;
        let unit = self.memo.unit(text(2), text(3), date, is_single_unit(words[5].get(row)));
        let factors = self.memo.factors(&unit).map(|f| (unit, f));
        Ok(Lane { factors, bound: bound(stored), point: text(0) != "value", count: 0 })
    }

    fn settle(&mut self, lanes: Vec<Lane>) {
        for lane in lanes {
            self.out.has_points |= lane.point;
            match lane.factors {
                _ if lane.count == 0 => {}
                Ok((unit, factors)) => {
                    self.out.factors.entry(unit).or_insert((factors, 0)).1 += lane.count;
                }
                Err(Refusal { code, reason }) => {
                    *self.out.passed.entry((code.to_owned(), reason)).or_default() += lane.count;
                }
            }
        }
    }
}

fn missing() -> ParquetError {
    ParquetError::General("no column `amount`".into())
}

fn word<'a>(batch: &'a RecordBatch, name: &str, constant: Option<&'a Option<String>>) -> Word<'a> {
    match (constant, batch.column_by_name(name)) {
        (Some(word), _) => Word::Constant(word.as_deref()),
        (None, Some(array)) => {
            let words = array.as_dictionary::<Int32Type>();
            Word::Column { keys: words.keys(), values: words.values().as_string() }
        }
        (None, None) => Word::Constant(None),
    }
}
