//! Printed figures: an integer times 1, 2 or 5 times a power of ten (section 9).

use core::cmp::Ordering;
use core::fmt;

use super::concession::Floor;
use super::ground::Ground;
use super::mark::Marked;
use super::opening::{Opening, OpeningFrom};
use super::target::Target;

/// Counts above this are no longer exact in a double; such a figure is not printed.
const MOST: f64 = 9_007_199_254_740_992.0;

/// How far from a multiple counts as on it, in units.
const TOLERANCE: f64 = 1e-6;

/// A rounding unit: `mantissa * 10^exponent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit125 {
    /// 1, 2 or 5.
    pub mantissa: u8,
    /// The power of ten.
    pub exponent: i32,
}

impl Unit125 {
    /// `floor125`: the largest unit not above `x` (relative tolerance 1e-9); `None` unless `x` is
    /// positive and finite.
    pub fn at_most(x: f64) -> Option<Unit125> {
        if !(x.is_normal() && x > 0.0) {
            return None;
        }
        let guess = libm::floor(libm::log10(x)) as i32;
        let exponents = (guess - 1..=guess + 1).rev();
        let units =
            exponents.flat_map(|exponent| [5, 2, 1].map(|mantissa| Unit125 { mantissa, exponent }));
        units.into_iter().find(|unit| unit.value() <= x * (1.0 + 1e-9))
    }

    /// The unit as the nearest double.
    pub fn value(self) -> f64 {
        decimal(i128::from(self.mantissa), self.exponent)
    }

    /// `x` in units, from one exact power of ten.
    fn count(self, x: f64) -> f64 {
        let power = decimal(1, self.exponent.abs());
        let mantissa = f64::from(self.mantissa);
        if self.exponent < 0 { x * power / mantissa } else { x / (mantissa * power) }
    }

    /// The nearest multiple, halves up in the value given.
    pub fn nearest(self, x: f64) -> Option<Printed> {
        self.printed(libm::floor(self.count(x) + 0.5))
    }

    /// The multiple at or above `x`, up to the tolerance.
    pub fn up(self, x: f64) -> Option<Printed> {
        self.printed(libm::ceil(self.count(x) - TOLERANCE))
    }

    /// The multiple at or below `x`, up to the tolerance.
    pub fn down(self, x: f64) -> Option<Printed> {
        self.printed(libm::floor(self.count(x) + TOLERANCE))
    }

    fn printed(self, count: f64) -> Option<Printed> {
        (count.abs() <= MOST).then_some(Printed { count: count as i128, unit: self })
    }
}

impl fmt::Display for Unit125 {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printed { count: 1, unit: *self }.fmt(out)
    }
}

/// `digits * 10^exponent` as the nearest double, by way of its decimal text.
fn decimal(digits: i128, exponent: i32) -> f64 {
    format!("{digits}e{exponent}").parse().unwrap_or(f64::NAN)
}

/// A figure as people see it: two integers, never a product of doubles. Displays as an exact
/// decimal with the digits of its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Printed {
    /// Number of units.
    pub count: i128,
    /// The unit.
    pub unit: Unit125,
}

impl Printed {
    /// The double nearest to the printed decimal.
    pub fn to_f64(self) -> f64 {
        decimal(self.digits(), self.unit.exponent)
    }

    fn digits(self) -> i128 {
        self.count * i128::from(self.unit.mantissa)
    }

    /// Compares the exact decimals, whatever their units.
    pub fn compare(self, other: Printed) -> Ordering {
        let common = self.unit.exponent.min(other.unit.exponent);
        let exact = |it: Printed| {
            let shift = u32::try_from(it.unit.exponent - common).ok()?;
            it.digits().checked_mul(10_i128.checked_pow(shift)?)
        };
        match (exact(self), exact(other)) {
            (Some(one), Some(two)) => one.cmp(&two),
            _ => self.to_f64().total_cmp(&other.to_f64()),
        }
    }

    /// A price as somebody wrote it, digit by digit.
    pub fn exact(price: f64) -> Option<Printed> {
        let text = format!("{price}");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let exponent = -i32::try_from(fraction.len()).ok()?;
        let count = format!("{whole}{fraction}").parse().ok()?;
        Some(Printed { count, unit: Unit125 { mantissa: 1, exponent } })
    }

    fn or_more(self, least: Printed) -> Printed {
        if self.compare(least) == Ordering::Less { least } else { self }
    }

    fn or_less(self, most: Printed) -> Printed {
        if self.compare(most) == Ordering::Greater { most } else { self }
    }

    pub(crate) fn priced(self, sign: f64) -> Printed {
        Printed { count: if sign > 0.0 { self.count } else { -self.count }, ..self }
    }
}

impl fmt::Display for Printed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (digits, exponent) = (self.digits(), self.unit.exponent);
        if digits == 0 && exponent >= 0 {
            return out.write_str("0");
        }
        let zeros = usize::try_from(exponent).unwrap_or(0);
        let places = usize::try_from(-exponent).unwrap_or(0);
        let sign = if digits < 0 { "-" } else { "" };
        let text = format!("{:0>width$}{:0<zeros$}", digits.abs(), "", width = places + 1);
        let (whole, fraction) = text.split_at(text.len() - places);
        let point = if places > 0 { "." } else { "" };
        write!(out, "{sign}{whole}{point}{fraction}")
    }
}

/// The figures of a plan as people see them, in price.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PrintedPlan {
    /// Scale: the size that the units follow.
    pub scale: Option<f64>,
    /// Smallest step in which prices are named.
    pub tick: Option<f64>,
    /// The unit of target, opening, floor and rungs.
    pub unit: Option<Unit125>,
    /// The finer unit of the walk-away.
    pub reservation_unit: Option<Unit125>,
    /// R, away from the counterpart.
    pub reservation: Option<Printed>,
    /// T, nearest.
    pub target: Option<Printed>,
    /// O, toward T.
    pub opening: Option<Printed>,
    /// O to `precision_fine`, for an opening whose derivation is shown (B5, B6).
    pub opening_fine: Option<Printed>,
    /// F, nearest, never below R.
    pub floor: Option<Printed>,
    /// The ladder, from opening to floor.
    pub ladder: Vec<Printed>,
}

/// The exact figures that are printed, in my value.
pub(crate) struct Exact<'a> {
    pub(crate) target: Option<&'a Target>,
    pub(crate) opening: Option<&'a Opening>,
    pub(crate) floor: Option<&'a Floor>,
    pub(crate) ladder: &'a [Marked],
}

/// Section 9; prices from `ground` and `exact` in my value, the result in price.
pub(crate) fn printed(ground: &Ground, exact: &Exact) -> PrintedPlan {
    let Some(scale) = ground.scale() else { return PrintedPlan::default() };
    let precision = ground.params.precision;
    let tick = ground.inputs.tick.unwrap_or(1e-4 * scale);
    let span = exact.opening.zip(exact.floor).map(|(o, f)| (o.value.value - f.value.value) / 14.0);
    let wanted = span.map_or(precision * scale, |span| span.min(precision * scale));
    let unit = Unit125::at_most(f64::max(tick, wanted));
    let mut plan = PrintedPlan { scale: Some(scale), tick: Some(tick), unit, ..Default::default() };
    plan.add_reservation(ground, exact, precision * scale / 5.0);
    plan.add_figures(exact);
    let fine = Unit125::at_most(f64::max(tick, ground.params.precision_fine * scale));
    plan.opening_fine = exact.opening.and_then(|it| fine?.down(it.value.value));
    let asked =
        plan.opening.filter(|_| exact.opening.is_some_and(|it| it.from == OpeningFrom::Asked));
    plan.enforce();
    asked.into_iter().for_each(|asked| plan.hold(asked));
    plan.add_ladder(exact.ladder);
    plan.priced(ground.sign)
}

impl PrintedPlan {
    /// R does not move when an offer arrives, unless its printed form would pass the exact floor.
    fn add_reservation(&mut self, ground: &Ground, exact: &Exact, wanted: f64) {
        let (Some(r), Some(tick)) = (ground.walk_away(), self.tick) else { return };
        let rounded = |wanted: f64| {
            let unit = Unit125::at_most(f64::max(tick, wanted))?;
            Some((unit, unit.up(r)?))
        };
        let passes = |it: &(Unit125, Printed)| {
            exact.floor.is_some_and(|floor| it.1.to_f64() > floor.value.value)
        };
        let coarse = rounded(wanted);
        let fine = || self.unit.and_then(|unit| rounded(unit.value() / 5.0));
        let chosen = if coarse.as_ref().is_some_and(passes) { fine() } else { coarse };
        (self.reservation_unit, self.reservation) = chosen.unzip();
    }

    fn add_figures(&mut self, exact: &Exact) {
        let Some(unit) = self.unit else { return };
        self.target = exact.target.and_then(|it| unit.nearest(it.value.value));
        self.floor = exact.floor.and_then(|it| unit.nearest(it.value.value));
        self.opening = exact.opening.and_then(|it| match it.from {
            OpeningFrom::Asked => Printed::exact(it.value.value),
            _ => unit.down(it.value.value),
        });
    }

    /// F up to R, T up to F, O up to T, in this order.
    fn enforce(&mut self) {
        let raise = |it: &mut Option<Printed>, least: Option<Printed>| {
            *it = it.map(|it| least.map_or(it, |least| it.or_more(least)));
        };
        raise(&mut self.floor, self.reservation);
        raise(&mut self.target, self.floor);
        raise(&mut self.opening, self.target);
        raise(&mut self.opening_fine, self.target);
    }

    /// What we have asked for stands as it was said: T and F down to it.
    fn hold(&mut self, asked: Printed) {
        (self.opening, self.opening_fine) = (Some(asked), Some(asked));
        self.target = self.target.map(|it| it.or_less(asked));
        self.floor = self.floor.map(|it| it.or_less(asked));
    }

    fn add_ladder(&mut self, rungs: &[Marked]) {
        let (Some(unit), Some(top), Some(bottom)) = (self.unit, self.opening, self.floor) else {
            return;
        };
        let inner = rungs.get(1..rungs.len().saturating_sub(1)).unwrap_or_default();
        let held = |it: &Marked| Some(unit.nearest(it.value)?.or_more(bottom).or_less(top));
        self.ladder.push(top);
        self.ladder.extend(inner.iter().filter_map(held));
        self.ladder.push(bottom);
    }

    fn priced(mut self, sign: f64) -> PrintedPlan {
        let single = [
            &mut self.reservation,
            &mut self.target,
            &mut self.opening,
            &mut self.opening_fine,
            &mut self.floor,
        ];
        for figure in single {
            *figure = figure.map(|it| it.priced(sign));
        }
        self.ladder.iter_mut().for_each(|it| *it = it.priced(sign));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floor125_takes_the_largest_unit_not_above() {
        for (x, text) in [
            (517.5, "500"),
            (1.0, "1"),
            (0.1 + 0.2, "0.2"),
            (0.999_999_999_99, "1"),
            (0.0499, "0.02"),
            (4e11, "200000000000"),
            (1e-5, "0.00001"),
        ] {
            assert_eq!(Unit125::at_most(x).unwrap().to_string(), text, "{x}");
        }
        assert_eq!(Unit125::at_most(0.0), None);
        assert_eq!(Unit125::at_most(f64::INFINITY), None);
    }

    #[test]
    fn printed_figures_are_exact_decimals() {
        let unit = |mantissa, exponent| Unit125 { mantissa, exponent };
        for (count, unit, text) in [
            (2424, unit(2, -2), "48.48"),
            (-3, unit(5, -1), "-1.5"),
            (242, unit(5, 2), "121000"),
            (1, unit(2, -3), "0.002"),
            (0, unit(2, 1), "0"),
            (0, unit(2, -1), "0.0"),
        ] {
            let printed = Printed { count, unit };
            assert_eq!(printed.to_string(), text);
            assert_eq!(printed.to_f64(), text.parse::<f64>().unwrap());
        }
    }

    #[test]
    fn comparison_ignores_the_unit() {
        let fine = Printed { count: 10_001, unit: Unit125 { mantissa: 1, exponent: -1 } };
        let coarse = Printed { count: 2, unit: Unit125 { mantissa: 5, exponent: 2 } };
        assert_eq!(fine.compare(coarse), Ordering::Greater);
        assert_eq!(fine.or_less(coarse), coarse);
    }
}
