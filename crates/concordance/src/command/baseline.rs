//! `concordance baseline`.

use trueline_kit::{Context, Error, Mode};

use super::check::{read_baseline, today};
use super::index::unwritten;
use crate::gate::{Baseline as Debts, Phases, State, waive, whole};

/// Keep the findings of today as old debt, which may only shrink.
#[derive(Debug, clap::Args)]
pub(crate) struct Baseline {
    /// Begin anew, with what is found today
    #[arg(long)]
    reset: bool,
    /// Write nothing; exit 1 if an entry is no longer needed
    #[arg(long, conflicts_with = "reset")]
    check: bool,
}

impl Baseline {
    pub(crate) fn run(&self, ctx: &Context) -> Result<(), Error> {
        let state = State::work(ctx, &[], &std::collections::BTreeMap::new())?;
        if !state.is_whole() {
            ctx.report_all(state.faults.iter().cloned());
            return Err(unwritten("the baseline"));
        }
        let phases = Phases::new(None, &state);
        let found = waive(whole(&state, &phases), &state.book, &today(ctx), true).left;
        let path = state.settings.baseline();
        let old = match ctx.read_source(path)? {
            Some(source) if !self.reset => Some(read_baseline(&source)?),
            _ => None,
        };
        let new = match &old {
            Some(old) => old.shrunk(&found),
            None => Debts::new(&found),
        };
        ctx.generate(path, new.text().as_bytes(), Mode::of_check(self.check))?;
        let count = new.findings.len();
        let before = old.map_or(String::new(), |old| {
            format!(", before {}", old.findings.len())
        });
        let entries = if count == 1 { "entry" } else { "entries" };
        ctx.note(format!("{path}: {count} {entries}{before}"));
        Ok(())
    }
}
