//! Every observation that meets a query, in the order of its source, with texts that own
//! themselves: what a comparison of quotes reads.

use crate::StoreError;
use crate::layout::Layout;
use crate::opened::{Opened, external};
use crate::part::Part;
use crate::prune::prune;
use crate::scan::Query;
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, BooleanArray, DictionaryArray, RecordBatch, StringArray};
use haggle_evidence::{Basis, Batch, Bound, Kind, Locator, Observation, Statistic, Tax};
use haggle_quantity::{Amount, AmountError, from_scaled};
use parquet::errors::ParquetError;
use std::sync::Arc;

/// Names and values of what a row says beside its fields, in order of name.
pub type Attributes = Arc<[(Arc<str>, Arc<str>)]>;

/// An observation as it is stored. Texts are shared by the rows that say the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Sheet, if the source is a workbook or has pages.
    pub sheet: Option<Arc<str>>,
    /// Line or row of the amount, from 1.
    pub row: u64,
    /// Column of the amount, from 1.
    pub column: u32,
    /// Path of the amount in a tree.
    pub path: Option<Arc<str>>,
    /// Wage, price, quote, index or rate.
    pub kind: Kind,
    /// Paid, quoted, estimated ...
    pub basis: Basis,
    /// Tax in or out.
    pub tax: Tax,
    /// Which statistic the amount is.
    pub statistic: Statistic,
    /// Whether the amount is the value or bounds it.
    pub bound: Bound,
    /// Code of the item.
    pub subject: Option<Arc<str>>,
    /// Words for the item.
    pub title: Option<Arc<str>>,
    /// Who states the amount.
    pub party: Option<Arc<str>>,
    /// The amount; absent where it has more digits than amounts of the core have.
    pub amount: Option<Amount>,
    /// ISO 4217 code.
    pub currency: Arc<str>,
    /// Unit, as stored (UN/CEFACT code where there is one).
    pub per: Arc<str>,
    /// Least quantity that the amount holds for.
    pub quantity_from: Option<Amount>,
    /// Greatest quantity that the amount holds for.
    pub quantity_to: Option<Amount>,
    /// Day, in days since 1970-01-01.
    pub date: Option<i32>,
    /// What else the row says; none: empty.
    pub attributes: Attributes,
    /// Reason of the first exclusion that takes it, if one does.
    pub excluded: Option<Arc<str>>,
}

impl Listed {
    /// Where the amount stands, without its file.
    pub fn place(&self) -> Locator {
        let owned = |text: &Option<Arc<str>>| text.as_deref().map(str::to_owned);
        let (sheet, path) = (owned(&self.sheet), owned(&self.path));
        Locator { sheet, row: self.row, column: self.column, path }
    }
}

/// Lists what meets the conditions of a query; what an exclusion takes says so.
///
/// # Errors
/// [`StoreError`] if the part cannot be read.
pub(crate) fn listing(
    part: &Part,
    query: &Query,
    layout: &Layout,
) -> Result<Vec<Listed>, StoreError> {
    let path = &part.path;
    let opened = Opened::new(path, *layout).map_err(StoreError::at(path, "cannot open"))?;
    let mut rows = read(&opened, query).map_err(StoreError::at(path, "cannot query"))?;
    let by_place = |a: &Listed, b: &Listed| {
        (&a.sheet, a.row, a.column, &a.path).cmp(&(&b.sheet, b.row, b.column, &b.path))
    };
    rows.sort_by(by_place);
    Ok(rows)
}

fn read(opened: &Opened, query: &Query) -> Result<Vec<Listed>, ParquetError> {
    let pruned = prune(opened, &query.conditions)?;
    let mut all = Vec::with_capacity(pruned.rows().min(opened.layout.detailed_rows));
    for batch in opened.rows(&pruned, &pruned.groups, &query.conditions, None)? {
        let batch = batch?;
        let excluded = crate::scan::excluded(query, &batch)?;
        let rows = Batch::new(&batch).map_err(external)?;
        let mut texts = Texts::of(&batch);
        for row in 0..batch.num_rows() {
            let mut listed = texts.listed(row, &rows.get(row).map_err(external)?)?;
            let takes = |(mask, _): &&(BooleanArray, &str)| mask.is_valid(row) && mask.value(row);
            listed.excluded = excluded.iter().find(takes).map(|(_, reason)| Arc::from(*reason));
            all.push(listed);
        }
    }
    Ok(all)
}

/// The text columns of a batch.
struct Texts<'b> {
    sheet: Words<'b, Arc<str>>,
    path: Words<'b, Arc<str>>,
    subject: Words<'b, Arc<str>>,
    title: Words<'b, Arc<str>>,
    party: Words<'b, Arc<str>>,
    currency: Words<'b, Arc<str>>,
    per: Words<'b, Arc<str>>,
    attributes: Words<'b, Attributes>,
    nothing: (Arc<str>, Attributes),
}

impl<'b> Texts<'b> {
    fn of(batch: &'b RecordBatch) -> Self {
        Self {
            sheet: Words::of(batch, "sheet"),
            path: Words::of(batch, "path"),
            subject: Words::of(batch, "subject"),
            title: Words::of(batch, "title"),
            party: Words::of(batch, "party"),
            currency: Words::of(batch, "currency"),
            per: Words::of(batch, "per"),
            attributes: Words::of(batch, "attributes"),
            nothing: (Arc::from(""), Arc::from([])),
        }
    }

    fn listed(&mut self, row: usize, o: &Observation<'_>) -> Result<Listed, ParquetError> {
        let shared = |text: &str| Ok(Arc::from(text));
        // Without its bounds it would be a price for every quantity.
        let quantity = |scaled: Option<i128>| {
            let large = |e: AmountError| {
                let row = o.row;
                ParquetError::General(format!("row {row}: a quantity has {e}"))
            };
            scaled.map(|scaled| from_scaled(scaled).map_err(large)).transpose()
        };
        Ok(Listed {
            sheet: self.sheet.get(row, shared)?,
            row: o.row,
            column: o.column,
            path: self.path.get(row, shared)?,
            kind: o.kind,
            basis: o.basis,
            tax: o.tax,
            statistic: o.statistic,
            bound: o.bound,
            subject: self.subject.get(row, shared)?,
            title: self.title.get(row, shared)?,
            party: self.party.get(row, shared)?,
            amount: from_scaled(o.amount).ok(),
            currency: self.currency.get(row, shared)?.unwrap_or_else(|| self.nothing.0.clone()),
            per: self.per.get(row, shared)?.unwrap_or_else(|| self.nothing.0.clone()),
            quantity_from: quantity(o.quantity_from)?,
            quantity_to: quantity(o.quantity_to)?,
            date: o.date,
            attributes: self
                .attributes
                .get(row, members)?
                .unwrap_or_else(|| self.nothing.1.clone()),
            excluded: None,
        })
    }
}

/// A column of words, each made into what is kept of it when a row first needs it.
struct Words<'b, T> {
    column: Option<(&'b DictionaryArray<Int32Type>, &'b StringArray)>,
    made: Vec<Option<T>>,
}

impl<'b, T: Clone> Words<'b, T> {
    fn of(batch: &'b RecordBatch, name: &str) -> Self {
        let column = batch.column_by_name(name).map(|column| {
            let words = column.as_dictionary::<Int32Type>();
            (words, words.values().as_string::<i32>())
        });
        Self { column, made: vec![None; column.map_or(0, |(_, values)| values.len())] }
    }

    fn get(
        &mut self,
        row: usize,
        make: impl Fn(&str) -> Result<T, ParquetError>,
    ) -> Result<Option<T>, ParquetError> {
        let Some((words, values)) = self.column.filter(|(words, _)| words.is_valid(row)) else {
            return Ok(None);
        };
        let key = words.keys().value(row) as usize;
        if self.made[key].is_none() {
            self.made[key] = Some(make(values.value(key))?);
        }
        Ok(self.made[key].clone())
    }
}

/// The members of a JSON object; texts as they are, anything else as it is written.
fn members(json: &str) -> Result<Attributes, ParquetError> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(json).map_err(external)?;
    let word = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => Some(Arc::from(text)),
        serde_json::Value::Null => None,
        other => Some(Arc::from(other.to_string())),
    };
    Ok(object
        .into_iter()
        .filter_map(|(name, value)| Some((Arc::from(name), word(value)?)))
        .collect())
}
