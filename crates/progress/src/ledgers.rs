//! Risks and decisions, from their ledgers where there are any.

use std::collections::{BTreeMap, BTreeSet};

use trueline_core::Id;
use trueline_core::artifact::ledger::{DecisionRecord, RiskRecord, RiskState};
use trueline_kit::{Artifact, Context, Error};

/// What stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledgers {
    /// The last record of each risk that is not closed, in natural order of ids.
    pub(crate) risks: Vec<RiskRecord>,
    /// Decisions that no later one replaces, in natural order of ids.
    pub(crate) decisions: Vec<DecisionRecord>,
}

/// Reads them. Lines that are no records are ledger-lint's to report.
pub(crate) fn read(ctx: &Context) -> Result<Ledgers, Error> {
    let config = ctx.config();
    let mut risks: BTreeMap<Id, RiskRecord> = BTreeMap::new();
    for line in lines(ctx, config.path(Artifact::Risks))? {
        if let Ok(risk) = serde_json::from_str::<RiskRecord>(&line) {
            risks.insert(risk.id.clone(), risk);
        }
    }
    let mut decisions: BTreeMap<Id, DecisionRecord> = BTreeMap::new();
    for line in lines(ctx, config.path(Artifact::Decisions))? {
        if let Ok(decision) = serde_json::from_str::<DecisionRecord>(&line) {
            decisions.insert(decision.id.clone(), decision);
        }
    }
    let replaced: BTreeSet<Id> = decisions
        .values()
        .filter_map(|decision| decision.supersedes.clone())
        .collect();
    Ok(Ledgers {
        risks: risks
            .into_values()
            .filter(|risk| risk.state != RiskState::Closed)
            .collect(),
        decisions: decisions
            .into_values()
            .filter(|decision| !replaced.contains(&decision.id))
            .collect(),
    })
}

fn lines(ctx: &Context, path: &str) -> Result<Vec<String>, Error> {
    let bytes = ctx.read(path)?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes)
        .lines()
        .map(str::to_owned)
        .collect())
}
