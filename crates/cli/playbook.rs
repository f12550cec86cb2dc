//! The playbook that a deal file names: parameters that a team shares.

use crate::failure::Failure;
use haggle_negotiation::deal::{Deal, parse_playbook};
use std::fs;
use std::path::{Path, PathBuf};

/// The playbook's file, if the deal names one; its path is relative to the deal file.
pub(crate) fn path(deal: &Deal, file: &Path) -> Option<PathBuf> {
    let named = deal.playbook.as_ref()?;
    Some(file.parent().unwrap_or(Path::new("")).join(named))
}

/// Reads the playbook of a deal into it.
pub(crate) fn add(deal: &mut Deal, file: &Path) -> Result<(), Failure> {
    let Some(path) = path(deal, file) else { return Ok(()) };
    let text = fs::read_to_string(&path).map_err(|e| {
        Failure::io(&path, "cannot read", &e)
            .help("`playbook` names a text file relative to the deal file")
    })?;
    let (playbook, problems) = parse_playbook(&text);
    let Some(playbook) = playbook else {
        return Err(crate::report::refused(&path, &problems));
    };
    deal.playbook_parameters = playbook.parameters;
    Ok(())
}
