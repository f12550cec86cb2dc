//! What to look for in a tree: the paths of rows and of their columns, as one trie that is walked
//! along with the file.

use super::pointer::{Step, shown};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// Most kinds of rows that have columns, each of which is one bit.
const KINDS: usize = 64;
/// Most nodes of a trie.
const NODES: usize = 1 << 14;

/// A trie of paths.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    pub(crate) nodes: Vec<Node>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) fills: Vec<Fill>,
    /// The node of each kind of rows.
    pub(crate) ends: Vec<u32>,
    /// Columns of a row.
    pub(crate) width: usize,
    /// Names that the nodes list, all together.
    pub(crate) names: usize,
}

/// A place in the tree.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    /// The nodes of members by name, each with a number of its own.
    names: Names,
    /// The node of every other member or element.
    pub(crate) any: Option<u32>,
    /// Whether columns hang on this place: it stands for any member, or is a row.
    pub(crate) scope: bool,
    /// How many values hang on this place.
    pub(crate) wanted: u32,
    /// Columns that a value here fills.
    pub(crate) fills: Vec<u32>,
    /// Kinds of rows that an object here is.
    pub(crate) rows: Vec<u16>,
    /// Kinds of rows that a plain value here is.
    pub(crate) values: Vec<u16>,
    /// Whether rows stand further down.
    pub(crate) leads: bool,
}

impl Node {
    /// The node of a member, and the number of its name if it is listed.
    pub(crate) fn member(&self, name: &[u8]) -> Option<(u32, Option<u32>)> {
        match self.names.get(name) {
            Some((node, number)) => Some((*node, Some(*number))),
            None => self.any.map(|node| (node, None)),
        }
    }

    /// Whether anything below is looked for.
    pub(crate) fn deeper(&self) -> bool {
        self.any.is_some() || !self.names.of.is_empty()
    }
}

/// What stands by name.
#[derive(Debug, Clone, Default)]
struct Names {
    of: HashMap<Box<[u8]>, (u32, u32), BuildHasherDefault<Quick>>,
    /// Bits for the endings that they have: most other names are told by theirs.
    endings: Vec<u64>,
}

/// Bits for each name, of which few are set.
const BITS: usize = 32;

impl Names {
    fn new(all: Vec<(&str, (u32, u32))>) -> Self {
        let words = (all.len() * BITS).div_ceil(u64::BITS as usize).next_power_of_two();
        let mut names = Self { endings: vec![0; words], of: HashMap::default() };
        for (name, node) in all {
            let (word, bit) = place_of_ending(name.as_bytes(), words);
            names.endings[word] |= bit;
            names.of.insert(name.as_bytes().into(), node);
        }
        names
    }

    fn get(&self, name: &[u8]) -> Option<&(u32, u32)> {
        let (word, bit) = place_of_ending(name, self.endings.len());
        match self.endings.get(word).is_some_and(|word| word & bit != 0) {
            true => self.of.get(name),
            false => None,
        }
    }
}

/// The word among some, a power of two, and the bit in it of the ending of a name.
fn place_of_ending(name: &[u8], words: usize) -> (usize, u64) {
    let mut hash = Quick::default();
    hash.write_u64(ending(name));
    let place = hash.finish();
    ((place >> 32) as usize & words.wrapping_sub(1), 1 << (place & 63))
}

/// The last bytes of a name, with its length.
fn ending(name: &[u8]) -> u64 {
    let last = match name.last_chunk() {
        Some(last) => u64::from_le_bytes(*last),
        None => name.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    last ^ (name.len() as u64) << 56
}

/// A kind of rows: one path.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    pub(crate) steps: Vec<Step>,
    /// Whether its rows are plain values.
    pub(crate) value: bool,
    /// Depth of the outermost place whose members its rows need.
    pub(crate) need: usize,
    /// Columns that are the name of a place on the way: column, rank, depth.
    pub(crate) captures: Vec<(u16, u16, usize)>,
}

/// A column that a value fills.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fill {
    pub(crate) column: u16,
    /// Of several paths of a column the one of the lowest rank counts.
    pub(crate) rank: u16,
    /// Depth of the place that the column hangs on.
    pub(crate) depth: usize,
    /// The pointer from that place on.
    pub(crate) tail: String,
    /// Kinds of rows that have it, as bits.
    pub(crate) kinds: u64,
}

/// Where a column of some kinds of rows is found.
#[derive(Debug, Clone)]
pub(crate) struct Want {
    pub(crate) column: u16,
    pub(crate) rank: u16,
    /// The kinds, as bits.
    pub(crate) kinds: u64,
    pub(crate) at: At,
}

/// A place seen from a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum At {
    /// The row itself, which is a plain value.
    Value,
    /// The name of a member or element on the way to the row.
    Name(String),
    /// A path below the row.
    Below(Vec<Step>),
    /// A path from the top; as far as it goes along the row's own, it is the row's.
    Top(Vec<Step>),
}

/// A path with what stands at its end.
struct Item {
    steps: Vec<Step>,
    end: End,
    /// Depth of the place that a column hangs on.
    scope: usize,
}

#[derive(Clone, Copy)]
enum End {
    Row(u16),
    Value(u16),
    Fill(u32),
}

impl Plan {
    /// A trie of these rows (path, and whether its rows are plain values) and columns.
    ///
    /// # Errors
    /// In words, if there are too many of them.
    pub(crate) fn new(
        rows: &[(Vec<Step>, bool)],
        wants: &[Want],
        width: usize,
    ) -> Result<Self, String> {
        if rows.len() > KINDS && !wants.is_empty() {
            return Err(format!("found {} paths of rows, expected at most {KINDS}", rows.len()));
        }
        let kind = |(steps, value): &(Vec<Step>, bool)| Kind {
            steps: steps.clone(),
            value: *value,
            need: steps.len(),
            captures: Vec::new(),
        };
        let ends = vec![0; rows.len()];
        let mut plan =
            Self { kinds: rows.iter().map(kind).collect(), ends, width, ..Self::default() };
        let ends = (0_u16..).zip(&plan.kinds).map(|(i, kind)| Item {
            steps: kind.steps.clone(),
            end: if kind.value { End::Value(i) } else { End::Row(i) },
            scope: kind.steps.len(),
        });
        let mut items: Vec<Item> = ends.collect();
        wants.iter().for_each(|want| plan.want(want, &mut items));
        let all: Vec<usize> = (0..items.len()).collect();
        plan.node(&items, &all, 0)?;
        Ok(plan)
    }

    fn want(&mut self, want: &Want, items: &mut Vec<Item>) {
        let mut found: BTreeMap<(String, usize), (Vec<Step>, u64)> = BTreeMap::new();
        if let At::Top(steps) = &want.at
            && !steps.iter().any(|s| matches!(s, Step::Any(_)))
        {
            found.insert((shown(steps), 0), (steps.clone(), want.kinds));
        } else {
            for (i, kind) in
                self.kinds.iter_mut().enumerate().filter(|(i, _)| want.kinds >> i & 1 == 1)
            {
                let Some((steps, depth)) = kind.find(want) else { continue };
                kind.need = kind.need.min(depth);
                let key = (shown(&steps), depth);
                found.entry(key).or_insert((steps, 0)).1 |= 1 << i;
            }
        }
        for ((_, depth), (steps, kinds)) in found {
            let tail = shown(&steps[depth..]);
            let (column, rank) = (want.column, want.rank);
            items.push(Item { steps, end: End::Fill(self.fills.len() as u32), scope: depth });
            self.fills.push(Fill { column, rank, depth, tail, kinds });
        }
    }

    /// Whether something hangs on the place of this depth: a row, a column, or a name.
    fn hangs(&self, item: &Item, depth: usize) -> bool {
        let named = |kind: u16| self.kinds[usize::from(kind)].captures.iter().any(|c| c.2 == depth);
        let name = match item.end {
            End::Row(kind) | End::Value(kind) => named(kind),
            End::Fill(_) => false,
        };
        name || item.scope == depth
    }

    /// The node at which these paths have come together.
    fn node(&mut self, items: &[Item], here: &[usize], depth: usize) -> Result<u32, String> {
        let at = self.nodes.len();
        if at >= NODES {
            return Err(format!(
                "found more than {NODES} places to look at, expected fewer paths with `*`"
            ));
        }
        self.nodes.push(Node::default());
        let mut node = Node::default();
        let (ends, on): (Vec<usize>, Vec<usize>) =
            here.iter().partition(|i| items[**i].steps.len() == depth);
        for i in ends {
            match items[i].end {
                End::Row(kind) => node.rows.push(kind),
                End::Value(kind) => node.values.push(kind),
                End::Fill(fill) => node.fills.push(fill),
            }
            if let End::Row(kind) | End::Value(kind) = items[i].end {
                self.ends[usize::from(kind)] = at as u32;
            }
        }
        let row = |i: &&usize| !matches!(items[**i].end, End::Fill(_));
        node.leads = on.iter().any(|i| row(&i));
        node.scope = here.iter().any(|i| self.hangs(&items[*i], depth));
        let value =
            |i: &&usize| matches!(items[**i].end, End::Fill(_)) && items[**i].scope == depth;
        node.wanted = here.iter().filter(value).count() as u32;
        let step = |i: usize| &items[i].steps[depth];
        let any: Vec<usize> =
            on.iter().copied().filter(|i| matches!(step(*i), Step::Any(_))).collect();
        let names: BTreeSet<&str> = on
            .iter()
            .filter_map(|i| match step(*i) {
                Step::Name(name) => Some(name.as_str()),
                Step::Any(_) => None,
            })
            .collect();
        let mut all = Vec::new();
        for name in names {
            let fits = |i: &usize| match step(*i) {
                Step::Name(n) => n == name,
                Step::Any(_) => true,
            };
            let below: Vec<usize> = on.iter().copied().filter(fits).collect();
            let child = self.node(items, &below, depth + 1)?;
            all.push((name, (child, self.names as u32)));
            self.names += 1;
        }
        node.names = Names::new(all);
        if !any.is_empty() {
            node.any = Some(self.node(items, &any, depth + 1)?);
        }
        self.nodes[at] = node;
        Ok(at as u32)
    }
}

impl Kind {
    /// The path of a column of its rows, and the depth of the place that it hangs on; a name on the
    /// way is noted.
    fn find(&mut self, want: &Want) -> Option<(Vec<Step>, usize)> {
        let own = self.steps.len();
        match &want.at {
            At::Value => self.value.then(|| (self.steps.clone(), own)),
            At::Below(steps) if !self.value => Some(([self.steps.as_slice(), steps].concat(), own)),
            At::Below(_) => None,
            At::Name(name) => {
                let is = |s: &Step| matches!(s, Step::Any(Some(n)) if n == name);
                let depth = self.steps.iter().rposition(is)? + 1;
                self.captures.push((want.column, want.rank, depth));
                None
            }
            At::Top(steps) => {
                let last = steps.iter().rposition(|s| matches!(s, Step::Any(_)))? + 1;
                let along = self.steps.len() >= last
                    && self.steps.iter().zip(&steps[..last]).all(|(a, b)| same(a, b));
                along.then(|| (steps.clone(), last))
            }
        }
    }
}

/// Whether two steps go the same way.
fn same(a: &Step, b: &Step) -> bool {
    match (a, b) {
        (Step::Any(_), Step::Any(_)) => true,
        _ => a == b,
    }
}

/// A quick hash for names that the recipe lists; what a file holds is only looked up.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let (eights, _) = bytes.as_chunks::<8>();
        eights.iter().for_each(|eight| self.write_u64(u64::from_le_bytes(*eight)));
        self.write_u64(ending(bytes));
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_u8(&mut self, byte: u8) {
        self.write_u64(u64::from(byte));
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 29;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// Whatever its ending says, a name is found if it is there.
        #[test]
        fn names_are_found_that_are_there(
            there in proptest::collection::btree_set("[a-c_]{0,12}", 0..40),
            asked in proptest::collection::vec("[a-c_]{0,12}", 0..40),
        ) {
            let all = there.iter().map(String::as_str).zip((0..).map(|at| (at, at + 1)));
            let names = Names::new(all.collect());
            for name in there.iter().chain(&asked) {
                let at = there.iter().position(|it| it == name).map(|at| at as u32);
                let found = names.get(name.as_bytes()).copied();
                proptest::prop_assert_eq!(found, at.map(|at| (at, at + 1)));
            }
        }
    }
}
