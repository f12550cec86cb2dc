//! Amounts that rest on a bounded (top-coded) market point carry "at least" or "at most" (S3.11).

/// What a figure that used a bounded market point can say (section 4, S3.11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// No bounded point was used.
    #[default]
    Exact,
    /// The true figure is this or more.
    AtLeast,
    /// The true figure is this or less.
    AtMost,
    /// It rests on bounded points that pull both ways.
    Unclear,
}

impl Mark {
    /// The mark of a figure that rises with both of its inputs.
    pub fn join(self, other: Mark) -> Mark {
        match (self, other) {
            (Mark::Exact, mark) | (mark, Mark::Exact) => mark,
            (one, two) if one == two => one,
            _ => Mark::Unclear,
        }
    }

    /// The mark of the negated figure.
    pub fn flip(self) -> Mark {
        match self {
            Mark::AtLeast => Mark::AtMost,
            Mark::AtMost => Mark::AtLeast,
            mark => mark,
        }
    }

    /// The mark of a figure that moves either way with this one.
    pub(crate) fn unclear(self) -> Mark {
        if self == Mark::Exact { self } else { Mark::Unclear }
    }

    fn may_be_higher(self) -> bool {
        matches!(self, Mark::AtLeast | Mark::Unclear)
    }
}

/// A figure and its mark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Marked {
    /// The figure.
    pub value: f64,
    /// What it says about the true figure.
    pub mark: Mark,
}

impl Marked {
    /// A figure that rests on no bounded point.
    pub fn exact(value: f64) -> Marked {
        Marked { value, mark: Mark::Exact }
    }

    pub(crate) fn plus(self, other: Marked) -> Marked {
        Marked { value: self.value + other.value, mark: self.mark.join(other.mark) }
    }

    pub(crate) fn minus(self, other: Marked) -> Marked {
        Marked { value: self.value - other.value, mark: self.mark.join(other.mark.flip()) }
    }

    /// Times a factor that is not negative.
    pub(crate) fn times(self, factor: f64) -> Marked {
        Marked { value: self.value * factor, mark: self.mark }
    }

    /// The larger one; the smaller leaves its mark if it might in truth be the larger.
    pub(crate) fn max(self, other: Marked) -> Marked {
        let (large, small) = if self.value >= other.value { (self, other) } else { (other, self) };
        let mark =
            if small.mark.may_be_higher() { large.mark.join(small.mark) } else { large.mark };
        Marked { value: large.value, mark }
    }

    /// The smaller one; the larger leaves its mark if it might in truth be the smaller.
    pub(crate) fn min(self, other: Marked) -> Marked {
        self.negated().max(other.negated()).negated()
    }

    pub(crate) fn absolute(self) -> Marked {
        if self.value < 0.0 { self.negated() } else { self }
    }

    pub(crate) fn negated(self) -> Marked {
        Marked { value: -self.value, mark: self.mark.flip() }
    }

    /// From my value to a price: times `sign`, with a zero that has no sign.
    pub(crate) fn priced(self, sign: f64) -> Marked {
        let turned = if sign < 0.0 { self.negated() } else { self };
        Marked { value: turned.value + 0.0, mark: turned.mark }
    }
}

/// Whether `one` is below `two` by more than rounding. Some bounds meet by construction (an
/// evidence cap and a midpoint that both start from their offer); the last bit must not decide
/// which of them a finding names.
pub(crate) fn below(one: f64, two: f64) -> bool {
    one < two - 1e-12 * f64::max(one.abs(), two.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loser_of_a_maximum_counts_only_if_it_may_be_higher() {
        let at_most = Marked { value: 3.0, mark: Mark::AtMost };
        let at_least = Marked { value: 3.0, mark: Mark::AtLeast };
        assert_eq!(Marked::exact(5.0).max(at_most).mark, Mark::Exact);
        assert_eq!(Marked::exact(5.0).max(at_least).mark, Mark::AtLeast);
        assert_eq!(Marked::exact(2.0).min(at_least), Marked::exact(2.0));
        assert_eq!(Marked::exact(2.0).min(at_most).mark, Mark::AtMost);
        assert_eq!(Marked::exact(2.0).minus(at_least).mark, Mark::AtMost);
    }
}
