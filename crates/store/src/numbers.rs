//! A column of numbers in memory, and how each type of number is written.

use crate::chunk::{self, Chunk, Column, Content, Dictionary, Form, Stated};
use crate::codes::Codes;
use ahash::RandomState;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float64Type, Int64Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowNativeTypeOp, PrimitiveArray, new_null_array};
use arrow_schema::DataType;
use hashbrown::HashMap;
use parquet::data_type::FixedLenByteArray;
use parquet::errors::ParquetError;
use parquet::file::statistics::{Statistics, ValueStatistics};
use std::cell::Cell;
use std::hash::Hash;
use std::ops::Range;
use std::sync::Arc;

/// A type of number.
pub(crate) trait Number: ArrowNativeTypeOp {
    type Arrow: ArrowPrimitiveType<Native = Self>;

    /// Appends the number as Parquet writes it plainly.
    fn put(self, out: &mut Vec<u8>);
}

/// A number that has an order and equality without exceptions.
pub(crate) trait Whole: Number + Ord + Hash {
    fn statistics(bounds: Option<(Self, Self)>, nulls: u64) -> Statistics;
}

/// Numbers of many rows. A column in which no row states any takes no memory.
#[derive(Debug, Default)]
pub(crate) struct Numbers<T> {
    /// Empty until a row states a number.
    values: Vec<T>,
    /// 1 for rows that state a number, else 0.
    stated: Codes,
}

impl<T: Number> Numbers<T> {
    /// Takes some rows of a batch.
    pub(crate) fn extend(&mut self, array: &dyn Array, rows: Range<usize>) {
        let array: &PrimitiveArray<T::Arrow> = array.as_primitive();
        let count = rows.len();
        if array.null_count() == array.len() {
            self.stated.push_many(0, count);
            if !self.values.is_empty() {
                self.values.resize(self.stated.len(), T::default());
            }
            return;
        }
        self.values.resize(self.stated.len(), T::default());
        self.values.extend_from_slice(&array.values()[rows.clone()]);
        match array.nulls() {
            None => self.stated.push_many(1, count),
            Some(valid) => {
                let stated: Vec<u32> = rows.map(|r| u32::from(valid.is_valid(r))).collect();
                self.stated.extend(&stated);
            }
        }
    }

    /// Forgets all rows, but keeps their room.
    pub(crate) fn clear(&mut self) {
        self.values.clear();
        self.stated = Codes::default();
    }

    /// The column of some rows, of a type of such numbers.
    pub(crate) fn array(&self, rows: &[u32], data_type: &DataType) -> ArrayRef {
        if self.is_absent() {
            return new_null_array(data_type, rows.len());
        }
        let number = |row: &u32| self.values[*row as usize];
        let array: PrimitiveArray<T::Arrow> = match self.stated.same() {
            Some(_) => PrimitiveArray::from_iter_values(rows.iter().map(number)),
            None => {
                let values = rows.iter().zip(self.stated(rows));
                values.map(|(row, stated)| (stated != 0).then(|| number(row))).collect()
            }
        };
        Arc::new(array.with_data_type(data_type.clone()))
    }

    /// The number of a row that states one.
    pub(crate) fn get(&self, row: usize) -> T {
        self.values[row]
    }

    /// Whether no row states a number.
    pub(crate) fn is_absent(&self) -> bool {
        self.stated.same() == Some(0)
    }

    /// Which of some rows state a number: 1, or 0.
    pub(crate) fn stated(&self, rows: &[u32]) -> Vec<u32> {
        self.stated.gather(rows)
    }

    /// The numbers of those rows that state one.
    fn present(&self, rows: &[u32], stated: &Stated<'_>) -> Vec<T> {
        let number = |row: &u32| self.values[*row as usize];
        match stated {
            Stated::None => Vec::new(),
            Stated::All => rows.iter().map(number).collect(),
            Stated::Some(codes) => {
                let stated = rows.iter().zip(*codes).filter(|(_, code)| **code != 0);
                stated.map(|(row, _)| number(row)).collect()
            }
        }
    }

    /// About how much memory it takes, in bytes.
    pub(crate) fn memory(&self) -> usize {
        size_of_val(self.values.as_slice()) + self.stated.memory()
    }
}

impl Numbers<f64> {
    /// A column in which no row states a fraction.
    pub(crate) fn encode_absent(&self, rows: usize, form: &Form) -> Result<Chunk, ParquetError> {
        let nothing = Dictionary { plain: Vec::new(), len: 0, indices: Vec::new() };
        let column = Column {
            rows,
            stated: Stated::None,
            content: Content::Dictionary(nothing),
            statistics: Statistics::double(None, None, None, Some(rows as u64), false),
            page_bounds: None,
        };
        chunk::encode(form, column)
    }
}

impl<T: Whole> Numbers<T> {
    /// The column of some rows, encoded.
    pub(crate) fn encode(&self, rows: &[u32], form: &Form) -> Result<Chunk, ParquetError> {
        let codes = match self.stated.same() {
            Some(_) => Vec::new(),
            None => self.stated(rows),
        };
        let stated = match self.stated.same() {
            Some(0) => Stated::None,
            Some(_) => Stated::All,
            None => Stated::Some(&codes).simplified(),
        };
        let present = self.present(rows, &stated);
        let bounds = bounds(&present);
        let nulls = rows.len() - present.len();
        let taken = Cell::new(0);
        let put = |rows: Range<usize>, out: &mut Vec<u8>| {
            let count = stated.page(rows.start, rows.end).count(rows.len());
            let from = taken.replace(taken.get() + count);
            present[from..from + count].iter().for_each(|number| number.put(out));
        };
        let most = form.dictionary_bytes(size_of_val(present.as_slice())) / size_of::<T>();
        let content = match dictionary(&present, most) {
            Some(dictionary) => Content::Dictionary(dictionary),
            None => Content::Plain(&put),
        };
        let statistics = T::statistics(bounds, nulls as u64);
        let column = Column { rows: rows.len(), stated, content, statistics, page_bounds: None };
        chunk::encode(form, column)
    }
}

/// Least and greatest.
fn bounds<T: Whole>(numbers: &[T]) -> Option<(T, T)> {
    let first = *numbers.first()?;
    let wider = |(min, max): (T, T), &number: &T| (min.min(number), max.max(number));
    Some(numbers.iter().fold((first, first), wider))
}

/// The distinct numbers in order of their first row; `None` if they are more than `most`.
fn dictionary<T: Whole>(numbers: &[T], most: usize) -> Option<Dictionary> {
    let mut index_of: HashMap<T, u32, RandomState> = HashMap::default();
    let (mut plain, mut indices) = (Vec::new(), Vec::with_capacity(numbers.len()));
    let mut last = None;
    for &number in numbers {
        let index = match last {
            Some((same, index)) if same == number => index,
            _ => {
                let new = index_of.len() as u32;
                let index = *index_of.entry(number).or_insert(new);
                if index == new {
                    number.put(&mut plain);
                }
                index
            }
        };
        if index as usize == most {
            return None;
        }
        last = Some((number, index));
        indices.push(index);
    }
    Some(Dictionary { plain, len: index_of.len(), indices })
}

macro_rules! number {
    ($native:ty, $arrow:ty, $this:ident => $bytes:expr) => {
        impl Number for $native {
            type Arrow = $arrow;

            fn put(self, out: &mut Vec<u8>) {
                let $this = self;
                out.extend_from_slice(&$bytes);
            }
        }
    };
}

number!(u32, UInt32Type, n => n.to_le_bytes());
number!(u64, UInt64Type, n => n.to_le_bytes());
number!(i32, Date32Type, n => n.to_le_bytes());
number!(i64, Int64Type, n => n.to_le_bytes());
number!(f64, Float64Type, n => n.to_le_bytes());
number!(i128, Decimal128Type, n => n.to_be_bytes());

/// `signed`: whether the order is that of the stored bytes taken as a signed number, in which case
/// old readers may use the bounds too.
macro_rules! whole {
    ($native:ty, $signed:literal, $stored:ty, $this:ident => $value:expr) => {
        impl Whole for $native {
            fn statistics(bounds: Option<(Self, Self)>, nulls: u64) -> Statistics {
                let (min, max) = bounds.unzip();
                let stored = |$this: Self| -> $stored { $value };
                ValueStatistics::new(min.map(stored), max.map(stored), None, Some(nulls), false)
                    .with_backwards_compatible_min_max($signed)
                    .into()
            }
        }
    };
}

whole!(u32, false, i32, n => n as i32);
whole!(i32, true, i32, n => n);
whole!(i64, true, i64, n => n);
whole!(i128, true, FixedLenByteArray, n => n.to_be_bytes().to_vec().into());
