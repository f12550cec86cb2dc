//! The sheet of steps: each priced line from its price to what it costs like for like.

use super::book::{Look, Sheet, Value, formula, label};
use super::plan::{COMPARISON, DATA, Factor, INPUTS, Line, Plan, Price, STEPS, Setting, Step, on};
use haggle_negotiation::deal::Scheme;
use haggle_negotiation::quote::Cost;
use haggle_quantity::Amount;
use rust_xlsxwriter::XlsxError;

const HEADS: [&str; 17] = [
    "Item",
    "Supplier",
    "#Counts",
    "#Quantity",
    "#Needed",
    "#Least order",
    "#Ordered",
    "#Price",
    "#Goods as quoted",
    "#Goods",
    "#Paid",
    "#Legs",
    "#On the way",
    "#Holding",
    "#Line cost",
    "#Per unit",
    "#Goods for minimum",
];

pub(super) fn sheet(plan: &Plan<'_>, digits: u32) -> Result<Sheet, XlsxError> {
    let mut sheet = Sheet::new(STEPS, digits)?;
    sheet.widths(&[30, 22, 8, 12, 12, 12, 12, 12, 14, 14, 14, 12, 12, 12, 14, 14, 14])?;
    sheet.put((0, 0), "Steps", Look::Title)?;
    let words = "Needed, least order and ordered are in the unit of the price; goods as quoted in the currency of the quote, the rest like for like.";
    sheet.put((1, 0), words, Look::Note)?;
    sheet.heads(DATA - 1, &HEADS)?;
    let most = plan.lines.iter().map(|line| later(line).count()).max().unwrap_or(0);
    if most > 0 {
        sheet.put((DATA - 1, Step::FirstUp as u16), "At the least order", Look::NumberHead)?;
    }
    for n in 0..most as u16 {
        let [quantity, cost] = up(n);
        sheet.put((DATA - 1, quantity), format!("Or order ({})", n + 2), Look::NumberHead)?;
        sheet.put((DATA - 1, cost), format!("Line cost ({})", n + 2), Look::NumberHead)?;
    }
    for (price, line) in (plan.prices_row()..).zip(&plan.lines) {
        if let (Some(cost), Some(row)) = (line.cost, plan.step_row(line.item, line.supplier)) {
            Row { plan, line, cost, row, price }.write(&mut sheet)?;
        }
    }
    sheet.sheet.set_freeze_panes(DATA, 2)?;
    Ok(sheet)
}

/// Breaks of a line to which buying up may pay.
fn later<'a>(line: &Line<'a>) -> impl Iterator<Item = u16> + 'a {
    let all_units = line.quoted.scheme == Scheme::AllUnits;
    let breaks = line.quoted.breaks.len() as u16;
    (0..breaks).filter(move |_| all_units)
}

/// Columns of a quantity to buy up to and of what the line then costs.
fn up(n: u16) -> [u16; 2] {
    let quantity = Step::FirstUp as u16 + 1 + 2 * n;
    [quantity, quantity + 1]
}

/// One line with its rows on this sheet and on that of the inputs.
struct Row<'a> {
    plan: &'a Plan<'a>,
    line: &'a Line<'a>,
    cost: &'a Cost,
    row: u32,
    price: u32,
}

impl Row<'_> {
    fn write(&self, sheet: &mut Sheet) -> Result<(), XlsxError> {
        let item = self.plan.item_label(self.line.item);
        let supplier = label(&self.plan.quotes.supplier(self.line.supplier).name);
        sheet.put((self.row, Step::Item as u16), item, Look::Text)?;
        sheet.put((self.row, Step::Supplier as u16), supplier, Look::Text)?;
        sheet.put((self.row, Step::Counts as u16), self.counts(), Look::Count)?;
        for (step, text, result, look) in self.steps() {
            sheet.put((self.row, step as u16), formula(text, result), look)?;
        }
        sheet.put((self.row, Step::Value as u16), self.value(), Look::Money)?;
        self.buying_up(sheet)
    }

    /// Goods in the currency of the comparison, tax as quoted: what a minimum order counts.
    fn value(&self) -> Value {
        let rate = self.plan.factor(self.line.supplier, Factor::Rate);
        Value::Formula(format!("={}*{rate}", self.own(Step::Goods)), String::new())
    }

    /// 1 if the line is in its supplier's total.
    fn counts(&self) -> Value {
        let cell = self.plan.quotes.cell(self.line.item, self.line.supplier);
        let own = self.plan.quotes.supplier(self.line.supplier).state;
        if cell.is_none_or(|cell| cell.state != own) {
            return Amount::ZERO.into();
        }
        let within = self.plan.quotes.outcome().in_scope[self.line.item];
        let scope = on(COMPARISON, DATA + self.line.item as u32, 3);
        formula(format!("={scope}"), Amount::from(u8::from(within)))
    }

    fn steps(&self) -> [(Step, String, Amount, Look); 13] {
        let it = self.cost;
        let own = |step| self.own(step);
        let factor = |factor| self.plan.factor(self.line.supplier, factor);
        let quantity = self.plan.quotes.outcome().quantities[self.line.item].unwrap_or_default();
        let needed = format!(
            "={}/({}*{})",
            own(Step::Quantity),
            factor(Factor::Good),
            self.input(Price::Pack)
        );
        let goods = format!("={}*{}*{}", own(Step::Price), own(Step::Ordered), self.discount());
        let common =
            format!("={}*{}*{}", own(Step::Goods), factor(Factor::Tax), factor(Factor::Rate));
        let of_common = |factor: String| format!("={}*{factor}", own(Step::Common));
        let parts = [Step::Paid, Step::Legs, Step::Pipeline, Step::Holding].map(own).join("+");
        [
            (
                Step::Quantity,
                format!("={}", self.plan.quantity(self.line.item)),
                quantity,
                Look::Quantity,
            ),
            (Step::Needed, needed, it.needed, Look::Quantity),
            (Step::Least, self.least(), it.least, Look::Quantity),
            (Step::Ordered, self.ordered(), it.ordered, Look::Quantity),
            (
                Step::Price,
                format!("={}", self.price_at(&own(Step::Ordered))),
                it.price,
                Look::Price,
            ),
            (Step::Goods, goods, it.goods, Look::Money),
            (Step::Common, common, it.common, Look::Money),
            (Step::Paid, of_common(factor(Factor::Payment)), it.paid, Look::Money),
            (Step::Legs, of_common(factor(Factor::Legs)), it.legs, Look::Money),
            (Step::Pipeline, of_common(self.on_the_way()), it.pipeline, Look::Money),
            (Step::Holding, of_common(self.holding(&own(Step::Ordered))), it.holding, Look::Money),
            (Step::Line, format!("={parts}"), it.line, Look::Money),
            (
                Step::Unit,
                format!("={}/{}", own(Step::Line), own(Step::Quantity)),
                it.unit,
                Look::Price,
            ),
        ]
    }

    /// A cell of this row.
    fn own(&self, step: Step) -> String {
        self.at(step as u16)
    }

    fn at(&self, column: u16) -> String {
        on(STEPS, self.row, column)
    }

    /// A cell of this line's inputs.
    fn input(&self, price: Price) -> String {
        on(INPUTS, self.price, price as u16)
    }

    fn from(&self, n: u16) -> String {
        on(INPUTS, self.price, Price::FirstBreak as u16 + 2 * n)
    }

    fn break_price(&self, n: u16) -> String {
        on(INPUTS, self.price, Price::FirstBreak as u16 + 2 * n + 1)
    }

    fn discount(&self) -> String {
        match self.line.quoted.discount {
            Some(_) => format!("(1-{})", self.input(Price::Discount)),
            None => self.plan.factor(self.line.supplier, Factor::Discount),
        }
    }

    /// Share of goods for their time on the way.
    fn on_the_way(&self) -> String {
        let held = self.plan.quotes.comparison.basis.holding_rate;
        match self.line.quoted.lead_time_days.zip(held) {
            Some(_) => {
                let rate = Plan::setting(Setting::HoldingRate);
                format!("({}/365*{rate})", self.input(Price::LeadDays))
            }
            None => self.plan.factor(self.line.supplier, Factor::Pipeline),
        }
    }

    /// Share of goods for holding what is bought beyond need, half a year on average.
    fn holding(&self, ordered: &str) -> String {
        let rate = Plan::setting(Setting::HoldingRate);
        format!("(MAX(0,{ordered}-{needed})/{ordered}*{rate}/2)", needed = self.own(Step::Needed))
    }

    fn least(&self) -> String {
        let needed = self.own(Step::Needed);
        let least = match self.line.quoted.minimum {
            Some(_) => format!("MAX({needed},{})", self.input(Price::Minimum)),
            None => needed,
        };
        format!("={}", self.raised(&least))
    }

    /// A quantity raised to the order multiple; rounding keeps binary dust from adding one.
    fn raised(&self, quantity: &str) -> String {
        match self.line.quoted.multiple {
            Some(_) => {
                let multiple = self.input(Price::Multiple);
                format!("(ROUNDUP(ROUND({quantity}/{multiple},9),0)*{multiple})")
            }
            None => quantity.to_owned(),
        }
    }

    /// The price of a quantity; of an incremental scheme the mean over the tiers.
    fn price_at(&self, quantity: &str) -> String {
        let first = self.input(Price::Amount);
        let breaks = self.line.quoted.breaks.len() as u16;
        if breaks == 0 {
            return first;
        }
        match self.line.quoted.scheme {
            Scheme::AllUnits => (0..breaks).fold(first, |below, n| {
                format!("IF(ROUND({quantity},9)>={},{},{below})", self.from(n), self.break_price(n))
            }),
            Scheme::Incremental => format!("(({})/{quantity})", self.stepped(quantity, breaks)),
        }
    }

    /// Each tier's price for the units within it.
    fn stepped(&self, quantity: &str, breaks: u16) -> String {
        let first = format!("{}*MIN({quantity},{})", self.input(Price::Amount), self.from(0));
        (0..breaks).fold(first, |sum, n| {
            let upper = match n + 1 < breaks {
                true => format!("MIN({quantity},{})", self.from(n + 1)),
                false => quantity.to_owned(),
            };
            format!("{sum}+{}*MAX(0,{upper}-{})", self.break_price(n), self.from(n))
        })
    }

    /// The least order, or more where a later price makes that cheaper.
    fn ordered(&self) -> String {
        let least = self.own(Step::Least);
        let ups: Vec<[String; 2]> = later(self.line).map(|n| up(n).map(|c| self.at(c))).collect();
        let mut text = least.clone();
        if !ups.is_empty() {
            let costs = ups.iter().map(|[_, cost]| cost.as_str()).collect::<Vec<_>>().join(",");
            let best = ups.iter().rev().fold(least.clone(), |other, [quantity, cost]| {
                format!("IF({cost}=MIN({costs}),{quantity},{other})")
            });
            let now = self.own(Step::FirstUp);
            text = format!("IF(COUNT({costs})=0,{least},IF(MIN({costs})<{now},{best},{least}))");
        }
        match self.line.quoted.maximum {
            Some(_) => {
                let most = self.input(Price::Maximum);
                format!("=IF(ROUND({least},9)>{most},NA(),{text})")
            }
            None => format!("={text}"),
        }
    }

    /// What the line costs at the least order and at each later break.
    fn buying_up(&self, sheet: &mut Sheet) -> Result<(), XlsxError> {
        let unknown = |text: String| Value::Formula(text, String::new());
        for n in later(self.line) {
            let [quantity, cost] = up(n);
            let from = self.from(n);
            let raised = self.raised(&from);
            let within = match self.line.quoted.maximum {
                Some(_) => format!(
                    "AND({from}>{},{raised}<={})",
                    self.own(Step::Least),
                    self.input(Price::Maximum)
                ),
                None => format!("{from}>{}", self.own(Step::Least)),
            };
            let text = format!("=IF({within},{raised},\"\")");
            sheet.put((self.row, quantity), unknown(text), Look::Quantity)?;
            let at = self.at(quantity);
            let text = format!("=IF({at}=\"\",\"\",{})", self.cost_at(&at));
            sheet.put((self.row, cost), unknown(text), Look::Money)?;
        }
        if later(self.line).next().is_some() {
            let text = format!("={}", self.cost_at(&self.own(Step::Least)));
            sheet.put((self.row, Step::FirstUp as u16), unknown(text), Look::Money)?;
        }
        Ok(())
    }

    fn cost_at(&self, quantity: &str) -> String {
        let factor = |factor| self.plan.factor(self.line.supplier, factor);
        format!(
            "{}*{quantity}*{}*{}*{}*({}+{}+{}+{})",
            self.price_at(quantity),
            self.discount(),
            factor(Factor::Tax),
            factor(Factor::Rate),
            factor(Factor::Payment),
            factor(Factor::Legs),
            self.on_the_way(),
            self.holding(quantity)
        )
    }
}
