//! Differences between objects.

use crate::{Error, MAX_OBJECT};

/// What a difference makes of a base. A difference is two sizes, then orders: copy a part of the
/// base, or insert the bytes that follow. `buffer` gives an empty one with room for the result.
///
/// # Errors
/// When it is no difference from this base, or the result is larger than [`MAX_OBJECT`].
pub fn apply(
    base: &[u8],
    difference: &[u8],
    buffer: impl FnOnce(usize) -> Vec<u8>,
) -> Result<Vec<u8>, Error> {
    let bad = || Error::Damaged("a difference in a pack is damaged");
    read(base, difference, buffer).ok_or_else(bad)
}

fn read(base: &[u8], difference: &[u8], buffer: impl FnOnce(usize) -> Vec<u8>) -> Option<Vec<u8>> {
    let mut rest = difference;
    if size(&mut rest)? != base.len() {
        return None;
    }
    let wanted = size(&mut rest).filter(|size| *size <= MAX_OBJECT)?;
    let mut out = buffer(wanted);
    while let Some((order, mut after)) = rest.split_first() {
        let piece = match order {
            0 => return None,
            1..=0x7f => take(&mut after, usize::from(*order))?,
            _ => {
                let mut part = |bits: std::ops::Range<u8>| {
                    let mut number = 0;
                    for (place, bit) in bits.enumerate() {
                        if order & 1 << bit != 0 {
                            number |= usize::from(*take(&mut after, 1)?.first()?) << (8 * place);
                        }
                    }
                    Some(number)
                };
                let start = part(0..4)?;
                let length = match part(4..7)? {
                    0 => 0x10000,
                    length => length,
                };
                base.get(start..start.checked_add(length)?)?
            }
        };
        if out.len() + piece.len() > wanted {
            return None;
        }
        out.extend_from_slice(piece);
        rest = after;
    }
    (out.len() == wanted).then_some(out)
}

/// A number in groups of seven bits, the lowest first.
fn size(bytes: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    for shift in (0..35).step_by(7) {
        let byte = *take(bytes, 1)?.first()?;
        number |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (piece, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(base: &[u8], difference: &[u8]) -> Result<Vec<u8>, Error> {
        apply(base, difference, Vec::with_capacity)
    }

    #[test]
    fn copies_and_inserts() {
        let base: Vec<u8> = (0..70_000u32).map(|n| n.to_le_bytes()[0]).collect();
        // 70,000 and 65,536 + 3 + 2 in groups of seven bits.
        let mut difference = vec![0xf0, 0xa2, 0x04, 0x85, 0x80, 0x04];
        // All of 64 KiB from 1 on, two bytes, three from 0x0201 on.
        difference.extend([0x81, 1, 2, b'x', b'y', 0x93, 1, 2, 3]);
        let out = make(&base, &difference).unwrap();
        assert_eq!(out.len(), 65_541);
        assert_eq!(out[..65_536], base[1..65_537]);
        assert_eq!(out[65_536..], [b'x', b'y', 1, 2, 3]);
        for end in 0..difference.len() {
            assert!(make(&base, &difference[..end]).is_err(), "{end}");
        }
        assert!(make(&base[1..], &difference).is_err());
        for bad in [
            &[1, 1, 0][..],
            &[1, 1, 0x91, 1, 1],
            &[1, 0, 1, 9],
            &[1, 1, 0x90, 2],
        ] {
            assert!(make(&[0], bad).is_err(), "{bad:?}");
        }
        assert_eq!(make(&[9], &[1, 1, 0x90, 1]).unwrap(), [9]);
    }
}
