//! The index of a pack: where each object stands.

use std::cmp::Ordering;
use std::path::Path;

use crate::{Error, Name};

/// Largest index that is read, in bytes: some nine million objects.
const MAX_INDEX: u64 = 256 << 20;

/// Bytes before the table of names: magic, version, how many names begin with each byte or a
/// lower one.
const HEAD: usize = 8 + 256 * 4;

/// Names on each side of a guess among which most lie.
const NEAR: usize = 16;

/// An index of version 2, in memory.
#[derive(Debug)]
pub struct Index {
    bytes: Vec<u8>,
    count: usize,
}

impl Index {
    pub(crate) fn read(path: &Path) -> Result<Index, Error> {
        if path.metadata()?.len() > MAX_INDEX {
            return Err(Error::Unsupported("the index of a pack is too large"));
        }
        Index::new(std::fs::read(path)?)
    }

    /// Takes the bytes of an index.
    ///
    /// # Errors
    /// When they are of another version or too short for what they say.
    pub fn new(bytes: Vec<u8>) -> Result<Index, Error> {
        if !bytes.starts_with(b"\xfftOc\0\0\0\x02") {
            return Err(Error::Unsupported(
                "the index of a pack is of another version",
            ));
        }
        let bad = Error::Damaged("the index of a pack is damaged");
        let Some(count) = number(&bytes, HEAD - 4) else {
            return Err(bad);
        };
        // Names, checksums, offsets, and two checksums of all.
        let least = HEAD + count * (Name::LENGTH + 4 + 4) + 2 * Name::LENGTH;
        match bytes.len() >= least {
            true => Ok(Index { bytes, count }),
            false => Err(bad),
        }
    }

    /// Where the object stands in the pack.
    pub fn find(&self, name: Name) -> Option<u64> {
        let first = usize::from(*name.0.first()?);
        let mut low = match first {
            0 => 0,
            _ => number(&self.bytes, 8 + 4 * (first - 1))?,
        };
        let mut high = number(&self.bytes, 8 + 4 * first)?.min(self.count);
        // Names are evenly spread: the place is about where the next bytes say, and what is near
        // it lies in the same memory.
        let next = number(&name.0, 1)?;
        let guess = low + ((high.saturating_sub(low) * next) >> 32);
        for edge in [guess.saturating_sub(NEAR), guess + NEAR] {
            if low < edge && edge < high {
                match order(self.name(edge)?, &name.0) != Ordering::Greater {
                    true => low = edge,
                    false => high = edge,
                }
            }
        }
        while low < high {
            let middle = low + (high - low) / 2;
            match order(self.name(middle)?, &name.0) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return self.offset(middle),
            }
        }
        None
    }

    fn name(&self, which: usize) -> Option<&[u8; Name::LENGTH]> {
        self.bytes.get(HEAD + which * Name::LENGTH..)?.first_chunk()
    }

    fn offset(&self, which: usize) -> Option<u64> {
        let offsets = HEAD + self.count * (Name::LENGTH + 4);
        let offset = number(&self.bytes, offsets + which * 4)?;
        if offset < 1 << 31 {
            return u64::try_from(offset).ok();
        }
        // Beyond 2 GiB: the number of a long offset.
        let long = offsets + self.count * 4 + (offset - (1 << 31)) * 8;
        if long + 8 + 2 * Name::LENGTH > self.bytes.len() {
            return None;
        }
        Some(u64::from_be_bytes(*self.bytes.get(long..)?.first_chunk()?))
    }
}

/// The order of two names. Eight bytes nearly always tell it.
fn order(a: &[u8; Name::LENGTH], b: &[u8; Name::LENGTH]) -> Ordering {
    let head = |name: &[u8; Name::LENGTH]| name.first_chunk().copied().map(u64::from_be_bytes);
    head(a).cmp(&head(b)).then_with(|| a.cmp(b))
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let four: &[u8; 4] = bytes.get(at..)?.first_chunk()?;
    usize::try_from(u32::from_be_bytes(*four)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index of names that begin with these bytes, the last beyond 2 GiB.
    fn index(firsts: &[u8]) -> Vec<u8> {
        let mut out = b"\xfftOc\0\0\0\x02".to_vec();
        for byte in 0..=255u8 {
            let upto = firsts.iter().filter(|first| **first <= byte).count();
            out.extend(u32::try_from(upto).unwrap().to_be_bytes());
        }
        firsts.iter().for_each(|first| out.extend([*first; 20]));
        out.extend(vec![0; firsts.len() * 4]);
        for n in 1..u32::try_from(firsts.len()).unwrap() {
            out.extend((n * 100).to_be_bytes());
        }
        out.extend((1u32 << 31).to_be_bytes());
        out.extend((7u64 << 32).to_be_bytes());
        out.extend([0; 40]);
        out
    }

    #[test]
    fn finds_what_is_there_and_nothing_else() {
        let bytes = index(&[0, 3, 3 + 1, 255]);
        let index = Index::new(bytes.clone()).unwrap();
        let at = |byte: u8| index.find(Name([byte; 20]));
        assert_eq!(
            [at(0), at(3), at(4), at(255)],
            [Some(100), Some(200), Some(300), Some(7 << 32)]
        );
        assert_eq!([at(1), at(5), at(254)], [None; 3]);
        for end in 0..bytes.len() - 8 {
            assert!(Index::new(bytes[..end].to_vec()).is_err(), "{end}");
        }
        let mut lies = bytes.clone();
        lies[8..HEAD - 4].fill(0xff);
        let index = Index::new(lies).unwrap();
        for byte in 0..=255 {
            let _ = index.find(Name([byte; 20]));
        }
    }
}
