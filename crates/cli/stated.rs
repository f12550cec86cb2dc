//! A JSON report or comparison as somebody wrote it: what it states, and what it says that it was made from.

use crate::failure::Failure;
use crate::reading::Reading;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The schema of a comparison.
const COMPARISON: &str = "haggle.comparison/1";

/// A report of the schema `haggle.report/1`, or a comparison of `haggle.comparison/1`.
pub(crate) struct Stated {
    /// The file that it stands in.
    pub(crate) path: PathBuf,
    /// All of it.
    pub(crate) json: Value,
    /// The deal file and the settings that it was made from.
    pub(crate) reading: Reading,
    /// How its quotes were compared, where it is a comparison.
    pub(crate) compared: Option<Asked>,
}

/// What the command line asked of a comparison.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Whether gaps were filled.
    pub(crate) fill: bool,
    /// The scenario that it named.
    pub(crate) scenario: Option<String>,
}

impl Stated {
    /// Reads a report.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let bytes = std::fs::read(path).map_err(|e| {
            Failure::io(path, "cannot open", &e)
                .help("name a report: `haggle report DEAL --format json --out FILE` writes one")
        })?;
        let no_report = |why: String| {
            Failure::new(format!("{}: {why}", path.display()))
                .help("expected what `haggle report DEAL --format json` or `haggle compare DEAL --format json` wrote")
        };
        let json: Value =
            serde_json::from_slice(&bytes).map_err(|e| no_report(format!("not JSON: {e}")))?;
        match json["schema"].as_str() {
            Some("haggle.report/1" | COMPARISON) => {}
            Some(other) => return Err(no_report(format!("schema is `{other}`"))),
            None => return Err(no_report("no `schema`".to_owned())),
        }
        let reading = reading(&json["private"]).ok_or_else(|| {
            Failure::new(format!("{}: it does not say what it was made from", path.display())).help(
                "a report for others leaves its deal file out; check the private one of the same deal",
            )
        })?;
        let compared = (json["schema"] == COMPARISON).then(|| Asked {
            fill: json["private"]["fill"] == true,
            scenario: json["private"]["scenario"].as_str().map(str::to_owned),
        });
        Ok(Self { path: path.to_owned(), json, reading, compared })
    }

    /// The version of haggle that wrote it.
    pub(crate) fn version(&self) -> &str {
        self.json["haggle"].as_str().unwrap_or("an unknown version")
    }

    /// Its deal file: the one that is named, else the one beside the report.
    pub(crate) fn deal_file(&self, named: Option<&Path>) -> Result<PathBuf, Failure> {
        let beside = || self.path.with_file_name(&self.reading.name);
        let file = named.map_or_else(beside, Path::to_owned);
        if file.is_file() {
            return Ok(file);
        }
        let message = format!("{}: the deal file is not there", file.display());
        let help = "name it with `--deal FILE`; the places of the sources are relative to it";
        Err(Failure::new(message).help(help))
    }

    /// A text of a source: its hash, location or recipe.
    pub(crate) fn of_source(&self, id: &str, key: &str) -> Option<&str> {
        self.json["sources"][id][key].as_str()
    }

    /// The ids of its sources.
    pub(crate) fn source_ids(&self) -> BTreeSet<String> {
        self.json["sources"].as_object().into_iter().flatten().map(|(id, _)| id.clone()).collect()
    }

    /// Whether it rests on a source.
    pub(crate) fn has_source(&self, id: &str) -> bool {
        self.json["sources"].get(id).is_some()
    }

    /// The hash of the recipe that read a source.
    pub(crate) fn recipe_hash(&self, id: &str) -> Option<&str> {
        self.json["private"]["recipes"][id].as_str()
    }

    /// The comparables of a source, one a line, if they are listed.
    pub(crate) fn rows(&self, id: &str) -> Option<Vec<String>> {
        let rows = self.json["private"]["rows"][id].as_array()?;
        rows.iter().map(|row| row.as_str().map(str::to_owned)).collect()
    }

    /// The figures by id.
    pub(crate) fn figures(&self) -> impl Iterator<Item = (&String, &Value)> {
        figures(&self.json)
    }
}

/// The figures of a report by id.
pub(crate) fn figures(json: &Value) -> impl Iterator<Item = (&String, &Value)> {
    json["figures"].as_object().into_iter().flatten()
}

fn reading(private: &Value) -> Option<Reading> {
    let file = &private["deal_file"];
    let texts = private["set"].as_array()?.iter().map(|v| v.as_str().map(str::to_owned));
    Some(Reading {
        name: Path::new(file["name"].as_str()?).file_name()?.to_str()?.to_owned(),
        text: file["text"].as_str()?.to_owned(),
        playbook: private["playbook"].as_str().map(str::to_owned),
        as_of: private["as_of"].as_str().map(str::to_owned),
        set: texts.collect::<Option<_>>()?,
    })
}
