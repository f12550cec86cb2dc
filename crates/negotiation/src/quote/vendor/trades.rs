//! What could be traded with a vendor besides price, and what each is worth to us.

use super::ground::Ground;
use super::references::{Reference, ReferenceKind, last_contract};
use crate::deal::{Adder, Deal, Scheme};
use crate::quote::decimal::{grown, over, sum, times};
use crate::quote::terms::cheaper;
use crate::quote::{OrderKind, percent};
use haggle_quantity::Amount;

/// What is traded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TradeKind {
    /// When we pay.
    Payment,
    /// How much we take.
    Volume,
    /// How long it holds.
    Term,
    /// What the price holds.
    Scope,
}

impl TradeKind {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Volume => "volume",
            Self::Term => "term",
            Self::Scope => "scope",
        }
    }
}

/// One thing to trade.
#[derive(Debug, Clone, PartialEq)]
pub struct Trade {
    /// What.
    pub kind: TradeKind,
    /// In words.
    pub text: String,
    /// What it is worth to us over these lines, like for like; `None` where something is missing.
    pub worth: Option<Amount>,
    /// What is missing to say it.
    pub missing: Option<String>,
}

/// Days by which a payment term is moved in a trade.
const LATER: u32 = 30;
/// Early payment as it is usually offered: a share, within days.
const EARLY: (i64, u32) = (1, 10);

pub(super) fn all(deal: &Deal, ground: &Ground<'_>, references: &[Reference]) -> Vec<Trade> {
    let mut trades = payment(ground);
    trades.extend(volume(ground));
    trades.extend(term(ground, references));
    trades.extend(renewal(deal, ground));
    trades.extend(scope(ground));
    trades.retain(|it| it.missing.is_some() || it.worth.is_some_and(|worth| worth > Amount::ZERO));
    if !trades.iter().any(|it| it.kind == TradeKind::Volume) {
        let text = "a lower price for more than is asked".to_owned();
        let missing = "a price of theirs for a larger quantity: ask for `breaks`, and state a larger `[[scenario]]`";
        trades.push(without(TradeKind::Volume, text, missing));
    }
    trades.sort_by_key(|it| (it.kind, std::cmp::Reverse(it.worth)));
    trades
}

fn trade(kind: TradeKind, text: String, worth: Option<Amount>) -> Trade {
    let missing = worth.is_none().then(|| "its amounts do not fit".to_owned());
    Trade { kind, text, worth, missing }
}

fn without(kind: TradeKind, text: String, missing: &str) -> Trade {
    Trade { kind, text, worth: None, missing: Some(missing.to_owned()) }
}

/// What the vendor invoices once for these lines, at the reference payment term.
fn invoiced(ground: &Ground<'_>) -> Option<Amount> {
    let goods = sum(ground.costs().map(|(_, cost)| cost.paid))?;
    let charges =
        ground.own().order.iter().filter(|it| it.instalments == 1 && it.kind.is_invoiced());
    match ground.order.is_zero() {
        true => Some(goods),
        false => goods.checked_add(sum(charges.map(|it| it.amount))?),
    }
}

fn payment(ground: &Ground<'_>) -> Vec<Trade> {
    let later = format!("{LATER} days more to pay");
    let Some(rate) = ground.comparison.basis.discount_rate else {
        return vec![without(
            TradeKind::Payment,
            later,
            "`discount_rate` in `[us]`, what money costs us a year",
        )];
    };
    let days = |days: f64| grown(rate, days / 365.0);
    let worth = |factor: Option<Amount>| times(invoiced(ground)?, Amount::ONE - factor?);
    let mut trades = vec![trade(TradeKind::Payment, later, worth(paid_later(ground, rate)))];
    let terms = &ground.own().terms;
    if let (Some(net), None) = (terms.payment_days.filter(|it| *it > EARLY.1), terms.early_days) {
        let share = Amount::new(EARLY.0, 2);
        let factor = days(f64::from(net - EARLY.1)).and_then(|it| times(Amount::ONE - share, it));
        let text =
            format!("{} off for payment within {} days instead of {net}", percent(share), EARLY.1);
        trades.push(trade(TradeKind::Payment, text, worth(factor)));
    }
    trades
}

/// What an invoice costs with the net term moved, of what it costs now: nothing changes where
/// paying early is cheaper before and after.
fn paid_later(ground: &Ground<'_>, rate: f64) -> Option<Amount> {
    let terms = &ground.own().terms;
    let early = terms.early_discount.zip(terms.early_days);
    let reference = ground.comparison.basis.payment_days;
    let Some((net, reference)) = terms.payment_days.zip(reference).filter(|_| early.is_some())
    else {
        return grown(rate, -f64::from(LATER) / 365.0);
    };
    let then = cheaper(rate, reference, net.checked_add(LATER)?, early)?;
    over(then.factor, cheaper(rate, reference, net, early)?.factor)
}

fn volume(ground: &Ground<'_>) -> Vec<Trade> {
    let mut trades = Vec::new();
    let next = ground.costs().filter_map(|(item, cost)| {
        let quoted = ground.comparison.quoted(item, ground.supplier)?;
        let next = quoted.breaks.get(cost.tier).filter(|_| quoted.scheme == Scheme::AllUnits)?;
        over(times(cost.line, cost.price - next.price)?, cost.price)
    });
    let next: Vec<Amount> = next.collect();
    if !next.is_empty() {
        let text =
            format!("the next price break at the quantity asked, lines with one: {}", next.len());
        trades.push(trade(TradeKind::Volume, text, sum(next)));
    }
    for (number, outcome) in ground.comparison.outcomes.iter().enumerate().skip(1) {
        let saving = ground.costs().map(|(item, cost)| {
            let then = ground.comparison.cell(number, item, ground.supplier)?.cost.as_ref()?;
            times(cost.unit - then.unit, ground.quantity(item))
        });
        let saving = saving.collect::<Option<Vec<_>>>().and_then(sum);
        let text = format!(
            "the unit prices of \"{}\" for the quantity asked, against a promise of that volume",
            outcome.name
        );
        trades.push(match saving {
            Some(saving) => trade(TradeKind::Volume, text, Some(saving)),
            None => without(TradeKind::Volume, text, "a price of every line at that volume"),
        });
    }
    trades
}

fn term(ground: &Ground<'_>, references: &[Reference]) -> Vec<Trade> {
    let mut trades = Vec::new();
    let moved = references.iter().find(|it| it.kind == ReferenceKind::Index);
    let moved = moved.and_then(|it| it.lines).zip(last_contract(ground));
    let text = "a price that holds over the next contract as well".to_owned();
    trades.push(match moved {
        Some((now, last)) => trade(
            TradeKind::Term,
            format!("{text}, if the index moves once more as since the last one"),
            over(now - last, last).and_then(|share| times(ground.goods, share)),
        ),
        None => without(TradeKind::Term, text, "`last_price` and `index` of every line"),
    });
    trades
}

/// What a contract that ends before our need is worth more where it lasts as long: its prices would
/// rise at each renewal.
struct Renewal {
    /// Months that the contract lasts.
    term: u32,
    /// Months that we need it.
    need: u32,
    /// Months that the quantities asked for last.
    horizon: u32,
    /// Share by which prices rise at a renewal.
    increase: Amount,
    /// Yearly cost of money.
    rate: f64,
}

fn renewal(deal: &Deal, ground: &Ground<'_>) -> Option<Trade> {
    let tender = deal.tender.as_ref()?;
    let term = ground.own().terms.term_months;
    let stated = [
        (term.is_none(), "`term_months` in `[[quote]]`, how long its prices hold"),
        (tender.need_months.is_none(), "`need_months` in `[tender]`, how long we need it"),
        (
            tender.horizon_months.is_none(),
            "`horizon_months` in `[tender]`, how long the quantities last",
        ),
        (
            tender.renewal_increase.is_none(),
            "`renewal_increase` in `[tender]`, what prices rise at a renewal",
        ),
        (deal.us.discount_rate.is_none(), "`discount_rate` in `[us]`, what money costs us a year"),
    ];
    let renewal = || {
        Some(Renewal {
            term: term?,
            need: tender.need_months?,
            horizon: tender.horizon_months?,
            increase: tender.renewal_increase?,
            rate: deal.us.discount_rate?,
        })
    };
    let Some(it) = renewal() else {
        let missing: Vec<&str> = stated.iter().filter(|(open, _)| *open).map(|it| it.1).collect();
        let text = "the same prices for as long as we need it".to_owned();
        return Some(without(TradeKind::Term, text, &missing.join("; ")));
    };
    let text = format!(
        "the same prices for {} months instead of {}, if a renewal raises them by {}",
        it.need,
        it.term,
        percent(it.increase)
    );
    (it.need > it.term).then(|| trade(TradeKind::Term, text, it.worth(ground.goods)))
}

impl Renewal {
    /// Each month after the term, the same goods at the prices of the renewals so far, less the
    /// prices of now; each month's worth on the day of the comparison.
    fn worth(&self, goods: Amount) -> Option<Amount> {
        let monthly = over(goods, Amount::from(self.horizon))?;
        let month = |month: u32| {
            let renewals = (month - 1) / self.term;
            let grown_by = (0..renewals)
                .try_fold(Amount::ONE, |price, _| times(price, Amount::ONE + self.increase))?;
            let present = grown(self.rate, -f64::from(month) / 12.0)?;
            times(times(monthly, grown_by - Amount::ONE)?, present)
        };
        sum((self.term + 1..=self.need).map(month).collect::<Option<Vec<_>>>()?)
    }
}

fn scope(ground: &Ground<'_>) -> Vec<Trade> {
    let mut trades = Vec::new();
    let mut add = |text: String, worth| trades.push(trade(TradeKind::Scope, text, worth));
    let own = ground.own();
    let counted = own.order.iter().filter(|_| !ground.order.is_zero());
    let ours = [OrderKind::Quality, OrderKind::Switching];
    for part in counted.filter(|it| !ours.contains(&it.kind)) {
        add(format!("{} in the price", part.name.replace('_', " ")), Some(part.amount));
    }
    let commons = || sum(ground.costs().map(|(_, cost)| cost.common));
    let legs = || sum(ground.costs().map(|(_, cost)| cost.legs));
    for factors in own.factors.iter() {
        let shares = factors.legs.iter().filter(|leg| matches!(leg.adder, Adder::Share(_)));
        for leg in shares.map(|it| it.leg) {
            let name = leg.as_str().replace('_', " ");
            let worth = || times(legs()?, factors.share_of(leg)?);
            add(format!("{name} in the price"), worth());
        }
    }
    if let Some(rejects) = own.terms.rejects {
        let text = "units that are not good replaced without charge".to_owned();
        add(text, times(ground.goods, rejects));
    }
    if let Some(holding) = ground.comparison.basis.holding_rate {
        let week = Amount::from(7_u32) / Amount::from(365_u32);
        let worth = commons().and_then(|it| times(times(it, holding)?, week));
        add("each week less from order to delivery".to_owned(), worth);
    }
    let excess = ground.costs().filter(|(_, cost)| cost.ordered > cost.needed);
    let excess = excess.map(|(_, cost)| {
        times(cost.line - cost.holding, over(cost.ordered - cost.needed, cost.ordered)?)?
            .checked_add(cost.holding)
    });
    let excess: Vec<Option<Amount>> = excess.collect();
    if !excess.is_empty() {
        let text = "exactly the quantity needed, without minimum or multiple".to_owned();
        add(text, excess.into_iter().collect::<Option<Vec<_>>>().and_then(sum));
    }
    trades
}
