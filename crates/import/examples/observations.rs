//! Imports files and says what came of them, and how long that took.
//!
//! `cargo run --release -p haggle-import --example observations -- [--recipe FILE] [--show N] FILE...`;
//! several files are the pages of one list.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program")]

use haggle_evidence::{Batch, Importer, Locator, RecordBatch, SinkError};
use haggle_import::{Options, Recipe, open_pages};
use haggle_quantity::from_scaled;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let (mut files, mut options, mut show) = (Vec::new(), Options::default(), 0);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--recipe" => {
                let name = arguments.next().unwrap_or_default();
                options.recipe = Some(Recipe::parse(&std::fs::read_to_string(&name)?, &name)?);
            }
            "--show" => show = arguments.next().unwrap_or_default().parse()?,
            file => files.push(PathBuf::from(file)),
        }
    }
    let begin = Instant::now();
    let mut importer = open_pages(&files, &options)?;
    let opened = begin.elapsed();
    let import = importer.run(&mut |batch: RecordBatch| {
        let view = Batch::new(&batch).map_err(|e| SinkError(e.to_string()))?;
        for i in 0..batch.num_rows().min(show) {
            let o = view.get(i).map_err(|e| SinkError(e.to_string()))?;
            let (sheet, path) = (o.sheet.map(str::to_owned), o.path.map(str::to_owned));
            let place = Locator { sheet, row: o.row, column: o.column, path };
            let texts = [o.subject, o.title, o.place, o.party, o.level, o.component];
            let texts = texts.map(|t| t.unwrap_or("-")).join("|");
            let amount = from_scaled(o.amount).map_err(|e| SinkError(e.to_string()))?;
            println!(
                "{place} {texts} {} {amount} {} {} {} {:?} {:?} {:?} {}",
                o.basis,
                o.currency,
                o.per,
                o.kind,
                o.quantity_from.map(|q| q / 1_000_000_000_000),
                o.quantity_to.map(|q| q / 1_000_000_000_000),
                o.date,
                o.attributes.unwrap_or("")
            );
        }
        show = show.saturating_sub(batch.num_rows());
        Ok(())
    })?;
    println!("opened in {opened:?}, all in {:?}", begin.elapsed());
    println!("{} as {}", importer.identity().recipe, import.facts.name);
    let a = &import.account;
    println!(
        "read {} = imported {} + rejected {} + skipped {}",
        a.read, a.imported, a.rejected, a.skipped
    );
    println!("mapped {} = observations {} + absent {}", a.mapped, a.observations, a.absent);
    for t in a.tallies() {
        let first = t.samples.first().map(|s| format!("{} `{}`", s.place, s.found));
        println!(
            "{:?} {} {} {}: {} ({})",
            t.what,
            t.code,
            t.field.unwrap_or_default(),
            t.count,
            t.reason,
            first.unwrap_or_default()
        );
    }
    for d in &import.diagnostics {
        println!("{} {} {}", d.code, d.place, d.message);
    }
    Ok(())
}
