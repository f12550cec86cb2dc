//! Patterns of header texts: `*` stands for any text, `{name}` captures some.

use std::collections::BTreeMap;

/// A longer text is no header; every border of it would be tried.
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
        matches(&self.0, &text, &mut captures).then_some(captures)
    }

    /// Whether a text that was squeezed before is like it.
    pub(crate) fn fits_key(&self, key: &str) -> bool {
        let there = |piece: &Piece| match piece {
            Piece::Literal(literal) => key.contains(literal.trim()),
            _ => true,
        };
        // Most headers lack a literal piece, which is quickly found out.
        self.0.iter().all(there) && matches(&self.0, key, &mut Captures::new())
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

fn matches(pieces: &[Piece], text: &str, captures: &mut Captures) -> bool {
    let Some((piece, rest)) = pieces.split_first() else { return text.trim().is_empty() };
    match piece {
        Piece::Literal(literal) => match strip_prefix_any_case(text, literal) {
            Some(after) => matches(rest, after, captures),
            None => false,
        },
        Piece::Wild => ends(text, 0, |_| true).any(|end| matches(rest, &text[end..], captures)),
        Piece::Capture(name, sort) => {
            let found = ends(text, 1, |c| sort.takes(c))
                .find(|end| matches(rest, &text[*end..], &mut captures.clone()));
            let Some(end) = found else { return false };
            captures.insert(name.clone(), without_footnote(&text[..end]).to_owned());
            matches(rest, &text[end..], captures)
        }
    }
}

/// A captured text without the asterisks that send a reader to a footnote: `Plywood **`.
fn without_footnote(text: &str) -> &str {
    text.trim().trim_end_matches('*').trim_end()
}

/// Where a run of some characters may end, the shortest first.
fn ends(text: &str, least: usize, takes: impl Fn(char) -> bool) -> impl Iterator<Item = usize> {
    let run = text.char_indices().take_while(move |(_, c)| takes(*c));
    let ends: Vec<usize> = run.map(|(at, c)| at + c.len_utf8()).collect();
    let none = (least == 0).then_some(0);
    none.into_iter().chain(ends)
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

    #[test]
    fn templates_are_filled_or_name_what_lacks() {
        let captures = Captures::from([("p".to_owned(), "25".to_owned())]);
        assert_eq!(fill("p{p}", &captures), Ok("p25".to_owned()));
        assert_eq!(fill("x{q}", &captures), Err("q".to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn any_text_fits_or_does_not(pattern in "\\PC{0,12}", text in "\\PC{0,24}") {
            let _ = Pattern::header(&pattern).fits(&text);
            if let Ok(pattern) = Pattern::capturing(&pattern) {
                let _ = pattern.captures(&text);
            }
        }
    }
}
