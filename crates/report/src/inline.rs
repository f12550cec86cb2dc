//! Runs of text with their weight and links: what every renderer turns into its own markup.

/// How a run of text stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Not at all.
    Plain,
    /// A number or word that matters.
    Strong,
    /// Small print.
    Muted,
    /// Something typed or looked up: a command, an id, a place.
    Code,
    /// Grave.
    Error,
    /// To be known.
    Warning,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// The text, free of control characters.
    pub(crate) text: String,
    /// How it stands out.
    pub(crate) tone: Tone,
    /// Id of the figure that it shows.
    pub(crate) figure: Option<String>,
}

/// A line of runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Inline(pub(crate) Vec<Span>);

impl Inline {
    fn push(mut self, text: &str, tone: Tone, figure: Option<String>) -> Self {
        let text = clean(text);
        if !text.is_empty() {
            self.0.push(Span { text, tone, figure });
        }
        self
    }

    /// Adds plain text.
    pub(crate) fn text(self, text: &str) -> Self {
        self.push(text, Tone::Plain, None)
    }

    /// Adds text that matters.
    pub(crate) fn strong(self, text: &str) -> Self {
        self.push(text, Tone::Strong, None)
    }

    /// Adds small print.
    pub(crate) fn muted(self, text: &str) -> Self {
        self.push(text, Tone::Muted, None)
    }

    /// Adds an id, a place or a command.
    pub(crate) fn code(self, text: &str) -> Self {
        self.push(text, Tone::Code, None)
    }

    /// Adds text of a tone.
    pub(crate) fn toned(self, text: &str, tone: Tone) -> Self {
        self.push(text, tone, None)
    }

    /// Adds text that shows a figure.
    pub(crate) fn figure(self, id: &str, text: &str, tone: Tone) -> Self {
        self.push(text, tone, Some(id.to_owned()))
    }

    /// Adds the runs of another.
    pub(crate) fn with(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Whether nothing stands in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text alone.
    pub(crate) fn plain(&self) -> String {
        self.0.iter().map(|span| span.text.as_str()).collect()
    }
}

impl From<&str> for Inline {
    fn from(text: &str) -> Self {
        Self::default().text(text)
    }
}

impl From<String> for Inline {
    fn from(text: String) -> Self {
        Self::default().text(&text)
    }
}

/// Joins with a separator.
pub(crate) fn join(parts: impl IntoIterator<Item = Inline>, separator: &str) -> Inline {
    parts.into_iter().filter(|part| !part.is_empty()).fold(Inline::default(), |line, part| {
        let line = if line.is_empty() { line } else { line.text(separator) };
        line.with(part)
    })
}

/// Text from outside made safe for one line: terminal escapes go, line breaks become spaces, and
/// what reorders or hides text goes.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => skip_escape(&mut rest),
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => out.push(' '),
            _ if c.is_control() || hides(c) => {}
            _ => out.push(c),
        }
    }
    out
}

/// Marks that change the direction or the sight of what follows.
fn hides(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Drops what belongs to an escape: `[31m` whole, of any other only the character that opens it,
/// so that an escape without an end hides no text.
fn skip_escape(rest: &mut std::str::Chars<'_>) {
    if rest.next() == Some('[') {
        while rest.next().is_some_and(|c| !('@'..='~').contains(&c)) {}
    }
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn nothing_from_outside_steers_a_terminal() {
        for (text, out) in [
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("a\nb\r\nc", "a b  c"),
            ("\u{1b}]0;title\u{7}x", "0;titlex"),
            ("abc\u{202e}def", "abcdef"),
            ("\u{9b}31m", "31m"),
            ("\u{1b}", ""),
            ("Büro – 東京", "Büro – 東京"),
        ] {
            assert_eq!(clean(text), out);
        }
    }
}
