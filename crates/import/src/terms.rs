//! Rows that say more of every amount of a column: freight, payment term, validity of each supplier
//! below a table that has one column for each.

use crate::builtin::{builtin_recipes, builtin_text};
use crate::cell::Cell;
use crate::header::key;
use crate::json::{self, Name};
use crate::layout::{Known, Layout};
use crate::notation;
use crate::number::Notation;
use crate::pattern::Pattern;
use crate::recipe::Spec;
use crate::saying::{Said, Saying};
use crate::source::{Row, Source};
use haggle_evidence::{ImportError, Locator};
use haggle_quantity::Currency;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::LazyLock;

/// The term that sets the currency of the amounts instead of being an attribute.
const CURRENCY: &str = "currency";

/// The attribute that says in which row of its column each term stands.
const TERM_ROWS: &str = "term_rows";

/// A row of such terms, by its label.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    name: String,
    labels: Vec<Pattern>,
    saying: Saying,
}

/// The recipe whose terms are looked for where none is chosen.
const KNOWN: &str = "quotes-wide";

static KNOWN_TERMS: LazyLock<Vec<Term>> = LazyLock::new(|| {
    let known = builtin_recipes().iter().find(|recipe| recipe.name() == KNOWN);
    known.map_or_else(Vec::new, |recipe| of(recipe.spec()))
});

/// Whether a text is a label of terms that is known.
pub(crate) fn is_term(text: &str) -> bool {
    let key = label_key(text);
    KNOWN_TERMS.iter().any(|term| term.is_called(&key))
}

/// A label without the colon at its end.
fn bare(label: &str) -> &str {
    label.trim_end_matches([':', ' '])
}

/// A label as it is compared.
fn label_key(label: &str) -> String {
    key(bare(label))
}

/// The `[[term]]` tables of the known terms that one of the labels names, in TOML, each with the
/// labels that name it.
pub(crate) fn known(labels: &[String]) -> Vec<String> {
    let text = builtin_text(KNOWN).unwrap_or_default();
    let tables = text.split("\n\n").filter(|block| block.starts_with("[[term]]"));
    let written = |(table, term): (&str, &Term)| {
        let named = labels.iter().filter(|label| term.is_called(&label_key(label)));
        let named: Vec<String> = named.map(|label| toml_text(bare(label))).collect();
        let line = |line: &str| match line.starts_with("labels = ") {
            true => format!("labels = [{}]", named.join(", ")),
            false => line.to_owned(),
        };
        let lines: Vec<String> = table.lines().map(line).collect();
        (!named.is_empty()).then(|| lines.join("\n"))
    };
    tables.zip(KNOWN_TERMS.iter()).filter_map(written).collect()
}

/// A text as TOML writes it.
fn toml_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The terms of a recipe.
pub(crate) fn of(spec: &Spec) -> Vec<Term> {
    let term = |t: &crate::recipe::TermSpec| Term {
        name: t.name.clone(),
        labels: t.labels.iter().map(|l| Pattern::header(l)).collect(),
        saying: Saying::new(t.saying()),
    };
    spec.term.iter().map(term).collect()
}

impl Term {
    /// Whether a label is its, as [`label_key`] makes it.
    fn is_called(&self, key: &str) -> bool {
        self.labels.iter().any(|label| label.fits_key(key))
    }
}

impl Layout {
    /// The label of a row that states terms: its first filled cell, if a term has it and no unit makes
    /// an item of the row.
    pub(crate) fn term_label<'r>(&self, row: &'r Row<'_>) -> Option<&'r str> {
        if self.terms.is_empty() {
            return None;
        }
        let (at, first) = row.cells.iter().enumerate().find(|(_, c)| !c.is_blank())?;
        let Cell::Text(label) = first else { return None };
        let unit = self.words.per.as_ref().and_then(|w| w.column.as_ref());
        let is_item = unit.is_some_and(|unit| !row.cell(unit.index).is_blank());
        if is_item || self.amounts.iter().any(|a| a.column.index == at) {
            return None;
        }
        let key = label_key(label);
        self.terms.iter().any(|term| term.is_called(&key)).then(|| bare(label))
    }
}

/// Reads the terms of a table, in a pass before its rows are read.
///
/// # Errors
/// A term that stands twice, or a currency that is none.
pub(crate) fn read(source: &mut Source, layout: &mut Layout) -> Result<(), ImportError> {
    if layout.terms.is_empty() {
        return Ok(());
    }
    let mut rows: BTreeMap<usize, u64> = BTreeMap::new();
    let mut said: Vec<BTreeMap<String, Said>> = vec![BTreeMap::new(); layout.amounts.len()];
    source.rows(layout.sheet.as_deref(), &mut |row| {
        let label = layout.term_label(row).filter(|_| row.number > layout.header).map(label_key);
        let called =
            |(_, term): &(usize, &Term)| label.as_ref().is_some_and(|key| term.is_called(key));
        for (i, term) in layout.terms.iter().enumerate().filter(called) {
            if let Some(first) = rows.insert(i, row.number) {
                return Err(twice(layout, i, [first, row.number]));
            }
            take(layout, term, row, &mut said);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let currency = layout.terms.iter().position(|t| t.name == CURRENCY);
    let row = currency.and_then(|term| rows.get(&term)).copied().unwrap_or_default();
    for (i, mut said) in said.into_iter().enumerate() {
        if let Some(Said::Text(code)) = said.remove(CURRENCY) {
            let known = code.parse::<Currency>();
            let known = known.map_err(|_| no_currency(layout, i, row, &code))?;
            layout.amounts[i].currency = Known::Fixed(known);
        }
        let places = places(layout, &rows, &said);
        said.extend(places.map(|places| (TERM_ROWS.to_owned(), Said::Text(places))));
        layout.amounts[i].terms = members(&said);
    }
    Ok(())
}

/// In which rows the terms of a column stand: `freight=14 incoterm=15`.
fn places(
    layout: &Layout,
    rows: &BTreeMap<usize, u64>,
    said: &BTreeMap<String, Said>,
) -> Option<String> {
    let row = |(at, row): (&usize, &u64)| {
        let name = &layout.terms[*at].name;
        said.contains_key(name).then(|| format!("{name}={row}"))
    };
    let all: Vec<String> = rows.iter().filter_map(row).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// What a row says of each column. What cannot be read stays as it stands, for whoever needs it.
fn take(layout: &Layout, term: &Term, row: &Row<'_>, said: &mut [BTreeMap<String, Said>]) {
    for (amount, said) in layout.amounts.iter().zip(said) {
        let cell = row.cell(amount.column.index);
        let notation = match cell {
            Cell::Text(text) => notation::of_text(text),
            _ => Some(Notation::PLAIN),
        };
        if let Some(value) = term.saying.read(cell, notation) {
            said.insert(term.name.clone(), value);
        }
    }
}

/// The members of a JSON object, without its braces.
fn members(said: &BTreeMap<String, Said>) -> String {
    let mut object = String::new();
    for (name, value) in said {
        let name = Name::new(name);
        match value {
            Said::Text(text) => json::text(&mut object, &name, text),
            Said::Number(number) => json::number(&mut object, &name, &number.to_string()),
        }
    }
    object.split_off(object.len().min(1))
}

fn place(layout: &Layout, row: u64, column: u32) -> Locator {
    Locator { sheet: layout.sheet.clone(), row, column, path: None }
}

fn twice(layout: &Layout, term: usize, [first, second]: [u64; 2]) -> ImportError {
    let name = &layout.terms[term].name;
    let message = format!(
        "`{name}` of the columns is stated in rows {first} and {second}, expected it in one"
    );
    ImportError::source("E0015", place(layout, second, 0), message)
}

fn no_currency(layout: &Layout, amount: usize, row: u64, code: &str) -> ImportError {
    let column = &layout.amounts[amount].column;
    let message =
        format!("found the currency `{code}` for `{}`, expected a code such as `EUR`", column.name);
    ImportError::source("E0015", place(layout, row, column.index as u32 + 1), message)
}
