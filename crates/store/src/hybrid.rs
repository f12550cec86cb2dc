//! Small numbers as Parquet stores them: runs of equal ones, and the others in as few bits as
//! the largest needs.
//!
//! Source: Parquet format, `Encodings.md`, "Run Length Encoding / Bit-Packing Hybrid".

/// Numbers that lie packed come in groups of eight; a shorter run does not pay.
const GROUP: usize = 8;

/// Bits that the numbers below `count` need.
pub(crate) fn width(count: usize) -> u32 {
    usize::BITS - count.saturating_sub(1).leading_zeros()
}

/// Appends numbers of up to `width` bits, which are at most 32.
pub(crate) fn encode(numbers: &[u32], width: u32, out: &mut Vec<u8>) {
    let (mut packed_from, mut at) = (0, 0);
    while at < numbers.len() {
        let run = run_length(&numbers[at..]);
        if run >= GROUP || at + run == numbers.len() {
            pack(&numbers[packed_from..at], width, out);
            put_run(numbers[at], run, width, out);
            at += run;
            packed_from = at;
        } else {
            at = numbers.len().min(at + GROUP);
        }
    }
    pack(&numbers[packed_from..], width, out);
}

/// Appends one number, `count` times.
pub(crate) fn put_run(number: u32, count: usize, width: u32, out: &mut Vec<u8>) {
    put_varint(count << 1, out);
    out.extend_from_slice(&number.to_le_bytes()[..width.div_ceil(8) as usize]);
}

fn run_length(numbers: &[u32]) -> usize {
    let first = numbers[0];
    numbers.iter().position(|n| *n != first).unwrap_or(numbers.len())
}

/// Appends whole groups; the last one is filled up with zeros.
fn pack(numbers: &[u32], width: u32, out: &mut Vec<u8>) {
    if numbers.is_empty() {
        return;
    }
    put_varint(numbers.len().div_ceil(GROUP) << 1 | 1, out);
    for group in numbers.chunks(GROUP) {
        let (mut bits, mut held, end) = (0_u64, 0, out.len() + width as usize);
        for &number in group {
            bits |= u64::from(number) << held;
            held += width;
            if held >= 32 {
                out.extend_from_slice(&(bits as u32).to_le_bytes());
                bits >>= 32;
                held -= 32;
            }
        }
        out.extend_from_slice(&bits.to_le_bytes()[..held.div_ceil(8) as usize]);
        out.resize(end, 0);
    }
}

fn put_varint(mut number: usize, out: &mut Vec<u8>) {
    while number > 0x7F {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads bit by bit, as the format describes it.
    fn decode(mut bytes: &[u8], width: u32, count: usize) -> Vec<u32> {
        let mut numbers = Vec::new();
        while numbers.len() < count {
            let (mut header, mut shift) = (0_usize, 0);
            loop {
                let byte = bytes[0];
                bytes = &bytes[1..];
                header |= usize::from(byte & 0x7F) << shift;
                shift += 7;
                if byte < 0x80 {
                    break;
                }
            }
            let size = if header & 1 == 1 {
                (header >> 1) * width as usize
            } else {
                width.div_ceil(8) as usize
            };
            let (now, rest) = bytes.split_at(size);
            bytes = rest;
            let bit = |i: usize| u32::from(now[i / 8] >> (i % 8) & 1);
            let number = |at: usize| (0..width as usize).map(|i| bit(at + i) << i).sum::<u32>();
            if header & 1 == 1 {
                numbers.extend((0..(header >> 1) * 8).map(|i| number(i * width as usize)));
            } else {
                numbers.extend(std::iter::repeat_n(number(0), header >> 1));
            }
        }
        assert!(bytes.is_empty());
        numbers.truncate(count);
        numbers
    }

    #[test]
    fn widths() {
        for (count, bits) in [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (256, 8), (257, 9)] {
            assert_eq!(width(count), bits, "{count}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn what_is_encoded_is_decoded(
            width in 0_u32..33,
            runs in proptest::collection::vec((any::<u32>(), 1_usize..30), 0..40),
        ) {
            let mask = ((1_u64 << width) - 1) as u32;
            let numbers: Vec<u32> = runs
                .iter()
                .flat_map(|&(n, count)| std::iter::repeat_n(n & mask, if count > 15 { count } else { 1 }))
                .collect();
            let mut bytes = Vec::new();
            encode(&numbers, width, &mut bytes);
            prop_assert_eq!(decode(&bytes, width, numbers.len()), numbers);
        }
    }
}
