//! A source made of numbers, and a reader that believes nothing but the file.

#![allow(dead_code, reason = "each test file uses its part")]

use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use haggle_evidence::{
    BatchBuilder, Import, ImportError, Importer, ImporterIdentity, Observation, Sink, SourceFacts,
};
use haggle_store::{Outcome, SourceKey, Store};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::path::Path;

/// What the observations of a source say: row `n` states `n * factor`.
pub(crate) struct Numbers {
    pub(crate) identity: ImporterIdentity,
    pub(crate) rows: u64,
    pub(crate) factor: i128,
    /// After so many rows the source turns out to be unreadable.
    pub(crate) fails_after: Option<u64>,
    /// Sheet of every row; a source of its own.
    pub(crate) sheet: &'static str,
}

pub(crate) fn numbers(rows: u64, importer: u32) -> Numbers {
    let identity = ImporterIdentity { recipe: "r".into(), recipe_hash: "h".into(), importer };
    Numbers { identity, rows, factor: i128::from(importer), fails_after: None, sheet: "s" }
}

pub(crate) fn key(sha256: &str) -> SourceKey {
    SourceKey {
        sha256: sha256.to_owned(),
        size: 1,
        location: format!("/{sha256}.csv"),
        retrieved: None,
    }
}

impl Importer for Numbers {
    fn identity(&self) -> &ImporterIdentity {
        &self.identity
    }

    fn run(&mut self, sink: &mut dyn Sink) -> Result<Import, ImportError> {
        let mut builder = BatchBuilder::default();
        for row in (1..=self.rows).rev() {
            if self.fails_after.is_some_and(|n| self.rows - row >= n) {
                let message = "it breaks off here";
                return Err(ImportError::source("E0001", Default::default(), message));
            }
            builder.push(&Observation {
                row,
                sheet: Some(self.sheet),
                ..Observation::new(i128::from(row) * self.factor, "USD", "ANN")
            });
            if builder.len() == 500 {
                sink.accept(builder.finish())?;
            }
        }
        sink.accept(builder.finish())?;
        let facts = SourceFacts { name: self.sheet.to_owned(), ..SourceFacts::default() };
        Ok(Import { facts, ..Import::default() })
    }
}

pub(crate) fn import(store: &Store, sha256: &str, mut numbers: Numbers) -> Outcome {
    store.import(&key(sha256), &mut numbers).unwrap()
}

/// Rows and factor of an open part, every column of every row decoded.
pub(crate) fn content(file: File) -> Result<(u64, i128), String> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| e.to_string())?;
    let (mut next, mut factor) = (1_u64, 0_i128);
    for batch in reader.build().map_err(|e| e.to_string())? {
        let batch = batch.map_err(|e| e.to_string())?;
        let column = |name| batch.column_by_name(name).unwrap();
        let rows = column("row").as_primitive::<UInt64Type>();
        let amounts = column("amount").as_primitive::<arrow_array::types::Decimal128Type>();
        for (row, amount) in rows.values().iter().zip(amounts.values()) {
            if next == 1 {
                factor = *amount;
            }
            let expected = (next, i128::from(next) * factor);
            if (*row, *amount) != expected {
                return Err(format!("found {row} {amount}, expected {expected:?}"));
            }
            next += 1;
        }
    }
    Ok((next - 1, factor))
}

pub(crate) fn content_at(path: &Path) -> Result<(u64, i128), String> {
    content(File::open(path).map_err(|e| e.to_string())?)
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
