//! What can be wrong with a deal file, and how it is said.

use std::fmt;

/// One mistake or doubt, at its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code, an entry of [`CODES`].
    pub code: &'static str,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What was found and what was expected.
    pub message: String,
    /// A way out.
    pub help: Option<String>,
    /// A doubt that does not stop the report.
    pub warning: bool,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} [{}]", self.line, self.column, self.message, self.code)
    }
}

/// Code, what it is about, what it means, the way out.
pub const CODES: &[[&str; 4]] = &[
    [
        "D0001",
        "not TOML",
        "the deal file cannot be read as TOML",
        "see the place; texts need quotes",
    ],
    [
        "D0101",
        "unknown key",
        "the deal file has a key that haggle does not know, and a misspelled key would silently change nothing",
        "correct the key; `haggle schema deal` lists all of them",
    ],
    [
        "D0102",
        "missing key",
        "a key without which no number can be computed is not there",
        "add it as shown",
    ],
    [
        "D0103",
        "wrong value",
        "a value has the wrong type, or lies outside what its key allows",
        "see what was expected",
    ],
    [
        "D0104",
        "order of amounts",
        "low, mode and high are not in rising order, or two stated figures contradict each other",
        "put them in order",
    ],
    [
        "D0105",
        "name used twice",
        "two entries carry one name, so that a figure id would be ambiguous",
        "give each its own name",
    ],
    [
        "D0106",
        "source without an origin",
        "a source needs exactly one of `path`, `url` and `plugin`",
        "name one",
    ],
    [
        "D0107",
        "unknown parameter",
        "no parameter has this name",
        "`haggle explain parameters` lists all of them",
    ],
    [
        "D0108",
        "setting that fits nothing",
        "a setting of the command line (`--set PATH=VALUE`) names an entry that the deal file does not have, or a list or table as if it were one value",
        "name the entry as the deal file does: `alternative.stay.amount=120000`",
    ],
    [
        "D0201",
        "unsourced belief",
        "a belief about the other side says not where it comes from",
        "add `source = \"...\"`",
    ],
    [
        "D0202",
        "claim does not count",
        "a claim without a number, or without a date or reference, is easy to rebut and is not counted",
        "add the number and the date or reference",
    ],
    [
        "D0203",
        "no certain fallback",
        "every alternative can fail, so nothing says what happens if all of them do",
        "add what you do if all fail, with `probability = 1.0`",
    ],
    [
        "D0204",
        "no evidence",
        "the deal names no source, so no market enters the brief",
        "add a `[[source]]`",
    ],
    [
        "D0205",
        "unit that nothing converts",
        "the price is per a unit that the program does not know, so only amounts per the same word are comparable",
        "use a known unit (year, month, week, day, hour, each, lump, kg ...) if one fits",
    ],
];
