//! The ledgers that a repository has: Trueline's own, and those that trueline.toml declares.

use std::sync::Arc;

use trueline_core::{Finding, Location};
use trueline_kit::config::{LedgerFormat, LedgerKind};
use trueline_kit::{Artifact, Config, Error};

use crate::fault::{Place, index_span};
use crate::ledger::{Aliases, COMMON, Format, Kind, Ledger, Roles, Subject};
use crate::rules::schema::INVALID_SCHEMA;
use crate::schema::Schema;

/// Gives the bytes of a schema's file; `None` where there is none.
pub type Read<'a> = &'a dyn Fn(&str) -> Result<Option<Vec<u8>>, Error>;

/// What is fixed about one of Trueline's own ledgers.
struct Own {
    name: &'static str,
    artifact: Artifact,
    schema: &'static str,
    format: Format,
    kind: Kind,
    records: &'static str,
    roles: Roles,
    subject: Subject,
    owner: Option<&'static str>,
}

const STATE: Own = Own {
    name: "",
    artifact: Artifact::Queue,
    schema: "",
    format: Format::Yaml,
    kind: Kind::State,
    records: "",
    roles: Roles {
        time: None,
        ..COMMON
    },
    subject: Subject::Other,
    owner: Some("people"),
};

const LEDGER: Own = Own {
    format: Format::Jsonl,
    kind: Kind::AppendOnly,
    roles: COMMON,
    owner: None,
    ..STATE
};

const OWN: &[Own] = &[
    Own {
        name: "model-decisions",
        artifact: Artifact::ModelDecisions,
        schema: "model-decision",
        subject: Subject::Models,
        ..LEDGER
    },
    Own {
        name: "tools-manifest",
        artifact: Artifact::ToolsManifest,
        schema: "tools-manifest",
        format: Format::Json,
        records: "/records",
        ..LEDGER
    },
    Own {
        name: "rotation",
        artifact: Artifact::Rotation,
        schema: "rotation",
        roles: Roles {
            time: Some("rotated_at"),
            agent: &["rotated_by"],
            ..COMMON
        },
        subject: Subject::Rotation,
        ..LEDGER
    },
    Own {
        name: "exceptions",
        artifact: Artifact::Exceptions,
        schema: "access-exception",
        roles: Roles {
            time: Some("granted_at"),
            id: Some("id"),
            replaces: true,
            ..COMMON
        },
        subject: Subject::Expiring,
        ..LEDGER
    },
    Own {
        name: "ai-authorship",
        artifact: Artifact::AiAuthorship,
        schema: "ai-authorship",
        ..LEDGER
    },
    Own {
        name: "risks",
        artifact: Artifact::Risks,
        schema: "risk",
        roles: Roles {
            id: Some("id"),
            replaces: true,
            ..COMMON
        },
        ..LEDGER
    },
    Own {
        name: "decisions",
        artifact: Artifact::Decisions,
        schema: "decision",
        roles: Roles {
            id: Some("id"),
            ..COMMON
        },
        ..LEDGER
    },
    Own {
        name: "cve-justifications",
        artifact: Artifact::CveJustifications,
        schema: "cve-justifications",
        format: Format::Json,
        records: "/justifications",
        roles: Roles {
            id: Some("id"),
            time: None,
            ..COMMON
        },
        subject: Subject::Expiring,
        owner: None,
        ..STATE
    },
    Own {
        name: "queue",
        artifact: Artifact::Queue,
        schema: "queue-item",
        format: Format::Jsonl,
        roles: Roles {
            task: &[],
            tasks: &["dependencies", "follow_ups"],
            id: Some("id"),
            time: None,
            ..COMMON
        },
        subject: Subject::Queue,
        owner: Some("queue"),
        ..STATE
    },
    Own {
        name: "por",
        artifact: Artifact::Por,
        schema: "por",
        format: Format::Json,
        records: "/items",
        roles: Roles {
            task: &[],
            tasks: &["dependencies"],
            id: Some("id"),
            time: None,
            ..COMMON
        },
        owner: Some("people"),
        ..STATE
    },
    Own {
        name: "crosswalk",
        artifact: Artifact::Crosswalk,
        schema: "crosswalk",
        format: Format::Json,
        records: "/rows",
        roles: Roles {
            task: &[],
            tasks: &["wbs"],
            agent: &[],
            model: &[],
            requirements: &["td"],
            time: None,
            ..COMMON
        },
        subject: Subject::Crosswalk,
        owner: Some("concordance"),
        ..STATE
    },
    Own {
        name: "ownership",
        artifact: Artifact::Ownership,
        schema: "ownership",
        ..STATE
    },
    Own {
        name: "entitlements",
        artifact: Artifact::Entitlements,
        schema: "entitlements",
        ..STATE
    },
    Own {
        name: "flags",
        artifact: Artifact::Flags,
        schema: "flags",
        subject: Subject::Flags,
        ..STATE
    },
    Own {
        name: "capabilities",
        artifact: Artifact::Capabilities,
        schema: "capabilities",
        subject: Subject::Capabilities,
        ..STATE
    },
    Own {
        name: "agent-registry",
        artifact: Artifact::AgentRegistry,
        schema: "agent-registry",
        ..STATE
    },
    Own {
        name: "registry",
        artifact: Artifact::Registry,
        schema: "registry-row",
        format: Format::Table,
        subject: Subject::Registry,
        ..STATE
    },
    Own {
        name: "approvals",
        artifact: Artifact::ApprovalsDir,
        schema: "approval",
        format: Format::Approval,
        subject: Subject::Approvals,
        ..STATE
    },
];

/// Name of the tools manifest in JSON Lines.
pub const TOOLS_RECORDS: &str = "tools-records";

/// What is wrong with the schema of a declared ledger.
#[derive(Debug)]
pub struct Problem {
    /// Name of the ledger.
    pub ledger: String,
    /// What it is.
    pub what: Wrong,
}

/// Why a declared schema is not there.
#[derive(Debug)]
pub enum Wrong {
    /// It has a mistake, at a place.
    Mistake(Box<Finding>),
    /// It does not exist, or cannot be read.
    Missing(Error),
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Self {
        Wrong::Missing(error)
    }
}

/// Every ledger, in a fixed order: Trueline's own, then the declared ones by name. Whether the
/// file exists is not looked at. The approvals are a folder.
///
/// A declared schema that is not there or cannot be used is in `problems`; its ledger is there
/// without it.
pub fn all_with(config: &Config, read: Read<'_>, problems: &mut Vec<Problem>) -> Vec<Ledger> {
    let mut ledgers = Vec::new();
    for own in OWN {
        let path = config.path(own.artifact);
        ledgers.push(built_in(own, path, config));
        // The tools manifest exists in two forms, and a repository may have the other.
        if let ("tools-manifest", Some(stem)) = (own.name, path.strip_suffix(".json")) {
            let lines = built_in(own, &format!("{stem}.jsonl"), config);
            ledgers.push(Ledger {
                name: TOOLS_RECORDS.to_owned(),
                ..lines
            });
        }
    }
    for declared in &config.ledgers {
        let schema = declared.schema.as_ref().and_then(|name| {
            let problem = |what| Problem {
                ledger: declared.name.clone(),
                what,
            };
            let found = declared_schema(name, read);
            found.map_err(|what| problems.push(problem(what))).ok()
        });
        let format = match declared.format {
            LedgerFormat::Jsonl => Format::Jsonl,
            LedgerFormat::Json => Format::Json,
            LedgerFormat::Yaml => Format::Yaml,
            LedgerFormat::Markdown => Format::Table,
        };
        let kind = match declared.kind {
            LedgerKind::AppendOnly => Kind::AppendOnly,
            LedgerKind::State => Kind::State,
        };
        ledgers.retain(|known: &Ledger| known.path != declared.path);
        ledgers.push(Ledger {
            name: declared.name.clone(),
            schema: schema.map(Arc::new),
            kind,
            roles: COMMON,
            ..Ledger::unknown(declared.path.clone(), format)
        });
    }
    ledgers
}

/// As [`all_with`], for commands that need no declared schema.
pub fn all(config: &Config, read: Read<'_>) -> Vec<Ledger> {
    all_with(config, read, &mut Vec::new())
}

/// The schema of a declared ledger, or what is wrong with it.
fn declared_schema(name: &str, read: Read<'_>) -> Result<Schema, Wrong> {
    if !name.contains(['.', '/']) {
        return Ok(schema(name, read)?);
    }
    let bytes = read(name)?.ok_or_else(|| no_schema(name))?;
    let (document, errors) = trueline_text::json::parse_bytes(&bytes);
    let index = trueline_text::LineIndex::new(&bytes);
    let problem = |range, message: String| {
        let at = Location::at(name, index_span(&index, range));
        Wrong::Mistake(Box::new(Finding::new(&INVALID_SCHEMA, at, message)))
    };
    if let Some(error) = errors.first() {
        return Err(problem(
            error.offset..error.end,
            format!("the schema is not JSON: {}", error.message),
        ));
    }
    Schema::new(document.to_value().unwrap_or_default()).map_err(|error| {
        let place = Place::value(&*error.pointer);
        problem(crate::fault::range(&document, "", &place), error.message)
    })
}

fn no_schema(name: &str) -> Error {
    Error::config(format!("there is no schema `{name}`"))
}

fn built_in(own: &Own, path: &str, config: &Config) -> Ledger {
    let is_lines = path.ends_with(".jsonl") || path.ends_with(".jsonl.gz");
    let (schema, format, records) = match (own.name, is_lines) {
        ("tools-manifest", true) => ("tools-record", Format::Jsonl, ""),
        _ => (own.schema, own.format, own.records),
    };
    let mut aliases = Aliases::default();
    if let Some(declared) = config.aliases(own.artifact) {
        for (field, names) in &declared.fields {
            aliases
                .fields
                .extend(names.iter().map(|name| (name.clone(), field.clone())));
        }
        for (field, pairs) in &declared.values {
            aliases.values.extend(
                pairs
                    .iter()
                    .map(|(foreign, ours)| (field.clone(), foreign.clone(), ours.clone())),
            );
        }
    }
    Ledger {
        name: own.name.to_owned(),
        path: path.to_owned(),
        format,
        kind: own.kind,
        schema: None,
        built_in: Some(schema).filter(|name| !name.is_empty()),
        records,
        roles: own.roles,
        subject: own.subject,
        owner: own.owner,
        aliases,
        content: true,
        committed: None,
    }
}

/// A built-in schema by its name, or the schema of a file (its name has a `.` or a `/`).
///
/// # Errors
/// There is none of that name, it is no JSON, or it cannot be used.
pub fn schema(name: &str, read: Read<'_>) -> Result<Schema, Error> {
    if !name.contains(['.', '/']) {
        let entry = trueline_core::schema::get(name).ok_or_else(|| {
            let names = trueline_core::schema::ALL.iter().map(|entry| entry.name);
            let error = no_schema(name);
            match crate::schema::closest(name, names) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint("`ledger-lint schema` lists them; a file is given by its path"),
            }
        })?;
        return Schema::own(entry.value()).map_err(|error| Error::bug(error.message));
    }
    let bytes = read(name)?.ok_or_else(|| no_schema(name))?;
    let value = serde_json::from_slice(&bytes)
        .map_err(|error| Error::config(format!("the schema `{name}` is not JSON: {error}")))?;
    Schema::new(value).map_err(|error| Error::config(format!("`{name}`: {}", error.message)))
}

/// The format that a file's name says.
pub fn format_of(path: &str) -> Format {
    let name = path.strip_suffix(".gz").unwrap_or(path);
    match name.rsplit_once('.') {
        Some((_, "json")) => Format::Json,
        Some((_, "yaml" | "yml")) => Format::Yaml,
        Some((_, "md")) => Format::Table,
        _ => Format::Jsonl,
    }
}
