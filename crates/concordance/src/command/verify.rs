//! `concordance verify-report`.

use trueline_core::{Finding, Location, Span};
use trueline_kit::{Artifact, Context, Error, Source};

use super::report::{Asked, text};
use crate::report::{base_of, inputs, inputs_of};
use crate::rules;

/// Show that a stored report is what the tree gives.
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyReport {
    /// The report [default: docs/reports/concordance-coverage.md]
    file: Option<String>,
    /// The JUnit files that the report was made with
    #[arg(long, value_name = "FILE")]
    junit: Vec<String>,
}

impl VerifyReport {
    pub(crate) fn run(&self, ctx: &Context) -> Result<(), Error> {
        let path = match &self.file {
            Some(file) => file.as_str(),
            None => ctx.config().path(Artifact::CoverageReport),
        };
        let stored = ctx
            .read_source(path)?
            .ok_or_else(|| Error::usage(format!("there is no `{path}`")))?;
        let Some(digest) = inputs_of(stored.text()) else {
            let message = "it says no digest of what it was made from";
            ctx.report(Finding::new(&rules::FALSE_REPORT, stored.whole(), message));
            return Ok(());
        };
        let asked = Asked {
            base: base_of(stored.text()),
            junit: self.junit.clone(),
        };
        let (state, made) = text(ctx, &asked)?;
        if digest != inputs(&state, &asked.digests(ctx)?) {
            let message = "it was made from another tree: its digest is not that of this one";
            let at = place(&stored, digest);
            ctx.report(Finding::new(&rules::FALSE_REPORT, at, message));
        } else if let Some(line) = first_difference(stored.text(), &made) {
            let at = Location::at(stored.path(), Span::point(line, 1));
            let message = "it was made from this tree and says something else than the tree gives";
            ctx.report(Finding::new(&rules::FALSE_REPORT, at, message));
        } else {
            ctx.note(format!(
                "{path} is what this tree gives (inputs sha256:{digest})"
            ));
        }
        Ok(())
    }
}

fn place(stored: &Source, digest: &str) -> Location {
    let start = stored.text().find(digest).unwrap_or(0);
    stored.at(start..start + digest.len())
}

/// The first line in which two texts differ, if any.
fn first_difference(a: &str, b: &str) -> Option<u32> {
    if a == b {
        return None;
    }
    let same = a.lines().zip(b.lines()).take_while(|(a, b)| a == b).count();
    Some(u32::try_from(same + 1).unwrap_or(u32::MAX))
}
