//! The sheet of inputs: settings, items, terms, charges, prices, as values.

use super::super::json::state;
use super::book::{Look, Sheet, Value, label, yes};
use super::plan::{ChargeColumn, INPUTS, Plan, Price, Setting, Term, shares};
use haggle_negotiation::deal::{Adder, Scheme};
use haggle_negotiation::quote::{Quoted, Supplier};
use haggle_quantity::{Amount, Currency};
use rust_xlsxwriter::XlsxError;

/// Kinds of charges, by which formulas know what to do with them.
pub(super) const INVOICED: &str = "invoiced once";
pub(super) const RECURRING: &str = "recurring";
pub(super) const OURS: &str = "our own cost";
pub(super) const SHARE: &str = "share of goods";

pub(super) fn sheet(plan: &Plan<'_>, digits: u32) -> Result<Sheet, XlsxError> {
    let mut sheet = Sheet::new(INPUTS, digits)?;
    sheet.widths(&[26, 26, 14, 14, 12, 14, 12, 12, 12, 14, 12, 12, 14, 12, 14, 14, 12])?;
    sheet.put((0, 0), "Inputs", Look::Title)?;
    let words =
        "What the quotes and the deal file say. Change what is blue, and every sheet follows.";
    sheet.put((1, 0), words, Look::Note)?;
    settings(&mut sheet, plan)?;
    items(&mut sheet, plan)?;
    suppliers(&mut sheet, plan)?;
    charges(&mut sheet, plan)?;
    prices(&mut sheet, plan)?;
    sheet.sheet.set_freeze_panes(1, 1)?;
    Ok(sheet)
}

fn settings(sheet: &mut Sheet, plan: &Plan<'_>) -> Result<(), XlsxError> {
    let it = plan.quotes.comparison;
    let basis = &it.basis;
    let delivery = basis.incoterm.map(|rule| match &basis.place {
        Some(place) => format!("{rule} {place}"),
        None => rule.to_string(),
    });
    let rate = basis.discount_rate.and_then(written);
    let rows: [(Setting, &str, Value, Look); 10] = [
        (Setting::Currency, "Currency", it.currency.to_string().into(), Look::InputText),
        (Setting::AsOf, "As of", it.as_of.into(), Look::InputDay),
        (
            Setting::Quantities,
            "Quantities",
            plan.quotes.outcome().name.as_str().into(),
            Look::InputText,
        ),
        (Setting::Delivery, "Delivery", delivery.into(), Look::InputText),
        (Setting::PaymentDays, "Payment, days", basis.payment_days.into(), Look::InputNumber),
        (Setting::DiscountRate, "Cost of money, a year", rate.into(), Look::InputShare),
        (Setting::Horizon, "Horizon, months", basis.horizon_months.into(), Look::InputNumber),
        (
            Setting::HoldingRate,
            "Cost of holding goods, a year",
            basis.holding_rate.into(),
            Look::InputShare,
        ),
        (
            Setting::PlugMax,
            "Most filled gaps in a total",
            written(basis.plug_max).into(),
            Look::InputShare,
        ),
        (
            Setting::LowBid,
            "Abnormally low below the others",
            written(basis.low_bid).into(),
            Look::InputShare,
        ),
    ];
    for (setting, name, value, look) in rows {
        let row = Plan::setting_row(setting);
        sheet.put((row, 0), name, Look::Text)?;
        sheet.put((row, 1), value, look)?;
    }
    Ok(())
}

/// A double as the decimal that people write for it.
fn written(number: f64) -> Option<Amount> {
    crate::number::decimal(number).parse().ok()
}

fn items(sheet: &mut Sheet, plan: &Plan<'_>) -> Result<(), XlsxError> {
    let row = plan.items_row();
    let heads = [
        "Item",
        "Name",
        "#Quantity",
        "Unit",
        "#Should cost",
        "#Last price",
        "#Last price, indexed",
    ];
    sheet.heads(row - 1, &heads)?;
    let quantities = &plan.quotes.outcome().quantities;
    for (number, (item, quantity)) in
        plan.quotes.comparison.items.iter().zip(quantities.iter().copied()).enumerate()
    {
        let row = row + number as u32;
        sheet.row(
            row,
            [
                (item.id.as_str().into(), Look::Text),
                (plan.item_label(number).into(), Look::Text),
                (quantity.into(), Look::InputNumber),
                (item.per.as_str().into(), Look::Text),
                (item.should_cost.into(), Look::InputPrice),
                (item.last_price.into(), Look::InputPrice),
                (item.indexed_price.into(), Look::InputPrice),
            ],
        )?;
    }
    Ok(())
}

fn suppliers(sheet: &mut Sheet, plan: &Plan<'_>) -> Result<(), XlsxError> {
    let row = plan.suppliers_row();
    sheet.heads(
        row - 1,
        &[
            "Supplier",
            "State",
            "Currency",
            "#Rate as stated",
            "Divide by it",
            "#Discount",
            "#Tax",
            "Tax included",
            "Tax recoverable",
            "#Payment, days",
            "#Early discount",
            "#Early days",
            "#Lead time, days",
            "#Rejects",
            "#Minimum order",
            "Holds until",
            "Incoterm",
        ],
    )?;
    for (row, supplier) in (row..).zip(&plan.order) {
        let it = plan.quotes.supplier(*supplier);
        for (term, value, look) in terms(it, plan.quotes.quote_currency(*supplier)) {
            sheet.put((row, term as u16), value, look)?;
        }
    }
    Ok(())
}

fn terms(it: &Supplier, currency: Currency) -> [(Term, Value, Look); 17] {
    let terms = &it.terms;
    let rate = it.factors.as_ref().and_then(|f| f.rate.as_ref());
    let day = terms.valid_until;
    let rule = terms.incoterm.map(|rule| rule.to_string());
    [
        (Term::Name, label(&it.name).into(), Look::Text),
        (Term::State, state(it.state).into(), Look::Text),
        (Term::Currency, currency.to_string().into(), Look::Text),
        (Term::RateStated, rate.map(|rate| rate.stated).into(), Look::InputNumber),
        (Term::RateDivides, rate.and_then(|rate| yes(Some(rate.inverse))).into(), Look::InputText),
        (Term::Discount, terms.discount.into(), Look::InputShare),
        (Term::Tax, terms.tax.into(), Look::InputShare),
        (Term::TaxIncluded, yes(terms.tax_included).into(), Look::InputText),
        (Term::TaxRecoverable, yes(terms.tax_recoverable).into(), Look::InputText),
        (Term::PaymentDays, terms.payment_days.into(), Look::InputNumber),
        (Term::EarlyDiscount, terms.early_discount.into(), Look::InputShare),
        (Term::EarlyDays, terms.early_days.into(), Look::InputNumber),
        (Term::LeadDays, terms.lead_time_days.into(), Look::InputNumber),
        (Term::Rejects, terms.rejects.into(), Look::InputShare),
        (Term::Minimum, terms.minimum_value.into(), Look::InputPrice),
        (Term::ValidUntil, day.into(), Look::InputDay),
        (Term::Incoterm, rule.into(), Look::InputText),
    ]
}

/// A row of charges: what an order costs beside its goods, and legs that are a share of the goods.
pub(super) struct Charged {
    pub(super) what: String,
    pub(super) kind: &'static str,
    stated: Amount,
    currency: Option<Currency>,
    months: Option<u32>,
    /// Like for like; nothing of a share.
    pub(super) amount: Option<Amount>,
}

/// The charges of a supplier: freight, its charges, our own costs, in the order of the comparison.
pub(super) fn charged(it: &Supplier) -> Vec<Charged> {
    let freight = usize::from(it.terms.freight.is_some());
    let of_order = it.order.iter().enumerate().map(|(n, cost)| {
        let charge = n.checked_sub(freight).and_then(|n| it.charges.get(n));
        let months = charge.and_then(|charge| charge.every_months);
        let kind = match (cost.kind.is_invoiced(), months) {
            (true, None) => INVOICED,
            (true, Some(_)) => RECURRING,
            (false, _) => OURS,
        };
        let (stated, currency) = (cost.stated, Some(cost.currency));
        Charged {
            what: cost.name.clone(),
            kind,
            stated,
            currency,
            months,
            amount: Some(cost.amount),
        }
    });
    let legs = it.factors.iter().flat_map(shares).filter_map(|leg| match leg.adder {
        Adder::Share(stated) => Some(Charged {
            what: leg.leg.as_str().replace('_', " "),
            kind: SHARE,
            stated,
            currency: None,
            months: None,
            amount: None,
        }),
        Adder::Money(_) => None,
    });
    of_order.chain(legs).collect()
}

fn charges(sheet: &mut Sheet, plan: &Plan<'_>) -> Result<(), XlsxError> {
    let row = plan.charges_row();
    let heads = ["Charges of", "What", "Kind", "#As stated", "Currency", "#Every months"];
    sheet.heads(row - 1, &heads)?;
    for (row, (supplier, number)) in (row..).zip(&plan.charges) {
        let it = plan.quotes.supplier(*supplier);
        let Some(charge) = charged(it).into_iter().nth(*number) else { continue };
        let share = charge.kind == SHARE;
        let look = if share { Look::InputShare } else { Look::InputPrice };
        let currency = charge.currency.map(|currency| currency.to_string());
        let cells: [(ChargeColumn, Value, Look); 6] = [
            (ChargeColumn::Supplier, label(&it.name).into(), Look::Text),
            (ChargeColumn::What, charge.what.into(), Look::Text),
            (ChargeColumn::Kind, charge.kind.into(), Look::Text),
            (ChargeColumn::Stated, charge.stated.into(), look),
            (ChargeColumn::Currency, currency.into(), Look::Text),
            (ChargeColumn::Months, charge.months.into(), Look::InputNumber),
        ];
        for (column, value, look) in cells {
            sheet.put((row, column as u16), value, look)?;
        }
    }
    Ok(())
}

fn prices(sheet: &mut Sheet, plan: &Plan<'_>) -> Result<(), XlsxError> {
    let row = plan.prices_row();
    sheet.heads(
        row - 1,
        &[
            "Item",
            "Supplier",
            "#Price",
            "Currency",
            "Price is per",
            "#Units in one",
            "#Minimum",
            "#Multiple",
            "#Up to",
            "Breaks",
            "#Line discount",
            "#Line lead days",
            "Line holds until",
            "State",
            "Place",
        ],
    )?;
    let most = plan.lines.iter().map(|line| line.quoted.breaks.len()).max().unwrap_or(0);
    for n in 0..most as u16 {
        let column = Price::FirstBreak as u16 + 2 * n;
        sheet.put((row - 1, column), format!("From ({})", n + 2), Look::NumberHead)?;
        sheet.put((row - 1, column + 1), format!("Price ({})", n + 2), Look::NumberHead)?;
    }
    for (row, line) in (row..).zip(&plan.lines) {
        let cell = plan.quotes.cell(line.item, line.supplier);
        let item = plan.item_label(line.item);
        let supplier = label(&plan.quotes.supplier(line.supplier).name);
        sheet.put((row, Price::Item as u16), item, Look::Text)?;
        sheet.put((row, Price::Supplier as u16), supplier, Look::Text)?;
        let said = cell.map_or("", |cell| state(cell.state));
        sheet.put((row, Price::State as u16), said, Look::Text)?;
        price(sheet, row, line.quoted)?;
    }
    Ok(())
}

fn price(sheet: &mut Sheet, row: u32, it: &Quoted) -> Result<(), XlsxError> {
    let scheme = match (it.breaks.is_empty(), it.scheme) {
        (true, _) => None,
        (false, Scheme::AllUnits) => Some("all units"),
        (false, Scheme::Incremental) => Some("incremental"),
    };
    let places: Vec<String> = it.places.iter().map(ToString::to_string).collect();
    let cells: [(Price, Value, Look); 12] = [
        (Price::Amount, it.price.into(), Look::InputPrice),
        (Price::Currency, it.currency.to_string().into(), Look::Text),
        (Price::Per, it.per.as_str().into(), Look::Text),
        (Price::Pack, it.pack.into(), Look::InputNumber),
        (Price::Minimum, it.minimum.into(), Look::InputNumber),
        (Price::Multiple, it.multiple.into(), Look::InputNumber),
        (Price::Maximum, it.maximum.into(), Look::InputNumber),
        (Price::Scheme, scheme.into(), Look::Text),
        (Price::Discount, it.discount.into(), Look::InputShare),
        (Price::LeadDays, it.lead_time_days.into(), Look::InputNumber),
        (Price::ValidUntil, it.valid_until.into(), Look::InputDay),
        (Price::Place, places.join(", ").into(), Look::Text),
    ];
    for (column, value, look) in cells {
        sheet.put((row, column as u16), value, look)?;
    }
    for (n, step) in (0..).zip(&it.breaks) {
        let column = Price::FirstBreak as u16 + 2 * n;
        sheet.put((row, column), step.from, Look::InputNumber)?;
        sheet.put((row, column + 1), step.price, Look::InputPrice)?;
    }
    Ok(())
}
