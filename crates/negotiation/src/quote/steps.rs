//! The way from a price as quoted to a unit price like for like, step by step: what `explain` prints.

use super::{Cell, Comparison, Cost, Factors, Quoted, Step, Supplier};
use crate::deal::Adder;
use crate::quote::percent;
use haggle_quantity::{Amount, Currency, Per};

/// One cell with everything that its steps speak of.
struct Way<'a> {
    quoted: &'a Quoted,
    cost: &'a Cost,
    factors: &'a Factors,
    supplier: &'a Supplier,
    comparison: &'a Comparison,
    quantity: Amount,
    per: &'a Per,
}

impl Comparison {
    /// The steps of one line in a scenario; empty where it has no cost.
    pub fn steps(&self, scenario: usize, item: usize, supplier: usize) -> Vec<Step> {
        let way = || {
            let quoted = self.quoted(item, supplier)?;
            let cost =
                self.cell(scenario, item, supplier).and_then(|cell: &Cell| cell.cost.as_ref())?;
            let own = self.suppliers.get(supplier)?;
            let factors = own.factors.as_ref()?;
            let quantity = (*self.outcomes.get(scenario)?.quantities.get(item)?)?;
            let per = &self.items.get(item)?.per;
            Some(Way { quoted, cost, factors, supplier: own, comparison: self, quantity, per })
        };
        way().map_or_else(Vec::new, |way| way.steps())
    }
}

impl Way<'_> {
    fn steps(&self) -> Vec<Step> {
        let first = [Some(self.price()), Some(self.needed()), self.ordered(), Some(self.goods())];
        let then = [self.tax(), self.rate(), self.payment(), self.legs(), self.pipeline()];
        let last = [self.holding(), Some(self.line()), Some(self.unit())];
        first.into_iter().chain(then).chain(last).flatten().collect()
    }

    fn ours(&self) -> Currency {
        self.comparison.currency
    }

    fn price(&self) -> Step {
        let quoted = self.quoted;
        let tier = match self.cost.tier {
            0 => String::new(),
            n => format!(", price {} of {}", n + 1, quoted.breaks.len() + 1),
        };
        let place = match quoted.places.get(self.cost.tier).or(quoted.places.first()) {
            Some(place) => format!(" ({place})"),
            None => String::new(),
        };
        let text = format!(
            "{} {} per {}{tier}{place}",
            plain(self.cost.price),
            quoted.currency,
            quoted.per
        );
        step("price", self.cost.price, format!("{}/{}", quoted.currency, quoted.per), text)
    }

    fn needed(&self) -> Step {
        let (cost, per) = (self.cost, &self.quoted.per);
        let pack = match self.quoted.pack {
            Some(pack) if *per != *self.per => {
                format!(", {} {} in one {per}", plain(pack), self.per)
            }
            _ => String::new(),
        };
        let good = match self.factors.good {
            good if good == Amount::ONE => String::new(),
            good => format!(", {} of them good", percent(good)),
        };
        let text = format!(
            "{} {}{good}{pack} -> {} {per}",
            plain(self.quantity),
            self.per,
            plain(cost.needed)
        );
        step("needed", cost.needed, per.to_string(), text)
    }

    /// Only where it is not what is needed.
    fn ordered(&self) -> Option<Step> {
        let (cost, per) = (self.cost, &self.quoted.per);
        if cost.ordered == cost.needed {
            return None;
        }
        let why = match cost.ordered > cost.least {
            true => format!(
                "{} {per} at the next price cost less than {} {per}",
                plain(cost.ordered),
                plain(cost.least)
            ),
            false => format!("{} {per} by least order or order multiple", plain(cost.ordered)),
        };
        Some(step("ordered", cost.ordered, per.to_string(), why))
    }

    fn goods(&self) -> Step {
        let (cost, quoted) = (self.cost, self.quoted);
        let share = quoted.discount.unwrap_or(Amount::ONE - self.factors.discount);
        let less = match share.is_zero() {
            true => String::new(),
            false => format!(" less {}", percent(share)),
        };
        let text = format!(
            "{} {} x {} {}{less} = {} {}",
            plain(cost.ordered),
            quoted.per,
            plain(cost.price),
            quoted.currency,
            plain(cost.goods),
            quoted.currency
        );
        step("goods", cost.goods, quoted.currency.to_string(), text)
    }

    fn tax(&self) -> Option<Step> {
        let factor = self.factors.tax;
        let rate = percent(self.supplier.terms.tax.unwrap_or_default());
        let text = match factor.cmp(&Amount::ONE) {
            std::cmp::Ordering::Equal => return None,
            std::cmp::Ordering::Less => {
                format!("tax of {rate} is in it and comes back: x {}", plain(factor))
            }
            std::cmp::Ordering::Greater => {
                format!("tax of {rate} comes on top and is ours: x {}", plain(factor))
            }
        };
        Some(step("tax", factor, String::new(), text))
    }

    /// `original -> rate of its date -> common`.
    fn rate(&self) -> Option<Step> {
        let rate = self.factors.rate.as_ref()?;
        let pair = match rate.inverse {
            true => format!("1/{} {}/{}", rate.stated.normalize(), rate.to, rate.from),
            false => format!("{} {}/{}", rate.stated.normalize(), rate.to, rate.from),
        };
        let taxed = if self.factors.tax == Amount::ONE { "" } else { ", tax considered" };
        let text = format!(
            "{} {} -> {pair} of {} -> {} {}{taxed}",
            plain(self.cost.goods),
            rate.from,
            rate.date,
            plain(self.cost.common),
            rate.to
        );
        Some(step("rate", rate.rate, format!("{}/{}", rate.to, rate.from), text))
    }

    fn payment(&self) -> Option<Step> {
        let payment = self.factors.payment;
        let reference = self.comparison.basis.payment_days?;
        if payment.factor == Amount::ONE {
            return None;
        }
        let early = match self.supplier.terms.early_discount.filter(|_| payment.early) {
            Some(share) => format!(" with {} off", percent(share)),
            None => String::new(),
        };
        let text = format!(
            "paid after {} days{early}, as if after {reference}: x {} = {} {}",
            payment.days?,
            payment.factor.normalize(),
            plain(self.cost.paid),
            self.ours()
        );
        Some(step("payment", payment.factor, String::new(), text))
    }

    fn legs(&self) -> Option<Step> {
        let shares = self.factors.legs.iter().filter_map(|cost| match cost.adder {
            Adder::Share(share) => Some(format!("{} {}", cost.leg.as_str(), percent(share))),
            Adder::Money(_) => None,
        });
        let shares: Vec<String> = shares.collect();
        if shares.is_empty() {
            return None;
        }
        let amount = self.cost.legs;
        let taxed = if self.supplier.terms.tax.is_some() { " without tax" } else { "" };
        let text =
            format!("{} of the goods{taxed}: {} {}", shares.join(", "), plain(amount), self.ours());
        Some(step("legs", amount, self.ours().to_string(), text))
    }

    fn pipeline(&self) -> Option<Step> {
        let days = self.quoted.lead_time_days.or(self.supplier.terms.lead_time_days)?;
        let rate = self.comparison.basis.holding_rate?;
        let amount = self.cost.pipeline;
        let text = format!(
            "{days} days on the way at {} a year: {} {}",
            percent(rate),
            plain(amount),
            self.ours()
        );
        Some(step("pipeline", amount, self.ours().to_string(), text))
    }

    fn holding(&self) -> Option<Step> {
        let cost = self.cost;
        if cost.holding.is_zero() {
            return None;
        }
        let text = format!(
            "{} {} beyond need, held half a year on average: {} {}",
            plain(cost.ordered - cost.needed),
            self.quoted.per,
            plain(cost.holding),
            self.ours()
        );
        Some(step("holding", cost.holding, self.ours().to_string(), text))
    }

    fn line(&self) -> Step {
        let amount = self.cost.line;
        let text = format!("the line costs {} {}", plain(amount), self.ours());
        step("line", amount, self.ours().to_string(), text)
    }

    fn unit(&self) -> Step {
        let (amount, unit) = (self.cost.unit, format!("{}/{}", self.ours(), self.per));
        let text = format!(
            "{} {} / {} {} = {} {unit}",
            plain(self.cost.line),
            self.ours(),
            plain(self.quantity),
            self.per,
            plain(amount)
        );
        step("unit", amount, unit, text)
    }
}

fn step(name: &'static str, value: Amount, unit: String, text: String) -> Step {
    Step { name, value, unit, text }
}

/// A number in a sentence: cents where they are all there is or small beside the whole, else six
/// digits after the point.
fn plain(amount: Amount) -> String {
    if amount.is_integer() {
        return amount.normalize().to_string();
    }
    let cents = amount.round_dp(2);
    if cents == amount || amount.abs() >= Amount::ONE_THOUSAND {
        return format!("{cents:.2}");
    }
    amount.round_dp(6).normalize().to_string()
}
