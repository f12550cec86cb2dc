//! Loads a plugin where no file can be opened any longer: the filter stands before its first
//! instruction, and the loader is handed the one descriptor that it asks for.
#![allow(unsafe_code)]

use crate::inspect::KIN;
use haggle_plugin_api::abi;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use std::error::Error;
use std::ffi::{c_int, c_void};
use std::fs::File;
use std::io;
use std::mem;
use std::os::fd::{AsRawFd, IntoRawFd};
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};

/// No descriptor is there to be handed out.
const NONE: i32 = -1;

/// The plugin's descriptor until the loader has asked for it.
static PLUGIN: AtomicI32 = AtomicI32::new(NONE);

/// Loads what a plugin names of the system, while that can be read. What is not there is missed by
/// the plugin, with its name.
pub(crate) fn kin(named: &[String]) {
    for name in KIN.into_iter().filter(|kin| named.iter().any(|name| name == kin)) {
        // SAFETY: libraries of the system, which this process could be linked to as well.
        if let Ok(library) = unsafe { Library::open(Some(name), RTLD_NOW | RTLD_LOCAL) } {
            mem::forget(library);
        }
    }
}

/// Answers the two calls of the loader that the filter does not let through.
pub(crate) fn stand_in() -> io::Result<()> {
    // SAFETY: zeros are a value of the structure, which outlives the call.
    let done = unsafe {
        let mut action: libc::sigaction = mem::zeroed();
        action.sa_sigaction = trapped as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(libc::SIGSYS, &action, ptr::null_mut())
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Loads the plugin from memory, or says why that cannot be. Its constructors run here, confined as
/// they stay.
pub(crate) fn load(plugin: File) -> Result<abi::Init, String> {
    // Where descriptors have names; where nothing is trapped the file is opened by it.
    let path = format!("/proc/self/fd/{}", plugin.as_raw_fd());
    PLUGIN.store(plugin.into_raw_fd(), Ordering::SeqCst);
    let flags = RTLD_NOW | RTLD_LOCAL | libc::RTLD_NODELETE;
    // SAFETY: this process is confined and holds nothing of value.
    unsafe {
        let library = Library::open(Some(path), flags).map_err(|e| why(&e))?;
        let init = *library.get::<abi::Init>(b"haggle_plugin_init_v1\0").map_err(|e| why(&e))?;
        // It stays for as long as this process does.
        mem::forget(library);
        Ok(init)
    }
}

/// What the loader says; the error itself says only which call failed.
fn why(error: &libloading::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// The answer to a call that the filter trapped. It grants nothing: a descriptor that is ours, and
/// what is known of one.
extern "C" fn trapped(_: c_int, _: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel hands a valid context to a handler with SA_SIGINFO.
    let Some(context) = (unsafe { context.cast::<libc::ucontext_t>().as_mut() }) else { return };
    let registers = Registers::of(context);
    let [first, _, third, fourth] = registers.arguments;
    let empty = fourth & libc::AT_EMPTY_PATH as u64 != 0;
    let answer = match registers.call {
        libc::SYS_newfstatat if empty => describe(first as c_int, third),
        libc::SYS_newfstatat => refused(),
        _ => match PLUGIN.swap(NONE, Ordering::SeqCst) {
            NONE => refused(),
            plugin => i64::from(plugin),
        },
    };
    Registers::answer(context, answer);
}

fn refused() -> i64 {
    -i64::from(libc::EPERM)
}

fn describe(descriptor: c_int, at: u64) -> i64 {
    // SAFETY: the kernel judges both.
    match unsafe { libc::syscall(libc::SYS_fstat, descriptor, at) } {
        0 => 0,
        _ => -i64::from(io::Error::last_os_error().raw_os_error().unwrap_or(libc::EPERM)),
    }
}

/// Which call was trapped.
struct Registers {
    call: i64,
    arguments: [u64; 4],
}

#[cfg(target_arch = "x86_64")]
impl Registers {
    fn of(context: &libc::ucontext_t) -> Self {
        let at = |place: c_int| context.uc_mcontext.gregs[place as usize];
        // `open` has no folder before its path; nothing is read of its arguments.
        let places = [libc::REG_RDI, libc::REG_RSI, libc::REG_RDX, libc::REG_R10];
        Self { call: at(libc::REG_RAX), arguments: places.map(|place| at(place) as u64) }
    }

    fn answer(context: &mut libc::ucontext_t, answer: i64) {
        context.uc_mcontext.gregs[libc::REG_RAX as usize] = answer;
    }
}

#[cfg(target_arch = "aarch64")]
impl Registers {
    fn of(context: &libc::ucontext_t) -> Self {
        let at = |place: usize| context.uc_mcontext.regs[place];
        Self { call: at(8) as i64, arguments: [0, 1, 2, 3].map(at) }
    }

    fn answer(context: &mut libc::ucontext_t, answer: i64) {
        context.uc_mcontext.regs[0] = answer as u64;
    }
}

/// Nobody has tried the loader's calls elsewhere: they are refused, and nothing is loaded.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
impl Registers {
    fn of(_: &libc::ucontext_t) -> Self {
        Self { call: 0, arguments: [0; 4] }
    }

    fn answer(_: &mut libc::ucontext_t, _: i64) {
        // SAFETY: ends this process.
        unsafe { libc::_exit(1) }
    }
}
