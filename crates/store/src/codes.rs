//! Small numbers of many rows in as little memory as the largest needs.

/// A code for each row. One code for all of them takes no memory.
#[derive(Debug, Clone)]
pub(crate) enum Codes {
    Same(u32, usize),
    Bytes(Vec<u8>),
    Shorts(Vec<u16>),
    Longs(Vec<u32>),
}

impl Default for Codes {
    fn default() -> Self {
        Self::Same(0, 0)
    }
}

impl Codes {
    /// Pushes several codes.
    pub(crate) fn extend(&mut self, new: &[u32]) {
        let Some((&first, rest)) = new.split_first() else { return };
        self.push_many(first, 1);
        if let Self::Same(same, _) = *self
            && let Some(other) = rest.iter().find(|code| **code != same)
        {
            self.make_room(*other);
        }
        self.make_room(rest.iter().copied().fold(first, u32::max));
        match self {
            Self::Same(_, rows) => *rows += rest.len(),
            Self::Bytes(codes) => codes.extend(rest.iter().map(|code| *code as u8)),
            Self::Shorts(codes) => codes.extend(rest.iter().map(|code| *code as u16)),
            Self::Longs(codes) => codes.extend(rest),
        }
    }

    /// Pushes one code for several rows.
    pub(crate) fn push_many(&mut self, code: u32, count: usize) {
        if count > 0 {
            self.make_room(code);
        }
        match self {
            Self::Same(_, rows) => *rows += count,
            Self::Bytes(codes) => codes.resize(codes.len() + count, code as u8),
            Self::Shorts(codes) => codes.resize(codes.len() + count, code as u16),
            Self::Longs(codes) => codes.resize(codes.len() + count, code),
        }
    }

    /// Becomes a form that can hold this code too.
    fn make_room(&mut self, code: u32) {
        let wider = match self {
            Self::Same(same, rows) if *rows == 0 || *same == code => Self::Same(code, *rows),
            Self::Same(same, rows) => match code.max(*same) {
                most if most <= u32::from(u8::MAX) => Self::Bytes(vec![*same as u8; *rows]),
                most if most <= u32::from(u16::MAX) => Self::Shorts(vec![*same as u16; *rows]),
                _ => Self::Longs(vec![*same; *rows]),
            },
            Self::Bytes(codes) if code > u32::from(u16::MAX) => {
                Self::Longs(codes.iter().map(|&c| u32::from(c)).collect())
            }
            Self::Bytes(codes) if code > u32::from(u8::MAX) => {
                Self::Shorts(codes.iter().map(|&c| u16::from(c)).collect())
            }
            Self::Shorts(codes) if code > u32::from(u16::MAX) => {
                Self::Longs(codes.iter().map(|&c| u32::from(c)).collect())
            }
            _ => return,
        };
        *self = wider;
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Same(_, rows) => *rows,
            Self::Bytes(codes) => codes.len(),
            Self::Shorts(codes) => codes.len(),
            Self::Longs(codes) => codes.len(),
        }
    }

    /// The code of every row, if it is one.
    pub(crate) fn same(&self) -> Option<u32> {
        match self {
            Self::Same(code, _) => Some(*code),
            _ => None,
        }
    }

    /// The codes of some rows.
    pub(crate) fn gather(&self, rows: &[u32]) -> Vec<u32> {
        match self {
            Self::Same(code, _) => vec![*code; rows.len()],
            Self::Bytes(codes) => rows.iter().map(|&r| u32::from(codes[r as usize])).collect(),
            Self::Shorts(codes) => rows.iter().map(|&r| u32::from(codes[r as usize])).collect(),
            Self::Longs(codes) => rows.iter().map(|&r| codes[r as usize]).collect(),
        }
    }

    /// About how much memory they take, in bytes.
    pub(crate) fn memory(&self) -> usize {
        match self {
            Self::Same(..) => 0,
            Self::Bytes(codes) => codes.len(),
            Self::Shorts(codes) => 2 * codes.len(),
            Self::Longs(codes) => 4 * codes.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back_whatever_their_size() {
        let sent = [0, 0, 7, 0, 255, 256, 3, 65_535, 65_536, u32::MAX, 1];
        for start in 0..sent.len() {
            let (mut codes, mut expected) = (Codes::default(), Vec::new());
            for (number, &code) in sent[start..].iter().enumerate() {
                codes.push_many(code, 2);
                codes.push_many(9, 0);
                codes.extend(&sent[start..][..number]);
                expected.extend([code; 2]);
                expected.extend(&sent[start..][..number]);
            }
            let rows: Vec<u32> = (0..expected.len() as u32).collect();
            assert_eq!(codes.len(), expected.len());
            assert_eq!(codes.gather(&rows), expected);
        }
    }

    #[test]
    fn one_code_takes_no_memory() {
        let mut codes = Codes::default();
        codes.push_many(5, 1_000);
        codes.extend(&[5]);
        assert_eq!((codes.same(), codes.len(), codes.memory()), (Some(5), 1_001, 0));
    }
}
