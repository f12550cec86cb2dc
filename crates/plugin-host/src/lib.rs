//! Finds, inspects, pins, confines and runs data-source plugins; knows no HTTP.

pub mod digest;
pub mod find;
pub mod grants;
pub mod inspect;
pub mod manifest;
