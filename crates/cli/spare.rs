//! What a command writes never replaces what it reads.

use crate::failure::Failure;
use std::fs;
use std::path::{Path, PathBuf};

/// Refuses an output that is one of the inputs, under whatever name.
pub(crate) fn refuse(
    option: &str,
    out: &Path,
    inputs: impl IntoIterator<Item = PathBuf>,
) -> Result<(), Failure> {
    let Ok(real) = fs::canonicalize(out) else { return Ok(()) };
    let is_it = |input: &PathBuf| fs::canonicalize(input).is_ok_and(|path| path == real);
    match inputs.into_iter().any(|input| is_it(&input)) {
        true => Err(Failure::usage(format!(
            "{option} {}: that is an input of this command",
            out.display()
        ))
        .help("name another file")),
        false => Ok(()),
    }
}
