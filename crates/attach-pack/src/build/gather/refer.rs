//! What the report refers to: files by links and names.

use super::Gather;
use super::role::role_of;
use crate::report::{self, Reference};
use crate::rules;
use std::collections::BTreeSet;
use trueline_core::artifact::pack::DiffSummary;
use trueline_core::{Finding, Level};
use trueline_kit::{Artifact, Source};

impl Gather<'_> {
    /// What the report refers to.
    pub(super) fn references(&mut self, source: &Source, summary: Option<&DiffSummary>) {
        let gone = |path: &str| {
            summary.is_some_and(|summary| {
                let is_gone = |file: &trueline_core::artifact::pack::DiffFile| {
                    file.change.as_str() == "deleted" && file.path.as_str() == path
                        || file.old_path.as_deref() == Some(path)
                };
                summary.files.iter().any(is_gone)
            })
        };
        let tests = self
            .job
            .ctx
            .config()
            .path(Artifact::TestReportsDir)
            .to_owned();
        let mut missing = BTreeSet::new();
        for reference in report::references(source.text()) {
            let at = source.at(reference.range.clone());
            let candidates = candidates(source.path(), &reference);
            let Some(first) = candidates.first() else {
                let message = format!("`{}` leads out of the repository", reference.target);
                self.gate
                    .stop(Finding::new(&rules::OUTSIDE, at, message).subject(reference.target));
                continue;
            };
            // A folder is no evidence by itself, but it is there.
            let there = candidates
                .iter()
                .find(|path| self.root().join(path).exists());
            if let Some(path) = there {
                if !self.root().join(path).is_dir() {
                    self.file(path, None, role_of(path, &tests), Some(&at));
                }
            } else if !candidates.iter().any(|path| gone(path)) && missing.insert(first.clone()) {
                let level = if reference.is_link {
                    Level::Error
                } else {
                    Level::Warning
                };
                let message = format!("the report refers to `{first}`, which does not exist");
                let finding = Finding::new(&rules::MISSING_REFERENCE, at, message);
                self.job
                    .ctx
                    .report(finding.subject(first.as_str()).level(level));
            }
        }
    }
}

/// Root-relative paths that a reference can mean: a link's relative to the report, then to the root; a name's the other
/// way round. Empty: it leads out.
fn candidates(report: &str, reference: &Reference) -> Vec<String> {
    let folder = report.rsplit_once('/').map_or("", |(folder, _)| folder);
    let target = reference.target.as_str();
    let from_root = normal("", target.trim_start_matches('/'));
    let from_report = match target.starts_with('/') {
        true => None,
        false => normal(folder, target),
    };
    let mut all: Vec<String> = match reference.is_link {
        true => from_report.into_iter().chain(from_root).collect(),
        false => from_root.into_iter().chain(from_report).collect(),
    };
    all.dedup();
    all
}

/// `folder/path` without `.` and `..`; `None` if it leads out, or nowhere.
fn normal(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty() && !path.contains(['\0', '\\'])).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_references() {
        let of = |target: &str, is_link| {
            candidates(
                "docs/runs/a.md",
                &Reference {
                    target: target.to_owned(),
                    is_link,
                    range: 0..0,
                },
            )
        };
        assert_eq!(of("../x.txt", true), ["docs/x.txt"]);
        assert_eq!(of("x.txt", true), ["docs/runs/x.txt", "x.txt"]);
        assert_eq!(of("src/x.rs", false), ["src/x.rs", "docs/runs/src/x.rs"]);
        assert_eq!(of("/src/x.rs", true), ["src/x.rs"]);
        assert!(of("../../../x", true).is_empty());
    }
}
