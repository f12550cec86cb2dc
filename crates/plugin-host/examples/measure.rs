//! Measures runs of a plugin in Rust: an empty one, and one of many rows, built, sent, decoded and
//! validated, but not stored.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use haggle_evidence::RecordBatch;
use haggle_plugin_host::{
    Answer, Broker, BrokerError, Grant, InputOptions, Kind, Plugin, Run, Status, child_main, run,
};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

struct Nothing;

impl Broker for Nothing {
    fn open(&mut self, _uri: &str, _options: &InputOptions) -> Result<Answer, BrokerError> {
        Err(BrokerError::new(Status::NotFound, "there is nothing"))
    }
}

fn timed(plugin: &Plugin, rows: u64) -> Duration {
    let (grant, cancel) = (Grant::default(), AtomicBool::new(false));
    let request = format!(r#"{{"config":{{"rows":{rows}}}}}"#);
    let order = Run { plugin, grant: &grant, request: &request, input: None, cancel: &cancel };
    let mut sink = |_: RecordBatch| Ok(());
    let started = Instant::now();
    let outcome = run(&order, &mut Nothing, &mut sink).unwrap();
    assert_eq!(outcome.rows, rows);
    started.elapsed()
}

fn median(plugin: &Plugin, rows: u64, times: usize) -> Duration {
    let mut all: Vec<Duration> = (0..times).map(|_| timed(plugin, rows)).collect();
    all.sort();
    all[times / 2]
}

fn main() {
    child_main();
    let program = std::env::current_exe().unwrap();
    let bytes = std::fs::read(program.with_file_name("libhaggle_rows.so")).unwrap();
    let plugin = Plugin::new("rows", "1.0.0", Kind::Library, bytes);
    println!("an empty run: {:?} (median of 201)", median(&plugin, 0, 201));
    const ROWS: u64 = 2_000_000;
    let time = median(&plugin, ROWS, 9);
    let each = ROWS as f64 / time.as_secs_f64() / 1e6;
    println!("{ROWS} rows: {time:?} (median of 9), {each:.2} million rows a second");
}
