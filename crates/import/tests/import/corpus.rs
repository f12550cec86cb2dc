//! The corpus: one small file per oddity, each with the observations that a careful person reads.
//!
//! A case is a TOML file in `tests/corpus` that holds the file, the recipe and what must come of
//! it; its keys are the fields of [`Subject`] and [`Outcome`]. `[[or]]` is another outcome that
//! the documents allow. `CORPUS=part-of-a-name` runs some of the cases, and `CORPUS_SHOW=1`
//! prints what came of each.

use super::support;
use haggle_evidence::{
    Account, Batch, Import, ImportError, Importer, Locator, Observation, RecordBatch,
};
use haggle_import::{Options, Recipe, open};
use haggle_quantity::from_scaled;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use toml::{Table, Value};

/// What is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    about: String,
    /// The name of the file.
    name: String,
    text: Option<String>,
    /// `utf-8`, `utf-8-bom`, `utf-16le`, `utf-16be` (both with a mark), `windows-1252`,
    /// `macintosh`, or `mixed`: UTF-8 but for the lines that begin with `cp1252:`.
    encoding: Option<String>,
    /// The content, or what follows the text, in hexadecimal; blanks are passed over.
    hex: Option<String>,
    #[serde(skip)]
    sheet: Vec<Sheet>,
    /// `xlsx` (default), `xls`, `ods`, or `encrypted`.
    workbook: Option<String>,
    /// 1900 (default) or 1904.
    epoch: Option<u16>,
    /// `gzip`, `zstd`, `zip`, or `zip-of-two`.
    container: Option<String>,
    /// Only so many bytes of the file.
    truncate: Option<usize>,
    /// A line of the text that stands there so many times.
    repeat: Option<Repeat>,
    recipe: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    line: usize,
    times: usize,
}

/// A sheet: rows from A1 on, or cells by name. A cell is a text (an empty one: no cell), a number,
/// a truth value, a date, or a table: `v` (as written in the file) with `format`, `error`,
/// `formula` (with `v` or without), `text` (of a formula), `inline`, `rich` (a text of several
/// fonts), `iso` (a date as text); an empty table is a cell with a format and no value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    name: String,
    #[serde(skip)]
    rows: Vec<Value>,
    #[serde(skip)]
    cells: Table,
    #[serde(default)]
    hidden: bool,
    /// Hidden so that only a program can show it.
    #[serde(default)]
    very_hidden: bool,
    /// Rows and cells do not say where they stand, as some programs write them.
    #[serde(default)]
    unplaced: bool,
    #[serde(default)]
    merged: Vec<String>,
    #[serde(default)]
    hidden_rows: Vec<u32>,
    /// From 1.
    #[serde(default)]
    hidden_columns: Vec<u32>,
}

/// What must come of it. What is not said is not asked, but that both laws hold.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Outcome {
    /// All of them, in order: `place subject|title|place|party|level statistic amount bound
    /// currency unit`.
    observations: Option<Vec<String>>,
    /// `amount`, or `amount bound`: no observation says anything else.
    only: Option<Vec<String>>,
    #[serde(default)]
    rows: BTreeMap<String, u64>,
    #[serde(default)]
    cells: BTreeMap<String, u64>,
    /// `what code` or `what code place=found`; `code` may be several (`I0101/I0108`) or `*`.
    #[serde(default)]
    reasons: Vec<String>,
    /// Codes of diagnostics of the file as a whole; several with `/`.
    #[serde(default)]
    warnings: Vec<String>,
    /// Codes of diagnostics that must not come.
    #[serde(default)]
    silent: Vec<String>,
    /// Words that a diagnostic, a reason or an assumption must hold.
    #[serde(default)]
    says: Vec<String>,
    /// Of each observation: its day (`-`: none), its kind, basis and tax, its component, its
    /// attributes as JSON.
    dates: Option<Vec<String>>,
    kinds: Option<Vec<String>>,
    components: Option<Vec<String>>,
    attributes: Option<Vec<String>>,
    /// Of each observation: weight, count, quantity from and to, relative error.
    numbers: Option<Vec<String>>,
    /// The recipe is refused, with these words.
    recipe_error: Option<Vec<String>>,
    /// The file is refused by one of these codes (`E0003/E0005`; `*`: any).
    error: Option<String>,
    #[serde(default)]
    error_says: Vec<String>,
}

const SUBJECT: [&str; 11] = [
    "about",
    "name",
    "text",
    "encoding",
    "hex",
    "workbook",
    "epoch",
    "container",
    "truncate",
    "repeat",
    "recipe",
];

#[test]
fn every_file_of_the_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut paths: Vec<_> = folder.read_dir().unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    let part = std::env::var("CORPUS").unwrap_or_default();
    paths.retain(|p| p.to_string_lossy().contains(&part));
    let total = paths.len();
    assert!(total > 0, "no case");
    let mut failures = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let judged = catch_unwind(AssertUnwindSafe(|| judge(&text)))
            .unwrap_or_else(|_| Err("it panicked".to_owned()));
        failures.extend(judged.err().map(|e| format!("== {name}\n{e}")));
    }
    assert!(
        failures.is_empty(),
        "{} of {total} cases failed\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// Reads the file of a case and holds what came to each outcome that the case allows.
fn judge(text: &str) -> Result<(), String> {
    let (subject, outcomes) = parse(text).map_err(|e| format!("the case: {e}"))?;
    if let Some(words) = &outcomes[0].recipe_error {
        return refused(subject.recipe.as_deref().unwrap(), words);
    }
    let came = came_of(&subject)?;
    if std::env::var_os("CORPUS_SHOW").is_some() {
        print(&format!("-- {}\n{}", subject.about, show(&came)));
    }
    let verdicts: Vec<String> = outcomes.iter().map(|o| differences(o, &came).join("\n")).collect();
    if verdicts.iter().any(String::is_empty) {
        return Ok(());
    }
    Err(format!("{}\n{}\n{}", subject.about, verdicts.join("\n  or\n"), show(&came)))
}

#[expect(clippy::print_stdout, reason = "asked for by whoever runs the test")]
fn print(text: &str) {
    println!("{text}");
}

fn refused(recipe: &str, words: &[String]) -> Result<(), String> {
    let Err(error) = Recipe::parse(recipe, "recipe.toml") else {
        return Err("wanted the recipe to be refused".to_owned());
    };
    let said = error.to_string();
    unsaid(words, &said).pop().map_or(Ok(()), |word| Err(format!("{word}, came {said}")))
}

fn parse(text: &str) -> Result<(Subject, Vec<Outcome>), toml::de::Error> {
    let mut table: Table = toml::from_str(text)?;
    let others = table.remove("or").unwrap_or(Value::Array(Vec::new()));
    let sheets = table.remove("sheet").unwrap_or(Value::Array(Vec::new()));
    let (subject, outcome): (Table, Table) =
        table.into_iter().partition(|(key, _)| SUBJECT.contains(&key.as_str()));
    let mut outcomes = vec![Value::Table(outcome).try_into()?];
    outcomes.extend(others.try_into::<Vec<Outcome>>()?);
    let mut subject: Subject = Value::Table(subject).try_into()?;
    let sheets = sheets.as_array().into_iter().flatten().filter_map(Value::as_table);
    subject.sheet = sheets.map(|s| sheet(s.clone())).collect::<Result<_, _>>()?;
    Ok((subject, outcomes))
}

/// A sheet; its cells as they stand, since `try_into` would make texts of dates.
fn sheet(mut table: Table) -> Result<Sheet, toml::de::Error> {
    let rows = table.remove("rows");
    let cells = table.remove("cells");
    let sheet: Sheet = Value::Table(table).try_into()?;
    let rows = rows.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
    let cells = cells.as_ref().and_then(Value::as_table).cloned().unwrap_or_default();
    Ok(Sheet { rows, cells, ..sheet })
}

/// What came of a file.
struct Came {
    import: Import,
    lines: Vec<String>,
    amounts: Vec<(String, String)>,
    dates: Vec<String>,
    kinds: Vec<String>,
    components: Vec<String>,
    attributes: Vec<String>,
    numbers: Vec<String>,
}

fn came_of(subject: &Subject) -> Result<Result<Came, ImportError>, String> {
    let recipe = subject.recipe.as_deref().map(|r| Recipe::parse(r, "recipe.toml")).transpose();
    let recipe = recipe.map_err(|e| format!("the recipe: {e}"))?;
    let saved = support::save(&subject.name, content(subject));
    let importer = open(&saved.path, &Options { recipe, ..Options::default() });
    Ok(importer.and_then(|mut importer| collect(&mut importer)))
}

fn collect(importer: &mut dyn Importer) -> Result<Came, ImportError> {
    let mut came = Came {
        import: Import::default(),
        lines: Vec::new(),
        amounts: Vec::new(),
        dates: Vec::new(),
        kinds: Vec::new(),
        components: Vec::new(),
        attributes: Vec::new(),
        numbers: Vec::new(),
    };
    came.import = importer.run(&mut |batch: RecordBatch| {
        let view = Batch::new(&batch).unwrap();
        (0..batch.num_rows()).for_each(|i| add(&mut came, &view.get(i).unwrap()));
        Ok(())
    })?;
    assert!(came.import.account.check(), "both laws: {:?}", came.import.account);
    assert_eq!(came.import.account.observations, came.lines.len() as u64);
    Ok(came)
}

fn add(came: &mut Came, o: &Observation<'_>) {
    let (sheet, path) = (o.sheet.map(str::to_owned), o.path.map(str::to_owned));
    let place = Locator { sheet, row: o.row, column: o.column, path };
    let texts = [o.subject, o.title, o.place, o.party, o.level].map(|t| t.unwrap_or("-")).join("|");
    let amount = from_scaled(o.amount).unwrap().to_string();
    let (statistic, bound) = (o.statistic, o.bound);
    came.lines
        .push(format!("{place} {texts} {statistic} {amount} {bound} {} {}", o.currency, o.per));
    came.amounts.push((amount, bound.to_string()));
    came.dates.push(o.date.map_or_else(|| "-".to_owned(), day));
    came.kinds.push(format!("{} {} {}", o.kind, o.basis, o.tax));
    came.components.push(o.component.unwrap_or("-").to_owned());
    came.attributes.push(o.attributes.unwrap_or("-").to_owned());
    let number = |n: Option<String>| n.unwrap_or_else(|| "-".to_owned());
    let quantity = |q: Option<i128>| number(q.map(|q| from_scaled(q).unwrap().to_string()));
    came.numbers.push(format!(
        "{} {} {} {} {}",
        number(o.weight.map(|w| w.to_string())),
        number(o.count.map(|c| c.to_string())),
        quantity(o.quantity_from),
        quantity(o.quantity_to),
        number(o.relative_error.map(|e| e.to_string()))
    ));
}

fn day(days: i32) -> String {
    (jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(days)).to_string()
}

fn differences(wanted: &Outcome, came: &Result<Came, ImportError>) -> Vec<String> {
    match (came, &wanted.error) {
        (Err(ImportError::Source(d)), Some(codes)) => {
            let said = format!("{} {} {}", d.place, d.message, d.help.as_deref().unwrap_or(""));
            let code = one_of(codes, d.code).then_some(());
            let code = code.ok_or(format!("wanted refusal by {codes}"));
            code.err().into_iter().chain(unsaid(&wanted.error_says, &said)).collect()
        }
        (Ok(_), Some(codes)) => vec![format!("wanted refusal by {codes}")],
        (Err(_), _) => vec!["wanted to be read".to_owned()],
        (Ok(came), None) => read_differences(wanted, came),
    }
}

fn one_of(codes: &str, code: &str) -> bool {
    codes == "*" || codes.split('/').any(|c| c == code)
}

fn unsaid(words: &[String], said: &str) -> Vec<String> {
    let said = said.to_lowercase();
    let missing = words.iter().filter(|w| !said.contains(&w.to_lowercase()));
    missing.map(|w| format!("wanted the word `{w}`")).collect()
}

fn read_differences(wanted: &Outcome, came: &Came) -> Vec<String> {
    let account = &came.import.account;
    let mut all = Vec::new();
    all.extend(list("observations", wanted.observations.as_ref(), &came.lines));
    all.extend(list("dates", wanted.dates.as_ref(), &came.dates));
    all.extend(list("kinds", wanted.kinds.as_ref(), &came.kinds));
    all.extend(list("components", wanted.components.as_ref(), &came.components));
    all.extend(list("attributes", wanted.attributes.as_ref(), &came.attributes));
    all.extend(list("numbers", wanted.numbers.as_ref(), &came.numbers));
    for (amount, bound) in came.amounts.iter().filter(|_| wanted.only.is_some()) {
        let both = format!("{amount} {bound}");
        let allowed = wanted.only.iter().flatten().any(|a| a == amount || *a == both);
        all.extend((!allowed).then(|| format!("never wanted {both}")));
    }
    all.extend(counts("rows", &wanted.rows, row_count(account)));
    all.extend(counts("cells", &wanted.cells, cell_count(account)));
    all.extend(
        wanted
            .reasons
            .iter()
            .filter(|r| !has_reason(account, r))
            .map(|r| format!("wanted reason {r}")),
    );
    let codes: Vec<&str> = came.import.diagnostics.iter().map(|d| d.code).collect();
    let missing = wanted.warnings.iter().filter(|w| !codes.iter().any(|c| one_of(w, c)));
    all.extend(missing.map(|w| format!("wanted warning {w}")));
    let unwanted = wanted.silent.iter().filter(|w| codes.iter().any(|c| one_of(w, c)));
    all.extend(unwanted.map(|w| format!("never wanted warning {w}")));
    all.extend(unsaid(&wanted.says, &everything_said(came)));
    all
}

fn everything_said(came: &Came) -> String {
    let mut said: Vec<String> = came.import.facts.assumptions.clone();
    said.extend(
        came.import
            .diagnostics
            .iter()
            .map(|d| format!("{} {} {}", d.place, d.message, d.help.as_deref().unwrap_or(""))),
    );
    said.extend(came.import.account.tallies().into_iter().map(|t| t.reason));
    said.join("\n")
}

fn list(what: &str, wanted: Option<&Vec<String>>, came: &[String]) -> Option<String> {
    let wanted = wanted.filter(|w| w.as_slice() != came)?;
    Some(format!("wanted {what}:\n    {}", wanted.join("\n    ")))
}

fn counts(what: &str, wanted: &BTreeMap<String, u64>, came: impl Fn(&str) -> u64) -> Vec<String> {
    let different = wanted.iter().filter(|(key, n)| came(key) != **n);
    different.map(|(key, n)| format!("wanted {what} {key} {n}, came {}", came(key))).collect()
}

fn row_count(account: &Account) -> impl Fn(&str) -> u64 {
    |key| match key {
        "read" => account.read,
        "imported" => account.imported,
        "rejected" => account.rejected,
        "skipped" => account.skipped,
        _ => u64::MAX,
    }
}

fn cell_count(account: &Account) -> impl Fn(&str) -> u64 {
    |key| match key {
        "mapped" => account.mapped,
        "observations" => account.observations,
        "absent" => account.absent,
        _ => u64::MAX,
    }
}

fn has_reason(account: &Account, wanted: &str) -> bool {
    let mut words = wanted.splitn(3, ' ');
    let (what, codes) = (words.next().unwrap(), words.next().unwrap_or("*"));
    let sample = words.next();
    let found = |t: haggle_evidence::Tally| {
        format!("{:?}", t.what).to_lowercase() == what
            && one_of(codes, &t.code)
            && sample.is_none_or(|wanted| {
                t.samples.iter().any(|s| format!("{}={}", s.place, s.found) == wanted)
            })
    };
    account.tallies().into_iter().any(found)
}

/// What came, for people.
fn show(came: &Result<Came, ImportError>) -> String {
    let came = match came {
        Err(ImportError::Source(d)) => {
            return format!("came refusal {} {} {}", d.code, d.place, d.message);
        }
        Err(other) => return format!("came {other:?}"),
        Ok(came) => came,
    };
    let account = &came.import.account;
    let mut out = vec!["came:".to_owned()];
    for (i, line) in came.lines.iter().enumerate() {
        out.push(format!(
            "    {line}   [{}; {}; {}; {}]",
            came.dates[i], came.kinds[i], came.numbers[i], came.attributes[i]
        ));
    }
    out.push(format!(
        "    rows read {} imported {} rejected {} skipped {}; cells mapped {} observations {} absent {}",
        account.read, account.imported, account.rejected, account.skipped, account.mapped,
        account.observations, account.absent
    ));
    for t in account.tallies() {
        let samples: Vec<String> =
            t.samples.iter().map(|s| format!("{}={}", s.place, s.found)).collect();
        out.push(format!("    {:?} {} {} ({})", t.what, t.code, samples.join(" "), t.reason));
    }
    for d in &came.import.diagnostics {
        out.push(format!("    {} {} {}", d.code, d.place, d.message));
    }
    out.join("\n")
}

/// The bytes of the file.
fn content(subject: &Subject) -> Vec<u8> {
    let mut bytes = if subject.sheet.is_empty() && subject.workbook.is_none() {
        encoded(subject)
    } else {
        workbook(subject)
    };
    bytes = match subject.container.as_deref() {
        None => bytes,
        Some("gzip") => gzip(&bytes),
        Some("zstd") => zstd(&bytes),
        Some("zip") => support::zip(&[("inner.csv", &bytes)]),
        Some("zip-of-two") => support::zip(&[("a.csv", &bytes), ("b.csv", &bytes)]),
        Some(other) => panic!("container `{other}`"),
    };
    bytes.truncate(subject.truncate.unwrap_or(usize::MAX));
    bytes
}

/// Two frames of zstd, as programs write that pack in parallel.
fn zstd(bytes: &[u8]) -> Vec<u8> {
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let pack =
        |part| ruzstd::encoding::compress_to_vec(part, ruzstd::encoding::CompressionLevel::Fastest);
    [pack(first), pack(second)].concat()
}

fn encoded(subject: &Subject) -> Vec<u8> {
    let text = subject.text.as_deref().unwrap_or("");
    let text: String = (1..)
        .zip(text.split_inclusive('\n'))
        .map(|(i, line)| match &subject.repeat {
            Some(r) if r.line == i => line.repeat(r.times),
            _ => line.to_owned(),
        })
        .collect();
    let text = text.as_str();
    let one_byte = |encoding: &'static encoding_rs::Encoding, text: &str| {
        let (bytes, _, lost) = encoding.encode(text);
        assert!(!lost, "text that {} cannot hold", encoding.name());
        bytes.into_owned()
    };
    let mut bytes = match subject.encoding.as_deref().unwrap_or("utf-8") {
        "utf-8" => text.as_bytes().to_vec(),
        "utf-8-bom" => ["\u{feff}", text].concat().into_bytes(),
        "utf-16le" => format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "windows-1252" => one_byte(encoding_rs::WINDOWS_1252, text),
        "macintosh" => one_byte(encoding_rs::MACINTOSH, text),
        "mixed" => text
            .split_inclusive('\n')
            .flat_map(|line| match line.strip_prefix("cp1252:") {
                Some(line) => one_byte(encoding_rs::WINDOWS_1252, line),
                None => line.as_bytes().to_vec(),
            })
            .collect(),
        other => panic!("encoding `{other}`"),
    };
    let hex: String = subject.hex.as_deref().unwrap_or("").split_whitespace().collect();
    let pairs = (0..hex.len()).step_by(2);
    bytes.extend(pairs.map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()));
    bytes
}

/// A gzip file of these bytes, its body taken from a zip file.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let zip = support::zip(&[("inner", bytes)]);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&zip)).unwrap();
    let entry = archive.by_index_raw(0).unwrap();
    let (crc, size) = (entry.crc32(), entry.compressed_size() as usize);
    let start = entry.data_start().unwrap() as usize;
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    out.extend(&zip[start..start + size]);
    out.extend(crc.to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
    out
}

fn workbook(subject: &Subject) -> Vec<u8> {
    match subject.workbook.as_deref().unwrap_or("xlsx") {
        "xlsx" => xlsx(&subject.sheet, subject.epoch == Some(1904)),
        "encrypted" => support::compound("EncryptedPackage", &[7; 8192]),
        kind => {
            let sheet = &subject.sheet[0];
            let text = |v: &Value| match v {
                Value::String(t) => t.clone(),
                Value::Integer(n) => n.to_string(),
                Value::Float(n) => n.to_string(),
                other => panic!("a cell that {kind} cannot hold: {other:?}"),
            };
            let rows: Vec<Vec<String>> = sheet
                .rows
                .iter()
                .map(|r| r.as_array().into_iter().flatten().map(text).collect())
                .collect();
            let rows: Vec<Vec<&str>> =
                rows.iter().map(|r| r.iter().map(String::as_str).collect()).collect();
            let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
            match kind {
                "xls" => support::xls(&sheet.name, (0, 0), &rows),
                "ods" => support::ods(&sheet.name, &rows),
                other => panic!("workbook `{other}`"),
            }
        }
    }
}

/// What the sheets of a workbook share.
#[derive(Default)]
struct Shared {
    strings: Vec<String>,
    formats: Vec<String>,
}

/// Stands between the runs of a text of several fonts.
const RUN: char = '\u{1}';

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// A workbook as a spreadsheet program writes it: shared strings, number formats, merged cells.
fn xlsx(sheets: &[Sheet], epoch_1904: bool) -> Vec<u8> {
    let names: Vec<_> = sheets.iter().map(|s| (s.name.as_str(), Vec::new())).collect();
    let mut parts = support::xlsx_parts(&names);
    let mut shared = Shared { strings: Vec::new(), formats: vec!["General".to_owned()] };
    for (name, bytes) in &mut parts {
        let number = name.strip_prefix("xl/worksheets/sheet").and_then(|n| n.strip_suffix(".xml"));
        if let Some(i) = number.and_then(|n| n.parse::<usize>().ok()) {
            *bytes = sheet_xml(&sheets[i - 1], epoch_1904, &mut shared).into_bytes();
        }
    }
    for (name, bytes) in &mut parts {
        let text = String::from_utf8(bytes.clone()).unwrap();
        *bytes = match name.as_str() {
            "[Content_Types].xml" => content_types(sheets.len()),
            "xl/workbook.xml" => workbook_xml(&text, sheets, epoch_1904),
            "xl/_rels/workbook.xml.rels" => with_shared_parts(&text),
            "xl/styles.xml" => styles_xml(&shared.formats),
            _ => text,
        }
        .into_bytes();
    }
    parts.push(("xl/sharedStrings.xml".to_owned(), strings_xml(&shared.strings).into_bytes()));
    support::zip_owned(&parts)
}

fn content_types(sheets: usize) -> String {
    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let part = |name: &str, kind: &str| {
        format!("<Override PartName=\"/xl/{name}\" ContentType=\"{KIND}.{kind}+xml\"/>")
    };
    let sheets: String =
        (1..=sheets).map(|i| part(&format!("worksheets/sheet{i}.xml"), "worksheet")).collect();
    format!(
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>{}{}{}{sheets}</Types>",
        part("workbook.xml", "sheet.main"),
        part("styles.xml", "styles"),
        part("sharedStrings.xml", "sharedStrings")
    )
}

fn workbook_xml(text: &str, sheets: &[Sheet], epoch_1904: bool) -> String {
    let mut text = text.to_owned();
    for (i, sheet) in sheets.iter().enumerate().filter(|(_, s)| s.hidden || s.very_hidden) {
        let id = format!("sheetId=\"{}\"", i + 1);
        let state = if sheet.hidden { "hidden" } else { "veryHidden" };
        text = text.replace(&id, &format!("{id} state=\"{state}\""));
    }
    if epoch_1904 {
        text = text.replace("<sheets>", "<workbookPr date1904=\"1\"/><sheets>");
    }
    text
}

fn with_shared_parts(relations: &str) -> String {
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let more = format!(
        "<Relationship Id=\"rs\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/>\
         <Relationship Id=\"rt\" Type=\"{OFFICE}/sharedStrings\" Target=\"sharedStrings.xml\"/>\
         </Relationships>"
    );
    relations.replace("</Relationships>", &more)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// Style 0 is General; date is built-in format 14, the others are formats of the workbook's own.
fn styles_xml(formats: &[String]) -> String {
    let custom: String = formats
        .iter()
        .enumerate()
        .map(|(i, f)| format!("<numFmt numFmtId=\"{}\" formatCode=\"{}\"/>", 164 + i, escaped(f)))
        .collect();
    let cell = |(i, f): (usize, &String)| {
        let id = match f.as_str() {
            "General" => 0,
            "date" => 14,
            _ => 164 + i,
        };
        format!(
            "<xf numFmtId=\"{id}\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
        )
    };
    let cells: String = formats.iter().enumerate().map(cell).collect();
    format!(
        "<styleSheet xmlns=\"{MAIN}\"><numFmts count=\"{0}\">{custom}</numFmts>\
         <fonts count=\"1\"><font/></fonts><fills count=\"1\"><fill><patternFill patternType=\"none\"/></fill></fills>\
         <borders count=\"1\"><border/></borders>\
         <cellStyleXfs count=\"1\"><xf numFmtId=\"0\"/></cellStyleXfs>\
         <cellXfs count=\"{0}\">{cells}</cellXfs></styleSheet>",
        formats.len()
    )
}

fn strings_xml(strings: &[String]) -> String {
    let text = |s: &str| format!("<t xml:space=\"preserve\">{}</t>", escaped(s));
    let item = |s: &String| match s.contains(RUN) {
        false => format!("<si>{}</si>", text(s)),
        true => {
            let runs: String =
                s.split(RUN).map(|r| format!("<r><rPr><b/></rPr>{}</r>", text(r))).collect();
            format!("<si>{runs}<rPh sb=\"0\" eb=\"1\"><t>99</t></rPh></si>")
        }
    };
    let items: String = strings.iter().map(item).collect();
    format!("<sst xmlns=\"{MAIN}\" count=\"{0}\" uniqueCount=\"{0}\">{items}</sst>", strings.len())
}

fn sheet_xml(sheet: &Sheet, epoch_1904: bool, shared: &mut Shared) -> String {
    let mut cells: BTreeMap<(u32, u32), String> = BTreeMap::new();
    for (row, values) in (1..).zip(&sheet.rows) {
        for (column, value) in (1..)
            .zip(values.as_array().into_iter().flatten())
            .filter(|(_, v)| v.as_str() != Some(""))
        {
            cells.insert((row, column), cell_xml((row, column), value, epoch_1904, shared));
        }
    }
    for (name, value) in &sheet.cells {
        let at = cell_at(name);
        cells.insert(at, cell_xml(at, value, epoch_1904, shared));
    }
    let cells: Vec<((u32, u32), String)> = cells.into_iter().collect();
    let rows: String = cells
        .chunk_by(|a, b| a.0.0 == b.0.0)
        .map(|row| {
            let number = row[0].0.0;
            let hidden = if sheet.hidden_rows.contains(&number) { " hidden=\"1\"" } else { "" };
            let inner: String = row.iter().map(|(_, xml)| xml.as_str()).collect();
            format!("<row r=\"{number}\"{hidden}>{inner}</row>")
        })
        .collect();
    let merged: String = sheet.merged.iter().map(|m| format!("<mergeCell ref=\"{m}\"/>")).collect();
    let merged = match sheet.merged.len() {
        0 => String::new(),
        n => format!("<mergeCells count=\"{n}\">{merged}</mergeCells>"),
    };
    let hidden: String = sheet
        .hidden_columns
        .iter()
        .map(|c| format!("<col min=\"{c}\" max=\"{c}\" hidden=\"1\"/>"))
        .collect();
    let hidden = if hidden.is_empty() { hidden } else { format!("<cols>{hidden}</cols>") };
    let xml = format!(
        "<worksheet xmlns=\"{MAIN}\">{hidden}<sheetData>{rows}</sheetData>{merged}</worksheet>"
    );
    if sheet.unplaced { without_places(&xml) } else { xml }
}

fn without_places(xml: &str) -> String {
    let mut parts = xml.split(" r=\"");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |xml, part| xml + part.split_once('"').unwrap().1)
}

/// Row and column of a cell's name, from 1.
fn cell_at(name: &str) -> (u32, u32) {
    let digits = name.find(|c: char| c.is_ascii_digit()).unwrap();
    let column = name[..digits].bytes().fold(0, |n, b| n * 26 + u32::from(b - b'A' + 1));
    (name[digits..].parse().unwrap(), column)
}

fn cell_xml(
    (row, column): (u32, u32),
    value: &Value,
    epoch_1904: bool,
    shared: &mut Shared,
) -> String {
    let at = format!("{}{row}", haggle_evidence::column_letters(column));
    let text = |shared: &mut Shared, text: &str| {
        shared.strings.push(text.to_owned());
        format!("<c r=\"{at}\" t=\"s\"><v>{}</v></c>", shared.strings.len() - 1)
    };
    let number = |shared: &mut Shared, v: &str, format: &str, formula: &str| {
        let style = shared.formats.iter().position(|f| f == format).unwrap_or_else(|| {
            shared.formats.push(format.to_owned());
            shared.formats.len() - 1
        });
        format!("<c r=\"{at}\" s=\"{style}\">{formula}<v>{v}</v></c>")
    };
    match value {
        Value::String(t) => text(shared, t),
        Value::Integer(n) => number(shared, &n.to_string(), "General", ""),
        Value::Float(n) => number(shared, &n.to_string(), "General", ""),
        Value::Boolean(b) => format!("<c r=\"{at}\" t=\"b\"><v>{}</v></c>", u8::from(*b)),
        Value::Datetime(d) => number(shared, &serial(&d.to_string(), epoch_1904), "date", ""),
        Value::Table(t) if t.contains_key("rich") => {
            let runs: Vec<&str> =
                t["rich"].as_array().unwrap().iter().map(|r| r.as_str().unwrap()).collect();
            text(shared, &runs.join(&RUN.to_string()))
        }
        Value::Table(t) if t.contains_key("inline") => format!(
            "<c r=\"{at}\" t=\"inlineStr\"><is><t>{}</t></is></c>",
            escaped(t["inline"].as_str().unwrap())
        ),
        Value::Table(t) if t.contains_key("iso") => {
            format!("<c r=\"{at}\" t=\"d\"><v>{}</v></c>", t["iso"].as_str().unwrap())
        }
        Value::Table(t) => {
            let get = |key: &str| t.get(key).and_then(Value::as_str);
            let formula = get("formula").map(|f| format!("<f>{}</f>", escaped(f)));
            let formula = formula.unwrap_or_default();
            match (get("v"), get("error"), get("text")) {
                (Some(v), None, None) => {
                    number(shared, v, get("format").unwrap_or("General"), &formula)
                }
                (None, Some(e), None) => format!("<c r=\"{at}\" t=\"e\">{formula}<v>{e}</v></c>"),
                (None, None, Some(s)) => {
                    format!("<c r=\"{at}\" t=\"str\">{formula}<v>{}</v></c>", escaped(s))
                }
                (None, None, None) => format!("<c r=\"{at}\">{formula}</c>"),
                _ => panic!("cell {at}"),
            }
        }
        Value::Array(_) => panic!("cell {at}"),
    }
}

/// The day number of a date, by the epoch of the workbook; 1900 was no leap year, but Excel
/// counts its 29 February.
fn serial(date: &str, epoch_1904: bool) -> String {
    let date: jiff::civil::Date = date.parse().unwrap();
    let since = |y, m, d| (date - jiff::civil::date(y, m, d)).get_days();
    let days = match epoch_1904 {
        true => since(1904, 1, 1),
        false if date < jiff::civil::date(1900, 3, 1) => since(1899, 12, 31),
        false => since(1899, 12, 30),
    };
    days.to_string()
}
