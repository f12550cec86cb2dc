//! Finds the rows that can match: row groups by their statistics, pages by theirs.

use crate::opened::{Opened, Shared};
use crate::write::PAGE_STATISTICS;
use haggle_negotiation::deal::{Condition, Test};
use parquet::arrow::arrow_reader::RowSelection;
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMask, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData,
};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use std::ops::Range;
use std::sync::Arc;

/// A row group to read, and which of its rows.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) index: usize,
    pub(crate) selection: Option<RowSelection>,
    pub(crate) rows: usize,
}

/// A file with its footer and the stretches of it that can hold a match.
pub(crate) struct Pruned {
    pub(crate) metadata: Arc<ParquetMetaData>,
    pub(crate) groups: Vec<Group>,
}

impl Pruned {
    /// Rows that remain to be looked at.
    pub(crate) fn rows(&self) -> usize {
        self.groups.iter().map(|g| g.rows).sum()
    }
}

/// The words that a condition accepts, if it is an equality on a text column.
fn accepted(condition: &Condition) -> Option<&[String]> {
    match &condition.test {
        Test::OneOf(words) => Some(words),
        _ => None,
    }
}

pub(crate) fn prune(opened: &Opened, conditions: &[Condition]) -> Result<Pruned, ParquetError> {
    let footer = &opened.footer;
    let groups: Vec<usize> = (0..footer.num_row_groups())
        .filter(|&g| conditions.iter().all(|c| may_match(footer.row_group(g), c)))
        .collect();
    let sorted: Vec<(usize, &[String])> = conditions
        .iter()
        .filter(|c| PAGE_STATISTICS.contains(&c.field.as_str()))
        .filter_map(|c| Some((column_of(footer, &c.field)?, accepted(c)?)))
        .collect();
    if sorted.is_empty() || groups.is_empty() {
        let whole = |index| {
            let rows = footer.row_group(index).num_rows() as usize;
            Group { index, selection: None, rows }
        };
        let groups = groups.iter().map(|&index| whole(index)).collect();
        return Ok(Pruned { metadata: footer.clone(), groups });
    }
    let metadata = with_page_index(&opened.file, footer.as_ref().clone(), &groups, &sorted)?;
    let groups = groups.iter().filter_map(|&g| select_pages(&metadata, g, &sorted)).collect();
    Ok(Pruned { metadata: Arc::new(metadata), groups })
}

fn column_of(footer: &ParquetMetaData, name: &str) -> Option<usize> {
    footer.file_metadata().schema_descr().columns().iter().position(|c| c.name() == name)
}

/// Page statistics of the condition columns only, and page places of the surviving row groups.
fn with_page_index(
    file: &Shared,
    footer: ParquetMetaData,
    groups: &[usize],
    sorted: &[(usize, &[String])],
) -> Result<ParquetMetaData, ParquetError> {
    let mut columns: Vec<usize> = sorted.iter().map(|(c, _)| *c).collect();
    columns.sort_unstable();
    let statistics = ColumnChunkMask::row_groups_and_columns(groups.to_vec(), columns);
    let mut reader = ParquetMetaDataReader::new_with_metadata(footer)
        .with_page_index_policy(PageIndexPolicy::Optional)
        .with_column_index_mask(statistics)
        .with_offset_index_mask(ColumnChunkMask::row_groups(groups.to_vec()));
    reader.read_page_indexes(file)?;
    reader.finish()
}

/// Whether the statistics of a row group leave room for a match.
fn may_match(group: &RowGroupMetaData, condition: &Condition) -> bool {
    let Some(words) = accepted(condition) else { return true };
    let chunk = group.columns().iter().find(|c| c.column_descr().name() == condition.field);
    let Some(statistics) = chunk.and_then(|c| c.statistics()) else { return true };
    if statistics.null_count_opt() == Some(group.num_rows() as u64) {
        return false;
    }
    match (statistics.min_bytes_opt(), statistics.max_bytes_opt()) {
        (Some(min), Some(max)) => words.iter().any(|w| within(w.as_bytes(), min, max)),
        _ => true,
    }
}

/// Truncated statistics stay on the safe side: a truncated minimum is smaller, a truncated
/// maximum is rounded up.
fn within(word: &[u8], min: &[u8], max: &[u8]) -> bool {
    min <= word && word <= max
}

fn select_pages(
    metadata: &ParquetMetaData,
    group: usize,
    sorted: &[(usize, &[String])],
) -> Option<Group> {
    let total = metadata.row_group(group).num_rows() as usize;
    let mut selection: Option<RowSelection> = None;
    for (column, words) in sorted {
        let Some(ranges) = page_ranges(metadata, group, *column, words, total) else { continue };
        let pages = RowSelection::from_consecutive_ranges(ranges.into_iter(), total);
        selection = Some(selection.map_or(pages.clone(), |s| s.intersection(&pages)));
    }
    let rows = selection.as_ref().map_or(total, RowSelection::row_count);
    (rows > 0).then_some(Group { index: group, selection, rows })
}

/// Row ranges of the pages that can hold one of the words; `None` if the file does not say.
fn page_ranges(
    metadata: &ParquetMetaData,
    group: usize,
    column: usize,
    words: &[String],
    total: usize,
) -> Option<Vec<Range<usize>>> {
    let index = metadata.page_index_for_row_group(group);
    let (Some(ColumnIndexMetaData::BYTE_ARRAY(pages)), Some(places)) =
        (index.column_index(column), index.page_locations(column))
    else {
        return None;
    };
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (page, place) in places.iter().enumerate() {
        let may = match (pages.min_value(page), pages.max_value(page)) {
            (Some(min), Some(max)) => words.iter().any(|w| within(w.as_bytes(), min, max)),
            _ => false,
        };
        let start = place.first_row_index as usize;
        let end = places.get(page + 1).map_or(total, |next| next.first_row_index as usize);
        match ranges.last_mut() {
            _ if !may => {}
            Some(last) if last.end == start => last.end = end,
            _ => ranges.push(start..end),
        }
    }
    Some(ranges)
}
