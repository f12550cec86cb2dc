//! Tables as text: columns side by side where they fit, one row below the other where not.

use crate::inline::Inline;
use crate::section::{Column, Table};
use crate::text::Style;
use crate::wrap::{width, wrap, wrap_to};

/// Spaces between columns.
pub(crate) const GAP: usize = 2;

/// A column of words is not made narrower than this.
const NARROWEST: usize = 16;

/// The lines of a table.
pub(crate) fn lines(table: &Table, style: &Style) -> Vec<String> {
    match fitted(table, style.columns()) {
        Some(widths) => side_by_side(table, &widths, style),
        None => table.rows.iter().flat_map(|row| stacked(table, row, style)).collect(),
    }
}

/// Widths of the columns that fit the page, the widest columns of words narrowed first.
fn fitted(table: &Table, page: usize) -> Option<Vec<usize>> {
    let mut widths: Vec<usize> = (0..table.columns.len()).map(|i| natural(table, i)).collect();
    let gaps = GAP * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > page {
        let words = |i: &usize| !table.columns[*i].number && widths[*i] > NARROWEST;
        let widest = (0..widths.len()).filter(words).max_by_key(|i| widths[*i])?;
        widths[widest] -= 1;
    }
    Some(widths)
}

/// The width that a column takes if nothing is wrapped.
fn natural(table: &Table, column: usize) -> usize {
    let cells = table.rows.iter().map(|row| width(&row[column].plain()));
    cells.chain([width(&table.columns[column].title)]).max().unwrap_or(0)
}

/// The lines of a table whose columns have these widths.
pub(crate) fn side_by_side(table: &Table, widths: &[usize], style: &Style) -> Vec<String> {
    let titles = table.columns.iter().map(|c| Inline::default().muted(&c.title)).collect();
    let rows = std::iter::once(&titles).chain(&table.rows);
    rows.flat_map(|row: &Vec<Inline>| row_lines(row, &table.columns, widths, style)).collect()
}

/// One row, as many lines as its tallest cell.
fn row_lines(row: &[Inline], columns: &[Column], widths: &[usize], style: &Style) -> Vec<String> {
    let cells: Vec<Vec<String>> =
        row.iter().zip(columns).zip(widths).map(|((c, k), w)| cell(c, k, *w, style)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let line = |i: usize| {
        let part = |(cell, width): (&Vec<String>, &usize)| match cell.get(i) {
            Some(text) => text.clone(),
            None => " ".repeat(*width),
        };
        let parts: Vec<String> = cells.iter().zip(widths).map(part).collect();
        parts.join(&" ".repeat(GAP)).trim_end().to_owned()
    };
    (0..height).map(line).collect()
}

/// A cell as lines, each padded to the column.
fn cell(inline: &Inline, column: &Column, wide: usize, style: &Style) -> Vec<String> {
    let tight = wrap_to(inline, "", "", wide, false);
    let shown = wrap_to(inline, "", "", wide, style.color);
    let pad = |(plain, shown): (&String, String)| {
        let space = " ".repeat(wide.saturating_sub(width(plain)));
        if column.number { format!("{space}{shown}") } else { format!("{shown}{space}") }
    };
    tight.iter().zip(shown).map(pad).collect()
}

/// A row as a block: its head, then each cell with the title of its column.
fn stacked(table: &Table, row: &[Inline], style: &Style) -> Vec<String> {
    let mut lines = wrap(&row[0], "", "  ", style);
    for (cell, column) in row.iter().zip(&table.columns).skip(1).filter(|(c, _)| !c.is_empty()) {
        let line = Inline::default().muted(&format!("{}: ", column.title)).with(cell.clone());
        lines.extend(wrap(&line, "  ", "    ", style));
    }
    lines
}
