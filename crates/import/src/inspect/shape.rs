//! Where the header of an unknown table stands: one row or two, and one table or two side by side.

use crate::choose;
use crate::header::{Header, key};
use crate::money;
use crate::number::Notation;
use crate::source::Preview;
use haggle_evidence::column_letters;
use std::collections::{BTreeMap, BTreeSet};

/// The header of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    /// First and last row, from 1; absent if no row looks like one.
    pub(super) rows: Option<(u64, u64)>,
    /// Whether a blank cell of the upper row stands under the text on its left.
    pub(super) spread: bool,
    /// Columns of the first table, where another stands beside it.
    pub(super) width: Option<usize>,
    pub(super) header: Header,
}

impl Shape {
    /// The header that a recipe found.
    pub(super) fn known(preview: &Preview, rows: (u64, u64)) -> Self {
        let header = choose::header_of(preview, rows, false);
        Self { rows: Some(rows), spread: false, width: None, header }
    }

    /// The header by its looks.
    pub(super) fn likely(preview: &Preview) -> Self {
        let likely = choose::likeliest(std::slice::from_ref(preview));
        let found = likely.filter(|(_, _, header)| is_header(header)).and_then(|(_, row, _)| {
            let at = preview.rows.iter().position(|(number, _)| *number == row)?;
            Some((at, row))
        });
        let Some((at, row)) = found else { return Self::default() };
        let width = side_by_side(preview, at);
        let (rows, spread) = match width {
            None => two_rows(preview, at).unwrap_or(((row, row), false)),
            Some(_) => ((row, row), false),
        };
        let header = choose::header_of(preview, rows, spread);
        Self { rows: Some(rows), spread, width, header }
    }

    /// What keeps columns of the table from being read by their headers.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if let Some(width) = self.width {
            problems.push(format!(
                "two tables stand side by side: the second begins behind the blank column {}; a recipe reads the first alone",
                letters(width)
            ));
        }
        let until = self.width.unwrap_or(usize::MAX);
        for (text, columns) in repeated(&self.header, until) {
            let columns: Vec<String> = columns.iter().map(|c| letters(*c)).collect();
            problems.push(format!(
                "the header `{text}` stands above the columns {}: none of them can be meant by it",
                columns.join(", ")
            ));
        }
        problems
    }
}

fn letters(column: usize) -> String {
    column_letters(u32::try_from(column + 1).unwrap_or(u32::MAX))
}

/// Header texts that stand above several columns, each with its columns from 0, in order.
pub(super) fn repeated(header: &Header, until: usize) -> Vec<(String, Vec<usize>)> {
    let mut columns: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for column in (0..header.width().min(until)).filter(|c| !header.text(*c).is_empty()) {
        columns.entry(key(header.text(column))).or_default().push(column);
    }
    let several = columns.into_values().filter(|c| c.len() > 1);
    let mut several: Vec<_> = several.map(|c| (header.text(c[0]).to_owned(), c)).collect();
    several.sort_by_key(|(_, columns)| columns[0]);
    several
}

/// Whether a row may be a header at all: two texts with letters.
fn is_header(header: &Header) -> bool {
    header.texts().filter(|t| t.contains(char::is_alphabetic)).count() >= 2
}

/// The blank column between two tables whose headers repeat, if there is one.
fn side_by_side(preview: &Preview, at: usize) -> Option<usize> {
    let header = &preview.rows[at].1;
    let blank = |c: &usize| preview.rows[at..].iter().all(|(_, row)| row.text(*c).is_empty());
    (1..header.named()).filter(blank).find(|c| {
        let keys = |from: usize, to: usize| {
            let texts = (from..to).map(|i| key(header.text(i))).filter(|t| !t.is_empty());
            texts.collect::<Vec<_>>()
        };
        let (left, right) = (keys(0, *c), keys(c + 1, header.width()));
        let again = right.iter().filter(|t| left.contains(t)).count();
        again > 1 || (again == 1 && left.first() == right.first())
    })
}

/// Two header rows, the likely one being the upper or the lower, and whether the upper is spread.
fn two_rows(preview: &Preview, at: usize) -> Option<((u64, u64), bool)> {
    let below = at + 1 < preview.rows.len() && completes(preview, at);
    let above = at > 0 && is_completed(preview, at);
    let upper = match (below, above) {
        (true, _) => at,
        (_, true) => at - 1,
        _ => return None,
    };
    let rows = (preview.rows[upper].0, preview.rows[upper + 1].0);
    // Data must follow.
    preview.rows.get(upper + 2)?;
    let unique = |spread| {
        let joined = choose::header_of(preview, rows, spread);
        (repeated(&joined, usize::MAX).is_empty()).then_some((rows, spread))
    };
    unique(false).filter(|_| has_merged(preview, upper)).or_else(|| unique(true))
}

fn has_merged(preview: &Preview, upper: usize) -> bool {
    let row = preview.rows[upper].0;
    preview.merged.iter().any(|a| u64::from(a.first.0) + 1 == row && a.last.1 > a.first.1)
}

fn adjacent(preview: &Preview, upper: usize) -> bool {
    preview.rows[upper].0 + 1 == preview.rows[upper + 1].0
}

/// Whether the row below a header names what stands under its groups, and nothing else.
fn completes(preview: &Preview, at: usize) -> bool {
    let (upper, lower) = (&preview.rows[at].1, &preview.rows[at + 1].1);
    let filled = |h: &Header, c: usize| !h.text(c).is_empty();
    let columns: Vec<usize> = (0..lower.width()).filter(|c| filled(lower, *c)).collect();
    let grouped = |c: usize| !filled(upper, c) || (!filled(upper, c + 1) && filled(lower, c + 1));
    adjacent(preview, at)
        && columns.len() > 1
        && columns.iter().all(|c| grouped(*c) && is_word(lower.text(*c)))
        && columns.iter().any(|c| !filled(upper, *c))
}

/// Whether the row above a header tells apart what repeats in it.
fn is_completed(preview: &Preview, at: usize) -> bool {
    let (upper, lower) = (&preview.rows[at - 1].1, &preview.rows[at].1);
    let groups: BTreeSet<String> = upper.texts().map(key).collect();
    adjacent(preview, at - 1)
        && groups.len() > 1
        && upper.texts().all(is_word)
        && !repeated(lower, usize::MAX).is_empty()
}

/// Whether a text names something and is no number.
fn is_word(text: &str) -> bool {
    let notation = Notation { decimal: '.', thousands: Some(','), settled: true };
    text.contains(char::is_alphabetic) && money::money(text, notation).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preview(rows: &[&[&str]]) -> Preview {
        let header = |r: &&[&str]| Header::of(r.iter().map(|t| (*t).to_owned()).collect());
        let rows = rows.iter().enumerate().map(|(i, r)| (i as u64 + 1, header(r))).collect();
        Preview { rows, ..Preview::default() }
    }

    #[test]
    fn one_header_row_or_two_and_one_table_or_two() {
        let groups: &[&[&str]] = &[
            &["Job", "Place", "Base", "", "", "n"],
            &["", "", "P25", "P50", "Mean", ""],
            &["Cook", "Rome", "1", "2", "3", "4"],
        ];
        let bids: &[&[&str]] = &[
            &["", "", "Acme", "", "Beta", ""],
            &["Item", "Unit", "Price", "Total", "Price", "Total"],
            &["bolt", "each", "1", "2", "3", "4"],
        ];
        let plain: &[&[&str]] =
            &[&["Job", "Pay", "Note"], &["Cook", "low", "x"], &["Smith", "5", ""]];
        let twice: &[&[&str]] = &[
            &["Supplier", "Item", "EUR", "", "Supplier", "Item", "USD"],
            &["A", "desk", "3", "", "A", "chair", "4"],
        ];
        let same: &[&[&str]] = &[&["Job", "Pay", "Pay"], &["Cook", "1", "2"]];
        for (rows, expected, spread, width, problems) in [
            (groups, (1, 2), true, None, 0),
            (bids, (1, 2), true, None, 0),
            (plain, (1, 1), false, None, 0),
            (twice, (1, 1), false, Some(3), 1),
            (same, (1, 1), false, None, 1),
        ] {
            let shape = Shape::likely(&preview(rows));
            assert_eq!(shape.rows, Some(expected), "{rows:?}");
            assert_eq!((shape.spread, shape.width), (spread, width), "{rows:?}");
            assert_eq!(shape.problems().len(), problems, "{:?}", shape.problems());
        }
        assert_eq!(Shape::likely(&preview(groups)).header.text(3), "Base P50");
        assert_eq!(Shape::likely(&preview(bids)).header.text(4), "Beta Price");
    }
}
