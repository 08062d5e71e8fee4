//! `concordance report`.

use trueline_kit::{Artifact, Context, Error, Mode};

use super::check::{outcomes, today};
use super::index::unwritten;
use super::update::Range;
use crate::gate::{Coverage, Diff, Hunks, Phases, Rows, State, proof, waive, whole};
use crate::items::text::sha256;
use crate::report::{Report as Text, Since};
use crate::settings::Settings;

/// Write the coverage report.
#[derive(Debug, clap::Args)]
pub(crate) struct Report {
    /// Say also what changed since this revision
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// A JUnit file: say also which tests failed and which did not run
    #[arg(long, value_name = "FILE")]
    junit: Vec<String>,
    /// Write nothing; exit 1 if the report is not up to date
    #[arg(long)]
    check: bool,
}

/// What a report is asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// The revision that it is compared with.
    pub(super) base: Option<String>,
    /// JUnit files.
    pub(super) junit: Vec<String>,
}

impl Asked {
    /// The digests of the JUnit files, in their order.
    pub(super) fn digests(&self, ctx: &Context) -> Result<Vec<String>, Error> {
        let mut out = Vec::new();
        for path in &self.junit {
            let bytes = ctx.read(path)?;
            let bytes = bytes.ok_or_else(|| Error::usage(format!("there is no `{path}`")))?;
            out.push(sha256(&bytes).to_string());
        }
        Ok(out)
    }
}

impl Report {
    pub(crate) fn run(&self, ctx: &Context) -> Result<(), Error> {
        let asked = Asked {
            base: self.base.clone(),
            junit: self.junit.clone(),
        };
        let (_, text) = text(ctx, &asked)?;
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

/// The state of the working tree, and the report on it.
///
/// # Errors
/// Where something that counts cannot be read: the report would leave it out.
pub(super) fn text<'c>(ctx: &'c Context, asked: &Asked) -> Result<(State<'c>, String), Error> {
    let settings = Settings::new(ctx.config());
    let range = match &asked.base {
        Some(base) => Some(Range::read(ctx, &settings, base)?),
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
    let before = match range
        .as_ref()
        .and_then(|range| Some((range, range.merge_base.as_ref()?)))
    {
        Some((range, base)) => {
            let before = State::commit(ctx, base, Some((&state, &range.changes)))?;
            Some((range, base, before))
        }
        None => None,
    };
    let mut only = Vec::new();
    if let Some((range, base, before)) = &before {
        let hunks = Hunks::since(&ctx.git(), base)?;
        let changed = range.changed(&state.tree);
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
    let base_coverage = before.as_ref().map(|(.., state)| Coverage::new(state));
    let since = match (&before, &base_coverage) {
        (Some((_, base, _)), Some(coverage)) => Some(Since {
            commit: base.as_str(),
            coverage,
            findings: &only,
        }),
        _ => None,
    };
    let proven = match asked.junit.is_empty() {
        true => None,
        false => {
            let outcomes = outcomes(ctx, &state, &asked.junit)?;
            if !outcomes.is_whole() {
                ctx.report_all(outcomes.faults);
                return Err(unwritten("the report"));
            }
            Some(proof(&state, &outcomes, &Phases::All))
        }
    };
    let text = Text {
        state: &state,
        coverage: &coverage,
        findings: &waived.left,
        waived: &waived.waived,
        since,
        digests: &asked.digests(ctx)?,
        proof: proven.as_deref(),
    }
    .markdown();
    Ok((state, text))
}
