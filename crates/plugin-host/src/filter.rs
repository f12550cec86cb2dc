//! Which system calls a plugin may make: a list that stands before its first instruction.

use crate::Kind;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter,
};
use std::collections::BTreeMap;

type Result<T> = std::result::Result<T, seccompiler::Error>;
type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Calls that are harmless whatever their arguments.
const FREE: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_close,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_eventfd2,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_fstat,
    libc::SYS_futex,
    libc::SYS_getegid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_getrlimit,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_getuid,
    libc::SYS_lseek,
    libc::SYS_madvise,
    libc::SYS_membarrier,
    libc::SYS_mincore,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_pipe2,
    libc::SYS_ppoll,
    libc::SYS_pread64,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_sigaltstack,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    libc::SYS_write,
    libc::SYS_writev,
    // Answered with ENOSYS by a filter of its own.
    libc::SYS_clone3,
];

/// The same under names that newer machines no longer have.
#[cfg(target_arch = "x86_64")]
const OLD: &[i64] = &[
    libc::SYS_arch_prctl,
    libc::SYS_epoll_create,
    libc::SYS_epoll_wait,
    libc::SYS_pipe,
    libc::SYS_poll,
    libc::SYS_select,
    libc::SYS_time,
];
#[cfg(not(target_arch = "x86_64"))]
const OLD: &[i64] = &[];

/// What an interpreter needs beside them. Execution is needed once, for the interpreter itself;
/// what it starts in its own place is confined as it is.
const SCRIPT: &[i64] = &[
    libc::SYS_chdir,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_execve,
    libc::SYS_fadvise64,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_getpgid,
    libc::SYS_getppid,
    libc::SYS_getresgid,
    libc::SYS_getresuid,
    libc::SYS_getgroups,
    libc::SYS_getrusage,
    libc::SYS_newfstatat,
    libc::SYS_pselect6,
    libc::SYS_readlinkat,
    libc::SYS_statx,
    libc::SYS_times,
    libc::SYS_umask,
    libc::SYS_wait4,
];
#[cfg(target_arch = "x86_64")]
const OLD_SCRIPT: &[i64] = &[
    libc::SYS_access,
    libc::SYS_dup2,
    libc::SYS_getpgrp,
    libc::SYS_lstat,
    libc::SYS_readlink,
    libc::SYS_stat,
];
#[cfg(not(target_arch = "x86_64"))]
const OLD_SCRIPT: &[i64] = &[];

/// What the loader asks for a library, and is answered here: see [`load`](crate::load). No call of
/// these reaches the kernel.
const TRAPPED: &[i64] = &[libc::SYS_newfstatat, libc::SYS_openat];
#[cfg(target_arch = "x86_64")]
const OLD_TRAPPED: &[i64] = &[libc::SYS_open];
#[cfg(not(target_arch = "x86_64"))]
const OLD_TRAPPED: &[i64] = &[];

/// Of the flags of an opened file those that could change something.
const WRITING: u64 =
    (libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC | libc::O_APPEND | libc::O_TMPFILE) as u64
        & !(libc::O_DIRECTORY as u64);

/// Of the flags of a mapping those that say whose it is, and that it grows like a stack: no limit
/// of memory counts stacks.
const SHARING: u64 = (libc::MAP_TYPE | libc::MAP_GROWSDOWN) as u64;

/// What an interpreter asks of a descriptor: TCGETS, TIOCGWINSZ, FIONREAD; and FIOCLEX.
const QUESTIONS: [u64; 4] = [0x5401, 0x5413, 0x541b, 0x5451];

/// The argument at this place, under this mask, has this value.
fn when(place: u8, mask: u64, value: u64) -> Result<SeccompCondition> {
    let compare = SeccompCmpOp::MaskedEq(mask);
    Ok(SeccompCondition::new(place, SeccompCmpArgLen::Dword, compare, value)?)
}

const ALL: u64 = u32::MAX as u64;

fn rules(calls: &[&[i64]]) -> Rules {
    calls.iter().copied().flatten().map(|call| (*call, Vec::new())).collect()
}

fn limit(rules: &mut Rules, call: i64, conditions: Vec<SeccompCondition>) -> Result<()> {
    rules.entry(call).or_default().push(SeccompRule::new(conditions)?);
    Ok(())
}

/// What is allowed with some arguments alone.
fn conditional(rules: &mut Rules, kind: Kind) -> Result<()> {
    let this_process = u64::from(std::process::id());
    let threads = (libc::CLONE_THREAD | libc::CLONE_VM) as u64;
    limit(rules, libc::SYS_clone, vec![when(0, threads, threads)?])?;
    limit(rules, libc::SYS_tgkill, vec![when(0, ALL, this_process)?])?;
    let nothing_new = SeccompCondition::new(2, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, 0)?;
    limit(rules, libc::SYS_prlimit64, vec![nothing_new])?;
    for option in [libc::PR_SET_NAME, libc::PR_GET_NAME] {
        limit(rules, libc::SYS_prctl, vec![when(0, ALL, option as u64)?])?;
    }
    match kind {
        Kind::Library => of_library(rules),
        Kind::Script => of_script(rules),
    }
}

/// Code is mapped from a file, never written: of files a library has its own bytes alone.
fn of_library(rules: &mut Rules) -> Result<()> {
    let private = || when(3, SHARING, libc::MAP_PRIVATE as u64);
    let code = (libc::PROT_EXEC | libc::PROT_WRITE) as u64;
    let (execute, anonymous) = (libc::PROT_EXEC as u64, libc::MAP_ANONYMOUS as u64);
    limit(rules, libc::SYS_mmap, vec![private()?, when(2, execute, 0)?])?;
    let of_file = vec![private()?, when(2, code, execute)?, when(3, anonymous, 0)?];
    limit(rules, libc::SYS_mmap, of_file)?;
    limit(rules, libc::SYS_mprotect, vec![when(2, execute, 0)?])?;
    let undumpable = vec![when(0, ALL, libc::PR_SET_DUMPABLE as u64)?, when(1, ALL, 0)?];
    limit(rules, libc::SYS_prctl, undumpable)?;
    for command in [libc::F_GETFD, libc::F_SETFD, libc::F_GETFL] {
        limit(rules, libc::SYS_fcntl, vec![when(1, ALL, command as u64)?])?;
    }
    Ok(())
}

/// An interpreter opens what it brings, and reads how its descriptors are.
fn of_script(rules: &mut Rules) -> Result<()> {
    rules.insert(libc::SYS_mprotect, Vec::new());
    limit(rules, libc::SYS_mmap, vec![when(3, SHARING, libc::MAP_PRIVATE as u64)?])?;
    limit(rules, libc::SYS_openat, vec![when(2, WRITING, 0)?])?;
    #[cfg(target_arch = "x86_64")]
    limit(rules, libc::SYS_open, vec![when(1, WRITING, 0)?])?;
    // None of those that have signals sent to somebody.
    let about = [libc::F_GETFD, libc::F_SETFD, libc::F_GETFL, libc::F_DUPFD, libc::F_DUPFD_CLOEXEC];
    for command in about {
        limit(rules, libc::SYS_fcntl, vec![when(1, ALL, command as u64)?])?;
    }
    for question in QUESTIONS {
        limit(rules, libc::SYS_ioctl, vec![when(1, ALL, question)?])?;
    }
    Ok(())
}

fn program(rules: Rules, otherwise: SeccompAction, listed: SeccompAction) -> Result<BpfProgram> {
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    Ok(SeccompFilter::new(rules, otherwise, listed, arch)?.try_into()?)
}

fn refused(errno: i32) -> SeccompAction {
    SeccompAction::Errno(errno as u32)
}

/// The list for loading and running: no file is opened for writing, by a library none at all; no
/// socket, no process, no shared memory, no signal to anybody else, and no further filter.
pub(crate) fn before_loading(kind: Kind) -> Result<()> {
    let mut allowed = rules(&[FREE, OLD]);
    let more = match kind {
        Kind::Library => [TRAPPED, OLD_TRAPPED],
        Kind::Script => [SCRIPT, OLD_SCRIPT],
    };
    allowed.append(&mut rules(&more));
    conditional(&mut allowed, kind)?;
    let list = program(allowed, refused(libc::EPERM), SeccompAction::Allow)?;
    // A libc that is told that `clone3` is not there asks `clone`, whose flags can be seen.
    let no_clone3 = rules(&[&[libc::SYS_clone3]]);
    apply_filter(&program(no_clone3, SeccompAction::Allow, refused(libc::ENOSYS))?)?;
    if kind == Kind::Library {
        let trap = rules(&[TRAPPED, OLD_TRAPPED]);
        apply_filter(&program(trap, SeccompAction::Allow, SeccompAction::Trap)?)?;
    }
    apply_filter(&list)
}
