//! Recipes that are wrong, and where they say so.
