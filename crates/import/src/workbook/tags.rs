//! The tags and texts of an XML part one after the other, through a buffer that hardly grows.
//!
//! A sheet has tens of millions of tags. A general reader copies and checks each of them; this one
//! only finds where they end, which is several times as fast. What it does not know (a document
//! type, another encoding) it refuses.

use memchr::{memchr, memmem};
use std::io::{self, ErrorKind, Read};

/// Bytes that are read at once.
const BUFFER: usize = 128 << 10;
/// Most bytes of a tag or text; a cell has at most 32,767 characters.
const LONGEST: usize = 16 << 20;
/// A tag of fewer bytes has neither too long a name nor too many attributes.
const LONG_TAG: usize = 4096;
/// Most attributes of a tag where another reader compares each with each other.
const MOST_ATTRIBUTES: usize = 1000;
/// Most elements inside each other.
const DEEPEST: usize = 1000;

/// One piece of a part.
#[derive(Debug)]
pub(crate) enum Token<'a> {
    /// A tag that opens an element, or is a whole one.
    Open(Tag<'a>),
    /// The local name of an element that ends.
    Close(&'a [u8]),
    /// A text with entities in it.
    Text(&'a [u8]),
    /// A text as it stands.
    Raw(&'a [u8]),
    /// Nothing more.
    End,
}

/// A tag that opens an element.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tag<'a> {
    /// The local name.
    pub(crate) name: &'a [u8],
    /// Whether the element ends here.
    pub(crate) empty: bool,
    attributes: &'a [u8],
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Open,
    Close,
    Text,
    Raw,
    Skip,
}

/// A cursor over a part.
pub(crate) struct Tags<R> {
    input: R,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    ended: bool,
}

/// A fault of the content.
pub(crate) fn bad(what: impl Into<String>) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what.into())
}

fn cut_short() -> io::Error {
    io::Error::new(ErrorKind::UnexpectedEof, "it ends too early")
}

impl<R: Read> Tags<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, buffer: vec![0; BUFFER], at: 0, filled: 0, ended: false }
    }

    /// The next tag or text.
    pub(crate) fn next(&mut self) -> io::Result<Token<'_>> {
        Ok(self.piece()?.map_or(Token::End, |(kind, bytes)| token(kind, bytes)))
    }

    /// The bytes of the next tag or text; absent at the end.
    fn piece(&mut self) -> io::Result<Option<(Kind, &[u8])>> {
        let (kind, length) = loop {
            match scan(&self.buffer[self.at..self.filled])? {
                Some((Kind::Skip, length)) => self.at += length,
                Some(found) => break found,
                None if !self.ended => self.fill()?,
                None if self.at == self.filled => return Ok(None),
                None => break (self.rest()?, self.filled - self.at),
            }
        };
        self.at += length;
        Ok(Some((kind, &self.buffer[self.at - length..self.at])))
    }

    /// Reads to the end and refuses elements that are not closed in order, which other readers
    /// wait for without end, and tags that make them work without end.
    pub(crate) fn check_nesting(&mut self) -> io::Result<()> {
        let mut open: Vec<Vec<u8>> = Vec::new();
        while let Some((kind, bytes)) = self.piece()? {
            if matches!(kind, Kind::Open) && bytes.len() > LONG_TAG {
                check_long(bytes)?;
            }
            match kind {
                Kind::Open if !bytes.ends_with(b"/>") => open.push(name(&bytes[1..]).to_vec()),
                Kind::Close if open.pop().as_deref() != Some(name(&bytes[2..])) => {
                    return Err(unexpected(name(&bytes[2..])));
                }
                _ if open.len() > DEEPEST => return Err(bad("its elements nest too deep")),
                _ => {}
            }
        }
        if open.is_empty() { Ok(()) } else { Err(cut_short()) }
    }

    /// What the last bytes are, which no tag follows.
    fn rest(&self) -> io::Result<Kind> {
        if self.buffer[self.at] == b'<' { Err(cut_short()) } else { Ok(Kind::Text) }
    }

    /// Makes room and reads until the buffer is full or the part ends.
    fn fill(&mut self) -> io::Result<()> {
        let first = self.filled == 0;
        self.buffer.copy_within(self.at..self.filled, 0);
        (self.filled, self.at) = (self.filled - self.at, 0);
        if self.filled == self.buffer.len() {
            if self.filled >= LONGEST {
                return Err(bad(format!("a tag or text has more than {LONGEST} bytes")));
            }
            self.buffer.resize(self.filled * 2, 0);
        }
        while self.filled < self.buffer.len() && !self.ended {
            let read = self.input.read(&mut self.buffer[self.filled..])?;
            self.filled += read;
            self.ended = read == 0;
        }
        let wide = [b"\xff\xfe".as_slice(), b"\xfe\xff", b"<\0", b"\0<"];
        if first && wide.iter().any(|w| self.buffer[..self.filled].starts_with(w)) {
            return Err(bad("it is encoded in UTF-16, expected UTF-8"));
        }
        Ok(())
    }

    /// Skips everything up to the tag that closes an element; false if there is none.
    pub(crate) fn skip_to_close(&mut self, name: &[u8]) -> io::Result<bool> {
        let wanted = [name, b">"].concat();
        let finder = memmem::Finder::new(&wanted);
        loop {
            while let Some(found) = finder.find(&self.buffer[self.at..self.filled]) {
                let end = self.at + found + wanted.len();
                let before = &self.buffer[self.at..self.at + found];
                let opened = before.iter().rposition(|b| *b == b'<').map(|i| &before[i..]);
                let closes = opened.is_some_and(|o| {
                    o.starts_with(b"</") && (o.ends_with(b"/") || o.ends_with(b":"))
                });
                self.at = end;
                if closes {
                    return Ok(true);
                }
            }
            // The tag may stand across the border: enough of the end is kept for its name and prefix.
            self.at = self.at.max(self.filled.saturating_sub(wanted.len() + 64));
            if self.ended {
                return Ok(false);
            }
            self.fill()?;
        }
    }

    /// Skips an element that was opened; what is in it does not matter.
    pub(crate) fn skip(&mut self) -> io::Result<()> {
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Token::Open(tag) if !tag.empty => depth += 1,
                Token::Close(_) => depth -= 1,
                Token::End => return Err(cut_short()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Adds the text of an element that was opened, which holds nothing else.
    pub(crate) fn text(&mut self, name: &[u8], text: &mut Vec<u8>) -> io::Result<()> {
        loop {
            match self.next()? {
                Token::Text(raw) => unescape(raw, text)?,
                Token::Raw(raw) => text.extend_from_slice(raw),
                Token::Close(closed) if closed == name => return Ok(()),
                Token::Close(other) => return Err(unexpected(other)),
                Token::Open(tag) => return Err(unexpected(tag.name)),
                Token::End => return Err(cut_short()),
            }
            // A text may come in any number of pieces.
            check_length(text)?;
        }
    }

    /// The next tag that opens an element; absent at the end.
    pub(crate) fn open(&mut self) -> io::Result<Option<Tag<'_>>> {
        // Two loops, because a borrow that is returned from a loop lasts too long.
        loop {
            match scan(&self.buffer[self.at..self.filled])? {
                Some((Kind::Open, _)) => break,
                Some((_, length)) => self.at += length,
                None if !self.ended => self.fill()?,
                None if self.at == self.filled => return Ok(None),
                None => {
                    self.rest()?;
                    self.at = self.filled;
                }
            }
        }
        match self.next()? {
            Token::Open(tag) => Ok(Some(tag)),
            _ => Ok(None),
        }
    }
}

/// Refuses a text of more bytes than one piece may have.
pub(crate) fn check_length(text: &[u8]) -> io::Result<()> {
    match text.len() > LONGEST {
        true => Err(bad(format!("a text has more than {LONGEST} bytes"))),
        false => Ok(()),
    }
}

/// An element where none of its name is expected.
pub(crate) fn unexpected(name: &[u8]) -> io::Error {
    bad(format!("found the element `{}` where it does not belong", String::from_utf8_lossy(name)))
}

/// Kind and length of what the bytes begin with; absent if it is not all there.
fn scan(bytes: &[u8]) -> io::Result<Option<(Kind, usize)>> {
    let until = |kind, end: &[u8]| Ok(memmem::find(bytes, end).map(|i| (kind, i + end.len())));
    match bytes {
        [] | [b'<'] => Ok(None),
        [b'<', b'/', ..] => Ok(memchr(b'>', bytes).map(|i| (Kind::Close, i + 1))),
        [b'<', b'?', ..] => until(Kind::Skip, b"?>"),
        [b'<', b'!', b'-', ..] => until(Kind::Skip, b"-->"),
        [b'<', b'!', b'[', ..] => until(Kind::Raw, b"]]>"),
        [b'<', b'!'] => Ok(None),
        [b'<', b'!', ..] => Err(bad("found a document type, expected none")),
        [b'<', ..] => Ok(tag_end(bytes).map(|length| (Kind::Open, length))),
        _ => Ok(memchr(b'<', bytes).map(|length| (Kind::Text, length))),
    }
}

/// Length of a tag, in whose values a `>` may stand. Each byte is looked at once.
fn tag_end(bytes: &[u8]) -> Option<usize> {
    let (mut length, mut quote) = (1, None);
    loop {
        let piece = &bytes[length..];
        let end = memchr(b'>', piece)? + 1;
        quote = quote_after(quote, &piece[..end]);
        length += end;
        if quote.is_none() {
            return Some(length);
        }
    }
}

/// The quote that is open behind a piece of a tag, by the one that was open before it.
fn quote_after(open: Option<u8>, piece: &[u8]) -> Option<u8> {
    if open.is_none() && memchr(b'\'', piece).is_none() {
        let quotes = piece.iter().filter(|b| **b == b'"').count();
        return (!quotes.is_multiple_of(2)).then_some(b'"');
    }
    piece.iter().fold(open, |open, b| match open {
        Some(quote) if quote == *b => None,
        None if matches!(b, b'"' | b'\'') => Some(*b),
        open => open,
    })
}

fn token(kind: Kind, bytes: &[u8]) -> Token<'_> {
    match kind {
        Kind::Open => Token::Open(tag(&bytes[1..bytes.len() - 1])),
        Kind::Close => Token::Close(local(bytes[2..bytes.len() - 1].trim_ascii_end())),
        Kind::Raw => Token::Raw(bytes.get(9..bytes.len() - 3).unwrap_or(b"")),
        Kind::Text | Kind::Skip => Token::Text(bytes),
    }
}

fn tag(inner: &[u8]) -> Tag<'_> {
    let (inner, empty) = inner.strip_suffix(b"/").map_or((inner, false), |i| (i, true));
    let end = inner.iter().position(u8::is_ascii_whitespace).unwrap_or(inner.len());
    let (name, attributes) = inner.split_at(end);
    Tag { name: local(name), empty, attributes }
}

/// The name that a tag begins with, its prefix included.
fn name(inner: &[u8]) -> &[u8] {
    let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'/' | b'>');
    &inner[..inner.iter().position(ends).unwrap_or(inner.len())]
}

/// Refuses a long tag whose length is that of its name or comes of its many attributes.
fn check_long(bytes: &[u8]) -> io::Result<()> {
    let name = name(&bytes[1..]).len();
    if name > LONG_TAG {
        return Err(bad(format!("a name has {name} bytes, expected at most {LONG_TAG}")));
    }
    let mut attributes = 0;
    tag(&bytes[1..bytes.len() - 1]).each(|_, _| attributes += 1)?;
    match attributes > MOST_ATTRIBUTES {
        true => Err(bad(format!(
            "a tag has {attributes} attributes, expected at most {MOST_ATTRIBUTES}"
        ))),
        false => Ok(()),
    }
}

fn local(name: &[u8]) -> &[u8] {
    let prefix = name.iter().position(|b| *b == b':');
    prefix.map_or(name, |i| &name[i + 1..])
}

impl<'a> Tag<'a> {
    /// Shows every attribute: its name as it is written, and its value with entities in it.
    pub(crate) fn each(&self, mut see: impl FnMut(&'a [u8], &'a [u8])) -> io::Result<()> {
        let mut rest = self.attributes.trim_ascii_start();
        while !rest.is_empty() {
            let malformed = || bad("found an attribute without a value in quotes");
            let (name, value, after) = attribute(rest).ok_or_else(malformed)?;
            see(name, value);
            rest = after.trim_ascii_start();
        }
        Ok(())
    }

    /// The value of an attribute.
    pub(crate) fn get(&self, name: &[u8]) -> io::Result<Option<&'a [u8]>> {
        let mut found = None;
        self.each(|n, value| found = if n == name { Some(value) } else { found })?;
        Ok(found)
    }

    /// The value of an attribute as text.
    pub(crate) fn value(&self, name: &[u8]) -> io::Result<Option<String>> {
        self.get(name)?.map(plain).transpose()
    }
}

fn attribute(rest: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let equals = rest.iter().position(|b| *b == b'=')?;
    let value = rest[equals + 1..].trim_ascii_start();
    let (quote, value) = value.split_first().filter(|(q, _)| matches!(q, b'"' | b'\''))?;
    let end = value.iter().position(|b| b == quote)?;
    Some((rest[..equals].trim_ascii_end(), &value[..end], &value[end + 1..]))
}

/// A text without entities.
pub(crate) fn plain(raw: &[u8]) -> io::Result<String> {
    let mut text = Vec::new();
    unescape(raw, &mut text)?;
    String::from_utf8(text).map_err(|_| bad("found bytes that are not UTF-8"))
}

/// Adds a text with its entities replaced and its line ends made one character each.
pub(crate) fn unescape(mut raw: &[u8], text: &mut Vec<u8>) -> io::Result<()> {
    while let Some(at) = raw.iter().position(|b| matches!(b, b'&' | b'\r')) {
        text.extend_from_slice(&raw[..at]);
        raw = match &raw[at..] {
            [b'\r', b'\n', ..] => &raw[at + 1..],
            [b'\r', rest @ ..] => {
                text.push(b'\n');
                rest
            }
            rest => entity(rest, text)?,
        };
    }
    text.extend_from_slice(raw);
    Ok(())
}

/// Adds what an entity stands for, and gives the bytes after it.
fn entity<'a>(raw: &'a [u8], text: &mut Vec<u8>) -> io::Result<&'a [u8]> {
    let end = raw.iter().take(12).position(|b| *b == b';');
    let name = end.map(|end| &raw[1..end]).and_then(|n| std::str::from_utf8(n).ok());
    let found = match name.unwrap_or("") {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        number => character(number),
    };
    let (Some(found), Some(end)) = (found, end) else {
        let found = String::from_utf8_lossy(&raw[..raw.len().min(12)]).into_owned();
        return Err(bad(format!("found `{found}`, expected an entity such as `&amp;`")));
    };
    text.extend_from_slice(found.encode_utf8(&mut [0; 4]).as_bytes());
    Ok(&raw[end + 1..])
}

fn character(name: &str) -> Option<char> {
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix('x') {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, so that every border is met.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(1).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn seen(xml: &str) -> io::Result<Vec<String>> {
        let mut tags = Tags::new(Slow(xml.as_bytes()));
        tags.buffer.truncate(4);
        let mut seen = Vec::new();
        let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        loop {
            seen.push(match tags.next()? {
                Token::Open(tag) => {
                    let mut text = show(tag.name) + if tag.empty { "/" } else { "" };
                    tag.each(|n, v| text += &format!(" {}={}", show(n), show(v)))?;
                    text
                }
                Token::Close(name) => format!("/{}", show(name)),
                Token::Text(raw) => format!("'{}'", plain(raw)?),
                Token::Raw(raw) => format!("'{}'", show(raw)),
                Token::End => return Ok(seen),
            });
        }
    }

    #[test]
    fn pieces() {
        let xml = "\u{feff}<?xml version='1.0'?><!-- <a> --><x:a b=\"1>2\" x:c = 'd\"e'><f/>\
                   1 &lt; 2&#x41;&#66;\r\n<![CDATA[<&>]]></x:a >\n";
        let expected =
            ["'\u{feff}'", "a b=1>2 x:c=d\"e", "f/", "'1 < 2AB\n'", "'<&>'", "/a", "'\n'"];
        assert_eq!(seen(xml).unwrap(), expected);
        assert!(seen("").unwrap().is_empty());
    }

    #[test]
    fn faults() {
        for (xml, what) in [
            ("<a", "ends too early"),
            ("<a b='>", "ends too early"),
            ("<!DOCTYPE a>", "document type"),
            ("<a b=1>", "without a value"),
            ("<a>&b;</a>", "`&b;`"),
            ("<a>&amp</a>", "`&amp`"),
            ("\u{0}<", "UTF-16"),
        ] {
            let error = seen(xml).unwrap_err().to_string();
            assert!(error.contains(what), "{xml}: {error}");
        }
    }

    #[test]
    fn elements_close_in_order() {
        let check = |xml: &str| Tags::new(xml.as_bytes()).check_nesting();
        assert!(check("<?xml?><a:b c='1'><d/><e>1</e ></a:b>\n").is_ok());
        for xml in ["<a>", "<a></b>", "<a:b></c:b>", "</a>", "<a><b></a></b>"] {
            assert!(check(xml).is_err(), "{xml}");
        }
        assert!(check(&"<a>".repeat(2000)).is_err());
        let attributes = |count| (0..count).map(|i| format!(" a{i}=\"\"")).collect::<String>();
        for (tag, ok) in [
            (format!("<a{}/>", attributes(1000)), true),
            (format!("<a{}/>", attributes(1001)), false),
            (format!("<a b='{}'/>", "x".repeat(9000)), true),
            (format!("<{}/>", "x".repeat(4097)), false),
        ] {
            assert_eq!(check(&tag).is_ok(), ok, "{} bytes", tag.len());
        }
    }

    #[test]
    fn a_text_in_many_pieces_has_its_limit() {
        let piece = format!("<![CDATA[{}]]>", "x".repeat(1 << 20));
        for (pieces, read) in [(16, true), (17, false)] {
            let xml = format!("<a>{}</a>", piece.repeat(pieces));
            let (mut tags, mut text) = (Tags::new(xml.as_bytes()), Vec::new());
            assert!(matches!(tags.next().unwrap(), Token::Open(_)));
            assert_eq!(tags.text(b"a", &mut text).is_ok(), read);
        }
    }

    /// Were everything before looked at again at each `>`, this would be 2 * 10^9 bytes.
    #[test]
    fn a_value_full_of_brackets() {
        let value = ">".repeat(1 << 16);
        for quote in ['"', '\''] {
            let xml = format!("<a b={quote}{value}{quote}/>");
            assert_eq!(tag_end(xml.as_bytes()), Some(xml.len()));
            Tags::new(xml.as_bytes()).check_nesting().unwrap();
        }
    }

    proptest::proptest! {
        /// A tag ends at the first `>` that no quote of its own kind holds.
        #[test]
        fn tags_end_outside_of_quotes(tag in "<[a=>\"']{0,12}") {
            let mut open = None;
            let end = tag.char_indices().find(|(_, c)| {
                match open {
                    None if matches!(c, '"' | '\'') => open = Some(*c),
                    None => return *c == '>',
                    Some(quote) if quote == *c => open = None,
                    Some(_) => {}
                }
                false
            });
            assert_eq!(tag_end(tag.as_bytes()), end.map(|(i, _)| i + 1));
        }
    }

    #[test]
    fn closing_tags_are_found_across_borders() {
        let xml = format!("<d>{}d><x:d>{}</x:d><e/>", "a".repeat(200), "</dd>b".repeat(50));
        let mut tags = Tags::new(Slow(xml.as_bytes()));
        tags.buffer.truncate(4);
        assert!(tags.skip_to_close(b"d").unwrap());
        assert!(matches!(tags.next().unwrap(), Token::Open(t) if t.name == b"e"));
        assert!(!tags.skip_to_close(b"d").unwrap());
    }
}
