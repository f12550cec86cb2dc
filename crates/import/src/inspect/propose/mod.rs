//! A first recipe for an unknown file, with every doubt as a comment for its owner to settle.
//!
//! Names of columns suggest what they are; nothing is concluded from the size of amounts. What the
//! file does not say is left open, so that the recipe cannot be used before it is settled.

mod amounts;
mod roles;
mod said;
mod write;

use super::{Column, Table};
use said::Said;
use std::collections::BTreeMap;

/// What a proposal says.
struct Proposal<'a> {
    table: &'a Table,
    /// Whether the amounts are pay.
    pay: bool,
    fields: BTreeMap<&'static str, &'a Column>,
    currency: Option<&'a Column>,
    unit: Option<&'a Column>,
    date: Option<&'a Column>,
    /// The least quantity that a price is for.
    least_quantity: Option<&'a Column>,
    /// How many people a figure is of.
    count: Option<&'a Column>,
    /// The part of full time that a row is of.
    part_time: Option<&'a Column>,
    amounts: Vec<Amount<'a>>,
    attributes: Vec<&'a Column>,
    /// Columns that are left out, and why.
    unread: Vec<(&'a Column, &'static str)>,
    /// What the titles say.
    titles: Said,
    /// Header texts that no column can be meant by, each with its columns.
    repeated: Vec<(String, Vec<u32>)>,
}

/// A column of amounts, or two with the ends of ranges.
struct Amount<'a> {
    column: &'a Column,
    /// The upper end of the range.
    to: Option<&'a Column>,
    statistic: String,
    said: Said,
    /// The part of the pay, where several amounts of a row would look the same without it.
    component: Option<String>,
    /// Whose price it may be, where each party has a column.
    party: Option<String>,
    /// Whether rows below say terms of each column, as of suppliers side by side.
    party_column: bool,
    /// What to ask of the amount, as comments.
    doubts: Vec<String>,
    /// Whether the amount is left out until its owner decides.
    off: bool,
}

/// A recipe for the table that holds most, if any has an amount and a header.
pub(super) fn recipe(file: &str, tables: &[Table]) -> Option<String> {
    let usable = |t: &&Table| t.columns.iter().any(|c| roles::may_be_amount(c) && c.filled > 0);
    let size = |t: &&Table| (!t.hidden, t.rows * t.columns.len() as u64);
    // Of several that are as large the first.
    let table = tables.iter().filter(usable).rev().max_by_key(size)?;
    let proposal = Proposal::of(table);
    // Without an amount there is something to propose only if its header is in the way.
    (!proposal.amounts.is_empty() || !proposal.repeated.is_empty())
        .then(|| proposal.write(file, tables))
}
