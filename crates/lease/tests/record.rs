//! Reading and writing records: nothing is lost, nothing panics.

use std::collections::BTreeSet;

use proptest::prelude::*;
use trueline_lease::{BadRecord, MAX_RECORD_BYTES, Reading, Record, Table, read_published};

const WHOLE: &str = r#"{
  "version": 1, "lock_id": "0123456789abcdef0123456789abcdef", "task_id": "WBS-1",
  "owner": "AGENT-1", "scope_paths": ["src/**"], "start_time": "2026-01-15T12:00:00Z",
  "blueprint_refs": ["NT-1"], "branch": "main", "base_commit": "abc", "lease_seconds": 1800,
  "renewed_at": "2026-01-15T12:10:00Z", "seq": 3, "fence": 7,
  "host": {"machine_id_hash": "m", "boot_id": "b", "uptime": 9, "rack": [1]},
  "session": {"pid": 42, "start_time": 7, "name": "x"}, "mood": {"z": 1, "a": null}
}"#;

fn edit(from: &str, to: &str) -> Result<Record, BadRecord> {
    assert!(WHOLE.contains(from), "{from}");
    Record::parse(WHOLE.replace(from, to).as_bytes())
}

#[test]
fn reading_what_was_written_gives_the_same_bytes() {
    let record = Record::parse(WHOLE.as_bytes()).unwrap();
    let bytes = record.render();
    let again = Record::parse(&bytes).unwrap();
    assert_eq!(again, record);
    assert_eq!(again.render(), bytes);
    for kept in ["\"rack\"", "\"name\": \"x\"", "\"mood\""] {
        assert!(String::from_utf8_lossy(&bytes).contains(kept), "{kept}");
    }
    let marked = ["\u{feff}", WHOLE].concat();
    assert_eq!(Record::parse(marked.as_bytes()).unwrap(), record);
}

/// Every field that a lock is written with, in the type of core and in the schema.
#[test]
fn the_type_and_the_schema_name_every_field_that_is_written() {
    let full = WHOLE
        .replace(
            "\"scope_paths\"",
            "\"root\": \"sub\", \"remote\": \"origin refs/locks/table\", \"scope_paths\"",
        )
        .replace(
            "\"rack\": [1]",
            "\"pid_namespace\": \"p\", \"time_namespace\": \"t\", \"store\": \"s\"",
        )
        .replace(", \"name\": \"x\"", "")
        .replace(", \"mood\": {\"z\": 1, \"a\": null}", "");
    let written = Record::parse(full.as_bytes()).unwrap().render();
    let written: serde_json::Value = serde_json::from_slice(&written).unwrap();
    let keys = |value: &serde_json::Value| -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    let entry = trueline_core::schema::ALL.iter().find(|e| e.name == "lock");
    let schema: serde_json::Value = serde_json::from_str(&entry.unwrap().text()).unwrap();
    assert_eq!(keys(&written), keys(&schema["properties"]));
    for (field, of) in [("host", "Host"), ("session", "Session")] {
        let properties = &schema["$defs"][of]["properties"];
        assert_eq!(keys(&written[field]), keys(properties), "{field}");
    }
    let typed: trueline_core::artifact::lock::Lock =
        serde_json::from_value(written.clone()).unwrap();
    assert_eq!(serde_json::to_value(&typed).unwrap(), written);
}

#[test]
fn limits_hold() {
    let many = vec!["\"a\""; 257].join(",");
    let long = "a".repeat(4097);
    for (from, to) in [
        ("[\"src/**\"]", "[]"),
        ("[\"src/**\"]", &format!("[{many}]")),
        ("src/**", &long),
        ("src/**", ""),
        ("1800", "0"),
        ("1800", "2592001"),
        ("\"fence\": 7", "\"fence\": 9007199254740992"),
        ("\"branch\": \"main\"", "\"branch\": \"\""),
        ("\"version\": 1", "\"version\": 2"),
        (
            "0123456789abcdef0123456789abcdef",
            "0123456789ABCDEF0123456789abcdef",
        ),
        ("\"AGENT-1\"", "\"a/b\""),
        ("\"AGENT-1\"", "\"..\\u0000\""),
        ("2026-01-15T12:00:00Z", "2026-01-15 12:00"),
        ("\"seq\": 3", "\"seq\": -3"),
        ("\"seq\": 3", "\"seq\": 3, \"seq\": 4"),
        ("\"pid\": 42", "\"pid\": 4294967296"),
    ] {
        assert!(edit(from, to).is_err(), "{from} -> {to:.40}");
    }
    let large = vec![b' '; MAX_RECORD_BYTES + 1];
    assert_eq!(Record::parse(&large), Err(BadRecord::TooLarge));
    assert_eq!(Record::parse(b" \n"), Err(BadRecord::Empty));
    let deep = format!("{{\"a\": {}", "[".repeat(200_000));
    assert!(matches!(
        read_published(deep.as_bytes()),
        Reading::Unreadable { .. }
    ));
}

#[test]
fn shapes_of_others_are_told_from_damage() {
    let foreign = |text: &str| matches!(read_published(text.as_bytes()), Reading::Foreign { .. });
    for text in [
        "a: b\n",
        "# x\nagent: A\nnotes: |\n  free: text\n",
        "{\"agent\": 1}",
        "---\na: 1\n",
    ] {
        assert!(foreign(text), "{text}");
    }
    for text in [
        "",
        "x",
        "{\"lock_id\": ",
        "{\"scope_paths\": 1}",
        "http//x",
        "a\tb: c",
    ] {
        assert!(!foreign(text), "{text}");
    }
    let keys = read_published(b"a\x1b: 1\n");
    assert!(matches!(keys, Reading::Unreadable { .. }), "{keys:?}");
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let reading = read_published(&bytes);
        prop_assert!(!matches!(reading, Reading::Lock(_)));
        prop_assert!(Table::parse(&bytes).is_err());
    }

    #[test]
    fn any_damage_is_noticed_or_harmless(at in 0..WHOLE.len(), byte: u8) {
        let mut bytes = WHOLE.as_bytes().to_vec();
        bytes[at] = byte;
        if let Ok(record) = Record::parse(&bytes) {
            prop_assert!(record.check().is_ok());
            prop_assert_eq!(Record::parse(&record.render()), Ok(record));
        }
    }
}
