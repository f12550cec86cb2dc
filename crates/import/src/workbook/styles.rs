//! How the cells of a workbook show their numbers: format codes, and which cell style has which.

use super::tags::{Tags, Token};
use crate::cell::Format;
use crate::money;
use std::collections::BTreeMap;
use std::io::{self, Read};

/// What a format code makes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// A number.
    Number(Format),
    /// A day, a time of day, or both.
    Date,
    /// A length of time.
    Duration,
}

impl Default for Show {
    fn default() -> Self {
        Self::Number(Format::Plain)
    }
}

/// What every cell style makes of a number, by its number.
pub(super) fn read(tags: &mut Tags<impl Read>) -> io::Result<Vec<Show>> {
    let mut codes: BTreeMap<u32, String> = BTreeMap::new();
    let (mut shows, mut in_cells) = (Vec::new(), false);
    loop {
        match tags.next()? {
            Token::Open(tag) => match tag.name {
                b"numFmt" => {
                    if let Some(id) = number(tag.get(b"numFmtId")?) {
                        codes.insert(id, tag.value(b"formatCode")?.unwrap_or_default());
                    }
                }
                b"cellXfs" => in_cells = !tag.empty,
                b"xf" if in_cells => {
                    let id = number(tag.get(b"numFmtId")?).unwrap_or(0);
                    shows.push(show(id, codes.get(&id).map(String::as_str)));
                }
                _ => {}
            },
            Token::Close(b"cellXfs") => in_cells = false,
            Token::End => return Ok(shows),
            _ => {}
        }
    }
}

fn number(value: Option<&[u8]>) -> Option<u32> {
    std::str::from_utf8(value?).ok()?.trim().parse().ok()
}

/// What a format makes of a number: by its code, or else by the number of a built-in one.
///
/// The built-in numbers are those of ECMA-376, part 1, section 18.8.30.
pub(super) fn show(id: u32, code: Option<&str>) -> Show {
    match (code, id) {
        (Some(code), _) => of_code(code),
        (None, 9 | 10) => Show::Number(Format::Percent),
        (None, 14..=22 | 27..=36 | 45 | 47 | 50..=58) => Show::Date,
        (None, 46) => Show::Duration,
        _ => Show::default(),
    }
}

/// What is left of a code's first section without literals, colours and conditions.
#[derive(Default)]
struct Bare {
    text: String,
    /// Literal texts, where a currency may stand.
    literal: Vec<String>,
    /// What is marked as a currency.
    currency: Vec<String>,
    elapsed: bool,
}

fn bare(code: &str) -> Bare {
    let mut bare = Bare::default();
    let mut rest = code.chars();
    while let Some(c) = rest.next() {
        match c {
            ';' => break,
            '"' => bare.literal.push(rest.by_ref().take_while(|c| *c != '"').collect()),
            '\\' => bare.literal.extend(rest.next().map(String::from)),
            '_' | '*' => drop(rest.next()),
            '[' => {
                let inner: String = rest.by_ref().take_while(|c| *c != ']').collect();
                if let Some(currency) = inner.strip_prefix('$') {
                    bare.currency.extend(currency.split('-').next().map(str::to_owned));
                }
                let inner = inner.to_ascii_lowercase();
                let of = |unit| !inner.is_empty() && inner.chars().all(|c| c == unit);
                bare.elapsed |= ['h', 'm', 's'].into_iter().any(of);
            }
            c => {
                if !c.is_ascii() || c == '$' {
                    bare.literal.push(c.to_string());
                }
                bare.text.push(c.to_ascii_lowercase());
            }
        }
    }
    bare
}

fn of_code(code: &str) -> Show {
    let bare = bare(code);
    let text = bare.text.trim();
    if bare.elapsed {
        return Show::Duration;
    }
    if text != "general" && text.contains(['d', 'm', 'y', 'h', 's']) {
        return Show::Date;
    }
    Show::Number(match text {
        t if t.contains('%') => Format::Percent,
        t if t.len() > 1 && t.bytes().all(|b| b == b'0') && worded(&bare).is_none() => {
            u8::try_from(t.len()).map_or(Format::Plain, Format::Digits)
        }
        // The literal texts of such a format tell the size that is shown, and the number is whole.
        t if t.trim_end_matches([')', '_']).trim_end().ends_with(',') => Format::Shortened,
        _ => worded(&bare)
            .or_else(|| {
                let texts = bare.currency.iter().chain(&bare.literal);
                texts.map(String::as_str).find_map(money::mark).map(Format::Money)
            })
            .unwrap_or(Format::Plain),
    })
}

/// What literal texts say of a number, beside its currency.
fn worded(bare: &Bare) -> Option<Format> {
    const KNOWN: [&str; 26] = [
        "k",
        "tsd",
        "tsd.",
        "m",
        "mio",
        "mio.",
        "mn",
        "bn",
        "per hour",
        "/hour",
        "/hr",
        "/h",
        "per day",
        "/day",
        "per week",
        "/week",
        "per month",
        "/month",
        "/mo",
        "per year",
        "/year",
        "/yr",
        "p.a.",
        "pa",
        "each",
        "/kg",
    ];
    let other = bare.literal.iter().filter(|l| money::mark(l).is_none());
    let text = other.map(String::as_str).collect::<String>().trim().to_lowercase();
    let known = KNOWN.iter().find(|k| **k == text).copied();
    let words = text.contains(char::is_alphabetic);
    known.or(words.then_some("words")).map(Format::Worded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        let (plain, percent) = (Show::Number(Format::Plain), Show::Number(Format::Percent));
        let digits = |n| Show::Number(Format::Digits(n));
        let money = |mark| Show::Number(Format::Money(mark));
        let worded = |words| Show::Number(Format::Worded(words));
        for (code, expected) in [
            ("General", plain),
            ("0", plain),
            ("#,##0.00", plain),
            ("0.00E+00", plain),
            ("_($* #,##0.00_);_($* (#,##0.00);_($* \"-\"??_);_(@_)", money("$")),
            ("#,##0.00\\ [$€-407]", money("€")),
            ("[$-409]#,##0.00", plain),
            ("\"kr \"#,##0", money("kr")),
            ("#,##0 €", money("€")),
            ("#,##0.00\\ \"days\"", worded("words")),
            ("0\" per hour\"", worded("per hour")),
            ("0\"k\"", worded("k")),
            ("\"$\"0\"k\"", worded("k")),
            ("000\"k\"", worded("k")),
            ("#,##0,\"k\"", Show::Number(Format::Shortened)),
            ("0.0,,\"M\"", Show::Number(Format::Shortened)),
            ("#,##0,", Show::Number(Format::Shortened)),
            ("[Red]#,##0", plain),
            ("[$USD] #,##0", money("USD")),
            ("0.0\"%\"", plain),
            ("0.0\\%", plain),
            ("00.0", plain),
            ("@", plain),
            ("", plain),
            ("0.0%", percent),
            ("0%;[Red]-0%", percent),
            ("_(0.0%_)", percent),
            ("00000", digits(5)),
            ("00000_);(00000)", digits(5)),
            ("[Blue]0000000", digits(7)),
            ("yyyy-mm-dd", Show::Date),
            ("[$-409]d-mmm-yy;@", Show::Date),
            ("h:mm AM/PM", Show::Date),
            ("DD/MM/YY", Show::Date),
            ("[h]:mm:ss", Show::Duration),
            ("[mm]:ss", Show::Duration),
            ("[<1][h]:mm", Show::Duration),
        ] {
            assert_eq!(of_code(code), expected, "{code}");
        }
        for (id, expected) in [(0, plain), (10, percent), (14, Show::Date), (46, Show::Duration)] {
            assert_eq!(show(id, None), expected);
        }
        assert_eq!(show(14, Some("0%")), percent);
    }

    #[test]
    fn styles_of_cells_alone() {
        let xml = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"0.0&quot;x&quot;%\"/></numFmts>\
                   <cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf/>\
                   <xf numFmtId=\"164\"><alignment/></xf></cellXfs><cellStyles><xf/></cellStyles></styleSheet>";
        let shows = read(&mut Tags::new(xml.as_bytes())).unwrap();
        assert_eq!(shows, [Show::default(), Show::Number(Format::Percent)]);
    }
}
