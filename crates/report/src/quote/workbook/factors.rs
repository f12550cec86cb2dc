//! The sheet of factors: what each supplier's terms do to its prices, as formulas on the inputs.

use super::book::{Look, Sheet, Value, formula, label};
use super::inputs::{Charged, INVOICED, RECURRING, SHARE, charged};
use super::plan::{ChargeColumn, DATA, FACTORS, Factor, INPUTS, Plan, Setting, Term, on, range};
use haggle_negotiation::quote::{Factors, Supplier};
use haggle_quantity::Amount;
use rust_xlsxwriter::XlsxError;

pub(super) fn sheet(plan: &Plan<'_>, digits: u32) -> Result<Sheet, XlsxError> {
    let mut sheet = Sheet::new(FACTORS, digits)?;
    sheet.widths(&[26, 16, 16, 14, 14, 14, 14, 14, 14, 14])?;
    sheet.put((0, 0), "Factors", Look::Title)?;
    let words = "What terms do to prices: goods x discount x tax x rate x payment, plus legs and time on the way.";
    sheet.put((1, 0), words, Look::Note)?;
    sheet.heads(
        DATA - 1,
        &[
            "Supplier",
            "#Rate",
            "#Discount",
            "#Tax",
            "#Payment",
            "#Legs of the way",
            "#Time on the way",
            "#Good units",
            "#Minimum order",
            "#Order costs",
        ],
    )?;
    for (row, supplier) in (DATA..).zip(&plan.order) {
        factors(&mut sheet, plan, row, *supplier)?;
    }
    amounts(&mut sheet, plan)?;
    sheet.sheet.set_freeze_panes(DATA, 1)?;
    Ok(sheet)
}

fn factors(sheet: &mut Sheet, plan: &Plan<'_>, row: u32, number: usize) -> Result<(), XlsxError> {
    let it = plan.quotes.supplier(number);
    sheet.put((row, Factor::Name as u16), label(&it.name), Look::Text)?;
    let Some(known) = &it.factors else { return Ok(()) };
    for (factor, value, look) in cells(plan, number, it, known) {
        sheet.put((row, factor as u16), value, look)?;
    }
    Ok(())
}

fn cells(
    plan: &Plan<'_>,
    number: usize,
    it: &Supplier,
    known: &Factors,
) -> [(Factor, Value, Look); 9] {
    let term = |term| plan.term(number, term);
    let rate = known.rate.as_ref().map_or(Amount::ONE, |rate| rate.rate);
    let stated = term(Term::RateStated);
    let minimum = term(Term::Minimum);
    let (lead, holding) = (term(Term::LeadDays), Plan::setting(Setting::HoldingRate));
    let least = it.minimum_value.map_or(String::new(), |least| least.normalize().to_string());
    let order = it.order_total.unwrap_or_default();
    let sum = |kind: &str| sum_of(plan, number, kind);
    [
        (
            Factor::Rate,
            formula(
                format!(
                    "=IF({stated}=\"\",1,IF({}=\"yes\",1/{stated},{stated}))",
                    term(Term::RateDivides)
                ),
                rate,
            ),
            Look::Factor,
        ),
        (
            Factor::Discount,
            formula(format!("=1-{}", term(Term::Discount)), known.discount),
            Look::Factor,
        ),
        (Factor::Tax, formula(tax(&term), known.tax), Look::Factor),
        (Factor::Payment, formula(payment(&term), known.payment.factor), Look::Factor),
        (Factor::Legs, formula(legs(&sum(SHARE), &term), known.leg_share), Look::Factor),
        (
            Factor::Pipeline,
            formula(
                format!("=IF(OR({lead}=\"\",{holding}=\"\"),0,{lead}/365*{holding})"),
                known.pipeline.unwrap_or_default(),
            ),
            Look::Factor,
        ),
        (Factor::Good, formula(format!("=1-{}", term(Term::Rejects)), known.good), Look::Factor),
        (
            Factor::Minimum,
            Value::Formula(
                format!("=IF({minimum}=\"\",\"\",{minimum}*{})", plan.factor(number, Factor::Rate)),
                least,
            ),
            Look::Money,
        ),
        (Factor::Order, formula(order_total(plan, number), order), Look::Money),
    ]
}

/// Recoverable tax out, other tax in.
fn tax(term: &impl Fn(Term) -> String) -> String {
    let [tax, held, back] = [Term::Tax, Term::TaxIncluded, Term::TaxRecoverable].map(term);
    format!(
        "=IF({tax}=\"\",1,IF(AND({held}=\"yes\",{back}=\"yes\"),1/(1+{tax}),\
         IF(AND({held}=\"no\",{back}=\"no\"),1+{tax},1)))"
    )
}

/// Shares of goods without tax, where tax that does not come back is in the goods.
fn legs(shares: &str, term: &impl Fn(Term) -> String) -> String {
    let [tax, held, back] = [Term::Tax, Term::TaxIncluded, Term::TaxRecoverable].map(term);
    format!("{shares}/IF(AND({tax}<>\"\",{held}<>\"\",{back}=\"no\"),1+{tax},1)")
}

/// The cheaper of net term and early payment, brought to the reference term.
fn payment(term: &impl Fn(Term) -> String) -> String {
    let reference = Plan::setting(Setting::PaymentDays);
    let [net, share, early] = [Term::PaymentDays, Term::EarlyDiscount, Term::EarlyDays].map(term);
    let money = Plan::setting(Setting::DiscountRate);
    let at = |days: &str| format!("(1+{money})^(({reference}-{days})/365)");
    format!(
        "=IF(OR({reference}=\"\",{net}=\"\"),1,IF(OR({share}=\"\",{early}=\"\"),{late},\
         MIN({late},{soon}*(1-{share}))))",
        late = at(&net),
        soon = at(&early)
    )
}

/// The sum of a supplier's charges of a kind, as stated.
fn sum_of(plan: &Plan<'_>, number: usize, kind: &str) -> String {
    if plan.charges.is_empty() {
        return "=0".to_owned();
    }
    let column = |column: ChargeColumn| {
        let (first, last) =
            (plan.charges_row(), plan.charges_row() + plan.charges.len() as u32 - 1);
        range(INPUTS, (first, column as u16), (last, column as u16))
    };
    format!(
        "=SUMIFS({},{},{},{},\"{kind}\")",
        column(ChargeColumn::Stated),
        column(ChargeColumn::Supplier),
        plan.term(number, Term::Name),
        column(ChargeColumn::Kind)
    )
}

fn order_total(plan: &Plan<'_>, number: usize) -> String {
    if plan.charges.is_empty() {
        return "=0".to_owned();
    }
    let (first, last) = (plan.amounts_row(), plan.amounts_row() + plan.charges.len() as u32 - 1);
    let names = range(FACTORS, (first, 0), (last, 0));
    let amounts = range(FACTORS, (first, 3), (last, 3));
    format!("=SUMIFS({amounts},{names},{})", plan.factor(number, Factor::Name))
}

/// Each charge like for like.
fn amounts(sheet: &mut Sheet, plan: &Plan<'_>) -> Result<(), XlsxError> {
    let first = plan.amounts_row();
    sheet.heads(first - 1, &["Order costs of", "What", "Kind", "#Like for like"])?;
    for ((row, stated), (supplier, number)) in
        (first..).zip(plan.charges_row()..).zip(&plan.charges)
    {
        let it = plan.quotes.supplier(*supplier);
        let Some(charge) = charged(it).into_iter().nth(*number) else { continue };
        let value = amount(plan, *supplier, stated, &charge);
        sheet.row(
            row,
            [
                (label(&it.name).into(), Look::Text),
                (charge.what.into(), Look::Text),
                (charge.kind.into(), Look::Text),
                (value, Look::Money),
            ],
        )?;
    }
    Ok(())
}

fn amount(plan: &Plan<'_>, supplier: usize, row: u32, charge: &Charged) -> Value {
    let Some(amount) = charge.amount else { return Value::Empty };
    let cell = |column: ChargeColumn| on(INPUTS, row, column as u16);
    let stated = cell(ChargeColumn::Stated);
    let factor = |factor| plan.factor(supplier, factor);
    let common = format!("={stated}*{}*{}", factor(Factor::Tax), factor(Factor::Rate));
    let text = match charge.kind {
        INVOICED => format!("{common}*{}", factor(Factor::Payment)),
        RECURRING => format!("{common}*{}", annuity(&cell(ChargeColumn::Months))),
        _ => format!("={stated}"),
    };
    formula(text, amount)
}

/// What instalments of 1 at the end of each period within the horizon are worth on the day of the
/// reference payment; a last part of a period counts by its share.
fn annuity(months: &str) -> String {
    let rate = Plan::setting(Setting::DiscountRate);
    let horizon = Plan::setting(Setting::Horizon);
    let reference = Plan::setting(Setting::PaymentDays);
    let whole = format!("INT({horizon}/{months})");
    let step = format!("(1+{rate})^(-{months}/12)");
    format!(
        "(1+{rate})^({reference}/365)*(IF({rate}=0,{whole},{step}*(1-{step}^{whole})/(1-{step}))\
         +MOD({horizon},{months})/{months}*(1+{rate})^(-{horizon}/12))"
    )
}
