//! What a part holds for a query, without reducing it: units of its amounts, newest date.

use crate::StoreError;
use crate::part::Part;
use crate::prune::prune;
use crate::scan::{Query, external, open};
use haggle_evidence::Batch;
use haggle_quantity::Per;
use parquet::errors::ParquetError;
use parquet::file::statistics::Statistics;
use std::collections::BTreeMap;
use std::fs::File;

/// Units and dates of the observations that meet a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Currency code and unit word, with how many observations state it.
    pub units: BTreeMap<(String, String), u64>,
    /// The newest date in days since 1970-01-01, of rows that may match.
    pub newest: Option<i32>,
}

pub(crate) fn outline(part: &Part, query: &Query) -> Result<Outline, StoreError> {
    let path = &part.path;
    let file = File::open(path).map_err(StoreError::at(path, "cannot open"))?;
    read(part, &file, query).map_err(StoreError::at(path, "cannot query"))
}

fn read(part: &Part, file: &File, query: &Query) -> Result<Outline, ParquetError> {
    let pruned = prune(file, &query.conditions)?;
    let mut outline = Outline { newest: part.meta.date, ..Outline::default() };
    let mut open_groups = Vec::new();
    for group in &pruned.groups {
        let meta = pruned.metadata.row_group(group.index);
        let date = meta.columns().iter().find(|c| c.column_descr().name() == "date");
        if let Some(Statistics::Int32(days)) = date.and_then(|c| c.statistics()) {
            outline.newest = outline.newest.max(days.max_opt().copied());
        }
        let unit = |name| crate::lean::constant(meta, name).flatten();
        match (unit("currency"), unit("per"), query.conditions.is_empty()) {
            (Some(currency), Some(per), true) => {
                *outline.units.entry((currency, per_word(&per))).or_default() += group.rows as u64;
            }
            _ => open_groups.push(group.clone()),
        }
    }
    if open_groups.is_empty() {
        return Ok(outline);
    }
    for batch in
        open(file, &pruned, &open_groups, &query.conditions, Some(&["currency", "per", "amount"]))?
    {
        let batch = batch?;
        let rows = Batch::new(&batch).map_err(external)?;
        for row in 0..batch.num_rows() {
            let o = rows.get(row).map_err(external)?;
            *outline.units.entry((o.currency.to_owned(), per_word(o.per))).or_default() += 1;
        }
    }
    Ok(outline)
}

fn per_word(code: &str) -> String {
    Per::new(code).as_str().to_owned()
}
