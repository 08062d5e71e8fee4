//! The fence counter: grows with every grant, is never reset, survives damage.
//!
//! It is kept twice, written one after the other. One copy lost: the other counts. Both lost in a
//! store that has been used: the counter goes on above everything seen and then leaps, because
//! fences of locks that were released are in no record.

use std::path::Path;

use crate::error::Error;
use crate::record::MAX_FENCE;
use crate::{fault, files};

/// Added when both copies are lost: more grants than a clone makes in its life.
pub const LEAP: u64 = 1 << 20;
/// A fence in a published file raises the counter only below this: a forged one cannot use it up.
pub const PUBLISHED_CEILING: u64 = 1 << 40;

const COPIES: [&str; 2] = ["fence", "fence.copy"];

/// The counter as it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counter {
    /// At least one copy could be read.
    Known(u64),
    /// Neither could, though the store has been used.
    Lost,
    /// A new store.
    New,
}

/// The value after `counter`, above `seen` (the highest fence of any record in the store) and
/// `published` (the highest in published files).
pub(crate) fn next(counter: Counter, seen: u64, published: u64) -> Option<u64> {
    let published = if published < PUBLISHED_CEILING {
        published
    } else {
        0
    };
    let base = match counter {
        Counter::Known(value) => value.max(seen).max(published),
        Counter::New => seen.max(published),
        Counter::Lost => seen.max(published).checked_add(LEAP)?,
    };
    base.checked_add(1).filter(|next| *next <= MAX_FENCE)
}

/// Reads both copies. `used`: whether the store has ever granted anything.
pub(crate) fn read(dir: &Path, used: bool) -> Result<Counter, Error> {
    let mut highest = None;
    let mut any = false;
    for name in COPIES {
        match files::read(&dir.join(name), 64) {
            Ok(None) => {}
            Ok(Some(bytes)) => {
                any = true;
                highest = highest.max(parse(&bytes));
            }
            Err(Error::Io { .. }) => any = true,
            Err(e) => return Err(e),
        }
    }
    Ok(match highest {
        Some(value) => Counter::Known(value),
        None if any || used => Counter::Lost,
        None => Counter::New,
    })
}

/// Writes both copies.
pub(crate) fn write(dir: &Path, value: u64) -> Result<(), Error> {
    let bytes = render(value);
    files::write("fence", dir, COPIES[1], bytes.as_bytes())?;
    fault::point("fence", "first-copy");
    files::write("fence", dir, COPIES[0], bytes.as_bytes())?;
    Ok(())
}

/// `VALUE CHECK`: a cut or altered number does not read as a smaller one.
fn render(value: u64) -> String {
    format!("{value} {}\n", check(value))
}

fn parse(bytes: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    let (value, sum) = text.split_once(' ')?;
    let value = value.parse().ok()?;
    (sum == check(value) && value <= MAX_FENCE).then_some(value)
}

fn check(value: u64) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(format!("trueline fence {value}"));
    crate::record::hex(digest.get(..4).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn grows_above_everything_seen() {
        assert_eq!(next(Counter::New, 0, 0), Some(1));
        assert_eq!(next(Counter::Known(7), 3, 0), Some(8));
        assert_eq!(next(Counter::Known(7), 9, 0), Some(10));
        assert_eq!(next(Counter::Known(7), 0, 12), Some(13));
        assert_eq!(next(Counter::Lost, 9, 0), Some(10 + LEAP));
        assert_eq!(next(Counter::Known(MAX_FENCE), 0, 0), None);
        assert_eq!(next(Counter::Known(7), 0, MAX_FENCE), Some(8), "forged");
    }

    #[test]
    fn one_lost_copy_changes_nothing_two_leap() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        assert_eq!(read(dir, false).unwrap(), Counter::New);
        assert_eq!(read(dir, true).unwrap(), Counter::Lost);
        for value in [1, 9, 10, 123_456] {
            write(dir, value).unwrap();
            let whole = render(value);
            for name in COPIES {
                for end in 0..whole.len() {
                    std::fs::write(dir.join(name), &whole[..end]).unwrap();
                    assert_eq!(read(dir, true).unwrap(), Counter::Known(value));
                }
                std::fs::remove_file(dir.join(name)).unwrap();
                assert_eq!(read(dir, true).unwrap(), Counter::Known(value));
                write(dir, value).unwrap();
            }
            for name in COPIES {
                std::fs::write(dir.join(name), "").unwrap();
            }
            assert_eq!(read(dir, false).unwrap(), Counter::Lost);
        }
    }

    proptest! {
        #[test]
        fn a_damaged_number_is_no_number(value in 0..MAX_FENCE, at in 0usize..30, byte: u8) {
            let mut bytes = render(value).into_bytes();
            prop_assert_eq!(parse(&bytes), Some(value));
            let at = at % bytes.len();
            prop_assume!(bytes[at] != byte);
            bytes[at] = byte;
            prop_assert_ne!(parse(&bytes).map(|v| v != value), Some(true));
        }
    }
}
