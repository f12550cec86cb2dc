//! Writes a part: takes batches in source order, leaves a sorted Parquet file.

use crate::beside::beside;
use crate::chunk::Form;
use crate::layout::Layout;
use crate::part::{PartMeta, to_key_value};
use crate::runs::{RunWriter, merge};
use crate::sort::order;
use crate::stage::Stage;
use crate::table::{Encoded, Table, check};
use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding};
use parquet::data_type::{DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnDescPtr, ColumnPath};
use std::fs::File;

/// Columns whose pages carry minimum and maximum; the others carry them by row group.
pub(crate) const PAGE_STATISTICS: [&str; 3] = ["subject", "title", "place"];

/// A part being written.
pub(crate) struct PartWriter {
    stage: Stage,
    layout: Layout,
    table: Table,
    runs: Vec<File>,
}

impl PartWriter {
    pub(crate) fn new(stage: Stage, layout: Layout) -> Self {
        Self { stage, layout, table: Table::default(), runs: Vec::new() }
    }

    /// Takes one batch; sorts and sets aside a run when enough are here.
    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<(), ParquetError> {
        check(batch.schema_ref())?;
        self.table.extend(batch, 0..batch.num_rows(), 0);
        let full = self.table.rows() >= self.layout.run_rows
            || self.table.memory() >= self.layout.run_bytes;
        if full { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> Result<(), ParquetError> {
        let mut run = RunWriter::new(self.stage.scratch()?, &self.layout)?;
        let table = std::mem::take(&mut self.table);
        run.write(&table, &order(&table))?;
        self.runs.push(run.finish()?);
        if self.runs.len() == self.layout.most_runs { self.unite() } else { Ok(()) }
    }

    /// Makes one run of all, so that a merge never reads too many at once.
    fn unite(&mut self) -> Result<(), ParquetError> {
        let mut run = RunWriter::new(self.stage.scratch()?, &self.layout)?;
        let runs = std::mem::take(&mut self.runs);
        merge(runs, (usize::MAX, self.layout.run_bytes), |table| run.write(&table, &all(&table)))?;
        self.runs.push(run.finish()?);
        Ok(())
    }

    /// Writes everything in order, closes the file with its description, hands back the stage.
    pub(crate) fn finish(mut self, meta: &PartMeta) -> Result<Stage, ParquetError> {
        if !self.runs.is_empty() && self.table.rows() > 0 {
            self.spill()?;
        }
        let mut output = Output::new(self.stage.file().try_clone()?, &self.layout)?;
        if self.runs.is_empty() {
            output.write(&self.table, &order(&self.table))?;
        } else {
            output.merge(self.runs)?;
        }
        let described = to_key_value(meta).map_err(|e| ParquetError::External(Box::new(e)))?;
        output.file.append_key_value_metadata(described);
        output.file.close()?;
        Ok(self.stage)
    }
}

/// A Parquet file being written, row group by row group.
struct Output {
    file: SerializedFileWriter<File>,
    forms: Vec<Form>,
    /// Rows of a row group, unless they take more memory than `group_bytes`.
    group_rows: usize,
    group_bytes: usize,
}

impl Output {
    fn new(file: File, layout: &Layout) -> Result<Self, ParquetError> {
        let properties = properties(layout);
        let group_rows = properties.max_row_group_row_count().unwrap_or(usize::MAX);
        let writer = ArrowWriter::try_new(file, haggle_evidence::schema(), Some(properties))?;
        // Only the schema that Arrow leaves in the footer is wanted of it.
        let (file, _) = writer.into_serialized_writer()?;
        let form = |descr: &ColumnDescPtr| form(descr, file.properties());
        let forms = file.schema_descr().columns().iter().map(form).collect();
        Ok(Self { file, forms, group_rows, group_bytes: layout.run_bytes })
    }

    /// Writes rows of a table in the given order.
    fn write(&mut self, table: &Table, rows: &[u32]) -> Result<(), ParquetError> {
        let fit = rows.len().saturating_mul(self.group_bytes) / table.memory().max(1);
        let group_rows = self.group_rows.min(fit.max(1));
        rows.chunks(group_rows).try_for_each(|rows| self.group(table, rows))
    }

    fn group(&mut self, table: &Table, rows: &[u32]) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        for (column, form) in table.columns().iter().zip(&self.forms) {
            match column.encode(rows, form)? {
                Encoded::Chunk(chunk) => group.append_column(&chunk.bytes, chunk.close)?,
                Encoded::Lines(lines) => put_lines(&mut group, &lines)?,
                Encoded::Floats(floats, levels) => put_floats(&mut group, &floats, &levels)?,
            }
        }
        group.close().map(|_| ())
    }

    /// Writes the rows of sorted runs in order. A row group ends early where its rows take too
    /// much memory; it is encoded while the next is merged.
    fn merge(&mut self, runs: Vec<File>) -> Result<(), ParquetError> {
        let full = (self.group_rows, self.group_bytes);
        let not_taken = |_| ParquetError::General("not taken".to_owned());
        beside(
            0,
            |take| merge(runs, full, |table| take(table).map_err(not_taken)),
            |table: Table| self.group(&table, &all(&table)),
        )?
    }
}

/// All rows of a table, as they are.
fn all(table: &Table) -> Vec<u32> {
    (0..table.rows() as u32).collect()
}

fn put_lines(
    group: &mut SerializedRowGroupWriter<'_, File>,
    lines: &[i64],
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Err(no_column()) };
    column.typed::<Int64Type>().write_batch(lines, None, None)?;
    column.close()
}

fn put_floats(
    group: &mut SerializedRowGroupWriter<'_, File>,
    floats: &[f64],
    levels: &[i16],
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Err(no_column()) };
    column.typed::<DoubleType>().write_batch(floats, Some(levels), None)?;
    column.close()
}

fn no_column() -> ParquetError {
    ArrowError::SchemaError("fewer columns than observations have".into()).into()
}

fn form(descr: &ColumnDescPtr, properties: &WriterProperties) -> Form {
    let statistics = properties.statistics_enabled(descr.path());
    Form {
        descr: descr.clone(),
        page_rows: properties.data_page_row_count_limit(),
        compression: properties.compression(descr.path()),
        page_bounds: statistics == EnabledStatistics::Page,
        dictionary_bytes: properties.column_dictionary_page_size_limit(descr.path()),
    }
}

pub(crate) fn properties(layout: &Layout) -> WriterProperties {
    let mut builder = base(layout)
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
    builder.build()
}

/// Line numbers are all different: a dictionary of them would only be thrown away.
fn base(layout: &Layout) -> WriterPropertiesBuilder {
    let row = ColumnPath::from("row");
    WriterProperties::builder()
        .set_dictionary_page_size_limit(layout.dictionary_bytes)
        .set_column_dictionary_enabled(row.clone(), false)
        .set_column_encoding(row, Encoding::DELTA_BINARY_PACKED)
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
