//! Schema, references, times, secrets of records.

use crate::{expect, expect_in, findings, ledger, shown, world};

fn decision(changes: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("task_id", "\"WBS-1\""),
        ("agent", "\"AGENT-1\""),
        ("model", "\"m-1\""),
        ("max", "false"),
        ("reason", "\"r\""),
        ("timestamp", "\"2025-11-24T10:00:00Z\""),
    ];
    for (name, value) in changes {
        match fields.iter_mut().find(|(field, _)| field == name) {
            Some(field) => field.1 = value,
            None => fields.push((name, value)),
        }
    }
    let fields: Vec<String> = fields
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    format!("{{{}}}\n", fields.join(","))
}

fn one(changes: &[(&str, &str)], want: &[&str]) {
    expect(&ledger("model-decisions"), decision(changes), want);
}

#[test]
fn clean() {
    one(&[], &[]);
}

#[test]
fn schema_errors_at_their_places() {
    one(
        &[("max", "")],
        &["1:1-2 missing-field: missing field `max`"],
    );
    one(
        &[("raeson", "\"x\""), ("reason", "")],
        &[
            "1:1-2 missing-field: missing field `reason` (is `raeson` meant for it?)",
            "1:99-107 unknown-field: unknown field `raeson` (did you mean `reason`?)",
        ],
    );
    one(
        &[("max", "\"no\"")],
        &["1:58-62 wrong-type: expected a boolean, found a string"],
    );
    one(
        &[("reason", "\"\"")],
        &["1:73-75 out-of-range: the text is empty"],
    );
    one(
        &[("timestamp", "\"yesterday\"")],
        &["1:89-100 bad-format: `yesterday` is not a time of RFC 3339 (`2025-11-24T18:21:42Z`)"],
    );
    one(
        &[("timestamp", "\"2025-11-24 10:00:00\"")],
        &[
            "1:89-110 naive-time: the time `2025-11-24 10:00:00` has no offset (if it is UTC, write `2025-11-24T10:00:00Z`)",
        ],
    );
    one(
        &[("task_id", "\"WBS 1\"")],
        &["1:12-19 pattern: `WBS 1` does not have the form `^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`"],
    );
}

#[test]
fn many_errors_and_composites() {
    let fields: Vec<String> = (0..40).map(|n| format!("\"x{n}\":1")).collect();
    let text = format!("{{{}}}\n", fields.join(","));
    let found = shown(&findings(&ledger("risks"), text.as_bytes(), &world()));
    assert_eq!(found.len(), 21);
    assert!(
        found
            .iter()
            .any(|line| line == "1:1-2 more-errors: 25 more errors in this record"),
        "{found:?}"
    );
    let mut either = ledger("");
    let schema = serde_json::json!({"properties": {"when": {"anyOf": [
        {"type": "string", "format": "date"}, {"type": "string", "maxLength": 3}, {"type": "null"}
    ]}}});
    either.schema = Some(
        trueline_ledger_lint::schema::Schema::new(schema)
            .unwrap()
            .into(),
    );
    let found = shown(&findings(
        &either,
        b"{\"when\":\"later\"}\n{\"when\":1}\n{\"when\":null}\n",
        &world(),
    ));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].starts_with("1:9-16 composite: fits none of the 3 alternatives (`anyOf`) (1: "),
        "{found:?}"
    );
    assert_eq!(
        found[1],
        "2:9-10 wrong-type: expected a string, a string or null, found a number"
    );
}

#[test]
fn columns_count_characters_after_astral_and_combining_ones() {
    one(
        &[
            ("agent", "\"AGENT-1\""),
            ("reason", "\"é𝄞n\u{301}\""),
            ("timestamp", "7"),
        ],
        &["1:92-93 wrong-type: expected a string, found a number"],
    );
}

#[test]
fn references() {
    one(
        &[("task_id", "\"WBS-01\"")],
        &["1:12-20 unknown-task: no work item `WBS-01` in queue or plan (did you mean `WBS-1`?)"],
    );
    one(
        &[("agent", "\"AGNET-1\"")],
        &[
            "1:28-37 unknown-agent: no agent `AGNET-1` in ownership or registry (did you mean `AGENT-1`?)",
        ],
    );
    one(
        &[("model", "\"gpt\"")],
        &["1:46-51 unknown-model: no model `gpt` in registry or policy (allowed: m-1, m-2)"],
    );
    one(
        &[("agent", "\"AGENT-2\"")],
        &["1:46-51 unknown-model: `AGENT-2` may not use the model `m-1` (did you mean `m-2`?)"],
    );
    one(
        &[
            ("task_id", "\"WBS-9\""),
            ("timestamp", "\"2025-12-02T00:00:00Z\""),
        ],
        &["1:12-19 stale-entry: `WBS-9` was done at 2025-12-01T00:00:00Z, before this record"],
    );
    one(&[("task_id", "\"WBS-9\"")], &[]);
}

#[test]
fn requirements_and_ids_of_the_queue() {
    let text = concat!(
        "{\"id\":\"WBS-1\",\"status\":\"todo\",\"nt_refs\":[\"NT-1\",\"NT-2\"],\"td_refs\":[\"TD-9\"],\"dependencies\":[\"WBS-77\"]}\n",
        "{\"id\":\"WBS-1\",\"status\":\"done\",\"titel\":\"x\"}\n",
    );
    expect(
        &ledger("queue"),
        text,
        &[
            "1:49-55 unknown-requirement: no requirement `NT-2` in the index (did you mean `NT-1`?)",
            "1:68-74 unknown-requirement: no design `TD-9` in the index (did you mean `TD-1`?)",
            "1:92-100 unknown-task: no work item `WBS-77` in queue or plan (did you mean `WBS-7`?)",
            "2:7-14 duplicate-id: the id `WBS-1` is taken already",
            "2:31-38 unknown-field: unknown field `titel` (did you mean `title`?)",
        ],
    );
}

#[test]
fn times_in_order() {
    let at = |time: &str| {
        decision(&[
            ("timestamp", &format!("\"{time}\"")),
            ("reason", &format!("\"{time}\"")),
        ])
    };
    let text = [
        at("2025-11-24T10:00:00Z"),
        at("2099-01-01T00:00:00Z"),
        at("2025-11-24T12:00:00+01:00"),
        at("2025-11-24T10:30:00Z"),
        at("2025-11-24T10:31:00Z"),
    ]
    .concat();
    expect(
        &ledger("model-decisions"),
        text,
        &[
            "2:108-130 future-time: `2099-01-01T00:00:00Z` lies in the future",
            "4:108-130 time-backwards: `2025-11-24T10:30:00Z` is before the record above",
        ],
    );
}

#[test]
fn duplicates_and_shapes() {
    let text = [decision(&[]), decision(&[("max", "true")]), decision(&[])].concat();
    expect(
        &ledger("model-decisions"),
        text,
        &["3:1-112 duplicate-record: the record of line 1 again"],
    );
    let text = [
        decision(&[]),
        "{\"wbs_id\":\"WBS-1\"}\n".into(),
        decision(&[("max", "true")]),
    ]
    .concat();
    let found = findings(&ledger("model-decisions"), text.as_bytes(), &world());
    let mixed = found
        .iter()
        .find(|finding| finding.rule.code == "mixed-shapes")
        .unwrap();
    assert_eq!(mixed.message, "2 shapes in 3 records");
    assert_eq!(mixed.at.span.unwrap().line, 2);
    let related: Vec<_> = mixed
        .related
        .iter()
        .map(|r| (r.at.span.unwrap().line, r.message.as_str()))
        .collect();
    assert_eq!(
        related,
        [
            (1, "2 records like this: the fields of the schema"),
            (2, "1 record like this: `wbs_id`")
        ]
    );
}

#[test]
fn local_paths_and_broken_encodings() {
    one(
        &[("reason", "\"see /home/alex/shop/docs/x.md\"")],
        &[
            "1:73-104 local-path: the path `/home/alex/shop/docs/x.md` exists on one machine only (relative to the root: `docs/x.md`)",
        ],
    );
    one(
        &[("reason", "\"naÃ¯ve\"")],
        &["1:73-81 broken-encoding: `naÃ¯ve` was UTF-8, read as Windows-1252 (it was `naïve`)"],
    );
    one(
        &[("reason", "\"na\\u00c3\\u00afve\"")],
        &["1:73-91 broken-encoding: `naÃ¯ve` was UTF-8, read as Windows-1252 (it was `naïve`)"],
    );
}

#[test]
fn secrets_are_never_shown() {
    // Put together here, so that this file holds no token.
    let token = ["gh", "p_", "16C7e42F292c6912E7710c838347Ae178B4a"].concat();
    let text = decision(&[
        ("reason", &format!("\"{token}\"")),
        ("agent", &format!("\"{token}\"")),
    ]);
    let found = findings(&ledger("model-decisions"), text.as_bytes(), &world());
    let lines = shown(&found);
    assert!(
        lines.iter().any(|line| line.contains("secret-value")),
        "{lines:?}"
    );
    assert!(
        lines.iter().any(|line| line.contains("unknown-agent")),
        "{lines:?}"
    );
    for finding in &found {
        assert!(finding.redacted, "{finding:?}");
        assert!(!format!("{finding:?}").contains("16C7e42F"), "{finding:?}");
    }
}

#[test]
fn rotations() {
    let mut world = world();
    let at = trueline_core::Location::file("registry");
    for (key, days) in [("DB_URL", 90), ("a/b/c/OTHER", 30), ("FRESH", 3650)] {
        let interval = trueline_ledger_lint::world::Interval {
            days,
            at: at.clone(),
        };
        world.intervals.insert(key.to_owned(), interval);
    }
    let line = |name: &str, at: &str, proof: &str| {
        format!(
            "{{\"name\":\"{name}\",\"rotated_at\":\"{at}\",\"rotated_by\":\"AGENT-1\",\"method\":\"m\",\"ticket\":\"T\"{proof}}}\n"
        )
    };
    let text = [
        line(
            "shop/prod/api/DB_URL",
            "2025-01-01T00:00:00Z",
            ",\"proof\":\"p\"",
        ),
        line("shop/prod/api/FRESH", "2025-01-02T00:00:00Z", ""),
        line("KEY", "2025-09-02T00:00:00Z", ",\"proof\":\"p\""),
    ]
    .concat();
    expect_in(
        &world,
        &ledger("rotation"),
        text,
        &[
            "file overdue-rotation: no rotation of `a/b/c/OTHER` is recorded, every 30 days is asked for",
            "1:1-129 overdue-rotation: the rotation of `shop/prod/api/DB_URL` is 289 days overdue: every 90 days, last on 2025-01-01T00:00:00Z",
            "2:1-2 unproven-rotation: no proof that the new value of `shop/prod/api/FRESH` was read and deployed",
            "3:9-14 secret-name: `KEY` is not `[APP]/[ENV]/[SUBSYSTEM]/[KEY]`",
        ],
    );
}

#[test]
fn exceptions_expire_are_extended_and_closed() {
    let line = |id: &str, from: &str, to: &str| {
        format!(
            "{{\"id\":\"{id}\",\"who\":\"AGENT-1\",\"capability\":\"c\",\"why\":\"w\",\"granted_at\":\"{from}\",\"expiry\":\"{to}\",\"rollback\":\"r\",\"approved_by\":\"AB\"}}\n"
        )
    };
    let text = [
        line("EX-1", "2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z"),
        line("EX-2", "2025-01-02T00:00:00Z", "2025-02-01T00:00:00Z"),
        line("EX-3", "2025-01-03T00:00:00Z", "2025-02-01T00:00:00Z"),
        line("EX-2", "2025-01-31T00:00:00Z", "2027-02-01T00:00:00Z"),
        line("EX-3", "2025-02-01T00:00:00Z", "2025-02-01T00:00:00Z"),
    ]
    .concat();
    expect(
        &ledger("exceptions"),
        text,
        &["1:1-159 expired: `EX-1` expired at 2025-02-01T00:00:00Z"],
    );
}
