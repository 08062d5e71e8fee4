//! What outputs say about an item.

use serde::Serialize;
use trueline_core::Weight;
use trueline_plan::{Item, Plan, State};

/// Version of the JSON outputs.
pub(crate) const VERSION: u32 = 1;

/// A list of items.
#[derive(Serialize)]
pub(crate) struct Items<'p> {
    version: u32,
    items: Vec<ItemView<'p>>,
}

impl<'p> Items<'p> {
    pub(crate) fn new<'a: 'p>(plan: &'p Plan<'a>, items: &[Item<'p, 'a>]) -> Self {
        Items {
            version: VERSION,
            items: items
                .iter()
                .map(|item| ItemView::new(plan, *item))
                .collect(),
        }
    }
}

/// One item, for `next`: `null` where there is none.
#[derive(Serialize)]
pub(crate) struct One<'p> {
    pub(crate) version: u32,
    pub(crate) item: Option<ItemView<'p>>,
}

/// An item as outputs show it.
#[derive(Serialize)]
pub(crate) struct ItemView<'p> {
    id: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'p str>,
    status: &'static str,
    state: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    waits: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'p str>,
    weight: Weight,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<u32>,
    tier: trueline_core::artifact::plan::Tier,
    #[serde(skip_serializing_if = "Option::is_none")]
    vertical: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked_reason: Option<&'p str>,
    dependencies: Vec<&'p str>,
    nt_refs: Vec<&'p str>,
    td_refs: Vec<&'p str>,
    scope: Vec<&'p str>,
    exit_criteria: Vec<&'p str>,
    tests: Vec<&'p str>,
}

impl<'p> ItemView<'p> {
    pub(crate) fn new<'a: 'p>(plan: &'p Plan<'a>, item: Item<'p, 'a>) -> Self {
        let state = item.state();
        let queued = item.queued();
        ItemView {
            id: item.id(),
            title: item.title(),
            status: item.status().as_str(),
            state: state.as_str(),
            waits: waits(&state),
            phase: phase(plan, item),
            weight: item.weight(),
            priority: item.priority(),
            layer: item.layer(),
            tier: item.tier(),
            vertical: item.vertical(),
            due: item.due(),
            owner: item.owner(),
            agent: item.agent(),
            branch: item.branch(),
            blocked_reason: item.blocked_reason(),
            dependencies: item.dependencies().collect(),
            nt_refs: item.nt_refs().collect(),
            td_refs: item.td_refs().collect(),
            scope: queued
                .into_iter()
                .flat_map(trueline_plan::Row::scope)
                .collect(),
            exit_criteria: item.exit_criteria().collect(),
            tests: queued
                .into_iter()
                .flat_map(trueline_plan::Row::tests)
                .collect(),
        }
    }
}

/// What is in the way, in words.
pub(crate) fn waits(state: &State<'_>) -> Vec<String> {
    match state {
        State::Waiting(reasons) => reasons.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

/// The id of the item's phase.
pub(crate) fn phase<'p>(plan: &'p Plan<'_>, item: Item<'_, '_>) -> Option<&'p str> {
    let phase = plan.phase(item.phase()?)?;
    // Items that name no phase are gathered under `-`.
    Some(phase.id.as_str()).filter(|id| *id != "-")
}
