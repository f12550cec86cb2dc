//! What goes in comes out, in order, however often it had to be set aside.

use super::{BATCH, Row, SMALL, rows, stored};
use crate::layout::Layout;
use crate::opened::Opened;
use crate::prune::prune;
use crate::write::properties;
use bytes::Bytes;
use haggle_evidence::{Batch, Observation};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::reader::ChunkReader;
use parquet::file::statistics::Statistics;
use proptest::prelude::*;
use std::fs::{self, File};
use std::path::Path;

/// Everything of a part in the order of the file, each observation as text: NaN equals NaN there.
fn read(path: &Path) -> Vec<String> {
    let opened = Opened::new(path, SMALL).unwrap();
    let whole = prune(&opened, &[]).unwrap();
    let mut all = Vec::new();
    for batch in opened.rows(&whole, &whole.groups, &[], None).unwrap() {
        let batch = batch.unwrap();
        let read = Batch::new(&batch).unwrap();
        all.extend((0..batch.num_rows()).map(|i| format!("{:?}", read.get(i).unwrap())));
    }
    all
}

/// A stable sort of the observations by the documented key.
fn sorted(rows: &[Row]) -> Vec<String> {
    let mut all: Vec<Observation<'_>> = rows.iter().map(Row::observation).collect();
    all.sort_by_key(|o| (o.subject, o.title, o.place, o.sheet, o.row, o.column));
    all.iter().map(|o| format!("{o:?}")).collect()
}

/// The observations of a few tables, each sorted by itself; of more, sorted as a whole. A table is
/// full with the first batch that makes it so.
fn expected(rows: &[Row], layout: &Layout) -> Vec<String> {
    let tables = rows.chunks(layout.run_rows.next_multiple_of(BATCH));
    if tables.len() > layout.few_runs { sorted(rows) } else { tables.flat_map(sorted).collect() }
}

/// The same rows, written by the Parquet library's own writer.
fn rewritten(path: &Path, layout: &Layout) -> Bytes {
    let mut bytes = Vec::new();
    let properties = Some(properties(layout));
    let mut writer =
        ArrowWriter::try_new(&mut bytes, haggle_evidence::schema(), properties).unwrap();
    let file = File::open(path).unwrap();
    for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
        writer.write(&batch.unwrap()).unwrap();
    }
    writer.close().unwrap();
    bytes.into()
}

fn metadata(file: impl ChunkReader) -> ParquetMetaData {
    let mut reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Optional);
    reader.try_parse(&file).unwrap();
    reader.finish().unwrap()
}

/// Statistics as text: NaN equals NaN there.
fn told(statistics: Option<&Statistics>) -> String {
    format!("{statistics:?} {:?}", statistics.and_then(Statistics::nan_count_opt))
}

/// First row, least and greatest value of every page that says so.
fn pages(metadata: &ParquetMetaData, group: usize) -> Vec<String> {
    let index = metadata.page_index_for_row_group(group);
    let column = |c: usize| {
        let rows = index.page_locations(c).map(|places| -> Vec<i64> {
            places.iter().map(|place| place.first_row_index).collect()
        });
        let Some(ColumnIndexMetaData::BYTE_ARRAY(bounds)) = index.column_index(c) else {
            return String::new();
        };
        let bounds: Vec<_> = (0..rows.as_ref().map_or(0, Vec::len))
            .map(|page| (bounds.min_value(page), bounds.max_value(page), bounds.null_count(page)))
            .collect();
        format!("{rows:?} {bounds:?}")
    };
    (0..metadata.row_group(group).num_columns()).map(column).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_goes_in_comes_out_in_order(
        rows in rows(400),
        run_rows in 1_usize..300,
        (run_bytes, few_runs) in prop_oneof![
            (Just(usize::MAX), 0_usize..9),
            (3_000_usize..30_000, Just(0)),
        ],
        most_runs in 2_usize..5,
        merge_rows in 1_usize..20,
    ) {
        let layout = Layout { run_rows, run_bytes, few_runs, most_runs, merge_rows, ..SMALL };
        let (_folder, _, part) = stored(&rows, layout);
        prop_assert_eq!(read(&part.path), expected(&rows, &layout));
        let (_folder, _, again) = stored(&rows, layout);
        prop_assert!(fs::read(&part.path).unwrap() == fs::read(&again.path).unwrap());
    }

    #[test]
    fn statistics_are_those_of_the_library(rows in rows(200), dictionary_bytes in 0_usize..200) {
        // The library's writer cuts groups by rows alone.
        let layout = Layout { dictionary_bytes, few_runs: 0, ..SMALL };
        let (_folder, _, part) = stored(&rows, layout);
        let ours = metadata(File::open(&part.path).unwrap());
        let theirs = metadata(rewritten(&part.path, &layout));
        prop_assert_eq!(ours.num_row_groups(), theirs.num_row_groups());
        for group in 0..ours.num_row_groups() {
            let (a, b) = (ours.row_group(group), theirs.row_group(group));
            prop_assert_eq!(a.num_rows(), b.num_rows());
            for (a, b) in a.columns().iter().zip(b.columns()) {
                prop_assert_eq!(told(a.statistics()), told(b.statistics()), "{}", a.column_path());
                prop_assert_eq!(a.compression(), b.compression());
            }
            prop_assert_eq!(pages(&ours, group), pages(&theirs, group));
        }
    }
}

#[test]
fn nothing_goes_in_and_nothing_comes_out() {
    let (_folder, store, part) = stored(&[], SMALL);
    assert_eq!(read(&part.path), Vec::<String>::new());
    assert_eq!(store.parts().unwrap().0, vec![part]);
}
