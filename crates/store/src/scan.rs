//! Runs a benchmark query on a part: finds the rows, adjusts them, reduces them.
//!
//! Two routes give the same answer. A query that few rows can match reads them whole and lists
//! them; a query over millions reads only the columns that vary, in parallel, and reduces each
//! row at once. `Layout::detailed_rows` is the border.

use crate::collect::Collector;
use crate::layout::Layout;
use crate::matcher;
use crate::opened::{Opened, external};
use crate::part::Part;
use crate::prune::{Pruned, prune};
use crate::{StoreError, lean};
use arrow_array::{BooleanArray, RecordBatch};
use arrow_schema::ArrowError;
use haggle_evidence::Batch;
use haggle_negotiation::deal::{Condition, Test};
use haggle_negotiation::market::{Adjuster, Comparables};
use parquet::errors::ParquetError;

/// A question to a part. A plain value: whoever holds the files can answer it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// Rows of which all conditions of one entry hold are passed over, with this reason.
    pub excludes: Vec<(Vec<Condition>, String)>,
    /// Whether to look for rows that miss exactly one condition; this reads the whole part.
    pub near: bool,
}

/// Answers a query on one part.
///
/// # Errors
/// [`StoreError`] if the part cannot be read.
pub(crate) fn comparables(
    part: &Part,
    query: &Query,
    adjuster: &Adjuster,
    layout: &Layout,
) -> Result<Comparables, StoreError> {
    let path = &part.path;
    let opened = Opened::new(path, *layout).map_err(StoreError::at(path, "cannot open"))?;
    answer(part, &opened, query, adjuster).map_err(StoreError::at(path, "cannot query"))
}

fn answer(
    part: &Part,
    opened: &Opened,
    query: &Query,
    adjuster: &Adjuster,
) -> Result<Comparables, ParquetError> {
    let pruned = prune(opened, &query.conditions)?;
    let mut collector = Collector::new(adjuster, part.meta.date);
    if query.near {
        collector.keep(crate::collect::NEAR_LISTED);
    }
    if pruned.rows() <= opened.layout.detailed_rows {
        read_detailed(opened, &pruned, &query.conditions, query, &mut collector)?;
    } else {
        let found = lean::reduce(opened, &pruned, query, adjuster, part.meta.date)?;
        let tables = found.has_points;
        collector.take_lean(found);
        // Points of published tables are few and need their places: a pass of their own.
        if tables {
            let mut conditions = query.conditions.clone();
            conditions.push(Condition { field: "statistic".into(), test: point_statistics() });
            read_detailed(opened, &pruned, &conditions, query, &mut collector)?;
        }
    }
    if query.near {
        read_near(opened, query, &mut collector)?;
    }
    Ok(collector.finish())
}

/// Every statistic but a value.
fn point_statistics() -> Test {
    let mut words: Vec<String> = (1..100).map(|p| format!("p{p}")).collect();
    words.extend(["mean", "min", "max"].map(str::to_owned));
    Test::OneOf(words)
}

fn read_detailed(
    opened: &Opened,
    pruned: &Pruned,
    conditions: &[Condition],
    query: &Query,
    collector: &mut Collector<'_>,
) -> Result<(), ParquetError> {
    for batch in opened.rows(pruned, &pruned.groups, conditions, None)? {
        let batch = batch?;
        let excluded = excluded(query, &batch)?;
        let rows = Batch::new(&batch).map_err(external)?;
        for row in 0..batch.num_rows() {
            let observation = rows.get(row).map_err(external)?;
            match excluded.iter().find(|(mask, _)| mask.value(row) && mask_valid(mask, row)) {
                Some((_, reason)) => collector.exclude(&observation, reason),
                None => collector.take(&observation),
            }
        }
    }
    Ok(())
}

pub(crate) fn mask_valid(mask: &BooleanArray, row: usize) -> bool {
    arrow_array::Array::is_valid(mask, row)
}

/// For each exclusion the rows that it takes, and its reason.
pub(crate) fn excluded<'q>(
    query: &'q Query,
    batch: &RecordBatch,
) -> Result<Vec<(BooleanArray, &'q str)>, ArrowError> {
    let all = |conditions: &[Condition]| -> Result<BooleanArray, ArrowError> {
        let masks =
            conditions.iter().map(|c| matcher::mask(c, batch)).collect::<Result<Vec<_>, _>>()?;
        let holds = |row| masks.iter().all(|m| mask_valid(m, row) && m.value(row));
        Ok((0..batch.num_rows()).map(|row| Some(holds(row))).collect())
    };
    query.excludes.iter().map(|(c, reason)| Ok((all(c)?, reason.as_str()))).collect()
}

fn read_near(
    opened: &Opened,
    query: &Query,
    collector: &mut Collector<'_>,
) -> Result<(), ParquetError> {
    let whole = prune(opened, &[])?;
    for batch in opened.rows(&whole, &whole.groups, &[], None)? {
        let batch = batch?;
        let masks: Vec<BooleanArray> =
            query.conditions.iter().map(|c| matcher::mask(c, &batch)).collect::<Result<_, _>>()?;
        let rows = Batch::new(&batch).map_err(external)?;
        for row in 0..batch.num_rows() {
            let mut misses =
                (0..masks.len()).filter(|&i| !(mask_valid(&masks[i], row) && masks[i].value(row)));
            if let (Some(missed), None) = (misses.next(), misses.next()) {
                let observation = rows.get(row).map_err(external)?;
                collector.near(&query.conditions[missed], &observation);
            }
        }
    }
    Ok(())
}
