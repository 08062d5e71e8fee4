//! Histories of a tracker's file on two sides, each of which writes the file in its own way: other
//! order of members, other escapes, other order of lines, other line ends.
//!
//! What a right merge is, is computed beside the merge from the records' values alone (see
//! `expected`), and every record of the result is compared with it.
// [verify->NT-5.2]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::expected::{Expect, expected};
use common::style::Style;
use common::{Random, Records, stamp};
use serde_json::{Value, json};
use trueline_plan::merge::{Merged, merge};

/// Words with everything that writers escape in different ways.
const TEXTS: &[&str] = &[
    "plain",
    "Grüße & <b>",
    "a/b\\c",
    "tab\there",
    "\u{2028}line",
    "🦀 \"quoted\"",
    "",
];

fn issue(id: &str, title: &str, minute: usize) -> Value {
    json!({
        "id": id, "title": title, "description": TEXTS[minute % TEXTS.len()], "status": "open",
        "priority": minute % 5, "issue_type": "task", "created_at": stamp(minute),
        "updated_at": stamp(minute),
    })
}

/// One step of a side's work.
fn step(records: &mut Records, random: &mut Random, minute: usize, side: &str) {
    let ids: Vec<String> = records.keys().cloned().collect();
    let kind = random.below(24);
    if kind < 6 || ids.is_empty() {
        let id = format!("bd-{side}{minute}");
        records.insert(id.clone(), issue(&id, &format!("New {id}"), minute));
        return;
    }
    if kind == 6 {
        // Ids of a small range: now and then both sides take one, seldom for the same thing.
        let id = format!("bd-{}", 900 + random.below(40));
        let title = if random.below(4) == 0 {
            "Shared".to_owned()
        } else {
            format!("{side} {id}")
        };
        records
            .entry(id.clone())
            .or_insert_with(|| issue(&id, &title, minute));
        return;
    }
    let id = random.pick(&ids).clone();
    if kind == 7 {
        if random.below(3) == 0 {
            records.remove(&id);
        }
        return;
    }
    let other = random.pick(&ids).clone();
    let record = records.get_mut(&id).unwrap();
    let list = |name: &str| {
        let list = record.get(name).cloned().unwrap_or(json!([]));
        list.as_array().unwrap().clone()
    };
    match kind {
        8..=11 => {
            record["status"] = "closed".into();
            record["closed_at"] = stamp(minute).into();
        }
        12 => record["status"] = "in_progress".into(),
        13 => {
            record["status"] = "open".into();
            record.as_object_mut().unwrap().remove("closed_at");
        }
        14 => record["priority"] = random.below(5).into(),
        15 => record["description"] = format!("{} {minute}", random.pick(TEXTS)).into(),
        16 => record["assignee"] = (*random.pick(&["Zoë", "kim"])).into(),
        17 | 18 => {
            let mut labels = list("labels");
            let label = Value::from(*random.pick(&["bug", "später", "a/b", "api"]));
            match labels.iter().position(|known| *known == label) {
                Some(at) => drop(labels.remove(at)),
                None => labels.push(label),
            }
            record["labels"] = labels.into();
        }
        19 | 20 => {
            let mut edges = list("dependencies");
            match edges.iter().position(|edge| edge["depends_on_id"] == *other) {
                Some(at) => drop(edges.remove(at)),
                None => edges.push(json!({"issue_id": id, "depends_on_id": other, "type": "blocks", "created_at": stamp(minute), "created_by": side})),
            }
            record["dependencies"] = edges.into();
        }
        21 | 22 => {
            let mut comments = list("comments");
            let number = comments.len() + 1;
            comments.push(json!({"id": number, "author": side, "text": format!("{} {minute}", random.pick(TEXTS)), "created_at": stamp(minute)}));
            record["comments"] = comments.into();
        }
        _ => {
            record["status"] = "tombstone".into();
            record["deleted_at"] = stamp(minute).into();
        }
    }
    record["updated_at"] = stamp(minute).into();
    record["content_hash"] = format!("{:x}", minute * 7919).into();
}

/// A record of ours and one of theirs.
type Pair = (Option<Value>, Option<Value>);

/// The clean records, and for each conflict what either side keeps.
fn parts(merged: &Merged) -> (Records, Vec<Pair>) {
    let text = std::str::from_utf8(&merged.bytes).unwrap();
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let (mut clean, mut conflicts) = (Records::new(), Vec::new());
    // 0: outside, 1: ours, 2: theirs.
    let mut side = 0;
    let mut pair = (None, None);
    for line in text.lines() {
        match line {
            "<<<<<<< ours" => side = 1,
            "=======" => side = 2,
            ">>>>>>> theirs" => {
                side = 0;
                conflicts.push(std::mem::take(&mut pair));
            }
            "" => {}
            line => {
                let record: Value = serde_json::from_str(line).unwrap();
                let id = record["id"].as_str().unwrap().to_owned();
                let before = match side {
                    0 => clean.insert(id, record),
                    1 => pair.0.replace(record),
                    _ => pair.1.replace(record),
                };
                assert_eq!(before, None, "there twice");
            }
        }
    }
    (clean, conflicts)
}

fn id_of(pair: &Pair) -> String {
    let record = pair.0.as_ref().or(pair.1.as_ref()).unwrap();
    record["id"].as_str().unwrap().to_owned()
}

/// The record with its lists in one order: they are sets.
fn sorted(mut record: Value) -> Value {
    record.sort_all_objects();
    for (_, value) in record.as_object_mut().unwrap() {
        if let Some(list) = value.as_array_mut() {
            list.sort_by_key(Value::to_string);
        }
    }
    record
}

/// Merges, and compares every record with what is expected; whether all was clean.
fn is_clean(
    base: &Records,
    ours: &Records,
    theirs: &Records,
    styles: &[Style; 3],
    seed: u64,
) -> bool {
    let texts = [
        styles[0].text(base),
        styles[1].text(ours),
        styles[2].text(theirs),
    ];
    let result = merge(&texts[0], &texts[1], &texts[2], "id", &["done", "closed"]).unwrap();
    let (clean, conflicts) = parts(&result);
    let told: BTreeSet<String> = result.conflicts.iter().map(|c| c.id.clone()).collect();
    let marked: BTreeSet<String> = conflicts.iter().map(id_of).collect();
    assert_eq!(told, marked, "seed {seed}");
    assert_eq!(conflicts.len(), marked.len(), "seed {seed}");
    let ids: BTreeSet<&String> = base
        .keys()
        .chain(ours.keys())
        .chain(theirs.keys())
        .collect();
    for id in ids {
        let (o, a, b) = (base.get(id), ours.get(id), theirs.get(id));
        match expected(o, a, b) {
            Expect::Absent => assert!(
                !clean.contains_key(id) && !told.contains(id),
                "seed {seed} {id}"
            ),
            Expect::Record(record) => {
                assert!(
                    !told.contains(id),
                    "seed {seed} {id}: no reason for a conflict\n{o:?}\n{a:?}\n{b:?}"
                );
                let found = clean.get(id).cloned().map(sorted);
                assert_eq!(
                    found,
                    Some(sorted(record)),
                    "seed {seed} {id}\n{o:?}\n{a:?}\n{b:?}"
                );
            }
            Expect::Conflict => {
                assert!(
                    told.contains(id),
                    "seed {seed} {id}: a conflict was hidden\n{o:?}\n{a:?}\n{b:?}"
                );
                let pair = conflicts.iter().find(|pair| id_of(pair) == *id).unwrap();
                assert_eq!(
                    (pair.0.is_some(), pair.1.is_some()),
                    (a.is_some(), b.is_some())
                );
            }
        }
    }
    assert!(
        clean
            .keys()
            .all(|id| ours.contains_key(id) || theirs.contains_key(id))
    );
    result.conflicts.is_empty()
}

#[test]
fn every_record_is_what_its_history_asks_for() {
    let (mut clean, mut all) = (0, 0);
    for seed in 1..=1500u64 {
        let mut random = Random::new(seed);
        let mut base = Records::new();
        for minute in 0..60 {
            step(&mut base, &mut random, minute, "o");
        }
        let (mut ours, mut theirs) = (base.clone(), base.clone());
        for at in 0..1 + random.below(8) {
            step(&mut ours, &mut random, 2000 + 2 * at, "a");
        }
        for at in 0..1 + random.below(8) {
            step(&mut theirs, &mut random, 2001 + 2 * at, "b");
        }
        let first = Style::pick(&mut random);
        // As often as not a side writes the file as it found it.
        let other = |random: &mut Random| match random.below(2) {
            0 => first.clone(),
            _ => Style::pick(random),
        };
        let styles = [first.clone(), other(&mut random), other(&mut random)];
        all += 1;
        clean += usize::from(is_clean(&base, &ours, &theirs, &styles, seed));
    }
    assert!(clean * 100 >= all * 75, "{clean} of {all} are clean");
}

#[test]
fn a_file_that_is_only_written_anew_is_no_change() {
    for seed in 1..=200u64 {
        let mut random = Random::new(seed);
        let mut base = Records::new();
        for minute in 0..30 {
            step(&mut base, &mut random, minute, "o");
        }
        let mut theirs = base.clone();
        for minute in 2000..2010 {
            step(&mut theirs, &mut random, minute, "b");
        }
        let styles = [(); 3].map(|()| Style::pick(&mut random));
        assert!(is_clean(&base, &base, &theirs, &styles, seed));
        assert!(is_clean(&base, &theirs, &base, &styles, seed));
        assert!(is_clean(&base, &theirs, &theirs, &styles, seed));
    }
}

#[test]
fn the_reference_can_tell_a_wrong_merge() {
    let record = |title: &str, status: &str| json!({"id": "A", "title": title, "status": status});
    let (o, a, b) = (
        record("x", "open"),
        record("y", "open"),
        record("x", "closed"),
    );
    let right = expected(Some(&o), Some(&a), Some(&b));
    assert_eq!(right, Expect::Record(record("y", "closed")));
    let c = record("z", "open");
    assert_eq!(expected(Some(&o), Some(&a), Some(&c)), Expect::Conflict);
    assert_eq!(expected(Some(&o), None, Some(&c)), Expect::Conflict);
    assert_eq!(expected(Some(&o), None, Some(&o)), Expect::Absent);
    let empty = BTreeMap::new();
    assert_eq!(Style::plain().text(&empty), b"");
}
