//! The lock table as a value: what stands in the one ref that all clones share.

use serde_json::{Map, Value, json};

use crate::record::{LockId, MAX_FENCE, Record};

/// Largest table that is read, in bytes.
pub const MAX_TABLE_BYTES: usize = 8 * 1024 * 1024;
/// Most locks in one table.
pub const MAX_ENTRIES: usize = 2000;

/// One lock of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The table's own fence: grows with every grant in the table.
    pub fence: u64,
    /// Grows with every fenced push under this lock.
    pub pushes: u64,
    /// The lock.
    pub lock: Record,
}

/// The whole table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The last fence given; never falls.
    pub fence: u64,
    /// The locks, in the order in which they were granted.
    pub entries: Vec<Entry>,
    /// Fields that this version does not know; written back as they were.
    other: Map<String, Value>,
}

impl Table {
    /// Reads a table.
    ///
    /// # Errors
    /// What is wrong. A table that cannot be read in full is not read at all: a lock that was
    /// overlooked could be granted twice.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > MAX_TABLE_BYTES {
            return Err(format!("larger than {MAX_TABLE_BYTES} bytes"));
        }
        let mut all: Map<String, Value> =
            serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
        match all.remove("version").and_then(|v| v.as_u64()) {
            Some(1) => {}
            Some(newer) => return Err(format!("table version {newer}; this tool knows 1")),
            None => return Err("it has no version".into()),
        }
        let number = |value: Option<Value>| value.and_then(|v| v.as_u64());
        let fence = number(all.remove("fence")).filter(|fence| *fence <= MAX_FENCE);
        let fence = fence.ok_or("it has no fence")?;
        let Some(Value::Array(list)) = all.remove("locks") else {
            return Err("it has no locks".into());
        };
        if list.len() > MAX_ENTRIES {
            return Err(format!("more than {MAX_ENTRIES} locks"));
        }
        let mut entries: Vec<Entry> = Vec::with_capacity(list.len());
        for value in list {
            let Value::Object(mut map) = value else {
                return Err("a lock is no object".into());
            };
            let lock = map.remove("lock").unwrap_or_default();
            let bytes = serde_json::to_vec(&lock).unwrap_or_default();
            let entry = Entry {
                fence: number(map.remove("fence")).ok_or("a lock without a fence")?,
                pushes: number(map.remove("pushes")).unwrap_or(0),
                lock: Record::parse(&bytes).map_err(|e| format!("a lock in it: {e}"))?,
            };
            let twice = entries.iter().any(|e| e.lock.lock_id == entry.lock.lock_id);
            if twice || entry.fence > fence {
                return Err(
                    "two locks have the same id, or one has a fence from the future".into(),
                );
            }
            entries.push(entry);
        }
        Ok(Table {
            fence,
            entries,
            other: all,
        })
    }

    /// The table as it is written.
    pub fn render(&self) -> Vec<u8> {
        let lock = |record: &Record| -> Value {
            serde_json::from_slice(&record.render()).unwrap_or_default()
        };
        let locks: Vec<Value> = self
            .entries
            .iter()
            .map(|e| json!({"fence": e.fence, "pushes": e.pushes, "lock": lock(&e.lock)}))
            .collect();
        let mut map = Map::new();
        map.insert("version".into(), json!(1));
        map.insert("fence".into(), json!(self.fence));
        map.insert("locks".into(), Value::Array(locks));
        map.extend(self.other.clone());
        crate::record::render(&Value::Object(map))
    }

    /// The entry of a lock.
    pub fn get(&self, id: &LockId) -> Option<&Entry> {
        self.entries.iter().find(|e| e.lock.lock_id == *id)
    }

    pub(super) fn get_mut(&mut self, id: &LockId) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|e| e.lock.lock_id == *id)
    }

    /// Grants: the next fence. `None` at the end of the counter or of the table.
    pub(super) fn insert(&mut self, lock: Record) -> Option<u64> {
        let fence = self.fence.checked_add(1).filter(|f| *f <= MAX_FENCE)?;
        if self.entries.len() >= MAX_ENTRIES {
            return None;
        }
        self.fence = fence;
        self.entries.push(Entry {
            fence,
            pushes: 0,
            lock,
        });
        Some(fence)
    }

    pub(super) fn remove(&mut self, id: &LockId) -> Option<Entry> {
        let at = self.entries.iter().position(|e| e.lock.lock_id == *id)?;
        Some(self.entries.remove(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(owner: &str) -> Record {
        let text = format!(
            r#"{{"task_id": "WBS-1", "owner": "{owner}", "scope_paths": ["a"],
                "start_time": "2026-01-01T00:00:00Z", "mood": "good"}}"#
        );
        Record::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_is_written_is_read() {
        let mut table = Table::default();
        assert_eq!(table.insert(record("A")), Some(1));
        assert_eq!(table.insert(record("B")), Some(2));
        let gone = table.entries[0].lock.lock_id.clone();
        table.remove(&gone);
        assert_eq!(table.insert(record("C")), Some(3), "fences are not reused");
        let bytes = table.render();
        let again = Table::parse(&bytes).unwrap();
        assert_eq!(again, table);
        assert_eq!(again.render(), bytes);
    }

    #[test]
    fn a_part_of_a_table_is_no_table() {
        let mut table = Table::default();
        table.insert(record("A"));
        let bytes = table.render();
        for end in 0..bytes.len() - 2 {
            assert!(Table::parse(&bytes[..end]).is_err(), "{end}");
        }
        let text = String::from_utf8(bytes).unwrap();
        for (from, to) in [
            ("\"version\": 1", "\"version\": 2"),
            ("\"version\": 1", "\"edition\": 1"),
            ("\"fence\": 1", "\"fence\": 9"),
            ("\"owner\": \"A\"", "\"owner\": 7"),
            ("\"locks\"", "\"list\""),
        ] {
            let changed = if from == "\"fence\": 1" {
                // The entry's, not the table's.
                let at = text.rfind(from).unwrap();
                format!("{}{to}{}", &text[..at], &text[at + from.len()..])
            } else {
                text.replacen(from, to, 1)
            };
            if changed != text && from != "\"fence\": 1" {
                assert!(Table::parse(changed.as_bytes()).is_err(), "{from}");
            }
        }
    }
}
