//! Small files of every format, and what came of reading them.

use haggle_evidence::{Account, Batch, Import, ImportError, Importer, Locator, Observation};
use haggle_import::{FileImporter, Options, Recipe, open};
use haggle_quantity::{from_day_number, from_scaled};
use std::io::{Cursor, Write};
use std::path::PathBuf;
use tempfile::TempDir;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// A file in a folder of its own, which goes with it.
pub(crate) struct Saved {
    pub(crate) path: PathBuf,
    _folder: TempDir,
}

pub(crate) fn save(name: &str, bytes: impl AsRef<[u8]>) -> Saved {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    Saved { path, _folder: folder }
}

pub(crate) type Numbers = (Option<f64>, Option<i64>, Option<i64>, Option<i64>);

/// What came of a file.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) import: Import,
    /// `place subject|title|place|level statistic amount bound currency per`.
    pub(crate) lines: Vec<String>,
    /// Sizes of the batches.
    pub(crate) batches: Vec<usize>,
    pub(crate) attributes: Vec<Option<String>>,
    pub(crate) errors: Vec<Option<f64>>,
    pub(crate) dates: Vec<Option<i32>>,
    /// Weight, count, employers, sample size.
    pub(crate) numbers: Vec<Numbers>,
    /// `kind basis component party quantity-from..quantity-to date`.
    pub(crate) terms: Vec<String>,
}

impl Done {
    /// Every reason as `what code field xcount rows: found, found`.
    pub(crate) fn reasons(&self) -> Vec<String> {
        reasons(&self.import.account)
    }

    pub(crate) fn codes(&self) -> Vec<&str> {
        self.import.diagnostics.iter().map(|d| d.code).collect()
    }
}

fn reasons(account: &Account) -> Vec<String> {
    let reason = |t: haggle_evidence::Tally| {
        let what = format!("{:?}", t.what).to_lowercase();
        let samples: Vec<String> =
            t.samples.iter().map(|s| format!("{}={}", s.place, s.found)).collect();
        format!("{what} {} {}", t.code, samples.join(" "))
    };
    account.tallies().into_iter().map(reason).collect()
}

pub(crate) fn line(o: &Observation<'_>) -> String {
    let (sheet, path) = (o.sheet.map(str::to_owned), o.path.map(str::to_owned));
    let place = Locator { sheet, row: o.row, column: o.column, path };
    let texts = [o.subject, o.title, o.place, o.level].map(|t| t.unwrap_or("-")).join("|");
    let amount = from_scaled(o.amount).unwrap();
    let (statistic, bound) = (o.statistic, o.bound);
    format!("{place} {texts} {statistic} {amount} {bound} {} {}", o.currency, o.per)
}

/// What a price is beside its amount.
pub(crate) fn terms(o: &Observation<'_>) -> String {
    let quantity = |q: Option<i128>| {
        q.map_or(String::new(), |q| from_scaled(q).unwrap().normalize().to_string())
    };
    let (component, party) = (o.component.unwrap_or("-"), o.party.unwrap_or("-"));
    let (from, to) = (quantity(o.quantity_from), quantity(o.quantity_to));
    let date = o.date.map_or_else(|| "-".to_owned(), |d| from_day_number(d).unwrap().to_string());
    format!("{} {} {component} {party} {from}..{to} {date}", o.kind, o.basis)
}

pub(crate) fn run(importer: &mut FileImporter) -> Result<Done, ImportError> {
    let mut done = Done {
        import: Import::default(),
        lines: Vec::new(),
        batches: Vec::new(),
        attributes: Vec::new(),
        errors: Vec::new(),
        dates: Vec::new(),
        numbers: Vec::new(),
        terms: Vec::new(),
    };
    let import = importer.run(&mut |batch: haggle_evidence::RecordBatch| {
        let view = Batch::new(&batch).unwrap();
        for o in (0..batch.num_rows()).map(|i| view.get(i).unwrap()) {
            done.lines.push(line(&o));
            done.attributes.push(o.attributes.map(str::to_owned));
            done.errors.push(o.relative_error);
            done.dates.push(o.date);
            done.numbers.push((o.weight, o.count, o.employers, o.sample_size));
            done.terms.push(terms(&o));
        }
        done.batches.push(batch.num_rows());
        Ok(())
    })?;
    assert!(import.account.check(), "both laws: {:?}", import.account);
    assert_eq!(import.account.observations, done.lines.len() as u64);
    Ok(Done { import, ..done })
}

/// Reads a file by the recipe whose signature it has.
pub(crate) fn read(name: &str, bytes: impl AsRef<[u8]>) -> Result<Done, ImportError> {
    let saved = save(name, bytes);
    run(&mut open(&saved.path, &Options::default())?)
}

/// Reads a file by a named recipe.
pub(crate) fn read_by(recipe: &str, bytes: impl AsRef<[u8]>) -> Result<Done, ImportError> {
    let recipe = Recipe::parse(recipe, "test.toml").unwrap_or_else(|e| panic!("{e}"));
    let saved = save("any.bin", bytes);
    run(&mut open(&saved.path, &Options { recipe: Some(recipe), ..Options::default() })?)
}

/// The code and message of a failure.
pub(crate) fn failure<T: std::fmt::Debug>(result: Result<T, ImportError>) -> (String, String) {
    match result {
        Err(ImportError::Source(d)) => (d.code.to_owned(), format!("{} {}", d.place, d.message)),
        other => panic!("expected a failure, found {other:?}"),
    }
}

/// A cell of a workbook: a number as it is written, a text, a truth value, an error, a date.
#[derive(Clone, Copy)]
pub(crate) enum V<'a> {
    N(&'a str),
    S(&'a str),
    B(bool),
    E(&'a str),
    D(&'a str),
    /// A formula that was never computed.
    F(&'a str),
    /// A cell without a value, as formatting makes it.
    Empty,
}

pub(crate) type Cells<'a> = Vec<(&'a str, V<'a>)>;

fn xml_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn xml_cell((at, value): &(&str, V<'_>)) -> String {
    match value {
        V::N(n) => format!("<c r=\"{at}\"><v>{n}</v></c>"),
        V::S(t) => {
            format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{}</t></is></c>", xml_text(t))
        }
        V::B(b) => format!("<c r=\"{at}\" t=\"b\"><v>{}</v></c>", u8::from(*b)),
        V::E(e) => format!("<c r=\"{at}\" t=\"e\"><v>{e}</v></c>"),
        V::D(n) => format!("<c r=\"{at}\" s=\"1\"><v>{n}</v></c>"),
        V::F(f) => format!("<c r=\"{at}\"><f>{f}</f><v></v></c>"),
        V::Empty => format!("<c r=\"{at}\" s=\"0\"/>"),
    }
}

fn row_of(at: &str) -> &str {
    at.trim_start_matches(|c: char| c.is_ascii_alphabetic())
}

fn xml_sheet(cells: &Cells<'_>) -> String {
    let rows: Vec<String> = cells
        .chunk_by(|a, b| row_of(a.0) == row_of(b.0))
        .map(|row| {
            let inner: String = row.iter().map(xml_cell).collect();
            format!("<row r=\"{}\">{inner}</row>", row_of(row[0].0))
        })
        .collect();
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{}</sheetData></worksheet>", rows.concat())
}

/// A zip container of these parts.
pub(crate) fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let stored = *name == "mimetype";
        let method = if stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The parts of an XLSX workbook of these sheets.
pub(crate) fn xlsx_parts(sheets: &[(&str, Cells<'_>)]) -> Vec<(String, Vec<u8>)> {
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relation = |id: usize, kind: &str, target: &str| {
        format!("<Relationship Id=\"r{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    let relations =
        |inner: &str| format!("<Relationships xmlns=\"{PACKAGE}\">{inner}</Relationships>");
    let (mut names, mut targets) = (String::new(), String::new());
    for (i, (name, _)) in sheets.iter().enumerate() {
        names +=
            &format!("<sheet name=\"{}\" sheetId=\"{1}\" r:id=\"r{1}\"/>", xml_text(name), i + 1);
        targets += &relation(i + 1, "worksheet", &format!("worksheets/sheet{}.xml", i + 1));
    }
    let workbook = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>{names}</sheets></workbook>"
    );
    let styles = format!(
        "<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
    );
    let mut parts = vec![
        ("[Content_Types].xml".to_owned(), b"<Types/>".to_vec()),
        (
            "_rels/.rels".to_owned(),
            relations(&relation(1, "officeDocument", "xl/workbook.xml")).into_bytes(),
        ),
        ("xl/workbook.xml".to_owned(), workbook.into_bytes()),
        ("xl/_rels/workbook.xml.rels".to_owned(), relations(&targets).into_bytes()),
        ("xl/styles.xml".to_owned(), styles.into_bytes()),
    ];
    for (i, (_, cells)) in sheets.iter().enumerate() {
        parts.push((format!("xl/worksheets/sheet{}.xml", i + 1), xml_sheet(cells).into_bytes()));
    }
    parts
}

pub(crate) fn zip_owned(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(n, b)| (n.as_str(), b.as_slice())).collect();
    zip(&parts)
}

/// An XLSX workbook of these sheets.
pub(crate) fn xlsx(sheets: &[(&str, Cells<'_>)]) -> Vec<u8> {
    zip_owned(&xlsx_parts(sheets))
}

/// An ODS workbook of one sheet; every cell a text or, where it reads as one, a number.
pub(crate) fn ods(sheet: &str, rows: &[&[&str]]) -> Vec<u8> {
    let cell = |text: &&str| match text.parse::<f64>() {
        Ok(n) => format!(
            "<table:table-cell office:value-type=\"float\" office:value=\"{n}\"><text:p>{text}</text:p></table:table-cell>"
        ),
        Err(_) if text.is_empty() => "<table:table-cell/>".to_owned(),
        Err(_) => format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>",
            xml_text(text)
        ),
    };
    let row = |cells: &&[&str]| {
        format!("<table:table-row>{}</table:table-row>", cells.iter().map(cell).collect::<String>())
    };
    ods_of(sheet, &rows.iter().map(row).collect::<String>())
}

/// An ODS workbook of one sheet with these row elements.
pub(crate) fn ods_of(sheet: &str, rows: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body><office:spreadsheet>\
         <table:table table:name=\"{sheet}\">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", b"<manifest:manifest xmlns:manifest=\"m\"/>"),
        ("content.xml", content.as_bytes()),
    ])
}

/// A compound file (MS-CFB) with one stream of at least 4,096 bytes.
pub(crate) fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    const END: u32 = 0xffff_fffe;
    const FREE: u32 = 0xffff_ffff;
    let sectors = stream.len().max(4096).div_ceil(512);
    let mut file = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    file.resize(24, 0);
    for half in [0x3e_u16, 3, 0xfffe, 9, 6, 0, 0, 0] {
        file.extend(half.to_le_bytes());
    }
    for word in [0, 1, 1, 0, 4096, END, 0, END, 0, 0] {
        file.extend(word.to_le_bytes());
    }
    file.resize(512, 0xff);
    let chain = (0..sectors).map(|i| if i + 1 == sectors { END } else { i as u32 + 3 });
    let table = [0xffff_fffd, END].into_iter().chain(chain);
    let table: Vec<u32> = table.chain(std::iter::repeat(FREE)).take(128).collect();
    table.iter().for_each(|w| file.extend(w.to_le_bytes()));
    for (name, kind, start, size) in [
        ("Root Entry", 5, END, 0),
        (name, 2, 2, (sectors * 512) as u32),
        ("", 0, 0, 0),
        ("", 0, 0, 0),
    ] {
        let at = file.len();
        name.encode_utf16().for_each(|u| file.extend(u.to_le_bytes()));
        file.resize(at + 64, 0);
        file.extend((name.len() as u16 * 2 + 2).to_le_bytes());
        file.extend([kind, 1]);
        [FREE, FREE, if kind == 5 { 1 } else { FREE }]
            .iter()
            .for_each(|w| file.extend(w.to_le_bytes()));
        file.resize(at + 116, 0);
        file.extend(start.to_le_bytes());
        file.extend(size.to_le_bytes());
        file.resize(at + 128, 0);
    }
    file.extend(stream);
    file.resize(1536 + sectors * 512, 0);
    file
}

/// An XLS workbook (BIFF8) of one sheet, its cells from a row and a column on, counted from 0.
pub(crate) fn xls(sheet: &str, (top, left): (u16, u16), rows: &[&[&str]]) -> Vec<u8> {
    let mut records = Vec::new();
    for (row, cells) in (top..).zip(rows) {
        for (column, text) in (left..).zip(*cells).filter(|(_, t)| !t.is_empty()) {
            let mut data = halves(&[row, column, 0]);
            if let Ok(number) = text.parse::<f64>() {
                data.extend(number.to_le_bytes());
                records.push((0x0203, data));
            } else {
                // One byte for each character: texts of the first 256 only.
                let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap()).collect();
                data.extend((bytes.len() as u16).to_le_bytes());
                data.push(0);
                data.extend(bytes);
                records.push((0x0204, data));
            }
        }
    }
    xls_of(sheet, &[], &records)
}

/// Numbers of two bytes.
pub(crate) fn halves(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

/// A record of an XLS workbook: its kind and its content.
pub(crate) type Record = (u16, Vec<u8>);

/// An XLS workbook of one sheet with these records, before its sheet and in it.
pub(crate) fn xls_of(sheet: &str, globals: &[Record], cells: &[Record]) -> Vec<u8> {
    let begin = |kind: u16| (0x0809, halves(&[0x0600, kind, 0, 0, 0, 0, 0, 0]));
    let length = |records: &[Record]| records.iter().map(|(_, d)| d.len() + 4).sum::<usize>();
    let offset = 20 + length(globals) + 4 + 8 + sheet.len() + 4;
    let mut bound = (offset as u32).to_le_bytes().to_vec();
    bound.extend([0, 0, sheet.len() as u8, 0]);
    bound.extend(sheet.as_bytes());
    let end = || (0x000a, Vec::new());
    let mut records = vec![begin(5)];
    records.extend(globals.iter().cloned());
    records.extend([(0x0085, bound), end(), begin(0x10)]);
    records.extend(cells.iter().cloned());
    records.push(end());
    let mut book = Vec::new();
    for (kind, data) in records {
        book.extend(halves(&[kind, data.len() as u16]));
        book.extend(data);
    }
    compound("Workbook", &book)
}

/// An XLSX workbook of one sheet `s` with these elements, and with parts put in place of others.
pub(crate) fn xlsx_of(sheet: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let mut all = xlsx_parts(&[("s", vec![])]);
    let sheet = format!("<worksheet>{sheet}</worksheet>");
    for (name, content) in [("xl/worksheets/sheet1.xml", sheet.as_str())].iter().chain(parts) {
        all.retain(|(n, _)| n != name);
        all.push(((*name).to_owned(), content.as_bytes().to_vec()));
    }
    zip_owned(&all)
}

/// What stands in a workbook, as `haggle_import::probe` tells it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// `s!A1 n1`, every filled cell.
    pub(crate) cells: Vec<String>,
    /// Every row that was shown, blank ones included.
    pub(crate) rows: u64,
    pub(crate) hidden_rows: Vec<u64>,
    /// Sheets with rows.
    pub(crate) sheets: Vec<haggle_import::probe::Sheet>,
}

pub(crate) fn seen(bytes: impl AsRef<[u8]>) -> Result<Seen, ImportError> {
    let saved = save("any.bin", bytes);
    let mut seen = Seen::default();
    haggle_import::probe::rows(&saved.path, |sheet, row, hidden, cells| {
        seen.rows += 1;
        seen.hidden_rows.extend(hidden.then_some(row));
        if seen.sheets.last() != Some(sheet) {
            seen.sheets.push(sheet.clone());
        }
        for (column, cell) in (1..).zip(cells).filter(|(_, c)| !c.is_empty()) {
            let sheet = Some(sheet.name.clone());
            let place = Locator { sheet, row, column, path: None };
            seen.cells.push(format!("{place} {cell}"));
        }
    })?;
    Ok(seen)
}
