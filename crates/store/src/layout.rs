//! Sizes that decide speed and memory and never an answer; tests make them small.

/// How rows are cut into runs, row groups, pages and batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Observations sorted in memory at a time; one run.
    pub(crate) run_rows: usize,
    /// Memory that they may take; a run or a row group ends where it is reached.
    pub(crate) run_bytes: usize,
    /// Up to so many runs are row groups of the part as they are; more are merged.
    pub(crate) few_runs: usize,
    /// So many runs are united into one.
    pub(crate) most_runs: usize,
    /// Rows of each run that a merge holds in memory.
    pub(crate) merge_rows: usize,
    /// Rows of a row group: the unit of pruning and of parallel reading.
    pub(crate) group_rows: usize,
    /// Rows of a page: the unit that a look-up of one subject and place decodes.
    pub(crate) page_rows: usize,
    /// Distinct values of a column chunk are written once each if they take so many bytes or fewer.
    pub(crate) dictionary_bytes: usize,
    /// Rows decoded at a time.
    pub(crate) batch_rows: usize,
    /// Up to so many rows that the statistics cannot rule out, rows are read whole.
    pub(crate) detailed_rows: usize,
}

impl Layout {
    /// The sizes of the product, chosen by `benches/query.rs`.
    pub(crate) const STANDARD: Self = Self {
        run_rows: 1_048_576,
        run_bytes: 40 << 20,
        few_runs: 16,
        most_runs: 24,
        merge_rows: 1_024,
        group_rows: 524_288,
        page_rows: 4_096,
        dictionary_bytes: 1 << 20,
        batch_rows: 8_192,
        detailed_rows: 262_144,
    };
}
