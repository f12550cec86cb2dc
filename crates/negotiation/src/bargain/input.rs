//! What a plan is made from, in the words of the deal file, and the domain of every input.

use super::error::{BargainError, ensure};
use super::market::Market;

/// Who I am in this deal (section 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// I want a higher price.
    Seller,
    /// I want a lower price.
    Buyer,
}

impl Side {
    /// `+1` for a seller, `-1` for a buyer: my value of a price is `sign * price`.
    pub fn sign(self) -> f64 {
        match self {
            Side::Seller => 1.0,
            Side::Buyer => -1.0,
        }
    }

    /// The counterpart's side.
    pub fn other(self) -> Side {
        match self {
            Side::Seller => Side::Buyer,
            Side::Buyer => Side::Seller,
        }
    }
}

/// What one price unit is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Per {
    /// A time unit: the price is a flow with this many units a year.
    Time {
        /// Units per year: 1, 12, 365/7, 365 or 2080.
        per_year: f64,
    },
    /// A lump sum, a piece, a kilogram: not a flow.
    Each,
}

impl Per {
    /// A price per year.
    pub const YEAR: Per = Per::Time { per_year: 1.0 };
    /// A price per month.
    pub const MONTH: Per = Per::Time { per_year: 12.0 };
    /// A price per week.
    pub const WEEK: Per = Per::Time { per_year: 365.0 / 7.0 };
    /// A price per day.
    pub const DAY: Per = Per::Time { per_year: 365.0 };
    /// A price per hour (F17: 2080 a year).
    pub const HOUR: Per = Per::Time { per_year: 2080.0 };
}

/// An amount, or a range read as P10, mode, P90 (section 1, H6).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// One number.
    Exact(f64),
    /// A range; `low <= mode <= high`.
    Range {
        /// One in ten is below.
        low: f64,
        /// The likeliest.
        mode: f64,
        /// One in ten is above.
        high: f64,
    },
}

impl Amount {
    /// The amount as low, mode, high.
    pub fn bounds(self) -> [f64; 3] {
        match self {
            Amount::Exact(x) => [x, x, x],
            Amount::Range { low, mode, high } => [low, mode, high],
        }
    }
}

/// How an alternative relates to the talks; it picks the end of the settlement band, never R.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is taken by quitting the talks.
    Exit,
    /// It pays while there is no deal.
    Income,
}

/// What a party does without this deal (section 1 for the defaults).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alternative {
    /// Its amount in price units.
    pub amount: Amount,
    /// Chance that it comes through.
    pub probability: f64,
    /// One-off cost of taking it, in money.
    pub cost: f64,
    /// How much nicer this deal is than the alternative, in price units (A1's N).
    pub advantage: f64,
    /// Days until it starts or is paid.
    pub delay_days: f64,
    /// Money received per day of waiting; a bridging cost is negative.
    pub interim_per_day: f64,
    /// Exit or income, if stated.
    pub role: Option<Role>,
    /// One-off cost of finding out whether it comes through, in money, if stated (A5).
    pub develop_cost: Option<f64>,
}

impl Alternative {
    /// A certain alternative without costs, delay or advantage.
    pub fn certain(amount: Amount) -> Alternative {
        Alternative {
            amount,
            probability: 1.0,
            cost: 0.0,
            advantage: 0.0,
            delay_days: 0.0,
            interim_per_day: 0.0,
            role: None,
            develop_cost: None,
        }
    }
}

/// One side's circumstances.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Party {
    /// What it can do without this deal, in file order.
    pub alternatives: Vec<Alternative>,
    /// Risk tolerance in price units (A2); absent: risk-neutral.
    pub risk_tolerance: Option<f64>,
    /// Cost of a day of delay, in money (A9).
    pub delay_cost_per_day: Option<f64>,
    /// One-off cost of concluding this deal, in money (A1's Tdeal).
    pub deal_cost: f64,
    /// Price equivalent of being without, while waiting for a flow to start.
    pub idle_value: Option<f64>,
    /// Price equivalent of what it has while there is no deal (A10).
    pub while_no_deal: Option<f64>,
    /// Its own discount rate per year; absent: the parameter.
    pub discount_rate: Option<f64>,
}

/// The other side: its circumstances and what is known of its figures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counterpart {
    /// Its circumstances.
    pub party: Party,
    /// Belief about its limit, in price.
    pub limit: Option<Amount>,
    /// The first figure expected of it, in price.
    pub first_offer: Option<f64>,
}

/// The track record that places me in the market (section 4, S3.10).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Record {
    /// Number of supported claims: with a number and a date or reference.
    Claims(u32),
    /// A stated percentile, above 0 and below 1.
    Percentile(f64),
}

/// Everything that a plan is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    /// My side.
    pub side: Side,
    /// What one price unit is.
    pub per: Per,
    /// Price units over which one-off money is spread; absent: a year, or 1.
    pub term: Option<f64>,
    /// The market that enters, if any.
    pub market: Option<Market>,
    /// Their offer on the table, in price.
    pub offer: Option<f64>,
    /// My track record.
    pub record: Record,
    /// My circumstances.
    pub us: Party,
    /// Theirs.
    pub counterpart: Counterpart,
    /// My stated walk-away, in price; used only if the alternatives give none.
    pub walk_away: Option<f64>,
    /// Our last figure on the table, if we have named one: nothing better can be asked any more.
    pub asked: Option<f64>,
    /// Smallest step in which prices are named.
    pub tick: Option<f64>,
    /// Whether prices below zero make sense.
    pub negative_prices: bool,
}

impl Inputs {
    /// Inputs with nothing known but side and price unit.
    pub fn new(side: Side, per: Per) -> Inputs {
        Inputs {
            side,
            per,
            term: None,
            market: None,
            offer: None,
            record: Record::Claims(0),
            us: Party::default(),
            counterpart: Counterpart::default(),
            walk_away: None,
            asked: None,
            tick: None,
            negative_prices: false,
        }
    }

    /// Number of price units over which one-off money is spread (section 1).
    pub fn units(&self) -> f64 {
        self.term.unwrap_or(match self.per {
            Per::Time { per_year } => per_year,
            Per::Each => 1.0,
        })
    }

    /// Share of the term that is lost until an alternative starts, for a price that runs with time
    /// (section 3.1).
    pub fn waiting_share(&self, delay_days: f64) -> f64 {
        match self.per {
            Per::Time { per_year } => f64::min(1.0, delay_days / 365.0 * per_year / self.units()),
            Per::Each => 0.0,
        }
    }

    /// Checks every input against its domain.
    ///
    /// # Errors
    /// Names the first input outside its domain.
    pub fn check(&self) -> Result<(), BargainError> {
        if let Per::Time { per_year } = self.per {
            positive("per", Some(per_year))?;
        }
        positive("term", self.term)?;
        finite("asked", self.asked)?;
        positive("tick", self.tick)?;
        finite("offer", self.offer)?;
        finite("stated.walk_away", self.walk_away)?;
        self.record.check()?;
        self.us.check("")?;
        self.counterpart.check()?;
        self.market.as_ref().map_or(Ok(()), Market::check)
    }
}

impl Record {
    fn check(self) -> Result<(), BargainError> {
        match self {
            Record::Claims(_) => Ok(()),
            Record::Percentile(p) => {
                ensure(p > 0.0 && p < 1.0, "percentile", p, "above 0 and below 1")
            }
        }
    }
}

impl Counterpart {
    fn check(&self) -> Result<(), BargainError> {
        self.party.check("counterpart.")?;
        finite("counterpart.first_offer", self.first_offer)?;
        self.limit.map_or(Ok(()), |limit| limit.check("counterpart.limit"))
    }
}

impl Party {
    fn check(&self, place: &str) -> Result<(), BargainError> {
        let name = |key: &str| format!("{place}{key}");
        positive(&name("risk_tolerance"), self.risk_tolerance)?;
        not_negative(&name("delay_cost_per_day"), self.delay_cost_per_day)?;
        finite(&name("deal_cost"), Some(self.deal_cost))?;
        finite(&name("idle_value"), self.idle_value)?;
        finite(&name("while_no_deal"), self.while_no_deal)?;
        let rate = self.discount_rate.unwrap_or(0.0);
        ensure(rate.is_finite() && rate > -1.0, &name("discount_rate"), rate, "above -1")?;
        let mut numbered = self.alternatives.iter().enumerate();
        numbered.try_for_each(|(i, it)| it.check(&name(&format!("alternative[{i}]"))))
    }
}

impl Alternative {
    fn check(&self, place: &str) -> Result<(), BargainError> {
        let name = |key: &str| format!("{place}.{key}");
        let p = self.probability;
        ensure((0.0..=1.0).contains(&p), &name("probability"), p, "0 to 1")?;
        finite(&name("cost"), Some(self.cost))?;
        finite(&name("advantage"), Some(self.advantage))?;
        not_negative(&name("delay_days"), Some(self.delay_days))?;
        finite(&name("interim_per_day"), Some(self.interim_per_day))?;
        not_negative(&name("develop_cost"), self.develop_cost)?;
        self.amount.check(&name("amount"))
    }
}

impl Amount {
    fn check(self, name: &str) -> Result<(), BargainError> {
        let [low, mode, high] = self.bounds();
        for found in [low, mode, high] {
            finite(name, Some(found))?;
        }
        ensure(low <= mode, name, low, "low not above mode")?;
        ensure(mode <= high, name, mode, "mode not above high")
    }
}

fn finite(name: &str, value: Option<f64>) -> Result<(), BargainError> {
    let found = value.unwrap_or(0.0);
    ensure(found.is_finite(), name, found, "a finite number")
}

fn positive(name: &str, value: Option<f64>) -> Result<(), BargainError> {
    let found = value.unwrap_or(1.0);
    ensure(found.is_finite() && found > 0.0, name, found, "a finite number above 0")
}

fn not_negative(name: &str, value: Option<f64>) -> Result<(), BargainError> {
    let found = value.unwrap_or(0.0);
    ensure(found.is_finite() && found >= 0.0, name, found, "a finite number, 0 or more")
}
