//! Patterns of header texts: `*` stands for any text, `{name}` captures some.

use std::collections::BTreeMap;

/// A longer text is no header.
const LONGEST: usize = 4096;

/// What a pattern captured, by name.
pub(crate) type Captures = BTreeMap<String, String>;

/// A pattern, in pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// This text, whatever its case.
    Literal(String),
    /// Any text, even none.
    Wild,
    /// Some text of a sort.
    Capture(String, Sort),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Text,
    Digits,
    Upper,
}

impl Sort {
    fn takes(self, c: char) -> bool {
        match self {
            Self::Text => true,
            Self::Digits => c.is_ascii_digit(),
            Self::Upper => c.is_ascii_uppercase(),
        }
    }
}

/// A text as it is compared: white space collapsed, typographic marks made plain, no byte order
/// mark, no spaces around a bar.
pub(crate) fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let c = match c {
            '\u{feff}' => continue,
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            '\u{2010}'..='\u{2015}' => '-',
            c if c.is_whitespace() => ' ',
            c => c,
        };
        match c {
            ' ' if out.is_empty() || out.ends_with([' ', '|']) => {}
            '|' => {
                out.truncate(out.trim_end().len());
                out.push('|');
            }
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

impl Pattern {
    /// A header text in which `*` stands for any text.
    pub(crate) fn header(text: &str) -> Self {
        let mut pieces = Vec::new();
        for (i, literal) in text.split('*').enumerate() {
            if i > 0 {
                pieces.push(Piece::Wild);
            }
            push_literal(&mut pieces, literal, text.contains('*'));
        }
        Self(pieces)
    }

    /// A pattern with captures: `{vendor} unit price`, `P{p:digits}`, `{code:upper}`.
    ///
    /// # Errors
    /// In words, what is wrong with it.
    pub(crate) fn capturing(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((literal, after)) = rest.split_once('{') {
            push_literals(&mut pieces, literal);
            let (inside, behind) = after.split_once('}').ok_or("expected a closing `}`")?;
            pieces.push(capture(inside)?);
            rest = behind;
        }
        push_literals(&mut pieces, rest);
        Ok(Self(pieces))
    }

    /// Names of what it captures.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Capture(name, _) => Some(name.as_str()),
            _ => None,
        })
    }

    /// What the pattern captures of a text, or nothing if the text is not like it.
    pub(crate) fn captures(&self, text: &str) -> Option<Captures> {
        if text.len() > LONGEST {
            return None;
        }
        let text = squeeze(text);
        let mut captures = Captures::new();
        self.matches(&text, &mut captures).then_some(captures)
    }

    /// Whether a text that was squeezed before is like it.
    pub(crate) fn fits_key(&self, key: &str) -> bool {
        let there = |piece: &Piece| match piece {
            Piece::Literal(literal) => key.contains(literal.trim()),
            _ => true,
        };
        // Most headers lack a literal piece, which is quickly found out.
        let likely = key.len() <= LONGEST && self.0.iter().all(there);
        likely && self.matches(key, &mut Captures::new())
    }

    fn matches(&self, text: &str, captures: &mut Captures) -> bool {
        let tried = vec![None; self.0.len()];
        Match { pieces: &self.0, text, tried, steps: 0 }.from(0, 0, captures)
    }

    /// Whether a text is like it.
    pub(crate) fn fits(&self, text: &str) -> bool {
        self.captures(text).is_some()
    }
}

fn push_literal(pieces: &mut Vec<Piece>, text: &str, inner: bool) {
    let squeezed = squeeze(text);
    // A space at the border of a piece belongs to it.
    let padded = |keep: bool, s: &str| if inner && keep { s.to_owned() } else { String::new() };
    let before = padded(text.starts_with(char::is_whitespace) && !pieces.is_empty(), " ");
    let after = padded(text.ends_with(char::is_whitespace) && !squeezed.is_empty(), " ");
    let literal = format!("{before}{squeezed}{after}").to_lowercase();
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
}

fn push_literals(pieces: &mut Vec<Piece>, text: &str) {
    for (i, literal) in text.split('*').enumerate() {
        if i > 0 {
            pieces.push(Piece::Wild);
        }
        push_literal(pieces, literal, true);
    }
}

fn capture(inside: &str) -> Result<Piece, String> {
    let (name, sort) = match inside.split_once(':') {
        None => (inside, Sort::Text),
        Some((name, "digits")) => (name, Sort::Digits),
        Some((name, "upper")) => (name, Sort::Upper),
        Some((_, other)) => return Err(format!("found `{other}`, expected `digits` or `upper`")),
    };
    if name.is_empty() {
        return Err("expected a name between `{` and `}`".to_owned());
    }
    Ok(Piece::Capture(name.to_owned(), sort))
}

/// A text on its way through the pieces of a pattern.
struct Match<'p, 't> {
    pieces: &'p [Piece],
    text: &'t str,
    /// By piece the last border at which it has ended in vain. What comes before a piece only goes
    /// on to the right, so that where it begins before that border its run was tried to its end.
    tried: Vec<Option<usize>>,
    /// How many borders were tried.
    steps: usize,
}

impl Match<'_, '_> {
    /// Whether the pieces from one on are like the text from a border on.
    fn from(&mut self, piece: usize, at: usize, captures: &mut Captures) -> bool {
        let pieces = self.pieces;
        match pieces.get(piece) {
            None => self.text[at..].trim().is_empty(),
            Some(Piece::Literal(literal)) => {
                let after = strip_prefix_any_case(&self.text[at..], literal);
                after.is_some_and(|after| {
                    self.from(piece + 1, self.text.len() - after.len(), captures)
                })
            }
            Some(Piece::Wild) => {
                let none = std::iter::once(at);
                let ends = none.chain(ends(self.text, at, |_| true));
                self.end(piece, ends, captures).is_some()
            }
            Some(Piece::Capture(name, sort)) => {
                let ends = ends(self.text, at, |c| sort.takes(c));
                let Some(end) = self.end(piece, ends, captures) else { return false };
                let captured = || without_footnote(&self.text[at..end]).to_owned();
                captures.entry(name.clone()).or_insert_with(captured);
                true
            }
        }
    }

    /// The first border at which a piece may end so that the rest fits.
    fn end(
        &mut self,
        piece: usize,
        ends: impl Iterator<Item = usize>,
        captures: &mut Captures,
    ) -> Option<usize> {
        for end in ends {
            if self.tried[piece].is_some_and(|tried| end <= tried) {
                return None;
            }
            self.steps += 1;
            self.tried[piece] = Some(end);
            if self.from(piece + 1, end, captures) {
                return Some(end);
            }
        }
        None
    }
}

/// Where a run of some characters may end, the shortest first.
fn ends(text: &str, at: usize, takes: impl Fn(char) -> bool) -> impl Iterator<Item = usize> {
    let run = text[at..].char_indices().take_while(move |(_, c)| takes(*c));
    run.map(move |(i, c)| at + i + c.len_utf8())
}

/// A captured text without the asterisks that send a reader to a footnote: `Plywood **`.
fn without_footnote(text: &str) -> &str {
    text.trim().trim_end_matches('*').trim_end()
}

/// What follows a lower-case text at the beginning of another, whatever the other's case.
fn strip_prefix_any_case<'t>(text: &'t str, lower: &str) -> Option<&'t str> {
    let mut wanted = lower.chars();
    let mut rest = text.chars();
    loop {
        let Some(first) = wanted.next() else { return Some(rest.as_str()) };
        let mut found = rest.next()?.to_lowercase();
        if found.next() != Some(first) {
            return None;
        }
        for extra in found {
            if wanted.next() != Some(extra) {
                return None;
            }
        }
    }
}

/// A template with its captures in place.
///
/// # Errors
/// The name that was not captured.
pub(crate) fn fill(template: &str, captures: &Captures) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        out += before;
        out += captures.get(name).ok_or_else(|| name.to_owned())?;
        rest = behind;
    }
    Ok(out + rest)
}

/// The names in braces of a template.
pub(crate) fn braces(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|piece| piece.split_once('}').map(|(name, _)| name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_with_stars() {
        for (pattern, text, fits) in [
            ("Occ_Code", " OCC_CODE\u{feff}", true),
            (
                "What is your annual salary*",
                "What is your annual salary? (You'll indicate ...)",
                true,
            ),
            ("Number of jobs* (thousand)", "Number\nof jobsb (thousand)", true),
            ("*price", "Unit price", true),
            ("*price", "Prices", false),
            ("SIN/SIN Proposed*", "SIN/SIN Proposed*", true),
            ("standard_charge|gross", "standard_charge | gross", true),
            ("it\u{2019}s", "It's", true),
            ("a", "ab", false),
            ("", "", true),
        ] {
            assert_eq!(Pattern::header(pattern).fits(text), fits, "{pattern} in {text}");
        }
    }

    #[test]
    fn captures_are_taken_as_they_stand() {
        for (pattern, text, captured) in [
            ("{vendor} unit price", "ACME Ltd. Unit  Price", Some("vendor=ACME Ltd.")),
            ("P{p:digits}", "P25", Some("p=25")),
            ("P{p:digits}th", "p75TH", Some("p=75")),
            ("P{p:digits}", "P25th", None),
            ("{code:upper}", "USD", Some("code=USD")),
            ("{code:upper}", "Date", None),
            ("({unit})", "($/bbl)", Some("unit=$/bbl")),
            ("{a} - {b}", "x - y - z", Some("a=x b=y - z")),
            ("{name}", "Coal, Australian  **", Some("name=Coal, Australian")),
            ("{name} (*)", "Logs* (2010=100)", Some("name=Logs")),
            ("*{p:digits}th percentile", "10th percentile", Some("p=10")),
        ] {
            let found = Pattern::capturing(pattern)
                .unwrap()
                .captures(text)
                .map(|c| c.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(" "));
            assert_eq!(found.as_deref(), captured, "{pattern} in {text}");
        }
        assert!(Pattern::capturing("{x").is_err() && Pattern::capturing("{x:y}").is_err());
    }

    /// The plain way: every border of every piece.
    fn tries_all(pieces: &[Piece], text: &str) -> Option<Captures> {
        let Some((piece, rest)) = pieces.split_first() else {
            return text.trim().is_empty().then(Captures::new);
        };
        let mut borders = text.char_indices().map(|(i, _)| i).chain([text.len()]);
        match piece {
            Piece::Literal(l) => tries_all(rest, strip_prefix_any_case(text, l)?),
            Piece::Wild => borders.find_map(|end| tries_all(rest, &text[end..])),
            Piece::Capture(name, sort) => borders.skip(1).find_map(|end| {
                let mut captures = text[..end]
                    .chars()
                    .all(|c| sort.takes(c))
                    .then(|| tries_all(rest, &text[end..]))??;
                let captured = without_footnote(&text[..end]).to_owned();
                captures.entry(name.clone()).or_insert(captured);
                Some(captures)
            }),
        }
    }

    #[test]
    fn no_border_is_tried_twice() {
        for (pattern, unit) in [
            ("*a*a*a*a*a*b", "a"),
            ("{x}a{y}a{z}a*b", "a"),
            ("*{n:digits}*{m:digits}*{o:digits}b", "1"),
            ("*{n:digits}a*{m:digits}aa", "1a"),
            ("*İ*é*b", "İé"),
        ] {
            let pattern = Pattern::capturing(pattern).unwrap();
            let text = unit.repeat(LONGEST / unit.len());
            let tried = vec![None; pattern.0.len()];
            let mut walk = Match { pieces: &pattern.0, text: &text, tried, steps: 0 };
            assert!(!walk.from(0, 0, &mut Captures::new()));
            assert!(walk.steps <= pattern.0.len() * (text.len() + 1), "{}", walk.steps);
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_no_header() {
        for (length, fits) in [(LONGEST, true), (LONGEST + 1, false)] {
            let text = "a".repeat(length);
            let pattern = Pattern::header("*a");
            assert_eq!((pattern.fits(&text), pattern.fits_key(&text)), (fits, fits));
        }
    }

    #[test]
    fn templates_are_filled_or_name_what_lacks() {
        let captures = Captures::from([("p".to_owned(), "25".to_owned())]);
        assert_eq!(fill("p{p}", &captures), Ok("p25".to_owned()));
        assert_eq!(fill("x{q}", &captures), Err("q".to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn the_plain_way_finds_the_same(pattern in "([ab1B]|\\*|\\{x\\}|\\{y:digits\\}|\\{x:upper\\}){0,7}", text in "[ab1B *]{0,10}") {
            let pattern = Pattern::capturing(&pattern).unwrap();
            let text = squeeze(&text);
            proptest::prop_assert_eq!(pattern.captures(&text), tries_all(&pattern.0, &text));
        }

        #[test]
        fn any_text_fits_or_does_not(pattern in "\\PC{0,12}", text in "\\PC{0,24}") {
            let _ = Pattern::header(&pattern).fits(&text);
            if let Ok(pattern) = Pattern::capturing(&pattern) {
                let _ = pattern.captures(&text);
            }
        }
    }
}
