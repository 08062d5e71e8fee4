//! What foreign fields and values mean. Declared tables, no guessing.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use trueline_core::id::is_id;
use trueline_kit::Context;

/// Foreign names by field, foreign values by field.
pub(crate) struct Mapping {
    fields: Vec<(String, Vec<String>)>,
    values: BTreeMap<String, BTreeMap<String, Value>>,
    /// Members that hold lists of records.
    lists: Vec<String>,
    /// What numbers get before them.
    prefix: String,
    td: Vec<String>,
    is_beads: bool,
}

const WBS_FIELDS: &[(&str, &[&str])] = &[
    ("id", &["id", "task_id", "wbs_id", "key"]),
    ("title", &["title", "name", "summary"]),
    ("owner", &["owner", "agent", "assignee", "assigned_to"]),
    ("scope", &["scope", "paths", "files"]),
    ("status", &["status", "state"]),
    ("weight", &["weight", "effort", "points"]),
    ("phase", &["phase", "milestone"]),
    (
        "dependencies",
        &["dependencies", "depends_on", "dependsOn", "blocked_by"],
    ),
    (
        "exit_criteria",
        &["exit_criteria", "acceptance_criteria", "acceptanceCriteria"],
    ),
    ("tests", &["tests"]),
    ("nt_refs", &["nt_refs"]),
    ("td_refs", &["td_refs"]),
    ("refs", &["blueprint_ids", "requirements"]),
    ("priority", &["priority"]),
    ("type", &["type", "issue_type"]),
];

const STATUSES: &[(&str, &str)] = &[
    ("todo", "todo"),
    ("open", "todo"),
    ("pending", "todo"),
    ("not_started", "todo"),
    ("backlog", "todo"),
    ("To Do", "todo"),
    ("doing", "doing"),
    ("in_progress", "doing"),
    ("in-progress", "doing"),
    ("In Progress", "doing"),
    ("hooked", "doing"),
    ("review", "review"),
    ("in_review", "review"),
    ("blocked", "blocked"),
    ("done", "done"),
    ("complete", "done"),
    ("completed", "done"),
    ("closed", "done"),
    ("Done", "done"),
];

const PRIORITIES: &[(&str, u32)] = &[
    ("P0", 0),
    ("P1", 1),
    ("P2", 2),
    ("P3", 3),
    ("P4", 4),
    ("critical", 0),
    ("high", 1),
    ("medium", 2),
    ("low", 3),
];

const LISTS: &[&str] = &[
    "items",
    "features",
    "tasks",
    "subtasks",
    "userStories",
    "stories",
];

/// Dependencies of these kinds hold an item back.
const BLOCKING: &[&str] = &["blocks", "conditional-blocks", "waits-for"];

impl Mapping {
    /// Lists of tasks as plans and agents write them.
    pub(crate) fn wbs(ctx: &Context) -> Mapping {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let fields = WBS_FIELDS
            .iter()
            .map(|(field, names)| ((*field).to_owned(), own(names)));
        let statuses = STATUSES
            .iter()
            .map(|(from, to)| ((*from).to_owned(), Value::from(*to)));
        let priorities = PRIORITIES
            .iter()
            .map(|(from, to)| ((*from).to_owned(), Value::from(*to)));
        let ids = &ctx.config().ids;
        Mapping {
            fields: fields.collect(),
            values: BTreeMap::from([
                ("status".to_owned(), statuses.collect()),
                ("priority".to_owned(), priorities.collect()),
            ]),
            lists: own(LISTS),
            prefix: ids.wbs.first().cloned().unwrap_or_else(|| "WBS".to_owned()),
            td: ids.td.clone(),
            is_beads: false,
        }
    }

    /// The JSON Lines of the tracker beads.
    pub(crate) fn beads(ctx: &Context) -> Mapping {
        let mut mapping = Mapping::wbs(ctx);
        mapping.is_beads = true;
        mapping.lists.clear();
        mapping
    }

    /// A mapping of one's own: `{"fields": {"id": ["key"]}, "values": {"status": {"open": "todo"}},
    /// "lists": ["tasks"]}`. What it leaves out is as for `wbs`.
    pub(crate) fn parse(ctx: &Context, text: &str) -> Result<Mapping, String> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Declared {
            #[serde(default)]
            fields: BTreeMap<String, Vec<String>>,
            #[serde(default)]
            values: BTreeMap<String, BTreeMap<String, Value>>,
            #[serde(default)]
            lists: Vec<String>,
        }
        let declared: Declared = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let mut mapping = Mapping::wbs(ctx);
        for (field, names) in declared.fields {
            match mapping.fields.iter_mut().find(|(own, _)| *own == field) {
                Some((_, known)) => *known = names,
                None => return Err(format!("`{field}` is no field that can be mapped")),
            }
        }
        for (field, pairs) in declared.values {
            mapping.values.entry(field).or_default().extend(pairs);
        }
        if !declared.lists.is_empty() {
            mapping.lists = declared.lists;
        }
        Ok(mapping)
    }

    /// The members of an object that hold lists of records.
    pub(crate) fn lists<'o>(
        &self,
        object: &'o Map<String, Value>,
    ) -> impl Iterator<Item = &'o str> {
        let lists = self.lists.clone();
        object
            .iter()
            .filter(move |(key, value)| value.is_array() && lists.contains(*key))
            .map(|(key, _)| key.as_str())
    }

    /// Whether an object has an id.
    pub(crate) fn is_record(&self, object: &Map<String, Value>) -> bool {
        self.member("id", object).is_some()
    }

    fn member<'o>(
        &self,
        field: &str,
        object: &'o Map<String, Value>,
    ) -> Option<(&'o str, &'o Value)> {
        let (_, names) = self.fields.iter().find(|(own, _)| own == field)?;
        names.iter().find_map(|name| {
            let (key, value) = object.get_key_value(name)?;
            Some((key.as_str(), value))
        })
    }

    /// The id of a record, if it can be one. Numbers get a prefix: that of the work items, or the
    /// id of the record that they stand in.
    pub(crate) fn id(&self, object: &Map<String, Value>, parent: Option<&str>) -> Option<String> {
        self.as_id(self.member("id", object)?.1, parent)
    }

    fn as_id(&self, value: &Value, parent: Option<&str>) -> Option<String> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let id = match (is_number, parent) {
            (true, Some(parent)) if !text.contains('.') => format!("{parent}.{text}"),
            (true, _) => format!("{}-{text}", self.prefix),
            (false, _) => text,
        };
        is_id(&id).then_some(id)
    }

    /// Our form of a record: our fields in their order, then its other members as they are.
    pub(crate) fn item(
        &self,
        object: &Map<String, Value>,
        parent: Option<&str>,
    ) -> Result<(String, Map<String, Value>), String> {
        let Some((id_key, _)) = self.member("id", object) else {
            return Err("it has no id".to_owned());
        };
        let id = self
            .id(object, parent)
            .ok_or("its id is none: letters, digits, `.`, `_` and `-`")?;
        if self.is_beads && object.get("status").and_then(Value::as_str) == Some("tombstone") {
            return Err("it is a tombstone".to_owned());
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
            match self.value(field, value, parent)? {
                Some(Value::Array(list)) if list.is_empty() && !self.is_beads => used.push(key),
                Some(value) if field == "refs" => {
                    used.push(key);
                    self.split(&value, &mut item);
                }
                Some(value) => {
                    used.push(key);
                    item.insert(field.clone(), value);
                }
                None => {}
            }
        }
        if !item.contains_key("title") {
            return Err("it has no title".to_owned());
        }
        item.entry("status").or_insert_with(|| Value::from("todo"));
        if let Some(parent) = parent {
            item.insert("parent".into(), Value::from(parent));
        }
        for (key, value) in object
            .iter()
            .filter(|(key, _)| !used.contains(&key.as_str()))
        {
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
    fn value(
        &self,
        field: &str,
        value: &Value,
        parent: Option<&str>,
    ) -> Result<Option<Value>, String> {
        let mapped = value
            .as_str()
            .and_then(|text| self.values.get(field)?.get(text));
        Ok(match field {
            "status" => match mapped {
                Some(ours) => Some(ours.clone()),
                None => return Err(format!("its status {value} is not declared")),
            },
            "priority" => match (mapped, value.as_u64()) {
                (Some(ours), _) => Some(ours.clone()),
                (None, Some(_)) => Some(value.clone()),
                (None, None) => return Err(format!("its priority {value} is not declared")),
            },
            "weight" => Some(value.clone()).filter(|v| v.as_f64().is_some_and(|n| n >= 0.0)),
            "dependencies" => Some(self.dependencies(value, parent)?),
            "scope" | "exit_criteria" | "tests" | "nt_refs" | "td_refs" | "refs" => match value {
                Value::String(text) if text.trim().is_empty() => Some(Value::Array(Vec::new())),
                Value::String(text) => Some(Value::Array(vec![Value::from(text.as_str())])),
                Value::Array(list) if list.iter().all(Value::is_string) => Some(value.clone()),
                _ => None,
            },
            _ => value.as_str().map(Value::from),
        })
    }

    fn dependencies(&self, value: &Value, parent: Option<&str>) -> Result<Value, String> {
        let Some(list) = value.as_array() else {
            return Err("its dependencies are no list".to_owned());
        };
        let mut ids = Vec::new();
        for entry in list {
            let target = match entry {
                Value::Object(edge) => {
                    let kind = edge.get("type").and_then(Value::as_str).unwrap_or("blocks");
                    if !BLOCKING.contains(&kind) {
                        continue;
                    }
                    edge.get("depends_on_id").or_else(|| edge.get("id"))
                }
                other => Some(other),
            };
            match target.and_then(|target| self.as_id(target, parent)) {
                Some(id) => ids.push(Value::from(id)),
                None => return Err(format!("it depends on {entry}, which is no id")),
            }
        }
        Ok(Value::Array(ids))
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
