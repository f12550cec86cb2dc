//! {{name}}: a data source for haggle. Change the manifest, `SOURCE` and `row`.

use haggle_plugin_api::{Failure, Host, Input, Options, Row, Rows, Source, Status, decimal};
use std::io::{BufRead, BufReader, Lines};

const SOURCE: &str = "https://prices.example/list.csv";

/// Reads lines `title,amount` below a header and states each as a list price.
struct Prices {
    lines: Lines<BufReader<Input>>,
    line: u64,
}

impl Source for Prices {
    fn open(_request: &str, host: Host) -> Result<Self, Failure> {
        let input = host.open(SOURCE, &Options::default())?;
        Ok(Self { lines: BufReader::new(input).lines(), line: 0 })
    }

    fn read(&mut self, rows: &mut Rows) -> Result<bool, Failure> {
        while !rows.is_full() {
            let Some(line) = self.lines.next().transpose()? else { return Ok(false) };
            self.line += 1;
            if self.line > 1 && !line.is_empty() {
                rows.push(&row(&line, self.line)?);
            }
        }
        Ok(true)
    }
}

fn row(line: &str, number: u64) -> Result<Row<'_>, Failure> {
    let stated = line.rsplit_once(',').and_then(|(title, amount)| Some((title, decimal(amount)?)));
    let wrong = || Failure::new(Status::Data, format!("line {number}: expected `title,amount`"));
    let (title, amount) = stated.ok_or_else(wrong)?;
    Ok(Row { row: number, column: 2, title: Some(title), ..Row::new(amount, "EUR", "EA") })
}

haggle_plugin_api::plugin!(
    Prices,
    r#"{"manifest": 1, "name": "{{name}}", "version": "0.1.0", "abi": "1.0",
        "summary": "List prices of prices.example",
        "permissions": {"inputs": ["https://prices.example/"]}}"#
);
