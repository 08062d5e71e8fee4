//! `concordance check`.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::ManuallyDrop;
use std::path::Path;

use trueline_core::artifact::blueprint::BlueprintIndex;
use trueline_core::{Finding, Id, Location, Span};
use trueline_kit::git::Git;
use trueline_kit::{Context, Error, Source};

use super::update::Range;
use crate::cache::{Inputs, Memo, Store};
use crate::gate::{
    Baseline, Diff, Hunks, Phases, Rows, State, body, caused, grown, paid, proof, waive, whole,
};
use crate::history::Ends;
use crate::items::text::sha256;
use crate::junit::Outcomes;
use crate::rules;
use crate::settings::{Class, Settings};
use crate::tree::Tree;

/// Judge the whole tree, or what a branch causes.
#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// Judge only what changed since this revision; settings and waivers are read from it
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Ask for coverage of this phase, or of `all` [default: the plan's current ones]
    #[arg(long, value_name = "PHASE")]
    phase: Option<String>,
    /// Also check the text of the pull request: the template's sections, filled in (`-`: standard
    /// input)
    #[arg(long, value_name = "FILE")]
    pr_body: Option<String>,
    /// A JUnit file: did the tests that verify a requirement run, and pass? (`-`: standard input)
    #[arg(long, value_name = "FILE")]
    junit: Vec<String>,
    /// An index of another repository, whose ids may be named here
    #[arg(long, value_name = "FILE")]
    external: Vec<String>,
}

impl Check {
    pub(crate) fn run(&self, ctx: &mut Context) -> Result<(), Error> {
        match &self.base {
            Some(base) => self.diff(ctx, base),
            None => self.tree(ctx),
        }
    }

    fn tree(&self, ctx: &Context) -> Result<(), Error> {
        let tree = Tree::work(ctx)?;
        let settings = Settings::for_tree(ctx.config(), &tree);
        let memo = self.memo(ctx, &tree, &settings, &[]);
        if let Some((findings, notes)) = memo.as_ref().and_then(|memo| memo.get(ctx)) {
            notes.iter().for_each(|note| ctx.note(note));
            ctx.report_all(findings);
            if self.phase.is_none() {
                ctx.complete_check();
            }
            return Ok(());
        }
        // Ends with the process: taking it down would cost as much as a tenth of making it.
        let state = State::work_by(ctx, tree, settings, &[], &BTreeMap::new())?;
        let mut state = ManuallyDrop::new(state);
        state.model.external = self.externals(ctx)?;
        let phases = self.phases(&state)?;
        let mut findings = whole(&state, &phases);
        self.body(ctx, &state, &mut findings)?;
        self.proof(ctx, &state, &phases, &mut findings)?;
        let waived = waive(findings, &state.book, &today(ctx), self.phase.is_none());
        let mut notes = said(waived.waived.len());
        let path = state.settings.baseline();
        let mut left = waived.left;
        state.tree.ask(path);
        if let Some(text) = ctx.read_source(path)? {
            let baseline = read_baseline(&text)?;
            let (new, old, debts) = baseline.apply(left);
            left = new;
            if old > 0 {
                let are = if old == 1 {
                    "finding is"
                } else {
                    "findings are"
                };
                notes.push(format!("{old} {are} old debt, see {path}"));
            }
            if self.phase.is_none() {
                left.extend(paid(path, &debts));
            }
        }
        notes.iter().for_each(|note| ctx.note(note));
        if let Some(memo) = memo {
            memo.put(ctx, &state.tree, &left, &notes);
        }
        ctx.report_all(left);
        if self.phase.is_none() {
            ctx.complete_check();
        }
        Ok(())
    }

    fn diff(&self, ctx: &mut Context, base: &str) -> Result<(), Error> {
        ctx.git().require()?;
        ctx.trust(base)?;
        let ctx = &*ctx;
        let settings = Settings::new(ctx.config());
        let git: Git = ctx.git();
        let tree = Tree::work(ctx)?;
        let ends = Ends::of(&git, base, None)?;
        let memo = self.memo(ctx, &tree, &settings, &said_of(&ends, &git, base)?);
        if let Some((findings, notes)) = memo.as_ref().and_then(|memo| memo.get(ctx)) {
            notes.iter().for_each(|note| ctx.note(note));
            ctx.report_all(findings);
            return Ok(());
        }
        let range = Range::between(ctx, &settings, &ends)?;
        let Some(merge_base) = &range.merge_base else {
            return Err(Error::bug("a range without a merge base"));
        };
        let base_tree = Tree::commit(ctx, merge_base)?;
        let trusted = Settings::for_tree(ctx.config(), &base_tree);
        let after = State::work_by(ctx, tree, trusted, &range.commits, &range.renames)?;
        let mut after = ManuallyDrop::new(after);
        after.model.external = self.externals(ctx)?;
        let mut before = State::commit_by(ctx, base_tree, Some((&after, &range.changes)))?;
        before.model.external.clone_from(&after.model.external);
        let hunks = Hunks::since(&git, merge_base)?;
        let changed = range.changed(&after.tree);
        let phases = self.phases(&after)?;
        let was = whole(&before, &phases);
        let is = whole(&after, &phases);
        let mut findings = caused(was, is, &range.renames, &hunks);
        let diff = Diff {
            before: &before,
            after: &after,
            commits: &range.commits,
            renames: &range.renames,
            changed: &changed,
            hunks: &hunks,
            rows: Rows::new(&before, &after),
        };
        findings.extend(diff.findings());
        self.body(ctx, &after, &mut findings)?;
        self.proof(ctx, &after, &phases, &mut findings)?;
        findings.extend(size(ctx, &after, &hunks));
        findings.extend(growth(&before, &after)?);
        let waived = waive(findings, &before.book, &today(ctx), false);
        let mut notes = said(waived.waived.len());
        if before.book.raw_waivers != after.book.raw_waivers {
            notes.push(format!("waivers differ from `{base}`, whose copy is used"));
        }
        notes.iter().for_each(|note| ctx.note(note));
        if let Some(memo) = memo.filter(|_| before.unread.is_empty()) {
            memo.put(ctx, &after.tree, &waived.left, &notes);
        }
        ctx.report_all(waived.left);
        Ok(())
    }

    /// Where the outcome of such a check is remembered; `None` where it rests on files that are
    /// not of the tree, or there is no place for it.
    fn memo(
        &self,
        ctx: &Context,
        tree: &Tree<'_>,
        settings: &Settings,
        ends: &[String],
    ) -> Option<Memo> {
        if self.pr_body.is_some() || !self.external.is_empty() || !self.junit.is_empty() {
            return None;
        }
        let store = Store::open(ctx, settings)?;
        let mut inputs = Inputs::default();
        inputs.add(
            self.phase
                .as_ref()
                .map_or("-".to_owned(), |phase| format!("={phase}")),
        );
        // Waivers expire.
        inputs.add(today(ctx));
        inputs.add(format!("{:?}", ctx.config_flag()));
        for end in ends {
            inputs.add(end);
        }
        let name = ctx
            .config_flag()
            .map_or(Path::new("trueline.toml"), |path| path);
        let config = std::fs::read(ctx.root().join(name)).ok();
        inputs.add(config.map_or(String::new(), |bytes| sha256(&bytes).to_string()));
        Memo::new(&store, tree, &inputs)
    }

    /// What JUnit files say of the tests.
    fn proof(
        &self,
        ctx: &Context,
        state: &State<'_>,
        phases: &Phases,
        out: &mut Vec<Finding>,
    ) -> Result<(), Error> {
        if !self.junit.is_empty() {
            let outcomes = outcomes(ctx, state, &self.junit)?;
            out.extend(proof(state, &outcomes, phases));
        }
        Ok(())
    }

    /// The ids of other repositories' indexes.
    fn externals(&self, ctx: &Context) -> Result<BTreeSet<Id>, Error> {
        let mut ids = BTreeSet::new();
        for path in &self.external {
            let source = ctx
                .read_source(path)?
                .ok_or_else(|| Error::usage(format!("there is no `{path}`")))?;
            let index: BlueprintIndex = serde_json::from_str(source.text())
                .map_err(|error| Error::usage(format!("{path}: {error}")))?;
            ids.extend(index.items.into_keys());
        }
        Ok(ids)
    }

    fn body(&self, ctx: &Context, state: &State<'_>, out: &mut Vec<Finding>) -> Result<(), Error> {
        if let Some(path) = &self.pr_body {
            let source = ctx
                .read_source(path)?
                .ok_or_else(|| Error::usage(format!("there is no `{path}`")))?;
            out.extend(body(state, &source));
        }
        Ok(())
    }

    fn phases(&self, state: &State<'_>) -> Result<Phases, Error> {
        if let Some(asked) = &self.phase
            && asked != "all"
            && !state.work.phases.contains(asked)
            && !state
                .model
                .items()
                .any(|entry| entry.item.phase.as_ref() == Some(asked))
        {
            let known = state.work.phases.join(", ");
            return Err(Error::usage(format!("there is no phase `{asked}`"))
                .hint(format!("the plan has: {known}")));
        }
        Ok(Phases::new(self.phase.as_deref(), state))
    }
}

pub(crate) fn read_baseline(source: &Source) -> Result<Baseline, Error> {
    let path = source.path();
    Baseline::parse(source.text()).map_err(|error| Error::io(format!("{path}: {error}")))
}

/// A change beyond the limits; generated files do not count.
fn size(ctx: &Context, state: &State<'_>, hunks: &Hunks) -> Vec<Finding> {
    let counted = || {
        hunks
            .sizes()
            .filter(|(path, _)| !state.settings.is_generated(path))
    };
    let lines: u64 = counted().map(|(_, size)| size).sum();
    let files = u64::try_from(counted().count()).unwrap_or(u64::MAX);
    let limits = &ctx.config().limits;
    let mut out = Vec::new();
    for (what, is, most) in [
        ("lines", lines, limits.changed_lines),
        ("files", files, limits.changed_files),
    ] {
        if let Some(most) = most.filter(|most| is > *most) {
            let message = format!("{is} {what} are changed, more than the limit of {most}");
            let largest = counted().max_by_key(|(path, size)| (*size, std::cmp::Reverse(*path)));
            let path = largest.map_or(".", |(path, _)| path);
            let at = match hunks.first(path) {
                Some(line) => Location::at(path, Span::point(line, 1)),
                None => Location::file(path),
            };
            out.push(Finding::new(&rules::SIZE_CAP, at, message).subject(what));
        }
    }
    out
}

/// Entries that the change adds to a baseline that was there.
fn growth(before: &State<'_>, after: &State<'_>) -> Result<Vec<Finding>, Error> {
    let path = after.settings.baseline();
    let (Some(was), Some(is)) = (before.tree.source(path)?, after.tree.source(path)?) else {
        return Ok(Vec::new());
    };
    let was = read_baseline(&was)?;
    Ok(grown(path, &read_baseline(&is)?.beyond(&was)))
}

/// Today, UTC.
pub(crate) fn today(ctx: &Context) -> String {
    ctx.clock().now().to_string().chars().take(10).collect()
}

/// What to say of waived findings.
fn said(waived: usize) -> Vec<String> {
    let plural = match waived {
        0 => return Vec::new(),
        1 => "finding is",
        _ => "findings are",
    };
    vec![format!("{waived} {plural} waived in the crosswalk")]
}

/// What the history that is judged rests on.
fn said_of(ends: &Ends, git: &Git, base: &str) -> Result<Vec<String>, Error> {
    let oids = [&ends.base, &ends.head, &ends.merge_base];
    let mut said: Vec<String> = oids.into_iter().map(ToString::to_string).collect();
    // Messages name the base as it was asked for.
    said.push(format!("{base} {}", git.is_shallow()?));
    Ok(said)
}

/// What became of the tests that a state has, by JUnit files.
pub(crate) fn outcomes(
    ctx: &Context,
    state: &State<'_>,
    files: &[String],
) -> Result<Outcomes, Error> {
    let mut sources = Vec::new();
    for path in files {
        let source = ctx.read_source(path)?;
        sources.push(source.ok_or_else(|| Error::usage(format!("there is no `{path}`")))?);
    }
    let rows = state.joined.rows.iter();
    let tests: BTreeSet<&str> = rows
        .flat_map(|row| row.row.tests.iter().map(|link| link.path.as_str()))
        .collect();
    let all = state.tree.files().iter().map(String::as_str);
    let all = all.filter(|path| state.settings.class(path) == Class::Test);
    Ok(Outcomes::new(&sources, tests.into_iter().chain(all)))
}
