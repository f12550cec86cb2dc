//! Which rows are data: blank ones, notes, repeated headers, aggregates, duplicates are not.

use super::{Read, Reject, Skip, State, error_cell, reject, skip};
use crate::cell::Cell;
use crate::header::key;
use crate::layout::{AmountColumn, BoundRule, Column, Layout};
use crate::recipe::Hidden;
use crate::source::Row;
use crate::tree::Branch;
use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

impl Layout {
    /// Blank rows, notes, footers, and the header where it is repeated.
    pub(super) fn not_data(&self, row: &Row<'_>, state: &mut State<'_>) -> Option<Skip> {
        if let Some(branch) = row.branch {
            let ended = state.ended.as_ref().map(|(code, why)| skip(code, why, &row.shown()));
            return ended.or(branch.aside().map(|what| skip("I0202", "no row", what)));
        }
        let mut filled = row.cells.iter().filter(|c| !c.is_blank());
        let Some(first) = filled.next() else {
            state.after_blank = true;
            return Some(skip("I0202", "blank row", ""));
        };
        if let Some((code, reason)) = &state.ended {
            return Some(skip(code, reason, &first.shown()));
        }
        if row.hidden && self.hidden == Hidden::Skip {
            return Some(skip("I0203", "hidden row", &first.shown()));
        }
        let alone = filled.next().is_none();
        let titled = std::mem::replace(&mut state.titled, alone && matches!(first, Cell::Text(_)));
        if alone && self.is_note(row, first) {
            return Some(skip("I0202", "note", &first.shown()));
        }
        if self.repeats_header(row) {
            state.again = Some(row.number).filter(|_| titled);
            return Some(skip("I0202", "header repeated", &first.shown()));
        }
        if self.begins_another(row, state.after_blank) {
            state.another = Some(row.number);
            state.ended = Some(("I0205", "row of another table".to_owned()));
            return Some(skip("I0205", "row of another table", &first.shown()));
        }
        None
    }

    /// Whether a row of a tree has no member that is read as an amount.
    pub(super) fn says_nothing(&self, row: &Row<'_>) -> bool {
        let any = |branch: &Branch<'_>| self.amounts_at.columns.common(branch.set).next().is_some();
        row.branch.is_some_and(|branch| !any(branch))
    }

    /// Whether another table begins: a row of texts below a blank one, in the columns of amounts
    /// too, or the headers of the amounts above other columns.
    fn begins_another(&self, row: &Row<'_>, after_blank: bool) -> bool {
        let number = |a: &AmountColumn| match row.cell(a.column.index) {
            Cell::Text(text) => text.as_bytes()[0].is_ascii_digit(),
            cell => !cell.is_blank(),
        };
        if self.amounts.iter().any(number) {
            return false;
        }
        let worded = |c: &Cell<'_>| matches!(c, Cell::Text(t) if t.contains(char::is_alphabetic) && !t.contains(|d: char| d.is_ascii_digit()));
        let word = |a: &AmountColumn| {
            worded(row.cell(a.column.index)) && !a.signs.know(row.cell(a.column.index))
        };
        if self.header == 0 || !self.amounts.iter().any(word) {
            return false;
        }
        let filled = || row.cells.iter().filter(|c| !c.is_blank());
        let heading = after_blank && filled().count() > 1 && filled().all(worded);
        let above = |a: &AmountColumn| {
            let name = key(&a.column.name);
            filled().any(|c| matches!(c, Cell::Text(t) if key(t) == name))
        };
        heading && self.amounts.iter().all(|a| word(a) || row.cell(a.column.index).is_blank())
            || filled().count() > 1 && self.amounts.iter().all(above)
    }

    fn repeats_header(&self, row: &Row<'_>) -> bool {
        let repeated = |a: &AmountColumn| match row.cell(a.column.index) {
            Cell::Text(text) => {
                text.contains(char::is_alphabetic) && key(text) == key(&a.column.name)
            }
            _ => false,
        };
        self.header > 0 && self.amounts.iter().all(repeated)
    }

    /// A row whose only cell is a text beside the amounts. A text file's row of too few fields
    /// could be a row that was cut off, so its text must be of several words as well.
    fn is_note(&self, row: &Row<'_>, only: &Cell<'_>) -> bool {
        let Cell::Text(text) = only else { return false };
        let whole = row.fields.is_none_or(|n| n == self.width);
        let beside = self.amounts.iter().all(|a| row.cell(a.column.index).is_blank());
        let words = text.contains(char::is_alphabetic) && (whole || text.contains(' '));
        self.width > 2 && beside && words
    }

    pub(super) fn wrong_shape(&self, row: &Row<'_>) -> Option<Box<Reject>> {
        let whole = |code, reason, found| {
            Box::new(Reject { code, column: None, field: String::new(), reason, found })
        };
        if let Some(fault) = row.fault {
            return Some(whole(fault.code, fault.reason.clone(), fault.found.clone()));
        }
        let found = row.fields.filter(|n| *n != self.width);
        let problem = match found {
            Some(fields) => format!("{fields} fields"),
            None if row.stray => "text after the closing quote of a field".to_owned(),
            None => return None,
        };
        let reason = format!("expected {} fields, as the header has", self.width);
        Some(whole("I0103", reason, problem))
    }

    /// Rows that the recipe does not read, by what one of their cells says.
    pub(super) fn passed_over(&self, row: &Row<'_>, state: &mut State<'_>) -> Read<Option<Skip>> {
        for bound @ BoundRule { column, rule, .. } in &self.ends {
            let word = marker(column, row)?;
            if meets(bound, &word) {
                state.ended = Some(("I0202", rule.reason.clone()));
                return Ok(Some(skip("I0202", &rule.reason, &word)));
            }
        }
        for bound @ BoundRule { column, rule, .. } in &self.skips {
            let word = marker(column, row)?;
            if meets(bound, &word) {
                let code = if rule.aggregate { "I0201" } else { "I0203" };
                return Ok(Some(skip(code, &rule.reason, &word)));
            }
            known(bound, &word)?;
        }
        for bound @ BoundRule { column, rule, .. } in &self.keeps {
            let word = marker(column, row)?;
            if !meets(bound, &word) {
                return Ok(Some(skip("I0203", &rule.reason, &word)));
            }
        }
        Ok(None)
    }

    /// A row that says again what an earlier imported one said.
    pub(super) fn duplicate(&self, row: &Row<'_>, state: &mut State<'_>) -> Option<Skip> {
        let (columns, reason) = self.duplicates.as_ref()?;
        let blank = |c: &usize| row.cell(*c).is_blank();
        if !columns.is_empty() && columns.iter().all(blank) {
            return None;
        }
        let print = match columns.is_empty() {
            // Blank cells at the end are formatting, not what a row says.
            true => fingerprint(filled(row.cells).iter().map(Cell::shown)),
            false => fingerprint(columns.iter().map(|c| row.cell(*c).shown())),
        };
        let first = row.cells.iter().find(|c| !c.is_blank()).map(Cell::shown);
        let again = !state.seen.insert(print);
        again.then(|| skip("I0204", reason, &first.unwrap_or_default()))
    }
}

/// The cells up to the last one that is filled.
fn filled<'a, 'r>(cells: &'a [Cell<'r>]) -> &'a [Cell<'r>] {
    &cells[..cells.iter().rposition(|c| !c.is_blank()).map_or(0, |last| last + 1)]
}

/// 128 bits of some texts: two rows that differ have the same ones about never.
pub(crate) fn fingerprint<'c>(texts: impl Iterator<Item = Cow<'c, str>>) -> u128 {
    let (mut a, mut b) = (DefaultHasher::new(), DefaultHasher::new());
    b.write_u8(1);
    for text in texts {
        text.hash(&mut a);
        text.hash(&mut b);
    }
    (u128::from(a.finish()) << 64) | u128::from(b.finish())
}

/// A row with a word that the rule neither lists nor knows is of a new layout.
fn known(bound: &BoundRule, word: &str) -> Read<()> {
    let Some(known) = bound.known.as_ref().filter(|known| !known.has(word)) else { return Ok(()) };
    let mut words = bound.rule.values.clone();
    words.extend(known.words().iter().filter(|w| !w.is_empty()).cloned());
    let reason = format!("expected one of {}", words.join(", "));
    Err(reject("I0106", &bound.column, reason, word))
}

fn meets(bound: &BoundRule, word: &str) -> bool {
    let rule = &bound.rule;
    let lower = || word.to_lowercase();
    let any = |texts: &[String], test: fn(&str, &str) -> bool| {
        !texts.is_empty() && {
            let lower = lower();
            texts.iter().any(|t| test(&lower, &t.to_lowercase()))
        }
    };
    bound.values.has(word)
        || (rule.blank && word.is_empty())
        || bound.only.as_ref().is_some_and(|list| list.make_up(word))
        || rule.shorter.is_some_and(|n| word.chars().count() < n)
        || any(&rule.starts, |w, t| w.starts_with(t))
        || any(&rule.contains, |w, t| w.contains(t))
}

/// The word that decides whether a row is read.
pub(super) fn marker<'r>(column: &Column, row: &Row<'r>) -> Read<Cow<'r, str>> {
    match row.cell(column.index) {
        cell @ (Cell::Error(_) | Cell::Tree(_)) => Err(error_cell(column, cell)),
        cell => Ok(cell.shown()),
    }
}
