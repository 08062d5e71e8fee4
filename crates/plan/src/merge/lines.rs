//! The lines of one side, by key.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use trueline_text::jsonl::{Lines, Terminator};

/// What a line is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key<'s> {
    /// Id of a record; text of a line that is none.
    pub(super) id: Cow<'s, str>,
    /// Whether it is a record.
    pub(super) is_record: bool,
    /// 0 for the first line with this id, 1 for the next: duplicates stay apart.
    turn: u32,
}

/// One side of a merge.
pub(super) struct Side<'s> {
    /// The keys in the order of the file. Blank lines have none.
    pub(super) keys: Vec<Key<'s>>,
    places: HashMap<Key<'s>, usize>,
    texts: Vec<&'s [u8]>,
    /// How lines end: as the first one does.
    pub(super) end: &'static [u8],
    pub(super) has_bom: bool,
}

impl<'s> Side<'s> {
    /// Reads a side; the 1-based line of a conflict marker where there is one.
    pub(super) fn read(bytes: &'s [u8], key: &str) -> Result<Self, u64> {
        let mut side = Side {
            keys: Vec::new(),
            places: HashMap::new(),
            texts: Vec::new(),
            end: b"\n",
            has_bom: false,
        };
        let mut turns: HashMap<(Cow<'s, str>, bool), u32> = HashMap::new();
        for line in Lines::new(bytes) {
            if line.number == 1 {
                side.has_bom = line.has_bom;
                if line.terminator == Terminator::CrLf {
                    side.end = b"\r\n";
                }
            }
            if line.conflict_marker().is_some() {
                return Err(line.number.into());
            }
            if line.is_blank() {
                continue;
            }
            let id = id_of(line.text, key);
            let mut name = Key {
                is_record: id.is_some(),
                id: id.unwrap_or_else(|| String::from_utf8_lossy(line.text)),
                turn: 0,
            };
            if side.places.contains_key(&name) {
                let turn = turns.entry((name.id.clone(), name.is_record)).or_default();
                *turn += 1;
                name.turn = *turn;
            }
            side.places.insert(name.clone(), side.keys.len());
            side.keys.push(name);
            side.texts.push(line.text);
        }
        Ok(side)
    }

    /// Place of a key in the file.
    pub(super) fn place(&self, key: &Key<'_>) -> Option<usize> {
        self.places.get(key).copied()
    }

    /// The lines of a record that is there several times, in the order of the file.
    pub(super) fn all(&self, id: &str) -> Vec<&'s [u8]> {
        let key = |turn| Key {
            id: Cow::Borrowed(id),
            is_record: true,
            turn,
        };
        (0..).map_while(|turn| self.get(&key(turn))).collect()
    }

    /// Ids of records that are there several times.
    pub(super) fn several(&self) -> impl Iterator<Item = &str> {
        let second = self.keys.iter().filter(|key| key.turn == 1);
        second.filter(|key| key.is_record).map(|key| &*key.id)
    }

    /// The line of a key.
    pub(super) fn get(&self, key: &Key<'_>) -> Option<&'s [u8]> {
        self.texts.get(self.place(key)?).copied()
    }
}

/// The id of a record: a string, or another scalar as it is written.
fn id_of<'s>(line: &'s [u8], key: &str) -> Option<Cow<'s, str>> {
    struct Find<'k>(&'k str);

    impl<'de> Visitor<'de> for Find<'_> {
        type Value = Option<&'de RawValue>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = None;
            while let Some(key) = map.next_key::<Cow<'de, str>>()? {
                if key == self.0 {
                    found = Some(map.next_value()?);
                } else {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            Ok(found)
        }
    }

    let text = std::str::from_utf8(line).ok()?;
    let mut json = serde_json::Deserializer::from_str(text);
    let raw = json.deserialize_map(Find(key)).ok()??;
    json.end().ok()?;
    match raw.get().as_bytes().first()? {
        b'{' | b'[' | b'n' => None,
        b'"' => serde_json::from_str::<String>(raw.get())
            .ok()
            .map(Cow::Owned),
        _ => Some(Cow::Borrowed(raw.get())),
    }
}
