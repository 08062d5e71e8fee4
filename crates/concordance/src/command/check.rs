//! `concordance check`.

use trueline_kit::git::Git;
use trueline_kit::{Context, Error};

use super::update::Range;
use crate::gate::{Diff, Hunks, Phases, State, caused, waive, whole};
use crate::settings::Settings;

/// Judge the whole tree, or what a branch causes.
#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// Judge only what changed since this revision; settings and waivers are read from it
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Ask for coverage of this phase, or of `all` [default: the plan's current ones]
    #[arg(long, value_name = "PHASE")]
    phase: Option<String>,
}

impl Check {
    pub(crate) fn run(&self, ctx: &mut Context) -> Result<(), Error> {
        match &self.base {
            Some(base) => self.diff(ctx, base),
            None => self.tree(ctx),
        }
    }

    fn tree(&self, ctx: &Context) -> Result<(), Error> {
        let state = State::work(ctx, &[], &std::collections::BTreeMap::new())?;
        let phases = self.phases(&state)?;
        let findings = whole(&state, &phases);
        let waived = waive(findings, &state.book, &today(ctx), self.phase.is_none());
        say(ctx, waived.waived.len());
        ctx.report_all(waived.left);
        odd(ctx, &state);
        ctx.complete_check();
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
        let after = State::work(ctx, &range.commits, &range.renames)?;
        let before = State::commit(ctx, merge_base, Some((&after, &range.changes)))?;
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
        };
        findings.extend(diff.findings());
        let waived = waive(findings, &before.book, &today(ctx), false);
        say(ctx, waived.waived.len());
        if before.book.raw_waivers != after.book.raw_waivers {
            ctx.note(format!("waivers differ from `{base}`, whose copy is used"));
        }
        ctx.report_all(waived.left);
        odd(ctx, &after);
        ctx.complete_check();
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

/// Paths that are not UTF-8 can be in no crosswalk: said, not passed over.
fn odd(ctx: &Context, state: &State<'_>) {
    for path in state.tree.odd() {
        ctx.warn(format!("`{path}` is not UTF-8: it was not looked at"));
    }
}
