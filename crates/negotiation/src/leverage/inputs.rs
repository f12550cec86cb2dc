//! What a rule looked at: the names in its test, with their values in one deal.

use super::Rule;
use crate::brief::Brief;
use crate::figure::formula;
use crate::parameter;
use std::collections::BTreeMap;

/// One name in the test of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// A figure, a key of the deal file, or a parameter.
    pub name: String,
    /// Its value in the deal; `None` if the deal has none.
    pub value: Option<String>,
    /// Whether it is a parameter.
    pub is_parameter: bool,
}

/// Names of figures and keys that are one plain word; every other name has a dot or a dash below.
const PLAIN: &[&str] = &["anchor", "target", "offer", "leverage", "power", "base", "side", "per"];

impl Rule {
    /// The names of figures, deal keys and parameters in its test, in their order. A formula is
    /// named after `by` and is none of them.
    pub fn names(&self) -> Vec<&'static str> {
        let letter = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let words = self.test.split(|c| !letter(c)).map(|word| word.trim_matches('.'));
        let (mut names, mut before) = (Vec::new(), "");
        for word in words.filter(|word| !word.is_empty()) {
            let is_formula = before == "by" && formula(word).is_some();
            if !is_formula && is_name(word) && !names.contains(&word) {
                names.push(word);
            }
            before = word;
        }
        names
    }

    /// The parameters of the register in its test.
    pub fn parameters(&self) -> Vec<&'static str> {
        let names = self.names().into_iter();
        names.filter(|name| parameter::find(name).is_some()).collect()
    }

    /// Its inputs in one deal: `stated` is what the deal file states, by key.
    pub fn inputs(&self, brief: &Brief, stated: &BTreeMap<String, String>) -> Vec<Input> {
        let names = self.names().into_iter();
        names.flat_map(|name| inputs(name, brief, stated)).collect()
    }
}

/// A name of the test as the deal has it: `alternative.NAME.index` once for each alternative.
fn inputs(name: &str, brief: &Brief, stated: &BTreeMap<String, String>) -> Vec<Input> {
    let Some((head, tail)) = name.split_once("NAME") else {
        return vec![input(name, brief, stated)];
    };
    let alike = |id: &str| {
        let middle = id.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail));
        middle.is_some_and(|middle| !middle.is_empty() && !middle.contains('.'))
    };
    let ids = brief.figures.iter().map(|(id, _)| id).filter(|id| alike(id));
    let found: Vec<Input> = ids.map(|id| input(id, brief, stated)).collect();
    if found.is_empty() { vec![input(name, brief, stated)] } else { found }
}

fn is_name(word: &str) -> bool {
    let marked = word.contains(['_', '.']) && word.starts_with(|c: char| c.is_ascii_lowercase());
    marked || PLAIN.contains(&word) || parameter::find(word).is_some()
}

fn input(name: &str, brief: &Brief, stated: &BTreeMap<String, String>) -> Input {
    let parameter = brief.parameters.iter().find(|p| p.name == name);
    let figure = name.replace(".N.", ".1.");
    let value = parameter
        .map(|p| p.value.clone())
        .or_else(|| brief.spoken(&figure))
        .or_else(|| stated.get(name).cloned());
    Input { name: name.to_owned(), value, is_parameter: parameter.is_some() }
}
