//! Words and amounts inside a recipe, read through their own parsers.

use haggle_quantity::{Amount, parse_amount};
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use std::fmt::Display;
use std::str::FromStr;

fn parse<'de, D: Deserializer<'de>, T: FromStr>(text: &str) -> Result<T, D::Error>
where
    T::Err: Display,
{
    text.parse().map_err(D::Error::custom)
}

pub(super) fn word<'de, D: Deserializer<'de>, T: FromStr>(deserializer: D) -> Result<T, D::Error>
where
    T::Err: Display,
{
    parse::<D, T>(&String::deserialize(deserializer)?)
}

pub(super) fn some_word<'de, D: Deserializer<'de>, T: FromStr>(
    deserializer: D,
) -> Result<Option<T>, D::Error>
where
    T::Err: Display,
{
    word(deserializer).map(Some)
}

pub(super) fn words<'de, D: Deserializer<'de>, T: FromStr>(
    deserializer: D,
) -> Result<Vec<T>, D::Error>
where
    T::Err: Display,
{
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| parse::<D, T>(text)).collect()
}

pub(super) fn some_amount<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Amount>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_amount(&text).map(Some).map_err(|e| D::Error::custom(format!("`{text}` is {e}")))
}
