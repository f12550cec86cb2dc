//! The address of the next page in a `Link` header (RFC 8288).

use reqwest::Url;
use reqwest::header::{HeaderMap, LINK};

/// Where `rel="next"` points, relative to the page.
pub(crate) fn next(headers: &HeaderMap, page: &Url) -> Option<Url> {
    let texts = headers.get_all(LINK).iter().filter_map(|v| v.to_str().ok());
    let target = texts.flat_map(links).find(|link| link.is_next).map(|link| link.target);
    target.and_then(|t| page.join(t).ok())
}

struct Link<'a> {
    target: &'a str,
    is_next: bool,
}

/// The links of one header: `<target>; name=value; ...`, separated by commas, which may stand in
/// targets and in quotes as well.
fn links(text: &str) -> Vec<Link<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((target, after)) = after.split_once('>') else { break };
        let end = outside_quotes(after, ',').unwrap_or(after.len());
        let is_next = is_next(&after[..end]);
        found.push(Link { target: target.trim(), is_next });
        rest = &after[end..];
    }
    found
}

/// The first place of a character that does not stand in quotes.
fn outside_quotes(text: &str, wanted: char) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == wanted && !quoted).then_some(at)
    })
}

fn is_next(parameters: &str) -> bool {
    let mut rest = parameters;
    loop {
        let end = outside_quotes(rest, ';').unwrap_or(rest.len());
        if let Some((name, value)) = rest[..end].split_once('=')
            && name.trim().eq_ignore_ascii_case("rel")
        {
            let value = value.trim().trim_matches('"');
            return value.split_whitespace().any(|r| r.eq_ignore_ascii_case("next"));
        }
        match rest.get(end + 1..) {
            Some(more) => rest = more,
            None => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_in_every_way_to_write_it() {
        let page = Url::parse("https://a.example/list?page=1").unwrap();
        for (text, expected) in [
            ("<https://b.example/2>; rel=\"next\"", Some("https://b.example/2")),
            ("</list?page=2>; rel=next", Some("https://a.example/list?page=2")),
            (
                "<?page=0>; rel=\"prev\", <?page=2>; rel=\"next\"",
                Some("https://a.example/list?page=2"),
            ),
            ("<?a=1,2>; title=\"x, <y>\"; rel=\"last next\"", Some("https://a.example/list?a=1,2")),
            ("<?page=9>; rel=\"last\"; title=\"next\"", None),
            ("<?page=2>; REL = NEXT", Some("https://a.example/list?page=2")),
            ("<?page=2>", None),
            ("<?page=2", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.append(LINK, text.parse().unwrap());
            let found = next(&headers, &page);
            assert_eq!(found.as_ref().map(Url::as_str), expected, "{text}");
        }
    }
}
