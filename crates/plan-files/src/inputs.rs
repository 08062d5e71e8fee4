//! What a check speaks about: the tracked files that its items' scopes match.

use sha2::Digest as _;
use trueline_core::Id;
use trueline_core::scalar::Sha256;
use trueline_kit::git::{Entry, Oid};
use trueline_kit::{Artifact, Context, Error};
use trueline_plan::{Plan, Row};
use trueline_scope::Glob;

/// Files that the tools write: recording a check and publishing progress change them, and what
/// was tested stays the same.
const OWN_FILES: &[Artifact] = &[
    Artifact::Por,
    Artifact::Wbs,
    Artifact::Queue,
    Artifact::Crosswalk,
    Artifact::NtIndex,
    Artifact::TdIndex,
    Artifact::ProgressMd,
    Artifact::OutlineMd,
    Artifact::ProgressJson,
];

/// Folders that the tools write.
const OWN_FOLDERS: &[Artifact] = &[Artifact::ChecksDir, Artifact::TestReportsDir];

/// Whether a path is the plan, the queue, a generated file, a recorded check or a log: no input
/// of a check.
pub fn is_own(ctx: &Context, path: &str) -> bool {
    let config = ctx.config();
    let is_in = |folder: &str| {
        path.strip_prefix(folder.trim_end_matches('/'))
            .is_some_and(|rest| rest.starts_with('/'))
    };
    OWN_FILES.iter().any(|own| config.path(*own) == path)
        || OWN_FOLDERS.iter().any(|own| is_in(config.path(*own)))
}

/// SHA-256 over path and blob of each file that a check of these items speaks about, in a
/// commit: those in the items' scopes; every file but the tools' own where one of them has no
/// scope, or no file is in it.
///
/// # Errors
/// The commit's files cannot be listed.
pub fn inputs_at(
    ctx: &Context,
    plan: &Plan<'_>,
    items: &[Id],
    commit: &Oid,
) -> Result<Sha256, Error> {
    let entries = ctx.git().ls_tree(commit)?;
    Ok(digest(ctx, plan, items, &entries))
}

/// [`inputs_at`] of listed files.
pub(crate) fn digest(ctx: &Context, plan: &Plan<'_>, items: &[Id], entries: &[Entry]) -> Sha256 {
    let inputs: Vec<&Entry> = entries
        .iter()
        .filter(|entry| entry.path.as_str().is_none_or(|path| !is_own(ctx, path)))
        .collect();
    let scoped: Vec<&Entry> = match scopes(plan, items) {
        Some(globs) => {
            let is_in = |entry: &&&Entry| {
                let path = entry.path.as_str();
                path.is_some_and(|path| globs.iter().any(|glob| glob.matches(path)))
            };
            inputs.iter().filter(is_in).copied().collect()
        }
        None => Vec::new(),
    };
    let inputs = match scoped.is_empty() {
        true => inputs,
        false => scoped,
    };
    let mut hash = sha2::Sha256::new();
    for entry in inputs {
        hash.update(entry.path.bytes());
        hash.update(b"\0");
        hash.update(entry.oid.as_str());
        hash.update(b"\n");
    }
    Sha256::from(<[u8; 32]>::from(hash.finalize()))
}

/// `None` where an item has no scope, or one that cannot be read: everything counts then.
fn scopes(plan: &Plan<'_>, items: &[Id]) -> Option<Vec<Glob>> {
    let mut globs = Vec::new();
    for id in items {
        let row = plan.find(id.as_str())?.queued()?;
        let before = globs.len();
        for text in Row::scope(row) {
            globs.push(Glob::parse(text).ok()?);
        }
        if globs.len() == before {
            return None;
        }
    }
    (!globs.is_empty()).then_some(globs)
}
