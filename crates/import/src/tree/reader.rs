//! JSON read piece by piece from a stream: strict, without recursion, nothing kept but one piece.

use super::skip;
use std::io::{self, Read};

/// Bytes that are read at once.
const BLOCK: usize = 1 << 16;
/// Most bytes of one text, name or number.
const LONGEST: usize = 16 << 20;
/// How deep arrays and objects may be nested.
pub(crate) const DEEPEST: usize = 128;

/// Why a text is no JSON, and the byte at which that shows.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) at: u64,
    pub(crate) what: Wrong,
}

/// What is wrong.
#[derive(Debug)]
pub(crate) enum Wrong {
    /// The stream cannot be read.
    Io(io::Error),
    /// The text ends too early.
    Ends,
    /// Something else stands there than must.
    Expected(&'static str),
    /// A text, name or number is too long.
    Long,
    /// Arrays and objects are nested too deep.
    Deep,
}

/// Of what sort a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Object,
    Array,
    Text,
    Number,
    True,
    False,
    Null,
}

/// A piece of the buffer, which lasts until the next one is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    from: usize,
    to: usize,
    escaped: bool,
}

/// A stream of JSON.
pub(crate) struct Reader<R> {
    input: R,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    /// Up to where the buffer is known to be UTF-8.
    checked: usize,
    /// Bytes that came before the buffer.
    passed: u64,
}

type Done<T> = Result<T, Fault>;

impl<R: Read> Reader<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, buffer: vec![0; 2 * BLOCK], at: 0, end: 0, checked: 0, passed: 0 }
    }

    /// The byte that is read next, from 0.
    pub(crate) fn position(&self) -> u64 {
        self.passed + self.at as u64
    }

    pub(crate) fn wrong<T>(&self, what: Wrong) -> Done<T> {
        Err(Fault { at: self.position(), what })
    }

    /// The next byte that is no white space; none at the end.
    #[inline]
    pub(crate) fn peek_or_end(&mut self) -> Done<Option<u8>> {
        match self.buffer[..self.end].get(self.at) {
            Some(byte) if *byte > b' ' => Ok(Some(*byte)),
            _ => self.skip_white(),
        }
    }

    fn skip_white(&mut self) -> Done<Option<u8>> {
        loop {
            let rest = &self.buffer[self.at..self.end];
            let skipped = white(rest);
            self.at += skipped;
            if let Some(byte) = rest.get(skipped) {
                return Ok(Some(*byte));
            }
            if !self.refill(self.end)? {
                return Ok(None);
            }
        }
    }

    fn peek(&mut self) -> Done<u8> {
        match self.peek_or_end()? {
            Some(byte) => Ok(byte),
            None => self.wrong(Wrong::Ends),
        }
    }

    /// What the next value is.
    pub(crate) fn sort(&mut self) -> Done<Sort> {
        match self.peek()? {
            b'{' => Ok(Sort::Object),
            b'[' => Ok(Sort::Array),
            b'"' => Ok(Sort::Text),
            b'-' | b'0'..=b'9' => Ok(Sort::Number),
            b't' => Ok(Sort::True),
            b'f' => Ok(Sort::False),
            b'n' => Ok(Sort::Null),
            _ => self.wrong(Wrong::Expected("a value")),
        }
    }

    /// Goes into an object or array; whether it has anything in it.
    pub(crate) fn open(&mut self, sort: Sort) -> Done<bool> {
        self.at += 1;
        let close = if sort == Sort::Object { b'}' } else { b']' };
        let filled = self.peek()? != close;
        self.at += usize::from(!filled);
        Ok(filled)
    }

    /// Behind a value of an object or array: whether another one follows.
    pub(crate) fn more(&mut self, sort: Sort) -> Done<bool> {
        let (close, expected) = match sort {
            Sort::Object => (b'}', "`,` or `}`"),
            _ => (b']', "`,` or `]`"),
        };
        let found = self.peek()?;
        if found != b',' && found != close {
            return self.wrong(Wrong::Expected(expected));
        }
        self.at += 1;
        Ok(found == b',')
    }

    /// The name of a member, and the colon behind it.
    pub(crate) fn name(&mut self, name: &mut String) -> Done<()> {
        let span = self.quoted()?;
        name.clear();
        self.copy(span, name)?;
        self.colon()
    }

    /// A piece as it stands in the buffer; none if there are escapes in it.
    pub(crate) fn plain(&self, span: Span) -> Option<&[u8]> {
        (!span.escaped).then(|| &self.buffer[span.from..span.to])
    }

    /// The name of a member, before the colon.
    pub(crate) fn quoted(&mut self) -> Done<Span> {
        match self.peek()? {
            b'"' => self.text(),
            _ => self.wrong(Wrong::Expected("a name in quotes")),
        }
    }

    /// The colon behind a name.
    pub(crate) fn colon(&mut self) -> Done<()> {
        match self.peek()? {
            b':' => {
                self.at += 1;
                Ok(())
            }
            _ => self.wrong(Wrong::Expected("`:`")),
        }
    }

    /// Whether `true`, `false` or `null` seems to stand behind a name.
    pub(crate) fn is_word_ahead(&self) -> bool {
        let rest = &self.buffer[self.at..self.end];
        let rest = &rest[white(rest)..];
        let Some(rest) = rest.strip_prefix(b":") else { return false };
        matches!(rest.get(white(rest)), Some(b't' | b'f' | b'n'))
    }

    /// A value that is neither object nor array; it stands in the buffer as it is written.
    pub(crate) fn scalar(&mut self, sort: Sort) -> Done<Span> {
        match sort {
            Sort::Text => self.text(),
            Sort::Number => self.number(),
            Sort::True => self.word(b"true", "`true`"),
            Sort::False => self.word(b"false", "`false`"),
            _ => self.word(b"null", "`null`"),
        }
    }

    /// Adds what stands in a piece to a text.
    pub(crate) fn copy(&self, span: Span, to: &mut String) -> Done<()> {
        let bytes = &self.buffer[span.from..span.to];
        if span.escaped {
            return self.unescape(bytes, to);
        }
        to.push_str(self.utf8(bytes)?);
        Ok(())
    }

    /// Adds the bytes of what stands in a piece: as those of all that is read, they are UTF-8.
    pub(crate) fn copy_bytes(&self, span: Span, to: &mut Vec<u8>) -> Done<()> {
        if span.escaped {
            let mut text = String::new();
            self.copy(span, &mut text)?;
            to.extend_from_slice(text.as_bytes());
        } else {
            to.extend_from_slice(&self.buffer[span.from..span.to]);
        }
        Ok(())
    }

    fn utf8<'b>(&self, bytes: &'b [u8]) -> Done<&'b str> {
        std::str::from_utf8(bytes).or_else(|_| self.wrong(Wrong::Expected("UTF-8")))
    }

    /// A text from its opening quote on.
    fn text(&mut self) -> Done<Span> {
        let (mut i, mut escaped) = (self.at + 1, false);
        loop {
            let rest = self.buffer.get(i..self.end).unwrap_or_default();
            let Some(found) = special(rest) else {
                i = self.further(i.max(self.end))?;
                continue;
            };
            i += found;
            match self.buffer[i] {
                b'"' => {
                    let span = Span { from: self.at + 1, to: i, escaped };
                    self.at = i + 1;
                    if escaped {
                        self.unescape(&self.buffer[span.from..span.to], &mut String::new())?;
                    }
                    return Ok(span);
                }
                b'\\' => {
                    escaped = true;
                    i += 2;
                }
                _ => {
                    self.at = i;
                    return self.wrong(Wrong::Expected("a text without control characters"));
                }
            }
        }
    }

    /// Reads on inside of a piece; where the byte `i` is then.
    fn further(&mut self, i: usize) -> Done<usize> {
        let ahead = i - self.at;
        match self.refill(self.at)? {
            true => Ok(self.at + ahead),
            false => {
                self.at = self.end;
                self.wrong(Wrong::Ends)
            }
        }
    }

    fn number(&mut self) -> Done<Span> {
        let mut i = self.at;
        loop {
            let part = |b: &u8| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
            match self.buffer[i..self.end].iter().position(|b| !part(b)) {
                Some(found) => {
                    i += found;
                    break;
                }
                None => {
                    let ahead = self.end - self.at;
                    let more = self.refill(self.at)?;
                    i = self.at + ahead;
                    if !more {
                        break;
                    }
                }
            }
        }
        if !is_number(&self.buffer[self.at..i]) {
            return self.wrong(Wrong::Expected("a number"));
        }
        let span = Span { from: self.at, to: i, escaped: false };
        self.at = i;
        Ok(span)
    }

    fn word(&mut self, word: &[u8], expected: &'static str) -> Done<Span> {
        while self.end - self.at < word.len() && self.refill(self.at)? {}
        if !self.buffer[self.at..self.end].starts_with(word) {
            return self.wrong(Wrong::Expected(expected));
        }
        let span = Span { from: self.at, to: self.at + word.len(), escaped: false };
        self.at = span.to;
        Ok(span)
    }

    /// Passes over a value, whatever is in it, checking it all the same.
    pub(crate) fn pass(&mut self) -> Done<()> {
        // What is not seen to be well formed at a glance is read with care.
        if let Some(length) = skip::value(&self.buffer[self.at..self.end]) {
            self.at += length;
            return Ok(());
        }
        let mut within = Vec::new();
        loop {
            let sort = self.sort()?;
            if !matches!(sort, Sort::Object | Sort::Array) {
                self.scalar(sort)?;
            } else if self.open(sort)? {
                within.push(sort);
                if within.len() > DEEPEST {
                    return self.wrong(Wrong::Deep);
                }
                self.pass_name(sort)?;
                continue;
            }
            loop {
                let Some(sort) = within.last().copied() else { return Ok(()) };
                if self.more(sort)? {
                    self.pass_name(sort)?;
                    break;
                }
                within.pop();
            }
        }
    }

    fn pass_name(&mut self, sort: Sort) -> Done<()> {
        if sort == Sort::Object {
            let span = self.quoted()?;
            self.utf8(&self.buffer[span.from..span.to])?;
            self.colon()?;
        }
        Ok(())
    }

    /// Reads more behind what is kept from a place on; whether there was any.
    fn refill(&mut self, keep: usize) -> Done<bool> {
        if keep > 0 {
            self.buffer.copy_within(keep..self.end, 0);
            self.passed += keep as u64;
            self.at -= keep;
            self.end -= keep;
            self.checked -= keep;
        }
        if self.end > LONGEST {
            return self.wrong(Wrong::Long);
        }
        if self.buffer.len() - self.end < BLOCK {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let room = &mut self.buffer[self.end..];
        loop {
            match self.input.read(room) {
                Ok(count) => {
                    self.end += count;
                    self.check(count == 0)?;
                    return Ok(count > 0);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return self.wrong(Wrong::Io(e)),
            }
        }
    }

    /// Refuses what was read last if it is no UTF-8; a letter that is cut off waits for its rest.
    fn check(&mut self, at_end: bool) -> Done<()> {
        let new = &self.buffer[self.checked..self.end];
        let (valid, wrong) = match simdutf8::compat::from_utf8(new) {
            Ok(_) => (new.len(), false),
            Err(e) => (e.valid_up_to(), at_end || e.error_len().is_some()),
        };
        self.checked += valid;
        if wrong {
            self.at = self.checked;
            return self.wrong(Wrong::Expected("UTF-8"));
        }
        Ok(())
    }

    /// Adds a text with escapes, read.
    fn unescape(&self, bytes: &[u8], to: &mut String) -> Done<()> {
        let mut rest = bytes;
        while let Some(at) = memchr::memchr(b'\\', rest) {
            to.push_str(self.utf8(&rest[..at])?);
            let (letter, used) = escape(&rest[at + 1..])
                .map_or_else(|| self.wrong(Wrong::Expected("an escape such as `\\n`")), Ok)?;
            to.push(letter);
            rest = &rest[at + 1 + used..];
        }
        to.push_str(self.utf8(rest)?);
        Ok(())
    }
}

/// How many bytes of white space a text begins with. Indentation is passed by eights.
pub(super) fn white(text: &[u8]) -> usize {
    const SPACES: u64 = u64::from_le_bytes([b' '; 8]);
    let mut at = 0;
    loop {
        let rest = &text[at..];
        match rest.first() {
            Some(b' ') => {
                // A byte that is no space is the first one that differs from spaces.
                let other = rest.first_chunk().map_or(1 << 8, |e| u64::from_le_bytes(*e) ^ SPACES);
                at += other.trailing_zeros() as usize / 8;
            }
            Some(b'\n' | b'\r' | b'\t') => at += 1,
            _ => return at,
        }
    }
}

/// Where the first byte stands at which a text ends or goes on otherwise. Eight bytes are tested at
/// once: a byte is zero, or less than another, where subtracting borrows from its highest bit. Only
/// above the first such byte a borrow may mark one that is none.
pub(crate) fn special(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let (eights, rest) = text.as_chunks::<8>();
    for (number, eight) in eights.iter().enumerate() {
        let word = u64::from_le_bytes(*eight);
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let quote = zero(word ^ (ONES * u64::from(b'"')));
        let escape = zero(word ^ (ONES * u64::from(b'\\')));
        let marks = (control | quote | escape) & HIGH;
        if marks != 0 {
            return Some(8 * number + marks.trailing_zeros() as usize / 8);
        }
    }
    let found = rest.iter().position(|b| SPECIAL[usize::from(*b)]);
    found.map(|at| 8 * eights.len() + at)
}

/// Bytes at which a text ends, goes on otherwise, or is malformed.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut i = 0;
    while i < 0x20 {
        special[i] = true;
        i += 1;
    }
    special[b'"' as usize] = true;
    special[b'\\' as usize] = true;
    special
};

/// What an escape stands for, and its bytes behind the backslash.
fn escape(rest: &[u8]) -> Option<(char, usize)> {
    let plain = |c| Some((c, 1));
    match rest.first()? {
        b'"' => plain('"'),
        b'\\' => plain('\\'),
        b'/' => plain('/'),
        b'b' => plain('\u{8}'),
        b'f' => plain('\u{c}'),
        b'n' => plain('\n'),
        b'r' => plain('\r'),
        b't' => plain('\t'),
        b'u' => {
            let first = hex(rest.get(1..5)?)?;
            if !(0xd800..0xe000).contains(&first) {
                return Some((char::from_u32(first)?, 5));
            }
            let second = rest.get(5..7).filter(|b| *b == b"\\u").and(rest.get(7..11))?;
            let second = hex(second).filter(|s| (0xdc00..0xe000).contains(s))?;
            let high = first.checked_sub(0xd800).filter(|h| *h < 0x400)?;
            Some((char::from_u32(0x1_0000 + (high << 10) + (second - 0xdc00))?, 11))
        }
        _ => None,
    }
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |n, d| Some(n * 16 + char::from(*d).to_digit(16)?))
}

/// Whether a text is a number as JSON writes it.
pub(super) fn is_number(text: &[u8]) -> bool {
    let digits = |t: &[u8]| t.iter().take_while(|b| b.is_ascii_digit()).count();
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(text);
    if whole == 0 || (whole > 1 && text[0] == b'0') {
        return false;
    }
    let mut rest = &text[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    if let Some([b'e' | b'E', exponent @ ..]) = Some(rest).filter(|r| !r.is_empty()) {
        let exponent =
            exponent.strip_prefix(b"+").or(exponent.strip_prefix(b"-")).unwrap_or(exponent);
        let count = digits(exponent);
        return count > 0 && count == exponent.len();
    }
    rest.is_empty()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    /// Gives a few bytes at a time, so that every piece is cut somewhere.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(self.1).min(room.len());
            room[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    /// A value through the reader; a number as serde_json reads its digits.
    fn value<R: Read>(reader: &mut Reader<R>) -> Done<Value> {
        let sort = reader.sort()?;
        match sort {
            Sort::Object => {
                let (mut all, mut name) = (Map::new(), String::new());
                let mut more = reader.open(sort)?;
                while more {
                    reader.name(&mut name)?;
                    all.insert(name.clone(), value(reader)?);
                    more = reader.more(sort)?;
                }
                Ok(all.into())
            }
            Sort::Array => {
                let mut all = Vec::new();
                let mut more = reader.open(sort)?;
                while more {
                    all.push(value(reader)?);
                    more = reader.more(sort)?;
                }
                Ok(all.into())
            }
            _ => {
                let (span, mut text) = (reader.scalar(sort)?, String::new());
                reader.copy(span, &mut text)?;
                Ok(if sort == Sort::Text {
                    text.into()
                } else {
                    serde_json::from_str(&text).unwrap_or_else(|_| text.into())
                })
            }
        }
    }

    fn read(text: &[u8], drop: usize) -> Done<Value> {
        let mut reader = Reader::new(Drops(text, drop));
        let value = value(&mut reader)?;
        match reader.peek_or_end()? {
            None => Ok(value),
            Some(_) => reader.wrong(Wrong::Expected("nothing more")),
        }
    }

    fn passed(text: &[u8], drop: usize) -> Done<()> {
        let mut reader = Reader::new(Drops(text, drop));
        reader.pass()?;
        match reader.peek_or_end()? {
            None => Ok(()),
            Some(_) => reader.wrong(Wrong::Expected("nothing more")),
        }
    }

    pub(crate) fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1_000_000_i32..1_000_000).prop_map(|n| Value::from(f64::from(n) / 64.0)),
            "[a\\n\"\\\\\u{e9}\u{1f600}]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::btree_map("[a-c~/\"]{0,3}", inner, 0..5)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    /// A value as it is written, cut at a place or with another byte there.
    pub(crate) fn spoiled(value: &Value, at: prop::sample::Index, byte: u8, cut: bool) -> Vec<u8> {
        let mut text = value.to_string().into_bytes();
        let at = at.index(text.len());
        if cut {
            text.truncate(at)
        } else {
            text[at] = byte
        }
        text
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in any_value(), pretty: bool, drop in 1_usize..40) {
            let text = if pretty { format!("{value:#}") } else { value.to_string() };
            prop_assert_eq!(read(text.as_bytes(), drop).unwrap(), value);
            prop_assert!(passed(text.as_bytes(), drop).is_ok());
        }

        /// Whatever the library refuses is refused, and nothing else, but for what only we limit.
        #[test]
        fn what_is_no_json_is_refused(
            value in any_value(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut: bool
        ) {
            let text = spoiled(&value, at, byte, cut);
            let theirs = serde_json::from_slice::<Value>(&text);
            let ours = read(&text, 7);
            // A number of an exponent beyond a double is none for the library.
            let huge = text.windows(2).any(|w| w[0].is_ascii_digit() && matches!(w[1], b'e' | b'E'));
            prop_assert!(huge || theirs.is_ok() == ours.is_ok(), "{:?} {:?}", theirs, ours);
            prop_assert!(huge || ours.is_err() || theirs.unwrap() == ours.unwrap());
            prop_assert!(huge || passed(&text, 7).is_ok() || serde_json::from_slice::<Value>(&text).is_err());
        }
    }

    proptest! {
        #[test]
        fn eight_bytes_at_once_are_each_of_them(text in proptest::collection::vec(any::<u8>(), 0..40)) {
            let one = text.iter().position(|b| *b < 0x20 || matches!(b, b'"' | b'\\'));
            prop_assert_eq!(special(&text), one);
            let letters: Vec<u8> = text.iter().map(|b| b" \n\t\r      a"[usize::from(*b % 11)]).collect();
            let one = letters.iter().position(|b| *b == b'a').unwrap_or(letters.len());
            prop_assert_eq!(white(&letters), one);
        }
    }

    #[test]
    fn faults_are_told_with_their_byte() {
        for (text, at, what) in [
            (r#"{"a":1,}"#, 7, "a name in quotes"),
            (r#"{"a" 1}"#, 5, "`:`"),
            ("[1 2]", 3, "`,` or `]`"),
            ("[1}", 2, "`,` or `]`"),
            ("[01]", 1, "a number"),
            ("[1.]", 1, "a number"),
            ("[-]", 1, "a number"),
            ("[nul]", 1, "`null`"),
            ("[.5]", 1, "a value"),
            ("[\"\\q\"]", 5, "an escape such as `\\n`"),
            ("[\"a\tb\"]", 3, "a text without control characters"),
            ("[NaN]", 1, "a value"),
        ] {
            for drop in [1, 100] {
                match read(text.as_bytes(), drop) {
                    Err(Fault { at: found, what: Wrong::Expected(said) }) => {
                        assert_eq!((found, said), (at, what), "{text}");
                    }
                    other => panic!("{text}: {other:?}"),
                }
            }
        }
        for text in ["", " ", "[1", "{\"a\"", "\"ab", "[\"\\", "[tr"] {
            let found = read(text.as_bytes(), 1);
            let word = text == "[tr";
            assert!(
                word || matches!(found, Err(Fault { what: Wrong::Ends, .. })),
                "{text} {found:?}"
            );
            assert!(found.is_err());
        }
        // The innermost one is empty, and nothing is nested in it.
        let deep = "[".repeat(DEEPEST + 2) + &"]".repeat(DEEPEST + 2);
        assert!(matches!(passed(deep.as_bytes(), 9), Err(Fault { what: Wrong::Deep, .. })));
        assert!(passed(&deep.as_bytes()[1..deep.len() - 1], 9).is_ok());
    }
}
