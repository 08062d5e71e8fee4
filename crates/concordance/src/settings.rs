//! What trueline.toml says, as this tool needs it.

use std::sync::Arc;

use trueline_kit::Artifact;
use trueline_kit::config::{Config, Globs};
use trueline_scope::GlobSet;

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
    lists: Lists,
    /// Files that tools write: never code, never scanned for tags.
    artifacts: Vec<String>,
    /// Folders of fixtures, each with its final `/`: their files are no part of the project.
    ignored: Vec<String>,
    baseline: String,
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
        let crosswalk = path(Artifact::Crosswalk);
        let baseline = match crosswalk.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/concordance-baseline.json"),
            None => "concordance-baseline.json".to_owned(),
        };
        Settings {
            prefixes: Prefixes {
                nt: config.ids.nt.clone(),
                td: config.ids.td.clone(),
                wbs: config.ids.wbs.clone(),
            },
            lists: Lists::new(&[
                (List::Nt, &globs.blueprints_nt),
                (List::Td, &globs.blueprints_td),
                (List::Code, &globs.code),
                (List::Tests, &globs.tests),
                (List::Docs, &globs.docs),
                (List::Generated, &globs.generated),
            ]),
            artifacts: written.into_iter().map(path).collect(),
            ignored: Vec::new(),
            acceptance_dir: path(Artifact::AcceptanceDir),
            crosswalk,
            baseline,
            por: path(Artifact::Por),
            queue: path(Artifact::Queue),
            wbs: path(Artifact::Wbs),
        }
    }

    /// The baseline: beside the crosswalk.
    pub fn baseline(&self) -> &str {
        &self.baseline
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

    /// All that the globs say of a path. Ask once a path: each question matches it anew.
    pub fn facts(&self, path: &str) -> Facts {
        let lists = self.lists.of(path);
        let is_generated = lists.has(List::Generated)
            || path == self.baseline
            || self.artifacts.iter().any(|own| own == path);
        let is_out = is_generated || self.is_ignored(path);
        let holds = Holds {
            nt: lists.has(List::Nt),
            td: lists.has(List::Td),
        };
        let is_acceptance = self.is_acceptance(path);
        let holds = (!is_out && !is_acceptance && (holds.nt || holds.td)).then_some(holds);
        let class = if is_out || is_acceptance || holds.is_some() {
            Class::Other
        } else if lists.has(List::Tests) {
            Class::Test
        } else if lists.has(List::Code) && !lists.has(List::Docs) {
            Class::Code
        } else {
            Class::Other
        };
        Facts {
            holds,
            class,
            is_generated,
            is_scanned: !is_out && holds.is_none(),
        }
    }

    /// Which items a file declares; `None` where it is no blueprint.
    pub fn holds(&self, path: &str) -> Option<Holds> {
        self.facts(path).holds
    }

    /// Whether a file lies in the folder of acceptance criteria.
    pub fn is_acceptance(&self, path: &str) -> bool {
        path.strip_prefix(&self.acceptance_dir)
            .is_some_and(|rest| rest.starts_with('/'))
    }

    /// Whether a tool writes the file.
    pub fn is_generated(&self, path: &str) -> bool {
        self.facts(path).is_generated
    }

    /// Whether tags in the file count. Not in blueprints, whose text is about ids.
    pub fn is_scanned(&self, path: &str) -> bool {
        self.facts(path).is_scanned
    }

    /// What a file is for: a test where the globs of tests match, else a document, else code.
    pub fn class(&self, path: &str) -> Class {
        self.facts(path).class
    }
}

/// What the globs say of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Which items the file declares; `None` where it is no blueprint.
    pub holds: Option<Holds>,
    /// What it is for.
    pub class: Class,
    /// Whether a tool writes it.
    pub is_generated: bool,
    /// Whether tags in it count.
    pub is_scanned: bool,
}

/// A list of globs in trueline.toml.
#[derive(Debug, Clone, Copy)]
enum List {
    Nt,
    Td,
    Code,
    Tests,
    Docs,
    Generated,
}

impl List {
    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// All lists as one set, so that a path is matched once.
#[derive(Debug, Clone)]
struct Lists {
    set: Arc<GlobSet>,
    /// For each glob of the set the list that it comes from.
    of: Arc<[u8]>,
}

/// The lists that match a path.
#[derive(Clone, Copy)]
struct Matched(u8);

impl Matched {
    const fn has(self, list: List) -> bool {
        self.0 & list.bit() != 0
    }
}

impl Lists {
    fn new(lists: &[(List, &Globs)]) -> Self {
        let all = || {
            lists
                .iter()
                .flat_map(|(list, globs)| globs.iter().map(|glob| (list.bit(), glob)))
        };
        Lists {
            set: Arc::new(all().map(|(_, glob)| glob.clone()).collect()),
            of: all().map(|(bit, _)| bit).collect(),
        }
    }

    fn of(&self, path: &str) -> Matched {
        let hits = self.set.all_matches(path);
        let bits = hits.iter().filter_map(|at| self.of.get(*at));
        Matched(bits.fold(0, |all, bit| all | bit))
    }
}
