//! Measures runs of a plugin in Rust: an empty one, and one of many rows, built, sent, decoded and
//! validated, but not stored.
//!
//! A busy machine makes times longer than they are, so the processors' time is told beside: on idle
//! ones a run takes as long as the slower of the two processes.
#![allow(clippy::print_stdout, clippy::unwrap_used, unsafe_code)]

use haggle_evidence::RecordBatch;
use haggle_plugin_host::inspect::inspect;
use haggle_plugin_host::{
    Answer, Broker, BrokerError, Grant, InputOptions, Plugin, Run, Status, child_main, run,
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

/// Processor time of this process, or of its children that ended.
fn spent(who: i32) -> Duration {
    // SAFETY: zeros are a value of the structure, which outlives the call.
    let used = unsafe {
        let mut used: libc::rusage = std::mem::zeroed();
        libc::getrusage(who, &mut used);
        used
    };
    let time = |t: libc::timeval| Duration::new(t.tv_sec as u64, t.tv_usec as u32 * 1000);
    time(used.ru_utime) + time(used.ru_stime)
}

/// Runs of a size, and what one of them takes.
fn measure(plugin: &Plugin, rows: u64, times: u32) -> Duration {
    let before = [libc::RUSAGE_SELF, libc::RUSAGE_CHILDREN].map(spent);
    let wall = median(plugin, rows, times as usize);
    let [own, child] = [libc::RUSAGE_SELF, libc::RUSAGE_CHILDREN].map(spent);
    let (own, child) = ((own - before[0]) / times, (child - before[1]) / times);
    println!(
        "{rows} rows: median {wall:.1?}; processor time here {own:.1?}, in the child {child:.1?}"
    );
    own.max(child)
}

fn main() {
    child_main();
    let program = std::env::current_exe().unwrap();
    let bytes = std::fs::read(program.with_file_name("libhaggle_rows.so")).unwrap();
    let plugin = Plugin::of(&inspect(&bytes).unwrap(), bytes);
    measure(&plugin, 0, 201);
    const ROWS: u64 = 2_000_000;
    let slower = measure(&plugin, ROWS, 5);
    let rate = ROWS as f64 / slower.as_secs_f64() / 1e6;
    println!("the slower process does {rate:.2} million rows in a second of its own");
}
