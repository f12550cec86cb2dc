//! The place of a number in its source: a cell, a field of a line, a path.

use std::fmt;

/// Where in a source something stands. The file is attached by whoever knows it, so that a place
/// stays true when the file moves.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locator {
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Line of a text file or row of a sheet, from 1; 0 if the place is the whole file.
    pub row: u64,
    /// Column, from 1; 0 if the place is the whole row.
    pub column: u32,
    /// Path inside a tree, `/items/3/price`.
    pub path: Option<String>,
}

impl Locator {
    /// A field of a line of a text file, both counted from 1.
    pub fn one_based(row: u64, column: u32) -> Self {
        Self { row, column, ..Self::default() }
    }

    /// A cell of a sheet, row and column counted from 1.
    pub fn cell(sheet: &str, row: u64, column: u32) -> Self {
        Self { sheet: Some(sheet.to_owned()), row, column, path: None }
    }

    /// The place with its file in front: `file.csv:118:7`, `book.xlsx:Prices!C14`,
    /// `list.json#/items/3/price`, `list.json:page 2#/items/3/price`.
    pub fn within(&self, file: &str) -> String {
        match (&self.path, &self.sheet, self.row) {
            (Some(path), None, _) => format!("{file}#{path}"),
            (Some(path), Some(page), _) => format!("{file}:{page}#{path}"),
            (None, None, 0) => file.to_owned(),
            _ => format!("{file}:{self}"),
        }
    }
}

/// Without a file: `118:7`, `Prices!C14`, `#/items/3/price`, `page 2#/items/3/price`.
impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            self.sheet.iter().try_for_each(|page| f.write_str(page))?;
            return write!(f, "#{path}");
        }
        if let Some(sheet) = &self.sheet {
            return match (self.row, self.column) {
                (0, 0) => f.write_str(sheet),
                (row, 0) => write!(f, "{sheet}!{row}:{row}"),
                (0, column) => write!(f, "{sheet}!{0}:{0}", column_letters(column)),
                (row, column) => write!(f, "{sheet}!{}{row}", column_letters(column)),
            };
        }
        match self.column {
            0 => write!(f, "{}", self.row),
            column => write!(f, "{}:{column}", self.row),
        }
    }
}

/// The letters of a spreadsheet column counted from 1: 1 is `A`, 27 is `AA`.
pub fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().map(|&b| char::from(b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_as_people_write_them() {
        assert_eq!(Locator::one_based(118, 7).within("file.csv"), "file.csv:118:7");
        assert_eq!(Locator::cell("Prices", 14, 3).within("book.xlsx"), "book.xlsx:Prices!C14");
        let path = Locator { path: Some("/items/3/price".into()), ..Locator::default() };
        assert_eq!(path.within("list.json"), "list.json#/items/3/price");
        let page = Locator { sheet: Some("page 2".into()), ..path };
        assert_eq!(page.within("list.json"), "list.json:page 2#/items/3/price");
        assert_eq!(page.to_string(), "page 2#/items/3/price");
        assert_eq!(Locator::default().within("file.csv"), "file.csv");
        for (column, letters) in [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")] {
            assert_eq!(column_letters(column), letters);
        }
    }
}
