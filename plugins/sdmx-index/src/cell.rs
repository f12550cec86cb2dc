//! One observation as a message states it, and which series it belongs to.

use std::collections::BTreeMap;

/// One observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Line of a CSV message, number of the observation in a JSON one, from 1.
    pub(crate) row: u64,
    /// Column of its value, from 1.
    pub(crate) column: u32,
    /// Path of its value in a JSON message.
    pub(crate) path: Option<String>,
    /// Dimensions in their order, but for the time.
    pub(crate) key: Vec<(String, String)>,
    pub(crate) period: String,
    /// Absent if none is stated.
    pub(crate) value: Option<String>,
}

impl Cell {
    /// Where it stands, for messages.
    pub(crate) fn place(&self) -> String {
        match &self.path {
            Some(path) => path.clone(),
            None => format!("line {}, column {}", self.row, self.column),
        }
    }

    /// A dimension by its name, whatever its case.
    pub(crate) fn dimension(&self, name: &str) -> Option<&str> {
        let found = self.key.iter().find(|(dimension, _)| dimension.eq_ignore_ascii_case(name));
        found.map(|(_, code)| code.as_str())
    }

    /// The codes of its dimensions, `M.DE.CPI`.
    pub(crate) fn series(&self) -> String {
        let codes: Vec<&str> = self.key.iter().map(|(_, code)| code.as_str()).collect();
        codes.join(".")
    }
}

/// The cells of the one series that is asked for.
///
/// # Errors
/// What is asked for and not there, or that there are several.
pub(crate) fn one_series(
    cells: Vec<Cell>,
    asked: &BTreeMap<String, String>,
) -> Result<Vec<Cell>, String> {
    let Some(first) = cells.first() else { return Err("found no observation".to_owned()) };
    if let Some(name) = asked.keys().find(|name| first.dimension(name).is_none()) {
        let known: Vec<&str> = first.key.iter().map(|(name, _)| name.as_str()).collect();
        return Err(format!("`series` asks for `{name}`, expected one of {}", known.join(", ")));
    }
    let is_asked =
        |cell: &Cell| asked.iter().all(|(name, code)| cell.dimension(name) == Some(code));
    let chosen: Vec<Cell> = cells.into_iter().filter(is_asked).collect();
    let mut names: Vec<String> = chosen.iter().map(Cell::series).collect();
    names.sort_unstable();
    names.dedup();
    match names.as_slice() {
        [] => Err("found no observation of what `series` asks for".to_owned()),
        [_] => Ok(chosen),
        several => {
            let some: Vec<String> = several.iter().take(4).map(|s| format!("`{s}`")).collect();
            Err(format!(
                "found {} series ({}), expected one: choose it with `series`, such as {{\"FREQ\": \"M\"}}",
                several.len(),
                some.join(", ")
            ))
        }
    }
}
