//! The negotiation with one supplier: its brief, and around it what the other quotes add.

use super::words::listed;
use crate::inline::{Inline, Tone};
use crate::json::{list, map_of, pretty};
use crate::outline::{Page, outline};
use crate::section::{self, Block, Item, Table, heading, paragraph};
use crate::text::Style;
use crate::{html, markdown, number, text};
use haggle_negotiation::quote::vendor::{Ask, Element, Negotiation, Reference, Saying, Trade};
use haggle_quantity::Currency;
use serde_json::{Value, json};

/// The private brief of a supplier, to be written in a format.
#[derive(Debug, Clone, Copy)]
pub struct VendorBrief<'a>(pub &'a Negotiation);

impl VendorBrief<'_> {
    /// As text.
    pub fn text(&self, style: &Style) -> String {
        text::render(&self.blocks(), style)
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        markdown::render(&self.blocks())
    }

    /// As one self-contained HTML file; its JSON lies inside.
    pub fn html(&self) -> String {
        html::whole(&self.0.brief, &self.blocks(), &self.json())
    }

    /// As `haggle.report/1` with what the other quotes add under `vendor`.
    pub fn json(&self) -> String {
        let mut report = map_of(crate::json::report(&self.0.brief));
        report.insert("vendor".to_owned(), vendor(self.0));
        pretty(&Value::Object(report))
    }

    /// The brief's blocks, and the supplier's after its first section.
    fn blocks(&self) -> Vec<Block> {
        let mut blocks = outline(&self.0.brief, Page::Report);
        let opens = |block: &Block| matches!(block, Block::Heading { level: 2, .. });
        let sections = blocks.iter().enumerate().filter(|(_, block)| opens(block));
        let second = sections.map(|(at, _)| at).nth(1).unwrap_or(blocks.len());
        blocks.splice(second..second, own(self.0));
        blocks.extend(memo(self.0));
        blocks
    }
}

/// What stands in a supplier's brief beside the plan.
fn own(it: &Negotiation) -> Vec<Block> {
    let mut blocks = vec![heading(2, "own-terms", &format!("In the terms of {}", it.vendor))];
    let asks = points(it.asks.iter().map(ask));
    blocks.push(asks.unwrap_or_else(|| paragraph(untold(it))));
    blocks.push(backup(it));
    blocks.push(heading(2, "arguments", "What to say, in this order"));
    blocks.extend(points(it.arguments.iter().map(saying)));
    blocks.extend(references(&it.references));
    blocks.push(heading(2, "trades", "What to trade"));
    let currency = it.deal.currency;
    blocks.extend(points(it.trades.iter().map(|it| trade(it, currency))));
    blocks.push(paragraph(it.one_more.text.as_str()));
    if let Some(questions) = points(it.questions.iter().map(|text| plain(text))) {
        blocks.extend([heading(2, "ask-first", "Ask before comparing further"), questions]);
    }
    blocks
}

/// Why no figure of the plan can be told as a price of goods.
fn untold(it: &Negotiation) -> &'static str {
    match it.brief.headline.anchor {
        Some(_) => {
            "What the order costs beside its goods alone exceeds every figure of the plan: no discount on goods reaches it. Negotiate freight and charges."
        }
        None => "The plan gives no opening: its findings say why.",
    }
}

fn points(items: impl Iterator<Item = Item>) -> Option<Block> {
    section::list(items.collect())
}

fn plain(text: &str) -> Item {
    Item { head: text.into(), more: Vec::new() }
}

fn ask(it: &Ask) -> Item {
    Item { head: Inline::default().figure(it.figure, &it.text, Tone::Plain), more: Vec::new() }
}

fn saying(it: &Saying) -> Item {
    Item { head: it.text.as_str().into(), more: vec![Inline::default().muted(&it.basis)] }
}

fn trade(it: &Trade, currency: Currency) -> Item {
    let worth = it.worth.map_or(String::new(), |worth| {
        format!(": worth {currency}\u{a0}{} to us", number::cents(worth, currency))
    });
    let head = Inline::default().strong(&format!("{}: ", it.kind.as_str())).text(&it.text);
    let head = head.text(&worth);
    Item { head, more: it.missing.iter().map(|what| missing(what)).collect() }
}

fn missing(what: &str) -> Inline {
    Inline::default().toned("missing: ", Tone::Warning).text(what)
}

/// The next best award of the lines, or why there is none.
fn backup(it: &Negotiation) -> Block {
    match (&it.backup, &it.no_backup) {
        (Some(backup), _) => paragraph(format!(
            "Without {}, these lines go to {}.",
            it.vendor,
            listed(backup.suppliers.iter().cloned())
        )),
        (None, why) => paragraph(format!(
            "There is no next best award: {}.",
            why.as_deref().unwrap_or("nobody else quotes these lines")
        )),
    }
}

fn references(all: &[Reference]) -> Option<Block> {
    let mut table =
        Table::new("What the price is held against", &["reference", "#amount", "rests on"]);
    for it in all {
        let amount = it
            .amount
            .map_or_else(Inline::default, |amount| number::quantity(amount.round_dp(2)).into());
        let ground = it.missing.as_deref().map_or_else(|| rests_on(it), missing);
        table.row(vec![it.kind.words().into(), amount, ground]);
    }
    table.block()
}

/// What a reference rests on; other costs of the order, which its amount holds, are told apart.
fn rests_on(it: &Reference) -> Inline {
    let basis = it.basis.as_str();
    match it.lines.filter(|lines| Some(*lines) != it.amount) {
        None => basis.into(),
        Some(lines) => {
            let lines = number::quantity(lines.round_dp(2));
            Inline::from(format!("{basis}: {lines}; the rest is for the order"))
        }
    }
}

/// The elements of the memo for the file; what is missing is named.
pub(super) fn memo(it: &Negotiation) -> Vec<Block> {
    let mut blocks = vec![heading(2, "memo", &format!("Memo for the file: {}", it.vendor))];
    blocks.extend(points(it.memo.iter().map(element)));
    blocks
}

fn element(it: &Element) -> Item {
    let head = Inline::default().strong(it.title).muted(&format!(" ({})", it.cite));
    let facts = it.facts.iter().map(|fact| Inline::from(format!("{}: {}", fact.label, fact.text)));
    let beside = it.beside.iter().map(|why| Inline::default().muted("does not apply: ").text(why));
    let missing = it.missing.iter().map(|what| missing(what));
    Item { head, more: facts.chain(beside).chain(missing).collect() }
}

fn vendor(it: &Negotiation) -> Value {
    let exact = super::json::exact;
    let reference = |it: &Reference| json!({"kind": it.kind.as_str(), "amount": it.amount.map(exact), "lines": it.lines.map(exact), "basis": it.basis, "missing": it.missing});
    let ask = |it: &Ask| {
        json!({
            "name": it.name, "figure": it.figure, "total": exact(it.total),
            "discount": exact(it.discount), "goods": exact(it.goods),
            "goods_then": exact(it.goods_then), "text": it.text,
        })
    };
    let trade = |it: &Trade| json!({"kind": it.kind.as_str(), "text": it.text, "worth": it.worth.map(exact), "missing": it.missing});
    json!({
        "name": it.vendor,
        "offer": exact(it.offer),
        "order": exact(it.order),
        "backup": it.backup.as_ref().map(|backup| json!({
            "suppliers": backup.suppliers,
            "total": exact(backup.award.total),
            "bound": exact(backup.award.bound),
            "switching": exact(backup.switching),
        })),
        "no_backup": it.no_backup,
        "references": list(&it.references, reference),
        "asks": list(&it.asks, ask),
        "arguments": list(&it.arguments, |it| json!({"text": it.text, "basis": it.basis})),
        "trades": list(&it.trades, trade),
        "one_more": {"text": it.one_more.text, "pays": it.one_more.pays, "quotes": it.one_more.quotes},
        "questions": it.questions,
        "memo": list(&it.memo, element_json),
    })
}

/// An element of the memo; complete where nothing is missing.
pub(super) fn element_json(it: &Element) -> Value {
    let fact = |it: &haggle_negotiation::quote::vendor::Fact| json!({"label": it.label, "text": it.text, "amount": it.amount.map(super::json::exact)});
    json!({
        "id": it.id,
        "title": it.title,
        "cite": it.cite,
        "facts": list(&it.facts, fact),
        "does_not_apply": it.beside,
        "missing": it.missing,
    })
}
