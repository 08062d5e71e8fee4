//! What trueline.toml says, as this tool needs it.

use trueline_kit::Artifact;
use trueline_kit::config::{Config, Globs};

use crate::ids::Prefixes;
use crate::items::Holds;
use crate::tree::Tree;

/// A file of this name has its folder left out: no items, no tags, no code. For fixtures.
pub const IGNORE_FILE: &str = ".concordance-ignore";

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Code that requirements are traced to.
    Code,
    /// A test.
    Test,
    /// A document, a plan, a generated file, or anything else.
    Other,
}

/// Prefixes, globs and paths.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Prefixes of ids.
    pub prefixes: Prefixes,
    blueprints_nt: Globs,
    blueprints_td: Globs,
    code: Globs,
    tests: Globs,
    docs: Globs,
    generated: Globs,
    /// Files that tools write: never code, never scanned for tags.
    artifacts: Vec<String>,
    /// Folders of fixtures, each with its final `/`: their files are no part of the project.
    ignored: Vec<String>,
    /// Folder of acceptance criteria.
    pub acceptance_dir: String,
    /// The crosswalk.
    pub crosswalk: String,
    /// The plan of record.
    pub por: String,
    /// The queue.
    pub queue: String,
    /// The extra plan of the older shape.
    pub wbs: String,
}

impl Settings {
    /// Takes what is needed.
    pub fn new(config: &Config) -> Self {
        let path = |artifact| config.path(artifact).to_owned();
        let globs = &config.globs;
        let written = [
            Artifact::NtIndex,
            Artifact::TdIndex,
            Artifact::TocCache,
            Artifact::Crosswalk,
            Artifact::CoverageReport,
            Artifact::ProgressMd,
            Artifact::OutlineMd,
            Artifact::ProgressJson,
            Artifact::Codeowners,
        ];
        Settings {
            prefixes: Prefixes {
                nt: config.ids.nt.clone(),
                td: config.ids.td.clone(),
                wbs: config.ids.wbs.clone(),
            },
            blueprints_nt: globs.blueprints_nt.clone(),
            blueprints_td: globs.blueprints_td.clone(),
            code: globs.code.clone(),
            tests: globs.tests.clone(),
            docs: globs.docs.clone(),
            generated: globs.generated.clone(),
            artifacts: written.into_iter().map(path).collect(),
            ignored: Vec::new(),
            acceptance_dir: path(Artifact::AcceptanceDir),
            crosswalk: path(Artifact::Crosswalk),
            por: path(Artifact::Por),
            queue: path(Artifact::Queue),
            wbs: path(Artifact::Wbs),
        }
    }

    /// The baseline: beside the crosswalk.
    pub fn baseline(&self) -> String {
        match self.crosswalk.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/concordance-baseline.json"),
            None => "concordance-baseline.json".to_owned(),
        }
    }

    /// The settings for a tree: folders with a file [`IGNORE_FILE`] are left out.
    pub fn for_tree(config: &Config, tree: &Tree<'_>) -> Self {
        let folder = |path: &String| match path.strip_suffix(IGNORE_FILE)? {
            "" => Some(String::new()),
            folder => folder.ends_with('/').then(|| folder.to_owned()),
        };
        Settings {
            ignored: tree.files().iter().filter_map(folder).collect(),
            ..Settings::new(config)
        }
    }

    /// Whether a file lies in a folder that is left out.
    pub fn is_ignored(&self, path: &str) -> bool {
        self.ignored
            .iter()
            .any(|folder| path.starts_with(folder.as_str()))
    }

    /// Which items a file declares; `None` where it is no blueprint.
    pub fn holds(&self, path: &str) -> Option<Holds> {
        if self.is_generated(path) || self.is_acceptance(path) || self.is_ignored(path) {
            return None;
        }
        let holds = Holds {
            nt: self.blueprints_nt.matches(path),
            td: self.blueprints_td.matches(path),
        };
        (holds.nt || holds.td).then_some(holds)
    }

    /// Whether a file lies in the folder of acceptance criteria.
    pub fn is_acceptance(&self, path: &str) -> bool {
        path.strip_prefix(&self.acceptance_dir)
            .is_some_and(|rest| rest.starts_with('/'))
    }

    /// Whether a tool writes the file.
    pub fn is_generated(&self, path: &str) -> bool {
        self.artifacts.iter().any(|own| own == path)
            || self.generated.matches(path)
            || path == self.baseline()
    }

    /// Whether tags in the file count. Not in blueprints, whose text is about ids.
    pub fn is_scanned(&self, path: &str) -> bool {
        !self.is_generated(path) && !self.is_ignored(path) && self.holds(path).is_none()
    }

    /// What a file is for: a test where the globs of tests match, else a document, else code.
    pub fn class(&self, path: &str) -> Class {
        if self.is_generated(path)
            || self.is_acceptance(path)
            || self.is_ignored(path)
            || self.holds(path).is_some()
        {
            Class::Other
        } else if self.tests.matches(path) {
            Class::Test
        } else if self.code.matches(path) && !self.docs.matches(path) {
            Class::Code
        } else {
            Class::Other
        }
    }
}
