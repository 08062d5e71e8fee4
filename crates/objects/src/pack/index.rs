//! The index of a pack: where each object stands.

use std::cmp::Ordering;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use crate::{Error, Name};

/// Largest index that is read, in bytes: some nine million objects.
const MAX_INDEX: u64 = 256 << 20;

/// Bytes before the table of names: magic, version, how many names begin with each byte or a
/// lower one.
const HEAD: usize = 8 + 256 * 4;

/// Bytes that are read at once.
const BUFFER: usize = 64 << 10;

/// Names on each side of a guess that are looked at first: most lie there.
const NEAR: usize = 8;

/// The bytes of a name, and those of an offset: from 2 GiB on the number of a long one. What is
/// asked for together lies together.
type Record = ([u8; Name::LENGTH], [u8; 4]);

/// An index of version 2, in memory: what is needed to find an object.
#[derive(Debug)]
pub struct Index {
    /// How many names begin with each byte or a lower one.
    upto: Vec<usize>,
    /// In the order of the names.
    records: Vec<Record>,
    long: Vec<[u8; 8]>,
}

impl Index {
    pub(crate) fn open(path: &Path) -> Result<Index, Error> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Index::read(file, length)
    }

    /// Reads an index of so many bytes.
    ///
    /// # Errors
    /// When it is of another version, too large, or too short for what it says.
    pub fn read(from: impl Read + Seek, length: u64) -> Result<Index, Error> {
        if length > MAX_INDEX {
            return Err(Error::Unsupported("the index of a pack is too large"));
        }
        let bad = || Error::Damaged("the index of a pack is damaged");
        let mut from = BufReader::with_capacity(BUFFER, from);
        let mut head = [0; HEAD];
        from.read_exact(&mut head)?;
        if !head.starts_with(b"\xfftOc\0\0\0\x02") {
            return Err(Error::Unsupported(
                "the index of a pack is of another version",
            ));
        }
        let numbers = head.as_chunks().0.iter().skip(2);
        let numbers = numbers.map(|four| usize::try_from(u32::from_be_bytes(*four)));
        let upto: Vec<usize> = numbers.collect::<Result<_, _>>().map_err(|_| bad())?;
        let count = *upto.last().ok_or_else(bad)?;
        // Names, checksums, offsets, long offsets, and two checksums of all.
        let room = usize::try_from(length).map_err(|_| bad())?;
        let room = room.checked_sub(HEAD + 2 * Name::LENGTH);
        let long = room
            .and_then(|room| room.checked_sub(count.checked_mul(Name::LENGTH + 4 + 4)?))
            .ok_or_else(bad)?;
        let mut index = Index {
            upto,
            records: Vec::with_capacity(count),
            long: vec![[0; 8]; long / 8],
        };
        for _ in 0..count {
            let mut record = Record::default();
            from.read_exact(&mut record.0)?;
            index.records.push(record);
        }
        from.seek_relative(i64::try_from(count * 4).map_err(|_| bad())?)?;
        for (_, offset) in &mut index.records {
            from.read_exact(offset)?;
        }
        from.read_exact(index.long.as_flattened_mut())?;
        Ok(index)
    }

    /// Where the object stands in the pack.
    pub fn find(&self, name: Name) -> Option<u64> {
        let first = usize::from(*name.0.first()?);
        let start = match first {
            0 => 0,
            _ => *self.upto.get(first - 1)?,
        };
        let records = self.records.get(start..*self.upto.get(first)?)?;
        let (low, high) = around(records, name)?;
        let near = records.get(low..high)?;
        let found = near.binary_search_by(|one| order(one, name)).ok()?;
        let (_, offset) = near.get(found)?;
        let offset = u32::from_be_bytes(*offset);
        match offset.checked_sub(1 << 31) {
            None => Some(u64::from(offset)),
            Some(long) => {
                let long = self.long.get(usize::try_from(long).ok()?)?;
                Some(u64::from_be_bytes(*long))
            }
        }
    }
}

/// Between which of some records a name must be, all of which begin with the same byte. Names are
/// evenly spread: it stands about where its next bytes say, and what is near lies in the same
/// memory.
fn around(records: &[Record], name: Name) -> Option<(usize, usize)> {
    let next = u32::from_be_bytes(*name.0.get(1..)?.first_chunk()?);
    let guess = (u64::try_from(records.len()).ok()? * u64::from(next)) >> 32;
    let guess = usize::try_from(guess).ok()?;
    let is_upto = |at: usize| Some(order(records.get(at)?, name) != Ordering::Greater);
    let mut step = NEAR;
    if is_upto(guess)? {
        let mut low = guess;
        while low + step < records.len() {
            if !is_upto(low + step)? {
                return Some((low, low + step));
            }
            low += step;
            step *= 2;
        }
        return Some((low, records.len()));
    }
    let mut high = guess;
    while let Some(at) = high.checked_sub(step) {
        if is_upto(at)? {
            return Some((at, high));
        }
        high = at;
        step *= 2;
    }
    Some((0, high))
}

/// The order of the name of a record and another. Eight bytes nearly always tell it.
fn order((a, _): &Record, b: Name) -> Ordering {
    let head = |name: &[u8; Name::LENGTH]| name.first_chunk().copied().map(u64::from_be_bytes);
    head(a).cmp(&head(&b.0)).then_with(|| a.cmp(&b.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Index, Error> {
        let length = u64::try_from(bytes.len()).unwrap();
        Index::read(std::io::Cursor::new(bytes), length)
    }

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
        let index = read(&bytes).unwrap();
        let at = |byte: u8| index.find(Name([byte; 20]));
        assert_eq!(
            [at(0), at(3), at(4), at(255)],
            [Some(100), Some(200), Some(300), Some(7 << 32)]
        );
        assert_eq!([at(1), at(5), at(254)], [None; 3]);
        for end in 0..bytes.len() - 8 {
            let error = read(&bytes[..end]).unwrap_err();
            match end < HEAD {
                true => assert!(matches!(error, Error::Io(_)), "{end}: {error}"),
                false => assert!(matches!(error, Error::Damaged(_)), "{end}: {error}"),
            }
        }
        let mut lies = bytes.clone();
        lies[8..HEAD - 4].fill(0xff);
        let index = read(&lies).unwrap();
        for byte in 0..=255 {
            let _ = index.find(Name([byte; 20]));
        }
        let mut other = bytes.clone();
        other[7] = 3;
        assert!(matches!(read(&other), Err(Error::Unsupported(_))));
        // More names than there is room for.
        lies[HEAD - 4..HEAD].fill(0xff);
        assert!(read(&lies).is_err());
    }

    /// Names as they are and names as someone may choose them: whatever the spread, each is found.
    #[test]
    fn finds_each_of_many_however_they_are_spread() {
        let spreads: [fn(u32) -> u32; 4] = [
            |n| n.wrapping_mul(0x9E37_79B9),
            |n| n,
            |n| u32::MAX - n,
            |n| n.wrapping_mul(n) << 12,
        ];
        for spread in spreads {
            let mut records: Vec<Record> = (0..3000)
                .map(|n| {
                    let mut name = [7; Name::LENGTH];
                    name[1..5].copy_from_slice(&spread(n).to_be_bytes());
                    name[16..].copy_from_slice(&n.to_be_bytes());
                    (name, [0; 4])
                })
                .collect();
            records.sort_unstable();
            for (at, (name, _)) in records.iter().enumerate() {
                let (low, high) = around(&records, Name(*name)).unwrap();
                assert!((low..high).contains(&at), "{name:?}");
                let mut other = *name;
                other[15] = 8;
                let (low, high) = around(&records, Name(other)).unwrap();
                let is_known = |(name, _): &Record| *name == other;
                assert!(!records[low..high].iter().any(is_known));
            }
        }
        assert_eq!(around(&[], Name([7; Name::LENGTH])), None);
    }
}
