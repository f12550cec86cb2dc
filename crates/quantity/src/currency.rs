//! ISO 4217 currency codes, by shape: three capital letters.

use std::fmt;
use std::str::FromStr;

/// A currency, by its ISO 4217 code. Codes are checked for shape, not against a list: a list ages,
/// and a code that no rate names cannot be converted silently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// The text is not three capital letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCurrency;

impl fmt::Display for UnknownCurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an ISO 4217 code of three capital letters, such as `USD`")
    }
}

impl std::error::Error for UnknownCurrency {}

impl Currency {
    /// The code, `USD`.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("built from capital ASCII letters")
    }

    /// Digits after the point of the smallest unit in use (ISO 4217, amendment 176): 2 for most.
    pub fn minor_digits(&self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG"
            | b"RWF" | b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|x| x.is_ascii_uppercase()) => Ok(Self([*a, *b, *c])),
            _ => Err(UnknownCurrency),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_by_shape() {
        assert_eq!("USD".parse::<Currency>().unwrap().to_string(), "USD");
        assert_eq!("JPY".parse::<Currency>().unwrap().minor_digits(), 0);
        for bad in ["usd", "US", "USDD", "U$D", "", "ÜSD"] {
            assert_eq!(bad.parse::<Currency>(), Err(UnknownCurrency), "{bad}");
        }
    }
}
