//! The observation schema in Arrow, version 1, and columns of observations built and read by it.
//!
//! BE ADVISED: the order of [`FIELDS`], of the columns in [`BatchBuilder`] and of the accessors in
//! [`Batch::get`] belong together; a new field is added at the end of all three and raises
//! [`SCHEMA_VERSION`].

use crate::observation::Observation;
use crate::words::{Basis, Bound, Kind, Statistic, Tax};
use arrow_array::builder::{
    Date32Builder, Decimal128Builder, Float64Builder, Int64Builder, StringDictionaryBuilder,
    UInt32Builder, UInt64Builder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, DictionaryArray, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Version of the observation schema; it stands in every stored part.
pub const SCHEMA_VERSION: u32 = 1;

const AMOUNT: DataType = DataType::Decimal128(38, 12);

fn word() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// Name of every field, in order. `true`: the field may be absent.
pub const FIELDS: [(&str, bool); 28] = [
    ("sheet", true),
    ("row", false),
    ("column", false),
    ("path", true),
    ("kind", false),
    ("basis", false),
    ("component", true),
    ("tax", false),
    ("subject", true),
    ("scheme", true),
    ("title", true),
    ("place", true),
    ("party", true),
    ("level", true),
    ("statistic", false),
    ("amount", false),
    ("bound", false),
    ("currency", false),
    ("per", false),
    ("quantity_from", true),
    ("quantity_to", true),
    ("weight", true),
    ("count", true),
    ("employers", true),
    ("sample_size", true),
    ("relative_error", true),
    ("date", true),
    ("attributes", true),
];

fn data_type(name: &str) -> DataType {
    match name {
        "row" => DataType::UInt64,
        "column" => DataType::UInt32,
        "amount" | "quantity_from" | "quantity_to" => AMOUNT,
        "weight" | "relative_error" => DataType::Float64,
        "count" | "employers" | "sample_size" => DataType::Int64,
        "date" => DataType::Date32,
        _ => word(),
    }
}

/// The Arrow schema of a batch of observations, version [`SCHEMA_VERSION`]. Texts are
/// dictionaries: a file names few places and many rows.
pub fn schema() -> Arc<Schema> {
    let field = |(name, absent): &(&str, bool)| Field::new(*name, data_type(name), *absent);
    Arc::new(Schema::new(FIELDS.iter().map(field).collect::<Vec<_>>()))
}

/// A batch is not of the observation schema, or holds a word outside a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchError {
    /// The field that is wrong.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "observation field `{}`: {}", self.field, self.problem)
    }
}

impl std::error::Error for BatchError {}

type Words = StringDictionaryBuilder<Int32Type>;

/// Fills the columns of a batch, one observation at a time.
pub struct BatchBuilder {
    words: Vec<Words>,
    row: UInt64Builder,
    column: UInt32Builder,
    amounts: [Decimal128Builder; 3],
    floats: [Float64Builder; 2],
    integers: [Int64Builder; 3],
    date: Date32Builder,
    len: usize,
}

impl Default for BatchBuilder {
    fn default() -> Self {
        let amount = || Decimal128Builder::new().with_data_type(AMOUNT);
        let words = FIELDS.iter().filter(|(name, _)| data_type(name) == word()).count();
        Self {
            words: (0..words).map(|_| Words::new()).collect(),
            row: UInt64Builder::new(),
            column: UInt32Builder::new(),
            amounts: std::array::from_fn(|_| amount()),
            floats: Default::default(),
            integers: Default::default(),
            date: Date32Builder::new(),
            len: 0,
        }
    }
}

impl BatchBuilder {
    /// Adds one observation.
    pub fn push(&mut self, o: &Observation<'_>) {
        let statistic = o.statistic.to_string();
        let words = [
            o.sheet,
            o.path,
            Some(o.kind.as_str()),
            Some(o.basis.as_str()),
            o.component,
            Some(o.tax.as_str()),
            o.subject,
            o.scheme,
            o.title,
            o.place,
            o.party,
            o.level,
            Some(statistic.as_str()),
            Some(o.bound.as_str()),
            Some(o.currency),
            Some(o.per),
            o.attributes,
        ];
        for (column, value) in self.words.iter_mut().zip(words) {
            column.append_option(value);
        }
        self.row.append_value(o.row);
        self.column.append_value(o.column);
        self.amounts[0].append_value(o.amount);
        self.amounts[1].append_option(o.quantity_from);
        self.amounts[2].append_option(o.quantity_to);
        self.floats[0].append_option(o.weight);
        self.floats[1].append_option(o.relative_error);
        self.integers[0].append_option(o.count);
        self.integers[1].append_option(o.employers);
        self.integers[2].append_option(o.sample_size);
        self.date.append_option(o.date);
        self.len += 1;
    }

    /// Observations added since the last [`finish`](Self::finish).
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was added since the last [`finish`](Self::finish).
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The batch, and an empty builder left behind.
    pub fn finish(&mut self) -> RecordBatch {
        self.len = 0;
        let mut words = self.words.iter_mut();
        let [amount, from, to] = &mut self.amounts;
        let [weight, error] = &mut self.floats;
        let [count, employers, sample] = &mut self.integers;
        let columns = FIELDS.iter().map(|(name, _)| -> ArrayRef {
            match *name {
                "row" => Arc::new(self.row.finish()),
                "column" => Arc::new(self.column.finish()),
                "amount" => Arc::new(amount.finish()),
                "quantity_from" => Arc::new(from.finish()),
                "quantity_to" => Arc::new(to.finish()),
                "weight" => Arc::new(weight.finish()),
                "relative_error" => Arc::new(error.finish()),
                "count" => Arc::new(count.finish()),
                "employers" => Arc::new(employers.finish()),
                "sample_size" => Arc::new(sample.finish()),
                "date" => Arc::new(self.date.finish()),
                _ => Arc::new(words.next().expect("one builder for each word field").finish()),
            }
        });
        RecordBatch::try_new(schema(), columns.collect()).expect("columns built by this schema")
    }
}

/// A record batch seen as observations. Columns that a reader did not ask for read as absent, or
/// as the most cautious word.
pub struct Batch<'a> {
    batch: &'a RecordBatch,
    columns: [Option<usize>; FIELDS.len()],
}

impl<'a> Batch<'a> {
    /// Takes a batch that has some of the schema's columns, in any order.
    ///
    /// # Errors
    /// [`BatchError`] if a column of a known name has another type.
    pub fn new(batch: &'a RecordBatch) -> Result<Self, BatchError> {
        let mut columns = [None; FIELDS.len()];
        for (slot, (name, _)) in columns.iter_mut().zip(&FIELDS) {
            let Some((index, field)) = batch.schema_ref().column_with_name(name) else { continue };
            if *field.data_type() != data_type(name) {
                let problem = format!("type {}, expected {}", field.data_type(), data_type(name));
                return Err(BatchError { field: (*name).to_owned(), problem });
            }
            *slot = Some(index);
        }
        Ok(Self { batch, columns })
    }

    fn array(&self, field: usize, i: usize) -> Option<&'a ArrayRef> {
        let array = self.batch.column(self.columns[field]?);
        (!array.is_null(i)).then_some(array)
    }

    fn text(&self, field: usize, i: usize) -> Option<&'a str> {
        let words: &DictionaryArray<Int32Type> = self.array(field, i)?.as_dictionary();
        let values: &StringArray = words.values().as_string();
        Some(values.value(words.keys().value(i) as usize))
    }

    fn parse<T: FromStr>(&self, field: usize, i: usize, default: T) -> Result<T, BatchError>
    where
        T::Err: fmt::Display,
    {
        let Some(text) = self.text(field, i) else { return Ok(default) };
        text.parse().map_err(|problem: T::Err| BatchError {
            field: FIELDS[field].0.to_owned(),
            problem: problem.to_string(),
        })
    }

    fn amount(&self, field: usize, i: usize) -> Option<i128> {
        Some(self.array(field, i)?.as_primitive::<Decimal128Type>().value(i))
    }

    fn integer(&self, field: usize, i: usize) -> Option<i64> {
        Some(self.array(field, i)?.as_primitive::<Int64Type>().value(i))
    }

    fn float(&self, field: usize, i: usize) -> Option<f64> {
        Some(self.array(field, i)?.as_primitive::<Float64Type>().value(i))
    }

    /// The observation of row `i`.
    ///
    /// # Errors
    /// [`BatchError`] if a word is outside its vocabulary or the amount is absent.
    pub fn get(&self, i: usize) -> Result<Observation<'a>, BatchError> {
        let absent = || BatchError { field: "amount".into(), problem: "absent".into() };
        Ok(Observation {
            sheet: self.text(0, i),
            row: self.array(1, i).map_or(0, |a| a.as_primitive::<UInt64Type>().value(i)),
            column: self.array(2, i).map_or(0, |a| a.as_primitive::<UInt32Type>().value(i)),
            path: self.text(3, i),
            kind: self.parse(4, i, Kind::Wage)?,
            basis: self.parse(5, i, Basis::Unknown)?,
            component: self.text(6, i),
            tax: self.parse(7, i, Tax::Unknown)?,
            subject: self.text(8, i),
            scheme: self.text(9, i),
            title: self.text(10, i),
            place: self.text(11, i),
            party: self.text(12, i),
            level: self.text(13, i),
            statistic: self.parse(14, i, Statistic::Value)?,
            amount: self.amount(15, i).ok_or_else(absent)?,
            bound: self.parse(16, i, Bound::Exact)?,
            currency: self.text(17, i).unwrap_or(""),
            per: self.text(18, i).unwrap_or(""),
            quantity_from: self.amount(19, i),
            quantity_to: self.amount(20, i),
            weight: self.float(21, i),
            count: self.integer(22, i),
            employers: self.integer(23, i),
            sample_size: self.integer(24, i),
            relative_error: self.float(25, i),
            date: self.array(26, i).map(|a| a.as_primitive::<Date32Type>().value(i)),
            attributes: self.text(27, i),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Observation<'static> {
        Observation {
            sheet: Some("national_M2024_dl"),
            row: 318,
            column: 26,
            path: Some("/x"),
            component: Some("base"),
            subject: Some("15-1252"),
            scheme: Some("SOC"),
            title: Some("Software Developers"),
            place: Some("US"),
            party: Some("A"),
            level: Some("senior"),
            statistic: Statistic::Percentile(90),
            bound: Bound::AtLeast,
            quantity_from: Some(1),
            quantity_to: Some(2),
            weight: Some(0.5),
            count: Some(3),
            employers: Some(4),
            sample_size: Some(5),
            relative_error: Some(0.006),
            date: Some(20_780),
            attributes: Some("{}"),
            ..Observation::new(239_200, "USD", "ANN")
        }
    }

    #[test]
    fn observations_come_back_as_they_went_in() {
        let mut builder = BatchBuilder::default();
        let sent = [full(), Observation::new(-1, "EUR", "HUR"), full()];
        sent.iter().for_each(|o| builder.push(o));
        let batch = builder.finish();
        assert!(builder.is_empty());
        let read = Batch::new(&batch).unwrap();
        for (i, o) in sent.iter().enumerate() {
            assert_eq!(&read.get(i).unwrap(), o);
        }
    }

    #[test]
    fn a_wrong_type_is_named() {
        let columns: Vec<(&str, ArrayRef)> =
            vec![("amount", Arc::new(arrow_array::Float64Array::from(vec![1.0])))];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let error = Batch::new(&batch).err().unwrap();
        assert_eq!(error.field, "amount");
    }
}
