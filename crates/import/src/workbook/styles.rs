//! How the cells of a workbook show their numbers: format codes, and which cell style has which.

use super::tags::{Tags, Token};
use crate::cell::Format;
use crate::money::{self, Multiple};
use std::collections::BTreeMap;
use std::io::{self, Read};

/// Words of formats and the units that they say.
const UNITS: [(&str, &str); 17] = [
    ("per hour", "hour"),
    ("/hour", "hour"),
    ("/hr", "hour"),
    ("/h", "hour"),
    ("per day", "day"),
    ("/day", "day"),
    ("per week", "week"),
    ("/week", "week"),
    ("per month", "month"),
    ("/month", "month"),
    ("/mo", "month"),
    ("per year", "year"),
    ("/year", "year"),
    ("/yr", "year"),
    ("p.a.", "year"),
    ("each", "each"),
    ("/kg", "kg"),
];
/// Words that a format puts beside a number, by their place in the list; behind it any others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words(u8);

impl Words {
    fn of(text: &str) -> Option<Self> {
        let known = UNITS.iter().position(|(words, _)| *words == text);
        let any = text.contains(char::is_alphabetic).then_some(UNITS.len());
        known.or(any).and_then(|at| u8::try_from(at).ok()).map(Self)
    }

    /// The words.
    pub(crate) fn text(self) -> &'static str {
        UNITS.get(usize::from(self.0)).map_or("words of its own", |(words, _)| words)
    }

    /// The unit that they say.
    pub(crate) fn unit(self) -> Option<&'static str> {
        UNITS.get(usize::from(self.0)).map(|(_, unit)| *unit)
    }
}

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
    /// All of them as they are seen, with a space for what stands between.
    seen: String,
    elapsed: bool,
}

fn bare(code: &str) -> Bare {
    let mut bare = Bare::default();
    let mut rest = code.chars();
    while let Some(c) = rest.next() {
        match c {
            ';' => break,
            '"' => bare.show(rest.by_ref().take_while(|c| *c != '"').collect()),
            '\\' => rest.next().into_iter().for_each(|c| bare.show(c.to_string())),
            '_' | '*' => {
                rest.next();
                bare.seen.push(' ');
            }
            '[' => {
                let inner: String = rest.by_ref().take_while(|c| *c != ']').collect();
                if let Some(currency) = inner.strip_prefix('$') {
                    bare.show(currency.split('-').next().unwrap_or("").to_owned());
                }
                let inner = inner.to_ascii_lowercase();
                let of = |unit| !inner.is_empty() && inner.chars().all(|c| c == unit);
                bare.elapsed |= ['h', 'm', 's'].into_iter().any(of);
            }
            c => {
                match !c.is_ascii() || c == '$' {
                    true => bare.show(c.to_string()),
                    false => bare.seen.push(' '),
                }
                bare.text.push(c.to_ascii_lowercase());
            }
        }
    }
    bare
}

impl Bare {
    fn show(&mut self, literal: String) {
        self.seen += &literal;
        self.literal.push(literal);
    }

    /// The word beside the number that stands for zeros, and the mark of a currency that it is
    /// written together with.
    fn multiple(&self) -> Option<(Multiple, Option<&'static str>)> {
        self.seen.split_whitespace().find_map(|word| {
            let (bare, mark) = money::without_mark(word);
            let word = match bare {
                "T" if mark.is_some() => Multiple::THOUSANDS,
                "000" | ",000" | ".000" => Multiple::ZEROS,
                bare => Multiple::of(bare)?,
            };
            Some((word, mark.and_then(money::mark)))
        })
    }

    /// The number as it is shown. A word such as `k` stands for zeros that the number does not
    /// have, unless the format leaves as many of its own away: `0"k"`, but `0,"k"`.
    fn format(&self) -> Format {
        let multiple = self.multiple();
        let beside =
            |mark: Option<_>| mark.or_else(|| self.seen.split_whitespace().find_map(money::mark));
        let mark = multiple.and_then(|(_, mark)| beside(mark));
        let mark = mark.or_else(|| self.literal.iter().find_map(|l| money::mark(l)));
        let scaled = scaling(&self.text);
        match multiple {
            Some((word, _)) if word.groups() != scaled => Format::Times(word, mark.unwrap_or("")),
            _ if scaled > 0 => Format::Shortened(mark.unwrap_or("")),
            _ => match (self.words(), mark) {
                (Some(words), mark) => Format::Worded(words, mark.unwrap_or("")),
                (None, Some(mark)) => Format::Money(mark),
                (None, None) => Format::Plain,
            },
        }
    }

    /// What literal texts say of a number beside its currency.
    fn words(&self) -> Option<Words> {
        let others = self.literal.iter().map(|l| money::without_mark(l.trim()));
        let others = others.filter(|(bare, mark)| mark.is_none() || !bare.is_empty());
        let text = others.map(|(bare, _)| bare).collect::<Vec<_>>().join(" ");
        let text = text.trim().to_lowercase();
        Words::of(&text)
    }
}

/// How many groups of three digits a code leaves away: one for each comma behind the last digit
/// before the point, and behind the last one of all.
fn scaling(text: &str) -> usize {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let commas = |part: &str| {
        let digit = part.rfind(['0', '#', '?'])?;
        Some(part[digit + 1..].bytes().take_while(|b| *b == b',').count())
    };
    commas(whole).unwrap_or(0) + commas(fraction).unwrap_or(0)
}

/// What a format code makes of a number.
pub(crate) fn of_code(code: &str) -> Show {
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
        t if t.len() > 1 && t.bytes().all(|b| b == b'0') && bare.format() == Format::Plain => {
            u8::try_from(t.len()).map_or(Format::Plain, Format::Digits)
        }
        _ => bare.format(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        let (plain, percent) = (Show::Number(Format::Plain), Show::Number(Format::Percent));
        let digits = |n| Show::Number(Format::Digits(n));
        let money = |mark| Show::Number(Format::Money(mark));
        let word = |word| match word {
            "T" => Multiple::THOUSANDS,
            "000" => Multiple::ZEROS,
            word => Multiple::of(word).unwrap(),
        };
        let times_of = |w, mark| Show::Number(Format::Times(word(w), mark));
        let times = |word| times_of(word, "");
        let worded = |words| Show::Number(Format::Worded(Words::of(words).unwrap(), ""));
        let short = |mark| Show::Number(Format::Shortened(mark));
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
            ("[Red]#,##0", plain),
            ("[$USD] #,##0", money("USD")),
            ("0.0\"%\"", plain),
            ("0.0\\%", plain),
            ("00.0", plain),
            ("@", plain),
            ("", plain),
            ("0\"k\"", times("k")),
            ("0.0\\K", times("k")),
            ("#,##0\\ \\T\\s\\d\\.", times("tsd")),
            ("\"$\"0.0\"M\"", times_of("m", "$")),
            ("0.0\" m \"[$€-407]", times_of("m", "€")),
            ("#,##0\" TEUR\"", times_of("T", "EUR")),
            ("#,##0\\ \"T€\"", times_of("T", "€")),
            ("\"k€ \"0", times_of("k", "€")),
            ("0.0\" Mrd. €\"", times_of("mrd", "€")),
            ("0\"000\"", times("000")),
            ("#,##0\",000\"", times("000")),
            ("0,\"M\"", times("m")),
            // The word says what the format leaves away.
            ("000\"k\"", times("k")),
            ("#,##0,", short("")),
            ("0,\"k\"", short("")),
            ("0.0,,\"M\"", short("")),
            ("$#,##0.0,,\\M", short("$")),
            ("0,\"000\"", short("")),
            ("#,##0.0,", short("")),
            ("#,##0,.0\"k\"", short("")),
            ("#,##0\" T\"", worded("words")),
            ("0\" kg\"", worded("words")),
            ("0\" per hour\"", worded("per hour")),
            ("\"$\"0\"/hr\"", Show::Number(Format::Worded(Words::of("/hr").unwrap(), "$"))),
            ("[$€-407]\\ 0\"/day\"", Show::Number(Format::Worded(Words::of("/day").unwrap(), "€"))),
            ("\"kr \"0", money("kr")),
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
