//! The recipes that come with the program.

use crate::Recipe;

const TEXTS: [(&str, &str); 2] = [
    ("bls-oews.toml", include_str!("../recipes/bls-oews.toml")),
    ("community-salaries.toml", include_str!("../recipes/community-salaries.toml")),
];

/// Every built-in recipe, in order of name.
pub fn builtin_recipes() -> Vec<Recipe> {
    let parse = |(origin, text): &(&str, &str)| {
        Recipe::parse(text, origin).expect("built-in recipes are parsed by a test")
    };
    TEXTS.iter().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_recipes_parse_and_are_named_as_their_files() {
        for (origin, text) in TEXTS {
            let recipe = Recipe::parse(text, origin).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(format!("{}.toml", recipe.name()), origin);
        }
    }
}
