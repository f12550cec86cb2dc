//! Writes a tender of many suppliers and lines, to measure with: a deal file and its quotes.
//!
//! `cargo run -p haggle-import --example quotes -- FOLDER SUPPLIERS LINES`; every third supplier has
//! price breaks, every fifth leaves out every seventh line, and the numbers are the same each time.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program")]

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

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
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, suppliers, lines] = arguments.as_slice() else {
        return Err("expected a folder, how many suppliers and how many lines".into());
    };
    let (suppliers, lines) = (suppliers.parse()?, lines.parse()?);
    fs::create_dir_all(folder)?;
    fs::write(Path::new(folder).join("quotes.csv"), quotes(suppliers, lines)?)?;
    fs::write(Path::new(folder).join("deal.toml"), deal(suppliers, lines)?)?;
    println!("wrote deal.toml and quotes.csv into {folder}");
    Ok(())
}

/// A number below a limit that follows from two others.
fn spread(a: u64, b: u64, limit: u64) -> u64 {
    let mixed = (a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 33) % limit
}

/// The price of a line in cents: 5 to 200 euros by line, up to a fifth more by supplier.
fn price(supplier: u64, line: u64) -> u64 {
    let base = 500 + spread(line, 1, 19_500);
    base + base * spread(supplier, line, 200) / 1000
}

fn euros(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn quotes(suppliers: u64, lines: u64) -> Result<String, std::fmt::Error> {
    let mut out = String::from(
        "Supplier,Item No.,Description,Quoted Price,Currency,Unit,From Qty,Incoterm,Payment Terms,Valid Until,Freight\n",
    );
    for supplier in 0..suppliers {
        let (freight, days) = (euros(5_000 + 700 * supplier), 30);
        for line in (0..lines).filter(|line| supplier % 5 != 4 || line % 7 != 3) {
            let first = price(supplier, line);
            let terms = format!("DAP,net {days},2027-06-30,{freight}");
            let row = format!("Supplier {supplier:02},L{line:04},Part {line}");
            writeln!(out, "{row},{},EUR,each,,{terms}", euros(first))?;
            if supplier % 3 == 0 {
                for (from, share) in [(50, 96), (100, 92)] {
                    let cents = euros(first * share / 100);
                    writeln!(out, "{row},{cents},EUR,each,{from},{terms}")?;
                }
            }
        }
    }
    Ok(out)
}

fn deal(suppliers: u64, lines: u64) -> Result<String, std::fmt::Error> {
    let mut out = format!(
        "schema = \"haggle.deal/1\"\ntitle = \"{suppliers} suppliers, {lines} lines\"\nside = \"buyer\"\ncurrency = \"EUR\"\nper = \"lot\"\nas_of = 2026-11-20\n\n[tender]\nsources = [\"quotes\"]\nincoterm = \"DAP\"\npayment_days = 30\nmax_suppliers = 5\n\n[[source]]\nname = \"quotes\"\npath = \"quotes.csv\"\n"
    );
    for line in 0..lines {
        let quantity = 10 + spread(line, 2, 150);
        writeln!(
            out,
            "\n[[item]]\nid = \"L{line:04}\"\nquantity = \"{quantity}\"\nper = \"each\""
        )?;
    }
    Ok(out)
}
