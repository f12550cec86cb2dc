//! A look at one page of a list that a service cuts into pages.

use super::plan::Plan;
use super::pointer::{Step, parse};
use super::recipe::Paths;
use super::{open_page, paths};
use crate::recipe::{Paging, Recipe};
use haggle_evidence::{ImportError, Locator};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

/// What a page says of the list that it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLook {
    /// The address or the mark of the next page, where the recipe says that it stands in the page;
    /// none on the last one.
    pub next: Option<String>,
    /// How many items the page has.
    pub items: u64,
}

/// Looks at a page: how many items it has, and what it says of the next one.
///
/// # Errors
/// [`ImportError`] if the page cannot be read to its end as JSON, or the recipe reads no tree.
pub fn look_at_page(path: &Path, recipe: &Recipe) -> Result<PageLook, ImportError> {
    let page = open_page(path)?;
    let Some(paths) = paths(recipe.spec())? else {
        let message = format!("recipe `{}` reads tables, found JSON", recipe.name());
        return Err(ImportError::source("E0003", Locator::default(), message));
    };
    let mut rows = items(&paths);
    let next = match recipe.paging() {
        Some(Paging::Body { pointer } | Paging::Cursor { pointer, .. }) => Some(pointer),
        _ => None,
    };
    let next = next.map(|pointer| parse(pointer)).transpose();
    let next = next.map_err(|e| ImportError::source("E0012", Locator::default(), e))?;
    let counted = rows.len();
    rows.extend(next.map(|steps| (steps, true)));
    // An item may be a plain value or an object: each way is a kind of rows.
    let wants =
        [super::plan::Want { column: 0, rank: 0, kinds: u64::MAX, at: super::plan::At::Value }];
    let plan = Plan::new(&rows, &wants, 1);
    let plan = plan.map_err(|e| ImportError::source("E0012", Locator::default(), e))?;
    let mut look = PageLook { next: None, items: 0 };
    page.walk(&plan, false, None, &mut |held, row| {
        if usize::from(row.kind) < counted {
            look.items += u64::from(row.aside.is_none());
        } else {
            let mut cells = super::held::Cells::default().cleared(1);
            held.fill(&plan, row, &mut cells);
            look.next = Some(cells.cells[0].shown().into_owned()).filter(|n| !n.is_empty());
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(look)
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
