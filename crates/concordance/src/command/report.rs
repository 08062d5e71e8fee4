//! `concordance report`.

use trueline_kit::{Artifact, Context, Error, Mode};

use super::check::today;
use super::index::unwritten;
use super::update::Range;
use crate::gate::{Coverage, Diff, Hunks, Phases, Rows, State, waive, whole};
use crate::report::{Report as Text, Since};
use crate::settings::Settings;

/// Write the coverage report.
#[derive(Debug, clap::Args)]
pub(crate) struct Report {
    /// Say also what changed since this revision
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Write nothing; exit 1 if the report is not up to date
    #[arg(long)]
    check: bool,
}

impl Report {
    pub(crate) fn run(&self, ctx: &Context) -> Result<(), Error> {
        let settings = Settings::new(ctx.config());
        let range = match &self.base {
            Some(base) => Some(Range::read(ctx, &settings, base, None)?),
            None => None,
        };
        // Trailers of a range count as soon as `update` took them: the report says what is on disk.
        let state = State::work(ctx, &[], &std::collections::BTreeMap::new())?;
        ctx.report_all(state.faults.iter().cloned());
        if !state.is_whole() {
            return Err(unwritten("the report"));
        }
        let coverage = Coverage::new(&state);
        let waived = waive(whole(&state, &Phases::All), &state.book, &today(ctx), true);
        let before = match &range {
            Some(range) => match &range.merge_base {
                Some(base) => Some((
                    base,
                    State::commit(ctx, base, Some((&state, &range.changes)))?,
                )),
                None => None,
            },
            None => None,
        };
        let mut only = Vec::new();
        if let (Some(range), Some((base, before))) = (&range, &before) {
            let hunks = Hunks::since(&ctx.git(), base)?;
            let changed = range.changed(ctx)?;
            let diff = Diff {
                before,
                after: &state,
                commits: &range.commits,
                renames: &range.renames,
                changed: &changed,
                hunks: &hunks,
                rows: Rows::new(before, &state),
            };
            only = diff.findings();
        }
        let base_coverage = before.as_ref().map(|(_, state)| Coverage::new(state));
        let since = match (&before, &base_coverage) {
            (Some((base, _)), Some(coverage)) => Some(Since {
                commit: base.as_str(),
                coverage,
                findings: &only,
            }),
            _ => None,
        };
        let text = Text {
            state: &state,
            coverage: &coverage,
            findings: &waived.left,
            waived: &waived.waived,
            since,
        }
        .markdown();
        let path = ctx.config().path(Artifact::CoverageReport);
        let changed = ctx.generate(path, text.as_bytes(), Mode::of_check(self.check))?;
        let state = if changed.any() {
            "changed"
        } else {
            "up to date"
        };
        ctx.note(format!("{path}: {state}"));
        Ok(())
    }
}
