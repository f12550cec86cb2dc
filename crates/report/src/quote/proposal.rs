//! Our proposal to one supplier, for its eyes: made from [`Proposal`], which has no place for anything
//! but its own prices, ours for them, and public markets.

use super::json::exact;
use crate::html;
use crate::inline::Inline;
use crate::json::{list, pretty};
use crate::section::{Block, Table, heading, paragraph};
use crate::text::Style;
use crate::{markdown, number, text};
use haggle_negotiation::quote::vendor::{MarketPrice, Proposal, ProposedLine};
use haggle_quantity::Amount;
use serde_json::{Value, json};

/// A proposal, to be written in a format.
#[derive(Debug, Clone, Copy)]
pub struct VendorProposal<'a>(pub &'a Proposal);

impl VendorProposal<'_> {
    /// As text.
    pub fn text(&self, style: &Style) -> String {
        text::render(&self.blocks(), style)
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        markdown::render(&self.blocks())
    }

    /// As one self-contained HTML file without a script that runs; its JSON lies inside.
    pub fn html(&self) -> String {
        html::page(&self.0.title, self.0.as_of, &self.blocks(), "haggle-proposal", &self.json())
    }

    /// As `haggle.proposal/1`: amounts as decimal strings, in the currency of the quote.
    pub fn json(&self) -> String {
        let it = self.0;
        pretty(&json!({
            "schema": "haggle.proposal/1",
            "haggle": env!("CARGO_PKG_VERSION"),
            "audience": "shareable",
            "as_of": it.as_of.to_string(),
            "deal": {"title": it.title},
            "supplier": it.vendor,
            "currency": it.currency.to_string(),
            "discount": exact(it.discount),
            "granted": it.granted.map(exact),
            "goods": exact(it.goods),
            "goods_then": exact(it.goods_then),
            "lines": list(&it.lines, line),
        }))
    }

    fn blocks(&self) -> Vec<Block> {
        let it = self.0;
        let mut blocks = vec![
            heading(1, "top", &format!("{}: {}", it.title, it.vendor)),
            paragraph(format!("As of {}. All prices in {}.", it.as_of, it.currency)),
            heading(2, "proposal", "Our proposal"),
            paragraph(self.sentence()),
        ];
        blocks.extend(self.prices().block());
        blocks.push(paragraph(
            "Everything else stays as you quote it. We would like to hear how you see it, and what your own figure rests on.",
        ));
        blocks
    }

    fn sentence(&self) -> Inline {
        let it = self.0;
        let money = |amount| number::cents(amount, it.currency);
        let granted = it.granted.map_or(String::new(), |share| {
            format!(" beside the {} that you grant already", number::share(share))
        });
        let goods = format!(
            " on your prices{granted}: {}\u{a0}{} instead of {} for the goods of these lines, before freight, charges and tax.",
            it.currency,
            money(it.goods_then),
            money(it.goods)
        );
        let discount = format!("a discount of {}", number::share(it.discount));
        Inline::from("We propose ").strong(&discount).text(&goods)
    }

    fn prices(&self) -> Table {
        let public = self.0.lines.iter().any(|line| line.market.is_some());
        let mut titles = vec!["item", "#quantity", "per", "#your price", "#proposed"];
        titles.extend(public.then_some("middle of the market"));
        let mut table = Table::new("Prices in your own units", &titles);
        for line in &self.0.lines {
            let mut row = vec![
                line.item.as_str().into(),
                number::quantity(line.quantity).into(),
                unit(line).into(),
                price(line.price).into(),
                Inline::default().strong(&price(line.then)),
            ];
            if public {
                row.push(line.market.as_ref().map_or_else(Inline::default, market));
            }
            table.row(row);
        }
        table
    }
}

/// A price with the cents that it has, and every further digit.
fn price(amount: Amount) -> String {
    let digits = amount.normalize().scale().max(2) as usize;
    number::grouped(&format!("{amount:.digits$}"))
}

/// The unit of a price: `carton of 960 tip`.
fn unit(line: &ProposedLine) -> String {
    match &line.pack {
        Some((pack, per)) => format!("{} of {} {per}", line.per, number::quantity(*pack)),
        None => line.per.to_string(),
    }
}

fn market(it: &MarketPrice) -> Inline {
    format!("{}\u{a0}{} per {} ({})", it.currency, price(it.amount), it.per, it.source).into()
}

fn line(it: &ProposedLine) -> Value {
    let market = |it: &MarketPrice| {
        json!({
            "median": exact(it.amount), "currency": it.currency.to_string(),
            "per": it.per.as_str(), "source": it.source,
        })
    };
    json!({
        "item": it.item,
        "quantity": exact(it.quantity),
        "per": it.per.as_str(),
        "pack": it.pack.as_ref().map(|(pack, _)| exact(*pack)),
        "price": exact(it.price),
        "proposed": exact(it.then),
        "market": it.market.as_ref().map(market),
    })
}
