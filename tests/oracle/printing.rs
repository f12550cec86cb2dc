//! The spoken forms of figures, as integers times 1, 2 or 5 (numbers.md, section 9).

/// A printed amount in my value: `count` times ten to the `exponent`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spoken {
    count: i64,
    exponent: i32,
}

/// A unit: 1, 2 or 5 times ten to the `exponent`.
#[derive(Clone, Copy, Debug)]
struct Unit {
    digit: i64,
    exponent: i32,
}

/// What is printed, in my value.
pub(super) struct Exact {
    pub(super) scale: f64,
    pub(super) precision: f64,
    pub(super) tick: Option<f64>,
    pub(super) reserve: Option<f64>,
    pub(super) target: Option<f64>,
    pub(super) opening: Option<f64>,
    pub(super) floor: Option<f64>,
    pub(super) rungs: Vec<f64>,
}

/// The printed forms in my value.
pub(super) struct Printed {
    pub(super) reserve: Option<Spoken>,
    pub(super) target: Option<Spoken>,
    pub(super) opening: Option<Spoken>,
    pub(super) floor: Option<Spoken>,
    pub(super) rungs: Vec<Spoken>,
}

/// Rounds every figure and puts them in order.
pub(super) fn print(exact: &Exact) -> Printed {
    let tick = exact.tick.unwrap_or(1e-4 * exact.scale);
    let mut step = exact.precision * exact.scale;
    if let (Some(opening), Some(floor)) = (exact.opening, exact.floor) {
        step = step.min((opening - floor) / 14.0);
    }
    let unit = floor125(tick.max(step));
    let reserve = exact.reserve.map(|r| print_reserve(r, exact, unit, tick));
    let floor = exact.floor.map(|f| up_to(unit.nearest(f), reserve));
    let target = exact.target.map(|t| up_to(unit.nearest(t), floor));
    let opening = exact.opening.map(|o| up_to(unit.down(o), target));
    let mut rungs: Vec<Spoken> = exact.rungs.iter().map(|&rung| unit.nearest(rung)).collect();
    if let (Some(last), Some(floor)) = (rungs.last_mut(), floor) {
        *last = floor;
    }
    Printed { reserve, target, opening, floor, rungs }
}

fn print_reserve(r: f64, exact: &Exact, unit: Unit, tick: f64) -> Spoken {
    let own = floor125(tick.max(exact.precision * exact.scale / 5.0)).up(r);
    match exact.floor {
        Some(floor) if own.amount() > floor => floor125(tick.max(unit.amount() / 5.0)).up(r),
        _ => own,
    }
}

fn up_to(figure: Spoken, least: Option<Spoken>) -> Spoken {
    least.filter(|least| least.amount() > figure.amount()).unwrap_or(figure)
}

/// The largest 1, 2 or 5 times a power of ten not above x.
fn floor125(x: f64) -> Unit {
    let mut best = Unit { digit: 1, exponent: -30 };
    for exponent in -12..15 {
        for digit in [1, 2, 5] {
            let unit = Unit { digit, exponent };
            if unit.amount() <= x * (1.0 + 1e-9) {
                best = unit;
            }
        }
    }
    best
}

impl Unit {
    fn amount(self) -> f64 {
        Spoken { count: self.digit, exponent: self.exponent }.amount()
    }

    fn times(self, count: f64) -> Spoken {
        Spoken { count: count as i64 * self.digit, exponent: self.exponent }
    }

    fn nearest(self, x: f64) -> Spoken {
        self.times((x / self.amount() + 0.5).floor())
    }

    fn up(self, x: f64) -> Spoken {
        self.times((x / self.amount() - 1e-6).ceil())
    }

    fn down(self, x: f64) -> Spoken {
        self.times((x / self.amount() + 1e-6).floor())
    }
}

impl Spoken {
    fn amount(self) -> f64 {
        let ten = libm::pow(10.0, f64::from(self.exponent.abs()));
        if self.exponent < 0 { self.count as f64 / ten } else { self.count as f64 * ten }
    }

    /// The text of the price on this side.
    pub(super) fn text(self, side: f64) -> String {
        let count = if side > 0.0 { self.count } else { -self.count };
        if self.exponent >= 0 {
            return (count * 10_i64.pow(self.exponent.unsigned_abs())).to_string();
        }
        let places = self.exponent.unsigned_abs() as usize;
        let digits = format!("{:0width$}", count.abs(), width = places + 1);
        let (whole, part) = digits.split_at(digits.len() - places);
        format!("{}{whole}.{part}", if count < 0 { "-" } else { "" })
    }
}
