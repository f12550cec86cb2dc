//! The report for a terminal: plain text of a given width, colour if wanted.

use crate::grid;
use crate::inline::Tone;
use crate::outline::{Page, outline};
use crate::section::{Block, Card, Item};
use crate::wrap::{painted, width, wrap};
use haggle_negotiation::brief::Brief;

/// How a text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns; taken as 40 if less and as 100 if more.
    pub width: usize,
    /// Whether to use ANSI colour.
    pub color: bool,
}

impl Style {
    /// The columns that lines keep to.
    pub(crate) fn columns(&self) -> usize {
        self.width.clamp(40, 100)
    }
}

/// The report as text. No line is wider than the style says; text from outside cannot steer the
/// terminal.
pub fn text(brief: &Brief, style: &Style) -> String {
    text_page(brief, Page::Report, style)
}

/// One page as text.
pub fn text_page(brief: &Brief, page: Page, style: &Style) -> String {
    render(&outline(&page.sees(brief), page), style)
}

/// Blocks as text, with an empty line between them.
pub(crate) fn render(blocks: &[Block], style: &Style) -> String {
    let mut out = String::new();
    let mut after_heading = true;
    for block in blocks {
        let lines = block_lines(block, style);
        if lines.is_empty() {
            continue;
        }
        if !after_heading {
            out.push('\n');
        }
        after_heading = matches!(block, Block::Heading { .. });
        lines.iter().for_each(|line| out.extend([line.as_str(), "\n"]));
    }
    out
}

fn block_lines(block: &Block, style: &Style) -> Vec<String> {
    match block {
        Block::Heading { level, text, .. } => title(*level, text, style),
        Block::Paragraph(inline) => wrap(inline, "", "", style),
        Block::Cards(cards) => cards.iter().flat_map(|c| card(c, style)).collect(),
        Block::List(items) => items.iter().flat_map(|item| point(item, style)).collect(),
        Block::Table(table) => grid::lines(table, style),
        Block::Matrix(matrix) => matrix.lines(style),
        Block::Chart(_) => Vec::new(),
    }
}

/// A heading, underlined on its first two levels.
fn title(level: u8, text: &str, style: &Style) -> Vec<String> {
    let inline = crate::inline::Inline::default().strong(text);
    let mut lines = wrap(&inline, "", "", style);
    let rule = match level {
        1 => "=",
        2 => "-",
        _ => return lines,
    };
    let plain = Style { color: false, ..*style };
    let widest = wrap(&inline, "", "", &plain).iter().map(|line| width(line)).max().unwrap_or(0);
    lines.push(rule.repeat(widest));
    lines
}

fn card(card: &Card, style: &Style) -> Vec<String> {
    let name = format!("{:<8}", card.name.to_uppercase());
    let name = painted(&name, Tone::Strong, style.color);
    let line = card.value.clone().muted(&format!(": {}", card.note));
    let indent = " ".repeat(8);
    let mut lines = wrap(&line, &indent, &indent, style);
    lines[0].replace_range(..indent.len(), &name);
    lines
}

fn point(item: &Item, style: &Style) -> Vec<String> {
    let mut lines = wrap(&item.head, "- ", "  ", style);
    item.more.iter().for_each(|more| lines.extend(wrap(more, "  ", "  ", style)));
    lines
}
