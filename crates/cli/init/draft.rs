//! The text of a new deal file: what is known stands in it, what is not stands in it as a comment.

use crate::args::InitKind;
use haggle_quantity::{Amount, Date};
use std::fmt::Write;

/// The schema's file, beside the deal file.
pub(super) const SCHEMA_FILE: &str = "deal.schema.json";

/// What is known of a deal.
pub(super) struct Draft {
    kind: InitKind,
    pub(super) title: String,
    pub(super) currency: String,
    pub(super) per: String,
    pub(super) as_of: Date,
    pub(super) evidence: Option<String>,
    pub(super) recipe: Option<String>,
    pub(super) words: Option<String>,
    pub(super) offer: Option<Amount>,
    pub(super) alternative: Option<Amount>,
}

impl Draft {
    /// What is known of a deal of a kind before anybody says anything.
    pub(super) fn of(kind: InitKind, as_of: Date) -> Self {
        let (title, per) = match kind {
            InitKind::Salary => ("My pay", "year"),
            InitKind::Purchase => ("My purchase", "each"),
            InitKind::Quotes => ("My tender", "lot"),
        };
        Self {
            kind,
            title: title.to_owned(),
            currency: "USD".to_owned(),
            per: per.to_owned(),
            as_of,
            evidence: None,
            recipe: None,
            words: None,
            offer: None,
            alternative: None,
        }
    }

    /// Currency and unit: `USD/year`.
    pub(super) fn unit(&self) -> String {
        format!("{}/{}", self.currency, self.per)
    }

    /// What a person of this kind does without the deal.
    pub(super) fn fallback(&self) -> &'static str {
        if self.kind.is_salary() { "staying where you are" } else { "the best other quote" }
    }

    /// Evidence that a person of this kind has.
    pub(super) fn example(&self) -> &'static str {
        if self.kind.is_salary() { "a pay survey" } else { "a price list or quotes" }
    }

    /// The deal file.
    pub(super) fn text(&self) -> String {
        let mut text = self.head();
        if self.kind == InitKind::Quotes {
            text.push_str(&self.tender());
            return text;
        }
        text.push_str(&self.source());
        text.push_str(&self.offer());
        text.push_str(&self.alternative());
        text.push_str(if self.kind.is_salary() { SALARY } else { PURCHASE });
        text
    }

    fn head(&self) -> String {
        let side = if self.kind.is_salary() { "seller" } else { "buyer" };
        let mut text = format!("#:schema ./{SCHEMA_FILE}\n");
        text.push_str("# `haggle schema deal` prints that schema, `haggle check FILE` reads this file alone,\n");
        text.push_str(match self.kind {
            InitKind::Quotes => {
                "# `haggle compare FILE` is the main job. What begins with `#` is not read.\n\n"
            }
            _ => "# `haggle report FILE` is the main job. What begins with `#` is not read.\n\n",
        });
        let _ = writeln!(text, "schema   = \"haggle.deal/1\"");
        let _ = writeln!(text, "title    = {}", quoted(&self.title));
        let _ = writeln!(text, "side     = \"{side}\"   # seller wants more, buyer wants less");
        let _ =
            writeln!(text, "currency = \"{}\"      # of every amount in this file", self.currency);
        let _ = writeln!(text, "per      = {}", quoted(&self.per));
        let _ =
            writeln!(text, "as_of    = {}   # the day that the report speaks for\n", self.as_of);
        text
    }

    /// What is bought, and who quotes: the sheet that was named, or an example to write over.
    fn tender(&self) -> String {
        let sheet = self.evidence.as_deref().map_or(String::new(), |path| {
            let recipe = self.recipe.as_deref();
            let recipe = recipe.map_or(String::new(), |it| format!("recipe = {}\n", quoted(it)));
            format!("[[source]]\nname = \"bids\"\npath = {}\n{recipe}\n", quoted(path))
        });
        let sources =
            if sheet.is_empty() { "# sources = [\"bids\"]" } else { "sources = [\"bids\"]" };
        format!("{sheet}[tender]\n{sources}   # ids of each [[source]] that holds quotes\n{TENDER}")
    }

    /// Without evidence there is no market, and the report says so.
    fn source(&self) -> String {
        let mark = if self.evidence.is_some() { "" } else { "# " };
        let path = self.evidence.as_deref().unwrap_or("survey.csv");
        let words = self.words.as_deref();
        let condition = format!(
            "where = {{ title = {} }}",
            quoted(&format!("~ {}", words.unwrap_or("your title")))
        );
        let where_mark = if self.evidence.is_some() && words.is_some() { "" } else { "# " };
        let recipe = self.recipe.as_deref();
        let recipe = recipe.map_or(String::new(), |it| format!("recipe = {}\n", quoted(it)));
        format!(
            "# Evidence: only what stands here may enter the report. `haggle inspect FILE` shows what\n\
             # a file holds; `where` says which of its rows are comparable.\n\
             {mark}[[source]]\n\
             {mark}path  = {}   # from the folder of this file\n\
             {recipe}\
             {where_mark}{condition}\n\
             # match = 0.8   # how much of the job or item agrees\n\n",
            quoted(path)
        )
    }

    fn offer(&self) -> String {
        let mark = if self.offer.is_some() { "" } else { "# " };
        let amount = self.offer.map_or("112000".to_owned(), |a| a.to_string());
        format!(
            "# Their offer, once there is one.\n\
             {mark}[offer]\n\
             {mark}amount = \"{amount}\"\n\
             # from = \"letter of ...\"\n\n"
        )
    }

    /// The walk-away follows from it: without one the report has none.
    fn alternative(&self) -> String {
        let mark = if self.alternative.is_some() { "" } else { "# " };
        let amount = self.alternative.map_or("104000".to_owned(), |a| a.to_string());
        let name = if self.kind.is_salary() { "stay" } else { "other quote" };
        format!(
            "# What you do without this deal; the walk-away follows from it. Add one for each way out.\n\
             {mark}[[alternative]]\n\
             {mark}name   = \"{name}\"\n\
             {mark}amount = \"{amount}\"   # or [low, mode, high]\n\
             # probability = 1.0   # less for what may fall through\n\
             # delay_days = 0\n\
             # cost = \"0\"   # one-off\n"
        )
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

const SALARY: &str = r#"
# Track record: counts when it has a number and a date or reference.
# [[claim]]
# text      = "cut churn by 18 %"
# reference = "board report Q1"

# What you believe of their limit, and from where.
# [counterpart.limit]
# low    = "108000"
# mode   = "116000"
# high   = "125000"
# source = "recruiter, call of ..."

# Brings old amounts to the day of the report.
# [ageing]
# rate   = 0.03
# source = "why"
"#;

const PURCHASE: &str = r#"
# Price units over which one-off money is spread: 3 for a three-year contract priced per year, or
# the quantity; it stands above all tables, beside `per`.
# term = 3

# The first figure that you expect of them, and what you believe of their limit.
# [counterpart]
# first_offer = "58000"
# [counterpart.limit]
# low    = "41000"
# mode   = "44000"
# high   = "48000"
# source = "last year's invoice"
"#;

const TENDER: &str = r#"# incoterm       = "DAP"    # which costs count; every quote is brought to it
# place          = "our site"
# payment_days   = 30       # every quote is brought to this payment term
# horizon_months = 36       # months of recurring charges that count
# max_suppliers  = 3
# fill_gaps      = true     # fill what a supplier does not quote, for the ranking only

# What money costs you a year: it brings payment terms and recurring charges to one day.
# [us]
# discount_rate = 0.06

# One for each foreign currency: how many units of the deal's currency one unit is worth.
# [[rate]]
# from = "GBP"
# to   = "EUR"
# rate = 1.15
# date = 2026-01-31

# What is bought: at least one.
# [[item]]
# id       = "A4"           # as quotes call it; `match` holds further names
# name     = "Copier paper A4, 80 g"
# quantity = "1500"
# per      = "sheet"
# units    = { ream = "500" }

# One for each supplier: terms, and prices unless a source holds them.
# [[quote]]
# supplier       = "first supplier"
# lead_time_days = 14
# freight        = "12"
# [[quote.line]]
# item   = "A4"
# price  = "5.40"
# per    = "ream"
# breaks = [{ from = "10", price = "4.90" }]
# [[quote]]
# supplier = "second supplier"
# [[quote.line]]
# item  = "A4"
# price = "15.50"
# per   = "pack"
# pack  = "1500"
"#;
