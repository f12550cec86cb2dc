//! What the terms of one supplier do to its prices: tax, rate, legs of the way, payment, order costs.

use super::basis::{Common, Ground};
use super::decimal::{grown, kept, over, sum, times, written};
use super::gather::Bid;
use super::{
    Factors, Incoterm, Leg, LegCost, OrderCost, OrderKind, Payment, RateUsed, State, Supplier,
};
use crate::deal::{Adder, Charge, Terms};
use haggle_quantity::{Amount, Currency};

/// Days of a year of interest (G3).
const YEAR: f64 = 365.0;

/// What stands in the way of a quote.
#[derive(Default)]
struct Doubts {
    /// A conversion is not possible.
    stops: Vec<String>,
    /// Something has to be asked.
    asks: Vec<String>,
}

impl Doubts {
    /// What was computed, or a stop.
    fn take<T>(&mut self, result: Result<T, String>) -> Option<T> {
        result.map_err(|stop| self.stops.push(stop)).ok()
    }
}

const TOO_LARGE: &str = "its amounts are too large to be computed exactly";

fn fits<T>(value: Option<T>) -> Result<T, String> {
    value.ok_or_else(|| TOO_LARGE.to_owned())
}

/// A supplier with everything that is the same for all its lines.
pub(super) fn supplier(ground: &Ground<'_>, mut bid: Bid) -> Supplier {
    let mut doubts = Doubts { stops: std::mem::take(&mut bid.faults), asks: Vec::new() };
    let terms = &bid.terms;
    let factors = factors(ground, &bid, &mut doubts);
    let order = factors.as_ref().map_or(Ok(Vec::new()), |factors| {
        order_costs(ground, terms, &bid.charges, bid.currency, factors)
    });
    let order = doubts.take(order).unwrap_or_default();
    let minimum = terms.minimum_value.zip(factors.as_ref());
    let minimum = minimum.map(|(least, factors)| fits(factors.in_common_currency(least)));
    let minimum_value = doubts.take(minimum.transpose()).flatten();
    let order_total = factors.as_ref().and_then(|_| sum(order.iter().map(|cost| cost.amount)));
    let (state, mut reasons) = judged(ground, terms, doubts);
    reasons.append(&mut bid.notes);
    let factors = factors.filter(|_| state != State::Stopped);
    Supplier {
        name: bid.name,
        slug: bid.slug,
        terms: bid.terms,
        places: bid.places,
        charges: bid.charges,
        state,
        reasons,
        order_total: order_total.filter(|_| factors.is_some()),
        factors,
        order,
        minimum_value,
    }
}

/// The gravest state, and every reason.
fn judged(ground: &Ground<'_>, terms: &Terms, doubts: Doubts) -> (State, Vec<String>) {
    let Doubts { stops, asks } = doubts;
    let expired = terms.valid_until.filter(|day| *day < ground.deal.as_of);
    let counts_expired = ground.tender.include_expired;
    let state = match () {
        () if !stops.is_empty() => State::Stopped,
        () if terms.reference == Some(true) => State::Reference,
        () if expired.is_some() && !counts_expired => State::Expired,
        () if !asks.is_empty() => State::Unclear,
        () => State::Counts,
    };
    let late = expired.map(|day| match counts_expired {
        true => format!("it expired on {day}, and expired quotes count here: have it confirmed"),
        false => format!(
            "it expired on {day}: ask for a later day, or state `include_expired = true` in `[tender]`"
        ),
    });
    let reference = (state == State::Reference)
        .then(|| "it is an estimate of our own, shown for reference and never awarded".to_owned());
    let early = terms.date.filter(|day| *day > ground.deal.as_of).map(|day| {
        format!("it is dated {day}, after the as-of date, {}: check both", ground.deal.as_of)
    });
    let reasons = stops.into_iter().chain(reference).chain(late).chain(early).chain(asks).collect();
    (state, reasons)
}

fn factors(ground: &Ground<'_>, bid: &Bid, doubts: &mut Doubts) -> Option<Factors> {
    let (terms, currency) = (&bid.terms, bid.currency);
    let tax = tax(ground, terms, doubts);
    let rate = rate(ground, currency);
    let rate = doubts.take(rate);
    let legs = legs(ground, terms, doubts);
    let payment = payment(ground, terms, doubts);
    let pipeline = pipeline(ground, bid, doubts);
    let shares = legs.iter().flatten().filter_map(|cost| match cost.adder {
        Adder::Share(share) => Some(share),
        Adder::Money(_) => None,
    });
    let leg_share = fits(sum(shares).and_then(|shares| over(shares, tax_held(terms))));
    let leg_share = doubts.take(leg_share);
    Some(Factors {
        discount: Amount::ONE - terms.discount.unwrap_or_default(),
        tax: tax?,
        rate: rate?,
        payment: payment?,
        leg_share: leg_share?,
        legs: legs?,
        pipeline,
        good: Amount::ONE - terms.rejects.unwrap_or_default(),
    })
}

/// How many times goods without tax the goods are as they count: tax that does not come back is in
/// them, and no leg is a share of it.
fn tax_held(terms: &Terms) -> Amount {
    let held = terms.tax.filter(|_| terms.tax_recoverable == Some(false));
    Amount::ONE + held.filter(|_| terms.tax_included.is_some()).unwrap_or_default()
}

/// The factor on what is invoiced: recoverable tax out, other tax in.
fn tax(ground: &Ground<'_>, terms: &Terms, doubts: &mut Doubts) -> Option<Amount> {
    let all = &ground.tax;
    match (terms.tax_included, terms.tax, terms.tax_recoverable) {
        (Some(true), Some(rate), Some(true)) => {
            doubts.take(fits(Amount::ONE.checked_div(Amount::ONE + rate)))
        }
        (Some(false), Some(rate), Some(false)) => Some(Amount::ONE + rate),
        (Some(_), Some(_), Some(_)) => Some(Amount::ONE),
        (_, Some(_), None) => doubts.take(Err(
            "it states a tax rate, and nothing says whether we recover the tax: state `tax_recoverable` in `[[quote]]`".to_owned(),
        )),
        (None, Some(_), Some(_)) => {
            doubts.asks.push("it states a tax rate and not whether its prices hold it: ask, and state `tax_included` in `[[quote]]`".to_owned());
            Some(Amount::ONE)
        }
        (None, None, _) => {
            if all.said && terms.reference != Some(true) {
                doubts.asks.push("it says nothing of tax, and others do: ask whether its prices hold tax, and state `tax` in `[[quote]]`".to_owned());
            }
            Some(Amount::ONE)
        }
        (Some(held), None, recovered) => {
            // An estimate of ours has nobody to be brought to where no bid speaks of tax.
            let alone = terms.reference == Some(true) && !all.said;
            let sound = all.alike || alone || recovered == Some(!held) || (!held && all.net);
            let missing = "it states no tax rate, and its prices must be brought to the tax of the others: state `tax` and `tax_recoverable` in `[[quote]]`";
            doubts.take(if sound { Ok(Amount::ONE) } else { Err(missing.to_owned()) })
        }
    }
}

/// The dated rate to the currency of the deal, exact as stated or its inverse.
fn rate(ground: &Ground<'_>, from: Currency) -> Result<Option<RateUsed>, String> {
    let to = ground.deal.currency;
    if from == to {
        return Ok(None);
    }
    let between = |a, b| ground.deal.rates.iter().find(|rate| rate.from == a && rate.to == b);
    let found = between(from, to).map(|rate| (rate, false));
    let found = found.or_else(|| between(to, from).map(|rate| (rate, true)));
    let (stated, inverse) = found.ok_or_else(|| {
        format!("nothing converts {from} into {to}: add a `[[rate]]` from `{from}` to `{to}` with its date")
    })?;
    let exact = fits(written(stated.rate))?;
    let rate = if inverse { fits(Amount::ONE.checked_div(exact))? } else { exact };
    let (date, source) = (stated.date, stated.source.clone());
    Ok(Some(RateUsed { from, to, rate, inverse, stated: exact, date, source }))
}

/// The legs that count and that the price leaves to us (G5).
fn legs(ground: &Ground<'_>, terms: &Terms, doubts: &mut Doubts) -> Option<Vec<LegCost>> {
    let reference = match &ground.incoterm {
        Common::Nobody => {
            if !terms.adders.is_empty() {
                doubts.asks.push("its `adders` are stated and nobody's Incoterm: state `incoterm` in `[[quote]]` and `[tender]`".to_owned());
            }
            return Some(Vec::new());
        }
        Common::Differ(rules) => {
            let named: Vec<&str> = rules.iter().map(|rule| rule.as_str()).collect();
            let stop = format!(
                "quotes are under different Incoterms ({}): state `incoterm` in `[tender]`",
                named.join(", ")
            );
            return doubts.take(Err(stop));
        }
        Common::Is(rule) => *rule,
    };
    let Some(own) = terms.incoterm else {
        if terms.reference != Some(true) {
            doubts.asks.push("it names no Incoterm: ask which costs its price holds, and state `incoterm` in `[[quote]]`".to_owned());
        }
        return Some(Vec::new());
    };
    doubts.take(legs_between(ground, terms, own, reference))
}

fn legs_between(
    ground: &Ground<'_>,
    terms: &Terms,
    own: Incoterm,
    reference: Incoterm,
) -> Result<Vec<LegCost>, String> {
    let beyond = reference.lacking().iter().filter(|leg| !own.lacking().contains(leg));
    let beyond: Vec<Leg> = beyond.copied().collect();
    if !beyond.is_empty() {
        return Err(format!(
            "{own} holds {}, which {reference} does not count: state `incoterm = \"{}\"` in `[tender]`",
            listed(&beyond),
            ground.fullest
        ));
    }
    let wanted = own.lacking().iter().filter(|leg| !reference.lacking().contains(leg));
    let (mut legs, mut missing) = (Vec::new(), Vec::new());
    for leg in wanted.copied() {
        let own = terms.adders.get(&leg).map(|adder| (*adder, true));
        let cost = own.or_else(|| ground.tender.adders.get(&leg).map(|adder| (*adder, false)));
        match cost {
            // Freight that the supplier charges is its carriage.
            _ if own.is_none() && leg == Leg::MainCarriage && terms.freight.is_some() => {}
            Some((adder, own)) => legs.push(LegCost { leg, adder, own }),
            None => missing.push(leg),
        }
    }
    if missing.is_empty() {
        return Ok(legs);
    }
    Err(format!(
        "{own} leaves {} to us, and nobody says what it costs: state it in `adders` of `[tender]` or `[[quote]]` (\"0\" if nothing)",
        listed(&missing)
    ))
}

fn listed(legs: &[Leg]) -> String {
    legs.iter().map(|leg| format!("`{}`", leg.as_str())).collect::<Vec<_>>().join(", ")
}

/// The cheaper of net term and early payment, brought to the reference term (G3).
fn payment(ground: &Ground<'_>, terms: &Terms, doubts: &mut Doubts) -> Option<Payment> {
    let unmoved = Payment { days: terms.payment_days, early: false, factor: Amount::ONE };
    doubts.asks.extend(half_early(ground, terms));
    let reference = match &ground.payment_days {
        Common::Nobody => return Some(unmoved),
        Common::Differ(days) => {
            let named: Vec<String> = days.iter().map(u32::to_string).collect();
            let stop = format!(
                "payment terms differ ({} days): state `payment_days` in `[tender]`",
                named.join(", ")
            );
            return doubts.take(Err(stop));
        }
        Common::Is(days) => *days,
    };
    let Some(net) = terms.payment_days else {
        if terms.reference != Some(true) {
            doubts.asks.push("it names no payment term: ask when payment is due, and state `payment_days` in `[[quote]]`".to_owned());
        }
        return Some(unmoved);
    };
    let early = terms.early_discount.zip(terms.early_days);
    if net == reference && early.is_none() {
        return Some(unmoved);
    }
    let Some(rate) = ground.deal.us.discount_rate else {
        return doubts.take(Err(
            "its payment term differs from the reference: state `discount_rate` in `[us]`, what money costs us a year".to_owned(),
        ));
    };
    doubts.take(fits(cheaper(rate, reference, net, early)))
}

/// What a discount for early payment lacks to be taken or left.
fn half_early(ground: &Ground<'_>, terms: &Terms) -> Option<String> {
    let lacks = match (terms.early_discount, terms.early_days) {
        (None, None) => return None,
        (Some(_), None) => "`early_days`, within how many days we would have to pay",
        (None, Some(_)) => "`early_discount`, how much is off",
        _ if matches!(ground.payment_days, Common::Nobody) => {
            "`payment_days`, when payment is due without it"
        }
        _ => return None,
    };
    Some(format!(
        "it offers a discount for early payment and not {lacks}: ask, and state it in `[[quote]]`"
    ))
}

/// The cheaper of net term and early payment at a reference term.
pub(super) fn cheaper(
    rate: f64,
    reference: u32,
    net: u32,
    early: Option<(Amount, u32)>,
) -> Option<Payment> {
    let at = |days: u32| grown(rate, (f64::from(reference) - f64::from(days)) / YEAR);
    let late = Payment { days: Some(net), early: false, factor: at(net)? };
    let Some((discount, days)) = early else { return Some(late) };
    let factor = times(at(days)?, Amount::ONE - discount)?;
    let soon = Payment { days: Some(days), early: true, factor };
    Some(if soon.factor < late.factor { soon } else { late })
}

/// Share of goods for their time on the way (G4).
fn pipeline(ground: &Ground<'_>, bid: &Bid, doubts: &mut Doubts) -> Option<Amount> {
    let holding = ground.tender.holding_rate?;
    let terms = &bid.terms;
    let silent = terms.lead_time_days.is_none() && !bid.line_leads;
    if silent && ground.leads && terms.reference != Some(true) {
        doubts.asks.push("it names no lead time, and goods on their way cost: ask, and state `lead_time_days` in `[[quote]]`".to_owned());
    }
    pipeline_share(holding, terms.lead_time_days?)
}

/// `days / 365 * holding rate`.
pub(super) fn pipeline_share(holding: Amount, days: u32) -> Option<Amount> {
    Amount::from(days).checked_mul(holding)?.checked_div(Amount::from(365_u32))
}

impl Factors {
    /// The part of what legs as a share cost that one leg has; 0 where it is no share.
    pub(super) fn share_of(&self, leg: Leg) -> Option<Amount> {
        let shares = |of: Option<Leg>| {
            let legs = self.legs.iter().filter(move |it| of.is_none_or(|of| it.leg == of));
            sum(legs.filter_map(|it| match it.adder {
                Adder::Share(share) => Some(share),
                Adder::Money(_) => None,
            }))
        };
        let (own, all) = (shares(Some(leg))?, shares(None)?);
        if all.is_zero() { Some(Amount::ZERO) } else { over(own, all) }
    }

    /// An amount of the quote in the currency of the comparison; tax as quoted.
    pub(super) fn in_common_currency(&self, amount: Amount) -> Option<Amount> {
        match &self.rate {
            Some(rate) => times(amount, rate.rate),
            None => Some(kept(amount)),
        }
    }

    /// The same with tax out or in.
    pub(super) fn common(&self, amount: Amount) -> Option<Amount> {
        let rate = self.rate.as_ref().map_or(Amount::ONE, |rate| rate.rate);
        times(amount.checked_mul(self.tax)?, rate)
    }

    /// What an invoiced amount costs at the reference payment term.
    pub(super) fn paid(&self, amount: Amount) -> Option<Amount> {
        times(self.common(amount)?, self.payment.factor)
    }
}

/// What an order costs whatever it holds.
fn order_costs(
    ground: &Ground<'_>,
    terms: &Terms,
    charges: &[Charge],
    currency: Currency,
    factors: &Factors,
) -> Result<Vec<OrderCost>, String> {
    let mut costs = Vec::new();
    let mut add = |kind, name: &str, stated, currency, instalments, amount: Option<Amount>| {
        let (name, amount) = (name.to_owned(), fits(amount)?);
        costs.push(OrderCost { kind, name, stated, currency, instalments, amount });
        Ok::<(), String>(())
    };
    if let Some(freight) = terms.freight {
        add(OrderKind::Freight, "freight", freight, currency, 1, factors.paid(freight))?;
    }
    for charge in charges {
        let Some(months) = charge.every_months else {
            let amount = factors.paid(charge.amount);
            add(OrderKind::Charge, &charge.name, charge.amount, currency, 1, amount)?;
            continue;
        };
        let (times_paid, worth) = annuity(ground, months)?;
        let amount = factors.common(charge.amount).and_then(|amount| times(amount, worth));
        add(OrderKind::Charge, &charge.name, charge.amount, currency, times_paid, amount)?;
    }
    let ours = ground.deal.currency;
    for cost in &factors.legs {
        if let Adder::Money(amount) = cost.adder {
            let kind = OrderKind::Leg(cost.leg);
            add(kind, cost.leg.as_str(), amount, ours, 1, Some(amount))?;
        }
    }
    let own = [
        (OrderKind::Quality, "quality", terms.quality_cost),
        (OrderKind::Switching, "switching", terms.switching_cost),
    ];
    for (kind, name, amount) in own {
        if let Some(amount) = amount {
            add(kind, name, amount, ours, 1, Some(amount))?;
        }
    }
    Ok(costs)
}

/// How many instalments fall into the horizon, and what instalments of 1 at the end of each period
/// are worth on the day of the reference payment; a last part of a period counts by its share.
fn annuity(ground: &Ground<'_>, months: u32) -> Result<(u32, Amount), String> {
    let horizon = ground.tender.horizon_months.ok_or(
        "it has recurring charges: state `horizon_months` in `[tender]`, the months that count",
    )?;
    let rate = ground.deal.us.discount_rate.ok_or(
        "it has recurring charges: state `discount_rate` in `[us]`, what money costs us a year",
    )?;
    let reference = f64::from(match ground.payment_days {
        Common::Is(days) => days,
        Common::Nobody | Common::Differ(_) => 0,
    });
    let worth = |month: u32| grown(rate, reference / YEAR - f64::from(month) / 12.0);
    let whole = (1..=horizon / months).map(|period| worth(period * months));
    let rest = Amount::from(horizon % months).checked_div(Amount::from(months));
    let part = rest.and_then(|rest| times(worth(horizon)?, rest));
    let all: Option<Vec<Amount>> = whole.chain([part]).collect();
    let worth = fits(all.and_then(sum))?;
    Ok((horizon.div_ceil(months), worth))
}
