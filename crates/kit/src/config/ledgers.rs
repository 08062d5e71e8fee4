//! `[ledgers.<name>]`.

use super::reader::Table;

/// Whether the records of a ledger may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LedgerKind {
    /// Records are only ever added at the end.
    AppendOnly,
    /// Records are edited.
    State,
}

/// How a ledger is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// One `[ledgers.<name>]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// Its name.
    pub name: String,
    /// Path relative to the root.
    pub path: String,
    /// Name of a built-in schema, or root-relative path of a JSON Schema (it has a `.` or `/`).
    pub schema: Option<String>,
    /// Whether its records may change. Default append-only.
    pub kind: LedgerKind,
    /// How it is written. Default by the path's extension, else JSONL.
    pub format: LedgerFormat,
}

impl Ledger {
    pub(crate) fn read(name: &str, table: &Table<'_, '_>) -> Option<Ledger> {
        table.require("path");
        let path = super::path_value(table, "path");
        let schema = table.text("schema").map(|schema| schema.value);
        let kind = table.choice(
            "kind",
            &[
                ("append-only", LedgerKind::AppendOnly),
                ("state", LedgerKind::State),
            ],
        );
        let format = table.choice(
            "format",
            &[
                ("jsonl", LedgerFormat::Jsonl),
                ("json", LedgerFormat::Json),
                ("yaml", LedgerFormat::Yaml),
                ("markdown", LedgerFormat::Markdown),
            ],
        );
        table.finish();
        let path = path?;
        let format = format.unwrap_or_else(|| match path.rsplit_once('.') {
            Some((_, "json")) => LedgerFormat::Json,
            Some((_, "yaml" | "yml")) => LedgerFormat::Yaml,
            Some((_, "md")) => LedgerFormat::Markdown,
            _ => LedgerFormat::Jsonl,
        });
        Some(Ledger {
            name: name.to_owned(),
            path,
            schema,
            kind: kind.unwrap_or(LedgerKind::AppendOnly),
            format,
        })
    }
}
