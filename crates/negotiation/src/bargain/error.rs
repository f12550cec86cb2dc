//! What stops a plan: an input that cannot be used, or a figure that left the range of doubles.

use core::fmt;

/// Why there is no plan. A wrong number is worse than none.
#[derive(Clone, Debug, PartialEq)]
pub enum BargainError {
    /// An input or parameter is outside its domain.
    Input {
        /// Place in the words of the deal file, such as `alternative[0].probability`.
        name: String,
        /// What was found.
        found: f64,
        /// What the input has to be.
        expected: &'static str,
    },
    /// The inputs are extreme enough that a figure overflowed.
    NotFinite {
        /// The figure, as in [`crate::bargain::Plan::figures`].
        figure: String,
    },
}

impl BargainError {
    pub(crate) fn input(name: &str, found: f64, expected: &'static str) -> BargainError {
        BargainError::Input { name: name.to_owned(), found, expected }
    }
}

impl fmt::Display for BargainError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BargainError::Input { name, found, expected } => {
                write!(out, "`{name}`: found `{found}`, expected {expected}")
            }
            BargainError::NotFinite { figure } => {
                write!(
                    out,
                    "`{figure}` is beyond the range of numbers; help: check for amounts typed in the wrong unit"
                )
            }
        }
    }
}

impl std::error::Error for BargainError {}

/// `Ok` if `holds`, else the error for this input.
pub(crate) fn ensure(
    holds: bool,
    name: &str,
    found: f64,
    expected: &'static str,
) -> Result<(), BargainError> {
    if holds { Ok(()) } else { Err(BargainError::input(name, found, expected)) }
}
