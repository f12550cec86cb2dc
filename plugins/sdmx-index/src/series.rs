//! A series in the order of its periods, and what is computed of it.

use crate::cell::Cell;
use crate::period::{Frequency, Period};
use haggle_plugin_api::decimal;
use serde::Deserialize;

/// One.
const ONE: i128 = 1_000_000_000_000;
/// A hundred, at which an index stands in its base period.
const HUNDRED: i128 = 100 * ONE;

/// What the values of a series are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Holds {
    /// Levels of an index.
    #[default]
    Levels,
    /// Percentages by which each period differs from the one before.
    Changes,
}

/// What is wanted of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Give {
    /// The values as they are published.
    #[default]
    Published,
    /// Percentages by which each period differs from the one before.
    Changes,
    /// An index that is 100 in a base period.
    Chained,
}

/// One value with its period.
#[derive(Debug, Clone)]
pub(crate) struct Point {
    pub(crate) cell: Cell,
    pub(crate) period: Period,
    pub(crate) value: i128,
}

/// Puts the cells of one series in order. Those without a value are left out.
///
/// # Errors
/// What is wrong with one, with its place: frequencies that are mixed, a period that stands twice.
pub(crate) fn points(cells: Vec<Cell>) -> Result<Vec<Point>, String> {
    let mut frequency = None;
    let mut points = Vec::new();
    for cell in cells {
        let period = period(&cell, &mut frequency)?;
        let Some(text) = &cell.value else { continue };
        let value = decimal(text).ok_or_else(|| {
            let place = cell.place();
            format!("{place}: found `{text}`, expected a number of at most 16 digits before its point and 12 behind it")
        })?;
        points.push(Point { period, value, cell });
    }
    points.sort_by_key(|point| point.period);
    match points.windows(2).find(|pair| pair[0].period == pair[1].period) {
        Some(pair) => Err(format!(
            "{}: found the period `{}`, which stands at {} already",
            pair[1].cell.place(),
            pair[1].cell.period,
            pair[0].cell.place()
        )),
        None => Ok(points),
    }
}

fn period(cell: &Cell, all: &mut Option<Frequency>) -> Result<Period, String> {
    let place = cell.place();
    let period = Period::parse(&cell.period).ok_or_else(|| {
        format!(
            "{place}: found the period `{}`, expected a year, half, quarter or month such as `2024-03`",
            cell.period
        )
    })?;
    let found = period.frequency;
    let expected = *all.get_or_insert(found);
    if found != expected {
        let (found, expected) = (found.code(), expected.code());
        return Err(format!("{place}: found frequency `{found}`, expected `{expected}` as before"));
    }
    match cell.dimension("FREQ").filter(|code| !found.is(code)) {
        Some(code) => Err(format!(
            "{place}: found the period `{}` in a series of frequency `{code}`",
            cell.period
        )),
        None => Ok(period),
    }
}

/// Computes what is wanted, for the periods where it can be.
///
/// # Errors
/// Why it cannot be computed.
pub(crate) fn computed(
    points: Vec<Point>,
    holds: Holds,
    give: Give,
    base: Option<&str>,
) -> Result<Vec<Point>, String> {
    match (give, holds) {
        (Give::Published, _) | (Give::Changes, Holds::Changes) => Ok(points),
        (Give::Changes, Holds::Levels) => changes(&points),
        (Give::Chained, Holds::Levels) => rebased(points, base),
        (Give::Chained, Holds::Changes) => rebased(chained(points)?, base),
    }
}

/// Percentages by which each period differs from the one before; none behind a gap.
fn changes(points: &[Point]) -> Result<Vec<Point>, String> {
    let follows = |pair: &&[Point]| pair[0].period.number + 1 == pair[1].period.number;
    let change = |pair: &[Point]| {
        let ratio = scaled(pair[1].value, HUNDRED, positive(&pair[0])?);
        let value = ratio.ok_or_else(|| too_large(&pair[1]))? - HUNDRED;
        Ok(Point { value, ..pair[1].clone() })
    };
    points.windows(2).filter(follows).map(change).collect()
}

/// Levels from changes: 100 before the first of them.
fn chained(points: Vec<Point>) -> Result<Vec<Point>, String> {
    let mut level = HUNDRED;
    let mut before: Option<Period> = None;
    let step = |mut point: Point| {
        if before.is_some_and(|before| before.number + 1 != point.period.number) {
            let place = point.cell.place();
            return Err(format!("{place}: a period before it is missing, and a chain has no gaps"));
        }
        before = Some(point.period);
        let grown = scaled(level, HUNDRED + point.value, HUNDRED).filter(|level| *level > 0);
        level = grown.ok_or_else(|| {
            let place = point.cell.place();
            format!(
                "{place}: after a change of `{}` nothing is left",
                point.cell.value.as_deref().unwrap_or("")
            )
        })?;
        point.value = level;
        Ok(point)
    };
    points.into_iter().map(step).collect()
}

/// The same index, 100 in its base period.
fn rebased(points: Vec<Point>, base: Option<&str>) -> Result<Vec<Point>, String> {
    let base = base.ok_or("`give` is `chained`, which needs `base`, a period such as `2024-01`")?;
    let period = Period::parse(base);
    let at = points.iter().find(|point| Some(point.period) == period);
    let at = at.ok_or_else(|| format!("found no value in the base period `{base}`"))?;
    let divisor = positive(at)?;
    let rebase = |mut point: Point| {
        point.value = scaled(point.value, HUNDRED, divisor).ok_or_else(|| too_large(&point))?;
        Ok(point)
    };
    points.into_iter().map(rebase).collect()
}

fn positive(point: &Point) -> Result<i128, String> {
    let found = point.cell.value.as_deref().unwrap_or("");
    let expected =
        || format!("{}: found `{found}`, expected a level above zero", point.cell.place());
    Some(point.value).filter(|value| *value > 0).ok_or_else(expected)
}

fn too_large(point: &Point) -> String {
    format!("{}: its numbers are too large for an exact result", point.cell.place())
}

/// `value * factor / divisor`, rounded at the twelfth decimal place, halves up; `None` if it is too
/// large, as it is from an index of 10^12 on.
fn scaled(value: i128, factor: i128, divisor: i128) -> Option<i128> {
    let product = value.checked_mul(factor)?;
    let (quotient, rest) = (product.div_euclid(divisor), product.rem_euclid(divisor));
    Some(quotient + i128::from(rest >= divisor - rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(stated: &[(&str, &str)]) -> Vec<Cell> {
        let cell = |(row, (period, value)): (u64, &(&str, &str))| Cell {
            row,
            column: 2,
            path: None,
            key: Vec::new(),
            period: (*period).to_owned(),
            value: Some((*value).to_owned()).filter(|value| !value.is_empty()),
        };
        (1..).zip(stated).map(cell).collect()
    }

    fn given(
        stated: &[(&str, &str)],
        holds: Holds,
        give: Give,
        base: Option<&str>,
    ) -> Result<Vec<(String, String)>, String> {
        let points = computed(points(cells(stated))?, holds, give, base)?;
        let number = |value: i128| format!("{:.6}", value as f64 / ONE as f64);
        Ok(points.into_iter().map(|p| (p.cell.period, number(p.value))).collect())
    }

    #[test]
    fn changes_and_chains_are_what_a_hand_computes() {
        let levels = [
            ("2024-02", "102"),
            ("2024-01", "100"),
            ("2024-04", "51"),
            ("2024-05", "53.55"),
            ("2024-03", ""),
        ];
        for (holds, give, base, stated, expected) in [
            (
                Holds::Levels,
                Give::Published,
                None,
                &levels[..],
                &[
                    ("2024-01", "100.000000"),
                    ("2024-02", "102.000000"),
                    ("2024-04", "51.000000"),
                    ("2024-05", "53.550000"),
                ][..],
            ),
            // None in March, where nothing is stated, nor in April, which follows it.
            (
                Holds::Levels,
                Give::Changes,
                None,
                &levels,
                &[("2024-02", "2.000000"), ("2024-05", "5.000000")],
            ),
            (
                Holds::Levels,
                Give::Chained,
                Some("2024-04"),
                &levels,
                &[
                    ("2024-01", "196.078431"),
                    ("2024-02", "200.000000"),
                    ("2024-04", "100.000000"),
                    ("2024-05", "105.000000"),
                ],
            ),
            (
                Holds::Changes,
                Give::Chained,
                Some("2024-Q2"),
                &[("2024-Q1", "10"), ("2024-Q2", "-50"), ("2024-Q3", "20")],
                &[("2024-Q1", "200.000000"), ("2024-Q2", "100.000000"), ("2024-Q3", "120.000000")],
            ),
        ] {
            let found = given(stated, holds, give, base).unwrap();
            let expected: Vec<(String, String)> =
                expected.iter().map(|(p, v)| ((*p).to_owned(), (*v).to_owned())).collect();
            assert_eq!(found, expected, "{holds:?} {give:?}");
        }
    }

    /// Chaining what is said to have changed gives the levels again.
    #[test]
    fn a_chain_of_changes_is_the_series() {
        let levels: Vec<(String, String)> = (0..48)
            .map(|i| {
                (
                    format!("{}-{:02}", 2020 + i / 12, i % 12 + 1),
                    format!("{}.{}", 100 + i * 7 % 13, i % 10),
                )
            })
            .collect();
        let levels: Vec<(&str, &str)> =
            levels.iter().map(|(p, v)| (p.as_str(), v.as_str())).collect();
        let original = points(cells(&levels)).unwrap();
        let changes = computed(original.clone(), Holds::Levels, Give::Changes, None).unwrap();
        let base = Some("2022-06");
        let chained = computed(changes, Holds::Changes, Give::Chained, base).unwrap();
        let rebased = computed(original, Holds::Levels, Give::Chained, base).unwrap();
        assert_eq!((chained.len(), rebased.len()), (47, 48));
        for (a, b) in chained.iter().zip(&rebased[1..]) {
            assert!(a.period == b.period && (a.value - b.value).abs() < 1_000, "{a:?} {b:?}");
        }
    }

    #[test]
    fn what_is_no_series_is_refused() {
        for (stated, part) in [
            (
                &[("2024-01", "1"), ("2024-Q1", "2")][..],
                "line 2, column 2: found frequency `Q`, expected `M`",
            ),
            (
                &[("2024-01", "1"), ("2024M01", "2")],
                "line 2, column 2: found the period `2024M01`, which stands at line 1",
            ),
            (&[("2024-W01", "1")], "found the period `2024-W01`"),
            (&[("2024-01", "1,5")], "found `1,5`, expected a number"),
        ] {
            let error = points(cells(stated)).unwrap_err();
            assert!(error.contains(part), "{stated:?}: {error}");
        }
        let mut yearly = cells(&[("2024-01", "1")]);
        yearly[0].key = vec![("freq".to_owned(), "A: Annual".to_owned())];
        assert!(points(yearly).unwrap_err().contains("in a series of frequency `A: Annual`"));
    }

    #[test]
    fn what_cannot_be_computed_is_refused() {
        let january = Some("2024-01");
        let zero = [("2024-01", "0"), ("2024-02", "1")];
        let error = given(&zero, Holds::Levels, Give::Changes, None).unwrap_err();
        assert!(error.contains("line 1, column 2: found `0`, expected a level above zero"));
        for (stated, holds, base, part) in [
            (&[("2024-01", "1")][..], Holds::Levels, None, "needs `base`"),
            (&[("2024-01", "1")], Holds::Levels, Some("2023-12"), "base period `2023-12`"),
            (&[("2024-01", "1")], Holds::Levels, Some("2024"), "base period `2024`"),
            (&zero, Holds::Levels, january, "expected a level above zero"),
            (&[("2024-01", "1"), ("2024-03", "1")], Holds::Changes, january, "a chain has no gaps"),
            (&[("2024-01", "-100")], Holds::Changes, january, "nothing is left"),
            (
                &[("2024-01", "0.000000000001"), ("2024-02", "9999999999999999")],
                Holds::Levels,
                january,
                "too large",
            ),
            (&[("2024-01", "99999999999999999")], Holds::Levels, january, "at most 16 digits"),
        ] {
            let error = given(stated, holds, Give::Chained, base).unwrap_err();
            assert!(error.contains(part), "{stated:?}: {error}");
        }
    }
}
