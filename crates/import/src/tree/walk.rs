//! Walks through a tree along a plan, and shows its rows as soon as they have all that they need.

use super::held::{Held, Value};
use super::plan::{Node, Plan, Quick};
use super::pointer;
use super::reader::{DEEPEST, Fault, Reader, Sort, Wrong};
use ahash::RandomState;
use haggle_evidence::ImportError;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write;
use std::hash::BuildHasherDefault;
use std::io::Read;
use std::ops::ControlFlow;

/// Most names of one object that is a list of rows.
const MEMBERS: usize = 1 << 23;
/// Names whose room is used again.
const KEPT: usize = 1 << 10;
/// Most names that are not read and told.
const UNREAD: usize = 1 << 12;

/// Why a walk ends before the file does.
pub(crate) enum Stop {
    /// The text is no JSON; the pointer of the place around.
    Fault(Fault, String),
    /// There is too much of something.
    Large(String),
    /// Whoever takes the rows cannot go on.
    Error(ImportError),
    /// Enough was seen.
    Enough,
    /// All that is wanted of the document is known.
    Known,
}

/// Takes rows, several at a time, with what was seen up to the last of them.
pub(crate) type Take<'t> = &'t mut dyn FnMut(Held, &Seen) -> Result<ControlFlow<()>, ImportError>;

/// What a walk sees beside the rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Members of rows that no column reads: how many of each name, and the first one's pointer.
    pub(crate) unread: HashMap<String, (u64, String), RandomState>,
    /// Places of the plan that were met, by node.
    pub(crate) met: Vec<bool>,
}

/// A walk through one file.
pub(crate) struct Walk<'w, R> {
    reader: Reader<R>,
    plan: &'w Plan,
    held: Held,
    path: String,
    name: String,
    /// The object that each name of the plan was met in last.
    stamps: Vec<u64>,
    objects: u64,
    /// Names of the members that were met in objects of any members, by node.
    members: Vec<HashSet<u64, BuildHasherDefault<Quick>>>,
    /// What tells those names apart.
    hasher: RandomState,
    /// Whether members that are not read are noted.
    watch: bool,
    /// Whether those that are no amounts are noted too.
    of_all: bool,
    /// Columns of the document, after which there is enough.
    enough: Option<usize>,
    found: BTreeSet<u16>,
    seen: Seen,
    take: Take<'w>,
}

type Done<T> = Result<T, Stop>;

impl<'w, R: Read> Walk<'w, R> {
    pub(crate) fn new(input: R, plan: &'w Plan, watch: bool, take: Take<'w>) -> Self {
        Self {
            reader: Reader::new(input),
            plan,
            held: Held::default(),
            path: String::new(),
            name: String::new(),
            stamps: vec![0; plan.names],
            objects: 0,
            members: vec![HashSet::default(); plan.nodes.len()],
            hasher: RandomState::new(),
            watch,
            of_all: false,
            enough: None,
            found: BTreeSet::new(),
            seen: Seen { met: vec![false; plan.nodes.len()], ..Seen::default() },
            take,
        }
    }

    /// Ends as soon as so many columns of the document are found.
    pub(crate) fn until(self, enough: Option<usize>) -> Self {
        Self { enough, ..self }
    }

    /// Notes every member, whatever it is.
    pub(crate) fn of_all(self) -> Self {
        Self { of_all: true, ..self }
    }

    /// Walks to the end of the file; `lines`: it is a list of values, one after the other.
    pub(crate) fn run(mut self, lines: bool) -> (Seen, Result<(), Stop>) {
        let done = self.all(lines);
        let done = self.hand_over().and(done);
        (self.seen, done)
    }

    fn all(&mut self, lines: bool) -> Done<()> {
        self.held.enter(0, "", "", self.plan.nodes[0].wanted);
        let walked = if lines { self.lines() } else { self.document() };
        if !matches!(walked, Ok(()) | Err(Stop::Known)) {
            return walked;
        }
        // What is said of the whole document is known at its end.
        self.rows(&self.plan.nodes[0].rows, None);
        self.held.show();
        self.held.leave();
        Ok(())
    }

    fn document(&mut self) -> Done<()> {
        self.value(0, 0)?;
        match self.peek()? {
            None => Ok(()),
            Some(_) => {
                let end = "the end of the file, or one value on each line";
                self.fail(Fault { at: self.reader.position(), what: Wrong::Expected(end) })
            }
        }
    }

    /// Values one after the other, as elements of one list.
    fn lines(&mut self) -> Done<()> {
        self.seen.met[0] = true;
        let mut number = 0;
        while self.peek()?.is_some() {
            self.element(0, 0, number)?;
            number += 1;
        }
        Ok(())
    }

    fn fail<T>(&self, fault: Fault) -> Done<T> {
        Err(Stop::Fault(fault, self.path.clone()))
    }

    fn ok<T>(&self, read: Result<T, Fault>) -> Done<T> {
        read.map_err(|fault| Stop::Fault(fault, self.path.clone()))
    }

    fn peek(&mut self) -> Done<Option<u8>> {
        let read = self.reader.peek_or_end();
        self.ok(read)
    }

    fn pass(&mut self) -> Done<()> {
        let read = self.reader.pass();
        self.ok(read)
    }

    fn value(&mut self, at: u32, depth: usize) -> Done<()> {
        let sort = self.reader.sort();
        let sort = self.ok(sort)?;
        let plan = self.plan;
        let node = &plan.nodes[at as usize];
        self.seen.met[at as usize] = true;
        match sort {
            Sort::Object => self.object(node, at, depth),
            Sort::Array => self.array(node, at, depth),
            _ => self.scalar(node, sort),
        }
    }

    fn object(&mut self, node: &Node, at: u32, depth: usize) -> Done<()> {
        if depth > 0 {
            self.rows(&node.rows, None);
        }
        match node.deeper() || self.of_all && !node.rows.is_empty() {
            true => self.members(node, at, depth),
            false => {
                self.tree(node, "an object");
                self.pass()
            }
        }
    }

    fn array(&mut self, node: &Node, at: u32, depth: usize) -> Done<()> {
        if depth > 0 && !node.leads {
            self.rows(&node.rows, Some("a list, not an object"));
        }
        if node.deeper() {
            return self.elements(at, depth);
        }
        if node.fills.is_empty() { self.pass() } else { self.list(node) }
    }

    fn rows(&mut self, kinds: &[u16], aside: Option<&'static str>) {
        for kind in kinds {
            self.held.row(*kind, self.plan.kinds[usize::from(*kind)].need, aside);
        }
    }

    fn tree(&mut self, node: &Node, what: &'static str) {
        let from = self.held.bytes().len();
        self.held.value(self.plan, &node.fills, Value::Tree(what), from);
    }

    fn scalar(&mut self, node: &Node, sort: Sort) -> Done<()> {
        if node.values.is_empty() {
            self.rows(&node.rows, Some("a plain value, not an object"));
        }
        self.rows(&node.values, None);
        let span = self.reader.scalar(sort);
        let span = self.ok(span)?;
        if node.fills.is_empty() {
            return Ok(());
        }
        let from = self.held.bytes().len();
        let read = self.reader.copy_bytes(span, self.held.bytes());
        self.ok(read)?;
        self.held.value(self.plan, &node.fills, value_of(sort), from);
        self.room()?;
        self.whether_enough(node)
    }

    /// Ends the walk when all columns of the document are found.
    fn whether_enough(&mut self, node: &Node) -> Done<()> {
        let Some(enough) = self.enough else { return Ok(()) };
        self.found.extend(node.fills.iter().map(|f| self.plan.fills[*f as usize].column));
        if self.found.len() < enough { Ok(()) } else { Err(Stop::Known) }
    }

    fn room(&self) -> Done<()> {
        match self.held.is_full() {
            false => Ok(()),
            true => {
                let place = if self.path.is_empty() { "the file" } else { &self.path };
                Err(Stop::Large(format!(
                    "the rows in `{place}` take too much memory before what they need of the objects around them is known"
                )))
            }
        }
    }

    /// A list of plain values, as one text.
    fn list(&mut self, node: &Node) -> Done<()> {
        let from = self.held.bytes().len();
        let more = self.reader.open(Sort::Array);
        let (mut more, mut count, mut last, mut plain) = (self.ok(more)?, 0, Sort::Null, true);
        while more {
            let sort = self.reader.sort();
            last = self.ok(sort)?;
            if matches!(last, Sort::Object | Sort::Array) {
                plain = false;
                self.pass()?;
            } else {
                let span = self.reader.scalar(last);
                let span = self.ok(span)?;
                if count > 0 {
                    self.held.bytes().extend_from_slice(b", ");
                }
                let read = self.reader.copy_bytes(span, self.held.bytes());
                self.ok(read)?;
            }
            count += 1;
            let read = self.reader.more(Sort::Array);
            more = self.ok(read)?;
        }
        let value = match (plain, count) {
            (false, _) => Value::Tree("a list"),
            (_, 1) => value_of(last),
            _ => Value::Text,
        };
        self.held.value(self.plan, &node.fills, value, from);
        self.room()
    }

    fn members(&mut self, node: &Node, at: u32, depth: usize) -> Done<()> {
        let more = self.reader.open(Sort::Object);
        let mut more = self.ok(more)?;
        self.objects += 1;
        let object = self.objects;
        self.forget_members(at);
        while more {
            match self.member(node, object)? {
                Some((child, number)) => match self.stands_twice(at, object, number)? {
                    true => self.again(child, depth)?,
                    false => self.child(child, depth, false)?,
                },
                None => self.pass()?,
            }
            let read = self.reader.more(Sort::Object);
            more = self.ok(read)?;
        }
        Ok(())
    }

    /// The node of the next member. Its name is copied only where it is needed later.
    fn member(&mut self, node: &Node, object: u64) -> Done<Option<(u32, Option<u32>)>> {
        let span = self.reader.quoted();
        let span = self.ok(span)?;
        let plain = self.reader.plain(span);
        let mut found = plain.and_then(|name| node.member(name));
        let watched = self.watch
            && !node.rows.is_empty()
            && (self.of_all || found.is_some() || !self.reader.is_word_ahead());
        let needed = match found {
            None => watched,
            Some((child, number)) => self.needs_name(child, number, object),
        };
        if plain.is_none() || needed {
            self.name.clear();
            let read = self.reader.copy(span, &mut self.name);
            self.ok(read)?;
            found = found.or_else(|| node.member(self.name.as_bytes()));
        }
        let read = self.reader.colon();
        self.ok(read)?;
        if found.is_none() && watched {
            self.unread()?;
        }
        Ok(found)
    }

    /// Whether the name of a member is needed beyond telling its node: it is part of a path, or
    /// tells members apart.
    fn needs_name(&self, child: u32, number: Option<u32>, object: u64) -> bool {
        let node = &self.plan.nodes[child as usize];
        let once = number.is_some_and(|number| self.stamps[number as usize] != object);
        !once || node.scope || node.deeper()
    }

    /// A member that stands twice: rows in it are shown, to be rejected, and values are not kept.
    fn again(&mut self, child: u32, depth: usize) -> Done<()> {
        let node = &self.plan.nodes[child as usize];
        if node.leads || !node.rows.is_empty() || !node.values.is_empty() {
            return self.child(child, depth, true);
        }
        if self.held.was_shown() {
            let expected = "every member once in its object, around rows that were read";
            return self
                .fail(Fault { at: self.reader.position(), what: Wrong::Expected(expected) });
        }
        self.held.twice(&self.name);
        self.pass()
    }

    /// Makes room for the names of another object; the room of a long one is given back.
    fn forget_members(&mut self, at: u32) {
        let members = &mut self.members[at as usize];
        if members.capacity() > KEPT { *members = HashSet::default() } else { members.clear() }
    }

    /// Whether a member of this name was met in the same object before.
    fn stands_twice(&mut self, at: u32, object: u64, number: Option<u32>) -> Done<bool> {
        if let Some(number) = number {
            let before = std::mem::replace(&mut self.stamps[number as usize], object);
            return Ok(before == object);
        }
        let hash = self.hasher.hash_one(&self.name);
        let members = &mut self.members[at as usize];
        if members.len() >= MEMBERS {
            return Err(Stop::Large(format!("`{}` has more than {MEMBERS} members", self.path)));
        }
        Ok(!members.insert(hash))
    }

    /// Notes a member of a row that no column reads, if it may be an amount or all are asked for.
    fn unread(&mut self) -> Done<()> {
        let sort = self.reader.sort();
        let plain = matches!(self.ok(sort)?, Sort::True | Sort::False | Sort::Null);
        if plain && !self.of_all {
            return Ok(());
        }
        if let Some((count, _)) = self.seen.unread.get_mut(&self.name) {
            *count += 1;
        } else if self.of_all && self.seen.unread.len() >= UNREAD {
            let message = format!("the objects in `{}` have more than {UNREAD} names", self.path);
            return Err(Stop::Large(message));
        } else if self.seen.unread.len() < UNREAD {
            let mut path = self.path.clone();
            pointer::push(&mut path, &self.name);
            self.seen.unread.insert(self.name.clone(), (1, path));
        }
        Ok(())
    }

    fn elements(&mut self, at: u32, depth: usize) -> Done<()> {
        let more = self.reader.open(Sort::Array);
        let (mut more, mut number) = (self.ok(more)?, 0_u64);
        while more {
            self.element(at, depth, number)?;
            number += 1;
            let read = self.reader.more(Sort::Array);
            more = self.ok(read)?;
        }
        Ok(())
    }

    fn element(&mut self, at: u32, depth: usize, number: u64) -> Done<()> {
        self.name.clear();
        // Writing to a text cannot fail.
        let _ = write!(self.name, "{number}");
        match self.plan.nodes[at as usize].member(self.name.as_bytes()) {
            Some((child, _)) => self.child(child, depth, false),
            None => self.pass(),
        }
    }

    /// A member or element that the plan knows.
    fn child(&mut self, child: u32, depth: usize, twice: bool) -> Done<()> {
        let depth = depth + 1;
        if depth > DEEPEST {
            return self.fail(Fault { at: self.reader.position(), what: Wrong::Deep });
        }
        let (before, node) = (self.path.len(), &self.plan.nodes[child as usize]);
        let scope = node.scope;
        if scope || node.deeper() {
            pointer::push(&mut self.path, &self.name);
        }
        if scope {
            self.held.enter(depth, &self.name, &self.path, node.wanted);
        }
        if twice {
            self.held.twice(&self.name);
        }
        self.value(child, depth)?;
        if scope {
            self.close(depth)?;
        }
        self.path.truncate(before);
        Ok(())
    }

    fn close(&mut self, depth: usize) -> Done<()> {
        if self.held.ready(depth) {
            self.held.show();
        }
        self.held.leave();
        self.room()?;
        if self.held.is_block() { self.hand_over() } else { Ok(()) }
    }

    /// Hands over the rows that have all that they need.
    fn hand_over(&mut self) -> Done<()> {
        let held = self.held.hand_over();
        if held.whole().is_empty() {
            return Ok(());
        }
        match (self.take)(held, &self.seen) {
            Ok(ControlFlow::Continue(())) => Ok(()),
            Ok(ControlFlow::Break(())) => Err(Stop::Enough),
            Err(error) => Err(Stop::Error(error)),
        }
    }
}

fn value_of(sort: Sort) -> Value {
    match sort {
        Sort::Text => Value::Text,
        Sort::Number => Value::Number,
        Sort::True => Value::True,
        Sort::False => Value::False,
        Sort::Null => Value::Null,
        Sort::Object | Sort::Array => Value::Tree("no plain value"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::held::Cells;
    use crate::tree::plan::{At, Want};
    use proptest::collection::vec;
    use proptest::option::of;
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    /// Columns of the items: two of their own, one of the group before and one after them, and the
    /// group's name.
    fn plan() -> Plan {
        let path = |text: &str| pointer::parse(text).unwrap();
        let below = |text: &str| At::Below(pointer::below(text).unwrap());
        let places = [
            below("a"),
            below("b/c"),
            At::Top(path("/groups/*/before")),
            At::Top(path("/groups/*/after")),
            At::Name("g".to_owned()),
        ];
        let want = |(column, at)| Want { column, rank: 0, kinds: u64::MAX, at };
        let wants: Vec<Want> = (0..).zip(places).map(want).collect();
        Plan::new(&[(path("/groups/{g}/items/*"), false)], &wants, wants.len()).unwrap()
    }

    /// The rows by their pointers and cells, and how many times rows were handed over.
    fn walked(text: &str) -> (Vec<(String, Vec<String>)>, usize) {
        let (plan, mut rows, mut times) = (plan(), Vec::new(), 0);
        let mut take = |held: Held, _: &Seen| {
            times += 1;
            for row in held.whole() {
                let mut cells = Cells::default().cleared(plan.width);
                held.fill(&plan, row, &mut cells);
                let cells = cells.cells.iter().map(|c| c.shown().into_owned());
                rows.push((held.path(row).to_owned(), cells.collect()));
            }
            Ok(ControlFlow::Continue(()))
        };
        let (_, done) = Walk::new(text.as_bytes(), &plan, false, &mut take).run(false);
        assert!(done.is_ok());
        (rows, times)
    }

    type Group = (Option<u8>, Vec<(Option<u8>, Option<u8>)>, Option<u8>);

    fn document(groups: &[Group]) -> String {
        let member = |name: &str, n: Option<u8>| n.map(|n| format!("\"{name}\": {n}"));
        let object = |members: Vec<Option<String>>| {
            format!("{{{}}}", members.into_iter().flatten().collect::<Vec<_>>().join(", "))
        };
        let item = |(a, c): &(Option<u8>, Option<u8>)| {
            object(vec![member("a", *a), c.map(|c| format!("\"b\": {{\"c\": {c}}}"))])
        };
        let group = |(number, (before, items, after)): (usize, &Group)| {
            let items = items.iter().map(item).collect::<Vec<_>>().join(", ");
            let items = Some(format!("\"items\": [{items}]"));
            let members = vec![member("before", *before), items, member("after", *after)];
            Some(format!("\"g{number}\": {}", object(members)))
        };
        format!("{{\"groups\": {}}}", object(groups.iter().enumerate().map(group).collect()))
    }

    /// The rows as somebody finds them who has the whole document at hand.
    fn found(text: &str) -> Vec<(String, Vec<String>)> {
        let document: Json = serde_json::from_str(text).unwrap();
        let shown = |value: &Json| if value.is_null() { String::new() } else { value.to_string() };
        let mut rows = Vec::new();
        for number in 0..document["groups"].as_object().unwrap().len() {
            let name = format!("g{number}");
            let group = &document["groups"][&name];
            for (at, item) in group["items"].as_array().unwrap().iter().enumerate() {
                let values = [&item["a"], &item["b"]["c"], &group["before"], &group["after"]];
                let cells = values.into_iter().map(shown).chain([name.clone()]);
                rows.push((format!("/groups/{name}/items/{at}"), cells.collect()));
            }
        }
        rows
    }

    proptest! {
        #[test]
        fn rows_are_those_of_the_whole_document_wherever_they_are_handed_over(
            groups in vec((of(0..9_u8), vec((of(0..9_u8), of(0..9_u8)), 0..4), of(0..9_u8)), 0..5),
        ) {
            let text = document(&groups);
            let (rows, _) = walked(&text);
            prop_assert_eq!(rows, found(&text));
        }
    }

    #[test]
    fn rows_are_handed_over_on_the_way() {
        let groups = json!({"groups": {"x": {"before": 1, "items": [{"a": 2}, {"a": 3}], "after": 4},
            "y": {"before": 5, "after": 6, "items": [{"a": 7}, {"b": {"c": 8}}]}}});
        let (rows, times) = walked(&groups.to_string());
        assert_eq!((rows.len(), times), (4, 3), "{rows:?}");
    }
}
