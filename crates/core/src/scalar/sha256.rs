//! SHA-256 digests.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{from_text, shown};

/// Bytes of a digest.
const LENGTH: usize = 32;

/// A SHA-256 digest: 64 lower-case hexadecimal digits. In memory its bytes: a large tree has a
/// digest for every item and every link.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; LENGTH]);

impl Sha256 {
    /// Reads the digits; `None` where the text is something else.
    pub fn new(text: impl AsRef<str>) -> Option<Self> {
        let (pairs, rest) = text.as_ref().as_bytes().as_chunks::<2>();
        let mut bytes = [0; LENGTH];
        if pairs.len() != LENGTH || !rest.is_empty() {
            return None;
        }
        for ([high, low], byte) in pairs.iter().zip(&mut bytes) {
            *byte = value(*high)? << 4 | value(*low)?;
        }
        Some(Sha256(bytes))
    }

    /// The digits.
    fn digits(&self) -> [u8; 2 * LENGTH] {
        let mut digits = [0; 2 * LENGTH];
        for (pair, byte) in digits.as_chunks_mut().0.iter_mut().zip(self.0) {
            *pair = [digit(byte >> 4), digit(byte & 15)];
        }
        digits
    }
}

impl From<[u8; LENGTH]> for Sha256 {
    fn from(bytes: [u8; LENGTH]) -> Self {
        Sha256(bytes)
    }
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

fn digit(value: u8) -> u8 {
    match value {
        0..=9 => b'0' + value,
        _ => b'a' - 10 + value,
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

impl Serialize for Sha256 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(std::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, |text| {
            Sha256::new(text).ok_or_else(|| {
                let text = shown(text);
                format!("`{text}` is no SHA-256 digest (64 lower-case hexadecimal digits)")
            })
        })
    }
}

impl schemars::JsonSchema for Sha256 {
    fn schema_name() -> Cow<'static, str> {
        "Sha256".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A SHA-256 digest: 64 lower-case hexadecimal digits.",
            "pattern": "^[0-9a-f]{64}$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_64_digits_in_lower_case_and_comes_out_as_it_went_in() {
        let text = "00ff10a0b0c0d0e0f012345678abcdef".repeat(2);
        let digest = Sha256::new(&text).unwrap();
        assert_eq!(digest.to_string(), text);
        assert_eq!(format!("{digest:?}"), format!("Sha256({text})"));
        let json = serde_json::to_string(&digest).unwrap();
        assert_eq!(json, format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<Sha256>(&json).unwrap(), digest);
        assert_eq!(Sha256::from([0xab; LENGTH]).to_string(), "ab".repeat(32));
        for bad in [
            &text[1..],
            &format!("{text}0"),
            &format!("{text}00"),
            &text.to_uppercase(),
            &text.replace('f', "g"),
            &text.replacen("ff", "é", 1),
            "",
        ] {
            assert_eq!(Sha256::new(bad), None, "{bad}");
            assert!(!super::super::is_sha256(bad), "{bad}");
            let error = serde_json::from_value::<Sha256>(bad.into()).unwrap_err();
            assert!(
                error.to_string().contains("is no SHA-256 digest"),
                "{error}"
            );
        }
    }

    #[test]
    fn digests_are_in_the_order_of_their_digits() {
        let all = ["00", "0f", "10", "9a", "a9", "ff"].map(|two| two.repeat(32));
        let digests = all.clone().map(|text| Sha256::new(text).unwrap());
        assert!(digests.is_sorted() && all.is_sorted());
    }
}
