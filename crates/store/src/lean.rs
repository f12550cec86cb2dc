//! The route for millions of rows: reads only the columns that vary, in parallel over row groups,
//! and reduces every row at once.

use crate::collect::{Memo, bound, is_single_unit, party_id};
use crate::matcher;
use crate::opened::{Opened, external};
use crate::prune::{Group, Pruned};
use crate::scan::{Query, excluded, mask_valid};
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{
    Array, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch,
    StringArray,
};
use haggle_negotiation::market::{Adjuster, CellUnit, Factors, Refusal};
use haggle_negotiation::stats::{Bound, Rows};
use haggle_quantity::to_f64;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use std::collections::BTreeMap;
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
const STATISTIC: usize = 0;
const BOUND: usize = 1;
const CURRENCY: usize = 2;
const PER: usize = 3;
const PARTY: usize = 4;
const ATTRIBUTES: usize = 5;
const OTHERS: [&str; 3] = ["weight", "count", "date"];

pub(crate) fn reduce(
    opened: &Opened,
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
                mine.group(opened, pruned, group, query)?;
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

/// Of several refusals one stands, whatever the order in which they came.
pub(crate) fn keep_least(refused: &mut Option<String>, other: Option<String>) {
    *refused = refused.take().into_iter().chain(other).min();
}

impl Reduced {
    fn add(&mut self, other: Self) {
        if let Err(error) = self.rows.merge(&other.rows) {
            keep_least(&mut self.refused, Some(error.to_string()));
        }
        keep_least(&mut self.refused, other.refused);
        self.has_points |= other.has_points;
        for (unit, (factors, count)) in other.factors {
            self.factors.entry(unit).or_insert((factors, 0)).1 += count;
        }
        for (reason, count) in other.passed {
            *self.passed.entry(reason).or_default() += count;
        }
    }

    fn pass(&mut self, code: &str, reason: String, count: u64) {
        if count > 0 {
            *self.passed.entry((code.to_owned(), reason)).or_default() += count;
        }
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

/// For each of [`WORDS`] the one word of a row group, where the statistics prove it.
type Constants = [Option<Option<String>>; WORDS.len()];

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

/// The lanes of a batch. Neighbours mostly share one, so the last one is tried first.
#[derive(Default)]
struct Lanes {
    all: Vec<Lane>,
    index: BTreeMap<LaneKey, usize>,
    last: Option<(LaneKey, usize)>,
}

impl Lanes {
    fn find(
        &mut self,
        key: LaneKey,
        make: impl FnOnce() -> Result<Lane, ParquetError>,
    ) -> Result<&mut Lane, ParquetError> {
        let at = match self.last {
            Some((last, at)) if last == key => at,
            _ => match self.index.get(&key) {
                Some(at) => *at,
                None => {
                    self.all.push(make()?);
                    self.index.insert(key, self.all.len() - 1);
                    self.all.len() - 1
                }
            },
        };
        self.last = Some((key, at));
        Ok(&mut self.all[at])
    }
}

/// The columns of one batch, each looked up once.
struct Columns<'a> {
    words: [Word<'a>; WORDS.len()],
    amounts: &'a Decimal128Array,
    weights: Option<&'a Float64Array>,
    counts: Option<&'a Int64Array>,
    dates: Option<&'a Date32Array>,
    excluded: Vec<(BooleanArray, &'a str)>,
}

impl<'a> Columns<'a> {
    fn new(
        batch: &'a RecordBatch,
        constants: &'a Constants,
        query: &'a Query,
    ) -> Result<Self, ParquetError> {
        let column = |name| batch.column_by_name(name);
        let missing = || ParquetError::General("no column `amount`".into());
        Ok(Self {
            words: std::array::from_fn(|i| word(batch, WORDS[i], constants[i].as_ref())),
            amounts: column("amount").ok_or_else(missing)?.as_primitive(),
            weights: column("weight").map(|a| a.as_primitive()),
            counts: column("count").map(|a| a.as_primitive()),
            dates: column("date").map(|a| a.as_primitive()),
            excluded: excluded(query, batch)?,
        })
    }

    fn text(&self, word: usize, row: usize) -> &'a str {
        self.words[word].get(row).unwrap_or("")
    }

    fn date(&self, row: usize) -> Option<i32> {
        self.dates.filter(|d| d.is_valid(row)).map(|d| d.value(row))
    }

    fn weight(&self, row: usize) -> f64 {
        self.weights.filter(|w| w.is_valid(row)).map_or(1.0, |w| w.value(row))
    }

    fn count(&self, row: usize) -> u64 {
        let stated = self.counts.filter(|c| c.is_valid(row)).map_or(1, |c| c.value(row));
        u64::try_from(stated).unwrap_or(0)
    }

    fn key(&self, row: usize) -> LaneKey {
        let codes = [STATISTIC, BOUND, CURRENCY, PER, ATTRIBUTES].map(|i| self.words[i].code(row));
        (codes, self.date(row))
    }

    /// The exclusion that takes a row, if one does.
    fn exclusion(&self, row: usize) -> Option<usize> {
        self.excluded.iter().position(|(mask, _)| mask_valid(mask, row) && mask.value(row))
    }
}

struct Worker<'a> {
    memo: Memo<'a>,
    out: Reduced,
}

impl Worker<'_> {
    fn group(
        &mut self,
        opened: &Opened,
        pruned: &Pruned,
        group: &Group,
        query: &Query,
    ) -> Result<(), ParquetError> {
        let meta = pruned.metadata.row_group(group.index);
        let constants: Constants = WORDS.map(|name| constant(meta, name));
        let varying = WORDS.iter().zip(&constants).filter(|(_, c)| c.is_none()).map(|(n, _)| *n);
        let mut columns: Vec<&str> = vec!["amount"];
        columns.extend(varying);
        columns.extend(OTHERS.into_iter().filter(|n| !is_absent(meta, n)));
        let excluding = query.excludes.iter().flat_map(|(c, _)| c).map(matcher::column);
        columns.extend(excluding);
        let groups = std::slice::from_ref(group);
        for batch in opened.rows(pruned, groups, &query.conditions, Some(&columns))? {
            self.batch(&Columns::new(&batch?, &constants, query)?)?;
        }
        Ok(())
    }

    fn batch(&mut self, columns: &Columns<'_>) -> Result<(), ParquetError> {
        let mut lanes = Lanes::default();
        let mut parties = Parties::default();
        let mut taken = vec![0_u64; columns.excluded.len()];
        for row in 0..columns.amounts.len() {
            let lane = lanes.find(columns.key(row), || self.memo.lane(columns, row))?;
            // Points are read apart, with their places.
            if lane.point {
                continue;
            }
            match columns.exclusion(row) {
                Some(rule) => taken[rule] += 1,
                None => self.out.take(columns, row, lane, &mut parties),
            }
        }
        self.out.settle(lanes);
        for ((_, reason), count) in columns.excluded.iter().zip(taken) {
            self.out.pass("W0406", reason.to_string(), count);
        }
        Ok(())
    }
}

impl Memo<'_> {
    fn lane(&mut self, columns: &Columns<'_>, row: usize) -> Result<Lane, ParquetError> {
        let stored = columns.text(BOUND, row).parse().map_err(external)?;
        let single = is_single_unit(columns.words[ATTRIBUTES].get(row));
        let (currency, per) = (columns.text(CURRENCY, row), columns.text(PER, row));
        let unit = self.unit(currency, per, columns.date(row), single);
        let factors = self.factors(&unit).map(|f| (unit, f));
        let point = columns.text(STATISTIC, row) != "value";
        Ok(Lane { factors, bound: bound(stored), point, count: 0 })
    }
}

/// Ids of the employers of a batch by their code.
#[derive(Default)]
struct Parties(BTreeMap<i32, u64>);

impl Parties {
    fn id(&mut self, word: &Word<'_>, row: usize) -> Option<u64> {
        let name = word.get(row)?;
        Some(*self.0.entry(word.code(row)).or_insert_with(|| party_id(name)))
    }
}

impl Reduced {
    fn take(&mut self, columns: &Columns<'_>, row: usize, lane: &mut Lane, parties: &mut Parties) {
        let Ok((_, factors)) = &lane.factors else {
            lane.count += 1;
            return;
        };
        let amount = factors.apply(to_double(columns.amounts.value(row)));
        let party = parties.id(&columns.words[PARTY], row);
        let (weight, count) = (columns.weight(row), columns.count(row));
        match self.rows.push(amount, lane.bound, weight, count, party) {
            Ok(()) => lane.count += 1,
            Err(error) => {
                if error.refuses_source() {
                    keep_least(&mut self.refused, Some(error.to_string()));
                }
                self.pass("W0405", error.to_string(), 1);
            }
        }
    }

    fn settle(&mut self, lanes: Lanes) {
        for lane in lanes.all {
            self.has_points |= lane.point;
            match lane.factors {
                _ if lane.count == 0 => {}
                Ok((unit, factors)) => {
                    self.factors.entry(unit).or_insert((factors, 0)).1 += lane.count;
                }
                Err(Refusal { code, reason }) => self.pass(code, reason, lane.count),
            }
        }
    }
}

/// [`to_f64`] without the division of 128 bits where 64 hold the amount.
fn to_double(scaled: i128) -> f64 {
    const WHOLE: i64 = 1_000_000_000_000;
    match i64::try_from(scaled) {
        Ok(small) if small % WHOLE == 0 => (small / WHOLE) as f64,
        _ => to_f64(scaled),
    }
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
