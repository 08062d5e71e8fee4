//! trueline.toml: where things are, what they are called, and what is let pass.
//!
//! Every key is optional and has a default; an unknown key is an error, and so is every other
//! fault, each with line and column. See docs/config.md for all keys.

mod aliases;
mod allow;
mod artifact;
mod branches;
mod globs;
mod ledgers;
mod reader;
mod sections;

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::DeTable;
use trueline_core::{Finding, Level, Location};

pub use aliases::Aliases;
pub use allow::Allow;
pub use artifact::Artifact;
pub use branches::{BranchRule, Branches, OverlapRule};
pub use globs::Globs;
pub use ledgers::{Ledger, LedgerFormat, LedgerKind};
pub use sections::{FileGlobs, Ids, Limits, Locks, Progress};

use crate::error::Error;
use crate::rules::CONFIG_ERROR;
use crate::source::Source;
pub use reader::nearest;
use reader::{At, Problem, Problems, Table};

/// Name of the file at the root.
pub const FILE_NAME: &str = "trueline.toml";

/// The version of trueline.toml that this tool reads.
pub const VERSION: u64 = 1;

/// Largest trueline.toml that is read, in bytes: 1 MiB.
pub const MAX_CONFIG_BYTES: u64 = 1 << 20;

/// What trueline.toml says, with defaults where it is silent.
#[derive(Debug, Clone)]
pub struct Config {
    source: Option<Source>,
    paths: BTreeMap<Artifact, String>,
    aliases: BTreeMap<Artifact, Aliases>,
    levels: Vec<(At<String>, Option<Level>)>,
    allows: Vec<Allow>,
    /// `[ids]`.
    pub ids: Ids,
    /// `[globs]`.
    pub globs: FileGlobs,
    /// `[locks]`.
    pub locks: Locks,
    /// `[branches]`.
    pub branches: Branches,
    /// `[limits]`.
    pub limits: Limits,
    /// `[progress]`.
    pub progress: Progress,
    /// `[agents] known`: names of agents; empty where any name will do.
    pub agents: Vec<String>,
    /// `[ledgers.<name>]`, in declared order.
    pub ledgers: Vec<Ledger>,
}

/// A finding code that trueline.toml names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedCode<'a> {
    /// Tool that it is qualified with, where it is.
    pub tool: Option<&'a str>,
    /// The code without the tool.
    pub code: &'a str,
    /// Where it stands.
    pub at: Location,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            source: None,
            paths: BTreeMap::new(),
            aliases: BTreeMap::new(),
            levels: Vec::new(),
            allows: Vec::new(),
            ids: Ids::default(),
            globs: FileGlobs::default(),
            locks: Locks::default(),
            branches: Branches::default(),
            limits: Limits::default(),
            progress: Progress::standard(),
            agents: Vec::new(),
            ledgers: Vec::new(),
        }
    }
}

impl Config {
    /// Reads the text of a trueline.toml. The path is only for messages.
    ///
    /// An error names every fault with line and column.
    pub fn parse(path: &str, text: &str) -> Result<Config, Error> {
        let source = Source::new(path, text);
        // TOML knows no byte order mark; the parser skips one, and counts its bytes.
        let (document, faults) = DeTable::parse_recoverable(text);
        let problems = Problems::default();
        for fault in &faults {
            problems.add(fault.span().unwrap_or(0..0), fault.message());
        }
        let config = if faults.is_empty() {
            Config::read(&Table::root(&document, &problems), &source)
        } else {
            Config::default()
        };
        let problems = problems.into_inner();
        if problems.is_empty() {
            return Ok(config);
        }
        let count = problems.len();
        let what = if count == 1 { "an error" } else { "errors" };
        let mut error = Error::config(format!("`{path}` has {what}"));
        for problem in problems {
            error = error.place(place(&source, problem));
        }
        Err(error)
    }

    fn read(root: &Table<'_, '_>, source: &Source) -> Config {
        let text = source.text();
        let problems = root.problems();
        let mut config = Config {
            source: Some(source.clone()),
            ..Config::default()
        };
        if let Some(version) = root.count("version")
            && version.value != VERSION
        {
            problems.put(
                version.range,
                format!("version {} of trueline.toml is not known", version.value),
                Some(format!(
                    "this tool reads version {VERSION}; a newer one may be needed"
                )),
            );
        }
        if let Some(table) = root.table("paths") {
            config.paths = paths(&table);
        }
        if let Some(table) = root.table("ids") {
            config.ids = Ids::read(&table);
        }
        if let Some(table) = root.table("globs") {
            config.globs = FileGlobs::read(&table, text);
        }
        if let Some(table) = root.table("aliases") {
            for (key, value) in table.entries() {
                match Artifact::of_key(key.value) {
                    Some(artifact) => {
                        if let Some(inner) = table.as_table(key.value, value) {
                            let aliases = Aliases::read(artifact, &inner);
                            config.aliases.insert(artifact, aliases);
                        }
                    }
                    None => table.unknown(&key, artifact_keys()),
                }
            }
        }
        if let Some(table) = root.table("levels") {
            for (code, value) in table.entries() {
                if let Some(level) = table.as_choice(code.value, value, sections::LEVELS) {
                    let code = At {
                        value: code.value.to_owned(),
                        range: code.range.clone(),
                    };
                    config.levels.push((code, level));
                }
            }
        }
        config.allows = root
            .tables("allow")
            .into_iter()
            .filter_map(|table| Allow::read(&table, text))
            .collect();
        if let Some(table) = root.table("locks") {
            config.locks = Locks::read(&table);
        }
        if let Some(table) = root.table("branches") {
            config.branches = Branches::read(&table, text);
        }
        if let Some(table) = root.table("limits") {
            config.limits = Limits::read(&table);
        }
        if let Some(table) = root.table("progress") {
            config.progress = Progress::read(&table);
        }
        if let Some(table) = root.table("agents") {
            let known = table.strings("known").unwrap_or_default();
            config.agents = known.into_iter().map(|name| name.value).collect();
            table.finish();
        }
        if let Some(table) = root.table("ledgers") {
            for (name, value) in table.entries() {
                if let Some(inner) = table.as_table(name.value, value) {
                    config.ledgers.extend(Ledger::read(name.value, &inner));
                }
            }
        }
        root.finish();
        config
    }

    /// Where an artifact lies, relative to the root, with `/`.
    pub fn path(&self, artifact: Artifact) -> &str {
        self.paths
            .get(&artifact)
            .map_or(artifact.default_path(), String::as_str)
    }

    /// The aliases of an artifact; `None` where there are none.
    pub fn aliases(&self, artifact: Artifact) -> Option<&Aliases> {
        self.aliases.get(&artifact)
    }

    /// The level that `[levels]` sets for a code: `None` where it is silent, `Some(None)` for
    /// off. `tool/code` goes before `code`.
    pub fn level(&self, tool: &str, code: &str) -> Option<Option<Level>> {
        let is_full = |key: &str| key.split_once('/') == Some((tool, code));
        let full = self.levels.iter().find(|(key, _)| is_full(&key.value));
        let short = || self.levels.iter().find(|(key, _)| key.value == code);
        full.or_else(short).map(|(_, level)| *level)
    }

    /// The `[[allow]]` entries, in declared order.
    pub fn allows(&self) -> &[Allow] {
        &self.allows
    }

    /// Codes under `[levels]` that name this tool but none of its rules.
    pub(crate) fn unknown_levels(
        &self,
        tool: &str,
        codes: &[&str],
    ) -> Vec<(String, Option<String>)> {
        self.levels
            .iter()
            .filter_map(|(key, _)| key.value.split_once('/'))
            .filter(|(name, code)| *name == tool && !codes.contains(code))
            .map(|(_, code)| {
                let near = nearest(code, codes.iter().copied());
                (code.to_owned(), near.map(str::to_owned))
            })
            .collect()
    }

    /// Every finding code that the file names, under `[levels]` and in `[[allow]]`, in that
    /// order.
    pub fn named_codes(&self) -> Vec<NamedCode<'_>> {
        let levels = self.levels.iter().map(|(key, _)| {
            let (tool, code) = match key.value.split_once('/') {
                Some((tool, code)) => (Some(tool), code),
                None => (None, key.value.as_str()),
            };
            (tool, code, &key.range)
        });
        let allows = self
            .allows
            .iter()
            .map(|allow| (allow.tool.as_deref(), allow.code.as_str(), &allow.range));
        let named = levels.chain(allows);
        named
            .map(|(tool, code, range)| NamedCode {
                tool,
                code,
                at: self.location(range),
            })
            .collect()
    }

    /// The text that was read; `None` for the defaults.
    pub(crate) fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// The place of a byte range of the file.
    pub(crate) fn location(&self, range: &Range<usize>) -> Location {
        match &self.source {
            Some(source) => source.at(range.clone()),
            None => Location::file(FILE_NAME),
        }
    }
}

fn artifact_keys() -> impl Iterator<Item = &'static str> {
    Artifact::ALL.iter().map(|artifact| artifact.key())
}

fn place(source: &Source, problem: Problem) -> Finding {
    let mut finding = Finding::new(&CONFIG_ERROR, source.at(problem.range), problem.message);
    finding.help = problem.help;
    finding
}

fn paths(table: &Table<'_, '_>) -> BTreeMap<Artifact, String> {
    let mut paths = BTreeMap::new();
    for (key, _) in table.entries() {
        match Artifact::of_key(key.value) {
            None => table.unknown(&key, artifact_keys()),
            Some(artifact) => {
                if let Some(path) = path_value(table, artifact.key()) {
                    paths.insert(artifact, path);
                }
            }
        }
    }
    paths
}

/// A path below the root: relative, with `/`, without `..` and not in `.git`. A final `/` is
/// dropped.
pub(crate) fn path_value(table: &Table<'_, '_>, key: &'static str) -> Option<String> {
    let path = table.text(key)?;
    let trimmed = path.value.trim_end_matches('/');
    let trimmed = trimmed.strip_prefix("./").unwrap_or(trimmed);
    let is_inside = !trimmed.is_empty()
        && !trimmed.contains(['\\', '\0'])
        && trimmed
            .split('/')
            .all(|part| !matches!(part, "" | "." | "..") && !crate::atomic::is_git(part))
        && trimmed
            .split('/')
            .next()
            .is_some_and(|part| !part.ends_with(':'));
    if !is_inside {
        table.problems().put(
            path.range,
            format!("`{}` is not a path below the root", path.value),
            Some("write it relative to the root, with `/` and without `..`".into()),
        );
        return None;
    }
    Some(trimmed.to_owned())
}

#[cfg(test)]
mod tests;
