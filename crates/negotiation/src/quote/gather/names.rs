//! Which supplier and which item a row speaks of.

use super::QuoteRow;
use crate::deal::{Tender, slug};
use crate::quote::as_named;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Names of suppliers and items, and what each word of a source meant the last time.
pub(super) struct Names<'t, 'r> {
    suppliers: Vec<String>,
    by_name: BTreeMap<&'r str, usize>,
    items: BTreeMap<String, usize>,
    ids: Vec<&'t str>,
    /// Looked up for every row, and never gone through.
    seen: HashMap<&'r str, Option<usize>>,
    /// The code, the title and the supplier before, and what they meant: rows of one item and of
    /// one supplier stand together.
    last: [Option<(&'r str, Option<usize>)>; 3],
}

impl<'t, 'r> Names<'t, 'r> {
    pub(super) fn new(tender: &'t Tender, rows: impl Iterator<Item = &'r QuoteRow>) -> Self {
        let mut suppliers: Vec<String> = tender.quotes.iter().map(|q| q.supplier.clone()).collect();
        let mut known: BTreeMap<String, usize> =
            suppliers.iter().enumerate().map(|(at, name)| (as_named(name), at)).collect();
        let (mut written, mut last) = (BTreeSet::new(), None);
        for row in rows {
            if last.is_none_or(|last| !Arc::ptr_eq(last, &row.supplier)) {
                written.insert(&*row.supplier);
                last = Some(&row.supplier);
            }
        }
        let named = written.into_iter().filter(|name| !name.trim().is_empty());
        let mut in_order: Vec<(String, String, &str)> =
            named.map(|name| (slug(name), as_named(name), name)).collect();
        in_order.sort();
        let mut by_name = BTreeMap::new();
        for (_, named, name) in in_order {
            let at = *known.entry(named).or_insert_with(|| {
                suppliers.push(name.trim().to_owned());
                suppliers.len() - 1
            });
            by_name.insert(name, at);
        }
        let items = tender.items.iter().enumerate();
        let items = items.flat_map(|(at, it)| it.all_names().map(move |name| (as_named(name), at)));
        let ids = tender.items.iter().map(|item| item.id.as_str()).collect();
        Self {
            suppliers,
            by_name,
            items: items.collect(),
            ids,
            seen: HashMap::new(),
            last: [None; 3],
        }
    }

    /// Names in the order of the comparison: of the deal file, then by name.
    pub(super) fn suppliers(&self) -> &[String] {
        &self.suppliers
    }

    pub(super) fn supplier(&mut self, name: &'r str) -> Option<usize> {
        if let Some(supplier) = self.again(name, 2) {
            return supplier;
        }
        let supplier = self.by_name.get(name).copied();
        self.last[2] = Some((name, supplier));
        supplier
    }

    /// The item that code or title name.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn item(&mut self, row: &'r QuoteRow) -> Result<usize, String> {
        let code = row.code.as_deref().and_then(|code| self.known(code, 0));
        let title = row.title.as_deref().and_then(|title| self.known(title, 1));
        match (code, title) {
            (Some(code), Some(title)) if code != title => Err(format!(
                "its code is of item `{}`, its title of `{}`",
                self.ids[code], self.ids[title]
            )),
            (Some(item), _) | (None, Some(item)) => Ok(item),
            (None, None) => {
                Err("no `[[item]]` has this name; add it to `match` if it is one that is bought"
                    .to_owned())
            }
        }
    }

    fn known(&mut self, name: &'r str, column: usize) -> Option<usize> {
        if let Some(item) = self.again(name, column) {
            return item;
        }
        let items = &self.items;
        let item = *self.seen.entry(name).or_insert_with(|| items.get(&as_named(name)).copied());
        self.last[column] = Some((name, item));
        item
    }

    /// What a name means, if the row before says it too.
    fn again(&self, name: &str, column: usize) -> Option<Option<usize>> {
        self.last[column].filter(|(last, _)| std::ptr::eq(*last, name)).map(|(_, meant)| meant)
    }
}
