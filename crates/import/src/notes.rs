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

    /// The value that stands beside a label: above the header, beside the table, on other sheets.
    pub(crate) fn labelled(&self, spec: &NoteSpec) -> Option<String> {
        let others = self.tables.iter().enumerate().filter(|(i, _)| *i != self.table);
        let own = std::iter::once(&self.tables[self.table]);
        let mut tables = own.chain(others.map(|(_, t)| t));
        tables.find_map(|table| labelled(spec, &table.rows))
    }
}

fn labelled(spec: &NoteSpec, rows: &[(u64, Header)]) -> Option<String> {
    let labels: Vec<Pattern> = spec.label.iter().map(|l| Pattern::header(l)).collect();
    let places =
        rows.iter().enumerate().flat_map(|(i, (_, row))| (0..row.width()).map(move |c| (i, c)));
    places.filter_map(|(i, column)| beside(spec, &labels, rows, i, column)).next()
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
        let around = Surroundings { tables: &tables, table: 0, above: 3 };
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
            assert_eq!(around.labelled(&spec).as_deref(), found, "{label}");
        }
        assert_eq!(around.titles().count(), 7);
        assert_eq!(around.texts().last(), Some("2024"));
    }
}
