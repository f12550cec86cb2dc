//! A table that may be wider than any page: rows of what is compared, a column for each who is.

use crate::grid;
use crate::html::{escape, spans};
use crate::inline::Inline;
use crate::section::{Column, Table};
use crate::text::Style;
use crate::wrap::width;
use std::fmt::Write;

/// Columns of a matrix in one Markdown table.
const MARKDOWN_COLUMNS: usize = 6;

/// Columns that fit on paper side by side; of more, each row prints as a list.
const PRINTED_COLUMNS: usize = 8;

/// Widest head of a column on a terminal; longer names go on the next line.
const WIDEST_HEAD: usize = 14;

/// Narrowest first column on a terminal.
const NARROWEST_LEAD: usize = 18;

/// A table of many columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Matrix {
    /// What it shows.
    pub(crate) caption: String,
    /// Title of the column that heads the rows.
    pub(crate) lead: String,
    /// Those compared, from left to right.
    pub(crate) heads: Vec<Head>,
    /// Rows, each as long as the heads are many.
    pub(crate) rows: Vec<Row>,
}

/// One column's head.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Head {
    /// A name.
    pub(crate) name: String,
    /// What holds for all of the column: `expired`.
    pub(crate) note: &'static str,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// What it is about.
    pub(crate) lead: Inline,
    /// Small print below it where there is room.
    pub(crate) note: String,
    /// Its fields.
    pub(crate) fields: Vec<Field>,
    /// Whether it sums up the rows above, and keeps its place when they are sorted.
    pub(crate) sum: bool,
}

/// One field.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Field {
    /// What stands there.
    pub(crate) text: Inline,
    /// Small print below it where there is room.
    pub(crate) note: String,
    /// What it is sorted by, a plain decimal.
    pub(crate) key: Option<String>,
    /// Word for its looks: `best`, `aside`.
    pub(crate) class: &'static str,
}

impl Matrix {
    /// The columns from one to before another as a table of their own.
    fn table(&self, from: usize, to: usize) -> Table {
        let number = |head: &Head| Column { title: title(head), number: true };
        let lead = Column { title: self.lead.clone(), number: false };
        let columns = std::iter::once(lead).chain(self.heads[from..to].iter().map(number));
        let row = |row: &Row| {
            let fields = row.fields[from..to].iter().map(|field| field.text.clone());
            std::iter::once(row.lead.clone()).chain(fields).collect()
        };
        Table {
            caption: self.caption.clone(),
            columns: columns.collect(),
            rows: self.rows.iter().map(row).collect(),
        }
    }

    /// Tables of a few columns each, for Markdown.
    pub(crate) fn narrow(&self) -> Vec<Table> {
        let starts = (0..self.heads.len()).step_by(MARKDOWN_COLUMNS);
        let end = |from: usize| (from + MARKDOWN_COLUMNS).min(self.heads.len());
        starts.map(|from| self.table(from, end(from))).collect()
    }

    /// Lines for a terminal: as many columns side by side as fit, the others below.
    pub(crate) fn lines(&self, style: &Style) -> Vec<String> {
        let widths: Vec<usize> = (0..self.heads.len()).map(|i| self.natural(i)).collect();
        let page = style.columns();
        let mut lines = Vec::new();
        let mut from = 0;
        while from < widths.len() {
            let to = self.fitting(&widths, from, page);
            let taken: usize = widths[from..to].iter().map(|w| w + grid::GAP).sum();
            let lead = self.lead_width().min(page.saturating_sub(taken)).max(1);
            let all: Vec<usize> =
                std::iter::once(lead).chain(widths[from..to].iter().copied()).collect();
            if from > 0 {
                lines.push(String::new());
            }
            lines.extend(grid::side_by_side(&self.table(from, to), &all, style));
            from = to;
        }
        lines
    }

    /// The end of the columns that fit beside the first one; at least one.
    fn fitting(&self, widths: &[usize], from: usize, page: usize) -> usize {
        let lead = self.lead_width().min(NARROWEST_LEAD);
        let mut room = page.saturating_sub(lead);
        let mut to = from;
        while to < widths.len() && widths[to] + grid::GAP <= room {
            room -= widths[to] + grid::GAP;
            to += 1;
        }
        to.max(from + 1)
    }

    /// The width of a column whose head may be broken at spaces.
    fn natural(&self, column: usize) -> usize {
        let head = title(&self.heads[column]);
        let word = head.split(' ').map(width).max().unwrap_or(0).min(WIDEST_HEAD);
        let cells = self.rows.iter().map(|row| width(&row.fields[column].text.plain()));
        cells.chain([word]).max().unwrap_or(0)
    }

    fn lead_width(&self) -> usize {
        let cells = self.rows.iter().map(|row| width(&row.lead.plain()));
        cells.chain([width(&self.lead)]).max().unwrap_or(0)
    }
}

/// The table as HTML in a box of its own that scrolls, its first column and heads staying in sight.
pub(crate) fn html(matrix: &Matrix) -> String {
    let caption = escape(&matrix.caption);
    let (sums, rows): (Vec<&Row>, Vec<&Row>) = matrix.rows.iter().partition(|row| row.sum);
    let many = if matrix.heads.len() > PRINTED_COLUMNS { " many" } else { "" };
    let mut out = format!(
        "<div class=\"matrix{many}\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\">\
         <table><caption>{caption}</caption>\n<thead><tr><th scope=\"col\">{}</th>{}</tr></thead>\n\
         <tbody>\n",
        escape(&matrix.lead),
        matrix.heads.iter().map(head_cell).collect::<String>()
    );
    rows.iter().for_each(|row| out += &html_row(matrix, row));
    out += "</tbody>\n<tfoot>\n";
    sums.iter().for_each(|row| out += &html_row(matrix, row));
    out + "</tfoot></table></div>"
}

fn head_cell(head: &Head) -> String {
    format!("<th scope=\"col\" class=\"number\">{}{}</th>", escape(&head.name), small(head.note))
}

fn small(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<small>{}</small>", escape(text)) }
}

fn html_row(matrix: &Matrix, row: &Row) -> String {
    let mut out = format!("<tr><th scope=\"row\">{}{}</th>", spans(&row.lead), small(&row.note));
    for (field, head) in row.fields.iter().zip(&matrix.heads) {
        let key = field.key.as_ref().map_or(String::new(), |key| format!(" data-key=\"{key}\""));
        let class = if field.class.is_empty() { "number" } else { field.class };
        let title = escape(&head.name);
        let _ = write!(
            out,
            "<td class=\"{class}\"{key} data-title=\"{title}\">{}{}</td>",
            spans(&field.text),
            small(&field.note)
        );
    }
    out + "</tr>\n"
}

fn title(head: &Head) -> String {
    if head.note.is_empty() { head.name.clone() } else { format!("{} ({})", head.name, head.note) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(suppliers: usize) -> Matrix {
        let head = |i| Head { name: format!("Supplier {i}"), note: "" };
        let field =
            |i: usize| Field { text: format!("{}.50", 1000 + i).into(), ..Field::default() };
        let row = |n: usize| Row {
            lead: format!("Item {n} of a rather long name").into(),
            note: String::new(),
            fields: (0..suppliers).map(field).collect(),
            sum: false,
        };
        Matrix {
            caption: "Costs".to_owned(),
            lead: "item".to_owned(),
            heads: (0..suppliers).map(head).collect(),
            rows: (0..3).map(row).collect(),
        }
    }

    #[test]
    fn every_column_stands_once_and_no_line_is_too_wide() {
        for columns in [40, 60, 80, 100] {
            for suppliers in [1, 5, 30] {
                let style = Style { width: columns, color: false };
                let lines = matrix(suppliers).lines(&style);
                assert!(lines.iter().all(|line| width(line) <= columns), "{lines:#?}");
                for i in 0..suppliers {
                    let shown = format!("{}.50", 1000 + i);
                    let times = lines.iter().filter(|line| line.contains(&shown)).count();
                    assert_eq!(times, 3, "column {i} of {suppliers} at {columns}");
                }
            }
        }
    }

    #[test]
    fn markdown_tables_hold_six_columns_each() {
        let tables = matrix(14).narrow();
        let widths: Vec<usize> = tables.iter().map(|table| table.columns.len() - 1).collect();
        assert_eq!(widths, [6, 6, 2]);
    }
}
