//! Sorts ids by natural order: most comparisons look at a number that lies beside the place, not
//! at texts that lie all over the file.

use trueline_core::id::natural_cmp;

use crate::record::narrow;

/// The beginning of an id in a form whose bytes compare as [`natural_cmp`] does: a character as
/// it is; a number as its length (from `0`, which no other character of an id stands beside) and
/// its digits, two a byte.
type Key = (u64, u32);

const BYTES: usize = 12;

fn key(id: &str) -> Key {
    let mut bytes = [0u8; BYTES];
    let mut places = bytes.iter_mut();
    let mut rest = id.as_bytes();
    'text: while let Some((&first, after)) = rest.split_first() {
        if !first.is_ascii_digit() {
            let Some(place) = places.next() else { break };
            (*place, rest) = (first, after);
            continue;
        }
        let end = rest.iter().position(|byte| !byte.is_ascii_digit());
        let (digits, after) = rest.split_at(end.unwrap_or(rest.len()));
        let zeros = digits.iter().take_while(|byte| **byte == b'0').count();
        let digits = digits.get(zeros..).unwrap_or_default();
        rest = after;
        let Some(place) = places.next() else { break };
        *place = b'0' + u8::try_from(digits.len()).unwrap_or(9).min(9);
        if digits.len() >= 9 {
            // Longer numbers are told apart by their texts.
            break;
        }
        for pair in digits.chunks(2) {
            let Some(place) = places.next() else {
                break 'text;
            };
            let digit = |at: usize| pair.get(at).map_or(0, |byte| byte - b'0');
            *place = digit(0) << 4 | digit(1);
        }
    }
    let number = |part: &[u8]| {
        part.iter()
            .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte))
    };
    let (high, low) = bytes.split_at(8);
    // Four bytes fit.
    (number(high), u32::try_from(number(low)).unwrap_or(u32::MAX))
}

/// The places of `ids`, in the natural order of what stands there.
pub(crate) fn order(ids: &[&str]) -> Vec<u32> {
    let id_of = |at: u32| ids.get(at as usize).copied().unwrap_or_default();
    let mut keys: Vec<(Key, u32)> = ids
        .iter()
        .enumerate()
        .map(|(at, id)| (key(id), narrow(at)))
        .collect();
    keys.sort_unstable_by(|a, b| {
        a.0.cmp(&b.0)
            .then_with(|| natural_cmp(id_of(a.1), id_of(b.1)))
            .then(a.1.cmp(&b.1))
    });
    keys.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_ordered(ids: &[String]) {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut expected: Vec<u32> = (0..narrow(ids.len())).collect();
        expected.sort_by(|a, b| natural_cmp(ids[*a as usize], ids[*b as usize]));
        let found = order(&ids);
        let text =
            |order: &[u32]| -> Vec<&str> { order.iter().map(|at| ids[*at as usize]).collect() };
        assert_eq!(text(&found), text(&expected));
    }

    #[test]
    fn numbers_of_any_length() {
        let ids = [
            "1",
            "01",
            "001",
            "12345678",
            "123456789",
            "1234567890",
            "123456788",
            "99999999",
            "100000000",
            "A",
            "A-",
            "A.",
            "A_",
            "A1",
            "A1a",
            "A1.1",
            "A01.1",
            "A12.1",
            "Aa",
            "a",
            "A-1234567890.2",
            "A-1234567890.10",
            "ABCDEFGHIJKL1",
            "ABCDEFGHIJKL01",
            "ABCDEFGHIJK99",
            "ABCDEFGHIJK123",
            "ABCDEFGHIJ1234567",
            "ABCDEFGHIJ1234568",
        ];
        is_ordered(&ids.map(str::to_owned));
    }

    proptest! {
        #[test]
        fn is_natural_order(ids in proptest::collection::vec("[A-Ba_.0-]{0,3}[0-9]{0,10}[.a0]{0,2}[0-9]{0,3}", 0..40)) {
            is_ordered(&ids);
        }
    }
}
