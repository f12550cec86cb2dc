//! The issues file: one line for every rejected row, to filter, to fix and to import again.

use crate::importer::Issue;
use std::borrow::Cow;
use std::io::{self, Write};

/// Columns of an issues file.
const COLUMNS: [&str; 7] = ["file", "line", "place", "field", "found", "expected", "code"];

/// Writes issues as CSV (RFC 4180), line by line.
pub struct IssueWriter<W: Write>(csv::Writer<W>);

impl<W: Write> IssueWriter<W> {
    /// A file that begins with its header.
    ///
    /// # Errors
    /// The operating system's.
    pub fn new(out: W) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(COLUMNS)?;
        Ok(Self(writer))
    }

    /// Adds an issue of a file.
    ///
    /// # Errors
    /// The operating system's.
    pub fn add(&mut self, file: &str, issue: &Issue) -> io::Result<()> {
        let (row, place) = (issue.place.row.to_string(), issue.place.within(file));
        let fields = [file, &row, &place, &issue.field, &issue.found, &issue.expected, issue.code];
        Ok(self.0.write_record(fields.map(harmless).iter().map(AsRef::as_ref))?)
    }

    /// The file, complete.
    ///
    /// # Errors
    /// The operating system's.
    pub fn finish(self) -> io::Result<W> {
        self.0.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// A text that is no formula to a spreadsheet program.
fn harmless(text: &str) -> Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t']) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use haggle_evidence::Locator;

    #[test]
    fn a_line_says_where_and_what() {
        let issue = Issue {
            place: Locator::one_based(118, 7),
            field: "Salary, gross".to_owned(),
            found: "=1+1".to_owned(),
            expected: "a number".to_owned(),
            code: "I0101",
        };
        let mut writer = IssueWriter::new(Vec::new()).unwrap();
        writer.add("a.csv", &issue).unwrap();
        let text = String::from_utf8(writer.finish().unwrap()).unwrap();
        let expected = "file,line,place,field,found,expected,code\n\
                        a.csv,118,a.csv:118:7,\"Salary, gross\",'=1+1,a number,I0101\n";
        assert_eq!(text, expected);
    }
}
