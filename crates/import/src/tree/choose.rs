//! Which recipe fits a tree: by the paths of its signature, which must be in the first part of it.

use super::flat;
use super::plan::Plan;
use super::pointer::{Step, parse, shown};
use super::shape;
use super::walk::{Seen, Walk};
use super::{Page, TreeFile};
use crate::choose::{Choice, Place};
use crate::header::Header;
use crate::recipe::{Recipe, Spec, TreeSpec};
use crate::source::Preview;
use haggle_evidence::{ImportError, Locator};
use std::io::Read;
use std::ops::ControlFlow;

/// Bytes that the signature must be in.
const HEAD: u64 = 1 << 20;
/// Bytes that the lists of rows must begin in.
const BEGINNING: u64 = 64 << 20;
/// Places that a message lists.
const LISTED: usize = 8;

/// The recipe of a tree, and the tree's pages as its tables.
pub(crate) fn choose(
    tree: &mut TreeFile,
    recipes: &[Recipe],
    named: bool,
) -> Result<(Vec<Preview>, Choice), ImportError> {
    let (recipe, others) = match by_path(tree, recipes, named) {
        Ok(found) => found,
        Err(error) if may_be_flat(&error, recipes, named) => {
            tree.check()?;
            return flat::choose(tree, recipes, named)?.ok_or(error);
        }
        Err(error) => {
            tree.check()?;
            return Err(error);
        }
    };
    let spec = recipes[recipe].spec();
    tree.bind(spec)?;
    let header = Header::of(tree.columns()).literal();
    let tables = tree.previews();
    let place = |table| Place { table, above: 0, rows: (0, 0), header: header.clone() };
    let places = (0..tables.len()).map(place).collect();
    same_shape(tree, spec)?;
    Ok((tables, Choice { recipe, places, others }))
}

/// Whether it failed because no recipe of paths reads it.
fn may_be_flat(error: &ImportError, recipes: &[Recipe], named: bool) -> bool {
    match (named, recipes) {
        (true, [recipe, ..]) => recipe.spec().tree.is_none(),
        _ => matches!(error, ImportError::Source(d) if d.code == "E0006"),
    }
}

/// The recipe of paths that is named, or whose signature is there.
fn by_path(
    tree: &TreeFile,
    recipes: &[Recipe],
    named: bool,
) -> Result<(usize, Vec<usize>), ImportError> {
    match (named, recipes) {
        (true, [recipe, ..]) => begins(tree, recipe.spec()).map(|()| (0, Vec::new())),
        _ => by_signature(tree, recipes),
    }
}

fn by_signature(tree: &TreeFile, recipes: &[Recipe]) -> Result<(usize, Vec<usize>), ImportError> {
    let fits = signed(&tree.pages[0], recipes)?;
    let length = |i: &usize| recipes[*i].spec().signature.len();
    let most = fits.iter().map(length).max();
    let (best, others): (Vec<usize>, Vec<usize>) =
        fits.into_iter().partition(|i| Some(length(i)) == most);
    match best.as_slice() {
        [only] => Ok((*only, others)),
        [] => whole(&tree.pages[0])
            .and(Err(fail("E0006", format!("no recipe fits; found {}", found(tree))))),
        several => {
            let names: Vec<String> =
                several.iter().map(|i| format!("`{}`", recipes[*i].name())).collect();
            Err(fail(
                "E0007",
                format!("the recipes {} fit equally well, expected one", names.join(", ")),
            ))
        }
    }
}

fn fail(code: &'static str, message: String) -> ImportError {
    ImportError::source(code, Locator::default(), message)
}

/// That a page is no JSON is told before that nobody knows it; of a long one its first part.
fn whole(page: &Page) -> Result<(), ImportError> {
    let plan = Plan::new(&[], &[], 0).map_err(|e| fail("E0012", e))?;
    match page.longer(BEGINNING) {
        true => Ok(()),
        false => page.walk(&plan, false, None, &mut |_, _| Ok(ControlFlow::Continue(()))).map(drop),
    }
}

/// The recipes whose layout a page is of: it has everything that one always has, and nothing that it
/// never has.
fn signed(page: &Page, recipes: &[Recipe]) -> Result<Vec<usize>, ImportError> {
    let specs = recipes.iter().map(Recipe::spec).enumerate();
    let specs: Vec<(usize, &Spec)> =
        specs.filter(|(_, s)| s.tree.is_some() && !s.signature.is_empty()).collect();
    let lists = specs.iter().flat_map(|(_, spec)| spec.signature.iter().chain(&spec.never));
    let met = met(page, &lists.collect::<Vec<_>>(), HEAD)?;
    let mut met = met.into_iter();
    let mut fits = Vec::new();
    for (i, spec) in specs {
        let wanted = met.by_ref().take(spec.signature.len()).filter(|met| *met).count();
        let never = met.by_ref().take(spec.never.len()).filter(|met| *met).count();
        if wanted == spec.signature.len() && never == 0 {
            fits.push(i);
        }
    }
    Ok(fits)
}

/// Of each list of paths whether one is in the first part of a page.
fn met(page: &Page, lists: &[&Vec<String>], head: u64) -> Result<Vec<bool>, ImportError> {
    let paths = lists.iter().flat_map(|list| *list).map(|text| Ok((parse(text)?, false)));
    let paths = paths.collect::<Result<Vec<(Vec<Step>, bool)>, String>>();
    let plan = paths.and_then(|paths| Plan::new(&paths, &[], 0)).map_err(|e| fail("E0012", e))?;
    let mut until_all = |_, seen: &Seen| {
        let all = plan.ends.iter().all(|node| seen.met[*node as usize]);
        Ok(if all { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    };
    let walk = Walk::new(page.text.decoded()?.take(head), &plan, false, &mut until_all);
    // What is wrong with the file, or that only its first part is looked at, is told when it is read.
    let (seen, _) = walk.run(page.lines);
    let mut ends = plan.ends.iter();
    let mut any = |list: &&Vec<String>| {
        let met: Vec<bool> =
            ends.by_ref().take(list.len()).map(|n| seen.met[*n as usize]).collect();
        met.contains(&true)
    };
    Ok(lists.iter().map(&mut any).collect())
}

/// The paths of the lists or objects that rows stand in.
fn beginnings(tree: &TreeSpec) -> Vec<String> {
    let rows = tree.rows.iter().chain(&tree.values).filter_map(|r| parse(r.get_ref()).ok());
    let fixed = |steps: Vec<Step>| {
        let until = steps.iter().position(|s| matches!(s, Step::Any(_))).unwrap_or(steps.len());
        shown(&steps[..until])
    };
    rows.map(fixed).collect()
}

/// Refuses a file in which there is nothing that rows could stand in.
fn begins(tree: &TreeFile, spec: &Spec) -> Result<(), ImportError> {
    let Some(wanted) = &spec.tree else {
        let message = format!(
            "recipe `{}` reads tables, found {}; a recipe with `[tree]` reads it",
            spec.name,
            tree.format()
        );
        return Err(fail("E0003", message));
    };
    let wanted = beginnings(wanted);
    // Of a file that is longer the rows may begin further on.
    if met(&tree.pages[0], &[&wanted], BEGINNING)? == [true] || tree.pages[0].longer(BEGINNING) {
        return Ok(());
    }
    let message =
        format!("recipe `{}` needs `{}`, found {}", spec.name, wanted.join("` or `"), found(tree));
    Err(fail("E0008", message))
}

/// Refuses pages of which one is of another shape than the recipe reads.
fn same_shape(tree: &TreeFile, spec: &Spec) -> Result<(), ImportError> {
    let wanted = spec.tree.as_ref().map(beginnings).unwrap_or_default();
    for page in tree.pages.iter().filter(|p| p.name.is_some()) {
        if met(page, &[&wanted], BEGINNING)? != [true] {
            let name = page.name.as_deref().unwrap_or_default();
            let message = format!(
                "{name} is of another shape: expected `{}`, as recipe `{}` reads",
                wanted.join("` or `"),
                spec.name
            );
            return Err(fail("E0008", message));
        }
    }
    Ok(())
}

/// What there is, in words.
fn found(tree: &TreeFile) -> String {
    let shapes = shape::shapes(&tree.pages[0]);
    let shown = shapes.iter().take(LISTED).map(|s| format!("`{}` ({})", s.path, s.count));
    let shown = shown.collect::<Vec<_>>().join(", ");
    let more = shapes.len().saturating_sub(LISTED);
    match (shapes.len(), more) {
        (0, _) => "no list of objects".to_owned(),
        (_, 0) => format!("the lists of objects {shown}"),
        (_, more) => format!("the lists of objects {shown} and {more} more"),
    }
}
