//! Recipes that are wrong, and where they say so.

use super::Recipe;

const GOOD: &str = r#"name = "list"
version = 1
signature = [["sku"]]
source = { name = "list" }
number = { decimal = "." }
constant = { kind = "price", basis = "list", tax = "unknown", currency = "EUR" }
amount = [{ any = ["price"], statistic = "value", per = "each", sentinels = "s" }]
[sentinels.s]
"+" = { bound = "at least", threshold = "t" }
[threshold.t.vintages.2020]
each = "5"
"#;

fn wrong(from: &str, to: &str) -> (String, Option<String>) {
    assert!(GOOD.contains(from), "{from}");
    let error = Recipe::parse(&GOOD.replace(from, to), "my.toml").expect_err("a wrong recipe");
    (format!("{}:{}:{}: {}", error.origin, error.line, error.column, error.message), error.help)
}

#[test]
fn a_good_recipe_and_its_hash() {
    let recipe = Recipe::parse(GOOD, "my.toml").unwrap();
    assert_eq!((recipe.name(), recipe.version()), ("list", 1));
    assert_eq!(recipe.signature(), [["sku".to_owned()]]);
    let other = Recipe::parse(&format!("{GOOD}# more\n"), "my.toml").unwrap();
    assert_ne!(recipe.hash(), other.hash());
}

#[test]
fn a_misspelt_key_or_word_is_named_with_its_place() {
    for (from, to, token, help) in [
        ("version = 1", "verson = 1", "verson", "did you mean `version`?"),
        ("decimal = ", "decimals = ", "decimals", "did you mean `decimal`?"),
        ("\"list\", tax", "\"lst\", tax", "\"lst\"", "did you mean `list`?"),
        ("statistic", "statistik", "statistik", "did you mean `statistic`?"),
        ("\"s\" }", "\"x\" }", "\"x\"", ""),
        ("\"at least\"", "\"atleast\"", "\"atleast\"", "did you mean `at least`?"),
        ("\"t\" }", "\"tt\" }", "\"tt\"", ""),
        ("\"5\"", "\"5 EUR\"", "\"5 EUR\"", ""),
        ("\".\"", "\";\"", "\";\"", ""),
    ] {
        let text = GOOD.replace(from, to);
        let line = text.lines().position(|l| l.contains(token)).unwrap();
        let column = text.lines().nth(line).unwrap().find(token).unwrap();
        let place = format!("my.toml:{}:{}: ", line + 1, column + 1);
        let (message, found) = wrong(from, to);
        assert!(message.starts_with(&place), "{place} {message}");
        assert_eq!(found.as_deref().unwrap_or(""), help, "{to}: {message}");
    }
}

#[test]
fn contradictions_are_found() {
    for (from, to, part) in [
        (", currency = \"EUR\"", "", "found no currency"),
        (", per = \"each\"", "", "found no `per`"),
        ("[[\"sku\"]]", "[]", "no header text"),
        (", threshold = \"t\"", "", "sentinel `+`"),
        ("decimal = \".\"", "decimal = \".\", thousands = \".\"", "grouping mark"),
        (
            "amount = [",
            "flag = [{ name = \"a\", any = [\"a\"], values = [] }, { name = \"a\", any = [\"b\"], values = [] }]\namount = [",
            "attribute `a` twice",
        ),
        (
            "sentinels = \"s\"",
            "sentinels = \"s\", least = \"5\"",
            "`least` or `least_reason` alone",
        ),
        ("{ name = \"list\" }", "{ name = \"list\", reference_date = \"{year}\" }", "{year}-05-12"),
        (
            "amount = [",
            "field.place = { any = [\"x\"], otherwise = \"US\" }\namount = [",
            "otherwise_reason",
        ),
    ] {
        let (message, _) = wrong(from, to);
        assert!(message.contains(part), "{message}");
    }
}
