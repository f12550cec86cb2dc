//! The blocks of a report: one outline is built from a brief, and text, Markdown and HTML render
//! the same one.

use crate::inline::Inline;
use crate::matrix::Matrix;

/// One block.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    /// The title of a section; level 1 is the report's own.
    Heading {
        /// 1 to 3.
        level: u8,
        /// Where links go.
        id: &'static str,
        /// The words.
        text: String,
    },
    /// A sentence or two.
    Paragraph(Inline),
    /// Numbers that lead.
    Cards(Vec<Card>),
    /// Points.
    List(Vec<Item>),
    /// A table.
    Table(Table),
    /// A table with a column for each of many.
    Matrix(Matrix),
    /// A picture of what stands in the blocks around it; text leaves it out.
    Chart(Chart),
}

/// A number that leads.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Card {
    /// One word: `target`.
    pub(crate) name: &'static str,
    /// The number.
    pub(crate) value: Inline,
    /// What it is for.
    pub(crate) note: String,
}

/// A point with what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    /// The point.
    pub(crate) head: Inline,
    /// Lines below it.
    pub(crate) more: Vec<Inline>,
}

/// A table; the first column heads its row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    /// What it shows.
    pub(crate) caption: String,
    /// Columns from left to right.
    pub(crate) columns: Vec<Column>,
    /// Rows, as long as the columns are many.
    pub(crate) rows: Vec<Vec<Inline>>,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    /// Its title.
    pub(crate) title: String,
    /// Whether it holds numbers.
    pub(crate) number: bool,
}

/// The pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chart {
    /// Percentiles with offer, target and anchor.
    Market,
    /// Walk-away with its interval, the belief about their limit, target and anchor.
    Zone,
    /// The asks one after the other.
    Ladder,
    /// Leverage and its two factors between them and us.
    Leverage,
    /// How an outcome moves with each input: `target`, `walk_away`.
    Tornado(&'static str),
}

impl Block {
    /// The block without links to figures, for a page that does not list them.
    pub(crate) fn unlinked(mut self) -> Self {
        let plain = |inline: &mut Inline| inline.0.iter_mut().for_each(|span| span.figure = None);
        match &mut self {
            Self::Paragraph(inline) => plain(inline),
            Self::Cards(cards) => cards.iter_mut().for_each(|card| plain(&mut card.value)),
            Self::List(items) => items.iter_mut().for_each(|item| {
                plain(&mut item.head);
                item.more.iter_mut().for_each(plain);
            }),
            Self::Table(table) => table.rows.iter_mut().flatten().for_each(plain),
            Self::Heading { .. } | Self::Matrix(_) | Self::Chart(_) => {}
        }
        self
    }
}

impl Table {
    /// A table of these columns; a title that starts with `#` heads numbers.
    pub(crate) fn new(caption: &str, titles: &[&str]) -> Self {
        let column = |title: &&str| Column {
            title: title.trim_start_matches('#').to_owned(),
            number: title.starts_with('#'),
        };
        let columns = titles.iter().map(column).collect();
        Self { caption: caption.to_owned(), columns, rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<Inline>) {
        debug_assert_eq!(cells.len(), self.columns.len());
        self.rows.push(cells);
    }

    /// The table as a block, without columns that are empty; nothing if it has no row.
    pub(crate) fn block(mut self) -> Option<Block> {
        let said = |i: usize| i == 0 || self.rows.iter().any(|row| !row[i].is_empty());
        let keep: Vec<bool> = (0..self.columns.len()).map(said).collect();
        retain(&mut self.columns, &keep);
        self.rows.iter_mut().for_each(|row| retain(row, &keep));
        (!self.rows.is_empty()).then_some(Block::Table(self))
    }
}

fn retain<T>(items: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    items.retain(|_| keep.next().copied().unwrap_or(true));
}

/// A heading.
pub(crate) fn heading(level: u8, id: &'static str, text: &str) -> Block {
    Block::Heading { level, id, text: crate::inline::clean(text) }
}

/// A paragraph.
pub(crate) fn paragraph(text: impl Into<Inline>) -> Block {
    Block::Paragraph(text.into())
}

/// A list, or nothing if it has no item.
pub(crate) fn list(items: Vec<Item>) -> Option<Block> {
    (!items.is_empty()).then_some(Block::List(items))
}
