//! What foreign fields and values mean. Declared tables, no guessing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use trueline_core::id::is_id;

use super::edges::parent_of;
use super::source::Found;
use super::tables::{GONE, PHASES};

/// Foreign names by field, foreign values by field.
pub(crate) struct Mapping {
    pub(super) fields: Vec<(String, Vec<String>)>,
    /// By field; foreign values in the form of [`plain`].
    pub(super) values: BTreeMap<String, BTreeMap<String, Value>>,
    /// Members that hold lists of records.
    pub(super) lists: Vec<String>,
    /// What numbers get before them.
    pub(super) prefix: String,
    pub(super) td: Vec<String>,
    pub(super) is_beads: bool,
    /// Ids of records that are deleted or cancelled: nothing waits for them.
    pub(super) gone: BTreeSet<String>,
}

/// Where a record stands: what its numbers are relative to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    /// Id of the record that it stands in.
    pub(crate) parent: Option<String>,
    /// The tag of its list, where lists stand by tag: it goes between prefix and number.
    pub(crate) tag: Option<String>,
    /// The phase that its list stands in.
    pub(crate) phase: Option<String>,
}

/// A foreign word in lower case, `_` for spaces and dashes: `In Progress` and `in-progress` are
/// one.
pub(crate) fn plain(word: &str) -> String {
    let lower = word.trim().to_lowercase();
    lower.replace([' ', '-'], "_")
}

impl Mapping {
    /// The members of an object that hold lists of records, or records by id.
    pub(crate) fn lists<'o>(
        &self,
        object: &'o Map<String, Value>,
    ) -> impl Iterator<Item = &'o str> {
        let lists = self.lists.clone();
        let is_list = |value: &Value| match value {
            Value::Array(_) => true,
            Value::Object(by_id) => !by_id.is_empty() && by_id.values().all(Value::is_object),
            _ => false,
        };
        object
            .iter()
            .filter(move |(key, value)| lists.contains(*key) && is_list(value))
            .map(|(key, _)| key.as_str())
    }

    /// The names of lists of records.
    pub(super) fn list_names(&self) -> &[String] {
        &self.lists
    }

    /// Whether a list holds phases, which are no items.
    pub(super) fn is_phases(list: &str) -> bool {
        PHASES.contains(&list)
    }

    /// What items call a phase.
    pub(super) fn name_of_phase(&self, object: &Map<String, Value>) -> Option<String> {
        let member = self
            .member("id", object)
            .or_else(|| self.member("title", object));
        match member?.1 {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// The first foreign name of a field.
    pub(super) fn name(&self, field: &str) -> &str {
        let of_field = self.fields.iter().find(|(own, _)| own == field);
        let name = of_field.and_then(|(_, names)| names.first());
        name.map_or_else(|| self.own_name(field), String::as_str)
    }

    fn own_name(&self, field: &str) -> &str {
        let own = self.fields.iter().find(|(own, _)| own == field);
        own.map_or("", |(own, _)| own.as_str())
    }

    /// Whether an object has an id.
    pub(crate) fn is_record(&self, object: &Map<String, Value>) -> bool {
        self.member("id", object).is_some()
    }

    pub(super) fn member<'o>(
        &self,
        field: &str,
        object: &'o Map<String, Value>,
    ) -> Option<(&'o str, &'o Value)> {
        let (_, names) = self.fields.iter().find(|(own, _)| own == field)?;
        let mut present = names.iter().filter_map(|name| object.get_key_value(name));
        // An empty one does not stand before another name that says something.
        let first = present.clone().next()?;
        let (key, value) = present.find(|(_, value)| !value.is_null()).unwrap_or(first);
        Some((key.as_str(), value))
    }

    /// The id of a record, if it can be one. Numbers get a prefix: that of the work items, or the
    /// id of the record that they stand in.
    pub(crate) fn id(&self, object: &Map<String, Value>, place: &Place) -> Option<String> {
        self.as_id(self.member("id", object)?.1, place)
    }

    pub(super) fn as_id(&self, value: &Value, place: &Place) -> Option<String> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let id = match (is_number, &place.parent, &place.tag) {
            (true, Some(parent), _) if !text.contains('.') => format!("{parent}.{text}"),
            (true, _, Some(tag)) => format!("{}-{tag}-{text}", self.prefix),
            (true, _, None) => format!("{}-{text}", self.prefix),
            (false, ..) => text,
        };
        is_id(&id).then_some(id)
    }

    /// Our form of a record: our fields in their order, then its other members as they are.
    pub(crate) fn item(
        &self,
        object: &Map<String, Value>,
        place: &Place,
    ) -> Result<(String, Map<String, Value>), String> {
        let Some((id_key, _)) = self.member("id", object) else {
            return Err("it has no id".to_owned());
        };
        let id = self
            .id(object, place)
            .ok_or("its id is none: letters, digits, `.`, `_` and `-`")?;
        if let Some(word) = self.is_gone(object) {
            return Err(match word.as_str() {
                "tombstone" => "it is a tombstone".to_owned(),
                word => format!("it is not to be done any more: {word}"),
            });
        }
        let mut item = Map::new();
        let mut used: Vec<&str> = vec![id_key];
        item.insert("id".into(), Value::from(id.as_str()));
        for (field, _) in self.fields.iter().filter(|(field, _)| field != "id") {
            let Some((key, value)) = self.member(field, object) else {
                continue;
            };
            if value.is_null() {
                used.push(key);
                continue;
            }
            let Some(ours) = self.value(field, value, place)? else {
                continue;
            };
            // An edge that holds nothing back is no dependency of ours, and not lost.
            if field != "dependencies" || self.is_all_kept(value, &ours) {
                used.push(key);
            }
            if ours.as_array().is_some_and(Vec::is_empty) {
                continue;
            }
            if field == "refs" {
                self.split(&ours, &mut item);
            } else {
                item.insert(field.clone(), ours);
            }
        }
        if !item.contains_key("title") {
            return Err("it has no title".to_owned());
        }
        item.entry("status").or_insert_with(|| Value::from("todo"));
        let status = self.member("status", object).map(|(_, value)| value);
        if status.and_then(Value::as_str).map(plain).as_deref() == Some("deferred") {
            let reason = Value::from("deferred where it comes from");
            item.entry("blocked_reason").or_insert(reason);
        }
        if let Some(phase) = &place.phase {
            item.entry("phase")
                .or_insert_with(|| Value::from(phase.as_str()));
        }
        if let Some(parent) = place.parent.clone().or_else(|| parent_of(object)) {
            item.insert("parent".into(), Value::from(parent));
        }
        for (key, value) in object
            .iter()
            .filter(|(key, _)| !used.contains(&key.as_str()))
        {
            let is_ours = self
                .fields
                .iter()
                .any(|(own, names)| own == key || names.contains(key));
            if value.is_null() && is_ours {
                continue;
            }
            // A member of ours that could not be used keeps its value under another name.
            let name = if item.contains_key(key) || self.fields.iter().any(|(own, _)| own == key) {
                format!("source_{key}")
            } else {
                key.clone()
            };
            item.insert(name, value.clone());
        }
        Ok((id, item))
    }

    /// Our value; `None` where the field cannot hold it.
    fn value(&self, field: &str, value: &Value, place: &Place) -> Result<Option<Value>, String> {
        let word = match value {
            Value::String(text) => Some(plain(text)),
            Value::Bool(is) if field == "status" => Some(is.to_string()),
            _ => None,
        };
        let mapped = word.and_then(|word| self.values.get(field)?.get(&word));
        Ok(match field {
            "status" => match mapped {
                Some(ours) => Some(ours.clone()),
                None => return Err(format!("its status {value} is not declared")),
            },
            "priority" => match (mapped, number(value)) {
                (Some(ours), _) => Some(ours.clone()),
                (None, Some(number)) => Some(Value::from(number)),
                // Not declared: kept as it is, under another name.
                (None, None) => None,
            },
            "weight" => Some(value.clone()).filter(|v| v.as_f64().is_some_and(|n| n >= 0.0)),
            "dependencies" => Some(self.dependencies(value, place)?),
            "scope" | "exit_criteria" | "tests" | "nt_refs" | "td_refs" | "refs" => match value {
                Value::String(text) if text.trim().is_empty() => Some(Value::Array(Vec::new())),
                Value::String(text) => Some(Value::Array(vec![Value::from(text.as_str())])),
                Value::Array(list) if list.iter().all(Value::is_string) => Some(value.clone()),
                _ => None,
            },
            _ => value.as_str().map(Value::from),
        })
    }

    /// The word by which a record says that it is not to be done any more.
    fn is_gone(&self, object: &Map<String, Value>) -> Option<String> {
        let (_, value) = self.member("status", object)?;
        Some(plain(value.as_str()?)).filter(|word| GONE.contains(&word.as_str()))
    }

    /// Learns which records are not to be done any more.
    pub(crate) fn learn(&mut self, records: &[Found]) {
        let gone: BTreeSet<String> = records
            .iter()
            .filter_map(|record| {
                let object = record.item.as_ref().ok()?;
                self.is_gone(object)?;
                self.id(object, &record.place)
            })
            .collect();
        self.gone = gone;
    }

    /// Requirements and designs, told apart by prefix.
    fn split(&self, value: &Value, item: &mut Map<String, Value>) {
        for id in value.as_array().into_iter().flatten() {
            let text = id.as_str().unwrap_or_default();
            let is_td = self.td.iter().any(|prefix| {
                text.strip_prefix(prefix.as_str())
                    .is_some_and(|rest| rest.starts_with('-'))
            });
            let field = if is_td { "td_refs" } else { "nt_refs" };
            let list = item
                .entry(field)
                .or_insert_with(|| Value::Array(Vec::new()));
            if let Some(list) = list.as_array_mut() {
                list.push(id.clone());
            }
        }
    }
}

/// A whole number, or a text that is one.
fn number(value: &Value) -> Option<u64> {
    let text = value.as_str().map(str::trim);
    value.as_u64().or_else(|| text?.parse().ok())
}
