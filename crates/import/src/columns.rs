//! A set of columns of a table.

/// Bits of a word.
const WORD: usize = u64::BITS as usize;

/// Columns by their numbers from 0.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    /// A bit for each column.
    words: Vec<u64>,
}

impl Columns {
    pub(crate) fn insert(&mut self, column: usize) {
        let word = column / WORD;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (column % WORD);
    }

    pub(crate) fn clear(&mut self) {
        self.words.fill(0);
    }

    /// The columns in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        self.common(self)
    }

    /// The columns of both in order.
    pub(crate) fn common(&self, other: &Self) -> impl Iterator<Item = usize> {
        let words = self.words.iter().zip(&other.words).map(|(a, b)| a & b);
        words.enumerate().flat_map(|(word, mut bits)| {
            std::iter::from_fn(move || {
                let bit = (bits != 0).then(|| bits.trailing_zeros())?;
                bits &= bits - 1;
                Some(word * WORD + bit as usize)
            })
        })
    }
}

impl FromIterator<usize> for Columns {
    fn from_iter<I: IntoIterator<Item = usize>>(columns: I) -> Self {
        let mut set = Self::default();
        columns.into_iter().for_each(|column| set.insert(column));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    proptest::proptest! {
        #[test]
        fn it_is_a_set(
            a in proptest::collection::btree_set(0_usize..300, 0..20),
            b in proptest::collection::btree_set(0_usize..300, 0..20),
        ) {
            let (mut one, other): (Columns, Columns) =
                (a.iter().copied().collect(), b.iter().copied().collect());
            assert_eq!(one.iter().collect::<BTreeSet<_>>(), a);
            let common: Vec<usize> = a.intersection(&b).copied().collect();
            assert_eq!(one.common(&other).collect::<Vec<_>>(), common);
            one.clear();
            assert_eq!(one.iter().count(), 0);
        }
    }
}
