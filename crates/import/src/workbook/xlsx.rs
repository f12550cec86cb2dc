//! An XLSX workbook as a package: which part is what, and the parts that all sheets share.

use super::rows::Rows;
use super::sheet::{self, Shape, Shared, Stop};
use super::strings::Strings;
use super::tags::{Tags, bad};
use super::{Input, SheetName, damaged, styles};
use crate::cell::Epoch;
use crate::guard;
use crate::source::Visit;
use haggle_evidence::{ImportError, Locator};
use std::collections::BTreeMap;
use std::io::{self, Read};
use zip::ZipArchive;

/// A workbook whose parts are known to be whole.
pub(crate) struct Xlsx {
    zip: ZipArchive<Input>,
    /// The number of every part, by its name as it is compared.
    parts: BTreeMap<String, usize>,
    shapes: BTreeMap<String, Shape>,
    sheets: Vec<(SheetName, String)>,
    shared: Shared,
}

/// A relation of a part to another: the last word of its type, and the name of the other.
struct Relation {
    kind: String,
    target: String,
}

impl Xlsx {
    pub(super) fn open(input: Input) -> Result<Self, ImportError> {
        let mut zip = ZipArchive::new(input).map_err(|e| damaged(&e))?;
        let shapes = guard::prove(&mut zip)?;
        let parts = guard::names(&zip)?;
        let (sheets, shared) = (Vec::new(), Shared::default());
        let mut book = Self { zip, parts, shapes, sheets, shared };
        let package = book.relations("")?;
        let main = package.values().find(|r| r.kind == "officeDocument");
        let main = main.ok_or_else(|| damaged(&"`_rels/.rels` names no workbook"))?.target.clone();
        let relations = book.relations(&main)?;
        book.sheets = book.required(&main, |tags, epoch| sheets_of(tags, &relations, epoch))?;
        if let Some(part) = book.beside(&main, &relations, "sharedStrings") {
            book.shared.strings = book.required(&part, |tags, _| Strings::read(tags))?;
        }
        if let Some(part) = book.beside(&main, &relations, "styles") {
            book.shared.styles = book.required(&part, |tags, _| styles::read(tags))?;
        }
        Ok(book)
    }

    /// The sheets that hold cells.
    pub(super) fn sheets(&self) -> impl Iterator<Item = SheetName> {
        self.sheets.iter().map(|(sheet, _)| sheet.clone())
    }

    /// Name and number of the part that a sheet stands in.
    fn part_of(&self, sheet: &str) -> Result<(String, usize), ImportError> {
        let found = self.sheets.iter().find(|(s, _)| s.name == sheet);
        let part = found.map(|(_, part)| part.as_str());
        let part = part.ok_or_else(|| damaged(&format!("there is no sheet `{sheet}`")))?;
        let missing =
            || damaged(&format!("the sheet `{sheet}` is missing: there is no part `{part}`"));
        let index = *self.parts.get(part).ok_or_else(missing)?;
        Ok((part.to_owned(), index))
    }

    /// What is merged and hidden in a sheet; noted already unless its part has an unusual name.
    pub(super) fn shape(&mut self, sheet: &str) -> Result<Shape, ImportError> {
        let (part, _) = self.part_of(sheet)?;
        if let Some(shape) = self.shapes.get(&part) {
            return Ok(shape.clone());
        }
        self.required(&part, |tags, _| sheet::shape(tags))
    }

    pub(super) fn rows(&mut self, sheet: &str, visit: Visit<'_>) -> Result<(), ImportError> {
        let (_, index) = self.part_of(sheet)?;
        let part = self.zip.by_index(index).map_err(|e| damaged(&e))?;
        let mut rows = Rows::new(visit);
        sheet::read(&mut Tags::new(part), &self.shared, &mut rows).map_err(|stop| match stop {
            Stop::Said(error) => error,
            Stop::Damaged(error) => after(sheet, rows.current(), &error),
        })
    }

    /// What a part is related to, by the names of the relations.
    fn relations(&mut self, part: &str) -> Result<BTreeMap<String, Relation>, ImportError> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let slash = if folder.is_empty() { "" } else { "/" };
        let list = format!("{folder}{slash}_rels/{name}.rels");
        self.required(&list, |tags, _| relations_of(tags, folder))
    }

    fn required<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut PartTags<'_>, &mut Epoch) -> io::Result<T>,
    ) -> Result<T, ImportError> {
        let missing = || damaged(&format!("there is no part `{name}`"));
        let index = *self.parts.get(&guard::key(name)).ok_or_else(missing)?;
        let part = self.zip.by_index(index).map_err(|e| damaged(&e))?;
        let mut tags = Tags::new(Box::new(part) as Box<dyn Read + '_>);
        read(&mut tags, &mut self.shared.epoch).map_err(|e| damaged(&format!("`{name}`: {e}")))
    }

    /// The part of a kind that the workbook names; some name none and have it in the usual place.
    fn beside(
        &self,
        main: &str,
        relations: &BTreeMap<String, Relation>,
        kind: &str,
    ) -> Option<String> {
        let named = relations.values().find(|r| r.kind.eq_ignore_ascii_case(kind));
        let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
        let usual = guard::key(&resolve(folder, &format!("{kind}.xml")));
        let usual = self.parts.contains_key(&usual).then_some(usual);
        named.map(|r| r.target.clone()).or(usual)
    }
}

type PartTags<'a> = Tags<Box<dyn Read + 'a>>;

fn after(sheet: &str, row: u64, error: &io::Error) -> ImportError {
    let place = Locator::cell(sheet, row, 0);
    ImportError::source("E0005", place, format!("the sheet cannot be read after this row: {error}"))
}

fn relations_of(tags: &mut PartTags<'_>, folder: &str) -> io::Result<BTreeMap<String, Relation>> {
    let mut relations = BTreeMap::new();
    while let Some(tag) = tags.open()? {
        let (id, kind) = (tag.value(b"Id")?, tag.value(b"Type")?);
        if let (Some(id), Some(kind), Some(target)) = (id, kind, tag.value(b"Target")?) {
            let kind = kind.rsplit('/').next().unwrap_or("").to_owned();
            relations.insert(id, Relation { kind, target: guard::key(&resolve(folder, &target)) });
        }
    }
    Ok(relations)
}

/// The name of a part that is named from inside a folder.
pub(super) fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let whole = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("{folder}/{target}"),
    };
    let mut steps: Vec<&str> = Vec::new();
    for step in whole.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// Names and parts of the sheets that hold cells; and since when the workbook counts its days.
fn sheets_of(
    tags: &mut PartTags<'_>,
    relations: &BTreeMap<String, Relation>,
    epoch: &mut Epoch,
) -> io::Result<Vec<(SheetName, String)>> {
    let mut sheets = Vec::new();
    while let Some(tag) = tags.open()? {
        match tag.name {
            b"workbookPr" => {
                if matches!(tag.get(b"date1904")?, Some(b"1" | b"true")) {
                    *epoch = Epoch::Since1904;
                }
            }
            b"sheet" => {
                let name =
                    tag.value(b"name")?.ok_or_else(|| bad("found a sheet without a name"))?;
                let mut id = None;
                tag.each(|key, value| id = if key.ends_with(b":id") { Some(value) } else { id })?;
                let id = String::from_utf8_lossy(id.unwrap_or(b"")).into_owned();
                let relation = relations.get(&id);
                let relation = relation
                    .ok_or_else(|| bad(format!("no part is named for the sheet `{name}`")))?;
                let hidden = matches!(tag.get(b"state")?, Some(b"hidden" | b"veryHidden"));
                if relation.kind == "worksheet" {
                    sheets.push((SheetName { name, hidden }, relation.target.clone()));
                }
            }
            _ => {}
        }
    }
    Ok(sheets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parts() {
        for (folder, target, expected) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "../data/./a.xml", "data/a.xml"),
            ("xl", "worksheets\\sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("", "xl/workbook.xml", "xl/workbook.xml"),
            ("", "../../a.xml", "a.xml"),
        ] {
            assert_eq!(resolve(folder, target), expected);
        }
    }
}
