//! The command line of haggle: the only place that prints, exits or reads the environment.

mod args;
mod benchmark;
mod cache;
mod compare;
mod context;
mod diff;
mod doctor;
mod explain;
mod exposure;
mod failure;
mod gather;
mod help;
mod import;
mod init;
mod inspect;
mod interrupt;
mod issues;
mod lock;
mod moved;
mod network;
mod playbook;
mod plugin;
mod progress;
mod quotes;
mod reading;
mod remote;
mod report;
mod sources;
mod spare;
mod stated;
mod verify;
mod whole;

use args::{Args, Command};
use clap::{CommandFactory, Parser};
use context::Context;
use failure::{Failure, exit};
use std::process::ExitCode;

fn main() -> ExitCode {
    // A plugin runs in a process of its own, which is this program again; it must be told apart
    // before anything else is set up.
    haggle_plugin_host::child_main();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return clap_exit(&error),
    };
    let context = Context::new(&args.global);
    match run(args, &context) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            context.complain(&failure);
            ExitCode::from(failure.exit)
        }
    }
}

/// Help and version are no failure; a wrong command line exits with 2.
fn clap_exit(error: &clap::Error) -> ExitCode {
    // Nothing can be done if even this cannot be printed.
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { exit::USAGE } else { exit::FINE })
}

fn run(args: Args, context: &Context) -> Result<u8, Failure> {
    let Some(command) = args.command else {
        return no_command(args.global.verbose, context);
    };
    match command {
        Command::Inspect(a) => inspect::run(&a, context),
        Command::Import(a) => import::run(&a, context),
        Command::Sources(a) => sources::run(&a, context),
        Command::Benchmark(a) => benchmark::run(&a, context),
        Command::Report(a) => report::run(&a, context),
        Command::Compare(a) => compare::run(&a, context),
        Command::Check(a) => report::check(&a, context),
        Command::Explain(a) => explain::run(&a, context),
        Command::Verify(a) => verify::run(&a, context),
        Command::Diff(a) => diff::run(&a, context),
        Command::Init(a) => init::run(&a, context),
        Command::Schema(a) => help::schema(&a, context),
        Command::Completions(a) => help::completions(&a, context),
        Command::Cache(a) => cache::run(&a, context),
        Command::Plugin(a) => plugin::run(&a, context),
        Command::Doctor => doctor::run(context),
        Command::Help(a) => help::topic(&a, context),
    }
}

/// `haggle -v` alone asks for the version; `haggle` alone for help.
fn no_command(verbose: bool, context: &Context) -> Result<u8, Failure> {
    if verbose {
        context.data(concat!("haggle ", env!("CARGO_PKG_VERSION"), "\n"))?;
        return Ok(exit::FINE);
    }
    context.talk(&Args::command().render_help().to_string());
    Ok(exit::USAGE)
}
