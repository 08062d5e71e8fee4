//! The mathematics: exact, floored only when shown.

use std::collections::BTreeMap;

use num_traits::{One, Zero};
use trueline_core::artifact::check::CheckStatus;
use trueline_core::artifact::plan::Phase as PhaseRecord;
use trueline_core::artifact::progress::ItemCounts;
use trueline_core::weight::share;
use trueline_core::{Ratio, artifact::queue::Status};
use trueline_plan::{CheckFact, Coverage, ItemId, NtState, Phase, Plan, State};

use crate::access::Access;

/// What figures rest on besides the plan.
pub(crate) struct Facts<'f> {
    /// The crosswalk, where there is one.
    pub(crate) coverage: Option<&'f Coverage>,
    /// Recorded checks, judged.
    pub(crate) checks: &'f [CheckFact],
    /// The access matrix, where there is one.
    pub(crate) access: Option<&'f Access>,
    /// Whether a document is there.
    pub(crate) has_doc: &'f dyn Fn(&str) -> bool,
    /// Highest share of a phase whose gate states no ceiling and is not met.
    pub(crate) ceiling: Ratio,
    /// Part of its weight that an item counts in a status; done counts whole.
    pub(crate) credit: BTreeMap<String, Ratio>,
}

/// How far one phase is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PhaseFigures {
    /// Done share of item weight.
    pub(crate) done: Ratio,
    /// Covered share of its requirements.
    pub(crate) coverage: Option<Ratio>,
    /// What counts: the smaller of both, under the gate's ceiling.
    pub(crate) progress: Ratio,
    /// Whether the gate holds nothing back.
    pub(crate) gate_met: bool,
    /// What is in the way, in words.
    pub(crate) blockers: Vec<String>,
    /// Items that can be begun now.
    pub(crate) ready: Vec<ItemId>,
}

/// The figures of a plan.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Figures {
    /// Sum of phase weight times phase progress.
    pub(crate) overall: Ratio,
    /// In the order of [`Plan::phases`].
    pub(crate) phases: Vec<PhaseFigures>,
    /// Items by state.
    pub(crate) counts: ItemCounts,
}

/// Computes the figures.
pub(crate) fn figures(plan: &Plan<'_>, facts: &Facts<'_>) -> Figures {
    let mut overall = Ratio::zero();
    let mut phases = Vec::new();
    for phase in plan.phases() {
        let figures = of_phase(plan, phase, facts);
        overall += &phase.weight * &figures.progress;
        phases.push(figures);
    }
    Figures {
        overall,
        phases,
        counts: counts(plan),
    }
}

fn of_phase(plan: &Plan<'_>, phase: &Phase, facts: &Facts<'_>) -> PhaseFigures {
    let active: Vec<ItemId> = phase
        .items
        .iter()
        .copied()
        .filter(|id| plan.item(*id).deferred().is_none())
        .collect();
    let all_done = !active.is_empty()
        && active
            .iter()
            .all(|id| plan.item(*id).status() == Status::Done);
    // Not all of it, whatever is configured: 100 % says that the gate is met.
    let most = Ratio::new(9999.into(), 10_000.into());
    let ceiling = phase.ceiling().unwrap_or_else(|| facts.ceiling.clone());
    let ceiling = ceiling.min(most);
    // Where the weights of a phase sum to nothing, done or not is all that can be said.
    let total = plan.weigh(active.iter().copied());
    let done = match (total.is_zero(), all_done) {
        (true, true) => Ratio::one(),
        (true, false) => Ratio::zero(),
        (false, _) => share(&credited(plan, &active, facts), &total),
    };
    let coverage = facts
        .coverage
        .and_then(|coverage| coverage.of_phase(plan, phase));
    let mut blockers = Vec::new();
    let is_open = |state: NtState| state != NtState::Done;
    if let Some(crosswalk) = facts.coverage
        && all_done
    {
        let mut named: Vec<&str> = active
            .iter()
            .flat_map(|id| plan.item(*id).nt_refs())
            .collect();
        named.sort_by(|a, b| trueline_core::id::natural_cmp(a, b));
        named.dedup();
        named.retain(|nt| is_open(crosswalk.state(plan, nt)));
        if !named.is_empty() {
            blockers.push(format!("not covered: {}", some(&named)));
        }
    }
    if let Some(record) = &phase.record {
        gate(record, facts, &mut blockers);
    }
    let gate_met = blockers.is_empty();
    let mut progress = match &coverage {
        Some(coverage) => done.clone().min(coverage.clone()),
        None => done.clone(),
    };
    // A credit for items in review could add up to everything.
    if !gate_met || !all_done && progress >= Ratio::one() {
        progress = progress.min(ceiling);
    }
    for id in &active {
        let item = plan.item(*id);
        if item.status() == Status::Blocked {
            let reason = item.blocked_reason().unwrap_or("no reason stated");
            blockers.push(format!("{} is blocked: {reason}", item.id()));
        }
    }
    let ready = active
        .iter()
        .copied()
        .filter(|id| plan.state(*id) == State::Ready)
        .collect();
    PhaseFigures {
        done,
        coverage,
        progress: progress.min(Ratio::one()),
        gate_met,
        blockers,
        ready,
    }
}

/// Weight of what is done, and of what counts in part.
fn credited(plan: &Plan<'_>, active: &[ItemId], facts: &Facts<'_>) -> Ratio {
    let of = |status: Status| {
        let items = active.iter().copied();
        plan.weigh(items.filter(|id| plan.item(*id).status() == status))
    };
    let mut sum = of(Status::Done);
    for status in [Status::Todo, Status::Doing, Status::Review, Status::Blocked] {
        if let Some(credit) = facts.credit.get(status.as_str()) {
            sum += of(status) * credit;
        }
    }
    sum
}

/// What the phase's gate misses.
fn gate(record: &PhaseRecord, facts: &Facts<'_>, blockers: &mut Vec<String>) {
    let checks = record.gate.iter().flat_map(|gate| &gate.checks);
    for name in checks {
        let name = name.as_str();
        let fact = facts.checks.iter().find(|check| check.name == name);
        let row = facts.access.and_then(|access| access.row(name));
        match (fact, row) {
            (Some(fact), _) if fact.status == CheckStatus::Pass && fact.is_current => {}
            (Some(fact), _) if fact.status == CheckStatus::Pass => {
                blockers.push(format!("check {name} ran on other content: run it again"));
            }
            (Some(fact), _) => {
                let word = match fact.status {
                    CheckStatus::Fail => "fails",
                    CheckStatus::Blocked => "is blocked",
                    _ => "is inconclusive",
                };
                let why = fact.reason.as_ref().map(|why| format!(" ({why})"));
                blockers.push(format!("check {name} {word}{}", why.unwrap_or_default()));
            }
            (None, Some(row)) if row.passes => {}
            (None, Some(_)) => blockers.push(format!("access {name} does not pass")),
            (None, None) => blockers.push(format!("check {name} is not recorded")),
        }
    }
    for doc in record.docs.iter().filter(|doc| !(facts.has_doc)(doc)) {
        blockers.push(format!("document {doc} is missing"));
    }
    let is_reviewed = record
        .reviewed_by
        .as_deref()
        .is_some_and(|by| !by.trim().is_empty());
    if !record.docs.is_empty() && !is_reviewed {
        blockers.push("nobody has reviewed it".to_owned());
    }
}

/// The first few of a list.
fn some(names: &[&str]) -> String {
    const MOST: usize = 5;
    let shown: Vec<&str> = names.iter().take(MOST).copied().collect();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn counts(plan: &Plan<'_>) -> ItemCounts {
    let mut counts = ItemCounts::default();
    for item in plan.items() {
        counts.total += 1;
        let place = match item.state() {
            State::Ready => &mut counts.ready,
            State::Waiting(_) => &mut counts.waiting,
            State::Doing => &mut counts.doing,
            State::Review => &mut counts.review,
            State::Blocked => &mut counts.blocked,
            State::Done => &mut counts.done,
            State::Deferred => &mut counts.deferred,
        };
        *place += 1;
    }
    counts
}
