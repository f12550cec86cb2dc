//! Incoterms 2020: which legs of the way a price leaves to the buyer (`science.md` G5).

/// A rule of Incoterms 2020.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(clippy::upper_case_acronyms)]
pub enum Incoterm {
    /// Ex works.
    Exw,
    /// Free carrier.
    Fca,
    /// Free alongside ship.
    Fas,
    /// Free on board.
    Fob,
    /// Cost and freight.
    Cfr,
    /// Carriage paid to.
    Cpt,
    /// Cost, insurance and freight.
    Cif,
    /// Carriage and insurance paid to.
    Cip,
    /// Delivered at place.
    Dap,
    /// Delivered at place unloaded.
    Dpu,
    /// Delivered duty paid.
    Ddp,
}

/// A leg of the way from the seller's door to ours that costs money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leg {
    /// Handling at the origin.
    OriginHandling,
    /// Export clearance.
    ExportClearance,
    /// Main carriage.
    MainCarriage,
    /// Insurance of the carriage.
    Insurance,
    /// Import duty.
    Duty,
    /// Import clearance.
    ImportClearance,
}

impl Leg {
    /// Every leg, in the order of the way.
    pub const ALL: [Self; 6] = [
        Self::OriginHandling,
        Self::ExportClearance,
        Self::MainCarriage,
        Self::Insurance,
        Self::Duty,
        Self::ImportClearance,
    ];

    /// Its key in a table of adders: `main_carriage`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OriginHandling => "origin_handling",
            Self::ExportClearance => "export_clearance",
            Self::MainCarriage => "main_carriage",
            Self::Insurance => "insurance",
            Self::Duty => "duty",
            Self::ImportClearance => "import_clearance",
        }
    }
}

impl Incoterm {
    /// Every rule, from what the seller does least to what it does most.
    pub const ALL: [(&'static str, Self); 11] = [
        ("EXW", Self::Exw),
        ("FCA", Self::Fca),
        ("FAS", Self::Fas),
        ("FOB", Self::Fob),
        ("CFR", Self::Cfr),
        ("CPT", Self::Cpt),
        ("CIF", Self::Cif),
        ("CIP", Self::Cip),
        ("DAP", Self::Dap),
        ("DPU", Self::Dpu),
        ("DDP", Self::Ddp),
    ];

    /// The rule of a word such as `FOB`, `dap`, or `FCA Hamburg`.
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.split_whitespace().next()?.to_ascii_uppercase();
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, rule)| *rule)
    }

    /// The three letters.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, rule)| *rule == self).map_or("", |(name, _)| *name)
    }

    /// The legs that a price under this rule leaves to the buyer.
    pub fn lacking(self) -> &'static [Leg] {
        let skipped = match self {
            Self::Exw => 0,
            Self::Fca | Self::Fas | Self::Fob => 2,
            Self::Cfr | Self::Cpt => 3,
            Self::Cif | Self::Cip | Self::Dap | Self::Dpu => 4,
            Self::Ddp => 6,
        };
        &Leg::ALL[skipped..]
    }

    /// Whether the rule is made for carriage by sea or inland waterway alone.
    pub fn is_for_sea(self) -> bool {
        matches!(self, Self::Fas | Self::Fob | Self::Cfr | Self::Cif)
    }
}

impl std::fmt::Display for Incoterm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
