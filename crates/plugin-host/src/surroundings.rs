//! What this machine offers to confine a plugin with, found without confining anything.
#![allow(unsafe_code)]

use crate::{Level, Limits};

/// The oldest version of Landlock that counts as full.
pub const LANDLOCK: i64 = 3;

/// What is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surroundings {
    /// The version of Landlock, if the kernel has it and it is switched on.
    pub landlock: Option<i64>,
    /// Whether the kernel takes filters of system calls.
    pub seccomp: bool,
}

impl Surroundings {
    /// Looks at this machine, which has neither where plugins do not run.
    #[cfg(not(target_os = "linux"))]
    pub fn here() -> Self {
        Self { landlock: None, seccomp: false }
    }

    /// Looks at this machine.
    #[cfg(target_os = "linux")]
    pub fn here() -> Self {
        // SAFETY: without a structure the call tells the version and does nothing.
        let landlock = unsafe {
            libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<()>(), 0_usize, 1_u32)
        };
        // SAFETY: without a filter the call fails; how says whether there could be one.
        let refused = unsafe {
            libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, std::ptr::null::<()>())
        };
        let errno = std::io::Error::last_os_error().raw_os_error();
        let seccomp = refused == -1 && errno == Some(libc::EFAULT);
        Self { landlock: Some(landlock).filter(|version| *version > 0), seccomp }
    }

    /// How well a library can be confined with it.
    pub fn level(self) -> Level {
        match (self.landlock, self.seccomp) {
            (Some(LANDLOCK..), true) => Level::Full,
            (_, true) => Level::Reduced,
            _ => Level::Process,
        }
    }
}

impl std::fmt::Display for Surroundings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.landlock {
            Some(version @ LANDLOCK..) => write!(f, "Landlock {version}")?,
            Some(version) => write!(f, "Landlock {version} (expected {LANDLOCK} or later)")?,
            None => write!(f, "no Landlock (expected {LANDLOCK} or later)")?,
        }
        f.write_str(if self.seccomp { ", seccomp" } else { ", no seccomp" })
    }
}

/// The usual limits in words.
pub fn usual_limits() -> String {
    let Limits { memory_mb, wall_seconds, idle_seconds, rows, output_mb, .. } = Limits::default();
    format!(
        "{memory_mb} MiB of memory, {wall_seconds} s, {idle_seconds} s without a sign, {rows} rows, {output_mb} MiB of rows"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_says_how_well_it_confines() {
        for (landlock, seccomp, level, said) in [
            (Some(3), true, Level::Full, "Landlock 3, seccomp"),
            (Some(7), true, Level::Full, "Landlock 7, seccomp"),
            (Some(2), true, Level::Reduced, "Landlock 2 (expected 3 or later), seccomp"),
            (None, true, Level::Reduced, "no Landlock (expected 3 or later), seccomp"),
            (Some(7), false, Level::Process, "Landlock 7, no seccomp"),
            (None, false, Level::Process, "no Landlock (expected 3 or later), no seccomp"),
        ] {
            let found = Surroundings { landlock, seccomp };
            assert_eq!((found.level(), found.to_string().as_str()), (level, said));
        }
        assert_eq!(Surroundings::here(), Surroundings::here(), "looking changes nothing");
    }
}
