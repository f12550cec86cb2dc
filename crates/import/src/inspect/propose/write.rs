//! The lines of a proposal: keys that the file settles, and doubts as comments beside them.

use super::roles::{is_unit, terms};
use super::said::{Money, currencies, of_unit, tax};
use super::{Amount, Proposal};
use crate::inspect::vocabulary::{folded, vocabulary};
use crate::inspect::{Column, Content, JUDGED, Table};
use crate::money;
use haggle_evidence::column_letters;
use haggle_quantity::Per;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Header texts of a signature.
const SIGNATURE: usize = 6;
/// Columns left out that are named.
const UNREAD: usize = 40;
/// Labels of sums that a table may have below what was looked at.
const USUAL_SUMS: [&str; 9] =
    ["Total", "Totals", "Grand total", "Subtotal", "Average", "Mean", "Median", "Summe", "Gesamt"];

impl Proposal<'_> {
    pub(super) fn write(&self, file: &str, tables: &[Table]) -> String {
        let mut out = String::new();
        self.head(&mut out, file, tables);
        self.header(&mut out);
        self.number(&mut out);
        self.constant(&mut out);
        self.currency(&mut out);
        self.per(&mut out);
        self.date(&mut out);
        self.fields(&mut out);
        self.beside(&mut out);
        self.skips(&mut out);
        self.attributes(&mut out);
        self.terms(&mut out);
        self.amounts(&mut out);
        self.left_out(&mut out);
        out
    }

    fn head(&self, out: &mut String, file: &str, tables: &[Table]) {
        let stem = file.split('.').next().unwrap_or(file);
        let file = printable(file);
        line(
            out,
            &format!("# Proposed for {file}: settle every `doubt`, then import with `--recipe`."),
        );
        line(out, &format!("\nname = {}\nversion = 1", quoted(&slug(stem))));
        if let Some(rows) = &self.table.tree {
            let members = self.signature().into_iter().filter(|path| !path.starts_with('@'));
            let paths = members.map(|path| format!("[{}]", quoted(&format!("{rows}/{path}"))));
            let paths = paths.collect::<Vec<_>>().join(", ");
            line(out, &format!("signature = [{paths}]\ntree = {{ rows = [{}] }}", quoted(rows)));
        } else {
            let lists: Vec<String> =
                self.signature().iter().map(|h| format!("[{}]", quoted(h))).collect();
            line(out, &format!("signature = [{}]", lists.join(", ")));
        }
        let sheet = self.table.sheet.as_ref().filter(|_| self.table.tree.is_none());
        if let Some(sheet) = sheet.filter(|_| tables.len() > 1) {
            line(out, &format!("sheets = [{}]", quoted(sheet)));
            let headers =
                |t: &Table| t.columns.iter().map(|c| c.header.clone()).collect::<Vec<_>>();
            let alike = tables.iter().filter(|t| t.sheet != self.table.sheet);
            let alike = alike.filter(|t| headers(t) == headers(self.table));
            let names: Vec<String> = alike.filter_map(|t| t.sheet.as_deref()).map(quoted).collect();
            if !names.is_empty() {
                line(
                    out,
                    &format!(
                        "# doubt: sheets with the same header, not read unless they stand in `sheets`: {}",
                        names.join(", ")
                    ),
                );
            }
        }
        line(out, &format!("\n[source]\nname = {}", quoted(stem)));
        for title in self.table.titles.iter().take(4) {
            line(out, &format!("# above the table: {}", printable(title)));
        }
        line(
            out,
            "# publisher = \"\"\n# licence = \"\"\n# grade = \"self-report\"   # employer, government, posted, filing, self-report, anecdote",
        );
        if self.date.is_none() {
            line(out, "# doubt: no column of dates; this dates all rows:");
            line(out, "# reference_date = \"2026-01-31\"");
        }
    }

    /// The columns that are read first, then others.
    fn signature(&self) -> Vec<&str> {
        let until = self.table.width.unwrap_or(usize::MAX);
        let amounts = self.amounts.iter().filter(|a| !a.off).map(|a| a.column);
        let mapped = self.fields.values().copied().chain(self.currency).chain(amounts);
        let mut signature: Vec<&str> = Vec::new();
        for column in mapped.chain(self.table.columns.iter().take(until)) {
            let header = column.header.as_str();
            if !header.is_empty() && !signature.contains(&header) && signature.len() < SIGNATURE {
                signature.push(header);
            }
        }
        signature
    }

    fn header(&self, out: &mut String) {
        let rows = self.table.header.filter(|(a, b)| a != b).map(|(a, b)| b - a + 1);
        if rows.is_some() || self.table.width.is_some() {
            line(out, "\n[header]");
        }
        if let Some(rows) = rows {
            line(out, &format!("rows = {rows}"));
        }
        if self.table.spread {
            line(
                out,
                "spread = true   # a blank cell of the upper row stands under the text on its left",
            );
        }
        if let Some(width) = self.table.width {
            line(
                out,
                "# doubt: another table stands on the right; it needs a recipe and a sheet of its own",
            );
            line(out, &format!("width = {width}   # columns of this one"));
        }
    }

    fn number(&self, out: &mut String) {
        let open: Vec<String> =
            self.amounts.iter().filter_map(|a| two_readings(a.column)).collect();
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
        let quote = self.table.columns.iter().any(|c| vocabulary().quote.in_folded(&c.folded));
        let (kind, basis, tax) = match (self.pay, quote) {
            (true, _) => ("wage", "self-reported", "gross"),
            (_, quote) if quote || !terms(self.table).is_empty() => ("quote", "quoted", "unknown"),
            _ => ("price", "list", "unknown"),
        };
        line(out, "\n[constant]");
        line(out, &format!("kind = \"{kind}\"   # doubt: wage, price, quote, index or rate?"));
        line(
            out,
            &format!(
                "basis = \"{basis}\"   # doubt: paid, offered, floor, ceiling, list, advertised, quoted, self-reported, estimate or unknown?"
            ),
        );
        line(
            out,
            &format!("tax = \"{tax}\"   # doubt: gross, net, excluded, included or unknown?"),
        );
        if self.read().any(|a| self.lacks_currency(a)) {
            line(out, "# doubt: nothing in the file says the currency of every amount; state it:");
            let (code, from) = match &self.titles.currency {
                Some(Money::Code(code)) => (code.as_str(), "   # from the title"),
                Some(Money::Mark(_, likely)) => (*likely, "   # from the title"),
                None => ("EUR", ""),
            };
            line(out, &format!("# currency = \"{code}\"{from}"));
        }
        if self.read().any(|a| a.said.unit.is_none()) && self.unit.is_none() {
            line(out, "# doubt: not every amount says what it is per; state it:");
            let (unit, from) = match self.titles.unit {
                Some(unit) => (unit, "from the title"),
                None if self.pay => ("year", "year, month, hour ..."),
                None => ("each", "year, month, hour, each, kg ..."),
            };
            line(out, &format!("# per = \"{unit}\"   # {from}"));
        }
    }

    /// The amounts that are not left out.
    fn read(&self) -> impl Iterator<Item = &Amount<'_>> {
        self.amounts.iter().filter(|a| !a.off)
    }

    /// Whether neither a column nor its header nor its cells say the currency of an amount.
    fn lacks_currency(&self, amount: &Amount<'_>) -> bool {
        let said = amount.said.currency.is_some() || self.by_mark(amount);
        self.currency.is_none() && !said
    }

    fn by_mark(&self, amount: &Amount<'_>) -> bool {
        let coded = matches!(amount.said.currency, Some(Money::Code(_)));
        self.currency.is_none() && !coded && !amount.column.marks.is_empty()
    }

    fn currency(&self, out: &mut String) {
        if let Some(column) = self.currency {
            line(out, &format!("\n[currency]\nany = [{}]", quoted(&column.header)));
            examples(out, column);
            currency_words(out, column);
            return;
        }
        let marked = || self.amounts.iter().filter(|a| self.by_mark(a));
        let marks: BTreeSet<&str> =
            marked().flat_map(|a| &a.column.marks).map(String::as_str).collect();
        if marks.is_empty() {
            return;
        }
        line(out, "\n[currency]\nmark = true");
        let several = marks.iter().filter(|m| money::code_of(m).is_none());
        let map: Vec<(&str, &str)> =
            several.filter_map(|m| money::likely(m).map(|code| (*m, code))).collect();
        mark_map(out, &map);
    }

    fn per(&self, out: &mut String) {
        let Some(column) = self.unit else { return };
        line(out, &format!("\n[per]\nany = [{}]", quoted(&column.header)));
        examples(out, column);
        let foreign = column.texts.iter().filter(|t| !Per::new(t).is_known());
        let (known, unknown): (Vec<&String>, Vec<&String>) = foreign.partition(|t| is_unit(t));
        if !known.is_empty() {
            let entry = |t: &&String| Some(format!("{} = \"{}\"", quoted(t), of_unit(t)?));
            let entries: Vec<String> = known.iter().filter_map(entry).collect();
            line(out, &format!("open = true\nmap = {{ {} }}", entries.join(", ")));
        }
        if !unknown.is_empty() {
            let list: Vec<String> =
                unknown.iter().take(8).map(|t| format!("`{}`", printable(t))).collect();
            line(
                out,
                &format!(
                    "# doubt: no arithmetic converts these units, which stand for themselves: {}; `map` names another",
                    list.join(", ")
                ),
            );
        }
    }

    fn date(&self, out: &mut String) {
        let Some(column) = self.date else { return };
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
        let most = self.read().map(|a| a.column.filled).max().unwrap_or(0);
        let sums: u64 = self.table.columns.iter().map(|c| c.sums.len() as u64).sum();
        let most = most.saturating_sub(sums);
        for (field, column) in &self.fields {
            line(out, &format!("\n[field.{field}]\nany = [{}]", quoted(&column.header)));
            examples(out, column);
            if *field == "subject" && column.content == Content::Number {
                line(
                    out,
                    "# doubt: codes that the sheet stores as numbers lose zeros in front; `digits = 6` restores them",
                );
            }
            if *field == "title" && column.filled < most {
                line(
                    out,
                    &format!(
                        "# doubt: {} rows with an amount have a blank here: the same as above, or a total (`[[skip]]` with `blank = true`)?",
                        most - column.filled
                    ),
                );
                line(out, "# fill_down = true");
            }
        }
    }

    fn beside(&self, out: &mut String) {
        for (name, column) in [("count", self.count), ("quantity_from", self.least_quantity)] {
            if let Some(column) = column {
                line(out, &format!("\n[{name}]\nany = [{}]", quoted(&column.header)));
            }
        }
        let Some(column) = self.part_time else { return };
        let percent = column.content == Content::Number
            && column.examples.iter().any(|e| e.parse::<f64>().is_ok_and(|n| n > 2.0));
        let scale = if percent { "\n# scale = \"0.01\"" } else { "" };
        let header = &column.header;
        line(
            out,
            &format!(
                "\n# doubt: `{}` tells part-time work: is the amount what is paid for it, or pay of full time?",
                printable(header)
            ),
        );
        line(
            out,
            "# If it is what is paid, this and the `formula` of the amount make it full time:",
        );
        line(out, &format!("# [[value]]\n# name = \"part\"\n# any = [{}]{scale}", quoted(header)));
    }

    /// Rows that sum up others, told by their labels.
    fn skips(&self, out: &mut String) {
        let until = self.table.width.unwrap_or(usize::MAX);
        let columns = self.table.columns.iter().take(until);
        let alone = |c: &&Column| {
            !c.header.is_empty() && !self.repeated.iter().any(|(_, all)| all.contains(&c.number))
        };
        let more = self.table.rows > JUDGED;
        let title = self.fields.get("title").map(|c| c.number);
        for column in columns.filter(alone) {
            let usual = more && title == Some(column.number);
            if !column.sums.is_empty() || usual {
                skip(out, column, usual);
            }
            for (label, row) in &column.doubtful_sums {
                line(
                    out,
                    &format!(
                        "# doubt: does `{}` in row {row} of `{}` sum up others? Then a `[[skip]]` with it in `values` passes it over",
                        printable(label),
                        printable(&column.header)
                    ),
                );
            }
        }
    }

    fn attributes(&self, out: &mut String) {
        let mut names = BTreeSet::new();
        for column in &self.attributes {
            let name = slug(&column.header);
            let name = match names.insert(name.clone()) {
                true => name,
                false => format!("{name}-{}", column_letters(column.number).to_lowercase()),
            };
            let (name, header) = (quoted(&name), quoted(&column.header));
            line(out, &format!("\n[[attribute]]\nname = {name}\nany = [{header}]"));
        }
    }

    /// Rows that say more of each column of amounts.
    fn terms(&self, out: &mut String) {
        let found = terms(self.table);
        let Some((first, row)) = found.first().filter(|_| !self.pay) else { return };
        let words = format!(
            "\n# Rows that say more of each column of amounts, first `{}` in row {row}.",
            printable(first)
        );
        line(out, &words);
        line(
            out,
            "# doubt: a row of an item that is called so is passed over, unless it has a unit",
        );
        let labels: Vec<String> = found.iter().map(|(label, _)| (*label).to_owned()).collect();
        line(out, &crate::terms::known(&labels).join("\n\n"));
    }

    fn amounts(&self, out: &mut String) {
        for (header, columns) in &self.repeated {
            let letters: Vec<String> = columns.iter().map(|c| column_letters(*c)).collect();
            line(
                out,
                &format!(
                    "\n# doubt: the header `{}` stands above the columns {}: give each its own in the file, else none is read",
                    printable(header),
                    letters.join(", ")
                ),
            );
        }
        for amount in &self.amounts {
            let mut block = String::new();
            self.amount(&mut block, amount);
            line(out, "");
            let off = |text: &str| amount.off && !text.starts_with('#');
            let comment =
                |text: &str| if off(text) { format!("# {text}") } else { text.to_owned() };
            block.lines().for_each(|text| line(out, &comment(text)));
        }
    }

    fn amount(&self, out: &mut String, amount: &Amount<'_>) {
        let column = amount.column;
        amount.doubts.iter().for_each(|d| line(out, &format!("# doubt: {d}")));
        line(out, &format!("[[amount]]\nany = [{}]", quoted(&column.header)));
        if let Some(to) = amount.to {
            line(out, &format!("to = [{}]", quoted(&to.header)));
        }
        examples(out, column);
        line(out, &format!("statistic = \"{}\"", amount.statistic));
        if let Some(part) = &amount.component {
            line(out, &format!("component = {}   # from the header", quoted(part)));
        }
        if let Some(party) = &amount.party {
            let sure = if amount.party_column { "" } else { "# " };
            line(out, &format!("{sure}party = {}", quoted(party)));
        }
        if column.content == Content::Range {
            line(out, "band = true");
        }
        if let Some(unit) = amount.said.unit.filter(|_| self.unit.is_none()) {
            line(out, &format!("per = \"{unit}\"   # from the header"));
        }
        self.currency_of(out, amount);
        self.tax_of(out, amount);
        self.scale(out, amount);
        if self.part_time.is_some() {
            line(out, "# formula = \"cell / part\"");
        }
        if let Some((count, row, text)) = &column.strays {
            let text = printable(text);
            line(
                out,
                &format!("# doubt: {count} cells are of another sort, first `{text}` in row {row}"),
            );
        }
    }

    fn currency_of(&self, out: &mut String, amount: &Amount<'_>) {
        match &amount.said.currency {
            Some(Money::Code(code)) => {
                line(out, &format!("currency = \"{code}\"   # from the header"))
            }
            Some(Money::Mark(mark, likely)) if self.currency.is_none() && !self.by_mark(amount) => {
                line(
                    out,
                    &format!("# doubt: `{mark}` in the header is of several currencies; name one:"),
                );
                line(out, &format!("# currency = \"{likely}\""));
            }
            _ => {}
        }
    }

    fn tax_of(&self, out: &mut String, amount: &Amount<'_>) {
        let header = &amount.column.header;
        match tax(header, self.pay) {
            Some(tax) => line(out, &format!("tax = \"{tax}\"   # from the header")),
            None if vocabulary().after_tax.says(header) && !self.pay => {
                line(
                    out,
                    "# doubt: net of tax or of a discount? `tax = \"excluded\"` says net of tax",
                );
            }
            None => {}
        }
    }

    /// What the amounts are multiplied by. What a title or a number format says may not be meant
    /// for the cells, so that it must be settled before the recipe can be used.
    fn scale(&self, out: &mut String, amount: &Amount<'_>) {
        let worded = amount.column.worded.map(|(words, _)| words);
        let open = |out: &mut String, says: &str, factor: &str| {
            line(
                out,
                &format!(
                    "scale = \"\"   # doubt: {says}: \"{factor}\", or \"1\" if the cells hold whole amounts"
                ),
            );
        };
        match (amount.said.scale, self.titles.scale, worded) {
            (Some((word, factor)), ..) if amount.column.shortened => {
                let says = format!(
                    "the header says {word}, and the sheet shows its numbers in thousands but may hold them whole"
                );
                open(out, &says, factor);
            }
            (Some((_, factor)), ..) => {
                line(out, &format!("scale = \"{factor}\"   # from the header"));
            }
            (None, _, Some(words @ ("k" | "tsd" | "tsd."))) => {
                open(out, &format!("the sheet shows the numbers with `{words}`"), "1000");
            }
            (None, _, Some(words @ ("m" | "mio" | "mio." | "mn"))) => {
                open(out, &format!("the sheet shows the numbers with `{words}`"), "1000000");
            }
            (None, Some((word, factor)), _) => {
                open(out, &format!("a title or note says {word}"), factor);
            }
            (None, None, Some(words)) => {
                line(
                    out,
                    &format!(
                        "# doubt: the sheet shows the numbers with `{words}`, which they do not hold; does `per` agree?"
                    ),
                );
            }
            (None, None, None) => {}
        }
    }

    fn left_out(&self, out: &mut String) {
        if !self.unread.is_empty() {
            line(out, "");
        }
        for (column, why) in self.unread.iter().take(UNREAD) {
            let letters = column_letters(column.number);
            line(
                out,
                &format!("# not read: column {letters} `{}`: {why}", printable(&column.header)),
            );
        }
        let more = self.unread.len().saturating_sub(UNREAD);
        if more > 0 {
            line(out, &format!("# not read: {more} more columns of numbers"));
        }
    }
}

/// Marks of several currencies, as one line that names a code for each.
fn mark_map(out: &mut String, map: &[(&str, &str)]) {
    if map.is_empty() {
        return;
    }
    let open = map.iter().filter(|(m, _)| money::code_of(m).is_none() || money::mark(m).is_none());
    let marks: Vec<String> = open.map(|(m, _)| format!("`{m}`")).collect();
    let may_be = if marks.len() == 1 { "may be of" } else { "may each be of" };
    line(out, &format!("# doubt: {} {may_be} several currencies; say which:", marks.join(", ")));
    line(out, &format!("# map = {{ {} }}", entries(map)));
}

fn entries(map: &[(&str, &str)]) -> String {
    let entries = map.iter().map(|(mark, code)| format!("{} = \"{code}\"", quoted(mark)));
    entries.collect::<Vec<_>>().join(", ")
}

/// The code that a mark or word of several currencies is most likely to mean.
fn likely_code(text: &str) -> Option<&'static str> {
    let dollars = || matches!(folded(text).trim(), "dollar" | "dollars").then_some("USD");
    money::likely(text).or_else(dollars)
}

/// The words of a currency column that are no codes.
fn currency_words(out: &mut String, column: &Column) {
    let others: Vec<&str> =
        column.texts.iter().map(String::as_str).filter(|t| !money::is_code(t)).collect();
    if others.is_empty() {
        return;
    }
    line(out, "words = \"currencies\"");
    let spellings = currencies();
    let unknown = others.iter().filter(|t| spellings.word(t).is_none());
    let (single, rest): (Vec<&str>, Vec<&str>) =
        unknown.copied().partition(|t| money::mark(t).is_some_and(|m| money::code_of(m).is_some()));
    let sure: Vec<(&str, &str)> =
        single.into_iter().filter_map(|t| Some((t, money::code_of(t)?))).collect();
    let (known, nameless): (Vec<&str>, Vec<&str>) =
        rest.into_iter().partition(|t| likely_code(t).is_some());
    let mut map: Vec<(&str, &str)> =
        known.into_iter().filter_map(|t| Some((t, likely_code(t)?))).collect();
    if map.is_empty() && !sure.is_empty() {
        line(out, &format!("map = {{ {} }}", entries(&sure)));
    } else if !map.is_empty() {
        map.extend(sure);
    }
    let nameless: Vec<String> =
        nameless.into_iter().map(|t| format!("`{}`", printable(t))).collect();
    mark_map(out, &map);
    if !nameless.is_empty() {
        line(
            out,
            &format!(
                "# doubt: not known as a currency, so that the rows are rejected: {}",
                nameless.join(", ")
            ),
        );
    }
}

fn skip(out: &mut String, column: &Column, usual: bool) {
    let mut labels: Vec<&str> = column.sums.iter().map(|(label, _)| label.as_str()).collect();
    match column.sums.first() {
        Some((label, row)) => line(
            out,
            &format!("\n# Rows that sum up others, first `{}` in row {row}.", printable(label)),
        ),
        None => line(out, "\n# Rows that sum up others may stand below what was looked at."),
    }
    if usual {
        labels.extend(USUAL_SUMS);
    }
    let mut values: Vec<String> = Vec::new();
    for label in labels.into_iter().map(quoted) {
        if !values.contains(&label) {
            values.push(label);
        }
    }
    let header = quoted(&column.header);
    line(
        out,
        &format!(
            "[[skip]]\nany = [{header}]\nvalues = [{}]\nonly = [\"summaries\"]\nreason = \"sums up other rows\"\naggregate = true",
            values.join(", ")
        ),
    );
}

fn two_readings(column: &Column) -> Option<String> {
    let [a, b] = column.notation.as_ref().err()?;
    let header = printable(&column.header);
    Some(format!("the numbers of `{header}` can be read in two ways ({a} or {b})"))
}

fn line(out: &mut String, text: &str) {
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{text}");
}

fn examples(out: &mut String, column: &Column) {
    let shown: Vec<String> = column.examples.iter().map(|e| printable(e)).collect();
    if !shown.is_empty() {
        line(out, &format!("# such as {}", shown.join(" | ")));
    }
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
    let plain: String =
        folded(text).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let slug = plain.split_whitespace().collect::<Vec<_>>().join("-");
    let slug: String = slug.chars().take(40).collect();
    if slug.is_empty() { "recipe".to_owned() } else { slug }
}
