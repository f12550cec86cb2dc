//! Tests that need small runs, row groups and pages, or the border between the two query routes.

mod listing;
mod order;
mod prunes;
mod routes;

use crate::layout::Layout;
use crate::{Part, SourceKey, Store};
use haggle_evidence::{
    BatchBuilder, Bound, Import, ImportError, Importer, ImporterIdentity, Observation, Sink,
    SourceFacts, Statistic,
};
use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;

/// An observation that owns its texts.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) words: [Option<&'static str>; 8],
    pub(crate) statistic: Statistic,
    pub(crate) bound: Bound,
    pub(crate) unit: (&'static str, &'static str),
    pub(crate) amount: i128,
    pub(crate) weight: Option<f64>,
    pub(crate) counts: [Option<i64>; 3],
    pub(crate) date: Option<i32>,
    pub(crate) at: (u64, u32),
}

impl Row {
    pub(crate) fn observation(&self) -> Observation<'static> {
        let [sheet, subject, title, place, party, level, component, attributes] = self.words;
        let [count, employers, sample_size] = self.counts;
        Observation {
            sheet,
            subject,
            title,
            place,
            party,
            level,
            component,
            attributes,
            row: self.at.0,
            column: self.at.1,
            path: level.map(|_| "/pay"),
            scheme: subject.map(|_| "SOC"),
            statistic: self.statistic,
            bound: self.bound,
            weight: self.weight,
            count,
            employers,
            sample_size,
            quantity_from: count.map(i128::from),
            quantity_to: employers.map(i128::from),
            relative_error: self.weight.filter(|w| !w.is_nan()),
            date: self.date,
            ..Observation::new(self.amount, self.unit.0, self.unit.1)
        }
    }
}

fn words() -> impl Strategy<Value = [Option<&'static str>; 8]> {
    (
        weighted(0.3, select(vec!["A", "B"])),
        weighted(0.9, select(vec!["11", "12", "15-1252", "15-1253", "29", "ž", ""])),
        weighted(0.9, select(vec!["Data Engineer", "Database Engineer", "senior DATA engineer"])),
        weighted(0.9, select(vec!["US", "Colorado", "Praha", "Prague"])),
        weighted(0.5, select(vec!["Acme", "Globex", "Initech"])),
        weighted(0.5, select(vec!["I", "II"])),
        weighted(0.2, Just("base")),
        weighted(
            0.6,
            select(vec![
                r#"{"naics":"000000"}"#,
                r#"{"annual_only":"TRUE","naics":"11"}"#,
                r#"{"hourly_only":"TRUE","remote":100}"#,
                "no json",
            ]),
        ),
    )
        .prop_map(|(a, b, c, d, e, f, g, h)| [a, b, c, d, e, f, g, h])
}

fn statistic() -> impl Strategy<Value = Statistic> {
    prop_oneof![
        12 => Just(Statistic::Value),
        1 => (1_u8..100).prop_map(Statistic::Percentile),
        1 => select(vec![Statistic::Mean, Statistic::Min, Statistic::Max]),
    ]
}

fn amount() -> impl Strategy<Value = i128> {
    const WHOLE: i128 = 1_000_000_000_000;
    prop_oneof![
        8 => (1_i128..60).prop_map(|n| n * 1_000 * WHOLE),
        2 => 1_i128..i128::from(u32::MAX),
        1 => select(vec![0, -WHOLE, WHOLE, 9_999_999_999_999_999 * WHOLE]),
    ]
}

fn row() -> impl Strategy<Value = Row> {
    let bound =
        prop_oneof![6 => Just(Bound::Exact), 1 => Just(Bound::AtLeast), 1 => Just(Bound::AtMost)];
    let unit = (
        select(vec!["USD", "USD", "USD", "EUR", "CZK", "xx"]),
        select(vec!["ANN", "ANN", "HUR", "MON", "C62"]),
    );
    let weight = select(vec![1.0, 0.5, 0.0, 2.25, 300.0, -1.0, f64::NAN, f64::INFINITY]);
    let count = select(vec![1_i64, 2, 7, 0, -3]);
    (words(), statistic(), bound, unit, amount(), weighted(0.7, weight), of(count), of(0_i64..9))
        .prop_flat_map(|(words, statistic, bound, unit, amount, weight, count, employers)| {
            let date = of(prop_oneof![9 => 19_000_i32..20_000, 1 => 20_500..20_600]);
            let sample = of(1_i64..500);
            (date, sample, (1_u64..200, 1_u32..4)).prop_map(move |(date, sample, at)| Row {
                words,
                statistic,
                bound,
                unit,
                amount,
                weight,
                counts: [count, employers, sample],
                date,
                at,
            })
        })
}

/// Observations at random, with repeated places and all that a source may get wrong.
pub(crate) fn rows(most: usize) -> impl Strategy<Value = Vec<Row>> {
    vec(row(), 0..most)
}

/// Sizes that cut a few hundred rows into several runs, row groups and pages.
pub(crate) const SMALL: Layout = Layout {
    run_rows: 64,
    run_bytes: usize::MAX,
    few_runs: 3,
    most_runs: 4,
    merge_rows: 5,
    group_rows: 50,
    page_rows: 8,
    dictionary_bytes: 64,
    batch_rows: 16,
    detailed_rows: 1_000_000,
};

/// Rows of a batch.
pub(crate) const BATCH: usize = 10;

pub(crate) struct Rows<'a> {
    pub(crate) identity: ImporterIdentity,
    pub(crate) rows: &'a [Row],
    pub(crate) date: Option<i32>,
}

impl Importer for Rows<'_> {
    fn identity(&self) -> &ImporterIdentity {
        &self.identity
    }

    fn run(&mut self, sink: &mut dyn Sink) -> Result<Import, ImportError> {
        let mut builder = BatchBuilder::default();
        for chunk in self.rows.chunks(BATCH) {
            chunk.iter().for_each(|row| builder.push(&row.observation()));
            sink.accept(builder.finish())?;
        }
        let facts = SourceFacts { date: self.date, ..SourceFacts::default() };
        Ok(Import { facts, ..Import::default() })
    }
}

/// A store in a folder of its own that holds these rows.
pub(crate) fn stored(rows: &[Row], layout: Layout) -> (tempfile::TempDir, Store, Part) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::with_layout(folder.path(), layout);
    let identity = ImporterIdentity { recipe: "r".into(), recipe_hash: "h".into(), importer: 1 };
    let key = SourceKey { sha256: "0".into(), size: 0, location: "x.csv".into(), retrieved: None };
    let mut importer = Rows { identity, rows, date: Some(19_500) };
    let part = store.import(&key, &mut importer).unwrap().part().clone();
    (folder, store, part)
}
