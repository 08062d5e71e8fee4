//! Joins two crosswalks that grew from the same one: row by row, field by field.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use trueline_core::Id;
use trueline_core::artifact::crosswalk::Row;

use super::book::{Book, BookRow};

/// A crosswalk made from two, and what could not be decided.
#[derive(Debug, Clone)]
pub struct Merged {
    /// The result; where nothing could be decided, our side.
    pub book: Book,
    /// `row field` that both sides changed in different ways.
    pub conflicts: Vec<String>,
}

/// Joins `ours` and `theirs`, which both come from `base`.
///
/// A field that one side alone changed is taken from it. Lists that both changed get what either
/// added and lose what either removed. Single values that both changed in different ways are
/// conflicts. Commutative up to which side a conflict takes; merging a side with its own base
/// gives that side.
pub fn merge(base: &Book, ours: &Book, theirs: &Book) -> Merged {
    let mut conflicts = Vec::new();
    let mut rows: BTreeMap<(bool, Id), BookRow> = BTreeMap::new();
    let sides = [index(base), index(ours), index(theirs)];
    let mut keys: Vec<&(bool, Id)> = sides.iter().flat_map(BTreeMap::keys).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let [base, ours, theirs] =
            [0, 1, 2].map(|at: usize| sides.get(at).and_then(|side| side.get(key)).copied());
        let row = match (base, ours, theirs) {
            // Removed on one side and unchanged on the other.
            (Some(base), None, Some(row)) | (Some(base), Some(row), None) => {
                if same(base, row) {
                    continue;
                }
                if row.has_peoples_fields() || row.row.owner != base.row.owner {
                    conflicts.push(format!("{} (removed on one side)", key.1));
                    row.clone()
                } else {
                    continue;
                }
            }
            (_, Some(row), None) | (_, None, Some(row)) => row.clone(),
            (base, Some(ours), Some(theirs)) => join(&key.1, base, ours, theirs, &mut conflicts),
            (_, None, None) => continue,
        };
        rows.insert(key.clone(), row);
    }
    Merged {
        book: Book {
            rows: rows.into_values().collect(),
            integrations: lines(&base.integrations, &ours.integrations, &theirs.integrations),
            raw_waivers: lines(&base.raw_waivers, &ours.raw_waivers, &theirs.raw_waivers),
            extra: extras(
                "the file",
                &base.extra,
                &ours.extra,
                &theirs.extra,
                &mut conflicts,
            ),
            ..Book::default()
        },
        conflicts,
    }
}

fn index(book: &Book) -> BTreeMap<(bool, Id), &BookRow> {
    let of = |row| Some(((BookRow::is_lone(row), BookRow::id(row)?.clone()), row));
    book.rows.iter().filter_map(of).collect()
}

fn same(a: &BookRow, b: &BookRow) -> bool {
    a.row == b.row && a.extra == b.extra
}

fn fields(row: Option<&BookRow>) -> Map<String, Value> {
    match row.map(|row| serde_json::to_value(&row.row)) {
        Some(Ok(Value::Object(fields))) => fields,
        _ => Map::new(),
    }
}

fn join(
    id: &Id,
    base: Option<&BookRow>,
    ours: &BookRow,
    theirs: &BookRow,
    conflicts: &mut Vec<String>,
) -> BookRow {
    let (old, mine, other) = (fields(base), fields(Some(ours)), fields(Some(theirs)));
    let mut joined = Map::new();
    let mut names: Vec<&String> = old.keys().chain(mine.keys()).chain(other.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let (was, a, b) = (old.get(name), mine.get(name), other.get(name));
        let value = if a == b || b == was {
            a.cloned()
        } else if a == was {
            b.cloned()
        } else if let (None | Some(Value::Array(_)), None | Some(Value::Array(_))) = (a, b) {
            Some(Value::Array(list(was, a, b)))
        } else {
            conflicts.push(format!("{id} {name}"));
            a.cloned()
        };
        if let Some(value) = value {
            joined.insert(name.clone(), value);
        }
    }
    let row = serde_json::from_value::<Row>(Value::Object(joined));
    let base_extra = base.map(|row| row.extra.clone()).unwrap_or_default();
    BookRow {
        // A join of rows is a row; should it not be, our side stays and the merge is not clean.
        row: row.unwrap_or_else(|_| {
            conflicts.push(id.to_string());
            ours.row.clone()
        }),
        extra: extras(
            id.as_str(),
            &base_extra,
            &ours.extra,
            &theirs.extra,
            conflicts,
        ),
        span: 0..0,
    }
}

/// What either side added, without what either removed. Elements are told apart by what they are
/// about: a link by its id, a file by path and kind.
fn list(was: Option<&Value>, a: Option<&Value>, b: Option<&Value>) -> Vec<Value> {
    let elements = |value: Option<&Value>| -> BTreeMap<String, Value> {
        let list = value.and_then(Value::as_array).cloned().unwrap_or_default();
        list.into_iter().map(|one| (about(&one), one)).collect()
    };
    let (was, a, b) = (elements(was), elements(a), elements(b));
    let mut out: BTreeMap<String, Value> = BTreeMap::new();
    for (key, value) in &a {
        if b.contains_key(key) || !was.contains_key(key) || was.get(key) != Some(value) {
            let theirs = b.get(key).filter(|_| was.get(key) == Some(value));
            out.insert(key.clone(), theirs.unwrap_or(value).clone());
        }
    }
    for (key, value) in &b {
        if !a.contains_key(key) && was.get(key) != Some(value) {
            out.insert(key.clone(), value.clone());
        }
    }
    let mut all: Vec<(String, Value)> = out.into_iter().collect();
    all.sort_by(|(a, _), (b, _)| trueline_core::id::natural_cmp(a, b));
    all.into_iter().map(|(_, value)| value).collect()
}

fn about(value: &Value) -> String {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
    match value {
        Value::String(text) => text.clone(),
        value if value.get("path").is_some() => format!("{}\0{}", text("path"), text("kind")),
        value if value.get("id").is_some() => text("id").to_owned(),
        value => value.to_string(),
    }
}

/// The same for lists of lines that people wrote: ours in their order, then what they added.
fn lines(base: &[String], ours: &[String], theirs: &[String]) -> Vec<String> {
    let kept = |line: &&String| theirs.contains(line) || !base.contains(line);
    let added = |line: &&String| !ours.contains(line) && !base.contains(line);
    ours.iter()
        .filter(kept)
        .chain(theirs.iter().filter(added))
        .cloned()
        .collect()
}

type Extra = Vec<(String, String)>;

fn extras(
    who: &str,
    base: &Extra,
    ours: &Extra,
    theirs: &Extra,
    conflicts: &mut Vec<String>,
) -> Extra {
    let get = |list: &Extra, key: &str| {
        list.iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.clone())
    };
    let mut out = Extra::new();
    let added = theirs.iter().filter(|(key, _)| get(ours, key).is_none());
    for (key, _) in ours.iter().chain(added) {
        let (was, a, b) = (get(base, key), get(ours, key), get(theirs, key));
        let value = if a == b || b == was {
            a
        } else if a == was {
            b
        } else {
            conflicts.push(format!("{who} {key}"));
            a.or(b)
        };
        out.extend(value.map(|value| (key.clone(), value)));
    }
    out
}
