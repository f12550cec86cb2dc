//! The observation schema in Arrow, version 1, and columns of observations built and read by it.
//!
//! BE ADVISED: the order of [`FIELDS`], of the columns in [`BatchBuilder`] and of the accessors in
//! [`Batch::get`] belong together; a new field is added at the end of all three and raises
//! [`SCHEMA_VERSION`].

use crate::observation::Observation;
use crate::texts::{Glance, Texts};
use crate::words::{Basis, Bound, Kind, Statistic, Tax};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Int32Array, PrimitiveArray, RecordBatch, StringArray,
    new_null_array,
};
use arrow_buffer::NullBufferBuilder;
use arrow_schema::{DataType, Field, Schema};
use std::borrow::Cow;
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

/// A word column under construction. Its texts outlive the batch, so that a word that comes again
/// costs a look and batches of the same words share one dictionary.
#[derive(Default)]
struct Words {
    texts: Texts,
    /// Number of each row's text, or [`ABSENT`], up to the last row that states one.
    keys: Vec<i32>,
    /// Rows without a word after those.
    absent: usize,
    /// Whether there are rows without a word before those.
    has_absent: bool,
    /// The word that was looked for last.
    last: Option<(Glance, u32)>,
    /// Words seen lately, each at the place that a glance at it gives; none until there is one.
    recent: Vec<Option<(Glance, u32)>>,
    /// Number of each word of a closed vocabulary, by its place there.
    known: Vec<Option<u32>>,
    /// The texts as they were when a batch last needed them.
    values: Option<ArrayRef>,
    /// A column without any word, as many batches have it.
    nothing: Option<ArrayRef>,
    /// How many texts there were before this batch.
    before: usize,
    /// Batches for which words are added without a look for them, since nearly each is another.
    adding: usize,
}

/// A column of so many rows that state nothing, which is made once for as many.
fn nothing(last: &mut Option<ArrayRef>, data_type: &DataType, rows: usize) -> ArrayRef {
    let fits = last.as_ref().filter(|last| last.len() == rows).cloned();
    let array = fits.unwrap_or_else(|| new_null_array(data_type, rows));
    last.insert(array).clone()
}

const ABSENT: i32 = -1;

/// How many words of a column are known by a glance; a power of two.
const RECENT: usize = 64;

/// So few new texts of a batch are kept, whatever their share.
const RARE: usize = 1024;

/// Of so many rows one states a new word where words are kept no longer than a batch.
const MANY: usize = 8;

/// The same where hardly any word comes again.
const FEW: usize = 2;

/// So many batches after one of rare words are taken to be like it.
const ADDING: usize = 15;

/// Texts are forgotten beyond this, since a batch carries all of them.
const TEXTS_KEPT: usize = 32_768;
/// The same in bytes.
const MEMORY_KEPT: usize = 4 << 20;

impl Words {
    fn push(&mut self, text: Option<&str>) {
        match text {
            None => self.absent += 1,
            Some(text) => {
                let number = self.number(text);
                self.push_number(number);
            }
        }
    }

    /// Pushes the word that the row before has, or none as that.
    fn repeat(&mut self) {
        match self.keys.last() {
            Some(&key) if self.absent == 0 => self.keys.push(key),
            _ => self.absent += 1,
        }
    }

    /// Pushes a word of a closed vocabulary without a look at its letters.
    fn push_known(&mut self, place: usize, text: impl FnOnce() -> Cow<'static, str>) {
        let number = match self.known.get(place) {
            Some(Some(number)) => *number,
            _ => self.learn(place, &text()),
        };
        self.push_number(number);
    }

    fn learn(&mut self, place: usize, text: &str) -> u32 {
        let number = self.texts.number(text);
        if self.known.len() <= place {
            self.known.resize(place + 1, None);
        }
        self.known[place] = Some(number);
        number
    }

    fn number(&mut self, text: &str) -> u32 {
        if self.adding > 0 && self.texts.memory() < MEMORY_KEPT {
            return self.texts.add(text);
        }
        let glance = Glance::new(text);
        // Neighbours mostly state the same word.
        match self.last {
            Some(last) if self.shows(last, glance, text) => last.1,
            _ => {
                let number = self.look(text, glance);
                self.last = Some((glance, number));
                number
            }
        }
    }

    /// Whether a word is this one, of which a glance was taken.
    fn shows(&self, (known, number): (Glance, u32), glance: Glance, text: &str) -> bool {
        known == glance && (glance.is_whole() || self.texts.is(number, text))
    }

    fn look(&mut self, text: &str, glance: Glance) -> u32 {
        if let Some(Some(word)) = self.recent.get(glance.place(RECENT))
            && self.shows(*word, glance, text)
        {
            return word.1;
        }
        let number = self.texts.number(text);
        self.recent.resize(RECENT, None);
        self.recent[glance.place(RECENT)] = Some((glance, number));
        number
    }

    fn push_number(&mut self, number: u32) {
        self.settle();
        self.keys.push(number as i32);
    }

    fn settle(&mut self) {
        if self.absent > 0 {
            self.has_absent = true;
            self.keys.resize(self.keys.len() + std::mem::take(&mut self.absent), ABSENT);
        }
    }

    fn finish(&mut self) -> ArrayRef {
        if self.keys.is_empty() {
            return nothing(&mut self.nothing, &word(), std::mem::take(&mut self.absent));
        }
        let keys = self.keys();
        // Words that rarely come again, such as places in the source, only burden later batches.
        let new = self.texts.len() - self.before;
        let rare = |share| new > RARE && new > keys.len() / share;
        let adding = if rare(FEW) { ADDING } else { 0 };
        self.adding = self.adding.checked_sub(1).unwrap_or(adding);
        let full = self.texts.len() > TEXTS_KEPT || self.texts.memory() > MEMORY_KEPT;
        let values = if rare(MANY) || full { self.forget() } else { self.values() };
        self.before = self.texts.len();
        Arc::new(DictionaryArray::new(keys, values))
    }

    fn keys(&mut self) -> Int32Array {
        self.settle();
        let next = Vec::with_capacity(self.keys.len());
        let keys = std::mem::replace(&mut self.keys, next);
        match std::mem::take(&mut self.has_absent) {
            false => Int32Array::from(keys),
            true => keys.into_iter().map(|key| (key != ABSENT).then_some(key)).collect(),
        }
    }

    /// Gives away the texts.
    fn forget(&mut self) -> ArrayRef {
        (self.last, self.values) = (None, None);
        self.recent.clear();
        self.known.clear();
        Arc::new(self.texts.take_array())
    }

    fn values(&mut self) -> ArrayRef {
        match &self.values {
            Some(values) if values.len() == self.texts.len() => values.clone(),
            _ => {
                let values: ArrayRef = Arc::new(self.texts.array());
                self.values = Some(values.clone());
                values
            }
        }
    }
}

/// A number column under construction; rows that state nothing are only counted until a row does.
struct Numbers<T: ArrowPrimitiveType> {
    data_type: DataType,
    values: Vec<T::Native>,
    stated: NullBufferBuilder,
    absent: usize,
    /// A column without any number, as many batches have it.
    nothing: Option<ArrayRef>,
}

impl<T: ArrowPrimitiveType> Numbers<T> {
    fn new(data_type: DataType) -> Self {
        let stated = NullBufferBuilder::new(0);
        Self { data_type, values: Vec::new(), stated, absent: 0, nothing: None }
    }

    fn push(&mut self, value: Option<T::Native>) {
        match value {
            None => self.absent += 1,
            Some(value) => {
                self.settle();
                self.values.push(value);
                self.stated.append_non_null();
            }
        }
    }

    fn settle(&mut self) {
        if self.absent > 0 {
            let absent = std::mem::take(&mut self.absent);
            self.values.resize(self.values.len() + absent, T::Native::default());
            self.stated.append_n_nulls(absent);
        }
    }

    fn finish(&mut self) -> ArrayRef {
        if self.values.is_empty() {
            let absent = std::mem::take(&mut self.absent);
            return nothing(&mut self.nothing, &self.data_type, absent);
        }
        self.settle();
        let next = Vec::with_capacity(self.values.len());
        let values = std::mem::replace(&mut self.values, next);
        let array = PrimitiveArray::<T>::new(values.into(), self.stated.finish());
        Arc::new(array.with_data_type(self.data_type.clone()))
    }
}

/// Fields that hold words.
const WORDS: usize = 17;

/// Fills the columns of a batch, one observation at a time.
pub struct BatchBuilder {
    words: [Words; WORDS],
    row: Numbers<UInt64Type>,
    column: Numbers<UInt32Type>,
    amounts: [Numbers<Decimal128Type>; 3],
    floats: [Numbers<Float64Type>; 2],
    integers: [Numbers<Int64Type>; 3],
    date: Numbers<Date32Type>,
    schema: Arc<Schema>,
    len: usize,
}

impl Default for BatchBuilder {
    fn default() -> Self {
        Self {
            words: Default::default(),
            row: Numbers::new(DataType::UInt64),
            column: Numbers::new(DataType::UInt32),
            amounts: std::array::from_fn(|_| Numbers::new(AMOUNT)),
            floats: std::array::from_fn(|_| Numbers::new(DataType::Float64)),
            integers: std::array::from_fn(|_| Numbers::new(DataType::Int64)),
            date: Numbers::new(DataType::Date32),
            schema: schema(),
            len: 0,
        }
    }
}

/// The place of a statistic among all statistics.
fn place(statistic: Statistic) -> usize {
    match statistic {
        Statistic::Value => 0,
        Statistic::Percentile(p) => 1 + usize::from(p),
        Statistic::Mean => 257,
        Statistic::Min => 258,
        Statistic::Max => 259,
    }
}

impl BatchBuilder {
    /// Adds one observation.
    pub fn push(&mut self, o: &Observation<'_>) {
        self.push_row_words(o);
        self.push_own(o);
    }

    /// Adds another observation of the row of the one before, whose sheet, subject, scheme, title,
    /// place and party it has: they are not looked at.
    pub fn push_again(&mut self, o: &Observation<'_>) {
        if self.is_empty() {
            return self.push(o);
        }
        self.row_words().into_iter().for_each(Words::repeat);
        self.push_own(o);
    }

    /// What a row mostly says once for all of its observations.
    fn row_words(&mut self) -> [&mut Words; 6] {
        let [sheet, _, _, _, _, _, subject, scheme, title, place, party, ..] = &mut self.words;
        [sheet, subject, scheme, title, place, party]
    }

    fn push_row_words(&mut self, o: &Observation<'_>) {
        let texts = [o.sheet, o.subject, o.scheme, o.title, o.place, o.party];
        self.row_words().into_iter().zip(texts).for_each(|(words, text)| words.push(text));
    }

    fn push_own(&mut self, o: &Observation<'_>) {
        self.push_words(o);
        self.row.push(Some(o.row));
        self.column.push(Some(o.column));
        self.amounts[0].push(Some(o.amount));
        self.amounts[1].push(o.quantity_from);
        self.amounts[2].push(o.quantity_to);
        self.floats[0].push(o.weight);
        self.floats[1].push(o.relative_error);
        self.integers[0].push(o.count);
        self.integers[1].push(o.employers);
        self.integers[2].push(o.sample_size);
        self.date.push(o.date);
        self.len += 1;
    }

    fn push_words(&mut self, o: &Observation<'_>) {
        let [
            _,
            path,
            kind,
            basis,
            component,
            tax,
            _,
            _,
            _,
            _,
            _,
            level,
            statistic,
            bound,
            currency,
            per,
            attributes,
        ] = &mut self.words;
        path.push(o.path);
        kind.push_known(o.kind as usize, || o.kind.as_str().into());
        basis.push_known(o.basis as usize, || o.basis.as_str().into());
        component.push(o.component);
        tax.push_known(o.tax as usize, || o.tax.as_str().into());
        level.push(o.level);
        statistic.push_known(place(o.statistic), || o.statistic.to_string().into());
        bound.push_known(o.bound as usize, || o.bound.as_str().into());
        currency.push(Some(o.currency));
        per.push(Some(o.per));
        attributes.push(o.attributes);
    }

    /// Observations added since the last [`finish`](Self::finish).
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was added since the last [`finish`](Self::finish).
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The batch, and a builder left behind that is empty but for the words it knows: a later
    /// batch may share its dictionaries with this one, and they may hold words that it does not
    /// use.
    pub fn finish(&mut self) -> RecordBatch {
        self.len = 0;
        let mut words = self.words.iter_mut();
        let [amount, from, to] = &mut self.amounts;
        let [weight, error] = &mut self.floats;
        let [count, employers, sample] = &mut self.integers;
        let columns = FIELDS.iter().map(|(name, _)| -> ArrayRef {
            match *name {
                "row" => self.row.finish(),
                "column" => self.column.finish(),
                "amount" => amount.finish(),
                "quantity_from" => from.finish(),
                "quantity_to" => to.finish(),
                "weight" => weight.finish(),
                "relative_error" => error.finish(),
                "count" => count.finish(),
                "employers" => employers.finish(),
                "sample_size" => sample.finish(),
                "date" => self.date.finish(),
                _ => words.next().expect("one builder for each word field").finish(),
            }
        });
        RecordBatch::try_new(self.schema.clone(), columns.collect())
            .expect("columns built by this schema")
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
    fn observations_of_one_row_need_not_say_it_again() {
        let (mut whole, mut short) = (BatchBuilder::default(), BatchBuilder::default());
        // Rows with all words of a row, with one, with none, and over the end of a batch.
        for batch in 0..3 {
            for row in 0..40_u64 {
                let subject = format!("subject {batch} {}", row / 2);
                let of_row = match row % 3 {
                    0 => full(),
                    1 => {
                        Observation { subject: Some(&subject), ..Observation::new(1, "EUR", "C62") }
                    }
                    _ => Observation::new(1, "EUR", "C62"),
                };
                for column in 0..=row as u32 % 4 {
                    let path = format!("/{row}/{column}");
                    let o = Observation { row, column, path: Some(&path), ..of_row.clone() };
                    whole.push(&o);
                    if column == 0 && row > 0 { short.push(&o) } else { short.push_again(&o) }
                }
            }
            assert_eq!(whole.finish(), short.finish());
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

    /// Of many batches the first are of texts that never come again, the others of few.
    #[test]
    fn texts_come_back_whether_they_are_rare_or_not() {
        let mut builder = BatchBuilder::default();
        let path = |batch: usize, row: usize| match batch < 5 {
            true => format!("/models/{batch}/{row}"),
            false => format!("/models/{}", row % 3),
        };
        for batch in 0..ADDING + 8 {
            let paths: Vec<String> = (0..3 * RARE).map(|row| path(batch, row)).collect();
            for path in &paths {
                builder.push(&Observation { path: Some(path), ..full() });
            }
            let read = builder.finish();
            let words: &DictionaryArray<Int32Type> = read.column(3).as_dictionary();
            if batch > ADDING {
                assert_eq!(words.values().len(), 3, "each text once, in batch {batch}");
            }
            let read = Batch::new(&read).unwrap();
            let came = (0..paths.len()).map(|i| read.get(i).unwrap().path.unwrap());
            assert!(came.eq(paths.iter().map(String::as_str)), "batch {batch}");
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
