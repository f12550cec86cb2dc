//! Sorted runs that are set aside, as streams of Arrow batches: written and read once, in order.

use crate::layout::Layout;
use crate::sort;
use crate::table::{Table, check};
use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::ArrowError;
use std::fs::File;
use std::io::{BufReader, BufWriter, Seek};

/// A run being written.
pub(crate) struct RunWriter {
    stream: StreamWriter<BufWriter<File>>,
    batch_rows: usize,
    /// Room that is used again.
    places: Vec<u32>,
}

impl RunWriter {
    pub(crate) fn new(file: File, layout: &Layout) -> Result<Self, ArrowError> {
        let stream = StreamWriter::try_new_buffered(file, &haggle_evidence::schema())?;
        Ok(Self { stream, batch_rows: layout.merge_rows, places: Vec::new() })
    }

    /// Writes rows of a table in the given order, which come after those before.
    pub(crate) fn write(&mut self, table: &Table, rows: &[u32]) -> Result<(), ArrowError> {
        for rows in rows.chunks(self.batch_rows) {
            self.stream.write(&table.batch(rows, &mut self.places)?)?;
        }
        Ok(())
    }

    /// The file, ready to be read.
    pub(crate) fn finish(mut self) -> Result<File, ArrowError> {
        self.stream.finish()?;
        let mut file = self.stream.into_inner()?.into_inner().map_err(|e| e.into_error())?;
        file.rewind()?;
        Ok(file)
    }
}

/// Merges runs into tables, each full but the last; `take` is given one after the other.
pub(crate) fn merge<E: From<ArrowError>>(
    runs: Vec<impl Iterator<Item = Result<RecordBatch, ArrowError>>>,
    (rows, bytes): (usize, usize),
    mut take: impl FnMut(Table) -> Result<(), E>,
) -> Result<(), E> {
    let mut table = Table::default();
    sort::merge(runs, |batch, stretch, run| -> Result<usize, E> {
        let count = stretch.len().min(rows - table.rows());
        table.extend(batch, stretch.start..stretch.start + count, run);
        if table.rows() == rows || table.memory() >= bytes {
            take(std::mem::take(&mut table))?;
        }
        Ok(count)
    })?;
    if table.rows() > 0 { take(table) } else { Ok(()) }
}

/// A run being read.
pub(crate) type Run = StreamReader<BufReader<File>>;

/// The runs of these files, from their first rows on.
pub(crate) fn opened(files: Vec<File>) -> Result<Vec<Run>, ArrowError> {
    files.into_iter().map(open).collect()
}

fn open(file: File) -> Result<Run, ArrowError> {
    let stream = StreamReader::try_new_buffered(file, None)?;
    check(&stream.schema())?;
    Ok(stream)
}
