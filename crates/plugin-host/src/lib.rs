//! Finds, inspects, pins, confines and runs data-source plugins; knows no HTTP.

pub mod find;
pub mod inspect;
pub mod manifest;
