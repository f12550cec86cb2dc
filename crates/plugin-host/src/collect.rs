//! In the child: a plugin's C stream, taken as it comes, and sent on as Arrow IPC of the
//! observation schema.
//!
//! Nothing here is trusted and little is checked: a plugin that lies about its memory brings this
//! process down, and what it sends is validated on the other side.
#![allow(unsafe_code)]

use crate::Status;
use crate::decode::BATCH_ROWS;
use arrow_array::{ArrayRef, RecordBatch, make_array, new_null_array};
use arrow_buffer::Buffer;
use arrow_data::ArrayData;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field, Schema};
use haggle_plugin_api::Failure;
use haggle_plugin_api::abi::{ArrowArray, ArrowArrayStream, ArrowSchema};
use std::collections::{BTreeMap, HashMap};
use std::ffi::{CStr, c_char};
use std::io::Write;
use std::ptr::NonNull;
use std::sync::Arc;

/// Reads the stream to its end and writes it to `out`; the number of rows.
///
/// # Safety
/// The stream is one that keeps to the Arrow C stream interface.
pub(crate) unsafe fn collect(
    stream: &mut ArrowArrayStream,
    out: impl Write,
) -> Result<u64, Broken> {
    let schema = haggle_evidence::schema();
    // SAFETY: the caller's promise.
    let plan = unsafe { columns(stream)? };
    let mut writer = StreamWriter::try_new(out, &schema).map_err(data)?;
    let mut rows = 0;
    // SAFETY: the caller's promise.
    while let Some(array) = unsafe { next(stream)? } {
        let batch = plan.batch(array, &schema)?;
        rows += batch.num_rows() as u64;
        writer.write(&batch).map_err(data)?;
    }
    writer.finish().map_err(data)?;
    Ok(rows)
}

/// Writes a stream without a row.
pub(crate) fn nothing(out: impl Write) -> Result<(), Failure> {
    let mut writer = StreamWriter::try_new(out, &haggle_evidence::schema()).map_err(data)?;
    writer.finish().map_err(data)
}

/// Why a stream was not read to its end.
pub(crate) enum Broken {
    /// The plugin says so.
    Told(Failure),
    /// What it gives is none of what a stream gives.
    Found(Failure),
}

impl From<Failure> for Broken {
    fn from(found: Failure) -> Self {
        Self::Found(found)
    }
}

fn data(problem: impl std::fmt::Display) -> Failure {
    Failure::new(Status::Data, problem.to_string())
}

/// What the stream says went wrong, with the status that may stand in front of it.
unsafe fn failure(stream: &mut ArrowArrayStream, errno: i32) -> Failure {
    let message = stream.get_last_error.and_then(|last_error| {
        // SAFETY: the stream's own function; what it returns is a text or null.
        let at = unsafe { last_error(stream) };
        // SAFETY: as above.
        (!at.is_null()).then(|| unsafe { CStr::from_ptr(at) }.to_string_lossy().into_owned())
    });
    let message = message.unwrap_or_else(|| std::io::Error::from_raw_os_error(errno).to_string());
    let coded = message.strip_prefix("HAGGLE:").and_then(|rest| rest.split_once(':'));
    match coded.and_then(|(code, text)| Some((code.parse().ok()?, text))) {
        Some((code, text)) => Failure::new(Status::from_code(code), text),
        None => Failure::new(Status::Io, message),
    }
}

/// The next batch as it came; none at the end.
///
/// # Safety
/// As of [`collect`].
pub(crate) unsafe fn next(stream: &mut ArrowArrayStream) -> Result<Option<Owned>, Broken> {
    let Some(get_next) = stream.get_next else {
        return Err(data("the stream has no `get_next`").into());
    };
    let mut array = Owned(ArrowArray::empty());
    // SAFETY: the stream's own function, with room for an array.
    match unsafe { get_next(stream, &mut array.0) } {
        0 => Ok(array.0.release.is_some().then_some(array)),
        // SAFETY: the stream failed just now.
        errno => Err(Broken::Told(unsafe { failure(stream, errno) })),
    }
}

/// An array of the plugin's, released when nothing points into it any longer.
pub(crate) struct Owned(ArrowArray);

// SAFETY: all of it is used on one thread; the buffers only ask for the bound.
unsafe impl Send for Owned {}
// SAFETY: as above.
unsafe impl Sync for Owned {}

impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(release) = self.0.release {
            // SAFETY: not released yet, and nothing points into it.
            unsafe { release(&mut self.0) }
        }
    }
}

/// How a column of the plugin's becomes one of ours.
#[derive(Clone, Copy)]
enum Form {
    /// Of the same layout.
    Same,
    /// A text for each row, which becomes a number into a dictionary.
    Plain,
}

/// Where the plugin has each of our columns.
pub(crate) struct Plan {
    places: Vec<Option<(usize, Form)>>,
    columns: usize,
}

/// Where a stream has the columns of an observation.
///
/// # Safety
/// As of [`collect`].
pub(crate) unsafe fn columns(stream: &mut ArrowArrayStream) -> Result<Plan, Broken> {
    let Some(get_schema) = stream.get_schema else {
        return Err(data("the stream has no `get_schema`").into());
    };
    let mut found = ArrowSchema::empty();
    // SAFETY: the stream's own function, with room for a schema.
    let errno = unsafe { get_schema(stream, &mut found) };
    if errno != 0 {
        // SAFETY: the stream failed just now.
        return Err(Broken::Told(unsafe { failure(stream, errno) }));
    }
    // SAFETY: the interface's promise about a schema that was given.
    let plan = unsafe { plan_of(&found, &haggle_evidence::schema()) };
    if let Some(release) = found.release {
        // SAFETY: not released yet.
        unsafe { release(&mut found) }
    }
    Ok(plan?)
}

unsafe fn plan_of(found: &ArrowSchema, schema: &Schema) -> Result<Plan, Failure> {
    // SAFETY: the interface's promise: the format is a text.
    let format = unsafe { text(found.format) };
    if found.release.is_none() || format != "+s" || found.n_children < 0 {
        return Err(data(format!("found a schema of format `{format}`, expected `+s`, columns")));
    }
    let mut given = BTreeMap::new();
    for place in 0..found.n_children as usize {
        // SAFETY: the interface's promise: so many children.
        let child = unsafe { &**found.children.add(place) };
        // SAFETY: names are texts.
        let name = unsafe { text(child.name) };
        if given.insert(name.clone(), (place, child)).is_some() {
            return Err(data(format!("column `{name}` is there twice")));
        }
    }
    let mut places = Vec::new();
    for field in schema.fields() {
        places.push(match given.remove(field.name()) {
            // SAFETY: the interface's promise about a child.
            Some((place, child)) => Some((place, unsafe { form(child, field)? })),
            None if field.is_nullable() => None,
            None => return Err(data(format!("column `{}` is missing", field.name()))),
        });
    }
    match given.keys().next() {
        Some(name) => Err(data(format!("column `{name}` is no column of an observation"))),
        None => Ok(Plan { places, columns: found.n_children as usize }),
    }
}

unsafe fn text(at: *const c_char) -> String {
    match at.is_null() {
        true => String::new(),
        // SAFETY: the interface's promise: it ends with NUL.
        false => unsafe { CStr::from_ptr(at) }.to_string_lossy().into_owned(),
    }
}

unsafe fn form(child: &ArrowSchema, field: &Field) -> Result<Form, Failure> {
    // SAFETY: formats are texts; a dictionary is null or a schema.
    let (format, values) = unsafe {
        (text(child.format), child.dictionary.as_ref().map(|values| text(values.format)))
    };
    let found = match &values {
        Some(values) => format!("{format} -> {values}"),
        None => format,
    };
    match (found.as_str(), letters(field.data_type())) {
        (found, expected) if found == expected => Ok(Form::Same),
        ("u", "i -> u") => Ok(Form::Plain),
        (found, expected) => {
            let or = if expected == "i -> u" { " or `u`" } else { "" };
            let name = field.name();
            Err(data(format!("column `{name}`: found format `{found}`, expected `{expected}`{or}")))
        }
    }
}

/// Arrow's letters for the types of our schema.
fn letters(holds: &DataType) -> &'static str {
    match holds {
        DataType::UInt64 => "L",
        DataType::UInt32 => "I",
        DataType::Int64 => "l",
        DataType::Float64 => "g",
        DataType::Date32 => "tdD",
        DataType::Decimal128(..) => "d:38,12",
        _ => "i -> u",
    }
}

impl Plan {
    /// A batch of ours out of one of the plugin's.
    pub(crate) fn batch(&self, array: Owned, schema: &Arc<Schema>) -> Result<RecordBatch, Failure> {
        let rows = length(&array.0)?;
        if rows > BATCH_ROWS {
            return Err(data(format!(
                "found a batch of {rows} rows, expected at most {BATCH_ROWS}"
            )));
        }
        if array.0.null_count != 0 {
            return Err(data("found rows that are null, expected rows and nulls in their columns"));
        }
        if array.0.n_children != self.columns as i64 || array.0.offset != 0 {
            let found = array.0.n_children;
            return Err(data(format!("found {found} columns, expected {}", self.columns)));
        }
        let owner = Arc::new(array);
        let columns = schema.fields().iter().zip(&self.places).map(|(field, place)| {
            let Some((place, form)) = *place else {
                return Ok(new_null_array(field.data_type(), rows));
            };
            // SAFETY: so many children were promised above.
            let child = unsafe { &**owner.0.children.add(place) };
            let import = Import { owner: &owner, name: field.name() };
            // SAFETY: the interface's promise about a child.
            unsafe { import.column(child, field, form, rows) }
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        RecordBatch::try_new(schema.clone(), columns).map_err(data)
    }
}

fn length(array: &ArrowArray) -> Result<usize, Failure> {
    let most = i64::from(i32::MAX);
    match (0..=most).contains(&array.length) && (0..=most).contains(&array.offset) {
        true => Ok(array.length as usize),
        false => {
            let ArrowArray { length, offset, .. } = array;
            Err(data(format!("found an array of length {length} at offset {offset}")))
        }
    }
}

/// One column on its way from the plugin's memory.
struct Import<'a> {
    owner: &'a Arc<Owned>,
    name: &'a str,
}

impl Import<'_> {
    unsafe fn column(
        &self,
        array: &ArrowArray,
        field: &Field,
        form: Form,
        rows: usize,
    ) -> Result<ArrayRef, Failure> {
        if length(array)? != rows {
            let found = array.length;
            return Err(data(format!("column `{}`: found {found} rows of {rows}", self.name)));
        }
        // SAFETY: the caller's promise.
        let column = unsafe {
            match form {
                Form::Same => self.same(array, field.data_type())?,
                Form::Plain => self.plain(array, field.data_type())?,
            }
        };
        Ok(make_array(column))
    }

    unsafe fn same(&self, array: &ArrowArray, holds: &DataType) -> Result<ArrayData, Failure> {
        let end = (array.length + array.offset) as usize;
        let width = holds.primitive_width().unwrap_or(4);
        let mut column = ArrayData::builder(holds.clone())
            .len(array.length as usize)
            .offset(array.offset as usize)
            .align_buffers(true);
        // SAFETY: the caller's promise; buffers are as long as the layout says.
        unsafe {
            column = column.null_bit_buffer(self.validity(array, 2)?);
            column = column.add_buffer(self.buffer(array, 1, end * width)?);
            if let DataType::Dictionary(_, values) = holds {
                let Some(texts) = array.dictionary.as_ref() else {
                    return Err(data(format!("column `{}` has no dictionary", self.name)));
                };
                column = column.add_child_data(self.texts(texts, values)?);
            }
            Ok(column.build_unchecked())
        }
    }

    /// An array of texts.
    unsafe fn texts(&self, array: &ArrowArray, holds: &DataType) -> Result<ArrayData, Failure> {
        let end = length(array)? + array.offset as usize;
        // SAFETY: the caller's promise; the last offset says how long the bytes are.
        unsafe {
            let validity = self.validity(array, 3)?;
            let offsets = self.buffer(array, 1, (end + 1) * 4)?;
            let bytes = usize::try_from(offsets.typed_data::<i32>()[end]).unwrap_or(0);
            let column = ArrayData::builder(holds.clone())
                .len(array.length as usize)
                .offset(array.offset as usize)
                .align_buffers(true)
                .null_bit_buffer(validity)
                .add_buffer(offsets)
                .add_buffer(self.buffer(array, 2, bytes)?);
            Ok(column.build_unchecked())
        }
    }

    /// Texts of rows as numbers into a dictionary of theirs.
    unsafe fn plain(&self, array: &ArrowArray, holds: &DataType) -> Result<ArrayData, Failure> {
        // SAFETY: the caller's promise.
        let texts = unsafe { self.texts(array, &DataType::Utf8)? };
        let (offsets, bytes) = (texts.buffers()[0].typed_data::<i32>(), &texts.buffers()[1]);
        let mut numbers: HashMap<&[u8], i32> = HashMap::new();
        let (mut keys, mut ends, mut kept) = (Vec::new(), vec![0_i32], Vec::new());
        let mut last: Option<(&[u8], i32)> = None;
        for row in 0..texts.len() {
            let at = row + texts.offset();
            let range = offsets[at] as usize..offsets[at + 1] as usize;
            if texts.is_null(row) {
                keys.push(0);
                continue;
            }
            let Some(found) = bytes.get(range) else {
                return Err(data(format!("column `{}`: row {row} is out of bounds", self.name)));
            };
            // Most columns say the same row after row.
            let number = match last {
                Some((text, number)) if text == found => number,
                _ => {
                    let next = numbers.len() as i32;
                    *numbers.entry(found).or_insert_with(|| {
                        kept.extend_from_slice(found);
                        ends.push(kept.len() as i32);
                        next
                    })
                }
            };
            last = Some((found, number));
            keys.push(number);
        }
        let values = ArrayData::builder(DataType::Utf8)
            .len(ends.len() - 1)
            .add_buffer(Buffer::from_vec(ends))
            .add_buffer(Buffer::from_vec(kept));
        let column = ArrayData::builder(holds.clone())
            .len(texts.len())
            .nulls(texts.nulls().cloned())
            .add_buffer(Buffer::from_vec(keys));
        // SAFETY: made just now; the bytes of texts are judged on the other side.
        Ok(unsafe { column.add_child_data(values.build_unchecked()).build_unchecked() })
    }

    unsafe fn validity(&self, array: &ArrowArray, buffers: i64) -> Result<Option<Buffer>, Failure> {
        if array.n_buffers != buffers || array.buffers.is_null() {
            let (name, found) = (self.name, array.n_buffers);
            return Err(data(format!(
                "column `{name}`: found {found} buffers, expected {buffers}"
            )));
        }
        let end = (array.length + array.offset) as usize;
        // SAFETY: so many buffers, as was just seen; the first is null or one bit for each row.
        unsafe {
            match (*array.buffers).is_null() || array.null_count == 0 {
                true => Ok(None),
                false => Ok(Some(self.buffer(array, 0, end.div_ceil(8))?)),
            }
        }
    }

    unsafe fn buffer(
        &self,
        array: &ArrowArray,
        place: usize,
        len: usize,
    ) -> Result<Buffer, Failure> {
        // SAFETY: the caller has counted the buffers.
        let at = unsafe { *array.buffers.add(place) };
        match NonNull::new(at.cast_mut().cast::<u8>()) {
            _ if len == 0 => Ok(Buffer::from_vec(Vec::<u8>::new())),
            None => Err(data(format!("column `{}`: buffer {place} is null", self.name))),
            // SAFETY: the interface's promise about its length; the owner keeps it alive.
            Some(at) => Ok(unsafe { Buffer::from_custom_allocation(at, len, self.owner.clone()) }),
        }
    }
}
