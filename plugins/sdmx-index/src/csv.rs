//! SDMX-CSV: a header, then one observation a line.

use crate::cell::Cell;

/// Columns in front of the value that say nothing of the series.
const NONE_OF_THE_KEY: [&str; 8] = [
    "TIME_PERIOD",
    "KEY",
    "DATAFLOW",
    "STRUCTURE",
    "STRUCTURE_ID",
    "STRUCTURE_NAME",
    "ACTION",
    "LAST UPDATE",
];

/// Where the columns stand.
struct Columns {
    period: usize,
    value: usize,
    multiplier: Option<usize>,
    key: Vec<(usize, String)>,
    width: usize,
}

/// Reads a message.
///
/// # Errors
/// What is wrong with it, with its line.
pub(crate) fn cells(text: &str) -> Result<Vec<Cell>, String> {
    let mut records = Records { rest: text, line: 1 };
    let header = records.next().transpose()?.ok_or("line 1: found nothing")?.1;
    let columns = columns(&header)?;
    let mut cells = Vec::new();
    for record in records {
        let (line, fields) = record?;
        if fields != [""] {
            cells.push(cell(&columns, line, &fields)?);
        }
    }
    Ok(cells)
}

fn columns(header: &[String]) -> Result<Columns, String> {
    let find = |name: &str| header.iter().position(|h| h.trim().eq_ignore_ascii_case(name));
    let needed = |name: &str| {
        find(name).ok_or_else(|| format!("line 1: found no column `{name}`, expected SDMX-CSV"))
    };
    let (period, value) = (needed("TIME_PERIOD")?, needed("OBS_VALUE")?);
    // Behind the value stand attributes.
    let key = header[..value].iter().map(|name| name.trim().to_owned()).enumerate();
    let of_key = |name: &str| !NONE_OF_THE_KEY.iter().any(|none| name.eq_ignore_ascii_case(none));
    let key = key.filter(|(_, name)| of_key(name)).collect();
    Ok(Columns { period, value, multiplier: find("UNIT_MULT"), key, width: header.len() })
}

fn cell(columns: &Columns, line: u64, fields: &[String]) -> Result<Cell, String> {
    if fields.len() != columns.width {
        return Err(format!(
            "line {line}: found {} fields, expected {}",
            fields.len(),
            columns.width
        ));
    }
    let field = |at: usize| fields[at].trim();
    if let Some(found) = columns.multiplier.map(field).filter(|m| !matches!(*m, "" | "0")) {
        return Err(format!(
            "line {line}: found UNIT_MULT `{found}`, expected 0 as an index has it"
        ));
    }
    let value = Some(field(columns.value)).filter(|v| !matches!(*v, "" | "NaN" | ":"));
    Ok(Cell {
        row: line,
        column: columns.value as u32 + 1,
        path: None,
        key: columns.key.iter().map(|(at, name)| (name.clone(), field(*at).to_owned())).collect(),
        period: field(columns.period).to_owned(),
        value: value.map(str::to_owned),
    })
}

/// Records of comma-separated values, quotes and all (RFC 4180), each with its first line.
struct Records<'a> {
    rest: &'a str,
    line: u64,
}

impl Iterator for Records<'_> {
    type Item = Result<(u64, Vec<String>), String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line;
        let mut fields = Vec::new();
        loop {
            match self.field() {
                Err(why) => {
                    self.rest = "";
                    return Some(Err(format!("line {line}: {why}")));
                }
                Ok((field, is_last)) => {
                    fields.push(field);
                    if is_last {
                        return Some(Ok((line, fields)));
                    }
                }
            }
        }
    }
}

impl Records<'_> {
    /// The next field, and whether the record ends behind it.
    fn field(&mut self) -> Result<(String, bool), &'static str> {
        let mut field = String::new();
        if let Some(inside) = self.rest.strip_prefix('"') {
            self.rest = inside;
            loop {
                let end = self.rest.find('"').ok_or("a quote has no end")?;
                field.push_str(&self.rest[..end]);
                self.rest = &self.rest[end + 1..];
                match self.rest.strip_prefix('"') {
                    Some(rest) => self.rest = rest,
                    None => break,
                }
                field.push('"');
            }
        } else {
            let end = self.rest.find([',', '\r', '\n']).unwrap_or(self.rest.len());
            field.push_str(&self.rest[..end]);
            self.rest = &self.rest[end..];
        }
        self.line += field.matches('\n').count() as u64;
        self.separator().map(|is_last| (field, is_last))
    }

    fn separator(&mut self) -> Result<bool, &'static str> {
        if let Some(rest) = self.rest.strip_prefix(',') {
            self.rest = rest;
            return Ok(false);
        }
        let rest = self.rest.strip_prefix("\r\n").or_else(|| self.rest.strip_prefix('\n'));
        match rest {
            Some(rest) => self.rest = rest,
            None if self.rest.is_empty() => {}
            None => return Err("something follows a closing quote or a lone carriage return"),
        }
        self.line += 1;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_split_as_rfc_4180_says() {
        let text = "a,\"b \"\"c\"\"\nd\",\r\n\"x\",,y\n\nlast";
        let found: Vec<(u64, Vec<String>)> =
            Records { rest: text, line: 1 }.collect::<Result<_, _>>().unwrap();
        let expected: [(u64, &[&str]); 4] =
            [(1, &["a", "b \"c\"\nd", ""]), (3, &["x", "", "y"]), (4, &[""]), (5, &["last"])];
        assert_eq!(found.len(), expected.len());
        for ((line, fields), (at, words)) in found.iter().zip(expected) {
            assert_eq!((*line, fields.as_slice()), (at, words.map_to_owned().as_slice()));
        }
        for bad in ["\"a", "\"a\"b,c", "a\rb"] {
            assert!(Records { rest: bad, line: 1 }.any(|record| record.is_err()), "{bad}");
        }
    }

    trait MapToOwned {
        fn map_to_owned(&self) -> Vec<String>;
    }

    impl MapToOwned for &[&str] {
        fn map_to_owned(&self) -> Vec<String> {
            self.iter().map(|word| (*word).to_owned()).collect()
        }
    }

    #[test]
    fn the_key_is_what_stands_before_the_value() {
        let text = "KEY,FREQ,REF_AREA,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MULT\nk,M,DE,2024-01,117.6,A,0\nk,M,DE,2024-02,NaN,M,\n";
        let cells = cells(text).unwrap();
        assert_eq!((cells[0].series().as_str(), cells[0].row, cells[0].column), ("M.DE", 2, 5));
        assert_eq!((cells[0].value.as_deref(), cells[1].value.as_deref()), (Some("117.6"), None));
        for (text, part) in [
            ("", "line 1: found nothing"),
            ("FREQ,OBS_VALUE\nM,1\n", "no column `TIME_PERIOD`"),
            ("TIME_PERIOD,OBS_VALUE\n2024\n", "line 2: found 1 fields, expected 2"),
            ("TIME_PERIOD,OBS_VALUE,UNIT_MULT\n2024,1,3\n", "line 2: found UNIT_MULT `3`"),
            ("TIME_PERIOD,OBS_VALUE\n2024,\"1\n", "line 2: a quote has no end"),
        ] {
            let error = super::cells(text).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
