//! Market statistics: quantiles, intervals, percentile tables, several sources, outliers, ageing.

pub mod normal;
