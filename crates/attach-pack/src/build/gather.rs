//! Which files go into a pack: what was named, what the report refers to, and what the seed lists. Nothing else.

mod refer;
mod role;
mod take;
mod walk;

pub(super) use walk::files_below;

use super::gate::Gate;
use super::input::{Input, Inputs, json};
use super::{Job, diff};
use crate::name;
use crate::report;
use crate::rules;
use rayon::prelude::*;
use role::role_of;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use take::Candidate;
use trueline_core::artifact::pack::PackKind;
use trueline_core::{Finding, Location};
use trueline_kit::{Artifact, Error, Source};

/// Files that are looked at side by side.
const LOOKED_AT: usize = 4096;

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
        inputs: Inputs::default(),
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
    let inputs = gather.inputs.sorted();
    collisions(gate, &inputs);
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
    pub(super) inputs: Inputs,
    /// Root-relative paths that are in already, at places of their own.
    taken: HashSet<Box<str>>,
    /// Folders with their links resolved: most files share one with others.
    folders: HashMap<PathBuf, Option<PathBuf>>,
}

impl Gather<'_> {
    pub(super) fn root(&self) -> &Path {
        self.job.ctx.root()
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
        if self.inputs.has(&target) {
            target = format!("data/junit/{}", path.replace('/', "-"));
        }
        self.file(path, Some(&target), "junit", None);
    }

    fn glob(&mut self, glob: &trueline_scope::Glob) -> Result<(), Error> {
        let mut found = false;
        let root = self.root().to_owned();
        let tests = self.job.ctx.config().path(Artifact::TestReportsDir);
        let tests = tests.to_owned();
        let mut rest = files_below(&root, glob.literal_prefix())?.into_iter();
        let mut held: Vec<Option<Candidate>> = Vec::new();
        loop {
            // What is taken is given back: all of the names are never held twice.
            let paths: Vec<String> = rest.by_ref().take(LOOKED_AT).collect();
            let ends = paths.is_empty();
            let look = || -> Vec<Option<Candidate>> {
                let of = |path: String| {
                    let role = role_of(&path, &tests);
                    let asked = glob.matches(&path);
                    asked.then(|| Candidate::of(&root, path, None, role))
                };
                paths.into_par_iter().map(of).collect()
            };
            let take = || {
                for candidate in std::mem::take(&mut held).into_iter().flatten() {
                    found = true;
                    self.take(candidate, None);
                }
            };
            let (looked, ()) = rayon::join(look, take);
            held = looked;
            if ends {
                break;
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
}

/// Names that cannot be unpacked side by side.
fn collisions(gate: &Gate<'_>, inputs: &[Input]) {
    let names: Vec<&[u8]> = inputs.iter().map(|input| input.path.as_bytes()).collect();
    for (first, later, _) in name::collisions(&names) {
        let shown = |at: usize| inputs.get(at).map_or("", Input::shown);
        let message = format!(
            "`{}` and `{}` would be one file on some systems",
            shown(first),
            shown(later)
        );
        let finding = Finding::new(&rules::BAD_NAME, Location::file(shown(later)), message);
        gate.stop(finding.subject(shown(later)));
    }
}
