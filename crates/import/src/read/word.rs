//! Words of a row: its currency, unit, basis, component, tax, statistic.

use super::text::plain;
use super::{Faults, Not, RowReading, reject, skip};
use crate::layout::{Column, Layout, Meaning, Words};
use crate::money::is_code;
use crate::source::Row;
use haggle_quantity::{Currency, Per};
use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

type Word<T> = Result<Option<T>, Not>;

impl Layout {
    pub(super) fn read_words<'l: 'r, 'r>(
        &'l self,
        row: &Row<'r>,
        reading: &mut RowReading<'r>,
        faults: &mut Faults,
    ) {
        let words = &self.words;
        reading.currency =
            faults.keep_or_skip(currency(words.currency.as_ref(), None, row)).flatten();
        reading.per = faults.keep_or_skip(per(words.per.as_ref(), None, row)).flatten();
        reading.basis = faults.keep_or_skip(parsed(words.basis.as_ref(), row)).flatten();
        reading.tax = faults.keep_or_skip(parsed(words.tax.as_ref(), row)).flatten();
        reading.statistic = faults.keep_or_skip(parsed(words.statistic.as_ref(), row)).flatten();
        let component = words.component.as_ref().map(|w| word(w, w.column.as_ref(), row));
        reading.component = component.and_then(|w| faults.keep_or_skip(w)).flatten();
    }
}

/// The currency that a column states, by the words of the recipe.
pub(super) fn currency(
    words: Option<&Words>,
    own: Option<&Column>,
    row: &Row<'_>,
) -> Word<Currency> {
    let Some((column, word)) = found(words, own, row)? else { return Ok(None) };
    let unknown = || {
        let reason = "expected the ISO 4217 code of a currency, such as `USD`".to_owned();
        Not::Reject(reject("I0106", column, reason, &word))
    };
    word.parse().ok().filter(|_| is_code(&word)).map(Some).ok_or_else(unknown)
}

/// The unit that a column states, by the words of the recipe.
pub(super) fn per(words: Option<&Words>, own: Option<&Column>, row: &Row<'_>) -> Word<Per> {
    Ok(found(words, own, row)?.map(|(_, word)| Per::new(&word)))
}

fn found<'a: 'r, 'r>(
    words: Option<&'a Words>,
    own: Option<&'a Column>,
    row: &Row<'r>,
) -> Result<Option<(&'a Column, Cow<'r, str>)>, Not> {
    match (words, own) {
        (Some(words), _) => {
            let Some(column) = own.or(words.column.as_ref()) else { return Ok(None) };
            Ok(word(words, Some(column), row)?.map(|w| (column, w)))
        }
        (None, Some(column)) => Ok(plain(column, row).map_err(Not::Reject)?.map(|w| (column, w))),
        (None, None) => Ok(None),
    }
}

fn parsed<T: FromStr>(words: Option<&Words>, row: &Row<'_>) -> Word<T>
where
    T::Err: Display,
{
    let Some((column, word)) = found(words, None, row)? else { return Ok(None) };
    let unknown =
        |e: T::Err| Not::Reject(reject("I0106", column, format!("expected a word: {e}"), &word));
    word.parse().map(Some).map_err(unknown)
}

/// The word of a column, in the recipe's words if it lists any.
fn word<'a: 'r, 'r>(
    words: &'a Words,
    column: Option<&Column>,
    row: &Row<'r>,
) -> Word<Cow<'r, str>> {
    let Some(column) = column else { return Ok(None) };
    let Some(found) = plain(column, row).map_err(Not::Reject)? else {
        return Ok(words.blank.as_deref().map(Cow::Borrowed));
    };
    let found = if words.first_word { first(found) } else { found };
    if let Some(settled) = settled(words, &found, row)? {
        return Ok(Some(Cow::Borrowed(settled)));
    }
    if let Cow::Borrowed(text) = found
        && let Meaning::Word(word) = words.meanings.of(text)
    {
        return Ok(Some(Cow::Borrowed(word)));
    }
    match words.meanings.of(&found) {
        Meaning::Word(word) => Ok(Some(Cow::Owned(word.to_owned()))),
        Meaning::Ignored => {
            let reason = &words.meanings.ignore_reason;
            Err(Not::Skip(Box::new(skip("I0203", reason, &found))))
        }
        Meaning::Unknown => {
            let reason = format!("expected one of {}", words.meanings.known());
            Err(Not::Reject(reject("I0106", column, reason, &found)))
        }
    }
}

fn first(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(t) => Cow::Borrowed(t.split_whitespace().next().unwrap_or("")),
        Cow::Owned(t) => Cow::Owned(t.split_whitespace().next().unwrap_or("").to_owned()),
    }
}

/// A word that means one thing or another, as a second column says.
fn settled<'a>(words: &'a Words, found: &str, row: &Row<'_>) -> Result<Option<&'a str>, Not> {
    if words.cases.is_empty() {
        return Ok(None);
    }
    let key = crate::header::key(found);
    for case in words.cases.iter().filter(|c| c.value == key) {
        let Some(other) = plain(&case.column, row).map_err(Not::Reject)? else { continue };
        let spelt = case.words.as_ref().and_then(|w| w.word(&other)).unwrap_or(&other);
        if let Some(word) = case.map.get(spelt) {
            return Ok(Some(word));
        }
    }
    Ok(None)
}
