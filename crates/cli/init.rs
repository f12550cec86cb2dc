//! init
use crate::{args::Init, context::Context, failure::Failure};
pub(crate) fn run(_: &Init, _: &Context) -> Result<u8, Failure> {
    Ok(0)
}
