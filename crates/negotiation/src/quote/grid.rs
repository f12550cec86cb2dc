//! What stands in the cells of items by suppliers, or suppliers by items. A large comparison has
//! many: they are made in parts side by side, and stay where they were made.

/// Cells by row, then column.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid<T> {
    /// Columns.
    width: usize,
    /// Rows of every part but the last.
    share: usize,
    parts: Vec<Vec<T>>,
}

impl<T> Grid<T> {
    /// Of parts that each hold so many rows, the last one what is left.
    pub(super) fn new(width: usize, share: usize, parts: Vec<Vec<T>>) -> Self {
        Self { width, share, parts }
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.parts.iter().map(Vec::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cell of a row and a column, both from 0; `None` where there is none.
    pub fn get(&self, row: usize, column: usize) -> Option<&T> {
        let (part, at) = self.place(row, column)?;
        self.parts.get(part)?.get(at)
    }

    pub(super) fn get_mut(&mut self, row: usize, column: usize) -> Option<&mut T> {
        let (part, at) = self.place(row, column)?;
        self.parts.get_mut(part)?.get_mut(at)
    }

    fn place(&self, row: usize, column: usize) -> Option<(usize, usize)> {
        let part = row.checked_div(self.share)?;
        let at = (row - part * self.share) * self.width + column;
        (column < self.width).then_some((part, at))
    }

    /// The cells of each row.
    pub fn rows(&self) -> impl Iterator<Item = &[T]> {
        self.parts.iter().flat_map(|part| part.chunks(self.width.max(1)))
    }

    /// All cells, row after row.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.parts.iter().flatten()
    }

    pub(super) fn rows_mut(&mut self) -> impl Iterator<Item = &mut [T]> {
        self.parts.iter_mut().flat_map(|part| part.chunks_mut(self.width.max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_in_every_part() {
        let grid = Grid::new(3, 2, vec![vec![0, 1, 2, 3, 4, 5], vec![6, 7, 8]]);
        assert_eq!((grid.len(), grid.is_empty()), (9, false));
        assert!(grid.iter().copied().eq(0..9));
        let rows: Vec<&[i32]> = grid.rows().collect();
        assert_eq!(rows, [[0, 1, 2], [3, 4, 5], [6, 7, 8]]);
        for (row, column, found) in
            [(0, 0, Some(0)), (1, 2, Some(5)), (2, 1, Some(7)), (0, 3, None), (3, 0, None)]
        {
            assert_eq!(grid.get(row, column).copied(), found, "{row} {column}");
        }
        let none: Grid<i32> = Grid::new(0, 1, vec![Vec::new()]);
        assert_eq!((none.get(0, 0), none.rows().count()), (None, 0));
    }
}
