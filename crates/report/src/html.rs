//! The report as one HTML file: no request, no script that runs, readable on a phone, on paper and
//! by a screen reader. The JSON report lies inside.

use crate::inline::{Inline, Span, Tone, clean};
use crate::outline::{Page, outline};
use crate::section::{Block, Card, Item, Table};
use crate::{appendix, json, matrix, svg};
use haggle_negotiation::brief::{Audience, Brief};
use haggle_quantity::Date;

/// Nothing may be fetched and nothing may run.
pub(crate) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// Most letters of a word that a cell keeps whole.
const LONGEST_WORD: usize = 16;

/// The report as one self-contained HTML file.
pub fn html(brief: &Brief) -> String {
    html_page(brief, Page::Report)
}

/// One page as a self-contained HTML file. Only the report lists every figure and carries its
/// JSON; the other pages hold what they show.
pub fn html_page(brief: &Brief, page: Page) -> String {
    let brief = &*page.sees(brief);
    head(brief, page) + &body(Some(brief), &outline(brief, page)) + &end(brief, page)
}

/// A report of other blocks than its outline's, with its JSON.
pub(crate) fn whole(brief: &Brief, blocks: &[Block], json: &str) -> String {
    head(brief, Page::Report) + &body(Some(brief), blocks) + &end_of(brief, Page::Report, json)
}

/// Blocks as HTML; charts are pictures of a brief.
pub(crate) fn body(brief: Option<&Brief>, blocks: &[Block]) -> String {
    let mut body = Body { out: String::new(), section: false };
    blocks.iter().for_each(|block| body.block(brief, block));
    body.close_section();
    body.out
}

/// What follows the blocks.
fn end(brief: &Brief, page: Page) -> String {
    end_of(brief, page, &json(brief))
}

fn end_of(brief: &Brief, page: Page, json: &str) -> String {
    let made = format!("haggle {}, as of {}.", env!("CARGO_PKG_VERSION"), brief.as_of);
    if page != Page::Report {
        return format!("</main>\n<footer>{made}</footer>\n</body>\n</html>\n");
    }
    let foot = format!("{made} The JSON report is embedded in this file.");
    appendix::appendix(brief) + &closing(&foot, "haggle-report", json)
}

/// The end of a page that has its JSON inside, under an id.
fn closing(foot: &str, id: &str, json: &str) -> String {
    format!("</main>\n<footer>{foot}</footer>\n{}\n</body>\n</html>\n", embedded(id, json))
}

/// JSON in an element that it cannot end: `<` stands only inside strings, where it may be escaped.
pub(crate) fn embedded(id: &str, json: &str) -> String {
    let json = json.replace('<', "\\u003c");
    format!("<script type=\"application/json\" id=\"{id}\">\n{json}</script>")
}

/// One self-contained page for somebody else, without a script that runs; its JSON lies inside.
pub(crate) fn page(title: &str, as_of: Date, blocks: &[Block], id: &str, json: &str) -> String {
    let foot = format!("As of {as_of}.");
    opening("page", title, POLICY, "") + &body(None, blocks) + &closing(&foot, id, json)
}

fn head(brief: &Brief, page: Page) -> String {
    let class = match (page, brief.audience) {
        (Page::Report, Audience::Private) => "report",
        (Page::Report, Audience::Shareable) => "page shared",
        (Page::Sheet | Page::Letter, _) => "page",
    };
    opening(class, &brief.deal.title, POLICY, "")
}

/// The start of a page: its title, its style, and what it may do.
pub(crate) fn opening(class: &str, title: &str, policy: &str, style: &str) -> String {
    let title = escape(&clean(title));
    format!(
        "<!doctype html>\n<html lang=\"en\" class=\"{class}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>{title}</title>\n<style>\n{}{style}</style>\n</head>\n<body>\n<main>\n",
        include_str!("html.css")
    )
}

/// Text as HTML shows it, in an element and in an attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// The fragment of a figure or an evidence set.
pub(crate) fn anchor(kind: &str, id: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let part = |c: char| if plain(c) { c.to_string() } else { format!("~{:x}", c as u32) };
    format!("{kind}-{}", id.chars().map(part).collect::<String>())
}

/// The page so far.
struct Body {
    out: String,
    section: bool,
}

impl Body {
    fn block(&mut self, brief: Option<&Brief>, block: &Block) {
        match block {
            Block::Heading { level, id, text } => self.heading(*level, id, text),
            Block::Paragraph(inline) => self.line(&format!("<p>{}</p>", spans(inline))),
            Block::Cards(cards) => {
                let cards: String = cards.iter().map(card).collect();
                self.line(&format!("<div class=\"cards\">{cards}</div>"));
            }
            Block::List(items) => {
                let items: String = items.iter().map(point).collect();
                self.line(&format!("<ul>\n{items}</ul>"));
            }
            Block::Table(it) => self.line(&table(it)),
            Block::Matrix(it) => self.line(&matrix::html(it)),
            Block::Chart(it) => {
                let charts = brief.map(|brief| svg::chart(brief, *it));
                charts.iter().flatten().for_each(|svg| self.line(svg));
            }
        }
    }

    fn line(&mut self, text: &str) {
        self.out += text;
        self.out.push('\n');
    }

    /// A heading; one of the second level opens a section.
    fn heading(&mut self, level: u8, id: &str, text: &str) {
        let text = escape(text);
        if level == 2 {
            self.close_section();
            self.section = true;
            self.line(&format!("<section aria-labelledby=\"{id}\">"));
        }
        let id = if id.is_empty() { String::new() } else { format!(" id=\"{id}\"") };
        self.line(&format!("<h{level}{id}>{text}</h{level}>"));
    }

    fn close_section(&mut self) {
        if std::mem::take(&mut self.section) {
            self.line("</section>");
        }
    }
}

fn card(card: &Card) -> String {
    format!(
        "<dl class=\"card {0}\"><dt>{0}</dt><dd>{1}</dd><dd>{2}</dd></dl>",
        card.name,
        spans(&card.value),
        escape(&card.note)
    )
}

fn point(item: &Item) -> String {
    let more = item.more.iter().map(|more| format!("<div>{}</div>", detail(more)));
    format!("<li>{}{}</li>\n", spans(&item.head), more.collect::<String>())
}

/// A line below a point; the ids of figures, links on a screen, stand apart so that paper can
/// leave them out.
fn detail(line: &Inline) -> String {
    let id = |span: &Span| span.tone == Tone::Code && span.figure.is_some();
    let Some(first) = line.0.iter().position(id) else { return spans(line) };
    let all = |spans: &[Span]| spans.iter().map(span).collect::<String>();
    let (rule, ids) = line.0.split_at(first);
    let rule = all(rule).replace(" on </span>", "<span class=\"ids\"> on </span></span>");
    format!("{rule}<span class=\"ids\">{}</span>", all(ids))
}

/// A table that stacks its rows on a narrow page.
pub(crate) fn table(table: &Table) -> String {
    let class = |i: usize| if table.columns[i].number { "number" } else { "words" };
    let titles = table.columns.iter().enumerate().map(|(i, column)| {
        format!("<th scope=\"col\" class=\"{}\">{}</th>", class(i), escape(&column.title))
    });
    let field = |(i, inline): (usize, &Inline)| match i {
        0 => format!("<th scope=\"row\">{}</th>", cell(inline)),
        _ => {
            let title = escape(&table.columns[i].title);
            format!("<td class=\"{}\" data-title=\"{title}\">{}</td>", class(i), cell(inline))
        }
    };
    let row = |row: &Vec<Inline>| {
        format!("<tr>{}</tr>\n", row.iter().enumerate().map(field).collect::<String>())
    };
    format!(
        "<div class=\"scroll\"><table class=\"pairs\"><caption>{}</caption>\n<thead><tr>{}</tr>\
         </thead>\n<tbody>\n{}</tbody></table></div>",
        escape(&table.caption),
        titles.collect::<String>(),
        table.rows.iter().map(row).collect::<String>()
    )
}

/// Runs as HTML in a cell, where a word is broken only if it is longer than a column can be.
fn cell(inline: &Inline) -> String {
    let longest = |span: &Span| span.text.split(' ').map(|w| w.chars().count()).max().unwrap_or(0);
    if inline.0.iter().all(|span| longest(span) <= LONGEST_WORD) {
        return spans(inline);
    }
    format!("<span class=\"long\">{}</span>", spans(inline))
}

/// Runs as HTML.
pub(crate) fn spans(inline: &Inline) -> String {
    inline.0.iter().map(span).collect()
}

fn span(span: &Span) -> String {
    let text = match span.tone {
        Tone::Plain => ticked(&span.text),
        _ => escape(&span.text),
    };
    let text = match &span.figure {
        Some(id) => format!("<a href=\"#{}\">{text}</a>", anchor("figure", id)),
        None => text,
    };
    match span.tone {
        Tone::Plain => text,
        Tone::Strong => format!("<strong>{text}</strong>"),
        Tone::Muted => format!("<span class=\"muted\">{text}</span>"),
        Tone::Code => format!("<code>{text}</code>"),
        Tone::Error => format!("<span class=\"error\">{text}</span>"),
        Tone::Warning => format!("<span class=\"warning\">{text}</span>"),
    }
}

/// Text with what stands in backticks as code; a backtick without its fellow stays.
fn ticked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, inside, after)) = pair(rest) {
        out += &format!("{}<code>{}</code>", escape(before), escape(inside));
        rest = after;
    }
    out + &escape(rest)
}

/// What stands before, between and after the first two backticks.
fn pair(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('`')?;
    let (inside, after) = rest.split_once('`')?;
    Some((before, inside, after))
}

#[cfg(test)]
mod tests {
    use super::ticked;

    #[test]
    fn backticks_in_pairs_are_code() {
        for (text, html) in [
            ("add `role` or `a<b`.", "add <code>role</code> or <code>a&lt;b</code>."),
            ("one ` alone & no more", "one ` alone &amp; no more"),
            ("`a` and ` b", "<code>a</code> and ` b"),
            ("no tick", "no tick"),
        ] {
            assert_eq!(ticked(text), html);
        }
    }
}
