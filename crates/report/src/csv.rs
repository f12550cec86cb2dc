//! Comma-separated values that open safely in a spreadsheet.

/// A row with its line feed.
pub(crate) fn row(fields: &[String]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
    fields.join(",") + "\n"
}

/// A field in quotation marks where it needs them (RFC 4180).
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

/// Words from outside: what a spreadsheet would run as a formula gets an apostrophe in front.
pub(crate) fn words(text: Option<&str>) -> String {
    let text = text.unwrap_or_default();
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_and_formulas() {
        let fields = [words(Some("=1+1")), words(Some("a,\"b\"")), words(None)];
        assert_eq!(row(&fields), "'=1+1,\"a,\"\"b\"\"\",\n");
    }
}
