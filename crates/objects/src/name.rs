//! The name of an object.

use std::fmt;

/// The SHA-1 name of an object; written as 40 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(pub [u8; Name::LENGTH]);

impl Name {
    /// Bytes of a name.
    pub const LENGTH: usize = 20;

    /// Reads 40 hexadecimal digits; nothing else.
    pub fn parse(text: &[u8]) -> Option<Name> {
        let text: &[u8; 2 * Name::LENGTH] = text.try_into().ok()?;
        let mut bytes = [0; Name::LENGTH];
        // A name is read for every commit and every tree: without a branch a digit.
        let mut all = 0;
        for ([high, low], byte) in text.as_chunks().0.iter().zip(&mut bytes) {
            let (high, low) = (VALUES[usize::from(*high)], VALUES[usize::from(*low)]);
            all |= high | low;
            *byte = high << 4 | low & 15;
        }
        (all < 16).then_some(Name(bytes))
    }

    /// Its digits.
    pub fn digits(&self) -> [u8; 2 * Name::LENGTH] {
        let mut text = [0; 2 * Name::LENGTH];
        for (pair, byte) in text.as_chunks_mut().0.iter_mut().zip(self.0) {
            *pair = [digit(byte >> 4), digit(byte & 15)];
        }
        text
    }

    /// The first [`Name::LENGTH`] bytes of something.
    pub(crate) fn first(bytes: &[u8]) -> Option<Name> {
        Some(Name(*bytes.first_chunk()?))
    }
}

/// What each byte is worth as a digit; 255 where it is none.
const VALUES: [u8; 256] = {
    let mut values = [u8::MAX; 256];
    let mut value = 0;
    while value < 16 {
        let digit = digit(value);
        values[digit as usize] = value;
        values[digit.to_ascii_uppercase() as usize] = value;
        value += 1;
    }
    values
};

const fn digit(value: u8) -> u8 {
    match value {
        0..=9 => b'0' + value,
        _ => b'a' - 10 + value,
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        out.write_str(std::str::from_utf8(&digits).unwrap_or_default())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_40_digits() {
        let text = "00ff10a0b0c0d0e0f0123456789abcdef0123456";
        let name = Name::parse(text.as_bytes()).unwrap();
        assert_eq!(name.to_string(), text);
        assert_eq!(Name::parse(text.to_uppercase().as_bytes()), Some(name));
        for bad in [&text[1..], &format!("{text}0"), &text.replace('f', "g"), ""] {
            assert_eq!(Name::parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
