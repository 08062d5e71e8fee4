//! How far the requirements of a phase are, by the crosswalk.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::Zero;
use trueline_core::artifact::check::CheckStatus;
use trueline_core::artifact::crosswalk::{Crosswalk, Row, RowStatus};
use trueline_core::artifact::queue::Status;
use trueline_core::{Finding, Location, Ratio, Span};

use crate::join::CheckFact;
use crate::plan::{Phase, Plan};
use crate::rules;
use crate::table::Input;

/// The crosswalk's rows by requirement.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    rows: BTreeMap<String, Row>,
    /// Items that a check speaks against, or does not speak for any more.
    not_green: BTreeSet<String>,
}

/// How far one requirement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NtState {
    /// Every item of it done, tests linked, no check against it: counts whole.
    Done,
    /// Begun, or done without green tests: counts one half.
    InProgress,
    /// Not begun, or in no row: counts nothing.
    Open,
}

impl Coverage {
    /// Reads a crosswalk. One that cannot be read is a finding, and no requirement is covered.
    pub fn read(input: &Input<'_>, checks: &[CheckFact]) -> (Coverage, Vec<Finding>) {
        let not_green = checks
            .iter()
            .filter(|check| check.status != CheckStatus::Pass)
            .flat_map(|check| check.items.iter().cloned())
            .collect();
        let text = input
            .bytes
            .strip_prefix("\u{FEFF}".as_bytes())
            .unwrap_or(input.bytes);
        let (rows, findings) = match serde_json::from_slice::<Crosswalk>(text) {
            Ok(crosswalk) => {
                let rows = crosswalk.rows.into_iter();
                let rows = rows.filter_map(|row| Some((row.nt.clone()?.as_str().to_owned(), row)));
                (rows.collect(), Vec::new())
            }
            Err(error) => {
                let line = u32::try_from(error.line()).unwrap_or(u32::MAX).max(1);
                let column = u32::try_from(error.column()).unwrap_or(u32::MAX).max(1);
                let at = Location::at(input.path, Span::point(line, column));
                let message = crate::read::plain_error(&error);
                let finding = Finding::new(&rules::BAD_FILE, at, message);
                (BTreeMap::new(), vec![finding])
            }
        };
        (Coverage { rows, not_green }, findings)
    }

    /// The row of a requirement.
    pub fn row(&self, nt: &str) -> Option<&Row> {
        self.rows.get(nt)
    }

    /// How far a requirement is.
    pub fn state(&self, plan: &Plan<'_>, nt: &str) -> NtState {
        let Some(row) = self.rows.get(nt) else {
            return NtState::Open;
        };
        let items = || row.wbs.iter().filter_map(|id| plan.find(id.as_str()));
        let status = row.status.unwrap_or_else(|| {
            if items().next().is_some() && items().all(|item| item.status() == Status::Done) {
                RowStatus::Done
            } else if items().any(|item| item.status() != Status::Todo) {
                RowStatus::InProgress
            } else {
                RowStatus::Todo
            }
        });
        let is_green = !row.tests.is_empty()
            && !row
                .wbs
                .iter()
                .any(|id| self.not_green.contains(id.as_str()));
        match status {
            RowStatus::Done if is_green => NtState::Done,
            RowStatus::Done | RowStatus::InProgress => NtState::InProgress,
            RowStatus::Todo => NtState::Open,
        }
    }

    /// Share of the phase's requirements that is covered: those that its items name. `None` when
    /// they name none.
    pub fn of_phase(&self, plan: &Plan<'_>, phase: &Phase) -> Option<Ratio> {
        let named: BTreeSet<&str> = phase
            .items
            .iter()
            .map(|id| plan.item(*id))
            .filter(|item| item.deferred().is_none())
            .flat_map(crate::item::Item::nt_refs)
            .collect();
        if named.is_empty() {
            return None;
        }
        let halves: u64 = named
            .iter()
            .map(|nt| match self.state(plan, nt) {
                NtState::Done => 2,
                NtState::InProgress => 1,
                NtState::Open => 0,
            })
            .sum();
        if halves == 0 {
            return Some(Ratio::zero());
        }
        Some(Ratio::new(halves.into(), (named.len() as u64 * 2).into()))
    }
}
