//! What a tree holds: lists and maps of objects, with the members of these and an example of each.

use super::Page;
use super::pointer;
use super::reader::{Fault, Reader, Sort};
use std::collections::BTreeMap;
use std::io::Read;

/// Bytes by which a shape is judged.
const HEAD: u64 = 4 << 20;
/// Names of one object that are told apart; more of them are a map.
const NAMES: usize = 400;
/// Objects of a map at least.
const MAP: usize = 3;
/// How deep it is looked.
const DEEP: usize = 24;
/// Characters of an example.
const EXAMPLE: usize = 60;

/// A list or map of objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The path of its objects, `*` for each.
    pub(crate) path: String,
    /// How many there are in the part that was looked at.
    pub(crate) count: u64,
    /// Whether they are members by name.
    pub(crate) map: bool,
    /// Plain values below each object, in order of first occurrence.
    pub(crate) fields: Vec<Field>,
}

/// A plain value below an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its path from the object on.
    pub(crate) path: String,
    /// In how many objects it stands.
    pub(crate) count: u64,
    /// How many of the values are numbers, texts, truth values.
    pub(crate) numbers: u64,
    pub(crate) texts: u64,
    pub(crate) flags: u64,
    /// The first value.
    pub(crate) example: String,
}

/// Everything that stands at one place of like objects.
#[derive(Debug, Default)]
struct Place {
    count: u64,
    objects: u64,
    lists: u64,
    numbers: u64,
    texts: u64,
    flags: u64,
    example: String,
    /// Members by name, in order of first occurrence.
    order: Vec<String>,
    members: BTreeMap<String, Place>,
    elements: Option<Box<Place>>,
}

/// The lists and maps of objects of a page's first part, the outer ones first.
pub(crate) fn shapes(page: &Page) -> Vec<Found> {
    let Ok(text) = page.text.decoded() else { return Vec::new() };
    let mut reader = Reader::new(text.take(HEAD));
    let mut top = Place::default();
    // The end of the part is no fault of the file.
    let _ = if page.lines { top.lines(&mut reader) } else { top.read(&mut reader, 0) };
    let mut found = Vec::new();
    top.lists(String::new(), &mut found);
    found
}

impl Place {
    fn lines<R: Read>(&mut self, reader: &mut Reader<R>) -> Result<(), Fault> {
        self.lists += 1;
        while reader.peek_or_end()?.is_some() {
            self.elements.get_or_insert_default().read(reader, 1)?;
        }
        Ok(())
    }

    fn read<R: Read>(&mut self, reader: &mut Reader<R>, depth: usize) -> Result<(), Fault> {
        self.count += 1;
        let sort = reader.sort()?;
        match sort {
            _ if depth > DEEP => return reader.pass(),
            Sort::Object => {
                self.objects += 1;
                return self.object(reader, depth);
            }
            Sort::Array => {
                self.lists += 1;
                let mut more = reader.open(sort)?;
                while more {
                    self.elements.get_or_insert_default().read(reader, depth + 1)?;
                    more = reader.more(sort)?;
                }
                return Ok(());
            }
            Sort::Number => self.numbers += 1,
            Sort::Text => self.texts += 1,
            Sort::True | Sort::False => self.flags += 1,
            Sort::Null => {}
        }
        let span = reader.scalar(sort)?;
        if self.example.is_empty() && sort != Sort::Null {
            reader.copy(span, &mut self.example)?;
            self.example = self.example.chars().take(EXAMPLE).collect();
        }
        Ok(())
    }

    fn object<R: Read>(&mut self, reader: &mut Reader<R>, depth: usize) -> Result<(), Fault> {
        let (mut name, mut more) = (String::new(), reader.open(Sort::Object)?);
        while more {
            reader.name(&mut name)?;
            if !self.members.contains_key(&name) {
                match self.order.len() < NAMES {
                    true => {
                        self.order.push(name.clone());
                        self.members.insert(name.clone(), Self::default());
                    }
                    // Names beyond these are those of a map, and read as one of them.
                    false => name.clone_from(&self.order[NAMES - 1]),
                }
            }
            match self.members.get_mut(&name) {
                Some(place) => place.read(reader, depth + 1)?,
                None => reader.pass()?,
            }
            more = reader.more(Sort::Object)?;
        }
        Ok(())
    }

    /// Whether the members are objects of one kind under names of their own.
    fn is_map(&self) -> bool {
        let objects = self.members.values().filter(|m| m.objects > 0).count();
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        for member in self.members.values() {
            member.order.iter().for_each(|n| *names.entry(n).or_default() += 1);
        }
        let shared = names.values().any(|n| *n * 2 > self.members.len());
        objects >= MAP && objects * 5 >= self.members.len() * 4 && (shared || objects > NAMES / 2)
    }

    fn lists(&self, path: String, found: &mut Vec<Found>) {
        if let Some(elements) = &self.elements {
            elements.list(format!("{path}/*"), false, found);
        }
        if self.is_map() {
            let mut all = Self::default();
            self.members.values().for_each(|m| all.merge(m));
            return all.list(format!("{path}/*"), true, found);
        }
        for name in &self.order {
            let mut below = path.clone();
            pointer::push(&mut below, name);
            self.members[name].lists(below, found);
        }
    }

    /// Tells what hangs on the objects of a list.
    fn list(&self, path: String, map: bool, found: &mut Vec<Found>) {
        if self.objects > 0 {
            let mut fields = Vec::new();
            self.fields("", &mut fields);
            found.push(Found { path: path.clone(), count: self.objects, map, fields });
        }
        self.lists(path, found);
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.objects += other.objects;
        self.lists += other.lists;
        self.numbers += other.numbers;
        self.texts += other.texts;
        self.flags += other.flags;
        if self.example.is_empty() {
            self.example.clone_from(&other.example);
        }
        for name in &other.order {
            if !self.members.contains_key(name) {
                self.order.push(name.clone());
            }
            self.members.entry(name.clone()).or_default().merge(&other.members[name]);
        }
        if let Some(elements) = &other.elements {
            self.elements.get_or_insert_default().merge(elements);
        }
    }

    /// Plain values below an object; those of lists and maps are rows of their own.
    fn fields(&self, path: &str, fields: &mut Vec<Field>) {
        for name in &self.order {
            let (mut below, place) = (path.to_owned(), &self.members[name]);
            pointer::push(&mut below, name);
            if place.numbers + place.texts + place.flags > 0 {
                fields.push(Field {
                    path: below[1..].to_owned(),
                    count: place.count,
                    numbers: place.numbers,
                    texts: place.texts,
                    flags: place.flags,
                    example: place.example.clone(),
                });
            }
            if place.objects > 0 && !place.is_map() {
                place.fields(&below, fields);
            }
        }
    }
}
