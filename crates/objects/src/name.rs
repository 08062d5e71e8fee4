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
        let mut bytes = [0; Name::LENGTH];
        if text.len() != 2 * Name::LENGTH {
            return None;
        }
        for (pair, byte) in text.chunks_exact(2).zip(&mut bytes) {
            let [high, low] = pair else { return None };
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Some(Name(bytes))
    }

    /// The first [`Name::LENGTH`] bytes of something.
    pub(crate) fn first(bytes: &[u8]) -> Option<Name> {
        Some(Name(*bytes.first_chunk()?))
    }
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
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
