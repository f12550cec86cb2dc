//! What is wrong with a recipe, and where.

use crate::header::nearest;
use haggle_evidence::{ImportError, Locator};
use std::fmt;
use std::ops::Range;

/// A recipe cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipeError {
    /// Name of the recipe's file.
    pub origin: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What was found and what was expected.
    pub message: String,
    /// The nearest key or word, where one was misspelt.
    pub help: Option<String>,
}

impl fmt::Display for RecipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.origin, self.line, self.column, self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "; help: {help}"))
    }
}

impl std::error::Error for RecipeError {}

impl From<RecipeError> for ImportError {
    fn from(error: RecipeError) -> Self {
        Self::source("E0012", Locator::default(), error.to_string())
    }
}

impl RecipeError {
    pub(super) fn from_toml(error: &toml::de::Error, text: &str, origin: &str) -> Self {
        let mut message = error.message().lines().collect::<Vec<_>>().join(", ");
        lower_first(&mut message);
        Self::at(message, error.span(), text, origin)
    }

    pub(super) fn at(
        message: String,
        span: Option<Range<usize>>,
        text: &str,
        origin: &str,
    ) -> Self {
        let (line, column) = place(text, span.map_or(0, |s| s.start));
        let help = suggestion(&message);
        Self { origin: origin.to_owned(), line, column, message, help }
    }
}

fn lower_first(message: &mut str) {
    if let Some(first) = message.get_mut(..1) {
        first.make_ascii_lowercase();
    }
}

fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// Messages name what was found first, in backticks, and then the words that would do.
fn suggestion(message: &str) -> Option<String> {
    let (before, after) =
        message.split_once(", expected ").or_else(|| message.split_once(" is not one of "))?;
    let found = before.split('`').nth(1)?;
    let quoted = after.split('`').skip(1).step_by(2);
    let plain = after.split(", ").filter(|w| !w.contains('`'));
    nearest(found, quoted.chain(plain)).map(|word| format!("did you mean `{word}`?"))
}
