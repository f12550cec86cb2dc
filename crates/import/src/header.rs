//! A header row: columns found by what stands above them, never by where they stand.

use crate::cell::Cell;
use crate::pattern::{Pattern, squeeze};
use std::sync::OnceLock;

/// The texts above the columns of a table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Header {
    /// What stands above each column: the texts of all header rows, from the top, with a space
    /// between each two.
    shown: Vec<String>,
    keys: Vec<String>,
    /// The texts of each header row, merged cells spread.
    rows: Vec<Vec<String>>,
    /// Columns in order of their keys, once it was asked for.
    order: OnceLock<Vec<usize>>,
    /// Whether the texts are compared as they stand.
    literal: bool,
}

/// The same header text stands above two columns, so that neither can be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Twice {
    /// The header text.
    pub(crate) text: String,
    /// The second column, from 0.
    pub(crate) column: usize,
}

/// A header text as it is compared: lower case and squeezed.
pub(crate) fn key(text: &str) -> String {
    squeeze(text).to_lowercase()
}

impl Header {
    /// The header that a row of cells makes.
    pub(crate) fn new(cells: &[Cell<'_>]) -> Self {
        Self::of(cells.iter().map(|c| c.shown().into_owned()).collect())
    }

    /// The header of these texts.
    pub(crate) fn of(shown: Vec<String>) -> Self {
        Self::of_rows(vec![shown])
    }

    /// The header of several rows, from the top.
    pub(crate) fn of_rows(rows: Vec<Vec<String>>) -> Self {
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let join = |column: usize| {
            let texts = rows.iter().filter_map(|row| row.get(column));
            texts.filter(|t| !t.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")
        };
        let shown: Vec<String> = match rows.as_slice() {
            [only] => only.clone(),
            _ => (0..width).map(join).collect(),
        };
        let keys = shown.iter().map(|t| key(t)).collect();
        Self { shown, keys, rows, order: OnceLock::new(), literal: false }
    }

    /// The header of texts that are paths: no sign in them stands for anything, and case counts.
    pub(crate) fn literal(self) -> Self {
        Self { keys: self.shown.clone(), literal: true, ..self }
    }

    /// The header of the first columns; above the others stands nothing.
    pub(crate) fn until(mut self, width: usize) -> Self {
        let texts = self.rows.iter_mut().chain([&mut self.shown, &mut self.keys]);
        texts.flat_map(|row| row.iter_mut().skip(width)).for_each(String::clear);
        self.order = OnceLock::new();
        self
    }

    /// The column of the first of these texts that there is; an empty text is the first column, if
    /// nothing stands above it.
    ///
    /// # Errors
    /// [`Twice`] if that text stands above two columns.
    pub(crate) fn find(&self, any: &[String]) -> Result<Option<usize>, Twice> {
        for text in any {
            let mut columns = self.columns(text);
            if let Some(first) = columns.next() {
                return match columns.next() {
                    None => Ok(Some(first)),
                    Some(column) => Err(Twice { text: self.shown[first].clone(), column }),
                };
            }
        }
        Ok(None)
    }

    /// Columns above which a text stands.
    fn columns(&self, text: &str) -> impl Iterator<Item = usize> {
        let wanted = if self.literal { text.to_owned() } else { key(text) };
        let most = if text.is_empty() { 1 } else { self.shown.len() };
        let starred = text.contains('*') && !self.literal;
        let pattern = starred.then(|| Pattern::header(text));
        let exact = pattern.is_none().then(|| self.exact(&wanted));
        let like = pattern.map(|p| {
            let fits = move |key: &String| *key == wanted || p.fits_key(key);
            (0..most).filter(move |i| fits(&self.keys[*i]))
        });
        let exact = exact.into_iter().flatten().copied().filter(move |i| *i < most);
        like.into_iter().flatten().chain(exact)
    }

    /// Columns with a key, in order; tables of surveys are wide, and many texts are looked for.
    fn exact(&self, wanted: &str) -> &[usize] {
        let order = self.order.get_or_init(|| {
            let mut order: Vec<usize> = (0..self.keys.len()).collect();
            order.sort_by(|a, b| self.keys[*a].cmp(&self.keys[*b]));
            order
        });
        let from = order.partition_point(|i| self.keys[*i].as_str() < wanted);
        let to = order.partition_point(|i| self.keys[*i].as_str() <= wanted);
        &order[from..to]
    }

    /// Whether one of these texts stands above a column.
    pub(crate) fn has(&self, any: &[String]) -> bool {
        any.iter().any(|t| self.columns(t).next().is_some())
    }

    /// The text above a column.
    pub(crate) fn text(&self, column: usize) -> &str {
        self.shown.get(column).map_or("", String::as_str)
    }

    /// The texts above a column, one for each header row.
    pub(crate) fn texts_above(&self, column: usize) -> Vec<&str> {
        self.rows.iter().map(|row| row.get(column).map_or("", String::as_str)).collect()
    }

    /// Every text that is not blank.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.shown.iter().filter(|t| !t.is_empty()).map(String::as_str)
    }

    /// Columns, blank ones included.
    pub(crate) fn width(&self) -> usize {
        self.shown.len()
    }

    /// Columns up to the last one with a text.
    pub(crate) fn named(&self) -> usize {
        self.shown.iter().rposition(|t| !t.is_empty()).map_or(0, |last| last + 1)
    }

    /// The text most like a wanted one, if any is like it at all.
    pub(crate) fn nearest(&self, wanted: &str) -> Option<&str> {
        nearest(wanted, self.texts())
    }
}

/// Likeness below which a suggestion is no help.
const LIKE: f64 = 0.6;

/// The candidate most like a wanted text.
pub(crate) fn nearest<'a>(
    wanted: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    nearest_all(wanted, candidates, 1).first().copied()
}

/// The candidates most like a wanted text, the most alike first, at most so many.
pub(crate) fn nearest_all<'a>(
    wanted: &str,
    candidates: impl Iterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let wanted = key(wanted);
    let likeness = |c: &str| {
        let candidate = key(c);
        match may_be_like(&wanted, &candidate) {
            true => strsim::normalized_damerau_levenshtein(&wanted, &candidate),
            false => 0.0,
        }
    };
    let mut like: Vec<(f64, &str)> =
        candidates.map(|c| (likeness(c), c)).filter(|(like, _)| *like >= LIKE).collect();
    like.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    like.into_iter().take(most).map(|(_, c)| c).collect()
}

/// Whether two texts are of lengths that may be like each other: at least the difference must be
/// changed. To compare them in full takes a table of the product of both.
fn may_be_like(a: &str, b: &str) -> bool {
    let (a, b) = (a.chars().count(), b.chars().count());
    a.min(b) as f64 >= LIKE * a.max(b) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(texts: &[&str]) -> Header {
        Header::new(&texts.iter().map(|t| Cell::text((*t).into())).collect::<Vec<_>>())
    }

    #[test]
    fn columns_are_found_by_their_text() {
        let header = header(&["\u{feff}Occ_Code", " A\u{a0} PCT10 ", "", "a_mean", "A_MEAN"]);
        let find = |t: &str| header.find(&[t.to_owned()]);
        assert_eq!(find("OCC_CODE"), Ok(Some(0)));
        assert_eq!(find("a pct10"), Ok(Some(1)));
        assert_eq!(find("pct10"), Ok(None));
        assert_eq!(find("A_Mean"), Err(Twice { text: "a_mean".into(), column: 4 }));
        assert_eq!(header.find(&["x".into(), "occ_code".into()]), Ok(Some(0)));
        assert_eq!(find(""), Ok(None), "only the first column may lack a header");
        let headless = self::header(&["", "a", ""]);
        assert_eq!(headless.find(&[String::new()]), Ok(Some(0)));
        assert_eq!(header.nearest("OCC_CDE"), Some("Occ_Code"));
        assert_eq!(header.nearest("salary"), None);
        // The table of these two would take 8 TB.
        let long = "a".repeat(1 << 20);
        assert_eq!(nearest(&long, [&*"b".repeat(1 << 19)].into_iter()), None);
    }

    proptest::proptest! {
        #[test]
        fn what_is_not_compared_is_not_alike(a in "[ab]{0,9}", b in "[ab]{0,9}") {
            let like = strsim::normalized_damerau_levenshtein(&a, &b) >= LIKE;
            assert!(may_be_like(&a, &b) || !like);
        }
    }
}
