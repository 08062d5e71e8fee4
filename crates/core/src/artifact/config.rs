//! trueline.toml, for editors: its form as a schema.
//!
//! The tools read the file by crates/kit, which knows the place of every fault; this type says
//! the same form once more, so that `trueline schema config` can print it. A test of the root
//! package holds the two together. Source: own; docs/config.md has every key.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::Version;
use crate::finding::Level;
use crate::scalar::{Day, Text};
use crate::weight::Weight;

/// trueline.toml: where things are, what they are called, and what is let pass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Version of the format.
    #[serde(default)]
    pub version: Version,
    /// Where each artifact lies: root-relative, with `/`.
    #[serde(default)]
    pub paths: Paths,
    /// Prefixes of ids.
    #[serde(default)]
    pub ids: Ids,
    /// Which files are what.
    #[serde(default)]
    pub globs: Globs,
    /// Names that foreign shapes have for fields and values, by artifact, then by field.
    #[serde(default)]
    pub aliases: Aliases,
    /// Level of a finding, by code, with or without the tool's name.
    #[serde(default)]
    pub levels: BTreeMap<String, LevelSetting>,
    /// Findings that somebody has decided to live with.
    #[serde(default)]
    pub allow: Vec<Allow>,
    /// Scope locks.
    #[serde(default)]
    pub locks: Locks,
    /// Which branches there are, and who may work on which.
    #[serde(default)]
    pub branches: Branches,
    /// Most of something.
    #[serde(default)]
    pub limits: Limits,
    /// How progress is computed and shown.
    #[serde(default)]
    pub progress: Progress,
    /// Who works here.
    #[serde(default)]
    pub agents: Agents,
    /// Ledgers of your own, by name.
    #[serde(default)]
    pub ledgers: BTreeMap<String, Ledger>,
}

macro_rules! by_artifact {
    ($($(#[doc = $doc:literal])+ $key:ident,)+) => {
        /// Paths of artifacts.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct Paths {
            $(
                $(#[doc = $doc])+
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $key: Option<Text>,
            )+
        }

        /// Names that foreign shapes have for the fields and values of artifacts.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct Aliases {
            $(
                $(#[doc = $doc])+
                #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
                pub $key: BTreeMap<String, Alias>,
            )+
        }
    };
}

by_artifact! {
    /// Index of the non-technical blueprints.
    nt_index,
    /// Index of the technical blueprints.
    td_index,
    /// Every heading of every blueprint; not committed.
    toc_cache,
    /// Folder of acceptance criteria, a file an NT item.
    acceptance_dir,
    /// NT, TD, WBS, code, tests joined.
    crosswalk,
    /// The coverage report.
    coverage_report,
    /// Plan of record.
    por,
    /// An extra plan file of the seeds' older shape; read where it exists.
    wbs,
    /// The queue, an item a line.
    queue,
    /// Progress, for people.
    progress_md,
    /// Outline, for people.
    outline_md,
    /// Progress, for programs.
    progress_json,
    /// Folder of the published locks.
    locks_dir,
    /// Who owns which paths.
    ownership,
    /// The code host's form of it.
    codeowners,
    /// Folder of recorded checks.
    checks_dir,
    /// Ledger of model decisions.
    model_decisions,
    /// Ledger of tools.
    tools_manifest,
    /// Ledger of secret rotations.
    rotation,
    /// Ledger of access exceptions.
    exceptions,
    /// Who may do what.
    entitlements,
    /// Ledger of AI authorship.
    ai_authorship,
    /// Ledger of justified vulnerabilities.
    cve_justifications,
    /// Ledger of risks.
    risks,
    /// Ledger of decisions.
    decisions,
    /// What the orchestrator can do.
    capabilities,
    /// The orchestrator's specification.
    orchestrator_spec,
    /// Registry of configuration and secrets.
    registry,
    /// Feature flags.
    flags,
    /// The agents and their teams.
    agent_registry,
    /// Folder of two-key approvals.
    approvals_dir,
    /// Folder of run reports.
    runs_dir,
    /// Folder of agents' attach packs.
    packs_dir,
    /// Folder of rotation packs.
    rotations_dir,
    /// Folder of test reports and raw logs.
    test_reports_dir,
    /// Matrix of access readiness.
    readiness_matrix,
}

/// Prefixes of ids, without the dash.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ids {
    /// Of non-technical blueprint items.
    #[serde(default)]
    pub nt: Vec<Text>,
    /// Of technical blueprint items.
    #[serde(default)]
    pub td: Vec<Text>,
    /// Of items of the work breakdown.
    #[serde(default)]
    pub wbs: Vec<Text>,
}

/// Globs of the scope dialect; a list that is given replaces the default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Globs {
    /// Files with non-technical items.
    #[serde(default)]
    pub blueprints_nt: Vec<Text>,
    /// Files with technical items.
    #[serde(default)]
    pub blueprints_td: Vec<Text>,
    /// Code that items are traced to.
    #[serde(default)]
    pub code: Vec<Text>,
    /// Tests that prove them.
    #[serde(default)]
    pub tests: Vec<Text>,
    /// Documents.
    #[serde(default)]
    pub docs: Vec<Text>,
    /// Files that a tool writes: exempt from scopes.
    #[serde(default)]
    pub generated: Vec<Text>,
    /// Files that everybody may change.
    #[serde(default)]
    pub shared: Vec<Text>,
}

/// What a finding's level is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LevelSetting {
    /// Exit code 1.
    Error,
    /// Exit code 1 under `--strict`.
    Warning,
    /// For information.
    Note,
    /// Not reported.
    Off,
}

impl From<LevelSetting> for Option<Level> {
    fn from(setting: LevelSetting) -> Self {
        match setting {
            LevelSetting::Error => Some(Level::Error),
            LevelSetting::Warning => Some(Level::Warning),
            LevelSetting::Note => Some(Level::Note),
            LevelSetting::Off => None,
        }
    }
}

/// A finding that somebody has decided to live with; it has a `path` or an `id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Allow {
    /// Code, with or without the tool's name.
    pub code: Text,
    /// Glob of the finding's path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<Text>,
    /// What the finding is about: an id, mostly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Text>,
    /// Why.
    pub reason: Text,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<Text>,
    /// The last day on which it holds, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Day>,
}

/// Scope locks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Locks {
    /// Git remote that keeps the lock table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Text>,
    /// Full name of the ref that holds it: `refs/locks/table`.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Text>,
    /// How long a lock holds without renewal: `30m`, `1h 30m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Text>,
    /// Age at which a silent holder is reported: `60m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orphan_timeout: Option<Text>,
}

/// Which branches there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Branches {
    /// The branch that everything is merged to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub main: Option<Text>,
    /// Rules; the first that matches a branch counts.
    #[serde(default)]
    pub rules: Vec<BranchRule>,
    /// Who rebases and who reviews where items of two owners meet; the first that fits counts.
    #[serde(default)]
    pub overlaps: Vec<OverlapRule>,
}

/// Who rebases and who reviews where open items of two owners have a path in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OverlapRule {
    /// Globs of paths that it is for; none for any.
    #[serde(default)]
    pub paths: Vec<Text>,
    /// Agents or teams of whom both sides are; none for anybody.
    #[serde(default)]
    pub between: Vec<String>,
    /// Who brings the branch on top of the base before it is merged.
    pub rebases: Text,
    /// Who reviews.
    pub reviews: Text,
}

/// Who may work on a kind of branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BranchRule {
    /// Glob of branch names.
    pub name: Text,
    /// Types of queue items that belong there; none for any.
    #[serde(default)]
    pub types: Vec<String>,
    /// Agents or teams that may commit there; none for any.
    #[serde(default)]
    pub owners: Vec<String>,
    /// Globs of paths that may change there; none for any.
    #[serde(default)]
    pub paths: Vec<Text>,
}

/// Most of something; absent is no limit, but for `file_bytes`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Largest file that is read, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_bytes: Option<u32>,
    /// Most lines that a change may add and remove.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_lines: Option<u32>,
    /// Most files that a change may touch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_files: Option<u32>,
    /// Most attempts at a queue item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// Other limits for the changes of single owners; the first that names the owner counts.
    #[serde(default)]
    pub rules: Vec<OwnerLimits>,
}

/// Limits of the changes of some owners; what it leaves out is as for everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnerLimits {
    /// Agents or teams that it is for.
    pub owners: Vec<String>,
    /// Most lines that a change of theirs may add and remove.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_lines: Option<u32>,
    /// Most files that a change of theirs may touch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_files: Option<u32>,
}

/// How progress is computed and shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Most that a phase with an unmet gate counts, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_ceiling: Option<Weight>,
    /// Part of its weight, 0 to 1, that an item counts in a status.
    #[serde(default)]
    pub credit: BTreeMap<String, Weight>,
    /// Days that "upcoming" looks ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upcoming_days: Option<u32>,
    /// Items that "recent" lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recent: Option<u32>,
}

/// Who works here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agents {
    /// Names of agents; none for any.
    #[serde(default)]
    pub known: Vec<String>,
}

/// A ledger of your own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// Where it lies.
    pub path: Text,
    /// Name of a built-in schema, or path of a JSON Schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Text>,
    /// Whether its records may change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<LedgerKind>,
    /// How it is written; by the ending where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<LedgerFormat>,
}

/// Whether records may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LedgerKind {
    /// Records are only ever added at the end.
    AppendOnly,
    /// Records are edited.
    State,
}

/// How a ledger is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LedgerFormat {
    /// A record a line.
    Jsonl,
    /// One JSON document.
    Json,
    /// One YAML document.
    Yaml,
    /// A Markdown file.
    Markdown,
}

/// A field's other names (a list), or its foreign values and ours (a table, in which `names`
/// may be a list of other names).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Alias {
    /// Other names.
    Names(Vec<String>),
    /// Foreign value to ours.
    Values(BTreeMap<String, AliasValue>),
}

/// Ours for a foreign value; under `names` a list of other names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum AliasValue {
    /// Our value.
    Ours(String),
    /// Other names of the field.
    Names(Vec<String>),
}

impl<'de> Deserialize<'de> for Alias {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = || serde::de::Error::custom("a list of names, or a table of values");
        let names = |value: serde_json::Value| serde_json::from_value::<Vec<String>>(value).ok();
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Object(object) => object
                .into_iter()
                .map(|(key, value)| {
                    let value = match value {
                        serde_json::Value::String(ours) => Some(AliasValue::Ours(ours)),
                        list if key == "names" => names(list).map(AliasValue::Names),
                        _ => None,
                    };
                    value.map(|value| (key, value))
                })
                .collect::<Option<_>>()
                .map(Alias::Values)
                .ok_or_else(wrong),
            list => names(list).map(Alias::Names).ok_or_else(wrong),
        }
    }
}

impl JsonSchema for Alias {
    fn schema_name() -> Cow<'static, str> {
        "Alias".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names = serde_json::json!({"type": "array", "items": {"type": "string"}});
        schemars::json_schema!({
            "description": "Other names of a field, or a table from foreign values to ours.",
            "anyOf": [names, {
                "type": "object",
                "properties": {
                    "names": {
                        "description": "Other names of the field.",
                        "anyOf": [{"type": "string"}, names]
                    }
                },
                "additionalProperties": {"type": "string"}
            }]
        })
    }
}
