//! A price list in JSON: the amounts that a deal asks for, and the curve through them.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::curve::Curve;

/// Output prices of the list per million tokens between two amounts, lowest first, and how many
/// providers they come from.
pub(super) fn output_prices(path: &Path, range: (f64, f64)) -> (Vec<f64>, usize) {
    let list: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (mut prices, mut providers) = (Vec::new(), BTreeSet::new());
    for (name, model) in list.as_object().unwrap() {
        for (member, price) in model.as_object().unwrap() {
            let wanted = name != "sample_spec" && member.starts_with("output_cost_per_token");
            let Some(price) = price.as_f64().filter(|_| wanted) else { continue };
            let price = (price * 1e12).round() / 1e6;
            if price > 0.0 && (range.0..=range.1).contains(&price) {
                prices.push(price);
                providers.insert(model["litellm_provider"].as_str().unwrap().to_owned());
            }
        }
    }
    prices.sort_by(f64::total_cmp);
    (prices, providers.len())
}

/// Type 7; of fewer than ten parties the quartiles, with the least and the greatest row for edges.
pub(super) fn curve(prices: &[f64], parties: usize) -> Curve {
    assert!((5..10).contains(&parties), "{parties} parties");
    let type7 = |p: f64| {
        let at = p * (prices.len() as f64 - 1.0);
        let below = at.floor() as usize;
        let above = (below + 1).min(prices.len() - 1);
        prices[below] + (at - below as f64) * (prices[above] - prices[below])
    };
    let points = [0.25, 0.5, 0.75].map(|p| (p, type7(p))).to_vec();
    Curve { points, median: type7(0.5), edges: (prices[0], prices[prices.len() - 1]) }
}
