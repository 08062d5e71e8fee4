//! The smaller sections of trueline.toml.

use std::collections::BTreeMap;
use std::time::Duration;

use trueline_core::{Level, Weight};
use trueline_scope::Glob;

use super::Artifact;
use super::globs::{Globs, glob};
use super::reader::{At, Table};

/// `[ids]`: prefixes of ids, without the dash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids {
    /// Non-technical blueprint items. Default `["NT"]`.
    pub nt: Vec<String>,
    /// Technical blueprint items. Default `["TD"]`.
    pub td: Vec<String>,
    /// Items of the work breakdown. Default `["WBS"]`.
    pub wbs: Vec<String>,
}

impl Default for Ids {
    fn default() -> Self {
        let one = |prefix: &str| vec![prefix.to_owned()];
        Ids {
            nt: one("NT"),
            td: one("TD"),
            wbs: one("WBS"),
        }
    }
}

impl Ids {
    pub(crate) fn read(table: Table<'_, '_>) -> Self {
        let read = |key: &'static str, default: Vec<String>| match table.strings(key) {
            None => default,
            Some(list) => {
                for prefix in &list {
                    if !is_prefix(&prefix.value) {
                        let message = format!("`{}` is not an id prefix", prefix.value);
                        let help = "a letter, then letters, digits, `_` or `-`".to_owned();
                        table
                            .problems()
                            .put(prefix.range.clone(), message, Some(help));
                    }
                }
                values(list)
            }
        };
        let default = Ids::default();
        let ids = Ids {
            nt: read("nt", default.nt),
            td: read("td", default.td),
            wbs: read("wbs", default.wbs),
        };
        table.finish();
        ids
    }
}

fn is_prefix(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_alphabetic())
        && text
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-'))
        && !text.ends_with('-')
}

fn values(list: Vec<At<String>>) -> Vec<String> {
    list.into_iter().map(|at| at.value).collect()
}

/// `[globs]`: which files are what.
#[derive(Debug, Clone)]
pub struct FileGlobs {
    /// Files with non-technical blueprint items.
    pub blueprints_nt: Globs,
    /// Files with technical blueprint items.
    pub blueprints_td: Globs,
    /// Code that requirements are traced to.
    pub code: Globs,
    /// Tests that prove them.
    pub tests: Globs,
    /// Documents.
    pub docs: Globs,
    /// Generated files: free of scopes, never edited by hand.
    pub generated: Globs,
    /// Files that everybody may change.
    pub shared: Globs,
}

impl Default for FileGlobs {
    fn default() -> Self {
        FileGlobs {
            blueprints_nt: Globs::fixed(&[
                "docs/blueprints/nt/**/*.md",
                "docs/blueprints/{nt,NT}[-_.]*.md",
            ]),
            blueprints_td: Globs::fixed(&[
                "docs/blueprints/td/**/*.md",
                "docs/blueprints/{td,TD}[-_.]*.md",
            ]),
            code: Globs::fixed(&[
                "src/**",
                "crates/**",
                "lib/**",
                "app/**",
                "apps/**",
                "packages/**",
                "services/**",
            ]),
            tests: Globs::fixed(&[
                "**/tests/**",
                "**/test/**",
                "**/__tests__/**",
                "**/*_test.*",
                "**/test_*.*",
                "**/*.{test,spec}.*",
            ]),
            docs: Globs::fixed(&["docs/**", "*.md"]),
            generated: Globs::default(),
            shared: Globs::default(),
        }
    }
}

impl FileGlobs {
    pub(crate) fn read(table: Table<'_, '_>, text: &str) -> Self {
        let mut globs = FileGlobs::default();
        let read = |key: &'static str, globs: &mut Globs| {
            if let Some(list) = table.strings(key) {
                *globs = Globs::read(&list, text, table.problems());
            }
        };
        read("blueprints_nt", &mut globs.blueprints_nt);
        read("blueprints_td", &mut globs.blueprints_td);
        read("code", &mut globs.code);
        read("tests", &mut globs.tests);
        read("docs", &mut globs.docs);
        read("generated", &mut globs.generated);
        read("shared", &mut globs.shared);
        table.finish();
        globs
    }
}

/// `[locks]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locks {
    /// Git remote that holds the lock table; `None` keeps locks local.
    pub remote: Option<String>,
    /// Ref of the lock table. Default `refs/locks/table`.
    pub reference: String,
    /// How long a lock holds without renewal. Default 30 minutes.
    pub lease: Duration,
    /// Age at which a silent holder is reported as an orphan. Default 60 minutes.
    pub orphan_timeout: Duration,
}

impl Default for Locks {
    fn default() -> Self {
        Locks {
            remote: None,
            reference: "refs/locks/table".into(),
            lease: Duration::from_secs(30 * 60),
            orphan_timeout: Duration::from_secs(60 * 60),
        }
    }
}

impl Locks {
    pub(crate) fn read(table: Table<'_, '_>) -> Self {
        let default = Locks::default();
        let reference = table.text("ref");
        if let Some(name) = &reference
            && !(name.value.starts_with("refs/") && crate::git::is_safe_name(&name.value))
        {
            let message = format!("`{}` is not the full name of a ref", name.value);
            let help = "write it like refs/locks/table".to_owned();
            table
                .problems()
                .put(name.range.clone(), message, Some(help));
        }
        let remote = table.text("remote");
        if let Some(name) = &remote
            && name.value.starts_with('-')
        {
            let message = format!("`{}` is not a remote", name.value);
            table.problems().add(name.range.clone(), message);
        }
        let locks = Locks {
            remote: remote.map(|name| name.value),
            reference: reference.map_or(default.reference, |name| name.value),
            lease: table.duration("lease").unwrap_or(default.lease),
            orphan_timeout: table
                .duration("orphan_timeout")
                .unwrap_or(default.orphan_timeout),
        };
        table.finish();
        locks
    }
}

/// `[branches]`: which branches there are, and who may work on which.
#[derive(Debug, Clone)]
pub struct Branches {
    /// The branch that everything is merged to. Default `main`.
    pub main: String,
    /// Rules in declared order; the first whose name matches a branch counts.
    pub rules: Vec<BranchRule>,
}

/// One `[[branches.rules]]`.
#[derive(Debug, Clone)]
pub struct BranchRule {
    /// Branch names that it is for, as a glob: `fix/**`.
    pub name: (String, Glob),
    /// Types of queue items that belong there; empty for any.
    pub types: Vec<String>,
    /// Agents or teams that may commit there; empty for any.
    pub owners: Vec<String>,
    /// Paths that may change there; empty for any.
    pub paths: Globs,
}

impl Default for Branches {
    fn default() -> Self {
        Branches {
            main: "main".into(),
            rules: Vec::new(),
        }
    }
}

impl Branches {
    pub(crate) fn read(table: Table<'_, '_>, text: &str) -> Self {
        let default = Branches::default();
        let branches = Branches {
            main: table.text("main").map_or(default.main, |name| name.value),
            rules: table
                .tables("rules")
                .into_iter()
                .filter_map(|rule| {
                    rule.require("name");
                    let list = |key| rule.strings(key).map(values).unwrap_or_default();
                    let (types, owners) = (list("types"), list("owners"));
                    let paths = rule.strings("paths").unwrap_or_default();
                    let paths = Globs::read(&paths, text, rule.problems());
                    let name = rule.text("name");
                    let name = name.and_then(|name| {
                        Some((name.value.clone(), glob(&name, text, rule.problems())?))
                    });
                    rule.finish();
                    Some(BranchRule {
                        name: name?,
                        types,
                        owners,
                        paths,
                    })
                })
                .collect(),
        };
        table.finish();
        branches
    }

    /// The rule of a branch (its short name).
    pub fn rule(&self, branch: &str) -> Option<&BranchRule> {
        self.rules.iter().find(|rule| rule.name.1.matches(branch))
    }
}

/// `[limits]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest file that is read, in bytes. Default 256 MiB.
    pub file_bytes: u64,
    /// Most lines that one change may add and remove; `None` for any number.
    pub changed_lines: Option<u64>,
    /// Most files that one change may touch; `None` for any number.
    pub changed_files: Option<u64>,
    /// Most attempts at one queue item; `None` for any number.
    pub attempts: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            file_bytes: crate::files::MAX_FILE_BYTES,
            changed_lines: None,
            changed_files: None,
            attempts: None,
        }
    }
}

impl Limits {
    pub(crate) fn read(table: Table<'_, '_>) -> Self {
        let count = |key| table.count(key).map(|at| at.value);
        let limits = Limits {
            file_bytes: count("file_bytes").unwrap_or(crate::files::MAX_FILE_BYTES),
            changed_lines: count("changed_lines"),
            changed_files: count("changed_files"),
            attempts: count("attempts"),
        };
        table.finish();
        limits
    }
}

/// `[progress]`.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Most that a phase with an unmet gate counts, in percent. Default 90.
    pub default_ceiling: Weight,
    /// Part of its weight that an item counts in a status, 0 to 1. Done counts 1, every
    /// status that is not listed 0.
    pub credit: BTreeMap<String, Weight>,
    /// Days that "upcoming" looks ahead. Default 7.
    pub upcoming_days: u64,
    /// Items that "recent" lists. Default 10.
    pub recent: u64,
}

impl Progress {
    pub(crate) fn standard() -> Self {
        Progress {
            default_ceiling: Weight::parse("90").unwrap_or_else(|_| Weight::one()),
            credit: BTreeMap::new(),
            upcoming_days: 7,
            recent: 10,
        }
    }

    pub(crate) fn read(table: Table<'_, '_>) -> Self {
        let mut progress = Progress::standard();
        let bounded = |text: At<String>, most: &str, words: &str| {
            let weight = Weight::parse(&text.value).ok();
            let most = Weight::parse(most).ok();
            let fits = weight
                .as_ref()
                .zip(most)
                .is_some_and(|(weight, most)| *weight.value() <= *most.value());
            if !fits {
                let message = format!("`{}` is not {words}", text.value);
                table.problems().add(text.range, message);
            }
            weight.filter(|_| fits)
        };
        if let Some(text) = table.number("default_ceiling")
            && let Some(weight) = bounded(text, "100", "a percentage")
        {
            progress.default_ceiling = weight;
        }
        if let Some(credit) = table.table("credit") {
            for (status, value) in credit.entries() {
                if let Some(text) = credit.as_number(status.value, value)
                    && let Some(weight) = bounded(text, "1", "a part of 1")
                {
                    progress.credit.insert(status.value.to_owned(), weight);
                }
            }
        }
        if let Some(days) = table.count("upcoming_days") {
            progress.upcoming_days = days.value;
        }
        if let Some(count) = table.count("recent") {
            progress.recent = count.value;
        }
        table.finish();
        progress
    }
}

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
    pub(crate) fn read(name: &str, table: Table<'_, '_>) -> Option<Ledger> {
        table.require("path");
        let path = super::path_value(&table, "path");
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

/// `[aliases.<artifact>]`: how a foreign shape names what ours has. In declared order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Aliases {
    /// Field of the type, and the names that stand for it.
    pub fields: Vec<(String, Vec<String>)>,
    /// Field of the type, and foreign value to our value.
    pub values: Vec<(String, Vec<(String, String)>)>,
}

impl Aliases {
    pub(crate) fn read(artifact: Artifact, table: &Table<'_, '_>) -> Self {
        let mut aliases = Aliases::default();
        for (field, value) in table.entries() {
            let name = field.value.to_owned();
            if value.get_ref().is_array() {
                let names = table.as_strings(&name, value).unwrap_or_default();
                aliases.fields.push((name, values(names)));
            } else if let Some(inner) = table.as_table(&name, value) {
                let mut pairs = Vec::new();
                for (foreign, ours) in inner.entries() {
                    if foreign.value == "names" && ours.get_ref().is_array() {
                        let names = inner.as_strings("names", ours).unwrap_or_default();
                        aliases.fields.push((name.clone(), values(names)));
                    } else if let Some(ours) = inner.as_string(foreign.value, ours) {
                        pairs.push((foreign.value.to_owned(), ours.value));
                    }
                }
                aliases.values.push((name, pairs));
            } else {
                let key = artifact.key();
                let message =
                    format!("`aliases.{key}.{name}` must be a list of names or a table of values");
                table.problems().add(value.span(), message);
            }
        }
        aliases
    }

    /// The field that a foreign name stands for; the name itself where it is no alias.
    pub fn field<'a>(&'a self, name: &'a str) -> &'a str {
        self.fields
            .iter()
            .find(|(_, names)| names.iter().any(|alias| alias == name))
            .map_or(name, |(field, _)| field)
    }

    /// The names that stand for a field, in declared order, without its own.
    pub fn names<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(name, _)| name == field)
            .flat_map(|(_, names)| names.iter().map(String::as_str))
    }

    /// Our value for a foreign value of a field; the value itself where it is no alias.
    pub fn value<'a>(&'a self, field: &str, value: &'a str) -> &'a str {
        self.values
            .iter()
            .filter(|(name, _)| name == field)
            .flat_map(|(_, pairs)| pairs)
            .find(|(foreign, _)| foreign == value)
            .map_or(value, |(_, ours)| ours)
    }
}

/// A level under `[levels]`.
pub(crate) const LEVELS: &[(&str, Option<Level>)] = &[
    ("error", Some(Level::Error)),
    ("warning", Some(Level::Warning)),
    ("note", Some(Level::Note)),
    ("off", None),
];
