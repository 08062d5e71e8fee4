//! What the tests of merges share.

pub(crate) mod expected;
pub(crate) mod style;

use std::collections::BTreeMap;

use serde_json::Value;

/// Records by id.
pub(crate) type Records = BTreeMap<String, Value>;

/// A small generator whose numbers depend on nothing but the seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % bound.max(1) as u64).unwrap()
    }

    pub(crate) fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len())]
    }
}

/// A time, later the higher the minute.
pub(crate) fn stamp(minute: usize) -> String {
    let (day, hour, rest) = (1 + minute / 1440, minute / 60 % 24, minute % 60);
    format!("2026-01-{day:02}T{hour:02}:{rest:02}:07.295058Z")
}
