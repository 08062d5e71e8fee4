//! Which files go into a pack: what was named, what the report refers to, and what the seed lists. Nothing else.

use super::gate::Gate;
use super::input::{ByPath, Input, Origin, Taken, json};
use super::{Job, diff};
use crate::name;
use crate::report::{self, Reference};
use crate::rules;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::Metadata;
use std::path::{Component, Path, PathBuf};
use trueline_core::artifact::pack::{DiffSummary, PackKind};
use trueline_core::{Finding, Level, Location};
use trueline_kit::{Artifact, Error, Source};

/// The deepest folder that is entered for a glob.
const MAX_DEPTH: usize = 64;
/// Files that are looked at side by side.
const LOOKED_AT: usize = 8192;

/// All that a pack is made of.
pub(super) struct Gathered {
    /// Sorted by the bytes of their paths; pack.json is not among them.
    pub(super) inputs: Vec<Input>,
    /// Base of the diff.
    pub(super) base: Option<String>,
    /// The report, whose claims are compared with the results.
    pub(super) claims: Option<Source>,
}

/// Gathers the inputs; `None` if the report cannot be read, which was reported.
pub(super) fn gather(job: &Job<'_>, gate: &Gate<'_>) -> Result<Option<Gathered>, Error> {
    let mut gather = Gather {
        job,
        gate,
        inputs: BTreeSet::new(),
        taken: HashSet::new(),
        folders: HashMap::new(),
    };
    let settings = &job.settings;
    let summary = diff::summary(job.ctx, job.stamp.head.as_ref(), settings.base.as_deref())?;
    let mut claims = None;
    if let Some(run) = &settings.run {
        let Some(source) = job.ctx.source(run) else {
            return Ok(None);
        };
        gather.report(run, &source);
        claims = Some(source);
    }
    let named = [
        (&settings.tests, "data/tests.txt", "tests"),
        (&settings.ci, "data/ci.txt", "ci"),
    ];
    for (path, target, role) in named {
        if let Some(path) = path {
            gather.file(path, Some(target), role, None);
        }
    }
    for path in &settings.junit {
        gather.junit(path);
    }
    for glob in &settings.include {
        gather.glob(glob)?;
    }
    match settings.kind {
        PackKind::Run => gather.usual(),
        PackKind::Handoff => {
            super::handoff::gather(&mut gather)?;
            super::bundle::gather(&mut gather, gate)?;
        }
    }
    if let Some(source) = &claims {
        gather.references(source, summary.as_ref());
    }
    match &summary {
        Some(summary) => {
            let input = Input::bytes("data/diff-summary.json", "diff", json(summary)?);
            gather.put(input);
        }
        None if settings.kind == PackKind::Run => {
            let at = Location::file(settings.run.as_deref().unwrap_or_default());
            let finding = Finding::new(
                &rules::NO_DIFF,
                at,
                "the pack has no summary of what changed",
            );
            job.ctx.report(finding.help(rules::NO_DIFF.mend));
        }
        None => {}
    }
    gather.collisions();
    let inputs: Vec<Input> = gather.inputs.into_iter().map(|input| *input.0).collect();
    let base = summary.map(|summary| summary.base);
    Ok(Some(Gathered {
        inputs,
        base,
        claims,
    }))
}

pub(super) struct Gather<'a> {
    pub(super) job: &'a Job<'a>,
    gate: &'a Gate<'a>,
    /// By path in the bag.
    pub(super) inputs: BTreeSet<ByPath>,
    /// Root-relative paths that are in already, at places of their own.
    taken: HashSet<Box<str>>,
    /// Folders with their links resolved: most files share one with others.
    folders: HashMap<PathBuf, Option<PathBuf>>,
}

impl Gather<'_> {
    pub(super) fn root(&self) -> &Path {
        self.job.ctx.root()
    }

    /// Takes a file; `at` is where it is asked for, if that is not the command line. False if there is none.
    pub(super) fn file(
        &mut self,
        path: &str,
        target: Option<&str>,
        role: &'static str,
        at: Option<&Location>,
    ) -> bool {
        let seen = self.root().join(path).symlink_metadata().ok();
        self.seen(path, target, role, at, seen)
    }

    /// The same of a file whose metadata, no link followed, is at hand.
    fn seen(
        &mut self,
        path: &str,
        target: Option<&str>,
        role: &'static str,
        at: Option<&Location>,
        seen: Option<Metadata>,
    ) -> bool {
        let usual = target.is_none();
        let target =
            target.map_or_else(|| format!("data/{}/{path}", folder_of(role)), str::to_owned);
        if usual && (self.taken.contains(path) || self.inputs.contains(target.as_str())) {
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
        let git = |path: &str| {
            path.split('/')
                .any(|part| part == ".git")
                .then_some("git's own data")
        };
        let refused = [path, &inner]
            .into_iter()
            .find_map(|path| trueline_secrets::refused_name(path).or_else(|| git(path)));
        if let Some(why) = refused {
            let message = format!("`{path}` is refused for its name: {why}");
            let finding = Finding::new(&rules::REFUSED_NAME, Location::file(path), message);
            if !self.gate.stop(finding.subject(path)) {
                return true;
            }
        }
        for fault in name::check(target.as_bytes()) {
            let message = format!("`{}` cannot stand in a pack: {fault}", path.escape_debug());
            self.gate
                .stop(Finding::new(&rules::BAD_NAME, Location::file(path), message).subject(path));
        }
        let origin = Origin::File {
            size: metadata.len(),
            executable: is_executable(&metadata),
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
    pub(super) fn put(&mut self, input: Input) {
        self.inputs.replace(ByPath(Box::new(input)));
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

    /// The report itself, without the line that names the pack.
    fn report(&mut self, run: &str, source: &Source) {
        let text = report::without_pack_lines(source.text());
        let input = Input::bytes("data/report.md", "report", text.into_bytes()).from(run);
        self.taken.insert(run.into());
        self.put(input);
    }

    /// `junit/<name>`, or with its folders in the name where two files have one name.
    fn junit(&mut self, path: &str) {
        let name = path.rsplit('/').next().unwrap_or(path);
        let mut target = format!("data/junit/{name}");
        if self.inputs.contains(target.as_str()) {
            target = format!("data/junit/{}", path.replace('/', "-"));
        }
        self.file(path, Some(&target), "junit", None);
    }

    fn glob(&mut self, glob: &trueline_scope::Glob) -> Result<(), Error> {
        let mut found = false;
        let mut rest = files_below(self.root(), glob.literal_prefix())?.into_iter();
        loop {
            // What is taken is given back: all of the names are never held twice.
            let paths: Vec<String> = rest.by_ref().take(LOOKED_AT).collect();
            if paths.is_empty() {
                break;
            }
            let root = self.root();
            let looks: Vec<_> = paths
                .par_iter()
                .filter(|path| glob.matches(path))
                .map(|path| (path, root.join(path).symlink_metadata().ok()))
                .collect();
            for (path, seen) in looks {
                found = true;
                let role = role_of(path, self.job.ctx.config().path(Artifact::TestReportsDir));
                self.seen(path, None, role, None, seen);
            }
        }
        match found {
            true => Ok(()),
            false => Err(Error::usage(format!(
                "--include `{}` matches no file",
                glob.as_str()
            ))),
        }
    }

    /// Infrastructure reports and smoke logs, where the repository has them.
    fn usual(&mut self) {
        let folder = self
            .job
            .ctx
            .config()
            .path(Artifact::TestReportsDir)
            .to_owned();
        for part in ["infra", "smoke"] {
            let below = format!("{folder}/{part}");
            for path in files_below(self.root(), &below).unwrap_or_default() {
                let inside = path
                    .strip_prefix(&below)
                    .is_some_and(|rest| rest.starts_with('/'));
                if inside && (part == "smoke" || path.ends_with(".json")) {
                    self.file(&path, None, role_of(&path, &folder), None);
                }
            }
        }
    }

    /// What the report refers to.
    fn references(&mut self, source: &Source, summary: Option<&DiffSummary>) {
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

    /// Names that cannot be unpacked side by side.
    fn collisions(&self) {
        let inputs: Vec<&Input> = self.inputs.iter().map(|input| &*input.0).collect();
        let names: Vec<&[u8]> = inputs.iter().map(|input| input.path.as_bytes()).collect();
        for (first, later, _) in name::collisions(&names) {
            let shown = |at: usize| inputs.get(at).map_or("", |input| input.shown());
            let message = format!(
                "`{}` and `{}` would be one file on some systems",
                shown(first),
                shown(later)
            );
            let finding = Finding::new(&rules::BAD_NAME, Location::file(shown(later)), message);
            self.gate.stop(finding.subject(shown(later)));
        }
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

/// Where files of a role lie.
fn folder_of(role: &str) -> &'static str {
    match role {
        "screenshot" => "screenshots",
        "log" => "logs",
        _ => "artifacts",
    }
}

/// What a file is for, by its path.
fn role_of(path: &str, tests: &str) -> &'static str {
    let extension = path
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    let below = |folder: &str| {
        path.strip_prefix(tests)
            .and_then(|rest| rest.strip_prefix('/')?.strip_prefix(folder))
            .is_some_and(|rest| rest.starts_with('/'))
    };
    match extension.as_deref() {
        Some("png" | "jpg" | "jpeg" | "gif" | "webp" | "svg" | "mp4" | "webm") => "screenshot",
        _ if below("infra") && path.contains("rotation") => "rotation",
        _ if below("infra") => "infra",
        Some("log" | "tap") => "log",
        Some("txt" | "xml") if path.starts_with(tests) => "log",
        _ if below("smoke") => "log",
        _ => "artifact",
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

/// The files whose root-relative path may begin with `prefix`, sorted. Links to folders are not entered, nor is `.git`.
pub(super) fn files_below(root: &Path, prefix: &str) -> Result<Vec<String>, Error> {
    let start = match prefix.rsplit_once('/') {
        Some((folder, _)) if !root.join(prefix).is_dir() => folder,
        None if !root.join(prefix).is_dir() => "",
        _ => prefix.trim_end_matches('/'),
    };
    let inside = Path::new(start)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let mut found = Vec::new();
    let mut folders: Vec<(PathBuf, String, usize)> = Vec::new();
    if inside && root.join(start).is_dir() {
        let shown = if start.is_empty() {
            String::new()
        } else {
            format!("{start}/")
        };
        folders.push((root.join(start), shown, 0));
    }
    while let Some((folder, shown, depth)) = folders.pop() {
        let failed = |error: std::io::Error| Error::io(format!("cannot read `{shown}`: {error}"));
        for item in std::fs::read_dir(&folder).map_err(failed)? {
            let item = item.map_err(failed)?;
            let kind = item.file_type().map_err(failed)?;
            let name = item.file_name();
            let Some(name) = name.to_str() else {
                let shown = name.to_string_lossy().escape_debug().to_string();
                return Err(Error::io(format!(
                    "`{shown}` in `{}` is not UTF-8",
                    folder.display()
                )));
            };
            let path = format!("{shown}{name}");
            if kind.is_dir() && name != ".git" && depth < MAX_DEPTH {
                folders.push((item.path(), format!("{path}/"), depth + 1));
            } else if !kind.is_dir() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
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

    #[test]
    fn roles() {
        let of = |path| role_of(path, "docs/test-reports");
        assert_eq!(of("a/b.PNG"), "screenshot");
        assert_eq!(of("docs/test-reports/infra/plan.json"), "infra");
        assert_eq!(of("docs/test-reports/infra/rotation.json"), "rotation");
        assert_eq!(of("docs/test-reports/smoke/api"), "log");
        assert_eq!(of("src/a.rs"), "artifact");
        assert_eq!(of("notes.txt"), "artifact");
    }
}
