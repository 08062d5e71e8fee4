//! `concordance check`.

use std::collections::BTreeSet;

use trueline_core::artifact::blueprint::BlueprintIndex;
use trueline_core::{Finding, Id, Location, Span};
use trueline_kit::git::Git;
use trueline_kit::{Context, Error, Source};

use super::update::Range;
use crate::gate::{
    Baseline, Diff, Hunks, Phases, Rows, State, body, caused, grown, paid, waive, whole,
};
use crate::rules;
use crate::settings::Settings;
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
        let mut state = State::work(ctx, &[], &std::collections::BTreeMap::new())?;
        state.model.external = self.externals(ctx)?;
        let phases = self.phases(&state)?;
        let mut findings = whole(&state, &phases);
        self.body(ctx, &state, &mut findings)?;
        let waived = waive(findings, &state.book, &today(ctx), self.phase.is_none());
        say(ctx, waived.waived.len());
        let path = state.settings.baseline();
        let mut left = waived.left;
        if let Some(text) = ctx.read_source(&path)? {
            let baseline = read_baseline(&text)?;
            let (new, old, debts) = baseline.apply(left);
            left = new;
            if old > 0 {
                let are = if old == 1 {
                    "finding is"
                } else {
                    "findings are"
                };
                ctx.note(format!("{old} {are} old debt, see {path}"));
            }
            if self.phase.is_none() {
                left.extend(paid(&path, &debts));
            }
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
        let range = Range::read(ctx, &settings, base, None)?;
        let git: Git = ctx.git();
        let Some(merge_base) = &range.merge_base else {
            return Err(Error::bug("a range without a merge base"));
        };
        let trusted = Settings::for_tree(ctx.config(), &Tree::commit(ctx, merge_base)?);
        let mut after = State::work_by(ctx, trusted, &range.commits, &range.renames)?;
        after.model.external = self.externals(ctx)?;
        let mut before = State::commit(ctx, merge_base, Some((&after, &range.changes)))?;
        before.model.external.clone_from(&after.model.external);
        let hunks = Hunks::since(&git, merge_base)?;
        let changed = range.changed(ctx)?;
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
        findings.extend(size(ctx, &after, &hunks));
        findings.extend(growth(&before, &after)?);
        let waived = waive(findings, &before.book, &today(ctx), false);
        say(ctx, waived.waived.len());
        if before.book.raw_waivers != after.book.raw_waivers {
            ctx.note(format!("waivers differ from `{base}`, whose copy is used"));
        }
        ctx.report_all(waived.left);
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
    let (Some(was), Some(is)) = (before.tree.source(&path)?, after.tree.source(&path)?) else {
        return Ok(Vec::new());
    };
    let was = read_baseline(&was)?;
    Ok(grown(&path, &read_baseline(&is)?.beyond(&was)))
}

/// Today, UTC.
pub(crate) fn today(ctx: &Context) -> String {
    ctx.clock().now().to_string().chars().take(10).collect()
}

fn say(ctx: &Context, waived: usize) {
    if waived > 0 {
        let plural = if waived == 1 {
            "finding is"
        } else {
            "findings are"
        };
        ctx.note(format!("{waived} {plural} waived in the crosswalk"));
    }
}
