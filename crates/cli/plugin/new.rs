//! `plugin new`: a plugin to begin with.

use crate::args::PluginNew;
use crate::context::Context;
use crate::failure::Failure;

pub(super) fn run(_args: &PluginNew, _context: &Context) -> Result<u8, Failure> {
    Err(Failure::new("not yet"))
}
