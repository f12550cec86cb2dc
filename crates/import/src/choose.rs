//! Which recipe fits a file, and which rows of which tables are its header.

use crate::header::{Header, key};
use crate::pattern::Pattern;
use crate::recipe::{Any, Spec};
use crate::run::short;
use crate::source::{HEADER_WITHIN, Preview};
use crate::workbook::Area;
use haggle_evidence::{ImportError, Locator};
use std::collections::BTreeSet;

/// Headers that a message lists.
const LISTED: usize = 12;
/// Characters of a header that a message shows.
const SHOWN: usize = 60;

/// A recipe and the tables that it reads.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// Number of the recipe.
    pub(crate) recipe: usize,
    /// At least one; each with its header.
    pub(crate) places: Vec<Place>,
    /// Numbers of other recipes that fit as well, less closely.
    pub(crate) others: Vec<usize>,
}

/// A table and its header.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Number of the table.
    pub(crate) table: usize,
    /// Rows that are not blank above the header.
    pub(crate) above: usize,
    /// First and last row of the header, from 1; both 0 where there is none.
    pub(crate) rows: (u64, u64),
    pub(crate) header: Header,
}

/// The only recipe whose signature is in the file; `sheet` is the only sheet to look at.
pub(crate) fn by_signature(
    specs: &[&Spec],
    tables: &[Preview],
    sheet: Option<&str>,
) -> Result<Choice, ImportError> {
    let mut fits: Vec<(usize, Vec<Place>)> = Vec::new();
    for (recipe, spec) in specs.iter().enumerate().filter(|(_, s)| is_for_tables(s)) {
        let found = places(spec, tables, |h| signed(spec, h));
        if !found.is_empty() {
            fits.push((recipe, found));
        }
    }
    let closest = fits.iter().map(|(r, _)| specs[*r].signature.len()).max();
    let (mut best, others): (Vec<_>, Vec<_>) =
        fits.into_iter().partition(|(r, _)| Some(specs[*r].signature.len()) == closest);
    let others = others.into_iter().map(|(r, _)| r).collect();
    match best.len() {
        0 => Err(none_fits(specs, tables)),
        1 => {
            let (recipe, found) = best.remove(0);
            Ok(Choice { recipe, places: to_read(specs[recipe], found, tables, sheet)?, others })
        }
        _ => Err(ambiguous(best.iter().map(|(r, _)| specs[*r].name.get_ref().as_str()))),
    }
}

/// Whether a recipe finds tables by their header.
fn is_for_tables(spec: &Spec) -> bool {
    spec.tree.is_none() && !spec.signature.is_empty()
}

/// Whether a header has everything that a layout always has, and nothing that it never has.
fn signed(spec: &Spec, header: &Header) -> bool {
    spec.signature.iter().all(|any| header.has(any))
        && !spec.never.iter().any(|any| header.has(any))
}

/// The header that a named recipe reads: one with its signature, else one with all that it needs.
pub(crate) fn by_name(
    spec: &Spec,
    tables: &[Preview],
    sheet: Option<&str>,
) -> Result<Choice, ImportError> {
    if spec.tree.is_some() {
        let message = format!("recipe `{}` reads JSON or XML, found a table", spec.name);
        return Err(fail("E0003", message));
    }
    let required = required(spec);
    let amounts = spec.amount.get_ref();
    let fits = |h: &Header| {
        required.iter().all(|any| h.has(any))
            && amounts.iter().any(|a| a.is_wide() || h.has(&a.any))
    };
    // The row that has the whole signature is the header; a file that lacks some of it may still
    // have all that the recipe cannot do without.
    let signed = |h: &Header| spec.signature.iter().all(|any| h.has(any)) && fits(h);
    let mut found = places(spec, tables, signed);
    if found.is_empty() {
        found = places(spec, tables, fits);
    }
    if found.is_empty() {
        return Err(missing(spec, &required, tables));
    }
    Ok(Choice { recipe: 0, places: to_read(spec, found, tables, sheet)?, others: Vec::new() })
}

/// The header texts of every column that a recipe cannot do without.
pub(crate) fn required(spec: &Spec) -> Vec<Any> {
    let fields = spec.field.iter().filter(|(_, f)| f.required && f.note.is_none());
    let fields = fields.map(|(_, f)| &f.any);
    let attributes = spec.attribute.iter().filter(|a| a.required && a.note.is_none());
    let attributes = attributes.map(|a| &a.any);
    let amounts = spec.amount.get_ref().iter().filter(|a| a.required).map(|a| &a.any);
    let alone = |w: &&crate::recipe::WordSpec| {
        let elsewhere = w.note.is_some() || w.notes || w.header || w.mark || w.otherwise.is_some();
        !elsewhere && !spec.amount.get_ref().iter().any(|a| !a.per_any.is_empty())
    };
    let words = spec.row_words().filter(alone).map(|w| &w.any);
    let rules = spec.rules().filter(|r| r.required).map(|r| &r.any);
    let dates = spec.date.iter().filter(|d| d.required && d.note.is_none()).map(|d| &d.any);
    let all = fields.chain(amounts).chain(words).chain(attributes).chain(rules).chain(dates);
    all.filter(|any| !any.is_empty()).cloned().collect()
}

fn lacking<'s>(wanted: &'s [Any], header: &Header) -> Vec<&'s str> {
    let lacks = wanted.iter().filter(|any| !header.has(any));
    lacks.filter_map(|any| any.first()).map(String::as_str).collect()
}

/// The first fitting header of each table whose notes fit as well.
fn places(spec: &Spec, tables: &[Preview], fits: impl Fn(&Header) -> bool) -> Vec<Place> {
    let mut found = headers(spec, tables, fits);
    found.retain(|p| unfit(spec, &tables[p.table], p.above).is_none());
    found
}

/// The first fitting header of each table, whatever stands above it.
fn headers(spec: &Spec, tables: &[Preview], fits: impl Fn(&Header) -> bool) -> Vec<Place> {
    let mut found = Vec::new();
    for (number, table) in tables.iter().enumerate() {
        let mut rows = 0..table.rows.len().min(HEADER_WITHIN);
        let place = match spec.header.rows {
            0 => headless(spec, number, table),
            _ => rows.find_map(|i| header_at(spec, number, table, i).filter(|p| fits(&p.header))),
        };
        found.extend(place);
    }
    found
}

/// The header of a recipe in one table, whatever stands above it.
pub(crate) fn header_in(spec: &Spec, table: &Preview) -> Option<Place> {
    let fits = |h: &Header| spec.signature.iter().all(|any| h.has(any));
    places(spec, std::slice::from_ref(table), fits).into_iter().next()
}

/// A table without a header is of the recipe's width.
fn headless(spec: &Spec, number: usize, table: &Preview) -> Option<Place> {
    let columns = &spec.header.columns;
    let wide = table.rows.first().is_some_and(|(_, first)| first.width() == columns.len());
    let header = Header::of(columns.clone());
    wide.then_some(Place { table: number, above: 0, rows: (0, 0), header })
}

/// The header whose last row is a given one.
fn header_at(spec: &Spec, number: usize, table: &Preview, last: usize) -> Option<Place> {
    let (to, bottom) = &table.rows[last];
    let from = (to + 1).checked_sub(spec.header.rows).filter(|f| *f > 0)?;
    let above = table.rows.iter().position(|(n, _)| *n >= from).unwrap_or(last);
    let header = match spec.header.rows {
        1 => bottom.clone(),
        _ => joined(table, (from, *to), spec.header.spread),
    };
    let header = spec.header.width.map_or(header.clone(), |width| header.until(width));
    Some(Place { table: number, above, rows: (from, *to), header })
}

fn joined(table: &Preview, (from, to): (u64, u64), spread_right: bool) -> Header {
    let width = table.rows.iter().filter(|(n, _)| (from..=to).contains(n)).map(|(_, h)| h.width());
    let width = width.max().unwrap_or(0);
    let row = |number: u64| {
        let found = table.rows.iter().find(|(n, _)| *n == number);
        let text = |c| found.map_or(String::new(), |(_, h)| h.text(c).to_owned());
        let mut texts: Vec<String> = (0..width).map(text).collect();
        for area in areas_of(&table.across, number) {
            let (first, last) = (area.first.1 as usize, area.last.1 as usize);
            let shown = texts.get(first).cloned().unwrap_or_default();
            texts.iter_mut().take(last + 1).skip(first).for_each(|t| t.clone_from(&shown));
        }
        if spread_right && number < to {
            spread(&mut texts);
        }
        texts
    };
    Header::of_rows((from..=to).map(row).collect())
}

/// The areas, which are in order, that begin in a row.
fn areas_of(across: &[Area], number: u64) -> &[Area] {
    let row = |a: &Area| u64::from(a.first.0) + 1;
    let from = across.partition_point(|a| row(a) < number);
    let to = across.partition_point(|a| row(a) <= number);
    &across[from..to]
}

/// A blank cell stands under the text on its left.
fn spread(texts: &mut [String]) {
    for i in 1..texts.len() {
        if texts[i].is_empty() {
            texts[i] = texts[i - 1].clone();
        }
    }
}

/// The texts of some rows of a table as a header; row 0 is none. `spread`: a blank cell of an upper
/// row stands under the text on its left.
pub(crate) fn header_of(table: &Preview, (from, to): (u64, u64), spread: bool) -> Header {
    match from {
        0 => {
            let width = table.rows.iter().map(|(_, h)| h.width()).max().unwrap_or(0);
            Header::of(vec![String::new(); width])
        }
        _ => joined(table, (from, to), spread),
    }
}

/// What the rows above the header should say, or say though they must not; `None` if all is well.
fn unfit(spec: &Spec, table: &Preview, above: usize) -> Option<String> {
    let texts: Vec<String> =
        table.rows[..above].iter().flat_map(|(_, h)| h.texts().map(key)).collect();
    let said = |wanted: &String| {
        let (wanted, pattern) = (key(wanted), Pattern::header(&format!("*{wanted}*")));
        texts.iter().any(|t| t.contains(&wanted) || pattern.fits(t))
    };
    if let Some(wrong) = spec.without.iter().find(|w| said(w)) {
        return Some(format!("reads no table below the words `{wrong}`"));
    }
    let lacks = !spec.notes.is_empty() && !spec.notes.iter().any(said);
    let wanted = || list(spec.notes.iter().map(String::as_str));
    lacks.then(|| format!("reads only tables below the words {}", wanted()))
}

/// A recipe that has the columns of a table, but not what stands above it, and why.
fn turned_away<'s>(specs: &[&'s Spec], tables: &[Preview]) -> Option<(&'s Spec, String)> {
    let noted = specs.iter().filter(|s| is_for_tables(s));
    let noted = noted.filter(|s| !(s.notes.is_empty() && s.without.is_empty()));
    noted.into_iter().find_map(|spec| {
        let found = headers(spec, tables, |h| signed(spec, h));
        let place = found.first()?;
        Some((*spec, unfit(spec, &tables[place.table], place.above)?))
    })
}

/// The tables to read: those that the caller or the recipe names, else the only one, else the
/// only one that is not hidden.
fn to_read(
    spec: &Spec,
    found: Vec<Place>,
    tables: &[Preview],
    sheet: Option<&str>,
) -> Result<Vec<Place>, ImportError> {
    let name = |p: &Place| tables[p.table].sheet.as_deref().unwrap_or("");
    let named = sheet.map_or_else(|| spec.sheets(), |s| vec![s]);
    if !named.is_empty() && tables.iter().any(|t| t.sheet.is_some()) {
        let patterns: Vec<Pattern> = named.iter().map(|n| Pattern::header(n)).collect();
        let wanted = |p: &Place| patterns.iter().any(|w| w.fits(name(p)));
        let chosen: Vec<Place> = found.iter().filter(|p| wanted(p)).cloned().collect();
        return match chosen.is_empty() {
            false => Ok(chosen),
            true => Err(no_sheet(&named, found.iter().map(name))),
        };
    }
    let visible: Vec<&Place> = found.iter().filter(|p| !tables[p.table].hidden).collect();
    match (found.as_slice(), visible.as_slice()) {
        ([only], _) => Ok(vec![only.clone()]),
        (_, [only]) => Ok(vec![(*only).clone()]),
        _ => {
            let names = list(found.iter().map(name));
            let message = format!("found the header in the sheets {names}, expected it in one");
            Err(fail("E0010", message))
        }
    }
}

fn no_sheet<'a>(named: &[&str], found: impl Iterator<Item = &'a str>) -> ImportError {
    let (named, found) = (list(named.iter().copied()), list(found));
    fail("E0016", format!("no sheet {named} has the header, found it in {found}"))
}

fn fail(code: &'static str, message: String) -> ImportError {
    ImportError::source(code, Locator::default(), message)
}

fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.map(|t| format!("`{}`", short(t))).collect::<Vec<_>>().join(", ")
}

fn ambiguous<'a>(names: impl Iterator<Item = &'a str>) -> ImportError {
    fail("E0007", format!("the recipes {} fit equally well, expected one", list(names)))
}

/// The row most like a header: the one with the most different texts.
pub(crate) fn likeliest(tables: &[Preview]) -> Option<Candidate<'_>> {
    let words = |h: &Header| {
        let texts = h.texts().filter(|t| t.contains(char::is_alphabetic));
        texts.map(key).collect::<BTreeSet<_>>().len()
    };
    candidates(tables).into_iter().max_by_key(|(_, _, h)| words(h))
}

/// A table, the number of one of its rows, and that row.
pub(crate) type Candidate<'a> = (&'a Preview, u64, &'a Header);

/// Every row that may be a header, the last first, since `max_by_key` keeps the last of equals.
fn candidates(tables: &[Preview]) -> Vec<Candidate<'_>> {
    let rows = |t: &'_ Preview| t.rows.len().min(HEADER_WITHIN);
    let of = |t| (0..rows(t)).map(move |i: usize| (t, t.rows[i].0, &t.rows[i].1));
    let mut all: Vec<Candidate<'_>> = tables.iter().flat_map(of).collect();
    all.reverse();
    all
}

fn none_fits(specs: &[&Spec], tables: &[Preview]) -> ImportError {
    let Some((table, row, header)) = likeliest(tables) else {
        return fail("E0002", "no table of the file has a row".to_owned());
    };
    let nearest = nearest_recipe(specs, header);
    let lacks = nearest.as_ref().map_or(&[][..], |(_, lacks)| lacks.as_slice());
    let mut message = format!("no recipe fits; found the headers {}", headers_like(lacks, header));
    if let Some((spec, why)) = turned_away(specs, tables) {
        message += &format!("; recipe `{}` has its columns, but {why}", spec.name);
    } else if let Some((spec, [])) = nearest.as_ref().map(|(spec, lacks)| (spec, &lacks[..])) {
        let name = &spec.name;
        message += &format!("; recipe `{name}` has its columns, and reads it if it is named");
    } else if let Some((spec, lacks)) = &nearest {
        let lacks = list(lacks.iter().copied());
        message += &format!("; the nearest recipe is `{}`, which lacks {lacks}", spec.name);
    }
    let place = Locator { sheet: table.sheet.clone(), row, ..Locator::default() };
    ImportError::source("E0006", place, message)
}

/// Some headers of a table, those first that are most like what is missing, and how many more
/// there are.
fn headers_like(lacks: &[&str], header: &Header) -> String {
    let mut texts: Vec<&str> = lacks.iter().filter_map(|l| header.nearest(l)).collect();
    texts.dedup();
    let near = texts.len();
    let others = header.texts().filter(|t| !texts[..near].contains(t)).take(LISTED);
    let others: Vec<&str> = others.collect();
    texts.extend(others);
    texts.truncate(LISTED);
    let more = header.texts().count().saturating_sub(texts.len());
    let short = |t: &&str| match t.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &t[..end]),
        None => (*t).to_owned(),
    };
    let shown: Vec<String> = texts.iter().map(short).collect();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    list(shown.iter().map(String::as_str)) + &rest
}

/// The recipe of whose signature the least is missing, with what is, if at least half of it is there.
pub(crate) fn nearest_recipe<'s>(
    specs: &[&'s Spec],
    header: &Header,
) -> Option<(&'s Spec, Vec<&'s str>)> {
    let signed = specs.iter().filter(|s| is_for_tables(s));
    let lacks = |s: &&&Spec| lacking(&s.signature, header).len() * 1000 / s.signature.len();
    let spec = signed.min_by_key(lacks)?;
    let lacks = lacking(&spec.signature, header);
    (lacks.len() * 2 <= spec.signature.len()).then_some((spec, lacks))
}

fn missing(spec: &Spec, required: &[Any], tables: &[Preview]) -> ImportError {
    let amounts = spec.amount.get_ref().iter().map(|a| &a.any);
    let all: Vec<_> = required.iter().chain(amounts).collect();
    let known = |h: &Header| all.iter().filter(|any| h.has(any)).count();
    let rows = candidates(tables).into_iter().filter(|(_, _, h)| known(h) > 0);
    let best = rows.max_by_key(|(_, _, h)| known(h));
    let Some((table, row, header)) = best.or_else(|| likeliest(tables)) else {
        return fail("E0002", "no table of the file has a row".to_owned());
    };
    let lacks = lacking(required, header);
    let label = || spec.amount.get_ref().first().map_or("", |a| a.label());
    let column = lacks.first().copied().unwrap_or_else(label);
    let nearest = header
        .nearest(column)
        .map_or_else(String::new, |n| format!("; the nearest header is `{n}`"));
    let message = format!("recipe `{}` needs the column `{column}`{nearest}", spec.name);
    let place = Locator { sheet: table.sheet.clone(), row, ..Locator::default() };
    ImportError::source("E0008", place, message)
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
        Preview { sheet: Some(sheet.to_owned()), hidden, rows, ..Preview::default() }
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
        let chosen = by_signature(&[a.spec(), b.spec()], &tables, None).unwrap();
        assert_eq!((chosen.recipe, chosen.others), (1, vec![0]));
        assert_eq!((chosen.places[0].table, chosen.places[0].rows), (0, (2, 2)));
        let (code, message) = code(by_signature(&[a.spec(), b.spec(), c.spec()], &tables, None));
        assert_eq!(code, "E0007");
        assert!(message.contains("`b`, `c`") && !message.contains("`a`"), "{message}");
    }

    #[test]
    fn one_table_or_the_visible_one() {
        let a = recipe("a", "[[\"pay\"]]");
        let tables = [table("s", true, &[&["pay"]]), table("t", false, &[&["pay"]])];
        assert_eq!(by_signature(&[a.spec()], &tables, None).unwrap().places[0].table, 1);
        let tables = [table("s", false, &[&["pay"]]), table("t", false, &[&["pay"]])];
        let (code, message) = code(by_name(a.spec(), &tables, None));
        assert_eq!(code, "E0010");
        assert!(message.contains("`s`, `t`"), "{message}");
    }

    #[test]
    fn a_fuller_layout_is_not_read_by_the_recipe_of_a_poorer_one() {
        let text = "name = \"a\"\nversion = 1\nsignature = [[\"pay\"]]\nnever = [[\"currency\"]]\n\
             source = { name = \"x\" }\n\
             amount = [{ any = [\"pay\"], statistic = \"value\", per = \"year\" }]\n\
             constant = { kind = \"wage\", basis = \"paid\", tax = \"gross\", currency = \"USD\" }\n";
        let a = Recipe::parse(text, "a").unwrap();
        let read =
            |header: &[&str]| by_signature(&[a.spec()], &[table("s", false, &[header])], None);
        assert!(read(&["pay"]).is_ok());
        assert_eq!(code(read(&["pay", "Currency"])).0, "E0006");
    }

    #[test]
    fn a_table_of_other_figures_is_turned_away_by_its_title() {
        let text = "name = \"a\"\nversion = 1\nsignature = [[\"pay\"]]\nnotes = [\"Table 14.\"]\n\
             without = [\"Paid hours\"]\nsource = { name = \"x\" }\n\
             amount = [{ any = [\"pay\"], statistic = \"value\", per = \"year\" }]\n\
             constant = { kind = \"wage\", basis = \"paid\", tax = \"gross\", currency = \"USD\" }\n";
        let a = Recipe::parse(text, "a").unwrap();
        let read = |title: &str| {
            let tables = [table("s", false, &[&[title], &["pay"]])];
            by_signature(&[a.spec()], &tables, None)
        };
        assert!(read("Table 14.5a: hourly").is_ok());
        let (_, hours) = code(read("Table 14.9a: paid  hours"));
        assert!(
            hours.ends_with("`a` has its columns, but reads no table below the words `Paid hours`")
        );
        let (_, other) = code(read("Table 8.5a"));
        assert!(other.ends_with("reads only tables below the words `Table 14.`"), "{other}");
    }

    #[test]
    fn what_is_missing_is_named() {
        let b = recipe("b", "[[\"pay\"], [\"job title\"]]");
        let tables = [table("s", false, &[&["pay", "job ttle"]])];
        let (found, message) = code(by_signature(&[b.spec()], &tables, None));
        assert_eq!(found, "E0006");
        assert!(message.contains("`job ttle`, `pay`") && message.contains("lacks `job title`"));
        let long = "x".repeat(1 << 16);
        let (_, message) = code(by_signature(&[b.spec()], &[table("s", false, &[&[&long]])], None));
        assert!(message.len() < 1000, "{}", message.len());
        let tables = [table("s", false, &[&["salary", "payy"]])];
        let (found, message) = code(by_name(b.spec(), &tables, None));
        assert_eq!(found, "E0008");
        assert!(message.contains("`pay`; the nearest header is `payy`"), "{message}");
    }
}
