//! A part's file with its footer: opened once for a query, read in row groups.

use crate::layout::Layout;
use crate::matcher;
use crate::prune::{Group, Pruned};
use haggle_negotiation::deal::Condition;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicate, ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions,
    ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowFilter, RowSelection,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::schema::types::SchemaDescriptor;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// The file stays what it was when it was opened, even if its name is given to another.
pub(crate) struct Opened {
    pub(crate) file: File,
    pub(crate) footer: Arc<ParquetMetaData>,
    pub(crate) layout: Layout,
}

impl Opened {
    pub(crate) fn new(path: &Path, layout: Layout) -> Result<Self, ParquetError> {
        let file = File::open(path)?;
        let footer = ParquetMetaDataReader::new().parse_and_finish(&file)?;
        Ok(Self { file, footer: Arc::new(footer), layout })
    }

    /// The rows of some row groups that meet every condition; all columns, or the named ones.
    pub(crate) fn rows(
        &self,
        pruned: &Pruned,
        groups: &[Group],
        conditions: &[Condition],
        columns: Option<&[&str]>,
    ) -> Result<ParquetRecordBatchReader, ParquetError> {
        let footer =
            ArrowReaderMetadata::try_new(pruned.metadata.clone(), ArrowReaderOptions::new())?;
        let schema = footer.parquet_schema().clone();
        let mut builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.try_clone()?, footer)
                .with_batch_size(self.layout.batch_rows)
                .with_row_groups(groups.iter().map(|g| g.index).collect());
        if !conditions.is_empty() {
            builder = builder.with_row_filter(filter(&schema, conditions));
        }
        if let Some(names) = columns {
            builder = builder.with_projection(mask(&schema, names));
        }
        if groups.iter().any(|g| g.selection.is_some()) {
            builder = builder.with_row_selection(joined(pruned, groups));
        }
        builder.build()
    }
}

fn mask(schema: &SchemaDescriptor, names: &[&str]) -> ProjectionMask {
    ProjectionMask::columns(schema, names.iter().copied())
}

fn filter(schema: &SchemaDescriptor, conditions: &[Condition]) -> RowFilter {
    let predicate = |c: &Condition| -> Box<dyn ArrowPredicate> {
        let (condition, columns) = (c.clone(), mask(schema, &[matcher::column(c)]));
        Box::new(ArrowPredicateFn::new(columns, move |batch| matcher::mask(&condition, &batch)))
    };
    RowFilter::new(conditions.iter().map(predicate).collect())
}

/// One selection over several row groups: theirs, one after another.
fn joined(pruned: &Pruned, groups: &[Group]) -> RowSelection {
    let selectors = groups.iter().flat_map(|g| -> Vec<_> {
        let rows = pruned.metadata.row_group(g.index).num_rows() as usize;
        let whole = || RowSelection::from_consecutive_ranges(std::iter::once(0..rows), rows);
        g.selection.clone().unwrap_or_else(whole).into()
    });
    selectors.collect::<Vec<_>>().into()
}

pub(crate) fn external<E: std::error::Error + Send + Sync + 'static>(error: E) -> ParquetError {
    ParquetError::External(Box::new(error))
}
