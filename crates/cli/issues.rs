//! The issues file: one line for every rejected row, to filter, to fix and to import again.

use crate::failure::Failure;
use haggle_import::{Issue, Observer};
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

/// Columns of an issues file.
const HEADER: &str = "file,line,place,field,found,expected,code\n";

/// Issues of several files, on their way into one.
#[derive(Clone, Default)]
pub(crate) struct Issues(Rc<RefCell<String>>);

impl Issues {
    /// Takes the issues of one file.
    pub(crate) fn of(&self, file: &str) -> Observer {
        let (lines, file) = (Rc::clone(&self.0), file.to_owned());
        Box::new(move |issue| lines.borrow_mut().push_str(&line(&file, &issue)))
    }

    /// Writes the file, whole or not at all.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = format!("{HEADER}{}", self.0.borrow());
        crate::whole::write(path, text.as_bytes())
            .map_err(|e| Failure::io(path, "cannot write", &e))
    }
}

fn line(file: &str, issue: &Issue) -> String {
    let place = issue.place.within(file);
    let row = issue.place.row.to_string();
    let fields = [file, &row, &place, &issue.field, &issue.found, &issue.expected, issue.code];
    let fields: Vec<String> = fields.iter().map(|f| quoted(f)).collect();
    fields.join(",") + "\n"
}

/// A CSV field (RFC 4180), never a formula to a spreadsheet program.
fn quoted(text: &str) -> String {
    let dangerous = text.starts_with(['=', '+', '-', '@', '\t']);
    let text = if dangerous { format!("'{text}") } else { text.to_owned() };
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
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
        let expected = "a.csv,118,a.csv:118:7,\"Salary, gross\",'=1+1,a number,I0101\n";
        assert_eq!(line("a.csv", &issue), expected);
    }
}
