//! A number whose thousands mark was taken for a separator: put together where only one way fits.
//!
//! A row has more fields than its table has columns. Every way is tried to join neighbouring
//! fields so that their number is right: in a column of numbers only to a number with a thousands
//! mark (`$1` and `973.00`), in a column of texts to any text with commas in it. If exactly one way
//! is left and it joins numbers only, it is proved. If another is left, the row says two things.

use std::ops::Range;

/// A field as it was written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'a> {
    /// What stands in it, white space included.
    pub(crate) text: &'a str,
    /// Whether it stands in quotes.
    pub(crate) quoted: bool,
}

/// What a column holds in other rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// Anything.
    Text,
    /// Numbers only, none with a sign of a currency.
    Number,
    /// Numbers only, with a sign of a currency.
    Money,
}

/// What can be done about a row with too many fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Repair {
    /// These fields are one number each.
    Joined(Vec<Range<usize>>),
    /// There may be a number with a thousands mark, for this reason it cannot be told.
    Refused(String),
    /// No number with a thousands mark is in the row.
    Impossible,
}

/// More fields than that too many are no work of thousands marks.
const MOST: usize = 8;

/// Joins the fields of a row, so that each column has one.
pub(crate) fn repair(fields: &[Piece<'_>], columns: &[Column]) -> Repair {
    let surplus = fields.len().saturating_sub(columns.len());
    // Every run of up to so many fields is looked at, so a row of far too many must not come there.
    if !(1..=MOST).contains(&surplus) {
        return Repair::Impossible;
    }
    if !(2..=surplus + 1).any(|n| fields.windows(n).any(is_grouped)) {
        return Repair::Impossible;
    }
    let ways = ways(fields, columns);
    match ways.as_slice() {
        [] => {
            Repair::Refused("no way to join them gives every column of numbers a number".to_owned())
        }
        [joins] => match joins.iter().find(|(column, _)| columns[*column] == Column::Text) {
            None => Repair::Joined(joins.iter().map(|(_, fields)| fields.clone()).collect()),
            Some((column, _)) => {
                let column = column + 1;
                Repair::Refused(format!(
                    "the column {column}, where fields would have to be joined, holds other than numbers"
                ))
            }
        },
        _ => Repair::Refused("a comma may be a thousands mark or part of a text".to_owned()),
    }
}

/// The joins of one way, each with its column.
type Joins = Vec<(usize, Range<usize>)>;

/// The first two ways; a third changes nothing.
fn ways(fields: &[Piece<'_>], columns: &[Column]) -> Vec<Joins> {
    let surplus = fields.len() - columns.len();
    // By the number of fields too many that are joined so far.
    let mut reached: Vec<Vec<Joins>> = vec![Vec::new(); surplus + 1];
    reached[0].push(Vec::new());
    for (column, kind) in columns.iter().enumerate() {
        let mut next: Vec<Vec<Joins>> = vec![Vec::new(); surplus + 1];
        for (used, ways) in reached.iter().enumerate().filter(|(_, ways)| !ways.is_empty()) {
            let from = column + used;
            for more in 0..=surplus - used {
                let Some(run) = fields.get(from..=from + more) else { break };
                if fits(run, *kind) {
                    let extend = |way: &Joins| extended(way, column, from..from + more + 1);
                    next[used + more].extend(ways.iter().map(extend));
                    next[used + more].truncate(2);
                }
            }
        }
        reached = next;
    }
    reached.pop().unwrap_or_default()
}

fn extended(way: &Joins, column: usize, run: Range<usize>) -> Joins {
    let mut way = way.clone();
    if run.len() > 1 {
        way.push((column, run));
    }
    way
}

fn fits(run: &[Piece<'_>], column: Column) -> bool {
    match (run, column) {
        (_, Column::Number) if is_money(run[0].text) => false,
        ([_], Column::Text) => true,
        // A text with a comma in it; money does not stand behind a comma of a text.
        (run, Column::Text) => {
            !run.iter().any(|p| p.quoted) && !run[1..].iter().any(|p| is_money(p.text))
        }
        ([one], _) => one.text.trim().is_empty() || is_number_text(one.text),
        (run, _) => is_grouped(run),
    }
}

/// Whether fields read as one number with a thousands mark between each two.
pub(crate) fn is_grouped(run: &[Piece<'_>]) -> bool {
    let [first, middle @ .., last] = run else { return false };
    let lead = unsigned(first.text.trim_start());
    let whole = (1..=3).contains(&lead.len()) && digits(lead) && !lead.starts_with('0');
    let end = last.text.trim_end().trim_end_matches([')', '-', '%']);
    let (group, fraction) = end.split_once('.').unwrap_or((end, "0"));
    let three = |text: &str| text.len() == 3 && digits(text);
    !run.iter().any(|p| p.quoted)
        && whole
        && middle.iter().all(|p| three(p.text))
        && three(group)
        && (fraction.is_empty() || digits(fraction))
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

const CURRENCIES: [char; 4] = ['$', '€', '£', '¥'];

/// Without what may stand before the digits of an amount.
fn unsigned(text: &str) -> &str {
    text.trim_start_matches(['(', '-', '+', ' '])
        .trim_start_matches(CURRENCIES)
        .trim_start_matches(['-', ' '])
}

/// Whether an amount with the sign of a currency in front stands here.
pub(crate) fn is_money(text: &str) -> bool {
    let text = text.trim_start().trim_start_matches(['(', '-', '+']);
    text.starts_with(CURRENCIES) && text.contains(|c: char| c.is_ascii_digit())
}

/// Whether a field holds a number in any notation: digits with marks between and signs around.
pub(crate) fn is_number_text(text: &str) -> bool {
    let text = text.trim().trim_end_matches(CURRENCIES).trim_end();
    let core = unsigned(text).trim_end_matches([')', '-', '%']).trim_end();
    let marks = |c: char| matches!(c, '.' | ',' | '\'' | ' ' | '\u{a0}' | '\u{202f}');
    core.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && core.ends_with(|c: char| c.is_ascii_digit() || c == '.')
        && core.contains(|c: char| c.is_ascii_digit())
        && core.chars().all(|c| c.is_ascii_digit() || marks(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Were every run of fields looked at, this would be 10^14 of them.
    #[test]
    fn a_row_of_far_too_many_fields() {
        let fields = vec![Piece { text: "1", quoted: false }; 100_000];
        assert_eq!(repair(&fields, &[Column::Number; 3]), Repair::Impossible);
    }

    /// The line as the row reader would cut it; a field in quotes has no comma here.
    fn of(line: &str, columns: &str) -> String {
        let quoted = |t: &&str| t.starts_with('"');
        let fields: Vec<Piece<'_>> = line
            .split(',')
            .map(|t| Piece { text: t.trim_matches('"'), quoted: quoted(&t) })
            .collect();
        let column = |c| match c {
            'n' => Column::Number,
            '$' => Column::Money,
            _ => Column::Text,
        };
        let columns: Vec<Column> = columns.chars().map(column).collect();
        match repair(&fields, &columns) {
            Repair::Joined(joins) => {
                let text = |r: &Range<usize>| {
                    fields[r.clone()].iter().map(|p| p.text.trim()).collect::<Vec<_>>().join(",")
                };
                joins.iter().map(text).collect::<Vec<_>>().join(" ")
            }
            Repair::Refused(why) if why.contains("other than") => "text".to_owned(),
            Repair::Refused(why) if why.contains("no way") => "none".to_owned(),
            Repair::Refused(_) => "ambiguous".to_owned(),
            Repair::Impossible => "-".to_owned(),
        }
    }

    #[test]
    fn only_what_is_proved_is_joined() {
        for (line, columns, expected) in [
            ("x,$1,973.00", "t$", "$1,973.00"),
            ("x, $1,973.00 ", "t$", "$1,973.00"),
            ("x,($1,973.00)", "t$", "($1,973.00)"),
            ("x,-$1,973", "t$", "-$1,973"),
            ("x,$1,234,567.50", "t$", "$1,234,567.50"),
            ("x,$1,973.00,$2,100.00", "t$$", "$1,973.00 $2,100.00"),
            // A text in quotes has no share in the commas.
            ("\"x\",1,973.00", "tn", "1,973.00"),
            ("1,973,5", "nn", "1,973"),
            // The text may be `x,1`.
            ("x,1,973.00", "tn", "ambiguous"),
            ("1,973,x", "nt", "ambiguous"),
            ("x,5,1,973.00", "tnn", "ambiguous"),
            ("12,345,678", "nn", "ambiguous"),
            ("\"x\",1,234,567,890", "tnn", "ambiguous"),
            // The join falls in a column of texts.
            ("x,$1,973.00", "tt", "text"),
            ("x,y,$1,973.00", "t$", "text"),
            ("x,3,$1,973.00", "tn$", "$1,973.00"),
            ("x,3,$1,973.00", "t$$", "ambiguous"),
            ("x,$1,973.00", "tn", "none"),
            // No number is split.
            ("x,y,5.00", "tn", "-"),
            ("x,$1,97.00", "tn", "-"),
            ("x,$0,973.00", "tn", "-"),
            ("x,$1234,973.00", "tn", "-"),
            ("x,$1, 973.00", "tn", "-"),
            ("x,1 973.00", "tn", "-"),
            ("x,$1,\"973.00\"", "tn", "-"),
            ("x,$1,973.00", "tnn", "-"),
            ("\"x\",$1,973.00,n/a", "t$n", "none"),
        ] {
            assert_eq!(of(line, columns), expected, "{line} in {columns}");
        }
    }

    #[test]
    fn numbers_in_any_notation() {
        for text in ["5", "-5.00", "$1,973.00", "(5)", "5-", "50%", "1'234", "5 €", ".5", "5."] {
            assert!(is_number_text(text), "{text}");
        }
        for text in ["", "n/a", "A1", "1A", "2024-01-01", "$", ".", "1/2", "5 kg", "-"] {
            assert!(!is_number_text(text), "{text}");
        }
    }

    #[derive(Debug, Clone)]
    enum Value {
        Text(String),
        Number(u32),
    }

    fn grouped(number: u32) -> String {
        let digits = number.to_string();
        let first = (digits.len() - 1) % 3 + 1;
        let groups: Vec<&str> =
            (first..digits.len()).step_by(3).map(|i| &digits[i..i + 3]).collect();
        [&[&digits[..first]], groups.as_slice()].concat().join(",")
    }

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            "[a-c]{0,2}(,[0-9]{1,3}){0,2}".prop_map(Value::Text),
            (0..2_000_000_u32).prop_map(Value::Number)
        ]
    }

    proptest! {
        /// Whatever was meant: what is joined is what was meant.
        #[test]
        fn a_repair_is_never_wrong(row in prop::collection::vec(value(), 1..6)) {
            let texts: Vec<String> = row.iter().map(|v| match v {
                Value::Text(t) => t.clone(),
                Value::Number(n) => grouped(*n),
            }).collect();
            let line = texts.join(",");
            let fields: Vec<Piece<'_>> = line.split(',').map(|text| Piece { text, quoted: false }).collect();
            let column = |v: &Value| match v {
                Value::Text(_) => Column::Text,
                Value::Number(_) => Column::Number,
            };
            let columns: Vec<Column> = row.iter().map(column).collect();
            if let Repair::Joined(joins) = repair(&fields, &columns) {
                let mut found = Vec::new();
                let mut at = 0;
                while at < fields.len() {
                    let run = joins.iter().find(|j| j.start == at).cloned().unwrap_or(at..at + 1);
                    found.push(fields[run.clone()].iter().map(|p| p.text).collect::<Vec<_>>().join(","));
                    at = run.end;
                }
                prop_assert_eq!(found, texts);
            }
        }
    }
}
