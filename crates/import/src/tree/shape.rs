//! What a tree holds: lists and maps of objects, and the plain values in these.

use super::plan::{At, Plan, Want};
use super::reader::{Fault, Reader, Sort};
use super::recipe::Paths;
use super::{Page, TreeFile, pointer};
use crate::source::Visit;
use haggle_evidence::{ImportError, Locator};
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
/// Columns of a list that are looked at.
const COLUMNS: usize = 400;
/// What the names of a map's members are called.
const NAME: &str = "name";

/// A list or map of objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The path of its objects, `*` for each.
    pub(crate) path: String,
    /// How many there are in the part that was looked at.
    pub(crate) count: u64,
    /// Whether they are members by name.
    pub(crate) map: bool,
    /// The paths of plain values below each object, in order of first occurrence.
    pub(crate) fields: Vec<String>,
}

impl Found {
    /// The columns that a look at it shows: names of members first.
    pub(crate) fn columns(&self) -> Vec<String> {
        let name = self.map.then(|| format!("@{NAME}"));
        name.into_iter().chain(self.fields.iter().cloned()).collect()
    }

    /// The path of its objects, whose names are a column if they are members.
    pub(crate) fn rows_path(&self) -> String {
        match self.path.strip_suffix('*') {
            Some(before) if self.map => format!("{before}{{{NAME}}}"),
            _ => self.path.clone(),
        }
    }

    fn paths(&self) -> Result<Paths, String> {
        let columns: Vec<Vec<String>> = self.columns().into_iter().map(|c| vec![c]).collect();
        let want = |(column, any): (u16, &Vec<String>)| {
            let at = match any[0].strip_prefix('@').filter(|_| self.map && column == 0) {
                Some(name) => At::Name(name.to_owned()),
                None => At::Below(pointer::below(&any[0])?),
            };
            Ok(Want { column, rank: 0, kinds: u64::MAX, at })
        };
        let wants = (0_u16..).zip(&columns).map(want).collect::<Result<Vec<_>, String>>()?;
        let rows =
            Plan::new(&[(pointer::parse(&self.rows_path())?, false)], &wants, columns.len())?;
        Ok(Paths { columns, rows, before: None, watch: Vec::new() })
    }
}

impl TreeFile {
    /// The lists and maps of objects of the first page, and whether all of it was looked at.
    pub(crate) fn lists(&self) -> (Vec<Found>, bool) {
        let Some(page) = self.pages.first() else { return (Vec::new(), true) };
        (shapes(page), !page.longer(HEAD))
    }

    /// Shows the objects of a list as rows.
    pub(crate) fn look(&self, found: &Found, visit: Visit<'_>) -> Result<(), ImportError> {
        let paths = found.paths();
        let paths = paths.map_err(|e| ImportError::source("E0009", Locator::default(), e))?;
        self.pages.first().map_or(Ok(()), |page| page.rows(&paths, visit).map(drop))
    }
}

/// Everything that stands at one place of like objects.
#[derive(Debug, Default)]
struct Place {
    count: u64,
    objects: u64,
    lists: u64,
    plain: u64,
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
            Sort::Null => {}
            _ => self.plain += 1,
        }
        reader.scalar(sort).map(drop)
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
            pointer::push_name(&mut below, name);
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
        self.plain += other.plain;
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
    fn fields(&self, path: &str, fields: &mut Vec<String>) {
        for name in &self.order {
            let (mut below, place) = (path.to_owned(), &self.members[name]);
            pointer::push_name(&mut below, name);
            if place.plain > 0 && fields.len() < COLUMNS {
                fields.push(below[1..].to_owned());
            }
            if place.objects > 0 && !place.is_map() {
                place.fields(&below, fields);
            }
        }
    }
}
