//! From an amount as a source states it to an amount of the deal: hours, ageing, currency, place
//! (`benchmark.md` section 8), each factor kept apart.

use crate::deal::{Ageing, Deal, Source};
use crate::stats::ageing;
use haggle_quantity::{Currency, Date, HOURS_PER_YEAR, Per, Rate, RateTable};

/// What an amount is multiplied by, in this order, and the scenario ends of the product.
#[derive(Debug, Clone, PartialEq)]
pub struct Factors {
    /// Time unit of the cell to time unit of the deal.
    pub hours: f64,
    /// Growth from the cell's date to the as-of date.
    pub ageing: f64,
    /// Currency of the cell to currency of the deal.
    pub currency: f64,
    /// Place of the source to place of the deal.
    pub place: f64,
    /// Product of the lowest factor over the factor (`low_adjusted = low * this`).
    pub low: f64,
    /// Product of the highest factor over the factor.
    pub high: f64,
    /// The date that the ageing starts from, in days since 1970-01-01, if any is known.
    pub date: Option<i32>,
    /// The rate used, if the currency was converted.
    pub rate: Option<Rate>,
    /// Unit of the cell, if it was converted.
    pub from_per: Option<Per>,
}

impl Factors {
    /// The adjusted amount: the factors applied one by one, in order.
    pub fn apply(&self, amount: f64) -> f64 {
        amount * self.hours * self.ageing * self.currency * self.place
    }
}

/// Why an amount cannot become one of the deal's, with a diagnostic code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// `W0401` currency, `W0402` unit, `W0403` later than the as-of date.
    pub code: &'static str,
    /// In words, with the way out.
    pub reason: String,
}

/// What decides the factors of one cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellUnit {
    /// Currency code as stored.
    pub currency: String,
    /// Unit code as stored.
    pub per: String,
    /// Date of the row, or the source's reference date.
    pub date: Option<i32>,
    /// The publisher gives this row per hour only or per year only.
    pub single_unit: bool,
}

/// Turns cells into amounts of one currency and one unit, at one date.
#[derive(Debug, Clone)]
pub struct Adjuster {
    currency: Currency,
    per: Per,
    as_of: Date,
    rates: RateTable,
    ageing: Option<Ageing>,
    trend: f64,
    place: f64,
    place_sensitivity: f64,
    hours: Option<f64>,
}

impl Adjuster {
    /// The adjuster of one source of a deal.
    pub fn new(deal: &Deal, source: &Source, trend: f64, place_sensitivity: f64) -> Self {
        Self {
            currency: deal.currency,
            per: deal.per.clone(),
            as_of: deal.as_of,
            rates: RateTable::new(deal.rates.clone()),
            ageing: deal.ageing.clone(),
            trend,
            place: source.place_index.unwrap_or(1.0),
            place_sensitivity: if source.place_index.is_some() { place_sensitivity } else { 0.0 },
            hours: source.hours_per_year,
        }
    }

    /// The deal's unit, as stored.
    pub fn per(&self) -> &Per {
        &self.per
    }

    /// The factors of a cell.
    ///
    /// # Errors
    /// [`Refusal`] if no stated rate or arithmetic leads to the deal's currency and unit, or the
    /// cell is dated after the as-of date.
    pub fn factors(&self, cell: &CellUnit) -> Result<Factors, Refusal> {
        let per = Per::new(&cell.per);
        let hours = self.hours(&per, cell.single_unit)?;
        let (ageing, ageing_low, ageing_high) = self.ageing(cell.date)?;
        let rate = self.rate(&cell.currency)?;
        let (currency, low, high) = match &rate {
            None => (1.0, 1.0, 1.0),
            Some(r) => {
                (r.rate, r.low.unwrap_or(r.rate) / r.rate, r.high.unwrap_or(r.rate) / r.rate)
            }
        };
        Ok(Factors {
            hours,
            ageing,
            currency,
            place: self.place,
            low: ageing_low * low * (1.0 - self.place_sensitivity),
            high: ageing_high * high * (1.0 + self.place_sensitivity),
            date: cell.date,
            rate,
            from_per: (per != self.per).then_some(per),
        })
    }

    fn hours(&self, per: &Per, single_unit: bool) -> Result<f64, Refusal> {
        if *per == self.per {
            return Ok(1.0);
        }
        let refuse = |reason: String| Err(Refusal { code: "W0402", reason });
        if single_unit && self.hours.is_none() {
            return refuse(format!(
                "published per {per} only, because its hours are not 2,080 a year; state `hours_per_year` under `[[source]]`"
            ));
        }
        match per.factor_to(&self.per, self.hours.unwrap_or(HOURS_PER_YEAR)) {
            Some(factor) => Ok(factor),
            None => {
                refuse(format!("per {per}, and no arithmetic leads from there to per {}", self.per))
            }
        }
    }

    /// Factor, and the scenario ends over it.
    fn ageing(&self, date: Option<i32>) -> Result<(f64, f64, f64), Refusal> {
        let Some(date) = date else { return Ok((1.0, 1.0, 1.0)) };
        let (from, to) = (i64::from(date), i64::from(haggle_quantity::day_number(self.as_of)));
        if from > to {
            let day =
                haggle_quantity::from_day_number(date).map_or(String::new(), |d| d.to_string());
            return Err(refused(format!("dated {day}, after the as-of date {}", self.as_of)));
        }
        let years = ageing::years(from, to);
        let grown = |rate: f64| {
            ageing::compound(rate, years)
                .ok_or_else(|| refused(format!("no growth of {rate} a year over {years:.1} years")))
        };
        let factor = match &self.ageing {
            None => 1.0,
            Some(Ageing { rate: Some(rate), .. }) => grown(*rate)?,
            Some(Ageing { index, .. }) => index_factor(index, from, to)?,
        };
        // The yearly growth that the factor amounts to, for the scenario around it.
        let rate = if years > 0.0 { libm::pow(factor, 1.0 / years) - 1.0 } else { 0.0 };
        Ok((factor, grown(rate - self.trend)? / factor, grown(rate + self.trend)? / factor))
    }

    fn rate(&self, code: &str) -> Result<Option<Rate>, Refusal> {
        if code == self.currency.as_str() {
            return Ok(None);
        }
        let currency: Option<Currency> = code.parse().ok();
        let rate = currency.and_then(|c| self.rates.find(c, self.currency));
        let reason =
            || format!("in {code}, and the deal gives no rate from {code} to {}", self.currency);
        rate.map(Some).ok_or_else(|| Refusal { code: "W0401", reason: reason() })
    }
}

fn refused(reason: String) -> Refusal {
    Refusal { code: "W0403", reason }
}

/// `I(as_of) / I(date)` of the deal's index.
fn index_factor(index: &[(Date, f64)], from: i64, to: i64) -> Result<f64, Refusal> {
    let values: Vec<(i64, f64)> =
        index.iter().map(|(d, v)| (i64::from(haggle_quantity::day_number(*d)), *v)).collect();
    let made = ageing::Index::new(&values).and_then(|index| index.factor(from, to));
    made.map(|f| f.factor).map_err(|error| refused(format!("the ageing index: {error}")))
}
