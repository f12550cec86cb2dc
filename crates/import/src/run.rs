//! One reading of a source: rows into batches and the account.

use crate::cell::{Cell, Format};
use crate::doubt::doubtful;
use crate::importer::{BATCH_SIZE, Issue, Observer};
use crate::json::{self, Name};
use crate::layout::{AmountColumn, Layout, Mapped, in_doubt};
use crate::read::{self, Origin, Outcome, Reject, RowReading, State, Stated, What};
use crate::recipe::{FromNumber, TextField};
use crate::source::{Row, warning};
use crate::suspicion::Sizes;
use haggle_evidence::{
    Account, BatchBuilder, Diagnostic, ImportError, Kind, Locator, Observation, RowSet, Sink,
    Statistic,
};
use haggle_quantity::Amount;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// One reading of a source.
pub(crate) struct Run<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) kind: Kind,
    pub(crate) account: Account,
    pub(crate) builder: BatchBuilder,
    pub(crate) sizes: Sizes,
    pub(crate) hidden: RowSet,
    pub(crate) hidden_rows: u64,
    /// Words that the sheet shows with amounts, and the first row, by column.
    pub(crate) worded: BTreeMap<usize, (&'static str, u64)>,
    pub(crate) notes: Vec<Diagnostic>,
    pub(crate) sink: &'a mut dyn Sink,
    pub(crate) observer: Option<&'a mut Observer>,
    /// Room for the texts of one observation, used again for the next.
    pub(crate) room: Room,
}

/// Room for texts that are made for one observation.
pub(crate) struct Room {
    path: String,
    attributes: String,
    /// The attribute that says what an amount was made of.
    stated: Name,
}

impl Default for Room {
    fn default() -> Self {
        Self { path: String::new(), attributes: String::new(), stated: Name::new("stated") }
    }
}

impl<'a> Run<'a> {
    pub(crate) fn row(&mut self, row: &Row<'_>, state: &mut State<'a>) -> Result<(), ImportError> {
        if row.number <= self.layout.header {
            self.above(row);
            return Ok(());
        }
        let mut reading = RowReading::default();
        let outcome = self.layout.read(row, state, &mut reading);
        if let Some(row) = state.again.take() {
            let message = "the header stands again below a title of its own; the rows below it are read as those of the first table";
            let place = self.place(row, None);
            self.notes.push(Diagnostic { place, ..warning("W0125", message.to_owned()) });
        }
        if let Some(row) = state.another.take() {
            let message = "another table begins in this row; it and all below it is not read";
            let place = self.place(row, None);
            self.notes.push(Diagnostic { place, ..warning("W0125", message.to_owned()) });
        }
        match outcome {
            Outcome::Skip(skip) => {
                if let ("note", true, Some(word)) =
                    (skip.reason.as_str(), self.layout.wary, doubtful(&skip.found))
                {
                    let message = in_doubt(&skip.found, &word);
                    return Err(ImportError::source(
                        "E0015",
                        self.place(row.number, None),
                        message,
                    ));
                }
                self.skip(row, &skip);
            }
            Outcome::Reject(reject) => return self.reject(row, *reject),
            Outcome::Import => {
                if row.hidden {
                    self.hidden.push(self.layout.sheet.as_deref().unwrap_or(""), row.number);
                    self.hidden_rows += 1;
                }
                return self.import(row, &reading, state);
            }
        }
        Ok(())
    }

    fn above(&mut self, row: &Row<'_>) {
        let first = row.cells.iter().find(|c| !c.is_blank());
        let reason = match first {
            _ if row.number >= self.layout.header_from => "header",
            None => "blank row",
            Some(_) => "title",
        };
        let found = first.map_or_else(String::new, |c| c.shown().into_owned());
        self.skip(row, &read::Skip { code: "I0202", reason: reason.to_owned(), found });
    }

    fn place(&self, row: u64, column: Option<usize>) -> Locator {
        let column = column.map_or(0, |c| c as u32 + 1);
        Locator { sheet: self.layout.sheet.clone(), row, column, path: None }
    }

    /// The place of a row or of its cell in a column.
    pub(crate) fn at(&self, row: &Row<'_>, column: Option<usize>) -> Locator {
        let path = row.branch.map(|branch| branch.pointer(column));
        Locator { path, ..self.place(row.number, column) }
    }

    fn skip(&mut self, row: &Row<'_>, skip: &read::Skip) {
        let place = self.at(row, None);
        self.account.skip(skip.code, &skip.reason, &place, &short(&skip.found));
    }

    /// A malformed row; one whose amount can be read in two ways ends the import.
    fn reject(&mut self, row: &Row<'_>, r: Reject) -> Result<(), ImportError> {
        let place = self.at(row, r.column);
        if r.code == read::AMBIGUOUS {
            let message = format!("column `{}`: found `{}`, {}", r.field, r.found, r.reason);
            return Err(ImportError::source("E0014", place, message));
        }
        self.account.reject(r.code, &r.field, &r.reason, &place, &short(&r.found));
        if let Some(observer) = &mut self.observer {
            let Reject { code, field, reason: expected, found, .. } = r;
            observer(Issue { place, field, found, expected, code });
        }
        Ok(())
    }

    /// Notes what the sheet shows with its amounts and they do not hold.
    fn note_words(&mut self, row: &Row<'_>, state: &State<'a>) {
        for (amount, _) in &state.cells {
            if let Some(words) = unheard(row.cell(amount.column.index), amount) {
                self.worded.entry(amount.column.index).or_insert((words, row.number));
            }
        }
    }

    fn import(
        &mut self,
        row: &Row<'_>,
        reading: &RowReading<'_>,
        state: &State<'a>,
    ) -> Result<(), ImportError> {
        let mut observations = 0;
        self.note_words(row, state);
        let errors = self.layout.quality.as_ref().and_then(|q| q.of(row));
        let common = self.common(row, reading);
        let mut again = false;
        for (amount, what) in &state.cells {
            match what {
                What::Stated(stated) => {
                    observations += 1;
                    let error = errors.and_then(|e| self.error_of(amount, e));
                    let own = renamed(&common, amount);
                    let as_before = std::mem::replace(&mut again, own.is_none()) && again;
                    let o = (own.as_ref().unwrap_or(&common), as_before);
                    let said = Said { row, reading, attributes: &state.attributes, error };
                    self.push(&said, o, amount, stated)?;
                }
                What::Absent { code, reason, found } => {
                    let place = self.at(row, Some(amount.column.index));
                    self.account.absent(code, &amount.column.name, reason, &place, &short(found));
                }
            }
        }
        self.account.import(state.cells.len() as u64, observations);
        Ok(())
    }

    /// The relative error that a sibling file states of an amount.
    fn error_of(&self, amount: &AmountColumn, errors: &[Option<f64>]) -> Option<f64> {
        let at = self.layout.amounts.iter().position(|a| a.column == amount.column)?;
        errors.get(at).copied().flatten()
    }

    /// What all observations of a row have that do not say otherwise.
    fn common<'o>(&self, row: &Row<'_>, reading: &'o RowReading<'_>) -> Observation<'o>
    where
        'a: 'o,
    {
        let layout = self.layout;
        let text = |field| said(reading.texts[field as usize].as_deref());
        Observation {
            sheet: layout.sheet.as_deref(),
            row: row.number,
            subject: text(TextField::Subject),
            scheme: layout.constants.scheme.as_deref(),
            title: text(TextField::Title),
            place: text(TextField::Place),
            party: text(TextField::Party),
            level: text(TextField::Level),
            quantity_from: reading.quantity_from,
            quantity_to: reading.quantity_to,
            date: reading.date,
            ..Observation::new(0, "", "")
        }
    }

    fn push(
        &mut self,
        Said { row, reading, attributes, error }: &Said<'_, '_>,
        (common, again): (&Observation<'_>, bool),
        amount: &AmountColumn,
        stated: &Stated<'_>,
    ) -> Result<(), ImportError> {
        let layout = self.layout;
        let constants = &layout.constants;
        let statistic = stated.statistic;
        let component = amount.component.as_deref().or(reading.component.as_deref());
        let Room { path, attributes: extended, stated: name } = &mut self.room;
        let shown = || row.cell(amount.column.index).shown();
        let origin = match &stated.origin {
            Origin::Cell => None,
            Origin::Scaled => Some([shown(), Cow::Borrowed(&*amount.times)]),
            Origin::Formula(numbers) => Some([Cow::Borrowed(&**numbers), Cow::Borrowed("")]),
        };
        let origin = origin.as_ref().map(|[cell, scale]| (&*name, [&**cell, &**scale]));
        let attributes = if origin.is_some() || !amount.terms.is_empty() {
            json::extended(extended, attributes, &amount.terms, origin);
            extended
        } else {
            *attributes
        };
        let beside = &layout.beside;
        if let Some(branch) = row.branch {
            branch.point(Some(amount.column.index), path);
        }
        let observation = Observation {
            column: amount.column.index as u32 + 1,
            path: row.branch.map(|_| path.as_str()),
            kind: amount.kind,
            basis: amount.basis.or(reading.basis).unwrap_or(constants.basis),
            component: component.or(constants.component.as_deref()),
            tax: amount.tax.or(reading.tax).unwrap_or(constants.tax),
            level: said(amount.texts[TextField::Level as usize].as_deref().or(common.level)),
            statistic,
            amount: stated.scaled,
            currency: stated.currency.as_str(),
            per: stated.per.code(),
            bound: stated.bound,
            weight: of(&beside.weight, statistic, reading.weight),
            count: of(&beside.count, statistic, reading.count),
            employers: of(&beside.employers, statistic, reading.employers),
            sample_size: of(&beside.sample_size, statistic, reading.sample_size),
            relative_error: (*error).or(of(
                &beside.relative_error,
                statistic,
                reading.relative_error,
            )),
            quantity_from: amount.quantities[0].or(common.quantity_from),
            quantity_to: amount.until(row).or(common.quantity_to),
            date: amount.date.or(common.date),
            attributes: said(Some(attributes)),
            ..*common
        };
        match again {
            true => self.builder.push_again(&observation),
            false => self.builder.push(&observation),
        }
        if self.kind == Kind::Wage && statistic == Statistic::Value {
            let (column, per) = (amount.column.index, stated.per.as_str());
            self.sizes.add(column, stated.currency.as_str(), per, stated.scaled, row.number);
        }
        if self.builder.len() >= BATCH_SIZE { self.flush() } else { Ok(()) }
    }

    pub(crate) fn flush(&mut self) -> Result<(), ImportError> {
        if self.builder.is_empty() {
            return Ok(());
        }
        Ok(self.sink.accept(self.builder.finish())?)
    }

    /// What is doubtful about the table that was just read.
    pub(crate) fn warnings(&mut self) -> Vec<Diagnostic> {
        let layout = self.layout;
        let names = layout.number_columns();
        let name = |column: usize| names.get(&column).map_or(String::new(), |n| (*n).to_owned());
        let mut all = std::mem::take(&mut self.sizes).warnings(layout.sheet.as_deref(), name);
        all.append(&mut self.notes);
        for (column, (words, row)) in std::mem::take(&mut self.worded) {
            let message = format!(
                "the sheet shows the amounts of `{}` with `{words}`, which they do not hold; they are read without it",
                layout.names.text(column)
            );
            let place = self.place(row, Some(column));
            all.push(Diagnostic { place, ..warning("W0126", message) });
        }
        let hidden = std::mem::take(&mut self.hidden_rows);
        if hidden > 0 {
            let rows = std::mem::take(&mut self.hidden).to_text();
            all.push(warning("W0120", format!("{hidden} hidden rows are read (rows {rows})")));
        }
        all
    }
}

/// What a row says beside one of its amounts.
struct Said<'s, 'r> {
    row: &'s Row<'r>,
    reading: &'s RowReading<'r>,
    attributes: &'s str,
    /// The relative error of the amount, from elsewhere.
    error: Option<f64>,
}

/// An empty text says nothing.
fn said(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

/// What an amount has whose header names its subject, title, place or party.
fn renamed<'o>(common: &Observation<'o>, amount: &'o AmountColumn) -> Option<Observation<'o>> {
    use TextField::{Party, Place, Subject, Title};
    let own = |field: TextField| amount.texts[field as usize].as_deref();
    if [Subject, Title, Place, Party].into_iter().all(|field| own(field).is_none()) {
        return None;
    }
    Some(Observation {
        subject: said(own(Subject).or(common.subject)),
        title: said(own(Title).or(common.title)),
        place: said(own(Place).or(common.place)),
        party: said(own(Party).or(common.party)),
        ..*common
    })
}

/// Words of a cell's number format that are not in what is read.
fn unheard(cell: &Cell<'_>, amount: &AmountColumn) -> Option<&'static str> {
    match cell {
        // A unit that is not that of the row was rejected.
        Cell::Number(_, Format::Worded(words, _)) => words.unit().is_none().then(|| words.text()),
        // `scale = "1"` reads `120k` as 120.
        Cell::Number(_, Format::Times(word, _)) if amount.scale == Some(Amount::ONE) => {
            Some(word.word())
        }
        _ => None,
    }
}

/// Enough of a cell to know it again.
pub(crate) fn short(found: &str) -> Cow<'_, str> {
    const LONGEST: usize = 120;
    match found.char_indices().nth(LONGEST) {
        None => Cow::Borrowed(found),
        Some((end, _)) => Cow::Owned(format!("{}...", &found[..end])),
    }
}

/// A number of the row, if it belongs to this statistic.
fn of<T>(spec: &Option<Mapped<FromNumber>>, statistic: Statistic, value: Option<T>) -> Option<T> {
    let statistics = &spec.as_ref()?.1.statistics;
    value.filter(|_| statistics.is_empty() || statistics.contains(&statistic))
}
