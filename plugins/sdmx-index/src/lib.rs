//! `sdmx-index`: an index series of a statistical office, in SDMX-CSV or SDMX-JSON, from its service
//! or from a file.
//!
//! ```text
//! haggle import --plugin sdmx-index \
//!   --set input=https://data-api.ecb.europa.eu/service/data/ICP/M.DE.N.000000.4.INX?format=csvdata \
//!   --set give=chained --set base=2024-01
//! ```
//!
//! It gives the values as they are published, the change from each period to the next, or an index
//! that is 100 in a base period. Only ratios of an index mean anything: it has no currency (`XXX`).

mod cell;
mod csv;
mod json;
mod period;
mod series;

use haggle_plugin_api::{Failure, Host, Options, Row, Rows, Source, Status};
use serde::Deserialize;
use series::{Give, Holds, Point};
use std::collections::BTreeMap;
use std::io::Read;

/// Bytes of a message at most.
const MOST_BYTES: u64 = 64 << 20;

/// What it is told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    /// What to read: an address of a service, `file:NAME`, `file:///PATH` or `stdin:`.
    input: String,
    /// Codes by dimension, which choose one series of several.
    #[serde(default)]
    series: BTreeMap<String, String>,
    /// What its values are.
    #[serde(default)]
    holds: Holds,
    /// What is wanted of it.
    #[serde(default)]
    give: Give,
    /// The period at which a chained index is 100.
    base: Option<String>,
}

#[derive(Deserialize)]
struct Request {
    config: Config,
}

fn config(request: &str) -> Result<Config, Failure> {
    let wrong = |why: String| Failure::new(Status::Config, why);
    let request: Request = serde_json::from_str(request).map_err(|e| wrong(e.to_string()))?;
    match (request.config.give, &request.config.base) {
        (Give::Chained, None) => Err(wrong("`give` is `chained`, which needs `base`".to_owned())),
        (Give::Published | Give::Changes, Some(_)) => {
            Err(wrong("`base` is for `give` = `chained` alone".to_owned()))
        }
        _ => Ok(request.config),
    }
}

/// A message that was read, until its rows are handed over.
struct Index {
    config: Config,
    message: String,
}

impl Source for Index {
    fn validate(request: &str) -> Result<(), Failure> {
        config(request).map(drop)
    }

    fn open(request: &str, host: Host) -> Result<Self, Failure> {
        let config = config(request)?;
        let input = host.open(&config.input, &Options::default())?;
        let mut bytes = Vec::new();
        input.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(data(format!("found more than {MOST_BYTES} bytes: ask for one series")));
        }
        let message = String::from_utf8(bytes).map_err(|_| data("found no UTF-8".to_owned()))?;
        Ok(Self { config, message })
    }

    fn read(&mut self, rows: &mut Rows) -> Result<bool, Failure> {
        for point in points(&self.message, &self.config).map_err(data)? {
            push(&point, self.config.give, rows)?;
        }
        Ok(false)
    }
}

fn data(what: String) -> Failure {
    Failure::new(Status::Data, what)
}

fn points(message: &str, config: &Config) -> Result<Vec<Point>, String> {
    let message = message.strip_prefix('\u{feff}').unwrap_or(message);
    let cells = match message.trim_start().starts_with(['{', '[']) {
        true => json::cells(message)?,
        false => csv::cells(message)?,
    };
    let points = series::points(cell::one_series(cells, &config.series)?)?;
    series::computed(points, config.holds, config.give, config.base.as_deref())
}

fn push(point: &Point, give: Give, rows: &mut Rows) -> Result<(), Failure> {
    let cell = &point.cell;
    let mut attributes: BTreeMap<&str, &str> =
        cell.key.iter().map(|(name, code)| (name.as_str(), code.as_str())).collect();
    attributes.insert("period", &cell.period);
    attributes.insert("frequency", point.period.frequency.code());
    let attributes = serde_json::to_string(&attributes);
    let attributes = attributes.map_err(|e| Failure::new(Status::Internal, e.to_string()))?;
    let series = cell.series();
    rows.push(&Row {
        row: cell.row,
        column: cell.column,
        path: cell.path.as_deref(),
        kind: "index",
        subject: Some(&series).filter(|name| !name.is_empty()).map(String::as_str),
        scheme: Some("SDMX"),
        place: cell.dimension("REF_AREA").or_else(|| cell.dimension("geo")),
        date: point.period.first_day(),
        attributes: Some(&attributes),
        ..Row::new(point.value, "XXX", if give == Give::Changes { "percent" } else { "index" })
    });
    Ok(())
}

haggle_plugin_api::plugin!(
    Index,
    r#"{"manifest": 1, "name": "sdmx-index", "version": "0.1.0", "abi": "1.0",
        "summary": "Index series of statistical offices in SDMX", "license": "MIT OR Apache-2.0",
        "config_schema": {"type": "object", "additionalProperties": false, "required": ["input"],
            "properties": {"input": {"type": "string"},
                "series": {"type": "object", "additionalProperties": {"type": "string"}},
                "holds": {"enum": ["levels", "changes"]},
                "give": {"enum": ["published", "changes", "chained"]},
                "base": {"type": "string"}}},
        "permissions": {"inputs": ["https://data-api.ecb.europa.eu/service/",
            "https://ec.europa.eu/eurostat/api/", "https://sdmx.ilo.org/rest/", "file", "stdin"]}}"#
);

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "FREQ,REF_AREA,TIME_PERIOD,OBS_VALUE\nM,DE,2024-01,100\nM,FR,2024-01,90\nM,DE,2024-02,101\nA,DE,2024,99\n";

    fn asked(more: &str) -> Config {
        config(&format!("{{\"config\": {{\"input\": \"stdin:\"{more}}}}}")).unwrap()
    }

    #[test]
    fn one_series_is_chosen_and_several_are_refused() {
        let one = asked(r#", "series": {"FREQ": "M", "REF_AREA": "DE"}, "give": "changes""#);
        let found = points(TWO, &one).unwrap();
        assert_eq!((found.len(), found[0].value), (1, 1_000_000_000_000));
        for (series, part) in [
            ("", "found 3 series (`A.DE`, `M.DE`, `M.FR`), expected one"),
            (r#", "series": {"REF_AREA": "DE"}"#, "found 2 series (`A.DE`, `M.DE`)"),
            (r#", "series": {"REF_AREA": "IT"}"#, "found no observation of what"),
            (r#", "series": {"GEO": "IT"}"#, "expected one of FREQ, REF_AREA"),
        ] {
            let error = points(TWO, &asked(series)).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
        assert!(
            points("TIME_PERIOD,OBS_VALUE\n", &asked("")).unwrap_err().contains("no observation")
        );
    }

    #[test]
    fn what_it_is_told_must_go_together() {
        for (request, part) in [
            ("{}", "missing field `config`"),
            (r#"{"config": {}}"#, "missing field `input`"),
            (r#"{"config": {"input": "stdin:", "give": "chained"}}"#, "needs `base`"),
            (r#"{"config": {"input": "stdin:", "base": "2024"}}"#, "`base` is for"),
            (r#"{"config": {"input": "stdin:", "give": "growth"}}"#, "unknown variant `growth`"),
        ] {
            let error = config(request).unwrap_err();
            assert!(error.status == Status::Config && error.message.contains(part), "{error}");
        }
    }
}
