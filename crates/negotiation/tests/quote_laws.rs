//! Laws of quotes like for like, against a plain implementation of the landed cost that shares no
//! code with the comparison.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use haggle_negotiation::deal::parse;
use haggle_negotiation::figure::Figures;
use haggle_negotiation::quote::{Comparison, QuoteRow, State, TaxWord, compare};
use haggle_quantity::{Amount, Per};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::sync::Arc;

/// One item and one supplier, in whole numbers of small parts.
#[derive(Debug, Clone)]
struct Case {
    quantity: u32,
    /// Item units in one unit of the price.
    pack: u32,
    /// Cents per unit of the price, and at each break (from, cents).
    price: u32,
    breaks: Vec<(u32, u32)>,
    incremental: bool,
    minimum: u32,
    multiple: u32,
    /// Percent.
    rejects: u32,
    discount: u32,
    tax: u32,
    tax_included: bool,
    tax_recoverable: bool,
    /// Cents.
    freight: u32,
    set_up: u32,
    monthly: u32,
    quality: u32,
    switching: u32,
    /// Days.
    payment: u32,
    early: Option<(u32, u32)>,
    lead: u32,
    /// Duty as percent of goods, clearance as money.
    duty: u32,
    clearance: u32,
    /// Percent a year.
    discount_rate: u32,
    holding: u32,
    reference: u32,
    horizon: u32,
    /// Thousandths of the deal's currency for one of the quote.
    rate: u32,
}

fn case() -> impl Strategy<Value = Case> {
    let goods = (1..5000_u32, 1..40_u32, 1..20_000_u32, any::<bool>(), 0..60_u32, 0..12_u32);
    let breaks = proptest::collection::vec((1..120_u32, 50..100_u32), 0..4);
    let shares = (0..20_u32, 0..40_u32, 0..30_u32, any::<bool>(), any::<bool>());
    let money = (0..50_000_u32, 0..50_000_u32, 0..9_000_u32, 0..9_000_u32, 0..9_000_u32);
    let days = (0..120_u32, proptest::option::of((1..6_u32, 0..30_u32)), 0..90_u32);
    let legs = (0..12_u32, 0..9_000_u32);
    let basis = (0..25_u32, 0..50_u32, 0..90_u32, 1..40_u32, 500..2000_u32);
    (goods, breaks, shares, money, days, legs, basis).prop_map(
        |(goods, steps, shares, money, days, legs, basis)| {
            let (mut breaks, mut from, mut price) = (Vec::new(), 0, goods.2);
            for (more, percent) in steps {
                (from, price) = (from + more, price * percent / 100);
                breaks.push((from, price));
            }
            Case {
                quantity: goods.0,
                pack: goods.1,
                price: goods.2,
                breaks,
                incremental: goods.3,
                minimum: goods.4,
                multiple: goods.5,
                rejects: shares.0,
                discount: shares.1,
                tax: shares.2,
                tax_included: shares.3,
                tax_recoverable: shares.4,
                freight: money.0,
                set_up: money.1,
                monthly: money.2,
                quality: money.3,
                switching: money.4,
                payment: days.0,
                early: days.1,
                lead: days.2,
                duty: legs.0,
                clearance: legs.1,
                discount_rate: basis.0,
                holding: basis.1,
                reference: basis.2,
                horizon: basis.3,
                rate: basis.4,
            }
        },
    )
}

fn hundredths(value: u32) -> String {
    format!("\"{}.{:02}\"", value / 100, value % 100)
}

impl Case {
    fn terms(&self) -> String {
        let mut text = format!(
            "currency = \"USD\"\nincoterm = \"DAP\"\npayment_days = {}\nlead_time_days = {}\ndiscount = {}\ntax = {}\ntax_included = {}\ntax_recoverable = {}\nfreight = {}\nrejects = {}\nquality_cost = {}\nswitching_cost = {}\nadders = {{ duty = \"{} %\" }}\n",
            self.payment,
            self.lead,
            hundredths(self.discount),
            hundredths(self.tax),
            self.tax_included,
            self.tax_recoverable,
            hundredths(self.freight),
            hundredths(self.rejects),
            hundredths(self.quality),
            hundredths(self.switching),
            self.duty,
        );
        if let Some((discount, days)) = self.early {
            let share = hundredths(discount);
            write!(text, "early_discount = {share}\nearly_days = {days}\n").unwrap();
        }
        text
    }

    fn charges(&self) -> String {
        format!(
            "[[quote.charge]]\nname = \"set-up\"\namount = {}\n[[quote.charge]]\nname = \"service\"\namount = {}\nevery = \"month\"\n",
            hundredths(self.set_up),
            hundredths(self.monthly)
        )
    }

    fn line(&self) -> String {
        let step = |(from, price): &(u32, u32)| {
            format!("{{ from = {from}, price = {} }}", hundredths(*price))
        };
        let breaks: Vec<String> = self.breaks.iter().map(step).collect();
        let mut line = format!(
            "[[quote.line]]\nitem = \"it\"\nprice = {}\nper = \"pack\"\npack = {}\nminimum = {}\nbreaks = [{}]\nscheme = \"{}\"\n",
            hundredths(self.price),
            self.pack,
            self.minimum,
            breaks.join(", "),
            if self.incremental { "incremental" } else { "all-units" }
        );
        if self.multiple > 0 {
            writeln!(line, "multiple = {}", self.multiple).unwrap();
        }
        line
    }

    fn head(&self) -> String {
        format!(
            "schema = \"haggle.deal/1\"\ntitle = \"t\"\nside = \"buyer\"\ncurrency = \"EUR\"\nper = \"lot\"\nas_of = 2026-11-23\n[us]\ndiscount_rate = {}\n[[rate]]\nfrom = \"USD\"\nto = \"EUR\"\nrate = \"{}.{:03}\"\ndate = 2026-11-20\n[tender]\nincoterm = \"DDP\"\npayment_days = {}\nhorizon_months = {}\nholding_rate = {}\nadders = {{ import_clearance = {} }}\n[[item]]\nid = \"it\"\nquantity = {}\nper = \"each\"\n",
            hundredths(self.discount_rate),
            self.rate / 1000,
            self.rate % 1000,
            self.reference,
            self.horizon,
            hundredths(self.holding),
            hundredths(self.clearance),
            self.quantity
        )
    }

    fn text(&self) -> String {
        format!(
            "{}[[quote]]\nsupplier = \"a\"\n{}{}{}",
            self.head(),
            self.terms(),
            self.charges(),
            self.line()
        )
    }

    /// The landed cost, plainly: every order quantity that could be best is tried.
    fn plain(&self) -> f64 {
        let part = |value: u32| f64::from(value) / 100.0;
        let need = f64::from(self.quantity) / (1.0 - part(self.rejects)) / f64::from(self.pack);
        let up = |quantity: f64| match self.multiple {
            0 => quantity,
            m => (quantity / f64::from(m) - 1e-11).ceil() * f64::from(m),
        };
        let tax = match (self.tax_included, self.tax_recoverable) {
            (true, true) => 1.0 / (1.0 + part(self.tax)),
            (false, false) => 1.0 + part(self.tax),
            _ => 1.0,
        };
        let r = 1.0 + part(self.discount_rate);
        let reference = f64::from(self.reference) / 365.0;
        let pay = |days: u32| libm::pow(r, reference - f64::from(days) / 365.0);
        let early = self.early.map(|(off, days)| (1.0 - part(off)) * pay(days));
        let pay = early.map_or(pay(self.payment), |early| early.min(pay(self.payment)));
        let common = tax * f64::from(self.rate) / 1000.0;
        let least = up(need.max(f64::from(self.minimum)));
        let later = self.breaks.iter().map(|(from, _)| up(f64::from(*from)));
        let line = |quantity: f64| {
            let goods = self.goods(quantity) * (1.0 - part(self.discount)) * common;
            let way = f64::from(self.lead) / 365.0 * part(self.holding);
            let keep = (quantity - need).max(0.0) / quantity * part(self.holding) / 2.0;
            // No duty on our tax: what does not come back is in the goods.
            let taxed = if self.tax_recoverable { 1.0 } else { 1.0 + part(self.tax) };
            goods * (pay + part(self.duty) / taxed + way + keep)
        };
        let tried = later.filter(|quantity| *quantity > least).chain([least]);
        let goods = tried.map(line).fold(f64::INFINITY, f64::min);
        let months =
            (1..=self.horizon).map(|month| libm::pow(r, reference - f64::from(month) / 12.0));
        goods
            + (part(self.freight) + part(self.set_up)) * common * pay
            + part(self.monthly) * common * months.sum::<f64>()
            + part(self.clearance)
            + part(self.quality)
            + part(self.switching)
    }

    fn goods(&self, quantity: f64) -> f64 {
        let mut tiers = vec![(0.0, f64::from(self.price) / 100.0)];
        tiers.extend(self.breaks.iter().map(|(f, p)| (f64::from(*f), f64::from(*p) / 100.0)));
        if !self.incremental {
            return quantity * tiers.iter().rev().find(|(from, _)| *from <= quantity).unwrap().1;
        }
        let ends = tiers.iter().skip(1).map(|(from, _)| *from).chain([f64::INFINITY]);
        let within = tiers
            .iter()
            .zip(ends)
            .map(|((from, price), to)| (quantity.min(to) - from).max(0.0) * price);
        within.sum()
    }
}

fn compared(text: &str) -> Comparison {
    let parsed = parse(text, None);
    assert!(parsed.problems.iter().all(|p| p.warning), "{:?}\n{text}", parsed.problems);
    compare(&parsed.deal.unwrap(), &[]).unwrap()
}

fn total(text: &str) -> Amount {
    let found = compared(text);
    let total = found.outcomes[0].totals[0].total;
    total.unwrap_or_else(|| panic!("{:?} {text}", found.suppliers[0].reasons))
}

fn near(a: Amount, b: Amount) -> bool {
    (a - b).abs() < Amount::new(1, 2)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// The comparison and the plain landed cost agree.
    #[test]
    fn agrees_with_the_plain_landed_cost(case in case()) {
        let found: f64 = total(&case.text()).to_string().parse().unwrap();
        let plain = case.plain();
        prop_assert!((found - plain).abs() <= 1e-6 + 1e-9 * plain, "{found} {plain}\n{}", case.text());
    }

    /// A total is the sum of its parts, and a line that of its own.
    #[test]
    fn parts_add_up(case in case()) {
        let found = compared(&case.text());
        let total = &found.outcomes[0].totals[0];
        let order: Amount = found.suppliers[0].order.iter().map(|cost| cost.amount).sum();
        let cost = found.cell(0, 0, 0).unwrap().cost.clone().unwrap();
        prop_assert_eq!(total.total.unwrap(), total.lines + order);
        prop_assert_eq!(cost.line, cost.paid + cost.legs + cost.pipeline + cost.holding);
        prop_assert!(cost.needed <= cost.least && cost.least <= cost.ordered);
        let figures = found.figures();
        prop_assert_eq!(figures.faults(), Vec::<String>::new());
        let told = figures.get("quote.a.total").unwrap().printed.clone().unwrap();
        prop_assert_eq!(told.parse::<Amount>().unwrap(), total.total.unwrap());
        for (id, figure) in found.figures_of(0, 0).iter() {
            prop_assert_eq!(Some(figure), figures.get(id));
        }
        recomputed(&figures)?;
    }

    /// The same quote in another unit of the price: nothing moves by a cent.
    #[test]
    fn another_unit(case in case(), times in 2..25_u32) {
        // Prices must stay exact in the new unit.
        let more = Case {
            pack: case.pack * times,
            price: case.price,
            breaks: case.breaks.clone(),
            minimum: case.minimum,
            multiple: case.multiple,
            quantity: case.quantity * times,
            ..case.clone()
        };
        let per_item = more.text();
        // One `pack` of `pack * times` units is `times` of `pack` units, at a price of a part.
        let fine = more.line().lines().map(|line| finer(line, &more, times)).collect::<String>();
        let fine = per_item.replace(&more.line(), &fine);
        prop_assert!(near(total(&per_item), total(&fine)), "{}\n{}", per_item, fine);
        // The item itself in dozens.
        let dozens = Case { quantity: case.quantity * 12, pack: case.pack * 12, ..case.clone() };
        let by_dozen = dozens.text()
            .replace(&format!("quantity = {}\nper = \"each\"", dozens.quantity), &format!("quantity = {}\nper = \"dozen\"", case.quantity))
            .replace(&format!("pack = {}\n", dozens.pack), &format!("pack = {}\n", case.pack));
        prop_assert!(near(total(&dozens.text()), total(&by_dozen)));
    }

    /// The same quote in another currency.
    #[test]
    fn another_currency(case in case(), cents in 2..400_u32) {
        let text = case.text();
        // 1 USD is `cents` hundredths of a GBP; every amount of the quote is stated in GBP.
        let gbp = Case {
            price: case.price * cents,
            breaks: case.breaks.iter().map(|(from, price)| (*from, price * cents)).collect(),
            freight: case.freight * cents,
            set_up: case.set_up * cents,
            monthly: case.monthly * cents,
            ..case.clone()
        };
        let rate = f64::from(case.rate) / 1000.0 / f64::from(cents);
        let other = gbp.text()
            .replace("currency = \"USD\"", "currency = \"GBP\"")
            .replace("[tender]", &format!("[[rate]]\nfrom = \"GBP\"\nto = \"EUR\"\nrate = \"{rate:.17}\"\ndate = 2026-11-20\n[tender]"));
        prop_assert!(near(total(&text), total(&other)), "{}\n{}", text, other);
    }

    /// Better terms never raise a total (eight places: amounts are rounded at twelve).
    #[test]
    fn better_terms_never_cost_more(case in case(), less in 1..50_u32) {
        let before = total(&case.text());
        let down = |value: u32| value.saturating_sub(less);
        let c = || case.clone();
        let mut better = vec![
            ("price", Case { price: down(case.price).max(case.breaks.first().map_or(0, |b| b.1)), ..c() }),
            ("minimum", Case { minimum: down(case.minimum), ..c() }),
            ("multiple", Case { multiple: 0, ..c() }),
            ("discount", Case { discount: case.discount + less, ..c() }),
            ("freight", Case { freight: down(case.freight), ..c() }),
            ("set-up", Case { set_up: down(case.set_up), ..c() }),
            ("monthly", Case { monthly: down(case.monthly), ..c() }),
            ("payment", Case { payment: case.payment + less, ..c() }),
            ("lead", Case { lead: down(case.lead), ..c() }),
            ("switching", Case { switching: down(case.switching), ..c() }),
            ("duty", Case { duty: down(case.duty), ..c() }),
        ];
        if let Some((off, days)) = case.early {
            better.push(("early", Case { early: Some((off + 1, days)), ..c() }));
        } else {
            better.push(("early", Case { early: Some((2, 10)), ..c() }));
        }
        if let Some((first, rest)) = case.breaks.split_first() {
            let mut breaks = vec![(first.0.saturating_sub(1).max(1), first.1)];
            breaks.extend(rest);
            better.push(("break", Case { breaks, ..c() }));
        }
        // Fewer rejects of a forced quantity leave more to hold, and what is left has no value here:
        // the law for rejects is that of the goods.
        let free = |rejects| Case { rejects, holding: 0, ..c() };
        prop_assert!(total(&free(0).text()) <= total(&free(case.rejects).text()));
        let rounding = Amount::new(1, 8);
        for (what, better) in better {
            let after = total(&better.text());
            prop_assert!(after <= before + rounding, "{what}: {before} {after}\n{}", case.text());
        }
    }

    /// Three suppliers and four items, in any order of the file: the same totals and ranking.
    #[test]
    fn order_of_lines(
        prices in proptest::collection::vec(proptest::option::weighted(0.8, 1..900_u32), 12),
        items in Just(vec![0, 1, 2, 3]).prop_shuffle(),
        suppliers in Just(vec![0, 1, 2]).prop_shuffle(),
        fill in any::<bool>(),
    ) {
        prop_assume!(prices.iter().any(Option::is_some));
        let text = |items: &[usize], suppliers: &[usize]| {
            let mut text = format!("schema = \"haggle.deal/1\"\ntitle = \"t\"\nside = \"buyer\"\ncurrency = \"EUR\"\nper = \"lot\"\nas_of = 2026-11-23\n[tender]\nfill_gaps = {fill}\n");
            for item in items {
                write!(text, "[[item]]\nid = \"i{item}\"\nquantity = {}\nper = \"each\"\n", item + 1).unwrap();
            }
            for supplier in suppliers {
                write!(text, "[[quote]]\nsupplier = \"s{supplier}\"\nfreight = {supplier}\n").unwrap();
                for item in items {
                    if let Some(price) = prices[item * 3 + supplier] {
                        write!(text, "[[quote.line]]\nitem = \"i{item}\"\nprice = {price}\n").unwrap();
                    }
                }
            }
            text
        };
        let (one, other) = (compared(&text(&[0, 1, 2, 3], &[0, 1, 2])), compared(&text(&items, &suppliers)));
        let told = |found: &Comparison| {
            let mut totals: Vec<_> = found.suppliers.iter().zip(&found.outcomes[0].totals)
                .map(|(s, t)| (s.name.clone(), t.total, t.lines, t.plugs, t.missing.len())).collect();
            totals.sort();
            let ranks: Vec<Amount> = found.outcomes[0].ranking.iter().map(|it| it.total).collect();
            (totals, ranks)
        };
        prop_assert_eq!(told(&one), told(&other));
    }
}

/// Figures follow from their inputs by the formulas that they name.
fn recomputed(figures: &Figures) -> Result<(), TestCaseError> {
    for (id, figure) in figures.iter() {
        let of = |name: &str| {
            let input = figure.inputs.iter().find(|(argument, _)| argument == name);
            input.and_then(|(_, id)| figures.get(id)).map(|figure| figure.value)
        };
        let or = |name: &str, default: f64| of(name).unwrap_or(default);
        let value = match figure.formula {
            "quote_needed" => or("quantity", 0.0) / (1.0 - or("rejects", 0.0)) / or("pack", 1.0),
            "quote_goods" => or("price", 0.0) * or("ordered", 0.0) * (1.0 - or("discount", 0.0)),
            "quote_common" => or("goods", 0.0) * or("tax", 1.0) * or("rate", 1.0),
            "quote_paid" => or("common", 0.0) * or("payment", 1.0),
            "quote_legs" => or("common", 0.0) * or("leg_share", 0.0),
            "quote_pipeline" => {
                or("common", 0.0) * or("lead_time", 0.0) / 365.0 * or("holding_rate", 0.0)
            }
            "quote_holding" => {
                let excess = or("ordered", 0.0) - or("needed", 0.0);
                or("common", 0.0) * excess / or("ordered", 1.0) * or("holding_rate", 0.0) / 2.0
            }
            "quote_line" => {
                ["paid", "legs", "pipeline", "holding"].map(|name| or(name, 0.0)).iter().sum()
            }
            "quote_unit" => or("line", 0.0) / or("quantity", 1.0),
            "quote_total" => ["lines", "order", "plugs"].map(|name| or(name, 0.0)).iter().sum(),
            "quote_sum" => {
                figure.inputs.iter().filter_map(|(_, id)| figures.get(id)).map(|it| it.value).sum()
            }
            _ => continue,
        };
        let near = (value - figure.value).abs() <= 1e-6 + 1e-9 * value.abs();
        prop_assert!(near, "{id}: {value} {}", figure.value);
    }
    Ok(())
}

/// A line of the quote in a unit of which `times` make the old one.
fn finer(line: &str, case: &Case, times: u32) -> String {
    let exact = |cents: u32| {
        let price = Amount::new(i64::from(cents), 2) / Amount::from(times);
        price.round_dp(12).normalize().to_string()
    };
    let (key, _) = line.split_once(" = ").unwrap_or((line, ""));
    let new = match key {
        "price" => format!("price = \"{}\"", exact(case.price)),
        "pack" => format!("pack = {}", case.pack / times),
        "minimum" => format!("minimum = {}", case.minimum * times),
        "multiple" => format!("multiple = {}", case.multiple * times),
        "breaks" => {
            let step = |(from, price): &(u32, u32)| {
                format!("{{ from = {}, price = \"{}\" }}", from * times, exact(*price))
            };
            format!("breaks = [{}]", case.breaks.iter().map(step).collect::<Vec<_>>().join(", "))
        }
        _ => line.to_owned(),
    };
    format!("{new}\n")
}

/// Rows as a careless sheet has them.
fn rows() -> impl Strategy<Value = Vec<QuoteRow>> {
    let texts = ["30", "5 %", "0.2", "EXW", "yes", "included", "2026-12-01", "n/a", "-3", ""];
    let keys = [
        "pack",
        "minimum",
        "multiple",
        "scheme",
        "scope",
        "discount",
        "valid_until",
        "lead_time_days",
        "incoterm",
        "payment_days",
        "freight",
        "tax",
        "tax_included",
        "reference",
        "colour",
    ];
    let attribute =
        (proptest::sample::select(keys.to_vec()), proptest::sample::select(texts.to_vec()));
    let names = (0..4_usize, 0..4_usize, proptest::option::of(0..4_usize));
    let price = (1..999_i64, proptest::option::of(0..50_u32), proptest::option::of(20..90_u32));
    let unit = (
        proptest::option::weighted(0.9, proptest::sample::select(vec!["each", "dozen", "kg"])),
        0..9_usize,
    );
    let row = (names, price, unit, proptest::collection::vec(attribute, 0..3), 0..20_u32);
    let row = row.prop_map(
        |((supplier, code, title), (amount, from, to), (per, currency), attributes, tax)| {
            QuoteRow {
                source: Arc::from("bids"),
                place: "".into(),
                supplier: Arc::from(["Acme", "ACME ", "Bolt", "Cask"][supplier]),
                code: Some(Arc::from(["i0", "I1", "i2", "unknown"][code])),
                title: title.map(|at| Arc::from(["i0", "i1", "i2", "else"][at])),
                amount: Amount::new(amount, 2),
                currency: [Some("EUR"), Some("USD"), None]
                    .get(currency)
                    .copied()
                    .unwrap_or(Some("EUR"))
                    .map(|it| it.parse().unwrap()),
                per: per.map(Per::new),
                quantity_from: from.map(Amount::from),
                quantity_to: to.map(Amount::from),
                date: None,
                tax: if tax == 0 { TaxWord::Included } else { TaxWord::Unknown },
                estimate: tax == 1,
                attributes: attributes
                    .into_iter()
                    .map(|(k, t)| (Arc::from(k), Arc::from(t)))
                    .collect(),
            }
        },
    );
    proptest::collection::vec(row, 1..25).prop_map(|mut rows| {
        for (at, row) in rows.iter_mut().enumerate() {
            row.place = format!("bids.csv:{at:02}").into();
        }
        rows
    })
}

const SHEET: &str = "schema = \"haggle.deal/1\"\ntitle = \"t\"\nside = \"buyer\"\ncurrency = \"EUR\"\nper = \"lot\"\nas_of = 2026-11-23\n[[rate]]\nfrom = \"USD\"\nto = \"EUR\"\nrate = 0.9\ndate = 2026-11-20\n[tender]\nholding_rate = 0.1\nfill_gaps = true\n[[item]]\nid = \"i0\"\nquantity = 24\nper = \"each\"\nunits = { dozen = 12 }\n[[item]]\nid = \"i1\"\nquantity = 3\nper = \"kg\"\n[[item]]\nid = \"i2\"\nquantity = 40\nper = \"each\"\n[[quote]]\nsupplier = \"Cask\"\npayment_days = 30\n[[quote.line]]\nitem = \"i2\"\nprice = 1\n";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Every row stands in the comparison at its place, or was passed over with a reason; whatever
    /// has no cost says why; and the order of rows moves nothing.
    #[test]
    fn no_row_is_dropped(rows in rows(), turn in 0..25_usize) {
        let deal = parse(SHEET, None).deal.unwrap();
        let found = compare(&deal, &rows).unwrap();
        let mut places: Vec<String> = found.quoted.iter().flatten().flat_map(|it| &it.places).map(ToString::to_string).collect();
        places.extend(found.passed_over.iter().map(|it| it.place.to_string()));
        places.sort_unstable();
        let given: Vec<String> = rows.iter().map(|row| row.place.to_string()).collect();
        prop_assert_eq!(places, given);
        prop_assert!(found.passed_over.iter().all(|it| !it.reason.is_empty()));
        for (at, cell) in found.outcomes[0].cells.iter().enumerate() {
            let supplier = &found.suppliers[at % found.suppliers.len()];
            let quiet = matches!(cell.state, State::Counts | State::Gap | State::Filled);
            prop_assert!(quiet || cell.reason.is_some() || !supplier.reasons.is_empty());
            prop_assert!(cell.cost.is_some() || cell.state != State::Counts);
        }
        prop_assert_eq!(found.figures().faults(), Vec::<String>::new());
        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len());
        let again = compare(&deal, &turned).unwrap();
        let states = |it: &Comparison| it.suppliers.iter().map(|s| (s.slug.clone(), s.state)).collect::<Vec<_>>();
        prop_assert_eq!(states(&found), states(&again));
        prop_assert_eq!(found.outcomes[0].totals.clone(), again.outcomes[0].totals.clone());
    }
}
