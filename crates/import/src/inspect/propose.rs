//! A first recipe for an unknown file, with every doubt as a comment for its owner to settle.
//!
//! Names of columns suggest what they are; nothing is concluded from the size of amounts. What the
//! file does not say is left open, so that the recipe cannot be used before it is settled.

use super::{Column, Content, Table};
use crate::pattern::{Pattern, squeeze};
use crate::spellings::Spellings;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Header texts of a signature.
const SIGNATURE: usize = 6;
/// Columns kept as attributes without being asked.
const ATTRIBUTES: usize = 12;

/// Words in headers and what a column under them may be.
const FIELDS: [(&str, &[&str]); 5] = [
    (
        "subject",
        &[
            "code",
            "sku",
            "soc",
            "item no",
            "item number",
            "part no",
            "part number",
            "article",
            "cpt",
            "id",
        ],
    ),
    (
        "title",
        &[
            "title",
            "job",
            "position",
            "role",
            "occupation",
            "description",
            "item",
            "product",
            "name",
        ],
    ),
    ("place", &["country", "state", "region", "area", "location", "city", "place"]),
    (
        "party",
        &[
            "company",
            "employer",
            "vendor",
            "supplier",
            "bidder",
            "organisation",
            "organization",
            "agency",
        ],
    ),
    ("level", &["level", "seniority", "grade", "experience"]),
];
/// Words of headers that speak about a thing and do not name it.
const NOT_NAMES: [&str; 5] = ["type", "size", "number of", "count", "status"];
const AMOUNTS: [&str; 16] = [
    "salary",
    "wage",
    "pay",
    "compensation",
    "earnings",
    "income",
    "price",
    "cost",
    "rate",
    "charge",
    "fee",
    "amount",
    "value",
    "median",
    "mean",
    "average",
];
const WAGES: [&str; 8] =
    ["salary", "wage", "pay", "compensation", "earnings", "income", "hourly", "annual"];
const QUOTES: [&str; 4] = ["quote", "bid", "bidder", "offer"];
const UNITS: [(&str, &[&str]); 5] = [
    ("year", &["annual", "annually", "yearly", "per year", "a year", "per annum"]),
    ("hour", &["hourly", "per hour", "an hour"]),
    ("month", &["monthly", "per month", "a month"]),
    ("week", &["weekly", "per week", "a week"]),
    ("each", &["unit price", "price each", "per unit", "per item"]),
];

/// What a proposal says.
struct Proposal<'a> {
    table: &'a Table,
    fields: BTreeMap<&'static str, &'a Column>,
    currency: Option<&'a Column>,
    unit: Option<&'a Column>,
    date: Option<&'a Column>,
    amounts: Vec<&'a Column>,
    others: Vec<&'a Column>,
}

/// A recipe for the table that holds most, if any has an amount and a header.
pub(super) fn recipe(file: &str, tables: &[Table]) -> Option<String> {
    let usable = |t: &&Table| t.columns.iter().any(|c| c.content.is_numeric() && c.filled > 0);
    let size = |t: &&Table| (!t.hidden, t.rows * t.columns.len() as u64);
    let table = tables.iter().filter(usable).max_by_key(size)?;
    Some(Proposal::of(table).write(file, tables))
}

fn words(header: &str) -> String {
    let plain: String =
        squeeze(header).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    format!(" {} ", plain.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
}

fn says(header: &str, wanted: &[&str]) -> bool {
    let text = words(header);
    wanted.iter().any(|w| text.contains(&words(w)))
}

impl<'a> Proposal<'a> {
    fn of(table: &'a Table) -> Self {
        let named: Vec<&Column> = table.columns.iter().filter(|c| !c.header.is_empty()).collect();
        let mut left: Vec<&Column> = named.iter().copied().filter(|c| c.filled > 0).collect();
        let mut take = |test: &dyn Fn(&Column) -> bool| {
            let at = left.iter().position(|c| test(c))?;
            Some(left.remove(at))
        };
        let currency =
            take(&|c| says(&c.header, &["currency", "currencies"]) && !c.content.is_numeric());
        let unit_words =
            ["unit", "uom", "unit of measure", "unit of pay", "pay basis", "pay frequency", "per"];
        let unit = take(&|c| says(&c.header, &unit_words) && c.content == Content::Text);
        let date = take(&|c| c.content == Content::Date && !c.dates.is_empty()).or_else(|| {
            take(&|c| {
                says(&c.header, &["year", "work year"]) && c.dates.iter().any(|d| d == "year")
            })
        });
        let mut fields = BTreeMap::new();
        for (field, wanted) in FIELDS {
            let code = field == "subject";
            let fits = |c: &Column| {
                says(&c.header, wanted)
                    && !says(&c.header, &NOT_NAMES)
                    && (matches!(c.content, Content::Text | Content::Flag)
                        || (code && c.content == Content::Number))
            };
            if let Some(column) = take(&fits) {
                fields.insert(field, column);
            }
        }
        let is_amount = |c: &&Column| {
            c.content.is_numeric()
                && (says(&c.header, &AMOUNTS)
                    || c.content == Content::Money
                    || percentile(&c.header).is_some())
        };
        let (mut amounts, mut others): (Vec<_>, Vec<_>) = left.into_iter().partition(is_amount);
        if amounts.is_empty() {
            (amounts, others) = others.into_iter().partition(|c| c.content.is_numeric());
        }
        Self { table, fields, currency, unit, date, amounts, others }
    }

    fn write(&self, file: &str, tables: &[Table]) -> String {
        let mut out = String::new();
        self.head(&mut out, file, tables);
        self.number(&mut out);
        self.constant(&mut out);
        self.words(&mut out);
        self.date(&mut out);
        self.fields(&mut out);
        self.attributes(&mut out);
        self.amounts(&mut out);
        out
    }

    fn head(&self, out: &mut String, file: &str, tables: &[Table]) {
        let stem = file.split('.').next().unwrap_or(file);
        line(
            out,
            &format!(
                "# Proposed for {}: settle every `doubt`, then import with `--recipe`.",
                printable(file)
            ),
        );
        line(out, "");
        line(out, &format!("name = {}", quoted(&slug(stem))));
        line(out, "version = 1");
        let mapped =
            self.fields.values().copied().chain(self.currency).chain(self.amounts.iter().copied());
        let mut signature: Vec<&str> = Vec::new();
        for column in mapped.chain(self.table.columns.iter()) {
            let header = column.header.as_str();
            if !header.is_empty() && !signature.contains(&header) && signature.len() < SIGNATURE {
                signature.push(header);
            }
        }
        let lists: Vec<String> = signature.iter().map(|h| format!("[{}]", quoted(h))).collect();
        line(out, &format!("signature = [{}]", lists.join(", ")));
        if let Some(sheet) = self.table.sheet.as_ref().filter(|_| tables.len() > 1) {
            line(out, &format!("sheets = [{}]", quoted(sheet)));
        }
        line(out, "");
        line(out, &format!("[source]\nname = {}", quoted(stem)));
        for title in self.table.titles.iter().take(4) {
            line(out, &format!("# above the table: {}", printable(title)));
        }
        line(
            out,
            "# publisher = \"\"\n# licence = \"\"\n# grade = \"self-report\"   # employer, government, posted, filing, self-report, anecdote",
        );
        if let Some((first, last)) = self.table.header.filter(|(a, b)| a != b) {
            line(out, &format!("\n[header]\nrows = {}", last - first + 1));
        }
    }

    fn number(&self, out: &mut String) {
        let numbers: Vec<&&Column> =
            self.amounts.iter().filter(|c| c.notation.is_err() || c.settled.is_some()).collect();
        let open: Vec<String> = numbers.iter().filter_map(|c| two_readings(c)).collect();
        line(out, "");
        if open.is_empty() {
            line(out, "# The notation of numbers is found in each column; state it to be strict:");
            line(out, "# [number]\n# decimal = \".\"\n# thousands = \",\"");
            return;
        }
        line(out, "[number]");
        open.iter().for_each(|doubt| line(out, &format!("# doubt: {doubt}")));
        line(out, "# decimal = \".\"   # with thousands = \",\"");
        line(out, "# decimal = \",\"   # with thousands = \".\"");
    }

    fn constant(&self, out: &mut String) {
        let headers: Vec<&str> = self.table.columns.iter().map(|c| c.header.as_str()).collect();
        let amounts: Vec<&str> = self.amounts.iter().map(|c| c.header.as_str()).collect();
        let wage = amounts.iter().any(|h| says(h, &WAGES));
        let quote = headers.iter().any(|h| says(h, &QUOTES));
        let (kind, basis, tax) = match (wage, quote) {
            (true, _) => ("wage", "self-reported", "gross"),
            (_, true) => ("quote", "quoted", "excluded"),
            _ => ("price", "list", "unknown"),
        };
        line(out, "\n[constant]");
        line(
            out,
            &format!("kind = {}   # doubt: wage, price, quote, index or rate?", quoted(kind)),
        );
        line(
            out,
            &format!(
                "basis = {}   # doubt: paid, offered, floor, ceiling, list, advertised, quoted, self-reported, estimate or unknown?",
                quoted(basis)
            ),
        );
        line(
            out,
            &format!("tax = {}   # doubt: gross, net, excluded, included or unknown?", quoted(tax)),
        );
        if self.currency.is_none() && self.currency_elsewhere().is_none() {
            line(out, "# doubt: nothing in the file says the currency; state it:");
            line(out, "# currency = \"EUR\"");
        }
        if self.unit.is_none() && self.amounts.iter().any(|c| unit_of(&c.header).is_none()) {
            line(out, "# doubt: not every amount says what it is per; state it:");
            line(out, "# per = \"each\"   # year, month, hour, each, kg ...");
        }
    }

    /// The currency that headers or marks say, as lines of the recipe.
    fn currency_elsewhere(&self) -> Option<String> {
        let spellings = Spellings::named("currencies", &BTreeMap::new())?;
        let in_header = |c: &Column| {
            let header = words(&c.header);
            spellings
                .iter()
                .any(|(spelling, _)| header.contains(&words(spelling)) && spelling.len() > 2)
        };
        if !self.amounts.is_empty() && self.amounts.iter().all(|c| in_header(c)) {
            return Some("header = true\nwords = \"currencies\"".to_owned());
        }
        let mut marks: Vec<&String> = self.amounts.iter().flat_map(|c| &c.marks).collect();
        marks.sort_unstable();
        marks.dedup();
        if marks.is_empty() || self.amounts.iter().any(|c| c.marks.is_empty()) {
            return None;
        }
        let mut lines = "mark = true".to_owned();
        for mark in marks.iter().filter(|m| crate::money::code_of(m).is_none()) {
            lines += &format!(
                "\n# doubt: `{mark}` is the mark of several currencies; name one:\n# map = {{ {} = \"USD\" }}",
                quoted(mark)
            );
        }
        Some(lines)
    }

    fn words(&self, out: &mut String) {
        if let Some(column) = self.currency {
            line(out, &format!("\n[currency]\nany = [{}]", quoted(&column.header)));
            examples(out, column);
        } else if let Some(lines) = self.currency_elsewhere() {
            line(out, &format!("\n[currency]\n{lines}"));
        }
        if let Some(column) = self.unit {
            line(out, &format!("\n[per]\nany = [{}]", quoted(&column.header)));
            examples(out, column);
        }
    }

    fn date(&self, out: &mut String) {
        let Some(column) = self.date else {
            line(
                out,
                "\n# doubt: no column of dates; `reference_date = \"2026-01-31\"` under [source] dates all rows",
            );
            return;
        };
        line(out, &format!("\n[date]\nany = [{}]", quoted(&column.header)));
        examples(out, column);
        let patterns = |day: bool| {
            column.dates.iter().filter(move |d| d.starts_with("DD") == day && d.contains('/'))
        };
        let both = patterns(true).next().zip(patterns(false).next());
        match (both, column.dates.first()) {
            (Some((a, b)), _) => {
                line(out, "# doubt: the order of day and month is open; choose one:");
                line(out, &format!("# format = {}\n# format = {}", quoted(a), quoted(b)));
            }
            (None, Some(only)) => line(out, &format!("format = {}", quoted(only))),
            (None, None) => {}
        }
    }

    fn fields(&self, out: &mut String) {
        for (field, column) in &self.fields {
            line(out, &format!("\n[field.{field}]\nany = [{}]", quoted(&column.header)));
            examples(out, column);
            if *field == "subject" && column.content == Content::Number {
                line(
                    out,
                    "# doubt: codes that the sheet stores as numbers lose zeros in front; `digits = 6` restores them",
                );
            }
        }
    }

    fn attributes(&self, out: &mut String) {
        let texts = |c: &&&Column| c.content == Content::Text && c.distinct > 1;
        for column in self.others.iter().filter(texts).take(ATTRIBUTES) {
            line(
                out,
                &format!(
                    "\n[[attribute]]\nname = {}\nany = [{}]",
                    quoted(&slug(&column.header)),
                    quoted(&column.header)
                ),
            );
        }
    }

    fn amounts(&self, out: &mut String) {
        for column in &self.amounts {
            line(out, &format!("\n[[amount]]\nany = [{}]", quoted(&column.header)));
            examples(out, column);
            let statistic = percentile(&column.header).unwrap_or_else(|| "value".to_owned());
            line(out, &format!("statistic = {}", quoted(&statistic)));
            if column.content == Content::Range {
                line(out, "band = true");
            }
            match unit_of(&column.header) {
                Some(unit) if self.unit.is_none() => {
                    line(out, &format!("per = {}   # from the header", quoted(unit)));
                }
                _ => {}
            }
            if let Some((count, row, text)) = &column.strays {
                line(
                    out,
                    &format!(
                        "# doubt: {count} cells are of another sort, first `{}` in row {row}",
                        printable(text)
                    ),
                );
            }
        }
    }
}

fn two_readings(column: &Column) -> Option<String> {
    let [a, b] = column.notation.as_ref().err()?;
    Some(format!(
        "the numbers of `{}` can be read in two ways ({a} or {b})",
        printable(&column.header)
    ))
}

fn unit_of(header: &str) -> Option<&'static str> {
    let behind_bar = |unit: &str| header.to_lowercase().contains(&format!("/{unit}"));
    let unit = UNITS.iter().find(|(unit, wanted)| says(header, wanted) || behind_bar(unit));
    unit.map(|(unit, _)| *unit)
}

/// The statistic that a header names: `P25`, `25th percentile`, `median`, `mean`.
fn percentile(header: &str) -> Option<String> {
    let patterns = [
        "P{p:digits}",
        "{p:digits}th",
        "P{p:digits}th",
        "*{p:digits}th percentile*",
        "*pct{p:digits}",
    ];
    let captured = patterns.iter().find_map(|p| {
        let captures = Pattern::capturing(p).ok()?.captures(header)?;
        captures.get("p")?.parse::<u8>().ok().filter(|p| (1..=99).contains(p))
    });
    let word =
        |wanted: &[&str], statistic: &str| says(header, wanted).then(|| statistic.to_owned());
    captured
        .map(|p| format!("p{p}"))
        .or_else(|| word(&["median"], "p50"))
        .or_else(|| word(&["mean", "average"], "mean"))
}

fn line(out: &mut String, text: &str) {
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{text}");
}

fn examples(out: &mut String, column: &Column) {
    let shown: Vec<String> = column.examples.iter().map(|e| printable(e)).collect();
    line(out, &format!("# such as {}", shown.join(" | ")));
}

/// A text on one line, not too long.
fn printable(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match plain.char_indices().nth(60) {
        Some((end, _)) => format!("{}...", &plain[..end]),
        None => plain,
    }
}

/// A text in quotes: what JSON writes is TOML too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A name of small letters, digits and hyphens.
fn slug(text: &str) -> String {
    let plain: String = text
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    let slug = plain.split_whitespace().collect::<Vec<_>>().join("-");
    let slug: String = slug.chars().take(40).collect();
    if slug.is_empty() { "recipe".to_owned() } else { slug }
}
