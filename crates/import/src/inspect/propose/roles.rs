//! Which column is what, by the words of its header and the sort of its cells.

use super::said::{Said, of_unit, statistic};
use super::{Amount, Proposal, amounts};
use crate::header::key;
use crate::inspect::vocabulary::{List, Vocabulary, vocabulary};
use crate::inspect::{Column, Content, Table};
use haggle_quantity::Per;
use std::collections::BTreeMap;

/// Columns kept as attributes without being asked.
const ATTRIBUTES: usize = 12;

const PERSON: &str = "says who a person is, which no benchmark needs";
const NO_DATE: &str = "a date of something else than the amount";
const QUANTITY: &str =
    "a quantity; `[quantity_from]` is for the least quantity that a price holds for";
const OTHER: &str = "no amount of money by its header";
const TOTAL: &str = "what the whole quantity of the row costs";
const UNNAMED: &str = "no header";

/// Columns that are not taken yet.
struct Left<'a>(Vec<&'a Column>);

impl<'a> Left<'a> {
    fn take(&mut self, test: impl Fn(&Column) -> bool) -> Option<&'a Column> {
        let at = self.0.iter().position(|c| test(c))?;
        Some(self.0.remove(at))
    }

    fn take_all(&mut self, test: impl Fn(&Column) -> bool) -> Vec<&'a Column> {
        let (taken, left) = std::mem::take(&mut self.0).into_iter().partition(|c| test(c));
        self.0 = left;
        taken
    }

    /// The column that a list names exactly, else one in whose header it stands.
    fn named(&mut self, list: &List, test: impl Fn(&Column) -> bool) -> Option<&'a Column> {
        let exact = self.take(|c| list.is_folded(&c.folded) && test(c));
        exact.or_else(|| self.take(|c| list.in_folded(&c.folded) && test(c)))
    }
}

/// Whether amounts may stand in a column, even if no formula was computed.
pub(super) fn may_be_amount(c: &Column) -> bool {
    c.content.is_numeric() || (c.content == Content::Blank && c.unstored > 0)
}

/// Whether a header speaks of money.
fn of_money(c: &Column) -> bool {
    let v = vocabulary();
    v.pay.in_folded(&c.folded) || v.price.in_folded(&c.folded)
}

/// Whether a header speaks about a thing and does not name it.
fn about(c: &Column) -> bool {
    vocabulary().about.in_folded(&c.folded)
}

fn is_text(c: &Column) -> bool {
    matches!(c.content, Content::Text | Content::Flag)
}

impl<'a> Proposal<'a> {
    pub(super) fn of(table: &'a Table) -> Self {
        let v = vocabulary();
        let (mut left, repeated, mut unread) = addressable(table);
        let pay = is_pay(&left.0);
        let thing = left
            .0
            .iter()
            .any(|c| is_text(c) && (v.job.in_folded(&c.folded) || v.thing.in_folded(&c.folded)));
        let persons = left.take_all(|c| is_person(v, c, pay, pay || thing));
        unread.extend(persons.into_iter().map(|c| (c, PERSON)));
        let currency = left.take(|c| v.currency.in_folded(&c.folded) && c.content == Content::Text);
        let unit = unit(v, &mut left, pay);
        let mut attributes = left.take_all(|c| v.expiry.in_folded(&c.folded));
        let dates = left.take_all(|c| c.content == Content::Date && v.no_date.in_folded(&c.folded));
        unread.extend(dates.into_iter().map(|c| (c, NO_DATE)));
        let date = date(v, &mut left);
        let (least_quantity, count, part_time) = numbers(v, &mut left, &mut unread, pay);
        let quantity = left.take_all(|c| c.content.is_numeric() && is_quantity(v, c));
        let fields = fields(v, &mut left, pay);
        let mut others = left.take_all(|c| !is_amount(v, c, pay));
        if left.0.is_empty() && repeated.is_empty() {
            others = unsaid(v, &mut left, others);
        }
        let several = !pay && left.0.len() > 1 && !quantity.is_empty();
        let whole = |c: &Column| {
            several && v.row_total.in_folded(&c.folded) && Said::of(&c.header).unit.is_none()
        };
        let totals = left.take_all(whole);
        unread.extend(totals.into_iter().map(|c| (c, TOTAL)));
        unread.extend(quantity.iter().map(|c| (*c, QUANTITY)));
        let why = |c: &Column| if !pay && v.row_total.in_folded(&c.folded) { TOTAL } else { OTHER };
        unread.extend(others.iter().filter(|c| c.content.is_numeric()).map(|c| (*c, why(c))));
        let texts = others.into_iter().filter(|c| c.content == Content::Text && c.texts.len() > 1);
        attributes.extend(texts);
        attributes.truncate(ATTRIBUTES);
        let amounts = left.0.into_iter().map(Amount::of).collect();
        let rows = table.columns.iter().map(|c| c.filled).max().unwrap_or(0);
        let beside = (!quantity.is_empty(), rows);
        let mut amounts = amounts::arrange(amounts, &mut unread, pay, beside);
        if !pay && !terms(table).is_empty() {
            amounts::of_parties(&mut amounts);
        }
        let titles = titles(table);
        Self {
            table,
            pay,
            fields,
            currency,
            unit,
            date,
            least_quantity,
            count,
            part_time,
            amounts,
            attributes,
            unread,
            titles,
            repeated,
        }
    }
}

/// Labels of rows that say more of each column, with their rows; one such label alone may be an
/// item.
pub(super) fn terms(table: &Table) -> Vec<(&str, u64)> {
    let mut found: Vec<(&str, u64)> = Vec::new();
    for (label, row) in table.columns.iter().flat_map(|c| &c.terms) {
        if !found.iter().any(|(known, _)| known == label) {
            found.push((label, *row));
        }
    }
    if found.len() < 2 || table.tree.is_some() {
        found.clear();
    }
    found
}

/// Where no header speaks of money, the numbers that are nothing else may be amounts; what they are
/// not is given back.
fn unsaid<'a>(v: &Vocabulary, left: &mut Left<'a>, others: Vec<&'a Column>) -> Vec<&'a Column> {
    let other =
        |c: &Column| v.no_amount.in_folded(&c.folded) || v.never_amount.in_folded(&c.folded);
    let (rest, mut others): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|c| may_be_amount(c) && !other(c));
    left.0 = rest;
    others.extend(left.0.drain(ATTRIBUTES.min(left.0.len())..));
    others
}

type Addressable<'a> = (Left<'a>, Vec<(String, Vec<u32>)>, Vec<(&'a Column, &'static str)>);

/// The columns of the first table that a header text means alone, those that share one, and those
/// without any.
fn addressable(table: &Table) -> Addressable<'_> {
    let columns = &table.columns[..table.width.unwrap_or(usize::MAX).min(table.columns.len())];
    let filled = columns.iter().filter(|c| c.filled > 0);
    let mut by_header: BTreeMap<String, Vec<&Column>> = BTreeMap::new();
    for c in columns.iter().filter(|c| !c.header.is_empty()) {
        by_header.entry(key(&c.header)).or_default().push(c);
    }
    let alone = |c: &&Column| by_header.get(&key(&c.header)).is_some_and(|all| all.len() == 1);
    let (left, others): (Vec<_>, Vec<_>) = filled.partition(alone);
    let unnamed = others.into_iter().filter(|c| c.header.is_empty()).map(|c| (c, UNNAMED));
    let unnamed = unnamed.collect();
    let several = by_header.into_values().filter(|all| all.len() > 1);
    let number = |all: Vec<&Column>| {
        (all[0].header.clone(), all.iter().map(|c| c.number).collect::<Vec<_>>())
    };
    let mut repeated: Vec<_> = several.map(number).collect();
    repeated.sort_by_key(|(_, columns)| columns[0]);
    (Left(left), repeated, unnamed)
}

/// Whether the amounts are pay: a header says so, or the rows are jobs and no header says price.
fn is_pay(columns: &[&Column]) -> bool {
    let v = vocabulary();
    let amounts = || columns.iter().filter(|c| may_be_amount(c));
    let jobs = columns.iter().any(|c| is_text(c) && v.job.in_folded(&c.folded));
    amounts().any(|c| v.pay.in_folded(&c.folded) && !v.never_amount.in_folded(&c.folded))
        || (jobs && !amounts().any(|c| v.price.in_folded(&c.folded)))
}

fn is_person(v: &Vocabulary, c: &Column, pay: bool, titled: bool) -> bool {
    let h = &c.folded;
    let other = of_money(c) || v.job.in_folded(h) || v.people.in_folded(h) || about(c);
    let named = v.person.in_folded(h) && !other;
    named || (v.name.is_folded(h) && is_text(c) && titled) || (pay && v.row_number.is_folded(h))
}

/// The column of units: of goods, or of periods where its cells are known to be some.
fn unit<'a>(v: &Vocabulary, left: &mut Left<'a>, pay: bool) -> Option<&'a Column> {
    let known = |c: &Column| c.texts.iter().filter(|t| is_unit(t)).count();
    let some = |c: &Column| c.content == Content::Text && !v.price.in_folded(&c.folded);
    let period =
        |c: &Column| c.content == Content::Text && known(c) * 2 >= c.texts.len() && known(c) > 0;
    let worded = left.named(&v.period, period);
    let sure = worded.or_else(|| left.named(&v.unit, |c| some(c) && known(c) > 0));
    sure.or_else(|| left.named(&v.unit, |c| some(c) && !pay))
}

/// Whether a word is a known unit, in any language.
pub(super) fn is_unit(text: &str) -> bool {
    Per::new(text).is_known() || of_unit(text).is_some()
}

fn date<'a>(v: &Vocabulary, left: &mut Left<'a>) -> Option<&'a Column> {
    let is_date = |c: &Column| c.content == Content::Date && !c.dates.is_empty();
    let year = |c: &Column| {
        v.date.in_folded(&c.folded) && !of_money(c) && c.dates.iter().any(|d| d == "year")
    };
    left.take(|c| is_date(c) && v.date.in_folded(&c.folded))
        .or_else(|| left.take(is_date))
        .or_else(|| left.take(year))
}

type Numbers<'a> = (Option<&'a Column>, Option<&'a Column>, Option<&'a Column>);

/// Numbers beside the amounts: the least quantity, how many people, the part of full time.
fn numbers<'a>(
    v: &Vocabulary,
    left: &mut Left<'a>,
    unread: &mut Vec<(&'a Column, &'static str)>,
    pay: bool,
) -> Numbers<'a> {
    let number = |c: &Column| matches!(c.content, Content::Number | Content::Percent);
    let plain = |c: &Column| number(c) && !of_money(c);
    let least = left.take(|c| number(c) && v.least_quantity.in_folded(&c.folded));
    let statistics =
        left.0.iter().any(|c| c.content.is_numeric() && statistic(&c.header).is_some());
    let people = |c: &Column| plain(c) && v.people.is_folded(&c.folded);
    let count = if pay || statistics { left.take(people) } else { None };
    let part_time = left.take(|c| plain(c) && v.part_time.in_folded(&c.folded));
    let further = left.take_all(|c| plain(c) && v.part_time.in_folded(&c.folded));
    unread.extend(further.into_iter().map(|c| (c, OTHER)));
    (least, count, part_time)
}

/// Whether a column holds quantities; `Bid Qty` does, `Price per piece` does not.
fn is_quantity(v: &Vocabulary, c: &Column) -> bool {
    let h = &c.folded;
    let worded = v.quantity.in_folded(h) || v.people.is_folded(h);
    if !worded || (of_money(c) && !v.ordered.in_folded(h)) {
        return false;
    }
    let said = Said::of(&c.header);
    said.currency.is_none() && !(said.unit.is_some() && of_money(c))
}

fn fields<'a>(
    v: &Vocabulary,
    left: &mut Left<'a>,
    pay: bool,
) -> BTreeMap<&'static str, &'a Column> {
    let mut fields = BTreeMap::new();
    let code =
        |c: &Column| (is_text(c) || c.content == Content::Number) && !of_money(c) && !about(c);
    let subject = left.named(&v.subject, code);
    let subject = subject.or_else(|| left.named(&v.row_number, |c| !pay && code(c)));
    fields.extend(subject.map(|c| ("subject", c)));
    let named = |c: &Column| is_text(c) && !about(c);
    let (first, second) = if pay { (&v.job, &v.thing) } else { (&v.thing, &v.job) };
    let title = left.named(first, named).or_else(|| left.named(second, named));
    let title = title.or_else(|| left.named(&v.name, named));
    fields.extend(title.map(|c| ("title", c)));
    for (field, list) in [("place", &v.place), ("party", &v.party), ("level", &v.level)] {
        fields.extend(left.named(list, named).map(|c| (field, c)));
    }
    fields
}

/// Whether a header ends in a percent sign that is not that of a tax: `VAT %`, not `excl. VAT 0 %`.
fn of_percent(header: &str) -> bool {
    let bare = header.trim_end_matches([')', ' ']).strip_suffix('%');
    bare.is_some_and(|b| !b.trim_end().ends_with(|c: char| c.is_ascii_digit()))
}

/// Whether a column holds amounts of money, by its header or the marks in its cells.
fn is_amount(v: &Vocabulary, c: &Column, pay: bool) -> bool {
    let h = &c.header;
    if !may_be_amount(c) || v.never_amount.in_folded(&c.folded) || of_percent(h) {
        return false;
    }
    let said = Said::of(h);
    let bare_end = || pay && super::said::end(h).is_some_and(|(_, stem)| stem.trim().is_empty());
    let worded = || statistic(h).is_some() || said.unit.is_some() || bare_end();
    of_money(c)
        || said.currency.is_some()
        || (!v.no_amount.in_folded(&c.folded) && (c.content == Content::Money || worded()))
}

/// What titles and notes say; of each thing what the first says that speaks of it.
fn titles(table: &Table) -> Said {
    let said = table.titles.iter().chain(&table.notes).map(|t| Said::of(t));
    said.fold(Said::default(), |all, said| Said {
        scale: all.scale.or(said.scale),
        currency: all.currency.or(said.currency),
        unit: all.unit.or(said.unit),
    })
}
