//! Lines of a given width: words are kept whole where they fit, and colour takes no room.

use crate::inline::{Inline, Tone};
use crate::text::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A word: pieces that no space parts.
type Word = Vec<(Tone, String)>;

/// How wide a text is on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The lines of a text: the first after `first`, the others after `rest`.
pub(crate) fn wrap(inline: &Inline, first: &str, rest: &str, style: &Style) -> Vec<String> {
    wrap_to(inline, first, rest, style.columns(), style.color)
}

/// The same for a column that may be narrower than any page.
pub(crate) fn wrap_to(
    inline: &Inline,
    first: &str,
    rest: &str,
    columns: usize,
    color: bool,
) -> Vec<String> {
    let room = columns.saturating_sub(width(first).max(width(rest))).max(1);
    let lines = fill(words(inline), room);
    let mut out: Vec<String> = Vec::new();
    for line in &lines {
        let start = if out.is_empty() { first } else { rest };
        out.push(format!("{start}{}", paint(line, color)).trim_end().to_owned());
    }
    if out.is_empty() { vec![first.trim_end().to_owned()] } else { out }
}

/// Splits at spaces, across runs.
fn words(inline: &Inline) -> Vec<Word> {
    let mut all: Vec<Word> = vec![Vec::new()];
    for span in &inline.0 {
        for (i, part) in span.text.split(' ').enumerate() {
            if i > 0 {
                all.push(Vec::new());
            }
            if !part.is_empty() {
                let piece = (span.tone, part.replace('\u{a0}', " "));
                all.last_mut().expect("starts with one word").push(piece);
            }
        }
    }
    all.retain(|word| !word.is_empty());
    all
}

fn word_width(word: &Word) -> usize {
    word.iter().map(|(_, text)| width(text)).sum()
}

/// Fills lines greedily; a word wider than a line is broken.
fn fill(words: Vec<Word>, room: usize) -> Vec<Vec<Word>> {
    let mut lines: Vec<Vec<Word>> = Vec::new();
    let mut used = 0;
    for word in words.into_iter().flat_map(|word| broken(word, room)) {
        let needed = word_width(&word);
        match lines.last_mut() {
            Some(line) if used + 1 + needed <= room => {
                line.push(word);
                used += 1 + needed;
            }
            _ => {
                lines.push(vec![word]);
                used = needed;
            }
        }
    }
    lines
}

/// The word in parts no wider than a line.
fn broken(word: Word, room: usize) -> Vec<Word> {
    if word_width(&word) <= room {
        return vec![word];
    }
    let mut parts: Vec<Word> = vec![Vec::new()];
    let mut used = 0;
    for (tone, text) in word {
        for c in text.chars() {
            let wide = c.width().unwrap_or(0);
            if used > 0 && used + wide > room {
                parts.push(Vec::new());
                used = 0;
            }
            used += wide;
            push(parts.last_mut().expect("starts with one part"), tone, c);
        }
    }
    parts
}

fn push(word: &mut Word, tone: Tone, c: char) {
    match word.last_mut() {
        Some((last, text)) if *last == tone => text.push(c),
        _ => word.push((tone, c.to_string())),
    }
}

/// Words with spaces and, if wanted, colour; neighbours of one tone are painted in one go.
fn paint(line: &[Word], color: bool) -> String {
    let mut runs: Word = Vec::new();
    for (i, word) in line.iter().enumerate() {
        let tone = |piece: Option<&(Tone, String)>| piece.map(|(tone, _)| *tone);
        let same = tone(runs.last()) == tone(word.first());
        if i > 0 {
            push(&mut runs, if same { word[0].0 } else { Tone::Plain }, ' ');
        }
        word.iter().for_each(|(tone, text)| text.chars().for_each(|c| push(&mut runs, *tone, c)));
    }
    runs.iter().map(|(tone, text)| painted(text, *tone, color)).collect()
}

/// A text in the colour of its tone.
pub(crate) fn painted(text: &str, tone: Tone, color: bool) -> String {
    let code = match tone {
        Tone::Strong => "1",
        Tone::Muted => "2",
        Tone::Code => "36",
        Tone::Error => "1;31",
        Tone::Warning => "33",
        Tone::Plain => "",
    };
    match color && !code.is_empty() {
        true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, room: usize) -> Vec<String> {
        let filled = fill(words(&Inline::from(text)), room);
        filled.iter().map(|line| paint(line, false)).collect()
    }

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(lines("one two three", 7), ["one two", "three"]);
        assert_eq!(lines("abcdefgh i", 3), ["abc", "def", "gh", "i"]);
        assert_eq!(lines("a\u{a0}b c", 3), ["a b", "c"]);
        assert_eq!(lines("東京都 x", 4), ["東京", "都 x"]);
        assert!(lines("", 4).is_empty());
    }

    #[test]
    fn runs_without_a_space_are_one_word() {
        let inline = Inline::from("(").strong("five").text(") six");
        let filled = fill(words(&inline), 6);
        assert_eq!(paint(&filled[0], true), "(\u{1b}[1mfive\u{1b}[0m)");
        assert_eq!(filled.len(), 2);
    }
}
