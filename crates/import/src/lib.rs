//! Importer for files: CSV and workbooks through recipes.
