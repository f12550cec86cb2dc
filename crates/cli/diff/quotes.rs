//! What changed between two comparisons: totals, places, awards and lines, from what both state.

use super::account::{fixed, signed};
use crate::failure::Failure;
use crate::gather::short;
use crate::stated::Stated;
use crate::verify::changed_keys;
use haggle_negotiation::quote::change::{
    Bidder, LineCost, Piece, Placed, Shift, Standing, awards, suppliers,
};
use haggle_quantity::Amount;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// What two comparisons differ in.
pub(super) struct Changed {
    /// What they were made from, in words, one each.
    causes: Vec<String>,
    /// By scenario that both have.
    scenarios: Vec<Scenario>,
    /// Words about what cannot be said.
    notes: Vec<String>,
}

struct Scenario {
    name: String,
    standings: [Standing; 2],
    suppliers: Vec<Shift>,
    awards: Vec<Shift>,
}

/// Compares two comparisons.
pub(super) fn changed(old: &Stated, new: &Stated) -> Result<Changed, Failure> {
    let causes = causes(old, new)?;
    let currencies = [old, new].map(|it| it.json["deal"]["currency"].as_str().unwrap_or_default());
    let mut changed = Changed { causes, scenarios: Vec::new(), notes: Vec::new() };
    if currencies[0] != currencies[1] {
        let [was, is] = currencies;
        changed.notes.push(format!("amounts were in {was} and are in {is}: nothing is subtracted"));
        return Ok(changed);
    }
    let [before, after] = [scenarios(old)?, scenarios(new)?];
    for (name, is) in &after {
        let Some((_, was)) = before.iter().find(|(it, _)| it == name) else {
            changed.notes.push(format!("scenario \"{name}\" is new"));
            continue;
        };
        changed.scenarios.push(Scenario {
            name: name.clone(),
            suppliers: suppliers(was, is),
            awards: awards(was, is),
            standings: [was.clone(), is.clone()],
        });
    }
    let gone = before.iter().filter(|(name, _)| !after.iter().any(|(it, _)| it == name));
    changed.notes.extend(gone.map(|(name, _)| format!("scenario \"{name}\" is gone")));
    Ok(changed)
}

/// What the comparisons were made from and differ in: program, sources, keys of the deal file,
/// settings.
fn causes(old: &Stated, new: &Stated) -> Result<Vec<String>, Failure> {
    let mut causes = Vec::new();
    if old.version() != new.version() {
        causes.push(format!("program: {} became {}", old.version(), new.version()));
    }
    let ids: BTreeSet<String> = old.source_ids().into_iter().chain(new.source_ids()).collect();
    causes.extend(ids.iter().filter_map(|id| source(old, new, id)));
    let as_of = [old, new].map(|it| it.json["as_of"].as_str().unwrap_or_default());
    if as_of[0] != as_of[1] {
        causes.push(format!("as of: {} became {}", as_of[0], as_of[1]));
    }
    let filled = [old, new].map(|it| it.compared.as_ref().is_some_and(|asked| asked.fill));
    if filled[0] != filled[1] {
        causes.push(format!("--fill: {} became {}", filled[0], filled[1]));
    }
    let named = [old, new].map(scenario_named);
    if named[0] != named[1] {
        causes.push(format!("--scenario: {} became {}", named[0], named[1]));
    }
    causes.extend(changed_keys(&old.reading, &new.reading)?);
    Ok(causes)
}

/// The scenario that the command line named, in words.
fn scenario_named(stated: &Stated) -> String {
    let named = stated.compared.as_ref().and_then(|asked| asked.scenario.as_ref());
    named.map_or_else(|| "nothing".to_owned(), |name| format!("`{name}`"))
}

fn source(old: &Stated, new: &Stated, id: &str) -> Option<String> {
    match (old.of_source(id, "sha256"), new.of_source(id, "sha256")) {
        (Some(was), Some(is)) if was != is => {
            Some(format!("source {id}: {} became {}", short(was), short(is)))
        }
        (Some(_), Some(_)) => (old.recipe_hash(id) != new.recipe_hash(id))
            .then(|| format!("source {id}: read by another recipe")),
        (Some(_), None) => Some(format!("source {id} is gone")),
        (None, _) => Some(format!("source {id} is new")),
    }
}

/// Reads members of a comparison; the first that is not what it has to be is kept.
struct Members<'a> {
    stated: &'a Stated,
    /// The rate of each supplier.
    rates: BTreeMap<&'a str, &'a Value>,
    /// The currency of each price, by supplier and item.
    currencies: BTreeMap<(&'a str, &'a str), &'a Value>,
}

impl<'a> Members<'a> {
    fn of(stated: &'a Stated) -> Self {
        let all = |key: &str| stated.json[key].as_array().into_iter().flatten();
        let rate = |it: &'a Value| Some((it["id"].as_str()?, &it["factors"]["rate"]["rate"]));
        let currency = |it: &'a Value| {
            Some(((it["supplier"].as_str()?, it["item"].as_str()?), &it["currency"]))
        };
        let rates = all("suppliers").filter_map(rate).collect();
        Self { stated, rates, currencies: all("quoted").filter_map(currency).collect() }
    }

    /// An amount, or nothing where the member is null.
    fn amount(&self, value: &Value, what: &str) -> Result<Option<Amount>, Failure> {
        let read = |text: &str| Amount::from_str_exact(text).ok();
        match value {
            Value::Null => Ok(None),
            Value::String(text) => read(text).map(Some).ok_or_else(|| self.wrong(what, value)),
            other => Err(self.wrong(what, other)),
        }
    }

    fn needed(&self, value: &Value, what: &str) -> Result<Amount, Failure> {
        self.amount(value, what)?.ok_or_else(|| self.wrong(what, value))
    }

    fn text(&self, value: &Value, what: &str) -> Result<String, Failure> {
        value.as_str().map(str::to_owned).ok_or_else(|| self.wrong(what, value))
    }

    fn wrong(&self, what: &str, found: &Value) -> Failure {
        let path = self.stated.path.display();
        Failure::new(format!("{path}: `{what}` is {found}, expected what `haggle compare` writes"))
            .help(format!("`haggle verify {path}` says what does not hold"))
    }
}

fn scenarios(stated: &Stated) -> Result<Vec<(String, Standing)>, Failure> {
    let members = Members::of(stated);
    let all = stated.json["scenarios"].as_array();
    let all = all.ok_or_else(|| members.wrong("scenarios", &stated.json["scenarios"]))?;
    let one = |scenario: &Value| {
        let name = members.text(&scenario["name"], "name")?;
        Ok((name, standing(&members, scenario)?))
    };
    all.iter().map(one).collect()
}

fn standing(members: &Members<'_>, scenario: &Value) -> Result<Standing, Failure> {
    let mut bidders = BTreeMap::new();
    for supplier in members.stated.json["suppliers"].as_array().into_iter().flatten() {
        let id = members.text(&supplier["id"], "suppliers/id")?;
        let total = &scenario["totals"][&id];
        bidders.insert(id, bidder(members, supplier, total)?);
    }
    let outside = ids(&scenario["outside"]);
    let totals = scenario["totals"].as_object().into_iter().flatten();
    let missing: BTreeMap<&str, BTreeSet<&str>> =
        totals.map(|(id, total)| (id.as_str(), ids(&total["missing"]))).collect();
    for line in scenario["lines"].as_array().into_iter().flatten() {
        let id = members.text(&line["supplier"], "lines/supplier")?;
        let item = members.text(&line["item"], "lines/item")?;
        let Some(bidder) = bidders.get_mut(&id).filter(|_| !line["cost"].is_null()) else {
            continue;
        };
        let mut cost = line_cost(members, scenario, line, (&id, &item))?;
        let missing = missing.get(id.as_str()).is_some_and(|all| all.contains(item.as_str()));
        cost.counted = !missing && !outside.contains(item.as_str());
        bidder.lines.insert(item, cost);
    }
    let placed = |key: &str| placed(members, &scenario[key]);
    Ok(Standing { bidders, single: placed("single")?, mixed: placed("mixed")? })
}

fn bidder(members: &Members<'_>, supplier: &Value, total: &Value) -> Result<Bidder, Failure> {
    let mut order: BTreeMap<String, Amount> = BTreeMap::new();
    for part in supplier["order"].as_array().into_iter().flatten() {
        let name = members.text(&part["name"], "order/name")?;
        *order.entry(name).or_default() += members.needed(&part["amount"], "order/amount")?;
    }
    Ok(Bidder {
        name: members.text(&supplier["name"], "suppliers/name")?,
        state: members.text(&supplier["state"], "suppliers/state")?,
        rank: total["rank"].as_u64(),
        total: members.amount(&total["total"], "totals/total")?,
        lines: BTreeMap::new(),
        order,
        plugs: members.amount(&total["plugs"], "totals/plugs")?.unwrap_or_default(),
    })
}

fn line_cost(
    members: &Members<'_>,
    scenario: &Value,
    line: &Value,
    (id, item): (&str, &str),
) -> Result<LineCost, Failure> {
    let rate = members.rates.get(id).copied().unwrap_or(&Value::Null);
    let currency = members.currencies.get(&(id, item)).copied().unwrap_or(&Value::Null);
    let currency = members.text(currency, "quoted/currency")?;
    let ours = members.stated.json["deal"]["currency"] == currency.as_str();
    let rate = match rate {
        Value::Null if ours => Amount::ONE,
        stated => members.needed(stated, "factors/rate")?,
    };
    Ok(LineCost {
        quantity: members.needed(&scenario["quantities"][item], "quantities")?,
        goods: members.needed(&line["cost"]["goods"], "cost/goods")?,
        currency,
        rate,
        line: members.needed(&line["cost"]["line"], "cost/line")?,
        counted: true,
        state: members.text(&line["state"], "lines/state")?,
    })
}

/// Items of a list of ids.
fn ids(list: &Value) -> BTreeSet<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn placed(members: &Members<'_>, award: &Value) -> Result<Option<Placed>, Failure> {
    if award.is_null() {
        return Ok(None);
    }
    let mut by_item = BTreeMap::new();
    for (item, by) in award["by_item"].as_object().into_iter().flatten() {
        by_item.insert(item.clone(), members.text(by, "by_item")?);
    }
    Ok(Some(Placed { total: members.needed(&award["total"], "total")?, by_item }))
}

impl Changed {
    /// For people.
    pub(super) fn text(&self, old: &Stated, new: &Stated) -> String {
        let mut text = format!("{} -> {}\n", old.path.display(), new.path.display());
        let compared = !self.scenarios.is_empty();
        let moved = self.scenarios.iter().any(|it| !it.is_still());
        if compared && !moved && self.causes.is_empty() && self.notes.is_empty() {
            return text + "\nnothing moved\n";
        }
        if !self.causes.is_empty() {
            text.push_str("\nwhat changed:\n");
        }
        for cause in &self.causes {
            let _ = writeln!(text, "  {cause}");
        }
        for scenario in self.scenarios.iter().filter(|it| !it.is_still()) {
            let _ = write!(text, "\nwhat moved, {}:\n{}", scenario.name, scenario.text());
        }
        match (compared, moved) {
            (true, true) => {}
            (true, false) => text.push_str("\nno total, place or award moved\n"),
            (false, _) => text.push_str("\nno total, place or award could be compared\n"),
        }
        for note in &self.notes {
            let _ = writeln!(text, "\nnote: {note}");
        }
        text
    }

    /// For programs; amounts as exact decimals.
    pub(super) fn json(&self) -> String {
        let scenarios: Vec<Value> = self.scenarios.iter().map(Scenario::json).collect();
        let value = json!({
            "schema": "haggle.comparison-diff/1",
            "changed": self.causes,
            "scenarios": scenarios,
            "notes": self.notes,
        });
        format!("{value:#}\n")
    }
}

/// Digits after the point that a text shows; JSON has all.
const DIGITS: u32 = 2;

/// Most parts of one total that a text shows, the largest first; JSON has all.
const SHOWN: usize = 12;

impl Scenario {
    fn is_still(&self) -> bool {
        self.suppliers.is_empty() && self.awards.is_empty()
    }

    fn name(&self, id: &str) -> String {
        let found = self.standings.iter().rev().find_map(|it| it.bidders.get(id));
        found.map_or_else(|| format!("{id} award"), |it| it.name.clone())
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for shift in self.awards.iter().chain(&self.suppliers) {
            let _ = writeln!(text, "  {}{}", head(&self.name(&shift.id), shift), self.place(shift));
            let mut parts: Vec<&(Piece, Amount)> = shift.parts.iter().collect();
            parts.sort_by_key(|(_, by)| std::cmp::Reverse(by.abs()));
            for (piece, by) in parts.iter().take(SHOWN) {
                let _ = writeln!(text, "    {:>14}  {}", signed(*by, DIGITS), self.piece(piece));
            }
            if let Some(rest) = parts.get(SHOWN..).filter(|it| !it.is_empty()) {
                let sum: Amount = rest.iter().map(|(_, by)| *by).sum();
                let _ =
                    writeln!(text, "    {:>14}  {} smaller parts", signed(sum, DIGITS), rest.len());
            }
        }
        text
    }

    /// How a supplier's state and place changed.
    fn place(&self, shift: &Shift) -> String {
        let [was, is] = self.standings.each_ref().map(|it| it.bidders.get(&shift.id));
        let place = |it: &Bidder| it.rank.map_or("none".to_owned(), |rank| rank.to_string());
        match (was, is) {
            (Some(was), Some(is)) => {
                let moved = |what: &str, was: String, is: String| match was == is {
                    true => String::new(),
                    false => format!(", {what} {was} -> {is}"),
                };
                moved("place", place(was), place(is))
                    + &moved("state", was.state.clone(), is.state.clone())
            }
            (Some(_), None) => ", quotes no more".to_owned(),
            (None, Some(is)) => format!(", is new, place {}", place(is)),
            (None, None) => String::new(),
        }
    }

    fn piece(&self, piece: &Piece) -> String {
        match piece {
            Piece::Came(item) => format!("{item} came"),
            Piece::Went(item) => format!("{item} went"),
            Piece::Line(item, causes) => {
                let all = causes.iter().filter(|(_, by)| !by.round_dp(DIGITS).is_zero());
                let all =
                    all.map(|(cause, by)| format!("{} {}", cause.as_str(), signed(*by, DIGITS)));
                format!("{item}: {}", all.collect::<Vec<_>>().join(", "))
            }
            Piece::Given(item, from, to) => {
                format!("{item} goes to {} instead of {}", self.name(to), self.name(from))
            }
            Piece::Order(Some(of), name) => format!("order of {}: {name}", self.name(of)),
            Piece::Order(None, name) => format!("order: {name}"),
            Piece::Plugs => "filled gaps".to_owned(),
            Piece::Unexplained => {
                "does not follow from the lines and orders that are stated: `haggle verify`"
                    .to_owned()
            }
        }
    }

    fn json(&self) -> Value {
        let shift = |it: &Shift| {
            let [old, new] = it.total.map(|it| it.map(|it| it.to_string()));
            let [was, is] = self.standings.each_ref().map(|all| all.bidders.get(&it.id));
            let state =
                |it: Option<&Bidder>| it.map(|it| json!({"state": it.state, "rank": it.rank}));
            let parts: Vec<Value> = it.parts.iter().map(piece_json).collect();
            let (was, is) = (state(was), state(is));
            json!({"id": it.id, "old": old, "new": new, "was": was, "is": is, "parts": parts})
        };
        json!({
            "name": self.name,
            "awards": self.awards.iter().map(shift).collect::<Vec<_>>(),
            "suppliers": self.suppliers.iter().map(shift).collect::<Vec<_>>(),
        })
    }
}

fn head(name: &str, shift: &Shift) -> String {
    let shown =
        |total: Option<Amount>| total.map_or("incomplete".to_owned(), |it| fixed(it, DIGITS));
    let [old, new] = shift.total;
    let by = old.zip(new).map(|(old, new)| new.round_dp(DIGITS) - old.round_dp(DIGITS));
    let by = by.map_or_else(String::new, |by| format!(" = {}", signed(by, DIGITS)));
    format!("{name}: {} -> {}{by}", shown(old), shown(new))
}

fn piece_json((piece, by): &(Piece, Amount)) -> Value {
    let mut value = match piece {
        Piece::Came(item) => json!({"of": "came", "item": item}),
        Piece::Went(item) => json!({"of": "went", "item": item}),
        Piece::Line(item, causes) => {
            let causes = causes
                .iter()
                .map(|(cause, by)| json!({"of": cause.as_str(), "by": by.to_string()}));
            json!({"of": "line", "item": item, "causes": causes.collect::<Vec<_>>()})
        }
        Piece::Given(item, from, to) => {
            json!({"of": "given", "item": item, "from": from, "to": to})
        }
        Piece::Order(of, name) => json!({"of": "order", "supplier": of, "name": name}),
        Piece::Plugs => json!({"of": "filled gaps"}),
        Piece::Unexplained => json!({"of": "unexplained"}),
    };
    value["by"] = json!(by.to_string());
    value
}
