//! JSON Schema (2020-12) of every artifact, generated from the types.
//!
//! The committed files under `schemas/` are what [`Entry::text`] returns; a test of the root package
//! fails when they differ. Each has a stable `$id`, a URN.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::artifact::{
    access, blueprint, check, config, crosswalk, ledger, lock, ownership, pack, plan, progress,
    queue, registry,
};

/// An artifact's schema.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Name: `lock`; the file is `schemas/lock.schema.json`.
    pub name: &'static str,
    /// One line: what it describes.
    pub title: &'static str,
    make: fn() -> Schema,
    read: fn(&str) -> Result<(), String>,
}

const fn entry<T: JsonSchema + DeserializeOwned>(name: &'static str, title: &'static str) -> Entry {
    Entry {
        name,
        title,
        make: schema_for::<T>,
        read: read_as::<T>,
    }
}

fn schema_for<T: JsonSchema>() -> Schema {
    let mut settings = SchemaSettings::draft2020_12();
    settings
        .transforms
        .push(Box::new(RecursiveTransform(bound_integers)));
    settings.into_generator().into_root_schema_for::<T>()
}

/// Replaces Rust's names of integer types, which no validator knows as formats, by their bounds.
fn bound_integers(schema: &mut Schema) {
    let maximum = match schema.get("format").and_then(Value::as_str) {
        Some("uint8") => u64::from(u8::MAX),
        Some("uint32" | "uint") => u64::from(u32::MAX),
        Some("uint64") => u64::MAX,
        Some("int32") => {
            schema.remove("format");
            schema.insert("minimum".into(), i32::MIN.into());
            schema.insert("maximum".into(), i32::MAX.into());
            return;
        }
        _ => return,
    };
    schema.remove("format");
    if schema.get("maximum").is_none() {
        schema.insert("maximum".into(), maximum.into());
    }
}

fn read_as<T: DeserializeOwned>(json: &str) -> Result<(), String> {
    crate::strict::from_str::<T>(json)
        .map(drop)
        .map_err(|error| error.to_string())
}

/// Every schema, ordered by name.
pub const ALL: &[Entry] = &[
    entry::<ledger::AccessException>(
        "access-exception",
        "A record of ops/access/exceptions.jsonl",
    ),
    entry::<registry::AgentRegistry>("agent-registry", "ops/agent-registry.yaml"),
    entry::<ledger::AiAuthorship>("ai-authorship", "A record of ops/ai-authorship.jsonl"),
    entry::<access::Approval>("approval", "ops/approvals/<id>.md, as it is read"),
    entry::<blueprint::BlueprintIndex>(
        "blueprint-index",
        "docs/blueprints/nt-index.json and td-index.json",
    ),
    entry::<registry::Capabilities>("capabilities", "ops/orchestrator_capabilities.yaml"),
    entry::<crate::chain::ChainReport>("chain", "Output of trueline chain with --format json"),
    entry::<check::Check>("check", "ops/checks/<name>.json"),
    entry::<config::Config>("config", "trueline.toml"),
    entry::<crosswalk::Crosswalk>("crosswalk", "docs/blueprints/crosswalk.json"),
    entry::<ledger::CveJustifications>(
        "cve-justifications",
        "ops/security/cve-justifications.json",
    ),
    entry::<ledger::DecisionRecord>("decision", "A record of ops/decisions.jsonl"),
    entry::<pack::DiffSummary>("diff-summary", "data/diff-summary.json of an attach pack"),
    entry::<access::Entitlements>("entitlements", "ops/access/entitlements.yaml"),
    entry::<access::Flags>("flags", "ops/config/flags.yaml"),
    entry::<lock::Lock>("lock", "ops/locks/agent-<name>.lock"),
    entry::<ledger::ModelDecision>("model-decision", "A record of ops/model-decisions.jsonl"),
    entry::<ownership::Ownership>("ownership", "ops/ownership.yaml"),
    entry::<pack::PackManifest>("pack", "data/pack.json of an attach pack"),
    entry::<plan::Por>("por", "ops/por.json"),
    entry::<progress::Progress>("progress", "docs/progress.json"),
    entry::<queue::QueueItem>("queue-item", "A line of ops/queue.jsonl"),
    entry::<registry::RegistryRow>("registry-row", "A row of ops/config/registry.md"),
    entry::<crate::report::Report>("report", "Output of every tool with --format json"),
    entry::<ledger::RiskRecord>("risk", "A record of ops/risks.jsonl"),
    entry::<ledger::Rotation>("rotation", "A record of ops/secrets/rotation.jsonl"),
    entry::<blueprint::TocCache>("toc-cache", "docs/blueprints/toc-cache.json"),
    entry::<ledger::ToolsManifest>("tools-manifest", "ops/tools-manifest.json"),
    entry::<ledger::ToolsRecord>(
        "tools-record",
        "A record of ops/tools-manifest.json, or a line of ops/tools-manifest.jsonl",
    ),
];

impl Entry {
    /// The schema as a JSON value, with `$schema`, `$id` and `title` first.
    pub fn value(&self) -> Value {
        let generated = Value::from((self.make)());
        let mut object = serde_json::Map::new();
        object.insert(
            "$schema".into(),
            "https://json-schema.org/draft/2020-12/schema".into(),
        );
        object.insert("$id".into(), id(self.name).into());
        object.insert("title".into(), self.title.into());
        if let Value::Object(fields) = generated {
            for (key, value) in fields {
                if key != "$schema" && key != "title" {
                    object.insert(key, value);
                }
            }
        }
        Value::Object(object)
    }

    /// Reads a JSON text as the type that the schema was generated from.
    ///
    /// # Errors
    /// The type's own message, with line and column, when it refuses the text.
    pub fn read(&self, json: &str) -> Result<(), String> {
        (self.read)(json)
    }

    /// The bytes of the committed file: two spaces, a final newline.
    pub fn text(&self) -> String {
        format!("{:#}\n", self.value())
    }
}

/// The stable `$id` of a schema.
pub fn id(name: &str) -> String {
    format!("urn:trueline:schema:{name}:1")
}

/// The schema of that name, without `.schema.json`.
pub fn get(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_unique() {
        assert!(ALL.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn every_field_has_a_description() {
        fn walk(name: &str, value: &Value, missing: &mut Vec<String>) {
            if let Value::Object(object) = value {
                if let Some(Value::Object(properties)) = object.get("properties") {
                    for (key, property) in properties {
                        if property.get("description").is_none() {
                            missing.push(format!("{name}.{key}"));
                        }
                    }
                }
                object.values().for_each(|value| walk(name, value, missing));
            } else if let Value::Array(items) = value {
                items.iter().for_each(|value| walk(name, value, missing));
            }
        }
        let mut missing = Vec::new();
        for entry in ALL {
            walk(entry.name, &entry.value(), &mut missing);
        }
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn ids_are_stable_urns() {
        assert_eq!(
            get("lock").unwrap().value()["$id"],
            "urn:trueline:schema:lock:1"
        );
        assert!(get("nothing").is_none());
    }
}
