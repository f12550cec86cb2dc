//! XML rewritten as JSON: an element is an object of its attributes and of lists of the elements in
//! it, by name.

use crate::text::TextFile;
use haggle_evidence::{ImportError, Locator};
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::Path;
use tempfile::{NamedTempFile, TempPath};

/// Most bytes of a document, which is held in memory whole.
const LIMIT: u64 = 64 << 20;
/// How deep elements may be nested.
const DEEP: usize = 60;

/// An element: its attributes and texts, and the elements in it by name, each as JSON.
#[derive(Default)]
struct Element {
    name: String,
    members: Vec<(String, String)>,
    text: String,
    /// Names in order of first occurrence, with the elements of each.
    order: Vec<String>,
    lists: BTreeMap<String, Vec<String>>,
}

/// Writes a document as JSON to a new file. What is around it (declarations, comments) is left out;
/// names are without their prefix; a text beside attributes or elements is the member `#text`.
pub(super) fn rewritten(path: &Path) -> Result<TempPath, ImportError> {
    let text = TextFile::strict(path)?.whole(LIMIT + 1)?;
    if text.len() as u64 > LIMIT {
        return Err(fail("E0009", format!("the document has more than {LIMIT} bytes")));
    }
    let json = json(&text)?;
    let written = || -> std::io::Result<TempPath> {
        let file = NamedTempFile::with_prefix("haggle-")?;
        let mut out = BufWriter::new(file);
        out.write_all(json.as_bytes())?;
        Ok(out.into_inner().map_err(std::io::IntoInnerError::into_error)?.into_temp_path())
    };
    written().map_err(|e| fail("E0001", e.to_string()))
}

fn fail(code: &'static str, message: impl Into<String>) -> ImportError {
    ImportError::source(code, Locator::default(), message)
}

fn json(text: &str) -> Result<String, ImportError> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    loop {
        let damaged = |e: String| fail("E0005", format!("malformed XML: {e}"));
        let event = reader.read_event().map_err(|e| damaged(e.to_string()))?;
        let closed = match event {
            Event::Start(start) => {
                open.push(element(&start).map_err(damaged)?);
                if open.len() > DEEP {
                    return Err(fail("E0009", format!("elements nested deeper than {DEEP}")));
                }
                None
            }
            Event::Empty(start) => Some(element(&start).map_err(damaged)?),
            Event::End(_) => open.pop(),
            Event::Text(text) => said(&mut open, &text),
            Event::CData(text) => said(&mut open, &text),
            Event::GeneralRef(name) => {
                let text = unescape(&format!("&{};", &*name))
                    .map_err(|e| damaged(e.to_string()))?
                    .into_owned();
                said(&mut open, &text)
            }
            Event::Eof => return Err(fail("E0005", "the XML ends too early")),
            _ => None,
        };
        let Some(closed) = closed else { continue };
        match open.last_mut() {
            Some(around) => around.add(closed),
            None => return Ok(closed.json()),
        }
    }
}

/// Adds a text to the innermost element.
fn said(open: &mut [Element], text: &str) -> Option<Element> {
    open.last_mut()?.text += text;
    None
}

fn element(start: &BytesStart<'_>) -> Result<Element, String> {
    let name = start.local_name().as_ref().to_owned();
    let mut element = Element { name, ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        let value = unescape(&attribute.value).map_err(|e| e.to_string())?.into_owned();
        element.members.push((attribute.key.local_name().as_ref().to_owned(), value));
    }
    Ok(element)
}

impl Element {
    fn add(&mut self, element: Self) {
        let name = element.name.clone();
        if !self.lists.contains_key(&name) {
            self.order.push(name.clone());
        }
        self.lists.entry(name).or_default().push(element.json());
    }

    /// An element of nothing but a text is that text.
    fn json(self) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let text = self.text.trim();
        if self.members.is_empty() && self.order.is_empty() {
            return quoted(text);
        }
        let mut members: Vec<String> =
            self.members.iter().map(|(n, v)| format!("{}:{}", quoted(n), quoted(v))).collect();
        if !text.is_empty() {
            members.push(format!("\"#text\":{}", quoted(text)));
        }
        for name in &self.order {
            members.push(format!("{}:[{}]", quoted(name), self.lists[name].join(",")));
        }
        format!("{{{}}}", members.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_become_objects_of_lists() {
        for (xml, wanted) in [
            ("<a/>", Some(r#""""#)),
            (
                "<?xml version=\"1.0\"?><x:a xmlns:x='u' x:b='1&amp;2'> <c>t&lt;<!-- no --></c><c/><d e=\"f\">g</d></x:a>",
                Some(r##"{"b":"1&2","c":["t<",""],"d":[{"e":"f","#text":"g"}]}"##),
            ),
            ("<a><![CDATA[<b>]]></a>", Some("\"<b>\"")),
            ("<a><b></a>", None),
            ("<a>", None),
            ("<a b='1' b='2'/>", None),
        ] {
            assert_eq!(json(xml).ok().as_deref(), wanted, "{xml}");
        }
    }
}
