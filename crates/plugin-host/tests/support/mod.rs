//! A bench for plugins: builds them, runs them in children of the test program, keeps what they say.
#![allow(clippy::unwrap_used)]

use haggle_evidence::{Batch, Bound, RecordBatch, SinkError};
use haggle_plugin_host::{
    Answer, Broker, BrokerError, Fault, FaultKind, Grant, InputOptions, InputRecord, InputStat,
    Kind, Level, Limits, Plugin, Run, Status, child_main, run,
};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The test program is also the child that it starts: what `main` does first in the product is done
/// here before the test harness has one.
#[used]
#[unsafe(link_section = ".init_array")]
static FIRST: extern "C" fn() = {
    extern "C" fn first() {
        child_main();
    }
    first
};

static BUILT: LazyLock<Mutex<BTreeMap<String, Vec<u8>>>> = LazyLock::new(Mutex::default);

/// One at a time.
pub(crate) fn serial() -> MutexGuard<'static, BTreeMap<String, Vec<u8>>> {
    BUILT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A C plugin, built once.
pub(crate) fn library(file: &str, defines: &[&str]) -> Vec<u8> {
    let mut built = serial();
    let key = format!("{file} {defines:?}");
    built.entry(key).or_insert_with(|| build(file, defines)).clone()
}

fn build(file: &str, defines: &[&str]) -> Vec<u8> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let out = folder.path().join("plugin.so");
    let output = Command::new("cc")
        .args(["-std=gnu99", "-O0", "-w", "-fPIC", "-pthread", "-o"])
        .arg(&out)
        .arg(format!("-I{}", here.join("../plugin-api/include").display()))
        .args(if defines.contains(&"-DMAIN") { &[][..] } else { &["-shared"] })
        .args(defines)
        .arg(here.join("tests/hostile").join(file))
        .output()
        .expect("a C compiler named `cc`");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(&out).unwrap()
}

/// The level that this machine offers a library.
pub(crate) fn best() -> Level {
    let version = 1_u32;
    // SAFETY: asks for the version of the interface, which takes no structure.
    let found = unsafe {
        libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u8>(), 0_usize, version)
    };
    if found >= 3 { Level::Full } else { Level::Reduced }
}

/// Whether this machine confines scripts; where it does not, they are refused.
pub(crate) fn scripts_run() -> bool {
    let confined = best() == Level::Full;
    if !confined {
        let grant = Grant { level: Level::Script, ..Grant::default() };
        let fault = Bench::new(script("#!/bin/sh\n")).grant(grant).run().unwrap_err();
        let (found, required) = (Level::Process, Level::Script);
        assert_eq!(fault.kind, FaultKind::Confinement { found, required });
    }
    confined
}

pub(crate) fn plugin(name: &str, bytes: Vec<u8>) -> Plugin {
    Plugin::new(name, "1.0.0", Kind::Library, bytes)
}

pub(crate) fn plain() -> Plugin {
    plugin("plain", library("plain.c", &[]))
}

pub(crate) fn hostile() -> Plugin {
    plugin("hostile", library("hostile.c", &[]))
}

pub(crate) fn script(bytes: impl Into<Vec<u8>>) -> Plugin {
    Plugin::new("script", "1.0.0", Kind::Script, bytes.into())
}

/// The example `haggle_rows`, which cargo builds before it runs the tests of this package.
pub(crate) fn rows_in_rust() -> Plugin {
    let program: PathBuf = std::env::current_exe().unwrap();
    let profile = program.parent().unwrap().parent().unwrap();
    let file = profile.join("examples/libhaggle_rows.so");
    let bytes = std::fs::read(&file);
    plugin("rows", bytes.expect("`cargo test -p haggle-plugin-host` builds its examples too"))
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 31 % 251) as u8).collect()
}

/// What a row said, owned.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) row: u64,
    pub(crate) amount: i128,
    pub(crate) title: Option<String>,
    pub(crate) currency: String,
    pub(crate) bound: Bound,
    pub(crate) weight: Option<f64>,
}

/// An outcome with what the sink was given.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) level: Level,
    pub(crate) rows: u64,
    pub(crate) inputs: Vec<InputRecord>,
    pub(crate) log: String,
    pub(crate) observations: Vec<Said>,
}

pub(crate) struct Bench {
    plugin: Plugin,
    grant: Grant,
    config: String,
    inputs: BTreeMap<String, Vec<u8>>,
    script_input: Option<String>,
    cancel_after: Option<u64>,
    refusing: bool,
}

struct Inputs(BTreeMap<String, Vec<u8>>);

/// Gives a few bytes and then no more.
struct Broken(usize);

impl Read for Broken {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = std::mem::take(&mut self.0);
        buffer[..left].fill(b'x');
        if left == 0 { Err(io::Error::other("the line went dead")) } else { Ok(left) }
    }
}

/// Makes one wait, and then has nothing.
struct Slow;

impl Read for Slow {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        std::thread::sleep(Duration::from_millis(3500));
        Ok(0)
    }
}

impl Broker for Inputs {
    fn open(&mut self, uri: &str, options: &InputOptions) -> Result<Answer, BrokerError> {
        let stat = InputStat::default();
        if uri == "test:/slow" {
            return Ok(Answer { body: Box::new(Slow), stat });
        }
        if uri == "test:/echo" {
            let said = serde_json::to_vec(options).unwrap();
            return Ok(Answer { body: Box::new(io::Cursor::new(said)), stat });
        }
        if uri == "test:/broken" {
            return Ok(Answer { body: Box::new(Broken(5)), stat });
        }
        let missing = || BrokerError::new(Status::NotFound, "no such input");
        let bytes = self.0.get(uri).ok_or_else(missing)?.clone();
        let stat = InputStat {
            status: Some(200),
            content_type: Some("text/plain".to_owned()),
            last_modified: None,
            length: Some(bytes.len() as u64),
        };
        Ok(Answer { body: Box::new(io::Cursor::new(bytes)), stat })
    }
}

impl Bench {
    pub(crate) fn new(plugin: Plugin) -> Self {
        let (config, inputs) = (String::new(), BTreeMap::new());
        let (script_input, cancel_after, refusing) = (None, None, false);
        let grant = Grant { level: best(), ..Grant::default() };
        Self { plugin, grant, config, inputs, script_input, cancel_after, refusing }
    }

    pub(crate) fn config(mut self, members: &str) -> Self {
        self.config = members.to_owned();
        self
    }

    pub(crate) fn mode(self, mode: &str) -> Self {
        let parent = std::process::id();
        self.config(&format!(r#""mode":"{mode}","parent":{parent}"#))
    }

    pub(crate) fn grant(mut self, grant: Grant) -> Self {
        self.grant = grant;
        self
    }

    pub(crate) fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.grant.limits);
        self
    }

    pub(crate) fn input(mut self, uri: &str, length: usize) -> Self {
        self.grant.inputs.push("test:/".to_owned());
        self.inputs.insert(uri.to_owned(), bytes(length));
        self
    }

    pub(crate) fn secret(mut self, name: &str) -> Self {
        self.grant.secrets.push(name.to_owned());
        self
    }

    pub(crate) fn text_input(mut self, uri: &str, text: &str) -> Self {
        self.grant.inputs.push("test:/".to_owned());
        self.inputs.insert(uri.to_owned(), text.as_bytes().to_vec());
        self.script_input = Some(uri.to_owned());
        self
    }

    pub(crate) fn cancel_after(mut self, milliseconds: u64) -> Self {
        self.cancel_after = Some(milliseconds);
        self
    }

    pub(crate) fn refusing(mut self) -> Self {
        self.refusing = true;
        self
    }

    pub(crate) fn run(self) -> Result<Kept, Fault> {
        let cancel = AtomicBool::new(false);
        let mut observations = Vec::new();
        let mut sink = |batch: RecordBatch| {
            if self.refusing {
                return Err(SinkError("no room".to_owned()));
            }
            let rows = Batch::new(&batch).unwrap();
            observations.extend((0..batch.num_rows()).map(|i| said(&rows, i)));
            Ok(())
        };
        let request = format!(r#"{{"config":{{{}}}}}"#, self.config);
        let (plugin, grant, input) = (&self.plugin, &self.grant, self.script_input.as_deref());
        let order = Run { plugin, grant, request: &request, input, cancel: &cancel };
        let outcome = std::thread::scope(|scope| {
            if let Some(milliseconds) = self.cancel_after {
                let cancel = &cancel;
                scope.spawn(move || {
                    std::thread::sleep(Duration::from_millis(milliseconds));
                    cancel.store(true, Ordering::Relaxed);
                });
            }
            run(&order, &mut Inputs(self.inputs.clone()), &mut sink)
        })?;
        let (level, rows, inputs, log) = (outcome.level, outcome.rows, outcome.inputs, outcome.log);
        assert_eq!(rows, observations.len() as u64);
        Ok(Kept { level, rows, inputs, log, observations })
    }
}

fn said(rows: &Batch<'_>, i: usize) -> Said {
    let o = rows.get(i).unwrap();
    let (title, currency) = (o.title.map(str::to_owned), o.currency.to_owned());
    Said { row: o.row, amount: o.amount, title, currency, bound: o.bound, weight: o.weight }
}

/// Opens a descriptor, of the number that the hostile plugin looks for, which children are handed
/// unless somebody takes care.
pub(crate) fn pass_on() {
    let nothing = std::fs::File::open("/dev/null").unwrap();
    // SAFETY: an open descriptor and a number.
    assert_eq!(unsafe { libc::dup2(nothing.as_raw_fd(), 900) }, 900);
}

/// Does something on a machine that has not this system call: on a thread whose children are told
/// so, too.
pub(crate) fn without<T: Send>(call: i64, body: impl FnOnce() -> T + Send) -> T {
    let filter = move || {
        let rules = BTreeMap::from([(call, Vec::new())]);
        let absent = SeccompAction::Errno(libc::ENOSYS as u32);
        let arch = TargetArch::try_from(std::env::consts::ARCH).unwrap();
        let filter = SeccompFilter::new(rules, SeccompAction::Allow, absent, arch).unwrap();
        let program: BpfProgram = filter.try_into().unwrap();
        apply_filter(&program).unwrap();
    };
    std::thread::scope(|scope| {
        let run = scope.spawn(move || {
            filter();
            body()
        });
        run.join().unwrap()
    })
}
