//! What recipes can say about prices: columns without a header, cells in formulas, amounts that
//! rows repeat, words for everything else, rows whose word says nothing.

use crate::support::{Done, failure, read_by, run, save};
use haggle_import::{Options, Recipe, open};

/// A recipe of a price list; `more` stands in front of the amounts.
fn recipe(signature: &str, more: &str, amount: &str) -> String {
    format!(
        "name = \"t\"\nversion = 1\nsignature = {signature}\nsource = {{ name = \"x\" }}\n\
         number = {{ decimal = \".\", thousands = \"\" }}\n{more}\n\
         [constant]\nkind = \"price\"\nbasis = \"list\"\ntax = \"unknown\"\ncurrency = \"EUR\"\n\
         [[amount]]\n{amount}\nstatistic = \"value\"\n"
    )
}

fn done(recipe: &str, text: &str) -> Done {
    read_by(recipe, text).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn the_first_column_may_have_no_header() {
    let dated = "date = { any = [\"\"], required = true, format = \"YYYY[M]MM\" }\n\
                 skip = [{ any = [\"\"], blank = true, required = true, reason = \"codes\" }]";
    let recipe =
        recipe("[[\"Tin*\"]]", dated, "like = [\"{name}\"]\nsubject = \"{name}\"\nper = \"t\"");
    let done = done(&recipe, ",Tin **,\n,TIN,\n2021M02,5,\n");
    assert_eq!(done.lines, ["3:2 Tin|-|-|- value 5 exact EUR TNE"]);
    assert_eq!(done.terms, ["price list - - .. 2021-02-01"]);
    assert!(done.reasons().contains(&"skipped I0203 2=".to_owned()), "{:?}", done.reasons());
}

#[test]
fn a_formula_may_use_its_own_cell() {
    let units = "[[value]]\nname = \"units\"\nany = [\"n\"]\nblank = \"1\"\nblank_reason = \"one\"";
    let recipe = recipe(
        "[[\"n\"], [\"a price\"]]",
        units,
        "like = [\"{who} price\"]\nparty = \"{who}\"\nper = \"each\"\nformula = \"cell / units\"",
    );
    let done = done(&recipe, "n,a price,b price\n4,10,2\n,10,\n");
    let line = |place: &str, amount: &str| format!("{place} -|-|-|- value {amount} exact EUR EA");
    assert_eq!(done.lines, [line("2:2", "2.5"), line("2:3", "0.5"), line("3:2", "10")]);
    assert_eq!(
        done.attributes,
        [
            Some(r#"{"stated":"cell=10 units=4"}"#.to_owned()),
            Some(r#"{"stated":"cell=2 units=4"}"#.to_owned()),
            None,
        ]
    );
}

#[test]
fn what_rows_repeat_is_stated_once() {
    let recipe = recipe(
        "[[\"item\"], [\"list\"]]",
        "field.party = { any = [\"payer\"] }",
        "any = [\"list\"]\nper = \"each\"\nparty = \"\"\nonce = [[\"item\"], [\"size\"]]",
    );
    let done = done(&recipe, "item,payer,list\na,p,5\na,q,5\nb,p,5\na,r,6\n");
    let line = |place: &str, amount: &str| format!("{place} -|-|-|- value {amount} exact EUR EA");
    assert_eq!(done.lines, [line("2:3", "5"), line("4:3", "5"), line("5:3", "6")]);
    assert_eq!(done.terms[0], "price list - - .. -", "an empty text: the amount has no party");
    assert!(done.reasons().contains(&"absent I0307 3:3=5".to_owned()), "{:?}", done.reasons());
    assert_eq!(done.import.account.imported, 4);
}

#[test]
fn a_star_stands_for_every_other_word() {
    let words = "field.party = { any = [\"who\"], map = { \"*estimate*\" = \"\" } }\n\
                 basis = { any = [\"who\"], map = { \"*estimate*\" = \"estimate\", \"*\" = \"quoted\" } }";
    let recipe = recipe("[[\"who\"], [\"price\"]]", words, "any = [\"price\"]\nper = \"each\"");
    let done = done(&recipe, "who,price\nACME,1\nOur Estimate (low),2\n");
    assert_eq!(done.terms, ["price quoted - ACME .. -", "price estimate - - .. -"]);
}

#[test]
fn a_row_whose_unit_says_nothing_is_passed_over() {
    let unit =
        "per = { any = [\"unit\"], open = true, ignore = [\"$\"], ignore_reason = \"no unit\" }";
    let recipe = recipe("[[\"unit\"], [\"price\"]]", unit, "any = [\"price\"]");
    let done = done(&recipe, "unit,price\n$,500\nkg,2\n,3\n");
    assert_eq!(done.lines, ["3:2 -|-|-|- value 2 exact EUR KGM"]);
    let reasons = done.reasons();
    assert!(reasons.contains(&"skipped I0203 2=$".to_owned()), "{reasons:?}");
    assert!(reasons.contains(&"rejected I0104 4:1=".to_owned()), "{reasons:?}");
}

#[test]
fn spellings_of_a_word_need_no_marks() {
    let unit = "per = { any = [\"unit\"], words = \"own\" }\nwords.own = { box = [\"B.O.X.\"] }";
    let recipe = recipe("[[\"unit\"], [\"price\"]]", unit, "any = [\"price\"]");
    let done = done(&recipe, "unit,price\nb.o.x.,5\nBOX,6\n");
    assert_eq!(done.lines.len(), 2, "{:?}", done.reasons());
}

/// A named recipe finds the header by its signature too, not the first row that has what it needs.
#[test]
fn a_named_recipe_knows_its_header() {
    let dated =
        "date = { any = [\"\"], required = true, format = \"year\" }\nheader = { rows = 2 }";
    let recipe = recipe(
        "[[\"*iTIN\"]]",
        dated,
        "rows = [\"*\", \"i{code}\"]\nsubject = \"i{code}\"\nper = \"index\"",
    );
    let text = ",nested,\n,Metals,x\n,iTIN,iLEAD\n2021,5,6\n";
    let done = done(&recipe, text);
    let subjects: Vec<&str> = done.lines.iter().map(|l| l.split('|').next().unwrap()).collect();
    assert_eq!(subjects, ["4:2 iTIN", "4:3 iLEAD"]);
}

/// A quantity beside the amounts is no amount, whatever its header.
#[test]
fn a_column_that_is_read_is_no_amount_by_pattern() {
    let quantity = "quantity_from = { any = [\"least price\"] }";
    let recipe = recipe("[[\"a price\"]]", quantity, "like = [\"{who} price\"]\nper = \"each\"");
    let done = done(&recipe, "a price,least price\n5,100\n");
    assert_eq!(done.lines.len(), 1);
    assert_eq!(done.terms, ["price list - - 100.. -"]);
}

#[test]
fn a_formula_over_an_unknown_name_is_told() {
    let text = recipe("[[\"a\"]]", "", "any = [\"a\"]\nper = \"each\"\nformula = \"cel / 2\"");
    let message = Recipe::parse(&text, "t.toml").unwrap_err().to_string();
    assert!(message.contains("`cel`") && message.contains("`cell`"), "{message}");
    let saved = save("x.csv", "b\n1\n");
    let options = Options {
        recipe: Some(Recipe::parse(&text.replace("cel /", "cell /"), "t.toml").unwrap()),
        ..Options::default()
    };
    assert_eq!(failure(open(&saved.path, &options).and_then(|mut i| run(&mut i))).0, "E0008");
}
