//! An independent program with the JSON report and the source files recomputes the figures.
