//! The child as a process: started, listened to, ended, never left behind.
#![allow(unsafe_code)]

use crate::Limits;
use crate::child::ARGUMENT;
use crate::fault::shown;
use std::fs::File;
use std::io::{self, PipeReader, Read, Seek};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// This program, whatever became of its file.
const OURSELVES: &str = "/proc/self/exe";
/// Bytes that a pipe of data may hold.
const PIPE: i32 = 1 << 20;
/// Threads of a child at most. No limit of the kernel counts those of one process.
pub(crate) const THREADS: u64 = 128;
/// How often they are counted.
const COUNTED: Duration = Duration::from_millis(10);
/// What the last words of a child that is gone may take.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    Code(i32),
    Signal(i32),
}

/// A running child; it does not outlive this.
pub(crate) struct Process {
    child: Child,
    log: Arc<Log>,
    silent: Receiver<()>,
    group: Arc<Group>,
}

impl Process {
    /// Starts a child: its process, the socket that it asks through, and its data.
    pub(crate) fn start(limits: &Limits) -> io::Result<(Self, UnixStream, PipeReader)> {
        let (socket, theirs) = UnixStream::pair()?;
        let (data, data_in) = io::pipe()?;
        let (words, words_in) = io::pipe()?;
        // SAFETY: an open descriptor and numbers. A pipe that stays small is slower, no worse. What
        // this process holds is not for its children to look into, whatever confines them.
        unsafe {
            libc::fcntl(data.as_raw_fd(), libc::F_SETPIPE_SZ, PIPE);
            libc::prctl(libc::PR_SET_DUMPABLE, 0);
        }
        let child = Command::new(OURSELVES)
            .arg(ARGUMENT)
            .env_clear()
            .current_dir("/")
            .process_group(0)
            .stdin(OwnedFd::from(theirs))
            .stdout(data_in)
            .stderr(words_in)
            .spawn()?;
        let log = Arc::new(Log::new(limits.log_kb.saturating_mul(1024)));
        let (done, silent) = sync_channel(1);
        let group = Arc::new(Group::new(child.id()));
        // Ends the child if what follows fails.
        let process = Self { child, log: log.clone(), silent, group: group.clone() };
        let status = File::open(format!("/proc/{}/status", process.child.id()))?;
        named("plugin threads", move || group.count(status))?;
        named("plugin log", move || {
            log.listen(words);
            let _ = done.send(());
        })?;
        Ok((process, socket, data))
    }

    /// Its threads, if they were too many; it was ended then.
    pub(crate) fn crowd(&self) -> Option<u64> {
        Some(self.group.crowd.load(Ordering::SeqCst)).filter(|threads| *threads > 0)
    }

    /// Adds a line that the plugin logged.
    pub(crate) fn note(&self, level: i32, text: &str) {
        let word = ["error", "warning", "note"].get(level.max(0) as usize).unwrap_or(&"note");
        self.log.add(format!("{word}: {text}\n").as_bytes());
    }

    /// How it ended, if it does within this time.
    pub(crate) fn ended(&mut self, within: Duration) -> Option<Ended> {
        let started = Instant::now();
        loop {
            let ended = self.look();
            if ended.is_some() || started.elapsed() > within {
                return ended;
            }
            thread::sleep(Duration::from_micros(200));
        }
    }

    /// How it ended, if it has. It is not waited for, so its number stays its own.
    fn look(&self) -> Option<Ended> {
        let how = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
        // SAFETY: zeros are a value of the structure, which outlives the call.
        unsafe {
            let mut found: libc::siginfo_t = std::mem::zeroed();
            let none = libc::waitid(libc::P_PID, self.child.id(), &mut found, how) != 0;
            match (none || found.si_pid() == 0, found.si_code) {
                (true, _) => None,
                (false, libc::CLD_EXITED) => Some(Ended::Code(found.si_status())),
                (false, _) => Some(Ended::Signal(found.si_status())),
            }
        }
    }

    /// Ends it, and whatever it started in its group, once.
    fn kill(&mut self) {
        let mut over = self.group.over.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut *over, true) {
            self.group.kill();
            // What was killed ends.
            let _ = self.child.wait();
        }
    }

    /// Ends it, if it has not ended, and says what it wrote.
    pub(crate) fn finish(&mut self) -> String {
        self.kill();
        // A process that it left behind may hold the pipe; nobody waits for that one.
        let _ = self.silent.recv_timeout(LAST_WORDS);
        self.log.text()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

pub(crate) fn named(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(body).map(drop)
}

/// The processes of a run, named by the first.
struct Group {
    first: u32,
    /// Whether the first was waited for: its number may be another's then.
    over: Mutex<bool>,
    /// Threads that were too many.
    crowd: AtomicU64,
}

impl Group {
    fn new(first: u32) -> Self {
        Self { first, over: Mutex::new(false), crowd: AtomicU64::new(0) }
    }

    /// Call only while `over` is held and not so.
    fn kill(&self) {
        if let Ok(group) = i32::try_from(self.first) {
            // SAFETY: numbers; the child is not waited for yet, so its number is its own.
            unsafe { libc::kill(-group, libc::SIGKILL) };
        }
    }

    /// Counts threads until the child is gone or has too many. The file was opened while the child
    /// was ours to look at.
    fn count(&self, mut status: File) {
        while let Some(threads) = threads(&mut status) {
            let over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
            if *over {
                return;
            }
            if threads > THREADS {
                self.crowd.store(threads, Ordering::SeqCst);
                return self.kill();
            }
            drop(over);
            thread::sleep(COUNTED);
        }
    }
}

/// Threads of a process; none of one that is gone.
fn threads(status: &mut File) -> Option<u64> {
    status.rewind().ok()?;
    let mut text = String::new();
    status.read_to_string(&mut text).ok()?;
    text.lines().find_map(|line| line.strip_prefix("Threads:"))?.trim().parse().ok()
}

/// The first bytes of what a plugin wrote, and how many more there were.
struct Log {
    most: u64,
    kept: Mutex<(Vec<u8>, u64)>,
}

impl Log {
    fn new(most: u64) -> Self {
        Self { most, kept: Mutex::new((Vec::new(), 0)) }
    }

    fn add(&self, bytes: &[u8]) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let room = self.most.saturating_sub(kept.0.len() as u64);
        let taken = bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        kept.0.extend_from_slice(&bytes[..taken]);
        kept.1 += (bytes.len() - taken) as u64;
    }

    fn listen(&self, mut from: PipeReader) {
        let mut bytes = vec![0; 1 << 16];
        loop {
            match from.read(&mut bytes) {
                Ok(0) => return,
                Ok(read) => self.add(&bytes[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    }

    /// What was kept, line by line, without what a terminal would obey.
    fn text(&self) -> String {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept_text = String::from_utf8_lossy(&kept.0);
        let lines = kept_text.split_inclusive('\n').map(|line| match line.strip_suffix('\n') {
            Some(whole) => shown(whole.chars()) + "\n",
            None => shown(line.chars()),
        });
        let mut text: String = lines.collect();
        if kept.1 > 0 {
            text.push_str(&format!("\n({} more bytes were not kept)\n", kept.1));
        }
        text
    }
}
