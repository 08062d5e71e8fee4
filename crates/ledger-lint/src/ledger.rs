//! A ledger: what it is called, how it is written, what its fields mean.

use std::sync::Arc;

use serde_json::Value;

use crate::fault::Place;
use crate::schema::{BadSchema, Schema};

/// How a ledger is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A JSON record a line.
    Jsonl,
    /// One JSON document.
    Json,
    /// One YAML document.
    Yaml,
    /// The first table of a Markdown document, a record a row.
    Table,
    /// A Markdown document that people sign.
    Approval,
}

/// Whether records may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Records are added at the end and never changed: rules of order, prefix and time bind.
    AppendOnly,
    /// Records are edited in place.
    State,
}

/// What the ledger is about, where checks beyond fields and schema exist for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Nothing beyond its fields.
    Other,
    /// Models per task.
    Models,
    /// Rotations of secrets.
    Rotation,
    /// The registry of configuration and secrets.
    Registry,
    /// Exceptions, justifications, flags: `expiry` or `expires` of each record.
    Expiring,
    /// Feature flags by name.
    Flags,
    /// Capabilities by name.
    Capabilities,
    /// The crosswalk.
    Crosswalk,
    /// The queue.
    Queue,
    /// Two-key approvals.
    Approvals,
}

/// Which fields of a record mean what; names of Trueline's types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// Fields with a work item's id.
    pub task: &'static [&'static str],
    /// Fields with lists of work items' ids.
    pub tasks: &'static [&'static str],
    /// Field with an agent's name.
    pub agent: &'static [&'static str],
    /// Field with a model's name.
    pub model: &'static [&'static str],
    /// Field that dates the record.
    pub time: Option<&'static str>,
    /// Field whose value no two records share.
    pub id: Option<&'static str>,
    /// Fields with lists of requirements' or designs' ids.
    pub requirements: &'static [&'static str],
    /// A later record with the same id replaces the earlier one.
    pub replaces: bool,
}

/// What fields of these names mean in every ledger.
pub const COMMON: Roles = Roles {
    task: &["task_id"],
    tasks: &[],
    agent: &["agent"],
    model: &["model"],
    time: Some("timestamp"),
    id: None,
    requirements: &["nt_refs", "td_refs"],
    replaces: false,
};

/// Names of fields and values of a foreign shape.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Aliases {
    /// Foreign name and ours.
    pub fields: Vec<(String, String)>,
    /// Our field, foreign value, our value.
    pub values: Vec<(String, String, String)>,
}

/// A ledger.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// Name: `model-decisions`.
    pub name: String,
    /// Path relative to the root.
    pub path: String,
    /// How it is written.
    pub format: Format,
    /// Whether records may change.
    pub kind: Kind,
    /// Schema of a record, or of the whole document for JSON and YAML.
    pub schema: Option<Arc<Schema>>,
    /// Name of the built-in schema that [`Ledger::compile`] puts there.
    pub built_in: Option<&'static str>,
    /// Where a document holds its records (`/records`); empty: the document is the record.
    pub records: &'static str,
    /// What its fields mean.
    pub roles: Roles,
    /// What it is about.
    pub subject: Subject,
    /// Tool that is its only writer; `None`: people, and `ledger-lint append`.
    pub owner: Option<&'static str>,
    /// Foreign names.
    pub aliases: Aliases,
    /// Whether more than syntax and hygiene is checked.
    pub content: bool,
    /// Lines that an earlier revision has: their order is not judged again, and the first line
    /// after them begins a segment of its own. `None` where nothing is compared.
    pub committed: Option<u32>,
}

impl Ledger {
    /// A file that nothing is known of but its format.
    pub fn unknown(path: impl Into<String>, format: Format) -> Self {
        let path = path.into();
        Ledger {
            name: path.clone(),
            path,
            format,
            kind: Kind::State,
            schema: None,
            built_in: None,
            records: "",
            roles: Roles {
                time: None,
                ..COMMON
            },
            subject: Subject::Other,
            owner: None,
            aliases: Aliases::default(),
            content: true,
            committed: None,
        }
    }
}

impl Ledger {
    /// Makes the built-in schema ready. That takes time, so it is done only for ledgers that
    /// are checked.
    ///
    /// # Errors
    /// The schema cannot be compiled, which is a mistake of this build.
    pub fn compile(&mut self) -> Result<(), BadSchema> {
        let entry = self.built_in.and_then(trueline_core::schema::get);
        if let (Some(entry), None) = (entry, &self.schema) {
            self.schema = Some(Arc::new(Schema::own(entry.value())?));
        }
        Ok(())
    }
}

/// The fields of one record that were renamed, to find their places again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renamed(Vec<(String, String)>);

impl Aliases {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.values.is_empty()
    }

    /// Gives a record our names and values. A foreign name stays where the record has ours too.
    pub fn apply(&self, record: &mut Value) -> Renamed {
        let mut renamed = Renamed::default();
        let Value::Object(object) = record else {
            return renamed;
        };
        let translated = self
            .fields
            .iter()
            .any(|(foreign, ours)| object.contains_key(foreign) && !object.contains_key(ours));
        if translated {
            let mut fields = serde_json::Map::with_capacity(object.len());
            let old = std::mem::take(object);
            let taken: Vec<String> = old.keys().cloned().collect();
            for (key, value) in old {
                let ours = self
                    .fields
                    .iter()
                    .find(|(foreign, _)| *foreign == key)
                    .map(|(_, ours)| ours)
                    .filter(|ours| !taken.contains(ours) && !fields.contains_key(*ours));
                match ours {
                    Some(ours) => {
                        renamed.0.push((ours.clone(), key));
                        fields.insert(ours.clone(), value);
                    }
                    None => {
                        fields.insert(key, value);
                    }
                }
            }
            *object = fields;
        }
        for (field, foreign, ours) in &self.values {
            if let Some(Value::String(text)) = object.get_mut(field)
                && text == foreign
            {
                text.clone_from(ours);
            }
        }
        renamed
    }
}

impl Renamed {
    /// The place in the record as it is written.
    pub fn restore(&self, place: &mut Place) {
        let Some(rest) = place.pointer.strip_prefix('/') else {
            return;
        };
        let end = rest.find('/').unwrap_or(rest.len());
        let (token, tail) = rest.split_at(end);
        let written = self.0.iter().find(|(ours, _)| ours == token);
        if let Some((_, foreign)) = written {
            let foreign = trueline_text::tree::escape_token(foreign);
            place.pointer = format!("/{foreign}{tail}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn foreign_fields_and_values_are_translated_and_found_again() {
        let aliases = Aliases {
            fields: vec![
                ("wbs_id".into(), "task_id".into()),
                ("time".into(), "timestamp".into()),
                ("a/b".into(), "agent".into()),
            ],
            values: vec![("status".into(), "in_progress".into(), "doing".into())],
        };
        let mut record = json!({"wbs_id": "W", "time": 1, "timestamp": 2, "a/b": {"x": 1}, "status": "in_progress"});
        let renamed = aliases.apply(&mut record);
        let want = json!({"task_id": "W", "time": 1, "timestamp": 2, "agent": {"x": 1}, "status": "doing"});
        assert_eq!(record, want);
        let mut place = Place::value("/agent/x");
        renamed.restore(&mut place);
        assert_eq!(place.pointer, "/a~1b/x");
        let mut place = Place::value("/timestamp");
        renamed.restore(&mut place);
        assert_eq!(place.pointer, "/timestamp", "it has its own");
    }
}
