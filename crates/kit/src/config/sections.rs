//! The smaller sections of trueline.toml.

use std::collections::BTreeMap;
use std::time::Duration;

use trueline_core::{Level, Weight};

use super::globs::Globs;
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
    pub(crate) fn read(table: &Table<'_, '_>) -> Self {
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

pub(super) fn values(list: Vec<At<String>>) -> Vec<String> {
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
                "docs/blueprints/nt.md",
                "docs/blueprints/{nt,non-tech}/**/*.md",
                "docs/blueprints/{nt,NT}[-_.]*.md",
            ]),
            blueprints_td: Globs::fixed(&[
                "docs/blueprints/td.md",
                "docs/blueprints/{td,tech}/**/*.md",
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
    pub(crate) fn read(table: &Table<'_, '_>, text: &str) -> Self {
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
    pub(crate) fn read(table: &Table<'_, '_>) -> Self {
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
    /// Other limits for the changes of single owners, in declared order.
    pub rules: Vec<OwnerLimits>,
}

/// One `[[limits.rules]]`: limits of the changes of some owners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerLimits {
    /// Agents or teams that it is for.
    pub owners: Vec<String>,
    /// See [`Limits::changed_lines`]; `None` where that one holds.
    pub changed_lines: Option<u64>,
    /// See [`Limits::changed_files`]; `None` where that one holds.
    pub changed_files: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            file_bytes: crate::files::MAX_FILE_BYTES,
            changed_lines: None,
            changed_files: None,
            attempts: None,
            rules: Vec::new(),
        }
    }
}

impl Limits {
    pub(crate) fn read(table: &Table<'_, '_>) -> Self {
        let count = |key| table.count(key).map(|at| at.value);
        let limits = Limits {
            file_bytes: count("file_bytes").unwrap_or(crate::files::MAX_FILE_BYTES),
            changed_lines: count("changed_lines"),
            changed_files: count("changed_files"),
            attempts: count("attempts"),
            rules: table
                .tables("rules")
                .into_iter()
                .map(|rule| {
                    rule.require("owners");
                    let count = |key| rule.count(key).map(|at| at.value);
                    let limits = OwnerLimits {
                        owners: rule.strings("owners").map(values).unwrap_or_default(),
                        changed_lines: count("changed_lines"),
                        changed_files: count("changed_files"),
                    };
                    rule.finish();
                    limits
                })
                .collect(),
        };
        table.finish();
        limits
    }

    /// Most lines and most files that a change of this owner may touch: those of the first rule
    /// that names the owner, and where it does not say, those for everybody.
    pub fn of(&self, owner: &str) -> (Option<u64>, Option<u64>) {
        let names = |rule: &&OwnerLimits| rule.owners.iter().any(|name| name == owner);
        let rule = self.rules.iter().find(names);
        (
            rule.and_then(|r| r.changed_lines).or(self.changed_lines),
            rule.and_then(|r| r.changed_files).or(self.changed_files),
        )
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

    pub(crate) fn read(table: &Table<'_, '_>) -> Self {
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

/// A level under `[levels]`.
pub(crate) const LEVELS: &[(&str, Option<Level>)] = &[
    ("error", Some(Level::Error)),
    ("warning", Some(Level::Warning)),
    ("note", Some(Level::Note)),
    ("off", None),
];
