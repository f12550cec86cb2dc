//! `init`: a commented deal file to begin with, from flags, or from answers on a terminal.

mod ask;
mod draft;

use crate::args::{Init, InitKind};
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::gather::find_recipe;
use draft::Draft;
use haggle_import::{Options, Recipe};
use haggle_negotiation::deal;
use haggle_quantity::{Amount, Currency, Date, from_day_number, parse_amount, parse_date};
use std::fs::OpenOptions;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) fn run(args: &Init, context: &Context) -> Result<u8, Failure> {
    let folder = args.out.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
    let mut draft = from_flags(args, folder)?;
    if io::stdin().is_terminal() && io::stderr().is_terminal() {
        let mut dialogue = ask::Dialogue { input: io::stdin().lock(), talk: io::stderr() };
        dialogue
            .complete(&mut draft, args, folder)
            .map_err(|e| Failure::io(Path::new("standard input"), "cannot read", &e))?;
    }
    let text = draft.text();
    must_read(&text)?;
    match args.out.as_deref() {
        None => {
            context.data(&text)?;
            let verb = args.kind.verb();
            context.talk(&format!("next: save it as deal.toml, then `haggle {verb} deal.toml`\n"));
        }
        Some(out) => write(out, &text, args.kind.verb(), context)?,
    }
    Ok(exit::FINE)
}

fn from_flags(args: &Init, folder: &Path) -> Result<Draft, Failure> {
    let mut draft = Draft::of(args.kind, today()?);
    let flag = |name: &str| {
        let name = name.to_owned();
        move |e: String| Failure::usage(format!("--{name}: {e}"))
    };
    if let Some(title) = &args.title {
        draft.title.clone_from(title);
    }
    if let Some(code) = &args.currency {
        draft.currency = currency(code).map_err(flag("currency"))?;
    }
    if let Some(per) = &args.per {
        draft.per.clone_from(per);
    }
    if let Some(day) = &args.as_of {
        draft.as_of = parse_date(day).map_err(|e| flag("as-of")(format!("`{day}`: {e}")))?;
    }
    let named = args.recipe.as_deref();
    let recipe = named.map(|text| find_recipe(text, Path::new("."))).transpose()?;
    let evidence = args.evidence.as_deref().map(|p| evidence(p, folder, recipe)).transpose();
    draft.evidence = evidence.map_err(flag("evidence"))?;
    draft.recipe = named.map(|text| match Path::new(text) {
        file if file.exists() => relative(file, folder),
        _ => text.to_owned(),
    });
    draft.words.clone_from(&args.words);
    draft.offer = args.offer.as_deref().map(price).transpose().map_err(flag("offer"))?;
    let alternative = args.alternative.as_deref().map(price).transpose();
    draft.alternative = alternative.map_err(flag("alternative"))?;
    Ok(draft)
}

fn currency(code: &str) -> Result<String, String> {
    code.parse::<Currency>().map(|c| c.to_string()).map_err(|e| format!("`{code}`, {e}"))
}

fn price(text: &str) -> Result<Amount, String> {
    let amount = parse_amount(text).map_err(|e| format!("`{text}`, {e}"))?;
    if amount > Amount::ZERO { Ok(amount) } else { Err(format!("`{text}`, expected more than 0")) }
}

/// A file that a recipe can read, as a deal file in a folder names it.
fn evidence(path: &Path, folder: &Path, recipe: Option<Recipe>) -> Result<String, String> {
    let options = Options { recipe, ..Options::default() };
    haggle_import::open(path, &options).map_err(|e| {
        let file = path.display();
        format!("{file}: {e}; `haggle inspect {file} --propose own.toml` writes a recipe to begin with, and `--recipe own.toml` names it")
    })?;
    Ok(relative(path, folder))
}

/// A path from a folder, with slashes; as it is where the two share no root.
fn relative(path: &Path, folder: &Path) -> String {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let (Ok(path_full), Ok(here)) = (path.canonicalize(), here.canonicalize()) else {
        return path.display().to_string();
    };
    let common = path_full.components().zip(here.components()).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return path.display().to_string();
    }
    let up = here.components().skip(common).map(|_| "..".to_owned());
    let down = path_full.components().skip(common);
    let down = down.map(|c| c.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// The day by the clock. It is written into the file, where it can be seen and changed.
fn today() -> Result<Date, Failure> {
    #[expect(clippy::disallowed_methods, reason = "the day is written down, and counts as written")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    let days = since.and_then(|d| i32::try_from(d.as_secs() / 86_400).ok());
    days.and_then(from_day_number).ok_or_else(|| {
        Failure::new("the clock shows no usable day").help("name one with `--as-of DATE`")
    })
}

/// What is written must be a deal file.
fn must_read(text: &str) -> Result<(), Failure> {
    let errors = deal::parse(text, None).problems.into_iter().filter(|p| !p.warning);
    let messages: Vec<String> = errors.map(|p| p.to_string()).collect();
    if messages.is_empty() {
        return Ok(());
    }
    Err(Failure { messages, ..Failure::usage("") })
}

/// Writes the deal file, and the schema beside it if there is none.
fn write(out: &Path, text: &str, verb: &str, context: &Context) -> Result<(), Failure> {
    create(out, text)?;
    context.talk(&format!("wrote {}\n", out.display()));
    let schema = out.with_file_name(draft::SCHEMA_FILE);
    if !schema.exists() {
        create(&schema, deal::SCHEMA)?;
        context.talk(&format!("wrote {} (for editors)\n", schema.display()));
    }
    context.talk(&format!("next: haggle {verb} {}\n", out.display()));
    Ok(())
}

/// Creates a file and never replaces one.
fn create(path: &Path, text: &str) -> Result<(), Failure> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = file.map_err(|e| match e.kind() {
        io::ErrorKind::AlreadyExists => {
            Failure::usage(format!("--out {}: the file exists", path.display()))
                .help("name another file; nothing is overwritten")
        }
        _ => Failure::io(path, "cannot write", &e),
    })?;
    file.write_all(text.as_bytes()).map_err(|e| Failure::io(path, "cannot write", &e))
}

impl InitKind {
    /// What is done with the file.
    fn verb(self) -> &'static str {
        if self == Self::Quotes { "compare" } else { "report" }
    }

    fn is_salary(self) -> bool {
        self == Self::Salary
    }
}
