//! What a part holds for a query, without reducing it: units of its amounts, newest date.

use crate::StoreError;
use crate::layout::Layout;
use crate::opened::Opened;
use crate::part::Part;
use crate::prune::prune;
use crate::scan::Query;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int32Type};
use arrow_array::{RecordBatch, StringArray};
use haggle_quantity::Per;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;
use std::collections::BTreeMap;

/// Units and dates of the observations that meet a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Currency code and unit word, with how many observations state it.
    pub units: BTreeMap<(String, String), u64>,
    /// The newest date in days since 1970-01-01: of the source, or of a row that meets the query.
    pub newest: Option<i32>,
}

pub(crate) fn outline(part: &Part, query: &Query, layout: &Layout) -> Result<Outline, StoreError> {
    let path = &part.path;
    let opened = Opened::new(path, *layout).map_err(StoreError::at(path, "cannot open"))?;
    let mut outline = Outline { newest: part.meta.date, ..Outline::default() };
    outline.read(&opened, query).map_err(StoreError::at(path, "cannot query"))?;
    Ok(outline)
}

/// The words of a column in what meets the conditions of a query, with how many observations have
/// each. Statistics answer for whole row groups of one word; of the others rows are counted.
pub(crate) fn words(
    part: &Part,
    query: &Query,
    column: &str,
    layout: &Layout,
) -> Result<BTreeMap<String, u64>, StoreError> {
    let path = &part.path;
    let opened = Opened::new(path, *layout).map_err(StoreError::at(path, "cannot open"))?;
    let mut counts = BTreeMap::new();
    count_words(&opened, query, column, &mut counts)
        .map_err(StoreError::at(path, "cannot query"))?;
    Ok(counts)
}

fn count_words(
    opened: &Opened,
    query: &Query,
    column: &str,
    counts: &mut BTreeMap<String, u64>,
) -> Result<(), ParquetError> {
    let pruned = prune(opened, &query.conditions)?;
    let mut groups = pruned.groups.clone();
    if query.conditions.is_empty() {
        groups.retain(|g| {
            let group = pruned.metadata.row_group(g.index);
            let word = crate::lean::constant(group, column);
            let rows = group.num_rows() as u64;
            word.iter().flatten().for_each(|w| *counts.entry(w.clone()).or_default() += rows);
            word.is_none()
        });
    }
    if groups.is_empty() {
        return Ok(());
    }
    for batch in opened.rows(&pruned, &groups, &query.conditions, Some(&[column]))? {
        let batch = batch?;
        let Some(found) = batch.column_by_name(column) else { continue };
        let found = found.as_dictionary::<Int32Type>();
        let words: &StringArray = found.values().as_string();
        for key in found.keys().iter().flatten() {
            *counts.entry(words.value(key as usize).to_owned()).or_default() += 1;
        }
    }
    Ok(())
}

impl Outline {
    /// Statistics answer for whole row groups of one unit; of the others rows are counted.
    fn read(&mut self, opened: &Opened, query: &Query) -> Result<(), ParquetError> {
        let pruned = prune(opened, &query.conditions)?;
        let mut groups = pruned.groups.clone();
        if query.conditions.is_empty() {
            groups.retain(|g| !self.take_group(pruned.metadata.row_group(g.index)));
        }
        if groups.is_empty() {
            return Ok(());
        }
        let columns = ["currency", "per", "date"];
        for batch in opened.rows(&pruned, &groups, &query.conditions, Some(&columns))? {
            self.take_rows(&batch?);
        }
        Ok(())
    }

    fn count(&mut self, currency: &str, per: &str, rows: u64) {
        let unit = (currency.to_owned(), Per::new(per).as_str().to_owned());
        *self.units.entry(unit).or_default() += rows;
    }

    /// Takes a whole row group by its statistics, if they say enough.
    fn take_group(&mut self, group: &RowGroupMetaData) -> bool {
        let word = |name| crate::lean::constant(group, name).flatten();
        let (Some(currency), Some(per), Some(newest)) =
            (word("currency"), word("per"), newest(group))
        else {
            return false;
        };
        self.newest = self.newest.max(newest);
        self.count(&currency, &per, group.num_rows() as u64);
        true
    }

    /// Counts each pair of dictionary keys once, whatever words they stand for.
    fn take_rows(&mut self, batch: &RecordBatch) {
        let words = |name: &str| batch.column_by_name(name).map(|c| c.as_dictionary::<Int32Type>());
        let (Some(currency), Some(per)) = (words("currency"), words("per")) else { return };
        let mut pairs: BTreeMap<(i32, i32), u64> = BTreeMap::new();
        for pair in currency.keys().values().iter().zip(per.keys().values()) {
            *pairs.entry((*pair.0, *pair.1)).or_default() += 1;
        }
        let (currencies, units): (&StringArray, &StringArray) =
            (currency.values().as_string(), per.values().as_string());
        for ((c, p), rows) in pairs {
            self.count(currencies.value(c as usize), units.value(p as usize), rows);
        }
        if let Some(dates) = batch.column_by_name("date") {
            let newest = dates.as_primitive::<Date32Type>().iter().flatten().max();
            self.newest = self.newest.max(newest);
        }
    }
}

/// `Some(newest date, if any)` if the statistics of a row group say so.
fn newest(group: &RowGroupMetaData) -> Option<Option<i32>> {
    let column = group.columns().iter().find(|c| c.column_descr().name() == "date")?;
    let Statistics::Int32(days) = column.statistics()? else { return None };
    let absent = days.null_count_opt()? == group.num_rows() as u64;
    if absent { Some(None) } else { days.max_opt().copied().map(Some) }
}
