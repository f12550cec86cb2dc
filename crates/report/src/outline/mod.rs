//! The outline of a report: which blocks, in which order, in which words. Target and market come
//! first; walk-away, leverage and the zone have their own place further down (C1, D5).

mod account;
mod backup;
mod ladder;
mod letter;
mod market;
mod opening;
mod places;
mod sensitivity;
mod sheet;
mod step;

pub(crate) use account::{adjusted, adjustments_of, passed_over};
pub(crate) use ladder::rungs;
pub(crate) use market::{comparable, market};
pub(crate) use sensitivity::{none, swings};

use crate::inline::{Inline, Tone};
use crate::number;
use crate::section::{Block, Item, Table, heading};
use haggle_negotiation::brief::{Audience, Brief, Finding, Gravity};
use haggle_negotiation::figure::Figure;
use std::borrow::Cow;

/// What is written: the whole, or one page for an occasion.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Page {
    /// Everything that its audience may read.
    #[default]
    Report,
    /// One page to take into the room; private.
    Sheet,
    /// One page for the other side; shareable, whatever brief it is made from.
    Letter,
}

impl Page {
    /// The brief as this page may know it.
    pub(crate) fn sees(self, brief: &Brief) -> Cow<'_, Brief> {
        let private = brief.audience == Audience::Private;
        let letter = self == Self::Letter && private;
        if letter { Cow::Owned(brief.shareable()) } else { Cow::Borrowed(brief) }
    }
}

/// Every block of a page. Which blocks a shareable brief gets is chosen here, which facts it has
/// was chosen by [`Brief::shareable`].
pub(crate) fn outline(brief: &Brief, page: Page) -> Vec<Block> {
    match (page, brief.audience) {
        (Page::Letter, _) => unlinked(letter::letter(brief)),
        (Page::Sheet, _) => unlinked(sheet::sheet(brief)),
        (Page::Report, Audience::Private) => whole(brief),
        (Page::Report, Audience::Shareable) => {
            let mut blocks = letter::proposal(brief);
            blocks.extend(account::account(brief));
            blocks
        }
    }
}

/// One page lists no figures, so it links to none.
fn unlinked(blocks: Vec<Block>) -> Vec<Block> {
    blocks.into_iter().map(Block::unlinked).collect()
}

fn whole(brief: &Brief) -> Vec<Block> {
    let mut blocks = vec![heading(1, "top", &brief.deal.title)];
    blocks.extend(opening::opening(brief));
    blocks.extend(market(brief));
    blocks.extend(step::steps(brief));
    blocks.extend(sensitivity::asks(brief));
    blocks.extend(account::account(brief));
    blocks
}

/// A figure of the brief by an id that may be absent.
pub(crate) fn find<'a>(brief: &'a Brief, id: Option<&'a String>) -> Option<(&'a str, &'a Figure)> {
    let id = id?;
    Some((id, brief.figures.get(id)?))
}

/// A figure by its stable name.
pub(crate) fn named<'a>(brief: &'a Brief, id: &'a str) -> Option<(&'a str, &'a Figure)> {
    Some((id, brief.figures.get(id)?))
}

/// The spoken value, linked to its figure.
pub(crate) fn spoken(id: &str, figure: &Figure, tone: Tone) -> Inline {
    Inline::default().figure(id, &number::spoken(id, figure), tone)
}

/// The ids of figures as links with commas.
fn links<'a>(brief: &Brief, ids: impl IntoIterator<Item = &'a String>) -> Inline {
    let link = |id: &String| match brief.figures.has(id) {
        true => Inline::default().figure(id, id, Tone::Code),
        false => Inline::default().code(id),
    };
    crate::inline::join(ids.into_iter().map(link), ", ")
}

/// A finding with what to do and where it comes from.
fn finding(brief: &Brief, finding: &Finding) -> Item {
    let mut more = action(finding);
    more.push(origin(brief, finding));
    Item { head: gravity(finding).text(&finding.text), more }
}

/// What to do, as a line of its own.
pub(crate) fn action(finding: &Finding) -> Vec<Inline> {
    let line = |text: &String| Inline::default().strong("Do: ").text(text);
    finding.action.iter().map(line).collect()
}

/// The word for the gravity of a finding, unless it is only worth knowing.
pub(crate) fn gravity(finding: &Finding) -> Inline {
    let tone = match finding.gravity {
        Gravity::Error => Tone::Error,
        Gravity::Warning => Tone::Warning,
        Gravity::Info => return Inline::default(),
    };
    Inline::default().toned(finding.gravity.as_str(), tone).text(": ")
}

/// Rule, cited facts, and the figures that it rests on.
fn origin(brief: &Brief, finding: &Finding) -> Inline {
    let cites = match finding.cites {
        [] => String::new(),
        cites => format!(" [{}]", cites.join(", ")),
    };
    let rule = format!("{}{cites}", finding.rule);
    match links(brief, &finding.figures) {
        figures if figures.is_empty() => Inline::default().muted(&rule),
        figures => Inline::default().muted(&format!("{rule} on ")).with(figures),
    }
}

/// A table of figures with value and interval.
fn figure_table<'a>(
    caption: &str,
    figures: impl IntoIterator<Item = (&'a str, &'a Figure)>,
) -> Table {
    let mut table = Table::new(caption, &["figure", "#value", "interval", "how sure"]);
    for (id, figure) in figures {
        table.row(figure_row(id, figure));
    }
    table
}

fn figure_row(id: &str, figure: &Figure) -> Vec<Inline> {
    let sure = figure.interval.as_ref().map_or(String::new(), number::basis);
    vec![
        figure.label.as_str().into(),
        spoken(id, figure, Tone::Strong),
        number::span(id, figure).into(),
        sure.into(),
    ]
}
