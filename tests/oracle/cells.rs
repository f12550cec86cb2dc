//! The source files themselves: lines of the CSV, cells of the workbook, and the deal's conditions.

use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};

use super::report::day;

/// An answer of the pay survey that is an observation.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// Line of the file, counted from 1.
    pub(super) line: usize,
    pub(super) amount: f64,
    pub(super) currency: String,
    pub(super) title: String,
    pub(super) place: String,
    pub(super) date: i64,
}

/// The column of the amount in the survey, counted from 1.
pub(super) const AMOUNT_COLUMN: usize = 5;

/// The answers that have an amount and a currency.
pub(super) fn answers(path: &Path) -> Vec<Answer> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().enumerate().skip(1).filter_map(|(line, text)| answer(line + 1, text)).collect()
}

fn answer(line: usize, text: &str) -> Option<Answer> {
    let cells: Vec<&str> = text.split(',').collect();
    let amount = cells[AMOUNT_COLUMN - 1].parse().ok()?;
    let currency = Some(cells[5]).filter(|currency| !currency.is_empty())?;
    Some(Answer {
        line,
        amount,
        currency: currency.to_owned(),
        title: cells[3].to_owned(),
        place: cells[9].to_owned(),
        date: day(&format!("{}-07-01", cells[0])),
    })
}

/// Whether an answer satisfies conditions on title, place and amount.
pub(super) fn satisfies(answer: &Answer, conditions: &toml::Table) -> bool {
    conditions.iter().all(|(field, condition)| {
        let condition = condition.as_str().unwrap();
        match field.as_str() {
            "title" => title_matches(&answer.title, condition),
            "place" => answer.place == condition,
            "amount" => within(answer.amount, condition),
            other => panic!("the oracle knows no condition on {other}"),
        }
    })
}

fn title_matches(title: &str, condition: &str) -> bool {
    let Some(words) = condition.strip_prefix('~') else { return title == condition };
    let title = title.to_lowercase();
    words.to_lowercase().split_whitespace().all(|word| title.split(' ').any(|part| part == word))
}

fn within(amount: f64, range: &str) -> bool {
    let (from, to) = range.split_once("..").unwrap();
    let below = from.parse().is_ok_and(|from: f64| amount < from);
    let above = to.parse().is_ok_and(|to: f64| amount > to);
    !below && !above
}

/// A cell of the published table: its place and what it says.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) place: String,
    pub(super) amount: f64,
    /// The publisher prints `#`: the amount is a lower bound.
    pub(super) at_least: bool,
}

/// The published percentiles of an occupation, and the relative error of its mean.
pub(super) struct Occupation {
    pub(super) cells: Vec<(u8, Cell)>,
    pub(super) relative_error: f64,
}

/// Reads an occupation's row, amounts per `year` or `hour`.
pub(super) fn occupation(path: &Path, code: &str, per: &str) -> Occupation {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let sheets = book.sheet_names();
    let sheet = sheets.iter().find(|name| name.starts_with("national")).unwrap().clone();
    let range = book.worksheet_range(&sheet).unwrap();
    let header: Vec<String> = range.rows().next().unwrap().iter().map(Data::to_string).collect();
    let column = |name: &str| header.iter().position(|cell| cell == name).unwrap();
    let (codes, groups) = (column("OCC_CODE"), column("O_GROUP"));
    let (number, row) = range
        .rows()
        .enumerate()
        .find(|(_, row)| row[codes] == *code && row[groups] == *"detailed")
        .unwrap();
    let letter = if per == "hour" { "H" } else { "A" };
    let top = top_code(&mut book, per);
    let cell = |percentile: u8| {
        let name = match percentile {
            50 => format!("{letter}_MEDIAN"),
            other => format!("{letter}_PCT{other}"),
        };
        let at = column(&name);
        let text = row[at].to_string();
        let place = format!("{sheet}!{}{}", letters(at), number + 1);
        let at_least = text == "#";
        let amount = if at_least { top } else { text.parse().unwrap() };
        (percentile, Cell { place, amount, at_least })
    };
    Occupation {
        cells: [10, 25, 50, 75, 90].into_iter().map(cell).collect(),
        relative_error: row[column("MEAN_PRSE")].to_string().parse::<f64>().unwrap() / 100.0,
    }
}

/// The wage that `#` stands for, from the notes of the file: `$115.00 per hour or $239,200`.
fn top_code(book: &mut Xlsx<std::io::BufReader<std::fs::File>>, per: &str) -> f64 {
    for sheet in book.sheet_names() {
        let range = book.worksheet_range(&sheet).unwrap();
        for cell in range.used_cells() {
            let text = cell.2.to_string();
            if !text.contains('#') || !text.contains('$') {
                continue;
            }
            let amounts: Vec<f64> = text.split('$').skip(1).map(leading_number).collect();
            let least = amounts.iter().copied().fold(f64::INFINITY, f64::min);
            let most = amounts.iter().copied().fold(0.0, f64::max);
            return if per == "hour" { least } else { most };
        }
    }
    panic!("the file's notes do not say what # stands for")
}

fn leading_number(text: &str) -> f64 {
    let digits = text.chars().take_while(|c| c.is_ascii_digit() || ",.".contains(*c));
    let digits: String = digits.filter(|c| *c != ',').collect();
    digits.trim_end_matches('.').parse().unwrap()
}

/// The name of a column, counted from 0.
fn letters(column: usize) -> String {
    let letter = |n: usize| char::from(b'A' + n as u8);
    match column / 26 {
        0 => letter(column).to_string(),
        more => format!("{}{}", letter(more - 1), letter(column % 26)),
    }
}
