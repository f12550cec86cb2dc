//! Finds every column that a recipe maps, and every word that the file says once for all rows.

use super::word::{contained, patterns, with_spellings};
use super::{
    AmountColumn, AmountsAt, Attribute, AttributeFrom, Beside, BoundRule, Case, Column, Constants,
    DateColumn, Layout, Mapped, NamedNumber, RowWords, TemplatePiece, TextColumn, TextFrom,
    WordList, Words,
};
use crate::date::DateFormat;
use crate::doubt::doubtful;
use crate::header::Header;
use crate::json::Name;
use crate::layout::word::{Meaning, Meanings};
use crate::money::is_code;
use crate::notes::Surroundings;
use crate::number::Notation;
use crate::recipe::{
    AmountSpec, AttributeSpec, DateSpec, FieldSpec, NoteSpec, NumberSpec, RowRule, Spec, TextField,
    ValueSpec, WordSpec,
};
use crate::saying::Saying;
use crate::spellings::Spellings;
use crate::vintage::Vintage;
use haggle_evidence::{ImportError, Locator};
use haggle_quantity::{Amount, Per, day_number, parse_amount};
use std::collections::BTreeMap;
use toml::Spanned;

/// The table that a recipe is bound to.
pub(crate) struct Table<'a> {
    pub(crate) sheet: Option<&'a str>,
    /// Name of the file.
    pub(crate) file: &'a str,
    /// First and last row of the header.
    pub(crate) rows: (u64, u64),
    pub(crate) header: &'a Header,
    pub(crate) around: Surroundings<'a>,
    pub(crate) notes: &'a [String],
    pub(crate) vintage: Option<&'a Vintage>,
}

/// Binds one recipe to one table.
pub(super) struct Binder<'a> {
    pub(super) spec: &'a Spec,
    pub(super) table: &'a Table<'a>,
    /// What is taken as given on the way.
    pub(super) assumptions: Vec<String>,
}

impl Layout {
    /// Finds every column that the recipe maps.
    ///
    /// # Errors
    /// A column that must be there is missing or stands there twice, or a word that the file must
    /// say is not said or not known.
    pub(crate) fn bind(spec: &Spec, table: &Table<'_>) -> Result<Self, ImportError> {
        Binder { spec, table, assumptions: Vec::new() }.layout()
    }
}

impl Binder<'_> {
    fn layout(mut self) -> Result<Layout, ImportError> {
        let (spec, table) = (self.spec, self.table);
        self.doubts()?;
        let mut constants = self.constants()?;
        let texts = self.texts(&mut constants)?;
        let (date, day) = self.date()?;
        constants.date = day;
        let words = self.row_words(&mut constants)?;
        constants.scale = self.scale()?;
        let values = self.values()?;
        let amounts = self.amounts(&words, &constants, &values)?;
        Ok(Layout {
            sheet: table.sheet.map(str::to_owned),
            header_from: table.rows.0,
            header: table.rows.1,
            width: table.header.width(),
            names: table.header.clone(),
            quality: None,
            notation: stated(&spec.number),
            notations: BTreeMap::new(),
            texts,
            attributes: self.attributes()?,
            terms: crate::terms::of(spec),
            skips: self.rules(&spec.skip)?,
            keeps: self.keeps()?,
            ends: self.rules(&spec.end)?,
            duplicates: self.duplicates()?,
            hidden: spec.hidden,
            wary: spec.wary,
            words,
            date,
            beside: self.beside()?,
            values,
            warnings: self.warnings(&amounts)?,
            constants,
            amounts_at: AmountsAt::new(&amounts),
            amounts,
            assumptions: self.assumptions,
        })
    }

    /// The column of the first of these header texts.
    pub(super) fn column(
        &self,
        any: &[String],
        required: bool,
    ) -> Result<Option<Column>, ImportError> {
        let header = self.table.header;
        let index = header.find(any).map_err(|twice| {
            let message = format!("the header `{}` stands above two columns", twice.text);
            ImportError::source("E0010", self.place(twice.column as u32 + 1), message)
        })?;
        match index {
            None if required => Err(self.missing(any)),
            None => Ok(None),
            Some(index) => Ok(Some(self.named(index))),
        }
    }

    /// A column by its number.
    pub(super) fn named(&self, index: usize) -> Column {
        Column { index, name: self.table.header.text(index).to_owned() }
    }

    /// A place in the last header row; column 0 is the whole row.
    pub(super) fn place(&self, column: u32) -> Locator {
        let sheet = self.table.sheet.map(str::to_owned);
        Locator { sheet, row: self.table.rows.1, column, path: None }
    }

    /// The error that a column is not there.
    pub(super) fn missing(&self, any: &[String]) -> ImportError {
        let column = any.first().map_or("", String::as_str);
        let nearest = self.table.header.nearest(column);
        let nearest =
            nearest.map_or_else(String::new, |n| format!("; the nearest header is `{n}`"));
        let message = format!("recipe `{}` needs the column `{column}`{nearest}", self.spec.name);
        ImportError::source("E0008", self.place(0), message)
    }

    /// The error that something beside the table is not said, or not understood.
    pub(super) fn unsaid(&self, message: String) -> ImportError {
        let message = format!("recipe `{}`: {message}", self.spec.name);
        ImportError::source("E0015", self.place(0), message)
    }

    fn one<T: Clone>(
        &self,
        spec: Option<&T>,
        columns: impl Fn(&T) -> (&Vec<String>, bool),
    ) -> Result<Option<Mapped<T>>, ImportError> {
        let Some(spec) = spec else { return Ok(None) };
        let (any, required) = columns(spec);
        Ok(self.column(any, required)?.map(|column| (column, spec.clone())))
    }

    fn rules(&self, rules: &[RowRule]) -> Result<Vec<BoundRule>, ImportError> {
        rules.iter().map(|r| self.rule(r, r.required)).filter_map(Result::transpose).collect()
    }

    /// The only rows to read: without their column none could be told, unless the recipe says what
    /// that means.
    fn keeps(&self) -> Result<Vec<BoundRule>, ImportError> {
        let bound = self.spec.keep.iter();
        let bound = bound.map(|k| self.rule(k, k.required || k.missing.is_none()));
        bound.filter_map(Result::transpose).collect()
    }

    fn rule(&self, rule: &RowRule, required: bool) -> Result<Option<BoundRule>, ImportError> {
        let Some(column) = self.column(&rule.any, required)? else { return Ok(None) };
        let only = self.lists(&rule.only);
        let values = WordList::new(&rule.values);
        let known = rule.known.as_ref().map(|words| WordList::new(words));
        Ok(Some(BoundRule { column, rule: rule.clone(), values, known, only }))
    }

    fn constants(&mut self) -> Result<Constants, ImportError> {
        let c = &self.spec.constant;
        Ok(Constants {
            basis: c.basis,
            tax: c.tax,
            component: c.component.clone(),
            statistic: None,
            scheme: c.scheme.clone(),
            texts: [
                c.subject.clone(),
                c.title.clone(),
                c.place.clone(),
                c.party.clone(),
                c.level.clone(),
            ],
            currency: c.currency,
            per: c.per.as_deref().map(Per::new),
            scale: None,
            date: None,
        })
    }

    fn texts(&mut self, constants: &mut Constants) -> Result<Vec<TextColumn>, ImportError> {
        let mut columns = Vec::new();
        for (field, spec) in self.spec.field.iter() {
            if let Some(column) = self.text(field, spec)? {
                columns.push(column);
            } else if let Some(note) = self.note(spec.note.as_ref())? {
                constants.texts[field as usize] = Some(self.said(spec, note));
            } else if let Some(value) = &spec.otherwise {
                constants.texts[field as usize] = Some(value.get_ref().clone());
                self.assumptions.extend(spec.otherwise_reason.clone());
            } else if spec.required {
                return Err(self.missing(&spec.any));
            }
        }
        Ok(columns)
    }

    /// A text that is said once for all rows, in the recipe's words.
    fn said(&self, spec: &FieldSpec, text: String) -> String {
        let words = self.spellings(spec.words.as_ref());
        let word = words.as_ref().and_then(|w| w.word(&text)).map(str::to_owned);
        spec.map.get(&text).cloned().or(word).unwrap_or(text)
    }

    fn text(
        &mut self,
        field: TextField,
        spec: &FieldSpec,
    ) -> Result<Option<TextColumn>, ImportError> {
        let alone = spec.note.is_none() && spec.template.is_none();
        let column = self.column(&spec.any, spec.required && alone)?;
        let from = match (column, &spec.template) {
            (Some(column), _) => TextFrom::Column(column),
            (None, Some(template)) => TextFrom::Template(self.template(template)?),
            (None, None) => return Ok(None),
        };
        if spec.blank.is_some() {
            self.assumptions.extend(spec.blank_reason.clone());
        }
        Ok(Some(TextColumn {
            field,
            from,
            filled: spec.filled,
            fill_down: spec.fill_down,
            digits: spec.digits.unwrap_or(0),
            absent: spec.absent.clone(),
            before: spec.before.clone(),
            map: spec.map.clone(),
            patterns: patterns(&spec.map),
            words: self.spellings(spec.words.as_ref()),
            blank: spec.blank.as_ref().map(|b| b.get_ref().clone()),
        }))
    }

    /// The value that stands beside a label; two different ones are none.
    fn note(&self, spec: Option<&NoteSpec>) -> Result<Option<String>, ImportError> {
        let Some(spec) = spec else { return Ok(None) };
        let mut found = self.table.around.labelled(spec);
        found.dedup();
        match found.as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(only.clone())),
            several => {
                let label = spec.label.first().map_or("", String::as_str);
                let several = several.join("` and `");
                Err(self.unsaid(format!("beside `{label}` stand `{several}`, expected one value")))
            }
        }
    }

    pub(super) fn spellings(&self, name: Option<&Spanned<String>>) -> Option<Spellings> {
        Spellings::named(name?.get_ref(), &self.spec.words)
    }

    /// Several lists of spellings as one.
    pub(super) fn lists(&self, names: &[Spanned<String>]) -> Option<Spellings> {
        Spellings::together(names.iter().filter_map(|name| self.spellings(Some(name))))
    }

    fn template(&self, template: &Spanned<String>) -> Result<Vec<TemplatePiece>, ImportError> {
        let mut pieces = Vec::new();
        let mut rest = template.get_ref().as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, behind)) = after.split_once('}') else { break };
            push_text(&mut pieces, before);
            match name {
                "@sheet" => push_text(&mut pieces, self.table.sheet.unwrap_or("")),
                "@file" => push_text(&mut pieces, self.table.file),
                _ => {
                    let any = [name.to_owned()];
                    pieces.extend(self.column(&any, true)?.map(TemplatePiece::Column));
                }
            }
            rest = behind;
        }
        push_text(&mut pieces, rest);
        Ok(pieces)
    }

    fn attributes(&mut self) -> Result<Vec<Attribute>, ImportError> {
        let mut all = Vec::new();
        for spec in &self.spec.attribute {
            if let Some(from) = self.attribute(spec)? {
                all.push((spec.name.as_str(), from));
            }
        }
        for spec in &self.spec.flag {
            if let Some(column) = self.column(&spec.any, false)? {
                let from = AttributeFrom::Flag { column, values: WordList::new(&spec.values) };
                all.push((spec.name.as_str(), from));
            }
        }
        all.sort_by_key(|(name, _)| *name);
        let attribute = |(name, from)| Attribute { name: Name::new(name), from };
        Ok(all.into_iter().map(attribute).collect())
    }

    fn attribute(&self, spec: &AttributeSpec) -> Result<Option<AttributeFrom>, ImportError> {
        let absent = spec.absent.clone();
        if let Some(column) = self.column(&spec.any, spec.required && spec.note.is_none())? {
            if spec.is_said() {
                let saying = Saying::new(spec.saying());
                return Ok(Some(AttributeFrom::Said { column, saying }));
            }
            return Ok(Some(match spec.number {
                true => AttributeFrom::Number { column, absent },
                false => {
                    let words = self.spellings(spec.words.as_ref());
                    AttributeFrom::Text { column, absent, words }
                }
            }));
        }
        if let Some(template) = &spec.template {
            let fixed = |p: TemplatePiece| match p {
                TemplatePiece::Text(text) => text,
                TemplatePiece::Column(column) => column.name,
            };
            let text: String = self.template(template)?.into_iter().map(fixed).collect();
            return Ok((!text.is_empty()).then_some(AttributeFrom::Fixed(text)));
        }
        let note = self.note(spec.note.as_ref())?;
        Ok(note.map(AttributeFrom::Fixed))
    }

    fn duplicates(&self) -> Result<Option<(Vec<usize>, String)>, ImportError> {
        let Some(spec) = &self.spec.duplicates else { return Ok(None) };
        let columns =
            spec.by.iter().map(|any| self.column(any, true)).collect::<Result<Vec<_>, _>>()?;
        let columns = columns.into_iter().flatten().map(|c| c.index).collect();
        Ok(Some((columns, spec.reason.clone())))
    }

    fn beside(&self) -> Result<Beside, ImportError> {
        let s = self.spec;
        let number = |n| self.one(n, |n: &crate::recipe::FromNumber| (&n.any, n.required));
        Ok(Beside {
            weight: number(s.weight.as_ref())?,
            count: number(s.count.as_ref())?,
            employers: number(s.employers.as_ref())?,
            sample_size: number(s.sample_size.as_ref())?,
            relative_error: number(s.relative_error.as_ref())?,
            quantity_from: number(s.quantity_from.as_ref())?,
            quantity_to: number(s.quantity_to.as_ref())?,
        })
    }

    /// The date column, or the day that a note states.
    fn date(&self) -> Result<(Option<DateColumn>, Option<i32>), ImportError> {
        let Some(spec) = &self.spec.date else { return Ok((None, None)) };
        if let Some(column) = self.column(&spec.any, spec.required && spec.note.is_none())? {
            let (formats, absent) = (formats(spec), spec.absent.clone());
            return Ok((Some(DateColumn { column, formats, absent }), None));
        }
        let Some(text) = self.note(spec.note.as_ref())? else {
            return match spec.required {
                true => Err(self.unsaid("no date stands beside the table".to_owned())),
                false => Ok((None, None)),
            };
        };
        self.day(&text).map(|day| (None, Some(day)))
    }

    /// A date that is said once, in one of the recipe's formats.
    pub(super) fn day(&self, text: &str) -> Result<i32, ImportError> {
        let formats = self.spec.date.as_ref().map(formats).unwrap_or_default();
        let date = formats.iter().find_map(|f| f.read_text(text));
        date.map(day_number).ok_or_else(|| {
            let patterns = self.spec.date.as_ref().map(|d| d.format.get_ref().0.join("` or `"));
            let patterns = patterns.unwrap_or_default();
            self.unsaid(format!("found the date `{text}`, expected one such as `{patterns}`"))
        })
    }

    fn values(&mut self) -> Result<Vec<NamedNumber>, ImportError> {
        let specs = &self.spec.value;
        specs.iter().map(|spec| self.value(spec)).filter_map(Result::transpose).collect()
    }

    fn value(&mut self, spec: &ValueSpec) -> Result<Option<NamedNumber>, ImportError> {
        let Some(column) = self.column(&spec.any, true)? else { return Ok(None) };
        let blank = spec.blank.as_ref().and_then(|b| parse_amount(b.get_ref()).ok());
        if blank.is_some() {
            self.assumptions.extend(spec.blank_reason.clone());
        }
        Ok(Some(NamedNumber {
            name: spec.name.clone(),
            column,
            scale: spec.scale,
            absent: spec.absent.clone(),
            blank,
        }))
    }

    fn row_words(&mut self, constants: &mut Constants) -> Result<RowWords, ImportError> {
        let s = self.spec;
        let mut currency = None;
        let mut per = None;
        let mut said: [Option<String>; 4] = Default::default();
        let words = RowWords {
            currency: self.words(s.currency.as_ref(), AmountSpec::has_currency, &mut currency)?,
            per: self.words(s.per.as_ref(), AmountSpec::has_unit, &mut per)?,
            basis: self.words(s.basis.as_ref(), |a| a.basis.is_some(), &mut said[0])?,
            component: self.words(s.component.as_ref(), |a| a.component.is_some(), &mut said[1])?,
            tax: self.words(s.tax.as_ref(), |a| a.tax.is_some(), &mut said[2])?,
            statistic: self.words(s.statistic.as_ref(), |a| a.statistic.is_some(), &mut said[3])?,
        };
        if let Some(word) = currency {
            let code = word.parse().ok().filter(|_| is_code(&word));
            let unknown =
                || self.unsaid(format!("found `{word}`, expected the ISO 4217 code of a currency"));
            constants.currency = Some(code.ok_or_else(unknown)?);
        }
        constants.per = per.as_deref().map(Per::new).or(constants.per.take());
        if let Some(word) = &said[0] {
            constants.basis = word.parse().map_err(|e| self.unsaid(format!("basis: {e}")))?;
        }
        constants.component = said[1].take().or(constants.component.take());
        let statistic = said[3].as_ref().map(|w| w.parse()).transpose();
        constants.statistic = statistic.map_err(|e| self.unsaid(format!("statistic: {e}")))?;
        if let Some(word) = &said[2] {
            constants.tax = word.parse().map_err(|e| self.unsaid(format!("tax: {e}")))?;
        }
        Ok(words)
    }

    /// The column of a word; or the word that the file says once, in `said`. It must be one of
    /// them, unless every amount has its own.
    fn words(
        &mut self,
        spec: Option<&WordSpec>,
        own: impl Fn(&AmountSpec) -> bool,
        said: &mut Option<String>,
    ) -> Result<Option<Words>, ImportError> {
        let Some(spec) = spec else { return Ok(None) };
        let spec = with_spellings(spec, self.spec);
        let words = Words {
            column: self.column(&spec.any, false)?,
            meanings: Meanings::new(&spec),
            cases: self.cases(&spec)?,
            first_word: spec.first_word,
            blank: spec.blank.as_ref().map(|b| b.get_ref().clone()),
        };
        if words.column.is_none() {
            *said = self.said_once(&spec)?;
        } else if spec.blank.is_some() {
            self.assumptions.extend(spec.blank_reason.clone());
        }
        let elsewhere = spec.header || spec.mark || self.spec.amount.get_ref().iter().all(own);
        if words.column.is_none() && said.is_none() && !elsewhere && !spec.any.is_empty() {
            return Err(self.missing(&spec.any));
        }
        Ok(Some(words))
    }

    fn cases(&self, spec: &WordSpec) -> Result<Vec<Case>, ImportError> {
        let mut cases = Vec::new();
        for case in &spec.case {
            if let Some(column) = self.column(&case.any, false)? {
                cases.push(Case {
                    value: crate::header::key(&case.value),
                    column,
                    words: self.spellings(case.words.as_ref()),
                    map: case.map.clone(),
                });
            }
        }
        Ok(cases)
    }

    /// A word that stands above or beside the table, or that is taken as given.
    fn said_once(&mut self, spec: &WordSpec) -> Result<Option<String>, ImportError> {
        if let Some(word) = self.above(spec)? {
            return Ok(Some(word));
        }
        if spec.notes && spec.any.is_empty() && spec.note.is_none() && spec.otherwise.is_none() {
            let words = if spec.above.is_empty() { &spec.map } else { &spec.above };
            let words: Vec<&str> = words.keys().map(String::as_str).collect();
            let words = words.join("`, `");
            return Err(self.unsaid(format!("expected one of `{words}` above the table")));
        }
        if let Some(text) = self.note(spec.note.as_ref())? {
            return self.noted(spec, &text);
        }
        if spec.otherwise.is_some() {
            self.assumptions.extend(spec.otherwise_reason.clone());
        }
        Ok(spec.otherwise.as_ref().map(|o| o.get_ref().clone()))
    }

    /// The one word that stands above the table.
    fn above(&self, spec: &WordSpec) -> Result<Option<String>, ImportError> {
        if !spec.notes {
            return Ok(None);
        }
        let text = self.table.around.titles().collect::<Vec<_>>().join(" \u{2022} ");
        let mut above = spec.clone();
        if !spec.above.is_empty() {
            above.map.clone_from(&spec.above);
        }
        contained(&above, &text).map_err(|several| {
            let several = several.join(" and ");
            self.unsaid(format!("the notes above the table name {several}, expected one"))
        })
    }

    /// Refuses a table of anybody's making whose surroundings say that amounts are not what they are.
    fn doubts(&self) -> Result<(), ImportError> {
        let sheet = self.table.sheet.into_iter();
        let texts = sheet.chain(self.table.around.titles()).chain(self.table.around.notes());
        match texts.filter(|_| self.spec.wary).find_map(|t| Some((t, doubtful(t)?))) {
            Some((text, word)) => Err(self.unsaid(in_doubt(text, &word))),
            None => Ok(()),
        }
    }

    /// What all amounts are multiplied by, as the notes say.
    fn scale(&self) -> Result<Option<Amount>, ImportError> {
        let Some(spec) = &self.spec.scale else { return Ok(None) };
        let spec = with_spellings(spec, self.spec);
        let noted = || match self.note(spec.note.as_ref())? {
            Some(text) => self.noted(&spec, &text),
            None => Ok(None),
        };
        let word = self.above(&spec)?.map_or_else(noted, |word| Ok(Some(word)))?;
        Ok(word.and_then(|word| parse_amount(&word).ok()))
    }

    /// The word of a labelled value, which must be one that the recipe knows.
    fn noted(&self, spec: &WordSpec, text: &str) -> Result<Option<String>, ImportError> {
        let meanings = Meanings::new(spec);
        match meanings.of(text) {
            Meaning::Word(word) => Ok(Some(word.to_owned())),
            Meaning::Ignored => Ok(None),
            Meaning::Unknown => {
                let known = meanings.known();
                let message = format!("found `{text}` beside the table, expected one of {known}");
                Err(self.unsaid(message))
            }
        }
    }

    fn warnings(
        &self,
        amounts: &[AmountColumn],
    ) -> Result<Vec<(&'static str, String)>, ImportError> {
        let mut warnings = Vec::new();
        for skip in self.spec.skip.iter().chain(&self.spec.keep) {
            if self.column(&skip.any, false)?.is_none() {
                warnings.extend(skip.missing.clone().map(|text| ("W0104", text)));
            }
        }
        let mut missing = Vec::new();
        for amount in self.spec.amount.get_ref().iter().filter(|a| !a.is_wide()) {
            if self.column(&amount.any, false)?.is_none() {
                missing.push(format!("`{}`", amount.label()));
            }
        }
        if !missing.is_empty() {
            let text = format!("no column {}: nothing is read for it", missing.join(", "));
            warnings.push(("W0105", text));
        }
        let left_out = self.left_out(amounts)?;
        if !left_out.is_empty() {
            let text = format!("no amounts are read of {}", left_out.join(", "));
            warnings.push(("W0127", text));
        }
        Ok(warnings)
    }
}

/// That a text makes amounts doubtful, and the way out.
pub(crate) fn in_doubt(text: &str, word: &str) -> String {
    format!(
        "`{text}` may say that amounts are not what stands there (`{word}`), expected a recipe of your own with `scale`, as `haggle inspect FILE --propose` begins one"
    )
}

fn push_text(pieces: &mut Vec<TemplatePiece>, text: &str) {
    if !text.is_empty() {
        pieces.push(TemplatePiece::Text(text.to_owned()));
    }
}

fn formats(spec: &DateSpec) -> Vec<DateFormat> {
    spec.format.get_ref().0.iter().filter_map(|f| DateFormat::parse(f).ok()).collect()
}

fn stated(number: &NumberSpec) -> Option<Notation> {
    let decimal = *number.decimal.as_ref()?.get_ref();
    let mark = number.thousands.as_ref().map(|m| m.get_ref().chars().next());
    Some(Notation { decimal, thousands: mark.flatten(), settled: mark.is_some() })
}
