//! One column of one row group as Parquet bytes, from values that are numbered already.
//!
//! The Parquet library's own writer looks every value of every row up in a hash table and compares
//! it with the least and the greatest so far. Here both are done once per distinct value.

use crate::hybrid;
use bytes::Bytes;
use lz4_flex::block::{CompressTable, compress_into_with_table, get_maximum_output_size};
use parquet::basic::{Compression, Encoding, PageType};
use parquet::column::page::{CompressedPage, Page, PageWriteSpec, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, ColumnIndexBuilder, OffsetIndexBuilder, PageEncodingStats,
};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use std::ops::Range;

/// How a column is cut and packed.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) descr: ColumnDescPtr,
    pub(crate) page_rows: usize,
    pub(crate) compression: Compression,
    /// Whether pages carry minimum and maximum.
    pub(crate) page_bounds: bool,
    /// A dictionary of up to so many bytes always pays.
    pub(crate) dictionary_bytes: usize,
}

/// A larger dictionary pays if its values come so many times on average. A look-up of a single
/// row has to read all of it.
const REPEATS: usize = 8;

impl Form {
    /// How large a dictionary may be of values that take so many bytes if written plainly.
    pub(crate) fn dictionary_bytes(&self, plain: usize) -> usize {
        self.dictionary_bytes.max(plain / REPEATS)
    }
}

/// Which rows state a value.
#[derive(Clone, Copy)]
pub(crate) enum Stated<'a> {
    All,
    None,
    /// Those whose code is not 0.
    Some(&'a [u32]),
}

impl Stated<'_> {
    /// Which rows of a page state a value.
    pub(crate) fn page(&self, from: usize, to: usize) -> Self {
        match self {
            Self::Some(codes) => Self::Some(&codes[from..to]).simplified(),
            whole => *whole,
        }
    }

    /// The same, told apart by what the codes really say.
    pub(crate) fn simplified(self) -> Self {
        let Self::Some(codes) = self else { return self };
        match codes.iter().filter(|code| **code != 0).count() {
            0 => Self::None,
            n if n == codes.len() => Self::All,
            _ => self,
        }
    }

    pub(crate) fn count(&self, rows: usize) -> usize {
        match self {
            Self::All => rows,
            Self::None => 0,
            Self::Some(codes) => codes.iter().filter(|code| **code != 0).count(),
        }
    }
}

/// Distinct values, each written once.
pub(crate) struct Dictionary {
    /// The values one after another, as Parquet writes them plainly.
    pub(crate) plain: Vec<u8>,
    pub(crate) len: usize,
    /// Which of them each row states; rows that state none are left out. Not needed of one value.
    pub(crate) indices: Vec<u32>,
}

/// The values of a column.
pub(crate) enum Content<'a> {
    Dictionary(Dictionary),
    /// Appends the values that some rows state, plainly; asked for page after page.
    Plain(&'a dyn Fn(Range<usize>, &mut Vec<u8>)),
}

/// Least and greatest value of a page; `None` if it states nothing.
pub(crate) type PageBounds = Option<(Vec<u8>, Vec<u8>)>;

/// What goes into a column chunk.
pub(crate) struct Column<'a> {
    pub(crate) rows: usize,
    pub(crate) stated: Stated<'a>,
    pub(crate) content: Content<'a>,
    pub(crate) statistics: Statistics,
    /// For each page, if pages carry them.
    pub(crate) page_bounds: Option<Vec<PageBounds>>,
}

/// A column chunk ready to be placed in a file.
pub(crate) struct Chunk {
    pub(crate) bytes: Bytes,
    pub(crate) close: ColumnCloseResult,
}

/// Encodes a column chunk.
pub(crate) fn encode(form: &Form, column: Column<'_>) -> Result<Chunk, ParquetError> {
    let mut pages = Pages::new(form);
    let encoding = match &column.content {
        Content::Dictionary(dictionary) => {
            pages.dictionary(dictionary)?;
            Encoding::RLE_DICTIONARY
        }
        Content::Plain(_) => Encoding::PLAIN,
    };
    let (mut index, mut taken) = (ColumnIndexBuilder::new(form.descr.physical_type()), 0);
    let mut plain = Vec::new();
    for (number, from) in (0..column.rows).step_by(form.page_rows).enumerate() {
        let to = column.rows.min(from + form.page_rows);
        let stated = column.stated.page(from, to);
        let count = stated.count(to - from);
        plain.clear();
        pages.put_levels(&stated, to - from, &mut plain);
        match &column.content {
            Content::Dictionary(d) => put_indices(d, taken, count, &mut plain),
            Content::Plain(put) => put(from..to, &mut plain),
        }
        taken += count;
        pages.data(&plain, to - from, encoding)?;
        if let Some(bounds) = &column.page_bounds {
            let (min, max) = bounds.get(number).cloned().flatten().unwrap_or_default();
            index.append(count == 0, min, max, (to - from - count) as i64, None);
        }
    }
    let index = column.page_bounds.is_some().then(|| index.build()).transpose()?;
    let mut chunk = pages.close(column.rows, encoding, column.statistics)?;
    chunk.close.column_index = index;
    Ok(chunk)
}

fn put_indices(dictionary: &Dictionary, from: usize, count: usize, out: &mut Vec<u8>) {
    let width = hybrid::width(dictionary.len);
    out.push(width as u8);
    if width == 0 {
        return hybrid::put_run(0, count, width, out);
    }
    hybrid::encode(&dictionary.indices[from..from + count], width, out);
}

/// Pages written so far.
struct Pages<'a> {
    form: &'a Form,
    sink: TrackedWrite<Vec<u8>>,
    places: OffsetIndexBuilder,
    uncompressed: usize,
    dictionary_end: Option<u64>,
    count: i32,
    table: CompressTable,
    /// Room for a compressed page.
    room: Vec<u8>,
}

impl<'a> Pages<'a> {
    fn new(form: &'a Form) -> Self {
        Self {
            form,
            sink: TrackedWrite::new(Vec::new()),
            places: OffsetIndexBuilder::new(),
            uncompressed: 0,
            dictionary_end: None,
            count: 0,
            table: CompressTable::default(),
            room: Vec::new(),
        }
    }

    fn dictionary(&mut self, dictionary: &Dictionary) -> Result<(), ParquetError> {
        let buf = self.pack(&dictionary.plain)?;
        let (num_values, encoding) = (dictionary.len as u32, Encoding::PLAIN);
        let page = Page::DictionaryPage { buf, num_values, encoding, is_sorted: false };
        let written = self.put(page, dictionary.plain.len())?;
        self.dictionary_end = Some(written.bytes_written);
        Ok(())
    }

    /// Whether each row states a value, if the column lets rows state none.
    fn put_levels(&self, stated: &Stated<'_>, rows: usize, out: &mut Vec<u8>) {
        if self.form.descr.max_def_level() == 0 {
            return;
        }
        let start = out.len() + size_of::<u32>();
        out.resize(start, 0);
        match stated {
            Stated::All => hybrid::put_run(1, rows, 1, out),
            Stated::None => hybrid::put_run(0, rows, 1, out),
            Stated::Some(codes) => {
                let levels: Vec<u32> = codes.iter().map(|code| u32::from(*code != 0)).collect();
                hybrid::encode(&levels, 1, out);
            }
        }
        let length = (out.len() - start) as u32;
        out[start - size_of::<u32>()..start].copy_from_slice(&length.to_le_bytes());
    }

    fn data(&mut self, plain: &[u8], rows: usize, encoding: Encoding) -> Result<(), ParquetError> {
        let size = plain.len();
        let page = Page::DataPage {
            buf: self.pack(plain)?,
            num_values: rows as u32,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let written = self.put(page, size)?;
        self.places.append_row_count(rows as i64);
        self.places.append_offset_and_size(written.offset as i64, written.compressed_size as i32);
        self.count += 1;
        Ok(())
    }

    fn put(&mut self, page: Page, size: usize) -> Result<PageWriteSpec, ParquetError> {
        let page = CompressedPage::new(page, size);
        let written = SerializedPageWriter::new(&mut self.sink).write_page(page)?;
        self.uncompressed += written.uncompressed_size;
        Ok(written)
    }

    fn pack(&mut self, plain: &[u8]) -> Result<Bytes, ParquetError> {
        if self.form.compression == Compression::UNCOMPRESSED {
            return Ok(Bytes::copy_from_slice(plain));
        }
        let most = get_maximum_output_size(plain.len());
        if self.room.len() < most {
            self.room.resize(most, 0);
        }
        let size = compress_into_with_table(plain, &mut self.room, &mut self.table)
            .map_err(|e| ParquetError::External(Box::new(e)))?;
        Ok(Bytes::copy_from_slice(&self.room[..size]))
    }

    fn close(
        self,
        rows: usize,
        encoding: Encoding,
        statistics: Statistics,
    ) -> Result<Chunk, ParquetError> {
        let bytes = self.sink.into_inner()?;
        let data =
            PageEncodingStats { page_type: PageType::DATA_PAGE, encoding, count: self.count };
        let first = PageEncodingStats {
            page_type: PageType::DICTIONARY_PAGE,
            encoding: Encoding::PLAIN,
            count: 1,
        };
        let (mut encodings, mut kinds) = (vec![Encoding::RLE, encoding], vec![data]);
        if self.dictionary_end.is_some() {
            encodings.push(Encoding::PLAIN);
            kinds.insert(0, first);
        }
        let metadata = ColumnChunkMetaData::builder(self.form.descr.clone())
            .set_compression(self.form.compression)
            .set_encodings(encodings)
            .set_page_encoding_stats(kinds)
            .set_total_compressed_size(bytes.len() as i64)
            .set_total_uncompressed_size(self.uncompressed as i64)
            .set_num_values(rows as i64)
            .set_dictionary_page_offset(self.dictionary_end.map(|_| 0))
            .set_data_page_offset(self.dictionary_end.unwrap_or(0) as i64)
            .set_statistics(statistics)
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: rows as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: Some(self.places.build()),
        };
        Ok(Chunk { bytes: bytes.into(), close })
    }
}
