//! Counts of a ledger: records, kinds, time range, agents, models; rotations of secrets.

use std::collections::BTreeMap;
use std::io::{self, BufRead};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;
use trueline_text::jsonl::stream::{Event, Reader};

use crate::check::parse_time;
use crate::ledger::Ledger;
use crate::lines::MAX_LINE;
use crate::world::World;

/// Most different names that are counted one by one.
const MAX_NAMES: usize = 1000;

/// Counts of one ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Name of the ledger.
    pub ledger: String,
    /// Its path.
    pub path: String,
    /// Lines that are whole records.
    pub records: u64,
    /// Lines that are not.
    pub broken: u64,
    /// Time of the first record, RFC 3339 UTC.
    pub first: Option<String>,
    /// Time of the last record.
    pub last: Option<String>,
    /// Records by their set of fields.
    pub shapes: BTreeMap<String, u64>,
    /// Records by agent.
    pub agents: BTreeMap<String, u64>,
    /// Records by model.
    pub models: BTreeMap<String, u64>,
}

/// Counts the records of JSON Lines.
///
/// # Errors
/// What the reader reports.
pub fn lines<R: BufRead>(source: R, ledger: &Ledger) -> io::Result<Summary> {
    let mut summary = new(ledger);
    let mut range: Option<(Timestamp, Timestamp)> = None;
    let mut reader = Reader::with_max_line(source, MAX_LINE);
    while let Some(event) = reader.next_line()? {
        match event {
            Event::Line(line) if line.is_blank() => {}
            Event::Line(line) => match serde_json::from_slice(line.text) {
                Ok(record) => count(&mut summary, &mut range, record, ledger),
                Err(_) => summary.broken += 1,
            },
            Event::TooLong { .. } => summary.broken += 1,
        }
    }
    Ok(end(summary, range))
}

/// Counts the records of a document.
pub fn document(value: &Value, ledger: &Ledger) -> Summary {
    let mut summary = new(ledger);
    let mut range = None;
    let records = value.pointer(ledger.records).and_then(Value::as_array);
    for record in records.into_iter().flatten() {
        count(&mut summary, &mut range, record.clone(), ledger);
    }
    end(summary, range)
}

fn new(ledger: &Ledger) -> Summary {
    Summary {
        ledger: ledger.name.clone(),
        path: ledger.path.clone(),
        ..Summary::default()
    }
}

fn end(mut summary: Summary, range: Option<(Timestamp, Timestamp)>) -> Summary {
    summary.first = range.map(|(first, _)| first.to_string());
    summary.last = range.map(|(_, last)| last.to_string());
    summary
}

fn count(
    summary: &mut Summary,
    range: &mut Option<(Timestamp, Timestamp)>,
    mut record: Value,
    ledger: &Ledger,
) {
    ledger.aliases.apply(&mut record);
    summary.records += 1;
    let Some(object) = record.as_object() else {
        return;
    };
    let mut fields: Vec<&str> = object.keys().map(String::as_str).collect();
    fields.sort_unstable();
    add(&mut summary.shapes, &fields.join(", "));
    let text = |names: &[&str]| names.iter().find_map(|name| object.get(*name)?.as_str());
    if let Some(agent) = text(ledger.roles.agent) {
        add(&mut summary.agents, agent);
    }
    if let Some(model) = text(ledger.roles.model) {
        add(&mut summary.models, model);
    }
    let time = ledger
        .roles
        .time
        .and_then(|field| parse_time(object.get(field)?.as_str()?));
    if let Some(time) = time {
        *range = Some(match *range {
            None => (time, time),
            Some((first, last)) => (first.min(time), last.max(time)),
        });
    }
}

fn add(counts: &mut BTreeMap<String, u64>, name: &str) {
    let name = match counts.contains_key(name) || counts.len() < MAX_NAMES {
        true => name,
        false => "(others)",
    };
    *counts.entry(name.to_owned()).or_default() += 1;
}

/// State of one secret's rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rotation {
    /// Name of the secret.
    pub name: String,
    /// Days between rotations; absent where the registry asks for none.
    pub interval_days: Option<i64>,
    /// Last rotation, RFC 3339 UTC; absent where none is recorded.
    pub rotated_at: Option<String>,
    /// When the next is due.
    pub due: Option<String>,
    /// `current`, `due` (within 14 days), `overdue`, `never`, `unmanaged`.
    pub state: &'static str,
    /// Whether the last rotation has a proof.
    pub proof: bool,
}

/// Days before the due day at which a rotation is called due.
const SOON: i64 = 14;

/// The state of every secret that registry or ledger names.
pub fn rotations(records: &[Value], world: &World) -> Vec<Rotation> {
    let mut last: BTreeMap<String, (Timestamp, bool)> = BTreeMap::new();
    for record in records {
        let text = |field: &str| record.get(field).and_then(Value::as_str);
        let (Some(name), Some(time)) = (text("name"), text("rotated_at").and_then(parse_time))
        else {
            continue;
        };
        let proof = text("proof").is_some_and(|proof| !proof.is_empty());
        let known = last.entry(name.to_owned()).or_insert((time, proof));
        if known.0 <= time {
            *known = (time, proof);
        }
    }
    let mut all: BTreeMap<String, Option<i64>> =
        last.keys().map(|name| (name.clone(), None)).collect();
    for (key, interval) in &world.intervals {
        let mut is_known = false;
        for name in last
            .keys()
            .filter(|name| crate::check::is_same_secret(key, name))
        {
            all.insert(name.clone(), Some(interval.days));
            is_known = true;
        }
        if !is_known {
            all.insert(key.clone(), Some(interval.days));
        }
    }
    all.into_iter()
        .map(|(name, days)| {
            let rotated = last.get(&name);
            let due = rotated.zip(days).and_then(|((time, _), days)| {
                time.checked_add(SignedDuration::from_hours(24 * days)).ok()
            });
            let state = match (rotated, due, world.now) {
                (None, ..) => "never",
                (Some(_), Some(due), Some(now)) if due < now => "overdue",
                (Some(_), Some(due), Some(now))
                    if now
                        .checked_add(SignedDuration::from_hours(24 * SOON))
                        .is_ok_and(|soon| due < soon) =>
                {
                    "due"
                }
                (Some(_), Some(_), _) => "current",
                (Some(_), None, _) => "unmanaged",
            };
            Rotation {
                interval_days: days,
                rotated_at: rotated.map(|(time, _)| time.to_string()),
                due: due.map(|due| due.to_string()),
                state,
                proof: rotated.is_some_and(|(_, proof)| *proof),
                name,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn states_of_rotations() {
        let mut world = World {
            now: Some("2026-01-15T12:00:00Z".parse().unwrap()),
            ..World::default()
        };
        let at = trueline_core::Location::file("r");
        for (key, days) in [("K", 90), ("L", 30), ("M", 20), ("N", 30)] {
            world.intervals.insert(
                key.into(),
                crate::world::Interval {
                    days,
                    at: at.clone(),
                },
            );
        }
        let record = |name: &str, at: &str| json!({"name": name, "rotated_at": at, "proof": "p"});
        let records = [
            record("a/b/c/K", "2026-01-01T00:00:00Z"),
            record("a/b/c/L", "2025-01-01T00:00:00Z"),
            record("a/b/c/M", "2026-01-01T00:00:00Z"),
            record("a/b/c/X", "2026-01-01T00:00:00Z"),
        ];
        let states: Vec<_> = rotations(&records, &world)
            .into_iter()
            .map(|rotation| (rotation.name, rotation.state))
            .collect();
        let want = [
            ("N", "never"),
            ("a/b/c/K", "current"),
            ("a/b/c/L", "overdue"),
            ("a/b/c/M", "due"),
            ("a/b/c/X", "unmanaged"),
        ];
        assert_eq!(states, want.map(|(name, state)| (name.to_owned(), state)));
    }
}
