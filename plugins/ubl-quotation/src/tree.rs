//! XML as elements that know where they stand.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;

/// Elements within elements at most.
const DEEPEST: usize = 64;

/// One element. Names are without their prefixes.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    /// As they are written, prefixes included.
    pub(crate) attributes: BTreeMap<String, String>,
    /// Its own text, without blanks around it.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
    /// Line and column of its start, from 1.
    pub(crate) place: (u64, u32),
    /// From the root: `/Quotation/QuotationLine[2]/LineItem`.
    pub(crate) path: String,
}

impl Element {
    /// The one at the end of a path of names, the first of each name.
    pub(crate) fn at<'a>(&'a self, path: &str) -> Option<&'a Self> {
        let first =
            |element: &'a Self, name: &str| element.children.iter().find(|c| c.name == name);
        path.split('/').try_fold(self, first)
    }

    /// The children of a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// What stands at the end of a path, if it is more than blanks.
    pub(crate) fn text_at(&self, path: &str) -> Option<&str> {
        Some(self.at(path)?.text.as_str()).filter(|text| !text.is_empty())
    }

    /// What is wrong with it, with its place.
    pub(crate) fn wrong(&self, what: impl std::fmt::Display) -> String {
        format!("line {}:{}, {}: {what}", self.place.0, self.place.1, self.path)
    }
}

/// Reads a document.
///
/// # Errors
/// What is wrong with it, with its place.
pub(crate) fn read(text: &str) -> Result<Element, String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut places = Places { text, at: 0, place: (1, 1) };
    // The document itself, above its root.
    let mut open = vec![Element::default()];
    loop {
        let place = places.of(reader.buffer_position() as usize);
        let here = |what: String| format!("line {}:{}: {what}", place.0, place.1);
        match reader.read_event().map_err(|e| here(e.to_string()))? {
            Event::Start(_) if open.len() > DEEPEST => {
                return Err(here(format!("found more than {DEEPEST} elements within each other")));
            }
            Event::Start(start) => {
                let element = started(&start, &open, place).map_err(here)?;
                open.push(element);
            }
            Event::End(_) => close(&mut open),
            Event::Text(text) => add(&mut open, &text.xml10_content()),
            Event::CData(data) => add(&mut open, &data.xml10_content()),
            Event::GeneralRef(name) => {
                let known = if name.is_char_ref() {
                    name.resolve_char_ref().map_err(|e| here(e.to_string()))?
                } else {
                    predefined(&name.xml10_content())
                };
                let unknown = || here("found an entity that XML does not define".to_owned());
                add(&mut open, known.ok_or_else(unknown)?.encode_utf8(&mut [0; 4]));
            }
            Event::DocType(_) => {
                return Err(here("found a document type, expected none".to_owned()));
            }
            Event::Eof => return root(open).map_err(here),
            _ => {}
        }
    }
}

/// A character that has a name in every document.
fn predefined(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

fn root(mut open: Vec<Element>) -> Result<Element, String> {
    let unclosed = || format!("`{}` has no end", open.last().map_or("", |e| e.name.as_str()));
    if open.len() != 1 {
        return Err(unclosed());
    }
    let mut document = open.pop().unwrap_or_default();
    match (document.children.pop(), document.children.is_empty()) {
        (Some(root), true) => Ok(root),
        _ => Err("found no document of one root element".to_owned()),
    }
}

fn started(start: &BytesStart<'_>, open: &[Element], place: (u64, u32)) -> Result<Element, String> {
    let name = start.local_name().as_ref().to_owned();
    let mut attributes = BTreeMap::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let value = attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0);
        let value = value.map_err(|e| e.to_string())?;
        attributes.insert(attribute.key.as_ref().to_owned(), value.trim().to_owned());
    }
    let path = path(open, &name);
    Ok(Element { name, attributes, place, path, ..Element::default() })
}

fn path(open: &[Element], name: &str) -> String {
    let Some(parent) = open.last() else { return String::new() };
    // What a quotation has many of is counted.
    match name == "QuotationLine" {
        true => format!("{}/{name}[{}]", parent.path, parent.all(name).count() + 1),
        false => format!("{}/{name}", parent.path),
    }
}

fn close(open: &mut Vec<Element>) {
    let Some(mut element) = open.pop() else { return };
    element.text = element.text.trim().to_owned();
    if let Some(parent) = open.last_mut() {
        parent.children.push(element);
    }
}

fn add(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// Lines and columns of offsets that only rise.
struct Places<'a> {
    text: &'a str,
    at: usize,
    place: (u64, u32),
}

impl Places<'_> {
    fn of(&mut self, offset: usize) -> (u64, u32) {
        for c in self.text.get(self.at..offset).unwrap_or_default().chars() {
            self.place =
                if c == '\n' { (self.place.0 + 1, 1) } else { (self.place.0, self.place.1 + 1) };
        }
        self.at = self.at.max(offset);
        self.place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_know_where_they_stand() {
        let text = "<?xml version=\"1.0\"?>\n<q:A xmlns:q=\"u\">\n  <!-- no -->\n  <q:QuotationLine><B c=' 1 '> a &amp;&#x41;<![CDATA[<]]> </B></q:QuotationLine>\n  <QuotationLine><B/></QuotationLine>\n</q:A>\n";
        let root = read(text).unwrap();
        assert_eq!((root.name.as_str(), root.place), ("A", (2, 1)));
        assert_eq!(root.attributes["xmlns:q"], "u");
        let b = root.at("QuotationLine/B").unwrap();
        assert_eq!((b.text.as_str(), b.place), ("a &A<", (4, 20)));
        assert_eq!(b.attributes["c"], "1");
        let second = root.all("QuotationLine").nth(1).unwrap().at("B").unwrap();
        assert_eq!(second.path, "/A/QuotationLine[2]/B");
        assert_eq!(second.wrong("no"), "line 5:18, /A/QuotationLine[2]/B: no");
        assert_eq!((root.text_at("QuotationLine/B"), root.text_at("C")), (Some("a &A<"), None));
    }

    #[test]
    fn what_is_no_document_is_refused_with_its_place() {
        let deep = "<a>".repeat(65);
        for (text, part) in [
            ("", "line 1:1: found no document"),
            ("<a/><b/>", "found no document of one root"),
            ("<a>\n<b></a>", "line 2:4: "),
            ("<a>\n<b>", "`b` has no end"),
            ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "line 1:1: found a document type"),
            ("<a>&x;</a>", "line 1:4: found an entity"),
            ("<a b='1' b='2'/>", "line 1:1: "),
            (&deep, "more than 64 elements"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
