//! Rows that were met in a tree and wait for what stands behind them: a member of an object around
//! a row may come after the row.

use super::plan::{Kind, Plan};
use crate::cell::Cell;
use crate::columns::Columns;
use std::borrow::Cow;

/// Most bytes that rows may wait with.
const ROOM: usize = 128 << 20;
/// Bytes from which on rows are handed over; tests hand them over as soon as it is possible.
const BLOCK: usize = if cfg!(test) { 1 } else { 128 << 10 };
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
    /// How many values there were when it had all that it needs.
    until: u32,
    /// The name of a member that stood twice in an object on the way to it by then.
    twice: Option<Piece>,
}

/// Values and rows in order of the file, up to where they are handed over.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// Texts one after the other, as they come.
    bytes: Vec<u8>,
    /// The same, once they are handed over.
    text: String,
    scopes: Vec<Scope>,
    entries: Vec<Entry>,
    /// Rows that have all that they need.
    whole: Vec<Waiting>,
    /// Rows that wait, which come after those.
    rows: Vec<Waiting>,
    /// Depth of the outermost place whose members a waiting row needs.
    need: usize,
    /// Open places, the outermost first.
    open: Vec<u32>,
    /// Bytes from which on it is handed over.
    enough: usize,
}

impl Held {
    /// The rows that have all that they need.
    pub(crate) fn whole(&self) -> &[Waiting] {
        &self.whole
    }

    /// Opens a place of a name and a pointer.
    pub(crate) fn enter(&mut self, depth: usize, name: &str, path: &str, wanted: u32) {
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
    }

    /// Notes that a member stands twice in the innermost open place.
    pub(crate) fn twice(&mut self, name: &str) {
        let name = self.add(name);
        if let Some(scope) = self.open.last().and_then(|s| self.scopes.get_mut(*s as usize)) {
            scope.twice.get_or_insert(name);
        }
    }

    /// Where a text is built up, at the end of what is held. It must be UTF-8.
    pub(crate) fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Keeps a value for each of some columns; its text was added from a byte on.
    pub(crate) fn value(&mut self, plan: &Plan, fills: &[u32], value: Value, from: usize) {
        let text = (from as u32, (self.bytes.len() - from) as u32);
        for &fill in fills {
            let depth = plan.fills[fill as usize].depth;
            let around = self.open.iter().rev();
            let Some(at) = around.copied().find(|s| self.depth(*s) <= depth) else { continue };
            let scope = &mut self.scopes[at as usize];
            let entry = Entry { before: scope.last, fill, value, text };
            scope.last = self.entries.len() as u32;
            scope.missing = scope.missing.saturating_sub(1);
            self.entries.push(entry);
        }
    }

    fn depth(&self, scope: u32) -> usize {
        usize::from(self.scopes[scope as usize].depth)
    }

    /// A row at the innermost open place.
    pub(crate) fn row(&mut self, kind: u16, need: usize, aside: Option<&'static str>) {
        self.need = if self.rows.is_empty() { need } else { self.need.min(need) };
        let scope = self.open.last().copied().unwrap_or(NOWHERE);
        self.rows.push(Waiting { scope, kind, aside, until: 0, twice: None });
    }

    /// Whether the waiting rows have all that they need once a place of this depth is closed: of
    /// every object around it that they need, all that hangs on it was met.
    pub(crate) fn ready(&self, depth: usize) -> bool {
        let around = self.open.iter().map(|s| &self.scopes[*s as usize]);
        let mut needed = around.filter(|s| (self.need..depth).contains(&usize::from(s.depth)));
        !self.rows.is_empty() && needed.all(|s| s.missing == 0)
    }

    /// The waiting rows have all that they need; what comes later does not change them.
    pub(crate) fn show(&mut self) {
        let mut rows = std::mem::take(&mut self.rows);
        for row in rows.drain(..) {
            let twice = self.chain(&row).find_map(|(_, scope)| scope.twice);
            self.whole.push(Waiting { until: self.entries.len() as u32, twice, ..row });
        }
        self.rows = rows;
        for scope in &self.open {
            self.scopes[*scope as usize].shown = true;
        }
    }

    /// Whether rows in the innermost open place were shown.
    pub(crate) fn was_shown(&self) -> bool {
        self.open.last().is_some_and(|scope| self.scopes[*scope as usize].shown)
    }

    /// Closes the innermost place.
    pub(crate) fn leave(&mut self) {
        self.open.pop();
    }

    /// Whether more is held than there is room for.
    pub(crate) fn is_full(&self) -> bool {
        self.size() > ROOM
    }

    fn size(&self) -> usize {
        let entries = self.entries.len() * size_of::<Entry>();
        let rows = (self.rows.len() + self.whole.len()) * size_of::<Waiting>();
        self.bytes.len() + entries + rows + self.scopes.len() * size_of::<Scope>()
    }

    /// Whether there is enough to be handed over, and no row waits.
    pub(crate) fn is_block(&self) -> bool {
        self.rows.is_empty() && self.size() >= self.enough.max(BLOCK)
    }

    /// Hands over what is held; what stands in the open places is held on.
    pub(crate) fn hand_over(&mut self) -> Self {
        let mut held = std::mem::replace(self, self.as_large());
        let text = String::from_utf8(std::mem::take(&mut held.bytes));
        held.text = text.expect("the reader checks what it gives");
        for &at in &held.open {
            self.go_on(&held, at);
        }
        // Where most of it is held on, as much again is awaited.
        self.enough = 2 * self.size();
        held
    }

    /// Nothing, with room for a little more: the next block is about as large.
    fn as_large(&self) -> Self {
        let room = |length: usize| length + length / 4;
        Self {
            bytes: Vec::with_capacity(room(self.bytes.len())),
            scopes: Vec::with_capacity(room(self.scopes.len())),
            entries: Vec::with_capacity(room(self.entries.len())),
            whole: Vec::with_capacity(room(self.whole.len())),
            ..Self::default()
        }
    }

    /// Opens a place of what was held, with its values.
    fn go_on(&mut self, held: &Self, at: u32) {
        let scope = &held.scopes[at as usize];
        let (name, path) = (held.piece(scope.name), held.piece(scope.path));
        self.enter(usize::from(scope.depth), name, path, scope.missing);
        let twice = scope.twice.map(|name| self.add(held.piece(name)));
        let mut values: Vec<(u32, &Entry)> = held.values(scope).collect();
        let mut last = NOWHERE;
        while let Some((_, entry)) = values.pop() {
            let text = self.add(held.piece(entry.text));
            let before = std::mem::replace(&mut last, self.entries.len() as u32);
            self.entries.push(Entry { before, text, ..*entry });
        }
        if let Some(new) = self.scopes.last_mut() {
            *new = Scope { last, twice, shown: scope.shown, ..*new };
        }
    }

    /// The values of a place with their numbers, the last first.
    fn values(&self, scope: &Scope) -> impl Iterator<Item = (u32, &Entry)> {
        let mut next = scope.last;
        std::iter::from_fn(move || {
            let at = next;
            let entry = self.entries.get(at as usize)?;
            next = entry.before;
            Some((at, entry))
        })
    }

    fn add(&mut self, text: &str) -> Piece {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(text.as_bytes());
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
        row.twice.map(|name| self.piece(name))
    }

    /// Sets the cells of a row that are found so far.
    pub(crate) fn fill<'h>(&'h self, plan: &Plan, row: &Waiting, cells: &mut Cells<'h>) {
        let kind: &Kind = &plan.kinds[usize::from(row.kind)];
        for (at, scope) in self.chain(row) {
            for (_, entry) in self.values(scope).filter(|(at, _)| *at < row.until) {
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
    /// Those that are set.
    pub(crate) set: Columns,
}

impl<'c> Cells<'c> {
    /// As many cells as there are columns, with nothing in them; the memory is used again.
    pub(crate) fn cleared<'n>(self, width: usize) -> Cells<'n> {
        let Cells { cells, mut origins, mut ranks, mut set } = self;
        origins.clear();
        ranks.clear();
        set.clear();
        // In its place, with another lifetime.
        let mut cells: Vec<Cell<'n>> = cells.into_iter().map(|_| Cell::Missing).collect();
        cells.resize_with(width, || Cell::Missing);
        origins.resize(width, Origin::NONE);
        ranks.resize(width, u16::MAX);
        Cells { cells, origins, ranks, set }
    }

    /// Takes out of the cells what is in them.
    pub(crate) fn clear(&mut self) {
        for column in self.set.iter() {
            self.cells[column] = Cell::Missing;
            self.origins[column] = Origin::NONE;
            self.ranks[column] = u16::MAX;
        }
        self.set.clear();
    }

    /// Sets a cell, unless a path of a lower rank has set it, or it says more, as every cell does
    /// than one that is not there.
    pub(crate) fn set(&mut self, column: u16, rank: u16, cell: Cell<'c>, origin: Origin) {
        let column = usize::from(column);
        let (old, new) = (self.cells[column].is_blank(), cell.is_blank());
        let missing = self.cells[column] == Cell::Missing;
        if cell == Cell::Missing {
            return;
        }
        if missing || (old && !new) || (old == new && rank < self.ranks[column]) {
            self.set.insert(column);
            self.cells[column] = cell;
            self.ranks[column] = rank;
            self.origins[column] = origin;
        }
    }
}
