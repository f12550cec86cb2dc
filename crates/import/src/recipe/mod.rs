//! Recipes: small TOML files that say which columns of a layout are which fields.

mod check;
mod error;
mod spec;

pub(crate) use spec::{
    AmountSpec, Any, AttributeSpec, DateSpec, FieldSpec, FromNumber, Hidden, NoteSpec, NumberSpec,
    QualitySpec, RowRule, SayingSpec, Sentinel, Spec, TermSpec, TextField, Threshold, TreeSpec,
    Value, ValueSpec, VintageSpec, WordSpec,
};

pub use spec::Paging;

use crate::hash::text_hash;
use crate::spellings::Spellings;
pub use error::RecipeError;
use std::collections::BTreeSet;

/// How the columns of one layout become observations.
///
/// A recipe is found by its signature, the header texts that its layout always has; a file's name
/// never decides.
#[derive(Debug, Clone)]
pub struct Recipe {
    spec: Spec,
    hash: String,
}

impl Recipe {
    /// Reads a recipe. `origin` is the name of its file, for messages.
    ///
    /// # Errors
    /// [`RecipeError`] with line and column, and the nearest key where one was misspelt.
    pub fn parse(text: &str, origin: &str) -> Result<Self, RecipeError> {
        let recipe = Self::unchecked(text, origin)?;
        check::check(&recipe.spec).map_err(|p| RecipeError::at(p.message, p.span, text, origin))?;
        Ok(recipe)
    }

    /// Reads a recipe that agrees with itself, as a test has shown.
    pub(crate) fn unchecked(text: &str, origin: &str) -> Result<Self, RecipeError> {
        let spec: Spec =
            toml::from_str(text).map_err(|e| RecipeError::from_toml(&e, text, origin))?;
        let lists = spec.lists().filter(|name| !spec.words.contains_key(*name));
        let lists: BTreeSet<&str> = lists.filter_map(Spellings::built_in_text).collect();
        let texts: Vec<&str> = std::iter::once(text).chain(lists).collect();
        Ok(Self { hash: text_hash(&texts), spec })
    }

    /// Name of the recipe: `bls-oews`.
    pub fn name(&self) -> &str {
        self.spec.name.get_ref()
    }

    /// Version of the recipe, as it states itself.
    pub fn version(&self) -> u32 {
        self.spec.version
    }

    /// SHA-256 of the recipe's text and of the built-in lists of words that it names, in lower-case
    /// hexadecimal.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The header texts that a table must have, each with the texts that do as well.
    pub fn signature(&self) -> &[Vec<String>] {
        &self.spec.signature
    }

    /// What sources of its layout are called; `{year}` stands for the vintage.
    pub fn title(&self) -> &str {
        &self.spec.source.name
    }

    /// Where the list of columns comes from, if no file of this layout was at hand to test it.
    pub fn untested(&self) -> Option<&str> {
        self.spec.untested.as_deref()
    }

    /// How a service cuts the list into pages, if it does.
    pub fn paging(&self) -> Option<&Paging> {
        self.spec.paging.as_ref()
    }

    /// Whether its pages must be looked into though they do not name the next one.
    pub fn checks_pages(&self) -> bool {
        self.spec.stated.pointers().next().is_some()
    }

    pub(crate) fn spec(&self) -> &Spec {
        &self.spec
    }
}

#[cfg(test)]
mod tests;
