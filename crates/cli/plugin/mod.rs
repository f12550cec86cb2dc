//! `plugin`: data sources as shared libraries. Looking at one runs nothing; running one needs the
//! user's own consent to exactly its bytes.

mod add;
mod broker;
mod list;
mod look;
mod new;
mod places;
mod source;
mod test;
mod trust;

pub(crate) use places::consents;
pub(crate) use source::{bring, ran, recipe, refuse_config};
pub(crate) use trust::{pin_of, trusted};

use crate::args::{PluginAction, PluginArgs};
use crate::context::Context;
use crate::failure::Failure;

pub(crate) fn run(args: &PluginArgs, context: &Context) -> Result<u8, Failure> {
    match &args.action {
        PluginAction::Add(a) => add::run(a, context),
        PluginAction::List { format } => list::run(*format, context),
        PluginAction::Inspect { what, json } => look::run(what, *json, context),
        PluginAction::Remove { which } => list::remove(which, context),
        PluginAction::Verify => list::verify(context),
        PluginAction::New(a) => new::run(a, context),
        PluginAction::Test(a) => test::run(a, context),
    }
}
