//! What a right merge of one record is, from the values of its three versions.
//!
//! Written beside the merge and from its documentation, on values where the merge works on text.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// What becomes of a record.
#[derive(Debug, PartialEq)]
pub(crate) enum Expect {
    Absent,
    Record(Value),
    /// People have to decide.
    Conflict,
}

/// What becomes of a record with these versions: base, ours, theirs.
pub(crate) fn expected(o: Option<&Value>, a: Option<&Value>, b: Option<&Value>) -> Expect {
    if let Some(one) = three(o, a, b) {
        return one.map_or(Expect::Absent, |record| Expect::Record(record.clone()));
    }
    let (Some(a), Some(b)) = (a, b) else {
        return Expect::Conflict;
    };
    if o.is_none() && a["title"] != b["title"] {
        return Expect::Conflict;
    }
    let at = |record: &Value| record["updated_at"].as_str().unwrap_or_default().to_owned();
    let is_ours_newer = at(a) > at(b);
    let mut record = Map::new();
    for key in keys(&[o, Some(a), Some(b)]) {
        match field(
            &key,
            o.and_then(|o| o.get(&key)),
            a.get(&key),
            b.get(&key),
            is_ours_newer,
        ) {
            Ok(Some(value)) => drop(record.insert(key, value)),
            Ok(None) => {}
            Err(()) => return Expect::Conflict,
        }
    }
    Expect::Record(record.into())
}

/// What only one side changed; `None` where both did, differently.
fn three<T: PartialEq + Copy>(o: T, a: T, b: T) -> Option<T> {
    if a == b || o == b {
        Some(a)
    } else if o == a {
        Some(b)
    } else {
        None
    }
}

fn keys(versions: &[Option<&Value>]) -> BTreeSet<String> {
    let objects = versions
        .iter()
        .flatten()
        .filter_map(|value| value.as_object());
    objects.flat_map(|object| object.keys().cloned()).collect()
}

type Field = Result<Option<Value>, ()>;

fn field(
    key: &str,
    o: Option<&Value>,
    a: Option<&Value>,
    b: Option<&Value>,
    is_ours_newer: bool,
) -> Field {
    if let Some(one) = three(o, a, b) {
        return Ok(one.cloned());
    }
    let (Some(x), Some(y)) = (a, b) else {
        return Err(());
    };
    match (key, x, y) {
        (_, Value::Array(x), Value::Array(y)) => {
            let o = o.and_then(Value::as_array).cloned().unwrap_or_default();
            list(&o, x, y).map(|list| Some(list.into()))
        }
        ("status", ..) => {
            let rank = |value: &Value| match value.as_str() {
                Some("tombstone") => 2,
                Some("closed") => 1,
                _ => 0,
            };
            match (rank(x), rank(y)) {
                (p, q) if p > q => Ok(Some(x.clone())),
                (p, q) if p < q => Ok(Some(y.clone())),
                _ => Err(()),
            }
        }
        ("content_hash", ..) => Ok(Some(if is_ours_newer { x } else { y }.clone())),
        ("created_at", ..) => Ok(Some(if x.as_str() < y.as_str() { x } else { y }.clone())),
        (key, ..) if key.ends_with("_at") => {
            Ok(Some(if x.as_str() > y.as_str() { x } else { y }.clone()))
        }
        _ => Err(()),
    }
}

/// By what an element is known: the number of a comment, the target of an edge, its own text.
fn name(item: &Value) -> String {
    match (item.get("id"), item.get("depends_on_id")) {
        (Some(id), _) => format!("id {id}"),
        (None, Some(target)) => format!("edge {target} {}", item["type"]),
        (None, None) => {
            let mut item = item.clone();
            item.sort_all_objects();
            item.to_string()
        }
    }
}

fn list(o: &[Value], a: &[Value], b: &[Value]) -> Result<Vec<Value>, ()> {
    let index = |list: &[Value]| -> BTreeMap<String, Value> {
        list.iter().map(|item| (name(item), item.clone())).collect()
    };
    let (of, af, bf) = (index(o), index(a), index(b));
    // Both put another in the place of the same one.
    let gone = of
        .keys()
        .any(|name| !af.contains_key(name) && !bf.contains_key(name));
    let adds = |side: &BTreeMap<String, Value>| side.keys().any(|name| !of.contains_key(name));
    if gone && adds(&af) && adds(&bf) && !af.keys().eq(bf.keys()) {
        return Err(());
    }
    let mut result = Vec::new();
    for item in o {
        let name = name(item);
        match three(Some(item), af.get(&name), bf.get(&name)) {
            Some(one) => result.extend(one.cloned()),
            None => return Err(()),
        }
    }
    let mut new: Vec<(String, Value)> = Vec::new();
    let names: BTreeSet<&String> = af
        .keys()
        .chain(bf.keys())
        .filter(|n| !of.contains_key(*n))
        .collect();
    for name in names {
        match (af.get(name), bf.get(name)) {
            (Some(x), Some(y)) if x != y && name.starts_with("edge") => {
                let first = x["created_at"].as_str() < y["created_at"].as_str();
                let mut edge = if first { x } else { y }.clone();
                // Who made it is told by the edge that was made first.
                edge["created_by"] = if first { x } else { y }["created_by"].clone();
                new.push((name.clone(), edge));
            }
            (Some(x), Some(y)) if x != y => new.extend([x, y].map(|v| (name.clone(), v.clone()))),
            (x, y) => new.extend(x.or(y).map(|v| (name.clone(), v.clone()))),
        }
    }
    result.extend(new.into_iter().map(|(_, value)| value));
    Ok(result)
}
