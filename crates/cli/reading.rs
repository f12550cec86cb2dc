//! A deal file as it was read: its text, and what the command line sets in its place.

use crate::args::Pinned;
use crate::context::Context;
use crate::failure::Failure;
use crate::playbook;
use haggle_negotiation::change::digest;
use haggle_negotiation::deal::{self, Deal, Override, Problem};
use haggle_quantity::{Date, parse_date};
use haggle_report::Record;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Text of a deal file with the settings of the command line.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    /// Name of the file, without its folder.
    pub(crate) name: String,
    /// Its text.
    pub(crate) text: String,
    /// The text of its playbook, if it names one.
    pub(crate) playbook: Option<String>,
    /// The day that the command line names.
    pub(crate) as_of: Option<String>,
    /// Settings that replace what the file says, as `PATH=VALUE`.
    pub(crate) set: Vec<String>,
}

impl Reading {
    /// Reads the text of a deal file and of its playbook.
    pub(crate) fn open(path: &Path, pinned: &Pinned) -> Result<Self, Failure> {
        let name = path.file_name().map_or(String::new(), |n| n.to_string_lossy().into_owned());
        let (as_of, set) = (pinned.as_of.clone(), pinned.set.clone());
        Self { name, text: String::new(), playbook: None, as_of, set }.again(path)
    }

    /// The same reading of the file as it is now.
    pub(crate) fn again(&self, path: &Path) -> Result<Self, Failure> {
        let text = read_text(path)?;
        let date = date_option(self.as_of.as_deref())?;
        // The whole is read later; here it is read for one key alone.
        let may_name = text.contains("playbook");
        let named = may_name.then(|| deal::parse(&text, date).deal?.playbook).flatten();
        let playbook = named.map(|named| playbook::text(&playbook::path(&named, path)));
        Ok(Self { text, playbook: playbook.transpose()?, ..self.clone() })
    }

    /// What a report says that it was made from; see [`Record`] for recipes and rows.
    pub(crate) fn record<'a>(
        &'a self,
        recipes: &'a [(String, String)],
        rows: &'a [(String, Option<Vec<String>>)],
    ) -> Record<'a> {
        Record {
            name: &self.name,
            sha256: digest(&self.text),
            text: &self.text,
            playbook: self.playbook.as_deref(),
            as_of: self.as_of.as_deref(),
            set: &self.set,
            recipes,
            rows,
        }
    }

    /// The deal; `path` is what messages call the file. Doubts are told.
    pub(crate) fn deal(&self, path: &Path, context: &Context) -> Result<Deal, Failure> {
        Ok(self.stated(path, context)?.0)
    }

    /// The deal, and what is stated of it, by key.
    pub(crate) fn stated(
        &self,
        path: &Path,
        context: &Context,
    ) -> Result<(Deal, BTreeMap<String, String>), Failure> {
        let date = date_option(self.as_of.as_deref())?;
        let parsed = deal::parse(&self.text, date);
        for problem in parsed.problems.iter().filter(|p| p.warning) {
            context.talk(&said(path, problem));
        }
        let deal = parsed.deal.ok_or_else(|| refused(path, &parsed.problems))?;
        let named = deal.playbook.clone();
        let (mut deal, stated) = match self.set.is_empty() {
            true => (deal, parsed.stated),
            false => self.with_settings(date)?,
        };
        if deal.playbook != named {
            return Err(Failure::usage("--set: `playbook` is named by the deal file alone"));
        }
        if let (Some(named), Some(text)) = (named, &self.playbook) {
            playbook::add(&mut deal, text, &playbook::path(&named, path))?;
        }
        Ok((deal, stated))
    }

    /// The deal that the settings make; it says that it is not the file's.
    fn with_settings(
        &self,
        date: Option<Date>,
    ) -> Result<(Deal, BTreeMap<String, String>), Failure> {
        let usage = |e| Failure::usage(format!("--set: {e}"));
        let settings: Result<Vec<_>, _> = self.set.iter().map(|s| Override::parse(s)).collect();
        let (mut deal, stated) = deal::parse_set(&self.text, date, &settings.map_err(usage)?)
            .map_err(|problems| {
                let mut failure = Failure::usage("");
                failure.messages = problems.iter().map(of_setting).collect();
                failure.messages.dedup();
                failure
            })?;
        deal.set.clone_from(&self.set);
        Ok((deal, stated))
    }
}

fn of_setting(problem: &Problem) -> String {
    format!("--set: {} [{}]{}", problem.message, problem.code, help_of(problem))
}

/// A date given on the command line.
pub(crate) fn date_option(text: Option<&str>) -> Result<Option<Date>, Failure> {
    let parse = |t: &str| parse_date(t).map_err(|e| Failure::usage(format!("--as-of `{t}`: {e}")));
    text.map(parse).transpose()
}

/// The text of a deal file.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes = fs::read(path).map_err(|e| {
        Failure::io(path, "cannot open", &e).help("name a deal file: `haggle report DEAL`")
    })?;
    String::from_utf8(bytes).map_err(|_| {
        Failure::new(format!("{}: not UTF-8 text", path.display()))
            .help("save the deal file as UTF-8")
    })
}

pub(crate) fn refused(path: &Path, problems: &[Problem]) -> Failure {
    let errors: Vec<&Problem> = problems.iter().filter(|p| !p.warning).collect();
    let mut failure = Failure::new("");
    failure.messages = errors.iter().map(|p| with_help(path, p)).collect();
    failure
}

fn help_of(problem: &Problem) -> String {
    problem.help.as_ref().map_or(String::new(), |h| format!("\n  help: {h}"))
}

fn with_help(path: &Path, problem: &Problem) -> String {
    format!("{}:{problem}{}", path.display(), help_of(problem))
}

/// A problem of a deal file on a line of its own.
pub(crate) fn said(path: &Path, problem: &Problem) -> String {
    let severity = if problem.warning { "warning" } else { "error" };
    format!("{severity}: {}\n", with_help(path, problem))
}
