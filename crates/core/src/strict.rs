//! Reading JSON as a type, strictly.
//!
//! A derived `Deserialize` takes a JSON array for a struct, field by field in the order of the
//! declaration: `["WBS-1", "AGENT-1", …]` would pass as a record. It takes `{"done": null}` for
//! the name `"done"`, and no `1.0` for an integer. [`from_str`], [`from_slice`] and
//! [`from_value`] read otherwise, at any depth, so that a type accepts what its schema accepts:
//! structs are objects, enums are their names, a number without a fraction is an integer.

use std::fmt;

use serde::Deserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

/// Reads a JSON text; arrays do not stand for structs.
///
/// # Errors
/// What serde_json says, with line and column.
pub fn from_str<T: DeserializeOwned>(json: &str) -> serde_json::Result<T> {
    finish(serde_json::Deserializer::from_str(json))
}

/// Reads JSON bytes; arrays do not stand for structs.
///
/// # Errors
/// What serde_json says, with line and column.
pub fn from_slice<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    finish(serde_json::Deserializer::from_slice(json))
}

/// Turns a JSON value into a type; arrays do not stand for structs.
///
/// # Errors
/// What serde_json says, without a position.
pub fn from_value<T: DeserializeOwned>(value: serde_json::Value) -> serde_json::Result<T> {
    T::deserialize(Strict(value))
}

fn finish<'de, R, T>(mut reader: serde_json::Deserializer<R>) -> serde_json::Result<T>
where
    R: serde_json::de::Read<'de>,
    T: DeserializeOwned,
{
    let value = T::deserialize(Strict(&mut reader))?;
    reader.end()?;
    Ok(value)
}

/// A deserializer, visitor, access or seed whose structs come from maps alone.
struct Strict<T>(T);

/// A visitor of an integer, which may be written with a point or exponent: `1.0`.
struct Whole<T>(T);

/// A visitor of an enum, which is a string: the variant's name.
struct Named<T>(T);

macro_rules! forward {
    ($($method:ident($($arg:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($arg: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($arg,)* Strict(visitor))
        }
    )*};
}

macro_rules! visit {
    ($($method:ident($type:ty);)*) => {$(
        fn $method<E: de::Error>(self, value: $type) -> Result<V::Value, E> {
            self.0.$method(value)
        }
    )*};
}

macro_rules! whole {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(Whole(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    whole! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    forward! {
        deserialize_any();
        deserialize_bool();
        deserialize_i128();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_identifier();
        deserialize_ignored_any();
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Strict(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_str(Named(visitor))
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Whole<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    visit! {
        visit_i64(i64);
        visit_u64(u64);
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole and within the bounds of the integer"
    )]
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<V::Value, E> {
        const TWO_63: f64 = 9_223_372_036_854_775_808.0;
        if value.fract() != 0.0 {
            self.0.visit_f64(value)
        } else if (0.0..2.0 * TWO_63).contains(&value) {
            self.0.visit_u64(value as u64)
        } else if (-TWO_63..0.0).contains(&value) {
            self.0.visit_i64(value as i64)
        } else {
            self.0.visit_f64(value)
        }
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Named<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<V::Value, E> {
        self.0.visit_enum(name.into_deserializer())
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Strict<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    visit! {
        visit_bool(bool);
        visit_i64(i64);
        visit_i128(i128);
        visit_u64(u64);
        visit_u128(u128);
        visit_f64(f64);
        visit_char(char);
        visit_str(&str);
        visit_borrowed_str(&'de str);
        visit_string(String);
        visit_bytes(&[u8]);
        visit_borrowed_bytes(&'de [u8]);
        visit_byte_buf(Vec<u8>);
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Strict(inner))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Strict(inner))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Strict(access))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Strict(access))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        self.0.next_element_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.0.next_key_seed(Strict(seed))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.0.next_value_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Strict(inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::ledger::ModelDecision;
    use crate::artifact::plan::Por;
    use crate::artifact::queue::QueueItem;

    const RECORD: &str = r#"{"task_id":"WBS-1","agent":"A","model":"m","max":true,"reason":"r","timestamp":"2026-01-15T12:00:00Z"}"#;
    const ARRAY: &str = r#"["WBS-1","A","m",true,"r","2026-01-15T12:00:00Z"]"#;

    #[test]
    fn an_array_is_no_record() {
        assert!(
            serde_json::from_str::<ModelDecision>(ARRAY).is_ok(),
            "serde itself takes it"
        );
        let error = from_str::<ModelDecision>(ARRAY).unwrap_err();
        assert_eq!((error.line(), error.column()), (1, 0), "{error}");
        assert!(from_value::<ModelDecision>(serde_json::from_str(ARRAY).unwrap()).is_err());
    }

    #[test]
    fn an_enum_is_its_name_alone() {
        let item = |status: &str| format!(r#"{{"id":"WBS-1","status":{status}}}"#);
        assert!(from_str::<QueueItem>(&item(r#""done""#)).is_ok());
        assert!(
            serde_json::from_str::<QueueItem>(&item(r#"{"done":null}"#)).is_ok(),
            "serde itself takes it"
        );
        for bad in [
            r#"{"done":null}"#,
            r#"{"done":{}}"#,
            r#""nope""#,
            "1",
            "null",
        ] {
            assert!(from_str::<QueueItem>(&item(bad)).is_err(), "{bad}");
            let value = serde_json::from_str(&item(bad)).unwrap();
            assert!(from_value::<QueueItem>(value).is_err(), "{bad}");
        }
        let error = from_str::<QueueItem>(&item(r#""nope""#)).unwrap_err();
        assert!(error.to_string().contains("`nope`"), "{error}");
    }

    #[test]
    fn an_integer_may_be_written_with_a_point() {
        let read = |number: &str| {
            from_str::<QueueItem>(&format!(
                r#"{{"id":"WBS-1","status":"todo","priority":{number}}}"#
            ))
            .map(|item| item.priority)
        };
        for (text, value) in [
            ("3.0", 3),
            ("3e0", 3),
            ("4294967295.0", u32::MAX),
            ("-0", 0),
        ] {
            assert_eq!(read(text).unwrap(), Some(value), "{text}");
        }
        for bad in [
            "3.5",
            "-1.0",
            "4294967296.0",
            "1e19",
            "1e20",
            "-1e30",
            "1e400",
            "true",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert_eq!(from_str::<u64>("1e19").unwrap(), 10_000_000_000_000_000_000);
        assert!(from_str::<u64>("18446744073709551616").is_err());
        assert_eq!(from_str::<i64>("-9223372036854775808.0").unwrap(), i64::MIN);
    }

    #[test]
    fn objects_read_as_before() {
        let expected: ModelDecision = serde_json::from_str(RECORD).unwrap();
        assert_eq!(from_str::<ModelDecision>(RECORD).unwrap(), expected);
        assert_eq!(
            from_slice::<ModelDecision>(RECORD.as_bytes()).unwrap(),
            expected
        );
        assert_eq!(
            from_value::<ModelDecision>(serde_json::from_str(RECORD).unwrap()).unwrap(),
            expected
        );
    }

    #[test]
    fn weights_keep_their_text_and_nested_arrays_are_refused() {
        let por =
            from_str::<Por>(r#"{"phases":[{"id":"P1","title":"t","weight":1.10,"gate":{}}]}"#)
                .unwrap();
        assert_eq!(por.phases[0].weight.as_str(), "1.10");
        assert!(
            from_str::<Por>(r#"{"phases":[{"id":"P1","title":"t","weight":1,"gate":[[]]}]}"#)
                .is_err()
        );
    }

    #[test]
    fn what_follows_is_refused() {
        assert!(from_str::<ModelDecision>(&format!("{RECORD} x")).is_err());
    }
}
