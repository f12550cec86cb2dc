//! One brief, many renderers: text, Markdown, HTML, JSON, and the way from a figure to its cells.
//!
//! No number is computed here. What a renderer shows stands in the [`Brief`]; the only arithmetic
//! is where a mark sits in a picture.
//!
//! [`Brief`]: haggle_negotiation::brief::Brief

mod appendix;
mod benchmark;
mod csv;
mod explain;
mod gauge;
mod grid;
mod html;
mod inline;
mod json;
mod markdown;
mod matrix;
mod number;
mod outline;
mod quote;
mod rules;
mod section;
mod svg;
mod text;
mod tornado;
mod wrap;

pub use benchmark::{benchmark_csv, benchmark_json, benchmark_text, listing_csv};
pub use explain::{explain, nearest_figures};
pub use html::{html, html_page};
pub use json::{Record, json, recorded};
pub use markdown::{markdown, markdown_page};
pub use outline::Page;
pub use quote::{
    QuotePage, Quotes, QuotesRecord, Shared, VendorBrief, VendorProposal, explain_quote,
    quote_figures,
};
pub use rules::rules_page;
pub use text::{Style, text, text_page};
