//! The facts that rules cite: what each says, in a line of our own, and where it comes from.

/// A fact of the literature, or a choice that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// Its id: `A1`.
    pub id: &'static str,
    /// What it says.
    pub text: &'static str,
    /// Where it comes from.
    pub source: &'static str,
}

/// The fact of an id.
pub fn fact(id: &str) -> Option<&'static Fact> {
    FACTS.iter().find(|f| f.id.eq_ignore_ascii_case(id))
}

macro_rules! facts {
    ($($id:literal $text:literal, $source:literal;)+) => {
        /// Every fact that a rule may cite.
        pub const FACTS: &[Fact] = &[$(Fact { id: $id, text: $text, source: $source }),+];
    };
}

facts! {
    "A1" "The walk-away is the price at which the deal is worth as much as the best course without it.", "Raiffa 1982; Fisher & Ury 1981; White & Neale 1991";
    "A2" "An uncertain alternative is worth its certainty equivalent, not its face value.", "Raiffa 1968; Pratt 1964";
    "A3" "What comes later is discounted, and what the waiting costs or brings counts.", "textbook";
    "A4" "Of several independent alternatives the best that comes through counts; correlation makes that optimistic.", "textbook";
    "A5" "Develop the alternative with the highest index of gain over cost of finding out first.", "Weitzman 1979, Econometrica 47";
    "A6" "In an open search the reservation wage balances an offer against going on searching.", "McCall 1970, QJE 84";
    "A7" "A deal suits both only where the walk-aways leave a zone between them.", "textbook";
    "A8" "The Nash solution divides the surplus over both walk-aways by bargaining power: a reference, no forecast.", "Nash 1950; Binmore, Rubinstein & Wolinsky 1986";
    "A9" "The side for which waiting is cheaper gets more.", "Rubinstein 1982, Econometrica 50";
    "A10" "An alternative taken by leaving only bounds the result; an income while no deal stands shifts it.", "Binmore, Shaked & Sutton 1989, QJE 104; Sutton 1986";
    "A11" "Gains in proportion to what each side could at best attain are a second fair point.", "Kalai & Smorodinsky 1975";
    "A12" "Packages are scored by weights from swings, not from abstract importance.", "Keeney & Raiffa 1976; Raiffa 1982";
    "A13" "An efficient package is one that no other beats for both sides.", "textbook";
    "A14" "Issues that weigh differently for both sides are traded against each other.", "Froman & Cohen 1970; Pruitt 1981";
    "A15" "Several packages of equal value to oneself anchor better and read as effort.", "Leonardelli, Gu, McRuer, Medvec & Galinsky 2019, OBHDP 152";
    "A16" "Where forecasts differ, a term that depends on the event is worth something to both.", "Lax & Sebenius 1986; Bazerman & Gillespie 1999";
    "A17" "After signing, both may look for a package that is better for both.", "Raiffa 1985";
    "A18" "Parties, issues, sequence and no-deal options are set up away from the table.", "Lax & Sebenius 2006";
    "A19" "Argue from standards that neither side controls: market, precedent, cost.", "Fisher & Ury 1981";
    "A20" "With private values some worthwhile deals fail under any procedure.", "Myerson & Satterthwaite 1983";
    "A21" "The best final offer trades its gain against the chance that they accept it.", "textbook";
    "B1" "First offers pull outcomes strongly; ambitious ones also cost deals and goodwill.", "meta-analysis, Petrowsky et al., OBHDP, doi 10.1016/j.obhdp.2025.104448";
    "B2" "Openings and outcomes correlate; experience weakens that.", "Orr & Guthrie 2006";
    "B3" "The first figure's advantage fades when the answer starts from the opener's alternatives or one's own target.", "Galinsky & Mussweiler 2001, JPSP 81";
    "B4" "The middle of the first two serious figures is the best guess of the result.", "Raiffa 1982";
    "B5" "A precise figure moves people less far away from it than a round one.", "Mason, Lee, Wiley & Ames 2013, JESP 49";
    "B6" "To experts too much precision looks incompetent, unless a rationale goes with it.", "Loschelder, Friese, Schaerer & Galinsky 2016, Psych. Science 27";
    "B7" "A round figure says that speed matters more than price.", "Backus, Blake & Tadelis 2019, JPE 127";
    "B8" "A range that gives way from the point weakens it; one that stretches beyond it does not.", "Ames & Mason 2015, JPSP 108";
    "B9" "Extreme openings offend, and those with little power walk away from them.", "Schweinsberg, Ku, Wang & Pillutla 2012, JESP 48";
    "B10" "Let them open where they know far more, or would open better than one's target.", "Maaravi & Levy 2017; Loschelder et al. 2014";
    "B11" "A buyer's constraint does better than disparagement, in what sellers answer and in trust, and less so where they know little of the market; it must be true.", "Lee & Ames 2017, OBHDP 141";
    "B12" "Arguments that are easy to counter make an opening weaker than none.", "Maaravi, Ganzach & Pazy 2011, JPSP 101";
    "B13" "A figure that one \"was going to ask\" works and looks manipulative; untrue ones are lies.", "Bhatia & Gunia 2018, OBHDP 148";
    "B14" "Do not debate an extreme figure: restate the criterion and put one's own beside it.", "Galinsky & Mussweiler 2001; Malhotra & Bazerman 2007";
    "B15" "Candidates overrate the danger that asking costs them the offer.", "Hart, Bear & Ren 2024, OBHDP 181";
    "B16" "Showing the median of comparable bids closed gaps in what people asked for.", "Roussille 2024, QJE 139";
    "B17" "A reason in terms of the relationship improved both the result and its reception; it is offered to everyone.", "Bowles & Babcock 2013, Psych. of Women Quarterly 37";
    "B18" "Internal equity is a real constraint on employers.", "Cullen & Pakzad-Hurson 2023, Econometrica 91";
    "B19" "A hard line brings money, a soft one goodwill; the medium matters.", "meta-analysis, Hueffmeier et al. 2014, J. Management 40";
    "C1" "Attention on the target brings more than attention on the limit.", "Galinsky, Mussweiler & Medvec 2002, JPSP 83";
    "C2" "Specific and challenging goals bring more; one overall goal, open to new facts.", "Zetik & Stuhlmacher 2002; Polzer & Neale 1995";
    "C3" "Of market price, aspiration and walk-away, the walk-away decided outcomes.", "White, Valley, Bazerman, Neale & Peck 1994, OBHDP 57";
    "C4" "Higher aspirations bring slower concessions, better prices and more failures.", "Siegel & Fouraker 1960; Pruitt 1981";
    "C5" "The same concession satisfies more when it comes gradually.", "Kwon & Weingart 2004";
    "C6" "Shrinking steps say that a limit is near.", "textbook";
    "C7" "Concessions that are not returned are labelled, and the return is asked for; giving little makes failure likelier.", "Malhotra 2006; Collabra: Psychology 9 (2023) 88929";
    "C8" "A concession is valued after firmness.", "Hilty & Carnevale 1993, OBHDP 55";
    "C9" "A final deadline binds both and helps when told; a private cost of time weakens only its owner.", "Moore 2004, JESP 40; Gino & Moore 2008";
    "C10" "Silence helps both to think; as pressure it does not work.", "Curhan, Overbeck, Cho, Zhang & Yang 2022, J. Appl. Psych. 107";
    "C11" "The middle of the latest two offers is what people make and accept most.", "Backus, Blake, Larsen & Tadelis 2020, QJE 135";
    "C12" "Over half of failed bargaining had gains for both.", "Larsen 2021, REStud 88";
    "C13" "Many talks over everyday goods fail although the buyer values the good more.", "Freyberger & Larsen 2024, seminar abstract";
    "C14" "Anxious negotiators open lower, leave earlier and earn less.", "Brooks & Schweitzer 2011, OBHDP 115";
    "D1" "Having an alternative raises one's result and share; a better one more so.", "Pinkley, Neale & Bennett 1994, OBHDP 57";
    "D2" "One side's power is the other's dependence: what the deal gives it, and what it has without.", "Emerson 1962; Kim, Pinkley & Fragale 2005, AMR 30";
    "D3" "Leverage compares what each side loses without a deal.", "definition of this product, on D2 and A7";
    "D4" "Power makes people open first.", "Magee, Galinsky & Gruenfeld 2007";
    "D5" "A weak alternative in mind pulls one's own opening down, more than having none.", "Schaerer, Swaab & Galinsky 2015, Psych. Science 26";
    "D6" "How likely an alternative is changes what it is worth in the talks.", "Pinkley et al. 2019, OBHDP 151";
    "D7" "Sellers ask more of those who look rich, unless they think of the buyer's alternatives.", "Maaravi, Pazy & Ganzach 2011";
    "D8" "An honest appeal helps the weaker side; from the stronger one it looks manipulative.", "Shirako, Kilduff & Kray 2015, OBHDP 131";
    "D9" "People take their outside option to be close to what they have now.", "Jaeger, Roth, Roussille & Schoefer 2024, QJE 139";
    "D10" "An invented offer or alternative is a false statement of fact and cheap to check.", "Bond & DePaulo 2006; ABA Model Rule 4.1";
    "D11" "Parties overrate their own case.", "Neale & Bazerman 1985; Babcock & Loewenstein 1997";
    "D12" "Time pressure can matter as much as the alternative.", "Dahlen & Eichstaedt 2020";
    "E1" "A short personal call before e-mail bargaining brings trust and better results.", "Morris, Nadler, Kurtzberg & Thompson 2002, Group Dynamics 6";
    "E2" "Without small talk, bargaining by e-mail fails more often.", "Nadler 2004, Harv. Negot. L. Rev. 9";
    "E3" "Failure is likelier with neither a shared group nor anything personal.", "Moore, Kurtzberg, Thompson & Morris 1999, OBHDP 77";
    "E4" "Seeing each other brings rapport and higher joint gain.", "Drolet & Morris 2000, JESP 36";
    "E5" "Friends accommodate too much, or settle better.", "Thompson & DeHarpport 1998";
    "E6" "Thinking what they want finds deals; feeling with them does not.", "Galinsky, Maddux, Gilin & White 2008, Psych. Science 19";
    "E7" "Questions, above all follow-ups, make people liked.", "Huang, Yeomans, Brooks, Minson & Gino 2017, JPSP 113";
    "E8" "Most people assume that what they want is what the other does not.", "Thompson & Hastie 1990; Thompson & Hrebec 1996";
    "E9" "Rapport lowers failures and raises joint gain; it is no price premium.", "reading of E1 to E7";
    "F1" "Weighted percentiles have several definitions; one is kept and named.", "Hyndman & Fan 1996; Akinshin 2023";
    "F2" "Unequal weights make a sample worth fewer rows.", "Kish 1965";
    "F3" "People of one employer are alike: employers count, not rows.", "Kish 1965";
    "F4" "A percentile's interval follows from that of a proportion.", "Woodruff 1952, JASA 47";
    "F5" "Order statistics give an exact interval of a median; below five rows there is none at 90 %.", "textbook";
    "F6" "A bootstrap of quantiles is poor in the tails and for few rows.", "textbook";
    "F7" "Outliers are listed and never silently removed.", "Iglewicz & Hoaglin 1993";
    "F8" "Evidence of different dates is brought to one date by a stated growth.", "survey practice";
    "F9" "Places differ by the cost of labour, not of living.", "survey practice";
    "F10" "Sources are combined by stated weights; a job matches when about 70 % of its duties agree.", "survey practice";
    "F11" "What a person is paid and what a firm pays are two questions.", "survey practice";
    "F12" "Few employers, or one large one, make a percentile unsafe to quote.", "survey practice after the former US health-care statements";
    "F13" "Between published percentiles ln pay is interpolated on the normal score; beyond them nothing.", "textbook";
    "F14" "An offer's percentile is an interval, by the limits of the market's percentiles.", "choice of this product";
    "F15" "Pay over the market's median is its market ratio.", "survey practice";
    "F16" "Bonus, equity and benefits are scenarios beside base pay.", "Hall & Murphy 2002";
    "F17" "Hours turn into years by 2,080, unless stated otherwise.", "BLS practice";
    "F18" "Government tables are top-coded and leave out equity and some bonuses.", "BLS OEWS";
    "F19" "Money is converted at a dated market rate.", "textbook";
    "F20" "Sources differ in how far they can be trusted, from employers' surveys to hearsay.", "choice of this product, on survey practice";
    "G1" "Quotes are compared landed: same scope, quantity, date, currency and terms.", "textbook";
    "G7" "Should-cost is material, conversion, overhead and margin; the largest gap of a part is asked about first.", "procurement practice";
    "G8" "Missing scope is filled in openly, and too much of it makes a quote incomparable.", "procurement practice";
    "G9" "One more bidder is worth more than skill with those there are.", "Bulow & Klemperer 1996, AER 86";
    "G10" "The expected lowest quote falls with their number, ever more slowly.", "order statistics";
    "G11" "Prices fall until about six to eight bidders.", "Onur & Tas 2019";
    "G12" "The lowest of noisy estimates is too low on average.", "textbook";
    "G13" "A price far below the others is explained before it is judged.", "EU Directive 2014/24, Art. 69";
    "G14" "An index clause names its series, base month and share.", "BLS guide";
    "G15" "Tone and process follow from profit impact and supply risk.", "Kraljic 1983, HBR";
    "G16" "The cost of switching belongs to the alternative.", "textbook";
    "H1" "Information is worth what it adds to the best decision.", "value-of-information practice";
    "H2" "The worth of one answer is the gain from deciding after it.", "Strong & Oakley 2013, MDM 33";
    "H3" "A question that cannot change the plan is worth nothing to it.", "choice of this product";
    "H4" "What is decided: opening, last figure, walk, continue or develop an alternative.", "choice of this product";
    "H5" "One input at a time shows which matters; it misses interactions.", "textbook";
    "H6" "Low and high are read as P10 and P90, and people's ranges are too narrow.", "Alpert & Raiffa 1982";
    "J1" "Many people take agreement over a better alternative.", "Tuncel, Mislin, Kesebir & Pinkley 2016, Psych. Science 27";
    "J2" "A second person makes settling below the alternative rarer.", "Cohen, Leonardelli & Thompson 2014, NCMR 7";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leverage::rules;

    #[test]
    fn every_cited_fact_is_told_once() {
        for rule in rules() {
            for id in rule.cites {
                assert!(fact(id).is_some(), "{} cites {id}", rule.id);
            }
        }
        let ids: std::collections::BTreeSet<_> = FACTS.iter().map(|f| f.id).collect();
        assert_eq!(ids.len(), FACTS.len());
        assert!(FACTS.iter().all(|f| !f.text.is_empty() && !f.source.is_empty()));
    }
}
