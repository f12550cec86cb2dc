//! Settles how each column of a table writes its numbers, where the recipe does not say.

use crate::cell::Cell;
use crate::detect::{Evidence, Verdict};
use crate::layout::{AmountColumn, Layout};
use crate::number::Notation;
use crate::source::{Source, warning};
use haggle_evidence::{Diagnostic, ImportError, Locator};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Where the recipe states no notation: that of each column, by all of its texts.
pub(crate) fn settle(
    source: &mut Source,
    layout: &mut Layout,
    rows: Option<u64>,
) -> Result<Vec<Diagnostic>, ImportError> {
    if layout.notation.is_some() {
        return Ok(Vec::new());
    }
    let mut evidence: BTreeMap<usize, Evidence> =
        layout.number_columns().keys().map(|i| (*i, Evidence::default())).collect();
    source.rows(layout.sheet.as_deref(), &mut |row| {
        let is_data = row.number > layout.header && layout.term_label(row).is_none();
        for (column, evidence) in evidence.iter_mut().filter(|_| is_data) {
            if let Cell::Text(text) = row.cell(*column) {
                evidence.add(text, row.number);
            }
        }
        let enough = rows.is_some_and(|rows| row.number >= rows);
        Ok(if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    let mut told = Vec::new();
    for (column, evidence) in &evidence {
        let notation = match evidence.verdict() {
            Verdict::Settled(notation) => Some(notation),
            verdict => {
                told.extend(two_readings(layout, *column, verdict));
                None
            }
        };
        layout.notations.insert(*column, notation);
    }
    let open = |a: &AmountColumn| layout.notations.get(&a.column.index) != Some(&None);
    match told.first() {
        Some(first) if !layout.amounts.iter().any(open) => {
            Err(ImportError::source("E0014", first.place.clone(), first.message.clone()))
        }
        _ => Ok(told),
    }
}

/// How a single text writes its number, if only one reading is left.
pub(crate) fn of_text(text: &str) -> Option<Notation> {
    let mut evidence = Evidence::default();
    evidence.add(text, 0);
    match evidence.verdict() {
        Verdict::Settled(notation) => Some(notation),
        _ => None,
    }
}

/// That a column is not read because its numbers have two readings.
fn two_readings(layout: &Layout, column: usize, verdict: Verdict) -> Option<Diagnostic> {
    let name = layout.number_columns().get(&column).map_or(String::new(), |n| (*n).to_owned());
    let (row, why) = match verdict {
        Verdict::Settled(_) => return None,
        Verdict::Ambiguous { text, row, readings: [a, b] } => {
            (row, format!("`{text}` may be {a} or {b}"))
        }
        Verdict::Clash([(first, at), (second, row)]) => {
            (row, format!("`{first}` (row {at}) and `{second}` are of two notations"))
        }
    };
    let place = Locator { sheet: layout.sheet.clone(), row, column: column as u32 + 1, path: None };
    let message = format!("column `{name}` is not read: {why}");
    Some(Diagnostic { place, ..warning("W0121", message) })
}
