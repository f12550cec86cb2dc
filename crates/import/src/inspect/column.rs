//! What a column holds, by its cells: texts, numbers, amounts of money, dates; never what it means.

use super::vocabulary::{folded, vocabulary};
use crate::cell::{Cell, Format, UNSTORED};
use crate::date::DateFormat;
use crate::detect::{Evidence, Verdict};
use crate::header::Header;
use crate::money;
use crate::number::{Notation, small_whole};
use crate::source::Row;
use crate::terms::is_term;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Different texts that are counted.
const DISTINCT: usize = 30;
/// Texts that are shown.
const EXAMPLES: usize = 4;
/// Labels of sums that are kept.
const LABELS: usize = 100;

/// A column under a header.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its number, from 1.
    pub number: u32,
    /// What stands above it.
    pub header: String,
    /// What most of its cells are.
    pub content: Content,
    /// Cells that are not blank.
    pub filled: u64,
    /// The most frequent texts, or the first ones.
    pub examples: Vec<String>,
    /// How it writes numbers: `1,234.5`, or nothing where they have no marks; two readings if
    /// that is open.
    pub notation: Result<Option<String>, [String; 2]>,
    /// Currency marks beside its amounts.
    pub marks: Vec<String>,
    /// Cells that hold an error of a formula, with the first row.
    pub errors: Option<(u64, u64)>,
    /// Of these, formulas whose results the workbook does not hold, as of a program that wrote it
    /// and computed nothing.
    pub unstored: u64,
    /// What the sheet shows with its numbers and they do not hold, such as `per hour`, with the
    /// first row.
    pub worded: Option<(&'static str, u64)>,
    /// Cells that are not of the column's content, with the first row and its text.
    pub strays: Option<(u64, u64, String)>,
    /// The only date format of a few usual ones that reads all of its texts; several if the order
    /// of day and month is open.
    pub dates: Vec<String>,
    /// The different texts, up to a number.
    pub(crate) texts: Vec<String>,
    /// The header as words are looked for in it.
    pub(crate) folded: String,
    /// Labels of rows that sum up others, each with its first row.
    pub(crate) sums: Vec<(String, u64)>,
    /// Labels that may be such, or of something called so.
    pub(crate) doubtful_sums: Vec<(String, u64)>,
    /// Labels of rows that say more of each column, such as freight, each with its first row.
    pub(crate) terms: Vec<(String, u64)>,
    /// Whether the sheet shows the numbers divided by a thousand or more.
    pub(crate) shortened: bool,
}

/// What cells are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Content {
    /// Nothing.
    Blank,
    /// Texts.
    Text,
    /// Numbers.
    Number,
    /// Numbers with a currency mark.
    Money,
    /// Percentages.
    Percent,
    /// Ranges of numbers.
    Range,
    /// Dates.
    Date,
    /// Truth values.
    Flag,
}

impl Content {
    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::Text => "text",
            Self::Number => "number",
            Self::Money => "money",
            Self::Percent => "percent",
            Self::Range => "range",
            Self::Date => "date",
            Self::Flag => "true/false",
        }
    }

    /// Whether an amount may stand there.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Number | Self::Money | Self::Range)
    }
}

/// Formats that dates are tried by.
const FORMATS: [&str; 14] = [
    "YYYY-MM-DD",
    "YYYY-MM-DD*",
    "DD.MM.YYYY",
    "DD.MM.YYYY*",
    "DD/MM/YYYY",
    "MM/DD/YYYY",
    "DD/MM/YYYY*",
    "MM/DD/YYYY*",
    "MM/DD/YY",
    "DD Month YYYY",
    "Mon DD, YYYY",
    "YYYY[M]MM",
    "YYYY-MM",
    "year",
];

static PARSED: LazyLock<Vec<(&str, DateFormat)>> = LazyLock::new(|| {
    FORMATS.iter().filter_map(|f| Some((*f, DateFormat::parse(f).ok()?))).collect()
});

#[derive(Default)]
struct Counts {
    kinds: BTreeMap<Content, (u64, u64, String)>,
    filled: u64,
    texts: BTreeMap<String, u64>,
    evidence: Evidence,
    marks: BTreeMap<String, u64>,
    errors: Option<(u64, u64)>,
    unstored: u64,
    worded: Option<(&'static str, u64)>,
    shortened: bool,
    sums: Vec<(String, u64)>,
    doubtful_sums: Vec<(String, u64)>,
    terms: Vec<(String, u64)>,
    /// Formats that read every text so far, by number.
    dates: Option<Vec<usize>>,
}

/// Columns being looked at.
pub(super) struct Columns {
    names: Vec<String>,
    counts: Vec<Counts>,
}

impl Columns {
    pub(super) fn new(header: &Header) -> Self {
        let names: Vec<String> = (0..header.width()).map(|i| header.text(i).to_owned()).collect();
        let counts = names.iter().map(|_| Counts::default()).collect();
        Self { names, counts }
    }

    pub(super) fn add(&mut self, row: &Row<'_>) {
        for (i, counts) in self.counts.iter_mut().enumerate() {
            counts.add(row.cell(i), row.number);
        }
    }

    pub(super) fn finish(self) -> Vec<Column> {
        let columns = self.names.into_iter().zip(self.counts).zip(1..);
        columns.map(|((name, counts), number)| counts.finish(name, number)).collect()
    }
}

impl Counts {
    fn add(&mut self, cell: &Cell<'_>, row: u64) {
        if cell.is_blank() {
            return;
        }
        self.filled += 1;
        if let Cell::Error(error) = cell {
            self.unstored += u64::from(error == UNSTORED);
            self.errors = Some(self.errors.map_or((1, row), |(n, first)| (n + 1, first)));
            return;
        }
        let shown = cell.shown();
        let kind = self.kind(cell);
        let entry = self.kinds.entry(kind).or_insert((0, row, shown.as_ref().to_owned()));
        entry.0 += 1;
        if let (Cell::Text(text), true) = (cell, kind.is_numeric()) {
            self.evidence.add(text, row);
        }
        match cell {
            // What stands here again was looked at.
            Cell::Text(text) if kind == Content::Text && !self.texts.contains_key(&**text) => {
                self.label(text, row);
            }
            Cell::Number(_, Format::Worded(words, _)) => {
                self.worded.get_or_insert((words.text(), row));
            }
            Cell::Number(_, Format::Times(word, _)) => {
                self.worded.get_or_insert((word.word(), row));
            }
            Cell::Number(_, Format::Shortened(_)) => self.shortened = true,
            _ => {}
        }
        if self.texts.len() < DISTINCT || self.texts.contains_key(shown.as_ref()) {
            *self.texts.entry(shown.into_owned()).or_default() += 1;
        }
    }

    /// Notes a label of a row that says more of each column, or sums up others.
    fn label(&mut self, text: &str, row: u64) {
        let labels = match sums_up(text) {
            _ if is_term(text) => &mut self.terms,
            Some(true) => &mut self.sums,
            Some(false) => &mut self.doubtful_sums,
            None => return,
        };
        if labels.len() < LABELS && !labels.iter().any(|(l, _)| l == text) {
            labels.push((text.to_owned(), row));
        }
    }

    fn kind(&mut self, cell: &Cell<'_>) -> Content {
        match cell {
            Cell::Text(text) => self.kind_of_text(text),
            Cell::Number(_, Format::Percent) => Content::Percent,
            Cell::Number(_, Format::Digits(_)) => Content::Text,
            Cell::Number(_, Format::Money(mark)) => {
                *self.marks.entry((*mark).to_owned()).or_default() += 1;
                Content::Money
            }
            Cell::Number(..) => {
                self.try_dates(cell);
                Content::Number
            }
            Cell::Date(_) => Content::Date,
            Cell::Bool(_) => Content::Flag,
            Cell::Written(_) => Content::Number,
            Cell::Blank | Cell::Error(_) | Cell::Null | Cell::Missing | Cell::Tree(_) => {
                Content::Blank
            }
        }
    }

    fn kind_of_text(&mut self, text: &str) -> Content {
        if small_whole(text).is_some() {
            self.try_dates(&Cell::Text(text.into()));
            return Content::Number;
        }
        let notations = [('.', ','), (',', '.'), (',', ' '), ('.', '\'')];
        let notations = notations.map(|(decimal, thousands)| Notation {
            decimal,
            thousands: Some(thousands),
            settled: true,
        });
        self.try_dates(&Cell::Text(text.into()));
        let may_be = text.contains(|c: char| c.is_ascii_digit()) && text.len() < 40;
        let money = || notations.iter().find_map(|n| money::money(text, *n).ok());
        if let Some(money) = may_be.then(money).flatten() {
            return match money.mark {
                None => Content::Number,
                Some(mark) => {
                    *self.marks.entry(mark.to_owned()).or_default() += 1;
                    Content::Money
                }
            };
        }
        if text.ends_with('%') && text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            return Content::Percent;
        }
        let digits = text.contains(|c: char| c.is_ascii_digit());
        let is_band = digits && notations.iter().any(|n| money::band(text, *n).is_ok());
        match text.to_lowercase().as_str() {
            _ if is_band => Content::Range,
            "true" | "false" | "yes" | "no" => Content::Flag,
            _ if self.dates.as_ref().is_some_and(|d| !d.is_empty()) => Content::Date,
            _ => Content::Text,
        }
    }

    /// Keeps the formats that read this cell too.
    fn try_dates(&mut self, cell: &Cell<'_>) {
        let formats = self.dates.get_or_insert_with(|| (0..PARSED.len()).collect());
        if !formats.is_empty() {
            formats.retain(|i| PARSED[*i].1.read(cell).is_some());
        }
    }

    fn finish(mut self, header: String, number: u32) -> Column {
        let dates = self.dates.take().unwrap_or_default();
        let most = self.kinds.iter().max_by_key(|(_, (n, ..))| *n);
        let mut content = most.map_or(Content::Blank, |(kind, _)| *kind);
        if !dates.is_empty() && content != Content::Number && self.filled > 0 {
            content = Content::Date;
        }
        let stray = |kind: Content| kind != content && !(kind.is_numeric() && content.is_numeric());
        let strays = self.kinds.iter().filter(|(kind, _)| {
            stray(**kind) && content != Content::Text && content != Content::Date
        });
        let strays = strays
            .map(|(_, s)| s.clone())
            .reduce(|a, b| if a.1 < b.1 { (a.0 + b.0, a.1, a.2) } else { (a.0 + b.0, b.1, b.2) });
        let notation = match self.evidence.verdict() {
            Verdict::Settled(notation) => Ok(self.evidence.spoke().then(|| notation.example())),
            Verdict::Ambiguous { readings, .. } => Err(readings),
            Verdict::Clash([(a, _), (b, _)]) => Err([a, b]),
        };
        let mut examples: Vec<(String, u64)> = self.texts.clone().into_iter().collect();
        examples.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Column {
            number,
            folded: folded(&header),
            header,
            content,
            filled: self.filled,
            examples: examples.into_iter().take(EXAMPLES).map(|(t, _)| t).collect(),
            notation,
            marks: self.marks.into_keys().collect(),
            errors: self.errors,
            unstored: self.unstored,
            worded: self.worded,
            strays,
            dates: dates.into_iter().map(|i| PARSED[i].0.to_owned()).collect(),
            texts: self.texts.into_keys().collect(),
            sums: self.sums,
            doubtful_sums: self.doubtful_sums,
            terms: self.terms,
            shortened: self.shortened,
        }
    }
}

/// Whether a label is that of a row which sums up others, for sure or perhaps; `None`: it is not.
/// The words count as whole leading ones, and with words of their kind alone: no total is the
/// `Total rewards manager`.
fn sums_up(text: &str) -> Option<bool> {
    /// What begins the labels; a longer text is a note.
    const LONGEST: usize = 60;
    if text.len() > LONGEST {
        return None;
    }
    let v = vocabulary();
    if v.sum_up.leads(text).is_some() {
        return Some(true);
    }
    let Some(mut rest) = v.may_sum_up.leads(text) else {
        return ends_in_sum(text).then_some(false);
    };
    while let Some(further) = v.sum_words.leads(&rest).or_else(|| v.may_sum_up.leads(&rest)) {
        rest = further;
    }
    let numbers = rest.chars().all(|c| c.is_ascii_digit() || c == ' ');
    Some(numbers).filter(|sure| *sure || !v.job_word.in_folded(&folded(text)))
}

/// Whether the last word is one of a sum, as in `Finance subtotal`, or the row counts heads.
fn ends_in_sum(text: &str) -> bool {
    const LAST: [&str; 12] = [
        "subtotal",
        "subtotals",
        "total",
        "totals",
        "average",
        "avg",
        "median",
        "percentile",
        "dev",
        "headcount",
        "combined",
        "difference",
    ];
    let folded = folded(text);
    let mut words = folded.split_whitespace();
    let (last, before) = (words.next_back(), words.next());
    let alone = matches!(last, Some("headcount" | "combined" | "difference"));
    last.is_some_and(|w| LAST.contains(&w)) && (before.is_some() || alone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_sums_are_told_from_names_that_begin_alike() {
        for (text, expected) in [
            ("Total", Some(true)),
            ("Finance subtotal", Some(false)),
            ("East Total", Some(false)),
            ("Headcount", Some(false)),
            ("Web dev", Some(false)),
            ("TOTAL:", Some(true)),
            ("Grand total", Some(true)),
            ("Total général", Some(true)),
            ("Subtotal lot 2", Some(true)),
            ("Summe", Some(true)),
            ("Gesamt", Some(true)),
            ("Durchschnitt", Some(true)),
            ("Mittelwert alle", Some(true)),
            ("Moyenne", Some(true)),
            ("Average salary", Some(true)),
            ("Median (n=12)", Some(true)),
            ("All jobs", Some(true)),
            ("Total HT", Some(true)),
            ("Total Denver", Some(false)),
            ("Total rewards manager", None),
            ("Total Quality Engineer", None),
            ("Meaningful work", None),
            ("Totally fine", None),
            ("Media planner", None),
            ("Summer intern", None),
            ("Cook", None),
        ] {
            assert_eq!(sums_up(text), expected, "{text}");
        }
    }
}
