//! What each diagnostic looks like where it happens.

/// The example of a code.
pub fn example(code: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(c, _)| c.eq_ignore_ascii_case(code)).map(|(_, example)| *example)
}

/// Code and example, in order of code.
const EXAMPLES: &[(&str, &str)] = &[
    ("E0001", "`haggle import survey.cvs` where the file is called `survey.csv`"),
    ("E0002", "a download that broke off before its first byte; a workbook without a filled cell"),
    ("E0003", "`prices.xlsx` that begins with `<!DOCTYPE html>`: the log-in page of a portal"),
    ("E0004", "a payroll workbook that asks for a password when it is opened"),
    (
        "E0005",
        "a workbook of 300 kB of which 200 kB arrived; a quote in line 7 that is never closed",
    ),
    ("E0006", "headers `Role, Pay, Town`: no layout is known by them"),
    ("E0007", "two recipes of your own with the same `signature`"),
    ("E0008", "the recipe reads `Annual salary`, this year's file says `Yearly salary`"),
    ("E0009", "an XLS workbook of 80 MiB"),
    (
        "E0010",
        "`Salary` stands above columns D and H; sheets `2023` and `2024` have the same header",
    ),
    ("E0011", "a file that begins as UTF-16 and goes on as something else in line 40"),
    ("E0012", "`my.toml:3:1: unknown field `verson`, did you mean `version`?`"),
    ("E0013", "a sheet of 40 kB that unpacks to 4 GB"),
    ("E0014", "a column of `1.234`, `2.500`, `950`: thousands with a point, or decimals"),
    ("E0015", "the recipe looks for the currency in the header, and the header is `Salary`"),
    ("E0016", "`--sheet Female` where the sheets are called `F` and `M`"),
    ("E0021", "`prices.zip` with `list.csv` and `old.csv` in it"),
    ("E0401", "a plugin that crashes in its 200th row, or brings a weight that is no number"),
    ("I0101", "`12,34` in a column of `1,234.50`; `n/a` where no sign is declared"),
    ("I0102", "`14/25/2024` in a column of dates"),
    ("I0103", "`Smith, John,45000` under a header of two columns"),
    ("I0104", "an amount in a row whose currency is blank"),
    ("I0105", "a salary of `0`, a price of `-5`"),
    ("I0106", "`fortnight` in a column of units that lists `year` and `hour`"),
    ("I0107", "`#REF!` in a price column"),
    ("I0108", "`100.000` under `decimal = \".\"` without a word on `thousands`"),
    ("I0109", "wage from `90000` to `80000`"),
    ("I0110", "`€500` in a row whose currency is `USD`"),
    ("I0111", "a salary of `4` where the recipe states that none is below 100"),
    ("I0121", "`bolt, small,1,973.00` under `Item,Price`"),
    ("I0122", "`{\"price\": 1, \"price\": 2}`"),
    ("I0201", "the row `All occupations` above its parts"),
    ("I0202", "a title above the header, `Source: ...` below the table"),
    ("I0203", "a row whose status is `WITHDRAWN` where the recipe keeps `CERTIFIED`"),
    ("I0204", "the same answer sent twice"),
    ("I0205", "`A, North, 5` below `Class, Region, Discount`"),
    ("I0301", "an empty salary cell"),
    ("I0302", "`x` for a figure that the publisher suppresses"),
    ("I0303", "`#` in a wage table whose notes do not say what it means"),
    ("I0304", "every cell of a column that W0121 tells of"),
    ("I0305", "`salary / fraction` in a row that states no fraction"),
    ("I0306", "wage from `90000` to `90000`"),
    ("I0307", "the gross charge of an item in the row of every payer"),
    ("W0101", "`Zürich` as the byte FC"),
    ("W0102", "a template that nobody filled in"),
    ("W0103", "`vintage = 2021` for a file whose notes say May 2022"),
    ("W0104", "a national wage table without the column `O_GROUP`"),
    ("W0105", "an edition without the column of the tenth percentile"),
    ("W0120", "a price list with a filter on, saved as it was"),
    ("W0121", "`Bonus` holds `1.500` and nothing else that would tell"),
    ("W0122", "`55` among salaries of about 60000"),
    ("W0123", "a workbook of tenders with a sheet of awards and one of items"),
    ("W0124", "two files called `... Table 14.5b ...` beside `... Table 14.5a ...`"),
    ("W0125", "`Class, Region, Discount` below a blank row under a list of prices"),
    ("W0126", "`20` shown as `20 per hour` by the number format `0\" per hour\"`"),
    ("W0127", "`Average Unit Price` and `Std Dev Unit Price` among the columns of bidders"),
    ("W0128", "the last price of page 1 again as the first one of page 2"),
    ("W0131", "`München` in UTF-8 in one line and as the byte FC in another"),
    ("W0132", "`bolt,$1,973.00` under `Item,Price`, read as `$1,973.00`"),
    ("W0133", "`prices.zip` with `list.csv` and a read-me"),
    ("W0401", "an observation in INR for a deal in EUR"),
    ("W0402", "a price per kg for a deal per piece"),
    ("W0403", "an observation of March for a report that speaks for February"),
    ("W0404", "the mean of a wage table beside its percentiles"),
    ("W0405", "a weight of `-1`"),
    ("W0406", "`[[exclude]] where = { party = \"ACME\" }` in the deal file"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CODES;

    #[test]
    fn every_code_has_an_example() {
        let mut codes: Vec<&str> = CODES.iter().map(|c| c.code).collect();
        codes.sort_unstable();
        assert_eq!(EXAMPLES.iter().map(|(code, _)| *code).collect::<Vec<_>>(), codes);
        assert!(example("e0014").is_some() && example("E9999").is_none());
    }
}
