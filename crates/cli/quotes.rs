//! The quotes that the sources of a tender hold, as the core compares them.

use crate::context::Context;
use crate::failure::Failure;
use crate::gather::{self, Pinning, file_name, location, source_evidence, source_head};
use haggle_evidence::{Basis, Bound, Kind, Statistic, Tax};
use haggle_negotiation::brief::{SourceHead, TallyHead};
use haggle_negotiation::deal::{Deal, ItemMarket, Source};
use haggle_negotiation::market::{SourceEvidence, excluded_by};
use haggle_negotiation::quote::{PassedOver, Place, QuoteRow, TaxWord};
use haggle_quantity::{Amount, Per, from_day_number};
use haggle_store::{Listed, Part, Query};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Who quotes where a source states an estimate of nobody.
const ESTIMATE: &str = "estimate";

/// What a comparison is made from besides the deal.
pub(crate) struct Quotes {
    /// Prices of every quote source, in the order of the deal, then of the source: stretch after
    /// stretch, as they were read.
    pub(crate) rows: Vec<Vec<QuoteRow>>,
    /// Stored rows of the quote sources that are no price of a quote, each with its reason.
    pub(crate) passed_over: Vec<PassedOver>,
    /// Market evidence of items, by the number of the item.
    pub(crate) markets: BTreeMap<usize, SourceEvidence>,
    /// The stored part of every source of the deal, in its order.
    pub(crate) parts: Vec<Part>,
    /// Where everything comes from, by id of the source.
    pub(crate) heads: BTreeMap<String, SourceHead>,
}

/// Imports what the deal names, keeps the lock file, and takes the quotes out.
pub(crate) fn gathered(
    deal: &Deal,
    file: &Path,
    pinning: Pinning,
    context: &Context,
) -> Result<Quotes, Failure> {
    let parts = gather::parts(deal, file, pinning, context)?;
    of_parts(deal, parts, context)
}

/// Takes the quotes out of stored parts, one for each source of the deal, in its order.
pub(crate) fn of_parts(
    deal: &Deal,
    parts: Vec<Part>,
    context: &Context,
) -> Result<Quotes, Failure> {
    let mut quotes = Quotes {
        rows: Vec::new(),
        passed_over: Vec::new(),
        markets: markets(deal, &parts, context)?,
        heads: heads(deal, &parts),
        parts,
    };
    for (source, part) in deal.sources.iter().zip(&quotes.parts) {
        if !gather::holds_quotes(deal, source) {
            continue;
        }
        let room = usize::try_from(part.meta.cells.observations).map_or(ROOM, |n| n.min(ROOM));
        let mut readers = [(); 2].map(|()| Reader::new(source, room.div_ceil(2)));
        quotes.passed_over.extend(rejected(&readers[0].file, &quotes.heads[&source.id]));
        let mut takers = readers.each_mut().map(|reader| |listed| reader.take(listed));
        context.store.listing(part, &query(deal, source), &mut takers)?;
        for reader in readers {
            reader.give(&mut quotes.rows, &mut quotes.passed_over);
        }
    }
    Ok(quotes)
}

/// Rows that the import rejected: prices that the comparison lacks.
fn rejected(file: &str, head: &SourceHead) -> Vec<PassedOver> {
    let tallies = head.tallies.iter().filter(|tally| tally.what == "rejected");
    let passed = |tally: &TallyHead| {
        let sample = tally.samples.first();
        PassedOver {
            place: sample
                .map_or_else(|| file.into(), |(place, _)| format!("{file}:{place}").into()),
            supplier: Arc::from(""),
            item: sample.map_or_else(String::new, |(_, found)| found.clone()),
            reason: format!(
                "the import rejects {} of its rows like this one: {} [{}]",
                tally.count, tally.reason, tally.code
            ),
        }
    };
    tallies.map(passed).collect()
}

/// What a quote source is asked: its own conditions, and what the deal excludes of it. Estimates
/// take part as references.
fn query(deal: &Deal, source: &Source) -> Query {
    let mine = deal.excludes.iter().filter(|e| e.source.as_ref().is_none_or(|id| *id == source.id));
    let excludes = mine.map(|e| (e.conditions.clone(), excluded_by(&e.reason))).collect();
    Query { conditions: source.conditions.clone(), excludes, near: false }
}

fn heads(deal: &Deal, parts: &[Part]) -> BTreeMap<String, SourceHead> {
    let head = |(source, part): (&Source, &Part)| {
        (source.id.clone(), source_head(part, &location(source)))
    };
    deal.sources.iter().zip(parts).map(head).collect()
}

/// The market of every item that names one, in the unit of the item.
fn markets(
    deal: &Deal,
    parts: &[Part],
    context: &Context,
) -> Result<BTreeMap<usize, SourceEvidence>, Failure> {
    let items = deal.tender.iter().flat_map(|tender| tender.items.iter().enumerate());
    let mut markets = BTreeMap::new();
    for (i, item) in items {
        let Some(named) = &item.market else { continue };
        let of_id = |(s, _): &(&Source, &Part)| s.id == named.source;
        let Some((source, part)) = deal.sources.iter().zip(parts).find(of_id) else { continue };
        let priced = Deal { per: item.per.clone(), ..deal.clone() };
        let source = narrowed(source, named);
        let found = gather::comparables(&priced, &source, part, false, context)?;
        markets.insert(i, source_evidence(part, &location(&source), found));
    }
    Ok(markets)
}

/// A source with the conditions of an item as well.
fn narrowed(source: &Source, market: &ItemMarket) -> Source {
    let mut narrowed = source.clone();
    narrowed.conditions.extend(market.conditions.iter().cloned());
    narrowed
}

/// Rows for which there is room from the beginning, at most.
const ROOM: usize = 1 << 18;

/// Reads the rows of one source.
struct Reader {
    source: Arc<str>,
    file: Arc<str>,
    estimate: Arc<str>,
    /// Units by their stored word.
    units: BTreeMap<Arc<str>, Per>,
    rows: Vec<QuoteRow>,
    passed_over: Vec<PassedOver>,
}

impl Reader {
    /// A reader with room for so many rows.
    fn new(source: &Source, room: usize) -> Self {
        Self {
            source: Arc::from(source.id.as_str()),
            file: Arc::from(file_name(&location(source))),
            estimate: Arc::from(ESTIMATE),
            units: BTreeMap::new(),
            rows: Vec::with_capacity(room),
            passed_over: Vec::new(),
        }
    }

    fn take(&mut self, listed: Listed) {
        match Self::amount(&listed) {
            Ok(amount) => {
                let row = self.row(listed, amount);
                self.rows.push(row);
            }
            Err(reason) => self.passed_over.push(self.not_taken(&listed, reason)),
        }
    }

    /// Puts what was read behind what was read before.
    fn give(self, rows: &mut Vec<Vec<QuoteRow>>, passed_over: &mut Vec<PassedOver>) {
        passed_over.extend(self.passed_over);
        rows.push(self.rows);
    }

    /// The amount of a stored row that is a price of a quote.
    ///
    /// # Errors
    /// In words, why it is none.
    fn amount(listed: &Listed) -> Result<Amount, String> {
        if let Some(reason) = &listed.excluded {
            return Err(reason.to_string());
        }
        let amount = price(listed)?;
        if listed.party.is_none() && listed.basis != Basis::Estimate {
            return Err(
                "no supplier is stated, expected one; map its column to `party` in the recipe"
                    .to_owned(),
            );
        }
        Ok(amount)
    }

    /// The price of a stored row, of its amount.
    fn row(&mut self, listed: Listed, amount: Amount) -> QuoteRow {
        let place = self.place(&listed);
        QuoteRow {
            source: self.source.clone(),
            place,
            supplier: listed.party.unwrap_or_else(|| self.estimate.clone()),
            code: listed.subject,
            title: listed.title,
            amount,
            currency: listed.currency.parse().ok(),
            per: Some(self.unit(&listed.per)),
            quantity_from: listed.quantity_from,
            quantity_to: listed.quantity_to,
            date: listed.date.and_then(from_day_number),
            tax: tax(listed.tax),
            estimate: listed.basis == Basis::Estimate,
            attributes: listed.attributes,
        }
    }

    fn not_taken(&self, listed: &Listed, reason: String) -> PassedOver {
        let item = listed.title.as_ref().or(listed.subject.as_ref());
        PassedOver {
            place: Arc::from(self.place(listed).to_string()),
            supplier: listed.party.clone().unwrap_or_else(|| Arc::from("")),
            item: item.map_or_else(String::new, |text| text.to_string()),
            reason,
        }
    }

    fn place(&self, listed: &Listed) -> Place {
        match (&listed.sheet, &listed.path, listed.row, listed.column) {
            (None, None, row @ 1.., column @ 1..) => {
                Place::Field { file: self.file.clone(), row, column }
            }
            _ => listed.place().within(&self.file).into(),
        }
    }

    fn unit(&mut self, stored: &Arc<str>) -> Per {
        if let Some(per) = self.units.get(stored) {
            return per.clone();
        }
        let per = Per::new(stored);
        self.units.insert(stored.clone(), per.clone());
        per
    }
}

/// The amount of a row that is one price.
fn price(listed: &Listed) -> Result<Amount, String> {
    if !matches!(listed.kind, Kind::Quote | Kind::Price) {
        return Err(format!("found kind `{}`, expected `quote` or `price`", listed.kind));
    }
    if listed.statistic != Statistic::Value {
        return Err(format!("`{}` of several prices, expected one price", listed.statistic));
    }
    if listed.bound != Bound::Exact {
        return Err(format!("a price that is `{}` this, expected one price", listed.bound));
    }
    listed.amount.ok_or_else(|| "expected a price of fewer digits".to_owned())
}

fn tax(stored: Tax) -> TaxWord {
    match stored {
        Tax::Included => TaxWord::Included,
        Tax::Excluded => TaxWord::Excluded,
        _ => TaxWord::Unknown,
    }
}
