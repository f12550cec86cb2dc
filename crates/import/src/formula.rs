//! Arithmetic over named numbers of a row: `salary / fraction`, `rate * hours * 52`.

use crate::number::fit;
use haggle_quantity::{Amount, parse_amount};

/// A formula, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Formula {
    Number(Amount),
    /// A named number, by its position among the names.
    Name(usize),
    Operation(Box<Formula>, char, Box<Formula>),
}

/// The name by which a formula calls the cell of its own column, behind all other names.
pub(crate) const CELL: &str = "cell";

/// Deepest nesting of brackets: a formula is written by a person.
const DEEPEST: usize = 16;

impl Formula {
    /// Reads a formula over these names.
    ///
    /// # Errors
    /// In words, what was found and expected.
    pub(crate) fn parse(text: &str, names: &[&str]) -> Result<Self, String> {
        let mut parser = Parser { rest: text.trim(), names, depth: 0 };
        let formula = parser.sum()?;
        match parser.rest {
            "" => Ok(formula),
            rest => Err(format!("found `{rest}`, expected the end of the formula")),
        }
    }

    /// Positions of the names that it needs.
    pub(crate) fn needs(&self) -> Vec<usize> {
        let mut all = match self {
            Self::Number(_) => Vec::new(),
            Self::Name(i) => vec![*i],
            Self::Operation(a, _, b) => [a.needs(), b.needs()].concat(),
        };
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The result over these numbers, rounded to the scale of the store.
    ///
    /// # Errors
    /// In words: a division by zero, or a result of too many digits.
    pub(crate) fn compute(&self, numbers: &[Option<Amount>]) -> Result<Amount, String> {
        let result = self.evaluate(numbers)?;
        fit(result).ok_or_else(|| "expected a result of fewer digits".to_owned())
    }

    fn evaluate(&self, numbers: &[Option<Amount>]) -> Result<Amount, String> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Name(i) => {
                numbers.get(*i).copied().flatten().ok_or_else(|| "expected a number".to_owned())
            }
            Self::Operation(a, operator, b) => {
                let (a, b) = (a.evaluate(numbers)?, b.evaluate(numbers)?);
                let result = match operator {
                    '+' => a.checked_add(b),
                    '-' => a.checked_sub(b),
                    '*' => a.checked_mul(b),
                    _ if b.is_zero() => {
                        return Err("expected a divisor that is not zero".to_owned());
                    }
                    _ => a.checked_div(b),
                };
                result.ok_or_else(|| "expected a result of fewer digits".to_owned())
            }
        }
    }
}

struct Parser<'t> {
    rest: &'t str,
    names: &'t [&'t str],
    depth: usize,
}

impl Parser<'_> {
    fn sum(&mut self) -> Result<Formula, String> {
        self.operations(&['+', '-'], Self::product)
    }

    fn product(&mut self) -> Result<Formula, String> {
        self.operations(&['*', '/'], Self::operand)
    }

    fn operations(
        &mut self,
        operators: &[char],
        next: fn(&mut Self) -> Result<Formula, String>,
    ) -> Result<Formula, String> {
        let mut formula = next(self)?;
        while let Some(operator) = self.rest.chars().next().filter(|c| operators.contains(c)) {
            self.skip(1);
            let right = next(self)?;
            formula = Formula::Operation(Box::new(formula), operator, Box::new(right));
        }
        Ok(formula)
    }

    fn operand(&mut self) -> Result<Formula, String> {
        if self.rest.starts_with('(') {
            return self.bracket();
        }
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let end = self.rest.find(|c| !word(c)).unwrap_or(self.rest.len());
        let found = &self.rest[..end];
        let formula = match self.names.iter().position(|n| *n == found) {
            Some(i) => Formula::Name(i),
            None => Formula::Number(parse_amount(found).map_err(|_| self.unknown(found))?),
        };
        self.skip(end);
        Ok(formula)
    }

    fn bracket(&mut self) -> Result<Formula, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("expected at most {DEEPEST} brackets inside each other"));
        }
        self.skip(1);
        let inner = self.sum()?;
        if !self.rest.starts_with(')') {
            return Err("expected a closing bracket".to_owned());
        }
        self.skip(1);
        self.depth -= 1;
        Ok(inner)
    }

    fn unknown(&self, found: &str) -> String {
        let names: Vec<String> = self.names.iter().map(|n| format!("`{n}`")).collect();
        format!("found `{found}`, expected a number or one of {}", names.join(", "))
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest[bytes..].trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 3] = ["salary", "fraction", "hours"];

    fn compute(text: &str, numbers: [Option<i64>; 3]) -> Result<String, String> {
        let numbers: Vec<Option<Amount>> = numbers.iter().map(|n| n.map(Amount::from)).collect();
        let result = Formula::parse(text, &NAMES)?.compute(&numbers)?;
        Ok(result.normalize().to_string())
    }

    #[test]
    fn arithmetic() {
        let row = [Some(30_000), Some(3), Some(40)];
        for (text, result) in [
            ("salary / fraction", "10000"),
            ("salary*2 + hours * 52", "62080"),
            ("(salary + 1) * 2", "60002"),
            ("salary - hours - 1", "29959"),
            ("salary / 0.5", "60000"),
            ("hours / fraction", "13.333333333333"),
            ("12", "12"),
        ] {
            assert_eq!(compute(text, row).as_deref(), Ok(result), "{text}");
        }
        assert!(compute("salary / 0", row).is_err());
        assert!(compute("salary / fraction", [Some(1), None, None]).is_err());
    }

    #[test]
    fn mistakes_are_named() {
        for (text, part) in [
            ("salery / 2", "expected a number or one of `salary`"),
            ("salary /", "found ``"),
            ("(salary", "closing bracket"),
            ("salary salary", "found `salary`, expected the end"),
            ("", "found ``"),
        ] {
            let error = compute(text, [None; 3]).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
        assert_eq!(Formula::parse("salary/fraction+salary", &NAMES).unwrap().needs(), [0, 1]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_formula_or_an_error(text in "[a-z0-9 .+*/()-]{0,40}") {
            if let Ok(formula) = Formula::parse(&text, &NAMES) {
                let _ = formula.compute(&[Some(Amount::ONE), Some(Amount::ZERO), None]);
            }
        }
    }
}
