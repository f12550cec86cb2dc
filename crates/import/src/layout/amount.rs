//! Columns of amounts: named ones, ranges, and many of one kind by a pattern of their headers.

use super::bind::{Binder, in_doubt};
use super::word::{contained, with_spellings};
use super::{
    AmountColumn, Column, Constants, Known, NamedNumber, Reading, RowWords, Sign, Signs, Words,
};
use crate::doubt::doubtful;
use crate::formula::{CELL, Formula};
use crate::header::key;
use crate::layout::word::Meaning;
use crate::money::is_code;
use crate::pattern::{Captures, Pattern, braces, fill};
use crate::recipe::{AmountSpec, Sentinel, TextField, WordSpec};
use crate::source::Row;
use crate::spellings::Spellings;
use crate::vintage::threshold;
use haggle_evidence::{Bound, ImportError, Statistic};
use haggle_quantity::{Amount, Currency, Per, parse_amount, to_scaled};
use std::collections::{BTreeMap, BTreeSet};

impl Binder<'_> {
    /// Every column of amounts, in order of the table.
    pub(super) fn amounts(
        &self,
        words: &RowWords,
        constants: &Constants,
        values: &[NamedNumber],
    ) -> Result<Vec<AmountColumn>, ImportError> {
        let specs = self.spec.amount.get_ref();
        let columns_of = Columns { binder: self, words, constants, values };
        let mut taken = BTreeSet::new();
        let mut all: Vec<(AmountColumn, Option<AmountColumn>)> = Vec::new();
        for spec in specs {
            let columns = if spec.is_wide() { self.wide(spec)? } else { self.single(spec)? };
            for (column, captures) in columns {
                if taken.insert(column.index) {
                    all.push((
                        columns_of.amount(spec, column.clone(), &captures)?,
                        columns_of.upper(spec, &column)?,
                    ));
                }
            }
        }
        if all.is_empty() {
            let any = specs.first().map(|s| vec![s.label().to_owned()]).unwrap_or_default();
            return Err(self.missing(&any));
        }
        all.sort_by_key(|(amount, _)| amount.column.index);
        let mut amounts = in_a_row(all);
        set_steps(&mut amounts);
        Ok(amounts)
    }

    fn single(&self, spec: &AmountSpec) -> Result<Vec<(Column, Captures)>, ImportError> {
        let column = self.column(&spec.any, spec.required)?;
        Ok(column.map(|c| (c, Captures::new())).into_iter().collect())
    }

    /// Columns whose headers are like a pattern, with what it captures.
    fn wide(&self, spec: &AmountSpec) -> Result<Vec<(Column, Captures)>, ImportError> {
        let mut found = self.alike(spec)?;
        let summaries = self.lists(&spec.unless);
        found.retain(|(_, captures)| !sums_up(summaries.as_ref(), captures));
        match found.is_empty() && spec.required {
            true => Err(self.missing(&[spec.label().to_owned()])),
            false => Ok(found),
        }
    }

    fn alike(&self, spec: &AmountSpec) -> Result<Vec<(Column, Captures)>, ImportError> {
        let header = self.table.header;
        let like = patterns(&spec.like);
        let rows = patterns(&spec.rows);
        let except: Vec<Pattern> = spec.except.iter().map(|e| Pattern::header(e)).collect();
        let mapped = self.mapped_elsewhere()?;
        let mut found = Vec::new();
        for index in (0..header.width()).filter(|i| !mapped.contains(i)) {
            let text = header.text(index);
            if text.is_empty() || except.iter().any(|e| e.fits(text)) {
                continue;
            }
            let captures = if rows.is_empty() {
                like.iter().find_map(|p| p.captures(text))
            } else {
                by_row(&rows, &header.texts_above(index))
            };
            found.extend(captures.map(|c| (self.named(index), c)));
        }
        Ok(found)
    }

    /// Headers that are like a pattern and whose columns nobody reads, since they sum up others.
    pub(super) fn left_out(&self, amounts: &[AmountColumn]) -> Result<Vec<String>, ImportError> {
        let mut left = BTreeMap::new();
        for spec in self.spec.amount.get_ref().iter().filter(|s| !s.unless.is_empty()) {
            let read = |c: &Column| amounts.iter().any(|a| a.column.index == c.index);
            let alike = self.alike(spec)?.into_iter().filter(|(c, _)| !read(c));
            left.extend(alike.map(|(c, _)| (c.index, format!("`{}`", c.name))));
        }
        Ok(left.into_values().collect())
    }

    /// Columns that the recipe reads as something else: no amounts by pattern.
    fn mapped_elsewhere(&self) -> Result<BTreeSet<usize>, ImportError> {
        let named = self.spec.other_columns().map(|any| self.column(any, false));
        let templates = self.spec.templates().flat_map(braces).map(|name| [name.to_owned()]);
        let templated = templates.map(|any| self.column(&any, false));
        let columns = named.chain(templated).collect::<Result<Vec<_>, _>>()?;
        Ok(columns.into_iter().flatten().map(|c| c.index).collect())
    }
}

fn in_header_doubt(header: &str) -> Option<String> {
    header.contains('%').then(|| "%".to_owned()).or_else(|| doubtful(header))
}

/// Whether what is captured names a statistic or an estimate, not a party.
fn sums_up(summaries: Option<&Spellings>, captures: &Captures) -> bool {
    summaries.is_some_and(|list| captures.values().any(|text| list.make_up(text)))
}

fn patterns(texts: &[toml::Spanned<String>]) -> Vec<Pattern> {
    texts.iter().filter_map(|t| Pattern::capturing(t.get_ref()).ok()).collect()
}

/// One pattern for each header row; a column is like them if each row's text is.
fn by_row(patterns: &[Pattern], texts: &[&str]) -> Option<Captures> {
    let mut all = Captures::new();
    for (i, pattern) in patterns.iter().enumerate() {
        all.extend(pattern.captures(texts.get(i).copied().unwrap_or(""))?);
    }
    Some(all)
}

/// Upper ends right behind their lower ones, each knowing the other.
fn in_a_row(all: Vec<(AmountColumn, Option<AmountColumn>)>) -> Vec<AmountColumn> {
    let mut row = Vec::new();
    for (mut lower, upper) in all {
        let at = row.len();
        if let Some(mut upper) = upper {
            lower.reading = Reading::Lower { upper: at + 1 };
            upper.reading = Reading::Upper;
            row.extend([lower, upper]);
        } else {
            row.push(lower);
        }
    }
    row
}

/// Amounts that differ in the quantity alone from which they hold are steps of one price.
fn set_steps(amounts: &mut [AmountColumn]) {
    let steps: Vec<AmountColumn> =
        amounts.iter().filter(|a| a.quantities[0].is_some()).cloned().collect();
    for amount in amounts.iter_mut().filter(|a| a.quantities[1].is_none()) {
        let later = steps.iter().filter(|step| step.is_step_of(amount));
        amount.steps =
            later.filter_map(|step| Some((step.quantities[0]?, step.column.index))).collect();
        amount.steps.sort_unstable();
    }
}

impl AmountColumn {
    /// Whether it says the same of a larger quantity.
    fn is_step_of(&self, before: &Self) -> bool {
        let of = |a: &Self| (a.statistic, a.kind, a.basis, a.tax, a.component.clone(), a.date);
        let larger = self.quantities[0] > before.quantities[0];
        let units = self.per == before.per && self.currency == before.currency;
        larger && units && of(self) == of(before) && self.texts == before.texts
    }

    /// The quantity up to which the amount holds in a row.
    pub(crate) fn until(&self, row: &Row<'_>) -> Option<i128> {
        let there = |(_, column): &&(i128, usize)| !row.cell(*column).is_blank();
        self.quantities[1].or_else(|| self.steps.iter().find(there).map(|(from, _)| *from))
    }
}

/// What binding an amount column needs to know.
struct Columns<'a> {
    binder: &'a Binder<'a>,
    words: &'a RowWords,
    constants: &'a Constants,
    values: &'a [NamedNumber],
}

impl Columns<'_> {
    fn upper(
        &self,
        spec: &AmountSpec,
        lower: &Column,
    ) -> Result<Option<AmountColumn>, ImportError> {
        match self.binder.column(&spec.to, false)? {
            Some(column) if column.index != lower.index => {
                self.amount(spec, column, &Captures::new()).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn amount(
        &self,
        spec: &AmountSpec,
        column: Column,
        captures: &Captures,
    ) -> Result<AmountColumn, ImportError> {
        let constant = &self.binder.spec.constant;
        let text = |template: &Option<String>| self.fill(template.as_deref(), captures);
        let mut texts: [Option<String>; TextField::COUNT] = Default::default();
        for (slot, template) in texts.iter_mut().zip([
            &spec.subject,
            &spec.title,
            &spec.place,
            &spec.party,
            &spec.level,
        ]) {
            *slot = match template.as_deref() {
                Some("") => Some(String::new()),
                _ => text(template)?,
            };
        }
        let date = text(&spec.date)?.map(|t| self.binder.day(&t)).transpose()?;
        let scale = self.scale(spec, &column)?;
        Ok(AmountColumn {
            reading: self.reading(spec)?,
            statistic: self.statistic(spec, captures)?,
            per: self.per(spec, &column, captures)?,
            currency: self.currency(spec, &column, captures)?,
            kind: spec.kind.unwrap_or(constant.kind),
            basis: spec.basis,
            tax: spec.tax,
            component: text(&spec.component)?,
            texts,
            date,
            quantities: [spec.quantity_from, spec.quantity_to]
                .map(|q| q.and_then(|q| to_scaled(q).ok())),
            steps: Vec::new(),
            times: scale.map_or_else(String::new, |s| format!(" * {}", s.normalize())),
            scale,
            least: spec.least.map(|l| (l, spec.least_reason.clone().unwrap_or_default())),
            signs: self.signs(spec),
            once: self.once(spec)?,
            terms: String::new(),
            column,
        })
    }

    /// What the amounts are multiplied by: as the recipe, the header or the notes say.
    fn scale(&self, spec: &AmountSpec, column: &Column) -> Result<Option<Amount>, ImportError> {
        if spec.scale.is_some() {
            return Ok(spec.scale);
        }
        let word = self.in_header(self.binder.spec.scale.as_ref(), column, "scale")?;
        let unread = word.is_none() && self.binder.spec.wary && spec.party.is_none();
        if let Some(found) = Some(&column.name).filter(|_| unread).and_then(|n| in_header_doubt(n))
        {
            return Err(self.binder.unsaid(in_doubt(&column.name, &found)));
        }
        let said = word.and_then(|w| parse_amount(&w).ok()).or(self.constants.scale);
        match (said, &spec.formula) {
            (Some(scale), Some(_)) => Err(self.binder.unsaid(format!(
                "the file says that `{}` is to be multiplied by {scale}, expected the formula to do that",
                column.name
            ))),
            _ => Ok(said),
        }
    }

    /// The columns within which an amount is stated once.
    fn once(&self, spec: &AmountSpec) -> Result<Vec<usize>, ImportError> {
        let columns = spec.once.iter().map(|any| self.binder.column(any, false));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        Ok(columns.into_iter().flatten().map(|c| c.index).collect())
    }

    fn fill(
        &self,
        template: Option<&str>,
        captures: &Captures,
    ) -> Result<Option<String>, ImportError> {
        let lacks = |name| self.binder.unsaid(format!("no pattern captures `{{{name}}}`"));
        let filled = template.map(|t| fill(t, captures)).transpose().map_err(lacks)?;
        Ok(filled.filter(|t| !t.is_empty()))
    }

    fn reading(&self, spec: &AmountSpec) -> Result<Reading, ImportError> {
        let names = self.values.iter().map(|v| v.name.as_str());
        let names: Vec<&str> = names.chain(std::iter::once(CELL)).collect();
        match &spec.formula {
            Some(formula) => Formula::parse(formula.get_ref(), &names)
                .map(Reading::Formula)
                .map_err(|e| self.binder.unsaid(format!("formula: {e}"))),
            None if spec.band => Ok(Reading::Band),
            None => Ok(Reading::One),
        }
    }

    fn statistic(
        &self,
        spec: &AmountSpec,
        captures: &Captures,
    ) -> Result<Option<Statistic>, ImportError> {
        let Some(template) = &spec.statistic else { return Ok(None) };
        let word = self.fill(Some(template.get_ref()), captures)?.unwrap_or_default();
        word.parse().map(Some).map_err(|e| self.binder.unsaid(format!("statistic: {e}")))
    }

    fn per(
        &self,
        spec: &AmountSpec,
        column: &Column,
        captures: &Captures,
    ) -> Result<Known<Per>, ImportError> {
        let row = self.words.per.as_ref();
        if let Some(word) = self.fill(spec.per.as_deref(), captures)? {
            let captured = spec.per.as_deref().is_some_and(|p| p.contains('{'));
            let word = if captured { self.meaning(row, &word, "unit")? } else { word };
            return Ok(Known::Fixed(Per::new(&word)));
        }
        if let Some(own) = self.binder.column(&spec.per_any, false)? {
            return Ok(Known::Own(own));
        }
        if let Some(word) = self.in_header(self.binder.spec.per.as_ref(), column, "unit")? {
            return Ok(Known::Fixed(Per::new(&word)));
        }
        match (row.and_then(|w| w.column.as_ref()), &self.constants.per) {
            (Some(_), _) => Ok(Known::Row),
            (None, Some(per)) => Ok(Known::Fixed(per.clone())),
            (None, None) => Err(self.unstated(column, "unit", "per")),
        }
    }

    fn currency(
        &self,
        spec: &AmountSpec,
        column: &Column,
        captures: &Captures,
    ) -> Result<Known<Currency>, ImportError> {
        let row = self.words.currency.as_ref();
        let recipe = self.binder.spec.currency.as_ref();
        let code = |word: &str| {
            let unknown = || {
                self.binder
                    .unsaid(format!("found `{word}`, expected the ISO 4217 code of a currency"))
            };
            word.parse::<Currency>()
                .ok()
                .filter(|_| is_code(word))
                .map(Known::Fixed)
                .ok_or_else(unknown)
        };
        if let Some(word) = self.fill(spec.currency.as_deref(), captures)? {
            let captured = spec.currency.as_deref().is_some_and(|c| c.contains('{'));
            return code(&if captured { self.meaning(row, &word, "currency")? } else { word });
        }
        if let Some(own) = self.binder.column(&spec.currency_any, false)? {
            return Ok(Known::Own(own));
        }
        if let Some(word) = self.in_header(recipe, column, "currency")? {
            return code(&word);
        }
        match (row.and_then(|w| w.column.as_ref()), self.constants.currency) {
            (Some(_), _) => Ok(Known::Row),
            (None, Some(currency)) => Ok(Known::Fixed(currency)),
            (None, None) if recipe.is_some_and(|r| r.mark) => Ok(Known::Mark),
            (None, None) => Err(self.unstated(column, "currency", "currency")),
        }
    }

    /// The word of a specification that stands in a column's header, if it is to be there.
    fn in_header(
        &self,
        spec: Option<&WordSpec>,
        column: &Column,
        what: &str,
    ) -> Result<Option<String>, ImportError> {
        let Some(spec) = spec.filter(|s| s.header) else { return Ok(None) };
        let spec = with_spellings(spec, self.binder.spec);
        contained(&spec, &column.name).map_err(|several| {
            let (name, found) = (&column.name, several.join(" and "));
            self.binder.unsaid(format!("the header `{name}` names {found}, expected one {what}"))
        })
    }

    fn meaning(
        &self,
        words: Option<&Words>,
        word: &str,
        what: &str,
    ) -> Result<String, ImportError> {
        let Some(words) = words else { return Ok(word.to_owned()) };
        match words.meanings.of(word) {
            Meaning::Word(meaning) => Ok(meaning.to_owned()),
            _ => {
                let known = words.meanings.known();
                Err(self
                    .binder
                    .unsaid(format!("found the {what} `{word}`, expected one of {known}")))
            }
        }
    }

    fn unstated(&self, column: &Column, what: &str, key: &str) -> ImportError {
        let name = &column.name;
        self.binder.unsaid(format!(
            "nothing says the {what} of column `{name}`, expected it in a column, a header, a note, or as `{key}` in the recipe"
        ))
    }

    fn signs(&self, spec: &AmountSpec) -> Signs {
        let named = spec.sentinels.as_ref().map(|n| n.get_ref());
        let set = named.and_then(|n| self.binder.spec.sentinels.get(n));
        let mut signs = Signs::default();
        for (text, sentinel) in set.into_iter().flatten() {
            let sign = self.sign(sentinel);
            if let Ok(number) = parse_amount(text) {
                signs.numbers.push((number, sign.clone()));
            }
            signs.texts.insert(key(text), sign);
        }
        signs
    }

    fn sign(&self, sentinel: &Sentinel) -> Sign {
        match (&sentinel.absent, &sentinel.threshold, &sentinel.bound) {
            (Some(reason), ..) => Sign::Absent(reason.clone()),
            (_, threshold, bound) => {
                let at_most = bound.as_ref().is_some_and(|b| b.get_ref() == "at most");
                let bound = if at_most { Bound::AtMost } else { Bound::AtLeast };
                let amounts = threshold.as_ref().map(|name| self.threshold(name.get_ref()));
                Sign::Bound(bound, amounts.unwrap_or_default())
            }
        }
    }

    fn threshold(&self, name: &str) -> BTreeMap<Per, Amount> {
        let table = self.binder.table;
        let spec = self.binder.spec.threshold.get(name);
        spec.map(|spec| threshold(spec, table.notes, table.vintage)).unwrap_or_default()
    }
}
