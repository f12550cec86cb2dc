//! Quotes of several vendors, like for like.

pub mod award;
