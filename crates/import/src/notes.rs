//! What stands around a table: titles, key boxes, labelled values, other sheets.

use crate::header::Header;
use crate::pattern::{Pattern, squeeze};
use crate::recipe::{NoteSpec, Value};
use crate::source::Preview;

/// A table among the tables of its file.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    pub(crate) tables: &'a [Preview],
    /// The table.
    pub(crate) table: usize,
    /// How many of its first rows that are not blank stand above its header.
    pub(crate) above: usize,
    pub(crate) header: &'a Header,
    /// Tables that are read as well: what stands beside one is not said of another.
    pub(crate) read: &'a [usize],
}

impl<'a> Surroundings<'a> {
    /// Every text outside the table that is read: its titles first, then the other sheets.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &'a str> {
        let own = self.titles();
        let others = self.tables.iter().enumerate().filter(move |(i, _)| *i != self.table);
        let others = others.flat_map(|(_, t)| &t.rows).flat_map(|(_, row)| row.texts());
        own.chain(others)
    }

    /// The texts above the header.
    pub(crate) fn titles(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.tables[self.table].rows[..self.above].iter().flat_map(|(_, row)| row.texts())
    }

    /// Texts that stand alone in their row, below the header and on sheets that are not read.
    pub(crate) fn notes(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let (table, read) = (self.table, self.read);
        let own = self.tables[table].rows[self.above..].iter();
        let others = self.tables.iter().enumerate();
        let others = others.filter(move |(i, _)| *i != table && !read.contains(i));
        let rows = own.chain(others.flat_map(|(_, t)| &t.rows));
        rows.filter_map(|(_, row)| {
            let mut texts = row.texts();
            texts.next().filter(|t| texts.next().is_none() && t.contains(char::is_alphabetic))
        })
    }

    /// The different values that stand beside a label: above the header or beside the table; if
    /// none does, on sheets that are not read themselves.
    pub(crate) fn labelled(&self, spec: &NoteSpec) -> Vec<String> {
        let rows = &self.tables[self.table].rows;
        let above = labelled(spec, &rows[..self.above], |_| true);
        if !above.is_empty() {
            return above;
        }
        // Below the header only what stands beside the columns is no data.
        let beside = labelled(spec, &rows[self.above..], |c| self.header.text(c).is_empty());
        if !beside.is_empty() {
            return beside;
        }
        let others = self.tables.iter().enumerate();
        let others = others.filter(|(i, _)| *i != self.table && !self.read.contains(i));
        let mut found: Vec<String> =
            others.flat_map(|(_, t)| labelled(spec, &t.rows, |_| true)).collect();
        found.sort();
        found.dedup();
        found
    }
}

fn labelled(
    spec: &NoteSpec,
    rows: &[(u64, Header)],
    counts: impl Fn(usize) -> bool,
) -> Vec<String> {
    let labels: Vec<Pattern> = spec.label.iter().map(|l| Pattern::header(l)).collect();
    let places =
        rows.iter().enumerate().flat_map(|(i, (_, row))| (0..row.width()).map(move |c| (i, c)));
    let places = places.filter(|(_, column)| counts(*column));
    let mut found: Vec<String> =
        places.filter_map(|(i, column)| beside(spec, &labels, rows, i, column)).collect();
    found.sort();
    found.dedup();
    found
}

fn beside(
    spec: &NoteSpec,
    labels: &[Pattern],
    rows: &[(u64, Header)],
    i: usize,
    column: usize,
) -> Option<String> {
    let row = &rows[i].1;
    let text = row.text(column);
    if spec.value == Value::After {
        return spec.label.iter().find_map(|label| behind(label, text));
    }
    let bare = text.trim_end().trim_end_matches([':', '*']).trim_end();
    if !labels.iter().any(|l| l.fits(text) || l.fits(bare)) {
        let typed = |label: &&String| text.get(label.len()..).is_some_and(|t| t.starts_with(':'));
        let right = spec.value == Value::Right;
        return spec.label.iter().filter(|l| right && typed(l)).find_map(|l| behind(l, text));
    }
    let found = match spec.value {
        Value::Below => rows.get(i + 1).map(|(_, below)| below.text(column)),
        _ => (column + 1..row.width()).map(|c| row.text(c)).find(|t| !t.is_empty()),
    };
    found.filter(|t| !t.is_empty()).map(str::to_owned)
}

/// What follows a label in the same text: `Hospital Name:  CENTINELA`.
fn behind(label: &str, text: &str) -> Option<String> {
    let (text, label) = (squeeze(text), squeeze(label));
    let start = text.get(..label.len())?;
    let rest = text[label.len()..].trim_start_matches([':', ' ']).trim();
    (start.eq_ignore_ascii_case(&label) && !rest.is_empty()).then(|| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]]) -> Preview {
        let header = |r: &&[&str]| Header::of(r.iter().map(|t| (*t).to_owned()).collect());
        let rows = rows.iter().enumerate().map(|(i, r)| (i as u64 + 1, header(r))).collect();
        Preview { rows, ..Preview::default() }
    }

    #[test]
    fn labelled_values_are_found() {
        let tables = [
            table(&[
                &["hospital_name", "last_updated_on"],
                &["West Mercy", "2024-07-01"],
                &["Hospital Name:  CENTINELA", "", "Currency:", "", "EUR"],
                &["item", "price", "", "Unit", "each"],
            ]),
            table(&[&["Vintage", "2024"]]),
        ];
        let header = Header::of(vec!["item".into(), "price".into()]);
        let around =
            Surroundings { tables: &tables, table: 0, above: 3, header: &header, read: &[0] };
        for (label, value, found) in [
            ("hospital_name", Value::Below, Some("West Mercy")),
            ("Hospital name", Value::After, Some("CENTINELA")),
            ("currency", Value::Right, Some("EUR")),
            ("unit", Value::Right, Some("each")),
            ("Hospital name", Value::Right, Some("CENTINELA")),
            ("Hospital", Value::Right, None),
            ("vintage", Value::Right, Some("2024")),
            ("nothing", Value::Right, None),
        ] {
            let spec = NoteSpec { label: vec![label.to_owned()], value };
            assert_eq!(around.labelled(&spec).first().map(String::as_str), found, "{label}");
        }
        assert_eq!(around.titles().count(), 7);
        assert_eq!(around.texts().last(), Some("2024"));
    }
}
