//! Merges as a JSON Lines tracker brings them: two sides that each create, close, edit, link, label
//! and delete issues, export the whole file sorted by id, and stamp and hash what they touch.
//!
//! Each side's edits are known, so that the result can be judged field by field: what only one side
//! changed is there, nothing else is, no id is lost or there twice.
// [verify->NT-5.2]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use trueline_plan::merge::{ConflictKind, merge};

/// A small generator whose numbers depend on nothing but the seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).unwrap()
    }

    fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len())]
    }
}

type Issues = BTreeMap<String, Value>;

fn stamp(minute: usize, zone: bool) -> String {
    let (day, hour, rest) = (1 + minute / 1440, minute / 60 % 24, minute % 60);
    if zone && hour >= 8 {
        format!("2026-01-{day:02}T{:02}:{rest:02}:07.295058-08:00", hour - 8)
    } else {
        format!("2026-01-{day:02}T{hour:02}:{rest:02}:07.295058Z")
    }
}

fn touch(issue: &mut Value, minute: usize, zone: bool, hashes: bool) {
    issue["updated_at"] = stamp(minute, zone).into();
    if hashes {
        issue["content_hash"] = format!("{:016x}", minute * 7919).into();
    }
}

fn create(issues: &mut Issues, random: &mut Random, minute: usize, zone: bool, hashes: bool) {
    let id = format!("bd-{:04x}", random.below(60_000));
    let mut issue = json!({
        "id": id, "title": format!("Issue {id}"), "description": "What is wrong.\nAnd where.",
        "status": "open", "priority": random.below(5), "issue_type": "task",
        "created_at": stamp(minute, zone), "updated_at": "",
    });
    touch(&mut issue, minute, zone, hashes);
    issues.entry(id).or_insert(issue);
}

/// One step of work: as often as not something is closed or created.
fn step(issues: &mut Issues, random: &mut Random, minute: usize, zone: bool, hashes: bool) {
    let ids: Vec<String> = issues.keys().cloned().collect();
    let kind = random.below(20);
    if kind < 6 || ids.is_empty() {
        return create(issues, random, minute, zone, hashes);
    }
    let id = random.pick(&ids).clone();
    let other = random.pick(&ids).clone();
    let issue = issues.get_mut(&id).unwrap();
    if issue["status"] == "tombstone" {
        return;
    }
    match kind {
        6..=10 => {
            issue["status"] = "closed".into();
            issue["closed_at"] = stamp(minute, zone).into();
        }
        11..=12 => issue["status"] = "in_progress".into(),
        13 => issue["description"] = format!("Rewritten at {minute}.").into(),
        14 => issue["priority"] = random.below(5).into(),
        15 => issue["notes"] = format!("Seen at {minute}.").into(),
        16 => {
            let mut labels: BTreeSet<String> =
                serde_json::from_value(issue.get("labels").cloned().unwrap_or(json!([]))).unwrap();
            labels.insert((*random.pick(&["bug", "docs", "later", "api"])).to_owned());
            issue["labels"] = labels.into_iter().collect();
        }
        17 => {
            let edge = json!({"issue_id": id, "depends_on_id": other, "type": "blocks", "created_at": stamp(minute, zone), "created_by": "dana"});
            let list = issue.get("dependencies").cloned().unwrap_or(json!([]));
            let mut list = list.as_array().unwrap().clone();
            if !list.iter().any(|known| known["depends_on_id"] == *other) {
                list.push(edge);
            }
            issue["dependencies"] = list.into();
        }
        18 => {
            let list = issue.get("comments").cloned().unwrap_or(json!([]));
            let mut list = list.as_array().unwrap().clone();
            let number = list.len() + 1;
            list.push(json!({"id": number, "issue_id": id, "author": "dana", "text": format!("At {minute}."), "created_at": stamp(minute, zone)}));
            issue["comments"] = list.into();
        }
        _ => {
            issue["status"] = "tombstone".into();
            issue["deleted_at"] = stamp(minute, zone).into();
            issue["deleted_by"] = "dana".into();
        }
    }
    touch(issue, minute, zone, hashes);
}

fn text(issues: &Issues) -> String {
    issues.values().map(|issue| format!("{issue}\n")).collect()
}

fn parse(text: &str) -> Issues {
    let mut issues = Issues::new();
    for line in text.lines().filter(|line| line.starts_with('{')) {
        let issue: Value = serde_json::from_str(line).unwrap();
        let id = issue["id"].as_str().unwrap().to_owned();
        assert!(
            issues.insert(id.clone(), issue).is_none(),
            "{id} is there twice"
        );
    }
    issues
}

/// Asserts that a clean record has what each side alone changed, and of what both changed one of
/// the two, or for lists everything that either has.
fn is_right(id: &str, base: Option<&Value>, ours: &Value, theirs: &Value, merged: &Value) {
    let keys: BTreeSet<&String> = [ours, theirs, merged]
        .iter()
        .flat_map(|value| value.as_object().unwrap().keys())
        .collect();
    for key in keys {
        let of = |value: &Value| value.get(key).cloned();
        let (o, a, b) = (base.and_then(of), of(ours), of(theirs));
        let got = of(merged);
        if a == b || o == b {
            assert_eq!(got, a, "{id} {key}");
        } else if o == a {
            assert_eq!(got, b, "{id} {key}");
        } else if key == "status" {
            let rank = |value: &Option<Value>| match value.as_ref().and_then(Value::as_str) {
                Some("tombstone") => 2,
                Some("closed") => 1,
                _ => 0,
            };
            assert_eq!(rank(&got), rank(&a).max(rank(&b)), "{id} {key}");
        } else if let Some(list) = got.as_ref().and_then(Value::as_array) {
            let name = |item: &Value| match item.get("depends_on_id") {
                Some(target) => target.to_string(),
                None => item.get("text").unwrap_or(item).to_string(),
            };
            let names: BTreeSet<String> = list.iter().map(name).collect();
            assert_eq!(
                names.len(),
                list.len(),
                "{id} {key}: an element is there twice"
            );
            for side in [&a, &b].into_iter().flatten() {
                for item in side.as_array().unwrap() {
                    assert!(names.contains(&name(item)), "{id} {key}: {item} is lost");
                }
            }
        } else {
            assert!(got == a || got == b, "{id} {key}: {got:?}");
            assert!(
                key.ends_with("_at") || key == "content_hash",
                "{id} {key}: chosen without a rule"
            );
        }
    }
}

#[test]
fn most_merges_of_a_tracker_are_clean_and_none_is_wrong() {
    let (mut clean, mut all) = (0, 0);
    for seed in 1..400u64 {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let hashes = seed % 3 == 0;
        let mut base = Issues::new();
        for minute in 0..40 {
            step(&mut base, &mut random, minute, false, hashes);
        }
        let (mut ours, mut theirs) = (base.clone(), base.clone());
        for minute in 0..2 + random.below(10) {
            step(&mut ours, &mut random, 2000 + minute * 2, false, hashes);
        }
        for minute in 0..2 + random.below(10) {
            step(&mut theirs, &mut random, 2001 + minute * 2, true, hashes);
        }
        let texts = [&base, &ours, &theirs].map(text);
        let [o, a, b] = texts.each_ref().map(String::as_bytes);
        let result = merge(o, a, b, "id", &["done", "closed"]).unwrap();
        all += 1;
        clean += usize::from(result.conflicts.is_empty());
        let conflicts: BTreeSet<&str> = result
            .conflicts
            .iter()
            .map(|conflict| conflict.id.as_str())
            .collect();
        assert!(
            result
                .conflicts
                .iter()
                .all(|conflict| conflict.kind != ConflictKind::Collision),
            "ids are the hash of what they name"
        );
        // Without the conflicts, which are two lines each.
        let mut is_marked = false;
        let calm: String = String::from_utf8(result.bytes)
            .unwrap()
            .split_inclusive('\n')
            .filter(|line| {
                is_marked |= line.starts_with("<<<<<<<");
                let keep = !is_marked;
                is_marked &= !line.starts_with(">>>>>>>");
                keep
            })
            .collect();
        let merged = parse(&calm);
        let ids: BTreeSet<&str> = ours
            .keys()
            .chain(theirs.keys())
            .map(String::as_str)
            .collect();
        let kept: BTreeSet<&str> = merged
            .keys()
            .map(String::as_str)
            .chain(conflicts.iter().copied())
            .collect();
        assert_eq!(kept, ids, "seed {seed}");
        for (id, record) in &merged {
            match (ours.get(id), theirs.get(id)) {
                (Some(a), Some(b)) => is_right(id, base.get(id), a, b, record),
                (a, b) => assert_eq!(Some(record), a.or(b)),
            }
        }
    }
    assert!(clean * 100 >= all * 75, "{clean} of {all}");
}
