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

/// What a page says beside its items: the next page, its own count, the count of all, what stays the
/// same.
const SAID: usize = 4;

/// Looks at the pages of one list.
#[derive(Debug)]
pub struct PageLooker {
    plan: Plan,
    /// Kinds of rows that are items; those behind them are what a page says.
    items: usize,
    /// What each of those others is.
    slots: Vec<usize>,
}

impl PageLooker {
    /// A look by the paths of a recipe.
    ///
    /// # Errors
    /// [`ImportError`] if the recipe reads no tree.
    pub fn new(recipe: &Recipe) -> Result<Self, ImportError> {
        let Some(paths) = paths(recipe.spec())? else {
            let message = format!("recipe `{}` reads tables, found JSON", recipe.name());
            return Err(ImportError::source("E0003", Locator::default(), message));
        };
        let next = match recipe.paging() {
            Some(Paging::Body { pointer } | Paging::Cursor { pointer, .. }) => Some(pointer),
            _ => None,
        };
        let stated = &recipe.spec().stated;
        let said: [Option<&String>; SAID] =
            [next, stated.count.as_ref(), stated.total.as_ref(), stated.same.as_ref()];
        let mut rows = items(&paths);
        let (items, mut slots) = (rows.len(), Vec::new());
        for (slot, pointer) in said.iter().enumerate().filter_map(|(i, s)| Some((i, (*s)?))) {
            rows.push((parse(pointer).map_err(unready)?, true));
            slots.push(slot);
        }
        // An item may be a plain value or an object: each way is a kind of rows.
        let wants = [Want { column: 0, rank: 0, kinds: u64::MAX, at: At::Value }];
        let plan = Plan::new(&rows, &wants, 1).map_err(unready)?;
        Ok(Self { plan, items, slots })
    }

    /// How many items a page has, and what it says of the next one and of the whole.
    ///
    /// # Errors
    /// [`ImportError`] if the page cannot be read to its end as JSON, or has another count of items
    /// than it says.
    pub fn look(&self, path: &Path) -> Result<PageLook, ImportError> {
        let (items, said) = self.walk(&open_page(path)?)?;
        let [next, count, total, same] = said;
        if let Some(count) = number(count)?.filter(|count| *count != items) {
            let message = format!("found {items} items, and the page says that it has {count}");
            return Err(wrong(message));
        }
        Ok(PageLook { next, items, total: number(total)?, same })
    }

    fn walk(&self, page: &Page) -> Result<(u64, [Option<String>; SAID]), ImportError> {
        let (mut items, mut said) = (0, [const { None }; SAID]);
        page.walk(&self.plan, false, None, &mut |held, _| {
            for row in held.whole() {
                match usize::from(row.kind).checked_sub(self.items) {
                    None => items += u64::from(row.aside.is_none()),
                    Some(at) => {
                        let mut cells = Cells::default().cleared(1);
                        held.fill(&self.plan, row, &mut cells);
                        said[self.slots[at]] =
                            Some(cells.cells[0].shown().into_owned()).filter(|n| !n.is_empty());
                    }
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok((items, said))
    }
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
