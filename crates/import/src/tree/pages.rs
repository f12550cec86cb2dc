//! A look at one page of a list that a service cuts into pages.

use super::held::Cells;
use super::plan::{At, Plan, Want};
use super::pointer::{Step, parse};
use super::recipe::Paths;
use super::{Page, open_page, paths};
use crate::recipe::{Paging, Recipe};
use haggle_evidence::{ImportError, Locator};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

/// What a page says of the list that it is of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageLook {
    /// The address or the mark of the next page, where the recipe says that it stands in the page;
    /// none on the last one.
    pub next: Option<String>,
    /// How many items the page has.
    pub items: u64,
    /// How many items all pages have together, where the page says so.
    pub total: Option<u64>,
    /// What is the same on all pages as long as the list is.
    pub same: Option<String>,
}

/// Looks at a page: how many items it has, and what it says of the next one and of the whole.
///
/// # Errors
/// [`ImportError`] if the page cannot be read to its end as JSON, has another count of items than
/// it says, or the recipe reads no tree.
pub fn look_at_page(path: &Path, recipe: &Recipe) -> Result<PageLook, ImportError> {
    let page = open_page(path)?;
    let Some(paths) = paths(recipe.spec())? else {
        let message = format!("recipe `{}` reads tables, found JSON", recipe.name());
        return Err(ImportError::source("E0003", Locator::default(), message));
    };
    let next = match recipe.paging() {
        Some(Paging::Body { pointer } | Paging::Cursor { pointer, .. }) => Some(pointer),
        _ => None,
    };
    let stated = &recipe.spec().stated;
    let wanted = [next, stated.count.as_ref(), stated.total.as_ref(), stated.same.as_ref()];
    let (items, said) = look(&page, items(&paths), wanted)?;
    let [next, count, total, same] = said;
    if let Some(count) = number(count)?.filter(|count| *count != items) {
        return Err(wrong(format!("found {items} items, and the page says that it has {count}")));
    }
    Ok(PageLook { next, items, total: number(total)?, same })
}

/// How many items a page has, and what stands at some places of it.
fn look<const N: usize>(
    page: &Page,
    mut rows: Vec<(Vec<Step>, bool)>,
    wanted: [Option<&String>; N],
) -> Result<(u64, [Option<String>; N]), ImportError> {
    let (counted, mut slots) = (rows.len(), Vec::new());
    for (slot, pointer) in wanted.iter().enumerate().filter_map(|(i, w)| Some((i, (*w)?))) {
        rows.push((parse(pointer).map_err(unready)?, true));
        slots.push(slot);
    }
    // An item may be a plain value or an object: each way is a kind of rows.
    let wants = [Want { column: 0, rank: 0, kinds: u64::MAX, at: At::Value }];
    let plan = Plan::new(&rows, &wants, 1).map_err(unready)?;
    let (mut items, mut said) = (0, [const { None }; N]);
    page.walk(&plan, false, None, &mut |held, _| {
        for row in held.whole() {
            match usize::from(row.kind).checked_sub(counted) {
                None => items += u64::from(row.aside.is_none()),
                Some(at) => {
                    let mut cells = Cells::default().cleared(1);
                    held.fill(&plan, row, &mut cells);
                    said[slots[at]] =
                        Some(cells.cells[0].shown().into_owned()).filter(|n| !n.is_empty());
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok((items, said))
}

fn number(text: Option<String>) -> Result<Option<u64>, ImportError> {
    let read = |text: String| {
        let expected = |_| wrong(format!("found the count `{text}`, expected a whole number"));
        text.parse().map_err(expected)
    };
    text.map(read).transpose()
}

fn wrong(message: String) -> ImportError {
    ImportError::source("E0005", Locator::default(), message)
}

fn unready(why: String) -> ImportError {
    ImportError::source("E0012", Locator::default(), why)
}

/// The paths of items, each of which may hold rows further down: up to the first `*` of the rows.
fn items(paths: &Paths) -> Vec<(Vec<Step>, bool)> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for kind in &paths.rows.kinds {
        let until = kind.steps.iter().position(|s| matches!(s, Step::Any(_)));
        let steps = &kind.steps[..until.map_or(kind.steps.len(), |at| at + 1)];
        if seen.insert(super::pointer::shown(steps)) {
            all.push((steps.to_vec(), false));
            all.push((steps.to_vec(), true));
        }
    }
    all
}
