//! Arrow IPC from a process that nobody trusts: a strict look at every frame, then the library's
//! own validation, then what an observation may say.
//!
//! The guard stands in front of the library because lengths, counts and types are what its readers
//! trip over; it lets through only frames of the one shape that our own writer makes.

use crate::check;
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_buffer::Buffer;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{read_dictionary, read_record_batch};
use arrow_ipc::writer::StreamWriter;
use arrow_ipc::{Message, MessageHeader, MetadataVersion, root_as_message};
use arrow_schema::{ArrowError, DataType, Schema};
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock};

/// Rows of a batch at most.
pub(crate) const BATCH_ROWS: usize = haggle_plugin_api::BATCH_ROWS;
/// Bytes of the buffers of one message at most, and of all dictionaries together.
pub(crate) const BODY: usize = 64 << 20;
/// Bytes of the description of one message at most.
const METADATA: usize = 64 << 10;
/// The part of all bytes that may be texts which were not there before: whoever keeps rows may hold
/// all of their texts at a time, and of numbers a few.
pub(crate) const TEXTS: u64 = 2;
/// Words of a dictionary at most.
const WORDS: usize = 4 << 20;

/// Why a stream is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Broken {
    /// It is no stream of observations.
    Data(String),
    /// It ended before its end marker.
    Cut,
    /// It has more bytes than it may.
    TooLong,
    /// It has more bytes of new texts than it may.
    Texts,
    /// It could not be read.
    Io(String),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Cut,
            _ => Self::Io(error.to_string()),
        }
    }
}

impl From<ArrowError> for Broken {
    fn from(error: ArrowError) -> Self {
        Self::Data(error.to_string())
    }
}

fn bad(problem: impl Into<String>) -> Broken {
    Broken::Data(problem.into())
}

/// The schema of a stream: whose the dictionaries are stands in its message alone.
#[derive(Clone)]
struct Numbered {
    schema: Arc<Schema>,
    /// Name of the column of each dictionary.
    columns: HashMap<i64, String>,
}

/// The message that our own writer puts first, and what it says.
static OURS: LazyLock<Result<(Vec<u8>, Numbered), Broken>> = LazyLock::new(|| {
    let writer = StreamWriter::try_new(Vec::new(), &haggle_evidence::schema())?;
    let message = writer.get_ref().clone();
    let numbered = schema_of(&message[8..])?;
    Ok((message, numbered))
});

/// Reads batches of observations.
pub(crate) struct Decoder<R> {
    input: R,
    /// Bytes that it may still have, in all and of new texts.
    left: u64,
    texts_left: u64,
    numbered: Numbered,
    dictionaries: HashMap<i64, ArrayRef>,
    /// Bytes of each dictionary.
    sizes: BTreeMap<i64, usize>,
}

impl<R: Read> Decoder<R> {
    /// Reads the schema. `exact`: it is our own writer's, to the byte; else it says the same.
    pub(crate) fn new(mut input: R, limit: u64, exact: bool) -> Result<Self, Broken> {
        let numbered = match exact {
            true => ours(&mut input)?,
            false => schema_of(&metadata(&mut input)?.ok_or(Broken::Cut)?)?,
        };
        let (dictionaries, sizes) = Default::default();
        let texts_left = limit / TEXTS;
        Ok(Self { input, left: limit, texts_left, numbered, dictionaries, sizes })
    }

    /// The next batch; none at the end marker, behind which nothing may follow.
    pub(crate) fn next(&mut self) -> Result<Option<RecordBatch>, Broken> {
        loop {
            let Some(metadata) = metadata(&mut self.input)? else { return self.ended() };
            let message = root_as_message(&metadata).map_err(|e| bad(e.to_string()))?;
            let length = body_length(&message)?;
            let whole = (metadata.len() + length) as u64;
            self.left = self.left.checked_sub(whole).ok_or(Broken::TooLong)?;
            let body = body(&mut self.input, length)?;
            if let Some(batch) = self.message(&message, &body)? {
                return Ok(Some(batch));
            }
        }
    }

    fn ended(&mut self) -> Result<Option<RecordBatch>, Broken> {
        match self.input.read(&mut [0])? {
            0 => Ok(None),
            _ => Err(bad("something follows the end of its data")),
        }
    }

    fn message(
        &mut self,
        message: &Message<'_>,
        body: &Buffer,
    ) -> Result<Option<RecordBatch>, Broken> {
        match message.header_type() {
            MessageHeader::DictionaryBatch => self.dictionary(message, body).map(|()| None),
            MessageHeader::RecordBatch => self.batch(message, body).map(Some),
            other => Err(bad(format!("found a message of type {other:?}, expected a batch"))),
        }
    }

    fn dictionary(&mut self, message: &Message<'_>, body: &Buffer) -> Result<(), Broken> {
        let batch = message.header_as_dictionary_batch().ok_or_else(|| bad("no dictionary"))?;
        let id = batch.id();
        let column =
            self.numbered.columns.get(&id).ok_or_else(|| bad(format!("no dictionary {id}")))?;
        let data = batch.data().ok_or_else(|| bad("a dictionary without data"))?;
        if batch.isDelta() {
            return Err(bad("found a part of a dictionary, expected a whole one"));
        }
        guard(&data, body.len(), WORDS, &[Shape::Text])?;
        self.sizes.insert(id, body.len());
        let held: usize = self.sizes.values().sum();
        if held > BODY {
            return Err(bad(format!(
                "found dictionaries of {held} bytes, expected at most {BODY}"
            )));
        }
        let before = self.dictionaries.get(&id).and_then(|words| words.as_string_opt::<i32>());
        let before = before.cloned();
        let (schema, dictionaries) = (&self.numbered.schema, &mut self.dictionaries);
        unpanicked(|| read_dictionary(body, batch, schema, dictionaries, &MetadataVersion::V5))?;
        let words = dictionaries.get(&id).and_then(|array| array.as_string_opt::<i32>());
        let words = words.ok_or_else(|| bad("a dictionary of something else than texts"))?;
        self.texts_left =
            self.texts_left.checked_sub(added(before.as_ref(), words)).ok_or(Broken::Texts)?;
        check::words(column, words).map_err(Broken::Data)
    }

    fn batch(&self, message: &Message<'_>, body: &Buffer) -> Result<RecordBatch, Broken> {
        let data = message.header_as_record_batch().ok_or_else(|| bad("no batch"))?;
        let shapes: Vec<Shape> = self
            .numbered
            .schema
            .fields()
            .iter()
            .map(|field| Shape::of(field.data_type()))
            .collect();
        guard(&data, body.len(), BATCH_ROWS, &shapes)?;
        let (schema, version) = (self.numbered.schema.clone(), &MetadataVersion::V5);
        let batch = unpanicked(|| {
            let read = read_record_batch(body, data, schema, &self.dictionaries, None, version)?;
            RecordBatch::try_new(haggle_evidence::schema(), read.columns().to_vec())
        })?;
        check::numbers(&batch).map_err(Broken::Data)?;
        Ok(batch)
    }
}

/// Bytes of the texts of a dictionary that are not those that it goes on from.
fn added(before: Option<&StringArray>, now: &StringArray) -> u64 {
    let bytes = |words: &StringArray| words.value_data().len();
    let kept = before.filter(|before| now.value_data().starts_with(before.value_data()));
    (bytes(now) - kept.map_or(0, bytes)) as u64
}

/// What is said of another schema.
const NO_OBSERVATIONS: &str = "its schema is not that of an observation";
/// What is said where the library gave up.
const CONTRADICTION: &str = "its data contradict themselves";

/// The library's readers may panic on what no guard foresaw.
fn unpanicked<T>(read: impl FnOnce() -> Result<T, ArrowError>) -> Result<T, Broken> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(result) => Ok(result?),
        Err(_) => Err(bad(CONTRADICTION)),
    }
}

/// Reads our own writer's schema.
fn ours(input: &mut impl Read) -> Result<Numbered, Broken> {
    let (expected, numbered) = OURS.as_ref().map_err(Clone::clone)?;
    let mut found = vec![0; expected.len()];
    input.read_exact(&mut found)?;
    match found == *expected {
        true => Ok(numbered.clone()),
        false => Err(bad(NO_OBSERVATIONS)),
    }
}

/// The description of the next message; none at the end marker.
fn metadata(input: &mut impl Read) -> Result<Option<Vec<u8>>, Broken> {
    let mut head = [0; 8];
    input.read_exact(&mut head)?;
    let [marker, length] = [&head[..4], &head[4..]];
    if marker != [0xff; 4] {
        return Err(bad(format!(
            "found {marker:02x?} where a message begins, expected ff ff ff ff"
        )));
    }
    let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize;
    match length {
        0 => Ok(None),
        length if length > METADATA || !length.is_multiple_of(8) => {
            Err(bad(format!("found a description of {length} bytes, expected at most {METADATA}")))
        }
        length => {
            let mut metadata = vec![0; length];
            input.read_exact(&mut metadata)?;
            Ok(Some(metadata))
        }
    }
}

fn body_length(message: &Message<'_>) -> Result<usize, Broken> {
    let version = message.version();
    if version != MetadataVersion::V5 || message.custom_metadata().is_some() {
        return Err(bad(format!(
            "found a message of version {version:?} or with metadata of its own"
        )));
    }
    let length = message.bodyLength();
    match usize::try_from(length) {
        Ok(length) if length <= BODY && length.is_multiple_of(8) => Ok(length),
        _ => Err(bad(format!("found buffers of {length} bytes, expected at most {BODY}"))),
    }
}

fn body(input: &mut impl Read, length: usize) -> Result<Buffer, Broken> {
    let mut bytes = Vec::with_capacity(length);
    match input.take(length as u64).read_to_end(&mut bytes)? {
        read if read == length => Ok(Buffer::from_vec(bytes)),
        _ => Err(Broken::Cut),
    }
}

/// The schema of a message, if it is that of an observation, and whose the dictionaries are.
fn schema_of(metadata: &[u8]) -> Result<Numbered, Broken> {
    let message = root_as_message(metadata).map_err(|e| bad(e.to_string()))?;
    let found = message.header_as_schema().ok_or_else(|| bad("it does not begin with a schema"))?;
    let fields = found.fields().ok_or_else(|| bad("its schema has no columns"))?;
    let ids = fields.iter().filter_map(|field| {
        Some((field.dictionary()?.id(), field.name().unwrap_or_default().to_owned()))
    });
    let columns: HashMap<i64, String> = ids.collect();
    let schema = unpanicked(|| try_fb_to_schema(found))?;
    let expected = haggle_evidence::schema();
    let same = |a: &Schema, b: &Schema| {
        let column = |f: &arrow_schema::FieldRef| (f.name().clone(), f.data_type().clone());
        a.fields().iter().map(column).eq(b.fields().iter().map(column))
    };
    let texts = expected.fields().iter().filter(|f| Shape::of(f.data_type()) == Shape::Key);
    match same(&schema, &expected) && columns.len() == texts.count() {
        true => Ok(Numbered { schema: Arc::new(schema), columns }),
        false => Err(bad(NO_OBSERVATIONS)),
    }
}

/// Which buffers a column has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Validity and values of so many bytes.
    Fixed(usize),
    /// Validity and numbers into a dictionary.
    Key,
    /// Validity, offsets and bytes.
    Text,
}

impl Shape {
    fn of(holds: &DataType) -> Self {
        holds.primitive_width().map_or(Self::Key, Self::Fixed)
    }

    /// Of each of its buffers the bytes that it has at least, for so many rows, and of what size
    /// its values are.
    fn buffers(self, rows: usize, nulls: bool) -> Vec<(usize, usize)> {
        let validity = (if nulls { rows.div_ceil(8) } else { 0 }, 1);
        match self {
            Self::Fixed(width) => vec![validity, (rows * width, width)],
            Self::Key => vec![validity, (rows * 4, 4)],
            Self::Text => vec![validity, (if rows == 0 { 0 } else { (rows + 1) * 4 }, 4), (0, 1)],
        }
    }
}

/// Whether a batch has these columns, buffers inside its body one behind the other, and no more
/// rows than it may.
fn guard(
    batch: &arrow_ipc::RecordBatch<'_>,
    body: usize,
    most: usize,
    shapes: &[Shape],
) -> Result<(), Broken> {
    let nodes = batch.nodes().ok_or_else(|| bad("a batch without columns"))?;
    let buffers = batch.buffers().ok_or_else(|| bad("a batch without buffers"))?;
    let rows = usize::try_from(batch.length()).ok().filter(|rows| *rows <= most);
    let rows = rows.ok_or_else(|| {
        bad(format!("found a batch of {} rows, expected at most {most}", batch.length()))
    })?;
    let counts = shapes.iter().map(|shape| shape.buffers(0, false).len()).sum::<usize>();
    if nodes.len() != shapes.len() || buffers.len() != counts {
        let found = format!("{} columns and {} buffers", nodes.len(), buffers.len());
        return Err(bad(format!("found {found}, expected {} and {counts}", shapes.len())));
    }
    if batch.compression().is_some() || batch.variadicBufferCounts().is_some() {
        return Err(bad("found compressed buffers or views, expected plain ones"));
    }
    let mut buffers = buffers.iter();
    let mut end = 0;
    for (node, shape) in nodes.iter().zip(shapes) {
        let nulls = node.null_count();
        if node.length() != batch.length() || nulls < 0 || nulls > batch.length() {
            let found = format!("{} rows with {nulls} nulls", node.length());
            return Err(bad(format!("found a column of {found} in a batch of {rows} rows")));
        }
        for (least, buffer) in shape.buffers(rows, nulls > 0).into_iter().zip(buffers.by_ref()) {
            end = after(end, buffer, least, body)?;
        }
    }
    Ok(())
}

/// Where a buffer ends that begins not before `end`.
fn after(
    end: usize,
    buffer: &arrow_ipc::Buffer,
    (least, width): (usize, usize),
    body: usize,
) -> Result<usize, Broken> {
    let place = |number| usize::try_from(number).ok();
    let range = place(buffer.offset()).zip(place(buffer.length()));
    let good = range.filter(|(offset, length)| {
        let inside = offset.checked_add(*length).is_some_and(|end| end <= body);
        let even = offset.is_multiple_of(8) && length.is_multiple_of(width);
        inside && even && *offset >= end && *length >= least
    });
    match good {
        Some((offset, length)) => Ok(offset + length),
        None => {
            let (offset, length) = (buffer.offset(), buffer.length());
            let found = format!("found a buffer of {length} bytes at {offset}");
            let behind = format!("at least {least} behind {end} and within {body}");
            Err(bad(format!("{found}, expected {behind}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use haggle_evidence::{Batch, BatchBuilder, Observation};
    use std::ops::Range;

    /// Batches that share words, add words and leave columns out.
    fn stream() -> Vec<u8> {
        let mut writer = StreamWriter::try_new(Vec::new(), &haggle_evidence::schema()).unwrap();
        let mut rows = BatchBuilder::default();
        for (batch, titles) in [["a", "b"], ["c", "d"]].into_iter().enumerate() {
            for (i, title) in titles.into_iter().enumerate() {
                rows.push(&Observation {
                    row: 1,
                    column: 1,
                    title: (i == 0).then_some(title),
                    weight: (batch == 1).then_some(0.5),
                    attributes: (batch == 1).then_some(r#"{"a":1}"#),
                    ..Observation::new(i as i128 - 1, "EUR", "C62")
                });
            }
            writer.write(&rows.finish()).unwrap();
        }
        writer.into_inner().unwrap()
    }

    fn read(bytes: &[u8]) -> Result<u64, Broken> {
        let mut data = Decoder::new(bytes, 1 << 30, true)?;
        let mut rows = 0;
        while let Some(batch) = data.next()? {
            let seen = Batch::new(&batch).unwrap();
            assert!((0..batch.num_rows()).all(|i| seen.get(i).is_ok()));
            rows += batch.num_rows() as u64;
        }
        Ok(rows)
    }

    /// Numbers that look like any and are the same every time (splitmix64).
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^ (mixed >> 31)
        }

        fn within(&mut self, range: Range<usize>) -> usize {
            range.start + (self.next() % (range.len() as u64)) as usize
        }

        /// One of the changes that hurt: bits, bytes, lengths, pieces that go, come twice or move.
        fn mutate(&mut self, bytes: &mut Vec<u8>) {
            let at = self.within(0..bytes.len() - 8);
            match self.within(0..7) {
                0 => bytes[at] ^= 1 << self.within(0..8),
                1 => bytes[at] = self.next() as u8,
                2 => {
                    let odd = [0, 1, -1, 8, i64::MAX, i64::MIN, 1 << 50, -8, 65_537, 1 << 32];
                    let value = odd[self.within(0..odd.len())];
                    bytes[at & !7..][..8].copy_from_slice(&value.to_le_bytes());
                }
                3 => {
                    let odd = [0, 1, -1, 8, i32::MAX, i32::MIN, 255, 1 << 20];
                    let value = odd[self.within(0..odd.len())];
                    bytes[at & !3..][..4].copy_from_slice(&value.to_le_bytes());
                }
                4 => bytes.truncate(at),
                5 => {
                    let end = (at + self.within(1..65)).min(bytes.len());
                    bytes.drain(at..end);
                }
                _ => {
                    let end = (at + self.within(1..65)).min(bytes.len());
                    let piece = bytes[at..end].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
    }

    /// `HAGGLE_MUTATIONS` makes more of them.
    #[test]
    fn no_stream_of_bytes_brings_this_process_down() {
        let count = std::env::var("HAGGLE_MUTATIONS").map_or(20_000, |n| n.parse().unwrap());
        let whole = stream();
        assert_eq!(read(&whole), Ok(4));
        let mut numbers = Numbers(count);
        let (mut taken, mut refused, mut panicked) = (0_u64, 0_u64, 0_u64);
        for _ in 0..count {
            let mut bytes = whole.clone();
            for _ in 0..numbers.within(1..4) {
                if bytes.len() > 64 {
                    numbers.mutate(&mut bytes);
                }
            }
            match read(&bytes) {
                Ok(rows) => {
                    assert!(rows <= 8);
                    taken += 1;
                }
                Err(Broken::Data(problem)) if problem == CONTRADICTION => panicked += 1,
                Err(_) => refused += 1,
            }
        }
        println!("{taken} taken, {refused} refused, {panicked} panicked inside the library");
        assert!(refused > count / 2 && taken > 0);
    }

    #[test]
    fn every_cut_is_seen() {
        let whole = stream();
        for end in (0..whole.len()).step_by(7) {
            assert_eq!(read(&whole[..end]), Err(Broken::Cut), "{end}");
        }
    }

    #[test]
    fn a_stream_longer_than_it_may_be_is_refused() {
        let whole = stream();
        let mut data = Decoder::new(&whole[..], 100, true).unwrap();
        assert_eq!(data.next().unwrap_err(), Broken::TooLong);
    }

    /// Words that come again cost nothing; of new ones there is room for half of all bytes.
    #[test]
    fn texts_have_a_limit_of_their_own() {
        let words = |all: &[&str]| StringArray::from(all.to_vec());
        for (before, now, new) in [
            (None, words(&["ab", "c"]), 3),
            (Some(words(&["ab"])), words(&["ab", "c"]), 1),
            (Some(words(&["ab", "c"])), words(&["ab", "c"]), 0),
            (Some(words(&["ab", "c"])), words(&["ab"]), 2),
            (Some(words(&["x"])), words(&["ab"]), 2),
        ] {
            assert_eq!(added(before.as_ref(), &now), new, "{now:?}");
        }
        let stream = |long: usize, same: bool| {
            let mut writer = StreamWriter::try_new(Vec::new(), &haggle_evidence::schema()).unwrap();
            for batch in 0..20 {
                let letter = if same { "x".to_owned() } else { format!("{batch}") };
                let (mut rows, title) = (BatchBuilder::default(), letter.repeat(long));
                let title = Some(title.as_str());
                let place = Observation { row: 1, column: 1, ..Observation::new(1, "EUR", "C62") };
                rows.push(&Observation { title, ..place });
                writer.write(&rows.finish()).unwrap();
            }
            writer.into_inner().unwrap()
        };
        for (same, fine) in [(true, true), (false, false)] {
            let bytes = stream(20_000, same);
            let mut data = Decoder::new(&bytes[..], bytes.len() as u64, true).unwrap();
            let end = std::iter::from_fn(|| data.next().transpose()).find_map(Result::err);
            assert_eq!(end, (!fine).then_some(Broken::Texts), "{same}");
        }
    }
}
