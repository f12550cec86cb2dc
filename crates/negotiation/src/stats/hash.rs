//! A fast hasher for keys that are one or two machine words; never used for an order.

use core::hash::{BuildHasherDefault, Hasher};
use std::collections::HashMap;

/// A map that is quick to fill and is only iterated where order cannot matter.
pub(crate) type FastMap<K, V> = HashMap<K, V, BuildHasherDefault<FoldHasher>>;

/// Folded multiplication: one 128-bit product per word.
#[derive(Default)]
pub(crate) struct FoldHasher(u64);

impl Hasher for FoldHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, word: u64) {
        // The multiplier is the golden ratio in 64 bits; both halves are folded because salaries
        // differ only in the upper bits of their representation.
        let product = u128::from(self.0 ^ word) * 0x9E37_79B9_7F4A_7C15;
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}
