//! Paths into a tree: JSON Pointers in which `*` and `{name}` stand for any member or element.

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// The member of this name, or the element of this number.
    Name(String),
    /// Any member or element, and what its name is called.
    Any(Option<String>),
}

/// Reads a path such as `/models/*/price` or `/{provider}/models`; an empty one is the whole tree.
///
/// # Errors
/// In words, what was expected.
pub(crate) fn parse(text: &str) -> Result<Vec<Step>, String> {
    match text.strip_prefix('/') {
        Some(rest) => rest.split('/').map(step).collect(),
        None if text.is_empty() => Ok(Vec::new()),
        None => Err(format!("found the path `{text}`, expected one that begins with `/`")),
    }
}

/// Reads a path below a row, which has no `/` in front and stands for one place: `prices/input`.
///
/// # Errors
/// In words, what was expected.
pub(crate) fn below(text: &str) -> Result<Vec<Step>, String> {
    let steps: Vec<Step> = text.split('/').map(step).collect::<Result<_, _>>()?;
    match steps.iter().any(|s| matches!(s, Step::Any(_))) {
        false => Ok(steps),
        true => Err(format!(
            "found `{text}`, expected the path of one value below the row, without `*` and braces"
        )),
    }
}

fn step(text: &str) -> Result<Step, String> {
    let inner = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
    match inner {
        _ if text == "*" => Ok(Step::Any(None)),
        Some(name)
            if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') =>
        {
            Ok(Step::Any(Some(name.to_owned())))
        }
        Some(name) => Err(format!("found `{{{name}}}` in a path, expected letters in the braces")),
        None => unescape(text).map(Step::Name),
    }
}

/// `~0` is `~`, `~1` is `/`, `~2` is `*`, `~3` is `{`.
fn unescape(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match (c, if c == '~' { chars.next() } else { None }) {
            ('~', Some('0')) => '~',
            ('~', Some('1')) => '/',
            ('~', Some('2')) => '*',
            ('~', Some('3')) => '{',
            ('~', _) => {
                return Err(format!("found `{text}`, expected `~0` for `~` and `~1` for `/`"));
            }
            (c, _) => c,
        });
    }
    Ok(out)
}

/// Adds a step to a pointer as people read it.
pub(crate) fn push(path: &mut String, name: &str) {
    path.push('/');
    if !name.contains(['~', '/']) {
        path.push_str(name);
        return;
    }
    for c in name.chars() {
        match c {
            '~' => path.push_str("~0"),
            '/' => path.push_str("~1"),
            c => path.push(c),
        }
    }
}

/// Adds a name to a path in which signs stand for any member.
pub(crate) fn push_name(path: &mut String, name: &str) {
    path.push('/');
    for c in name.chars() {
        match c {
            '~' => path.push_str("~0"),
            '/' => path.push_str("~1"),
            '*' => path.push_str("~2"),
            '{' => path.push_str("~3"),
            c => path.push(c),
        }
    }
}

/// The pointer of some steps; any member is `*`.
pub(crate) fn shown(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Name(name) => push(&mut path, name),
            Step::Any(_) => path.push_str("/*"),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_and_shown() {
        for (text, shown_as) in [
            ("", Some("")),
            ("/", Some("/")),
            ("/a/*/b", Some("/a/*/b")),
            ("/{x}/a~1b/~0", Some("/*/a~1b/~0")),
            ("/~2/~3x}", Some("/*/{x}")),
            ("a", None),
            ("/{}", None),
            ("/{a b}", None),
            ("/~", None),
            ("/~7", None),
        ] {
            assert_eq!(parse(text).ok().map(|p| shown(&p)).as_deref(), shown_as, "{text}");
        }
        assert_eq!(parse("/~2"), Ok(vec![Step::Name("*".into())]));
        assert_eq!(below("a/0/b").map(|s| s.len()), Ok(3));
        assert!(below("a/*").is_err());
    }
}
