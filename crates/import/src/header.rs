//! A header row: columns found by what stands above them, never by where they stand.

use crate::cell::Cell;

/// The texts of a header row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Header {
    shown: Vec<String>,
    keys: Vec<String>,
}

/// The same header text stands above two columns, so that neither can be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Twice {
    /// The header text.
    pub(crate) text: String,
    /// The second column, from 0.
    pub(crate) column: usize,
}

/// A header text as it is compared: lower case, white space collapsed, no byte order mark.
pub(crate) fn key(text: &str) -> String {
    let clean = text.replace('\u{feff}', "");
    clean.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Header {
    /// The header that a row of cells makes.
    pub(crate) fn new(cells: &[Cell<'_>]) -> Self {
        let shown: Vec<String> = cells.iter().map(|c| c.shown().into_owned()).collect();
        let keys = shown.iter().map(|t| key(t)).collect();
        Self { shown, keys }
    }

    /// The column of the first of these texts that there is.
    ///
    /// # Errors
    /// [`Twice`] if that text stands above two columns.
    pub(crate) fn find(&self, any: &[String]) -> Result<Option<usize>, Twice> {
        for text in any.iter().map(|t| key(t)) {
            let mut columns = (0..self.keys.len()).filter(|&i| self.keys[i] == text);
            if let Some(first) = columns.next() {
                return match columns.next() {
                    None => Ok(Some(first)),
                    Some(column) => Err(Twice { text: self.shown[first].clone(), column }),
                };
            }
        }
        Ok(None)
    }

    /// Whether one of these texts stands above a column.
    pub(crate) fn has(&self, any: &[String]) -> bool {
        any.iter().any(|t| self.keys.contains(&key(t)))
    }

    /// The text above a column.
    pub(crate) fn text(&self, column: usize) -> &str {
        self.shown.get(column).map_or("", String::as_str)
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
    let wanted = key(wanted);
    let likeness = |c: &str| strsim::normalized_damerau_levenshtein(&wanted, &key(c));
    candidates
        .map(|c| (likeness(c), c))
        .filter(|(like, _)| *like >= LIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, c)| c)
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
        assert_eq!(header.nearest("OCC_CDE"), Some("Occ_Code"));
        assert_eq!(header.nearest("salary"), None);
    }
}
