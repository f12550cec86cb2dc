//! Issues of several files, gathered into one issues file.

use crate::failure::Failure;
use haggle_import::{IssueWriter, Observer};
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

/// Issues on their way into a file.
pub(crate) struct Issues(Rc<RefCell<IssueWriter<Vec<u8>>>>);

impl Issues {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self(Rc::new(RefCell::new(IssueWriter::new(Vec::new())?))))
    }

    /// Takes the issues of one file.
    pub(crate) fn of(&self, file: &str) -> Observer {
        let (writer, file) = (Rc::clone(&self.0), file.to_owned());
        Box::new(move |issue| {
            // Writing into memory cannot fail.
            let _ = writer.borrow_mut().add(&file, &issue);
        })
    }

    /// Writes the file, whole or not at all; every observer must be gone.
    pub(crate) fn write(self, path: &Path) -> Result<(), Failure> {
        let failed = |e| Failure::io(path, "cannot write", &e);
        let Ok(writer) = Rc::try_unwrap(self.0) else {
            return Err(Failure::new("the issues are still being gathered"));
        };
        let bytes = writer.into_inner().finish().map_err(failed)?;
        crate::whole::write(path, &bytes).map_err(failed)
    }
}
