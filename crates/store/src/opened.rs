//! A part's file with its footer: opened once for a query, read in row groups.

use crate::layout::Layout;
use crate::matcher;
use crate::prune::{Group, Pruned};
use bytes::Bytes;
use haggle_negotiation::deal::Condition;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicate, ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions,
    ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowFilter, RowSelection,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::statistics::Statistics;
use parquet::schema::types::SchemaDescriptor;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

/// A file that several threads read at once. Clones of a [`File`] share one position, so that
/// readers which seek would read at each other's places; here every read names its own.
#[derive(Clone)]
pub(crate) struct Shared(Arc<File>);

/// Reads a shared file from a place on.
pub(crate) struct Place {
    file: Shared,
    at: u64,
}

impl Shared {
    #[cfg(unix)]
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(self.0.as_ref(), buffer, at)
    }

    #[cfg(windows)]
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(self.0.as_ref(), buffer, at)
    }
}

impl Read for Place {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Length for Shared {
    fn len(&self) -> u64 {
        self.0.metadata().map_or(0, |m| m.len())
    }
}

impl ChunkReader for Shared {
    type T = BufReader<Place>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::new(Place { file: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let mut bytes = vec![0; length];
        Place { file: self.clone(), at: start }.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// The file stays what it was when it was opened, even if its name is given to another.
pub(crate) struct Opened {
    pub(crate) file: Shared,
    pub(crate) footer: Arc<ParquetMetaData>,
    pub(crate) layout: Layout,
}

impl Opened {
    pub(crate) fn new(path: &Path, layout: Layout) -> Result<Self, ParquetError> {
        Self::of(File::open(path)?, layout)
    }

    pub(crate) fn of(file: File, layout: Layout) -> Result<Self, ParquetError> {
        let file = Shared(Arc::new(file));
        let footer = ParquetMetaDataReader::new().parse_and_finish(&file)?;
        Ok(Self { file, footer: Arc::new(footer), layout })
    }

    /// Each row group whole, in batches of a merge.
    pub(crate) fn groups(&self) -> Result<Vec<ParquetRecordBatchReader>, ParquetError> {
        let footer = ArrowReaderMetadata::try_new(self.footer.clone(), ArrowReaderOptions::new())?;
        let group = |index| {
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.clone(), footer.clone())
                .with_batch_size(self.layout.merge_rows)
                .with_row_groups(vec![index])
                .build()
        };
        (0..self.footer.num_row_groups()).map(group).collect()
    }

    /// Whether a row of some row groups states something in a column, as far as is known.
    pub(crate) fn states(&self, groups: &[Group], name: &str) -> bool {
        self.chunks(groups, name).any(|chunk| {
            let nulls = chunk.statistics().and_then(Statistics::null_count_opt);
            nulls.is_none_or(|nulls| nulls < chunk.num_values() as u64)
        })
    }

    /// Bytes that a column takes in some row groups.
    pub(crate) fn size(&self, groups: &[Group], name: &str) -> i64 {
        self.chunks(groups, name).map(ColumnChunkMetaData::uncompressed_size).sum()
    }

    fn chunks<'o>(
        &'o self,
        groups: &'o [Group],
        name: &'o str,
    ) -> impl Iterator<Item = &'o ColumnChunkMetaData> {
        let columns = groups.iter().flat_map(|group| self.footer.row_group(group.index).columns());
        columns.filter(move |chunk| chunk.column_descr().name() == name)
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
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.clone(), footer)
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
