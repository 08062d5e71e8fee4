//! Reads the keys and values of one item.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Reader, narrow};
use crate::table::{List, Slice};
use crate::{Aliases, Field};

pub(super) fn want(field: Field) -> Want {
    match field {
        Field::Dependencies
        | Field::NtRefs
        | Field::TdRefs
        | Field::Refs
        | Field::Scope
        | Field::ExitCriteria
        | Field::Tests
        | Field::FollowUps
        | Field::RunReports
        | Field::AttachPacks
        | Field::CodePaths => Want::List,
        Field::Evidence => Want::Pairs,
        Field::Claim => Want::Pair("owner", "lease_until"),
        Field::Deferred => Want::Pair("reason", "approved_by"),
        _ => Want::Text,
    }
}

pub(super) fn priority(aliases: &Aliases, raw: &str) -> Option<u32> {
    if let Ok(number) = raw.parse() {
        return Some(number);
    }
    let text: std::borrow::Cow<'_, str> = serde_json::from_str(raw).ok()?;
    aliases.priority(&text)
}

pub(super) struct KeySeed<'al>(pub(super) &'al Aliases);

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Option<(Field, bool)>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Option<(Field, bool)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.resolve(key))
    }
}

#[derive(Clone, Copy)]
pub(super) enum Want {
    Text,
    List,
    /// A list of evidence: objects with `path` and `sha256`.
    Pairs,
    /// An object with these two members.
    Pair(&'static str, &'static str),
}

#[derive(Clone, Copy)]
pub(super) enum Got {
    Null,
    Wrong,
    Text(Slice),
    /// The list, and whether all of it had the right type.
    List(List, bool),
}

pub(super) struct ValueSeed<'r, 's, 'al> {
    pub(super) reader: &'r mut Reader<'s, 'al>,
    pub(super) want: Want,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_, 'de, '_> {
    type Value = Got;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Got, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_, 'de, '_> {
    type Value = Got;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Got, E> {
        Ok(Got::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Got, E> {
        Ok(Got::Wrong)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Got, E> {
        Ok(Got::Wrong)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Got, E> {
        Ok(Got::Wrong)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Got, E> {
        Ok(Got::Wrong)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Got, E> {
        match self.want {
            Want::Text => Ok(Got::Text(self.reader.place(text))),
            _ => Ok(Got::Wrong),
        }
    }

    fn visit_str<E>(self, text: &str) -> Result<Got, E> {
        match self.want {
            Want::Text => Ok(Got::Text(self.reader.keep(text))),
            _ => Ok(Got::Wrong),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Got, A::Error> {
        let reader = self.reader;
        let mut whole = true;
        match self.want {
            Want::List => {
                let start = narrow(reader.texts.len());
                while let Some(got) = seq.next_element_seed(ValueSeed {
                    reader: &mut *reader,
                    want: Want::Text,
                })? {
                    match got {
                        Got::Text(slice) => reader.texts.push(slice),
                        _ => whole = false,
                    }
                }
                let end = narrow(reader.texts.len());
                Ok(Got::List(List { start, end }, whole))
            }
            Want::Pairs => {
                let start = narrow(reader.pairs.len());
                while let Some(got) = seq.next_element_seed(ValueSeed {
                    reader: &mut *reader,
                    want: Want::Pair("path", "sha256"),
                })? {
                    whole &= matches!(got, Got::List(_, true));
                }
                let end = narrow(reader.pairs.len());
                Ok(Got::List(List { start, end }, whole))
            }
            _ => {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Got::Wrong)
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Got, A::Error> {
        let Want::Pair(a, b) = self.want else {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Got::Wrong);
        };
        let reader = self.reader;
        let mut pair = (Slice::NONE, Slice::NONE);
        while let Some(which) = map.next_key_seed(PairKey(a, b))? {
            let place = match which {
                1 => &mut pair.0,
                2 => &mut pair.1,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            if let Got::Text(slice) = map.next_value_seed(ValueSeed {
                reader: &mut *reader,
                want: Want::Text,
            })? {
                *place = slice;
            }
        }
        if pair.0.is_none() {
            return Ok(Got::Wrong);
        }
        let start = narrow(reader.pairs.len());
        reader.pairs.push(pair);
        let end = start.saturating_add(1);
        Ok(Got::List(List { start, end }, !pair.1.is_none()))
    }
}

struct PairKey(&'static str, &'static str);

impl<'de> DeserializeSeed<'de> for PairKey {
    type Value = u8;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<u8, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for PairKey {
    type Value = u8;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<u8, E> {
        Ok(if key == self.0 {
            1
        } else if key == self.1 {
            2
        } else {
            0
        })
    }
}
