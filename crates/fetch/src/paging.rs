//! How a list goes on over several pages, and where the next one is.

use crate::address::decoded;
use reqwest::Url;
use std::path::Path;

/// How a list goes on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Paging {
    /// It does not: there is one page.
    #[default]
    None,
    /// A `Link` header with `rel="next"` names the next page.
    Link,
    /// The page itself names the address of the next one.
    Body,
    /// The page names a cursor, which goes into a parameter of the query.
    Cursor {
        /// Name of the parameter.
        parameter: String,
    },
    /// Pages are counted; the first without an item ends the list.
    Number {
        /// Name of the parameter.
        parameter: String,
        /// Number of the first page.
        first: u64,
    },
    /// Items are counted; the first page without an item ends the list.
    Offset {
        /// Name of the parameter.
        parameter: String,
        /// Items of a page.
        step: u64,
    },
}

/// What only a reader of the format can say of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Look {
    /// Address or cursor of the next page, if the page names one.
    pub next: Option<String>,
    /// Items on the page.
    pub items: u64,
    /// Items of all pages together, if the page says.
    pub total: Option<u64>,
    /// What is the same on all pages as long as the list is, if the page says: a version, a date.
    pub same: Option<String>,
}

/// Looks at a page that lies in a file; says in words why it cannot.
pub type LookAt<'a> = &'a dyn Fn(&Path) -> Result<Look, String>;

impl Paging {
    /// The address of page `index`, counted from 0, where it is known before the pages are.
    pub(crate) fn numbered(&self, url: &Url, index: u64) -> Option<Url> {
        match self {
            Self::Number { parameter, first } => {
                Some(with(url, parameter, &first.saturating_add(index).to_string()))
            }
            Self::Offset { parameter, step } => {
                Some(with(url, parameter, &step.saturating_mul(index).to_string()))
            }
            _ => None,
        }
    }

    /// The address of the page behind one that was looked at.
    pub(crate) fn following(&self, page: &Url, next: &str) -> Result<Url, String> {
        match self {
            Self::Cursor { parameter } => Ok(with(page, parameter, next)),
            _ => page.join(next).map_err(|e| format!("`{next}` is no address: {e}")),
        }
    }

    /// Whether there may be several pages, so that each must be looked at.
    pub(crate) fn looks(&self) -> bool {
        *self != Self::None
    }

    /// What tells this paging from others in a name.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::None => String::new(),
            other => format!("{other:?}"),
        }
    }
}

/// The URL with a parameter of its query set; the others stay as they are written.
fn with(url: &Url, name: &str, value: &str) -> Url {
    let mut url = url.clone();
    let is_other = |p: &&str| decoded(p.split('=').next().unwrap_or("")) != name;
    let rest: Vec<&str> =
        url.query().unwrap_or("").split('&').filter(|p| !p.is_empty()).filter(is_other).collect();
    let rest = rest.join("&");
    url.set_query((!rest.is_empty()).then_some(rest.as_str()));
    url.query_pairs_mut().append_pair(name, value);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_pages() {
        let url = Url::parse("https://a.example/list?q=a%20b&page=7").unwrap();
        let number = Paging::Number { parameter: "page".to_owned(), first: 1 };
        assert_eq!(number.numbered(&url, 0).unwrap().query(), Some("q=a%20b&page=1"));
        assert_eq!(number.numbered(&url, 2).unwrap().query(), Some("q=a%20b&page=3"));
        let offset = Paging::Offset { parameter: "$skip".to_owned(), step: 100 };
        assert_eq!(offset.numbered(&url, 3).unwrap().query(), Some("q=a%20b&page=7&%24skip=300"));
        let cursor = Paging::Cursor { parameter: "cursor".to_owned() };
        let next = cursor.following(&url, "a+b/c=").unwrap();
        assert_eq!(next.query(), Some("q=a%20b&page=7&cursor=a%2Bb%2Fc%3D"));
        let again = cursor.following(&next, "d").unwrap();
        assert_eq!(again.query(), Some("q=a%20b&page=7&cursor=d"));
        let body = Paging::Body;
        assert_eq!(
            body.following(&url, "?page=8").unwrap().as_str(),
            "https://a.example/list?page=8"
        );
        assert!(body.following(&url, "https://").is_err());
        assert_eq!(Paging::Link.numbered(&url, 0), None);
    }
}
