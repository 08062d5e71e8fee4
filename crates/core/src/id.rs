//! Ids of requirements, designs and work items, and their natural order.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Longest id, in bytes.
pub const MAX_ID: usize = 128;

/// An id such as `NT-1.2`, `TD-0042`, `WBS-017` or `V-001`.
///
/// Form: ASCII letters, digits, `.`, `_` and `-`; begins with a letter or digit; 1 to 128 bytes.
/// Two ids are the same only when their text is: `NT-1` and `NT-0001` are different ids (and a
/// finding when both occur). The order is natural: `NT-2 < NT-10`, see [`natural_cmp`]. It is not
/// the order of the texts, so an `Id` cannot be borrowed as a `str`: a `BTreeMap` would look in
/// the wrong place.
///
/// Cloning is cheap: large trees hold each id in many places.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Id(Arc<str>);

/// A text that is no id: its first characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no id: letters, digits, `.`, `_` and `-`, beginning with a letter or digit, at most 128 bytes"
)]
pub struct BadId(String);

impl Id {
    /// Checks the form and wraps the text.
    ///
    /// # Errors
    /// [`BadId`] when the form is not that of an id.
    pub fn new(text: impl AsRef<str>) -> Result<Self, BadId> {
        let text = text.as_ref();
        if is_id(text) {
            Ok(Id(text.into()))
        } else {
            Err(BadId(crate::scalar::shown(text)))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the first `-`, if there is one: `NT` of `NT-1.2`.
    pub fn prefix(&self) -> Option<&str> {
        prefix(&self.0)
    }

    /// True when both differ only by leading zeros of their numbers (`NT-1`, `NT-0001`).
    pub fn is_twin_of(&self, other: &Id) -> bool {
        self != other && canonical(&self.0) == canonical(&other.0)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Id {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Id {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Id {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl std::str::FromStr for Id {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        Id::new(text)
    }
}

impl Ord for Id {
    fn cmp(&self, other: &Self) -> Ordering {
        natural_cmp(&self.0, &other.0)
    }
}

impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::scalar::from_text(deserializer, |text| Id::new(text))
    }
}

impl schemars::JsonSchema for Id {
    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "An id such as NT-1.2, TD-0042, WBS-017 or V-001.",
            // The length is in the pattern too: of the keys of a map a schema knows nothing else.
            "pattern": format!("^[A-Za-z0-9][A-Za-z0-9._-]{{0,{}}}$", MAX_ID - 1),
            "maxLength": MAX_ID
        })
    }
}

/// True when the text has the form of an [`Id`].
pub fn is_id(text: &str) -> bool {
    text.len() <= MAX_ID
        && text
            .as_bytes()
            .first()
            .is_some_and(u8::is_ascii_alphanumeric)
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// The part before the first `-`: `NT` of `NT-1.2`.
pub fn prefix(id: &str) -> Option<&str> {
    id.split_once('-').map(|(prefix, _)| prefix)
}

/// Natural order: runs of digits compare as numbers (of any length), everything else by bytes;
/// texts that are equal so far compare by bytes, so that the order is total and `NT-1` differs
/// from `NT-01`.
pub fn natural_cmp(a: &str, b: &str) -> Ordering {
    let (x, y) = (a.as_bytes(), b.as_bytes());
    let same = x.iter().zip(y).take_while(|(p, q)| p == q).count();
    if same == x.len() && same == y.len() {
        return Ordering::Equal;
    }
    // What is the same up to the number that the difference lies in decides nothing.
    let digits = x.iter().take(same).rev();
    let start = same - digits.take_while(|b| b.is_ascii_digit()).count();
    let rest = |bytes| <[u8]>::get(bytes, start..).unwrap_or_default();
    differing_cmp(rest(x), rest(y)).then_with(|| a.cmp(b))
}

/// [`natural_cmp`] of two texts, without its last resort.
fn differing_cmp(mut x: &[u8], mut y: &[u8]) -> Ordering {
    while let (Some(&p), Some(&q)) = (x.first(), y.first()) {
        let order = if p.is_ascii_digit() && q.is_ascii_digit() {
            let (m, rest_x) = take_number(x);
            let (n, rest_y) = take_number(y);
            (x, y) = (rest_x, rest_y);
            m.len().cmp(&n.len()).then_with(|| m.cmp(n))
        } else {
            (x, y) = (
                x.get(1..).unwrap_or_default(),
                y.get(1..).unwrap_or_default(),
            );
            p.cmp(&q)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    x.len().cmp(&y.len())
}

/// The leading digits without leading zeros, and what follows them.
fn take_number(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes
        .iter()
        .position(|b| !b.is_ascii_digit())
        .unwrap_or(bytes.len());
    let (digits, rest) = bytes.split_at(end);
    let zeros = digits.iter().take_while(|b| **b == b'0').count();
    (digits.get(zeros..).unwrap_or_default(), rest)
}

/// The id with leading zeros of its numbers removed: equal for twins.
pub fn canonical(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    let mut rest = id.as_bytes();
    while let Some(&first) = rest.first() {
        if first.is_ascii_digit() {
            let (number, after) = take_number(rest);
            if number.is_empty() {
                out.push('0');
            } else {
                out.push_str(&String::from_utf8_lossy(number));
            }
            rest = after;
        } else {
            let end = rest
                .iter()
                .position(u8::is_ascii_digit)
                .unwrap_or(rest.len());
            let (text, after) = rest.split_at(end);
            out.push_str(&String::from_utf8_lossy(text));
            rest = after;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_compare_as_numbers() {
        let mut ids = [
            "NT-10", "NT-2", "NT-1.10", "NT-1.2", "NT-1", "NT-0001", "TD-1", "NT-9-R",
        ];
        ids.sort_by(|a, b| natural_cmp(a, b));
        assert_eq!(
            ids,
            [
                "NT-0001", "NT-1", "NT-1.2", "NT-1.10", "NT-2", "NT-9-R", "NT-10", "TD-1"
            ]
        );
    }

    #[test]
    fn numbers_longer_than_any_integer_compare() {
        let long = format!("NT-{}", "9".repeat(60));
        assert_eq!(natural_cmp(&long, "NT-10"), Ordering::Greater);
    }

    #[test]
    fn twins_differ_only_by_zeros() {
        let id = |t: &str| Id::new(t).unwrap();
        assert!(id("NT-1").is_twin_of(&id("NT-0001")));
        assert!(id("NT-0").is_twin_of(&id("NT-000")));
        assert!(!id("NT-1").is_twin_of(&id("NT-1")));
        assert!(!id("NT-1.0").is_twin_of(&id("NT-10")));
    }

    #[test]
    fn form_is_checked() {
        for good in ["NT-1", "WBS-017-R", "V-001", "a", "7", "x_1.2"] {
            assert!(is_id(good), "{good}");
        }
        for bad in [
            "",
            "-x",
            ".x",
            "NT 1",
            "NT-é",
            "a/b",
            "a\n",
            &"x".repeat(129),
        ] {
            assert!(!is_id(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_message_does_not_repeat_a_huge_text() {
        let error = Id::new("é".repeat(1 << 20)).unwrap_err();
        assert!(error.to_string().len() < 400, "{}", error.to_string().len());
        let json = format!("\"{}\"", "x".repeat(1 << 20));
        let error = serde_json::from_str::<crate::scalar::Day>(&json).unwrap_err();
        assert!(error.to_string().len() < 400, "{}", error.to_string().len());
    }

    proptest! {
        #[test]
        fn order_is_total(a in "[A-B0-2.-]{0,6}", b in "[A-B0-2.-]{0,6}", c in "[A-B0-2.-]{0,6}") {
            prop_assert_eq!(natural_cmp(&a, &b), natural_cmp(&b, &a).reverse());
            prop_assert_eq!(natural_cmp(&a, &b) == Ordering::Equal, a == b);
            if natural_cmp(&a, &b).is_le() && natural_cmp(&b, &c).is_le() {
                prop_assert!(natural_cmp(&a, &c).is_le());
            }
        }

        #[test]
        fn what_is_skipped_decides_nothing(a in "[A-B0-2.-]{0,8}", b in "[A-B0-2.-]{0,8}") {
            let plain = differing_cmp(a.as_bytes(), b.as_bytes()).then_with(|| a.cmp(&b));
            prop_assert_eq!(natural_cmp(&a, &b), plain);
        }

        #[test]
        fn canonical_is_idempotent(a in "[A-B0-2.-]{0,8}") {
            prop_assert_eq!(canonical(&canonical(&a)), canonical(&a));
        }
    }
}
