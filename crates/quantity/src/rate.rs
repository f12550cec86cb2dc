//! Dated exchange rates, and the one conversion that a deal may ask of them.

use crate::{Currency, Date};

/// `1 from = rate to` on a date, with where that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// The currency that is converted.
    pub from: Currency,
    /// The currency that results.
    pub to: Currency,
    /// Units of `to` for one unit of `from`; positive.
    pub rate: f64,
    /// The day of the rate.
    pub date: Date,
    /// Lowest rate of the last 90 days, if stated.
    pub low: Option<f64>,
    /// Highest rate of the last 90 days, if stated.
    pub high: Option<f64>,
    /// Where the rate was read; `None` if the deal does not say.
    pub source: Option<String>,
}

/// The rates that a deal gives. Only they convert: none is fetched, derived across a third
/// currency, or remembered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RateTable(Vec<Rate>);

impl RateTable {
    /// A table of these rates, searched in this order.
    pub fn new(rates: Vec<Rate>) -> Self {
        Self(rates)
    }

    /// The rate that converts `from` into `to`, as stated or as the inverse of a stated one.
    pub fn find(&self, from: Currency, to: Currency) -> Option<Rate> {
        let stated = self.0.iter().find(|r| r.from == from && r.to == to).cloned();
        stated.or_else(|| {
            self.0.iter().find(|r| r.from == to && r.to == from).map(|r| Rate {
                from,
                to,
                rate: 1.0 / r.rate,
                low: r.high.map(|x| 1.0 / x),
                high: r.low.map(|x| 1.0 / x),
                ..r.clone()
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Golden pair: 101 EUR at 1 EUR = 0.9 USD is 90.9 USD, cheaper than 100 USD.
    #[test]
    fn converts_as_stated_and_inverted() {
        let (usd, eur) = ("USD".parse().unwrap(), "EUR".parse().unwrap());
        let date = crate::parse_date("2026-11-20").unwrap();
        let rate =
            Rate { from: eur, to: usd, rate: 0.9, date, low: None, high: None, source: None };
        let table = RateTable::new(vec![rate]);
        assert!((101.0 * table.find(eur, usd).unwrap().rate - 90.9).abs() < 1e-12);
        assert!((90.9 * table.find(usd, eur).unwrap().rate - 101.0).abs() < 1e-12);
        assert_eq!(table.find(usd, "JPY".parse().unwrap()), None);
    }
}
