//! A list of flat objects as a table: its members' names are the headers of a recipe for tables.

use super::plan::{At, Plan, Want};
use super::pointer::{self, Step};
use super::recipe::Paths;
use super::walk::{Seen, Stop, Walk};
use super::{Page, TreeFile, shape};
use crate::choose::{self, Choice, Place};
use crate::header::Header;
use crate::recipe::{Recipe, Spec};
use crate::source::Preview;
use haggle_evidence::{ImportError, Locator};
use std::collections::BTreeSet;
use std::io::Read;
use std::ops::ControlFlow;

/// Bytes by whose members a list is known.
const HEAD: u64 = 1 << 20;

/// The recipe for tables whose headers are the members of a list, if there is such a list.
///
/// # Errors
/// `E0008` if no list has the members that the named recipe needs, `E0010` if several have, `E0015`
/// if something stands around it that may say otherwise what its amounts are.
pub(super) fn choose(
    tree: &mut TreeFile,
    recipes: &[Recipe],
    named: bool,
) -> Result<Option<(Vec<Preview>, Choice)>, ImportError> {
    let flat = (0..recipes.len()).filter(|i| is_flat(recipes[*i].spec()));
    let numbers: Vec<usize> = flat.collect();
    let specs: Vec<&Spec> = numbers.iter().map(|i| recipes[*i].spec()).collect();
    let lists = lists(&tree.pages);
    if specs.is_empty() || lists.is_empty() {
        return Ok(None);
    }
    let fit = |names: Vec<String>| fit(&specs, names, named);
    let list = match the_one(&tree.pages, &lists, |names| fit(names).map(drop)) {
        // What lists there are is told by whoever asks.
        Err(ImportError::Source(d)) if !named && d.code == "E0006" => return Ok(None),
        list => list?,
    };
    let names = names(&tree.pages, &list, None)?;
    let choice = fit(names.clone())?;
    refuse_around(specs[choice.recipe], &list)?;
    tree.paths = Some(paths(list, &names)?);
    let (tables, header) = (tree.previews(), Header::of(names));
    let place = |table| Place { table, above: 0, rows: (0, 0), header: header.clone() };
    let places = (0..tables.len()).map(place).collect();
    let others = choice.others.iter().map(|other| numbers[*other]).collect();
    Ok(Some((tables, Choice { recipe: numbers[choice.recipe], places, others })))
}

/// The recipe that reads a table below these headers.
fn fit(specs: &[&Spec], names: Vec<String>, named: bool) -> Result<Choice, ImportError> {
    let table = Preview { rows: vec![(1, Header::of(names))], ..Preview::default() };
    let choice = match (named, specs) {
        (true, [spec, ..]) => choose::by_name(spec, &[table], None),
        _ => choose::by_signature(specs, &[table], None),
    };
    choice.map_err(nowhere)
}

/// What stands around a list is not read, so that it may say unseen what its amounts are.
fn refuse_around(spec: &Spec, list: &[Step]) -> Result<(), ImportError> {
    if !spec.wary || list.len() == 1 {
        return Ok(());
    }
    let (name, list) = (spec.name.get_ref(), pointer::shown(list));
    let message = format!(
        "recipe `{name}` must know what stands around a table, and around `{list}` stand members that it does not read, expected a recipe of your own with `[tree]`"
    );
    Err(fail("E0015", message))
}

/// Whether a recipe reads tables below one row of headers, as a list of objects is.
fn is_flat(spec: &Spec) -> bool {
    spec.tree.is_none() && spec.header.rows == 1 && spec.header.width.is_none()
}

/// The paths of lists of objects that stand in no other list, in each of the pages.
fn lists(pages: &[Page]) -> Vec<Vec<Step>> {
    let found = pages.first().map(shape::shapes).unwrap_or_default();
    let lists = found.iter().filter(|list| !list.map);
    let paths = lists.filter_map(|list| pointer::parse(&list.path).ok());
    let once = |path: &Vec<Step>| path.iter().filter(|s| matches!(s, Step::Any(_))).count() == 1;
    paths.filter(once).collect()
}

/// The only list whose first objects have what a recipe needs.
fn the_one(
    pages: &[Page],
    lists: &[Vec<Step>],
    fit: impl Fn(Vec<String>) -> Result<(), ImportError>,
) -> Result<Vec<Step>, ImportError> {
    let (mut fits, mut first) = (Vec::new(), None);
    for list in lists {
        match fit(names(pages, list, Some(HEAD))?) {
            Ok(()) => fits.push(list),
            Err(error) => first = first.or(Some(error)),
        }
    }
    match (fits.as_slice(), first) {
        ([only], _) => Ok((*only).clone()),
        ([], Some(error)) => Err(error),
        (several, _) => {
            let shown: Vec<String> = several.iter().map(|list| pointer::shown(list)).collect();
            let lists = shown.join("`, `");
            Err(fail("E0010", format!("found the columns in the lists `{lists}`, expected one")))
        }
    }
}

/// The names of the members of a list's objects, of all pages or of the first part of each.
fn names(pages: &[Page], list: &[Step], head: Option<u64>) -> Result<Vec<String>, ImportError> {
    let plan = Plan::new(&[(list.to_vec(), false)], &[], 0).map_err(|e| fail("E0012", e))?;
    let mut names = Vec::new();
    for page in pages {
        let members: BTreeSet<String> = members(page, &plan, head)?.unread.into_keys().collect();
        names.extend(members.into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
    }
    Ok(names)
}

fn members(page: &Page, plan: &Plan, head: Option<u64>) -> Result<Seen, ImportError> {
    let mut nothing = |_, _: &_| Ok(ControlFlow::Continue(()));
    let text = page.text.decoded()?.take(head.unwrap_or(u64::MAX));
    let (seen, done) = Walk::new(text, plan, true, &mut nothing).of_all().run(page.lines);
    match done {
        Ok(()) | Err(Stop::Enough) => Ok(seen),
        // That only its first part is looked at is no fault of the file.
        Err(Stop::Fault(..)) if head.is_some() => Ok(seen),
        Err(stop) => Err(page.error(stop)),
    }
}

/// The objects of the list as rows, each of their members as a column.
fn paths(list: Vec<Step>, names: &[String]) -> Result<Paths, ImportError> {
    let want = |(column, name): (u16, &String)| {
        let at = At::Below(vec![Step::Name(name.clone())]);
        Want { column, rank: 0, kinds: u64::MAX, at }
    };
    let wants: Vec<Want> = (0_u16..).zip(names).map(want).collect();
    let rows = Plan::new(&[(list, false)], &wants, names.len()).map_err(|e| fail("E0012", e))?;
    let columns = names.iter().map(|name| vec![name.clone()]).collect();
    Ok(Paths { columns, rows, before: None, watch: Vec::new() })
}

/// An error without its place: there is no row of headers in the file.
fn nowhere(error: ImportError) -> ImportError {
    match error {
        ImportError::Source(mut d) => {
            d.place = Locator::default();
            ImportError::Source(d)
        }
        other => other,
    }
}

fn fail(code: &'static str, message: String) -> ImportError {
    ImportError::source(code, Locator::default(), message)
}
