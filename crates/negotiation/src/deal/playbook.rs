//! The playbook (`haggle.playbook/1`): parameters that a team shares between its deals.

use super::reader::{Log, Reader};
use super::{Problem, Setting, read};
use std::collections::BTreeMap;
use toml::de::DeTable;

/// A playbook as its file states it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Playbook {
    /// What it is called, if it says.
    pub name: Option<String>,
    /// Parameters set by name: canonical name to value.
    pub parameters: BTreeMap<&'static str, Setting>,
}

/// Reads a playbook as strictly as a deal file; `None` if a mistake stands in the way.
pub fn parse_playbook(text: &str) -> (Option<Playbook>, Vec<Problem>) {
    let log = Log::default();
    let playbook = match DeTable::parse(text) {
        Ok(document) => Some(read_playbook(&Reader::new(document.get_ref(), 0..0, "", &log))),
        Err(error) => {
            log.error(error.span().unwrap_or(0..0), "D0001", error.message().to_owned(), None);
            None
        }
    };
    let (findings, _) = log.take();
    let problems: Vec<Problem> = findings.iter().map(|f| read::locate(text, f)).collect();
    (playbook.filter(|_| problems.is_empty()), problems)
}

fn read_playbook(r: &Reader<'_, '_>) -> Playbook {
    read::read_schema(r, "haggle.playbook/1");
    let playbook =
        Playbook { name: r.text("name").map(|f| f.value), parameters: read::read_parameters(r) };
    r.finish();
    playbook
}
