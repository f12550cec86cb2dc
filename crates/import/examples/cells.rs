//! Reads every cell of a file and says how many there are, and how long that took.
//!
//! `cargo run --release -p haggle-import --example cells -- FILE`; with a second argument every
//! filled cell is written out, a line each.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program")]

use haggle_import::probe;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(file) = arguments.next() else {
        eprintln!("expected a file");
        return ExitCode::FAILURE;
    };
    let begin = Instant::now();
    let done = match arguments.next() {
        None => probe::count(Path::new(&file))
            .map(|(rows, cells)| println!("{rows} rows, {cells} cells, {:?}", begin.elapsed())),
        Some(_) => write(Path::new(&file)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn write(path: &Path) -> Result<(), haggle_evidence::ImportError> {
    let mut last = String::new();
    probe::rows(path, |sheet, number, hidden, cells| {
        if sheet.name != last {
            println!("{}", serde_json::json!([&sheet.name, sheet.hidden, &sheet.merged]));
            last.clone_from(&sheet.name);
        }
        for (column, cell) in cells.iter().enumerate().filter(|(_, c)| !c.is_empty()) {
            println!("{}", serde_json::json!([&sheet.name, number, hidden, column, cell]));
        }
    })
}
