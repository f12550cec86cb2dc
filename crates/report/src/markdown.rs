//! The report in GitHub-flavoured Markdown, for a memo or a mail.

use crate::inline::{Inline, Span, Tone};
use crate::outline::{Page, outline};
use crate::section::{Block, Card, Column, Item, Table};
use haggle_negotiation::brief::Brief;

/// The report as Markdown. Text from outside shows as it is: it makes no markup, no cell and no
/// HTML.
pub fn markdown(brief: &Brief) -> String {
    markdown_page(brief, Page::Report)
}

/// One page as Markdown.
pub fn markdown_page(brief: &Brief, page: Page) -> String {
    render(&outline(&page.sees(brief), page))
}

/// Blocks as Markdown, with an empty line between them.
pub(crate) fn render(blocks: &[Block]) -> String {
    let parts: Vec<String> = blocks.iter().map(block).filter(|part| !part.is_empty()).collect();
    parts.join("\n\n") + "\n"
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading { level, text, .. } => {
            format!("{} {}", "#".repeat(usize::from(*level)), heading_text(text))
        }
        Block::Paragraph(inline) => line(inline),
        Block::Cards(cards) => rows(cards, card),
        Block::List(items) => rows(items, point),
        Block::Table(it) => table(it),
        Block::Matrix(it) => it.narrow().iter().map(table).collect::<Vec<_>>().join("\n\n"),
        Block::Chart(_) => String::new(),
    }
}

/// A heading's `1.` is no list, so it stays; a trailing `#` would vanish.
fn heading_text(text: &str) -> String {
    escape(text).replace('#', "\\#")
}

fn rows<T>(items: &[T], each: impl Fn(&T) -> String) -> String {
    items.iter().map(each).collect::<Vec<_>>().join("\n")
}

fn card(card: &Card) -> String {
    let note = if card.note.is_empty() { String::new() } else { format!(": {}", card.note) };
    format!("- **{}** {}{}", card.name, spans(&card.value), escape(&note))
}

fn point(item: &Item) -> String {
    let more = item.more.iter().map(|more| format!("  \n  {}", line(more)));
    format!("- {}{}", line(&item.head), more.collect::<String>())
}

fn table(table: &Table) -> String {
    let title = |column: &Column| escape(&column.title);
    let rule = |column: &Column| if column.number { "---:" } else { "---" }.to_owned();
    let head = [cells(table.columns.iter().map(title)), cells(table.columns.iter().map(rule))];
    let body = table.rows.iter().map(|row| cells(row.iter().map(spans)));
    head.into_iter().chain(body).collect::<Vec<_>>().join("\n")
}

fn cells(parts: impl Iterator<Item = String>) -> String {
    format!("| {} |", parts.collect::<Vec<_>>().join(" | "))
}

/// A line that starts a block: what would make it a list, heading or quote is escaped too.
fn line(inline: &Inline) -> String {
    let text = spans(inline);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let marker = text[digits..].chars().next();
    match marker {
        Some('-' | '+' | '=' | '#' | '[') if digits == 0 => format!("\\{text}"),
        Some('.' | ')') if digits > 0 => format!("{}\\{}", &text[..digits], &text[digits..]),
        _ => text,
    }
}

fn spans(inline: &Inline) -> String {
    inline.0.iter().map(span).collect()
}

fn span(span: &Span) -> String {
    let text = span.text.replace('\u{a0}', " ");
    match span.tone {
        Tone::Strong | Tone::Error | Tone::Warning => around("**", &text),
        Tone::Code => code(&text),
        Tone::Plain | Tone::Muted => escape(&text),
    }
}

/// Emphasis closes only next to a letter, so spaces move outside.
fn around(mark: &str, text: &str) -> String {
    let core = text.trim();
    if core.is_empty() {
        return text.to_owned();
    }
    let (before, after) = text.split_once(core).unwrap_or(("", ""));
    format!("{before}{mark}{}{mark}{after}", escape(core))
}

/// Code holds no backtick, and a pipe would end its cell.
fn code(text: &str) -> String {
    if text.contains(['`', '|', '\\']) || text.trim().is_empty() {
        return escape(text);
    }
    format!("`{text}`")
}

/// Text with everything escaped that Markdown or HTML would act on.
fn escape(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let inside = |i: usize| {
        let word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric());
        i > 0 && word(chars.get(i - 1)) && word(chars.get(i + 1))
    };
    let mut out = String::with_capacity(text.len());
    for (i, &c) in chars.iter().enumerate() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '_' if inside(i) => out.push('_'),
            ']' if !links(chars.get(i + 1)) => out.push(c),
            '\\' | '`' | '*' | '_' | ']' | '|' | '~' | '$' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

/// Whether a closing bracket before this makes a link; at the end of a run, it might.
fn links(next: Option<&char>) -> bool {
    next.is_none_or(|c| "([:".contains(*c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_makes_no_markup() {
        for (text, out) in [
            ("a|b", "a\\|b"),
            ("`rm`", "\\`rm\\`"),
            ("<script>", "&lt;script&gt;"),
            ("[x](y) [A1, D3] .", "[x\\](y) [A1, D3] ."),
            ("walk_away _x_", "walk_away \\_x\\_"),
            ("AT&T", "AT&amp;T"),
        ] {
            assert_eq!(escape(text), out);
        }
        assert_eq!(line(&"- x".into()), "\\- x");
        assert_eq!(line(&"12. x".into()), "12\\. x");
        assert_eq!(line(&"1200 x".into()), "1200 x");
        assert_eq!(span(&Inline::default().strong(" Do: ").0[0]), " **Do:** ");
    }
}
