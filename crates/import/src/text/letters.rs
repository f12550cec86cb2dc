//! Windows-1252 or Mac Roman: which reading of the bytes above 127 puts letters inside words.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

/// What the bytes above 127 mean in one encoding.
struct Table(Vec<char>);

impl Table {
    fn new(encoding: &'static Encoding) -> Self {
        let high: Vec<u8> = (0x80..=0xff).collect();
        let (text, _) = encoding.decode_without_bom_handling(&high);
        Self(text.chars().collect())
    }

    fn char(&self, byte: u8) -> char {
        let high = byte.checked_sub(0x80).and_then(|i| self.0.get(usize::from(i)));
        high.copied().unwrap_or(char::from(byte & 0x7f))
    }

    /// How well these bytes read, a few points for each byte above 127.
    fn score(&self, bytes: &[u8]) -> i64 {
        let char = |i: Option<usize>| i.and_then(|i| bytes.get(i)).map_or(' ', |b| self.char(*b));
        let high = bytes.iter().enumerate().filter(|(_, b)| !b.is_ascii());
        high.map(|(i, b)| plausible(char(i.checked_sub(1)), self.char(*b), char(Some(i + 1)))).sum()
    }

    fn word(&self, bytes: &[u8]) -> String {
        bytes.iter().map(|b| self.char(*b)).collect()
    }
}

/// How likely a character is between its neighbours.
fn plausible(before: char, c: char, after: char) -> i64 {
    let (left, right) = (before.is_alphabetic(), after.is_alphabetic());
    let alone = !left && !right;
    match c {
        '\u{80}'..='\u{9f}' => -3,
        '\u{a0}' => i64::from(!(left && right)),
        '’' if left && right => 2,
        '‘' | '’' | '“' | '”' | '«' | '»' | '‹' | '›'
            if before.is_alphanumeric() != after.is_alphanumeric() =>
        {
            2
        }
        '–' | '—' if left && right => 2,
        '™' | '®' if before.is_alphanumeric() && !right => 2,
        '–' | '—' | '…' | '•' | '™' | '®' | '©' | '°' => i64::from(!(left && right)),
        '€' | '£' | '¥' | '¢' => {
            1 + i64::from(before.is_ascii_digit() || after.is_ascii_digit())
        }
        'ª' | 'º' => {
            if before.is_ascii_digit() || before == '.' {
                1
            } else {
                -1
            }
        }
        'ƒ' | 'ﬁ' | 'ﬂ' | 'ı' | 'ˆ' | 'ˇ' => -2,
        c if c.is_lowercase() => match (alone, after.is_uppercase()) {
            (true, _) => -1,
            (_, true) => -2,
            // Rare in the languages that Windows-1252 is for.
            _ => 2 - i64::from(matches!(c, 'š' | 'ž' | 'œ')),
        },
        c if c.is_uppercase() => match () {
            () if alone => -1,
            () if before.is_lowercase() || (left && after.is_lowercase()) => -2,
            () => 2,
        },
        _ if alone => 0,
        _ => -1 - i64::from(left && right),
    }
}

/// Compares both readings over everything that is shown to it.
pub(super) struct Letters {
    windows: Table,
    mac: Table,
    scores: [i64; 2],
    high: u64,
    example: Option<(u64, [String; 2])>,
}

impl Letters {
    pub(super) fn new() -> Self {
        let (windows, mac) = (Table::new(WINDOWS_1252), Table::new(MACINTOSH));
        Self { windows, mac, scores: [0; 2], high: 0, example: None }
    }

    /// Takes a piece of a line into account.
    pub(super) fn see(&mut self, line: u64, bytes: &[u8]) {
        self.high += bytes.iter().filter(|b| !b.is_ascii()).count() as u64;
        self.scores[0] += self.windows.score(bytes);
        self.scores[1] += self.mac.score(bytes);
        if self.example.is_none()
            && let Some(word) = word(bytes)
        {
            self.example = Some((line, [self.windows.word(word), self.mac.word(word)]));
        }
    }

    /// The likelier encoding; where both are alike, the one that is the more common.
    pub(super) fn likelier(&self) -> &'static Encoding {
        if self.scores[1] > self.scores[0] { MACINTOSH } else { WINDOWS_1252 }
    }

    /// Why, in words.
    pub(super) fn reason(&self) -> String {
        let mac = self.likelier() == MACINTOSH;
        let (taken, other) = if mac { (1, 0) } else { (0, 1) };
        let names = ["Windows-1252", "Mac Roman"];
        let mut reason = format!("read as {}", names[taken]);
        if let Some((line, words)) = &self.example {
            let (this, that) = (&words[taken], &words[other]);
            reason +=
                &format!("; line {line} says `{this}`, which {} would make `{that}`", names[other]);
        }
        let scores = self.scores;
        reason
            + &format!(
                ". Of {} bytes above 127, letters and signs fit their neighbours with {} points, and {} in {}; figures are the same in both",
                self.high, scores[taken], scores[other], names[other]
            )
    }
}

/// The first word with a byte above 127.
fn word(bytes: &[u8]) -> Option<&[u8]> {
    const LONGEST: usize = 40;
    let high = bytes.iter().position(|b| !b.is_ascii())?;
    let inside = |b: &u8| b.is_ascii_alphanumeric() || !b.is_ascii();
    let from = bytes[..high].iter().rposition(|b| !inside(b)).map_or(0, |i| i + 1);
    let rest = &bytes[from.max(high.saturating_sub(LONGEST))..];
    Some(
        &rest[..rest
            .iter()
            .take(2 * LONGEST)
            .position(|b| !inside(b))
            .unwrap_or(rest.len().min(2 * LONGEST))],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(text: &str, table: &Table) -> Vec<u8> {
        let byte = |c: char| match table.0.iter().position(|t| *t == c) {
            Some(i) => i as u8 + 0x80,
            None => u8::try_from(c).unwrap(),
        };
        text.chars().map(byte).collect()
    }

    #[test]
    fn texts_of_western_languages_are_told_apart() {
        for text in [
            "Müller, Köln; Größe 20 °C",
            "café crème à l’école, très évolué",
            "résumé",
            "Señor Muñoz de Málaga",
            "São João",
            "smørrebrød på Ærø",
            "ÜBERGRÖSSE",
            "pour l’évaluation",
            "Ångström Å",
            "“Élan”",
        ] {
            for encoding in [WINDOWS_1252, MACINTOSH] {
                let mut letters = Letters::new();
                letters.see(1, &encode(text, &Table::new(encoding)));
                assert_eq!(letters.likelier(), encoding, "{text}: {:?}", letters.scores);
            }
        }
    }

    #[test]
    fn signs_alone_are_windows() {
        for text in [
            "Bachelor’s degree",
            "full–time",
            "Koch – Koch",
            "“senior” — “junior”",
            "100 €",
            "€ 5",
            "¥ 5",
            "• item",
            "etc…",
            "Foo™ bar",
            "Foo® bar",
            "½ inch",
            "5½",
            "20°C",
            "m²",
            "10 µg",
            "1\u{a0}234",
            "3×4",
            "Foo ‘bar’",
            "§ 5",
            "£5",
            "± 3",
        ] {
            let mut letters = Letters::new();
            letters.see(1, &encode(text, &Table::new(WINDOWS_1252)));
            assert_eq!(letters.likelier(), WINDOWS_1252, "{text}: {:?}", letters.scores);
        }
    }

    /// Bytes as the table of Apple's character set has them: 8E é, 8A ä, 9A ö, 9F ü, CA a space.
    #[test]
    fn mac_bytes_by_hand() {
        for (bytes, text) in [
            (b"caf\x8e".as_slice(), "café"),
            (b"K\x9aln", "Köln"),
            (b"M\x9fller", "Müller"),
            (b"Z\x8ahler", "Zähler"),
            (b"don\xd5t", "don’t"),
            (b"10\xca000", "10\u{a0}000"),
        ] {
            let mut letters = Letters::new();
            letters.see(7, bytes);
            assert_eq!(letters.likelier(), MACINTOSH, "{text}: {:?}", letters.scores);
            assert_eq!(letters.example.as_ref().unwrap().1[1], text);
            assert!(letters.reason().contains("line 7 says"), "{}", letters.reason());
        }
    }
}
