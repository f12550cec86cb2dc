//! The child's confinement: resource limits, Landlock, and the filter of system calls.
#![allow(unsafe_code)]

use crate::filter;
use crate::script::PROGRAMS;
use crate::{Kind, Level, Limits};
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, RestrictionStatus, Ruleset,
    RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};
use std::io;

/// What an interpreter reads beside programs. A library reads nothing.
const SHARED: [&str; 10] = [
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/etc/ld.so.cache",
    "/usr/share",
    "/etc/localtime",
    "/dev/null",
    "/dev/urandom",
];

/// Memory of address space that may be reserved beyond the limit, without being written to.
const RESERVED: u64 = 8 << 30;

/// Bytes of the first thread's stack, which no other limit counts.
const STACK: u64 = 8 << 20;

/// Confines this process as well as this machine can, and says how well that is, and what it lacks.
pub(crate) fn confine(kind: Kind, limits: &Limits) -> io::Result<(Level, Option<String>)> {
    limit_resources(limits)?;
    give_up_capabilities()?;
    let fenced = fence(kind).map_err(|e| format!("Landlock: {e}"));
    let filtered = filter::before_loading(kind).map_err(|e| format!("seccomp: {e}"));
    let level = match (kind, fenced.is_ok(), filtered.is_ok()) {
        (Kind::Library, true, true) => Level::Full,
        (Kind::Script, true, true) => Level::Script,
        (Kind::Library, false, true) => Level::Reduced,
        _ => Level::Process,
    };
    let lacks: Vec<String> = [fenced.err(), filtered.err()].into_iter().flatten().collect();
    Ok((level, (!lacks.is_empty()).then(|| lacks.join("; "))))
}

/// What a process of the system's administrator may beyond others: among it to look into others.
fn give_up_capabilities() -> io::Result<()> {
    // Version 3 of the interface, this process; then no capability in any of the sets.
    let (head, none) = ([0x2008_0522_u32, 0], [0_u32; 6]);
    // SAFETY: both structures, in words as the kernel reads them, outlive the call.
    match unsafe { libc::syscall(libc::SYS_capset, head.as_ptr(), none.as_ptr()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

fn limit_resources(limits: &Limits) -> io::Result<()> {
    let memory = limits.memory_mb.saturating_mul(1 << 20);
    limit(libc::RLIMIT_CORE, 0)?;
    limit(libc::RLIMIT_FSIZE, 0)?;
    limit(libc::RLIMIT_NOFILE, 64)?;
    limit(libc::RLIMIT_DATA, memory)?;
    limit(libc::RLIMIT_AS, memory.saturating_add(RESERVED))?;
    limit(libc::RLIMIT_STACK, STACK)?;
    // Both bounds of time are held from outside; this one is for a parent that was killed.
    limit(libc::RLIMIT_CPU, limits.wall_seconds.saturating_mul(4).saturating_add(60))
}

fn limit(resource: libc::__rlimit_resource_t, most: u64) -> io::Result<()> {
    let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
    // SAFETY: the structure outlives the call.
    match unsafe { libc::setrlimit(resource, &limit) } {
        0 => Ok(()),
        _ => lower(resource, most),
    }
}

/// A hard limit below ours stays as it is.
fn lower(resource: libc::__rlimit_resource_t, most: u64) -> io::Result<()> {
    let mut found = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the structure outlives both calls.
    unsafe {
        if libc::getrlimit(resource, &mut found) == 0 && found.rlim_max <= most {
            found.rlim_cur = found.rlim_max;
            if libc::setrlimit(resource, &found) == 0 {
                return Ok(());
            }
        }
    }
    Err(io::Error::last_os_error())
}

/// Takes every right to files away, but those of a script to read what the system brings, and the
/// network where the kernel knows how: all that Landlock's third version knows.
fn fence(kind: Kind) -> Result<(), String> {
    let readable: [&[&str]; 2] = match kind {
        Kind::Library => [&[], &[]],
        Kind::Script => [&PROGRAMS, &SHARED],
    };
    let readable = readable.into_iter().flatten();
    let readable = readable.filter(|path| std::fs::exists(path).unwrap_or(false));
    let status = restrict(readable).map_err(|e| e.to_string())?;
    match status.ruleset != RulesetStatus::NotEnforced && status.no_new_privs {
        true => Ok(()),
        false => Err("not enforced".to_owned()),
    }
}

fn restrict<'a>(
    readable: impl Iterator<Item = &'a &'a str>,
) -> Result<RestrictionStatus, RulesetError> {
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V3))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V6))?
        .handle_access(AccessNet::from_all(ABI::V6))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .add_rules(path_beneath_rules(readable, AccessFs::from_read(ABI::V1)))?
        .restrict_self()
}
