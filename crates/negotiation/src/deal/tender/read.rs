//! Reads `[tender]`, `[[item]]`, `[[scenario]]` and `[[quote]]`, with every mistake at its place.

use super::{
    Adder, Agreed, Break, Charge, Index, IndexPart, Item, ItemMarket, Line, Quote, Scenario,
    Scheme, Scope, ShouldCost, Tender, Terms,
};
use crate::deal::condition::read_where;
use crate::deal::read::{
    checked_money, identifier, money_at_least_zero, named_once, positive_money, read_currency,
};
use crate::deal::reader::{Field, Reader, Span, describe, money, nearest};
use crate::deal::talks::{known_source, word};
use crate::deal::{Side, Source};
use crate::quote::{Incoterm, Leg, as_named};
use haggle_quantity::{Amount, Per};
use std::collections::{BTreeMap, BTreeSet};
use toml::de::DeValue;

/// Ids of items by how they are matched.
type Ids<'a> = BTreeMap<String, &'a str>;

/// Longest term, horizon or delivery, in days or months.
const LONGEST: u32 = 36_525;

/// The tender of a deal file, if it states one.
pub(in crate::deal) fn read_tender(
    r: &Reader<'_, '_>,
    side: Option<Side>,
    sources: &[Source],
) -> Option<Tender> {
    let head = r.table("tender");
    let items = read_items(r, sources);
    let ids: Ids<'_> = items.iter().map(|it| (as_named(&it.id), it.id.as_str())).collect();
    let scenarios = read_scenarios(r, &ids);
    let quotes = read_quotes(r, &ids);
    let Some(head) = head else {
        refuse_without_tender(r, &items, &scenarios, &quotes);
        return None;
    };
    if side == Some(Side::Seller) {
        let message = "`side` is `seller`, expected `buyer`: a tender is compared by who buys";
        r.log().error(head.span(), "D0103", message.to_owned(), None);
    }
    Some(Tender { items, scenarios, quotes, ..read_head(&head, sources) })
}

fn refuse_without_tender(r: &Reader<'_, '_>, items: &[Item], more: &[Scenario], quotes: &[Quote]) {
    if !items.is_empty() || !more.is_empty() || !quotes.is_empty() {
        let message = "`tender` is missing, and items, scenarios or quotes are stated".to_owned();
        r.log().error(0..0, "D0102", message, Some("add `[tender]`".to_owned()));
    }
}

fn read_head(r: &Reader<'_, '_>, sources: &[Source]) -> Tender {
    let named = r.texts("sources");
    let known = |field: Field<Vec<String>>| {
        let one = |value| known_source(r, &Field { value, span: field.span.clone() }, sources);
        field.value.into_iter().filter_map(one).collect()
    };
    let tender = Tender {
        sources: named.map_or_else(Vec::new, known),
        incoterm: word(r, "incoterm", &Incoterm::ALL),
        place: r.text("place").map(|f| f.value),
        payment_days: whole(r, "payment_days", 0),
        horizon_months: whole(r, "horizon_months", 1),
        max_suppliers: whole(r, "max_suppliers", 1).map(|n| n as usize),
        fill_gaps: r.flag("fill_gaps").is_some_and(|f| f.value),
        include_expired: r.flag("include_expired").is_some_and(|f| f.value),
        holding_rate: share(r, "holding_rate"),
        adders: read_adders(r),
        negotiators: r.texts("negotiators").map_or_else(Vec::new, |f| f.value),
        need_months: whole(r, "need_months", 1),
        renewal_increase: share(r, "renewal_increase"),
        number: r.text("number").map(|f| f.value),
        cost_data_required: r.flag("cost_data_required").map(|f| f.value),
        cost_data: r.text("cost_data").map(|f| f.value),
        direction: r.text("direction").map(|f| f.value),
        ..Tender::default()
    };
    r.finish();
    tender
}

fn whole(r: &Reader<'_, '_>, key: &'static str, least: u32) -> Option<u32> {
    r.whole(key, least, LONGEST).map(|f| f.value)
}

/// A share of 1, exactly as written.
fn share(r: &Reader<'_, '_>, key: &'static str) -> Option<Amount> {
    let expected = "a share from 0 to 1, such as 0.05";
    checked_money(r, key, |a| (Amount::ZERO..=Amount::ONE).contains(&a), expected)
}

/// What legs cost: money of the deal per order, or a share of the goods.
fn read_adders(r: &Reader<'_, '_>) -> BTreeMap<Leg, Adder> {
    let Some(table) = r.table("adders") else { return BTreeMap::new() };
    let read = |leg: Leg| {
        let value = table.raw(leg.as_str())?;
        let text = match value.get_ref() {
            DeValue::Integer(i) => i.as_str().replace('_', ""),
            DeValue::Float(f) => f.as_str().replace('_', ""),
            DeValue::String(text) => text.to_string(),
            other => describe(other),
        };
        let adder = Adder::parse(&text);
        if adder.is_none() {
            let message = format!(
                "`{}` is `{text}`, expected money of the deal such as \"80\", or a share of the goods such as \"3 %\"",
                leg.as_str()
            );
            r.log().error(value.span(), "D0103", message, None);
        }
        Some((leg, adder?))
    };
    let adders = Leg::ALL.into_iter().filter_map(read).collect();
    table.finish();
    adders
}

fn read_items(r: &Reader<'_, '_>, sources: &[Source]) -> Vec<Item> {
    let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
    let mut items = Vec::new();
    for table in r.tables("item") {
        let Some(item) = read_item(&table, sources) else { continue };
        if named_once(&table, "items", &item.id, &mut ids) {
            refuse_shared_names(&table, &item, &mut names);
            items.push(item);
        }
    }
    items
}

/// A name that two items have would match quotes to either.
fn refuse_shared_names(r: &Reader<'_, '_>, item: &Item, names: &mut BTreeSet<String>) {
    let own: BTreeSet<String> = item.all_names().map(as_named).collect();
    for name in own {
        if !names.insert(name.clone()) {
            let message = format!("two items are called `{name}` in quotes");
            let help = "give each names of its own in `id`, `name` and `match`".to_owned();
            r.log().error(r.span(), "D0105", message, Some(help));
        }
    }
}

fn read_item(r: &Reader<'_, '_>, sources: &[Source]) -> Option<Item> {
    let id = r.required("id", "\"A4\"", r.text("id"));
    let quantity = positive_money(r, "quantity");
    if quantity.is_none() {
        r.required("quantity", "\"1500\"", r.money("quantity"));
    }
    let per = r.required("per", "\"each\"", r.text("per"));
    let item = Item {
        id: id.map_or(String::new(), |f| f.value),
        name: r.text("name").map(|f| f.value),
        quantity: quantity.unwrap_or_default(),
        per: Per::new(&per.as_ref().map_or(String::new(), |f| f.value.clone())),
        units: read_units(r),
        names: r.texts("match").map_or_else(Vec::new, |f| f.value),
        should_cost: read_should_cost(r),
        last_price: positive_money(r, "last_price"),
        index: r.table("index").and_then(|t| read_index(&t)),
        market: r.table("market").and_then(|t| read_market(&t, sources)),
    };
    r.finish();
    (!item.id.is_empty() && quantity.is_some() && per.is_some()).then_some(item)
}

/// Units that only the buyer can relate: `{ ream = "500" }`, item units in one of each.
fn read_units(r: &Reader<'_, '_>) -> Vec<(Per, Amount)> {
    let Some(table) = r.table("units") else { return Vec::new() };
    let read = |(name, value): (Field<String>, &toml::Spanned<DeValue<'_>>)| {
        let problem = match money(value.get_ref()) {
            Ok(many) if many > Amount::ZERO => return Some((Per::new(&name.value), many)),
            Ok(many) => format!("`{many}`"),
            Err(found) => found,
        };
        let message = format!("`units.{}` is {problem}, expected more than 0", name.value);
        r.log().error(value.span(), "D0103", message, None);
        None
    };
    table.entries().into_iter().filter_map(read).collect()
}

fn read_should_cost(r: &Reader<'_, '_>) -> Option<ShouldCost> {
    let value = r.raw("should_cost")?;
    if !value.get_ref().is_table() {
        return positive_money(r, "should_cost").map(|total| ShouldCost(vec![("total", total)]));
    }
    let table = r.table("should_cost")?;
    let parts: Vec<_> = ["material", "labour", "machine", "overhead", "margin"]
        .into_iter()
        .filter_map(|part| Some((part, money_at_least_zero(&table, part)?)))
        .collect();
    table.finish();
    let cost = ShouldCost(parts);
    if cost.total() <= Amount::ZERO {
        let message = "`should_cost` adds up to 0, expected its parts per unit".to_owned();
        r.log().error(value.span(), "D0103", message, None);
        return None;
    }
    Some(cost)
}

/// `P = P0 * (fixed + sum of weight * now / then)`, where shares add up to 1 (G14).
fn read_index(r: &Reader<'_, '_>) -> Option<Index> {
    let fixed = share(r, "fixed").unwrap_or_default();
    let parts: Vec<IndexPart> = r.tables("parts").iter().filter_map(read_index_part).collect();
    r.finish();
    let sum = parts.iter().fold(fixed, |sum, part| sum + part.weight);
    if sum != Amount::ONE {
        let message = format!("`fixed` and the weights of `parts` add up to `{sum}`, expected 1");
        let help = "every share of the price moves with a series or is fixed".to_owned();
        r.log().error(r.span(), "D0103", message, Some(help));
        return None;
    }
    Some(Index { fixed, parts })
}

fn read_index_part(r: &Reader<'_, '_>) -> Option<IndexPart> {
    let series = r.required("series", "\"PPI pulp WPU0911\"", r.text("series"));
    let weight = share(r, "weight");
    if weight.is_none() {
        r.required("weight", "0.8", r.money("weight"));
    }
    let value = |key| {
        let value = positive_money(r, key);
        if value.is_none() {
            r.required(key, "\"131.0\"", r.money(key));
        }
        value
    };
    let (then, now) = (value("then"), value("now"));
    r.finish();
    Some(IndexPart { series: series?.value, weight: weight?, then: then?, now: now? })
}

fn read_market(r: &Reader<'_, '_>, sources: &[Source]) -> Option<ItemMarket> {
    let named = r.required("source", "\"rates\"", r.text("source"));
    let conditions = read_where(r.table("where"));
    r.finish();
    Some(ItemMarket { source: known_source(r, &named?, sources)?, conditions })
}

fn read_scenarios(r: &Reader<'_, '_>, ids: &Ids<'_>) -> Vec<Scenario> {
    let mut names = BTreeSet::from([identifier("as asked")]);
    let mut scenarios = Vec::new();
    for table in r.tables("scenario") {
        let Some(scenario) = read_scenario(&table, ids) else { continue };
        if named_once(&table, "scenarios", &scenario.name, &mut names) {
            scenarios.push(scenario);
        }
    }
    scenarios
}

fn read_scenario(r: &Reader<'_, '_>, ids: &Ids<'_>) -> Option<Scenario> {
    let name = r.required("name", "\"double\"", r.text("name"));
    let factor = positive_money(r, "factor");
    let quantity = r.table("quantity").map_or_else(BTreeMap::new, |t| read_quantities(&t, ids));
    r.finish();
    if factor.is_none() && quantity.is_empty() {
        let message = "a `[[scenario]]` needs `factor`, `quantity` or both".to_owned();
        r.log().error(r.span(), "D0102", message, Some("add `factor = 2`".to_owned()));
    }
    Some(Scenario { name: name?.value, factor: factor.unwrap_or(Amount::ONE), quantity })
}

fn read_quantities(r: &Reader<'_, '_>, ids: &Ids<'_>) -> BTreeMap<String, Amount> {
    let mut quantities = BTreeMap::new();
    for (name, value) in r.entries() {
        let Some(id) = known_item(r, &name, ids) else { continue };
        match money(value.get_ref()) {
            Ok(many) if many > Amount::ZERO => drop(quantities.insert(id, many)),
            other => {
                let found = other.map_or_else(|found| found, |many| format!("`{many}`"));
                let message = format!("`quantity.{id}` is {found}, expected more than 0");
                r.log().error(value.span(), "D0103", message, None);
            }
        }
    }
    quantities
}

fn known_item(r: &Reader<'_, '_>, named: &Field<String>, ids: &Ids<'_>) -> Option<String> {
    if let Some(id) = ids.get(&as_named(&named.value)) {
        return Some((*id).to_owned());
    }
    let message = format!("no `[[item]]` has the id `{}`", named.value);
    let help = match nearest(&named.value, ids.values().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name the `id` of an item of this deal".to_owned(),
    };
    r.log().error(named.span.clone(), "D0103", message, Some(help));
    None
}

fn read_quotes(r: &Reader<'_, '_>, ids: &Ids<'_>) -> Vec<Quote> {
    let mut names = BTreeSet::new();
    let mut quotes = Vec::new();
    for table in r.tables("quote") {
        let Some(quote) = read_quote(&table, ids) else { continue };
        if named_once(&table, "suppliers", &quote.supplier, &mut names) {
            quotes.push(quote);
        }
    }
    quotes
}

fn read_quote(r: &Reader<'_, '_>, ids: &Ids<'_>) -> Option<Quote> {
    let supplier = r.required("supplier", "\"Acme\"", r.text("supplier"));
    let terms = read_terms(r);
    let charges = r.tables("charge").iter().filter_map(read_charge).collect();
    let mut items = BTreeSet::new();
    let mut lines = Vec::new();
    for table in r.tables("line") {
        let Some(line) = read_line(&table, ids) else { continue };
        if named_once(&table, "lines of one supplier", &line.item, &mut items) {
            lines.push(line);
        }
    }
    r.finish();
    check_terms(r, &terms);
    Some(Quote { supplier: supplier?.value, terms, charges, lines })
}

fn read_terms(r: &Reader<'_, '_>) -> Terms {
    Terms {
        currency: read_currency(r, "currency").map(|f| f.value),
        date: r.date("date").map(|f| f.value),
        valid_until: r.date("valid_until").map(|f| f.value),
        incoterm: word(r, "incoterm", &Incoterm::ALL),
        payment_days: whole(r, "payment_days", 0),
        early_discount: share(r, "early_discount"),
        early_days: whole(r, "early_days", 0),
        lead_time_days: whole(r, "lead_time_days", 0),
        minimum_value: money_at_least_zero(r, "minimum_value"),
        discount: share(r, "discount"),
        tax: share(r, "tax"),
        tax_included: r.flag("tax_included").map(|f| f.value),
        tax_recoverable: r.flag("tax_recoverable").map(|f| f.value),
        freight: money_at_least_zero(r, "freight"),
        rejects: read_rejects(r),
        quality_cost: money_at_least_zero(r, "quality_cost"),
        switching_cost: money_at_least_zero(r, "switching_cost"),
        incumbent: r.flag("incumbent").map(|f| f.value),
        term_months: whole(r, "term_months", 1),
        exclusions: r.texts("exclusions").map_or_else(Vec::new, |f| f.value),
        reference: r.flag("reference").map(|f| f.value),
        adders: read_adders(r),
        source: r.text("source").map(|f| f.value),
        systems: r.text("systems").map(|f| f.value),
        agreed: read_agreed(r),
    }
}

fn read_agreed(r: &Reader<'_, '_>) -> Option<Agreed> {
    let table = r.table("agreed")?;
    let agreed = Agreed {
        amount: positive_money(&table, "amount"),
        because: table.text("because").map(|f| f.value),
        profit: table.text("profit").map(|f| f.value),
    };
    table.finish();
    Some(agreed)
}

/// Where nothing is good no quantity is enough.
fn read_rejects(r: &Reader<'_, '_>) -> Option<Amount> {
    checked_money(
        r,
        "rejects",
        |a| (Amount::ZERO..Amount::ONE).contains(&a),
        "a share from 0 to below 1",
    )
}

/// Terms that say something only together.
fn check_terms(r: &Reader<'_, '_>, terms: &Terms) {
    let lacks = |message: &str, help: &str| {
        r.log().error(r.span(), "D0102", message.to_owned(), Some(help.to_owned()));
    };
    if terms.early_discount.is_some() != terms.early_days.is_some() {
        let help = "state both: 0.02 within 10 days";
        lacks("a quote states only one of `early_discount` and `early_days`", help);
    }
    if terms.tax.is_some() && terms.tax_recoverable.is_none() {
        let help = "add `tax_recoverable = true` if the tax comes back to you, else `false`";
        lacks("`quote.tax_recoverable` is missing where `tax` is stated", help);
    }
    if terms.incumbent == Some(true) && terms.switching_cost.is_some_and(|c| c > Amount::ZERO) {
        let message = "an incumbent has a `switching_cost`, and staying costs none".to_owned();
        let help = "state it for those that we would change to".to_owned();
        r.log().error(r.span(), "D0104", message, Some(help));
    }
}

fn read_charge(r: &Reader<'_, '_>) -> Option<Charge> {
    let name = r.required("name", "\"set-up\"", r.text("name"));
    let amount = money_at_least_zero(r, "amount");
    if amount.is_none() {
        r.required("amount", "\"250\"", r.money("amount"));
    }
    let every_months = word(r, "every", &[("month", 1), ("quarter", 3), ("year", 12)]);
    r.finish();
    Some(Charge { name: name?.value, amount: amount?, every_months })
}

fn read_line(r: &Reader<'_, '_>, ids: &Ids<'_>) -> Option<Line> {
    let item = r.required("item", "\"A4\"", r.text("item"));
    let price = money_at_least_zero(r, "price");
    if price.is_none() {
        r.required("price", "\"15.00\"", r.money("price"));
    }
    let line = Line {
        item: item.and_then(|field| known_item(r, &field, ids)).unwrap_or_default(),
        price: price.unwrap_or_default(),
        per: r.text("per").map(|f| Per::new(&f.value)),
        pack: positive_money(r, "pack"),
        minimum: money_at_least_zero(r, "minimum"),
        multiple: positive_money(r, "multiple"),
        breaks: read_breaks(r),
        scheme: word(r, "scheme", &Scheme::WORDS).unwrap_or_default(),
        scope: word(r, "scope", &Scope::WORDS).unwrap_or_default(),
    };
    r.finish();
    (price.is_some() && !line.item.is_empty()).then_some(line)
}

fn read_breaks(r: &Reader<'_, '_>) -> Vec<Break> {
    let tables = r.tables("breaks");
    let mut breaks: Vec<Break> = Vec::new();
    for table in &tables {
        let Some(next) = read_break(table) else { continue };
        if breaks.last().is_some_and(|last| last.from >= next.from) {
            refuse_order(table.span(), r);
        }
        breaks.push(next);
    }
    breaks
}

fn refuse_order(span: Span, r: &Reader<'_, '_>) {
    let message = "`breaks` are not in rising order of `from`".to_owned();
    r.log().error(span, "D0104", message, Some("put the least quantity first".to_owned()));
}

fn read_break(r: &Reader<'_, '_>) -> Option<Break> {
    let from = positive_money(r, "from");
    if from.is_none() {
        r.required("from", "\"10\"", r.money("from"));
    }
    let price = money_at_least_zero(r, "price");
    if price.is_none() {
        r.required("price", "\"14.20\"", r.money("price"));
    }
    r.finish();
    Some(Break { from: from?, price: price? })
}
