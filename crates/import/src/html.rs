//! Tables of web pages, which old systems save under the name of a workbook.
//!
//! A small reader of tags that forgives what browsers forgive, except a table that does not end
//! (the file is cut off) and one inside another (which row would its rows be of?).

use encoding_rs::WINDOWS_1252;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Most cells of all tables, blank ones of wide cells included.
const CELL_LIMIT: usize = 1 << 22;
/// Most columns that a cell may span, as browsers have it.
const SPAN_LIMIT: usize = 1000;

/// Rows of texts.
pub(crate) type Table = Vec<Vec<String>>;

/// Why a page cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A table inside a table.
    Nested,
    /// A table without an end.
    Unclosed,
    /// More cells than memory should hold.
    TooLarge,
}

/// Every table of a page.
pub(crate) fn tables(page: &str) -> Result<Vec<Table>, Fault> {
    tables_within(page, CELL_LIMIT)
}

/// Every table of a page, if all together have no more than so many cells.
fn tables_within(page: &str, limit: usize) -> Result<Vec<Table>, Fault> {
    let mut builder = Builder { limit, ..Builder::default() };
    let mut rest = page;
    while let Some((token, after)) = token(rest) {
        match token {
            Token::Text(text) => builder.text(text),
            Token::Open(name, attributes) => builder.open(name, attributes)?,
            Token::Close(name) => builder.close(name)?,
            Token::Nothing => {}
        }
        rest = after;
    }
    if builder.is_open { Err(Fault::Unclosed) } else { Ok(builder.tables) }
}

enum Token<'a> {
    Text(&'a str),
    Open(&'a str, &'a str),
    Close(&'a str),
    Nothing,
}

/// The next token and what follows it.
fn token(rest: &str) -> Option<(Token<'_>, &str)> {
    if rest.is_empty() {
        return None;
    }
    let Some(tag) = rest.strip_prefix('<') else {
        let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        return Some((Token::Text(text), after));
    };
    if let Some(comment) = tag.strip_prefix("!--") {
        return Some((Token::Nothing, after(comment, "-->")));
    }
    match tag.as_bytes().first() {
        Some(b'!' | b'?') => Some((Token::Nothing, after(tag, ">"))),
        Some(b'/') => {
            let (inner, rest) = tag[1..].split_once('>').unwrap_or((&tag[1..], ""));
            Some((Token::Close(split_name(inner).0), rest))
        }
        Some(c) if c.is_ascii_alphabetic() => {
            let (inner, rest) = until_end(tag);
            let (name, attributes) = split_name(inner);
            let rest = if is_raw(name) { raw_end(rest, name) } else { rest };
            Some((Token::Open(name, attributes), rest))
        }
        _ => Some((Token::Text("<"), tag)),
    }
}

fn after<'a>(text: &'a str, end: &str) -> &'a str {
    text.split_once(end).map_or("", |(_, after)| after)
}

fn split_name(tag: &str) -> (&str, &str) {
    let end = tag.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(tag.len());
    tag.split_at(end)
}

/// Splits behind the end of a tag, which is no `>` in quotes.
fn until_end(tag: &str) -> (&str, &str) {
    let mut quote = None;
    for (i, c) in tag.bytes().enumerate() {
        match (quote, c) {
            (None, b'>') => return (&tag[..i], &tag[i + 1..]),
            (None, b'"' | b'\'') if tag[..i].trim_end().ends_with('=') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            _ => {}
        }
    }
    (tag, "")
}

/// Elements whose content is no markup.
fn is_raw(name: &str) -> bool {
    ["script", "style", "title", "textarea"].iter().any(|n| name.eq_ignore_ascii_case(n))
}

/// What follows the content of such an element.
fn raw_end<'a>(text: &'a str, name: &str) -> &'a str {
    let is_end = |i: &usize| {
        text.get(i + 2..i + 2 + name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name))
    };
    text.match_indices("</").map(|(i, _)| i).find(is_end).map_or("", |i| &text[i..])
}

/// The number in an attribute such as `colspan="2"`.
fn number(attributes: &str, name: &str) -> Option<usize> {
    let mut rest = attributes;
    while let Some((before, after)) = rest.split_once('=') {
        let value = after.trim_start();
        let (value, next) = match value.as_bytes().first() {
            Some(q @ (b'"' | b'\'')) => {
                value[1..].split_once(char::from(*q)).unwrap_or((&value[1..], ""))
            }
            _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        if before.split_whitespace().last().is_some_and(|n| n.eq_ignore_ascii_case(name)) {
            return value.trim().parse().ok();
        }
        rest = next;
    }
    None
}

/// Puts tables together.
#[derive(Default)]
struct Builder {
    tables: Vec<Table>,
    is_open: bool,
    row: Option<Vec<String>>,
    cell: Option<(String, usize, usize)>,
    /// For each column, how many rows below belong to a cell above.
    covered: Vec<usize>,
    cells: usize,
    /// Most cells.
    limit: usize,
}

impl Builder {
    fn open(&mut self, name: &str, attributes: &str) -> Result<(), Fault> {
        match name.to_ascii_lowercase().as_str() {
            "table" if self.is_open => return Err(Fault::Nested),
            "table" => {
                self.is_open = true;
                self.covered.clear();
                self.tables.push(Vec::new());
            }
            _ if !self.is_open => {}
            "tr" => {
                self.end_row()?;
                self.row = Some(Vec::new());
            }
            "td" | "th" => {
                self.end_cell()?;
                let span = |name| number(attributes, name).unwrap_or(1).clamp(1, SPAN_LIMIT);
                self.cell = Some((String::new(), span("colspan"), span("rowspan")));
            }
            "thead" | "tbody" | "tfoot" => self.end_row()?,
            "br" | "p" | "div" | "li" | "del" | "s" | "strike" | "sup" | "sub" => self.space(),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Fault> {
        match name.to_ascii_lowercase().as_str() {
            "table" => {
                self.end_row()?;
                self.is_open = false;
            }
            "tr" | "thead" | "tbody" | "tfoot" => self.end_row()?,
            "td" | "th" => self.end_cell()?,
            "p" | "div" | "li" | "del" | "s" | "strike" | "sup" | "sub" => self.space(),
            _ => {}
        }
        Ok(())
    }

    fn space(&mut self) {
        if let Some((text, ..)) = &mut self.cell
            && !text.ends_with(' ')
        {
            text.push(' ');
        }
    }

    fn text(&mut self, text: &str) {
        let Some((cell, ..)) = &mut self.cell else { return };
        for c in unescaped(text).chars() {
            let c = if c.is_ascii_whitespace() { ' ' } else { c };
            if c != ' ' || !cell.ends_with(' ') {
                cell.push(c);
            }
        }
    }

    fn end_cell(&mut self) -> Result<(), Fault> {
        let Some((text, columns, rows)) = self.cell.take() else { return Ok(()) };
        let row = self.row.get_or_insert_default();
        let before = row.len();
        skip_covered(row, &mut self.covered);
        let from = row.len();
        row.push(text.trim().to_owned());
        row.resize(from + columns, String::new());
        self.covered.resize(self.covered.len().max(row.len()), 0);
        self.covered[from..from + columns].fill(rows - 1);
        let added = row.len() - before;
        self.count(added)
    }

    fn count(&mut self, cells: usize) -> Result<(), Fault> {
        self.cells += cells;
        if self.cells > self.limit { Err(Fault::TooLarge) } else { Ok(()) }
    }

    fn end_row(&mut self) -> Result<(), Fault> {
        self.end_cell()?;
        let Some(mut row) = self.row.take() else { return Ok(()) };
        let before = row.len();
        skip_covered(&mut row, &mut self.covered);
        let from = row.len();
        // Columns behind the last cell that a cell above still covers.
        self.covered[from..].iter_mut().for_each(|c| *c = c.saturating_sub(1));
        self.tables.last_mut().into_iter().for_each(|t| t.push(std::mem::take(&mut row)));
        let last = self.covered.iter().rposition(|rows| *rows > 0);
        self.covered.truncate(last.map_or(0, |i| i + 1));
        // A row without a cell takes its room too, and looking behind its last one its time.
        self.count(from - before + 1 + self.covered.len().saturating_sub(from))
    }
}

/// Leaves blank the columns that a cell above covers.
fn skip_covered(row: &mut Vec<String>, covered: &mut [usize]) {
    while let Some(rows) = covered.get_mut(row.len()).filter(|rows| **rows > 0) {
        *rows -= 1;
        row.push(String::new());
    }
}

/// Names of the characters from U+00A0 to U+00FF.
const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg \
    macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 \
    iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave \
    Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc \
    Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc \
    euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave \
    uacute ucirc uuml yacute thorn yuml";
const OTHERS: [(&str, char); 18] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("euro", '€'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("hellip", '…'),
    ("bull", '•'),
    ("trade", '™'),
    ("minus", '−'),
    ("ensp", ' '),
];

/// A text with its entities replaced; those that are not known stay.
pub(crate) fn unescaped(text: &str) -> String {
    let mut pieces = text.split('&');
    let mut out = pieces.next().unwrap_or("").to_owned();
    for piece in pieces {
        let end =
            piece.find(|c: char| !c.is_ascii_alphanumeric() && c != '#').unwrap_or(piece.len());
        match entity(&piece[..end]) {
            Some(c) => {
                out.push(c);
                out += piece[end..].strip_prefix(';').unwrap_or(&piece[end..]);
            }
            None => {
                out.push('&');
                out += piece;
            }
        }
    }
    out
}

/// The character that an entity such as `eacute` or `#233` stands for.
fn entity(name: &str) -> Option<char> {
    if let Some(code) = name.strip_prefix('#') {
        let hexadecimal = code.strip_prefix(['x', 'X']);
        let code = hexadecimal.map_or(code.parse().ok(), |h| u32::from_str_radix(h, 16).ok())?;
        // Pages mean Windows-1252 by these, as browsers know.
        return match u8::try_from(code) {
            Ok(byte @ 0x80..=0x9f) => WINDOWS_1252.decode(&[byte]).0.chars().next(),
            _ => char::from_u32(code).filter(|c| *c != '\0'),
        };
    }
    /// A page may be nothing but entities.
    static NAMES: LazyLock<BTreeMap<&str, char>> = LazyLock::new(|| {
        let latin = (0xa0..).filter_map(char::from_u32).zip(LATIN.split_whitespace());
        latin.map(|(c, name)| (name, c)).chain(OTHERS).collect()
    });
    NAMES.get(name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(page: &str) -> Vec<Vec<String>> {
        let tables = tables(page).unwrap();
        tables.into_iter().map(|t| t.into_iter().map(|r| r.join("|")).collect()).collect()
    }

    #[test]
    fn cells_of_tables() {
        for (page, rows) in [
            ("<table><tr><th>a<th>b<tr><td>1</td><td>2</table>", vec!["a|b", "1|2"]),
            ("<TABLE border=1><TR><TD align='x>y'>1</TD></TR></TABLE>", vec!["1"]),
            ("<table><tr><td> a <b>b</b>\n c<br>d</td></tr></table>", vec!["a b c d"]),
            (
                "<table><tr><td>&lt;&amp;&eacute;&#8364;&#x41;&#150;&nope;&</td></table>",
                vec!["<&é€A–&nope;&"],
            ),
            ("<table><tr><td>a<!-- <td>b -->c<script>'<td>'</script>d</table>", vec!["acd"]),
            ("<table><thead><tr><td>h</thead><tbody><td>1</td></tbody></table>", vec!["h", "1"]),
            ("<table><tr></tr><tr><td></td></tr></table>", vec!["", ""]),
            ("<table><caption>c</caption><tr><td>1 < 2</td></tr></table>", vec!["1 < 2"]),
            ("<table><tr><td colspan=2>a<td>b<tr><td>1<td>2<td>3</table>", vec!["a||b", "1|2|3"]),
            (
                "<table><tr><td rowspan=\"2\">a<td>b<td rowspan=2>c<tr><td>1<tr><td>2<td>3</table>",
                vec!["a|b|c", "|1|", "2|3"],
            ),
            ("<table><tr><td colspan=2 rowspan=2>a<td>b<tr><td>c</table>", vec!["a||b", "||c"]),
        ] {
            assert_eq!(read(page), [rows], "{page}");
        }
        assert_eq!(read("<p>x</p><table><td>1</table><table><td>2</table>"), [["1"], ["2"]]);
        assert!(read("<html><form>log in</form></html>").is_empty());
    }

    #[test]
    fn what_is_refused() {
        for (page, fault) in [
            ("<table><tr><td><table><tr><td>1</table></table>", Fault::Nested),
            ("<table><tr><td>1", Fault::Unclosed),
        ] {
            assert_eq!(tables(page), Err(fault));
        }
    }

    #[test]
    fn every_cell_counts() {
        let above = "<td colspan=1000 rowspan=1000>";
        for (rows, cells) in [
            ("<tr><td>1".repeat(10), 20),
            ("<tr>".to_owned() + &"<td colspan=1000>".repeat(50), 50_001),
            // Rows that a cell above covers: before their own cells, without any, and behind.
            (format!("<tr>{above}{}", "<tr><td>1".repeat(9)), 10_019),
            (format!("<tr>{above}{}", "<tr>".repeat(9)), 10_010),
            (format!("<tr><td>1{above}{}", "<tr><td>2".repeat(9)), 10_020),
            (format!("<tr><td>1{above}{}", "<tr>".repeat(9)), 10_020),
            // A wide title covers nothing below.
            ("<tr><td colspan=1000>".to_owned() + &"<tr><td>1".repeat(9), 1_019),
        ] {
            let page = format!("<table>{rows}</table>");
            assert!(tables_within(&page, cells).is_ok(), "{page}");
            assert_eq!(tables_within(&page, cells - 1), Err(Fault::TooLarge), "{page}");
        }
    }

    #[test]
    fn latin_names_are_complete() {
        assert_eq!(LATIN.split_whitespace().count(), 96);
        assert_eq!(
            [entity("yuml"), entity("nbsp"), entity("#0")],
            [Some('ÿ'), Some('\u{a0}'), None]
        );
    }

    proptest! {
        #[test]
        fn any_page_is_read_or_refused(parts in prop::collection::vec(prop::sample::select(vec![
            "<table", ">", "<tr>", "<td", " colspan=3", " rowspan='2'", "</td>", "</table>", "<", "&#",
            "&amp", "é", "\"", "=", "<!--", "-->", "<script>", "</script", "1", " ", "/",
        ]), 0..40)) {
            let _ = tables(&parts.concat());
        }
    }
}
