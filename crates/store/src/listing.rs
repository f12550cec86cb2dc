//! Every observation that meets a query, in the order of its source, with texts that own
//! themselves: what a comparison of quotes reads.

use crate::StoreError;
use crate::layout::Layout;
use crate::matcher::column;
use crate::opened::{Opened, external};
use crate::part::Part;
use crate::prune::{Group, Pruned, prune};
use crate::scan::{Query, excluded, mask_valid};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Int32Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, BooleanArray, Int32Array, PrimitiveArray, RecordBatch, StringArray, UInt32Array,
};
use arrow_schema::{ArrowError, Schema};
use arrow_select::take::take_record_batch;
use haggle_evidence::{Basis, Batch, BatchError, Bound, Kind, Locator, Statistic, Tax};
use haggle_quantity::{Amount, AmountError, from_scaled};
use parquet::errors::ParquetError;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::str::FromStr;
use std::sync::Arc;
use std::thread;

/// Names and values of what a row says beside its fields, in order of name.
pub type Attributes = Arc<[(Arc<str>, Arc<str>)]>;

/// An observation as it is stored. Texts are shared by the rows that say the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Sheet, if the source is a workbook or has pages.
    pub sheet: Option<Arc<str>>,
    /// Line or row of the amount, from 1.
    pub row: u64,
    /// Column of the amount, from 1.
    pub column: u32,
    /// Path of the amount in a tree.
    pub path: Option<Arc<str>>,
    /// Wage, price, quote, index or rate.
    pub kind: Kind,
    /// Paid, quoted, estimated ...
    pub basis: Basis,
    /// Tax in or out.
    pub tax: Tax,
    /// Which statistic the amount is.
    pub statistic: Statistic,
    /// Whether the amount is the value or bounds it.
    pub bound: Bound,
    /// Code of the item.
    pub subject: Option<Arc<str>>,
    /// Words for the item.
    pub title: Option<Arc<str>>,
    /// Who states the amount.
    pub party: Option<Arc<str>>,
    /// The amount; absent where it has more digits than amounts of the core have.
    pub amount: Option<Amount>,
    /// ISO 4217 code.
    pub currency: Arc<str>,
    /// Unit, as stored (UN/CEFACT code where there is one).
    pub per: Arc<str>,
    /// Least quantity that the amount holds for.
    pub quantity_from: Option<Amount>,
    /// Greatest quantity that the amount holds for.
    pub quantity_to: Option<Amount>,
    /// Day, in days since 1970-01-01.
    pub date: Option<i32>,
    /// What else the row says; none: empty.
    pub attributes: Attributes,
    /// Reason of the first exclusion that takes it, if one does.
    pub excluded: Option<Arc<str>>,
}

impl Listed {
    /// Where the amount stands, without its file.
    pub fn place(&self) -> Locator {
        let owned = |text: &Option<Arc<str>>| text.as_deref().map(str::to_owned);
        let (sheet, path) = (owned(&self.sheet), owned(&self.path));
        Locator { sheet, row: self.row, column: self.column, path }
    }
}

/// Hands out what meets the conditions of a query; what an exclusion takes says so.
///
/// # Errors
/// [`StoreError`] if the part cannot be read.
pub(crate) fn listing(
    part: &Part,
    query: &Query,
    layout: &Layout,
    takers: &mut [impl FnMut(Listed) + Send],
) -> Result<(), StoreError> {
    let path = &part.path;
    // A row group at a time, so that each of its words is made once.
    let layout = Layout { batch_rows: layout.group_rows, ..*layout };
    let opened = Opened::new(path, layout).map_err(StoreError::at(path, "cannot open"))?;
    list(&opened, query, takers).map_err(StoreError::at(path, "cannot query"))
}

fn list(
    opened: &Opened,
    query: &Query,
    takers: &mut [impl FnMut(Listed) + Send],
) -> Result<(), ParquetError> {
    let pruned = prune(opened, &query.conditions)?;
    let batches = batches(opened, &pruned, query)?;
    for batch in &batches {
        Batch::new(batch).map_err(external)?;
    }
    let order = in_order(&batches);
    let stretch = order.len().div_ceil(takers.len().max(1)).max(opened.layout.page_rows);
    let stretches = order.chunks(stretch).zip(takers);
    let hand_out = |(order, take)| hand_out(&batches, order, query, take);
    thread::scope(|scope| {
        let threads: Vec<_> = stretches.map(|each| scope.spawn(move || hand_out(each))).collect();
        let done = threads.into_iter().map(|t| t.join().unwrap_or_else(|p| resume_unwind(p)));
        done.collect()
    })
}

fn hand_out(
    batches: &[RecordBatch],
    order: &[Spot],
    query: &Query,
    take: &mut impl FnMut(Listed),
) -> Result<(), ParquetError> {
    let batches = arranged(batches, order)?;
    let table = |batch| Ok((Table::of(batch, excluded(query, batch)?), 0));
    let mut tables = batches.iter().map(table).collect::<Result<Vec<_>, ParquetError>>()?;
    for spot in order {
        let (table, row) = &mut tables[spot.table as usize];
        take(table.listed(*row)?);
        *row += 1;
    }
    Ok(())
}

/// Each batch with its rows in order. To reorder one column after the other is faster than to read
/// all columns of rows here and there.
fn arranged(batches: &[RecordBatch], order: &[Spot]) -> Result<Vec<RecordBatch>, ArrowError> {
    let room = |batch: &RecordBatch| Vec::with_capacity(batch.num_rows());
    let mut rows: Vec<Vec<u32>> = batches.iter().map(room).collect();
    for spot in order {
        rows[spot.table as usize].push(spot.index);
    }
    let arranged = batches.iter().zip(rows);
    arranged.map(|(batch, rows)| take_record_batch(batch, &UInt32Array::from(rows))).collect()
}

/// What a listing tells of a row.
const COLUMNS: [&str; 19] = [
    "sheet",
    "row",
    "column",
    "path",
    "kind",
    "basis",
    "tax",
    "subject",
    "title",
    "party",
    "statistic",
    "amount",
    "bound",
    "currency",
    "per",
    "quantity_from",
    "quantity_to",
    "date",
    "attributes",
];

/// The columns that a listing reads, each with its size: its own where some row states something,
/// and those that exclusions look at.
fn columns<'q>(opened: &Opened, groups: &[Group], query: &'q Query) -> BTreeMap<&'q str, i64> {
    let looked_at = query.excludes.iter().flat_map(|(conditions, _)| conditions).map(column);
    let stated = COLUMNS.into_iter().filter(|name| opened.states(groups, name));
    stated.chain(looked_at).map(|name| (name, opened.size(groups, name))).collect()
}

/// What meets the conditions of a query, read by two threads, each half of the columns.
fn batches(
    opened: &Opened,
    pruned: &Pruned,
    query: &Query,
) -> Result<Vec<RecordBatch>, ParquetError> {
    let read = |columns: &[&str]| -> Result<Vec<RecordBatch>, ParquetError> {
        let rows = opened.rows(pruned, &pruned.groups, &query.conditions, Some(columns))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    let columns = columns(opened, &pruned.groups, query);
    // Conditions would be looked at twice.
    if !query.conditions.is_empty() || pruned.rows() < opened.layout.page_rows {
        return read(&columns.into_keys().collect::<Vec<_>>());
    }
    let [here, there] = halves(columns);
    let (here, there) = thread::scope(|scope| {
        let there = scope.spawn(|| read(&there));
        (read(&here), there.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    let (here, there) = (here?, there?);
    if here.len() != there.len() {
        return Err(ParquetError::General("columns have different numbers of rows".to_owned()));
    }
    here.into_iter().zip(there).map(|(a, b)| Ok(joined(a, b)?)).collect()
}

/// The columns in two groups of about the same size.
fn halves(columns: BTreeMap<&str, i64>) -> [Vec<&str>; 2] {
    let mut columns: Vec<(&str, i64)> = columns.into_iter().collect();
    columns.sort_by_key(|(_, size)| Reverse(*size));
    let (mut halves, mut sizes) = ([Vec::new(), Vec::new()], [0, 0]);
    for (name, size) in columns {
        let smaller = usize::from(sizes[1] < sizes[0]);
        halves[smaller].push(name);
        sizes[smaller] += size;
    }
    halves
}

/// A batch with the columns of two of the same rows.
fn joined(a: RecordBatch, b: RecordBatch) -> Result<RecordBatch, ArrowError> {
    let fields = [&a, &b].into_iter().flat_map(|batch| batch.schema().fields().to_vec());
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    RecordBatch::try_new(schema, [a.columns(), b.columns()].concat())
}

/// Where a row is stored.
#[derive(Debug, Clone, Copy)]
struct Spot {
    table: u32,
    index: u32,
}

/// Sheet, row, column and path of a row, then its table and its index there.
type Place = [u64; 6];

/// All rows by sheet, row, column and path.
fn in_order(batches: &[RecordBatch]) -> Vec<Spot> {
    let (sheets, paths) = (ranks(batches, "sheet"), ranks(batches, "path"));
    let places = || {
        batches.iter().zip(sheets.iter().zip(&paths)).zip(0..).flat_map(
            |((batch, ranks), table)| {
                let (row, column) = (numbers(batch, "row"), numbers(batch, "column"));
                let (sheet, path) = (words(batch, "sheet"), words(batch, "path"));
                let place = move |index: usize| -> Place {
                    let row = number::<UInt64Type>(row, index).unwrap_or_default();
                    let column = number::<UInt32Type>(column, index).unwrap_or_default();
                    let (sheet, path) =
                        (rank(ranks.0, key(sheet, index)), rank(ranks.1, key(path, index)));
                    [sheet.into(), row, column.into(), path.into(), table, index as u64]
                };
                (0..batch.num_rows()).map(place)
            },
        )
    };
    let most = places().fold(Place::default(), |most, place| {
        std::array::from_fn(|part| most[part].max(place[part]))
    });
    let bits = most.map(|most| u64::BITS - most.leading_zeros());
    match bits.iter().sum::<u32>() <= u64::BITS {
        true => by_keys(places().map(|place| packed(place, bits)), |key| unpacked(key, bits)),
        false => by_keys(places(), |[.., table, index]| (table, index)),
    }
}

/// The parts of a place in one number, each in its bits.
fn packed(place: Place, bits: [u32; 6]) -> u64 {
    let add = |key: u64, (part, bits): (u64, u32)| key.checked_shl(bits).unwrap_or(0) | part;
    place.into_iter().zip(bits).fold(0, add)
}

/// Table and index of a packed place.
fn unpacked(key: u64, bits: [u32; 6]) -> (u64, u64) {
    let low = |key: u64, bits: u32| key & !u64::MAX.checked_shl(bits).unwrap_or(0);
    (low(key >> bits[5], bits[4]), low(key, bits[5]))
}

fn by_keys<K: Ord>(keys: impl Iterator<Item = K>, spot: impl Fn(K) -> (u64, u64)) -> Vec<Spot> {
    let mut keys: Vec<K> = keys.collect();
    keys.sort_unstable();
    let spot = |key| {
        let (table, index) = spot(key);
        Spot { table: table as u32, index: index as u32 }
    };
    keys.into_iter().map(spot).collect()
}

fn rank(ranks: &[u32], key: Option<usize>) -> u32 {
    key.map_or(0, |key| ranks[key])
}

/// By batch: the place of each word of a column among those of all batches, from 1.
fn ranks(batches: &[RecordBatch], name: &str) -> Vec<Vec<u32>> {
    let all = |batch| -> Vec<&str> {
        let word = Option::unwrap_or_default;
        words(batch, name).map_or(Vec::new(), |(_, words)| words.iter().map(word).collect())
    };
    let words: Vec<Vec<&str>> = batches.iter().map(all).collect();
    let all: BTreeSet<&str> = words.iter().flatten().copied().collect();
    let numbers: BTreeMap<&str, u32> = all.into_iter().zip(1..).collect();
    words.iter().map(|words| words.iter().map(|word| numbers[word]).collect()).collect()
}

/// A column of words: the number of each row's word, and the words.
type Keyed<'b> = (&'b Int32Array, &'b StringArray);

fn words<'b>(batch: &'b RecordBatch, name: &str) -> Option<Keyed<'b>> {
    let words = batch.column_by_name(name)?.as_dictionary::<Int32Type>();
    Some((words.keys(), words.values().as_string::<i32>()))
}

/// The number of a row's word.
fn key(words: Option<Keyed<'_>>, row: usize) -> Option<usize> {
    words.filter(|(keys, _)| keys.is_valid(row)).map(|(keys, _)| keys.value(row) as usize)
}

/// The columns of a batch. One that is not there reads as absent, or as the most cautious word.
struct Table<'b> {
    row: Option<&'b PrimitiveArray<UInt64Type>>,
    column: Option<&'b PrimitiveArray<UInt32Type>>,
    amount: Option<&'b PrimitiveArray<Decimal128Type>>,
    quantity_from: Option<&'b PrimitiveArray<Decimal128Type>>,
    quantity_to: Option<&'b PrimitiveArray<Decimal128Type>>,
    date: Option<&'b PrimitiveArray<Date32Type>>,
    sheet: Words<'b, Arc<str>>,
    path: Words<'b, Arc<str>>,
    kind: Words<'b, Kind>,
    basis: Words<'b, Basis>,
    tax: Words<'b, Tax>,
    statistic: Words<'b, Statistic>,
    bound: Words<'b, Bound>,
    subject: Words<'b, Arc<str>>,
    title: Words<'b, Arc<str>>,
    party: Words<'b, Arc<str>>,
    currency: Words<'b, Arc<str>>,
    per: Words<'b, Arc<str>>,
    attributes: Words<'b, Attributes>,
    nothing: (Arc<str>, Attributes),
    excluded: Vec<(BooleanArray, Arc<str>)>,
}

impl<'b> Table<'b> {
    fn of(batch: &'b RecordBatch, excluded: Vec<(BooleanArray, &str)>) -> Self {
        Self {
            row: numbers(batch, "row"),
            column: numbers(batch, "column"),
            amount: numbers(batch, "amount"),
            quantity_from: numbers(batch, "quantity_from"),
            quantity_to: numbers(batch, "quantity_to"),
            date: numbers(batch, "date"),
            sheet: Words::of(batch, "sheet"),
            path: Words::of(batch, "path"),
            kind: Words::of(batch, "kind"),
            basis: Words::of(batch, "basis"),
            tax: Words::of(batch, "tax"),
            statistic: Words::of(batch, "statistic"),
            bound: Words::of(batch, "bound"),
            subject: Words::of(batch, "subject"),
            title: Words::of(batch, "title"),
            party: Words::of(batch, "party"),
            currency: Words::of(batch, "currency"),
            per: Words::of(batch, "per"),
            attributes: Words::of(batch, "attributes"),
            nothing: (Arc::from(""), Arc::from([])),
            excluded: excluded.into_iter().map(|(mask, why)| (mask, Arc::from(why))).collect(),
        }
    }

    fn listed(&mut self, row: usize) -> Result<Listed, ParquetError> {
        let absent = || BatchError { field: "amount".into(), problem: "absent".into() };
        let amount = number(self.amount, row).ok_or_else(absent).map_err(external)?;
        let line = number(self.row, row).unwrap_or_default();
        // Without its bounds it would be a price for every quantity.
        let large =
            |e: AmountError| ParquetError::General(format!("row {line}: a quantity has {e}"));
        let quantity =
            |column| number(column, row).map(|it| from_scaled(it).map_err(large)).transpose();
        let takes =
            |(mask, _): &&(BooleanArray, Arc<str>)| mask_valid(mask, row) && mask.value(row);
        Ok(Listed {
            sheet: self.sheet.get(row, shared)?,
            row: line,
            column: number(self.column, row).unwrap_or_default(),
            path: self.path.get(row, shared)?,
            kind: self.kind.get(row, known)?.unwrap_or(Kind::Wage),
            basis: self.basis.get(row, known)?.unwrap_or(Basis::Unknown),
            tax: self.tax.get(row, known)?.unwrap_or(Tax::Unknown),
            statistic: self.statistic.get(row, known)?.unwrap_or(Statistic::Value),
            bound: self.bound.get(row, known)?.unwrap_or(Bound::Exact),
            subject: self.subject.get(row, shared)?,
            title: self.title.get(row, shared)?,
            party: self.party.get(row, shared)?,
            amount: from_scaled(amount).ok(),
            currency: self.currency.get(row, shared)?.unwrap_or_else(|| self.nothing.0.clone()),
            per: self.per.get(row, shared)?.unwrap_or_else(|| self.nothing.0.clone()),
            quantity_from: quantity(self.quantity_from)?,
            quantity_to: quantity(self.quantity_to)?,
            date: number(self.date, row),
            attributes: self
                .attributes
                .get(row, members)?
                .unwrap_or_else(|| self.nothing.1.clone()),
            excluded: self.excluded.iter().find(takes).map(|(_, reason)| reason.clone()),
        })
    }
}

fn numbers<'b, T: ArrowPrimitiveType>(
    batch: &'b RecordBatch,
    name: &str,
) -> Option<&'b PrimitiveArray<T>> {
    batch.column_by_name(name)?.as_primitive_opt()
}

fn number<T: ArrowPrimitiveType>(
    column: Option<&PrimitiveArray<T>>,
    row: usize,
) -> Option<T::Native> {
    column.filter(|column| column.is_valid(row)).map(|column| column.value(row))
}

/// A column of words, each made into what is kept of it when a row first needs it.
struct Words<'b, T> {
    column: Option<Keyed<'b>>,
    made: Vec<Option<T>>,
}

impl<'b, T: Clone> Words<'b, T> {
    fn of(batch: &'b RecordBatch, name: &str) -> Self {
        let column = words(batch, name);
        Self { column, made: vec![None; column.map_or(0, |(_, values)| values.len())] }
    }

    fn get(
        &mut self,
        row: usize,
        make: impl Fn(&str) -> Result<T, ParquetError>,
    ) -> Result<Option<T>, ParquetError> {
        let Some((key, (_, words))) = key(self.column, row).zip(self.column) else {
            return Ok(None);
        };
        if self.made[key].is_none() {
            self.made[key] = Some(make(words.value(key))?);
        }
        Ok(self.made[key].clone())
    }
}

fn shared(word: &str) -> Result<Arc<str>, ParquetError> {
    Ok(Arc::from(word))
}

/// A word of a closed vocabulary.
fn known<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    word: &str,
) -> Result<T, ParquetError> {
    word.parse().map_err(external)
}

/// The members of a JSON object; texts as they are, anything else as it is written.
fn members(json: &str) -> Result<Attributes, ParquetError> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(json).map_err(external)?;
    let word = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => Some(Arc::from(text)),
        serde_json::Value::Null => None,
        other => Some(Arc::from(other.to_string())),
    };
    Ok(object
        .into_iter()
        .filter_map(|(name, value)| Some((Arc::from(name), word(value)?)))
        .collect())
}
