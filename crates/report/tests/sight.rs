//! What can be seen of a page: contrast of every text in light, dark and print, an alternative for
//! every picture, headings in order.
#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

use haggle_report::*;
use std::collections::BTreeMap;

const STYLE: &str = include_str!("../src/html.css");

/// Every colour by name, in light, dark and print.
fn palettes() -> Vec<(&'static str, BTreeMap<String, [f64; 3]>)> {
    let blocks: Vec<&str> = STYLE.split(":root {").skip(1).collect();
    assert_eq!(blocks.len(), 3, "light, dark and print");
    let palette = |block: &&str| {
        let inside = block.split('}').next().unwrap();
        let pairs = inside.split(';').filter_map(|line| line.trim().split_once(':'));
        let colours = pairs.filter_map(|(name, value)| {
            Some((name.trim().strip_prefix("--")?.to_owned(), colour(value.trim())))
        });
        colours.collect()
    };
    ["light", "dark", "print"].into_iter().zip(blocks.iter().map(palette)).collect()
}

fn colour(hex: &str) -> [f64; 3] {
    let digits = hex.strip_prefix('#').unwrap();
    [0, 2, 4].map(|i| f64::from(u8::from_str_radix(&digits[i..i + 2], 16).unwrap()) / 255.0)
}

/// Relative luminance and contrast of WCAG 2.
fn contrast(one: [f64; 3], two: [f64; 3]) -> f64 {
    let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { libm_pow((c + 0.055) / 1.055) };
    let luminance =
        |[r, g, b]: [f64; 3]| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    let (one, two) = (luminance(one), luminance(two));
    (one.max(two) + 0.05) / (one.min(two) + 0.05)
}

#[expect(clippy::disallowed_methods, reason = "an oracle may use the platform")]
fn libm_pow(base: f64) -> f64 {
    base.powf(2.4)
}

/// Text on what lies behind it: page, cards and marked rows, the shaded zone.
const TEXTS: [(&str, &[&str]); 5] = [
    ("text", &["page", "soft", "room"]),
    ("muted", &["page", "soft", "room"]),
    ("link", &["page", "soft"]),
    ("error", &["page", "soft"]),
    ("warning", &["page", "soft"]),
];

#[test]
fn every_text_stands_out_by_at_least_four_and_a_half() {
    for (name, palette) in palettes() {
        for (text, grounds) in TEXTS {
            for ground in grounds {
                let found = contrast(palette[text], palette[*ground]);
                assert!(found >= 4.5, "{name}: {text} on {ground}: {found:.2}");
            }
        }
    }
}

/// Marks that carry meaning stand out by three from the page and from the bars that they lie on.
#[test]
fn every_mark_stands_out_by_at_least_three() {
    for (name, palette) in palettes() {
        for mark in ["offer", "target", "anchor", "walk", "median", "text"] {
            let found = contrast(palette[mark], palette["page"]);
            assert!(found >= 3.0, "{name}: {mark} on the page: {found:.2}");
        }
        let found = contrast(palette["median"], palette["half"]);
        assert!(found >= 3.0, "{name}: median on its bar: {found:.2}");
    }
}

/// The colours of text are those of the test above and no others.
#[test]
fn no_text_has_a_colour_of_its_own() {
    for rule in STYLE.split('}') {
        let body = rule.rsplit('{').next().unwrap();
        for declaration in body.split(';').map(str::trim) {
            let Some(value) = declaration.strip_prefix("color:").map(str::trim) else { continue };
            let known = TEXTS.iter().any(|(name, _)| value == format!("var(--{name})"));
            assert!(known || value == "inherit", "{declaration}");
        }
    }
}

#[test]
fn each_page_in_each_format_has_its_outline() {
    let brief = support::full();
    for page in [Page::Report, Page::Sheet, Page::Letter] {
        let html = html_page(&brief, page);
        let mut last = 0;
        for part in html.split("<h").skip(1) {
            let Some(level) = part.chars().next().and_then(|c| c.to_digit(10)) else { continue };
            assert!(level <= last + 1, "{page:?}: h{level} after h{last}");
            last = level;
        }
        assert_eq!(html.matches("<h1").count(), 1, "{page:?}");
        for picture in html.split("<svg class=\"chart\"").skip(1) {
            let picture = picture.split("<text").next().unwrap();
            assert!(picture.contains("role=\"img\"") && picture.contains("<title id="));
            let told = picture.split("<desc id=").nth(1).unwrap();
            assert!(told.split_once('>').unwrap().1.len() > 20, "{page:?}: {told}");
        }
    }
}

/// Every link of a page leads somewhere in it.
#[test]
fn no_page_links_to_what_it_does_not_hold() {
    for page in [Page::Report, Page::Sheet, Page::Letter] {
        let html = html_page(&support::full(), page);
        for link in html.split("href=\"#").skip(1) {
            let id = link.split('"').next().unwrap();
            assert!(html.contains(&format!("id=\"{id}\"")), "{page:?}: {id}");
        }
    }
}

/// Markdown for mail and chat: no raw HTML, and no table wider than five columns.
#[test]
fn markdown_pastes() {
    for page in [Page::Report, Page::Sheet, Page::Letter] {
        let text = markdown_page(&support::full(), page);
        for line in text.lines() {
            assert!(!line.contains("</") && !line.contains("<br"), "{line}");
            if line.starts_with("| ---") || line.starts_with("| --") {
                assert!(line.matches("---").count() <= 5, "{line}");
            }
        }
    }
}

#[test]
fn pages_as_people_see_them() {
    let plain = Style { width: 80, color: false };
    let full = support::full();
    insta::assert_snapshot!("sheet_text", text_page(&full, Page::Sheet, &plain));
    insta::assert_snapshot!("letter_text", text_page(&full, Page::Letter, &plain));
    insta::assert_snapshot!("letter_markdown", markdown_page(&full, Page::Letter));
    insta::assert_snapshot!("shareable_text", text(&full.shareable(), &plain));
    let buyer = support::buyer();
    insta::assert_snapshot!("letter_buyer", text_page(&buyer, Page::Letter, &plain));
}
