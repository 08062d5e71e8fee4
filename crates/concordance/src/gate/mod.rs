//! The gate: what is wrong in a state of the repository, and what a change causes.

mod acceptance;
mod baseline;
mod body;
mod caused;
mod coverage;
mod diff;
mod discrepancy;
mod hunks;
mod plan;
mod proof;
mod references;
mod state;
mod waivers;

pub use baseline::{Baseline, Debt, grown, paid};
pub use body::{SECTIONS, body};
pub use caused::caused;
pub(crate) use coverage::phases_of;
pub use coverage::{Cover, Coverage, Phases};
pub use diff::{Diff, Rows};
pub use discrepancy::{Discrepancy, discrepancies};
pub use hunks::Hunks;
pub use proof::proof;
pub use references::removed;
pub use state::State;
pub use waivers::{Waived, waive};

use trueline_core::{Finding, Id};

/// Every finding about a state of the repository, waivers not yet applied.
pub fn whole(state: &State<'_>, phases: &Phases) -> Vec<Finding> {
    let coverage = Coverage::new(state);
    let mut out = crate::lint::findings(&state.model, &state.tree);
    out.extend(state.faults.iter().cloned());
    out.extend(state.tagged.findings());
    references::findings(state, &mut out);
    coverage::findings(state, &coverage, phases, &mut out);
    plan::findings(state, &coverage, &mut out);
    acceptance::findings(state, phases, &mut out);
    discrepancy::findings(state, &mut out);
    out
}

/// The id that a finding is about: the first word of its subject.
pub(crate) fn id_of(finding: &Finding) -> Option<Id> {
    let word = finding.subject.as_deref()?.split(' ').next()?;
    Id::new(word).ok()
}
