//! What can be typed: every verb and option, with its help.

use clap::builder::FalseyValueParser;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const AFTER: &str = "\
Examples:
  haggle report data/deals/salary-us.toml         the main job
  haggle inspect FILE                             what is in a file, before importing it
  haggle explain data/deals/salary-us.toml target where a number comes from
  haggle benchmark --where subject=15-1252        percentiles of what the store holds
  haggle verify REPORT.json --deal DEAL           whether a report still holds
  haggle help exit-codes";

/// Prepares a negotiation from evidence: where to walk away, what to aim for, what to open with,
/// and why; every number traceable to the cells it rests on.
#[derive(Debug, Parser)]
#[command(name = "haggle", version, after_help = AFTER, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Options that every verb takes.
#[derive(Debug, ClapArgs)]
pub(crate) struct Global {
    /// Folder of the evidence store [default: the data folder of the user]
    #[arg(long, global = true, env = "HAGGLE_STORE", value_name = "DIR")]
    pub(crate) store: Option<PathBuf>,
    /// Say nothing but errors on standard error
    #[arg(long, short, global = true, env = "HAGGLE_QUIET", value_parser = FalseyValueParser::new())]
    pub(crate) quiet: bool,
    /// Say what is read and reused; alone: the version
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// Colour in text
    #[arg(long, global = true, env = "HAGGLE_COLOR", value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// Folder to look for plugins in before others; may be given several times
    #[arg(long, global = true, value_name = "DIR", hide_short_help = true)]
    pub(crate) plugin_dir: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Options for sources behind a URL.
#[derive(Debug, Clone, ClapArgs)]
#[command(next_help_heading = "Sources behind a URL (`haggle help network`)")]
pub(crate) struct Network {
    /// Folder of what was fetched [default: the cache folder of the user]
    #[arg(long, global = true, env = "HAGGLE_CACHE", value_name = "DIR", hide_short_help = true)]
    pub(crate) cache: Option<PathBuf>,
    /// Ask the servers again, whatever they said of how long an answer holds
    #[arg(long, global = true, env = "HAGGLE_REFRESH", value_parser = FalseyValueParser::new(), hide_short_help = true)]
    pub(crate) refresh: bool,
    /// Trust the certificates of this PEM file as well as those of this machine
    #[arg(long, global = true, env = "HAGGLE_CACERT", value_name = "FILE", hide_short_help = true)]
    pub(crate) cacert: Option<PathBuf>,
    /// Let servers send on to addresses that are not public
    #[arg(long, global = true, hide_short_help = true)]
    pub(crate) allow_private: bool,
    /// File of secrets for servers, which nobody else can read
    #[arg(
        long,
        global = true,
        env = "HAGGLE_SECRETS",
        value_name = "FILE",
        hide_short_help = true
    )]
    pub(crate) secrets: Option<PathBuf>,
    /// How long, how much or how often at most, such as read=120 or size=8GB
    #[arg(
        long,
        global = true,
        env = "HAGGLE_LIMITS",
        value_name = "NAME=VALUE",
        value_delimiter = ',',
        hide_short_help = true
    )]
    pub(crate) limit: Vec<String>,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// What is in a file, which recipe fits, first observations, problems; changes nothing
    Inspect(Inspect),
    /// Read files into the evidence store
    Import(Import),
    /// What the store holds: list it, or remove from it
    Sources(Sources),
    /// Percentiles of what the store holds, with intervals and sources
    Benchmark(Benchmark),
    /// The main job: import what the deal names, then print the brief
    Report(Report),
    /// Vendor quotes like for like, items by suppliers
    Compare(Compare),
    /// Read a deal file alone: errors and warnings
    Check(Check),
    /// The arithmetic of a figure down to source cells; a rule, a diagnostic or `parameters`
    Explain(Explain),
    /// Recompute a JSON report from its deal file and sources; says what no longer holds
    Verify(Verify),
    /// What moved between two JSON reports, split into its causes
    Diff(Diff),
    /// A commented deal file to begin with; asks on a terminal, never has to
    Init(Init),
    /// JSON Schema of the deal file, for editor completion
    Schema(Schema),
    /// Completions for a shell
    Completions(Completions),
    /// What was fetched from servers: list it, or clean it
    Cache(CacheArgs),
    /// Data sources as shared libraries: look at them, allow them, make one
    Plugin(PluginArgs),
    /// Check store, folders and versions
    Doctor,
    /// Help on a topic, such as exit-codes
    Help(Help),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Inspect {
    /// The file, or a URL
    #[arg(value_name = "SOURCE")]
    pub(crate) source: PathBuf,
    /// Recipe by name, or a recipe file; else found by the columns
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) recipe: Option<String>,
    /// Sheet to read, where the recipe would read another; `*` stands for any text
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,
    /// Vintage that the file itself does not state, such as 2022
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(u16).range(1900..=2100))]
    pub(crate) vintage: Option<u16>,
    /// Of a URL, use only what was fetched before
    #[arg(long, env = "HAGGLE_OFFLINE", value_parser = FalseyValueParser::new())]
    pub(crate) offline: bool,
    /// Write a recipe to begin with: the one that fits, or a proposal with its doubts (`-`: print it)
    #[arg(long, value_name = "FILE")]
    pub(crate) propose: Option<PathBuf>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Import {
    /// Files or URLs: CSV, TSV, XLSX, XLS, ODS, packed or not; `-` is standard input
    #[arg(required_unless_present = "plugin", value_name = "SOURCE")]
    pub(crate) sources: Vec<PathBuf>,
    /// Instead of files, what a plugin brings that was added with `haggle plugin add`
    #[arg(long, value_name = "NAME", conflicts_with_all = ["sources", "recipe", "vintage", "sheet", "issues"])]
    pub(crate) plugin: Option<String>,
    /// What the plugin is told: a key and its value, as JSON or else as text
    #[arg(long, value_name = "KEY=VALUE", requires = "plugin", conflicts_with = "config")]
    pub(crate) set: Vec<String>,
    /// What the plugin is told, as one JSON object
    #[arg(long, value_name = "JSON", requires = "plugin")]
    pub(crate) config: Option<String>,
    /// Recipe by name, or a recipe file; else found by the columns
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) recipe: Option<String>,
    /// Vintage that the file itself does not state, such as 2022
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(u16).range(1900..=2100))]
    pub(crate) vintage: Option<u16>,
    /// Sheet to read, where the recipe would read another; `*` stands for any text
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,
    /// Hash the file even if it looks unchanged
    #[arg(long)]
    pub(crate) locked: bool,
    /// Of URLs, use only what was fetched before
    #[arg(long, env = "HAGGLE_OFFLINE", value_parser = FalseyValueParser::new())]
    pub(crate) offline: bool,
    /// Write every rejected row to a CSV file: line, field, found, expected, code
    #[arg(long, value_name = "FILE")]
    pub(crate) issues: Option<PathBuf>,
    /// How to print the account
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Sources {
    #[command(subcommand)]
    pub(crate) action: Option<SourcesAction>,
    /// How to print the list
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SourcesAction {
    /// What the store holds, from where, how old, under which licence
    List,
    /// Remove sources by the start of their hash, or by file name
    Remove {
        /// Start of a hash (at least 6 digits), or a file name
        #[arg(required = true)]
        which: Vec<String>,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CacheArgs {
    #[command(subcommand)]
    pub(crate) action: Option<CacheAction>,
    /// How to print the list
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CacheAction {
    /// What was fetched, when, how large, from where
    Status,
    /// Remove all of it, or what is named
    Clean {
        /// URLs, as the list shows them
        #[arg(value_name = "URL", conflicts_with = "older")]
        urls: Vec<String>,
        /// Only what the server was not asked about for so many days
        #[arg(long, value_name = "DAYS")]
        older: Option<u32>,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PluginArgs {
    #[command(subcommand)]
    pub(crate) action: PluginAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PluginAction {
    /// Show what a plugin is and asks for, and allow it; runs nothing
    Add(PluginAdd),
    /// What lies in the plugin folders: found, ready, changed
    List {
        /// How to print
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: ListFormat,
    },
    /// Look at a plugin's file, of any platform; runs nothing
    Inspect {
        /// Name of a plugin, or a file
        #[arg(value_name = "NAME|FILE")]
        what: String,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Take back what `add` allowed; the file stays
    Remove {
        /// Name of a plugin, or the start of a hash (at least 6 digits)
        #[arg(required = true, value_name = "NAME|HASH")]
        which: Vec<String>,
    },
    /// Whether every plugin that was added still is what it was
    Verify,
    /// Write a plugin to begin with
    New(PluginNew),
    /// Hold a plugin to everything that the interface demands
    Test(PluginTest),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PluginAdd {
    /// A file, or the name of a plugin in one of the plugin folders
    #[arg(value_name = "FILE|NAME")]
    pub(crate) what: String,
    /// Allow what is shown without asking
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Allow only URLs that begin so, instead of all that it asks for
    #[arg(long, value_name = "URL", conflicts_with = "no_input")]
    pub(crate) input: Vec<String>,
    /// Allow no input at all
    #[arg(long)]
    pub(crate) no_input: bool,
    /// Allow only this secret, by name, instead of all that it asks for
    #[arg(long, value_name = "NAME", conflicts_with = "no_secret")]
    pub(crate) secret: Vec<String>,
    /// Allow no secret
    #[arg(long)]
    pub(crate) no_secret: bool,
    /// Allow this file, where it asks for files
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Vec<PathBuf>,
    /// Another limit than it asks for: memory_mb, wall_s, idle_s, rows or output_mb
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) cap: Vec<String>,
    /// Allow it to run where it can be confined only so far
    #[arg(long, value_name = "LEVEL", default_value = "full")]
    pub(crate) allow_level: PluginLevel,
    /// Pin it in the lock file beside this deal as well
    #[arg(long, value_name = "DEAL")]
    pub(crate) deal: Option<PathBuf>,
}

/// How far a plugin is confined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PluginLevel {
    /// No file, no network, no other process, limits
    Full,
    /// By the filter of system calls alone: the second wall, Landlock, is missing
    Reduced,
    /// A process of its own with limits, nothing more: all your files and secrets are open to it
    Process,
    /// For a script, and for nothing else: it reads the system's programs and libraries
    Script,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PluginNew {
    /// Its name: lower-case letters, digits and dashes
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// The language to write it in
    #[arg(long, value_name = "LANG", default_value = "rust")]
    pub(crate) lang: PluginLang,
    /// The folder to write, which must not exist [default: haggle-NAME]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Where the crate `haggle-plugin-api` lies, for Rust
    #[arg(long, value_name = "DIR")]
    pub(crate) api: Option<PathBuf>,
}

/// Languages of templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PluginLang {
    /// A crate
    Rust,
    /// One file and the header
    C,
    /// A script, which runs at a level of its own
    Sh,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PluginTest {
    /// A file, or the name of a plugin in one of the plugin folders
    #[arg(value_name = "NAME|FILE")]
    pub(crate) what: String,
    /// What the plugin is told, as one JSON object
    #[arg(long, value_name = "JSON", default_value = "{}")]
    pub(crate) config: String,
    /// An input that is given to it: its URI and a file with its bytes
    #[arg(long, value_name = "URI=FILE")]
    pub(crate) input: Vec<String>,
    /// The SHA-256 that its rows must have, as an earlier run printed it
    #[arg(long, value_name = "HASH")]
    pub(crate) golden: Option<String>,
    /// Another limit than the lesser of its wish and the usual one: memory_mb, wall_s, idle_s, rows or output_mb
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) cap: Vec<String>,
    /// Let it run where it can be confined only so far; `script` for a script, which runs at no other
    #[arg(long, value_name = "LEVEL", default_value = "full")]
    pub(crate) allow_level: PluginLevel,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Formats of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Benchmark {
    /// Condition: FIELD=VALUE or FIELD=VALUE,VALUE, FIELD~WORDS, FIELD=FROM..TO; all must hold
    #[arg(long = "where", value_name = "CONDITION")]
    pub(crate) conditions: Vec<String>,
    /// Currency to compare in [default: the one most comparables state]
    #[arg(long, value_name = "CODE")]
    pub(crate) currency: Option<String>,
    /// Unit to compare in [default: the one most comparables state]
    #[arg(long, value_name = "UNIT")]
    pub(crate) per: Option<String>,
    /// Day to speak for [default: the newest date in the evidence]
    #[arg(long, value_name = "DATE", env = "HAGGLE_AS_OF")]
    pub(crate) as_of: Option<String>,
    /// Yearly growth that ages amounts to that day, as a fraction
    #[arg(long, value_name = "RATE")]
    pub(crate) ageing: Option<f64>,
    /// The comparables one by one, and the near misses with what they miss
    #[arg(long)]
    pub(crate) list: bool,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: BenchmarkFormat,
    /// Write to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Exit with 3 if the evidence gives no quartiles
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Formats of a benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BenchmarkFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For spreadsheets
    Csv,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Report {
    /// The deal file
    pub(crate) deal: PathBuf,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ReportFormat,
    /// For whom: `shareable` holds the opening and its justification, nothing private
    #[arg(long, value_name = "AUDIENCE")]
    pub(crate) audience: Option<AudienceArg>,
    /// The negotiation with one supplier of `[tender]`
    #[arg(long, value_name = "NAME")]
    pub(crate) supplier: Option<String>,
    /// What to write: the report, or one page for the room or for the other side
    #[arg(long, value_name = "PAGE", default_value = "report")]
    pub(crate) page: PageArg,
    /// Write to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pinned: Pinned,
    /// Exit with 3 if the evidence is too weak for percentiles
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For a terminal
    Text,
    /// Markdown
    Md,
    /// One self-contained page
    Html,
    /// haggle.report/1
    Json,
}

/// Who may read a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AudienceArg {
    /// Only you: everything
    Private,
    /// Anybody: opening, market, sources, adjustments
    Shareable,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PageArg {
    /// The report
    Report,
    /// A talking sheet for the room, private: opening, arguments, questions, steps
    Sheet,
    /// A letter to the other side, always shareable
    Letter,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Compare {
    /// The deal file, with `[tender]` and its items
    pub(crate) deal: PathBuf,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: CompareFormat,
    /// What to write: the table, or the memo for the file
    #[arg(long, value_name = "PAGE", default_value = "table")]
    pub(crate) page: ComparePage,
    /// Which quantities to show, by the name of a `[[scenario]]` [default: as asked]
    #[arg(long, value_name = "NAME")]
    pub(crate) scenario: Option<String>,
    /// Fill gaps with the median of the other suppliers, for the ranking only
    #[arg(long)]
    pub(crate) fill: bool,
    /// For whom: `shareable` shows one supplier its own quote and nothing else
    #[arg(long, value_name = "AUDIENCE", requires = "supplier")]
    pub(crate) audience: Option<AudienceArg>,
    /// The supplier who is to read it
    #[arg(long, value_name = "NAME", requires = "audience")]
    pub(crate) supplier: Option<String>,
    /// Write to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pinned: Pinned,
    /// Exit with 3 if no quote can be awarded or the quotes are not comparable
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Formats of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    /// For a terminal
    Text,
    /// Markdown
    Md,
    /// One self-contained page whose columns sort
    Html,
    /// haggle.comparison/1
    Json,
    /// A row for each line, total and award
    Csv,
    /// A workbook whose formulas follow its inputs
    Xlsx,
}

/// What of a comparison is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ComparePage {
    /// Awards, ranking, items by suppliers, terms, findings
    Table,
    /// The memo for the file
    Memo,
}

/// Options that say which state of the world counts.
#[derive(Debug, ClapArgs)]
pub(crate) struct Pinned {
    /// Speak for this day, whatever the deal says
    #[arg(long, value_name = "DATE", env = "HAGGLE_AS_OF")]
    pub(crate) as_of: Option<String>,
    /// What if: replace what the deal file says, such as alternative.stay.amount=120000
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// Refuse sources that are not as the lock file says
    #[arg(long, env = "HAGGLE_LOCKED", value_parser = FalseyValueParser::new())]
    pub(crate) locked: bool,
    /// Use only what is stored
    #[arg(long, env = "HAGGLE_OFFLINE", value_parser = FalseyValueParser::new())]
    pub(crate) offline: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Check {
    /// The deal file
    pub(crate) deal: PathBuf,
    /// Take this day for a file that states none
    #[arg(long, value_name = "DATE", env = "HAGGLE_AS_OF")]
    pub(crate) as_of: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Explain {
    /// A deal file and a figure, a rule or `parameters`; or a code (E0004, S2.1, D0101, B12),
    /// `parameters` or `rules` alone
    #[arg(required = true, num_args = 1..=2, value_name = "DEAL FIGURE|CODE")]
    pub(crate) what: Vec<String>,
    /// How to print `rules`: for people, or the reference page in Markdown
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ExplainFormat,
    #[command(flatten)]
    pub(crate) pinned: Pinned,
}

/// Formats of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainFormat {
    /// For a terminal
    Text,
    /// Markdown, of `rules` alone
    Md,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Verify {
    /// The report or comparison, as `haggle report` or `compare` with `--format json` wrote it
    #[arg(value_name = "REPORT.json")]
    pub(crate) report: PathBuf,
    /// Its deal file [default: the one of its name beside the report]
    #[arg(long, value_name = "FILE")]
    pub(crate) deal: Option<PathBuf>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Diff {
    /// The older report or comparison
    #[arg(value_name = "OLD.json")]
    pub(crate) old: PathBuf,
    /// The newer one of the same kind
    #[arg(value_name = "NEW.json")]
    pub(crate) new: PathBuf,
    /// The deal file [default: the one of its name beside the newer report, then the older]
    #[arg(long, value_name = "FILE")]
    pub(crate) deal: Option<PathBuf>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Init {
    /// What is negotiated
    #[arg(value_name = "KIND", default_value = "salary")]
    pub(crate) kind: InitKind,
    /// Title of the deal
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// Currency of every amount
    #[arg(long, value_name = "CODE")]
    pub(crate) currency: Option<String>,
    /// What the price is per: year, hour, month, each, lump
    #[arg(long, value_name = "UNIT")]
    pub(crate) per: Option<String>,
    /// A file of evidence, as `haggle inspect FILE` reads it
    #[arg(long, value_name = "FILE")]
    pub(crate) evidence: Option<PathBuf>,
    /// The recipe that reads it: a built-in name, or a file of your own
    #[arg(long, value_name = "RECIPE", requires = "evidence")]
    pub(crate) recipe: Option<String>,
    /// Words that the titles of comparable rows contain
    #[arg(long, value_name = "WORDS")]
    pub(crate) words: Option<String>,
    /// Their offer on the table
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) offer: Option<String>,
    /// What the best way to do without this deal is worth
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) alternative: Option<String>,
    /// Day that the report speaks for [default: today]
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Write to a file that does not exist yet, and the schema beside it
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// What a deal file can begin as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InitKind {
    /// Pay: you are the seller
    Salary,
    /// A purchase: you are the buyer
    Purchase,
    /// Quotes of several suppliers, compared like for like
    Quotes,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Schema {
    /// Of what
    #[arg(value_name = "WHAT")]
    pub(crate) what: SchemaOf,
}

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// The deal file
    Deal,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Help {
    /// A topic (exit-codes, environment, conditions, recipes, network, plugins) or a verb
    pub(crate) topic: Option<String>,
}
