//! Which recipe fits a file, and which row of which table is its header.

use crate::header::{Header, key};
use crate::recipe::Spec;
use crate::source::{HEADER_WITHIN, Preview};
use haggle_evidence::{ImportError, Locator};
use std::collections::BTreeSet;

/// Headers that a message lists.
const LISTED: usize = 40;

/// A recipe, a table and the row of its header, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) recipe: usize,
    pub(crate) table: usize,
    pub(crate) row: usize,
}

/// The only recipe whose signature is in the file.
pub(crate) fn by_signature(specs: &[&Spec], tables: &[Preview]) -> Result<Choice, ImportError> {
    let mut fits: Vec<(usize, Vec<Choice>)> = Vec::new();
    for (recipe, spec) in specs.iter().enumerate() {
        let found = places(recipe, spec, tables, |h| lacking(&spec.signature, h).is_empty());
        if !found.is_empty() {
            fits.push((recipe, found));
        }
    }
    let closest = fits.iter().map(|(r, _)| specs[*r].signature.len()).max();
    fits.retain(|(r, _)| Some(specs[*r].signature.len()) == closest);
    match fits.as_slice() {
        [] => Err(none_fits(specs, tables)),
        [(_, found)] => one_table(found, tables),
        several => Err(ambiguous(several.iter().map(|(r, _)| specs[*r].name.as_str()))),
    }
}

/// The header that a named recipe reads.
pub(crate) fn by_name(spec: &Spec, tables: &[Preview]) -> Result<Choice, ImportError> {
    let required = required(spec);
    let amounts = spec.amount.get_ref();
    let fits =
        |h: &Header| lacking(&required, h).is_empty() && amounts.iter().any(|a| h.has(&a.any));
    let found = places(0, spec, tables, fits);
    if found.is_empty() {
        return Err(missing(spec, &required, tables));
    }
    one_table(&found, tables)
}

/// The header texts of every column that a recipe cannot do without.
fn required(spec: &Spec) -> Vec<Vec<String>> {
    let fields = spec.field.iter().filter(|(_, f)| f.required).map(|(_, f)| &f.any);
    let attributes = spec.attribute.iter().filter(|a| a.required).map(|a| &a.any);
    let amounts = spec.amount.get_ref().iter().filter(|a| a.required).map(|a| &a.any);
    let words = [&spec.currency, &spec.per].into_iter().flatten().map(|w| &w.any);
    let skips = spec.skip.iter().filter(|s| s.required).map(|s| &s.any);
    let keeps = spec.keep.iter().map(|k| &k.any);
    let dates = spec.date.iter().filter(|d| d.required).map(|d| &d.any);
    let all = fields.chain(amounts).chain(words).chain(attributes).chain(skips).chain(keeps);
    all.chain(dates).cloned().collect()
}

fn lacking<'s>(wanted: &'s [Vec<String>], header: &Header) -> Vec<&'s str> {
    let lacks = wanted.iter().filter(|any| !header.has(any));
    lacks.filter_map(|any| any.first()).map(String::as_str).collect()
}

/// The first fitting row of each table that the recipe reads.
fn places(
    recipe: usize,
    spec: &Spec,
    tables: &[Preview],
    fits: impl Fn(&Header) -> bool,
) -> Vec<Choice> {
    let named = |t: &Preview| match (&spec.sheet, &t.sheet) {
        (Some(wanted), Some(sheet)) => key(wanted) == key(sheet),
        _ => true,
    };
    let rows = |t: &Preview| t.rows.iter().take(HEADER_WITHIN).position(|(_, h)| fits(h));
    let found = tables.iter().enumerate().filter(|(_, t)| named(t));
    found.filter_map(|(table, t)| Some(Choice { recipe, table, row: rows(t)? })).collect()
}

/// The only table, or the only one that is not hidden.
fn one_table(found: &[Choice], tables: &[Preview]) -> Result<Choice, ImportError> {
    let visible: Vec<&Choice> = found.iter().filter(|c| !tables[c.table].hidden).collect();
    match (found, visible.as_slice()) {
        ([only], _) => Ok(*only),
        (_, [only]) => Ok(**only),
        _ => {
            let names = found.iter().map(|c| tables[c.table].sheet.as_deref().unwrap_or(""));
            let message =
                format!("found the header in the sheets {}, expected it in one", list(names));
            Err(fail("E0010", message))
        }
    }
}

fn fail(code: &'static str, message: String) -> ImportError {
    ImportError::source(code, Locator::default(), message)
}

fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.map(|t| format!("`{t}`")).collect::<Vec<_>>().join(", ")
}

fn ambiguous<'a>(names: impl Iterator<Item = &'a str>) -> ImportError {
    fail("E0007", format!("the recipes {} fit equally well, expected one", list(names)))
}

/// The row most like a header: the one with the most different texts.
fn likeliest(tables: &[Preview]) -> Option<Place<'_>> {
    let words = |h: &Header| {
        let texts = h.texts().filter(|t| t.contains(char::is_alphabetic));
        texts.map(key).collect::<BTreeSet<_>>().len()
    };
    candidates(tables).into_iter().max_by_key(|(_, _, h)| words(h))
}

type Place<'a> = (&'a Preview, u64, &'a Header);

/// Every row that may be a header, the last first, since `max_by_key` keeps the last of equals.
fn candidates(tables: &[Preview]) -> Vec<Place<'_>> {
    let rows = |t: &'_ Preview| t.rows.len().min(HEADER_WITHIN);
    let of = |t| (0..rows(t)).map(move |i: usize| (t, t.rows[i].0, &t.rows[i].1));
    let mut all: Vec<Place<'_>> = tables.iter().flat_map(of).collect();
    all.reverse();
    all
}

fn none_fits(specs: &[&Spec], tables: &[Preview]) -> ImportError {
    let Some((table, row, header)) = likeliest(tables) else {
        return fail("E0002", "no table of the file has a row".to_owned());
    };
    let texts: Vec<&str> = header.texts().collect();
    let more = texts.len().saturating_sub(LISTED);
    let mut message =
        format!("no recipe fits; found the headers {}", list(texts.into_iter().take(LISTED)));
    if more > 0 {
        message += &format!(" and {more} more");
    }
    let lacks = |s: &&&Spec| lacking(&s.signature, header).len() * 1000 / s.signature.len().max(1);
    if let Some(spec) = specs.iter().min_by_key(lacks) {
        let lacks = list(lacking(&spec.signature, header).into_iter());
        message += &format!("; the nearest recipe is `{}`, which lacks {lacks}", spec.name);
    }
    ImportError::source(
        "E0006",
        Locator { sheet: table.sheet.clone(), row, ..Locator::default() },
        message,
    )
}

fn missing(spec: &Spec, required: &[Vec<String>], tables: &[Preview]) -> ImportError {
    let amounts = spec.amount.get_ref().iter().map(|a| &a.any);
    let all: Vec<_> = required.iter().chain(amounts).collect();
    let known = |h: &Header| all.iter().filter(|any| h.has(any)).count();
    let rows = candidates(tables).into_iter().filter(|(_, _, h)| known(h) > 0);
    let best = rows.max_by_key(|(_, _, h)| known(h));
    let Some((table, row, header)) = best.or_else(|| likeliest(tables)) else {
        return fail("E0002", "no table of the file has a row".to_owned());
    };
    let lacks = lacking(required, header);
    let column = lacks.first().copied().unwrap_or_else(|| spec.amount.get_ref()[0].any[0].as_str());
    let nearest = header
        .nearest(column)
        .map_or_else(String::new, |n| format!("; the nearest header is `{n}`"));
    let message = format!("recipe `{}` needs the column `{column}`{nearest}", spec.name);
    ImportError::source(
        "E0008",
        Locator { sheet: table.sheet.clone(), row, ..Locator::default() },
        message,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::Cell;
    use crate::recipe::Recipe;

    fn recipe(name: &str, signature: &str) -> Recipe {
        let text = format!(
            "name = \"{name}\"\nversion = 1\nsignature = {signature}\nsource = {{ name = \"x\" }}\n\
             number = {{ decimal = \".\" }}\namount = [{{ any = [\"pay\"], statistic = \"value\", per = \"year\" }}]\n\
             constant = {{ kind = \"wage\", basis = \"paid\", tax = \"gross\", currency = \"USD\" }}\n"
        );
        Recipe::parse(&text, name).unwrap_or_else(|e| panic!("{e}"))
    }

    fn table(sheet: &str, hidden: bool, rows: &[&[&str]]) -> Preview {
        let header = |cells: &&[&str]| {
            Header::new(&cells.iter().map(|t| Cell::text((*t).into())).collect::<Vec<_>>())
        };
        let rows = rows.iter().enumerate().map(|(i, r)| (i as u64 + 1, header(r))).collect();
        Preview { sheet: Some(sheet.to_owned()), hidden, rows }
    }

    fn code(result: Result<Choice, ImportError>) -> (&'static str, String) {
        match result {
            Err(ImportError::Source(d)) => (d.code, d.message),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_more_specific_signature_wins_and_equals_are_refused() {
        let (a, b) = (recipe("a", "[[\"pay\"]]"), recipe("b", "[[\"pay\"], [\"job\"]]"));
        let c = recipe("c", "[[\"pay\"], [\"title\", \"job\"]]");
        let tables = [table("s", false, &[&["Survey"], &["Job", "Pay"]])];
        let chosen = by_signature(&[a.spec(), b.spec()], &tables).unwrap();
        assert_eq!(chosen, Choice { recipe: 1, table: 0, row: 1 });
        let (code, message) = code(by_signature(&[a.spec(), b.spec(), c.spec()], &tables));
        assert_eq!(code, "E0007");
        assert!(message.contains("`b`, `c`") && !message.contains("`a`"), "{message}");
    }

    #[test]
    fn one_table_or_the_visible_one() {
        let a = recipe("a", "[[\"pay\"]]");
        let tables = [table("s", true, &[&["pay"]]), table("t", false, &[&["pay"]])];
        assert_eq!(by_signature(&[a.spec()], &tables).unwrap().table, 1);
        let tables = [table("s", false, &[&["pay"]]), table("t", false, &[&["pay"]])];
        let (code, message) = code(by_name(a.spec(), &tables));
        assert_eq!(code, "E0010");
        assert!(message.contains("`s`, `t`"), "{message}");
    }

    #[test]
    fn what_is_missing_is_named() {
        let b = recipe("b", "[[\"pay\"], [\"job title\"]]");
        let tables = [table("s", false, &[&["pay", "job ttle"]])];
        let (found, message) = code(by_signature(&[b.spec()], &tables));
        assert_eq!(found, "E0006");
        assert!(message.contains("`pay`, `job ttle`") && message.contains("lacks `job title`"));
        let tables = [table("s", false, &[&["salary", "payy"]])];
        let (found, message) = code(by_name(b.spec(), &tables));
        assert_eq!(found, "E0008");
        assert!(message.contains("`pay`; the nearest header is `payy`"), "{message}");
    }
}
