//! Observations by columns in memory, in the least room that their values need.

use crate::chunk::{Chunk, Form};
use crate::numbers::Numbers;
use crate::sort;
use crate::words::Words;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use haggle_evidence::FIELDS;
use parquet::errors::ParquetError;
use std::ops::Range;
use std::sync::Arc;

/// Whether a schema is that of observations.
pub(crate) fn check(schema: &Schema) -> Result<(), ArrowError> {
    if schema.fields() == haggle_evidence::schema().fields() {
        return Ok(());
    }
    Err(ArrowError::SchemaError("not the schema of observations".to_owned()))
}

/// Columns of many observations, in order of [`FIELDS`].
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: usize,
}

/// One column, by the type of its values.
pub(crate) enum Column {
    Words(Words),
    Lines(Numbers<u64>),
    Positions(Numbers<u32>),
    Amounts(Numbers<i128>),
    Floats(Numbers<f64>),
    Integers(Numbers<i64>),
    Days(Numbers<i32>),
}

/// A column ready to be placed in a file.
pub(crate) enum Encoded {
    Chunk(Box<Chunk>),
    /// Line numbers; the Parquet library has an encoding for them.
    Lines(Vec<i64>),
    /// Fractions that are stated, and which rows state one; the library knows how Parquet orders
    /// them.
    Floats(Vec<f64>, Vec<i16>),
}

impl Column {
    fn new(name: &str, data_type: &DataType) -> Option<Self> {
        Some(match data_type {
            DataType::Dictionary(..) => Self::Words(Words::new(sort::WORDS.contains(&name))),
            DataType::UInt64 => Self::Lines(Numbers::default()),
            DataType::UInt32 => Self::Positions(Numbers::default()),
            DataType::Decimal128(..) => Self::Amounts(Numbers::default()),
            DataType::Float64 => Self::Floats(Numbers::default()),
            DataType::Int64 => Self::Integers(Numbers::default()),
            DataType::Date32 => Self::Days(Numbers::default()),
            _ => return None,
        })
    }

    fn clear(&mut self) {
        match self {
            Self::Words(words) => words.clear(),
            Self::Lines(numbers) => numbers.clear(),
            Self::Positions(numbers) => numbers.clear(),
            Self::Amounts(numbers) => numbers.clear(),
            Self::Floats(numbers) => numbers.clear(),
            Self::Integers(numbers) => numbers.clear(),
            Self::Days(numbers) => numbers.clear(),
        }
    }

    fn memory(&self) -> usize {
        match self {
            Self::Words(words) => words.memory(),
            Self::Lines(numbers) => numbers.memory(),
            Self::Positions(numbers) => numbers.memory(),
            Self::Amounts(numbers) => numbers.memory(),
            Self::Floats(numbers) => numbers.memory(),
            Self::Integers(numbers) => numbers.memory(),
            Self::Days(numbers) => numbers.memory(),
        }
    }

    /// The column of some rows, of a type of the schema; `places` is room that is used again.
    fn array(&self, rows: &[u32], data_type: &DataType, places: &mut Vec<u32>) -> ArrayRef {
        match self {
            Self::Words(words) => words.array(rows, places),
            Self::Lines(numbers) => numbers.array(rows, data_type),
            Self::Positions(numbers) => numbers.array(rows, data_type),
            Self::Amounts(numbers) => numbers.array(rows, data_type),
            Self::Floats(numbers) => numbers.array(rows, data_type),
            Self::Integers(numbers) => numbers.array(rows, data_type),
            Self::Days(numbers) => numbers.array(rows, data_type),
        }
    }

    /// The column of some rows, encoded.
    pub(crate) fn encode(&self, rows: &[u32], form: &Form) -> Result<Encoded, ParquetError> {
        let chunk = match self {
            Self::Words(words) => words.encode(rows, form),
            Self::Positions(numbers) => numbers.encode(rows, form),
            Self::Amounts(numbers) => numbers.encode(rows, form),
            Self::Integers(numbers) => numbers.encode(rows, form),
            Self::Days(numbers) => numbers.encode(rows, form),
            Self::Floats(numbers) if numbers.is_absent() => numbers.encode_absent(rows.len(), form),
            Self::Floats(numbers) => return Ok(floats(numbers, rows)),
            Self::Lines(numbers) => {
                let lines = rows.iter().map(|&row| numbers.get(row as usize) as i64);
                return Ok(Encoded::Lines(lines.collect()));
            }
        };
        Ok(Encoded::Chunk(Box::new(chunk?)))
    }
}

fn floats(numbers: &Numbers<f64>, rows: &[u32]) -> Encoded {
    let stated = numbers.stated(rows);
    let values = rows.iter().zip(&stated).filter(|(_, s)| **s == 1);
    let values = values.map(|(&row, _)| numbers.get(row as usize)).collect();
    Encoded::Floats(values, stated.into_iter().map(|s| s as i16).collect())
}

impl Default for Table {
    fn default() -> Self {
        let schema = haggle_evidence::schema();
        let column = |field: &Arc<Field>| Column::new(field.name(), field.data_type());
        let columns: Vec<Column> = schema.fields().iter().filter_map(column).collect();
        assert_eq!(columns.len(), FIELDS.len(), "every type of the schema has its column");
        Self { columns, rows: 0 }
    }
}

impl Table {
    /// Takes some rows of a batch that [`check`] has seen. `source` tells apart where batches come
    /// from.
    pub(crate) fn extend(&mut self, batch: &RecordBatch, rows: Range<usize>, source: usize) {
        self.rows += rows.len();
        for (column, array) in self.columns.iter_mut().zip(batch.columns()) {
            let rows = rows.clone();
            match column {
                Column::Words(words) => words.extend(array, rows, source),
                Column::Lines(numbers) => numbers.extend(array, rows),
                Column::Positions(numbers) => numbers.extend(array, rows),
                Column::Amounts(numbers) => numbers.extend(array, rows),
                Column::Floats(numbers) => numbers.extend(array, rows),
                Column::Integers(numbers) => numbers.extend(array, rows),
                Column::Days(numbers) => numbers.extend(array, rows),
            }
        }
    }

    /// Forgets all rows, but keeps their room: memory that was never used costs more than such as
    /// was.
    pub(crate) fn clear(&mut self) {
        self.columns.iter_mut().for_each(Column::clear);
        self.rows = 0;
    }

    /// Some rows as a batch; `places` is room that is used again.
    pub(crate) fn batch(
        &self,
        rows: &[u32],
        places: &mut Vec<u32>,
    ) -> Result<RecordBatch, ArrowError> {
        let schema = haggle_evidence::schema();
        let columns = self.columns.iter().zip(schema.fields());
        let arrays = columns.map(|(column, field)| column.array(rows, field.data_type(), places));
        RecordBatch::try_new(schema.clone(), arrays.collect())
    }

    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The words of a column; `None` if it holds none.
    pub(crate) fn words(&self, name: &str) -> Option<&Words> {
        match self.column(name)? {
            Column::Words(words) => Some(words),
            _ => None,
        }
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        let index = FIELDS.iter().position(|(field, _)| *field == name)?;
        self.columns.get(index)
    }

    /// How many observations there are.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// About how much memory they take, in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.columns.iter().map(Column::memory).sum()
    }
}
