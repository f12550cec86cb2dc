//! Brings the quotes of the deal file and the rows of its sources together: who quotes what.

mod bid;
mod line;
mod names;

pub(super) use bid::Bid;

use super::{Grid, PassedOver, Place, QuoteRow, Quoted, parts};
use crate::deal::{Deal, Tender, Terms};
use bid::Said;
use haggle_quantity::{Amount, Date};
use names::Names;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Who quotes what, before anything is converted.
pub(super) struct Gathered {
    /// Suppliers: those of the deal file in its order, then the others by name.
    pub(super) bids: Vec<Bid>,
    /// Prices by supplier, then item.
    pub(super) quoted: Grid<Option<Quoted>>,
    /// Rows that took no part.
    pub(super) passed_over: Vec<PassedOver>,
}

/// A row with its supplier and item.
#[derive(Clone, Copy)]
struct Placed<'a> {
    item: usize,
    supplier: usize,
    row: &'a QuoteRow,
}

pub(super) fn gather<'r>(
    deal: &Deal,
    tender: &Tender,
    rows: impl Iterator<Item = &'r QuoteRow> + Clone,
) -> Gathered {
    let mut names = Names::new(tender, rows.clone());
    let mut passed_over = Vec::new();
    let mut placed = Vec::with_capacity(rows.clone().count());
    let mut said: Vec<Said<'_>> = vec![Said::default(); names.suppliers().len()];
    for row in rows {
        let supplier = names.supplier(&row.supplier);
        match (supplier, names.item(row)) {
            (Some(supplier), Ok(item)) => {
                said[supplier].hear(row);
                placed.push(Placed { item, supplier, row });
            }
            (_, Err(reason)) => passed_over.push(passed(row, reason)),
            (None, Ok(_)) => passed_over.push(passed(row, "it names no supplier".to_owned())),
        }
    }
    let mixed = |at: &Placed<'_>| said[at.supplier].is_estimate_among_bids(at.row);
    passed_over.extend(
        placed.iter().filter(|at| mixed(at)).map(|at| {
            passed(at.row, "it is an estimate among bids of the same supplier".to_owned())
        }),
    );
    placed.retain(|at| !said[at.supplier].is_estimate_among_bids(at.row));
    let mut bids = bids(deal, tender, &names, &said);
    let mut quoted = prices(tender, &bids, placed, &mut passed_over);
    let stated = bids.iter().map(|bid| Own::of_terms(&bid.terms)).collect::<Vec<_>>();
    lift(&mut bids, &mut quoted);
    for ((bid, stated), said) in bids.iter_mut().zip(stated).zip(&said) {
        bid.cite_lifted(said, stated.open());
    }
    Gathered { bids, quoted, passed_over }
}

fn bids(deal: &Deal, tender: &Tender, names: &Names<'_, '_>, said: &[Said<'_>]) -> Vec<Bid> {
    let of = |(at, name): (usize, &String)| {
        let mut bid = Bid::new(name, tender.quotes.get(at), &said[at], deal.currency);
        bid.read_terms(&said[at]);
        bid
    };
    let mut bids: Vec<Bid> = names.suppliers().iter().enumerate().map(of).collect();
    tell_apart(&mut bids);
    bids
}

/// Gives suppliers whose names differ by signs alone ids of their own, and says so.
fn tell_apart(bids: &mut [Bid]) {
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for bid in bids {
        let slug = bid.slug.clone();
        if let Some(other) = taken.get(&slug) {
            bid.notes.push(format!(
                "its name differs from `{other}` by signs alone: if both are one supplier, write one name"
            ));
        }
        let mut n = 1;
        while taken.contains_key(&bid.slug) {
            n += 1;
            bid.slug = format!("{slug}-{n}");
        }
        taken.insert(bid.slug.clone(), bid.name.clone());
    }
}

/// Prices by item, then supplier; a line of the deal file stands in place of rows.
fn prices(
    tender: &Tender,
    bids: &[Bid],
    mut placed: Vec<Placed<'_>>,
    passed_over: &mut Vec<PassedOver>,
) -> Grid<Option<Quoted>> {
    // As most sources have them, so that rows are met one after the other.
    placed.sort_by_key(|at| (at.supplier, at.item));
    let share = parts::share(bids.len(), tender.items.len());
    let (mut rest, mut jobs) = (placed.as_mut_slice(), Vec::new());
    for first in (0..bids.len()).step_by(share) {
        let suppliers = first..bids.len().min(first + share);
        let own = rest.partition_point(|at| at.supplier < suppliers.end);
        let (placed, after) = std::mem::take(&mut rest).split_at_mut(own);
        rest = after;
        jobs.push(move || of_rows(tender, bids, suppliers, placed));
    }
    let mut quoted = Grid::new(tender.items.len(), share, parts::together(jobs));
    let ids: BTreeMap<&str, usize> =
        tender.items.iter().enumerate().map(|(at, item)| (item.id.as_str(), at)).collect();
    let stated = tender.quotes.iter().enumerate();
    for (supplier, line) in stated.flat_map(|(at, q)| q.lines.iter().map(move |line| (at, line))) {
        let Some(&item) = ids.get(line.item.as_str()) else { continue };
        let reason = "the deal file states a line in its place";
        let rows = rows_of(&placed, item, supplier);
        passed_over.extend(rows.iter().map(|at| passed(at.row, reason.to_owned())));
        let price = line::of_deal(&tender.items[item], &bids[supplier], line);
        if let Some(cell) = quoted.get_mut(supplier, item) {
            *cell = Some(price);
        }
    }
    quoted
}

/// The prices of some suppliers by their rows.
fn of_rows(
    tender: &Tender,
    bids: &[Bid],
    suppliers: Range<usize>,
    placed: &mut [Placed<'_>],
) -> Vec<Option<Quoted>> {
    let width = tender.items.len();
    let cells = suppliers.len() * width;
    let mut quoted = Vec::with_capacity(cells);
    for rows in placed.chunk_by_mut(|a, b| a.supplier == b.supplier) {
        let mut known = None;
        for group in rows.chunk_by_mut(|a, b| a.item == b.item) {
            group.sort_by(|a, b| a.row.in_order(b.row));
            let (item, supplier) = (group[0].item, group[0].supplier);
            let price = line::of_rows(&tender.items[item], &bids[supplier], group, &mut known);
            quoted.resize_with((supplier - suppliers.start) * width + item, || None);
            quoted.push(Some(price));
        }
    }
    quoted.resize_with(cells, || None);
    quoted
}

/// The rows of a cell, of rows in order.
fn rows_of<'p, 'a>(placed: &'p [Placed<'a>], item: usize, supplier: usize) -> &'p [Placed<'a>] {
    let from = placed.partition_point(|at| (at.supplier, at.item) < (supplier, item));
    let to = placed.partition_point(|at| (at.supplier, at.item) <= (supplier, item));
    &placed[from..to]
}

/// What all lines of a supplier say alike is a term of its quote; what the deal file states stands.
fn lift(bids: &mut [Bid], quoted: &mut Grid<Option<Quoted>>) {
    for (bid, lines) in bids.iter_mut().zip(quoted.rows_mut()) {
        let own = lines.iter().flatten().map(Own::of);
        bid.lift(own.reduce(Own::common).unwrap_or_default());
        for line in lines.iter_mut().flatten() {
            bid.overrule(&Own::of(line));
            let terms = &bid.terms;
            line.discount = line.discount.filter(|_| terms.discount.is_none());
            line.valid_until = line.valid_until.filter(|_| terms.valid_until.is_none());
            line.lead_time_days = line.lead_time_days.filter(|_| terms.lead_time_days.is_none());
            bid.line_leads |= line.lead_time_days.is_some();
        }
    }
}

/// Terms that a line may state for itself.
#[derive(Clone, Default)]
struct Own {
    discount: Option<Amount>,
    valid_until: Option<Date>,
    lead_time_days: Option<u32>,
    /// Where the line stands.
    place: Option<Place>,
}

impl Own {
    fn of(line: &Quoted) -> Self {
        let (discount, valid_until) = (line.discount, line.valid_until);
        let place = line.places.first().cloned();
        Self { discount, valid_until, lead_time_days: line.lead_time_days, place }
    }

    fn of_terms(terms: &Terms) -> Self {
        let (discount, valid_until) = (terms.discount, terms.valid_until);
        Self { discount, valid_until, lead_time_days: terms.lead_time_days, place: None }
    }

    /// The keys of what is not said.
    fn open(&self) -> impl Iterator<Item = &'static str> {
        let keys = [
            (self.discount.is_none(), "discount"),
            (self.valid_until.is_none(), "valid_until"),
            (self.lead_time_days.is_none(), "lead_time_days"),
        ];
        keys.into_iter().filter(|(open, _)| *open).map(|(_, key)| key)
    }

    /// What both say alike.
    fn common(self, other: Self) -> Self {
        Self {
            discount: self.discount.filter(|own| Some(*own) == other.discount),
            valid_until: self.valid_until.filter(|own| Some(*own) == other.valid_until),
            lead_time_days: self.lead_time_days.filter(|own| Some(*own) == other.lead_time_days),
            place: self.place,
        }
    }
}

fn passed(row: &QuoteRow, reason: String) -> PassedOver {
    let said = [row.code.as_deref(), row.title.as_deref()];
    let item = said.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let place = Arc::from(row.place.to_string());
    PassedOver { place, supplier: Arc::clone(&row.supplier), item, reason }
}
