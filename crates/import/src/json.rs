//! Writes a JSON object member by member, in the order in which they come.

use crate::tree::special;

/// The name of a member as it stands before its value, quoted once for many objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name(String);

impl Name {
    pub(crate) fn new(name: &str) -> Self {
        let mut quoted = String::new();
        quote(&mut quoted, [name, ""]);
        Self(quoted + ":")
    }
}

/// Adds a text.
pub(crate) fn text(out: &mut String, name: &Name, text: &str) {
    begin(out, name);
    quote(out, [text, ""]);
}

/// Adds a number by its decimal digits.
pub(crate) fn number(out: &mut String, name: &Name, digits: &str) {
    begin(out, name);
    *out += digits;
}

/// Ends the object; one without members stays empty.
pub(crate) fn close(out: &mut String) {
    if !out.is_empty() {
        out.push('}');
    }
}

/// The object with further members at its end, as they stand between braces, and one more text
/// of two pieces behind those, in place of what was in `out`.
pub(crate) fn extended(
    out: &mut String,
    object: &str,
    members: &str,
    last: Option<(&Name, [&str; 2])>,
) {
    out.clear();
    *out += object.strip_suffix('}').unwrap_or(object);
    if !members.is_empty() {
        out.push(if out.is_empty() { '{' } else { ',' });
        *out += members;
    }
    if let Some((name, pieces)) = last {
        begin(out, name);
        quote(out, pieces);
    }
    close(out);
}

fn begin(out: &mut String, name: &Name) {
    out.push(if out.is_empty() { '{' } else { ',' });
    *out += &name.0;
}

/// Adds the text that two pieces make.
fn quote(out: &mut String, [text, rest]: [&str; 2]) {
    let plain = |piece: &str| special(piece.as_bytes()).is_none();
    if plain(text) && plain(rest) {
        out.push('"');
        *out += text;
        *out += rest;
        out.push('"');
    } else {
        *out += &serde_json::Value::from([text, rest].concat()).to_string();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_in_order_and_texts_are_escaped() {
        let mut out = String::new();
        text(&mut out, &Name::new("a"), "x \"y\"\n");
        number(&mut out, &Name::new("b"), "12.50");
        close(&mut out);
        assert_eq!(out, r#"{"a":"x \"y\"\n","b":12.50}"#);
        let (c, mut more) = (Name::new("c"), "old".to_owned());
        let mut extended = |object: &str, members: &str, last: Option<&str>| {
            super::extended(&mut more, object, members, last.map(|text| (&c, [text, ""])));
            more.clone()
        };
        assert_eq!(extended(&out, "", Some("d")), r#"{"a":"x \"y\"\n","b":12.50,"c":"d"}"#);
        assert_eq!(extended("", "", Some("d")), r#"{"c":"d"}"#);
        assert_eq!(extended(r#"{"a":1}"#, r#""b":2"#, None), r#"{"a":1,"b":2}"#);
        assert_eq!(extended(r#"{"a":1}"#, r#""b":2"#, Some("d")), r#"{"a":1,"b":2,"c":"d"}"#);
        assert_eq!(extended("", r#""b":2"#, None), r#"{"b":2}"#);
        assert_eq!(extended("", "", None), "");
        super::extended(&mut more, "", "", Some((&c, ["d\\", "\n"])));
        assert_eq!(more, r#"{"c":"d\\\n"}"#);
        let mut none = String::new();
        close(&mut none);
        assert_eq!(none, "");
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_json(name in "\\PC{0,8}", value in any_text()) {
            let mut out = String::new();
            text(&mut out, &Name::new(&name), &value);
            close(&mut out);
            let read: serde_json::Value = serde_json::from_str(&out).unwrap();
            assert_eq!(read[name.as_str()], serde_json::Value::from(value));
        }
    }

    fn any_text() -> impl proptest::strategy::Strategy<Value = String> {
        proptest::collection::vec(proptest::char::any(), 0..24)
            .prop_map(|chars| chars.into_iter().collect())
    }
    use proptest::strategy::Strategy;
}
