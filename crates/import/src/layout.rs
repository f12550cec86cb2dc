//! A recipe bound to one table: its columns by number, its signs with their thresholds.

use crate::header::Header;
use crate::number::Notation;
use crate::recipe::{
    AmountSpec, AttributeSpec, DateFormat, FieldSpec, FlagSpec, FromNumber, KeepSpec, SkipSpec,
    Spec, TextField, WordSpec,
};
use crate::vintage::{Vintage, threshold};
use haggle_evidence::{Bound, ImportError, Locator, Statistic};
use haggle_quantity::{Amount, Per};
use std::collections::BTreeMap;

/// A column of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its number, from 0.
    pub(crate) index: usize,
    /// The text of its header, as it stands there.
    pub(crate) name: String,
}

/// What a sign in an amount column means.
#[derive(Debug, Clone)]
pub(crate) enum Sign {
    /// No value, for this reason.
    Absent(String),
    /// A bound, by unit; no unit is listed whose threshold is unknown.
    Bound(Bound, BTreeMap<Per, Amount>),
}

/// A column of amounts.
#[derive(Debug, Clone)]
pub(crate) struct AmountColumn {
    pub(crate) column: Column,
    pub(crate) statistic: Statistic,
    /// The unit, where it is not in a column.
    pub(crate) per: Option<Per>,
    pub(crate) component: Option<String>,
    pub(crate) signs: BTreeMap<String, Sign>,
}

/// A column with the part of the recipe that reads it.
pub(crate) type Mapped<T> = (Column, T);

/// A table as a recipe reads it.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) sheet: Option<String>,
    /// Row of the header, from 1.
    pub(crate) header: u64,
    /// Columns of the header.
    pub(crate) width: usize,
    pub(crate) notation: Notation,
    pub(crate) fields: Vec<(TextField, Column, FieldSpec)>,
    pub(crate) constants: [Option<String>; TextField::COUNT],
    pub(crate) attributes: Vec<Mapped<AttributeSpec>>,
    pub(crate) flags: Vec<Mapped<FlagSpec>>,
    pub(crate) skips: Vec<Mapped<SkipSpec>>,
    pub(crate) keeps: Vec<Mapped<KeepSpec>>,
    pub(crate) currency: Option<Mapped<WordSpec>>,
    pub(crate) per: Option<Mapped<WordSpec>>,
    pub(crate) date: Option<Mapped<DateFormat>>,
    pub(crate) weight: Option<Mapped<FromNumber>>,
    pub(crate) count: Option<Mapped<FromNumber>>,
    pub(crate) employers: Option<Mapped<FromNumber>>,
    pub(crate) sample_size: Option<Mapped<FromNumber>>,
    pub(crate) relative_error: Option<Mapped<FromNumber>>,
    pub(crate) amounts: Vec<AmountColumn>,
    /// What is taken as given because a column is not there.
    pub(crate) assumptions: Vec<String>,
    /// What a reader should know because a column is not there: code and words.
    pub(crate) warnings: Vec<(&'static str, String)>,
}

/// The table that a recipe is bound to.
pub(crate) struct Table<'a> {
    pub(crate) sheet: Option<&'a str>,
    pub(crate) row: u64,
    pub(crate) header: &'a Header,
    pub(crate) notes: &'a [String],
    pub(crate) vintage: Option<&'a Vintage>,
}

impl Layout {
    /// Finds every column that the recipe maps.
    pub(crate) fn bind(spec: &Spec, table: &Table<'_>) -> Result<Self, ImportError> {
        let binder = Binder { spec, table };
        let number = &spec.number;
        let thousands = number.thousands.as_ref().map(|m| *m.get_ref());
        let mut layout = Self {
            sheet: table.sheet.map(str::to_owned),
            header: table.row,
            width: table.header.width(),
            notation: Notation { decimal: *number.decimal.get_ref(), thousands },
            fields: Vec::new(),
            constants: constants(spec),
            attributes: binder.all(&spec.attribute, |a| (&a.any, a.required))?,
            flags: binder.all(&spec.flag, |f| (&f.any, false))?,
            skips: binder.all(&spec.skip, |s| (&s.any, s.required))?,
            keeps: binder.all(&spec.keep, |k| (&k.any, true))?,
            currency: binder.one(spec.currency.as_ref(), |w| (&w.any, true))?,
            per: binder.one(spec.per.as_ref(), |w| (&w.any, true))?,
            date: None,
            weight: binder.one(spec.weight.as_ref(), |n| (&n.any, n.required))?,
            count: binder.one(spec.count.as_ref(), |n| (&n.any, n.required))?,
            employers: binder.one(spec.employers.as_ref(), |n| (&n.any, n.required))?,
            sample_size: binder.one(spec.sample_size.as_ref(), |n| (&n.any, n.required))?,
            relative_error: binder.one(spec.relative_error.as_ref(), |n| (&n.any, n.required))?,
            amounts: binder.amounts()?,
            assumptions: Vec::new(),
            warnings: Vec::new(),
        };
        let date = binder.one(spec.date.as_ref(), |d| (&d.any, d.required))?;
        layout.date = date.map(|(column, d)| (column, d.format));
        binder.fields(&mut layout)?;
        binder.warnings(&mut layout)?;
        Ok(layout)
    }
}

fn constants(spec: &Spec) -> [Option<String>; TextField::COUNT] {
    let c = &spec.constant;
    [c.subject.clone(), c.title.clone(), c.place.clone(), c.party.clone(), c.level.clone()]
}

struct Binder<'a> {
    spec: &'a Spec,
    table: &'a Table<'a>,
}

impl Binder<'_> {
    fn column(&self, any: &[String], required: bool) -> Result<Option<Column>, ImportError> {
        let header = self.table.header;
        let index = header.find(any).map_err(|twice| {
            let message = format!("the header `{}` stands above two columns", twice.text);
            ImportError::source("E0010", self.place(twice.column as u32 + 1), message)
        })?;
        match index {
            None if required => Err(self.missing(any)),
            None => Ok(None),
            Some(index) => Ok(Some(Column { index, name: header.text(index).to_owned() })),
        }
    }

    fn place(&self, column: u32) -> Locator {
        let sheet = self.table.sheet.map(str::to_owned);
        Locator { sheet, row: self.table.row, column, path: None }
    }

    fn missing(&self, any: &[String]) -> ImportError {
        let column = any.first().map_or("", String::as_str);
        let nearest = self.table.header.nearest(column);
        let nearest =
            nearest.map_or_else(String::new, |n| format!("; the nearest header is `{n}`"));
        let message = format!("recipe `{}` needs the column `{column}`{nearest}", self.spec.name);
        ImportError::source("E0008", self.place(0), message)
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

    fn all<T: Clone>(
        &self,
        specs: &[T],
        columns: impl Fn(&T) -> (&Vec<String>, bool),
    ) -> Result<Vec<Mapped<T>>, ImportError> {
        let bound = specs.iter().map(|spec| self.one(Some(spec), &columns));
        bound.filter_map(Result::transpose).collect()
    }

    fn fields(&self, layout: &mut Layout) -> Result<(), ImportError> {
        for (field, spec) in self.spec.field.iter() {
            match (self.column(&spec.any, spec.required)?, &spec.otherwise) {
                (Some(column), _) => layout.fields.push((field, column, spec.clone())),
                (None, Some(value)) => {
                    layout.constants[field as usize] = Some(value.get_ref().clone());
                    layout.assumptions.extend(spec.otherwise_reason.clone());
                }
                (None, None) => {}
            }
        }
        Ok(())
    }

    fn warnings(&self, layout: &mut Layout) -> Result<(), ImportError> {
        for skip in &self.spec.skip {
            if self.column(&skip.any, false)?.is_none() {
                layout.warnings.extend(skip.missing.clone().map(|text| ("W0104", text)));
            }
        }
        let mut missing = Vec::new();
        for amount in self.spec.amount.get_ref() {
            if self.column(&amount.any, false)?.is_none() {
                missing.extend(amount.any.first().map(|name| format!("`{name}`")));
            }
        }
        if !missing.is_empty() {
            let text = format!("no column {}: nothing is read for it", missing.join(", "));
            layout.warnings.push(("W0105", text));
        }
        Ok(())
    }

    fn amounts(&self) -> Result<Vec<AmountColumn>, ImportError> {
        let specs = self.spec.amount.get_ref();
        let mut bound = self.all(specs, |a| (&a.any, a.required))?;
        bound.sort_by_key(|(column, _)| column.index);
        if bound.is_empty() {
            return Err(self.missing(&specs[0].any));
        }
        Ok(bound.into_iter().map(|(column, spec)| self.amount(column, &spec)).collect())
    }

    fn amount(&self, column: Column, spec: &AmountSpec) -> AmountColumn {
        AmountColumn {
            column,
            statistic: spec.statistic,
            per: spec.per.as_deref().map(Per::new),
            component: spec.component.clone().or_else(|| self.spec.constant.component.clone()),
            signs: self.signs(spec),
        }
    }

    fn signs(&self, spec: &AmountSpec) -> BTreeMap<String, Sign> {
        let set = spec.sentinels.as_ref().and_then(|n| self.spec.sentinels.get(n.get_ref()));
        let sign = |s: &crate::recipe::Sentinel| match (&s.absent, &s.threshold, &s.bound) {
            (Some(reason), ..) => Sign::Absent(reason.clone()),
            (_, threshold, bound) => {
                let at_most = bound.as_ref().is_some_and(|b| b.get_ref() == "at most");
                let bound = if at_most { Bound::AtMost } else { Bound::AtLeast };
                let amounts = threshold.as_ref().map(|name| self.threshold(name.get_ref()));
                Sign::Bound(bound, amounts.unwrap_or_default())
            }
        };
        set.into_iter().flatten().map(|(text, s)| (text.clone(), sign(s))).collect()
    }

    fn threshold(&self, name: &str) -> BTreeMap<Per, Amount> {
        let spec = self.spec.threshold.get(name);
        let read = |spec| threshold(spec, self.table.notes, self.table.vintage);
        spec.map(read).unwrap_or_default()
    }
}
