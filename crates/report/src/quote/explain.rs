//! One figure of a comparison, or one line, followed down to where it stands.

use crate::explain::walked;
use crate::inline::Inline;
use crate::text::Style;
use crate::wrap::wrap;
use haggle_negotiation::quote::{Comparison, Step};

/// How a figure of a comparison comes about: `quote.SUPPLIER.total`, `quote.SUPPLIER.ITEM.unit`; of
/// `quote.SUPPLIER.ITEM` every step from the price as quoted. `None` if there is no such figure.
pub fn explain_quote(comparison: &Comparison, id: &str, style: &Style) -> Option<String> {
    let Place { supplier, item, last } = place(comparison, id)?;
    match (item, last) {
        (Some(item), true) => steps(comparison, supplier, item, style),
        (Some(item), false) => walked(&comparison.figures_of(supplier, item), None, id, style),
        (None, _) => walked(&comparison.figures_of_supplier(supplier), None, id, style),
    }
}

/// Ids of the figures of the line or supplier that an id begins with; of neither, those of totals.
pub fn quote_figures(comparison: &Comparison, id: &str) -> Vec<String> {
    let figures = match place(comparison, id) {
        Some(Place { supplier, item: Some(item), .. }) => comparison.figures_of(supplier, item),
        Some(Place { supplier, .. }) => comparison.figures_of_supplier(supplier),
        None => {
            let total = |slug: &String| format!("quote.{slug}.total");
            return comparison.suppliers.iter().map(|it| total(&it.slug)).collect();
        }
    };
    figures.iter().map(|(id, _)| id.to_owned()).collect()
}

/// What an id is about.
struct Place {
    supplier: usize,
    item: Option<usize>,
    /// Whether nothing follows.
    last: bool,
}

fn place(comparison: &Comparison, id: &str) -> Option<Place> {
    let mut parts = id.strip_prefix("quote.")?.split('.');
    let supplier = comparison.supplier(parts.next()?)?;
    let item = parts.next().and_then(|part| comparison.item(part));
    Some(Place { supplier, item, last: parts.next().is_none() })
}

/// Each conversion on a line of its own.
fn steps(comparison: &Comparison, supplier: usize, item: usize, style: &Style) -> Option<String> {
    let steps = comparison.steps(0, item, supplier);
    let quoted = comparison.quoted(item, supplier)?;
    let name =
        format!("{} from {}", comparison.items[item].name, comparison.suppliers[supplier].name);
    let mut lines = wrap(&Inline::default().strong(&name), "", "", style);
    steps.iter().for_each(|step| lines.extend(wrap(&line(step), "  ", "      ", style)));
    for place in &quoted.places {
        lines.extend(wrap(
            &Inline::from("stands at ").code(&place.to_string()),
            "  ",
            "      ",
            style,
        ));
    }
    let cell = comparison.cell(0, item, supplier);
    let reason = cell.and_then(|cell| cell.reason.as_deref());
    // Where nothing of a supplier has a cost, its own reasons say why.
    let own = comparison.suppliers[supplier].reasons.iter().map(String::as_str);
    for reason in reason.into_iter().chain(own.filter(|_| steps.is_empty())) {
        lines.extend(wrap(&reason.into(), "  ", "      ", style));
    }
    Some(lines.join("\n") + "\n")
}

fn line(step: &Step) -> Inline {
    Inline::default().strong(step.name).text(": ").text(&step.text)
}
