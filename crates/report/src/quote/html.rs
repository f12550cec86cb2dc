//! A comparison as one HTML file: readable without its script, which only sorts; nothing is
//! fetched, and the policy of the page lets no other script run.

use super::{Extent, QuotePage, Quotes};
use crate::html::{POLICY, body, embedded, opening};

/// Most cells of a comparison whose JSON lies in its page.
const MOST_CELLS: usize = 20_000;

/// Sorts the rows of a table by a column.
const SORT: &str = include_str!("sort.js");

/// SHA-256 of [`SORT`] as a content security policy writes it.
const SORT_HASH: &str = "sha256-pvqST6nskwOJBgf7yrlWdxpp0FzJ4Za/Z6KNV1Eou9E=";

impl Quotes<'_> {
    /// The comparison as one self-contained HTML file, with its JSON inside.
    pub fn html(&self, page: QuotePage) -> String {
        let blocks = self.blocks(page, Extent::WHOLE);
        let class = match page {
            QuotePage::Table => "compare",
            QuotePage::Memo => "compare memo",
        };
        let policy = format!("{POLICY}; script-src '{SORT_HASH}'");
        let style = include_str!("quote.css");
        let made =
            format!("haggle {}, as of {}.", env!("CARGO_PKG_VERSION"), self.comparison.as_of);
        format!(
            "{}{}</main>\n<footer>{made} {}\n<script>{SORT}</script>\n</body>\n</html>\n",
            opening(class, &self.comparison.title, &policy, style),
            body(None, &blocks),
            self.inside()
        )
    }

    /// The end of the footer, and the JSON unless it is larger than a page should be.
    fn inside(&self) -> String {
        let cells: usize = self.comparison.outcomes.iter().map(|it| it.cells.len()).sum();
        if cells > MOST_CELLS {
            return "Its JSON is too large for a page: `--format json`.</footer>".to_owned();
        }
        let json = embedded("haggle-comparison", &self.json());
        format!("The comparison lies in this file as JSON.</footer>\n{json}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    /// Base64 of RFC 4648.
    fn base64(bytes: &[u8]) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let group = |three: &[u8]| -> String {
            let bits =
                three.iter().chain(&[0, 0]).take(3).fold(0_u32, |n, b| n << 8 | u32::from(*b));
            let letter = |i: usize| LETTERS[(bits >> (18 - 6 * i) & 63) as usize] as char;
            (0..4).map(|i| if i <= three.len() { letter(i) } else { '=' }).collect()
        };
        bytes.chunks(3).map(group).collect()
    }

    #[test]
    fn the_policy_names_the_script_that_is_there() {
        assert_eq!(base64(b"light w"), "bGlnaHQgdw==");
        assert_eq!(SORT_HASH, format!("sha256-{}", base64(&Sha256::digest(SORT))));
    }
}
