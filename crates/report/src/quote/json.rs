//! The comparison as `haggle.comparison/1`: amounts as decimal strings, exact; numbers of suppliers
//! and items are replaced by their ids.

use super::Quotes;
use super::vendor::element_json;
use crate::json::{Record, figures, finding, list, object, pretty, private, source};
use haggle_negotiation::brief::SourceHead;
use haggle_negotiation::deal::{Adder, Break, Charge, Scheme, Scope, Terms};
use haggle_negotiation::quote::{
    Award, Basis, BreakEven, Cell, Cost, Factors, ItemRow, Moved, OrderCost, Outcome, PassedOver,
    Quoted, RateUsed, State, Supplier, Total,
};
use haggle_quantity::Amount;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Most cells of a comparison whose figures are written.
const MOST_CELLS: usize = 2000;

/// What a comparison was made from.
#[derive(Debug, Clone)]
pub struct QuotesRecord<'a> {
    /// The deal file, the command line's settings, the recipes.
    pub record: Record<'a>,
    /// The sources by id.
    pub sources: &'a BTreeMap<String, SourceHead>,
    /// Whether the command line asked for gaps to be filled.
    pub fill: bool,
    /// The scenario that it named.
    pub scenario: Option<&'a str>,
}

impl Quotes<'_> {
    /// Every scenario with every cell as JSON. The same comparison gives the same bytes.
    pub fn json(&self) -> String {
        pretty(&self.value())
    }

    /// The same with what it was made from: its sources by id, and under the one key `private` the
    /// deal file and what the command line asked for, so that `verify` and `diff` can take it.
    pub fn recorded(&self, record: &QuotesRecord<'_>) -> String {
        let mut value = self.value();
        let mut made = private(&record.record);
        made["fill"] = json!(record.fill);
        made["scenario"] = json!(record.scenario);
        value["sources"] = object(record.sources.iter().map(|(id, head)| (id, source(head))));
        value["private"] = made;
        pretty(&value)
    }

    fn value(&self) -> Value {
        let it = self.comparison;
        json!({
            "schema": "haggle.comparison/1",
            "haggle": env!("CARGO_PKG_VERSION"),
            "audience": "private",
            "as_of": it.as_of.to_string(),
            "deal": {"title": it.title, "currency": it.currency.to_string(), "per": it.per.as_str()},
            "basis": basis(&it.basis),
            "items": list(&it.items, item),
            "suppliers": list(&it.suppliers, supplier),
            "quoted": self.quoted(),
            "scenarios": list(&it.outcomes, |outcome| self.scenario(outcome)),
            "break_evens": list(&it.break_evens(self.scenario), |point| self.break_even(point)),
            "findings": list(&it.findings, finding),
            "passed_over": list(&it.passed_over, passed_over),
            "memo": object(self.negotiations.iter().map(|it| (&it.vendor, list(&it.memo, element_json)))),
            "figures": self.figures(),
        })
    }

    /// Every figure with its formula and inputs. Of a large comparison there are too many for one
    /// file: then there are none, and `explain` makes each when asked.
    fn figures(&self) -> Value {
        let it = self.comparison;
        match it.items.len() * it.suppliers.len() > MOST_CELLS {
            true => Value::Null,
            false => figures(&it.figures()),
        }
    }

    fn break_even(&self, it: &BreakEven) -> Value {
        json!({
            "moved": match it.moved {
                Moved::Rate(currency) => format!("rate {currency}"),
                Moved::Freight => "freight".to_owned(),
                Moved::Volume => "volume".to_owned(),
            },
            "from": self.supplier(it.from).slug,
            "to": it.to.map(|to| self.supplier(to).slug.as_str()),
            "factor": exact(it.factor),
            "rate": it.rate.map(exact),
            "exact": it.exact,
        })
    }

    /// Prices as quoted; items without one have none.
    fn quoted(&self) -> Value {
        let it = self.comparison;
        let all = it.items.iter().enumerate().flat_map(|(i, item)| {
            it.suppliers.iter().enumerate().filter_map(move |(s, supplier)| {
                let mut value = quoted(it.quoted(i, s)?);
                value["item"] = json!(item.id);
                value["supplier"] = json!(supplier.slug);
                Some(value)
            })
        });
        Value::Array(all.collect())
    }

    fn scenario(&self, it: &Outcome) -> Value {
        let id = |s: usize| json!(self.supplier(s).slug);
        let ranked = |r: &haggle_negotiation::quote::Ranking| json!({"supplier": id(r.supplier), "total": exact(r.total), "over_best": exact(r.over_best)});
        json!({
            "name": it.name,
            "quantities": object(self.ids().zip(it.quantities.iter().map(|q| json!(q.map(exact))))),
            "outside": self.outside(it),
            "best": object(self.ids().zip(it.best.iter().map(|best| json!(best.map(id))))),
            "lines": self.lines(it),
            "totals": object(self.slugs().zip(it.totals.iter().map(|t| self.total(t)))),
            "ranking": list(&it.ranking, ranked),
            "single": it.single.as_ref().map(|award| self.award(award)),
            "mixed": it.mixed.as_ref().map(|award| self.award(award)),
            "no_award": it.no_award.map(|why| why.to_string()),
        })
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        self.comparison.items.iter().map(|item| item.id.as_str())
    }

    fn slugs(&self) -> impl Iterator<Item = &str> {
        self.comparison.suppliers.iter().map(|supplier| supplier.slug.as_str())
    }

    /// Items outside every total.
    fn outside(&self, it: &Outcome) -> Value {
        self.ids().zip(&it.in_scope).filter(|(_, within)| !**within).map(|(id, _)| id).collect()
    }

    fn lines(&self, it: &Outcome) -> Value {
        let cells = self.ids().zip(it.cells.rows()).flat_map(|(item, cells)| {
            self.slugs().zip(cells).map(move |(supplier, it)| cell(item, supplier, it))
        });
        Value::Array(cells.collect())
    }

    fn total(&self, it: &Total) -> Value {
        let missing: Vec<&str> =
            it.missing.iter().map(|i| self.comparison.items[*i].id.as_str()).collect();
        json!({
            "lines": exact(it.lines),
            "plugs": exact(it.plugs),
            "order": it.order.map(exact),
            "total": it.total.map(exact),
            "goods": exact(it.goods),
            "quoted": it.quoted,
            "missing": missing,
            "plug_share": it.plug_share.map(exact),
            "low": it.low.map(exact),
            "rank": it.rank,
            "unranked": it.unranked,
        })
    }

    fn award(&self, it: &Award) -> Value {
        let slug = |s: usize| self.supplier(s).slug.as_str();
        let given = self.ids().zip(&it.by_item);
        let given = given.filter_map(|(id, by)| Some((id, json!(slug((*by)?)))));
        json!({
            "total": exact(it.total),
            "bound": exact(it.bound),
            "suppliers": it.suppliers.iter().map(|s| slug(*s)).collect::<Vec<_>>(),
            "by_item": object(given),
        })
    }
}

/// An amount with every digit and no zeros at its end.
pub(super) fn exact(value: Amount) -> String {
    value.normalize().to_string()
}

fn basis(it: &Basis) -> Value {
    json!({
        "incoterm": it.incoterm.map(|rule| rule.as_str()),
        "place": it.place,
        "payment_days": it.payment_days,
        "discount_rate": it.discount_rate.map(crate::number::decimal),
        "horizon_months": it.horizon_months,
        "holding_rate": it.holding_rate.map(exact),
        "max_suppliers": it.max_suppliers,
        "fill_gaps": it.fill_gaps,
        "include_expired": it.include_expired,
        "plug_max": crate::number::decimal(it.plug_max),
        "alt_low_bid": crate::number::decimal(it.low_bid),
    })
}

fn item(it: &ItemRow) -> Value {
    json!({
        "id": it.id,
        "name": it.name,
        "per": it.per.as_str(),
        "quantity": exact(it.quantity),
        "should_cost": it.should_cost.map(exact),
        "last_price": it.last_price.map(exact),
        "indexed_price": it.indexed_price.map(exact),
    })
}

fn supplier(it: &Supplier) -> Value {
    json!({
        "id": it.slug,
        "name": it.name,
        "state": state(it.state),
        "reasons": it.reasons,
        "terms": terms(&it.terms),
        "places": object(it.places.iter().map(|(key, place)| (*key, json!(&**place)))),
        "charges": list(&it.charges, charge),
        "factors": it.factors.as_ref().map(factors),
        "order": list(&it.order, order_cost),
        "order_total": it.order_total.map(exact),
        "minimum_value": it.minimum_value.map(exact),
    })
}

/// The word of a state; `counts` for what takes part.
pub(super) fn state(it: State) -> &'static str {
    if it == State::Counts { "counts" } else { it.as_str() }
}

/// What a quote states, by the keys of `[[quote]]`; what it does not is absent.
fn terms(it: &Terms) -> Value {
    let amounts = [
        ("early_discount", it.early_discount),
        ("minimum_value", it.minimum_value),
        ("discount", it.discount),
        ("tax", it.tax),
        ("freight", it.freight),
        ("rejects", it.rejects),
        ("quality_cost", it.quality_cost),
        ("switching_cost", it.switching_cost),
    ];
    let amounts = amounts.map(|(key, value)| (key, json!(value.map(exact))));
    let days = [
        ("payment_days", it.payment_days),
        ("early_days", it.early_days),
        ("lead_time_days", it.lead_time_days),
        ("term_months", it.term_months),
    ];
    let days = days.map(|(key, value)| (key, json!(value)));
    let said = [
        ("tax_included", it.tax_included),
        ("tax_recoverable", it.tax_recoverable),
        ("incumbent", it.incumbent),
        ("reference", it.reference),
    ];
    let said = said.map(|(key, value)| (key, json!(value)));
    let words = [
        ("currency", it.currency.map(|c| c.to_string())),
        ("date", it.date.map(|d| d.to_string())),
        ("valid_until", it.valid_until.map(|d| d.to_string())),
        ("incoterm", it.incoterm.map(|rule| rule.to_string())),
        ("source", it.source.clone()),
    ];
    let words = words.map(|(key, value)| (key, json!(value)));
    let adders = object(it.adders.iter().map(|(leg, cost)| (leg.as_str(), adder(*cost))));
    let lists = [("exclusions", json!(it.exclusions)), ("adders", adders)];
    let all = words.into_iter().chain(days).chain(amounts).chain(said).chain(lists);
    object(all.filter(|(_, value)| !is_nothing(value)))
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
        other => other.is_null(),
    }
}

fn charge(it: &Charge) -> Value {
    json!({"name": it.name, "amount": exact(it.amount), "every_months": it.every_months})
}

fn adder(it: Adder) -> Value {
    match it {
        Adder::Money(amount) => json!({"money": exact(amount)}),
        Adder::Share(share) => json!({"share": exact(share)}),
    }
}

fn factors(it: &Factors) -> Value {
    let leg = |leg: &haggle_negotiation::quote::LegCost| json!({"leg": leg.leg.as_str(), "cost": adder(leg.adder), "stated_by_quote": leg.own});
    json!({
        "discount": exact(it.discount),
        "tax": exact(it.tax),
        "rate": it.rate.as_ref().map(rate),
        "payment": {
            "days": it.payment.days,
            "early": it.payment.early,
            "factor": exact(it.payment.factor),
        },
        "legs": list(&it.legs, leg),
        "leg_share": exact(it.leg_share),
        "pipeline": it.pipeline.map(exact),
        "good": exact(it.good),
    })
}

fn rate(it: &RateUsed) -> Value {
    json!({
        "from": it.from.to_string(),
        "to": it.to.to_string(),
        "rate": exact(it.rate),
        "inverse": it.inverse,
        "stated": exact(it.stated),
        "date": it.date.to_string(),
        "source": it.source,
    })
}

fn order_cost(it: &OrderCost) -> Value {
    json!({
        "name": it.name,
        "stated": exact(it.stated),
        "currency": it.currency.to_string(),
        "instalments": it.instalments,
        "amount": exact(it.amount),
    })
}

fn quoted(it: &Quoted) -> Value {
    let step = |it: &Break| json!({"from": exact(it.from), "price": exact(it.price)});
    json!({
        "item": null,
        "supplier": null,
        "price": exact(it.price),
        "currency": it.currency.to_string(),
        "per": it.per.as_str(),
        "pack": it.pack.map(exact),
        "minimum": it.minimum.map(exact),
        "multiple": it.multiple.map(exact),
        "maximum": it.maximum.map(exact),
        "breaks": list(&it.breaks, step),
        "ranges": list(&it.ranges, |it| json!({"from": exact(it.from), "to": it.to.map(exact)})),
        "scheme": match it.scheme {
            Scheme::AllUnits => "all-units",
            Scheme::Incremental => "incremental",
        },
        "scope": match it.scope {
            Scope::Included => "included",
            Scope::Excluded => "excluded",
            Scope::Unclear => "unclear",
        },
        "discount": it.discount.map(exact),
        "valid_until": it.valid_until.map(|date| date.to_string()),
        "lead_time_days": it.lead_time_days,
        "places": list(&it.places, |place| json!(place.to_string())),
        "fault": it.fault.as_deref(),
    })
}

fn cell(item: &str, supplier: &str, it: &Cell) -> Value {
    json!({
        "item": item,
        "supplier": supplier,
        "state": state(it.state),
        "reason": it.reason.as_deref(),
        "cost": it.cost.as_ref().map(cost),
        "plug": it.plug.map(exact),
        "low": it.low.map(exact),
    })
}

fn cost(it: &Cost) -> Value {
    json!({
        "needed": exact(it.needed),
        "least": exact(it.least),
        "ordered": exact(it.ordered),
        "tier": it.tier,
        "price": exact(it.price),
        "goods": exact(it.goods),
        "common": exact(it.common),
        "paid": exact(it.paid),
        "legs": exact(it.legs),
        "pipeline": exact(it.pipeline),
        "holding": exact(it.holding),
        "line": exact(it.line),
        "unit": exact(it.unit),
    })
}

fn passed_over(it: &PassedOver) -> Value {
    json!({
        "place": &*it.place,
        "supplier": &*it.supplier,
        "item": it.item,
        "reason": it.reason,
    })
}
