//! Rows that were met in a tree and wait for what stands behind them: a member of an object around
//! a row may come after the row.

use super::plan::{Kind, Plan};
use crate::cell::Cell;
use std::borrow::Cow;

/// Most bytes that rows may wait with.
const ROOM: usize = 128 << 20;
/// The place around the top.
const NOWHERE: u32 = u32::MAX;

/// What a value of a tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    Text,
    Number,
    True,
    False,
    Null,
    /// No plain value, but this.
    Tree(&'static str),
}

impl Value {
    /// The cell of a value that is written so.
    pub(crate) fn cell(self, text: &str) -> Cell<'_> {
        match self {
            Self::Text => Cell::text(Cow::Borrowed(text)),
            Self::Number => Cell::Written(Cow::Borrowed(text)),
            Self::True => Cell::Bool(true),
            Self::False => Cell::Bool(false),
            Self::Null => Cell::Null,
            Self::Tree(what) => Cell::Tree(what),
        }
    }
}

type Piece = (u32, u32);

/// A place that columns hang on.
#[derive(Debug, Clone, Copy)]
struct Scope {
    parent: u32,
    depth: u16,
    name: Piece,
    path: Piece,
    /// The last of its values.
    last: u32,
    /// How many of its values are still to come, if they come at all.
    missing: u32,
    /// The name of a member that stands in it twice.
    twice: Option<Piece>,
    /// Whether rows in it were shown.
    shown: bool,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    before: u32,
    fill: u32,
    value: Value,
    text: Piece,
}

/// A row that waits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiting {
    scope: u32,
    pub(crate) kind: u16,
    /// What stands there, if it is not what a row must be.
    pub(crate) aside: Option<&'static str>,
}

/// How much is held, to go back to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    scope: usize,
    entries: usize,
    text: usize,
}

/// Values and rows in order of the file.
#[derive(Debug, Default)]
pub(crate) struct Held {
    text: String,
    scopes: Vec<Scope>,
    entries: Vec<Entry>,
    rows: Vec<Waiting>,
    /// Depth of the outermost place whose members a waiting row needs.
    need: usize,
    /// Open places, the outermost first.
    open: Vec<u32>,
    /// What must be kept because a place around holds on to it: how much, and which place.
    kept: Option<(Mark, u32)>,
}

impl Held {
    pub(crate) fn rows(&self) -> &[Waiting] {
        &self.rows
    }

    /// Opens a place of a name and a pointer; how much was held before.
    pub(crate) fn enter(&mut self, depth: usize, name: &str, path: &str, wanted: u32) -> Mark {
        let mark =
            Mark { scope: self.scopes.len(), entries: self.entries.len(), text: self.text.len() };
        let (name, path) = (self.add(name), self.add(path));
        let parent = self.open.last().copied().unwrap_or(NOWHERE);
        self.open.push(self.scopes.len() as u32);
        let depth = depth as u16;
        self.scopes.push(Scope {
            parent,
            depth,
            name,
            path,
            last: NOWHERE,
            missing: wanted,
            twice: None,
            shown: false,
        });
        mark
    }

    /// Notes that a member stands twice in the innermost open place.
    pub(crate) fn twice(&mut self, name: &str) {
        let name = self.add(name);
        if let Some(scope) = self.open.last().and_then(|s| self.scopes.get_mut(*s as usize)) {
            scope.twice.get_or_insert(name);
        }
    }

    /// A text that is built up at the end of what is held.
    pub(crate) fn text(&mut self) -> &mut String {
        &mut self.text
    }

    /// Keeps a value for each of some columns; its text was added from a byte on.
    pub(crate) fn value(&mut self, plan: &Plan, fills: &[u32], value: Value, from: usize) {
        let text = (from as u32, (self.text.len() - from) as u32);
        for &fill in fills {
            let depth = plan.fills[fill as usize].depth;
            let Some(place) = self
                .open
                .iter()
                .rposition(|s| usize::from(self.scopes[*s as usize].depth) <= depth)
            else {
                continue;
            };
            let at = self.open[place];
            let scope = &mut self.scopes[at as usize];
            let entry = Entry { before: scope.last, fill, value, text };
            scope.last = self.entries.len() as u32;
            scope.missing = scope.missing.saturating_sub(1);
            self.entries.push(entry);
            if place + 1 < self.open.len() {
                let (scope, entries, text) =
                    (self.scopes.len(), self.entries.len(), self.text.len());
                let outer = self.kept.map_or(at, |(_, kept)| kept.min(at));
                self.kept = Some((Mark { scope, entries, text }, outer));
            }
        }
    }

    /// A row at the innermost open place.
    pub(crate) fn row(&mut self, kind: u16, need: usize, aside: Option<&'static str>) {
        self.need = if self.rows.is_empty() { need } else { self.need.min(need) };
        let scope = self.open.last().copied().unwrap_or(NOWHERE);
        self.rows.push(Waiting { scope, kind, aside });
    }

    /// Whether the waiting rows have all that they need once a place of this depth is closed: of
    /// every object around it that they need, all that hangs on it was met.
    pub(crate) fn ready(&self, depth: usize) -> bool {
        let around = self.open.iter().map(|s| &self.scopes[*s as usize]);
        let mut needed = around.filter(|s| (self.need..depth).contains(&usize::from(s.depth)));
        !self.rows.is_empty() && needed.all(|s| s.missing == 0)
    }

    /// Forgets the rows, which were shown.
    pub(crate) fn shown(&mut self) {
        self.rows.clear();
        for scope in &self.open {
            self.scopes[*scope as usize].shown = true;
        }
    }

    /// Whether rows in the innermost open place were shown.
    pub(crate) fn was_shown(&self) -> bool {
        self.open.last().is_some_and(|scope| self.scopes[*scope as usize].shown)
    }

    /// Closes the innermost place, and forgets it unless rows wait for others.
    pub(crate) fn leave(&mut self, mark: Mark) {
        let at = self.open.pop().unwrap_or(NOWHERE);
        if !self.rows.is_empty() {
            return;
        }
        if self.kept.is_some_and(|(_, outer)| at <= outer) {
            self.kept = None;
        }
        let floor = self.kept.map_or(mark, |(kept, _)| kept);
        self.scopes.truncate(mark.scope.max(floor.scope));
        self.entries.truncate(mark.entries.max(floor.entries));
        self.text.truncate(mark.text.max(floor.text));
    }

    /// Whether more is held than there is room for.
    pub(crate) fn is_full(&self) -> bool {
        let entries = self.entries.len() * size_of::<Entry>();
        let rows = self.rows.len() * size_of::<Waiting>();
        self.text.len() + entries + rows + self.scopes.len() * size_of::<Scope>() > ROOM
    }

    fn add(&mut self, text: &str) -> Piece {
        let from = self.text.len();
        self.text.push_str(text);
        (from as u32, text.len() as u32)
    }

    fn piece(&self, (from, length): Piece) -> &str {
        &self.text[from as usize..(from + length) as usize]
    }

    fn chain(&self, row: &Waiting) -> impl Iterator<Item = (u32, &Scope)> {
        let mut next = row.scope;
        std::iter::from_fn(move || {
            let at = next;
            let scope = self.scopes.get(at as usize)?;
            next = scope.parent;
            Some((at, scope))
        })
    }

    /// The pointer of a row.
    pub(crate) fn path(&self, row: &Waiting) -> &str {
        self.scopes.get(row.scope as usize).map_or("", |s| self.piece(s.path))
    }

    /// Adds the pointer of a cell of a row.
    pub(crate) fn point(&self, plan: &Plan, origin: Origin, out: &mut String) {
        out.push_str(self.scopes.get(origin.scope as usize).map_or("", |s| self.piece(s.path)));
        out.push_str(plan.fills.get(origin.fill as usize).map_or("", |f| f.tail.as_str()));
    }

    /// The name of a member that stands twice in an object on the way to a row.
    pub(crate) fn doubled(&self, row: &Waiting) -> Option<&str> {
        self.chain(row).find_map(|(_, scope)| scope.twice).map(|name| self.piece(name))
    }

    /// Sets the cells of a row that are found so far.
    pub(crate) fn fill<'h>(&'h self, plan: &Plan, row: &Waiting, cells: &mut Cells<'h>) {
        let kind: &Kind = &plan.kinds[usize::from(row.kind)];
        for (at, scope) in self.chain(row) {
            let mut next = scope.last;
            while let Some(entry) = self.entries.get(next as usize) {
                next = entry.before;
                let fill = &plan.fills[entry.fill as usize];
                if fill.kinds >> row.kind & 1 == 1 {
                    let cell = entry.value.cell(self.piece(entry.text));
                    cells.set(fill.column, fill.rank, cell, Origin { scope: at, fill: entry.fill });
                }
            }
            for (column, rank, depth) in &kind.captures {
                if *depth == usize::from(scope.depth) {
                    let cell = Cell::text(Cow::Borrowed(self.piece(scope.name)));
                    cells.set(*column, *rank, cell, Origin { scope: at, fill: NOWHERE });
                }
            }
        }
    }
}

/// Where a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    scope: u32,
    fill: u32,
}

impl Origin {
    /// No place in the tree of the row.
    pub(crate) const NONE: Self = Self { scope: NOWHERE, fill: NOWHERE };
}

/// The cells of a row, each with the rank of its path and its place.
#[derive(Debug, Default)]
pub(crate) struct Cells<'c> {
    pub(crate) cells: Vec<Cell<'c>>,
    pub(crate) origins: Vec<Origin>,
    ranks: Vec<u16>,
}

impl<'c> Cells<'c> {
    /// As many cells as there are columns, with nothing in them; the memory is used again.
    pub(crate) fn cleared<'n>(self, width: usize) -> Cells<'n> {
        let Cells { mut cells, mut origins, mut ranks } = self;
        cells.clear();
        origins.clear();
        ranks.clear();
        let mut cells: Vec<Cell<'n>> = cells.into_iter().map(|_| Cell::Missing).collect();
        cells.resize_with(width, || Cell::Missing);
        origins.resize(width, Origin::NONE);
        ranks.resize(width, u16::MAX);
        Cells { cells, origins, ranks }
    }

    /// Sets a cell, unless a path of a lower rank has set it, or it says more.
    pub(crate) fn set(&mut self, column: u16, rank: u16, cell: Cell<'c>, origin: Origin) {
        let column = usize::from(column);
        let (old, new) = (self.cells[column].is_blank(), cell.is_blank());
        let missing = self.cells[column] == Cell::Missing;
        if missing || (old && !new) || (old == new && rank < self.ranks[column]) {
            self.cells[column] = cell;
            self.ranks[column] = rank;
            self.origins[column] = origin;
        }
    }
}
