//! A folder of one's own with a store and a copy of the bundled data, and a way to run `haggle` in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A scratch place for one test.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

/// What a run printed and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
    /// Exit code.
    pub(crate) code: i32,
}

impl Bench {
    /// An empty place that nobody else can enter.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        }
        Self { folder }
    }

    /// A place with the bundled deals and evidence, laid out as in the repository.
    pub(crate) fn with_data() -> Self {
        let bench = Self::new();
        for part in ["data/deals", "data/evidence"] {
            let to = bench.path(part);
            fs::create_dir_all(&to).unwrap();
            for entry in fs::read_dir(repository().join(part)).unwrap() {
                let from = entry.unwrap().path();
                fs::copy(&from, to.join(from.file_name().unwrap())).unwrap();
            }
        }
        bench
    }

    /// A path in the place.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Writes a file in the place.
    pub(crate) fn write(&self, relative: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// Reads a text file of the place.
    pub(crate) fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap()
    }

    /// The command, run in the place with its own store and nothing else of this machine's
    /// settings.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_haggle"));
        command.current_dir(self.folder.path()).env_clear();
        command.env("HAGGLE_STORE", self.path("store")).env("HAGGLE_CACHE", self.path("cache"));
        command
            .env("XDG_STATE_HOME", self.path("state"))
            .env("XDG_DATA_HOME", self.path("data-home"));
        command
    }

    /// Runs `haggle` with these arguments, separated by spaces.
    pub(crate) fn run(&self, arguments: &str) -> Ran {
        self.run_all(&arguments.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs `haggle` with these arguments.
    pub(crate) fn run_all(&self, arguments: &[&str]) -> Ran {
        ran(self.command().args(arguments).output().unwrap())
    }

    /// The JSON report of a deal file; the run must be fine.
    pub(crate) fn json(&self, arguments: &str) -> serde_json::Value {
        let run = self.run(arguments);
        assert_eq!(run.code, 0, "{}", run.err);
        serde_json::from_str(&run.out).unwrap()
    }
}

/// The text of a finished run.
pub(crate) fn ran(output: Output) -> Ran {
    Ran {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// The root of the repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The value of a figure of a JSON report.
pub(crate) fn figure(report: &serde_json::Value, id: &str) -> f64 {
    let value = &report["figures"][id]["value"];
    value.as_str().unwrap_or_else(|| panic!("no figure {id}")).parse().unwrap()
}

/// An XLSX workbook of sheets, each a name and its rows of cells: numbers as they are, the rest as
/// texts.
pub(crate) fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut parts = vec![("[Content_Types].xml".to_owned(), "<Types/>".to_owned())];
    let (mut list, mut relations) = (String::new(), String::new());
    for (i, (name, rows)) in (1..).zip(sheets) {
        list += &format!("<sheet name=\"{name}\" sheetId=\"{i}\" r:id=\"r{i}\"/>");
        relations += &format!(
            "<Relationship Id=\"r{i}\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet{i}.xml\"/>"
        );
        parts.push((format!("xl/worksheets/sheet{i}.xml"), sheet(rows)));
    }
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>{list}</sheets></workbook>"
    );
    parts.push(("xl/workbook.xml".to_owned(), book));
    parts.push(("xl/_rels/workbook.xml.rels".to_owned(), relationships(&relations)));
    let root = format!(
        "<Relationship Id=\"r1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/>"
    );
    parts.push(("_rels/.rels".to_owned(), relationships(&root)));
    zipped(&parts)
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn relationships(inner: &str) -> String {
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    format!("<Relationships xmlns=\"{package}\">{inner}</Relationships>")
}

fn sheet(rows: &[&[&str]]) -> String {
    let cell = |(column, text): (u8, &&str), row: usize| {
        let at = format!("{}{row}", char::from(b'A' + column));
        match text.parse::<f64>() {
            Ok(number) => format!("<c r=\"{at}\"><v>{number}</v></c>"),
            Err(_) => format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
        }
    };
    let row = |(row, cells): (usize, &&[&str])| {
        let cells: String = (0..).zip(*cells).map(|c| cell(c, row)).collect();
        format!("<row r=\"{row}\">{cells}</row>")
    };
    let rows: String = (1..).zip(rows).map(row).collect();
    format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>")
}

fn zipped(parts: &[(String, String)]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in parts {
        zip.start_file(name.as_str(), stored).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
