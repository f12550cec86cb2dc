//! Step 5: when to leave, and how to concede until then.

use super::{find, links, named, spoken};
use crate::inline::{Inline, Tone};
use crate::number;
use crate::section::{Block, Chart, Item, Table, heading, list, paragraph};
use haggle_negotiation::brief::Brief;
use haggle_negotiation::figure::Figure;

/// Triggers and the concession ladder.
pub(super) fn leaving(brief: &Brief) -> Vec<Block> {
    let mut blocks = triggers(brief);
    blocks.extend(ladder(brief));
    blocks
}

fn triggers(brief: &Brief) -> Vec<Block> {
    let items = brief.triggers.iter().map(|trigger| Item {
        head: trigger.text.as_str().into(),
        more: Some(links(brief, &trigger.figures)).filter(|l| !l.is_empty()).into_iter().collect(),
    });
    match list(items.collect()) {
        Some(list) => {
            let title = heading(3, "triggers", "Leave when: sign this before you meet");
            vec![title, list, paragraph("Date ______________  Signed ______________________")]
        }
        None => Vec::new(),
    }
}

/// The asks in their order: the anchor, then the concessions.
pub(crate) fn rungs(brief: &Brief) -> Vec<(&str, &Figure)> {
    let ids = &brief.headline.concessions;
    let mut rungs: Vec<_> = ids.iter().filter_map(|id| named(brief, id)).collect();
    let anchor = find(brief, brief.headline.anchor.as_ref());
    let first = rungs.first().map(|(_, figure)| figure.value);
    if let (Some(anchor), Some(_)) = (anchor.filter(|(_, it)| Some(it.value) != first), first) {
        rungs.insert(0, anchor);
    }
    rungs
}

fn ladder(brief: &Brief) -> Vec<Block> {
    let mut table = Table::new("Concessions", &["ask", "#say", "#computed"]);
    for (id, figure) in rungs(brief) {
        table.row(vec![
            figure.label.as_str().into(),
            spoken(id, figure, Tone::Strong),
            Inline::default().muted(&number::bare(id, figure.value, &figure.unit)),
        ]);
    }
    match table.block() {
        Some(table) => {
            let title = heading(3, "ladder", "Concessions, in this order");
            vec![title, Block::Chart(Chart::Ladder), table]
        }
        None => Vec::new(),
    }
}
