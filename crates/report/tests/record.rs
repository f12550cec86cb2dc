//! The record of what a report was made from: under one key, and nowhere else.

mod support;

use haggle_report::{Record, json, recorded};
use serde_json::Value;

#[test]
fn what_it_was_made_from_stands_under_one_key() {
    let brief = support::full();
    let record = Record {
        name: "canary-name.toml",
        sha256: "canary-hash".to_owned(),
        text: "canary = \"text\"\n",
        playbook: Some("canary-playbook"),
        as_of: Some("canary-day"),
        set: &["canary.set=1".to_owned()],
        recipes: &[("canary-source".to_owned(), "canary-recipe".to_owned())],
        rows: &[
            ("canary-rows".to_owned(), Some(vec!["canary-row".to_owned()])),
            ("many".to_owned(), None),
        ],
    };
    let mut whole: Value = serde_json::from_str(&recorded(&brief, &record)).unwrap();
    let private = whole.as_object_mut().unwrap().remove("private").unwrap();
    assert_eq!(private["deal_file"]["text"], record.text);
    assert_eq!(private["rows"]["many"], Value::Null);
    assert_eq!(private.to_string().matches("canary").count(), 10);
    assert_eq!(whole, serde_json::from_str::<Value>(&json(&brief)).unwrap());
    assert!(!json(&brief).contains("canary"));
}
