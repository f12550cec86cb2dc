//! The playbook that a deal file names: parameters that a team shares.

use crate::failure::Failure;
use crate::reading::refused;
use haggle_negotiation::deal::{Deal, parse_playbook};
use std::fs;
use std::path::{Path, PathBuf};

/// The playbook's file; its name is relative to the deal file.
pub(crate) fn path(named: &str, deal_file: &Path) -> PathBuf {
    deal_file.parent().unwrap_or(Path::new("")).join(named)
}

/// The text of a playbook.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|e| {
        Failure::io(path, "cannot read", &e)
            .help("`playbook` names a text file relative to the deal file")
    })
}

/// Puts the parameters of a playbook into a deal; `path` is what messages call it.
pub(crate) fn add(deal: &mut Deal, text: &str, path: &Path) -> Result<(), Failure> {
    let (playbook, problems) = parse_playbook(text);
    let playbook = playbook.ok_or_else(|| refused(path, &problems))?;
    deal.playbook_parameters = playbook.parameters;
    Ok(())
}
