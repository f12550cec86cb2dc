//! How long imports and queries of ten million observations take; prints and asserts nothing.
//!
//! `cargo bench -p haggle-store [-- FOLDER [ROWS]]`: stores what is missing under `FOLDER`, so
//! that other programs can be asked the same of the same files. Without `--bench` (as
//! `cargo test --all-targets` runs it) nothing happens.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use haggle_evidence::{
    BatchBuilder, Import, ImportError, Importer, ImporterIdentity, Observation, Sink, SourceFacts,
};
use haggle_negotiation::deal::{Condition, Deal, parse};
use haggle_negotiation::market::Adjuster;
use haggle_store::{Query, SourceKey, Store};
use std::path::PathBuf;
use std::time::{Duration, Instant};

const SUBJECTS: u64 = 800;
const PLACES: u64 = 400;
/// Dates of rows: four quarters' first days.
const DATES: [i32; 4] = [19_723, 19_814, 19_905, 19_997];

struct Synthetic {
    identity: ImporterIdentity,
    rows: u64,
    weighted: bool,
}

fn main() {
    let mut args = std::env::args().skip(1);
    if !args.any(|a| a == "--bench") {
        return;
    }
    let mut args = std::env::args().skip(1).filter(|a| !a.starts_with("--"));
    let temporary = tempfile::tempdir().unwrap();
    let folder = args.next().map_or(temporary.path().to_owned(), PathBuf::from);
    let rows = args.next().map_or(10_000_000, |text| text.parse().unwrap());
    for weighted in [false, true] {
        run(folder.join(if weighted { "weighted" } else { "plain" }), rows, weighted);
    }
}

fn run(folder: PathBuf, rows: u64, weighted: bool) {
    let store = Store::new(&folder);
    let start = Instant::now();
    let recipe = "synthetic".to_owned();
    let identity = ImporterIdentity { recipe, recipe_hash: "1".to_owned(), importer: 1 };
    let key = SourceKey {
        sha256: format!("{rows}"),
        size: 0,
        location: "synthetic.csv".to_owned(),
        retrieved: None,
    };
    let mut importer = Synthetic { identity, rows, weighted };
    let part = store.import(&key, &mut importer).unwrap().part().clone();
    println!("{}: import {:.1?}", folder.display(), start.elapsed());
    println!("  {} bytes", std::fs::metadata(&part.path).unwrap().len());
    let deal = deal();
    let adjuster = Adjuster::new(&deal, &deal.sources[0], 0.01, 0.05);
    time("parts", || store.parts().unwrap().0.len() as u64);
    for (name, conditions) in cases() {
        let conditions = conditions.iter().map(|c| Condition::parse(c).unwrap()).collect();
        let query = Query { conditions, ..Query::default() };
        time(&format!("outline {name}"), || {
            store.outline(&part, &query).unwrap().units.values().sum()
        });
        time(&format!("comparables {name}"), || {
            store.comparables(&part, &query, &adjuster).unwrap().rows.sample().n()
        });
    }
}

fn cases() -> [(&'static str, &'static [&'static str]); 4] {
    [
        ("one subject and place", &["subject=15-1400", "place=Place 200"]),
        ("one subject", &["subject=15-1400"]),
        ("words of the title", &["title~occupation 77"]),
        ("everything", &[]),
    ]
}

/// Median of five runs after one that warms up.
fn time(name: &str, mut work: impl FnMut() -> u64) {
    let found = work();
    let mut spans: Vec<Duration> = (0..5)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    spans.sort_unstable();
    println!("  {name}: {:.2?} ({found})", spans[2]);
}

fn deal() -> Deal {
    let text = r#"
        schema = "haggle.deal/1"
        title = "bench"
        side = "seller"
        currency = "USD"
        per = "year"
        as_of = 2025-01-01
        [[source]]
        path = "synthetic.csv"
    "#;
    let parsed = parse(text, None);
    parsed.deal.unwrap_or_else(|| panic!("{:?}", parsed.problems))
}

impl Importer for Synthetic {
    fn identity(&self) -> &ImporterIdentity {
        &self.identity
    }

    fn run(&mut self, sink: &mut dyn Sink) -> Result<Import, ImportError> {
        let texts = |n: u64, text: &dyn Fn(u64) -> String| (0..n).map(text).collect::<Vec<_>>();
        let subjects = texts(SUBJECTS, &|i| format!("15-{}", 1000 + i));
        let titles = texts(SUBJECTS, &|i| format!("Occupation {i}"));
        let places = texts(PLACES, &|i| format!("Place {i}"));
        let mut builder = BatchBuilder::default();
        for row in 0..self.rows {
            let random = mix(row);
            let (subject, place) = (random % SUBJECTS, random / SUBJECTS % PLACES);
            let random = mix(random);
            builder.push(&Observation {
                row: row + 2,
                column: 5,
                subject: Some(&subjects[subject as usize]),
                scheme: Some("SOC"),
                title: Some(&titles[subject as usize]),
                place: Some(&places[place as usize]),
                weight: self.weighted.then(|| (random % 997 + 1) as f64 / 100.0),
                date: Some(DATES[(random % 4) as usize]),
                ..Observation::new(salary(subject, place, random), "USD", "ANN")
            });
            if builder.len() == 8_192 {
                sink.accept(builder.finish())?;
            }
        }
        sink.accept(builder.finish())?;
        let facts = SourceFacts { name: "Synthetic".to_owned(), ..SourceFacts::default() };
        Ok(Import { facts, ..Import::default() })
    }
}

/// Heaped on thousands and hundreds as people state pay; one in five to the dollar. About 50,000
/// distinct amounts.
fn salary(subject: u64, place: u64, random: u64) -> i128 {
    let noise = (0..4).map(|i| random >> (i * 16) & 0xFFFF).sum::<u64>() / 6;
    let dollars = 20_000 + subject * 30 + place * 20 + noise;
    let heaped = match random % 10 {
        0..5 => dollars / 1000 * 1000,
        5..8 => dollars / 100 * 100,
        _ => dollars,
    };
    i128::from(heaped) * 1_000_000_000_000
}

/// SplitMix64: a good scramble of a counter.
fn mix(counter: u64) -> u64 {
    let mut z = counter.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
