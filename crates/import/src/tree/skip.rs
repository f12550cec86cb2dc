//! Passes over JSON that stands whole in memory, at a glance: sure of what it passes, never of what it
//! does not.

use super::reader::{DEEPEST, is_number, special, white};

/// Arrays and objects around a place, the innermost in the lowest bit: 1 for an object.
struct Within {
    objects: u128,
    depth: usize,
}

impl Within {
    fn enter(&mut self, object: bool) -> Option<()> {
        self.objects = self.objects << 1 | u128::from(object);
        self.depth += 1;
        (self.depth <= DEEPEST).then_some(())
    }

    fn leave(&mut self) {
        self.objects >>= 1;
        self.depth -= 1;
    }

    fn in_object(&self) -> bool {
        self.objects & 1 == 1
    }
}

/// How many bytes the value takes that a text begins with, blanks before it included. `None` if it
/// does not end here, is malformed, or takes a closer look: a number at the very end of the text,
/// an escape of four digits, deep nesting.
pub(super) fn value(text: &[u8]) -> Option<usize> {
    let (mut at, mut within) = (0, Within { objects: 0, depth: 0 });
    loop {
        at += white(text.get(at..)?);
        let rest = text.get(at..)?;
        at += match rest.first()? {
            open @ (b'{' | b'[') => {
                let object = *open == b'{';
                within.enter(object)?;
                let blank = 1 + white(&rest[1..]);
                match (object, rest.get(blank)?) {
                    (true, b'}') | (false, b']') => {
                        within.leave();
                        blank + 1
                    }
                    (true, _) => {
                        at += blank;
                        at += name(text.get(at..)?)?;
                        continue;
                    }
                    (false, _) => {
                        at += blank;
                        continue;
                    }
                }
            }
            b'"' => string(rest)?,
            b't' => word(rest, b"true")?,
            b'f' => word(rest, b"false")?,
            b'n' => word(rest, b"null")?,
            _ => number(rest)?,
        };
        loop {
            if within.depth == 0 {
                return Some(at);
            }
            at += white(text.get(at..)?);
            let found = text.get(at)?;
            at += 1;
            match (found, within.in_object()) {
                (b',', true) => {
                    at += name(text.get(at..)?)?;
                    break;
                }
                (b',', false) => break,
                (b'}', true) | (b']', false) => within.leave(),
                _ => return None,
            }
        }
    }
}

/// A name and the colon behind it.
fn name(text: &[u8]) -> Option<usize> {
    let before = white(text);
    let after = before + string(text.get(before..)?)?;
    let colon = after + white(text.get(after..)?);
    (*text.get(colon)? == b':').then_some(colon + 1)
}

/// A text in quotes.
fn string(text: &[u8]) -> Option<usize> {
    let mut at = text.starts_with(b"\"").then_some(1)?;
    loop {
        let rest = text.get(at..)?;
        let found = special(rest)?;
        at += found + 1;
        match (rest[found], rest.get(found + 1)) {
            (b'"', _) => return Some(at),
            (b'\\', Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => at += 1,
            _ => return None,
        }
    }
}

fn word(text: &[u8], word: &[u8]) -> Option<usize> {
    text.starts_with(word).then_some(word.len())
}

/// A number behind which something else stands.
fn number(text: &[u8]) -> Option<usize> {
    let part = |b: &u8| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    let length = text.iter().position(|b| !part(b))?;
    is_number(&text[..length]).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::reader::tests::{any_value, spoiled};
    use proptest::prelude::*;
    use serde_json::Value;

    proptest! {
        #[test]
        fn a_value_is_passed_to_its_end(value in any_value(), pretty: bool, behind in "[,\\]} x]") {
            let text = if pretty { format!("{value:#}") } else { value.to_string() };
            let passed = super::value(format!(" {text}{behind}").as_bytes());
            prop_assert_eq!(passed, Some(1 + text.len()));
        }

        /// Whatever is passed, the library reads as one value.
        #[test]
        fn only_a_value_is_passed(
            value in any_value(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut: bool
        ) {
            let mut text = spoiled(&value, at, byte, cut);
            text.push(b' ');
            let passed = super::value(&text);
            let theirs = |length: usize| {
                let read = serde_json::from_slice::<Value>(&text[..length]);
                // That names and texts are UTF-8 is known of a whole buffer, and a number of a huge
                // exponent is none for the library.
                let excused = |e: serde_json::Error| {
                    let why = e.to_string();
                    why.contains("unicode") || why.contains("number out of range")
                };
                read.map_or_else(excused, |_| true)
            };
            prop_assert!(passed.is_none_or(theirs), "{:?}", passed);
        }
    }

    #[test]
    fn what_takes_a_closer_look_is_left() {
        let deep = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(value(deep(DEEPEST).as_bytes()), Some(2 * DEEPEST));
        assert_eq!(value(deep(DEEPEST + 1).as_bytes()), None);
        for text in
            ["12", "[1", r#""\u00e9" "#, "{\"a\" 1} ", "[1 2] ", "{\"a\":1,} ", "[\"a\tb\"] "]
        {
            assert_eq!(value(text.as_bytes()), None, "{text}");
        }
        assert_eq!(value(br#"{"\"\\": [1e5, -0.5], "b": {}} "#), Some(30));
    }
}
