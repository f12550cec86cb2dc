//! How many fields the rows below a header have, and which columns hold nothing but numbers.

use super::thousands::{Column, Piece, is_grouped, is_money, is_number_text};
use std::collections::BTreeMap;

/// Rows that the shape is judged by.
pub(super) const SAMPLE: usize = 1000;

/// The shape of a table in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Line of the header; the rows below it are meant.
    pub(super) header: u64,
    /// Columns of the header.
    pub(super) width: usize,
    /// Fields of a whole row: those of the header, save blank ones at the end that either lacks.
    pub(super) expected: usize,
    /// From this column on every row is blank.
    pub(super) blank_from: usize,
    /// What the column of each field of a whole row holds.
    pub(super) columns: Vec<Column>,
    /// Columns of numbers of which an end may stand in the next column.
    pub(super) may_go_on: Vec<usize>,
}

impl Shape {
    /// The shape of a table by its header, of which columns from `named` on have no name, and by
    /// the first rows below it.
    pub(super) fn new(header: u64, width: usize, named: usize, sample: &[Vec<String>]) -> Self {
        let rows: Vec<&[String]> =
            sample.iter().map(Vec::as_slice).filter(|r| r.len() > 1 && !is_blank(r, 0)).collect();
        let expected = expected(width, named, &rows);
        let whole: Vec<&[String]> = rows.iter().filter(|r| r.len() == expected).copied().collect();
        let shorter = rows.iter().any(|r| r.len() < expected && r.len() >= named);
        let filled: Vec<&[String]> =
            whole.iter().filter(|r| !is_blank(r, named)).copied().collect();
        // Columns without a name are some only if most rows fill them, and not with what may be
        // the rest of a number.
        let few = filled.len() * 2 <= whole.len();
        let blank = shorter || few || filled.iter().all(|r| goes_on(r, named));
        let blank_from = if blank { named } else { expected };
        let columns: Vec<Column> = (0..expected).map(|c| column(&whole, c)).collect();
        let points = |c: &usize| whole.iter().filter(|r| r[*c].contains('.')).count();
        let whole_numbers = |c: usize| points(&c) * 2 <= whole.len();
        let may_go_on = (0..expected.saturating_sub(1))
            .filter(|c| may_go_on(columns[*c], columns[c + 1], whole_numbers(c + 1)))
            .collect();
        Self { header, width, expected, blank_from, columns, may_go_on }
    }
}

/// Whether the end of a number in a column may stand in the next one: in a column of texts, or of
/// whole numbers behind amounts of money.
fn may_go_on(column: Column, next: Column, next_is_whole: bool) -> bool {
    match (column, next) {
        (Column::Text, _) => false,
        (_, Column::Text) => true,
        (Column::Money, _) => next_is_whole,
        _ => false,
    }
}

/// Whether a field and the next are `$1` and `973.00`: one number, cut in two. In a column of
/// texts a sign of money in front is enough to tell, elsewhere it takes a fraction.
pub(super) fn is_cut(fields: [&str; 2], next_is_text: bool, quoted: [bool; 2]) -> bool {
    let [first, next] = fields;
    let told = next.contains('.') || (next_is_text && is_money(first));
    let piece = |i: usize| Piece { text: fields[i], quoted: quoted[i] };
    first.len() <= 8 && told && is_grouped(&[piece(0), piece(1)])
}

/// Whether a number in the last column with a name may go on in the next one.
fn goes_on(row: &[String], named: usize) -> bool {
    let around = named.checked_sub(1).and_then(|last| row.get(last..=named));
    around.is_some_and(|pair| {
        let pieces: Vec<Piece<'_>> =
            pair.iter().map(|text| Piece { text, quoted: false }).collect();
        is_grouped(&pieces)
    })
}

fn is_blank(row: &[String], from: usize) -> bool {
    row.iter().skip(from).all(|t| t.trim().is_empty())
}

/// What most rows have, if blank fields at the end explain how that differs from the header.
fn expected(width: usize, named: usize, rows: &[&[String]]) -> usize {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    rows.iter().for_each(|r| *counts.entry(r.len()).or_default() += 1);
    let usual = counts.into_iter().max_by_key(|(fields, count)| (*count, *fields == width));
    let Some((usual, _)) = usual else { return width };
    let longer =
        usual > width && rows.iter().filter(|r| r.len() == usual).all(|r| is_blank(r, width));
    let shorter = usual < width && usual >= named;
    if longer || shorter { usual } else { width }
}

fn column(whole: &[&[String]], column: usize) -> Column {
    let cells = || whole.iter().map(|r| r[column].as_str()).filter(|t| !t.trim().is_empty());
    match () {
        () if cells().count() < 2 || !cells().all(is_number_text) => Column::Text,
        () if cells().any(is_money) => Column::Money,
        () => Column::Number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(named: usize, header: &str, rows: &[&str]) -> Shape {
        let sample: Vec<Vec<String>> =
            rows.iter().map(|r| r.split(',').map(str::to_owned).collect()).collect();
        Shape::new(1, header.split(',').count(), named, &sample)
    }

    #[test]
    fn blank_fields_at_the_end_may_be_the_headers_or_the_rows() {
        for (header, rows, expected) in [
            ("d,p", ["a,1", "b,2"], (2, 2)),
            ("d,p,", ["a,1,", "b,2,"], (3, 2)),
            ("d,p,", ["a,1", "b,2"], (2, 2)),
            ("d,p", ["a,1,", "b,2,"], (3, 2)),
            ("d,p,,", ["a,1,", "b,2,"], (3, 2)),
            // A column without a name that is filled is a column.
            ("d,p,", ["a,1,x", "b,2,y"], (3, 3)),
            // Not if it may be the rest of a number, or where rows have fewer fields.
            ("d,p,", ["a,1,500.00", "b,2,973.00"], (3, 2)),
            ("d,p,", ["a,1,", "b,2,973.00"], (3, 2)),
            ("d,p,", ["a,1", "b,2,973.00"], (3, 2)),
            ("d,p", ["a,1,x", "b,2,y"], (2, 2)),
        ] {
            let shape = shape(2, header, &rows);
            assert_eq!((shape.expected, shape.blank_from), expected, "{header}: {rows:?}");
        }
    }

    #[test]
    fn a_column_of_numbers_has_some_and_nothing_else() {
        let shape = shape(4, "a,b,c,d", &["1,$2,x,", "2,(3),4,", ",4.5,5,6"]);
        assert_eq!(shape.columns, [Column::Number, Column::Money, Column::Text, Column::Text]);
    }
}
