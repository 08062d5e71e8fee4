//! What stands in a folder.

use crate::{Error, Name};

/// Something in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its mode, as git writes it: `0o40000` a folder, `0o120000` a link, `0o160000` another
    /// repository, else a file.
    pub mode: u32,
    /// Its name in the folder: any bytes but `/` and NUL.
    pub path: &'a [u8],
    /// What it holds.
    pub name: Name,
}

impl Entry<'_> {
    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.mode & KIND == FOLDER
    }
}

const KIND: u32 = 0o170_000;
const FOLDER: u32 = 0o040_000;

/// The entries of a folder in the order in which they stand.
#[derive(Debug, Clone)]
pub struct Entries<'a>(pub(crate) &'a [u8]);

impl<'a> Entries<'a> {
    /// Those in the bytes of a tree.
    pub fn new(bytes: &'a [u8]) -> Entries<'a> {
        Entries(bytes)
    }

    /// The first, and its length in bytes; `None` at the end.
    pub(crate) fn first(&self) -> Result<Option<(Entry<'a>, usize)>, Error> {
        if self.0.is_empty() {
            return Ok(None);
        }
        read(self.0)
            .map(Some)
            .ok_or(Error::Damaged("a tree is damaged"))
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<Entry<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.first() {
            Ok(None) => None,
            Ok(Some((entry, length))) => {
                self.0 = self.0.get(length..).unwrap_or_default();
                Some(Ok(entry))
            }
            Err(error) => {
                self.0 = &[];
                Some(Err(error))
            }
        }
    }
}

/// Octal digits, a blank, a path, NUL, the bytes of a name.
fn read(bytes: &[u8]) -> Option<(Entry<'_>, usize)> {
    let mut mode = 0;
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            digit @ b'0'..=b'7' if at < 7 => mode = mode << 3 | u32::from(digit - b'0'),
            b' ' if at > 0 => break,
            _ => return None,
        }
        at += 1;
    }
    let rest = bytes.get(at + 1..)?;
    let end = zero(rest)?;
    let (path, after) = (rest.get(..end)?, rest.get(end + 1..)?);
    if path.is_empty() || path == b"." || path == b".." || path.contains(&b'/') {
        return None;
    }
    let name = Name::first(after)?;
    let length = at + 1 + end + 1 + Name::LENGTH;
    Some((Entry { mode, path, name }, length))
}

/// Where the first NUL stands. It is near: to prepare for a long search would cost more than it.
fn zero(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The highest bit of the first byte that is zero, and of none before it.
        let found = word.wrapping_sub(ONES) & !word & (ONES << 7);
        if found != 0 {
            return Some(at * 8 + usize::try_from(found.trailing_zeros() / 8).ok()?);
        }
    }
    let at = rest.iter().position(|byte| *byte == 0)?;
    Some(words.len() * 8 + at)
}

const ONES: u64 = u64::MAX / 255;

/// The length of the first entry, without a look at what it says.
pub(crate) fn length(bytes: &[u8]) -> Option<usize> {
    // No mode has fewer than five digits, and no path is empty.
    let end = 7 + zero(bytes.get(7..)?)?;
    let length = end + 1 + Name::LENGTH;
    (length <= bytes.len()).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_first_zero() {
        for length in 0..40 {
            for at in 0..length {
                for other in [0, 1, 0x7f, 0x80, 0xff] {
                    for before in [1, 0x80, 0xff] {
                        let mut bytes = vec![before; length];
                        bytes[at..].fill(other);
                        bytes[at] = 0;
                        assert_eq!(zero(&bytes), Some(at), "{bytes:?}");
                    }
                }
            }
            assert_eq!(zero(&vec![0x80; length]), None);
        }
    }

    #[test]
    fn reads_entries_and_refuses_what_is_none() {
        let mut bytes = b"100644 a b\0".to_vec();
        bytes.extend([7; 20]);
        bytes.extend(b"40000 d\0");
        bytes.extend([0; 20]);
        let all: Vec<_> = Entries::new(&bytes).map(Result::unwrap).collect();
        assert_eq!(
            (all[0].mode, all[0].path, all[0].name),
            (0o100_644, &b"a b"[..], Name([7; 20]))
        );
        assert!(all[1].is_folder() && !all[0].is_folder() && all.len() == 2);
        assert_eq!(length(&bytes), Some(31));
        for end in (1..bytes.len()).filter(|end| *end != 31) {
            assert!(
                Entries::new(&bytes[..end]).any(|entry| entry.is_err()),
                "{end}"
            );
        }
        for bad in [
            &b"x00644 a\0"[..],
            b" a\0",
            b"100644 \0",
            b"100644 ..\0",
            b"100644 a/b\0",
            b"100649 a\0",
        ] {
            let mut bytes = bad.to_vec();
            bytes.extend([1; 20]);
            assert!(Entries::new(&bytes).next().unwrap().is_err(), "{bad:?}");
        }
    }
}
