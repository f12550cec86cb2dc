//! A recipe of a tree made ready: its paths as plans, its columns by number.

use super::plan::{At, Plan, Want};
use super::pointer::{Step, below, parse};
use super::walk::Seen;
use crate::recipe::{Any, Spec, TreeSpec};
use std::collections::BTreeSet;

/// The paths of a recipe.
#[derive(Debug, Clone)]
pub(crate) struct Paths {
    /// Lists of paths, each of which is a column.
    pub(crate) columns: Vec<Any>,
    /// The rows and what they say.
    pub(crate) rows: Plan,
    /// What must be known before: joined rows, and members of the document.
    pub(crate) before: Option<Before>,
    /// Members of rows that are told if no column reads them.
    pub(crate) watch: Vec<String>,
}

/// What is read of a file before its rows are.
#[derive(Debug, Clone)]
pub(crate) struct Before {
    /// Its kind of rows 0 is the document; behind it come the joined rows.
    pub(crate) plan: Plan,
    /// Columns of the document: here, of the rows, rank.
    pub(crate) document: Vec<(u16, u16, u16)>,
    pub(crate) joins: Vec<Join>,
}

/// Joined rows.
#[derive(Debug, Clone)]
pub(crate) struct Join {
    pub(crate) name: String,
    /// The column of the key: here, and of the rows.
    pub(crate) key: u16,
    pub(crate) by: u16,
    /// Columns: here, of the rows, rank.
    pub(crate) columns: Vec<(u16, u16, u16)>,
}

/// Where a path of a column leads.
enum Address {
    Row(At),
    /// The same for all rows: a path without `*`.
    Document(Vec<Step>),
    /// Of the joined rows of this number.
    Joined(usize, At),
}

/// Every join takes one kind of rows beside the document's.
const JOINS: usize = 63;

impl Paths {
    /// Makes the paths of a recipe ready.
    ///
    /// # Errors
    /// In words, what is wrong with them.
    pub(crate) fn new(spec: &Spec, tree: &TreeSpec) -> Result<Self, String> {
        let columns = spec.columns();
        distinct(&columns)?;
        let rows =
            tree.rows.iter().map(|r| (r, false)).chain(tree.values.iter().map(|v| (v, true)));
        let rows = rows.map(|(path, value)| Ok((parse(path.get_ref())?, value)));
        let rows: Vec<(Vec<Step>, bool)> = rows.collect::<Result<_, String>>()?;
        if rows.is_empty() {
            return Err(
                "found no path of rows, expected `rows` or `values` under `[tree]`".to_owned()
            );
        }
        if tree.join.len() > JOINS || columns.len() >= usize::from(u16::MAX) {
            return Err("found too many columns or joins".to_owned());
        }
        let mut wants = Vec::new();
        let mut before = Wanted::new(tree)?;
        for (column, any) in (0_u16..).zip(&columns) {
            for (rank, text) in (0_u16..).zip(any) {
                match address(text, tree)? {
                    Address::Row(at) => wants.push(Want { column, rank, kinds: u64::MAX, at }),
                    Address::Document(steps) => {
                        // It is read before; beside the rows it is only watched to stand once.
                        let at = At::Top(steps.clone());
                        wants.push(Want { column, rank, kinds: 0, at });
                        before.document(column, rank, steps);
                    }
                    Address::Joined(join, at) => before.joined(join, column, rank, at),
                }
            }
        }
        let width = columns.len();
        let rows = Plan::new(&rows, &wants, width)?;
        lost(&rows, &wants, &columns)?;
        Ok(Self {
            before: before.finish(tree, &columns)?,
            columns,
            rows,
            watch: tree.watch.clone(),
        })
    }
}

impl Paths {
    /// Columns that a value was met for; of names, the document and joined rows it is not asked.
    pub(crate) fn met(&self, seen: &Seen) -> BTreeSet<u16> {
        let nodes = self.rows.nodes.iter().zip(&seen.met).filter(|(_, met)| **met);
        let fills = nodes.flat_map(|(node, _)| &node.fills);
        let met = fills.map(|f| self.rows.fills[*f as usize].column);
        let of_rows: BTreeSet<u16> = self.rows.fills.iter().map(|f| f.column).collect();
        let others = (0..self.columns.len() as u16).filter(|c| !of_rows.contains(c));
        met.chain(others).collect()
    }
}

/// A path that no row of any kind has is a slip.
fn lost(plan: &Plan, wants: &[Want], columns: &[Any]) -> Result<(), String> {
    for want in wants {
        let (column, rank) = (want.column, want.rank);
        let filled = plan.fills.iter().any(|f| (f.column, f.rank) == (column, rank));
        let named =
            plan.kinds.iter().flat_map(|k| &k.captures).any(|(c, r, _)| (*c, *r) == (column, rank));
        if !filled && !named {
            let text = &columns[usize::from(column)][usize::from(rank)];
            return Err(format!(
                "found the path `{text}`, which no row has: expected one that begins as `rows` do, one below a row without `/` in front, `@value` where `values` are rows, or `@` and a name in braces of `rows`"
            ));
        }
    }
    Ok(())
}

/// The first path of a list names its column.
fn distinct(columns: &[Any]) -> Result<(), String> {
    for (i, any) in columns.iter().enumerate() {
        if columns[..i].iter().any(|other| other[0] == any[0]) {
            return Err(format!(
                "found two lists of paths that begin with `{}`, expected the same list everywhere",
                any[0]
            ));
        }
    }
    Ok(())
}

fn address(text: &str, tree: &TreeSpec) -> Result<Address, String> {
    let joined = text
        .split_once(':')
        .and_then(|(name, rest)| Some((tree.join.iter().position(|j| j.name == name)?, rest)));
    if let Some((join, rest)) = joined {
        return Ok(Address::Joined(join, of_row(rest)?));
    }
    if !text.starts_with('/') {
        return of_row(text).map(Address::Row);
    }
    let steps = parse(text)?;
    let fixed = !steps.iter().any(|s| matches!(s, Step::Any(_)));
    Ok(if fixed { Address::Document(steps) } else { Address::Row(At::Top(steps)) })
}

fn of_row(text: &str) -> Result<At, String> {
    match text.strip_prefix('@') {
        Some("value") => Ok(At::Value),
        Some(name) => Ok(At::Name(name.to_owned())),
        None => below(text).map(At::Below),
    }
}

/// What is wanted before the rows are read.
struct Wanted {
    kinds: Vec<(Vec<Step>, bool)>,
    wants: Vec<Want>,
    width: u16,
    document: Vec<(u16, u16, u16)>,
    joined: Vec<Vec<(u16, u16, u16)>>,
    keys: Vec<u16>,
}

impl Wanted {
    fn new(tree: &TreeSpec) -> Result<Self, String> {
        let mut wanted = Self {
            kinds: vec![(Vec::new(), false)],
            wants: Vec::new(),
            width: 0,
            document: Vec::new(),
            joined: vec![Vec::new(); tree.join.len()],
            keys: Vec::new(),
        };
        for (i, join) in tree.join.iter().enumerate() {
            wanted.kinds.push((parse(join.rows.get_ref())?, false));
            let key = wanted.want(1 << (i + 1), of_row(&join.key)?);
            wanted.keys.push(key);
        }
        Ok(wanted)
    }

    fn want(&mut self, kinds: u64, at: At) -> u16 {
        let column = self.width;
        self.wants.push(Want { column, rank: 0, kinds, at });
        self.width += 1;
        column
    }

    fn document(&mut self, column: u16, rank: u16, steps: Vec<Step>) {
        let own = self.want(1, At::Top(steps));
        self.document.push((own, column, rank));
    }

    fn joined(&mut self, join: usize, column: u16, rank: u16, at: At) {
        let own = self.want(1 << (join + 1), at);
        self.joined[join].push((own, column, rank));
    }

    fn finish(self, tree: &TreeSpec, columns: &[Any]) -> Result<Option<Before>, String> {
        if self.wants.is_empty() {
            return Ok(None);
        }
        let plan = Plan::new(&self.kinds, &self.wants, usize::from(self.width))?;
        let mut joins = Vec::new();
        for ((join, key), own) in tree.join.iter().zip(self.keys).zip(self.joined) {
            let by = columns.iter().position(|c| *c == join.by);
            let by = by.ok_or_else(|| {
                format!("found no `by` at the join `{}`, expected a path of the row", join.name)
            })? as u16;
            joins.push(Join { name: join.name.clone(), key, by, columns: own });
        }
        Ok(Some(Before { plan, document: self.document, joins }))
    }
}
