//! Finds, inspects, pins, confines and runs data-source plugins; knows no HTTP.
