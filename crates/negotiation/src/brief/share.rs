//! The shareable brief: what may be shown to the other side, chosen by an allow-list.

use super::{
    Audience, Brief, DealHead, EvidenceSet, Headline, MarketHead, ParameterUse, SourceHead,
};
use crate::figure::{Figure, Figures};
use crate::parameter;
use std::collections::{BTreeMap, BTreeSet};

/// What the anchor rests on in a shareable brief: its derivation leads back to target and
/// walk-away.
const STATED: &str = "our proposal, as stated; the market beside it is its justification";

/// Where a parameter comes from that is none of the register.
const OURS: &str = "set by us";

impl Brief {
    /// The same brief for the other side's eyes: market, opening, adjustments, sources and the
    /// places of the market's evidence, and nothing else. Figures come in by walking the graph from
    /// the market's percentiles; whatever is reached only from something private is absent. The
    /// opening is a stated figure at its printed value, since its inputs and further digits would
    /// give the target away.
    ///
    /// Every field is named here, so that a new one is private until somebody decides otherwise.
    ///
    /// Where the other side's price is not what is compared, nothing of the brief is for their eyes:
    /// costs of ours are in every figure. The proposal is then written in their own terms.
    pub fn shareable(&self) -> Self {
        if self.own_terms.is_some() {
            return self.bare();
        }
        let sources = self.public_sources();
        let figures = self.public_figures(&sources);
        let evidence = self.public_evidence(&figures, &sources);
        let of_public = |id: &String| sources.contains(id);
        Self {
            audience: Audience::Shareable,
            deal: DealHead { what_if: Vec::new(), ..self.deal.clone() },
            as_of: self.as_of,
            market: self.market.clone(),
            headline: Headline {
                anchor: figures.has("anchor").then(|| "anchor".to_owned()),
                ..Headline::default()
            },
            findings: Vec::new(),
            interests: Vec::new(),
            questions: Vec::new(),
            rapport: Vec::new(),
            triggers: Vec::new(),
            sensitivity: Vec::new(),
            playbook: None,
            parameters: self.parameters.iter().filter(|p| is_public(p)).map(public_use).collect(),
            adjustments: self
                .adjustments
                .iter()
                .filter(|a| of_public(&a.source))
                .cloned()
                .collect(),
            excluded: self.excluded.iter().filter(|it| of_public(&it.source)).cloned().collect(),
            outliers: self.outliers.iter().filter(|it| of_public(&it.source)).cloned().collect(),
            sources: self
                .sources
                .iter()
                .filter(|(id, _)| of_public(id))
                .map(|(id, source)| (id.clone(), public_source(source)))
                .collect(),
            figures,
            evidence,
            own_terms: None,
        }
    }

    /// The heading alone.
    fn bare(&self) -> Self {
        Self {
            audience: Audience::Shareable,
            deal: DealHead { what_if: Vec::new(), ..self.deal.clone() },
            as_of: self.as_of,
            market: None,
            headline: Headline::default(),
            figures: Figures::default(),
            findings: Vec::new(),
            interests: Vec::new(),
            questions: Vec::new(),
            rapport: Vec::new(),
            triggers: Vec::new(),
            playbook: None,
            sensitivity: Vec::new(),
            parameters: Vec::new(),
            adjustments: Vec::new(),
            excluded: Vec::new(),
            outliers: Vec::new(),
            evidence: BTreeMap::new(),
            sources: BTreeMap::new(),
            own_terms: None,
        }
    }

    /// The sources that the market is made of.
    fn public_sources(&self) -> BTreeSet<String> {
        self.market.iter().flat_map(|market| market.sources.iter().cloned()).collect()
    }

    /// What the market's percentiles and the factors of its sources rest on, and the opening.
    fn public_figures(&self, sources: &BTreeSet<String>) -> Figures {
        let percentiles = self.market.iter().flat_map(MarketHead::ids);
        let shares = sources.iter().map(|id| format!("share.{id}"));
        let factors = self.adjustments.iter().filter(|a| sources.contains(&a.source));
        // The rows themselves justify a market that is too thin for percentiles.
        let counts = sources.iter().map(|id| format!("{id}.n"));
        let roots = percentiles.chain(shares).chain(counts);
        let roots = roots.chain(factors.map(|a| a.figure.clone()));
        let mut figures = self.figures.reached(roots);
        self.hide_origins(&mut figures);
        let anchor = self.headline.anchor.as_ref().and_then(|id| self.figures.get(id));
        if let Some(figure) = anchor.and_then(stated) {
            figures.add("anchor", figure);
        }
        figures
    }

    /// Where a parameter comes from names a file of ours; that we set it is enough.
    fn hide_origins(&self, figures: &mut Figures) {
        for used in self.parameters.iter().filter(|used| used.stated) {
            let id = format!("parameter.{}", used.name);
            if let Some(figure) = figures.get(&id).cloned() {
                figures.add(id, figure.with_assumption(OURS));
            }
        }
    }

    fn public_evidence(
        &self,
        figures: &Figures,
        sources: &BTreeSet<String>,
    ) -> BTreeMap<String, EvidenceSet> {
        let cited: BTreeSet<&String> =
            figures.iter().filter_map(|(_, figure)| figure.evidence.as_ref()).collect();
        let public =
            |id: &String, set: &EvidenceSet| cited.contains(id) && sources.contains(&set.source);
        let sets = self.evidence.iter().filter(|(id, set)| public(id, set));
        sets.map(|(id, set)| (id.clone(), set.clone())).collect()
    }
}

impl MarketHead {
    /// Ids of its percentiles.
    fn ids(&self) -> impl Iterator<Item = String> + '_ {
        self.percentiles.iter().map(|(_, id)| id.clone())
    }
}

/// The figure at its printed value, without what it comes from; nothing if it is not printed.
fn stated(figure: &Figure) -> Option<Figure> {
    let printed = figure.printed.clone()?;
    let value = printed.parse().ok()?;
    let unit = figure.unit.clone();
    Some(Figure::assumed("our proposal", value, unit, STATED).with_printed(printed))
}

/// Parameters of the market alone; those of the plan would tell how it was made.
fn is_public(used: &ParameterUse) -> bool {
    parameter::find(used.name).is_some_and(|p| p.source.starts_with("benchmark"))
}

/// A parameter without the file that it comes from and where it is in play.
fn public_use(used: &ParameterUse) -> ParameterUse {
    let from = used.from.as_ref().map(|_| OURS.to_owned());
    ParameterUse { from, in_play: Vec::new(), ..used.clone() }
}

/// A source without the cells that stood where it was not read, and the messages, which quote
/// them; its place without what is ours alone.
fn public_source(source: &SourceHead) -> SourceHead {
    let mut source = source.clone();
    source.location = public_location(&source.location);
    for input in source.plugin.iter_mut().flat_map(|plugin| &mut plugin.inputs) {
        input.uri = public_location(&input.uri);
        input.headers.clear();
    }
    source.tallies.iter_mut().for_each(|tally| tally.samples.clear());
    source.diagnostics.clear();
    source
}

/// An address without user, query and fragment, which may hold keys; a path, also as `file:`,
/// without its folders.
fn public_location(location: &str) -> String {
    let address = location.split_once("://").filter(|(scheme, _)| is_scheme(scheme));
    let Some((scheme, rest)) = address.filter(|(scheme, _)| !scheme.eq_ignore_ascii_case("file"))
    else {
        let path = address.map_or(location, |(_, path)| path);
        return path.rsplit(['/', '\\', ':']).next().unwrap_or_default().to_owned();
    };
    let place = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = place.split_at(place.find('/').unwrap_or(place.len()));
    let host = host.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

fn is_scheme(text: &str) -> bool {
    let rest = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(rest)
}

#[cfg(test)]
mod tests {
    use super::public_location;

    #[test]
    fn a_place_is_shown_without_what_is_ours_alone() {
        for (location, shown) in [
            ("../evidence/oews.xlsx", "oews.xlsx"),
            ("C:\\ours\\quotes.csv", "quotes.csv"),
            ("C:quotes.csv", "quotes.csv"),
            ("file:///home/us/quotes.csv", "quotes.csv"),
            ("FILE://server/us/quotes.csv", "quotes.csv"),
            ("file:/home/us/quotes.csv", "quotes.csv"),
            ("https://example.org/a/oews.xlsx", "https://example.org/a/oews.xlsx"),
            ("https://us:secret@example.org/a.csv", "https://example.org/a.csv"),
            ("https://us@here:secret@example.org", "https://example.org"),
            ("https://example.org/a.csv?X-Signature=ab/cd#row", "https://example.org/a.csv"),
            ("https://example.org?user=a@b", "https://example.org"),
            ("plugin://ecb-rates?{\"key\":\"a/b:c\"}", "plugin://ecb-rates"),
            ("s3://bucket/folder/a.parquet", "s3://bucket/folder/a.parquet"),
        ] {
            assert_eq!(public_location(location), shown, "{location}");
        }
    }
}
