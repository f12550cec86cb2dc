//! Writing cells: values, formulas with their known results, and how they look.

use crate::inline::{Inline, clean};
use crate::number::f64_of;
use crate::wrap::wrap_to;
use haggle_quantity::{Amount, Date};
use rust_xlsxwriter::{
    Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Worksheet, XlsxError,
};
use std::collections::BTreeMap;

/// What goes into a cell.
pub(super) enum Value {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// A number.
    Number(Amount),
    /// A day.
    Day(Date),
    /// A formula with its result; of an unknown result nothing is shown before it is computed.
    Formula(String, String),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Amount> for Value {
    fn from(number: Amount) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<Date> for Value {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, T::into)
    }
}

/// A formula with a number as its result.
pub(super) fn formula(text: String, result: Amount) -> Value {
    Value::Formula(text, result.normalize().to_string())
}

/// Whether something is so, as a formula and a reader take it.
pub(super) fn yes(it: Option<bool>) -> Option<&'static str> {
    it.map(|it| if it { "yes" } else { "no" })
}

/// How a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    /// The title of a sheet.
    Title,
    /// The head of a column.
    Head,
    /// The head of a column of numbers.
    NumberHead,
    /// A text.
    Text,
    /// A text that may be long.
    Wrapped,
    /// Small print.
    Note,
    /// The title of a row of sums.
    SumHead,
    /// Money to its smallest unit.
    Money,
    /// Money per unit.
    Price,
    /// A sum.
    Sum,
    /// A count.
    Count,
    /// A count among the sums.
    SumCount,
    /// A quantity.
    Quantity,
    /// A factor.
    Factor,
    /// A text that is an input.
    InputText,
    /// A number that is an input.
    InputNumber,
    /// A quantity or price that is an input.
    InputPrice,
    /// A share that is an input.
    InputShare,
    /// A day that is an input.
    InputDay,
}

/// A sheet with its looks.
pub(super) struct Sheet {
    pub(super) sheet: Worksheet,
    money: String,
    formats: BTreeMap<Look, Format>,
    /// Widths of columns, in letters.
    widths: BTreeMap<u16, u32>,
    /// Texts that may take several lines, with their places.
    wrapped: Vec<((u32, u16), String)>,
}

impl Sheet {
    /// An empty sheet; money has so many digits after the point.
    pub(super) fn new(name: &str, digits: u32) -> Result<Self, XlsxError> {
        let mut sheet = Worksheet::new();
        sheet.set_name(name)?;
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        sheet.set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3);
        sheet.set_footer("&L&F, &A&RPage &P of &N");
        let zeros = "0".repeat(digits as usize);
        let money = if digits == 0 { "#,##0".to_owned() } else { format!("#,##0.{zeros}") };
        let (formats, widths) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { sheet, money, formats, widths, wrapped: Vec::new() })
    }

    /// Writes a cell.
    pub(super) fn put(
        &mut self,
        (row, column): (u32, u16),
        value: impl Into<Value>,
        look: Look,
    ) -> Result<(), XlsxError> {
        let money = &self.money;
        let format = &*self.formats.entry(look).or_insert_with(|| format(look, money));
        match value.into() {
            Value::Empty => self.sheet.write_blank(row, column, format)?,
            Value::Text(text) => {
                let text = clean(&text);
                if matches!(look, Look::Head | Look::NumberHead | Look::Wrapped) {
                    self.wrapped.push(((row, column), text.clone()));
                }
                self.sheet.write_string_with_format(row, column, text, format)?
            }
            Value::Number(number) => {
                self.sheet.write_number_with_format(row, column, f64_of(number), format)?
            }
            Value::Day(day) => {
                self.sheet.write_datetime_with_format(row, column, moment(day)?, format)?
            }
            Value::Formula(text, result) => {
                // Without a result the library writes 0, which a reader that does not compute shows.
                let result = if result.is_empty() { " ".to_owned() } else { result };
                let formula = Formula::new(text).set_result(result);
                self.sheet.write_formula_with_format(row, column, formula, format)?
            }
        };
        Ok(())
    }

    /// Writes cells side by side.
    pub(super) fn row<const N: usize>(
        &mut self,
        row: u32,
        cells: [(Value, Look); N],
    ) -> Result<(), XlsxError> {
        (0..)
            .zip(cells)
            .try_for_each(|(column, (value, look))| self.put((row, column), value, look))
    }

    /// Writes heads side by side; one that starts with `#` is over numbers.
    pub(super) fn heads(&mut self, row: u32, titles: &[&str]) -> Result<(), XlsxError> {
        (0..).zip(titles).try_for_each(|(column, title)| {
            let look = if title.starts_with('#') { Look::NumberHead } else { Look::Head };
            self.put((row, column), title.trim_start_matches('#'), look)
        })
    }

    /// Sets widths from the first column on.
    pub(super) fn widths(&mut self, widths: &[u32]) -> Result<(), XlsxError> {
        (0..).zip(widths).try_for_each(|(column, width)| self.width(column, *width))
    }

    /// Sets the width of a column, in letters.
    pub(super) fn width(&mut self, column: u16, width: u32) -> Result<(), XlsxError> {
        self.widths.insert(column, width);
        self.sheet.set_column_width(column, f64::from(width)).map(|_| ())
    }

    /// The sheet with rows as high as their texts need, which not every program finds by itself.
    pub(super) fn finished(mut self) -> Result<Worksheet, XlsxError> {
        let mut most: BTreeMap<u32, usize> = BTreeMap::new();
        for ((row, column), text) in &self.wrapped {
            let width = self.widths.get(column).copied().unwrap_or(USUAL_WIDTH);
            let most = most.entry(*row).or_default();
            *most = lines(text, width as usize).max(*most);
        }
        for (row, lines) in most.into_iter().filter(|(_, lines)| *lines > 1) {
            self.sheet.set_row_height(row, HIGHEST.min(LINE * lines as f64))?;
        }
        Ok(self.sheet)
    }
}

/// Width of a column that sets none, in letters.
const USUAL_WIDTH: u32 = 8;
/// Height of a line, and of the highest row, in points.
pub(super) const LINE: f64 = 15.0;
const HIGHEST: f64 = 409.0;

/// How many lines a text takes in a column of this width.
fn lines(text: &str, width: usize) -> usize {
    // Letters of heads are wider than the digits by which a width is told.
    let width = width.saturating_sub(2);
    let of_line = |line: &str| wrap_to(&Inline::default().text(line), "", "", width, false).len();
    text.lines().map(of_line).sum::<usize>().max(1)
}

/// How a look is made; money has this format.
fn format(look: Look, money: &str) -> Format {
    let format = Format::new().set_align(FormatAlign::Top);
    let head = |f: Format| {
        let line = f.set_bold().set_text_wrap().set_border_bottom(FormatBorder::Medium);
        line.set_background_color(Color::RGB(0xEE_F1F4))
    };
    let sum = |f: Format| f.set_bold().set_background_color(Color::RGB(0xF4_F6F8));
    let input = |f: Format| f.set_font_color(Color::RGB(0x1F_4E8C));
    match look {
        Look::Title => format.set_bold().set_font_size(14),
        Look::Head => head(format),
        Look::NumberHead => head(format).set_align(FormatAlign::Right),
        Look::Text => format,
        Look::Wrapped => format.set_text_wrap(),
        Look::Note => format.set_font_color(Color::RGB(0x57_606A)),
        Look::SumHead => sum(format),
        Look::Money => format.set_num_format(money).set_align(FormatAlign::Right),
        Look::Price => format.set_num_format(format!("{}####", price(money))),
        Look::Sum => sum(format).set_num_format(money).set_align(FormatAlign::Right),
        Look::Count => format.set_num_format("0").set_align(FormatAlign::Right),
        Look::SumCount => sum(format).set_num_format("0").set_align(FormatAlign::Right),
        Look::Quantity => format.set_num_format("General"),
        Look::Factor => format.set_num_format("0.000000######"),
        Look::InputText => input(format),
        Look::InputNumber => input(format).set_num_format("General"),
        Look::InputPrice => input(format).set_num_format(format!("{}##########", price(money))),
        Look::InputShare => input(format).set_num_format("0.0####%"),
        Look::InputDay => input(format).set_num_format("yyyy-mm-dd"),
    }
}

/// Money with a point, after which further digits may stand.
fn price(money: &str) -> String {
    if money.contains('.') { money.to_owned() } else { format!("{money}.") }
}

/// A day as a spreadsheet has it.
pub(super) fn moment(day: Date) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::parse_from_str(&day.to_string())
}

/// A name that no lookup takes for a pattern or a condition.
pub(super) fn label(name: &str) -> String {
    let plain =
        clean(name).replace('*', "\u{2217}").replace('?', "\u{ff1f}").replace('~', "\u{223c}");
    if plain.starts_with(['<', '>', '=']) { format!("'{plain}") } else { plain }
}

#[cfg(test)]
mod tests {
    use super::{label, lines};

    #[test]
    fn a_text_takes_as_many_lines_as_its_words_need() {
        for (text, width, expected) in [
            ("", 15, 1),
            ("Labora", 15, 1),
            ("Meridian Scientific", 15, 2),
            ("Meridian Scientific", 22, 1),
            ("one two three", 7, 3),
            ("abcdefghij", 7, 2),
            ("abcdefghijk", 7, 3),
            ("a abcdefghijk", 7, 4),
            ("one\ntwo", 15, 2),
        ] {
            assert_eq!(lines(text, width), expected, "{text} {width}");
        }
    }

    #[test]
    fn names_are_no_patterns() {
        for (name, written) in [("Acme", "Acme"), ("A*", "A\u{2217}"), (">5 Ltd", "'>5 Ltd")] {
            assert_eq!(label(name), written);
        }
    }
}
