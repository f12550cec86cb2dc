//! Which separator a text has: as its first line says, or as fits its first records best.

use super::records::Records;

/// Separators that are tried.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records that the separator is judged by.
const HEAD_RECORDS: usize = 100;

/// The separator that a first line such as `sep=;` declares, as Excel writes and reads it.
pub(super) fn declared(head: &[u8]) -> Option<u8> {
    let line = head.split(|b| matches!(b, b'\r' | b'\n')).next()?;
    let line = line.strip_prefix(b"\"").map_or(line, |l| l.strip_suffix(b"\"").unwrap_or(l));
    match line {
        [s @ .., b'=', separator] if s.eq_ignore_ascii_case(b"sep") => Some(*separator),
        _ => None,
    }
    .filter(|b| b.is_ascii_punctuation() || matches!(b, b'\t' | b' '))
    .filter(|b| *b != b'"')
}

/// The separators, the most likely first.
pub(super) fn ranked(head: &[u8]) -> Vec<u8> {
    let mut scored: Vec<_> = DELIMITERS.iter().map(|&d| (score(head, d), d)).collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, d)| d).collect()
}

/// How well a separator fits: rows that agree on their number of fields, then that number.
fn score(head: &[u8], delimiter: u8) -> (usize, usize) {
    let mut records = Records::new(head, delimiter);
    let mut widths = Vec::new();
    // The head may end in the midst of a record, which is no fault of the text.
    while let Ok(Some(record)) = records.next() {
        if !record.is_blank_line() {
            widths.push(record.len());
        }
        if widths.len() == HEAD_RECORDS {
            break;
        }
    }
    let agreeing = |width: usize| widths.iter().filter(|w| **w == width).count();
    let wide = widths.iter().filter(|w| **w > 1);
    wide.map(|w| (agreeing(*w), *w)).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_may_declare_it() {
        for (head, expected) in [
            ("sep=;\r\na;b", Some(b';')),
            ("SEP=,", Some(b',')),
            ("\"sep=|\"\na|b", Some(b'|')),
            ("sep=\t\na\tb", Some(b'\t')),
            ("sep=\na", None),
            ("sep=x\na", None),
            ("sep=\"\na", None),
            ("sep=,,\na", None),
            ("a,b\nsep=;", None),
        ] {
            assert_eq!(declared(head.as_bytes()), expected, "{head:?}");
        }
    }

    #[test]
    fn else_the_one_by_which_most_rows_are_alike() {
        for (head, expected) in [
            ("a,b\n1,2\n", b','),
            ("a;b\n1,5;2,5\n1;2\n", b';'),
            ("x, y\na|b|c\n1|2|3\n", b'|'),
            ("a\tb\n\"1,5\"\t2\n", b'\t'),
        ] {
            assert_eq!(ranked(head.as_bytes())[0], expected, "{head:?}");
        }
    }
}
