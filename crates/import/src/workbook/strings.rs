//! The texts that the cells of a workbook share, in one piece of memory.

use super::tags::{Tags, Token, bad, check_length, unexpected};
use crate::cell::trim;
use memchr::memmem;
use std::borrow::Cow;
use std::io::{self, Read};

/// Most bytes of a shared text, which any number of cells may have; a spreadsheet program writes
/// 32,767 characters at most.
const LONGEST: usize = 1 << 20;

/// Every shared text, by its number.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    /// The texts of a part; how many it says it has does not matter.
    pub(super) fn read(tags: &mut Tags<impl Read>) -> io::Result<Self> {
        let (mut strings, mut raw) = (Self::default(), Vec::new());
        while let Some(tag) = tags.open()? {
            match (tag.name, tag.empty) {
                (b"si", false) => {
                    raw.clear();
                    runs(tags, b"si", &mut raw)?;
                    strings.push(&raw)?;
                }
                (b"si", true) => strings.push(b"")?,
                (b"extLst", false) => tags.skip()?,
                _ => {}
            }
        }
        Ok(strings)
    }

    fn push(&mut self, raw: &[u8]) -> io::Result<()> {
        if raw.len() > LONGEST {
            let found = raw.len();
            return Err(bad(format!("a text has {found} bytes, expected at most {LONGEST}")));
        }
        self.text.push_str(trim(utf8(raw)?));
        self.ends.push(self.text.len());
        Ok(())
    }

    /// The text of a number, trimmed.
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(start..end)
    }
}

/// The bytes as text.
pub(super) fn utf8(bytes: &[u8]) -> io::Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| bad("found bytes that are not UTF-8"))
}

/// Adds the text of a shared or inline string: every run of it, without what says how to pronounce it.
pub(super) fn runs(tags: &mut Tags<impl Read>, name: &[u8], text: &mut Vec<u8>) -> io::Result<()> {
    let mut run = Vec::new();
    loop {
        match tags.next()? {
            Token::Open(tag) if tag.empty => {}
            Token::Open(tag) => match tag.name {
                b"t" => {
                    let preserve = tag.get(b"xml:space")? == Some(b"preserve");
                    run.clear();
                    tags.text(b"t", &mut run)?;
                    text.extend_from_slice(&escapes(if preserve {
                        &run
                    } else {
                        run.trim_ascii()
                    }));
                    check_length(text)?;
                }
                b"r" => {}
                _ => tags.skip()?,
            },
            Token::Close(b"r") => {}
            Token::Close(closed) if closed == name => return Ok(()),
            Token::Close(other) => return Err(unexpected(other)),
            Token::Text(_) | Token::Raw(_) => {}
            Token::End => return Err(bad("it ends inside a text")),
        }
    }
}

/// The text with every `_x000D_` replaced by the character that it stands for.
pub(super) fn escapes(text: &[u8]) -> Cow<'_, [u8]> {
    if memmem::find(text, b"_x").is_none() {
        return Cow::Borrowed(text);
    }
    let (mut plain, mut rest) = (Vec::new(), text);
    while let Some(at) = memmem::find(rest, b"_x") {
        plain.extend_from_slice(&rest[..at]);
        let (character, length) = escape(&rest[at..]).unwrap_or(('_', 1));
        plain.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &rest[at + length..];
    }
    plain.extend_from_slice(rest);
    Cow::Owned(plain)
}

/// The character of an escape that the text begins with, and the length of the escape.
fn escape(text: &[u8]) -> Option<(char, usize)> {
    let first = unit(text)?;
    let pair = [first, text.get(7..).and_then(unit).unwrap_or(0)];
    if let Some(Ok(both)) = char::decode_utf16(pair).next().filter(|_| first & 0xfc00 == 0xd800) {
        return Some((both, 14));
    }
    Some((char::from_u32(first.into()).unwrap_or(char::REPLACEMENT_CHARACTER), 7))
}

fn unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"_x")?.get(..4).filter(|_| text.get(6) == Some(&b'_'))?;
    let digits = digits.iter().all(u8::is_ascii_hexdigit).then_some(digits)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(inner: &str) -> io::Result<Vec<String>> {
        let xml = format!("<sst uniqueCount=\"99999999999\">{inner}</sst>");
        let strings = Strings::read(&mut Tags::new(xml.as_bytes()))?;
        Ok((0..).map_while(|i| strings.get(i).map(str::to_owned)).collect())
    }

    #[test]
    fn runs_are_joined_and_pronunciations_left_out() {
        let inner = "<si><t>a &amp; b</t></si><si/><si><t/></si>\
                     <si><r><rPr><b/></rPr><t xml:space=\"preserve\">one </t></r><r><t>two </t></r>\
                     <rPh sb=\"0\" eb=\"1\"><t>ichi</t></rPh><phoneticPr fontId=\"1\"/></si>\
                     <si><t><![CDATA[<x>]]></t></si>";
        assert_eq!(strings(inner).unwrap(), ["a & b", "", "", "one two", "<x>"]);
        assert!(strings("<si><t>a</si>").is_err());
        let long = |length| strings(&format!("<si><t>{}</t></si>", "a".repeat(length)));
        assert!(long(LONGEST).is_ok() && long(LONGEST + 1).is_err());
        assert!(strings("<si><t>a</t>").is_err());
    }

    #[test]
    fn escaped_characters() {
        for (text, plain) in [
            ("a_x000D_\nb", "a\r\nb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xD83D__xDE00_", "\u{1f600}"),
            ("_xD83D_", "\u{fffd}"),
            ("max_x00_", "max_x00_"),
            ("_x00e9", "_x00e9"),
        ] {
            assert_eq!(escapes(text.as_bytes()).as_ref(), plain.as_bytes(), "{text}");
        }
    }
}
