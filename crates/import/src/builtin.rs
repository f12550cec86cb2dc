//! The recipes that come with the program.

use crate::Recipe;
use crate::hash::text_hash;
use crate::header::nearest_all;
use crate::spellings::Spellings;
use std::sync::LazyLock;

macro_rules! recipes {
    ($($name:literal),+ $(,)?) => {
        &[$((concat!($name, ".toml"), include_str!(concat!("../recipes/", $name, ".toml")))),+]
    };
}

const TEXTS: &[(&str, &str)] = recipes![
    "ask-a-manager",
    "aws-price-list-json",
    "aws-price-list",
    "aws-savings-plans",
    "azure-retail-prices",
    "baltimore-payroll",
    "bid-tab-long",
    "bid-tab-wide-two-rows",
    "bid-tab-wide",
    "bls-oews",
    "chargemaster-no-header",
    "chargemaster",
    "chicago-payroll",
    "cms-hospital-json",
    "cms-hospital-tall",
    "cms-hospital-wide",
    "cms-payer-allowed-amounts",
    "cms-payer-rates",
    "college-majors",
    "community-salaries-usd",
    "community-salaries",
    "consumer-price-index",
    "drg-average-charges",
    "ec2instances",
    "ecb-rates-xml",
    "ecb-rates",
    "eu-it-survey-2018",
    "eu-it-survey-2019",
    "eu-it-survey-2020",
    "fcc-new-coders",
    "genai-prices",
    "gsa-calc-export",
    "gsa-courses",
    "gsa-labor-short",
    "gsa-labor",
    "gsa-products",
    "gsa-support",
    "koodiklinikka-cleaned",
    "koodiklinikka",
    "litellm-model-prices",
    "llm-prices",
    "nyc-payroll",
    "ocds-award-items",
    "ocds-awards",
    "ocds-contract-items",
    "ocds-json-award-items",
    "ocds-json-awards",
    "ocds-json-bids",
    "ocds-json-contract-items",
    "ocds-json-contracts",
    "ocds-json-tender-items",
    "ocds-tender-items",
    "oflc-lca",
    "ons-ashe-14",
    "openrouter-models",
    "oshpd-common-procedures",
    "percentile-table",
    "price-index-series",
    "quote-sheet",
    "quotes-json",
    "quotes-long",
    "quotes-wide",
    "stack-overflow-2016",
    "stack-overflow-2017",
    "stack-overflow",
    "txdot-bid-tab",
    "world-bank-pink-sheet-indices",
    "world-bank-pink-sheet",
];

static RECIPES: LazyLock<Vec<Recipe>> = LazyLock::new(|| {
    let parse = |(origin, text): &(&str, &str)| {
        Recipe::unchecked(text, origin).expect("built-in recipes are parsed by a test")
    };
    TEXTS.iter().map(parse).collect()
});

/// Every built-in recipe, in order of name.
pub fn builtin_recipes() -> &'static [Recipe] {
    &RECIPES
}

/// SHA-256 of all built-in recipes and lists of words together, in lower-case hexadecimal: what a
/// choice among them depends on, without reading any.
pub fn builtin_hash() -> String {
    let recipes = TEXTS.iter().flat_map(|(origin, text)| [*origin, *text]);
    let lists = Spellings::built_in().filter_map(Spellings::built_in_text);
    text_hash(&recipes.chain(lists).collect::<Vec<_>>())
}

/// The built-in recipes whose files have a sibling of quality; the others are not even read.
pub(crate) fn recipes_with_quality() -> Vec<Recipe> {
    let with = TEXTS.iter().filter(|(_, text)| text.contains("\n[quality]"));
    with.filter_map(|(origin, text)| Recipe::parse(text, origin).ok()).collect()
}

/// The names of built-in recipes most like a text, the most alike first, at most three.
pub fn nearest_recipes(text: &str) -> Vec<&'static str> {
    nearest_all(text, builtin_recipes().iter().map(Recipe::name), 3)
}

/// The text of a built-in recipe, by name.
pub(crate) fn builtin_text(name: &str) -> Option<&'static str> {
    TEXTS.iter().find(|(origin, _)| origin.strip_suffix(".toml") == Some(name)).map(|(_, t)| *t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_recipes_parse_and_are_named_as_their_files() {
        for (origin, text) in TEXTS {
            let recipe = Recipe::parse(text, origin).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(format!("{}.toml", recipe.name()), *origin);
        }
        assert!(TEXTS.is_sorted_by_key(|(origin, _)| *origin), "in order of name");
    }

    #[test]
    fn every_recipe_file_is_built_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/recipes");
        let files = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name());
        let files = files.map(|n| n.into_string().unwrap()).filter(|n| n.ends_with(".toml"));
        let mut files: Vec<String> = files.collect();
        files.sort();
        assert_eq!(files, TEXTS.iter().map(|(origin, _)| *origin).collect::<Vec<_>>());
    }
}
