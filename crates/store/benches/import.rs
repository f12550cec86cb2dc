//! What an import costs from observation to part, in CPU time and memory; prints and asserts
//! nothing.
//!
//! `cargo bench -p haggle-store --bench import [-- ROWS] [CASE]`: survey answers, as
//! many as asked for, through the builder alone and through the store, in several cases or in
//! those whose name holds a word. Without `--bench` (as `cargo test --all-targets` runs it) nothing happens.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use haggle_evidence::{
    BatchBuilder, Import, ImportError, Importer, ImporterIdentity, Observation, RecordBatch, Sink,
    SinkError, SourceFacts,
};
use haggle_store::{SourceKey, Store};
use std::time::Instant;

const TITLES: u64 = 48;
const PLACES: u64 = 12;
const LEVELS: [&str; 4] = ["EN", "EX", "MI", "SE"];
const DATES: [i32; 4] = [18_809, 19_174, 19_539, 19_905];
const CURRENCIES: [&str; 8] = ["USD", "GBP", "EUR", "INR", "CAD", "AUD", "PLN", "BRL"];
/// Distinct texts of other attributes.
const ATTRIBUTES: u64 = 432;

fn main() {
    if !std::env::args().any(|a| a == "--bench") {
        return;
    }
    let rows = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(1_000_000);
    let survey = Survey { rows, attributes: ATTRIBUTES, sorted: false };
    measure("observations made, nothing kept", || survey.observe(|_| Ok(())));
    measure("builder alone", || survey.build(&mut |_: RecordBatch| Ok(())));
    measure("import", || survey.import());
    let sorted = Survey { sorted: true, ..survey };
    measure("import, sorted already", || sorted.import());
    let varied = Survey { attributes: 20_000, ..survey };
    measure("import, 20,000 texts of attributes", || varied.import());
    let unique = Survey { attributes: u64::MAX, ..survey };
    measure("import, every text of attributes different", || unique.import());
}

fn measure<T>(name: &str, work: impl FnOnce() -> T) {
    let mut args = std::env::args().skip(1).filter(|a| !a.starts_with("--"));
    if let Some(case) = args.find(|a| a.parse::<u64>().is_err())
        && !name.contains(&case)
    {
        return;
    }
    let (start, before) = (Instant::now(), cpu());
    work();
    let (wall, spent) = (start.elapsed().as_secs_f64(), cpu() - before);
    println!("{name}: {spent:.2} s of CPU, {wall:.2} s, {} MB at most so far", peak());
}

/// CPU seconds of this process, in hundredths, where the system tells.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|f| f.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Most memory this process held at once, in MB, where the system tells.
fn peak() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[derive(Clone, Copy)]
struct Survey {
    rows: u64,
    attributes: u64,
    sorted: bool,
}

impl Survey {
    fn observe(
        &self,
        mut each: impl FnMut(&Observation<'_>) -> Result<(), SinkError>,
    ) -> Result<(), SinkError> {
        let titles: Vec<_> = (0..TITLES).map(|i| format!("{:02} Senior Engineer", i)).collect();
        let places: Vec<_> = (0..PLACES).map(|i| format!("P{i:02}")).collect();
        let mut attributes = String::new();
        for row in 0..self.rows {
            let random = mix(row);
            let group = if self.sorted { row * TITLES * PLACES / self.rows } else { random >> 40 };
            attribute(&mut attributes, (random >> 20) % self.attributes);
            each(&Observation {
                row: row + 2,
                column: 6,
                basis: haggle_evidence::Basis::SelfReported,
                component: Some("base"),
                tax: haggle_evidence::Tax::Gross,
                title: Some(&titles[(group / PLACES % TITLES) as usize]),
                place: Some(&places[(group % PLACES) as usize]),
                level: Some(LEVELS[(random >> 16) as usize % 4]),
                date: Some(DATES[(random >> 18) as usize % 4]),
                attributes: Some(&attributes),
                ..Observation::new(
                    i128::from(20_000 + random % 280_000) * 1_000_000_000_000,
                    CURRENCIES[(random >> 30) as usize % 8],
                    "ANN",
                )
            })?;
        }
        Ok(())
    }

    fn build(&self, sink: &mut dyn Sink) -> Result<(), SinkError> {
        let mut builder = BatchBuilder::default();
        self.observe(|observation| {
            builder.push(observation);
            if builder.len() == 8_192 { sink.accept(builder.finish()) } else { Ok(()) }
        })?;
        sink.accept(builder.finish())
    }

    fn import(self) {
        let folder = tempfile::tempdir().unwrap();
        let recipe = "synthetic".to_owned();
        let identity = ImporterIdentity { recipe, recipe_hash: "1".to_owned(), importer: 1 };
        let key = SourceKey {
            sha256: "0".to_owned(),
            size: 0,
            location: "s.csv".to_owned(),
            retrieved: None,
        };
        let mut importer = Synthetic { identity, survey: self };
        let outcome = Store::new(folder.path()).import(&key, &mut importer).unwrap();
        println!("  {} bytes", std::fs::metadata(&outcome.part().path).unwrap().len());
    }
}

/// A JSON object of four fields with one of many texts.
fn attribute(text: &mut String, number: u64) {
    use std::fmt::Write;
    text.clear();
    let (size, ratio) = (["L", "M", "S"][number as usize % 3], number / 3 % 3 * 50);
    let rest = number / 9;
    write!(text, r#"{{"company_size":"{size}","employee_residence":"{rest}","#).unwrap();
    write!(text, r#""employment_type":"FT","remote_ratio":"{ratio}"}}"#).unwrap();
}

struct Synthetic {
    identity: ImporterIdentity,
    survey: Survey,
}

impl Importer for Synthetic {
    fn identity(&self) -> &ImporterIdentity {
        &self.identity
    }

    fn run(&mut self, sink: &mut dyn Sink) -> Result<Import, ImportError> {
        self.survey.build(sink)?;
        let facts = SourceFacts { name: "Synthetic".to_owned(), ..SourceFacts::default() };
        Ok(Import { facts, ..Import::default() })
    }
}

/// SplitMix64: a good scramble of a counter.
fn mix(counter: u64) -> u64 {
    let mut z = counter.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
