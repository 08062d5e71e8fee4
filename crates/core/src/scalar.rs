//! Checked strings: texts whose form is part of the artifact.
//!
//! Type and schema agree: what a type refuses, its schema refuses too, and the other way round
//! (tests/examples).

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

mod sha256;

pub use sha256::Sha256;

macro_rules! checked_string {
    ($(#[$doc:meta])* $name:ident, $check:path, $expected:literal, $schema:tt) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks the form and wraps the text; `None` when the form is wrong.
            pub fn new(text: impl AsRef<str>) -> Option<Self> {
                let text = text.as_ref();
                $check(text).then(|| $name(text.into()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                from_text(deserializer, |text| {
                    $name::new(text)
                        .ok_or_else(|| format!(concat!("`{}` is no ", $expected), shown(text)))
                })
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}

checked_string!(
    /// A point in time with its offset, RFC 3339: `2025-11-24T18:21:42Z`. A naive time (no offset)
    /// is refused. Written as UTC; read with any offset.
    Timestamp,
    is_timestamp,
    "RFC 3339 time with an offset, such as 2025-11-24T18:21:42Z",
    {
        "type": "string",
        "description": "A point in time with its offset, RFC 3339.",
        "format": "date-time"
    }
);

checked_string!(
    /// A calendar day, RFC 3339 full-date: `2025-11-24`.
    Day,
    is_day,
    "day such as 2025-11-24",
    {
        "type": "string",
        "description": "A calendar day.",
        "format": "date"
    }
);

checked_string!(
    /// The random id of a lock: 32 lower-case hexadecimal digits.
    LockId,
    is_lock_id,
    "lock id (32 lower-case hexadecimal digits)",
    {
        "type": "string",
        "description": "The random id of a lock: 32 lower-case hexadecimal digits.",
        "pattern": "^[0-9a-f]{32}$"
    }
);

checked_string!(
    /// A text of one character or more.
    Text,
    is_text,
    "text of one character or more",
    {
        "type": "string",
        "minLength": 1
    }
);

/// What a text that is read stands for; the text itself is not copied first.
pub(crate) fn from_text<'de, D: Deserializer<'de>, T, E: fmt::Display>(
    deserializer: D,
    check: impl Fn(&str) -> Result<T, E>,
) -> Result<T, D::Error> {
    struct Checked<F>(F);

    impl<T, E: fmt::Display, F: Fn(&str) -> Result<T, E>> serde::de::Visitor<'_> for Checked<F> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<A: serde::de::Error>(self, text: &str) -> Result<T, A> {
            (self.0)(text).map_err(A::custom)
        }
    }

    deserializer.deserialize_str(Checked(check))
}

/// As much of a text as fits a message.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 64;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn is_text(text: &str) -> bool {
    !text.is_empty()
}

/// True for 64 lower-case hexadecimal digits.
pub fn is_sha256(text: &str) -> bool {
    is_hex(text, 64)
}

fn is_lock_id(text: &str) -> bool {
    is_hex(text, 32)
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// True for an RFC 3339 `full-date` of the Gregorian calendar.
pub fn is_day(text: &str) -> bool {
    day(text.as_bytes()).is_some()
}

/// True for an RFC 3339 `date-time` with an offset. A leap second (`:60`) is allowed where one
/// can be: at 23:59 UTC.
pub fn is_timestamp(text: &str) -> bool {
    timestamp(text.as_bytes()).is_some()
}

fn number(bytes: &[u8], at: usize, digits: usize) -> Option<u32> {
    let slice = bytes.get(at..at + digits)?;
    slice.iter().try_fold(0, |value, b| {
        b.is_ascii_digit().then(|| value * 10 + u32::from(b - b'0'))
    })
}

fn day(bytes: &[u8]) -> Option<()> {
    let (year, month, day) = (
        number(bytes, 0, 4)?,
        number(bytes, 5, 2)?,
        number(bytes, 8, 2)?,
    );
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    let fits = bytes.len() == 10 && bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    (fits && (1..=days).contains(&day)).then_some(())
}

fn timestamp(bytes: &[u8]) -> Option<()> {
    day(bytes.get(..10)?)?;
    if !matches!(bytes.get(10)?, b'T' | b't') || bytes.get(13)? != &b':' || bytes.get(16)? != &b':'
    {
        return None;
    }
    let (hour, minute, second) = (
        number(bytes, 11, 2)?,
        number(bytes, 14, 2)?,
        number(bytes, 17, 2)?,
    );
    let mut rest = bytes.get(19..)?;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 {
            return None;
        }
        rest = fraction.get(digits..)?;
    }
    let offset = match rest {
        b"Z" | b"z" => 0,
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let (hours, minutes) = (number(rest, 1, 2)?, number(rest, 4, 2)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let total = i64::from(hours * 60 + minutes);
            if *sign == b'-' { -total } else { total }
        }
        _ => return None,
    };
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let utc_minute = (i64::from(hour * 60 + minute) - offset).rem_euclid(24 * 60);
    (second < 60 || utc_minute == 24 * 60 - 1).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps() {
        for good in [
            "2025-11-24T18:21:42Z",
            "2025-11-24t18:21:42z",
            "2025-11-24T18:21:42.123456789+05:30",
            "2024-02-29T00:00:00-00:00",
            "1998-12-31T23:59:60Z",
            "1998-12-31T15:59:60.123-08:00",
        ] {
            assert!(is_timestamp(good), "{good}");
        }
        for bad in [
            "",
            "2025-11-24",
            "2025-11-24T18:21:42",
            "2025-11-24 18:21:42Z",
            "2025-11-24T18:21Z",
            "2025-11-24T24:00:00Z",
            "2025-11-24T18:60:00Z",
            "2025-11-24T18:21:61Z",
            "2025-11-24T18:21:60Z",
            "2025-02-29T18:21:42Z",
            "2025-11-24T18:21:42.Z",
            "2025-11-24T18:21:42+0530",
            "2025-11-24T18:21:42+24:00",
            "2025-11-24T18:21:42Zx",
            "２025-11-24T18:21:42Z",
        ] {
            assert!(!is_timestamp(bad), "{bad}");
        }
    }

    #[test]
    fn days() {
        assert!(is_day("2024-02-29"));
        for bad in [
            "2025-02-29",
            "2025-13-01",
            "2025-00-01",
            "2025-01-00",
            "2025-1-1",
            "2025-01-01Z",
            "1900-02-29",
        ] {
            assert!(!is_day(bad), "{bad}");
        }
    }

    #[test]
    fn digests() {
        assert!(is_sha256(&"0a".repeat(32)));
        for bad in [
            &"0A".repeat(32),
            &"0".repeat(63),
            &"0".repeat(65),
            &"g".repeat(64),
        ] {
            assert!(!is_sha256(bad));
        }
    }
}
