//! Reads typed fields from a TOML table and collects every problem with its place.
//!
//! Unlike a derived deserializer it does not stop at the first mistake, sees numbers as they were
//! written, and knows the nearest key to a misspelled one: the keys of a table are those that were
//! asked for before [`Reader::finish`].

use haggle_quantity::{Amount, Date, parse_amount, parse_date};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where something stands in the text, in bytes.
pub(crate) type Span = Range<usize>;

/// A problem before its byte place became line and column.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) span: Span,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) warning: bool,
}

/// All problems of one document, and every key path that was asked for.
#[derive(Debug, Default)]
pub(crate) struct Log {
    findings: RefCell<Vec<Finding>>,
    asked: RefCell<BTreeSet<String>>,
}

impl Log {
    pub(crate) fn error(
        &self,
        span: Span,
        code: &'static str,
        message: String,
        help: Option<String>,
    ) {
        self.findings.borrow_mut().push(Finding { span, code, message, help, warning: false });
    }

    pub(crate) fn warn(&self, span: Span, code: &'static str, message: String, help: &str) {
        let help = Some(help.to_owned());
        self.findings.borrow_mut().push(Finding { span, code, message, help, warning: true });
    }

    pub(crate) fn take(self) -> (Vec<Finding>, BTreeSet<String>) {
        let mut findings = self.findings.into_inner();
        findings.sort_by_key(|f| (f.span.start, f.code));
        (findings, self.asked.into_inner())
    }
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Field<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// One table being read.
pub(crate) struct Reader<'t, 'i> {
    table: &'t DeTable<'i>,
    span: Span,
    path: String,
    asked: RefCell<Vec<&'static str>>,
    done: Cell<bool>,
    log: &'t Log,
}

type Value<'t, 'i> = &'t Spanned<DeValue<'i>>;

impl<'t, 'i> Reader<'t, 'i> {
    pub(crate) fn new(table: &'t DeTable<'i>, span: Span, path: &str, log: &'t Log) -> Self {
        let (asked, done) = (RefCell::default(), Cell::new(false));
        Self { table, span, path: path.to_owned(), asked, done, log }
    }

    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    pub(crate) fn log(&self) -> &'t Log {
        self.log
    }

    fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    pub(crate) fn raw(&self, key: &'static str) -> Option<Value<'t, 'i>> {
        self.asked.borrow_mut().push(key);
        self.log.asked.borrow_mut().insert(self.name(key));
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    /// Reads a field with `read`; what it refuses becomes a problem that says what was expected.
    fn read<T>(
        &self,
        key: &'static str,
        expected: &str,
        read: impl Fn(&DeValue<'i>) -> Result<T, String>,
    ) -> Option<Field<T>> {
        let value = self.raw(key)?;
        match read(value.get_ref()) {
            Ok(read) => Some(Field { value: read, span: value.span() }),
            Err(found) => {
                let message = format!("`{}` is {found}, expected {expected}", self.name(key));
                self.log.error(value.span(), "D0103", message, None);
                None
            }
        }
    }

    /// Reports a field that must be there.
    pub(crate) fn required<T>(
        &self,
        key: &str,
        example: &str,
        field: Option<Field<T>>,
    ) -> Option<Field<T>> {
        let present = self.table.iter().any(|(name, _)| name.get_ref() == key);
        if field.is_none() && !present {
            let message = format!("`{}` is missing", self.name(key));
            self.log.error(self.span(), "D0102", message, Some(format!("add `{key} = {example}`")));
        }
        field
    }

    pub(crate) fn text(&self, key: &'static str) -> Option<Field<String>> {
        self.read(key, "a text in quotes", |value| {
            value.as_str().map(str::to_owned).ok_or_else(|| describe(value))
        })
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, key: &'static str) -> Option<Field<bool>> {
        self.read(key, "`true` or `false`", |value| value.as_bool().ok_or_else(|| describe(value)))
    }

    /// A date: `2026-11-23`, bare or in quotes.
    pub(crate) fn date(&self, key: &'static str) -> Option<Field<Date>> {
        self.read(key, "a date such as `2026-11-23`", date)
    }

    /// Money: an integer, a text, or a number of at most 15 digits; exactly as written.
    pub(crate) fn money(&self, key: &'static str) -> Option<Field<Amount>> {
        self.read(key, MONEY, money)
    }

    /// A list of texts.
    pub(crate) fn texts(&self, key: &'static str) -> Option<Field<Vec<String>>> {
        self.read(key, "a list of texts", |value| {
            let list = value.as_array().ok_or_else(|| describe(value))?;
            let text = |v: &Spanned<DeValue<'i>>| {
                v.get_ref().as_str().map(str::to_owned).ok_or_else(|| describe(v.get_ref()))
            };
            list.iter().map(text).collect()
        })
    }

    /// A whole number from `least` to `most`.
    pub(crate) fn whole(&self, key: &'static str, least: u32, most: u32) -> Option<Field<u32>> {
        self.read(key, &format!("a whole number from {least} to {most}"), |value| {
            let number = number(value)?;
            let inside = number >= f64::from(least) && number <= f64::from(most);
            let whole = inside && number.fract() == 0.0;
            if whole { Ok(number as u32) } else { Err(format!("{number}")) }
        })
    }

    /// Money, or a list `[low, mode, high]` of it.
    pub(crate) fn money_or_range(&self, key: &'static str) -> Option<Field<Vec<Amount>>> {
        self.read(key, "an amount, or `[low, mode, high]`", |value| match value.as_array() {
            Some(list) if list.len() == 3 => list.iter().map(|v| money(v.get_ref())).collect(),
            Some(list) => Err(format!("a list of {}", list.len())),
            None => money(value).map(|amount| vec![amount]),
        })
    }

    /// A finite number inside a range.
    pub(crate) fn number(&self, key: &'static str, range: Range<f64>) -> Option<Field<f64>> {
        let open = range.end.is_infinite();
        let expected = match (open, range.start.is_infinite()) {
            (true, true) => "a number".to_owned(),
            (true, false) => format!("a number of at least {}", range.start),
            _ => format!("a number from {} to {}", range.start, range.end),
        };
        self.read(key, &expected, |value| {
            let number = number(value)?;
            let inside = number >= range.start && number <= range.end;
            if inside { Ok(number) } else { Err(format!("{number}")) }
        })
    }

    pub(crate) fn table(&self, key: &'static str) -> Option<Reader<'t, 'i>> {
        let value = self.raw(key)?;
        match value.get_ref().as_table() {
            Some(table) => Some(Reader::new(table, value.span(), &self.name(key), self.log)),
            None => {
                self.wrong_shape(key, value, &format!("a table `[{}]`", self.name(key)));
                None
            }
        }
    }

    pub(crate) fn tables(&self, key: &'static str) -> Vec<Reader<'t, 'i>> {
        let Some(value) = self.raw(key) else { return Vec::new() };
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_shape(key, value, &format!("a list of tables `[[{}]]`", self.name(key)));
            return Vec::new();
        };
        let path = self.name(key);
        let table = |item: Value<'t, 'i>| match item.get_ref().as_table() {
            Some(table) => Some(Reader::new(table, item.span(), &path, self.log)),
            None => {
                self.wrong_shape(key, item, &format!("a table `[[{path}]]`"));
                None
            }
        };
        list.iter().filter_map(table).collect()
    }

    /// Every key of this table with its value; for tables whose keys the user chooses.
    pub(crate) fn entries(&self) -> Vec<(Field<String>, Value<'t, 'i>)> {
        self.done.set(true);
        let entry = |(name, value): (&Spanned<toml::de::DeString<'i>>, Value<'t, 'i>)| {
            (Field { value: name.get_ref().to_string(), span: name.span() }, value)
        };
        self.table.iter().map(entry).collect()
    }

    fn wrong_shape(&self, key: &str, value: Value<'t, 'i>, expected: &str) {
        let found = describe(value.get_ref());
        let message = format!("`{}` is {found}, expected {expected}", self.name(key));
        self.log.error(value.span(), "D0103", message, None);
    }

    /// Reports the keys that nobody asked for.
    pub(crate) fn finish(&self) {
        let asked = self.asked.borrow();
        for (name, _) in self.table {
            let key = name.get_ref().as_ref();
            if self.done.get() || asked.contains(&key) {
                continue;
            }
            let message = format!("unknown key `{}`", self.name(key));
            let help = match nearest(key, asked.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", asked.join(", ")),
            };
            self.log.error(name.span(), "D0101", message, Some(help));
        }
    }
}

const MONEY: &str =
    "an amount: an integer, a text such as \"53.85\", or a number of at most 15 digits";

pub(crate) fn money(value: &DeValue<'_>) -> Result<Amount, String> {
    let text = match value {
        DeValue::Integer(i) if i.radix() == 10 => i.as_str().replace('_', ""),
        DeValue::String(text) => text.trim().to_owned(),
        DeValue::Float(f) => {
            let text = f.as_str().replace('_', "");
            let mantissa = text.split(['e', 'E']).next().unwrap_or("");
            let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
            if digits > 15 {
                return Err(format!("a number of {digits} digits"));
            }
            text
        }
        other => return Err(describe(other)),
    };
    parse_amount(&text).map_err(|problem| format!("`{text}`, {problem}"))
}

fn number(value: &DeValue<'_>) -> Result<f64, String> {
    let text = match value {
        DeValue::Integer(i) if i.radix() == 10 => i.as_str(),
        DeValue::Float(f) => f.as_str(),
        DeValue::String(text) => text.as_ref(),
        other => return Err(describe(other)),
    };
    let parsed = text.trim().replace('_', "").parse::<f64>();
    parsed.ok().filter(|n| n.is_finite()).ok_or_else(|| format!("`{text}`"))
}

fn date(value: &DeValue<'_>) -> Result<Date, String> {
    match value {
        DeValue::Datetime(d) if d.time.is_none() && d.offset.is_none() => {
            parse_date(&d.to_string()).map_err(|e| e.to_string())
        }
        DeValue::String(text) => parse_date(text).map_err(|e| format!("`{text}`, {e}")),
        other => Err(describe(other)),
    }
}

/// A value as it stands in the file, without quotes.
pub(crate) fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(i) => i.as_str().to_owned(),
        DeValue::Float(f) => f.as_str().to_owned(),
        DeValue::Boolean(b) => b.to_string(),
        DeValue::Datetime(d) => d.to_string(),
        DeValue::Array(list) => {
            let items: Vec<String> = list.iter().map(|v| shown(v.get_ref())).collect();
            format!("[{}]", items.join(", "))
        }
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// What a value is, for a message.
pub(crate) fn describe(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text `{text}`"),
        DeValue::Integer(i) => format!("`{}`", i.as_str()),
        DeValue::Float(f) => format!("`{}`", f.as_str()),
        DeValue::Boolean(b) => format!("`{b}`"),
        DeValue::Datetime(d) => format!("the date or time `{d}`"),
        DeValue::Array(list) => format!("a list of {}", list.len()),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// The known word nearest to a misspelled one, if it is near enough to be meant.
pub(crate) fn nearest<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let scored = known.map(|k| (strsim::damerau_levenshtein(word, k), k));
    let limit = (word.chars().count() / 3).max(2);
    scored.filter(|(distance, _)| *distance <= limit).min().map(|(_, k)| k)
}
