//! One price as quoted: of the rows of a supplier for an item, or of a line of the deal file.

use super::{Bid, Placed};
use crate::deal::{Break, Item, Line, Scheme, Scope};
use crate::quote::{Attributes, QuoteRow, Quoted, Range, words};
use haggle_quantity::{Amount, Currency, Date, Per};
use std::sync::Arc;

/// What rows may say of one price.
const KEYS: [&str; 8] =
    ["pack", "minimum", "multiple", "scheme", "scope", "discount", "valid_until", "lead_time_days"];

/// Attributes that rows share, and what they were read as.
pub(super) type Known<'a> = Option<(&'a Attributes, Quoted)>;

/// The price of rows of one supplier for one item, in rising order of quantity. `known` is what
/// the supplier's lines before said.
pub(super) fn of_rows<'a>(
    item: &Item,
    bid: &Bid,
    rows: &[Placed<'a>],
    known: &mut Known<'a>,
) -> Quoted {
    let first = rows[0].row;
    let (price, attributes) = attributes(blank(bid.currency, &item.per), rows, known);
    let mut price = Quoted {
        price: first.amount,
        per: first.per.as_ref().unwrap_or(&item.per).clone(),
        places: rows.iter().map(|at| at.row.place.clone()).collect(),
        ..price
    };
    let read = attributes
        .and_then(|()| read_tiers(&mut price, rows))
        .and_then(|()| read_unit(&mut price, item, first.per.is_some()));
    price.fault = read.err().map(Arc::from);
    price
}

/// What the attributes of rows say; read anew where they are not those of the lines before.
fn attributes<'a>(
    mut blank: Quoted,
    rows: &[Placed<'a>],
    known: &mut Known<'a>,
) -> (Quoted, Result<(), String>) {
    let own = &rows[0].row.attributes;
    let shared = rows.iter().all(|at| Arc::ptr_eq(&at.row.attributes, own));
    match known {
        Some((known, price)) if shared && Arc::ptr_eq(known, own) => (price.clone(), Ok(())),
        _ => {
            let read = read_attributes(&mut blank, rows);
            if shared && read.is_ok() {
                *known = Some((own, blank.clone()));
            }
            (blank, read)
        }
    }
}

fn blank(currency: Currency, per: &Per) -> Quoted {
    Quoted {
        price: Amount::ZERO,
        currency,
        per: per.clone(),
        pack: None,
        minimum: None,
        multiple: None,
        maximum: None,
        breaks: Vec::new(),
        ranges: Vec::new(),
        scheme: Scheme::AllUnits,
        scope: Scope::Included,
        discount: None,
        valid_until: None,
        lead_time_days: None,
        places: Vec::new(),
        fault: None,
    }
}

type Words<'a> = [Option<(&'a str, &'a QuoteRow)>; KEYS.len()];

fn read_attributes(price: &mut Quoted, rows: &[Placed<'_>]) -> Result<(), String> {
    let mut said: Words<'_> = [None; KEYS.len()];
    for Placed { row, .. } in rows {
        hear(&mut said, row)?;
    }
    let [pack, minimum, multiple, scheme, scope, discount, valid, lead] = said;
    price.pack = read("pack", pack, words::quantity)?;
    price.minimum = read("minimum", minimum, words::money)?;
    price.multiple = read("multiple", multiple, words::quantity)?;
    price.scheme = read("scheme", scheme, words::scheme)?.unwrap_or_default();
    price.scope = read("scope", scope, words::scope)?.unwrap_or_default();
    price.discount = read("discount", discount, words::share)?;
    price.valid_until = read::<Date>("valid_until", valid, words::date)?;
    price.lead_time_days = read("lead_time_days", lead, words::whole)?;
    Ok(())
}

fn hear<'a>(said: &mut Words<'a>, row: &'a QuoteRow) -> Result<(), String> {
    for (key, text) in row.attributes.iter() {
        let Some(at) = KEYS.iter().position(|known| *known == &**key) else { continue };
        match said[at] {
            Some((other, there)) if other != &**text => {
                return Err(format!(
                    "`{key}` is `{other}` ({}) and `{text}` ({}): leave one out with `[[exclude]]`",
                    words::place_of(there, key),
                    words::place_of(row, key)
                ));
            }
            _ => said[at] = Some((text, row)),
        }
    }
    Ok(())
}

fn read<T>(
    key: &str,
    said: Option<(&str, &QuoteRow)>,
    read: fn(&str) -> Result<T, &'static str>,
) -> Result<Option<T>, String> {
    let Some((text, row)) = said else { return Ok(None) };
    let wrong = |expected| {
        let place = words::place_of(row, key);
        format!(
            "`{key}` is `{text}` ({place}), expected {expected}: correct it, or state the line in `[[quote.line]]`"
        )
    };
    read(text).map(Some).map_err(wrong)
}

/// Rows of rising quantity are the tiers; there is no price below the first.
fn read_tiers(price: &mut Quoted, rows: &[Placed<'_>]) -> Result<(), String> {
    let first = rows[0].row;
    let mut again = Vec::new();
    for (number, pair) in rows.windows(2).enumerate() {
        let (row, next) = (pair[0].row, pair[1].row);
        if row.per != next.per {
            let per = |row: &QuoteRow| row.per.as_ref().map_or("no unit", Per::as_str).to_owned();
            let (one, other) = (per(row), per(next));
            return Err(two_prices(row, next, &format!("per `{one}`"), &format!("per `{other}`")));
        }
        match (row.quantity_from == next.quantity_from, row.amount == next.amount) {
            (true, true) => again.push(number + 1),
            (true, false) => {
                let (one, other) = (row.amount.to_string(), next.amount.to_string());
                return Err(two_prices(row, next, &format!("`{one}`"), &format!("`{other}`")));
            }
            (false, _) => price
                .breaks
                .extend(next.quantity_from.map(|from| Break { from, price: next.amount })),
        }
    }
    let alone = |row: &QuoteRow| row.quantity_to.is_some() && row.quantity_from == row.quantity_to;
    let least = first.quantity_from.filter(|from| *from > Amount::ZERO && !alone(first));
    price.minimum = price.minimum.max(least);
    let last = rows[rows.len() - 1].row;
    price.maximum = last.quantity_to.filter(|_| !alone(last));
    price.ranges = ranges(rows, &again);
    // Rows that say the same again stand behind those of the tiers.
    price.places.extend(again.iter().map(|at| rows[*at].row.place.clone()));
    again.iter().rev().for_each(|at| drop(price.places.remove(*at)));
    Ok(())
}

/// The quantities of each price, where one of them ends; `again` are rows that say the same as the
/// row before.
fn ranges(rows: &[Placed<'_>], again: &[usize]) -> Vec<Range> {
    let mut ranges: Vec<Range> = Vec::new();
    if rows.iter().all(|at| at.row.quantity_to.is_none()) {
        return ranges;
    }
    for (number, Placed { row, .. }) in rows.iter().enumerate() {
        let own = Range { from: row.quantity_from.unwrap_or_default(), to: row.quantity_to };
        match ranges.last_mut().filter(|_| again.contains(&number)) {
            Some(last) => last.to = last.to.zip(own.to).map(|(one, other)| one.max(other)),
            None => ranges.push(own),
        }
    }
    ranges
}

fn two_prices(row: &QuoteRow, next: &QuoteRow, one: &str, other: &str) -> String {
    format!(
        "it has two prices: {one} ({}) and {other} ({}); leave one out with `[[exclude]]`",
        row.place, next.place
    )
}

/// Sets how many item units are in one unit of the price, if anything says it.
fn read_unit(price: &mut Quoted, item: &Item, stated: bool) -> Result<(), String> {
    if !stated {
        return Err(format!(
            "its price names no unit: state the line in `[[quote.line]]`, or give the recipe a unit such as `{}`",
            item.per
        ));
    }
    let own = price.pack;
    if let Some(pack) = own.filter(|pack| price.per == item.per && *pack != Amount::ONE) {
        return Err(format!(
            "its price is per `{0}`, and one `{0}` holds {pack} `{0}`: say whether the price is per `{0}` or per pack",
            item.per
        ));
    }
    let units = item.units.iter().find(|(per, _)| *per == price.per).map(|(_, many)| *many);
    price.pack = own.or(units).or_else(|| price.per.in_units_of(&item.per));
    match price.pack {
        Some(_) => Ok(()),
        None => Err(format!(
            "its price is per `{0}`, and nothing says how many `{1}` one `{0}` holds: add `units = {{ {0} = \"...\" }}` to the item, or `pack` to the line",
            price.per, item.per
        )),
    }
}

/// The price of a line of the deal file. Without a unit it is per unit of the item, or per pack
/// where it says how much a pack holds.
pub(super) fn of_deal(item: &Item, bid: &Bid, line: &Line) -> Quoted {
    let pack = Per::new("pack");
    let own = if line.pack.is_some() { &pack } else { &item.per };
    let mut price = blank(bid.currency, line.per.as_ref().unwrap_or(own));
    price.price = line.price;
    price.pack = line.pack;
    price.minimum = line.minimum;
    price.multiple = line.multiple;
    price.breaks.clone_from(&line.breaks);
    price.scheme = line.scheme;
    price.scope = line.scope;
    price.fault = read_unit(&mut price, item, true).err().map(Arc::from);
    price
}
