//! SDMX-JSON 1.0 and 2.0: codes by their numbers, series by series or flat.

use crate::cell::Cell;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::marker::PhantomData;

/// The dimension that is the time.
const TIME: &str = "TIME_PERIOD";

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    #[serde(borrow)]
    data: Option<Data<'a>>,
    #[serde(borrow, default)]
    data_sets: Vec<DataSet<'a>>,
    structure: Option<Structure>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    #[serde(borrow, default)]
    data_sets: Vec<DataSet<'a>>,
    structure: Option<Structure>,
    #[serde(default)]
    structures: Vec<Structure>,
}

#[derive(serde::Deserialize)]
struct DataSet<'a> {
    #[serde(borrow, default)]
    series: Pairs<Series<'a>>,
    #[serde(borrow, default)]
    observations: Pairs<Vec<&'a RawValue>>,
}

#[derive(serde::Deserialize)]
struct Series<'a> {
    #[serde(borrow, default)]
    observations: Pairs<Vec<&'a RawValue>>,
}

#[derive(serde::Deserialize)]
struct Structure {
    dimensions: Components,
    #[serde(default)]
    attributes: Components,
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct Components {
    #[serde(rename = "dataSet")]
    data_set: Vec<Component>,
    series: Vec<Component>,
    observation: Vec<Component>,
}

#[derive(serde::Deserialize)]
struct Component {
    id: String,
    #[serde(default)]
    values: Vec<Option<Code>>,
}

#[derive(serde::Deserialize)]
struct Code {
    id: Option<String>,
    value: Option<String>,
}

impl Code {
    fn text(&self) -> Option<&str> {
        self.id.as_deref().or(self.value.as_deref())
    }
}

/// The members of an object in their order; one that stands twice is there twice.
struct Pairs<T>(Vec<(String, T)>);

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = Pairs<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}

/// Reads a message.
///
/// # Errors
/// What is wrong with it, with its place.
pub(crate) fn cells(text: &str) -> Result<Vec<Cell>, String> {
    let message: Message<'_> = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let (sets, structures) = match message.data {
        Some(data) => (data.data_sets, data.structure.into_iter().chain(data.structures).collect()),
        None => (message.data_sets, message.structure.into_iter().collect::<Vec<_>>()),
    };
    let ([set], [structure]) = (sets.as_slice(), structures.as_slice()) else {
        return Err(format!(
            "found {} data sets and {} structures, expected one of each as SDMX-JSON has them",
            sets.len(),
            structures.len()
        ));
    };
    unscaled(&structure.attributes)?;
    let mut cells = Cells { structure, found: Vec::new() };
    for (key, series) in &set.series.0 {
        let place = format!("/dataSets/0/series/{key}");
        let codes = codes(&structure.dimensions.series, key, &place)?;
        cells.add(&codes, &series.observations, &place)?;
    }
    cells.add(&[], &set.observations, "/dataSets/0")?;
    Ok(cells.found)
}

/// An index is published as it is, and not in thousands.
fn unscaled(attributes: &Components) -> Result<(), String> {
    let Components { data_set, series, observation } = attributes;
    let all = data_set.iter().chain(series).chain(observation);
    let multipliers = all.filter(|a| a.id == "UNIT_MULT").flat_map(|a| a.values.iter().flatten());
    match multipliers.filter_map(Code::text).find(|code| *code != "0") {
        Some(code) => Err(format!("found UNIT_MULT `{code}`, expected 0 as an index has it")),
        None => Ok(()),
    }
}

type Codes = Vec<(String, String)>;

/// The codes that a key such as `0:2:1` means.
fn codes(dimensions: &[Component], key: &str, place: &str) -> Result<Codes, String> {
    let numbers: Vec<&str> = key.split(':').collect();
    if numbers.len() != dimensions.len() {
        return Err(format!(
            "{place}: found {} numbers, expected {}, one for each dimension",
            numbers.len(),
            dimensions.len()
        ));
    }
    let code = |(number, dimension): (&&str, &Component)| {
        let value = number.parse::<usize>().ok().and_then(|n| dimension.values.get(n)?.as_ref());
        let text = value.and_then(Code::text);
        let text =
            text.ok_or_else(|| format!("{place}: `{}` has no value `{number}`", dimension.id))?;
        Ok((dimension.id.clone(), text.to_owned()))
    };
    numbers.iter().zip(dimensions).map(code).collect()
}

struct Cells<'a> {
    structure: &'a Structure,
    found: Vec<Cell>,
}

impl Cells<'_> {
    fn add(
        &mut self,
        series: &[(String, String)],
        observations: &Pairs<Vec<&RawValue>>,
        place: &str,
    ) -> Result<(), String> {
        for (key, values) in &observations.0 {
            let path = format!("{place}/observations/{key}");
            let mut codes: Codes = series.to_vec();
            codes.extend(self::codes(&self.structure.dimensions.observation, key, &path)?);
            let time = codes.iter().position(|(name, _)| name == TIME);
            let time = time.ok_or_else(|| format!("{path}: found no dimension `{TIME}`"))?;
            let period = codes.remove(time).1;
            let value = values.first().map_or(Ok(None), |value| scalar(value));
            let value = value.map_err(|why| format!("{path}: {why}"))?;
            let row = self.found.len() as u64 + 1;
            self.found.push(Cell { row, column: 1, path: Some(path), key: codes, period, value });
        }
        Ok(())
    }
}

/// A number as it was written, or as a text; `None` for `null` and `NaN`.
fn scalar(value: &RawValue) -> Result<Option<String>, String> {
    let text = value.get();
    match text.bytes().next() {
        Some(b'n') => Ok(None),
        Some(b'"') => {
            let text: String = serde_json::from_str(text).map_err(|e| e.to_string())?;
            Ok(Some(text).filter(|text| text != "NaN"))
        }
        Some(b'-' | b'0'..=b'9') => Ok(Some(text.to_owned())),
        _ => Err(format!("found `{text}`, expected a number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIMENSIONS: &str = r#""dimensions": {"series": [{"id": "FREQ", "values": [{"id": "M"}]},
        {"id": "REF_AREA", "values": [{"id": "DE"}, {"id": "FR"}]}],
        "observation": [{"id": "TIME_PERIOD", "values": [{"id": "2024-01"}, {"id": "2024-02"}]}]}"#;

    const FLAT: &str = r#""dimensions": {"observation": [{"id": "FREQ", "values": [{"id": "M"}]},
        {"id": "REF_AREA", "values": [{"id": "DE"}, {"id": "FR"}]},
        {"id": "TIME_PERIOD", "values": [{"value": "2024-01"}, {"value": "2024-02"}]}]}"#;

    fn first() -> String {
        format!(
            r#"{{"header": {{}}, "dataSets": [{{"action": "Replace", "series": {{"0:1": {{"attributes": [0],
            "observations": {{"0": [100.10, 0], "1": [null]}}}}}}}}], "structure": {{{DIMENSIONS}}}}}"#
        )
    }

    #[test]
    fn both_versions_and_flat_messages_say_the_same() {
        let second = format!(
            r#"{{"meta": {{}}, "data": {{"dataSets": [{{"observations": {{"0:1:0": [100.10], "0:1:1": []}}}}], "structures": [{{{FLAT}}}]}}}}"#
        );
        for text in [first(), second] {
            let cells = cells(&text).unwrap();
            let said: Vec<(String, &str, Option<&str>)> =
                cells.iter().map(|c| (c.series(), c.period.as_str(), c.value.as_deref())).collect();
            let name = || "M.FR".to_owned();
            assert_eq!(said, [(name(), "2024-01", Some("100.10")), (name(), "2024-02", None)]);
            assert!(cells[0].place().starts_with("/dataSets/0/"));
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for (from, to, part) in [
            ("\"0:1\"", "\"0:2\"", "/dataSets/0/series/0:2: `REF_AREA` has no value `2`"),
            ("\"0:1\"", "\"0\"", "found 1 numbers, expected 2"),
            ("\"0:1\"", "\"0:x\"", "has no value `x`"),
            ("100.10", "true", "/dataSets/0/series/0:1/observations/0: found `true`"),
            ("TIME_PERIOD", "TIME", "found no dimension `TIME_PERIOD`"),
            ("\"structure\"", "\"structured\"", "found 1 data sets and 0 structures"),
            (
                "\"dimensions\"",
                "\"attributes\": {\"series\": [{\"id\": \"UNIT_MULT\", \"values\": [{\"id\": \"6\"}]}]}, \"dimensions\"",
                "UNIT_MULT `6`",
            ),
        ] {
            let text = first();
            assert!(text.contains(from), "{from}");
            let error = cells(&text.replacen(from, to, 1)).map(drop).unwrap_err();
            assert!(error.contains(part), "{from}: {error}");
        }
    }
}
