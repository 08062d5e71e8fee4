//! What a foreign record depends on.

use serde_json::{Map, Value};
use trueline_core::id::is_id;

use super::mapping::{Mapping, Place, plain};
use super::tables::{BLOCKING, LOOSE, NOTHING};

impl Mapping {
    pub(super) fn dependencies(&self, value: &Value, place: &Place) -> Result<Value, String> {
        let ids;
        let list = match value {
            Value::Array(list) => list.as_slice(),
            // One id, or several in one text.
            Value::String(text) => {
                ids = in_text(text);
                ids.as_slice()
            }
            Value::Number(_) => std::slice::from_ref(value),
            _ => return Err("its dependencies are no list".to_owned()),
        };
        let mut ids = Vec::new();
        for entry in list {
            let Some(target) = self.target(entry) else {
                continue;
            };
            match self.as_id(target, place) {
                Some(id) if self.gone.contains(&id) => {}
                Some(id) if ids.iter().any(|known: &Value| *known == id.as_str()) => {}
                Some(id) => ids.push(Value::from(id)),
                None => return Err(format!("it depends on {entry}, which is no id")),
            }
        }
        Ok(Value::Array(ids))
    }

    /// Whether every dependency as found became one of ours.
    pub(super) fn is_all_kept(&self, found: &Value, ours: &Value) -> bool {
        let count = |value: &Value| match value {
            Value::Array(list) => list.len(),
            Value::String(text) => in_text(text).len(),
            Value::Number(_) => 1,
            _ => 0,
        };
        count(found) == count(ours)
    }

    /// What an entry of a list of dependencies points at; `None` where it holds nothing back.
    fn target<'e>(&self, entry: &'e Value) -> Option<&'e Value> {
        let edge = match entry {
            Value::Object(edge) => edge,
            Value::Null => return None,
            _ => return Some(entry),
        };
        let kind = edge.get("type").and_then(Value::as_str).map(plain);
        // A tracker's kinds are known; elsewhere only what is known to hold nothing back does not.
        let holds = kind.is_none_or(|kind| match self.is_beads {
            true => BLOCKING.contains(&kind.as_str()),
            false => !LOOSE.contains(&kind.as_str()),
        });
        let target = edge.get("depends_on_id");
        let target = target.or_else(|| Some(self.member("id", edge)?.1));
        holds.then(|| target.unwrap_or(&Value::Null))
    }
}

/// The ids in one text; none where it says that there is none.
fn in_text(text: &str) -> Vec<Value> {
    if NOTHING.contains(&plain(text).as_str()) {
        return Vec::new();
    }
    let words = text.split([',', ';', '\n']);
    let words = words.map(str::trim).filter(|word| !word.is_empty());
    words.map(Value::from).collect()
}

/// The parent that an edge names.
pub(super) fn parent_of(object: &Map<String, Value>) -> Option<String> {
    let edges = object.get("dependencies")?.as_array()?;
    let edge = edges
        .iter()
        .find(|edge| edge.get("type").and_then(Value::as_str) == Some("parent-child"))?;
    let parent = edge.get("depends_on_id")?.as_str()?;
    is_id(parent).then(|| parent.to_owned())
}
