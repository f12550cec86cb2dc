//! What is known of a source as a whole: its identity, its facts, what is doubtful about it.

use crate::choose::Choice;
use crate::hash::text_hash;
use crate::importer::{IMPORTER_VERSION, Options};
use crate::layout::Layout;
use crate::quality;
use crate::recipe::{Recipe, Spec};
use crate::source::{Preview, warning};
use crate::vintage::{self, From, Hints, Vintage};
use haggle_evidence::{
    Account, Diagnostic, ImportError, ImporterIdentity, Locator, Severity, SourceFacts,
};
use haggle_quantity::{day_number, parse_date};
use std::path::Path;

/// Columns of the widest sheet there is.
const COLUMNS: usize = 1 << 14;

/// Hashes of the sibling files that are read too.
pub(crate) fn siblings_hash(spec: &Spec, path: &Path) -> Result<Vec<String>, ImportError> {
    let found = quality::beside(spec, path);
    let hash = |p: &std::path::PathBuf| {
        let unreadable =
            |e: std::io::Error| ImportError::source("E0001", Locator::default(), e.to_string());
        crate::hash::content_hash(p).map_err(unreadable)
    };
    found.iter().map(hash).collect()
}

/// By what a source is read: everything beside its content that its observations depend on.
pub(crate) fn identity(
    recipe: &Recipe,
    options: &Options,
    (vintage, file): (Option<&Vintage>, &str),
    siblings: &[String],
) -> ImporterIdentity {
    let of_file = vintage.filter(|v| v.from == From::File).map(|v| v.year.as_str());
    let mut parts = vec![recipe.hash()];
    if let Some(stated) = options.vintage.as_deref().or(of_file) {
        parts.extend(["vintage", stated]);
    }
    if let Some(sheet) = &options.sheet {
        parts.extend(["sheet", sheet]);
    }
    if recipe.spec().templates().any(|t| t.contains("{@file}")) {
        parts.extend(["file", file]);
    }
    for sibling in siblings {
        parts.extend(["quality", sibling]);
    }
    let recipe_hash = if parts.len() == 1 { parts[0].to_owned() } else { text_hash(&parts) };
    let name = reading_name(recipe.name(), options.sheet.as_deref());
    ImporterIdentity { recipe: name, recipe_hash, importer: IMPORTER_VERSION }
}

/// What a reading is called: the recipe, and the sheet where the caller names one, so that two
/// sheets of one file are two readings.
pub fn reading_name(recipe: &str, sheet: Option<&str>) -> String {
    let Some(sheet) = sheet else { return recipe.to_owned() };
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let spelt: String = sheet.chars().map(plain).collect();
    if spelt == sheet.to_ascii_lowercase() {
        return format!("{recipe}@{spelt}");
    }
    // Letters that a file's name does not carry are told apart by the sheet's hash.
    format!("{recipe}@{spelt}-{}", &text_hash(&[sheet])[..8])
}

pub(crate) fn facts(spec: &Spec, layouts: &[Layout], vintage: Option<&Vintage>) -> SourceFacts {
    let source = &spec.source;
    let year = vintage.map(|v| v.year.as_str());
    let date = source.reference_date.as_ref().and_then(|template| {
        let template = template.get_ref();
        let stated = if template.contains("{year}") {
            template.replace("{year}", year?)
        } else {
            template.clone()
        };
        parse_date(&stated).ok()
    });
    let mut assumptions = source.assumptions.clone();
    for assumption in layouts.iter().flat_map(|l| &l.assumptions) {
        if !assumptions.contains(assumption) {
            assumptions.push(assumption.clone());
        }
    }
    SourceFacts {
        name: source.name.replace("{year}", year.unwrap_or("(year unknown)")),
        publisher: source.publisher.clone(),
        licence: source.licence.clone(),
        grade: source.grade,
        date: date.map(day_number),
        assumptions,
        plugin: None,
    }
}

/// That other recipes would read the file too.
pub(crate) fn others_note(recipes: &[Recipe], choice: &Choice) -> Option<Diagnostic> {
    let names: Vec<String> =
        choice.others.iter().map(|i| format!("`{}`", recipes[*i].name())).collect();
    let message = format!(
        "`{}` fits most closely; {} fit as well",
        recipes[choice.recipe].name(),
        names.join(", ")
    );
    let note = Diagnostic { severity: Severity::Info, ..warning("W0123", message) };
    (!names.is_empty()).then_some(note)
}

/// A vintage that is wanted and not there, or stated in two ways.
pub(crate) fn vintage_warning(
    spec: &Spec,
    vintage: Option<&Vintage>,
    hints: &Hints<'_>,
) -> Option<Diagnostic> {
    let wanted = !spec.vintage.notes.is_empty() || spec.source.name.contains("{year}");
    match (vintage, hints.option) {
        (None, _) if wanted => {
            let message =
                "the year that the source speaks for stands neither in its notes nor in its names";
            Some(warning("W0103", message.to_owned()))
        }
        (Some(found), None) if found.from == From::Notes || found.from == From::Sheet => {
            let named = vintage::of_file_name(&spec.vintage, hints.file)?;
            let year = &found.year;
            let message =
                format!("the file's notes say {year}, its name says {named}; {year} is used");
            (named != *year).then(|| warning("W0103", message))
        }
        (Some(found), Some(option)) if found.year != option.trim() => {
            let year = &found.year;
            let message =
                format!("the file is of {year}, not of {}; {year} is used", option.trim());
            Some(warning("W0103", message))
        }
        _ => None,
    }
}

/// That columns of numbers are read which whoever looks at the sheet does not see.
pub(crate) fn hidden_columns_warning(table: &Preview, layout: &Layout) -> Option<Diagnostic> {
    let is_hidden = |column: usize| {
        let mut hidden = table.hidden_columns.iter().take(COLUMNS);
        hidden.any(|(first, last)| (*first as usize..=*last as usize).contains(&column))
    };
    let read = layout.number_columns();
    let mut read = read.iter().filter(|(column, _)| is_hidden(**column)).peekable();
    let (first, _) = *read.peek()?;
    let names: Vec<String> = read.map(|(_, name)| format!("`{name}`")).collect();
    let columns = if names.len() == 1 { "column is" } else { "columns are" };
    let message = format!("{} hidden {columns} read: {}", names.len(), names.join(", "));
    let column = *first as u32 + 1;
    let place = Locator { column, ..Locator::cell(layout.sheet.as_deref()?, layout.header, 0) };
    Some(Diagnostic { place, ..warning("W0120", message) })
}

pub(crate) fn nothing_warning(account: &Account, header: Locator) -> Option<Diagnostic> {
    if account.imported > 0 {
        return None;
    }
    let message = match account.rejected {
        0 => "no row of data below the header".to_owned(),
        n => format!("every row of data was rejected ({n})"),
    };
    Some(Diagnostic { place: header, ..warning("W0102", message) })
}
