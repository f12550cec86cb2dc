//! Coefficients of variation from a sibling file of the same layout: what the publisher says of
//! how far each of its figures can be trusted.

use crate::builtin::recipes_with_quality;
use crate::cell::Cell;
use crate::choose;
use crate::header::Header;
use crate::layout::Layout;
use crate::number::{Notation, number, to_double};
use crate::pattern::{Pattern, fill, squeeze};
use crate::recipe::{QualitySpec, Recipe, Spec};
use crate::source::{Preview, Row, Source, warning};
use haggle_evidence::{Diagnostic, ImportError};
use haggle_quantity::Amount;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Relative errors of the amounts of a table, row by row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quality {
    /// Columns of the table that name a row.
    by: Vec<usize>,
    /// By what names the row, one for each amount column; absent where several rows have the name,
    /// of which neither can be meant.
    errors: HashMap<String, Option<Vec<Option<f64>>>>,
    /// Names that several rows have.
    repeated: u64,
    /// Cells that are neither a number nor a sign for none.
    unreadable: u64,
}

impl Quality {
    /// The relative errors of a row's amounts, in the order of the layout's amount columns.
    pub(crate) fn of(&self, row: &Row<'_>) -> Option<&[Option<f64>]> {
        self.errors.get(&name(&self.by, row))?.as_deref()
    }

    /// Takes a row of the sibling.
    fn add(&mut self, name: String, errors: Vec<Option<f64>>) {
        match self.errors.entry(name) {
            Entry::Vacant(free) => drop(free.insert(Some(errors))),
            Entry::Occupied(mut taken) => {
                self.repeated += u64::from(taken.insert(None).is_some());
            }
        }
    }

    /// What of the sibling is not used.
    fn doubts(&self) -> Option<String> {
        let mut doubts = Vec::new();
        if self.unreadable > 0 {
            let words =
                plural(self.unreadable, "of its cells is no number", "of its cells are no numbers");
            doubts.push(words);
        }
        if self.repeated > 0 {
            doubts.push(plural(
                self.repeated,
                "name stands in several rows",
                "names stand in several rows",
            ));
        }
        (!doubts.is_empty()).then(|| doubts.join(" and "))
    }
}

fn name(columns: &[usize], row: &Row<'_>) -> String {
    columns.iter().map(|c| squeeze(&row.cell(*c).shown()) + "\u{1f}").collect()
}

/// Files beside a file that would be read with it: what its reading depends on beside itself.
pub fn siblings(path: &Path, recipe: Option<&Recipe>) -> Vec<PathBuf> {
    let own = recipe.map(|r| vec![r.clone()]).unwrap_or_else(recipes_with_quality);
    let specs = own.iter().filter_map(|r| r.spec().quality.as_ref());
    let mut found: Vec<PathBuf> = specs.flat_map(|spec| candidates(spec, path)).collect();
    found.sort();
    found.dedup();
    found
}

/// The sibling of a recipe's file, if there is one and one only.
pub(crate) fn beside(spec: &Spec, path: &Path) -> Vec<PathBuf> {
    let found = spec.quality.as_ref().map(|q| candidates(q, path)).unwrap_or_default();
    if found.len() == 1 { found } else { Vec::new() }
}

/// Files in the same folder whose names are as the sibling's must be.
fn candidates(spec: &QualitySpec, path: &Path) -> Vec<PathBuf> {
    let [own, sibling] = &spec.name;
    let file = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let captured = Pattern::capturing(&format!("*{own}*")).ok().and_then(|p| p.captures(&file));
    let Some(wanted) = captured.and_then(|c| fill(sibling, &c).ok()) else { return Vec::new() };
    let wanted = squeeze(&wanted).to_lowercase();
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let named = |p: &PathBuf| {
        let name = p.file_name().map(|n| squeeze(&n.to_string_lossy()).to_lowercase());
        // Programs keep files of their own beside one that is open.
        let own = |n: &str| n.starts_with(['.', '~']);
        name.is_some_and(|n| n.contains(&wanted) && !own(&n)) && p.is_file() && p.as_path() != path
    };
    let mut found: Vec<PathBuf> = entries.flatten().map(|e| e.path()).filter(named).collect();
    found.sort();
    found
}

/// Reads the sibling for a table, if there is one and one only.
///
/// # Errors
/// The sibling cannot be read as a table.
pub(crate) fn read(
    spec: &Spec,
    path: &Path,
    layout: &Layout,
) -> Result<(Option<Quality>, Option<Diagnostic>), ImportError> {
    let Some(quality) = &spec.quality else { return Ok((None, None)) };
    let found = candidates(quality, path);
    let [sibling] = found.as_slice() else {
        let names: Vec<String> = found.iter().map(|p| format!("`{}`", file_name(p))).collect();
        let several =
            format!("several files may hold its quality: {}; none is read", names.join(", "));
        return Ok((None, (found.len() > 1).then(|| warning("W0124", several))));
    };
    let read = columns(spec, quality, sibling, layout)?;
    let doubt = match &read {
        Some(quality) => quality.doubts().map(|doubts| format!("{doubts}; none of them is used")),
        None => {
            Some("does not have the columns of the file whose quality it should state".to_owned())
        }
    };
    let told = doubt.map(|doubt| warning("W0124", format!("`{}`: {doubt}", file_name(sibling))));
    Ok((read, told))
}

fn plural(count: u64, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

fn columns(
    spec: &Spec,
    quality: &QualitySpec,
    sibling: &Path,
    layout: &Layout,
) -> Result<Option<Quality>, ImportError> {
    let mut source = Source::open(sibling)?;
    let tables = source.previews()?;
    let same = tables.iter().find(|t| t.sheet == layout.sheet);
    let Some((last, header)) = same.and_then(|t| header(spec, t)) else { return Ok(None) };
    let by = |any: &Vec<String>| header.find(any).ok().flatten();
    let Some(by) = quality.by.iter().map(by).collect::<Option<Vec<usize>>>() else {
        return Ok(None);
    };
    let of = |name: &String| header.find(std::slice::from_ref(name)).ok().flatten();
    let amounts: Vec<Option<usize>> = layout.amounts.iter().map(|a| of(&a.column.name)).collect();
    let mut all = Quality::default();
    source.rows(layout.sheet.as_deref(), &mut |row| {
        if row.number > last && by.iter().any(|c| !row.cell(*c).is_blank()) {
            let mut read = |column: usize| {
                let stated = variation(row.cell(column), quality);
                all.unreadable += u64::from(stated.is_err());
                stated.ok().flatten()
            };
            let errors = amounts.iter().map(|c| read((*c)?)).collect();
            all.add(name(&by, row), errors);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    // The rows of the file itself are named by its own columns, which may stand elsewhere.
    all.by = own_columns(quality, layout);
    Ok((!all.by.is_empty()).then_some(all))
}

/// Columns of the file that name its rows.
fn own_columns(quality: &QualitySpec, layout: &Layout) -> Vec<usize> {
    let found = |any: &Vec<String>| layout.names.find(any).ok().flatten();
    quality.by.iter().map(found).collect::<Option<Vec<usize>>>().unwrap_or_default()
}

fn header(spec: &Spec, table: &Preview) -> Option<(u64, Header)> {
    let bare = Spec { notes: Vec::new(), without: Vec::new(), ..spec.clone() };
    let place = choose::header_in(&bare, table)?;
    Some((place.rows.1, place.header))
}

/// A cell that is no coefficient of variation.
struct Unreadable;

/// A coefficient of variation in per cent as a fraction; absent where none is stated.
fn variation(cell: &Cell<'_>, quality: &QualitySpec) -> Result<Option<f64>, Unreadable> {
    if cell.is_blank() || quality.absent.iter().any(|sign| *sign == cell.shown()) {
        return Ok(None);
    }
    let per_cent = number(cell, Notation::PLAIN).ok();
    let fraction = per_cent.and_then(|n| to_double(n.checked_div(Amount::ONE_HUNDRED)?));
    fraction.filter(|f| *f >= 0.0).map(Some).ok_or(Unreadable)
}
