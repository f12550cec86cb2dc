//! The numbers of a comparison as figures with formula and inputs, made when somebody asks for them.

use super::decimal::kept;
use super::{Comparison, Cost, Factors, OrderKind, Quoted, Supplier};
use crate::deal::as_f64;
use crate::figure::{Figure, Figures, Unit};
use haggle_quantity::Amount;

/// Figures of one supplier, all below `quote.SUPPLIER`.
struct Making<'a> {
    comparison: &'a Comparison,
    supplier: &'a Supplier,
    factors: &'a Factors,
    figures: Figures,
}

impl Comparison {
    /// The figures of one line as asked: `quote.SUPPLIER.ITEM.line`, `.unit`, and all that they
    /// rest on. Empty where the line has no cost.
    pub fn figures_of(&self, supplier: usize, item: usize) -> Figures {
        let Some(mut making) = self.making(supplier) else { return Figures::default() };
        making.line(supplier, item);
        making.figures
    }

    /// The figures of one supplier as asked: every line, order costs, and `quote.SUPPLIER.total`.
    pub fn figures_of_supplier(&self, supplier: usize) -> Figures {
        let Some(mut making) = self.making(supplier) else { return Figures::default() };
        making.whole(supplier);
        making.figures
    }

    /// All of them.
    pub fn figures(&self) -> Figures {
        let mut all = Figures::default();
        for supplier in 0..self.suppliers.len() {
            for (id, figure) in self.figures_of_supplier(supplier).iter() {
                all.add(id, figure.clone());
            }
        }
        all
    }

    fn making(&self, supplier: usize) -> Option<Making<'_>> {
        let supplier = self.suppliers.get(supplier)?;
        let factors = supplier.factors.as_ref()?;
        let mut making =
            Making { comparison: self, supplier, factors, figures: Figures::default() };
        making.terms();
        Some(making)
    }
}

impl Making<'_> {
    fn id(&self, name: &str) -> String {
        format!("quote.{}.{name}", self.supplier.slug)
    }

    fn ours(&self) -> Unit {
        Unit::Money(self.comparison.currency.to_string())
    }

    fn theirs(&self) -> Unit {
        let currency = self.supplier.terms.currency.unwrap_or(self.comparison.currency);
        Unit::Money(currency.to_string())
    }

    /// Adds a figure of this supplier whose inputs are other figures of it, by name.
    fn add(
        &mut self,
        name: &str,
        value: Amount,
        unit: Unit,
        formula: &'static str,
        inputs: &[(&str, &str)],
    ) {
        let inputs: Vec<(String, String)> =
            inputs.iter().map(|(argument, id)| ((*argument).to_owned(), self.id(id))).collect();
        let figure = Figure::new(self.label(name), as_f64(kept(value)), unit, formula);
        let present = self.figures.present(&inputs);
        let figure = match present.is_empty() {
            true => figure.with_assumption("nothing is stated that moves it"),
            false => figure.with_inputs(present),
        };
        self.figures.add(self.id(name), figure.with_printed(kept(value).normalize().to_string()));
    }

    fn label(&self, name: &str) -> String {
        format!("{}: {}", self.supplier.name, name.replace(['.', '_'], " "))
    }

    /// A figure that is stated: by a row at its place, or by the deal file.
    fn given(&mut self, name: &str, value: Amount, unit: Unit, place: Option<&str>) {
        let figure = Figure::new(self.label(name), as_f64(kept(value)), unit, "given");
        let figure = match place {
            Some(place) => figure.with_evidence(place),
            None => figure
                .with_assumption(self.supplier.terms.source.as_deref().unwrap_or("the deal file")),
        };
        self.figures.add(self.id(name), figure.with_printed(kept(value).normalize().to_string()));
    }

    fn stated(&mut self, key: &'static str, value: Option<Amount>, unit: Unit) {
        let place = self.supplier.places.get(key).cloned();
        if let Some(value) = value {
            self.given(key, value, unit, place.as_deref());
        }
    }

    /// What is the same for every line.
    fn terms(&mut self) {
        let terms = &self.supplier.terms;
        let days = |days: Option<u32>| days.map(Amount::from);
        self.stated("discount", terms.discount, Unit::Share);
        self.stated("tax", terms.tax, Unit::Share);
        self.stated("rejects", terms.rejects, Unit::Share);
        self.stated("payment_days", days(terms.payment_days), Unit::Days);
        self.stated("early_discount", terms.early_discount, Unit::Share);
        self.stated("early_days", days(terms.early_days), Unit::Days);
        self.stated("lead_time_days", days(terms.lead_time_days), Unit::Days);
        self.stated("holding_rate", self.comparison.basis.holding_rate, Unit::Share);
        self.stated("reference_days", days(self.comparison.basis.payment_days), Unit::Days);
        if let Some(rate) = self.comparison.basis.discount_rate {
            let figure =
                Figure::assumed(self.label("discount_rate"), rate, Unit::Share, "the deal file");
            self.figures.add(self.id("discount_rate"), figure);
        }
        let factors = self.factors;
        self.add("tax_factor", factors.tax, Unit::Factor, "quote_tax", &[("tax", "tax")]);
        self.rate();
        let payment = [
            ("payment_days", "payment_days"),
            ("early_discount", "early_discount"),
            ("early_days", "early_days"),
            ("reference_days", "reference_days"),
            ("discount_rate", "discount_rate"),
        ];
        self.add("payment", factors.payment.factor, Unit::Factor, "quote_payment", &payment);
        if !factors.leg_share.is_zero() {
            self.given("leg_share", factors.leg_share, Unit::Share, None);
        }
    }

    fn rate(&mut self) {
        let Some(rate) = &self.factors.rate else { return };
        let source = rate.source.as_deref().unwrap_or("the deal file");
        let unit = Unit::Money(format!("{}/{}", rate.to, rate.from));
        let why = format!("{source}, {}", rate.date);
        let figure = Figure::assumed(self.label("rate"), as_f64(kept(rate.rate)), unit, why);
        let figure = figure.with_printed(kept(rate.rate).normalize().to_string());
        self.figures.add(self.id("rate"), figure);
    }

    /// The line of an item; whether there is one.
    fn line(&mut self, supplier: usize, item: usize) -> bool {
        let comparison = self.comparison;
        let cost = comparison.cell(0, item, supplier).and_then(|cell| cell.cost.as_ref());
        let row = comparison.items.get(item).zip(comparison.quoted(item, supplier));
        let (Some(cost), Some((row, quoted))) = (cost, row) else { return false };
        let slug = row.slug.clone();
        self.line_given(&slug, quoted, row.quantity, cost);
        self.line_made(&slug, cost, format!("{}/{}", comparison.currency, row.per));
        true
    }

    fn line_given(&mut self, slug: &str, quoted: &Quoted, quantity: Amount, cost: &Cost) {
        let of = |name: &str| format!("{slug}.{name}");
        let place = quoted.places.get(cost.tier).or(quoted.places.first());
        let place = place.map(ToString::to_string);
        let per = Unit::Money(format!("{}/{}", quoted.currency, quoted.per));
        self.given(&of("price"), cost.price, per, place.as_deref());
        self.given(&of("quantity"), quantity, Unit::Count, None);
        let more = [
            ("pack", quoted.pack),
            ("minimum", quoted.minimum),
            ("multiple", quoted.multiple),
            ("discount", quoted.discount),
            ("lead_time_days", quoted.lead_time_days.map(Amount::from)),
        ];
        for (name, value) in more {
            let unit = match name {
                "discount" => Unit::Share,
                "lead_time_days" => Unit::Days,
                _ => Unit::Count,
            };
            if let Some(value) = value {
                self.given(&of(name), value, unit, place.as_deref());
            }
        }
    }

    fn line_made(&mut self, slug: &str, cost: &Cost, unit_price: String) {
        let of = |name: &str| format!("{slug}.{name}");
        let [quantity, pack, needed, minimum, multiple, ordered, price, goods, common, paid] = [
            "quantity", "pack", "needed", "minimum", "multiple", "ordered", "price", "goods",
            "common", "paid",
        ]
        .map(of);
        let [legs, pipeline, holding, line] = ["legs", "pipeline", "holding", "line"].map(of);
        let (discount, lead) = (of("discount"), of("lead_time_days"));
        let discount =
            if self.figures.has(&self.id(&discount)) { discount } else { "discount".to_owned() };
        let lead =
            if self.figures.has(&self.id(&lead)) { lead } else { "lead_time_days".to_owned() };
        let (ours, theirs) = (self.ours(), self.theirs());
        let inputs = [("quantity", &*quantity), ("pack", &pack), ("rejects", "rejects")];
        self.add(&needed, cost.needed, Unit::Count, "quote_needed", &inputs);
        let inputs = [
            ("needed", &*needed),
            ("minimum", &minimum),
            ("multiple", &multiple),
            ("price", &price),
        ];
        self.add(&ordered, cost.ordered, Unit::Count, "quote_ordered", &inputs);
        let inputs = [("price", &*price), ("ordered", &ordered), ("discount", &discount)];
        self.add(&goods, cost.goods, theirs, "quote_goods", &inputs);
        let inputs = [("goods", &*goods), ("tax", "tax_factor"), ("rate", "rate")];
        self.add(&common, cost.common, ours.clone(), "quote_common", &inputs);
        let inputs = [("common", &*common), ("payment", "payment")];
        self.add(&paid, cost.paid, ours.clone(), "quote_paid", &inputs);
        let inputs = [("common", &*common), ("leg_share", "leg_share")];
        self.add(&legs, cost.legs, ours.clone(), "quote_legs", &inputs);
        let inputs = [("common", &*common), ("lead_time", &lead), ("holding_rate", "holding_rate")];
        self.add(&pipeline, cost.pipeline, ours.clone(), "quote_pipeline", &inputs);
        let inputs = [
            ("common", &*common),
            ("ordered", &ordered),
            ("needed", &needed),
            ("holding_rate", "holding_rate"),
        ];
        self.add(&holding, cost.holding, ours.clone(), "quote_holding", &inputs);
        let inputs =
            [("paid", &*paid), ("legs", &legs), ("pipeline", &pipeline), ("holding", &holding)];
        self.add(&line, cost.line, ours, "quote_line", &inputs);
        let inputs = [("line", &*line), ("quantity", &quantity)];
        self.add(&of("unit"), cost.unit, Unit::Money(unit_price), "quote_unit", &inputs);
    }

    /// Every line, order costs and the total.
    fn whole(&mut self, supplier: usize) {
        let comparison = self.comparison;
        let Some(outcome) = comparison.outcomes.first() else { return };
        let Some(total) = outcome.totals.get(supplier) else { return };
        let mut lines = Vec::new();
        for (item, row) in comparison.items.iter().enumerate() {
            let counted = outcome.in_scope[item] && !total.missing.contains(&item);
            if self.line(supplier, item) && counted {
                lines.push((row.slug.clone(), format!("{}.line", row.slug)));
            }
        }
        let ours = self.ours();
        self.sum("lines", total.lines, &lines);
        let mut parts = Vec::new();
        for cost in &self.supplier.order {
            let name = self.order_name(&cost.name);
            let place = self.supplier.places.get("freight");
            let place = place.filter(|_| cost.kind == OrderKind::Freight).cloned();
            self.given(&name, cost.amount, ours.clone(), place.as_deref());
            parts.push((name.clone(), name));
        }
        if let Some(order) = total.order {
            self.sum("order", order, &parts);
        }
        if !total.plugs.is_zero() {
            let figure = Figure::assumed(
                self.label("plugs"),
                as_f64(total.plugs),
                ours.clone(),
                "gaps filled by the median of the others, for the ranking alone",
            );
            self.figures.add(self.id("plugs"), figure);
        }
        if let Some(whole) = total.total {
            let inputs = [("lines", "lines"), ("order", "order"), ("plugs", "plugs")];
            self.add("total", whole, ours, "quote_total", &inputs);
        }
    }

    /// The name of a cost of the order; costs that are called alike are numbered.
    fn order_name(&self, cost: &str) -> String {
        let name = format!("order.{}", crate::deal::slug(cost));
        let mut numbered = name.clone();
        let mut n = 1;
        while self.figures.has(&self.id(&numbered)) {
            n += 1;
            numbered = format!("{name}-{n}");
        }
        numbered
    }

    /// A sum of figures of this supplier; of none it is 0 by definition.
    fn sum(&mut self, name: &str, value: Amount, parts: &[(String, String)]) {
        let inputs: Vec<(&str, &str)> =
            parts.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        if inputs.is_empty() {
            return self.given(name, value, self.ours(), None);
        }
        self.add(name, value, self.ours(), "quote_sum", &inputs);
    }
}
