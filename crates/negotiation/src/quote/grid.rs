//! What stands in the cells of items by suppliers. A large comparison has many: they are made in
//! parts side by side, and stay where they were made.

/// Cells by item, then supplier.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid<T> {
    /// Suppliers.
    width: usize,
    /// Items of every part but the last.
    share: usize,
    parts: Vec<Vec<T>>,
}

impl<T> Grid<T> {
    /// Of parts that each hold so many items, the last one what is left.
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

    /// The cell of an item and a supplier, both from 0; `None` where there is none.
    pub fn get(&self, item: usize, supplier: usize) -> Option<&T> {
        let (part, at) = self.place(item, supplier)?;
        self.parts.get(part)?.get(at)
    }

    pub(super) fn get_mut(&mut self, item: usize, supplier: usize) -> Option<&mut T> {
        let (part, at) = self.place(item, supplier)?;
        self.parts.get_mut(part)?.get_mut(at)
    }

    fn place(&self, item: usize, supplier: usize) -> Option<(usize, usize)> {
        let part = item.checked_div(self.share)?;
        let at = (item - part * self.share) * self.width + supplier;
        (supplier < self.width).then_some((part, at))
    }

    /// The cells of each item.
    pub fn rows(&self) -> impl Iterator<Item = &[T]> {
        self.parts.iter().flat_map(|part| part.chunks(self.width.max(1)))
    }

    /// All cells, item after item.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.parts.iter().flatten()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.parts.iter_mut().flatten()
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
        for (item, supplier, found) in
            [(0, 0, Some(0)), (1, 2, Some(5)), (2, 1, Some(7)), (0, 3, None), (3, 0, None)]
        {
            assert_eq!(grid.get(item, supplier).copied(), found, "{item} {supplier}");
        }
        let none: Grid<i32> = Grid::new(0, 1, vec![Vec::new()]);
        assert_eq!((none.get(0, 0), none.rows().count()), (None, 0));
    }
}
