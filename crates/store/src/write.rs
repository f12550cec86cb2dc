//! Writes a part: takes batches in source order, leaves a sorted Parquet file.

use crate::layout::Layout;
use crate::part::{PartMeta, to_key_value};
use crate::sort::{merge, sorted};
use crate::stage::Stage;
use arrow_array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, Encoding};
use parquet::errors::ParquetError;
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::fs::File;

/// Columns whose pages carry minimum and maximum; the others carry them by row group.
pub(crate) const PAGE_STATISTICS: [&str; 3] = ["subject", "title", "place"];

/// A part being written.
pub(crate) struct PartWriter {
    stage: Stage,
    layout: Layout,
    buffer: Vec<RecordBatch>,
    buffered: usize,
    runs: Vec<File>,
}

impl PartWriter {
    pub(crate) fn new(stage: Stage, layout: Layout) -> Self {
        Self { stage, layout, buffer: Vec::new(), buffered: 0, runs: Vec::new() }
    }

    /// Takes one batch; sorts and sets aside a run when enough are here.
    pub(crate) fn push(&mut self, batch: RecordBatch) -> Result<(), ParquetError> {
        self.buffered += batch.num_rows();
        self.buffer.push(batch);
        if self.buffered >= self.layout.run_rows { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> Result<(), ParquetError> {
        let file = self.stage.scratch()?;
        let plain = WriterProperties::builder().set_compression(Compression::LZ4_RAW).build();
        let mut writer =
            ArrowWriter::try_new(file.try_clone()?, haggle_evidence::schema(), Some(plain))?;
        write_sorted(&self.buffer, self.layout.batch_rows, &mut writer)?;
        writer.close()?;
        self.runs.push(file);
        self.buffer.clear();
        self.buffered = 0;
        Ok(())
    }

    /// Writes everything in order, closes the file with its description, hands back the stage.
    pub(crate) fn finish(mut self, meta: &PartMeta) -> Result<Stage, ParquetError> {
        if !self.runs.is_empty() && self.buffered > 0 {
            self.spill()?;
        }
        let file = self.stage.file().try_clone()?;
        let mut writer =
            ArrowWriter::try_new(file, haggle_evidence::schema(), Some(properties(&self.layout)))?;
        if self.runs.is_empty() {
            write_sorted(&self.buffer, self.layout.batch_rows, &mut writer)?;
        } else {
            write_merged(self.runs, self.layout.batch_rows, &mut writer)?;
        }
        let described = to_key_value(meta).map_err(|e| ParquetError::External(Box::new(e)))?;
        writer.append_key_value_metadata(described);
        writer.close()?;
        Ok(self.stage)
    }
}

fn write_sorted(
    run: &[RecordBatch],
    size: usize,
    writer: &mut ArrowWriter<File>,
) -> Result<(), ParquetError> {
    Ok(sorted(run, size, |batch| Ok(writer.write(&batch)?))?)
}

fn write_merged(
    runs: Vec<File>,
    size: usize,
    writer: &mut ArrowWriter<File>,
) -> Result<(), ParquetError> {
    let open = |file| ParquetRecordBatchReaderBuilder::try_new(file)?.with_batch_size(size).build();
    let runs = runs.into_iter().map(open).collect::<Result<Vec<_>, ParquetError>>()?;
    // Gathering unites the dictionaries of all runs, which is worth it for many rows at once.
    Ok(merge(runs, 8 * size, |batch| Ok(writer.write(&batch)?))?)
}

fn properties(layout: &Layout) -> WriterProperties {
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::LZ4_RAW)
        .set_created_by(concat!("haggle ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_max_row_group_row_count(Some(layout.group_rows))
        .set_data_page_row_count_limit(layout.page_rows)
        // The limit is looked at after each write batch only.
        .set_write_batch_size(layout.page_rows.min(1_024))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_sorting_columns(Some(sorting()));
    for name in PAGE_STATISTICS {
        let path = ColumnPath::from(name);
        builder = builder.set_column_statistics_enabled(path, EnabledStatistics::Page);
    }
    // Line numbers are all different: a dictionary of them would only be thrown away.
    let row = ColumnPath::from("row");
    builder
        .set_column_dictionary_enabled(row.clone(), false)
        .set_column_encoding(row, Encoding::DELTA_BINARY_PACKED)
        .build()
}

fn sorting() -> Vec<SortingColumn> {
    let index = |name: &str| {
        haggle_evidence::FIELDS.iter().position(|(field, _)| *field == name).map(|i| i as i32)
    };
    let column = |column_idx| SortingColumn { column_idx, descending: false, nulls_first: true };
    ["subject", "title", "place", "sheet", "row", "column"]
        .into_iter()
        .filter_map(index)
        .map(column)
        .collect()
}
