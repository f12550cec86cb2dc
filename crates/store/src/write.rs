//! Writes a part: takes batches in source order, leaves a Parquet file of sorted row groups.

use crate::beside::beside;
use crate::chunk::Form;
use crate::layout::Layout;
use crate::opened::{Opened, external};
use crate::part::{PartMeta, to_key_value};
use crate::runs::{Run, RunWriter, merge, opened};
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
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;

/// Columns whose pages carry minimum and maximum; the others carry them by row group.
pub(crate) const PAGE_STATISTICS: [&str; 3] = ["subject", "title", "place"];

/// Batches of a source on their way into tables, each full but the last.
pub(crate) struct Tables {
    table: Table,
    layout: Layout,
    /// Tables that were written, and are empty again.
    spare: Receiver<Table>,
}

impl Tables {
    pub(crate) fn new(layout: Layout, spare: Receiver<Table>) -> Self {
        Self { table: Table::default(), layout, spare }
    }

    /// Takes a batch, and gives away the table that it fills.
    ///
    /// # Errors
    /// A batch of another schema; `give`'s.
    pub(crate) fn push<E: From<ArrowError>>(
        &mut self,
        batch: &RecordBatch,
        give: impl FnOnce(Table) -> Result<(), E>,
    ) -> Result<(), E> {
        check(batch.schema_ref())?;
        self.table.extend(batch, 0..batch.num_rows(), 0);
        let full = self.table.rows() >= self.layout.run_rows
            || self.table.memory() >= self.layout.run_bytes;
        if !full {
            return Ok(());
        }
        let next = self.spare.try_recv().unwrap_or_default();
        give(std::mem::replace(&mut self.table, next))
    }

    /// The last table, if there is anything in it.
    pub(crate) fn last(self) -> Option<Table> {
        (self.table.rows() > 0).then_some(self.table)
    }
}

/// A part being written. A few tables become sorted row groups of it as they are; more of them are
/// set aside as runs and merged, so that a look-up need not look into each.
pub(crate) struct PartWriter {
    stage: Stage,
    layout: Layout,
    output: Output,
    /// Tables that the output holds.
    held: usize,
    runs: Vec<File>,
}

impl PartWriter {
    pub(crate) fn new(stage: Stage, layout: Layout) -> Result<Self, ParquetError> {
        let output = Output::new(stage.file().try_clone()?, &layout)?;
        Ok(Self { stage, layout, output, held: 0, runs: Vec::new() })
    }

    /// Takes the next table of the source.
    pub(crate) fn take(&mut self, table: &Table) -> Result<(), ParquetError> {
        if self.runs.is_empty() && self.held < self.layout.few_runs {
            self.held += 1;
            return self.output.write(table, &order(table));
        }
        if self.held > 0 {
            self.take_back()?;
        }
        let mut run = RunWriter::new(self.stage.scratch()?, &self.layout)?;
        run.write(table, &order(table))?;
        self.runs.push(run.finish()?);
        if self.runs.len() == self.layout.most_runs { self.unite() } else { Ok(()) }
    }

    /// Makes one run of what the output holds, and begins another one.
    fn take_back(&mut self) -> Result<(), ParquetError> {
        let stage = self.stage.another().map_err(external)?;
        let output = Output::new(stage.file().try_clone()?, &self.layout)?;
        let written = std::mem::replace(&mut self.stage, stage);
        std::mem::replace(&mut self.output, output).file.close()?;
        let groups = Opened::of(written.file().try_clone()?, self.layout)?.groups()?;
        self.held = 0;
        self.run_of(groups)
    }

    fn unite(&mut self) -> Result<(), ParquetError> {
        let runs = std::mem::take(&mut self.runs);
        self.run_of(opened(runs)?)
    }

    /// Sets aside several sorted runs as one.
    fn run_of(
        &mut self,
        runs: Vec<impl Iterator<Item = Result<RecordBatch, ArrowError>>>,
    ) -> Result<(), ParquetError> {
        let mut run = RunWriter::new(self.stage.scratch()?, &self.layout)?;
        merge(runs, (usize::MAX, self.layout.run_bytes), |table| run.write(&table, &all(&table)))?;
        self.runs.push(run.finish()?);
        Ok(())
    }

    /// Completes the file; it still needs its name.
    pub(crate) fn finish(mut self, meta: &PartMeta) -> Result<Stage, ParquetError> {
        self.output.merge(opened(self.runs)?)?;
        let described = to_key_value(meta).map_err(external)?;
        self.output.file.append_key_value_metadata(described);
        self.output.file.close()?;
        Ok(self.stage)
    }
}

/// The file of a part.
struct Output {
    file: SerializedFileWriter<File>,
    forms: Vec<Form>,
    group_rows: usize,
    /// Memory that the rows of a group may take.
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
        let encoded = self.encoded(table, rows)?;
        let mut group = self.file.next_row_group()?;
        for column in encoded {
            match column {
                Encoded::Chunk(chunk) => group.append_column(&chunk.bytes, chunk.close)?,
                Encoded::Lines(lines) => put_lines(&mut group, &lines)?,
                Encoded::Floats(floats, levels) => put_floats(&mut group, &floats, &levels)?,
            }
        }
        group.close().map(|_| ())
    }

    /// The columns, encoded by two threads.
    fn encoded(&self, table: &Table, rows: &[u32]) -> Result<Vec<Encoded>, ParquetError> {
        let next = AtomicUsize::new(0);
        let work = || -> Result<Vec<(usize, Encoded)>, ParquetError> {
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                match table.columns().get(at).zip(self.forms.get(at)) {
                    Some((column, form)) => done.push((at, column.encode(rows, form)?)),
                    None => return Ok(done),
                }
            }
        };
        let mut all = std::thread::scope(|scope| {
            let other = scope.spawn(work);
            let mut all = work()?;
            all.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic))?);
            Ok::<_, ParquetError>(all)
        })?;
        all.sort_unstable_by_key(|(at, _)| *at);
        Ok(all.into_iter().map(|(_, encoded)| encoded).collect())
    }

    /// Writes the rows of sorted runs in order. A row group ends early where its rows take too
    /// much memory; the next one is merged while it is encoded.
    fn merge(&mut self, runs: Vec<Run>) -> Result<(), ParquetError> {
        if runs.is_empty() {
            return Ok(());
        }
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
