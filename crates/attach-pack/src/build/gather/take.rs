//! One file is taken, or refused.

use super::Gather;
use super::role::folder_of;
use crate::build::input::{Input, Origin, Taken, state};
use crate::name::{self, NameFault};
use crate::rules;
use std::fs::Metadata;
use std::path::{Component, Path, PathBuf};
use trueline_core::{Finding, Location};

/// A file that is asked for, and what can be told of it without the others.
pub(super) struct Candidate {
    path: String,
    /// Where it goes in the bag.
    target: String,
    /// That is where its path and role put it.
    usual: bool,
    role: &'static str,
    /// No link followed.
    seen: Option<Metadata>,
    /// Why its name is refused.
    refused: Option<&'static str>,
    /// Why its name cannot stand in a pack.
    faults: Vec<NameFault>,
}

impl Candidate {
    /// Looks at a file; `target` is where it goes, if that is a place of its own.
    pub(super) fn of(root: &Path, path: String, target: Option<&str>, role: &'static str) -> Self {
        let usual = target.is_none();
        let target =
            target.map_or_else(|| format!("data/{}/{path}", folder_of(role)), str::to_owned);
        Self {
            usual,
            role,
            seen: root.join(&path).symlink_metadata().ok(),
            refused: refusal(&path),
            faults: name::check(target.as_bytes()),
            target,
            path,
        }
    }
}

/// Why a file is refused for its name.
fn refusal(path: &str) -> Option<&'static str> {
    let is_git = || path.split('/').any(|part| part == ".git");
    trueline_secrets::refused_name(path).or_else(|| is_git().then_some("git's own data"))
}

impl Gather<'_> {
    /// Takes a file; `at` is where it is asked for, if that is not the command line. False if there is none.
    pub(in crate::build) fn file(
        &mut self,
        path: &str,
        target: Option<&str>,
        role: &'static str,
        at: Option<&Location>,
    ) -> bool {
        let candidate = Candidate::of(self.root(), path.to_owned(), target, role);
        self.take(candidate, at)
    }

    /// The same of a file that was looked at.
    pub(super) fn take(&mut self, candidate: Candidate, at: Option<&Location>) -> bool {
        let Candidate {
            path,
            target,
            usual,
            role,
            seen,
            refused,
            faults,
        } = candidate;
        let path = path.as_str();
        if usual && (self.taken.contains(path) || self.inputs.has(&target)) {
            return true;
        }
        let asked = self.root().join(path);
        let here = || at.cloned().unwrap_or_else(|| Location::file(path));
        let is_link = seen.as_ref().is_some_and(Metadata::is_symlink);
        let Some(place) = seen.as_ref().and_then(|_| self.place(&asked, is_link)) else {
            return false;
        };
        let Ok(inner) = place.strip_prefix(self.root()) else {
            let message = format!("`{path}` leads out of the repository");
            self.gate
                .stop(Finding::new(&rules::OUTSIDE, here(), message).subject(path));
            return true;
        };
        let followed = || place.metadata().ok();
        let Some(metadata) = seen.filter(|_| !is_link).or_else(followed) else {
            return false;
        };
        if !metadata.is_file() {
            let message = format!("`{path}` is no regular file");
            self.gate
                .stop(Finding::new(&rules::OUTSIDE, here(), message).subject(path));
            return true;
        }
        let inner = inner.to_string_lossy().replace('\\', "/");
        let refused = refused.or_else(|| (inner != path).then(|| refusal(&inner)).flatten());
        if let Some(why) = refused {
            let message = format!("`{path}` is refused for its name: {why}");
            let finding = Finding::new(&rules::REFUSED_NAME, Location::file(path), message);
            if !self.gate.stop(finding.subject(path)) {
                return true;
            }
        }
        for fault in faults {
            let message = format!("`{}` cannot stand in a pack: {fault}", path.escape_debug());
            self.gate
                .stop(Finding::new(&rules::BAD_NAME, Location::file(path), message).subject(path));
        }
        let origin = Origin::File {
            size: metadata.len(),
            executable: is_executable(&metadata),
            state: state(&metadata),
            place: (place != asked).then(|| place.into()),
        };
        let input = Input {
            path: target,
            role,
            taken: Taken::Nowhere,
            origin,
        };
        if !usual {
            self.taken.insert(path.into());
        }
        self.put(input.from(path));
        true
    }

    /// Takes an input in place of the one with its path, if there is one.
    pub(in crate::build) fn put(&mut self, input: Input) {
        self.inputs.put(input);
    }

    /// Where a path leads, with all links resolved.
    fn place(&mut self, asked: &Path, is_link: bool) -> Option<PathBuf> {
        let (Some(folder), Some(Component::Normal(name)), false) =
            (asked.parent(), asked.components().next_back(), is_link)
        else {
            return asked.canonicalize().ok();
        };
        let folder = self
            .folders
            .entry(folder.to_owned())
            .or_insert_with(|| folder.canonicalize().ok());
        Some(folder.as_ref()?.join(name))
    }
}

#[cfg(unix)]
fn is_executable(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &std::fs::Metadata) -> bool {
    false
}
