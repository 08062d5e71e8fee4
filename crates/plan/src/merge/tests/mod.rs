mod spelling;

use super::*;
use proptest::prelude::*;
use serde_json::Value;

fn merged(base: &str, ours: &str, theirs: &str) -> Merged {
    merge(
        base.as_bytes(),
        ours.as_bytes(),
        theirs.as_bytes(),
        "id",
        &["done"],
    )
    .unwrap()
}

#[track_caller]
fn clean(base: &str, ours: &str, theirs: &str) -> String {
    let result = merged(base, ours, theirs);
    let text = String::from_utf8(result.bytes).unwrap();
    assert_eq!(result.conflicts, [], "{text}");
    text
}

#[test]
fn fields_of_both_sides() {
    let base =
        "{\"id\": \"A\", \"status\": \"todo\", \"owner\": \"x\", \"n\": 1.10}\n{\"id\": \"B\"}\n";
    let ours = base.replace("\"todo\"", "\"doing\"");
    let theirs = base.replace("\"x\"", "\"y\"").replace("1.10", "1.1");
    assert_eq!(
        clean(base, &ours, &theirs),
        "{\"id\": \"A\", \"status\": \"doing\", \"owner\": \"y\", \"n\": 1.1}\n{\"id\": \"B\"}\n"
    );
}

#[test]
fn lists_are_sets() {
    let line = |list: &str| format!("{{\"id\":\"A\",\"scope\":[{list}],\"t\":0}}\n");
    let (base, ours, theirs) = (
        line("\"a\",\"b\""),
        line("\"b\",\"c10\""),
        line("\"a\",\"b\",\"c9\""),
    );
    assert_eq!(clean(&base, &ours, &theirs), line("\"b\",\"c9\",\"c10\""));
    // Both rewrote the same element.
    let result = merged(&line("\"a\""), &line("\"b\""), &line("\"c\""));
    assert_eq!(
        result.conflicts[0].kind,
        ConflictKind::Fields(vec!["scope".into()])
    );
}

#[test]
fn done_never_loses_in_silence() {
    let line = |status: &str| format!("{{\"id\":\"A\",\"status\":\"{status}\"}}\n");
    for other in ["doing", "review"] {
        assert_eq!(
            clean(&line("todo"), &line("done"), &line(other)),
            line("done")
        );
        assert_eq!(
            clean(&line("todo"), &line(other), &line("done")),
            line("done")
        );
    }
    let result = merged(&line("todo"), &line("done"), &line("blocked"));
    assert_eq!(
        String::from_utf8(result.bytes).unwrap(),
        format!(
            "<<<<<<< ours\n{}=======\n{}>>>>>>> theirs\n",
            line("done"),
            line("blocked")
        )
    );
    assert_eq!(
        merged(&line("todo"), &line("doing"), &line("review"))
            .conflicts
            .len(),
        1
    );
}

#[test]
fn the_later_time_wins() {
    let line = |at: &str| format!("{{\"id\":\"A\",\"updated_at\":\"{at}\"}}\n");
    let base = line("2026-01-01T00:00:00Z");
    let (early, late) = (
        line("2026-01-02T01:00:00+02:00"),
        line("2026-01-01T23:30:00.5Z"),
    );
    assert_eq!(clean(&base, &early, &late), late);
    assert_eq!(clean(&base, &late, &early), late);
}

#[test]
fn of_what_both_made_the_first_counts() {
    let line = |at: &str| format!("{{\"id\":\"A\",\"title\":\"x\",\"created_at\":\"{at}\"}}\n");
    let (early, late) = (line("2026-01-01T00:00:00Z"), line("2026-01-02T00:00:00Z"));
    assert_eq!(clean("", &early, &late), early);
    assert_eq!(clean("", &late, &early), early);
}

/// A tracker that hashes its records changes the hash with every edit: the sides would never merge.
#[test]
fn a_derived_hash_is_no_conflict() {
    let line = |hash: &str, day: u8, rest: &str| {
        format!(
            "{{\"id\":\"A\",\"content_hash\":\"{hash}\",\"updated_at\":\"2026-01-0{day}T00:00:00Z\"{rest}}}\n"
        )
    };
    let base = line("a", 1, "");
    let (ours, theirs) = (
        line("b", 2, ",\"notes\":\"x\""),
        line("c", 3, ",\"labels\":[\"y\"]"),
    );
    let merged = clean(&base, &ours, &theirs);
    assert!(
        merged.contains("\"content_hash\":\"c\"")
            && merged.contains("notes")
            && merged.contains("labels")
    );
    // Without a time nobody knows which one it is.
    let plain = |hash: &str| format!("{{\"id\":\"A\",\"content_hash\":\"{hash}\"}}\n");
    assert_eq!(
        self::merged(&plain("a"), &plain("b"), &plain("c"))
            .conflicts
            .len(),
        1
    );
}

#[test]
fn an_object_in_a_list_is_known_by_what_it_points_at() {
    let edge = |to: &str, at: &str| {
        format!("{{\"depends_on_id\":\"{to}\",\"type\":\"blocks\",\"created_at\":\"{at}\"}}")
    };
    let line =
        |edges: &[String]| format!("{{\"id\":\"A\",\"dependencies\":[{}]}}\n", edges.join(","));
    let (utc, zone) = ("2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00");
    // Both export the same edge, each in its own zone; ours adds another one.
    let base = line(&[edge("B", utc)]);
    let ours = line(&[edge("B", zone), edge("C", utc)]);
    let theirs = line(&[edge("B", "2025-12-31T23:00:00-01:00")]);
    let text = clean(&base, &ours, &theirs);
    assert_eq!(text.matches("\"B\"").count(), 1, "{text}");
    assert_eq!(text.matches("\"C\"").count(), 1, "{text}");
    // Both add the same edge, seconds apart.
    let text = clean(
        &line(&[]),
        &base,
        &line(&[edge("B", "2026-01-01T00:00:09Z")]),
    );
    assert_eq!(text, base);
    // Two remarks that got one number are both kept.
    let note =
        |text: &str| format!("{{\"id\":\"A\",\"comments\":[{{\"id\":7,\"text\":\"{text}\"}}]}}\n");
    let text = clean("{\"id\":\"A\"}\n", &note("x"), &note("y"));
    assert!(text.contains("\"x\"") && text.contains("\"y\""), "{text}");
    // One side removes what the other one changed.
    let result = merged(
        &base,
        &line(&[]),
        &line(&[edge("B", "2026-01-05T00:00:00Z")]),
    );
    assert_eq!(result.conflicts.len(), 1);
}

#[test]
fn additions_removals_and_collisions() {
    let base = "{\"id\":\"A\"}\n{\"id\":\"B\"}\n";
    let ours = "{\"id\":\"A\"}\n{\"id\":\"B\"}\n{\"id\":\"C-10\",\"title\":\"x\"}\n";
    let theirs = "{\"id\":\"B\"}\n{\"id\":\"C-9\",\"title\":\"y\"}\n";
    assert_eq!(
        clean(base, ours, theirs),
        "{\"id\":\"B\"}\n{\"id\":\"C-9\",\"title\":\"y\"}\n{\"id\":\"C-10\",\"title\":\"x\"}\n"
    );
    let result = merged(base, ours, &theirs.replace("C-9", "C-10"));
    assert_eq!(
        result.conflicts,
        [Conflict {
            id: "C-10".into(),
            kind: ConflictKind::Collision
        }]
    );
    let result = merged(
        base,
        "{\"id\":\"B\"}\n",
        "{\"id\":\"A\",\"x\":1}\n{\"id\":\"B\"}\n",
    );
    assert_eq!(result.conflicts[0].kind, ConflictKind::RemovedByOurs);
    assert_eq!(
        String::from_utf8(result.bytes).unwrap(),
        "<<<<<<< ours\n=======\n{\"id\":\"A\",\"x\":1}\n>>>>>>> theirs\n{\"id\":\"B\"}\n"
    );
}

#[test]
fn lines_that_are_no_records_are_kept() {
    let base = "{\"id\":\"A\"}\nnot json\n{\"x\":1}\n";
    let ours = format!("{base}{{\"id\":\"B\"}}\n");
    let theirs = base.replace("\"A\"", "\"A\",\"y\":2");
    assert_eq!(
        clean(base, &ours, &theirs),
        "{\"id\":\"A\",\"y\":2}\nnot json\n{\"x\":1}\n{\"id\":\"B\"}\n"
    );
    let marked = "<<<<<<< HEAD\n{\"id\":\"A\"}\n";
    assert_eq!(
        merge(b"", b"", marked.as_bytes(), "id", &[]).unwrap_err(),
        Unmerged::Theirs(1)
    );
}

#[test]
fn claims_are_whole() {
    let line = |claim: &str| format!("{{\"id\":\"A\",\"claim\":{claim},\"meta\":{{\"a\":1}}}}\n");
    let base = line("{\"owner\":\"x\",\"until\":1}");
    let result = merged(
        &base,
        &line("{\"owner\":\"y\",\"until\":1}"),
        &line("{\"owner\":\"x\",\"until\":2}"),
    );
    assert_eq!(result.conflicts.len(), 1);
    let ours = base.replace("\"a\":1", "\"a\":2");
    let theirs = base.replace("\"a\":1", "\"a\":1,\"b\":3");
    assert!(clean(&base, &ours, &theirs).contains("{\"a\":2,\"b\":3}"));
}

#[test]
fn another_key() {
    let result = merge(
        b"{\"task\":1,\"a\":1}\n",
        b"{\"task\":1,\"a\":2}\n",
        b"{\"task\":1,\"a\":1,\"b\":2}\n",
        "task",
        &[],
    );
    assert_eq!(result.unwrap().bytes, b"{\"task\":1,\"a\":2,\"b\":2}\n");
}

#[test]
fn line_ends_and_marks_are_ours() {
    let base = "\u{FEFF}{\"id\":\"A\"}\r\n{\"id\":\"B\"}\r\n";
    let ours = base.replace("\"A\"", "\"A\",\"x\":1");
    let theirs = "{\"id\":\"A\"}\n{\"id\":\"B\",\"y\":2}\n";
    assert_eq!(
        clean(base, &ours, theirs),
        "\u{FEFF}{\"id\":\"A\",\"x\":1}\r\n{\"id\":\"B\",\"y\":2}\r\n"
    );
}

/// Up to five records of few fields, in any order.
fn side() -> impl Strategy<Value = String> {
    let field = (0u8..3, 0u8..3);
    let record = (
        0u8..6,
        proptest::collection::vec(field, 0..3),
        proptest::collection::btree_set(0u8..4, 0..3),
    );
    proptest::collection::vec(record, 0..6).prop_map(|records| {
        let mut seen = BTreeSet::new();
        let mut out = String::new();
        for (id, fields, list) in records {
            if !seen.insert(id) {
                continue;
            }
            let mut object = serde_json::Map::new();
            object.insert("id".into(), format!("W-{id}").into());
            for (name, value) in fields {
                object.insert(format!("f{name}"), value.into());
            }
            object.insert("scope".into(), list.into_iter().collect());
            out.push_str(&format!("{}\n", Value::Object(object)));
        }
        out
    })
}

/// Records by id; a conflict is one value.
fn records(bytes: &[u8]) -> BTreeMap<String, Value> {
    let text = std::str::from_utf8(bytes).unwrap();
    let records = text.lines().filter(|line| line.starts_with('{'));
    records
        .map(|line| {
            let value: Value = serde_json::from_str(line).unwrap();
            (value["id"].as_str().unwrap().to_owned(), value)
        })
        .collect()
}

proptest! {
    #[test]
    fn one_side_alone_is_taken_as_it_is(base in side(), x in side()) {
        for (a, b) in [(&x, &base), (&base, &x), (&x, &x)] {
            let result = merged(&base, a, b);
            prop_assert_eq!(String::from_utf8(result.bytes).unwrap(), x.clone());
            prop_assert!(result.conflicts.is_empty());
        }
    }

    #[test]
    fn sides_can_be_swapped(base in side(), a in side(), b in side()) {
        let (there, back) = (merged(&base, &a, &b), merged(&base, &b, &a));
        let ids = |m: &Merged| -> BTreeSet<String> { m.conflicts.iter().map(|c| c.id.clone()).collect() };
        prop_assert_eq!(ids(&there), ids(&back));
        if there.conflicts.is_empty() {
            prop_assert_eq!(records(&there.bytes), records(&back.bytes));
        }
    }

    #[test]
    fn no_id_is_lost_or_there_twice(base in side(), a in side(), b in side()) {
        let result = merged(&base, &a, &b);
        let text = String::from_utf8(result.bytes.clone()).unwrap();
        let (o, x, y) = (records(base.as_bytes()), records(a.as_bytes()), records(b.as_bytes()));
        let conflicts: BTreeSet<&str> = result.conflicts.iter().map(|c| c.id.as_str()).collect();
        for id in 0..6 {
            let id = format!("W-{id}");
            let count = text.matches(&format!("\"id\":\"{id}\"")).count();
            let (in_o, in_x, in_y) = (o.get(&id), x.get(&id), y.get(&id));
            let expected = match (in_o, in_x, in_y) {
                (None, None, None) => 0,
                _ if conflicts.contains(id.as_str()) => {
                    prop_assert!(count == 1 || count == 2);
                    continue;
                }
                (Some(_), None, _) | (Some(_), _, None) => 0,
                _ => 1,
            };
            prop_assert_eq!(count, expected, "{} in\n{}", id, text);
        }
    }

    #[test]
    fn any_bytes_are_merged_or_refused(a in proptest::collection::vec(any::<u8>(), 0..60), b in "[{}\"id:A,\\[\\]0-9\n]{0,60}") {
        if let Ok(result) = merge(b"{\"id\":1}\n", &a, b.as_bytes(), "id", &[]) {
            prop_assert!(result.bytes.len() < 1000);
        }
    }
}
