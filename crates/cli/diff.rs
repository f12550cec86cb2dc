//! diff
use crate::{args::Diff, context::Context, failure::Failure};
pub(crate) fn run(_: &Diff, _: &Context) -> Result<u8, Failure> {
    Ok(0)
}
