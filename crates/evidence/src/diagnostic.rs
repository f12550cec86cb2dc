//! Messages about evidence: each with a stable code, a place, what was found, what was expected
//! and a way out.

use crate::Locator;
use std::fmt;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing can be read.
    Error,
    /// Something was passed over or is doubtful.
    Warning,
    /// Worth knowing.
    Info,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        })
    }
}

/// One message about a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code, an entry of [`CODES`].
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where, inside the source.
    pub place: Locator,
    /// What was found and what was expected.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// What a code means.
#[derive(Debug, Clone, Copy)]
pub struct Code {
    /// The code: `E0101`.
    pub code: &'static str,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// What it means and why it is so.
    pub meaning: &'static str,
    /// The way out.
    pub help: &'static str,
}

/// The entry of a code.
pub fn code(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|c| c.code.eq_ignore_ascii_case(code))
}

macro_rules! codes {
    ($($code:literal $title:literal : $meaning:literal / $help:literal;)+) => {
        /// Every diagnostic of evidence. A code is never given another meaning.
        pub const CODES: &[Code] =
            &[$(Code { code: $code, title: $title, meaning: $meaning, help: $help }),+];
    };
}

codes! {
    "E0001" "file cannot be opened": "the operating system refused the file or there is none" / "check the path; a path in a deal file is relative to the deal file";
    "E0002" "empty file": "the file holds no bytes, or no row" / "download or export it again";
    "E0003" "not the format it claims": "the content is of another format than its name says: a web page, an archive, an image" / "open it in a spreadsheet program and save it as CSV or XLSX";
    "E0004" "encrypted workbook": "the workbook is protected by a password and cannot be read without it" / "open it, remove the password, save it again";
    "E0005" "damaged or truncated": "the file ends before its content does, or its structure is broken" / "download or copy it again";
    "E0006" "no recipe fits": "no known layout has its columns in this file" / "`haggle inspect FILE --propose recipe.toml` writes a recipe to begin with; settle its doubts and pass it with `--recipe recipe.toml`, or as `recipe = ...` in the deal file";
    "E0007" "several recipes fit": "more than one layout claims this file equally well" / "name one with `recipe = ...` or `--recipe`";
    "E0008" "column is missing": "the named recipe needs a column that no header row of this file has" / "compare the header with the recipe; a renamed column is added to the recipe's `any` list";
    "E0009" "too large to read whole": "XLS and ODS workbooks are read whole, up to a limit, and this one is larger; or a part of JSON that must be held (a text, a name, an object around rows) is" / "save a workbook as XLSX or CSV, which stream; of JSON see the place";
    "E0010" "ambiguous table": "the header occurs in more than one sheet, or twice in one" / "name the sheet in the recipe";
    "E0011" "text cannot be decoded": "bytes are not valid in the encoding that the file is read in" / "save the file as UTF-8";
    "E0012" "recipe is wrong": "the recipe file cannot be used" / "see the place and the expected key";
    "E0013" "expands beyond all measure": "a compressed part of the file unpacks to far more than its size, as an attack does" / "save it again with a spreadsheet program, as CSV";
    "E0014" "two readings": "every column of amounts writes its numbers in a way that can be read in two ways, such as `1.234`" / "state `decimal` and `thousands` under `[number]` of a recipe: `decimal = \",\"` with `thousands = \".\"`, or `decimal = \".\"` with `thousands = \",\"`; `haggle inspect FILE --propose RECIPE.toml` writes one";
    "E0015" "not said": "the file does not say a unit, a currency or a date that the recipe looks for in its headers or notes, or says it in an unknown word" / "state it in the recipe, or add the word to the recipe's `map`";
    "E0016" "sheet is missing": "the sheet that the recipe or the caller names does not have the header, or the file has no sheets, as CSV, JSON and the pages of a service have none" / "name one of the sheets that were found, or none where there are none";
    "E0021" "several files in an archive": "an archive holds more than one table, and which is meant is not said" / "name one behind the archive, as in `prices.zip/list.csv`";
    "E0401" "plugin failed": "a plugin could not be run to its end, or broke its limits or its promises; nothing that it brought is stored" / "see what it says; `haggle plugin test NAME` tries everything that the interface demands, and its author can mend it";
    "I0101" "malformed number": "a cell that should hold an amount holds something else" / "correct the cell, or declare the word as a sentinel in the recipe";
    "I0102" "malformed field": "a cell that the recipe maps cannot be read as what it should be" / "correct the cell or the recipe";
    "I0103" "wrong number of fields": "the row has more or fewer fields than the header" / "look for an unquoted separator in the row";
    "I0104" "missing required field": "a field without which the amount means nothing (its currency, its unit) is blank" / "fill it in, or state it in the recipe as an assumption";
    "I0105" "negative or zero amount": "an amount of zero or less is no price and no pay" / "correct the cell, or declare the value as a sentinel";
    "I0106" "unknown word": "a cell holds a word that the recipe does not list for this column" / "add the word to the recipe's `map`";
    "I0107" "error cell": "the spreadsheet program stored an error such as `#REF!` here" / "open the workbook, repair the formula, save it";
    "I0108" "ambiguous amount": "a mark with three digits behind it, such as `100.000`, may be a decimal point or a thousands mark, and the recipe states no thousands mark" / "state `thousands` under `[number]` in a recipe of your own: `thousands = \",\"` makes the point a decimal one";
    "I0109" "range upside down": "the upper end of a range is below its lower end" / "correct the cells";
    "I0110" "contradicted currency": "the amount carries the mark of another currency than its row or file states" / "correct the cell, or the currency in the recipe";
    "I0111" "amount too small": "the recipe states the least that an amount of this column can be, and the amount is smaller: a code, another unit, or a number typed in thousands" / "correct the cell, or `least` in the recipe";
    "I0121" "unquoted thousands mark": "the row has more fields than the header, and a number such as `$1,973.00` without quotes may be why; but the fields can be joined in more than one way, or not so that every column holds what it holds elsewhere" / "put the number in quotes, or export the table with another separator";
    "I0122" "member stands twice": "an object has two members of one name, on the way to the row or in it, and which is meant is not known" / "correct the file";
    "I0201" "aggregate row": "the row sums up others that are read as well, so reading it would count people twice" / "none is needed";
    "I0202" "not data": "a title, a footer, a note or a blank line" / "none is needed";
    "I0203" "passed over by the recipe": "the recipe keeps rows of other values only" / "change `keep` in the recipe";
    "I0204" "duplicate": "the row says again what an earlier one said, by the rule of the recipe" / "change `duplicates` in the recipe";
    "I0205" "row of another table": "the row stands below the header of another table" / "see W0125";
    "I0301" "blank": "the cell is empty: the amount is unknown, which is not zero" / "none is needed";
    "I0302" "sentinel": "the publisher's sign for a value that is not available or suppressed" / "none is needed";
    "I0303" "top-coded, threshold unknown": "the sign says `this much or more`, but neither the file's notes nor its vintage say how much" / "state the vintage in the deal file (`vintage = 2022` under `[[source]]`)";
    "I0304" "column not read": "the numbers of the column can be read in two ways, so none is read" / "state `decimal` and `thousands` under `[number]` of the recipe";
    "I0305" "formula without a number": "one of the numbers that the recipe computes the amount from is not stated in this row" / "none is needed, or state what a blank cell stands for in the recipe";
    "I0306" "no range": "both ends of the range are the same, so the amount is exact and stated once" / "none is needed";
    "I0307" "stated before": "an earlier row states the same amount of the same thing, and every row repeats it, so it counts once" / "none is needed";
    "W0101" "not UTF-8": "the text is not valid UTF-8 and has no byte order mark, so it is read as Windows-1252 or Mac Roman, whichever puts letters inside words, or as UTF-16; letters with accents may be wrong, digits are not" / "save the file as UTF-8";
    "W0102" "nothing imported": "the header was found, but no row below it became data" / "see the rows that were rejected or skipped";
    "W0103" "vintage unknown or contradicted": "the year that the source speaks for decides its reference date and what its signs mean" / "state the vintage in the deal file (`vintage = 2022` under `[[source]]`)";
    "W0105" "column of amounts is missing": "the recipe reads amounts from a column that this file does not have" / "none is needed if the edition never had it; else add the new header to the recipe's `any` list";
    "W0120" "hidden rows or columns": "the workbook hides rows or columns from its reader; they are data all the same and are read" / "look at them in a spreadsheet program; `hidden = \"skip\"` in the recipe passes the rows over";
    "W0121" "column in two readings": "the numbers of a column can be read in two ways, so the column is not read" / "state `decimal` and `thousands` under `[number]` of the recipe: `decimal = \",\"` with `thousands = \".\"`, or the other way round";
    "W0122" "suspicious mixture": "some amounts are of another order than the rest of their column, as pay per hour among pay per year is, or thousands beside units; they are imported as they stand" / "look at the rows; `[[exclude]]` in the deal file, `[[skip]]` or a `[per]` column in the recipe sets them right";
    "W0123" "another recipe fits too": "several recipes know the columns; the one whose signature is longest reads the file" / "name another with `recipe = ...` or `--recipe`";
    "W0124" "quality file": "a file beside this one should state how far its figures can be trusted, but it is not clear which, or it has other columns, or some of its cells and names cannot be used" / "keep one file of that name beside it; each name in one row, each cell a number or a sign that `quality` lists under `absent`";
    "W0125" "another table below": "below the table stands another one, with a header of its own; its numbers are not those of the first" / "read it by a recipe of its own, or put it on a sheet of its own";
    "W0126" "shown with more than it holds": "the sheet shows the numbers of a column with words of their number format, such as `per hour`; the cells hold the numbers alone, which are read without the words" / "state what the words say in the recipe: `per = \"hour\"`";
    "W0127" "columns left out": "columns look like those of amounts, but stand for a statistic or an estimate and for nobody who offers anything" / "none is needed if they do; else map the column by its header in a recipe of your own";
    "W0104" "aggregates cannot be told": "the column that marks rows which sum up others is not there" / "use a file that has the column, or choose rows by their code";
    "W0128" "row on several pages": "a row of a list that came in pages says in all its columns the same as a row of an earlier page; each of them counts, though the list may have changed while its pages were fetched, which moves rows to a page again or past one unseen" / "fetch it again with `--refresh`; where the service repeats itself, `[duplicates]` in a recipe of your own passes such rows over";
    "W0131" "two encodings in one text": "some lines are UTF-8 and others are not, as happens when texts of two systems are put together; each line is read as what it is" / "see the named lines; digits are the same in both";
    "W0132" "numbers put together": "numbers such as `$1,973.00` stand without quotes in a text whose separator is the comma, so they were cut in two; they were put together where the row allows one way only" / "see the named lines; export the table with quotes around its fields";
    "W0133" "one file of an archive": "the archive holds other files beside the one that is read" / "none is needed if it is the right one; else name another behind the archive, as in `prices.zip/list.csv`";
    "W0401" "not comparable: currency": "the amount is in another currency than the deal, and the deal gives no rate" / "add a dated `[[rate]]` to the deal file";
    "W0402" "not comparable: unit": "the amount is per another unit than the deal and no arithmetic connects them" / "choose comparables of the deal's unit";
    "W0403" "not comparable: later than the as-of date": "the observation is dated after the day that the report speaks for" / "move `as_of`";
    "W0404" "not comparable: another statistic": "a mean or an extreme is no point of a percentile curve" / "none is needed";
    "W0405" "not comparable: weight or count": "the row's weight or count is no positive number, or the amount is none" / "correct the cell, or the recipe's weight column";
    "W0406" "excluded by the deal": "a written rule of the deal file leaves the row out" / "remove the `[[exclude]]` to bring it back";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_complete() {
        let mut seen = std::collections::BTreeSet::new();
        for c in CODES {
            assert!(seen.insert(c.code), "{} twice", c.code);
            assert!(!c.title.is_empty() && !c.meaning.is_empty() && !c.help.is_empty());
        }
        assert_eq!(code("e0004").unwrap().title, "encrypted workbook");
        assert!(code("E9999").is_none());
    }
}
